//! What the engine has decided for one patient so far.

use std::collections::BTreeMap;

use care::chart::ContactPoint;
use care::id::{AssignmentId, DeliveryId, LocationId, PatientId, PlannedStepId, RunId};
use care::workflow::ledger::{DeliveryKey, Entry, Known};
use care::workflow::task::Uncertain;
use care::workflow::{Delivery, DeliveryState, Ledger, PlannedStep, Run, StepState};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Error, OrgTx, text};

macro_rules! deliveries {
    ($which:tt, $($given:expr),+) => {
        sqlx::query_as!(
            DeliveryColumns,
            r#"select patient, id, run, planned_step, step, occurrence, generation, task, channel, workflow, version, anchor, template,
                 calendar, category, address, assignment, uncertain, not_before as "not_before: jiff_sqlx::Timestamp",
                 expires as "expires: jiff_sqlx::Timestamp", due as "due: jiff_sqlx::Timestamp",
                 queued_at as "queued_at: jiff_sqlx::Timestamp", waits_for, joined_into, state,
                 ended_at as "ended_at: jiff_sqlx::Timestamp", reason
               from deliveries where organization = $1 and "# + $which,
            $($given),+
        )
    };
}

type Ledgers = BTreeMap<PatientId, Ledger>;

fn of(ledgers: &mut Ledgers, patient: Uuid) -> &mut Ledger {
    ledgers.entry(PatientId(patient)).or_default()
}

impl OrgTx {
    pub async fn ledger(&mut self, patient: PatientId) -> Result<Ledger, Error> {
        Ok(self.ledgers(&[patient]).await?.remove(&patient).unwrap_or_default())
    }

    /// Of many patients at once, one query a table.
    pub async fn ledgers(&mut self, patients: &[PatientId]) -> Result<BTreeMap<PatientId, Ledger>, Error> {
        let ids: Vec<Uuid> = patients.iter().map(|p| p.0).collect();
        let mut ledgers = Ledgers::new();
        self.load_events(&ids, &mut ledgers).await?;
        self.load_runs(&ids, &mut ledgers).await?;
        self.load_steps(&ids, &mut ledgers).await?;
        self.load_deliveries(&ids, &mut ledgers).await?;
        Ok(ledgers)
    }

