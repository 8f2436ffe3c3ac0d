//! The made-up story: what happens at two locations over some weeks. One location's EMR tells us by HL7 messages; at the
//! other, staff log visits by hand.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use wire::hl7v2::write::{Outgoing, Patient, Visit, adt, siu};

use super::chance::Chance;
use super::people::{PEOPLE, Person};

/// One thing that happens.
pub struct Scene {
    pub at: Timestamp,
    pub told: Told,
}

pub enum Told {
    /// The EMR sends this message.
    Message(Vec<u8>),
    ByHand(ByHand),
    /// Patients answer what waits for them.
    Evening,
}

/// What staff type at the location without an EMR.
#[derive(Debug, Clone)]
pub enum ByHand {
    NewPatient { person: usize },
    Planned { person: usize, visit: usize, start: DateTime, first: bool },
    Arrived { person: usize, visit: usize },
    NoShow { person: usize, visit: usize },
    Cancelled { person: usize, visit: usize },
}

/// The first morning the demo shows, New York time.
pub const FIRST_DAY: Date = date(2026, 3, 2);
const EMR_ZONE: &str = "America/New_York";
const HAND_ZONE: &str = "America/Chicago";

/// The story of `days` days, in order of time.
pub fn story(seed: u64, days: i64) -> Vec<Scene> {
    let mut teller = Teller { chance: Chance::new(seed), scenes: vec![], next_message: 1 };
    let last = FIRST_DAY.saturating_add(days.days());
    for (number, person) in PEOPLE.iter().enumerate() {
        // Some came in the days before the demo begins, the others in the weeks after.
        let after = if teller.chance.percent(45) {
            teller.chance.below(5).cast_signed() - 5
        } else {
            teller.chance.below(24).cast_signed()
        };
        let comes = FIRST_DAY.saturating_add(after.days());
        if person.by_hand {
            teller.by_hand(number, comes, last);
        } else {
            teller.by_emr(number, person, comes, last);
        }
    }
    teller.odd_messages();
    teller.evenings(days);
    teller.scenes.sort_by_key(|scene| scene.at);
    teller.scenes
}

struct Teller {
    chance: Chance,
    scenes: Vec<Scene>,
    next_message: u32,
}

fn instant(civil: DateTime, zone: &str) -> Timestamp {
    care::zone::CivilMoment { civil, zone: zone.into() }.instant()
}

fn working_day(mut day: Date) -> Date {
    while day.weekday().to_monday_zero_offset() > 4 {
        day = day.saturating_add(1.day());
    }
    day
}

fn hl7(civil: DateTime) -> String {
    civil.strftime("%Y%m%d%H%M%S").to_string()
}

impl Teller {
    fn slot(&mut self, day: Date) -> DateTime {
        let hour = 8 + i8::try_from(self.chance.below(9)).unwrap_or(0);
        let minute = if self.chance.percent(50) { 0 } else { 30 };
        working_day(day).to_datetime(Time::constant(hour, minute, 0, 0))
    }

    fn office_hour(&mut self, day: Date) -> DateTime {
        let minute = i8::try_from(self.chance.below(60)).unwrap_or(0);
        let hour = 9 + i8::try_from(self.chance.below(8)).unwrap_or(0);
        working_day(day).to_datetime(Time::constant(hour, minute, 0, 0))
    }

    fn send(&mut self, at: DateTime, event: &str, person: &Person, visit: Option<Visit>) {
        let control_id = format!("RB{:06}", self.next_message);
        self.next_message += 1;
        let message = Outgoing {
            event: event.into(),
            sending_app: "RIVEREMR".into(),
            sending_facility: "RIVERSIDE".into(),
            control_id,
            sent_at: hl7(at),
            processing_id: "P".into(),
            patient: patient(person),
            visit,
            ..Outgoing::default()
        };
        let bytes = if event.starts_with('S') { siu(&message) } else { adt(&message) };
        self.scenes.push(Scene { at: instant(at, EMR_ZONE), told: Told::Message(bytes) });
    }

    /// What every feed sends one day: a message without the patient's number, and a visit type nobody has mapped.
    fn odd_messages(&mut self) {
        let friday = FIRST_DAY.saturating_sub(3.days());
        let nobody = Person { mrn: "", ..PEOPLE[0] };
        self.send(friday.to_datetime(Time::constant(11, 20, 0, 0)), "A08", &nobody, None);
        let start = FIRST_DAY.saturating_add(2.days()).to_datetime(Time::constant(16, 0, 0, 0));
        let pool = Visit {
            appointment: "AP90000".into(),
            start: hl7(start),
            minutes: Some(30),
            type_code: "AQUA".into(),
            location: "RIV".into(),
            provider: "77".into(),
            ..Visit::default()
        };
        self.send(friday.to_datetime(Time::constant(11, 25, 0, 0)), "S12", &PEOPLE[5], Some(pool));
    }

