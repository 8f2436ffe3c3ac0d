//! When a step is due and until when it is worth doing: docs/SEMANTICS.md section 3, and "Step noticed late" and "Expiry"
//! of section 4.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::workflow::decide::is_late;
use crate::workflow::plan::Due;
use crate::workflow::reason::Reason;
use crate::workflow::schedule::{OpenHours, Schedule, Side, before_quiet};
use crate::zone;

/// How long what is not tied to a visit stays worth sending.
const WORTH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A moved visit is told once it has stood still this long.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// How a due instant comes about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    pub schedule: Schedule,
    /// The how-manieth time of a repeating step.
    pub nth: u32,
    /// What "before" and "after" count from.
    pub moment: Timestamp,
    pub event_at: Timestamp,
    pub at_visit: Option<AtVisit>,
    pub zone: String,
    /// A step ahead of its anchor that only sends texts keeps out of the night of this zone.
    pub open: Option<(String, OpenHours)>,
    /// Given again: when its visit moved.
    pub moved: Option<Timestamp>,
    /// Its late rule gives nothing late.
    pub skips_late: bool,
    /// Of a step on a visit: the visit's end.
    pub visit_ends: Option<Timestamp>,
    /// What the step says itself, in seconds.
    pub expires: Option<i64>,
    /// Of a reminder.
    pub after: Option<After>,
}

/// The how-manieth visit of the episode it is due at, where that took place before the schedule's own first time; from
/// then on it counts from there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AtVisit {
    pub nth: u32,
    pub at: Option<Timestamp>,
}

/// A reminder counts from when its step was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct After {
    pub step: String,
    pub given: Option<Timestamp>,
    pub seconds: i64,
}

impl Sum {
    /// `None` when there is no such occurrence.
    pub fn due(&self) -> Option<Due> {
        if let Some(after) = &self.after {
            let at = after.given?.checked_add(SignedDuration::from_secs(after.seconds)).ok()?;
            return Some(Due { at, expires: at.checked_add(WORTH).ok()? });
        }
        let at = self.scheduled()?;
        let at = match &self.open {
            Some((theirs, hours)) => before_quiet(at, self.moment, *hours, &zone::of(theirs)),
            None => at,
        };
        let expires = self.expiry(at);
        Some(Due { at: self.rested(at)?, expires })
    }

    /// The instant its schedule names.
    pub fn scheduled(&self) -> Option<Timestamp> {
        let zone = zone::of(&self.zone);
        let scheduled = |nth| self.schedule.due(self.moment, self.event_at, &zone, nth);
        match self.visit_before(scheduled(1)) {
            Some(at) => Schedule::Immediately { repeat: self.schedule.repeat() }.due(at, at, &zone, self.nth),
            None => scheduled(self.nth),
        }
    }

    fn visit_before(&self, first: Option<Timestamp>) -> Option<Timestamp> {
        self.at_visit?.at.filter(|at| first.is_some_and(|first| *at < first))
    }

    /// A step given again because the visit moved: an `immediately` step is due at the move itself, any other where its
    /// schedule puts it now; but not before the visit has stood still for a while.
    fn rested(&self, at: Timestamp) -> Option<Timestamp> {
        let Some(moved) = self.moved else { return Some(at) };
        let at = if matches!(self.schedule, Schedule::Immediately { .. }) { moved } else { at };
        let rested = moved.checked_add(QUIET).ok()?;
        // Late by its own schedule: what may go all the same waits for the visit to stand still, too.
        let lost = is_late(at, moved) && self.skips_late;
        Some(if lost { at } else { at.max(rested) })
    }

    fn expiry(&self, due: Timestamp) -> Timestamp {
        let later = |by| due.checked_add(by).unwrap_or(Timestamp::MAX);
        match self.expires {
            Some(seconds) => later(SignedDuration::from_secs(seconds)),
            None if self.schedule.is_before() || self.visit_ends.is_some_and(|end| due < end) => self.moment,
            None => later(WORTH),
        }
    }

    /// What the schedule counts from.
    pub fn from(&self) -> Timestamp {
        match &self.schedule {
            Schedule::Immediately { .. } => self.event_at,
            Schedule::Offset(offset) if offset.side() == Side::AfterEvent => self.event_at,
            Schedule::Offset(_) => self.moment,
        }
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(After { step, seconds, .. }) = &self.after {
            let span = crate::workflow::definition::Span { seconds: *seconds };
            return write!(f, "{span} after `{step}` was given");
        }
        let wall = zone::of(&self.zone).to_datetime(self.from());
        write!(f, "{}, counted from {} ({})", self.schedule, wall.strftime("%Y-%m-%d %H:%M"), self.zone)?;
        if let Some(AtVisit { nth, .. }) = self.at_visit {
            write!(f, ", or at visit {nth} if that is sooner")?;
        }
        Ok(())
    }
}

/// When a step is looked at, and what a late one may still do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    pub due: Timestamp,
    /// A text due at night could go from the morning on: that wait is not lateness.
    pub could_go_from: Timestamp,
    pub expires: Timestamp,
    /// Another instant than `due`: given again, too late by its own schedule when the visit moved.
    pub counts_from: Timestamp,
    /// It was looked at in time and told to come back then.
    pub told_to_come: Option<Timestamp>,
    pub limit: Limit,
}

/// docs/SEMANTICS.md section 4, "Step noticed late".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    Skip,
    /// When the next occurrence is due, if there is one.
    Collapse {
        next: Option<Timestamp>,
    },
    Until {
        at: Timestamp,
    },
    UntilExpiry,
}

impl Timing {
    /// Collapsed, expired or late.
    pub fn untimely(&self, now: Timestamp) -> Option<Reason> {
        let late = is_late(self.could_go_from, now);
        // Said before "expired": that a later occurrence took its place tells more.
        if late && matches!(self.limit, Limit::Collapse { next: Some(next) } if next <= now) {
            return Some(Reason::Collapsed);
        }
        if self.expires <= now {
            return Some(Reason::Expired);
        }
        let told = self.told_to_come.filter(|_| self.counts_from == self.due);
        let came_in_time = told.is_some_and(|at| at > self.due && !is_late(at, now));
        if !late || came_in_time {
            return None;
        }
        match self.limit {
            Limit::Skip => Some(Reason::Late),
            Limit::Until { at } => (now > at).then_some(Reason::Late),
            Limit::Collapse { .. } | Limit::UntilExpiry => None,
        }
    }
}
