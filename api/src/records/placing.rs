//! Where a file stands in a record. A Binary tells neither what it is nor where it belongs; what names it does: a
//! document, a report, a message. So it stands in the category of that, and whoever sees the one sees the other
//! (US Core: attachments must be retrievable). Named from several categories it is seen only with all of them: nobody
//! is shown more than was ticked for them. One that nothing names stands among documents, as its type says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::ingest::Indexed;
use super::placing_store as store;
use super::reference::Key;
use crate::base::{PatientNo, Result, Rid};
use crate::db::Tx;
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;

/// The parameter under which the index of references has, by name of a file (`Binary/1`, or an address under which an
/// entry of a Bundle stood), what names it. No search asks for it; its rows are of the type Binary.
pub(super) const NAMED: &str = "_named";
/// What may name a file by a reference, too, and not only as an attachment.
const DOCUMENTS: [&str; 3] = ["DiagnosticReport", "DocumentReference", "Media"];
/// Their `url` says what they mean.
const EXTENSIONS: [&str; 2] = ["extension", "modifierExtension"];

/// The files that a resource of this type names, for the index.
pub(crate) fn named_files(kind: &str, resource: &Value) -> Vec<Indexed> {
    let fits = |target: &String| target.len() <= 500;
    let all = names(kind, resource).into_iter().filter(fits);
    all.map(|target| Indexed::Reference { param: NAMED, target }).collect()
}

/// The names of files among the search values of a resource.
pub(super) fn names_in(index: &[Indexed]) -> impl Iterator<Item = &str> {
    index.iter().filter_map(|one| match one {
        Indexed::Reference { param, target } if *param == NAMED => Some(target.as_str()),
        _ => None,
    })
}

