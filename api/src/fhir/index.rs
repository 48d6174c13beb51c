//! What of a resource the search can find: tokens, dates, references, texts and quantities, by the table
//! `index/table.rs`; whom the resource is about; and which references it holds. Pure readings of JSON: a
//! part that does not have the expected shape gives no value.

mod date;
mod subject;
mod table;

pub use date::{Interval, interval};
pub use subject::{Subject, path_of_person, subject};

pub use table::{Kind, Row, rows, rules, types};

use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashSet;

use super::text::fold;

/// One value by which a search finds a resource.
#[derive(Debug, Clone, PartialEq)]
pub enum IndexValue<'a> {
    /// A code, an identifier, a flag.
    Token {
        /// The search parameter.
        param: &'static str,
        /// The code system or identifier system, if it is named.
        system: Option<&'a str>,
        /// The code as written; searches compare it without case.
        code: Cow<'a, str>,
    },
    /// A time span. A day, a month, a year, a Period are spans as well.
    Date {
        /// The search parameter.
        param: &'static str,
        /// The first microsecond since 1970 (UTC); `i64::MIN` if open.
        low: i64,
        /// The microsecond after the last; `i64::MAX` if open.
        high: i64,
    },
    /// A reference to a resource, or a canonical address.
    Reference {
        /// The search parameter.
        param: &'static str,
        /// The resource type, if the reference tells it.
        target_type: Option<&'a str>,
        /// The id of a relative reference; otherwise the whole address without a version.
        target: &'a str,
    },
    /// A text, folded by [`fold`].
    Text {
        /// The search parameter.
        param: &'static str,
        /// The folded text.
        text: String,
    },
    /// A measured amount.
    Quantity {
        /// The search parameter.
        param: &'static str,
        /// The number.
        value: f64,
        /// The system of the unit.
        system: Option<&'a str>,
        /// The code of the unit, or its text where it has no code.
        unit: Option<&'a str>,
    },
}

impl IndexValue<'_> {
    /// The search parameter that it is a value of.
    pub fn param(&self) -> &'static str {
        match self {
            Self::Token { param, .. }
            | Self::Date { param, .. }
            | Self::Reference { param, .. }
            | Self::Text { param, .. }
            | Self::Quantity { param, .. } => param,
        }
    }
}

/// The index values of a resource of this type, in the order of the table; equal values only once.
pub fn values<'a>(resource_type: &str, resource: &'a Value) -> Vec<IndexValue<'a>> {
    let mut found: Vec<IndexValue<'a>> = Vec::with_capacity(16);
    for row in rows(resource_type) {
        for path in &row.paths {
            follow(resource, path, &mut |value| add(row.kind, row.param, value, &mut found));
        }
    }
    if found.len() > FEW {
        let mut seen = HashSet::with_capacity(found.len());
        let first: Vec<bool> = found.iter().map(|value| seen.insert(key(value))).collect();
        let mut first = first.into_iter();
        found.retain(|_| first.next().unwrap_or(true));
    }
    found
}

/// Calls `each` for the JSON at every path of a parameter, as it stands in the resource.
pub fn raw<'a>(row: &Row, resource: &'a Value, each: &mut impl FnMut(&'a Value)) {
    for path in &row.paths {
        follow(resource, path, each);
    }
}

/// Up to here a new value is compared with each; a Provenance of a whole record has thousands.
const FEW: usize = 32;

/// What tells two values apart, in a form that can be hashed.
fn key<'k>(value: &'k IndexValue) -> (&'static str, Option<&'k str>, Option<&'k str>, u64, u64) {
    match value {
        IndexValue::Token { param, system, code } => (param, *system, Some(code), 0, 0),
        IndexValue::Date { param, low, high } => {
            (param, None, None, low.cast_unsigned(), high.cast_unsigned())
        }
        IndexValue::Reference { param, target_type, target } => (param, *target_type, Some(target), 0, 0),
        IndexValue::Text { param, text } => (param, None, Some(text), 0, 0),
        IndexValue::Quantity { param, value, system, unit } => (param, *system, *unit, value.to_bits(), 0),
    }
}

/// All references in a resource with their paths, in the order of its members.
pub fn references(resource: &Value) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let root = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    collect(resource, root.to_owned(), 0, &mut found);
    found
}

