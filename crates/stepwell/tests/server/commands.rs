//! The commands about one clinic, as a person types them: the real binary, against a database of its own.

use std::path::PathBuf;
use std::process::Command;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use sqlx::ConnectOptions;
use sqlx::postgres::PgPool;
use stepwell::clock::Clock;
use stepwell::database::OWNER;
use store::{ImportId, NewImport, Role, Store};

use crate::cluster::TestDatabase;

/// What a command said, and how it ended.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// What is wrong, with its cure.
    fn ill(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{}", self.err);
        self.err
    }
}

/// A machine with the binary, a database and a folder.
struct Shop {
    database: TestDatabase,
    folder: PathBuf,
    sees_all: PgPool,
}

impl Shop {
    async fn open() -> Self {
        let database = TestDatabase::migrated().await;
        let folder = std::env::temp_dir().join(format!("stepwell-commands-{}", database.name));
        std::fs::create_dir(&folder).unwrap();
        let sees_all = PgPool::connect_with(database.superuser()).await.unwrap();
        let shop = Self { database, folder, sees_all };
        shop.sets_up("Riverbend Physical Therapy");
        shop
    }

    fn sets_up(&self, name: &str) {
        let domain = format!("@{}.example", name.to_lowercase().replace(' ', "-"));
        let file = include_str!("riverbend.toml").replace("Riverbend Physical Therapy", name);
        let file = file.replace("@riverbend.example", &domain);
        let file = self.writes("clinic.toml", &file);
        self.runs(&["setup", &file]).well();
    }

    fn writes(&self, name: &str, text: &str) -> String {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn runs(&self, args: &[&str]) -> Said {
        let url = self.database.login(OWNER).to_url_lossy();
        let mut command = Command::new(env!("CARGO_BIN_EXE_stepwell"));
        command.args(args).args(["--database-url", url.as_str()]).env_clear();
        let done = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
    }

    fn imports(&self, file: &str, args: &[&str]) -> Said {
        self.runs(&[&["import", file, "--map", "daily visits"], args].concat())
    }

    async fn ask(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.sees_all).await.unwrap()
    }

