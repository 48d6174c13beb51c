//! The categories a person reads their record by, and the table that puts each resource into one of them.
//! Nothing is hidden: what no rule names is `Other`.

use serde_json::Value;

use super::read::{codes, first, flag};
use super::systems::{IMAGING_SECTIONS, LAB_SECTIONS, NOTE_TYPES, VITALS};

/// A category of the record, as the portal, the copies and the search name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Tests of blood, urine and other samples.
    Labs,
    /// Blood pressure, weight, temperature and other measurements.
    Vitals,
    /// Prescriptions and medicines given or taken.
    Medicines,
    /// Allergies and bad reactions.
    Allergies,
    /// Health problems, past and present, and family history.
    Conditions,
    /// Vaccines.
    Immunizations,
    /// Visits, hospital stays and appointments.
    Visits,
    /// Operations, treatments and orders.
    Procedures,
    /// Notes and letters.
    Notes,
    /// X-rays, scans and other pictures.
    Imaging,
    /// Care plans, goals and care teams.
    CarePlans,
    /// Implants, devices and supplies.
    Devices,
    /// Forms, consents and other papers.
    Documents,
    /// Bills and insurance.
    Bills,
    /// Who the person is.
    Demographics,
    /// Everything else, such as answers to questions about daily life.
    Other,
}

impl Category {
    /// Every category, in the order in which the portal lists them.
    pub const ALL: [Category; 16] = [
        Category::Labs,
        Category::Vitals,
        Category::Medicines,
        Category::Allergies,
        Category::Conditions,
        Category::Immunizations,
        Category::Visits,
        Category::Procedures,
        Category::Notes,
        Category::Imaging,
        Category::CarePlans,
        Category::Devices,
        Category::Documents,
        Category::Bills,
        Category::Demographics,
        Category::Other,
    ];

    const ROWS: [(Category, i16, &'static str, &'static str, &'static str); 16] = [
        (Category::Labs, 1, "labs", "category-labs", "category-labs-intro"),
        (Category::Vitals, 2, "vitals", "category-vitals", "category-vitals-intro"),
        (Category::Medicines, 3, "medicines", "category-medicines", "category-medicines-intro"),
        (Category::Allergies, 4, "allergies", "category-allergies", "category-allergies-intro"),
        (Category::Conditions, 5, "conditions", "category-conditions", "category-conditions-intro"),
        (
            Category::Immunizations,
            6,
            "immunizations",
            "category-immunizations",
            "category-immunizations-intro",
        ),
        (Category::Visits, 7, "visits", "category-visits", "category-visits-intro"),
        (Category::Procedures, 8, "procedures", "category-procedures", "category-procedures-intro"),
        (Category::Notes, 9, "notes", "category-notes", "category-notes-intro"),
        (Category::Imaging, 10, "imaging", "category-imaging", "category-imaging-intro"),
        (Category::CarePlans, 11, "care-plans", "category-care-plans", "category-care-plans-intro"),
        (Category::Devices, 12, "devices", "category-devices", "category-devices-intro"),
        (Category::Documents, 13, "documents", "category-documents", "category-documents-intro"),
        (Category::Bills, 14, "bills", "category-bills", "category-bills-intro"),
        (Category::Demographics, 15, "about-me", "category-about-me", "category-about-me-intro"),
        (Category::Other, 16, "other", "category-other", "category-other-intro"),
    ];

    fn row(self) -> &'static (Category, i16, &'static str, &'static str, &'static str) {
        // The table is in the order of the enum, so the discriminant is the index.
        &Self::ROWS[self as usize]
    }

