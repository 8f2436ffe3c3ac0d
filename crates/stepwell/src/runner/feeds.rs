//! The guard of the feeds: says when one is silent, holds what rests on it, and lets it go again. What counts as silence
//! is decided in [`care::feed`].

use std::collections::BTreeSet;

use care::chart::Clinic;
use care::feed::{Feed, Guard, Look, Watch, look};
use care::id::{InterfaceId, LocationId, OrganizationId, StaffId};
use care::workflow::hold;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{Error, FeedRow, InterfaceState, OrgTx};
use wire::hl7v2::Interface;

use super::context::Context;
use super::record::act;
use crate::Roof;

/// Patients of whom something is dropped in one commit.
const COMMIT: usize = 50;

/// Nothing that rests on what was not said at these locations may be believed.
pub async fn silent(roof: &Roof, organization: OrganizationId, locations: &[LocationId]) -> Result<(), Error> {
    change(roof, organization, locations, Now::Silent { heard_until: roof.now() }).await
}

/// It may be believed again: what was held is looked at again at its own time, so that it meets the late rule.
pub async fn caught_up(roof: &Roof, organization: OrganizationId, locations: &[LocationId]) -> Result<(), Error> {
    change(roof, organization, locations, Now::CaughtUp).await
}

/// Staff let go what is held although the feed is silent: as if it were due only now.
pub async fn release(roof: &Roof, organization: OrganizationId, locations: &[LocationId]) -> Result<(), Error> {
    change(roof, organization, locations, Now::Released).await
}

/// Staff drop what is held: each step ends with the reason for which it waited.
pub async fn drop_held(roof: &Roof, organization: OrganizationId, locations: &[LocationId]) -> Result<(), Error> {
    let patients = roof.runner.begin(organization).await?.patients_with_held().await?;
    for some in patients.chunks(COMMIT) {
        let mut tx = roof.runner.begin(organization).await?;
        let context = Context::load(roof, &mut tx).await?;
        for patient in some {
            let Some(patient) = store::patient_lock(&mut tx, *patient).await? else { continue };
            for location in locations {
                let drop: super::record::Act = &mut |facts, ledger, ids| hold::drop_held(facts, ledger, *location, ids);
                act(roof, &mut tx, &context, patient, drop).await?;
            }
        }
        tx.commit().await?;
    }
    roof.wake.notify_one();
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    Silent { heard_until: Timestamp },
    CaughtUp,
    Released,
}

async fn change(roof: &Roof, organization: OrganizationId, locations: &[LocationId], to: Now) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    change_in(roof, &mut tx, locations, to).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(())
}

async fn change_in(roof: &Roof, tx: &mut OrgTx, locations: &[LocationId], to: Now) -> Result<(), Error> {
    let heard_until = if let Now::Silent { heard_until } = to { Some(heard_until) } else { None };
    tx.set_silent(locations, heard_until).await?;
    // What follows from silence, as that a case has ended, is thought over.
    tx.wake_patients_of(locations, roof.now()).await?;
    match to {
        Now::Silent { .. } => Ok(()),
        Now::CaughtUp => tx.wake_held(None).await,
        Now::Released => tx.wake_held(Some(roof.now())).await,
    }
}

/// Looks at the feeds whose time has come; how many those were.
pub async fn check_due(roof: &Roof) -> Result<usize, Error> {
    let due = roof.runner.feeds_to_check(roof.now()).await?;
    let mut failed = None;
    for (organization, interface) in &due {
        // The other feeds need not wait for one.
        failed = check(roof, *organization, *interface).await.err().or(failed);
    }
    failed.map_or(Ok(due.len()), Err)
}

async fn check(roof: &Roof, organization: OrganizationId, interface: InterfaceId) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    // The clinic's feeds hold each other's locations up: one is looked at after the other.
    let before = tx.lock_feed(interface).await?;
    if before.check_at.is_none_or(|at| at > roof.now()) {
        return Ok(());
    }
    let clinic = tx.clinic().await?.clinic;
    let waiting = tx.has_waiting_messages(interface).await?;
    let found = tx.interfaces().await?.into_iter().find(|row| row.id == interface);
    let Some(row) = found else { return Ok(()) };
    let settings: Option<Interface> = serde_json::from_value(row.settings).ok();
    if settings.is_none() {
        // Its inbox says so with every message; the other feeds need not wait for it.
        tracing::error!(%organization, %interface, "the settings of a feed cannot be read: nobody guards it");
    }
    let guarded = settings.filter(|_| row.state == InterfaceState::Live);
    let guarded = guarded.as_ref().and_then(|settings| Some((settings, settings.guard.as_ref()?)));
    let after = match guarded {
        None => FeedRow { heard_at: before.heard_at, newest_at: before.newest_at, ..FeedRow::default() },
        Some((settings, guard)) => looked_at(guard, settings, &clinic, &before, waiting, roof.now()),
    };
    tx.put_feed(interface, &after).await?;
    move_locations(roof, &mut tx, &before, &after).await?;
    tx.commit().await?;
    if before.silent_since != after.silent_since {
        tracing::info!(%organization, %interface, silent = after.silent_since.is_some(), "a feed was looked at");
        roof.wake.notify_one();
    }
    Ok(())
}

