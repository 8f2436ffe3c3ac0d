//! **web** — the pages. Every staff handler names an actor and a permission; no decision about a patient is taken here:
//! handlers read, hand changes to `runner::record`, and fill the view models of the pages room.
//!
//! Protects: nobody acts without a session ([`actor`]), without the permission ([`permission`]) or from another site
//! ([`gate`]); a link in a mail opens one delivery's page for one purpose and nothing else ([`link_pages`]); no answer
//! leaves without its security headers ([`headers`]).
//!
//! ```no_run
//! # use std::sync::Arc;
//! # async fn example(roof: Arc<stepwell::Roof>, listener: tokio::net::TcpListener) -> std::io::Result<()> {
//! axum::serve(listener, stepwell::web::router(roof, None)).await
//! # }
//! ```

mod activation;
mod actor;
mod asset;
mod attach;
mod by_hand;
mod clinics;
mod clock;
mod closed_days;
mod courses;
mod deliveries;
mod details;
mod effects;
mod enrol_filter;
mod enrol_lists;
mod enrolments;
mod error;
mod feeds;
mod fill;
mod flash;
mod form;
mod gate;
mod give;
mod ground_words;
mod headers;
mod health;
mod history;
mod home;
mod hours;
mod import_columns;
mod import_item;
mod imports;
mod instruments;
mod interface_types;
mod interfaces;
mod library;
mod library_form;
mod library_item;
mod library_notice;
mod link_pages;
mod live;
mod locations;
mod mailbox;
mod may_send;
mod merges;
mod messages;
mod notices;
mod on_call;
mod outcome;
mod outcome_forms;
mod outcomes;
mod password;
mod patient_page;
mod patients;
mod permission;
mod portal;
mod previews;
mod questions;
mod rehearsal;
mod render;
mod responses;
mod session;
mod text_hours;
mod thread;
mod times;
mod tries;
mod upload;
mod videos;
mod visit_form;
mod visits;
mod webhooks;
mod why;
mod why_page;
mod why_run;
mod words;
mod workflow_check;
mod workflow_edit;
mod workflow_page;
mod workflow_publish;
mod workflow_words;
mod workflows;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};
use jiff::SignedDuration;

use crate::Roof;
use crate::demo::Demo;
use error::WebError;
use previews::Previews;
use tries::Tries;

pub(crate) use responses::response_to;

/// What every handler shares.
#[derive(Clone)]
struct Web {
    roof: Arc<Roof>,
    demo: Option<Arc<Demo>>,
    /// Failed sign-ins by email.
    sign_ins: Arc<Tries>,
    previews: Arc<Previews>,
}

impl Web {
    /// Before a change. A clock moved by hand stands still while people act: let a second pass, so that what they do
    /// one after the other stays in order.
    async fn let_time_pass(&self) -> Result<(), WebError> {
        if let Some(demo) = &self.demo {
            let now = self.roof.now();
            demo.move_clock(&self.roof, now.checked_add(SignedDuration::from_secs(1)).unwrap_or(now)).await?;
        }
        Ok(())
    }

    /// After a commit: the runner is told, and in the demo what follows has happened before the next page is shown.
    async fn settle(&self) -> Result<(), WebError> {
        self.roof.wake.notify_one();
        if let Some(demo) = &self.demo {
            demo.move_clock(&self.roof, self.roof.now()).await?;
        }
        Ok(())
    }
}

/// All routes. `demo` adds the mailbox and the clock bar.
pub fn router(roof: Arc<Roof>, demo: Option<Arc<Demo>>) -> Router {
    let web =
        Web { roof, demo, sign_ins: Arc::new(Tries::new(10, SignedDuration::from_mins(15))), previews: Arc::default() };
    let routes = staff_routes()
        .merge(link_pages::routes())
        .merge(portal::routes())
        .merge(demo_routes(web.demo.is_some()))
        .route("/healthz", get(health::is_up))
        .route("/readyz", get(health::is_ready))
        .route(pages::APP_CSS_PATH, get(asset::app_css))
        .route(pages::ICON_PATH, get(asset::icon))
        .fallback(|| async { WebError::not_found("page") })
        .method_not_allowed_fallback(|| async { WebError::not_found("page") })
        .with_state(web);
    // A form says DELETE in a hidden field: the gate reads it before a route is chosen.
    Router::new().fallback_service(routes).layer(from_fn(gate::gate)).layer(from_fn(headers::add))
}

