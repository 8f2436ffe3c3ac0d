//! The trigger: event kinds and a filter on the event.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::facts::Facts;
use super::ground::Test;
use super::number::NumberTest;
use super::task::{Gives, Task};
use crate::chart::{Assignment, Encounter, EventKind, Idle, Occurrence, Response, Score, VisitType};
use crate::questionnaire::course::baseline_form;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    #[serde(rename = "event", deserialize_with = "one_or_many")]
    pub events: Vec<EventKind>,
    #[serde(rename = "visit_type", default, deserialize_with = "one_or_many")]
    pub visit_types: Vec<VisitType>,
    /// Only the first such visit of the episode.
    #[serde(default)]
    pub first_in: Option<FirstIn>,
    /// The how-manieth standing visit of the episode.
    #[serde(default)]
    pub visit_number: Option<NumberTest>,
    /// Location names.
    #[serde(rename = "location", default, deserialize_with = "strings")]
    pub locations: Vec<String>,
    /// Display names.
    #[serde(rename = "practitioner", default, deserialize_with = "strings")]
    pub practitioners: Vec<String>,
    /// Only patients whose record was made with "send invite".
    #[serde(default)]
    pub send_invite: Option<bool>,
    /// Names of forms, exercises or care plans, without their kind.
    #[serde(rename = "instrument", default, deserialize_with = "strings")]
    pub instruments: Vec<String>,
    #[serde(default)]
    pub score: Option<NumberTest>,
    /// `score` and `change` look at the answer to this question instead of the score.
    #[serde(default)]
    pub number: Option<String>,
    /// Score minus the baseline of the episode by the same form; of `number`, minus its first answer.
    #[serde(default)]
    pub change: Option<NumberTest>,
    /// To each question, the answers of which one must be among those given.
    #[serde(default, deserialize_with = "answers")]
    pub answer: BTreeMap<String, Vec<String>>,
    /// Names of forms. Of an answer: it is the first of one of these in its episode; of an episode: it has such a first.
    #[serde(default, deserialize_with = "strings")]
    pub baseline: Vec<String>,
    /// Of inactivity: what is missing, and for how many days.
    #[serde(default)]
    pub of: Option<Idle>,
    #[serde(default)]
    pub days: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstIn {
    Episode,
}

impl Trigger {
    /// `Ok` when the filter lets this event through; else the test that did not.
    pub fn lets_through(&self, facts: &Facts, occurrence: &Occurrence) -> Result<(), Test> {
        let visit = occurrence.encounter.and_then(|id| facts.chart.encounter(id));
        self.visit_passes(facts, visit)?;
        if !self.locations.is_empty() {
            let seen = facts.clinic.location(occurrence.location).map(|l| l.name.as_str());
            one_of("location", &self.locations, seen)?;
        }
        if let Some(wanted) = self.send_invite {
            ask(Test::Invite { wanted, seen: facts.chart.patient.send_invite })?;
        }
        let assignment = occurrence.assignment.and_then(|id| facts.chart.assignment(id));
        if !self.baseline.is_empty() {
            let found = self.baseline_forms(facts, occurrence);
            one_of("baseline", &self.baseline, found.first().and_then(|f| f.strip_prefix("questionnaire/")))?;
        }
        self.answer_passes(facts, assignment, occurrence.anchor.nth)
    }

    /// The forms of `baseline` that an event is about: the one answered, else those by which its episode has a baseline.
    pub fn baseline_forms(&self, facts: &Facts, o: &Occurrence) -> Vec<String> {
        let contents = self.baseline.iter().map(|name| format!("questionnaire/{name}"));
        let is_meant = |content: &String| {
            let first = baseline_form(facts.chart, o.episode, content);
            first.is_some_and(|first| o.assignment.is_none_or(|answered| answered == first.id))
        };
        contents.filter(is_meant).collect()
    }

