//! What a row says, and why one is refused.

use care::chart::{Act, Sex, Write};
use jiff::civil::{date, datetime};
use wire::csv::{Cause, Column, Context, Dates, Kind};
use wire::hl7v2::EpisodeAct;

use crate::common::{
    LAKEVIEW, MAIN, VISITS, context, interface, mapping, refused, rows_of, updates, visit_row, visits,
};

#[test]
fn a_visit_is_read_with_everything_the_row_says() {
    let row = visit_row("1001,A7,3/10/2026 2:30 PM,45,ie,Dana Reyes,Scheduled,ms");
    assert_eq!((row.line, row.patient.as_deref(), row.visit.as_deref()), (2, Some("1001"), Some("A7")));
    let update = updates(&row).remove(0);
    assert_eq!((update.patient.authority.as_str(), update.patient.value.as_str()), ("", "1001"));
    let visit = update.visit.unwrap();
    assert_eq!(visit.appointment.as_deref(), Some("FRONT/A7"));
    assert_eq!((visit.act, visit.minutes), (Act::Modify, Write::Set(45)));
    assert_eq!(visit.type_seen.as_deref(), Some("IE"), "as the clinic's list has it");
    assert_eq!((visit.practitioner, visit.location), (Write::Set("Dana Reyes".into()), Write::Set(MAIN)));
    let Write::Set(start) = visit.start else { panic!() };
    assert_eq!((start.civil, start.zone.as_str()), (datetime(2026, 3, 10, 14, 30, 0, 0), "America/New_York"));
}

#[test]
fn a_time_is_the_wall_time_of_the_visits_location() {
    let visit = updates(&visit_row("1001,A7,3/10/2026 14:30,,,,,Lakeview")).remove(0).visit.unwrap();
    assert_eq!(visit.location, Write::Set(LAKEVIEW));
    let Write::Set(start) = visit.start else { panic!() };
    assert_eq!(start.instant().to_string(), "2026-03-10T19:30:00Z");
}

#[test]
fn the_date_may_stand_in_one_column_and_the_time_in_another() {
    let file = b"MRN,Visit ID,Visit date,Visit time\n1,9,10.03.2026,8:05\n1,10,11.03.2026,later\n";
    let columns = [
        (Column::PatientNumber, "mrn"),
        (Column::VisitNumber, " Visit id "),
        (Column::Start, "Visit date"),
        (Column::StartTime, "Visit time"),
    ];
    let mut mapping = mapping(Kind::Visits, &columns);
    mapping.dates = Dates::DayFirst;
    let rows = rows_of(file, &mapping);
    let Write::Set(start) = updates(&rows[0]).remove(0).visit.unwrap().start else { panic!() };
    assert_eq!(start.civil, datetime(2026, 3, 10, 8, 5, 0, 0));
    let bad = refused(&rows[1]);
    assert_eq!((bad.cause, bad.place.as_str()), (Cause::BadTime, "line 3, column Visit time"));
    assert!(bad.cure.contains("`AAAAA`") && !bad.cure.contains("later"), "{}", bad.cure);
}

#[test]
fn every_status_word_of_the_map_and_of_most_systems_is_known() {
    for (word, act) in [
        ("", Act::Modify),
        ("Confirmed", Act::Modify),
        ("Checked In", Act::Arrive),
        ("checked-out", Act::Finish),
        ("No Show", Act::NoShow),
        ("Canceled", Act::Cancel),
    ] {
        let row = visit_row(&format!("1001,A7,3/10/2026 14:30,,,,{word},MS"));
        assert_eq!(updates(&row).remove(0).visit.unwrap().act, act, "{word}");
    }
    let unknown = refused(&visit_row("1001,A7,3/10/2026 14:30,,,,Bumped,MS"));
    assert_eq!((unknown.cause, unknown.place.as_str()), (Cause::UnknownStatus, "line 2, column Status"));
    let mut mapping = visits();
    mapping.statuses.insert("bumped".into(), wire::csv::Status::Cancelled);
    let rows = rows_of(format!("{VISITS}1001,A7,3/10/2026 14:30,,,,Bumped,MS\n").as_bytes(), &mapping);
    assert_eq!(updates(&rows[0]).remove(0).visit.unwrap().act, Act::Cancel);
}

#[test]
fn what_is_left_empty_changes_nothing() {
    let update = updates(&visit_row("1001,A7,3/10/2026 14:30,,,,,")).remove(0);
    assert_eq!(update.demographics, care::chart::PatientChange::default());
    let visit = update.visit.unwrap();
    assert!(visit.minutes.is_keep() && visit.practitioner.is_keep() && visit.location.is_keep());
    assert_eq!(visit.type_seen, None);
}

#[test]
fn a_type_is_kept_as_the_file_says_it_and_what_it_means_is_for_the_chart_to_say() {
    let visit = updates(&visit_row("1001,A7,3/10/2026 14:30,,KNEE,,,")).remove(0).visit.unwrap();
    assert_eq!(visit.type_seen.as_deref(), Some("KNEE"));
}

