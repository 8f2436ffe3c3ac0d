//! Which column holds what: saved by name, chosen once, used for every file after.

use std::collections::BTreeMap;

use care::chart::Act;
use care::id::LocationId;
use serde::{Deserialize, Serialize};

use super::refusal::{Cause, Refusal};
use crate::hl7v2::look_up;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident: $($(#[$on:meta])* $variant:ident $code:literal $label:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$on])* $variant,)* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            pub fn code(self) -> &'static str {
                match self { $($name::$variant => $code,)* }
            }

            /// As people call it.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let all = || Self::ALL.iter().map(|known| known.code()).collect::<Vec<_>>().join(", ");
                Self::ALL.iter().copied().find(|known| known.code() == text).ok_or_else(|| format!("`{text}`: one of {}", all()))
            }
        }
    };
}

words! {
    /// What a row of the file is about.
    Kind:
    Patients "patients" "Patients",
    Episodes "episodes" "Episodes",
    Visits "visits" "Visits",
}

words! {
    /// What a column may hold.
    Column:
    PatientNumber "patient_number" "Patient number",
    Given "given" "Given name",
    Family "family" "Family name",
    BirthDate "birth_date" "Birth date",
    Sex "sex" "Sex",
    Language "language" "Language",
    Email "email" "Email",
    Mobile "mobile" "Mobile",
    Location "location" "Location",
    VisitNumber "visit_number" "Visit number",
    /// Date and time, or the date when `StartTime` has the time.
    Start "start" "Start",
    StartTime "start_time" "Time of the start, if it has a column of its own",
    Minutes "minutes" "Length in minutes",
    VisitType "visit_type" "Visit type",
    Practitioner "practitioner" "Practitioner",
    Status "status" "Status",
    EpisodeNumber "episode_number" "Episode number",
    Title "title" "Title of the episode",
    OpenedOn "opened_on" "Opened on",
    DischargedOn "discharged_on" "Discharged on",
    /// When the source says the row was last changed: the stamp of what it says.
    ChangedAt "changed_at" "Changed at",
}

words! {
    /// How the file writes dates; times may be 14:30, 2:30 PM or 1430 with any of them.
    Dates:
    Iso "iso" "2026-03-31",
    MonthFirst "month_first" "3/31/2026",
    DayFirst "day_first" "31/3/2026",
}

words! {
    /// Where a visit stands.
    Status:
    Booked "booked" "Booked",
    Arrived "arrived" "Arrived",
    Finished "finished" "Finished",
    NoShow "no_show" "No-show",
    Cancelled "cancelled" "Cancelled",
}

impl Status {
    /// What the words mean that most systems use, whatever their spaces and case.
    pub fn of_word(word: &str) -> Option<Status> {
        let plain: String = word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
        match plain.as_str() {
            "booked" | "scheduled" | "planned" | "confirmed" | "pending" | "active" | "open" => Some(Status::Booked),
            "arrived" | "checkedin" | "checkin" | "inprogress" | "started" | "inroom" => Some(Status::Arrived),
            "finished" | "complete" | "completed" | "checkedout" | "checkout" | "seen" | "fulfilled" => {
                Some(Status::Finished)
            }
            "noshow" | "missed" | "dna" | "didnotattend" => Some(Status::NoShow),
            "cancelled" | "canceled" | "deleted" => Some(Status::Cancelled),
            _ => None,
        }
    }

    pub(super) fn act(self) -> Act {
        match self {
            // A row says how the visit stands now, so one that is booked again after all is re-opened.
            Status::Booked => Act::Modify,
            Status::Arrived => Act::Arrive,
            Status::Finished => Act::Finish,
            Status::NoShow => Act::NoShow,
            Status::Cancelled => Act::Cancel,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub kind: Kind,
    /// The name at the head of the column; case and outer spaces do not count.
    pub columns: BTreeMap<Column, String>,
    #[serde(default = "iso")]
    pub dates: Dates,
    /// The file's words for a status. Those most systems use are known without.
    #[serde(default)]
    pub statuses: BTreeMap<String, Status>,
    /// The file's names for locations, beside those of the interface.
    #[serde(default)]
    pub locations: BTreeMap<String, LocationId>,
}

fn iso() -> Dates {
    Dates::Iso
}

impl Mapping {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            columns: BTreeMap::new(),
            dates: Dates::Iso,
            statuses: BTreeMap::new(),
            locations: BTreeMap::new(),
        }
    }

    /// The columns without which a file of this kind says nothing.
    pub fn needed(kind: Kind) -> &'static [Column] {
        match kind {
            Kind::Patients => &[Column::PatientNumber],
            Kind::Episodes => &[Column::PatientNumber, Column::EpisodeNumber],
            Kind::Visits => &[Column::PatientNumber, Column::VisitNumber, Column::Start],
        }
    }

    /// The columns that a file of this kind may have.
    pub fn usable(kind: Kind) -> Vec<Column> {
        let of_visits = |column: Column| {
            matches!(
                column,
                Column::VisitNumber
                    | Column::Start
                    | Column::StartTime
                    | Column::Minutes
                    | Column::VisitType
                    | Column::Practitioner
                    | Column::Status
            )
        };
        let of_episodes = |column: Column| matches!(column, Column::Title | Column::OpenedOn | Column::DischargedOn);
        let fits = |column: &Column| match kind {
            Kind::Patients => !of_visits(*column) && !of_episodes(*column) && *column != Column::EpisodeNumber,
            Kind::Episodes => !of_visits(*column) && *column != Column::Location,
            Kind::Visits => !of_episodes(*column),
        };
        Column::ALL.iter().copied().filter(fits).collect()
    }

    /// What is wrong with the map itself.
    pub fn check(&self) -> Result<(), Refusal> {
        let missing = Self::needed(self.kind).iter().find(|column| !self.columns.contains_key(column));
        match missing {
            None => Ok(()),
            Some(column) => {
                let what = column.label().to_lowercase();
                let cure = format!("say in the column map which column holds the {what}");
                Err(Refusal::new(Cause::MapIncomplete, "column map", cure))
            }
        }
    }

    pub(super) fn status(&self, word: &str) -> Option<Status> {
        look_up(&self.statuses, word).copied().or_else(|| Status::of_word(word))
    }
}
