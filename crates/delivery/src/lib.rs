//! Delivery: the only room that opens a socket to a gateway.
//!
//! One module per channel: [`email`], [`text`] and [`webhook`]. The room takes a finished message and an address and says in
//! words what became of it. It knows no database, no clock, no template: times, keys and jitter are arguments, and
//! rendering happened elsewhere.
//!
//! It protects:
//! - an [`Outcome`] never promises more than the gateway said. A mail whose acknowledgement got lost is `Unknown`,
//!   not sent and not failed: whoever keeps the ledger decides what to do about it;
//! - a patient's address is called bad only when the gateway said so about that address, never for the clinic's own
//!   faults (reputation, policy, login);
//! - nothing a patient or a clinic typed can add a header, a recipient or an SMTP command;
//! - a webhook reaches nothing inside our own network, follows no redirect, and what its receiver answers is not read;
//! - replies of a gateway are stored without addresses, and no reply, however long or slow, hangs or breaks us.
//!
//! ```no_run
//! # async fn example(mail: delivery::email::Mail) -> Result<(), Box<dyn std::error::Error>> {
//! use delivery::{Outcome, email::{Mailer, Options}};
//!
//! let mailer = Mailer::new(Options::new("smtp.clinic.example", 587), 4)?;
//! match mailer.send(&mail.message()?).await {
//!     Outcome::Sent { reply } => println!("taken: {reply}"),
//!     Outcome::Temporary { reply, .. } => println!("try again later: {reply}"),
//!     Outcome::Permanent { reply, .. } => println!("refused: {reply}"),
//!     Outcome::Unknown => println!("may or may not have been taken"),
//!     Outcome::ChannelDown { reason } => println!("not sent, nobody to talk to: {reason}"),
//! }
//! # Ok(()) }
//! ```

mod backoff;
pub mod email;
mod outcome;
pub mod text;
pub mod webhook;

pub use backoff::{GIVE_UP_AFTER, backoff, gave_up};
pub use outcome::{EnhancedCode, Outcome};
