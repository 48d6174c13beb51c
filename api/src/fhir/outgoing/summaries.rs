//! The elements at the top of each type that the standard marks as its summary (`isSummary` in the definitions of FHIR R4).

/// By type, in order; `*` for any type of a choice. Of a type that is not here all but the narrative is its summary.
pub(super) const SUMMARIES: &[(&str, &str)] = &[
    ("Account", "coverage description identifier name owner servicePeriod status subject type"),
    (
        "AdverseEvent",
        "actuality category contributor date detected encounter event identifier location outcome recordedDate recorder referenceDocument resultingCondition seriousness severity study subject subjectMedicalHistory suspectEntity",
    ),
    (
        "AllergyIntolerance",
        "asserter category clinicalStatus code criticality identifier patient type verificationStatus",
    ),
    (
        "Appointment",
        "appointmentType cancelationReason end identifier reasonCode serviceCategory serviceType specialty start status",
    ),
    ("AuditEvent", "action outcome outcomeDesc purposeOfEvent recorded subtype type"),
    ("Binary", "contentType securityContext url"),
    (
        "CarePlan",
        "addresses author basedOn category created description encounter identifier instantiatesCanonical instantiatesUri intent partOf period replaces status subject title",
    ),
    ("CareTeam", "category encounter identifier managingOrganization name period status subject"),
    ("Claim", "billablePeriod created insurance insurer patient priority provider status type use"),
    ("ClaimResponse", "created insurer outcome patient request status total type use"),
    (
        "ClinicalImpression",
        "assessor code date description effective* encounter identifier problem status subject",
    ),
    (
        "Communication",
        "basedOn encounter identifier instantiatesCanonical instantiatesUri partOf priority reasonCode reasonReference status statusReason subject",
    ),
    (
        "Composition",
        "author category confidentiality custodian date encounter event identifier status subject title type",
    ),
    (
        "Condition",
        "asserter bodySite clinicalStatus code encounter identifier onset* recordedDate recorder subject verificationStatus",
    ),
    (
        "Consent",
        "category dateTime identifier organization patient performer policyRule provision scope source* status verification",
    ),
    (
        "Coverage",
        "beneficiary dependent identifier network order payor period policyHolder status subscriber subscriberId type",
    ),
    ("DetectedIssue", "author code identified* identifier implicated patient severity status"),
    ("Device", "safety status udiCarrier"),
    (
        "DeviceRequest",
        "authoredOn basedOn code* encounter groupIdentifier identifier instantiatesCanonical instantiatesUri intent occurrence* performer performerType priorRequest priority reasonCode reasonReference requester status subject",
    ),
    (
        "DeviceUseStatement",
        "basedOn bodySite derivedFrom device identifier reasonCode reasonReference recordedOn source status subject timing*",
    ),
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
        "Endpoint",
        "address connectionType identifier managingOrganization name payloadMimeType payloadType period status",
    ),
    ("EpisodeOfCare", "diagnosis managingOrganization patient period status type"),
    (
        "ExplanationOfBenefit",
        "billablePeriod created insurance insurer outcome patient provider status total type use",
    ),
    (
        "FamilyMemberHistory",
        "age* dataAbsentReason date deceased* estimatedAge identifier instantiatesCanonical instantiatesUri name patient reasonCode reasonReference relationship sex status",
    ),
    ("Flag", "author category code encounter identifier period status subject"),
    (
        "Goal",
        "achievementStatus category description expressedBy lifecycleStatus priority start* statusDate subject",
    ),
    ("Group", "active actual code identifier managingEntity name quantity type"),
    ("HealthcareService", "active category comment identifier location name photo providedBy specialty type"),
    (
        "ImagingStudy",
        "basedOn description encounter endpoint identifier interpreter location modality note numberOfInstances numberOfSeries procedureCode procedureReference reasonCode reasonReference referrer series started status subject",
    ),
    ("Immunization", "isSubpotent note occurrence* patient performer primarySource status vaccineCode"),
    ("Invoice", "date identifier recipient status subject totalGross totalNet type"),
    ("List", "code date mode source status subject title"),
    (
        "Location",
        "description identifier managingOrganization mode name operationalStatus physicalType status type",
    ),
    (
        "Media",
        "basedOn bodySite content created* device deviceName duration encounter frames height identifier issued modality operator partOf reasonCode status subject type view width",
    ),
    ("Medication", "amount code identifier manufacturer status"),
    ("MedicationAdministration", "effective* instantiates medication* partOf performer status subject"),
    ("MedicationDispense", "medication* status subject whenPrepared"),
    (
        "MedicationRequest",
        "authoredOn basedOn doNotPerform groupIdentifier instantiatesCanonical instantiatesUri intent medication* performerType priority reported* requester status subject",
    ),
    (
        "MedicationStatement",
        "basedOn category context dateAsserted effective* identifier medication* partOf status subject",
    ),
    ("NutritionOrder", "dateTime instantiatesCanonical instantiatesUri intent orderer patient status"),
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
        "Questionnaire",
        "code contact date effectivePeriod experimental identifier jurisdiction name publisher status subjectType title url useContext version",
    ),
    (
        "QuestionnaireResponse",
        "author authored basedOn encounter identifier partOf questionnaire source status subject",
    ),
    ("RelatedPerson", "active address birthDate gender identifier name patient relationship telecom"),
    ("RiskAssessment", "code condition encounter identifier method occurrence* performer status subject"),
    (
        "ServiceRequest",
        "asNeeded* authoredOn basedOn bodySite category code doNotPerform encounter identifier instantiatesCanonical instantiatesUri intent locationCode locationReference occurrence* orderDetail patientInstruction performer performerType priority quantity* reasonCode reasonReference replaces requester requisition specimen status subject",
    ),
    ("Specimen", "accessionIdentifier condition identifier receivedTime status subject type"),
    ("SupplyDelivery", "basedOn occurrence* partOf status"),
    (
        "SupplyRequest",
        "authoredOn category identifier item* occurrence* priority quantity requester status supplier",
    ),
    (
        "Task",
        "basedOn businessStatus code description encounter executionPeriod focus for groupIdentifier instantiatesCanonical instantiatesUri intent lastModified location owner partOf requester status statusReason",
    ),
    ("VisionPrescription", "created dateWritten lensSpecification patient prescriber status"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::search::all_served;

    #[test]
    fn each_type_that_is_served_has_its_summary() {
        assert!(SUMMARIES.is_sorted_by(|(one, _), (next, _)| one < next));
        for kind in all_served() {
            assert!(SUMMARIES.iter().any(|(known, _)| *known == kind), "{kind}");
        }
    }
}
