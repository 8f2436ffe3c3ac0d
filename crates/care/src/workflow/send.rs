//! docs/SEMANTICS.md section 5: may this message go to this contact point now? Asked when the step is performed and
//! again, under the patient's lock, in the transaction that claims every attempt.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::attention::{self, Asking};
use super::definition::{Goal, OnCancel, OnLeave, Workflow};
use super::facts::Facts;
use super::ground::{Door, Gateway, Ground, GroupSeen, LeadsTo, QuietSeen, Road, Says, Standing};
use super::group::visits_booked;
use super::ledger::{Delivery, DeliveryState, Effect, Ledger};
use super::perform::{held, on};
use super::reason::Reason;
use super::task::Message;
use super::work::{Work, told};
use crate::chart::{Assignment, Category, Channel, ContactPoint, Occurrence, Reach};
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
    /// The gateway had it, and said this.
    Said(Gateway),
    /// There is no such template: it never got there.
    NotWritten,
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
    let (send, grounds) = look(facts, ledger, &delivery);
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
                work.say(told(&delivery, grounds, facts));
            }
        }
        Send::No(_) => work.end_delivery(id, grounds),
    }
    (send, work.effects)
}

/// Writes down how an attempt ended.
pub fn end(facts: &Facts, ledger: &mut Ledger, id: DeliveryId, end: End, ids: &mut dyn FnMut() -> Uuid) -> Vec<Effect> {
    let Some(delivery) = ledger.deliveries.get(&id).cloned() else { return vec![] };
    let mut work = Work { facts, ledger, effects: vec![], ids };
    let ground = match end {
        End::Said(gateway) => Ground::Gateway(gateway),
        End::NotWritten => Ground::Content { there: false },
    };
    let state = match ground.says(facts.now) {
        Says::Yes | Says::Due(_) => DeliveryState::Sent { at: facts.now },
        Says::Hold(_) => DeliveryState::Uncertain,
        Says::No(_) => {
            work.end_delivery(id, vec![ground]);
            return work.effects;
        }
        Says::Wait(again, _) => {
            let state = DeliveryState::Queued;
            work.put(Effect::DeliverySet { delivery: id, not_before: again, waits_for: None, state });
            return work.effects;
        }
    };
    work.put(Effect::DeliverySet { delivery: id, not_before: delivery.not_before, waits_for: None, state });
    work.say(told(&delivery, vec![ground], facts));
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
        match look(facts, work.ledger, &part) {
            // It takes no place of its own.
            (Send::Now | Send::Wait { reason: Reason::AttentionBudget, .. }, _) => parts.push(part),
            (Send::Wait { .. }, _) => work.requeue(&part),
            (Send::No(_), grounds) => work.end_delivery(part.id, grounds),
        }
    }
    (parts, work.effects)
}

/// The way a message takes: what it meets, and the address it leads to with the time it must wait for.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    pub road: Road,
    pub leads: Result<(ContactPoint, Option<(Timestamp, Reason)>), Reason>,
}

/// The way of a message that would be worth something until `expires`: the first channel of its ladder that leads to the
/// patient.
pub fn way(facts: &Facts, ledger: &Ledger, m: &Message, w: &Workflow, expires: Timestamp) -> Way {
    let (doors, points): (Vec<_>, Vec<_>) =
        m.ladder.iter().map(|channel| door(facts, *channel, &m.template, w.category)).unzip();
    let road = Road { doors, rule: None, room: None, quiet: None, back: None, expires };
    let chosen = road.chosen().and_then(|n| points.into_iter().nth(n).flatten().ok_or(Reason::NoAddress));
    let contact = match chosen {
        Ok(contact) => contact,
        Err(reason) => return Way { road, leads: Err(reason) },
    };
    let rule = attention::rule(facts, ledger, m, &contact, None);
    let road = narrow(facts, ledger, Road { rule, ..road }, &Asking { contact: &contact, workflow: w, own: None });
    let leads = match road.says(facts.now) {
        Says::Wait(until, reason) => Ok((contact, Some((until, reason)))),
        Says::No(reason) | Says::Hold(reason) => Err(reason),
        Says::Yes | Says::Due(_) => Ok((contact, None)),
    };
    Way { road, leads }
}

/// Rules 5 and 6. Neither ever leads to the next channel.
fn narrow(facts: &Facts, ledger: &Ledger, road: Road, asking: &Asking) -> Road {
    // What a system is told takes nobody's attention.
    let to_patient = asking.contact.channel != Channel::Webhook;
    let room = to_patient.then(|| attention::room(facts, ledger, asking));
    Road { room, quiet: quiet(facts, asking.contact.channel), ..road }
}

