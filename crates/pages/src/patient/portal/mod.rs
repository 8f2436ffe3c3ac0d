//! The portal: what a patient has to do, one thing at a time. Works without JavaScript.

mod article;
mod crisis;
mod door;
mod exercise;
mod outside;
mod question;
mod review;
mod thanks;
mod today;
mod trouble;

pub use article::ArticlePage;
pub use crisis::Crisis;
pub use door::{Door, DoorState};
pub use exercise::{ExercisePage, Variant};
pub use outside::Outside;
pub use question::{Input, Question, QuestionOption};
pub use review::{Answered, Review};
pub use thanks::{HandedBack, Thanks};
pub use today::{ArticleCard, ExerciseCard, FormCard, NextVisit, Today, WeekDay};
pub use trouble::{Trouble, TroubleKind};
