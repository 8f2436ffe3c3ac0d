//! Figures of exercises: a person drawn from joint angles, so that all look alike and a new exercise is a few numbers.
//!
//! A pose is plain data ([`care::library::pose`]). Here it becomes a body of balls at the joints (`body`), is put on
//! its floor (`ground`), seen through a camera (`space`) and painted from far to near (`person`, `hand`,
//! `props`). Both moments of an exercise share one frame, so that what differs between them is the movement.
//! Colours are classes; app.css gives them for light and dark.

mod arrow;
mod body;
mod canvas;
mod ground;
mod hand;
mod outline;
mod person;
mod props;
mod space;
mod spot;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use care::library::pose::{Figure, PropKind, Scene, Zoom};

use crate::charts::{Svg, escape};
use arrow::Drawn;
use canvas::{Bounds, Layer};
use outline::{ball, skin};
use space::{Camera, P2, v3};
use spot::Posed;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Start,
    End,
}

/// One picture of an exercise; `title` and `alt` are what somebody hears who does not see it.
pub fn draw(figure: &Figure, moment: Moment, title: &str, alt: &str) -> Svg {
    let camera = Camera::of(figure.view);
    let mut room = Bounds::NOTHING;
    let moments = [Moment::Start, Moment::End].map(|moment| paint(figure, moment, &camera, &mut room));
    let arrows: Vec<Drawn> =
        figure.arrows.iter().filter_map(|arrow| arrow::draw(arrow, figure, &camera, &mut room)).collect();
    let room = framed(figure, room);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg class=\"figure\" viewBox=\"{:.1} {:.1} {:.1} {:.1}\" role=\"img\" focusable=\"false\">\
         <title>{}</title><desc>{}</desc>",
        room.left,
        room.top,
        room.width(),
        room.height(),
        escape(title),
        escape(alt)
    );
    let [start, end] = moments;
    let layers = match moment {
        Moment::Start => start,
        Moment::End => end,
    };
    out.push_str(&floor(figure, moment, &camera, &room));
    layers.iter().for_each(|layer| layer.write(&mut out));
    if moment == Moment::End {
        for arrow in &arrows {
            let _ = write!(
                out,
                "<g class=\"arrow\"><path class=\"rim\" d=\"{line}{heads}\" stroke-width=\"{:.1}\"/>\
                 <path class=\"way\" d=\"{line}\" stroke-width=\"{:.1}\"/><path class=\"head\" d=\"{heads}\"/></g>",
                5.6 * arrow.scale,
                2.6 * arrow.scale,
                line = arrow.line,
                heads = arrow.heads,
            );
        }
    }
    out.push_str("</svg>");
    Svg::new(out)
}

fn posed(figure: &Figure, moment: Moment) -> Posed {
    Posed::at(&figure.scene, if moment == Moment::Start { 0.0 } else { 1.0 })
}

/// From far to near.
fn paint(figure: &Figure, moment: Moment, camera: &Camera, room: &mut Bounds) -> Vec<Layer> {
    let posed = posed(figure, moment);
    let mut layers = match &posed {
        Posed::Body(body) => person::layers(body, figure.zoom, camera, room),
        Posed::Hand(hand) => hand.layers(camera, room),
    };
    // Furniture may go beyond the edge of a close-up.
    let mut elsewhere = Bounds::NOTHING;
    let room = if figure.zoom == Zoom::Whole || figure.zoom == Zoom::Hand { room } else { &mut elsewhere };
    layers.extend(figure.props.iter().map(|prop| props::layer(prop, &posed, camera, room)));
    layers.sort_by(|a, b| a.depth.total_cmp(&b.depth));
    layers
}

fn framed(figure: &Figure, room: Bounds) -> Bounds {
    match figure.zoom {
        Zoom::Whole => room.framed(7.0, 150.0, 110.0),
        Zoom::Upper => room.framed(7.0, 110.0, 90.0),
        Zoom::Head => room.framed(5.0, 66.0, 56.0),
        Zoom::Foot => room.framed(7.0, 64.0, 48.0),
        Zoom::Hand => room.framed(9.0, 200.0, 130.0),
    }
}

/// A line where the floor is seen from its own height, else a shadow on it.
fn floor(figure: &Figure, moment: Moment, camera: &Camera, room: &Bounds) -> String {
    let mat = figure.props.iter().any(|prop| prop.kind == PropKind::Mat);
    let on_floor = match (&figure.scene, figure.zoom) {
        (Scene::Hand { .. }, _) | (_, Zoom::Upper | Zoom::Head | Zoom::Hand) => false,
        (Scene::Body { .. }, Zoom::Whole | Zoom::Foot) => true,
    };
    if !on_floor {
        return String::new();
    }
    if camera.level() {
        let y = camera.flat(v3(0.0, if mat { -3.0 } else { 0.0 }, 0.0)).y;
        return format!("<path class=\"floor\" d=\"M{:.1} {y:.1}H{:.1}\"/>", room.left, room.right);
    }
    let Posed::Body(body) = posed(figure, moment) else { return String::new() };
    if mat || figure.props.iter().any(|prop| prop.kind == PropKind::Bed) {
        return String::new();
    }
    let shadow: Vec<_> =
        body.balls().iter().map(|part| ball(v3(part.at.x, 0.0, part.at.z), 3.0).seen(camera)).collect();
    let inside = |disc: &outline::Disc| room.contains(P2 { x: disc.at.x, y: disc.at.y });
    let kept: Vec<_> = shadow.into_iter().filter(inside).collect();
    if kept.is_empty() { String::new() } else { format!("<path class=\"shadow\" d=\"{}\"/>", skin(&kept)) }
}
