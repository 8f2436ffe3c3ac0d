//! The whole server, as its neighbours see it: messages come in over MLLP, mails go out over SMTP, pages are asked for over
//! HTTP, and everything between is real. Only the clock is held still.
//!
//! The cast: Alma (a patient), Ben (her therapist), Chloe (the administrator of another clinic, who sees nothing of Alma).

#![expect(clippy::unwrap_used, reason = "a test says what it cannot go on without")]

mod acknowledgements;
mod any_order;
mod app;
mod booking;
mod cluster;
mod desk;
mod enrolment;
mod groups;
mod imports;
mod loading;
mod merging;
mod messages;
mod migrating;
mod pages;
mod scenarios;
mod sending;
mod stop;
mod switch;
mod visits;
mod walls;
mod wire_client;
