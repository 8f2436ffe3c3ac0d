//! Ids as types, so that a run's id can never be passed where a patient's is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )*};
}

ids! {
    /// Clinics that share content.
    AccountId
    /// One clinic: the wall between tenants.
    OrganizationId
    /// A place where patients are seen; has a zone.
    LocationId
    PatientId
    /// One visit. A visit the EMR knows by two numbers has two of these; the chart says which is the first.
    EncounterId
    EpisodeId
    /// A feed from an EMR.
    InterfaceId
    /// One accepted change of a chart.
    ChangeId
    RunId
    /// One planned step of a run.
    PlannedStepId
    AssignmentId
    /// One patient put on a workflow by hand.
    EnrolmentId
    /// Patients put on a workflow together.
    EnrolmentListId
    DeliveryId
    AttemptId
    DecisionId
    /// A person who signs in.
    StaffId
    /// One imported file.
    ImportId
    /// A raw message as it came in.
    MessageId
}
