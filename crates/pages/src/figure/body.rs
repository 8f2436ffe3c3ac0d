//! The body of a pose: a ball at every joint. Lengths in centimetres of a person 163 cm tall.

use care::library::pose::{Arm, Leg, Pose};

use super::outline::{Ball, ball};
use super::space::{Basis, V3};

pub const THIGH: f64 = 40.0;
pub const SHIN: f64 = 39.0;
pub const UPPER_ARM: f64 = 28.0;
pub const FOREARM: f64 = 25.0;
const SPINE: [f64; 3] = [14.0, 15.0, 15.0];
const HALF_HIPS: f64 = 8.5;
const HALF_SHOULDERS: f64 = 16.0;
const ANKLE_HEIGHT: f64 = 7.5;

#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Pairs of balls across the body: hips, hem, waist, chest, shoulders.
    pub trunk: [[Ball; 2]; 5],
    pub belly: Ball,
    pub neck: [Ball; 2],
    pub head: Head,
    /// Right, then left.
    pub arms: [ArmBalls; 2],
    pub legs: [LegBalls; 2],
}

#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub hair: Ball,
    pub face: Ball,
    pub chin: Ball,
    pub nose: Ball,
    pub eyes: [Ball; 2],
    pub ears: [Ball; 2],
}

#[derive(Debug, Clone, PartialEq)]
pub struct ArmBalls {
    pub shoulder: Ball,
    pub elbow: Ball,
    pub wrist: Ball,
    pub palm: Ball,
    pub fingers: Ball,
    pub thumb: Ball,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LegBalls {
    pub hip: Ball,
    pub knee: Ball,
    pub calf: Ball,
    pub ankle: Ball,
    pub heel: Ball,
    pub ball: Ball,
    pub toes: Ball,
    /// Where the five toes begin and end, for a foot close up; big toe first.
    pub rays: [[Ball; 2]; 5],
}

impl Body {
    /// With the pelvis at `x`, as high as nothing.
    pub fn of(pose: &Pose) -> Body {
        let upright = Basis::UPRIGHT;
        let root = upright.turned(upright.up, pose.turn).turned(upright.right, -pose.trunk);
        let curl = |basis: Basis, part: f64| {
            let curled = basis.turned(basis.right, -pose.spine * part);
            let leaning = curled.turned(curled.front, pose.side * part);
            leaning.turned(leaning.up, pose.twist * part)
        };
        let (loin, chest) = (curl(root, 0.5), curl(root, 1.0));
        let pelvis = upright.place(pose.x, 0.0, 0.0);
        let waist = pelvis + root.up * SPINE[0];
        let breast = waist + loin.up * SPINE[1];
        let nape = breast + chest.up * SPINE[2];
        let pair = |at: V3, basis: &Basis, forward: f64, half: f64, r: f64| {
            [1.0, -1.0].map(|side| ball(at + basis.place(forward, 0.0, side * half), r))
        };
        let fill = 3.5 * pose.breath;
        let arms = [(pose.right_arm, 1.0), (pose.left_arm, -1.0)].map(|(arm, side)| {
            let socket = nape + chest.place(arm.reach, -3.0 + arm.shrug, side * HALF_SHOULDERS);
            ArmBalls::of(&arm, side, socket, chest)
        });
        Body {
            trunk: [
                pair(pelvis, &root, -0.8, 6.4, 10.2),
                pair(pelvis + root.up * 7.0, &root, -0.2, 5.6, 9.6),
                pair(waist, &loin, 0.2, 5.0, 8.9),
                pair(breast, &chest, 0.6, 7.0, 10.2),
                [ball(arms[0].shoulder.at, 6.0), ball(arms[1].shoulder.at, 6.0)],
            ],
            belly: ball(waist + loin.place(1.6 + fill, 2.0, 0.0), 9.0),
            neck: [ball(nape, 5.2), ball(nape + chest.place(1.0, 6.0, 0.0), 4.9)],
            head: Head::of(pose, nape, chest),
            arms,
            legs: [(pose.right_leg, 1.0), (pose.left_leg, -1.0)]
                .map(|(leg, side)| LegBalls::of(&leg, side, pelvis + root.right * (side * HALF_HIPS), root)),
        }
    }

    pub fn balls(&self) -> Vec<Ball> {
        let mut all = self.core();
        all.extend(self.arms.iter().flat_map(ArmBalls::balls));
        all.extend(self.legs.iter().flat_map(LegBalls::balls));
        all
    }

    /// Trunk and head.
    pub fn core(&self) -> Vec<Ball> {
        let mut core: Vec<Ball> = self.trunk.iter().flatten().copied().collect();
        let head = &self.head;
        core.extend(self.neck.iter().chain([&self.belly, &head.hair, &head.face, &head.chin, &head.nose]));
        core
    }

