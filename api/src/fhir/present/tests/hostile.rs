//! Proof that `line` and `view` are total: random JSON and randomly broken resources.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::fhir::present::{line, view};
use crate::words::{Language, label, line_title, shown_all};

/// Member names that steer the reader into each of its branches.
const KEYS: &[&str] = &[
    "resourceType",
    "code",
    "coding",
    "system",
    "display",
    "text",
    "value",
    "valueQuantity",
    "unit",
    "low",
    "high",
    "status",
    "category",
    "name",
    "family",
    "given",
    "reference",
    "contained",
    "id",
    "data",
    "contentType",
    "url",
    "extension",
    "item",
    "answer",
    "timing",
    "repeat",
    "period",
    "periodUnit",
    "frequency",
    "doseAndRate",
    "section",
    "component",
    "referenceRange",
    "dosageInstruction",
    "start",
    "end",
    "div",
    "numerator",
    "denominator",
    "event",
    "class",
    "interpretation",
    "effectiveDateTime",
    "note",
    "content",
    "attachment",
    "participant",
    "total",
];

const TEXTS: &[&str] = &[
    "",
    "Observation",
    "Patient",
    "QuestionnaireResponse",
    "final",
    "2024-03-04",
    "2024-03-04T10:00:00+05:00",
    "<b>x",
    "&#x110000;",
    "é\u{301}",
    "\u{0}",
    "text/html",
    "PGI+",
    "%%%",
    "d",
    "99999999999999999999",
    "1e400",
    "#a",
    "(",
    " (x)",
    "http://loinc.org",
    "8480-6",
    "<script",
    "{",
    "}{",
    "a (disorder)",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 6, |inner| {
        let key = prop_oneof![prop::sample::select(KEYS).prop_map(str::to_owned), "[a-zA-Z_.]{0,8}"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|m| Value::Object(m.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn try_all(resource: &Value) {
    let page = view(resource);
    assert!(!page.line.title.trim().is_empty());
    assert!(page.line.words.len() <= 8 * 1024);
    assert_eq!(page.line, line(resource));
    for language in Language::ALL {
        assert!(!line_title(language, &page.line).is_empty());
        for field in &page.fields {
            let _ = (label(language, &field.label), shown_all(language, &field.value));
        }
        for cell in page.tables.iter().flat_map(|t| &t.rows).flatten() {
            let _ = shown_all(language, cell);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_json_never_panics(value in any_json()) {
        try_all(&value);
    }

    #[test]
    fn broken_resources_never_panic(seed in any::<usize>(), places in prop::collection::vec((any::<usize>(), any_json()), 1..6)) {
        let samples = samples();
        let mut resource = samples[seed % samples.len()].clone();
        for (place, value) in places {
            replace(&mut resource, place, value);
        }
        try_all(&resource);
    }
}

/// Puts a value in the place of the n-th node of a tree.
fn replace(root: &mut Value, place: usize, value: Value) {
    let mut pointers = Vec::new();
    let mut stack = vec![(String::new(), &*root)];
    while let Some((pointer, node)) = stack.pop() {
        match node {
            Value::Object(members) => {
                stack.extend(members.iter().map(|(k, v)| (format!("{pointer}/{k}"), v)))
            }
            Value::Array(items) => {
                stack.extend(items.iter().enumerate().map(|(n, v)| (format!("{pointer}/{n}"), v)))
            }
            _ => {}
        }
        pointers.push(pointer);
    }
    if let Some(node) = root.pointer_mut(&pointers[place % pointers.len()]) {
        *node = value;
    }
}

/// Synthetic resources that use most data types.
fn samples() -> Vec<Value> {
    vec![
        json!({ "resourceType": "Observation", "status": "final", "category": [{ "coding": [{ "code": "laboratory" }] }],
            "code": { "coding": [{ "system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c" }] },
            "effectiveDateTime": "2024-03-04T10:00:00-05:00", "valueQuantity": { "value": 6.1, "unit": "%" },
            "referenceRange": [{ "low": { "value": 4 }, "high": { "value": 5.6 } }], "note": [{ "text": "Fasting" }],
            "component": [{ "code": { "text": "Part" }, "valueQuantity": { "value": 1 } }] }),
        json!({ "resourceType": "MedicationRequest", "status": "active", "medicationCodeableConcept": { "text": "Aspirin" },
            "dosageInstruction": [{ "timing": { "repeat": { "frequency": 2, "period": 1, "periodUnit": "d", "when": ["CM"] } },
                "asNeededBoolean": true, "doseAndRate": [{ "doseQuantity": { "value": 1, "unit": "tablet" } }] }] }),
        json!({ "resourceType": "QuestionnaireResponse", "item": [{ "linkId": "1", "text": "Q",
            "answer": [{ "valueBoolean": true, "item": [{ "linkId": "2", "answer": [{ "valueDecimal": 1.5 }] }] }] }] }),
        json!({ "resourceType": "Composition", "title": "Letter", "section": [{ "title": "A", "text": { "div": "<div>x</div>" },
            "section": [{ "code": { "text": "B" }, "text": { "div": "<p>y" } }] }] }),
        json!({ "resourceType": "Patient", "name": [{ "family": "Example", "given": ["Synthetic"] }], "birthDate": "1980",
            "extension": [{ "url": "http://example.org/us-core-race", "extension": [{ "url": "text", "valueString": "X" }] }],
            "telecom": [{ "system": "phone", "value": "555-0100" }], "address": [{ "line": ["1 Way"], "city": "Town" }] }),
        json!({ "resourceType": "ExplanationOfBenefit", "total": [{ "category": { "text": "Submitted" }, "amount": { "value": 12.5, "currency": "USD" } }],
            "item": [{ "productOrService": { "text": "Visit" }, "servicedPeriod": { "start": "2024-01-01" } }],
            "contained": [{ "resourceType": "Coverage", "id": "c", "payor": [{ "display": "Plan" }] }], "insurer": { "reference": "#c" } }),
        json!({ "resourceType": "DocumentReference", "content": [{ "attachment": { "contentType": "text/html", "data": "PHA+eDwvcD4=" } }] }),
    ]
}

#[test]
fn deep_nesting_is_survived() {
    let mut value = json!("end");
    for n in 0..60 {
        value = if n % 2 == 0 { json!({ "item": value }) } else { json!([value]) };
    }
    try_all(&json!({ "resourceType": "QuestionnaireResponse", "item": value.clone(), "extension": value }));
}
