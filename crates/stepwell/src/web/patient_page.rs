//! One patient: visits, what lies ahead, why and why not, and the thread of everything that happened.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use care::chart::{Change, Chart, Clinic, Encounter, Patient, What};
use care::id::PatientId;
use care::workflow::StepState;
use care::zone;
use jiff::{Span, Timestamp};
use pages::Nav;
use pages::charts::ContentKind;
use pages::staff::{LogVisit, PatientPage, PlannedRow, Visit, VisitState};

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{
    Web, courses, enrolments, fill, form, may_send, merges, render, thread, times, visit_form, visits, why, words,
};
use crate::library;
use crate::runner::{Context, Known};

/// Rows of the thread that are read.
const THREAD: i64 = 500;

pub async fn show(State(web): State<Web>, actor: Actor, Path(patient): Path<String>) -> Result<Response, WebError> {
    let asked: PatientId = form::id(&patient, "patient")?;
    actor.may(Permission::SeePatients)?;
    let now = actor.begin(&web).await?.patient_now(asked).await?.ok_or(WebError::not_found("patient"))?;
    if now != asked {
        // Merged into another record: that is the patient now.
        return Ok(Redirect::to(&format!("/patients/{now}")).into_response());
    }
    Ok(page(&web, &actor, asked, None, None).await?.into_response())
}

/// The page; `log_visit` and `enrol` are forms that come back with errors.
pub async fn page(
    web: &Web,
    actor: &Actor,
    patient: PatientId,
    log_visit: Option<LogVisit>,
    enrol: Option<&enrolments::Given>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeePatients)?;
    let mut tx = actor.begin(web).await?;
    let patient = tx.patient_now(patient).await?.ok_or(WebError::not_found("patient"))?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    let decisions = tx.decisions(Some(patient), None, THREAD).await?;
    let staff = tx.staff_names().await?;
    let titles = library::titles(&mut tx).await?;
    let told = thread::Told {
        events: tx.events(patient).await?,
        assignments: tx.assignments(patient).await?,
        deliveries: tx.deliveries(Some(patient)).await?,
        reports: tx.mail_reports(patient).await?,
        decisions: &decisions,
        staff: &staff,
        titles: &titles,
    };
    let scored_by = tx.instruments().await?;
    let today = zone::date_in(web.roof.now(), known.chart().home_zone(&context.organization.clinic));
    let since = today.saturating_sub(Span::new().days(may_send::MARKED_DAYS - 1));
    let marks = tx.done_marks(patient, since).await?;
    let stops = tx.suppressions(&may_send::addresses(&known)).await?;
    let merged = merges::merged_from(&mut tx, patient, &context.organization.clinic.zone).await?;
    let now = web.roof.now();
    let clinic = &context.organization.clinic;
    let chart = &known.snapshot.chart;
    let p = &chart.patient;
    let name = words::full_name(p.given.as_deref().unwrap_or(""), p.family.as_deref().unwrap_or(""));
    let home = p.home_location.and_then(|id| clinic.locations.get(&id));
    let given = visit_form::Given {
        location: p.home_location.map(|id| id.to_string()).unwrap_or_default(),
        visit_type: "follow_up".into(),
        ..visit_form::Given::default()
    };
    let page = PatientPage {
        frame: actor.frame(web, clinic, &name, Nav::Patients),
        name,
        age: age_words(p, zone::date_in(now, chart.home_zone(clinic))),
        language: words::language(p.language.as_deref()),
        location: home.map_or("no home location".into(), |l| l.name.clone()),
        episode: episode_words(chart),
        contact: may_send::contact_state(&known),
        contacts: may_send::contacts(&known, &stops, actor, clinic),
        guardian: may_send::guardian_words(p.guardian.as_ref()),
        details_href: format!("/patients/{patient}/details"),
        consents: may_send::consents(&known.changes, &clinic.zone),
        record_consent: may_send::record_consent(patient),
        open_tasks: may_send::open_tasks(&context, &known, &titles, &marks),
        answered: fill::answered_rows(&context, &known, &titles, &staff),
        give_href: format!("/patients/{patient}/assignments/new"),
        courses: courses::cards(&known, clinic, &scored_by, &titles),
        visits: visit_rows(&known, clinic, patient),
        log_visit: log_visit.unwrap_or_else(|| visit_form::show(&given, clinic, patient)),
        by_hand: enrolments::by_hand(&context, &known, patient, now, enrol),
        plan: plan(&context, &known, now),
        why: why::rows(&context, &known, &decisions, now),
        thread: thread::rows(&context, &known, &told),
        merged,
        may_unmerge: actor.may(Permission::UnmergePatients).is_ok(),
        merge_href: format!("/patients/{patient}/merge"),
    };
    render::html(&page)
}

