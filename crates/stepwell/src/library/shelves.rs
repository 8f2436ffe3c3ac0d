//! Where items stand: in a clinic's library, or with an account for all of its clinics.

use std::collections::{BTreeMap, BTreeSet};

use care::library::{Reference, Scope};
use jiff::Timestamp;
use store::{AccountTx, Clash, Error, NewItem, NewVideo, OrgTx, Published};

use super::publish::shipped;

/// What publishing asks of the place.
#[expect(async_fn_in_trait, reason = "both places are ours, and their futures are Send")]
pub trait Shelves {
    /// What is there, each in its newest version, with its file.
    async fn known(&mut self) -> Result<BTreeMap<Reference, String>, Error>;
    /// The instruments for which a licence is recorded; an account has none, each of its clinics has its own.
    async fn licensed(&mut self) -> Result<BTreeSet<String>, Error>;
    async fn put(&mut self, items: &[NewItem]) -> Result<Vec<Published>, Error>;
    async fn put_video(&mut self, video: &NewVideo) -> Result<(), Error>;
    async fn video_hash(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error>;
    async fn video_bytes(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error>;
}

impl Shelves for OrgTx {
    async fn known(&mut self) -> Result<BTreeMap<Reference, String>, Error> {
        Ok(self.shelf(None).await?.into_iter().map(|(row, body)| (row.name, body)).collect())
    }

    async fn licensed(&mut self) -> Result<BTreeSet<String>, Error> {
        OrgTx::licensed(self).await
    }

    async fn put(&mut self, items: &[NewItem]) -> Result<Vec<Published>, Error> {
        self.publish_items(items).await
    }

    async fn put_video(&mut self, video: &NewVideo) -> Result<(), Error> {
        self.insert_video(video).await
    }

    async fn video_hash(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error> {
        OrgTx::video_hash(self, id, version).await
    }

    async fn video_bytes(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.video(id, version, 0, u32::MAX).await?.map(|piece| piece.bytes))
    }
}

/// An account's, beside what ships: no item of an account has the name of one that ships.
pub struct OfAccount<'a> {
    tx: &'a mut AccountTx,
    shipped: BTreeMap<Reference, String>,
}

impl<'a> OfAccount<'a> {
    pub fn new(tx: &'a mut AccountTx, now: Timestamp) -> Self {
        let shipped = shipped(now).0.into_iter().map(|item| (item.row.name, item.body)).collect();
        Self { tx, shipped }
    }
}

impl Shelves for OfAccount<'_> {
    async fn known(&mut self) -> Result<BTreeMap<Reference, String>, Error> {
        let own = self.tx.shelf().await?.into_iter().map(|(row, body)| (row.name, body));
        Ok(own.chain(self.shipped.clone()).collect())
    }

    async fn licensed(&mut self) -> Result<BTreeSet<String>, Error> {
        Ok(BTreeSet::new())
    }

    async fn put(&mut self, items: &[NewItem]) -> Result<Vec<Published>, Error> {
        let mut all = vec![];
        for item in items {
            match self.shipped.get(&item.row.name) {
                Some(body) if *body == item.body => all.push(Published::Unchanged),
                Some(_) => all.push(Published::Refused(Clash::Taken(Scope::Global))),
                None => all.extend(self.tx.publish_items(std::slice::from_ref(item)).await?),
            }
        }
        Ok(all)
    }

    async fn put_video(&mut self, video: &NewVideo) -> Result<(), Error> {
        self.tx.insert_video(video).await
    }

    async fn video_hash(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error> {
        self.tx.video_hash(id, version).await
    }

    async fn video_bytes(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.tx.video(id, version).await?.map(|piece| piece.bytes))
    }
}
