//! One form of one patient, and the page on which it is filled in.

use care::chart::{Assignment, AssignmentState};
use care::id::AssignmentId;
use care::library::Language;
use care::questionnaire::{Answers, Asked, Audience, Fault, Form, Walk};
use pages::Nav;
use pages::patient::portal::{Input, QuestionOption};
use pages::staff::{FillPage, FillQuestion};

use super::super::actor::{Actor, hash_of};
use super::super::by_hand::Held;
use super::super::error::WebError;
use super::super::responses::{question_at, returned};
use super::super::{Web, form, questions, words};
use super::Fields;
use crate::ids::hex;
use crate::library;

pub struct Sheet {
    pub held: Held,
    pub assignment: Assignment,
    pub form: Form,
    /// What came back from the time before, and is not asked again.
    pub returned: Answers,
    /// The patient's: the questions are read out to them as they are.
    pub language: Language,
}

/// Why the form is shown, and how.
pub struct Page {
    pub faults: Vec<(String, Fault)>,
    /// Questions have appeared that nobody has seen.
    pub more: bool,
    pub correcting: bool,
    /// Somebody else has written on the form since the page was shown.
    pub newer: bool,
    /// A group was to be asked once more.
    pub again: bool,
    /// Places that are shown although nothing of their group's time round is answered.
    pub opened: Vec<String>,
}

impl Page {
    pub fn answering() -> Self {
        Self { faults: vec![], more: false, correcting: false, newer: false, again: false, opened: vec![] }
    }

    /// Nothing was wrong and nothing is new: it was to be saved for later.
    pub fn saved_as_it_is(&self) -> bool {
        self.faults.is_empty() && !self.more && !self.again
    }
}

impl Sheet {
    /// To be looked at.
    pub async fn look(web: &Web, actor: &Actor, patient: &str, assignment: &str) -> Result<Self, WebError> {
        Self::of(Held::look(web, actor, patient).await?, assignment).await
    }

    /// To be written on: the patient is held.
    pub async fn take(web: &Web, actor: &Actor, patient: &str, assignment: &str) -> Result<Self, WebError> {
        Self::of(Held::take(web, actor, patient).await?, assignment).await
    }

    async fn of(mut held: Held, assignment: &str) -> Result<Self, WebError> {
        let none = || WebError::not_found("form");
        let id: AssignmentId = form::id(assignment, "form")?;
        let found = held.known.chart().assignment(id).filter(|a| a.is_a("questionnaire") && a.withdrawn_at.is_none());
        let assignment = found.cloned().ok_or_else(none)?;
        let form = library::form(&mut held.tx, &assignment.content, assignment.given_at).await?.ok_or_else(none)?;
        let chart = held.known.chart();
        let (returned, language) =
            (returned(chart, &assignment, &form), Language::of(chart.patient.language.as_deref()));
        Ok(Self { held, assignment, form, returned, language })
    }

    pub fn home(&self) -> String {
        format!("/patients/{}", self.held.known.patient)
    }

    pub fn path(&self) -> String {
        format!("{}/forms/{}", self.home(), self.assignment.id)
    }

    pub fn patient_name(&self) -> String {
        let patient = &self.held.known.chart().patient;
        let (given, family) = (patient.given.as_deref(), patient.family.as_deref());
        words::full_name(given.unwrap_or_default(), family.unwrap_or_default())
    }

    pub fn is_for_staff(&self) -> bool {
        self.form.audience == Audience::Staff
    }

    /// What the page shows, in short: if it is another when the page comes back, somebody else has written on the form.
    pub fn edition(&self, given: &Answers) -> String {
        let said: Vec<_> = given.places().collect();
        hex(&hash_of(&format!("{} {said:?}", self.assignment.responses.len())))
    }

    pub fn is_stale(&self, fields: &Fields, given: &Answers) -> bool {
        values(fields, "edition").first().is_none_or(|shown| *shown != self.edition(given))
    }

    /// Open, or why nothing can be written on it.
    pub fn must_be_open(&self) -> Result<(), WebError> {
        match self.assignment.state() {
            AssignmentState::Open => Ok(()),
            AssignmentState::Completed { .. } => {
                Err(WebError::conflict("The form was answered meanwhile. Open it again to correct the answers."))
            }
            AssignmentState::Expired { .. } => Err(expired()),
            AssignmentState::Withdrawn { .. } => {
                Err(WebError::conflict("The form was taken back meanwhile. Give it again if it is to be answered."))
            }
        }
    }

    /// What stands on the page that was sent, in place of what was known.
    pub fn read(&self, fields: &Fields, mut given: Answers) -> Answers {
        for place in values(fields, "shown") {
            let item = question_at(&self.form, &place).filter(|_| self.returned.get(&place).is_empty());
            if let Some(item) = item {
                let of = |name: &str| values(fields, &format!("{name}:{place}"));
                given.set(&place, questions::said(item, of("answer"), of("other")));
            }
        }
        given
    }

