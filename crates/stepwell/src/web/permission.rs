//! What a person may do, by role: one closed table.

use store::StaffRole;

/// Each handler asks for exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    SeePatients,
    AddPatients,
    /// Details, consent, STOP; stop a run, take back what was given.
    ChangePatients,
    /// Write again to an address that said STOP or sent messages back.
    LiftStops,
    ChangeVisits,
    /// Put one patient on a workflow, or stop that.
    EnrolPatients,
    /// Put a whole list of patients on a workflow.
    EnrolLists,
    /// Settle what waits on the work list: notices, deliveries nobody knows the end of.
    SettleWork,
    SeeWorkflows,
    SwitchWorkflows,
    EditWorkflows,
    /// Try a workflow on the clinic's patients; nothing is sent or written.
    RehearseWorkflows,
    SeeRefusedMessages,
    ReplayMessages,
    SwitchInterfaces,
    /// Say what an EMR's words mean, and what arrived and ended mean at a location.
    MapInterfaces,
    MergePatients,
    UnmergePatients,
    /// Say on which days a location is closed.
    CloseDays,
    /// Say which systems beside ours are called, and see the secret of a new one.
    SetUpWebhooks,
    /// Say when texts may go out.
    SetTextHours,
    /// The demo's mailbox and clock; they exist in the demo only.
    PlayDemo,
}

impl Permission {
    #[cfg(test)]
    pub const ALL: [Permission; 22] = [
        Permission::SeePatients,
        Permission::AddPatients,
        Permission::ChangePatients,
        Permission::LiftStops,
        Permission::ChangeVisits,
        Permission::EnrolPatients,
        Permission::EnrolLists,
        Permission::SettleWork,
        Permission::SeeWorkflows,
        Permission::SwitchWorkflows,
        Permission::EditWorkflows,
        Permission::RehearseWorkflows,
        Permission::SeeRefusedMessages,
        Permission::ReplayMessages,
        Permission::SwitchInterfaces,
        Permission::MapInterfaces,
        Permission::MergePatients,
        Permission::UnmergePatients,
        Permission::CloseDays,
        Permission::SetUpWebhooks,
        Permission::SetTextHours,
        Permission::PlayDemo,
    ];

    /// The table.
    pub fn is_held_by(self, role: StaffRole) -> bool {
        match self {
            Permission::SeePatients
            | Permission::AddPatients
            | Permission::ChangePatients
            | Permission::ChangeVisits
            | Permission::EnrolPatients
            | Permission::SettleWork
            | Permission::SeeWorkflows
            | Permission::SeeRefusedMessages
            | Permission::MergePatients
            | Permission::PlayDemo => true,
            Permission::LiftStops
            | Permission::EnrolLists
            | Permission::SwitchWorkflows
            | Permission::EditWorkflows
            | Permission::ReplayMessages
            | Permission::SwitchInterfaces
            | Permission::MapInterfaces
            | Permission::SetUpWebhooks
            | Permission::SetTextHours
            | Permission::UnmergePatients => role == StaffRole::Admin,
            Permission::RehearseWorkflows => role != StaffRole::FrontDesk,
            Permission::CloseDays => matches!(role, StaffRole::Admin | StaffRole::FrontDesk),
        }
    }

    /// Who may, for those who may not.
    pub fn holders(self) -> &'static str {
        if self.is_held_by(StaffRole::FrontDesk) {
            "Only an administrator or the front desk"
        } else if self.is_held_by(StaffRole::Practitioner) {
            "Only an administrator or a practitioner"
        } else {
            "Only an administrator"
        }
    }

    /// For "only an administrator may …".
    pub fn words(self) -> &'static str {
        match self {
            Permission::SeePatients => "see patients",
            Permission::AddPatients => "add patients",
            Permission::ChangePatients => "change a patient's record",
            Permission::LiftStops => "lift a stop on an address",
            Permission::ChangeVisits => "change visits",
            Permission::EnrolPatients => "put patients on workflows",
            Permission::EnrolLists => "put a list of patients on a workflow",
            Permission::SettleWork => "settle the work list",
            Permission::SeeWorkflows => "see workflows",
            Permission::RehearseWorkflows => "rehearse workflows",
            Permission::SwitchWorkflows => "switch workflows on and off",
            Permission::EditWorkflows => "edit workflows",
            Permission::SeeRefusedMessages => "see refused messages",
            Permission::ReplayMessages => "replay messages",
            Permission::SwitchInterfaces => "switch interfaces",
            Permission::MapInterfaces => "say what the EMR means",
            Permission::MergePatients => "merge patients",
            Permission::UnmergePatients => "undo a merge",
            Permission::CloseDays => "say on which days a location is closed",
            Permission::SetUpWebhooks => "set up webhooks",
            Permission::SetTextHours => "say when texts go out",
            Permission::PlayDemo => "play the demo",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_do_everything() {
        assert!(Permission::ALL.iter().all(|p| p.is_held_by(StaffRole::Admin)));
    }

    #[test]
    fn only_an_administrator_switches_edits_maps_replays_lifts_and_enrols_lists() {
        let administrators = [
            Permission::LiftStops,
            Permission::EnrolLists,
            Permission::SwitchWorkflows,
            Permission::EditWorkflows,
            Permission::ReplayMessages,
            Permission::SwitchInterfaces,
            Permission::MapInterfaces,
            Permission::SetUpWebhooks,
            Permission::SetTextHours,
            Permission::UnmergePatients,
        ];
        for role in [StaffRole::FrontDesk, StaffRole::Practitioner] {
            for permission in administrators {
                assert!(!permission.is_held_by(role), "{permission:?} {role:?}");
                assert_eq!(permission.holders(), "Only an administrator");
            }
        }
        assert!(Permission::RehearseWorkflows.is_held_by(StaffRole::Practitioner));
        assert!(!Permission::RehearseWorkflows.is_held_by(StaffRole::FrontDesk));
    }

    #[test]
    fn the_front_desk_closes_days_and_practitioners_do_not() {
        assert!(Permission::CloseDays.is_held_by(StaffRole::FrontDesk));
        assert!(!Permission::CloseDays.is_held_by(StaffRole::Practitioner));
        assert!(Permission::CloseDays.holders().ends_with("front desk"));
    }
}
