use super::Field;
use crate::Frame;
use askama::Template;

/// `POST /session` with `email`, `password`, `next`.
#[derive(Template)]
#[template(path = "staff/sign_in.html")]
pub struct SignIn {
    pub frame: Frame,
    pub email: Field,
    /// Never says which of the two was wrong.
    pub error: Option<String>,
    /// A path on this server to go on to.
    pub next: Option<String>,
}
