//! What the caller decides, and the settings that follow from it.

use std::path::{Path, PathBuf};

use crate::binaries::Binaries;

/// The socket file's name carries a port, though nothing listens on a network.
pub(crate) const PORT: u16 = 5432;

#[derive(Debug, Clone)]
pub struct Options {
    /// Where the cluster lives; made if missing. Holds more than PostgreSQL's own data, see the crate's head.
    pub data_dir: PathBuf,
    pub binaries: Binaries,
    /// Name of the cluster's superuser, fixed at the first start.
    pub superuser: String,
    /// Makes the superuser's password at the first start: one line, from a source of true randomness.
    pub new_password: fn() -> String,
    /// Further settings as `(name, value)`. They come after this crate's tuning, but cannot open the
    /// network, loosen the socket, fill the log with statements or, when `durable`, switch fsync off.
    pub settings: Vec<(String, String)>,
    /// `false` only for test clusters: quick, and lost when the machine stops.
    pub durable: bool,
}

impl Options {
    /// A durable cluster with the superuser `owner`.
    pub fn new(data_dir: impl Into<PathBuf>, binaries: Binaries, new_password: fn() -> String) -> Options {
        Options {
            data_dir: data_dir.into(),
            binaries,
            superuser: "owner".to_owned(),
            new_password,
            settings: Vec::new(),
            durable: true,
        }
    }
}

/// May be overruled by `Options::settings`.
const TUNING: [(&str, &str); 5] = [
    ("shared_buffers", "128MB"),
    ("max_connections", "60"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_checkpoints", "off"),
];

/// May not be overruled. A statement, its values, and an error's text and details can hold what is
/// true of a patient. So the log takes what the server says of itself (LOG, FATAL, PANIC) and no
/// ERROR or WARNING of a session: these go to the client alone.
const FIXED: [(&str, &str); 16] = [
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("password_encryption", "scram-sha-256"),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    ("log_min_messages", "log"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_statement", "none"),
    ("log_duration", "off"),
    ("log_min_duration_statement", "-1"),
    ("log_min_duration_sample", "-1"),
    ("log_transaction_sample_rate", "0"),
    ("log_parameter_max_length", "0"),
    ("log_parameter_max_length_on_error", "0"),
    ("log_lock_waits", "off"),
];

const DURABILITY: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

/// Every setting in the order PostgreSQL shall read them: the last one of a name counts.
pub(crate) fn settings(options: &Options, socket_dir: &Path) -> Vec<(String, String)> {
    let pair = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    let durability = if options.durable { "on" } else { "off" };
    let mut all: Vec<(String, String)> = TUNING.iter().map(pair).collect();
    all.extend(options.settings.iter().cloned());
    all.extend(FIXED.iter().map(pair));
    all.extend(DURABILITY.map(|name| (name.to_owned(), durability.to_owned())));
    all.push(("port".to_owned(), PORT.to_string()));
    all.push(("unix_socket_directories".to_owned(), quoted(&socket_dir.to_string_lossy())));
    all
}

/// The setting is a list: a comma or a blank in the path must not split it.
fn quoted(directory: &str) -> String {
    format!("\"{}\"", directory.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_of(name: &str, all: &[(String, String)]) -> String {
        let found = all.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap()
    }

    fn options(settings: &[(&str, &str)]) -> Options {
        let binaries = Binaries::find(None).unwrap();
        let mut options = Options::new("/data", binaries, String::new);
        options.settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        options
    }

    #[test]
    fn the_caller_may_tune_but_not_open_what_is_closed() {
        let wished = [("max_connections", "9"), ("listen_addresses", "*"), ("log_statement", "all"), ("fsync", "off")];
        let all = settings(&options(&wished), Path::new("/data/socket"));
        assert_eq!(last_of("max_connections", &all), "9");
        assert_eq!(last_of("listen_addresses", &all), "");
        assert_eq!(last_of("log_statement", &all), "none");
        assert_eq!(last_of("fsync", &all), "on");
    }

    #[test]
    fn a_cluster_that_need_not_last_skips_every_wait_for_the_disk() {
        let mut options = options(&[]);
        options.durable = false;
        let all = settings(&options, Path::new("/data/socket"));
        for name in DURABILITY {
            assert_eq!(last_of(name, &all), "off");
        }
    }

    #[test]
    fn a_socket_directory_with_a_comma_stays_one_directory() {
        let all = settings(&options(&[]), Path::new("/a, \"b\""));
        assert_eq!(last_of("unix_socket_directories", &all), "\"/a, \"\"b\"\"\"");
    }
}
