//! A workflow's settings in words: group, trigger, schedule, rules.

use care::chart::{Channel, EventKind};
use care::workflow::definition::{Goal, Late, OnMove, Repeat, Step};
use care::workflow::group::{Clause, Field, Group, Op, Shape};
use care::workflow::path::offset_minutes;
use care::workflow::schedule::{Schedule, Side};
use care::workflow::task::Task;
use care::workflow::trigger::Trigger;
use care::workflow::{For, Kind, Workflow};
use pages::charts::{ContentKind, MarkedStep, TriggerLabels};
use pages::staff::{ContentItem, EmrFit, GroupLine, StepRow};

use super::words;

pub fn kind(kind: Kind) -> pages::staff::Kind {
    match kind {
        Kind::Engagement => pages::staff::Kind::Engagement,
        Kind::Outcomes => pages::staff::Kind::Outcomes,
        Kind::Monitoring => pages::staff::Kind::Monitoring,
    }
}

pub fn fit(serves: For) -> EmrFit {
    match serves {
        For::Emr => EmrFit::With,
        For::NoEmr => EmrFit::Without,
        For::Both => EmrFit::Both,
    }
}

/// The group as one line.
pub fn group(group: &Group) -> String {
    match group {
        Group::All(parts) if parts.is_empty() => "Every patient".into(),
        Group::All(parts) => joined(parts, " and "),
        Group::Any(parts) => joined(parts, " or "),
        Group::Not(part) => format!("not ({})", self::group(part)),
        Group::Clause(one) => clause(one),
    }
}

fn joined(parts: &[Group], word: &str) -> String {
    let part = |part: &Group| match part {
        Group::Clause(one) => clause(one),
        Group::All(inner) | Group::Any(inner) if inner.len() == 1 => group(part),
        tree => format!("({})", group(tree)),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(word)
}

/// The group as a tree of lines; none = every patient.
pub fn group_lines(group: &Group) -> Vec<GroupLine> {
    let mut lines = vec![];
    push_lines(group, 0, &mut lines);
    lines
}

fn push_lines(group: &Group, depth: u8, lines: &mut Vec<GroupLine>) {
    let mut push = |text: String| lines.push(GroupLine { depth, text });
    let inner = depth.saturating_add(1);
    match group {
        Group::Clause(one) => push(clause(one)),
        Group::All(parts) | Group::Any(parts) if parts.len() == 1 => push_lines(&parts[0], depth, lines),
        Group::All(parts) if parts.is_empty() => {}
        Group::All(parts) => {
            push("all of:".into());
            parts.iter().for_each(|part| push_lines(part, inner, lines));
        }
        Group::Any(parts) => {
            push("any of:".into());
            parts.iter().for_each(|part| push_lines(part, inner, lines));
        }
        Group::Not(part) => {
            push("not:".into());
            push_lines(part, inner, lines);
        }
    }
}

/// A field's name on the pages.
pub fn field_words(field: Field) -> &'static str {
    match field {
        Field::Age => "age",
        Field::Sex => "sex",
        Field::Language => "language",
        Field::Registered => "registered",
        Field::Tags => "tags",
        Field::Location => "location",
        Field::EpisodeOpen => "an episode is open",
        Field::VisitsBooked => "visits booked",
        Field::VisitsArrived => "visits that took place",
        Field::HoursToVisit => "hours to the visit",
        Field::Practitioner => "practitioner",
        Field::HasEmail => "has an email",
        Field::HasMobile => "has a mobile number",
        Field::OpenForms => "open questionnaires",
        Field::Consents => "recorded consents",
    }
}

pub fn op_words(op: Op) -> &'static str {
    match op {
        Op::Eq => "is",
        Op::Ne => "is not",
        Op::Gt => "is more than",
        Op::Ge => "is at least",
        Op::Lt => "is less than",
        Op::Le => "is at most",
        Op::In => "is one of",
        Op::Has => "include",
    }
}

pub fn clause(clause: &Clause) -> String {
    let (field, op) = (field_words(clause.field), op_words(clause.op));
    match clause.field.shape() {
        Shape::YesNo => format!("{field}: {}", clause.value),
        Shape::Number | Shape::Text | Shape::List => format!("{field} {op} {}", clause.value),
    }
}

/// What starts it, as one line.
pub fn trigger(trigger: &Trigger) -> String {
    let events: Vec<_> = trigger.events.iter().map(|event| words::event(*event)).collect();
    let filter = trigger_filter(trigger);
    let events = events.join(" or ");
    if filter.is_empty() { events } else { format!("{events}; {}", filter.join("; ")) }
}

/// The events alone.
pub fn trigger_events(trigger: &Trigger) -> String {
    trigger.events.iter().map(|event| words::event(*event)).collect::<Vec<_>>().join(" or ")
}

