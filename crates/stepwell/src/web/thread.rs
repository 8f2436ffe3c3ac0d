//! The patient's thread: event, decision, task, delivery, newest first.

use std::collections::BTreeMap;

use care::chart::{
    Anchor, Assignment, AssignmentAct, AssignmentState, Change, Clinic, Encounter, Occurrence, PatientChange, SaidBy,
    Source, Subject, Validity, What,
};
use care::id::StaffId;
use care::workflow::Facts;
use jiff::Timestamp;
use pages::staff::{ThreadKind, ThreadRow};
use pages::{Stamp, Verdict};
use store::{AssignmentRow, DecisionRow, EventRow, MailReportRow, SentRow};

use super::{outcome, times, words};
use crate::runner::{Context, Known};

/// What is on record for one patient.
pub struct Told<'a> {
    pub events: Vec<EventRow>,
    pub assignments: Vec<AssignmentRow>,
    pub deliveries: Vec<SentRow>,
    pub reports: Vec<MailReportRow>,
    pub decisions: &'a [DecisionRow],
    /// What the things of the library are called.
    pub titles: &'a BTreeMap<String, String>,
    pub staff: &'a BTreeMap<StaffId, String>,
}

/// The zone in which something of this patient is read: its visit's location's, else the patient's.
pub fn zone_of<'a>(clinic: &'a Clinic, known: &'a Known, occurrence: Option<&Occurrence>) -> &'a str {
    match occurrence.filter(|o| o.encounter.is_some()) {
        Some(of_visit) => clinic.zone_at(of_visit.location),
        None => known.snapshot.chart.home_zone(clinic),
    }
}

/// "Visit booked: follow-up, Tue 4 Mar, 10:00".
pub fn event_title(clinic: &Clinic, known: &Known, anchor: Anchor, occurrence: Option<&Occurrence>) -> String {
    let event = words::event(anchor.event);
    let visit = occurrence.and_then(|o| o.encounter).and_then(|id| known.snapshot.chart.encounter(id));
    let given = occurrence.and_then(|o| o.assignment).and_then(|id| known.snapshot.chart.assignment(id));
    let starts = |visit: &Encounter| match occurrence.map(|o| (o.anchor.subject, o.validity)) {
        // Its visits went elsewhere: of the day there is only the date.
        Some((Subject::VisitDay { date, .. }, gone)) if gone != Validity::Valid => Some(times::short_date(date)),
        Some(_) | None => Some(times::short_words(visit.starts_at()?, zone_of(clinic, known, occurrence))),
    };
    match (visit.and_then(|visit| Some((visit, starts(visit)?))), given) {
        (Some((visit, start)), _) => {
            format!("{event}: {}, {start}", words::visit_type(visit.visit_type).to_lowercase())
        }
        (None, Some(given)) => format!("{event}: {}", words::content(&given.content)),
        (None, None) => match occurrence.and_then(|o| o.workflow.as_deref()) {
            Some(workflow) => format!("{event}: {}", words::content(workflow)),
            None => event.to_owned(),
        },
    }
}

/// A row and where it stands: by time, and at one time event before decision before task before delivery.
type Placed = (Timestamp, u8, ThreadRow);

pub fn rows(context: &Context, known: &Known, told: &Told) -> Vec<ThreadRow> {
    let writer =
        Writer { context, known, facts: known.facts(context, Timestamp::MIN), staff: told.staff, titles: told.titles };
    let mut rows: Vec<Placed> = vec![];
    rows.extend(told.events.iter().map(|row| writer.event(row)));
    rows.extend(told.decisions.iter().map(|row| writer.decision(row)));
    rows.extend(told.assignments.iter().flat_map(|row| writer.task(row)));
    rows.extend(told.deliveries.iter().map(|row| writer.delivery(row)));
    rows.extend(known.changes.iter().filter_map(|change| writer.by_hand(change)));
    rows.extend(told.reports.iter().map(|row| writer.report(row, &told.deliveries)));
    rows.sort_by_key(|(at, rank, _)| std::cmp::Reverse((*at, *rank)));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

struct Writer<'a> {
    context: &'a Context,
    known: &'a Known,
    facts: Facts<'a>,
    staff: &'a BTreeMap<StaffId, String>,
    titles: &'a BTreeMap<String, String>,
}

