//! Why a gateway could not be talked to.

use std::fmt;
use std::io;

/// Where in the conversation something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Greeting,
    Hello,
    StartTls,
    Login,
    Sender,
    Recipient,
    Data,
    Body,
    Reset,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "at the greeting",
            Self::Hello => "after EHLO",
            Self::StartTls => "after STARTTLS",
            Self::Login => "at the login",
            Self::Sender => "after MAIL FROM",
            Self::Recipient => "after RCPT TO",
            Self::Data => "after DATA",
            Self::Body => "after the body",
            Self::Reset => "after RSET",
        })
    }
}

/// How a connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("the gateway closed the connection")]
    Closed,
    #[error("the connection broke ({0})")]
    Broke(io::ErrorKind),
    #[error("the gateway did not answer in time")]
    Silent,
    #[error("the answer was not SMTP, or longer than SMTP allows")]
    NotSmtp,
}

impl From<io::Error> for Lost {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Closed,
            kind => Self::Broke(kind),
        }
    }
}

/// Why nothing can go out through this gateway just now. Says place and cure; holds no address and no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Down {
    #[error("the mail gateway's name could not be looked up; check its host name and the network")]
    NoSuchHost,
    #[error("the mail gateway could not be reached: {0}; check host, port and firewall")]
    Unreachable(Lost),
    #[error("the mail gateway's encryption could not be set up: {0}; check its certificate, port and TLS setting")]
    Tls(String),
    #[error("the mail gateway does not offer STARTTLS; choose implicit TLS (port 465) or no TLS in the settings")]
    NoStartTls,
    #[error("the mail gateway was lost {stage}: {how}")]
    Lost { stage: Stage, how: Lost },
    #[error("the mail gateway refused us {stage}: {reply}")]
    Refused { stage: Stage, reply: String },
    #[error("the password is not sent unencrypted to another machine; choose STARTTLS or implicit TLS")]
    PasswordWithoutTls,
    #[error("the mail gateway offers neither AUTH PLAIN nor AUTH LOGIN; remove the login or use another gateway")]
    NoKnownLogin,
    #[error("the gateway does not answer; look whether its operator knows of a disturbance")]
    NoAnswer,
}
