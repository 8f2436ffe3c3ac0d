//! Markdown to HTML for articles and whatever else people write at length.
//!
//! Raw HTML is shown as it was typed, pictures become their description, a link leads to the web, to a mail or to a
//! phone, or is no link.

use std::fmt;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Markup made from markdown, and only here: templates do not escape it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose(String);

impl Prose {
    pub fn of(markdown: &str) -> Prose {
        let mut links = vec![];
        let events = Parser::new_ext(markdown, Options::empty()).filter_map(|event| allowed(event, &mut links));
        let mut markup = String::with_capacity(markdown.len() * 2);
        html::push_html(&mut markup, events);
        Prose(markup)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Prose {}

/// What may pass, in the form in which it may. `links`: of those that are open, which are links in the page too.
fn allowed<'a>(event: Event<'a>, links: &mut Vec<bool>) -> Option<Event<'a>> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, id, .. }) => {
            let leads = is_safe(&dest_url);
            links.push(leads);
            let link = Tag::Link { link_type, dest_url, title: "".into(), id };
            leads.then_some(Event::Start(link))
        }
        Event::End(TagEnd::Link) => links.pop().unwrap_or(false).then_some(Event::End(TagEnd::Link)),
        Event::Start(Tag::Heading { level, .. }) => {
            let level = below_title(level);
            Some(Event::Start(Tag::Heading { level, id: None, classes: vec![], attrs: vec![] }))
        }
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(below_title(level)))),
        Event::Start(Tag::CodeBlock(_)) => Some(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Html(typed) | Event::InlineHtml(typed) => Some(Event::Text(typed)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        other => Some(other),
    }
}

/// The page's title is its only heading of the first level.
fn below_title(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        lower => lower,
    }
}

/// An address that leads out of the page and runs nothing in it.
fn is_safe(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    ["https://", "http://", "mailto:", "tel:"].iter().any(|start| lower.starts_with(start))
}
