//! Why a message cannot be taken: for the page of refused messages, and for the acknowledgement.

use super::ack::Verdict;
use super::time::BadTime;

/// Closed list; the page of refused messages groups by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    NotHl7,
    NoMsh,
    SeveralMessages,
    UnknownEncoding,
    UnknownZone,
    TestMessageInProduction,
    VersionNotAccepted,
    NoEvent,
    MissingSegment,
    NoPatientId,
    NoMergeId,
    NoVisitId,
    BadTime,
    NoStart,
}

impl Cause {
    pub const ALL: [Cause; 14] = [
        Cause::NotHl7,
        Cause::NoMsh,
        Cause::SeveralMessages,
        Cause::UnknownEncoding,
        Cause::UnknownZone,
        Cause::TestMessageInProduction,
        Cause::VersionNotAccepted,
        Cause::NoEvent,
        Cause::MissingSegment,
        Cause::NoPatientId,
        Cause::NoMergeId,
        Cause::NoVisitId,
        Cause::BadTime,
        Cause::NoStart,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Cause::NotHl7 => "not_hl7",
            Cause::NoMsh => "no_msh",
            Cause::SeveralMessages => "several_messages",
            Cause::UnknownEncoding => "unknown_encoding",
            Cause::UnknownZone => "unknown_zone",
            Cause::TestMessageInProduction => "test_message_in_production",
            Cause::VersionNotAccepted => "version_not_accepted",
            Cause::NoEvent => "no_event",
            Cause::MissingSegment => "missing_segment",
            Cause::NoPatientId => "no_patient_id",
            Cause::NoMergeId => "no_merge_id",
            Cause::NoVisitId => "no_visit_id",
            Cause::BadTime => "bad_time",
            Cause::NoStart => "no_start",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Cause::NotHl7 => "this is not an HL7 version 2 message",
            Cause::NoMsh => "the message does not begin with MSH",
            Cause::SeveralMessages => "one frame holds several messages",
            Cause::UnknownEncoding => "the character set is not one we know",
            Cause::UnknownZone => "the interface's time zone is not one we know",
            Cause::TestMessageInProduction => "a test message came into a production interface",
            Cause::VersionNotAccepted => "the interface does not accept this version",
            Cause::NoEvent => "the message does not say what happened",
            Cause::MissingSegment => "a segment is missing",
            Cause::NoPatientId => "the patient has no usable number",
            Cause::NoMergeId => "the merge does not say who is gone",
            Cause::NoVisitId => "the visit has no number",
            Cause::BadTime => "a time cannot be read",
            Cause::NoStart => "the booking has no start",
        }
    }

    /// HL7 table 0357.
    fn error_code(self) -> u16 {
        match self {
            Cause::NotHl7 | Cause::NoMsh | Cause::SeveralMessages | Cause::MissingSegment => 100,
            Cause::NoPatientId | Cause::NoMergeId | Cause::NoVisitId | Cause::NoStart => 101,
            Cause::UnknownEncoding | Cause::BadTime => 102,
            Cause::NoEvent => 201,
            Cause::TestMessageInProduction => 202,
            Cause::VersionNotAccepted => 203,
            Cause::UnknownZone => 207,
        }
    }

    /// Whether it is the kind of message, not its content, that we cannot take.
    fn rejects(self) -> bool {
        match self {
            Cause::NotHl7 | Cause::NoMsh | Cause::SeveralMessages => true,
            Cause::TestMessageInProduction | Cause::VersionNotAccepted | Cause::NoEvent => true,
            Cause::UnknownEncoding | Cause::UnknownZone | Cause::MissingSegment | Cause::NoPatientId => false,
            Cause::NoMergeId | Cause::NoVisitId | Cause::BadTime | Cause::NoStart => false,
        }
    }
}

/// Cause, place and cure; never patient data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}, at {place}: {cure}", .cause.words())]
pub struct Refusal {
    pub cause: Cause,
    /// As in "SCH-11.4", "PID", "interface".
    pub place: String,
    /// What to do, in plain words.
    pub cure: String,
}

impl Refusal {
    pub(super) fn new(cause: Cause, place: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cause, place: place.into(), cure: cure.into() }
    }

    pub(super) fn missing(segment: &str, cure: &str) -> Self {
        Self::new(Cause::MissingSegment, segment, cure)
    }

    pub(super) fn bad_time(place: &str, bad: &BadTime) -> Self {
        Self::new(Cause::BadTime, place, format!("{bad}; have the sender write it as YYYYMMDDHHMM, then replay"))
    }

    /// For interfaces that answer with the refusal instead of parking the message behind an AA.
    pub fn verdict(&self) -> Verdict {
        let (location, code, text) = (self.place.clone(), self.cause.error_code(), self.cause.words().to_string());
        if self.cause.rejects() {
            Verdict::Rejected { location, code, text }
        } else {
            Verdict::Error { location, code, text }
        }
    }
}
