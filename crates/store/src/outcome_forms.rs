//! Which form a clinic uses for which part of the body, and which come with a care plan.

use std::collections::{BTreeMap, BTreeSet};

use care::chart::{BodyRegion, Clinic};
use care::questionnaire::scoring::Instrument;

use crate::{Error, OrgTx, text};

impl OrgTx {
    /// Puts these in the place of those that were chosen before. What is given from now on goes by them.
    pub async fn set_outcome_forms(&mut self, forms: &BTreeMap<BodyRegion, String>) -> Result<(), Error> {
        let regions: Vec<_> = forms.keys().map(|region| region.code().to_owned()).collect();
        let forms: Vec<_> = forms.values().cloned().collect();
        sqlx::query!("delete from outcome_forms where organization = $1", self.org()).execute(&mut *self.tx).await?;
        sqlx::query!(
            "insert into outcome_forms (organization, region, form)
             select $1, region, form from unnest($2::text[], $3::text[]) as t (region, form)",
            self.org(),
            &regions,
            &forms
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// What scores each form that is scored, and the forms whose words need a licence that is not recorded.
    async fn scored_and_withheld(&mut self) -> Result<(BTreeMap<String, String>, BTreeSet<String>), Error> {
        let (scored, licensed) = (self.instruments().await?, self.licensed().await?);
        let needs = |by: &String| {
            let instrument = Instrument::parse(by).ok().filter(|by| by.licensed_by().is_some());
            instrument.is_some_and(|by| !licensed.contains(by.licence_id().as_ref()))
        };
        let withheld = scored.iter().filter(|(_, by)| needs(by)).map(|(form, _)| form.clone()).collect();
        Ok((scored, withheld))
    }

    /// Forms that are not in the library, or need a licence that is not recorded, come with no plan.
    pub(crate) async fn plan_forms(&mut self, clinic: &mut Clinic) -> Result<(), Error> {
        let rows = sqlx::query!(
            r#"with newest as (
                 select distinct on (id) id, plan_forms from library_items
                 where organization = $1 and kind = 'care-plan' order by id, version desc)
               select 'care-plan/' || n.id as "plan!", f.form as "form!"
               from newest n cross join unnest(n.plan_forms) with ordinality as f (form, nth)
               where exists (select from library_items q where q.organization = $1 and q.kind = 'questionnaire'
                   and q.id = split_part(f.form, '/', 2))
               order by n.id, f.nth"#,
            self.org()
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let (_, withheld) = self.scored_and_withheld().await?;
        for row in rows.into_iter().filter(|row| !withheld.contains(&row.form)) {
            clinic.plan_forms.entry(row.plan).or_default().push(row.form);
        }
        Ok(())
    }

    /// What was chosen, where a licence that it needs is recorded; else the usual instrument, where that is licensed.
    pub(crate) async fn outcome_forms(&mut self, clinic: &mut Clinic) -> Result<(), Error> {
        let rows = sqlx::query!("select region, form from outcome_forms where organization = $1", self.org())
            .fetch_all(&mut *self.tx)
            .await?;
        let (scored, withheld) = self.scored_and_withheld().await?;
        let may = |form: &String| !withheld.contains(form);
        for row in rows.into_iter().filter(|row| may(&row.form)) {
            clinic.outcome_forms.insert(text::word(&row.region, "outcome_forms", "region")?, row.form);
        }
        for region in BodyRegion::ALL {
            let usual = region.usual_instrument().id();
            if let Some((form, _)) = scored.iter().find(|(form, by)| **by == usual && may(form)) {
                clinic.usual_forms.insert(region, form.clone());
            }
        }
        clinic.withheld = withheld;
        Ok(())
    }
}
