//! Tables from FHIR codes to our own words: states, flags and the other codes that every source uses alike.
//! A code that is not here is shown as the source words it.

use serde_json::Value;

use super::read::{codes, flag};

/// What a result's interpretation says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// Within the range.
    Normal,
    /// Above the range.
    High,
    /// Below the range.
    Low,
    /// Far above the range.
    VeryHigh,
    /// Far below the range.
    VeryLow,
    /// Not normal.
    Abnormal,
    /// Not normal to a degree that needs quick attention.
    Critical,
    /// Found.
    Positive,
    /// Not found.
    Negative,
    /// Neither found nor excluded.
    Unclear,
    /// A germ that the medicine does not stop.
    Resistant,
    /// A germ that the medicine stops.
    Susceptible,
    /// Better than before.
    Better,
    /// Worse than before.
    Worse,
}

impl Flag {
    const ROWS: [(Flag, i16, &'static str); 14] = [
        (Flag::Normal, 1, "flag-normal"),
        (Flag::High, 2, "flag-high"),
        (Flag::Low, 3, "flag-low"),
        (Flag::VeryHigh, 4, "flag-very-high"),
        (Flag::VeryLow, 5, "flag-very-low"),
        (Flag::Abnormal, 6, "flag-abnormal"),
        (Flag::Critical, 7, "flag-critical"),
        (Flag::Positive, 8, "flag-positive"),
        (Flag::Negative, 9, "flag-negative"),
        (Flag::Unclear, 10, "flag-unclear"),
        (Flag::Resistant, 11, "flag-resistant"),
        (Flag::Susceptible, 12, "flag-susceptible"),
        (Flag::Better, 13, "flag-better"),
        (Flag::Worse, 14, "flag-worse"),
    ];

    /// The stable number kept in the database, never reused.
    pub fn code(self) -> i16 {
        Self::ROWS[self as usize].1
    }

    /// The flag of a stored number, `None` for an unknown one.
    pub fn from_code(code: i16) -> Option<Flag> {
        Self::ROWS.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// Message id of the flag's name.
    pub fn name(self) -> &'static str {
        Self::ROWS[self as usize].2
    }

    /// Whether the flag should draw the eye: anything but normal, negative, susceptible or better.
    pub fn stands_out(self) -> bool {
        !matches!(self, Flag::Normal | Flag::Negative | Flag::Susceptible | Flag::Better)
    }

    /// The flag of an interpretation code (HL7 v3 ObservationInterpretation and v2 table 0078).
    pub fn from_interpretation(code: &str) -> Option<Flag> {
        Some(match code {
            "N" | "WR" => Flag::Normal,
            "H" | "HX" | "HU" => Flag::High,
            "L" | "LX" | "LU" => Flag::Low,
            "HH" => Flag::VeryHigh,
            "LL" => Flag::VeryLow,
            "A" => Flag::Abnormal,
            "AA" => Flag::Critical,
            "POS" | "DET" | "RR" => Flag::Positive,
            "NEG" | "ND" | "NR" => Flag::Negative,
            "IND" | "E" | "IE" | "I" => Flag::Unclear,
            "R" | "SYN-R" => Flag::Resistant,
            "S" | "SDD" | "SYN-S" => Flag::Susceptible,
            "B" => Flag::Better,
            "W" => Flag::Worse,
            _ => return None,
        })
    }

    /// The first known flag among a resource's interpretations.
    pub(super) fn of(resource: &Value) -> Option<Flag> {
        codes(resource, "interpretation").find_map(|(_, code)| Flag::from_interpretation(code))
    }
}

/// States of resources of any type. The same code means the same to a reader wherever it stands.
pub(super) const STATUS: &[(&str, &str)] = &[
    ("abandoned", "status-stopped"),
    ("aborted", "status-stopped"),
    ("accepted", "status-accepted"),
    ("achieved", "status-achieved"),
    ("active", "status-active"),
    ("amended", "status-amended"),
    ("appended", "status-amended"),
    ("arrived", "status-arrived"),
    ("available", "status-available"),
    ("balanced", "status-balanced"),
    ("billable", "status-billable"),
    ("billed", "status-billed"),
    ("booked", "status-booked"),
    ("cancelled", "status-cancelled"),
    ("checked-in", "status-arrived"),
    ("completed", "status-completed"),
    ("confirmed", "status-confirmed"),
    ("corrected", "status-corrected"),
    ("current", "status-current"),
    ("declined", "status-declined"),
    ("differential", "status-differential"),
    ("draft", "status-draft"),
    ("ended", "status-ended"),
    ("entered-in-error", "status-entered-in-error"),
    ("failed", "status-failed"),
    ("final", "status-final"),
    ("finished", "status-finished"),
    ("fulfilled", "status-fulfilled"),
    ("improving", "status-improving"),
    ("in-progress", "status-in-progress"),
    ("inactive", "status-inactive"),
    ("intended", "status-planned"),
    ("issued", "status-issued"),
    ("no-change", "status-no-change"),
    ("no-progress", "status-no-progress"),
    ("noshow", "status-noshow"),
    ("not-achieved", "status-not-achieved"),
    ("not-attainable", "status-not-attainable"),
    ("not-done", "status-not-done"),
    ("not-taken", "status-not-taken"),
    ("on-hold", "status-on-hold"),
    ("onleave", "status-on-leave"),
    ("partial", "status-partial"),
    ("pending", "status-pending"),
    ("planned", "status-planned"),
    ("preliminary", "status-preliminary"),
    ("preparation", "status-preparation"),
    ("proposed", "status-proposed"),
    ("provisional", "status-provisional"),
    ("ready", "status-ready"),
    ("received", "status-received"),
    ("recurrence", "status-recurrence"),
    ("refuted", "status-refuted"),
    ("registered", "status-registered"),
    ("rejected", "status-rejected"),
    ("relapse", "status-relapse"),
    ("remission", "status-remission"),
    ("requested", "status-requested"),
    ("resolved", "status-resolved"),
    ("retired", "status-inactive"),
    ("revoked", "status-revoked"),
    ("scheduled", "status-scheduled"),
    ("stopped", "status-stopped"),
    ("superseded", "status-superseded"),
    ("suspended", "status-on-hold"),
    ("sustaining", "status-sustaining"),
    ("triaged", "status-arrived"),
    ("unavailable", "status-unavailable"),
    ("unconfirmed", "status-unconfirmed"),
    ("unknown", "status-unknown"),
    ("waitlist", "status-waitlist"),
    ("worsening", "status-worsening"),
];

/// Message id of a state, `None` for one that FHIR R4 does not know.
pub(super) fn status(code: &str) -> Option<&'static str> {
    STATUS.binary_search_by(|row| row.0.cmp(code)).ok().map(|at| STATUS[at].1)
}

