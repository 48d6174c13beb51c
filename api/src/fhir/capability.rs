//! What this server can do, said from the tables by which it does it (FHIR R4, CapabilityStatement; US Core 6.1, server).

use serde_json::{Value, json};

use super::index::{self, Kind};
use super::search::us_core::SEARCHES;
use super::search::{all_served, definition, includes, searchable};

/// What the statement cannot know by itself.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// The address of the FHIR server, without a slash at the end.
    pub base: &'a str,
    /// The address of the authorization server, without a slash at the end.
    pub oauth: &'a str,
    /// The page on which people see and stop their apps.
    pub apps: &'a str,
    /// The clinic.
    pub clinic: &'a str,
    /// The version of the program.
    pub version: &'a str,
}

/// The profiles of US Core 6.1, and those that 7.0 adds, whose elements are kept and handed out, by type. Their addresses have the name behind
/// [`PROFILES`].
const SUPPORTED: &[(&str, &str)] = &[
    ("AllergyIntolerance", "us-core-allergyintolerance"),
    ("CarePlan", "us-core-careplan"),
    ("CareTeam", "us-core-careteam"),
    ("Condition", "us-core-condition-encounter-diagnosis us-core-condition-problems-health-concerns"),
    ("Coverage", "us-core-coverage"),
    ("Device", "us-core-implantable-device"),
    ("DiagnosticReport", "us-core-diagnosticreport-lab us-core-diagnosticreport-note"),
    ("DocumentReference", "us-core-documentreference"),
    ("Encounter", "us-core-encounter"),
    ("Goal", "us-core-goal"),
    ("Immunization", "us-core-immunization"),
    ("Location", "us-core-location"),
    ("Medication", "us-core-medication"),
    ("MedicationDispense", "us-core-medicationdispense"),
    ("MedicationRequest", "us-core-medicationrequest"),
    (
        "Observation",
        "head-occipital-frontal-circumference-percentile pediatric-bmi-for-age pediatric-weight-for-height \
         us-core-average-blood-pressure us-core-blood-pressure us-core-bmi us-core-body-height \
         us-core-body-temperature us-core-body-weight us-core-care-experience-preference us-core-head-circumference \
         us-core-heart-rate us-core-observation-clinical-result us-core-observation-lab \
         us-core-observation-occupation us-core-observation-pregnancyintent us-core-observation-pregnancystatus \
         us-core-observation-screening-assessment us-core-observation-sexual-orientation us-core-pulse-oximetry \
         us-core-respiratory-rate us-core-simple-observation us-core-smokingstatus \
         us-core-treatment-intervention-preference us-core-vital-signs",
    ),
    ("Organization", "us-core-organization"),
    ("Patient", "us-core-patient"),
    ("Practitioner", "us-core-practitioner"),
    ("PractitionerRole", "us-core-practitionerrole"),
    ("Procedure", "us-core-procedure"),
    ("Provenance", "us-core-provenance"),
    ("QuestionnaireResponse", "us-core-questionnaireresponse"),
    ("RelatedPerson", "us-core-relatedperson"),
    ("ServiceRequest", "us-core-servicerequest"),
    ("Specimen", "us-core-specimen"),
];

/// The patterns of IHE BALP that lines of the log follow.
const AUDIT: [&str; 3] = ["PatientRead", "PatientQuery", "PrivacyDisclosure.Source"];

/// What the definition of `$docref` leaves to the server and asks it to tell.
const DOCREF: &str = "Documents of every type; of several types, in one parameter or in several, each document that is of \
    one. Profiles are not looked at: every document fits that of US Core. Without dates and types the newest summary of \
    care, or all documents where there is none. No document is made on demand. For any patient but that of the token an \
    empty Bundle.";

/// Where the profiles of US Core are.
const PROFILES: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";

/// The statement.
pub fn statement(about: &About) -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "id": "recordright",
        "url": format!("{}/metadata", about.base),
        "name": "Recordright",
        "title": "Recordright: patients' access by apps",
        "status": "active",
        "date": "2026-11-22",
        "publisher": about.clinic,
        "description": "Patients, and those who act for them, let apps of their choice read the record. Nothing can be written.",
        "kind": "instance",
        "instantiates": [
            "http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server",
            "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data",
        ],
        "implementationGuide": [
            "http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core|6.1.0",
            "http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core|7.0.0",
        ],
        "software": {"name": "Recordright", "version": about.version},
        "implementation": {"description": format!("Records of {}", about.clinic), "url": about.base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "application/fhir+xml", "json", "xml"],
        "rest": [{
            "mode": "server",
            "documentation": "A token is about one patient: each search is about that patient, whether it says so or not. \
                What the patient did not allow the app is answered with 403, what is not here or not to be seen with 404. \
                Unknown parameters are left out and told in the answer, or refused with Prefer: handling=strict; \
                an operation always refuses them. \
                Times without a zone are UTC. Pages are linked by next, for a day.",
            "security": security(about),
            "resource": resources(),
        }],
    })
}

