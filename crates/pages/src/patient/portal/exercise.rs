use super::super::PatientFrame;
use crate::Video;
use crate::charts::Svg;
use askama::Template;

/// Easier or harder: another exercise to look at.
pub struct Variant {
    pub title: String,
    pub href: String,
}

/// `GET /p/exercises/{assignment}/{exercise}`: how it is done. POSTs to `action` when it is done today, or `DELETE`.
#[derive(Template)]
#[template(path = "patient/portal/exercise.html")]
pub struct ExercisePage {
    pub frame: PatientFrame,
    pub title: String,
    pub purpose: String,
    pub position: String,
    pub steps: Vec<String>,
    pub cautions: Vec<String>,
    /// "2 sets of 10, hold 5 seconds; once a day, 5 days a week".
    pub dose: String,
    pub equipment: Vec<String>,
    /// Start and end.
    pub pictures: Option<(Svg, Svg)>,
    pub video: Option<Video>,
    pub easier: Vec<Variant>,
    pub harder: Vec<Variant>,
    pub action: String,
    pub done: bool,
    /// An easier or harder one that is only looked at.
    pub only_shown: bool,
}