    async fn closes(self) {
        self.sees_all.close().await;
        self.database.drop_it().await;
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}

const HEAD: &str = "MRN,First name,Last name,Email,Appointment ID,Start,Type,Provider,Status,Location\n";

fn in_days(days: i64) -> Date {
    Clock::Wall.now().to_zoned(jiff::tz::TimeZone::get("America/New_York").unwrap()).date() + days.days()
}

/// A visit in so many days.
fn row(number: usize, days: i64) -> String {
    let day = in_days(days).strftime("%m/%d/%Y");
    format!("{number},Alma,Reyes,a{number}@mail.example,V{number},{day} 14:00,FU,Dana Reyes,Scheduled,Riverside\n")
}

fn rows(numbers: std::ops::Range<usize>) -> String {
    HEAD.to_owned() + &numbers.map(|number| row(number, 7)).collect::<String>()
}

const CHANGES: &str = "select count(*) from changes";

#[tokio::test]
async fn a_file_is_tried_then_imported_and_then_says_nothing_new() {
    let shop = Shop::open().await;
    let file = shop.writes("week.csv", &(rows(0..3) + &row(9, 7).replace("14:00", "someday")));
    let tried = shop.imports(&file, &["--dry-run"]).well();
    for line in ["rows: 4", "patients: 3 new, 0 changed, 0 unchanged", "visits: 3 new, 0 changed, 0 unchanged"] {
        assert!(tried.lines().any(|said| said == line), "{line}: {tried}");
    }
    assert!(tried.contains("rows refused: 1\n  line 5, column Start: "), "{tried}");
    assert!(tried.ends_with("this was a dry run: nothing is changed\n"), "{tried}");
    assert!(!tried.contains("Alma") && !tried.contains("Reyes"), "a patient is named: {tried}");
    let kept =
        "select (select count(*) from patients) + (select count(*) from changes) + (select count(*) from messages)";
    assert_eq!(shop.ask(kept).await, 0);

    let imported = shop.imports(&file, &[]).well();
    assert!(imported.contains("visits: 3 new, 0 changed, 0 unchanged"), "{imported}");
    assert!(imported.contains("rows refused: 1; cause and cure stand on the page of refused messages"), "{imported}");
    assert_eq!(shop.ask("select count(*) from encounters where state = 'planned'").await, 3);
    assert_eq!(shop.ask("select count(*) from messages where state = 'refused'").await, 1);

    let changes = shop.ask(CHANGES).await;
    let again = shop.imports(&file, &[]).well();
    assert!(again.contains("visits: 0 new, 0 changed, 3 unchanged"), "{again}");
    assert_eq!(shop.ask(CHANGES).await, changes);
    shop.closes().await;
}

#[tokio::test]
async fn a_complete_file_that_makes_many_vanish_is_imported_only_when_that_is_meant() {
    let shop = Shop::open().await;
    shop.imports(&shop.writes("full.csv", &rows(0..10)), &[]).well();
    let half = shop.writes("half.csv", &rows(0..5));
    let day = in_days(7).to_string();
    for dry in [&["--dry-run"][..], &[]] {
        let refused = shop.imports(&half, &[&["--complete", &day], dry].concat()).ill(1);
        assert!(refused.contains("half.csv: refused at ") && refused.contains("--allow-vanishing"), "{refused}");
    }
    let planned = "select count(*) from encounters where state = 'planned'";
    assert_eq!(shop.ask(planned).await, 10);
    let args = ["--complete", &day, "--at", "lakeview", "--allow-vanishing"];
    let elsewhere = shop.imports(&half, &args).well();
    assert!(!elsewhere.contains("cancelled"), "{elsewhere}");
    let meant = shop.imports(&half, &["--complete", &day, "--at", "riverside", "--allow-vanishing"]).well();
    assert!(meant.contains("cancelled because they are missing: 5 of 10 planned"), "{meant}");
    assert_eq!(shop.ask(planned).await, 5);
    shop.closes().await;
}

#[tokio::test]
async fn what_is_wrong_with_an_import_is_said_with_its_cure() {
    let shop = Shop::open().await;
    let file = shop.writes("week.csv", &rows(0..1));
    let sheet = shop.writes("week.xlsx", "PK\u{3}\u{4}");
    let other = shop.writes("other.csv", "Patient,Day\n1,2026-03-02\n");
    for (args, code, cure) in [
        (vec!["import", &file, "--map", "weekly"], 1, "there are: daily visits, episodes, patients"),
        (vec!["import", &file, "--map", "daily visits", "--kind", "patients"], 1, "is for visits, not for patients"),
        (vec!["import", &file, "--map", "daily visits", "--complete", "3/2/2026"], 1, "2026-03-02..2026-03-06"),
        (vec!["import", &file, "--map", "daily visits", "--complete", "2026-03-06..2026-03-02"], 1, "after the last"),
        (
            vec!["import", &file, "--map", "daily visits", "--complete", "2026-03-02", "--at", "Attic"],
            1,
            "no such location; there are: ",
        ),
        (vec!["import", &file, "--map", "daily visits", "--at", "Riverside"], 2, "--complete <COMPLETE>"),
        (vec!["import", &file, "--map", "daily visits", "--organization", "Attic"], 1, "there are: Riverbend"),
        (vec!["import", &file], 2, "--map <MAP>"),
        (vec!["import", "none.csv", "--map", "daily visits"], 1, "none.csv: No such file"),
        (vec!["import", &sheet, "--map", "daily visits"], 1, "save the table as CSV"),
        (vec!["import", &other, "--map", "daily visits"], 1, "refused at "),
    ] {
        let said = shop.runs(&args).ill(code);
        assert!(said.contains(cure), "{args:?}: {said}");
    }
    assert_eq!(shop.ask(CHANGES).await, 0);

    shop.sets_up("Hillside");
    let both = shop.imports(&file, &[]).ill(1);
    assert!(both.contains("say which with --organization: ") && both.contains("Hillside"), "{both}");
    shop.imports(&file, &["--organization", "hillside"]).well();
    let there =
        "select count(*) from patients p join organizations o on o.id = p.organization where o.name = 'Hillside'";
    assert_eq!((shop.ask(there).await, shop.ask("select count(*) from patients").await), (1, 1));
    shop.closes().await;
}

/// Whoever was at it is gone, and no server runs.
#[tokio::test]
async fn an_import_that_was_broken_off_is_finished_before_the_next() {
    let shop = Shop::open().await;
    let runner = Store::connect(shop.database.login(Role::Runner.name()), Role::Runner, 1).await.unwrap();
    let organization = runner.organizations().await.unwrap()[0];
    let mut tx = runner.begin(organization).await.unwrap();
    let map = tx.column_map("daily visits").await.unwrap().unwrap();
    let now: Timestamp = Clock::Wall.now();
    let id = ImportId(stepwell::ids::new_id(now));
    let body = rows(0..3).into_bytes();
    tx.insert_import(&NewImport {
        id,
        interface: map.interface,
        map: Some(map.name),
        file_name: "first.csv".into(),
        file_hash: vec![1],
        body,
        origin: None,
        received_at: now,
        received_by: None,
    })
    .await
    .unwrap();
    assert!(tx.begin_import(id, &map.body).await.unwrap());
    tx.commit().await.unwrap();
    runner.close().await;
    let said = shop.imports(&shop.writes("second.csv", &rows(0..5)), &[]).well();
    assert!(said.contains("visits: 2 new, 0 changed, 3 unchanged"), "{said}");
    assert_eq!(shop.ask("select count(*) from imports where state = 'applied'").await, 2);
    shop.closes().await;
}

#[tokio::test]
async fn a_workflow_is_rehearsed_in_words_and_as_json_and_nothing_is_written() {
    let shop = Shop::open().await;
    shop.imports(&shop.writes("week.csv", &rows(0..3)), &[]).well();
    let all = "select (select count(*) from changes) + (select count(*) from entries) + (select count(*) from runs)
                    + (select count(*) from decisions)";
    let before = shop.ask(all).await;
    let words = shop.runs(&["rehearse", "visit-reminder", "--past", "0", "--next", "10", "--cover"]).well();
    assert!(words.contains("3 messages for 3 of 3 patients"), "{words}");
    let due = in_days(5).to_string();
    assert!(words.lines().any(|line| line.starts_with(&format!("  {due}     3  ###"))), "{due}: {words}");
    let json =
        shop.runs(&["rehearse", "visit-reminder", "--past", "5", "--next", "10", "--cover", "--format", "json"]).well();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["next"]["days"][&due]["own"]["email"], 3, "{json}");
    assert_eq!(json["past"]["patients"], 3, "{json}");
    assert_eq!(shop.ask(all).await, before);
    shop.closes().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_rehearsal_is_said_with_its_cure() {
    let shop = Shop::open().await;
    let broken = shop.writes("broken.toml", "title = \"A day after\"\n");
    for (args, code, cure) in [
        (vec!["rehearse", "visit-remainder"], 1, "visit-reminder"),
        (vec!["rehearse", "visit-reminder", "--organization", "Attic"], 1, "there are: Riverbend"),
        (vec!["rehearse", "visit-reminder", "--file", "none.toml"], 1, "none.toml: No such file"),
        (vec!["rehearse", "visit-reminder", "--file", &broken], 1, "broken.toml: line 1"),
        (vec!["rehearse", "visit-reminder", "--channels", "pigeon"], 1, "email, text"),
        (vec!["rehearse", "visit-reminder", "--past", "0", "--next", "0"], 1, "give one of them days"),
        (vec!["rehearse", "visit-reminder", "--next", "900"], 2, "0..=365"),
    ] {
        let said = shop.runs(&args).ill(code);
        assert!(said.contains(cure), "{args:?}: {said}");
    }
    shop.closes().await;
}

const PARKING: &str = "version = 1\nlicence = \"CC0-1.0\"\nattribution = \"Riverbend\"\n[en]\ntitle = \"Parking\"\n\
                       summary = \"Where to park.\"\nbody = \"Behind the house.\"\n";

#[tokio::test]
async fn a_library_is_tried_imported_exported_and_comes_back_unchanged() {
    let shop = Shop::open().await;
    let own = shop.folder.join("own/education");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("our-parking.toml"), PARKING).unwrap();
    let dir = shop.folder.join("own").display().to_string();
    let items = "select count(*) from library_items";
    let before = shop.ask(items).await;
    let tried = shop.runs(&["import", "content", &dir, "--dry-run"]).well();
    assert!(tried.contains("new          education/our-parking.toml: education/our-parking, version 1\n"), "{tried}");
    let counted = "new: 1, new versions: 0, unchanged: 0, refused: 0\nthis was a dry run: nothing is changed\n";
    assert!(tried.ends_with(counted), "{tried}");
    assert_eq!(shop.ask(items).await, before);
    shop.runs(&["import", "content", &dir]).well();
    assert_eq!(shop.ask(items).await, before + 1);

