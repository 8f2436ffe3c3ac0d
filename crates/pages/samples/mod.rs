//! Believable pages for the gallery and the tests: Alma (patient), Ben (her therapist), one clinic in Denver.

mod editing;
mod enrolment;
mod feeds;
mod filling;
mod imports;
mod instruments;
mod interfaces;
mod library;
mod outcomes;
mod patients;
mod portal;
mod settings;
mod why;
mod workflows;

use pages::patient::{LandingVisit, Language, PatientFrame, PatientLanding, UnsubscribeConfirm, Unsubscribed};
use pages::staff::{
    Count, Field, Home, HomeVisit, MailRow, Mailbox, Notice, OpenMail, OutlineLine, Problem, RefusedMessage,
    RefusedMessages, RefusedRow, RefusedState, SignIn, VisitActions, VisitState,
};
use pages::{DemoBar, Flash, Frame, Nav, Stamp, Template, Tone, Undo};

/// Every page with content and, where it has one, its empty state: file name and HTML. `name` is the patient's.
pub fn every_page(name: &str) -> Vec<(&'static str, String)> {
    let mut pages = vec![
        ("sign-in", html(&sign_in(None))),
        ("sign-in-refused", html(&sign_in(Some("Email or password is wrong. Check both and try again.")))),
        ("home", html(&home(name))),
        ("home-empty", html(&home_empty())),
        ("refused-messages", html(&refused_messages(refused_rows()))),
        ("refused-messages-empty", html(&refused_messages(Vec::new()))),
        ("refused-message", html(&refused_message())),
        ("mailbox", html(&mailbox(name))),
        ("mailbox-empty", html(&Mailbox { frame: frame("Mailbox", Nav::Mailbox), mails: vec![], reading: None })),
        ("unsubscribe", html(&unsubscribe(Language::English))),
        ("unsubscribe-es", html(&unsubscribe(Language::Spanish))),
        ("unsubscribed", html(&Unsubscribed { frame: patient_frame(Language::English), address: masked() })),
        ("landing", html(&landing(Language::English, name, false))),
        ("landing-es", html(&landing(Language::Spanish, name, false))),
        ("landing-cancelled", html(&landing(Language::English, name, true))),
    ];
    for (file, status) in [("400", 400), ("403", 403), ("404", 404), ("409", 409), ("500", 500)] {
        pages.push((file, html(&problem(status))));
    }
    pages.extend(enrolment::pages(name));
    pages.extend(imports::pages(name));
    pages.extend(feeds::pages(name));
    pages.extend(filling::pages(name));
    pages.extend(workflows::pages(name));
    pages.extend(editing::pages(name));
    pages.extend(outcomes::pages(name));
    pages.extend(instruments::pages(name));
    pages.extend(library::pages(name));
    pages.extend(patients::pages(name));
    pages.extend(portal::pages(name));
    pages.extend(settings::pages());
    pages.extend(why::pages(name));
    pages.extend(interfaces::pages(name));
    pages
}

/// A page that cannot be rendered is empty, and fails every test.
fn html(page: &impl Template) -> String {
    page.render().unwrap_or_default()
}

fn frame(title: &str, nav: Nav) -> Frame {
    let demo = DemoBar { time: "Tue 4 March 2025, 09:40".to_owned(), mail_count: 12, busy: false };
    let frame = Frame::new(title, "Northside Therapy", nav, "csrf-token");
    frame.signed_in("Ben Ortiz").may_import(true).with_demo(Some(demo))
}

fn stamp(date: &str, time: &str) -> Stamp {
    Stamp { iso: "2025-03-04T16:00:00Z".to_owned(), date: date.to_owned(), time: time.to_owned(), zone: None }
}

fn sign_in(error: Option<&str>) -> SignIn {
    SignIn {
        frame: Frame::new("Sign in", "Northside Therapy", Nav::None, "csrf-token"),
        email: Field::value(if error.is_some() { "ben@northside.example" } else { "" }),
        error: error.map(str::to_owned),
        next: Some("/patients".to_owned()),
    }
}

fn actions(visit: &str, state: VisitState) -> VisitActions {
    let planned = state == VisitState::Planned;
    VisitActions {
        base: format!("/patients/alma/visits/{visit}"),
        arrive: planned || state == VisitState::NoShow,
        no_show: planned || state == VisitState::Arrived,
        cancel: planned,
        move_from: planned.then(|| ("2025-03-04".to_owned(), "10:00".to_owned())),
    }
}

