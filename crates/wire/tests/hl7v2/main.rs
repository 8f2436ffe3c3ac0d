//! HL7 version 2, from bytes to readings and back.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod acknowledgements;
mod common;
mod demographics;
mod escapes;
mod frames;
mod kinds_of_message;
mod mess;
mod parser;
mod round_trip;
mod settings;
mod times;
