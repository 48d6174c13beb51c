//! What an item page shows of each main type and in which order: tables of labels and paths.
//! Elements that no table names follow by themselves, so nothing a source sent is left out.

use super::Label;
use super::labels::LABELS;
use super::read::cut;

/// A label and the path of its values; paths are tried together, in order.
pub(super) type Row = (&'static str, &'static str);

/// The first fields of each type, in reading order. A path ending in `*` is a choice type.
pub(super) const FIELDS: &[(&str, &[Row])] = &[
    (
        "AllergyIntolerance",
        &[
            ("label-substance", "code"),
            ("label-allergy-kind", "type"),
            ("label-clinical-status", "clinicalStatus"),
            ("label-criticality", "criticality"),
            ("label-confidence", "verificationStatus"),
            ("label-category", "category"),
            ("label-onset", "onset*"),
            ("label-last-time", "lastOccurrence"),
            ("label-recorded", "recordedDate"),
            ("label-entered-by", "recorder"),
            ("label-asserter", "asserter"),
        ],
    ),
    (
        "CarePlan",
        &[
            ("label-title", "title"),
            ("label-status", "status"),
            ("label-period", "period"),
            ("label-category", "category"),
            ("label-description", "description"),
            ("label-author", "author"),
        ],
    ),
    (
        "CareTeam",
        &[
            ("label-name", "name"),
            ("label-status", "status"),
            ("label-period", "period"),
            ("label-reason", "reasonCode"),
            ("label-manager", "managingOrganization"),
        ],
    ),
    (
        "Claim",
        &[
            ("label-kind", "type"),
            ("label-status", "status"),
            ("label-billable-period", "billablePeriod"),
            ("label-total", "total"),
            ("label-provider", "provider"),
            ("label-facility", "facility"),
            ("label-use", "use"),
            ("label-created", "created"),
        ],
    ),
    (
        "Condition",
        &[
            ("label-condition-code", "code"),
            ("label-clinical-status", "clinicalStatus"),
            ("label-grade", "severity"),
            ("label-body-site", "bodySite"),
            ("label-onset", "onset*"),
            ("label-abatement", "abatement*"),
            ("label-confidence", "verificationStatus"),
            ("label-category", "category"),
            ("label-recorded", "recordedDate"),
            ("label-entered-by", "recorder"),
            ("label-asserter", "asserter"),
        ],
    ),
    (
        "Coverage",
        &[
            ("label-insurer", "payor"),
            ("label-kind", "type"),
            ("label-status", "status"),
            ("label-subscriber", "subscriberId"),
            ("label-policy-holder", "policyHolder"),
            ("label-next-of-kin", "relationship"),
            ("label-period", "period"),
            ("label-network", "network"),
        ],
    ),
    (
        "Device",
        &[
            ("label-device", "deviceName.name"),
            ("label-kind", "type"),
            ("label-status", "status"),
            ("label-maker", "manufacturer"),
            ("label-model", "modelNumber"),
            ("label-serial", "serialNumber"),
            ("label-lot", "lotNumber"),
            ("label-made-on", "manufactureDate"),
            ("label-used-until", "expirationDate"),
            ("label-barcode", "distinctIdentifier"),
        ],
    ),
    (
        "DiagnosticReport",
        &[
            ("label-report", "code"),
            ("label-status", "status"),
            ("label-effective", "effective*"),
            ("label-issued", "issued"),
            ("label-category", "category"),
            ("label-performer", "performer"),
            ("label-interpreter", "resultsInterpreter"),
            ("label-conclusion", "conclusionCode"),
        ],
    ),
    (
        "DocumentReference",
        &[
            ("label-kind", "type"),
            ("label-status", "status"),
            ("label-doc-status", "docStatus"),
            ("label-date", "date"),
            ("label-period", "context.period"),
            ("label-description", "description"),
            ("label-author", "author"),
            ("label-authenticator", "authenticator"),
            ("label-custodian", "custodian"),
            ("label-setting", "context.practiceSetting"),
            ("label-facility-kind", "context.facilityType"),
            ("label-category", "category"),
        ],
    ),
    (
        "Encounter",
        &[
            ("label-kind", "type"),
            ("label-class", "class"),
            ("label-status", "status"),
            ("label-period", "period"),
            ("label-reason", "reasonCode"),
            ("label-service", "serviceType"),
            ("label-manager", "serviceProvider"),
            ("label-location", "location.location"),
            ("label-duration", "length"),
            ("label-priority", "priority"),
            ("label-admitted-from", "hospitalization.admitSource"),
            ("label-discharged-to", "hospitalization.dischargeDisposition"),
            ("label-diet", "hospitalization.dietPreference"),
        ],
    ),
    (
        "ExplanationOfBenefit",
        &[
            ("label-kind", "type"),
            ("label-status", "status"),
            ("label-billable-period", "billablePeriod"),
            ("label-outcome", "outcome"),
            ("label-disposition", "disposition"),
            ("label-payment", "payment.amount"),
            ("label-payment-date", "payment.date"),
            ("label-provider", "provider"),
            ("label-insurer", "insurer"),
            ("label-facility", "facility"),
            ("label-use", "use"),
            ("label-created", "created"),
        ],
    ),
    (
        "FamilyMemberHistory",
        &[
            ("label-next-of-kin", "relationship"),
            ("label-name", "name"),
            ("label-age", "age*"),
            ("label-death", "deceased*"),
            ("label-status", "status"),
            ("label-date", "date"),
        ],
    ),
    (
        "Goal",
        &[
            ("label-goal", "description"),
            ("label-status", "lifecycleStatus"),
            ("label-achievement", "achievementStatus"),
            ("label-start-date", "start*"),
            ("label-priority", "priority"),
            ("label-expressed-by", "expressedBy"),
            ("label-status-date", "statusDate"),
        ],
    ),
    (
        "ImagingStudy",
        &[
            ("label-description", "description"),
            ("label-procedure", "procedureCode"),
            ("label-modality", "modality"),
            ("label-status", "status"),
            ("label-start", "started"),
            ("label-requester", "referrer"),
            ("label-interpreter", "interpreter"),
            ("label-location", "location"),
            ("label-reason", "reasonCode"),
        ],
    ),
    (
        "Immunization",
        &[
            ("label-vaccine", "vaccineCode"),
            ("label-status", "status"),
            ("label-status-reason", "statusReason"),
            ("label-occurrence", "occurrence*"),
            ("label-dose", "doseQuantity"),
            ("label-body-site", "site"),
            ("label-exposure-route", "route"),
            ("label-given-by", "performer.actor"),
            ("label-location", "location"),
            ("label-maker", "manufacturer"),
            ("label-lot", "lotNumber"),
            ("label-used-until", "expirationDate"),
            ("label-reason", "reasonCode"),
            ("label-recorded", "recorded"),
            ("label-primary-source", "primarySource"),
        ],
    ),
    (
        "MedicationAdministration",
        &[
            ("label-medicine", "medication*"),
            ("label-status", "status"),
            ("label-effective", "effective*"),
            ("label-dose", "dosage"),
            ("label-reason", "reasonCode"),
            ("label-given-by", "performer.actor"),
        ],
    ),
    (
        "MedicationDispense",
        &[
            ("label-medicine", "medication*"),
            ("label-status", "status"),
            ("label-dosage", "dosageInstruction"),
            ("label-quantity-filled", "quantity"),
            ("label-days-supply", "daysSupply"),
            ("label-handed-over", "whenHandedOver"),
            ("label-performer", "performer.actor"),
            ("label-kind", "type"),
        ],
    ),
    (
        "MedicationRequest",
        &[
            ("label-medicine", "medication*"),
            ("label-status", "status"),
            ("label-dosage", "dosageInstruction"),
            ("label-reason", "reasonCode"),
            ("label-authored", "authoredOn"),
            ("label-prescribed-by", "requester"),
            ("label-amount", "dispenseRequest.quantity"),
            ("label-refills", "dispenseRequest.numberOfRepeatsAllowed"),
            ("label-days-supply", "dispenseRequest.expectedSupplyDuration"),
            ("label-validity", "dispenseRequest.validityPeriod"),
            ("label-category", "category"),
            ("label-intent", "intent"),
            ("label-status-reason", "statusReason"),
        ],
    ),
    (
        "MedicationStatement",
        &[
            ("label-medicine", "medication*"),
            ("label-status", "status"),
            ("label-dosage", "dosage"),
            ("label-effective", "effective*"),
            ("label-reason", "reasonCode"),
            ("label-authored", "dateAsserted"),
            ("label-asserter", "informationSource"),
        ],
    ),
    (
        "Observation",
        &[
            ("label-code", "code"),
            ("label-result", "value*"),
            ("label-status-reason", "dataAbsentReason"),
            ("label-flag", "interpretation"),
            ("label-effective", "effective*"),
            ("label-status", "status"),
            ("label-body-site", "bodySite"),
            ("label-method", "method"),
            ("label-performer", "performer"),
            ("label-device", "device"),
            ("label-issued", "issued"),
            ("label-category", "category"),
        ],
    ),
    (
        "Patient",
        &[
            ("label-name", "name"),
            ("label-birth-date", "birthDate"),
            ("label-gender", "gender"),
            ("label-death", "deceased*"),
            ("label-address", "address"),
            ("label-telecom", "telecom"),
            ("label-language", "communication.language"),
            ("label-marital", "maritalStatus"),
            ("label-multiple-birth", "multipleBirth*"),
            ("label-doctor", "generalPractitioner"),
            ("label-manager", "managingOrganization"),
            ("label-identifier", "identifier"),
        ],
    ),
    (
        "Procedure",
        &[
            ("label-code", "code"),
            ("label-status", "status"),
            ("label-status-reason", "statusReason"),
            ("label-performed", "performed*"),
            ("label-reason", "reasonCode"),
            ("label-body-site", "bodySite"),
            ("label-performer", "performer.actor"),
            ("label-location", "location"),
            ("label-outcome", "outcome"),
            ("label-complication", "complication"),
            ("label-follow-up", "followUp"),
            ("label-category", "category"),
            ("label-entered-by", "recorder"),
        ],
    ),
    (
        "Provenance",
        &[
            ("label-act", "activity"),
            ("label-recorded", "recorded"),
            ("label-happened", "occurred*"),
            ("label-reason", "reason"),
            ("label-location", "location"),
        ],
    ),
    (
        "RelatedPerson",
        &[
            ("label-name", "name"),
            ("label-next-of-kin", "relationship"),
            ("label-telecom", "telecom"),
            ("label-address", "address"),
            ("label-birth-date", "birthDate"),
            ("label-gender", "gender"),
            ("label-period", "period"),
        ],
    ),
    (
        "ServiceRequest",
        &[
            ("label-code", "code"),
            ("label-status", "status"),
            ("label-do-not", "doNotPerform"),
            ("label-occurrence", "occurrence*"),
            ("label-as-needed", "asNeeded*"),
            ("label-priority", "priority"),
            ("label-reason", "reasonCode"),
            ("label-asked-by", "requester"),
            ("label-performer", "performer"),
            ("label-authored", "authoredOn"),
            ("label-body-site", "bodySite"),
            ("label-order-detail", "orderDetail"),
            ("label-amount", "quantity*"),
            ("label-category", "category"),
            ("label-intent", "intent"),
        ],
    ),
    (
        "SupplyDelivery",
        &[
            ("label-product", "suppliedItem.item*"),
            ("label-amount", "suppliedItem.quantity"),
            ("label-status", "status"),
            ("label-occurrence", "occurrence*"),
            ("label-kind", "type"),
        ],
    ),
];

