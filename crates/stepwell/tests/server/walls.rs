//! The second wall, tried with plain SQL under the roles the server works with.

use std::collections::BTreeMap;

use care::chart::Channel;
use care::id::OrganizationId;
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use store::{ColumnMapRow, ImportId, NewImport, Role, Store};
use wire::hl7v2::write::{Patient, Visit};

use crate::app::TestApp;
use crate::messages::{message, patient, visit};
use crate::wire_client::WireClient;

const ROLES: [Role; 2] = [Role::App, Role::Runner];

/// Tables of accounts: no clinic's data, and what their wall is stands in account.rs.
const OF_ACCOUNTS: [&str; 3] = ["account_items", "account_videos", "accounts"];

async fn all_tables(app: &TestApp) -> Vec<String> {
    let tables = app
        .ask("select tablename::text from pg_tables where schemaname = 'public' and tablename <> '_sqlx_migrations' order by 1")
        .await;
    assert!(tables.len() >= 20, "{tables:?}");
    tables
}

/// Every table that holds a clinic's data, and its column that says whose.
async fn tables(app: &TestApp) -> Vec<(String, &'static str)> {
    let tables: Vec<String> =
        all_tables(app).await.into_iter().filter(|t| !OF_ACCOUNTS.contains(&t.as_str())).collect();
    tables.into_iter().map(|t| if t == "organizations" { (t, "id") } else { (t, "organization") }).collect()
}

/// A life in each clinic that leaves a row in every table.
async fn rows_everywhere(app: &mut TestApp) {
    let dora = Patient { authority: "HILL".into(), ..patient("1000", "Dora", "dora@mail.example", "en") };
    let there = |v: Visit| Visit { location: "HILL".into(), provider: "99".into(), ..v };
    let mut hillside = WireClient::connect(app.interfaces[&app.other.interfaces["Hillside EMR"]]).await;
    let told = [
        ("S12", "20260302080000", Some(visit("AP1", "IE", "202603020900"))),
        ("S12", "20260302080100", Some(visit("AP2", "WHAT", "202603161400"))),
        ("A04", "20260302090000", Some(Visit { number: "VN1".into(), ..visit("", "IE", "202603020900") })),
    ];
    for (event, at, visit) in told {
        app.emr_sends(&message(event, at, &crate::messages::alma(), visit.as_ref())).await;
        let elsewhere = visit.map(&there);
        hillside.says(&message(event, at, &dora, elsewhere.as_ref())).await;
        assert!(hillside.hears().await.is_some_and(|answer| answer.starts_with("AA")));
        app.all_work_is_done().await;
    }
    app.clock_moves_to("2026-03-10T15:00:00Z").await;
    for (made, email) in [(&app.clinic, "ben@riverbend.example"), (&app.other, "chloe@hillside.example")] {
        let (organization, staff) = app.roof.app.find_staff(email).await.unwrap().unwrap();
        assert_eq!(organization, made.organization);
        let mut tx = app.roof.app.begin(organization).await.unwrap();
        let now = app.roof.now();
        tx.suppress(Channel::Email.code(), "gone@mail.example", "bounced", now).await.unwrap();
        let interface = *made.interfaces.values().next().unwrap();
        let map = ColumnMapRow { name: "map".into(), interface, body: serde_json::json!({}) };
        tx.put_column_map(&map, now, Some(staff)).await.unwrap();
        tx.insert_import(&NewImport {
            id: ImportId(app.roof.new_id()),
            interface,
            map: None,
            file_name: "visits.csv".into(),
            file_hash: vec![],
            body: vec![],
            origin: None,
            received_at: now,
            received_by: Some(staff),
        })
        .await
        .unwrap();
        tx.start_session(staff, email.as_bytes(), now, now + jiff::SignedDuration::from_hours(1)).await.unwrap();
        tx.commit().await.unwrap();
        for row in [
            "workflow_edits select $1, 'welcome', 2, 'stay', now()",
            "outcome_forms select $1, 'neck', 'questionnaire/ndi'",
            "instrument_licences (organization, instrument, granted_by, reference, at, said_by) select $1, 'ndi', 'a', 'b', now(),
                 gen_random_uuid()",
            "closed_days select $1, id, '2026-12-25' from locations where organization = $1 limit 1",
            "visit_types select $1, id, 'WHAT' from interfaces where organization = $1 limit 1",
            "practitioners_claimed (organization, interface, code, name) select $1, id, '7', 'Ann' from interfaces where organization = $1 limit 1",
            "enrolment_lists (organization, id, workflow, filter, patients, moment, made_at, made_by) select $1, gen_random_uuid(), 'w', '', '{}', '{}', now(), gen_random_uuid()",
            "portal_sessions select $1, uuid_send(id), id, now(), now() from patients where organization = $1 limit 1",
            "portal_links select $1, id, now() from deliveries where organization = $1 limit 1",
            "portal_tries select $1, id, now() from patients where organization = $1 limit 1",
            "drafts select $1, id, gen_random_uuid(), '{}', now() from patients where organization = $1 limit 1",
            "done_marks select $1, id, gen_random_uuid(), 'x', '2026-03-02', now() from patients where organization = $1 limit 1",
            "previews (organization, id, question, asked_at) select $1, gen_random_uuid(), '{}', now()",
            "courses (organization, patient, episode, content, instrument, is_open, asked, answered) select $1, id, 'walls', 'questionnaire/pain', 'nprs', true, 1, 0 from patients where organization = $1 limit 1",
            "harm_plans (organization, id, at, said_by) select $1, gen_random_uuid(), now(), id from staff where organization = $1 limit 1",
            "webhooks select $1, gen_random_uuid(), 'registry', 'https://registry.example', true, now()",
            "library_videos select $1, 'squat', 1, 'video/mp4', '', ''",
            "accounts select $1, 'account of ' || $1, now()",
            "account_items select $1, 'exercise', 'squat', 1, 'Squat', 'CC0-1.0', 'Us', null, '{en}', null, '', now()",
            "account_videos select $1, 'squat', 1, 'video/mp4', '', ''",
            "mail_reports select $1, id, 'late', '4.4.1', now() from deliveries where organization = $1 limit 1",
            "merges select $1, gen_random_uuid(), id, now() from patients where organization = $1 limit 1",
        ] {
            let insert = AssertSqlSafe(format!("insert into {row}"));
            sqlx::query(insert).bind(organization.0).execute(&app.sees_all).await.unwrap();
        }
    }
}

