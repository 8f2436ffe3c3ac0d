//! How a decision is shown: a verdict as a badge, a reason in plain words with its code, a moment with its zone.

use crate::reasons::{reason_cure, reason_words};

/// What became of a workflow or a step. The first six are the engine's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Planned,
    Performed,
    Deferred,
    Skipped,
    Cancelled,
    /// The due moment went by without effect: nothing was owed.
    Passed,
    /// The workflow did not start for this patient.
    NotStarted,
    /// A run is under way.
    Running,
    /// The mail or text service took it.
    Sent,
    /// It ended without being sent.
    NotSent,
}

impl Verdict {
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Planned => "Planned",
            Verdict::Performed => "Handed over",
            Verdict::Deferred => "Waiting",
            Verdict::Skipped => "Skipped",
            Verdict::Cancelled => "Cancelled",
            Verdict::Passed => "Passed",
            Verdict::NotStarted => "Did not start",
            Verdict::Running => "Running",
            Verdict::Sent => "Sent",
            Verdict::NotSent => "Not sent",
        }
    }

    pub fn label_in(self, language: &str) -> &'static str {
        if language != "es" {
            return self.label();
        }
        match self {
            Verdict::Planned => "Planeado",
            Verdict::Performed => "Entregado",
            Verdict::Deferred => "En espera",
            Verdict::Skipped => "Omitido",
            Verdict::Cancelled => "Cancelado",
            Verdict::Passed => "Pasado",
            Verdict::NotStarted => "No empezó",
            Verdict::Running => "En curso",
            Verdict::Sent => "Enviado",
            Verdict::NotSent => "No enviado",
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            Verdict::Performed | Verdict::Sent => "good",
            Verdict::Planned | Verdict::Running => "note",
            Verdict::Deferred | Verdict::NotSent => "wait",
            Verdict::Skipped | Verdict::Cancelled | Verdict::Passed | Verdict::NotStarted => "quiet",
        }
    }
}

/// A reason from the closed list: plain words for people, the code for support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub code: String,
    pub words: String,
    /// What staff can do about it.
    pub cure: Option<String>,
    /// Of the words: "en" or "es".
    pub language: &'static str,
}

impl Reason {
    /// An unknown code is still shown, as words of its own.
    pub fn from_code(code: &str, language: &str) -> Reason {
        let words = match reason_words(code, language) {
            Some(words) => words.to_owned(),
            None => code.replace('_', " "),
        };
        let cure = reason_cure(code, language).map(str::to_owned);
        Reason { code: code.to_owned(), words, cure, language: if language == "es" { "es" } else { "en" } }
    }
}

/// A moment as people read it, already in the zone it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    /// RFC 3339, for `<time datetime>`.
    pub iso: String,
    /// e.g. "Tue 4 Mar 2025".
    pub date: String,
    /// e.g. "10:00".
    pub time: String,
    /// Named only where it is not the zone the reader expects, e.g. "Denver time".
    pub zone: Option<String>,
}
