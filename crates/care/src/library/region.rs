//! The parts of the body, and the aims, that content is about.

use serde::{Deserialize, Serialize};

/// What a part of the body, or an aim, an exercise is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    Neck,
    Shoulder,
    Elbow,
    WristAndHand,
    Back,
    Hip,
    Knee,
    AnkleAndFoot,
    Balance,
    Breathing,
}

impl Region {
    pub const ALL: [Region; 10] = [
        Region::Neck,
        Region::Shoulder,
        Region::Elbow,
        Region::WristAndHand,
        Region::Back,
        Region::Hip,
        Region::Knee,
        Region::AnkleAndFoot,
        Region::Balance,
        Region::Breathing,
    ];
}
