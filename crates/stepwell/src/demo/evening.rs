//! What the demo's patients and therapists do of an evening: patients answer what waits for them, and who came for the
//! first time today is given a care plan. Each goes by a chance of their own, so that one patient's story is the same
//! whatever becomes of the others.

use care::chart::{Assignment, AssignmentAct, Chart, DUE_WITHIN, Source, VisitType, What};
use care::id::{AssignmentId, OrganizationId, PatientId, StaffId};
use care::questionnaire::{Audience, Setting};
use jiff::{SignedDuration, Timestamp};

use super::answers::Person;
use super::chance::Chance;
use crate::Roof;
use crate::library;
use crate::runner::{Context, Known, NewChange, record};
use crate::web::response_to;

pub struct Evening {
    pub organization: OrganizationId,
    pub staff: StaffId,
    pub seed: u64,
}

/// Who has not answered for so long does not.
const PATIENCE: SignedDuration = SignedDuration::from_hours(20 * 24);

impl Evening {
    pub async fn pass(&self, roof: &Roof) -> Result<(), store::Error> {
        let since = roof.now().checked_sub(PATIENCE).unwrap_or(Timestamp::MIN);
        let mut tx = roof.app.begin(self.organization).await?;
        let busy = tx.patients_asked_since(since, roof.now()).await?;
        tx.commit().await?;
        for patient in busy {
            self.of_patient(roof, patient).await?;
        }
        Ok(())
    }

    async fn of_patient(&self, roof: &Roof, patient: PatientId) -> Result<(), store::Error> {
        let mut tx = roof.app.begin(self.organization).await?;
        let context = Context::load(roof, &mut tx).await?;
        let Some(patient) = store::patient_lock(&mut tx, patient).await? else { return Ok(()) };
        let known = Known::load(roof, &context, &mut tx, patient).await?;
        let (chart, now) = (known.chart(), roof.now());
        let person = Person::of(chart, self.seed, now);
        let mut changes = vec![];
        if let Some(act) = care_plan(chart, &person, now) {
            let what = What::Assignment { assignment: AssignmentId(roof.new_id()), act };
            changes.push(NewChange { at: now, source: Source::Staff(self.staff), what, message: None });
        }
        let waiting = chart.assignments.iter().filter(|a| a.is_open() && a.is_a("questionnaire"));
        for assignment in waiting.filter(|a| person.answers_today(&a.content)) {
            if let Some(act) = answered(&mut tx, assignment, &person).await? {
                let what = What::Assignment { assignment: assignment.id, act };
                changes.push(NewChange { at: now, source: Source::Patient, what, message: None });
            }
        }
        if !changes.is_empty() {
            record(roof, &mut tx, &context, patient, changes, false).await?;
        }
        tx.commit().await
    }
}

/// What the patient hands in; nothing where the form is for the clinic, or where something would be missing.
async fn answered(
    tx: &mut store::OrgTx,
    assignment: &Assignment,
    person: &Person,
) -> Result<Option<AssignmentAct>, store::Error> {
    let form = library::form(tx, &assignment.content, assignment.given_at).await?;
    let at_home =
        |form: &care::questionnaire::Form| (form.audience, form.setting) == (Audience::Patient, Setting::Anywhere);
    let Some(form) = form.filter(at_home) else { return Ok(None) };
    let answers = person.fills(&form, &assignment.content);
    let walk = form.walk(&answers);
    let whole = walk.faults(&form).is_empty();
    Ok(whole.then(|| response_to(&form, walk.answers.clone(), None)))
}

/// Given on the evening of the first evaluation, to most.
fn care_plan(chart: &Chart, person: &Person, now: Timestamp) -> Option<AssignmentAct> {
    let came =
        |e: &&care::chart::Encounter| e.visit_type == Some(VisitType::InitialEvaluation) && e.state.has_arrived();
    let visit = chart.encounters.iter().find(came)?;
    let began = visit.starts_at().filter(|at| now.duration_since(*at) < SignedDuration::from_hours(24))?;
    let has_one = chart.assignments.iter().any(|a| a.is_a("care-plan"));
    if has_one || began > now || !Chance::new(person.seed).percent(85) {
        return None;
    }
    Some(AssignmentAct::Give {
        content: person.care_plan().to_owned(),
        due: now.checked_add(DUE_WITHIN).unwrap_or(Timestamp::MAX),
        run: None,
        episode: Some(visit.episode),
        depth: 0,
    })
}
