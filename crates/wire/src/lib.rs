//! **wire** — other people's formats to chart changes, and back.
//!
//! The pure room of the integrations: bytes in, readings out; time and ids are arguments.
//! It protects three promises:
//!
//! - no bytes make it panic, and nothing is dropped silently: a message is a reading, or a [`hl7v2::Refusal`] with a
//!   cause, a place and a cure;
//! - what a sender leaves empty changes nothing, what it deletes is deleted;
//! - a refusal and an acknowledgement hold no patient data.
//!
//! ```
//! use care::id::InterfaceId;
//! use wire::hl7v2::{self, Content, Interface};
//!
//! let raw = b"MSH|^~\\&|EMR|CLINIC|||20260302101500||ADT^A28|7|P|2.5\rPID|||1001^^^EMR^MR||Reyes^Alma\r";
//! let interface = Interface::new(InterfaceId(uuid::Uuid::nil()), "America/New_York");
//! let reading = hl7v2::read(raw, &interface)?;
//! let Content::Updates(updates) = reading.what else { return Ok(()) };
//! assert_eq!(updates[0].patient.value, "1001");
//! # Ok::<(), hl7v2::Refusal>(())
//! ```

pub mod calendar;
pub mod csv;
pub mod fhir;
pub mod hl7v2;
