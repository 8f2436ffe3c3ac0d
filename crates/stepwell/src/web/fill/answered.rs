//! What was answered, what it comes to, and who gave it in; what was corrected stays to be seen.

use std::collections::BTreeMap;

use care::chart::{Response, Source};
use care::id::StaffId;
use care::questionnaire::scoring::Scored;
use pages::Nav;
use pages::staff::{AnsweredForm, AnsweredLine, AnsweredRow, AnsweredVersion};

use super::super::actor::Actor;
use super::super::error::WebError;
use super::super::{Web, questions, times, words};
use super::sheet::Sheet;
use crate::runner::{Context, Known};

/// What was answered, the newest first. `titles`: what forms are called.
pub fn rows(
    context: &Context,
    known: &Known,
    titles: &BTreeMap<String, String>,
    names: &BTreeMap<StaffId, String>,
) -> Vec<AnsweredRow> {
    let (clinic, chart) = (&context.organization.clinic, known.chart());
    let row = |a: &care::chart::Assignment| {
        let last = a.responses.last()?;
        let corrected = match a.responses.len() {
            1 => "",
            2 => ", corrected once",
            _ => ", corrected several times",
        };
        Some(AnsweredRow {
            title: titles.get(&a.content).cloned().unwrap_or_else(|| words::content(&a.content)),
            at: times::stamp(last.at, chart.home_zone(clinic), &clinic.zone),
            detail: format!("{}{corrected}", short_who(names, last)),
            href: format!("/patients/{}/forms/{}", known.patient, a.id),
        })
    };
    let forms = chart.assignments.iter().filter(|a| a.is_a("questionnaire") && a.withdrawn_at.is_none());
    let mut rows: Vec<_> = forms.filter_map(|a| Some((a.responses.last()?.at, row(a)?))).collect();
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    rows.into_iter().map(|(_, row)| row).collect()
}

pub async fn page(web: &Web, actor: &Actor, sheet: &mut Sheet) -> Result<AnsweredForm, WebError> {
    let names = sheet.held.tx.staff_names().await?;
    let clinic = &sheet.held.context.organization.clinic;
    let title = sheet.form.title.get(sheet.language).clone();
    let responses = sheet.assignment.responses.iter().rev();
    Ok(AnsweredForm {
        frame: actor.frame(web, clinic, &title, Nav::Patients),
        patient: sheet.patient_name(),
        home: sheet.home(),
        correct: format!("{}/correction", sheet.path()),
        language: sheet.language.code(),
        versions: responses.map(|response| version(sheet, &names, response)).collect(),
        title,
    })
}

fn version(sheet: &Sheet, names: &BTreeMap<StaffId, String>, response: &Response) -> AnsweredVersion {
    let clinic = &sheet.held.context.organization.clinic;
    let zone = sheet.held.known.chart().home_zone(clinic);
    let scored = sheet.form.score(&response.answers);
    let (score, unscored) = match scored {
        None => (vec![], None),
        Some(Ok(scored)) => score_words(&scored),
        Some(Err(refused)) => (vec![], Some(refused.to_string())),
    };
    AnsweredVersion {
        at: times::stamp(response.at, zone, &clinic.zone),
        who: who(names, response, sheet.is_for_staff()),
        score,
        unscored,
        harm: response.safety,
        answers: answers(sheet, response),
    }
}

/// "Score: 12, moderate", then every other number; or why there is none.
fn score_words(scored: &Scored) -> (Vec<String>, Option<String>) {
    let with = |name: &str, score: f64, band: Option<&str>| {
        let band = band.map(|band| format!(", {band}")).unwrap_or_default();
        format!("{name}: {}{band}", super::super::courses::number(score))
    };
    let lead = match scored.score {
        Ok(score) => with("Score", score, scored.band),
        Err(why) => return (vec![], Some(why.to_string())),
    };
    let also = scored.also.iter().map(|(name, value)| with(&words::content(name), *value, None));
    let parts = scored.subscales.iter().filter_map(|part| Some(with(part.name, part.score.ok()?, part.band)));
    ([lead].into_iter().chain(also).chain(parts).collect(), None)
}

fn answers(sheet: &Sheet, response: &Response) -> Vec<AnsweredLine> {
    let (form, language) = (&sheet.form, sheet.language);
    let walk = form.walk(&response.answers);
    let line = |asked: &care::questionnaire::Asked| AnsweredLine {
        question: [questions::stems(language, &walk, asked), vec![asked.item.text.get(language).clone()]]
            .concat()
            .join(" "),
        about: questions::about(language, form, &walk, asked.item),
        answer: questions::answer_words(language, form, asked.item, walk.answers.get(&asked.place)),
    };
    walk.questions().map(line).collect()
}

/// The same for a list, where the form itself is not read.
fn short_who(names: &BTreeMap<StaffId, String>, response: &Response) -> String {
    who(names, &Response { handed_by: None, ..response.clone() }, true)
}

/// Who gave the answers in.
fn who(names: &BTreeMap<StaffId, String>, response: &Response, for_staff: bool) -> String {
    let name = |id: StaffId| names.get(&id).map_or("somebody of the clinic", String::as_str);
    match (response.by, response.handed_by) {
        (Source::Patient, None) => "by the patient".to_owned(),
        (Source::Patient, Some(id)) => {
            format!("by the patient at the clinic, on a device that {} handed over", name(id))
        }
        (Source::Staff(id), _) if for_staff => format!("by {}", name(id)),
        (Source::Staff(id), _) => format!("by {}, on the patient's behalf", name(id)),
        (Source::Emr(_), _) => "by the EMR".to_owned(),
        (Source::System, _) => "by Stepwell".to_owned(),
    }
}
