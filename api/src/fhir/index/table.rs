//! The search parameters: per resource type the parameter, its kind and the paths to its values.
//! They are those that US Core 6.1 names for its types, and the common ones of the other types that a
//! patient's record holds. Several paths stand with `|` between them; a choice is spelled out.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::check::tables::{self, tables};

/// How a value is read; the shape of the JSON tells the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A code, an identifier, a flag.
    Token,
    /// A date, a Period, a Timing.
    Date,
    /// A reference or a canonical address.
    Reference,
    /// A reference, unless it says that it points to something other than a Patient.
    Patient,
    /// A text, or the parts of a name or an address.
    Text,
    /// An amount with its unit.
    Quantity,
}
use Kind::*;

/// One search parameter of a type.
#[derive(Debug)]
pub struct Row {
    /// Its name.
    pub param: &'static str,
    /// How its values are read.
    pub kind: Kind,
    /// Where they stand.
    pub(super) paths: Vec<Vec<&'static str>>,
    /// The code systems that an element of the type `code` implies, by the value set that binds it: JSON has none there.
    pub systems: Vec<&'static str>,
}

/// Raised with each change of how values are read by the table (`fhir/index.rs`): what is stored is indexed anew then.
const VERSION: u32 = 1;

/// What tells this table from others.
pub fn rules() -> String {
    format!("{VERSION}\n{TABLE:?}")
}

/// The types that have parameters of their own, in the order of the alphabet.
pub fn types() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, _)| *name)
}

/// The parameters of a type, `_id` first; only `_id` for a type without more.
pub fn rows(resource_type: &str) -> &'static [Row] {
    static ROWS: LazyLock<HashMap<&'static str, Vec<Row>>> = LazyLock::new(|| {
        let mut rows: HashMap<&'static str, Vec<Row>> = HashMap::new();
        rows.insert("", vec![row("", ("_id", Token, "id"))]);
        for (resource_type, params) in TABLE {
            let own = [("_id", Token, "id")].into_iter().chain(params.iter().copied());
            rows.insert(resource_type, own.map(|one| row(resource_type, one)).collect());
        }
        rows
    });
    ROWS.get(resource_type).or_else(|| ROWS.get("")).map_or(&[], Vec::as_slice)
}

fn row(resource_type: &str, (param, kind, paths): (&'static str, Kind, &'static str)) -> Row {
    let paths: Vec<Vec<&'static str>> = paths.split('|').map(|path| path.split('.').collect()).collect();
    let systems = paths.iter().flat_map(|path| implied(resource_type, path)).collect();
    Row { param, kind, paths, systems }
}

/// The code systems of the value set that binds the element of the type `code` at a path, if it is one.
fn implied(resource_type: &str, path: &[&str]) -> Vec<&'static str> {
    let mut at = tables().resource(resource_type);
    for (nth, name) in path.iter().enumerate() {
        let Some(field) = at.and_then(|of| of.field(name)) else { return Vec::new() };
        match field.kind {
            tables::Kind::Object(number) => at = Some(tables().at(number)),
            tables::Kind::Primitive(_) if nth + 1 == path.len() => {
                let list = field.codes.and_then(|number| tables().code_list(number));
                return list.into_iter().flat_map(tables::CodeList::systems).collect();
            }
            _ => return Vec::new(),
        }
    }
    Vec::new()
}

/// The address of an extension that a path names with `$`.
pub(super) fn extension(name: &str) -> Option<&'static str> {
    match name {
        "$assertedDate" => Some("http://hl7.org/fhir/StructureDefinition/condition-assertedDate"),
        "$race" => Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"),
        "$ethnicity" => Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity"),
        _ => None,
    }
}

type Params = &'static [(&'static str, Kind, &'static str)];

