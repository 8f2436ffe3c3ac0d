//! What an edit or a switch would do, in the words of its page.

use std::collections::BTreeMap;

use care::chart::{Channel, Clinic};
use care::rehearsal::{Outlook, Steps};
use pages::staff::EffectRow;

use super::times;

/// A row for each step that something becomes of, in the order of the workflow.
pub fn rows<'a>(clinic: &Clinic, outlook: &Outlook, order: impl Iterator<Item = &'a str>) -> Vec<EffectRow> {
    let mut left = outlook.steps.clone();
    let mut rows: Vec<EffectRow> = order.filter_map(|id| Some(row(clinic, id, &left.remove(id)?))).collect();
    rows.extend(left.iter().map(|(id, counts)| row(clinic, id, counts)));
    rows
}

fn row(clinic: &Clinic, id: &str, counts: &Steps) -> EffectRow {
    let due = counts.due.map(|(first, last)| {
        let words = |at| times::short_words(at, &clinic.zone);
        if first == last { format!("due {}", words(first)) } else { format!("due {} to {}", words(first), words(last)) }
    });
    EffectRow {
        step: id.to_owned(),
        stay: counts.stay,
        move_to: counts.move_to,
        new: counts.new,
        due: due.unwrap_or_default(),
        now: counts.now,
        late: counts.late,
        dropped: counts.dropped,
        ended: counts.ended,
        not_repeated: counts.not_repeated,
    }
}

/// "12 by email".
pub fn messages(counts: &BTreeMap<Channel, usize>) -> Vec<String> {
    let way = |channel| match channel {
        Channel::Email => "email",
        Channel::Text => "text",
        Channel::Webhook => "webhook",
    };
    counts.iter().map(|(channel, count)| format!("{count} by {}", way(*channel))).collect()
}

/// "1 run", "3 runs".
pub fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
