//! **stepwell** — the roof: commands, the runner, the pages and the listeners. It decides nothing about a patient: it
//! carries what comes in to the pure rooms, commits what they answer, and sends what was committed.

pub mod cli;
pub mod clock;
pub mod content;
pub mod database;
pub mod demo;
pub mod ids;
pub mod library;
pub mod listen;
pub mod password;
pub mod roof;
pub mod runner;
pub mod server;
pub mod setup;
pub mod web;

pub use roof::Roof;
