//! A clinic of our own in a scratch directory: set up and served by the real binary, killed by its process id.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use care::workflow::Activation;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use stepwell::clock::Clock;
use stepwell::database::{Database, Place};
use tokio::process::{Child, Command};

/// Connections to the mail server.
pub const CONNECTIONS: usize = 4;

pub const MAIL_DOMAIN: &str = "riverbend.example";

const REMINDER: &str = r#"
title = "Reminder at once"
kind = "engagement"
for = "both"
priority = 5
category = "care"
group = { all = [] }
trigger = { event = "encounter.planned", visit_type = "initial_evaluation" }
repeat = "per_anchor"

[[steps]]
id = "remind"
schedule = "immediately"
on_move = "once"
tasks = [{ send = "email", template = "message/visit-reminder", uncertain = "resend" }]
"#;

pub struct Clinic {
    scratch: PathBuf,
    smtp_port: u16,
    /// Where its EMR sends messages to; the same after every start.
    pub feed_port: u16,
}

impl Clinic {
    /// The demo's clinic with a fixed port for its feed, and its immediate workflows on.
    pub async fn set_up(name: &str, smtp_port: u16) -> Self {
        let active = r#"["welcome", "invite-emr", "visit-changed", "visit-reminder"]"#;
        let clinic = Self::of_file(name, smtp_port, |clinic| {
            include_str!("../../src/demo/clinic.toml")
                .replace("127.0.0.1:0", &format!("127.0.0.1:{}", clinic.feed_port))
                // Each patient's whole story is told in minutes: a day's attention would end it early.
                .replace(
                    "mail_from",
                    &format!("workflows = {active}\nattention = {{ emails_a_day = 1000 }}\nmail_from"),
                )
        });
        let clinic = clinic.await;
        // The workflows that ship ask staff about an uncertain mail or come at their hour only; this one does neither.
        clinic.publish("reminder-at-once", REMINDER).await;
        clinic
    }

    /// Runs `stepwell setup` with such a file.
    pub async fn of_file(name: &str, smtp_port: u16, file: impl FnOnce(&Self) -> String) -> Self {
        let scratch = std::env::temp_dir().join(format!("stepwell-kill-{name}-{}", std::process::id()));
        fs::create_dir(&scratch).unwrap();
        // Started as root, PostgreSQL runs as an ordinary user and must get through.
        fs::set_permissions(&scratch, Permissions::from_mode(0o711)).unwrap();
        let clinic = Self { scratch, smtp_port, feed_port: free_port() };
        fs::create_dir(clinic.folder()).unwrap();
        fs::write(clinic.scratch.join("clinic.toml"), file(&clinic)).unwrap();
        let done = clinic.command("setup").arg(clinic.scratch.join("clinic.toml")).status().await.unwrap();
        assert!(done.success(), "setup failed");
        clinic
    }

    /// A workflow that is on from now on.
    pub async fn publish(&self, key: &str, text: &str) {
        let place = Place::Private { data_dir: &self.data_dir(), pg_bin: None, durable: true };
        let database = Database::open(place).await.unwrap();
        let organization = database.app.organizations().await.unwrap()[0];
        let (mut tx, now) = (database.app.begin(organization).await.unwrap(), Clock::Wall.now());
        tx.publish_workflow(key, text, now).await.unwrap();
        tx.activate(key, stepwell::ids::new_id(now), None, &Activation::open(now)).await.unwrap();
        tx.commit().await.unwrap();
        database.close().await.unwrap();
    }

    /// A folder that may be watched for files.
    pub fn folder(&self) -> PathBuf {
        self.scratch.join("in")
    }

    fn data_dir(&self) -> PathBuf {
        self.scratch.join("data")
    }

