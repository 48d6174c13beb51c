//! Tables of cases for the readable view, and proof that no input makes it panic.

mod hostile;
mod shared_data;

use serde_json::{Value, json};

use super::*;

fn observation(extra: Value) -> Value {
    let mut resource =
        json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Test" } });
    let members = resource.as_object_mut().unwrap();
    members.extend(extra.as_object().unwrap().clone());
    resource
}

#[test]
fn dates_are_read_and_sorted() {
    for (text, micros, precision) in [
        ("1970", 0, Precision::Year),
        ("1970-02", 31 * 86_400_000_000, Precision::Month),
        ("1970-01-02", 86_400_000_000, Precision::Day),
        ("1969-12-31", -86_400_000_000, Precision::Day),
        ("1970-01-01T00:00:01Z", 1_000_000, Precision::Instant),
        ("1970-01-01T00:00:01.5Z", 1_500_000, Precision::Instant),
        ("1970-01-01T00:00:01.1234567Z", 1_123_456, Precision::Instant),
        ("1970-01-01T01:00:00+01:00", 0, Precision::Instant),
        ("1969-12-31T19:00:00-05:00", 0, Precision::Instant),
        ("1970-01-01T00:00", 0, Precision::Instant),
        ("1970-01-01T00:00:60Z", 59_000_000, Precision::Instant),
    ] {
        let when = When::parse(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((when.micros, when.precision), (micros, precision), "{text}");
        assert_eq!(when.text, text);
    }
    for text in [
        "",
        "19",
        "19x0",
        "1970-13",
        "1970-02-30",
        "1970-1-1",
        "1970-01-01T",
        "1970-01-01T25:00:00Z",
        "0000-00-00",
    ] {
        assert_eq!(When::parse(text), None, "{text}");
    }
    for text in [
        "1970-01-01T00:00:00+1",
        "1970-01-01T00:00:00Zoo",
        "1970-01-01T00:00:00+99:00",
        "1970-01-01é",
        "²²²²",
    ] {
        assert_eq!(When::parse(text), None, "{text}");
    }
    let mut order: Vec<When> = ["2024-03-04T10:00:00Z", "2024", "2024-03-04", "2023-12-31"]
        .iter()
        .filter_map(|t| When::parse(t))
        .collect();
    order.sort();
    let texts: Vec<&str> = order.iter().map(|when| when.text.as_str()).collect();
    assert_eq!(texts, ["2023-12-31", "2024", "2024-03-04", "2024-03-04T10:00:00Z"]);
}

#[test]
fn every_category_has_one_slug_and_code() {
    for (n, category) in Category::ALL.into_iter().enumerate() {
        assert_eq!(Category::from_slug(category.slug()), Some(category));
        assert_eq!(Category::from_code(category.code()), Some(category));
        assert_eq!(category.code(), n as i16 + 1);
    }
    assert_eq!(Category::from_slug("Labs"), None);
    assert_eq!(Category::from_code(0), None);
}

#[test]
fn tables_are_in_order_for_searching() {
    assert!(category::TYPES.is_sorted_by(|a, b| a.0 < b.0));
    assert!(codes::STATUS.is_sorted_by(|a, b| a.0 < b.0));
    assert!(labels::LABELS.is_sorted_by(|a, b| a.0 < b.0));
    assert!(fields::FIELDS.is_sorted_by(|a, b| a.0 < b.0));
    assert!(paths::tables_are_sorted());
}

#[test]
fn resources_go_into_their_category() {
    let coded = |system: &str, code: &str| json!([{ "coding": [{ "system": system, "code": code }] }]);
    let of = |kind: &str, key: &str, code: &str| {
        Category::of(&json!({ "resourceType": kind, key: coded("http://example.org", code) }))
    };
    for (kind, key, code, category) in [
        ("Observation", "category", "laboratory", Category::Labs),
        ("Observation", "category", "LAB", Category::Labs),
        ("Observation", "category", "vital-signs", Category::Vitals),
        ("Observation", "category", "imaging", Category::Imaging),
        ("Observation", "category", "procedure", Category::Procedures),
        ("Observation", "category", "social-history", Category::Other),
        ("Observation", "category", "survey", Category::Other),
        ("Observation", "category", "sdoh", Category::Other),
        ("Observation", "category", "never-heard-of", Category::Other),
        ("DiagnosticReport", "category", "LAB", Category::Labs),
        ("DiagnosticReport", "category", "MB", Category::Labs),
        ("DiagnosticReport", "category", "LP7839-6", Category::Labs),
        ("DiagnosticReport", "category", "RAD", Category::Imaging),
        ("DiagnosticReport", "category", "LP29684-5", Category::Imaging),
        ("DiagnosticReport", "category", "LP29708-2", Category::Notes),
        ("DiagnosticReport", "category", "34117-2", Category::Notes),
        ("DocumentReference", "category", "clinical-note", Category::Notes),
        ("DocumentReference", "type", "11506-3", Category::Notes),
        ("DocumentReference", "type", "18748-4", Category::Imaging),
        ("DocumentReference", "category", "42348-3", Category::Documents),
        ("ServiceRequest", "category", "108252007", Category::Labs),
        ("ServiceRequest", "category", "363679005", Category::Imaging),
        ("ServiceRequest", "category", "409063005", Category::Procedures),
        ("MedicationRequest", "category", "x", Category::Medicines),
        ("MedicationStatement", "category", "x", Category::Medicines),
        ("MedicationAdministration", "category", "x", Category::Medicines),
        ("MedicationDispense", "category", "x", Category::Medicines),
        ("AllergyIntolerance", "category", "x", Category::Allergies),
        ("Condition", "category", "x", Category::Conditions),
        ("FamilyMemberHistory", "category", "x", Category::Conditions),
        ("Immunization", "category", "x", Category::Immunizations),
        ("Encounter", "category", "x", Category::Visits),
        ("Appointment", "category", "x", Category::Visits),
        ("Procedure", "category", "x", Category::Procedures),
        ("ImagingStudy", "category", "x", Category::Imaging),
        ("CarePlan", "category", "x", Category::CarePlans),
        ("Goal", "category", "x", Category::CarePlans),
        ("CareTeam", "category", "x", Category::CarePlans),
        ("Device", "category", "x", Category::Devices),
        ("SupplyDelivery", "category", "x", Category::Devices),
        ("Claim", "category", "x", Category::Bills),
        ("ExplanationOfBenefit", "category", "x", Category::Bills),
        ("Coverage", "category", "x", Category::Bills),
        ("Patient", "category", "x", Category::Demographics),
        ("RelatedPerson", "category", "x", Category::Demographics),
        ("Consent", "category", "x", Category::Documents),
        ("Binary", "category", "x", Category::Documents),
        ("Provenance", "category", "x", Category::Other),
        ("StructureDefinition", "category", "x", Category::Other),
        ("NoSuchType", "category", "x", Category::Other),
    ] {
        assert_eq!(of(kind, key, code), category, "{kind} {key} {code}");
    }
    // Without a category, a vital sign is known by its code, a lab result by its sample or range.
    let bare = json!({ "resourceType": "Observation", "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] } });
    assert_eq!(Category::of(&bare), Category::Vitals);
    assert_eq!(Category::of(&observation(json!({ "referenceRange": [{}] }))), Category::Labs);
    assert_eq!(Category::of(&observation(json!({}))), Category::Other);
    assert_eq!(Category::of(&Value::Null), Category::Other);
}

#[test]
fn values_read_as_people_write_them() {
    for (value, said) in [
        (json!({ "valueQuantity": { "value": 5.4, "unit": "%" } }), "5.4 %"),
        (json!({ "valueQuantity": { "value": 120, "code": "mm[Hg]" } }), "120 mmHg"),
        (json!({ "valueQuantity": { "value": 5, "comparator": "<", "unit": "mg/dL" } }), "< 5 mg/dL"),
        (json!({ "valueQuantity": { "value": 77.418_281_23, "unit": "kg" } }), "77.42 kg"),
        (json!({ "valueQuantity": { "value": 6.123_456, "unit": "%" } }), "6.123 %"),
        (json!({ "valueQuantity": { "value": 0.012_345_67 } }), "0.0123"),
        (json!({ "valueQuantity": { "value": 0.000_001_234_5 } }), "0.000001234"),
        (json!({ "valueQuantity": { "value": 3, "unit": "{score}" } }), "3"),
        (json!({ "valueQuantity": { "value": 7, "code": "1" } }), "7"),
        (json!({ "valueQuantity": { "value": 4.2, "code": "10*3/uL" } }), "4.2 × 10³/µL"),
        (json!({ "valueInteger": 9 }), "9"),
        (json!({ "valueString": "  clear   yellow " }), "clear yellow"),
        (
            json!({ "valueRange": { "low": { "value": 1, "unit": "h" }, "high": { "value": 2, "unit": "h" } } }),
            "1–2 h",
        ),
        (
            json!({ "valueRatio": { "numerator": { "value": 1 }, "denominator": { "value": 128 } } }),
            "1 : 128",
        ),
        (
            json!({ "valueCodeableConcept": { "coding": [{ "code": "1", "display": "Never smoker (finding)" }] } }),
            "Never smoker",
        ),
        (
            json!({ "valueCodeableConcept": { "text": "O positive", "coding": [{ "display": "x" }] } }),
            "O positive",
        ),
    ] {
        let line = line(&observation(value.clone()));
        assert_eq!(line.value.as_deref(), Some(said), "{value}");
    }
    assert_eq!(line(&observation(json!({ "valueBoolean": true }))).word, Some("word-yes"));
    let absent = json!({ "dataAbsentReason": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "not-performed" }] } });
    assert_eq!(line(&observation(absent)).word, Some("word-not-performed"));
}

