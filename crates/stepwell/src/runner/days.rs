//! Days on which a location is closed: reminders for them are held until they are opened again.

use care::id::{OrganizationId, StaffId};
use jiff::SignedDuration;
use store::{Day, Error};

use crate::Roof;

/// Within this staff may take back that they opened a day: so long it stays closed.
pub const UNDO: SignedDuration = SignedDuration::from_secs(60);

/// Closes days, from now on.
pub async fn close(
    roof: &Roof,
    organization: OrganizationId,
    days: &[Day],
    reason: &str,
    by: Option<StaffId>,
) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    for day in days {
        tx.close_day(*day, reason, by).await?;
    }
    // A feed is not expected to speak on them.
    tx.check_feeds().await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(())
}

/// Opens days, from now on: what was held for them is looked at again at its own time, so that it meets the late rule.
pub async fn open(roof: &Roof, organization: OrganizationId, days: &[Day]) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let mut opened = false;
    // Before any step: the inbox takes the rows in this order too.
    tx.check_feeds().await?;
    for day in days {
        opened |= tx.open_day(*day).await?;
    }
    if opened {
        tx.wake_held(None).await?;
        tx.commit().await?;
        roof.wake.notify_one();
    }
    Ok(())
}

/// Staff open a day: in a minute, until then it can be taken back. False if it is not closed.
pub async fn open_soon(roof: &Roof, organization: OrganizationId, day: Day) -> Result<bool, Error> {
    let at = roof.now().checked_add(UNDO).unwrap_or(roof.now());
    set_opening(roof, organization, day, Some(at)).await
}

/// Staff take that back. False when the minute is over.
pub async fn keep_closed(roof: &Roof, organization: OrganizationId, day: Day) -> Result<bool, Error> {
    set_opening(roof, organization, day, None).await
}

async fn set_opening(
    roof: &Roof,
    organization: OrganizationId,
    day: Day,
    at: Option<jiff::Timestamp>,
) -> Result<bool, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let done = tx.open_day_at(day, at).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(done)
}

/// Opens the days whose minute is over; how many those were.
pub async fn open_due(roof: &Roof) -> Result<usize, Error> {
    let now = roof.now();
    let mut count = 0;
    for organization in roof.runner.days_to_open(now).await? {
        let days = roof.runner.begin(organization).await?.days_opening(now).await?;
        open(roof, organization, &days).await?;
        count += days.len();
    }
    Ok(count)
}
