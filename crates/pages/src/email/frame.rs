//! The frame around every mail's body.

use super::error::TemplateError;
use mrml::prelude::parser::{Error as MjmlError, ParserOptions};
use mrml::prelude::render::RenderOptions;

const HTML_FRAME: &str = include_str!("../../templates/email/frame.mjml");
const TEXT_FRAME: &str = include_str!("../../templates/email/frame.txt");
const PLACE: &str = "<!-- content -->";

pub(super) fn text(body: &str) -> String {
    TEXT_FRAME.replacen(PLACE, body.trim(), 1)
}

/// Puts `body` into the frame and lays it out as HTML. The placeholders pass through: only tags are read here.
pub(super) fn html(body: &str) -> Result<String, TemplateError> {
    let at = HTML_FRAME.find(PLACE).unwrap_or(HTML_FRAME.len());
    let framed = HTML_FRAME.replacen(PLACE, body, 1);
    let lines = |text: &str| text.matches('\n').count();
    let place = |found: Found| match found {
        Found::Byte(position) => {
            let start = position.clamp(at, at + body.len());
            lines(framed.get(at..start).unwrap_or(body)) + 1
        }
        Found::Row(row) => row.saturating_sub(lines(&HTML_FRAME[..at])).clamp(1, lines(body) + 1),
    };
    let parsed =
        mrml::parse_with_options(&framed, &ParserOptions::default()).map_err(|problem| refusal(&problem, place))?;
    // No fonts: a mail loads nothing from elsewhere.
    let options = RenderOptions { disable_comments: true, fonts: Default::default(), ..RenderOptions::default() };
    parsed.element.render(&options).map_err(|_| TemplateError::Mjml { line: 1, cause: "it cannot be laid out" })
}

/// Where the framed text is wrong: by byte or by row, as the parser tells.
enum Found {
    Byte(usize),
    Row(usize),
}

fn refusal(problem: &MjmlError, place: impl Fn(Found) -> usize) -> TemplateError {
    let (found, cause) = match problem {
        MjmlError::UnexpectedElement { position, .. } => (position.start, "an element that does not belong here"),
        MjmlError::UnexpectedToken { position, .. } => (position.start, "text or a tag that does not belong here"),
        MjmlError::MissingAttribute { position, .. } => (position.start, "an attribute is missing"),
        MjmlError::InvalidAttribute { position, .. } => (position.start, "an attribute cannot be read"),
        MjmlError::InvalidFormat { position, .. } => (position.start, "it cannot be read"),
        MjmlError::IncludeLoaderError { position, .. } => (position.start, "nothing can be included"),
        MjmlError::EndOfStream { .. } => (usize::MAX, "a tag is not closed"),
        MjmlError::SizeLimit { .. } => (0, "it is too large"),
        MjmlError::NoRootNode => (0, "it is empty"),
        MjmlError::ParserError { source, .. } => {
            let line = place(Found::Row(source.pos().row as usize));
            return TemplateError::Mjml { line, cause: "a tag cannot be read; < and & may not stand alone" };
        }
    };
    TemplateError::Mjml { line: place(Found::Byte(found)), cause }
}