async fn as_role(app: &TestApp, role: Role) -> PgConnection {
    app.database.as_ref().unwrap().login(role.name()).connect().await.unwrap()
}

async fn set(connection: &mut PgConnection, organization: OrganizationId) {
    sqlx::query("select set_config('stepwell.organization', $1, true)")
        .bind(organization.0.to_string())
        .execute(connection)
        .await
        .unwrap();
}

fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(|e| e.code()).unwrap_or_default().into_owned()
}

#[tokio::test]
async fn without_an_organization_no_query_works_on_any_table() {
    let mut app = TestApp::start().await;
    rows_everywhere(&mut app).await;
    for role in ROLES {
        let mut connection = as_role(&app, role).await;
        for round in ["never set", "set in an earlier transaction"] {
            for table in all_tables(&app).await {
                let count = format!("select count(*) from {table}");
                let said = connection.execute(AssertSqlSafe(count)).await;
                assert!(said.is_err(), "{role:?}: {table} could be read, {round}");
            }
            let mut tx = connection.begin().await.unwrap();
            set(&mut tx, app.clinic.organization).await;
            tx.commit().await.unwrap();
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn with_an_organization_only_its_rows_exist_in_every_table() {
    let mut app = TestApp::start().await;
    rows_everywhere(&mut app).await;
    let (own, other) = (app.clinic.organization, app.other.organization);
    for role in ROLES {
        for (organization, stranger) in [(own, other), (other, own)] {
            let mut connection = as_role(&app, role).await;
            for (table, column) in tables(&app).await {
                let mut tx = connection.begin().await.unwrap();
                set(&mut tx, organization).await;
                let count = |whose: OrganizationId| {
                    sqlx::query_scalar::<_, i64>(AssertSqlSafe(format!(
                        "select count(*) from {table} where {column} = '{whose}'"
                    )))
                };
                assert!(
                    count(organization).fetch_one(&mut *tx).await.unwrap() > 0,
                    "{table} is empty: it proves nothing"
                );
                assert_eq!(
                    count(stranger).fetch_one(&mut *tx).await.unwrap(),
                    0,
                    "{role:?} sees rows of others in {table}"
                );
                for change in [
                    format!("update {table} set {column} = {column} where {column} = '{stranger}'"),
                    format!("delete from {table} where {column} = '{stranger}'"),
                ] {
                    let done = tx.execute(AssertSqlSafe(change)).await.unwrap();
                    assert_eq!(done.rows_affected(), 0, "{role:?} reaches rows of others in {table}");
                }
                tx.rollback().await.unwrap();
            }
        }
    }
    app.finish().await;
}

/// Of each table, the columns that the database does not work out itself.
async fn written_columns(app: &TestApp) -> BTreeMap<String, String> {
    let columns = "select relname || '=' || string_agg(quote_ident(attname), ', ') from pg_attribute
        join pg_class c on c.oid = attrelid where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and attnum > 0 and not attisdropped and attgenerated = '' group by relname";
    let lines = app.ask(columns).await;
    lines.iter().filter_map(|line| line.split_once('=')).map(|(t, all)| (t.to_owned(), all.to_owned())).collect()
}

#[tokio::test]
async fn nothing_can_be_written_for_another_organization_in_any_table() {
    let mut app = TestApp::start().await;
    rows_everywhere(&mut app).await;
    let (own, other) = (app.clinic.organization, app.other.organization);
    let written = written_columns(&app).await;
    for role in ROLES {
        let mut connection = as_role(&app, role).await;
        for (table, column) in tables(&app).await {
            let written = &written[&table];
            for change in [
                format!("update {table} set {column} = '{other}'"),
                format!(
                    "with rows as (select (jsonb_populate_record(null::{table}, to_jsonb(t) || '{{\"{column}\": \"{other}\"}}')).*
                         from {table} t)
                     insert into {table} ({written}) overriding system value select {written} from rows"
                ),
            ] {
                let mut tx = connection.begin().await.unwrap();
                set(&mut tx, own).await;
                let refused = tx.execute(AssertSqlSafe(change)).await.unwrap_err();
                assert_eq!(code(&refused), "42501", "{role:?}, {table}: {refused}");
                assert!(refused.to_string().contains("row-level security"), "{role:?}, {table}: {refused}");
                tx.rollback().await.unwrap();
            }
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn row_level_security_is_forced_on_every_table_and_no_role_stands_above_it() {
    let app = TestApp::start().await;
    let free = "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
                and not (relrowsecurity and relforcerowsecurity) order by 1";
    assert_eq!(app.ask(free).await, ["_sqlx_migrations"]);
    let above = "select rolname::text from pg_roles where rolname like 'stepwell%' and (rolsuper or rolbypassrls or rolcreaterole)";
    assert_eq!(app.ask(above).await, Vec::<String>::new());
    app.finish().await;
}

#[tokio::test]
async fn a_superuser_is_refused_as_a_login() {
    let app = TestApp::start().await;
    let database = app.database.as_ref().unwrap();
    for role in ROLES {
        let refused = Store::connect(database.superuser(), role, 1).await.unwrap_err();
        assert!(matches!(refused, store::Error::Superuser(_)), "{refused}");
    }
    // The same login is good for migrations, and a plain one for work.
    let plain = PgPoolOptions::new().connect_with(database.login(Role::App.name())).await.unwrap();
    plain.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_message_for_one_clinic_leaves_the_other_as_it_was() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message(
        "S12",
        "20260302090000",
        &crate::messages::alma(),
        Some(&visit("AP1", "IE", "202603161400")),
    ))
    .await;
    let mut tx = app.roof.app.begin(app.other.organization).await.unwrap();
    let alma = app.alma().await;
    assert_eq!(tx.search_patients("", app.roof.now(), 10).await.unwrap().len(), 0);
    assert!(store::patient_lock(&mut tx, alma).await.unwrap().is_none());
    assert_eq!(tx.decisions(Some(alma), None, 10).await.unwrap().len(), 0);
    assert_eq!(tx.changes(alma).await.unwrap().len(), 0);
    drop(tx);
    app.finish().await;
}

/// Tables the portal reads, and their column that says whose.
const OF_ONE_PATIENT: [(&str, &str); 4] =
    [("patients", "id"), ("changes", "patient"), ("drafts", "patient"), ("done_marks", "patient")];

#[tokio::test]
async fn the_portal_sees_one_patients_rows_and_no_other_table_of_patients() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("A28", "20260303080000", &patient("2000", "Emil", "emil@mail.example", "en"), None)).await;
    rows_everywhere(&mut app).await;
    for table in [
        "drafts select organization, id, gen_random_uuid(), '{}', now()",
        "done_marks select organization, id, gen_random_uuid(), 'x', '2026-03-02', now()",
    ] {
        let insert = format!("insert into {table} from patients");
        sqlx::query(AssertSqlSafe(insert)).execute(&app.sees_all).await.unwrap();
    }
    let emil = app.ask("select id::text from patients where given = 'Emil'").await.remove(0);
    let mut connection = as_role(&app, Role::Portal).await;
    let mut tx = connection.begin().await.unwrap();
    set(&mut tx, app.clinic.organization).await;
    assert!(tx.execute("select count(*) from changes").await.is_err(), "read without a patient");
    tx.rollback().await.unwrap();
    let mut tx = connection.begin().await.unwrap();
    set(&mut tx, app.clinic.organization).await;
    sqlx::query("select set_config('stepwell.patient', $1, true)").bind(&emil).execute(&mut *tx).await.unwrap();
    for (table, column) in OF_ONE_PATIENT {
        let whose = format!("select distinct {column}::text from {table}");
        let seen: Vec<String> = sqlx::query_scalar(AssertSqlSafe(whose)).fetch_all(&mut *tx).await.unwrap();
        assert_eq!(seen, std::slice::from_ref(&emil), "{table}");
    }
    tx.rollback().await.unwrap();
    for table in ["deliveries", "decisions", "contact_points", "portal_sessions", "staff", "messages", "encounters"] {
        let mut tx = connection.begin().await.unwrap();
        set(&mut tx, app.clinic.organization).await;
        let said = tx.execute(AssertSqlSafe(format!("select 1 from {table}"))).await;
        assert_eq!(said.map_err(|e| code(&e)).unwrap_err(), "42501", "{table}: not the portal's");
        tx.rollback().await.unwrap();
    }
    drop(connection);
    app.finish().await;
}
