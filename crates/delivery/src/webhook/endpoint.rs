//! Where a call goes.

use hyper::Uri;

/// A URL that a call may be made to; whether its host leads anywhere is seen when it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub(super) encrypted: bool,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) authority: String,
    pub(super) path: String,
}

/// Why a URL will not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    #[error("this is not a URL: write it as in https://example.org/stepwell")]
    NotAUrl,
    #[error("the URL has to begin with https://")]
    NotEncrypted,
    #[error("the URL holds a user or a password: leave them out, each call is signed")]
    Login,
    #[error("the URL has a part after #: leave it out, it is never sent")]
    Fragment,
}

impl Endpoint {
    /// `plain`: http is good enough, for a receiver on this machine.
    pub fn read(url: &str, plain: bool) -> Result<Self, BadEndpoint> {
        if url.contains('#') {
            return Err(BadEndpoint::Fragment);
        }
        let uri: Uri = url.trim().parse().map_err(|_| BadEndpoint::NotAUrl)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(BadEndpoint::NotAUrl);
        };
        let encrypted = match scheme {
            "https" => true,
            "http" if plain => false,
            "http" => return Err(BadEndpoint::NotEncrypted),
            _ => return Err(BadEndpoint::NotAUrl),
        };
        if authority.as_str().contains('@') {
            return Err(BadEndpoint::Login);
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(BadEndpoint::NotAUrl);
        }
        let port = authority.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Self { encrypted, host, port, authority: authority.as_str().to_owned(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_read_into_what_is_called() {
        let read = Endpoint::read("https://hooks.example.org:8443/in?clinic=1", false).unwrap();
        assert_eq!((read.encrypted, read.host.as_str(), read.port), (true, "hooks.example.org", 8443));
        assert_eq!(read.path, "/in?clinic=1");
        assert_eq!(Endpoint::read("https://[2001:db8::1]", false).unwrap().host, "2001:db8::1");
        assert_eq!(Endpoint::read("http://127.0.0.1/x", true).unwrap().port, 80);
    }

    #[test]
    fn what_is_no_plain_https_url_is_refused_with_its_cause() {
        let why = |url| Endpoint::read(url, false).unwrap_err();
        assert_eq!(why("http://example.org/"), BadEndpoint::NotEncrypted);
        assert_eq!(why("https://user:secret@example.org/"), BadEndpoint::Login);
        assert_eq!(why("https://example.org/#part"), BadEndpoint::Fragment);
        for none in ["", "example.org", "/in", "ftp://example.org/", "https://", "https:// example.org", "file:///etc"]
        {
            assert_eq!(why(none), BadEndpoint::NotAUrl, "{none}");
        }
    }
}
