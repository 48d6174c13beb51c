//! What a clinic adds to the tables, for what comes from one source: codes of its own, labels of all that the source
//! recorded, and whether the source keeps psychotherapy notes apart. It only adds: nothing that the tables find is lost.

use std::collections::HashMap;

use super::{Found, Label, Labels, Rule};

/// What the settings say of one source.
#[derive(Debug, Clone, Default)]
pub struct Own {
    systems: HashMap<String, OfSystem>,
    whole: Labels,
    notes: Notes,
}

/// Where a source keeps the notes that it marks as psychotherapy notes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notes {
    /// In the record with all else: these are no psychotherapy notes, whatever they are called.
    #[default]
    InRecord,
    /// Separated from the rest of the record (45 CFR 164.501).
    Apart,
}

#[derive(Debug, Clone, Default)]
struct OfSystem {
    codes: HashMap<String, Labels>,
    prefixes: Vec<(String, Label)>,
}

impl Own {
    /// Of a source that keeps its notes there.
    pub fn new(notes: Notes) -> Self {
        Self { notes, ..Self::default() }
    }

    /// A code of this system stands for this, in small letters or capitals.
    pub fn add_code(&mut self, (system, code): (&str, &str), label: Label) {
        let codes = &mut self.systems.entry(system.to_owned()).or_default().codes;
        let labels = codes.entry(code.to_ascii_uppercase()).or_default();
        *labels = labels.with(label);
    }

    /// All codes of this system that begin so stand for this.
    pub fn add_prefix(&mut self, (system, prefix): (&str, &str), label: Label) {
        let of_system = self.systems.entry(system.to_owned()).or_default();
        of_system.prefixes.push((prefix.to_ascii_uppercase(), label));
    }

    /// All that the source recorded of a person is this.
    pub fn add_whole(&mut self, label: Label) {
        self.whole = self.whole.with(label);
    }

    /// What a code stands for. Asked for each code of each resource that comes in.
    pub(super) fn labels(&self, system: &str, code: &str) -> Labels {
        let Some(of_system) = self.systems.get(system) else { return Labels::default() };
        let code = code.to_ascii_uppercase();
        let begun = of_system.prefixes.iter().filter(|(prefix, _)| code.starts_with(prefix));
        let exact = of_system.codes.get(&code).copied().unwrap_or_default();
        begun.fold(exact, |labels, (_, label)| labels.with(*label))
    }

    /// Whether a mark of psychotherapy notes is what it says (45 CFR 164.501).
    pub(super) fn keeps_notes_apart(&self) -> bool {
        self.notes == Notes::Apart
    }

    /// Labels what the source recorded of a person.
    pub fn mark(&self, found: &mut Vec<Found>) {
        for label in self.whole.iter() {
            if !found.iter().any(|one| one.label == label) {
                found.push(Found { label, rule: Rule::Settings, code: String::new() });
            }
        }
    }

