//! Why a row or a file cannot be taken.

/// Closed list; the page of refused messages groups by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    // Of the file.
    NotText,
    Empty,
    MapIncomplete,
    MissingColumn,
    DoubleColumn,
    UnknownZone,
    // Of a row.
    BadQuote,
    WrongNumberOfFields,
    NoPatientNumber,
    NoVisitNumber,
    NoEpisodeNumber,
    NoStart,
    NoDate,
    BadDate,
    BadTime,
    BadNumber,
    UnknownStatus,
    UnknownLocation,
}

impl Cause {
    pub fn code(self) -> &'static str {
        match self {
            Cause::NotText => "not_text",
            Cause::Empty => "empty_file",
            Cause::MapIncomplete => "map_incomplete",
            Cause::MissingColumn => "missing_column",
            Cause::DoubleColumn => "double_column",
            Cause::UnknownZone => "unknown_zone",
            Cause::BadQuote => "bad_quote",
            Cause::WrongNumberOfFields => "wrong_number_of_fields",
            Cause::NoPatientNumber => "no_patient_number",
            Cause::NoVisitNumber => "no_visit_number",
            Cause::NoEpisodeNumber => "no_episode_number",
            Cause::NoStart => "no_start",
            Cause::NoDate => "no_date",
            Cause::BadDate => "bad_date",
            Cause::BadTime => "bad_time",
            Cause::BadNumber => "bad_number",
            Cause::UnknownStatus => "unknown_status",
            Cause::UnknownLocation => "unknown_location",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Cause::NotText => "this is not a text file",
            Cause::Empty => "the file has no rows",
            Cause::MapIncomplete => "the column map does not say where something needed stands",
            Cause::MissingColumn => "a column of the map is not in the file",
            Cause::DoubleColumn => "two columns have one name",
            Cause::UnknownZone => "the interface's time zone is not one we know",
            Cause::BadQuote => "a quotation mark is not closed",
            Cause::WrongNumberOfFields => "the row has another number of fields than the header",
            Cause::NoPatientNumber => "the row names no patient",
            Cause::NoVisitNumber => "the visit has no number",
            Cause::NoEpisodeNumber => "the episode has no number",
            Cause::NoStart => "the visit has no start",
            Cause::NoDate => "the episode has no date",
            Cause::BadDate => "a date cannot be read",
            Cause::BadTime => "a time cannot be read",
            Cause::BadNumber => "a number cannot be read",
            Cause::UnknownStatus => "the status is a word that the map does not know",
            Cause::UnknownLocation => "the location is a name that the map does not know",
        }
    }
}

/// Cause, place and cure; never what stands in a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}, at {place}: {cure}", .cause.words())]
pub struct Refusal {
    pub cause: Cause,
    /// As in "line 7, column Start", "line 1", "column map".
    pub place: String,
    pub cure: String,
}

impl Refusal {
    pub(super) fn new(cause: Cause, place: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cause, place: place.into(), cure: cure.into() }
    }
}