/// The contact point a channel leads to, or why it leads nowhere (rules 3 and 4).
pub fn contact(facts: &Facts, channel: Channel, category: Category) -> Result<ContactPoint, Reason> {
    let (door, point) = door_to_patient(facts, channel, category);
    door.leads()?;
    point.ok_or(Reason::NoAddress)
}

/// What a message meets on a channel.
fn door(facts: &Facts, channel: Channel, template: &str, category: Category) -> (Door, Option<ContactPoint>) {
    match channel {
        Channel::Email | Channel::Text => door_to_patient(facts, channel, category),
        Channel::Webhook => door_to_system(facts, template, category),
    }
}

/// No message to the patient: neither consent nor an address is asked for.
fn door_to_system(facts: &Facts, template: &str, category: Category) -> (Door, Option<ContactPoint>) {
    let name = template.strip_prefix("webhook/").filter(|name| facts.clinic.webhooks.contains(*name));
    let door = Door {
        channel: Channel::Webhook,
        category,
        set_up: name.is_some(),
        minor: false,
        guardian: false,
        refused: false,
        basis: true,
        consented: false,
        leads_to: LeadsTo::Address,
        crowded: false,
        opted_out: false,
        suppressed: false,
        changed: false,
        down: facts.world.down.contains(&Channel::Webhook),
    };
    (door, name.map(ContactPoint::webhook))
}

fn door_to_patient(facts: &Facts, channel: Channel, category: Category) -> (Door, Option<ContactPoint>) {
    let patient = &facts.chart.patient;
    let today = zone::date_in(facts.now, facts.chart.home_zone(facts.clinic));
    let minor = patient.age_on(today).is_some_and(|age| age < 18);
    let reach = match &patient.guardian {
        Some(guardian) if minor => guardian.reach(channel),
        Some(_) | None => patient.reach(channel),
    };
    let (leads_to, point) = match reach {
        Reach::NoAddress => (LeadsTo::NoAddress, None),
        Reach::NotAnAddress => (LeadsTo::Placeholder, None),
        Reach::At(point) => (LeadsTo::Address, Some(point)),
    };
    let at = |is: &dyn Fn(&ContactPoint) -> bool| point.as_ref().is_some_and(is);
    let door = Door {
        channel,
        category,
        set_up: facts.channels.contains(&channel),
        minor,
        guardian: patient.guardian.is_some(),
        refused: patient.refusals.contains(&(channel, category)),
        basis: facts.clinic.basis.contains(&(channel, category)),
        consented: patient.consents.contains(&(channel, category)),
        leads_to,
        crowded: at(&|point| facts.world.crowded.contains(point)),
        opted_out: at(&|point| patient.has_opted_out(point, category)),
        suppressed: at(&|point| facts.world.suppressed.contains(point)),
        changed: false,
        down: facts.world.down.contains(&channel),
    };
    (door, point)
}

/// Quiet hours of the channel in the patient's zone (rule 6).
fn quiet(facts: &Facts, channel: Channel) -> Option<QuietSeen> {
    match channel {
        Channel::Email | Channel::Webhook => None,
        Channel::Text => {
            let zone = facts.chart.home_zone(facts.clinic).to_owned();
            Some(QuietSeen { zone, hours: facts.text_hours() })
        }
    }
}

/// Everything that may have changed since the delivery was written, in the order of section 5.
pub fn check(facts: &Facts, ledger: &Ledger, delivery: &Delivery) -> Send {
    look(facts, ledger, delivery).0
}

/// The same, with what was looked at up to the first that stands in the way.
fn look(facts: &Facts, ledger: &Ledger, delivery: &Delivery) -> (Send, Vec<Ground>) {
    let grounds = grounds(facts, ledger, delivery);
    let says = grounds.last().map_or(Says::Yes, |ground| ground.says(facts.now));
    let later = || facts.now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
    let send = match says {
        Says::Yes | Says::Due(_) => Send::Now,
        Says::No(reason) => Send::No(reason),
        Says::Wait(until, reason) => Send::Wait { until, reason },
        Says::Hold(reason) => Send::Wait { until: later(), reason },
    };
    (send, grounds)
}

