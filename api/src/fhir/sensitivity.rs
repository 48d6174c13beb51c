//! Sensitivity labels: which kinds of specially protected information a resource holds, and by what that was
//! found. Labels the source set (HL7 security labels, as in DS4P) count as they stand; the rest is found by
//! codes. A label never hides anything from the person themselves; it says what others do not see unless they
//! were allowed to.

mod codes;
mod derived;
mod own;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use derived::{Seat, Service, bits, is_program, recorded_by_program};
pub use own::{Notes, Own};

/// A kind of specially protected information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// Substance use and its treatment (42 CFR Part 2 where the source is such a program).
    SubstanceUse,
    /// Mental health.
    MentalHealth,
    /// Psychotherapy notes in the sense of 45 CFR 164.501.
    PsychotherapyNotes,
    /// HIV and AIDS.
    Hiv,
    /// Sexual and reproductive health.
    Reproductive,
    /// Genetic information.
    Genetic,
    /// Abuse and violence at home.
    Violence,
    /// A service that a minor consented to alone (45 CFR 164.502(g)(3)).
    Minor,
    /// Compiled for a legal proceeding (45 CFR 164.524(a)(1)(ii)).
    Litigation,
    /// Restricted by the source, which does not say why (HL7 confidentiality R or V).
    Restricted,
    /// A note or a document in free text that carries no label: nobody can tell what stands in it.
    Unreviewed,
}

/// What put a label. Staff can put and take labels as well, with a reason; that is kept apart, so that a newer
/// version from the source does not undo it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The source set it, in `meta.security` or `securityLabel`.
    Source,
    /// A code that stands in the tables of codes.
    Code,
    /// The settings of the clinic: a code of its own, or all that comes from a source.
    Settings,
    /// It is free text without any label.
    FreeText,
    /// What is stored cannot be read, so nobody can tell what stands in it.
    Unreadable,
}

/// Labels as bits, one for each [`Label`], for storing beside a list's line and for asking a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Labels(pub i64);

impl Label {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 11] = [
        Self::SubstanceUse,
        Self::MentalHealth,
        Self::PsychotherapyNotes,
        Self::Hiv,
        Self::Reproductive,
        Self::Genetic,
        Self::Violence,
        Self::Minor,
        Self::Litigation,
        Self::Restricted,
        Self::Unreviewed,
    ];

    /// Its bit. Kept in databases: never changed.
    pub const fn bit(self) -> i64 {
        1 << (self as u8)
    }

    /// Its stable name, as it stands in forms and in the ledger.
    pub fn slug(self) -> &'static str {
        match self {
            Self::SubstanceUse => "substance-use",
            Self::MentalHealth => "mental-health",
            Self::PsychotherapyNotes => "psychotherapy-notes",
            Self::Hiv => "hiv",
            Self::Reproductive => "reproductive",
            Self::Genetic => "genetic",
            Self::Violence => "violence",
            Self::Minor => "minor",
            Self::Litigation => "litigation",
            Self::Restricted => "restricted",
            Self::Unreviewed => "unreviewed",
        }
    }

    /// Whether it says what is protected. A text that nobody has looked through yet bears one that does not.
    pub fn protects(self) -> bool {
        self != Self::Unreviewed
    }

    /// The label of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.slug() == slug)
    }

    /// The id of its words.
    pub fn name(self) -> &'static str {
        match self {
            Self::SubstanceUse => "label-substance-use",
            Self::MentalHealth => "label-mental-health",
            Self::PsychotherapyNotes => "label-psychotherapy-notes",
            Self::Hiv => "label-hiv",
            Self::Reproductive => "label-reproductive",
            Self::Genetic => "label-genetic",
            Self::Violence => "label-violence",
            Self::Minor => "label-minor",
            Self::Litigation => "label-litigation",
            Self::Restricted => "label-restricted",
            Self::Unreviewed => "label-unreviewed",
        }
    }
}

