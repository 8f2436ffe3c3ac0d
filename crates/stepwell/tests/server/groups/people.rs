//! Patients of every kind a clause can tell apart, and moments at which they differ.

use care::chart::{
    Act, AssignmentAct, Category, Channel, EncounterChange, EncounterKey, EpisodeChange, PatientChange, Score, Sex,
    What, Write,
};
use care::id::{AssignmentId, EncounterId, EpisodeId, LocationId};
use care::zone::CivilMoment;
use jiff::Timestamp;
use jiff::civil::Date;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

pub const LANGUAGES: [&str; 5] = ["en", "es", "", "EN", "é"];
pub const TAGS: [&str; 6] = ["vip", "VIP", "' or true --", "naïve", "", "a,b"];
pub const LOCATIONS: [&str; 3] = ["Riverside", "Lakeview", "Hillside"];

/// Around midnights, birthdays, visits and leap days, and not always on a whole microsecond.
pub const MOMENTS: [&str; 12] = [
    "2024-02-28T23:59:59Z",
    "2024-02-29T05:00:00Z",
    "2025-02-28T04:59:59.999999999Z",
    "2025-02-28T05:00:00Z",
    "2026-02-28T12:00:00Z",
    "2026-03-01T04:59:00Z",
    "2026-03-02T05:30:00Z",
    "2026-03-02T15:00:00Z",
    "2026-03-02T15:00:00.000000001Z",
    // Just before a form expires, and when it does.
    "2026-04-20T14:59:59.999999999Z",
    "2026-04-20T15:00:00Z",
    "2026-12-31T23:30:00Z",
];

/// The last name is in no zone table.
const ZONES: [&str; 6] =
    ["America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "europe/madrid", "Mars/Olympus"];

const EMAILS: [&str; 5] = ["alma@mail.example", "none@none.com", "", " Ben@mail.example ", "two@at@mail.example"];
const MOBILES: [&str; 5] = ["(555) 010-2345", "000-000-0000", "", "+44 20 7946 0958", "911"];

fn birth_dates() -> impl Strategy<Value = Date> {
    let dates = ["2000-02-29", "2000-03-01", "2007-02-28", "2008-02-29", "1990-03-02", "1949-12-31", "2027-01-01"];
    let sharp = select(dates.map(|date| date.parse::<Date>().unwrap()).to_vec());
    let any = (1930..2026i16, 1..=12i8, 1..=28i8).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap());
    prop_oneof![2 => sharp, 1 => any]
}

fn text(from: &[&str]) -> impl Strategy<Value = Write<String>> + use<> {
    let words: Vec<String> = from.iter().map(|word| (*word).to_owned()).collect();
    weighted(0.75, select(words)).prop_map(Write::some)
}

fn tags() -> impl Strategy<Value = Write<Vec<String>>> {
    let some = subsequence(TAGS.map(str::to_owned).to_vec(), 0..=TAGS.len());
    weighted(0.75, some).prop_map(Write::some)
}

/// Locations by their ids; the third is none of the clinic's.
fn locations(known: [LocationId; 2]) -> Vec<LocationId> {
    vec![known[0], known[1], LocationId(Uuid::from_u128(1))]
}

fn demographics(known: [LocationId; 2]) -> impl Strategy<Value = What> {
    let sexes = select(vec![Sex::Female, Sex::Male, Sex::Other]);
    let person = (
        weighted(0.85, birth_dates()),
        weighted(0.75, sexes),
        text(&LANGUAGES),
        weighted(0.5, select(ZONES.map(str::to_owned).to_vec())).prop_map(Write::some),
        text(&EMAILS),
        text(&MOBILES),
        weighted(0.75, select(locations(known))),
        weighted(0.5, any::<bool>()),
        tags(),
    );
    person.prop_map(|(birth_date, sex, language, zone, email, mobile, home_location, registered, tags)| {
        What::Patient(Box::new(PatientChange {
            birth_date: Write::some(birth_date),
            sex: Write::some(sex),
            language,
            zone,
            email,
            mobile,
            home_location: Write::some(home_location),
            registered: Write::some(registered),
            tags,
            ..PatientChange::default()
        }))
    })
}