/// Repeated parts of each type that read best as a table: caption, path of the rows, columns.
pub(super) const TABLES: &[(&str, &str, &str, &[Row])] = &[
    (
        "AllergyIntolerance",
        "label-reaction",
        "reaction",
        &[
            ("label-manifestation", "manifestation"),
            ("label-grade", "severity"),
            ("label-reaction-date", "onset"),
            ("label-substance", "substance"),
            ("label-exposure-route", "exposureRoute"),
            ("label-description", "description"),
            ("label-note", "note"),
        ],
    ),
    (
        "CarePlan",
        "label-planned-activities",
        "activity",
        &[
            ("label-activity", "detail.code"),
            ("label-activity", "reference"),
            ("label-status", "detail.status"),
            ("label-timing", "detail.scheduled*"),
            ("label-location", "detail.location"),
            ("label-performer", "detail.performer"),
            ("label-outcome", "outcomeCodeableConcept"),
            ("label-description", "detail.description"),
            ("label-note", "progress"),
        ],
    ),
    (
        "CareTeam",
        "label-team-members",
        "participant",
        &[
            ("label-name", "member"),
            ("label-role", "role"),
            ("label-period", "period"),
            ("label-manager", "onBehalfOf"),
        ],
    ),
    (
        "Claim",
        "label-bill-lines",
        "item",
        &[
            ("label-product", "productOrService"),
            ("label-details-of-service", "serviced*"),
            ("label-amount", "quantity"),
            ("label-cost", "net"),
        ],
    ),
    (
        "Claim",
        "label-diagnosis",
        "diagnosis",
        &[
            ("label-diagnosis", "diagnosisCodeableConcept"),
            ("label-diagnosis", "diagnosisReference"),
            ("label-kind", "type"),
        ],
    ),
    ("Claim", "label-insurance", "insurance", &[("label-insurance", "coverage")]),
    (
        "Coverage",
        "label-plan-group",
        "class",
        &[("label-kind", "type"), ("label-identifier", "value"), ("label-name", "name")],
    ),
    (
        "Encounter",
        "label-visit-people",
        "participant",
        &[("label-name", "individual"), ("label-role", "type"), ("label-period", "period")],
    ),
    (
        "ExplanationOfBenefit",
        "label-bill-lines",
        "item",
        &[
            ("label-product", "productOrService"),
            ("label-details-of-service", "serviced*"),
            ("label-facility-type", "location*"),
            ("label-amount", "quantity"),
            ("label-cost", "net"),
        ],
    ),
    (
        "ExplanationOfBenefit",
        "label-money-totals",
        "total",
        &[("label-kind", "category"), ("label-amount", "amount")],
    ),
    (
        "ExplanationOfBenefit",
        "label-diagnosis",
        "diagnosis",
        &[
            ("label-diagnosis", "diagnosisCodeableConcept"),
            ("label-diagnosis", "diagnosisReference"),
            ("label-kind", "type"),
        ],
    ),
    (
        "ExplanationOfBenefit",
        "label-care-team",
        "careTeam",
        &[("label-name", "provider"), ("label-role", "role"), ("label-qualification", "qualification")],
    ),
    ("ExplanationOfBenefit", "label-insurance", "insurance", &[("label-insurance", "coverage")]),
    ("ExplanationOfBenefit", "label-payer-note", "processNote", &[("label-text", "text")]),
    (
        "FamilyMemberHistory",
        "label-family-conditions",
        "condition",
        &[
            ("label-condition-code", "code"),
            ("label-onset", "onset*"),
            ("label-outcome", "outcome"),
            ("label-note", "note"),
        ],
    ),
    (
        "Goal",
        "label-target",
        "target",
        &[("label-measure", "measure"), ("label-target", "detail*"), ("label-due", "due*")],
    ),
    (
        "ImagingStudy",
        "label-series",
        "series",
        &[
            ("label-modality", "modality"),
            ("label-body-site", "bodySite"),
            ("label-description", "description"),
            ("label-start", "started"),
        ],
    ),
    (
        "Immunization",
        "label-reaction",
        "reaction",
        &[("label-reaction-date", "date"), ("label-manifestation", "detail"), ("label-origin", "reported")],
    ),
    (
        "Immunization",
        "label-protocol",
        "protocolApplied",
        &[
            ("label-name", "series"),
            ("label-vaccine-disease", "targetDisease"),
            ("label-dose-number", "doseNumber*"),
            ("label-doses", "seriesDoses*"),
        ],
    ),
    (
        "Observation",
        "label-component",
        "component",
        &[
            ("label-code", "code"),
            ("label-result", "value*"),
            ("label-status-reason", "dataAbsentReason"),
            ("label-flag", "interpretation"),
            ("label-normal-range", "referenceRange"),
        ],
    ),
    (
        "Observation",
        "label-normal-range",
        "referenceRange",
        &[
            ("label-normal-range", "."),
            ("label-kind", "type"),
            ("label-range-kind", "appliesTo"),
            ("label-age", "age"),
            ("label-text", "text"),
        ],
    ),
    (
        "Patient",
        "label-contact",
        "contact",
        &[
            ("label-name", "name"),
            ("label-contact-role", "relationship"),
            ("label-telecom", "telecom"),
            ("label-address", "address"),
            ("label-manager", "organization"),
        ],
    ),
    (
        "Provenance",
        "label-agent",
        "agent",
        &[
            ("label-name", "who"),
            ("label-role", "type"),
            ("label-role", "role"),
            ("label-on-behalf", "onBehalfOf"),
        ],
    ),
];

