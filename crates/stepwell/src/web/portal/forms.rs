//! A form, one question at a time. Each answer is saved as it is given; handed in, it becomes a response of the chart.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::{Assignment, AssignmentAct, AssignmentState, Score, What};
use care::questionnaire::{Answers, Asked, Audience, Fault, Form, Setting, Walk, fault_of};
use pages::patient::Said;
use pages::patient::portal::{Answered, Review};
use serde::Deserialize;

use super::super::error::WebError;
use super::super::form::{Posted, escape};
use super::super::link_pages::EXPIRED;
use super::super::{Web, render};
use super::question::{answer_words, fault_words, question_page};
use super::{Seen, Visitor};
use crate::library;

#[derive(Deserialize)]
pub struct Wanted {
    at: Option<String>,
}

/// A form that waits for this patient's answers.
pub(super) struct Open {
    pub seen: Seen,
    pub assignment: Assignment,
    pub form: Form,
    /// What is known so far: what came back from the time before, and the draft.
    pub given: Answers,
    returned: Answers,
}

impl Open {
    /// `Err`: the page that says why it cannot be answered.
    async fn load(web: &Web, visitor: &Visitor, id: &str) -> Result<Result<Self, Response>, WebError> {
        let mut seen = visitor.sees(web).await?;
        let found = seen.assignment(id).filter(|a| a.is_a("questionnaire")).cloned();
        let assignment = found.ok_or_else(|| WebError::not_found("form"))?;
        match assignment.state() {
            AssignmentState::Open => {}
            AssignmentState::Completed { .. } | AssignmentState::Withdrawn { .. } => return Ok(Err(thanks(&seen)?)),
            AssignmentState::Expired { .. } => return Ok(Err(said(&seen, EXPIRED)?)),
        }
        let form = library::form(&mut seen.tx, &assignment.content, assignment.given_at).await?;
        let form = form.filter(is_for_home).ok_or_else(|| WebError::not_found("form"))?;
        let returned = returned(&seen, &assignment, &form);
        let mut given = returned.clone();
        for (place, answers) in seen.tx.draft(assignment.id).await?.places() {
            given.set(place, answers);
        }
        Ok(Ok(Self { seen, assignment, form, given, returned }))
    }

    fn walk(&self) -> Walk<'_> {
        self.form.walk(&self.given)
    }

    /// The questions put to the patient: what came back from the time before is not asked again.
    fn questions<'a>(&self, walk: &'a Walk<'a>) -> Vec<&'a Asked<'a>> {
        walk.questions().filter(|asked| self.returned.get(&asked.place).is_empty()).collect()
    }

    fn path(&self) -> String {
        format!("/p/forms/{}", self.assignment.id)
    }

    fn at(&self, place: &str) -> String {
        format!("{}?at={}", self.path(), escape(place))
    }

    /// What follows a question, else the review.
    fn after(&self, place: &str) -> String {
        let walk = self.walk();
        let questions = self.questions(&walk);
        let next = questions.iter().position(|asked| asked.place == place).and_then(|at| questions.get(at + 1));
        next.map_or_else(|| format!("{}/answers", self.path()), |asked| self.at(&asked.place))
    }
}

/// A form for staff, or one that is asked only where somebody can act on the answer, is never asked here.
pub(super) fn is_for_home(form: &Form) -> bool {
    match (form.audience, form.setting) {
        (Audience::Patient, Setting::Anywhere) => true,
        (Audience::Patient, Setting::Clinic) | (Audience::Staff, Setting::Anywhere | Setting::Clinic) => false,
    }
}

/// The answers that come back at follow-up: those of the last response to a form of this name.
fn returned(seen: &Seen, assignment: &Assignment, form: &Form) -> Answers {
    let earlier = seen
        .snapshot
        .chart
        .assignments
        .iter()
        .filter(|a| a.content == assignment.content && a.episode == assignment.episode && a.withdrawn_at.is_none());
    let last = earlier.filter_map(|a| a.responses.last()).max_by_key(|response| response.at);
    let mut back = Answers::default();
    for item in form.all().into_iter().filter(|item| item.returns) {
        back.set(&item.id, last.map(|response| response.answers.get(&item.id)).unwrap_or_default());
    }
    back
}

pub async fn ask(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let open = match Open::load(&web, &visitor, &id).await? {
        Ok(open) => open,
        Err(page) => return Ok(page),
    };
    let walk = open.walk();
    let questions = open.questions(&walk);
    let wanted = wanted.at.and_then(|at| questions.iter().position(|asked| asked.place == at));
    // Without a place: on where the last answer ended.
    let last = questions.iter().rposition(|asked| !walk.answers.get(&asked.place).is_empty());
    match wanted.unwrap_or_else(|| last.map_or(0, |last| last + 1)) {
        beyond if beyond >= questions.len() => Ok(render::see(&format!("{}/answers", open.path()), None)),
        number => show(&open, &walk, &questions, number, StatusCode::OK, None),
    }
}

