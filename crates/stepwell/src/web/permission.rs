//! What a person may do, by role: one closed table.

use store::StaffRole;

use StaffRole::{Admin, FrontDesk, Practitioner};

const EVERYBODY: &[StaffRole] = &[Admin, FrontDesk, Practitioner];
const DESK: &[StaffRole] = &[Admin, FrontDesk];
const CLINICIANS: &[StaffRole] = &[Admin, Practitioner];
const ADMINISTRATORS: &[StaffRole] = &[Admin];

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
    SeeLibrary,
    /// Bring own items, say which instrument scores a form, and record by what right it is used.
    EditLibrary,
    SeeRefusedMessages,
    ReplayMessages,
    SwitchInterfaces,
    /// Upload files of patients, episodes or visits, say what their columns hold, and import them.
    ImportFiles,
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
    ChooseOutcomeForms,
    /// Say who acts on an answer that may mean harm, and whether it may be asked by a link.
    SetOnCall,
    /// Go into another clinic of the account; the session says whether they administer one.
    ChangeClinic,
    /// The demo's mailbox and clock; they exist in the demo only.
    PlayDemo,
}

impl Permission {
    /// The table: who may, and what, as in "only an administrator may …".
    fn row(self) -> (&'static [StaffRole], &'static str) {
        match self {
            Permission::SeePatients => (EVERYBODY, "see patients"),
            Permission::AddPatients => (EVERYBODY, "add patients"),
            Permission::ChangePatients => (EVERYBODY, "change a patient's record"),
            Permission::LiftStops => (ADMINISTRATORS, "lift a stop on an address"),
            Permission::ChangeVisits => (EVERYBODY, "change visits"),
            Permission::EnrolPatients => (EVERYBODY, "put patients on workflows"),
            Permission::EnrolLists => (ADMINISTRATORS, "put a list of patients on a workflow"),
            Permission::SettleWork => (EVERYBODY, "settle the work list"),
            Permission::SeeWorkflows => (EVERYBODY, "see workflows"),
            Permission::SwitchWorkflows => (ADMINISTRATORS, "switch workflows on and off"),
            Permission::EditWorkflows => (ADMINISTRATORS, "edit workflows"),
            Permission::RehearseWorkflows => (CLINICIANS, "rehearse workflows"),
            Permission::SeeLibrary => (EVERYBODY, "see the library"),
            Permission::EditLibrary => (ADMINISTRATORS, "change the library"),
            Permission::SeeRefusedMessages => (EVERYBODY, "see refused messages"),
            Permission::ReplayMessages => (ADMINISTRATORS, "replay messages"),
            Permission::SwitchInterfaces => (ADMINISTRATORS, "switch interfaces"),
            Permission::ImportFiles => (ADMINISTRATORS, "import files"),
            Permission::MapInterfaces => (ADMINISTRATORS, "say what the EMR means"),
            Permission::MergePatients => (EVERYBODY, "merge patients"),
            Permission::UnmergePatients => (ADMINISTRATORS, "undo a merge"),
            Permission::CloseDays => (DESK, "say on which days a location is closed"),
            Permission::SetUpWebhooks => (ADMINISTRATORS, "set up webhooks"),
            Permission::SetTextHours => (ADMINISTRATORS, "say when texts go out"),
            Permission::ChooseOutcomeForms => (ADMINISTRATORS, "choose outcome forms"),
            Permission::SetOnCall => (ADMINISTRATORS, "say who is on call"),
            Permission::ChangeClinic => (ADMINISTRATORS, "go into another clinic"),
            Permission::PlayDemo => (EVERYBODY, "play the demo"),
        }
    }

    pub fn is_held_by(self, role: StaffRole) -> bool {
        self.row().0.contains(&role)
    }

    /// Who may, for those who may not.
    pub fn holders(self) -> &'static str {
        if self.is_held_by(FrontDesk) {
            "Only an administrator or the front desk"
        } else if self.is_held_by(Practitioner) {
            "Only an administrator or a practitioner"
        } else {
            "Only an administrator"
        }
    }

    pub fn words(self) -> &'static str {
        self.row().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_is_never_left_out() {
        for roles in [EVERYBODY, DESK, CLINICIANS, ADMINISTRATORS] {
            assert!(roles.contains(&Admin));
        }
    }

    #[test]
    fn only_an_administrator_switches_edits_imports_maps_replays_lifts_and_enrols_lists() {
        let administrators = [
            Permission::LiftStops,
            Permission::EnrolLists,
            Permission::SwitchWorkflows,
            Permission::EditWorkflows,
            Permission::ReplayMessages,
            Permission::SwitchInterfaces,
            Permission::ImportFiles,
            Permission::MapInterfaces,
            Permission::SetUpWebhooks,
            Permission::SetTextHours,
            Permission::ChooseOutcomeForms,
            Permission::SetOnCall,
            Permission::UnmergePatients,
            Permission::ChangeClinic,
        ];
        for permission in administrators {
            assert!(!permission.is_held_by(FrontDesk) && !permission.is_held_by(Practitioner), "{permission:?}");
            assert_eq!(permission.holders(), "Only an administrator");
        }
    }

    #[test]
    fn the_front_desk_closes_days_and_practitioners_rehearse() {
        assert!(Permission::CloseDays.is_held_by(FrontDesk) && !Permission::CloseDays.is_held_by(Practitioner));
        assert_eq!(Permission::CloseDays.holders(), "Only an administrator or the front desk");
        let rehearse = Permission::RehearseWorkflows;
        assert!(rehearse.is_held_by(Practitioner) && !rehearse.is_held_by(FrontDesk));
        assert_eq!(rehearse.holders(), "Only an administrator or a practitioner");
    }
}