    async fn load_events(&mut self, ids: &[Uuid], ledgers: &mut Ledgers) -> Result<(), Error> {
        let org = self.org();
        let events = sqlx::query!(
            "select patient, anchor, known_at, loading, covered from events where organization = $1 and patient = any($2)",
            org,
            ids
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in events {
            let known = Known { at: row.known_at.to_jiff(), loading: row.loading, covered: row.covered };
            of(ledgers, row.patient).events.insert(text::read_anchor(&row.anchor)?, known);
        }
        let entries = sqlx::query!(
            "select patient, workflow, anchor, reason from entries where organization = $1 and patient = any($2)",
            org,
            ids
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in entries {
            let reason = row.reason.map(|r| text::word(&r, "entries", "reason")).transpose()?;
            let key = (row.workflow, text::read_anchor(&row.anchor)?);
            of(ledgers, row.patient).entries.insert(key, Entry { reason });
        }
        Ok(())
    }

    async fn load_runs(&mut self, ids: &[Uuid], ledgers: &mut Ledgers) -> Result<(), Error> {
        let rows = sqlx::query!(
            "select patient, id, workflow, version, anchor, event_at, moment, started_at, ended, covered from runs
             where organization = $1 and patient = any($2)",
            self.org(),
            ids
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
                covered: row.covered,
                ended: row.ended.map(|r| text::word(&r, "runs", "ended")).transpose()?,
                steps: vec![],
            };
            of(ledgers, row.patient).runs.insert(run.id, run);
        }
        Ok(())
    }

    async fn load_steps(&mut self, ids: &[Uuid], ledgers: &mut Ledgers) -> Result<(), Error> {
        let rows = sqlx::query!(
            "select r.patient, s.id, run, step, occurrence, generation, due, expires, s.moment, s.place, state, ended_at,
                 reason, run_at
             from runs r join planned_steps s on s.organization = r.organization and s.run = r.id
             where r.organization = $1 and r.patient = any($2) order by s.id",
            self.org(),
            ids
        )
        .fetch_all(&mut *self.tx)
        .await?;
        for row in rows {
            let ended = row.ended_at.map(|t| t.to_jiff());
            let run_at = row.run_at.map(|t| t.to_jiff());
            let state = step_state(&row.state, ended, row.reason.as_deref(), run_at)?;
            let step = PlannedStep {
                id: PlannedStepId(row.id),
                step: row.step,
                occurrence: row.occurrence.cast_unsigned(),
                generation: row.generation.cast_unsigned(),
                due: row.due.to_jiff(),
                expires: row.expires.to_jiff(),
                moment: row.moment.to_jiff(),
                place: row.place.map(LocationId),
                waited: run_at.filter(|_| !state.is_pending()),
                state,
            };
            if let Some(run) = of(ledgers, row.patient).runs.get_mut(&RunId(row.run)) {
                run.steps.push(step);
            }
        }
        Ok(())
    }

    async fn load_deliveries(&mut self, ids: &[Uuid], ledgers: &mut Ledgers) -> Result<(), Error> {
        let rows = deliveries!("patient = any($2)", self.org(), ids).fetch_all(&mut *self.tx).await?;
        for row in rows {
            let ledger = of(ledgers, row.patient);
            let delivery = row.read()?;
            ledger.deliveries.insert(delivery.id, delivery);
        }
        Ok(())
    }

    pub async fn delivery(&mut self, id: DeliveryId) -> Result<Option<Delivery>, Error> {
        let row = deliveries!("id = $2", self.org(), id.0).fetch_optional(&mut *self.tx).await?;
        row.map(DeliveryColumns::read).transpose()
    }
}

struct DeliveryColumns {
    patient: Uuid,
    id: Uuid,
    run: Uuid,
    planned_step: Uuid,
    step: String,
    occurrence: i32,
    generation: i32,
    task: i32,
    channel: String,
    workflow: String,
    version: i32,
    anchor: String,
    template: String,
    calendar: bool,
    category: String,
    address: String,
    assignment: Option<Uuid>,
    uncertain: String,
    not_before: jiff_sqlx::Timestamp,
    expires: jiff_sqlx::Timestamp,
    due: jiff_sqlx::Timestamp,
    queued_at: jiff_sqlx::Timestamp,
    waits_for: Option<String>,
    joined_into: Option<Uuid>,
    state: String,
    ended_at: Option<jiff_sqlx::Timestamp>,
    reason: Option<String>,
}

impl DeliveryColumns {
    fn read(self) -> Result<Delivery, Error> {
        let channel = text::word(&self.channel, "deliveries", "channel")?;
        let state = self.state()?;
        let waits_for = self.waits_for.as_deref().map(|r| text::word(r, "deliveries", "waits_for")).transpose()?;
        Ok(Delivery {
            id: DeliveryId(self.id),
            run: RunId(self.run),
            planned_step: PlannedStepId(self.planned_step),
            key: DeliveryKey {
                run: RunId(self.run),
                step: self.step,
                occurrence: self.occurrence.cast_unsigned(),
                generation: self.generation.cast_unsigned(),
                task: self.task.cast_unsigned(),
                channel,
            },
            workflow: self.workflow,
            version: self.version.cast_unsigned(),
            anchor: text::read_anchor(&self.anchor)?,
            due: self.due.to_jiff(),
            template: self.template,
            calendar: self.calendar,
            category: text::word(&self.category, "deliveries", "category")?,
            contact: ContactPoint { channel, value: self.address },
            assignment: self.assignment.map(AssignmentId),
            uncertain: if self.uncertain == "resend" { Uncertain::Resend } else { Uncertain::Ask },
            queued_at: self.queued_at.to_jiff(),
            waits_for,
            not_before: self.not_before.to_jiff(),
            expires: self.expires.to_jiff(),
            state,
        })
    }

    fn state(&self) -> Result<DeliveryState, Error> {
        let unreadable = || Error::unreadable("deliveries", "state");
        let at = || self.ended_at.as_ref().map(|t| t.to_jiff()).ok_or_else(unreadable);
        Ok(match self.state.as_str() {
            "queued" => DeliveryState::Queued,
            "sending" => DeliveryState::Sending,
            "uncertain" => DeliveryState::Uncertain,
            "joined" => DeliveryState::Joined { into: DeliveryId(self.joined_into.ok_or_else(unreadable)?) },
            "sent" => DeliveryState::Sent { at: at()? },
            "ended" => {
                let reason = self.reason.as_deref().unwrap_or("gave_up");
                DeliveryState::Ended { at: at()?, reason: text::word(reason, "deliveries", "reason")? }
            }
            _ => return Err(unreadable()),
        })
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
