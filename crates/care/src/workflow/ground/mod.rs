//! What a decision rests on: each ground is a fact beside its limit, and says by itself what follows from the two.
//!
//! The engine gathers grounds and does what they say; both are stored. So a decision can be asked again at any time
//! ([`super::why::replay`]), by the code that made it and without the chart. A ground holds no patient's
//! name and no address.
//!
//! ```
//! use care::workflow::ground::{Ground, Says};
//! use care::workflow::Reason;
//! let expiry = Ground::Expiry { expires: "2026-03-02T14:00:00Z".parse()? };
//! assert_eq!(expiry.says("2026-03-02T13:59:59Z".parse()?), Says::Yes);
//! assert_eq!(expiry.says("2026-03-02T14:00:00Z".parse()?), Says::No(Reason::Expired));
//! # Ok::<(), jiff::Error>(())
//! ```

mod gateway;
mod run;
mod test;
mod timing;
mod way;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use gateway::Gateway;
pub use run::{Edited, Joined, Shift, Standing};
pub use test::{GroupSeen, Test};
pub use timing::{After, AtVisit, Limit, Sum, Timing};
pub use way::{Count, Door, LeadsTo, Most, QuietSeen, Road, RoomSeen, RuleSeen, Ways};

use super::decide::invalid;
use super::decision::Verdict;
use super::definition::{For, Goal, OnLeave, Repeat};
use super::group::Saw;
use super::reason::Reason;
use crate::chart::Validity;
use crate::id::{LocationId, RunId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// For which locations the workflow is, and where it happened.
    Place {
        serves: For,
        has_emr: bool,
        on_here: bool,
        location: Option<LocationId>,
    },
    Filter(Test),
    /// How many tasks lie between it and something that happened outside.
    Depth {
        depth: u8,
        most: u8,
    },
    Loading {
        loading: bool,
    },
    /// `None`: the event is on the chart no longer. `goes_on`: a cancellation does not end it.
    Anchor {
        validity: Option<Validity>,
        goes_on: bool,
    },
    Patient(Standing),
    /// `on_leave` is `None` when the run would begin.
    Group {
        seen: GroupSeen,
        on_leave: Option<OnLeave>,
    },
    /// How many other runs count.
    Repeat {
        repeat: Repeat,
        others: usize,
    },
    /// Seconds between the events of this run and the nearest other one.
    Gap {
        apart: i64,
        least: i64,
    },
    /// What the event was answered, when this run's turn comes again.
    Answered {
        reason: Reason,
    },
    /// Two numbers turned out to mean one visit: of two runs the first stands.
    First {
        run: RunId,
        first: RunId,
    },
    /// Two charts turned out to be one patient's, and both had it.
    Twin {
        run: RunId,
        kept: RunId,
    },
    Discharge {
        at: Timestamp,
        event_at: Timestamp,
        stops: bool,
    },
    Stopped {
        at: Timestamp,
        started_at: Timestamp,
    },
    Edited(Edited),
    /// Whether the version the run is on has the step.
    StepThere {
        version: u32,
        there: bool,
    },
    /// Whether the version, or the template, is there.
    Content {
        there: bool,
    },
    /// Another run had given it.
    Given {
        by: RunId,
        at: Timestamp,
    },
    /// Whether a step is still called for once more because the visit moved.
    Again(Shift),
    /// The step is given once more, so what it gave before is withdrawn.
    GivenAnew(Shift),
    /// The last time it was on. `waits`: until it is on again.
    Workflow {
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        waits: bool,
    },
    /// `heard_until`: the watermark of that moment; only what the feed did not say after it is in doubt.
    Feed {
        location: Option<LocationId>,
        silent: bool,
        #[serde(default)]
        heard_until: Option<Timestamp>,
        rests_on_it: bool,
        dropped: bool,
    },
    ClosedDay {
        location: Option<LocationId>,
        day: Date,
        closed: bool,
        starts: Timestamp,
    },
    /// What would go out at once is passed over for a visit that was there before.
    Covered {
        covered: bool,
        at_once: bool,
        generation: u32,
    },
    Timing(Timing),
    Expiry {
        expires: Timestamp,
    },
    /// How many there are of what the goal asks for, how many of them are open, and how many expired unanswered.
    Goal {
        goal: Goal,
        of_workflow: bool,
        there: usize,
        open: usize,
        #[serde(default)]
        expired: usize,
    },
    Ways(Ways),
    Road(Box<Road>),
    Joined(Joined),
    Gateway(Gateway),
    /// Staff decided not to send again what may have been sent.
    Left {
        again: bool,
    },
    Sum(Box<Sum>),
}

