//! A form, one question at a time. Each answer is saved as it is given; handed in, it becomes a response of the chart.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::{Assignment, AssignmentState};
use care::questionnaire::{Answers, Asked, Audience, Fault, Form, Walk, fault_of};
use care::zone;
use jiff::Timestamp;
use pages::patient::Said;
use pages::patient::portal::{Answered, Crisis, Review, Thanks};
use serde::Deserialize;

use super::super::error::WebError;
use super::super::form::{Posted, escape};
use super::super::link_pages::EXPIRED;
use super::super::questions::{answer_words, fault_words, said as said_to, stems};
use super::super::responses::{correctable_until, harm_in, response_to, returned, with_draft};
use super::super::{Web, render};
use super::door::sends_out;
use super::question::question_page;
use super::{Seen, Visitor, form_path, hand_back};
use crate::library;
use crate::runner::letter::{date_words, time_words};

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
    /// What the patient reads at an answer that may mean harm.
    crisis: Option<String>,
}

impl Open {
    /// `Err`: the page that says why it cannot be answered.
    async fn load(web: &Web, visitor: &Visitor, id: &str) -> Result<Result<Self, Response>, WebError> {
        let mut seen = visitor.sees(web).await?;
        let found = seen.assignment(id).filter(|a| a.is_a("questionnaire")).cloned();
        let assignment = found.ok_or_else(|| WebError::not_found("form"))?;
        if let AssignmentState::Expired { .. } = assignment.state() {
            return Ok(Err(said(&seen, EXPIRED)?));
        }
        let form = library::form(&mut seen.tx, &assignment.content, assignment.given_at).await?;
        let form = form.ok_or_else(|| WebError::not_found("form"))?;
        let plan = seen.tx.harm_plan().await?;
        let by_link = plan.as_ref().is_some_and(|plan| plan.by_link);
        let here =
            if visitor.handover.is_some() { form.audience == Audience::Patient } else { form.is_for_home(by_link) };
        if !here {
            return Ok(Err(at_the_clinic(&seen)?));
        }
        let draft = seen.draft(&assignment).await?;
        if !assignment.is_open() && seen.correctable_until(&assignment).is_none() && draft.is_some() {
            return Ok(Err(too_late(&seen)?));
        }
        if !assignment.is_open() && draft.is_none() {
            return Ok(Err(thanks(&seen, &assignment)?));
        }
        let returned = returned(&seen.snapshot.chart, &assignment, &form);
        let given = with_draft(returned.clone(), &draft.unwrap_or_default());
        let crisis = plan.map(|plan| plan.crisis.get(seen.library_language()).clone());
        Ok(Ok(Self { seen, assignment, form, given, returned, crisis }))
    }