impl Rule {
    /// The rule of this name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Source, Self::Code, Self::Settings, Self::FreeText, Self::Unreadable]
            .into_iter()
            .find(|rule| rule.slug() == slug)
    }

    /// Its stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Code => "code",
            Self::Settings => "settings",
            Self::FreeText => "free-text",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Labels {
    /// Every label.
    pub const ALL: Self = Self((1 << Label::ALL.len()) - 1);

    /// With one more.
    #[must_use]
    pub fn with(self, label: Label) -> Self {
        Self(self.0 | label.bit())
    }

    /// Without one.
    #[must_use]
    pub fn without(self, label: Label) -> Self {
        Self(self.0 & !label.bit())
    }

    /// Whether it is among them.
    pub fn has(self, label: Label) -> bool {
        self.0 & label.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Label> {
        Label::ALL.into_iter().filter(move |label| self.has(*label))
    }
}

impl FromIterator<Label> for Labels {
    fn from_iter<I: IntoIterator<Item = Label>>(labels: I) -> Self {
        labels.into_iter().fold(Self::default(), Self::with)
    }
}

/// A label with what put it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The label.
    pub label: Label,
    /// The first rule that put it.
    pub rule: Rule,
    /// The code by which it was found, `system|code`; empty for free text, and for what comes from a labelled source.
    pub code: String,
}

/// Raised with each change of what [`of`] finds other than by the lists of codes, or of what follows from it, and with
/// each change of where files stand (`records/placing.rs`): what is stored is labelled and placed anew then.
const VERSION: u32 = 5;

/// What tells the rules of this version from those of others: their number and the lists of codes.
pub fn rules() -> String {
    format!("{VERSION}\n{}", include_str!("sensitivity/codes.rs"))
}

/// The labels of a resource, each with the first rule that put it, in order of their bits; with what the settings add for
/// its source.
pub fn of(resource: &Value, own: &Own) -> Vec<Found> {
    let mut found = Vec::new();
    for list in [&resource["meta"]["security"], &resource["securityLabel"]] {
        for one in list.as_array().into_iter().flatten() {
            // `securityLabel` is a list of CodeableConcepts in R4, `meta.security` one of Codings.
            // One whose codings say nothing is judged by its own words.
            let within = one["coding"].as_array().filter(|within| within.iter().any(says_something));
            for coding in within.map_or(std::slice::from_ref(one), Vec::as_slice) {
                found.extend(set_by_source(coding).map(|label| Found::by(label, Rule::Source, coding)));
                found.extend(by_settings(coding, own));
            }
        }
    }
    by_codes((resource, own), 0, &mut found);
    let (added, mut found): (Vec<Found>, Vec<Found>) =
        found.into_iter().partition(|one| one.rule == Rule::Settings);
    for one in found.iter_mut().filter(|one| !is_as_marked(one.label, (resource, own))) {
        one.label = Label::MentalHealth;
    }
    // A level alone says that there is something; beside a kind that the source itself named it says nothing more. What
    // nobody here knows may be about anything else: that stays.
    if found.iter().any(|found| found.rule == Rule::Source && found.label != Label::Restricted) {
        found.retain(|found| !found.is_level());
    }
    // Of several codes for one label the one that says most stands.
    found.sort_by_key(|found| (found.label, !found.is_of_program()));
    found.dedup_by_key(|found| found.label);
    if found.is_empty() && is_free_text(resource) {
        found.push(Found { label: Label::Unreviewed, rule: Rule::FreeText, code: String::new() });
    }
    // Last, so that nothing is lost by them that stands there without them.
    for one in added {
        if !found.iter().any(|other| other.label == one.label) {
            found.push(one);
        }
    }
    found.sort_by_key(|found| found.label);
    found
}

/// The labels of a resource that cannot be read: those that it had, and that it is restricted.
pub fn unreadable(before: &[Found]) -> Vec<Found> {
    let mut found: Vec<Found> = before.iter().filter(|one| one.label != Label::Restricted).cloned().collect();
    found.push(Found { label: Label::Restricted, rule: Rule::Unreadable, code: String::new() });
    found.sort_by_key(|one| one.label);
    found
}

impl Found {
    fn by(label: Label, rule: Rule, coding: &Value) -> Self {
        let part = |name: &str| coding[name].as_str().unwrap_or_default();
        Self { label, rule, code: format!("{}|{}", part("system"), part("code")) }
    }

    /// Whether it is only how confidential the source holds something.
    fn is_level(&self) -> bool {
        self.rule == Rule::Source
            && self.code.split('|').next().is_some_and(|system| system.ends_with(LEVELS))
    }
}

