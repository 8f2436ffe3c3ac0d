use super::PatientFrame;
use askama::Template;

/// `GET /p/unsubscribe/{token}`. Opening a link changes nothing (mail scanners open links); the button POSTs to `action`.
#[derive(Template)]
#[template(path = "patient/unsubscribe_confirm.html")]
pub struct UnsubscribeConfirm {
    pub frame: PatientFrame,
    /// Masked: "a•••@example.org".
    pub address: String,
    pub action: String,
}

/// After the button; also the answer to a one-click unsubscribe.
#[derive(Template)]
#[template(path = "patient/unsubscribed.html")]
pub struct Unsubscribed {
    pub frame: PatientFrame,
    pub address: String,
}
