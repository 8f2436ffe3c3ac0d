//! Who is asking: the member of staff behind the session cookie.

use axum::extract::FromRequestParts;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use care::chart::Clinic;
use care::id::{AccountId, OrganizationId, StaffId};
use pages::{DemoBar, Frame, Nav};
use sha2::{Digest, Sha256};
use store::{OrgTx, SignedIn, StaffRole};

use super::error::WebError;
use super::flash::Said;
use super::permission::Permission;
use super::{Web, times};
use crate::ids::hex;

pub const SESSION_COOKIE: &str = "stepwell";

/// A person who has signed in. A handler that takes one cannot be reached without a session.
pub struct Actor {
    pub organization: OrganizationId,
    pub staff: StaffId,
    pub name: String,
    pub role: StaffRole,
    /// Of another clinic of the account.
    pub guest: bool,
    /// The account of this clinic, if they administer it.
    pub administers: Option<AccountId>,
    csrf: String,
    said: Option<Said>,
}

impl Actor {
    pub fn may(&self, permission: Permission) -> Result<(), WebError> {
        if permission.is_held_by(self.role) {
            return Ok(());
        }
        Err(WebError::forbidden(format!("{} may {}.", permission.holders(), permission.words())))
    }

    /// A transaction that sees this person's organization and no other.
    pub async fn begin(&self, web: &Web) -> Result<OrgTx, WebError> {
        Ok(web.roof.app.begin(self.organization).await?)
    }

    /// What every staff page shares.
    pub fn frame(&self, web: &Web, clinic: &Clinic, title: &str, nav: Nav) -> Frame {
        let demo = web.demo.as_ref().map(|demo| DemoBar {
            time: times::clock_words(web.roof.now(), &clinic.zone),
            mail_count: u32::try_from(demo.mailbox.count()).unwrap_or(u32::MAX),
            busy: demo.is_moving(),
        });
        Frame::new(title, &clinic.name, nav, &self.csrf)
            .signed_in(&self.name)
            .may_import(self.may(Permission::ImportFiles).is_ok())
            .may_change_clinic(self.administers.is_some())
            .with_flash(self.said.map(Said::flash))
            .with_demo(demo)
    }
}

impl FromRequestParts<Web> for Actor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let here = match parts.uri.path_and_query() {
            Some(path) if parts.method == Method::GET => path.as_str(),
            _ => "/",
        };
        let unsigned = || WebError::sign_in(here);
        let token = token(&parts.headers).ok_or_else(unsigned)?;
        let found = web.roof.app.find_session(&hash_of(&token), web.roof.now()).await?;
        let (organization, staff) = found.ok_or_else(unsigned)?;
        let mut tx = web.roof.app.begin(organization).await?;
        let SignedIn { name, role, guest, administers } = tx.signed_in(staff).await?.ok_or_else(unsigned)?;
        let (csrf, said) = (csrf_of(&token), Said::of(&parts.headers));
        Ok(Actor { organization, staff, name, role, guest, administers, csrf, said })
    }
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The session's token, if there is one that could be ours.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let token = cookie(headers, SESSION_COOKIE)?;
    (token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit())).then(|| token.to_owned())
}

/// What is stored of a token: whoever reads the database cannot sign in with it.
pub fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The secret of a session's forms: known to its pages, of no use to guess the token from.
pub fn csrf_of(token: &str) -> String {
    hex(&Sha256::new().chain_update("stepwell form ").chain_update(token).finalize()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("stepwell_said=on; stepwell=abc; other=1"));
        assert_eq!(cookie(&headers, "stepwell"), Some("abc"));
        assert_eq!(cookie(&headers, "stepwell_said"), Some("on"));
        assert_eq!(cookie(&headers, "step"), None);
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("stepwell=abc"));
        assert_eq!(token(&headers), None);
    }

    #[test]
    fn the_secret_of_the_forms_is_not_what_is_stored_of_the_session() {
        let token = "a".repeat(64);
        assert!(!hex(&hash_of(&token)).contains(&csrf_of(&token)));
        assert_ne!(csrf_of(&token), csrf_of(&"b".repeat(64)));
    }
}
