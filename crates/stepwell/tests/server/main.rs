//! The whole server, as its neighbours see it: messages come in over MLLP, mails go out over SMTP, pages are asked for over
//! HTTP, and everything between is real. Only the clock is held still.
//!
//! The cast: Alma (a patient), Ben (her therapist), Chloe (the administrator of another clinic, who sees nothing of Alma).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what it cannot go on without")]

mod account;
mod account_admins;
mod acknowledgements;
mod addresses;
mod any_order;
mod app;
mod booking;
mod bounces;
mod closed_days;
mod cluster;
mod commands;
mod covering;
mod desk;
mod editing;
mod enrolment;
mod feeds;
mod filling;
mod going_live;
mod groups;
mod hooks;
mod imports;
mod instruments;
mod interfaces;
mod library;
mod loading;
mod merging;
mod messages;
mod migrating;
mod on_call;
mod outcome_forms;
mod outcomes;
mod own_workflows;
mod pages;
mod portal;
mod previews;
mod rehearsal;
mod rounds;
mod scenarios;
mod sending;
mod stop;
mod switch;
mod text_hours;
mod visits;
mod walls;
mod webhooks;
mod why;
mod wire_client;