    /// What it would have to name for a task to be able to give something.
    pub fn lacks(&self, task: &Task) -> Option<&'static str> {
        let Task::Assign { gives, .. } = task else { return None };
        let answered = self.events.iter().all(|event| *event == EventKind::QuestionnaireCompleted);
        match gives {
            Gives::Baseline if self.baseline.is_empty() => {
                Some("`assign = \"baseline\"` gives forms that the trigger names: `baseline = [...]`")
            }
            Gives::OfRegion if !answered || self.instruments.is_empty() => Some(
                "`assign = \"of-region\"` needs a trigger on `questionnaire.completed` with an `instrument` that asks for the `region`",
            ),
            Gives::Item(_) | Gives::Baseline | Gives::OfRegion => None,
        }
    }

    fn visit_passes(&self, facts: &Facts, visit: Option<&Encounter>) -> Result<(), Test> {
        if !self.visit_types.is_empty() {
            let allowed: Vec<_> = self.visit_types.iter().map(|t| t.code().to_owned()).collect();
            one_of("visit_type", &allowed, visit.and_then(|v| v.visit_type).map(VisitType::code))?;
        }
        if self.first_in == Some(FirstIn::Episode) {
            let of_these = |e: &Encounter| {
                self.visit_types.is_empty() || e.visit_type.is_some_and(|t| self.visit_types.contains(&t))
            };
            ask(Test::FirstInEpisode { number: visit.map(|v| number_of(facts, v, of_these)) })?;
        }
        if let Some(test) = self.visit_number {
            number("visit_number", test, visit.map(|v| number_of(facts, v, |_| true) as f64))?;
        }
        if self.practitioners.is_empty() {
            return Ok(());
        }
        one_of("practitioner", &self.practitioners, visit.and_then(|v| v.known_practitioner()))
    }

    fn answer_passes(&self, facts: &Facts, assignment: Option<&Assignment>, nth: u32) -> Result<(), Test> {
        if !self.instruments.is_empty() {
            one_of("instrument", &self.instruments, assignment.map(Assignment::instrument))?;
        }
        let response = assignment.and_then(|a| a.responses.get(usize::try_from(nth).ok()?.checked_sub(1)?));
        let points = response.and_then(|r| self.points(r));
        if let Some(test) = self.score {
            number("score", test, points)?;
        }
        if let Some(test) = self.change {
            let from = assignment.and_then(|a| self.counts_from(facts, a));
            number("change", test, points.zip(from).map(|(points, from)| points - from))?;
        }
        for (question, wanted) in &self.answer {
            let seen = response.map(|r| r.answers.get(question)).unwrap_or_default();
            ask(Test::Answer { question: question.clone(), wanted: wanted.clone(), seen: seen.to_vec() })?;
        }
        Ok(())
    }

    /// What `score` and `change` look at.
    fn points(&self, response: &Response) -> Option<f64> {
        match &self.number {
            None => response.score.map(Score::points),
            Some(question) => response.answers.first(question)?.parse().ok().filter(|n: &f64| n.is_finite()),
        }
    }

    /// What `change` counts from: the baseline of the episode, or the first answer to the question.
    fn counts_from(&self, facts: &Facts, of: &Assignment) -> Option<f64> {
        if self.number.is_none() {
            return self.points(baseline_form(facts.chart, of.episode, &of.content)?.responses.last()?);
        }
        let alike = |a: &&Assignment| a.content == of.content && a.episode == of.episode && a.withdrawn_at.is_none();
        let answered = facts.chart.assignments.iter().filter(alike).filter_map(|a| Some((a.id, a.responses.last()?)));
        let points = answered.filter_map(|(id, r)| Some(((r.at, id), self.points(r)?)));
        points.min_by_key(|(when, _)| *when).map(|(_, points)| points)
    }
}

/// The how-manieth standing visit of its episode, by start.
fn number_of(facts: &Facts, visit: &Encounter, counts: impl Fn(&Encounter) -> bool) -> usize {
    let before = |e: &&Encounter| {
        e.episode == visit.episode
            && e.state.stands()
            && e.id != visit.id
            && counts(e)
            && (e.starts_at(), e.id) < (visit.starts_at(), visit.id)
    };
    facts.chart.encounters.iter().filter(before).count() + 1
}

fn one_of(what: &str, allowed: &[String], seen: Option<&str>) -> Result<(), Test> {
    if seen.is_some_and(|seen| allowed.iter().any(|a| a == seen)) {
        return Ok(());
    }
    ask(Test::OneOf { what: what.into(), allowed: allowed.to_vec(), seen: seen.map(str::to_owned) })
}

fn number(what: &str, test: NumberTest, seen: Option<f64>) -> Result<(), Test> {
    ask(Test::Number { what: what.into(), test, seen })
}

fn ask(test: Test) -> Result<(), Test> {
    if test.fails().is_some() { Err(test) } else { Ok(()) }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(self) -> Vec<String> {
        match self {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

fn strings<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    Ok(OneOrMany::deserialize(d)?.all())
}

fn answers<'de, D: serde::Deserializer<'de>>(d: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let wanted = BTreeMap::<String, OneOrMany>::deserialize(d)?;
    Ok(wanted.into_iter().map(|(question, answers)| (question, answers.all())).collect())
}

fn one_or_many<'de, D, T>(d: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: std::str::FromStr<Err = String>,
{
    use serde::de::Error;
    strings(d)?.iter().map(|text| text.parse().map_err(D::Error::custom)).collect()
}
