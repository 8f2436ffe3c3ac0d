//! Every question that decides whether an event starts a workflow, each answered by itself: for the person who asks why.
//!
//! [`super::decide`] stops at the first "no"; this goes on, so that whoever mends that one sees what else stands in the
//! way. It asks the same functions, and writes nothing.

use uuid::Uuid;

use super::decide::{awake, concerns, fits, invalid, out_of_reach};
use super::decision::Decision;
use super::facts::{Activation, Facts, Published};
use super::ground::{Answer, Asked};
use super::group::{Judged, Saw};
use super::ledger::{Known, Ledger};
use super::reason::Reason;
use super::work::Work;
use crate::chart::Occurrence;

/// One event that could have started a workflow, judged by what is known now.
#[derive(Debug, Clone)]
pub struct Judgement<'a> {
    pub occurrence: &'a Occurrence,
    /// When we heard of it; `None`: the ledger does not know it yet.
    pub known: Option<Known>,
    /// The activation under which it was asked about; `None`: the workflow was off then.
    pub activation: Option<&'a Activation>,
    /// Whether the workflow is used where it happened.
    pub fits: bool,
    /// What the trigger's filter says, and what it saw.
    pub filter: Result<(), Saw>,
    /// Why the event itself no longer counts, if so.
    pub invalid: Option<Reason>,
    /// Why the patient gets nothing at all, if so.
    pub out_of_reach: Option<Reason>,
    /// The tree of the group as a whole.
    pub in_group: Result<(), Saw>,
    /// Each of its clauses, whatever the others say.
    pub clauses: Vec<Judged>,
    /// Why another run stands in its way, if so.
    pub re_entry: Option<Reason>,
}

/// The verdict of a stored decision made anew, from what was stored with it and nothing else. `None` for a row from before
/// that was written down.
pub fn replay(decision: &Decision) -> Option<Answer> {
    let asked: Asked = decision.detail.asked?;
    Some(asked.answer(&decision.detail.grounds, decision.at))
}

/// Every event of the chart of the kinds that this workflow waits for, valid or not, in order of time.
pub fn judgements<'a>(facts: &Facts<'a>, ledger: &Ledger, key: &str, published: &'a Published) -> Vec<Judgement<'a>> {
    let Some((_, workflow)) = published.current() else { return vec![] };
    let mut ledger = ledger.clone();
    let occurrences: &'a [Occurrence] = facts.occurrences;
    let ours = occurrences.iter().filter(|o| concerns(key, &workflow.trigger, o));
    ours.map(|o| {
        let known = ledger.known(facts.chart, o.anchor);
        let activation =
            known.and_then(|known| awake(facts, workflow, published, o, known)).map(|(activation, _)| activation);
        // Where nobody has said otherwise, it is for all locations that fit.
        let anywhere = Activation::open(facts.now);
        let in_force = activation.or_else(|| published.activation_at(facts.now)).unwrap_or(&anywhere);
        let work = Work { facts, ledger: &mut ledger, effects: vec![], ids: &mut Uuid::nil };
        Judgement {
            occurrence: o,
            known,
            activation,
            fits: fits(facts, workflow, in_force, o).reason(facts.now).is_none(),
            filter: workflow.trigger.lets_through(facts, o).map_err(|test| test.fails().unwrap_or_default()),
            invalid: invalid(o.validity),
            out_of_reach: out_of_reach(facts),
            in_group: workflow.group.holds(facts, o),
            clauses: workflow.group.clauses(facts, Some(o)),
            re_entry: work.re_entry(key, workflow, o).iter().find_map(|ground| ground.reason(facts.now)),
        }
    })
    .collect()
}
