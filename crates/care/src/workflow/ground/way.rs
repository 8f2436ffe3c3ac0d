//! Whether a message finds its way: docs/SEMANTICS.md section 5, rules 3 to 6. Addresses are told by what is wrong with
//! them, never by themselves.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Says;
use crate::chart::{Category, Channel};
use crate::workflow::reason::Reason;
use crate::workflow::schedule::{OpenHours, next_opening};
use crate::zone;

/// One channel of a ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    pub channel: Channel,
    pub category: Category,
    pub set_up: bool,
    /// A minor's messages go to the guardian.
    pub minor: bool,
    pub guardian: bool,
    /// A no on record.
    pub refused: bool,
    /// For this channel and category the clinic takes an address given as basis enough.
    pub basis: bool,
    /// A yes on record.
    pub consented: bool,
    pub leads_to: LeadsTo,
    /// On more charts than a family has.
    pub crowded: bool,
    pub opted_out: bool,
    pub suppressed: bool,
    /// It is no longer the one the message was written for.
    pub changed: bool,
    /// Its gateway does not answer just now.
    pub down: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadsTo {
    Address,
    NoAddress,
    Placeholder,
}

impl Door {
    pub fn leads(&self) -> Result<(), Reason> {
        match () {
            () if !self.set_up => Err(Reason::ChannelNotSetUp),
            () if self.minor && !self.guardian => Err(Reason::NoGuardian),
            () if self.refused => Err(Reason::OptedOut),
            () if !self.basis && !self.consented => Err(Reason::NoConsent),
            () if self.leads_to == LeadsTo::NoAddress => Err(Reason::NoAddress),
            () if self.leads_to == LeadsTo::Placeholder || self.crowded => Err(Reason::PlaceholderAddress),
            () if self.opted_out => Err(Reason::OptedOut),
            () if self.suppressed => Err(Reason::AddressSuppressed),
            () if self.changed => Err(Reason::NoAddress),
            () => Ok(()),
        }
    }
}

/// The ladder of one message, and what it meets on the channel that leads to the patient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Road {
    pub doors: Vec<Door>,
    pub rule: Option<RuleSeen>,
    pub room: Option<RoomSeen>,
    pub quiet: Option<QuietSeen>,
    /// When a gateway that does not answer is worth another look.
    pub back: Option<Timestamp>,
    pub expires: Timestamp,
}

impl Road {
    /// The first channel that leads to the patient; one that is down only when there is no other.
    pub fn chosen(&self) -> Result<usize, Reason> {
        let leads = |door: &Door| door.leads().is_ok();
        let up = self.doors.iter().position(|door| leads(door) && !door.down);
        let first_no = || self.doors.iter().find_map(|door| door.leads().err()).unwrap_or(Reason::NoAddress);
        up.or_else(|| self.doors.iter().position(leads)).ok_or_else(first_no)
    }

    /// Neither rule 5 nor 6 ever leads to the next channel.
    pub fn says(&self, now: Timestamp) -> Says {
        if let Err(reason) = self.chosen() {
            return Says::No(reason);
        }
        if self.rule.as_ref().is_some_and(RuleSeen::is_reached) {
            return Says::No(Reason::SendRule);
        }
        let room = self.room.as_ref().and_then(RoomSeen::wait).map(|until| (until, Reason::AttentionBudget));
        let quiet = || self.quiet.as_ref().and_then(|quiet| quiet.wait(now)).map(|until| (until, Reason::QuietHours));
        let down = || self.back.map(|until| (until, Reason::ChannelDown));
        match room.or_else(quiet).or_else(down) {
            Some((until, reason)) if until >= self.expires => Says::No(reason),
            Some((until, reason)) => Says::Wait(until, reason),
            None => Says::Yes,
        }
    }
}

/// The messages of a due step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ways {
    pub roads: Vec<Road>,
    /// It has something to do besides.
    pub gives: bool,
}

impl Ways {
    /// When every message must wait and nothing else is to be done, the step waits; when none finds its way, it is passed
    /// over with the first reason.
    pub fn says(&self, now: Timestamp) -> Says {
        if self.gives {
            return Says::Yes;
        }
        let says: Vec<Says> = self.roads.iter().map(|road| road.says(now)).collect();
        let waits = says.iter().map(|says| if let Says::Wait(at, why) = says { Some((*at, *why)) } else { None });
        let waits: Option<Vec<_>> = waits.collect();
        if let Some((until, reason)) = waits.and_then(|all| all.into_iter().max_by_key(|(until, _)| *until)) {
            return Says::Wait(until, reason);
        }
        let no = |says: &Says| if let Says::No(reason) = says { Some(*reason) } else { None };
        let first_no = says.iter().find_map(no).unwrap_or(Reason::NoAddress);
        if says.iter().all(|says| no(says).is_some()) { Says::No(first_no) } else { Says::Yes }
    }
}

/// A send rule: how often this content went, of how often it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSeen {
    pub went: usize,
    pub most: usize,
    /// In seconds; `None`: ever, to this contact point.
    pub period: Option<i64>,
}

impl RuleSeen {
    pub fn is_reached(&self) -> bool {
        self.went >= self.most
    }
}

/// How many on a day, and in the seven days that end with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub day: usize,
    pub week: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Most {
    pub day: usize,
    pub week: Option<usize>,
}

/// The attention budget of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSeen {
    pub day: Date,
    pub by_patient: Count,
    pub by_contact: Count,
    /// For steps of a higher priority.
    pub kept: Count,
    /// `None`: there is always room.
    pub most: Option<Most>,
    /// The next day with room.
    pub next: Option<Date>,
    pub zone: String,
    pub hours: OpenHours,
}

impl RoomSeen {
    pub fn is_free(&self) -> bool {
        let Some(most) = self.most else { return true };
        [self.by_patient, self.by_contact].into_iter().all(|taken| {
            let in_week = taken.week.saturating_add(self.kept.week);
            taken.day.saturating_add(self.kept.day) < most.day && most.week.is_none_or(|most| in_week < most)
        })
    }

    /// Until the opening of the next day with room; `None` when there is room.
    pub fn wait(&self) -> Option<Timestamp> {
        let opening = |day| next_opening(zone::start_of_day(day, &self.zone), self.hours, &zone::of(&self.zone));
        (!self.is_free()).then(|| self.next.map_or(Timestamp::MAX, opening))
    }
}

/// The hours in which texts go out, by the clock on the patient's wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietSeen {
    pub zone: String,
    pub hours: OpenHours,
}

impl QuietSeen {
    pub fn wait(&self, now: Timestamp) -> Option<Timestamp> {
        let opening = next_opening(now, self.hours, &zone::of(&self.zone));
        (opening > now).then_some(opening)
    }
}
