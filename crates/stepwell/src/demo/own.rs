//! What the demo's clinic has of its own, beside what ships: one workflow that staff begin by hand, and its message.

use std::sync::Arc;

use pages::email::{Compiled, TemplateError};

use crate::content::{Template, Templates};

/// (key, text of the file).
pub const WORKFLOWS: [(&str, &str); 1] = [("check-in-call", include_str!("own/check-in-call.toml"))];

const CHECK_IN: &str = "message/check-in";

/// Language, subject, body, plain body.
const MAILS: [(&str, &str, &str, &str); 2] = [
    (
        "en",
        include_str!("own/check-in/en/subject.txt"),
        include_str!("own/check-in/en/body.mjml"),
        include_str!("own/check-in/en/body.txt"),
    ),
    (
        "es",
        include_str!("own/check-in/es/subject.txt"),
        include_str!("own/check-in/es/body.mjml"),
        include_str!("own/check-in/es/body.txt"),
    ),
];

pub fn add_templates(templates: &mut Templates) -> Result<(), TemplateError> {
    for (language, subject, body, plain) in MAILS {
        let mail = Compiled::new(subject.trim(), body, plain)?;
        templates.add(CHECK_IN, language, Arc::new(Template { mail }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::workflow::Workflow;

    #[test]
    fn its_workflow_can_be_read_and_names_a_message_that_is_there() {
        let (mut templates, _) = Templates::load();
        add_templates(&mut templates).unwrap();
        for (key, body) in WORKFLOWS {
            let workflow = Workflow::parse(body).unwrap();
            let messages = workflow.steps.iter().flat_map(|step| &step.tasks).filter_map(|task| task.message());
            for message in messages {
                assert!(templates.get(&message.template, "es").is_some(), "{key}: {}", message.template);
            }
        }
    }
}
