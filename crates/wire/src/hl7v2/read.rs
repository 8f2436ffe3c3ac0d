//! A message to what it says about charts.

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::header::Header;
use super::interface::{Interface, StampFrom};
use super::meaning::{self, Meaning};
use super::message::{Message, NotAMessage, Segment};
use super::reading::{Content, Merge, Reading, Remark, Update};
use super::refusal::{Cause, Refusal};
use super::time::{Clock, Dtm, Precision};
use super::{charset, episode, identity, patient, registration, schedule};

/// Reads one unframed message.
pub fn read(raw: &[u8], interface: &Interface) -> Result<Reading, Refusal> {
    let mut header = Header::of(raw);
    let text = charset::decode(raw, interface.default_charset.as_deref()).map_err(|unknown| {
        let cure = "have the sender write UTF-8, or leave MSH-18 empty and choose the set in the interface's settings";
        Refusal::new(Cause::UnknownEncoding, "MSH-18", format!("{unknown}; {cure}"))
    })?;
    let message = Message::parse(&text).map_err(not_a_message)?;
    if message.segments().skip(1).any(|s| s.name() == "MSH") {
        let cure = "have the sender put each message into a frame of its own";
        return Err(Refusal::new(Cause::SeveralMessages, "MSH", cure));
    }
    accept(&header, interface)?;
    if header.event.is_empty() {
        header.event = message.segment("EVN").and_then(|evn| evn.field(1).component(1).value()).unwrap_or_default();
    }
    let meaning = meaning_of(&header)?;
    let mut remarks = vec![];
    let sent = time_of(&header.sent_at, "MSH-7")?;
    if sent.is_some_and(|sent| sent.truncated) {
        remarks.push(Remark { place: "MSH-7", text: "two digits too many were dropped" });
    }
    let clock = Clock::of(interface, sent)?;
    let stamp_at = stamp(&message, interface, &clock, sent)?;
    let facility = message.segment("MSH").and_then(|msh| {
        let facility = msh.field(4);
        facility.component(1).value().or_else(|| facility.component(2).value())
    });
    let mut reader = Reader { interface, clock, facility, stamp_at, remarks };
    let what = content(&message, meaning, &mut reader)?;
    let body_hash = body_hash(&message, &header.event);
    Ok(Reading { header, stamp_at, body_hash, what, remarks: reader.remarks })
}

/// When a message was sent, by the sender's clock (MSH-7); read of any bytes, also of those that are refused.
pub fn sent_at(raw: &[u8], interface: &Interface) -> Option<Timestamp> {
    let sent: Dtm = Header::of(raw).sent_at.parse().ok()?;
    let clock = Clock::of(interface, Some(sent)).ok()?;
    (sent.precision >= Precision::Minute).then(|| clock.instant(&sent))
}

/// What the parts of the mapping share.
pub(super) struct Reader<'i> {
    pub(super) interface: &'i Interface,
    pub(super) clock: Clock<'i>,
    facility: Option<String>,
    pub(super) stamp_at: Timestamp,
    pub(super) remarks: Vec<Remark>,
}

impl Reader<'_> {
    /// Two facilities may count their visits alike.
    pub(super) fn scoped(&self, number: &str) -> String {
        self.facility.as_ref().map_or_else(|| number.to_string(), |facility| format!("{facility}/{number}"))
    }

    pub(super) fn remark(&mut self, place: &'static str, text: &'static str) {
        self.remarks.push(Remark { place, text });
    }
}

/// One patient's part of a message: PID and what follows, up to the next PID.
pub(super) struct Group<'m> {
    message: &'m Message<'m>,
    from: usize,
    to: usize,
}

impl<'m> Group<'m> {
    fn all(message: &'m Message<'m>) -> Vec<Self> {
        let starts: Vec<usize> =
            message.segments().enumerate().filter(|(_, s)| s.name() == "PID").map(|(i, _)| i).collect();
        let ends = starts.iter().skip(1).copied().chain([message.len()]);
        starts.iter().zip(ends).map(|(from, to)| Self { message, from: *from, to }).collect()
    }

    pub(super) fn segment(&self, name: &str) -> Option<Segment<'m>> {
        (self.from..self.to).filter_map(|i| self.message.at(i)).find(|s| s.name() == name)
    }

    /// Anywhere in the message: what all its patients share.
    pub(super) fn shared(&self, name: &'static str) -> impl Iterator<Item = Segment<'m>> + use<'m> {
        self.message.segments().filter(move |s| s.name() == name)
    }
}

fn not_a_message(why: NotAMessage) -> Refusal {
    match why {
        NotAMessage::NotHl7 => {
            Refusal::new(Cause::NotHl7, "message", "check that the sender is set to HL7 version 2 with vertical bars")
        }
        NotAMessage::NoMsh => {
            Refusal::new(Cause::NoMsh, "MSH", "have the sender begin each message with MSH, without a batch header")
        }
    }
}

