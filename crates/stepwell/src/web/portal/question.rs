//! One question as a page of the portal.

use care::questionnaire::{Asked, Form, Walk};
use pages::patient::portal::Question;

use super::super::questions::{about, input, lead_alone, stems};
use super::Seen;

/// The page of a question; where it stands among the others is for the caller to say.
pub fn question_page(seen: &Seen, form: &Form, walk: &Walk, asked: &Asked, said: &[String]) -> Question {
    let (item, language) = (asked.item, seen.library_language());
    Question {
        frame: seen.frame(),
        form_title: form.title.get(language).clone(),
        action: String::new(),
        at: asked.place.clone(),
        back: None,
        number: 1,
        of: 1,
        lead: lead_alone(language, form, walk, asked),
        text: item.text.get(language).clone(),
        help: item.help.as_ref().map(|help| help.get(language).clone()),
        about: about(language, form, walk, item),
        required: item.required,
        input: input(language, form, item, said),
        error: None,
        round: asked.place.contains('#').then(|| stems(language, walk, asked).pop()).flatten(),
    }
}
