//! When feeds were last heard, which are silent, and what is held meanwhile.

use care::id::{InterfaceId, LocationId, OrganizationId, PatientId, StaffId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, Store};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedRow {
    /// `None` while it loads, or nobody guards it.
    pub watched_since: Option<Timestamp>,
    pub heard_at: Option<Timestamp>,
    pub newest_at: Option<Timestamp>,
    pub silent_since: Option<Timestamp>,
    pub released_at: Option<Timestamp>,
    pub released_by: Option<StaffId>,
    /// The locations it holds up.
    pub silenced: Vec<LocationId>,
    pub check_at: Option<Timestamp>,
}

/// A step that is held because a feed is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRow {
    pub patient: PatientId,
    pub given: String,
    pub family: String,
    pub workflow: String,
    pub step: String,
    pub due: Timestamp,
    pub expires: Timestamp,
    pub place: Option<LocationId>,
}

fn ids(locations: &[LocationId]) -> Vec<Uuid> {
    locations.iter().map(|id| id.0).collect()
}

impl Store {
    pub async fn feeds_to_check(&self, now: Timestamp) -> Result<Vec<(OrganizationId, InterfaceId)>, Error> {
        let rows = sqlx::query!(
            r#"select organization as "organization!", interface as "interface!" from feeds_to_check($1)"#,
            now.to_sqlx() as _
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (OrganizationId(r.organization), InterfaceId(r.interface))).collect())
    }
}

impl OrgTx {
    /// Holds a feed's row; made if there is none yet.
    pub async fn lock_feed(&mut self, interface: InterfaceId) -> Result<FeedRow, Error> {
        sqlx::query!(
            "insert into feeds (organization, interface) values ($1, $2) on conflict do nothing",
            self.org(),
            interface.0
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "select from feeds where organization = $1 and interface = $2 for update",
            self.org(),
            interface.0
        )
        .execute(&mut *self.tx)
        .await?;
        let found = self.feeds().await?.into_iter().find(|(id, _)| *id == interface);
        Ok(found.map(|(_, row)| row).unwrap_or_default())
    }

