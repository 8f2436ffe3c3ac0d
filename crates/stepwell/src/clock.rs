//! The only place that reads the wall clock. Everything else takes the time as an argument.

use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};

/// The server's clock: the wall's, or one that is moved by hand.
#[derive(Debug, Clone)]
pub enum Clock {
    Wall,
    /// The demo's and the tests'.
    Hand(Arc<Mutex<Timestamp>>),
}

impl Clock {
    pub fn hand(at: Timestamp) -> Self {
        Clock::Hand(Arc::new(Mutex::new(micros(at))))
    }

    /// Now, in whole microseconds: what PostgreSQL keeps is what we compare with.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Clock::Wall => micros(Timestamp::now()),
            Clock::Hand(at) => *at.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Moves a clock that is moved by hand forward; never back.
    pub fn move_to(&self, to: Timestamp) {
        if let Clock::Hand(at) = self {
            let mut at = at.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            *at = micros(to).max(*at);
        }
    }

    /// How long to wait for an instant; nothing to wait for on a clock that stands.
    pub fn wait_for(&self, at: Timestamp) -> Option<std::time::Duration> {
        match self {
            Clock::Wall => Some(at.duration_since(self.now()).max(SignedDuration::ZERO).unsigned_abs()),
            Clock::Hand(_) => None,
        }
    }
}

fn micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}
