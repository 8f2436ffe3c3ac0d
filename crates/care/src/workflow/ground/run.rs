//! What a run stands on: the patient, its version, and where its visit is now.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::chart::Patient;
use crate::id::{DeliveryId, LocationId};
use crate::workflow::decide::is_late;
use crate::workflow::definition::OnMove;
use crate::workflow::facts::InFlight;
use crate::workflow::reason::Reason;

/// What keeps everything from a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub deceased: bool,
    pub inactive: bool,
    pub test: bool,
    pub do_not_contact: bool,
}

impl Standing {
    pub fn of(patient: &Patient) -> Self {
        Self {
            deceased: patient.deceased,
            inactive: patient.inactive,
            test: patient.test_patient,
            do_not_contact: patient.do_not_contact.is_some(),
        }
    }

    /// Dead, inactive, test, do-not-contact: nothing is planned and nothing sent.
    pub fn out_of_reach(self) -> Option<Reason> {
        match () {
            () if self.deceased => Some(Reason::PatientDeceased),
            () if self.inactive => Some(Reason::PatientInactive),
            () if self.test => Some(Reason::TestPatient),
            () if self.do_not_contact => Some(Reason::DoNotContact),
            () => None,
        }
    }
}

/// A newer version was published while the run was under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    pub version: u32,
    pub to: u32,
    pub at: Timestamp,
    pub started_at: Timestamp,
    pub in_flight: InFlight,
}

impl Edited {
    pub fn concerns(&self) -> bool {
        self.to > self.version && self.started_at <= self.at
    }

    pub fn stops(&self) -> bool {
        self.concerns() && self.in_flight == InFlight::Stop
    }
}

/// How a step that was computed from one time and place stands to its visit now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub was_at: Timestamp,
    pub was_in: Option<LocationId>,
    pub is_at: Timestamp,
    pub is_in: Option<LocationId>,
    /// What happened at one moment stays where it was, wherever its visit is said to have been afterwards.
    pub of_the_visit: bool,
    /// It was given; else it was too late for the old time; else it is nothing to be given again.
    pub given: bool,
    pub too_late: bool,
    pub rule: OnMove,
    /// The new time lies ahead.
    pub ahead: bool,
}

impl Shift {
    pub fn is_move(&self) -> bool {
        self.was_at != self.is_at || (self.of_the_visit && self.was_in.is_some() && self.was_in != self.is_in)
    }

    pub fn calls_again(&self) -> bool {
        let again = (self.given && self.rule == OnMove::Resend) || (self.too_late && self.ahead);
        again && self.is_move()
    }
}

/// Two late messages of one patient to one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    pub into: DeliveryId,
    pub due: Timestamp,
    pub queued_at: Timestamp,
    pub other_due: Timestamp,
    pub other_queued_at: Timestamp,
}

/// Steps that fall due together may be looked at a moment apart.
const TOGETHER: SignedDuration = SignedDuration::from_secs(60);

impl Joined {
    pub fn goes_along(&self) -> bool {
        is_late(self.due, self.queued_at)
            && is_late(self.other_due, self.other_queued_at)
            && self.queued_at.duration_since(self.other_queued_at).abs() <= TOGETHER
    }
}
