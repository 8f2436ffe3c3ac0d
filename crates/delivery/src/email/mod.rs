//! Email: a [`Mail`] becomes a [`Message`] (bytes with an envelope), a [`Mailer`] hands it to an SMTP gateway.
//! [`sink`] is a small SMTP server of our own, for the demo's mailbox and for tests.

mod address;
mod mailer;
mod message;
mod report;
pub mod sink;
mod smtp;

pub use address::BadAddress;
pub use mailer::{BadOptions, Mailer};
pub use message::{BadMail, CalendarFile, CalendarMethod, Mail, Mailbox, Message, Unsubscribe, message_id};
pub use report::{Came, Report};
pub(crate) use smtp::trust;
pub use smtp::{Down, Lost, Options, Password, Stage, Tls};
