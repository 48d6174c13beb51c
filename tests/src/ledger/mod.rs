//! The ledger's promises: it is only ever appended to, every change past the service is found and placed, and
//! nothing leaves without an entry.

mod failures;
mod kills;
mod pages;
mod person;
mod tamper;
