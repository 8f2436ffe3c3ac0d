use std::fs;
use std::path::Path;

use care::library::pose::{Figure, Scene, Zoom};
use care::library::{Exercise, Position};

use super::arrow;
use super::body::{Body, FOREARM, SHIN, THIGH, UPPER_ARM};
use super::canvas::Bounds;
use super::ground::lowest;
use super::hand::{BONES, Hand};
use super::space::{Camera, V3};
use super::*;

/// Name and figure of every exercise that ships.
fn figures() -> Vec<(String, Exercise)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/exercises");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name.clone(), Exercise::read(&name, &fs::read_to_string(path).unwrap()).unwrap().body)
    };
    files.iter().map(read).collect()
}

/// What ships has a figure.
fn figure_of(exercise: &Exercise) -> &Figure {
    exercise.figure.as_ref().unwrap()
}

fn posed_bodies(figure: &Figure) -> Vec<Body> {
    let at = |part: f64| match Posed::at(&figure.scene, part) {
        Posed::Body(body) => Some(*body),
        Posed::Hand(_) => None,
    };
    [0.0, 0.35, 0.7, 1.0].into_iter().filter_map(at).collect()
}

fn apart(a: V3, b: V3) -> f64 {
    (a - b).length()
}

/// All numbers written into a drawing's attributes.
fn numbers(markup: &str) -> Vec<f64> {
    let plain = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    let paths = markup.split(" d=\"").skip(1).filter_map(|rest| rest.split('"').next());
    paths.flat_map(|path| path.split(|c: char| !plain(c)).filter_map(|number| number.parse().ok())).collect()
}

#[test]
fn every_figure_draws_both_moments_and_none_is_lost_on_the_way() {
    let figures = figures();
    assert!(figures.len() >= 60, "only {} exercises", figures.len());
    for (name, exercise) in figures {
        let [start, end] = [Moment::Start, Moment::End].map(|moment| draw(figure_of(&exercise), moment, &name, "alt"));
        for picture in [&start, &end] {
            let markup = picture.as_str();
            assert!(!markup.contains("NaN") && !markup.contains("inf"), "{name}");
            assert!(!markup.contains("style"), "{name}: the policy allows no inline style");
            assert!(numbers(markup).len() > 100, "{name} is nearly empty");
            assert!(numbers(markup).iter().all(|number| number.abs() < 600.0), "{name} has a number far off");
        }
        let moved = start != end;
        assert!(moved, "{name}: start and end are the same picture");
        assert!(end.as_str().contains("class=\"arrow\""), "{name} does not show where the movement goes");
    }
}

#[test]
fn what_a_picture_is_about_lies_within_its_frame() {
    for (name, exercise) in figures() {
        let figure = figure_of(&exercise);
        let camera = Camera::of(figure.view);
        let mut room = Bounds::NOTHING;
        for moment in [Moment::Start, Moment::End] {
            paint(figure, moment, &camera, &mut room);
        }
        figure.arrows.iter().for_each(|one| drop(arrow::draw(one, figure, &camera, &mut room)));
        let room = framed(figure, room);
        for body in posed_bodies(figure).iter().step_by(3) {
            let shown = match figure.zoom {
                Zoom::Whole => body.balls(),
                Zoom::Upper => body.core().into_iter().chain(body.arms.iter().flat_map(|arm| arm.balls())).collect(),
                Zoom::Head => vec![body.head.hair, body.head.chin],
                Zoom::Foot => vec![body.legs[0].ankle, body.legs[0].heel, body.legs[0].rays[0][1]],
                Zoom::Hand => Vec::new(),
            };
            assert!(shown.iter().all(|ball| room.contains(camera.flat(ball.at))), "{name} leaves its frame");
        }
        if let Scene::Hand { start, end } = &figure.scene {
            let mut balls = [start, end].into_iter().flat_map(|pose| Hand::of(pose).balls());
            assert!(balls.all(|ball| room.contains(camera.flat(ball.at))), "{name} leaves its frame");
        }
        assert!(room.width() > 40.0 && room.width() < 330.0 && room.height() < 260.0, "{name}: {room:?}");
    }
}

