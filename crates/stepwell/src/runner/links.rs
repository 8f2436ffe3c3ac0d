//! Links in mails: a delivery's id and a signature, nothing else. No patient data is in a URL.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use care::id::{DeliveryId, OrganizationId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Roof;

/// What a link lets its holder do. A link for one purpose is no good for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Visit,
    Register,
    Answer,
    /// The portal's door.
    Open,
    Unsubscribe,
}

impl Purpose {
    pub fn path(self) -> &'static str {
        match self {
            Purpose::Visit => "visit",
            Purpose::Register => "register",
            Purpose::Answer => "answer",
            Purpose::Open => "open",
            Purpose::Unsubscribe => "unsubscribe",
        }
    }
}

impl Roof {
    /// Short, because a text message has 160 places: 48 bytes are 64 signs, all of them in GSM-7.
    pub fn link(&self, purpose: Purpose, organization: OrganizationId, delivery: DeliveryId) -> String {
        let seal = self.seal(purpose, organization, delivery);
        let bytes = [*organization.0.as_bytes(), *delivery.0.as_bytes(), seal].concat();
        format!("{}/p/{}/{}", self.base_url, purpose.path(), URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Whose link this is, if we made it for this purpose.
    pub fn open_link(&self, purpose: Purpose, token: &str) -> Option<(OrganizationId, DeliveryId)> {
        let [organization, delivery, given] = parts_of(token)?;
        let (organization, delivery) =
            (OrganizationId(Uuid::from_bytes(organization)), DeliveryId(Uuid::from_bytes(delivery)));
        let seal = self.seal(purpose, organization, delivery);
        // Hashing both first makes the comparison take the same time wherever they differ.
        let same = Sha256::digest(seal) == Sha256::digest(given);
        same.then_some((organization, delivery))
    }

    fn seal(&self, purpose: Purpose, organization: OrganizationId, delivery: DeliveryId) -> [u8; 16] {
        // Key before and after the message: an outer hash over the inner one keeps it from being extended.
        let inner = Sha256::new()
            .chain_update(self.secret)
            .chain_update(purpose.path())
            .chain_update(organization.0)
            .chain_update(delivery.0)
            .finalize();
        let outer = Sha256::new().chain_update(self.secret).chain_update(inner).finalize();
        std::array::from_fn(|at| outer[at])
    }
}

/// Organization, delivery and seal. Links were in hexadecimal once, and those in old mails still open.
fn parts_of(token: &str) -> Option<[[u8; 16]; 3]> {
    if token.len() == 96 && token.bytes().all(|b| b.is_ascii_hexdigit()) {
        let part = |from: usize| u128::from_str_radix(token.get(from..from + 32)?, 16).ok().map(u128::to_be_bytes);
        return Some([part(0)?, part(32)?, part(64)?]);
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 48)?;
    let part = |from: usize| std::array::from_fn(|at| bytes[from + at]);
    Some([part(0), part(16), part(32)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::hex;

    #[test]
    fn a_link_of_64_signs_and_an_old_one_of_96_have_the_same_parts() {
        let bytes: [u8; 48] = std::array::from_fn(|at| u8::try_from(at * 5).unwrap());
        let (new, old) = (URL_SAFE_NO_PAD.encode(bytes), hex(&bytes));
        assert_eq!((new.len(), old.len()), (64, 96));
        let parts = parts_of(&new).unwrap();
        assert_eq!(parts.concat(), bytes);
        assert_eq!(parts_of(&old), Some(parts));
    }

    #[test]
    fn what_is_no_token_has_no_parts() {
        for token in ["", "abc", &"z".repeat(96), &"a".repeat(95), &"a".repeat(63), &"é".repeat(32), &"+".repeat(96)] {
            assert_eq!(parts_of(token), None, "{token}");
        }
    }
}
