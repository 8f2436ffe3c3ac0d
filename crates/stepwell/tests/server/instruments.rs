//! Forms whose words need a licence, what scores a form, and files brought in from a browser. The words of these forms are
//! invented: only their build is that of an instrument.

use care::chart::BodyRegion;

use crate::app::TestApp;
use crate::filling::waits;
use crate::library::one;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::{Browser, ben, chloe};
use crate::portal::gives;

const NECK: &str = "questionnaires/our-neck.toml";
const BANK: &str = include_str!("../../../care/tests/scoring/invented-bank.toml");

/// Ten questions that count from 0 to 5.
fn neck(version: u32, instrument: &str) -> String {
    let head = format!(
        "version = {version}\nlicence = \"CC0-1.0\"\nattribution = \"Riverbend\"\n{instrument}title.en = \"Invented\"\n"
    );
    let options = (0..6).map(|n| format!("{{ code = \"{n}\", weight = {n}, text = {{ en = \"{n}\" }} }}"));
    let options = format!("[options]\nlevel = [{}]\n", options.collect::<Vec<_>>().join(", "));
    head + &options + &questions(10)
}

fn questions(count: u32) -> String {
    let item =
        |n| format!("[[items]]\nid = \"n{n}\"\nkind = \"choice\"\noptions = \"level\"\ntext.en = \"Invented {n}\"\n");
    (1..=count).map(item).collect()
}

/// The form of a bank's four items, which count from 1 to 5.
fn short_form() -> String {
    let options = (1..6).map(|n| format!("{{ code = \"{n}\", weight = {n}, text = {{ en = \"{n}\" }} }}"));
    let options = options.collect::<Vec<_>>().join(", ");
    format!(
        "version = 1\nlicence = \"CC0-1.0\"\nattribution = \"Riverbend\"\ntitle.en = \"Invented\"\n\
         [options]\nlevel = [{options}]\n{}",
        questions(4)
    )
}

async fn records(ben: &Browser, instrument: &str) {
    let said = ben.posts(&format!("/library/instruments/{instrument}"), "by=The+owner&reference=Contract+12").await;
    assert_eq!(said.status, 303, "{}", said.body);
}

async fn newest(app: &TestApp) -> String {
    app.ask("select version || ' ' || coalesce(instrument, '') from library_items where id like 'our-%' order by version desc")
        .await
        .remove(0)
}

