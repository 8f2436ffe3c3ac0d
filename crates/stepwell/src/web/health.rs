//! For load balancers and supervisors: nothing here needs a session, nothing here says anything about a clinic.

use axum::extract::State;
use axum::http::StatusCode;

use super::Web;

/// The process answers.
pub async fn is_up() -> &'static str {
    "up\n"
}

/// The database answers and has the schema this version needs.
pub async fn is_ready(State(web): State<Web>) -> (StatusCode, &'static str) {
    if !web.roof.app.is_reachable().await {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n");
    }
    match web.roof.app.is_current().await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the schema is older than this version: run `stepwell migrate`\n")
        }
        Err(error) => {
            tracing::warn!(%error, "the schema's version could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, "the schema's version cannot be read\n")
        }
    }
}
