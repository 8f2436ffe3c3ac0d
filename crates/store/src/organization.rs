//! The clinic itself and its locations.

use care::chart::{Budget, Claim, Clinic, Location, TypeMapping};
use care::id::{LocationId, OrganizationId};
use care::workflow::schedule::OpenHours;
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};

use crate::{Error, OrgTx, code_key, text};

#[derive(Debug, Clone, PartialEq)]
pub struct NewOrganization {
    pub id: OrganizationId,
    pub name: String,
    pub zone: String,
    pub phone: String,
    /// The address mails come from.
    pub mail_from: String,
    pub created_at: Timestamp,
    pub budget: Budget,
    /// When texts may go out.
    pub text_hours: OpenHours,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LocationRow {
    pub id: LocationId,
    pub name: String,
    pub zone: String,
    pub has_emr: bool,
    pub address: String,
    pub phone: String,
    pub map_url: String,
    pub booking_url: String,
    pub first_visit_info: String,
    /// Where patients may leave a review, in the clinic's order.
    pub review_links: Vec<ReviewLink>,
    pub rules: LocationRules,
}

/// What "arrived" and "ended" mean where the EMR does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LocationRules {
    /// A charge for a visit says that the patient came.
    pub charge_is_arrival: bool,
    /// A start passed so many hours ago and not cancelled counts as arrived.
    pub arrived_after_hours: Option<i32>,
    /// Nothing planned and none for so many days: the episode is presumed to have ended.
    pub ended_after_days: Option<i32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLink {
    pub name: String,
    pub url: String,
}

/// What the engine and the templates may know of a clinic.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationRow {
    pub clinic: Clinic,
    pub phone: String,
    pub mail_from: String,
    pub locations: Vec<LocationRow>,
}

