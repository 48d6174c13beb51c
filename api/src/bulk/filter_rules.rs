//! Searches that narrow an export (`_typeFilter`), by the search language of the interface. Pure: a resource is looked at by
//! itself, so that what leads to others cannot be asked.

use std::collections::HashMap;

use serde_json::Value;

use super::model::Wrong;
use crate::base::Instant;
use crate::fhir::search::{self, Criterion, Given, Handling, Search, Summary, Test, Total};

/// How many searches one export may have.
pub const MOST: usize = 100;

/// The searches of a parameter, each with its type: they are separated by commas, which values may hold too.
pub fn split(value: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let mut start = 0;
    for (at, _) in value.match_indices(',') {
        if begins(&value[at + 1..]) {
            all.push(&value[start..at]);
            start = at + 1;
        }
    }
    all.push(&value[start..]);
    all
}

fn begins(text: &str) -> bool {
    let Some((kind, _)) = text.split_once('?') else { return false };
    kind.starts_with(|c: char| c.is_ascii_uppercase()) && kind.bytes().all(|b| b.is_ascii_alphabetic())
}

/// The type of a search and what it asks.
///
/// # Errors
/// What is wrong with it.
pub fn read(text: &str, given: Given<'_>) -> Result<(&'static str, Vec<Criterion>), Wrong> {
    let wrong = |code, how: &str| Wrong::with("_typeFilter", code, format!("_typeFilter {how}"));
    let (kind, asked) = text
        .split_once('?')
        .ok_or_else(|| wrong("value", "is a search with its type, such as Observation?status=final"))?;
    let kind = search::served(kind)
        .ok_or_else(|| wrong("not-supported", "names a type that is not exported here"))?;
    let told = |issues: Vec<crate::fhir::outcome::Issue>| {
        let first = issues.into_iter().next();
        first.map_or_else(|| wrong("invalid", "cannot be read"), |issue| wrong(issue.code, &issue.text))
    };
    let asked = search::decode(asked).map_err(told)?;
    let strict = Given { handling: Handling::Strict, ..given };
    let read = search::parse(kind, &asked, strict).map_err(told)?;
    if !is_plain(&read) {
        return Err(wrong(
            "not-supported",
            "finds resources; _include, _sort, _count and the like say nothing here",
        ));
    }
    if read.criteria.iter().any(leads_away) {
        let how = "looks at each resource by itself; references and chains cannot be asked";
        return Err(wrong("not-supported", how));
    }
    Ok((kind, read.criteria))
}

fn is_plain(read: &Search) -> bool {
    read.sort.is_empty()
        && read.count.is_none()
        && read.summary == Summary::Whole
        && read.elements.is_empty()
        && read.total == Total::Unasked
        && read.includes.is_empty()
        && read.rev_includes.is_empty()
}

/// Whether one resource cannot tell: what it points to is elsewhere.
fn leads_away(criterion: &Criterion) -> bool {
    matches!(criterion.test, Test::Reference(_) | Test::Chain(_))
}

/// The searches of each type.
pub type Filters = HashMap<&'static str, Vec<Vec<Criterion>>>;

/// Whether a resource goes out: its type has no searches, or one of them finds it.
pub fn passes(filters: &Filters, kind: &str, bytes: &[u8]) -> bool {
    let Some(all) = filters.get(kind) else { return true };
    let Ok(resource) = serde_json::from_slice::<Value>(bytes) else { return false };
    all.iter().any(|criteria| criteria.iter().all(|one| finds(one, &resource)))
}

