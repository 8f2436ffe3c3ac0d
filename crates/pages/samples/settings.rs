//! What a clinic settles for itself.

use pages::Nav;
use pages::staff::{
    Choice, ClinicLine, ClinicsPage, Field, OutcomeFormsPage, Pick, RegionRow, TextHoursPage, WebhookLine, WebhookNews,
    Webhooks,
};

use super::{frame, html};

pub fn pages() -> Vec<(&'static str, String)> {
    let added = WebhookNews::Added { name: "registry".into(), secret: "5f".repeat(32) };
    let tested = |taken, words: &str| WebhookNews::Tested { name: "registry".into(), taken, words: words.into() };
    let failed = tested(false, "the receiver could not be reached in time");
    let wrong = Webhooks {
        new_name: Field::wrong("The Registry", "Up to 60 of a-z, 0-9 and -, as in patient-registry."),
        new_url: Field::wrong("http://registry.example", "The URL has to begin with https://."),
        ..webhooks(None)
    };
    let wider = "Texts go out from 08:00 to 21:00 at the most: choose hours within these.";
    vec![
        ("clinics", html(&clinics())),
        ("webhooks", html(&webhooks(Some(added)))),
        ("webhooks-empty", html(&Webhooks { rows: vec![], ..webhooks(None) })),
        ("webhooks-tested", html(&webhooks(Some(tested(true, "HTTP 204"))))),
        ("webhooks-not-taken", html(&webhooks(Some(failed)))),
        ("webhooks-wrong", html(&wrong)),
        ("outcome-forms", html(&outcome_forms(true))),
        ("outcome-forms-seen", html(&outcome_forms(false))),
        ("text-hours", html(&hours(Field::value("09:00"), true))),
        ("text-hours-wrong", html(&hours(Field::wrong("07:00", wider), true))),
        ("text-hours-seen", html(&hours(Field::value("08:00"), false))),
    ]
}

fn webhooks(news: Option<WebhookNews>) -> Webhooks {
    let line = |name: &str, active| WebhookLine {
        href: format!("/webhooks/{name}"),
        name: name.into(),
        url: format!("https://{name}.example.org/stepwell/incoming/events?clinic=northside"),
        active,
    };
    Webhooks {
        frame: frame("Webhooks", Nav::Workflows),
        rows: vec![line("registry", true), line("phone-system", false)],
        news,
        new_name: Field::default(),
        new_url: Field::default(),
    }
}

fn outcome_forms(may_change: bool) -> OutcomeFormsPage {
    let choices = [("questionnaire/ndi", "Neck"), ("questionnaire/patient-specific", "What is hard for you")];
    let choices: Vec<_> = choices.map(|(value, label)| Choice::new(value, label)).into();
    let row = |code: &str, title: &str, usual, chosen| RegionRow {
        code: code.into(),
        title: title.into(),
        usual,
        pick: Pick::of(choices.clone(), chosen),
    };
    let mut rows = vec![
        row("neck", "Neck", "Neck Disability Index", "questionnaire/ndi"),
        row("wrist-and-hand", "Wrist or hand", "QuickDASH", "questionnaire/patient-specific"),
    ];
    if may_change && let Some(last) = rows.last_mut() {
        last.pick.error = Some("This form is not in the library any more. Choose another.".into());
    }
    OutcomeFormsPage { frame: frame("Outcome forms", Nav::Workflows), rows, may_change }
}

fn clinics() -> ClinicsPage {
    let clinic = |name: &str, here| ClinicLine { name: name.to_owned(), href: "/clinics/7".to_owned(), here };
    ClinicsPage {
        frame: frame("Clinics", Nav::Clinics).may_change_clinic(true),
        account: "Three Rivers".to_owned(),
        clinics: vec![clinic("Northside Therapy", true), clinic("Hillside Therapy", false)],
    }
}

fn hours(from: Field, may_change: bool) -> TextHoursPage {
    let frame = frame("When texts go out", Nav::Workflows);
    TextHoursPage { frame, from, until: Field::value("18:00"), may_change }
}
