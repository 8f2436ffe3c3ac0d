//! The events of a chart, read off what the fold left.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::assignment::Assignment;
use super::clinic::Clinic;
use super::encounter::{Encounter, EncounterState};
use super::episode::{Episode, EpisodeState};
use super::event::{Anchor, EventKind, Occurrence, Subject, Validity};
use super::fold::{Chart, Enrolment};
use crate::id::LocationId;
use crate::zone::{self, CivilMoment};

/// The one question whose answer, 0 to 10, is an event of its own.
pub const RECOMMENDATION: &str = "questionnaire/recommendation";

impl Chart {
    /// Every event this chart's history holds, in order of time; those that no longer hold say so.
    pub fn occurrences(&self, clinic: &Clinic) -> Vec<Occurrence> {
        let mut all = vec![];
        self.patient_events(clinic, &mut all);
        for episode in &self.episodes {
            self.episode_events(episode, clinic, &mut all);
        }
        for encounter in &self.encounters {
            encounter_events(encounter, &mut all);
        }
        self.visit_days(clinic, &mut all);
        for assignment in &self.assignments {
            self.assignment_events(assignment, clinic, &mut all);
        }
        all.extend(self.enrolments.iter().map(|enrolment| self.enrolment_event(enrolment)));
        all.sort_by_key(|o| (o.event_at, o.anchor));
        all
    }

    /// The zone for what does not hang on a visit: the patient's, else the home location's, else the organization's.
    pub fn home_zone<'a>(&'a self, clinic: &'a Clinic) -> &'a str {
        self.patient.zone.as_deref().unwrap_or_else(|| clinic.zone_at(self.patient.home_location))
    }

    /// The anchor by the id its visit goes by now: two numbers may turn out to mean one visit.
    pub fn canonical(&self, anchor: Anchor) -> Anchor {
        match anchor.subject {
            Subject::Encounter(id) => {
                let id = self.encounter(id).map_or(id, |e| e.id);
                Anchor { subject: Subject::Encounter(id), ..anchor }
            }
            Subject::Patient
            | Subject::Episode(_)
            | Subject::VisitDay { .. }
            | Subject::Assignment(_)
            | Subject::Enrolment(_)
            | Subject::Birthday { .. }
            | Subject::Idle { .. }
            | Subject::PresumedEnd { .. } => anchor,
        }
    }

    /// Every anchor by which this event may have been known before its visit's numbers were joined, itself among them.
    pub fn names_of(&self, anchor: Anchor) -> Vec<Anchor> {
        match anchor.subject {
            Subject::Encounter(id) => match self.encounter(id) {
                Some(visit) => {
                    visit.ids.iter().map(|id| Anchor { subject: Subject::Encounter(*id), ..anchor }).collect()
                }
                None => vec![anchor],
            },
            Subject::Patient
            | Subject::Episode(_)
            | Subject::VisitDay { .. }
            | Subject::Assignment(_)
            | Subject::Enrolment(_)
            | Subject::Birthday { .. }
            | Subject::Idle { .. }
            | Subject::PresumedEnd { .. } => vec![anchor],
        }
    }

    fn patient_events(&self, clinic: &Clinic, all: &mut Vec<Occurrence>) {
        let zone = self.home_zone(clinic);
        let mut push = |event, at: Option<Timestamp>| {
            all.extend(at.map(|at| Occurrence {
                moment: CivilMoment::at(at, zone),
                ..Occurrence::of(Anchor { event, subject: Subject::Patient, nth: 1 }, at, self.patient.home_location)
            }));
        };
        push(EventKind::PatientCreated, self.patient.created_at);
        push(EventKind::PatientRegistered, self.patient.registered_at);
    }