fn finds(criterion: &Criterion, resource: &Value) -> bool {
    match &criterion.test {
        Test::Date(asked) if criterion.param == "_lastUpdated" => {
            let updated = resource.pointer("/meta/lastUpdated").and_then(Value::as_str);
            let updated = updated.and_then(|text| search::date(text, Instant(0)).ok());
            updated.is_some_and(|at| asked.iter().any(|one| one.holds(at.low, at.high)))
        }
        _ => criterion.matches(resource),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Given<'static> {
        Given { base: "https://x.example/fhir", now: Instant(0), handling: Handling::Lenient }
    }

    #[test]
    fn searches_are_split_where_a_type_begins() {
        for (value, all) in [
            ("Goal?lifecycle-status=active", vec!["Goal?lifecycle-status=active"]),
            (
                "Observation?status=final,amended,Goal?x=y",
                vec!["Observation?status=final,amended", "Goal?x=y"],
            ),
            ("Observation?code=http://x?y,Goal?x=y,z", vec!["Observation?code=http://x?y", "Goal?x=y,z"]),
            ("", vec![""]),
            (",", vec![","]),
        ] {
            assert_eq!(split(value), all, "{value}");
        }
    }

    #[test]
    fn searches_are_read_or_refused() {
        for (text, code) in [
            ("Observation?status=final", None),
            ("Observation?category=laboratory&date=ge2020", None),
            ("Observation?", None),
            ("Observation", Some("value")),
            ("Nose?x=y", Some("not-supported")),
            ("Observation?nose=y", Some("not-supported")),
            ("Observation?date=nonsense", Some("value")),
            ("Observation?patient=1", Some("not-supported")),
            ("Observation?patient.name=x", Some("not-supported")),
            ("Observation?_count=5", Some("not-supported")),
            ("Observation?_sort=date", Some("not-supported")),
            ("Observation?_include=Observation:subject", Some("not-supported")),
            ("Observation?_lastUpdated=gt2020", None),
            ("Observation?_lastUpdated:missing=true", Some("not-supported")),
        ] {
            let found = read(text, given()).map(|(kind, _)| kind);
            match code {
                None => assert_eq!(found, Ok("Observation"), "{text}"),
                Some(_) => assert!(found.is_err(), "{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn when_a_resource_came_stands_in_it() {
        let came = r#"{"resourceType":"Observation","meta":{"lastUpdated":"2021-03-04T05:06:07.000008Z"}}"#;
        for (asked, resource, goes) in [
            ("gt2020", came, true),
            ("2021-03-04", came, true),
            ("le2021-03-04T05:06:07Z", came, true),
            ("lt2021-03-04", came, false),
            ("gt2020&_lastUpdated=lt2021", came, false),
            ("gt2020", r#"{"resourceType":"Observation"}"#, false),
        ] {
            let text = format!("Observation?_lastUpdated={asked}");
            let filters = Filters::from([("Observation", vec![read(&text, given()).unwrap().1])]);
            assert_eq!(passes(&filters, "Observation", resource.as_bytes()), goes, "{asked}");
        }
    }

    #[test]
    fn one_search_of_the_type_must_find_it() {
        let criteria = |text| read(text, given()).unwrap().1;
        let filters = Filters::from([(
            "Observation",
            vec![criteria("Observation?status=final&date=ge2020"), criteria("Observation?status=amended")],
        )]);
        for (resource, goes) in [
            (r#"{"resourceType":"Observation","status":"final","effectiveDateTime":"2021-03-04"}"#, true),
            (r#"{"resourceType":"Observation","status":"final","effectiveDateTime":"2019-03-04"}"#, false),
            (r#"{"resourceType":"Observation","status":"amended"}"#, true),
            (r#"{"resourceType":"Observation","status":"registered"}"#, false),
            ("nonsense", false),
        ] {
            assert_eq!(passes(&filters, "Observation", resource.as_bytes()), goes, "{resource}");
        }
        assert!(passes(&filters, "Goal", b"{}"), "other types go out whole");
        // An element of the type `code` has the system that its value set implies, and a coding only its own.
        for (text, goes) in [
            ("Observation?status=http://hl7.org/fhir/observation-status|final", true),
            ("Observation?status=http://hl7.org/fhir/observation-status|", true),
            ("Observation?status=http://hl7.org/fhir/publication-status|final", false),
            ("Observation?status=|FINAL", true),
            ("Observation?category=laboratory", true),
            ("Observation?category=|laboratory", true),
            ("Observation?category=http://hl7.org/fhir/observation-category|laboratory", false),
        ] {
            let filters = Filters::from([("Observation", vec![criteria(text)])]);
            let one = br#"{"status":"final","category":[{"coding":[{"code":"laboratory"}]}]}"#;
            assert_eq!(passes(&filters, "Observation", one), goes, "{text}");
        }
    }
}
