//! docs/SEMANTICS.md, "Determinism": a group counted by the database has the members that the engine gives it.

mod equal;
mod people;
mod trees;
mod upgrade;
