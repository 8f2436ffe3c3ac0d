//! What the clinic said of answers that may mean harm: a row for each time, the last one stands.

use care::id::StaffId;
use care::library::In;
use care::questionnaire::HarmPlan;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx};

/// One time that something was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarmPlanRow {
    pub at: Timestamp,
    pub said_by: StaffId,
    /// `None`: taken back.
    pub plan: Option<HarmPlan>,
}

impl OrgTx {
    /// What stands.
    pub async fn harm_plan(&mut self) -> Result<Option<HarmPlan>, Error> {
        Ok(self.harm_plans(1).await?.pop().and_then(|row| row.plan))
    }

    /// What was said, the newest first.
    pub async fn harm_plans(&mut self, most: i64) -> Result<Vec<HarmPlanRow>, Error> {
        let rows = sqlx::query!(
            r#"select at as "at: jiff_sqlx::Timestamp", said_by, on_call, cover, hours, crisis_en, crisis_es, by_link
               from harm_plans where organization = $1 order by nth desc limit $2"#,
            self.org(),
            most
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let unreadable = || Error::unreadable("harm_plans", "hours");
        rows.into_iter()
            .map(|r| {
                let said = r.on_call.zip(r.cover).zip(r.hours).zip(r.crisis_en);
                let plan = said.map(|(((on_call, cover), hours), en)| {
                    Ok::<_, Error>(HarmPlan {
                        on_call: StaffId(on_call),
                        cover: StaffId(cover),
                        hours: serde_json::from_value(hours).map_err(|_| unreadable())?,
                        crisis: In { en, es: r.crisis_es },
                        by_link: r.by_link,
                    })
                });
                Ok(HarmPlanRow { at: r.at.to_jiff(), said_by: StaffId(r.said_by), plan: plan.transpose()? })
            })
            .collect()
    }

    /// Says it anew, or takes it back.
    pub async fn say_harm_plan(&mut self, id: Uuid, row: &HarmPlanRow) -> Result<(), Error> {
        let plan = row.plan.as_ref();
        let hours = plan.map(|plan| serde_json::to_value(&plan.hours)).transpose();
        sqlx::query!(
            "insert into harm_plans (organization, id, at, said_by, on_call, cover, hours, crisis_en, crisis_es, by_link)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            self.org(),
            id,
            row.at.to_sqlx() as _,
            row.said_by.0,
            plan.map(|plan| plan.on_call.0),
            plan.map(|plan| plan.cover.0),
            hours.map_err(|_| Error::unreadable("harm_plans", "hours"))?,
            plan.map(|plan| plan.crisis.en.clone()),
            plan.and_then(|plan| plan.crisis.es.clone()),
            plan.is_some_and(|plan| plan.by_link)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Who is told of an answer that may mean harm, given then: the clinic's own hours count.
    pub(crate) async fn told_of_harm(&mut self, at: Timestamp) -> Result<Option<StaffId>, Error> {
        let Some(plan) = self.harm_plan().await? else { return Ok(None) };
        let zone = sqlx::query_scalar!("select zone from organizations where id = $1", self.org())
            .fetch_one(&mut *self.tx)
            .await?;
        Ok(Some(plan.who(at, &zone)))
    }
}
