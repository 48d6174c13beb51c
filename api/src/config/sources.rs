//! Source systems: FHIR servers of the clinic that records are gathered from.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// One source system.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A short name: `ehr`, `lab`.
    pub name: String,
    /// The name people see: "Hospital records".
    #[serde(default)]
    pub title: String,
    /// The FHIR base address.
    pub url: String,
    /// A bearer token for it.
    #[serde(default, skip_serializing)]
    pub token: Option<SecretString>,
    /// Hours between two scheduled gathers of a linked person; 0 switches the schedule off.
    #[serde(default = "every")]
    pub every_hours: u64,
    /// Seconds to wait for one answer.
    #[serde(default = "timeout")]
    pub timeout_seconds: u64,
    /// Resources asked for in one page.
    #[serde(default = "page")]
    pub page_size: u64,
}

fn every() -> u64 {
    24
}

fn timeout() -> u64 {
    60
}

fn page() -> u64 {
    500
}
