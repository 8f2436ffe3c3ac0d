//! Counts failures in memory, so that guessing takes too long to be worth it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// At most `most` failures of one key within a span of time.
pub struct Tries {
    most: usize,
    within: SignedDuration,
    failures: Mutex<BTreeMap<String, Vec<Timestamp>>>,
}

impl Tries {
    pub fn new(most: usize, within: SignedDuration) -> Self {
        Self { most, within, failures: Mutex::default() }
    }

    pub fn are_used_up(&self, key: &str, now: Timestamp) -> bool {
        let recent = |at: &&Timestamp| now.duration_since(**at) < self.within;
        self.failures().get(key).is_some_and(|times| times.iter().filter(recent).count() >= self.most)
    }

    pub fn note_failure(&self, key: &str, now: Timestamp) {
        let mut failures = self.failures();
        // What no longer counts is forgotten, or made-up keys would fill the memory.
        failures.retain(|_, times| times.last().is_some_and(|last| now.duration_since(*last) < self.within));
        failures.entry(key.to_owned()).or_default().push(now);
    }

    pub fn forget(&self, key: &str) {
        self.failures().remove(key);
    }

    fn failures(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Timestamp>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn the_third_failure_closes_the_door_for_this_key_only_and_time_opens_it() {
        let tries = Tries::new(3, SignedDuration::from_mins(15));
        for minute in 0..3 {
            assert!(!tries.are_used_up("ben", at(minute)));
            tries.note_failure("ben", at(minute));
        }
        assert!(tries.are_used_up("ben", at(3)));
        assert!(!tries.are_used_up("alma", at(3)));
        assert!(tries.are_used_up("ben", at(14)));
        assert!(!tries.are_used_up("ben", at(15)), "the first failure is 15 minutes old");
    }

    #[test]
    fn a_success_forgets_the_failures() {
        let tries = Tries::new(1, SignedDuration::from_mins(15));
        tries.note_failure("ben", at(0));
        tries.forget("ben");
        assert!(!tries.are_used_up("ben", at(0)));
    }

    #[test]
    fn keys_nobody_tries_any_more_take_no_memory() {
        let tries = Tries::new(1, SignedDuration::from_mins(15));
        for n in 0..100 {
            tries.note_failure(&n.to_string(), at(0));
        }
        tries.note_failure("ben", at(60));
        assert_eq!(tries.failures().len(), 1);
    }
}
