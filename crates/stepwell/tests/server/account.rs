//! Accounts: what one publishes stands in the library of each of its clinics, read-only there, and in no other's.

use care::id::{AccountId, OrganizationId};
use care::library::Scope;
use jiff::SignedDuration;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};
use stepwell::library::account::{Shared, join, share};
use stepwell::library::import::{Folder, import};
use stepwell::library::{Outcome, given};
use stepwell::setup::Setup;
use store::{Published, Role};

use crate::app::{TestApp, monday};
use crate::library::{ARTICLE, SQUAT, article, folder};
use crate::pages::{ben, chloe};
use crate::portal::{asked, comes_in};

const PARKING: &str = "education/our-parking";

/// An account, and a third clinic that is in none.
pub struct Group {
    pub account: AccountId,
    pub stranger: OrganizationId,
}

impl Group {
    /// With Riverbend in it.
    pub async fn of_riverbend(app: &TestApp) -> Self {
        let group = Self::of_nobody(app).await;
        group.joins(app, app.clinic.organization).await;
        group
    }

    async fn of_nobody(app: &TestApp) -> Self {
        let third = "name = \"Lakeside\"\nzone = \"America/Chicago\"\nmail_from = \"hello@lakeside.example\"\n";
        let made = Setup::parse(third).unwrap().make(&app.roof.app, monday()).await.unwrap();
        let account = AccountId(app.roof.new_id());
        let mut tx = app.roof.app.begin_account(account).await.unwrap();
        tx.create("Three Rivers", app.roof.now()).await.unwrap();
        tx.commit().await.unwrap();
        Self { account, stranger: made.organization }
    }

    pub async fn joins(&self, app: &TestApp, clinic: OrganizationId) -> Vec<Outcome> {
        let mut tx = app.roof.app.begin(clinic).await.unwrap();
        let outcomes = join(&mut tx, self.account, app.roof.now()).await.unwrap();
        tx.commit().await.unwrap();
        outcomes
    }

    async fn shares(&self, app: &TestApp, folder: &Folder) -> Shared {
        let mut tx = app.roof.app.begin_account(self.account).await.unwrap();
        let shared = share(&mut tx, folder, app.roof.now(), None).await.unwrap();
        tx.commit().await.unwrap();
        shared
    }

    async fn shares_one(&self, app: &TestApp, text: &str) -> Shared {
        self.shares(app, &folder(&[(ARTICLE, text)])).await
    }
}

fn published(outcomes: &[Outcome]) -> Vec<Published> {
    outcomes.iter().map(|outcome| outcome.said.as_ref().unwrap().2).collect()
}

fn refusal(outcome: &Outcome) -> String {
    outcome.said.as_ref().unwrap_err().to_string()
}

/// Version and scope of the parking article in a clinic's library.
async fn parking(app: &TestApp, clinic: OrganizationId) -> Option<(u32, Scope)> {
    let mut tx = app.roof.app.begin(clinic).await.unwrap();
    let rows = tx.newest().await.unwrap();
    rows.into_iter().find(|row| row.name.to_string() == PARKING).map(|row| (row.version, row.scope))
}

async fn brings_its_own(app: &TestApp, clinic: OrganizationId, text: &str) -> Outcome {
    let mut tx = app.roof.app.begin(clinic).await.unwrap();
    let folder = folder(&[(ARTICLE, text)]);
    let said = import(&mut tx, &folder, Scope::Organization, app.roof.now(), None).await.unwrap().remove(0);
    tx.commit().await.unwrap();
    said
}

#[tokio::test]
async fn both_clinics_of_an_account_get_what_it_publishes_and_a_third_does_not() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    group.joins(&app, app.other.organization).await;
    let shared = group.shares_one(&app, &article(1, "Behind the house.")).await;
    assert_eq!(published(&shared.account), [Published::New]);
    let names: Vec<&str> = shared.clinics.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Hillside Therapy", "Riverbend Physical Therapy"]);
    for (_, outcomes) in &shared.clinics {
        assert_eq!(published(outcomes), [Published::New]);
    }
    for clinic in [app.clinic.organization, app.other.organization] {
        assert_eq!(parking(&app, clinic).await, Some((1, Scope::Account)));
    }
    assert_eq!(parking(&app, group.stranger).await, None);
    let mut tx = app.roof.app.begin_account(group.account).await.unwrap();
    assert!(tx.turn_to(group.stranger).await.is_err(), "an account does not reach into a clinic that is not its");
    drop(tx);
    app.finish().await;
}

