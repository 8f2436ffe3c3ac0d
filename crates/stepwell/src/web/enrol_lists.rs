//! A list of patients put on a workflow: counted first, then enrolled by the runner, and stopped as a whole.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::Clinic;
use care::id::PatientId;
use care::workflow::Workflow;
use care::workflow::group::Group;
use pages::staff::{Counted, Enrol, EnrolmentList, EnrolmentListLine, Field, Member};
use pages::{Nav, Reason};
use sha2::{Digest, Sha256};
use store::{EnrolmentListId, EnrolmentListRow, EnrolmentListState as State_, NewEnrolmentList, OrgTx};

use super::actor::Actor;
use super::enrol_filter::{self, Filter, Given};
use super::enrolments::is_by_hand;
use super::error::WebError;
use super::flash::Said;
use super::form::{self, Posted};
use super::permission::Permission;
use super::{Web, render, times, visit_form, words, workflow_words};
use crate::ids::hex;
use crate::runner::{count, enrol};

/// Names shown of those who were counted.
const FIRST: usize = 20;
/// The page shows the newest lists.
const EARLIER: i64 = 20;
/// Everybody of a group.
const ALL: i64 = i32::MAX as i64;

/// A workflow that lists can be put on.
struct Subject {
    key: String,
    workflow: std::sync::Arc<Workflow>,
    is_active: bool,
    clinic: Clinic,
}

impl Subject {
    async fn load(web: &Web, tx: &mut OrgTx, key: String) -> Result<Self, WebError> {
        let clinic = tx.clinic().await?.clinic;
        let all = web.roof.workflows(tx).await?;
        let published = all.0.get(&key).ok_or(WebError::not_found("workflow"))?;
        let (_, workflow) = published.current().ok_or(WebError::not_found("workflow"))?;
        if !is_by_hand(workflow) {
            return Err(WebError::not_found("page"));
        }
        let is_active = published.activation_at(web.roof.now()).is_some();
        Ok(Self { workflow: workflow.clone(), is_active, clinic, key })
    }
}

/// What was asked and what it has.
struct Count {
    filter: String,
    patients: Vec<PatientId>,
    notes: Vec<String>,
    first: Vec<Member>,
}

/// `GET /workflows/{key}/enrol`
pub async fn form(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Query(given): Query<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolLists)?;
    let subject = Subject::load(&web, &mut actor.begin(&web).await?, key).await?;
    shown(&web, &actor, &subject, &given, None).await
}

/// The page with its count; `problem` is why it comes back.
async fn shown(
    web: &Web,
    actor: &Actor,
    subject: &Subject,
    given: &Given,
    problem: Option<(StatusCode, String)>,
) -> Result<Response, WebError> {
    let form = enrol_filter::show(given, &subject.clinic);
    let filter = enrol_filter::read(given, &subject.clinic).filter(|_| enrol_filter::is_asked(given));
    let counted = match &filter {
        Some(filter) => Some(counted(web, actor, subject, given, filter).await?),
        None => None,
    };
    let problem = match (problem, &filter) {
        (None, None) if form.is_wrong => Some((StatusCode::BAD_REQUEST, "A condition needs another look.".to_owned())),
        (None, None) if enrol_filter::is_asked(given) => {
            Some((StatusCode::BAD_REQUEST, "The filter cannot be read. Choose anew.".to_owned()))
        }
        (problem, _) => problem,
    };
    let earlier = actor.begin(web).await?.enrolment_lists(&subject.key, EARLIER).await?;
    let (status, problem) = problem.map_or((StatusCode::OK, None), |(status, words)| (status, Some(words)));
    let page = render::html(&Enrol {
        frame: actor.frame(web, &subject.clinic, "Put a list on a workflow", Nav::Workflows),
        id: subject.key.clone(),
        title: subject.workflow.title.clone(),
        problem,
        join: form.join,
        clauses: form.clauses,
        location: form.location,
        address: form.address,
        counted,
        earlier: earlier.iter().map(|row| line(row, &subject.clinic)).collect(),
    })?;
    Ok((status, page).into_response())
}

fn line(row: &EnrolmentListRow, clinic: &Clinic) -> EnrolmentListLine {
    let (class, state) = state_words(row.state);
    EnrolmentListLine {
        href: format!("/workflows/{}/enrolments/{}", row.workflow, row.id),
        at: times::stamp(row.made_at, &clinic.zone, &clinic.zone),
        filter: row.filter.clone(),
        patients: row.patients.len(),
        class,
        state,
    }
}

