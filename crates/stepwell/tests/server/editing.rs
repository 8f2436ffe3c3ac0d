//! A workflow edited on its page: what was shown beforehand is what becomes of the runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use care::workflow::{InFlight, Workflow};
use sqlx::Row;
use stepwell::runner::preview::{self, Question};
use stepwell::runner::publish::{Own, publish_own, publish_shipped};

use crate::app::TestApp;
use crate::messages::{message, patient, visit};
use crate::pages::{Answer, Browser, ben};

const KEY: &str = "visit-reminder";

const HEAD: &str = r#"title = "Visit reminder"
kind = "engagement"
for = "both"
trigger = { event = "visit_day.planned" }
"#;

/// A reminder by mail so many days before, unless a schedule says otherwise.
fn workflow(steps: &[(&str, &str)]) -> String {
    let step = |(id, schedule): &(&str, &str)| {
        format!(
            "\n[[steps]]\nid = \"{id}\"\nschedule = \"{schedule}\"\n\
             tasks = [{{ send = \"email\", template = \"message/visit-reminder\" }}]\n"
        )
    };
    HEAD.to_owned() + &steps.iter().map(step).collect::<String>()
}

pub fn before() -> String {
    workflow(&[("five", "5 days before at 10:00"), ("two", "2 days before at 10:00"), ("hours", "3 hours before")])
}

/// "five" is gone, "two" is at another time, "hours" as it was, "seven" is new.
fn after() -> String {
    workflow(&[("seven", "7 days before at 10:00"), ("two", "1 day before at 10:00"), ("hours", "3 hours before")])
}

/// For a form.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// What a tag's attribute says, first place in the page.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn publishes_before(app: &TestApp) {
    let text = before();
    let mut tx = app.tx().await;
    let workflow = Arc::new(Workflow::parse(&text).unwrap());
    let own = Own { key: KEY, text: &text, workflow, base: 1, in_flight: InFlight::Stay, by: None };
    assert_eq!(publish_own(&app.roof, &mut tx, own).await.unwrap(), Some(2));
    tx.commit().await.unwrap();
}

/// It is Monday 2 March, 10:00. Each has a visit of their own: "two" has been given to one of them, is late for another.
async fn books(app: &mut TestApp) {
    for (mrn, name, start) in [
        ("2001", "Alma", "202603161400"),
        ("2002", "Elena", "202603051400"),
        ("2003", "Cora", "202603031400"),
        ("2004", "Dora", "202603041400"),
        ("2005", "Fay", "202603091400"),
    ] {
        let who = patient(mrn, name, &format!("{}@mail.example", name.to_lowercase()), "en");
        app.emr_sends(&message("S12", &format!("2026030209{mrn}"), &who, Some(&visit(mrn, "FU", start)))).await;
    }
}

/// The numbers of a table of effects, by step: stay, move, new, now, late, dropped, not given again.
type Counts = BTreeMap<String, [usize; 7]>;

fn shown(page: &str, choice: &str) -> Counts {
    let (_, section) = page.split_once(&format!("aria-labelledby=\"l-{choice}\"")).unwrap();
    let (section, _) = section.split_once("</section>").unwrap();
    let rows = section.split("<tr>").skip(2);
    let row = |row: &str| {
        let (_, id) = row.split_once("<code>").unwrap();
        let numbers: Vec<usize> = row
            .split("<td data-label=\"")
            .skip(1)
            .map(|cell| cell.split_once('>').unwrap().1.chars().take_while(char::is_ascii_digit).collect::<String>())
            .map(|digits| digits.parse().unwrap())
            .collect();
        (id.split("</code>").next().unwrap().to_owned(), numbers.try_into().unwrap())
    };
    rows.map(row).collect()
}

/// A planned step as the database has it: run, step, due, state, reason.
type Stored = BTreeMap<String, [String; 5]>;