pub fn trigger_filter(trigger: &Trigger) -> Vec<String> {
    let mut lines = vec![];
    if !trigger.visit_types.is_empty() {
        let types: Vec<_> = trigger.visit_types.iter().map(|t| words::visit_type(Some(*t)).to_lowercase()).collect();
        lines.push(format!("visit type is {}", types.join(" or ")));
    }
    if trigger.first_in.is_some() {
        lines.push("first in the episode".into());
    }
    if !trigger.locations.is_empty() {
        lines.push(format!("location is {}", trigger.locations.join(" or ")));
    }
    let mut one_of = |what: &str, names: &[String]| {
        if !names.is_empty() {
            lines.push(format!("{what} is {}", names.join(" or ")));
        }
    };
    one_of("practitioner", &trigger.practitioners);
    one_of("form or exercise", &trigger.instruments);
    one_of("first answer of the episode to", &trigger.baseline);
    let of = trigger.number.as_ref().map_or(String::new(), |question| format!(" of “{question}”"));
    let visit = ("number of the visit".to_owned(), trigger.visit_number);
    let numbers = [visit, (format!("score{of}"), trigger.score), (format!("change{of}"), trigger.change)];
    lines.extend(numbers.into_iter().filter_map(|(what, test)| Some(format!("{what} {}", test?))));
    let answer =
        |(question, wanted): (&String, &Vec<String>)| format!("“{question}” is answered {}", wanted.join(" or "));
    lines.extend(trigger.answer.iter().map(answer));
    lines.extend(trigger.days.map(|days| format!("for {days} days")));
    match trigger.send_invite {
        Some(true) => lines.push("“Send an invite” was ticked".into()),
        Some(false) => lines.push("“Send an invite” was not ticked".into()),
        None => {}
    }
    lines
}

/// The zeros of its drawing.
pub fn labels(trigger: &Trigger) -> TriggerLabels {
    let event = trigger_events(trigger);
    if has_visit_ahead(trigger) { TriggerLabels::two(&event, zero_words(trigger)) } else { TriggerLabels::one(&event) }
}

/// What a "before" is before.
fn zero_words(trigger: &Trigger) -> &'static str {
    if is_by_hand(trigger) { "The chosen moment" } else { "The visit" }
}

fn is_by_hand(trigger: &Trigger) -> bool {
    trigger.events.iter().all(|event| *event == EventKind::Manual)
}

fn has_visit_ahead(trigger: &Trigger) -> bool {
    trigger.events.iter().any(|event| event.allows_before())
}

pub fn marked(workflow: &Workflow) -> Vec<MarkedStep> {
    let step = |step: &Step| MarkedStep {
        offset_minutes: offset_minutes(step),
        label: format!(
            "{}: {}",
            content_label(step),
            step.tasks.iter().map(words::task_title).collect::<Vec<_>>().join(", ")
        ),
        content_kind: step.tasks.first().map_or(ContentKind::Email, words::content_kind),
        repeats: step.schedule.repeat().is_some(),
        from_event: counts_from_event(step) || !has_visit_ahead(&workflow.trigger),
    };
    workflow.steps.iter().map(step).collect()
}

fn content_label(step: &Step) -> &'static str {
    step.tasks.first().map_or(ContentKind::Email, words::content_kind).label()
}

fn counts_from_event(step: &Step) -> bool {
    match &step.schedule {
        Schedule::Immediately { .. } => true,
        Schedule::Offset(offset) => offset.side() == Side::AfterEvent,
    }
}

pub fn content(step: &Step) -> Vec<ContentItem> {
    step.tasks
        .iter()
        .map(|task| ContentItem { kind: words::content_kind(task), title: words::task_title(task) })
        .collect()
}

pub fn repeat(workflow: &Workflow) -> String {
    let per = match workflow.repeat {
        Repeat::PerAnchor if workflow.trigger.events.iter().all(|e| e.code().starts_with("encounter.")) => {
            "Once for each visit"
        }
        Repeat::PerAnchor => "Once for each time it happens",
        Repeat::PerEpisode => "Once for each episode of care",
        Repeat::PerPatient => "Once for each patient",
    };
    match workflow.min_gap {
        Some(gap) => format!("{per}, at most every {gap}."),
        None => format!("{per}."),
    }
}

pub fn step_row(workflow: &Workflow, step: &Step) -> StepRow {
    let message = step.tasks.iter().find_map(Task::message);
    let ladder = |ladder: &[Channel]| ladder.iter().map(|c| c.code()).collect::<Vec<_>>().join(", else ");
    StepRow {
        id: step.id.clone(),
        schedule: step.when(),
        content: content(step),
        template: message.map(|m| m.template.clone()),
        channels: message.map(|m| ladder(&m.ladder)),
        late: late(workflow, step.late_rule()),
        on_move: match step.move_rule() {
            OnMove::Once => "not sent again".into(),
            OnMove::Resend => "sent again for the new time".into(),
        },
        expires: expires(workflow, step),
        until: goals(workflow, step),
    }
}