fn collect<'a>(value: &'a Value, path: String, depth: usize, found: &mut Vec<(String, &'a str)>) {
    if depth > super::check::DEEPEST {
        return;
    }
    match value {
        Value::Object(object) => {
            for (key, member) in object {
                let below = || if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match member {
                    Value::String(text) if key == "reference" => found.push((below(), text)),
                    Value::Object(_) | Value::Array(_) => collect(member, below(), depth + 1, found),
                    _ => {}
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().filter(|(_, item)| item.is_object()) {
                collect(item, format!("{path}[{index}]"), depth + 1, found);
            }
        }
        _ => {}
    }
}

/// Calls `each` for every value at a path; arrays on the way are walked through.
fn follow<'a>(value: &'a Value, path: &[&str], each: &mut impl FnMut(&'a Value)) {
    if let Value::Array(items) = value {
        return items.iter().for_each(|item| follow(item, path, each));
    }
    match path.split_first() {
        None => each(value),
        Some((name, rest)) => match table::extension(name) {
            None => value.get(name).into_iter().for_each(|inner| follow(inner, rest, each)),
            Some(url) => {
                let extensions = value.get("extension").and_then(Value::as_array).into_iter().flatten();
                let named = extensions.filter(|e| e.get("url").and_then(Value::as_str) == Some(url));
                named.for_each(|extension| follow(extension, rest, each));
            }
        },
    }
}

fn add<'a>(kind: Kind, param: &'static str, value: &'a Value, found: &mut Vec<IndexValue<'a>>) {
    match kind {
        Kind::Token => tokens(param, value, found),
        Kind::Date => date::spans(value, &mut |span| {
            push(found, IndexValue::Date { param, low: span.low, high: span.high });
        }),
        Kind::Reference => reference(param, value, None, found),
        Kind::Patient => reference(param, value, Some("Patient"), found),
        Kind::Text => texts(param, value, found),
        Kind::Quantity => quantity(param, value, found),
    }
}

fn push<'a>(found: &mut Vec<IndexValue<'a>>, value: IndexValue<'a>) {
    if found.len() > FEW || !found.contains(&value) {
        found.push(value);
    }
}

fn text_at<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn tokens<'a>(param: &'static str, value: &'a Value, found: &mut Vec<IndexValue<'a>>) {
    match value {
        Value::String(code) => push(found, IndexValue::Token { param, system: None, code: code.into() }),
        Value::Bool(flag) => {
            let code = if *flag { "true" } else { "false" };
            push(found, IndexValue::Token { param, system: None, code: code.into() });
        }
        Value::Object(object) => {
            if let Some(Value::Array(codings)) = object.get("coding") {
                return codings.iter().for_each(|coding| tokens(param, coding, found));
            }
            // A Coding has a code; an Identifier and a ContactPoint have a value.
            let code = text_at(value, "code").or_else(|| text_at(value, "value"));
            if let Some(code) = code {
                push(found, IndexValue::Token { param, system: text_at(value, "system"), code: code.into() });
            }
        }
        _ => {}
    }
}

fn reference<'a>(param: &'static str, value: &'a Value, only: Option<&str>, found: &mut Vec<IndexValue<'a>>) {
    let Some(text) = value.as_str().or_else(|| text_at(value, "reference")) else { return };
    let (target_type, target) = target(text);
    if target.is_empty()
        || text.starts_with('#')
        || (only.is_some() && target_type.is_some() && target_type != only)
    {
        return;
    }
    push(found, IndexValue::Reference { param, target_type, target });
}

/// Splits a reference into its type and what identifies the target: the id of a relative reference, else
/// the address. A version (`/_history/2`, `|1.0`) is left out.
pub fn target(reference: &str) -> (Option<&str>, &str) {
    let reference = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
    let reference = reference.split_once('|').map_or(reference, |(before, _)| before);
    if reference.contains('?') || reference.starts_with("urn:") {
        return (None, reference);
    }
    let Some((before, id)) = reference.rsplit_once('/') else { return (None, reference) };
    let (base, name) = before.rsplit_once('/').map_or(("", before), |(base, name)| (base, name));
    match (super::check::known_type(name), base.is_empty()) {
        (true, true) => (Some(name), id),
        (true, false) => (Some(name), reference),
        (false, _) => (None, reference),
    }
}

/// Members of HumanName and Address that a search on the whole looks into.
pub const TEXT_PARTS: [&str; 11] = [
    "text",
    "family",
    "given",
    "prefix",
    "suffix",
    "line",
    "city",
    "district",
    "state",
    "postalCode",
    "country",
];

fn texts<'a>(param: &'static str, value: &'a Value, found: &mut Vec<IndexValue<'a>>) {
    match value {
        Value::String(text) => {
            let text = fold(text);
            if !text.is_empty() {
                push(found, IndexValue::Text { param, text });
            }
        }
        Value::Array(items) => {
            items.iter().filter(|i| i.is_string()).for_each(|item| texts(param, item, found))
        }
        Value::Object(object) => {
            let parts =
                TEXT_PARTS.iter().filter_map(|part| object.get(*part)).filter(|part| !part.is_object());
            parts.for_each(|part| texts(param, part, found));
        }
        _ => {}
    }
}

