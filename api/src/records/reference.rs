//! What a reference, as written in a resource, asks for. Pure.

use serde::Serialize;

/// A reference taken apart; what it does not tell is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Key {
    /// As written.
    pub written: String,
    /// The type it names.
    pub kind: String,
    /// The id it names.
    pub id: String,
    /// Of a conditional reference (`Practitioner?identifier=system|code`): the system …
    pub system: String,
    /// … and the code.
    pub code: String,
}

impl Key {
    /// Reads `Observation/1`, `https://x/Observation/1/_history/2`, `Practitioner?identifier=s|c`. A `urn:uuid:` says
    /// nothing by itself: only the fullUrl of a Bundle entry tells what it is.
    pub fn read(reference: &str) -> Self {
        let written = reference.to_owned();
        if let Some((kind, identifier)) = reference.split_once("?identifier=") {
            let kind = kind.rsplit('/').next().unwrap_or(kind);
            let identifier = identifier.split_once('&').map_or(identifier, |(before, _)| before);
            let (system, code) = identifier.split_once('|').unwrap_or(("", identifier));
            return Self {
                written,
                kind: kind.into(),
                system: system.into(),
                code: code.into(),
                id: String::new(),
            };
        }
        let plain = unversioned(reference);
        let mut parts = plain.rsplit('/');
        let (id, kind) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let named = kind.starts_with(|c: char| c.is_ascii_uppercase())
            && kind.bytes().all(|b| b.is_ascii_alphabetic());
        if named {
            Self { written, kind: kind.into(), id: id.into(), ..Self::default() }
        } else {
            Self { written, ..Self::default() }
        }
    }

    /// As written, without a version: the address under which an entry of a Bundle may have stood.
    pub fn unversioned(&self) -> &str {
        unversioned(&self.written)
    }
}

fn unversioned(reference: &str) -> &str {
    reference.split_once("/_history/").map_or(reference, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_in_all_their_spellings() {
        for (written, kind, id, system, code) in [
            ("Observation/1", "Observation", "1", "", ""),
            ("https://x.example/fhir/Observation/1", "Observation", "1", "", ""),
            ("Observation/1/_history/2", "Observation", "1", "", ""),
            ("Practitioner?identifier=urn:npi|9", "Practitioner", "", "urn:npi", "9"),
            ("https://x.example/Practitioner?identifier=s|9&active=true", "Practitioner", "", "s", "9"),
            ("Practitioner?identifier=9", "Practitioner", "", "", "9"),
            ("urn:uuid:0000", "", "", "", ""),
            ("#contained", "", "", "", ""),
            ("observation/1", "", "", "", ""),
            ("", "", "", "", ""),
        ] {
            let key = Key::read(written);
            assert_eq!(
                (key.kind.as_str(), key.id.as_str(), key.system.as_str(), key.code.as_str()),
                (kind, id, system, code),
                "{written}"
            );
            assert_eq!(key.written, written);
        }
    }
}
