//! The work list's items: what the engine could not decide for the clinic.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use pages::Nav;
use pages::staff::{Settle, Way};
use store::NoticeRow;
use uuid::Uuid;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::permission::Permission;
use super::{Web, form, render, times, words};

pub fn title(kind: &str) -> &'static str {
    match kind {
        "booking_of_cancelled_visit" => "A cancelled visit was booked again",
        "safety_answer" => "An answer needs a call now",
        "told" => "For the care team",
        "unmapped_type" => "A visit type is not mapped",
        "unclaimed_practitioner" => "A practitioner is not known",
        "unknown_location" => "A location is not known",
        "unreadable_settings" => "The settings of an interface cannot be read",
        _ => "Something needs a look",
    }
}

pub fn detail(row: &NoticeRow) -> String {
    let who = words::full_name(&row.given, &row.family);
    match row.kind.as_str() {
        "booking_of_cancelled_visit" => {
            format!(
                "{who}: the EMR booked a cancelled visit for the time it had. Is it an old message or a new booking?"
            )
        }
        "safety_answer" => {
            let whose = row.for_whom.as_ref().map(|name| format!(" This is for {name}.")).unwrap_or_default();
            format!(
                "{who} gave an answer that may mean harm. Call the patient now, then note here that it is done.{whose}"
            )
        }
        "unmapped_type" => {
            format!(
                "The EMR calls a visit “{}”, first that of {who}. Say on the interface's page what that is.",
                row.about
            )
        }
        "unclaimed_practitioner" => {
            format!(
                "The EMR names the practitioner “{}”, first for {who}. Say on the interface's page who that is.",
                row.about
            )
        }
        "unreadable_settings" => format!(
            "{}: its messages are kept and wait. Correct the settings of the interface (docs/OPERATIONS.md, Interfaces); they are read again by themselves.",
            row.about
        ),
        "unknown_location" => {
            format!("{who}: the EMR names the location “{}”. Add it in the interface's settings.", row.about)
        }
        "told" => format!("{who}: {}", row.text),
        _ => format!("{who}: {}", row.about),
    }
}

/// Where it is settled, or looked at.
fn look(row: &NoticeRow) -> Option<(String, String)> {
    let of_words = matches!(row.kind.as_str(), "unmapped_type" | "unclaimed_practitioner");
    match (row.interface, row.patient) {
        (Some(interface), _) if of_words => Some((format!("/interfaces/{interface}/types"), "Say what it is".into())),
        (_, Some(patient)) => Some((format!("/patients/{patient}"), "Open the patient".into())),
        (_, None) => Some(("/interfaces".into(), "Open the interfaces".into())),
    }
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(notice): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SettleWork)?;
    let id: Uuid = form::id(&notice, "notice")?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let open = tx.open_notices().await?;
    let row = open.iter().find(|row| row.id == id).ok_or(WebError::not_found("open notice"))?;
    let heading = title(&row.kind);
    render::html(&Settle {
        frame: actor.frame(&web, &clinic, heading, Nav::Today),
        heading: heading.into(),
        since: format!("Since {}", times::short_words(row.at, &clinic.zone)),
        detail: detail(row),
        look: look(row),
        ways: vec![Way {
            action: format!("/notices/{id}/done"),
            words: "Done".into(),
            effect: "It leaves the work list.".into(),
            primary: true,
        }],
    })
}

pub async fn done(State(web): State<Web>, actor: Actor, Path(notice): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::SettleWork)?;
    let mut tx = actor.begin(&web).await?;
    let closed = tx.close_notice(form::id(&notice, "notice")?, web.roof.now()).await?;
    tx.commit().await?;
    if !closed {
        return Err(WebError::conflict("Somebody settled this already."));
    }
    Ok(render::see("/", Some(&Said::NoticeDone)))
}
