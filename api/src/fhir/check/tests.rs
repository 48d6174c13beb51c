//! Cases of every rule, sound and unsound.

use super::*;
use proptest::prelude::*;
use serde_json::json;

/// A sound Observation with members replaced or added; null takes a member away.
fn observation(change: Value) -> Value {
    let mut made = json!({"resourceType": "Observation", "id": "o1", "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}});
    for (key, value) in change.as_object().unwrap() {
        match value {
            Value::Null => made.as_object_mut().unwrap().shift_remove(key),
            _ => made.as_object_mut().unwrap().insert(key.clone(), value.clone()),
        };
    }
    made
}

fn found(resource: &Value) -> Vec<String> {
    check(resource).into_iter().map(|f| format!("{} {}", f.code, f.path)).collect()
}

#[test]
fn rules_on_observations() {
    let div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>";
    let null = Value::Null;
    let cases: Vec<(Value, &[&str])> = vec![
        (json!({}), &[]),
        (json!({"x": 1}), &["unknown-element Observation.x"]),
        (json!({"John Smith": 1}), &["unknown-element Observation.(unprintable)"]),
        (
            json!({"instantiatesCanonical": "http://x"}),
            &["unknown-element Observation.instantiatesCanonical"],
        ),
        (json!({"fhir_comments": ["a"]}), &["unknown-element Observation.fhir_comments"]),
        (json!({"status": null}), &["required-missing Observation.status"]),
        (
            json!({"status": null, "_status": {"extension": [{"url": "http://x", "valueCode": "unknown"}]}}),
            &[],
        ),
        (json!({"code": {}}), &["empty-object Observation.code"]),
        (json!({"code": [{"text": "a"}]}), &["not-single Observation.code"]),
        (json!({"category": {"text": "a"}}), &["not-array Observation.category"]),
        (json!({"category": []}), &["empty-array Observation.category"]),
        (json!({"category": [null]}), &["null-member Observation.category[0]"]),
        (json!({"code": "a"}), &["json-type Observation.code"]),
        (json!({"code": {"text": 3}}), &["json-type Observation.code.text"]),
        (json!({"code": {"text": ""}}), &["empty-string Observation.code.text"]),
        (json!({"code": {"text": " \n"}}), &["empty-string Observation.code.text"]),
        (json!({"code": {"text": "a\u{1}"}}), &["string-control Observation.code.text"]),
        (json!({"status": "done"}), &["code-unknown Observation.status"]),
        (json!({"status": " final"}), &["code-form Observation.status"]),
        (json!({"id": "a b"}), &["id-form Observation.id"]),
        (json!({"id": "a".repeat(65)}), &["id-form Observation.id"]),
        (json!({"effectiveDateTime": "2024-02-29"}), &[]),
        (json!({"effectiveDateTime": "2023-02-29"}), &["date-form Observation.effectiveDateTime"]),
        (json!({"effectiveDateTime": "2023-02-28T10:00:00"}), &["date-form Observation.effectiveDateTime"]),
        (json!({"effectiveDateTime": "0201-01-01"}), &["date-absurd Observation.effectiveDateTime"]),
        (json!({"effectiveDateTime": "2201"}), &["date-absurd Observation.effectiveDateTime"]),
        (
            json!({"effectiveDateTime": "2024", "effectiveInstant": "2024-01-01T00:00:00Z"}),
            &["choice-twice Observation.effectiveInstant"],
        ),
        (json!({"valueString": "a", "_valueString": {"id": "x"}}), &[]),
        (json!({"_valueString": {"id": "x"}, "valueInteger": 1}), &["choice-twice Observation.valueInteger"]),
        (json!({"valueAddress": {"city": "a"}}), &["choice-type Observation.valueAddress"]),
        (json!({"valueDecimal": 1.0}), &["choice-type Observation.valueDecimal"]),
        (json!({"value": 1}), &["unknown-element Observation.value"]),
        (json!({"valueInteger": 1.5}), &["integer-range Observation.valueInteger"]),
        (json!({"valueInteger": 2147483648u64}), &["integer-range Observation.valueInteger"]),
        (json!({"valueInteger": -2147483648i64}), &[]),
        (json!({"valueInteger": "1"}), &["json-type Observation.valueInteger"]),
        (json!({"valueBoolean": "true"}), &["json-type Observation.valueBoolean"]),
        (json!({"valueQuantity": {"value": "1.10"}}), &["json-type Observation.valueQuantity.value"]),
        (json!({"valueQuantity": {"value": 1.10, "comparator": "<"}}), &[]),
        (
            json!({"valueQuantity": {"comparator": "~"}}),
            &["code-unknown Observation.valueQuantity.comparator"],
        ),
        (json!({"valueTime": "24:00:00"}), &["time-form Observation.valueTime"]),
        (json!({"issued": "2024-01-01"}), &["date-form Observation.issued"]),
        (json!({"issued": "2024-01-01T00:00:60.123+14:00"}), &[]),
        (
            json!({"component": [{"code": {"text": "a"}}, {"valueQuantity": {"value": "1"}}]}),
            &[
                "json-type Observation.component[1].valueQuantity.value",
                "required-missing Observation.component[1].code",
            ],
        ),
        (
            json!({"component": [{"code": {"text": "a"}, "referenceRange": [{"low": {"value": 1}, "age": {"low": {"unit": 1}}}]}]}),
            &["json-type Observation.component[0].referenceRange[0].age.low.unit"],
        ),
        (json!({"subject": {"reference": "Patient/1"}}), &[]),
        (json!({"subject": {"reference": "Patient/1/_history/2"}}), &[]),
        (json!({"subject": {"reference": "https://x.org/fhir/Patient/1"}}), &[]),
        (json!({"subject": {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}}), &[]),
        (json!({"subject": {"reference": "Patient?identifier=http://x|1"}}), &[]),
        (json!({"subject": {"display": "a"}}), &[]),
        (json!({"subject": {"reference": "urn:uuid:1"}}), &["reference-form Observation.subject.reference"]),
        (json!({"subject": {"reference": "Pat/1"}}), &["reference-form Observation.subject.reference"]),
        (json!({"subject": {"reference": "1"}}), &["reference-form Observation.subject.reference"]),
        (json!({"subject": {"reference": "Patient/a b"}}), &["reference-form Observation.subject.reference"]),
        (
            json!({"subject": {"reference": "Organization/1"}}),
            &["reference-target Observation.subject.reference"],
        ),
        (
            json!({"subject": {"reference": "https://x.org/Organization/1"}}),
            &["reference-target Observation.subject.reference"],
        ),
        (
            json!({"subject": {"reference": "Patient/1", "type": "Person1"}}),
            &["reference-type Observation.subject.type"],
        ),
        (json!({"focus": [{"reference": "Organization/1"}]}), &[]),
        (json!({"subject": {"reference": "#p"}}), &["reference-contained Observation.subject.reference"]),
        (json!({"subject": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p"}]}), &[]),
        (
            json!({"subject": {"reference": "#p"}, "contained": [{"resourceType": "Organization", "id": "p"}]}),
            &["reference-target Observation.subject.reference"],
        ),
        (
            json!({"contained": [{"resourceType": "Patient", "id": "p", "gender": "x"}]}),
            &["code-unknown Observation.contained[0].gender"],
        ),
        (json!({"contained": [{"id": "p"}]}), &["resource-type-missing Observation.contained[0]"]),
        (
            json!({"contained": [{"resourceType": "Patient", "contained": [{"resourceType": "Patient"}]}]}),
            &["contained-nested Observation.contained[0]"],
        ),
        (json!({"extension": [{"url": "http://x", "valueString": "a"}]}), &[]),
        (json!({"extension": [{"url": "http://x", "extension": [{"url": "a", "valueCode": "b"}]}]}), &[]),
        (json!({"extension": [{"url": "http://x", "_valueString": {"id": "a"}}]}), &[]),
        (json!({"extension": [{"url": "http://x"}]}), &["extension-content Observation.extension[0]"]),
        (json!({"extension": [{"valueString": "a"}]}), &["required-missing Observation.extension[0].url"]),
        (
            json!({"extension": [{"url": "u", "valueCode": "a", "extension": [{"url": "b", "valueCode": "c"}]}]}),
            &["extension-content Observation.extension[0]"],
        ),
        (json!({"_code": {"id": "a"}}), &["unknown-element Observation._code"]),
        (json!({"_status": "a"}), &["json-type Observation._status"]),
        (json!({"_status": {"x": 1}}), &["unknown-element Observation._status.x"]),
        (json!({"text": {"status": "generated", "div": div}}), &[]),
        (json!({"text": {"div": div}}), &["required-missing Observation.text.status"]),
        (json!({"text": {"status": "generated"}}), &["required-missing Observation.text.div"]),
        (json!({"text": {"status": "generated", "div": "a"}}), &["narrative-form Observation.text.div"]),
        (
            json!({"text": {"status": "generated", "div": "<div><p onclick='x'>a</p></div>"}}),
            &["narrative-active Observation.text.div"],
        ),
        (
            json!({"meta": {"lastUpdated": "2024-01-01", "profile": ["a b"]}}),
            &["date-form Observation.meta.lastUpdated", "uri-form Observation.meta.profile[0]"],
        ),
        (json!({"meta": {"project": "a"}}), &["unknown-element Observation.meta.project"]),
        (json!({"resourceType": null}), &["resource-type-missing "]),
    ];
    assert!(null.is_null());
    for (change, expected) in cases {
        assert_eq!(found(&observation(change.clone())), expected, "{change}");
    }
}

#[test]
fn rules_on_other_types() {
    let clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    let condition = |status: Value| json!({"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "clinicalStatus": status});
    let cases: Vec<(Value, &[&str])> = vec![
        (json!(null), &["json-type "]),
        (json!([]), &["json-type "]),
        (json!({}), &["resource-type-missing "]),
        (json!({"resourceType": "Nonsense"}), &["resource-type-unknown Nonsense"]),
        (json!({"resourceType": "SubscriptionStatus"}), &["resource-type-unknown SubscriptionStatus"]),
        (json!({"resourceType": "DomainResource"}), &["resource-type-unknown DomainResource"]),
        (condition(json!({"coding": [{"system": clinical, "code": "active"}]})), &[]),
        (
            condition(
                json!({"coding": [{"system": "http://local", "code": "1"}, {"system": clinical, "code": "active"}]}),
            ),
            &[],
        ),
        (
            condition(json!({"coding": [{"system": clinical, "code": "on"}]})),
            &["code-unknown Condition.clinicalStatus"],
        ),
        (condition(json!({"coding": [{"code": "active"}]})), &["code-unknown Condition.clinicalStatus"]),
        (condition(json!({"text": "active"})), &["code-missing Condition.clinicalStatus"]),
        (condition(json!({"extension": [{"url": "http://x", "valueCode": "unknown"}]})), &[]),
        (
            json!({"resourceType": "Patient", "name": [{"given": ["a", null], "_given": [null, {"id": "x"}]}]}),
            &[],
        ),
        (
            json!({"resourceType": "Patient", "name": [{"given": ["a", null], "_given": [null, null]}]}),
            &["null-member Patient.name[0].given[1]", "null-member Patient.name[0]._given[1]"],
        ),
        (json!({"resourceType": "Patient", "name": [{"_given": [{"id": "x"}]}]}), &[]),
        (json!({"resourceType": "Patient", "birthDate": "1980-13"}), &["date-form Patient.birthDate"]),
        (json!({"resourceType": "Patient", "photo": [{"data": "QUI=", "size": 2}]}), &[]),
        (
            json!({"resourceType": "Patient", "photo": [{"data": "QUI", "size": -1}]}),
            &["base64-form Patient.photo[0].data", "integer-range Patient.photo[0].size"],
        ),
        (
            json!({"resourceType": "Patient", "telecom": [{"rank": 0}]}),
            &["integer-range Patient.telecom[0].rank"],
        ),
        (
            json!({"resourceType": "Patient", "extension": [{"url": "http://x", "valueOid": "urn:oid:1.2.3"}]}),
            &[],
        ),
        (
            json!({"resourceType": "Patient", "extension": [{"url": "http://x", "valueOid": "urn:oid:1.02"}]}),
            &["oid-form Patient.extension[0].valueOid"],
        ),
        (
            json!({"resourceType": "Patient", "extension": [{"url": "http://x", "valueUuid": "urn:uuid:0C3151BD-1cbf-4d64-b04d-cd9187a4c6e0"}]}),
            &["uuid-form Patient.extension[0].valueUuid"],
        ),
        (
            json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "subject": {"reference": "Patient/1"}}),
            &["required-missing MedicationRequest.medication"],
        ),
        (
            json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient", "gender": "x"}}]}),
            &["code-unknown Bundle.entry[0].resource.gender"],
        ),
        (
            json!({"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "group",
            "item": [{"linkId": "2", "type": "strings"}]}]}),
            &["code-unknown Questionnaire.item[0].item[0].type"],
        ),
        (
            json!({"resourceType": "EvidenceVariable", "status": "draft", "characteristic": [{"definitionCanonical": "http://x"}]}),
            &[],
        ),
    ];
    for (resource, expected) in cases {
        assert_eq!(found(&resource), expected, "{resource}");
    }
}

#[test]
fn findings_end_and_never_repeat_a_value() {
    let secret = "Zebulon Quux";
    let names: Vec<Value> = (0..500).map(|_| json!({"family": 3, "use": secret, secret: secret})).collect();
    let resource = json!({"resourceType": "Patient", "name": names, "gender": secret, "id": secret});
    let findings = check(&resource);
    assert_eq!(findings.len(), MOST_FINDINGS);
    assert!(findings.iter().all(|f| !f.path.contains("Zebulon") && !f.detail.contains("Zebulon")));
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let mut deep = json!({"url": "http://x", "valueString": "a"});
    for _ in 0..100 {
        deep = json!({"url": "http://x", "extension": [deep]});
    }
    let findings = check(&json!({"resourceType": "Patient", "extension": [deep]}));
    assert_eq!(findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["too-deep"]);
}

/// JSON of any shape, with names that the table knows among them.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[a-zé<>&;:/# 0-9-]{0,12}",
        Just("Patient/1".to_owned()),
        Just("2024-01-01T00:00:00Z".to_owned())
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    let name = prop_oneof![
        Just("resourceType"),
        Just("id"),
        Just("_id"),
        Just("extension"),
        Just("url"),
        Just("valueString"),
        Just("valueReference"),
        Just("reference"),
        Just("contained"),
        Just("text"),
        Just("div"),
        Just("status"),
        Just("subject"),
        Just("name"),
        Just("given"),
        Just("_given"),
        Just("code"),
        Just("coding"),
        Just("component"),
        Just("birthDate"),
        Just("period"),
        Just("start"),
        Just("meta"),
        Just("identifier"),
        Just("x")
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            })
        ]
    })
}