fn state_words(state: State_) -> (&'static str, &'static str) {
    match state {
        State_::Enrolling => ("wait", "Enrolling"),
        State_::Enrolled => ("good", "Enrolled"),
        State_::Stopping => ("wait", "Stopping"),
        State_::Stopped => ("quiet", "Stopped"),
        State_::Failed => ("problem", "Could not go on"),
    }
}

async fn counted(
    web: &Web,
    actor: &Actor,
    subject: &Subject,
    given: &Given,
    filter: &Filter,
) -> Result<Counted, WebError> {
    count::catch_up(&web.roof, actor.organization).await?;
    let count = count_of(web, &mut actor.begin(web).await?, subject, filter).await?;
    let now = web.roof.now();
    let (date, time) = times::fields(now, &subject.clinic.zone);
    let mut date = Field::value(given.get("date").unwrap_or(&date));
    let mut time = Field::value(given.get("time").unwrap_or(&time));
    (date.error, time.error) =
        visit_form::read_start(&date.value, &time.value, &subject.clinic.zone, now).err().unwrap_or_default();
    let mut hidden = enrol_filter::fields(given);
    hidden.push(("members".into(), fingerprint(&count.patients)));
    hidden.push(("list".into(), web.roof.new_id().to_string()));
    let barred =
        (!subject.is_active).then(|| "The workflow is switched off. Switch it on first, then enrol.".to_owned());
    Ok(Counted {
        filter: count.filter,
        patients: count.patients.len(),
        notes: count.notes,
        first: count.first,
        hidden,
        date,
        time,
        zone: times::zone_words(&subject.clinic.zone),
        barred,
    })
}

async fn count_of(web: &Web, tx: &mut OrgTx, subject: &Subject, filter: &Filter) -> Result<Count, WebError> {
    let now = web.roof.now();
    let patients = tx.list_group(&filter.group, now, ALL, 0).await?;
    let hurdles = tx.enrolment_hurdles(&subject.key, &patients).await?;
    let outside = Group::All(vec![filter.group.clone(), Group::Not(Box::new(subject.workflow.group.clone()))]);
    let outside = tx.count_group(&outside, now).await?;
    let first = patients.get(..FIRST).unwrap_or(&patients);
    let names = tx.patient_names(first).await?;
    let member = |patient: &PatientId| {
        let (_, given, family) = names.iter().find(|(id, _, _)| id == patient)?;
        Some(Member { name: words::full_name(given, family), href: format!("/patients/{patient}") })
    };
    let note = |many: i64, one: &str, more: &str| match many {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {more}")),
    };
    let notes = [
        note(
            hurdles.no_address,
            "has neither email nor mobile number that works.",
            "have neither email nor mobile number that works.",
        ),
        note(
            hurdles.not_to_be_contacted,
            "must not be contacted and is passed over.",
            "must not be contacted and are passed over.",
        ),
        note(
            outside,
            "is not in the workflow’s patient group and is passed over.",
            "are not in the workflow’s patient group and are passed over.",
        ),
        note(hurdles.on_it, "is on this workflow already.", "are on this workflow already."),
    ];
    Ok(Count {
        filter: workflow_words::group(&filter.group),
        first: first.iter().filter_map(member).collect(),
        notes: notes.into_iter().flatten().collect(),
        patients,
    })
}

/// How many, and who: a list that lost one patient and won another is another list.
fn fingerprint(patients: &[PatientId]) -> String {
    let mut ids: Vec<_> = patients.iter().map(|patient| patient.0).collect();
    ids.sort();
    let digest = ids.iter().fold(Sha256::new(), |digest, id| digest.chain_update(id.as_bytes())).finalize();
    format!("{}-{}", ids.len(), hex(&digest[..8]))
}

