//! Which form measures the course of what hurts where.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use care::chart::{BodyRegion, Clinic};
use care::questionnaire::scoring::Instrument;
use pages::Nav;
use pages::staff::{Choice, OutcomeFormsPage, Pick, RegionRow};
use store::{Error, OrgTx};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::{Web, render};

/// `GET /outcome-forms`
pub async fn show(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let choices = choices(&mut tx).await?;
    let rows = BodyRegion::ALL.map(|region| row(region, &choices, clinic.outcome_form(Some(region))));
    render::html(&page(&web, &actor, &clinic, rows.into()))
}

/// `POST /outcome-forms`
pub async fn save(
    State(web): State<Web>,
    actor: Actor,
    Posted(given): Posted<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChooseOutcomeForms)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let choices = choices(&mut tx).await?;
    let chosen = |region: BodyRegion| given.get(region.code()).map_or("", String::as_str);
    let rows = BodyRegion::ALL.map(|region| row(region, &choices, chosen(region)));
    if rows.iter().any(|row| row.pick.error.is_some()) {
        let page = page(&web, &actor, &clinic, rows.into());
        return Ok((StatusCode::BAD_REQUEST, render::html(&page)?).into_response());
    }
    // Whoever has not chosen goes along when a better free form ships.
    let own = BodyRegion::ALL.into_iter().filter(|region| chosen(*region) != clinic.usual_form(*region));
    tx.set_outcome_forms(&own.map(|region| (region, chosen(region).to_owned())).collect()).await?;
    tx.commit().await?;
    Ok(render::see("/outcome-forms", Some(&Said::OutcomeFormsKept)))
}

/// The forms of the library that measure what somebody can do.
async fn choices(tx: &mut OrgTx) -> Result<Vec<Choice>, Error> {
    let of_function = |scored_by: &String| Instrument::parse(scored_by).is_ok_and(Instrument::is_of_function);
    let scored: BTreeMap<_, _> = tx.instruments().await?.into_iter().filter(|(_, by)| of_function(by)).collect();
    let forms = tx.newest().await?.into_iter().filter(|row| scored.contains_key(&row.name.to_string()));
    Ok(forms.map(|row| Choice::new(&row.name.to_string(), &row.title)).collect())
}

fn row(region: BodyRegion, choices: &[Choice], chosen: &str) -> RegionRow {
    let known = choices.iter().any(|choice| choice.value == chosen);
    let error = (!known).then(|| "This form is not in the library. Choose one of the list.".to_owned());
    let (title, usual) = words(region);
    let pick = Pick { error, ..Pick::of(choices.to_vec(), chosen) };
    RegionRow { code: region.code().into(), title: title.into(), usual, pick }
}

/// How a part of the body is called, and which instrument clinics often use there.
fn words(region: BodyRegion) -> (&'static str, &'static str) {
    const NECK: &str = "Neck Disability Index";
    const ARM: &str = "QuickDASH";
    const BACK: &str = "Modified Oswestry";
    const LEG: &str = "Lower Extremity Functional Scale";
    match region {
        BodyRegion::Neck => ("Neck", NECK),
        BodyRegion::UpperBack => ("Upper back", NECK),
        BodyRegion::Shoulder => ("Shoulder", ARM),
        BodyRegion::Elbow => ("Elbow", ARM),
        BodyRegion::WristAndHand => ("Wrist or hand", ARM),
        BodyRegion::MidBack => ("Middle of the back", BACK),
        BodyRegion::LowBack => ("Low back", BACK),
        BodyRegion::Hip => ("Hip", LEG),
        BodyRegion::Thigh => ("Thigh", LEG),
        BodyRegion::Knee => ("Knee", "Knee Outcome Survey"),
        BodyRegion::LowerLeg => ("Lower leg", LEG),
        BodyRegion::AnkleAndFoot => ("Ankle or foot", LEG),
    }
}

fn page(web: &Web, actor: &Actor, clinic: &Clinic, rows: Vec<RegionRow>) -> OutcomeFormsPage {
    let frame = actor.frame(web, clinic, "Outcome forms", Nav::Workflows);
    OutcomeFormsPage { frame, rows, may_change: actor.may(Permission::ChooseOutcomeForms).is_ok() }
}
