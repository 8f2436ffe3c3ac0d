//! What may be said more than once: groups asked again, several answers to one question.

use crate::app::TestApp;
use crate::filling::waits;
use crate::library::one;
use crate::pages::{Answer, ben};
use crate::portal::{asked, comes_in};

const MEDICINES: &str = r#"
version = 1
licence = "CC0-1.0"
attribution = "Riverbend"
title = { en = "Your medicines", es = "Sus medicinas" }
[[items]]
id = "drug"
kind = "group"
repeats = true
text = { en = "Medicine", es = "Medicina" }
[[items.items]]
id = "name"
kind = "string"
required = true
text = { en = "What is it called?", es = "¿Cómo se llama?" }
[[items.items]]
id = "daily"
kind = "boolean"
text = { en = "Every day?", es = "¿Todos los días?" }
[[items]]
id = "allergy"
kind = "open-choice"
repeats = true
text = { en = "What can you not take?", es = "¿Qué no puede tomar?" }
options = [{ code = "latex", text = { en = "Latex", es = "Látex" } }, { code = "nuts", text = { en = "Nuts", es = "Nueces" } }]
"#;

const FORM: &str = "questionnaires/medicines.toml";
const ANSWERS: &str = "select body::text from changes where body::text like '%Aspirin%'";

fn next(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").unwrap()
}

#[tokio::test]
async fn a_patient_adds_a_second_medicine_takes_it_back_and_says_several_things_to_one_question() {
    let mut app = TestApp::start().await;
    one(&app, FORM, MEDICINES).await.unwrap();
    let link = asked(&mut app, "questionnaire/medicines").await;
    let (alma, form) = comes_in(&app, &link).await;
    alma.posts(&form, "at=name%231&answer=Aspirin").await;
    alma.posts(&form, "at=daily%231&answer=true").await;
    let said = "at=allergy&answer=latex&other=Penicillin%0D%0AHoney";
    let review = next(&alma.posts(&form, said).await).to_owned();
    let page = alma.gets(&review).await.body;
    assert!(page.contains("Latex, Penicillin, Honey") && page.contains("Add another: Medicine"), "{page}");
    let again = alma.gets(&format!("{form}?at=name%232")).await;
    assert!(again.body.contains("Medicine (2)") && again.body.contains("What is it called?"), "{}", again.body);
    assert!(next(&alma.posts(&form, "at=name%232&answer=Ibuprofen").await).ends_with("daily%232"));
    assert!(alma.gets(&review).await.body.contains("Ibuprofen"));
    alma.posts(&form, "at=daily%232&remove=yes").await;
    let page = alma.gets(&review).await.body;
    assert!(page.contains("Aspirin") && !page.contains("Ibuprofen"), "{page}");
    // A round that nobody can reach is not asked: it would never end.
    assert_eq!(alma.posts(&form, "at=name%23999999999&answer=X").await.status, 303);
    alma.posts(&form, "at=name%232&answer=Iron").await;
    alma.posts(&review, "").await;
    let kept = app.ask(ANSWERS).await.remove(0);
    assert!(kept.contains("Iron") && kept.contains("Honey") && !kept.contains('X'), "{kept}");
    app.finish().await;
}

#[tokio::test]
async fn staff_add_a_medicine_on_the_page_and_an_empty_one_is_dropped() {
    let mut app = TestApp::start().await;
    one(&app, FORM, MEDICINES).await.unwrap();
    let sheet = waits(&mut app, "questionnaire/medicines").await;
    let ben = ben(&app).await;
    let page = ben.gets(&sheet).await.body;
    assert!(page.contains("name=\"again\" value=\"name#2\""), "{page}");
    let shown = "shown=name%231&shown=daily%231&shown=allergy&answer%3Aname%231=Aspirin";
    let more = ben.fills_in(&sheet, &format!("{shown}&again=name%232")).await;
    assert!(more.body.contains("answer:name#2") && more.body.contains("Aspirin"), "{}", more.body);
    let both = format!("{shown}&shown=name%232&shown=daily%232");
    let third = ben.fills_in(&sheet, &format!("{both}&answer%3Aname%232=Iron&again=name%233")).await;
    assert!(third.body.contains("answer:name#3") && third.body.contains("Iron"), "{}", third.body);
    let done = format!("{both}&answer%3Aname%232=Iron&shown=name%233&shown=daily%233&then=hand-in");
    assert_eq!(ben.fills_in(&sheet, &done).await.status, 303);
    let kept = app.ask(ANSWERS).await.remove(0);
    assert!(kept.contains("\"name#2\": \"Iron\"") && !kept.contains("#3"), "{kept}");
    app.finish().await;
}
