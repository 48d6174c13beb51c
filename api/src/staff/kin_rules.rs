//! Whose record is too near to be opened at work: one's own, that of somebody one acts for or who acts for one, and
//! that of the same family in the same household. Pure.

use crate::base::{AccountId, PatientNo, fold};

/// What is known of a person's family name and where they can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Family names, as written.
    pub families: Vec<String>,
    /// Telephone numbers, as written.
    pub phones: Vec<String>,
    /// Postal addresses.
    pub places: Vec<Place>,
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In its parts, as records have it.
    Parts {
        /// Street and number, all lines.
        street: String,
        /// City.
        city: String,
        /// Postal code.
        postal: String,
    },
    /// In one line, as identity providers have it.
    Line(String),
}

/// What the records say of a patient, and of the member of staff who is a patient here too. `records` makes it; it
/// is good for one account and one patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Household {
    /// Which member of staff.
    pub account: AccountId,
    /// Which patient.
    pub patient: PatientNo,
    /// What the patient's record says.
    pub theirs: Reach,
    /// What the member's own records say, if they are patients here.
    pub own: Vec<Reach>,
}

/// What the decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nearness {
    pub own_record: bool,
    pub acts: bool,
    pub household: bool,
}

/// Why a record is too near. In an emergency too: then a colleague opens it.
pub(super) fn too_near(near: Nearness) -> Result<(), &'static str> {
    match near {
        Nearness { own_record: true, .. } => Err("refused-own-record"),
        Nearness { acts: true, .. } | Nearness { household: true, .. } => Err("refused-family-record"),
        _ => Ok(()),
    }
}

/// Whether two people share a family name and a telephone number or an address. A name alone is no family, and a
/// telephone number alone may be that of a workplace.
pub(super) fn one_household(one: &Reach, other: &Reach) -> bool {
    let (a, b) = (family_names(&one.families), family_names(&other.families));
    let family = a.iter().any(|name| b.contains(name));
    let phone = one.phones.iter().any(|a| other.phones.iter().any(|b| same_phone(a, b)));
    let place = one.places.iter().any(|a| other.places.iter().any(|b| same_place(a, b)));
    family && (phone || place)
}

/// Words within family names that name no family.
const PARTICLES: [&str; 16] = [
    "al", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "la", "los", "van", "von", "y",
];

/// The names in family names, folded: of "García-Núñez" and "García Núñez" both, of "de la Cruz" one.
fn family_names(families: &[String]) -> Vec<String> {
    let parts = families.iter().flat_map(|name| name.split(|c: char| c.is_whitespace() || is_dash(c)));
    parts.map(fold).filter(|part| part.chars().count() > 1 && !PARTICLES.contains(&part.as_str())).collect()
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// The last ten digits are equal; of a number without an area code the last seven.
fn same_phone(one: &str, other: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (one, other) = (digits(one), digits(other));
    let length = if one.len().min(other.len()) >= 10 { 10 } else { 7 };
    let last = |digits: &str| digits.len().checked_sub(length).map(|at| digits[at..].to_owned());
    last(&one).is_some_and(|one| last(&other) == Some(one))
}

/// What people write short, and how.
const SHORT: [(&str, &str); 14] = [
    ("apartment", "apt"),
    ("avenue", "ave"),
    ("boulevard", "blvd"),
    ("circle", "cir"),
    ("court", "ct"),
    ("drive", "dr"),
    ("east", "e"),
    ("lane", "ln"),
    ("north", "n"),
    ("place", "pl"),
    ("road", "rd"),
    ("south", "s"),
    ("street", "st"),
    ("west", "w"),
];

/// The words of an address, folded and written short; of a postal code the first five digits.
fn words(text: &str) -> Vec<String> {
    let apart: String =
        text.chars().map(|c| if matches!(c, ',' | ';' | '#') || c.is_control() { ' ' } else { c }).collect();
    let short = |word: &str| {
        let code = word.len() == 9 && word.bytes().all(|b| b.is_ascii_digit());
        let short = SHORT.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| *short);
        if code { word[..5].to_owned() } else { short.to_owned() }
    };
    fold(&apart).split(' ').filter(|word| !word.is_empty()).map(short).collect()
}

fn same_place(one: &Place, other: &Place) -> bool {
    match (one, other) {
        (Place::Line(one), Place::Line(other)) => !words(one).is_empty() && words(one) == words(other),
        (Place::Line(line), Place::Parts { street, city, postal })
        | (Place::Parts { street, city, postal }, Place::Line(line)) => {
            let line = words(line);
            let there = |part: &str| holds(&line, &words(part));
            let in_city = || holds(&line, &words(city));
            // The code after the street decides; where either has none, the city.
            let coded = line.iter().skip(1).any(|word| is_code(word));
            there(street) && if coded && !postal.trim().is_empty() { there(postal) } else { in_city() }
        }
        (
            Place::Parts { street, city, postal },
            Place::Parts { street: other_street, city: other_city, postal: other_postal },
        ) => {
            let same = |one: &str, other: &str| !words(one).is_empty() && words(one) == words(other);
            let coded = !postal.trim().is_empty() && !other_postal.trim().is_empty();
            same(street, other_street)
                && if coded { same(postal, other_postal) } else { same(city, other_city) }
        }
    }
}

