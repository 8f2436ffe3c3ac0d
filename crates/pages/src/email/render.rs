use super::compile::Sources;
use super::error::{Part, TemplateError};
use minijinja::value::{Serde, Value as JinjaValue};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};
use serde_json::Value;

/// Far more than a mail needs, far less than a loop can burn.
const FUEL: u64 = 20_000;

/// One mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line, no control characters.
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Rendered {
    pub(super) fn tidy(subject: &str, text: &str, html: String) -> Rendered {
        Rendered { subject: one_line(subject), text: without_gaps(text), html }
    }
}

/// A name with a line break in it must not become a mail header.
pub(super) fn one_line(subject: &str) -> String {
    let plain: String = subject.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Conditions leave empty lines behind: never more than one, and one line end at the end.
pub(super) fn without_gaps(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut gap = true;
    for line in text.lines().map(str::trim_end) {
        if !(line.is_empty() && gap) {
            tidy.push_str(line);
            tidy.push('\n');
        }
        gap = line.is_empty();
    }
    format!("{}\n", tidy.trim_end())
}

pub(super) fn strict_environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // Nothing a patient typed may reach the HTML unescaped, whatever a template asks for.
    environment.remove_filter("safe");
    environment.set_formatter(|out, state, value| {
        // `null` would print as "none".
        if value.is_none() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        escape_formatter(out, state, value)
    });
    environment
}

pub(super) fn render_part(
    environment: &Environment<'static>,
    template: &str,
    part: Part,
    context: &Value,
    sources: &Sources,
) -> Result<String, TemplateError> {
    let rendered =
        environment.get_template(template).and_then(|template| template.render(JinjaValue::from(Serde(context))));
    rendered.map_err(|problem| refusal(&problem, part, sources))
}

/// The engine's own detail may quote a value, so only its kind and place are used.
pub(super) fn refusal(problem: &Error, part: Part, sources: &Sources) -> TemplateError {
    let expression = expression(problem);
    let line = match &expression {
        Some(expression) => sources.line_of(part, expression),
        None => problem.line().unwrap_or(1),
    };
    match problem.kind() {
        ErrorKind::SyntaxError => TemplateError::Syntax { part, line: problem.line().unwrap_or(1) },
        ErrorKind::UndefinedError => {
            TemplateError::NoValue { part, line, name: expression.unwrap_or_else(|| "a variable".to_owned()) }
        }
        ErrorKind::OutOfFuel => TemplateError::TooLong { part, line },
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod => {
            TemplateError::UnknownWord { part, line }
        }
        _ => TemplateError::Expression { part, line },
    }
}

/// The words of the template at the place of the error: the author's text, not a value.
fn expression(problem: &Error) -> Option<String> {
    let source = problem.template_source()?;
    let words = source.get(problem.range()?)?.trim();
    let words = words.trim_start_matches("{{").trim_end_matches("}}").trim();
    (!words.is_empty() && !words.contains('\n')).then(|| words.to_owned())
}
