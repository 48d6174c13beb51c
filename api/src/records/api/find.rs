//! Which resources a search finds: each criterion gives keys, and sets of keys are cut here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Fault;
use super::dressed::Leads;
use super::find_store::{self as store, End, Place, Rids, Sorted, Table};
use super::values::{both, dates, present, sorted, text, tokens};
use crate::base::{PatientNo, Result};
use crate::db::Tx;
use crate::fhir::index::{self, Kind};
use crate::fhir::search::{Criterion, DateTest, Sort, Target, Test, Token, Way};
use crate::records::masking::Masking;
use crate::records::reference::Key;
use crate::records::store::targets as lead;
use crate::representation::Sight;
use crate::smart::{Access, Allowed, Condition, Interaction, Level, is_outside};

/// Who asks, and how much of the record they see now.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub access: &'a Access,
    pub sight: Sight,
}

/// Types that are never in the directory, because each says whose it is. Others may be there, when two people share
/// them: what a record points to of these is seen with it.
fn may_be_shared(kind: &str) -> bool {
    kind != "Patient" && index::path_of_person(kind).is_none()
}

/// What scopes can be narrowed by.
pub(super) const CATEGORY: &str = "category";

/// What is of one of these categories.
pub(super) async fn of_categories(tx: &mut Tx, place: Place<'_>, conditions: &[Condition]) -> Result<Rids> {
    let mut rids = Rids::new();
    for Condition { param, system, code } in conditions {
        let token = Token { system: system.clone(), code: Some(code.clone()) };
        rids.extend(tokens(tx, Place { param, ..place }, &[token]).await?);
    }
    Ok(sorted(rids))
}

/// Keys with what they name, as written.
pub(super) type Named = Vec<(i64, String)>;

/// What a scope leaves of a type.
pub(super) enum Leave {
    All,
    /// Only these.
    Only(Rids),
}

impl Leave {
    pub fn has(&self, rid: i64) -> bool {
        match self {
            Self::All => true,
            Self::Only(rids) => rids.binary_search(&rid).is_ok(),
        }
    }
}

