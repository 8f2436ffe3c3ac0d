//! By what right the library's items are here, for staff and for patients.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Html;
use care::library::Kind;
use pages::Nav;
use pages::patient::NoticePage;
use pages::staff::{LibraryNotice, NoticeLine, NoticePart};
use store::LibraryRow;

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::portal::{Visitor, outside_frame};
use super::{Web, render};
use crate::library::notice::{self, Line, Part, kind_words};
use crate::library::shipped;

pub async fn show(State(web): State<Web>, actor: Actor) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeLibrary)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let parts = parts(tx.newest().await?);
    render::html(&LibraryNotice { frame: actor.frame(&web, &clinic, "Sources and licences", Nav::Library), parts })
}

/// Who is in the portal sees the clinic's; who is not, what ships.
pub async fn for_patients(State(web): State<Web>, visitor: Option<Visitor>) -> Result<Html<String>, WebError> {
    let page = match visitor {
        Some(visitor) => {
            let mut seen = visitor.sees(&web).await?;
            NoticePage { parts: parts(seen.tx.newest().await?), frame: seen.frame() }
        }
        None => {
            let rows = shipped(web.roof.now()).0.into_iter().map(|item| item.row).collect();
            NoticePage { parts: parts(rows), frame: outside_frame() }
        }
    };
    render::html(&page)
}

fn parts(rows: Vec<LibraryRow>) -> Vec<NoticePart> {
    let part = |part: Part| NoticePart { licence: part.licence, lines: part.lines.into_iter().map(line).collect() };
    notice::parts(rows).into_iter().map(part).collect()
}

fn line(Line { attribution, source, items }: Line) -> NoticeLine {
    let mut kinds: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for row in items {
        kinds.entry(row.name.kind).or_default().push(row.title);
    }
    let items = kinds.into_iter().map(|(kind, titles)| (kind_words(kind).to_owned(), titles)).collect();
    NoticeLine { attribution, source, items }
}
