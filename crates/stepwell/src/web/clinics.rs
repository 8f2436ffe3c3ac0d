//! The clinics of an account: who administers it goes from one into another.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{Html, Response};
use care::id::{AccountId, OrganizationId};
use pages::Nav;
use pages::staff::{ClinicLine, ClinicsPage};

use super::actor::{Actor, hash_of, token};
use super::error::WebError;
use super::permission::Permission;
use super::{Web, render, session};
use crate::ids;

/// The account that somebody may go about in.
fn account_of(actor: &Actor) -> Result<AccountId, WebError> {
    actor.may(Permission::ChangeClinic)?;
    actor
        .administers
        .ok_or_else(|| WebError::forbidden("Only an administrator of the clinic's account may go into another clinic."))
}

/// `GET /clinics`
pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    let account = account_of(&actor)?;
    let clinic = actor.begin(&web).await?.clinic().await?.clinic;
    let mut tx = web.roof.app.begin_account(account).await?;
    let mut clinics = vec![];
    for organization in tx.organizations().await? {
        clinics.push(ClinicLine {
            name: tx.turn_to(organization).await?.clinic().await?.clinic.name,
            href: format!("/clinics/{organization}"),
            here: organization == actor.organization,
        });
    }
    clinics.sort_by(|a, b| a.name.cmp(&b.name));
    let account = tx.name().await?;
    render::html(&ClinicsPage { frame: actor.frame(&web, &clinic, "Clinics", Nav::Clinics), account, clinics })
}

/// `POST /clinics/{clinic}`: this browser's session ends here and goes on there, for as long as it would have lasted.
pub async fn go(
    State(web): State<Web>,
    actor: Actor,
    Path(wanted): Path<OrganizationId>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let account = account_of(&actor)?;
    let (now, old) = (web.roof.now(), token(&headers).ok_or_else(|| WebError::sign_in("/clinics"))?);
    let mut tx = web.roof.app.begin_account(account).await?;
    if !tx.organizations().await?.contains(&wanted) {
        return Err(WebError::not_found("clinic of your account"));
    }
    let name = if actor.guest { actor.name.clone() } else { format!("{} ({})", actor.name, tx.name().await?) };
    let until = tx.turn_to(actor.organization).await?.take_session(&hash_of(&old)).await?;
    let until = until.ok_or_else(|| WebError::sign_in("/clinics"))?;
    let token = ids::hex(&ids::random::<32>());
    let there = tx.turn_to(wanted).await?;
    there.receive_guest(actor.staff, &name).await?;
    there.start_session(actor.staff, &hash_of(&token), now, until).await?;
    tx.commit().await?;
    let seconds = until.duration_since(now).as_secs();
    Ok(session::with_session(&web, render::see("/", None), &token, seconds))
}
