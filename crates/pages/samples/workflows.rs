use super::{frame, html, stamp};
use pages::charts::{ContentKind, MarkedStep, SendDay, TriggerLabels, sends, timeline};
use pages::staff::{
    ActiveSpan, ContentItem, DecisionRow, EmrFilter, EmrFit, GroupLine, Kind, Lane, Panel, RehearsalCount,
    RehearsalLine, RehearsalPage, RehearsalPart, RehearsalRow, RehearsalSample, RehearsalState, RunCounts, Schematic,
    Scope, Status, StepRow, VersionRow, WorkflowGroup, WorkflowList, WorkflowPage, WorkflowRow,
};
use pages::{Nav, Reason, Verdict};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

pub fn pages(name: &str) -> Vec<(&'static str, String)> {
    let empty = WorkflowList {
        frame: frame("Workflows", Nav::Workflows),
        filter: EmrFilter::With,
        groups: vec![],
        may_edit: false,
    };
    vec![
        ("workflows", html(&list())),
        ("workflows-empty", html(&empty)),
        ("workflow", html(&page(name))),
        ("workflow-new", html(&page_without_history())),
        ("rehearsal", html(&rehearsal(name))),
        ("rehearsal-running", html(&rehearsal_running())),
        ("schematic", html(&schematic(EmrFilter::All))),
        ("schematic-emr", html(&schematic(EmrFilter::With))),
    ]
}

fn item(kind: ContentKind, title: &str) -> ContentItem {
    ContentItem { kind, title: title.to_owned() }
}

fn row(title: &str, group: &str, trigger: &str, schedule: &[&str], content: Vec<ContentItem>, on: bool) -> WorkflowRow {
    WorkflowRow {
        id: title.to_lowercase().replace(' ', "-"),
        title: title.to_owned(),
        fit: if title == "Invite" { EmrFit::With } else { EmrFit::Both },
        patient_group: group.to_owned(),
        trigger: trigger.to_owned(),
        schedule: schedule.iter().map(|line| (*line).to_owned()).collect(),
        content,
        status: if on { Status::Active } else { Status::Inactive },
        scope: Scope::Global,
        decide: title == "Visit reminder",
    }
}

fn list() -> WorkflowList {
    use ContentKind::{Email, Questionnaire, Review, Team, Text};
    let engagement = vec![
        row(
            "Invite",
            "Not registered",
            "Initial evaluation is planned",
            &["immediately", "3 days after the booking"],
            vec![item(Email, "Invite to register"), item(Text, "Invite to register")],
            true,
        ),
        row(
            "Visit reminder",
            "Every patient",
            "A visit day is planned",
            &["2 days before at 10:00", "3 hours before"],
            vec![item(Email, "Your visit"), item(Text, "See you today")],
            true,
        ),
        row(
            "Recommendation",
            "Not asked for 90 days",
            "First initial evaluation, patient arrived",
            &["7 days after at 10:00", "28 days after at 10:00"],
            vec![item(Questionnaire, "Recommendation, 0 to 10")],
            false,
        ),
        row(
            "Review request",
            "Not asked for 12 months",
            "Recommendation given",
            &["1 day after"],
            vec![item(Review, "Review us")],
            false,
        ),
        row(
            "Service recovery",
            "Every patient",
            "Recommendation of 0 to 6 given",
            &["immediately"],
            vec![item(Team, "Call within 4 open hours")],
            true,
        ),
    ];
    let outcomes = vec![
        row(
            "Intake and qualification",
            "Every age; guardian for minors",
            "Initial evaluation is planned",
            &["immediately", "2 days before, if open", "on the day, if open"],
            vec![item(Questionnaire, "Intake"), item(Team, "Hand over the tablet")],
            true,
        ),
        row(
            "Outcome follow-up",
            "Open episode, has a baseline",
            "Baseline completed",
            &["10th visit or 30 days after", "then every 30 days until discharge"],
            vec![item(Questionnaire, "The same form as the baseline")],
            true,
        ),
    ];
    let monitoring = vec![row(
        "Therapeutic monitoring",
        "Consented",
        "Staff enrol the patient",
        &["weekly, 8 times"],
        vec![item(Questionnaire, "Check-in"), item(ContentKind::Education, "Article of the week")],
        false,
    )];
    WorkflowList {
        frame: frame("Workflows", Nav::Workflows),
        filter: EmrFilter::All,
        may_edit: true,
        groups: vec![
            WorkflowGroup { kind: Kind::Engagement, rows: engagement },
            WorkflowGroup { kind: Kind::Outcomes, rows: outcomes },
            WorkflowGroup { kind: Kind::Monitoring, rows: monitoring },
        ],
    }
}

