//! Parts of a resource (`_summary`, `_elements`; search.html#summary). What is cut says so by the tag SUBSETTED.

use serde_json::{Map, Value, json};

use crate::fhir::check;
use crate::fhir::search::Summary;

/// Which part of a resource is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// `_summary`.
    pub summary: Summary,
    /// `_elements`; all if empty.
    pub elements: Vec<String>,
}

impl Cut {
    /// Whether a resource goes out whole.
    pub fn is_whole(&self) -> bool {
        self.elements.is_empty() && matches!(self.summary, Summary::Whole | Summary::Count)
    }
}

/// The elements at the top of a type that the standard marks as its summary; `*` for any type of a choice. Of a type
/// that is not here all but the narrative is its summary.
const SUMMARIES: &[(&str, &str)] = &[
    (
        "AllergyIntolerance",
        "asserter category clinicalStatus code criticality identifier patient type verificationStatus",
    ),
    (
        "CarePlan",
        "addresses author basedOn category created description encounter identifier instantiatesCanonical instantiatesUri intent partOf period replaces status subject title",
    ),
    ("CareTeam", "category encounter identifier managingOrganization name period status subject"),
    (
        "Condition",
        "asserter bodySite clinicalStatus code encounter identifier onset* recordedDate recorder subject verificationStatus",
    ),
    (
        "Coverage",
        "beneficiary dependent identifier network order payor period policyHolder status subscriber subscriberId type",
    ),
    ("Device", "safety status udiCarrier"),
    (
        "DiagnosticReport",
        "category code effective* encounter identifier issued media performer resultsInterpreter status subject",
    ),
    (
        "DocumentReference",
        "author category content context date description docStatus identifier masterIdentifier relatesTo securityLabel status subject type",
    ),
    (
        "Encounter",
        "appointment class diagnosis episodeOfCare identifier participant reasonCode reasonReference serviceType status subject type",
    ),
    (
        "Goal",
        "achievementStatus category description expressedBy lifecycleStatus priority start* statusDate subject",
    ),
    ("Immunization", "isSubpotent note occurrence* patient performer primarySource status vaccineCode"),
    (
        "Location",
        "description identifier managingOrganization mode name operationalStatus physicalType status type",
    ),
    ("Medication", "amount code identifier manufacturer status"),
    ("MedicationDispense", "medication* status subject whenPrepared"),
    (
        "MedicationRequest",
        "authoredOn basedOn doNotPerform groupIdentifier instantiatesCanonical instantiatesUri intent medication* performerType priority reported* requester status subject",
    ),
    (
        "Observation",
        "basedOn code component derivedFrom effective* encounter focus hasMember identifier issued partOf performer status subject value*",
    ),
    ("Organization", "active identifier name partOf type"),
    (
        "Patient",
        "active address birthDate deceased* gender identifier link managingOrganization name telecom",
    ),
    ("Practitioner", "active address birthDate gender identifier name telecom"),
    (
        "PractitionerRole",
        "active code identifier location organization period practitioner specialty telecom",
    ),
    (
        "Procedure",
        "asserter basedOn bodySite category code encounter identifier instantiatesCanonical instantiatesUri location outcome partOf performed* performer reasonCode reasonReference recorder status statusReason subject",
    ),
    ("Provenance", "recorded target"),
    (
        "QuestionnaireResponse",
        "author authored basedOn encounter identifier partOf questionnaire source status subject",
    ),
    ("RelatedPerson", "active address birthDate gender identifier name patient relationship telecom"),
    (
        "ServiceRequest",
        "asNeeded* authoredOn basedOn bodySite category code doNotPerform encounter identifier instantiatesCanonical instantiatesUri intent locationCode locationReference occurrence* orderDetail patientInstruction performer performerType priority quantity* reasonCode reasonReference replaces requester requisition specimen status subject",
    ),
    ("Specimen", "accessionIdentifier condition identifier receivedTime status subject type"),
];

/// Elements that stay whatever is asked for.
const ALWAYS: [&str; 4] = ["resourceType", "id", "meta", "implicitRules"];

