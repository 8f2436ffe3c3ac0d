//! What was just done, said once on the next page. The cookie holds a word and ids, never a name or free text.

use axum::http::HeaderMap;
use care::id::{ChangeId, EncounterId, EnrolmentId, LocationId, PatientId};
use jiff::civil::Date;
use pages::{Flash, Tone, Undo};

use super::actor::cookie;
use super::by_hand::{HandAct, StopAct};
use super::enrolments::EnrolAct;
use super::may_send::Place;
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
    Hand {
        act: HandAct,
        patient: PatientId,
        change: ChangeId,
    },
    /// Can be undone for a minute.
    Stop {
        act: StopAct,
        patient: PatientId,
        place: Place,
    },
    DayOpened {
        location: LocationId,
        day: Date,
    },
    DaysClosed,
    DayStaysClosed,
    GuardKept,
    Released,
    Dropped,
    FormSaved,
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
    Published,
    Replayed,
    RefusedAgain,
    NoticeDone,
    WillResend,
    WillLeave,
    WentLive,
    GoingLive,
    LoadsAgain,
    Mapped,
    PlaceSaved,
    Merged,
    Unmerged,
    WebhookOn,
    WebhookOff,
    WebhookRemoved,
    TextHoursKept,
    OutcomeFormsKept,
    OnCallKept,
    OnCallRemoved,
    LicenceKept,
    LicenceRemoved,
    ItemPublished,
}

