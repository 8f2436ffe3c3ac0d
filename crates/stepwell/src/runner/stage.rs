//! An organization as it stands in the database, brought onto the stage: there one may look what would become of it. A large
//! clinic comes on some patients at a time, and as many stages are played at once as there are cores.

use std::sync::Arc;

use care::chart::ContactPoint;
use care::id::{OrganizationId, PatientId};
use care::rehearsal::{Player, Stage};
use jiff::Timestamp;
use store::{Error, OrgTx};

use super::context::Context;
use crate::Roof;

/// Patients on one stage, unless more than these share an address.
pub const TOGETHER: usize = 200;
/// Patients read in one query a table.
const PAGE: usize = 500;

/// How far it is: patients done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("what was played on the stage broke off; the log says where")]
    BrokenOff,
    #[error(transparent)]
    Store(#[from] Error),
}

/// The clinic with these patients: all that was said of them and decided for them so far. Nothing is asked of the engine
/// yet.
pub async fn stage(roof: &Roof, tx: &mut OrgTx, patients: &[PatientId]) -> Result<Stage, Error> {
    let context = Context::load(roof, tx).await?;
    let mut stage = Stage::new(context.organization.clinic, context.workflows, context.channels, roof.now());
    for stop in tx.all_stops().await? {
        if let Ok(channel) = stop.channel.parse() {
            stage.stops.insert(ContactPoint { channel, value: stop.address }, (stop.from, stop.until));
        }
    }
    for page in patients.chunks(PAGE) {
        let (mut changes, mut ledgers) = (tx.changes_of(page).await?, tx.ledgers(page).await?);
        for patient in page {
            let changes = changes.remove(patient).unwrap_or_default();
            stage.enter(*patient, Player::new(changes, ledgers.remove(patient).unwrap_or_default()));
        }
    }
    Ok(stage)
}

/// Plays each group on a stage of its own, as it stands at `now`; what came of each, in order. Every transaction is
/// read-only, and pages and runner go on meanwhile.
pub async fn play_each<T: Send + 'static>(
    roof: &Roof,
    organization: OrganizationId,
    groups: &[Vec<PatientId>],
    now: Timestamp,
    progress: Progress<'_>,
    play: impl Fn(Stage) -> T + Send + Sync + 'static,
) -> Result<Vec<T>, StageError> {
    let (play, of) = (Arc::new(play), groups.iter().map(Vec::len).sum());
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (mut played, mut done) = (vec![], 0);
    progress(0, of);
    for at_once in groups.chunks(cores) {
        let mut playing = vec![];
        for group in at_once {
            let mut tx = roof.app.begin(organization).await?;
            tx.read_only().await?;
            let mut stage = stage(roof, &mut tx, group).await?;
            drop(tx);
            stage.now = now;
            let play = Arc::clone(&play);
            playing.push((group.len(), tokio::task::spawn_blocking(move || play(stage))));
        }
        for (patients, playing) in playing {
            played.push(playing.await.map_err(|_| StageError::BrokenOff)?);
            done += patients;
            progress(done, of);
        }
    }
    Ok(played)
}
