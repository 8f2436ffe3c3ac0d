//! **scoring** — the published rules of the instruments, one file each.
//!
//! A response is checked first: the wrong number of answers, an answer off the printed scale or between two choices is
//! [`Refused`]. What is left out is no fault: where the instrument's rule for missing answers does not allow a score there
//! is [`Unscored`], with the reason. Each file names formula, missing rule, range, direction, bands, MCID and source; where
//! a source leaves something open the file says "our choice". docs/SCORING.md has them all in one table.
//!
//! Another instrument: a file here and a line in `instrument.rs`.

mod answers;
mod definition;
mod instrument;
mod near;
pub mod promis;
mod scored;
mod sums;

mod dash;
mod dash_sport;
mod dash_work;
mod fabq;
mod gad_7;
mod groc;
mod hoos;
mod hoos_jr;
mod koos;
mod koos_jr;
mod kos_adls;
mod lefs;
mod modified_oswestry;
mod ndi;
mod nprs;
mod oswestry;
mod pgic;
mod phq_2;
mod phq_9;
mod psfs;
mod quickdash;
mod recommendation;
mod rmdq;
mod sane;
mod start_back;
mod tsk_11;

use answers::Answers;
pub use answers::Refused;
pub use definition::{Bands, Count, Definition, Direction, Items, Mcid, OddItem, Scale};
pub use instrument::{Instrument, UnknownInstrument};
pub use recommendation::net as recommendation_net;
pub use scored::{Part, Scored, Unscored};

/// Scores a response: an answer per item, in the order of the printed form and on its printed scale, None where there is
/// no answer.
pub fn score(instrument: Instrument, answers: &[Option<f64>]) -> Result<Scored, Refused> {
    score_with(instrument, answers, None)
}

/// The same with an imported item bank, for PROMIS forms that have no public table and for answers left out.
pub fn score_with(
    instrument: Instrument,
    answers: &[Option<f64>],
    bank: Option<&promis::Bank>,
) -> Result<Scored, Refused> {
    instrument.apply(answers, bank)
}
