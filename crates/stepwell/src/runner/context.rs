//! What is known: of the clinic ([`Context`]) and of one patient ([`Known`]), read in the transaction that will write.

use std::collections::BTreeSet;

use care::chart::{Change, Channel, Chart, ContactPoint, Occurrence, fold};
use care::id::PatientId;
use care::workflow::{Facts, Ledger, Workflows};
use jiff::Timestamp;
use store::{Error, OrgTx, OrganizationRow};

use crate::Roof;

pub struct Context {
    pub organization: OrganizationRow,
    pub workflows: Workflows,
    pub channels: BTreeSet<Channel>,
}

impl Context {
    pub async fn load(roof: &Roof, tx: &mut OrgTx) -> Result<Self, Error> {
        let organization = tx.clinic().await?;
        let workflows = roof.workflows(tx).await?;
        Ok(Self { organization, workflows, channels: roof.channels.clone() })
    }
}

/// One patient: the chart folded from all changes, and what was decided so far.
pub struct Known {
    pub patient: PatientId,
    pub changes: Vec<Change>,
    pub chart: Chart,
    pub occurrences: Vec<Occurrence>,
    pub ledger: Ledger,
    pub suppressed: BTreeSet<ContactPoint>,
}

impl Known {
    pub async fn load(context: &Context, tx: &mut OrgTx, patient: PatientId) -> Result<Self, Error> {
        let changes = tx.changes(patient).await?;
        let clinic = &context.organization.clinic;
        let chart = fold(&changes, clinic);
        let occurrences = chart.occurrences(clinic);
        let ledger = tx.ledger(patient).await?;
        let suppressed = suppressed(tx, &chart).await?;
        Ok(Self { patient, changes, chart, occurrences, ledger, suppressed })
    }

    pub fn facts<'a>(&'a self, context: &'a Context, now: Timestamp) -> Facts<'a> {
        Facts {
            clinic: &context.organization.clinic,
            chart: &self.chart,
            occurrences: &self.occurrences,
            workflows: &context.workflows,
            channels: &context.channels,
            suppressed: &self.suppressed,
            now,
        }
    }
}

async fn suppressed(tx: &mut OrgTx, chart: &Chart) -> Result<BTreeSet<ContactPoint>, Error> {
    let points = Channel::ALL.into_iter().filter_map(|channel| match chart.patient.reach(channel) {
        care::chart::Reach::At(point) => Some(point.value),
        _ => None,
    });
    let rows = tx.suppressed(&points.collect::<Vec<_>>()).await?;
    let point = |(channel, value): (String, String)| Some(ContactPoint { channel: channel.parse().ok()?, value });
    Ok(rows.into_iter().filter_map(point).collect())
}
