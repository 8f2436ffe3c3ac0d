use askama::Template;

use super::Field;
use crate::Frame;

#[derive(Debug, Clone)]
pub struct WebhookLine {
    /// Removed by a DELETE of it; `/activation` and `/test` lie below.
    pub href: String,
    pub name: String,
    pub url: String,
    pub active: bool,
}

/// What has just come of one.
#[derive(Debug, Clone)]
pub enum WebhookNews {
    /// The secret is shown this once.
    Added { name: String, secret: String },
    /// `words`: "HTTP 204", or why nothing was taken.
    Tested { name: String, taken: bool, words: String },
}

/// `GET /webhooks`; one is set up by a POST to the same, with `name` and `url`.
#[derive(Template)]
#[template(path = "staff/webhooks.html")]
pub struct Webhooks {
    pub frame: Frame,
    pub rows: Vec<WebhookLine>,
    pub news: Option<WebhookNews>,
    pub new_name: Field,
    pub new_url: Field,
}
