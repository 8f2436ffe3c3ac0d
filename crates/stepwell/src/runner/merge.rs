//! Two records become one, or two again, in the caller's transaction. The rules are care's (`care::workflow::merge`); the
//! rehearsal's stage does the same in memory.

use care::chart::{Patient, PatientChange, Source, What, Write};
use care::id::{PatientId, StaffId};
use care::workflow::merge::{close_doubles, mark_given, of_one_alone, stricter};
use store::{Error, OrgTx};

use super::context::{Context, Known};
use super::record::{NewChange, Outcome, act, record, refold};
use crate::Roof;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Two {
    pub survivor: PatientId,
    /// From now on another name of the survivor.
    pub gone: PatientId,
}

/// The gone record is from now on part of the survivor's. The caller holds both rows.
pub async fn merge(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    two: Two,
    by: Option<StaffId>,
    loading: bool,
) -> Result<(), Error> {
    let Two { survivor, gone } = two;
    let one = Known::load(roof, context, tx, survivor).await?;
    let other = Known::load(roof, context, tx, gone).await?;
    let mut leaving = None;
    act(roof, tx, context, gone, &mut |facts, ledger, ids| {
        let effects = close_doubles(facts, ledger, &one.ledger, ids);
        leaving = Some(ledger.clone());
        effects
    })
    .await?;
    if let Some(leaving) = leaving {
        act(roof, tx, context, survivor, &mut |facts, ledger, ids| mark_given(facts, ledger, &leaving, ids)).await?;
    }
    tx.merge_patients(gone, survivor, roof.now(), by).await?;
    refold(roof, tx, context, survivor, loading).await?;
    tx.saved_follows_assignments(gone, survivor).await?;
    // The stricter answer wins, until the patient says otherwise.
    let united = Known::load(roof, context, tx, survivor).await?;
    let mut answers = vec![];
    for (channel, category) in stricter([one.chart(), other.chart()], united.chart()) {
        let what = What::Consent { channel, category, given: false, said_by: None };
        let change = NewChange { at: roof.now(), source: Source::System, what, message: None };
        if let Outcome::Recorded { last } = record(roof, tx, context, survivor, vec![change], loading).await? {
            answers.extend(last);
        }
    }
    // By hand somebody chose which record stays; the EMR's own merge says who the person is.
    if let Some(staff) = by {
        let what = What::Patient(Box::new(as_it_was(&one.chart().patient, &united.chart().patient)));
        let change = NewChange { at: roof.now(), source: Source::Staff(staff), what, message: None };
        if let Outcome::Recorded { last } = record(roof, tx, context, survivor, vec![change], loading).await? {
            answers.extend(last);
        }
    }
    tx.note_answers(gone, &answers).await
}

/// What the survivor was said to be, where the other record says something newer.
fn as_it_was(kept: &Patient, united: &Patient) -> PatientChange {
    fn stays<T: Clone + PartialEq>(kept: &Option<T>, united: &Option<T>) -> Write<T> {
        Write::some(kept.clone().filter(|_| kept != united))
    }
    PatientChange {
        given: stays(&kept.given, &united.given),
        family: stays(&kept.family, &united.family),
        birth_date: stays(&kept.birth_date, &united.birth_date),
        sex: stays(&kept.sex, &united.sex),
        language: stays(&kept.language, &united.language),
        zone: stays(&kept.zone, &united.zone),
        email: stays(&kept.email, &united.email),
        mobile: stays(&kept.mobile, &united.mobile),
        phone: stays(&kept.phone, &united.phone),
        home_location: stays(&kept.home_location, &united.home_location),
        ..PatientChange::default()
    }
}

/// They are two people after all: what came from the gone record goes back, and what was begun on it meanwhile. False if
/// no such merge stands.
pub async fn unmerge(roof: &Roof, tx: &mut OrgTx, context: &Context, two: Two) -> Result<bool, Error> {
    let Two { survivor, gone } = two;
    // Holds the gone row and then the survivor's, as everybody does who comes by the old name.
    let stands = store::patient_lock(tx, gone).await? == Some(survivor) && survivor != gone;
    if !stands || !tx.unmerge_patients(gone, survivor, roof.now()).await? {
        return Ok(false);
    }
    let back = Known::load(roof, context, tx, gone).await?;
    let kept = Known::load(roof, context, tx, survivor).await?;
    let anchors: Vec<_> = of_one_alone(&back.snapshot, &kept.snapshot).into_iter().collect();
    tx.give_back(gone, survivor, &anchors).await?;
    refold(roof, tx, context, gone, false).await?;
    refold(roof, tx, context, survivor, false).await?;
    tx.saved_follows_assignments(gone, survivor).await?;
    Ok(true)
}
