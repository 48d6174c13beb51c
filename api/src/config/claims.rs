//! What becomes of the papers of people who say that they may act for a patient.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Claims.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Claims {
    /// Days for which the papers of a claim that was turned down or taken back are kept before they are erased.
    pub keep_papers_days: u64,
}

impl Default for Claims {
    fn default() -> Self {
        // Time to ask the privacy officer to look again, and to answer.
        Self { keep_papers_days: 180 }
    }
}

impl Claims {
    /// How long such papers are kept.
    pub fn keep_papers(&self) -> Duration {
        Duration::from_secs(self.keep_papers_days * 86_400)
    }
}
