//! The column map: guessed, checked, saved.

use wire::csv::{self, Cause, Column, Dates, Kind, Mapping, guess_dates, guess_kind};

use crate::common::{VISITS, context, interface, mapping, visits};

fn names(text: &str) -> Vec<String> {
    text.split(',').map(str::to_string).collect()
}

#[test]
fn common_names_are_recognised_whatever_their_case_and_spaces() {
    let guessed = csv::guess(
        Kind::Visits,
        &names(
            "Patient_ID,FIRST NAME,Surname,Date of Birth,E-mail,Cell Phone,Appt ID,Appt Date,Appt Time,Provider,Case #",
        ),
    );
    let held: Vec<_> = guessed.columns.iter().map(|(column, name)| (*column, name.as_str())).collect();
    assert_eq!(
        held,
        [
            (Column::PatientNumber, "Patient_ID"),
            (Column::Given, "FIRST NAME"),
            (Column::Family, "Surname"),
            (Column::BirthDate, "Date of Birth"),
            (Column::Email, "E-mail"),
            (Column::Mobile, "Cell Phone"),
            (Column::VisitNumber, "Appt ID"),
            (Column::Start, "Appt Date"),
            (Column::StartTime, "Appt Time"),
            (Column::Practitioner, "Provider"),
            (Column::EpisodeNumber, "Case #"),
        ]
    );
}

#[test]
fn a_column_is_guessed_for_one_thing_only() {
    let guessed = csv::guess(Kind::Visits, &names("ID,Patient,Date,Time,Start date"));
    let mut held: Vec<_> = guessed.columns.values().collect();
    held.sort();
    held.dedup();
    assert_eq!(held.len(), guessed.columns.len());
}

#[test]
fn the_kind_is_guessed_from_the_columns() {
    assert_eq!(guess_kind(&names("MRN,First name,DOB")), Kind::Patients);
    assert_eq!(guess_kind(&names("MRN,Case ID,Opened")), Kind::Episodes);
    assert_eq!(guess_kind(&names("MRN,Appointment ID,Start,Status")), Kind::Visits);
}

#[test]
fn the_way_dates_are_written_is_guessed_from_a_few() {
    let guessed = |samples: &[&str]| guess_dates(samples.iter().copied());
    assert_eq!(guessed(&["2026-03-04 10:00"]), Dates::Iso);
    assert_eq!(guessed(&["3/4/2026", "3/14/2026"]), Dates::MonthFirst);
    assert_eq!(guessed(&["3/4/2026", "14/3/2026"]), Dates::DayFirst);
    assert_eq!(guessed(&["3/4/2026"]), Dates::MonthFirst);
    assert_eq!(guessed(&["3.4.2026"]), Dates::DayFirst);
    assert_eq!(guessed(&["", "soon"]), Dates::Iso);
}

#[test]
fn a_map_without_what_is_needed_is_refused_with_the_cure() {
    let short = mapping(Kind::Visits, &[(Column::PatientNumber, "MRN")]);
    let refusal = csv::read(VISITS.as_bytes(), &short, &context(&interface())).unwrap_err();
    assert_eq!((refusal.cause, refusal.place.as_str()), (Cause::MapIncomplete, "column map"));
    assert!(refusal.cure.contains("visit number"), "{}", refusal.cure);
}

#[test]
fn a_file_without_a_column_of_the_map_or_with_two_of_it_is_refused() {
    let read = |file: &str| csv::read(file.as_bytes(), &visits(), &context(&interface())).unwrap_err();
    let missing = read(&VISITS.replace("Start", "Begin"));
    assert_eq!((missing.cause, missing.place.as_str()), (Cause::MissingColumn, "line 1"));
    assert!(missing.cure.contains("`Start`"), "{}", missing.cure);
    assert_eq!(read(&VISITS.replace("Minutes", "mrn")).cause, Cause::DoubleColumn);
}

#[test]
fn a_map_is_saved_and_loaded_as_it_was() {
    let mut mapping = visits();
    mapping.statuses.insert("Bumped".into(), csv::Status::Cancelled);
    mapping.locations.insert("Main".into(), crate::common::MAIN);
    let saved = serde_json::to_value(&mapping).unwrap();
    assert_eq!(saved["columns"]["visit_number"], "Appointment ID");
    assert_eq!(saved["statuses"]["Bumped"], "cancelled");
    assert_eq!(serde_json::from_value::<Mapping>(saved).unwrap(), mapping);
}

#[test]
fn every_word_is_read_back() {
    for column in Column::ALL {
        assert_eq!(column.code().parse(), Ok(*column));
        assert_eq!(serde_json::to_value(column).unwrap(), column.code());
    }
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        assert!(Mapping::needed(*kind).iter().all(|column| Mapping::usable(*kind).contains(column)));
    }
    assert!("x".parse::<Column>().is_err());
}
