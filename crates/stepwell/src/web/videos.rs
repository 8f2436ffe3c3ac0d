//! Videos of a clinic's own exercises, in the pieces that a player asks for.

use axum::extract::{Path, Query, State};
use axum::http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use care::library::{Exercise, Kind, Reference, Video, host};
use serde::Deserialize;
use store::OrgTx;

use super::Web;
use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::portal::Visitor;

/// At most so much at a time; a player asks on.
const PIECE: u32 = 1 << 20;

#[derive(Deserialize)]
pub struct Wanted {
    version: String,
}

/// What a page shows of an exercise's video, where there is one; `here`: where a file of ours is asked for.
pub fn shown(exercise: &Exercise, here: String) -> Option<pages::Video> {
    match exercise.video.as_ref()? {
        Video::Link(href) => {
            Some(pages::Video::Link { href: href.clone(), host: host(href).unwrap_or_default().to_owned() })
        }
        Video::File(_) => Some(pages::Video::Here { src: here }),
    }
}

pub async fn for_staff(
    State(web): State<Web>,
    actor: Actor,
    Path((kind, id)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    actor.may(Permission::SeeLibrary)?;
    if kind != Kind::Exercise.code() {
        return Err(WebError::not_found("video"));
    }
    answer(
        &mut actor.begin(&web).await?,
        &id,
        wanted.version.parse().map_err(|_| WebError::not_found("video"))?,
        &headers,
    )
    .await
}

/// The video of the version that the patient was given.
pub async fn for_patients(
    State(web): State<Web>,
    visitor: Visitor,
    Path((assignment, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let none = || WebError::not_found("video");
    let mut seen = visitor.sees(&web).await?;
    let given_at = seen.assignment(&assignment).ok_or_else(none)?.given_at;
    let name = Reference::new(Kind::Exercise, &id).map_err(|_| none())?;
    let (version, _) = seen.tx.item_body_at(&name, given_at).await?.ok_or_else(none)?;
    answer(&mut seen.tx, &id, version, &headers).await
}

async fn answer(tx: &mut OrgTx, id: &str, version: u32, headers: &HeaderMap) -> Result<Response, WebError> {
    let none = || WebError::not_found("video");
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok()).and_then(Wish::parse);
    let (from, most) = match asked {
        None => (0, u32::MAX),
        Some(Wish::From(from, most)) => (from, most.min(PIECE)),
        Some(Wish::Last(count)) => {
            let length = tx.video(id, version, 0, 0).await?.ok_or_else(none)?.length;
            (length.saturating_sub(count), PIECE)
        }
    };
    let piece = tx.video(id, version, from, most).await?.ok_or_else(none)?;
    let kept = [(ACCEPT_RANGES, "bytes"), (CACHE_CONTROL, "private, max-age=86400")];
    if asked.is_none() {
        return Ok((kept, [(CONTENT_TYPE, piece.media_type)], piece.bytes).into_response());
    }
    if piece.bytes.is_empty() {
        let whole = [(CONTENT_RANGE, format!("bytes */{}", piece.length))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response());
    }
    let last = from + u64::try_from(piece.bytes.len()).unwrap_or(0) - 1;
    let range = [(CONTENT_RANGE, format!("bytes {from}-{last}/{}", piece.length)), (CONTENT_TYPE, piece.media_type)];
    Ok((StatusCode::PARTIAL_CONTENT, kept, range, piece.bytes).into_response())
}

/// One range of bytes. Several at once, or what cannot be read, is as if nothing had been asked (RFC 9110, 14.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// From this byte on, at most so many.
    From(u64, u32),
    /// The last so many.
    Last(u64),
}

impl Wish {
    fn parse(header: &str) -> Option<Self> {
        let (from, to) = header.strip_prefix("bytes=")?.split_once('-')?;
        match (from.is_empty(), to.is_empty()) {
            (true, _) => Some(Wish::Last(to.parse().ok()?)),
            (false, true) => Some(Wish::From(from.parse().ok()?, u32::MAX)),
            (false, false) => {
                let (from, to): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
                let count = to.checked_sub(from)?.saturating_add(1);
                Some(Wish::From(from, u32::try_from(count).unwrap_or(u32::MAX)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_read_and_anything_else_is_none() {
        assert_eq!(Wish::parse("bytes=0-"), Some(Wish::From(0, u32::MAX)));
        assert_eq!(Wish::parse("bytes=10-19"), Some(Wish::From(10, 10)));
        assert_eq!(Wish::parse("bytes=-500"), Some(Wish::Last(500)));
        for none in ["bytes=", "bytes=a-b", "bytes=9-1", "bytes=0-1,5-6", "lines=0-1", "bytes=-"] {
            assert_eq!(Wish::parse(none), None, "{none}");
        }
    }
}
