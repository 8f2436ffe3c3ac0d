//! docs/SEMANTICS.md section 5: may this message go to this contact point now? Asked when the step is performed and
//! again, under the patient's lock, in the transaction that claims every attempt.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::attention::{self, Asking};
use super::decide::{invalid, out_of_reach};
use super::decision::{Detail, Verdict};
use super::definition::{Goal, OnCancel, OnLeave, Workflow};
use super::facts::Facts;
use super::group::visits_booked;
use super::ledger::{Delivery, DeliveryState, Effect, Ledger};
use super::perform::held;
use super::reason::Reason;
use super::schedule::next_opening;
use super::task::Message;
use super::work::{Work, told};
use crate::chart::{Assignment, Category, Channel, ContactPoint, Guardian, Occurrence, Reach};
use crate::id::{DeliveryId, RunId};
use crate::zone;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Send {
    Now,
    Wait { until: Timestamp, reason: Reason },
    No(Reason),
}

/// How an attempt ended, as far as the delivery is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Sent,
    Not(Reason),
    /// Refused for now: it is tried again then.
    Later(Timestamp),
    /// Nobody knows whether it was taken: staff decide.
    Unknown,
}

/// A message held back by something that nobody can date is looked at again so soon.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// Asks whether a queued delivery may go out now, and writes down what follows: on the wire, waiting, or ended.
pub fn attempt(
    facts: &Facts,
    ledger: &mut Ledger,
    id: DeliveryId,
    ids: &mut dyn FnMut() -> Uuid,
) -> (Send, Vec<Effect>) {
    let Some(delivery) = ledger.deliveries.get(&id).cloned() else {
        return (Send::No(Reason::ContentWithdrawn), vec![]);
    };
    let send = check(facts, ledger, &delivery);
    let mut work = Work { facts, ledger, effects: vec![], ids };
    match &send {
        Send::Now => {
            let state = DeliveryState::Sending;
            work.put(Effect::DeliverySet { delivery: id, not_before: delivery.not_before, waits_for: None, state });
        }
        Send::Wait { until, reason } => {
            let (state, waits_for) = (DeliveryState::Queued, Some(*reason));
            work.put(Effect::DeliverySet { delivery: id, not_before: *until, waits_for, state });
            // Said once, however often it is looked at.
            if delivery.waits_for != waits_for {
                let detail = Detail { until: Some(*until), ..Detail::none() };
                let decision = told(&delivery, Verdict::Deferred, Some(*reason), facts);
                work.put(Effect::Decided(super::Decision { detail, ..decision }));
            }
        }
        Send::No(reason) => work.end_delivery(id, *reason),
    }
    (send, work.effects)
}

/// Writes down how an attempt ended.
pub fn end(facts: &Facts, ledger: &mut Ledger, id: DeliveryId, end: End, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let Some(delivery) = ledger.deliveries.get(&id).cloned() else { return vec![] };
    let mut work = Work { facts, ledger, effects: vec![], ids };
    match end {
        End::Sent => {
            let state = DeliveryState::Sent { at: facts.now };
            work.put(Effect::DeliverySet { delivery: id, not_before: delivery.not_before, waits_for: None, state });
            work.put(Effect::Decided(told(&delivery, Verdict::Sent, None, facts)));
        }
        End::Not(reason) => work.end_delivery(id, reason),
        End::Later(not_before) => {
            let state = DeliveryState::Queued;
            work.put(Effect::DeliverySet { delivery: id, not_before, waits_for: None, state });
        }
        End::Unknown => {
            let state = DeliveryState::Uncertain;
            work.put(Effect::DeliverySet { delivery: id, not_before: delivery.not_before, waits_for: None, state });
            work.put(Effect::Decided(told(&delivery, Verdict::Deferred, Some(Reason::UncertainHeld), facts)));
        }
    }
    work.effects
}

/// The messages that go as parts of this one. A part that may no longer go ends; what must wait goes by itself later.
pub fn parts(
    facts: &Facts,
    ledger: &mut Ledger,
    host: DeliveryId,
    ids: &mut dyn FnMut() -> Uuid,
) -> (Vec<Delivery>, Vec<Effect>) {
    let joined = |d: &&Delivery| d.state == DeliveryState::Joined { into: host };
    let all: Vec<Delivery> = ledger.deliveries.values().filter(joined).cloned().collect();
    let mut work = Work { facts, ledger, effects: vec![], ids };
    let mut parts = vec![];
    for part in all {
        match check(facts, work.ledger, &part) {
            // It takes no place of its own.
            Send::Now | Send::Wait { reason: Reason::AttentionBudget, .. } => parts.push(part),
            Send::Wait { .. } => work.requeue(&part),
            Send::No(reason) => work.end_delivery(part.id, reason),
        }
    }
    (parts, work.effects)
}

