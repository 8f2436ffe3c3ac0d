//! What happens in a story, read from a `[[when]]`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::file::When;
use super::read::{Reader, ScenarioError};
use crate::chart::{
    Act, AssignmentAct, Category, Channel, DUE_WITHIN, EncounterChange, EncounterKey, EnrolmentAct, EpisodeChange,
    EpisodeKey, PatientChange, Score, Source, Subject, VisitType, What, Write,
};
use crate::id::{AssignmentId, EncounterId, EnrolmentId, EpisodeId, InterfaceId, LocationId, PatientId, StaffId};
use crate::rehearsal::Gateway;
use crate::workflow::InFlight;
use crate::zone::{self, CivilMoment};

pub struct Event {
    pub at: Timestamp,
    pub happens: Happens,
}

pub enum Happens {
    Change {
        patient: PatientId,
        source: Source,
        /// When the source says it happened.
        stamped: Timestamp,
        what: What,
        label: Option<String>,
    },
    /// Done or withdrawn: the newest open assignment of this content, whatever its id.
    Newest {
        patient: PatientId,
        content: String,
        act: AssignmentAct,
    },
    Undone {
        label: String,
    },
    Activated {
        workflow: String,
        cover: bool,
        locations: Option<BTreeSet<LocationId>>,
    },
    Deactivated {
        workflow: String,
    },
    Published {
        workflow: String,
        version: u32,
        in_flight: InFlight,
    },
    Day {
        location: LocationId,
        date: Date,
        closed: bool,
    },
    Feed {
        location: LocationId,
        feed: Feed,
    },
    Loading,
    Live {
        cover: bool,
    },
    Mapped {
        code: String,
        is: Option<VisitType>,
    },
    Claimed {
        code: String,
        name: String,
    },
    /// STOP, from the patient's own address on a channel.
    Stop {
        patient: PatientId,
        channel: Channel,
    },
    ChannelDown {
        channel: Channel,
        down: bool,
    },
    Gateway {
        channel: Channel,
        gateway: Gateway,
    },
    /// A template is gone: what it was to say cannot be said.
    ContentWithdrawn {
        content: String,
    },
    Merged {
        survivor: PatientId,
        gone: PatientId,
        undone: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    Silent,
    CaughtUp,
    Released,
    Dropped,
}

/// Every word that may stand in `change`.
const WORDS: &str = "encounter.planned, .rescheduled, .cancelled, .no_show, .arrived, .finished, .reinstated, \
    episode.opened, .discharged, .reopened, patient.created, .updated, .registered, .logged_in, .enrolled, \
    .enrolment_stopped, .merged, .unmerged, assignment.given, .completed, .withdrawn, run.stopped, consent.given, \
    .withdrawn, stop.received, workflow.activated, .deactivated, .published, clinic.day_closed, .day_opened, \
    feed.silent, .caught_up, .released, .dropped, interface.loading, .live, visit_type.mapped, practitioner.claimed, \
    channel.down, .up, gateway.refuses, .fails, .breaks, .accepts, content.withdrawn, undone";

/// A line of the story with the place where it stands, for errors.
struct Line<'a> {
    when: &'a When,
    at: Timestamp,
    place: usize,
    /// The patient is one of the story's.
    known: &'a dyn Fn(&String) -> bool,
}

