//! Texts: a [`Text`] is handed to a [`Gateway`].

use crate::Outcome;
use crate::email::Down;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// One text, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// The delivery's key: by it a gateway knows a text that it was handed before.
    pub key: String,
    /// E.164, as in `+15555550123`.
    pub to: String,
    pub body: String,
}

/// Shows nothing of the patient.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("key", &self.key)
            .field("chars", &self.body.chars().count())
            .finish_non_exhaustive()
    }
}

/// Whoever takes texts. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Gateway {
    Paper(Paper),
}

impl Gateway {
    /// Hands one text over and says what became of it.
    pub async fn send(&self, text: &Text) -> Outcome {
        match self {
            Gateway::Paper(paper) => paper.take(text),
        }
    }

    /// Whether it can be reached.
    pub async fn check(&self) -> Result<(), Down> {
        match self {
            Gateway::Paper(paper) => paper.check(),
        }
    }
}

/// A gateway that keeps texts on paper: they reach the receiver and no telephone. For the demo and for tests.
#[derive(Debug, Clone)]
pub struct Paper {
    taken: mpsc::UnboundedSender<Text>,
    answer: Arc<Mutex<Answer>>,
}

/// How a paper gateway answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    #[default]
    Takes,
    /// For good, whatever it is handed.
    Refuses,
    /// "Later", whatever it is handed.
    NotNow,
    Nothing,
}

impl Paper {
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Text>) {
        let (taken, texts) = mpsc::unbounded_channel();
        (Self { taken, answer: Arc::default() }, texts)
    }

    /// From now on.
    pub fn answers(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    fn answer(&self) -> Answer {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self) -> Result<(), Down> {
        if self.answer() == Answer::Nothing || self.taken.is_closed() { Err(Down::NoAnswer) } else { Ok(()) }
    }

    fn take(&self, text: &Text) -> Outcome {
        let refused = || Outcome::Permanent { reply: "refused".into(), code: None, address_is_bad: false };
        match self.answer() {
            Answer::Refuses => refused(),
            Answer::NotNow => Outcome::Temporary { reply: "later".into(), code: None },
            Answer::Nothing => Outcome::ChannelDown { reason: Down::NoAnswer },
            Answer::Takes => match self.taken.send(text.clone()) {
                Ok(()) => Outcome::Sent { reply: "on paper".into() },
                Err(_) => Outcome::ChannelDown { reason: Down::NoAnswer },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Text {
        Text { key: "run/step/1/1/0/text".into(), to: "+15555550123".into(), body: "Hello Alma".into() }
    }

    #[tokio::test]
    async fn a_text_on_paper_reaches_the_receiver_only_while_it_is_taken() {
        let (paper, mut texts) = Paper::new();
        let gateway = Gateway::Paper(paper.clone());
        assert_eq!(gateway.send(&text()).await, Outcome::Sent { reply: "on paper".into() });
        assert_eq!(texts.try_recv(), Ok(text()));
        paper.answers(Answer::Refuses);
        assert!(matches!(gateway.send(&text()).await, Outcome::Permanent { address_is_bad: false, .. }));
        assert_eq!(gateway.check().await, Ok(()), "it answers");
        paper.answers(Answer::Nothing);
        assert_eq!(gateway.send(&text()).await, Outcome::ChannelDown { reason: Down::NoAnswer });
        assert_eq!(gateway.check().await, Err(Down::NoAnswer));
        assert!(texts.try_recv().is_err());
    }

    #[tokio::test]
    async fn nobody_who_holds_the_paper_is_nobody_to_talk_to() {
        let (paper, texts) = Paper::new();
        drop(texts);
        assert_eq!(Gateway::Paper(paper).send(&text()).await, Outcome::ChannelDown { reason: Down::NoAnswer });
    }

    #[test]
    fn what_is_printed_of_a_text_is_nothing_of_the_patient() {
        let shown = format!("{:?}", text());
        assert!(!shown.contains("Alma") && !shown.contains("5555550123"), "{shown}");
    }
}