    /// The word in addresses: "labs", "care-plans", "about-me" and so on.
    pub fn slug(self) -> &'static str {
        self.row().2
    }

    /// The category of a slug, `None` for an unknown one.
    pub fn from_slug(slug: &str) -> Option<Category> {
        Self::ROWS.iter().find(|row| row.2 == slug).map(|row| row.0)
    }

    /// The stable number kept in the database: 1 to 16, never reused.
    pub fn code(self) -> i16 {
        self.row().1
    }

    /// The category of a stored number, `None` for an unknown one.
    pub fn from_code(code: i16) -> Option<Category> {
        Self::ROWS.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// Message id of the category's name.
    pub fn name(self) -> &'static str {
        self.row().3
    }

    /// Message id of one sentence that says what is inside.
    pub fn intro(self) -> &'static str {
        self.row().4
    }

    /// The category of a resource: by its type, and for the types that hold several kinds of things also by
    /// what the resource says of itself.
    pub fn of(resource: &Value) -> Category {
        match flag(resource, "resourceType").unwrap_or_default() {
            "Observation" => observation(resource),
            "DiagnosticReport" => report(resource),
            "DocumentReference" => document(resource),
            "ServiceRequest" => order(resource),
            other => by_type(other),
        }
    }
}

/// Category and message id of the kind of each R4 type that can be about a person. Types that are missing here
/// (directories, definitions) are `Other`.
pub(super) const TYPES: &[(&str, Category, &str)] = &[
    ("Account", Category::Bills, "kind-account"),
    ("AdverseEvent", Category::Allergies, "kind-adverse-event"),
    ("AllergyIntolerance", Category::Allergies, "kind-allergy"),
    ("Appointment", Category::Visits, "kind-appointment"),
    ("AppointmentResponse", Category::Visits, "kind-appointment-response"),
    ("AuditEvent", Category::Other, "kind-audit"),
    ("Basic", Category::Other, "kind-other"),
    ("Binary", Category::Documents, "kind-file"),
    ("BiologicallyDerivedProduct", Category::Procedures, "kind-biological-product"),
    ("BodyStructure", Category::Other, "kind-body-part"),
    ("Bundle", Category::Documents, "kind-bundle"),
    ("CarePlan", Category::CarePlans, "kind-care-plan"),
    ("CareTeam", Category::CarePlans, "kind-care-team"),
    ("ChargeItem", Category::Bills, "kind-charge"),
    ("Claim", Category::Bills, "kind-claim"),
    ("ClaimResponse", Category::Bills, "kind-claim-response"),
    ("ClinicalImpression", Category::Notes, "kind-assessment"),
    ("Communication", Category::Notes, "kind-message"),
    ("CommunicationRequest", Category::Notes, "kind-message-request"),
    ("Composition", Category::Notes, "kind-note"),
    ("Condition", Category::Conditions, "kind-condition"),
    ("Consent", Category::Documents, "kind-consent"),
    ("Contract", Category::Documents, "kind-contract"),
    ("Coverage", Category::Bills, "kind-coverage"),
    ("CoverageEligibilityRequest", Category::Bills, "kind-coverage-question"),
    ("CoverageEligibilityResponse", Category::Bills, "kind-coverage-answer"),
    ("DetectedIssue", Category::Conditions, "kind-warning"),
    ("Device", Category::Devices, "kind-device"),
    ("DeviceMetric", Category::Devices, "kind-device-setting"),
    ("DeviceRequest", Category::Devices, "kind-device-order"),
    ("DeviceUseStatement", Category::Devices, "kind-device-use"),
    ("DiagnosticReport", Category::Notes, "kind-report"),
    ("DocumentManifest", Category::Documents, "kind-document-set"),
    ("DocumentReference", Category::Documents, "kind-document"),
    ("Encounter", Category::Visits, "kind-visit"),
    ("EnrollmentRequest", Category::Bills, "kind-enrollment"),
    ("EnrollmentResponse", Category::Bills, "kind-enrollment"),
    ("EpisodeOfCare", Category::Visits, "kind-episode"),
    ("ExplanationOfBenefit", Category::Bills, "kind-benefit-statement"),
    ("FamilyMemberHistory", Category::Conditions, "kind-family-history"),
    ("Flag", Category::Conditions, "kind-warning"),
    ("Goal", Category::CarePlans, "kind-goal"),
    ("Group", Category::Other, "kind-group"),
    ("GuidanceResponse", Category::Other, "kind-guidance"),
    ("HealthcareService", Category::Other, "kind-service"),
    ("ImagingStudy", Category::Imaging, "kind-imaging-study"),
    ("Immunization", Category::Immunizations, "kind-immunization"),
    ("ImmunizationEvaluation", Category::Immunizations, "kind-immunization-check"),
    ("ImmunizationRecommendation", Category::Immunizations, "kind-immunization-advice"),
    ("InsurancePlan", Category::Bills, "kind-insurance-plan"),
    ("Invoice", Category::Bills, "kind-invoice"),
    ("List", Category::Other, "kind-list"),
    ("Location", Category::Other, "kind-place"),
    ("MeasureReport", Category::Other, "kind-quality-report"),
    ("Media", Category::Imaging, "kind-picture"),
    ("Medication", Category::Medicines, "kind-medicine"),
    ("MedicationAdministration", Category::Medicines, "kind-medicine-given"),
    ("MedicationDispense", Category::Medicines, "kind-medicine-filled"),
    ("MedicationRequest", Category::Medicines, "kind-prescription"),
    ("MedicationStatement", Category::Medicines, "kind-medicine-taken"),
    ("MolecularSequence", Category::Labs, "kind-gene-test"),
    ("NutritionOrder", Category::CarePlans, "kind-diet"),
    ("Observation", Category::Other, "kind-finding"),
    ("Organization", Category::Other, "kind-organization"),
    ("Patient", Category::Demographics, "kind-person"),
    ("PaymentNotice", Category::Bills, "kind-payment"),
    ("PaymentReconciliation", Category::Bills, "kind-payment"),
    ("Person", Category::Demographics, "kind-person"),
    ("Practitioner", Category::Other, "kind-clinician"),
    ("PractitionerRole", Category::Other, "kind-clinician"),
    ("Procedure", Category::Procedures, "kind-procedure"),
    ("Provenance", Category::Other, "kind-provenance"),
    ("Questionnaire", Category::Other, "kind-form"),
    ("QuestionnaireResponse", Category::Other, "kind-answers"),
    ("RelatedPerson", Category::Demographics, "kind-related-person"),
    ("RequestGroup", Category::CarePlans, "kind-order-set"),
    ("ResearchSubject", Category::Other, "kind-research"),
    ("RiskAssessment", Category::Conditions, "kind-risk"),
    ("Schedule", Category::Visits, "kind-schedule"),
    ("ServiceRequest", Category::Procedures, "kind-order"),
    ("Slot", Category::Visits, "kind-schedule"),
    ("Specimen", Category::Labs, "kind-sample"),
    ("SupplyDelivery", Category::Devices, "kind-supply"),
    ("SupplyRequest", Category::Devices, "kind-supply-order"),
    ("Task", Category::CarePlans, "kind-task"),
    ("VisionPrescription", Category::Devices, "kind-glasses"),
];

