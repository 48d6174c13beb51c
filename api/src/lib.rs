//! The rooms of Recordright, lowest first: a room uses only rooms above it in this list.
//! The order is checked by `tests/src/shape/rooms.rs`; docs/ARCHITECTURE.md is the map.

pub mod fhir;
pub mod words;