impl Reader<'_> {
    pub fn place<'b>(&self, kind: &'b str, param: &'b str) -> Place<'b> {
        let patient = self.sight.patient;
        Place { patient, also: if may_be_shared(kind) { PatientNo::DIRECTORY } else { patient }, kind, param }
    }

    /// What the grant leaves of a type.
    ///
    /// # Errors
    /// `Scope` where it leaves nothing.
    pub async fn leave(&self, tx: &mut Tx, (kind, how): (&str, Interaction)) -> Result<Leave, Fault> {
        match self.access.scopes.of_type((Level::Patient, how), kind) {
            Allowed::No => Err(Fault::Scope),
            Allowed::All => Ok(Leave::All),
            Allowed::Where(conditions) => {
                let out: Vec<Condition> = self.access.scopes.left_out(kind).cloned().collect();
                let out = self.of_categories(tx, (kind, out)).await?;
                let mut left = self.of_categories(tx, (kind, conditions)).await?;
                if self.access.scopes.gives_rest((Level::Patient, how), kind) {
                    left.extend(self.rest_of(tx, kind).await?);
                    left = sorted(left);
                }
                left.retain(|rid| out.binary_search(rid).is_err());
                Ok(Leave::Only(left))
            }
        }
    }

    /// What of a type bears no category that is left out, nor the same code of another system: sources name the
    /// systems of categories in older ways.
    async fn rest_of(&self, tx: &mut Tx, kind: &str) -> Result<Rids, Fault> {
        let out = self.access.scopes.left_out(kind).map(|only| Condition { system: None, ..only.clone() });
        let out = self.of_categories(tx, (kind, out.collect())).await?;
        let mut rest = store::having(tx, self.place(kind, "_id"), Table::Token).await?;
        rest.retain(|rid| out.binary_search(rid).is_err());
        Ok(rest)
    }

    /// What of a type is of one of these categories.
    async fn of_categories(
        &self,
        tx: &mut Tx,
        (kind, conditions): (&str, Vec<Condition>),
    ) -> Result<Rids, Fault> {
        Ok(of_categories(tx, self.place(kind, CATEGORY), &conditions).await?)
    }

    /// What of a type fulfils all criteria and is seen, smallest key first.
    pub async fn find(&self, tx: &mut Tx, (kind, criteria): (&str, &[Criterion])) -> Result<Rids, Fault> {
        let leave = self.leave(tx, (kind, Interaction::Search)).await?;
        let mut found = self.meeting(tx, (kind, criteria)).await?;
        if let Leave::Only(rids) = &leave {
            found = both(&found, rids);
        }
        found = self.in_sight(tx, kind, found).await?;
        let by_bytes: Vec<&Criterion> = criteria.iter().filter(|one| needs_bytes(one)).collect();
        if !by_bytes.is_empty() {
            found = self.read_through(tx, (found, &by_bytes)).await?;
        }
        Ok(found)
    }

    /// What fulfils the criteria that the index answers, whether it is seen or not.
    async fn meeting(&self, tx: &mut Tx, (kind, criteria): (&str, &[Criterion])) -> Result<Rids, Fault> {
        let mut found: Option<Rids> = None;
        let mut without: Vec<Rids> = Vec::new();
        for criterion in criteria.iter().filter(|one| !needs_bytes(one)) {
            let place = self.place(kind, criterion.param);
            let met = match &criterion.test {
                Test::Absent => {
                    without.push(self.having(tx, place, kind_of(criterion)).await?);
                    continue;
                }
                Test::NotToken(codes) => {
                    without.push(tokens(tx, place, codes).await?);
                    continue;
                }
                Test::Present => Some(self.having(tx, place, kind_of(criterion)).await?),
                Test::Token(codes) => Some(tokens(tx, place, codes).await?),
                Test::Date(tests) => Some(dates(tx, place, tests).await?),
                Test::Care(test) => Some(self.of_care(tx, place, *test).await?),
                Test::Text(how, texts) => Some(text(tx, place, (*how, texts)).await?),
                Test::Reference(targets) => self.references(tx, place, targets).await?,
                Test::Chain(inner) => Some(self.chain(tx, place, inner).await?),
                Test::Display(_) | Test::Logical(_) | Test::Quantity(_) => continue,
            };
            found = match (found, met) {
                (Some(before), Some(met)) => Some(both(&before, &met)),
                (before, met) => met.or(before),
            };
        }
        let mut found = match found {
            Some(found) => found,
            None => store::having(tx, self.place(kind, "_id"), Table::Token).await?,
        };
        for out in without {
            found.retain(|rid| out.binary_search(rid).is_err());
        }
        Ok(found)
    }

    /// What tells of care of a time: its own span, or where it has none its date.
    async fn of_care(&self, tx: &mut Tx, place: Place<'_>, test: DateTest) -> Result<Rids> {
        let own = present(tx, place, Kind::Date).await?;
        let mut found = dates(tx, Place { param: "date", ..place }, &[test]).await?;
        found.retain(|rid| own.binary_search(rid).is_err());
        found.extend(dates(tx, place, &[test]).await?);
        Ok(sorted(found))
    }

    /// Of these the newest that fulfils the criteria, if there is one; all of them where there are no criteria.
    pub async fn newest(
        &self,
        tx: &mut Tx,
        (kind, criteria): (&str, &[Criterion]),
        found: Rids,
    ) -> Result<Rids, Fault> {
        if criteria.is_empty() {
            return Ok(found);
        }
        let fit = both(&found, &self.find(tx, (kind, criteria)).await?);
        let sort = [Sort { param: "date", kind: Kind::Date, way: Way::Down }];
        let ranked = self.ranked(tx, (kind, &sort, fit)).await?;
        // Of those of the same date, what came here last.
        let first = ranked.iter().min_by(|a, b| compare(&sort, a, b)).map(|(ranks, _)| ranks);
        let newest = ranked.iter().filter(|(ranks, _)| Some(ranks) == first).map(|(_, rid)| *rid).max();
        Ok(newest.map_or(found, |rid| vec![rid]))
    }

    /// What has a value. A reference to what must not be seen is none: it is taken out of what is sent.
    async fn having(&self, tx: &mut Tx, place: Place<'_>, kind: Kind) -> Result<Rids, Fault> {
        let mut all = present(tx, place, kind).await?;
        if kind != Kind::Reference || self.sight.lens.veils().is_empty() {
            return Ok(all);
        }
        let (out, left) = self.parted_targets(tx, place).await?;
        let left: BTreeSet<i64> = left.into_iter().map(|(rid, _)| rid).collect();
        let out: BTreeSet<i64> =
            out.into_iter().map(|(rid, _)| rid).filter(|rid| !left.contains(rid)).collect();
        all.retain(|rid| !out.contains(rid));
        Ok(all)
    }

    /// What of these is seen: of the record through the lens, of the directory what is open or what the record leads to.
    pub async fn in_sight(&self, tx: &mut Tx, kind: &str, found: Rids) -> Result<Rids, Fault> {
        let (low, high) = self.sight.patient.range();
        let (own, shared): (Rids, Rids) = found.into_iter().partition(|rid| *rid >= low.0 && *rid <= high.0);
        let mut seen = own;
        if !seen.is_empty() && store::hides(tx, self.sight).await? {
            seen = both(&seen, &store::seen(tx, self.sight).await?);
        }
        if kind == "Provenance" {
            seen = self.of_something_readable(tx, (seen, &mut Leads::default())).await?;
        }
        if !shared.is_empty() {
            let allowed = if is_outside(kind) {
                store::of_the_source(tx, self.sight.patient, &shared).await?
            } else {
                both(&shared, &self.led_to(tx, kind).await?)
            };
            seen = sorted(allowed.into_iter().chain(seen).collect());
        }
        Ok(seen)
    }

    /// What of the directory the record leads to.
    async fn led_to(&self, tx: &mut Tx, kind: &str) -> Result<Rids> {
        let written = store::pointed_to(tx, self.sight, kind).await?;
        let keys: Vec<Key> = written.iter().map(|target| Key::read(target)).collect();
        let found = lead(tx, self.sight, &keys).await?;
        Ok(sorted(
            found.into_iter().filter(|target| target.r#type == kind).map(|target| target.rid).collect(),
        ))
    }

    /// Whether a resource of the directory may be read by its id.
    pub async fn may_read(&self, tx: &mut Tx, (kind, id, rid): (&str, &str, i64)) -> Result<bool> {
        let (low, high) = self.sight.patient.range();
        if (rid >= low.0 && rid <= high.0) || is_outside(kind) {
            return Ok(true);
        }
        if self.led_to(tx, kind).await?.binary_search(&rid).is_ok() {
            return Ok(true);
        }
        // The bytes of a document are named by an address, which no index has.
        let named = format!("{kind}/{id}");
        let bearers = crate::records::store::bearers(tx, self.sight).await?;
        Ok(kind == "Binary" && bearers.iter().any(|bearer| names(&bearer.body, &named)))
    }

    /// None where every resource of the type in the record fits, as with the record's own person.
    async fn references(
        &self,
        tx: &mut Tx,
        place: Place<'_>,
        targets: &[Target],
    ) -> Result<Option<Rids>, Fault> {
        let own = |target: &Target| self.is_own(target);
        let of_person = param_kind(place.kind, place.param) == Some(Kind::Patient);
        for target in targets {
            let person = target.kind.as_deref() == Some("Patient") || (of_person && target.is_address());
            if person && !own(target) {
                return Err(Fault::OtherPatient);
            }
        }
        let whole = of_person || (place.param == "subject" && param_kind(place.kind, "patient").is_some());
        if whole && targets.iter().any(own) && index::path_of_person(place.kind).is_some() {
            return Ok(None);
        }
        let (mut named, mut keys) = (Vec::new(), Vec::new());
        for target in targets {
            match &target.kind {
                Some(kind) => keys.push(Key::read(&format!("{kind}/{}", target.id))),
                None if target.is_address() => {
                    let written = &target.id;
                    let all = store::pointing(tx, place, &[(written.clone(),)]).await?;
                    named.extend(all.into_iter().map(|rid| (rid, written.clone())));
                    keys.push(Key::read(written));
                }
                None => {
                    let end = format!("/{}", target.id);
                    let all = store::all_targets(tx, place).await?;
                    named.extend(all.into_iter().filter(|(_, written)| written.ends_with(&end)));
                }
            }
        }
        // What must not be seen is in no answer named, so nothing is found by it, as by what is not here.
        let all = named.iter().map(|(_, written)| written.as_str());
        let all = all.chain(keys.iter().map(|key| key.written.as_str())).collect();
        let untold = self.untold(tx, place, all).await?;
        named.retain(|(_, written)| !untold.contains(written));
        keys.retain(|key| !untold.contains(&key.written));
        let mut found: Rids = named.into_iter().map(|(rid, _)| rid).collect();
        let known = lead(tx, self.sight, &keys).await?;
        let mut spelled: Vec<(String,)> = keys
            .iter()
            .filter(|key| !key.id.is_empty())
            .map(|key| (format!("{}/{}", key.kind, key.id),))
            .collect();
        let rids: Rids = sorted(known.iter().map(|target| target.rid).collect());
        spelled.extend(store::other_names(tx, &rids).await?);
        found.extend(self.spelled(tx, place, (&spelled, &rids)).await?);
        Ok(Some(sorted(found)))
    }

    fn is_own(&self, target: &Target) -> bool {
        target.kind.as_deref() == Some("Patient") && target.id == self.access.patient_id
    }

    /// What points to these resources, spelled so or in a way that must be looked up.
    async fn spelled(
        &self,
        tx: &mut Tx,
        place: Place<'_>,
        (spelled, rids): (&[(String,)], &[i64]),
    ) -> Result<Rids> {
        let mut found = store::pointing(tx, place, spelled).await?;
        let odd = store::oddly_spelled(tx, place).await?;
        if !odd.is_empty() && !rids.is_empty() {
            let mut written: Vec<&str> = odd.iter().map(|(_, target)| target.as_str()).collect();
            written.sort_unstable();
            written.dedup();
            let keys: Vec<Key> = written.into_iter().map(Key::read).collect();
            let known = lead(tx, self.sight, &keys).await?;
            let means = |target: &str| {
                known.iter().any(|one| one.reference == target && rids.binary_search(&one.rid).is_ok())
            };
            found.extend(odd.iter().filter(|(_, target)| means(target)).map(|(rid, _)| *rid));
        }
        Ok(sorted(found))
    }

    /// What points to these resources by a parameter, for `_revinclude`: keys with type and id.
    pub async fn pointing_to(
        &self,
        tx: &mut Tx,
        (kind, param): (&str, &str),
        page: &[(i64, String)],
    ) -> Result<Rids> {
        let rids: Rids = sorted(page.iter().map(|(rid, _)| *rid).collect());
        let mut spelled: Vec<(String,)> = page.iter().map(|(_, name)| (name.clone(),)).collect();
        spelled.extend(store::other_names(tx, &rids).await?);
        self.spelled(tx, self.place(kind, param), (&spelled, &rids)).await
    }

    /// What these resources point to by a parameter, for `_include`.
    pub async fn pointed_by(
        &self,
        tx: &mut Tx,
        (kind, param): (&str, &str),
        rids: &[i64],
    ) -> Result<Vec<(i64, String)>> {
        let targets = store::targets_of(tx, self.place(kind, param), rids).await?;
        let keys: Vec<Key> = targets.iter().map(|target| Key::read(target)).collect();
        let found = lead(tx, self.sight, &keys).await?;
        Ok(found.into_iter().map(|target| (target.rid, target.r#type)).collect())
    }

    async fn chain(&self, tx: &mut Tx, place: Place<'_>, inner: &Criterion) -> Result<Rids, Fault> {
        let criteria = std::slice::from_ref(inner);
        let met = Box::pin(self.find(tx, (inner.resource_type, criteria))).await?;
        let kept = store::kept(tx, self.sight, &met).await?;
        let page: Vec<(i64, String)> =
            kept.into_iter().map(|(rid, kept)| (rid, format!("{}/{}", kept.kind, kept.id))).collect();
        let rids: Rids = sorted(page.iter().map(|(rid, _)| *rid).collect());
        let mut spelled: Vec<(String,)> = page.into_iter().map(|(_, name)| (name,)).collect();
        spelled.extend(store::other_names(tx, &rids).await?);
        Ok(self.spelled(tx, place, (&spelled, &rids)).await?)
    }

    /// What fulfils criteria that only bytes tell.
    async fn read_through(&self, tx: &mut Tx, (found, criteria): (Rids, &[&Criterion])) -> Result<Rids> {
        let (mut fit, mut masking) = (Rids::new(), Masking::default());
        for some in found.chunks(200) {
            let mut kept = store::kept(tx, self.sight, some).await?;
            masking.mask(tx, self.sight, kept.iter_mut().map(|(_, kept)| &mut kept.bytes)).await?;
            for (rid, kept) in kept {
                let value: Value = serde_json::from_slice(&kept.bytes)?;
                if criteria.iter().all(|criterion| criterion.matches(&value)) {
                    fit.push(rid);
                }
            }
        }
        Ok(sorted(fit))
    }

    /// These, smallest key first, each with what it sorts by.
    pub async fn ranked(
        &self,
        tx: &mut Tx,
        (kind, sort, found): (&str, &[Sort], Rids),
    ) -> Result<Vec<(Vec<Rank>, i64)>, Fault> {
        let mut ranked: Vec<(Vec<Rank>, i64)> =
            found.iter().map(|rid| (Vec::with_capacity(sort.len()), *rid)).collect();
        for by in sort {
            let ranks = self.ranks(tx, (kind, *by), &found).await?;
            for ((of, _), rank) in ranked.iter_mut().zip(ranks) {
                of.push(rank);
            }
        }
        Ok(ranked)
    }

    /// What each of these, smallest key first, sorts by.
    async fn ranks(&self, tx: &mut Tx, (kind, by): (&str, Sort), found: &[i64]) -> Result<Vec<Rank>, Fault> {
        let place = self.place(kind, by.param);
        let end = if by.way == Way::Up { End::Least } else { End::Most };
        let mut ranks = vec![Rank::None; found.len()];
        let mut put = |rid: i64, rank: Rank| {
            let Ok(at) = found.binary_search(&rid) else { return };
            let further = match (&ranks[at], end) {
                (Rank::None, _) => true,
                (known, End::Least) => rank < *known,
                (known, End::Most) => rank > *known,
            };
            if further {
                ranks[at] = rank;
            }
        };
        if by.param == "_lastUpdated" {
            let whole = (i64::MIN, i64::MAX);
            for [rid, at] in store::received(tx, (place.patient, place.also), whole).await? {
                put(rid, Rank::Number(at));
            }
            return Ok(ranks);
        }
        let of = match by.kind {
            Kind::Date => {
                for [rid, low, high] in store::spans(tx, place, (i64::MIN, i64::MAX)).await? {
                    put(rid, Rank::Number(if end == End::Least { low } else { high }));
                }
                return Ok(ranks);
            }
            Kind::Token | Kind::Quantity => Sorted::Code,
            Kind::Text => Sorted::Text,
            Kind::Reference | Kind::Patient => {
                for (rid, target) in self.parted_targets(tx, place).await?.1 {
                    put(rid, Rank::Text(target.chars().take(40).collect()));
                }
                return Ok(ranks);
            }
        };
        for (rid, text) in store::texts(tx, place, (of, end)).await? {
            put(rid, Rank::Text(text.chars().take(40).collect()));
        }
        Ok(ranks)
    }
}

/// What a resource sorts by. What has no value comes last, whichever way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(super) enum Rank {
    Number(i64),
    Text(String),
    None,
}

/// The order of two resources; of equals the one that was here first.
pub(super) fn compare(
    sort: &[Sort],
    (a, first): &(Vec<Rank>, i64),
    (b, second): &(Vec<Rank>, i64),
) -> std::cmp::Ordering {
    let ranks = sort.iter().zip(a.iter().zip(b)).map(|(by, (a, b))| match (by.way, a, b) {
        (Way::Down, Rank::None, _) | (Way::Down, _, Rank::None) | (Way::Up, ..) => a.cmp(b),
        (Way::Down, ..) => b.cmp(a),
    });
    ranks.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then).then(first.cmp(second))
}

/// The first of these in the order that is asked for. They come smallest key first, and only those are put in order: a
/// page is a small part of what a search finds.
pub(super) fn first(sort: &[Sort], mut all: Vec<(Vec<Rank>, i64)>, most: usize) -> Vec<(Vec<Rank>, i64)> {
    let by = |a: &_, b: &_| compare(sort, a, b);
    if !sort.is_empty() && most < all.len() {
        all.select_nth_unstable_by(most, by);
    }
    all.truncate(most);
    if !sort.is_empty() {
        all.sort_unstable_by(by);
    }
    all
}

fn names(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(at, _)| {
        let after = body.as_bytes().get(at + name.len());
        !after.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
    })
}

