//! What was just done, said once on the next page. The cookie holds a word and ids, never a name or free text.

use axum::http::HeaderMap;
use care::id::{ChangeId, EncounterId, EnrolmentId, PatientId};
use pages::{Flash, Tone, Undo};

use super::actor::cookie;
use super::enrolments::EnrolAct;
use super::visits::VisitAct;

const NAME: &str = "stepwell_said";
pub const GONE: &str = "stepwell_said=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Can be undone for a minute.
    Visit {
        act: VisitAct,
        patient: PatientId,
        visit: EncounterId,
        change: ChangeId,
        today: bool,
    },
    /// Can be undone for a minute.
    Enrolment {
        act: EnrolAct,
        patient: PatientId,
        enrolment: EnrolmentId,
        change: ChangeId,
    },
    ListStopped,
    VisitLogged,
    TakenBack,
    PatientAdded,
    SwitchedOn,
    SwitchedOff,
    Replayed,
    RefusedAgain,
    NoticeDone,
    WillResend,
    WillLeave,
}

const PLAIN: [(Said, &str); 11] = [
    (Said::ListStopped, "list-stopped"),
    (Said::VisitLogged, "logged"),
    (Said::TakenBack, "taken-back"),
    (Said::PatientAdded, "added"),
    (Said::SwitchedOn, "on"),
    (Said::SwitchedOff, "off"),
    (Said::Replayed, "replayed"),
    (Said::RefusedAgain, "refused-again"),
    (Said::NoticeDone, "done"),
    (Said::WillResend, "resend"),
    (Said::WillLeave, "leave"),
];

impl Said {
    pub fn cookie(&self) -> String {
        format!("{NAME}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60", self.code())
    }

    fn code(&self) -> String {
        match self {
            Said::Visit { act, patient, visit, change, today } => {
                format!("{}.{patient}.{visit}.{change}.{}", act.route(), if *today { "today" } else { "patient" })
            }
            Said::Enrolment { act, patient, enrolment, change } => {
                format!("enrolment.{}.{patient}.{enrolment}.{change}", act.route())
            }
            plain => PLAIN.iter().find(|(said, _)| said == plain).map_or("", |(_, code)| code).to_owned(),
        }
    }

    fn read(code: &str) -> Option<Said> {
        if let Some((said, _)) = PLAIN.iter().find(|(_, plain)| *plain == code) {
            return Some(*said);
        }
        let parts: Vec<&str> = code.split('.').collect();
        if let ["enrolment", act, patient, enrolment, change] = parts[..] {
            return Some(Said::Enrolment {
                act: EnrolAct::of_route(act)?,
                patient: patient.parse().ok()?,
                enrolment: enrolment.parse().ok()?,
                change: change.parse().ok()?,
            });
        }
        let [act, patient, visit, change, back] = parts[..] else { return None };
        Some(Said::Visit {
            act: VisitAct::of_route(act)?,
            patient: patient.parse().ok()?,
            visit: visit.parse().ok()?,
            change: change.parse().ok()?,
            today: back == "today",
        })
    }

    pub fn of(headers: &HeaderMap) -> Option<Said> {
        Said::read(cookie(headers, NAME)?)
    }

    pub fn flash(self) -> Flash {
        let (tone, text) = match self {
            Said::Visit { act, .. } => (Tone::Good, format!("{} You can undo this for 60 seconds.", act.done())),
            Said::Enrolment { act, .. } => (Tone::Good, format!("{} You can undo this for 60 seconds.", act.done())),
            Said::ListStopped => (Tone::Note, "All of this list is being stopped.".into()),
            Said::VisitLogged => (Tone::Good, "The visit is logged.".into()),
            Said::TakenBack => (Tone::Note, "Undone. It is as it was before.".into()),
            Said::PatientAdded => (Tone::Good, "The patient is added.".into()),
            Said::SwitchedOn => (Tone::Good, "The workflow is active from now on.".into()),
            Said::SwitchedOff => (Tone::Note, "The workflow is inactive. What it had planned waits.".into()),
            Said::Replayed => (Tone::Good, "The message is in the inbox again and will be read in a moment.".into()),
            Said::RefusedAgain => (Tone::Problem, "The message was read again and refused again.".into()),
            Said::NoticeDone => (Tone::Good, "Settled.".into()),
            Said::WillResend => (Tone::Good, "It will be sent again.".into()),
            Said::WillLeave => (Tone::Note, "It is left as it is and will not be sent again.".into()),
        };
        Flash { tone, text, undo: self.undo() }
    }

    fn undo(self) -> Option<Undo> {
        let (action, change, back) = match self {
            Said::Visit { act, patient, visit, change, today } => {
                let back = if today { "today" } else { "patient" };
                (format!("/patients/{patient}/visits/{visit}/{}", act.route()), change, back)
            }
            Said::Enrolment { act, patient, enrolment, change } => {
                (format!("/patients/{patient}/enrolments/{enrolment}/{}", act.route()), change, "patient")
            }
            Said::ListStopped
            | Said::VisitLogged
            | Said::TakenBack
            | Said::PatientAdded
            | Said::SwitchedOn
            | Said::SwitchedOff
            | Said::Replayed
            | Said::RefusedAgain
            | Said::NoticeDone
            | Said::WillResend
            | Said::WillLeave => return None,
        };
        Some(Undo {
            action,
            label: "Undo".into(),
            fields: vec![
                ("_method".into(), "DELETE".into()),
                ("change".into(), change.to_string()),
                ("back".into(), back.into()),
            ],
        })
    }
}

pub fn is_there(headers: &HeaderMap) -> bool {
    cookie(headers, NAME).is_some_and(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn everything_said_is_read_back() {
        let id = Uuid::from_u128;
        let visit = |act| Said::Visit {
            act,
            patient: PatientId(id(1)),
            visit: EncounterId(id(2)),
            change: ChangeId(id(3)),
            today: true,
        };
        let enrolment = |act| Said::Enrolment {
            act,
            patient: PatientId(id(1)),
            enrolment: EnrolmentId(id(2)),
            change: ChangeId(id(3)),
        };
        let acts = VisitAct::ALL.into_iter().map(visit).chain([EnrolAct::Beginning, EnrolAct::End].map(enrolment));
        for said in PLAIN.into_iter().map(|(said, _)| said).chain(acts) {
            assert_eq!(Said::read(&said.code()), Some(said));
        }
    }

    #[test]
    fn a_made_up_cookie_says_nothing() {
        for code in ["", "x", "arrival.1.2.3.today", "arrival", "<b>"] {
            assert_eq!(Said::read(code), None);
        }
    }
}