fn late(workflow: &Workflow, rule: Late) -> String {
    match rule {
        Late::Skip => "skipped".into(),
        Late::Collapse => "only the latest goes out".into(),
        Late::SendUntil(span) => format!("sent up to {span} late"),
        Late::SendUntilAnchor if is_by_hand(&workflow.trigger) => "sent until the chosen moment".into(),
        Late::SendUntilAnchor => "sent until the visit".into(),
        Late::SendUntilExpiry => "sent until it expires".into(),
    }
}

/// As the engine sets it when the file says nothing.
fn expires(workflow: &Workflow, step: &Step) -> String {
    let of_visit =
        workflow.trigger.events.iter().all(|e| matches!(e, EventKind::EncounterPlanned | EventKind::VisitDayPlanned));
    match step.expires {
        Some(span) => format!("{span} after it is due"),
        None if step.is_before() && is_by_hand(&workflow.trigger) => "at the chosen moment".into(),
        None if step.is_before() => "at the visit".into(),
        None if of_visit && counts_from_event(step) => "at the visit, or after 7 days".into(),
        None => "7 days after it is due".into(),
    }
}

fn goals(workflow: &Workflow, step: &Step) -> String {
    let words = |goal: &Goal| match goal {
        Goal::Registered => "registered".to_owned(),
        Goal::VisitBooked => "a visit is booked".to_owned(),
        Goal::Completed => "completed".to_owned(),
        Goal::CompletedForm(form) => format!("“{}” completed", words::content(form)),
    };
    let mut all: Vec<String> = workflow.until.iter().chain(&step.until).map(words).collect();
    all.dedup();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow(extra: &str, step: &str) -> Workflow {
        let file = format!(
            "title = \"Invite\"\nkind = \"engagement\"\nfor = \"both\"\n{extra}\n[[steps]]\nid = \"one\"\n{step}\n\
             tasks = [{{ send = [\"email\", \"text\"], template = \"message/invite-again\" }}]\n"
        );
        Workflow::parse(&file).unwrap()
    }

    fn booked(group: &str) -> Workflow {
        let trigger =
            "trigger = { event = \"encounter.planned\", visit_type = \"initial_evaluation\", first_in = \"episode\" }";
        workflow(&format!("{group}\n{trigger}"), "schedule = \"2 days before at 10:00\"")
    }

    #[test]
    fn a_group_reads_as_a_sentence_and_as_a_tree() {
        let one = booked("group = { all = [{ field = \"age\", op = \">=\", value = 18 }] }");
        assert_eq!(group(&one.group), "age is at least 18");
        assert_eq!(group_lines(&one.group), [GroupLine { depth: 0, text: "age is at least 18".into() }]);
        let two = booked(
            "group = { all = [{ field = \"registered\", op = \"=\", value = false }, \
             { any = [{ field = \"age\", op = \"<\", value = 18 }, { field = \"has_email\", op = \"=\", value = true }] }] }",
        );
        assert_eq!(group(&two.group), "registered: no and (age is less than 18 or has an email: yes)");
        let depths: Vec<u8> = group_lines(&two.group).iter().map(|line| line.depth).collect();
        assert_eq!(depths, [0, 1, 1, 2, 2]);
        assert_eq!(group(&booked("").group), "Every patient");
        assert!(group_lines(&booked("").group).is_empty());
    }

    #[test]
    fn a_trigger_reads_with_its_filter() {
        let words = trigger(&booked("").trigger);
        assert_eq!(words, "Visit booked; visit type is initial evaluation; first in the episode");
    }

    #[test]
    fn steps_before_the_visit_count_from_the_visit_and_the_others_from_the_booking() {
        let before = &marked(&booked(""))[0];
        assert_eq!((before.offset_minutes, before.from_event), (-2 * 1440, false));
        let trigger = "trigger = { event = \"encounter.planned\" }";
        let after = &marked(&workflow(trigger, "schedule = \"3 days after the event\""))[0];
        assert_eq!((after.offset_minutes, after.from_event), (3 * 1440, true));
    }

    #[test]
    fn a_steps_rules_are_the_engines_own_defaults() {
        let workflow = booked("until = [\"registered\"]");
        let row = step_row(&workflow, &workflow.steps[0]);
        assert_eq!(row.channels.as_deref(), Some("email, else text"));
        assert_eq!(
            (row.late.as_str(), row.expires.as_str(), row.until.as_str()),
            ("skipped", "at the visit", "registered")
        );
        assert_eq!(row.on_move, "sent again for the new time");
    }

    #[test]
    fn every_workflow_that_ships_is_drawn_and_worded() {
        let shipped = crate::content::workflows();
        assert!(!shipped.is_empty());
        for (key, body) in shipped {
            let workflow = Workflow::parse(&body).unwrap();
            assert_eq!(marked(&workflow).len(), workflow.steps.len(), "{key}");
            assert!(!trigger(&workflow.trigger).is_empty() && !group(&workflow.group).is_empty(), "{key}");
        }
    }
}
