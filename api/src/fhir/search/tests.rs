//! The tables of what is read and what is refused.

use serde_json::json;

use super::us_core::SEARCHES;
use super::*;
use crate::base::Instant;
use crate::fhir::check::check;
use crate::fhir::outcome::{Issue, outcome};

const BASE: &str = "https://records.example/fhir";
/// 2024-03-01T00:00:00Z.
const NOW: Instant = Instant(1_709_251_200_000_000);

fn read(resource_type: &str, query: &str, handling: Handling) -> Result<Search, Vec<Issue>> {
    let resource_type = served(resource_type).unwrap();
    parse(resource_type, &decode(query)?, Given { base: BASE, now: NOW, handling })
}

/// What the one criterion of a query asks.
fn test_of(resource_type: &str, query: &str) -> Test {
    let mut search = read(resource_type, query, Handling::Strict)
        .unwrap_or_else(|issues| panic!("{resource_type}?{query}: {issues:?}"));
    assert_eq!(search.criteria.len(), 1, "{query}");
    search.criteria.remove(0).test
}

/// Type, query, the issue's code, the parameter it names (empty: none).
const REFUSED: &[(&str, &str, &str, &str)] = &[
    // Dates.
    ("Observation", "date=", "invalid", "date"),
    ("Observation", "date", "invalid", "date"),
    ("Observation", "date=+", "invalid", "date"),
    ("Observation", "date=yesterday", "invalid", "date"),
    ("Observation", "date=24", "invalid", "date"),
    ("Observation", "date=2024-1-1", "invalid", "date"),
    ("Observation", "date=2024-13", "invalid", "date"),
    ("Observation", "date=2024-00", "invalid", "date"),
    ("Observation", "date=2024-01-32", "invalid", "date"),
    ("Observation", "date=2023-02-29", "invalid", "date"),
    ("Observation", "date=2024-01-01T", "invalid", "date"),
    ("Observation", "date=2024-01-01T10", "invalid", "date"),
    ("Observation", "date=2024-01-01T24:00:00Z", "invalid", "date"),
    ("Observation", "date=2024-01-01T10:60:00Z", "invalid", "date"),
    ("Observation", "date=2024-01-01T10:00:61Z", "invalid", "date"),
    ("Observation", "date=2024-01-01T10:00:00.Z", "invalid", "date"),
    ("Observation", "date=2024-01-01T10:00:00%2B5", "invalid", "date"),
    ("Observation", "date=2024-01-01T10:00:00Q", "invalid", "date"),
    ("Observation", "date=20240101", "invalid", "date"),
    ("Observation", "date=01/31/2024", "invalid", "date"),
    ("Observation", "date=gt", "invalid", "date"),
    ("Observation", "date=xx2024-01-01", "invalid", "date"),
    ("Observation", "date=GT2024-01-01", "invalid", "date"),
    ("Observation", "date=g2024-01-01", "invalid", "date"),
    ("Observation", "date=gtgt2024-01-01", "invalid", "date"),
    ("Observation", "date=>2024-01-01", "invalid", "date"),
    ("Observation", "date=gt:2024-01-01", "invalid", "date"),
    ("Observation", "date=2024-01-01,", "invalid", "date"),
    ("Observation", "date=2024-01-01,,2024-01-02", "invalid", "date"),
    ("Observation", "date=2024-01-01,never", "invalid", "date"),
    ("Observation", "date:exact=2024-01-01", "not-supported", "date"),
    ("Observation", "date:missing=maybe", "invalid", "date"),
    ("Observation", "date:missing=", "invalid", "date"),
    ("Observation", "date:gt=2024-01-01", "not-supported", "date"),
    ("Observation", "date:=2024-01-01", "not-supported", "date"),
    ("Patient", "birthdate=1970-02-30", "invalid", "birthdate"),
    ("Patient", "birthdate=70", "invalid", "birthdate"),
    ("Patient", "death-date=le", "invalid", "death-date"),
    ("Condition", "onset-date=2024-W01", "invalid", "onset-date"),
    ("Condition", "asserted-date=soon", "invalid", "asserted-date"),
    ("Condition", "recorded-date=eq", "invalid", "recorded-date"),
    ("Condition", "abatement-date=2024-01-01%00", "invalid", ""),
    ("Goal", "target-date=ne2024-99", "invalid", "target-date"),
    ("MedicationRequest", "authoredon=today", "invalid", "authoredon"),
    ("DocumentReference", "period=2024-01-01/2024-02-01", "invalid", "period"),
    ("ServiceRequest", "authored=ap", "invalid", "authored"),
    ("QuestionnaireResponse", "authored=2024-01-01%2010:00", "invalid", "authored"),
    ("Encounter", "date=sa1", "invalid", "date"),
    ("Observation", "_lastUpdated=now", "invalid", "_lastUpdated"),
    ("Observation", "_lastUpdated=", "invalid", "_lastUpdated"),
    ("Observation", "_lastUpdated:missing=true", "not-supported", "_lastUpdated"),
    ("Observation", "_lastUpdated=zz2024", "invalid", "_lastUpdated"),
    // Tokens.
    ("Observation", "code=", "invalid", "code"),
    ("Observation", "code=|", "invalid", "code"),
    ("Observation", "code=a|b|c", "invalid", "code"),
    ("Observation", "code=,", "invalid", "code"),
    ("Observation", "code=a,,b", "invalid", "code"),
    ("Observation", "code=a\\", "invalid", "code"),
    ("Observation", "code=a\\x", "invalid", "code"),
    ("Observation", "code:in=http://x.example/vs", "not-supported", "code"),
    ("Observation", "code:not-in=http://x.example/vs", "not-supported", "code"),
    ("Observation", "code:in=ValueSet/x", "not-supported", "code"),
    ("Condition", "code:in=", "not-supported", "code"),
    ("Observation", "code:above=1", "not-supported", "code"),
    ("Observation", "code:below=1", "not-supported", "code"),
    ("Observation", "code:of-type=a|b|c", "not-supported", "code"),
    ("Observation", "code:exact=1", "not-supported", "code"),
    ("Observation", "code:contains=1", "not-supported", "code"),
    ("Observation", "code:NOT=1", "not-supported", "code"),
    ("Observation", "code:not:not=1", "not-supported", "code"),
    ("Observation", "code:text=", "invalid", "code"),
    ("Observation", "code:not=", "invalid", "code"),
    ("Observation", "code:missing=1", "invalid", "code"),
    ("Observation", "code:missing=TRUE", "invalid", "code"),
    ("Observation", "code.text=x", "not-supported", "code"),
    ("Observation", "status=", "invalid", "status"),
    ("Observation", "status=final,", "invalid", "status"),
    ("Observation", "category=|%20", "invalid", "category"),
    ("Observation", "_id=", "invalid", "_id"),
    ("Observation", "_id:exact=1", "not-supported", "_id"),
    ("Patient", "identifier=", "invalid", "identifier"),
    ("Patient", "identifier=a|b|c|d", "invalid", "identifier"),
    ("Patient", "gender:exact=female", "not-supported", "gender"),
    ("Patient", "_id:contains=a", "not-supported", "_id"),
    ("CareTeam", "role=|", "invalid", "role"),
    ("Encounter", "class=", "invalid", "class"),
    ("Encounter", "discharge-disposition=,a", "invalid", "discharge-disposition"),
    ("Device", "type=\\", "invalid", "type"),
    ("Coverage", "type:in=a", "not-supported", "type"),
    // References.
    ("Observation", "patient=", "invalid", "patient"),
    ("Observation", "patient=a%20b", "invalid", "patient"),
    ("Observation", "patient=Patient/", "invalid", "patient"),
    ("Observation", "patient=/p", "invalid", "patient"),
    ("Observation", "patient=Patient/a/b", "invalid", "patient"),
    ("Observation", "patient=Person/p", "invalid", "patient"),
    ("Observation", "patient=Practitioner/p", "invalid", "patient"),
    ("Observation", "patient=patient/p", "invalid", "patient"),
    ("Observation", "patient=%C3%A9", "invalid", "patient"),
    ("Observation", "patient=_p_", "invalid", "patient"),
    ("Observation", "patient=%27%20OR%201=1--", "invalid", "patient"),
    (
        "Observation",
        "patient=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "invalid",
        "patient",
    ),
    ("Observation", "patient=p,", "invalid", "patient"),
    ("Observation", "patient:Practitioner=p", "invalid", "patient"),
    ("Observation", "patient:exact=p", "not-supported", "patient"),
    ("Observation", "patient:patient=p", "not-supported", "patient"),
    ("Observation", "patient:missing=0", "invalid", "patient"),
    ("Observation", "patient:identifier=", "invalid", "patient"),
    ("Observation", "patient:identifier=a|b|c", "invalid", "patient"),
    ("Observation", "subject:Group=Patient/p", "invalid", "subject"),
    ("Observation", "subject=Nothing/p", "invalid", "subject"),
    ("Observation", "subject:Nothing=p", "not-supported", "subject"),
    ("Observation", "subject=https://records.example/fhir/Patient/", "invalid", "subject"),
    ("Observation", "encounter=Encounter/a%2Fb", "invalid", "encounter"),
    ("MedicationRequest", "encounter:above=a", "not-supported", "encounter"),
    ("Encounter", "location=Location/,Location/b", "invalid", "location"),
    // Chains.
    ("Observation", "patient.name=", "invalid", "patient"),
    ("Observation", "patient.nothing=a", "not-supported", "patient"),
    ("Observation", "patient.name:exact=a", "not-supported", "patient"),
    ("Observation", "subject.name=a", "not-supported", "subject"),
    ("Observation", "subject:Nothing.name=a", "not-supported", "subject"),
    ("Observation", "encounter.location.name=a", "not-supported", "encounter"),
    ("PractitionerRole", "practitioner.birthdate=1970", "not-supported", "practitioner"),
    ("PractitionerRole", "practitioner.identifier=|", "invalid", "practitioner"),
    ("PractitionerRole", "practitioner.=a", "not-supported", "practitioner"),
    ("PractitionerRole", "specialty.name=a", "not-supported", "specialty"),
    // Strings.
    ("Patient", "name=", "invalid", "name"),
    ("Patient", "name=%20", "invalid", "name"),
    ("Patient", "name=a,,b", "invalid", "name"),
    ("Patient", "name=a\\b", "invalid", "name"),
    ("Patient", "name:text=a", "not-supported", "name"),
    ("Patient", "name:not=a", "not-supported", "name"),
    ("Patient", "name:Exact=a", "not-supported", "name"),
    ("Patient", "name:missing=yes", "invalid", "name"),
    ("Patient", "family:contains=", "invalid", "family"),
    ("Patient", "given:exact=", "invalid", "given"),
    ("Location", "address-city:not=a", "not-supported", "address-city"),
    ("Organization", "address:in=a", "not-supported", "address"),
    ("Practitioner", "name:phonetic=a", "not-supported", "name"),
    ("RelatedPerson", "name=\\", "invalid", "name"),
    // Amounts.
    ("Observation", "value-quantity=", "invalid", "value-quantity"),
    ("Observation", "value-quantity=much", "invalid", "value-quantity"),
    ("Observation", "value-quantity=5|mg", "invalid", "value-quantity"),
    ("Observation", "value-quantity=5|a|b|c", "invalid", "value-quantity"),
    ("Observation", "value-quantity=1e999", "invalid", "value-quantity"),
    ("Observation", "value-quantity=NaN", "invalid", "value-quantity"),
    ("Observation", "value-quantity=inf", "invalid", "value-quantity"),
    ("Observation", "value-quantity=gt", "invalid", "value-quantity"),
    ("Observation", "value-quantity=5,4,", "invalid", "value-quantity"),
    ("Observation", "value-quantity=||mg", "invalid", "value-quantity"),
    ("Observation", "value-quantity:not=5", "not-supported", "value-quantity"),
    // The answer.
    ("Observation", "_count=", "invalid", "_count"),
    ("Observation", "_count=-1", "invalid", "_count"),
    ("Observation", "_count=ten", "invalid", "_count"),
    ("Observation", "_count=1.5", "invalid", "_count"),
    ("Observation", "_count=%2B5", "invalid", "_count"),
    ("Observation", "_count=5&_count=6", "invalid", "_count"),
    ("Observation", "_count:exact=5", "not-supported", "_count"),
    ("Observation", "_sort=", "invalid", "_sort"),
    ("Observation", "_sort=nothing", "invalid", "_sort"),
    ("Observation", "_sort=--date", "invalid", "_sort"),
    ("Observation", "_sort=date,", "invalid", "_sort"),
    ("Observation", "_sort=date,date", "invalid", "_sort"),
    ("Observation", "_sort=date,-date", "invalid", "_sort"),
    ("Observation", "_sort=date&_sort=code", "invalid", "_sort"),
    ("Observation", "_sort=value-quantity", "invalid", "_sort"),
    ("Observation", "_sort:desc=date", "not-supported", "_sort"),
    ("Observation", "_summary=", "invalid", "_summary"),
    ("Observation", "_summary=yes", "invalid", "_summary"),
    ("Observation", "_summary=True", "invalid", "_summary"),
    ("Observation", "_summary=true&_elements=code", "invalid", "_elements"),
    ("Observation", "_elements=", "invalid", "_elements"),
    ("Observation", "_elements=code,", "invalid", "_elements"),
    ("Observation", "_elements=Patient.name", "invalid", "_elements"),
    ("Observation", "_elements=code.coding", "invalid", "_elements"),
    ("Observation", "_elements=%24", "invalid", "_elements"),
    ("Observation", "_total=", "invalid", "_total"),
    ("Observation", "_total=exact", "invalid", "_total"),
    ("Observation", "_include=", "invalid", "_include"),
    ("Observation", "_include=*", "invalid", "_include"),
    ("Observation", "_include=Observation", "invalid", "_include"),
    ("Observation", "_include=Observation:", "invalid", "_include"),
    ("Observation", "_include=Observation:code", "invalid", "_include"),
    ("Observation", "_include=Observation:nothing", "invalid", "_include"),
    ("Observation", "_include=Nothing:patient", "invalid", "_include"),
    ("Observation", "_include=MedicationRequest:medication", "invalid", "_include"),
    ("Observation", "_include=Observation:patient:Nothing", "invalid", "_include"),
    ("Observation", "_include=Observation:patient:Patient:x", "invalid", "_include"),
    ("Observation", "_include:iterate=Observation:patient", "not-supported", "_include"),
    ("Observation", "_include:recurse=Observation:patient", "not-supported", "_include"),
    ("Observation", "_revinclude=Provenance", "invalid", "_revinclude"),
    ("Observation", "_revinclude=Provenance:recorded", "invalid", "_revinclude"),
    ("Observation", "_revinclude=*:*", "invalid", "_revinclude"),
    ("Observation", "_revinclude:iterate=Provenance:target", "not-supported", "_revinclude"),
    // The query itself.
    ("Observation", "code=%", "invalid", ""),
    ("Observation", "code=%4", "invalid", ""),
    ("Observation", "code=%zz", "invalid", ""),
    ("Observation", "code=%ff", "invalid", ""),
    ("Observation", "code=%00", "invalid", ""),
    ("Observation", "%=a", "invalid", ""),
    ("Observation", "code=a%0Ab", "invalid", ""),
    // Only when strict.
    ("Observation", "nothing=1", "not-supported", "nothing"),
    ("Observation", "Code=1", "not-supported", "Code"),
    ("Observation", "_has:Provenance:target:recorded=2024", "not-supported", "_has"),
    ("Observation", "_filter=code%20eq%201", "not-supported", "_filter"),
    ("Observation", "_text=a", "not-supported", "_text"),
    ("Observation", "_content=a", "not-supported", "_content"),
    ("Observation", "=1", "not-supported", ""),
    ("Patient", "patient=p", "not-supported", "patient"),
    ("Provenance", "code=1", "not-supported", "code"),
];

