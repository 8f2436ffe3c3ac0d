//! A private PostgreSQL: finds the programs, makes the cluster, starts, adopts and stops it.
//!
//! What this room protects:
//! - only a unix socket in a directory of mode 0700, only with a password (scram), never `trust`;
//! - the server never runs as root: started as root, it is dropped to an ordinary account;
//! - a cluster is stopped only by its owner. The owner is the process that holds the lock on
//!   `postgres.owner`; every other one is a guest, and its `stop` does nothing;
//! - a postmaster that a crash left running is adopted, not started a second time;
//! - a data directory of another major version is refused, not touched;
//! - no statement and no value from one reaches the log.
//!
//! It knows nothing of the program that uses it. Linux only: processes are read from `/proc`.
//!
//! ```no_run
//! use local_postgres::{Binaries, Cluster, Options};
//!
//! # async fn example(new_password: fn() -> String) -> Result<(), local_postgres::Error> {
//! let binaries = Binaries::find(None)?;
//! let cluster = Cluster::start(Options::new("/var/lib/clinic", binaries, new_password)).await?;
//! println!("psql -h {} -U {}", cluster.socket_dir().display(), cluster.superuser());
//! cluster.stop().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Under the caller's `data_dir`: `postgres/` (the data), `postgres.password` (0600),
//! `postgres.log`, `postgres.owner`, `socket/`; `postgres.socket` when the socket had to move to
//! the system's temporary directory because the path of `socket/` is too long for a unix socket.

mod account;
mod binaries;
mod cluster;
mod error;
mod files;
mod initdb;
mod launch;
mod options;
mod owner;
mod postmaster;
mod probe;
mod socket;

pub use binaries::{Binaries, OLDEST_MAJOR};
pub use cluster::Cluster;
pub use error::Error;
pub use options::Options;
