use crate::Stamp;

/// Where a preview stands that is counted beside the pages.
#[derive(Debug, Clone)]
pub enum Counting {
    /// Looks again by itself.
    Running {
        done: usize,
        of: usize,
    },
    Failed,
    /// Something was edited or switched since.
    Stale,
    Done {
        at: Stamp,
        patients: usize,
    },
}

impl Counting {
    pub fn is_running(&self) -> bool {
        matches!(self, Counting::Running { .. })
    }

    pub fn is_done(&self) -> bool {
        matches!(self, Counting::Done { .. })
    }
}
