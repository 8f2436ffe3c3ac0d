//! Handing over one mail on an open connection.

use super::reply::Reply;
use super::{Connection, Lost, Options, Stage, dots};
use crate::email::Message;
use crate::{EnhancedCode, Outcome};

/// What came of trying one mail on one connection.
pub(crate) enum Handed {
    Done(Outcome),
    /// The connection was lost and the mail's end certainly not sent. `reused` if earlier mails went over the same
    /// connection: the gateway has then most likely just closed an idle one, and a fresh one will do.
    NotSent {
        reused: bool,
        stage: Stage,
        how: Lost,
    },
}

struct Failed {
    stage: Stage,
    how: Lost,
}

impl Connection {
    pub(crate) async fn hand_over(&mut self, message: &Message, options: &Options) -> Handed {
        let reused = self.mails > 0;
        self.mails = self.mails.saturating_add(1);
        match self.transaction(message, reused, options).await {
            Ok(outcome) => Handed::Done(outcome),
            Err(Failed { stage, how }) => {
                self.usable = false;
                Handed::NotSent { reused, stage, how }
            }
        }
    }

    async fn transaction(&mut self, message: &Message, reused: bool, options: &Options) -> Result<Outcome, Failed> {
        let parameters = match self.parameters(message) {
            Ok(parameters) => parameters,
            Err(outcome) => return Ok(outcome),
        };
        if self.wire.has_unread() {
            return Err(Failed { stage: Stage::Sender, how: Lost::NotSmtp });
        }
        if self.unfinished {
            self.reset(options).await?;
        }
        self.unfinished = true;
        match self.envelope(message, &parameters, options).await? {
            Envelope::Accepted => self.body(message, options).await,
            // 421 says that the gateway is closing: on a kept connection a matter of the connection, not of the mail.
            Envelope::Refused { reply, stage } if reply.code == 421 && reused => {
                Err(Failed { stage, how: Lost::Closed })
            }
            Envelope::Refused { reply, stage } => Ok(reply.refusal(stage, message.recipient())),
        }
    }

    /// What to add to MAIL FROM, or why this gateway cannot take this message at all.
    fn parameters(&self, message: &Message) -> Result<String, Outcome> {
        let bytes = message.bytes();
        let headers = bytes.windows(4).position(|end| end == b"\r\n\r\n").unwrap_or(bytes.len());
        let utf8 = !message.sender().is_ascii()
            || !message.recipient().is_ascii()
            || !bytes.get(..headers).is_none_or(<[u8]>::is_ascii);
        let mut parameters = String::new();
        if utf8 && !self.offers.smtp_utf8 {
            return Err(refused_here("the gateway takes no addresses outside ASCII (SMTPUTF8)", (6, 7)));
        }
        if !bytes.is_ascii() && !self.offers.eight_bit {
            return Err(refused_here("the gateway takes no 8-bit mail (8BITMIME)", (6, 3)));
        }
        if let Some(limit) = self.offers.size {
            if limit.is_some_and(|limit| bytes.len() > limit) {
                return Err(refused_here("the message is larger than the gateway allows (SIZE)", (3, 4)));
            }
            parameters.push_str(&format!(" SIZE={}", bytes.len()));
        }
        if !bytes.is_ascii() {
            parameters.push_str(" BODY=8BITMIME");
        }
        if utf8 {
            parameters.push_str(" SMTPUTF8");
        }
        Ok(parameters)
    }

    async fn reset(&mut self, options: &Options) -> Result<(), Failed> {
        self.write(b"RSET\r\n", Stage::Reset, options).await?;
        let reply = self.read(Stage::Reset, options).await?;
        if reply.is_positive() { Ok(()) } else { Err(Failed { stage: Stage::Reset, how: Lost::Closed }) }
    }

