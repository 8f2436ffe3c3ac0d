//! `stepwell simulate FILE`: plays a scenario file through the pure engine and prints one line per decision.

use std::path::PathBuf;

use care::scenario::{Scenario, check, play};
use clap::{Args, ValueEnum};

use super::clinics::say;

#[derive(Args)]
pub struct SimulateArgs {
    /// The scenario file.
    file: PathBuf,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Jsonl,
}

pub fn run(args: &SimulateArgs) -> Result<(), String> {
    let said = |what: &dyn std::fmt::Display| format!("{}: {what}", args.file.display());
    let text = std::fs::read_to_string(&args.file).map_err(|e| said(&e))?;
    let folder = args.file.parent().map(PathBuf::from).unwrap_or_default();
    let load = |path: &str| {
        // Beside the scenario, else from where the command was given.
        std::fs::read_to_string(folder.join(path)).or_else(|_| std::fs::read_to_string(path)).map_err(|e| e.to_string())
    };
    let scenario = Scenario::parse(&text, &load).map_err(|e| said(&e))?;
    let lines = play(&scenario);
    for line in &lines {
        say(&match args.format {
            Format::Text => format!("{line}\n"),
            Format::Jsonl => format!("{}\n", serde_json::to_string(line).map_err(|e| said(&e))?),
        })?;
    }
    let unmet = check(&scenario, &lines);
    if unmet.is_empty() {
        return Ok(());
    }
    let unmet: Vec<_> = unmet.iter().map(ToString::to_string).collect();
    Err(said(&format!("what should follow did not\n  {}", unmet.join("\n  "))))
}
