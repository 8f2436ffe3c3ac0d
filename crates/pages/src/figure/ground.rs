//! A body on its floor: as low as it goes, and the limbs that stand bent until they stand.

use care::library::pose::Pose;

use super::body::Body;
use super::outline::Ball;
use super::space::v3;

/// The body of a pose where it rests.
pub fn grounded(pose: &Pose) -> Body {
    let mut pose = *pose;
    let floor = lowest(&resting(&pose, &Body::of(&pose)));
    // Which knee or elbow is to find the floor, one after the other.
    for limb in 0..4 {
        bend(&mut pose, limb, floor);
    }
    Body::of(&pose).shifted(v3(0.0, pose.lift - floor, 0.0))
}

/// The parts that do not look for the floor.
fn resting(pose: &Pose, body: &Body) -> Vec<Ball> {
    let mut balls = body.core();
    let arms = [pose.right_arm.floor, pose.left_arm.floor];
    let legs = [pose.right_leg.floor, pose.left_leg.floor];
    balls.extend(body.arms.iter().zip(arms).filter(|(_, looks)| !looks).flat_map(|(arm, _)| arm.balls()));
    balls.extend(body.legs.iter().zip(legs).filter(|(_, looks)| !looks).flat_map(|(leg, _)| leg.balls()));
    balls
}

pub fn lowest(balls: &[Ball]) -> f64 {
    balls.iter().map(|ball| ball.at.y - ball.r).fold(f64::INFINITY, f64::min)
}

/// The least bend with which the limb's lowest part meets the floor best.
fn bend(pose: &mut Pose, limb: usize, floor: f64) {
    let joint = match limb {
        0 if pose.right_leg.floor => &mut pose.right_leg.knee,
        1 if pose.left_leg.floor => &mut pose.left_leg.knee,
        2 if pose.right_arm.floor => &mut pose.right_arm.elbow,
        3 if pose.left_arm.floor => &mut pose.left_arm.elbow,
        _ => return,
    };
    *joint = 0.0;
    let gap = |bent: f64| {
        let mut tried = *pose;
        match limb {
            0 => tried.right_leg.knee = bent,
            1 => tried.left_leg.knee = bent,
            2 => tried.right_arm.elbow = bent,
            _ => tried.left_arm.elbow = bent,
        }
        let body = Body::of(&tried);
        let balls = if limb < 2 { body.legs[limb].balls() } else { body.arms[limb - 2].balls() };
        lowest(&balls) - floor
    };
    let best = (0..=290).map(|half| f64::from(half) / 2.0).min_by(|a, b| gap(*a).abs().total_cmp(&gap(*b).abs()));
    let bent = best.unwrap_or_default();
    match limb {
        0 => pose.right_leg.knee = bent,
        1 => pose.left_leg.knee = bent,
        2 => pose.right_arm.elbow = bent,
        _ => pose.left_arm.elbow = bent,
    }
}
