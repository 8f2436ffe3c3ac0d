//! Our own SMTP client. It writes a mail's whole body with its final dot in one go and without Nagle's delay, asks
//! for sender, recipient and body in one round trip when the gateway can (PIPELINING), and keeps its connections.
//!
//! `wire` reads and writes bytes with bounds and deadlines; `reply` understands what came back; `dots` makes a body
//! fit for the wire; `connection` greets, encrypts and logs in; `transaction` hands over one mail.

mod connection;
mod dots;
mod down;
mod reply;
mod tls;
mod transaction;
mod wire;

pub(super) use connection::Connection;
pub use down::{Down, Lost, Stage};
pub use tls::BadRoots;
pub(super) use tls::Encryption;
pub(crate) use tls::trust;
pub(super) use transaction::Handed;

use std::fmt;
use std::time::Duration;

/// How to reach a gateway and how long to wait for it.
#[derive(Debug, Clone)]
pub struct Options {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    /// User and password.
    pub login: Option<(String, Password)>,
    /// The name we greet with; gateways like the clinic's own host name.
    pub hello: String,
    /// To look the host up, and then to reach each of its addresses.
    pub connect_timeout: Duration,
    /// For each command's whole answer, however it drips.
    pub command_timeout: Duration,
    /// For the answer to a handed-over mail. Long on purpose (RFC 5321 says ten minutes): giving up early leaves a
    /// mail that may or may not have been taken.
    pub handover_timeout: Duration,
    /// Certificates (PEM) to trust besides the system's, for gateways with a private authority.
    pub extra_roots: Option<String>,
}

impl Options {
    /// Encrypted with STARTTLS, without a login, with the timeouts that RFC 5321 makes sensible.
    #[must_use]
    pub fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.to_owned(),
            port,
            tls: Tls::StartTls,
            login: None,
            hello: "localhost".to_owned(),
            connect_timeout: Duration::from_secs(20),
            command_timeout: Duration::from_secs(60),
            handover_timeout: Duration::from_secs(600),
            extra_roots: None,
        }
    }
}

/// How the connection is encrypted. There is no "if possible": whoever sits in between could say it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Not at all: a gateway on this machine or in a trusted network.
    None,
    /// After the greeting, usually on port 587.
    StartTls,
    /// From the first byte, usually on port 465.
    Implicit,
}

/// A password that does not show itself in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    #[must_use]
    pub fn new(password: &str) -> Self {
        Self(password.to_owned())
    }

    pub(super) fn holds_nul(&self) -> bool {
        self.0.contains('\0')
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