    fn walk(&self) -> Walk<'_> {
        self.form.walk(&self.given)
    }

    /// With the group of this place asked once more, if nothing of that is answered yet.
    fn walk_at(&self, place: &str) -> Walk<'_> {
        self.form.walk_opened(&self.given, &[place.to_owned()])
    }

    /// The questions put to the patient: what came back from the time before is not asked again.
    fn questions<'a>(&self, walk: &'a Walk<'a>) -> Vec<&'a Asked<'a>> {
        walk.questions().filter(|asked| self.returned.get(&asked.place).is_empty()).collect()
    }

    fn path(&self) -> String {
        form_path(self.assignment.id)
    }

    fn at(&self, place: &str) -> String {
        format!("{}?at={}", self.path(), escape(place))
    }

    /// What is said at an answer that may mean harm, before the form goes on.
    fn crisis_path(&self, place: &str) -> String {
        format!("{}/help?at={}", self.path(), escape(place))
    }

    /// What follows a question, else the review.
    fn after(&self, place: &str) -> String {
        let walk = self.walk_at(place);
        let questions = self.questions(&walk);
        let next = questions.iter().position(|asked| asked.place == place).and_then(|at| questions.get(at + 1));
        next.map_or_else(|| format!("{}/answers", self.path()), |asked| self.at(&asked.place))
    }
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
    let walk = open.walk_at(wanted.at.as_deref().unwrap_or_default());
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
    let error = wrong.as_ref().map(|(_, fault)| fault_words(open.seen.library_language(), fault));
    let mut page = question_page(&open.seen, &open.form, walk, asked, said);
    page.error = error;
    page.action = open.path();
    page.back = number.checked_sub(1).map(|before| open.at(&questions[before].place));
    // What an answer may still bring up counts already: the end only comes nearer.
    let all = open.form.all().into_iter().filter(|item| item.is_answered());
    let all = all.filter(|item| open.returned.get(&item.id).is_empty()).count();
    (page.number, page.of) = (number + 1, questions.len().max(all));
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
    let walk = open.walk_at(&place);
    let questions = open.questions(&walk);
    let Some(number) = questions.iter().position(|asked| asked.place == place) else {
        return Ok(render::see(&open.path(), None));
    };
    let item = questions[number].item;
    if !values(&fields, "remove").is_empty() {
        open.form.forget_round(&mut open.given, &place);
        open.seen.tx.save_draft(visitor.patient, open.assignment.id, &open.given, web.roof.now()).await?;
        let review = format!("{}/answers", open.path());
        open.seen.tx.commit().await?;
        return Ok(render::see(&review, None));
    }
    let mut said = said_to(item, values(&fields, "answer"), values(&fields, "other"));
    if !values(&fields, "skip").is_empty() && !item.required {
        said.clear();
    }
    if let Some(fault) = fault_of(&open.form, item, &said) {
        return show(&open, &walk, &questions, number, StatusCode::BAD_REQUEST, Some((&said, fault)));
    }
    open.given.set(&place, said);
    let mut next = open.after(&place);
    let asks_of_harm = open.form.harm_item().is_some_and(|asked| asked.id == place);
    let harm = harm_in(&open.form, &open.assignment, &open.walk().answers).filter(|_| asks_of_harm);
    if let Some(harm) = harm {
        // Told when it is said, and before it is saved: what is never handed in may be what mattered most.
        let mut tx = web.roof.app.begin(visitor.organization).await?;
        tx.harm_said(visitor.patient, &harm, web.roof.now(), web.roof.new_id()).await?;
        tx.commit().await?;
        if open.crisis.is_some() {
            next = open.crisis_path(&place);
        }
    }
    open.seen.tx.save_draft(visitor.patient, open.assignment.id, &open.given, web.roof.now()).await?;
    open.seen.tx.commit().await?;
    Ok(render::see(&next, None))
}

/// `GET /p/forms/{assignment}/help`: the clinic's own words at an answer that may mean harm.
pub async fn help(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let open = match Open::load(&web, &visitor, &id).await? {
        Ok(open) => open,
        Err(page) => return Ok(page),
    };
    let crisis = open.crisis.clone().filter(|_| open.form.says_harm(&open.walk().answers));
    let Some(crisis) = crisis else { return Ok(render::see(&open.path(), None)) };
    let words = crisis.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let on = open.after(&wanted.at.unwrap_or_default());
    Ok(render::html(&Crisis { frame: open.seen.frame(), words, on })?.into_response())
}

/// What was filled in under this name.
fn values(fields: &[(String, String)], name: &str) -> Vec<String> {
    let named = fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.trim().replace("\r\n", "\n"));
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
        question: stems(language, &walk, asked)
            .into_iter()
            .chain([asked.item.text.get(language).clone()])
            .collect::<Vec<_>>()
            .join(" "),
        answer: answer_words(language, &open.form, asked.item, walk.answers.get(&asked.place)),
        href: open.at(&asked.place),
    };
    let once_more = walk.once_more.iter().map(|more| (open.at(&more.place), more.group.text.get(language).clone()));
    let page = Review {
        frame: open.seen.frame(),
        form_title: open.form.title.get(language).clone(),
        action: format!("{}/answers", open.path()),
        answers: open.questions(&walk).into_iter().map(line).collect(),
        once_more: once_more.collect(),
    };
    Ok(render::html(&page)?.into_response())
}

