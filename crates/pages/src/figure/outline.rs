//! Outlines as path data: balls, tapered limbs between two balls, and the skin stretched over several.

use std::fmt::Write;

use super::space::{Camera, P2, V3};

/// A ball in the room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ball {
    pub at: V3,
    pub r: f64,
}

pub fn ball(at: V3, r: f64) -> Ball {
    Ball { at, r }
}

/// A ball as the camera sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disc {
    pub at: P2,
    pub r: f64,
}

impl Ball {
    pub fn seen(self, camera: &Camera) -> Disc {
        Disc { at: camera.flat(self.at), r: self.r }
    }
}

pub fn circle(disc: Disc) -> String {
    let Disc { at, r } = disc;
    format!("M{:.1} {:.1}a{r:.1} {r:.1} 0 1 0 {:.1} 0a{r:.1} {r:.1} 0 1 0 {:.1} 0z", at.x - r, at.y, 2.0 * r, -2.0 * r)
}

/// A limb with round ends, thicker at one of them.
pub fn limb(one: Disc, other: Disc) -> String {
    let (dx, dy, apart) = one.at.towards(other.at);
    if apart <= (one.r - other.r).abs() + 0.05 {
        return circle(if one.r >= other.r { one } else { other });
    }
    let heading = dy.atan2(dx);
    let lean = ((one.r - other.r) / apart).acos();
    let on = |disc: Disc, angle: f64| (disc.at.x + disc.r * angle.cos(), disc.at.y + disc.r * angle.sin());
    let (a, b) = (on(one, heading + lean), on(other, heading + lean));
    let (c, d) = (on(other, heading - lean), on(one, heading - lean));
    let large = |turn: f64| u8::from(turn > std::f64::consts::PI);
    format!(
        "M{:.1} {:.1}L{:.1} {:.1}A{r2:.1} {r2:.1} 0 {} 0 {:.1} {:.1}L{:.1} {:.1}A{r1:.1} {r1:.1} 0 {} 0 {:.1} {:.1}z",
        a.0,
        a.1,
        b.0,
        b.1,
        large(2.0 * lean),
        c.0,
        c.1,
        d.0,
        d.1,
        large(std::f64::consts::TAU - 2.0 * lean),
        a.0,
        a.1,
        r1 = one.r,
        r2 = other.r,
    )
}

/// The skin stretched over discs.
pub fn skin(discs: &[Disc]) -> String {
    const PARTS: u8 = 36;
    let mut points = Vec::new();
    for disc in discs {
        for part in 0..PARTS {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(part) / f64::from(PARTS)).sin_cos();
            points.push(P2 { x: disc.at.x + disc.r * cos, y: disc.at.y + disc.r * sin });
        }
    }
    // The way round that circles and limbs go: paths of one colour lie in one element and must not cancel out.
    let mut around = hull(points);
    around.reverse();
    polygon(&around)
}

pub fn polygon(points: &[P2]) -> String {
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let _ = write!(path, "{}{:.1} {:.1}", if at == 0 { 'M' } else { 'L' }, point.x, point.y);
    }
    path.push('z');
    path
}

/// The convex hull, by Andrew's monotone chain.
pub fn hull(mut points: Vec<P2>) -> Vec<P2> {
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let mut around = half(points.iter());
    around.extend(half(points.iter().rev()));
    around
}

fn half<'a>(points: impl Iterator<Item = &'a P2>) -> Vec<P2> {
    let mut chain: Vec<P2> = Vec::new();
    for point in points {
        while let [.., a, b] = chain.as_slice() {
            if (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x) > 0.0 {
                break;
            }
            chain.pop();
        }
        chain.push(*point);
    }
    chain.pop();
    chain
}
