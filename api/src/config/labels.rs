//! What the clinic adds to the tables of specially protected information: codes of its own, sources that are about one
//! kind as a whole, and sources that keep psychotherapy notes apart. It labels more than the tables, never less.

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::fhir::sensitivity::{Label, Notes, Own};

/// Shortest beginning of codes, in characters: a shorter one means half a system.
const SHORTEST: usize = 3;

/// What is labelled besides what the tables find.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Labelling {
    /// Codes that stand for something protected.
    pub codes: Vec<OwnCodes>,
    /// Sources of which all is protected.
    pub sources: Vec<OwnSource>,
    /// Names of sources that keep psychotherapy notes apart from the rest of the record (45 CFR 164.501).
    pub notes_apart: Vec<String>,
}

/// Codes of one system that stand for one kind of information.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnCodes {
    /// The kind.
    pub label: Label,
    /// The system of the codes, as it stands in resources.
    pub system: String,
    /// The codes.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Beginnings of codes: all that begin so.
    #[serde(default)]
    pub prefixes: Vec<String>,
}

/// A source that is about one kind of information as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnSource {
    /// Its name.
    pub name: String,
    /// The kind.
    pub label: Label,
}

impl Labelling {
    /// What is added for what comes from a source of this name.
    pub fn of_source(&self, name: &str) -> Own {
        let apart = self.notes_apart.iter().any(|one| one == name);
        let mut own = Own::new(if apart { Notes::Apart } else { Notes::InRecord });
        for of_system in &self.codes {
            for code in &of_system.codes {
                own.add_code((&of_system.system, code), of_system.label);
            }
            for prefix in &of_system.prefixes {
                own.add_prefix((&of_system.system, prefix), of_system.label);
            }
        }
        for source in self.sources.iter().filter(|source| source.name == name) {
            own.add_whole(source.label);
        }
        own
    }

    /// The same in words, by which it is known whether it changed; empty where there is nothing.
    pub fn said_of(&self, name: &str) -> String {
        let mut said = Vec::new();
        for one in &self.codes {
            let all = |what: &str, all: &[String]| {
                let said = |code: &String| format!("{what} {} {:?} {code:?}", one.label.slug(), one.system);
                all.iter().map(said).collect::<Vec<_>>()
            };
            said.extend(all("code", &one.codes));
            said.extend(all("prefix", &one.prefixes));
        }
        let whole = self.sources.iter().filter(|source| source.name == name);
        said.extend(whole.map(|source| format!("all {}", source.label.slug())));
        said.extend(self.notes_apart.iter().any(|one| one == name).then(|| "notes apart".to_owned()));
        // In whatever order the settings have them.
        said.sort_unstable();
        said.join("\n")
    }

    /// The names of sources that stand here.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.sources.iter().map(|source| &source.name).chain(&self.notes_apart)
    }

    /// What is wrong with it, where these are the names of the sources in the settings.
    pub(super) fn faults(&self, known: &[&str]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |key: String, words: &str| faults.push(Fault { key, words: words.into() });
        let mut seen: Vec<(&str, &OwnCodes, String)> = Vec::new();
        for (n, one) in self.codes.iter().enumerate() {
            if let Some(words) = unfit(one.label) {
                fault(format!("labels.codes.{n}.label"), words);
            }
            if one.system.is_empty() || one.system.contains(char::is_whitespace) {
                fault(
                    format!("labels.codes.{n}.system"),
                    "is empty or has a space in it; write the system of the codes as it stands in resources",
                );
            }
            if one.codes.is_empty() && one.prefixes.is_empty() {
                fault(format!("labels.codes.{n}.codes"), "is empty and so is labels.codes.prefixes");
            }
            if one.codes.iter().any(|code| code.is_empty() || code.trim() != code) {
                fault(
                    format!("labels.codes.{n}.codes"),
                    "has a code that is empty, or has a space before or after it",
                );
            }
            if one.prefixes.iter().any(|prefix| prefix.trim() != prefix || prefix.chars().count() < SHORTEST)
            {
                fault(
                    format!("labels.codes.{n}.prefixes"),
                    "has one of less than 3 characters, which would label much that is nothing, or one with a space \
                     before or after it",
                );
            }
            for (kind, all) in [("codes", &one.codes), ("prefixes", &one.prefixes)] {
                for code in all {
                    let code = code.to_ascii_uppercase();
                    let same = |(other, of, known): &(&str, &OwnCodes, String)| {
                        *other == kind && of.label == one.label && of.system == one.system && *known == code
                    };
                    if seen.iter().any(same) {
                        fault(
                            format!("labels.codes.{n}.{kind}"),
                            "has one that stands here twice for the same label",
                        );
                    }
                    seen.push((kind, one, code));
                }
            }
        }
        for (n, one) in self.sources.iter().enumerate() {
            let key = |part: &str| format!("labels.sources.{n}.{part}");
            if let Some(words) = misnamed(&one.name, known) {
                fault(key("name"), words);
            }
            if self.sources[..n].contains(one) {
                fault(key("name"), "stands here twice with the same label");
            }
            if one.label == Label::Minor {
                fault(
                    key("label"),
                    "cannot be minor: each service to which a minor consented alone is marked by itself \
                     (45 CFR 164.502(g)(3)(i))",
                );
            } else if let Some(words) = unfit(one.label) {
                fault(key("label"), words);
            }
        }
        for (n, one) in self.notes_apart.iter().enumerate() {
            if let Some(words) = misnamed(one, known) {
                fault(format!("labels.notes_apart.{n}"), words);
            }
            if self.notes_apart[..n].contains(one) {
                fault(format!("labels.notes_apart.{n}"), "stands here twice");
            }
        }
        faults
    }
}