impl OrgTx {
    /// Makes the organization this transaction belongs to.
    pub async fn create_organization(&mut self, new: &NewOrganization) -> Result<(), Error> {
        let count = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
        sqlx::query!(
            "insert into organizations (id, name, zone, phone, mail_from, created_at, texts_a_day, texts_a_week, emails_a_day,
                 text_hours)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.org(),
            new.name,
            new.zone,
            new.phone,
            new.mail_from,
            new.created_at.to_sqlx() as _,
            count(new.budget.texts_a_day),
            count(new.budget.texts_a_week),
            count(new.budget.emails_a_day),
            new.text_hours.to_string()
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Says when texts may go out. What is pending is computed anew, by the runner and a few patients at a time.
    pub async fn set_text_hours(&mut self, hours: OpenHours, now: Timestamp) -> Result<(), Error> {
        sqlx::query!("update organizations set text_hours = $2 where id = $1", self.org(), hours.to_string())
            .execute(&mut *self.tx)
            .await?;
        self.wake_everybody(now).await
    }

    /// Notes the zone table in use; whether another one was before.
    pub async fn set_zone_table(&mut self, table: &str) -> Result<bool, Error> {
        let before = sqlx::query_scalar!(
            "update organizations o set zone_table = $2 from organizations b
             where o.id = $1 and b.id = $1 and o.zone_table is distinct from $2 returning b.zone_table",
            self.org(),
            table
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(before.flatten().is_some())
    }

    /// Makes a location or changes it. When its zone changes, everybody's plan is computed anew.
    pub async fn put_location(&mut self, row: &LocationRow) -> Result<(), Error> {
        sqlx::query!(
            "update patients set wake_at = 'epoch' where organization = $1 and merged_into is null
             and exists (select from locations where organization = $1 and id = $2 and zone <> $3)",
            self.org(),
            row.id.0,
            row.zone
        )
        .execute(&mut *self.tx)
        .await?;
        let links =
            serde_json::to_value(&row.review_links).map_err(|_| Error::unreadable("locations", "review_links"))?;
        sqlx::query!(
            "insert into locations (organization, id, name, zone, has_emr, address, phone, map_url, booking_url, first_visit_info,
                 review_links, charge_is_arrival, arrived_after_hours, ended_after_days)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             on conflict (organization, id) do update set name = $3, zone = $4, has_emr = $5, address = $6, phone = $7,
                 map_url = $8, booking_url = $9, first_visit_info = $10, review_links = $11,
                 charge_is_arrival = $12, arrived_after_hours = $13, ended_after_days = $14",
            self.org(),
            row.id.0,
            row.name,
            row.zone,
            row.has_emr,
            row.address,
            row.phone,
            row.map_url,
            row.booking_url,
            row.first_visit_info,
            links,
            row.rules.charge_is_arrival,
            row.rules.arrived_after_hours,
            row.rules.ended_after_days
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Says what "arrived" and "ended" mean at a location. Charts that know the place are folded anew, by the runner and a
    /// few at a time. False if there is no such location.
    pub async fn set_location_rules(
        &mut self,
        location: LocationId,
        rules: LocationRules,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let done = sqlx::query!(
            "update locations set charge_is_arrival = $3, arrived_after_hours = $4, ended_after_days = $5
             where organization = $1 and id = $2",
            self.org(),
            location.0,
            rules.charge_is_arrival,
            rules.arrived_after_hours,
            rules.ended_after_days
        )
        .execute(&mut *self.tx)
        .await?;
        sqlx::query!(
            "update patients p set wake_at = $3 where organization = $1 and merged_into is null
                 and (home_location = $2 or exists (select from encounters e where e.organization = $1
                     and e.patient = p.id and e.location = $2))",
            self.org(),
            location.0,
            now.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub async fn clinic(&mut self) -> Result<OrganizationRow, Error> {
        let org = sqlx::query!(
            "select name, zone, phone, mail_from, texts_a_day, texts_a_week, emails_a_day, consent_basis, text_hours
             from organizations where id = $1",
            self.org()
        )
        .fetch_one(&mut *self.tx)
        .await?;
        let mut clinic = Clinic::new(&org.name, &org.zone);
        let count = |n: i32| usize::try_from(n).unwrap_or(0);
        clinic.budget = Budget {
            texts_a_day: count(org.texts_a_day),
            texts_a_week: count(org.texts_a_week),
            emails_a_day: count(org.emails_a_day),
        };
        clinic.text_hours = text::word(&org.text_hours, "organizations", "text_hours")?;
        clinic.webhooks = self.active_webhooks().await?.into_iter().collect();
        let basis = |text: &String| {
            let (channel, category) = text.split_once(':')?;
            Some((channel.parse().ok()?, category.parse().ok()?))
        };
        clinic.basis = org.consent_basis.iter().filter_map(basis).collect();
        let locations = self.locations(&mut clinic).await?;
        self.closed_days(&mut clinic).await?;
        self.visit_types(&mut clinic).await?;
        self.practitioners(&mut clinic).await?;
        self.outcome_forms(&mut clinic).await?;
        self.plan_forms(&mut clinic).await?;
        Ok(OrganizationRow { clinic, phone: org.phone, mail_from: org.mail_from, locations })
    }

    async fn locations(&mut self, clinic: &mut Clinic) -> Result<Vec<LocationRow>, Error> {
        let rows = sqlx::query!(
            r#"select id, name, zone, has_emr, address, phone, map_url, booking_url, first_visit_info, review_links,
                 arrived_after_hours, ended_after_days, charge_is_arrival, silent,
                 heard_until as "heard_until: jiff_sqlx::Timestamp" from locations where organization = $1 order by name"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut locations = vec![];
        for r in rows {
            let id = LocationId(r.id);
            let location = Location {
                arrived_after: r.arrived_after_hours.map(|hours| SignedDuration::from_hours(i64::from(hours))),
                ended_after: r.ended_after_days.and_then(|days| u32::try_from(days).ok()),
                silent: r.silent,
                heard_until: r.heard_until.map(|t| t.to_jiff()),
                ..Location::new(id, &r.name, &r.zone, r.has_emr)
            };
            clinic.locations.insert(id, location);
            locations.push(LocationRow {
                id,
                name: r.name,
                zone: r.zone,
                has_emr: r.has_emr,
                address: r.address,
                phone: r.phone,
                map_url: r.map_url,
                booking_url: r.booking_url,
                first_visit_info: r.first_visit_info,
                review_links: serde_json::from_value(r.review_links)
                    .map_err(|_| Error::unreadable("locations", "review_links"))?,
                rules: LocationRules {
                    charge_is_arrival: r.charge_is_arrival,
                    arrived_after_hours: r.arrived_after_hours,
                    ended_after_days: r.ended_after_days,
                },
            });
        }
        Ok(locations)
    }

    async fn closed_days(&mut self, clinic: &mut Clinic) -> Result<(), Error> {
        let rows = sqlx::query!(
            r#"select location, day as "day: jiff_sqlx::Date" from closed_days where organization = $1"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            if let Some(location) = clinic.locations.get_mut(&LocationId(row.location)) {
                location.closed.insert(row.day.to_jiff());
            }
        }
        Ok(())
    }

    async fn visit_types(&mut self, clinic: &mut Clinic) -> Result<(), Error> {
        let rows = sqlx::query!(
            r#"select interface, code, visit_type, since as "since: jiff_sqlx::Timestamp",
                 hidden_until as "hidden_until: jiff_sqlx::Timestamp" from visit_types where organization = $1"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let is = row.visit_type.map(|t| text::word(&t, "visit_types", "visit_type")).transpose()?;
            let hidden_until = row.hidden_until.map(|t| t.to_jiff());
            let mapping = TypeMapping { is, since: row.since.map(|t| t.to_jiff()), hidden_until };
            clinic.visit_types.insert(format!("{}/{}", row.interface, code_key(&row.code)), mapping);
        }
        Ok(())
    }

    async fn practitioners(&mut self, clinic: &mut Clinic) -> Result<(), Error> {
        let rows = sqlx::query!(
            r#"select interface, code, name, since as "since: jiff_sqlx::Timestamp" from practitioners_claimed
               where organization = $1"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let claim = Claim { name: row.name, since: row.since.map(|t| t.to_jiff()) };
            clinic.practitioners.insert(format!("{}/{}", row.interface, code_key(&row.code)), claim);
        }
        Ok(())
    }
}
