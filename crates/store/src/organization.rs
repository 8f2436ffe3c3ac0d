//! The clinic itself and its locations.

use care::chart::{Clinic, Location};
use care::id::{LocationId, OrganizationId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::{Error, OrgTx};

#[derive(Debug, Clone, PartialEq)]
pub struct NewOrganization {
    pub id: OrganizationId,
    pub name: String,
    pub zone: String,
    pub phone: String,
    /// The address mails come from.
    pub mail_from: String,
    pub created_at: Timestamp,
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
        sqlx::query!(
            "insert into organizations (id, name, zone, phone, mail_from, created_at) values ($1, $2, $3, $4, $5, $6)",
            self.org(),
            new.name,
            new.zone,
            new.phone,
            new.mail_from,
            new.created_at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn put_location(&mut self, row: &LocationRow) -> Result<(), Error> {
        sqlx::query!(
            "insert into locations (organization, id, name, zone, has_emr, address, phone, map_url, booking_url, first_visit_info)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (organization, id) do update set name = $3, zone = $4, has_emr = $5, address = $6, phone = $7,
                 map_url = $8, booking_url = $9, first_visit_info = $10",
            self.org(),
            row.id.0,
            row.name,
            row.zone,
            row.has_emr,
            row.address,
            row.phone,
            row.map_url,
            row.booking_url,
            row.first_visit_info
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn clinic(&mut self) -> Result<OrganizationRow, Error> {
        let org = sqlx::query!("select name, zone, phone, mail_from from organizations where id = $1", self.org())
            .fetch_one(&mut *self.tx)
            .await?;
        let locations = sqlx::query!(
            "select id, name, zone, has_emr, address, phone, map_url, booking_url, first_visit_info from locations
             where organization = $1 order by name",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut clinic = Clinic::new(&org.name, &org.zone);
        let locations: Vec<_> = locations
            .into_iter()
            .map(|r| LocationRow {
                id: LocationId(r.id),
                name: r.name,
                zone: r.zone,
                has_emr: r.has_emr,
                address: r.address,
                phone: r.phone,
                map_url: r.map_url,
                booking_url: r.booking_url,
                first_visit_info: r.first_visit_info,
            })
            .collect();
        for row in &locations {
            let location =
                Location { id: row.id, name: row.name.clone(), zone: row.zone.clone(), has_emr: row.has_emr };
            clinic.locations.insert(row.id, location);
        }
        Ok(OrganizationRow { clinic, phone: org.phone, mail_from: org.mail_from, locations })
    }
}
