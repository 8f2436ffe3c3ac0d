//! Writes what the engine decided. One effect, one row; all of them in the transaction that holds the patient.

use care::id::{DeliveryId, PatientId};
use care::workflow::task::Uncertain;
use care::workflow::{Decision, Delivery, Effect, PlannedStep, Run, StepState};
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

impl OrgTx {
    pub async fn write_effects(
        &mut self,
        patient: PatientId,
        effects: &[Effect],
        ids: &mut (dyn FnMut() -> Uuid + Send),
    ) -> Result<(), Error> {
        for effect in effects {
            match effect {
                Effect::EventKnown { anchor, event_at, known } => {
                    sqlx::query!(
                        "insert into events (organization, patient, anchor, event, event_at, known_at, loading)
                         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
                        self.org(),
                        patient.0,
                        text::anchor(anchor)?,
                        anchor.event.code(),
                        event_at.to_sqlx() as _,
                        known.at.to_sqlx() as _,
                        known.loading
                    )
                    .execute(&mut *self.tx)
                    .await?;
                }
                Effect::Entered { workflow, anchor, entry } => {
                    sqlx::query!(
                        "insert into entries (organization, patient, workflow, anchor, reason) values ($1, $2, $3, $4, $5)
                         on conflict (organization, patient, workflow, anchor) do update set reason = $5",
                        self.org(),
                        patient.0,
                        workflow,
                        text::anchor(anchor)?,
                        entry.reason.map(|r| r.code())
                    )
                    .execute(&mut *self.tx)
                    .await?;
                }
                Effect::RunSet(run) => self.write_run(patient, run).await?,
                Effect::StepSet { run, step } => self.write_step(patient, run.0, step).await?,
                Effect::Assigned(a) => {
                    sqlx::query!(
                        "insert into assignments (organization, patient, id, run, planned_step, content, assigned_at)
                         values ($1, $2, $3, $4, $5, $6, $7)",
                        self.org(),
                        patient.0,
                        a.id.0,
                        a.run.0,
                        a.step.0,
                        a.content,
                        a.assigned_at.to_sqlx() as _
                    )
                    .execute(&mut *self.tx)
                    .await?;
                }
                Effect::Queued(delivery) => self.write_delivery(patient, delivery).await?,
                Effect::Withdrawn { delivery, at, reason } => self.end_delivery(*delivery, reason.code(), *at).await?,
                Effect::Decided(decision) => self.write_decision(patient, ids(), decision).await?,
            }
        }
        Ok(())
    }

    async fn write_run(&mut self, patient: PatientId, run: &Run) -> Result<(), Error> {
        sqlx::query!(
            "insert into runs (organization, patient, id, workflow, version, anchor, event_at, moment, started_at, ended)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (organization, id) do update set anchor = $6, event_at = $7, moment = $8, ended = $10",
            self.org(),
            patient.0,
            run.id.0,
            run.workflow,
            run.version.cast_signed(),
            text::anchor(&run.anchor)?,
            run.event_at.to_sqlx() as _,
            run.moment.to_sqlx() as _,
            run.started_at.to_sqlx() as _,
            run.ended.map(|r| r.code())
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn write_step(&mut self, patient: PatientId, run: Uuid, step: &PlannedStep) -> Result<(), Error> {
        let (state, ended, reason, run_at) = match step.state {
            StepState::Pending { at } => ("pending", None, None, at),
            StepState::Performed { at } => ("performed", Some(at), None, None),
            StepState::Skipped { at, reason } => ("skipped", Some(at), Some(reason.code()), None),
            StepState::Cancelled { at, reason } => ("cancelled", Some(at), Some(reason.code()), None),
        };
        sqlx::query!(
            "insert into planned_steps (organization, patient, run, id, step, occurrence, generation, due, expires, moment,
                 state, ended_at, reason, run_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             on conflict (organization, id) do update set due = $8, expires = $9, moment = $10, state = $11, ended_at = $12,
                 reason = $13, run_at = $14, lease_until = null",
            self.org(),
            patient.0,
            run,
            step.id.0,
            step.step,
            step.occurrence.cast_signed(),
            step.generation.cast_signed(),
            step.due.to_sqlx() as _,
            step.expires.to_sqlx() as _,
            step.moment.to_sqlx() as _,
            state,
            ended.map(|t| t.to_sqlx()) as _,
            reason,
            run_at.map(|t| t.to_sqlx()) as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn write_delivery(&mut self, patient: PatientId, d: &Delivery) -> Result<(), Error> {
        let uncertain = match d.uncertain {
            Uncertain::Resend => "resend",
            Uncertain::Ask => "ask",
        };
        sqlx::query!(
            "insert into deliveries (organization, patient, id, run, planned_step, step, occurrence, generation, task, channel,
                 workflow, version, anchor, template, calendar, category, address, assignment, uncertain, not_before, expires,
                 queued_at, state, run_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $20,
                 'queued', $20)
             on conflict do nothing",
            self.org(),
            patient.0,
            d.id.0,
            d.run.0,
            d.planned_step.0,
            d.key.step,
            d.key.occurrence.cast_signed(),
            d.key.generation.cast_signed(),
            d.key.task.cast_signed(),
            d.key.channel.code(),
            d.workflow,
            d.version.cast_signed(),
            text::anchor(&d.anchor)?,
            d.template,
            d.calendar,
            d.category.code(),
            d.contact.value,
            d.assignment.map(|a| a.0),
            uncertain,
            d.not_before.to_sqlx() as _,
            d.expires.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Ends a delivery that was not sent, unless it has ended or is on the wire.
    pub async fn end_delivery(&mut self, id: DeliveryId, reason: &str, at: jiff::Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "update deliveries set state = 'ended', reason = $3, ended_at = $4, run_at = null, lease_until = null
             where organization = $1 and id = $2 and state in ('queued', 'uncertain')",
            self.org(),
            id.0,
            reason,
            at.to_sqlx() as _
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn write_decision(&mut self, patient: PatientId, id: Uuid, d: &Decision) -> Result<(), Error> {
        let json = |v: Result<serde_json::Value, _>| {
            v.map_err(|_: serde_json::Error| Error::unreadable("decisions", "detail"))
        };
        let step = d.step.as_ref();
        sqlx::query!(
            "insert into decisions (organization, patient, id, at, workflow, version, anchor, run, step, occurrence, generation,
                 due, verdict, reason, detail, tasks)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
            self.org(),
            patient.0,
            id,
            d.at.to_sqlx() as _,
            d.workflow,
            d.version.cast_signed(),
            text::anchor(&d.anchor)?,
            d.run.map(|r| r.0),
            step.map(|s| s.id.as_str()),
            step.map(|s| s.occurrence.cast_signed()),
            step.map(|s| s.generation.cast_signed()),
            step.map(|s| s.due.to_sqlx()) as _,
            d.verdict.code(),
            d.reason.map(|r| r.code()),
            json(serde_json::to_value(&d.detail))?,
            json(serde_json::to_value(&d.tasks))?
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}