    let whole = shop.folder.join("whole").display().to_string();
    shop.runs(&["export", "content", &whole]).well();
    let again = shop.runs(&["import", "content", &whole]).well();
    assert_eq!(again, format!("new: 0, new versions: 0, unchanged: {}, refused: 0\n", before + 1));
    let refused = shop.runs(&["export", "content", &whole]).ill(1);
    assert!(refused.contains("is not empty: name a new folder"), "{refused}");
    let alone = shop.folder.join("alone").display().to_string();
    assert!(shop.runs(&["export", "content", &alone, "--own"]).well().starts_with("1 files in "));
    assert_eq!(std::fs::read_to_string(format!("{alone}/education/our-parking.toml")).unwrap(), PARKING);

    std::fs::write(own.join("our-parking.toml"), PARKING.replace("house", "barn")).unwrap();
    std::fs::write(own.join("picture.png"), [0xff]).unwrap();
    let said = shop.runs(&["import", "content", &dir]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("refused      education/our-parking.toml: version: version 1 of"), "{}", said.out);
    assert!(said.out.contains("refused      education/picture.png: file: not a file of the library"), "{}", said.out);
    assert!(said.err.contains("2 refused; what is not refused is loaded"), "{}", said.err);
    shop.closes().await;
}

#[tokio::test]
async fn the_notice_names_everybody_and_without_a_clinic_needs_no_database() {
    let shop = Shop::open().await;
    let shipped = shop.runs(&["notice"]).well();
    for words in ["\nCC-BY-4.0\n---------\n", "\nThe Stepwell contributors\n", "  questionnaire/rmdq \"", "Pfizer"] {
        assert!(shipped.contains(words), "{words}: {shipped}");
    }
    let clinic = shop.runs(&["notice", "--organization", "Riverbend Physical Therapy"]).well();
    assert_eq!(clinic.lines().count(), shipped.lines().count());
    shop.closes().await;
}

