//! What a reader must not see for its label is not named by what they are sent: not by a reference, nor by the words
//! beside it; nor is anything found by these. What their own choice of categories or days leaves out may be named.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::labels;
use super::model::ItemLine;
use super::reference::Key;
use super::store;
use crate::base::Result;
use crate::db::Tx;
use crate::fhir::outgoing::{masked, named};
use crate::fhir::present;
use crate::keys::Keys;
use crate::representation::Sight;

/// Types that bear no label: whom and where a resource names all the time.
const PLAIN: [&str; 6] =
    ["Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson"];

/// So many items are read at a time.
const SOME: usize = 200;

/// Of more names than this each is compared with those of all that is hidden, which is mostly little; fewer are looked up.
const MANY: usize = 60;

/// What is hidden of the things that resources of one record name, as far as it was looked up.
#[derive(Debug, Default)]
pub(crate) struct Masking {
    /// For which reader.
    sight: Option<Sight>,
    /// Whether the record has anything that is hidden.
    any: bool,
    /// By what is written: whether it leads to something hidden.
    known: HashMap<String, bool>,
    /// The names of all that is hidden, once they were asked for.
    hidden: Option<HashSet<String>>,
}

impl Masking {
    /// Takes out of these resources of the record what names something hidden.
    pub async fn mask<'a>(
        &mut self,
        tx: &mut Tx,
        sight: Sight,
        all: impl Iterator<Item = &'a mut Vec<u8>>,
    ) -> Result<()> {
        if sight.lens.veils().is_empty() {
            return Ok(());
        }
        if self.sight.replace(sight) != Some(sight) {
            self.known.clear();
            self.hidden = None;
            self.any = labels::has_any(tx, sight.patient, sight.lens.veils()).await?;
        }
        if !self.any {
            return Ok(());
        }
        let all: Vec<_> = all.collect();
        let mut new = HashSet::new();
        for name in all.iter().flat_map(|bytes| named(bytes)) {
            if !self.known.contains_key(name.as_ref()) && !new.contains(name.as_ref()) {
                new.insert(name.into_owned());
            }
        }
        if !new.is_empty() {
            let keys: Vec<Key> =
                new.iter().map(|name| Key::read(name)).filter(|key| !is_plain(key)).collect();
            let hidden = betraying(tx, sight, (&keys, &mut self.hidden)).await?;
            self.known.extend(new.into_iter().map(|name| (name.clone(), hidden.contains(&name))));
        }
        for bytes in all {
            let hidden = named(bytes).filter(|name| self.known.get(name.as_ref()) == Some(&true));
            let hidden: HashSet<String> = hidden.map(Cow::into_owned).collect();
            if !hidden.is_empty() {
                *bytes = masked(bytes, &hidden);
            }
        }
        Ok(())
    }

    /// Those of these items that name something hidden: the key, the bytes as they came, and what is left of them.
    async fn cut(
        &mut self,
        tx: &mut Tx,
        sight: Sight,
        rids: &[(i64,)],
    ) -> Result<Vec<(i64, Vec<u8>, Vec<u8>)>> {
        let whole = store::bytes(tx, rids).await?;
        let mut left: Vec<Vec<u8>> = whole.iter().map(|(_, bytes)| bytes.clone()).collect();
        self.mask(tx, sight, left.iter_mut()).await?;
        let all = whole.into_iter().zip(left).map(|((rid, whole), left)| (rid, whole, left));
        Ok(all.filter(|(_, whole, left)| whole != left).collect())
    }
}

/// Which of these names no answer may tell this reader, where the record has anything that is hidden from them.
pub(crate) async fn unseen(tx: &mut Tx, sight: Sight, names: &[Key]) -> Result<HashSet<String>> {
    let any =
        !sight.lens.veils().is_empty() && labels::has_any(tx, sight.patient, sight.lens.veils()).await?;
    if any { betraying(tx, sight, (names, &mut None)).await } else { Ok(HashSet::new()) }
}

/// Those of these names that must not be told; `all` keeps what was asked for that.
async fn betraying(
    tx: &mut Tx,
    sight: Sight,
    (names, all): (&[Key], &mut Option<HashSet<String>>),
) -> Result<HashSet<String>> {
    if all.is_none() && names.len() > MANY {
        *all = Some(store::names_of_hidden(tx, sight).await?);
    }
    let mut found: HashSet<String> = if let Some(hidden) = all {
        let is = |key: &&Key| {
            hidden.contains(key.unversioned()) || hidden.contains(&format!("{}/{}", key.kind, key.id))
        };
        names.iter().filter(is).map(|key| key.written.clone()).collect()
    } else {
        store::hidden(tx, sight, names).await?
    };
    // Whoever asks "which has this" instead of naming it may mean what is hidden, and nobody looks that up.
    let asking = names.iter().filter(|key| key.written.contains('?') && !is_plain(key));
    found.extend(asking.map(|key| key.written.clone()));
    Ok(found)
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
    if sight.lens.veils().is_empty() || !lines.iter().any(told) {
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

/// Whether any of these items of the record names something that the reader must not see for its label.
pub(crate) async fn name_hidden(tx: &mut Tx, sight: Sight, rids: &[(i64,)]) -> Result<bool> {
    let mut masking = Masking::default();
    masking.mask(tx, sight, std::iter::empty()).await?;
    if !masking.any {
        return Ok(false);
    }
    for some in rids.chunks(SOME) {
        if !masking.cut(tx, sight, some).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What of these was not found by one of the words (folded) that stand only beside the name of something hidden.
pub(super) async fn found_openly(
    tx: &mut Tx,
    sight: Sight,
    (found, words): (Vec<(i64,)>, Vec<String>),
) -> Result<Vec<(i64,)>> {
    let mut masking = Masking::default();
    masking.mask(tx, sight, std::iter::empty()).await?;
    if !masking.any || words.is_empty() {
        return Ok(found);
    }
    let mut betrayed = HashSet::new();
    for some in found.chunks(SOME) {
        for (rid, whole, left) in masking.cut(tx, sight, some).await? {
            let (all, open) = (folded(&whole), folded(&left));
            if words.iter().any(|word| all.contains(word.as_str()) && !open.contains(word.as_str())) {
                betrayed.insert(rid);
            }
        }
    }
    Ok(found.into_iter().filter(|(rid,)| !betrayed.contains(rid)).collect())
}

/// The words of a resource, by which it is found.
fn folded(bytes: &[u8]) -> String {
    present::line(&serde_json::from_slice(bytes).unwrap_or_default()).words
}

/// Whether this names whom or where, which bears no label.
pub(crate) fn is_plain(key: &Key) -> bool {
    PLAIN.contains(&key.kind.as_str())
}
