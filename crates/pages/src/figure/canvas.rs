//! What is drawn, from far to near, and how much room it takes.

use std::fmt::Write;

use super::outline::{Ball, Disc, circle, limb, skin};
use super::space::{Camera, P2};

/// One outline in one colour.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub class: &'static str,
    pub path: String,
}

/// What is painted together: a limb, a head, a cushion. A thin line of the page's colour goes round the whole of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    pub depth: f64,
    pub class: &'static str,
    pub pieces: Vec<Piece>,
}

/// A layer in the making, as a camera sees it.
pub struct Brush<'a> {
    pub camera: &'a Camera,
    pub room: &'a mut Bounds,
    layer: Layer,
}

impl<'a> Brush<'a> {
    pub fn new(camera: &'a Camera, room: &'a mut Bounds, depth: f64, class: &'static str) -> Self {
        Brush { camera, room, layer: Layer { depth, class, pieces: Vec::new() } }
    }

    fn see(&mut self, ball: Ball) -> Disc {
        let disc = ball.seen(self.camera);
        self.room.hold(disc.at, disc.r);
        disc
    }

    pub fn ball(&mut self, class: &'static str, ball: Ball) -> &mut Self {
        let path = circle(self.see(ball));
        self.path(class, path)
    }

    /// Tapered from ball to ball.
    pub fn chain(&mut self, class: &'static str, balls: &[Ball]) -> &mut Self {
        let discs: Vec<Disc> = balls.iter().map(|ball| self.see(*ball)).collect();
        for pair in discs.windows(2) {
            let path = limb(pair[0], pair[1]);
            self.path(class, path);
        }
        self
    }

    pub fn skin(&mut self, class: &'static str, balls: &[Ball]) -> &mut Self {
        let discs: Vec<Disc> = balls.iter().map(|ball| self.see(*ball)).collect();
        self.path(class, skin(&discs))
    }

    pub fn path(&mut self, class: &'static str, path: String) -> &mut Self {
        match self.layer.pieces.last_mut() {
            Some(last) if last.class == class => last.path.push_str(&path),
            _ => self.layer.pieces.push(Piece { class, path }),
        }
        self
    }

    pub fn done(self) -> Layer {
        self.layer
    }
}

impl Layer {
    pub fn write(&self, out: &mut String) {
        let _ = write!(out, "<g class=\"{}\">", self.class);
        if self.pieces.iter().all(|piece| piece.class != "line") {
            out.push_str("<path class=\"rim\" stroke-width=\"1.8\" d=\"");
            self.pieces.iter().for_each(|piece| out.push_str(&piece.path));
            out.push_str("\"/>");
        }
        for piece in &self.pieces {
            let _ = write!(out, "<path class=\"{}\" d=\"{}\"/>", piece.class, piece.path);
        }
        out.push_str("</g>");
    }
}

/// The box around what is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Bounds {
    pub const NOTHING: Bounds =
        Bounds { left: f64::INFINITY, top: f64::INFINITY, right: f64::NEG_INFINITY, bottom: f64::NEG_INFINITY };

    pub fn hold(&mut self, at: P2, r: f64) {
        self.left = self.left.min(at.x - r);
        self.right = self.right.max(at.x + r);
        self.top = self.top.min(at.y - r);
        self.bottom = self.bottom.max(at.y + r);
    }

    /// With air around it, and no smaller than `width` by `height`.
    #[must_use]
    pub fn framed(mut self, air: f64, width: f64, height: f64) -> Bounds {
        let (missing_width, missing_height) =
            ((width - self.width() - 2.0 * air).max(0.0), (height - self.height() - 2.0 * air).max(0.0));
        self.left -= air + missing_width / 2.0;
        self.right += air + missing_width / 2.0;
        self.top -= air + missing_height;
        self.bottom += air;
        self
    }

    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn contains(&self, at: P2) -> bool {
        (self.left..=self.right).contains(&at.x) && (self.top..=self.bottom).contains(&at.y)
    }
}
