//! The fold: a set of changes to the chart they add up to, whatever order they arrived in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::assignment::{Assignment, fold_assignments};
use super::cases::fold_episodes;
use super::change::{Change, EncounterKey, EnrolmentAct, PatientChange, What, Write};
use super::clinic::Clinic;
use super::encounter::{Encounter, VisitType, write};
use super::episode::{Episode, EpisodeKey};
use super::event::Subject;
use super::patient::Patient;
use crate::id::{AssignmentId, EncounterId, EnrolmentId};
use crate::zone::{self, CivilMoment};

/// A patient's chart: never written, only folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub patient: Patient,
    pub encounters: Vec<Encounter>,
    pub episodes: Vec<Episode>,
    pub assignments: Vec<Assignment>,
    pub enrolments: Vec<Enrolment>,
    pub stops: Vec<Stop>,
}

/// A patient put on a workflow by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    pub id: EnrolmentId,
    pub at: Timestamp,
    pub workflow: String,
    /// What the steps count from.
    pub moment: CivilMoment,
    pub stopped: bool,
}

/// Staff stopped what ran of a workflow by then: on one subject, or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub at: Timestamp,
    pub workflow: String,
    pub subject: Option<Subject>,
}

impl Chart {
    /// The visit an id means, whichever of its ids it is.
    pub fn encounter(&self, id: EncounterId) -> Option<&Encounter> {
        self.encounters.iter().find(|e| e.ids.contains(&id))
    }

    /// How many visits took place, or are under way.
    pub fn visits_arrived(&self) -> usize {
        self.encounters.iter().filter(|e| e.state.has_arrived()).count()
    }

    pub fn episode(&self, key: EpisodeKey) -> Option<&Episode> {
        self.episodes.iter().find(|e| e.key == key)
    }

    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.iter().find(|a| a.id == id)
    }
}

/// How far a registration's time may lie from the appointment it belongs to, when no number joins them.
const SAME_VISIT_HOURS: i64 = 4;

/// Folds `changes` (in any order, with doubles) to the chart.
pub fn fold(changes: &[Change], clinic: &Clinic) -> Chart {
    let mut ordered: Vec<&Change> = changes.iter().collect();
    ordered.sort_by(|a, b| a.order(b));
    ordered.dedup_by(|a, b| a.order(b).is_eq());

    let patient = fold_patient(&ordered);
    let mut encounters = fold_encounters(&ordered, clinic);
    map_types(&mut encounters, clinic);
    claim_practitioners(&mut encounters, clinic);
    let episodes = fold_episodes(&ordered, &mut encounters, clinic);
    let assignments = fold_assignments(&ordered);
    let (enrolments, stops) = fold_enrolments(&ordered);
    Chart { patient, encounters, episodes, assignments, enrolments, stops }
}

fn fold_patient(ordered: &[&Change]) -> Patient {
    let mut patient = Patient { created_at: ordered.first().map(|c| c.stamp.at), ..Patient::default() };
    // What the EMR itself said last, field by field: a value a person corrected stands until the EMR says something new.
    let mut emr_last = PatientChange::default();
    for change in ordered {
        match &change.what {
            What::Patient(what) if change.source.is_emr() => {
                let news = news_of(what, &mut emr_last);
                apply_patient(&mut patient, &news, change.stamp.at);
            }
            What::Patient(what) => apply_patient(&mut patient, what, change.stamp.at),
            What::OptOut { contact, category } => {
                patient.opted_out.insert((contact.clone(), *category));
            }
            What::Consent { channel, category, given, said_by: _ } => patient.consent(*channel, *category, *given),
            What::LoggedIn => patient.logged_in_at = patient.logged_in_at.max(Some(change.stamp.at)),
            What::Encounter(_)
            | What::Episode(_)
            | What::Assignment { .. }
            | What::Enrolment { .. }
            | What::RunStopped { .. } => {}
        }
    }
    patient
}

/// The fields in which the EMR differs from its own last word.
fn news_of(what: &PatientChange, last: &mut PatientChange) -> PatientChange {
    let mut news = PatientChange::default();
    macro_rules! news { ($($field:ident)*) => {$(
        if !what.$field.is_keep() && what.$field != last.$field {
            news.$field = what.$field.clone();
            last.$field = what.$field.clone();
        }
    )*} }
    news!(given family birth_date sex language zone email mobile phone home_location deceased inactive test_patient
          do_not_contact send_invite registered tags guardian);
    news
}