    fn episode_events(&self, episode: &Episode, clinic: &Clinic, all: &mut Vec<Occurrence>) {
        let location = self.encounters.iter().rev().find(|e| e.episode == episode.key).and_then(|e| e.location);
        let location = location.or(self.patient.home_location);
        let zone = self.home_zone(clinic);
        let mut push = |event, subject, nth, on: Date, at, validity| {
            all.push(Occurrence {
                moment: CivilMoment { civil: on.to_datetime(jiff::civil::Time::midnight()), zone: zone.into() },
                episode: Some(episode.key),
                validity,
                ..Occurrence::of(Anchor { event, subject, nth }, at, location)
            });
        };
        let subject = Subject::Episode(episode.key);
        let open = if episode.is_open() { Validity::Valid } else { Validity::Gone };
        push(EventKind::EpisodeOpened, subject, 1, episode.opened_on, episode.opened_at, open);
        for (nth, (on, at)) in (1..).zip(&episode.discharges) {
            let stands =
                matches!(episode.state, EpisodeState::Discharged { .. }) && nth as usize == episode.discharges.len();
            let validity = if stands { Validity::Valid } else { Validity::Corrected };
            push(EventKind::EpisodeDischarged, subject, nth, *on, *at, validity);
        }
        if let Some(at) = self.presumed_end(episode, clinic) {
            let on = zone::date_in(at, zone);
            let subject = Subject::PresumedEnd { episode: episode.key, on };
            push(EventKind::EpisodePresumedEnded, subject, 1, on, at, Validity::Valid);
        }
    }

    fn assignment_events(&self, a: &Assignment, clinic: &Clinic, all: &mut Vec<Occurrence>) {
        let (given, done) = match () {
            () if a.is_a("questionnaire") => {
                (EventKind::QuestionnaireAssigned, Some(EventKind::QuestionnaireCompleted))
            }
            () if a.is_a("care-plan") => (EventKind::CarePlanAssigned, Some(EventKind::CarePlanCompleted)),
            // An exercise is done again and again.
            () if a.is_a("exercise") => (EventKind::ExerciseAssigned, None),
            () => return,
        };
        let anchor = |event, nth| Anchor { event, subject: Subject::Assignment(a.id), nth };
        all.push(self.of_assignment(a, anchor(given, 1), a.given_at, clinic));
        for (nth, response) in (1..).zip(&a.responses) {
            let amended = (nth as usize) < a.responses.len();
            let asked = a.content == RECOMMENDATION && response.score.is_some();
            for event in [done, asked.then_some(EventKind::RecommendationGiven)].into_iter().flatten() {
                let o = self.of_assignment(a, anchor(event, nth), response.at, clinic);
                let validity = if amended { Validity::Gone } else { o.validity };
                all.push(Occurrence { validity, ..o });
            }
        }
    }

    fn enrolment_event(&self, enrolment: &Enrolment) -> Occurrence {
        let anchor = Anchor { event: EventKind::Manual, subject: Subject::Enrolment(enrolment.id), nth: 1 };
        Occurrence {
            moment: enrolment.moment.clone(),
            workflow: Some(enrolment.workflow.clone()),
            validity: if enrolment.stopped { Validity::Stopped } else { Validity::Valid },
            ..Occurrence::of(anchor, enrolment.at, self.patient.home_location)
        }
    }

    fn visit_days(&self, clinic: &Clinic, all: &mut Vec<Occurrence>) {
        let mut days: BTreeMap<(Option<LocationId>, Date), VisitDay> = BTreeMap::new();
        for encounter in self.encounters.iter().filter(|e| e.planned_at.is_some()) {
            let day_of =
                |start: &CivilMoment, location| (location, zone::date_in(start.instant(), clinic.zone_at(location)));
            let today = encounter.start.as_ref().map(|start| day_of(start, encounter.location));
            for past in &encounter.moves {
                let key = day_of(&past.from, past.from_location);
                if Some(key) != today {
                    days.entry(key).or_default().left_by(encounter, past.at);
                }
            }
            if let Some(key) = today {
                days.entry(key).or_default().held_by(encounter);
            }
        }
        for ((location, date), day) in days {
            all.extend(day.occurrence(location, date, clinic));
        }
    }
}

/// The visits that are, or once were, on one day at one location.
#[derive(Default)]
struct VisitDay<'a> {
    standing: Vec<&'a Encounter>,
    fallen: Vec<&'a Encounter>,
    since: Option<Timestamp>,
    moved_away: bool,
}

impl<'a> VisitDay<'a> {
    fn held_by(&mut self, encounter: &'a Encounter) {
        if encounter.state.stands() {
            self.standing.push(encounter)
        } else {
            self.fallen.push(encounter)
        }
        self.known(encounter.start_since);
    }

    fn left_by(&mut self, encounter: &'a Encounter, at: Timestamp) {
        self.fallen.push(encounter);
        self.moved_away |= encounter.state.stands();
        self.known(Some(at));
    }

