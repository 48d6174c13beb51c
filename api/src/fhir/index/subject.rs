//! Whom a resource is about, by the elements that the R4 CompartmentDefinition "patient" names per type.
//! An element that says whom the resource is about (subject, patient, beneficiary) outweighs one that says
//! who took part (performer, author, recipient); the latter count only where none of the former is there.

use super::{follow, target};
use serde_json::Value;

/// Whom a resource is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// These references, as written, without repetition. A `urn:uuid:` stands here as well: only whoever
    /// knows the Bundle can tell what it names. More than one means several people.
    Patient(Vec<String>),
    /// It is a Patient itself.
    IsPatient,
    /// A directory, conformance or knowledge resource, about nobody.
    Directory,
    /// A type without an element that could name a person (Binary, Medication), or one whose element names a
    /// thing or a place, as that of a Device of the ward or of a Provenance does.
    Anyone,
    /// The type has such an element (at this path), but it is empty or names nobody that could be told.
    Missing(String),
}

/// Types whose element may well be empty or name something other than a person: a pump of the ward, a list of
/// supplies, who wrote what.
const OFTEN_OF_NOBODY: [&str; 10] = [
    "AuditEvent",
    "Basic",
    "Device",
    "Group",
    "MeasureReport",
    "Person",
    "Provenance",
    "SupplyDelivery",
    "SupplyRequest",
    "Task",
];

/// Whom a resource of this type is about.
pub fn subject(resource_type: &str, resource: &Value) -> Subject {
    if resource_type == "Patient" {
        return Subject::IsPatient;
    }
    let (about, took_part) = elements(resource_type);
    let mut found = Vec::new();
    gather(resource, about, Untyped::Counts, &mut found);
    if found.is_empty() {
        gather(resource, took_part, Untyped::Ignored, &mut found);
    }
    if !found.is_empty() {
        return Subject::Patient(found);
    }
    if DIRECTORY.contains(&resource_type) {
        return Subject::Directory;
    }
    match path_of_person(resource_type) {
        Some(path) if !names_a_thing(resource, about) => Subject::Missing(path),
        _ => Subject::Anyone,
    }
}

/// Where a resource of this type must name its person; none for a type that is often about nobody.
pub fn path_of_person(resource_type: &str) -> Option<String> {
    let (about, took_part) = elements(resource_type);
    let path =
        [about, took_part].into_iter().flat_map(|paths| paths.split(' ')).find(|path| !path.is_empty())?;
    (!OFTEN_OF_NOBODY.contains(&resource_type) && !DIRECTORY.contains(&resource_type))
        .then(|| format!("{resource_type}.{path}"))
}

/// Whether the element that says what a resource is about names something that is no person: a Location, a
/// Device, a Group.
fn names_a_thing(resource: &Value, about: &str) -> bool {
    let mut named = false;
    for path in about.split(' ').filter(|path| !path.is_empty()) {
        let path: Vec<&str> = path.split('.').collect();
        follow(resource, &path, &mut |value| {
            let text = value.get("reference").and_then(Value::as_str).unwrap_or_default();
            let kind = target(text).0.or_else(|| text.split_once('?').map(|(name, _)| name));
            named |= kind.is_some_and(|kind| kind != "Patient");
        });
    }
    named
}

/// Whether a reference that does not tell its type may be to the patient.
#[derive(Clone, Copy, PartialEq)]
enum Untyped {
    Counts,
    Ignored,
}

fn gather(resource: &Value, paths: &str, untyped: Untyped, found: &mut Vec<String>) {
    for path in paths.split(' ').filter(|path| !path.is_empty()) {
        let path: Vec<&str> = path.split('.').collect();
        follow(resource, &path, &mut |value| {
            let Some(text) = value.get("reference").and_then(Value::as_str) else { return };
            // A conditional reference `Patient?identifier=…` names its type before the mark.
            let named = text.split_once('?').map(|(name, _)| name).or_else(|| target(text).0);
            let counts = match named {
                Some(name) => name == "Patient",
                None => untyped == Untyped::Counts && !text.starts_with('#') && !text.is_empty(),
            };
            if counts && !found.iter().any(|known| known == text) {
                found.push(text.to_owned());
            }
        });
    }
}

