//! What is to be drawn: two poses, what stands around, and where the movement goes.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Error};
use toml::Table;

use super::body::Pose;
use super::hand::HandPose;
use super::layers::{both_sides, tables_over};
use super::range::Limits;

/// The figure of an exercise.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub view: View,
    pub zoom: Zoom,
    pub props: Vec<Prop>,
    pub arrows: Vec<Arrow>,
    pub scene: Scene,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one per exercise, hardly ever a hand, and read far more than moved")]
pub enum Scene {
    Body { start: Pose, end: Pose },
    Hand { start: HandPose, end: HandPose },
}

/// From where it is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    #[default]
    Side,
    Front,
    Back,
    /// Between side and front, from a little above.
    Corner,
    /// The side, from higher up: for what lies.
    Above,
}

/// How much of it is in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zoom {
    #[default]
    Whole,
    /// Head, trunk and arms.
    Upper,
    Head,
    /// The right foot and shin.
    Foot,
    /// A hand and its forearm; its poses are those of a hand.
    Hand,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prop {
    pub kind: PropKind,
    /// On a part of the body, and how far from it.
    pub at: Option<Spot>,
    /// The other end of a band, strap or stick.
    pub to: Option<Spot>,
    #[serde(default)]
    pub x: f64,
    #[serde(default)]
    pub y: f64,
    #[serde(default)]
    pub z: f64,
    /// Height of furniture, radius of a ball or roll.
    pub size: Option<f64>,
    /// Facing the other way.
    #[serde(default)]
    pub turned: bool,
    /// In front of the person.
    #[serde(default)]
    pub front: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PropKind {
    Chair,
    Wall,
    Table,
    Counter,
    Bed,
    Mat,
    Step,
    Doorway,
    Band,
    Strap,
    Stick,
    Roll,
    Towel,
    Ball,
    Pillow,
    Weight,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrow {
    pub spot: Spot,
    /// A press or a small movement, as it lies on the picture: right and up.
    pub push: Option<[f64; 2]>,
    /// Round and round, with this radius.
    pub circle: Option<f64>,
    /// There and back.
    #[serde(default)]
    pub both: bool,
    /// Moved on the picture: right and up.
    #[serde(default)]
    pub shift: [f64; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    RightHand,
    LeftHand,
    RightElbow,
    LeftElbow,
    RightShoulder,
    LeftShoulder,
    RightKnee,
    LeftKnee,
    RightAnkle,
    LeftAnkle,
    RightHeel,
    LeftHeel,
    RightToes,
    LeftToes,
    Head,
    Face,
    Chest,
    Belly,
    Back,
    Hips,
    /// Of a hand close up.
    Fingers,
    Palm,
    ThumbTip,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FigureFile {
    #[serde(default)]
    view: View,
    #[serde(default)]
    zoom: Zoom,
    #[serde(default)]
    props: Vec<Prop>,
    #[serde(default)]
    arrows: Vec<Arrow>,
    #[serde(default)]
    start: Table,
    #[serde(default)]
    end: Table,
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = FigureFile::deserialize(deserializer)?;
        let start = both_sides(file.start);
        let end = tables_over(start.clone(), both_sides(file.end));
        let scene = match file.zoom {
            Zoom::Whole | Zoom::Upper | Zoom::Head | Zoom::Foot => Scene::Body {
                start: pose("start", start, Pose::limits).map_err(D::Error::custom)?,
                end: pose("end", end, Pose::limits).map_err(D::Error::custom)?,
            },
            Zoom::Hand => Scene::Hand {
                start: pose("start", start, HandPose::limits).map_err(D::Error::custom)?,
                end: pose("end", end, HandPose::limits).map_err(D::Error::custom)?,
            },
        };
        Ok(Figure { view: file.view, zoom: file.zoom, props: file.props, arrows: file.arrows, scene })
    }
}

/// The message begins with the place: "end.right_leg.knee: 200 is more …".
fn pose<T: DeserializeOwned>(moment: &str, table: Table, limits: impl Fn(&T) -> Limits) -> Result<T, String> {
    let pose: T = table.try_into().map_err(|e: toml::de::Error| format!("{moment}: {}", e.message()))?;
    match limits(&pose).broken() {
        None => Ok(pose),
        Some((field, cure)) => Err(format!("{moment}.{field}: {cure}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poses(text: &str) -> Result<(Pose, Pose), String> {
        let figure: Figure = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        match figure.scene {
            Scene::Body { start, end } => Ok((start, end)),
            Scene::Hand { .. } => Err("a hand".to_owned()),
        }
    }

    #[test]
    fn the_end_differs_only_in_what_it_names() {
        let (start, end) =
            poses("[start]\ntrunk = -90\nlegs = { hip = 50, knee = 90 }\n[end]\nright_leg = { knee = 10 }").unwrap();
        assert_eq!((start.right_leg.knee, end.right_leg.knee), (90.0, 10.0));
        assert_eq!((end.trunk, end.right_leg.hip, end.left_leg), (-90.0, 50.0, start.left_leg));
    }

    #[test]
    fn one_side_goes_before_both_sides_whichever_is_written_first() {
        let (start, _) = poses("[start]\nright_arm = { elbow = 20 }\narms = { elbow = 90, shoulder = 10 }").unwrap();
        assert_eq!((start.right_arm.elbow, start.right_arm.shoulder, start.left_arm.elbow), (20.0, 10.0, 90.0));
    }

    #[test]
    fn half_way_is_half_way_and_the_whole_way_is_the_end() {
        let (start, end) =
            poses("[start]\nlegs = { floor = true }\n[end]\ntrunk = 40\nlegs = { floor = false }").unwrap();
        assert_eq!(start.towards(&end, 0.5).trunk, 20.0);
        assert_eq!(start.towards(&end, 1.0), end);
    }

    #[test]
    fn an_unknown_joint_is_named() {
        let message = poses("[start]\nlegs = { kne = 20 }").unwrap_err();
        assert!(message.starts_with("start: unknown field `kne`"), "{message}");
    }
}
