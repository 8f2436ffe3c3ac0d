//! The door to one gateway: a bounded set of kept connections, used from any number of tasks.

use super::Message;
use super::smtp::{BadRoots, Connection, Down, Encryption, Handed, Lost, Options, Stage};
use crate::Outcome;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Sends mail through one gateway. Cheap to clone; clones share the connections.
///
/// A `send` that is dropped half-way drops its connection with it. What became of that mail is then unknown.
#[derive(Clone)]
pub struct Mailer {
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    encryption: Encryption,
    /// One permit per connection that may be open.
    turns: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

/// Why the options cannot work with any gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadOptions {
    #[error("the mail gateway's host name is empty or contains a blank; correct it in the settings")]
    Host,
    #[error("the name to greet the mail gateway with is not a host name; correct it in the settings")]
    Hello,
    #[error("the mail gateway's user or password contains a NUL character; type it anew in the settings")]
    Login,
    #[error("mail encryption: {0}")]
    Roots(#[from] BadRoots),
}

impl Mailer {
    /// Opens nothing yet. At most `connections` (at least one) will be open at a time.
    pub fn new(options: Options, connections: usize) -> Result<Self, BadOptions> {
        let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if !word(&options.host) {
            return Err(BadOptions::Host);
        }
        if !word(&options.hello) || options.hello.len() > 255 {
            return Err(BadOptions::Hello);
        }
        if options.login.as_ref().is_some_and(|(user, password)| user.contains('\0') || password.holds_nul()) {
            return Err(BadOptions::Login);
        }
        let encryption = Encryption::prepare(&options)?;
        let turns = Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS));
        Ok(Self { shared: Arc::new(Shared { options, encryption, turns, idle: Mutex::default() }) })
    }

    /// Hands one message over and says what became of it. Waits for a free connection if all are in use.
    pub async fn send(&self, message: &Message) -> Outcome {
        let Ok(_turn) = self.shared.turns.acquire().await else {
            return Outcome::ChannelDown { reason: Down::Unreachable(Lost::Closed) };
        };
        let kept = self.take_idle();
        let first = match kept {
            Some(connection) => self.hand_over(connection, message).await,
            None => self.hand_over_anew(message).await,
        };
        let outcome = match first {
            // The gateway had closed the kept connection; a fresh one, not another kept one, tells more.
            Ok(Handed::NotSent { reused: true, .. }) => self.hand_over_anew(message).await,
            other => other,
        };
        match outcome {
            Ok(Handed::Done(outcome)) => outcome,
            Ok(Handed::NotSent { stage, how, .. }) => lost_before_the_end(stage, how),
            Err(reason) => Outcome::ChannelDown { reason },
        }
    }

    /// Whether the gateway can be reached, encrypts and lets us in: for a settings page or a check of everything.
    pub async fn check(&self) -> Result<(), Down> {
        let Ok(_turn) = self.shared.turns.acquire().await else {
            return Err(Down::Unreachable(Lost::Closed));
        };
        let connection = Connection::open(&self.shared.options, &self.shared.encryption).await?;
        self.keep(connection);
        Ok(())
    }

    /// Says goodbye on every idle connection. The mailer stays usable.
    pub async fn close(&self) {
        while let Some(connection) = self.take_idle() {
            connection.close(&self.shared.options).await;
        }
    }

    async fn hand_over_anew(&self, message: &Message) -> Result<Handed, Down> {
        let connection = Connection::open(&self.shared.options, &self.shared.encryption).await?;
        self.hand_over(connection, message).await
    }

    async fn hand_over(&self, mut connection: Connection, message: &Message) -> Result<Handed, Down> {
        let handed = connection.hand_over(message, &self.shared.options).await;
        self.keep(connection);
        Ok(handed)
    }

    fn take_idle(&self) -> Option<Connection> {
        self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: Connection) {
        if connection.is_usable() {
            self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}

/// The gateway was there and let us in, then was lost over this mail: the mail's problem until shown otherwise, so
/// that one mail that a gateway chokes on does not stop all the others.
fn lost_before_the_end(stage: Stage, how: Lost) -> Outcome {
    tracing::debug!(%stage, %how, "mail gateway lost before a mail was handed over");
    Outcome::Temporary { reply: format!("not sent: {how} {stage}"), code: None }
}
