//! Reads the text of a schedule, word by word.

use jiff::civil;

use super::weekdays::weekday;
use super::{Length, MOST, Offset, Place, Repeat, Schedule, ScheduleError, Side, Unit, Weekdays};

impl Schedule {
    /// Reads a schedule. What the text alone cannot decide, a repetition that only goals end, is left to
    /// [`Schedule::check`].
    pub fn parse(text: &str) -> Result<Schedule, ScheduleError> {
        let mut words = Words { text, next: 0 };
        let schedule =
            if words.take("immediately") { immediately(&mut words)? } else { Schedule::Offset(offset(&mut words)?) };
        match words.peek() {
            Some(_) => Err(ScheduleError::Unexpected { place: words.place() }),
            None => Ok(schedule),
        }
    }
}

fn immediately(words: &mut Words) -> Result<Schedule, ScheduleError> {
    if matches!(words.peek(), Some((_, "at" | "on"))) {
        return Err(ScheduleError::ClockWithImmediately { place: words.place() });
    }
    Ok(Schedule::Immediately { repeat: repeat(words)? })
}

fn offset(words: &mut Words) -> Result<Offset, ScheduleError> {
    let place = words.place();
    let count = number(words, "`immediately` or a whole number, as in `7 days after`")?;
    let length = Length { count, unit: unit(words)? };
    if length.count == 0 && length.unit != Unit::Days {
        return Err(ScheduleError::Zero { place });
    }
    let side = side(words)?;
    let clock = words.place();
    let (at, on) = (at(words)?, on(words)?);
    if length.unit == Unit::Hours && (at.is_some() || on.is_some()) {
        return Err(ScheduleError::ClockWithHours { place: clock });
    }
    let place = words.place();
    let repeat = repeat(words)?;
    match repeat {
        Some(_) if side == Side::BeforeAnchor => Err(ScheduleError::RepeatBefore { place }),
        // Every occurrence keeps `at` and `on`, which a distance in hours would break.
        Some(repeat) if repeat.every.unit == Unit::Hours && (at.is_some() || on.is_some()) => {
            Err(ScheduleError::ClockWithHours { place: clock })
        }
        Some(_) | None => Ok(Offset { length, side, at, on, repeat }),
    }
}

fn unit(words: &mut Words) -> Result<Unit, ScheduleError> {
    let unit = match words.peek() {
        Some((_, "hour" | "hours")) => Unit::Hours,
        Some((_, "day" | "days")) => Unit::Days,
        Some((_, "week" | "weeks")) => Unit::Weeks,
        Some((_, "month" | "months")) => Unit::Months,
        Some(_) | None => return Err(words.expected("`hours`, `days`, `weeks` or `months`")),
    };
    words.skip();
    Ok(unit)
}

fn side(words: &mut Words) -> Result<Side, ScheduleError> {
    let before = words.take("before");
    if !before && !words.take("after") {
        return Err(words.expected("`before`, `after` or `after the event`"));
    }
    let place = words.place();
    if !words.take("the") {
        return Ok(if before { Side::BeforeAnchor } else { Side::AfterAnchor });
    }
    if !words.take("event") {
        return Err(words.expected("`event`, as in `after the event`"));
    }
    if before { Err(ScheduleError::BeforeTheEvent { place }) } else { Ok(Side::AfterEvent) }
}

fn at(words: &mut Words) -> Result<Option<civil::Time>, ScheduleError> {
    if !words.take("at") {
        return Ok(None);
    }
    match words.peek().and_then(|(_, word)| wall_time(word)) {
        Some(time) => {
            words.skip();
            Ok(Some(time))
        }
        None => Err(words.expected("a time from 00:00 to 23:59, as in `at 09:30`")),
    }
}

/// Exactly `HH:MM`.
fn wall_time(word: &str) -> Option<civil::Time> {
    let (hour, minute) = word.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    civil::Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// `on mon,tue`; a blank after a comma is accepted.
fn on(words: &mut Words) -> Result<Option<Weekdays>, ScheduleError> {
    if !words.take("on") {
        return Ok(None);
    }
    let mut days: Option<Weekdays> = None;
    loop {
        let Some((_, word)) = words.peek() else {
            return Err(words.expected(WEEKDAYS));
        };
        let (list, goes_on) = match word.strip_suffix(',') {
            Some(list) => (list, true),
            None => (word, false),
        };
        for name in list.split(',') {
            let Some(day) = weekday(name) else {
                return Err(words.expected(WEEKDAYS));
            };
            days = Some(days.map_or(Weekdays::only(day), |days| days.and(day)));
        }
        words.skip();
        if !goes_on {
            return Ok(days);
        }
    }
}

const WEEKDAYS: &str = "weekdays out of mon, tue, wed, thu, fri, sat, sun, as in `on mon,thu`";

fn repeat(words: &mut Words) -> Result<Option<Repeat>, ScheduleError> {
    if !words.take("every") {
        return Ok(None);
    }
    let count = one_or_more(words, "a whole number, as in `every 2 weeks`")?;
    let every = Length { count, unit: unit(words)? };
    if !words.take("up") {
        return Ok(Some(Repeat { every, times: None }));
    }
    if !words.take("to") {
        return Err(words.expected("`to`, as in `up to 4 times`"));
    }
    let times = one_or_more(words, "a whole number, as in `up to 4 times`")?;
    if !words.take("times") && !words.take("time") {
        return Err(words.expected("`times`, as in `up to 4 times`"));
    }
    Ok(Some(Repeat { every, times: Some(times) }))
}

fn one_or_more(words: &mut Words, allowed: &'static str) -> Result<u16, ScheduleError> {
    let place = words.place();
    match number(words, allowed)? {
        0 => Err(ScheduleError::Zero { place }),
        count => Ok(count),
    }
}

fn number(words: &mut Words, allowed: &'static str) -> Result<u16, ScheduleError> {
    let Some((_, word)) = words.peek() else {
        return Err(words.expected(allowed));
    };
    if !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(words.expected(allowed));
    }
    // Only digits are left, so the one thing that can go wrong is the size.
    match word.parse::<u16>() {
        Ok(count) if count <= MOST => {
            words.skip();
            Ok(count)
        }
        Ok(_) | Err(_) => Err(ScheduleError::TooLarge { place: words.place() }),
    }
}

/// The words of the text that are not yet read.
struct Words<'t> {
    text: &'t str,
    /// The byte up to which the text is read.
    next: usize,
}

impl<'t> Words<'t> {
    /// The next word and the byte at which it starts.
    fn peek(&self) -> Option<(usize, &'t str)> {
        let rest = self.text.get(self.next..)?;
        let word = rest.split_whitespace().next()?;
        let start = self.next + (rest.len() - rest.trim_start().len());
        Some((start, word))
    }

    fn skip(&mut self) {
        if let Some((start, word)) = self.peek() {
            self.next = start + word.len();
        }
    }

    /// Reads the word if it is the next one.
    fn take(&mut self, expected: &str) -> bool {
        let found = matches!(self.peek(), Some((_, word)) if word == expected);
        if found {
            self.skip();
        }
        found
    }

    fn place(&self) -> Place {
        match self.peek() {
            Some((byte, word)) => Place::of_word(byte, word),
            None => Place::end_of(self.text),
        }
    }

    fn expected(&self, allowed: &'static str) -> ScheduleError {
        ScheduleError::Expected { place: self.place(), allowed }
    }
}
