//! Where each search parameter is defined, for the capability statement: US Core has its own definitions of those it
//! names, FHIR R4 of the others (searchparameter-registry.html), two of insurers' claims are of CARIN.

use super::us_core::SEARCHES;

const US_CORE: &str = "http://hl7.org/fhir/us/core/SearchParameter/us-core-";
const BASE: &str = "http://hl7.org/fhir/SearchParameter/";

/// The canonical address of a parameter's definition. None for what is a parameter of this server only.
pub fn definition(resource_type: &str, param: &str) -> Option<String> {
    match (resource_type, param) {
        ("Patient", "race" | "ethnicity") => Some(format!("{US_CORE}{param}")),
        ("ExplanationOfBenefit", "type" | "service-date") => {
            Some(format!("http://hl7.org/fhir/us/carin-bb/SearchParameter/explanationofbenefit-{param}"))
        }
        // R4 has its subject only.
        ("AdverseEvent" | "SupplyRequest", "patient") => None,
        _ if is_us_core(resource_type, param) => {
            let of = resource_type.to_ascii_lowercase();
            Some(format!("{US_CORE}{of}-{}", param.trim_start_matches('_')))
        }
        _ => Some(base(resource_type, param)),
    }
}

/// Whether US Core 6.1 defines the parameter: what it wants searched, and by the by a given name.
fn is_us_core(resource_type: &str, param: &str) -> bool {
    let of_type = SEARCHES.iter().filter(|(known, ..)| *known == resource_type);
    let mut named =
        of_type.flat_map(|(_, must, should)| [must, should]).flat_map(|all| all.split([' ', '+']));
    named.any(|name| name == param) || (resource_type, param) == ("Patient", "given")
}

/// The definition of R4. Several types share some.
fn base(resource_type: &str, param: &str) -> String {
    let shared = SHARED.iter().find(|(_, known, types)| {
        *known == param && (*types == "*" || types.split(' ').any(|known| known == resource_type))
    });
    let of = shared.map_or(resource_type, |(of, ..)| of);
    format!("{BASE}{of}-{}", param.trim_start_matches('_'))
}

/// What a shared definition is called after, its parameter, and the types that share it; `*`: all.
const SHARED: &[(&str, &str, &str)] = &[
    ("Resource", "_id", "*"),
    ("Resource", "_lastUpdated", "*"),
    (
        "clinical",
        "code",
        "AllergyIntolerance Condition DeviceRequest DiagnosticReport FamilyMemberHistory List Medication MedicationAdministration MedicationDispense MedicationRequest MedicationStatement Observation Procedure ServiceRequest",
    ),
    (
        "clinical",
        "date",
        "AllergyIntolerance CarePlan CareTeam ClinicalImpression Composition Consent DiagnosticReport Encounter EpisodeOfCare FamilyMemberHistory Flag Immunization List Observation Procedure RiskAssessment SupplyRequest",
    ),
    (
        "clinical",
        "encounter",
        "Composition DeviceRequest DiagnosticReport DocumentReference Flag List NutritionOrder Observation Procedure RiskAssessment ServiceRequest VisionPrescription",
    ),
    (
        "clinical",
        "identifier",
        "AllergyIntolerance CarePlan CareTeam Composition Condition Consent DetectedIssue DeviceRequest DiagnosticReport DocumentReference Encounter EpisodeOfCare FamilyMemberHistory Goal ImagingStudy Immunization List MedicationAdministration MedicationDispense MedicationRequest MedicationStatement NutritionOrder Observation Procedure RiskAssessment ServiceRequest SupplyDelivery SupplyRequest VisionPrescription",
    ),
    (
        "clinical",
        "patient",
        "AllergyIntolerance CarePlan CareTeam ClinicalImpression Composition Condition Consent DetectedIssue DeviceRequest DeviceUseStatement DiagnosticReport DocumentReference Encounter EpisodeOfCare FamilyMemberHistory Flag Goal ImagingStudy Immunization List MedicationAdministration MedicationDispense MedicationRequest MedicationStatement NutritionOrder Observation Procedure RiskAssessment ServiceRequest SupplyDelivery VisionPrescription",
    ),
    ("clinical", "type", "Composition DocumentReference Encounter EpisodeOfCare"),
    ("medications", "encounter", "MedicationRequest"),
    (
        "medications",
        "medication",
        "MedicationAdministration MedicationDispense MedicationRequest MedicationStatement",
    ),
    (
        "medications",
        "status",
        "MedicationAdministration MedicationDispense MedicationRequest MedicationStatement",
    ),
    ("individual", "address", "Patient Practitioner"),
    ("individual", "address-city", "Patient Practitioner"),
    ("individual", "address-postalcode", "Patient Practitioner"),
    ("individual", "address-state", "Patient Practitioner"),
    ("individual", "birthdate", "Patient"),
    ("individual", "family", "Patient Practitioner"),
    ("individual", "gender", "Patient Practitioner"),
    ("individual", "given", "Patient Practitioner"),
    ("individual", "telecom", "Patient Practitioner"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_found() {
        for (resource_type, param, expected) in [
            (
                "Observation",
                "code",
                Some("http://hl7.org/fhir/us/core/SearchParameter/us-core-observation-code"),
            ),
            ("Patient", "_id", Some("http://hl7.org/fhir/us/core/SearchParameter/us-core-patient-id")),
            ("Patient", "race", Some("http://hl7.org/fhir/us/core/SearchParameter/us-core-race")),
            ("Observation", "_id", Some("http://hl7.org/fhir/SearchParameter/Resource-id")),
            ("Observation", "_lastUpdated", Some("http://hl7.org/fhir/SearchParameter/Resource-lastUpdated")),
            ("Observation", "identifier", Some("http://hl7.org/fhir/SearchParameter/clinical-identifier")),
            (
                "MedicationRequest",
                "medication",
                Some("http://hl7.org/fhir/SearchParameter/medications-medication"),
            ),
            ("Practitioner", "family", Some("http://hl7.org/fhir/SearchParameter/individual-family")),
            ("Provenance", "target", Some("http://hl7.org/fhir/SearchParameter/Provenance-target")),
            ("Group", "_id", Some("http://hl7.org/fhir/SearchParameter/Resource-id")),
            (
                "ExplanationOfBenefit",
                "type",
                Some("http://hl7.org/fhir/us/carin-bb/SearchParameter/explanationofbenefit-type"),
            ),
            ("AdverseEvent", "patient", None),
        ] {
            assert_eq!(definition(resource_type, param).as_deref(), expected, "{resource_type} {param}");
        }
    }
}