/// Codes of plain `code` elements, by element name.
const ELEMENTS: &[(&str, &str, &str)] = &[
    ("gender", "male", "word-male"),
    ("gender", "female", "word-female"),
    ("gender", "other", "word-other"),
    ("gender", "unknown", "word-unknown"),
    ("criticality", "low", "word-risk-low"),
    ("criticality", "high", "word-risk-high"),
    ("criticality", "unable-to-assess", "word-not-known-yet"),
    ("category", "food", "word-food"),
    ("category", "medication", "word-medicine"),
    ("category", "environment", "word-environment"),
    ("category", "biologic", "word-biologic"),
    ("type", "allergy", "word-allergy"),
    ("type", "intolerance", "word-intolerance"),
    ("severity", "mild", "word-mild"),
    ("severity", "moderate", "word-moderate"),
    ("severity", "severe", "word-severe"),
    ("intent", "order", "word-order"),
    ("intent", "original-order", "word-order"),
    ("intent", "plan", "word-plan"),
    ("intent", "proposal", "word-proposal"),
    ("intent", "reflex-order", "word-reflex-order"),
    ("priority", "routine", "word-routine"),
    ("priority", "urgent", "word-urgent"),
    ("priority", "asap", "word-asap"),
    ("priority", "stat", "word-stat"),
    ("use", "claim", "word-claim"),
    ("use", "preauthorization", "word-preauthorization"),
    ("use", "predetermination", "word-predetermination"),
    ("use", "home", "word-home"),
    ("use", "work", "word-work"),
    ("use", "mobile", "word-mobile"),
    ("use", "temp", "word-temporary"),
    ("use", "old", "word-old"),
    ("use", "billing", "word-billing"),
    ("use", "official", "word-official"),
    ("use", "usual", "word-usual"),
    ("use", "nickname", "word-nickname"),
    ("use", "maiden", "word-maiden-name"),
    ("use", "anonymous", "word-anonymous"),
    ("outcome", "queued", "word-waiting"),
    ("outcome", "complete", "word-complete"),
    ("outcome", "error", "word-error"),
    ("outcome", "partial", "word-partial"),
    ("required", "required", "word-required"),
    ("required", "optional", "word-optional"),
    ("required", "information-only", "word-information-only"),
    ("mode", "working", "word-working-list"),
    ("mode", "snapshot", "word-snapshot"),
    ("mode", "changes", "word-changes"),
    ("provision", "permit", "word-permit"),
    ("provision", "deny", "word-deny"),
    ("type", "permit", "word-permit"),
    ("type", "deny", "word-deny"),
];

