//! Normal ranges in the reader's language. A range that consists of numbers, comparators and a unit is said anew;
//! what a source wrote in other words stays as it is.

use super::{Language, say_with, with_unit};
use crate::fhir::present::readable_unit;

/// Ways in which sources write a range: what stands before the number and what stands behind it and its unit, with the
/// message id that says the same.
const BOUNDS: [(&str, &str, &str); 17] = [
    ("", " or less", "bounds-most"),
    ("", " or lower", "bounds-most"),
    ("", " or below", "bounds-most"),
    ("up to ", "", "bounds-most"),
    ("<= ", "", "bounds-most"),
    ("<=", "", "bounds-most"),
    ("≤", "", "bounds-most"),
    ("", " or more", "bounds-least"),
    ("", " or higher", "bounds-least"),
    ("", " or above", "bounds-least"),
    (">=", "", "bounds-least"),
    ("≥", "", "bounds-least"),
    ("less than ", "", "bounds-below"),
    ("<", "", "bounds-below"),
    ("more than ", "", "bounds-above"),
    ("greater than ", "", "bounds-above"),
    (">", "", "bounds-above"),
];

/// A normal range in words: "11.5 a 14.5 %", "30 mg/g o menos".
pub fn range(language: Language, text: &str) -> String {
    let text = text.trim();
    between(language, text).or_else(|| bound(language, text)).unwrap_or_else(|| text.to_owned())
}

fn between(language: Language, text: &str) -> Option<String> {
    let (low, rest) = [" to ", "–", " - ", "-"].iter().find_map(|sign| text.split_once(sign))?;
    let (high, high_unit) = amount(rest)?;
    let (low, low_unit) = amount(low)?;
    if !low_unit.is_empty() && low_unit != high_unit {
        return None;
    }
    let args = [("low", low.into()), ("high", with_unit(language, high, &high_unit).into())];
    Some(say_with(language, "bounds-between", &args))
}

fn bound(language: Language, text: &str) -> Option<String> {
    BOUNDS.iter().find_map(|(before, behind, id)| {
        let (number, unit) = amount(text.strip_prefix(before)?.strip_suffix(behind)?)?;
        Some(say_with(language, id, &[("amount", with_unit(language, number, &unit).into())]))
    })
}

/// A number and its unit as people read it; none where there are other words.
fn amount(text: &str) -> Option<(&str, String)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = readable_unit(unit);
    let sign = |c: char| c.is_alphanumeric() || "/%*[]^{}._'×° ".contains(c);
    let shape =
        number.starts_with(|c: char| c.is_ascii_digit()) && number.ends_with(|c: char| c.is_ascii_digit());
    // Two words are no unit, but for what units themselves write apart: "mm Hg", "× 10³/µL", "mL/min/1.73 m²".
    let apart =
        unit.contains(' ') && !["mm Hg", "m²", "10³", "10⁶", "10⁹", "10¹²"].iter().any(|p| unit.contains(p));
    (shape && !apart && unit.len() <= 30 && unit.chars().all(sign)).then_some((number, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_said_in_the_reader_s_language() {
        for (text, english, spanish) in [
            ("11.5 to 14.5 %", "11.5 to 14.5 %", "11.5 a 14.5 %"),
            ("4–5.6 %", "4 to 5.6 %", "4 a 5.6 %"),
            ("70-99 mg/dL", "70 to 99 mg/dL", "70 a 99 mg/dL"),
            ("4 mmol/L–5 mmol/L", "4 to 5 mmol/L", "4 a 5 mmol/L"),
            ("150,000 - 400,000 /uL", "150,000 to 400,000 /µL", "150,000 a 400,000 /µL"),
            ("4.5 to 11.0 10*3/uL", "4.5 to 11.0 × 10³/µL", "4.5 a 11.0 × 10³/µL"),
            ("0.4 to 4.0 m[IU]/L", "0.4 to 4.0 mIU/L", "0.4 a 4.0 mIU/L"),
            ("4–11 × 10³/µL", "4 to 11 × 10³/µL", "4 a 11 × 10³/µL"),
            ("30 mg/g or less", "30 mg/g or less", "30 mg/g o menos"),
            ("≤ 30 mg/g", "30 mg/g or less", "30 mg/g o menos"),
            ("60 mL/min/1.73 m2 or more", "60 mL/min/1.73 m² or more", "60 mL/min/1.73 m² o más"),
            ("36.1 to 37.2 Cel", "36.1 to 37.2 °C", "36.1 a 37.2 °C"),
            ("60 to 100 beats/min", "60 to 100 beats/min", "60 a 100 latidos/min"),
            ("60 mL/min/{1.73_m2} or more", "60 mL/min/1.73 m² or more", "60 mL/min/1.73 m² o más"),
            (">= 40", "40 or more", "40 o más"),
            ("<5.7 %", "less than 5.7 %", "menos de 5.7 %"),
            ("> 40 mg/dL", "more than 40 mg/dL", "más de 40 mg/dL"),
            ("Negative", "Negative", "Negative"),
            ("4 to 6 when fasting", "4 to 6 when fasting", "4 to 6 when fasting"),
            ("4 to 6 % (fasting)", "4 to 6 % (fasting)", "4 to 6 % (fasting)"),
            ("1-2-3", "1-2-3", "1-2-3"),
            ("", "", ""),
        ] {
            assert_eq!(range(Language::English, text), english, "{text}");
            assert_eq!(range(Language::Spanish, text), spanish, "{text}");
        }
    }
}
