//! What a reader must not see for its label is not named by what they are sent: not by a reference, nor by the words
//! beside it. What their own choice of categories or days leaves out may be named. The words by which a search finds an
//! item are those of its whole resource, so that it is still found by the name of something hidden that it refers to.

use std::collections::{HashMap, HashSet};

use super::labels;
use super::model::ItemLine;
use super::reference::Key;
use super::store;
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::outgoing::{masked, named};
use crate::fhir::present;
use crate::fhir::sensitivity::Labels;
use crate::keys::Keys;
use crate::representation::Sight;

/// Types that bear no label: whom and where a resource names all the time.
const PLAIN: [&str; 6] =
    ["Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson"];

/// What is hidden of the things that resources of one record name, as far as it was looked up.
#[derive(Debug, Default)]
pub(crate) struct Masking {
    /// For which reader.
    sight: Option<Sight>,
    /// Whether the record has anything that is hidden.
    any: bool,
    /// By what is written: whether it leads to something hidden.
    known: HashMap<String, bool>,
}

impl Masking {
    /// Takes out of these resources of the record what names something hidden.
    pub async fn mask<'a>(
        &mut self,
        tx: &mut Tx,
        sight: Sight,
        all: impl Iterator<Item = &'a mut Vec<u8>>,
    ) -> Result<()> {
        if sight.lens.hidden == Labels::default() {
            return Ok(());
        }
        if self.sight.replace(sight) != Some(sight) {
            self.known.clear();
            self.any = labels::has_any(tx, sight.patient, sight.lens.hidden).await?;
        }
        if !self.any {
            return Ok(());
        }
        let all: Vec<_> = all.map(|bytes| (names(bytes), bytes)).collect();
        let new: HashSet<&String> =
            all.iter().flat_map(|(names, _)| names).filter(|name| !self.known.contains_key(*name)).collect();
        if !new.is_empty() {
            let keys: Vec<Key> = new.iter().map(|name| Key::read(name)).collect();
            let hidden = store::hidden(tx, sight, &keys).await?;
            self.known = std::mem::take(&mut self.known)
                .into_iter()
                .chain(new.into_iter().map(|name| (name.clone(), hidden.contains(name))))
                .collect();
        }
        for (names, bytes) in all {
            let hidden: HashSet<String> =
                names.into_iter().filter(|name| self.known.get(name) == Some(&true)).collect();
            if !hidden.is_empty() {
                *bytes = masked(bytes, &hidden);
            }
        }
        Ok(())
    }
}

/// What a list says of these types in one line is told of something else: why, or for what.
const TOLD_OF_OTHERS: [&str; 7] = [
    "Appointment",
    "CareTeam",
    "DeviceUseStatement",
    "Encounter",
    "MedicationAdministration",
    "Procedure",
    "ServiceRequest",
];

/// Lines of a list as a reader may read them: one whose value was told of something hidden has the value of what is
/// left.
pub(super) async fn quiet((tx, keys): (&mut Tx, &Keys), sight: Sight, lines: &mut [ItemLine]) -> Result<()> {
    let told = |line: &ItemLine| line.value.is_some() && TOLD_OF_OTHERS.contains(&line.reference.0.as_str());
    if sight.lens.hidden == Labels::default() || !lines.iter().any(told) {
        return Ok(());
    }
    let mut masking = Masking::default();
    masking.mask(tx, sight, std::iter::empty()).await?;
    if !masking.any {
        return Ok(());
    }
    for line in lines.iter_mut().filter(|line| told(line)) {
        let Some(rid) = keys.item_at(sight.patient, line.address) else { continue };
        let Some(mut kept) = store::kept(tx, sight.lens, rid).await? else { continue };
        let before = kept.bytes.len();
        masking.mask(tx, sight, std::iter::once(&mut kept.bytes)).await?;
        if kept.bytes.len() != before {
            let value = serde_json::from_slice(&kept.bytes).unwrap_or_default();
            line.value = present::line(&value).value;
        }
    }
    Ok(())
}

fn names(bytes: &[u8]) -> HashSet<String> {
    named(bytes).filter(|name| !PLAIN.contains(&Key::read(name).kind.as_str())).collect()
}