fn staff_routes() -> Router<Web> {
    Router::new()
        .route("/", get(home::show))
        .route("/sign-in", get(session::form).post(session::start))
        .route("/session", post(session::start).delete(session::end))
        .route("/sign-out", post(session::end))
        .route("/clinics", get(clinics::list))
        .route("/clinics/{clinic}", post(clinics::go))
        .route("/workflows", get(workflows::list))
        .route("/webhooks", get(webhooks::list).post(webhooks::add))
        .route("/webhooks/{webhook}", delete(webhooks::remove))
        .route("/webhooks/{webhook}/activation", post(webhooks::on).delete(webhooks::off))
        .route("/webhooks/{webhook}/test", post(webhooks::test))
        .route("/outcome-forms", get(outcome_forms::show).post(outcome_forms::save))
        .route("/settings/on-call", get(on_call::show).post(on_call::save).delete(on_call::remove))
        .route("/outcomes", get(outcomes::show))
        .route("/text-hours", get(text_hours::show).post(text_hours::save))
        .route("/workflows/schematic", get(workflows::schematic))
        .route("/workflows/{key}", get(workflow_page::show))
        .route("/workflows/new", get(workflow_edit::new).post(workflow_edit::create))
        .route("/workflows/{key}/edit", get(workflow_edit::show).post(workflow_edit::check))
        .route("/workflows/{key}/previews/{preview}", get(workflow_publish::show).post(workflow_publish::count_again))
        .route("/workflows/{key}/versions", post(workflow_publish::publish))
        .route("/workflows/{key}/activation", get(activation::show).post(activation::on).delete(activation::off))
        .route("/workflows/{key}/rehearsal", get(rehearsal::show).post(rehearsal::begin))
        .route("/workflows/{key}/enrol", get(enrol_lists::form))
        .route("/workflows/{key}/enrolments", post(enrol_lists::begin))
        .route("/workflows/{key}/enrolments/{list}", get(enrol_lists::show).delete(enrol_lists::stop))
        .route("/patients", get(patients::list).post(patients::create))
        .route("/patients/search", post(patients::search))
        .route("/patients/new", get(patients::new))
        .route("/patients/{patient}", get(patient_page::show))
        .route("/patients/{patient}/why/{key}", get(why_page::show))
        .route("/patients/{patient}/why/{key}/stop", post(by_hand::stop_run))
        .route("/patients/{patient}/assignments/new", get(give::form))
        .route("/patients/{patient}/assignments", post(give::give))
        .route("/patients/{patient}/assignments/{assignment}/withdrawal", post(by_hand::withdraw))
        .route("/patients/{patient}/forms/{assignment}", get(fill::show).post(fill::answer))
        .route("/patients/{patient}/forms/{assignment}/correction", get(fill::correction).post(fill::correct))
        .route("/patients/{patient}/forms/{assignment}/handover", post(fill::hand_over))
        .route("/patients/{patient}/consents", post(by_hand::consent))
        .route("/patients/{patient}/stops/{place}", post(by_hand::stop_address).delete(by_hand::lift_stop))
        .route("/patients/{patient}/details", get(details::show).post(details::save))
        .route("/patients/{patient}/changes/{change}", delete(by_hand::take_back))
        .route("/patients/{patient}/visits", post(visits::log))
        .route("/patients/{patient}/visits/{visit}/{act}", post(visits::act).delete(visits::take_back))
        .route("/patients/{patient}/enrolments", post(enrolments::begin))
        .route("/patients/{patient}/enrolments/{enrolment}/{act}", post(enrolments::end).delete(enrolments::take_back))
        .route("/refused-messages", get(messages::list))
        .route("/refused-messages/{message}", get(messages::show))
        .route("/refused-messages/{message}/replay", post(messages::replay))
        .route("/interfaces", get(interfaces::list))
        .route("/library", get(library::list))
        .route("/library/import", get(import_item::form).post(import_item::bring))
        .route("/library/instruments", get(instruments::show))
        .route("/library/instruments/{id}", post(instruments::record).delete(instruments::take_back))
        .route("/library/notice", get(library_notice::show))
        .route("/library/questionnaire/{id}/instrument", get(attach::show).post(attach::save))
        .route("/library/{kind}/{id}", get(library_item::show))
        .route("/library/{kind}/{id}/mail", get(library_item::mail))
        .route("/library/{kind}/{id}/video", get(videos::for_staff))
        .route("/imports", get(imports::list).post(imports::upload))
        .route("/imports/{import}", get(imports::show).delete(imports::withdraw))
        .route("/imports/{import}/columns", get(import_columns::form).post(import_columns::save))
        .route("/imports/{import}/dry-run", get(imports::dry_run))
        .route("/imports/{import}/application", post(imports::apply))
        .route("/interfaces/{interface}/live", get(live::show).post(live::go).delete(live::load_again))
        .route("/interfaces/{interface}/types", get(interface_types::show).post(interface_types::map))
        .route("/interfaces/{interface}/practitioners", post(interface_types::claim))
        .route("/locations/{location}", get(locations::show).post(locations::save))
        .route("/patients/{patient}/merge", get(merges::search_form).post(merges::search))
        .route("/patients/{patient}/merge/{other}", get(merges::compare).post(merges::merge).delete(merges::unmerge))
        .route("/interfaces/{interface}/feed", get(feeds::show).post(feeds::guard))
        .route("/interfaces/{interface}/feed/release", post(feeds::release))
        .route("/interfaces/{interface}/feed/drop", post(feeds::drop_held))
        .route("/closed-days", get(closed_days::list).post(closed_days::close))
        .route("/closed-days/{place}/{day}", get(closed_days::show).post(closed_days::keep).delete(closed_days::open))
        .route("/notices/{notice}", get(notices::show))
        .route("/notices/{notice}/done", post(notices::done))
        .route("/deliveries/{delivery}", get(deliveries::show))
        .route("/deliveries/{delivery}/resend", post(deliveries::resend))
        .route("/deliveries/{delivery}/leave", post(deliveries::leave))
}

fn demo_routes(is_demo: bool) -> Router<Web> {
    if !is_demo {
        return Router::new();
    }
    Router::new()
        .route("/demo/mailbox", get(mailbox::list))
        .route("/demo/mailbox/{number}", get(mailbox::read))
        .route("/demo/mailbox/{number}/html", get(mailbox::body))
        .route("/demo/clock", post(clock::advance))
}