/// Whether a label has a place on a resource. Psychotherapy notes are notes, kept apart; medicines, tests, times and
/// modalities of treatment, diagnoses and plans are none, whatever a source calls them (45 CFR 164.501). What was put
/// together for a proceeding is papers, too: what a system recorded was recorded for care (164.524(a)(1)(ii)).
pub fn fits(label: Label, resource: &Value) -> bool {
    match label {
        Label::PsychotherapyNotes => is_text(resource),
        Label::Litigation => is_free_text(resource),
        _ => true,
    }
}

/// Whether a mark of the source is what it says. Psychotherapy notes are separated from the rest of the record: a note that
/// its system keeps among the others is one on mental health, which the person sees (45 CFR 164.501, 164.524(a)(1)(i)).
fn is_as_marked(label: Label, (resource, own): (&Value, &Own)) -> bool {
    fits(label, resource) && (label != Label::PsychotherapyNotes || own.keeps_notes_apart())
}

/// HL7 v3 Confidentiality.
const LEVELS: &str = "v3-Confidentiality";

/// A part of a coding or a concept, unless it is empty.
fn said<'a>(coding: &'a Value, name: &str) -> Option<&'a str> {
    coding[name].as_str().filter(|text| !text.trim().is_empty())
}

/// Whether a coding has more than a system.
fn says_something(coding: &Value) -> bool {
    said(coding, "code").or(said(coding, "display")).is_some()
}

/// HL7 v3 ActCode (sensitivity and policy) and Confidentiality.
fn set_by_source(coding: &Value) -> Option<Label> {
    let Some(code) = said(coding, "code") else {
        // In words alone: nobody here reads what about.
        return said(coding, "display").or(said(coding, "text")).map(|_| Label::Restricted);
    };
    let system = coding["system"].as_str().unwrap_or_default();
    if system.ends_with(LEVELS) {
        return matches!(code, "R" | "V").then_some(Label::Restricted);
    }
    let known = codes::SECURITY.iter().find(|(_, known)| known.contains(&code)).map(|(label, _)| *label);
    // A code that is not known may be about anything: nobody guesses. What HL7 says of handling, of purposes and of
    // integrity is no statement about what stands in it.
    let about_handling = codes::HANDLING.contains(&code)
        || (system.contains("terminology.hl7.org") && !system.ends_with("v3-ActCode"));
    known.or((!about_handling).then_some(Label::Restricted))
}

/// Deeper than this no code of a resource stands.
const DEEPEST: usize = 24;

/// What the tables say of a code.
fn by_tables(coding: &Value) -> Option<Found> {
    let label = codes::label(coding["system"].as_str()?, coding["code"].as_str()?)?;
    Some(Found::by(label, Rule::Code, coding))
}

/// What the settings say of a code.
fn by_settings(coding: &Value, own: &Own) -> impl Iterator<Item = Found> {
    let said = coding["system"].as_str().zip(coding["code"].as_str());
    let labels = said.map_or_else(Labels::default, |(system, code)| own.labels(system, code));
    labels.iter().map(move |label| Found::by(label, Rule::Settings, coding))
}

/// Looks at each `coding` of the resource.
fn by_codes((value, own): (&Value, &Own), depth: usize, found: &mut Vec<Found>) {
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|one| by_codes((one, own), depth + 1, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match name.as_str() {
                    "coding" => {
                        for coding in value.as_array().into_iter().flatten() {
                            found.extend(by_tables(coding));
                            found.extend(by_settings(coding, own));
                        }
                    }
                    // Labels of the source are read apart; texts hold no codes.
                    "meta" | "securityLabel" | "text" => {}
                    _ => by_codes((value, own), depth + 1, found),
                }
            }
        }
        _ => {}
    }
}

/// Whether what it says stands in words or in a file, where no code tells what about.
fn is_free_text(resource: &Value) -> bool {
    let report = resource["resourceType"] == "DiagnosticReport";
    is_text(resource) || report && resource["presentedForm"].as_array().is_some_and(|forms| !forms.is_empty())
}