#[test]
fn blood_pressure_is_one_value() {
    let part = |code: &str, value: f64| {
        json!({ "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
                "valueQuantity": { "value": value, "unit": "mm[Hg]", "code": "mm[Hg]" } })
    };
    let line = line(&observation(json!({ "component": [part("8462-4", 82.0), part("8480-6", 128.0)] })));
    assert_eq!(line.value.as_deref(), Some("128/82 mmHg"));
    assert_eq!(line.number, Some(Number { value: 128.0, unit: "mmHg".to_owned() }));
    assert_eq!(line.second, Some(82.0));
}

#[test]
fn ranges_and_flags() {
    let quantity = |value: f64| json!({ "value": value, "unit": "mg/dL" });
    let range = json!([{ "low": quantity(70.0), "high": quantity(99.0) }]);
    for (value, interpretation, flag) in [
        (65.0, None, Some(Flag::Low)),
        (70.0, None, Some(Flag::Normal)),
        (99.0, None, Some(Flag::Normal)),
        (99.5, None, Some(Flag::High)),
        (120.0, Some("HH"), Some(Flag::VeryHigh)),
        (120.0, Some("N"), Some(Flag::Normal)),
        (80.0, Some("A"), Some(Flag::Abnormal)),
        (80.0, Some("AA"), Some(Flag::Critical)),
        (80.0, Some("POS"), Some(Flag::Positive)),
        (120.0, Some("nonsense"), Some(Flag::High)),
    ] {
        let mut resource = observation(json!({ "valueQuantity": quantity(value), "referenceRange": range }));
        if let Some(code) = interpretation {
            resource["interpretation"] = json!([{ "coding": [{ "code": code }] }]);
        }
        let line = line(&resource);
        assert_eq!(line.flag, flag, "{value} {interpretation:?}");
        assert_eq!(line.range.as_deref(), Some("70–99 mg/dL"));
        assert_eq!(line.bounds, (Some(70.0), Some(99.0)));
    }
    for (range, said, flag) in [
        (json!([{ "high": { "value": 5, "unit": "mg/dL" } }]), "≤ 5 mg/dL", Some(Flag::High)),
        (json!([{ "low": { "value": 5, "unit": "mg/dL" } }]), "≥ 5 mg/dL", Some(Flag::Normal)),
        // Another unit, several ranges or a range that is not of healthy people: no flag of ours.
        (json!([{ "high": { "value": 5, "unit": "g/L" } }]), "≤ 5 g/L", None),
        (json!([{ "text": "under 5" }]), "under 5", None),
        (json!([{ "high": { "value": 5, "unit": "mg/dL" } }, { "text": "other" }]), "≤ 5 mg/dL", None),
        (
            json!([{ "high": { "value": 5, "unit": "mg/dL" }, "type": { "coding": [{ "code": "treatment" }] } }]),
            "≤ 5 mg/dL",
            None,
        ),
    ] {
        let line = line(&observation(json!({ "valueQuantity": quantity(80.0), "referenceRange": range })));
        assert_eq!((line.range.as_deref(), line.flag), (Some(said), flag), "{range}");
    }
    for flag in (1..=14).filter_map(Flag::from_code) {
        assert_eq!(Flag::from_code(flag.code()), Some(flag));
    }
}

