//! A video of an exercise: a link to where it is shown, or a file that the clinic brought.

use serde::{Deserialize, Serialize};

use super::item::Wrong;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Video {
    /// An https address; patients follow it as a plain link.
    Link(String),
    /// A file beside the exercise's own; it is kept with this version.
    File(String),
}

impl Video {
    pub(super) fn check(&self) -> Result<(), Wrong> {
        match self {
            Video::Link(link) => {
                let cure = "not an https address: write it whole, as in \"https://videos.example/squat\"";
                host(link).map(|_| ()).ok_or_else(|| Wrong::at("video.link", cure))
            }
            Video::File(name) => {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
                let known = name.rsplit_once('.').filter(|(_, kind)| ["mp4", "webm"].contains(kind));
                let fine = known.is_some_and(|(stem, _)| !stem.is_empty() && stem.chars().all(plain));
                let cure = "not a video's name: small letters, digits and hyphens, then .mp4 or .webm";
                if fine { Ok(()) } else { Err(Wrong::at("video.file", cure)) }
            }
        }
    }
}

/// Where an https address leads, without what comes behind; `None` if it is no such address. Names and passwords before
/// the host are not taken: they make an address look like another one.
pub fn host(link: &str) -> Option<&str> {
    let rest = link.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let clean =
        !link.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '<' | '>' | '\\'));
    (clean && host.contains('.') && host.chars().all(plain)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_https_address_is_one() {
        assert_eq!(host("https://videos.example/squat?a=1"), Some("videos.example"));
        assert_eq!(host("https://videos.example:8443#t"), Some("videos.example:8443"));
        for no in [
            "http://videos.example/a",
            "javascript:alert(1)",
            "https://",
            "https://localhost/a",
            "https://bank.example@videos.example/",
            "https://videos.example/a b",
            "https://videos.example/\"onclick=",
            "HTTPS://videos.example",
        ] {
            assert_eq!(host(no), None, "{no}");
        }
    }
}