/// Message id for the code of an element, by the element's name. Any `…tatus` element is a state.
pub(super) fn element(key: &str, code: &str) -> Option<&'static str> {
    if key.ends_with("tatus") {
        return status(code);
    }
    ELEMENTS.iter().find(|row| row.0 == key && row.1 == code).map(|row| row.2)
}

/// Coded concepts of HL7's own code systems, by the last part of the system's address.
const CONCEPTS: &[(&str, &str, &str)] = &[
    ("condition-category", "problem-list-item", "word-problem-list"),
    ("condition-category", "encounter-diagnosis", "word-visit-diagnosis"),
    ("condition-category", "health-concern", "word-health-concern"),
    ("observation-category", "laboratory", "word-laboratory"),
    ("observation-category", "vital-signs", "word-vital-signs"),
    ("observation-category", "social-history", "word-social-history"),
    ("observation-category", "survey", "word-survey"),
    ("observation-category", "imaging", "word-imaging"),
    ("observation-category", "exam", "word-exam"),
    ("observation-category", "procedure", "word-procedure"),
    ("observation-category", "therapy", "word-therapy"),
    ("observation-category", "activity", "word-activity"),
    ("us-core-category", "sdoh", "word-sdoh"),
    ("us-core-tags", "sdoh", "word-sdoh"),
    ("consentscope", "patient-privacy", "word-privacy"),
    ("consentscope", "treatment", "word-treatment"),
    ("consentscope", "research", "word-research"),
    ("consentscope", "adr", "word-advance-directive"),
    ("provenance-participant-type", "enterer", "word-enterer"),
    ("provenance-participant-type", "performer", "word-performer"),
    ("provenance-participant-type", "author", "word-author"),
    ("provenance-participant-type", "verifier", "word-verifier"),
    ("provenance-participant-type", "legal", "word-attester"),
    ("provenance-participant-type", "attester", "word-attester"),
    ("provenance-participant-type", "informant", "word-informant"),
    ("provenance-participant-type", "custodian", "word-custodian"),
    ("provenance-participant-type", "assembler", "word-assembler"),
    ("provenance-participant-type", "composer", "word-assembler"),
    ("us-core-provenance-participant-type", "transmitter", "word-transmitter"),
    ("v3-DataOperation", "CREATE", "word-entered"),
    ("v3-DataOperation", "UPDATE", "word-changed"),
    ("v3-DataOperation", "APPEND", "word-changed"),
    ("v3-DataOperation", "DELETE", "word-deleted"),
    // BCP 47: the languages that are spoken most in the United States.
    ("47", "en", "word-english"),
    ("47", "en-US", "word-english"),
    ("47", "es", "word-spanish"),
    ("47", "es-US", "word-spanish"),
    ("47", "zh", "word-chinese"),
    ("47", "vi", "word-vietnamese"),
    ("47", "tl", "word-tagalog"),
    ("47", "ar", "word-arabic"),
    ("47", "fr", "word-french"),
    ("47", "ko", "word-korean"),
    ("47", "ru", "word-russian"),
    ("47", "pt", "word-portuguese"),
    ("47", "ht", "word-haitian-creole"),
    // Race and ethnicity as the United States count them (OMB, by CDC codes).
    ("2.16.840.1.113883.6.238", "1002-5", "word-american-indian"),
    ("2.16.840.1.113883.6.238", "2028-9", "word-asian"),
    ("2.16.840.1.113883.6.238", "2054-5", "word-black"),
    ("2.16.840.1.113883.6.238", "2076-8", "word-pacific-islander"),
    ("2.16.840.1.113883.6.238", "2106-3", "word-white"),
    ("2.16.840.1.113883.6.238", "2131-1", "word-other-race"),
    ("2.16.840.1.113883.6.238", "2135-2", "word-hispanic"),
    ("2.16.840.1.113883.6.238", "2186-5", "word-not-hispanic"),
    ("v2-0203", "MR", "word-record-number"),
    ("v2-0203", "DL", "word-driver-license"),
    ("v2-0203", "SS", "word-social-security"),
    ("v2-0203", "PPN", "word-passport"),
    ("v2-0074", "LAB", "word-laboratory"),
    ("v2-0074", "RAD", "word-imaging"),
    ("us-core-documentreference-category", "clinical-note", "word-clinical-note"),
    ("v3-ActCode", "AMB", "word-visit-office"),
    ("v3-ActCode", "EMER", "word-visit-emergency"),
    ("v3-ActCode", "IMP", "word-visit-hospital"),
    ("v3-ActCode", "ACUTE", "word-visit-hospital"),
    ("v3-ActCode", "NONAC", "word-visit-hospital"),
    ("v3-ActCode", "OBSENC", "word-visit-observation"),
    ("v3-ActCode", "SS", "word-visit-short-stay"),
    ("v3-ActCode", "HH", "word-visit-home"),
    ("v3-ActCode", "VR", "word-visit-remote"),
    ("v3-MaritalStatus", "M", "word-married"),
    ("v3-MaritalStatus", "S", "word-never-married"),
    ("v3-MaritalStatus", "D", "word-divorced"),
    ("v3-MaritalStatus", "W", "word-widowed"),
    ("v3-MaritalStatus", "L", "word-separated"),
    ("v3-MaritalStatus", "T", "word-partner"),
    ("claim-type", "institutional", "word-claim-institutional"),
    ("claim-type", "professional", "word-claim-professional"),
    ("claim-type", "pharmacy", "word-claim-pharmacy"),
    ("claim-type", "vision", "word-claim-vision"),
    ("claim-type", "oral", "word-claim-oral"),
    ("processpriority", "normal", "word-routine"),
    ("processpriority", "stat", "word-urgent"),
    ("processpriority", "deferred", "word-later"),
    ("medicationrequest-category", "inpatient", "word-in-hospital"),
    ("medicationrequest-category", "outpatient", "word-outside-hospital"),
    ("medicationrequest-category", "community", "word-at-home"),
    ("medicationrequest-category", "discharge", "word-on-leaving"),
    ("data-absent-reason", "unknown", "word-unknown"),
    ("data-absent-reason", "asked-unknown", "word-asked-unknown"),
    ("data-absent-reason", "asked-declined", "word-asked-declined"),
    ("data-absent-reason", "not-asked", "word-not-asked"),
    ("data-absent-reason", "not-performed", "word-not-performed"),
    ("data-absent-reason", "not-applicable", "word-not-applicable"),
    ("data-absent-reason", "masked", "word-masked"),
    ("data-absent-reason", "error", "word-measurement-error"),
    ("adjudication", "submitted", "word-charged"),
    ("adjudication", "copay", "word-copay"),
    ("adjudication", "eligible", "word-covered-amount"),
    ("adjudication", "deductible", "word-deductible"),
    ("adjudication", "benefit", "word-plan-paid"),
    ("adjudication", "tax", "word-tax"),
    ("adjudication", "unallocdeduct", "word-deductible-left"),
    ("v3-RoleCode", "MTH", "word-mother"),
    ("v3-RoleCode", "FTH", "word-father"),
    ("v3-RoleCode", "PRN", "word-parent"),
    ("v3-RoleCode", "CHILD", "word-child"),
    ("v3-RoleCode", "SPS", "word-spouse"),
    ("v3-RoleCode", "SIB", "word-sibling"),
    ("v3-RoleCode", "SIS", "word-sister"),
    ("v3-RoleCode", "BRO", "word-brother"),
    ("subscriber-relationship", "self", "word-self"),
    ("subscriber-relationship", "spouse", "word-spouse"),
    ("subscriber-relationship", "child", "word-child"),
    ("subscriber-relationship", "parent", "word-parent"),
];

/// Message id of a coded concept from an HL7 code system that is a state or in the table.
pub(super) fn concept(value: &Value) -> Option<&'static str> {
    value.get("coding")?.as_array()?.iter().find_map(coded)
}

/// The same of a single coding.
pub(super) fn coded(coding: &Value) -> Option<&'static str> {
    let tail = flag(coding, "system")?.rsplit(['/', ':']).next()?;
    let code = flag(coding, "code")?;
    match tail {
        "condition-clinical"
        | "condition-ver-status"
        | "allergyintolerance-clinical"
        | "allergyintolerance-verification"
        | "goal-achievement" => status(code),
        "v3-ObservationInterpretation" => Flag::from_interpretation(code).map(Flag::name),
        _ => CONCEPTS.iter().find(|row| row.0 == tail && row.1 == code).map(|row| row.2),
    }
}
