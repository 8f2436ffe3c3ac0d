use askama::Template;

use super::Field;
use crate::Frame;

/// `GET /text-hours`: when texts may go out. Goes to `POST` of the same with `from` and `until`.
#[derive(Template)]
#[template(path = "staff/text_hours.html")]
pub struct TextHoursPage {
    pub frame: Frame,
    /// "09:00".
    pub from: Field,
    pub until: Field,
    /// An administrator may change it.
    pub may_change: bool,
}
