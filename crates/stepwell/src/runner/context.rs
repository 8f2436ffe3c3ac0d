//! What is known: of the clinic ([`Context`]) and of one patient ([`Known`]), read in the transaction that will write.

use std::collections::BTreeSet;

use care::chart::{Change, Channel, Chart, ContactPoint, Snapshot, Source, Watch};
use care::id::{InterfaceId, PatientId};
use care::workflow::{Facts, Ledger, Workflows, World};
use jiff::Timestamp;
use store::{Error, InterfaceState, OrgTx, OrganizationRow};

use crate::Roof;
use crate::content::Templates;

pub struct Context {
    pub organization: OrganizationRow,
    pub workflows: Workflows,
    /// Which events of time the workflows wait for.
    pub watch: Watch,
    pub channels: BTreeSet<Channel>,
    /// Interfaces that only fill charts.
    pub loading: BTreeSet<InterfaceId>,
    /// The clinic's own messages, beside those that ship.
    pub own_messages: Templates,
}

impl Context {
    /// The workflows stay as they are until the transaction ends. To be asked for before any patient is locked.
    pub async fn load(roof: &Roof, tx: &mut OrgTx) -> Result<Self, Error> {
        tx.hold_workflows().await?;
        let organization = tx.clinic().await?;
        let workflows = roof.workflows(tx).await?;
        let watch = workflows.watch();
        let feeds = tx.interfaces().await?.into_iter().filter(|i| i.state == InterfaceState::Loading);
        let loading = feeds.map(|i| i.id).collect();
        let own_messages = roof.own_messages(tx).await?;
        Ok(Self { organization, workflows, watch, channels: roof.channels.clone(), loading, own_messages })
    }

    /// Nobody but an interface that only fills charts has spoken of this patient: what time brings starts nothing either.
    pub async fn only_loads(&self, tx: &mut OrgTx, patient: PatientId) -> Result<bool, Error> {
        if self.loading.is_empty() {
            return Ok(false);
        }
        let spoke = tx.spoken_by(patient).await?;
        let loads = |source: &Source| matches!(source, Source::Emr(id) if self.loading.contains(id));
        Ok(spoke.iter().any(loads) && spoke.iter().all(|source| loads(source) || *source == Source::System))
    }
}

/// One patient: the chart folded from all changes, what was decided so far, and what else bears on them.
pub struct Known {
    pub patient: PatientId,
    pub changes: Vec<Change>,
    pub snapshot: Snapshot,
    pub ledger: Ledger,
    pub world: World,
}

/// Contact points on more charts than this are nobody's (docs/SEMANTICS.md section 5, rule 4).
const FAMILY: i64 = 5;

impl Known {
    pub async fn load(roof: &Roof, context: &Context, tx: &mut OrgTx, patient: PatientId) -> Result<Self, Error> {
        let changes = tx.changes(patient).await?;
        let clinic = &context.organization.clinic;
        let snapshot = Snapshot::of(&changes, clinic, &context.watch, roof.now());
        let ledger = tx.ledger(patient).await?;
        let world = world(roof, tx, patient, &snapshot.chart).await?;
        Ok(Self { patient, changes, snapshot, ledger, world })
    }

    pub fn chart(&self) -> &Chart {
        &self.snapshot.chart
    }

    pub fn facts<'a>(&'a self, context: &'a Context, now: Timestamp) -> Facts<'a> {
        Facts {
            clinic: &context.organization.clinic,
            chart: &self.snapshot.chart,
            occurrences: &self.snapshot.occurrences,
            workflows: &context.workflows,
            channels: &context.channels,
            world: &self.world,
            undo_until: self.snapshot.undo_until,
            now,
        }
    }
}

async fn world(roof: &Roof, tx: &mut OrgTx, patient: PatientId, chart: &Chart) -> Result<World, Error> {
    let points: Vec<ContactPoint> = chart.contact_points().into_iter().collect();
    let mut world = World { down: roof.channels_down(), ..World::default() };
    if points.is_empty() {
        return Ok(world);
    }
    let addresses: Vec<String> = points.iter().map(|p| p.value.clone()).collect();
    let point = |(channel, value): (String, String)| Some(ContactPoint { channel: channel.parse().ok()?, value });
    world.suppressed = tx.suppressed(&addresses).await?.into_iter().filter_map(point).collect();
    let shared = tx.sharing(&points).await?;
    world.crowded = shared.iter().filter(|(_, charts)| *charts > FAMILY).map(|(point, _)| point.clone()).collect();
    let own: Vec<ContactPoint> = points.into_iter().filter(|point| !world.crowded.contains(point)).collect();
    if !own.is_empty() {
        world.others = tx.traffic_of_others(patient, &own).await?;
    }
    Ok(world)
}
