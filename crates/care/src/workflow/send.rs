//! docs/SEMANTICS.md section 5: may this message go to this contact point now? Asked when the step is performed and
//! again, under the patient's lock, in the transaction that claims every attempt.

use jiff::Timestamp;

use super::decide::{invalid, out_of_reach};
use super::definition::Goal;
use super::facts::Facts;
use super::group::visits_booked;
use super::ledger::{Delivery, Ledger};
use super::reason::Reason;
use super::schedule::next_opening;
use crate::chart::{Category, Channel, ContactPoint, Reach};
use crate::id::RunId;
use crate::zone;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Send {
    Now,
    Wait { until: Timestamp, reason: Reason },
    No(Reason),
}

/// The contact point a channel leads to, or why it leads nowhere (rules 3 and 4).
pub fn contact(facts: &Facts, channel: Channel, category: Category) -> Result<ContactPoint, Reason> {
    if !facts.channels.contains(&channel) {
        return Err(Reason::ChannelNotSetUp);
    }
    let point = match facts.chart.patient.reach(channel) {
        Reach::NoAddress => return Err(Reason::NoAddress),
        Reach::NotAnAddress => return Err(Reason::PlaceholderAddress),
        Reach::At(point) => point,
    };
    consent(facts, &point, category)?;
    if facts.suppressed.contains(&point) {
        return Err(Reason::AddressSuppressed);
    }
    Ok(point)
}

/// An address given is the basis for care, outcomes and feedback by email, and for care and outcomes by text; anything
/// else needs a recorded yes. A minor's messages go to a guardian.
fn consent(facts: &Facts, point: &ContactPoint, category: Category) -> Result<(), Reason> {
    let today = zone::date_in(facts.now, facts.chart.home_zone(facts.clinic));
    if facts.chart.patient.age_on(today).is_some_and(|age| age < 18) {
        return Err(Reason::NoGuardian);
    }
    let given = match (category, point.channel) {
        (Category::Marketing, _) | (Category::Feedback, Channel::Text) => false,
        (Category::Care | Category::Outcomes, _) | (Category::Feedback, Channel::Email) => true,
    };
    if !given {
        return Err(Reason::NoConsent);
    }
    if facts.chart.patient.has_opted_out(point, category) {
        return Err(Reason::OptedOut);
    }
    Ok(())
}

/// Quiet hours of the channel in the patient's zone (rule 6).
pub fn quiet(facts: &Facts, channel: Channel) -> Option<Timestamp> {
    match channel {
        Channel::Email => None,
        Channel::Text => {
            let opening = next_opening(facts.now, facts.text_hours(), &facts.patient_zone());
            (opening > facts.now).then_some(opening)
        }
    }
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
    let continues = workflow.on_cancel == super::definition::OnCancel::Continue;
    match invalid(occurrence.validity) {
        Some(Reason::AnchorCancelled) if continues => {}
        Some(reason) => return Send::No(reason),
        None => {}
    }
    if delivery.expires <= facts.now {
        return Send::No(Reason::Expired);
    }
    let step_goals = workflow.step(&delivery.key.step).map_or(&[][..], |s| &s.until);
    if workflow.until.iter().chain(step_goals).any(|goal| reached(*goal, facts, ledger, delivery.run)) {
        return Send::No(Reason::GoalReached);
    }
    match contact(facts, delivery.contact.channel, delivery.category) {
        // The address changed since: nothing goes to the old one any more.
        Ok(point) if point != delivery.contact => return Send::No(Reason::NoAddress),
        Ok(_) => {}
        Err(reason) => return Send::No(reason),
    }
    match quiet(facts, delivery.contact.channel) {
        Some(until) if until >= delivery.expires => Send::No(Reason::Expired),
        Some(until) => Send::Wait { until, reason: Reason::QuietHours },
        None => Send::Now,
    }
}

/// Whether a goal holds now. Form goals count only this run's own assignments.
pub fn reached(goal: Goal, facts: &Facts, ledger: &Ledger, run: RunId) -> bool {
    match goal {
        Goal::Registered => facts.chart.patient.registered_at.is_some(),
        Goal::VisitBooked => visits_booked(facts) > 0,
        Goal::Completed => {
            let mut own = ledger.assignments.values().filter(|a| a.run == run).peekable();
            own.peek().is_some() && own.all(|a| a.completed_at.is_some())
        }
    }
}
