//! Which record each resource of a batch is kept in, where it does not say so itself and came for two.

use std::collections::{HashMap, HashSet};

use super::ingest::{Known, Owner, Prepared};
use super::ingest_store::Existing;
use super::rules::{self, Nature, Same, Whereabouts};
use crate::base::{PatientNo, Rid};

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
        let mut claims = Self { patients: Vec::with_capacity(batch.len()), shared: Vec::new() };
        for prepared in batch {
            let owner = match &prepared.owner {
                Owner::Patient(id) => owners.get(id),
                Owner::Directory => None,
            };
            claims.patients.push(owner.map_or(PatientNo::DIRECTORY, |owner| owner.patient));
        }
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
        let (mut at, mut hash) =
            known.map_or((self.patients[first], batch[first].hash), |known| (known.patient, known.hash));
        let mut taken = Vec::new();
        for &n in places {
            let same = if batch[n].hash == hash { Same::Bytes } else { Same::Not };
            match rules::whereabouts(batch[n].nature, (at, self.patients[n]), same) {
                Whereabouts::Refused => continue,
                Whereabouts::Stays => {}
                Whereabouts::Directory => at = PatientNo::DIRECTORY,
            }
            hash = batch[n].hash;
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
