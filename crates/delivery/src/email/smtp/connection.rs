//! Opening a connection: reach, greet, encrypt, greet again, log in.

use super::reply::{LONGEST_KEPT, Reply};
use super::wire::{Socket, Wire};
use super::{Down, Encryption, Lost, Options, Password, Stage};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// More addresses than this of one host are not tried: together they would outlast any patience.
const MOST_ADDRESSES: usize = 4;

/// An open connection to a gateway, greeted and logged in.
pub(crate) struct Connection {
    pub(super) wire: Wire,
    pub(super) offers: Offers,
    /// Mails handed over or refused on it so far.
    pub(super) mails: u32,
    /// A transaction was begun and not finished: RSET before the next.
    pub(super) unfinished: bool,
    /// Whether another mail may be tried on it.
    pub(super) usable: bool,
}

/// What the gateway said it can do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    pub(super) pipelining: bool,
    pub(super) start_tls: bool,
    pub(super) eight_bit: bool,
    pub(super) smtp_utf8: bool,
    /// `Some(None)` is SIZE without a limit.
    pub(super) size: Option<Option<usize>>,
    pub(super) login_plain: bool,
    pub(super) login_login: bool,
}

impl Offers {
    /// Reads the answer to EHLO; its first line is the gateway's name.
    fn read(hello: &Reply) -> Self {
        let mut offers = Self::default();
        for line in hello.lines.iter().skip(1) {
            let line = line.to_ascii_uppercase().replace("AUTH=", "AUTH ");
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("PIPELINING") => offers.pipelining = true,
                Some("STARTTLS") => offers.start_tls = true,
                Some("8BITMIME") => offers.eight_bit = true,
                Some("SMTPUTF8") => offers.smtp_utf8 = true,
                Some("SIZE") => {
                    let limit = words.next().and_then(|limit| limit.parse().ok());
                    offers.size = Some(limit.filter(|limit| *limit > 0));
                }
                Some("AUTH") => words.for_each(|way| match way {
                    "PLAIN" => offers.login_plain = true,
                    "LOGIN" => offers.login_login = true,
                    _ => {}
                }),
                _ => {}
            }
        }
        offers
    }
}

impl Connection {
    pub(crate) async fn open(options: &Options, encryption: &Encryption) -> Result<Self, Down> {
        let (socket, peer) = reach(options).await?;
        let mut wire = match encryption {
            Encryption::Implicit(tls) => encrypt(socket, options, tls).await?,
            Encryption::StartTls(_) | Encryption::None => Wire::new(Socket::Plain(socket)),
        };
        let greeting = answer(&mut wire, Stage::Greeting, options).await?;
        expect(greeting.is_positive(), Stage::Greeting, &greeting)?;
        let mut offers = hello(&mut wire, options).await?;
        if let Encryption::StartTls(tls) = encryption {
            wire = start_tls(wire, &offers, options, tls).await?;
            // What was offered before may have been offered by somebody in between.
            offers = hello(&mut wire, options).await?;
        }
        if let Some((user, password)) = &options.login {
            if !may_send_password(encryption, peer.ip()) {
                return Err(Down::PasswordWithoutTls);
            }
            login(&mut wire, &offers, user, password, options).await?;
        }
        Ok(Self { wire, offers, mails: 0, unfinished: false, usable: true })
    }

    /// Says goodbye, without waiting for the answer.
    pub(crate) async fn close(mut self, options: &Options) {
        // Nobody is left to care whether it arrived.
        let _ = self.wire.write(b"QUIT\r\n", options.command_timeout).await;
    }

    pub(crate) fn is_usable(&self) -> bool {
        self.usable && !self.wire.has_unread()
    }
}

async fn reach(options: &Options) -> Result<(TcpStream, SocketAddr), Down> {
    let lookup = tokio::net::lookup_host((options.host.as_str(), options.port));
    let addresses =
        timeout(options.connect_timeout, lookup).await.map_err(|_| Down::NoSuchHost)?.map_err(|_| Down::NoSuchHost)?;
    let mut last = Down::NoSuchHost;
    for address in addresses.take(MOST_ADDRESSES) {
        match timeout(options.connect_timeout, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                // Without this a small write waits for the gateway's delayed acknowledgement, 40 ms a mail.
                socket.set_nodelay(true).map_err(|error| Down::Unreachable(error.into()))?;
                return Ok((socket, address));
            }
            Ok(Err(error)) => last = Down::Unreachable(error.into()),
            Err(_) => last = Down::Unreachable(Lost::Silent),
        }
    }
    Err(last)
}

async fn encrypt(socket: TcpStream, options: &Options, tls: &TlsConnector) -> Result<Wire, Down> {
    let name = ServerName::try_from(options.host.clone()).map_err(|error| tls_failed(&error))?;
    let encrypted = timeout(options.connect_timeout, tls.connect(name, socket))
        .await
        .map_err(|_| tls_failed(&Lost::Silent))?
        .map_err(|error| tls_failed(&error))?;
    Ok(Wire::new(Socket::Encrypted(Box::new(encrypted))))
}