fn param_kind(kind: &str, param: &str) -> Option<Kind> {
    index::rows(kind).iter().find(|row| row.param == param).map(|row| row.kind)
}

fn kind_of(criterion: &Criterion) -> Kind {
    param_kind(criterion.resource_type, criterion.param).unwrap_or(Kind::Token)
}

/// Whether the index does not tell. Of codes it keeps none for what is said in words only.
fn needs_bytes(criterion: &Criterion) -> bool {
    let kind = kind_of(criterion);
    criterion.test.needs_bytes()
        || kind == Kind::Quantity
        || (kind == Kind::Token
            && criterion.param != "_id"
            && matches!(criterion.test, Test::Present | Test::Absent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_have_what_has_no_value_last() {
        let sort = |way| vec![Sort { param: "date", kind: Kind::Date, way }];
        let all = [
            (vec![Rank::None], 1),
            (vec![Rank::Number(5)], 2),
            (vec![Rank::Number(7)], 3),
            (vec![Rank::Number(5)], 4),
        ];
        for (way, expected) in [(Way::Up, [2, 4, 3, 1]), (Way::Down, [3, 2, 4, 1])] {
            for most in 0..=5 {
                let found: Vec<i64> =
                    first(&sort(way), all.to_vec(), most).into_iter().map(|(_, rid)| rid).collect();
                assert_eq!(found, expected[..most.min(4)], "{way:?}");
            }
        }
        assert_eq!(first(&[], all.to_vec(), 2), all[..2], "as they are");
    }

    #[test]
    fn a_name_is_not_found_in_a_longer_one() {
        assert!(names(r#"{"url":"Binary/a1"}"#, "Binary/a1"));
        assert!(!names(r#"{"url":"Binary/a12"}"#, "Binary/a1"));
        assert!(names(r#"{"url":"Binary/a12","x":"Binary/a1"}"#, "Binary/a1"));
    }
}