    /// Also those of the days before the first morning.
    fn evenings(&mut self, days: i64) {
        for day in -5..=days {
            let at = FIRST_DAY.saturating_add(day.days()).to_datetime(Time::constant(19, 40, 0, 0));
            self.scenes.push(Scene { at: instant(at, EMR_ZONE), told: Told::Evening });
        }
    }

    fn by_emr(&mut self, number: usize, person: &Person, comes: Date, last: Date) {
        let registered = self.office_hour(comes);
        self.send(registered, "A28", person, None);
        let mut day = comes.saturating_add((2 + self.chance.below(5).cast_signed()).days());
        let mut booked = registered.saturating_add(4.minutes());
        for nth in 0..6_usize {
            let start = self.slot(day);
            if start.date() > last {
                return;
            }
            let attended = self.visit_by_emr(number, nth, person, booked, start);
            booked = start.saturating_add(1.hour()).saturating_add(5.minutes());
            day = start.date().saturating_add((if attended { 7 } else { 3 }).days());
        }
        let case = Visit { case: case_of(number), number: format!("D{number}"), ..Visit::default() };
        self.send(booked.saturating_add(1.hour()), "A03", person, Some(case));
    }

    /// One visit from its booking to its end; whether the patient came.
    fn visit_by_emr(&mut self, number: usize, nth: usize, person: &Person, booked: DateTime, start: DateTime) -> bool {
        let mut visit = Visit {
            appointment: format!("AP{number:03}{nth:02}"),
            case: case_of(number),
            start: hl7(start),
            minutes: Some(if nth == 0 { 60 } else { 45 }),
            type_code: if nth == 0 { "IE" } else { "FU" }.into(),
            location: "RIV".into(),
            provider: if number.is_multiple_of(2) { "77" } else { "78" }.into(),
            ..Visit::default()
        };
        self.send(booked, "S12", person, Some(visit.clone()));
        let mut start = start;
        let notice = booked.saturating_add(20.hours());
        if notice < start && self.chance.percent(18) {
            start = self.slot(start.date().saturating_add(1.day()));
            visit.start = hl7(start);
            self.send(notice, "S13", person, Some(visit.clone()));
        } else if notice < start && nth > 0 && self.chance.percent(10) {
            self.send(notice, "S15", person, Some(visit));
            return false;
        }
        if self.chance.percent(9) {
            self.send(start.saturating_add(20.minutes()), "S26", person, Some(visit.clone()));
            // Some had only been marked too soon.
            if self.chance.percent(30) {
                self.arrive(number, nth, person, &visit, start.saturating_add(35.minutes()));
                return true;
            }
            return false;
        }
        let early = i64::try_from(self.chance.below(12)).unwrap_or(0);
        self.arrive(number, nth, person, &visit, start.saturating_sub(early.minutes()));
        true
    }

    fn arrive(&mut self, number: usize, nth: usize, person: &Person, booked: &Visit, at: DateTime) {
        let visit = Visit { number: format!("VN{number:03}{nth:02}"), appointment: String::new(), ..booked.clone() };
        self.send(at, "A04", person, Some(visit));
    }

    fn by_hand(&mut self, person: usize, comes: Date, last: Date) {
        let push = |scenes: &mut Vec<Scene>, at: DateTime, by_hand| {
            scenes.push(Scene { at: instant(at, HAND_ZONE), told: Told::ByHand(by_hand) });
        };
        let registered = self.office_hour(comes);
        push(&mut self.scenes, registered, ByHand::NewPatient { person });
        let mut day = comes.saturating_add((2 + self.chance.below(4).cast_signed()).days());
        let mut booked = registered.saturating_add(3.minutes());
        for visit in 0..5_usize {
            let start = self.slot(day);
            if start.date() > last {
                return;
            }
            push(&mut self.scenes, booked, ByHand::Planned { person, visit, start, first: visit == 0 });
            let ends = match self.chance.below(100) {
                0..10 => ByHand::NoShow { person, visit },
                10..18 if visit > 0 => ByHand::Cancelled { person, visit },
                _ => ByHand::Arrived { person, visit },
            };
            let at = match &ends {
                ByHand::Cancelled { .. } => {
                    start.saturating_sub(SignedDuration::from_hours(26)).max(booked.saturating_add(1.minute()))
                }
                _ => start.saturating_add(15.minutes()),
            };
            push(&mut self.scenes, at, ends);
            booked = start.saturating_add(1.hour());
            day = start.date().saturating_add(7.days());
        }
    }
}

fn case_of(number: usize) -> String {
    format!("C{number:03}")
}

fn patient(person: &Person) -> Patient {
    Patient {
        mrn: person.mrn.into(),
        authority: "RIVER".into(),
        given: person.given.into(),
        family: person.family.into(),
        birth: person.birth.replace('-', ""),
        sex: person.sex.into(),
        email: person.email.into(),
        mobile: person.mobile.into(),
        language: person.language.into(),
        deceased: false,
    }
}