#[tokio::test]
async fn the_walls_show_an_account_to_its_clinics_and_let_none_of_them_write() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    let mut squat = folder(&[("exercises/our-squat.toml", SQUAT)]);
    squat.videos.insert("exercises/squat.mp4".into(), b"\0\0\0\x20ftypisom".to_vec());
    assert_eq!(published(&group.shares(&app, &squat).await.account), [Published::New]);
    let tables = ["accounts", "account_items", "account_videos"];
    for role in [Role::App, Role::Runner] {
        let mut connection = app.database.as_ref().unwrap().login(role.name()).connect().await.unwrap();
        let clinics = [(app.clinic.organization, 1), (app.other.organization, 0), (group.stranger, 0)];
        for ((clinic, seen), table) in clinics.into_iter().flat_map(|clinic| tables.map(|table| (clinic, table))) {
            let column = if table == "accounts" { "id" } else { "account" };
            let set = format!("select set_config('stepwell.organization', '{clinic}', true)");
            let mut tx = connection.begin().await.unwrap();
            tx.execute(AssertSqlSafe(set.clone())).await.unwrap();
            let count = sqlx::query_scalar::<_, i64>(AssertSqlSafe(format!("select count(*) from {table}")));
            assert_eq!(count.fetch_one(&mut *tx).await.unwrap(), seen, "{role:?}: {table}");
            tx.rollback().await.unwrap();
            for change in [
                format!("update {table} set {column} = {column}"),
                format!("delete from {table}"),
                format!(
                    "insert into {table}
                     select (jsonb_populate_record(null::{table}, '{{\"{column}\": \"{}\"}}')).*",
                    group.account
                ),
            ] {
                let mut tx = connection.begin().await.unwrap();
                tx.execute(AssertSqlSafe(set.clone())).await.unwrap();
                let refused = tx.execute(AssertSqlSafe(change.clone())).await.unwrap_err();
                let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
                assert_eq!(code, "42501", "{role:?}: {change}: {refused}");
                tx.rollback().await.unwrap();
            }
        }
        connection.close().await.unwrap();
    }
    app.finish().await;
}

#[tokio::test]
async fn a_published_version_of_an_account_never_changes_and_a_later_one_leaves_what_was_given() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    let first = article(1, "Behind the house.");
    group.shares_one(&app, &first).await;
    let again = group.shares_one(&app, &first).await;
    assert_eq!(published(&again.account), [Published::Unchanged]);
    assert_eq!(published(&again.clinics[0].1), [Published::Unchanged]);
    let changed = group.shares_one(&app, &article(1, "In the street.")).await;
    assert_eq!(
        refusal(&changed.account[0]),
        "education/our-parking.toml: version: version 1 of education/our-parking is published with another text, and a \
         published version never changes: write version = 2"
    );
    let before = app.roof.now();
    app.clock_moves_by(SignedDuration::from_hours(1)).await;
    let later = group.shares_one(&app, &article(3, "In the street.")).await;
    assert_eq!(published(&later.account), [Published::NewVersion(1)]);
    assert_eq!(published(&later.clinics[0].1), [Published::NewVersion(1)]);
    let older = group.shares_one(&app, &article(2, "On the roof.")).await;
    assert!(refusal(&older.account[0]).ends_with("is published already: write version = 4"));
    let name = PARKING.parse().unwrap();
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    let (then, _) = given(&mut tx, &name, before).await.unwrap().unwrap();
    let (now, _) = given(&mut tx, &name, app.roof.now()).await.unwrap().unwrap();
    assert_eq!((then.version, now.version), (1, 3));
    drop(tx);
    app.finish().await;
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_writes_nothing_anywhere() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    let mut tx = app.roof.app.begin_account(group.account).await.unwrap();
    let parking_lot = folder(&[(ARTICLE, &article(1, "Behind the house."))]);
    let shared = share(&mut tx, &parking_lot, app.roof.now(), None).await.unwrap();
    assert_eq!(published(&shared.clinics[0].1), [Published::New]);
    drop(tx);
    assert_eq!(app.ask("select count(*)::text from account_items").await, ["0"]);
    assert_eq!(parking(&app, app.clinic.organization).await, None);
    app.finish().await;
}

#[tokio::test]
async fn a_clinics_own_item_of_that_name_stays_and_the_rest_comes() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    group.joins(&app, app.other.organization).await;
    brings_its_own(&app, app.clinic.organization, &article(1, "Our own garage.")).await.said.unwrap();
    let entrance = article(1, "On the left.").replace("Parking", "Entrance");
    let both =
        folder(&[(ARTICLE, &article(1, "Behind the house.")), ("education/our-entrance.toml", entrance.as_str())]);
    let shared = group.shares(&app, &both).await;
    assert_eq!(published(&shared.account), [Published::New, Published::New]);
    let [(_, hillside), (_, riverbend)] = shared.clinics.as_slice() else { panic!("two clinics") };
    assert_eq!(published(hillside), [Published::New, Published::New]);
    assert_eq!(published(&riverbend[..1]), [Published::New], "the entrance");
    assert_eq!(
        refusal(&riverbend[1]),
        "education/our-parking: name: education/our-parking is the organization's own, and stays as it is: give the \
         account's another name"
    );
    assert_eq!(parking(&app, app.clinic.organization).await, Some((1, Scope::Organization)));
    assert_eq!(parking(&app, app.other.organization).await, Some((1, Scope::Account)));
    app.finish().await;
}