/// One of three visits, named by a number that belongs to this patient alone.
fn visit(patient: usize, known: [LocationId; 2]) -> impl Strategy<Value = What> {
    let acts = select(vec![
        Act::Book,
        Act::Book,
        Act::Book,
        Act::Modify,
        Act::Note,
        Act::Arrive,
        Act::Finish,
        Act::NoShow,
        Act::Cancel,
        Act::Delete,
    ]);
    let starts = select(vec![
        "2024-02-29T00:00",
        "2024-03-01T10:30",
        "2025-03-01T09:00",
        "2026-03-02T10:00",
        "2026-03-02T10:00:01",
        "2026-03-04T16:00",
        "2026-06-01T08:15",
        "2027-01-01T00:00",
    ]);
    let rest = (0..3u128, 0..3u128, weighted(0.5, select(locations(known))));
    (acts, weighted(0.9, starts), rest).prop_map(move |(act, start, (number, case, location))| {
        let civil = |start: &str| CivilMoment { civil: start.parse().unwrap(), zone: "America/New_York".into() };
        let id = |kind: u128, n| Uuid::from_u128((kind << 64) + ((patient as u128) << 8) + n);
        What::Encounter(EncounterChange {
            start: Write::some(start.map(civil)),
            practitioner: Write::Set("Ben Adler, PT".into()),
            location: Write::some(location),
            episode: Write::some((case > 0).then(|| EpisodeId(id(2, case)))),
            ..EncounterChange::new(EncounterId(id(1, number)), EncounterKey::Appointment, act)
        })
    })
}

fn episode(patient: usize) -> impl Strategy<Value = What> {
    (0..4u128, 0..3u8).prop_map(move |(case, act)| {
        let id = EpisodeId(Uuid::from_u128((2 << 64) + ((patient as u128) << 8) + case));
        let (on, named) = (Date::constant(2024, 1, 8), (case > 0).then_some(id));
        What::Episode(match act {
            0 => EpisodeChange::Open { episode: id, on, title: None },
            1 => EpisodeChange::Discharge { episode: named, on },
            _ => EpisodeChange::Reopen { episode: named },
        })
    })
}

fn assignment(patient: usize) -> impl Strategy<Value = What> {
    let contents = select(vec!["questionnaire/lefs", "exercise/bridge"]);
    (0..3u128, 0..4u8, contents).prop_map(move |(number, act, content)| {
        let assignment = AssignmentId(Uuid::from_u128((3 << 64) + ((patient as u128) << 8) + number));
        let act = match act {
            0 | 1 => AssignmentAct::Give {
                content: content.into(),
                due: "2026-03-09T15:00:00Z".parse().unwrap(),
                run: None,
                episode: None,
                depth: 0,
            },
            2 => AssignmentAct::Complete {
                score: Score::of(7.0),
                answers: care::questionnaire::Answers::default(),
                safety: false,
                handed_by: None,
            },
            _ => AssignmentAct::Withdraw,
        };
        What::Assignment { assignment, act }
    })
}

fn consent() -> impl Strategy<Value = What> {
    let channels = select(Channel::ALL.to_vec());
    let categories = select(Category::ALL.to_vec());
    (channels, categories, any::<bool>()).prop_map(|(channel, category, given)| What::Consent {
        channel,
        category,
        given,
        said_by: None,
    })
}

/// Everything that is ever said of one patient, in order.
pub fn story(patient: usize, known: [LocationId; 2]) -> impl Strategy<Value = Vec<What>> {
    let said = prop_oneof![
        3 => demographics(known),
        5 => visit(patient, known),
        2 => episode(patient),
        2 => assignment(patient),
        1 => consent(),
    ];
    prop::collection::vec(said, 0..12)
}

pub fn moments() -> impl Strategy<Value = Timestamp> {
    select(MOMENTS.map(|at| at.parse().unwrap()).to_vec())
}
