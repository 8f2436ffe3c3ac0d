//! A change: what a message, a member of staff or a patient says about one chart.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::assignment::AssignmentAct;
use super::contact::{Category, Channel, ContactPoint};
use super::encounter::VisitType;
use super::event::Subject;
use super::patient::{Guardian, Sex};
use crate::id::{AssignmentId, ChangeId, EncounterId, EnrolmentId, EpisodeId, InterfaceId, LocationId, StaffId};
use crate::zone::CivilMoment;

/// Where a change stands in the order of what its source says: see [`Change::order`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// When the source says it happened.
    pub at: Timestamp,
    /// Orders changes of the same source time: see [`Act::rank`].
    pub rank: u8,
    /// Hash of the body: the last word among equals, and what makes a doubled message one change.
    pub hash: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Emr(InterfaceId),
    Staff(StaffId),
    Patient,
    /// Stepwell itself.
    System,
}

impl Source {
    pub fn is_emr(self) -> bool {
        matches!(self, Source::Emr(_))
    }
}

/// One accepted change with its source stamp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub id: ChangeId,
    pub stamp: Stamp,
    pub source: Source,
    /// When we got it, by our clock. The fold never looks at it.
    pub received_at: Timestamp,
    pub what: What,
}

impl Change {
    /// The order of the fold. One message may hold several changes of one stamp: what they say comes last, so that no
    /// two different changes are equal and arrival never decides.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        (self.stamp, self.source, &self.what).cmp(&(other.stamp, other.source, &other.what))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Patient(Box<PatientChange>),
    Encounter(EncounterChange),
    Episode(EpisodeChange),
    /// The holder of this contact point wants no more of this category there (all categories: `None`).
    OptOut {
        contact: ContactPoint,
        category: Option<Category>,
    },
    /// A yes on record, or one taken back, for everything of this category on this channel.
    Consent {
        channel: Channel,
        category: Category,
        given: bool,
        /// Who said so, where somebody asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said_by: Option<SaidBy>,
    },
    Assignment {
        assignment: AssignmentId,
        act: AssignmentAct,
    },
    /// Staff put the patient on a workflow by hand.
    Enrolment {
        enrolment: EnrolmentId,
        act: EnrolmentAct,
    },
    /// Staff stopped what runs of a workflow: on this visit or episode, or everything begun before.
    RunStopped {
        workflow: String,
        subject: Option<Subject>,
    },
    /// The patient opened the portal.
    LoggedIn,
}

/// Whose yes or no it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidBy {
    Patient,
    Guardian,
}

impl SaidBy {
    pub const ALL: [SaidBy; 2] = [SaidBy::Patient, SaidBy::Guardian];

    pub fn code(self) -> &'static str {
        match self {
            SaidBy::Patient => "patient",
            SaidBy::Guardian => "guardian",
        }
    }
}

impl std::str::FromStr for SaidBy {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = SaidBy::ALL.into_iter().find(|who| who.code() == text);
        found.ok_or_else(|| format!("`{text}` is nobody who can say so: patient, guardian"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentAct {
    /// `moment`: the instant that the workflow's steps count from.
    Enrol {
        workflow: String,
        moment: CivilMoment,
    },
    Stop,
}

/// "No value" writes nothing; deleting is said explicitly.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write<T> {
    #[default]
    Keep,
    Set(T),
    Clear,
}

impl<T> Write<T> {
    /// `Set` when there is a value, else `Keep`.
    pub fn some(value: Option<T>) -> Self {
        value.map_or(Write::Keep, Write::Set)
    }

    pub fn is_keep(&self) -> bool {
        matches!(self, Write::Keep)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct PatientChange {
    pub given: Write<String>,
    pub family: Write<String>,
    pub birth_date: Write<Date>,
    pub sex: Write<Sex>,
    /// BCP 47 primary tag: "en", "es".
    pub language: Write<String>,
    /// IANA name.
    pub zone: Write<String>,
    pub email: Write<String>,
    /// A phone that takes texts.
    pub mobile: Write<String>,
    /// A phone that does not.
    pub phone: Write<String>,
    pub home_location: Write<LocationId>,
    pub deceased: Write<bool>,
    pub inactive: Write<bool>,
    pub test_patient: Write<bool>,
    /// The reason not to contact.
    pub do_not_contact: Write<String>,
    /// Staff asked that the invite be sent (clinics without an EMR).
    pub send_invite: Write<bool>,
    /// The patient has a portal account.
    pub registered: Write<bool>,
    pub tags: Write<Vec<String>>,
    /// Who answers for a minor.
    pub guardian: Write<Guardian>,
}

/// What an encounter change does to the visit's state. See docs/SEMANTICS.md, "Order-proof".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Booked. Re-opens a cancelled visit only with a different start.
    Book,
    /// Moved or otherwise changed by the scheduler: re-opens a cancelled visit.
    Modify,
    /// Fields only; never changes the state (a demographic update that names a visit).
    Note,
    /// Staff put a wrongly closed visit back to planned.
    Reinstate,
    Arrive,
    Finish,
    /// The finish was wrong: the visit is under way again.
    Unfinish,
    NoShow,
    Cancel,
    /// It never was: entered in error.
    Delete,
}

impl Act {
    /// State rank of a stamp: among changes of one source time the later state stands.
    pub fn rank(self) -> u8 {
        match self {
            Act::Note => 0,
            Act::Book => 1,
            Act::Modify | Act::Reinstate => 2,
            Act::Arrive => 3,
            Act::Finish => 4,
            Act::Unfinish => 5,
            Act::NoShow => 6,
            Act::Cancel => 7,
            Act::Delete => 8,
        }
    }
}

/// By which of its numbers the source names the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncounterKey {
    /// The scheduler's appointment number, or a visit logged by hand.
    Appointment,
    /// The registration's visit number: joins the appointment of the same day when nothing names both.
    Visit,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EncounterChange {
    pub encounter: EncounterId,
    pub key: EncounterKey,
    /// The message named the visit by another number too.
    #[serde(default)]
    pub same_as: Option<EncounterId>,
    pub act: Act,
    #[serde(default)]
    pub start: Write<CivilMoment>,
    #[serde(default)]
    pub minutes: Write<u32>,
    #[serde(default)]
    pub visit_type: Write<VisitType>,
    /// The source's own word for the type, `interface/code`: [`super::Clinic::visit_types`] says what it means.
    #[serde(default)]
    pub visit_code: Write<String>,
    /// Name of the practitioner, as the source writes it.
    #[serde(default)]
    pub practitioner: Write<String>,
    /// The source's own word for the practitioner, `interface/code`: [`super::Clinic::practitioners`] says who that is.
    #[serde(default)]
    pub practitioner_code: Write<String>,
    #[serde(default)]
    pub location: Write<LocationId>,
    #[serde(default)]
    pub episode: Write<EpisodeId>,
}

impl EncounterChange {
    /// A change that only acts; fields are added by struct update.
    pub fn new(encounter: EncounterId, key: EncounterKey, act: Act) -> Self {
        Self {
            encounter,
            key,
            same_as: None,
            act,
            start: Write::Keep,
            minutes: Write::Keep,
            visit_type: Write::Keep,
            visit_code: Write::Keep,
            practitioner: Write::Keep,
            practitioner_code: Write::Keep,
            location: Write::Keep,
            episode: Write::Keep,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeChange {
    Open { episode: EpisodeId, on: Date, title: Option<String> },
    Discharge { episode: Option<EpisodeId>, on: Date },
    Reopen { episode: Option<EpisodeId> },
}
