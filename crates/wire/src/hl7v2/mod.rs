//! **hl7v2** — HL7 version 2, as clinics really send it.
//!
//! In order of a message's way: [`frame`] cuts it out of the stream, [`Header`] and [`ack`] answer it, [`read`] turns
//! it into what it says about a chart. [`Message`] is the parser below, [`write`] makes messages for the demo and tests.

pub mod ack;
pub mod frame;
pub mod write;

mod charset;
mod contact;
mod episode;
mod escape;
mod field;
mod header;
mod identity;
mod interface;
mod meaning;
mod message;
mod path;
mod patient;
mod place;
mod read;
mod reading;
mod refusal;
mod registration;
mod schedule;
mod time;

pub use charset::UnknownCharset;
pub use escape::{escape, unescape};
pub use field::{Field, Leaf, Repetition};
pub use header::Header;
pub(crate) use interface::look_up;
pub use interface::{AppointmentNumber, DischargeMeans, Interface, MappedType, StampFrom};
pub use message::{Delimiters, Message, NotAMessage, Segment};
pub use path::Path;
pub(crate) use patient::tag as language_tag;
pub use read::read;
pub use reading::{Content, EpisodeAct, EpisodeReading, Merge, PatientKey, Reading, Remark, Update, VisitReading};
pub use refusal::{Cause, Refusal};
pub use time::{BadTime, Dtm, Precision};
