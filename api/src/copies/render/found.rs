//! What a resource's bytes point to, without building a tree: references to the directory, and addresses of Binary
//! resources; and whether it may carry files of its own.

use std::collections::BTreeSet;

/// What was found while the resources passed by.
#[derive(Debug, Default)]
pub struct Found {
    /// References that may lead to the directory, as written.
    pub references: BTreeSet<String>,
    /// Addresses that may lead to a Binary, as written.
    pub binaries: BTreeSet<String>,
}

/// Types that belong to no patient, or may be shared by several.
pub const DIRECTORY: [&str; 12] = [
    "ActivityDefinition",
    "Device",
    "Endpoint",
    "HealthcareService",
    "InsurancePlan",
    "Location",
    "Medication",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Questionnaire",
    "Substance",
];

/// What may name a file by a reference, too, and not only as an attachment.
const DOCUMENTS: [&str; 3] = ["DiagnosticReport", "DocumentReference", "Media"];

impl Found {
    /// Notes what this resource of a type points to.
    pub fn scan(&mut self, kind: &str, body: &str) {
        for text in members(body, "\"reference\"") {
            if DOCUMENTS.contains(&kind) && text.contains("Binary/") {
                self.binaries.insert(text);
            } else if may_be_directory(&text) {
                self.references.insert(text);
            }
        }
        for text in members(body, "\"url\"") {
            // An entry of a Bundle may be meant by where it stood; extensions of HL7 are no files.
            if text.contains("Binary/") || (text.contains(':') && !text.starts_with("http://hl7.org/")) {
                self.binaries.insert(text);
            }
        }
    }
}

/// Every reference in a resource, as written.
pub fn references(body: &str) -> impl Iterator<Item = String> {
    members(body, "\"reference\"")
}

/// Whether a resource may hold or name files, so that looking closer pays.
pub fn may_have_files(body: &str) -> bool {
    body.contains("\"contentType\"") || (body.contains("\"url\"") && body.contains("\"title\""))
}

fn may_be_directory(reference: &str) -> bool {
    if reference.starts_with("urn:") {
        return true;
    }
    let path = match reference.split_once('?') {
        Some((kind, _)) => kind,
        None => reference
            .split("/_history/")
            .next()
            .and_then(|path| path.rsplit_once('/'))
            .map_or("", |(path, _)| path),
    };
    DIRECTORY.contains(&path.rsplit('/').next().unwrap_or_default())
}

/// The text of each member of this name (in quotes), wherever it stands.
fn members(body: &str, name: &'static str) -> impl Iterator<Item = String> {
    body.match_indices(name).filter_map(move |(at, _)| {
        let rest = body.get(at + name.len()..)?.trim_start().strip_prefix(':')?.trim_start();
        let end = string_end(rest)?;
        serde_json::from_str(&rest[..end]).ok()
    })
}

/// The length of the JSON string that a text begins with, quotes included.
fn string_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    if bytes.first() != Some(&b'"') {
        return None;
    }
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_in_any_spelling() {
        let body = r##"{"a":{"reference":"Practitioner/1"},"b":[{ "reference" : "https:\/\/x.example\/Organization\/2"}],
            "c":{"reference":"#p"},"d":{"reference":"Patient/9"},"e":{"reference":"urn:uuid:7"},"f":{"reference":5},
            "d2":{"reference":"Device/3"},
            "g":{"reference":"Location?identifier=s|4"},"text":"\"reference\":\"Practitioner/no\"","reference":"open"##;
        let mut found = Found::default();
        found.scan("Encounter", body);
        let all: Vec<_> = found.references.iter().map(String::as_str).collect();
        assert_eq!(
            all,
            [
                "Device/3",
                "Location?identifier=s|4",
                "Practitioner/1",
                "https://x.example/Organization/2",
                "urn:uuid:7"
            ]
        );
    }

    #[test]
    fn addresses_of_files_are_found() {
        let mut found = Found::default();
        let body = r#"{"url":"Binary/12","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/y"}],
            "z":{"url":"http://b.example/fhir/Binary/3"},"x":{"url":"urn:uuid:7"},"y":{"url":"https://b.example/scan"},
            "related":[{"reference":"Binary/4"}]}"#;
        let urls = ["Binary/12", "http://b.example/fhir/Binary/3", "https://b.example/scan", "urn:uuid:7"];
        found.scan("Claim", body);
        assert_eq!(found.binaries.iter().collect::<Vec<_>>(), urls);
        found.scan("DocumentReference", body);
        assert!(found.binaries.remove("Binary/4"));
        assert_eq!(found.binaries.iter().collect::<Vec<_>>(), urls);
        assert!(may_have_files(r#"{"contentType":"a/b"}"#));
        assert!(!may_have_files(r#"{"url":"x"}"#));
    }
}
