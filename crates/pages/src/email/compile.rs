use super::error::{Part, TemplateError};
use super::frame;
use super::render::{Rendered, refusal, render_part, strict_environment, without_gaps};
use super::variables::{VARIABLES, sample_context, sparse_context};
use minijinja::Environment;
use serde_json::Value;

/// One version of a mail template, ready to render any number of mails.
#[derive(Debug)]
pub struct Compiled {
    environment: Environment<'static>,
    sources: Sources,
}

/// As the author wrote them: errors point into these, not into what became of them.
#[derive(Debug)]
pub(super) struct Sources {
    subject: String,
    mjml: String,
    text: String,
    short: String,
}

impl Sources {
    pub fn of(&self, part: Part) -> &str {
        match part {
            Part::Subject => &self.subject,
            Part::Html => &self.mjml,
            Part::Text => &self.text,
            Part::Short => &self.short,
        }
    }

    /// The first line that mentions `name`; 1 where only the frame does.
    pub fn line_of(&self, part: Part, name: &str) -> usize {
        self.of(part).lines().position(|line| line.contains(name)).map_or(1, |index| index + 1)
    }
}

impl Compiled {
    /// Checks all three parts as far as possible without a patient: syntax, variables, MJML, and a trial with
    /// [`sample_context`] and [`sparse_context`].
    pub fn new(subject: &str, mjml: &str, text: &str) -> Result<Compiled, TemplateError> {
        let (mjml, text, short) = (mjml.to_owned(), text.to_owned(), String::new());
        let sources = Sources { subject: subject.trim().to_owned(), mjml, text, short };
        for part in [Part::Subject, Part::Html, Part::Text] {
            check(&sources, part)?;
        }
        let mut environment = strict_environment();
        let framed = [
            (Part::Subject, sources.subject.clone()),
            (Part::Html, frame::html(&sources.mjml)?),
            (Part::Text, frame::text(&sources.text)),
        ];
        for (part, source) in framed {
            environment
                .add_template_owned(template_name(part), source)
                .map_err(|problem| refusal(&problem, part, &sources))?;
        }
        let compiled = Compiled { environment, sources };
        compiled.render(&sample_context())?;
        compiled.render(&sparse_context())?;
        Ok(compiled)
    }

    /// The same content as a text message too. It is checked like the mail, and no frame is put around it.
    pub fn with_text_message(mut self, short: &str) -> Result<Compiled, TemplateError> {
        self.sources.short = short.trim().to_owned();
        check(&self.sources, Part::Short)?;
        self.environment
            .add_template_owned(template_name(Part::Short), self.sources.short.clone())
            .map_err(|problem| refusal(&problem, Part::Short, &self.sources))?;
        self.render_text_message(&sample_context())?;
        self.render_text_message(&sparse_context())?;
        Ok(self)
    }

    /// One text message; `None` for content that goes by mail only.
    pub fn render_text_message(&self, context: &Value) -> Result<Option<String>, TemplateError> {
        if self.sources.short.is_empty() {
            return Ok(None);
        }
        let short = render_part(&self.environment, template_name(Part::Short), Part::Short, context, &self.sources)?;
        Ok(Some(without_gaps(&short).trim_end().to_owned()))
    }

    /// One mail. `context` holds every variable of [`VARIABLES`]; what a clinic does not have is `null`.
    pub fn render(&self, context: &Value) -> Result<Rendered, TemplateError> {
        Ok(Rendered::join(vec![self.render_to_join(context)?], "en"))
    }

    /// The same, still marked where its body stands: for [`Rendered::join`].
    pub fn render_to_join(&self, context: &Value) -> Result<Rendered, TemplateError> {
        let part = |part| render_part(&self.environment, template_name(part), part, context, &self.sources);
        Ok(Rendered::tidy(&part(Part::Subject)?, &part(Part::Text)?, part(Part::Html)?))
    }
}

/// The ending decides the escaping.
fn template_name(part: Part) -> &'static str {
    match part {
        Part::Subject => "subject.txt",
        Part::Html => "body.html",
        Part::Text => "body.txt",
        Part::Short => "text.txt",
    }
}

