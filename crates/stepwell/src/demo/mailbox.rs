//! Where the demo's mails arrive: a real SMTP server that keeps them in memory.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use delivery::email::sink::{Manners, Parsed, Sink};
use jiff::Timestamp;

use crate::clock::Clock;

/// A mail as it arrived.
#[derive(Clone)]
pub struct StoredMail {
    /// Counts from 1.
    pub number: usize,
    pub at: Timestamp,
    pub to: String,
    pub mail: Arc<Parsed>,
}

#[derive(Clone)]
pub struct Mailbox {
    mails: Arc<Mutex<Vec<StoredMail>>>,
    address: SocketAddr,
    _sink: Arc<Sink>,
}

impl Mailbox {
    /// Listens on a free port of this machine.
    pub async fn open(clock: Clock) -> std::io::Result<Self> {
        let (sink, mut arriving) = Sink::listen(SocketAddr::from(([127, 0, 0, 1], 0)), Manners::default()).await?;
        let mails = Arc::new(Mutex::new(vec![]));
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Some(received) = arriving.recv().await {
                if let Some(mail) = Parsed::read(&received.raw) {
                    let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    let number = kept.len() + 1;
                    let to = received.to.first().cloned().unwrap_or_default();
                    kept.push(StoredMail { number, at: clock.now(), to, mail: Arc::new(mail) });
                }
            }
        });
        Ok(Self { mails, address: sink.address(), _sink: Arc::new(sink) })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// All mails, oldest first.
    pub fn mails(&self) -> Vec<StoredMail> {
        self.mails.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub fn count(&self) -> usize {
        self.mails.lock().unwrap_or_else(std::sync::PoisonError::into_inner).len()
    }
}
