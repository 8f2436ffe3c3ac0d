//! What the tests share: a mail to Alma, and gateways that are real sockets.
#![expect(dead_code, reason = "each test file uses its own part of it")]

use delivery::email::sink::{Manners, Received, Sink};
use delivery::email::{Mail, Mailbox, Mailer, Message, Options, Tls, message_id};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub const ALMA: &str = "alma@patient.example";

pub fn mail_to(recipient: &str) -> Mail {
    Mail {
        message_id: message_id(&format!("delivery to {recipient}"), "clinic.example"),
        from: Mailbox::new(Some("Clínica Ñandú"), "clinic@clinic.example"),
        to: Mailbox::new(Some("Alma Pérez"), recipient),
        reply_to: None,
        subject: "¿Cómo está su espalda?".to_owned(),
        text: "Buenos días, Alma:\r\n\r\n¿cómo está?\r\n".to_owned(),
        html: Some("<p>Buenos días, <b>Alma</b></p>".to_owned()),
        calendar: None,
        list_unsubscribe: None,
        date: 1_790_000_000,
        auto_submitted: true,
    }
}

pub fn message_to(recipient: &str) -> Message {
    mail_to(recipient).message().unwrap()
}

pub fn raw(bytes: &[u8]) -> Message {
    Message::new("clinic@clinic.example", ALMA, bytes.to_vec()).unwrap()
}

/// Unencrypted; a silent gateway is given up quickly, one that answers is given plenty of time.
pub fn options(gateway: SocketAddr) -> Options {
    Options {
        host: gateway.ip().to_string(),
        tls: Tls::None,
        connect_timeout: Duration::from_secs(20),
        command_timeout: Duration::from_secs(20),
        handover_timeout: Duration::from_secs(20),
        ..Options::new("", gateway.port())
    }
}

pub async fn sink(manners: Manners) -> (Sink, mpsc::Receiver<Received>, Mailer) {
    let (sink, received) = Sink::listen("127.0.0.1:0", manners).await.unwrap();
    let mailer = Mailer::new(options(sink.address()), 1).unwrap();
    (sink, received, mailer)
}

/// A gateway that says, on every connection, the first line unasked and then one line of the script for whatever
/// arrives; after the last it ends its side, or keeps silent if `then_silent`.
pub async fn scripted(script: &'static [&'static [u8]], then_silent: bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut heard = vec![0; 64 * 1024];
                for (turn, line) in script.iter().enumerate() {
                    if turn > 0 && socket.read(&mut heard).await.unwrap_or(0) == 0 {
                        return;
                    }
                    if socket.write_all(line).await.is_err() {
                        return;
                    }
                }
                if !then_silent && socket.shutdown().await.is_err() {
                    return;
                }
                while socket.read(&mut heard).await.unwrap_or(0) > 0 {}
            });
        }
    });
    address
}
