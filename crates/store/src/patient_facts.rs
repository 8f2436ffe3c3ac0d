//! The projection: of a patient's chart what patient groups ask about, in columns of `patients` (docs/ARCHITECTURE.md,
//! "Storage"). It is written with the chart; what changes by the mere passing of time is not in it but counted from the
//! visits and from what was given.

use care::chart::{Channel, Chart, Reach};
use care::id::PatientId;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// One more whenever a column is added here or its meaning changes: rows of an older version are then folded anew.
pub(crate) const VERSION: i16 = 3;

pub(crate) struct PatientFacts<'a> {
    pub sex: Option<&'static str>,
    pub language: Option<&'a str>,
    pub zone: Option<&'a str>,
    pub registered: bool,
    pub tags: &'a [String],
    pub has_email: bool,
    pub has_mobile: bool,
    pub any_episode_open: bool,
    pub visits_arrived: i32,
    pub consents: Vec<String>,
}

impl<'a> PatientFacts<'a> {
    pub fn of(chart: &'a Chart) -> Self {
        let p = &chart.patient;
        let leads = |channel| matches!(p.reach(channel), Reach::At(_));
        Self {
            sex: p.sex.map(|sex| sex.code()),
            language: p.language.as_deref(),
            zone: p.zone.as_deref(),
            registered: p.registered_at.is_some(),
            tags: &p.tags,
            has_email: leads(Channel::Email),
            has_mobile: leads(Channel::Text),
            any_episode_open: chart.episodes.iter().any(|e| e.is_open()),
            visits_arrived: i32::try_from(chart.visits_arrived()).unwrap_or(i32::MAX),
            consents: p.consented(),
        }
    }
}

impl OrgTx {
    /// Locks up to `most` patients whose projection an older version wrote. First those that nobody works on; when only
    /// others are left it waits for one of them, so that an empty answer means that there are none.
    pub async fn lock_outdated(&mut self, most: i64) -> Result<Vec<PatientId>, Error> {
        let free = sqlx::query_scalar!(
            "select id from patients where organization = $1 and merged_into is null and facts_version < $2
             order by id limit $3 for update skip locked",
            self.org(),
            VERSION,
            most
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let ids: Vec<Uuid> = match free.is_empty() {
            false => free,
            true => {
                sqlx::query_scalar!(
                    "select id from patients where organization = $1 and merged_into is null and facts_version < $2
                     order by id limit 1 for update",
                    self.org(),
                    VERSION
                )
                .fetch_all(&mut *self.tx)
                .await?
            }
        };
        Ok(ids.into_iter().map(PatientId).collect())
    }
}
