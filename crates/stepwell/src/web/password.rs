//! Passwords. Checking one takes the same time whether or not there is anybody with that email.

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;

use super::error::WebError;

/// Whether `password` is the one behind `hash`. Without a hash the same work is done, and the answer is no.
pub async fn is_right(password: String, hash: Option<String>) -> Result<bool, WebError> {
    let checked = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => crate::password::verify(&password, &hash),
        None => {
            // Hashing costs what checking costs.
            let hashed: Result<PasswordHash, _> =
                Argon2::default().hash_password_with_salt(password.as_bytes(), &[0; 16]);
            drop(hashed);
            false
        }
    });
    checked.await.map_err(|error| WebError::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(password: &str) -> String {
        let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.as_bytes(), &[7; 16]).unwrap();
        hash.to_string()
    }

    #[tokio::test]
    async fn the_right_password_is_taken_and_a_wrong_one_is_not() {
        assert!(is_right("correct horse".into(), Some(hash("correct horse"))).await.unwrap());
        assert!(!is_right("correct house".into(), Some(hash("correct horse"))).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_signs_in_without_a_hash_or_with_a_broken_one() {
        assert!(!is_right(String::new(), None).await.unwrap());
        assert!(!is_right("x".into(), Some("not a hash".into())).await.unwrap());
    }
}
