//! The mail server. It lives in the test, so no kill reaches it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use delivery::email::sink::{Manners, Parsed, Sink};

pub struct Mailbox {
    sink: Sink,
    mails: Arc<Mutex<Vec<Mail>>>,
}

#[derive(Debug, Clone)]
pub struct Mail {
    pub message_id: String,
    pub to: String,
}

impl Mailbox {
    /// Takes its time over each mail, as mail servers do: a kill may well come while one is on the wire.
    pub async fn open() -> Self {
        let manners = Manners { delay: Duration::from_millis(15), ..Manners::default() };
        let (sink, mut arriving) = Sink::listen("127.0.0.1:0", manners).await.unwrap();
        let mails = Arc::new(Mutex::new(vec![]));
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Some(mail) = arriving.recv().await {
                let message_id = Parsed::read(&mail.raw).and_then(|parsed| parsed.message_id).unwrap();
                kept.lock().unwrap().push(Mail { message_id, to: mail.to.join(",") });
            }
        });
        Self { sink, mails }
    }

    pub fn port(&self) -> u16 {
        self.sink.address().port()
    }

    /// The copies of each mail, by Message-ID.
    pub fn copies(&self) -> BTreeMap<String, Vec<Mail>> {
        let mut copies: BTreeMap<String, Vec<Mail>> = BTreeMap::new();
        for mail in self.mails.lock().unwrap().iter() {
            copies.entry(mail.message_id.clone()).or_default().push(mail.clone());
        }
        copies
    }
}
