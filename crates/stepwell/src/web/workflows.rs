//! All workflows: as a list, and drawn on one sheet.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Query, State};
use axum::response::Html;
use care::workflow::{Kind, Published, Workflow, Workflows};
use care::zone;
use jiff::Timestamp;
use pages::Nav;
use pages::staff::{
    EmrFilter, EmrFit, Lane, Panel, Schematic, Scope, Status, WorkflowGroup, WorkflowList, WorkflowRow,
};
use serde::Deserialize;
use store::{OrgTx, WorkflowBody};

use super::actor::Actor;
use super::error::WebError;
use super::permission::Permission;
use super::{Web, render, times, workflow_words};
use crate::runner::preview;

#[derive(Deserialize)]
pub struct Wanted {
    r#for: Option<String>,
}

impl Wanted {
    fn filter(&self) -> EmrFilter {
        match self.r#for.as_deref() {
            Some("emr") => EmrFilter::With,
            Some("no-emr") => EmrFilter::Without,
            _ => EmrFilter::All,
        }
    }
}

pub async fn list(
    State(web): State<Web>,
    actor: Actor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let filter = wanted.filter();
    let (now, pending) = (web.roof.now(), tx.pending_by_workflow().await?);
    let own = own_keys(&tx.workflow_bodies().await?);
    let visits_ahead = !tx.patients_with_visits_ahead(now).await?.is_empty();
    let decides = |key: &str, published: &Published, workflow: &Workflow| {
        let covers = published.activation_at(now).is_none() && visits_ahead && preview::looks_ahead(workflow);
        covers || pending.get(key).is_some_and(|steps| *steps > 0)
    };
    let groups = Kind::ALL.iter().map(|kind| WorkflowGroup {
        kind: workflow_words::kind(*kind),
        rows: of_kind(&all, *kind)
            .filter(|(_, _, workflow)| is_shown(filter, workflow_words::fit(workflow.serves)))
            .map(|(key, published, workflow)| WorkflowRow {
                decide: decides(key, published, workflow),
                scope: scope(!own.contains(key)),
                ..row(key, workflow, status(published, now))
            })
            .collect(),
    });
    let groups = groups.filter(|group| !group.rows.is_empty()).collect();
    let may_edit = actor.may(Permission::EditWorkflows).is_ok();
    render::html(&WorkflowList {
        frame: actor.frame(&web, &clinic, "Workflows", Nav::Workflows),
        filter,
        groups,
        may_edit,
    })
}

pub async fn schematic(
    State(web): State<Web>,
    actor: Actor,
    Query(wanted): Query<Wanted>,
) -> Result<Html<String>, WebError> {
    actor.may(Permission::SeeWorkflows)?;
    let mut tx = actor.begin(&web).await?;
    let clinic = tx.clinic().await?.clinic;
    let all = web.roof.workflows(&mut tx).await?;
    let now = web.roof.now();
    render::html(&Schematic {
        frame: actor.frame(&web, &clinic, "All workflows", Nav::Workflows),
        filter: wanted.filter(),
        printed_on: times::plain_date(zone::date_in(now, &clinic.zone)),
        with_emr: panels(&all, EmrFilter::With, now),
        without_emr: panels(&all, EmrFilter::Without, now),
    })
}

/// The current version of each workflow of one kind.
fn of_kind(all: &Workflows, wanted: Kind) -> impl Iterator<Item = (&str, &Published, &Workflow)> {
    all.0.iter().filter_map(move |(key, published)| {
        let (_, workflow) = published.current()?;
        (workflow.kind == wanted).then_some((key.as_str(), published, &**workflow))
    })
}

/// One for both is on both sides.
fn is_shown(filter: EmrFilter, fit: EmrFit) -> bool {
    match filter {
        EmrFilter::All => true,
        EmrFilter::With => fit != EmrFit::Without,
        EmrFilter::Without => fit != EmrFit::With,
    }
}

pub fn status(published: &Published, now: Timestamp) -> Status {
    if published.activation_at(now).is_some() { Status::Active } else { Status::Inactive }
}

