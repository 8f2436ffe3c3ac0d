//! The rows of some patients, and the visits of theirs that vanish, through the one door.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::{
    Act, Chart, EncounterChange, EncounterKey, EncounterState, EpisodeChange, Source, What, Write, fold,
};
use care::id::{EncounterId, EpisodeId, PatientId};
use store::{Error, OrgTx};
use wire::csv::Kind;
use wire::hl7v2::Content;

use super::job::Job;
use super::tally::{Became, Group, Tally};
use super::{fit, words};
use crate::Roof;
use crate::runner::context::Context;
use crate::runner::reading::{self, Notice};
use crate::runner::record::{NewChange, record};

/// What a batch does to one patient.
#[derive(Default)]
struct Work {
    /// Rows of the file speak of the patient.
    in_file: bool,
    changes: Vec<NewChange>,
    notices: Vec<Notice>,
    vanishing: Vec<EncounterId>,
}

/// Applies up to `most` patients from `done` on; how many are done then. First come those of the file, then those of whom
/// only a visit vanishes.
#[expect(clippy::too_many_arguments, reason = "the caller's whole situation, for an import and for its dry run")]
pub async fn batch(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    job: &Job,
    vanishing: &[(PatientId, EncounterId)],
    done: usize,
    most: usize,
    tally: &mut Tally,
) -> Result<usize, Error> {
    let until = job.steps(vanishing).min(done + most);
    let mut work: BTreeMap<PatientId, Work> = BTreeMap::new();
    for (_, rows) in job.patients.iter().take(until).skip(done) {
        for reading in job.readings(rows) {
            let Content::Updates(updates) = &reading.what else { continue };
            for update in updates {
                let made =
                    reading::changes_of(roof, tx, &context.organization, job.interface.id, None, reading, update)
                        .await?;
                let slot = work.entry(made.patient).or_default();
                slot.in_file = true;
                slot.changes.extend(made.changes);
                slot.notices.extend(made.notices);
            }
        }
    }
    let patients: BTreeSet<PatientId> = vanishing.iter().map(|(patient, _)| *patient).collect();
    let rest = patients.into_iter().skip(done.saturating_sub(job.patients.len()));
    for patient in rest.take(until.saturating_sub(job.patients.len().max(done))) {
        work.entry(patient).or_default();
    }
    for (patient, visit) in vanishing {
        if let Some(slot) = work.get_mut(patient) {
            slot.vanishing.push(*visit);
        }
    }
    for (patient, work) in work {
        // Always in the order of ids: two batches never wait for one another.
        if let Some(patient) = store::patient_lock(tx, patient).await? {
            apply(roof, tx, context, job, patient, work, tally).await?;
        }
    }
    Ok(until)
}

async fn apply(
    roof: &Roof,
    tx: &mut OrgTx,
    context: &Context,
    job: &Job,
    patient: PatientId,
    mut work: Work,
    tally: &mut Tally,
) -> Result<(), Error> {
    let source = Source::Emr(job.interface.id);
    let known = tx.changes(patient).await?;
    let before = fold(&known, &job.clinic);
    let spoken: Vec<_> = known.into_iter().filter(|change| change.source == source).collect();
    if job.mapping.kind == Kind::Visits {
        fit::home_once(&mut work.changes, before.patient.home_location.is_some());
    }
    let (visits, episodes) = subjects(&work.changes);
    let mut changes = fit::fit(work.changes, &spoken, job.at);
    for visit in &work.vanishing {
        let what = What::Encounter(EncounterChange::new(*visit, EncounterKey::Appointment, Act::Cancel));
        changes.push(NewChange { at: job.at, source, what, message: None });
    }
    record(roof, tx, context, patient, changes, job.loading).await?;
    for (kind, about) in work.notices {
        tx.notice(patient, kind, &about, roof.now(), roof.new_id()).await?;
    }
    let after = fold(&tx.changes(patient).await?, &job.clinic);
    let both = Both { before: &before, after: &after, job };
    if work.in_file {
        both.count_patient(tally);
    }
    for visit in visits {
        both.count_visit(visit, tally);
    }
    for episode in episodes {
        both.count_episode(episode, tally);
    }
    for visit in &work.vanishing {
        both.count_missing(*visit, tally);
    }
    Ok(())
}

