//! Jobs that take many commits, killed in the middle: a file of 500 rows, a counted list of 500 patients, an interface that
//! goes live with 500 visits ahead. Each goes on after the restart and is finished once.

use std::time::Duration;

use care::zone::CivilMoment;
use jiff::ToSpan;
use jiff::tz::TimeZone;
use sqlx::{Connection, PgConnection};
use stepwell::clock::Clock;
use stepwell::ids::new_id;
use store::{EnrolmentListId, NewEnrolmentList, OrgTx, Role, Store};
use tokio::process::Child;
use tokio::time::sleep;

use crate::clinic::Clinic;
use crate::ledger::number;
use crate::mailbox::Mailbox;

const PATIENTS: i64 = 500;

const CALL: &str = r#"
title = "A word in a month"
kind = "engagement"
for = "both"
priority = 5
category = "care"
group = { all = [] }
trigger = { event = "manual" }

[[steps]]
id = "word"
schedule = "30 days after at 10:00"
tasks = [{ send = "email", template = "message/visit-reminder" }]
"#;

/// Of the files only: nothing of it is due while the test runs.
fn clinic_file(clinic: &Clinic) -> String {
    format!(
        r#"
name = "Riverbend Physical Therapy"
zone = "America/New_York"
mail_from = "hello@riverbend.example"
workflows = ["visit-reminder"]

[[locations]]
name = "Riverside"
emr = true

[[staff]]
name = "Dana Whitfield"
email = "dana@riverbend.example"
role = "admin"
password = "danas long password"

[[interfaces]]
name = "The front desk"
live = false
appointment_types.FU = "follow_up"

[interfaces.csv]
folder = "{}"
map = "visits"

[interfaces.csv.maps.visits]
kind = "visits"
columns.patient_number = "MRN"
columns.email = "Email"
columns.visit_number = "Visit"
columns.start = "Start"
columns.visit_type = "Type"
columns.location = "Location"
"#,
        clinic.folder().display()
    )
}

/// One visit for each patient, a month ahead.
fn file() -> String {
    let today = Clock::Wall.now().to_zoned(TimeZone::get("America/New_York").unwrap()).date();
    let row = |n: i64| {
        let day = today + (30 + n % 20).days();
        format!("{n},p{n}@patients.example,V{n},{day} {:02}:{:02},FU,Riverside\n", 9 + n % 8, (n % 4) * 15)
    };
    "MRN,Email,Visit,Start,Type,Location\n".to_owned() + &(0..PATIENTS).map(row).collect::<String>()
}

/// How far a job is, of [`PATIENTS`]; and whether it is at its end.
struct Job {
    far: &'static str,
    ended: &'static str,
}

impl Job {
    /// Kills the server twice while the job is under way, the second time its database too; then waits for the end.
    async fn ends_after_two_kills(&self, clinic: &Clinic, server: &mut Child) -> PgConnection {
        let mut db = clinic.superuser_of_a_start(server).await;
        let mut before = 0;
        for with_postmaster in [false, true] {
            self.is_further_than(before, clinic, server, &mut db).await;
            server.kill().await.unwrap();
            before = number(&mut db, self.far).await;
            assert!((1..PATIENTS).contains(&before), "the kill came too late: {before} are done");
            db.close().await.unwrap();
            assert!(!with_postmaster || clinic.kill_postmaster());
            *server = clinic.serve();
            db = clinic.superuser_of_a_start(server).await;
        }
        for _ in 0..6000 {
            if number(&mut db, self.ended).await == 1 {
                assert_eq!(number(&mut db, self.far).await, PATIENTS);
                return db;
            }
            clinic.live_through(server, sleep(Duration::from_millis(50))).await;
        }
        panic!("after 5 minutes it is not at its end: {} are done", number(&mut db, self.far).await);
    }

    async fn is_further_than(&self, before: i64, clinic: &Clinic, server: &mut Child, db: &mut PgConnection) {
        for _ in 0..60_000 {
            if number(db, self.far).await > before {
                return;
            }
            clinic.live_through(server, sleep(Duration::from_millis(5))).await;
        }
        panic!("after 5 minutes it is no further than {before}");
    }
}

