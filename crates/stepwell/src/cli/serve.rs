//! `stepwell serve` and `stepwell worker`.

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use delivery::email::{Mailer, Options, Password, Tls};
use delivery::webhook::Caller;

use super::DatabaseArgs;
use crate::clock::Clock;
use crate::content::{self, Templates};
use crate::database::Database;
use crate::runner::{publish, work};
use crate::server::{Parts, Server, told_to_stop};
use crate::{Roof, ids};

#[derive(Args)]
pub struct ServeArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where the pages listen.
    #[arg(long, env = "STEPWELL_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    roof: RoofArgs,
}

#[derive(Args)]
pub struct WorkerArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    roof: RoofArgs,
}

#[derive(Args)]
pub struct RoofArgs {
    /// The address patients reach the pages at, as in https://clinic.example.
    #[arg(long, env = "STEPWELL_BASE_URL", default_value = "http://localhost:8080")]
    base_url: String,
    /// The mail server; without it no mail is sent, and deliveries end in `channel_not_set_up`.
    #[arg(long, env = "STEPWELL_SMTP_HOST")]
    smtp_host: Option<String>,
    #[arg(long, env = "STEPWELL_SMTP_PORT", default_value_t = 587)]
    smtp_port: u16,
    /// none, starttls or implicit.
    #[arg(long, env = "STEPWELL_SMTP_TLS", default_value = "starttls")]
    smtp_tls: String,
    #[arg(long, env = "STEPWELL_SMTP_USER")]
    smtp_user: Option<String>,
    #[arg(long, env = "STEPWELL_SMTP_PASSWORD", hide_env_values = true)]
    smtp_password: Option<String>,
    /// Connections to the mail server; after a crash at most so many mails are doubled.
    #[arg(long, env = "STEPWELL_SMTP_CONNECTIONS", default_value_t = 4)]
    smtp_connections: usize,
    /// Webhooks may lead to this machine and its network, and go without encryption.
    #[arg(long, env = "STEPWELL_WEBHOOK_ALLOW_PRIVATE")]
    webhook_allow_private: bool,
}

impl RoofArgs {
    fn mailer(&self) -> Result<Option<Mailer>, String> {
        let Some(host) = &self.smtp_host else { return Ok(None) };
        let mut options = Options::new(host, self.smtp_port);
        options.tls = match self.smtp_tls.as_str() {
            "none" => Tls::None,
            "starttls" => Tls::StartTls,
            "implicit" => Tls::Implicit,
            other => return Err(format!("--smtp-tls {other}: none, starttls or implicit")),
        };
        if let (Some(user), Some(password)) = (&self.smtp_user, &self.smtp_password) {
            options.login = Some((user.clone(), Password::new(password)));
        }
        Mailer::new(options, self.smtp_connections).map(Some).map_err(|e| e.to_string())
    }

    fn roof(&self, database: &Database, secret: [u8; 32]) -> Result<Roof, String> {
        let (templates, broken) = Templates::load();
        for bad in broken {
            tracing::error!("{bad}");
        }
        let (app, runner) = (database.app.clone(), database.runner.clone());
        let url = self.base_url.clone();
        let roof = Roof::new(app, runner, Clock::Wall, templates, self.mailer()?, self.smtp_connections, url, secret);
        let calls = Caller::new(self.webhook_allow_private, None);
        Ok(roof.with_portal(database.portal.clone()).with_calls(calls))
    }
}

pub async fn run(args: ServeArgs) -> Result<(), String> {
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let secret = secret_of(&args.database.data_dir)?;
    let roof = Arc::new(args.roof.roof(&database, secret)?);
    publish::publish_shipped(&roof, &content::workflows()).await.map_err(|e| e.to_string())?;
    if roof.mailer.is_none() {
        tracing::warn!(
            "no --smtp-host: email steps that fall due now end in channel_not_set_up and are not sent later"
        );
    }
    let server = Server::start(roof, Parts { listen: &args.listen, demo: None, runner: true }).await?;
    println!("open http://{}", server.address);
    for (interface, address) in &server.interfaces {
        println!("interface {interface} listens on {address}");
    }
    let lost = tokio::select! {
        () = told_to_stop() => false,
        () = database.lost() => true,
    };
    server.stop().await;
    if lost {
        // To be started again by whoever started us: a start repairs what a crash left.
        return Err(
            "the private database ended by itself; start again (postgres.log in the data directory says why)".into()
        );
    }
    database.close().await.map_err(|e| e.to_string())
}

pub async fn work(args: WorkerArgs) -> Result<(), String> {
    let database = args.database.open().await.map_err(|e| e.to_string())?;
    let secret = secret_of(&args.database.data_dir)?;
    let roof = Arc::new(args.roof.roof(&database, secret)?);
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let working = tokio::spawn(work::run(roof, stopping));
    told_to_stop().await;
    let _ = stop.send(true);
    let _ = working.await;
    database.close().await.map_err(|e| e.to_string())
}

/// The key that signs links, kept beside the data: made once, readable by the owner only.
fn secret_of(data_dir: &Path) -> Result<[u8; 32], String> {
    let path = data_dir.join("links.key");
    let said = |e: std::io::Error| format!("{}: {e}", path.display());
    if !path.exists() {
        crate::database::make_data_dir(data_dir).map_err(|e| e.to_string())?;
        let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let mut file = made.map_err(said)?;
        std::io::Write::write_all(&mut file, &ids::random::<32>()).map_err(said)?;
    }
    let kept = std::fs::read(&path).map_err(said)?;
    kept.try_into().map_err(|_| format!("{} is not 32 bytes: restore it from a backup", path.display()))
}
