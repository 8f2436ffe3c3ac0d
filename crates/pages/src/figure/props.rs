//! What stands around: furniture as boxes, and what is held as balls and lines.

use care::library::pose::{Prop, PropKind};

use super::canvas::{Bounds, Brush, Layer};
use super::outline::{Ball, ball, hull, polygon};
use super::space::{Camera, P2, V3, v3};
use super::spot::Posed;

const BEHIND: f64 = -1000.0;
const BEFORE: f64 = 1000.0;

pub fn layer(prop: &Prop, posed: &Posed, camera: &Camera, room: &mut Bounds) -> Layer {
    let offset = v3(prop.x, prop.y, prop.z);
    let at = match (prop.at, prop.kind) {
        (None, _) => offset,
        (Some(spot), PropKind::Band | PropKind::Strap | PropKind::Stick) => posed.spot(spot).0,
        (
            Some(spot),
            PropKind::Chair
            | PropKind::Wall
            | PropKind::Table
            | PropKind::Counter
            | PropKind::Mat
            | PropKind::Bed
            | PropKind::Step
            | PropKind::Doorway
            | PropKind::Roll
            | PropKind::Towel
            | PropKind::Ball
            | PropKind::Pillow
            | PropKind::Weight,
        ) => posed.spot(spot).0 + offset,
    };
    let depth = match (prop.front, prop.at) {
        (true, _) => BEFORE,
        (false, Some(_)) => camera.depth(at) + 2.0,
        (false, None) => BEHIND + camera.depth(at) / 100.0,
    };
    let mut brush = Brush::new(camera, room, depth, "prop");
    let facing = if prop.turned { -1.0 } else { 1.0 };
    match prop.kind {
        PropKind::Chair => chair(&mut brush, at, prop.size.unwrap_or(36.5), facing),
        PropKind::Table => match posed {
            Posed::Body(_) => table(&mut brush, at, prop.size.unwrap_or(72.0), facing),
            // Close up only its top, under the forearm.
            Posed::Hand(_) => block(&mut brush, at, v3(106.0, 8.0, 0.0), 34.0),
        },
        PropKind::Bed => bed(&mut brush, at, prop.size.unwrap_or(42.0)),
        PropKind::Wall => block(&mut brush, at, v3(5.0 * facing, prop.size.unwrap_or(172.0), 0.0), 14.0),
        PropKind::Counter => counter(&mut brush, at, prop.size.unwrap_or(90.0), facing),
        PropKind::Mat => block(&mut brush, at - v3(96.0, 3.0, 0.0), v3(192.0, 3.0, 0.0), 30.0),
        PropKind::Step => block(&mut brush, at, v3(36.0 * facing, prop.size.unwrap_or(15.0), 0.0), 28.0),
        PropKind::Doorway => doorway(&mut brush, at, prop.size.unwrap_or(46.0)),
        PropKind::Towel => block(&mut brush, at - v3(13.0, 0.8, 0.0), v3(26.0, 1.6, 0.0), 9.0),
        PropKind::Ball => {
            brush.ball("soft", ball(at, prop.size.unwrap_or(11.0)));
        }
        PropKind::Roll => roll(&mut brush, at, prop.size.unwrap_or(6.0)),
        PropKind::Pillow => pillow(&mut brush, at, prop.size.unwrap_or(4.5)),
        PropKind::Weight => weight(&mut brush, at, prop.size.unwrap_or(4.2)),
        PropKind::Band => line(&mut brush, "band", at, end(prop, posed), 0.0),
        PropKind::Strap => line(&mut brush, "strap", at, end(prop, posed), 0.0),
        PropKind::Stick => line(&mut brush, "stick", at, end(prop, posed), 13.0),
    }
    brush.done()
}

fn end(prop: &Prop, posed: &Posed) -> V3 {
    let offset = v3(prop.x, prop.y, prop.z);
    match (prop.at, prop.to) {
        // Tied to a place in the room: `x`, `y`, `z` say where.
        (Some(_), None) => offset,
        (_, Some(spot)) => posed.spot(spot).0,
        (None, None) => v3(prop.x, 0.0, prop.z),
    }
}

fn line(brush: &mut Brush<'_>, class: &'static str, at: V3, to: V3, beyond: f64) {
    let way = to - at;
    let more = if way.length() > 1.0 { way * (beyond / way.length()) } else { V3::default() };
    let [from, to] = [at - more, to + more].map(|end| brush.camera.flat(end));
    brush.room.hold(from, 2.0);
    brush.room.hold(to, 2.0);
    brush.path("line", String::new());
    brush.path(class, format!("M{:.1} {:.1}L{:.1} {:.1}", from.x, from.y, to.x, to.y));
}

