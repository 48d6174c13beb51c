//! The rooms of Recordright, lowest first: a room uses only rooms above it in this list.
//! The order is checked by `tests/src/shape/rooms.rs`; docs/ARCHITECTURE.md is the map.

pub mod base;
pub mod fhir;
pub mod words;
pub mod config;
pub mod keys;
pub mod db;
pub mod blobs;
pub mod app;
pub mod jobs;
pub mod notify;
pub mod identity;
pub mod staff;
pub mod representation;
pub mod consents;
pub mod smart;
pub mod visibility;
pub mod disclosures;
pub mod records;
pub mod sources;
pub mod copies;
pub mod bulk;
pub mod worker;
pub mod web;
