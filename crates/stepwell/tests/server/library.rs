//! The library: what was published stays as it is; a folder is tried, imported and exported; own messages are sent.

use std::collections::BTreeMap;

use care::library::{Problem, Scope};
use jiff::SignedDuration;
use stepwell::library::import::{Folder, import};
use stepwell::library::{Outcome, given};
use store::Published;

use crate::app::TestApp;
use crate::messages::{ALMA, alma, message, visit};
use crate::pages::{Browser, ben};
use crate::portal::{asked, comes_in};

pub const ARTICLE: &str = "education/our-parking.toml";

pub fn article(version: u32, body: &str) -> String {
    format!(
        "version = {version}\nlicence = \"CC0-1.0\"\nattribution = \"Riverbend\"\n[en]\ntitle = \"Parking\"\n\
         summary = \"Where to park.\"\nbody = \"{body}\"\n"
    )
}

pub fn folder(files: &[(&str, &str)]) -> Folder {
    let texts = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    Folder { texts: texts.collect::<BTreeMap<_, _>>(), ..Folder::default() }
}

/// What became of each file, in the order of their names.
async fn brought(app: &TestApp, folder: &Folder) -> Vec<Outcome> {
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    let outcomes = import(&mut tx, folder, Scope::Organization, app.roof.now(), None).await.unwrap();
    tx.commit().await.unwrap();
    outcomes
}

pub async fn one(app: &TestApp, path: &str, text: &str) -> Result<Published, Problem> {
    brought(app, &folder(&[(path, text)])).await.remove(0).said.map(|(_, _, published)| published)
}

fn refusal(said: Result<Published, Problem>) -> String {
    said.unwrap_err().to_string()
}

#[tokio::test]
async fn a_published_version_never_changes_and_a_later_one_leaves_what_was_given() {
    let app = TestApp::start().await;
    let first = article(1, "Behind the house.");
    assert_eq!(one(&app, ARTICLE, &first).await, Ok(Published::New));
    assert_eq!(one(&app, ARTICLE, &first).await, Ok(Published::Unchanged));
    let said = refusal(one(&app, ARTICLE, &article(1, "In the street.")).await);
    assert_eq!(
        said,
        "education/our-parking.toml: version: version 1 of education/our-parking is published with another text, and a \
         published version never changes: write version = 2"
    );
    let before = app.roof.now();
    app.clock_moves_by(SignedDuration::from_hours(1)).await;
    assert_eq!(one(&app, ARTICLE, &article(3, "In the street.")).await, Ok(Published::NewVersion(1)));
    let said = refusal(one(&app, ARTICLE, &article(2, "On the roof.")).await);
    assert!(said.ends_with("version 3 of education/our-parking is published already: write version = 4"), "{said}");
    assert_eq!(one(&app, ARTICLE, &first).await, Ok(Published::Unchanged), "an old version is still what it was");
    let name = "education/our-parking".parse().unwrap();
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    let (then, _) = given(&mut tx, &name, before).await.unwrap().unwrap();
    let (now, _) = given(&mut tx, &name, app.roof.now()).await.unwrap().unwrap();
    assert_eq!((then.version, now.version), (1, 3));
    drop(tx);
    app.finish().await;
}

#[tokio::test]
async fn what_ships_is_not_changed_by_a_clinic_and_a_clinics_own_not_by_what_ships() {
    let app = TestApp::start().await;
    let sleep = "education/sleep.toml";
    let said = refusal(one(&app, sleep, &article(9, "Our own advice.")).await);
    assert_eq!(
        said,
        "education/sleep.toml: name: education/sleep is global: it ships with Stepwell, and is not changed here: give \
         yours another name"
    );
    let shipped = stepwell::content::files().remove(sleep).unwrap();
    assert_eq!(one(&app, sleep, &shipped).await, Ok(Published::Unchanged));
    assert_eq!(one(&app, ARTICLE, &article(1, "Behind the house.")).await, Ok(Published::New));
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    let outcomes = import(&mut tx, &folder(&[(ARTICLE, &article(2, "x"))]), Scope::Global, app.roof.now(), None).await;
    let said = outcomes.unwrap().remove(0).said.unwrap_err().to_string();
    assert!(said.contains("education/our-parking is the organization's own"), "{said}");
    drop(tx);
    app.finish().await;
}

