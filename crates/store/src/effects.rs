//! Writes what the engine decided. One effect, one row; all of them in the transaction that holds the patient.

use care::id::{DeliveryId, PatientId};
use care::workflow::task::Uncertain;
use care::workflow::{Decision, Delivery, DeliveryState, Effect, PlannedStep, Reason, Run, StepState, Told};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

impl OrgTx {
    pub async fn write_effects(
        &mut self,
        patient: PatientId,
        effects: &[Effect],
        now: Timestamp,
        ids: &mut (dyn FnMut() -> Uuid + Send),
    ) -> Result<(), Error> {
        for effect in effects {
            match effect {
                Effect::EventKnown { anchor, event_at, known } => {
                    sqlx::query!(
                        "insert into events (organization, patient, anchor, event, event_at, known_at, loading, covered)
                         values ($1, $2, $3, $4, $5, $6, $7, $8)
                         on conflict (organization, patient, anchor) do update set known_at = $6, loading = $7, covered = $8",
                        self.org(),
                        patient.0,
                        text::anchor(anchor)?,
                        anchor.event.code(),
                        event_at.to_sqlx() as _,
                        known.at.to_sqlx() as _,
                        known.loading,
                        known.covered
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
                Effect::Told(told) => self.write_told(patient, ids(), told, now).await?,
                Effect::Queued(delivery) => self.write_delivery(patient, delivery).await?,
                Effect::DeliverySet { delivery, not_before, waits_for, state } => {
                    self.set_delivery(*delivery, *not_before, *waits_for, *state).await?;
                }
                Effect::Decided(decision) => self.write_decision(patient, ids(), decision).await?,
                // A change of the chart: it comes in by the one door for changes.
                Effect::Assigned { .. } => {}
            }
        }
        Ok(())
    }

    async fn write_run(&mut self, patient: PatientId, run: &Run) -> Result<(), Error> {
        sqlx::query!(
            "insert into runs (organization, patient, id, workflow, version, anchor, event_at, moment, started_at, ended,
                 covered)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (organization, id) do update set version = $5, anchor = $6, event_at = $7, moment = $8, ended = $10",
            self.org(),
            patient.0,
            run.id.0,
            run.workflow,
            run.version.cast_signed(),
            text::anchor(&run.anchor)?,
            run.event_at.to_sqlx() as _,
            run.moment.to_sqlx() as _,
            run.started_at.to_sqlx() as _,
            run.ended.map(|r| r.code()),
            run.covered
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
            StepState::Cancelled { at, reason } => ("cancelled", Some(at), Some(reason.code()), step.waited),
        };
        sqlx::query!(
            "insert into planned_steps (organization, patient, run, id, step, occurrence, generation, due, expires, moment,
                 state, ended_at, reason, run_at, place)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             on conflict (organization, id) do update set due = $8, expires = $9, moment = $10, state = $11, ended_at = $12,
                 reason = $13, run_at = $14, place = $15, lease_until = null",
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
            run_at.map(|t| t.to_sqlx()) as _,
            step.place.map(|l| l.0)
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
        let into = if let DeliveryState::Joined { into } = d.state { Some(into) } else { None };
        sqlx::query!(
            "insert into deliveries (organization, patient, id, run, planned_step, step, occurrence, generation, task, channel,
                 workflow, version, anchor, template, calendar, category, address, assignment, uncertain, not_before, expires,
                 queued_at, state, run_at, due, waits_for, joined_into)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 $23, $24, $25, $26, $27)
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
            d.expires.to_sqlx() as _,
            d.queued_at.to_sqlx() as _,
            if into.is_some() { "joined" } else { "queued" },
            into.is_none().then_some(d.not_before.to_sqlx()) as _,
            d.due.to_sqlx() as _,
            d.waits_for.map(|r| r.code()),
            into.map(|id| id.0)
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Moves a delivery that is not on the wire, and has not been, to where the engine wants it.
    async fn set_delivery(
        &mut self,
        id: DeliveryId,
        not_before: Timestamp,
        waits_for: Option<Reason>,
        state: DeliveryState,
    ) -> Result<(), Error> {
        let (word, reason, ended, run_at, into) = match state {
            DeliveryState::Queued => ("queued", None, None, Some(not_before), None),
            DeliveryState::Joined { into } => ("joined", None, None, None, Some(into)),
            DeliveryState::Ended { at, reason } => ("ended", Some(reason), Some(at), None, None),
            // Whether it went is written with the attempt.
            DeliveryState::Sending | DeliveryState::Uncertain | DeliveryState::Sent { .. } => return Ok(()),
        };
        sqlx::query!(
            "update deliveries set state = $3, reason = $4, ended_at = $5, run_at = $6, joined_into = $7, not_before = $8,
                 waits_for = $9, lease_until = null
             where organization = $1 and id = $2 and state <> 'sent'",
            self.org(),
            id.0,
            word,
            reason.map(|r| r.code()),
            ended.map(|t| t.to_sqlx()) as _,
            run_at.map(|t| t.to_sqlx()) as _,
            into.map(|id| id.0),
            not_before.to_sqlx() as _,
            waits_for.map(|r| r.code())
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn write_told(&mut self, patient: PatientId, id: Uuid, told: &Told, now: Timestamp) -> Result<(), Error> {
        sqlx::query!(
            "insert into notices (organization, patient, id, kind, about, at, text, due_by, workflow)
             values ($1, $2, $3, 'told', $4, $5, $6, $7, $8) on conflict do nothing",
            self.org(),
            patient.0,
            id,
            told.step.to_string(),
            now.to_sqlx() as _,
            told.text,
            told.by.map(|t| t.to_sqlx()) as _,
            told.workflow
        )
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    pub async fn write_decision(&mut self, patient: PatientId, id: Uuid, d: &Decision) -> Result<(), Error> {
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
