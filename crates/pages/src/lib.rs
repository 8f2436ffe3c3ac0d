//! **pages** — view models in, HTML, SVG and mails out.
//!
//! The roof fills plain structs (strings, numbers, small enums) and renders them; this room reads no clock and no
//! database; of the other rooms it knows the poses of `care::library`. It protects:
//!
//! - every value a person typed is escaped; only our own [`Svg`] passes through unescaped;
//! - no inline style, no script: every page lives under [`STAFF_CSP`];
//! - every changing form carries the CSRF token, every input has a label, every page has one `h1`;
//! - a mail template with an unknown or missing variable is refused, with the place and the cure, never with a value.
//!
//! ```
//! use askama::Template;
//! use pages::{Frame, Nav, staff::{Field, SignIn}};
//! let frame = Frame::new("Sign in", "Northside Therapy", Nav::None, "token");
//! let page = SignIn { frame, email: Field::value("ben@example.org"), error: None, next: None };
//! assert!(page.render()?.contains("<h1>Sign in</h1>"));
//! # Ok::<(), askama::Error>(())
//! ```

pub mod charts;
pub mod email;
pub mod figure;
mod frame;
mod markdown;
pub mod patient;
mod reasons;
pub mod staff;
mod verdict;
mod video;

pub use askama::Template;
pub use charts::Svg;
pub use frame::{DemoBar, Flash, Frame, Nav, Tone, Undo};
pub use markdown::Prose;
pub use reasons::{REASON_CODES, reason_cure, reason_words};
pub use verdict::{Reason, Stamp, Verdict};
pub use video::Video;

/// The style sheet of every page; serve it at [`APP_CSS_PATH`] as `text/css`.
pub const APP_CSS: &str = include_str!("../assets/app.css");

/// The sign in the browser's tab; serve it at [`ICON_PATH`] as `image/svg+xml`.
pub const ICON: &str = include_str!("../assets/icon.svg");

/// Where the pages expect [`ICON`].
pub const ICON_PATH: &str = "/assets/icon.svg";

/// Where the pages expect [`APP_CSS`].
pub const APP_CSS_PATH: &str = "/assets/app.css";

/// The policy every page is written for.
pub const STAFF_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; media-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// The policy of the demo mailbox, which frames a mail's HTML by address.
pub const MAILBOX_CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
     frame-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The policy of a mail's HTML shown inside the mailbox: its own inline styles, nothing from elsewhere, no script.
pub const MAIL_BODY_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; \
     form-action 'none'; frame-ancestors 'self'; base-uri 'none'; sandbox allow-popups allow-popups-to-escape-sandbox";
