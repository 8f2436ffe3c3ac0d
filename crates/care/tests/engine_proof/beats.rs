//! What may happen to a clinic: everything the server can be told, and time.

use std::collections::BTreeMap;
use std::sync::Arc;

use care::chart::{
    Act, AssignmentAct, Category, Channel, EncounterChange, EncounterKey, EnrolmentAct, EpisodeChange, PatientChange,
    Reach, Score, Source, VisitType, What, Write,
};
use care::id::{AssignmentId, ChangeId, EncounterId, EnrolmentId, InterfaceId, LocationId, PatientId, StaffId};
use care::rehearsal::{Gateway, Stage};
use care::workflow::{Activation, InFlight, Workflow};
use care::zone::CivilMoment;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::clinic::{LAKESIDE, MAIN_STREET, person};

#[derive(Debug, Clone)]
pub enum Beat {
    Wait(i64),
    Outage(i64),
    Visit { who: u128, visit: u128, act: Act, day: i8, hour: i8, here: bool, by: Source },
    Person { who: u128, change: Box<PatientChange> },
    Case { who: u128, discharge: bool },
    LogIn { who: u128 },
    Give { who: u128, n: u128 },
    Answer { who: u128, score: i64, withdraw: bool },
    Enrol { who: u128, n: u128, workflow: usize, stop: bool },
    StopRuns { who: u128, workflow: usize },
    Consent { who: u128, channel: Channel, category: Category, given: bool },
    OptOut { who: u128, channel: Channel, category: Option<Category> },
    Stop { who: u128, channel: Channel },
    Day { here: bool, ahead: i8, closed: bool },
    Feed { here: bool, what: u8 },
    Loading,
    Live { cover: bool },
    Switch { workflow: usize, on: bool, cover: bool },
    Publish { workflow: usize, in_flight: InFlight },
    Merge { survivor: u128, gone: u128, undone: bool },
    Gateway { channel: Channel, gateway: Gateway },
    TakeBack,
}

pub const STAFF: Source = Source::Staff(StaffId(Uuid::from_u128(8)));
const EMR: Source = Source::Emr(InterfaceId(Uuid::from_u128(7)));

