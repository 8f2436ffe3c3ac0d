//! Whether a feed from an EMR has gone silent: nothing heard for longer than it may be, counting only the hours in which
//! it is expected to speak. docs/SEMANTICS.md, section 4.

mod hours;

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

pub use hours::{Hours, OpenHours};

use crate::zone;

/// The newest message of a feed that has caught up was sent within this of now.
const CAUGHT_UP: SignedDuration = SignedDuration::from_mins(10);
/// A feed must be allowed to be silent for longer than that, else it could be caught up and silent at once.
const SHORTEST: u32 = 15;
/// A whole year of closed days is a feed that nobody expects to speak.
const FURTHEST: i32 = 370;

/// What a clinic expects of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// Minutes of open time without a message.
    pub silent_after: u32,
    /// In the interface's zone.
    pub open: OpenHours,
}

impl Guard {
    /// What is wrong with it, in words for the person who typed it.
    pub fn check(&self) -> Result<(), String> {
        if self.silent_after < SHORTEST {
            return Err(format!("a feed counts as silent after {SHORTEST} minutes at the earliest"));
        }
        if self.open.is_never() {
            return Err("a feed that is guarded needs open hours: say when it is expected to speak".into());
        }
        Ok(())
    }
}

/// When and where a guard looks.
#[derive(Debug, Clone)]
pub struct Watch<'a> {
    pub guard: &'a Guard,
    /// IANA name, of the interface.
    pub zone: &'a str,
    /// Days on which all locations of the feed are closed.
    pub closed: &'a BTreeSet<Date>,
}

/// What is known of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feed {
    /// When its last message came, or its guard began.
    pub heard_at: Timestamp,
    /// When the newest message was sent, by the sender's clock.
    pub newest_at: Option<Timestamp>,
    /// Messages that were not read yet.
    pub waiting: bool,
    /// Silent: when the last message before had come.
    pub silent_since: Option<Timestamp>,
    /// Staff let go what is held, although it is silent.
    pub released_at: Option<Timestamp>,
}

/// What a look at a feed says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As before; when time alone could change that.
    Same { again_at: Option<Timestamp> },
    /// Silent from now on, or anew after a release.
    Silent { since: Timestamp },
    /// Not silent any more.
    Speaks { again_at: Option<Timestamp> },
}

/// Looks at a feed.
pub fn look(watch: &Watch, feed: &Feed, now: Timestamp) -> Look {
    let silent_at = silent_at(watch, feed.heard_at);
    let is_quiet = silent_at.is_some_and(|at| at <= now);
    let Some(since) = feed.silent_since else {
        return if is_quiet { Look::Silent { since: feed.heard_at } } else { Look::Same { again_at: silent_at } };
    };
    // Its hours or the closed days are other ones now.
    let was_never_silent = feed.heard_at <= since && !is_quiet;
    if was_never_silent || (feed.heard_at > since && has_caught_up(feed, now)) {
        return Look::Speaks { again_at: silent_at };
    }
    let spoke_again = feed.released_at.is_some_and(|released| feed.heard_at > released);
    match (spoke_again, is_quiet) {
        (true, true) => Look::Silent { since: feed.heard_at },
        (true, false) => Look::Same { again_at: silent_at },
        (false, _) => Look::Same { again_at: None },
    }
}

/// Whether what is known is as new as the clock: the newest message was sent just now, and none waits to be read.
pub fn has_caught_up(feed: &Feed, now: Timestamp) -> bool {
    !feed.waiting && feed.newest_at.is_some_and(|newest| newest.duration_since(now).abs() <= CAUGHT_UP)
}

/// When a feed that was last heard at `heard` is silent, if it says nothing more. `None`: it is never expected to speak.
pub fn silent_at(watch: &Watch, heard: Timestamp) -> Option<Timestamp> {
    let mut left = SignedDuration::from_mins(i64::from(watch.guard.silent_after));
    let first = zone::date_in(heard, watch.zone);
    for days in 0..FURTHEST {
        let day = first.checked_add(days.days()).ok()?;
        let Some(hours) = watch.guard.open.on(day.weekday()).filter(|_| !watch.closed.contains(&day)) else { continue };
        let (opens, closes) = hours.instants(day, watch.zone);
        let from = opens.max(heard);
        let room = closes.duration_since(from);
        if left <= room {
            return from.checked_add(left).ok();
        }
        left -= room.max(SignedDuration::ZERO);
    }
    None
}