/// The elements that say whom a type is about, and those that say who took part.
fn elements(resource_type: &str) -> (&'static str, &'static str) {
    match resource_type {
        "Account"
        | "AdverseEvent"
        | "ChargeItem"
        | "ClinicalImpression"
        | "Condition"
        | "DeviceUseStatement"
        | "DiagnosticReport"
        | "Encounter"
        | "Flag"
        | "Goal"
        | "GuidanceResponse"
        | "ImagingStudy"
        | "Media"
        | "MedicationStatement"
        | "RiskAssessment"
        | "Specimen" => ("subject", ""),
        "AllergyIntolerance" => ("patient", "recorder asserter"),
        "BodyStructure"
        | "ClaimResponse"
        | "Consent"
        | "CoverageEligibilityRequest"
        | "CoverageEligibilityResponse"
        | "Device"
        | "EpisodeOfCare"
        | "FamilyMemberHistory"
        | "Immunization"
        | "ImmunizationEvaluation"
        | "ImmunizationRecommendation"
        | "MolecularSequence"
        | "NutritionOrder"
        | "RelatedPerson"
        | "SupplyDelivery"
        | "VisionPrescription" => ("patient", ""),
        "Appointment" => ("participant.actor", ""),
        "AppointmentResponse" => ("actor", ""),
        "AuditEvent" => ("entity.what", "agent.who"),
        "Basic" => ("subject", "author"),
        "CarePlan" => ("subject", "activity.detail.performer"),
        "CareTeam" => ("subject", "participant.member"),
        "Claim" | "ExplanationOfBenefit" => ("patient", "payee.party"),
        "Communication" => ("subject", "sender recipient"),
        "CommunicationRequest" => ("subject", "sender recipient requester"),
        "Composition" => ("subject", "author attester.party"),
        "Contract" => ("subject", "signer.party"),
        "Coverage" => ("beneficiary", "policyHolder subscriber payor"),
        "DetectedIssue" => ("patient", ""),
        "DeviceRequest" => ("subject", "performer"),
        "DocumentManifest" => ("subject", "author recipient"),
        "DocumentReference" => ("subject", "author"),
        "EnrollmentRequest" => ("candidate", ""),
        "Group" => ("member.entity", ""),
        "Invoice" => ("subject", "recipient"),
        "List" => ("subject", "source"),
        "MeasureReport" => ("subject", ""),
        "MedicationAdministration" => ("subject", "performer.actor"),
        "MedicationDispense" => ("subject", "receiver"),
        "MedicationRequest" => ("subject", ""),
        "Observation" => ("subject", "performer"),
        "Person" => ("link.target", ""),
        "Procedure" => ("subject", "performer.actor"),
        "Provenance" => ("target", ""),
        "QuestionnaireResponse" => ("subject", "source author"),
        "RequestGroup" => ("subject", "action.participant"),
        "ResearchSubject" => ("individual", ""),
        "Schedule" => ("", "actor"),
        "ServiceRequest" => ("subject", "performer"),
        "SupplyRequest" => ("", "deliverTo requester"),
        "Task" => ("for", "focus"),
        _ => ("", ""),
    }
}

