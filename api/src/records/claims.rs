//! Which record each resource of a batch is kept in, where it does not say so itself and came for two.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::ingest::{Known, Owner, Prepared};
use super::ingest_store::{self as store, Catalogued, Existing};
use super::rules::{self, Nature, Same, Whereabouts};
use crate::base::{PatientNo, Result, Rid};
use crate::db::Tx;

/// For which record each resource of a batch is to be kept.
pub(super) struct Claims {
    pub patients: Vec<PatientNo>,
    /// What is kept in one person's record and moves into the directory.
    pub shared: Vec<((String, String), Rid)>,
}

impl Claims {
    pub fn new(
        batch: &[Prepared],
        (owners, others): (&HashMap<String, Known>, &HashSet<String>),
        known: &HashMap<(String, String), Existing>,
    ) -> Self {
        let patients = batch.iter().map(|prepared| claimed(prepared, owners)).collect();
        let mut claims = Self { patients, shared: Vec::new() };
        let mut loose: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
        for (n, prepared) in batch.iter().enumerate() {
            let refused = matches!(&prepared.owner, Owner::Patient(id) if others.contains(id));
            if prepared.nature != Nature::Settled && !refused {
                loose.entry((&prepared.kind, &prepared.id)).or_default().push(n);
            }
        }
        for ((kind, id), places) in loose {
            let key = (kind.to_owned(), id.to_owned());
            claims.settle((batch, &places), known.get(&key), key);
        }
        claims
    }

    /// Finds where one resource belongs that came at these places of the batch.
    fn settle(
        &mut self,
        (batch, places): (&[Prepared], &[usize]),
        known: Option<&Existing>,
        key: (String, String),
    ) {
        let first = places[0];
        let mut at = known.map_or(self.patients[first], |known| known.patient);
        let mut last = known.map_or(Last::Came(&batch[first]), Last::Kept);
        let mut taken = Vec::new();
        for &n in places {
            let same = last.compared(&batch[n]);
            match rules::whereabouts(batch[n].nature, (at, self.patients[n]), same) {
                Whereabouts::Refused => continue,
                Whereabouts::Stays => {}
                Whereabouts::Directory => at = PatientNo::DIRECTORY,
            }
            last = Last::Came(&batch[n]);
            taken.push(n);
        }
        taken.into_iter().for_each(|n| self.patients[n] = at);
        if let Some(Existing { patient, rid: Some(rid), .. }) = known
            && *patient != at
        {
            self.shared.push((key, *rid));
        }
    }
}

/// The record a resource came for.
fn claimed(prepared: &Prepared, owners: &HashMap<String, Known>) -> PatientNo {
    let owner = match &prepared.owner {
        Owner::Patient(id) => owners.get(id),
        Owner::Directory => None,
    };
    owner.map_or(PatientNo::DIRECTORY, |owner| owner.patient)
}

/// The version of a resource that the next one is compared with.
enum Last<'a> {
    Kept(&'a Existing),
    Came(&'a Prepared),
}

impl Last<'_> {
    fn compared(&self, next: &Prepared) -> Same {
        let hash = match self {
            Self::Kept(known) => known.hash,
            Self::Came(before) => before.hash,
        };
        let same_entry = || match self {
            Self::Kept(known) => {
                let kept = known.catalogued.as_ref();
                kept.is_some_and(|kept| rules::same_entry(&kept.entry, &value(&next.raw)))
            }
            Self::Came(before) => rules::same_entry(&value(&before.raw), &value(&next.raw)),
        };
        match () {
            () if next.hash == hash => Same::Bytes,
            () if next.nature == Nature::Catalogue && same_entry() => Same::Entry,
            () => Same::Not,
        }
    }
}

/// Null for what is no JSON, which is like nothing.
fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// Looks closer at entries of a catalogue that came with other bytes for another record: what they say, and which
/// bytes they had before.
pub(super) async fn look_closer(
    tx: &mut Tx,
    (batch, owners): (&[Prepared], &HashMap<String, Known>),
    known: &mut HashMap<(String, String), Existing>,
) -> Result<()> {
    let mut wanted = HashMap::new();
    for prepared in batch.iter().filter(|prepared| prepared.nature == Nature::Catalogue) {
        let key = (prepared.kind.clone(), prepared.id.clone());
        if let Some(Existing { patient, hash, rid: Some(rid), .. }) = known.get(&key)
            && *hash != prepared.hash
            && *patient != claimed(prepared, owners)
        {
            wanted.insert(*rid, key);
        }
    }
    let rids: Vec<Rid> = wanted.keys().copied().collect();
    for (rid, body, earlier) in store::versions(tx, &rids).await? {
        if let Some(known) = wanted.get(&rid).and_then(|key| known.get_mut(key)) {
            known.catalogued = Some(Catalogued { entry: value(&body), earlier });
        }
    }
    Ok(())
}