fn quantity<'a>(param: &'static str, value: &'a Value, found: &mut Vec<IndexValue<'a>>) {
    let number = value.get("value").filter(|n| n.is_number()).and_then(Value::as_f64);
    if let Some(number) = number.filter(|n| n.is_finite()) {
        let unit = text_at(value, "code").or_else(|| text_at(value, "unit"));
        push(found, IndexValue::Quantity { param, value: number, system: text_at(value, "system"), unit });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(resource: &Value) -> Vec<String> {
        let name = resource["resourceType"].as_str().unwrap();
        let show = |value: &IndexValue| match value {
            IndexValue::Token { param, system, code } => format!("{param}={}|{code}", system.unwrap_or("")),
            IndexValue::Date { param, low, high } => format!("{param}={low}..{high}"),
            IndexValue::Reference { param, target_type, target } => {
                format!("{param}->{}:{target}", target_type.unwrap_or(""))
            }
            IndexValue::Text { param, text } => format!("{param}~{text}"),
            IndexValue::Quantity { param, value, system, unit } => {
                format!("{param}#{value} {}|{}", system.unwrap_or(""), unit.unwrap_or(""))
            }
        };
        values(name, resource).iter().map(show).collect()
    }

    #[test]
    fn values_by_type() {
        let cases = [
            (
                json!({"resourceType": "Patient", "id": "p", "identifier": [{"system": "http://mrn", "value": "7"}],
                    "name": [{"family": "Nuñez  Ríos", "given": ["Zoë", "Ana"]}], "gender": "female",
                    "birthDate": "1970-01-02", "deceasedDateTime": "1970-01-01T00:00:01Z"}),
                vec![
                    "_id=|p",
                    "identifier=http://mrn|7",
                    "name~nunez rios",
                    "name~zoe",
                    "name~ana",
                    "family~nunez rios",
                    "given~zoe",
                    "given~ana",
                    "gender=|female",
                    "birthdate=86400000000..172800000000",
                    "death-date=1000000..2000000",
                ],
            ),
            (
                json!({"resourceType": "Observation", "id": "o", "status": "final",
                    "category": [{"coding": [{"system": "http://c", "code": "laboratory"}]}],
                    "code": {"coding": [{"system": "http://loinc.org", "code": "1-8"}, {"system": "http://loinc.org", "code": "1-8"}]},
                    "subject": {"reference": "Patient/p/_history/3"}, "encounter": {"reference": "urn:uuid:e"},
                    "effectivePeriod": {"start": "1970-01-01"},
                    "valueQuantity": {"value": 6.50, "unit": "x", "code": "mmol/L", "system": "http://u"}}),
                vec![
                    "_id=|o",
                    "status=|final",
                    "category=http://c|laboratory",
                    "code=http://loinc.org|1-8",
                    "date=0..9223372036854775807",
                    "patient->Patient:p",
                    "subject->Patient:p",
                    "encounter->:urn:uuid:e",
                    "value-quantity#6.5 http://u|mmol/L",
                ],
            ),
            (
                json!({"resourceType": "Observation", "subject": {"reference": "Group/g"}}),
                vec!["subject->Group:g"],
            ),
            (
                json!({"resourceType": "Condition", "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "1970-01-01"},
                    {"url": "http://other", "valueDateTime": "1980-01-01"}]}),
                vec!["asserted-date=0..86400000000"],
            ),
            (
                json!({"resourceType": "QuestionnaireResponse", "questionnaire": "http://q.org/Questionnaire/a|1.0",
                    "subject": {"reference": "https://x.org/fhir/Patient/p"}}),
                vec![
                    "patient->Patient:https://x.org/fhir/Patient/p",
                    "subject->Patient:https://x.org/fhir/Patient/p",
                    "questionnaire->Questionnaire:http://q.org/Questionnaire/a",
                ],
            ),
            (
                json!({"resourceType": "Location", "name": "Main", "address": {"line": ["1 A St"], "city": "B", "state": "MA"}}),
                vec![
                    "name~main",
                    "address~1 a st",
                    "address~b",
                    "address~ma",
                    "address-city~b",
                    "address-state~ma",
                ],
            ),
            (
                json!({"resourceType": "Patient", "name": 3, "gender": [], "birthDate": {"a": 1}, "id": null}),
                vec![],
            ),
            (json!({"resourceType": "Nonsense", "id": "a"}), vec!["_id=|a"]),
        ];
        for (resource, expected) in cases {
            assert_eq!(shown(&resource), expected, "{resource}");
        }
    }

    #[test]
    fn many_values_are_listed_once_each() {
        let targets: Vec<Value> =
            (0..3000).map(|n| json!({"reference": format!("Observation/{}", n % 1000)})).collect();
        let resource = json!({"resourceType": "Provenance", "target": targets});
        assert_eq!(values("Provenance", &resource).len(), 1000);
    }

    #[test]
    fn texts_are_folded() {
        let cases =
            [("  Éa \t B\n", "ea b"), ("STRASSE", "strasse"), ("ﬁx", "fix"), ("", ""), (" ", ""), ("Ł", "ł")];
        for (text, expected) in cases {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn references_carry_their_paths() {
        let resource = json!({"resourceType": "Encounter", "subject": {"reference": "Patient/1"},
            "participant": [{}, {"individual": {"reference": "Practitioner/2"}}],
            "contained": [{"resourceType": "Group", "member": [{"entity": {"reference": "#x"}}]}], "reference": 3});
        let expected = [
            ("Encounter.subject.reference", "Patient/1"),
            ("Encounter.participant[1].individual.reference", "Practitioner/2"),
            ("Encounter.contained[0].member[0].entity.reference", "#x"),
        ];
        let found = references(&resource);
        assert_eq!(found.iter().map(|(path, text)| (path.as_str(), *text)).collect::<Vec<_>>(), expected);
    }
}
