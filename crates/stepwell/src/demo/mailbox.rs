//! Where the demo's mails and texts arrive: a real SMTP server and a paper gateway; both are kept in memory.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use delivery::email::sink::{Manners, Parsed, Sink};
use delivery::text::{Gateway, Paper, Text};
use jiff::Timestamp;

use crate::clock::Clock;

/// A mail as it arrived, or a text in the shape of one.
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
    paper: Paper,
    _sink: Arc<Sink>,
}

impl Mailbox {
    /// Listens on a free port of this machine.
    pub async fn open(clock: Clock) -> std::io::Result<Self> {
        let (sink, mut arriving) = Sink::listen(SocketAddr::from(([127, 0, 0, 1], 0)), Manners::default()).await?;
        let (paper, mut texts) = Paper::new();
        let mailbox = Self { mails: Arc::default(), address: sink.address(), paper, _sink: Arc::new(sink) };
        let (kept, clock_of_texts) = (mailbox.mails.clone(), clock.clone());
        tokio::spawn(async move {
            while let Some(received) = arriving.recv().await {
                if let Some(mail) = Parsed::read(&received.raw) {
                    let to = received.to.first().cloned().unwrap_or_default();
                    keep(&kept, clock.now(), to, mail);
                }
            }
        });
        let kept = mailbox.mails.clone();
        tokio::spawn(async move {
            while let Some(text) = texts.recv().await {
                keep(&kept, clock_of_texts.now(), text.to.clone(), shown(text));
            }
        });
        Ok(mailbox)
    }

    /// Texts handed over here land in the mailbox.
    pub fn gateway(&self) -> Gateway {
        Gateway::Paper(self.paper.clone())
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

fn keep(mails: &Mutex<Vec<StoredMail>>, at: Timestamp, to: String, mail: Parsed) {
    let mut kept = mails.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let number = kept.len() + 1;
    kept.push(StoredMail { number, at, to, mail: Arc::new(mail) });
}

/// A text has neither a subject nor a sender of its own.
fn shown(text: Text) -> Parsed {
    Parsed {
        subject: "Text message".into(),
        from: "Text message".into(),
        to: text.to,
        reply_to: None,
        message_id: None,
        date: None,
        list_unsubscribe: None,
        list_unsubscribe_post: None,
        text: Some(text.body),
        html: None,
        calendar: None,
    }
}
