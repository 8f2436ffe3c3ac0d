//! How a sink behaves: what it offers, and for which recipients it misbehaves.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::ServerConfig;

/// The default offers all extensions but encryption and takes everything.
#[derive(Clone)]
pub struct Manners {
    pub pipelining: bool,
    pub eight_bit: bool,
    pub smtp_utf8: bool,
    /// The largest mail in bytes.
    pub size: Option<usize>,
    pub login: Login,
    pub encryption: Option<Encryption>,
    /// What happens to mail for these recipients; all others' is taken.
    pub verdicts: HashMap<String, Verdict>,
    /// Closes the connection, without a word, after so many accepted mails.
    pub mails_per_connection: Option<usize>,
    /// Waits this long before each answer to a mail.
    pub delay: Duration,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            pipelining: true,
            eight_bit: true,
            smtp_utf8: true,
            size: Some(25 << 20),
            login: Login::Anything,
            encryption: None,
            verdicts: HashMap::new(),
            mails_per_connection: None,
            delay: Duration::ZERO,
        }
    }
}

impl Manners {
    /// The same manners with a verdict for one more recipient.
    #[must_use]
    pub fn with(mut self, recipient: &str, verdict: Verdict) -> Self {
        self.verdicts.insert(recipient.to_owned(), verdict);
        self
    }

    pub(super) fn verdict(&self, recipient: &str) -> Verdict {
        self.verdicts.get(recipient).copied().unwrap_or(Verdict::Take)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Take,
    /// 550 5.1.1 after RCPT TO, quoting the address as gateways do.
    NoSuchUser,
    /// 451 4.3.0 after RCPT TO.
    TryLater,
    /// 554 5.7.1 after the final dot.
    AgainstPolicy,
    /// Closes the connection after the final dot, without an answer. The mail is lost.
    DropAfterDot,
    /// Closes the connection after RCPT TO, without an answer.
    DropAtRecipient,
    /// 421 after RCPT TO, then closes.
    Closing,
}

/// Which logins are offered and taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    NotOffered,
    /// AUTH PLAIN and LOGIN, any user.
    Anything,
    /// AUTH PLAIN, this user and password only.
    Plain(String, String),
    /// AUTH LOGIN, this user and password only.
    Login(String, String),
}

#[derive(Clone)]
pub enum Encryption {
    StartTls(Arc<ServerConfig>),
    Implicit(Arc<ServerConfig>),
}