fn step(offset_minutes: i64, label: &str, content_kind: ContentKind, from_event: bool) -> MarkedStep {
    MarkedStep { offset_minutes, label: label.to_owned(), content_kind, repeats: false, from_event }
}

fn intake_steps() -> Vec<MarkedStep> {
    vec![
        step(0, "Intake by email, else text", ContentKind::Questionnaire, true),
        step(DAY, "Text: form still open", ContentKind::Text, true),
        step(-2 * DAY, "Nudge if the form is open", ContentKind::Email, false),
        step(-2 * HOUR, "Text: bring your list of medicines", ContentKind::Text, false),
        step(0, "Desk: hand over the tablet", ContentKind::Team, false),
    ]
}

fn step_row(id: &str, schedule: &str, content: ContentItem, channels: Option<&str>, template: &str) -> StepRow {
    StepRow {
        id: id.to_owned(),
        schedule: schedule.to_owned(),
        content: vec![content],
        template: Some(template.to_owned()),
        channels: channels.map(str::to_owned),
        late: "send until the visit".to_owned(),
        on_move: "once".to_owned(),
        expires: "at the visit’s start".to_owned(),
        until: "form completed".to_owned(),
    }
}

fn page(name: &str) -> WorkflowPage {
    let line = |depth, text: &str| GroupLine { depth, text: text.to_owned() };
    let decision = |time: &str, step: Option<&str>, verdict, code: Option<&str>, detail: Option<&str>| DecisionRow {
        at: stamp("Tue 4 Mar 2025", time),
        patient: name.to_owned(),
        patient_href: "/patients/alma".to_owned(),
        step: step.map(str::to_owned),
        verdict,
        reason: code.map(|code| Reason::from_code(code, "en")),
        detail: detail.map(str::to_owned),
    };
    WorkflowPage {
        frame: frame("Intake and qualification", Nav::Workflows),
        id: "intake".to_owned(),
        title: "Intake and qualification".to_owned(),
        about: "A short survey before the first visit; its answers choose the outcome form.".to_owned(),
        kind: Kind::Outcomes,
        fit: EmrFit::Both,
        scope: Scope::Global,
        version: "3".to_owned(),
        status: Status::Active,
        switch_effect: "New bookings of an initial evaluation start it. If you switch it off, 31 pending steps wait and nothing goes out until it is switched on again.".to_owned(),
        patient_group: vec![line(0, "all of:"), line(1, "has not completed intake in this episode"), line(1, "any of:"), line(2, "age is at least 18"), line(2, "has a guardian who receives messages")],
        trigger: "A visit is planned".to_owned(),
        trigger_filter: vec!["visit type is initial evaluation".to_owned(), "first in the episode".to_owned()],
        repeat: "Once for each episode.".to_owned(),
        timeline: timeline(&intake_steps(), &TriggerLabels::two("Visit booked", "Initial evaluation")),
        steps: vec![
            step_row("survey", "immediately", item(ContentKind::Questionnaire, "Intake"), Some("email, else text"), "message/intake"),
            step_row("nudge", "2 days before the visit at 10:00", item(ContentKind::Email, "Your form is still open"), Some("email"), "message/intake-nudge"),
            step_row("desk", "0 days before the visit at 07:30", item(ContentKind::Team, "Hand over the tablet"), None, "desk/intake-tablet"),
        ],
        counts: RunCounts { open: 31, performed: 412, skipped: 18 },
        decisions: vec![
            decision("09:20", Some("desk"), Verdict::Performed, None, None),
            decision("09:02", Some("nudge"), Verdict::Skipped, Some("goal_reached"), Some("form completed on 3 March")),
            decision("08:55", None, Verdict::NotStarted, Some("not_in_group"), Some("age is 16, needs at least 18; no guardian")),
            decision("08:31", Some("survey"), Verdict::Deferred, Some("quiet_hours"), Some("until 08:00 in Phoenix")),
        ],
        enrol: None,
        may_edit: true,
        decide: false,
        still: Some("12 patients are still to be looked at after the last edit.".to_owned()),
        versions: vec![
            version(3, "Mon 3 Mar 2025", "Ben Ortiz", "moved to this version"),
            version(2, "Mon 3 Feb 2025", "Ben Ortiz", "stayed with their version"),
            version(1, "Thu 2 Jan 2025", "came with Stepwell", "there were none"),
        ],
        spans: vec![span(None, "Main Street", true), span(Some("Fri 31 Jan 2025"), "all that fit", false)],
    }
}

fn version(version: u32, date: &str, by: &str, runs: &str) -> VersionRow {
    VersionRow { version, at: stamp(date, "09:00"), by: by.to_owned(), runs: runs.to_owned() }
}