/// The visits and episodes that rows speak of.
fn subjects(changes: &[NewChange]) -> (BTreeSet<EncounterId>, BTreeSet<EpisodeId>) {
    let (mut visits, mut episodes) = (BTreeSet::new(), BTreeSet::new());
    for change in changes {
        match &change.what {
            What::Encounter(visit) => {
                visits.insert(visit.encounter);
                if let Write::Set(episode) = visit.episode {
                    episodes.insert(episode);
                }
            }
            What::Episode(EpisodeChange::Open { episode, .. }) => {
                episodes.insert(*episode);
            }
            What::Episode(EpisodeChange::Discharge { episode, .. } | EpisodeChange::Reopen { episode }) => {
                episodes.extend(*episode);
            }
            _ => {}
        }
    }
    (visits, episodes)
}

/// One patient's chart before and after.
struct Both<'a> {
    before: &'a Chart,
    after: &'a Chart,
    job: &'a Job,
}

fn became<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> Became {
    match (before, after) {
        (None, Some(_)) => Became::New,
        (before, after) if before == after => Became::Same,
        _ => Became::Changed,
    }
}

impl Both<'_> {
    fn count_patient(&self, tally: &mut Tally) {
        let was = self.before.patient.created_at.map(|_| &self.before.patient);
        let became = became(was, Some(&self.after.patient));
        tally.counts.patients.add(became);
        let who = || words::who(&self.after.patient);
        match became {
            Became::New => tally.example(Group::NewPatients, who),
            Became::Changed => {
                let fields = || words::changed_fields(&self.before.patient, &self.after.patient);
                tally.example(Group::ChangedPatients, || format!("{}: {}", who(), fields()));
            }
            Became::Same => {}
        }
    }

    fn count_visit(&self, id: EncounterId, tally: &mut Tally) {
        let known = |visit: &&care::chart::Encounter| visit.state != EncounterState::Unknown;
        let (was, is) = (self.before.encounter(id).filter(known), self.after.encounter(id));
        let became = became(was, is);
        tally.counts.visits.add(became);
        let Some(is) = is else { return };
        let who = || words::who(&self.after.patient);
        match (became, was) {
            (Became::New, _) => {
                tally.example(Group::NewVisits, || format!("{}: {}", who(), words::visit(is, &self.job.clinic)));
            }
            (Became::Changed, Some(was)) => {
                let change = || words::visit_change(was, is, &self.job.clinic);
                tally.example(Group::ChangedVisits, || format!("{}: {}", who(), change()));
            }
            (Became::Changed | Became::Same, _) => {}
        }
    }

    fn count_episode(&self, id: EpisodeId, tally: &mut Tally) {
        let find = |chart: &Chart| chart.episodes.iter().find(|episode| episode.named == Some(id)).cloned();
        let (was, is) = (find(self.before), find(self.after));
        let became = became(was.as_ref(), is.as_ref());
        tally.counts.episodes.add(became);
        let Some(is) = is else { return };
        let line = || format!("{}: {}", words::who(&self.after.patient), words::episode(&is));
        match became {
            Became::New => tally.example(Group::NewEpisodes, line),
            Became::Changed => tally.example(Group::ChangedEpisodes, line),
            Became::Same => {}
        }
    }

    fn count_missing(&self, id: EncounterId, tally: &mut Tally) {
        let (Some(was), Some(is)) = (self.before.encounter(id), self.after.encounter(id)) else { return };
        if was.state != is.state {
            tally.counts.missing += 1;
            let line = || format!("{}: {}", words::who(&self.after.patient), words::visit(was, &self.job.clinic));
            tally.example(Group::MissingVisits, line);
        }
    }
}
