//! The style sheet and the icon. Pages name it with its hash, so a browser may keep it as long as it likes.

use std::sync::OnceLock;

use axum::extract::RawQuery;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::ids::hex;

/// The address of the style sheet as this version has it.
pub fn app_css_href() -> &'static str {
    static HREF: OnceLock<String> = OnceLock::new();
    HREF.get_or_init(|| {
        let hash = hex(&Sha256::digest(pages::APP_CSS.as_bytes())[..8]);
        format!("{}?v={hash}", pages::APP_CSS_PATH)
    })
}

pub async fn app_css(RawQuery(query): RawQuery) -> Response {
    let asked = format!("{}?{}", pages::APP_CSS_PATH, query.unwrap_or_default());
    // Asked for by another hash, or by none, it may be another one tomorrow.
    let keep = if asked == app_css_href() { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, keep)], pages::APP_CSS).into_response()
}

pub async fn icon() -> Response {
    ([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")], pages::ICON).into_response()
}