/// The kinds of items that have a name of their own, each with its category.
pub fn kinds() -> impl Iterator<Item = (Category, &'static str)> {
    TYPES.iter().map(|row| (row.1, row.2))
}

fn by_type(name: &str) -> Category {
    match TYPES.binary_search_by(|row| row.0.cmp(name)) {
        Ok(at) => TYPES[at].1,
        Err(_) => Category::Other,
    }
}

/// What each Observation category of the R4 and US Core value sets means for the reader.
const OBSERVATIONS: &[(&str, Category)] = &[
    ("laboratory", Category::Labs),
    ("vital-signs", Category::Vitals),
    ("imaging", Category::Imaging),
    ("clinical-test", Category::Procedures),
    ("procedure", Category::Procedures),
    ("therapy", Category::Procedures),
    ("treatment-intervention-preference", Category::CarePlans),
    ("care-experience-preference", Category::CarePlans),
    ("observation-adi-documentation", Category::CarePlans),
];

fn observation(resource: &Value) -> Category {
    let named = codes(resource, "category").find_map(|(_, code)| {
        let known = OBSERVATIONS.iter().find(|row| row.0.eq_ignore_ascii_case(code)).map(|row| row.1);
        known.or_else(|| section(code))
    });
    if let Some(category) = named {
        return category;
    }
    let stated = codes(resource, "category").next().is_some();
    let vital = |(system, code): (&str, &str)| system == "http://loinc.org" && VITALS.contains(&code);
    if !stated && codes(resource, "code").any(vital) {
        return Category::Vitals;
    }
    if !stated && (resource.get("specimen").is_some() || resource.get("referenceRange").is_some()) {
        return Category::Labs;
    }
    Category::Other
}