pub fn beats(length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Beat>> {
    prop::collection::vec(beat(), length)
}

fn beat() -> impl Strategy<Value = Beat> {
    let who = || 0..crate::clinic::PEOPLE;
    let channel = || select(Channel::ALL.to_vec());
    let category = || select(Category::ALL.to_vec());
    let act = select(vec![
        Act::Book,
        Act::Book,
        Act::Book,
        Act::Book,
        Act::Modify,
        Act::Modify,
        Act::Arrive,
        Act::Finish,
        Act::Cancel,
        Act::Cancel,
        Act::NoShow,
        Act::Reinstate,
        Act::Delete,
    ]);
    let hour = select(vec![7i8, 9, 9, 16, 23]);
    let by = select(vec![EMR, EMR, EMR, STAFF, Source::System]);
    let visit = (who(), 0..3u128, act, -1..9i8, hour, any::<bool>(), by)
        .prop_map(|(who, visit, act, day, hour, here, by)| Beat::Visit { who, visit, act, day, hour, here, by });
    let address = select(vec!["family@example.org", "new@example.org", "none@none.com"]);
    let mobile = select(vec!["+15555550101", "+15555550109"]);
    let zone = select(vec!["America/Los_Angeles", "Asia/Tokyo", "America/New_York"]);
    let person =
        (who(), 0..9u8, any::<bool>(), address, mobile, zone).prop_map(|(who, what, yes, email, mobile, zone)| {
            let none = PatientChange::default;
            let change = match what {
                0 => PatientChange { email: Write::Set(email.into()), ..none() },
                1 => PatientChange { mobile: Write::Set(mobile.into()), ..none() },
                2 => PatientChange { zone: Write::Set(zone.into()), ..none() },
                3 | 4 => PatientChange { registered: Write::Set(yes), ..none() },
                5 => PatientChange { inactive: Write::Set(yes), ..none() },
                6 => PatientChange {
                    do_not_contact: if yes { Write::Set("asked so".into()) } else { Write::Clear },
                    ..none()
                },
                7 => PatientChange { deceased: Write::Set(yes), ..none() },
                _ => PatientChange { test_patient: Write::Set(yes), ..none() },
            };
            Beat::Person { who, change: Box::new(change) }
        });
    let minutes = select(vec![1i64, 5, 12, 30, 120, 600, 600, 1440, 1440, 2880, 10_080]);
    prop_oneof![
        10 => minutes.prop_map(Beat::Wait),
        1 => select(vec![20i64, 300, 3000]).prop_map(Beat::Outage),
        14 => visit,
        3 => person,
        1 => (who(), any::<bool>()).prop_map(|(who, discharge)| Beat::Case { who, discharge }),
        1 => who().prop_map(|who| Beat::LogIn { who }),
        1 => (who(), 0..3u128).prop_map(|(who, n)| Beat::Give { who, n }),
        2 => (who(), 0..11i64, prop::bool::weighted(0.2)).prop_map(|(who, score, withdraw)| Beat::Answer { who, score, withdraw }),
        2 => (who(), 0..3u128, 0..8usize, prop::bool::weighted(0.3)).prop_map(|(who, n, workflow, stop)| Beat::Enrol { who, n, workflow, stop }),
        1 => (who(), 0..8usize).prop_map(|(who, workflow)| Beat::StopRuns { who, workflow }),
        2 => (who(), channel(), category(), any::<bool>()).prop_map(|(who, channel, category, given)| Beat::Consent { who, channel, category, given }),
        1 => (who(), channel(), prop::option::of(category())).prop_map(|(who, channel, category)| Beat::OptOut { who, channel, category }),
        1 => (who(), channel()).prop_map(|(who, channel)| Beat::Stop { who, channel }),
        1 => (any::<bool>(), 0..4i8, any::<bool>()).prop_map(|(here, ahead, closed)| Beat::Day { here, ahead, closed }),
        2 => (any::<bool>(), 0..5u8).prop_map(|(here, what)| Beat::Feed { here, what }),
        1 => Just(Beat::Loading),
        1 => any::<bool>().prop_map(|cover| Beat::Live { cover }),
        3 => (0..8usize, any::<bool>(), any::<bool>()).prop_map(|(workflow, on, cover)| Beat::Switch { workflow, on, cover }),
        2 => (0..8usize, select(InFlight::ALL.to_vec())).prop_map(|(workflow, in_flight)| Beat::Publish { workflow, in_flight }),
        2 => (who(), who(), any::<bool>()).prop_map(|(survivor, gone, undone)| Beat::Merge { survivor, gone, undone }),
        2 => (channel(), select(vec![Gateway::Takes, Gateway::Takes, Gateway::Down, Gateway::Refuses])).prop_map(|(channel, gateway)| Beat::Gateway { channel, gateway }),
        1 => Just(Beat::TakeBack),
    ]
}

/// What has to be remembered between beats.
#[derive(Default)]
pub struct Hand {
    /// Who is whose chart now.
    pub gone: BTreeMap<PatientId, PatientId>,
    last: Option<(PatientId, ChangeId)>,
}

pub fn place(here: bool) -> LocationId {
    if here { MAIN_STREET } else { LAKESIDE }
}

impl Hand {
    /// The patient a number means now that charts may be merged.
    pub fn who(&self, n: u128) -> PatientId {
        let id = person(n);
        self.gone.get(&id).copied().unwrap_or(id)
    }

    fn record(&mut self, stage: &mut Stage, who: u128, source: Source, what: What) {
        let who = self.who(who);
        let change = stage.record(who, source, stage.now, what);
        self.last = Some((who, change));
    }

    /// Makes it happen; `edits` are what the workflows may be edited to. Time passes in the worlds, not here.
    pub fn happen(&mut self, stage: &mut Stage, beat: &Beat, edits: &BTreeMap<String, String>) {
        let keys: Vec<String> = stage.workflows.0.keys().cloned().collect();
        let key = |n: usize| keys[n % keys.len()].clone();
        match beat {
            Beat::Wait(_) | Beat::Outage(_) => {}
            Beat::Visit { .. } => self.visit(stage, beat),
            Beat::Person { who, change } => self.record(stage, *who, EMR, What::Patient(change.clone())),
            Beat::Case { who, discharge } => {
                let on = care::zone::date_in(stage.now, "America/New_York");
                let what = if *discharge {
                    EpisodeChange::Discharge { episode: None, on }
                } else {
                    EpisodeChange::Reopen { episode: None }
                };
                self.record(stage, *who, EMR, What::Episode(what));
            }
            Beat::LogIn { who } => self.record(stage, *who, Source::Patient, What::LoggedIn),
            Beat::Give { who, n } => {
                let content = ["questionnaire/check", "exercise/bridge", "care-plan/knee"][*n as usize % 3].to_owned();
                let due = stage.now + SignedDuration::from_hours(48);
                let act = AssignmentAct::Give { content, due, run: None, episode: None, depth: 0 };
                let assignment = AssignmentId(Uuid::from_u128(7000 + 10 * who + n));
                self.record(stage, *who, STAFF, What::Assignment { assignment, act });
            }
            Beat::Answer { who, score, withdraw } => {
                let chart = stage.snapshot(self.who(*who)).unwrap().chart;
                let Some(assignment) = chart.assignments.iter().rfind(|a| a.is_open()).or(chart.assignments.last())
                else {
                    return;
                };
                let act = if *withdraw {
                    AssignmentAct::Withdraw
                } else {
                    AssignmentAct::Complete {
                        score: Score::of(*score as f64),
                        answers: care::questionnaire::Answers::default(),
                        safety: false,
                        handed_by: None,
                    }
                };
                self.record(stage, *who, Source::Patient, What::Assignment { assignment: assignment.id, act });
            }
            Beat::Enrol { who, n, workflow, stop } => {
                let enrolment = EnrolmentId(Uuid::from_u128(8000 + 10 * who + n));
                let moment = CivilMoment::at(stage.now + SignedDuration::from_hours(50), "America/New_York");
                let act =
                    if *stop { EnrolmentAct::Stop } else { EnrolmentAct::Enrol { workflow: key(*workflow), moment } };
                self.record(stage, *who, STAFF, What::Enrolment { enrolment, act });
            }
            Beat::StopRuns { who, workflow } => {
                self.record(stage, *who, STAFF, What::RunStopped { workflow: key(*workflow), subject: None });
            }
            Beat::Consent { who, channel, category, given } => {
                let what = What::Consent { channel: *channel, category: *category, given: *given, said_by: None };
                self.record(stage, *who, Source::Patient, what);
            }
            Beat::OptOut { who, channel, category } => {
                let chart = stage.snapshot(self.who(*who)).unwrap().chart;
                if let Reach::At(contact) = chart.patient.reach(*channel) {
                    self.record(stage, *who, Source::Patient, What::OptOut { contact, category: *category });
                }
            }
            Beat::Stop { who, channel } => {
                let chart = stage.snapshot(self.who(*who)).unwrap().chart;
                if let Reach::At(contact) = chart.patient.reach(*channel) {
                    stage.suppressed.insert(contact);
                }
            }
            Beat::Merge { survivor, gone, undone } => self.merge(stage, person(*survivor), person(*gone), *undone),
            Beat::Gateway { channel, gateway } => {
                stage.gateways.insert(*channel, *gateway);
            }
            Beat::TakeBack => {
                if let Some((who, change)) = self.last.take() {
                    stage.take_back(self.gone.get(&who).copied().unwrap_or(who), change);
                }
            }
            Beat::Day { here, ahead, closed } => {
                let day = care::zone::date_in(stage.now, "America/New_York") + i64::from(*ahead).days();
                stage.set_day(place(*here), day, *closed);
            }
            Beat::Feed { here, what: 0 | 1 } => stage.set_silent(place(*here), true),
            Beat::Feed { here, what: 2 } => stage.set_silent(place(*here), false),
            Beat::Feed { here, what: 3 } => stage.release(place(*here)),
            Beat::Feed { here, .. } => stage.drop_held(place(*here)),
            Beat::Loading => stage.loading = true,
            Beat::Live { cover } => stage.go_live(*cover),
            Beat::Switch { workflow, on: true, cover } => {
                let activation = Activation { cover: *cover, ..Activation::open(stage.now) };
                stage.activate(&key(*workflow), activation);
            }
            Beat::Switch { workflow, on: false, .. } => stage.deactivate(&key(*workflow)),
            Beat::Publish { workflow, in_flight } => {
                let key = key(*workflow);
                let version = stage.workflows.0[&key].versions.len() as u32 + 1;
                let new = Arc::new(Workflow::parse(&edits[&key]).unwrap());
                stage.publish(&key, version, new, *in_flight);
            }
        }
    }

    fn visit(&mut self, stage: &mut Stage, beat: &Beat) {
        let Beat::Visit { who, visit, act, day, hour, here, by } = beat else { return };
        let encounter = EncounterId(Uuid::from_u128(1000 + 10 * who + visit));
        let date = care::zone::date_in(stage.now, "America/New_York") + i64::from(*day).days();
        let start = CivilMoment { civil: date.at(*hour, 0, 0, 0), zone: "America/New_York".into() };
        let moves = matches!(act, Act::Book | Act::Modify);
        let types = [VisitType::InitialEvaluation, VisitType::FollowUp, VisitType::Other];
        let what = EncounterChange {
            start: if moves { Write::Set(start) } else { Write::Keep },
            location: if moves { Write::Set(place(*here)) } else { Write::Keep },
            visit_type: if *act == Act::Book { Write::Set(types[*visit as usize % 3]) } else { Write::Keep },
            ..EncounterChange::new(encounter, EncounterKey::Appointment, *act)
        };
        self.record(stage, *who, *by, What::Encounter(what));
    }

    fn merge(&mut self, stage: &mut Stage, survivor: PatientId, gone: PatientId, undone: bool) {
        if undone {
            if self.gone.get(&gone) == Some(&survivor) {
                self.gone.remove(&gone);
                stage.unmerge(survivor, gone);
            }
            return;
        }
        // Nobody merges a chart into one that is itself gone, or one that others were merged into.
        let busy = self.gone.contains_key(&survivor) || self.gone.contains_key(&gone);
        if survivor != gone && !busy && !self.gone.values().any(|s| *s == gone) {
            self.gone.insert(gone, survivor);
            stage.merge(survivor, gone);
        }
    }
}
