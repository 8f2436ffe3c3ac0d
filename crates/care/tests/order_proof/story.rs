//! Random stories: few visits, few times, few values, so that messages really get in each other's way.

use care::chart::{
    Act, Change, EncounterChange, EncounterKey, EpisodeChange, PatientChange, Source, Stamp, VisitType, What, Write,
};
use care::id::{ChangeId, EncounterId, EpisodeId, InterfaceId, LocationId, StaffId};
use care::zone::CivilMoment;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

pub const MAIN_STREET: LocationId = LocationId(Uuid::from_u128(1));
pub const LAKESIDE: LocationId = LocationId(Uuid::from_u128(2));

/// Numbers of the scheduler and of the registration, mixed so that either may be the smaller one.
pub const APPOINTMENTS: [u128; 3] = [20, 30, 40];
pub const VISITS: [u128; 2] = [10, 50];

/// The moment at which the stories are told: before the American change of clocks, within the visits.
pub fn now() -> Timestamp {
    "2026-03-05T15:00:00Z".parse().unwrap()
}

pub fn encounter(number: u128) -> EncounterId {
    EncounterId(Uuid::from_u128(number))
}

pub fn episode(number: u128) -> EpisodeId {
    EpisodeId(Uuid::from_u128(number))
}

/// Which changes a story is made of, in parts of a hundred.
#[derive(Debug, Clone, Copy)]
pub struct Mix {
    pub visit: u32,
    pub patient: u32,
    pub episode: u32,
}

pub const VISITS_ONLY: Mix = Mix { visit: 100, patient: 0, episode: 0 };
pub const EVERYTHING: Mix = Mix { visit: 70, patient: 16, episode: 14 };

pub fn story(mix: Mix, length: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(change(mix), length)
}

pub fn change(mix: Mix) -> BoxedStrategy<Change> {
    let mut kinds: Vec<(u32, BoxedStrategy<What>)> = vec![(mix.visit, visit().boxed())];
    if mix.patient > 0 {
        kinds.push((mix.patient, patient().boxed()));
    }
    if mix.episode > 0 {
        kinds.push((mix.episode, case().boxed()));
    }
    let what = proptest::strategy::Union::new_weighted(kinds);
    // Hours before now: few values, so that many stamps tie.
    let hours = select(vec![200i64, 96, 72, 72, 48, 48, 24, 24, 24, 2, 1, 0, 0]);
    (what, hours, 0..4u64, select(vec![0, 0, 0, 1, 2u8]))
        .prop_map(|(what, hours, hash, source)| {
            let at = now() - SignedDuration::from_hours(hours);
            let rank = if let What::Encounter(e) = &what { e.act.rank() } else { 0 };
            let source = match source {
                0 => Source::Emr(InterfaceId(Uuid::from_u128(7))),
                1 => Source::Staff(StaffId(Uuid::from_u128(8))),
                _ => Source::Patient,
            };
            Change { id: ChangeId(Uuid::from_u128(0)), stamp: Stamp { at, rank, hash }, source, received_at: at, what }
        })
        .boxed()
}

fn write<T: Clone + std::fmt::Debug + 'static>(odds: f64, values: Vec<T>) -> impl Strategy<Value = Write<T>> {
    prop::option::weighted(odds, select(values)).prop_map(Write::some)
}

fn start() -> impl Strategy<Value = CivilMoment> {
    // Two days on either side of now and around the change of clocks, hours apart by less and by more than a visit.
    let day = select(vec![3i8, 4, 5, 6, 6, 7, 8]);
    let hour = select(vec![(0i8, 30i8), (9, 0), (11, 30), (16, 0), (23, 30)]);
    let zone = select(vec!["America/New_York", "America/New_York", "America/Los_Angeles", "UTC"]);
    let any = (day, hour, zone).prop_map(|(day, (hour, minute), zone)| moment(day, hour, minute, zone));
    // One start is in half of the messages: to be named again is what makes a booking doubtful.
    prop_oneof![Just(usual_start()), any]
}

fn usual_start() -> CivilMoment {
    moment(6, 9, 0, "America/New_York")
}

pub fn moment(day: i8, hour: i8, minute: i8, zone: &str) -> CivilMoment {
    CivilMoment { civil: jiff::civil::date(2026, 3, day).at(hour, minute, 0, 0), zone: zone.into() }
}

