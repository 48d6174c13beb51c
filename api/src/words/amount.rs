//! Amounts whose unit is a word: "72 beats/min" is said as "72 latidos/min", "1 points" as "1 point". Signs such as
//! "mg/dL" are the same in both languages.

use super::{
    Language,
    dosage::{counted, form},
};

/// Units that are words, as sources write them, with the message id that says them with their number.
const UNITS: &[(&str, &str)] = &[
    ("beats/min", "unit-beats"),
    ("beats/minute", "unit-beats"),
    ("bpm", "unit-beats"),
    ("breaths/min", "unit-breaths"),
    ("breaths/minute", "unit-breaths"),
    ("min/wk", "unit-minutes-week"),
    ("min/week", "unit-minutes-week"),
    ("point", "unit-points"),
    ("points", "unit-points"),
    ("score", "unit-points"),
    ("unit", "unit-units"),
    ("units", "unit-units"),
];

/// A number and its unit.
pub fn with_unit(language: Language, number: &str, unit: &str) -> String {
    let word = UNITS.iter().find(|row| row.0.eq_ignore_ascii_case(unit)).map(|row| row.1);
    match word.or_else(|| form(unit)) {
        Some(id) => counted(language, id, number, number.parse().unwrap_or(2.0)),
        None if unit.is_empty() => number.to_owned(),
        None => format!("{number} {unit}"),
    }
}

/// A unit by itself, as the head of a column or an axis.
pub fn unit(language: Language, unit: &str) -> String {
    with_unit(language, "", unit).trim().to_owned()
}

/// A value that is kept as text: said anew where it is a number and a unit, else as it is.
pub fn value(language: Language, text: &str) -> String {
    let number =
        |text: &str| text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_alphabetic);
    match text.rsplit_once(' ') {
        Some((amount, unit)) if number(amount) => with_unit(language, amount, unit),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_with_their_units() {
        for (text, english, spanish) in [
            ("72 beats/min", "72 beats/min", "72 latidos/min"),
            ("1 breaths/min", "1 breath/min", "1 respiración/min"),
            ("16 breaths/minute", "16 breaths/min", "16 respiraciones/min"),
            ("1 points", "1 point", "1 punto"),
            ("0 points", "0 points", "0 puntos"),
            ("< 5 points", "< 5 points", "< 5 puntos"),
            ("1–2 units", "1–2 units", "1–2 unidades"),
            ("150 min/wk", "150 min a week", "150 min a la semana"),
            ("90 tablet", "90 tablets", "90 tabletas"),
            ("1 Capsule", "1 capsule", "1 cápsula"),
            ("5.4 %", "5.4 %", "5.4 %"),
            ("128/82 mmHg", "128/82 mmHg", "128/82 mmHg"),
            ("Several points", "Several points", "Several points"),
            ("Negative", "Negative", "Negative"),
            ("", "", ""),
        ] {
            assert_eq!(value(Language::English, text), english, "{text}");
            assert_eq!(value(Language::Spanish, text), spanish, "{text}");
        }
        assert_eq!(unit(Language::Spanish, "beats/min"), "latidos/min");
        assert_eq!(unit(Language::Spanish, "points"), "puntos");
        assert_eq!(unit(Language::Spanish, "mg/dL"), "mg/dL");
    }
}
