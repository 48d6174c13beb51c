//! Pages about apps: an app that asks for a record, the apps that are connected, and those that can be found.

pub mod ask;
pub mod connected;
pub mod find;
pub mod one;
pub mod words;
