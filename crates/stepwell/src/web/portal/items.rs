//! Exercises and articles of a patient: given one by one, or by a care plan.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use care::chart::{Assignment, AssignmentAct, What};
use care::id::AssignmentId;
use care::library::{Article, CarePlan, Dose, Exercise, ExerciseWords, Header, Kind, Reference};
use care::questionnaire::Answers;
use care::zone;
use jiff::Timestamp;
use jiff::civil::Date;
use pages::Prose;
use pages::charts::Svg;
use pages::figure::{Moment, draw};
use pages::patient::portal::{ArticlePage, ExercisePage, Variant};

use super::super::error::WebError;
use super::super::{Web, render, videos};
use super::words::{dose_words, equipment_words};
use super::{Seen, Visitor};
use crate::library::{self, Content};

/// Something the patient has, and by which assignment.
pub struct Had<T> {
    pub assignment: AssignmentId,
    pub id: String,
    pub item: T,
    pub dose: Dose,
    pub header: Header,
}

/// Everything the patient has now: what was given, and what care plans hold.
#[derive(Default)]
pub struct Items {
    pub exercises: Vec<Had<Exercise>>,
    pub articles: Vec<Had<Article>>,
}

impl Items {
    pub async fn load(seen: &mut Seen) -> Result<Self, WebError> {
        let mut items = Items::default();
        let given: Vec<Assignment> =
            seen.snapshot.chart.assignments.iter().filter(|a| a.withdrawn_at.is_none()).cloned().collect();
        for assignment in given {
            let Ok(name) = assignment.content.parse::<Reference>() else { continue };
            items.add(seen, &assignment, &name, Dose::default()).await?;
        }
        Ok(items)
    }

    async fn add(
        &mut self,
        seen: &mut Seen,
        assignment: &Assignment,
        name: &Reference,
        dose: Dose,
    ) -> Result<(), WebError> {
        let Some((header, content)) = library::given(&mut seen.tx, name, assignment.given_at).await? else {
            return Ok(());
        };
        let (assignment_id, id) = (assignment.id, name.id.clone());
        match content {
            Content::Exercise(item) => {
                let dose = dose.over(item.dose);
                self.exercises.push(Had { assignment: assignment_id, id, item: *item, dose, header });
            }
            Content::Education(item) => {
                self.articles.push(Had { assignment: assignment_id, id, item, dose, header });
            }
            Content::CarePlan(plan) => Box::pin(self.add_plan(seen, assignment, &plan)).await?,
            Content::Questionnaire(_) | Content::Message(_) => {}
        }
        Ok(())
    }

    async fn add_plan(&mut self, seen: &mut Seen, assignment: &Assignment, plan: &CarePlan) -> Result<(), WebError> {
        for planned in &plan.exercises {
            self.add(seen, assignment, &planned.exercise, planned.dose).await?;
        }
        for article in &plan.education {
            self.add(seen, assignment, article, Dose::default()).await?;
        }
        Ok(())
    }
}

/// Before any mark: PostgreSQL's days do not reach back as far as ours.
pub const EVER: Date = Date::constant(2000, 1, 1);

/// The patient's own day.
pub fn today(seen: &Seen, now: Timestamp) -> Date {
    zone::date_in(now, seen.snapshot.chart.home_zone(&seen.organization.clinic))
}