fn check(sources: &Sources, part: Part) -> Result<(), TemplateError> {
    let source = sources.of(part);
    if source.trim().is_empty() {
        return Err(TemplateError::Empty { part });
    }
    if source.contains("autoescape") {
        return Err(TemplateError::UnknownWord { part, line: sources.line_of(part, "autoescape") });
    }
    let environment = strict_environment();
    let template = environment
        .template_from_named_str(template_name(part), source)
        .map_err(|problem| refusal(&problem, part, sources))?;
    let mut unknown: Vec<String> =
        template.undeclared_variables(true).into_iter().filter(|name| !VARIABLES.contains(&name.as_str())).collect();
    unknown.sort();
    match unknown.into_iter().next() {
        Some(name) => Err(TemplateError::UnknownVariable { part, line: sources.line_of(part, &name), name }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn section(content: &str) -> String {
        format!("<mj-section>\n<mj-column>\n<mj-text>{content}</mj-text>\n</mj-column>\n</mj-section>")
    }

    fn refused(subject: &str, mjml: &str, text: &str) -> TemplateError {
        Compiled::new(subject, mjml, text).expect_err("this template should be refused")
    }

    #[test]
    fn placeholders_survive_the_layout_in_text_links_loops_and_conditions() {
        let body = r#"
<mj-raw>{% if visit.cancelled %}</mj-raw>
<mj-section><mj-column><mj-text>Your visit is cancelled.</mj-text></mj-column></mj-section>
<mj-raw>{% endif %}</mj-raw>
<mj-section><mj-column>
<mj-text>{% for time in visit.times %}[{{ time }}]{% endfor %} {% if visit.zone_note %}({{ visit.zone_note }}){% endif %}</mj-text>
<mj-button href="{{ links.portal }}">Open</mj-button>
</mj-column></mj-section>"#;
        let mail = Compiled::new("Hi", body, "Hi").unwrap();
        let full = mail.render(&sample_context()).unwrap();
        assert!(full.html.contains("[10:00 AM][2:30 PM] (Denver time)"), "{}", full.html);
        assert!(full.html.contains(r#"href="https:&#x2f;&#x2f;clinic.example.org&#x2f;p&#x2f;portal""#));
        assert!(!full.html.contains("Your visit is cancelled.") && !full.html.contains("{%"));
        assert!(full.html.contains(r#"lang="en""#));
        let sparse = mail.render(&sparse_context()).unwrap();
        assert!(sparse.html.contains("Your visit is cancelled.") && sparse.html.contains("Darse de baja"));
    }

    #[test]
    fn a_hostile_first_name_is_escaped_in_html_kept_in_text_and_cannot_break_the_subject_line() {
        let greeting = "Hello {{ patient.first_name }}";
        let mail = Compiled::new(greeting, &section(greeting), greeting).unwrap();
        let mut context = sample_context();
        context["patient"]["first_name"] = json!("<img src=x>\r\nBcc: all@example.org {{ links.portal }}");
        let rendered = mail.render(&context).unwrap();
        assert!(rendered.html.contains("&lt;img src=x&gt;") && !rendered.html.contains("<img src=x"));
        assert!(rendered.text.contains("Hello <img src=x>"));
        assert_eq!(rendered.subject, "Hello <img src=x> Bcc: all@example.org {{ links.portal }}");
    }

    #[test]
    fn a_template_cannot_switch_the_escaping_off() {
        let safe = section("{{ patient.first_name | safe }}");
        assert_eq!(refused("Hi", &safe, "Hi"), TemplateError::UnknownWord { part: Part::Html, line: 3 });
        let raw = section("{% autoescape false %}{{ patient.first_name }}{% endautoescape %}");
        assert_eq!(refused("Hi", &raw, "Hi"), TemplateError::UnknownWord { part: Part::Html, line: 3 });
    }

    #[test]
    fn the_frame_brings_clinic_phone_and_unsubscribe_to_both_bodies() {
        let mail = Compiled::new("Hi", &section("Body"), "Body").unwrap().render(&sample_context()).unwrap();
        for wanted in ["Northside Therapy", "(303) 555-0100", "unsubscribe"] {
            assert!(mail.html.contains(wanted) && mail.text.contains(wanted), "{wanted}");
        }
        assert!(!mail.html.contains("fonts.googleapis"), "a mail loads nothing from elsewhere");
    }

    #[test]
    fn an_unknown_variable_is_refused_with_its_file_line_and_name() {
        let problem = refused("Hi", &section("Hello\n{{ patient.diagnosis }}"), "Hi");
        let name = "patient.diagnosis".to_owned();
        assert_eq!(problem, TemplateError::UnknownVariable { part: Part::Html, line: 4, name });
        assert!(problem.to_string().starts_with("body.mjml line 4: there is no variable \"patient.diagnosis\""));
        assert!(matches!(refused("{{ score }}", &section("Hi"), "Hi"), TemplateError::UnknownVariable { .. }));
    }

    #[test]
    fn a_variable_that_may_be_empty_needs_a_condition() {
        let problem = refused("Hi", &section("Hi"), "Map:\n{{ location.map_url }}");
        let name = "location.map_url".to_owned();
        assert_eq!(problem, TemplateError::NoValue { part: Part::Text, line: 2, name });
        let guarded = "{% if location.map_url %}Map: {{ location.map_url }}{% endif %}";
        let mail = Compiled::new("Hi", &section(guarded), guarded).unwrap();
        assert!(mail.render(&sample_context()).unwrap().text.contains("Map: https://maps.example.org/northside"));
        assert!(!mail.render(&sparse_context()).unwrap().text.contains("Map:"));
    }

    #[test]
    fn a_text_message_is_checked_like_a_mail_and_stands_without_a_frame() {
        let mail = || Compiled::new("Hi", &section("Hi"), "Hi").unwrap();
        assert_eq!(mail().render_text_message(&sample_context()).unwrap(), None);
        let short = mail().with_text_message("{{ clinic.name }}: see you\n").unwrap();
        let said = short.render_text_message(&sample_context()).unwrap();
        assert_eq!(said.as_deref(), Some("Northside Therapy: see you"));
        let (part, line) = (Part::Short, 1);
        let name = "patient.diagnosis".to_owned();
        let refused = mail().with_text_message("{{ patient.diagnosis }}").unwrap_err();
        assert_eq!(refused, TemplateError::UnknownVariable { part, line, name });
        assert_eq!(mail().with_text_message(" ").unwrap_err(), TemplateError::Empty { part });
        let refused = mail().with_text_message("{{ clinic.phone }}").unwrap_err();
        assert!(matches!(refused, TemplateError::NoValue { part: Part::Short, .. }), "{refused}");
    }

    #[test]
    fn a_value_missing_at_the_send_is_an_error_that_names_the_variable_and_no_value() {
        let mail = Compiled::new("{{ visit.date }}", &section("Hi"), "Hi").unwrap();
        let mut context = sample_context();
        context["visit"] = json!({ "time": "secret" });
        let problem = mail.render(&context).unwrap_err();
        let name = "visit.date".to_owned();
        assert_eq!(problem, TemplateError::NoValue { part: Part::Subject, line: 1, name });
        assert!(!format!("{problem} {problem:?}").contains("secret"));
    }

    #[test]
    fn broken_templates_say_what_is_broken() {
        assert_eq!(refused(" ", &section("Hi"), "Hi"), TemplateError::Empty { part: Part::Subject });
        assert_eq!(refused("Hi", &section("Hi"), "a\n{% if x"), TemplateError::Syntax { part: Part::Text, line: 2 });
        let unclosed = "<mj-section>\n<mj-column>\n<mj-text>Hi</mj-text>\n</mj-section>";
        assert!(matches!(refused("Hi", unclosed, "Hi"), TemplateError::Mjml { line: 4, .. }));
        let ampersand = section("a\n& <b");
        assert!(matches!(refused("Hi", &ampersand, "Hi"), TemplateError::Mjml { line: 4, .. }));
        assert!(matches!(
            refused("Hi", &section("Hi"), "{{ clinic.name | shout }}"),
            TemplateError::UnknownWord { .. }
        ));
        let endless = format!("{}x{}", "{% for time in visit.times %}".repeat(16), "{% endfor %}".repeat(16));
        assert!(matches!(refused("Hi", &section("Hi"), &endless), TemplateError::TooLong { .. }));
    }
}
