//! What staff write down with a request that came to them past this service. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Problem, Problems, says_why, unseen};

/// How a request came that staff recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// By telephone.
    Telephone,
    /// By letter.
    Letter,
    /// In person.
    InPerson,
}

impl Came {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Telephone, Self::Letter, Self::InPerson];

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Telephone => "telephone",
            Self::Letter => "letter",
            Self::InPerson => "in-person",
        }
    }

    /// The one of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|came| came.slug() == slug)
    }
}

/// What staff wrote down with a request that came past this service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Intake {
    /// The day on which it came (`2026-01-31`).
    pub day: String,
    /// How it came.
    pub came: Came,
    /// How it was known who asked.
    pub known: String,
}

impl Intake {
    /// The day on which it came; none where it is no day.
    pub fn on(&self) -> Option<NaiveDate> {
        self.day.parse().ok()
    }

    /// The same with its day as it is kept, however it was typed (`2026-1-31`).
    pub fn kept(self) -> Self {
        let day = self.on().map_or(self.day, |day| day.to_string());
        Self { day, ..self }
    }
}

/// Longest words on how somebody was known, in characters.
const KNOWN: usize = 2_000;

/// What is wrong with the day on which somebody asked or signed: it lies in the life of whom it is about, and is not
/// tomorrow. Of whom no day of birth is known, it is not asked.
pub fn day_problem(day: Option<NaiveDate>, (born, today): (Option<&str>, NaiveDate)) -> Option<&'static str> {
    let born = born.and_then(|day| day.parse::<NaiveDate>().ok());
    match day {
        None => Some("problem-date"),
        Some(day) if day > today => Some("problem-date-future"),
        Some(day) if born.is_some_and(|born| day < born) => Some("problem-limit-before-birth"),
        Some(_) => None,
    }
}

/// What must be mended: it came on a day of the person's life, not tomorrow, and somebody else can follow how the clinic
/// knew who asked (45 CFR 164.514(h)(1)).
pub fn intake_problems(intake: &Intake, (born, today): (Option<&str>, NaiveDate)) -> Problems {
    let day = day_problem(intake.on(), (born, today));
    let known = match intake.known.as_str() {
        known if known.chars().count() > KNOWN => Some("problem-text-long"),
        known if !says_why(known) => Some("problem-limit-known"),
        _ => None,
    };
    let day = day.map(|code| Problem { field: "received", code });
    let known = known.map(|code| Problem { field: "known", code });
    Problems(day.into_iter().chain(known.or_else(|| unseen("known", &intake.known))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Birth, the day it came, and how the person was known → what is to be mended.
    #[test]
    fn a_request_came_on_a_day_from_somebody_known() {
        let (today, long) = ("2026-11-23".parse().unwrap(), "known ".repeat(400));
        let known = "Gave the birth date and the address";
        for (born, day, known, wanted) in [
            (Some("1980-02-29"), "2026-11-23", known, vec![]),
            (Some("2026-11-23"), "2026-11-23", known, vec![]),
            (Some("2026-11-23"), "2026-11-22", known, vec!["problem-limit-before-birth"]),
            (Some("1980-02-29"), "1979-12-31", known, vec!["problem-limit-before-birth"]),
            // Of whom only the year is known, or nothing.
            (Some("1980"), "1979-12-31", known, vec![]),
            (None, "1900-01-01", known, vec![]),
            (None, "2026-11-24", known, vec!["problem-date-future"]),
            (None, "", known, vec!["problem-date"]),
            (None, "2026-02-30", "-", vec!["problem-date", "problem-limit-known"]),
            (None, "2026-11-23", "ID shown.", vec!["problem-limit-known"]),
            (None, "2026-11-23", "Passport shown", vec![]),
            (None, "2026-11-23", "Passport\u{202e} shown", vec!["problem-text-unseen"]),
            (None, "2026-11-23", long.as_str(), vec!["problem-text-long"]),
        ] {
            let intake = Intake { day: day.into(), came: Came::Telephone, known: known.into() };
            let found = intake_problems(&intake, (born, today));
            let codes: Vec<_> = found.0.iter().map(|problem| problem.code).collect();
            assert_eq!(codes, wanted, "{born:?} {day} {known:.20}");
        }
    }

    #[test]
    fn a_day_is_kept_in_one_form() {
        for (typed, kept) in [
            ("2026-09-01", "2026-09-01"),
            ("2026-9-1", "2026-09-01"),
            ("2026-11-20", "2026-11-20"),
            ("yesterday", "yesterday"),
        ] {
            let intake = Intake { day: typed.into(), came: Came::Letter, known: String::new() };
            assert_eq!(intake.kept().day, kept, "{typed}");
        }
    }
}
