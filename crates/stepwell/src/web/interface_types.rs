//! What an EMR's words mean: its types of visit and its practitioners.

use axum::extract::{Path, State};
use axum::response::{Html, Response};
use care::chart::VisitType;
use care::id::{InterfaceId, StaffId};
use pages::Nav;
use pages::staff::{Choice, ClaimLine, InterfaceTypes, Pick, TypeLine};
use store::{ClaimRow, CodeKind, OrgTx, SaidBy, SeenCode, TypeRow};

use super::actor::Actor;
use super::error::WebError;
use super::flash::Said;
use super::form::{Posted, filled};
use super::permission::Permission;
use super::{Web, form, render, words};

const IGNORE: &str = "ignore";

pub async fn show(State(web): State<Web>, actor: Actor, Path(id): Path<String>) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeRefusedMessages)?;
    let id: InterfaceId = form::id(&id, "interface")?;
    let mut tx = actor.begin(&web).await?;
    let feeds = tx.interfaces().await?;
    let feed = feeds.into_iter().find(|feed| feed.id == id).ok_or(WebError::not_found("interface"))?;
    let clinic = tx.clinic().await?.clinic;
    let staff = tx.staff_list().await?;
    let types = types(tx.codes_seen(id, CodeKind::VisitType).await?, &tx.type_rows(id).await?);
    let people = people(tx.codes_seen(id, CodeKind::Practitioner).await?, &tx.claim_rows(id).await?, &staff);
    render::html(&InterfaceTypes {
        frame: actor.frame(&web, &clinic, &format!("{}: words of the EMR", feed.name), Nav::Refused),
        id: id.to_string(),
        name: feed.name,
        types,
        people,
        may_map: actor.may(Permission::MapInterfaces).is_ok(),
    })
}

fn visits(count: i64) -> String {
    match count {
        0 => "none yet".into(),
        1 => "1 visit".into(),
        count => format!("{count} visits"),
    }
}

/// What came, and behind it what is explained and has not come.
fn with_unseen<'a>(mut seen: Vec<SeenCode>, explained: impl Iterator<Item = &'a String>) -> Vec<SeenCode> {
    for code in explained {
        if seen.iter().all(|s| s.code != *code) {
            seen.push(SeenCode { code: code.clone(), name: String::new(), visits: 0 });
        }
    }
    seen
}

/// What waits for an answer first.
fn types(seen: Vec<SeenCode>, rows: &[TypeRow]) -> Vec<TypeLine> {
    let line = |seen: SeenCode| {
        let mapped = rows.iter().find(|row| row.code == seen.code).map(|row| row.is);
        let chosen = mapped.map_or("", |is| is.map_or(IGNORE, VisitType::code));
        let choices = choices(mapped.is_some());
        let words = choices.iter().find(|c| c.value == chosen).map(|c| c.label.clone()).unwrap_or_default();
        TypeLine {
            visits: visits(seen.visits),
            is: Pick::of(choices, chosen),
            words,
            mapped: mapped.is_some(),
            code: seen.code,
        }
    };
    let mut lines: Vec<_> = with_unseen(seen, rows.iter().map(|row| &row.code)).into_iter().map(line).collect();
    lines.sort_by_key(|line| line.mapped);
    lines
}

fn choices(mapped: bool) -> Vec<Choice> {
    let open = (!mapped).then(|| Choice::new("", "not mapped"));
    let types = VisitType::ALL.into_iter().filter(|t| *t != VisitType::Unmapped);
    let types = types.map(|t| Choice::new(t.code(), words::visit_type(Some(t))));
    open.into_iter().chain(types).chain([Choice::new(IGNORE, "no visit: pass over")]).collect()
}

fn people(seen: Vec<SeenCode>, rows: &[ClaimRow], staff: &[(StaffId, String)]) -> Vec<ClaimLine> {
    let line = |seen: SeenCode| {
        let claim = rows.iter().find(|row| row.code == seen.code);
        let chosen = claim.and_then(|c| c.staff).map(|id| id.to_string()).unwrap_or_default();
        let nobody = Choice::new("", "nobody here");
        let choices = staff.iter().map(|(id, name)| Choice::new(&id.to_string(), name));
        ClaimLine {
            visits: visits(seen.visits),
            name: claim.map(|c| c.name.clone()).unwrap_or_default(),
            staff: Pick::of([nobody].into_iter().chain(choices).collect(), &chosen),
            sent_as: if seen.name == seen.code { String::new() } else { seen.name },
            code: seen.code,
        }
    };
    let mut lines: Vec<_> = with_unseen(seen, rows.iter().map(|row| &row.code)).into_iter().map(line).collect();
    lines.sort_by_key(|line| !line.name.is_empty());
    lines
}

