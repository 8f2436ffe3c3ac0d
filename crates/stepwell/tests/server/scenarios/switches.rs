//! What staff and the world outside do to the clinic as a whole.

use care::chart::{Channel, VisitType};
use care::id::{LocationId, PatientId};
use care::rehearsal::Gateway;
use care::scenario::Feed;
use care::workflow::decide::go_live;
use care::workflow::hold::drop_held;
use care::workflow::{Activation, Edit, InFlight};
use jiff::civil::Date;
use stepwell::runner::Context;
use stepwell::runner::record::{Act, act, refold};
use store::{ClaimRow, SaidBy};

use super::stage::Stage;
use super::story::Story;

/// Everybody is looked at again.
async fn everybody(stage: &Stage) {
    let mut tx = stage.tx().await;
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    for patient in patients(stage) {
        let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
        refold(&stage.roof, &mut tx, &context, patient, stage.loading).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The engine acts on everybody.
async fn on_everybody(stage: &Stage, what: Act<'_>) {
    let mut tx = stage.tx().await;
    let context = Context::load(&stage.roof, &mut tx).await.unwrap();
    for patient in patients(stage) {
        let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
        act(&stage.roof, &mut tx, &context, patient, &mut *what).await.unwrap();
    }
    tx.commit().await.unwrap();
}

fn patients(stage: &Stage) -> Vec<PatientId> {
    let gone = |name: &String| stage.merged.iter().any(|(_, gone)| gone == name);
    stage.people.iter().filter(|(name, _)| !gone(name)).map(|(_, id)| *id).collect()
}

pub async fn activates(stage: &Stage, workflow: &str, activation: &Activation) {
    let mut tx = stage.tx().await;
    tx.activate(workflow, stage.roof.new_id(), Some(stage.staff), activation).await.unwrap();
    tx.commit().await.unwrap();
    everybody(stage).await;
}

pub async fn publishes(
    stage: &Stage,
    story: &Story,
    workflow: &str,
    version: u32,
    in_flight: InFlight,
) -> Result<(), String> {
    let text = story.workflows.iter().find(|w| w.key == workflow && w.version == version);
    let text = text.ok_or_else(|| format!("there is no version {version} of {workflow}"))?;
    let at = stage.roof.now();
    let mut tx = stage.tx().await;
    tx.publish_workflow(workflow, &text.body, at).await.unwrap();
    tx.write_edit(workflow, &Edit { at, to: version, in_flight }, Some(stage.staff)).await.unwrap();
    tx.commit().await.unwrap();
    everybody(stage).await;
    Ok(())
}

pub async fn sets_day(stage: &Stage, location: LocationId, day: Date, closed: bool) {
    let sql = if closed {
        "insert into closed_days (organization, location, day) values ($1, $2, $3::text::date) on conflict do nothing"
    } else {
        "delete from closed_days where organization = $1 and location = $2 and day = $3::text::date"
    };
    let said = sqlx::query(sql).bind(stage.organization.0).bind(location.0).bind(day.to_string());
    said.execute(&stage.sees_all).await.unwrap();
    if !closed {
        held_is_looked_at(stage, false).await;
    }
}

pub async fn feed(stage: &Stage, location: LocationId, feed: Feed) {
    match feed {
        Feed::Silent => {
            is_silent(stage, location, true).await;
            everybody(stage).await;
        }
        Feed::CaughtUp | Feed::Released => {
            is_silent(stage, location, false).await;
            held_is_looked_at(stage, feed == Feed::Released).await;
            everybody(stage).await;
        }
        Feed::Dropped => {
            on_everybody(stage, &mut |facts, ledger, ids| drop_held(facts, ledger, location, ids)).await;
        }
    }
}

async fn is_silent(stage: &Stage, location: LocationId, silent: bool) {
    let said = sqlx::query("update locations set silent = $3 where organization = $1 and id = $2");
    let said = said.bind(stage.organization.0).bind(location.0).bind(silent);
    said.execute(&stage.sees_all).await.unwrap();
}

/// At its own time; `at_once`: as if it were due only now.
async fn held_is_looked_at(stage: &Stage, at_once: bool) {
    let mut tx = stage.tx().await;
    tx.wake_held(at_once.then(|| stage.roof.now())).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn loads(stage: &mut Stage) {
    stage.loading = true;
    let mut tx = stage.tx().await;
    assert!(tx.load_again(stage.interface).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn is_live(stage: &mut Stage, cover: bool) {
    stage.loading = false;
    let mut tx = stage.tx().await;
    assert!(tx.start_live(stage.interface, false, stage.roof.now()).await.unwrap());
    tx.commit().await.unwrap();
    on_everybody(stage, &mut |facts, ledger, ids| go_live(facts, ledger, cover, ids)).await;
}

/// The server's word for a type that the EMR names so.
pub fn code_of(stage: &Stage, code: &str) -> String {
    format!("{}/{}", stage.interface, store::code_key(code))
}

pub async fn maps(stage: &Stage, code: &str, is: Option<VisitType>) {
    let mut tx = stage.tx().await;
    let by = SaidBy { since: Some(stage.roof.now()), staff: None };
    tx.put_visit_type(stage.interface, code, is, by).await.unwrap();
    tx.commit().await.unwrap();
    everybody(stage).await;
}

/// A gateway does not answer, refuses everything, or takes everything again; whoever watches it has noticed.
pub async fn gateway(stage: &mut Stage, story: &Story, channel: Channel, gateway: Gateway) {
    let people = story.people.iter().map(|listed| &listed.person);
    let told = story.events.iter().map(|(_, when)| &when.person);
    let addresses: Vec<String> = people.chain(told).filter_map(|person| person.email.clone()).collect();
    stage.post.answers(channel, gateway, &addresses).await;
    stage.roof.set_down(channel, gateway == Gateway::Down);
}

pub async fn claims(stage: &Stage, code: &str, name: &str) {
    let mut tx = stage.tx().await;
    let by = SaidBy { since: Some(stage.roof.now()), staff: None };
    let claim = ClaimRow { code: code.to_owned(), name: name.to_owned(), staff: None };
    tx.put_claim(stage.interface, &claim, by).await.unwrap();
    tx.commit().await.unwrap();
    everybody(stage).await;
}
