//! The loop: inbox, feeds, steps, outbox, then sleep until something falls due or the bell rings. Polling is the truth; the bell
//! only makes it quick.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::{days, enrol, feeds, import, inbox, live, outbox, tick};
use crate::Roof;

/// No idle polling above one look a second.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// Claims look this far back; a sweep without a floor comes along every few seconds.
const FLOOR: SignedDuration = SignedDuration::from_mins(10);
const SWEEP_EVERY: u32 = 5;

/// One round of each; how much was done.
pub async fn round(roof: &Roof, sweep: bool) -> Result<usize, store::Error> {
    roof.call_again().await;
    let since = if sweep { None } else { roof.now().checked_sub(FLOOR).ok() };
    let applied = inbox::apply_waiting(roof).await?;
    let imported = import::apply_waiting(roof).await?;
    let taken_up = live::go_on(roof).await?;
    let enrolled = enrol::work_waiting(roof).await?;
    let looked = feeds::check_due(roof).await? + days::open_due(roof).await?;
    let woken = tick::wake(roof).await?;
    let performed = tick::tick(roof, since).await?;
    let sent = outbox::send_due(roof, since).await?;
    Ok(applied + imported + enrolled + taken_up + looked + woken + performed + sent)
}

/// Goes on until nothing is left to do at this moment.
pub async fn drain(roof: &Roof) -> Result<usize, store::Error> {
    let mut done = 0;
    loop {
        match round(roof, true).await? {
            0 => return Ok(done),
            some => done += some,
        }
    }
}

/// Works until told to stop, then finishes the round it is in.
pub async fn run(roof: Arc<Roof>, mut stop: watch::Receiver<bool>) {
    let mut rounds: u32 = 0;
    while !*stop.borrow() {
        rounds = rounds.wrapping_add(1);
        let idle = match round(&roof, rounds.is_multiple_of(SWEEP_EVERY)).await {
            Ok(0) => true,
            Ok(_) => false,
            Err(e) => {
                tracing::warn!(error = %e, "a round of work failed; it is tried again");
                tokio::time::sleep(Duration::from_millis(200)).await;
                false
            }
        };
        if idle {
            let sleep = until_next(&roof).await;
            tokio::select! {
                () = roof.wake.notified() => {}
                () = tokio::time::sleep(sleep) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Sleeps to the very moment the next step is due, if that is near.
async fn until_next(roof: &Roof) -> Duration {
    let next = roof.runner.next_due().await.ok().flatten();
    let wait = next.and_then(|at| roof.clock.wait_for(at));
    wait.map_or(LONGEST_SLEEP, |wait| wait.clamp(Duration::from_millis(1), LONGEST_SLEEP))
}