#[tokio::test]
async fn what_ships_is_published_once_whole_and_for_every_kind() {
    let app = TestApp::start().await;
    let (items, problems) = stepwell::library::shipped(app.roof.now());
    assert_eq!(problems, vec![]);
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    let rows = tx.newest().await.unwrap();
    assert_eq!(rows.len(), items.len());
    for kind in care::library::Kind::ALL {
        assert!(rows.iter().any(|row| row.name.kind == kind), "{kind:?}");
    }
    let again = tx.publish_items(&items).await.unwrap();
    assert!(again.iter().all(|said| *said == Published::Unchanged), "{again:?}");
    drop(tx);
    app.finish().await;
}

const PLAN: &str = r#"
version = 1
licence = "CC0-1.0"
attribution = "Riverbend"
region = "knee"
phase = "early"
exercises = [{ exercise = "exercise/bridge" }]
education = ["education/our-parking"]
[en]
title = "Our plan"
summary = "What we do first."
[es]
title = "Nuestro plan"
summary = "Lo primero."
"#;

const FALLS: &str = r#"{ "resourceType": "Questionnaire", "status": "active", "title": "Falls", "version": "4",
    "item": [{ "linkId": "fell", "type": "boolean", "text": "Did you fall?" }] }"#;
const RIGHTS: &str = "version = 2\npermission = \"All uses, by us\"\nattribution = \"Riverbend\"\n";

#[tokio::test]
async fn what_is_refused_names_file_field_and_cure_and_the_rest_loads() {
    let app = TestApp::start().await;
    let nobody = article(1, "x").replace("attribution = \"Riverbend\"\n", "");
    let lone = PLAN.replace("our-parking", "not-there");
    let camera = FALLS.replace("boolean", "attachment");
    let outcomes = brought(
        &app,
        &folder(&[
            ("care-plans/ours.toml", PLAN),
            ("care-plans/lone.toml", &lone),
            (ARTICLE, &article(1, "x")),
            ("education/nobody.toml", &nobody),
            ("questionnaires/camera.json", &camera),
            ("questionnaires/camera.about.toml", RIGHTS),
            ("questionnaires/falls.json", FALLS),
            ("questionnaires/falls.about.toml", RIGHTS),
            ("questionnaires/free.json", FALLS),
        ]),
    )
    .await;
    let said: Vec<String> = outcomes
        .iter()
        .map(|outcome| match &outcome.said {
            Ok((name, version, _)) => format!("{name} {version}"),
            Err(problem) => problem.to_string(),
        })
        .collect();
    let wanted = [
        "care-plans/lone.toml: education: education/not-there is not in the library, and does not come along: add it, or leave it out",
        "care-plan/ours 1",
        "education/nobody.toml: attribution: missing: name who made it, as they want to be named",
        "education/our-parking 1",
        "questionnaires/camera.json: Questionnaire.item[0].type: Stepwell does not understand this: ",
        "questionnaire/falls 2",
        "questionnaires/free.json: Questionnaire.copyright: it does not say by what right it may be used: ",
    ];
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    for (said, wanted) in said.iter().zip(wanted) {
        assert!(said.starts_with(wanted), "{said}");
    }
    app.finish().await;
}

const MJML: &str = "<mj-section><mj-column><mj-text>Park behind the house.</mj-text></mj-column></mj-section>";
const TELLS: &str = r#"
title = "Tells where to park"
kind = "engagement"
for = "both"
attention = "bypass"
trigger = { event = "encounter.planned" }
[[steps]]
id = "tell"
schedule = "immediately"
tasks = [{ send = "email", template = "message/our-parking" }]
"#;