/// The way a message takes: the first channel of its ladder that leads to the patient, and until when it must wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub contact: ContactPoint,
    pub wait: Option<(Timestamp, Reason)>,
}

/// The way of a message that would be worth something until `expires`; or why there is none.
pub fn way(facts: &Facts, ledger: &Ledger, m: &Message, w: &Workflow, expires: Timestamp) -> Result<Way, Reason> {
    let (mut first, mut when_back) = (None, None);
    for channel in &m.ladder {
        match leads_to(facts, *channel, &m.template, w.category) {
            // A gateway that is down now may be back before the message is worth nothing; another one is better.
            Ok(point) if facts.world.down.contains(channel) => when_back = when_back.or(Some(point)),
            Ok(point) => return waits(facts, ledger, m, w, point, expires),
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    match when_back {
        Some(point) => waits(facts, ledger, m, w, point, expires),
        None => Err(first.unwrap_or(Reason::NoAddress)),
    }
}

/// Rules 5 and 6. Neither ever leads to the next channel.
fn waits(
    facts: &Facts,
    ledger: &Ledger,
    message: &Message,
    workflow: &Workflow,
    contact: ContactPoint,
    expires: Timestamp,
) -> Result<Way, Reason> {
    if attention::limited(facts, ledger, message, &contact, None) {
        return Err(Reason::SendRule);
    }
    let asking = Asking { contact: &contact, workflow, own: None };
    match hold_back(facts, ledger, &asking) {
        Some((until, reason)) if until >= expires => Err(reason),
        wait => Ok(Way { contact, wait }),
    }
}

fn hold_back(facts: &Facts, ledger: &Ledger, asking: &Asking) -> Option<(Timestamp, Reason)> {
    let room = attention::wait(facts, ledger, asking).map(|until| (until, Reason::AttentionBudget));
    room.or_else(|| quiet(facts, asking.contact.channel).map(|until| (until, Reason::QuietHours)))
}

/// Where what is to be said on a channel goes, or why it goes nowhere.
fn leads_to(facts: &Facts, channel: Channel, template: &str, category: Category) -> Result<ContactPoint, Reason> {
    match channel {
        Channel::Email | Channel::Text => contact(facts, channel, category),
        // No message to the patient: neither consent nor an address is asked for.
        Channel::Webhook => {
            let name = template.strip_prefix("webhook/").filter(|name| facts.clinic.webhooks.contains(*name));
            name.map(ContactPoint::webhook).ok_or(Reason::ChannelNotSetUp)
        }
    }
}

/// The contact point a channel leads to, or why it leads nowhere (rules 3 and 4).
pub fn contact(facts: &Facts, channel: Channel, category: Category) -> Result<ContactPoint, Reason> {
    if !facts.channels.contains(&channel) {
        return Err(Reason::ChannelNotSetUp);
    }
    let patient = &facts.chart.patient;
    let guardian = guardian(facts)?;
    if patient.refusals.contains(&(channel, category)) {
        return Err(Reason::OptedOut);
    }
    if !facts.clinic.basis.contains(&(channel, category)) && !patient.consents.contains(&(channel, category)) {
        return Err(Reason::NoConsent);
    }
    let point = match guardian.map_or_else(|| patient.reach(channel), |g| g.reach(channel)) {
        Reach::NoAddress => return Err(Reason::NoAddress),
        Reach::NotAnAddress => return Err(Reason::PlaceholderAddress),
        Reach::At(point) => point,
    };
    if facts.world.crowded.contains(&point) {
        return Err(Reason::PlaceholderAddress);
    }
    if patient.has_opted_out(&point, category) {
        return Err(Reason::OptedOut);
    }
    if facts.world.suppressed.contains(&point) {
        return Err(Reason::AddressSuppressed);
    }
    Ok(point)
}

/// Whose address counts: a minor's messages go to the guardian.
fn guardian<'a>(facts: &'a Facts) -> Result<Option<&'a Guardian>, Reason> {
    let patient = &facts.chart.patient;
    let today = zone::date_in(facts.now, facts.chart.home_zone(facts.clinic));
    if patient.age_on(today).is_none_or(|age| age >= 18) {
        return Ok(None);
    }
    patient.guardian.as_ref().map(Some).ok_or(Reason::NoGuardian)
}