fn age_words(patient: &Patient, today: jiff::civil::Date) -> String {
    match (patient.age_on(today), patient.birth_date) {
        (Some(1), Some(born)) => format!("1 year, born {}", times::plain_date(born)),
        (Some(years), Some(born)) => format!("{years} years, born {}", times::plain_date(born)),
        _ => "birth date not known".into(),
    }
}

/// The episode that is open, or the last one.
fn episode_words(chart: &Chart) -> String {
    let open = chart.episodes.iter().rev().find(|e| e.is_open());
    let Some(episode) = open.or(chart.episodes.last()) else { return String::new() };
    let title = episode.title.as_deref().unwrap_or("episode of care");
    match &episode.state {
        care::chart::EpisodeState::Open => format!("{title}, since {}", times::plain_date(episode.opened_on)),
        care::chart::EpisodeState::Discharged { on, .. } => format!("{title}, ended {}", times::plain_date(*on)),
        care::chart::EpisodeState::PresumedEnded { on, .. } => {
            format!("{title}, presumed ended {}", times::plain_date(*on))
        }
    }
}

fn visit_rows(known: &Known, clinic: &Clinic, patient: PatientId) -> Vec<Visit> {
    let row = |visit: &Encounter| -> Option<Visit> {
        let state = words::visit_state(visit.state)?;
        let zone = clinic.zone_at(visit.location);
        let start = visit.starts_at();
        let place = visit.location.and_then(|id| clinic.locations.get(&id));
        Some(Visit {
            at: start.map(|at| times::stamp(at, zone, &clinic.zone)).unwrap_or_default(),
            location: place.map_or("location not known".into(), |l| l.name.clone()),
            visit_type: words::visit_type(visit.visit_type).to_owned(),
            practitioner: visit.practitioner.clone(),
            state,
            source: source_of(&known.changes, visit).to_owned(),
            actions: visits::actions(patient, visit.id, state, start, zone),
        })
    };
    let mut rows: Vec<(bool, Visit)> = known
        .snapshot
        .chart
        .encounters
        .iter()
        .rev()
        .filter_map(row)
        .map(|v| (v.state == VisitState::EnteredInError, v))
        .collect();
    // Newest first; what never was comes last.
    rows.sort_by_key(|(never_was, _)| *never_was);
    rows.into_iter().map(|(_, visit)| visit).collect()
}

/// Who spoke last of the visit.
fn source_of(changes: &[Change], visit: &Encounter) -> &'static str {
    let of_visit = |change: &&Change| matches!(&change.what, What::Encounter(e) if visit.ids.contains(&e.encounter));
    let last = changes.iter().filter(of_visit).max_by_key(|change| (change.stamp, change.received_at));
    last.map_or("", |change| words::source(change.source))
}

/// What is planned and has not come to its end, the next first.
fn plan(context: &Context, known: &Known, now: Timestamp) -> Vec<PlannedRow> {
    let clinic = &context.organization.clinic;
    let facts = known.facts(context, now);
    let mut rows = vec![];
    for run in known.ledger.runs.values() {
        let Some(workflow) = context.workflows.version(&run.workflow, run.version) else { continue };
        let zone = thread::zone_of(clinic, known, facts.occurrence(run.anchor));
        for planned in &run.steps {
            let (StepState::Pending { at }, Some(step)) = (planned.state, workflow.step(&planned.step)) else {
                continue;
            };
            let note = match at {
                None => "waits: the workflow is switched off".into(),
                Some(at) if at > planned.due => format!("waits until {}", times::short_words(at, zone)),
                Some(_) => String::new(),
            };
            let row = PlannedRow {
                due: times::stamp(planned.due, zone, &clinic.zone),
                workflow: workflow.title.clone(),
                step: planned.step.clone(),
                kind: step.tasks.first().map_or(ContentKind::Email, words::content_kind),
                content: step.tasks.iter().map(words::task_title).collect::<Vec<_>>().join(", "),
                note,
            };
            rows.push((planned.due, row));
        }
    }
    rows.sort_by_key(|(due, _)| *due);
    rows.into_iter().map(|(_, row)| row).collect()
}
