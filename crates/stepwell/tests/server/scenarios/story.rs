//! A scenario's file twice: as the simulator reads it, and word by word as it stands, for whoever tells it to the server.

use std::path::{Path, PathBuf};

use care::scenario::{PatientFields, Scenario};
use care::zone::CivilMoment;
use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::Deserialize;

pub struct Story {
    pub name: String,
    pub scenario: Scenario,
    pub people: Vec<Listed>,
    /// In order of time.
    pub events: Vec<(Timestamp, When)>,
    pub workflows: Vec<Written>,
}

/// One version of a workflow.
pub struct Written {
    pub key: String,
    pub version: u32,
    pub body: String,
    /// On from the start.
    pub on: bool,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    patients: Vec<Listed>,
    #[serde(default)]
    workflows: Vec<toml::Value>,
    #[serde(default)]
    when: Vec<When>,
}

#[derive(Deserialize, Clone)]
pub struct Listed {
    pub id: String,
    /// Not there from the start.
    #[serde(default)]
    pub new: bool,
    #[serde(flatten)]
    pub person: PatientFields,
    /// What no door says yet.
    #[serde(flatten)]
    rest: toml::Table,
}

/// One `[[when]]`, as far as a message or a form says it. What `record` is told is the simulator's own reading.
#[derive(Deserialize, Clone)]
pub struct When {
    at: String,
    pub change: String,
    pub patient: Option<String>,
    pub encounter: Option<String>,
    pub episode: Option<String>,
    starts_at: Option<String>,
    pub minutes: Option<u32>,
    pub visit_type: Option<String>,
    pub practitioner: Option<String>,
    pub visit_code: Option<String>,
    pub practitioner_code: Option<String>,
    pub label: Option<String>,
    undoes: Option<String>,
    pub gone: Option<String>,
    /// Holds `location` too.
    #[serde(flatten)]
    pub person: PatientFields,
}

impl When {
    pub fn patient(&self) -> Result<&str, String> {
        self.patient.as_deref().ok_or_else(|| format!("{} needs `patient`", self.change))
    }

    pub fn encounter(&self) -> Result<&str, String> {
        self.encounter.as_deref().ok_or_else(|| format!("{} needs `encounter`", self.change))
    }

    pub fn undoes(&self) -> Result<&str, String> {
        self.undoes.as_deref().ok_or_else(|| format!("{} needs `undoes`", self.change))
    }

    pub fn start(&self, zone: &str) -> Result<Option<CivilMoment>, String> {
        self.starts_at.as_deref().map(|text| moment(text, zone)).transpose()
    }
}

/// An instant that ends in Z, or civil time on the clinic's clock.
fn moment(text: &str, zone: &str) -> Result<CivilMoment, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(CivilMoment::at(at, zone));
    }
    let civil = text.parse::<DateTime>().map_err(|e| format!("`{text}`: {e}"))?;
    Ok(CivilMoment { civil, zone: zone.into() })
}

impl Story {
    fn read(name: &str, text: &str, load: &dyn Fn(&str) -> Result<String, String>) -> Result<Self, String> {
        let said = |e: String| format!("{name}: {e}");
        let scenario = Scenario::parse(text, load).map_err(|e| said(e.to_string()))?;
        let file: File = toml::from_str(text).map_err(|e| said(e.to_string()))?;
        if let Some(key) = file.patients.iter().flat_map(|listed| listed.rest.keys()).next() {
            return Err(said(format!("no door says `{key}` yet: add it to story.rs and feed.rs")));
        }
        let mut events = vec![];
        for when in file.when {
            events.push((moment(&when.at, &scenario.clinic.zone).map_err(said)?.instant(), when));
        }
        // As the scenario sorts its own, so that the nth is the nth.
        events.sort_by_key(|(at, _)| *at);
        let workflows =
            file.workflows.into_iter().map(|w| workflow(w, load)).collect::<Result<_, _>>().map_err(said)?;
        Ok(Self { name: name.into(), scenario, people: file.patients, events, workflows })
    }
}

fn workflow(listed: toml::Value, load: &dyn Fn(&str) -> Result<String, String>) -> Result<Written, String> {
    match listed {
        toml::Value::String(path) => {
            let key = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".toml");
            Ok(Written { key: key.to_owned(), version: 1, body: load(&path)?, on: true })
        }
        toml::Value::Table(mut table) => {
            let version = table.remove("version").and_then(|v| v.as_integer()).unwrap_or(1);
            let version = u32::try_from(version).map_err(|e| e.to_string())?;
            let mut word = |key| table.remove(key).and_then(|v| v.as_str().map(str::to_owned));
            let (key, status) = (word("id").ok_or("a workflow has no id")?, word("status"));
            let body = toml::to_string(&table).map_err(|e| e.to_string())?;
            Ok(Written { key, version, body, on: version == 1 && status.as_deref() != Some("inactive") })
        }
        other => Err(format!("{other} is no workflow")),
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn files(folder: &str) -> Vec<(String, PathBuf)> {
    let paths = std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = paths.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    let mut files: Vec<_> = files.map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), p)).collect();
    files.sort();
    files
}

/// Every file of scenarios/.
pub fn scenarios() -> Vec<Result<Story, String>> {
    let folder = root().join("scenarios");
    let load = |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let read = |(name, path): (String, PathBuf)| Story::read(&name, &std::fs::read_to_string(path).unwrap(), &load);
    files("scenarios").into_iter().map(read).collect()
}

/// The same, in clinics without an EMR.
pub fn scenarios_without_emr() -> Vec<Result<Story, String>> {
    let folder = root().join("scenarios");
    let load = |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|e| e.to_string());
    let read = |(name, path): (String, PathBuf)| {
        let mut file: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        for place in file.get_mut("locations").and_then(|all| all.as_array_mut()).into_iter().flatten() {
            place.as_table_mut().unwrap().insert("emr".into(), false.into());
        }
        Story::read(&name, &toml::to_string(&file).unwrap(), &load)
    };
    files("scenarios").into_iter().map(read).collect()
}

/// Every example that a workflow carries, as a file of its own.
pub fn examples() -> Vec<Result<Story, String>> {
    let mut stories = vec![];
    for (key, path) in files("content/workflows") {
        let text = std::fs::read_to_string(path).unwrap();
        let file: toml::Table = toml::from_str(&text).unwrap();
        let examples = file.get("examples").and_then(|e| e.as_array()).cloned().unwrap_or_default();
        for (number, example) in (1..).zip(examples) {
            let mut example = example.as_table().cloned().unwrap_or_default();
            let clinic = toml::Table::from_iter([("zone".to_owned(), "America/New_York".into())]);
            example.entry("clinic").or_insert(clinic.into());
            example.insert("workflows".into(), vec![format!("{key}.toml")].into());
            let example = toml::to_string(&example).unwrap();
            stories.push(Story::read(&format!("{key}, example {number}"), &example, &|_| Ok(text.clone())));
        }
    }
    stories
}
