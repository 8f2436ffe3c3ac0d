//! A workflow as its file says it. The format is docs/WORKFLOWS.md; errors point at line and key and say what is allowed.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_spanned::Spanned;
use thiserror::Error;

use super::group::{Group, words};
use super::schedule::Schedule;
use super::task::{Gives, Task};
use super::trigger::Trigger;
use crate::chart::{Category, EventKind};

/// One published version of a workflow. It never changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    pub title: String,
    /// The title in other languages.
    pub titles: BTreeMap<String, String>,
    pub summary: Option<String>,
    pub summaries: BTreeMap<String, String>,
    pub kind: Kind,
    pub serves: For,
    /// 0 to 9; the higher wins a place in the patient's attention budget.
    pub priority: u8,
    pub category: Category,
    pub group: Group,
    pub trigger: Trigger,
    pub repeat: Repeat,
    pub min_gap: Option<Span>,
    pub until: Vec<Goal>,
    pub on_cancel: OnCancel,
    pub on_leave: OnLeave,
    pub on_discharge: OnDischarge,
    /// Whether its messages may be held back because the patient got enough for today.
    pub attention: Attention,
    pub steps: Vec<Step>,
    /// What asks once more for what a step assigned; made from `remind`.
    pub reminders: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub id: String,
    pub schedule: Schedule,
    /// Due at this visit of the episode, where that takes place before the schedule's own time.
    pub or_at_visit: Option<u32>,
    pub until: Vec<Goal>,
    pub on_move: Option<OnMove>,
    pub late: Option<Late>,
    pub expires: Option<Span>,
    pub tasks: Vec<Task>,
    /// Of a reminder: the step that assigned, and how long after it was given.
    pub reminds: Option<(String, Span)>,
}

words! { Kind, "a kind of workflow" { Engagement = "engagement", Outcomes = "outcomes", Monitoring = "monitoring" } }
words! { For, "a value of `for`" { Emr = "emr", NoEmr = "no-emr", Both = "both" } }
words! { Repeat, "a value of `repeat`" { PerAnchor = "per_anchor", PerEpisode = "per_episode", PerPatient = "per_patient" } }
words! { OnCancel, "a value of `on_cancel`" { Stop = "stop", Continue = "continue" } }
words! { OnLeave, "a value of `on_leave`" { Stop = "stop", Skip = "skip", Finish = "finish" } }
words! { OnDischarge, "a value of `on_discharge`" { Stop = "stop", Continue = "continue" } }
words! { Attention, "a value of `attention`" { Counts = "counts", Bypass = "bypass" } }
words! { OnMove, "a value of `on_move`" { Once = "once", Resend = "resend" } }

impl For {
    pub fn fits(self, has_emr: bool) -> bool {
        match self {
            For::Both => true,
            For::Emr => has_emr,
            For::NoEmr => !has_emr,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    Registered,
    VisitBooked,
    /// All that this run has assigned is done.
    Completed,
    /// This one is done, by this run's own assignment.
    CompletedForm(String),
}

impl Goal {
    /// Permanent goals end a run; reversible ones skip one occurrence.
    pub fn is_permanent(&self) -> bool {
        !matches!(self, Goal::VisitBooked)
    }
}

impl std::str::FromStr for Goal {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "registered" => Ok(Goal::Registered),
            "visit_booked" => Ok(Goal::VisitBooked),
            "completed" => Ok(Goal::Completed),
            _ => match text.strip_prefix("completed:") {
                Some(form) if form.contains('/') => Ok(Goal::CompletedForm(form.to_owned())),
                _ => Err(format!(
                    "`{text}` is not a goal; allowed: registered visit_booked completed completed:questionnaire/..."
                )),
            },
        }
    }
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Goal::Registered => f.write_str("registered"),
            Goal::VisitBooked => f.write_str("visit_booked"),
            Goal::Completed => f.write_str("completed"),
            Goal::CompletedForm(form) => write!(f, "completed:{form}"),
        }
    }
}

/// What becomes of a step that is noticed late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Late {
    Skip,
    Collapse,
    SendUntil(Span),
    SendUntilAnchor,
    /// Until the step expires: the default for what is not a "before" step.
    SendUntilExpiry,
}

