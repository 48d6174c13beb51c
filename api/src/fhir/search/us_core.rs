//! What US Core 6.1 asks of a server's searches (its CapabilityStatement "us-core-server"), type by type.

/// The type, the searches that must be answered (SHALL), those that should be (SHOULD). Spaces stand between searches,
/// `+` joins the parameters of one. Tests answer each of them over real records; the capability statement tells them.
pub const SEARCHES: &[(&str, &str, &str)] = &[
    ("AllergyIntolerance", "patient", "patient+clinical-status"),
    (
        "CarePlan",
        "patient+category",
        "patient+category+status patient+category+status+date patient+category+date",
    ),
    ("CareTeam", "patient+status", "patient+role"),
    (
        "Condition",
        "patient patient+category",
        "patient+recorded-date patient+asserted-date patient+category+clinical-status patient+onset-date patient+abatement-date patient+clinical-status patient+category+encounter patient+code",
    ),
    ("Coverage", "patient", ""),
    ("Device", "patient", "patient+type patient+status"),
    (
        "DiagnosticReport",
        "patient patient+category patient+category+date patient+code",
        "patient+code+date patient+status",
    ),
    (
        "DocumentReference",
        "_id patient patient+type patient+category patient+category+date",
        "patient+status patient+type+period",
    ),
    (
        "Encounter",
        "_id patient date+patient",
        "identifier class+patient patient+type patient+status patient+location patient+discharge-disposition",
    ),
    ("Goal", "patient", "patient+target-date patient+description patient+lifecycle-status"),
    ("Immunization", "patient", "patient+date patient+status"),
    ("Location", "name address", "address-city address-state address-postalcode"),
    ("MedicationDispense", "patient", "patient+status patient+status+type"),
    (
        "MedicationRequest",
        "patient+intent patient+intent+status",
        "patient+intent+encounter patient+intent+authoredon",
    ),
    (
        "Observation",
        "patient+category patient+category+date patient+code",
        "patient+code+date patient+category+status",
    ),
    ("Organization", "name address", ""),
    (
        "Patient",
        "_id identifier name birthdate+name gender+name",
        "birthdate+family family+gender death-date+family",
    ),
    ("Practitioner", "name identifier", "_id"),
    ("PractitionerRole", "specialty practitioner", ""),
    ("Procedure", "patient patient+date", "patient+code+date patient+status"),
    ("QuestionnaireResponse", "_id patient", "patient+questionnaire patient+authored patient+status"),
    ("RelatedPerson", "_id", "patient name patient+name"),
    (
        "ServiceRequest",
        "_id patient patient+category patient+code patient+category+authored",
        "patient+code+authored patient+status",
    ),
    ("Specimen", "_id", "patient"),
];
