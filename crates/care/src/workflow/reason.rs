//! The closed list of reasons, docs/SEMANTICS.md section 6.

use serde::{Deserialize, Serialize};

macro_rules! reasons {
    ($($name:ident = $code:literal),* $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason { $(#[serde(rename = $code)] $name),* }

        impl Reason {
            pub const ALL: &'static [Reason] = &[$(Reason::$name),*];

            pub fn code(self) -> &'static str {
                match self { $(Reason::$name => $code),* }
            }
        }
    };
}

reasons! {
    TriggerNotMet = "trigger_not_met",
    NotInGroup = "not_in_group",
    LeftGroup = "left_group",
    WorkflowInactive = "workflow_inactive",
    NotForThisLocation = "not_for_this_location",
    AlreadyRan = "already_ran",
    TooSoonSinceLastRun = "too_soon_since_last_run",
    Loading = "loading",
    Late = "late",
    Expired = "expired",
    Collapsed = "collapsed",
    JoinedIntoOtherMessage = "joined_into_other_message",
    AnchorCancelled = "anchor_cancelled",
    AnchorMoved = "anchor_moved",
    AnchorNoLongerValid = "anchor_no_longer_valid",
    StateCorrected = "state_corrected",
    EpisodeDischarged = "episode_discharged",
    GoalReached = "goal_reached",
    AlreadyGiven = "already_given",
    PatientDeceased = "patient_deceased",
    PatientInactive = "patient_inactive",
    PatientMerged = "patient_merged",
    TestPatient = "test_patient",
    DoNotContact = "do_not_contact",
    NoConsent = "no_consent",
    OptedOut = "opted_out",
    NoGuardian = "no_guardian",
    NoAddress = "no_address",
    PlaceholderAddress = "placeholder_address",
    AddressSuppressed = "address_suppressed",
    ChannelNotSetUp = "channel_not_set_up",
    ChannelDown = "channel_down",
    SendRule = "send_rule",
    AttentionBudget = "attention_budget",
    QuietHours = "quiet_hours",
    StaleFeed = "stale_feed",
    ClosedDay = "closed_day",
    ContentWithdrawn = "content_withdrawn",
    SupersededByVersion = "superseded_by_version",
    StoppedByStaff = "stopped_by_staff",
    RefusedByGateway = "refused_by_gateway",
    GaveUp = "gave_up",
    UncertainHeld = "uncertain_held",
    LoopLimit = "loop_limit",
}

impl Reason {
    /// Whether a step cancelled for this reason is planned anew when the reason falls away.
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Reason::AnchorCancelled
                | Reason::AnchorMoved
                | Reason::AnchorNoLongerValid
                | Reason::StateCorrected
                | Reason::EpisodeDischarged
                | Reason::PatientDeceased
                | Reason::PatientInactive
                | Reason::TestPatient
                | Reason::DoNotContact
                | Reason::NotInGroup
                | Reason::TriggerNotMet
                | Reason::AlreadyRan
                | Reason::TooSoonSinceLastRun
                | Reason::NotForThisLocation
                | Reason::StoppedByStaff
                | Reason::PatientMerged
        )
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::str::FromStr for Reason {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Reason::ALL.iter().copied().find(|r| r.code() == text).ok_or_else(|| format!("`{text}` is not a reason"))
    }
}
