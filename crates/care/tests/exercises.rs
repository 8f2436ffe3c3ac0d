//! The exercises and care plans that ship: each loads, and what it names is there.
#![expect(clippy::unwrap_used, reason = "a test stops where it finds something wrong")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use care::library::{CarePlan, Exercise, Item, Kind, Language, Region, Video};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn exercises() -> BTreeMap<String, Item<Exercise>> {
    let read = |path: &PathBuf| {
        (name(path), Exercise::read(&path.to_string_lossy(), &fs::read_to_string(path).unwrap()).unwrap())
    };
    files(Kind::Exercise.folder()).iter().map(read).collect()
}

fn plans() -> BTreeMap<String, Item<CarePlan>> {
    let read = |path: &PathBuf| {
        (name(path), CarePlan::read(&path.to_string_lossy(), &fs::read_to_string(path).unwrap()).unwrap())
    };
    files(Kind::CarePlan.folder()).iter().map(read).collect()
}

fn bridge() -> String {
    let path = files(Kind::Exercise.folder()).into_iter().find(|path| name(path) == "bridge").unwrap();
    fs::read_to_string(path).unwrap()
}

/// Where and how to mend it, for a file with one thing changed.
fn refused(from: &str, to: &str) -> (String, String) {
    let text = bridge();
    assert!(text.contains(from), "bridge.toml has no `{from}`");
    let problem = Exercise::read("content/exercises/bridge.toml", &text.replacen(from, to, 1)).unwrap_err();
    assert_eq!(problem.file, "content/exercises/bridge.toml");
    (problem.field, problem.cure)
}

#[test]
fn there_are_sixty_exercises_and_four_or_more_for_every_region() {
    let exercises = exercises();
    assert!(exercises.len() >= 60, "only {}", exercises.len());
    for region in Region::ALL {
        let count = exercises.values().filter(|item| item.body.regions.contains(&region)).count();
        assert!(count >= 4, "{region:?} has only {count}");
    }
}

#[test]
fn every_exercise_speaks_english_and_spanish_and_no_two_have_one_title() {
    let exercises = exercises();
    for language in Language::ALL {
        let titles: BTreeSet<&str> =
            exercises.values().map(|item| item.body.words.get(language).title.as_str()).collect();
        assert_eq!(titles.len(), exercises.len(), "{language:?}");
    }
    for (name, item) in &exercises {
        assert!(item.body.figure.is_some(), "{name} has no pictures");
        let [en, es] = [Language::En, Language::Es].map(|language| item.body.words.get(language));
        assert_ne!(en.purpose, es.purpose, "{name}");
        assert_eq!((en.steps.len(), en.cautions.len()), (es.steps.len(), es.cautions.len()), "{name}");
    }
}

#[test]
fn an_easier_or_harder_exercise_is_there_and_is_another_one() {
    let exercises = exercises();
    for (name, item) in &exercises {
        for link in item.body.links() {
            assert!(exercises.contains_key(&link.id), "{name} names {link}, which is not there");
            assert_ne!(&link.id, name);
        }
    }
}

#[test]
fn no_exercise_is_both_easier_and_harder_than_another() {
    for (name, item) in exercises() {
        let both = item.body.easier.iter().find(|link| item.body.harder.contains(link));
        assert_eq!(both, None, "{name}");
    }
}

#[test]
fn there_are_ten_care_plans_and_their_exercises_exist() {
    let (plans, exercises) = (plans(), exercises());
    assert!(plans.len() >= 10, "only {}", plans.len());
    for (name, plan) in &plans {
        assert!(plan.body.exercises.len() >= 3, "{name} has hardly anything to do");
        for planned in &plan.body.exercises {
            let found = exercises.get(&planned.exercise.id);
            assert!(found.is_some(), "{name} names {}, which is not there", planned.exercise);
            assert!(found.is_some_and(|item| planned.dose.over(item.body.dose).is_whole()), "{name}");
        }
    }
}

#[test]
fn every_region_of_the_body_has_a_care_plan() {
    let regions: BTreeSet<Region> = plans().values().map(|plan| plan.body.region).collect();
    let missing: Vec<Region> =
        Region::ALL.into_iter().filter(|region| *region != Region::Breathing && !regions.contains(region)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_misspelt_key_is_named() {
    let (field, cure) = refused("dose =", "does =");
    assert_eq!(field, "does");
    assert!(cure.contains("unknown field"), "{cure}");
}

#[test]
fn a_knee_that_bends_the_wrong_way_is_refused() {
    let (field, cure) = refused("legs = { hip = 52, floor = true }", "legs = { hip = 52, knee = -20 }");
    assert_eq!(field, "figure");
    assert!(cure.contains("start.right_leg.knee: -20 is more than a body can do: 0 to 150"), "{cure}");
}

#[test]
fn an_exercise_in_one_language_only_is_refused() {
    assert_eq!(refused("[es]", "[fr]").0, "fr");
    let text = bridge();
    let (before, rest) = text.split_once("[es]").unwrap();
    let figure = rest.split_once("[figure]").unwrap().1;
    let english = format!("{before}[figure]{figure}");
    assert_eq!(Exercise::read("bridge.toml", &english).unwrap_err().field, "es");
}

#[test]
fn a_clinics_own_exercise_has_a_video_or_a_figure() {
    let text = bridge();
    let words = text.split_once("[figure]").unwrap().0;
    let said = |video: &str| {
        let read = Exercise::read("squat.toml", &format!("{video}\n{words}"));
        read.map(|item| item.body.video).map_err(|problem| problem.field)
    };
    assert_eq!(said(""), Err("figure".into()));
    let link = "https://videos.example/squat".to_owned();
    assert_eq!(said("video = { link = \"https://videos.example/squat\" }"), Ok(Some(Video::Link(link))));
    assert_eq!(said("video = { link = \"http://videos.example/squat\" }"), Err("video.link".into()));
    assert_eq!(said("video = { file = \"squat.mp4\" }"), Ok(Some(Video::File("squat.mp4".into()))));
    for file in ["../squat.mp4", "squat.mov", ".mp4", "a/b.mp4", "Squat.mp4"] {
        assert_eq!(said(&format!("video = {{ file = \"{file}\" }}")), Err("video.file".into()), "{file}");
    }
    let bare = words.replacen("end = ", "finish = ", 1);
    assert!(Exercise::read("squat.toml", &bare).is_err(), "a misspelt key is still one");
}

#[test]
fn a_dose_says_how_much_and_how_often() {
    assert_eq!(refused("times_a_day = 1, ", "").0, "dose");
    assert!(refused("times_a_day = 1", "times_a_day = 99").1.contains("99 is not a whole number from 1 to 12"));
}

#[test]
fn an_empty_text_is_refused_with_its_place() {
    assert_eq!(refused("title = \"Puente\"", "title = \" \"").0, "es.title");
    assert_eq!(refused("licence = \"CC-BY-4.0\"", "").0, "licence");
}