fn security(about: &About<'_>) -> Value {
    let uris = [
        ("authorize", "authorize"),
        ("token", "token"),
        ("introspect", "introspect"),
        ("revoke", "revoke"),
        ("register", "register"),
    ];
    let uri =
        |(name, path): (&str, &str)| json!({"url": name, "valueUri": format!("{}/{path}", about.oauth)});
    // Where the person manages what apps may see.
    let uris = uris.map(uri).into_iter().chain([json!({"url": "manage", "valueUri": about.apps})]);
    json!({
        "extension": [{
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": uris.collect::<Vec<_>>(),
        }],
        "cors": true,
        "service": [{
            "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                "code": "SMART-on-FHIR",
                "display": "SMART-on-FHIR",
            }],
            "text": "OAuth 2 by SMART App Launch (www.hl7.org/fhir/smart-app-launch)",
        }],
        "description": "Every read needs an access token that the patient gave the app; this statement and .well-known/smart-configuration do not.",
    })
}

fn resource(kind: &'static str) -> Value {
    let mut interactions = vec!["read", "vread", "history-instance"];
    if searchable(kind) {
        interactions.push("search-type");
    }
    let interactions: Vec<Value> = interactions.into_iter().map(|code| json!({"code": code})).collect();
    let mut made = json!({"type": kind, "interaction": interactions, "versioning": "versioned", "readHistory": true,
        "conditionalRead": "full-support", "referencePolicy": ["literal", "local"]});
    if !includes(kind) {
        // Of what is not in the record, as of the log and of permissions, there is the state of now.
        made["readHistory"] = json!(false);
    }
    if let Some(text) = about(kind) {
        made["documentation"] = json!(text);
    }
    if let Some((_, profiles)) = SUPPORTED.iter().find(|(known, _)| *known == kind) {
        let profiles: Vec<String> =
            profiles.split_whitespace().map(|name| format!("{PROFILES}{name}")).collect();
        made["supportedProfile"] = json!(profiles);
    }
    if kind == "AuditEvent" {
        let address =
            |name| format!("https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.{name}");
        made["supportedProfile"] = json!(AUDIT.map(address));
    }
    if let Some((_, must, should)) = SEARCHES.iter().find(|(known, ..)| *known == kind) {
        let combined = |all: &'static str, expected: &'static str| {
            all.split_whitespace().filter(|one| one.contains('+')).map(move |one| combination(one, expected))
        };
        let all: Vec<Value> = combined(must, "SHALL").chain(combined(should, "SHOULD")).collect();
        if !all.is_empty() {
            made["extension"] = json!(all);
        }
    }
    if searchable(kind) {
        let rows = index::rows(kind);
        let mut params: Vec<Value> = rows.iter().map(|row| param(kind, (row.param, row.kind))).collect();
        params.push(param(kind, ("_lastUpdated", Kind::Date)));
        made["searchParam"] = json!(params);
        let references = rows.iter().filter(|row| matches!(row.kind, Kind::Reference | Kind::Patient));
        let all: Vec<String> = references.map(|row| format!("{kind}:{}", row.param)).collect();
        if !all.is_empty() && includes(kind) {
            made["searchInclude"] = json!(all);
        }
        if kind != "Provenance" && includes(kind) {
            made["searchRevInclude"] = json!(["Provenance:target"]);
        }
    }
    let operations: &[(&str, &str)] = match kind {
        "Patient" => &[
            ("everything", "http://hl7.org/fhir/OperationDefinition/Patient-everything"),
            ("export", "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"),
        ],
        "DocumentReference" => &[("docref", "http://hl7.org/fhir/us/core/OperationDefinition/docref")],
        _ => &[],
    };
    let operation = |(name, definition): &(&str, &str)| {
        let mut made = json!({"name": name, "definition": definition});
        if *name == "docref" {
            made["documentation"] = json!(DOCREF);
        }
        made
    };
    if !operations.is_empty() {
        made["operation"] = operations.iter().map(operation).collect();
    }
    made
}

/// What is different about a type.
fn about(kind: &str) -> Option<&'static str> {
    match kind {
        "AuditEvent" => Some(
            "The log of accesses, newest first: the only order is -date. Reading it is one more line, which is not on the \
             page. An app that sees a part of the record reads the lines of its own connection.",
        ),
        "Consent" => Some(
            "Permissions, limits and connections of apps, with their state of now, before what sources wrote. The orders \
             are date and -date.",
        ),
        _ => None,
    }
}

