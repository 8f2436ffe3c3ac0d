//! The whole body.

use serde::Deserialize;

use super::range::{Limits, Range};

/// A person. All zero: upright, arms hanging, facing the right edge of a picture from the side.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pose {
    /// The trunk's lean: 90 lies face down, -90 on the back.
    pub trunk: f64,
    /// The whole body about its long axis, to its left; with a trunk of 90, a turn of -90 lies on the left side.
    pub turn: f64,
    /// The spine's curl forward, and backward below zero.
    pub spine: f64,
    /// The spine's lean to the right.
    pub side: f64,
    /// The chest's turn to the left against the pelvis.
    pub twist: f64,
    /// Chin to chest; looking up below zero.
    pub nod: f64,
    /// Right ear to right shoulder.
    pub tilt: f64,
    /// The face to the left.
    pub look: f64,
    /// How far the head slides forward; the chin drawn in below zero.
    pub glide: f64,
    /// How much the belly is filled with air, 0 to 1.
    pub breath: f64,
    /// Where the pelvis is along the floor.
    pub x: f64,
    /// How far the lowest part is above the floor: on a step, a seat, a bed.
    pub lift: f64,
    pub right_arm: Arm,
    pub left_arm: Arm,
    pub right_leg: Leg,
    pub left_leg: Leg,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Arm {
    /// How far the upper arm is raised, in the plane that `out` names; backward below zero.
    pub shoulder: f64,
    /// The plane of raising: 0 forward, 90 to the side, below zero across the body.
    pub out: f64,
    /// The upper arm about its own axis, outward.
    pub twist: f64,
    pub elbow: f64,
    /// The forearm about its own axis, thumb outward.
    pub palm: f64,
    /// The hand towards the palm.
    pub wrist: f64,
    /// The shoulder girdle up, and forward.
    pub shrug: f64,
    pub reach: f64,
    pub fist: bool,
    /// The elbow bends until the hand is on the floor.
    pub floor: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Leg {
    /// How far the thigh is raised, in the plane that `out` names; backward below zero.
    pub hip: f64,
    pub out: f64,
    /// The thigh about its own axis, outward.
    pub twist: f64,
    pub knee: f64,
    /// Toes towards the shin. Left out: the sole lies level where it can.
    pub ankle: Option<f64>,
    /// Toes bent up; curled below zero.
    pub toes: f64,
    /// Sole turned outward.
    pub evert: f64,
    /// The knee bends until the foot is on the floor.
    pub floor: bool,
}

impl Pose {
    /// What of it no body can do.
    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        limits.ask("spine", self.spine, Range(-40.0, 75.0));
        limits.ask("side", self.side, Range(-45.0, 45.0));
        limits.ask("twist", self.twist, Range(-70.0, 70.0));
        limits.ask("nod", self.nod, Range(-55.0, 55.0));
        limits.ask("tilt", self.tilt, Range(-45.0, 45.0));
        limits.ask("look", self.look, Range(-85.0, 85.0));
        limits.ask("glide", self.glide, Range(-4.0, 6.0));
        limits.ask("breath", self.breath, Range(0.0, 1.0));
        limits.ask("trunk", self.trunk, Range(-180.0, 180.0));
        limits.ask("turn", self.turn, Range(-180.0, 180.0));
        limits.within("right_arm", |limits| self.right_arm.limits(limits));
        limits.within("left_arm", |limits| self.left_arm.limits(limits));
        limits.within("right_leg", |limits| self.right_leg.limits(limits));
        limits.within("left_leg", |limits| self.left_leg.limits(limits));
        limits
    }

    /// A moment on the way from one pose to another.
    #[must_use]
    pub fn towards(&self, end: &Pose, part: f64) -> Pose {
        if part >= 1.0 {
            return *end;
        }
        let mix = |a: f64, b: f64| a + (b - a) * part;
        Pose {
            trunk: mix(self.trunk, end.trunk),
            turn: mix(self.turn, end.turn),
            spine: mix(self.spine, end.spine),
            side: mix(self.side, end.side),
            twist: mix(self.twist, end.twist),
            nod: mix(self.nod, end.nod),
            tilt: mix(self.tilt, end.tilt),
            look: mix(self.look, end.look),
            glide: mix(self.glide, end.glide),
            breath: mix(self.breath, end.breath),
            x: mix(self.x, end.x),
            lift: mix(self.lift, end.lift),
            right_arm: self.right_arm.towards(&end.right_arm, mix),
            left_arm: self.left_arm.towards(&end.left_arm, mix),
            right_leg: self.right_leg.towards(&end.right_leg, mix),
            left_leg: self.left_leg.towards(&end.left_leg, mix),
        }
    }
}

impl Arm {
    fn limits(&self, limits: &mut Limits) {
        limits.ask("shoulder", self.shoulder, Range(-60.0, 180.0));
        limits.ask("out", self.out, Range(-60.0, 135.0));
        limits.ask("twist", self.twist, Range(-90.0, 100.0));
        limits.ask("elbow", self.elbow, Range(0.0, 150.0));
        limits.ask("palm", self.palm, Range(-180.0, 90.0));
        limits.ask("wrist", self.wrist, Range(-90.0, 90.0));
        limits.ask("shrug", self.shrug, Range(-3.0, 6.0));
        limits.ask("reach", self.reach, Range(-5.0, 6.0));
    }

    fn towards(&self, end: &Arm, mix: impl Fn(f64, f64) -> f64) -> Arm {
        Arm {
            shoulder: mix(self.shoulder, end.shoulder),
            out: mix(self.out, end.out),
            twist: mix(self.twist, end.twist),
            elbow: mix(self.elbow, end.elbow),
            palm: mix(self.palm, end.palm),
            wrist: mix(self.wrist, end.wrist),
            shrug: mix(self.shrug, end.shrug),
            reach: mix(self.reach, end.reach),
            ..*self
        }
    }
}

impl Leg {
    fn limits(&self, limits: &mut Limits) {
        limits.ask("hip", self.hip, Range(-35.0, 135.0));
        limits.ask("out", self.out, Range(-60.0, 100.0));
        limits.ask("twist", self.twist, Range(-60.0, 70.0));
        limits.ask("knee", self.knee, Range(0.0, 150.0));
        limits.ask("ankle", self.ankle.unwrap_or_default(), Range(-55.0, 35.0));
        limits.ask("toes", self.toes, Range(-45.0, 70.0));
        limits.ask("evert", self.evert, Range(-35.0, 25.0));
    }

    fn towards(&self, end: &Leg, mix: impl Fn(f64, f64) -> f64) -> Leg {
        Leg {
            hip: mix(self.hip, end.hip),
            out: mix(self.out, end.out),
            twist: mix(self.twist, end.twist),
            knee: mix(self.knee, end.knee),
            ankle: self.ankle.zip(end.ankle).map(|(a, b)| mix(a, b)),
            toes: mix(self.toes, end.toes),
            evert: mix(self.evert, end.evert),
            ..*self
        }
    }
}
