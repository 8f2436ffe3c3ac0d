//! What a person may do, by role: one closed table.

use store::StaffRole;

/// Each handler asks for exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    SeePatients,
    AddPatients,
    ChangeVisits,
    /// Settle what waits on the work list: notices, deliveries nobody knows the end of.
    SettleWork,
    SeeWorkflows,
    SwitchWorkflows,
    /// Try a workflow on the clinic's patients; nothing is sent or written.
    RehearseWorkflows,
    SeeRefusedMessages,
    ReplayMessages,
    SwitchInterfaces,
    /// The demo's mailbox and clock; they exist in the demo only.
    PlayDemo,
}

impl Permission {
    #[cfg(test)]
    pub const ALL: [Permission; 11] = [
        Permission::SeePatients,
        Permission::AddPatients,
        Permission::ChangeVisits,
        Permission::SettleWork,
        Permission::SeeWorkflows,
        Permission::SwitchWorkflows,
        Permission::RehearseWorkflows,
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
            | Permission::ChangeVisits
            | Permission::SettleWork
            | Permission::SeeWorkflows
            | Permission::SeeRefusedMessages
            | Permission::PlayDemo => true,
            Permission::RehearseWorkflows => role != StaffRole::FrontDesk,
            Permission::SwitchWorkflows | Permission::ReplayMessages | Permission::SwitchInterfaces => {
                role == StaffRole::Admin
            }
        }
    }

    /// For "only an administrator may …".
    pub fn words(self) -> &'static str {
        match self {
            Permission::SeePatients => "see patients",
            Permission::AddPatients => "add patients",
            Permission::ChangeVisits => "change visits",
            Permission::SettleWork => "settle the work list",
            Permission::SeeWorkflows => "see workflows",
            Permission::RehearseWorkflows => "rehearse workflows",
            Permission::SwitchWorkflows => "switch workflows on and off",
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
    fn only_an_administrator_switches_workflows_and_interfaces_and_replays_messages() {
        for role in [StaffRole::FrontDesk, StaffRole::Practitioner] {
            let others = Permission::ALL.into_iter().filter(|p| *p != Permission::RehearseWorkflows);
            let refused: Vec<_> = others.filter(|p| !p.is_held_by(role)).collect();
            assert_eq!(
                refused,
                [Permission::SwitchWorkflows, Permission::ReplayMessages, Permission::SwitchInterfaces]
            );
        }
        assert!(Permission::RehearseWorkflows.is_held_by(StaffRole::Practitioner));
        assert!(!Permission::RehearseWorkflows.is_held_by(StaffRole::FrontDesk));
    }
}
