//! What staff do to one patient by the forms and buttons of the patient's page, beside visits. Each says whether it was
//! taken: where no form says it, or the page refuses it, `record` is told.

use care::chart::{Act, AssignmentAct, Channel, Chart, EnrolmentAct, What};
use care::id::{ChangeId, EnrolmentId, PatientId};
use care::zone::CivilMoment;

use super::desk::{known, on_the_clock, posts};
use super::stage::Stage;

pub async fn says(stage: &mut Stage, patient: PatientId, what: &What) -> bool {
    let home = format!("/patients/{patient}");
    let taken = match what {
        What::Consent { channel, category, given, .. } => {
            let answer = if *given { "yes" } else { "no" };
            let (channel, category) = (channel.code().to_owned(), category.code().to_owned());
            let form = [("channel", channel), ("category", category), ("given", answer.into())];
            let form = form.into_iter().chain([("said_by", "patient".to_owned())]).collect::<Vec<_>>();
            posts(stage, &format!("{home}/consents"), &form).await.0
        }
        What::RunStopped { workflow, subject: Some(subject) } => {
            let runs = known(stage, patient).await.ledger.runs;
            let run = runs.values().rfind(|run| run.workflow == *workflow && run.anchor.subject == *subject);
            let Some(run) = run.map(|run| run.id.to_string()) else { return false };
            posts(stage, &format!("{home}/why/{workflow}/stop"), &[("run", run)]).await.0
        }
        What::Assignment { assignment, act: AssignmentAct::Withdraw } => {
            posts(stage, &format!("{home}/assignments/{assignment}/withdrawal"), &[]).await.0
        }
        What::Enrolment { enrolment, act: EnrolmentAct::Enrol { workflow, moment } } => {
            return enrols(stage, patient, *enrolment, workflow, moment).await;
        }
        What::Enrolment { enrolment, act: EnrolmentAct::Stop } => {
            posts(stage, &format!("{home}/enrolments/{enrolment}/end"), &[]).await.0
        }
        What::RunStopped { subject: None, .. }
        | What::Assignment { act: AssignmentAct::Give { .. } | AssignmentAct::Complete { .. }, .. }
        | What::Patient(_)
        | What::Encounter(_)
        | What::Episode(_)
        | What::OptOut { .. }
        | What::LoggedIn => false,
    };
    stage.by_form |= taken;
    taken
}

/// The page gives it an id of its own: from then on the scenario's name means that one.
async fn enrols(
    stage: &mut Stage,
    patient: PatientId,
    named: EnrolmentId,
    workflow: &str,
    moment: &CivilMoment,
) -> bool {
    let before = known(stage, patient).await;
    let zone = before.chart().home_zone(&stage.clinic().await).to_owned();
    let Some((date, time)) = on_the_clock(moment, &zone) else { return false };
    let form = [("workflow", workflow.to_owned()), ("enrol-date", date), ("enrol-time", time)];
    if !posts(stage, &format!("/patients/{patient}/enrolments"), &form).await.0 {
        return false;
    }
    let after = known(stage, patient).await;
    let is_new = |id: &EnrolmentId| before.chart().enrolments.iter().all(|old| old.id != *id);
    if let Some(new) = after.chart().enrolments.iter().map(|e| e.id).find(is_new) {
        let name = stage.called.remove(&named.0).unwrap_or_default();
        stage.called.insert(new.0, name);
        stage.by_form = true;
    }
    true
}

/// The enrolment of that name: the one a form made, if it did.
pub fn enrolment_of(stage: &Stage, chart: &Chart, name: &str) -> Option<EnrolmentId> {
    let called = |id: &EnrolmentId| stage.called.get(&id.0).is_some_and(|called| called == name);
    chart.enrolments.iter().map(|enrolment| enrolment.id).find(called)
}

/// "Nothing more to this address".
pub async fn stops(stage: &Stage, patient: PatientId, channel: Channel) -> bool {
    posts(stage, &format!("/patients/{patient}/stops/{}", channel.code()), &[]).await.0
}

/// They are one person, or two after all.
pub async fn merges(stage: &Stage, survivor: PatientId, gone: PatientId, undone: bool) -> bool {
    let method = if undone { "DELETE" } else { "POST" };
    posts(stage, &format!("/patients/{survivor}/merge/{gone}"), &[("_method", method.into())]).await.0
}

/// The button "undo", which stays for a minute.
pub async fn takes_back(stage: &Stage, patient: PatientId, id: ChangeId) -> bool {
    let changes = stage.tx().await.changes(patient).await.unwrap();
    let Some(change) = changes.iter().find(|change| change.id == id) else { return false };
    let path = match &change.what {
        What::Encounter(visit) => {
            let act = match visit.act {
                Act::Book => "booking",
                Act::Arrive => "arrival",
                Act::NoShow => "no-show",
                Act::Cancel => "cancellation",
                Act::Modify => "move",
                Act::Reinstate => "reinstatement",
                Act::Note | Act::Finish | Act::Unfinish | Act::Delete => return false,
            };
            format!("visits/{}/{act}", visit.encounter)
        }
        What::Enrolment { enrolment, act: EnrolmentAct::Enrol { .. } } => format!("enrolments/{enrolment}/beginning"),
        What::Enrolment { enrolment, act: EnrolmentAct::Stop } => format!("enrolments/{enrolment}/end"),
        What::Patient(_)
        | What::Episode(_)
        | What::Assignment { .. }
        | What::Consent { .. }
        | What::OptOut { .. }
        | What::RunStopped { .. }
        | What::LoggedIn => format!("changes/{id}"),
    };
    let form = [("_method", "DELETE".to_owned()), ("change", id.to_string())];
    posts(stage, &format!("/patients/{patient}/{path}"), &form).await.0
}
