//! docs/SEMANTICS.md section 5, rule 5: send rules, and how much one patient and one contact point may be asked to read.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::definition::{Attention, Workflow};
use super::facts::Facts;
use super::ground::{Count, Most, RoomSeen, RuleSeen};
use super::ledger::{Delivery, DeliveryState, Ledger, StepState};
use super::send;
use super::task::{Limit, Message};
use crate::chart::{Channel, ContactPoint};
use crate::id::DeliveryId;

/// Nobody gets more texts than this on one day, whatever they are about.
const MOST_TEXTS: usize = 3;

/// How far ahead a higher priority keeps its place.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Nothing waits longer than this for a day with room.
const SEARCH: i64 = 60;

/// A message that asks for a place.
pub struct Asking<'a> {
    pub contact: &'a ContactPoint,
    pub workflow: &'a Workflow,
    /// The delivery itself, when it stands in the ledger already.
    pub own: Option<&'a Delivery>,
}

/// How often this content went, beside how often its send rule allows, if it has one.
pub fn rule(
    facts: &Facts,
    ledger: &Ledger,
    message: &Message,
    contact: &ContactPoint,
    own: Option<DeliveryId>,
) -> Option<RuleSeen> {
    let same = |d: &&Delivery| d.template == message.template && Some(d.id) != own;
    let went = |d: &Delivery| ledger.went(d);
    let before = ledger.deliveries.values().filter(same);
    match message.limit? {
        Limit::Times { count, period } => {
            let since = facts.now.checked_sub(SignedDuration::from_secs(period.seconds)).unwrap_or(Timestamp::MIN);
            let went = before.filter(|d| went(d).is_some_and(|at| at > since)).count();
            Some(RuleSeen { went, most: count, period: Some(period.seconds) })
        }
        Limit::OncePerContact => {
            let own = before.filter(|d| d.contact == *contact && went(d).is_some()).count();
            let others = facts.world.others.iter();
            let others = others.filter(|t| t.contact == *contact && t.template == message.template).count();
            Some(RuleSeen { went: own + others, most: 1, period: None })
        }
    }
}

/// Whether there is room for a message today, and if not, on which day.
pub fn room(facts: &Facts, ledger: &Ledger, asking: &Asking) -> RoomSeen {
    let today = facts.patient_zone().to_datetime(facts.now).date();
    let taken = Taken::of(facts, ledger, asking);
    let seen = taken.room(facts, asking, today, &kept_for_others(facts, ledger, asking));
    if seen.is_free() {
        return seen;
    }
    let mut days = (1..SEARCH).filter_map(|n| today.checked_add(n.days()).ok());
    RoomSeen { next: days.find(|day| taken.room(facts, asking, *day, &[]).is_free()), ..seen }
}

/// The places already taken, by day.
struct Taken {
    by_patient: Vec<Date>,
    by_contact: Vec<Date>,
}

impl Taken {
    fn of(facts: &Facts, ledger: &Ledger, asking: &Asking) -> Self {
        let zone = facts.patient_zone();
        let date = |at: Timestamp| zone.to_datetime(at).date();
        let ahead = ledger.deliveries.values().filter(|d| d.contact.channel == asking.contact.channel);
        let ahead = ahead.filter(|d| goes_before(facts, d, asking));
        let own: Vec<(&ContactPoint, Date)> =
            ahead.filter_map(|d| Some((&d.contact, date(d.state.takes_place(d.not_before)?)))).collect();
        let others =
            facts.world.others.iter().filter(|t| !t.joined && t.contact == *asking.contact).map(|t| date(t.at));
        let to_contact = own.iter().filter(|(contact, _)| *contact == asking.contact).map(|(_, day)| *day);
        Self { by_contact: to_contact.chain(others).collect(), by_patient: own.iter().map(|(_, day)| *day).collect() }
    }

    fn room(&self, facts: &Facts, asking: &Asking, day: Date, kept: &[Date]) -> RoomSeen {
        let budget = &facts.clinic.budget;
        let bypass = asking.workflow.attention == Attention::Bypass;
        let most = match (asking.contact.channel, bypass) {
            (Channel::Text, true) => Some(Most { day: MOST_TEXTS, week: None }),
            (Channel::Text, false) => {
                Some(Most { day: budget.texts_a_day.min(MOST_TEXTS), week: Some(budget.texts_a_week) })
            }
            (Channel::Email, true) | (Channel::Webhook, _) => None,
            (Channel::Email, false) => Some(Most { day: budget.emails_a_day, week: None }),
        };
        let kept = Count { day: kept.iter().filter(|d| **d == day).count(), week: kept.len() };
        let week = day.checked_sub(6.days()).unwrap_or(day);
        let count = |taken: &[Date]| Count {
            day: taken.iter().filter(|d| **d == day).count(),
            week: taken.iter().filter(|d| (week..=day).contains(*d)).count(),
        };
        RoomSeen {
            day,
            by_patient: count(&self.by_patient),
            by_contact: count(&self.by_contact),
            kept: if bypass { Count { day: 0, week: 0 } } else { kept },
            most,
            next: None,
            zone: facts.chart.home_zone(facts.clinic).to_owned(),
            hours: facts.text_hours(),
        }
    }
}

/// What went has its place. Of what waits, the higher priority has it, and among equals who came first.
fn goes_before(facts: &Facts, other: &Delivery, asking: &Asking) -> bool {
    if asking.own.is_some_and(|own| own.id == other.id) {
        return false;
    }
    if other.state != DeliveryState::Queued {
        return true;
    }
    let priority = facts.workflows.version(&other.workflow, other.version).map_or(0, |w| w.priority);
    match priority.cmp(&asking.workflow.priority) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => {
            asking.own.is_none_or(|own| (other.not_before, other.standing()) < (own.not_before, own.standing()))
        }
        std::cmp::Ordering::Less => false,
    }
}

/// The days of the steps of a higher priority that are due within a day: their places are kept. Who needs no place, or
/// comes too late for one, gets none.
fn kept_for_others(facts: &Facts, ledger: &Ledger, asking: &Asking) -> Vec<Date> {
    let zone = facts.patient_zone();
    let until = facts.now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let mut days = vec![];
    for run in ledger.runs.values().filter(|run| run.ended.is_none()) {
        let Some(workflow) = facts.workflows.version(&run.workflow, run.version) else { continue };
        let yields = workflow.priority <= asking.workflow.priority || workflow.attention == Attention::Bypass;
        if yields || !facts.workflows.is_active(&run.workflow, facts.now) {
            continue;
        }
        for planned in &run.steps {
            let StepState::Pending { at: Some(at) } = planned.state else { continue };
            if planned.expires <= facts.now {
                continue;
            }
            // What is due by now and not yet looked at wants its place today.
            let (soon, at) = (at <= until, at.max(facts.now));
            let mut messages =
                workflow.step(&planned.step).into_iter().flat_map(|s| &s.tasks).filter_map(|t| t.message());
            if soon && messages.any(|m| leads_to(facts, m, workflow, asking.contact.channel)) {
                days.push(zone.to_datetime(at).date());
            }
        }
    }
    days
}

fn leads_to(facts: &Facts, message: &Message, workflow: &Workflow, channel: Channel) -> bool {
    let mut ways = message.ladder.iter().filter(|c| send::contact(facts, **c, workflow.category).is_ok());
    ways.next() == Some(&channel)
}
