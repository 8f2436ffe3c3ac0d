//! Where the named parts of a figure are.

use care::library::pose::{HandPose, Pose, Scene, Spot};

use super::body::Body;
use super::ground::grounded;
use super::hand::Hand;
use super::space::V3;

/// What stands for a scene at one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Posed {
    Body(Box<Body>),
    Hand(Box<Hand>),
}

impl Posed {
    /// Between start (0) and end (1).
    pub fn at(scene: &Scene, part: f64) -> Posed {
        match scene {
            Scene::Body { start, end } => Posed::body(&start.towards(end, part)),
            Scene::Hand { start, end } => Posed::hand(&start.towards(end, part)),
        }
    }

    fn body(pose: &Pose) -> Posed {
        Posed::Body(Box::new(grounded(pose)))
    }

    fn hand(pose: &HandPose) -> Posed {
        Posed::Hand(Box::new(Hand::of(pose)))
    }

    /// The spot, and the joint it hangs from: away from that one is outward.
    pub fn spot(&self, spot: Spot) -> (V3, V3) {
        match self {
            Posed::Body(body) => body_spot(body, spot),
            Posed::Hand(hand) => hand_spot(hand, spot),
        }
    }
}

fn body_spot(body: &Body, spot: Spot) -> (V3, V3) {
    let [right_arm, left_arm] = &body.arms;
    let [right_leg, left_leg] = &body.legs;
    let hips = (body.trunk[0][0].at + body.trunk[0][1].at) * 0.5;
    let chest = (body.trunk[3][0].at + body.trunk[3][1].at) * 0.5;
    let waist = (body.trunk[2][0].at + body.trunk[2][1].at) * 0.5;
    match spot {
        Spot::RightHand | Spot::Palm | Spot::ThumbTip => (right_arm.palm.at, right_arm.elbow.at),
        Spot::Fingers => (right_arm.fingers.at, right_arm.wrist.at),
        Spot::LeftHand => (left_arm.palm.at, left_arm.elbow.at),
        Spot::RightElbow => (right_arm.elbow.at, right_arm.shoulder.at),
        Spot::LeftElbow => (left_arm.elbow.at, left_arm.shoulder.at),
        Spot::RightShoulder => (right_arm.shoulder.at, chest),
        Spot::LeftShoulder => (left_arm.shoulder.at, chest),
        Spot::RightKnee => (right_leg.knee.at, right_leg.hip.at),
        Spot::LeftKnee => (left_leg.knee.at, left_leg.hip.at),
        Spot::RightAnkle => (right_leg.ankle.at, right_leg.knee.at),
        Spot::LeftAnkle => (left_leg.ankle.at, left_leg.knee.at),
        Spot::RightHeel => (right_leg.heel.at, right_leg.knee.at),
        Spot::LeftHeel => (left_leg.heel.at, left_leg.knee.at),
        Spot::RightToes => (right_leg.toes.at, right_leg.ankle.at),
        Spot::LeftToes => (left_leg.toes.at, left_leg.ankle.at),
        Spot::Head => (body.head.hair.at, body.neck[0].at),
        Spot::Face => (body.head.nose.at, body.head.hair.at),
        Spot::Chest => (chest, hips),
        Spot::Belly => (body.belly.at, waist),
        Spot::Back => (waist, body.belly.at),
        Spot::Hips => (hips, chest),
    }
}

fn hand_spot(hand: &Hand, spot: Spot) -> (V3, V3) {
    let knuckle = (hand.fingers[1][0].at + hand.fingers[2][0].at) * 0.5;
    match spot {
        Spot::Fingers => (hand.fingers[1][3].at, knuckle),
        Spot::ThumbTip => (hand.thumb[3].at, hand.thumb[0].at),
        Spot::RightElbow | Spot::LeftElbow => (hand.elbow.at, hand.wrist.at),
        Spot::RightShoulder
        | Spot::LeftShoulder
        | Spot::RightKnee
        | Spot::LeftKnee
        | Spot::RightAnkle
        | Spot::LeftAnkle
        | Spot::RightHeel
        | Spot::LeftHeel
        | Spot::RightToes
        | Spot::LeftToes
        | Spot::Head
        | Spot::Face
        | Spot::Chest
        | Spot::Belly
        | Spot::Back
        | Spot::Hips => (hand.wrist.at, hand.elbow.at),
        Spot::RightHand | Spot::LeftHand | Spot::Palm => (knuckle, hand.wrist.at),
    }
}
