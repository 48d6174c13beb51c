//! How copies of a record are built and kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Copies.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Copies {
    /// Days for which a ready copy is kept, encrypted, before it is erased.
    pub keep_days: u64,
    /// Copies one account may ask for in a day.
    pub per_day: i64,
}

impl Default for Copies {
    fn default() -> Self {
        Self { keep_days: 7, per_day: 20 }
    }
}

impl Copies {
    /// How long a ready copy is kept.
    pub fn keep(&self) -> Duration {
        Duration::from_secs(self.keep_days * 86_400)
    }
}
