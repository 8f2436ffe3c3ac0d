//! An interface goes live: the visits ahead that came in while it was loading are taken up, a few patients at a time. How far
//! it has come stands in the database, so that a crash goes on where it stopped.

use std::collections::BTreeMap;

use care::id::{InterfaceId, OrganizationId, PatientId};
use care::rehearsal::{Player, Said, Stage};
use care::workflow::decide::go_live;
use jiff::ToSpan;
use store::{Error, OrgTx};

use super::context::{Context, Known};
use super::record::act;
use crate::Roof;

/// Patients taken up in one commit.
const CHUNK: i64 = 25;
/// Patients that a preview plays through.
const PREVIEWED: i64 = 1000;

/// The next patients of every interface that is going live; how much was done.
pub async fn go_on(roof: &Roof) -> Result<usize, Error> {
    let mut done = 0;
    for (organization, interface) in roof.runner.interfaces_going_live().await? {
        done += take_up(roof, organization, interface).await?;
    }
    Ok(done)
}

async fn take_up(roof: &Roof, organization: OrganizationId, interface: InterfaceId) -> Result<usize, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let Some(live) = tx.hold_going_live(interface).await? else { return Ok(0) };
    let patients = tx.loaded_patients(interface, live.cursor, roof.now(), CHUNK).await?;
    let context = Context::load(roof, &mut tx).await?;
    for patient in &patients {
        if let Some(patient) = store::patient_lock(&mut tx, *patient).await? {
            act(roof, &mut tx, &context, patient, &mut |facts, ledger, ids| go_live(facts, ledger, true, ids)).await?;
        }
    }
    tx.went_live(interface, patients.last().copied()).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(patients.len() + 1)
}

/// What would follow if the visits ahead were taken up now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Patients the interface spoke of.
    pub patients: i64,
    /// Those with a visit ahead, and their visits.
    pub with_visit: i64,
    pub visits: i64,
    /// How many of those with a visit were played through.
    pub counted: usize,
    /// By workflow: the runs that would start.
    pub runs: BTreeMap<String, usize>,
    /// Messages these would send within 7 days.
    pub messages: usize,
}

/// Plays each patient's next seven days on a stage of their own. Nothing is written.
pub async fn preview(roof: &Roof, tx: &mut OrgTx, interface: InterfaceId) -> Result<Preview, Error> {
    let now = roof.now();
    let (patients, with_visit, visits) = tx.loaded_counts(interface, now).await?;
    let mut preview = Preview { patients, with_visit, visits, ..Preview::default() };
    let context = Context::load(roof, tx).await?;
    for patient in tx.loaded_patients(interface, None, now, PREVIEWED).await? {
        let known = Known::load(roof, &context, tx, patient).await?;
        preview.counted += 1;
        preview.play(&context, patient, known, now);
    }
    Ok(preview)
}

impl Preview {
    fn play(&mut self, context: &Context, patient: PatientId, known: Known, now: jiff::Timestamp) {
        let clinic = context.organization.clinic.clone();
        let mut stage = Stage::new(clinic, context.workflows.clone(), context.channels.clone(), now);
        stage.suppressed = known.world.suppressed.clone();
        let before = known.ledger.runs.clone();
        stage.enter(patient, Player::new(known.changes, known.ledger));
        stage.go_live(true);
        let runs = stage.patients.get(&patient).map(|p| p.ledger.runs.clone()).unwrap_or_default();
        for run in runs.values().filter(|run| !before.contains_key(&run.id)) {
            *self.runs.entry(run.workflow.clone()).or_default() += 1;
        }
        stage.play_until(now.checked_add(168.hours()).unwrap_or(now));
        let sent = |said: &&Said| matches!(said, Said::Sent(_, _, d) if !before.contains_key(&d.run));
        self.messages += stage.said.iter().filter(sent).count();
    }
}
