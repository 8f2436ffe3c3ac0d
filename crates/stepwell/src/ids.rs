//! The only place that draws random numbers: ids, tokens and jitter.

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// A new id, in the order of time (UUIDv7), so that indexes grow at their end.
pub fn new_id(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random::<10>()).into_uuid()
}

/// The id of what another system calls by a number, the same whichever message names it first: where stamps tie, ids
/// decide, and the order of arrival must not (docs/SEMANTICS.md, "Order-proof").
pub fn id_of_number(kind: &str, scope: &str, number: &str) -> Uuid {
    let text = [kind, scope, number].map(|part| format!("{}:{part}", part.len())).concat();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(text.as_bytes())[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// Bytes nobody can guess.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness nothing here may go on: ids would repeat and tokens could be guessed.
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A number in 0..1, to spread retries.
pub fn jitter() -> f64 {
    f64::from(u32::from_le_bytes(random::<4>())) / (f64::from(u32::MAX) + 1.0)
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A password or token of 32 hexadecimal digits.
pub fn secret() -> String {
    hex(&random::<16>())
}
