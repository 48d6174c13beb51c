//! FHIR R4 as data: parse, check, index values, readable views. Pure: no I/O, no clock.

pub mod bundle;
pub mod check;
pub mod index;
pub mod json;
pub mod outcome;
