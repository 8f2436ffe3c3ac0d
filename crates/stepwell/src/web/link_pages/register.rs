//! Registering: the birth date shows that the link came to the right person. The page shows nothing of the chart.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::{PatientChange, Write};
use pages::patient::Register;
use serde::Deserialize;

use super::super::error::WebError;
use super::super::form::Posted;
use super::super::{Web, render};
use super::{Birth, Opened, does_not_work, open, patient_change};
use crate::runner::links::Purpose;

#[derive(Deserialize)]
pub struct Given {
    birth_date: String,
}

pub async fn show(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, WebError> {
    let Some(opened) = open(&web, Purpose::Register, &token, false).await? else { return does_not_work() };
    if opened.known.snapshot.chart.patient.registered_at.is_some() {
        return welcome(&opened);
    }
    page(&opened, &token, StatusCode::OK, None)
}

pub async fn register(
    State(web): State<Web>,
    Path(token): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let Some(mut opened) = open(&web, Purpose::Register, &token, true).await? else { return does_not_work() };
    if opened.known.snapshot.chart.patient.registered_at.is_some() {
        return welcome(&opened);
    }
    match opened.try_birth(&given.birth_date, web.roof.now()).await? {
        Birth::Right => {}
        Birth::Wrong => {
            let answer = page(&opened, &token, StatusCode::BAD_REQUEST, Some(opened.wrong_birth_words()))?;
            opened.tx.commit().await?;
            return Ok(answer);
        }
        Birth::Shut => {
            let error = opened
                .say("Too many tries. Wait an hour, or call us.", "Demasiados intentos. Espere una hora o llámenos.");
            return page(&opened, &token, StatusCode::TOO_MANY_REQUESTS, Some(error));
        }
    }
    let thanks = welcome(&opened)?;
    let change = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
    opened.record(&web, patient_change(change)).await?;
    Ok(thanks)
}

fn page(opened: &Opened, token: &str, status: StatusCode, error: Option<String>) -> Result<Response, WebError> {
    let page = Register { frame: opened.frame(), action: format!("/p/register/{token}"), error };
    Ok((status, render::html(&page)?).into_response())
}

fn welcome(opened: &Opened) -> Result<Response, WebError> {
    opened.said(
        ("You are registered", "Ya está registrado"),
        ("Thank you. We will write to you before your visits.", "Gracias. Le escribiremos antes de sus citas."),
    )
}
