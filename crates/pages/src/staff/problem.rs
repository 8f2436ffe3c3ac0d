use crate::Frame;
use askama::Template;

/// A page for 400, 403, 404, 409 and 500: what happened and what to do.
#[derive(Template)]
#[template(path = "staff/problem.html")]
pub struct Problem {
    pub frame: Frame,
    pub status: u16,
    pub heading: String,
    pub cause: String,
    pub cure: String,
    /// Where to go on: path and words.
    pub way_on: Option<(String, String)>,
}

impl Problem {
    /// The usual words for a status; `cause` says what is special here.
    pub fn new(frame: Frame, status: u16, cause: &str) -> Problem {
        let (heading, cure) = match status {
            400 => ("That could not be read", "Go back, check what you entered and try again."),
            403 => ("You may not do that", "Ask an administrator of your clinic for the permission."),
            404 => ("There is nothing here", "Check the address, or search for the patient or workflow by name."),
            409 => ("Someone was faster", "Go back, look at how it stands now, then decide again."),
            _ => (
                "Something went wrong on our side",
                "Nothing was lost. Try again in a minute; if it happens again, tell your administrator the time it happened.",
            ),
        };
        Problem {
            frame,
            status,
            heading: heading.to_owned(),
            cause: cause.to_owned(),
            cure: cure.to_owned(),
            way_on: Some(("/".to_owned(), "Go to today".to_owned())),
        }
    }
}
