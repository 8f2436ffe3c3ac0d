//! An uploaded file: the parts of a multipart form, in memory and of limited size.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

/// A file that pages take.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;

/// What the form around it may take.
pub const LARGEST_FORM: usize = LARGEST_FILE + 64 * 1024;

pub struct Part<'b> {
    pub name: String,
    pub file_name: Option<String>,
    pub body: &'b [u8],
}

/// The boundary, if this is a form with a file.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    (!boundary.is_empty() && boundary.len() <= 70).then(|| boundary.to_owned())
}

/// RFC 7578: each part begins behind a line with the boundary; the last line has two dashes behind it.
pub fn parts<'b>(boundary: &str, body: &'b [u8]) -> Vec<Part<'b>> {
    let line = format!("\r\n--{boundary}");
    let Some(first) = body.strip_prefix(&line.as_bytes()[2..]) else { return vec![] };
    let mut rest = first;
    let mut parts = vec![];
    while let Some(from) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(from, line.as_bytes()) else { break };
        parts.extend(part(&from[..end]));
        rest = &from[end + line.len()..];
    }
    parts
}

fn part(bytes: &[u8]) -> Option<Part<'_>> {
    let end = find(bytes, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let says = lines.find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let name = parameter(says, "name")?;
    Some(Part { name, file_name: parameter(says, "filename"), body: &bytes[end + 4..] })
}

fn parameter(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!("; {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    // A search for the first byte is quick; the rest is compared there only.
    let first = *wanted.first()?;
    let mut from = 0;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--xyz\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--xyz\r\nContent-Disposition: form-data; \
        name=\"file\"; filename=\"visits.csv\"\r\nContent-Type: text/csv\r\n\r\nMRN\r\n\r\n1\r\n\r\n--xyz--\r\n";

    #[test]
    fn a_form_is_cut_into_its_parts_and_the_file_is_as_it_was() {
        let parts = parts("xyz", BODY);
        let said: Vec<_> = parts.iter().map(|p| (p.name.as_str(), p.file_name.as_deref(), p.body)).collect();
        assert_eq!(said, [("csrf", None, &b"abc"[..]), ("file", Some("visits.csv"), &b"MRN\r\n\r\n1\r\n"[..])]);
    }

    #[test]
    fn what_is_no_such_form_has_no_parts() {
        for end in 0..BODY.len() {
            assert!(parts("xyz", &BODY[..end]).len() <= 2);
        }
        assert_eq!(parts("other", BODY).len(), 0);
        assert_eq!(parts("xyz", b"--xyz\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xyz--").len(), 0);
    }

    #[test]
    fn the_boundary_stands_in_the_header() {
        let of = |kind: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(kind));
            boundary(&headers)
        };
        assert_eq!(of("multipart/form-data; boundary=----a1"), Some("----a1".into()));
        assert_eq!(of("multipart/form-data; charset=utf-8; boundary=\"a b\""), Some("a b".into()));
        assert_eq!(of("multipart/form-data"), None);
        assert_eq!(of("application/x-www-form-urlencoded"), None);
    }
}