proptest! {
    #[test]
    fn nothing_panics_on_any_json(value in any_json(), name in prop::sample::select(vec!["Patient", "Observation", "Bundle", "Questionnaire"])) {
        let mut resource = value;
        if let Some(object) = resource.as_object_mut() {
            object.insert("resourceType".into(), name.into());
        }
        prop_assert!(check(&resource).len() <= MOST_FINDINGS);
        let _ = crate::fhir::index::values(name, &resource);
        let _ = crate::fhir::index::subject(name, &resource);
        let _ = crate::fhir::index::references(&resource);
        let bytes = serde_json::to_vec(&resource).unwrap();
        let scan = crate::fhir::json::scan(&bytes, &crate::fhir::json::Limits::default()).unwrap();
        prop_assert!(scan.findings.is_empty());
    }

    #[test]
    fn nothing_panics_on_any_text(text in "\\PC{0,80}") {
        let resource = json!({"resourceType": "Patient", "id": text, "birthDate": text, "implicitRules": text, "gender": text,
            "photo": [{"data": text, "creation": text}], "link": [{"other": {"reference": text}, "type": text}],
            "text": {"status": text, "div": format!("<div {text}")}, text.clone(): text});
        let _ = check(&resource);
        let _ = crate::fhir::index::values("Patient", &resource);
        let _ = crate::fhir::index::interval(&text);
    }
}
