//! FHIR R4 as data: parse, check, index values, readable views. Pure: no I/O, no clock.

pub mod text;
pub mod json;
pub mod bundle;
pub mod capability;
pub mod check;
pub mod index;
pub mod outcome;
pub mod outgoing;
pub mod present;
pub mod search;
pub mod sensitivity;
pub mod xml;