/// References to other items of the record, by path: shown as links instead of fields.
pub(super) const LINKS: &[Row] = &[
    ("label-encounter", "encounter"),
    ("label-encounter", "context"),
    ("label-encounter", "context.encounter"),
    ("label-relation", "context.related"),
    ("label-results", "result"),
    ("label-members", "hasMember"),
    ("label-derived-from", "derivedFrom"),
    ("label-based-on", "basedOn"),
    ("label-part-of", "partOf"),
    ("label-reason", "reasonReference"),
    ("label-imaging", "imagingStudy"),
    ("label-sample", "specimen"),
    ("label-report", "report"),
    ("label-claim", "claim"),
    ("label-addresses", "addresses"),
    ("label-goal", "goal"),
    ("label-care-team", "careTeam"),
    ("label-supporting", "supportingInfo"),
    ("label-supporting", "relevantHistory"),
    ("label-about-items", "target"),
    ("label-focus", "focus"),
    ("label-condition", "diagnosis.condition"),
    ("label-prescription", "authorizingPrescription"),
    ("label-prescription", "prescription"),
    ("label-medicine", "medicationReference"),
    ("label-relation", "relatesTo.target"),
    ("label-evidence", "evidence.detail"),
    ("label-stage", "stage.assessment"),
    ("label-encounter", "item.encounter"),
    ("label-replaces", "replaces"),
    ("label-referral", "referral"),
    ("label-appointment", "appointment"),
    ("label-entry", "entry.item"),
    ("label-media", "media.link"),
    ("label-complication", "complicationDetail"),
    ("label-instrument", "usedReference"),
    ("label-procedure", "procedureReference"),
    ("label-outcome", "outcomeReference"),
    ("label-insurance", "insurance.coverage"),
    ("label-replied", "inResponseTo"),
    ("label-part-of", "parent"),
    ("label-activity", "activity.reference"),
    ("label-diagnosis", "diagnosis.diagnosisReference"),
    ("label-members", "section.entry"),
];