fn is_code(word: &str) -> bool {
    word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit())
}

/// Whether the words of a part stand in a line, one after the other.
fn holds(line: &[String], part: &[String]) -> bool {
    !part.is_empty() && line.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `family|phone|street;city;code`, or an address in one line after `=`.
    fn reach(text: &str) -> Reach {
        let mut parts = text.split('|');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (family, phone, place) = (next(), next(), next());
        let place = match (place.strip_prefix('='), place.split(';').collect::<Vec<_>>().as_slice()) {
            (Some(line), _) => Some(Place::Line(line.into())),
            (None, [street, city, postal]) => Some(Place::Parts {
                street: (*street).into(),
                city: (*city).into(),
                postal: (*postal).into(),
            }),
            _ => None,
        };
        Reach {
            families: vec![family],
            phones: Some(phone).filter(|phone| !phone.is_empty()).into_iter().collect(),
            places: place.into_iter().collect(),
        }
    }

    #[test]
    fn a_household_is_a_family_name_and_a_phone_or_an_address() {
        for (one, other, same) in [
            // The same name alone, the same telephone or address alone: no.
            ("Delgado", "Delgado", false),
            ("Delgado|520-555-0101", "Okafor|520-555-0101", false),
            ("Delgado||1 River Rd;Tucson;85701", "Okafor||1 River Rd;Tucson;85701", false),
            ("Delgado|520-555-0101", "Delgado|520-555-0102", false),
            // Telephones, however they are written.
            ("Delgado|520-555-0101", "Delgado|+1 (520) 555-0101", true),
            ("Delgado|520-555-0101", "delgádo|555 0101", true),
            ("Delgado|520-555-0101", "Delgado|480-555-0101", false),
            ("Delgado|0101", "Delgado|0101", false),
            // Names of two parts, and words that name no family.
            ("García-Núñez|520-555-0101", "Núñez|520-555-0101", true),
            ("García Núñez|520-555-0101", "Garcia|520-555-0101", true),
            ("de la Cruz|520-555-0101", "de la Vega|520-555-0101", false),
            ("|520-555-0101", "|520-555-0101", false),
            // Addresses in parts.
            ("Delgado||1 River Road;Tucson;85701", "Delgado||1 river rd.;Tucson;85701-1234", true),
            ("Delgado||1 River Road;Tucson;85701", "Delgado||1 River Road;Tucson;85702", false),
            ("Delgado||1 River Road;Tucson;85701", "Delgado||11 River Road;Tucson;85701", false),
            ("Delgado||1 River Road;Tucson;", "Delgado||1 River Road;Tucson;85701", true),
            ("Delgado||1 River Road;Tucson;", "Delgado||1 River Road;Mesa;85701", false),
            ("Delgado||;Tucson;85701", "Delgado||;Tucson;85701", false),
            // Addresses in one line.
            ("Delgado||1 River Road;Tucson;85701", "Delgado||=1 River Rd, Tucson, AZ 85701", true),
            ("Delgado||=1 River Rd, Tucson, AZ 85702", "Delgado||1 River Road;Tucson;85701", false),
            ("Delgado||=1 River Rd, Tucson", "Delgado||1 River Road;Tucson;85701", true),
            ("Delgado||=1 River Rd, Mesa", "Delgado||1 River Road;Tucson;85701", false),
            ("Delgado||=21 River Rd, Tucson", "Delgado||1 River Road;Tucson;85701", false),
            ("Delgado||=1 River Rd, Tucson", "Delgado||=1 River Road, Tucson", true),
            ("Delgado||=", "Delgado||=", false),
        ] {
            assert_eq!(one_household(&reach(one), &reach(other)), same, "{one} / {other}");
            assert_eq!(one_household(&reach(other), &reach(one)), same, "{other} / {one}");
        }
    }

    #[test]
    fn near_records_are_for_a_colleague() {
        for (own_record, acts, household, expected) in [
            (false, false, false, Ok(())),
            (true, false, false, Err("refused-own-record")),
            (true, true, true, Err("refused-own-record")),
            (false, true, false, Err("refused-family-record")),
            (false, false, true, Err("refused-family-record")),
        ] {
            assert_eq!(too_near(Nearness { own_record, acts, household }), expected);
        }
    }
}
