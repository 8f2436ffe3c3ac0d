//! The pages behind links in mails. The link is the key: it names one delivery and one purpose, is signed, and carries
//! nothing of the patient. No cookie counts here, and opening a link never changes anything: mail scanners open them all.

mod answer;
mod birth;
mod register;
mod unsubscribe;
mod visit;

pub(super) use birth::Birth;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use care::chart::{PatientChange, Source, What};
use care::id::{DeliveryId, PatientId};
use care::workflow::Delivery;
use pages::patient::{Language, PatientFrame, Said};
use store::{OrgTx, OrganizationRow};

use super::error::WebError;
use super::{Web, render};
use crate::runner::links::Purpose;
use crate::runner::{Context, Known, NewChange, record};

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/p/visit/{token}", get(visit::show))
        .route("/p/visit/{token}/calendar.ics", get(visit::calendar_file))
        .route("/p/register/{token}", get(register::show).post(register::register))
        .route("/p/answer/{token}", get(answer::show).post(answer::answer))
        .route("/p/unsubscribe/{token}", get(unsubscribe::show).post(unsubscribe::unsubscribe))
}

/// Heading and line, in English and Spanish, for who comes too late to answer.
pub(super) const EXPIRED: [(&str, &str); 2] = [
    ("This form is closed", "Este formulario está cerrado"),
    (
        "The time to answer it is over. That is all right: there is nothing you have to do. \
         If there is something your team should know, please call.",
        "El plazo para contestarlo terminó. No pasa nada: no tiene que hacer nada. \
         Si hay algo que su equipo deba saber, llámenos.",
    ),
];

/// What a link leads to, read in one transaction.
pub(super) struct Opened {
    pub tx: OrgTx,
    pub context: Context,
    pub patient: PatientId,
    pub delivery: Delivery,
    pub known: Known,
}

impl Opened {
    fn language(&self) -> Language {
        match self.known.snapshot.chart.patient.language.as_deref() {
            Some("es") => Language::Spanish,
            _ => Language::English,
        }
    }

    pub fn frame(&self) -> PatientFrame {
        let organization: &OrganizationRow = &self.context.organization;
        PatientFrame {
            language: self.language(),
            clinic_name: organization.clinic.name.clone(),
            clinic_phone: organization.phone.clone(),
            // There is no session whose power another site could borrow.
            csrf: String::new(),
            on_loan: false,
        }
    }

    pub fn say(&self, english: &str, spanish: &str) -> String {
        self.language().say(english, spanish).to_owned()
    }

    /// A page that says one thing.
    fn said(&self, heading: (&str, &str), line: (&str, &str)) -> Result<Response, WebError> {
        let heading = self.say(heading.0, heading.1);
        let page = Said { frame: self.frame(), heading, lines: vec![self.say(line.0, line.1)] };
        Ok(render::html(&page)?.into_response())
    }

    /// Records what the patient says, and commits.
    pub async fn record(mut self, web: &Web, what: What) -> Result<(), WebError> {
        let new = NewChange { at: web.roof.now(), source: Source::Patient, what, message: None };
        record(&web.roof, &mut self.tx, &self.context, self.patient, vec![new], false).await?;
        self.tx.commit().await?;
        web.settle().await
    }
}

/// Opens a link, holding the patient's row when something will be written. `None`: it is not one of ours.
pub(super) async fn open(web: &Web, purpose: Purpose, token: &str, to_write: bool) -> Result<Option<Opened>, WebError> {
    let Some((organization, id)) = web.roof.open_link(purpose, token) else { return Ok(None) };
    let mut tx = web.roof.app.begin(organization).await?;
    let Some(patient) = patient_of(&mut tx, id, to_write).await? else { return Ok(None) };
    let Some(delivery) = tx.delivery(id).await? else { return Ok(None) };
    let context = Context::load(&web.roof, &mut tx).await?;
    let known = Known::load(&web.roof, &context, &mut tx, patient).await?;
    Ok(Some(Opened { tx, context, patient, delivery, known }))
}

async fn patient_of(tx: &mut OrgTx, delivery: DeliveryId, to_write: bool) -> Result<Option<PatientId>, WebError> {
    let Some(patient) = tx.delivery_patient(delivery).await? else { return Ok(None) };
    let patient = if to_write { store::patient_lock(tx, patient).await? } else { tx.patient_now(patient).await? };
    Ok(patient)
}

/// A link that is cut short or made up: nobody knows whose it was, so both languages are spoken.
pub(super) fn does_not_work() -> Result<Response, WebError> {
    let frame = PatientFrame {
        language: Language::English,
        clinic_name: "Stepwell".into(),
        clinic_phone: String::new(),
        csrf: String::new(),
        on_loan: false,
    };
    let lines = vec![
        "Please open the link in the message again, or call your clinic.".into(),
        "Este enlace no funciona. Ábralo de nuevo desde el mensaje o llame a su clínica.".into(),
    ];
    let page = Said { frame, heading: "This link does not work".into(), lines };
    Ok((StatusCode::NOT_FOUND, render::html(&page)?).into_response())
}

fn patient_change(change: PatientChange) -> What {
    What::Patient(Box::new(change))
}