/// Why no setting puts a label: what keeps something from the person themselves takes more than a code.
fn unfit(label: Label) -> Option<&'static str> {
    match label {
        Label::PsychotherapyNotes => Some(
            "cannot be psychotherapy-notes: their source marks them, and labels.notes_apart names that source",
        ),
        Label::Litigation => {
            Some("cannot be litigation: the privacy officer marks each such item, with a reason")
        }
        Label::Unreviewed => Some("cannot be unreviewed: that is free text without a label"),
        _ => None,
    }
}

/// What is wrong with the name of a source.
pub(super) fn misnamed(name: &str, known: &[&str]) -> Option<&'static str> {
    let other_case = |one: &&str| *one != name && one.eq_ignore_ascii_case(name);
    if name.is_empty() || name.trim() != name {
        Some("is empty, or has a space before or after it")
    } else if known.iter().any(other_case) {
        Some("is written in another case than the source's name")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(label: Label, system: &str, (codes, prefixes): (&[&str], &[&str])) -> OwnCodes {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        OwnCodes { label, system: system.into(), codes: owned(codes), prefixes: owned(prefixes) }
    }

    #[test]
    fn wrong_labels_are_named() {
        use Label::{Hiv, Litigation, MentalHealth, Minor, PsychotherapyNotes, Unreviewed};
        let ours = "https://clinic.example/codes";
        for (all, wanted) in [
            (vec![codes(Hiv, ours, (&["a"], &[]))], vec![]),
            (vec![codes(Minor, ours, (&[], &["TEEN-"]))], vec![]),
            // One code may stand for two kinds.
            (vec![codes(Hiv, ours, (&["a"], &[])), codes(MentalHealth, ours, (&["a"], &[]))], vec![]),
            (vec![codes(Hiv, "", (&["a"], &[]))], vec!["0.system"]),
            (vec![codes(Hiv, "our codes", (&["a"], &[]))], vec!["0.system"]),
            (vec![codes(Hiv, ours, (&[], &[]))], vec!["0.codes"]),
            (vec![codes(Hiv, ours, (&["a", ""], &[]))], vec!["0.codes"]),
            (vec![codes(Hiv, ours, (&["a "], &[]))], vec!["0.codes"]),
            (vec![codes(Hiv, ours, (&[], &["F1"]))], vec!["0.prefixes"]),
            (vec![codes(Hiv, ours, (&[], &[""]))], vec!["0.prefixes"]),
            (vec![codes(Hiv, ours, (&["a", "A"], &[]))], vec!["0.codes"]),
            (vec![codes(Hiv, ours, (&["a"], &[])), codes(Hiv, ours, (&["b", "a"], &[]))], vec!["1.codes"]),
            // What keeps something from the person themselves is set by nobody here.
            (vec![codes(PsychotherapyNotes, ours, (&["a"], &[]))], vec!["0.label"]),
            (vec![codes(Litigation, ours, (&["a"], &[]))], vec!["0.label"]),
            (vec![codes(Unreviewed, ours, (&["a"], &[]))], vec!["0.label"]),
        ] {
            let labels = Labelling { codes: all, ..Labelling::default() };
            let found: Vec<_> = labels.faults(&[]).into_iter().map(|fault| fault.key).collect();
            let wanted: Vec<_> = wanted.into_iter().map(|key| format!("labels.codes.{key}")).collect();
            assert_eq!(found, wanted, "{labels:?}");
        }
        let source = |name: &str, label| OwnSource { name: name.into(), label };
        for (sources, apart, wanted) in [
            (vec![source("detox", Hiv), source("detox", MentalHealth)], vec!["ehr", "lab"], vec![]),
            (vec![source("detox", Hiv), source("detox", Hiv)], vec![], vec!["sources.1.name"]),
            (vec![source("", Hiv)], vec![], vec!["sources.0.name"]),
            (vec![source("EHR", Hiv)], vec![], vec!["sources.0.name"]),
            // A minor consents to a service, and not to a clinic.
            (vec![source("ehr", Minor)], vec![], vec!["sources.0.label"]),
            (vec![source("ehr", Litigation)], vec![], vec!["sources.0.label"]),
            (vec![], vec!["ehr", "ehr"], vec!["notes_apart.1"]),
            (vec![], vec!["ehr "], vec!["notes_apart.0"]),
        ] {
            let notes_apart = apart.into_iter().map(str::to_owned).collect();
            let labels = Labelling { sources, notes_apart, ..Labelling::default() };
            let found: Vec<_> = labels.faults(&["ehr"]).into_iter().map(|fault| fault.key).collect();
            let wanted: Vec<_> = wanted.into_iter().map(|key| format!("labels.{key}")).collect();
            assert_eq!(found, wanted, "{labels:?}");
        }
    }

    /// A change of what concerns a source is seen, and nothing else is.
    #[test]
    fn what_is_said_of_a_source_is_its_own() {
        let mut labels = Labelling::default();
        assert_eq!(labels.said_of("ehr"), "");
        labels.sources.push(OwnSource { name: "detox".into(), label: Label::Hiv });
        labels.notes_apart.push("lab".into());
        assert_eq!((labels.said_of("ehr").as_str(), labels.said_of("detox").as_str()), ("", "all hiv"));
        assert_eq!(labels.said_of("lab"), "notes apart");
        labels.codes.push(codes(Label::Hiv, "s", (&["b", "a"], &["abc"])));
        let said = labels.said_of("ehr");
        labels.codes[0].codes.reverse();
        assert_eq!(labels.said_of("ehr"), said, "the order says nothing");
        labels.codes[0].codes.pop();
        assert_ne!(labels.said_of("ehr"), said);
    }
}