#[test]
fn titles_name_the_thing() {
    for (resource, title, named) in [
        (
            json!({ "resourceType": "MedicationRequest", "medicationReference": { "reference": "#m" },
                 "contained": [{ "resourceType": "Medication", "id": "m", "code": { "text": "Aspirin 81 MG" } }] }),
            "Aspirin 81 MG",
            true,
        ),
        (
            json!({ "resourceType": "MedicationRequest", "medicationReference": { "reference": "Medication/1" } }),
            "Medication request",
            false,
        ),
        (
            json!({ "resourceType": "CarePlan", "category": [
            { "coding": [{ "code": "assess-plan" }] }, { "text": "Diabetes self management plan" }] }),
            "Diabetes self management plan",
            true,
        ),
        (
            json!({ "resourceType": "Patient", "name": [{ "use": "old", "family": "Xu" }, { "use": "official", "given": ["Ana", "María"], "family": "Núñez" }] }),
            "Ana María Núñez",
            true,
        ),
        (
            json!({ "resourceType": "Condition", "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "44054006", "display": "Diabetes (disorder)" }] } }),
            "Diabetes",
            true,
        ),
        (
            json!({ "resourceType": "Condition", "code": { "coding": [{ "code": "44054006" }] } }),
            "Condition",
            false,
        ),
        (json!({ "resourceType": "Encounter", "class": { "code": "EMER" } }), "Encounter", false),
        (
            json!({ "resourceType": "Procedure", "code": { "coding": [{ "display": "Unknown (qualifier value)" }] } }),
            "Procedure",
            false,
        ),
        (
            json!({ "resourceType": "QuestionnaireResponse", "questionnaire": "http://example.org/Questionnaire/hunger-vital-sign|1.0" }),
            "Hunger vital sign",
            true,
        ),
        (json!({}), "Item", false),
        (json!([1, 2]), "Item", false),
    ] {
        let line = line(&resource);
        assert_eq!((line.title.as_str(), line.named), (title, named), "{resource}");
    }
    let kind = |code: &str| line(&json!({ "resourceType": "Encounter", "class": { "code": code } })).kind;
    assert_eq!(kind("EMER"), "kind-visit-emergency");
    assert_eq!(kind("IMP"), "kind-visit-hospital");
    assert_eq!(kind("??"), "kind-visit");
}

#[test]
fn mistakes_are_marked() {
    let wrong = json!({ "resourceType": "Condition", "verificationStatus": { "coding": [
        { "system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error" }] } });
    assert!(line(&wrong).entered_in_error);
    assert!(line(&json!({ "resourceType": "Procedure", "status": "entered-in-error" })).entered_in_error);
    assert!(!line(&json!({ "resourceType": "Procedure", "status": "completed" })).entered_in_error);
}

#[test]
fn words_are_folded_once_and_bounded() {
    assert_eq!(crate::fhir::text::fold("  Él  NIÑO\tcomió\nÄpfel Å "), "el nino comio apfel a");
    let note = "SG9sYSBNYXLDrWE="; // "Hola María"
    let words = line(&json!({
        "resourceType": "DocumentReference", "type": { "text": "Note", "coding": [{ "display": "Note" }] },
        "subject": { "display": "Hidden Name" },
        "content": [{ "attachment": { "contentType": "text/plain", "data": note } }] }))
    .words;
    assert_eq!(words, "note hola maria");
    // The name of a coded thing is searched by, its code is not.
    let coded = json!({ "resourceType": "Condition", "code": { "coding": [{ "code": "44054006", "display": "Diabetes" }] } });
    assert_eq!(line(&coded).words, "diabetes");
    let html = json!({ "resourceType": "Binary", "contentType": "text/html", "data": "PGI+T25lPC9iPjxzY3JpcHQ+ZXZpbCgpPC9zY3JpcHQ+PHA+dHdvPC9wPg==" });
    assert_eq!(line(&html).words, "one two");
    let long = line(&observation(json!({ "note": [{ "text": "palabra ñandú ".repeat(5_000) }] })));
    assert!(long.words.len() <= 8 * 1024);
}

#[test]
fn markup_becomes_plain_text() {
    for (html, text) in [
        ("<div>One<br/>two</div>", "One\ntwo"),
        ("<p>a &lt; b &amp; c&nbsp;d &#233;&#xe9;</p>", "a < b & c d éé"),
        ("<table><tr><td>x</td><td>y</td></tr><tr><td>z</td></tr></table>", "x y\nz"),
        ("<script>alert('<p>no</p>')</script>yes<style>p{}</style>", "yes"),
        ("<ScRiPt >no</sCrIpT >yes", "yes"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<!-- <b>no</b> -->yes", "yes"),
        ("a <unclosed", "a <unclosed"),
        ("&unknown; & &; &#0; &#xFFFFFFFF;", "&unknown; & &; &#0; &#xFFFFFFFF;"),
    ] {
        assert_eq!(strip_markup(html), text, "{html}");
    }
}

#[test]
fn attachments_are_found_and_opened() {
    let resource = json!({ "resourceType": "DocumentReference", "content": [
        { "attachment": { "contentType": "Text/Plain", "title": "Letter", "data": "SGVs\nbG8=" } },
        { "attachment": { "contentType": "application/pdf", "url": "Binary/7", "size": 12 } }] });
    let found = view(&resource).attachments;
    assert_eq!(found.len(), 2);
    let AttachmentPlace::Inline { pointer } = &found[0].place else { panic!("not inline") };
    assert_eq!(pointer, "/content/0/attachment/data");
    assert_eq!(found[0].content_type, "text/plain");
    assert_eq!(attachment_bytes(&resource, pointer), Ok(b"Hello".to_vec()));
    assert_eq!(found[1].place, AttachmentPlace::Url("Binary/7".to_owned()));
    assert_eq!(found[1].size, Some(12));
    assert_eq!(attachment_bytes(&resource, "/content/9"), Err(AttachmentError::Missing));
    assert_eq!(attachment_bytes(&json!({ "data": "%%%" }), "/data"), Err(AttachmentError::NotBase64));
}

#[test]
fn everything_a_source_sent_is_shown() {
    // Types and elements without a table of ours: each leaf must turn up somewhere on the page.
    let resource = json!({ "resourceType": "NutritionOrder", "status": "active", "intent": "order",
        "dateTime": "2024-01-02", "foodPreferenceModifier": [{ "text": "Kosher" }],
        "oralDiet": { "type": [{ "text": "Low sodium" }], "nutrient": [{ "modifier": { "text": "Sodium" }, "amount": { "value": 2, "unit": "g" } }] },
        "supplement": [{ "productName": "Shake", "quantity": { "value": 1, "unit": "bottle" } }] });
    let page = format!("{:?}", view(&resource));
    for leaf in ["Kosher", "Low sodium", "Sodium", "Shake", "bottle", "2024-01-02", "status-active"] {
        assert!(page.contains(leaf), "{leaf} is missing");
    }
}

#[test]
fn a_bill_has_no_table_that_says_nothing() {
    let insured = |coverage: Value| {
        json!({ "resourceType": "ExplanationOfBenefit", "insurance": [{ "focal": true, "coverage": coverage }],
            "processNote": [{ "number": 1, "type": "display", "text": "Paid in full" }] })
    };
    let captions = |resource: &Value| -> Vec<Label> {
        view(resource).tables.into_iter().map(|table| table.caption).collect()
    };
    let bare = insured(json!({ "reference": "Coverage/1" }));
    assert_eq!(captions(&bare), [Label::Word("label-payer-note")]);
    assert_eq!(view(&bare).tables[0].columns, [Label::Word("label-text")]);
    assert!(view(&bare).links.iter().any(|link| link.reference == "Coverage/1"), "it still leads there");
    let named = insured(json!({ "reference": "Coverage/1", "display": "Blue plan" }));
    assert_eq!(captions(&named), [Label::Word("label-insurance"), Label::Word("label-payer-note")]);
}

#[test]
fn who_entered_something_is_told_in_words() {
    let coded =
        |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code, "display": code }] });
    let page = view(&json!({ "resourceType": "Provenance",
        "activity": coded("http://terminology.hl7.org/CodeSystem/v3-DataOperation", "CREATE"),
        "recorded": "2024-01-02T10:00:00Z", "target": [{ "reference": "Observation/1" }, { "reference": "Observation/2" }],
        "agent": [
            { "type": coded("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author"), "who": { "display": "Dr. Ruiz" } },
            { "type": coded("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type", "transmitter"), "who": { "display": "Clinic" } },
        ] }));
    assert_eq!(page.fields[0].label, Label::Word("label-act"));
    assert_eq!(page.fields[0].value, [Shown::Word("word-entered")]);
    let roles: Vec<_> = page.tables[0].rows.iter().map(|row| row[1].clone()).collect();
    assert_eq!(roles, [[Shown::Word("word-author")], [Shown::Word("word-transmitter")]]);
    assert!(page.links.iter().all(|link| link.label == "label-about-items") && page.links.len() == 2);
}