#[tokio::test]
async fn a_message_of_the_clinics_own_is_sent_and_one_that_says_too_much_is_refused() {
    let mut app = TestApp::start().await;
    let at = |part: &str| format!("templates/message/our-parking/{part}");
    let (about, subject) = (at("about.toml"), at("en/subject.txt"));
    let (mjml, body) = (at("en/body.mjml"), at("en/body.txt"));
    let files =
        |words: &'static str| folder(&[(&about, RIGHTS), (&subject, "Where to park\n"), (&mjml, MJML), (&body, words)]);
    let said = brought(&app, &files("About your PHQ-9.")).await.remove(0).said.unwrap_err().to_string();
    let wanted = "templates/message/our-parking/about.toml: en/body.txt: says \"phq\": ";
    assert!(said.starts_with(wanted), "{said}");
    let said = brought(&app, &files("Dear {{ patient.nickname }},")).await.remove(0).said.unwrap_err().to_string();
    assert!(said.contains("about.toml: en: body.txt line 1: there is no variable"), "{said}");
    let said = brought(&app, &files("Park behind the house.")).await.remove(0).said.unwrap();
    assert_eq!((said.0.to_string().as_str(), said.2), ("message/our-parking", Published::New));

    let now = app.roof.now();
    let mut tx = app.roof.app.begin(app.clinic.organization).await.unwrap();
    tx.publish_workflow("tells", TELLS, now).await.unwrap();
    tx.activate("tells", stepwell::ids::new_id(now), None, &care::workflow::Activation::open(now)).await.unwrap();
    tx.commit().await.unwrap();
    app.emr_sends(&message("S12", "20260302080000", &alma(), Some(&visit("AP1", "IE", "202603091000")))).await;
    let mails = app.mails_to(ALMA);
    let says = |words: &str| mails.iter().any(|mail| mail.text.as_ref().is_some_and(|t| t.contains(words)));
    assert!(says("Park behind the house."));
    app.finish().await;
}

#[tokio::test]
async fn staff_find_an_item_by_words_region_kind_and_language() {
    let app = TestApp::start().await;
    let mut ben = Browser::of(&app);
    assert_eq!(ben.gets("/library").await.status, 303, "nobody sees it who has not signed in");
    ben = self::ben(&app).await;
    let all = ben.gets("/library").await;
    assert_eq!(all.status, 200, "{}", all.body);
    for href in
        ["questionnaire/pain", "exercise/bridge", "education/sleep", "care-plan/knee-arthritis", "message/welcome"]
    {
        assert!(all.body.contains(&format!("href=\"/library/{href}\"")), "{href}");
    }
    let exercises = ben.gets("/library?kind=exercise&region=wrist-and-hand&q=FIST").await.body;
    assert!(exercises.contains("/library/exercise/fist-and-open\""), "{exercises}");
    assert!(!exercises.contains("/library/exercise/bridge\"") && !exercises.contains("/library/education/"));
    let spanish = ben.gets("/library?kind=questionnaire&language=es").await.body;
    assert!(spanish.contains("/library/questionnaire/pain\"") && !spanish.contains("/library/questionnaire/gad-7\""));
    let by_spanish_words = ben.gets("/library?q=rodillas").await.body;
    assert!(by_spanish_words.contains("/library/exercise/"), "found by what it says in Spanish");
    let none = ben.gets("/library?q=%3Cb%3Enothing").await.body;
    assert!(none.contains("Nothing in the library fits") && none.contains("&#60;b&#62;nothing"), "{none}");
    app.finish().await;
}

