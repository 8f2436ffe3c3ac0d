//! When to try again. Pure: the roof adds the result to its own clock.

use std::time::Duration;

/// The number of failed attempts after which a delivery has given up: about sixteen hours of trying.
pub const GIVE_UP_AFTER: u32 = 12;

const FIRST: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(4 * 60 * 60);

/// How long to wait after the given failed attempt (the first is 1): one minute, doubling up to four hours, moved by
/// up to 20 % either way so that mails that failed together do not come back together.
///
/// `jitter` is a random number from 0 to 1; what lies outside counts as the nearer end, not-a-number as the middle.
#[must_use]
pub fn backoff(attempt: u32, jitter: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let planned = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    let jitter = if jitter.is_nan() { 0.5 } else { jitter.clamp(0.0, 1.0) };
    planned.mul_f64(0.8 + 0.4 * jitter)
}

/// Whether a delivery with so many failed attempts is to be given up.
#[must_use]
pub fn gave_up(failed_attempts: u32) -> bool {
    failed_attempts >= GIVE_UP_AFTER
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn waits_double_from_a_minute_to_four_hours() {
        let minutes: Vec<u64> = (1..=GIVE_UP_AFTER).map(|attempt| backoff(attempt, 0.5).as_secs() / 60).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240]);
        assert_eq!(backoff(0, 0.5), backoff(1, 0.5));
        assert_eq!(backoff(u32::MAX, 0.5), LONGEST);
    }

    #[test]
    fn jitter_moves_the_wait_by_a_fifth_either_way() {
        assert_eq!(backoff(1, 0.0), Duration::from_secs(48));
        assert_eq!(backoff(1, 1.0), Duration::from_secs(72));
        assert_eq!(backoff(1, f64::NAN), Duration::from_secs(60));
        assert_eq!(backoff(1, f64::INFINITY), Duration::from_secs(72));
    }

    #[test]
    fn the_twelfth_failure_is_the_last() {
        assert!(!gave_up(11));
        assert!(gave_up(12));
    }

    proptest! {
        #[test]
        fn every_wait_stays_between_its_bounds(attempt: u32, jitter: f64) {
            let wait = backoff(attempt, jitter);
            prop_assert!(wait >= FIRST.mul_f64(0.8) && wait <= LONGEST.mul_f64(1.2));
        }
    }
}
