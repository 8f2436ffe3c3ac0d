//! Forms and addresses as they come in.

use std::str::FromStr;

use axum::extract::{Form, FromRequest, Request};
use serde::de::DeserializeOwned;

use super::Web;
use super::error::WebError;

/// A form's fields.
pub struct Posted<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Web> for Posted<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, WebError> {
        match Form::from_request(request, web).await {
            Ok(Form(fields)) => Ok(Posted(fields)),
            Err(_) => Err(WebError::bad_form("A field of the form is missing or cannot be read.")),
        }
    }
}

/// An id in an address; one that is none belongs to nothing.
pub fn id<T: FromStr>(text: &str, what: &'static str) -> Result<T, WebError> {
    text.parse().map_err(|_| WebError::not_found(what))
}

/// A path of this server to go on to; anything that could lead elsewhere is none.
pub fn local_path(text: &str) -> Option<&str> {
    let own = text.starts_with('/') && !text.starts_with("//");
    let plain = text.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    (own && plain && text.len() <= 512).then_some(text)
}

/// For use inside a query.
pub fn escape(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// A field that was left empty says nothing.
pub fn filled(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_server_are_gone_on_to() {
        for good in ["/", "/patients?q=ri", "/workflows/welcome"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:x",
            "/a\r\nb",
            "/a b",
            "patients",
        ] {
            assert_eq!(local_path(bad), None, "{bad:?}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(600))), None);
    }

    #[test]
    fn a_path_survives_being_put_into_a_query() {
        assert_eq!(escape("/patients?q=rí&x=1"), "/patients%3Fq%3Dr%C3%AD%26x%3D1");
    }
}
