//! Where records are kept.

use serde::{Deserialize, Serialize};

/// The database.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Default: `recordright.db` in the data folder.
    pub url: String,
}