/// Whether a part of an element is a reference that is shown as a link.
pub(super) fn is_link(element: &str, part: &str) -> bool {
    LINKS.iter().any(|(_, path)| path.split_once('.') == Some((element, part)))
}

/// Elements that say nothing to a reader, wherever they stand.
const SILENT: &[&str] = &[
    "id",
    "extension",
    "modifierExtension",
    "linkId",
    "data",
    "hash",
    "system",
    "resourceType",
    "meta",
    "rank",
];

/// Whether an element says nothing to a reader: technical ones, and the `_x` companions of primitives.
pub(super) fn is_silent(key: &str) -> bool {
    key.starts_with('_') || SILENT.contains(&key)
}

/// Elements at the top of a resource that are shown elsewhere: as the narrative, the person whose record it is, or
/// behind Details.
pub(super) const SHOWN_ELSEWHERE: &[&str] = &[
    "text",
    "contained",
    "implicitRules",
    "language",
    "subject",
    "patient",
    "beneficiary",
    "identifier",
    "note",
    "conclusion",
    "presentedForm",
    "section",
    "contentType",
    "securityContext",
    "content",
    "questionnaire",
];

/// Data types that end the name of a choice element, longest first where one ends another.
const CHOICES: &[&str] = &[
    "CodeableConcept",
    "Reference",
    "Coding",
    "String",
    "Money",
    "DateTime",
    "Date",
    "Period",
    "Quantity",
    "Uri",
    "Url",
    "Code",
    "PositiveInt",
    "UnsignedInt",
    "Integer",
    "Decimal",
    "Attachment",
    "Boolean",
    "Age",
    "Range",
    "Duration",
];