#[test]
fn a_row_is_refused_with_its_line_its_column_and_a_cure_and_without_its_content() {
    for (row, cause, place) in [
        (",A7,3/10/2026 14:30,,,,,", Cause::NoPatientNumber, "line 2, column MRN"),
        ("1001,,3/10/2026 14:30,,,,,", Cause::NoVisitNumber, "line 2, column Appointment ID"),
        ("1001,A7,,,,,,", Cause::NoStart, "line 2, column Start"),
        ("1001,A7,3/10/2026,,,,,", Cause::BadTime, "line 2, column Start"),
        ("1001,A7,Quixote,,,,,", Cause::BadDate, "line 2, column Start"),
        ("1001,A7,3/10/2026 Quixote,,,,,", Cause::BadDate, "line 2, column Start"),
        ("1001,A7,2026-03-10T14:30:00Z,,,,,", Cause::BadTime, "line 2, column Start"),
        ("1001,A7,3/10/2026 14:30,Quixote,,,,", Cause::BadNumber, "line 2, column Minutes"),
        ("1001,A7,3/10/2026 14:30,,,,Quixote,", Cause::UnknownStatus, "line 2, column Status"),
        ("1001,A7,3/10/2026 14:30,,,,,Quixote", Cause::UnknownLocation, "line 2, column Location"),
        ("1001,A7,3/10/2026 14:30,,,Reyes, Dana,,", Cause::WrongNumberOfFields, "line 2"),
        ("1001,A7", Cause::WrongNumberOfFields, "line 2"),
        ("1001,\"A7,3/10/2026 14:30,,,,,", Cause::BadQuote, "line 2"),
    ] {
        let row =
            if cause == Cause::WrongNumberOfFields && row.contains("Dana") { format!("{row}x") } else { row.into() };
        let refusal = refused(&visit_row(&row));
        assert_eq!((refusal.cause, refusal.place.as_str()), (cause, place), "{row}");
        assert!(!refusal.to_string().contains("Quixote") && refusal.cure.len() > 20, "{refusal}");
    }
}

#[test]
fn a_visit_that_goes_away_does_so_whatever_its_time_says() {
    for row in ["1001,A7,,,,,cancelled,", "1001,A7,soon,,,,no show,"] {
        assert_eq!(updates(&visit_row(row)).remove(0).visit.unwrap().start, Write::Keep, "{row}");
    }
}

#[test]
fn offsets_are_believed_only_where_they_are_trusted() {
    let mut trusting = interface();
    trusting.trust_offset = true;
    let file = format!("{VISITS}1001,A7,2026-03-10T14:30:00-05:00,,,,,\n");
    let read = wire::csv::read(file.as_bytes(), &visits(), &context(&trusting)).unwrap();
    let Write::Set(start) = updates(&read.rows[0]).remove(0).visit.unwrap().start else { panic!() };
    assert_eq!(start.instant().to_string(), "2026-03-10T19:30:00Z");
}

#[test]
fn a_patient_is_read_with_everything_the_row_says() {
    let file = "MRN;First name;Last name;DOB;Gender;Language;Email;Cell;Clinic\n\
                1001;Alma;Núñez;1980-05-24;F;Spanish;alma@mail.example;555 010 2000;Lakeview\n\
                1002;;;0000-00-00;U;;;;\n";
    let columns = wire::csv::look(file.as_bytes()).unwrap().columns;
    let mapping = wire::csv::guess(Kind::Patients, &columns);
    let rows = rows_of(file.as_bytes(), &mapping);
    let alma = updates(&rows[0]).remove(0).demographics;
    assert_eq!((alma.given, alma.family), (Write::Set("Alma".into()), Write::Set("Núñez".into())));
    assert_eq!((alma.birth_date, alma.sex), (Write::Set(date(1980, 5, 24)), Write::Set(Sex::Female)));
    assert_eq!((alma.language, alma.email), (Write::Set("es".into()), Write::Set("alma@mail.example".into())));
    assert_eq!((alma.mobile, alma.home_location), (Write::Set("555 010 2000".into()), Write::Set(LAKEVIEW)));
    assert_eq!(updates(&rows[1]).remove(0).demographics, care::chart::PatientChange::default());
}

#[test]
fn an_episode_that_was_opened_and_discharged_says_both() {
    let file = b"MRN,Case ID,Title,Opened,Discharged\n1001,C1,Knee,2026-01-05,2026-03-01\n1001,C2,,2026-02-02,\n1001,C3,Hip,,\n";
    let mapping = wire::csv::guess(Kind::Episodes, &wire::csv::look(file).unwrap().columns);
    let rows = rows_of(file, &mapping);
    let said: Vec<_> = updates(&rows[0]).into_iter().filter_map(|u| u.episode).map(|e| (e.act, e.on)).collect();
    assert_eq!(said, [(EpisodeAct::Opened, date(2026, 1, 5)), (EpisodeAct::Discharged, date(2026, 3, 1))]);
    let second = updates(&rows[1]).remove(0).episode.unwrap();
    assert_eq!((second.number.as_deref(), second.title), (Some("FRONT/C2"), None));
    assert_eq!(refused(&rows[2]).cause, Cause::NoDate);
}

#[test]
fn the_stamp_is_the_files_moment_or_what_the_row_says() {
    let plain = visit_row("1001,A7,3/10/2026 14:30,,,,,").reading.unwrap().stamp_at;
    assert_eq!(plain.to_string(), "2026-03-02T15:00:00Z");
    let file = b"MRN,Visit ID,Start,Last modified\n1,9,2026-03-10 08:05,2026-03-01 09:00\n";
    let mapping = wire::csv::guess(Kind::Visits, &wire::csv::look(file).unwrap().columns);
    assert_eq!(rows_of(file, &mapping)[0].reading.as_ref().unwrap().stamp_at.to_string(), "2026-03-01T14:00:00Z");
}

#[test]
fn numbers_of_an_interface_without_a_facility_are_its_own() {
    let mut interface = interface();
    interface.csv = None;
    let context = Context::new(&interface, jiff::Timestamp::UNIX_EPOCH);
    assert_eq!(context.scoped("7"), format!("{}/7", interface.id));
}
