//! From answers to a response of the chart, and what comes back from the time before: the same at the clinic and at home.

use care::chart::{Assignment, AssignmentAct, Chart, Score, Source};
use care::id::StaffId;
use care::questionnaire::{Answers, Form, Item, Walk};
use jiff::{SignedDuration, Timestamp};
use store::HarmSaid;

/// For how long patients may correct what they answered themselves.
const CORRECTED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// Answers as a response: scored where an instrument scores them. `handed_by`: who handed the device over.
pub fn response_to(form: &Form, answers: Answers, handed_by: Option<StaffId>) -> AssignmentAct {
    let scored = form.score(&answers).and_then(Result::ok);
    let safety = scored.as_ref().is_some_and(|scored| scored.safety == Some(true));
    let score = scored.and_then(|scored| scored.score.ok()).and_then(Score::of);
    AssignmentAct::Complete { score, answers, safety, handed_by }
}

/// What these answers, not handed in yet, say of harm.
pub fn harm_in(form: &Form, assignment: &Assignment, answers: &Answers) -> Option<HarmSaid> {
    let answer = form.harm_said(answers)?.to_owned();
    Some(HarmSaid { assignment: assignment.id, nth: assignment.responses.len(), answer })
}

/// The answers that come back at follow-up: those of the last response to a form of this name, before this one.
pub fn returned(chart: &Chart, assignment: &Assignment, form: &Form) -> Answers {
    let same = |a: &&Assignment| {
        a.id != assignment.id
            && a.content == assignment.content
            && a.episode == assignment.episode
            && a.withdrawn_at.is_none()
    };
    let before = |at: Timestamp| assignment.completed_at().is_none_or(|answered| at < answered);
    let responses = chart.assignments.iter().filter(same).filter_map(|a| a.responses.last());
    let last = responses.filter(|response| before(response.at)).max_by_key(|response| response.at);
    let mut back = Answers::default();
    for item in form.all().into_iter().filter(|item| item.returns) {
        back.set(&item.id, last.map(|response| response.answers.get(&item.id)).unwrap_or_default());
    }
    back
}

/// With what was saved of a form that is not handed in.
pub fn with_draft(mut given: Answers, draft: &Answers) -> Answers {
    for (place, answers) in draft.places() {
        given.set(place, answers);
    }
    given
}

/// Until when patients may correct their own answers: for a day, and not once a visit has begun at which they counted.
pub fn correctable_until(chart: &Chart, assignment: &Assignment) -> Option<Timestamp> {
    let last = assignment.responses.last().filter(|last| last.by == Source::Patient)?;
    let answered = assignment.completed_at().unwrap_or(last.at);
    let visits = chart.encounters.iter().filter(|visit| visit.state.stands()).filter_map(|visit| visit.starts_at());
    let a_day_later = answered.checked_add(CORRECTED_WITHIN).ok();
    visits.filter(|start| *start > answered).chain(a_day_later).min()
}

/// The question at a place, if somebody answers it: nothing calculated or hidden.
pub fn question_at<'a>(form: &'a Form, place: &str) -> Option<&'a Item> {
    let id = place.split('#').next().unwrap_or(place);
    form.item(id).filter(|item| item.is_answered())
}

/// Without the answers that cannot be taken; what is missing may come later.
pub fn without_faults(form: &Form, walk: &Walk, given: &Answers) -> Answers {
    let mut kept = given.clone();
    for (place, _) in walk.faults(form) {
        kept.set(place, Vec::<String>::new());
    }
    kept
}
