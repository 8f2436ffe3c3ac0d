//! Where it hurts, and by which form the course of that is measured.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::questionnaire::scoring::Instrument;

/// A part of the body as a patient names it before the first visit. The codes are the answers to `region` of the form
/// `questionnaire/intake`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyRegion {
    Neck,
    UpperBack,
    Shoulder,
    Elbow,
    WristAndHand,
    MidBack,
    LowBack,
    Hip,
    Thigh,
    Knee,
    LowerLeg,
    AnkleAndFoot,
}

/// What may be asked anywhere, in words of our own.
pub const ANY_REGION: &str = "questionnaire/patient-specific";

impl BodyRegion {
    pub const ALL: [BodyRegion; 12] = [
        BodyRegion::Neck,
        BodyRegion::UpperBack,
        BodyRegion::Shoulder,
        BodyRegion::Elbow,
        BodyRegion::WristAndHand,
        BodyRegion::MidBack,
        BodyRegion::LowBack,
        BodyRegion::Hip,
        BodyRegion::Thigh,
        BodyRegion::Knee,
        BodyRegion::LowerLeg,
        BodyRegion::AnkleAndFoot,
    ];

    pub fn code(self) -> &'static str {
        match self {
            BodyRegion::Neck => "neck",
            BodyRegion::UpperBack => "upper-back",
            BodyRegion::Shoulder => "shoulder",
            BodyRegion::Elbow => "elbow",
            BodyRegion::WristAndHand => "wrist-and-hand",
            BodyRegion::MidBack => "mid-back",
            BodyRegion::LowBack => "low-back",
            BodyRegion::Hip => "hip",
            BodyRegion::Thigh => "thigh",
            BodyRegion::Knee => "knee",
            BodyRegion::LowerLeg => "lower-leg",
            BodyRegion::AnkleAndFoot => "ankle-and-foot",
        }
    }

    /// The instrument most clinics measure by, whose words need a licence: used where the clinic has recorded one.
    pub fn usual_instrument(self) -> Instrument {
        match self {
            BodyRegion::Neck | BodyRegion::UpperBack => Instrument::Ndi,
            BodyRegion::Shoulder | BodyRegion::Elbow | BodyRegion::WristAndHand => Instrument::QuickDash,
            BodyRegion::MidBack | BodyRegion::LowBack => Instrument::ModifiedOswestry,
            BodyRegion::Knee => Instrument::KosAdls,
            BodyRegion::Hip | BodyRegion::Thigh | BodyRegion::LowerLeg | BodyRegion::AnkleAndFoot => Instrument::Lefs,
        }
    }

    /// The form that may be used by everybody, where the clinic has chosen no other.
    pub fn free_form(self) -> &'static str {
        match self {
            BodyRegion::MidBack | BodyRegion::LowBack => "questionnaire/rmdq",
            BodyRegion::Knee => "questionnaire/koos-jr",
            BodyRegion::Neck
            | BodyRegion::UpperBack
            | BodyRegion::Shoulder
            | BodyRegion::Elbow
            | BodyRegion::WristAndHand
            | BodyRegion::Hip
            | BodyRegion::Thigh
            | BodyRegion::LowerLeg
            | BodyRegion::AnkleAndFoot => ANY_REGION,
        }
    }
}

impl FromStr for BodyRegion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::code).join(", ");
        Self::ALL
            .into_iter()
            .find(|r| r.code() == text)
            .ok_or_else(|| format!("no such part of the body; there are {}", known()))
    }
}