fn apply_patient(patient: &mut Patient, what: &PatientChange, at: Timestamp) {
    write(&mut patient.given, &what.given);
    write(&mut patient.family, &what.family);
    write(&mut patient.birth_date, &what.birth_date);
    write(&mut patient.sex, &what.sex);
    write(&mut patient.language, &what.language);
    write(&mut patient.zone, &what.zone);
    write(&mut patient.email, &what.email);
    write(&mut patient.mobile, &what.mobile);
    write(&mut patient.phone, &what.phone);
    write(&mut patient.home_location, &what.home_location);
    write(&mut patient.do_not_contact, &what.do_not_contact);
    write(&mut patient.guardian, &what.guardian);
    flag(&mut patient.deceased, &what.deceased);
    flag(&mut patient.inactive, &what.inactive);
    flag(&mut patient.test_patient, &what.test_patient);
    flag(&mut patient.send_invite, &what.send_invite);
    match &what.registered {
        Write::Keep => {}
        Write::Set(true) => {
            patient.registered_at.get_or_insert(at);
        }
        Write::Set(false) | Write::Clear => patient.registered_at = None,
    }
    match &what.tags {
        Write::Keep => {}
        Write::Set(tags) => patient.tags = tags.clone(),
        Write::Clear => patient.tags.clear(),
    }
}

fn flag(field: &mut bool, value: &Write<bool>) {
    match value {
        Write::Keep => {}
        Write::Set(value) => *field = *value,
        Write::Clear => *field = false,
    }
}

/// One visit's changes, under every number that names it.
struct Group<'a> {
    appointments: Vec<EncounterId>,
    visits: Vec<EncounterId>,
    changes: Vec<&'a Change>,
}

impl Group<'_> {
    fn fold(&self) -> Encounter {
        let mut ids: Vec<_> = self.appointments.iter().chain(&self.visits).copied().collect();
        ids.sort();
        ids.dedup();
        let first = self.appointments.iter().min().or(self.visits.iter().min());
        let id = first.copied().unwrap_or(EncounterId(uuid::Uuid::nil()));
        Encounter::fold(ids, id, &self.changes)
    }
}

fn fold_encounters(ordered: &[&Change], clinic: &Clinic) -> Vec<Encounter> {
    let groups = join_by_day(group_by_number(ordered), clinic);
    let mut encounters: Vec<_> = groups.iter().map(Group::fold).collect();
    encounters.sort_by_key(|e| (e.starts_at(), e.id));
    encounters
}

/// What the EMR's own word for the type means is looked up now, not when the message came: a clinic may map it later.
fn map_types(encounters: &mut Vec<Encounter>, clinic: &Clinic) {
    let meaning = |e: &Encounter| e.visit_code.as_ref().and_then(|code| clinic.visit_types.get(code)).copied();
    encounters.retain(|e| meaning(e).is_none_or(|m| m.is.is_some()));
    for encounter in encounters {
        // A type that a person gave the visit stands.
        if matches!(encounter.visit_type, None | Some(VisitType::Unmapped)) && encounter.visit_code.is_some() {
            encounter.visit_type = Some(meaning(encounter).and_then(|m| m.is).unwrap_or(VisitType::Unmapped));
        }
    }
}

/// Likewise who is meant by its word for the practitioner.
fn claim_practitioners(encounters: &mut [Encounter], clinic: &Clinic) {
    for encounter in encounters {
        let Some(code) = &encounter.practitioner_code else { continue };
        match clinic.practitioners.get(code) {
            Some(claim) => encounter.practitioner = Some(claim.name.clone()),
            None => encounter.unclaimed = true,
        }
    }
}

