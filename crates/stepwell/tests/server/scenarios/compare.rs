//! The decisions the database holds, as lines in the scenario's names, and how they differ from the simulator's.

use care::chart::{Anchor, EpisodeKey, Subject};
use care::scenario::Line;
use care::workflow::{Reason, Verdict};
use serde_json::{Value, from_value};
use stepwell::runner::{Context, Known};
use store::DecisionRow;
use uuid::Uuid;

use super::stage::Stage;

/// Takes down the decisions that came since the last look. An anchor is named as the chart stands then: a case that gets
/// its name later has none yet.
pub async fn take_down(stage: &mut Stage) -> Result<(), String> {
    let mut tx = stage.tx().await;
    let mut rows = tx.decisions(None, None, i64::MAX).await.unwrap();
    rows.retain(|row| stage.seen.insert(row.id));
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    for row in rows {
        let known = Known::load(&context, &mut tx, row.patient).await.unwrap();
        let first = known.chart.episode(EpisodeKey::First).and_then(|episode| episode.named);
        let line = line(stage, row, first.map(|id| id.0))?;
        stage.lines.push(line);
    }
    Ok(())
}

fn line(stage: &Stage, row: DecisionRow, first_case: Option<Uuid>) -> Result<Line, String> {
    let patient = stage.people.iter().find(|(_, id)| **id == row.patient).map(|(name, _)| name.clone());
    let patient = patient.ok_or("a decision about a patient nobody named")?;
    let count = |number: Option<i32>| number.map(i32::cast_unsigned);
    let read = |e: serde_json::Error| e.to_string();
    let verdict: Verdict = from_value(Value::from(row.verdict)).map_err(read)?;
    let reason: Option<Reason> = from_value(Value::from(row.reason)).map_err(read)?;
    Ok(Line {
        at: row.at,
        workflow: row.workflow,
        anchor: anchor(stage, &patient, row.anchor, first_case),
        patient,
        step: row.step,
        occurrence: count(row.occurrence),
        due: row.due,
        generation: count(row.generation),
        verdict: verdict.code(),
        reason: reason.map(Reason::code),
        tasks: from_value(row.tasks).map_err(read)?,
    })
}

fn anchor(stage: &Stage, patient: &str, anchor: Anchor, first_case: Option<Uuid>) -> String {
    let called = |id: Uuid| stage.called.get(&id).map_or("?", String::as_str);
    let name = match anchor.subject {
        Subject::Patient => format!("patient:{patient}"),
        Subject::Encounter(id) => format!("encounter:{}", called(id.0)),
        Subject::Episode(EpisodeKey::Named(id)) => format!("episode:{}", called(id.0)),
        Subject::Episode(EpisodeKey::First) => format!("episode:{}", first_case.map_or("default", called)),
        Subject::VisitDay { location, date } => {
            format!("visit_day:{}:{date}", location.map_or("-", |id| called(id.0)))
        }
    };
    if anchor.nth > 1 { format!("{name}#{}", anchor.nth) } else { name }
}

/// Both lists side by side, each sorted, if they are not the same line for line.
pub fn differences(simulated: &[Line], served: &[Line]) -> Option<String> {
    let (simulated, served) = (sorted(simulated), sorted(served));
    if simulated == served {
        return None;
    }
    let (mut left, mut right) = (simulated.iter().peekable(), served.iter().peekable());
    let mut text = String::from("  (- only the simulator, + only the server)\n");
    loop {
        let (mark, line) = match (left.peek(), right.peek()) {
            (None, None) => return Some(text),
            (Some(a), Some(b)) if a == b => {
                right.next();
                (' ', left.next())
            }
            (Some(a), Some(b)) if a > b => ('+', right.next()),
            (None, Some(_)) => ('+', right.next()),
            (Some(_), _) => ('-', left.next()),
        };
        text.extend(line.map(|line| format!("  {mark} {line}\n")));
    }
}

/// Everything a line says, the time first.
fn sorted(lines: &[Line]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
    lines.sort();
    lines
}
