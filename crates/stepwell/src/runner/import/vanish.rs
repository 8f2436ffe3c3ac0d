//! A file that is complete for some days: which planned visits it does not have.

use care::chart::{Change, Encounter, Source, What, fold};
use care::id::{EncounterId, PatientId};
use care::zone;
use jiff::SignedDuration;
use store::{CompleteDays, Error, KeyKind, OrgTx, PlannedVisit, Why};

use super::job::Job;
use super::tally::Counts;

/// In a hundred: more than these at once are a broken export sooner than a clinic that closes.
const MOST: usize = 15;

type Vanishing = Vec<(PatientId, EncounterId)>;

/// The visits that the file makes vanish; `Err`: why it is refused, and what would have vanished.
pub async fn find(
    tx: &mut OrgTx,
    job: &Job,
    counts: &mut Counts,
) -> Result<Result<Vanishing, (Why, Vanishing)>, Error> {
    let Some(days) = &job.complete else { return Ok(Ok(vec![])) };
    let nameless = job.nameless_rows();
    if nameless > 0 {
        let cure = format!(
            "{nameless} rows have no visit number, so nobody can say which visits are missing: fill them, or import the file without its days"
        );
        return Ok(Err((Why { cause: "not_complete".into(), place: "file".into(), cure }, vec![])));
    }
    let planned = planned(tx, job, days).await?;
    let numbers = job.visit_numbers();
    let mut vanishing = vec![];
    let mut count = 0;
    for of_patient in planned.chunk_by(|a, b| a.patient == b.patient) {
        let Some(patient) = of_patient.first().map(|visit| visit.patient) else { continue };
        let changes = tx.changes(patient).await?;
        let chart = fold(&changes, &job.clinic);
        let known = tx.numbers_of(KeyKind::Appointment, &job.facility, patient).await?;
        for visit in of_patient.iter().filter_map(|planned| chart.encounter(planned.visit)) {
            if !is_of(visit, &changes, Source::Emr(job.interface.id)) {
                continue;
            }
            count += 1;
            let is_here =
                |(id, number): &(uuid::Uuid, String)| visit.ids.contains(&EncounterId(*id)) && numbers.contains(number);
            if !known.iter().any(is_here) {
                vanishing.push((patient, visit.id));
            }
        }
    }
    counts.planned = u32::try_from(count).unwrap_or(u32::MAX);
    if vanishing.len() * 100 > count * MOST && !job.allow_vanishing {
        let cure = format!(
            "{} of {count} visits planned on these days are not in the file, more than {MOST} in 100: have the export checked; if they are really cancelled, say so and import it again",
            vanishing.len()
        );
        return Ok(Err((Why { cause: "too_many_vanish".into(), place: "file".into(), cure }, vanishing)));
    }
    Ok(Ok(vanishing))
}

/// On those days, as people at the visit's location count them.
async fn planned(tx: &mut OrgTx, job: &Job, days: &CompleteDays) -> Result<Vec<PlannedVisit>, Error> {
    // Wide enough for every zone.
    let wide = SignedDuration::from_hours(30);
    let from = zone::start_of_day(days.from, "UTC");
    let until = zone::start_of_day(days.until.tomorrow().unwrap_or(days.until), "UTC");
    let (from, until) = (from.checked_sub(wide).unwrap_or(from), until.checked_add(wide).unwrap_or(until));
    let mut planned = tx.planned_visits(job.interface.id, from, until).await?;
    planned.retain(|visit| {
        let day = zone::date_in(visit.starts_at, job.clinic.zone_at(visit.location));
        let here = days.at.as_ref().is_none_or(|at| visit.location.is_some_and(|location| at.contains(&location)));
        here && (days.from..=days.until).contains(&day)
    });
    Ok(planned)
}

/// Whether this feed ever spoke of the visit: one that staff logged by hand does not vanish.
fn is_of(visit: &Encounter, changes: &[Change], source: Source) -> bool {
    changes.iter().any(|change| {
        change.source == source && matches!(&change.what, What::Encounter(what) if visit.ids.contains(&what.encounter))
    })
}
