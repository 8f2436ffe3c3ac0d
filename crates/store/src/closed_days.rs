//! Days on which a location is closed, and whom that concerns.

use care::chart::Anchor;
use care::id::{EncounterId, LocationId, OrganizationId, PatientId, StaffId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx, Store, text};

/// A day of a location.
pub type Day = (LocationId, Date);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedDayRow {
    pub location: LocationId,
    pub day: Date,
    pub reason: String,
    /// Staff opened it again: until then they may take that back.
    pub opens_at: Option<Timestamp>,
}

/// A planned visit, with the number to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitToMove {
    pub patient: PatientId,
    pub encounter: EncounterId,
    pub given: String,
    pub family: String,
    pub mobile: String,
    pub email: String,
    pub starts_at: Timestamp,
    pub practitioner: Option<String>,
}

impl Store {
    /// Clinics of which a day opens again.
    pub async fn days_to_open(&self, now: Timestamp) -> Result<Vec<OrganizationId>, Error> {
        let rows =
            sqlx::query_scalar!(r#"select organization as "organization!" from days_to_open($1)"#, now.to_sqlx() as _)
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(OrganizationId).collect())
    }
}

impl OrgTx {
    /// Closes a day; one that is closed already gets the new reason, and is not opened again.
    pub async fn close_day(&mut self, day: Day, reason: &str, by: Option<StaffId>) -> Result<(), Error> {
        sqlx::query!(
            "insert into closed_days (organization, location, day, reason, by_staff) values ($1, $2, $3, $4, $5)
             on conflict (organization, location, day) do update set reason = $4, by_staff = $5, opens_at = null",
            self.org(),
            day.0.0,
            day.1.to_sqlx() as _,
            reason,
            by.map(|s| s.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn open_day(&mut self, day: Day) -> Result<bool, Error> {
        let done = sqlx::query!(
            "delete from closed_days where organization = $1 and location = $2 and day = $3",
            self.org(),
            day.0.0,
            day.1.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Opens a day at a moment, or (`None`) keeps it closed after all. False if it is not closed, or just so already.
    pub async fn open_day_at(&mut self, day: Day, at: Option<Timestamp>) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update closed_days set opens_at = $4
             where organization = $1 and location = $2 and day = $3 and (opens_at is null) <> ($4::timestamptz is null)",
            self.org(),
            day.0.0,
            day.1.to_sqlx() as _,
            at.map(|t| t.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Days whose minute for undoing is over.
    pub async fn days_opening(&mut self, now: Timestamp) -> Result<Vec<Day>, Error> {
        let rows = sqlx::query!(
            r#"select location, day as "day: jiff_sqlx::Date" from closed_days where organization = $1 and opens_at <= $2"#,
            self.org(),
            now.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows.into_iter().map(|r| (LocationId(r.location), r.day.to_jiff())).collect())
    }

    /// Closed days from a date on, in order.
    pub async fn closed_days_from(&mut self, from: Date) -> Result<Vec<ClosedDayRow>, Error> {
        let rows = sqlx::query!(
            r#"select location, day as "day: jiff_sqlx::Date", reason, opens_at as "opens_at: jiff_sqlx::Timestamp"
               from closed_days where organization = $1 and day >= $2 order by day, location"#,
            self.org(),
            from.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| ClosedDayRow {
                location: LocationId(r.location),
                day: r.day.to_jiff(),
                reason: r.reason,
                opens_at: r.opens_at.map(|t| t.to_jiff()),
            })
            .collect())
    }

    /// Visits planned at a location within a span of time.
    pub async fn visits_to_move(
        &mut self,
        location: LocationId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<VisitToMove>, Error> {
        let rows = sqlx::query!(
            r#"select e.patient, e.id, p.given, p.family, coalesce(p.mobile, '') as "mobile!",
                 coalesce(p.email, '') as "email!", e.starts_at as "starts_at!: jiff_sqlx::Timestamp", e.practitioner
               from encounters e join patients p on p.organization = e.organization and p.id = e.patient
               where e.organization = $1 and e.location = $2 and e.starts_at >= $3 and e.starts_at < $4
                 and e.state = 'planned' and p.merged_into is null
               order by e.starts_at, p.family, p.given, e.id"#,
            self.org(),
            location.0,
            from.to_sqlx() as _,
            until.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| VisitToMove {
                patient: PatientId(r.patient),
                encounter: EncounterId(r.id),
                given: r.given,
                family: r.family,
                mobile: r.mobile,
                email: r.email,
                starts_at: r.starts_at.to_jiff(),
                practitioner: r.practitioner,
            })
            .collect())
    }

    /// How many steps ahead of a visit are pending for visits at a location within a span of time.
    pub async fn reminders_pending(
        &mut self,
        location: LocationId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<usize, Error> {
        let anchors = sqlx::query_scalar!(
            "select r.anchor from planned_steps s join runs r on r.organization = s.organization and r.id = s.run
             where s.organization = $1 and s.state = 'pending' and s.place = $2 and s.moment >= $3 and s.moment < $4
               and s.due < s.moment",
            self.org(),
            location.0,
            from.to_sqlx() as _,
            until.to_sqlx() as _
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let anchors: Vec<Anchor> = anchors.iter().map(|a| text::read_anchor(a)).collect::<Result<_, _>>()?;
        Ok(anchors.iter().filter(|anchor| anchor.event.is_of_a_visit_ahead()).count())
    }
}
