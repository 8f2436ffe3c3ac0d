//! Passwords: hashed with Argon2id at the library's own strength (RFC 9106).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};

/// The hash to keep, with its salt and strength in it. `None` if the machine gave no randomness.
pub fn hash(password: &str) -> Option<String> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).ok()?;
    Some(hash.to_string())
}

pub fn verify(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept).is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_password_fits_its_own_hash_and_no_other() {
        let kept = super::hash("correct horse").unwrap();
        assert!(super::verify("correct horse", &kept));
        assert!(!super::verify("correct horse ", &kept));
        assert!(!super::verify("correct horse", "not a hash"));
    }
}