#[test]
fn common_facts_of_a_person_have_words_of_ours() {
    let race = |text: &str| {
        json!({ "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race", "extension": [
            { "url": "ombCategory", "valueCoding": { "system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3", "display": "White" } },
            { "url": "text", "valueString": text }] })
    };
    let person = |text: &str| {
        view(&json!({ "resourceType": "Patient", "extension": [race(text)],
            "communication": [{ "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": "es" }], "text": "Spanish" } }],
            "contact": [{ "name": { "text": "Ana" } }],
            "identifier": [{ "type": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR" }] }, "value": "77" }] }))
    };
    let said = |page: &View, label: &'static str| -> Vec<Shown> {
        let found = page.fields.iter().find(|field| field.label == Label::Word(label));
        found.map(|field| field.value.clone()).unwrap_or_default()
    };
    let page = person("White");
    assert_eq!(said(&page, "label-race"), [Shown::Word("word-white")]);
    assert_eq!(said(&page, "label-language"), [Shown::Word("word-spanish")]);
    let number = Field { label: Label::Word("word-record-number"), value: vec![Shown::Text("77".into())] };
    assert_eq!(said(&page, "label-identifier"), [Shown::Group(vec![number])]);
    // A text that says more than the codes stays as it is.
    assert_eq!(said(&person("White, Irish"), "label-race"), [Shown::Text("White, Irish".into())]);
}

#[test]
fn what_is_out_of_use_comes_last_and_says_so() {
    let lived = |city: &str, more: Value| {
        let mut address = json!({ "city": city });
        address.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        address
    };
    let page = view(&json!({ "resourceType": "Patient",
        "name": [{ "use": "old", "family": "Reyes", "period": { "end": "2018-11-23" } }, { "family": "Ruiz" }],
        "telecom": [{ "value": "555-0100", "use": "old" }, { "value": "555-0101", "use": "home" }],
        "address": [
            lived("Lowell", json!({ "use": "old", "period": { "end": "2018-11-23" } })),
            lived("Salem", json!({ "period": { "end": "2020" } })),
            lived("Boston", json!({ "use": "home", "period": { "start": "2018-11-24" } }))] }));
    let said = |label: &'static str| -> Vec<Shown> {
        let found = page.fields.iter().find(|field| field.label == Label::Word(label));
        found.map(|field| field.value.clone()).unwrap_or_default()
    };
    let text = |text: &str| Shown::Text(text.to_owned());
    assert_eq!(said("label-name"), [text("Ruiz")]);
    assert_eq!(said("label-telecom"), [text("555-0101"), Shown::Old(Box::new(text("555-0100")), None)]);
    assert_eq!(
        said("label-address"),
        [
            text("Boston"),
            Shown::Until(Box::new(text("Salem")), When::parse("2020").unwrap()),
            Shown::Old(Box::new(text("Lowell")), When::parse("2018-11-23")),
        ]
    );
}

#[test]
fn only_what_was_reported_says_where_it_was_learnt() {
    for (reported, shown) in [(false, vec![]), (true, vec![Shown::Word("word-reported")])] {
        let page = view(&json!({ "resourceType": "MedicationRequest", "reportedBoolean": reported }));
        let found = page.fields.into_iter().find(|field| field.label == Label::Word("label-origin"));
        assert_eq!(found.map(|field| field.value).unwrap_or_default(), shown);
    }
}

#[test]
fn ranges_are_kept_to_be_said_in_any_language() {
    let text = json!([{ "text": "4 to 5.6 %" }]);
    let page = view(&observation(json!({ "referenceRange": text,
        "component": [{ "code": { "text": "Part" }, "valueInteger": 5, "referenceRange": text }] })));
    let cells: Vec<&Shown> =
        page.tables.iter().flat_map(|table| table.rows.iter().flatten().flatten()).collect();
    let ranges = cells.iter().filter(|cell| ***cell == Shown::Range("4 to 5.6 %".into()));
    assert_eq!(ranges.count(), 2, "{cells:?}");
}
