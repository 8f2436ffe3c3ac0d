//! How many mails a second go out to a gateway on this machine: `cargo run -p delivery --example mail_rate --release`.

use delivery::Outcome;
use delivery::email::sink::{Manners, Sink};
use delivery::email::{Mail, Mailbox, Mailer, Options, Tls, message_id};
use std::time::Instant;
use tokio::task::JoinSet;

const MAILS: usize = 2_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    for pipelining in [true, false] {
        for connections in [1, 10] {
            let manners = Manners { pipelining, ..Manners::default() };
            let (sink, mut received) = Sink::listen("127.0.0.1:0", manners).await?;
            tokio::spawn(async move { while received.recv().await.is_some() {} });
            let options = Options { tls: Tls::None, ..Options::new("127.0.0.1", sink.address().port()) };
            let rate = rate(&Mailer::new(options, connections)?, connections).await?;
            println!("pipelining {pipelining}, {connections} connections: {rate:.0} mails/s");
        }
    }
    Ok(())
}

async fn rate(mailer: &Mailer, tasks: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let message = mail().message()?;
    let start = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let (mailer, message) = (mailer.clone(), message.clone());
        running.spawn(async move {
            let mut sent = 0;
            for _ in 0..MAILS / tasks {
                sent += usize::from(matches!(mailer.send(&message).await, Outcome::Sent { .. }));
            }
            sent
        });
    }
    let sent: usize = running.join_all().await.into_iter().sum();
    if sent != MAILS / tasks * tasks {
        return Err(format!("only {sent} mails were taken").into());
    }
    Ok(sent as f64 / start.elapsed().as_secs_f64())
}

fn mail() -> Mail {
    Mail {
        message_id: message_id("rate", "clinic.example"),
        from: Mailbox::new(Some("Clinic"), "clinic@clinic.example"),
        to: Mailbox::new(Some("Alma"), "alma@patient.example"),
        reply_to: None,
        subject: "Your exercises".to_owned(),
        text: "Please do your exercises today. \r\n".repeat(55),
        html: None,
        calendar: None,
        list_unsubscribe: None,
        date: 1_790_000_000,
        auto_submitted: true,
    }
}
