//! One question by mail: 0 to 10, and a comment. The first answer stands.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use care::chart::{AssignmentAct, AssignmentState, Score, What};
use care::id::AssignmentId;
use pages::patient::Answer;
use serde::Deserialize;

use super::super::error::WebError;
use super::super::form::Posted;
use super::super::{Web, render};
use super::{EXPIRED, Opened, does_not_work, open};
use crate::runner::links::Purpose;

const LONGEST_COMMENT: usize = 2000;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Given {
    score: String,
    comment: String,
}

impl Given {
    fn score(&self) -> Option<u8> {
        self.score.parse().ok().filter(|score| *score <= 10)
    }

    fn comment(&self) -> String {
        self.comment.trim().chars().take(LONGEST_COMMENT).collect()
    }
}

pub async fn show(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, WebError> {
    let Some((opened, _, state)) = open_assignment(&web, &token, false).await? else { return does_not_work() };
    match closed(&opened, state)? {
        Some(said) => Ok(said),
        None => page(&opened, &token, StatusCode::OK, &Given::default(), None),
    }
}

pub async fn answer(
    State(web): State<Web>,
    Path(token): Path<String>,
    Posted(given): Posted<Given>,
) -> Result<Response, WebError> {
    let Some((opened, assignment, state)) = open_assignment(&web, &token, true).await? else {
        return does_not_work();
    };
    if let Some(said) = closed(&opened, state)? {
        return Ok(said);
    }
    let Some(score) = given.score() else {
        let error = opened.say("Please choose a number from 0 to 10.", "Elija un número del 0 al 10.");
        return page(&opened, &token, StatusCode::BAD_REQUEST, &given, Some(error));
    };
    let comment = Some(given.comment()).filter(|comment| !comment.is_empty());
    let answers = comment.map(|comment| ("comment".to_owned(), comment)).into_iter().collect();
    let act = AssignmentAct::Complete { score: Score::of(f64::from(score)), answers, safety: false, handed_by: None };
    let thanks = thanks(&opened)?;
    opened.record(&web, What::Assignment { assignment, act }).await?;
    Ok(thanks)
}

/// The assignment behind the link, and how it stands.
async fn open_assignment(
    web: &Web,
    token: &str,
    to_write: bool,
) -> Result<Option<(Opened, AssignmentId, AssignmentState)>, WebError> {
    let Some(opened) = open(web, Purpose::Answer, token, to_write).await? else { return Ok(None) };
    let Some(assignment) = opened.delivery.assignment else { return Ok(None) };
    let state = opened.known.chart().assignment(assignment).map(|a| a.state());
    Ok(state.map(|state| (opened, assignment, state)))
}

/// What is said in place of the question when it waits for no answer any more.
fn closed(opened: &Opened, state: AssignmentState) -> Result<Option<Response>, WebError> {
    match state {
        AssignmentState::Open => Ok(None),
        AssignmentState::Completed { .. } | AssignmentState::Withdrawn { .. } => thanks(opened).map(Some),
        AssignmentState::Expired { .. } => opened.said(EXPIRED[0], EXPIRED[1]).map(Some),
    }
}

fn page(
    opened: &Opened,
    token: &str,
    status: StatusCode,
    given: &Given,
    error: Option<String>,
) -> Result<Response, WebError> {
    let page = Answer {
        frame: opened.frame(),
        action: format!("/p/answer/{token}"),
        score: given.score(),
        comment: given.comment(),
        error,
    };
    Ok((status, render::html(&page)?).into_response())
}

fn thanks(opened: &Opened) -> Result<Response, WebError> {
    opened.said(("Thank you", "Gracias"), ("Your answer has reached your team.", "Su respuesta le llegó a su equipo."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_from_0_to_10_are_a_score() {
        let score = |text: &str| Given { score: text.into(), comment: String::new() }.score();
        assert_eq!((score("0"), score("10")), (Some(0), Some(10)));
        for wrong in ["", "11", "-1", "7.5", "ten"] {
            assert_eq!(score(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_comment_is_cut_at_its_longest() {
        let given = Given { score: "9".into(), comment: "ñ".repeat(3000) };
        assert_eq!(given.comment().chars().count(), LONGEST_COMMENT);
    }
}
