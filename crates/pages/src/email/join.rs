//! Several messages in one mail: the frame once, each body between its own lines.

use super::render::{Rendered, one_line, without_gaps};

/// Where the body stands in the frame. A value cannot make one: it is escaped, or refused, before.
const OPEN: &str = "[[body]]";
const CLOSE: &str = "[[/body]]";

impl Rendered {
    /// One mail of all; the first gives the frame and the subject.
    pub fn join(mut mails: Vec<Rendered>, language: &str) -> Rendered {
        let others: Vec<Rendered> = mails.drain(1.min(mails.len())..).collect();
        let Some(first) = mails.pop() else {
            return Rendered { subject: String::new(), text: String::new(), html: String::new() };
        };
        let more = if language == "es" { "y más" } else { "and more" };
        let subject = if others.is_empty() { first.subject.clone() } else { format!("{} ({more})", first.subject) };
        let (mut text, mut html) = (body_of(&first.text).to_owned(), body_of(&first.html).to_owned());
        for other in &others {
            text = format!("{}\n\n* * *\n\n{}", text.trim_end(), body_of(&other.text).trim_start());
            html.push_str(body_of(&other.html));
        }
        Rendered {
            subject: one_line(&subject),
            text: without_gaps(&in_frame(&first.text, &text)),
            html: in_frame(&first.html, &html),
        }
    }
}

fn body_of(whole: &str) -> &str {
    let inner = whole.split_once(OPEN).map_or(whole, |(_, rest)| rest);
    inner.rsplit_once(CLOSE).map_or(inner, |(body, _)| body)
}

fn in_frame(frame: &str, body: &str) -> String {
    match (frame.split_once(OPEN), frame.rsplit_once(CLOSE)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{body}{after}"),
        _ => body.to_owned(),
    }
}
