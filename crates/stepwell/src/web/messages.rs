//! Messages of the EMR that were not taken in: cause, place, cure, replay. Never their content.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::id::MessageId;
use pages::Nav;
use pages::staff::{OutlineLine, RefusedMessage, RefusedMessages, RefusedRow, RefusedState};
use store::Refused;

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::permission::Permission;
use super::{Web, form, render, times, words};

pub async fn list(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let refused = tx.refused_messages().await?;
    render::html(&RefusedMessages {
        frame: actor.frame(&web, &clinic, "Refused messages", Nav::Refused),
        rows: refused.iter().map(|message| row(message, &clinic.zone)).collect(),
    })
}

pub async fn show(State(web): State<Web>, actor: Actor, Path(message): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    let id: MessageId = form::id(&message, "message")?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let refused = tx.refused_messages().await?;
    let message = refused.iter().find(|m| m.id == id).ok_or(WebError::not_found("refused message"))?;
    let body = tx.message_body(id).await?.unwrap_or_default();
    render::html(&RefusedMessage {
        frame: actor.frame(&web, &clinic, "Refused message", Nav::Refused),
        row: row(message, &clinic.zone),
        outline: if message.kind.starts_with("CSV ") {
            outline_of_row(&body, &message.place)
        } else {
            outline(&body, &message.place)
        },
        history: vec![],
    })
}

pub async fn replay(State(web): State<Web>, actor: Actor, Path(message): Path<String>) -> Result<Response, WebError> {
    actor.may(Permission::ReplayMessages)?;
    let id: MessageId = form::id(&message, "message")?;
    let mut tx = actor.begin(&web).await?;
    let replayed = tx.replay_message(id).await?;
    tx.commit().await?;
    if !replayed {
        return Err(WebError::conflict("Somebody replayed this message already."));
    }
    web.settle().await?;
    let again = actor.begin(&web).await?.refused_messages().await?.iter().any(|m| m.id == id);
    Ok(render::see("/refused-messages", Some(if again { &Said::RefusedAgain } else { &Said::Replayed })))
}

fn row(message: &Refused, zone: &str) -> RefusedRow {
    RefusedRow {
        id: message.id.to_string(),
        received: times::stamp(message.received_at, zone, zone),
        interface: message.interface.clone(),
        message_type: message.kind.clone(),
        cause: words::content(&message.cause),
        place: form::filled(&message.place).map(str::to_owned),
        cure: message.cure.clone(),
        state: RefusedState::Open,
    }
}

/// The message's segments by name and size. No value of it is shown: it is full of patient data.
fn outline(body: &[u8], place: &str) -> Vec<OutlineLine> {
    let separator = body.get(3).copied().unwrap_or(b'|');
    let segment_of = place.split(['-', ' ', '[', '(']).next().unwrap_or_default();
    let lines = body.split(|byte| *byte == b'\r' || *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let fields: Vec<&[u8]> = line.split(|byte| *byte == separator).collect();
            let segment = segment_name(fields.first().copied().unwrap_or_default());
            let filled = fields.iter().skip(1).filter(|field| !field.is_empty()).count();
            OutlineLine {
                here: segment == segment_of,
                shape: format!("{} fields, {filled} filled", fields.len().saturating_sub(1)),
                segment,
            }
        })
        .collect()
}

/// The row's columns by name and size. The names stand in the file's first line and are no patient's.
fn outline_of_row(body: &[u8], place: &str) -> Vec<OutlineLine> {
    let Ok(look) = wire::csv::look(body) else { return vec![] };
    let fields = look.rows.first().map(Vec::as_slice).unwrap_or_default();
    let here = place.split_once(", column ").map(|(_, name)| name);
    let line = |(at, name): (usize, &String)| OutlineLine {
        here: here == Some(name.as_str()),
        shape: match fields.get(at).map(|field| field.chars().count()) {
            None | Some(0) => "empty".into(),
            Some(1) => "1 sign".into(),
            Some(signs) => format!("{signs} signs"),
        },
        segment: name.clone(),
    };
    look.columns.iter().enumerate().map(line).collect()
}

/// Three letters or digits; whatever else stands there could be anything.
fn segment_name(name: &[u8]) -> String {
    let is_name = name.len() == 3 && name.iter().all(u8::is_ascii_alphanumeric);
    if is_name { String::from_utf8_lossy(name).into_owned() } else { "?".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_shows_the_shape_of_a_message_and_none_of_its_values() {
        let body = b"MSH|^~\\&|EMR|MAIN\rPID|1||4711||Rivera^Alma||oops\rfree text Rivera|x\r";
        let lines = outline(body, "PID-7");
        let shown: Vec<_> = lines.iter().map(|l| (l.segment.as_str(), l.shape.as_str(), l.here)).collect();
        assert_eq!(
            shown,
            [
                ("MSH", "3 fields, 3 filled", false),
                ("PID", "7 fields, 4 filled", true),
                ("?", "1 fields, 1 filled", false)
            ]
        );
    }

    #[test]
    fn the_outline_of_a_row_shows_which_columns_are_filled_and_nothing_in_them() {
        let lines = outline_of_row(b"MRN,Start,Status\n1001,soon,\n", "line 7, column Start");
        let shown: Vec<_> = lines.iter().map(|l| (l.segment.as_str(), l.shape.as_str(), l.here)).collect();
        assert_eq!(shown, [("MRN", "4 signs", false), ("Start", "4 signs", true), ("Status", "empty", false)]);
    }

    #[test]
    fn an_empty_body_has_no_outline() {
        assert!(outline(b"", "MSH").is_empty());
    }
}
