//! What the demo's staff type at the location without an EMR: the same door as the pages' forms.

use std::collections::BTreeMap;

use care::chart::{Act, EncounterChange, EncounterKey, PatientChange, Sex, Source, VisitType, What, Write};
use care::id::{EncounterId, LocationId, OrganizationId, PatientId, StaffId};
use care::zone::CivilMoment;

use super::people::PEOPLE;
use super::story::ByHand;
use crate::Roof;
use crate::runner::{Context, NewChange, record};

/// Staff at one location, and whom they know.
pub struct Hand {
    pub organization: OrganizationId,
    pub location: LocationId,
    pub zone: String,
    pub staff: StaffId,
    pub patients: BTreeMap<usize, PatientId>,
    pub visits: BTreeMap<(usize, usize), EncounterId>,
}

impl Hand {
    pub async fn enter(&mut self, roof: &Roof, what: &ByHand) -> Result<(), store::Error> {
        let (person, what) = match what {
            ByHand::NewPatient { person } => (*person, What::Patient(Box::new(self.new_patient(*person)))),
            ByHand::Planned { person, visit, start, first } => {
                let kind = if *first { VisitType::InitialEvaluation } else { VisitType::FollowUp };
                let change = EncounterChange {
                    start: Write::Set(CivilMoment { civil: *start, zone: self.zone.clone() }),
                    minutes: Write::Set(45),
                    visit_type: Write::Set(kind),
                    location: Write::Set(self.location),
                    ..self.act(roof, *person, *visit, Act::Book)
                };
                (*person, What::Encounter(change))
            }
            ByHand::Arrived { person, visit } => {
                (*person, What::Encounter(self.act(roof, *person, *visit, Act::Arrive)))
            }
            ByHand::NoShow { person, visit } => {
                (*person, What::Encounter(self.act(roof, *person, *visit, Act::NoShow)))
            }
            ByHand::Cancelled { person, visit } => {
                (*person, What::Encounter(self.act(roof, *person, *visit, Act::Cancel)))
            }
        };
        let patient = *self.patients.entry(person).or_insert_with(|| PatientId(roof.new_id()));
        let mut tx = roof.app.begin(self.organization).await?;
        tx.create_patient(patient, roof.now()).await?;
        let context = Context::load(roof, &mut tx).await?;
        store::patient_lock(&mut tx, patient).await?;
        let change = NewChange { at: roof.now(), source: Source::Staff(self.staff), what, message: None };
        record(roof, &mut tx, &context, patient, vec![change], false).await?;
        tx.commit().await
    }

    fn act(&mut self, roof: &Roof, person: usize, visit: usize, act: Act) -> EncounterChange {
        let id = *self.visits.entry((person, visit)).or_insert_with(|| EncounterId(roof.new_id()));
        EncounterChange::new(id, EncounterKey::Appointment, act)
    }

    fn new_patient(&self, person: usize) -> PatientChange {
        let Some(person) = PEOPLE.get(person) else { return PatientChange::default() };
        PatientChange {
            given: Write::Set(person.given.into()),
            family: Write::Set(person.family.into()),
            birth_date: Write::some(person.birth.parse().ok()),
            sex: Write::Set(if person.sex == "F" { Sex::Female } else { Sex::Male }),
            language: Write::Set(person.language.into()),
            email: Write::Set(person.email.into()),
            mobile: Write::Set(person.mobile.into()),
            home_location: Write::Set(self.location),
            send_invite: Write::Set(true),
            ..PatientChange::default()
        }
    }
}