fn report(resource: &Value) -> Category {
    codes(resource, "category").find_map(|(_, code)| section(code)).unwrap_or(Category::Notes)
}

/// The diagnostic section (HL7 v2 table 0074, LOINC parts, SNOMED CT) that made a result.
fn section(code: &str) -> Option<Category> {
    if LAB_SECTIONS.contains(&code) {
        return Some(Category::Labs);
    }
    IMAGING_SECTIONS.contains(&code).then_some(Category::Imaging)
}

/// Document types (LOINC) that people look for under another heading than notes.
const DOCUMENTS: &[(&str, Category)] =
    &[("18748-4", Category::Imaging), ("11502-2", Category::Labs), ("11526-1", Category::Labs)];

fn document(resource: &Value) -> Category {
    let moved = codes(resource, "type")
        .find_map(|(_, code)| DOCUMENTS.iter().find(|row| row.0 == code).map(|row| row.1));
    if let Some(category) = moved {
        return category;
    }
    let note = codes(resource, "category").any(|(_, code)| code == "clinical-note")
        || codes(resource, "type").any(|(_, code)| NOTE_TYPES.contains(&code));
    if note { Category::Notes } else { Category::Documents }
}

fn order(resource: &Value) -> Category {
    codes(resource, "category")
        .find_map(|(_, code)| match code {
            "108252007" | "laboratory" => Some(Category::Labs),
            "363679005" | "imaging" => Some(Category::Imaging),
            other => section(other),
        })
        .unwrap_or(Category::Procedures)
}

/// Message id of what kind of thing a resource is: "Prescription", "Hospital stay", "Lab result".
pub(super) fn kind(resource: &Value, category: Category) -> &'static str {
    let name = flag(resource, "resourceType").unwrap_or_default();
    match (name, category) {
        ("Observation" | "DiagnosticReport", Category::Labs) => return "kind-lab-result",
        ("Observation", Category::Vitals) => return "kind-vital",
        ("Observation", Category::Imaging) => return "kind-imaging-finding",
        ("DiagnosticReport" | "DocumentReference", Category::Imaging) => return "kind-imaging-report",
        ("DocumentReference", Category::Notes) => return "kind-note",
        ("Encounter", _) => return visit(resource),
        _ => {}
    }
    match TYPES.binary_search_by(|row| row.0.cmp(name)) {
        Ok(at) => TYPES[at].2,
        Err(_) => "kind-other",
    }
}

/// The kind of a visit by its class (HL7 v3 ActCode).
fn visit(resource: &Value) -> &'static str {
    match first(resource, "class.code").and_then(Value::as_str).unwrap_or_default() {
        "AMB" => "kind-visit-office",
        "EMER" => "kind-visit-emergency",
        "IMP" | "ACUTE" | "NONAC" => "kind-visit-hospital",
        "OBSENC" => "kind-visit-observation",
        "SS" => "kind-visit-short-stay",
        "HH" => "kind-visit-home",
        "VR" => "kind-visit-remote",
        _ => "kind-visit",
    }
}

/// Message id of the kind of an R4 type, `None` for a word that is no type of ours.
pub fn kind_of_type(name: &str) -> Option<&'static str> {
    TYPES.binary_search_by(|row| row.0.cmp(name)).ok().map(|at| TYPES[at].2)
}