    /// Sender, recipient and the wish to send: one round trip if the gateway can, else three.
    async fn envelope(&mut self, message: &Message, parameters: &str, options: &Options) -> Result<Envelope, Failed> {
        let commands = [
            (Stage::Sender, format!("MAIL FROM:<{}>{parameters}\r\n", message.sender())),
            (Stage::Recipient, format!("RCPT TO:<{}>\r\n", message.recipient())),
            (Stage::Data, "DATA\r\n".to_owned()),
        ];
        let pipelined = self.offers.pipelining;
        if pipelined {
            let all: String = commands.iter().map(|(_, command)| command.as_str()).collect();
            self.write(all.as_bytes(), Stage::Sender, options).await?;
        }
        let mut refused = None;
        for (stage, command) in commands {
            if !pipelined {
                self.write(command.as_bytes(), stage, options).await?;
            }
            let reply = match (self.read(stage, options).await, refused.take()) {
                (Ok(reply), None) => reply,
                (Ok(reply), Some(earlier)) => {
                    self.withdraw(stage, &reply, options).await;
                    refused = Some(earlier);
                    continue;
                }
                (Err(failed), None) => return Err(failed),
                // The verdict is known; that the connection broke after it only costs the connection.
                (Err(_), Some((stage, reply))) => {
                    self.usable = false;
                    return Ok(Envelope::Refused { stage, reply });
                }
            };
            match (stage, reply.code) {
                (Stage::Data, 354) => return Ok(Envelope::Accepted),
                (Stage::Data, 200..400) | (_, 300..400) => {
                    return Err(Failed { stage, how: Lost::NotSmtp });
                }
                (_, 200..300) => {}
                (_, 421) => {
                    self.usable = false;
                    return Ok(Envelope::Refused { stage, reply });
                }
                _ if !pipelined => return Ok(Envelope::Refused { stage, reply }),
                _ => refused = Some((stage, reply)),
            }
        }
        Ok(match refused {
            Some((stage, reply)) => Envelope::Refused { stage, reply },
            None => {
                return Err(Failed { stage: Stage::Data, how: Lost::NotSmtp });
            }
        })
    }

    /// A pipelined DATA may be answered with 354 although the recipient was refused: a lone dot takes it back
    /// (RFC 2920, section 3.1).
    async fn withdraw(&mut self, stage: Stage, reply: &Reply, options: &Options) {
        if stage == Stage::Data && reply.code == 354 {
            let taken_back = self.write(b".\r\n", Stage::Body, options).await.is_ok()
                && self.read(Stage::Body, options).await.is_ok();
            self.usable &= taken_back;
        }
    }

    /// The message and its final dot in one write. Once that has succeeded, only the gateway knows.
    async fn body(&mut self, message: &Message, options: &Options) -> Result<Outcome, Failed> {
        let bytes = dots::encode(message.bytes());
        let written = self.wire.write(&bytes, options.handover_timeout).await;
        written.map_err(|how| Failed { stage: Stage::Body, how })?;
        let Ok(reply) = self.wire.read(options.handover_timeout).await else {
            self.usable = false;
            return Ok(Outcome::Unknown);
        };
        match reply.code {
            200..300 => {
                self.unfinished = false;
                Ok(Outcome::Sent { reply: reply.redacted(message.recipient()) })
            }
            300..400 => {
                self.usable = false;
                Ok(Outcome::Unknown)
            }
            code => {
                self.usable &= code != 421;
                Ok(reply.refusal(Stage::Body, message.recipient()))
            }
        }
    }

    async fn write(&mut self, bytes: &[u8], stage: Stage, options: &Options) -> Result<(), Failed> {
        self.wire.write(bytes, options.command_timeout).await.map_err(|how| Failed { stage, how })
    }

    async fn read(&mut self, stage: Stage, options: &Options) -> Result<Reply, Failed> {
        self.wire.read(options.command_timeout).await.map_err(|how| Failed { stage, how })
    }
}

enum Envelope {
    Accepted,
    Refused { reply: Reply, stage: Stage },
}

fn refused_here(why: &str, (subject, detail): (u16, u16)) -> Outcome {
    let code = EnhancedCode { class: 5, subject, detail };
    Outcome::Permanent { reply: format!("not offered: {why}"), code: Some(code), address_is_bad: false }
}
