//! A hand close up: forearm, palm, four fingers of three bones each, and the thumb. Measures are five times those of a
//! body, so that lines have the same strength.

use care::library::pose::HandPose;

use super::canvas::{Bounds, Brush, Layer};
use super::outline::{Ball, ball};
use super::space::{Basis, Camera, V3, v3};

pub const BONES: [[f64; 3]; 4] = [[23.0, 14.0, 11.0], [26.0, 16.0, 12.0], [23.0, 15.0, 11.0], [18.0, 11.0, 10.0]];
const THUMB: [f64; 3] = [22.0, 18.0, 14.0];
const FOREARM: f64 = 85.0;
const PALM: [f64; 4] = [47.0, 48.0, 45.0, 41.0];
/// Where the knuckles stand across the palm, from the index finger.
const ACROSS: [f64; 4] = [14.5, 5.0, -4.8, -14.0];

#[derive(Debug, Clone, PartialEq)]
pub struct Hand {
    pub elbow: Ball,
    pub wrist: Ball,
    pub heel: [Ball; 2],
    pub fingers: [[Ball; 4]; 4],
    pub thumb: [Ball; 4],
}

impl Hand {
    pub fn of(pose: &HandPose) -> Hand {
        // Fingers to the right, palm down, thumb towards who looks: front is the palm's side, up is back to the elbow.
        let flat = Basis { front: v3(0.0, -1.0, 0.0), up: v3(-1.0, 0.0, 0.0), right: v3(0.0, 0.0, -1.0) };
        let arm = flat.turned(v3(1.0, 0.0, 0.0), -pose.turn).turned(v3(0.0, 0.0, 1.0), pose.tilt);
        let elbow = v3(0.0, pose.lift, 0.0);
        let wrist = elbow - arm.up * FOREARM;
        let palm = arm.bent(pose.wrist);
        let palm = palm.turned(palm.front, pose.lean);
        // The thumb is on the left of the palm: this is a left hand, or a right one seen from its back.
        let at = |forward: f64, along: f64, across: f64| wrist + palm.place(forward, -along, -across);
        let fingers = std::array::from_fn(|finger| {
            let fan = palm.turned(palm.front, pose.spread * (1.5 - finger as f64) * 0.9);
            let root = at(0.0, PALM[finger], ACROSS[finger]);
            let bends = [pose.knuckles, pose.knuckles + pose.middles, pose.knuckles + pose.middles + pose.tips];
            bones(root, bends.map(|bend| fan.bent(bend)), BONES[finger], [6.9, 6.2, 5.7, 5.0])
        });
        let out = palm.turned(palm.front, 28.0 + pose.thumb.out).turned(palm.up, -pose.thumb.across);
        let bent = |part: f64| out.turned(out.front, -pose.thumb.bend * part);
        Hand {
            elbow: ball(elbow, 18.0),
            wrist: ball(wrist, 13.0),
            heel: [ball(at(1.0, 9.0, 9.0), 9.5), ball(at(1.0, 9.0, -9.0), 9.5)],
            fingers,
            thumb: bones(at(3.0, 10.0, 11.0), [out, bent(0.6), bent(1.4)], THUMB, [9.2, 7.2, 6.4, 5.4]),
        }
    }

    #[cfg(test)]
    pub fn balls(&self) -> Vec<Ball> {
        let mut all = vec![self.elbow, self.wrist];
        all.extend(self.heel.iter().chain(self.fingers.iter().flatten()).chain(&self.thumb));
        all
    }

    pub fn layers(&self, camera: &Camera, room: &mut Bounds) -> Vec<Layer> {
        let mut out = Vec::new();
        let roots = self.fingers.map(|finger| finger[0]);
        let palm_depth = camera.depth(roots.iter().fold(V3::default(), |sum, root| sum + root.at) * 0.25);
        let mut brush = Brush::new(camera, room, palm_depth, "near");
        brush.chain("skin", &[self.elbow, self.wrist]).skin("skin", &[self.wrist, self.heel[0], self.heel[1]]);
        brush.skin("skin", &[self.heel[0], self.heel[1], roots[0], roots[1], roots[2], roots[3]]);
        let cuff = ball(self.elbow.at + (self.wrist.at - self.elbow.at) * 0.42, 16.6);
        brush.chain("top", &[self.elbow, cuff]);
        out.push(brush.done());
        for (chain, skin) in self.fingers.iter().chain([&self.thumb]).zip(["skin"; 5]) {
            let depth = camera.depth((chain[1].at + chain[2].at) * 0.5);
            let class = if depth < palm_depth - 9.0 { "far" } else { "near" };
            // Fingers that go on straight from the palm belong to it: no line between them.
            let mut brush = Brush::new(camera, room, depth, class);
            brush.chain(skin, chain);
            out.push(brush.done());
        }
        out
    }
}

fn bones(root: V3, ways: [Basis; 3], lengths: [f64; 3], radii: [f64; 4]) -> [Ball; 4] {
    let one = root - ways[0].up * lengths[0];
    let two = one - ways[1].up * lengths[1];
    let three = two - ways[2].up * lengths[2];
    [ball(root, radii[0]), ball(one, radii[1]), ball(two, radii[2]), ball(three, radii[3])]
}
