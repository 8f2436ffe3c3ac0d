//! The front desk's files, beside what staff do by hand.

use std::path::Path;

use care::chart::{Act, EncounterChange, EncounterKey, Source, What};
use care::id::{EncounterId, PatientId, StaffId};
use stepwell::runner::{Context, NewChange, record};
use store::KeyKind;

use crate::app::TestApp;

impl TestApp {
    /// The patient the front desk knows by a number.
    pub async fn patient_of_the_desk(&self, number: &str) -> PatientId {
        PatientId(self.tx().await.find_key(KeyKind::Patient, "DESK", number).await.unwrap().unwrap().0)
    }

    pub async fn staff_cancels(&self, patient: PatientId, visit: EncounterId) {
        let source = Source::Staff(StaffId(self.roof.new_id()));
        let what = What::Encounter(EncounterChange::new(visit, EncounterKey::Appointment, Act::Cancel));
        let change = NewChange { at: self.roof.now(), source, what, message: None };
        let mut tx = self.tx().await;
        let context = Context::load(&self.roof, &mut tx).await.unwrap();
        let patient = store::patient_lock(&mut tx, patient).await.unwrap().unwrap();
        record(&self.roof, &mut tx, &context, patient, vec![change], false).await.unwrap();
        tx.commit().await.unwrap();
        self.all_work_is_done().await;
    }

    /// From now on files put into this folder are visits.
    pub async fn desk_watches(&self, folder: &Path) {
        let mut tx = self.tx().await;
        let mut desk = tx.interfaces().await.unwrap().into_iter().find(|feed| feed.name == "The front desk").unwrap();
        desk.settings["csv"]["watch"] =
            serde_json::json!({ "folder": folder.display().to_string(), "map": "daily visits", "complete": false });
        tx.put_interface(&desk).await.unwrap();
        tx.commit().await.unwrap();
    }
}