fn home_visit(time: &str, patient: &str, visit_type: &str, state: VisitState, note: &str) -> HomeVisit {
    HomeVisit {
        time: time.to_owned(),
        patient: patient.to_owned(),
        patient_href: "/patients/alma".to_owned(),
        visit_type: visit_type.to_owned(),
        location: "Main Street".to_owned(),
        practitioner: Some("Ben Ortiz".to_owned()),
        state,
        note: note.to_owned(),
        actions: actions("v1", state),
    }
}

fn notice(title: &str, detail: &str, since: &str, way_on: &str, urgent: bool) -> Notice {
    Notice {
        title: title.to_owned(),
        detail: detail.to_owned(),
        since: since.to_owned(),
        way_on: Some(("/patients/alma".to_owned(), way_on.to_owned())),
        urgent,
    }
}

fn count(label: &str, value: u64, href: Option<&str>) -> Count {
    Count { label: label.to_owned(), value, href: href.map(str::to_owned) }
}

fn home(name: &str) -> Home {
    let undo = Undo {
        action: "/patients/alma/visits/v1/arrival".to_owned(),
        label: "Undo".to_owned(),
        fields: vec![("_method".to_owned(), "DELETE".to_owned()), ("back".to_owned(), "today".to_owned())],
    };
    let flash = Flash {
        tone: Tone::Good,
        text: format!("{name} has arrived. You can undo this for 60 seconds."),
        undo: Some(undo),
    };
    Home {
        frame: frame("Today", Nav::Today).with_flash(Some(flash)),
        date: "Tuesday, 4 March 2025".to_owned(),
        several_locations: true,
        counts: vec![
            count("visits today", 14, None),
            count("arrived", 3, None),
            count("forms open for today", 4, Some("/patients?open=forms")),
            count("cannot be reached", 2, Some("/patients?contact=none")),
            count("mails sent since midnight", 9, Some("/demo/mailbox")),
        ],
        visits: vec![
            home_visit("08:00", "Whitfield, George", "Follow-up", VisitState::Finished, ""),
            home_visit("08:40", "Nguyen, Linh", "Follow-up", VisitState::NoShow, ""),
            home_visit("09:20", name, "Initial evaluation", VisitState::Arrived, "Form open"),
            home_visit("10:00", "Baker, Tom", "Follow-up", VisitState::Planned, ""),
            home_visit(
                "10:40",
                "Okafor-Lindqvist, Christiana Maria",
                "Re-evaluation",
                VisitState::Planned,
                "No address",
            ),
            home_visit("11:20", "Haddad, Samir", "Initial evaluation", VisitState::Planned, ""),
            home_visit("13:00", "Price, Eleanor", "Follow-up", VisitState::Cancelled, ""),
        ],
        notices: vec![
            notice(
                "The EMR feed is silent",
                "No message for 3 hours in open hours. 6 reminders are held.",
                "since 06:35",
                "Look at the held reminders",
                true,
            ),
            notice(
                "Okafor-Lindqvist cannot be reached",
                "No email and no mobile number. Ask at the desk.",
                "since yesterday",
                "Open the patient",
                false,
            ),
            notice("Visit type “PT EVAL 60” is not mapped", "2 visits wait for it.", "since Monday", "Map it", false),
        ],
    }
}

fn home_empty() -> Home {
    Home {
        frame: frame("Today", Nav::Today),
        date: "Sunday, 9 March 2025".to_owned(),
        several_locations: false,
        counts: vec![],
        visits: vec![],
        notices: vec![],
    }
}

fn refused_rows() -> Vec<RefusedRow> {
    let row = |id: &str, message_type: &str, cause: &str, place: Option<&str>, cure: &str, state| RefusedRow {
        id: id.to_owned(),
        received: stamp("Tue 4 Mar 2025", "09:12:44"),
        interface: "Main Street EMR".to_owned(),
        message_type: message_type.to_owned(),
        cause: cause.to_owned(),
        place: place.map(str::to_owned),
        cure: cure.to_owned(),
        state,
    };
    vec![
        row(
            "m1",
            "SIU^S12",
            "The birth date cannot be read",
            Some("PID-7"),
            "Ask the EMR’s support to send it as YYYYMMDD, then replay.",
            RefusedState::Open,
        ),
        row(
            "m2",
            "SIU^S13",
            "The location is not known",
            Some("AIL-3"),
            "Add the code to a location of this interface, then replay.",
            RefusedState::Open,
        ),
        row(
            "m3",
            "ADT^A40",
            "The surviving patient is not known",
            Some("MRG-1"),
            "Wait for the patient’s own message, or replay in order.",
            RefusedState::Settled,
        ),
        row(
            "m4",
            "ORU^R01",
            "This kind of message is not taken in",
            None,
            "Switch it off in the EMR.",
            RefusedState::Dropped,
        ),
    ]
}

