//! XML that an independent parser reads, compared with the JSON it was made of, member by member.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use roxmltree::{Document, Node};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::*;

const NAMESPACE: &str = "http://hl7.org/fhir";

fn written(json: &str) -> String {
    String::from_utf8(from_json(json.as_bytes()).unwrap()).unwrap()
}

/// What stands inside the root element.
fn inside(json: &str) -> String {
    let xml = written(json);
    let start = xml.find("fhir\">").map_or(0, |at| at + 6);
    xml[start..xml.rfind("</").unwrap()].to_owned()
}

#[test]
fn each_form_of_json_has_its_form_of_xml() {
    for (json, expected) in [
        // The order of the standard, whatever the order of the text.
        (
            r#"{"gender":"female","name":[{"given":["Rosa","M."],"family":"Delgado"}],"id":"r","resourceType":"Patient"}"#,
            r#"<id value="r"/><name><family value="Delgado"/><given value="Rosa"/><given value="M."/></name><gender value="female"/>"#,
        ),
        // Numbers as they are written.
        (
            r#"{"resourceType":"Observation","valueQuantity":{"value":1.10}}"#,
            r#"<valueQuantity><value value="1.10"/></valueQuantity>"#,
        ),
        (
            r#"{"resourceType":"Observation","valueQuantity":{"value":-1.5e-10,"code":"L"}}"#,
            r#"<valueQuantity><value value="-1.5e-10"/><code value="L"/></valueQuantity>"#,
        ),
        (
            r#"{"resourceType":"Patient","multipleBirthInteger":99999999999}"#,
            r#"<multipleBirthInteger value="99999999999"/>"#,
        ),
        (
            r#"{"resourceType":"Observation","valueQuantity":{"value":0.1234567890123456789012345}}"#,
            r#"<valueQuantity><value value="0.1234567890123456789012345"/></valueQuantity>"#,
        ),
        (r#"{"resourceType":"Patient","active":true}"#, r#"<active value="true"/>"#),
        // Extensions of primitives, also where there is no value, also in arrays.
        (
            r#"{"resourceType":"Patient","birthDate":"1968-03-04","_birthDate":{"id":"b","extension":[{"url":"u","valueCode":"x"}]}}"#,
            r#"<birthDate id="b" value="1968-03-04"><extension url="u"><valueCode value="x"/></extension></birthDate>"#,
        ),
        (
            r#"{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u","valueCode":"x"}]}}"#,
            r#"<birthDate><extension url="u"><valueCode value="x"/></extension></birthDate>"#,
        ),
        (
            r#"{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"id":"b"},{"id":"c"}]}]}"#,
            r#"<name><given value="A"/><given id="b"/><given id="c" value="C"/></name>"#,
        ),
        // The id of an element and the address of an extension are attributes; the id of a resource is not.
        (
            r#"{"resourceType":"Patient","extension":[{"valueString":"x","url":"u&v","id":"e"}]}"#,
            r#"<extension url="u&amp;v" id="e"><valueString value="x"/></extension>"#,
        ),
        (
            r#"{"resourceType":"Questionnaire","url":"http://x.example/q"}"#,
            r#"<url value="http://x.example/q"/>"#,
        ),
        // Resources inside resources have their own name around them.
        (
            r##"{"resourceType":"Basic","contained":[{"resourceType":"Organization","name":"X","id":"o"}],"code":{},"author":{"reference":"#o"}}"##,
            r##"<contained><Organization><id value="o"/><name value="X"/></Organization></contained><author><reference value="#o"/></author>"##,
        ),
        (
            r#"{"resourceType":"Parameters","parameter":[{"resource":{"resourceType":"Binary","data":"AA==","contentType":"a/b"},"name":"n"}]}"#,
            r#"<parameter><name value="n"/><resource><Binary><contentType value="a/b"/><data value="AA=="/></Binary></resource></parameter>"#,
        ),
        // What a parser would make spaces of.
        (
            r#"{"resourceType":"Basic","id":"a\tb\nc\rd \"<&>' \u00e9\ud83d\ude00"}"#,
            "<id value=\"a&#9;b&#10;c&#13;d &quot;&lt;&amp;&gt;' é😀\"/>",
        ),
        // The narrative, byte for byte.
        (
            r#"{"resourceType":"Basic","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Status: <b>active</b> since</div>","status":"generated"}}"#,
            r#"<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">Status: <b>active</b> since</div></text>"#,
        ),
        // Nothing is left out that R4 does not know; it comes last.
        (
            r#"{"resourceType":"Patient","fhir_comments":["a","b"],"later":{"id":"l","deep":[{"x":1}]},"active":false}"#,
            r#"<active value="false"/><fhir_comments value="a"/><fhir_comments value="b"/><later id="l"><deep><x value="1"/></deep></later>"#,
        ),
        (
            r#"{"resourceType":"SomethingNew","zeta":1,"id":"s","meta":{"versionId":"1"}}"#,
            r#"<id value="s"/><meta><versionId value="1"/></meta><zeta value="1"/>"#,
        ),
        // Nothing stands for nothing; the last of two counts; another form than the standard's is kept.
        (
            r#"{"resourceType":"Patient","name":[],"contact":[{}],"gender":null,"id":"1","id":"2","address":"x"}"#,
            r#"<id value="2"/><address value="x"/>"#,
        ),
    ] {
        assert_eq!(inside(json), expected, "{json}");
    }
    assert!(written(r#"{"resourceType":"Patient"}"#).ends_with("<Patient xmlns=\"http://hl7.org/fhir\"/>"));
}

#[test]
fn what_has_no_form_of_fhir_is_refused_with_its_place() {
    let form = |path: &str, expected| Fault::Form { path: path.into(), expected };
    let character = |path: &str| Fault::Character { path: path.into() };
    for (json, fault) in [
        ("[]", form("", "a resource")),
        ("\"x\"", form("", "a resource")),
        ("{}", form("", "a resource with its resourceType")),
        (r#"{"resourceType":7}"#, form("", "a resource with its resourceType")),
        (r#"{"resourceType":"a b"}"#, form("(unprintable)", "a name that XML can have")),
        (r#"{"resourceType":"P><x"}"#, form("(unprintable)", "a name that XML can have")),
        (r#"{"resourceType":"Patient","a b":1}"#, form("Patient.(unprintable)", "a name that XML can have")),
        (r#"{"resourceType":"Patient","":1}"#, form("Patient.", "a name that XML can have")),
        (r#"{"resourceType":"Patient","name":[[1]]}"#, form("Patient.name[0]", "no array inside an array")),
        (
            r#"{"resourceType":"Patient","_active":"x"}"#,
            form("Patient.active[0]", "an object with id or extension"),
        ),
        (
            r#"{"resourceType":"Patient","name":[{"x":1}],"_name":[{"id":"1"}]}"#,
            form("Patient.name[0]", "a value of a primitive type"),
        ),
        (
            r#"{"resourceType":"Patient","contained":[{"id":"1"}]}"#,
            form("Patient.contained[0]", "a resource with its resourceType"),
        ),
        (
            r#"{"resourceType":"Patient","extension":[{"url":{}}]}"#,
            form("Patient.extension[0].url", "a text or a number"),
        ),
        (r#"{"resourceType":"Patient","id":"\u0001"}"#, character("Patient.id[0]")),
        (r#"{"resourceType":"Patient","id":"\uffff"}"#, character("Patient.id[0]")),
        (
            r#"{"resourceType":"Patient","text":{"div":"<div>\u0008</div>"}}"#,
            character("Patient.text[0].div[0]"),
        ),
    ] {
        assert_eq!(from_json(json.as_bytes()), Err(fault), "{json}");
    }
    for json in [
        "",
        "{",
        "nul",
        r#"{"resourceType":"Patient","id":01}"#,
        r#"{"resourceType":"Patient","id":tru}"#,
        r#"{"resourceType":"Patient","id":"\ud800"}"#,
        "{\"resourceType\":\"\u{0}\"}",
        r#"{"resourceType":"Patient"} x"#,
    ] {
        assert!(matches!(from_json(json.as_bytes()), Err(Fault::Json(_))), "{json}");
    }
}

#[test]
fn sizes_have_limits() {
    let deep = format!("{{\"resourceType\":\"Patient\",\"x\":{}{}}}", "{\"x\":".repeat(80), "}".repeat(80));
    assert!(matches!(from_json(deep.as_bytes()), Err(Fault::Json(Unsafe::TooDeep { .. }))));
    let large = vec![b' '; MOST_JSON + 1];
    assert!(matches!(from_json(&large), Err(Fault::Json(Unsafe::TooLarge { .. }))));
    // A short text that would be long in XML.
    let name = "a".repeat(LONGEST_NAME);
    let ones = "1,".repeat(2_000_000);
    let long = format!("{{\"resourceType\":\"Patient\",\"{name}\":[{ones}1]}}");
    assert_eq!(from_json(long.as_bytes()), Err(Fault::TooLarge));
    let wide: String = (0..=MOST_MEMBERS).map(|n| format!(",\"a{n}\":1")).collect();
    let wide = format!("{{\"resourceType\":\"Patient\"{wide}}}");
    let fault = Fault::Form { path: "Patient".into(), expected: "an object of fewer members" };
    assert_eq!(from_json(wide.as_bytes()), Err(fault));
}

/// The order of the standard for what records hold most, written down apart from the table.
#[test]
fn elements_stand_in_the_order_of_the_standard() {
    let orders: [(&str, &[&str]); 7] = [
        (
            "Patient",
            &[
                "id",
                "meta",
                "implicitRules",
                "language",
                "text",
                "extension",
                "identifier",
                "active",
                "name",
                "telecom",
                "gender",
                "birthDate",
                "deceasedBoolean",
                "address",
                "maritalStatus",
                "multipleBirthBoolean",
                "photo",
                "contact",
                "communication",
                "generalPractitioner",
                "managingOrganization",
                "link",
            ],
        ),
        (
            "Observation",
            &[
                "id",
                "basedOn",
                "partOf",
                "status",
                "category",
                "code",
                "subject",
                "focus",
                "encounter",
                "effectiveDateTime",
                "issued",
                "performer",
                "valueString",
                "dataAbsentReason",
                "interpretation",
                "note",
                "bodySite",
                "method",
                "specimen",
                "device",
                "referenceRange",
                "hasMember",
                "derivedFrom",
                "component",
            ],
        ),
        (
            "MedicationRequest",
            &[
                "id",
                "status",
                "statusReason",
                "intent",
                "category",
                "priority",
                "doNotPerform",
                "reportedBoolean",
                "medicationCodeableConcept",
                "subject",
                "encounter",
                "authoredOn",
                "requester",
                "performer",
                "recorder",
                "reasonCode",
                "note",
                "dosageInstruction",
                "dispenseRequest",
                "substitution",
            ],
        ),
        ("Bundle", &["id", "meta", "identifier", "type", "timestamp", "total", "link", "entry", "signature"]),
        (
            "AuditEvent",
            &[
                "type",
                "subtype",
                "action",
                "period",
                "recorded",
                "outcome",
                "outcomeDesc",
                "purposeOfEvent",
                "agent",
                "source",
                "entity",
            ],
        ),
        (
            "Consent",
            &[
                "identifier",
                "status",
                "scope",
                "category",
                "patient",
                "dateTime",
                "performer",
                "organization",
                "sourceAttachment",
                "policy",
                "policyRule",
                "verification",
                "provision",
            ],
        ),
        ("OperationOutcome", &["id", "meta", "text", "issue"]),
    ];
    for (name, order) in orders {
        let mut members: Vec<String> = order.iter().map(|name| format!("\"{name}\":\"x\"")).collect();
        members.reverse();
        let xml = written(&format!("{{\"resourceType\":\"{name}\",{}}}", members.join(",")));
        let document = Document::parse(&xml).unwrap();
        let found: Vec<&str> =
            document.root_element().children().map(|child| child.tag_name().name()).collect();
        assert_eq!(found, order, "{name}");
    }
}

#[test]
fn the_synthetic_people_come_back_as_they_went() {
    let (mut count, mut odd) = (0, 0);
    for person in fixtures::people::people(7) {
        for resource in &person.resources {
            compare(&resource.to_string());
            count += 1;
        }
        compare(&searchset(&person.resources).to_string());
    }
    for (_, resource) in fixtures::people::oddities() {
        odd += 1;
        match from_json(resource.to_string().as_bytes()) {
            Ok(_) => compare(&resource.to_string()),
            Err(Fault::Json(_)) => {
                assert!(resource["id"] == "deep" || resource.to_string().matches('{').count() > 64)
            }
            Err(fault) => assert!(
                matches!(fault, Fault::Form { .. }) && !resource["resourceType"].is_string(),
                "{fault}"
            ),
        }
    }
    assert!(count > 500 && odd > 10, "{count} {odd}");
}

fn searchset(resources: &[Value]) -> Value {
    let entry = |resource: &Value| json!({"fullUrl": "https://portal.example/fhir/x", "resource": resource, "search": {"mode": "match"}});
    json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": resources.len(),
        "link": [{"relation": "self", "url": "https://portal.example/fhir/Observation?a=1&b=2"}],
        "entry": resources.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// Every resource of the shared test data; skips where that is not there. Prints the speed, which only a release
/// build tells anything by.
#[test]
fn the_shared_data_come_back_as_they_went() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(data) = here.ancestors().map(|folder| folder.join("shared/data")).find(|folder| folder.is_dir())
    else {
        return println!("skipped: there is no shared/data beside the workspace");
    };
    let (mut count, mut bytes, mut time) = (0, 0, std::time::Duration::ZERO);
    for set in ["us-core-9-examples", "fhir-core-examples", "carebundle", "inferno"] {
        for file in std::fs::read_dir(data.join(set)).unwrap() {
            let mut text = String::new();
            let file = std::fs::File::open(file.unwrap().path()).unwrap();
            flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).unwrap();
            let whole = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            let lines = if whole { vec![text.as_str()] } else { text.lines().collect() };
            for text in lines.into_iter().filter(|text| !text.trim().is_empty()) {
                let start = std::time::Instant::now();
                from_json(text.as_bytes()).unwrap();
                time += start.elapsed();
                bytes += text.len();
                compare(text);
                count += 1;
            }
        }
    }
    println!("{count} resources and Bundles, {:.1} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    assert!(count > 400, "{count}");
}

proptest::proptest! {
    /// Whatever comes in, what goes out is XML that a parser reads, or a fault.
    #[test]
    fn any_change_of_a_resource_makes_xml_or_a_fault(at in 0usize..2_000, byte in proptest::sample::select(b"{}[]\",:\\ \n0a-<&_\xff\x00".to_vec())) {
        let people = fixtures::people::oddities();
        let (_, resource) = &people[at % people.len()];
        let mut text = resource.to_string().into_bytes();
        let place = at % text.len();
        text[place] = byte;
        if let Ok(xml) = from_json(&text) {
            Document::parse(std::str::from_utf8(&xml).unwrap()).unwrap();
        }
    }
}

#[track_caller]
fn compare(json: &str) {
    let xml = written(json);
    let document = Document::parse(&xml).unwrap();
    let raw: &RawValue = serde_json::from_str(json).unwrap();
    resource(raw, document.root_element());
}

type Members = BTreeMap<String, Box<RawValue>>;

fn members(raw: &RawValue) -> Members {
    serde_json::from_str(raw.get()).unwrap()
}

fn resource(raw: &RawValue, node: Node) {
    let mut all = members(raw);
    let name: String = serde_json::from_str(all.remove("resourceType").unwrap().get()).unwrap();
    assert_eq!((node.tag_name().name(), node.tag_name().namespace()), (name.as_str(), Some(NAMESPACE)));
    assert_eq!(node.attributes().len(), 0, "{name}");
    content(all, node);
}

/// Each member has its elements, as many and in the same order, and there is no other.
fn content(all: Members, node: Node) {
    let mut left = node.children().filter(Node::is_element).count();
    assert_eq!(left, node.children().count(), "no text between elements");
    let names: std::collections::BTreeSet<&str> =
        all.keys().map(|key| key.strip_prefix('_').unwrap_or(key)).collect();
    for name in names {
        let (values, beside) =
            (list(all.get(name).map(|raw| &**raw)), list(all.get(&format!("_{name}")).map(|raw| &**raw)));
        let mut found = node.children().filter(|child| child.tag_name().name() == name);
        for at in 0..values.len().max(beside.len()) {
            let (value, about) =
                (values.get(at).and_then(|raw| present(raw)), beside.get(at).and_then(|raw| present(raw)));
            let empty = |raw: &&RawValue| raw.get().trim_start_matches(['{', ' ']).starts_with('}');
            if value.is_none_or(|value| empty(&value)) && about.is_none_or(|about| empty(&about)) {
                continue;
            }
            item(value, about, found.next().unwrap_or_else(|| panic!("{name} is there")));
            left -= 1;
        }
        assert_eq!(found.next(), None, "{name}");
    }
    assert_eq!(left, 0, "nothing else is there");
}

fn list(raw: Option<&RawValue>) -> Vec<Box<RawValue>> {
    match raw {
        None => Vec::new(),
        Some(raw) if raw.get().starts_with('[') => serde_json::from_str(raw.get()).unwrap(),
        Some(raw) => vec![raw.to_owned()],
    }
}

fn present(raw: &RawValue) -> Option<&RawValue> {
    (raw.get() != "null").then_some(raw)
}

fn item(value: Option<&RawValue>, about: Option<&RawValue>, node: Node) {
    let mut all = about.map(members).unwrap_or_default();
    let mut attributes = 0;
    match value {
        Some(raw) if raw.get().starts_with('{') => {
            all = members(raw);
            if all.contains_key("resourceType") {
                assert_eq!((node.children().count(), node.attributes().len()), (1, 0));
                return resource(raw, node.first_child().unwrap());
            }
        }
        Some(raw) if node.tag_name().namespace() != Some(NAMESPACE) => {
            let text: String = serde_json::from_str(raw.get()).unwrap();
            if Document::parse(&text).is_err() {
                let shown = node.text().unwrap_or_default();
                return assert_eq!(shown.trim(), text.trim(), "what is no markup goes in as text");
            }
            let source = &node.document().input_text()[node.range()];
            return assert_eq!(source, text.trim(), "the narrative is the same");
        }
        Some(raw) => {
            attributes += 1;
            assert_eq!(node.attribute("value"), Some(plain(raw).as_str()));
        }
        None => {}
    }
    for key in ["id", "url"] {
        if let Some(found) = node.attribute(key) {
            attributes += 1;
            assert_eq!(found, plain(&all.remove(key).unwrap()));
        }
    }
    assert_eq!(node.attributes().len(), attributes);
    content(all, node);
}

/// A text, or the letters of a number.
fn plain(raw: &RawValue) -> String {
    match raw.get().starts_with('"') {
        true => serde_json::from_str(raw.get()).unwrap(),
        false => raw.get().to_owned(),
    }
}
