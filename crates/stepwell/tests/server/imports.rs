//! Files of patients, episodes and visits.

use stepwell::runner::import::{self, Counts, Group, Report};
use stepwell::runner::watch::Watcher;
use store::{CompleteDays, ImportId, ImportRow, ImportState, NewImport};

use crate::app::TestApp;
use crate::messages::ALMA;
use crate::pages::{ben, chloe};

const HEAD: &str = "MRN,First name,Last name,Email,Appointment ID,Start,Type,Provider,Status,Location\n";

/// A row of the front desk's export.
fn row(mrn: &str, email: &str, visit: &str, start: &str, status: &str) -> String {
    format!("{mrn},Alma,Reyes,{email},{visit},{start},FU,Dana Reyes,{status},Riverside\n")
}

fn alma(visit: &str, start: &str) -> String {
    row("1000", ALMA, visit, start, "Scheduled")
}

fn file(rows: &[String]) -> String {
    format!("{HEAD}{}", rows.concat())
}

impl TestApp {
    async fn uploads(&self, name: &str, body: &str) -> ImportId {
        let id = ImportId(self.roof.new_id());
        let mut tx = self.tx().await;
        tx.insert_import(&NewImport {
            id,
            interface: self.clinic.interfaces["The front desk"],
            map: Some("daily visits".into()),
            file_name: name.into(),
            file_hash: body.as_bytes().to_vec(),
            body: body.as_bytes().to_vec(),
            origin: None,
            received_at: self.roof.now(),
            received_by: None,
        })
        .await
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn is_complete(&self, id: ImportId, from: &str, until: &str, allow_vanishing: bool) {
        let days = CompleteDays { from: from.parse().unwrap(), until: until.parse().unwrap(), at: None };
        let interface = self.clinic.interfaces["The front desk"];
        let mut tx = self.tx().await;
        assert!(tx.set_import(id, interface, "daily visits", Some(&days), allow_vanishing).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn would(&self, id: ImportId) -> Report {
        import::dry_run(&self.roof, self.clinic.organization, id).await.unwrap()
    }

    /// Imports what was uploaded; everything that follows is done.
    async fn imports_it(&self, id: ImportId) -> ImportRow {
        let mut tx = self.tx().await;
        assert!(import::begin(&mut tx, id, self.roof.now()).await.unwrap());
        tx.commit().await.unwrap();
        self.all_work_is_done().await;
        self.tx().await.import(id).await.unwrap().unwrap()
    }

    async fn imports(&self, body: &str) -> Counts {
        let id = self.uploads("visits.csv", body).await;
        let import = self.imports_it(id).await;
        assert_eq!(import.state, ImportState::Applied, "{:?}", import.why);
        counts(&import)
    }

    async fn visits(&self) -> Vec<String> {
        self.ask(
            "select e.state || ' ' || to_char(e.starts_at at time zone 'America/New_York', 'MM-DD HH24:MI') from encounters e
             order by e.starts_at, e.id",
        )
        .await
    }
}

fn counts(import: &ImportRow) -> Counts {
    serde_json::from_value(import.counts.clone()).unwrap()
}

/// A week of twenty visits, each of another patient.
fn week() -> Vec<String> {
    let visit = |n: usize| {
        let start = format!("3/{}/2026 {}:00", 9 + n / 4, 9 + n % 4);
        row(&format!("20{n:02}"), "", &format!("W{n}"), &start, "Scheduled")
    };
    (0..20).map(visit).collect()
}

#[tokio::test]
async fn the_dry_run_says_what_the_import_then_does() {
    let app = TestApp::start().await;
    app.imports(&file(&[alma("A1", "3/16/2026 14:00"), alma("A2", "3/18/2026 9:00")])).await;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    let id = app
        .uploads(
            "visits.csv",
            &file(&[
                alma("A1", "3/17/2026 14:30"),
                alma("A2", "3/18/2026 9:00"),
                row("3000", "nora@mail.example", "A3", "3/19/2026 10:00", ""),
                row("3000", "nora@mail.example", "A4", "someday", ""),
            ]),
        )
        .await;
    let before = app.ask("select count(*)::text from changes").await;
    let report = app.would(id).await;
    assert_eq!(app.ask("select count(*)::text from changes").await, before, "it changes nothing");
    assert_eq!(app.ask("select count(*)::text from patients").await, ["1"]);
    assert_eq!(app.ask("select count(*)::text from messages").await, ["0"]);
    assert_eq!(report.refused, None);
    let said: Vec<_> = report.tally.examples.iter().map(|e| (e.group, e.words.as_str())).collect();
    assert!(said.contains(&(Group::NewPatients, "Reyes, Alma")), "{said:#?}");
    assert!(said.contains(&(Group::NewVisits, "Reyes, Alma: Thu 19 Mar 2026, 10:00 at Riverside")), "{said:#?}");
    let moved = "Reyes, Alma: Mon 16 Mar 2026, 14:00 at Riverside moves to Tue 17 Mar 2026, 14:30 at Riverside";
    assert!(said.contains(&(Group::ChangedVisits, moved)), "{said:#?}");
    assert!(said.iter().any(|(group, words)| *group == Group::RefusedRows && words.contains("line 5, column Start")));

    let import = app.imports_it(id).await;
    assert_eq!(counts(&import), report.tally.counts);
    let wanted = Counts { rows: 4, refused: 1, ..Counts::default() };
    let did = counts(&import);
    assert_eq!((did.rows, did.refused, did.ignored), (wanted.rows, wanted.refused, wanted.ignored));
    assert_eq!((did.patients.new, did.patients.changed, did.patients.unchanged), (1, 0, 1));
    assert_eq!((did.visits.new, did.visits.changed, did.visits.unchanged), (1, 1, 1));
    assert_eq!(app.visits().await, ["planned 03-17 14:30", "planned 03-18 09:00", "planned 03-19 10:00"]);
    app.finish().await;
}

#[tokio::test]
async fn a_file_applied_twice_changes_nothing() {
    let mut app = TestApp::start().await;
    let body = file(&[alma("A1", "3/16/2026 14:00"), row("3000", "nora@mail.example", "A3", "3/19/2026 10:00", "")]);
    let first = app.imports(&body).await;
    assert_eq!((first.patients.new, first.visits.new), (2, 2));
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    let before = app.ask("select id::text from changes order by 1").await;
    let mails = app.count_of_mails();
    let second = app.imports(&body).await;
    assert_eq!((second.patients.unchanged, second.visits.unchanged), (2, 2));
    assert_eq!((second.patients.new, second.patients.changed, second.visits.new, second.visits.changed), (0, 0, 0, 0));
    assert_eq!(app.ask("select id::text from changes order by 1").await, before);
    assert_eq!(app.count_of_mails(), mails);
    app.finish().await;
}

#[tokio::test]
async fn a_visit_missing_from_complete_days_is_cancelled_and_one_of_another_day_stays() {
    let app = TestApp::start().await;
    app.imports(&file(&week())).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    // Monday to Friday without two of them, and one of these moved out of the week.
    let mut rows = week();
    rows[19] = row("2019", "", "W19", "3/23/2026 9:00", "Scheduled");
    rows.remove(3);
    rows.remove(7);
    let id = app.uploads("week.csv", &file(&rows)).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", false).await;
    let report = app.would(id).await;
    assert_eq!((report.tally.counts.missing, report.tally.counts.planned, report.refused), (2, 20, None));
    let missing = report.tally.examples.iter().filter(|e| e.group == Group::MissingVisits);
    let mut missing: Vec<_> = missing.map(|e| e.words.as_str()).collect();
    missing.sort_unstable();
    assert_eq!(
        missing,
        ["Reyes, Alma: Mon 9 Mar 2026, 12:00 at Riverside", "Reyes, Alma: Wed 11 Mar 2026, 09:00 at Riverside"]
    );
    let import = app.imports_it(id).await;
    assert_eq!(counts(&import), report.tally.counts);
    let visits = app.visits().await;
    let cancelled: Vec<_> = visits.iter().filter(|v| v.starts_with("cancelled")).collect();
    assert_eq!(cancelled, ["cancelled 03-09 12:00", "cancelled 03-11 09:00"]);
    assert!(visits.contains(&"planned 03-23 09:00".into()));
    // Back in a later file, it stands again.
    app.clock_moves_to("2026-03-05T15:00:00Z").await;
    app.imports(&file(&[week()[3].clone()])).await;
    assert!(app.visits().await.contains(&"planned 03-09 12:00".into()));
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_makes_too_many_visits_vanish_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    app.imports(&file(&week())).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    let mut rows = week();
    rows.truncate(16);
    rows[0] = row("2000", "", "W0", "3/9/2026 17:00", "Scheduled");
    let id = app.uploads("week.csv", &file(&rows)).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", false).await;
    assert_eq!(app.would(id).await.refused.unwrap().cause, "too_many_vanish");
    let import = app.imports_it(id).await;
    assert_eq!(import.state, ImportState::Refused);
    let why = import.why.unwrap();
    assert!(why.cure.starts_with("4 of 20 visits"), "{}", why.cure);
    assert!(app.visits().await.contains(&"planned 03-09 09:00".into()), "nothing of it is applied");

    let id = app.uploads("week.csv", &file(&rows)).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", true).await;
    let import = app.imports_it(id).await;
    assert_eq!((import.state, counts(&import).missing), (ImportState::Applied, 4));
    let visits = app.visits().await;
    assert_eq!(visits.iter().filter(|v| v.starts_with("cancelled")).count(), 4);
    assert!(visits.contains(&"planned 03-09 17:00".into()));
    app.finish().await;
}

#[tokio::test]
async fn fifteen_in_a_hundred_may_vanish() {
    let app = TestApp::start().await;
    app.imports(&file(&week())).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    let id = app.uploads("week.csv", &file(&week()[..17])).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", false).await;
    let import = app.imports_it(id).await;
    assert_eq!((import.state, counts(&import).missing), (ImportState::Applied, 3));
    app.finish().await;
}

#[tokio::test]
async fn a_visit_in_a_refused_row_is_not_missing() {
    let app = TestApp::start().await;
    app.imports(&file(&week())).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    let mut rows = week();
    rows[5] = row("2005", "", "W5", "soon", "Scheduled");
    let id = app.uploads("week.csv", &file(&rows)).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", false).await;
    let import = app.imports_it(id).await;
    let did = counts(&import);
    assert_eq!((did.missing, did.refused, did.planned), (0, 1, 20));
    assert!(app.visits().await.iter().all(|visit| visit.starts_with("planned")));

    rows[5] = row("2005", "", "", "3/10/2026 10:00", "Scheduled");
    let id = app.uploads("week.csv", &file(&rows)).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", false).await;
    let import = app.imports_it(id).await;
    assert_eq!(import.why.unwrap().cause, "not_complete", "nobody can say which visit the row means");
    app.finish().await;
}

#[tokio::test]
async fn a_refused_row_waits_among_the_refused_messages_and_is_replayed_when_the_map_is_mended() {
    let app = TestApp::start().await;
    let bumped = row("1000", ALMA, "A1", "3/16/2026 14:00", "Bumped");
    let id = app.uploads("visits.csv", &file(&[bumped, alma("A2", "3/18/2026 9:00")])).await;
    app.imports_it(id).await;
    let refused = app.tx().await.refused_messages().await.unwrap();
    let refused: Vec<_> = refused.iter().map(|r| (r.cause.as_str(), r.place.as_str(), r.kind.as_str(), r.id)).collect();
    let [(cause, place, kind, message)] = refused[..] else { panic!("{refused:?}") };
    assert_eq!((cause, place, kind), ("unknown_status", "line 2, column Status", "CSV visits"));
    assert_eq!(app.visits().await, ["planned 03-18 09:00"]);

    let mut tx = app.tx().await;
    assert!(tx.replay_message(message).await.unwrap());
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    assert_eq!(app.tx().await.refused_rows(id).await.unwrap(), 1, "nothing was mended");

    let mut tx = app.tx().await;
    let mut map = tx.column_map("daily visits").await.unwrap().unwrap();
    map.body["statuses"]["bumped"] = "cancelled".into();
    tx.put_column_map(&map, app.roof.now(), None).await.unwrap();
    assert!(tx.replay_message(message).await.unwrap());
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    assert_eq!(app.tx().await.refused_rows(id).await.unwrap(), 0);
    assert_eq!(app.visits().await, ["cancelled 03-16 14:00", "planned 03-18 09:00"]);
    app.finish().await;
}

#[tokio::test]
async fn a_visit_that_a_second_file_moves_takes_its_reminder_along() {
    let mut app = TestApp::start().await;
    app.imports(&file(&[alma("A1", "3/16/2026 14:00")])).await;
    let patient = app.patient_of_the_desk("1000").await;
    let reminder = async |app: &TestApp| {
        let plan = app.plan_of(patient).await;
        plan.into_iter().filter(|(_, step, _)| step == "two-days-before").map(|(_, _, due)| due).collect::<Vec<_>>()
    };
    let before = reminder(&app).await;
    assert_eq!(before.len(), 1);
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    app.imports(&file(&[alma("A1", "3/18/2026 14:00")])).await;
    let after = reminder(&app).await;
    assert_eq!(after.len(), 1);
    let days = |due: &str| due.parse::<jiff::Timestamp>().unwrap();
    assert_eq!(days(&after[0]).duration_since(days(&before[0])), jiff::SignedDuration::from_hours(48));
    assert_eq!(app.mails_to(ALMA).len(), 1, "that the visit has moved");
    app.finish().await;
}

#[tokio::test]
async fn what_staff_corrected_stands_until_the_file_says_something_new() {
    let app = TestApp::start().await;
    app.imports(&file(&[alma("A1", "3/16/2026 14:00")])).await;
    let patient = app.patient_of_the_desk("1000").await;
    let visit = app.chart_of(patient).await.encounters[0].id;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    app.staff_cancels(patient, visit).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    app.imports(&file(&[alma("A1", "3/16/2026 14:00")])).await;
    assert_eq!(app.visits().await, ["cancelled 03-16 14:00"]);
    app.clock_moves_to("2026-03-05T15:00:00Z").await;
    app.imports(&file(&[alma("A1", "3/16/2026 14:00").replace("Dana", "Lee")])).await;
    assert_eq!(app.visits().await, ["cancelled 03-16 14:00"], "another practitioner is no new booking");
    app.clock_moves_to("2026-03-06T15:00:00Z").await;
    app.imports(&file(&[alma("A1", "3/17/2026 14:00")])).await;
    assert_eq!(app.visits().await, ["planned 03-17 14:00"]);
    app.finish().await;
}

#[tokio::test]
async fn the_file_takes_back_an_arrival_it_reported() {
    let app = TestApp::start().await;
    let said = async |app: &TestApp, status: &str| {
        app.imports(&file(&[row("1000", ALMA, "A1", "3/2/2026 9:00", status)])).await;
        app.clock_moves_by(jiff::SignedDuration::from_mins(30)).await;
        app.visits().await
    };
    assert_eq!(said(&app, "Scheduled").await, ["planned 03-02 09:00"]);
    assert_eq!(said(&app, "Checked in").await, ["arrived 03-02 09:00"]);
    assert_eq!(said(&app, "Completed").await, ["finished 03-02 09:00"]);
    assert_eq!(said(&app, "Checked in").await, ["arrived 03-02 09:00"]);
    assert_eq!(said(&app, "Scheduled").await, ["planned 03-02 09:00"]);
    assert_eq!(said(&app, "No show").await, ["no_show 03-02 09:00"]);
    assert_eq!(said(&app, "Scheduled").await, ["planned 03-02 09:00"]);
    app.finish().await;
}

#[tokio::test]
async fn of_two_rows_about_one_visit_the_later_one_counts() {
    let app = TestApp::start().await;
    app.imports(&file(&[alma("A1", "3/16/2026 14:00"), alma("A1", "3/17/2026 15:00")])).await;
    assert_eq!(app.visits().await, ["planned 03-17 15:00"]);
    app.finish().await;
}

#[tokio::test]
async fn an_older_upload_is_not_imported_over_a_newer_one() {
    let app = TestApp::start().await;
    let older = app.uploads("monday.csv", &file(&[alma("A1", "3/16/2026 14:00")])).await;
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    app.imports(&file(&[alma("A1", "3/17/2026 14:00")])).await;
    assert_eq!(app.would(older).await.refused.unwrap().cause, "older_than_imported");
    assert_eq!(app.imports_it(older).await.state, ImportState::Refused);
    assert_eq!(app.visits().await, ["planned 03-17 14:00"]);
    app.finish().await;
}

#[tokio::test]
async fn patients_and_episodes_have_files_of_their_own() {
    let app = TestApp::start().await;
    let of_kind = async |map: &str, body: &str| {
        let id = app.uploads("file.csv", body).await;
        let mut tx = app.tx().await;
        let interface = app.clinic.interfaces["The front desk"];
        tx.set_import(id, interface, map, None, false).await.unwrap();
        tx.commit().await.unwrap();
        let import = app.imports_it(id).await;
        assert_eq!(import.state, ImportState::Applied, "{:?}", import.why);
        counts(&import)
    };
    let people = "MRN;First name;Last name;DOB;Email\n1000;Alma;Reyes;1980-05-24;alma@mail.example\n";
    assert_eq!(of_kind("patients", people).await.patients.new, 1);
    let cases = "MRN;Case ID;Title;Opened;Discharged\n1000;C1;Knee;2026-01-05;\n";
    assert_eq!(of_kind("episodes", cases).await.episodes.new, 1);
    let patient = app.patient_of_the_desk("1000").await;
    let episodes = app.chart_of(patient).await.episodes;
    assert_eq!((episodes.len(), episodes[0].title.as_deref(), episodes[0].is_open()), (1, Some("Knee"), true));
    assert_eq!(episodes[0].opened_on.to_string(), "2026-01-05");
    app.clock_moves_to("2026-03-03T15:00:00Z").await;
    let closed = "MRN;Case ID;Title;Opened;Discharged\n1000;C1;Knee;2026-01-05;2026-03-01\n";
    for (changed, unchanged) in [(1, 0), (0, 1)] {
        let did = of_kind("episodes", closed).await.episodes;
        assert_eq!((did.changed, did.unchanged), (changed, unchanged));
        app.clock_moves_by(jiff::SignedDuration::from_hours(1)).await;
    }
    let episodes = app.chart_of(patient).await.episodes;
    assert_eq!((episodes.len(), episodes[0].is_open(), episodes[0].discharges.len()), (1, false, 1));
    app.finish().await;
}

#[tokio::test]
async fn while_its_interface_loads_a_file_enters_and_nothing_fires() {
    let mut app = TestApp::start().await;
    let mut tx = app.tx().await;
    tx.load_again(app.clinic.interfaces["The front desk"]).await.unwrap();
    tx.commit().await.unwrap();
    let did = app.imports(&file(&[alma("A1", "3/16/2026 14:00")])).await;
    assert_eq!(did.visits.new, 1);
    app.clock_moves_to("2026-03-17T15:00:00Z").await;
    assert_eq!(app.mails_to(ALMA).len(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_file_without_a_column_of_its_map_is_refused_with_the_cure() {
    let app = TestApp::start().await;
    let id = app.uploads("odd.csv", "MRN,When\n1,2\n").await;
    let import = app.imports_it(id).await;
    let why = import.why.unwrap();
    assert_eq!(
        (import.state, why.cause.as_str(), why.place.as_str()),
        (ImportState::Refused, "missing_column", "line 1")
    );
    app.finish().await;
}

#[tokio::test]
async fn a_file_of_a_watched_folder_is_imported_when_it_stands_still_and_put_away() {
    let app = TestApp::start().await;
    let folder = std::env::temp_dir().join(format!("stepwell-watch-{}", app.roof.new_id()));
    std::fs::create_dir(&folder).unwrap();
    app.desk_watches(&folder).await;
    let path = folder.join("visits.csv");
    let mut watcher = Watcher::default();
    let mut tick = async |seconds| {
        app.clock_moves_by(jiff::SignedDuration::from_secs(seconds)).await;
        watcher.look(&app.roof).await.unwrap()
    };
    std::fs::write(&path, HEAD).unwrap();
    assert_eq!(tick(0).await, 0, "just come");
    std::fs::write(&path, file(&[alma("A1", "3/16/2026 14:00")])).unwrap();
    assert_eq!(tick(5).await, 0, "it grew meanwhile");
    assert_eq!(tick(4).await, 0);
    assert_eq!(tick(1).await, 1);
    assert_eq!(app.visits().await, ["planned 03-16 14:00"]);
    assert!(!path.exists());
    let said = std::fs::read_to_string(folder.join("done/visits.csv.txt")).unwrap();
    assert!(said.contains("visits: 1 new, 0 changed, 0 unchanged"), "{said}");
    assert!(!said.contains("Alma"), "{said}");

    // A crash after importing and before putting away: it lies there again, as it was.
    let done = folder.join("done/visits.csv");
    std::fs::rename(&done, &path).unwrap();
    assert_eq!((tick(1).await, tick(5).await), (0, 1));
    assert_eq!(app.ask("select count(*)::text from imports").await, ["1"], "it was applied already");
    assert!(!path.exists());

    std::fs::write(folder.join("odd.csv"), "a,b\n1,2\n").unwrap();
    assert_eq!((tick(1).await, tick(5).await), (0, 1));
    let said = std::fs::read_to_string(folder.join("refused/odd.csv.txt")).unwrap();
    assert!(said.contains("missing column") && said.contains("line 1"), "{said}");
    assert!(folder.join("refused/odd.csv").exists());
    app.all_work_is_done().await;
    std::fs::remove_dir_all(&folder).unwrap();
    app.finish().await;
}

/// The address a page sends its browser on to.
fn next(answer: &crate::pages::Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").unwrap().to_owned()
}

#[tokio::test]
async fn a_file_is_uploaded_looked_at_and_imported_on_the_pages() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    assert!(ben.gets("/imports").await.body.contains("No file has been imported."));
    let body = file(&[alma("A1", "3/16/2026 14:00"), row("3000", "", "A2", "3/17/2026 9:00", "Bumped")]);
    let columns = next(&ben.uploads("/imports", "C:\\Desk\\week <1>.csv", &body).await);
    let form = ben.gets(&columns).await;
    assert_eq!(form.status, 200, "{}", form.body);
    for shown in ["UTF-8, columns parted by a comma, 2 rows", "week &#60;1&#62;.csv", "3/16/2026 14:00", "Bumped"] {
        assert!(form.body.contains(shown), "{shown}: {}", form.body);
    }
    assert!(form.body.contains("<option value=\"Appointment ID\" selected>"), "guessed");
    assert_eq!(app.ask("select count(*)::text from changes").await, ["0"], "kept, and nothing applied");

    let guessed = "kind=visits&dates=month_first&column.patient_number=MRN&column.given=First+name&column.family=Last+name\
                   &column.email=Email&column.visit_number=Appointment+ID&column.start=Start&column.visit_type=Type\
                   &column.status=Status&column.location=Location&status.0=cancelled&type.0=follow_up";
    let nameless = ben.posts(&columns, &format!("{guessed}&name=")).await;
    assert!(nameless.status == 200 && nameless.body.contains("A saved map needs a name."), "{}", nameless.body);
    let backwards = format!("{guessed}&name=week&complete_from=2026-03-20&complete_until=2026-03-16");
    assert!(ben.posts(&columns, &backwards).await.body.contains("The last day is before the first."));
    let check = next(&ben.posts(&columns, &format!("{guessed}&name=week")).await);
    let page = ben.gets(&check).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("Reyes, Alma: Mon 16 Mar 2026, 14:00 at Riverside"), "{}", page.body);
    assert_eq!(app.ask("select count(*)::text from changes").await, ["0"]);

    let import = check.strip_suffix("/dry-run").unwrap();
    assert_eq!(next(&ben.posts(&format!("{import}/application"), "").await), import);
    assert!(ben.gets(import).await.body.contains("0 of 0 patients are done"));
    assert_eq!(ben.posts(&format!("{import}/application"), "").await.status, 409, "once");
    app.all_work_is_done().await;
    let done = ben.gets(import).await.body;
    assert!(done.contains("Imported") && done.contains("The file has 2 rows."), "{done}");
    assert_eq!(app.visits().await, ["planned 03-16 14:00", "cancelled 03-17 09:00"]);
    assert!(ben.gets("/imports").await.body.contains("2 new patients, 2 new visits"));
    app.finish().await;
}

#[tokio::test]
async fn a_refusal_can_be_allowed_and_an_upload_withdrawn_on_the_pages() {
    let app = TestApp::start().await;
    app.imports(&file(&week())).await;
    app.clock_moves_to("2026-03-04T15:00:00Z").await;
    let ben = ben(&app).await;
    let id = app.uploads("week.csv", &file(&week()[..4])).await;
    app.is_complete(id, "2026-03-09", "2026-03-13", false).await;
    let check = ben.gets(&format!("/imports/{id}/dry-run")).await.body;
    assert!(check.contains("16 of 20 visits") && check.contains("Yes, they are really cancelled"), "{check}");
    ben.posts(&format!("/imports/{id}/application"), "allow_vanishing=yes").await;
    app.all_work_is_done().await;
    assert_eq!(app.visits().await.iter().filter(|v| v.starts_with("cancelled")).count(), 16);

    let id = app.uploads("again.csv", &file(&week())).await;
    assert_eq!(next(&ben.posts(&format!("/imports/{id}"), "_method=DELETE").await), "/imports");
    assert!(!ben.gets("/imports").await.body.contains("again.csv"));
    app.finish().await;
}

#[tokio::test]
async fn chloe_sees_no_import_of_another_clinic_and_what_is_no_table_is_not_kept() {
    let app = TestApp::start().await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    let id = app.uploads("visits.csv", &file(&[alma("A1", "3/16/2026 14:00")])).await;
    for path in [format!("/imports/{id}"), format!("/imports/{id}/columns"), format!("/imports/{id}/dry-run")] {
        assert_eq!(chloe.gets(&path).await.status, 404, "{path}");
    }
    assert_eq!(chloe.posts(&format!("/imports/{id}/application"), "").await.status, 404);
    assert!(!chloe.gets("/imports").await.body.contains("visits.csv"));
    let spreadsheet = ben.uploads("/imports", "week.xlsx", "PK\u{3}\u{4}").await;
    assert!(spreadsheet.body.contains("save the table as CSV"), "{}", spreadsheet.body);
    let mut forged = ben;
    forged.csrf = "wrong".into();
    assert_eq!(forged.uploads("/imports", "visits.csv", HEAD).await.status, 403);
    assert_eq!(app.ask("select count(*)::text from imports").await, ["1"]);
    app.finish().await;
}

#[tokio::test]
async fn a_refused_row_is_shown_by_its_columns_without_its_content() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let id = app.uploads("visits.csv", &file(&[row("1000", ALMA, "A1", "3/16/2026 14:00", "Bumped")])).await;
    app.imports_it(id).await;
    let message = app.tx().await.refused_messages().await.unwrap()[0].id;
    let page = ben.gets(&format!("/refused-messages/{message}")).await.body;
    assert!(page.contains("line 2, column Status") && page.contains("Appointment ID"), "{page}");
    assert!(!page.contains("Bumped") && !page.contains(ALMA), "{page}");
    assert_eq!(ben.posts(&format!("/refused-messages/{message}/replay"), "").await.status, 303);
    app.all_work_is_done().await;
    assert!(ben.gets(&format!("/imports/{id}")).await.body.contains("1 row waits"));
    app.finish().await;
}