/// Whether it is of a type that holds words or a file and no codes: notes, letters, messages, pictures.
fn is_text(resource: &Value) -> bool {
    const TEXTS: [&str; 7] = [
        "Binary",
        "ClinicalImpression",
        "Communication",
        "Composition",
        "DocumentReference",
        "Media",
        "QuestionnaireResponse",
    ];
    resource["resourceType"].as_str().is_some_and(|kind| TEXTS.contains(&kind))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(resource: &Value) -> Vec<(&'static str, Rule)> {
        let found = of(resource, &Own::default()).into_iter();
        found.map(|found| (found.label.slug(), found.rule)).collect()
    }

    fn coded(kind: &str, element: &str, (system, code): (&str, &str)) -> Value {
        json!({"resourceType": kind, element: {"coding": [{"system": system, "code": code}]}})
    }

    #[test]
    fn codes_are_labelled() {
        let icd = "http://hl7.org/fhir/sid/icd-10-cm";
        let snomed = "http://snomed.info/sct";
        let loinc = "http://loinc.org";
        let rx = "http://www.nlm.nih.gov/research/umls/rxnorm";
        for (kind, system, code, wanted) in [
            ("Condition", icd, "F11.20", vec!["substance-use"]),
            ("Condition", icd, "F17.210", vec!["substance-use"]),
            ("Condition", icd, "F32.1", vec!["mental-health"]),
            ("Condition", icd, "F09", vec!["mental-health"]),
            ("Condition", icd, "F20", vec!["mental-health"]),
            ("Condition", icd, "B20", vec!["hiv"]),
            ("Condition", icd, "B21", vec![]),
            ("Condition", icd, "A56.01", vec!["reproductive"]),
            ("Condition", icd, "A49.0", vec![]),
            ("Condition", icd, "O09.90", vec!["reproductive"]),
            ("Condition", icd, "T74.11XA", vec!["violence"]),
            ("Condition", icd, "T75.0", vec![]),
            ("Condition", icd, "Q99.2", vec!["genetic"]),
            ("Condition", icd, "E11.9", vec![]),
            ("Condition", icd, "", vec![]),
            ("Condition", icd, "f32.1", vec!["mental-health"]),
            ("Condition", snomed, "86406008", vec!["hiv"]),
            ("Condition", snomed, "44054006", vec![]),
            ("Encounter", snomed, "424619006", vec!["reproductive"]),
            ("Encounter", snomed, "424441002", vec!["reproductive"]),
            ("Encounter", snomed, "169762003", vec!["reproductive"]),
            ("Encounter", snomed, "183460006", vec!["reproductive"]),
            ("Encounter", snomed, "390906007", vec![]),
            ("Condition", snomed, "60001007", vec!["reproductive"]),
            // Whatever is answered, also "not pregnant".
            ("Observation", loinc, "82810-3", vec!["reproductive"]),
            ("Observation", loinc, "86645-9", vec!["reproductive"]),
            ("Observation", loinc, "8302-2", vec![]),
            ("Observation", loinc, "44261-6", vec!["mental-health"]),
            ("Observation", loinc, "76499-3", vec!["violence"]),
            // HITS as a whole.
            ("Observation", loinc, "95619-3", vec!["violence"]),
            // PRAPARE: safe at home, afraid of a partner; and its question about housing, which is none.
            ("Observation", loinc, "93026-3", vec!["violence"]),
            ("Observation", loinc, "76501-6", vec!["violence"]),
            ("Observation", loinc, "71802-3", vec![]),
            ("Observation", loinc, "4548-4", vec![]),
            ("MedicationRequest", rx, "1819", vec!["substance-use"]),
            // The same digits in another system mean something else.
            ("MedicationRequest", loinc, "1819", vec![]),
        ] {
            let found = labels(&coded(kind, "code", (system, code)));
            let wanted: Vec<_> = wanted.into_iter().map(|slug| (slug, Rule::Code)).collect();
            assert_eq!(found, wanted, "{system} {code}");
        }
    }

    #[test]
    fn codes_are_found_wherever_they_stand() {
        let coding = json!([{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F10.10"}]);
        for resource in [
            json!({"resourceType": "Claim", "diagnosis": [{"diagnosisCodeableConcept": {"coding": coding}}]}),
            json!({"resourceType": "Encounter", "reasonCode": [{"text": "x"}, {"coding": coding}]}),
            json!({"resourceType": "MedicationRequest", "contained": [{"resourceType": "Medication", "code": {"coding": coding}}]}),
            json!({"resourceType": "Observation", "component": [{"valueCodeableConcept": {"coding": coding}}]}),
        ] {
            assert_eq!(labels(&resource), [("substance-use", Rule::Code)], "{resource}");
        }
        let pregnant = json!([{"system": "http://snomed.info/sct", "code": "77386006"}]);
        for visit in [
            json!({"resourceType": "Encounter", "reasonCode": [{"coding": pregnant, "text": "First talk by video"}]}),
            json!({"resourceType": "Encounter", "type": [{"coding": [{"system": "http://snomed.info/sct", "code": "169762003"}]}]}),
        ] {
            assert_eq!(labels(&visit), [("reproductive", Rule::Code)], "{visit}");
        }
        // A tag is no statement about the person.
        let tagged = json!({"resourceType": "Observation", "meta": {"tag": [{"coding": coding}]}});
        assert_eq!(labels(&tagged), []);
    }

    #[test]
    fn what_the_source_says_counts() {
        let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        let level = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
        for (security, wanted) in [
            (vec![(level, "N")], vec![]),
            (vec![(level, "R")], vec!["restricted"]),
            (vec![(level, "V")], vec!["restricted"]),
            (vec![(level, "R"), (act, "42CFRPart2")], vec!["substance-use"]),
            (vec![(act, "ETH"), (act, "PSY")], vec!["substance-use", "mental-health"]),
            (vec![(level, "R"), (act, "ADOL"), (act, "STD")], vec!["reproductive", "minor"]),
            (vec![(act, "NODSCLCD")], vec![]),
            (vec![("", "HIV")], vec!["hiv"]),
            (vec![(act, "MST")], vec!["violence"]),
            (vec![(act, "SSP")], vec!["restricted"]),
            // A kind that is known takes away how confidential it is, and nothing that is not known.
            (vec![(act, "HIV"), (act, "of-a-later-year")], vec!["hiv", "restricted"]),
            (vec![("https://ehr.example/security", "chart-7"), (act, "HIV")], vec!["hiv", "restricted"]),
            (vec![(level, "R"), (act, "SSP"), (act, "HIV")], vec!["hiv", "restricted"]),
            (vec![(level, "R"), (act, "SSP")], vec!["restricted"]),
            (vec![(level, "V"), (act, "NODSCLCD"), (act, "HIV")], vec!["hiv"]),
            (vec![(act, "of-a-later-year")], vec!["restricted"]),
            (vec![("https://ehr.example/security", "chart-7")], vec!["restricted"]),
            (vec![("http://terminology.hl7.org/CodeSystem/v3-ActReason", "TREAT")], vec![]),
            (vec![("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "UNCERTREL")], vec![]),
        ] {
            let codings: Vec<_> =
                security.iter().map(|(system, code)| json!({"system": system, "code": code})).collect();
            let wanted: Vec<_> = wanted.into_iter().map(|slug| (slug, Rule::Source)).collect();
            let meta = json!({"resourceType": "Observation", "meta": {"security": codings}});
            assert_eq!(labels(&meta), wanted, "{security:?}");
            if !wanted.is_empty() {
                let document =
                    json!({"resourceType": "DocumentReference", "securityLabel": [{"coding": codings}]});
                assert_eq!(labels(&document), wanted, "{security:?}");
            }
        }
    }

    /// A label in words alone is one that nobody here knows.
    #[test]
    fn words_are_no_guess() {
        let hiv = json!({"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"});
        for (label, wanted) in [
            (json!({"text": "celebrity"}), vec!["restricted"]),
            (json!({"display": "celebrity"}), vec!["restricted"]),
            (json!({"coding": [], "text": "celebrity"}), vec!["restricted"]),
            (
                json!({"coding": [{"system": "https://ehr.example/sec"}], "text": "celebrity"}),
                vec!["restricted"],
            ),
            (json!({"coding": [{"code": " ", "display": ""}, {}], "text": "celebrity"}), vec!["restricted"]),
            (json!({"coding": [{"system": "https://ehr.example/sec"}]}), vec![]),
            (json!({"coding": [{"display": "celebrity"}, hiv]}), vec!["hiv", "restricted"]),
            (json!({"coding": [{"system": "https://ehr.example/sec"}, hiv], "text": "HIV"}), vec!["hiv"]),
            // Words beside a code are those of the code.
            (json!({"coding": [hiv], "text": "HIV status"}), vec!["hiv"]),
            (json!({"text": " "}), vec![]),
            (json!({}), vec![]),
        ] {
            let found = labels(&json!({"resourceType": "Observation", "securityLabel": [label]}));
            let wanted: Vec<_> = wanted.into_iter().map(|slug| (slug, Rule::Source)).collect();
            assert_eq!(found, wanted, "{label}");
        }
    }

    /// 45 CFR 164.501: type of resource, where its source keeps such notes apart.
    #[test]
    fn only_notes_that_are_kept_apart_are_psychotherapy_notes() {
        let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        for (kind, apart) in [
            ("DocumentReference", "psychotherapy-notes"),
            ("Communication", "psychotherapy-notes"),
            ("MedicationRequest", "mental-health"),
            ("Observation", "mental-health"),
            ("Condition", "mental-health"),
            ("CarePlan", "mental-health"),
            ("Encounter", "mental-health"),
        ] {
            let resource =
                json!({"resourceType": kind, "meta": {"security": [{"system": act, "code": "PSYTHPN"}]}});
            for (notes, wanted) in [(Notes::Apart, apart), (Notes::InRecord, "mental-health")] {
                let found = of(&resource, &Own::new(notes)).into_iter();
                let found: Vec<_> = found.map(|found| (found.label.slug(), found.rule)).collect();
                assert_eq!(found, [(wanted, Rule::Source)], "{kind} {notes:?}");
            }
        }
    }

    /// 45 CFR 164.501, 164.524(a)(1)(ii): what can be a therapist's own notes, and what papers for a proceeding.
    #[test]
    fn some_labels_fit_only_papers() {
        for (resource, notes, papers) in [
            (json!({"resourceType": "DocumentReference"}), true, true),
            (json!({"resourceType": "Communication"}), true, true),
            (json!({"resourceType": "Media"}), true, true),
            (json!({"resourceType": "Binary"}), true, true),
            (json!({"resourceType": "DiagnosticReport", "presentedForm": [{"data": ""}]}), false, true),
            (json!({"resourceType": "DiagnosticReport", "result": [{"reference": "x"}]}), false, false),
            (json!({"resourceType": "AllergyIntolerance"}), false, false),
            (json!({"resourceType": "Condition"}), false, false),
            (json!({"resourceType": "MedicationRequest"}), false, false),
            (json!({"resourceType": "Observation"}), false, false),
            (json!({"resourceType": "Encounter"}), false, false),
            (json!({}), false, false),
        ] {
            assert_eq!(fits(Label::PsychotherapyNotes, &resource), notes, "{resource}");
            assert_eq!(fits(Label::Litigation, &resource), papers, "{resource}");
            assert!(fits(Label::Hiv, &resource), "{resource}");
        }
    }

    #[test]
    fn free_text_without_a_label_is_unreviewed() {
        for (resource, unreviewed) in [
            (json!({"resourceType": "DocumentReference"}), true),
            (json!({"resourceType": "DiagnosticReport"}), false),
            (json!({"resourceType": "DiagnosticReport", "presentedForm": []}), false),
            (json!({"resourceType": "DiagnosticReport", "presentedForm": [{"data": ""}]}), true),
            (json!({"resourceType": "Observation", "note": [{"text": "x"}]}), false),
            (json!({}), false),
        ] {
            let found = labels(&resource);
            assert_eq!(found == [("unreviewed", Rule::FreeText)], unreviewed, "{resource}");
        }
        let labelled = json!({"resourceType": "Communication", "meta": {"security": [{"system": "x/v3-ActCode", "code": "HIV"}]}});
        assert_eq!(labels(&labelled), [("hiv", Rule::Source)]);
    }

    #[test]
    fn bits_and_names_are_each_labels_own() {
        let mut bits = 0;
        for label in Label::ALL {
            assert_eq!(bits & label.bit(), 0);
            bits |= label.bit();
            assert_eq!(Label::from_slug(label.slug()), Some(label));
            assert_eq!(serde_json::to_value(label).unwrap(), label.slug());
        }
        assert_eq!(Labels(bits), Labels::ALL);
        assert_eq!(Label::from_slug("none"), None);
        let two: Labels = [Label::Hiv, Label::Minor].into_iter().collect();
        assert_eq!(two.without(Label::Hiv).iter().collect::<Vec<_>>(), [Label::Minor]);
    }

    #[test]
    fn hostile_resources_end() {
        let mut deep = json!(1);
        for _ in 0..200 {
            deep = json!({"coding": [deep]});
        }
        assert_eq!(labels(&json!({"resourceType": "Observation", "extension": deep})), []);
        let odd = json!({"resourceType": 5, "meta": "x", "securityLabel": {"a": 1}, "coding": "x"});
        assert_eq!(labels(&odd), []);
    }
}
