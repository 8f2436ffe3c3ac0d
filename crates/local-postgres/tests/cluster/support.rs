//! A place for a cluster that cleans up after itself, and psql.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use local_postgres::{Binaries, Cluster, Options};

pub const PASSWORD: &str = "not-random-in-tests";

pub fn new_password() -> String {
    PASSWORD.to_owned()
}

/// A directory that every user can pass through. Declare it before the cluster, so that it goes last.
pub struct Place {
    top: PathBuf,
}

impl Place {
    pub fn new(name: &str) -> Place {
        let process = std::process::id();
        let top = std::env::temp_dir().join(format!("local-postgres-{name}-{process}"));
        std::fs::create_dir(&top).unwrap();
        set_mode(&top, 0o755);
        Place { top }
    }

    pub fn top(&self) -> &Path {
        &self.top
    }

    pub fn data_dir(&self) -> PathBuf {
        self.top.join("data")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.data_dir().join(name)
    }

    pub fn options(&self) -> Options {
        options_in(&self.data_dir())
    }

    pub async fn start(&self) -> Cluster {
        Cluster::start(self.options()).await.unwrap()
    }
}

impl Drop for Place {
    /// Whatever a failed test left running in here is ended, by its number.
    fn drop(&mut self) {
        for _ in 0..500 {
            if !self.file("postgres/postmaster.pid").exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        if let Ok(text) = std::fs::read_to_string(self.file("postgres/postmaster.pid"))
            && let Some(Ok(pid)) = text.lines().next().map(str::parse::<u32>)
            && is_alive(pid)
        {
            signal("KILL", pid);
        }
        let _ = std::fs::remove_dir_all(&self.top);
    }
}

pub fn options_in(data_dir: &Path) -> Options {
    let binaries = Binaries::find(None).unwrap();
    let mut options = Options::new(data_dir, binaries, new_password);
    options.durable = false;
    options
}

pub fn psql_command(cluster: &Cluster, password: Option<&str>, sql: &str) -> Command {
    let psql = Binaries::find(None).unwrap().dir().join("psql");
    let mut command = Command::new(psql);
    command
        .arg("-h")
        .arg(cluster.socket_dir())
        .args(["-p", &cluster.port().to_string()])
        .args(["-U", cluster.superuser(), "-d", "postgres"])
        .args(["-X", "-w", "-t", "-A", "-c", sql])
        .env("PGPASSFILE", "/dev/null")
        .env_remove("PGPASSWORD")
        .stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command
}

pub fn psql_with(cluster: &Cluster, password: Option<&str>, sql: &str) -> Output {
    psql_command(cluster, password, sql).output().unwrap()
}

/// The answer to one statement of the superuser.
pub fn psql(cluster: &Cluster, sql: &str) -> String {
    let output = psql_with(cluster, Some(cluster.password()), sql);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub fn signal(name: &str, pid: u32) {
    let sent = Command::new("sh").args(["-c", &format!("kill -{name} {pid}")]).status().unwrap();
    assert!(sent.success());
}

/// Neither gone nor a zombie that nobody has collected.
pub fn is_alive(pid: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        let (_, rest) = stat.rsplit_once(')').unwrap();
        !rest.trim_start().starts_with('Z')
    })
}

/// A test that waits in vain fails here and not by the runner's patience.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("waited in vain until {what}");
}

pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

pub fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

pub fn we_are_root() -> bool {
    Path::new("/proc/self").metadata().unwrap().uid() == 0
}
