//! What each event means to us.

use care::chart::Act;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An appointment: what the event does, and whether the status (SCH-25) may know better.
    Appointment {
        act: Act,
        status_decides: bool,
    },
    /// A resource of an appointment was added or changed.
    Resource,
    /// The patient is there.
    Arrival,
    /// Something was charged for a visit.
    Charge,
    /// A visit to come, known to registration.
    PreAdmit,
    /// An end of visit or case, as the interface says.
    End,
    /// The end was wrong.
    EndUndone,
    VisitGone(Act),
    /// Demographics; the visit it names changes in its fields only.
    Demographics,
    /// The person only.
    Person,
    PersonGone,
    Merge,
    Unused(&'static str),
}

pub(super) fn of(kind: &str, event: &str) -> Meaning {
    match kind {
        "SIU" => of_siu(event),
        "ADT" => of_adt(event),
        "DFT" if event == "P03" => Meaning::Charge,
        "ACK" => Meaning::Unused("an acknowledgement"),
        _ => Meaning::Unused("no message about a patient's registration or schedule"),
    }
}

fn of_siu(event: &str) -> Meaning {
    let decided = |act| Meaning::Appointment { act, status_decides: false };
    let open = |act| Meaning::Appointment { act, status_decides: true };
    match event {
        "S12" => open(Act::Book),
        "S13" | "S14" => open(Act::Modify),
        "S15" | "S16" => decided(Act::Cancel),
        "S17" => decided(Act::Delete),
        "S26" => decided(Act::NoShow),
        "S18" | "S19" => Meaning::Resource,
        "S20" | "S21" | "S22" => Meaning::Unused("a resource was taken off an appointment"),
        "S23" | "S24" => Meaning::Unused("a free slot, no patient's visit"),
        _ => Meaning::Unused("a schedule event that changes no visit"),
    }
}

fn of_adt(event: &str) -> Meaning {
    match event {
        "A01" | "A04" | "A10" => Meaning::Arrival,
        "A05" | "A14" => Meaning::PreAdmit,
        "A03" => Meaning::End,
        "A13" => Meaning::EndUndone,
        "A11" | "A27" | "A38" => Meaning::VisitGone(Act::Cancel),
        "A23" => Meaning::VisitGone(Act::Delete),
        "A08" | "A31" => Meaning::Demographics,
        "A28" => Meaning::Person,
        "A29" => Meaning::PersonGone,
        "A18" | "A34" | "A36" | "A40" | "A47" => Meaning::Merge,
        "A35" | "A41" | "A42" | "A50" => Meaning::Unused("accounts or visits were merged, not patients"),
        _ => Meaning::Unused("a registration event that changes no outpatient visit"),
    }
}

/// What SCH-25 says happened; `None` when it only says that the appointment stands, or nothing we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Did(Act),
    /// Waits for a place: there is no booked time.
    Waitlist,
}

pub(super) fn of_status(status: &str) -> Option<Status> {
    let plain: String = status.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let act = match plain.as_str() {
        "started" | "arrived" | "checkedin" | "checkin" | "inprogress" => Act::Arrive,
        "complete" | "completed" | "checkedout" | "checkout" | "fulfilled" | "finished" => Act::Finish,
        "noshow" => Act::NoShow,
        "cancelled" | "canceled" | "dc" | "discontinued" => Act::Cancel,
        "deleted" => Act::Delete,
        "waitlist" => return Some(Status::Waitlist),
        _ => return None,
    };
    Some(Status::Did(act))
}
