//! A form answered at the clinic: the whole of it on one page, by a member of staff. What a patient says on the phone is
//! read in here, and forms for staff are asked nowhere else.

mod answered;
mod correct;
mod handover;
mod sheet;

pub use answered::rows as answered_rows;
pub use correct::{correct, form as correction};
pub use handover::hand_over;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::What;

use super::actor::Actor;
use super::by_hand::HandAct;
use super::error::WebError;
use super::flash::Said;
use super::form::Posted;
use super::permission::Permission;
use super::responses::{harm_in, response_to, with_draft, without_faults};
use super::{Web, render};
use sheet::{Page, Sheet, expired};

/// A form's fields, in the order they were sent.
type Fields = Vec<(String, String)>;

/// `GET /patients/{patient}/forms/{assignment}`: the form, or what was answered.
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, assignment)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangePatients)?;
    let mut sheet = Sheet::look(&web, &actor, &patient, &assignment).await?;
    if sheet.assignment.is_expired() {
        return Err(expired());
    }
    if !sheet.assignment.is_open() {
        return Ok(render::html(&answered::page(&web, &actor, &mut sheet).await?)?.into_response());
    }
    let draft = sheet.held.tx.draft(sheet.assignment.id).await?;
    let given = with_draft(sheet.returned.clone(), &draft);
    Ok(render::html(&sheet.page(&web, &actor, (&given, &given), &Page::answering()))?.into_response())
}

/// `POST /patients/{patient}/forms/{assignment}`: saves what is there, or hands it in.
pub async fn answer(
    State(web): State<Web>,
    actor: Actor,
    Path((patient, assignment)): Path<(String, String)>,
    Posted(fields): Posted<Fields>,
) -> Result<Response, WebError> {
    actor.may(Permission::ChangePatients)?;
    let mut sheet = Sheet::take(&web, &actor, &patient, &assignment).await?;
    sheet.must_be_open()?;
    let draft = sheet.held.tx.draft(sheet.assignment.id).await?;
    let stands = with_draft(sheet.returned.clone(), &draft);
    if sheet.is_stale(&fields, &stands) {
        // Nothing is lost: what was typed here is shown over what was saved meanwhile, and saved when that was seen.
        let both = with_draft(stands.clone(), &sheet.read(&fields, sheet.returned.clone()));
        let page = Page { newer: true, ..Page::answering() };
        return Ok(
            (StatusCode::CONFLICT, render::html(&sheet.page(&web, &actor, (&stands, &both), &page))?).into_response()
        );
    }
    let given = sheet.read(&fields, stands);
    let walk = sheet.form.walk(&given);
    let kept = without_faults(&sheet.form, &walk, &given);
    let harm = harm_in(&sheet.form, &sheet.assignment, &walk.answers);
    let (id, now, of) = (sheet.assignment.id, web.roof.now(), sheet.held.known.patient);
    let page = match sheet.stands_in_the_way(&fields, &walk) {
        None => {
            let act = response_to(&sheet.form, walk.answers, None);
            sheet.held.tx.drop_draft(id).await?;
            if let Some(harm) = &harm {
                sheet.held.tx.harm_handed_in(of, harm).await?;
            }
            let (to, what) = (sheet.path(), What::Assignment { assignment: id, act });
            return sheet.held.record(&web, &actor, what, HandAct::Answered, &to).await;
        }
        Some(page) => page,
    };
    sheet.held.tx.save_draft(of, id, &kept, now).await?;
    if let Some(harm) = &harm {
        sheet.held.tx.harm_said(of, harm, now, web.roof.new_id()).await?;
    }
    if page.saved_as_it_is() {
        let to = sheet.path();
        sheet.held.tx.commit().await?;
        return Ok(render::see(&to, Some(&Said::FormSaved)));
    }
    let status = if page.faults.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let saved = with_draft(sheet.returned.clone(), &kept);
    let answer = (status, render::html(&sheet.page(&web, &actor, (&saved, &given), &page))?).into_response();
    sheet.held.tx.commit().await?;
    Ok(answer)
}
