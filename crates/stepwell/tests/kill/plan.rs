//! When to kill what: drawn from a seed, so that a failed test can be run again.

use std::time::Duration;

/// One kill of the server.
#[derive(Debug)]
pub struct Kill {
    pub moment: Moment,
    /// The database's postmaster too: this long before the server, or after it.
    pub postmaster: Option<First>,
    pub between: Duration,
}

#[derive(Debug, Clone, Copy)]
pub enum First {
    Postmaster,
    Server,
}

#[derive(Debug)]
pub enum Moment {
    /// So long after so many messages were acknowledged, at least one of them by this server.
    InTheFeed { acknowledged: usize, then: Duration },
    /// So long after the process was started, ready or not.
    InTheStart { then: Duration },
}

/// `kills` moments over a feed of `messages`, the postmaster in exactly every other one (rounded down), in any order.
pub fn draw(seed: u64, kills: usize, messages: usize) -> Vec<Kill> {
    let mut chance = Chance(seed);
    let mut drawn: Vec<_> = (0..kills).map(|nth| one(&mut chance, nth, kills, messages)).collect();
    for pair in drawn.chunks_exact_mut(2) {
        // A start may be killed before there is a postmaster: of such a pair the other one is taken.
        let other = usize::from(chance.below(2) == 0);
        let taken = if matches!(pair[other].moment, Moment::InTheStart { .. }) { 1 - other } else { other };
        pair[taken].postmaster = Some(if chance.below(2) == 0 { First::Postmaster } else { First::Server });
    }
    drawn
}

fn one(chance: &mut Chance, nth: usize, kills: usize, messages: usize) -> Kill {
    // The first kills have the first share of the feed, and so on; two neighbours are never both in a start.
    let share = messages / (kills + 1);
    let acknowledged = nth * share + usize::try_from(chance.below(share as u64)).unwrap();
    let moment = if nth % 5 == 4 {
        Moment::InTheStart { then: chance.millis(1500) }
    } else {
        Moment::InTheFeed { acknowledged, then: chance.millis(60) }
    };
    Kill { moment, postmaster: None, between: chance.millis(30) }
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n.max(1)
    }

    /// Less than so many milliseconds, to the microsecond.
    fn millis(&mut self, most: u64) -> Duration {
        Duration::from_micros(self.below(most * 1000))
    }
}
