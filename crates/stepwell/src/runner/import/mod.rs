//! Files of patients, episodes and visits. [`dry_run`] does everything an import does and takes it back; [`apply`] does it in
//! batches of patients, and goes on after a crash where it stood.
//!
//! Protects: a row goes through the same door as a message ([`super::record`]); a file that says nothing new changes nothing;
//! a bad row is refused alone and can be replayed; a file that would make too many visits vanish is refused as a whole.

mod fit;
mod job;
mod patients;
mod tally;
mod vanish;
mod words;

use care::id::OrganizationId;
use store::{Error, ImportId, ImportState, OrgTx, Why};

pub use job::{Job, row_again, why_of};
pub use tally::{Count, Counts, Example, Group, Tally};

use super::context::Context;
use crate::Roof;

/// Patients in one commit.
const BATCH: usize = 100;

/// Commits in one round of the runner: messages and reminders wait no longer than these take.
const PER_ROUND: usize = 5;

/// What an import would do.
#[derive(Debug, Clone)]
pub struct Report {
    pub tally: Tally,
    /// It would be refused as a whole.
    pub refused: Option<Why>,
}

/// Applies everything and takes it back.
pub async fn dry_run(roof: &Roof, organization: OrganizationId, id: ImportId) -> Result<Report, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let mut tally = Tally::default();
    let job = match Job::load(&mut tx, id).await? {
        Ok(job) => job,
        Err(why) => return Ok(Report { tally, refused: Some(why) }),
    };
    job.count_rows(&mut tally);
    let (vanishing, refused) = match vanish::find(&mut tx, &job, &mut tally.counts).await? {
        Ok(vanishing) => (vanishing, None),
        Err((why, vanishing)) => (vanishing, Some(why)),
    };
    drop(tx);
    let mut done = 0;
    while done < job.steps(&vanishing) {
        // What one patient's rows do no other patient's rows can see: each batch is taken back by itself, so that nobody
        // waits for the whole file.
        let mut tx = roof.runner.begin(organization).await?;
        let context = Context::load(roof, &mut tx).await?;
        done = patients::batch(roof, &mut tx, &context, &job, &vanishing, done, BATCH, &mut tally).await?;
    }
    Ok(Report { tally, refused })
}

/// From now on the runner applies it; `false` if that was decided before. A file that cannot be read is refused here.
pub async fn begin(tx: &mut OrgTx, id: ImportId, at: jiff::Timestamp) -> Result<bool, Error> {
    match Job::load(tx, id).await? {
        Ok(job) => {
            let mapping = serde_json::to_value(&job.mapping).map_err(|_| Error::unreadable("imports", "mapping"))?;
            tx.begin_import(id, &mapping).await
        }
        Err(why) => tx.end_import(id, ImportState::Refused, Some(&why), at).await,
    }
}

/// Applies an import that was begun, to its end.
pub async fn apply(roof: &Roof, organization: OrganizationId, id: ImportId) -> Result<(), Error> {
    loop {
        match work(roof, organization, id, usize::MAX).await? {
            Step::Ended => return Ok(()),
            Step::More(_) => {}
            // The runner of a server is at it, or a file that came before is not at its end: whoever was at that may be gone.
            Step::Busy if apply_waiting(roof).await? > 0 => {}
            Step::Busy => tokio::time::sleep(std::time::Duration::from_millis(200)).await,
        }
    }
}

/// A few batches of each import that was begun; how many were done.
pub async fn apply_waiting(roof: &Roof) -> Result<usize, Error> {
    let (mut applied, mut failed) = (0, None);
    for (organization, id) in roof.runner.waiting_imports().await? {
        match work(roof, organization, id, PER_ROUND).await {
            Ok(Step::Ended) => applied += 1,
            Ok(Step::More(batches)) => applied += batches,
            Ok(Step::Busy) => {}
            Err(e) if e.is_transient() => failed = Some(e),
            Err(e) => {
                tracing::error!(%organization, import = %id, error = %e, "an import could not be applied");
                refuse(roof, organization, id).await?;
                applied += 1;
            }
        }
    }
    failed.map_or(Ok(applied), Err)
}

/// What was applied of it stands; imported again, it changes only what is left.
async fn refuse(roof: &Roof, organization: OrganizationId, id: ImportId) -> Result<(), Error> {
    let why = Why {
        cause: "could_not_be_applied".into(),
        place: "file".into(),
        cure: "This is ours to mend: the server's log says what went wrong. Then upload the file again.".into(),
    };
    let mut tx = roof.runner.begin(organization).await?;
    tx.end_import(id, ImportState::Refused, Some(&why), roof.now()).await?;
    tx.commit().await
}

enum Step {
    More(usize),
    Ended,
    Busy,
}

async fn work(roof: &Roof, organization: OrganizationId, id: ImportId, most: usize) -> Result<Step, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let job = match Job::load(&mut tx, id).await? {
        Ok(job) => job,
        Err(why) => {
            tx.end_import(id, ImportState::Refused, Some(&why), roof.now()).await?;
            tx.commit().await?;
            return Ok(Step::Ended);
        }
    };
    drop(tx);
    let mut batches = 0;
    while batches < most {
        let mut tx = roof.runner.begin(organization).await?;
        if tx.hold_interface(job.interface.id).await?.is_none() {
            return Ok(Step::Busy);
        }
        let Some(import) = tx.import(id).await?.filter(|import| import.state == ImportState::Applying) else {
            return Ok(Step::Ended);
        };
        if tx.must_wait(&import).await? {
            return Ok(Step::Busy);
        }
        match import.done {
            None => settle(roof, &mut tx, &job).await?,
            Some(done) => {
                let context = Context::load(roof, &mut tx).await?;
                let counts = serde_json::from_value(import.counts).unwrap_or_default();
                let mut tally = Tally { counts, ..Tally::default() };
                let done = usize::try_from(done).unwrap_or(0);
                let done =
                    patients::batch(roof, &mut tx, &context, &job, &import.vanishing, done, BATCH, &mut tally).await?;
                tx.advance_import(id, i32::try_from(done).unwrap_or(i32::MAX), &tally.counts.json()).await?;
                if done >= job.steps(&import.vanishing) {
                    tx.end_import(id, ImportState::Applied, None, roof.now()).await?;
                }
            }
        }
        tx.commit().await?;
        roof.wake.notify_one();
        batches += 1;
    }
    Ok(Step::More(batches))
}

/// The first commit: which visits vanish is settled once, and the rows that cannot be read are put aside.
async fn settle(roof: &Roof, tx: &mut OrgTx, job: &Job) -> Result<(), Error> {
    let mut tally = Tally::default();
    job.count_rows(&mut tally);
    let vanishing = match vanish::find(tx, job, &mut tally.counts).await? {
        Ok(vanishing) => vanishing,
        Err((why, _)) => return tx.end_import(job.id, ImportState::Refused, Some(&why), roof.now()).await.map(|_| ()),
    };
    tx.refuse_rows(job.id, job.interface.id, roof.now(), &job.refused_rows(roof)).await?;
    let patients = i32::try_from(job.steps(&vanishing)).unwrap_or(i32::MAX);
    tx.settle_import(job.id, patients, &vanishing, &tally.counts.json()).await?;
    if patients == 0 {
        tx.end_import(job.id, ImportState::Applied, None, roof.now()).await?;
    }
    Ok(())
}