fn fold_enrolments(ordered: &[&Change]) -> (Vec<Enrolment>, Vec<Stop>) {
    let (mut enrolments, mut stops) = (BTreeMap::new(), vec![]);
    let mut ended = BTreeSet::new();
    for change in ordered {
        let at = change.stamp.at;
        match &change.what {
            What::Enrolment { enrolment, act: EnrolmentAct::Enrol { workflow, moment } } => {
                enrolments.entry(*enrolment).or_insert_with(|| Enrolment {
                    id: *enrolment,
                    at,
                    workflow: workflow.clone(),
                    moment: moment.clone(),
                    stopped: false,
                });
            }
            What::Enrolment { enrolment, act: EnrolmentAct::Stop } => {
                ended.insert(*enrolment);
            }
            What::RunStopped { workflow, subject } => {
                stops.push(Stop { at, workflow: workflow.clone(), subject: *subject });
            }
            What::Patient(_)
            | What::Encounter(_)
            | What::Episode(_)
            | What::OptOut { .. }
            | What::Consent { .. }
            | What::Assignment { .. }
            | What::LoggedIn => {}
        }
    }
    for id in ended {
        if let Some(enrolment) = enrolments.get_mut(&id) {
            enrolment.stopped = true;
        }
    }
    (enrolments.into_values().collect(), stops)
}

/// Changes of one visit go together when they share a number, or a message named it by both.
fn group_by_number<'a>(ordered: &[&'a Change]) -> Vec<Group<'a>> {
    let mut leader: BTreeMap<EncounterId, EncounterId> = BTreeMap::new();
    fn find(leader: &BTreeMap<EncounterId, EncounterId>, mut id: EncounterId) -> EncounterId {
        while let Some(&up) = leader.get(&id).filter(|up| **up != id) {
            id = up;
        }
        id
    }
    let visits = || ordered.iter().filter_map(|c| if let What::Encounter(e) = &c.what { Some((*c, e)) } else { None });
    for (_, what) in visits() {
        let a = find(&leader, what.encounter);
        let b = find(&leader, what.same_as.unwrap_or(what.encounter));
        leader.insert(a.max(b), a.min(b));
        leader.entry(a.min(b)).or_insert(a.min(b));
    }
    let mut groups: BTreeMap<EncounterId, Group> = BTreeMap::new();
    for (change, what) in visits() {
        let group = groups.entry(find(&leader, what.encounter)).or_insert_with(|| Group {
            appointments: vec![],
            visits: vec![],
            changes: vec![],
        });
        group.changes.push(change);
        match what.key {
            EncounterKey::Appointment => group.appointments.push(what.encounter),
            EncounterKey::Visit => group.visits.push(what.encounter),
        }
        // The other number of a message is of the other kind.
        match (what.same_as, what.key) {
            (Some(other), EncounterKey::Appointment) => group.visits.push(other),
            (Some(other), EncounterKey::Visit) => group.appointments.push(other),
            (None, _) => {}
        }
    }
    groups.into_values().collect()
}

/// A registration that names only its own visit number belongs to the nearest appointment of that day and place.
fn join_by_day<'a>(groups: Vec<Group<'a>>, clinic: &Clinic) -> Vec<Group<'a>> {
    let (mut registrations, mut rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|g| g.appointments.is_empty());
    registrations.sort_by_key(|g| (g.fold().starts_at(), g.visits.iter().min().copied()));
    let mut alone = vec![];
    for registration in registrations {
        let visit = registration.fold();
        let nearest = rest
            .iter()
            .enumerate()
            .filter(|(_, g)| g.visits.is_empty())
            .filter_map(|(i, g)| {
                same_visit(&visit, &g.fold(), clinic).map(|apart| (apart, g.appointments.iter().min(), i))
            })
            .min();
        match nearest {
            Some((_, _, i)) => {
                rest[i].visits.extend(registration.visits);
                rest[i].changes.extend(registration.changes);
                rest[i].changes.sort_by(|a, b| a.order(b));
            }
            None => alone.push(registration),
        }
    }
    rest.extend(alone);
    rest
}

/// How far apart in seconds, if the two may be one visit.
fn same_visit(registration: &Encounter, appointment: &Encounter, clinic: &Clinic) -> Option<i64> {
    let (a, b) = (registration.starts_at()?, appointment.starts_at()?);
    let place = registration.location.or(appointment.location);
    if registration.location.is_some()
        && appointment.location.is_some()
        && registration.location != appointment.location
    {
        return None;
    }
    let zone = clinic.zone_at(place);
    let apart = (a.as_second() - b.as_second()).abs();
    (zone::date_in(a, zone) == zone::date_in(b, zone) && apart <= SAME_VISIT_HOURS * 3600).then_some(apart)
}
