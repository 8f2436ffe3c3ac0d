use super::super::PatientFrame;
use askama::Template;

/// `GET /p/open/{token}`: what stands between a link and the portal. Shows nothing of the chart.
#[derive(Template)]
#[template(path = "patient/portal/door.html")]
pub struct Door {
    pub frame: PatientFrame,
    /// Where the birth date, or the wish for a new link, is posted to.
    pub action: String,
    pub state: DoorState,
}

pub enum DoorState {
    /// Asks for the birth date; `error` in words, with the cure.
    Asks { error: Option<String> },
    /// Too many wrong dates: nobody gets in for a while.
    Locked,
    /// The link was used, or is too old; `renew`: a button asks for a new one.
    Used { renew: bool },
    /// A new link is on its way.
    Renewed,
}
