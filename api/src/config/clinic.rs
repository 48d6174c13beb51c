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
    /// Its postal address, one line: `1 River Road, Springfield, MA 01103`.
    pub address: String,
    /// By which it is known elsewhere, such as `npi|1234567893`; before the bar a short name or the address of a system.
    pub identifiers: Vec<String>,
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
            identifiers: Vec::new(),
            time_zone: "America/New_York".into(),
            answer_days: 0,
        }
    }
}

/// Systems of identifiers with a short name: of providers, of hospitals that Medicare pays, of laboratories.
const SYSTEMS: [(&str, &str); 3] = [
    ("npi", "http://hl7.org/fhir/sid/us-npi"),
    ("ccn", "http://hl7.org/fhir/sid/us-ccn"),
    ("clia", "urn:oid:2.16.840.1.113883.4.7"),
];

/// The system and the value of an identifier, if it is one.
pub(super) fn identifier(text: &str) -> Option<(&str, &str)> {
    let (system, value) = text.split_once('|')?;
    let known = SYSTEMS.iter().find(|(short, _)| *short == system);
    let system = known.map_or(system, |(_, address)| *address);
    let is_address = url::Url::parse(system).is_ok() && !system.contains(char::is_whitespace);
    let is_value = !value.is_empty() && value.trim() == value;
    let fits = system != SYSTEMS[0].1 || is_npi(value);
    (is_address && is_value && fits).then_some((system, value))
}

/// Whether the last of ten digits is the check digit of the others behind 80840 (45 CFR 162.406(a): ISO 7812, Luhn).
fn is_npi(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 10) else { return false };
    let worth =
        |(nth, digit): (usize, &u32)| if nth % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { *digit };
    // 24 is what the digits 80840 add.
    (24 + digits.iter().rev().enumerate().map(worth).sum::<u32>()).is_multiple_of(10)
}

impl Clinic {
    /// The system and the value of each identifier.
    pub fn identifiers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.identifiers.iter().filter_map(|text| identifier(text))
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_read() {
        for (text, expected) in [
            ("npi|1234567893", Some(("http://hl7.org/fhir/sid/us-npi", "1234567893"))),
            (
                "http://hl7.org/fhir/sid/us-npi|1234567893",
                Some(("http://hl7.org/fhir/sid/us-npi", "1234567893")),
            ),
            ("ccn|220001", Some(("http://hl7.org/fhir/sid/us-ccn", "220001"))),
            ("urn:oid:2.16.840.1.113883.19.5|A|7", Some(("urn:oid:2.16.840.1.113883.19.5", "A|7"))),
            ("npi|1234567890", None),
            ("npi|123456789", None),
            ("npi|12345678931", None),
            ("http://hl7.org/fhir/sid/us-npi|1", None),
            ("npi|", None),
            ("clia| 22D", None),
            ("nose|1", None),
            ("1234567893", None),
            ("", None),
        ] {
            assert_eq!(identifier(text), expected, "{text}");
        }
    }
}
