//! Who has to be on the stage together: what one patient gets may take the place of what another gets at the same
//! address.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::{ContactPoint, PatientChange, What, Write};
use crate::id::PatientId;

/// The contact points that a change writes into a chart.
pub fn contact_points_in(what: &What) -> BTreeSet<ContactPoint> {
    let What::Patient(change) = what else { return BTreeSet::new() };
    let PatientChange { email, mobile, guardian, .. } = &**change;
    let guardian = if let Write::Set(guardian) = guardian { Some(guardian) } else { None };
    let emails = [set(email), guardian.and_then(|g| g.email.as_deref())];
    let mobiles = [set(mobile), guardian.and_then(|g| g.mobile.as_deref())];
    let emails = emails.into_iter().flatten().filter_map(|text| ContactPoint::email(text).ok());
    let mobiles = mobiles.into_iter().flatten().filter_map(|text| ContactPoint::mobile(text).ok());
    emails.chain(mobiles).collect()
}

fn set(write: &Write<String>) -> Option<&str> {
    if let Write::Set(text) = write { Some(text) } else { None }
}

/// All patients in groups of about `size`; those who share a contact point, directly or by others, are in one group.
pub fn families(
    patients: &[PatientId],
    points: &BTreeMap<ContactPoint, BTreeSet<PatientId>>,
    size: usize,
) -> Vec<Vec<PatientId>> {
    let mut head: BTreeMap<PatientId, PatientId> = patients.iter().map(|id| (*id, *id)).collect();
    for sharing in points.values() {
        let mut known = sharing.iter().filter(|id| head.contains_key(id)).copied().collect::<Vec<_>>().into_iter();
        let Some(first) = known.next() else { continue };
        for other in known {
            let (a, b) = (head_of(&head, first), head_of(&head, other));
            head.insert(a.max(b), a.min(b));
        }
    }
    let mut by_head: BTreeMap<PatientId, Vec<PatientId>> = BTreeMap::new();
    for id in patients {
        by_head.entry(head_of(&head, *id)).or_default().push(*id);
    }
    let mut groups: Vec<Vec<PatientId>> = vec![];
    for family in by_head.into_values() {
        match groups.last_mut() {
            Some(group) if group.len() + family.len() <= size => group.extend(family),
            _ => groups.push(family),
        }
    }
    groups
}

fn head_of(head: &BTreeMap<PatientId, PatientId>, of: PatientId) -> PatientId {
    let mut id = of;
    while let Some(next) = head.get(&id).filter(|next| **next != id) {
        id = *next;
    }
    id
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::chart::Channel;

    fn patient(n: u128) -> PatientId {
        PatientId(Uuid::from_u128(n))
    }

    fn point(value: &str) -> ContactPoint {
        ContactPoint { channel: Channel::Email, value: value.into() }
    }

    #[test]
    fn who_shares_an_address_by_others_is_in_one_group() {
        let all: Vec<PatientId> = (1..=7).map(patient).collect();
        let share = |ids: &[u128]| ids.iter().copied().map(patient).collect::<BTreeSet<_>>();
        let points = [(point("a"), share(&[1, 6])), (point("b"), share(&[4, 6, 99])), (point("c"), share(&[3]))];
        let groups = families(&all, &points.into(), 2);
        assert_eq!(groups[0], [1, 4, 6].map(patient));
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2, 2]);
        assert_eq!(families(&all, &BTreeMap::new(), 10), [all]);
    }
}
