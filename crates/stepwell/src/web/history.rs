//! What became of a workflow: its versions, and when it was on.

use std::collections::BTreeMap;

use care::chart::Clinic;
use care::id::{LocationId, StaffId};
use care::workflow::InFlight;
use pages::staff::{ActiveSpan, VersionRow};
use store::{OrgTx, WorkflowBody};

use super::error::WebError;
use super::times;

/// Newest first.
pub struct History {
    pub versions: Vec<VersionRow>,
    pub spans: Vec<ActiveSpan>,
}

/// `bodies`: the versions of this workflow, oldest first.
pub async fn of(tx: &mut OrgTx, clinic: &Clinic, key: &str, bodies: &[WorkflowBody]) -> Result<History, WebError> {
    let names = tx.staff_names().await?;
    let edits = tx.edits().await?;
    let stamp = |at| times::stamp(at, &clinic.zone, &clinic.zone);
    let version = |body: &WorkflowBody| {
        let edit = edits.iter().find(|(workflow, edit)| workflow == key && edit.to == body.version);
        VersionRow {
            version: body.version,
            at: stamp(body.published_at),
            by: if body.shipped { "came with Stepwell".to_owned() } else { name(&names, body.published_by) },
            runs: match edit.map(|(_, edit)| edit.in_flight) {
                None if body.version == 1 => "there were none",
                None | Some(InFlight::Stay) => "stayed with their version",
                Some(InFlight::Move) => "moved to this version",
                Some(InFlight::Stop) => "were stopped",
            }
            .to_owned(),
        }
    };
    let spans = tx.activations().await?.into_iter().rev().filter(|row| row.workflow == key);
    let spans = spans.map(|row| ActiveSpan {
        from: stamp(row.from),
        by: name(&names, row.activated_by),
        until: row.until.map(stamp),
        off_by: if row.until.is_some() { name(&names, row.deactivated_by) } else { String::new() },
        locations: row.locations.map_or_else(|| "all that fit".to_owned(), |list| places(clinic, &list)),
        cover: row.cover,
    });
    Ok(History { versions: bodies.iter().rev().map(version).collect(), spans: spans.collect() })
}

fn name(names: &BTreeMap<StaffId, String>, by: Option<StaffId>) -> String {
    let name = by.and_then(|id| names.get(&id));
    name.map_or_else(|| "by the clinic’s file".to_owned(), |name| format!("by {name}"))
}

fn places(clinic: &Clinic, list: &[LocationId]) -> String {
    let names: Vec<&str> = list.iter().filter_map(|id| Some(clinic.locations.get(id)?.name.as_str())).collect();
    names.join(", ")
}