fn span(until: Option<&str>, locations: &str, cover: bool) -> ActiveSpan {
    ActiveSpan {
        from: stamp("Thu 2 Jan 2025", "09:00"),
        by: "by Ben Ortiz".to_owned(),
        until: until.map(|date| stamp(date, "18:00")),
        off_by: "by Ben Ortiz".to_owned(),
        locations: locations.to_owned(),
        cover,
    }
}

fn page_without_history() -> WorkflowPage {
    WorkflowPage {
        status: Status::Inactive,
        switch_effect: "It starts with the next booking. 14 visits are already booked; they are not covered."
            .to_owned(),
        patient_group: vec![],
        timeline: timeline(&long_steps(), &TriggerLabels::one("Episode discharged")),
        steps: vec![],
        counts: RunCounts::default(),
        decisions: vec![],
        may_edit: false,
        still: None,
        spans: vec![],
        enrol: Some("/workflows/intake/enrol".to_owned()),
        ..page("Rivera, Alma")
    }
}

fn long_steps() -> Vec<MarkedStep> {
    let mut monthly = step(30 * DAY, "How are you?", ContentKind::Email, true);
    monthly.repeats = true;
    vec![
        monthly,
        step(90 * DAY, "How are you, three months on?", ContentKind::Email, true),
        step(180 * DAY, "How are you, half a year on?", ContentKind::Questionnaire, true),
    ]
}

fn lane(title: &str, group: &str, trigger: TriggerLabels, steps: Vec<MarkedStep>, on: bool) -> Lane {
    Lane {
        href: "/workflows/intake".to_owned(),
        title: title.to_owned(),
        patient_group: group.to_owned(),
        trigger,
        steps,
        status: if on { Status::Active } else { Status::Inactive },
    }
}

fn engagement(first: Lane) -> Vec<Lane> {
    use ContentKind::{Email, Review, Team, Text};
    let one = TriggerLabels::one;
    let visit = || TriggerLabels::two("Visit day planned", "The visit");
    vec![
        first,
        lane("Welcome", "all", one("Initial evaluation planned"), vec![step(0, "Visit details", Email, true)], true),
        lane("Visit changed", "all", one("Visit moved or cancelled"), vec![step(0, "The new time", Email, true)], true),
        lane(
            "Visit reminder",
            "all",
            visit(),
            vec![step(-2 * DAY, "Your visit", Email, false), step(-3 * HOUR, "See you today", Text, false)],
            true,
        ),
        lane(
            "Missed visit",
            "nothing else booked",
            one("No-show"),
            vec![step(2 * HOUR, "Book again", Email, true), step(3 * DAY, "Book again", Text, true)],
            false,
        ),
        lane(
            "Recommendation",
            "not asked for 90 days",
            one("First visit arrived"),
            vec![step(7 * DAY, "0 to 10", Email, false), step(28 * DAY, "0 to 10", Email, false)],
            false,
        ),
        lane(
            "Review request",
            "not asked for 12 months",
            one("Recommendation given"),
            vec![step(DAY, "Review", Review, true)],
            false,
        ),
        lane("Service recovery", "all", one("Recommendation 0–6"), vec![step(0, "Call", Team, true)], true),
        lane(
            "Home exercise check-in",
            "open episode",
            one("Exercises assigned"),
            vec![
                step(2 * DAY, "Check-in", ContentKind::Exercise, true),
                MarkedStep { repeats: true, ..step(7 * DAY, "Check-in", ContentKind::Exercise, true) },
            ],
            false,
        ),
        lane("After discharge", "no open episode", one("Discharged or ended"), long_steps(), false),
        lane(
            "Reactivation",
            "open episode",
            one("Nothing planned for 14 days"),
            vec![
                step(0, "Call list", Team, true),
                step(2 * DAY, "Come back", Email, true),
                step(10 * DAY, "Come back", Text, true),
            ],
            false,
        ),
        lane("Birthday", "opted in", one("Birthday"), vec![step(9 * HOUR, "Happy birthday", Email, false)], false),
    ]
}

fn outcomes() -> Vec<Lane> {
    use ContentKind::{Email, Questionnaire};
    let one = TriggerLabels::one;
    let again = |offset, label| MarkedStep { repeats: true, ..step(offset, label, Questionnaire, true) };
    lanes_with_intake(vec![
        lane(
            "Outcome follow-up",
            "open episode",
            one("Baseline completed"),
            vec![again(30 * DAY, "The same form")],
            true,
        ),
        lane(
            "Outcome at discharge",
            "has a baseline",
            one("Discharged or ended"),
            vec![step(0, "The same form", Questionnaire, true)],
            true,
        ),
        lane(
            "Outcome reminder",
            "form open",
            one("Questionnaire assigned"),
            vec![
                step(3 * DAY, "Reminder", Email, true),
                step(7 * DAY, "Reminder", Email, true),
                again(14 * DAY, "Reminder"),
            ],
            false,
        ),
    ])
}