#[test]
fn bad_queries_are_refused() {
    assert!(REFUSED.len() >= 150, "{}", REFUSED.len());
    for (resource_type, query, code, param) in REFUSED {
        let issues = read(resource_type, query, Handling::Strict).expect_err(query);
        let first = &issues[0];
        assert_eq!(first.code, *code, "{resource_type}?{query}: {issues:?}");
        let expected = if param.is_empty() { vec![] } else { vec![format!("http.{param}")] };
        assert!(first.expression == expected || query.starts_with('='), "{query}: {issues:?}");
        assert!(first.text.ends_with('.') && first.text.len() > 20, "{query}: {}", first.text);
        assert_eq!(check(&outcome(&issues)), vec![], "{query}");
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let many = |part: &str, n: usize, between: &str| vec![part; n].join(between);
    for (query, code) in [
        (format!("code={}", "a".repeat(2001)), "too-long"),
        (format!("code={}", "a".repeat(17_000)), "too-long"),
        (format!("code={}", many("a", 201, ",")), "too-costly"),
        (many("code=a", 61, "&"), "too-costly"),
        (
            (0..11).map(|n| ["patient", "subject", "encounter"][n % 3]).fold(
                String::new(),
                |query, param| {
                    format!(
                        "{query}&_revinclude=Observation:{param}:{}",
                        ["Patient", "Group", "Device", "Location"][query.len() % 4]
                    )
                },
            ),
            "too-costly",
        ),
        (
            format!("_sort={}", "code,date,status,category,patient,subject,encounter,_id,_lastUpdated"),
            "invalid",
        ),
    ] {
        match read("Observation", &query, Handling::Strict) {
            Err(issues) => assert_eq!(issues[0].code, code, "{}", &query[..40]),
            Ok(search) => {
                assert!(search.rev_includes.len() <= 10 && code == "too-costly", "{}", &query[..40])
            }
        }
    }
}

#[test]
fn every_fault_is_told_at_once_and_none_repeats_a_value() {
    let issues =
        read("Observation", "date=secret&code:in=secret&_count=secret&status=secret", Handling::Lenient)
            .unwrap_err();
    let named: Vec<&str> = issues.iter().map(|issue| issue.expression[0].as_str()).collect();
    assert_eq!(named, ["http.date", "http.code", "http._count"]);
    assert!(!outcome(&issues).to_string().contains("secret"));
}

#[test]
fn unknown_parameters_are_left_out_and_told() {
    let search =
        read("Observation", "code=1&foo=2&bar:baz=3&foo=4&_format=json&_pretty=true", Handling::Lenient)
            .unwrap();
    assert_eq!(search.ignored, ["foo", "bar:baz"]);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(search.used, [pair("code", "1"), pair("_format", "json"), pair("_pretty", "true")]);
}

fn coded(system: Option<&str>, code: Option<&str>) -> Token {
    Token { system: system.map(str::to_owned), code: code.map(str::to_owned) }
}

fn target(kind: Option<&str>, id: &str) -> Target {
    Target { kind: kind.map(str::to_owned), id: id.to_owned() }
}

#[test]
fn tokens_are_read() {
    for (query, tokens) in [
        ("code=a", vec![coded(None, Some("a"))]),
        ("code=http://loinc.org|8480-6", vec![coded(Some("http://loinc.org"), Some("8480-6"))]),
        ("code=http%3A%2F%2Floinc.org%7C8480-6", vec![coded(Some("http://loinc.org"), Some("8480-6"))]),
        ("code=|a", vec![coded(Some(""), Some("a"))]),
        ("code=s|", vec![coded(Some("s"), None)]),
        (
            "code=a,s|b,|c",
            vec![coded(None, Some("a")), coded(Some("s"), Some("b")), coded(Some(""), Some("c"))],
        ),
        ("code=a\\,b", vec![coded(None, Some("a,b"))]),
        ("code=a\\|b", vec![coded(None, Some("a|b"))]),
        ("code=s|a\\$b\\\\", vec![coded(Some("s"), Some("a$b\\"))]),
    ] {
        assert_eq!(test_of("Observation", query), Test::Token(tokens), "{query}");
    }
    assert_eq!(test_of("Observation", "code:not=a"), Test::NotToken(vec![coded(None, Some("a"))]));
    assert_eq!(test_of("Observation", "code:text=Blóod"), Test::Display(vec!["blood".into()]));
    assert_eq!(test_of("Observation", "code:missing=true"), Test::Absent);
    assert_eq!(test_of("Observation", "code:missing=false"), Test::Present);
}

#[test]
fn references_are_read_in_all_their_spellings() {
    let p = target(Some("Patient"), "p");
    for query in [
        "patient=p",
        "patient=Patient/p",
        "patient:Patient=p",
        "patient=https://records.example/fhir/Patient/p",
        "patient=Patient/p/_history/3",
        "subject:Patient=p",
        "subject=Patient/p",
    ] {
        assert_eq!(test_of("Observation", query), Test::Reference(vec![p.clone()]), "{query}");
    }
    for (resource_type, query, targets) in [
        ("Observation", "subject=p", vec![target(Some("Patient"), "p")]),
        ("Observation", "encounter=e", vec![target(Some("Encounter"), "e")]),
        ("CareTeam", "participant=a", vec![target(None, "a")]),
        ("Observation", "subject=Group/g", vec![target(Some("Group"), "g")]),
        ("Observation", "patient=a,b", vec![target(Some("Patient"), "a"), target(Some("Patient"), "b")]),
        ("Observation", "encounter=urn:uuid:1", vec![target(None, "urn:uuid:1")]),
        (
            "Observation",
            "patient=https://other.example/fhir/Patient/p",
            vec![target(None, "https://other.example/fhir/Patient/p")],
        ),
        (
            "QuestionnaireResponse",
            "questionnaire=http://q.example/Questionnaire/a|1.0",
            vec![target(None, "http://q.example/Questionnaire/a")],
        ),
    ] {
        assert_eq!(test_of(resource_type, query), Test::Reference(targets), "{query}");
    }
    assert_eq!(
        test_of("Observation", "patient:identifier=s|7"),
        Test::Logical(vec![coded(Some("s"), Some("7"))])
    );
    let Test::Chain(inner) = test_of("PractitionerRole", "practitioner.name=Ann") else { panic!() };
    assert_eq!((inner.resource_type, inner.param), ("Practitioner", "name"));
    let Test::Chain(inner) = test_of("Observation", "subject:Patient.identifier=s|7") else { panic!() };
    assert_eq!((inner.resource_type, inner.param), ("Patient", "identifier"));
}

/// A span, a query, whether it fits.
#[test]
fn dates_are_compared() {
    let at = |text: &str| crate::fhir::index::interval(text).unwrap();
    let whole_january = (at("2024-01-01").low, at("2024-01-31").high);
    let moment = (at("2024-01-10T10:00:00Z").low, at("2024-01-10T10:00:00Z").high);
    let open_end = (at("2024-01-10").low, i64::MAX);
    let open_start = (i64::MIN, at("2024-01-10").high);
    let year = (at("2024").low, at("2024").high);
    let day = (at("2024-01-10").low, at("2024-01-10").high);
    let always = (i64::MIN, i64::MAX);
    for ((low, high), given, fits) in [
        (moment, "2024-01-10", true),
        (moment, "eq2024-01-10", true),
        (moment, "2024-01", true),
        (moment, "2024", true),
        (moment, "2024-01-11", false),
        (moment, "2024-01-10T10:00:00Z", true),
        (moment, "2024-01-10T05:00:00-05:00", true),
        (moment, "2024-01-10T11:00:00+01:00", true),
        (moment, "2024-01-10T11:00:00%2B01:00", true),
        (moment, "2024-01-10T10:00:00", true),
        (moment, "2024-01-10T10:00", true),
        (moment, "2024-01-10T10:00:01Z", false),
        (moment, "ne2024-01-10", false),
        (moment, "ne2024-01-11", true),
        (moment, "gt2024-01-09", true),
        (moment, "gt2024-01-10", false),
        (moment, "gt2024-01-10T09:59:59Z", true),
        (moment, "gt2024-01-10T10:00:00Z", false),
        (moment, "ge2024-01-10T10:00:00Z", true),
        (moment, "ge2024-01-10", true),
        (moment, "ge2024-01-11", false),
        (moment, "lt2024-01-11", true),
        (moment, "lt2024-01-10", false),
        (moment, "lt2024-01-10T10:00:01Z", true),
        (moment, "le2024-01-10", true),
        (moment, "le2024-01-09", false),
        (moment, "le2024-01-10T10:00:00Z", true),
        (moment, "sa2024-01-09", true),
        (moment, "sa2024-01-10", false),
        (moment, "eb2024-01-11", true),
        (moment, "eb2024-01-10", false),
        (moment, "ap2024-01-12", true),
        (moment, "ap2023-01-12", false),
        (whole_january, "2024-01-15", false),
        (whole_january, "2024-01", true),
        (whole_january, "2024", true),
        (whole_january, "2024-02-01", false),
        (whole_january, "ne2024-01-15", true),
        (whole_january, "ne2024-01", false),
        (whole_january, "ne2023", true),
        (whole_january, "ap2024-01-15", true),
        (whole_january, "ge2024-01-15", true),
        (whole_january, "le2024-01-15", true),
        (day, "2024-01-10T10:00:00Z", false),
        (day, "2024-01-10", true),
        (day, "2024", true),
        (day, "ne2024-01-10T10:00:00Z", true),
        (day, "ap2024-01-10T10:00:00Z", true),
        (whole_january, "gt2024-01-15", true),
        (whole_january, "gt2024-01-31", false),
        (whole_january, "lt2024-01-15", true),
        (whole_january, "lt2024-01-01", false),
        (whole_january, "sa2024-01-15", false),
        (whole_january, "sa2023-12-31", true),
        (whole_january, "eb2024-02-01", true),
        (whole_january, "eb2024-01-15", false),
        (whole_january, "ge2024-01-31", true),
        (whole_january, "le2024-01-01", true),
        (open_end, "2031-01-01", false),
        (open_end, "2024", false),
        (open_end, "ne2024", true),
        (open_end, "ap2025", true),
        (open_end, "ge2031-01-01", true),
        (open_end, "le2024-01-10", true),
        (open_end, "gt2031-01-01", true),
        (open_end, "lt2024-01-10", false),
        (open_end, "eb2031", false),
        (open_start, "1950", false),
        (open_start, "ne1950", true),
        (open_start, "le1950", true),
        (open_start, "ge2024-01-10", true),
        (open_start, "lt1950", true),
        (open_start, "gt2024-01-10", false),
        (open_start, "sa1950", false),
        (always, "1950", false),
        (always, "ap1950", true),
        (always, "sa1950", false),
        (always, "eb1950", false),
        (year, "2024-06-01", false),
        (year, "2024", true),
        (year, "gt2024-06-01", true),
        (year, "gt2024", false),
        (year, "ge2024", true),
    ] {
        let Test::Date(tests) = test_of("Observation", &format!("date={given}")) else { panic!() };
        let [test] = tests.as_slice() else { panic!() };
        assert_eq!(test.holds(low, high), fits, "{given} {low}..{high}");
        let (from, to) = test.reach();
        assert!(!fits || (high > from && low < to), "what fits is within reach: {given}");
    }
}

#[test]
fn content_is_matched() {
    let observation = json!({"resourceType": "Observation", "id": "o", "status": "final",
        "code": {"text": "Blood pressure", "coding": [{"system": "http://loinc.org", "code": "85354-9", "display": "BP panel"}]},
        "subject": {"identifier": {"system": "http://mrn", "value": "7"}},
        "valueQuantity": {"value": 5.4, "unit": "milligram", "code": "mg", "system": "http://unitsofmeasure.org"}});
    let patient = json!({"resourceType": "Patient", "id": "p", "gender": "female",
        "name": [{"family": "Núñez", "given": ["Ana", "María"], "prefix": ["Dr."], "text": "Dr. Ana María Núñez"}],
        "birthDate": "1970-05-01"});
    for (resource, query, fits) in [
        (&observation, "code=85354-9", true),
        (&observation, "code=http://loinc.org|85354-9", true),
        (&observation, "code=http://snomed.info/sct|85354-9", false),
        (&observation, "code=http://loinc.org|", true),
        (&observation, "code=|85354-9", false),
        (&observation, "status=FINAL", true),
        (&observation, "status=|final", true),
        (&observation, "status=amended,final", true),
        (&observation, "status:not=final", false),
        (&observation, "status:not=amended", true),
        (&observation, "category:not=laboratory", true),
        (&observation, "category:missing=true", true),
        (&observation, "code:missing=true", false),
        (&observation, "code:text=blood", true),
        (&observation, "code:text=bp", true),
        (&observation, "code:text=pressure", false),
        (&observation, "patient:identifier=http://mrn|7", true),
        (&observation, "patient:identifier=7", true),
        (&observation, "patient:identifier=http://other|7", false),
        (&observation, "value-quantity=5.4", true),
        (&observation, "value-quantity=5", true),
        (&observation, "value-quantity=5.40", true),
        (&observation, "value-quantity=5.3", false),
        (&observation, "value-quantity=gt5.3|http://unitsofmeasure.org|mg", true),
        (&observation, "value-quantity=5.4||milligram", true),
        (&observation, "value-quantity=5.4|http://unitsofmeasure.org|g", false),
        (&observation, "value-quantity=ap5", true),
        (&observation, "value-quantity=ne5.4", false),
        (&observation, "value-quantity=le5.4", true),
        (&patient, "name=nunez", true),
        (&patient, "name=Nuñ", true),
        (&patient, "name=mar", true),
        (&patient, "name=dr.", true),
        (&patient, "name=unez", false),
        (&patient, "name:contains=unez", true),
        (&patient, "family:exact=Núñez", true),
        (&patient, "family:exact=nunez", false),
        (&patient, "given:exact=María", true),
        (&patient, "name=bob,ana", true),
        (&patient, "birthdate=1970", true),
        (&patient, "birthdate=lt1970-05-01", false),
        (&patient, "gender=female", true),
        (&patient, "death-date:missing=true", true),
        (&patient, "name:missing=false", true),
    ] {
        let kind = resource["resourceType"].as_str().unwrap();
        let search = read(kind, query, Handling::Strict).unwrap();
        assert_eq!(search.criteria[0].matches(resource), fits, "{query}");
    }
}

#[test]
fn every_search_of_us_core_is_read() {
    let mut read_in_all = 0;
    for (resource_type, must, should) in SEARCHES {
        for combination in must.split_whitespace().chain(should.split_whitespace()) {
            let value = |param: &str| {
                let row = crate::fhir::index::rows(resource_type).iter().find(|row| row.param == param);
                let row = row.unwrap_or_else(|| panic!("{resource_type} {param}"));
                match row.kind {
                    crate::fhir::index::Kind::Date => {
                        vec!["gt2024-01-02T00:00:00%2B00:00", "le2024", "ge2024-01,lt2024-02-01"]
                    }
                    crate::fhir::index::Kind::Patient => vec!["p", "Patient/p"],
                    crate::fhir::index::Kind::Reference => vec!["a", "https://q.example/Questionnaire/a"],
                    crate::fhir::index::Kind::Token => vec!["a", "s|a", "a,b,s|c"],
                    _ => vec!["a"],
                }
            };
            for n in 0..3 {
                let pairs = combination.split('+').map(|param| {
                    let values = value(param);
                    format!("{param}={}", values[n.min(values.len() - 1)])
                });
                let query = format!("{}&_revinclude=Provenance:target", pairs.collect::<Vec<_>>().join("&"));
                let search = read(resource_type, &query, Handling::Strict)
                    .unwrap_or_else(|e| panic!("{query}: {e:?}"));
                assert_eq!(search.criteria.len(), combination.split('+').count());
                read_in_all += 1;
            }
        }
    }
    assert!(read_in_all > 250, "{read_in_all}");
}

#[test]
fn the_answer_is_shaped_as_asked() {
    let search = read(
        "MedicationRequest",
        "_count=0&_sort=-authoredon,_id&_summary=false&_elements=status,MedicationRequest.intent&_total=accurate\
         &_include=MedicationRequest:medication&_include=MedicationRequest:medication&_revinclude=Provenance:target",
        Handling::Strict,
    )
    .unwrap();
    assert_eq!(search.count, Some(0));
    assert_eq!(search.elements, ["status", "intent"]);
    assert_eq!((search.total, search.summary), (Total::Accurate, Summary::Whole));
    assert_eq!(search.includes.len(), 1);
    assert_eq!(search.rev_includes[0].resource_type, "Provenance");
    let sorts: Vec<_> = search.sort.iter().map(|sort| (sort.param, sort.way)).collect();
    assert_eq!(sorts, [("authoredon", Way::Down), ("_id", Way::Up)]);
}

proptest::proptest! {
    /// Nothing that a client can send makes the reader panic.
    #[test]
    fn anything_can_be_read(query in "[a-z_:.]{0,12}=.{0,40}(&[a-z_-]{0,9}=[ -~]{0,30}){0,3}") {
        for resource_type in ["Observation", "Patient", "Provenance"] {
            let _ = read(resource_type, &query, Handling::Strict);
            let _ = read(resource_type, &query, Handling::Lenient);
        }
    }
}