fn refused_messages(rows: Vec<RefusedRow>) -> RefusedMessages {
    RefusedMessages { frame: frame("Refused messages", Nav::Refused), rows }
}

fn refused_message() -> RefusedMessage {
    let line =
        |segment: &str, shape: &str, here| OutlineLine { segment: segment.to_owned(), shape: shape.to_owned(), here };
    RefusedMessage {
        frame: frame("Refused message", Nav::Refused),
        row: refused_rows().remove(0),
        outline: vec![
            line("MSH", "18 fields, 12 filled", false),
            line("SCH", "25 fields, 11 filled", false),
            line("PID", "30 fields, 9 filled; field 7 has 9 characters where 8 or 14 are expected", true),
            line("PV1", "19 fields, 4 filled", false),
            line("AIS", "4 fields, 3 filled", false),
        ],
        history: vec!["Replayed today at 09:30 by Ben Ortiz: refused again for the same cause.".to_owned()],
    }
}

fn mailbox(name: &str) -> Mailbox {
    let mail = |id: &str, to: &str, subject: &str, when: &str| MailRow {
        id: id.to_owned(),
        to: to.to_owned(),
        subject: subject.to_owned(),
        when: when.to_owned(),
    };
    Mailbox {
        frame: frame("Mailbox", Nav::Mailbox),
        mails: vec![
            mail("3", "alma.rivera@example.org", "Your visit on Thursday at 10:00", "Tue 09:00"),
            mail("2", "tom.baker@example.org", "How are we doing?", "Mon 17:40"),
            mail("1", "alma.rivera@example.org", "Welcome to Northside Therapy", "Mon 10:05"),
        ],
        reading: Some(OpenMail {
            id: "3".to_owned(),
            from: "Northside Therapy <hello@northside.example>".to_owned(),
            to: "alma.rivera@example.org".to_owned(),
            subject: "Your visit on Thursday at 10:00".to_owned(),
            when: "Tue 4 March 2025, 09:00".to_owned(),
            text: format!("Hello {name},\n\nyour visit is on Thursday, March 6 at 10:00 AM.\n"),
            has_html: true,
        }),
    }
}

fn problem(status: u16) -> Problem {
    let cause = match status {
        400 => "The form was sent without a date.",
        403 => "Your role at this clinic is front desk; workflows are switched by administrators.",
        404 => "No patient has this number at your locations.",
        409 => "This visit was cancelled by the EMR a moment ago.",
        _ => "The page could not be made.",
    };
    Problem::new(frame("Problem", Nav::None), status, cause)
}

fn patient_frame(language: Language) -> PatientFrame {
    PatientFrame {
        language,
        clinic_name: "Northside Therapy".to_owned(),
        clinic_phone: "(303) 555-0100".to_owned(),
        csrf: "csrf-token".to_owned(),
        on_loan: false,
    }
}

fn masked() -> String {
    "a•••@example.org".to_owned()
}

fn unsubscribe(language: Language) -> UnsubscribeConfirm {
    let action = "/p/unsubscribe/token".to_owned();
    UnsubscribeConfirm { frame: patient_frame(language), address: masked(), action }
}

fn landing(language: Language, first_name: &str, cancelled: bool) -> PatientLanding {
    PatientLanding {
        frame: patient_frame(language),
        first_name: first_name.to_owned(),
        visit: Some(LandingVisit {
            date: language.say("Thursday, March 6", "Jueves, 6 de marzo").to_owned(),
            times: vec!["10:00 AM".to_owned(), "2:30 PM".to_owned()],
            zone_note: Some(language.say("Denver time", "hora de Denver").to_owned()),
            location: "Northside Main Street".to_owned(),
            address: "12 Main Street, Denver, CO 80202".to_owned(),
            map_url: Some("https://maps.example.org/northside".to_owned()),
            phone: "(303) 555-0101".to_owned(),
            calendar_href: "/p/token/visit.ics".to_owned(),
            cancelled,
        }),
    }
}
