//! A prescription that only points to its Medication bears that one's name in lists and is found by it, whichever of
//! the two came first. Done with each batch, for what it brought of either kind.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;

use super::ingest::{Indexed, Prepared};
use super::labels;
use super::medicines_store::{self as store, Named, Sought};
use super::reference::Key;
use crate::base::{Result, Rid};
use crate::db::Tx;
use crate::fhir::present;
use crate::fhir::sensitivity::Labels;

/// Most prescriptions that are looked at at once.
const BATCH: i64 = 500;

/// Most bytes of a Medication's words that its prescriptions are found by.
const MOST_WORDS: usize = 1000;

/// What a prescription shows of itself.
#[derive(Debug, Clone)]
struct Own {
    named: bool,
    words: String,
}

/// A line of a list as it is to be from now on.
#[derive(Debug, Serialize)]
pub(super) struct Renamed {
    pub rid: Rid,
    /// Only where it has no title of its own.
    pub title: Option<String>,
    pub borrows: bool,
    pub words: String,
}

/// Names what was written of a batch: `rids` has a key for each resource that was.
pub(super) async fn name(
    tx: &mut Tx,
    source_no: i64,
    (batch, rids): (&[Prepared], &[Option<Rid>]),
) -> Result<()> {
    let written = || batch.iter().zip(rids).filter_map(|(prepared, rid)| Some((prepared, (*rid)?)));
    let mut own = HashMap::new();
    // A batch may have two versions of one prescription: the last is the one that stands.
    let mut sought = BTreeMap::new();
    for (prepared, rid) in written() {
        if let Some(key) = medication(prepared) {
            sought.insert(rid, key);
            own.insert(rid, Own { named: prepared.line.named, words: prepared.line.words.clone() });
        } else {
            sought.remove(&rid);
        }
    }
    let sought: Vec<Sought> = sought.into_iter().map(|(rid, key)| Sought { rid, key }).collect();
    if !sought.is_empty() {
        let found = store::medicines(tx, source_no, &sought).await?;
        store::rename(tx, &renamed(&found, &own)).await?;
        labels::inherit(tx, &borrowed(&found)).await?;
    }
    let brought: Vec<(Rid, Vec<String>)> = written()
        .filter(|(prepared, _)| prepared.kind == "Medication")
        .map(|(prepared, rid)| {
            let by_id = format!("Medication/{}", prepared.id);
            (rid, prepared.full_url.iter().cloned().chain([by_id]).collect())
        })
        .collect();
    if brought.is_empty() { Ok(()) } else { rename_all(tx, source_no, &brought).await }
}

/// The Medication that a prescription points to: by its id only where the door found that it is one of this source.
fn medication(prepared: &Prepared) -> Option<Key> {
    let mut targets = prepared.index.iter().filter_map(|value| match value {
        Indexed::Reference { param: "medication", target } => Some(target.as_str()),
        _ => None,
    });
    let written = targets.next()?.to_owned();
    let by_id = if written.contains(':') { targets.next() } else { Some(written.as_str()) };
    let key = by_id.map(Key::read).unwrap_or_default();
    Some(Key { written, ..key })
}

/// Names all prescriptions that came before their Medications.
async fn rename_all(tx: &mut Tx, source_no: i64, brought: &[(Rid, Vec<String>)]) -> Result<()> {
    let mut after = Rid(0);
    loop {
        let found = store::prescriptions(tx, (source_no, brought), (after, BATCH)).await?;
        let Some(last) = found.last() else { return Ok(()) };
        after = last.0.rid;
        let mut own = HashMap::new();
        for (named, bytes) in &found {
            let value: Value = serde_json::from_slice(bytes)?;
            let line = present::line(&value);
            own.insert(named.rid, Own { named: line.named, words: line.words });
        }
        let found: Vec<Named> = found.into_iter().map(|(named, _)| named).collect();
        store::rename(tx, &renamed(&found, &own)).await?;
        labels::inherit(tx, &borrowed(&found)).await?;
    }
}

/// The labels that prescriptions take over from their Medications.
fn borrowed(found: &[Named]) -> Vec<(Rid, Labels, Rid)> {
    let labelled = found.iter().filter(|named| !named.labels.is_empty());
    labelled.map(|named| (named.rid, named.labels, named.medication)).collect()
}

fn renamed(found: &[Named], own: &HashMap<Rid, Own>) -> Vec<Renamed> {
    let one = |named: &Named| {
        let own = own.get(&named.rid)?;
        let end = named.words.floor_char_boundary(MOST_WORDS);
        Some(Renamed {
            rid: named.rid,
            title: named.title.clone(),
            borrows: !own.named,
            words: format!("{}\n{}", own.words, &named.words[..end]),
        })
    };
    found.iter().filter_map(one).collect()
}