/// `POST /workflows/{key}/enrolments`
pub async fn begin(
    State(web): State<Web>,
    actor: Actor,
    Path(key): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolLists)?;
    web.let_time_pass().await?;
    let subject = Subject::load(&web, &mut actor.begin(&web).await?, key).await?;
    if !subject.is_active {
        return Err(WebError::conflict("The workflow is switched off. Switch it on first, then enrol."));
    }
    let Some(filter) = enrol_filter::read(&given, &subject.clinic).filter(|_| enrol_filter::is_asked(&given)) else {
        return shown(&web, &actor, &subject, &given, None).await;
    };
    let now = web.roof.now();
    let field = |name: &str| given.get(name).map_or("", String::as_str);
    let Ok(moment) = visit_form::read_start(field("date"), field("time"), &subject.clinic.zone, now) else {
        let problem = (StatusCode::BAD_REQUEST, "Say from when its steps count.".to_owned());
        return shown(&web, &actor, &subject, &given, Some(problem)).await;
    };
    let id: EnrolmentListId = form::id(field("list"), "list")?;
    let path = format!("/workflows/{}/enrolments/{id}", subject.key);
    count::catch_up(&web.roof, actor.organization).await?;
    let mut tx = actor.begin(&web).await?;
    // Pressed twice it is one list: its id was given when it was counted.
    if tx.enrolment_list(id).await?.is_some() {
        return Ok(render::see(&path, None));
    }
    let mut patients = tx.list_group(&filter.group, now, ALL, 0).await?;
    if patients.is_empty() || fingerprint(&patients) != field("members") {
        drop(tx);
        let changed = "The list has changed since it was counted, so nobody is enrolled yet. Look at it again.";
        return shown(&web, &actor, &subject, &given, Some((StatusCode::CONFLICT, changed.to_owned()))).await;
    }
    // Rows are held in one order, whoever holds several.
    patients.sort();
    let filter = workflow_words::group(&filter.group);
    let (workflow, made_at, made_by) = (subject.key.clone(), now, actor.staff);
    tx.insert_enrolment_list(&NewEnrolmentList { id, workflow, filter, patients, moment, made_at, made_by }).await?;
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&path, None))
}

async fn list_of(tx: &mut OrgTx, key: &str, list: &str) -> Result<EnrolmentListRow, WebError> {
    let list = tx.enrolment_list(form::id(list, "list")?).await?;
    list.filter(|list| list.workflow == key).ok_or(WebError::not_found("list"))
}

/// `GET /workflows/{key}/enrolments/{list}`
pub async fn show(
    State(web): State<Web>,
    actor: Actor,
    Path((key, list)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolLists)?;
    let mut tx = actor.begin(&web).await?;
    let list = list_of(&mut tx, &key, &list).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let current = all.0.get(&key).and_then(|published| published.current());
    let enrolments: Vec<_> = list.patients.iter().map(|patient| enrol::enrolment_of(list.id, *patient)).collect();
    let results = tx.enrolment_results(&key, &enrolments).await?;
    let by = tx.staff(list.made_by).await?.map_or_else(|| "somebody".to_owned(), |staff| staff.name);
    let (class, state) = state_words(list.state);
    let stamp = |at| times::stamp(at, &clinic.zone, &clinic.zone);
    let done = |n: i32| usize::try_from(n).unwrap_or(0);
    Ok(render::html(&EnrolmentList {
        frame: actor.frame(&web, &clinic, "A list on a workflow", Nav::Workflows),
        title: current.map_or_else(|| words::content(&key), |(_, workflow)| workflow.title.clone()),
        list: list.id.to_string(),
        filter: list.filter.clone(),
        at: stamp(list.made_at),
        by,
        moment: stamp(list.moment.instant()),
        class,
        state,
        patients: list.patients.len(),
        progress: match list.state {
            State_::Enrolling => Some((done(list.enrolled), list.patients.len())),
            State_::Stopping => Some((done(list.stopped), done(list.enrolled))),
            State_::Enrolled | State_::Stopped | State_::Failed => None,
        },
        failed: (list.state == State_::Failed).then(|| done(list.enrolled)),
        enrolled: done(list.enrolled),
        began: results.began,
        under_way: results.under_way,
        passed: results.passed.iter().map(|(code, many)| (Reason::from_code(code, "en"), *many)).collect(),
        may_stop: matches!(list.state, State_::Enrolling | State_::Enrolled | State_::Failed),
        id: key,
    })?
    .into_response())
}

/// `DELETE /workflows/{key}/enrolments/{list}`: what it began is stopped for each of its patients.
pub async fn stop(
    State(web): State<Web>,
    actor: Actor,
    Path((key, list)): Path<(String, String)>,
) -> Result<Response, WebError> {
    actor.may(Permission::EnrolLists)?;
    web.let_time_pass().await?;
    let mut tx = actor.begin(&web).await?;
    let list = list_of(&mut tx, &key, &list).await?;
    if !tx.stop_enrolment_list(list.id, actor.staff, web.roof.now()).await? {
        return Err(WebError::conflict("Somebody stopped this list already."));
    }
    tx.commit().await?;
    web.settle().await?;
    Ok(render::see(&format!("/workflows/{key}/enrolments/{}", list.id), Some(&Said::ListStopped)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_list_is_the_same_in_any_order_and_another_with_another_patient() {
        let [a, b, c] = [1, 2, 3].map(|n| PatientId(Uuid::from_u128(n)));
        assert_eq!(fingerprint(&[a, b]), fingerprint(&[b, a]));
        assert_ne!(fingerprint(&[a, b]), fingerprint(&[a, c]));
        assert!(fingerprint(&[a, b, c]).starts_with("3-"));
    }
}
