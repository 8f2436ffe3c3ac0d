//! The videos that a folder brings beside its exercises.

use std::collections::{BTreeMap, BTreeSet};

use care::library::{Exercise, Kind, Problem, Video};
use sha2::{Digest, Sha256};
use store::{Error, NewVideo, Published};

use super::publish::Outcome;
use super::shelves::Shelves;

/// The largest video; a minute or two of a phone's.
pub const LARGEST: u64 = 32 * 1024 * 1024;

/// A video by its path in the folder: "exercises/squat.mp4".
pub type Videos = BTreeMap<String, Vec<u8>>;

pub fn is_video(path: &str) -> bool {
    let within = path.strip_prefix(Kind::Exercise.folder()).and_then(|rest| rest.strip_prefix('/'));
    within.is_some_and(|name| !name.contains('/') && (name.ends_with(".mp4") || name.ends_with(".webm")))
}

/// What the bytes are, whatever the name says: ISO/IEC 14496-12 has the box "ftyp" first, WebM is EBML (RFC 8794).
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("video/webm"),
        _ => None,
    }
}

/// The path of the file that an exercise names.
pub fn path_of(exercise: &Exercise) -> Option<String> {
    match exercise.video.as_ref()? {
        Video::File(name) => Some(format!("{}/{name}", Kind::Exercise.folder())),
        Video::Link(_) => None,
    }
}

/// Whether the file that an exercise names comes along, and is a video.
pub fn check(file: &str, exercise: &Exercise, videos: &Videos) -> Result<(), Problem> {
    let Some(path) = path_of(exercise) else { return Ok(()) };
    let refused = |cure: String| Problem { file: file.into(), field: "video.file".into(), cure };
    let bytes = videos.get(&path).ok_or_else(|| refused(format!("{path} does not come along: put it there")))?;
    media_type(bytes).map(|_| ()).ok_or_else(|| refused(format!("{path} is neither MP4 nor WebM: save it as one")))
}

/// Keeps the videos of what was published, and refuses another video for a version that is there. `named`: the path of
/// its video, by the exercise's file.
pub async fn keep(
    shelves: &mut impl Shelves,
    outcomes: &mut [Outcome],
    named: &BTreeMap<String, String>,
    videos: &Videos,
) -> Result<(), Error> {
    for outcome in outcomes {
        let Ok((name, version, published)) = &outcome.said else { continue };
        let Some(body) = named.get(&outcome.file).and_then(|path| videos.get(path)) else { continue };
        let hash: [u8; 32] = Sha256::digest(body).into();
        match (published, media_type(body)) {
            (Published::New | Published::NewVersion(_), Some(media_type)) => {
                let (id, body) = (name.id.clone(), body.clone());
                shelves.put_video(&NewVideo { id, version: *version, media_type, body, hash }).await?;
            }
            (Published::Unchanged, _)
                if shelves.video_hash(&name.id, *version).await?.is_some_and(|old| old != hash) =>
            {
                let next = version.saturating_add(1);
                let cure =
                    format!("version {version} of {name} is published with another video: write version = {next}");
                let field = "video.file".into();
                outcome.said = Err(Problem { file: outcome.file.clone(), field, cure });
            }
            (Published::New | Published::NewVersion(_) | Published::Unchanged | Published::Refused(_), _) => {}
        }
    }
    Ok(())
}

/// Videos that no exercise of the folder names.
pub fn unnamed(named: &BTreeMap<String, String>, videos: &Videos) -> Vec<Problem> {
    let known: BTreeSet<&String> = named.values().collect();
    let cure = "no exercise beside it names it: write video = { file = \"…\" } there, or take it out";
    let problem = |file: &String| Problem { file: file.clone(), field: "file".into(), cure: cure.into() };
    videos.keys().filter(|path| !known.contains(path)).map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_is_known_by_its_first_bytes() {
        assert_eq!(media_type(b"\0\0\0\x20ftypisom"), Some("video/mp4"));
        assert_eq!(media_type(&[0x1a, 0x45, 0xdf, 0xa3, 1]), Some("video/webm"));
        for other in [&b"<html>"[..], b"ftyp", b"", b"\x89PNG\r\n\x1a\n"] {
            assert_eq!(media_type(other), None);
        }
    }

    #[test]
    fn videos_stand_beside_the_exercises() {
        assert!(is_video("exercises/squat.mp4") && is_video("exercises/squat.webm"));
        assert!(!is_video("education/squat.mp4") && !is_video("exercises/a/squat.mp4") && !is_video("exercises/s.mov"));
    }
}