#[tokio::test]
async fn an_account_is_made_joined_filled_exported_and_left() {
    let shop = Shop::open().await;
    shop.sets_up("Hillside Therapy");
    assert!(shop.runs(&["account", "list"]).well().contains("there is no account; make one with"));
    let said = shop.runs(&["account", "join", "Rivers", "--organization", "Hillside Therapy"]).ill(1);
    assert!(said.contains("there is no account yet: make one with `stepwell account add NAME`"), "{said}");
    shop.runs(&["account", "add", "Three Rivers"]).well();
    let said = shop.runs(&["account", "add", "three rivers"]).ill(1);
    assert!(said.contains("there is an account three rivers already: give this one another name"), "{said}");
    let said = shop.runs(&["account", "join", "Rivers", "--organization", "Hillside Therapy"]).ill(1);
    assert!(said.contains("no such account; there are: Three Rivers"), "{said}");
    let said = shop.runs(&["account", "join", "Three Rivers"]).ill(1);
    assert!(said.contains("several clinics; say which with --organization"), "{said}");
    let said = shop.runs(&["account", "leave", "--organization", "Hillside Therapy"]).ill(1);
    assert!(said.contains("Hillside Therapy is in no account: there is nothing to leave"), "{said}");
    shop.runs(&["account", "join", "Three Rivers", "--organization", "Hillside Therapy"]).well();
    assert_eq!(shop.runs(&["account", "list"]).well(), "Three Rivers: Hillside Therapy\n");
    shop.runs(&["account", "add", "Lakes"]).well();
    let said = shop.runs(&["account", "join", "Lakes", "--organization", "Hillside Therapy"]).ill(1);
    assert!(said.contains("is in the account Three Rivers: take it out first with `stepwell account leave"), "{said}");

    std::fs::create_dir_all(shop.folder.join("ours/education")).unwrap();
    shop.writes("ours/education/our-parking.toml", &crate::library::article(1, "Behind the house."));
    let ours = shop.folder.join("ours").display().to_string();
    let tried = shop.runs(&["import", "content", &ours, "--account", "three rivers", "--dry-run"]).well();
    assert!(tried.ends_with("this was a dry run: nothing is changed\n"), "{tried}");
    assert_eq!(shop.ask("select count(*) from account_items").await, 0);
    let said = shop.runs(&["import", "content", &ours, "--account", "three rivers"]).well();
    let line = "new          education/our-parking.toml: education/our-parking, version 1\nnew: 1, ";
    assert!(said.starts_with(line), "{said}");
    assert!(said.contains("\nHillside Therapy\nnew          education/our-parking: education/our-parking, "), "{said}");
    let said = shop.runs(&["account", "join", "Three Rivers", "--organization", "Riverbend Physical Therapy"]).well();
    assert!(said.starts_with("new          education/our-parking: education/our-parking, version 1\n"), "{said}");
    assert_eq!(shop.ask("select count(*) from library_items where scope = 'account'").await, 2);

    let said = shop.runs(&["account", "admin", "nobody@mail.example"]).ill(1);
    assert!(said.contains("nobody signs in with this address"), "{said}");
    let said = shop.runs(&["account", "admin", "ben@hillside-therapy.example"]).well();
    assert_eq!(said, "ben@hillside-therapy.example may go into every clinic of Three Rivers\n");
    let said = shop.runs(&["account", "admin", "fay@hillside-therapy.example"]).ill(1);
    assert!(said.contains("is no administrator of Hillside Therapy: name one who is"), "{said}");
    assert_eq!(shop.ask("select count(*) from staff where administers is not null").await, 1);
    shop.runs(&["account", "admin", "ben@hillside-therapy.example", "--remove"]).well();
    assert_eq!(shop.ask("select count(*) from staff where administers is not null").await, 0);

    let out = shop.folder.join("out").display().to_string();
    assert_eq!(
        shop.runs(&["export", "content", &out, "--account", "Three Rivers"]).well(),
        format!("1 files in {out}\n")
    );
    assert_eq!(
        std::fs::read_to_string(shop.folder.join("out/education/our-parking.toml")).unwrap(),
        crate::library::article(1, "Behind the house.")
    );
    shop.runs(&["account", "leave", "--organization", "Hillside Therapy"]).well();
    assert_eq!(shop.runs(&["account", "list"]).well(), "Lakes: no clinic\nThree Rivers: Riverbend Physical Therapy\n");
    assert_eq!(shop.ask("select count(*) from library_items where scope = 'account'").await, 2, "it stays");
    shop.closes().await;
}