fn resources() -> Vec<Value> {
    let apps = all_served().into_iter().filter(|kind| *kind != "Group");
    apps.map(resource).chain([group()]).collect()
}

/// Groups of patients are for systems: they read them, and export what their members have.
fn group() -> Value {
    json!({
        "type": "Group",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [param("Group", ("_id", Kind::Token)), param("Group", ("_lastUpdated", Kind::Date))],
        "operation": [{
            "name": "export",
            "definition": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export",
        }],
        "documentation": "For systems that were agreed with the clinic (SMART Backend Services). Who is in a group comes with an export.",
    })
}

/// Parameters that are answered together.
fn combination(joined: &str, expected: &str) -> Value {
    const AT: &str = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-";
    let required = joined.split('+').map(|name| json!({"url": "required", "valueString": name}));
    let expectation = json!({"url": format!("{AT}expectation"), "valueCode": expected});
    let parts: Vec<Value> = std::iter::once(expectation).chain(required).collect();
    json!({"url": format!("{AT}search-parameter-combination"), "extension": parts})
}

fn param(resource_type: &str, (name, kind): (&str, Kind)) -> Value {
    let (kind, documentation) = match kind {
        Kind::Token => (
            "token",
            "code, system|code, |code or system|; several with commas; modifiers not, text, missing",
        ),
        Kind::Date => (
            "date",
            "any precision, prefixes eq ne gt lt ge le sa eb ap; eq finds what lies wholly within the date, ap what overlaps it; modifier missing",
        ),
        Kind::Reference => ("reference", "id, Type/id or address; modifiers Type, identifier, missing"),
        Kind::Patient => (
            "reference",
            "the patient of the token: id, Patient/id or address; modifiers identifier, missing",
        ),
        Kind::Text => (
            "string",
            "the beginning of a part, without case and accents; modifiers exact, contains, missing",
        ),
        Kind::Quantity => ("quantity", "number or number|system|unit, with prefixes; modifier missing"),
    };
    let mut made = json!({"name": name});
    if let Some(definition) = definition(resource_type, name) {
        made["definition"] = json!(definition);
    }
    made["type"] = json!(kind);
    made["documentation"] = json!(documentation);
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::check::check;

    #[test]
    fn the_statement_is_sound_and_tells_what_the_tables_hold() {
        let made = statement(&About {
            base: "https://r.example/fhir",
            oauth: "https://r.example/oauth",
            apps: "https://r.example/apps",
            clinic: "A clinic",
            version: "1",
        });
        assert_eq!(check(&made), vec![]);
        let resources = made["rest"][0]["resource"].as_array().unwrap();
        let of = |kind: &str| resources.iter().find(|one| one["type"] == kind).unwrap();
        let mut types: Vec<&str> = resources.iter().map(|one| one["type"].as_str().unwrap()).collect();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), resources.len(), "each type once (cpb-9)");
        for one in resources {
            let params = one["searchParam"].as_array();
            let mut names: Vec<&str> =
                params.into_iter().flatten().map(|p| p["name"].as_str().unwrap()).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "each parameter once (cpb-12)");
            for param in params.into_iter().flatten() {
                let defined =
                    param["definition"].as_str().is_some_and(|at| at.starts_with("http://hl7.org/fhir/"));
                let ours = param["name"] == "patient"
                    && (one["type"] == "AdverseEvent" || one["type"] == "SupplyRequest");
                assert_ne!(defined, ours, "{} {}", one["type"], param["name"]);
            }
        }
        for (kind, must, should) in SEARCHES {
            let combinations = format!("{must} {should}");
            let told = of(kind)["searchParam"].as_array().unwrap();
            for name in combinations.split([' ', '+']).filter(|name| !name.trim().is_empty()) {
                assert!(told.iter().any(|param| param["name"] == name.trim()), "{kind} {name}");
            }
            assert!(of(kind)["supportedProfile"].as_array().is_some_and(|all| !all.is_empty()), "{kind}");
        }
        assert!(
            of("MedicationRequest")["searchInclude"]
                .as_array()
                .unwrap()
                .contains(&json!("MedicationRequest:medication"))
        );
        for kind in ["AuditEvent", "Consent"] {
            let one = of(kind);
            assert!(one.get("searchInclude").or(one.get("searchRevInclude")).is_none(), "{kind}");
            assert_eq!((&one["readHistory"], one["searchParam"].as_array().is_some()), (&json!(false), true));
        }
        assert_eq!(of("DocumentReference")["operation"][0]["name"], "docref");
        assert!(of("Binary").get("searchParam").is_none());
    }
}
