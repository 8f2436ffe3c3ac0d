//! What a rehearsal reads of a whole clinic. It writes nothing, and could not.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::ContactPoint;
use care::id::PatientId;

use crate::{Error, OrgTx};

impl OrgTx {
    /// From now on this transaction can change nothing: whoever tries is refused by the database.
    pub async fn read_only(&mut self) -> Result<(), Error> {
        sqlx::query!("set transaction read only").execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Every contact point that anybody ever wrote into a chart, and into whose.
    pub async fn contact_points_ever(&mut self) -> Result<BTreeMap<ContactPoint, BTreeSet<PatientId>>, Error> {
        let rows = sqlx::query!(
            "select distinct patient, body #>> '{patient,email,set}' as email, body #>> '{patient,mobile,set}' as mobile,
                 body #>> '{patient,guardian,set,email}' as guardian_email,
                 body #>> '{patient,guardian,set,mobile}' as guardian_mobile
             from changes where organization = $1 and body ? 'patient'",
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let mut points: BTreeMap<ContactPoint, BTreeSet<PatientId>> = BTreeMap::new();
        for row in rows {
            let emails = [&row.email, &row.guardian_email].into_iter().flatten();
            let mobiles = [&row.mobile, &row.guardian_mobile].into_iter().flatten();
            let emails = emails.filter_map(|text| ContactPoint::email(text).ok());
            for point in emails.chain(mobiles.filter_map(|text| ContactPoint::mobile(text).ok())) {
                points.entry(point).or_default().insert(PatientId(row.patient));
            }
        }
        Ok(points)
    }
}
