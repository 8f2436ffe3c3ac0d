//! Files with one row per patient, episode or visit, from bytes to readings.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail")]

mod any_bytes;
mod columns;
mod common;
mod files;
mod rows;
