//! What the engine has decided for one patient so far.

use care::chart::ContactPoint;
use care::id::{AssignmentId, DeliveryId, PatientId, PlannedStepId, RunId};
use care::workflow::ledger::{DeliveryKey, Entry, Known};
use care::workflow::task::Uncertain;
use care::workflow::{Assignment, Delivery, DeliveryState, Ledger, PlannedStep, Run, StepState};
use jiff::Timestamp;

use crate::{Error, OrgTx, text};

impl OrgTx {
    pub async fn ledger(&mut self, patient: PatientId) -> Result<Ledger, Error> {
        let mut ledger = Ledger::default();
        self.load_events(patient, &mut ledger).await?;
        self.load_runs(patient, &mut ledger).await?;
        self.load_steps(patient, &mut ledger).await?;
        self.load_given(patient, &mut ledger).await?;
        Ok(ledger)
    }

    async fn load_events(&mut self, patient: PatientId, ledger: &mut Ledger) -> Result<(), Error> {
        let (org, id) = (self.org(), patient.0);
        let events = sqlx::query!(
            "select anchor, known_at, loading from events where organization = $1 and patient = $2",
            org,
            id
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in events {
            let known = Known { at: row.known_at.to_jiff(), loading: row.loading };
            ledger.events.insert(text::read_anchor(&row.anchor)?, known);
        }
        let entries = sqlx::query!(
            "select workflow, anchor, reason from entries where organization = $1 and patient = $2",
            org,
            id
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in entries {
            let reason = row.reason.map(|r| text::word(&r, "entries", "reason")).transpose()?;
            ledger.entries.insert((row.workflow, text::read_anchor(&row.anchor)?), Entry { reason });
        }
        Ok(())
    }

    async fn load_runs(&mut self, patient: PatientId, ledger: &mut Ledger) -> Result<(), Error> {
        let rows = sqlx::query!(
            "select id, workflow, version, anchor, event_at, moment, started_at, ended from runs
             where organization = $1 and patient = $2",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let run = Run {
                id: RunId(row.id),
                workflow: row.workflow,
                version: row.version.cast_unsigned(),
                anchor: text::read_anchor(&row.anchor)?,
                event_at: row.event_at.to_jiff(),
                moment: row.moment.to_jiff(),
                started_at: row.started_at.to_jiff(),
                ended: row.ended.map(|r| text::word(&r, "runs", "ended")).transpose()?,
                steps: vec![],
            };
            ledger.runs.insert(run.id, run);
        }
        Ok(())
    }

    async fn load_steps(&mut self, patient: PatientId, ledger: &mut Ledger) -> Result<(), Error> {
        let rows = sqlx::query!(
            "select s.id, run, step, occurrence, generation, due, expires, s.moment, state, ended_at, reason, run_at
             from runs r join planned_steps s on s.organization = r.organization and s.run = r.id
             where r.organization = $1 and r.patient = $2 order by s.id",
            self.org(),
            patient.0
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let ended = row.ended_at.map(|t| t.to_jiff());
            let step = PlannedStep {
                id: PlannedStepId(row.id),
                step: row.step,
                occurrence: row.occurrence.cast_unsigned(),
                generation: row.generation.cast_unsigned(),
                due: row.due.to_jiff(),
                expires: row.expires.to_jiff(),
                moment: row.moment.to_jiff(),
                state: step_state(&row.state, ended, row.reason.as_deref(), row.run_at.map(|t| t.to_jiff()))?,
            };
            if let Some(run) = ledger.runs.get_mut(&RunId(row.run)) {
                run.steps.push(step);
            }
        }
        Ok(())
    }

    async fn load_given(&mut self, patient: PatientId, ledger: &mut Ledger) -> Result<(), Error> {
        let (org, id) = (self.org(), patient.0);
        let rows = sqlx::query!(
            "select id, run, planned_step, content, assigned_at, completed_at from assignments
             where organization = $1 and patient = $2",
            org,
            id
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let assignment = Assignment {
                id: AssignmentId(row.id),
                run: RunId(row.run),
                step: PlannedStepId(row.planned_step),
                content: row.content,
                assigned_at: row.assigned_at.to_jiff(),
                completed_at: row.completed_at.map(|t| t.to_jiff()),
            };
            ledger.assignments.insert(assignment.id, assignment);
        }
        for id in sqlx::query_scalar!(
            "select id from deliveries where organization = $1 and patient = $2 and state in ('queued', 'uncertain')",
            org,
            id
        )
        .fetch_all(&mut *self.tx)
        .await?
        {
            if let Some(delivery) = self.delivery(DeliveryId(id)).await? {
                ledger.deliveries.insert(delivery.id, delivery);
            }
        }
        Ok(())
    }

    pub async fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        let row = sqlx::query!(
            "select run, planned_step, step, occurrence, generation, task, channel, workflow, version, anchor, template,
                 calendar, category, address, assignment, uncertain, not_before, expires from deliveries
             where organization = $1 and id = $2",
            self.org(),
            id.0
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let channel = text::word(&row.channel, "deliveries", "channel")?;
        Ok(Some(Delivery {
            id,
            run: RunId(row.run),
            planned_step: PlannedStepId(row.planned_step),
            key: DeliveryKey {
                run: RunId(row.run),
                step: row.step,
                occurrence: row.occurrence.cast_unsigned(),
                generation: row.generation.cast_unsigned(),
                task: row.task.cast_unsigned(),
                channel,
            },
            workflow: row.workflow,
            version: row.version.cast_unsigned(),
            anchor: text::read_anchor(&row.anchor)?,
            template: row.template,
            calendar: row.calendar,
            category: text::word(&row.category, "deliveries", "category")?,
            contact: ContactPoint { channel, value: row.address },
            assignment: row.assignment.map(AssignmentId),
            uncertain: if row.uncertain == "resend" { Uncertain::Resend } else { Uncertain::Ask },
            not_before: row.not_before.to_jiff(),
            expires: row.expires.to_jiff(),
            state: DeliveryState::Queued,
        }))
    }
}

fn step_state(
    state: &str,
    ended: Option<Timestamp>,
    reason: Option<&str>,
    run_at: Option<Timestamp>,
) -> Result<StepState, Error> {
    let unreadable = || Error::unreadable("planned_steps", "state");
    let why = || reason.ok_or_else(unreadable).and_then(|r| text::word(r, "planned_steps", "reason"));
    Ok(match state {
        "pending" => StepState::Pending { at: run_at },
        "performed" => StepState::Performed { at: ended.ok_or_else(unreadable)? },
        "skipped" => StepState::Skipped { at: ended.ok_or_else(unreadable)?, reason: why()? },
        "cancelled" => StepState::Cancelled { at: ended.unwrap_or(Timestamp::UNIX_EPOCH), reason: why()? },
        _ => return Err(unreadable()),
    })
}
