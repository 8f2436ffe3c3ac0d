//! Which number of a patient counts: by authority, then by type, never by position alone.

use super::field::{Field, Repetition};
use super::reading::PatientKey;
use super::refusal::{Cause, Refusal};

/// PID-3: the key and the other numbers.
pub(super) fn patient(field: Field, authority: Option<&str>) -> Result<(PatientKey, Vec<PatientKey>), Refusal> {
    let ids = numbers(field);
    let place = "PID-3";
    let chosen = match authority {
        Some(wanted) => ids.iter().position(|id| id.is_of(wanted)).ok_or_else(|| {
            Refusal::new(
                Cause::NoPatientId,
                place,
                "no number is of the interface's authority: correct the authority in the settings, or have the sender add the number",
            )
        })?,
        None => record_number(&ids)
            .ok_or_else(|| Refusal::new(Cause::NoPatientId, place, "have the sender fill PID-3 with the patient's number"))?,
    };
    let key = ids[chosen].key(authority);
    let others = ids.iter().enumerate().filter(|(i, id)| *i != chosen && !id.is_private()).map(|(_, id)| id.key(None));
    Ok((key, others.collect()))
}

/// MRG-1: the number that is gone. One without authority is of the survivor's.
pub(super) fn merged(field: Field, authority: Option<&str>, survivor: &PatientKey) -> Result<PatientKey, Refusal> {
    let refuse = |cure: &str| Refusal::new(Cause::NoMergeId, "MRG-1", cure);
    let ids = numbers(field);
    let of_authority = authority.and_then(|wanted| ids.iter().position(|id| id.is_of(wanted)));
    let nameless = || ids.iter().position(|id| id.authority.is_empty() && id.universal.is_empty());
    let chosen = if authority.is_some() { of_authority.or_else(nameless) } else { record_number(&ids) };
    let Some(chosen) = chosen.and_then(|i| ids.get(i)) else {
        return Err(refuse("have the sender fill MRG-1 with the number that was merged away"));
    };
    let mut gone = chosen.key(authority);
    if chosen.authority.is_empty() && chosen.universal.is_empty() {
        gone.authority.clone_from(&survivor.authority);
    }
    if gone == *survivor {
        return Err(refuse("the number merged away is the one that survives (PID-3): ask the sender which is meant"));
    }
    Ok(gone)
}

struct Number {
    value: String,
    authority: String,
    universal: String,
    kind: String,
}

impl Number {
    fn of(id: Repetition) -> Option<Self> {
        let authority = id.component(4);
        Some(Self {
            value: id.component(1).value()?,
            authority: authority.subcomponent(1).value().unwrap_or_default(),
            universal: authority.subcomponent(2).value().unwrap_or_default(),
            kind: id.component(5).value().unwrap_or_default(),
        })
    }

    fn is_of(&self, authority: &str) -> bool {
        self.authority.eq_ignore_ascii_case(authority) || self.universal.eq_ignore_ascii_case(authority)
    }

    /// A social security number is nobody's business here.
    fn is_private(&self) -> bool {
        self.kind.eq_ignore_ascii_case("SS")
    }

    /// As the settings write the authority, so that a name and an OID for it are one.
    fn key(&self, settings: Option<&str>) -> PatientKey {
        let own = if self.authority.is_empty() { &self.universal } else { &self.authority };
        let authority = settings.filter(|wanted| self.is_of(wanted)).unwrap_or(own);
        PatientKey { authority: authority.to_string(), value: self.value.clone() }
    }
}

fn numbers(field: Field) -> Vec<Number> {
    field.repetitions().filter_map(Number::of).collect()
}

fn record_number(ids: &[Number]) -> Option<usize> {
    let of_type = ids.iter().position(|id| id.kind.eq_ignore_ascii_case("MR"));
    of_type.or_else(|| ids.iter().position(|id| !id.is_private()))
}
