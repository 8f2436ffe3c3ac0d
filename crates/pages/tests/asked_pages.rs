//! The pages on which somebody is asked for one thing: registering, one question, settling what waits.

#![expect(clippy::expect_used, reason = "a page that does not render is a failed test")]

use pages::patient::{Answer, Language, PatientFrame, Register, Said};
use pages::staff::{Settle, Way};
use pages::{Frame, Nav, Template};

const HOSTILE: &str = r#"<script>alert("x")</script>"#;

fn frame(language: Language) -> PatientFrame {
    PatientFrame {
        language,
        clinic_name: HOSTILE.into(),
        clinic_phone: "(303) 555-0100".into(),
        csrf: String::new(),
        on_loan: false,
    }
}

fn answer(language: Language) -> Answer {
    let action = "/p/answer/token".into();
    Answer { frame: frame(language), action, score: Some(7), comment: HOSTILE.into(), error: Some(HOSTILE.into()) }
}

fn settle() -> Settle {
    let way = |words: &str, primary| Way {
        action: "/deliveries/1/resend".into(),
        words: words.into(),
        effect: HOSTILE.into(),
        primary,
    };
    Settle {
        frame: Frame::new("Decide", "Northside", Nav::Today, "csrf-token"),
        heading: HOSTILE.into(),
        since: "since Monday".into(),
        detail: HOSTILE.into(),
        look: Some(("/patients/alma".into(), HOSTILE.into())),
        ways: vec![way("Send it again", true), way("Leave it", false)],
    }
}

fn pages(language: Language) -> Vec<String> {
    let register = Register { frame: frame(language), action: "/p/register/token".into(), error: Some(HOSTILE.into()) };
    let said = Said { frame: frame(language), heading: HOSTILE.into(), lines: vec![HOSTILE.into()] };
    vec![
        register.render().expect("register"),
        answer(language).render().expect("answer"),
        said.render().expect("said"),
        settle().render().expect("settle"),
    ]
}

#[test]
fn what_a_person_typed_is_shown_as_text_and_there_is_no_script() {
    for page in [Language::English, Language::Spanish].into_iter().flat_map(pages) {
        assert!(!page.contains("<script") && !page.contains("style="), "{page}");
        assert!(page.contains("&#60;script&#62;"), "{page}");
        assert_eq!(page.matches("<h1>").count(), 1, "{page}");
    }
}

#[test]
fn the_eleven_scores_each_have_a_label_and_the_one_chosen_before_stays_chosen() {
    let page = answer(Language::English).render().expect("answer");
    for score in 0..=10 {
        assert!(page.contains(&format!("<label for=\"f-score-{score}\">{score}</label>")));
    }
    assert_eq!(page.matches(" checked>").count(), 1);
    assert!(page.contains("value=\"7\" required checked>"));
}

#[test]
fn each_way_to_settle_is_a_form_with_the_csrf_token() {
    let page = settle().render().expect("settle");
    assert_eq!(page.matches("name=\"csrf\" value=\"csrf-token\"").count(), 2);
}

#[test]
fn a_spanish_patient_reads_spanish() {
    let page = answer(Language::Spanish).render().expect("answer");
    assert!(page.contains("<html lang=\"es\">") && page.contains("¿Recomendaría"));
    assert!(!page.contains("One question"));
}