fn grounds(facts: &Facts, ledger: &Ledger, delivery: &Delivery) -> Vec<Ground> {
    let version = facts.workflows.version(&delivery.workflow, delivery.version);
    let mut grounds =
        vec![Ground::Patient(Standing::of(&facts.chart.patient)), Ground::Content { there: version.is_some() }];
    let Some(workflow) = version else { return up_to_the_first(facts, grounds) };
    grounds.push(on(facts, &delivery.workflow, false));
    let Some(o) = facts.occurrence(delivery.anchor) else {
        grounds.push(Ground::Anchor { validity: None, goes_on: false });
        return up_to_the_first(facts, grounds);
    };
    let goes_on = workflow.on_cancel == OnCancel::Continue;
    grounds.push(Ground::Anchor { validity: Some(o.validity), goes_on });
    grounds.push(Ground::Expiry { expires: delivery.expires });
    grounds.extend(held(facts, workflow, o));
    let step = workflow.step(&delivery.key.step);
    let of_step = step.map_or(&[][..], |s| &s.until).iter().map(|goal| (goal, false));
    let goals = workflow.until.iter().map(|goal| (goal, true)).chain(of_step);
    grounds.extend(goals.map(|(goal, of_workflow)| self::goal(goal, of_workflow, facts, delivery.run, o)));
    if workflow.on_leave != OnLeave::Finish && workflow.group.holds(facts, o).is_err() {
        let seen = GroupSeen::of(&workflow.group, facts, o);
        grounds.push(Ground::Group { seen, on_leave: Some(workflow.on_leave) });
    }
    let mut grounds = up_to_the_first(facts, grounds);
    if grounds.last().is_none_or(|ground| ground.says(facts.now) == Says::Yes) {
        let nth = usize::try_from(delivery.key.task).unwrap_or(usize::MAX);
        let message = step.and_then(|s| s.tasks.get(nth)).and_then(|t| t.message());
        grounds.push(Ground::Road(Box::new(road(facts, ledger, delivery, workflow, message))));
    }
    grounds
}

fn up_to_the_first(facts: &Facts, mut grounds: Vec<Ground>) -> Vec<Ground> {
    let first = grounds.iter().position(|ground| ground.says(facts.now) != Says::Yes);
    grounds.truncate(first.map_or(grounds.len(), |n| n + 1));
    grounds
}

/// What a delivery meets on its own channel, to the address it was written for.
fn road(facts: &Facts, ledger: &Ledger, delivery: &Delivery, workflow: &Workflow, message: Option<&Message>) -> Road {
    let contact = &delivery.contact;
    let (door, point) = door(facts, contact.channel, &delivery.template, delivery.category);
    // The address changed since: nothing goes to the old one any more.
    let door = Door { changed: point.is_some_and(|point| point != *contact), ..door };
    let again = facts.now.checked_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX);
    let back = door.down.then_some(again);
    let rule = message.and_then(|m| attention::rule(facts, ledger, m, contact, Some(delivery.id)));
    let road = Road { doors: vec![door], rule, room: None, quiet: None, back, expires: delivery.expires };
    narrow(facts, ledger, road, &Asking { contact, workflow, own: Some(delivery) })
}

/// Whether a goal holds now.
pub fn reached(goal: &Goal, facts: &Facts, run: RunId, o: &Occurrence) -> bool {
    self::goal(goal, false, facts, run, o).reason(facts.now).is_some()
}

/// What there is of what a goal asks for. Form goals count only what this run has assigned, or what it stands on; what
/// staff took back is through as well.
pub fn goal(goal: &Goal, of_workflow: bool, facts: &Facts, run: RunId, o: &Occurrence) -> Ground {
    let is_own = |a: &&Assignment| a.run == Some(run) || o.assignment == Some(a.id);
    let own = |form: Option<&String>| {
        let these =
            facts.chart.assignments.iter().filter(is_own).filter(|a| form.is_none_or(|form| a.content == *form));
        these.fold((0, 0, 0), |(there, open, expired), a| {
            (there + 1, open + usize::from(a.is_open()), expired + usize::from(a.is_expired()))
        })
    };
    let (there, open, expired) = match goal {
        Goal::Registered => (usize::from(facts.chart.patient.registered_at.is_some()), 0, 0),
        Goal::VisitBooked => (visits_booked(facts), 0, 0),
        Goal::Completed => own(None),
        Goal::CompletedForm(form) => own(Some(form)),
    };
    Ground::Goal { goal: goal.clone(), of_workflow, there, open, expired }
}