/// Keeps the part that is wanted. Bytes that cannot be read go out as they are.
pub fn cut(raw: &[u8], cut: &Cut) -> Vec<u8> {
    let Ok(Value::Object(whole)) = serde_json::from_slice::<Value>(raw) else { return raw.to_vec() };
    let kind = whole.get("resourceType").and_then(Value::as_str).unwrap_or_default().to_owned();
    let required = check::required(&kind);
    let asked = |name: &str| required.contains(&name) || keeps(&kind, cut, name);
    let mut part: Map<String, Value> = whole
        .into_iter()
        .filter(|(name, _)| {
            let name = name.strip_prefix('_').unwrap_or(name);
            ALWAYS.contains(&name) || asked(name)
        })
        .collect();
    let meta = part.entry("meta").or_insert_with(|| json!({}));
    if let Some(meta) = meta.as_object_mut() {
        let tags = meta.entry("tag").or_insert_with(|| json!([]));
        if let Some(tags) = tags.as_array_mut() {
            let system = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
            tags.push(json!({"system": system, "code": "SUBSETTED"}));
        }
    }
    serde_json::to_vec(&part).unwrap_or_else(|_| raw.to_vec())
}

fn keeps(kind: &str, cut: &Cut, name: &str) -> bool {
    if !cut.elements.is_empty() {
        return cut.elements.iter().any(|asked| fits(asked, name) || is_choice(asked, name));
    }
    match cut.summary {
        Summary::Whole | Summary::Count => true,
        Summary::Text => name == "text",
        Summary::Data => name != "text",
        Summary::True => match SUMMARIES.iter().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.split(' ').any(|known| fits(known, name)),
            None => name != "text",
        },
    }
}

fn fits(known: &str, name: &str) -> bool {
    known.strip_suffix('*').map_or(known == name, |choice| is_choice(choice, name))
}

/// Whether `valueQuantity` is a `value`.
fn is_choice(choice: &str, name: &str) -> bool {
    name.strip_prefix(choice).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
        && CHOICES.contains(&choice)
}

/// The choices at the top of resources.
const CHOICES: [&str; 16] = [
    "abatement",
    "asNeeded",
    "born",
    "created",
    "deceased",
    "definition",
    "effective",
    "medication",
    "multipleBirth",
    "occurrence",
    "onset",
    "performed",
    "quantity",
    "reported",
    "start",
    "value",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut() {
        let whole = json!({"resourceType": "Observation", "id": "o", "meta": {"versionId": "1"},
            "text": {"status": "generated"}, "status": "final", "_status": {"id": "x"}, "category": [{}],
            "code": {}, "note": [], "valueQuantity": {}, "valueless": 1});
        for (summary, elements, expected) in [
            (Summary::True, "", "resourceType id meta status _status code valueQuantity"),
            (Summary::Text, "", "resourceType id meta text status _status code"),
            (
                Summary::Data,
                "",
                "resourceType id meta status _status category code note valueQuantity valueless",
            ),
            (Summary::Whole, "note", "resourceType id meta status _status code note"),
            (Summary::Whole, "value,nothing", "resourceType id meta status _status code valueQuantity"),
        ] {
            let elements: Vec<String> =
                elements.split(',').filter(|e| !e.is_empty()).map(str::to_owned).collect();
            let wanted = Cut { summary, elements };
            assert!(!wanted.is_whole());
            let part: Value = serde_json::from_slice(&cut(whole.to_string().as_bytes(), &wanted)).unwrap();
            let names: Vec<&str> = part.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names.join(" "), expected, "{wanted:?}");
            assert_eq!(part["meta"]["tag"][0]["code"], "SUBSETTED");
            assert_eq!(part["meta"]["versionId"], "1");
        }
        assert!(Cut { summary: Summary::Whole, elements: vec![] }.is_whole());
        let of_other = json!({"resourceType": "Media", "text": {}, "content": {}, "note": []});
        let wanted = Cut { summary: Summary::True, elements: vec![] };
        let part: Value = serde_json::from_slice(&cut(of_other.to_string().as_bytes(), &wanted)).unwrap();
        assert!(part.get("text").is_none() && part.get("note").is_some());
        assert_eq!(cut(b"no json", &wanted), b"no json");
    }
}