/// What a ground says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It does not stand in the way.
    Yes,
    No(Reason),
    /// Not before then.
    Wait(Timestamp, Reason),
    /// Not until something that nobody can date.
    Hold(Reason),
    /// It is planned for then.
    Due(Timestamp),
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// Does a run begin?
    Event,
    /// Does it stand as planned?
    Run,
    /// A step is due: is it given?
    Step,
    /// May a message go, and did it?
    Message,
}

/// What follows from the grounds. No verdict: nothing is to be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    pub verdict: Option<Verdict>,
    pub reason: Option<Reason>,
    /// Until when it waits, or for when it is planned.
    pub at: Option<Timestamp>,
}

impl Asked {
    /// The first ground that stands in the way decides.
    pub fn answer(self, grounds: &[Ground], now: Timestamp) -> Answer {
        let says = grounds.iter().map(|ground| ground.says(now)).find(|says| *says != Says::Yes);
        self.follows(says.unwrap_or(Says::Yes))
    }

    fn follows(self, says: Says) -> Answer {
        let (verdict, reason, at) = match (self, says) {
            (_, Says::Due(at)) => (Some(Verdict::Planned), None, Some(at)),
            (Asked::Event | Asked::Run, Says::Yes) => (None, None, None),
            (Asked::Step, Says::Yes) => (Some(Verdict::Performed), None, None),
            (Asked::Message, Says::Yes) => (Some(Verdict::Sent), None, None),
            (Asked::Event, Says::No(why) | Says::Hold(why) | Says::Wait(_, why)) => {
                (Some(Verdict::Passed), Some(why), None)
            }
            (Asked::Run, Says::No(why)) => (Some(Verdict::Cancelled), Some(why), None),
            (Asked::Step, Says::No(why)) => (Some(Verdict::Skipped), Some(why), None),
            (Asked::Message, Says::No(why)) => (Some(Verdict::NotSent), Some(why), None),
            (Asked::Run | Asked::Step | Asked::Message, Says::Wait(until, why)) => {
                (Some(Verdict::Deferred), Some(why), Some(until))
            }
            (Asked::Run | Asked::Step | Asked::Message, Says::Hold(why)) => (Some(Verdict::Deferred), Some(why), None),
        };
        Answer { verdict, reason, at }
    }
}