impl std::str::FromStr for Late {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "skip" => Ok(Late::Skip),
            "collapse" => Ok(Late::Collapse),
            "send until anchor" => Ok(Late::SendUntilAnchor),
            _ => text.strip_prefix("send until +").and_then(|span| span.parse().ok()).map(Late::SendUntil).ok_or_else(
                || {
                    format!(
                        "`{text}` is not a late rule: skip, collapse, \"send until +2 days\", \"send until anchor\""
                    )
                },
            ),
        }
    }
}

impl std::fmt::Display for Late {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Late::Skip => f.write_str("skip"),
            Late::Collapse => f.write_str("collapse"),
            Late::SendUntil(span) => write!(f, "send until +{span}"),
            Late::SendUntilAnchor => f.write_str("send until anchor"),
            Late::SendUntilExpiry => f.write_str("send until it expires"),
        }
    }
}

/// A length of elapsed time written in words: "12 hours", "90 days", "2 weeks".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub seconds: i64,
}

impl std::str::FromStr for Span {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a length of time such as \"12 hours\", \"90 days\" or \"2 weeks\"");
        let (count, unit) = text.split_once(' ').ok_or_else(wrong)?;
        let count: u16 = count.parse().map_err(|_| wrong())?;
        let unit = match unit.trim_end_matches('s') {
            "minute" => 60,
            "hour" => 3600,
            "day" => 86_400,
            "week" => 7 * 86_400,
            _ => return Err(wrong()),
        };
        Ok(Span { seconds: i64::from(count) * unit })
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, unit) = match self.seconds {
            s if s % 86_400 == 0 => (s / 86_400, "day"),
            s if s % 3600 == 0 => (s / 3600, "hour"),
            s => (s / 60, "minute"),
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

/// What is wrong with a workflow file, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}{}: {message}", key.as_ref().map(|k| format!(", `{k}`")).unwrap_or_default())]
pub struct FileError {
    pub line: usize,
    pub key: Option<String>,
    pub message: String,
}

impl Workflow {
    /// Reads a workflow file.
    pub fn parse(text: &str) -> Result<Workflow, FileError> {
        let raw: raw::File = toml::from_str(text).map_err(|e| FileError::of_toml(text, &e))?;
        raw.check(text)
    }

    /// Reads a workflow that stands inside another file, such as a scenario.
    pub fn from_table(table: toml::Table) -> Result<Workflow, FileError> {
        let text = toml::to_string(&table).map_err(|e| FileError { line: 1, key: None, message: e.to_string() })?;
        Workflow::parse(&text)
    }

    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().chain(&self.reminders).find(|s| s.id == id)
    }

    pub fn title_in(&self, language: &str) -> &str {
        self.titles.get(language).unwrap_or(&self.title)
    }
}

impl FileError {
    pub fn at(text: &str, byte: usize, message: String) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        // A value may go over several lines: its key stands where it begins, but never before the table it is in.
        let lines: Vec<&str> = text.lines().take(line).collect();
        let own = lines.iter().rev().take_while(|l| !l.starts_with('[')).find_map(|l| key_of(l));
        Self { line, key: own.map(str::to_owned), message }
    }

    pub fn of_toml(text: &str, error: &toml::de::Error) -> Self {
        let byte = error.span().map_or(0, |s| s.start);
        Self::at(text, byte, error.message().replace('\n', "; "))
    }
}

/// The key that a line of TOML begins with.
fn key_of(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    (!key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))).then_some(key)
}

impl Step {
    pub fn is_before(&self) -> bool {
        self.schedule.is_before()
    }

    /// When it is due, as its file says it.
    pub fn when(&self) -> String {
        let visit = self.or_at_visit.map(|nth| format!(", or at visit {nth}")).unwrap_or_default();
        format!("{}{visit}", self.schedule)
    }

    /// The step that asks once more for what this one assigns.
    fn reminder(&self) -> Option<Step> {
        let (gives, remind) = self.tasks.iter().find_map(|task| match task {
            Task::Assign { gives, remind: Some(remind), .. } => Some((gives, remind)),
            Task::Assign { .. } | Task::Send(_) | Task::Tell { .. } | Task::Call(_) => None,
        })?;
        Some(Step {
            id: format!("{}/remind", self.id),
            schedule: Schedule::Immediately { repeat: None },
            or_at_visit: None,
            until: vec![match gives {
                Gives::Item(form) => Goal::CompletedForm(form.clone()),
                Gives::Baseline | Gives::OfRegion => Goal::Completed,
            }],
            on_move: Some(OnMove::Once),
            late: None,
            expires: None,
            tasks: vec![Task::Send(remind.message.clone())],
            reminds: Some((self.id.clone(), remind.after)),
        })
    }

