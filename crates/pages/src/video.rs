/// A video of an exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Video {
    /// Shown elsewhere: a plain link, since no page of ours frames another's.
    Link { href: String, host: String },
    /// Kept here, and played on the page.
    Here { src: String },
}
