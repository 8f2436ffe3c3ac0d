//! Links in mails: a delivery's id and a signature, nothing else. No patient data is in a URL.

use care::id::DeliveryId;
use sha2::{Digest, Sha256};

use crate::Roof;
use crate::ids::hex;

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
    pub fn link(&self, purpose: Purpose, organization: care::id::OrganizationId, delivery: DeliveryId) -> String {
        let (org, id) = (organization.0.simple(), delivery.0.simple());
        let seal = self.seal(purpose, organization, delivery);
        format!("{}/p/{}/{org}{id}{seal}", self.base_url, purpose.path())
    }

    /// Whose link this is, if we made it for this purpose.
    pub fn open_link(&self, purpose: Purpose, token: &str) -> Option<(care::id::OrganizationId, DeliveryId)> {
        let organization = care::id::OrganizationId(token.get(..32)?.parse().ok()?);
        let delivery = DeliveryId(token.get(32..64)?.parse().ok()?);
        let seal = self.seal(purpose, organization, delivery);
        // Hashing both first makes the comparison take the same time wherever they differ.
        let same = Sha256::digest(seal.as_bytes()) == Sha256::digest(token.get(64..)?.as_bytes());
        same.then_some((organization, delivery))
    }

    fn seal(&self, purpose: Purpose, organization: care::id::OrganizationId, delivery: DeliveryId) -> String {
        // Key before and after the message: an outer hash over the inner one keeps it from being extended.
        let inner = Sha256::new()
            .chain_update(self.secret)
            .chain_update(purpose.path())
            .chain_update(organization.0)
            .chain_update(delivery.0)
            .finalize();
        hex(&Sha256::new().chain_update(self.secret).chain_update(inner).finalize()[..16])
    }
}
