//! The library: what workflows deliver. Five kinds, each item with licence, attribution, version and languages.
//!
//! It protects one promise: nothing loads without a licence and an attribution, and what does not load names its file,
//! its field and the cure, while the rest loads.
//!
//! ```
//! use care::library::{Item, Licence};
//! #[derive(serde::Deserialize)]
//! struct Note { title: String }
//! let item = Item::<Note>::read("content/notes/rest.toml", r#"
//!     version = 1
//!     licence = "CC-BY-4.0"
//!     attribution = "The Stepwell contributors"
//!     title = "Rest"
//! "#)?;
//! assert_eq!(item.header.licence, Licence::Spdx("CC-BY-4.0".into()));
//! let problem = Item::<Note>::read("content/notes/rest.toml", "version = 1\ntitle = 'Rest'").err();
//! assert_eq!(problem.map(|p| p.field), Some("licence".into()));
//! # Ok::<(), care::library::Problem>(())
//! ```

mod article;
mod care_plan;
mod dose;
mod exercise;
pub mod grade;
mod header;
mod item;
mod kind;
mod language;
mod message;
pub mod pose;
mod region;
mod video;

pub use article::{Article, Words};
pub use care_plan::{CarePlan, CarePlanWords, Phase, PlannedExercise};
pub use dose::{Dose, UpTo};
pub use exercise::{Equipment, Exercise, ExerciseWords, Position};
pub use header::{Header, Licence};
pub use item::{Item, Problem, Wrong};
pub use kind::{Kind, Reference, Scope};
pub use language::{In, Language};
pub use message::{Letter, MessageWords};
pub use region::Region;
pub use video::{Video, host};