fn visit() -> impl Strategy<Value = What> {
    let act = select(vec![
        Act::Book,
        Act::Book,
        Act::Book,
        Act::Book,
        Act::Modify,
        Act::Modify,
        Act::Note,
        Act::Reinstate,
        Act::Arrive,
        Act::Arrive,
        Act::Finish,
        Act::Unfinish,
        Act::NoShow,
        Act::Cancel,
        Act::Cancel,
        Act::Delete,
    ]);
    let number = prop_oneof![
        7 => select(APPOINTMENTS.to_vec()).prop_map(|n| (n, EncounterKey::Appointment)),
        3 => select(VISITS.to_vec()).prop_map(|n| (n, EncounterKey::Visit)),
    ];
    let joined = prop::option::weighted(0.2, (select(APPOINTMENTS.to_vec()), select(VISITS.to_vec())));
    let types =
        vec![VisitType::InitialEvaluation, VisitType::InitialEvaluation, VisitType::FollowUp, VisitType::Unmapped];
    (
        (act, number, joined, prop::option::of(start())),
        write(0.6, types),
        write(0.4, vec![MAIN_STREET, LAKESIDE]),
        write(0.2, vec![episode(101), episode(102)]),
        write(0.1, vec![30u32, 90]),
    )
        .prop_map(|((act, (number, key), joined, start), visit_type, location, episode, minutes)| {
            // A booking without a start is not a message that any scheduler sends.
            let start = match (act, start) {
                (Act::Book, None) => Some(usual_start()),
                (_, start) => start,
            };
            let same_as = joined.map(|(appointment, visit)| match key {
                EncounterKey::Appointment => encounter(visit),
                EncounterKey::Visit => encounter(appointment),
            });
            What::Encounter(EncounterChange {
                same_as,
                start: Write::some(start),
                visit_type,
                location,
                episode,
                minutes,
                ..EncounterChange::new(encounter(number), key, act)
            })
        })
}

fn patient() -> impl Strategy<Value = What> {
    let flag = || prop::option::weighted(0.2, any::<bool>()).prop_map(Write::some);
    let text = |odds, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
        (prop::option::weighted(odds, select(values)), prop::bool::weighted(0.1))
            .prop_map(|(value, clear)| if clear { Write::Clear } else { Write::some(value) })
    };
    let born = vec![jiff::civil::date(1985, 5, 4), jiff::civil::date(2016, 2, 29)];
    (
        text(0.3, &["Alma", "Alba"]),
        text(0.4, &["alma@example.org", "alma.k@example.org", "none@none.com"]),
        text(0.3, &["+15555550123"]),
        text(0.15, &["America/Los_Angeles", "Europe/Berlin"]),
        text(0.15, &["asked not to be written to"]),
        write(0.3, born),
        write(0.2, vec![MAIN_STREET, LAKESIDE]),
        (flag(), flag(), flag(), flag()),
    )
        .prop_map(|(given, email, mobile, zone, do_not_contact, birth_date, home_location, flags)| {
            let (deceased, inactive, registered, send_invite) = flags;
            What::Patient(Box::new(PatientChange {
                given,
                email,
                mobile,
                zone,
                do_not_contact,
                birth_date,
                home_location,
                deceased,
                inactive,
                registered,
                send_invite,
                ..PatientChange::default()
            }))
        })
}

fn case() -> impl Strategy<Value = What> {
    let number = || prop::option::weighted(0.7, select(vec![episode(101), episode(102)]));
    let on = || select(vec![jiff::civil::date(2026, 3, 2), jiff::civil::date(2026, 3, 5)]);
    let open = (number(), on()).prop_map(|(episode, on)| EpisodeChange::Open {
        episode: episode.unwrap_or(self::episode(101)),
        on,
        title: None,
    });
    let discharge = (number(), on()).prop_map(|(episode, on)| EpisodeChange::Discharge { episode, on });
    let reopen = number().prop_map(|episode| EpisodeChange::Reopen { episode });
    prop_oneof![3 => open, 3 => discharge, 2 => reopen].prop_map(What::Episode)
}

/// A permutation of `n` things with some of them doubled, as indices.
pub fn arrival(n: usize) -> impl Strategy<Value = Vec<usize>> {
    let doubled = prop::collection::vec(0..n.max(1), 0..4);
    doubled.prop_flat_map(move |doubled| {
        let all: Vec<usize> = (0..n).chain(doubled.into_iter().filter(|i| *i < n)).collect();
        Just(all).prop_shuffle()
    })
}

/// A story and one order in which its messages come in.
pub fn told(mix: Mix, length: std::ops::Range<usize>) -> impl Strategy<Value = (Vec<Change>, Vec<usize>)> {
    story(mix, length).prop_flat_map(|story| {
        let n = story.len();
        (Just(story), arrival(n))
    })
}