/// What in a resource may be the name of a file: addresses of attachments, and references of documents.
fn names(kind: &str, resource: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![("", resource)];
    while let Some((within, value)) = waiting.pop() {
        match value {
            Value::Array(all) => waiting.extend(all.iter().map(|one| (within, one))),
            Value::Object(members) => {
                for (member, one) in members {
                    match (member.as_str(), one.as_str()) {
                        ("url", Some(text)) if !EXTENSIONS.contains(&within) => {
                            found.extend(file(text));
                            // A Bundle's entry may be meant by where it stood.
                            found.extend(text.contains(':').then(|| text.to_owned()));
                        }
                        ("reference", Some(text)) if DOCUMENTS.contains(&kind) => found.extend(file(text)),
                        (_, Some(_)) => {}
                        (member, None) => waiting.push((member, one)),
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// `Binary/1` of an address that leads there, on whatever server, in whatever version and form.
fn file(address: &str) -> Option<String> {
    let plain = address.split(['?', '#']).next().unwrap_or(address);
    let key = Key::read(plain);
    (key.kind == "Binary" && !key.id.is_empty()).then(|| format!("Binary/{}", key.id))
}

/// The files that these people's records have under these names.
pub(super) async fn files(tx: &mut Tx, names: &[(PatientNo, String)]) -> Result<Vec<Rid>> {
    if names.is_empty() { Ok(Vec::new()) } else { store::files(tx, names).await }
}

/// Puts files where they belong, by all that names them now; which of them moved. It asks only what is stored, so it
/// does not matter what came first.
pub(super) async fn place(tx: &mut Tx, files: &BTreeSet<Rid>) -> Result<Vec<Rid>> {
    let mut records: BTreeMap<PatientNo, Vec<Rid>> = BTreeMap::new();
    for rid in files {
        records.entry(rid.patient()).or_default().push(*rid);
    }
    let mut moved = Vec::new();
    for (patient, files) in records {
        let naming = store::naming(tx, patient, &files).await?;
        for (rid, category, labels) in store::places(tx, &files).await? {
            let of_it = naming.iter().filter(|(of, _)| *of == rid);
            let (wanted, bits) = place_of(of_it.fold(0, |all, (_, category)| all | 1 << category));
            let wanted = (wanted, labels.but(Labels::PLACED).and(bits));
            if wanted != (category, labels) {
                store::put(tx, rid, wanted).await?;
                moved.push(rid);
            }
        }
    }
    Ok(moved)
}

/// The category, by its code, of a file that is named from these (a bit for each, at the place of its code), and the
/// bits that tell of all of them. The one with the smallest code is as good as any: the file is not seen without the
/// others.
fn place_of(categories: i64) -> (i64, Labels) {
    if categories == 0 {
        return (i64::from(Category::Documents.code()), Labels::default());
    }
    let first = categories & categories.wrapping_neg();
    (i64::from(first.trailing_zeros()), Labels::NAMED.and(Labels::beside(categories)))
}

/// Notes what a resource names that was stored before this was noted; the names.
pub(super) async fn note(
    tx: &mut Tx,
    rid: Rid,
    (kind, resource): (&str, &Value),
) -> Result<Vec<(PatientNo, String)>> {
    let index = named_files(kind, resource);
    let names: Vec<_> = names_in(&index).map(|name| (rid.patient(), name.to_owned())).collect();
    for (_, name) in &names {
        store::add_name(tx, rid, name).await?;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::representation::Lens;
    use serde_json::json;

    #[test]
    fn what_names_a_file_is_found() {
        for (kind, resource, wanted) in [
            ("Media", json!({"content": {"url": "Binary/a-1"}}), vec!["Binary/a-1"]),
            (
                "DocumentReference",
                json!({"content": [{"attachment": {"url": "https://x.example/Binary/b.2/_history/1"}}]}),
                vec!["Binary/b.2", "https://x.example/Binary/b.2/_history/1"],
            ),
            (
                "DiagnosticReport",
                json!({"presentedForm": [{"url": "Binary/c?_format=pdf"}, {"url": "urn:uuid:1"}]}),
                vec!["Binary/c", "urn:uuid:1"],
            ),
            (
                "DocumentReference",
                json!({"context": {"related": [{"reference": "Binary/d"}, {"reference": "Encounter/1"}]}}),
                vec!["Binary/d"],
            ),
            // Who recorded a file does not say where it belongs.
            ("Provenance", json!({"target": [{"reference": "Binary/e"}]}), vec![]),
            (
                "Communication",
                json!({"payload": [{"contentAttachment": {"url": "Binary/f"}}]}),
                vec!["Binary/f"],
            ),
            (
                "Media",
                json!({"extension": [{"url": "http://x.example/Binary/g", "valueAttachment": {"url": "Binary/h"}}]}),
                vec!["Binary/h"],
            ),
            ("Media", json!({"content": {"url": "NotBinary/i"}, "note": "Binary/j"}), vec![]),
        ] {
            let found = names(kind, &resource);
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), wanted, "{resource}");
        }
    }

    /// From which categories a file is named × which are seen → whether it is.
    #[test]
    fn a_file_is_seen_with_all_that_names_it() {
        use Category::{Documents, Imaging, Labs, Notes, Other};
        let bits = |all: &[Category]| all.iter().fold(0_i64, |bits, one| bits | 1 << one.code());
        for (named, seen, wanted) in [
            (&[][..], &[Documents][..], true),
            (&[], &[Notes, Labs], false),
            (&[Notes], &[Notes], true),
            (&[Notes], &[Documents, Labs], false),
            (&[Documents], &[Documents], true),
            (&[Labs, Notes], &[Labs], false),
            (&[Labs, Notes], &[Notes, Documents], false),
            (&[Labs, Notes], &[Labs, Notes], true),
            (&[Labs, Imaging, Other], &[Labs, Imaging], false),
            (&[Labs, Imaging, Other], &Category::ALL, true),
        ] {
            let (code, labels) = place_of(bits(named));
            let category = Category::from_code(i16::try_from(code).unwrap()).unwrap();
            let lens = Lens { categories: bits(seen), ..Lens::WHOLE };
            assert_eq!(lens.shows(category, labels, 0), wanted, "{named:?} {seen:?}");
            assert!(Lens::WHOLE.shows(category, labels, 0), "{named:?}");
            assert_eq!(labels.and(Labels::NAMED) == labels, !named.is_empty(), "{named:?}");
        }
    }
}