    /// docs/SEMANTICS.md section 4, "Step noticed late".
    pub fn late_rule(&self) -> Late {
        match self.late {
            Some(late) => late,
            None if self.is_before() => Late::Skip,
            None if self.schedule.repeat().is_some() => Late::Collapse,
            None => Late::SendUntilExpiry,
        }
    }

    /// docs/SEMANTICS.md section 4, "Anchor moves".
    pub fn move_rule(&self) -> OnMove {
        let only_sends = self.tasks.iter().all(Task::only_sends);
        self.on_move.unwrap_or(if only_sends { OnMove::Resend } else { OnMove::Once })
    }

    fn check(&self, text: &str, at: usize, events: &[EventKind], has_until: bool) -> Result<(), FileError> {
        let wrong = |message: String| Err(FileError::at(text, at, message));
        if let Err(e) = self.schedule.check(has_until) {
            return wrong(e.to_string());
        }
        if self.is_before()
            && let Some(event) = events.iter().find(|e| !e.allows_before())
        {
            let allowed: Vec<_> = EventKind::ALL.iter().filter(|e| e.allows_before()).map(|e| e.code()).collect();
            return wrong(format!(
                "nothing can be scheduled before `{}`: it is known only when it happens; write `after`, or use {}",
                event.code(),
                allowed.join(" or ")
            ));
        }
        if self.is_before()
            && events.contains(&EventKind::PatientBirthday)
            && self.schedule.longest_days().is_none_or(|days| days > 30)
        {
            return wrong("a birthday is known 31 days ahead: `before` goes up to 30 days".into());
        }
        let counts_on = matches!(self.schedule, Schedule::Offset(_)) && !self.is_before();
        if self.or_at_visit.is_some_and(|nth| nth == 0 || !counts_on) {
            return wrong("`or_at_visit` is the number of a visit, 1 or more, and goes with an `after`".into());
        }
        if self.tasks.is_empty() {
            return wrong(format!("step `{}` has no tasks", self.id));
        }
        Ok(())
    }
}

/// Visit notices and changes are never held back for want of room.
fn attention_of(events: &[EventKind]) -> Attention {
    let of_a_visit = |event: &EventKind| {
        matches!(event, EventKind::VisitDayPlanned | EventKind::EncounterRescheduled | EventKind::EncounterCancelled)
    };
    if events.iter().all(of_a_visit) { Attention::Bypass } else { Attention::Counts }
}

/// The file as TOML gives it; [`raw::File::check`] turns it into a [`Workflow`].
mod raw {
    use super::*;
    use crate::workflow::task::RawTask;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub struct File {
        title: String,
        #[serde(default)]
        titles: BTreeMap<String, String>,
        summary: Option<String>,
        #[serde(default)]
        summaries: BTreeMap<String, String>,
        kind: Spanned<String>,
        #[serde(rename = "for")]
        serves: Spanned<String>,
        #[serde(default)]
        priority: Option<Spanned<toml::Value>>,
        category: Option<Spanned<String>>,
        #[serde(default)]
        group: Option<Group>,
        trigger: Spanned<Trigger>,
        repeat: Option<Spanned<String>>,
        min_gap: Option<Spanned<String>>,
        #[serde(default)]
        until: Vec<Spanned<String>>,
        on_cancel: Option<Spanned<String>>,
        on_leave: Option<Spanned<String>>,
        on_discharge: Option<Spanned<String>>,
        attention: Option<Spanned<String>>,
        #[serde(default)]
        steps: Vec<Spanned<RawStep>>,
        /// Played by the scenario room, not here.
        #[serde(default, rename = "examples")]
        _examples: Vec<toml::Table>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct RawStep {
        id: Spanned<String>,
        schedule: Spanned<String>,
        or_at_visit: Option<u32>,
        #[serde(default)]
        until: Vec<Spanned<String>>,
        on_move: Option<Spanned<String>>,
        late: Option<Spanned<String>>,
        expires: Option<Spanned<String>>,
        tasks: Vec<Spanned<RawTask>>,
    }

    /// Reads one word, pointing at it when it is not one of those allowed.
    fn word<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, word: &Spanned<String>) -> Result<T, FileError> {
        word.get_ref().parse().map_err(|e: T::Err| FileError::at(text, word.span().start, e.to_string()))
    }

