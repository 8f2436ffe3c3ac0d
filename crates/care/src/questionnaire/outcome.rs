//! Change between two scores of one instrument, and whether it is large enough to matter to a patient (MCID).

use super::scoring::{Direction, Instrument, Mcid, Scale};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Better,
    Worse,
    Same,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Latest minus baseline, on the instrument's scale. For an instrument that asks for the change itself (GROC,
    /// PGIC): the latest answer's distance from "no change".
    pub by: f64,
    pub way: Way,
    /// None where no MCID is published for the instrument.
    pub mcid_reached: Option<bool>,
}

/// Scores have one decimal at least; what is below this is the arithmetic of the machine.
const SAME: f64 = 1e-9;

/// What became of an instrument's score.
#[must_use]
pub fn change(instrument: Instrument, baseline: f64, latest: f64) -> Change {
    change_on(&instrument.definition().scale, baseline, latest)
}

/// The same for one scale: an instrument's own or one of its subscales.
#[must_use]
pub fn change_on(scale: &Scale, baseline: f64, latest: f64) -> Change {
    let by = match scale.mcid {
        Mcid::Answer { neutral, .. } => latest - neutral,
        Mcid::Unknown | Mcid::Points(_) | Mcid::ShareOfBaseline(_) => latest - baseline,
    };
    let gain = match scale.higher_is {
        Direction::Better => by,
        Direction::Worse => -by,
    };
    let mcid_reached = match scale.mcid {
        Mcid::Unknown => None,
        Mcid::Points(points) => Some(gain >= points - SAME),
        // Nothing can be gained from a baseline of 0: a share of it would be reached by standing still.
        Mcid::ShareOfBaseline(share) => Some(gain > SAME && gain >= share * baseline - SAME),
        Mcid::Answer { neutral, cut } => Some(gain >= (cut - neutral).abs() - SAME),
    };
    Change { by, way: way(gain), mcid_reached }
}

fn way(gain: f64) -> Way {
    if gain > SAME {
        Way::Better
    } else if gain < -SAME {
        Way::Worse
    } else {
        Way::Same
    }
}
