//! The signed list of the files: what a copy holds, of whom, made when and by whom; and checking it again.

use serde::{Deserialize, Serialize};

use super::pack::FileEntry;
use crate::base::{Error, Result};
use crate::copies::model::Scope;
use crate::keys;

/// The form of the manifest and of the ZIP around it.
pub const FORMAT: &str = "recordright-copy/1";

/// Names of the manifest and of what belongs to it.
pub const MANIFEST: &str = "manifest.json";
/// The signature: 64 raw bytes (Ed25519, RFC 8032) over the manifest's bytes.
pub const SIGNATURE: &str = "manifest.json.sig";
/// The public key as PEM (RFC 8410), for tools that are not ours.
pub const PUBLIC_KEY: &str = "public-key.pem";

/// What stands in `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// `FORMAT`.
    pub format: String,
    /// When it was made, RFC 3339.
    pub made: String,
    /// By which clinic.
    pub clinic: String,
    /// Whose record.
    pub person: Subject,
    /// What was chosen.
    pub scope: Scope,
    /// The language of its pages (BCP 47).
    pub language: String,
    /// How many resources of each FHIR type.
    pub resources: std::collections::BTreeMap<String, u64>,
    /// How the whole is to be handled, as HL7 security labels: where records under 42 CFR Part 2 are in it for somebody else
    /// than the person. The resources themselves stand as their source wrote them, with its own labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<SecurityLabel>,
    /// The public key that the signature is checked with, 32 bytes in hexadecimal.
    pub public_key: String,
    /// Every other file of the ZIP but the signature.
    pub files: Vec<FileEntry>,
}

/// A security label: a FHIR `Coding`, as in `Bundle.meta.security`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityLabel {
    /// The code system.
    pub system: String,
    /// The code.
    pub code: String,
    /// What it is called.
    pub display: String,
}

/// The labels of what holds records under 42 CFR Part 2, as HL7 DS4P has them: how confidential, under which law, and that it
/// is not to be passed on without consent (2.32).
pub fn restricted() -> Vec<SecurityLabel> {
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    [
        ("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R", "restricted"),
        (act, "42CFRPart2", "42 CFR Part2"),
        (act, "NORDSCLCD", "no redisclosure without consent directive"),
    ]
    .map(|(system, code, display)| SecurityLabel {
        system: system.into(),
        code: code.into(),
        display: display.into(),
    })
    .into()
}

/// The person a copy is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Subject {
    /// Their name as the source writes it.
    pub name: String,
    /// Their birth date as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
}

/// Reads a manifest whose signature is right. The key is the given one (itself, or its fingerprint), or, where none is given, the one in the
/// manifest itself; then only a change after signing is noticed, not a forged copy with a key of its own.
///
/// # Errors
/// `Conflict` with `copies-check-signature` or `copies-check-manifest`.
pub fn verify_manifest(bytes: &[u8], signature: &[u8], public_key: Option<&[u8]>) -> Result<Manifest> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|_| Error::Conflict("copies-check-manifest"))?;
    let own = hex::decode(&manifest.public_key).map_err(|_| Error::Conflict("copies-check-manifest"))?;
    if manifest.format != FORMAT {
        return Err(Error::Conflict("copies-check-manifest"));
    }
    let key = match public_key {
        // Given as its fingerprint: then the copy's own key is meant, if it is that one.
        Some(given) if keys::fingerprint(&own) == hex::encode(given) => &own,
        Some(given) => given,
        None => &own,
    };
    if keys::verify(key, bytes, signature) {
        Ok(manifest)
    } else {
        Err(Error::Conflict("copies-check-signature"))
    }
}

/// The public key as a PEM file: the fixed head of an Ed25519 key (RFC 8410, section 4) and its 32 bytes.
pub fn pem(public_key: &[u8]) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let head: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let text = BASE64_STANDARD.encode([&head, public_key].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_or_another_key_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let keys = keys::Keys::open(&folder.path().join("a")).unwrap();
        let others = keys::Keys::open(&folder.path().join("b")).unwrap();
        let manifest = Manifest {
            format: FORMAT.into(),
            made: "2026-11-22T00:00:00Z".into(),
            clinic: "Demo".into(),
            person: Subject { name: "Rosa (synthetic)".into(), birth_date: None },
            scope: Scope::default(),
            language: "en".into(),
            resources: [("Patient".to_owned(), 1)].into(),
            security: restricted(),
            public_key: hex::encode(keys.public_key()),
            files: vec![FileEntry { path: "a".into(), bytes: 1, sha256: "00".into() }],
        };
        let bytes = serde_json::to_vec_pretty(&manifest).unwrap();
        let signature = keys.sign(&bytes);
        assert_eq!(verify_manifest(&bytes, &signature, None).unwrap(), manifest);
        assert_eq!(verify_manifest(&bytes, &signature, Some(&keys.public_key())).unwrap(), manifest);
        let fingerprint = hex::decode(keys.fingerprint()).unwrap();
        assert_eq!(verify_manifest(&bytes, &signature, Some(&fingerprint)).unwrap(), manifest);
        let code = |result: Result<Manifest>| match result {
            Err(Error::Conflict(code)) => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            code(verify_manifest(&bytes, &signature, Some(&others.public_key()))),
            "copies-check-signature"
        );
        assert_eq!(code(verify_manifest(b"{}", &signature, None)), "copies-check-manifest");
        for n in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.clone();
            changed[n] ^= 1;
            assert!(verify_manifest(&changed, &signature, None).is_err(), "byte {n}");
        }
        assert!(pem(&keys.public_key()).starts_with("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA"));
    }
}
