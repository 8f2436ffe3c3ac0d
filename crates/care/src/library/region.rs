//! The parts of the body that content is about.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    Neck,
    Shoulder,
    Elbow,
    WristHand,
    Back,
    Hip,
    Knee,
    AnkleFoot,
    Balance,
    Breathing,
}