#[tokio::test]
async fn a_form_whose_words_need_a_licence_comes_in_once_that_is_recorded_and_then_measures_its_region() {
    let mut app = TestApp::start().await;
    app.emr_sends(&message("S12", "20260302080000", &alma(), Some(&visit("AP1", "IE", "202603091000")))).await;
    let (ben, chloe) = (ben(&app).await, chloe(&app).await);
    let file = neck(1, "instrument = \"ndi\"\n");
    let refused = one(&app, NECK, &file).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("questionnaires/our-neck.toml: instrument: The words of ndi need a licence"),
        "{refused}"
    );
    let page = ben.gets("/library/instruments").await.body;
    assert!(page.contains("Neck Disability Index") && page.contains("Record a licence"), "{page}");
    assert_eq!(ben.posts("/library/instruments/ndi", "by=&reference=").await.status, 400);
    assert_eq!(ben.posts("/library/instruments/phq-9", "by=a&reference=b").await.status, 409, "its words are free");
    records(&chloe, "ndi").await;
    assert!(one(&app, NECK, &file).await.is_err(), "another clinic's licence is none");
    records(&ben, "ndi").await;
    one(&app, NECK, &file).await.unwrap();
    let page = ben.gets("/library/instruments").await.body;
    assert!(page.contains("Granted by The owner: Contract 12. Recorded by Ben Adler on 2 March 2026"), "{page}");
    assert!(page.contains("href=\"/library/questionnaire/our-neck\""), "{page}");
    let of_neck = async || {
        let clinic = app.tx().await.clinic().await.unwrap().clinic;
        clinic.outcome_form(Some(BodyRegion::Neck)).to_owned()
    };
    assert_eq!(of_neck().await, "questionnaire/our-neck");
    let free = |region: BodyRegion| format!("{}={}", region.code(), region.free_form().replace('/', "%2F"));
    assert_eq!(ben.posts("/outcome-forms", &BodyRegion::ALL.map(free).join("&")).await.status, 303);
    assert_eq!(of_neck().await, "questionnaire/patient-specific", "the clinic's own choice goes before it");
    let usual = BodyRegion::ALL.map(free).join("&").replacen("patient-specific", "our-neck", 1);
    assert_eq!(ben.posts("/outcome-forms", &usual).await.status, 303);
    assert_eq!(of_neck().await, "questionnaire/our-neck");
    assert_eq!(ben.posts("/library/instruments/ndi", "_method=DELETE").await.status, 303);
    assert_eq!(of_neck().await, "questionnaire/patient-specific", "the free way again");
    let home = format!("/patients/{}", app.alma().await);
    let given = ben.posts(&format!("{home}/assignments"), "content=questionnaire%2Four-neck&days=7").await;
    assert!(given.status == 400 && given.body.contains("need a licence"), "{}", given.body);
    let forms = "select content from assignments";
    gives(&app, "asks", "questionnaire/our-neck").await;
    app.emr_sends(&message("S12", "20260302090000", &alma(), Some(&visit("AP2", "FU", "202603111000")))).await;
    assert!(app.ask(forms).await.is_empty(), "no workflow gives it either");
    assert!(
        app.mails_to(ALMA).iter().all(|mail| !mail.text.as_ref().unwrap().contains("/p/open/")),
        "nor writes of it"
    );
    let said = app.ask("select verdict || coalesce(reason, '') || coalesce(tasks::text, '') from decisions where workflow = 'asks'").await;
    assert!(said.iter().any(|line| line.contains("content_withdrawn")), "{said:?}");
    app.ask("update staff set role = 'front_desk' where email = 'ben@riverbend.example' returning role").await;
    assert_eq!(ben.posts("/library/instruments/ndi", "by=a&reference=b").await.status, 403);
    assert_eq!(ben.gets("/library/import").await.status, 403);
    assert!(!ben.gets("/library/instruments").await.body.contains("Record a licence"));
    app.finish().await;
}

#[tokio::test]
async fn an_instrument_is_attached_to_an_imported_form_after_every_item_was_held_against_it() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    one(&app, NECK, &neck(1, "")).await.unwrap();
    assert!(ben.gets("/library/questionnaire/our-neck").await.body.contains("What scores it"));
    let page = "/library/questionnaire/our-neck/instrument";
    assert!(ben.gets(page).await.body.contains("n10"), "all questions with points");
    let all: String = (1..=10).map(|n| format!("n{n}%0A")).collect();
    let say = |instrument: &str, scored: &str, then: &str| {
        format!("instrument={instrument}&scored={scored}&bank=&then={then}")
    };
    let few = ben.posts(page, &say("ndi", "n1%0An2", "publish")).await;
    assert!(few.status == 400 && few.body.contains("another number of items"), "{}", few.body);
    let other = ben.posts(page, &say("lefs", &all, "publish")).await;
    assert!(other.status == 400 && other.body.contains("0 to 4") && other.body.contains("0 to 5"), "{}", other.body);
    let unlicensed = ben.posts(page, &say("ndi", &all, "publish")).await;
    assert!(unlicensed.status == 400 && unlicensed.body.contains("need a licence"), "{}", unlicensed.body);
    assert_eq!(newest(&app).await, "1 ");
    records(&ben, "ndi").await;
    let checked = ben.posts(page, &say("ndi", &all, "check")).await;
    assert!(checked.body.contains("Publish as version 2"), "{}", checked.body);
    assert_eq!(newest(&app).await, "1 ", "a check publishes nothing");
    assert_eq!(ben.posts(page, &say("ndi", &all, "publish")).await.status, 303);
    assert_eq!(newest(&app).await, "2 ndi");
    assert_eq!(ben.gets("/library/questionnaire/pain/instrument").await.status, 409, "what ships is not changed");
    app.finish().await;
}

