//! The signature of a call: HMAC-SHA256 over `timestamp.body`, keyed with the secret's own text.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Hexadecimal. The time is signed with the body, so that an old call cannot be told again as a new one.
#[must_use]
pub fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    // A key of any length is one.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_of_the_documentation_is_what_is_sent() {
        let body = r#"{"id":"test"}"#;
        let told = include_str!("../../../../docs/WEBHOOKS.md");
        let signed = signature("not-a-real-secret", 1_767_225_600, body);
        assert!(told.contains(&signed), "docs/WEBHOOKS.md should show {signed}");
        assert!(told.contains(body) && told.contains("not-a-real-secret") && told.contains("1767225600"));
    }

    #[test]
    fn secret_time_and_body_are_all_signed() {
        let one = signature("s", 1, "b");
        assert_eq!(one.len(), 64);
        for other in [signature("t", 1, "b"), signature("s", 2, "b"), signature("s", 1, "c")] {
            assert_ne!(one, other);
        }
    }
}
