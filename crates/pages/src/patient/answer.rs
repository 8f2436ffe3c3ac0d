use super::PatientFrame;
use askama::Template;

/// `GET /p/answer/{token}`: one question, 0 to 10, and a comment. POSTs `score` and `comment` to `action`.
#[derive(Template)]
#[template(path = "patient/answer.html")]
pub struct Answer {
    pub frame: PatientFrame,
    pub action: String,
    /// What was chosen before, when the page comes back with an error.
    pub score: Option<u8>,
    pub comment: String,
    pub error: Option<String>,
}

impl Answer {
    fn scores(&self) -> std::ops::RangeInclusive<u8> {
        0..=10
    }

    fn is_chosen(&self, score: &u8) -> bool {
        self.score == Some(*score)
    }
}
