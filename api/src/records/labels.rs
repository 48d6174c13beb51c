//! Sensitivity labels of stored items: what the rules found at the door, what an item takes over from what it belongs
//! to, and what staff put or took. `item.labels` has the result as bits, and lists are filtered by it.

use std::collections::{BTreeMap, BTreeSet};

use super::files;
use super::ingest_store;
use super::labels_store as store;
use super::reference::Key;
use super::store as reading;
use crate::app::App;
use crate::base::{AccountId, Error, ItemNo, PatientNo, Problem, Problems, Result, Rid};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::sensitivity::{self, Label, Labels};
use crate::identity::Actor;
use crate::keys::Keys;
use crate::representation::Sight;
use crate::staff;
use crate::visibility::{self, Basis, Purpose};

pub use store::Change;

/// Longest reason that staff give, in characters.
const REASON: usize = 500;

/// A label of an item with what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The label.
    pub label: Label,
    /// `source`, `code`, `free-text`, `inherited` or `staff`.
    pub rule: String,
    /// The code that was seen, or the resource it was taken over from; for staff the reason.
    pub why: String,
}

/// The labels of an item, with what says so.
pub(super) async fn of(tx: &mut Tx, keys: &Keys, rid: Rid) -> Result<Vec<Labelled>> {
    let (found, changes) = (store::found(tx, rid).await?, store::explained(tx, keys, rid).await?);
    let labels = result(found.iter().map(|one| one.label), &changes);
    Ok(labels.iter().filter_map(|label| explain(label, &found, &changes)).collect())
}

fn explain(label: Label, found: &[Labelled], changes: &[Change]) -> Option<Labelled> {
    let put = changes.iter().rev().find(|change| change.label == label && change.put);
    let by_staff = put.map(|change| Labelled { label, rule: "staff".into(), why: change.reason.clone() });
    by_staff.or_else(|| found.iter().find(|one| one.label == label).cloned())
}

/// What is found, with what staff changed after it: the last change of a label counts.
fn result(found: impl Iterator<Item = Label>, changes: &[Change]) -> Labels {
    let found: Labels = found.collect();
    changes.iter().fold(found, |labels, change| match change.put {
        true => labels.with(change.label),
        false => labels.without(change.label),
    })
}

/// How many items of a record bear each of these labels.
pub(super) async fn counts(tx: &mut Tx, patient: PatientNo, labels: Labels) -> Result<Vec<(Label, i64)>> {
    store::counts(tx, patient, labels).await
}

/// What staff want to change of an item's labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The label, and whether it is put or taken; none: no choice was made.
    pub change: Option<(Label, bool)>,
    /// Why; for [`Label::Litigation`] the matter.
    pub reason: &'a str,
}

/// The labels that may be put on an item of this kind (true) or taken from it, on this ground: by staff in a look, as
/// far as the role reaches.
pub(super) fn open_to(basis: &Basis, kind: &str, labelled: &[Labelled]) -> Vec<(Label, bool)> {
    let Basis::Staff { role, .. } = basis else { return Vec::new() };
    let now: Labels = labelled.iter().map(|one| one.label).collect();
    let all = staff::markable(*role);
    let all = all.iter().map(|label| (label, !now.has(label)));
    all.filter(|(label, put)| !put || sensitivity::fits(*label, kind)).collect()
}

/// Staff who look at an item put a label on it or take one away. The person finds it in the log, and the reason at the
/// item.
///
/// # Errors
/// `NotFound` for whoever is not staff in a look; `Refused` with `refused-not-your-role`; `Invalid` as of [`change`].
pub async fn mark(
    app: &App,
    actor: &Actor,
    (patient, item): (PatientNo, ItemNo),
    mark: Mark<'_>,
) -> Result<()> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let Basis::Staff { role, .. } = permit.basis() else { return Err(Error::NotFound) };
    let may = staff::markable(*role);
    let rid = patient.rid(item);
    let kept = reading::kept(&mut tx, permit.lens(), rid).await?.ok_or(Error::NotFound)?;
    if may == Labels::default() || mark.change.is_some_and(|(label, _)| !may.has(label)) {
        return Err(Error::refused("refused-not-your-role"));
    }
    let now: Labels = of(&mut tx, &app.keys, rid).await?.iter().map(|one| one.label).collect();
    let problems = problems(mark, &kept.kind, now);
    drop(tx);
    let Some((label, put)) = mark.change.filter(|_| problems.0.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    // The entry comes first: nothing changes that stands in no log.
    let named = (kept.kind.as_str(), kept.id.as_str(), kept.version);
    let what = What::page("label").within(kept.category.slug()).of([named]);
    release(app, permit, Channel::Portal, (what, Held::new(()))).await?;
    change(app, (Some(actor.account), &actor.name), (patient, item), (label, put, mark.reason)).await
}

