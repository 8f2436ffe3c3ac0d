//! Points in the room, and how a camera sees them. x is to the right of the picture, y up, z towards who looks.

use std::ops::{Add, Mul, Sub};

use care::library::pose::View;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct V3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

pub const fn v3(x: f64, y: f64, z: f64) -> V3 {
    V3 { x, y, z }
}

impl Add for V3 {
    type Output = V3;
    fn add(self, other: V3) -> V3 {
        v3(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl Sub for V3 {
    type Output = V3;
    fn sub(self, other: V3) -> V3 {
        v3(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

impl Mul<f64> for V3 {
    type Output = V3;
    fn mul(self, by: f64) -> V3 {
        v3(self.x * by, self.y * by, self.z * by)
    }
}

impl V3 {
    pub fn dot(self, other: V3) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn cross(self, other: V3) -> V3 {
        v3(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        )
    }

    pub fn length(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// Turned about an axis of length one (Rodrigues' formula).
    fn turned(self, axis: V3, degrees: f64) -> V3 {
        let (sin, cos) = degrees.to_radians().sin_cos();
        self * cos + axis.cross(self) * sin + axis * (axis.dot(self) * (1.0 - cos))
    }
}

/// How a part of the body lies: its front, the way to the head, and its right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Basis {
    pub front: V3,
    pub up: V3,
    pub right: V3,
}

impl Basis {
    pub const UPRIGHT: Basis = Basis { front: v3(1.0, 0.0, 0.0), up: v3(0.0, 1.0, 0.0), right: v3(0.0, 0.0, 1.0) };

    pub fn turned(self, axis: V3, degrees: f64) -> Basis {
        Basis {
            front: self.front.turned(axis, degrees),
            up: self.up.turned(axis, degrees),
            right: self.right.turned(axis, degrees),
        }
    }

    /// Its lower end swung forward.
    pub fn bent(self, degrees: f64) -> Basis {
        self.turned(self.right, degrees)
    }

    /// Its lower end swung up in the plane that lies `out` degrees from the front towards a side.
    pub fn raised(self, degrees: f64, out: f64, side: f64) -> Basis {
        let (sin, cos) = out.to_radians().sin_cos();
        let plane = self.front * cos + self.right * (side * sin);
        self.turned(plane.cross(self.up), degrees)
    }

    /// About its own length; for both sides outward is the same number.
    pub fn rotated(self, outward: f64, side: f64) -> Basis {
        self.turned(self.up, -side * outward)
    }

    /// A place told from here: forward, up, to the right.
    pub fn place(&self, forward: f64, up: f64, right: f64) -> V3 {
        self.front * forward + self.up * up + self.right * right
    }
}

/// Parallel lines stay parallel, so that limbs keep their measure.
#[derive(Debug, Clone, Copy)]
pub struct Camera {
    right: V3,
    up: V3,
    toward: V3,
}

impl Camera {
    pub fn of(view: View) -> Camera {
        match view {
            View::Side => Camera::at(14.0, 0.0),
            View::Front => Camera::at(90.0, 0.0),
            View::Back => Camera::at(-90.0, 0.0),
            View::Corner => Camera::at(48.0, 10.0),
            View::Above => Camera::at(10.0, 24.0),
        }
    }

    /// Walked round by `yaw` from the side to the front, and raised by `pitch`.
    fn at(yaw: f64, pitch: f64) -> Camera {
        let (sin, cos) = yaw.to_radians().sin_cos();
        let (high, low) = pitch.to_radians().sin_cos();
        let toward = v3(sin * low, high, cos * low);
        let right = v3(cos, 0.0, -sin);
        Camera { right, up: toward.cross(right), toward }
    }

    /// Where it lies on the picture, y downward.
    pub fn flat(&self, point: V3) -> P2 {
        P2 { x: point.dot(self.right), y: -point.dot(self.up) }
    }

    pub fn depth(&self, point: V3) -> f64 {
        point.dot(self.toward)
    }

    /// The floor is a line when it is seen from its own height.
    pub fn level(&self) -> bool {
        self.toward.y.abs() < 0.01
    }
}

/// A point of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct P2 {
    pub x: f64,
    pub y: f64,
}

impl P2 {
    pub fn towards(self, other: P2) -> (f64, f64, f64) {
        let (dx, dy) = (other.x - self.x, other.y - self.y);
        let length = dx.hypot(dy);
        if length < 1e-9 { (0.0, 0.0, 0.0) } else { (dx / length, dy / length, length) }
    }
}
