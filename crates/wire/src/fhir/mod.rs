//! **fhir** — Questionnaire and QuestionnaireResponse of FHIR R4, with the parts of Structured Data Capture that forms need.
//!
//! It protects: what is not understood is refused with its path and a cure, never passed over; what is passed over changes
//! nothing for who answers, and is named in `left_out`; nothing is imported without a licence and an attribution; a form
//! that is written reads back as it was. docs/FHIR.md says what is read.
//!
//! ```
//! use wire::fhir::{self, Cause, Rights};
//! let json = r#"{ "resourceType": "Questionnaire", "status": "active", "title": "Falls", "publisher": "Us", "copyright": "CC0",
//!   "item": [{ "linkId": "fell", "type": "boolean", "text": "Did you fall?" },
//!            { "linkId": "photo", "type": "attachment" }] }"#;
//! let refusal = fhir::read(json, &Rights::default()).err().ok_or("refused")?;
//! assert_eq!((refusal.cause, refusal.path.as_str()), (Cause::NotUnderstood, "Questionnaire.item[1].type"));
//! let read = fhir::read(&json.replace("attachment", "text"), &Rights::default())?;
//! assert_eq!(fhir::read(&fhir::write(&read).to_string(), &Rights::default())?.form, read.form);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod condition;
mod expression;
mod extension;
mod item;
mod node;
mod options;
mod read;
mod refusal;
pub mod response;
mod rights;
mod value;
mod words;
mod write;

pub use read::{Questionnaire, read};
pub use refusal::{Cause, Refusal};
pub use response::{Response, Status};
pub use rights::Rights;
pub use write::write;