    /// Our own environment could lead it to another database.
    fn command(&self, name: &str) -> Command {
        let log = File::options().create(true).append(true).open(self.scratch.join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_stepwell"));
        command.arg(name).arg("--data-dir").arg(self.data_dir()).env_clear();
        for kept in ["PATH", "TMPDIR"] {
            command.envs(std::env::var_os(kept).map(|value| (kept, value)));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log).kill_on_drop(true);
        command
    }

    /// Starts `stepwell serve` and does not wait for it.
    pub fn serve(&self) -> Child {
        let mut command = self.command("serve");
        command.args(["--listen", "127.0.0.1:0", "--smtp-host", "127.0.0.1", "--smtp-tls", "none"]);
        command.args(["--smtp-port", &self.smtp_port.to_string()]);
        command.args(["--smtp-connections", &CONNECTIONS.to_string()]);
        command.spawn().unwrap()
    }

    /// The process id of the postmaster, if one lives on our data. Numbers are given out again: a file left by a killed
    /// postmaster may name somebody else's process.
    fn postmaster(&self) -> Option<u32> {
        let data = self.data_dir().join("postgres");
        let recorded = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let pid = recorded.lines().next()?.parse().ok()?;
        let (lives_in, data) = (fs::metadata(format!("/proc/{pid}/cwd")).ok()?, data.metadata().ok()?);
        ((lives_in.dev(), lives_in.ino()) == (data.dev(), data.ino())).then_some(pid)
    }

    /// `kill -9` of the postmaster; false when none was there.
    pub fn kill_postmaster(&self) -> bool {
        self.postmaster().is_some_and(|pid| signal("KILL", pid))
    }

    /// Ends the server as an operator does, and sees that nothing stays behind.
    pub async fn stop(&self, mut server: Child) {
        assert!(signal("TERM", server.id().unwrap()));
        assert!(server.wait().await.unwrap().success(), "the server did not end well");
        assert_eq!(self.postmaster(), None, "the database was left running");
    }

    /// The cluster's superuser sees every row.
    pub async fn superuser(&self) -> PgConnection {
        self.login("owner").connect().await.unwrap()
    }

    /// The same, of a server that is just being started.
    pub async fn superuser_of_a_start(&self, server: &mut Child) -> PgConnection {
        for _ in 0..1200 {
            if let Some(login) = self.known_login("owner")
                && let Ok(connected) = login.connect().await
            {
                return connected;
            }
            self.live_through(server, tokio::time::sleep(Duration::from_millis(50))).await;
        }
        panic!("after a minute the database is not there");
    }

    pub fn login(&self, role: &str) -> PgConnectOptions {
        self.known_login(role).unwrap()
    }

    fn known_login(&self, role: &str) -> Option<PgConnectOptions> {
        let password = fs::read_to_string(self.data_dir().join("postgres.password")).ok()?;
        let recorded = fs::read_to_string(self.data_dir().join("postgres/postmaster.pid")).ok()?;
        let mut lines = recorded.lines().skip(3);
        let (port, socket) = (lines.next()?.parse().ok()?, lines.next()?);
        let options = PgConnectOptions::new().socket(socket).port(port).username(role).password(password.trim());
        Some(options.database("stepwell").disable_statement_logging())
    }

    /// Waits for something that the server must live through.
    pub async fn live_through<T>(&self, server: &mut Child, wait: impl Future<Output = T>) -> T {
        tokio::select! {
            reached = wait => reached,
            ended = server.wait() => panic!("the server ended by itself: {}", ended.unwrap()),
        }
    }

    /// The last words of server and database, for a failed test.
    fn log_tail(&self) -> String {
        let tail = |path: &Path| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let lines: Vec<_> = text.lines().collect();
            lines[lines.len().saturating_sub(30)..].join("\n")
        };
        format!("\n{}\n-- postgres:\n{}", tail(&self.scratch.join("log")), tail(&self.data_dir().join("postgres.log")))
    }
}

impl Drop for Clinic {
    /// Whatever a failed test left running in here is ended, by its number.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log_tail());
        }
        if self.kill_postmaster() {
            std::thread::sleep(Duration::from_millis(500));
        }
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

fn signal(name: &str, pid: u32) -> bool {
    std::process::Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap().success()
}

/// A port below those the system gives to clients: one of these could be taken while the server is down, even by a
/// client that calls it.
fn free_port() -> u16 {
    let first = 12_000 + u16::try_from(std::process::id() % 8_000).unwrap();
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..first + 2_000).find(is_free).unwrap()
}
