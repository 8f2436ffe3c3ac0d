//! Answers are amended, never edited: a correction is a response of its own, and the earlier one stays.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::What;
use care::questionnaire::Answers;

use super::super::actor::Actor;
use super::super::by_hand::HandAct;
use super::super::error::WebError;
use super::super::form::Posted;
use super::super::permission::Permission;
use super::super::responses::response_to;
use super::super::{Web, render};
use super::Fields;
use super::sheet::{Page, Sheet, expired};

/// The answers that stand.
fn standing(sheet: &Sheet) -> Result<Answers, WebError> {
    let last = sheet.assignment.responses.last().map(|last| last.answers.clone());
    last.ok_or_else(|| match sheet.assignment.is_expired() {
        true => expired(),
        false => WebError::conflict("The form is not answered yet. Open it and answer it."),
    })
}

/// `GET /patients/{patient}/forms/{assignment}/correction`
pub async fn form(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, assignment)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangePatients)?;
    let sheet = Sheet::look(&web, &actor, &patient, &assignment).await?;
    let page = Page { correcting: true, ..Page::answering() };
    let stands = standing(&sheet)?;
    Ok(render::html(&sheet.page(&web, &actor, (&stands, &stands), &page))?.into_response())
}

/// `POST /patients/{patient}/forms/{assignment}/correction`
pub async fn correct(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, assignment)): Path<(String, String)>,
    Posted(fields): Posted<Fields>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangePatients)?;
    let sheet = Sheet::take(&web, &actor, &patient, &assignment).await?;
    let before = standing(&sheet)?;
    if sheet.is_stale(&fields, &before) {
        let page = Page { correcting: true, newer: true, ..Page::answering() };
        let shown = render::html(&sheet.page(&web, &actor, (&before, &before), &page))?;
        return Ok((StatusCode::CONFLICT, shown).into_response());
    }
    let given = sheet.read(&fields, before.clone());
    let walk = sheet.form.walk(&given);
    if let Some(page) = sheet.stands_in_the_way(&fields, &walk) {
        let page = Page { correcting: true, ..page };
        let status = if page.faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        return Ok((status, render::html(&sheet.page(&web, &actor, (&before, &given), &page))?).into_response());
    }
    let to = sheet.path();
    if walk.answers == before {
        return Ok(render::see(&to, None));
    }
    let act = response_to(&sheet.form, walk.answers, None);
    let what = What::Assignment { assignment: sheet.assignment.id, act };
    sheet.held.record(&web, &actor, what, HandAct::Answered, &to).await
}
