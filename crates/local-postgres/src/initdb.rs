//! The first start: a password and an empty cluster; and what later starts check of them.

use std::io;
use std::path::Path;

use tokio::process::Command;

use crate::account::RunAs;
use crate::error::Error;
use crate::files::{self, Files};
use crate::options::Options;

/// Compares by code point on every machine; `C` does the same for those that lack it, but knows
/// upper and lower case for ASCII only.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Whether there is a cluster, refusing one that these programs cannot run.
pub(crate) fn is_there(files: &Files, options: &Options) -> Result<bool, Error> {
    let pgdata = files.pgdata();
    let version = pgdata.join("PG_VERSION");
    let data = match std::fs::read_to_string(&version) {
        Ok(text) => text.trim().to_owned(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if is_free(&pgdata) { Ok(false) } else { Err(Error::NotADataDirectory { path: pgdata }) };
        }
        Err(error) => return Err(Error::io("read", &version)(error)),
    };
    if data == options.binaries.major().to_string() {
        return Ok(true);
    }
    Err(Error::MajorVersionMismatch {
        pgdata,
        data,
        bin: options.binaries.dir().to_path_buf(),
        programs: options.binaries.major(),
    })
}

/// Missing, or an empty directory.
fn is_free(pgdata: &Path) -> bool {
    match std::fs::read_dir(pgdata) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Makes the cluster beside its place and moves it there when it is whole.
pub(crate) async fn create(files: &Files, options: &Options, run_as: &RunAs) -> Result<(), Error> {
    // A password that is there already stays: it may belong to data that was moved aside.
    if read_password(files).is_err() {
        let password = (options.new_password)();
        if password.trim().is_empty() || password.contains(['\n', '\r', '\0']) {
            return Err(Error::PasswordUnusable);
        }
        files::write_private_file(&files.password(), &format!("{password}\n"), run_as)?;
    }
    let making = files.pgdata_in_the_making();
    if making.exists() {
        std::fs::remove_dir_all(&making).map_err(Error::io("remove the half-made", &making))?;
    }
    files::make_private_dir(&making, run_as)?;
    let mut said = String::new();
    for locale in LOCALES {
        match initdb(files, options, run_as, locale).await? {
            Outcome::Made => return move_in(files),
            Outcome::NoSuchLocale(why) => said = why,
            Outcome::Failed(why) => return Err(failed(files, why)),
        }
    }
    Err(failed(files, said))
}

fn failed(files: &Files, said: String) -> Error {
    Error::Initdb { pgdata: files.pgdata(), said }
}

enum Outcome {
    Made,
    NoSuchLocale(String),
    Failed(String),
}

async fn initdb(files: &Files, options: &Options, run_as: &RunAs, locale: &str) -> Result<Outcome, Error> {
    let program = options.binaries.program("initdb");
    let mut command = run_as.command(&program);
    command
        .arg("--pgdata")
        .arg(files.pgdata_in_the_making())
        .arg("--username")
        .arg(&options.superuser)
        .arg("--pwfile")
        .arg(files.password())
        .args(["--auth-local=scram-sha-256", "--auth-host=scram-sha-256"])
        .args(["--encoding=UTF8", "--data-checksums", "--no-instructions"])
        .arg(format!("--locale={locale}"));
    if !options.durable {
        command.arg("--no-sync");
    }
    let answer = Command::from(command).kill_on_drop(true).output().await.map_err(Error::io("run", &program))?;
    let said = String::from_utf8_lossy(&answer.stderr).trim().to_owned();
    Ok(if answer.status.success() {
        Outcome::Made
    } else if said.contains("invalid locale name") {
        Outcome::NoSuchLocale(said)
    } else {
        Outcome::Failed(said)
    })
}

fn move_in(files: &Files) -> Result<(), Error> {
    let pgdata = files.pgdata();
    std::fs::rename(files.pgdata_in_the_making(), &pgdata).map_err(Error::io("make", &pgdata))?;
    files::sync_dir(files.data_dir())
}

pub(crate) fn read_password(files: &Files) -> Result<String, Error> {
    let path = files.password();
    match std::fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => {
            // A copy from a backup may have come back readable for all.
            files::set_mode(&path, 0o600)?;
            Ok(text.trim_end_matches(['\n', '\r']).to_owned())
        }
        Ok(_) => Err(Error::PasswordMissing { path }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Error::PasswordMissing { path }),
        Err(error) => Err(Error::io("read", &path)(error)),
    }
}
