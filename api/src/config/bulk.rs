//! How exports of many records to systems are built and kept.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Exports to systems.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Bulk {
    /// Hours for which the files of an export are kept, encrypted, before they are erased.
    pub keep_hours: u64,
    /// Exports of one system that may be under way at once.
    pub at_once: i64,
    /// Mebibytes after which the files of an export are closed and new ones begun. What is closed is not built again
    /// after a crash.
    pub part_mib: u64,
}

impl Default for Bulk {
    fn default() -> Self {
        Self { keep_hours: 24, at_once: 2, part_mib: 64 }
    }
}

impl Bulk {
    /// How long the files of an export are kept.
    pub fn keep(&self) -> Duration {
        Duration::from_secs(self.keep_hours.saturating_mul(3600))
    }

    /// Bytes after which new files are begun.
    pub fn part(&self) -> u64 {
        self.part_mib.saturating_mul(1024 * 1024)
    }
}