impl Writer<'_> {
    fn clinic(&self) -> &Clinic {
        &self.context.organization.clinic
    }

    fn stamp(&self, at: Timestamp, zone: &str) -> Stamp {
        times::stamp(at, zone, &self.clinic().zone)
    }

    /// "by Ben Adler".
    fn by(&self, source: Source) -> String {
        let name = if let Source::Staff(id) = source { self.staff.get(&id) } else { None };
        name.map_or_else(|| words::source(source).to_owned(), |name| format!("by {name}"))
    }

    fn title_of(&self, workflow: &str) -> String {
        let published = self.context.workflows.0.get(workflow).and_then(|p| p.current());
        published.map_or_else(|| words::content(workflow), |(_, workflow)| workflow.title.clone())
    }

    /// Of the version that the run has.
    fn step_title(&self, row: &DecisionRow, step: &str) -> String {
        let version = row.run.and_then(|id| self.known.ledger.runs.get(&id)).map(|run| run.version);
        let published = self.context.workflows.0.get(&row.workflow);
        let workflow = version.and_then(|version| published?.versions.get(&version));
        workflow.and_then(|workflow| workflow.step(step)).map_or_else(|| words::content(step), words::step_title)
    }

    fn event(&self, row: &EventRow) -> Placed {
        let occurrence = self.facts.occurrence(row.anchor);
        let zone = zone_of(self.clinic(), self.known, occurrence);
        let title = event_title(self.clinic(), self.known, row.anchor, occurrence);
        let happened = (row.event_at.as_second() / 60 != row.known_at.as_second() / 60)
            .then(|| format!("happened {}", times::short_words(row.event_at, zone)));
        let loading = row.loading.then(|| "came in while records were being loaded, so it starts nothing".to_owned());
        let detail: Vec<String> = [happened, loading].into_iter().flatten().collect();
        let row_ = ThreadRow {
            kind: ThreadKind::Event,
            at: self.stamp(row.known_at, zone),
            title,
            code: None,
            verdict: None,
            reason: None,
            detail: (!detail.is_empty()).then(|| detail.join(" · ")),
        };
        (row.known_at, 0, row_)
    }

    fn decision(&self, row: &DecisionRow) -> Placed {
        let zone = zone_of(self.clinic(), self.known, self.facts.occurrence(row.anchor));
        let title = self.title_of(&row.workflow);
        let due = row.due.map(|due| format!("due {}", times::short_words(due, zone)));
        let detail = words::detail(&row.detail, &row.tasks, row.at, zone, "en");
        let detail: Vec<String> = [due, detail].into_iter().flatten().collect();
        let row_ = ThreadRow {
            kind: ThreadKind::Decision,
            at: self.stamp(row.at, zone),
            title: match &row.step {
                Some(step) => format!("{title}: {}", self.step_title(row, step)),
                None => title,
            },
            code: row.step.clone(),
            verdict: Some(words::verdict(&row.verdict, row.step.is_some())),
            reason: words::reason(row.reason.as_deref()),
            detail: (!detail.is_empty()).then(|| detail.join(" · ")),
        };
        (row.at, 1 + outcome::place(row), row_)
    }

    /// A yes or no that was recorded, or what was edited of how the patient can be reached: when, and by whom.
    fn by_hand(&self, change: &Change) -> Option<Placed> {
        let title = match &change.what {
            What::Consent { channel, category, given, .. } => {
                let given = if *given { "Yes" } else { "No" };
                format!("{given} to {}: {}", words::content(channel.code()).to_lowercase(), category.code())
            }
            What::Patient(edited) if !change.source.is_emr() && edited.given.is_keep() => {
                format!("Edited: {}", edited_fields(edited)?)
            }
            What::Patient(_)
            | What::Encounter(_)
            | What::Episode(_)
            | What::OptOut { .. }
            | What::Assignment { .. }
            | What::Enrolment { .. }
            | What::RunStopped { .. }
            | What::LoggedIn => return None,
        };
        let said_by = if let What::Consent { said_by, .. } = &change.what { *said_by } else { None };
        let said = match said_by {
            Some(SaidBy::Patient) => "said by the patient, ",
            Some(SaidBy::Guardian) => "said by the guardian, ",
            None => "",
        };
        let at = self.stamp(change.received_at, self.known.snapshot.chart.home_zone(self.clinic()));
        let detail = Some(format!("{said}recorded {}", self.by(change.source)));
        let kind = ThreadKind::Event;
        let row = ThreadRow { kind, at, title, code: None, verdict: None, reason: None, detail };
        Some((change.received_at, 0, row))
    }

    /// Given, and answered.
    fn task(&self, row: &AssignmentRow) -> Vec<Placed> {
        let zone = self.known.snapshot.chart.home_zone(self.clinic());
        let name = words::called(self.titles, &row.content);
        let placed = |at, title: String, detail: String| {
            let at_ = self.stamp(at, zone);
            (
                at,
                6,
                ThreadRow {
                    kind: ThreadKind::Task,
                    at: at_,
                    title,
                    code: None,
                    verdict: None,
                    reason: None,
                    detail: Some(detail),
                },
            )
        };
        let state = self.known.chart().assignment(row.id).map_or(AssignmentState::Open, Assignment::state);
        let state = match state {
            AssignmentState::Completed { .. } => "completed",
            AssignmentState::Withdrawn { .. } => "taken back",
            AssignmentState::Expired { .. } => "expired",
            AssignmentState::Open => "open",
        };
        let gave = |change: &&Change| match &change.what {
            What::Assignment { assignment, act: AssignmentAct::Give { .. } } => *assignment == row.id,
            _ => false,
        };
        let by_whom = || self.known.changes.iter().find(gave).map_or("by hand".to_owned(), |c| self.by(c.source));
        let by = row.workflow.as_deref().map_or_else(by_whom, |workflow| self.title_of(workflow));
        let done = if row.content.starts_with("questionnaire/") { "answered" } else { "done" };
        let given = placed(row.assigned_at, format!("“{name}” given"), format!("{by}, {state}"));
        let answer = row.completed_at.map(|at| placed(at, format!("“{name}” {done}"), answer_words(row)));
        [Some(given), answer].into_iter().flatten().collect()
    }

    fn delivery(&self, row: &SentRow) -> Placed {
        let zone = self.known.snapshot.chart.home_zone(self.clinic());
        let at = row.ended_at.unwrap_or(row.queued_at);
        let (state, verdict) = match row.state.as_str() {
            "sent" if row.channel == "webhook" => ("taken by its receiver", Some(Verdict::Sent)),
            "sent" => ("taken by the mail or text service", Some(Verdict::Sent)),
            "ended" => ("not sent", Some(Verdict::NotSent)),
            "uncertain" => ("nobody knows whether it was taken", Some(Verdict::Deferred)),
            "sending" => ("on its way", None),
            "joined" => ("goes as a part of another message", Some(Verdict::Deferred)),
            _ => ("waits to be sent", Some(Verdict::Deferred)),
        };
        let tries = (row.attempts > 1).then(|| format!("{} attempts", row.attempts));
        let reply =
            row.last_reply.clone().filter(|reply| !reply.is_empty()).map(|reply| format!("the server said: {reply}"));
        let parts: Vec<String> = [Some(state.to_owned()), tries, reply].into_iter().flatten().collect();
        let row_ = ThreadRow {
            kind: ThreadKind::Delivery,
            at: self.stamp(at, zone),
            title: format!("{} “{}”", words::content(&row.channel), words::content(&row.template)),
            code: None,
            verdict,
            reason: words::reason(row.reason.as_deref()),
            detail: Some(parts.join(" · ")),
        };
        (at, 7, row_)
    }

    /// What a mail server said of a mail later.
    fn report(&self, row: &MailReportRow, deliveries: &[SentRow]) -> Placed {
        let zone = self.known.snapshot.chart.home_zone(self.clinic());
        let mail =
            deliveries.iter().find(|d| d.id == row.delivery).map_or(String::new(), |d| words::content(&d.template));
        let (title, said) = match row.kind.as_str() {
            "back" => (format!("Email “{mail}” came back"), "it was not delivered"),
            "late" => (format!("Email “{mail}” is late"), "the mail server goes on trying"),
            _ => {
                (format!("Email “{mail}” is unwanted"), "whoever got it complained; nothing more goes to that address")
            }
        };
        let code = Some(row.status.clone()).filter(|status| !status.is_empty());
        let row_ = ThreadRow {
            kind: ThreadKind::Delivery,
            at: self.stamp(row.at, zone),
            title,
            code,
            verdict: None,
            reason: None,
            detail: Some(said.into()),
        };
        (row.at, 8, row_)
    }
}

/// Which fields an edit wrote, never what it wrote there.
fn edited_fields(edited: &PatientChange) -> Option<String> {
    let all = [
        ("email", edited.email.is_keep()),
        ("mobile", edited.mobile.is_keep()),
        ("phone", edited.phone.is_keep()),
        ("language", edited.language.is_keep()),
        ("zone", edited.zone.is_keep()),
        ("do not contact", edited.do_not_contact.is_keep()),
        ("guardian", edited.guardian.is_keep()),
    ];
    let written: Vec<_> = all.iter().filter(|(_, kept)| !kept).map(|(field, _)| *field).collect();
    (!written.is_empty()).then(|| written.join(", "))
}

/// "9 of 10: very friendly".
fn answer_words(row: &AssignmentRow) -> String {
    let answer = row.answer.as_ref();
    let score = row.score;
    let comment = answer
        .and_then(|a| a.pointer("/answers/comment"))
        .and_then(serde_json::Value::as_str)
        .filter(|c| !c.is_empty());
    match (score, comment) {
        (Some(score), Some(comment)) => format!("{score} of 10: {comment}"),
        (Some(score), None) => format!("{score} of 10"),
        (None, Some(comment)) => comment.to_owned(),
        (None, None) => "completed".to_owned(),
    }
}
