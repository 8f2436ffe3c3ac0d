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

/// The same, but only those groups in which somebody of the cast is.
pub fn families_of(
    cast: &BTreeSet<PatientId>,
    patients: &[PatientId],
    points: &BTreeMap<ContactPoint, BTreeSet<PatientId>>,
    size: usize,
) -> Vec<Vec<PatientId>> {
    let mut groups: Vec<Vec<PatientId>> = vec![];
    // Families first, then put together: strangers of the cast would only take room.
    for family in families(patients, points, 1).into_iter().filter(|f| f.iter().any(|id| cast.contains(id))) {
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

    fn points_of(shared: &[(&str, &[u128])]) -> BTreeMap<ContactPoint, BTreeSet<PatientId>> {
        shared.iter().map(|(value, ids)| (point(value), ids.iter().copied().map(patient).collect())).collect()
    }

    #[test]
    fn who_shares_an_address_by_others_is_in_one_group() {
        let all: Vec<PatientId> = (1..=7).map(patient).collect();
        let points = points_of(&[("a", &[1, 6]), ("b", &[4, 6, 99]), ("c", &[3])]);
        let groups = families(&all, &points, 2);
        assert_eq!(groups[0], [1, 4, 6].map(patient));
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2, 2]);
        assert_eq!(families(&all, &points_of(&[]), 10), [all]);
    }

    #[test]
    fn a_cast_brings_its_families_and_nobody_else() {
        let all: Vec<PatientId> = (1..=7).map(patient).collect();
        let points = points_of(&[("a", &[1, 6]), ("b", &[4, 6]), ("c", &[2, 3])]);
        let cast = [patient(4), patient(7)].into();
        assert_eq!(families_of(&cast, &all, &points, 10), [[1, 4, 6, 7].map(patient)]);
        assert_eq!(families_of(&cast, &all, &points, 2).len(), 2);
        assert_eq!(families_of(&BTreeSet::new(), &all, &points, 10), Vec::<Vec<PatientId>>::new());
    }
}