async fn stored(app: &TestApp) -> Stored {
    let sql = "select s.id::text, s.run::text, s.step, s.due::text, s.state, coalesce(s.reason, '') as reason
               from planned_steps s join runs r on r.organization = s.organization and r.id = s.run
               where r.workflow = 'visit-reminder'";
    let rows = sqlx::query(sql).fetch_all(&app.sees_all).await.unwrap();
    let row = |r: &sqlx::postgres::PgRow| (r.get(0), [1, 2, 3, 4, 5].map(|n: usize| r.get(n)));
    rows.iter().map(row).collect()
}

/// What became of the steps between two looks at the database, counted without asking the engine.
fn became(was: &Stored, is: &Stored, moved: bool) -> Counts {
    let mut counts = Counts::new();
    let mut count = |step: &str, place: usize| counts.entry(step.to_owned()).or_default()[place] += 1;
    for (id, [_, step, due, state, reason]) in is {
        let old = was.get(id);
        if old.is_some_and(|old| old[3] != "pending") {
            continue;
        }
        match (state.as_str(), reason.as_str()) {
            ("pending", _) if old.is_some_and(|old| old[2] == *due) => count(step, 0),
            ("pending", _) => count(step, if old.is_some() { 1 } else { 2 }),
            ("performed", _) => count(step, 3),
            ("skipped", "late" | "expired") => count(step, 4),
            ("cancelled", "superseded_by_version") => count(step, 5),
            other => panic!("{step} {other:?}"),
        }
    }
    for [run, step, _, state, _] in was.values().filter(|_| moved) {
        let rows = |stored: &Stored| stored.values().filter(|row| row[0] == *run && row[1] == *step).count();
        if state == "performed" && rows(was) == rows(is) {
            count(step, 6);
        }
    }
    counts
}

/// Ben looks at what publishing a text does; what is counted in the background is waited for.
async fn previews(browser: &Browser, text: &str, base: u32) -> Answer {
    let form = format!("text={}&base={base}&then=publish", encoded(text));
    let answer = browser.posts(&format!("/workflows/{KEY}/edit"), &form).await;
    match answer.header("location") {
        Some(page) => browser.waits_for(page).await,
        None => answer,
    }
}

async fn publishes(browser: &Browser, preview: &str, in_flight: &str) -> Answer {
    let form = format!("preview={}&in_flight={in_flight}&then=publish", hidden(preview, "preview"));
    browser.posts(&format!("/workflows/{KEY}/versions"), &form).await
}

/// Publishes with one choice; the counts shown and those that came true.
async fn played(in_flight: &str) -> (TestApp, Counts, Counts) {
    let mut app = TestApp::start().await;
    publishes_before(&app).await;
    books(&mut app).await;
    let ben = ben(&app).await;
    let was = stored(&app).await;
    let preview = previews(&ben, &after(), 2).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    assert_eq!(stored(&app).await, was, "looking changes nothing");
    assert!(preview.body.contains("5 runs are in flight"), "{}", preview.body);
    let shown = shown(&preview.body, in_flight);
    let answer = publishes(&ben, &preview.body, in_flight).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert_eq!(stored(&app).await, was, "the runs are looked at in the background");
    app.all_work_is_done().await;
    let came = became(&was, &stored(&app).await, in_flight == "move");
    (app, shown, came)
}

async fn versions(app: &TestApp) -> Vec<String> {
    app.ask(
        "select version || ' ' || coalesce(ended, 'goes on') from runs where workflow = 'visit-reminder' order by 1",
    )
    .await
}

fn counts(rows: &[(&str, [usize; 7])]) -> Counts {
    rows.iter().map(|(step, numbers)| ((*step).to_owned(), *numbers)).collect()
}

