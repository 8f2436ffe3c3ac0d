//! The gateways of a story: a mail server and one for texts. Each takes everything, refuses everything, for good or
//! for now, or does not answer.

use std::net::SocketAddr;
use std::time::Duration;

use care::chart::Channel;
use care::rehearsal;
use delivery::email::sink::{Manners, Received, Sink, Verdict};
use delivery::email::{Mailer, Options, Tls};
use delivery::text::{Answer, Gateway, Paper, Text};
use tokio::sync::mpsc::{Receiver, UnboundedReceiver};

use crate::hooks::Hooks;

pub struct Post {
    address: SocketAddr,
    mails: Option<(Sink, Receiver<Received>)>,
    paper: Paper,
    texts: UnboundedReceiver<Text>,
    calls: Hooks,
    /// How many mails, texts and calls came.
    pub came: (usize, usize, usize),
}

impl Post {
    pub async fn open() -> Self {
        let mails = Sink::listen("127.0.0.1:0", Manners::default()).await.unwrap();
        let (paper, texts) = Paper::new();
        let calls = Hooks::open().await;
        Self { address: mails.0.address(), mails: Some(mails), paper, texts, calls, came: (0, 0, 0) }
    }

    pub fn mailer(&self, connections: usize) -> Mailer {
        let mut options = Options::new(&self.address.ip().to_string(), self.address.port());
        options.tls = Tls::None;
        Mailer::new(options, connections).unwrap()
    }

    pub fn gateway(&self) -> Gateway {
        Gateway::Paper(self.paper.clone())
    }

    pub fn is_emptied(&mut self) {
        while self.mails.as_mut().is_some_and(|(_, mails)| mails.try_recv().is_ok()) {
            self.came.0 += 1;
        }
        while self.texts.try_recv().is_ok() {
            self.came.1 += 1;
        }
        self.came.2 += self.calls.taken();
    }

    /// Where calls are taken.
    pub fn url(&self) -> String {
        self.calls.url()
    }

    /// On the old port, as soon as the one before has let go of it.
    async fn listen_again(&self, manners: Manners) -> (Sink, Receiver<Received>) {
        const TRIES: usize = 500;
        for _ in 0..TRIES {
            match Sink::listen(self.address, manners.clone()).await {
                Ok(mails) => return mails,
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        Sink::listen(self.address, manners).await.unwrap()
    }

    /// From now on the channel's gateway answers so. `addresses`: to whom mail may go.
    pub async fn answers(&mut self, channel: Channel, gateway: rehearsal::Gateway, addresses: &[String]) {
        self.is_emptied();
        if channel == Channel::Webhook {
            return self.calls.answers(gateway);
        }
        if channel == Channel::Text {
            return self.paper.answers(match gateway {
                rehearsal::Gateway::Takes => Answer::Takes,
                rehearsal::Gateway::Refuses => Answer::Refuses,
                rehearsal::Gateway::Fails => Answer::NotNow,
                rehearsal::Gateway::Down | rehearsal::Gateway::Breaks => Answer::Nothing,
            });
        }
        // A mail server that does not answer is one that is not there.
        self.mails = None;
        let all = |verdict| addresses.iter().fold(Manners::default(), |m, to| m.with(to, verdict));
        let manners = match gateway {
            rehearsal::Gateway::Takes => Manners::default(),
            rehearsal::Gateway::Refuses => all(Verdict::AgainstPolicy),
            rehearsal::Gateway::Fails => all(Verdict::TryLater),
            rehearsal::Gateway::Breaks => all(Verdict::DropAfterDot),
            rehearsal::Gateway::Down => return,
        };
        self.mails = Some(self.listen_again(manners).await);
    }
}
