//! A posed person as joint angles: what an exercise's pictures are drawn from.
//!
//! Angles are degrees, lengths are centimetres of a person 163 cm tall. An angle of a joint counts from standing
//! upright with the arms hanging; each joint has a range, so that no knee bends forward by a slip of the pen.

mod body;
mod figure;
mod hand;
mod layers;
mod range;

pub use body::{Arm, Leg, Pose};
pub use figure::{Arrow, Figure, Prop, PropKind, Scene, Spot, View, Zoom};
pub use hand::{HandPose, Thumb};