/// The text may quote names from the gateway's certificate, so it is cut like a reply.
fn tls_failed(why: &dyn std::fmt::Display) -> Down {
    Down::Tls(why.to_string().chars().take(LONGEST_KEPT).collect())
}

async fn start_tls(mut wire: Wire, offers: &Offers, options: &Options, tls: &TlsConnector) -> Result<Wire, Down> {
    if !offers.start_tls {
        return Err(Down::NoStartTls);
    }
    let reply = ask(&mut wire, "STARTTLS", Stage::StartTls, options).await?;
    expect(reply.code == 220, Stage::StartTls, &reply)?;
    if wire.has_unread() {
        return Err(Down::Lost { stage: Stage::StartTls, how: Lost::NotSmtp });
    }
    match wire.into_socket() {
        Socket::Plain(socket) => encrypt(socket, options, tls).await,
        encrypted @ Socket::Encrypted(_) => Ok(Wire::new(encrypted)),
    }
}

async fn hello(wire: &mut Wire, options: &Options) -> Result<Offers, Down> {
    let reply = ask(wire, &format!("EHLO {}", options.hello), Stage::Hello, options).await?;
    if reply.is_positive() {
        return Ok(Offers::read(&reply));
    }
    // A gateway from before 1995 knows neither EHLO nor any extension.
    expect(matches!(reply.code, 500 | 501 | 502 | 504 | 550), Stage::Hello, &reply)?;
    let reply = ask(wire, &format!("HELO {}", options.hello), Stage::Hello, options).await?;
    expect(reply.is_positive(), Stage::Hello, &reply)?;
    Ok(Offers::default())
}

fn may_send_password(encryption: &Encryption, peer: IpAddr) -> bool {
    match encryption {
        Encryption::StartTls(_) | Encryption::Implicit(_) => true,
        Encryption::None => peer.to_canonical().is_loopback(),
    }
}

async fn login(
    wire: &mut Wire,
    offers: &Offers,
    user: &str,
    password: &Password,
    options: &Options,
) -> Result<(), Down> {
    let reply = if offers.login_plain {
        let secret = BASE64.encode(format!("\0{user}\0{}", password.reveal()));
        ask(wire, &format!("AUTH PLAIN {secret}"), Stage::Login, options).await?
    } else if offers.login_login {
        let mut reply = ask(wire, "AUTH LOGIN", Stage::Login, options).await?;
        for secret in [user, password.reveal()] {
            expect(reply.code == 334, Stage::Login, &reply)?;
            reply = ask(wire, &BASE64.encode(secret), Stage::Login, options).await?;
        }
        reply
    } else {
        return Err(Down::NoKnownLogin);
    };
    // Some gateways quote the user, which is often an address; its reply is redacted like any other.
    if reply.code == 235 {
        return Ok(());
    }
    Err(Down::Refused { stage: Stage::Login, reply: reply.redacted(user) })
}

async fn ask(wire: &mut Wire, command: &str, stage: Stage, options: &Options) -> Result<Reply, Down> {
    wire.write(format!("{command}\r\n").as_bytes(), options.command_timeout)
        .await
        .map_err(|how| Down::Lost { stage, how })?;
    answer(wire, stage, options).await
}

async fn answer(wire: &mut Wire, stage: Stage, options: &Options) -> Result<Reply, Down> {
    wire.read(options.command_timeout).await.map_err(|how| Down::Lost { stage, how })
}

fn expect(met: bool, stage: Stage, reply: &Reply) -> Result<(), Down> {
    if met { Ok(()) } else { Err(Down::Refused { stage, reply: reply.redacted("") }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_read_from_the_hello() {
        let lines = ["mx.example", "pipelining", "SIZE 1000", "AUTH=LOGIN PLAIN", "8BITMIME", "SMTPUTF8", "X-OTHER"];
        let reply = Reply { code: 250, lines: lines.map(str::to_owned).to_vec() };
        let expected = Offers {
            pipelining: true,
            start_tls: false,
            eight_bit: true,
            smtp_utf8: true,
            size: Some(Some(1000)),
            login_plain: true,
            login_login: true,
        };
        assert_eq!(Offers::read(&reply), expected);
        let unlimited = Reply { code: 250, lines: vec!["STARTTLS".into(), "SIZE 0".into()] };
        assert_eq!(Offers::read(&unlimited), Offers { size: Some(None), ..Offers::default() });
    }

    #[test]
    fn a_password_leaves_this_machine_only_encrypted() {
        let here = ["127.0.0.1", "::1", "::ffff:127.0.0.1"].map(|ip| ip.parse().unwrap());
        let elsewhere: [IpAddr; 3] = ["192.0.2.1", "10.0.0.1", "2001:db8::1"].map(|ip| ip.parse().unwrap());
        assert!(here.into_iter().all(|ip| may_send_password(&Encryption::None, ip)));
        assert!(!elsewhere.into_iter().any(|ip| may_send_password(&Encryption::None, ip)));
        let encrypted = Encryption::prepare(&Options::new("mx.example", 587)).unwrap();
        assert!(elsewhere.into_iter().all(|ip| may_send_password(&encrypted, ip)));
    }
}