fn monitoring() -> Lane {
    let weekly = MarkedStep { repeats: true, ..step(7 * DAY, "Check-in", ContentKind::Questionnaire, true) };
    let trigger = TriggerLabels::one("Staff enrol the patient");
    lane("Therapeutic monitoring", "consented", trigger, vec![weekly], false)
}

fn lanes_with_intake(mut lanes: Vec<Lane>) -> Vec<Lane> {
    let trigger = TriggerLabels::two("Initial evaluation planned", "The visit");
    let steps =
        intake_steps().into_iter().filter(|step| step.offset_minutes != DAY && step.offset_minutes != -2 * HOUR);
    lanes.insert(0, lane("Intake and qualification", "all ages", trigger, steps.collect(), true));
    lanes
}

fn schematic(filter: EmrFilter) -> Schematic {
    let invite = |trigger: &str| {
        let steps = vec![step(0, "Invite", ContentKind::Email, true), step(3 * DAY, "Invite", ContentKind::Text, true)];
        lane("Invite", "not registered", TriggerLabels::one(trigger), steps, true)
    };
    let column = |first: Lane| {
        vec![
            Panel { title: "Engagement".to_owned(), lanes: engagement(first) },
            Panel { title: "Outcomes".to_owned(), lanes: outcomes() },
            Panel { title: "Monitoring".to_owned(), lanes: vec![monitoring()] },
        ]
    };
    Schematic {
        frame: frame("All workflows", Nav::Workflows),
        filter,
        printed_on: "4 March 2025".to_owned(),
        with_emr: column(invite("Initial evaluation planned")),
        without_emr: column(invite("Patient created")),
    }
}

fn rehearsal_running() -> RehearsalPage {
    let state = RehearsalState::Running { done: 400, of: 1200 };
    RehearsalPage {
        frame: frame("Rehearsal: Intake", Nav::Workflows),
        id: "intake".to_owned(),
        title: "Intake".to_owned(),
        which: "both",
        cover: true,
        alone: false,
        state,
    }
}

fn rehearsal(name: &str) -> RehearsalPage {
    let days: Vec<SendDay> = (1..=30)
        .map(|n| SendDay { date: format!("{n} Mar"), emails: n % 7, texts: n % 3, others: usize::from(n % 5 == 0) })
        .collect();
    let count = |code: &str| RehearsalCount {
        reason: Reason::from_code(code, "en"),
        times: 3,
        patients: vec![
            (name.to_owned(), "/patients/1".to_owned()),
            ("Ortiz, Ben".to_owned(), "/patients/2".to_owned()),
        ],
        more: 1,
    };
    let row = |what: &str| RehearsalRow {
        at: stamp("Tue 4 Mar 2025", "10:00"),
        patient: name.to_owned(),
        patient_href: "/patients/1".to_owned(),
        step: "two-days-before".to_owned(),
        what: what.to_owned(),
    };
    let line = |verdict, code: Option<&str>| RehearsalLine {
        at: stamp("Tue 4 Mar 2025", "10:00"),
        step: Some("two-days-before".to_owned()),
        verdict,
        reason: code.map(|code| Reason::from_code(code, "en")),
        detail: None,
    };
    let part = RehearsalPart {
        id: "next",
        heading: "The next 30 days".to_owned(),
        numbers: vec![(31, "patients"), (62, "messages"), (4, "unreachable"), (1, "late steps"), (2, "collisions")],
        nothing: None,
        chart: sends(&days, "Messages a day"),
        days,
        unreachable: vec![count("no_address"), count("opted_out")],
        not_started: vec![count("not_in_group")],
        not_given: vec![count("goal_reached")],
        late: vec![row("Due Tue 4 Mar, 08:00, given late.")],
        late_beyond: 0,
        collisions: vec![row("Waits for room until Wed 5 Mar, 08:00.")],
        collisions_beyond: 7,
        samples: vec![RehearsalSample {
            patient: name.to_owned(),
            patient_href: "/patients/1".to_owned(),
            lines: vec![line(Verdict::Planned, None), line(Verdict::Skipped, Some("no_address"))],
        }],
    };
    let state = RehearsalState::Done { at: stamp("Mon 3 Mar 2025", "09:12"), parts: vec![part] };
    RehearsalPage { frame: frame("Rehearsal: Intake", Nav::Workflows), state, ..rehearsal_running() }
}
