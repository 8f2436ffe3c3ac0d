//! From three hours to a year on one axis: position grows with the logarithm of the distance from zero, alike on both
//! sides.

/// Inside this distance the scale is nearly linear; beyond, logarithmic.
const KNEE_MINUTES: f64 = 720.0;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The distances that get a tick, with their words.
const TICKS: [(i64, &str); 10] = [
    (3 * HOUR, "3 h"),
    (DAY, "1 day"),
    (2 * DAY, "2 days"),
    (4 * DAY, "4 days"),
    (7 * DAY, "1 week"),
    (14 * DAY, "2 weeks"),
    (30 * DAY, "30 days"),
    (90 * DAY, "90 days"),
    (180 * DAY, "180 days"),
    (365 * DAY, "1 year"),
];

pub(super) struct Tick {
    pub x: f64,
    pub words: &'static str,
}

/// A stretch of axis in pixels and what it covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    left: f64,
    low: f64,
    per_unit: f64,
}

/// Where an offset lies, in units of the logarithmic scale.
pub(super) fn units(minutes: i64) -> f64 {
    let distance = (minutes.unsigned_abs() as f64 / KNEE_MINUTES).ln_1p();
    if minutes < 0 { -distance } else { distance }
}

/// The first tick at or beyond the farthest offset on one side; zero when there is none.
pub(super) fn reach(farthest: i64) -> i64 {
    if farthest == 0 {
        return 0;
    }
    let beyond = TICKS.iter().map(|(minutes, _)| *minutes).find(|minutes| *minutes >= farthest);
    beyond.unwrap_or(farthest)
}

impl Scale {
    /// Covers `low..=high` minutes between the pixels `left` and `right`.
    pub fn new(left: f64, right: f64, low: i64, high: i64) -> Scale {
        let span = (units(high) - units(low)).max(0.1);
        Scale { left, low: units(low), per_unit: (right - left) / span }
    }

    pub fn x(&self, minutes: i64) -> f64 {
        self.left + (units(minutes) - self.low) * self.per_unit
    }

    /// Ticks of both sides within `low..=high`, none nearer to the last (or to zero) than `apart` pixels.
    pub fn ticks(&self, low: i64, high: i64, apart: f64) -> Vec<Tick> {
        let mut ticks = self.ticks_of_one_side(1, high, apart);
        ticks.extend(self.ticks_of_one_side(-1, -low, apart));
        ticks
    }

    fn ticks_of_one_side(&self, sign: i64, reach: i64, apart: f64) -> Vec<Tick> {
        let mut last = self.x(0);
        let mut ticks = Vec::new();
        for (minutes, words) in TICKS.into_iter().filter(|(minutes, _)| *minutes <= reach) {
            let x = self.x(sign * minutes);
            if (x - last).abs() >= apart {
                ticks.push(Tick { x, words });
                last = x;
            }
        }
        ticks
    }
}

/// Moves marks apart until neighbours are `apart` pixels from each other and from `zero`; those before zero move left,
/// those after it right. `wanted` is sorted; `minutes` says on which side a mark belongs.
pub(super) fn spread(wanted: &[(i64, f64)], zero: f64, apart: f64) -> Vec<f64> {
    let mut places: Vec<f64> = wanted.iter().map(|(_, x)| *x).collect();
    let first_after = wanted.iter().position(|(minutes, _)| *minutes >= 0).unwrap_or(wanted.len());
    let mut edge = zero + apart;
    for place in &mut places[first_after..] {
        *place = place.max(edge);
        edge = *place + apart;
    }
    let mut edge = zero - apart;
    for place in places[..first_after].iter_mut().rev() {
        *place = place.min(edge);
        edge = *place - apart;
    }
    places
}

/// "now", "3 h", "−2 d": an offset where there is no room for words.
pub(super) fn short_offset(minutes: i64) -> String {
    let distance = minutes.abs();
    let sign = if minutes < 0 { "−" } else { "" };
    if distance == 0 {
        "now".to_owned()
    } else if distance < HOUR {
        format!("{sign}{distance} min")
    } else if distance < 2 * DAY && distance % DAY != 0 {
        format!("{sign}{} h", distance / HOUR)
    } else {
        format!("{sign}{} d", (distance + DAY / 2) / DAY)
    }
}

/// "at once", "3 hours before", "28 days after": the same for a reader.
pub(super) fn long_offset(minutes: i64) -> String {
    let distance = minutes.abs();
    let side = if minutes < 0 { "before" } else { "after" };
    let (count, unit) = if distance == 0 {
        return "at once".to_owned();
    } else if distance < HOUR {
        (distance, "minute")
    } else if distance < 2 * DAY && distance % DAY != 0 {
        (distance / HOUR, "hour")
    } else {
        ((distance + DAY / 2) / DAY, "day")
    };
    format!("{count} {unit}{} {side}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_and_after_mirror_each_other_and_farther_is_farther() {
        for pair in TICKS.windows(2) {
            assert!(units(pair[0].0) < units(pair[1].0));
        }
        assert_eq!(units(-2 * DAY), -units(2 * DAY));
        assert_eq!(units(0), 0.0);
    }

    #[test]
    fn marks_keep_their_order_and_their_distance() {
        let scale = Scale::new(0.0, 600.0, -DAY, 180 * DAY);
        let offsets = [-3 * HOUR, -HOUR, 0, 0, 2 * HOUR, 180 * DAY];
        let wanted: Vec<_> = offsets.iter().map(|minutes| (*minutes, scale.x(*minutes))).collect();
        let places = spread(&wanted, scale.x(0), 20.0);
        for pair in places.windows(2) {
            assert!(pair[1] - pair[0] >= 19.999, "{places:?}");
        }
        assert!(places[1] < scale.x(0) && scale.x(0) < places[2]);
        assert_eq!(places[5], scale.x(180 * DAY));
    }

    #[test]
    fn offsets_read_as_people_say_them() {
        let said: Vec<_> = [-2 * DAY, -3 * HOUR, 0, 36 * HOUR, DAY, 10 * HOUR + 28 * DAY].map(long_offset).into();
        assert_eq!(
            said,
            ["2 days before", "3 hours before", "at once", "36 hours after", "1 day after", "28 days after"]
        );
        assert_eq!(short_offset(-2 * DAY), "−2 d");
    }
}
