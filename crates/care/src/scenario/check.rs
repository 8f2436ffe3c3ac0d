//! Holds the decisions of a played story against what the file says should follow.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::file::Expectation;
use super::line::Line;
use super::read::Scenario;
use crate::zone::CivilMoment;

/// An expectation that was not met, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("[[then]] number {number}: {what}")]
pub struct Unmet {
    pub number: usize,
    pub what: String,
}

pub fn check(scenario: &Scenario, lines: &[Line]) -> Vec<Unmet> {
    let mut unmet = vec![];
    for (number, expected) in (1..).zip(&scenario.then) {
        let matching = lines.iter().filter(|line| agrees(scenario, expected, line)).count();
        let what = match (expected.never, expected.times) {
            (true, _) if matching > 0 => format!("{matching} decisions agree, none should: {expected}"),
            (false, Some(times)) if matching != times => {
                format!("{matching} decisions agree, not {times}: {expected}")
            }
            (false, None) if matching == 0 => format!("no decision agrees: {expected}"),
            _ => continue,
        };
        unmet.push(Unmet { number, what });
    }
    unmet
}

fn agrees(scenario: &Scenario, expected: &Expectation, line: &Line) -> bool {
    let same = |expected: &Option<String>, seen: &str| expected.as_deref().is_none_or(|e| e == seen);
    let instant = |expected: &Option<String>, seen: Option<Timestamp>| {
        expected.as_deref().is_none_or(|text| seen.is_some() && seen == moment(scenario, text))
    };
    instant(&expected.at, Some(line.at))
        && same(&expected.patient, &line.patient)
        && same(&expected.workflow, &line.workflow)
        && same(&expected.anchor, &line.anchor)
        && same(&expected.step, line.step.as_deref().unwrap_or(""))
        && expected.occurrence.is_none_or(|o| line.occurrence == Some(o))
        && instant(&expected.due, line.due)
        && expected.generation.is_none_or(|g| line.generation == Some(g))
        && same(&expected.verdict, line.verdict)
        && same(&expected.reason, line.reason.unwrap_or(""))
        && expected.content.as_ref().is_none_or(|content| line.tasks.iter().any(|task| task.content == *content))
}

fn moment(scenario: &Scenario, text: &str) -> Option<Timestamp> {
    let civil = |t: &str| t.parse::<DateTime>().ok();
    text.parse()
        .ok()
        .or_else(|| civil(text).map(|civil| CivilMoment { civil, zone: scenario.clinic.zone.clone() }.instant()))
}

/// As it stands in the file.
impl std::fmt::Display for Expectation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |key: &str, value: &Option<String>| value.as_ref().map(|v| format!("{key} = \"{v}\""));
        let number = |key: &str, value: Option<u32>| value.map(|v| format!("{key} = {v}"));
        let keys = [
            text("at", &self.at),
            text("patient", &self.patient),
            text("workflow", &self.workflow),
            text("anchor", &self.anchor),
            text("step", &self.step),
            number("occurrence", self.occurrence),
            text("due", &self.due),
            number("generation", self.generation),
            text("verdict", &self.verdict),
            text("reason", &self.reason),
            text("content", &self.content),
        ];
        f.write_str(&keys.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}