    pub fn shifted(mut self, by: V3) -> Body {
        let head = &mut self.head;
        let single = [&mut self.belly, &mut head.hair, &mut head.face, &mut head.chin, &mut head.nose];
        let pairs = self.trunk.iter_mut().flatten().chain(&mut self.neck).chain(&mut head.eyes).chain(&mut head.ears);
        for ball in pairs.chain(single) {
            ball.at = ball.at + by;
        }
        for arm in &mut self.arms {
            for ball in
                [&mut arm.shoulder, &mut arm.elbow, &mut arm.wrist, &mut arm.palm, &mut arm.fingers, &mut arm.thumb]
            {
                ball.at = ball.at + by;
            }
        }
        for leg in &mut self.legs {
            let joints = [&mut leg.hip, &mut leg.knee, &mut leg.calf, &mut leg.ankle];
            let foot = [&mut leg.heel, &mut leg.ball, &mut leg.toes];
            for ball in joints.into_iter().chain(foot).chain(leg.rays.iter_mut().flatten()) {
                ball.at = ball.at + by;
            }
        }
        self
    }
}

impl Head {
    fn of(pose: &Pose, nape: V3, chest: Basis) -> Head {
        let nodding = chest.turned(chest.right, -pose.nod);
        let tilted = nodding.turned(nodding.front, pose.tilt);
        let basis = tilted.turned(tilted.up, pose.look);
        // The neck bends in the middle, so that the head swings on a short arm.
        let neck = nodding.turned(nodding.front, pose.tilt);
        let centre = nape + chest.up * 4.0 + neck.up * 12.5 + chest.front * (1.8 + pose.glide);
        let at = |forward: f64, up: f64, right: f64, r: f64| ball(centre + basis.place(forward, up, right), r);
        Head {
            hair: at(-1.8, 2.2, 0.0, 10.2),
            face: at(1.2, -0.4, 0.0, 9.6),
            chin: at(4.6, -7.4, 0.0, 4.6),
            nose: at(10.6, -2.0, 0.0, 1.9),
            eyes: [at(9.4, 0.8, 3.7, 1.1), at(9.4, 0.8, -3.7, 1.1)],
            ears: [at(-0.6, -1.4, 9.3, 2.4), at(-0.6, -1.4, -9.3, 2.4)],
        }
    }
}

impl ArmBalls {
    fn of(arm: &Arm, side: f64, shoulder: V3, chest: Basis) -> ArmBalls {
        let upper = chest.raised(arm.shoulder, arm.out, side).rotated(arm.twist, side);
        let elbow = shoulder - upper.up * UPPER_ARM;
        let lower = upper.bent(arm.elbow).rotated(arm.palm, side);
        let wrist = elbow - lower.up * FOREARM;
        let hand = lower.bent(arm.wrist);
        let (knuckles, tips) = if arm.fist { (5.0, 6.5) } else { (6.0, 14.5) };
        ArmBalls {
            shoulder: ball(shoulder, 6.0),
            elbow: ball(elbow, 4.5),
            wrist: ball(wrist, 3.3),
            palm: ball(wrist - hand.up * knuckles, if arm.fist { 4.3 } else { 3.7 }),
            fingers: ball(wrist - hand.up * tips + hand.front * if arm.fist { 1.2 } else { 0.6 }, 2.2),
            thumb: ball(wrist + hand.place(1.6, -7.0, side * 4.2), 1.6),
        }
    }

    pub fn balls(&self) -> Vec<Ball> {
        vec![self.shoulder, self.elbow, self.wrist, self.palm, self.fingers, self.thumb]
    }
}

impl LegBalls {
    fn of(leg: &Leg, side: f64, hip: V3, pelvis: Basis) -> LegBalls {
        let thigh = pelvis.raised(leg.hip, leg.out, side).rotated(leg.twist, side);
        let knee = hip - thigh.up * THIGH;
        let shin = thigh.bent(-leg.knee);
        let ankle = knee - shin.up * SHIN;
        let tipped = shin.bent(leg.ankle.unwrap_or_else(|| level(&shin)));
        let foot = tipped.turned(tipped.front, -side * leg.evert);
        let toes = foot.bent(leg.toes);
        let sole = |forward: f64, r: f64, right: f64| ball(ankle + foot.place(forward, r - ANKLE_HEIGHT, right), r);
        let pad = sole(11.0, 3.1, 0.0);
        LegBalls {
            hip: ball(hip - pelvis.front * 0.6, 9.4),
            knee: ball(knee, 6.4),
            calf: ball(knee - shin.up * 11.0 - shin.front * 1.3, 6.2),
            ankle: ball(ankle, 4.1),
            heel: sole(-3.6, 4.0, 0.0),
            ball: pad,
            toes: ball(pad.at + toes.place(6.2, -0.5, 0.0), 2.6),
            rays: std::array::from_fn(|toe| {
                let across = -side * (3.4 - 1.75 * toe as f64);
                let r = [1.7, 1.25, 1.15, 1.1, 1.0][toe];
                let root = sole([11.6, 12.0, 11.4, 10.4, 9.2][toe], r + 0.2, across);
                [root, ball(root.at + toes.place([6.4, 5.6, 4.9, 4.2, 3.6][toe], 0.0, 0.0), r)]
            }),
        }
    }

    pub fn balls(&self) -> Vec<Ball> {
        vec![self.hip, self.knee, self.calf, self.ankle, self.heel, self.ball, self.toes]
    }
}

/// The ankle's angle at which the sole is level; none where it would have to bend far.
fn level(shin: &Basis) -> f64 {
    let angle = (-shin.front.y).atan2(shin.up.y).to_degrees();
    if (-48.0..=35.0).contains(&angle) { angle } else { 0.0 }
}
