//! Where the movement goes. An arrow follows the true way of its spot from start to end, a little outside of it.

use std::f64::consts::TAU;

use care::library::pose::{Arrow, Figure, Scene, Zoom};

use super::canvas::Bounds;
use super::space::{Camera, P2};
use super::spot::Posed;

const GAP: f64 = 11.0;
const HEAD: f64 = 6.0;
/// What is shorter than this is not worth an arrow.
const SHORTEST: f64 = 7.0;

/// The line, and its heads.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    pub line: String,
    pub heads: String,
    /// How strong it is: a close-up is magnified.
    pub scale: f64,
}

pub fn draw(arrow: &Arrow, figure: &Figure, camera: &Camera, room: &mut Bounds) -> Option<Drawn> {
    let scene = &figure.scene;
    let scale = match figure.zoom {
        Zoom::Whole => 1.0,
        Zoom::Upper => 0.8,
        Zoom::Head | Zoom::Foot => 0.5,
        Zoom::Hand => 1.3,
    };
    let way = match (arrow.push, arrow.circle) {
        (Some(push), _) => pushed(arrow, push, scene, camera),
        (None, Some(r)) => circled(arrow, r, scene, camera),
        (None, None) => travelled(arrow, scale, scene, camera),
    };
    let moved: Vec<P2> =
        way.iter().map(|point| P2 { x: point.x + arrow.shift[0], y: point.y - arrow.shift[1] }).collect();
    if length(&moved) < SHORTEST * scale {
        return None;
    }
    moved.iter().for_each(|point| room.hold(*point, 4.0));
    let mut heads = head(&moved, HEAD * scale);
    if arrow.both {
        heads.push_str(&head(&moved.iter().rev().copied().collect::<Vec<_>>(), HEAD * scale));
    }
    Some(Drawn { line: line(&moved, arrow.both, HEAD * scale), heads, scale })
}

fn travelled(arrow: &Arrow, scale: f64, scene: &Scene, camera: &Camera) -> Vec<P2> {
    const STEPS: u8 = 20;
    // The first part is left out, so that the line does not begin on the limb.
    let from = if arrow.both { 0 } else { 3 };
    (from..=STEPS)
        .map(|step| {
            let (spot, joint) = Posed::at(scene, f64::from(step) / f64::from(STEPS)).spot(arrow.spot);
            let (spot, joint) = (camera.flat(spot), camera.flat(joint));
            let (dx, dy, _) = joint.towards(spot);
            P2 { x: spot.x + dx * GAP * scale, y: spot.y + dy * GAP * scale }
        })
        .collect()
}

/// A straight arrow that ends at the spot.
fn pushed(arrow: &Arrow, push: [f64; 2], scene: &Scene, camera: &Camera) -> Vec<P2> {
    let spot = camera.flat(Posed::at(scene, 1.0).spot(arrow.spot).0);
    let part = |part: f64| P2 { x: spot.x - push[0] * part, y: spot.y + push[1] * part };
    (0..=12).rev().map(|step| part(f64::from(step) / 12.0)).collect()
}

fn circled(arrow: &Arrow, r: f64, scene: &Scene, camera: &Camera) -> Vec<P2> {
    let middle = camera.flat(Posed::at(scene, 1.0).spot(arrow.spot).0);
    (0..=30)
        .map(|step| {
            let (sin, cos) = (TAU * (0.1 + 0.82 * f64::from(step) / 30.0)).sin_cos();
            P2 { x: middle.x + r * cos, y: middle.y + 0.7 * r * sin }
        })
        .collect()
}

fn length(way: &[P2]) -> f64 {
    way.windows(2).map(|pair| pair[0].towards(pair[1]).2).sum()
}

/// The part of the way that lies under an arrow's head is not drawn.
fn line(way: &[P2], both: bool, size: f64) -> String {
    let (Some(first), Some(last)) = (way.first(), way.last()) else { return String::new() };
    let shown = way
        .iter()
        .filter(|point| point.towards(*last).2 > size * 0.8 && (!both || point.towards(*first).2 > size * 0.8));
    let mut path = String::new();
    for point in shown {
        path.push_str(&format!("{}{:.1} {:.1}", if path.is_empty() { 'M' } else { 'L' }, point.x, point.y));
    }
    path
}

fn head(way: &[P2], size: f64) -> String {
    let Some(tip) = way.last() else { return String::new() };
    let from = way.iter().rev().find(|point| point.towards(*tip).2 > size).or(way.first()).unwrap_or(tip);
    let (dx, dy, _) = from.towards(*tip);
    let (back_x, back_y) = (tip.x - dx * size * 1.25, tip.y - dy * size * 1.25);
    format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}z",
        tip.x,
        tip.y,
        back_x - dy * size * 0.62,
        back_y + dx * size * 0.62,
        back_x + dy * size * 0.62,
        back_y - dx * size * 0.62
    )
}