/// The fields of a form whose rows repeat the same names, row by row.
fn rows<const N: usize>(fields: &[(String, String)], names: [&str; N]) -> Vec<[String; N]> {
    let own: Vec<&(String, String)> = fields.iter().filter(|(name, _)| names.contains(&name.as_str())).collect();
    let whole = own.chunks_exact(N).filter(|row| row.iter().zip(names).all(|((name, _), wanted)| name == wanted));
    whole.map(|row| std::array::from_fn(|i| row[i].1.clone())).collect()
}

/// Says so, from now on if there were such visits, and has their charts read anew.
struct Saying<'a> {
    web: &'a Web,
    actor: &'a Actor,
    interface: InterfaceId,
}

impl<'a> Saying<'a> {
    async fn begin(web: &'a Web, actor: &'a Actor, id: &str) -> Result<(Self, OrgTx), WebError> {
        actor.may(Permission::MapInterfaces)?;
        web.let_time_pass().await?;
        let interface: InterfaceId = form::id(id, "interface")?;
        let mut tx = actor.begin(web).await?;
        if !tx.interfaces().await?.iter().any(|feed| feed.id == interface) {
            return Err(WebError::not_found("interface"));
        }
        Ok((Saying { web, actor, interface }, tx))
    }

    async fn said(&self, tx: &mut OrgTx, kind: CodeKind, code: &str) -> Result<SaidBy, WebError> {
        let now = self.web.roof.now();
        let woken = tx.wake_code(self.interface, kind, code, now).await?;
        let notice = match kind {
            CodeKind::VisitType => "unmapped_type",
            CodeKind::Practitioner => "unclaimed_practitioner",
        };
        tx.close_interface_notices(self.interface, notice, code, now).await?;
        Ok(SaidBy { since: (woken > 0).then_some(now), staff: Some(self.actor.staff) })
    }

    async fn done(&self, tx: OrgTx) -> Result<Response, WebError> {
        tx.commit().await?;
        self.web.settle().await?;
        Ok(render::see(&format!("/interfaces/{}/types", self.interface), Some(&Said::Mapped)))
    }
}

pub async fn map(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (saying, mut tx) = Saying::begin(&web, &actor, &id).await?;
    let before = tx.type_rows(saying.interface).await?;
    for [code, word] in rows(&fields, ["code", "is"]) {
        let is = match word.as_str() {
            "" => continue,
            IGNORE => None,
            word => Some(word.parse::<VisitType>().map_err(|_| WebError::bad_form("A visit type is not known."))?),
        };
        if before.iter().any(|row| row.code == code && row.is == is) {
            continue;
        }
        let said = saying.said(&mut tx, CodeKind::VisitType, &code).await?;
        tx.put_visit_type(saying.interface, &code, is, said).await?;
    }
    saying.done(tx).await
}

pub async fn claim(
    State(web): State<Web>,
    actor: Actor,
    Path(id): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let (saying, mut tx) = Saying::begin(&web, &actor, &id).await?;
    let (before, people) = (tx.claim_rows(saying.interface).await?, tx.staff_list().await?);
    for [code, name, staff] in rows(&fields, ["code", "name", "staff"]) {
        let person = people.iter().find(|(id, _)| id.to_string() == staff);
        // Who signs in here has a name already.
        let Some(name) = filled(&name).or(person.map(|(_, name)| name.as_str())) else { continue };
        let claim = ClaimRow { code, name: name.to_owned(), staff: person.map(|(id, _)| *id) };
        if before.contains(&claim) {
            continue;
        }
        let said = saying.said(&mut tx, CodeKind::Practitioner, &claim.code).await?;
        tx.put_claim(saying.interface, &claim, said).await?;
    }
    saying.done(tx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_row_by_row_and_a_broken_row_is_none() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let fields =
            [field("csrf", "x"), field("code", "A"), field("is", ""), field("code", "B"), field("is", "ignore")];
        assert_eq!(rows(&fields, ["code", "is"]), [["A", ""], ["B", "ignore"]].map(|row| row.map(String::from)));
        assert_eq!(rows(&[field("is", "A"), field("code", "B")], ["code", "is"]), Vec::<[String; 2]>::new());
    }
}