/// Shows one question; `wrong`: what was said and cannot be taken.
fn show(
    open: &Open,
    walk: &Walk,
    questions: &[&Asked],
    number: usize,
    status: StatusCode,
    wrong: Option<(&[String], Fault)>,
) -> Result<Response, WebError> {
    let asked = questions[number];
    let said = wrong.as_ref().map_or_else(|| walk.answers.get(&asked.place), |(said, _)| said);
    let error = wrong.as_ref().map(|(_, fault)| fault_words(&open.seen, fault));
    let mut page = question_page(&open.seen, &open.form, walk, asked, said);
    page.error = error;
    page.action = open.path();
    page.back = number.checked_sub(1).map(|before| open.at(&questions[before].place));
    (page.number, page.of) = (number + 1, questions.len());
    Ok((status, render::html(&page)?).into_response())
}

pub async fn answer(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let mut open = match Open::load(&web, &visitor, &id).await? {
        Ok(open) => open,
        Err(page) => return Ok(page),
    };
    let place = values(&fields, "at").pop().unwrap_or_default();
    let walk = open.walk();
    let questions = open.questions(&walk);
    let Some(number) = questions.iter().position(|asked| asked.place == place) else {
        return Ok(render::see(&open.path(), None));
    };
    let item = questions[number].item;
    // Words of one's own stand in place of the options.
    let other = values(&fields, "other");
    let mut said = if other.is_empty() { values(&fields, "answer") } else { other };
    if !values(&fields, "skip").is_empty() && !item.required {
        said.clear();
    }
    if let Some(fault) = fault_of(&open.form, item, &said) {
        return show(&open, &walk, &questions, number, StatusCode::BAD_REQUEST, Some((&said, fault)));
    }
    open.given.set(&place, said);
    let (patient, assignment) = (visitor.patient, open.assignment.id);
    open.seen.tx.save_draft(patient, assignment, &open.given, web.roof.now()).await?;
    let next = open.after(&place);
    open.seen.tx.commit().await?;
    Ok(render::see(&next, None))
}

/// What was filled in under this name.
fn values(fields: &[(String, String)], name: &str) -> Vec<String> {
    let named = fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.trim().to_owned());
    named.filter(|value| !value.is_empty()).collect()
}

pub async fn review(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let open = match Open::load(&web, &visitor, &id).await? {
        Ok(open) => open,
        Err(page) => return Ok(page),
    };
    let walk = open.walk();
    if let Some((place, _)) = walk.faults(&open.form).first() {
        return Ok(render::see(&open.at(place), None));
    }
    let language = open.seen.library_language();
    let line = |asked: &Asked| Answered {
        question: asked.item.text.get(language).clone(),
        answer: answer_words(&open.seen, &open.form, asked.item, walk.answers.get(&asked.place)),
        href: open.at(&asked.place),
    };
    let page = Review {
        frame: open.seen.frame(),
        form_title: open.form.title.get(language).clone(),
        action: format!("{}/answers", open.path()),
        answers: open.questions(&walk).into_iter().map(line).collect(),
    };
    Ok(render::html(&page)?.into_response())
}

pub async fn hand_in(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let open = match Open::load(&web, &visitor, &id).await? {
        Ok(open) => open,
        Err(page) => return Ok(page),
    };
    let walk = open.walk();
    if let Some((place, _)) = walk.faults(&open.form).first() {
        return Ok(render::see(&open.at(place), None));
    }
    let assignment = open.assignment.id;
    let act = response_to(&open.form, walk.answers);
    let page = thanks(&open.seen)?;
    drop(open.seen);
    visitor.says(&web, What::Assignment { assignment, act }, Some(assignment)).await?;
    Ok(page)
}

/// Answers as a response: scored where an instrument scores them.
pub fn response_to(form: &Form, answers: Answers) -> AssignmentAct {
    let scored = form.score(&answers).and_then(Result::ok);
    let safety = scored.as_ref().is_some_and(|scored| scored.safety == Some(true));
    let score = scored.and_then(|scored| scored.score.ok()).and_then(Score::of);
    AssignmentAct::Complete { score, answers, safety }
}

fn thanks(seen: &Seen) -> Result<Response, WebError> {
    said(
        seen,
        [("Thank you", "Gracias"), ("Your answers have reached your team.", "Sus respuestas le llegaron a su equipo.")],
    )
}

fn said(seen: &Seen, [heading, line]: [(&str, &str); 2]) -> Result<Response, WebError> {
    let page =
        Said { frame: seen.frame(), heading: seen.say(heading.0, heading.1), lines: vec![seen.say(line.0, line.1)] };
    Ok(render::html(&page)?.into_response())
}
