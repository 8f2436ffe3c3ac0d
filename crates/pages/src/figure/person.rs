//! A body as layers: each limb one layer, so that the near arm lies over the trunk and the far one behind it.

use care::library::pose::Zoom;

use super::body::{ArmBalls, Body, Head, LegBalls};
use super::canvas::{Bounds, Brush, Layer};
use super::outline::{Ball, ball};
use super::space::Camera;

/// Which parts are in the picture, and which of them the picture makes room for.
struct Parts {
    trunk: bool,
    arms: bool,
    legs: bool,
    /// The right foot with its toes, and a short piece of shin.
    foot: bool,
}

impl Parts {
    fn of(zoom: Zoom) -> Parts {
        match zoom {
            Zoom::Whole => Parts { trunk: true, arms: true, legs: true, foot: false },
            Zoom::Upper => Parts { trunk: true, arms: true, legs: true, foot: false },
            Zoom::Head => Parts { trunk: true, arms: true, legs: false, foot: false },
            Zoom::Foot | Zoom::Hand => Parts { trunk: false, arms: false, legs: false, foot: true },
        }
    }
}

pub fn layers(body: &Body, zoom: Zoom, camera: &Camera, room: &mut Bounds) -> Vec<Layer> {
    let parts = Parts::of(zoom);
    let mut out = Vec::new();
    // A picture of the head makes room for head and shoulders, one of the upper body ends at the thighs: the rest is
    // cut at the edge.
    let mut elsewhere = Bounds::NOTHING;
    let head_only = zoom == Zoom::Head;
    let middle = camera.depth(body.trunk[2][0].at + body.trunk[2][1].at) / 2.0;
    if parts.trunk {
        out.push(trunk(body, camera, if head_only { &mut elsewhere } else { room }));
        out.push(head(&body.head, &body.neck, camera, room));
        if head_only {
            body.trunk[4].iter().for_each(|shoulder| room.hold(camera.flat(shoulder.at), 12.0));
        }
    }
    if parts.arms {
        let room = if head_only { &mut elsewhere } else { &mut *room };
        out.extend(body.arms.iter().map(|limb| arm(limb, middle, camera, room)));
    }
    if parts.legs {
        let room = if zoom == Zoom::Upper { &mut elsewhere } else { &mut *room };
        out.extend(body.legs.iter().map(|limb| leg(limb, middle, camera, room)));
    }
    if parts.foot {
        out.push(foot(&body.legs[0], camera, room));
    }
    out
}

fn shade(depth: f64, middle: f64) -> &'static str {
    if depth < middle - 4.0 { "far" } else { "near" }
}

fn mean_depth(camera: &Camera, balls: &[Ball]) -> f64 {
    balls.iter().map(|ball| camera.depth(ball.at)).sum::<f64>() / balls.len().max(1) as f64
}

fn trunk(body: &Body, camera: &Camera, room: &mut Bounds) -> Layer {
    let [hips, hem, waist, chest, shoulders] = body.trunk;
    let both = |a: [Ball; 2], b: [Ball; 2]| [a[0], a[1], b[0], b[1]];
    let mut brush = Brush::new(camera, room, mean_depth(camera, &waist), "near");
    brush.skin("legs", &both(hips, hem));
    brush.skin("top", &both(hem, waist)).skin("top", &both(waist, chest)).skin("top", &both(chest, shoulders));
    brush.skin("top", &[body.belly, hem[0], hem[1], waist[0], waist[1]]);
    brush.done()
}

fn head(head: &Head, neck: &[Ball; 2], camera: &Camera, room: &mut Bounds) -> Layer {
    let depth = camera.depth(head.face.at);
    let mut brush = Brush::new(camera, room, depth, "near");
    brush.chain("skin", neck);
    let turned_away = camera.depth(head.hair.at) > depth + 1.5;
    let face = [head.face, head.chin];
    if turned_away {
        brush.chain("skin", &face).ball("skin", head.nose).ball("hair", head.hair);
    } else {
        brush.ball("hair", head.hair).chain("skin", &face).ball("skin", head.nose);
    }
    for (ear, eye) in head.ears.into_iter().zip(head.eyes) {
        if camera.depth(ear.at) > depth - 3.5 {
            brush.ball("ear", ear);
        }
        if camera.depth(eye.at) > depth + 2.2 {
            brush.ball("eye", eye);
        }
    }
    brush.done()
}

fn arm(arm: &ArmBalls, middle: f64, camera: &Camera, room: &mut Bounds) -> Layer {
    let whole = [arm.shoulder, arm.elbow, arm.wrist, arm.wrist];
    // A little nearer than it is: an arm beside the trunk lies before it.
    let depth = mean_depth(camera, &whole) + 1.5;
    let mut brush = Brush::new(camera, room, depth, shade(camera.depth(arm.shoulder.at), middle));
    brush.chain("skin", &[arm.elbow, arm.wrist]);
    brush.skin("skin", &[arm.wrist, arm.palm, arm.fingers]).chain("skin", &[arm.wrist, arm.thumb]);
    let sleeve = ball(arm.shoulder.at + (arm.elbow.at - arm.shoulder.at) * 0.62, 5.3);
    let bare = ball(arm.shoulder.at + (arm.elbow.at - arm.shoulder.at) * 0.5, 4.9);
    brush.chain("skin", &[bare, arm.elbow]).chain("top", &[arm.shoulder, sleeve]);
    brush.done()
}

fn leg(leg: &LegBalls, middle: f64, camera: &Camera, room: &mut Bounds) -> Layer {
    let depth = mean_depth(camera, &[leg.hip, leg.knee, leg.ankle]) - 0.5;
    let mut brush = Brush::new(camera, room, depth, shade(camera.depth(leg.hip.at), middle));
    brush.skin("shoe", &[leg.ankle, leg.heel, leg.ball]).chain("shoe", &[leg.ball, leg.toes]);
    let cuff = ball(leg.ankle.at + (leg.knee.at - leg.ankle.at) * 0.12, 4.6);
    brush.chain("legs", &[leg.hip, leg.knee]).chain("legs", &[leg.knee, leg.calf, cuff]);
    brush.done()
}

/// Bare, with toes: for what happens at the ankle.
fn foot(leg: &LegBalls, camera: &Camera, room: &mut Bounds) -> Layer {
    let high = ball(leg.ankle.at + (leg.knee.at - leg.ankle.at) * 0.62, 5.9);
    let cuff = ball(leg.ankle.at + (leg.knee.at - leg.ankle.at) * 0.36, 5.4);
    let mut brush = Brush::new(camera, room, camera.depth(leg.ankle.at), "near");
    brush.chain("skin", &[high, leg.ankle]);
    let instep = ball((leg.ankle.at + leg.ball.at) * 0.5, 3.6);
    let ends = leg.rays.map(|ray| ray[0]);
    brush.skin("skin", &[leg.ankle, leg.heel, instep, ends[0], ends[4]]);
    brush
        .skin("skin", &[instep, ends[0], ends[1], ends[2], ends[3], ends[4]])
        .skin("skin", &[leg.heel, ends[0], ends[4]]);
    for ray in leg.rays.iter().rev() {
        brush.chain("skin", ray);
    }
    brush.chain("legs", &[high, cuff]);
    brush.done()
}
