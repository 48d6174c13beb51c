//! The tests of the whole house, through its real interfaces: its shape, its ledger, its pages, its data.
//! One binary, so that everything is linked once. `browser/` beside it drives a real browser.

#[cfg(test)]
mod acting;
#[cfg(test)]
mod app_log;
#[cfg(test)]
mod apps;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod consents;
#[cfg(test)]
mod database;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod fhir;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod intake;
#[cfg(test)]
mod judgment;
#[cfg(test)]
mod law;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod machines;
#[cfg(test)]
mod patient;
#[cfg(test)]
mod people;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod sets;
#[cfg(test)]
mod shape;
#[cfg(test)]
mod smart;
#[cfg(test)]
mod staff;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod uscore;