/// The label of an element: ours where there is one, with or without its data type, else its name split into words.
pub(super) fn label(key: &str) -> Label {
    let stem = || CHOICES.iter().find_map(|kind| key.strip_suffix(kind));
    match known_label(key).or_else(|| stem().and_then(known_label)) {
        Some(id) => Label::Word(id),
        None => Label::Source(split_name(key)),
    }
}

fn known_label(key: &str) -> Option<&'static str> {
    LABELS.binary_search_by(|row| row.0.cmp(key)).ok().map(|at| LABELS[at].1)
}

/// The columns or fields of a type.
pub(super) fn of(name: &str) -> &'static [Row] {
    FIELDS.binary_search_by(|row| row.0.cmp(name)).map_or(&[], |at| FIELDS[at].1)
}

/// Known extensions by the last part of their address.
const EXTENSIONS: &[(&str, &str)] = &[
    ("us-core-race", "label-race"),
    ("us-core-ethnicity", "label-ethnicity"),
    ("us-core-birthsex", "label-birth-sex"),
    ("us-core-sex", "label-sex"),
    ("us-core-individual-sex", "label-sex"),
    ("us-core-genderIdentity", "label-gender-identity"),
    ("individual-genderIdentity", "label-gender-identity"),
    ("individual-pronouns", "label-pronouns"),
    ("us-core-tribal-affiliation", "label-tribe"),
    ("us-core-interpreter-needed", "label-interpreter-needed"),
    ("us-core-medication-adherence", "label-adherence"),
    ("patient-mothersMaidenName", "label-mother-name"),
    ("patient-birthPlace", "label-birth-place"),
    ("patient-nationality", "label-nationality"),
    ("patient-religion", "label-religion"),
    ("patient-interpreterRequired", "label-interpreter-needed"),
    ("condition-assertedDate", "label-asserted"),
    ("birthPlace", "label-birth-place"),
    ("disability-adjusted-life-years", "label-life-years-lost"),
    ("quality-adjusted-life-years", "label-life-years"),
    ("extension-DocumentReference.attester", "label-attested"),
    ("us-core-authentication-time", "label-signed-when"),
    ("us-core-familymemberhistory-recorder", "label-entered-by"),
    ("workflow-supportingInfo", "label-support"),
];

