//! The decisions the database holds, as lines in the scenario's names, and how they differ from the simulator's.

use care::chart::{Anchor, Chart, EpisodeKey, Idle, Subject};
use care::scenario::Line;
use care::workflow::{Detail, Reason, Verdict};
use serde_json::{Value, from_value};
use stepwell::runner::{Context, Known};
use store::DecisionRow;
use uuid::Uuid;

use super::stage::Stage;

/// Takes down all decisions. An anchor is named as the chart stands at the end, as the simulator does.
pub async fn take_down(stage: &mut Stage) -> Result<(), String> {
    let mut tx = stage.tx().await;
    let rows = tx.decisions(None, None, i64::MAX).await.unwrap();
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    for row in rows {
        let known = Known::load(&stage.roof, &context, &mut tx, row.patient).await.unwrap();
        let line = line(stage, row, known.chart())?;
        stage.lines.push(line);
    }
    Ok(())
}

fn line(stage: &Stage, row: DecisionRow, chart: &Chart) -> Result<Line, String> {
    let patient = stage.people.iter().find(|(_, id)| **id == row.patient).map(|(name, _)| name.clone());
    let patient = patient.ok_or("a decision about a patient nobody named")?;
    let count = |number: Option<i32>| number.map(i32::cast_unsigned);
    let read = |e: serde_json::Error| e.to_string();
    let verdict: Verdict = from_value(Value::from(row.verdict)).map_err(read)?;
    let reason: Option<Reason> = from_value(Value::from(row.reason)).map_err(read)?;
    // As it came back from the database, it says why by itself.
    let detail: Detail = from_value(row.detail).map_err(read)?;
    let again = detail.asked.map(|asked| asked.answer(&detail.grounds, row.at));
    if again.is_none_or(|again| (again.verdict, again.reason) != (Some(verdict), reason)) {
        return Err(format!("{} {verdict:?} {reason:?} replays to {again:?}: {detail:?}", row.workflow));
    }
    Ok(Line {
        at: row.at,
        workflow: row.workflow,
        anchor: anchor(stage, &patient, chart, row.anchor),
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

fn anchor(stage: &Stage, patient: &str, chart: &Chart, anchor: Anchor) -> String {
    let called = |id: Uuid| stage.called.get(&id).map_or_else(|| "?".to_owned(), Clone::clone);
    let case = |key: EpisodeKey| match key {
        EpisodeKey::Named(id) => called(id.0),
        EpisodeKey::First | EpisodeKey::Next(_) => {
            let named = chart.episode(key).and_then(|episode| episode.named);
            let nth = if let EpisodeKey::Next(nth) = key { format!("default-{}", nth + 1) } else { "default".into() };
            named.map_or(nth, |id| called(id.0))
        }
    };
    let name = match anchor.subject {
        Subject::Patient => format!("patient:{patient}"),
        Subject::Encounter(id) => format!("encounter:{}", called(id.0)),
        Subject::Episode(key) => format!("episode:{}", case(key)),
        Subject::VisitDay { location, date } => {
            format!("visit_day:{}:{date}", location.map_or("-".into(), |id| called(id.0)))
        }
        Subject::Assignment(id) => format!("assignment:{}", chart.assignment(id).map_or("?", |a| &a.content)),
        Subject::Enrolment(id) => format!("enrolment:{}", called(id.0)),
        Subject::Birthday { year } => format!("birthday:{year}"),
        Subject::Idle { of: Idle::Login, days, since, .. } => format!("no-login:{days}:{since}"),
        Subject::Idle { of: Idle::Visits, days, since, episode } => {
            format!("no-visits:{}:{days}:{since}", episode.map_or("-".into(), case))
        }
        Subject::PresumedEnd { episode, on } => format!("presumed-end:{}:{on}", case(episode)),
    };
    if anchor.nth > 1 { format!("{name}#{}", anchor.nth) } else { name }
}

/// What was decided for a chart that is gone is from then on the survivor's.
pub fn after_merges(merged: &[(String, String)], lines: Vec<Line>) -> Vec<Line> {
    let now = |line: Line| {
        let survivor = merged.iter().find(|(_, gone)| *gone == line.patient).map(|(survivor, _)| survivor.clone());
        let Some(patient) = survivor else { return line };
        let anchor = line.anchor.replace(&format!("patient:{}", line.patient), &format!("patient:{patient}"));
        Line { patient, anchor, ..line }
    };
    lines.into_iter().map(now).collect()
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
