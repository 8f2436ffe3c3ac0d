//! For clocks moved by hand: plays the time up to an instant, never leaving work behind.

use jiff::{SignedDuration, Timestamp};
use store::Error;

use super::work::drain;
use crate::Roof;

/// A part of a lease.
const A_WHILE: SignedDuration = SignedDuration::from_secs(10);

/// Moves the clock to `to`, stopping at every moment something falls due. The clock moves only when inbox, due steps and
/// outbox are empty.
pub async fn advance(roof: &Roof, to: Timestamp) -> Result<(), Error> {
    drain(roof).await?;
    while let Some(next) = roof.runner.next_due().await?.filter(|next| *next <= to) {
        roof.clock.move_to(next);
        if drain(roof).await? == 0 {
            // Leased to a worker that is gone: time must pass until the lease runs out.
            let later = roof.now().checked_add(A_WHILE).unwrap_or(to).min(to);
            if later <= roof.now() {
                break;
            }
            roof.clock.move_to(later);
        }
    }
    roof.clock.move_to(to);
    drain(roof).await.map(|_| ())
}
