//! **web** — the pages: every handler names an actor and a permission, and no decision about a patient is taken here.

use std::sync::Arc;

use crate::Roof;
use crate::demo::Demo;

/// All routes. `demo` adds the mailbox and the clock bar.
pub fn router(_roof: Arc<Roof>, _demo: Option<Arc<Demo>>) -> axum::Router {
    axum::Router::new()
}