    fn maybe<T: std::str::FromStr<Err: std::fmt::Display>>(
        text: &str,
        word_: &Option<Spanned<String>>,
    ) -> Result<Option<T>, FileError> {
        word_.as_ref().map(|w| word(text, w)).transpose()
    }

    impl File {
        pub fn check(self, text: &str) -> Result<Workflow, FileError> {
            let at = |byte: usize, message: String| FileError::at(text, byte, message);
            let trigger_at = self.trigger.span().start;
            let trigger = self.trigger.into_inner();
            if trigger.events.is_empty() {
                return Err(at(trigger_at, "a trigger needs an event".into()));
            }
            let idle = trigger.events.contains(&EventKind::Inactivity);
            if idle != trigger.days.is_some_and(|days| days > 0) || idle != trigger.of.is_some() {
                let message = "`inactivity` needs `of = \"visits\" | \"login\"` and `days`; no other event has them";
                return Err(at(trigger_at, message.into()));
            }
            let priority = match &self.priority {
                None => 5,
                Some(p) => match p.get_ref().as_integer().and_then(|n| u8::try_from(n).ok()).filter(|n| *n <= 9) {
                    Some(n) => n,
                    None => return Err(at(p.span().start, format!("{} is not a priority: 0 to 9", p.get_ref()))),
                },
            };
            let until = self.until.iter().map(|w| word(text, w)).collect::<Result<Vec<Goal>, _>>()?;
            let (mut steps, mut reminders) = (vec![], vec![]);
            let mut seen = BTreeSet::new();
            for step in &self.steps {
                let raw = step.get_ref();
                if raw.id.get_ref().contains('/') {
                    return Err(at(
                        raw.id.span().start,
                        "a step id has no `/`: reminders of steps are named so".into(),
                    ));
                }
                if raw.id.get_ref().is_empty() || !seen.insert(raw.id.get_ref()) {
                    return Err(at(
                        raw.id.span().start,
                        format!("step id `{}` is empty or used twice", raw.id.get_ref()),
                    ));
                }
                let step = raw.check(text)?;
                step.check(
                    text,
                    raw.schedule.span().start,
                    &trigger.events,
                    !(step.until.is_empty() && until.is_empty()),
                )?;
                if let Some(message) = step.tasks.iter().find_map(|task| trigger.lacks(task)) {
                    return Err(at(raw.id.span().start, message.into()));
                }
                reminders.extend(step.reminder());
                steps.push(step);
            }
            if steps.is_empty() {
                return Err(at(0, "a workflow needs at least one [[steps]]".into()));
            }
            let kind: Kind = word(text, &self.kind)?;
            let category = match kind {
                Kind::Engagement => Category::Care,
                Kind::Outcomes | Kind::Monitoring => Category::Outcomes,
            };
            Ok(Workflow {
                title: self.title,
                titles: self.titles,
                summary: self.summary,
                summaries: self.summaries,
                kind,
                serves: word(text, &self.serves)?,
                priority,
                category: maybe(text, &self.category)?.unwrap_or(category),
                group: self.group.unwrap_or(Group::All(vec![])),
                repeat: maybe(text, &self.repeat)?.unwrap_or(Repeat::PerAnchor),
                min_gap: maybe(text, &self.min_gap)?,
                until,
                on_cancel: maybe(text, &self.on_cancel)?.unwrap_or(OnCancel::Stop),
                on_leave: maybe(text, &self.on_leave)?.unwrap_or(OnLeave::Stop),
                on_discharge: maybe(text, &self.on_discharge)?.unwrap_or(OnDischarge::Stop),
                attention: maybe(text, &self.attention)?.unwrap_or(attention_of(&trigger.events)),
                trigger,
                steps,
                reminders,
            })
        }
    }

    impl RawStep {
        fn check(&self, text: &str) -> Result<Step, FileError> {
            let task = |raw: &Spanned<RawTask>| {
                raw.get_ref().read().map_err(|message| FileError::at(text, raw.span().start, message))
            };
            Ok(Step {
                id: self.id.get_ref().clone(),
                schedule: word(text, &self.schedule)?,
                or_at_visit: self.or_at_visit,
                until: self.until.iter().map(|w| word(text, w)).collect::<Result<_, _>>()?,
                on_move: maybe(text, &self.on_move)?,
                late: maybe(text, &self.late)?,
                expires: maybe(text, &self.expires)?,
                tasks: self.tasks.iter().map(task).collect::<Result<_, _>>()?,
                reminds: None,
            })
        }
    }
}
