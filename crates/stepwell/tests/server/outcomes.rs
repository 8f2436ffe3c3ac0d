//! The outcomes of all open episodes.

use care::questionnaire::course::courses;
use care::questionnaire::scoring::Instrument;

use crate::app::TestApp;
use crate::messages::{message, patient, visit};
use crate::pages::{Browser, ben, chloe};
use crate::portal::asked;

const INTAKE: &str = "shown=region&answer%3Aregion=knee&shown=over-a-year&answer%3Aover-a-year=true&shown=surgery&\
    answer%3Asurgery=false&shown=elsewhere&answer%3Aelsewhere=false&shown=payer&answer%3Apayer=medicare";

/// Gives a form by hand and answers it here.
async fn answers(ben: &Browser, home: &str, content: &str, answers: &str) {
    let give = format!("content={}&days=7&place=here", content.replace('/', "%2F"));
    let given = ben.posts(&format!("{home}/assignments"), &give).await;
    assert_eq!(given.status, 303, "{}", given.body);
    let form = given.header("location").unwrap().to_owned();
    let done = ben.fills_in(&form, &format!("{answers}&then=hand-in")).await;
    assert_eq!(done.status, 303, "{}", done.body);
}

fn pain(score: u8) -> String {
    format!("shown=pain&answer%3Apain={score}")
}

async fn moves(app: &TestApp, days: i64) -> Browser {
    app.clock_moves_by(jiff::SignedDuration::from_hours(24 * days)).await;
    ben(app).await
}

/// "family: standing" of the rows, in their order.
fn standings(page: &str) -> Vec<String> {
    let rows = page.split("<tr>").skip(2);
    rows.map(|row| {
        let name = row.split_once("#outcomes\">").unwrap().1.split(',').next().unwrap();
        let badge = row.split_once("<span class=\"badge ").unwrap().1.split_once('>').unwrap().1;
        format!("{name}: {}", badge.split('<').next().unwrap())
    })
    .collect()
}

#[tokio::test]
async fn who_fails_to_progress_stands_first() {
    let mut app = TestApp::start().await;
    assert!(ben(&app).await.gets("/outcomes").await.body.contains("No open episode has such a form"));
    let mut homes = vec![];
    for (nth, (mrn, given)) in [("3001", "Ada"), ("3002", "Bea"), ("3003", "Cid"), ("3004", "Dov")].iter().enumerate() {
        let who = patient(mrn, given, &format!("{given}@mail.example"), "en");
        let visit = visit(&format!("V{nth}"), "FU", "202603160900");
        app.emr_sends(&message("S12", &format!("2026030208000{nth}"), &who, Some(&visit))).await;
        homes.push(format!("/patients/{}", app.patient(mrn).await));
    }
    let staff = ben(&app).await;
    for home in &homes {
        answers(&staff, home, "questionnaire/pain", &pain(6)).await;
    }
    let all = staff.gets("/outcomes").await.body;
    assert_eq!(standings(&all).iter().filter(|s| s.ends_with("on the way")).count(), 4, "{:?}", standings(&all));
    let staff = moves(&app, 20).await;
    // Worse, better, a little better, not asked again.
    answers(&staff, &homes[0], "questionnaire/pain", &pain(9)).await;
    answers(&staff, &homes[1], "questionnaire/pain", &pain(2)).await;
    answers(&staff, &homes[2], "questionnaire/pain", &pain(5)).await;
    let page = staff.gets("/outcomes").await.body;
    let ends =
        |page: &str| standings(page).into_iter().map(|s| s.split(": ").nth(1).unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ends(&page), ["fails to progress", "on the way", "on the way", "a gain that matters"]);
    let staff = moves(&app, 11).await;
    let page = staff.gets("/outcomes").await.body;
    assert_eq!(ends(&page), ["fails to progress", "fails to progress", "not asked again", "a gain that matters"]);
    assert!(page.contains("<svg class=\"shares\"") && page.contains("<svg class=\"leap problem\""), "{page}");
    assert!(page.contains("+3 in 20 days: worse") && page.contains("7 of 7 answered, 100 %"), "{page}");
    // What is stored is what the chart says, by the one rule.
    let counts = "select count(*)::text from courses where stuck_on = '2026-04-01' and latest is not null";
    assert_eq!(app.ask(counts).await, ["1"]);
    assert!(!chloe(&app).await.gets("/outcomes").await.body.contains("leap"));
    app.all_work_is_done().await;
    app.finish().await;
}

#[tokio::test]
async fn the_list_is_narrowed_by_form_place_and_person_and_agrees_with_the_chart() {
    let mut app = TestApp::start().await;
    asked(&mut app, "questionnaire/pain").await;
    let staff = ben(&app).await;
    let alma = app.alma().await;
    let home = format!("/patients/{alma}");
    answers(&staff, &home, "questionnaire/intake", INTAKE).await;
    answers(&staff, &home, "questionnaire/pain", &pain(6)).await;
    answers(&staff, &home, "questionnaire/sane", "shown=percent&answer%3Apercent=40").await;
    let rows = |page: &str| standings(page).len();
    assert_eq!(rows(&staff.gets("/outcomes").await.body), 2);
    assert_eq!(rows(&staff.gets("/outcomes?form=questionnaire/sane").await.body), 1);
    assert_eq!(rows(&staff.gets("/outcomes?region=knee").await.body), 2);
    assert_eq!(rows(&staff.gets("/outcomes?region=neck").await.body), 0);
    let place = app.ask("select distinct location::text from courses").await.remove(0);
    assert_eq!(rows(&staff.gets(&format!("/outcomes?location={place}")).await.body), 2);
    assert_eq!(rows(&staff.gets("/outcomes?practitioner=Nobody").await.body), 0);
    assert_eq!(staff.gets("/outcomes?page=9&location=x").await.status, 200);
    let chart = app.chart_of(alma).await;
    let mut tx = app.tx().await;
    let clinic = tx.clinic().await.unwrap().clinic;
    let scored_by = tx.instruments().await.unwrap();
    let instrument = |content: &str| scored_by.get(content).and_then(|id| Instrument::parse(id).ok());
    let told: Vec<String> = courses(&chart, &clinic, instrument)
        .iter()
        .map(|c| format!("{} {}/{} {:?}", c.content, c.answered, c.asked, c.baseline.map(|b| b.score)))
        .collect();
    let stored = "select content || ' ' || answered || '/' || asked || ' ' ||
        coalesce('Some(' || to_char(baseline, 'FM990.0') || ')', 'None') from courses order by content";
    assert_eq!(app.ask(stored).await, told);
    tx.commit().await.unwrap();
    app.all_work_is_done().await;
    app.finish().await;
}