const DIRECTORY: [&str; 58] = [
    "ActivityDefinition",
    "CapabilityStatement",
    "CatalogEntry",
    "ChargeItemDefinition",
    "CodeSystem",
    "CompartmentDefinition",
    "ConceptMap",
    "DeviceDefinition",
    "EffectEvidenceSynthesis",
    "Endpoint",
    "EventDefinition",
    "Evidence",
    "EvidenceVariable",
    "ExampleScenario",
    "GraphDefinition",
    "HealthcareService",
    "ImplementationGuide",
    "InsurancePlan",
    "Library",
    "Location",
    "Measure",
    "MedicationKnowledge",
    "MedicinalProduct",
    "MedicinalProductAuthorization",
    "MedicinalProductContraindication",
    "MedicinalProductIndication",
    "MedicinalProductIngredient",
    "MedicinalProductInteraction",
    "MedicinalProductManufactured",
    "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect",
    "MessageDefinition",
    "NamingSystem",
    "ObservationDefinition",
    "OperationDefinition",
    "Organization",
    "OrganizationAffiliation",
    "PlanDefinition",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "ResearchDefinition",
    "ResearchElementDefinition",
    "ResearchStudy",
    "RiskEvidenceSynthesis",
    "Schedule",
    "SearchParameter",
    "Slot",
    "SpecimenDefinition",
    "StructureDefinition",
    "StructureMap",
    "SubstanceSpecification",
    "TerminologyCapabilities",
    "TestReport",
    "TestScript",
    "ValueSet",
    "SubstanceReferenceInformation",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::check::known_type;
    use serde_json::json;

    #[test]
    fn the_subject_of_a_resource() {
        let patients = |list: &[&str]| Subject::Patient(list.iter().map(|r| (*r).to_owned()).collect());
        let at = |reference: &str| json!({"reference": reference});
        let missing = |path: &str| Subject::Missing(path.to_owned());
        let cases = [
            ("Patient", json!({}), Subject::IsPatient),
            ("Practitioner", json!({}), Subject::Directory),
            ("Organization", json!({}), Subject::Directory),
            (
                "Observation",
                json!({"subject": at("Patient/1"), "performer": [at("Patient/2")]}),
                patients(&["Patient/1"]),
            ),
            ("Observation", json!({"subject": at("urn:uuid:1")}), patients(&["urn:uuid:1"])),
            (
                "Observation",
                json!({"subject": at("Location/1"), "performer": [at("Patient/2")]}),
                patients(&["Patient/2"]),
            ),
            (
                "Observation",
                json!({"subject": at("Location/1"), "performer": [at("urn:uuid:2")]}),
                Subject::Anyone,
            ),
            ("Observation", json!({}), missing("Observation.subject")),
            ("Observation", json!({"subject": {"display": "A. B."}}), missing("Observation.subject")),
            ("Observation", json!({"subject": at("")}), missing("Observation.subject")),
            ("Observation", json!({"subject": at("Group/1")}), Subject::Anyone),
            ("Immunization", json!({"patient": null}), missing("Immunization.patient")),
            ("Appointment", json!({"participant": []}), missing("Appointment.participant.actor")),
            ("Appointment", json!({"participant": [{"actor": at("Practitioner/1")}]}), Subject::Anyone),
            ("Coverage", json!({"payor": [at("Organization/1")]}), missing("Coverage.beneficiary")),
            ("Device", json!({}), Subject::Anyone),
            ("Provenance", json!({"target": [at("Observation/1")]}), Subject::Anyone),
            ("Bundle", json!({}), Subject::Anyone),
            ("Substance", json!({}), Subject::Anyone),
            (
                "Coverage",
                json!({"beneficiary": at("Patient/1"), "subscriber": at("Patient/2")}),
                patients(&["Patient/1"]),
            ),
            (
                "Immunization",
                json!({"patient": at("https://x.org/fhir/Patient/1")}),
                patients(&["https://x.org/fhir/Patient/1"]),
            ),
            (
                "Appointment",
                json!({"participant": [{"actor": at("Practitioner/1")}, {"actor": at("Patient/1")}, {"actor": at("Patient/1")}]}),
                patients(&["Patient/1"]),
            ),
            (
                "Group",
                json!({"member": [{"entity": at("Patient/1")}, {"entity": at("Patient/2")}]}),
                patients(&["Patient/1", "Patient/2"]),
            ),
            (
                "Provenance",
                json!({"target": [at("Observation/1"), at("Patient/1")]}),
                patients(&["Patient/1"]),
            ),
            (
                "Condition",
                json!({"subject": at("Patient?identifier=x|1")}),
                patients(&["Patient?identifier=x|1"]),
            ),
            ("Schedule", json!({"actor": [at("Location/1")]}), Subject::Directory),
            ("Schedule", json!({"actor": [at("Patient/1")]}), patients(&["Patient/1"])),
            ("Medication", json!({}), Subject::Anyone),
            ("Binary", json!({}), Subject::Anyone),
            ("Flag", json!({"subject": at("#p")}), missing("Flag.subject")),
            ("Flag", json!({"subject": {"reference": 3}}), missing("Flag.subject")),
        ];
        for (name, resource, expected) in cases {
            assert_eq!(subject(name, &resource), expected, "{name} {resource}");
        }
        DIRECTORY.iter().chain(&OFTEN_OF_NOBODY).for_each(|name| assert!(known_type(name), "{name}"));
    }
}