#[tokio::test]
async fn an_item_bank_is_kept_with_the_form_and_scores_what_is_left_out_too() {
    let mut app = TestApp::start().await;
    let ben = ben(&app).await;
    records(&ben, "promis").await;
    one(&app, "questionnaires/our-short.toml", &short_form()).await.unwrap();
    let page = "/library/questionnaire/our-short/instrument";
    let say = |bank: &str| {
        let bank: String = bank.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("instrument=promis-pi-4b&scored=n1%0An2%0An3%0An4&bank={bank}&then=publish")
    };
    let none = ben.posts(page, &say("")).await;
    assert!(none.status == 400 && none.body.contains("item bank"), "{}", none.body);
    let broken = ben.posts(page, &say("name = 1")).await;
    assert_eq!(broken.status, 400, "{}", broken.body);
    let kept = ben.posts(page, &say(BANK)).await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    let form = waits(&mut app, "questionnaire/our-short").await;
    let ben = crate::pages::ben(&app).await;
    let answers = "shown=n1&answer%3An1=3&shown=n2&answer%3An2=2&shown=n3&shown=n4&answer%3An4=4&then=hand-in";
    assert_eq!(ben.fills_in(&form, answers).await.status, 303);
    let bank = care::questionnaire::scoring::promis::Bank::parse(BANK).unwrap();
    let answers = [Some(3.0), Some(2.0), None, Some(4.0)];
    let expected = bank.form("promis-pi-4b".parse().unwrap()).unwrap().pattern(&answers).unwrap().t();
    let score =
        app.ask("select score::text from assignments where content = 'questionnaire/our-short'").await.remove(0);
    assert!((score.parse::<f64>().unwrap() - expected).abs() < 0.051, "{score}, {expected}");
    assert!(ben.gets(&form).await.body.contains("Standard error: "), "how sure it is");
    app.finish().await;
}

#[tokio::test]
async fn a_file_is_tried_before_it_is_published_and_a_refusal_names_field_and_cure() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    assert!(ben.gets("/library").await.body.contains("href=\"/library/import\""));
    let (file, kind) = (neck(1, ""), ("kind", "questionnaire"));
    let tried = [("name", "our-neck.toml"), ("text", &file), kind, ("then", "try")];
    let page = ben.sends_fields("/library/import", &tried).await;
    assert!(page.status == 200 && page.body.contains("New: it would be questionnaire/our-neck"), "{}", page.body);
    assert!(app.ask("select id from library_items where id = 'our-neck'").await.is_empty());
    let publish = [("name", "our-neck.toml"), ("text", &file), kind, ("then", "publish")];
    assert_eq!(ben.sends_fields("/library/import", &publish).await.status, 303);
    assert_eq!(newest(&app).await, "1 ");
    let json = r#"{ "resourceType": "Questionnaire", "status": "active", "title": "Invented",
        "item": [{ "linkId": "a", "text": "Invented", "type": "integer" }] }"#;
    let bare = [("name", "our-a.json"), ("text", json), kind, ("then", "try")];
    let refused = ben.sends_fields("/library/import", &bare).await;
    assert!(refused.status == 400 && refused.body.contains("Refused. "), "without rights: {}", refused.body);
    let rights = [("licence", "CC0-1.0"), ("attribution", "Riverbend")];
    let all = [&bare[..], &rights].concat();
    let page = ben.sends_fields("/library/import", &all).await;
    assert!(page.body.contains("New: it would be questionnaire/our-a"), "{}", page.body);
    app.finish().await;
}
