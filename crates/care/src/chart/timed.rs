//! Events that nobody reports: they arise when time passes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;

use super::assignment::Assignment;
use super::clinic::Clinic;
use super::event::{Anchor, EventKind, Idle, Occurrence, Subject, Validity};
use super::fold::Chart;
use super::presumed::days_on;
use crate::zone::{self, CivilMoment};

/// Which events of time the workflows wait for: nothing else is computed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watch {
    pub birthdays: bool,
    pub idle: BTreeSet<(Idle, u32)>,
}

/// A birthday arises so many days ahead, so that a card can be written.
const BIRTHDAY_AHEAD: i64 = 31;

impl Chart {
    /// What time brings, in the past and the next of each in the future; `event_at` says when.
    pub(super) fn timed(&self, clinic: &Clinic, watch: &Watch, now: Timestamp) -> Vec<Occurrence> {
        let mut all = vec![];
        if watch.birthdays {
            self.birthdays(clinic, now, &mut all);
        }
        for (of, days) in &watch.idle {
            match of {
                Idle::Visits => self.idle_episodes(clinic, *days, &mut all),
                Idle::Login => self.idle_login(clinic, *days, &mut all),
            }
        }
        all.extend(self.assignments.iter().filter_map(|a| self.overdue(a, clinic)));
        all
    }

    fn birthdays(&self, clinic: &Clinic, now: Timestamp, all: &mut Vec<Occurrence>) {
        let (Some(born), Some(created)) = (self.patient.birth_date, self.patient.created_at) else { return };
        let zone = self.home_zone(clinic);
        let (first, last) = (zone::date_in(created, zone), zone::date_in(now, zone));
        // Who was greeted ahead in December for January is due again only in the December after.
        for year in first.year()..=last.year().saturating_add(2) {
            let Some(day) = birthday_in(born, year).filter(|day| *day >= first && *day > born) else { continue };
            let Ok(ahead) = day.checked_sub(jiff::Span::new().days(BIRTHDAY_AHEAD)) else { continue };
            let midnight = day.to_datetime(jiff::civil::Time::midnight());
            all.push(Occurrence {
                moment: CivilMoment { civil: midnight, zone: zone.into() },
                ..Occurrence::of(
                    Anchor { event: EventKind::PatientBirthday, subject: Subject::Birthday { year }, nth: 1 },
                    zone::start_of_day(ahead, zone).max(created),
                    self.patient.home_location,
                )
            });
        }
    }

    fn idle_episodes(&self, clinic: &Clinic, days: u32, all: &mut Vec<Occurrence>) {
        let zone = self.home_zone(clinic);
        for episode in self.episodes.iter().filter(|e| e.is_open()) {
            let Some(at) = self.quiet_for(episode, days, zone) else { continue };
            let last = self.encounters.iter().rev().find(|e| e.episode == episode.key).and_then(|e| e.location);
            let since = zone::date_in(at, zone);
            let subject = Subject::Idle { of: Idle::Visits, days, since, episode: Some(episode.key) };
            let anchor = Anchor { event: EventKind::Inactivity, subject, nth: 1 };
            let location = last.or(self.patient.home_location);
            all.push(Occurrence {
                moment: CivilMoment::at(at, zone),
                episode: Some(episode.key),
                ..Occurrence::of(anchor, at, location)
            });
        }
    }

    fn idle_login(&self, clinic: &Clinic, days: u32, all: &mut Vec<Occurrence>) {
        let zone = self.home_zone(clinic);
        let Some(last) = self.patient.registered_at.max(self.patient.logged_in_at) else { return };
        let Some(at) = self.patient.registered_at.and_then(|_| days_on(last, days, zone)) else { return };
        let subject = Subject::Idle { of: Idle::Login, days, since: zone::date_in(at, zone), episode: None };
        let anchor = Anchor { event: EventKind::Inactivity, subject, nth: 1 };
        all.push(Occurrence {
            moment: CivilMoment::at(at, zone),
            ..Occurrence::of(anchor, at, self.patient.home_location)
        });
    }

    fn overdue(&self, a: &Assignment, clinic: &Clinic) -> Option<Occurrence> {
        let event = match () {
            () if a.is_a("questionnaire") => EventKind::QuestionnaireOverdue,
            () if a.is_a("exercise") => EventKind::ExerciseOverdue,
            () => return None,
        };
        let was = a.completed_at().is_none_or(|done| done > a.due) && a.withdrawn_at.is_none_or(|gone| gone > a.due);
        was.then(|| {
            let anchor = Anchor { event, subject: Subject::Assignment(a.id), nth: 1 };
            self.of_assignment(a, anchor, a.due, clinic)
        })
    }

    /// An event of an assignment: valid until it is withdrawn.
    pub(super) fn of_assignment(&self, a: &Assignment, anchor: Anchor, at: Timestamp, clinic: &Clinic) -> Occurrence {
        let visit = self.encounters.iter().rev().find(|e| a.episode.is_some_and(|episode| e.episode == episode));
        Occurrence {
            moment: CivilMoment::at(at, self.home_zone(clinic)),
            episode: a.episode,
            assignment: Some(a.id),
            depth: a.depth,
            validity: if a.withdrawn_at.is_some() { Validity::Gone } else { Validity::Valid },
            ..Occurrence::of(anchor, at, visit.and_then(|v| v.location).or(self.patient.home_location))
        }
    }
}

/// Who was born on 29 February has their birthday on the 28th in other years.
fn birthday_in(born: Date, year: i16) -> Option<Date> {
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, born.month(), 28)).ok()
}