const TABLE: &[(&str, Params)] = &[
    (
        "Account",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
        ],
    ),
    (
        "AdverseEvent",
        &[
            ("category", Token, "category"),
            ("event", Token, "event"),
            ("date", Date, "date"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
        ],
    ),
    (
        "AllergyIntolerance",
        &[
            ("identifier", Token, "identifier"),
            ("clinical-status", Token, "clinicalStatus"),
            ("verification-status", Token, "verificationStatus"),
            ("category", Token, "category"),
            ("code", Token, "code|reaction.substance"),
            ("date", Date, "recordedDate"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "Appointment",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("date", Date, "start"),
            ("patient", Patient, "participant.actor"),
        ],
    ),
    (
        "AuditEvent",
        &[
            ("type", Token, "type"),
            ("subtype", Token, "subtype"),
            ("action", Token, "action"),
            ("outcome", Token, "outcome"),
            ("date", Date, "recorded"),
            ("patient", Patient, "agent.who|entity.what"),
            ("agent", Reference, "agent.who"),
            ("agent-name", Text, "agent.name"),
            ("agent-role", Token, "agent.role"),
            ("site", Token, "source.site"),
            ("source", Reference, "source.observer"),
            ("entity", Reference, "entity.what"),
            ("entity-type", Token, "entity.type"),
            ("entity-role", Token, "entity.role"),
        ],
    ),
    (
        "CarePlan",
        &[
            ("identifier", Token, "identifier"),
            ("category", Token, "category"),
            ("status", Token, "status"),
            ("date", Date, "period"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "CareTeam",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("role", Token, "participant.role"),
            ("date", Date, "period"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("participant", Reference, "participant.member"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Claim",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("use", Token, "use"),
            ("created", Date, "created"),
            ("patient", Patient, "patient"),
            ("encounter", Reference, "item.encounter"),
        ],
    ),
    (
        "ClaimResponse",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("use", Token, "use"),
            ("created", Date, "created"),
            ("patient", Patient, "patient"),
            ("request", Reference, "request"),
        ],
    ),
    (
        "ClinicalImpression",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("date", Date, "date"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Communication",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("sent", Date, "sent"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Composition",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("category", Token, "category"),
            ("date", Date, "date"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Condition",
        &[
            ("identifier", Token, "identifier"),
            ("category", Token, "category"),
            ("clinical-status", Token, "clinicalStatus"),
            ("verification-status", Token, "verificationStatus"),
            ("code", Token, "code"),
            ("onset-date", Date, "onsetDateTime|onsetPeriod"),
            ("abatement-date", Date, "abatementDateTime|abatementPeriod"),
            ("recorded-date", Date, "recordedDate"),
            ("asserted-date", Date, "$assertedDate.valueDateTime"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Consent",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("scope", Token, "scope"),
            ("date", Date, "dateTime"),
            ("period", Date, "provision.period"),
            ("purpose", Token, "provision.purpose"),
            ("action", Token, "provision.action"),
            ("security-label", Token, "provision.securityLabel"),
            ("actor", Reference, "provision.actor.reference"),
            ("organization", Reference, "organization"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "Coverage",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("patient", Patient, "beneficiary"),
            ("beneficiary", Reference, "beneficiary"),
            ("payor", Reference, "payor"),
        ],
    ),
    (
        "DetectedIssue",
        &[
            ("identifier", Token, "identifier"),
            ("code", Token, "code"),
            ("identified", Date, "identifiedDateTime|identifiedPeriod"),
            ("patient", Patient, "patient"),
            ("implicated", Reference, "implicated"),
        ],
    ),
    (
        "Device",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "DeviceRequest",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("code", Token, "codeCodeableConcept"),
            ("authored-on", Date, "authoredOn"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "DeviceUseStatement",
        &[
            ("identifier", Token, "identifier"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("device", Reference, "device"),
        ],
    ),
    (
        "DiagnosticReport",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("code", Token, "code"),
            ("date", Date, "effectiveDateTime|effectivePeriod"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "DocumentReference",
        &[
            ("identifier", Token, "masterIdentifier|identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("category", Token, "category"),
            ("date", Date, "date"),
            ("period", Date, "context.period"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "context.encounter"),
        ],
    ),
    (
        "Encounter",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("class", Token, "class"),
            ("type", Token, "type"),
            ("discharge-disposition", Token, "hospitalization.dischargeDisposition"),
            ("date", Date, "period"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("location", Reference, "location.location"),
        ],
    ),
    ("Endpoint", &[("identifier", Token, "identifier"), ("status", Token, "status"), ("name", Text, "name")]),
    (
        "EpisodeOfCare",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("date", Date, "period"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "ExplanationOfBenefit",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("created", Date, "created"),
            ("service-date", Date, "billablePeriod"),
            ("patient", Patient, "patient"),
            ("encounter", Reference, "item.encounter"),
            ("claim", Reference, "claim"),
        ],
    ),
    (
        "FamilyMemberHistory",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("code", Token, "condition.code"),
            ("date", Date, "date"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "Flag",
        &[
            ("identifier", Token, "identifier"),
            ("date", Date, "period"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Goal",
        &[
            ("identifier", Token, "identifier"),
            ("lifecycle-status", Token, "lifecycleStatus"),
            ("category", Token, "category"),
            ("description", Token, "description"),
            ("start-date", Date, "startDate"),
            ("target-date", Date, "target.dueDate"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
        ],
    ),
    (
        "Group",
        &[
            ("identifier", Token, "identifier"),
            ("type", Token, "type"),
            ("code", Token, "code"),
            ("member", Reference, "member.entity"),
        ],
    ),
    (
        "HealthcareService",
        &[
            ("identifier", Token, "identifier"),
            ("name", Text, "name"),
            ("organization", Reference, "providedBy"),
        ],
    ),
    (
        "ImagingStudy",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("modality", Token, "series.modality"),
            ("started", Date, "started"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Immunization",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("vaccine-code", Token, "vaccineCode"),
            ("date", Date, "occurrenceDateTime"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "Invoice",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("date", Date, "date"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
        ],
    ),
    (
        "List",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("code", Token, "code"),
            ("date", Date, "date"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Location",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("name", Text, "name|alias"),
            ("address", Text, "address"),
            ("address-city", Text, "address.city"),
            ("address-state", Text, "address.state"),
            ("address-postalcode", Text, "address.postalCode"),
        ],
    ),
    (
        "Media",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("created", Date, "createdDateTime|createdPeriod"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Medication",
        &[("identifier", Token, "identifier"), ("status", Token, "status"), ("code", Token, "code")],
    ),
    (
        "MedicationAdministration",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("code", Token, "medicationCodeableConcept"),
            ("effective-time", Date, "effectiveDateTime|effectivePeriod"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("context", Reference, "context"),
            ("medication", Reference, "medicationReference"),
        ],
    ),
    (
        "MedicationDispense",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("code", Token, "medicationCodeableConcept"),
            ("whenhandedover", Date, "whenHandedOver"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("context", Reference, "context"),
            ("medication", Reference, "medicationReference"),
        ],
    ),
    (
        "MedicationRequest",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("intent", Token, "intent"),
            ("category", Token, "category"),
            ("code", Token, "medicationCodeableConcept"),
            ("authoredon", Date, "authoredOn"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
            ("medication", Reference, "medicationReference"),
        ],
    ),
    (
        "MedicationStatement",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("code", Token, "medicationCodeableConcept"),
            ("effective", Date, "effectiveDateTime|effectivePeriod"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("context", Reference, "context"),
            ("medication", Reference, "medicationReference"),
        ],
    ),
    (
        "NutritionOrder",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("datetime", Date, "dateTime"),
            ("patient", Patient, "patient"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Observation",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("code", Token, "code"),
            ("date", Date, "effectiveDateTime|effectivePeriod|effectiveInstant|effectiveTiming"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
            ("value-quantity", Quantity, "valueQuantity"),
        ],
    ),
    (
        "Organization",
        &[
            ("identifier", Token, "identifier"),
            ("active", Token, "active"),
            ("name", Text, "name|alias"),
            ("address", Text, "address"),
            ("address-city", Text, "address.city"),
            ("address-state", Text, "address.state"),
            ("address-postalcode", Text, "address.postalCode"),
        ],
    ),
    (
        "Patient",
        &[
            ("identifier", Token, "identifier"),
            ("name", Text, "name"),
            ("family", Text, "name.family"),
            ("given", Text, "name.given"),
            ("gender", Token, "gender"),
            ("birthdate", Date, "birthDate"),
            ("death-date", Date, "deceasedDateTime"),
            ("telecom", Token, "telecom"),
            ("address", Text, "address"),
            ("address-city", Text, "address.city"),
            ("address-state", Text, "address.state"),
            ("address-postalcode", Text, "address.postalCode"),
            ("race", Token, "$race.extension.valueCoding"),
            ("ethnicity", Token, "$ethnicity.extension.valueCoding"),
        ],
    ),
    (
        "Practitioner",
        &[
            ("identifier", Token, "identifier"),
            ("name", Text, "name"),
            ("family", Text, "name.family"),
            ("given", Text, "name.given"),
        ],
    ),
    (
        "PractitionerRole",
        &[
            ("identifier", Token, "identifier"),
            ("specialty", Token, "specialty"),
            ("role", Token, "code"),
            ("practitioner", Reference, "practitioner"),
            ("organization", Reference, "organization"),
            ("endpoint", Reference, "endpoint"),
        ],
    ),
    (
        "Procedure",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("code", Token, "code"),
            ("date", Date, "performedDateTime|performedPeriod"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Provenance",
        &[
            ("recorded", Date, "recorded"),
            ("patient", Patient, "target"),
            ("target", Reference, "target"),
            ("agent", Reference, "agent.who"),
        ],
    ),
    ("Questionnaire", &[("identifier", Token, "identifier"), ("status", Token, "status")]),
    (
        "QuestionnaireResponse",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("authored", Date, "authored"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
            ("questionnaire", Reference, "questionnaire"),
        ],
    ),
    (
        "RelatedPerson",
        &[
            ("identifier", Token, "identifier"),
            ("relationship", Token, "relationship"),
            ("name", Text, "name"),
            ("patient", Patient, "patient"),
        ],
    ),
    (
        "RiskAssessment",
        &[
            ("identifier", Token, "identifier"),
            ("date", Date, "occurrenceDateTime|occurrencePeriod"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "ServiceRequest",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("intent", Token, "intent"),
            ("category", Token, "category"),
            ("code", Token, "code"),
            ("authored", Date, "authoredOn"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "Specimen",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("type", Token, "type"),
            ("patient", Patient, "subject"),
            ("subject", Reference, "subject"),
        ],
    ),
    (
        "SupplyDelivery",
        &[("identifier", Token, "identifier"), ("status", Token, "status"), ("patient", Patient, "patient")],
    ),
    (
        "SupplyRequest",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("category", Token, "category"),
            ("date", Date, "authoredOn"),
            ("patient", Patient, "deliverTo|requester"),
            ("subject", Reference, "deliverTo"),
            ("requester", Reference, "requester"),
        ],
    ),
    (
        "Task",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("code", Token, "code"),
            ("authored-on", Date, "authoredOn"),
            ("patient", Patient, "for"),
            ("encounter", Reference, "encounter"),
        ],
    ),
    (
        "VisionPrescription",
        &[
            ("identifier", Token, "identifier"),
            ("status", Token, "status"),
            ("datewritten", Date, "dateWritten"),
            ("patient", Patient, "patient"),
            ("encounter", Reference, "encounter"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::check::known_type;

    #[test]
    fn every_row_names_a_type_and_a_parameter_once() {
        for (resource_type, params) in TABLE {
            assert!(known_type(resource_type), "{resource_type}");
            let mut names: Vec<_> = params.iter().map(|(param, ..)| *param).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), params.len(), "{resource_type}");
            for row in rows(resource_type) {
                let extensions = row.paths.iter().flatten().filter(|part| part.starts_with('$'));
                extensions.for_each(|part| assert!(extension(part).is_some(), "{part}"));
            }
        }
        assert_eq!(
            TABLE.iter().map(|(name, _)| *name).collect::<std::collections::HashSet<_>>().len(),
            TABLE.len()
        );
    }

    #[test]
    fn a_code_without_a_system_has_that_of_its_value_set() {
        for (resource_type, param, systems) in [
            ("Observation", "status", vec!["http://hl7.org/fhir/observation-status"]),
            ("AuditEvent", "action", vec!["http://hl7.org/fhir/audit-event-action"]),
            ("Consent", "status", vec!["http://hl7.org/fhir/consent-state-codes"]),
            ("AllergyIntolerance", "category", vec!["http://hl7.org/fhir/allergy-intolerance-category"]),
            ("Patient", "gender", vec!["http://hl7.org/fhir/administrative-gender"]),
            ("Observation", "category", vec![]),
            ("Observation", "code", vec![]),
            ("Condition", "clinical-status", vec![]),
            ("Patient", "race", vec![]),
            ("Patient", "identifier", vec![]),
            ("Observation", "_id", vec![]),
        ] {
            let row = rows(resource_type).iter().find(|row| row.param == param).unwrap();
            assert_eq!(row.systems, systems, "{resource_type} {param}");
        }
    }

    /// The searches of US Core 6.1 (SHALL and SHOULD of its CapabilityStatement), type by type.
    #[test]
    fn every_search_of_us_core_is_there() {
        let needed = [
            ("AllergyIntolerance", "patient clinical-status"),
            ("CarePlan", "patient category status date"),
            ("CareTeam", "patient status role"),
            (
                "Condition",
                "patient category clinical-status code encounter onset-date abatement-date recorded-date asserted-date",
            ),
            ("Coverage", "patient"),
            ("Device", "patient type status"),
            ("DiagnosticReport", "patient category code date status"),
            ("DocumentReference", "_id patient category type date period status"),
            ("Encounter", "_id identifier patient class date type status location discharge-disposition"),
            ("Goal", "patient lifecycle-status target-date description"),
            ("Immunization", "patient date status"),
            ("Location", "name address address-city address-state address-postalcode"),
            ("MedicationDispense", "patient status type"),
            ("MedicationRequest", "patient intent status encounter authoredon"),
            ("Observation", "patient category code date status"),
            ("Organization", "name address"),
            ("Patient", "_id identifier name family given gender birthdate death-date race ethnicity"),
            ("Practitioner", "_id name identifier"),
            ("PractitionerRole", "specialty practitioner"),
            ("Procedure", "patient code date status"),
            ("QuestionnaireResponse", "_id patient questionnaire authored status"),
            ("RelatedPerson", "_id patient name"),
            ("ServiceRequest", "_id patient category code authored status"),
            ("Specimen", "_id patient"),
        ];
        for (resource_type, params) in needed {
            for param in params.split(' ') {
                assert!(rows(resource_type).iter().any(|row| row.param == param), "{resource_type} {param}");
            }
        }
    }
}
