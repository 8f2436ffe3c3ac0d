//! The examples a workflow file carries: given / when / then with the keys of a scenario, played when it is published.

use super::line::Line;
use super::play::play;
use super::read::{Scenario, ScenarioError};

/// Plays each `[[examples]]` of a workflow file. `key` is the workflow's key.
pub fn examples(key: &str, text: &str) -> Vec<Result<(Scenario, Vec<Line>), ScenarioError>> {
    let Ok(file) = toml::from_str::<toml::Table>(text) else { return vec![] };
    let Some(toml::Value::Array(examples)) = file.get("examples") else { return vec![] };
    examples.iter().filter_map(|e| e.as_table()).map(|example| play_one(key, text, example.clone())).collect()
}

fn play_one(key: &str, text: &str, mut example: toml::Table) -> Result<(Scenario, Vec<Line>), ScenarioError> {
    let said = |message: String| ScenarioError::Workflow { path: key.into(), message };
    example.entry("clinic").or_insert_with(|| {
        toml::Value::Table([("zone".to_owned(), toml::Value::String("America/New_York".into()))].into_iter().collect())
    });
    let path = format!("{key}.toml");
    example.insert("workflows".into(), toml::Value::Array(vec![toml::Value::String(path)]));
    let example = toml::to_string(&example).map_err(|e| said(e.to_string()))?;
    let scenario = Scenario::parse(&example, &|_| Ok(text.to_owned()))?;
    let lines = play(&scenario);
    Ok((scenario, lines))
}
