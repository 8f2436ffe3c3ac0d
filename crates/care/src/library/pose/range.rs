//! How far a joint goes.

/// The least and the most, in degrees or centimetres.
#[derive(Debug, Clone, Copy)]
pub struct Range(pub f64, pub f64);

/// The first number that is out of its range, with its place.
#[derive(Debug, Default)]
pub struct Limits {
    within: Option<&'static str>,
    broken: Option<(String, String)>,
}

impl Limits {
    pub fn ask(&mut self, field: &str, value: f64, range: Range) {
        let Range(least, most) = range;
        if (least..=most).contains(&value) || self.broken.is_some() {
            return;
        }
        let place = self.within.map_or_else(|| field.to_owned(), |part| format!("{part}.{field}"));
        self.broken = Some((place, format!("{value} is more than a body can do: {least} to {most}")));
    }

    pub fn within(&mut self, part: &'static str, ask: impl FnOnce(&mut Self)) {
        self.within = Some(part);
        ask(self);
        self.within = None;
    }

    /// Field and cure.
    pub fn broken(self) -> Option<(String, String)> {
        self.broken
    }
}