/// A box from a corner on the picture's plane, as deep as `half` to either side.
fn block(brush: &mut Brush<'_>, corner: V3, size: V3, half: f64) {
    let edge = |x: f64, y: f64, z: f64| brush.camera.flat(corner + v3(size.x * x, size.y * y, z * half));
    let top = [edge(0.0, 1.0, -1.0), edge(1.0, 1.0, -1.0), edge(1.0, 1.0, 1.0), edge(0.0, 1.0, 1.0)];
    let bottom = [edge(0.0, 0.0, -1.0), edge(1.0, 0.0, -1.0), edge(1.0, 0.0, 1.0), edge(0.0, 0.0, 1.0)];
    let all: Vec<P2> = top.into_iter().chain(bottom).collect();
    all.iter().for_each(|point| brush.room.hold(*point, 0.5));
    brush.path("wood", polygon(&hull(all)));
    if !brush.camera.level() {
        brush.path("wood-top", polygon(&hull(top.to_vec())));
    }
}

fn chair(brush: &mut Brush<'_>, at: V3, height: f64, facing: f64) {
    for (along, deep) in [(-18.5, -15.5), (15.5, -15.5), (-18.5, 15.5), (15.5, 15.5)] {
        let corner = at + v3(if facing > 0.0 { along } else { -along - 3.0 }, 0.0, deep);
        block(brush, corner, v3(3.0, height, 0.0), 1.5);
    }
    let back = if facing > 0.0 { -20.0 } else { 16.5 };
    block(brush, at + v3(back, height, 0.0), v3(3.5, 44.0, 0.0), 17.0);
    block(brush, at + v3(-20.0, height - 4.0, 0.0), v3(40.0, 4.0, 0.0), 18.0);
}

fn table(brush: &mut Brush<'_>, at: V3, height: f64, facing: f64) {
    for along in [4.0, 52.0] {
        block(brush, at + v3(along * facing, 0.0, 0.0), v3(3.5 * facing, height - 4.0, 0.0), 24.0);
    }
    block(brush, at + v3(0.0, height - 4.0, 0.0), v3(60.0 * facing, 4.0, 0.0), 28.0);
}

fn counter(brush: &mut Brush<'_>, at: V3, height: f64, facing: f64) {
    block(brush, at + v3(3.0 * facing, 0.0, 0.0), v3(44.0 * facing, height - 4.0, 0.0), 40.0);
    block(brush, at + v3(0.0, height - 4.0, 0.0), v3(50.0 * facing, 4.0, 0.0), 42.0);
}

fn bed(brush: &mut Brush<'_>, at: V3, height: f64) {
    for along in [-88.0, 82.0] {
        block(brush, at + v3(along, 0.0, 0.0), v3(6.0, height - 12.0, 0.0), 28.0);
    }
    block(brush, at + v3(-96.0, height - 12.0, 0.0), v3(192.0, 12.0, 0.0), 32.0);
}

fn doorway(brush: &mut Brush<'_>, at: V3, half: f64) {
    for side in [-1.0, 1.0] {
        block(brush, at + v3(-4.0, 0.0, side * half), v3(8.0, 186.0, 0.0), 4.0);
    }
    block(brush, at + v3(-4.0, 186.0, 0.0), v3(8.0, 7.0, 0.0), half + 4.0);
}

fn roll(brush: &mut Brush<'_>, at: V3, r: f64) {
    let ends: [Ball; 2] = [ball(at - v3(0.0, 0.0, 14.0), r), ball(at + v3(0.0, 0.0, 14.0), r)];
    brush.skin("soft", &ends).ball("soft-end", ends[1]);
}

fn pillow(brush: &mut Brush<'_>, at: V3, r: f64) {
    let corners = [(-13.0, -12.0), (13.0, -12.0), (-13.0, 12.0), (13.0, 12.0)];
    brush.skin("soft", &corners.map(|(x, z)| ball(at + v3(x, 0.0, z), r)));
}

fn weight(brush: &mut Brush<'_>, at: V3, r: f64) {
    let [near, far] = [6.5, -6.5].map(|along| at + v3(along * 0.8, 0.0, along * 0.6));
    brush.chain("iron", &[ball(far, 1.4), ball(near, 1.4)]).ball("iron", ball(far, r)).ball("iron", ball(near, r));
}