impl Reader<'_> {
    pub(super) fn event(
        &mut self,
        when: &serde_spanned::Spanned<When>,
        known: &dyn Fn(&String) -> bool,
    ) -> Result<Event, ScenarioError> {
        let (place, when) = (when.span().start, when.get_ref());
        let at = self.moment(&when.at)?.instant();
        let line = Line { when, at, place, known };
        let happens = match self.of_the_clinic(&line)? {
            Some(happens) => happens,
            None => self.of_a_patient(&line)?,
        };
        Ok(Event { at, happens })
    }

    /// What happens to the clinic as a whole.
    fn of_the_clinic(&mut self, line: &Line) -> Result<Option<Happens>, ScenarioError> {
        let when = line.when;
        let workflow = |reader: &Self| reader.needs(line, "workflow", when.workflow.clone());
        Ok(Some(match when.change.get_ref().as_str() {
            "workflow.activated" => {
                let locations = when.locations.as_ref().map(|names| self.locations(names, line)).transpose()?;
                Happens::Activated { workflow: workflow(self)?, cover: when.cover.unwrap_or(false), locations }
            }
            "workflow.deactivated" => Happens::Deactivated { workflow: workflow(self)? },
            "workflow.published" => Happens::Published {
                workflow: workflow(self)?,
                version: self.needs(line, "version", when.version)?,
                in_flight: self.in_flight(line)?,
            },
            word @ ("clinic.day_closed" | "clinic.day_opened") => {
                let date = when.date.as_ref().map(|d| self.date(d)).transpose()?;
                let date = self.needs(line, "date", date)?;
                Happens::Day { location: self.place(line)?, date, closed: word == "clinic.day_closed" }
            }
            "feed.silent" => Happens::Feed { location: self.place(line)?, feed: Feed::Silent },
            "feed.caught_up" => Happens::Feed { location: self.place(line)?, feed: Feed::CaughtUp },
            "feed.released" => Happens::Feed { location: self.place(line)?, feed: Feed::Released },
            "feed.dropped" => Happens::Feed { location: self.place(line)?, feed: Feed::Dropped },
            "interface.loading" => Happens::Loading,
            "interface.live" => Happens::Live { cover: when.cover.unwrap_or(false) },
            "visit_type.mapped" => {
                let code = self.needs(line, "code", when.code.clone())?;
                Happens::Mapped { code, is: self.mapped_to(line)? }
            }
            "practitioner.claimed" => Happens::Claimed {
                code: self.needs(line, "code", when.code.clone())?,
                name: self.needs(line, "practitioner", when.practitioner.clone())?,
            },
            word @ ("channel.down" | "channel.up") => {
                Happens::ChannelDown { channel: self.channel(line)?, down: word == "channel.down" }
            }
            "gateway.refuses" => Happens::Gateway { channel: self.gateway(line)?, gateway: Gateway::Refuses },
            "gateway.fails" => Happens::Gateway { channel: self.gateway(line)?, gateway: Gateway::Fails },
            "gateway.breaks" => Happens::Gateway { channel: self.gateway(line)?, gateway: Gateway::Breaks },
            "gateway.accepts" => Happens::Gateway { channel: self.gateway(line)?, gateway: Gateway::Takes },
            "content.withdrawn" => {
                Happens::ContentWithdrawn { content: self.needs(line, "content", when.content.clone())? }
            }
            "undone" => {
                let label = when.undoes.as_ref().map(|l| l.get_ref().clone());
                Happens::Undone { label: self.needs(line, "undoes", label)? }
            }
            _ => return Ok(None),
        }))
    }

    fn of_a_patient(&mut self, line: &Line) -> Result<Happens, ScenarioError> {
        let when = line.when;
        let patient = self.someone(line, "patient", when.patient.clone())?;
        match when.change.get_ref().as_str() {
            word @ ("patient.merged" | "patient.unmerged") => {
                let gone = self.someone(line, "gone", when.gone.clone())?;
                return Ok(Happens::Merged { survivor: patient, gone, undone: word == "patient.unmerged" });
            }
            "stop.received" => return Ok(Happens::Stop { patient, channel: self.channel(line)? }),
            "assignment.completed" | "assignment.withdrawn" if when.assignment.is_none() => {
                let content = self.needs(line, "assignment` or `content", when.content.clone())?;
                return Ok(Happens::Newest { patient, content, act: done(line)? });
            }
            _ => {}
        }
        let what = self.what(line)?;
        let stamped = when.stamped_at.as_ref().map(|s| self.moment(s)).transpose()?.map(|m| m.instant());
        let source = self.source(line)?;
        let label = when.label.clone();
        Ok(Happens::Change { patient, source, stamped: stamped.unwrap_or(line.at), what, label })
    }

    fn what(&mut self, line: &Line) -> Result<What, ScenarioError> {
        let when = line.when;
        Ok(match when.change.get_ref().as_str() {
            "patient.created" | "patient.updated" => What::Patient(Box::new(self.patient(&when.fields, line.place)?)),
            "patient.registered" => {
                let registered = PatientChange { registered: Write::Set(true), ..PatientChange::default() };
                What::Patient(Box::new(registered))
            }
            "patient.logged_in" => What::LoggedIn,
            "patient.enrolled" | "patient.enrolment_stopped" => self.enrolment(line)?,
            "assignment.given" | "assignment.completed" | "assignment.withdrawn" => self.assignment(line)?,
            word @ ("consent.given" | "consent.withdrawn") => What::Consent {
                channel: self.channel(line)?,
                category: self.category(line)?,
                given: word == "consent.given",
                said_by: None,
            },
            "run.stopped" => {
                let visit = when.encounter.as_ref().map(|name| EncounterId(self.names.id("encounter", name)));
                let workflow = self.needs(line, "workflow", when.workflow.clone())?;
                What::RunStopped { workflow, subject: visit.map(Subject::Encounter) }
            }
            word if word.starts_with("episode.") => self.episode(line, word)?,
            word => self.encounter(line, word)?,
        })
    }

    fn encounter(&mut self, line: &Line, word: &str) -> Result<What, ScenarioError> {
        let when = line.when;
        let act = match word {
            "encounter.planned" => Act::Book,
            "encounter.rescheduled" => Act::Modify,
            "encounter.cancelled" => Act::Cancel,
            "encounter.no_show" => Act::NoShow,
            "encounter.arrived" => Act::Arrive,
            "encounter.finished" => Act::Finish,
            "encounter.reinstated" => Act::Reinstate,
            _ => return Err(self.unknown(line)),
        };
        let name = self.needs(line, "encounter", when.encounter.clone())?;
        let encounter = EncounterId(self.names.id("encounter", &name));
        let location = self.location(when.fields.location.as_ref(), line.place)?;
        let start = when.starts_at.as_ref().map(|s| self.moment(s)).transpose()?;
        Ok(What::Encounter(EncounterChange {
            start: Write::some(start),
            minutes: Write::some(when.minutes),
            visit_type: Write::some(self.visit_type(line)?),
            visit_code: Write::some(when.visit_code.clone()),
            practitioner: Write::some(when.practitioner.clone()),
            practitioner_code: Write::some(when.practitioner_code.clone()),
            location,
            episode: Write::some(when.episode.as_ref().map(|e| EpisodeId(self.names.id("episode", e)))),
            ..EncounterChange::new(encounter, EncounterKey::Appointment, act)
        }))
    }

    fn episode(&mut self, line: &Line, word: &str) -> Result<What, ScenarioError> {
        let on = zone::date_in(line.at, &self.clinic.zone);
        let episode = line.when.episode.as_ref().map(|e| EpisodeId(self.names.id("episode", e)));
        Ok(What::Episode(match word {
            "episode.opened" => EpisodeChange::Open { episode: self.needs(line, "episode", episode)?, on, title: None },
            "episode.discharged" => EpisodeChange::Discharge { episode, on },
            "episode.reopened" => EpisodeChange::Reopen { episode },
            _ => return Err(self.unknown(line)),
        }))
    }

    fn enrolment(&mut self, line: &Line) -> Result<What, ScenarioError> {
        let when = line.when;
        let name = self.needs(line, "enrolment", when.enrolment.clone())?;
        let enrolment = EnrolmentId(self.names.id("enrolment", &name));
        if when.change.get_ref() == "patient.enrolment_stopped" {
            return Ok(What::Enrolment { enrolment, act: EnrolmentAct::Stop });
        }
        let workflow = self.needs(line, "workflow", when.workflow.clone())?;
        let chosen = when.starts_at.as_ref().map(|s| self.moment(s)).transpose()?;
        let moment = chosen.unwrap_or_else(|| CivilMoment::at(line.at, &self.clinic.zone));
        Ok(What::Enrolment { enrolment, act: EnrolmentAct::Enrol { workflow, moment } })
    }

    fn assignment(&mut self, line: &Line) -> Result<What, ScenarioError> {
        let when = line.when;
        let name = self.needs(line, "assignment", when.assignment.clone())?;
        let assignment = AssignmentId(self.names.id("assignment", &name));
        if when.change.get_ref() != "assignment.given" {
            return Ok(What::Assignment { assignment, act: done(line)? });
        }
        let due = when.due.as_ref().map(|d| self.moment(d)).transpose()?.map(|m| m.instant());
        let act = AssignmentAct::Give {
            content: self.needs(line, "content", when.content.clone())?,
            due: due.or_else(|| line.at.checked_add(DUE_WITHIN).ok()).unwrap_or(Timestamp::MAX),
            run: None,
            // The first case a patient has is the one they had before it was named.
            episode: when.episode.as_ref().map(|name| match name.as_str() {
                "first" => EpisodeKey::First,
                named => EpisodeKey::Named(EpisodeId(self.names.id("episode", named))),
            }),
            depth: 0,
        };
        Ok(What::Assignment { assignment, act })
    }

    fn visit_type(&self, line: &Line) -> Result<Option<VisitType>, ScenarioError> {
        let Some(word) = &line.when.visit_type else { return Ok(None) };
        word.get_ref().parse().map(Some).map_err(|e: String| self.wrong(word.span().start, e))
    }

    fn mapped_to(&self, line: &Line) -> Result<Option<VisitType>, ScenarioError> {
        if line.when.visit_type.as_ref().is_some_and(|w| w.get_ref() == "ignore") {
            return Ok(None);
        }
        let is = self.visit_type(line)?;
        self.needs(line, "visit_type", is).map(Some)
    }

    fn source(&self, line: &Line) -> Result<Source, ScenarioError> {
        let someone = Uuid::from_u128(1);
        let Some(by) = &line.when.by else { return Ok(Source::System) };
        match by.get_ref().as_str() {
            "staff" => Ok(Source::Staff(StaffId(someone))),
            "emr" => Ok(Source::Emr(InterfaceId(someone))),
            "patient" => Ok(Source::Patient),
            other => Err(self.wrong(by.span().start, format!("by `{other}`: staff, emr, patient"))),
        }
    }

    fn in_flight(&self, line: &Line) -> Result<InFlight, ScenarioError> {
        let Some(runs) = &line.when.runs else { return Ok(InFlight::Stay) };
        runs.get_ref().parse().map_err(|e: String| self.wrong(runs.span().start, e))
    }

    fn channel(&self, line: &Line) -> Result<Channel, ScenarioError> {
        let word = self.needs(line, "channel", line.when.channel.as_ref())?;
        Channel::to_patients(word.get_ref()).map_err(|e| self.wrong(word.span().start, e))
    }

    /// The receivers of webhooks answer too; each has its own, so none of them is ever "down" for all.
    fn gateway(&self, line: &Line) -> Result<Channel, ScenarioError> {
        let word = self.needs(line, "channel", line.when.channel.as_ref())?;
        word.get_ref().parse().map_err(|e: String| self.wrong(word.span().start, format!("{e}, webhook")))
    }

    fn category(&self, line: &Line) -> Result<Category, ScenarioError> {
        let word = self.needs(line, "category", line.when.category.as_ref())?;
        word.get_ref().parse().map_err(|e: String| self.wrong(word.span().start, e))
    }

    fn place(&mut self, line: &Line) -> Result<LocationId, ScenarioError> {
        match self.location(line.when.fields.location.as_ref(), line.place)? {
            Write::Set(id) => Ok(id),
            Write::Keep | Write::Clear => Err(self.wrong(line.place, "this change needs `location`")),
        }
    }

    fn locations(&mut self, names: &[String], line: &Line) -> Result<BTreeSet<LocationId>, ScenarioError> {
        let found = names.iter().map(|name| self.location(Some(name), line.place));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().filter_map(|w| if let Write::Set(id) = w { Some(id) } else { None }).collect())
    }

    fn someone(&mut self, line: &Line, key: &str, name: Option<String>) -> Result<PatientId, ScenarioError> {
        let Some(name) = name else {
            // A word that nobody knows needs no patient: say that first.
            let error = self.unknown(line);
            let known = WORDS.split(", ").any(|w| line.when.change.get_ref().ends_with(w));
            return Err(if known { self.wrong(line.place, format!("this change needs `{key}`")) } else { error });
        };
        if (line.known)(&name) {
            Ok(PatientId(self.names.id("patient", &name)))
        } else {
            Err(self.wrong(line.place, format!("`{name}` is not among [[patients]]")))
        }
    }

    fn needs<T>(&self, line: &Line, key: &str, value: Option<T>) -> Result<T, ScenarioError> {
        value.ok_or_else(|| self.wrong(line.place, format!("this change needs `{key}`")))
    }

    fn unknown(&self, line: &Line) -> ScenarioError {
        let change = &line.when.change;
        self.wrong(change.span().start, format!("`{}` is not a change: {WORDS}", change.get_ref()))
    }
}

/// What ends an assignment.
fn done(line: &Line) -> Result<AssignmentAct, ScenarioError> {
    if line.when.change.get_ref() == "assignment.withdrawn" {
        return Ok(AssignmentAct::Withdraw);
    }
    let score = line.when.score.and_then(Score::of);
    let answers = line.when.answers.clone().into_iter().collect();
    Ok(AssignmentAct::Complete { score, answers, safety: false, handed_by: None })
}