#[tokio::test]
async fn an_item_is_shown_as_the_patient_sees_it_with_its_rights_versions_and_uses() {
    let app = TestApp::start().await;
    let ben = ben(&app).await;
    let page = async |path: &str| {
        let answer = ben.gets(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    };
    let bridge = page("/library/exercise/bridge?language=es").await;
    assert_eq!(bridge.matches("<svg class=\"figure\"").count(), 2);
    assert!(
        bridge.contains("Cómo se hace") && bridge.contains("CC-BY-4.0") && bridge.contains("Version 1"),
        "{bridge}"
    );
    assert!(bridge.contains("/library/care-plan/"), "the care plans that hold it");
    assert!(page("/library/education/sleep").await.contains("<article class=\"card prose shown\" lang=\"en\">"));
    let intake = page("/library/questionnaire/intake").await;
    assert!(intake.contains("Lower leg") && intake.contains("Only if “Did it begin more than a year ago?” is no"));
    let plan = page("/library/care-plan/knee-arthritis").await;
    assert!(plan.contains("href=\"/library/exercise/") && plan.contains("href=\"/library/education/"), "{plan}");
    let message = page("/library/message/visit-reminder").await;
    assert!(message.contains("href=\"/workflows/visit-reminder\""), "{message}");
    assert!(message.contains("lang=\"es\"") && message.contains("signs in GSM-7: 1 segment"), "{message}");
    let mail = ben.gets("/library/message/visit-reminder/mail?language=es").await;
    assert_eq!(mail.header("content-security-policy"), Some(pages_csp()));
    assert!(mail.body.contains("<html") && mail.body.contains("septiembre"), "{}", mail.body);
    for missing in ["/library/exercise/none", "/library/song/bridge", "/library/exercise/bridge?version=7"] {
        assert_eq!(ben.gets(missing).await.status, 404, "{missing}");
    }
    one(&app, ARTICLE, &article(1, "Behind the house.")).await.unwrap();
    one(&app, ARTICLE, &article(2, "On the roof.")).await.unwrap();
    let old = page("/library/education/our-parking?version=1").await;
    assert!(old.contains("Behind the house.") && old.contains("new ones get version 2"), "{old}");
    assert!(page("/library/education/our-parking").await.contains("On the roof."));
    app.finish().await;
}

fn pages_csp() -> &'static str {
    pages::MAIL_BODY_CSP
}

#[tokio::test]
async fn the_notice_names_every_right_to_staff_and_to_patients() {
    let app = TestApp::start().await;
    one(&app, ARTICLE, &article(1, "Behind the house.")).await.unwrap();
    let staff = ben(&app).await.gets("/library/notice").await.body;
    for words in ["Pfizer", "Hospital for Special Surgery", "CC-BY-4.0", "CC0-1.0", "Riverbend", "Parking"] {
        assert!(staff.contains(words), "{words}");
    }
    assert!(staff.contains("<footer class=\"foot\"><a href=\"/library/notice\">"));
    let stranger = Browser::of(&app).gets("/p/notice").await;
    assert_eq!(stranger.status, 200);
    assert!(
        stranger.body.contains("Pfizer") && !stranger.body.contains("Parking"),
        "a clinic's own is for its patients"
    );
    assert!(stranger.body.contains("href=\"/p/notice\""), "in the footer");
    app.finish().await;
}

pub const SQUAT: &str = r#"
version = 1
licence = "CC-BY-4.0"
attribution = "Riverbend"
regions = ["knee"]
position = "standing"
equipment = []
video = { file = "squat.mp4" }
dose = { repetitions = 10, times_a_day = 1, days_a_week = 7 }
[en]
title = "Our squat"
purpose = "Strong legs."
position = "Stand."
steps = ["Bend your knees.", "Stand up."]
cautions = ["Stop if it hurts."]
[es]
title = "Nuestra sentadilla"
purpose = "Piernas fuertes."
position = "De pie."
steps = ["Doble las rodillas.", "Levántese."]
cautions = ["Pare si le duele."]
"#;

