//! Patients put on a workflow together: a few at a time, and after a crash from where it stood. [`chunk`] is one commit.
//!
//! Protects: each patient goes through the same door as by hand ([`super::record`]); what is done twice is done once, since
//! enrolment, stamp and source are the list's own and the same each time.

use care::chart::{EnrolmentAct, Source, What};
use care::id::{EnrolmentId, OrganizationId, PatientId, StaffId};
use jiff::Timestamp;
use store::{EnrolmentListId, EnrolmentListRow, EnrolmentListState, Error, OrgTx};

use super::context::Context;
use super::record::{NewChange, record};
use crate::{Roof, ids};

/// Patients in one commit.
pub const CHUNK: usize = 50;

/// Commits in one round of the runner: messages and reminders wait no longer than these take.
const PER_ROUND: usize = 4;

/// The enrolment of one patient of a list, the same whenever it is asked for.
pub fn enrolment_of(list: EnrolmentListId, patient: PatientId) -> EnrolmentId {
    EnrolmentId(ids::id_of_number("enrolment", &list.to_string(), &patient.to_string()))
}

/// A few chunks of each list that is under way; how many were done.
pub async fn work_waiting(roof: &Roof) -> Result<usize, Error> {
    let (mut done, mut failed) = (0, None);
    for (organization, id) in roof.runner.waiting_enrolment_lists().await? {
        for _ in 0..PER_ROUND {
            match chunk(roof, organization, id).await {
                Ok(true) => done += 1,
                Ok(false) => break,
                Err(e) if e.is_transient() => {
                    failed = Some(e);
                    break;
                }
                Err(e) => {
                    tracing::error!(%organization, list = %id, error = %e, "a list could not be enrolled");
                    give_up(roof, organization, id).await?;
                    break;
                }
            }
        }
    }
    failed.map_or(Ok(done), Err)
}

/// The next patients of a list, in one commit; false if there was nothing to do, or somebody else is at it.
pub async fn chunk(roof: &Roof, organization: OrganizationId, id: EnrolmentListId) -> Result<bool, Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let Some(mut list) = tx.hold_enrolment_list(id).await? else { return Ok(false) };
    let context = Context::load(roof, &mut tx).await?;
    match (list.state, list.stop) {
        (EnrolmentListState::Enrolling, _) => enrol(roof, &mut tx, &context, &mut list).await?,
        (EnrolmentListState::Stopping, Some(stop)) => end(roof, &mut tx, &context, &mut list, stop).await?,
        (EnrolmentListState::Stopping, None) => return Err(Error::unreadable("enrolment_lists", "stopped_at")),
        (EnrolmentListState::Enrolled | EnrolmentListState::Stopped | EnrolmentListState::Failed, _) => {
            return Ok(false);
        }
    }
    tx.advance_enrolment_list(&list).await?;
    tx.commit().await?;
    roof.wake.notify_one();
    Ok(true)
}

async fn enrol(roof: &Roof, tx: &mut OrgTx, context: &Context, list: &mut EnrolmentListRow) -> Result<(), Error> {
    let (from, to) = span(list.enrolled, list.patients.len());
    let act = EnrolmentAct::Enrol { workflow: list.workflow.clone(), moment: list.moment.clone() };
    for &patient in &list.patients[from..to] {
        say(roof, tx, context, list, patient, &act, (list.made_at, list.made_by)).await?;
    }
    list.enrolled = i32::try_from(to).unwrap_or(i32::MAX);
    if to == list.patients.len() {
        list.state = EnrolmentListState::Enrolled;
    }
    Ok(())
}

/// Stops what was begun, for those that were enrolled.
async fn end(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    list: &mut EnrolmentListRow,
    stop: (Timestamp, StaffId),
) -> Result<(), Error> {
    let begun = usize::try_from(list.enrolled).unwrap_or(0).min(list.patients.len());
    let (from, to) = span(list.stopped, begun);
    for &patient in &list.patients[from..to] {
        say(roof, tx, context, list, patient, &EnrolmentAct::Stop, stop).await?;
    }
    list.stopped = i32::try_from(to).unwrap_or(i32::MAX);
    if to == begun {
        list.state = EnrolmentListState::Stopped;
    }
    Ok(())
}

fn span(done: i32, all: usize) -> (usize, usize) {
    let from = usize::try_from(done).unwrap_or(0).min(all);
    (from, (from + CHUNK).min(all))
}

async fn say(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    list: &EnrolmentListRow,
    asked: PatientId,
    act: &EnrolmentAct,
    (at, by): (Timestamp, StaffId),
) -> Result<(), Error> {
    let Some(now) = store::patient_lock(tx, asked).await? else { return Ok(()) };
    // Merged since they were counted, and the other record is on the list too: one person is enrolled once.
    if now != asked && *act != EnrolmentAct::Stop && list.patients.contains(&now) {
        return Ok(());
    }
    let what = What::Enrolment { enrolment: enrolment_of(list.id, asked), act: act.clone() };
    let change = NewChange { at, source: Source::Staff(by), what, message: None };
    record(roof, tx, context, now, vec![change], false).await?;
    Ok(())
}

/// What was done stands; a person decides whether it is stopped.
async fn give_up(roof: &Roof, organization: OrganizationId, id: EnrolmentListId) -> Result<(), Error> {
    let mut tx = roof.runner.begin(organization).await?;
    let Some(mut list) = tx.hold_enrolment_list(id).await? else { return Ok(()) };
    list.state = EnrolmentListState::Failed;
    tx.advance_enrolment_list(&list).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_patient_of_a_list_has_one_enrolment_and_another_on_another_list() {
        let (list, other) = (EnrolmentListId(Uuid::from_u128(1)), EnrolmentListId(Uuid::from_u128(2)));
        let (alma, ben) = (PatientId(Uuid::from_u128(3)), PatientId(Uuid::from_u128(4)));
        assert_eq!(enrolment_of(list, alma), enrolment_of(list, alma));
        assert_ne!(enrolment_of(list, alma), enrolment_of(other, alma));
        assert_ne!(enrolment_of(list, alma), enrolment_of(list, ben));
    }

    #[test]
    fn a_chunk_goes_on_where_the_last_one_ended_and_not_beyond_the_list() {
        assert_eq!(span(0, 120), (0, 50));
        assert_eq!(span(100, 120), (100, 120));
        assert_eq!(span(120, 120), (120, 120));
        assert_eq!(span(500, 120), (120, 120));
    }
}