/// What is wrong with a change of an item of this kind with these labels.
fn problems(mark: Mark<'_>, kind: &str, now: Labels) -> Problems {
    let mut problems = Problems::default();
    let litigation = mark.change.is_some_and(|(label, _)| label == Label::Litigation);
    match mark.change {
        None => problems.0.push(Problem { field: "label", code: "problem-choose" }),
        Some((label, true)) if !sensitivity::fits(label, kind) => {
            problems.0.push(Problem { field: "label", code: "problem-label-kind" });
        }
        Some((label, put)) if now.has(label) == put => {
            problems.0.push(Problem { field: "label", code: "problem-label-same" });
        }
        Some(_) => {}
    }
    match mark.reason.trim().chars().count() {
        0 if litigation => problems.0.push(Problem { field: "reason", code: "problem-label-matter" }),
        0 => problems.0.push(Problem { field: "reason", code: "problem-empty" }),
        n if n > REASON => problems.0.push(Problem { field: "reason", code: "problem-reason-long" }),
        _ => {}
    }
    problems
}

/// Staff put a label on an item, or take one away. It holds for newer versions of the item too.
///
/// # Errors
/// `NotFound` for no such item; `Invalid` where the reason is missing, where the label has no place on an item of this
/// kind (psychotherapy notes are only notes, 45 CFR 164.501), or where nothing would change.
pub async fn change(
    app: &App,
    (account, by): (Option<AccountId>, &str),
    (patient, item): (PatientNo, ItemNo),
    (label, put, reason): (Label, bool, &str),
) -> Result<()> {
    let rid = patient.rid(item);
    let mut tx = app.db.write().await?;
    let kind = store::kind(&mut tx, rid).await?.ok_or(Error::NotFound)?;
    let now: Labels = of(&mut tx, &app.keys, rid).await?.iter().map(|one| one.label).collect();
    let problems = problems(Mark { change: Some((label, put)), reason }, &kind, now);
    let reason = reason.trim();
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let change = Change { label, put, reason: reason.to_owned(), at: app.clock.now(), by: by.to_owned() };
    store::add_change(&mut tx, &app.keys, rid, (&change, account)).await?;
    recompute(&mut tx, rid).await?;
    if put {
        spread(&mut tx, &[patient]).await?;
    } else {
        for heir in store::disinherit(&mut tx, rid, label).await? {
            recompute(&mut tx, heir).await?;
        }
        // Another that still bears it may have the same heir.
        spread(&mut tx, &[patient]).await?;
    }
    tx.commit().await
}

/// Applies what staff changed to items whose bytes are new.
pub(super) async fn reapply(tx: &mut Tx, rids: &[Rid]) -> Result<()> {
    for rid in store::changed_among(tx, rids).await? {
        recompute(tx, rid).await?;
    }
    Ok(())
}

/// Items that take over the labels of others.
pub(super) async fn inherit(tx: &mut Tx, rows: &[(Rid, Labels, Rid)]) -> Result<()> {
    for (rid, labels, from) in rows {
        let mut new = false;
        for label in labels.iter().filter(|label| *label != Label::Unreviewed) {
            new |= store::add_inherited(tx, *rid, (label, *from)).await?;
        }
        if new {
            recompute(tx, *rid).await?;
        }
    }
    Ok(())
}