#[tokio::test]
async fn an_own_exercise_has_its_video_kept_with_its_version_and_played_in_pieces() {
    let mut app = TestApp::start().await;
    let mut bytes = b"\0\0\0\x20ftypisom".to_vec();
    bytes.extend((0..3_000_000_u32).map(|n| b'a' + u8::try_from(n % 26).unwrap()));
    let with = |text: &str, video: &[u8]| {
        let mut folder = folder(&[("exercises/our-squat.toml", text)]);
        folder.videos.insert("exercises/squat.mp4".into(), video.to_vec());
        folder
    };
    let said = async |folder: Folder| brought(&app, &folder).await.remove(0).said.map(|(_, _, published)| published);
    let missing = refusal(said(folder(&[("exercises/our-squat.toml", SQUAT)])).await);
    assert!(missing.ends_with("video.file: exercises/squat.mp4 does not come along: put it there"), "{missing}");
    let page = refusal(said(with(SQUAT, b"<html>")).await);
    assert!(page.ends_with("exercises/squat.mp4 is neither MP4 nor WebM: save it as one"), "{page}");
    assert_eq!(said(with(SQUAT, &bytes)).await, Ok(Published::New));
    assert_eq!(said(with(SQUAT, &bytes)).await, Ok(Published::Unchanged));
    let other = refusal(said(with(SQUAT, b"\0\0\0\x20ftypother")).await);
    assert!(other.ends_with("is published with another video: write version = 2"), "{other}");
    let lost =
        brought(&app, &with(&SQUAT.replace("file = \"squat.mp4\"", "link = \"https://v.example/a\""), &bytes)).await;
    assert!(lost.iter().any(|outcome| outcome.file == "exercises/squat.mp4" && outcome.said.is_err()));

    let ben = ben(&app).await;
    let page = ben.gets("/library/exercise/our-squat").await.body;
    let src = "/library/exercise/our-squat/video?version=1";
    assert!(page.contains(&format!("<video class=\"video\" controls preload=\"metadata\" src=\"{src}\"")), "{page}");
    assert!(!page.contains("<svg class=\"figure\""));
    let whole = ben.gets(src).await;
    assert_eq!((whole.status, whole.header("content-type")), (200, Some("video/mp4")));
    assert_eq!(
        (whole.header("accept-ranges"), whole.header("x-content-type-options")),
        (Some("bytes"), Some("nosniff"))
    );
    assert_eq!(ben.gets("/library/exercise/our-squat/video?version=2").await.status, 404);
    assert_eq!(Browser::of(&app).gets(src).await.status, 303, "not for who has not signed in");
    let piece = ben.asks("GET", src, "Range: bytes=2000000-2000009\r\n", "").await;
    assert_eq!(piece.status, 206);
    assert_eq!(piece.header("content-range"), Some(format!("bytes 2000000-2000009/{}", bytes.len()).as_str()));
    assert_eq!(piece.body.as_bytes(), &bytes[2_000_000..2_000_010]);
    let last = ben.asks("GET", src, "Range: bytes=-5\r\n", "").await;
    assert_eq!(last.body.as_bytes(), &bytes[bytes.len() - 5..]);
    let rest = ben.asks("GET", src, "Range: bytes=0-\r\n", "").await;
    assert_eq!((rest.status, rest.body.len()), (206, 1 << 20));
    assert_eq!(ben.asks("GET", src, "Range: bytes=4000000-\r\n", "").await.status, 416);

    let link = asked(&mut app, "exercise/our-squat").await;
    let (alma, _) = comes_in(&app, &link).await;
    let list = alma.gets("/p/today").await.body;
    let to = list.split_once("href=\"/p/exercises/").unwrap().1.split('"').next().unwrap();
    let page = alma.gets(&format!("/p/exercises/{to}")).await;
    assert!(page.body.contains(&format!("src=\"/p/exercises/{to}/video\"")), "{}", page.body);
    assert!(page.header("content-security-policy").unwrap().contains("media-src 'self'"));
    let played = alma.asks("GET", &format!("/p/exercises/{to}/video"), "Range: bytes=0-15\r\n", "").await;
    assert_eq!((played.status, played.body.as_bytes()), (206, &bytes[..16]));
    assert_eq!(Browser::of(&app).gets(&format!("/p/exercises/{to}/video")).await.status, 401);
    app.finish().await;
}

#[tokio::test]
async fn a_video_elsewhere_is_a_plain_link() {
    let app = TestApp::start().await;
    let text = SQUAT.replace("file = \"squat.mp4\"", "link = \"https://videos.example/squat?a=1&b=2\"");
    one(&app, "exercises/our-squat.toml", &text).await.unwrap();
    let page = ben(&app).await.gets("/library/exercise/our-squat?language=es").await.body;
    let link =
        "<a href=\"https://videos.example/squat?a=1&#38;b=2\" rel=\"noopener noreferrer external\">Ver el video</a>";
    assert!(page.contains(link), "{page}");
    assert!(!page.contains("<video") && !page.contains("<iframe"));
    let unsafe_link = text.replace("https://", "http://");
    let said = refusal(one(&app, "exercises/another.toml", &unsafe_link).await);
    assert!(said.starts_with("exercises/another.toml: video.link: not an https address"), "{said}");
    app.finish().await;
}
