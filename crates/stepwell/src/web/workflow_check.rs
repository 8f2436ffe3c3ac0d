//! Whether a text may be published: it reads, its templates exist, it starts no circle, its examples pass.

use std::collections::BTreeMap;
use std::sync::Arc;

use care::scenario;
use care::workflow::{FileError, Published, Workflow, Workflows};
use pages::staff::{ExampleRow, Findings};

use crate::Roof;
use crate::content::Templates;

/// A text that was looked at.
pub struct Checked {
    pub findings: Findings,
    /// What it reads as, if it does.
    pub workflow: Option<Arc<Workflow>>,
}

/// Looks at everything but the other workflows. Examples are played aside, so that no page waits for another's.
pub async fn check(roof: &Roof, own: &Templates, key: &str, text: &str) -> Checked {
    let problem = |problem: String| Findings { problem: Some(problem), examples: vec![] };
    let workflow = match Workflow::parse(text) {
        Ok(workflow) => Arc::new(workflow),
        Err(error) => return Checked { findings: problem(error.to_string()), workflow: None },
    };
    if let Some(error) = unknown_template(&roof.templates, own, text, &workflow) {
        return Checked { findings: problem(error.to_string()), workflow: None };
    }
    let (key, text) = (key.to_owned(), text.to_owned());
    let findings = match tokio::task::spawn_blocking(move || examples(&key, &text)).await {
        Ok(examples) => Findings { problem: None, examples },
        Err(_) => problem("an example could not be played to its end; take it out, and tell us of it".into()),
    };
    Checked { findings, workflow: Some(workflow) }
}

/// The circle it would close among the clinic's workflows, in words.
pub fn circle(all: &Workflows, key: &str, workflow: &Arc<Workflow>) -> Option<String> {
    let mut all = all.clone();
    let one = [(u32::MAX, workflow.clone())].into();
    all.0.insert(key.to_owned(), Published { versions: one, ..Published::default() });
    all.cycle().map(|cycle| {
        format!(
            "These workflows would start one another: {cycle}. Change what one assigns, or what the next waits for."
        )
    })
}

/// A message that nobody has written.
fn unknown_template(shipped: &Templates, own: &Templates, text: &str, workflow: &Workflow) -> Option<FileError> {
    let messages = workflow.steps.iter().flat_map(|step| &step.tasks).filter_map(|task| task.to_patient());
    let unknown =
        messages.map(|m| &m.template).find(|name| shipped.get(name, "en").or_else(|| own.get(name, "en")).is_none())?;
    let byte = text.find(&format!("\"{unknown}\"")).unwrap_or(0);
    let mut known: Vec<&str> = shipped.names().chain(own.names()).map(|(name, _)| name.as_str()).collect();
    known.dedup();
    let said = format!("`{unknown}` is not a template; there are: {}", known.join(" "));
    Some(FileError { key: Some("template".into()), ..FileError::at(text, byte, said) })
}

fn examples(key: &str, text: &str) -> Vec<ExampleRow> {
    let named = names(text);
    let played = scenario::examples(key, text).into_iter().enumerate();
    played
        .map(|(at, played)| {
            let name = named.get(&at).cloned().unwrap_or_else(|| format!("Example {}", at + 1));
            let unmet = match played {
                Ok((story, lines)) => scenario::check(&story, &lines).iter().map(ToString::to_string).collect(),
                Err(error) => vec![error.to_string()],
            };
            ExampleRow { name, unmet }
        })
        .collect()
}

/// The names that examples carry, by their place.
fn names(text: &str) -> BTreeMap<usize, String> {
    let file: toml::Table = toml::from_str(text).unwrap_or_default();
    let examples = file.get("examples").and_then(|e| e.as_array()).into_iter().flatten().enumerate();
    examples.filter_map(|(at, e)| Some((at, e.get("name")?.as_str()?.to_owned()))).collect()
}