/// What belongs to labelled items of these people takes their labels over, whichever came first: what was done at a
/// visit that a minor consented to alone (45 CFR 164.502(g)(3)(i)), and the file of a labelled document.
pub(super) async fn spread(tx: &mut Tx, patients: &[PatientNo]) -> Result<()> {
    for patient in store::with_labels(tx, patients).await? {
        let bearers = store::bearers(tx, patient).await?;
        if bearers.is_empty() {
            continue;
        }
        let visits: BTreeMap<i64, &store::Bearer> =
            bearers.iter().filter(|one| one.kind == "Encounter").map(|one| (one.rid.0, one)).collect();
        let mut wanted = BTreeSet::new();
        if !visits.is_empty() {
            let at_visits = store::at_visits(tx, patient).await?;
            let keys: Vec<Key> = at_visits
                .iter()
                .map(|(_, target)| target.as_str())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(Key::read)
                .collect();
            let targets = reading::targets(tx, Sight::whole(patient), &keys).await?;
            for (rid, written) in &at_visits {
                let visit = targets.iter().filter(|target| target.reference == *written);
                for visit in visit.filter_map(|target| visits.get(&target.rid)) {
                    wanted.insert((*rid, Labels::default().with(Label::Minor).0, visit.rid));
                }
            }
        }
        for bearer in bearers.iter().filter(|one| one.kind != "Encounter") {
            let body = String::from_utf8_lossy(&bearer.bytes).into_owned();
            let ids: Vec<&str> = files::binaries(&body).collect();
            for rid in store::files(tx, patient, &ids).await? {
                wanted.insert((rid, bearer.labels.0, bearer.rid));
            }
        }
        let wanted: Vec<_> =
            wanted.into_iter().map(|(rid, labels, from)| (rid, Labels(labels), from)).collect();
        inherit(tx, &wanted).await?;
    }
    Ok(())
}

/// Writes what the rows of an item's labels come to, and moves it to its shelf.
async fn recompute(tx: &mut Tx, rid: Rid) -> Result<()> {
    let (found, changes) = (store::found(tx, rid).await?, store::changes(tx, rid).await?);
    let labels = result(found.iter().map(|one| one.label), &changes);
    let labels = if of_program(tx, &found).await? { labels.of_program() } else { labels }.kept();
    if store::bits(tx, rid).await? == Some(labels) {
        return Ok(());
    }
    ingest_store::take_from_shelf(tx, rid).await?;
    store::set_bits(tx, rid, labels).await?;
    store::count_change(tx, rid.patient()).await?;
    ingest_store::put_on_shelf(tx, rid, rid.patient()).await
}

/// Whether a program under 42 CFR Part 2 recorded an item, or what it took its label over from.
async fn of_program(tx: &mut Tx, found: &[Labelled]) -> Result<bool> {
    for one in found {
        if sensitivity::is_program(one.label, &one.rule, &one.why) {
            return Ok(true);
        }
        let from = (one.label == Label::SubstanceUse && one.rule == "inherited").then_some(&one.why);
        if let Some(from) = from.and_then(|rid| rid.parse().ok())
            && store::bits(tx, Rid(from)).await?.is_some_and(|bits| bits.0 & Labels::PROGRAM.0 != 0)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn the_last_change_of_a_label_counts() {
        let change = |label, put| Change { label, put, reason: "x".into(), at: Instant(0), by: "x".into() };
        let (hiv, minor) = (Label::Hiv, Label::Minor);
        for (found, changes, wanted) in [
            (vec![], vec![], vec![]),
            (vec![hiv], vec![], vec![hiv]),
            (vec![hiv], vec![change(hiv, false)], vec![]),
            (vec![], vec![change(minor, true)], vec![minor]),
            (vec![hiv], vec![change(hiv, false), change(hiv, true)], vec![hiv]),
            (vec![hiv], vec![change(hiv, true), change(hiv, false), change(minor, true)], vec![minor]),
        ] {
            let labels: Vec<_> = result(found.iter().copied(), &changes).iter().collect();
            assert_eq!(labels, wanted, "{found:?} {changes:?}");
        }
    }
}
