//! Two records are one person: find the other, look at both, confirm; and undo it.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::chart::{Chart, Clinic};
use care::id::PatientId;
use pages::Nav;
use pages::staff::{MergeCompare, MergeLine, MergeRow, MergeSearch, MergedFrom};
use serde::Deserialize;
use store::OrgTx;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, form, render, times, words};
use crate::runner::{Context, Known, merge as merging};

const SHOWN: i64 = 20;

#[derive(Deserialize, Default)]
pub struct Search {
    #[serde(default)]
    q: String,
}

pub async fn search_form(state: State<Web>, actor: Actor, id: Path<String>) -> Result<Html<String>, WebError> {
    found(&state.0, &actor, &id.0, Search::default()).await
}

/// By POST: a name has no place in a URL.
pub async fn search(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(search): Posted<Search>,
) -> Result<Html<String>, WebError> {
    found(&web, &actor, &id, search).await
}

async fn found(web: &Web, actor: &Actor, id: &str, search: Search) -> Result<Html<String>, WebError> {
    actor.may(Permission::MergePatients)?;
    let mut tx = actor.begin(web).await?;
    let patient = standing(&mut tx, id).await?;
    let clinic = tx.clinic().await?.clinic;
    let wanted = search.q.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rows = vec![];
    if !wanted.is_empty() {
        rows = tx.search_patients(&wanted, web.roof.now(), SHOWN).await?;
        rows.retain(|row| row.id != patient);
    }
    let name = name_of(&mut tx, patient).await?;
    let base = format!("/patients/{patient}");
    let row = |row: store::PatientRow| MergeRow {
        href: format!("{base}/merge/{}", row.id),
        name: words::full_name(&row.given, &row.family),
        birth_date: row.birth_date.map(times::plain_date).unwrap_or_default(),
        location: clinic.location(row.home_location).map(|l| l.name.clone()).unwrap_or_default(),
        next_visit: row
            .next_visit
            .map(|at| times::short_words(at, clinic.zone_at(row.home_location)))
            .unwrap_or_default(),
    };
    render::html(&MergeSearch {
        frame: actor.frame(web, &clinic, "Merge", Nav::Patients),
        name,
        query: search.q,
        rows: rows.into_iter().map(row).collect(),
        base,
    })
}

pub async fn compare(
    State(web): State<Web>,
    actor: Actor,
    Path((id, other)): Path<(String, String)>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::MergePatients)?;
    let mut tx = actor.begin(&web).await?;
    let two = both(&mut tx, &id, &other).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    let kept = Known::load(&web.roof, &context, &mut tx, two.survivor).await?;
    let gone = Known::load(&web.roof, &context, &mut tx, two.gone).await?;
    let numbers = [tx.patient_numbers(two.survivor).await?, tx.patient_numbers(two.gone).await?];
    let clinic = &context.organization.clinic;
    let mut lines = lines(kept.chart(), gone.chart(), clinic);
    let [kept_numbers, gone_numbers] =
        numbers.map(|all| all.iter().map(|(scope, n)| format!("{n} ({scope})")).collect::<Vec<_>>().join(", "));
    lines.push(MergeLine { label: "Numbers", kept: kept_numbers, gone: gone_numbers });
    let base = format!("/patients/{}", two.survivor);
    render::html(&MergeCompare {
        frame: actor.frame(&web, clinic, "Are these one person?", Nav::Patients),
        action: format!("{base}/merge/{}", two.gone),
        kept: name_of(&mut tx, two.survivor).await?,
        gone: name_of(&mut tx, two.gone).await?,
        lines,
        base,
    })
}

fn lines(kept: &Chart, gone: &Chart, clinic: &Clinic) -> Vec<MergeLine> {
    let both = |label, of: &dyn Fn(&Chart) -> String| MergeLine { label, kept: of(kept), gone: of(gone) };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let name = |c: &Chart| {
        words::full_name(c.patient.given.as_deref().unwrap_or(""), c.patient.family.as_deref().unwrap_or(""))
    };
    vec![
        both("Name", &name),
        both("Birth date", &|c| c.patient.birth_date.map(times::plain_date).unwrap_or_default()),
        both("Sex", &|c| c.patient.sex.map(|s| s.code().to_owned()).unwrap_or_default()),
        both("Email", &|c| text(&c.patient.email)),
        both("Mobile", &|c| text(&c.patient.mobile)),
        both("Location", &|c| clinic.location(c.patient.home_location).map(|l| l.name.clone()).unwrap_or_default()),
        both("Visits", &|c| format!("{}, {} of them took place", c.encounters.len(), c.visits_arrived())),
    ]
}

pub async fn merge(
    State(web): State<Web>,
    actor: Actor,
    Path((id, other)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::MergePatients)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let two = both(&mut tx, &id, &other).await?;
    let mut pair = [two.survivor, two.gone];
    pair.sort();
    for patient in pair {
        // Somebody else was faster.
        if store::patient_lock(&mut tx, patient).await? != Some(patient) {
            return Err(WebError::conflict("One of the two was merged a moment ago."));
        }
    }
    let context = Context::load(&web.roof, &mut tx).await?;
    merging::merge(&web.roof, &mut tx, &context, two, Some(actor.staff), false).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/patients/{}", two.survivor), Some(&Said::Merged)))
}

pub async fn unmerge(
    State(web): State<Web>,
    actor: Actor,
    Path((id, other)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::UnmergePatients)?;
    web.let_time_pass().await?;
    let two = merging::Two { survivor: form::id(&id, "patient")?, gone: form::id(&other, "patient")? };
    let mut tx = actor.begin(&web).await?;
    let context = Context::load(&web.roof, &mut tx).await?;
    if !merging::unmerge(&web.roof, &mut tx, &context, two).await? {
        return Err(WebError::conflict("No such merge stands: it was undone already, or the record was merged again."));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/patients/{}", two.survivor), Some(&Said::Unmerged)))
}

/// For the survivor's page.
pub async fn merged_from(tx: &mut OrgTx, patient: PatientId, zone: &str) -> Result<Vec<MergedFrom>, WebError> {
    let mut all = vec![];
    for row in tx.merges_into(patient).await? {
        let by = match row.by {
            Some(id) => tx.staff(id).await?.map_or_else(|| "staff".to_owned(), |person| person.name),
            None => "the EMR".to_owned(),
        };
        let name = words::full_name(&row.given, &row.family);
        all.push(MergedFrom {
            words: format!("Merged from {name} on {} by {by}", times::short_words(row.at, zone)),
            action: format!("/patients/{patient}/merge/{}", row.gone),
        });
    }
    Ok(all)
}

/// Two different records, neither of which is another name of one.
async fn both(tx: &mut OrgTx, id: &str, other: &str) -> Result<merging::Two, WebError> {
    let (survivor, gone) = (standing(tx, id).await?, standing(tx, other).await?);
    if survivor == gone {
        return Err(WebError::conflict("These are the same record already."));
    }
    Ok(merging::Two { survivor, gone })
}

async fn standing(tx: &mut OrgTx, id: &str) -> Result<PatientId, WebError> {
    tx.patient_now(form::id(id, "patient")?).await?.ok_or(WebError::not_found("patient"))
}

async fn name_of(tx: &mut OrgTx, patient: PatientId) -> Result<String, WebError> {
    let names = tx.patient_names(&[patient]).await?;
    Ok(names.first().map(|(_, given, family)| words::full_name(given, family)).unwrap_or_default())
}
