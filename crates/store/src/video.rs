//! The videos of a clinic's own exercises.

use crate::{Error, OrgTx};

/// A video as it came; `hash`: of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVideo {
    /// Of the exercise.
    pub id: String,
    pub version: u32,
    pub media_type: &'static str,
    pub body: Vec<u8>,
    pub hash: [u8; 32],
}

/// A piece of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub media_type: String,
    /// Of the whole.
    pub length: u64,
    pub bytes: Vec<u8>,
}

impl OrgTx {
    /// Keeps the video of a version that was just published.
    pub async fn insert_video(&mut self, new: &NewVideo) -> Result<(), Error> {
        sqlx::query!(
            "insert into library_videos (organization, id, version, media_type, body, hash) values ($1, $2, $3, $4, $5, $6)",
            self.org(),
            new.id,
            number(new.version),
            new.media_type,
            new.body,
            &new.hash[..]
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The hash of a version's video.
    pub async fn video_hash(&mut self, id: &str, version: u32) -> Result<Option<Vec<u8>>, Error> {
        let found = sqlx::query_scalar!(
            "select hash from library_videos where organization = $1 and id = $2 and version = $3",
            self.org(),
            id,
            number(version)
        );
        Ok(found.fetch_optional(&mut *self.tx).await?)
    }

    /// At most `most` bytes of a version's video, from byte `from` on.
    pub async fn video(&mut self, id: &str, version: u32, from: u64, most: u32) -> Result<Option<Piece>, Error> {
        let row = sqlx::query!(
            r#"select media_type, octet_length(body) as "length!", substring(body from $4 for $5) as "bytes!"
               from library_videos where organization = $1 and id = $2 and version = $3"#,
            self.org(),
            id,
            number(version),
            // PostgreSQL counts from 1.
            i32::try_from(from).unwrap_or(i32::MAX).saturating_add(1),
            number(most)
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.map(|r| Piece {
            media_type: r.media_type,
            length: u64::try_from(r.length).unwrap_or(0),
            bytes: r.bytes,
        }))
    }
}

pub(crate) fn number(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