pub async fn hand_in(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let mut open = match Open::load(&web, &visitor, &id).await? {
        Ok(open) => open,
        Err(page) => return Ok(page),
    };
    let walk = open.walk();
    if let Some((place, _)) = walk.faults(&open.form).first() {
        return Ok(render::see(&open.at(place), None));
    }
    let assignment = open.assignment.id;
    let is_news = open.assignment.responses.last().is_none_or(|last| last.answers != walk.answers);
    if !is_news {
        open.seen.tx.drop_draft(assignment).await?;
        open.seen.tx.commit().await?;
        return Ok(render::see(&form_path(assignment), None));
    }
    let harm = harm_in(&open.form, &open.assignment, &walk.answers);
    let act = response_to(&open.form, walk.answers, visitor.handover.map(|handover| handover.by));
    let frame = open.seen.frame();
    drop(open.seen);
    if !visitor.hands_in(&web, &open.assignment, act, harm).await? {
        return Ok(render::see(&form_path(assignment), None));
    }
    if visitor.handover.is_some() {
        return Ok(sends_out(&web, hand_back(Some(frame))?));
    }
    let seen = visitor.sees(&web).await?;
    let answered = seen.assignment(&id).ok_or_else(|| WebError::not_found("form"))?;
    thanks(&seen, answered)
}

impl Seen {
    /// What is saved of a form and not handed in.
    async fn draft(&mut self, assignment: &Assignment) -> Result<Option<Answers>, WebError> {
        Ok(self.tx.draft_if_any(assignment.id).await?)
    }

    /// Until when the patient may still correct what they answered; nothing can be corrected on a handed-over device.
    fn correctable_until(&self, assignment: &Assignment) -> Option<Timestamp> {
        let until = correctable_until(&self.snapshot.chart, assignment)?;
        (!self.on_loan && until > self.now).then_some(until)
    }

    pub(super) fn may_correct(&self, assignment: &Assignment) -> bool {
        assignment.withdrawn_at.is_none() && self.correctable_until(assignment).is_some()
    }
}

/// `POST /p/forms/{assignment}/correction`: the answers come back to be corrected. Until they are handed in anew the
/// earlier ones stand.
pub async fn correct(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let mut seen = visitor.sees(&web).await?;
    let found = seen.assignment(&id).filter(|a| a.is_a("questionnaire")).cloned();
    let assignment = found.ok_or_else(|| WebError::not_found("form"))?;
    if let Some(last) = assignment.responses.last().filter(|_| seen.correctable_until(&assignment).is_some()) {
        seen.tx.save_draft(visitor.patient, assignment.id, &last.answers, web.roof.now()).await?;
        seen.tx.commit().await?;
        return Ok(render::see(&format!("{}/answers", form_path(assignment.id)), None));
    }
    Ok(render::see(&form_path(assignment.id), None))
}

/// The answers have arrived; for a while they can be corrected.
fn thanks(seen: &Seen, assignment: &Assignment) -> Result<Response, WebError> {
    if seen.on_loan {
        return hand_back(Some(seen.frame()));
    }
    let zone = zone::of(seen.snapshot.chart.home_zone(&seen.organization.clinic));
    let until = seen.correctable_until(assignment).map(|at| {
        let at = zone.to_datetime(at);
        format!("{}, {}", date_words(at, seen.language().code()), time_words(at, seen.language().code()))
    });
    let page = Thanks { frame: seen.frame(), correct: format!("{}/correction", form_path(assignment.id)), until };
    Ok(render::html(&page)?.into_response())
}

/// Somebody has to be there when this is answered.
fn at_the_clinic(seen: &Seen) -> Result<Response, WebError> {
    let line = (
        "Please answer these questions at the clinic. Ask for them when you come in.",
        "Responda estas preguntas en la clínica. Pídalas cuando venga.",
    );
    said(seen, [("At the clinic", "En la clínica"), line])
}

/// A correction was begun, and not sent in time.
fn too_late(seen: &Seen) -> Result<Response, WebError> {
    let line = (
        "The time to correct these answers here is over. Your earlier answers stand; the changes you began were not sent. \
         Please call the clinic, or tell your therapist at the next visit.",
        "Ya pasó el tiempo para corregir estas respuestas aquí. Quedan sus respuestas anteriores; los cambios que empezó no \
         se enviaron. Llame a la clínica o dígaselo a su terapeuta en la próxima cita.",
    );
    said(seen, [("Not sent", "No se envió"), line])
}

fn said(seen: &Seen, [heading, line]: [(&str, &str); 2]) -> Result<Response, WebError> {
    let page =
        Said { frame: seen.frame(), heading: seen.say(heading.0, heading.1), lines: vec![seen.say(line.0, line.1)] };
    Ok(render::html(&page)?.into_response())
}
