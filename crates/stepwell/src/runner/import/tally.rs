//! What an import did, or would do: numbers, and examples in words.

use serde::{Deserialize, Serialize};

/// Examples of one group that are kept.
const MOST: usize = 50;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Count {
    pub new: u32,
    pub changed: u32,
    pub unchanged: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    pub rows: u32,
    pub patients: Count,
    pub episodes: Count,
    pub visits: Count,
    /// Planned on the days for which the file is complete, before it.
    pub planned: u32,
    /// Cancelled because the file does not have them.
    pub missing: u32,
    pub refused: u32,
    /// Rows of a type of appointment that is no visit.
    pub ignored: u32,
}

impl Counts {
    /// In words, without a patient's name.
    pub fn lines(&self) -> Vec<String> {
        let of = |what: &str, count: Count| {
            format!("{what}: {} new, {} changed, {} unchanged", count.new, count.changed, count.unchanged)
        };
        let mut lines = vec![
            format!("rows: {}", self.rows),
            of("patients", self.patients),
            of("episodes", self.episodes),
            of("visits", self.visits),
        ];
        if self.planned > 0 {
            lines.push(format!("cancelled because they are missing: {} of {} planned", self.missing, self.planned));
        }
        if self.ignored > 0 {
            lines.push(format!("rows that are no visit: {}", self.ignored));
        }
        if self.refused > 0 {
            lines.push(format!("rows refused: {}", self.refused));
        }
        lines
    }

    /// After the import: where the refused rows are.
    pub fn lines_when_done(&self) -> Vec<String> {
        let mut lines = self.lines();
        if let Some(refused) = lines.last_mut().filter(|_| self.refused > 0) {
            refused.push_str("; cause and cure stand on the page of refused messages");
        }
        lines
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    NewPatients,
    ChangedPatients,
    NewVisits,
    ChangedVisits,
    MissingVisits,
    NewEpisodes,
    ChangedEpisodes,
    RefusedRows,
}

/// One thing that happens, in words for the clinic's staff: it names patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub group: Group,
    pub words: String,
}

#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub counts: Counts,
    pub examples: Vec<Example>,
}

/// How something stands after the import, beside how it stood before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    New,
    Changed,
    Same,
}

impl Count {
    pub(super) fn add(&mut self, became: Became) {
        match became {
            Became::New => self.new += 1,
            Became::Changed => self.changed += 1,
            Became::Same => self.unchanged += 1,
        }
    }
}

impl Tally {
    pub(super) fn example(&mut self, group: Group, words: impl FnOnce() -> String) {
        if self.examples.iter().filter(|example| example.group == group).count() < MOST {
            self.examples.push(Example { group, words: words() });
        }
    }
}