    fn known(&mut self, at: Option<Timestamp>) {
        self.since = [self.since, at].into_iter().flatten().min();
    }

    fn occurrence(self, location: Option<LocationId>, date: Date, clinic: &Clinic) -> Option<Occurrence> {
        let validity = match (self.standing.is_empty(), self.moved_away) {
            (false, _) => Validity::Valid,
            (true, true) => Validity::Moved,
            (true, false) if self.fallen.iter().any(|e| matches!(e.state, EncounterState::Cancelled { .. })) => {
                Validity::Cancelled
            }
            (true, false) => Validity::Gone,
        };
        let zone = clinic.zone_at(location);
        let first =
            self.standing.iter().chain(&self.fallen).min_by_key(|e| (!e.state.stands(), e.starts_at(), e.id))?;
        // A visit that fell still says when it would have been; one that moved away does not.
        let moment = match first.starts_at().filter(|start| zone::date_in(*start, zone) == date) {
            Some(start) => CivilMoment::at(start, zone),
            None => CivilMoment { civil: date.to_datetime(jiff::civil::Time::midnight()), zone: zone.into() },
        };
        Some(Occurrence {
            moment,
            encounter: Some(first.id),
            episode: Some(first.episode),
            validity,
            ..Occurrence::of(
                Anchor { event: EventKind::VisitDayPlanned, subject: Subject::VisitDay { location, date }, nth: 1 },
                self.since?,
                location,
            )
        })
    }
}

fn encounter_events(encounter: &Encounter, all: &mut Vec<Occurrence>) {
    let mut push = |event, nth, at: Timestamp, moment: CivilMoment, validity| {
        all.push(Occurrence {
            moment,
            encounter: Some(encounter.id),
            episode: Some(encounter.episode),
            validity,
            ..Occurrence::of(Anchor { event, subject: Subject::Encounter(encounter.id), nth }, at, encounter.location)
        });
    };
    let stands = standing(encounter);
    let start = |at| encounter.start.clone().unwrap_or_else(|| CivilMoment::utc(at));
    if let Some(at) = encounter.planned_at {
        push(EventKind::EncounterPlanned, 1, at, start(at), stands);
    }
    if let Some(at) = encounter.arrived_at {
        let validity =
            if encounter.state.has_arrived() { Validity::Valid } else { fallen_or(encounter, Validity::Corrected) };
        push(EventKind::EncounterArrived, 1, at, start(at), validity);
    }
    if let Some(at) = encounter.finished_at {
        let validity =
            if encounter.state.has_arrived() { Validity::Valid } else { fallen_or(encounter, Validity::Corrected) };
        push(EventKind::EncounterFinished, 1, at, start(at), validity);
    }
    for (nth, moved) in (1..).zip(&encounter.moves) {
        let last = nth as usize == encounter.moves.len();
        let validity = if last { stands } else { Validity::Moved };
        push(EventKind::EncounterRescheduled, nth, moved.at, CivilMoment::utc(moved.at), validity);
    }
    for (nth, at) in (1..).zip(&encounter.no_shows) {
        let still =
            matches!(encounter.state, EncounterState::NoShow { .. }) && nth as usize == encounter.no_shows.len();
        let validity = if still { Validity::Valid } else { fallen_or(encounter, Validity::Corrected) };
        push(EventKind::EncounterNoShow, nth, *at, CivilMoment::utc(*at), validity);
    }
    for (nth, at) in (1..).zip(&encounter.cancellations) {
        let still = matches!(encounter.state, EncounterState::Cancelled { .. })
            && nth as usize == encounter.cancellations.len();
        let validity = if still { Validity::Valid } else { Validity::Corrected };
        push(EventKind::EncounterCancelled, nth, *at, CivilMoment::utc(*at), validity);
    }
}

fn standing(encounter: &Encounter) -> Validity {
    if encounter.state.stands() { Validity::Valid } else { fallen_or(encounter, Validity::Gone) }
}

fn fallen_or(encounter: &Encounter, otherwise: Validity) -> Validity {
    match encounter.state {
        EncounterState::Cancelled { .. } => Validity::Cancelled,
        EncounterState::EnteredInError { .. } => Validity::Gone,
        _ => otherwise,
    }
}
