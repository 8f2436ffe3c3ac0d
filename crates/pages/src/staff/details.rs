use askama::Template;

use super::form::{Field, Pick};
use crate::Frame;

/// `GET /patients/{id}/details`: how the patient is to be written to, and who answers for a child. POSTs to itself with
/// `language`, `zone`, `do_not_contact`, `guardian_name`, `guardian_email`, `guardian_mobile`.
#[derive(Template)]
#[template(path = "staff/details.html")]
pub struct Details {
    pub frame: Frame,
    pub patient: String,
    pub patient_href: String,
    pub error: Option<String>,
    pub language: Pick,
    pub zone: Field,
    /// Why not to contact; empty = the patient may be contacted.
    pub do_not_contact: Field,
    pub guardian_name: Field,
    pub guardian_email: Field,
    pub guardian_mobile: Field,
}
