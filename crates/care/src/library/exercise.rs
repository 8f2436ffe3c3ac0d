//! One exercise: what it is for, how it is done, how often, and two pictures or a video of it.

use serde::{Deserialize, Serialize};

use super::dose::Dose;
use super::item::{Item, Problem, Wrong};
use super::kind::{Kind, Reference};
use super::language::In;
use super::pose::Figure;
use super::region::Region;
use super::video::Video;

#[derive(Debug, Clone, PartialEq)]
pub struct Exercise {
    pub regions: Vec<Region>,
    pub position: Position,
    pub equipment: Vec<Equipment>,
    pub dose: Dose,
    /// What to do instead when this is too hard, and when it has become too easy.
    pub easier: Vec<Reference>,
    pub harder: Vec<Reference>,
    pub words: In<ExerciseWords>,
    /// Those that ship have one; a clinic's own has one, or a video, or both.
    pub figure: Option<Figure>,
    pub video: Option<Video>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    Standing,
    Sitting,
    OnBack,
    OnSide,
    OnStomach,
    HandsAndKnees,
    Kneeling,
}

/// What somebody needs at home.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Equipment {
    Ball,
    Band,
    Chair,
    Counter,
    Doorway,
    Mat,
    Pillow,
    Step,
    Stick,
    Strap,
    Table,
    Towel,
    Wall,
    Weight,
}

/// What the patient reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseWords {
    pub title: String,
    pub purpose: String,
    pub position: String,
    pub steps: Vec<String>,
    pub cautions: Vec<String>,
    /// What the two pictures show, for who does not see them.
    #[serde(default)]
    pub start: String,
    #[serde(default)]
    pub end: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExerciseFile {
    regions: Vec<Region>,
    position: Position,
    equipment: Vec<Equipment>,
    dose: Dose,
    #[serde(default)]
    easier: Vec<String>,
    #[serde(default)]
    harder: Vec<String>,
    en: ExerciseWords,
    es: ExerciseWords,
    figure: Option<Figure>,
    video: Option<Video>,
}

impl Exercise {
    /// Reads and checks one file of content/exercises.
    pub fn read(file: &str, text: &str) -> Result<Item<Exercise>, Problem> {
        let Item { header, body } = Item::<ExerciseFile>::read(file, text)?;
        let body = body.checked().map_err(|wrong| wrong.in_file(file))?;
        Ok(Item { header, body })
    }

    /// The other exercises it names.
    pub fn links(&self) -> impl Iterator<Item = &Reference> {
        self.easier.iter().chain(&self.harder)
    }
}

impl ExerciseFile {
    fn checked(self) -> Result<Exercise, Wrong> {
        if self.regions.is_empty() {
            return Err(Wrong::at("regions", "name at least one, such as \"knee\""));
        }
        if !self.dose.is_whole() {
            let cure = "say how much (`repetitions`, `hold_seconds` or `minutes`), `times_a_day` and `days_a_week`";
            return Err(Wrong::at("dose", cure));
        }
        if self.figure.is_none() && self.video.is_none() {
            return Err(Wrong::at("figure", "missing: draw one, or name a `video`"));
        }
        self.video.as_ref().map_or(Ok(()), Video::check)?;
        self.en.check("en", self.figure.is_some())?;
        self.es.check("es", self.figure.is_some())?;
        if self.en.steps.len() != self.es.steps.len() {
            return Err(Wrong::at("es.steps", format!("must have as many steps as English: {}", self.en.steps.len())));
        }
        Ok(Exercise {
            regions: self.regions,
            position: self.position,
            equipment: self.equipment,
            dose: self.dose,
            easier: exercises("easier", &self.easier)?,
            harder: exercises("harder", &self.harder)?,
            words: In { en: self.en, es: Some(self.es) },
            figure: self.figure,
            video: self.video,
        })
    }
}

impl ExerciseWords {
    fn check(&self, language: &str, has_figure: bool) -> Result<(), Wrong> {
        let single = [("title", &self.title), ("purpose", &self.purpose), ("position", &self.position)];
        let of_figure = [("start", &self.start), ("end", &self.end)].into_iter().filter(|_| has_figure);
        let mut needed = single.into_iter().chain(of_figure);
        if let Some((field, _)) = needed.find(|(_, text)| text.trim().is_empty()) {
            return Err(Wrong::at(format!("{language}.{field}"), "must not be empty"));
        }
        for (field, list, least) in [("steps", &self.steps, 2), ("cautions", &self.cautions, 1)] {
            if list.len() < least || list.iter().any(|text| text.trim().is_empty()) {
                return Err(Wrong::at(format!("{language}.{field}"), format!("write {least} or more, none empty")));
            }
        }
        Ok(())
    }
}

fn exercises(field: &str, ids: &[String]) -> Result<Vec<Reference>, Wrong> {
    ids.iter().map(|id| Reference::new(Kind::Exercise, id).map_err(|cure| Wrong::at(field, cure))).collect()
}
