//! A care plan's template: which exercises in which dose, what to read and what to fill in, for one region and phase.

use serde::{Deserialize, Serialize};

use super::dose::Dose;
use super::item::{Item, Problem, Wrong};
use super::kind::{Kind, Reference};
use super::language::In;
use super::region::Region;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarePlan {
    pub region: Region,
    pub phase: Phase,
    pub exercises: Vec<PlannedExercise>,
    pub education: Vec<Reference>,
    pub questionnaires: Vec<Reference>,
    pub words: In<CarePlanWords>,
}

/// How far along somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    BeforeSurgery,
    AfterSurgery,
    /// Calm it down and keep it moving.
    Early,
    /// Build strength.
    Building,
    /// Back to what somebody wants to do.
    Late,
    /// To stay well.
    Ongoing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedExercise {
    pub exercise: Reference,
    /// Only what differs from the exercise's own dose.
    #[serde(default)]
    pub dose: Dose,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarePlanWords {
    pub title: String,
    pub summary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarePlanFile {
    region: Region,
    phase: Phase,
    exercises: Vec<PlannedExercise>,
    #[serde(default)]
    education: Vec<Reference>,
    #[serde(default)]
    questionnaires: Vec<Reference>,
    en: CarePlanWords,
    es: CarePlanWords,
}

impl CarePlan {
    /// Reads and checks one file of content/care-plans.
    pub fn read(file: &str, text: &str) -> Result<Item<CarePlan>, Problem> {
        let Item { header, body } = Item::<CarePlanFile>::read(file, text)?;
        let body = body.checked().map_err(|wrong| wrong.in_file(file))?;
        Ok(Item { header, body })
    }

    /// The other items it names.
    pub fn links(&self) -> impl Iterator<Item = &Reference> {
        let exercises = self.exercises.iter().map(|planned| &planned.exercise);
        exercises.chain(&self.education).chain(&self.questionnaires)
    }
}

impl CarePlanFile {
    fn checked(self) -> Result<CarePlan, Wrong> {
        if self.exercises.is_empty() {
            return Err(Wrong::at("exercises", "name at least one, as in { exercise = \"exercise/bridge\" }"));
        }
        let exercises: Vec<&Reference> = self.exercises.iter().map(|planned| &planned.exercise).collect();
        all_of(Kind::Exercise, "exercises", exercises.into_iter())?;
        all_of(Kind::Education, "education", self.education.iter())?;
        all_of(Kind::Questionnaire, "questionnaires", self.questionnaires.iter())?;
        for (language, words) in [("en", &self.en), ("es", &self.es)] {
            for (field, text) in [("title", &words.title), ("summary", &words.summary)] {
                if text.trim().is_empty() {
                    return Err(Wrong::at(format!("{language}.{field}"), "must not be empty"));
                }
            }
        }
        Ok(CarePlan {
            region: self.region,
            phase: self.phase,
            exercises: self.exercises,
            education: self.education,
            questionnaires: self.questionnaires,
            words: In { en: self.en, es: Some(self.es) },
        })
    }
}

/// Each is of the kind, and none is named twice.
fn all_of<'a>(kind: Kind, field: &str, names: impl Iterator<Item = &'a Reference>) -> Result<(), Wrong> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if name.kind != kind {
            return Err(Wrong::at(field, format!("`{name}` does not belong here: name a {}", kind.code())));
        }
        if !seen.insert(name) {
            return Err(Wrong::at(field, format!("`{name}` is named twice: name it once")));
        }
    }
    Ok(())
}