#[tokio::test]
async fn an_account_takes_no_name_that_ships_and_a_clinic_none_of_its_accounts() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    let sleep = "education/sleep.toml";
    let shared = group.shares(&app, &folder(&[(sleep, &article(9, "Our own advice."))])).await;
    assert_eq!(
        refusal(&shared.account[0]),
        "education/sleep.toml: name: education/sleep is global: it ships with Stepwell, and stays as it is: give the \
         account's another name"
    );
    let shipped = stepwell::content::files().remove(sleep).unwrap();
    let shared = group.shares(&app, &folder(&[(sleep, &shipped)])).await;
    assert_eq!(published(&shared.account), [Published::Unchanged]);
    assert_eq!(app.ask("select count(*)::text from account_items").await, ["0"]);
    group.shares_one(&app, &article(1, "Behind the house.")).await;
    let said = refusal(&brings_its_own(&app, app.clinic.organization, &article(2, "Elsewhere.")).await);
    assert!(
        said.ends_with("education/our-parking is your account's, and is not changed here: give yours another name"),
        "{said}"
    );
    app.finish().await;
}

#[tokio::test]
async fn joining_brings_what_is_there_and_leaving_takes_nothing_away() {
    let app = TestApp::start().await;
    let group = Group::of_nobody(&app).await;
    group.shares_one(&app, &article(1, "Behind the house.")).await;
    group.shares_one(&app, &article(2, "In the street.")).await;
    assert_eq!(parking(&app, app.clinic.organization).await, None);
    assert_eq!(published(&group.joins(&app, app.clinic.organization).await), [Published::New]);
    assert_eq!(parking(&app, app.clinic.organization).await, Some((2, Scope::Account)));

    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    tx.set_account(None).await.unwrap();
    tx.commit().await.unwrap();
    group.shares_one(&app, &article(3, "On the roof.")).await;
    assert_eq!(parking(&app, app.clinic.organization).await, Some((2, Scope::Account)), "as it was when it left");

    let other = Group { account: AccountId(app.roof.new_id()), stranger: group.stranger };
    let mut tx = app.roof.app.begin_account(other.account).await.unwrap();
    tx.create("Other Rivers", app.roof.now()).await.unwrap();
    tx.commit().await.unwrap();
    other.shares_one(&app, &article(7, "In the lake.")).await;
    let said = refusal(&other.joins(&app, app.clinic.organization).await[0]);
    assert!(said.contains("is of an account that the clinic was in before, and stays as it is"), "{said}");
    assert_eq!(published(&group.joins(&app, app.clinic.organization).await), [Published::NewVersion(2)]);
    assert_eq!(parking(&app, app.clinic.organization).await, Some((3, Scope::Account)), "back where it was");
    app.finish().await;
}

#[tokio::test]
async fn a_video_of_an_account_is_played_to_staff_and_patients_and_stays_when_the_clinic_leaves() {
    let mut app = TestApp::start().await;
    let group = Group::of_nobody(&app).await;
    let bytes = b"\0\0\0\x20ftypisom and so on".to_vec();
    let with = |video: &[u8]| {
        let mut squat = folder(&[("exercises/our-squat.toml", SQUAT)]);
        squat.videos.insert("exercises/squat.mp4".into(), video.to_vec());
        squat
    };
    group.shares(&app, &with(&bytes)).await;
    let other = group.shares(&app, &with(b"\0\0\0\x20ftypother")).await;
    assert!(refusal(&other.account[0]).ends_with("is published with another video: write version = 2"));
    group.joins(&app, app.clinic.organization).await;

    let src = "/library/exercise/our-squat/video?version=1";
    let ben = ben(&app).await;
    let page = ben.gets("/library/exercise/our-squat").await.body;
    assert!(page.contains(&format!("src=\"{src}\"")), "{page}");
    assert!(page.contains("Your account's") && page.contains("read-only here"), "{page}");
    assert_eq!(chloe(&app).await.gets(src).await.status, 404, "another clinic has none");
    let link = asked(&mut app, "exercise/our-squat").await;
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    tx.set_account(None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(ben.gets(src).await.body.as_bytes(), bytes);
    let (alma, _) = comes_in(&app, &link).await;
    let list = alma.gets("/p/today").await.body;
    let to = list.split_once("href=\"/p/exercises/").unwrap().1.split('"').next().unwrap();
    assert_eq!(alma.gets(&format!("/p/exercises/{to}/video")).await.body.as_bytes(), bytes);
    app.finish().await;
}

#[tokio::test]
async fn staff_find_what_is_their_accounts_and_what_is_their_own() {
    let app = TestApp::start().await;
    let group = Group::of_riverbend(&app).await;
    group.shares_one(&app, &article(1, "Behind the house.")).await;
    let ben = ben(&app).await;
    let of_account = ben.gets("/library?scope=account").await.body;
    assert!(of_account.contains(&format!("/library/{PARKING}\"")) && of_account.contains("Your account&#39;s"));
    assert!(!of_account.contains("/library/education/sleep\""), "{of_account}");
    let own = ben.gets("/library?scope=organization").await.body;
    assert!(!own.contains(PARKING) && own.contains("Nothing in the library fits"), "{own}");
    let ships = ben.gets("/library?scope=global&kind=education").await.body;
    assert!(ships.contains("/library/education/sleep\"") && !ships.contains(PARKING));
    app.finish().await;
}