/// Quiet hours of the channel in the patient's zone (rule 6).
pub fn quiet(facts: &Facts, channel: Channel) -> Option<Timestamp> {
    match channel {
        Channel::Email | Channel::Webhook => None,
        Channel::Text => {
            let opening = next_opening(facts.now, facts.text_hours(), &facts.patient_zone());
            (opening > facts.now).then_some(opening)
        }
    }
}

/// When a gateway that does not answer may be worth another look.
fn down(facts: &Facts, channel: Channel) -> Option<(Timestamp, Reason)> {
    let again = facts.now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
    facts.world.down.contains(&channel).then_some((again, Reason::ChannelDown))
}

/// Everything that may have changed since the delivery was written, in the order of section 5.
pub fn check(facts: &Facts, ledger: &Ledger, delivery: &Delivery) -> Send {
    if let Some(reason) = out_of_reach(facts) {
        return Send::No(reason);
    }
    let Some(workflow) = facts.workflows.version(&delivery.workflow, delivery.version) else {
        return Send::No(Reason::ContentWithdrawn);
    };
    if !facts.workflows.is_active(&delivery.workflow, facts.now) {
        return Send::No(Reason::WorkflowInactive);
    }
    let Some(occurrence) = facts.occurrence(delivery.anchor) else { return Send::No(Reason::AnchorNoLongerValid) };
    match invalid(occurrence.validity) {
        Some(Reason::AnchorCancelled) if workflow.on_cancel == OnCancel::Continue => {}
        Some(reason) => return Send::No(reason),
        None => {}
    }
    if delivery.expires <= facts.now {
        return Send::No(Reason::Expired);
    }
    if let Some(reason) = held(facts, workflow, occurrence) {
        return Send::Wait { until: facts.now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX), reason };
    }
    let step = workflow.step(&delivery.key.step);
    let step_goals = step.map_or(&[][..], |s| &s.until);
    if workflow.until.iter().chain(step_goals).any(|goal| reached(goal, facts, delivery.run, occurrence)) {
        return Send::No(Reason::GoalReached);
    }
    if workflow.on_leave != OnLeave::Finish && workflow.group.holds(facts, occurrence).is_err() {
        return Send::No(Reason::LeftGroup);
    }
    match leads_to(facts, delivery.contact.channel, &delivery.template, delivery.category) {
        // The address changed since: nothing goes to the old one any more.
        Ok(point) if point != delivery.contact => return Send::No(Reason::NoAddress),
        Ok(_) => {}
        Err(reason) => return Send::No(reason),
    }
    let nth = usize::try_from(delivery.key.task).unwrap_or(usize::MAX);
    let message = step.and_then(|s| s.tasks.get(nth)).and_then(|t| t.message());
    if message.is_some_and(|m| attention::limited(facts, ledger, m, &delivery.contact, Some(delivery.id))) {
        return Send::No(Reason::SendRule);
    }
    let asking = Asking { contact: &delivery.contact, workflow, own: Some(delivery) };
    match hold_back(facts, ledger, &asking).or_else(|| down(facts, delivery.contact.channel)) {
        Some((until, reason)) if until >= delivery.expires => Send::No(reason),
        Some((until, reason)) => Send::Wait { until, reason },
        None => Send::Now,
    }
}

/// Whether a goal holds now. Form goals count only what this run has assigned, or what it stands on; what staff took back
/// is through as well.
pub fn reached(goal: &Goal, facts: &Facts, run: RunId, o: &Occurrence) -> bool {
    let is_own = |a: &&Assignment| a.run == Some(run) || o.assignment == Some(a.id);
    let own = || facts.chart.assignments.iter().filter(is_own);
    match goal {
        Goal::Registered => facts.chart.patient.registered_at.is_some(),
        Goal::VisitBooked => visits_booked(facts) > 0,
        Goal::Completed => own().next().is_some() && !own().any(Assignment::is_open),
        Goal::CompletedForm(form) => {
            let mut these = own().filter(|a| a.content == *form).peekable();
            these.peek().is_some() && !these.any(Assignment::is_open)
        }
    }
}