/// What ships with Stepwell is global; the rest is the clinic's own.
pub fn scope(shipped: bool) -> Scope {
    if shipped { Scope::Global } else { Scope::Organization }
}

/// Workflows whose newest version the clinic wrote.
fn own_keys(bodies: &[WorkflowBody]) -> BTreeSet<String> {
    let newest: BTreeMap<&str, bool> = bodies.iter().map(|body| (body.key.as_str(), body.shipped)).collect();
    newest.into_iter().filter(|(_, shipped)| !shipped).map(|(key, _)| key.to_owned()).collect()
}

/// Whether there are visits that were booked before it is switched on.
pub async fn may_cover(tx: &mut OrgTx, workflow: &Workflow, now: Timestamp) -> Result<bool, WebError> {
    Ok(preview::looks_ahead(workflow) && !tx.patients_with_visits_ahead(now).await?.is_empty())
}

fn row(key: &str, workflow: &Workflow, status: Status) -> WorkflowRow {
    let mut given = vec![];
    for item in workflow.steps.iter().flat_map(workflow_words::content) {
        if !given.contains(&item) {
            given.push(item);
        }
    }
    WorkflowRow {
        id: key.to_owned(),
        title: workflow.title.clone(),
        fit: workflow_words::fit(workflow.serves),
        patient_group: workflow_words::group(&workflow.group),
        trigger: workflow_words::trigger(&workflow.trigger),
        schedule: workflow.steps.iter().map(care::workflow::definition::Step::when).collect(),
        content: given,
        status,
        scope: Scope::Global,
        decide: false,
    }
}

/// Engagement and outcomes always have their panel, so that what is missing shows; monitoring where there is some.
fn panels(all: &Workflows, side: EmrFilter, now: Timestamp) -> Vec<Panel> {
    let lane = |(key, published, workflow): (&str, &Published, &Workflow)| Lane {
        href: format!("/workflows/{key}"),
        title: workflow.title.clone(),
        patient_group: workflow_words::group(&workflow.group),
        trigger: workflow_words::labels(&workflow.trigger),
        steps: workflow_words::marked(workflow),
        status: status(published, now),
    };
    let panel = |kind: &Kind| Panel {
        title: workflow_words::kind(*kind).label().to_owned(),
        lanes: of_kind(all, *kind)
            .filter(|(_, _, workflow)| is_shown(side, workflow_words::fit(workflow.serves)))
            .map(lane)
            .collect(),
    };
    let is_needed = |(kind, panel): &(&Kind, Panel)| **kind != Kind::Monitoring || !panel.lanes.is_empty();
    Kind::ALL.iter().map(|kind| (kind, panel(kind))).filter(is_needed).map(|(_, panel)| panel).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content;
    use std::sync::Arc;

    fn shipped() -> Workflows {
        let published = |body: &str| Published {
            versions: BTreeMap::from([(1, Arc::new(Workflow::parse(body).unwrap()))]),
            ..Published::default()
        };
        Workflows(content::workflows().into_iter().map(|(key, body)| (key, published(&body))).collect())
    }

    #[test]
    fn the_sheet_has_engagement_and_outcomes_and_a_workflow_for_both_stands_on_both_sides() {
        let now = Timestamp::UNIX_EPOCH;
        let titles = |side| -> Vec<String> { panels(&shipped(), side, now).into_iter().map(|p| p.title).collect() };
        assert_eq!(titles(EmrFilter::With)[..2], ["Engagement", "Outcomes"]);
        assert_eq!(titles(EmrFilter::Without)[..2], ["Engagement", "Outcomes"]);
        let links = |side| -> Vec<String> {
            panels(&shipped(), side, now).into_iter().flat_map(|p| p.lanes).map(|lane| lane.href).collect()
        };
        let (with, without) = (links(EmrFilter::With), links(EmrFilter::Without));
        for both in ["/workflows/recommendation", "/workflows/visit-reminder"] {
            assert!(with.iter().any(|l| l == both) && without.iter().any(|l| l == both), "{both}");
        }
        assert!(
            with.iter().any(|l| l == "/workflows/invite-emr") && !without.iter().any(|l| l == "/workflows/invite-emr")
        );
    }
}
