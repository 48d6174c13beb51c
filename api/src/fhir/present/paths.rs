//! Where each type keeps its title, date, code, author and place: paths, best first.

/// Where each type names itself, best first.
pub(super) const TITLES: &[(&str, &[&str])] = &[
    ("Account", &["name", "type"]),
    ("AdverseEvent", &["event", "suspectEntity.instance", "category"]),
    ("AllergyIntolerance", &["code", "reaction.substance", "reaction.manifestation"]),
    ("Appointment", &["serviceType", "appointmentType", "description", "reasonCode", "specialty"]),
    ("AuditEvent", &["subtype", "type"]),
    ("Basic", &["code"]),
    ("CarePlan", &["title", "category", "activity.detail.code", "description"]),
    ("CareTeam", &["name", "category", "reasonCode"]),
    ("ChargeItem", &["code"]),
    ("Claim", &["item.productOrService", "procedure.procedureCodeableConcept", "subType"]),
    ("ClaimResponse", &["disposition", "subType"]),
    ("Communication", &["topic", "category", "reasonCode"]),
    ("CommunicationRequest", &["category", "reasonCode"]),
    ("Composition", &["title", "type"]),
    ("Consent", &["scope", "category"]),
    ("Coverage", &["payor.display", "type", "class.name"]),
    ("DetectedIssue", &["code", "detail"]),
    ("Device", &["deviceName.name", "type", "modelNumber", "manufacturer"]),
    ("DeviceRequest", &["code*"]),
    ("DeviceUseStatement", &["device"]),
    ("DocumentManifest", &["description", "type"]),
    ("DocumentReference", &["type", "description", "content.attachment.title", "category"]),
    ("Encounter", &["type", "serviceType", "reasonCode"]),
    ("EpisodeOfCare", &["type"]),
    ("ExplanationOfBenefit", &["item.productOrService", "disposition", "subType"]),
    ("FamilyMemberHistory", &["relationship", "name"]),
    ("Goal", &["description"]),
    ("Group", &["name", "code"]),
    (
        "ImagingStudy",
        &["description", "procedureCode", "series.description", "modality.display", "series.modality"],
    ),
    ("Immunization", &["vaccineCode"]),
    ("ImmunizationEvaluation", &["targetDisease"]),
    ("ImmunizationRecommendation", &["recommendation.vaccineCode", "recommendation.targetDisease"]),
    ("Library", &["title", "name"]),
    ("List", &["title", "code"]),
    ("Media", &["content.title", "modality", "view", "bodySite", "type"]),
    ("Medication", &["code", "ingredient.item*"]),
    ("MolecularSequence", &["referenceSeq.referenceSeqId", "type"]),
    ("NutritionOrder", &["oralDiet.type", "supplement.productName", "enteralFormula.baseFormulaProductName"]),
    ("Provenance", &["activity", "reason"]),
    ("Questionnaire", &["title", "name"]),
    ("QuestionnaireResponse", &["_questionnaire.extension.valueString", "questionnaire"]),
    ("RelatedPerson", &["name", "relationship"]),
    ("RiskAssessment", &["code", "condition", "prediction.outcome"]),
    ("Specimen", &["type"]),
    ("SupplyDelivery", &["suppliedItem.item*", "type"]),
    ("SupplyRequest", &["item*"]),
    ("Task", &["description", "code"]),
];

/// Where types without a row of their own name themselves.
pub(super) const ANY_TITLE: &[&str] = &[
    "code",
    "medication*",
    "title",
    "name",
    "vaccineCode",
    "type",
    "description",
    "category",
    "serviceType",
];

/// Where each type says when it happened, best first; the generic list is for all others.
pub(super) const DATES: &[(&str, &[&str])] = &[
    ("AllergyIntolerance", &["onsetDateTime", "recordedDate", "onsetPeriod.start", "lastOccurrence"]),
    ("Claim", &["billablePeriod.start", "created"]),
    ("Condition", &["onsetDateTime", "onsetPeriod.start", "recordedDate", "assertedDate"]),
    ("Consent", &["dateTime", "provision.period.start"]),
    ("Coverage", &["period.start", "period.end"]),
    ("DocumentReference", &["context.period.start", "date", "indexed"]),
    ("ExplanationOfBenefit", &["billablePeriod.start", "created"]),
    ("Goal", &["startDate", "statusDate", "target.dueDate"]),
    ("Immunization", &["occurrenceDateTime", "recorded"]),
    ("Patient", &["meta.lastUpdated"]),
    ("Provenance", &["recorded", "occurredDateTime", "occurredPeriod.start"]),
    ("RelatedPerson", &["period.start", "meta.lastUpdated"]),
];

/// Where types without a row of their own say when they happened.
pub(super) const ANY_DATE: &[&str] = &[
    "effectiveDateTime",
    "effectivePeriod.start",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod.start",
    "period.start",
    "occurrenceDateTime",
    "occurrencePeriod.start",
    "occurrenceTiming.event",
    "started",
    "start",
    "authoredOn",
    "whenHandedOver",
    "whenPrepared",
    "dateAsserted",
    "authored",
    "sent",
    "createdDateTime",
    "createdPeriod.start",
    "created",
    "date",
    "dateTime",
    "recorded",
    "recordedDate",
    "collection.collectedDateTime",
    "collection.collectedPeriod.start",
    "receivedTime",
    "issued",
    "requestedPeriod.start",
    "dateWritten",
    "identifiedDateTime",
    "servicedDate",
    "manufactureDate",
    "timestamp",
    "effectivePeriod.end",
    "period.end",
    "meta.lastUpdated",
];

/// Elements that hold the code a resource is compared by.
pub(super) const CODES: &[&str] =
    &["code", "vaccineCode", "medicationCodeableConcept", "type", "productOrService"];

/// Elements that name who made a resource.
pub(super) const AUTHORS: &[&str] = &[
    "performer",
    "performer.actor",
    "requester",
    "recorder",
    "asserter",
    "author",
    "participant.individual",
    "participant.member",
    "provider",
    "sender",
    "operator",
    "interpreter",
    "source",
    "agent.who",
];

/// Elements that name where it was made.
pub(super) const PLACES: &[&str] = &[
    "location.location",
    "location",
    "serviceProvider",
    "facility",
    "custodian",
    "managingOrganization",
    "organization",
    "serviceFacility",
    "destination",
];

/// The paths of a type, if it has a row of its own.
pub(super) fn row(
    table: &'static [(&str, &'static [&'static str])],
    name: &str,
) -> Option<&'static [&'static str]> {
    table.binary_search_by(|row| row.0.cmp(name)).ok().map(|at| table[at].1)
}

/// Whether the tables of this file are in the order their look-up needs.
#[cfg(test)]
pub(super) fn tables_are_sorted() -> bool {
    TITLES.is_sorted_by(|a, b| a.0 < b.0) && DATES.is_sorted_by(|a, b| a.0 < b.0)
}
