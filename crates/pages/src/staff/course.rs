use crate::charts::Svg;

/// How an episode goes by one form.
pub struct CourseCard {
    /// "Knee".
    pub title: String,
    pub plot: Svg,
    /// "52.5 on 3 March 2025"; `None`: there is none.
    pub baseline: Option<String>,
    pub latest: Option<String>,
    /// "+12 points in 30 days: better".
    pub change: Option<String>,
    /// Whether the change is one that patients find important; `None`: not known for this form.
    pub matters: Option<bool>,
    /// "3 of 4 answered".
    pub answered: String,
    /// The name for where the last score lies.
    pub band: Option<String>,
}
