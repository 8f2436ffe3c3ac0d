//! The birth date shows that a link came to the right person. Wrong ones are counted by patient, whichever link they came
//! by, and in the database: neither another link nor a restart opens a door that guessing has shut.

use jiff::{SignedDuration, Timestamp};

use super::super::error::WebError;
use super::super::times;
use super::Opened;

/// So many wrong birth dates within [`SHUT_FOR`] shut the door.
const WRONG_BIRTHS: i64 = 5;
const SHUT_FOR: SignedDuration = SignedDuration::from_hours(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Birth {
    Right,
    /// Counted: the caller commits.
    Wrong,
    /// Too many were wrong; this one was not even looked at.
    Shut,
}

impl Opened {
    pub async fn is_shut(&mut self, now: Timestamp) -> Result<bool, WebError> {
        let since = now.checked_sub(SHUT_FOR).unwrap_or(now);
        Ok(self.tx.wrong_births(self.patient, since).await? >= WRONG_BIRTHS)
    }

    /// Holds what was typed against the chart.
    pub async fn try_birth(&mut self, typed: &str, now: Timestamp) -> Result<Birth, WebError> {
        if self.is_shut(now).await? {
            return Ok(Birth::Shut);
        }
        let born = times::read_date(typed);
        if born.is_none() || born != self.known.chart().patient.birth_date {
            self.tx.note_wrong_birth(self.patient, now).await?;
            return Ok(Birth::Wrong);
        }
        self.tx.forget_wrong_births(self.patient).await?;
        Ok(Birth::Right)
    }

    pub fn wrong_birth_words(&self) -> String {
        self.say(
            "This is not the birth date we have. Check it and try again, or call us.",
            "No es la fecha de nacimiento que tenemos. Revísela e inténtelo de nuevo, o llámenos.",
        )
    }
}