    /// All that is known of the feeds.
    pub async fn feeds(&mut self) -> Result<Vec<(InterfaceId, FeedRow)>, Error> {
        let rows = sqlx::query!(
            r#"select interface, watched_since as "watched_since: jiff_sqlx::Timestamp",
                 heard_at as "heard_at: jiff_sqlx::Timestamp", newest_at as "newest_at: jiff_sqlx::Timestamp",
                 silent_since as "silent_since: jiff_sqlx::Timestamp",
                 released_at as "released_at: jiff_sqlx::Timestamp", released_by, silenced,
                 check_at as "check_at: jiff_sqlx::Timestamp"
               from feeds where organization = $1"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| {
                let row = FeedRow {
                    watched_since: r.watched_since.map(|t| t.to_jiff()),
                    heard_at: r.heard_at.map(|t| t.to_jiff()),
                    newest_at: r.newest_at.map(|t| t.to_jiff()),
                    silent_since: r.silent_since.map(|t| t.to_jiff()),
                    released_at: r.released_at.map(|t| t.to_jiff()),
                    released_by: r.released_by.map(StaffId),
                    silenced: r.silenced.into_iter().map(LocationId).collect(),
                    check_at: r.check_at.map(|t| t.to_jiff()),
                };
                (InterfaceId(r.interface), row)
            })
            .collect())
    }

    pub async fn put_feed(&mut self, interface: InterfaceId, row: &FeedRow) -> Result<(), Error> {
        sqlx::query!(
            "update feeds set watched_since = $3, heard_at = $4, newest_at = $5, silent_since = $6, released_at = $7,
                 released_by = $8, silenced = $9, check_at = $10
             where organization = $1 and interface = $2",
            self.org(),
            interface.0,
            row.watched_since.map(|t| t.to_sqlx()) as _,
            row.heard_at.map(|t| t.to_sqlx()) as _,
            row.newest_at.map(|t| t.to_sqlx()) as _,
            row.silent_since.map(|t| t.to_sqlx()) as _,
            row.released_at.map(|t| t.to_sqlx()) as _,
            row.released_by.map(|s| s.0),
            &ids(&row.silenced),
            row.check_at.map(|t| t.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Messages are being read: a feed that is silent is looked at as soon as they are.
    pub async fn heard(
        &mut self,
        interface: InterfaceId,
        came: Timestamp,
        sent: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query!(
            "insert into feeds (organization, interface, heard_at, newest_at) values ($1, $2, $3, $4)
             on conflict (organization, interface) do update set heard_at = greatest(feeds.heard_at, $3),
                 -- One that is read again says nothing about now.
                 newest_at = case when feeds.heard_at > $3 then feeds.newest_at else coalesce($4, feeds.newest_at) end,
                 check_at = case when feeds.silent_since is null then feeds.check_at else $5 end",
            self.org(),
            interface.0,
            came.to_sqlx() as _,
            sent.map(|t| t.to_sqlx()) as _,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The clinic's feeds are looked at with the next round: their settings, or the closed days, are other ones.
    pub async fn check_feeds(&mut self) -> Result<(), Error> {
        sqlx::query!(
            "insert into feeds (organization, interface, check_at) select organization, id, 'epoch' from interfaces
             where organization = $1 order by id on conflict (organization, interface) do update set check_at = 'epoch'",
            self.org()
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn has_waiting_messages(&mut self, interface: InterfaceId) -> Result<bool, Error> {
        let waiting = sqlx::query_scalar!(
            r#"select exists(select from messages where organization = $1 and interface = $2 and state = 'waiting') as "e!""#,
            self.org(),
            interface.0
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(waiting)
    }

    /// Whether what rests on a location's feed may be believed; `heard_until`: it may not, after that moment. Of several
    /// silent feeds the one that was heard least counts.
    pub async fn set_silent(&mut self, locations: &[LocationId], heard_until: Option<Timestamp>) -> Result<(), Error> {
        sqlx::query!(
            "update locations set silent = $3::timestamptz is not null,
                 heard_until = case when $3::timestamptz is not null then least(heard_until, $3) end
             where organization = $1 and id = any($2)",
            self.org(),
            &ids(locations),
            heard_until.map(|t| t.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// The patients of these locations are looked at again. Always locked in the same order.
    pub async fn wake_patients_of(&mut self, locations: &[LocationId], now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "with theirs as (
                 select p.id from patients p where p.organization = $1 and p.merged_into is null
                   and (p.home_location = any($2) or exists (select from encounters e
                       where e.organization = $1 and e.patient = p.id and e.location = any($2)))
                 order by p.id for update
             )
             update patients p set wake_at = $3 from theirs where p.organization = $1 and p.id = theirs.id",
            self.org(),
            &ids(locations),
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Patients for whom something waits that nobody can date.
    pub async fn patients_with_held(&mut self) -> Result<Vec<PatientId>, Error> {
        let rows = sqlx::query_scalar!(
            "select distinct patient from planned_steps where organization = $1 and state = 'pending' and run_at is null
             order by patient",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(PatientId).collect())
    }

    /// What is held for silent feeds at these locations, by when it was due: each step that waits, and whose last
    /// decision says so.
    pub async fn held_for_feed(&mut self, locations: &[LocationId], most: i64) -> Result<Vec<HeldRow>, Error> {
        let rows = sqlx::query!(
            r#"select s.patient, p.given, p.family, r.workflow, s.step, s.due as "due: jiff_sqlx::Timestamp",
                 s.expires as "expires: jiff_sqlx::Timestamp", s.place
               from planned_steps s
                 join runs r on r.organization = s.organization and r.id = s.run
                 join patients p on p.organization = s.organization and p.id = s.patient
               where s.organization = $1 and s.state = 'pending' and s.run_at is null and s.place = any($2)
                 and (select d.reason from decisions d
                     where d.organization = $1 and d.patient = s.patient and d.run = s.run and d.step = s.step
                       and d.occurrence = s.occurrence and d.generation = s.generation
                     order by d.at desc, d.id desc limit 1) = 'stale_feed'
               order by s.due, p.family, p.given, s.id limit $3"#,
            self.org(),
            &ids(locations),
            most
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| HeldRow {
                patient: PatientId(r.patient),
                given: r.given,
                family: r.family,
                workflow: r.workflow,
                step: r.step,
                due: r.due.to_jiff(),
                expires: r.expires.to_jiff(),
                place: r.place.map(LocationId),
            })
            .collect())
    }

    pub async fn count_held_for_feed(&mut self, locations: &[LocationId]) -> Result<i64, Error> {
        let count = sqlx::query_scalar!(
            r#"select count(*) as "count!" from planned_steps s
               where s.organization = $1 and s.state = 'pending' and s.run_at is null and s.place = any($2)
                 and (select d.reason from decisions d
                     where d.organization = $1 and d.patient = s.patient and d.run = s.run and d.step = s.step
                       and d.occurrence = s.occurrence and d.generation = s.generation
                     order by d.at desc, d.id desc limit 1) = 'stale_feed'"#,
            self.org(),
            &ids(locations)
        )
        .fetch_one(&mut *self.tx)
        .await?;
        Ok(count)
    }
}
