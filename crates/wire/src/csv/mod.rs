//! **csv** — files with one row per patient, episode or visit.
//!
//! In order of a file's way: [`look`] finds encoding, delimiter and columns, [`guess`] says which column probably holds
//! what, and [`read`] turns bytes and a [`Mapping`] into the same readings that an HL7 message gives, one per row. A row
//! that cannot be read is refused alone, with its line and column; a file is refused only when nothing in it could be.
//!
//! ```
//! use care::id::InterfaceId;
//! use wire::csv::{self, Column, Context, Kind, Mapping};
//! use wire::hl7v2::{Content, Interface};
//!
//! let file = b"MRN;First name;Last name\n1001;Alma;Reyes\n";
//! let mapping = csv::guess(Kind::Patients, &csv::look(file)?.columns);
//! let interface = Interface::new(InterfaceId(uuid::Uuid::nil()), "America/New_York");
//! let read = csv::read(file, &mapping, &Context::new(&interface, jiff::Timestamp::UNIX_EPOCH))?;
//! let Content::Updates(updates) = &read.rows[0].reading.as_ref().map_err(Clone::clone)?.what else { return Ok(()) };
//! assert_eq!(updates[0].patient.value, "1001");
//! # Ok::<(), csv::Refusal>(())
//! ```

mod feed;
mod guess;
mod mapping;
mod read;
mod refusal;
mod row;
mod table;
mod when;

pub use feed::{Context, Feed, Watch};
pub use guess::{guess, guess_dates, guess_kind};
pub use mapping::{Column, Dates, Kind, Mapping, Status};
pub use read::{File, Row, read, read_row};
pub use refusal::{Cause, Refusal};
pub use table::{Encoding, Look, look};