/// The feed's row after a look at it.
fn looked_at(
    guard: &Guard,
    settings: &Interface,
    clinic: &Clinic,
    before: &FeedRow,
    waiting: bool,
    now: Timestamp,
) -> FeedRow {
    let locations = fed_by(settings, clinic);
    let watched_since = before.watched_since.unwrap_or(now);
    let feed = Feed {
        heard_at: before.heard_at.unwrap_or(watched_since).max(watched_since),
        newest_at: before.newest_at,
        waiting,
        silent_since: before.silent_since,
        released_at: before.released_at,
    };
    let closed = closed_everywhere(clinic, &locations);
    let row = FeedRow { watched_since: Some(watched_since), ..before.clone() };
    match look(&Watch { guard, zone: &settings.zone, closed: &closed }, &feed, now) {
        Look::Same { again_at } => {
            let holds_up = before.silent_since.is_some() && before.released_at.is_none();
            FeedRow { check_at: again_at, silenced: if holds_up { locations } else { vec![] }, ..row }
        }
        Look::Silent { since } => FeedRow {
            silent_since: Some(since),
            released_at: None,
            released_by: None,
            silenced: locations,
            check_at: None,
            ..row
        },
        Look::Speaks { again_at } => FeedRow {
            silent_since: None,
            released_at: None,
            released_by: None,
            silenced: vec![],
            check_at: again_at,
            ..row
        },
    }
}

/// Tells the locations what a look at one of their feeds changed for them. A location is silent while any of its feeds
/// holds it up.
async fn move_locations(roof: &Roof, tx: &mut OrgTx, before: &FeedRow, after: &FeedRow) -> Result<(), Error> {
    let feeds = tx.feeds().await?;
    let still: BTreeSet<LocationId> = feeds.iter().flat_map(|(_, row)| row.silenced.iter().copied()).collect();
    let silenced: Vec<_> = after.silenced.iter().copied().filter(|id| !before.silenced.contains(id)).collect();
    if !silenced.is_empty() {
        let heard_until = after.silent_since.unwrap_or(roof.now());
        change_in(roof, tx, &silenced, Now::Silent { heard_until }).await?;
    }
    let freed: Vec<_> = before.silenced.iter().copied().filter(|id| !still.contains(id)).collect();
    if !freed.is_empty() {
        change_in(roof, tx, &freed, Now::CaughtUp).await?;
    }
    Ok(())
}

/// Staff let go what a silent feed holds: until it has caught up, or falls silent anew. False if it holds nothing up.
pub async fn release_feed(
    roof: &Roof,
    organization: OrganizationId,
    interface: InterfaceId,
    by: StaffId,
) -> Result<bool, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let before = tx.lock_feed(interface).await?;
    if before.silent_since.is_none() || before.released_at.is_some() {
        return Ok(false);
    }
    let after = FeedRow {
        released_at: Some(roof.now()),
        released_by: Some(by),
        silenced: vec![],
        check_at: Some(roof.now()),
        ..before.clone()
    };
    tx.put_feed(interface, &after).await?;
    change_in(roof, &mut tx, &before.silenced, Now::Released).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(true)
}

/// The locations of which an interface tells: those it names, else all that have an EMR.
pub fn fed_by(settings: &Interface, clinic: &Clinic) -> Vec<LocationId> {
    let named: BTreeSet<LocationId> = settings.locations.values().copied().chain(settings.default_location).collect();
    let fed = |id: &LocationId| {
        if named.is_empty() { clinic.has_emr_at(Some(*id)) } else { named.contains(id) }
    };
    clinic.locations.keys().copied().filter(fed).collect()
}

/// Days on which none of the locations is open: then a feed has nothing to say.
fn closed_everywhere(clinic: &Clinic, locations: &[LocationId]) -> BTreeSet<Date> {
    let mut all = locations.iter().filter_map(|id| clinic.locations.get(id)).map(|location| location.closed.clone());
    let first = all.next().unwrap_or_default();
    all.fold(first, |days, closed| days.intersection(&closed).copied().collect())
}