/// What staff do on a page, in one commit of its own.
async fn staff_do(clinic: &Clinic, what: impl AsyncFnOnce(&mut OrgTx)) {
    let store = Store::connect(clinic.login(Role::App.name()), Role::App, 1).await.unwrap();
    let organization = store.organizations().await.unwrap()[0];
    let mut tx = store.begin(organization).await.unwrap();
    what(&mut tx).await;
    tx.commit().await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_a_list_and_going_live_are_each_finished_once_however_the_server_is_killed() {
    let mailbox = Mailbox::open().await;
    let clinic = Clinic::of_file("jobs", mailbox.port(), clinic_file).await;
    clinic.publish("a-word", CALL).await;
    let mut server = clinic.serve();
    let db = a_file_is_imported_once(&clinic, &mut server).await;
    let db = a_list_is_enrolled_once(&clinic, &mut server, db).await;
    let db = an_interface_goes_live_once(&clinic, &mut server, db).await;
    db.close().await.unwrap();
    clinic.stop(server).await;
    assert!(mailbox.copies().is_empty(), "nothing is due yet");
}

async fn a_file_is_imported_once(clinic: &Clinic, server: &mut Child) -> PgConnection {
    std::fs::write(clinic.folder().join("visits.csv"), file()).unwrap();
    let import = Job {
        far: "select coalesce(max(done), 0)::bigint from imports",
        ended: "select count(*) from imports where state = 'applied'",
    };
    let mut db = import.ends_after_two_kills(clinic, server).await;
    for counted in [
        "select count(*) from patients",
        "select count(*) from encounters where state = 'planned'",
        "select count(distinct patient) from encounters",
        "select (counts #>> '{patients,new}')::bigint from imports",
        "select (counts #>> '{visits,new}')::bigint from imports",
        "select count(*) from changes where body ? 'encounter'",
    ] {
        assert_eq!(number(&mut db, counted).await, PATIENTS, "{counted}");
    }
    let doubled = "select count(*) - count(distinct (patient, body)) from changes";
    assert_eq!(number(&mut db, doubled).await, 0, "said twice");
    assert_eq!(number(&mut db, "select count(*) from imports").await, 1);
    assert_eq!(number(&mut db, "select count(*) from runs").await, 0, "it only loads");
    db
}

async fn a_list_is_enrolled_once(clinic: &Clinic, server: &mut Child, db: PgConnection) -> PgConnection {
    db.close().await.unwrap();
    let now = Clock::Wall.now();
    staff_do(clinic, async |tx| {
        let made_by = tx.staff_list().await.unwrap()[0].0;
        let patients = tx.patient_ids().await.unwrap();
        assert_eq!(i64::try_from(patients.len()).unwrap(), PATIENTS);
        let zone = "America/New_York";
        let civil = now.to_zoned(TimeZone::get(zone).unwrap()).datetime();
        let (id, moment) = (EnrolmentListId(new_id(now)), CivilMoment { civil, zone: zone.into() });
        let (workflow, filter) = ("a-word".into(), String::new());
        let list = NewEnrolmentList { id, workflow, filter, patients, moment, made_at: now, made_by };
        tx.insert_enrolment_list(&list).await.unwrap();
    })
    .await;
    let list = Job {
        far: "select coalesce(max(enrolled), 0)::bigint from enrolment_lists",
        ended: "select count(*) from enrolment_lists where state = 'enrolled'",
    };
    let mut db = list.ends_after_two_kills(clinic, server).await;
    for counted in [
        "select count(*) from changes where body ? 'enrolment'",
        "select count(distinct patient) from changes where body ? 'enrolment'",
        "select count(*) from runs where workflow = 'a-word'",
        "select count(distinct patient) from runs where workflow = 'a-word'",
        "select count(*) from planned_steps where state = 'pending'",
    ] {
        assert_eq!(number(&mut db, counted).await, PATIENTS, "{counted}");
    }
    db
}

async fn an_interface_goes_live_once(clinic: &Clinic, server: &mut Child, db: PgConnection) -> PgConnection {
    db.close().await.unwrap();
    staff_do(clinic, async |tx| {
        let interface = tx.interfaces().await.unwrap()[0].id;
        assert!(tx.start_live(interface, true, Clock::Wall.now()).await.unwrap());
    })
    .await;
    let live = Job {
        far: "select count(*) from runs where workflow = 'visit-reminder'",
        ended: "select count(*) from interfaces where state = 'live'",
    };
    let mut db = live.ends_after_two_kills(clinic, server).await;
    let steps = "select count(*) from planned_steps s join runs r on r.organization = s.organization and r.id = s.run
         where r.workflow = 'visit-reminder' and s.state = 'pending'";
    let kinds = "select count(distinct s.step) from planned_steps s join runs r on r.organization = s.organization and r.id = s.run
         where r.workflow = 'visit-reminder'";
    for counted in [
        "select count(distinct patient) from runs where workflow = 'visit-reminder'",
        "select count(*) from entries where workflow = 'visit-reminder' and reason is null",
        "select count(*) from runs where workflow = 'a-word'",
    ] {
        assert_eq!(number(&mut db, counted).await, PATIENTS, "{counted}");
    }
    let kinds = number(&mut db, kinds).await;
    assert!(kinds > 0);
    assert_eq!(number(&mut db, steps).await, kinds * PATIENTS, "each step of each run, once");
    assert_eq!(number(&mut db, "select count(*) from deliveries").await, 0);
    db
}