/// The label of an extension by its address.
pub(super) fn extension_label(url: &str) -> Label {
    let tail = url.rsplit(['/', ':', '#']).next().unwrap_or(url);
    match EXTENSIONS.iter().find(|row| row.0 == tail) {
        Some(row) => Label::Word(row.1),
        None => match LABELS.binary_search_by(|row| row.0.cmp(tail)) {
            Ok(at) => Label::Word(LABELS[at].1),
            Err(_) => Label::Source(split_name(tail)),
        },
    }
}

/// Codes that extensions carry without a display (US Core birth sex and sex).
pub(super) fn extension_code(code: &str) -> Option<&'static str> {
    Some(match code {
        "F" | "248152002" => "word-female",
        "M" | "248153007" => "word-male",
        "UNK" | "asked-unknown" => "word-unknown",
        "OTH" => "word-other",
        _ => return None,
    })
}

/// A name in camelCase or with hyphens, as words: "accessionIdentifier" becomes "Accession identifier".
pub(super) fn split_name(name: &str) -> String {
    let name = cut(name, 100);
    let mut out = String::with_capacity(name.len() + 4);
    let mut before_lower = false;
    for c in name.chars() {
        if c == '-' || c == '_' || c == '.' || c.is_whitespace() {
            before_lower = false;
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        if c.is_uppercase() && before_lower {
            out.push(' ');
        }
        before_lower = c.is_lowercase() || c.is_ascii_digit();
        if out.is_empty() {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out.trim_end().to_owned()
}