pub async fn exercise(
    State(web): State<Web>,
    visitor: Visitor,
    Path((assignment, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let mut seen = visitor.sees(&web).await?;
    let given = seen.assignment(&assignment).cloned().ok_or_else(|| WebError::not_found("exercise"))?;
    let items = Items::load(&mut seen).await?;
    let had = items.exercises.into_iter().find(|had| had.assignment == given.id && had.id == id);
    let (item, dose, is_own) = match had {
        Some(had) => (had.item, had.dose, true),
        None => match variant(&mut seen, &given, &id).await? {
            Some(item) => (item.clone(), item.dose, false),
            None => return Err(WebError::not_found("exercise")),
        },
    };
    let day = today(&seen, web.roof.now());
    let marks = seen.tx.done_marks(visitor.patient, day).await?;
    let language = seen.library_language();
    let words = item.words.get(language);
    let page = ExercisePage {
        title: words.title.clone(),
        purpose: words.purpose.clone(),
        position: words.position.clone(),
        steps: words.steps.clone(),
        cautions: words.cautions.clone(),
        dose: dose_words(&dose, seen.language()),
        equipment: item.equipment.iter().map(|e| equipment_words(*e, seen.language()).to_owned()).collect(),
        pictures: pictures(&item, words),
        video: videos::shown(&item, format!("/p/exercises/{assignment}/{id}/video")),
        easier: variants(&mut seen, &given, &item.easier).await?,
        harder: variants(&mut seen, &given, &item.harder).await?,
        action: format!("/p/exercises/{assignment}/{id}/today"),
        done: marks.iter().any(|(of, item, _)| *of == given.id && *item == id),
        only_shown: !is_own,
        frame: seen.frame(),
    };
    Ok(render::html(&page)?.into_response())
}

/// The start and the end, where they are drawn.
pub fn pictures(item: &Exercise, words: &ExerciseWords) -> Option<(Svg, Svg)> {
    let picture = |moment, alt: &str| item.figure.as_ref().map(|figure| draw(figure, moment, &words.title, alt));
    picture(Moment::Start, &words.start).zip(picture(Moment::End, &words.end))
}

/// An exercise that one the patient has names as easier or harder.
async fn variant(seen: &mut Seen, given: &Assignment, id: &str) -> Result<Option<Exercise>, WebError> {
    let Ok(name) = Reference::new(Kind::Exercise, id) else { return Ok(None) };
    Ok(match library::given(&mut seen.tx, &name, given.given_at).await? {
        Some((_, Content::Exercise(exercise))) => Some(*exercise),
        Some(_) | None => None,
    })
}

async fn variants(seen: &mut Seen, given: &Assignment, names: &[Reference]) -> Result<Vec<Variant>, WebError> {
    let (mut all, language) = (vec![], seen.library_language());
    for name in names {
        if let Some((_, content)) = library::given(&mut seen.tx, name, given.given_at).await? {
            let href = format!("/p/exercises/{}/{}", given.id, name.id);
            all.push(Variant { title: content.title(language).to_owned(), href });
        }
    }
    Ok(all)
}

pub async fn done(
    State(web): State<Web>,
    visitor: Visitor,
    Path((assignment, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    mark(&web, &visitor, &assignment, &id, true).await
}

pub async fn not_done(
    State(web): State<Web>,
    visitor: Visitor,
    Path((assignment, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    mark(&web, &visitor, &assignment, &id, false).await
}

/// Marks today's exercise. The first mark of what was given by itself is its completion too: it is not overdue any more.
async fn mark(web: &Web, visitor: &Visitor, assignment: &str, id: &str, done: bool) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let mut seen = visitor.sees(web).await?;
    let given = seen.assignment(assignment).cloned().ok_or_else(|| WebError::not_found("exercise"))?;
    let items = Items::load(&mut seen).await?;
    if !items.exercises.iter().any(|had| had.assignment == given.id && had.id == id) {
        return Err(WebError::not_found("exercise"));
    }
    let (day, now) = (today(&seen, web.roof.now()), web.roof.now());
    seen.tx.mark_done(visitor.patient, (given.id, id), day, done.then_some(now)).await?;
    seen.tx.commit().await?;
    if done && given.is_a("exercise") && given.is_open() {
        visitor.says(web, completed(given.id)).await?;
    }
    Ok(render::see("/p/today", None))
}

fn completed(assignment: AssignmentId) -> What {
    What::Assignment {
        assignment,
        act: AssignmentAct::Complete { score: None, answers: Answers::default(), safety: false, handed_by: None },
    }
}

pub async fn article(
    State(web): State<Web>,
    visitor: Visitor,
    Path((assignment, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let mut seen = visitor.sees(&web).await?;
    let given = seen.assignment(&assignment).cloned().ok_or_else(|| WebError::not_found("article"))?;
    let items = Items::load(&mut seen).await?;
    let had = items.articles.into_iter().find(|had| had.assignment == given.id && had.id == id);
    let had = had.ok_or_else(|| WebError::not_found("article"))?;
    let words = had.item.words(seen.library_language());
    let read = is_read(&mut seen, &visitor, &given, &id).await?;
    let page = ArticlePage {
        title: words.title.clone(),
        body: Prose::of(&words.body),
        source: had.header.source,
        action: format!("/p/articles/{assignment}/{id}/today"),
        read,
        frame: seen.frame(),
    };
    Ok(render::html(&page)?.into_response())
}

async fn is_read(seen: &mut Seen, visitor: &Visitor, given: &Assignment, id: &str) -> Result<bool, WebError> {
    let marks = seen.tx.done_marks(visitor.patient, EVER).await?;
    Ok(marks.iter().any(|(of, item, _)| *of == given.id && item == id))
}

pub async fn read(
    State(web): State<Web>,
    visitor: Visitor,
    Path((assignment, id)): Path<(String, String)>,
) -> Result<Response, WebError> {
    web.let_time_pass().await?;
    let mut seen = visitor.sees(&web).await?;
    let given = seen.assignment(&assignment).cloned().ok_or_else(|| WebError::not_found("article"))?;
    let items = Items::load(&mut seen).await?;
    if !items.articles.iter().any(|had| had.assignment == given.id && had.id == id) {
        return Err(WebError::not_found("article"));
    }
    let (day, now) = (today(&seen, web.roof.now()), web.roof.now());
    seen.tx.mark_done(visitor.patient, (given.id, &id), day, Some(now)).await?;
    seen.tx.commit().await?;
    if given.is_a("education") && given.is_open() {
        visitor.says(&web, completed(given.id)).await?;
    }
    Ok(render::see("/p/today", None))
}
