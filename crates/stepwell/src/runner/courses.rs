//! The rows of the outcomes, from the chart: written whenever it is folded.

use care::chart::{Chart, Clinic, Encounter, EpisodeKey};
use care::id::PatientId;
use care::questionnaire::course::{Course, courses};
use care::questionnaire::scoring::Instrument;
use care::zone;
use jiff::civil::Date;
use store::{CourseRow, Error, OrgTx};

const INTAKE: &str = "questionnaire/intake";

/// Writes how each episode goes by each form that is scored. Who was never given one has none.
pub async fn write(tx: &mut OrgTx, clinic: &Clinic, patient: PatientId, chart: &Chart) -> Result<(), Error> {
    if !chart.assignments.iter().any(|a| a.is_a("questionnaire")) {
        return Ok(());
    }
    let scored_by = tx.instruments().await?;
    let instrument = |content: &str| scored_by.get(content).and_then(|id| Instrument::parse(id).ok());
    let all = courses(chart, clinic, instrument);
    let rows: Vec<CourseRow> = all.iter().filter_map(|course| row(course, clinic, chart)).collect();
    tx.write_courses(patient, &rows).await
}

/// What was given outside of any episode is no course of one.
fn row(course: &Course, clinic: &Clinic, chart: &Chart) -> Option<CourseRow> {
    let key = course.episode?;
    let mut visits: Vec<&Encounter> =
        chart.encounters.iter().filter(|v| v.episode == key && v.state.stands()).collect();
    visits.sort_by_key(|visit| visit.starts_at());
    let came: Vec<Date> = visits
        .iter()
        .filter(|visit| visit.state.has_arrived())
        .filter_map(|visit| Some(zone::date_in(visit.starts_at()?, clinic.zone_at(visit.location))))
        .collect();
    let point = |point: care::questionnaire::course::Point| (point.score, point.on);
    let change = course.change();
    let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let stuck_on = course.stuck_on(&came);
    Some(CourseRow {
        episode: episode_word(key),
        content: course.content.clone(),
        instrument: course.instrument.id().into_owned(),
        is_open: chart.episodes.iter().any(|episode| episode.key == key && episode.is_open()),
        location: visits.iter().rev().find_map(|visit| visit.location).or(chart.patient.home_location),
        practitioner: visits.iter().rev().find_map(|visit| visit.known_practitioner()).map(str::to_owned),
        region: region(chart, key),
        baseline: course.baseline.map(point),
        latest: course.latest().map(point),
        asked: count(course.asked),
        answered: count(course.answered),
        gained: change.map(|_| stuck_on.is_none()),
        stuck_on,
    })
}

fn episode_word(key: EpisodeKey) -> String {
    match key {
        EpisodeKey::First => "first".to_owned(),
        EpisodeKey::Next(nth) => format!("next-{nth}"),
        EpisodeKey::Named(id) => id.to_string(),
    }
}

/// What the patient said at the start of this episode.
fn region(chart: &Chart, key: EpisodeKey) -> Option<String> {
    let intakes = chart.assignments.iter().filter(|a| a.content == INTAKE && a.episode == Some(key));
    let last = intakes.filter_map(|a| a.responses.last()).max_by_key(|response| response.at)?;
    last.answers.first("region").map(str::to_owned)
}
