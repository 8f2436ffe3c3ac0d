//! `stepwell score INSTRUMENT ANSWERS`: scores one response and prints it as one JSON object.

use std::collections::BTreeMap;
use std::path::PathBuf;

use care::questionnaire::scoring::promis::Bank;
use care::questionnaire::scoring::{Instrument, Scored, Unscored, score_with};
use clap::Args;
use serde::Serialize;

use super::Failed;

#[derive(Args)]
pub struct ScoreArgs {
    /// The instrument's id, as in koos-jr.
    instrument: String,
    /// A JSON array in item order, on the printed scale; null = not answered.
    #[arg(allow_hyphen_values = true)]
    answers: String,
    /// A file of item parameters, for PROMIS forms.
    #[arg(long)]
    bank: Option<PathBuf>,
}

/// The order of the keys is part of what outsiders may rely on.
#[derive(Serialize)]
struct Line<'a> {
    instrument: String,
    version: Option<&'a str>,
    score: Option<f64>,
    range: [f64; 2],
    higher_is: &'a str,
    answered: usize,
    unscored: Option<&'a str>,
    band: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unscored_because: Option<String>,
    /// Which subscale `score` is.
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    subscales: BTreeMap<&'a str, Option<f64>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    subscale_bands: BTreeMap<&'a str, &'a str>,
    #[serde(flatten)]
    also: BTreeMap<&'a str, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank: Option<String>,
}

pub fn run(args: &ScoreArgs) -> Result<(), Failed> {
    let instrument = Instrument::parse(&args.instrument).map_err(Failed::unreadable)?;
    let answers: Vec<Option<f64>> = serde_json::from_str(&args.answers).map_err(|e| {
        Failed::unreadable(format!("ANSWERS is not a JSON array of numbers and nulls, as in [2,null,3]: {e}"))
    })?;
    let bank = args.bank.as_ref().map(|path| read(path, instrument)).transpose()?;
    let scored = score_with(instrument, &answers, bank.as_ref())
        .map_err(|refused| Failed::unreadable(format!("{instrument}: {refused}")))?;
    let line = serde_json::to_string(&line(instrument, &scored, bank.as_ref()));
    println!("{}", line.map_err(|e| e.to_string())?);
    Ok(())
}

/// The bank, which must have the form that is to be scored.
fn read(path: &PathBuf, instrument: Instrument) -> Result<Bank, Failed> {
    let said = |what: String| format!("{}: {what}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| said(e.to_string()))?;
    let bank = Bank::parse(&text).map_err(|e| said(e.to_string()))?;
    let Instrument::Promis(form) = instrument else {
        return Err(Failed::unreadable(format!("--bank is for PROMIS forms, {instrument} is not one")));
    };
    if bank.form(form).is_none() {
        let forms: Vec<_> = bank.forms().map(|form| form.to_string()).collect();
        return Err(said(format!("it has no form {form}; it has {}", forms.join(", "))).into());
    }
    Ok(bank)
}

fn line<'a>(instrument: Instrument, scored: &'a Scored, bank: Option<&'a Bank>) -> Line<'a> {
    let definition = instrument.definition();
    let scale = bank.and_then(|bank| bank.scale(instrument)).unwrap_or(definition.scale);
    Line {
        instrument: instrument.to_string(),
        version: definition.version.or(bank.map(|bank| &*bank.version)),
        score: scored.score.ok(),
        range: [scale.low, scale.high],
        higher_is: scale.higher_is.word(),
        answered: scored.answered,
        unscored: scored.score.err().map(Unscored::code),
        band: scored.band,
        unscored_because: scored.score.err().map(|reason| reason.to_string()),
        scale: scored.subscales.first().map(|leading| leading.name),
        subscales: scored.subscales.iter().map(|part| (part.name, part.score.ok())).collect(),
        subscale_bands: scored.subscales.iter().filter_map(|part| Some((part.name, part.band?))).collect(),
        also: scored.also.iter().copied().collect(),
        safety: scored.safety,
        bank: bank.map(|bank| format!("{} {}", bank.name, bank.version)),
    }
}