#[tokio::test]
async fn runs_that_move_do_exactly_what_the_page_counted_and_nothing_is_sent_twice() {
    let (app, shown, came) = played("move").await;
    let wanted = counts(&[
        ("five", [0, 0, 0, 0, 0, 2, 0]),
        ("hours", [5, 0, 0, 0, 0, 0, 0]),
        ("seven", [0, 0, 1, 1, 3, 0, 0]),
        ("two", [0, 3, 0, 0, 0, 0, 1]),
    ]);
    assert_eq!(shown, wanted);
    assert_eq!(came, wanted);
    assert_eq!(versions(&app).await, vec!["3 goes on"; 5]);
    app.clock_moves_to("2026-03-20T15:00:00Z").await;
    let reminders = "select p.given || ' ' || count(*) from deliveries d join patients p on p.organization = d.organization
                     and p.id = d.patient where d.workflow = 'visit-reminder' and d.state = 'sent' group by p.given order by 1";
    // Each step once, the three hours before among them.
    assert_eq!(app.ask(reminders).await, ["Alma 3", "Cora 1", "Dora 2", "Elena 2", "Fay 3"]);
    let twice = "select step from deliveries where state = 'sent' group by organization, run, step, occurrence, generation, task
                 having count(*) > 1";
    assert_eq!(app.ask(twice).await, [""; 0]);
    app.finish().await;
}

#[tokio::test]
async fn runs_that_stay_go_on_as_they_began_and_the_next_run_takes_the_new_version() {
    let (mut app, shown, came) = played("stay").await;
    let wanted =
        counts(&[("five", [2, 0, 0, 0, 0, 0, 0]), ("hours", [5, 0, 0, 0, 0, 0, 0]), ("two", [3, 0, 0, 0, 0, 0, 0])]);
    assert_eq!((shown, came), (wanted.clone(), wanted));
    let who = patient("2009", "Gwen", "gwen@mail.example", "en");
    app.emr_sends(&message("S12", "20260302100000", &who, Some(&visit("2009", "FU", "202603181400")))).await;
    let mut all = vec!["2 goes on"; 5];
    all.push("3 goes on");
    assert_eq!(versions(&app).await, all);
    app.clock_moves_to("2026-03-20T15:00:00Z").await;
    app.finish().await;
}

#[tokio::test]
async fn runs_that_stop_send_nothing_more() {
    let (app, shown, came) = played("stop").await;
    let wanted =
        counts(&[("five", [0, 0, 0, 0, 0, 2, 0]), ("hours", [0, 0, 0, 0, 0, 5, 0]), ("two", [0, 0, 0, 0, 0, 3, 0])]);
    assert_eq!((shown, came), (wanted.clone(), wanted));
    assert_eq!(versions(&app).await, vec!["2 superseded_by_version"; 5]);
    let reminders = "select count(*)::text from deliveries where workflow = 'visit-reminder'";
    let before = app.ask(reminders).await;
    app.clock_moves_to("2026-03-20T15:00:00Z").await;
    assert_eq!(app.ask(reminders).await, before);
    let page = ben(&app).await.gets("/workflows/visit-reminder").await.body;
    assert!(page.contains("were stopped") && page.contains("by Ben Adler"), "the history says it");
    app.finish().await;
}

#[tokio::test]
async fn whose_runs_are_to_be_looked_at_is_stored_with_the_version() {
    let mut app = TestApp::start().await;
    publishes_before(&app).await;
    books(&mut app).await;
    let ben = ben(&app).await;
    let preview = previews(&ben, &after(), 2).await.body;
    publishes(&ben, &preview, "move").await;
    let waits = "select count(*)::text from patients where wake_at <= '2026-03-02T15:00:00Z'";
    assert_eq!(app.ask(waits).await, ["5"], "whoever looks next finds them, also after a crash");
    let page = ben.gets("/workflows/visit-reminder").await.body;
    assert!(page.contains("5 patients are still to be looked at"), "{page}");
    app.all_work_is_done().await;
    assert_eq!(app.ask(waits).await, ["0"]);
    assert_eq!(versions(&app).await, vec!["3 goes on"; 5]);
    app.finish().await;
}