    /// Labels what two records share, where it was labelled so when it was in one of them.
    pub fn mark_again(&self, before: &[Found], found: &mut Vec<Found>) {
        let by_source = |one: &&Found| one.rule == Rule::Settings && one.code.is_empty();
        for one in before.iter().filter(by_source).filter(|one| self.whole.has(one.label)) {
            if !found.iter().any(|other| other.label == one.label) {
                found.push(one.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::of;
    use super::*;

    const OURS: &str = "https://clinic.example/codes";

    fn own() -> Own {
        let mut own = Own::default();
        own.add_code((OURS, "talk-room"), Label::MentalHealth);
        own.add_code((OURS, "safe-house"), Label::Violence);
        own.add_code((OURS, "safe-house"), Label::Restricted);
        own.add_prefix((OURS, "PSY-"), Label::MentalHealth);
        own.add_code(("http://loinc.org", "4548-4"), Label::Genetic);
        own.add_code(("https://ehr.example/security", "chart-7"), Label::Hiv);
        own
    }

    fn labels(resource: &Value, own: &Own) -> Vec<(&'static str, Rule, String)> {
        of(resource, own).into_iter().map(|one| (one.label.slug(), one.rule, one.code)).collect()
    }

    #[test]
    fn codes_of_the_clinic_are_labelled() {
        for (system, code, wanted) in [
            (OURS, "talk-room", vec!["mental-health"]),
            (OURS, "Talk-Room", vec!["mental-health"]),
            (OURS, "talk-room-7", vec![]),
            (OURS, "psy-12", vec!["mental-health"]),
            (OURS, "PS", vec![]),
            (OURS, "safe-house", vec!["violence", "restricted"]),
            ("https://other.example/codes", "talk-room", vec![]),
            ("http://loinc.org", "4548-4", vec!["genetic"]),
        ] {
            let resource = json!({"resourceType": "Observation", "code": {"coding": [{"system": system, "code": code}]}});
            let wanted: Vec<_> =
                wanted.into_iter().map(|label| (label, Rule::Settings, format!("{system}|{code}"))).collect();
            assert_eq!(labels(&resource, &own()), wanted, "{system} {code}");
        }
    }

    /// Settings can label more, never less: what the tables find without them stays, with the rule that found it.
    #[test]
    fn settings_only_add() {
        let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        let level = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
        let coding = |system: &str, code: &str| json!({"system": system, "code": code});
        let note = |codes: Vec<Value>, security: Vec<Value>| json!({"resourceType": "DocumentReference", "meta": {"security": security}, "type": {"coding": codes}});
        for (resource, more) in [
            (note(vec![], vec![]), vec![]),
            // A code of the clinic's own says nothing about what else stands in the text.
            (note(vec![coding(OURS, "talk-room")], vec![]), vec!["mental-health"]),
            // What says how confidential it is stays beside a kind that only the settings name.
            (note(vec![coding(OURS, "talk-room")], vec![coding(level, "R")]), vec!["mental-health"]),
            (note(vec![coding(OURS, "talk-room")], vec![coding(act, "PSY")]), vec![]),
            (note(vec![], vec![coding("https://ehr.example/security", "chart-7")]), vec!["hiv"]),
            (
                note(vec![coding(OURS, "safe-house")], vec![coding(act, "42CFRPart2")]),
                vec!["violence", "restricted"],
            ),
        ] {
            let (plain, with) = (labels(&resource, &Own::default()), labels(&resource, &own()));
            assert!(plain.iter().all(|one| with.contains(one)), "{resource}: {plain:?} {with:?}");
            let added = with.iter().filter(|one| !plain.contains(one));
            assert_eq!(added.map(|one| one.0).collect::<Vec<_>>(), more, "{resource}");
        }
    }

    /// A source that is about one thing as a whole.
    #[test]
    fn a_source_labels_all_that_it_recorded() {
        let mut own = Own::default();
        own.add_whole(Label::Hiv);
        let found = |label, rule, code: &str| Found { label, rule, code: code.into() };
        let marked = found(Label::Hiv, Rule::Settings, "");
        let text = found(Label::Unreviewed, Rule::FreeText, "");
        for (before, after) in [
            (vec![], vec![marked.clone()]),
            (vec![text.clone()], vec![text, marked.clone()]),
            (vec![found(Label::Hiv, Rule::Code, "x|1")], vec![found(Label::Hiv, Rule::Code, "x|1")]),
        ] {
            let mut now = before.clone();
            own.mark(&mut now);
            assert_eq!(now, after, "{before:?}");
        }
        // What moved among what two records share keeps its mark for as long as the settings say so.
        for (own, wanted) in [(&own, vec![marked.clone()]), (&Own::default(), vec![])] {
            let mut now = Vec::new();
            own.mark_again(&[marked.clone(), found(Label::Genetic, Rule::Settings, "")], &mut now);
            assert_eq!(now, wanted);
        }
    }
}