    /// `None`: it may be handed in, and that was asked for.
    pub fn stands_in_the_way(&self, fields: &Fields, walk: &Walk) -> Option<Page> {
        let hand_in = values(fields, "then").first().is_some_and(|then| then == "hand-in");
        let shown = values(fields, "shown");
        // What is only saved may bring up more: it is on the page when it is opened again.
        let more = hand_in && self.questions(walk).any(|asked| !shown.contains(&asked.place));
        let mut faults = walk.faults(&self.form);
        // What is missing may come later; what cannot be right is said at once.
        faults.retain(|(_, fault)| *fault != Fault::Missing || (hand_in && !more));
        let once_more = values(fields, "again");
        let again = !once_more.is_empty();
        let opened = [shown, once_more].concat();
        (!hand_in || more || !faults.is_empty()).then(|| Page { faults, more, again, opened, ..Page::answering() })
    }

    fn questions<'a>(&'a self, walk: &'a Walk<'a>) -> impl Iterator<Item = &'a Asked<'a>> {
        walk.questions().filter(|asked| self.returned.get(&asked.place).is_empty())
    }

    /// The page, with what is given so far.
    /// `stands`: what is kept of the form now.
    pub fn page(&self, web: &Web, actor: &Actor, (stands, given): (&Answers, &Answers), page: &Page) -> FillPage {
        let walk = self.form.walk_opened(given, &page.opened);
        let patient = self.patient_name();
        let title = self.form.title.get(self.language).clone();
        let lead = match (page.correcting, self.is_for_staff()) {
            (true, _) => "What you save takes the place of the earlier answers. Those stay in the history.".to_owned(),
            (false, true) => "This form is for staff. Your name is kept with the answers.".to_owned(),
            (false, false) => format!(
                "Read the questions to {patient} as they are. Your name is kept with the answers, as given on the patient's behalf."
            ),
        };
        let clinic = &self.held.context.organization.clinic;
        FillPage {
            frame: actor.frame(web, clinic, &title, Nav::Patients),
            home: self.home(),
            action: if page.correcting { format!("{}/correction", self.path()) } else { self.path() },
            language: self.language.code(),
            lead,
            more: page.more,
            newer: page.newer,
            edition: self.edition(stands),
            faults: page.faults.len(),
            correcting: page.correcting,
            handover: (!page.correcting && !self.is_for_staff()).then(|| format!("{}/handover", self.path())),
            questions: self.lines(&walk, page),
            patient,
            title,
        }
    }

    fn lines(&self, walk: &Walk, page: &Page) -> Vec<FillQuestion> {
        let asked: Vec<&Asked> = walk.questions().collect();
        let mut lines: Vec<FillQuestion> =
            asked.into_iter().enumerate().map(|(at, asked)| self.line(walk, page, at + 1, asked)).collect();
        for more in &walk.once_more {
            let before = walk.asked[..more.after].iter().filter(|asked| asked.item.is_answered()).count();
            if let Some(last) = before.checked_sub(1).and_then(|last| lines.get_mut(last)) {
                last.once_more.push((more.place.clone(), more.group.text.get(self.language).clone()));
            }
        }
        lines
    }

    fn line(&self, walk: &Walk, page: &Page, number: usize, asked: &Asked) -> FillQuestion {
        let (item, language, form) = (asked.item, self.language, &self.form);
        let said = walk.answers.get(&asked.place);
        let fixed = !self.returned.get(&asked.place).is_empty();
        let fault = page.faults.iter().find(|(place, _)| *place == asked.place).map(|(_, fault)| fault);
        FillQuestion {
            number,
            place: asked.place.clone(),
            lead: questions::lead_of_round(language, form, walk, asked),
            text: item.text.get(language).clone(),
            help: item.help.as_ref().map(|help| help.get(language).clone()),
            about: questions::about(language, form, walk, item),
            required: item.required,
            fixed: fixed.then(|| questions::answer_words(language, form, item, said)),
            input: with_no_answer(questions::input(language, form, item, said), item.required),
            error: fault.map(|fault| questions::fault_words(Language::En, fault)),
            once_more: vec![],
        }
    }
}

pub fn expired() -> WebError {
    WebError::conflict(
        "The time to answer this form is over, and it was closed. To have it answered now, give it again: the patient's \
         page, Give something.",
    )
}

/// A choice once made can be taken back, which a browser without scripts does not offer.
fn with_no_answer(input: Input, required: bool) -> Input {
    let add = |mut options: Vec<QuestionOption>| {
        let chosen = !options.iter().any(|option| option.chosen);
        options.push(QuestionOption { code: String::new(), text: "no answer".to_owned(), chosen });
        options
    };
    match input {
        Input::One(options) if !required => Input::One(add(options)),
        Input::Scale(options) if !required => Input::Scale(add(options)),
        other => other,
    }
}

/// What was filled in under this name.
pub fn values(fields: &Fields, name: &str) -> Vec<String> {
    let named = fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.trim().replace("\r\n", "\n"));
    named.filter(|value| !value.is_empty()).collect()
}
