//! Why a FHIR resource cannot be taken.

/// Closed list; pages group by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    NotJson,
    OtherResource,
    NoRights,
    WrongShape,
    Missing,
    UnknownElement,
    NotUnderstood,
    Contradiction,
}

impl Cause {
    pub fn code(self) -> &'static str {
        match self {
            Cause::NotJson => "not_json",
            Cause::OtherResource => "other_resource",
            Cause::NoRights => "no_rights",
            Cause::WrongShape => "wrong_shape",
            Cause::Missing => "missing",
            Cause::UnknownElement => "unknown_element",
            Cause::NotUnderstood => "not_understood",
            Cause::Contradiction => "contradiction",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Cause::NotJson => "this is not JSON",
            Cause::OtherResource => "this is another kind of resource",
            Cause::NoRights => "it does not say by what right it may be used",
            Cause::WrongShape => "the value has another shape than FHIR R4 gives it",
            Cause::Missing => "something needed is missing",
            Cause::UnknownElement => "FHIR R4 has no such element here",
            Cause::NotUnderstood => "Stepwell does not understand this",
            Cause::Contradiction => "it contradicts itself",
        }
    }
}

/// Cause, place and cure; never an answer of a patient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {}: {cure}", .cause.words())]
pub struct Refusal {
    pub cause: Cause,
    /// As in FHIRPath: "Questionnaire.item[2].item[0].enableWhen[1].operator".
    pub path: String,
    pub cure: String,
}

impl Refusal {
    pub(super) fn new(cause: Cause, path: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { cause, path: path.into(), cure: cure.into() }
    }
}
