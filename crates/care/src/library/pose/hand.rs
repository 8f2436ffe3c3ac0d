//! A hand close up, with its forearm.

use serde::Deserialize;

use super::range::{Limits, Range};

/// All zero: the forearm points to the right edge of the picture, palm down, thumb towards who looks.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HandPose {
    /// The forearm about its own axis: 90 is thumb up with the palm in view, 180 palm up.
    pub turn: f64,
    /// How steeply the forearm points up.
    pub tilt: f64,
    /// The hand towards the palm; towards its back below zero.
    pub wrist: f64,
    /// The hand towards the thumb.
    pub lean: f64,
    /// Bend of the three rows of finger joints.
    pub knuckles: f64,
    pub middles: f64,
    pub tips: f64,
    pub spread: f64,
    pub thumb: Thumb,
    /// How far the forearm is above the floor of the picture.
    pub lift: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thumb {
    /// Away from the hand, in its plane.
    pub out: f64,
    /// In front of the palm.
    pub across: f64,
    pub bend: f64,
}

impl HandPose {
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.ask("turn", self.turn, Range(-10.0, 190.0));
        limits.ask("tilt", self.tilt, Range(-90.0, 90.0));
        limits.ask("wrist", self.wrist, Range(-80.0, 85.0));
        limits.ask("lean", self.lean, Range(-40.0, 30.0));
        limits.ask("knuckles", self.knuckles, Range(-30.0, 95.0));
        limits.ask("middles", self.middles, Range(0.0, 110.0));
        limits.ask("tips", self.tips, Range(0.0, 80.0));
        limits.ask("spread", self.spread, Range(0.0, 25.0));
        limits.within("thumb", |limits| {
            limits.ask("out", self.thumb.out, Range(-10.0, 80.0));
            limits.ask("across", self.thumb.across, Range(-20.0, 100.0));
            limits.ask("bend", self.thumb.bend, Range(-20.0, 80.0));
        });
        limits
    }

    #[must_use]
    pub fn towards(&self, end: &HandPose, part: f64) -> HandPose {
        let mix = |a: f64, b: f64| a + (b - a) * part;
        HandPose {
            turn: mix(self.turn, end.turn),
            tilt: mix(self.tilt, end.tilt),
            wrist: mix(self.wrist, end.wrist),
            lean: mix(self.lean, end.lean),
            knuckles: mix(self.knuckles, end.knuckles),
            middles: mix(self.middles, end.middles),
            tips: mix(self.tips, end.tips),
            spread: mix(self.spread, end.spread),
            thumb: Thumb {
                out: mix(self.thumb.out, end.thumb.out),
                across: mix(self.thumb.across, end.thumb.across),
                bend: mix(self.thumb.bend, end.thumb.bend),
            },
            lift: mix(self.lift, end.lift),
        }
    }
}
