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
    /// Settle what waits on the work list: notices, deliveries nobody knows the end of.
    SettleWork,
    SeeWorkflows,
    SwitchWorkflows,
    EditWorkflows,
    SeeRefusedMessages,
    ReplayMessages,
    SwitchInterfaces,
    /// The demo's mailbox and clock; they exist in the demo only.
    PlayDemo,
}

impl Permission {
    #[cfg(test)]
    pub const ALL: [Permission; 13] = [
        Permission::SeePatients,
        Permission::AddPatients,
        Permission::ChangePatients,
        Permission::LiftStops,
        Permission::ChangeVisits,
        Permission::SettleWork,
        Permission::SeeWorkflows,
        Permission::SwitchWorkflows,
        Permission::EditWorkflows,
        Permission::SeeRefusedMessages,
        Permission::ReplayMessages,
        Permission::SwitchInterfaces,
        Permission::PlayDemo,
    ];

    /// The table.
    pub fn is_held_by(self, role: StaffRole) -> bool {
        match self {
            Permission::SeePatients
            | Permission::AddPatients
            | Permission::ChangePatients
            | Permission::ChangeVisits
            | Permission::SettleWork
            | Permission::SeeWorkflows
            | Permission::SeeRefusedMessages
            | Permission::PlayDemo => true,
            Permission::LiftStops
            | Permission::SwitchWorkflows
            | Permission::EditWorkflows
            | Permission::ReplayMessages
            | Permission::SwitchInterfaces => role == StaffRole::Admin,
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
            Permission::SettleWork => "settle the work list",
            Permission::SeeWorkflows => "see workflows",
            Permission::SwitchWorkflows => "switch workflows on and off",
            Permission::EditWorkflows => "edit workflows",
            Permission::SeeRefusedMessages => "see refused messages",
            Permission::ReplayMessages => "replay messages",
            Permission::SwitchInterfaces => "switch interfaces",
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
    fn only_an_administrator_switches_workflows_and_interfaces_replays_messages_and_lifts_stops() {
        for role in [StaffRole::FrontDesk, StaffRole::Practitioner] {
            let refused: Vec<_> = Permission::ALL.into_iter().filter(|p| !p.is_held_by(role)).collect();
            assert_eq!(
                refused,
                [
                    Permission::LiftStops,
                    Permission::SwitchWorkflows,
                    Permission::EditWorkflows,
                    Permission::ReplayMessages,
                    Permission::SwitchInterfaces
                ]
            );
        }
    }
}
