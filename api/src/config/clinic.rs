//! Who runs this service, as people see it on pages, in copies and in letters.

use serde::{Deserialize, Serialize};

/// The clinic.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clinic {
    /// Its name.
    pub name: String,
    /// The telephone number of the records office.
    pub phone: String,
    /// The e-mail address of the records office.
    pub email: String,
    /// Its postal address, one line.
    pub address: String,
    /// The IANA time zone in which times are shown, such as `America/New_York`.
    pub time_zone: String,
}

impl Default for Clinic {
    fn default() -> Self {
        Self {
            name: "Our clinic".into(),
            phone: String::new(),
            email: String::new(),
            address: String::new(),
            time_zone: "America/New_York".into(),
        }
    }
}

impl Clinic {
    /// The time zone; UTC where the setting is wrong (`recordright check` says so).
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }
}