const PLAIN: [(Said, &str); 35] = [
    (Said::DaysClosed, "closed"),
    (Said::DayStaysClosed, "stays-closed"),
    (Said::GuardKept, "guard"),
    (Said::Released, "released"),
    (Said::Dropped, "dropped"),
    (Said::FormSaved, "form-saved"),
    (Said::ListStopped, "list-stopped"),
    (Said::VisitLogged, "logged"),
    (Said::TakenBack, "taken-back"),
    (Said::PatientAdded, "added"),
    (Said::SwitchedOn, "on"),
    (Said::SwitchedOff, "off"),
    (Said::Published, "published"),
    (Said::Replayed, "replayed"),
    (Said::RefusedAgain, "refused-again"),
    (Said::NoticeDone, "done"),
    (Said::WillResend, "resend"),
    (Said::WillLeave, "leave"),
    (Said::WentLive, "live"),
    (Said::GoingLive, "going-live"),
    (Said::LoadsAgain, "loads-again"),
    (Said::Mapped, "mapped"),
    (Said::PlaceSaved, "place"),
    (Said::Merged, "merged"),
    (Said::Unmerged, "unmerged"),
    (Said::WebhookOn, "webhook-on"),
    (Said::WebhookOff, "webhook-off"),
    (Said::WebhookRemoved, "webhook-removed"),
    (Said::TextHoursKept, "text-hours"),
    (Said::OutcomeFormsKept, "outcome-forms"),
    (Said::OnCallKept, "on-call"),
    (Said::OnCallRemoved, "on-call-removed"),
    (Said::LicenceKept, "licence"),
    (Said::LicenceRemoved, "licence-removed"),
    (Said::ItemPublished, "item"),
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
            Said::Hand { act, patient, change } => format!("hand.{}.{patient}.{change}", act.word()),
            Said::Stop { act, patient, place } => {
                format!("{}.{patient}.{}", if *act == StopAct::Lifted { "lifted" } else { "stopped" }, place.word())
            }
            Said::DayOpened { location, day } => format!("opened.{location}.{day}"),
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
        Some(match parts[..] {
            ["enrolment", act, patient, enrolment, change] => Said::Enrolment {
                act: EnrolAct::of_route(act)?,
                patient: patient.parse().ok()?,
                enrolment: enrolment.parse().ok()?,
                change: change.parse().ok()?,
            },
            [act, patient, visit, change, back] => Said::Visit {
                act: VisitAct::of_route(act)?,
                patient: patient.parse().ok()?,
                visit: visit.parse().ok()?,
                change: change.parse().ok()?,
                today: back == "today",
            },
            ["hand", act, patient, change] => {
                Said::Hand { act: HandAct::of_word(act)?, patient: patient.parse().ok()?, change: change.parse().ok()? }
            }
            [word @ ("stopped" | "lifted"), patient, place] => Said::Stop {
                act: if word == "lifted" { StopAct::Lifted } else { StopAct::Stopped },
                patient: patient.parse().ok()?,
                place: Place::of_word(place)?,
            },
            ["opened", location, day] => Said::DayOpened { location: location.parse().ok()?, day: day.parse().ok()? },
            _ => return None,
        })
    }

    pub fn of(headers: &HeaderMap) -> Option<Said> {
        Said::read(cookie(headers, NAME)?)
    }

    pub fn flash(self) -> Flash {
        let (tone, text) = match self {
            Said::Visit { act, .. } => (Tone::Good, format!("{} You can undo this for 60 seconds.", act.done())),
            Said::Hand { act, .. } => (Tone::Good, format!("{} You can undo this for 60 seconds.", act.done())),
            Said::Stop { act: StopAct::Lifted, .. } => {
                (Tone::Note, "The address may be written to again. You can undo this for 60 seconds.".into())
            }
            Said::Stop { .. } => {
                (Tone::Good, "Nothing more goes to this address. You can undo this for 60 seconds.".into())
            }
            Said::DayOpened { .. } => (Tone::Note, "It opens again in a minute; until then you can undo this.".into()),
            Said::DaysClosed => (Tone::Good, "Closed. Reminders are held; the visits to be moved are listed.".into()),
            Said::DayStaysClosed => (Tone::Note, "It stays closed.".into()),
            Said::GuardKept => (Tone::Good, "The settings of the feed are kept.".into()),
            Said::Released => (Tone::Good, "What was held goes now.".into()),
            Said::Dropped => (Tone::Note, "What was held is dropped and will not be sent.".into()),
            Said::Enrolment { act, .. } => (Tone::Good, format!("{} You can undo this for 60 seconds.", act.done())),
            Said::FormSaved => (Tone::Good, "Saved. The form is not handed in yet.".into()),
            Said::ListStopped => (Tone::Note, "All of this list is being stopped.".into()),
            Said::VisitLogged => (Tone::Good, "The visit is logged.".into()),
            Said::TakenBack => (Tone::Note, "Undone. It is as it was before.".into()),
            Said::PatientAdded => (Tone::Good, "The patient is added.".into()),
            Said::SwitchedOn => (Tone::Good, "The workflow is active from now on.".into()),
            Said::SwitchedOff => (Tone::Note, "The workflow is inactive. What it had planned waits.".into()),
            Said::Published => (Tone::Good, "The version is published. New runs take it.".into()),
            Said::Replayed => (Tone::Good, "The message is in the inbox again and will be read in a moment.".into()),
            Said::RefusedAgain => (Tone::Problem, "The message was read again and refused again.".into()),
            Said::NoticeDone => (Tone::Good, "Settled.".into()),
            Said::WillResend => (Tone::Good, "It will be sent again.".into()),
            Said::WillLeave => (Tone::Note, "It is left as it is and will not be sent again.".into()),
            Said::WentLive => (Tone::Good, "The interface is live: what is new from now on fires.".into()),
            Said::GoingLive => (Tone::Good, "The interface goes live; the visits ahead are being taken up.".into()),
            Said::LoadsAgain => (Tone::Note, "The interface is loading: facts enter and nothing fires.".into()),
            Said::Mapped => (Tone::Good, "Saved. Charts with such visits are read anew.".into()),
            Said::PlaceSaved => (Tone::Good, "Saved. The charts of this location are read anew.".into()),
            Said::Merged => (Tone::Good, "The two records are one now.".into()),
            Said::Unmerged => (Tone::Note, "They are two records again.".into()),
            Said::WebhookOn => (Tone::Good, "The webhook is called from now on.".into()),
            Said::WebhookOff => (Tone::Note, "The webhook is off. Steps that call it are passed over.".into()),
            Said::WebhookRemoved => (Tone::Note, "The webhook is removed, and its secret with it.".into()),
            Said::OutcomeFormsKept => {
                (Tone::Good, "Saved. Whoever says from now on where it hurts gets the form you chose.".into())
            }
            Said::OnCallKept => (Tone::Good, "Saved. It counts from now on.".into()),
            Said::OnCallRemoved => {
                (Tone::Note, "Taken back. Forms that ask about harm are answered at the clinic only.".into())
            }
            Said::LicenceKept => (Tone::Good, "Recorded. Forms of this instrument can be brought in now.".into()),
            Said::LicenceRemoved => {
                (Tone::Note, "Taken back. Its forms are not given any more, nor chosen by region.".into())
            }
            Said::ItemPublished => (Tone::Good, "Published. It can be given from now on.".into()),
            Said::TextHoursKept => (Tone::Good, "Saved. What is planned is computed anew.".into()),
        };
        Flash { tone, text, undo: self.undo() }
    }

    fn undo(self) -> Option<Undo> {
        let undo = |action: String, fields: &[(&str, &str)]| {
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Some(Undo { action, label: "Undo".into(), fields })
        };
        let delete = ("_method", "DELETE");
        match self {
            Said::Visit { act, patient, visit, change, today } => {
                let back = if today { "today" } else { "patient" };
                let action = format!("/patients/{patient}/visits/{visit}/{}", act.route());
                undo(action, &[delete, ("change", &change.to_string()), ("back", back)])
            }
            Said::Hand { patient, change, .. } => undo(format!("/patients/{patient}/changes/{change}"), &[delete]),
            Said::Stop { act, patient, place } => {
                let action = format!("/patients/{patient}/stops/{}", place.word());
                let fields = [("undo", "yes"), delete];
                undo(action, if act == StopAct::Lifted { &fields[..1] } else { &fields })
            }
            Said::DayOpened { location, day } => undo(format!("/closed-days/{location}/{day}"), &[]),
            Said::Enrolment { act, patient, enrolment, change } => {
                let action = format!("/patients/{patient}/enrolments/{enrolment}/{}", act.route());
                undo(action, &[delete, ("change", &change.to_string()), ("back", "patient")])
            }
            Said::FormSaved
            | Said::ListStopped
            | Said::DaysClosed
            | Said::DayStaysClosed
            | Said::GuardKept
            | Said::Released
            | Said::Dropped
            | Said::VisitLogged
            | Said::TakenBack
            | Said::PatientAdded
            | Said::SwitchedOn
            | Said::SwitchedOff
            | Said::Published
            | Said::Replayed
            | Said::RefusedAgain
            | Said::NoticeDone
            | Said::WillResend
            | Said::WillLeave
            | Said::WentLive
            | Said::GoingLive
            | Said::LoadsAgain
            | Said::Mapped
            | Said::PlaceSaved
            | Said::Merged
            | Said::Unmerged
            | Said::WebhookOn
            | Said::WebhookOff
            | Said::WebhookRemoved
            | Said::OutcomeFormsKept
            | Said::OnCallKept
            | Said::OnCallRemoved
            | Said::LicenceKept
            | Said::LicenceRemoved
            | Said::ItemPublished
            | Said::TextHoursKept => None,
        }
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
        let hand = |act| Said::Hand { act, patient: PatientId(id(1)), change: ChangeId(id(3)) };
        let stop =
            |place| [StopAct::Stopped, StopAct::Lifted].map(|act| Said::Stop { act, patient: PatientId(id(1)), place });
        let all = PLAIN.into_iter().map(|(said, _)| said);
        let acts = VisitAct::ALL.into_iter().map(visit).chain(HandAct::ALL.into_iter().map(hand));
        let opened = Said::DayOpened { location: LocationId(id(4)), day: jiff::civil::date(2026, 3, 24) };
        let enrolment = |act| Said::Enrolment {
            act,
            patient: PatientId(id(1)),
            enrolment: EnrolmentId(id(2)),
            change: ChangeId(id(3)),
        };
        let acts = acts.chain([EnrolAct::Beginning, EnrolAct::End].map(enrolment));
        for said in all.chain(acts).chain([opened]).chain(Place::ALL.into_iter().flat_map(stop)) {
            assert_eq!(Said::read(&said.code()), Some(said));
        }
    }

    #[test]
    fn a_made_up_cookie_says_nothing() {
        for code in ["", "x", "arrival.1.2.3.today", "arrival", "<b>", "hand.x.1.2", "stopped.1.fax"] {
            assert_eq!(Said::read(code), None);
        }
    }
}