#[test]
fn limbs_keep_their_length_all_the_way() {
    for (name, exercise) in figures() {
        for body in posed_bodies(figure_of(&exercise)) {
            for (arm, leg) in body.arms.iter().zip(&body.legs) {
                assert!((apart(arm.shoulder.at, arm.elbow.at) - UPPER_ARM).abs() < 1e-6, "{name}");
                assert!((apart(arm.elbow.at, arm.wrist.at) - FOREARM).abs() < 1e-6, "{name}");
                assert!((apart(leg.knee.at, leg.ankle.at) - SHIN).abs() < 1e-6, "{name}");
                // The ball of the hip sits a little behind the joint.
                assert!((apart(leg.hip.at, leg.knee.at) - THIGH).abs() < 0.7, "{name}");
            }
        }
        if let Scene::Hand { start, end } = &figure_of(&exercise).scene {
            for hand in [Hand::of(start), Hand::of(end)] {
                for (finger, bones) in hand.fingers.iter().zip(BONES) {
                    for (joint, bone) in bones.into_iter().enumerate() {
                        assert!((apart(finger[joint].at, finger[joint + 1].at) - bone).abs() < 1e-6, "{name}");
                    }
                }
            }
        }
    }
}

#[test]
fn nobody_sinks_into_the_floor_and_nobody_floats() {
    for (name, exercise) in figures() {
        let Scene::Body { start, end } = &figure_of(&exercise).scene else { continue };
        for (pose, part) in [(start, 0.0), (end, 1.0)] {
            let Posed::Body(body) = Posed::at(&figure_of(&exercise).scene, part) else { continue };
            let height = lowest(&body.balls());
            assert!((height - pose.lift).abs() < 1.5, "{name} at {part}: lowest part is {height} above the floor");
        }
    }
}

#[test]
fn who_stands_has_a_foot_on_the_floor_and_who_lies_the_trunk() {
    for (name, exercise) in figures() {
        if figure_of(&exercise).zoom != Zoom::Whole {
            continue;
        }
        let Scene::Body { start, .. } = &figure_of(&exercise).scene else { continue };
        for body in posed_bodies(figure_of(&exercise)).iter().step_by(3) {
            let foot = |leg: usize| {
                let leg = &body.legs[leg];
                lowest(&[leg.heel, leg.ball, leg.toes])
            };
            let feet = foot(0).min(foot(1));
            let trunk = lowest(&body.core());
            match exercise.position {
                Position::Standing | Position::Sitting if start.trunk > -60.0 && start.lift == 0.0 => {
                    assert!(feet < 16.5, "{name}: the nearest foot is {feet} above the floor");
                }
                Position::OnBack | Position::OnStomach | Position::OnSide => {
                    assert!(trunk < 12.0, "{name}: the trunk is {trunk} above the mat");
                }
                Position::Standing | Position::Sitting | Position::HandsAndKnees | Position::Kneeling => {}
            }
        }
    }
}

#[test]
fn what_is_read_aloud_is_escaped() {
    let (_, exercise) = figures().remove(0);
    let picture = draw(figure_of(&exercise), Moment::Start, "Heel & toe", "<b>\"lying\"</b>");
    assert!(picture.as_str().contains("role=\"img\""));
    assert!(picture.as_str().contains("<title>Heel &amp; toe</title>"));
    assert!(picture.as_str().contains("<desc>&lt;b&gt;&quot;lying&quot;&lt;/b&gt;</desc>"));
}

#[test]
fn two_pictures_stay_as_they_were_looked_at() {
    let figures = figures();
    for wanted in ["bridge", "wrist-up-down"] {
        let (name, exercise) = figures.iter().find(|(name, _)| name == wanted).unwrap();
        let picture = draw(figure_of(exercise), Moment::End, &exercise.words.en.title, &exercise.words.en.end);
        insta::assert_snapshot!(name.replace('-', "_"), picture.as_str().replace("><", ">\n<"));
    }
}
