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
    /// Within how many days a clinician answers who asks about what is not shown of a minor's record. They are told; 0:
    /// nothing is said.
    pub answer_days: u16,
}

impl Default for Clinic {
    fn default() -> Self {
        Self {
            name: "Our clinic".into(),
            phone: String::new(),
            email: String::new(),
            address: String::new(),
            time_zone: "America/New_York".into(),
            answer_days: 0,
        }
    }
}

impl Clinic {
    /// The time within which such a question is answered, if the clinic says one.
    pub fn answer_days(&self) -> Option<std::time::Duration> {
        let days = u64::from(self.answer_days);
        (days > 0).then(|| std::time::Duration::from_secs(days * 86_400))
    }

    /// The time zone; UTC where the setting is wrong (`recordright check` says so).
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }
}
