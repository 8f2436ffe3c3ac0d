//! Mails: a template of three parts (subject, MJML body, plain text) compiled once per version, rendered per patient;
//! and a fourth, `text.txt`, for content that goes as a text message too.
//!
//! `body.mjml` holds only `<mj-section>…` content and `body.txt` only the text between greeting and goodbye: the frame
//! with the clinic's name, phone and unsubscribe link (`templates/email/frame.*`) is put around both here. A value that
//! is missing or empty is an error that names the variable; it is never printed as "none".
//!
//! For authors: placeholders, `{% if %}` and `{% for %}` may stand inside `<mj-text>`, `<mj-button>` and attributes.
//! Around whole sections or columns they stand in `<mj-raw>{% if visit.cancelled %}</mj-raw>`. MJML is read as XML, so
//! no `<` or `&` inside an expression (write `not`, `and`, `==`), and `<br />` is closed.
//!
//! ```
//! use pages::email::{Compiled, sample_context};
//! let body = "<mj-section><mj-column><mj-text>Hello {{ patient.first_name }}</mj-text></mj-column></mj-section>";
//! let mail = Compiled::new("See you on {{ visit.date }}", body, "Hello {{ patient.first_name }}")?;
//! let mail = mail.render(&sample_context())?;
//! assert_eq!(mail.subject, "See you on Tuesday, March 4");
//! # Ok::<(), pages::email::TemplateError>(())
//! ```

mod compile;
mod discreet;
mod error;
mod frame;
mod join;
mod render;
mod samples;
mod segments;
mod variables;

pub use compile::Compiled;
pub use discreet::indiscreet;
pub use error::{Part, TemplateError};
pub use render::Rendered;
pub use samples::{accented, every_sample};
pub use segments::{Alphabet, Segments};
pub use variables::{VARIABLES, sample_context, sparse_context};