#[tokio::test]
async fn a_text_that_is_wrong_is_refused_with_its_line_and_key() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    for (old, new, said) in [
        ("engagement", "engagment", "line 2, `kind`: "),
        ("2 days before", "2 moons before", "line 13, `schedule`: "),
        ("message/visit-reminder", "message/no-such", "line 9, `template`: `message/no-such` is not a template"),
    ] {
        let answer = previews(&ben, &before().replace(old, new), 1).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
        assert!(answer.body.contains(new), "what was typed comes back");
    }
    assert_eq!(
        app.ask("select version::text from workflows where key = 'visit-reminder' and published_by is not null").await,
        [""; 0]
    );
    app.finish().await;
}

#[tokio::test]
async fn examples_that_fail_stop_the_publishing() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let mut tx = app.tx().await;
    let shipped = tx.workflow_bodies().await.unwrap().into_iter().find(|b| b.key == KEY).unwrap().body;
    drop(tx);
    let edited = shipped.replacen("2 days before at 10:00", "1 day before at 10:00", 1);
    assert_ne!(edited, shipped);
    let answer = previews(&ben, &edited, 1).await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("An email two days before and a text three hours before"), "{}", answer.body);
    assert!(
        answer.body.contains("patient = &#34;alma&#34;, step = &#34;two-days-before&#34;, due = "),
        "{}",
        answer.body
    );
    let mut tx = app.tx().await;
    let question = Question::Publish { key: KEY.into(), base: 1, text: edited };
    let id = preview::ask(&app.roof, &mut tx, &question).await.unwrap();
    tx.commit().await.unwrap();
    let form = format!("preview={id}&in_flight=stay&then=publish");
    assert_eq!(ben.posts(&format!("/workflows/{KEY}/versions"), &form).await.status, 422, "nor by another way");
    let fine =
        ben.posts(&format!("/workflows/{KEY}/edit"), &format!("text={}&base=1&then=check", encoded(&shipped))).await;
    assert_eq!(fine.status, 200);
    assert!(fine.body.contains("The text is fine."), "{}", fine.body);
    app.finish().await;
}

#[tokio::test]
async fn who_publishes_second_is_told_and_what_is_published_is_the_text_that_was_counted() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let preview = previews(&ben, &before(), 1).await.body;
    assert!(preview.contains("Publish version 2"), "{preview}");
    let (id, other) = (hidden(&preview, "preview"), encoded(&after()));
    let form = format!("preview={id}&text={other}&in_flight=stay&then=publish");
    assert_eq!(ben.posts(&format!("/workflows/{KEY}/versions"), &form).await.status, 303);
    let newest = "select body from workflows where key = 'visit-reminder' and version = 2";
    assert_eq!(app.ask(newest).await, [before()]);
    let late = publishes(&ben, &preview, "stay").await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Version 2 was published meanwhile"), "{}", late.body);
    app.finish().await;
}

#[tokio::test]
async fn a_newer_stepwell_leaves_a_version_of_the_clinics_own_alone() {
    let app = TestApp::start().await;
    publishes_before(&app).await;
    let texts = |title: &str| {
        let text = before().replace("title = \"Visit reminder\"", &format!("title = \"{title}\""));
        ["visit-reminder", "welcome"].map(|key| (key.to_owned(), text.clone()))
    };
    publish_shipped(&app.roof, &texts("Newer")).await.unwrap();
    publish_shipped(&app.roof, &texts("Newer")).await.unwrap();
    let titles = "select key || ' ' || version || ' ' || split_part(split_part(body, '\"', 2), ' ', 1) from workflows w
                  where key in ('visit-reminder', 'welcome') and organization = (select organization from staff where name = 'Ben Adler')
                  and version = (select max(version) from workflows v where v.organization = w.organization and v.key = w.key) order by 1";
    assert_eq!(app.ask(titles).await, ["visit-reminder 2 Visit", "welcome 2 Newer"]);
    app.finish().await;
}