impl Ground {
    /// What follows from it at that moment.
    pub fn says(&self, now: Timestamp) -> Says {
        let no = |because: bool, reason| if because { Says::No(reason) } else { Says::Yes };
        let hold = |because: bool, reason| if because { Says::Hold(reason) } else { Says::Yes };
        let of = |reason: Option<Reason>| reason.map_or(Says::Yes, Says::No);
        match self {
            Ground::Place { serves, has_emr, on_here, .. } => {
                no(!serves.fits(*has_emr) || !on_here, Reason::NotForThisLocation)
            }
            Ground::Filter(test) => no(test.fails().is_some(), Reason::TriggerNotMet),
            Ground::Depth { depth, most } => no(depth > most, Reason::LoopLimit),
            Ground::Loading { loading } => no(*loading, Reason::Loading),
            Ground::Anchor { validity: None, .. } => Says::No(Reason::AnchorNoLongerValid),
            Ground::Anchor { validity: Some(Validity::Cancelled), goes_on: true } => Says::Yes,
            Ground::Anchor { validity: Some(validity), .. } => of(invalid(*validity)),
            Ground::Patient(standing) => of(standing.out_of_reach()),
            Ground::Group { on_leave: Some(OnLeave::Finish), .. } => Says::Yes,
            Ground::Group { seen, on_leave } => {
                let reason = if on_leave.is_some() { Reason::LeftGroup } else { Reason::NotInGroup };
                no(seen.fails().is_some(), reason)
            }
            Ground::Repeat { repeat, others } => no(*repeat != Repeat::PerAnchor && *others > 0, Reason::AlreadyRan),
            Ground::Gap { apart, least } => no(apart < least, Reason::TooSoonSinceLastRun),
            Ground::Answered { reason } => Says::No(*reason),
            Ground::First { run, first } => no(run != first, Reason::AlreadyRan),
            Ground::Twin { run, kept } => no(run != kept, Reason::PatientMerged),
            Ground::Discharge { at, event_at, stops } => no(*stops && event_at < at, Reason::EpisodeDischarged),
            Ground::Stopped { at, started_at } => no(started_at <= at, Reason::StoppedByStaff),
            Ground::Edited(edited) => no(edited.stops(), Reason::SupersededByVersion),
            Ground::StepThere { there, .. } => no(!there, Reason::SupersededByVersion),
            Ground::Content { there } => no(!there, Reason::ContentWithdrawn),
            Ground::Given { at, .. } => no(*at <= now, Reason::AlreadyGiven),
            Ground::Again(shift) => no(!shift.calls_again(), Reason::AnchorMoved),
            Ground::GivenAnew(shift) => no(shift.calls_again(), Reason::AnchorMoved),
            Ground::Workflow { from, until, waits } => {
                let on = from.is_some_and(|from| from <= now) && until.is_none_or(|until| now < until);
                if *waits { hold(!on, Reason::WorkflowInactive) } else { no(!on, Reason::WorkflowInactive) }
            }
            Ground::Feed { silent, heard_until, rests_on_it, dropped, .. } => {
                let in_doubt = *silent && *rests_on_it && heard_until.is_none_or(|heard| heard <= now);
                if *dropped { no(in_doubt, Reason::StaleFeed) } else { hold(in_doubt, Reason::StaleFeed) }
            }
            Ground::ClosedDay { closed, starts, .. } => hold(*closed && now < *starts, Reason::ClosedDay),
            Ground::Covered { covered, at_once, generation } => {
                no(*covered && *at_once && *generation == 1, Reason::Late)
            }
            Ground::Timing(timing) => of(timing.untimely(now)),
            Ground::Expiry { expires } => no(*expires <= now, Reason::Expired),
            Ground::Goal { there, open, .. } if *there == 0 || *open > 0 => Says::Yes,
            // Nobody answered, and nobody can any more: there is nothing left to ask for.
            Ground::Goal { expired, .. } if *expired > 0 => Says::No(Reason::Expired),
            Ground::Goal { .. } => Says::No(Reason::GoalReached),
            Ground::Ways(ways) => ways.says(now),
            Ground::Road(road) => road.says(now),
            Ground::Joined(joined) => no(joined.goes_along(), Reason::JoinedIntoOtherMessage),
            Ground::Gateway(gateway) => gateway.says(),
            Ground::Left { again } => no(!again, Reason::UncertainHeld),
            Ground::Sum(sum) => sum.due().map_or(Says::No(Reason::AnchorMoved), |due| Says::Due(due.at)),
        }
    }

    /// Why it says no, if it does.
    pub fn reason(&self, now: Timestamp) -> Option<Reason> {
        match self.says(now) {
            Says::Yes | Says::Due(_) => None,
            Says::No(reason) | Says::Wait(_, reason) | Says::Hold(reason) => Some(reason),
        }
    }

    /// The same, when staff have said that what it holds is to be dropped.
    pub fn dropped(self) -> Ground {
        match self {
            Ground::Feed { location, silent, heard_until, rests_on_it, .. } => {
                Ground::Feed { location, silent, heard_until, rests_on_it, dropped: true }
            }
            other => other,
        }
    }

    /// The clause that decided, and what it saw.
    pub fn saw(&self, now: Timestamp) -> Option<Saw> {
        self.reason(now)?;
        if let Ground::Filter(test) = self {
            return test.fails();
        }
        if let Ground::Group { seen, .. } = self { seen.fails() } else { None }
    }

    /// Whether a "no" of a due step ends the run it is of.
    pub fn ends_run(&self) -> bool {
        matches!(self, Ground::Patient(_) | Ground::Anchor { .. })
            || matches!(self, Ground::Goal { goal, of_workflow: true, .. } if goal.is_permanent())
            || matches!(self, Ground::Group { on_leave: Some(OnLeave::Stop), .. })
    }
}