fn accept(header: &Header, interface: &Interface) -> Result<(), Refusal> {
    if interface.production && matches!(header.processing_id.as_str(), "T" | "t" | "D" | "d") {
        let cure = "have the sender set MSH-11 to P, or switch the interface to test";
        return Err(Refusal::new(Cause::TestMessageInProduction, "MSH-11", cure));
    }
    if !interface.accepts_version(&header.version) {
        let cure = "add the version to those the interface accepts, or have the sender send another";
        return Err(Refusal::new(Cause::VersionNotAccepted, "MSH-12", cure));
    }
    Ok(())
}

fn meaning_of(header: &Header) -> Result<Meaning, Refusal> {
    if header.is_ack {
        return Ok(Meaning::Unused("an acknowledgement"));
    }
    if header.kind.is_empty() || (header.event.is_empty() && matches!(header.kind.as_str(), "ADT" | "SIU")) {
        let cure = "have the sender fill MSH-9, as in SIU^S12";
        return Err(Refusal::new(Cause::NoEvent, "MSH-9", cure));
    }
    Ok(meaning::of(&header.kind, &header.event))
}

fn time_of(text: &str, place: &'static str) -> Result<Option<Dtm>, Refusal> {
    if text.is_empty() || text == "\"\"" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|bad| Refusal::bad_time(place, &bad))
}

/// The first component of a field as a time.
pub(super) fn time_in(segment: Segment, field: usize, place: &'static str) -> Result<Option<Dtm>, Refusal> {
    time_of(segment.field(field).component(1).raw().trim(), place)
}

fn stamp(message: &Message, interface: &Interface, clock: &Clock, sent: Option<Dtm>) -> Result<Timestamp, Refusal> {
    let mut found = None;
    if interface.stamp_from == StampFrom::PatientUpdate
        && let Some(pid) = message.segment("PID")
    {
        found = time_in(pid, 33, "PID-33")?;
    }
    if found.is_none()
        && interface.stamp_from != StampFrom::Message
        && let Some(evn) = message.segment("EVN")
    {
        found = time_in(evn, 2, "EVN-2")?;
    }
    let missing = || Refusal::new(Cause::BadTime, "MSH-7", "have the sender fill MSH-7 with the time of sending");
    found.or(sent).map(|time| clock.instant(&time)).ok_or_else(missing)
}

/// Over the event and all that follows MSH, whatever the line ends.
fn body_hash(message: &Message, event: &str) -> u64 {
    let mut hash = Sha256::new();
    hash.update(event.as_bytes());
    for segment in message.segments().skip(1) {
        hash.update(b"\r");
        hash.update(segment.raw().as_bytes());
    }
    let digest = hash.finalize();
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn content(message: &Message, meaning: Meaning, reader: &mut Reader) -> Result<Content, Refusal> {
    if let Meaning::Unused(why) = meaning {
        return Ok(Content::Ignored(why));
    }
    let groups = Group::all(message);
    if groups.is_empty() {
        return Err(Refusal::missing(
            "PID",
            "have the sender add the patient (PID): without it the chart is not known",
        ));
    }
    if meaning == Meaning::Merge {
        return groups.iter().map(|group| merge(group, reader)).collect::<Result<_, _>>().map(Content::Merges);
    }
    groups.iter().map(|group| update(group, meaning, reader)).collect::<Result<_, _>>().map(Content::Updates)
}

fn merge(group: &Group, reader: &mut Reader) -> Result<Merge, Refusal> {
    let update = update(group, Meaning::Person, reader)?;
    let mrg =
        group.segment("MRG").ok_or_else(|| Refusal::missing("MRG", "have the sender add MRG with the old number"))?;
    let gone = identity::merged(mrg.field(1), reader.interface.authority.as_deref(), &update.patient)?;
    Ok(Merge { gone, update })
}

fn update(group: &Group, meaning: Meaning, reader: &mut Reader) -> Result<Update, Refusal> {
    let pid = group.segment("PID").ok_or_else(|| Refusal::missing("PID", "have the sender add the patient (PID)"))?;
    let (patient, other_ids) = identity::patient(pid.field(3), reader.interface.authority.as_deref())?;
    let mut demographics = patient::demographics(pid, &mut reader.remarks);
    demographics.home_location = registration::home(group, reader.interface);
    if meaning == Meaning::PersonGone {
        demographics.inactive = care::chart::Write::Set(true);
    }
    let (visit, ended) = match meaning {
        Meaning::Appointment { .. } | Meaning::Resource => (schedule::visit(group, meaning, reader)?, None),
        _ => registration::visit(group, meaning, reader)?,
    };
    let episode = ended.or_else(|| episode::seen(group, reader, reader.stamp_at));
    Ok(Update { patient, other_ids, demographics, visit, episode })
}
