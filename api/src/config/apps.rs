//! Apps that people connect to their records.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Apps.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Apps {
    /// Whether apps can register themselves (RFC 7591). Developers always can, with an account.
    pub registration: bool,
    /// Minutes for which an access token is good: 5 to 60.
    pub access_minutes: u64,
    /// Calls of the OAuth endpoints that one address, and one app, may make in a minute; 0 sets no limit.
    pub calls_per_minute: i64,
    /// Calls of the FHIR interface that one connection of an app, one system, and one address without a token may make in a
    /// minute, counted by each process for itself; 0 sets no limit.
    pub reads_per_minute: i64,
    /// Registrations that one address may make in an hour; 0 sets no limit.
    pub registrations_per_hour: i64,
    /// Whether keys of apps may be asked for on this machine itself. Only for trying things out.
    pub loopback_keys: bool,
}

impl Default for Apps {
    fn default() -> Self {
        Self {
            registration: true,
            access_minutes: 60,
            calls_per_minute: 300,
            reads_per_minute: 6000,
            registrations_per_hour: 20,
            loopback_keys: false,
        }
    }
}

impl Apps {
    /// How long an access token is good.
    pub fn access(&self) -> Duration {
        Duration::from_secs(self.access_minutes * 60)
    }
}
