//! Sensitivity labels of stored items: what the rules found at the door, what an item takes over from what it belongs
//! to, and what staff put or took. `item.labels` has the result as bits, and lists are filtered by it.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::files;
use super::handing::{self, Way};
use super::ingest_store;
use super::labels_store as store;
use super::placing;
use super::reference::Key;
use super::store::{self as reading, Kept};
use crate::app::App;
use crate::base::{
    AccountId, Error, Instant, ItemAddress, PatientNo, Problem, Problems, Result, Rid, says_why, unseen,
};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, Marked, What, release};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{self, Label, Labels, Seat};
use crate::identity::Actor;
use crate::keys::Keys;
use crate::notify;
use crate::representation::{self, Lens, Sight};
use crate::staff::{self, Role};
use crate::visibility::{self, Basis, Permit, Purpose};

pub use store::Change;

/// Longest reason that staff give, in characters.
const REASON: usize = 500;

/// A label of an item with what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The label.
    pub label: Label,
    /// `source`, `code`, `settings`, `free-text`, `unreadable`, `inherited` or `staff`.
    pub rule: String,
    /// The code that was seen, or the resource it was taken over from; for staff the reason.
    pub why: String,
    /// Who of the staff put it, and when.
    pub by: Option<(String, Instant)>,
}

/// The labels of an item, with what says so.
pub(super) async fn of(tx: &mut Tx, keys: &Keys, rid: Rid) -> Result<Vec<Labelled>> {
    let (found, changes) = (store::found(tx, rid).await?, store::explained(tx, keys, rid).await?);
    let borne = borne(&found, &taken_over(tx, &found).await?, &changes);
    Ok(borne.labels.iter().filter_map(|label| explain(label, &found, &changes)).collect())
}

/// What staff took away of an item and nobody put back, with the reasons.
pub(super) async fn taken(tx: &mut Tx, keys: &Keys, rid: Rid) -> Result<Vec<Change>> {
    let mut last = store::explained(tx, keys, rid).await?;
    if last.is_empty() {
        return Ok(last);
    }
    let later = last.clone();
    last.retain(|one| !later.iter().any(|other| other.label == one.label && other.at > one.at));
    let labels = bears(tx, rid).await?.labels;
    last.retain(|one| !one.put && !labels.has(one.label));
    Ok(last)
}

/// Whether staff changed a label since a moment: of an item, or of what it took labels over from.
pub(super) async fn changed_since(tx: &mut Tx, rid: Rid, at: Instant) -> Result<bool> {
    let (mut seen, mut left) = (BTreeSet::new(), vec![rid]);
    while let Some(rid) = left.pop() {
        if !seen.insert(rid) {
            continue;
        }
        if store::changes(tx, rid).await?.iter().any(|change| change.at >= at) {
            return Ok(true);
        }
        let found = store::found(tx, rid).await?.into_iter().filter(|one| one.rule == "inherited");
        left.extend(found.filter_map(|one| one.why.parse().ok().map(Rid)));
    }
    Ok(false)
}

fn explain(label: Label, found: &[Labelled], changes: &[Change]) -> Option<Labelled> {
    let put = changes.iter().rev().find(|change| change.label == label && change.put);
    let by_staff = |change: &Change| Labelled {
        label,
        rule: "staff".into(),
        why: change.reason.clone(),
        by: Some((change.by.clone(), change.at)),
    };
    let of_a_note = |change: &&Change| label == Label::MentalHealth && is_no_note(change);
    put.map(by_staff)
        .or_else(|| found.iter().find(|one| one.label == label).cloned())
        .or_else(|| changes.iter().rfind(of_a_note).map(by_staff))
}

/// Whether staff found that a note is no psychotherapy note.
fn is_no_note(change: &Change) -> bool {
    change.label == Label::PsychotherapyNotes && !change.put
}

/// What is found, with what staff changed after it: the last change of a label counts.
fn result(found: impl Iterator<Item = Label>, changes: &[Change]) -> Labels {
    let found: Labels = found.collect();
    changes.iter().fold(found, |labels, change| match change.put {
        true => labels.with(change.label),
        // A note that is not kept apart is one on mental health, as where its source marks it so.
        false if is_no_note(change) && labels.has(change.label) => {
            labels.without(change.label).with(Label::MentalHealth)
        }
        false => labels.without(change.label),
    })
}

/// Whether anything in a record bears one of these bits.
pub(super) async fn has_any(tx: &mut Tx, patient: PatientNo, labels: Labels) -> Result<bool> {
    store::has_any(tx, patient, labels).await
}

/// How many items of what is seen of a record bear each of these labels.
pub(super) async fn counts(tx: &mut Tx, sight: Sight, labels: Labels) -> Result<Vec<(Label, i64)>> {
    store::counts(tx, sight, labels).await
}

/// How many items that bear each of these labels are seen by the first of two who look, and not by the second.
pub(super) async fn left_out(
    tx: &mut Tx,
    (sight, through): (Sight, Sight),
    labels: Labels,
) -> Result<Vec<(Label, i64)>> {
    let seen = store::counts(tx, through, labels).await?;
    let seen = |label| seen.iter().find(|(one, _)| *one == label).map_or(0, |(_, n)| *n);
    let all = store::counts(tx, sight, labels).await?.into_iter();
    Ok(all.map(|(label, n)| (label, n - seen(label))).filter(|(_, n)| *n > 0).collect())
}

/// What an item bears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bears {
    /// All its labels.
    labels: Labels,
    /// Those that only the source takes away: it says that a program under 42 CFR Part 2 recorded the item (2.12), or
    /// what the item belongs to.
    held: Labels,
}

/// What an item bears now.
pub(super) async fn bears(tx: &mut Tx, rid: Rid) -> Result<Bears> {
    let (found, changes) = (store::found(tx, rid).await?, store::changes(tx, rid).await?);
    Ok(borne(&found, &taken_over(tx, &found).await?, &changes))
}

/// The same from what is found, what it was taken over from, and what staff changed.
fn borne(found: &[Labelled], from: &[(Label, Labels)], changes: &[Change]) -> Bears {
    let labels = result(found.iter().map(|one| one.label), changes);
    match of_program(found, from) {
        true => Bears {
            labels: labels.with(Label::SubstanceUse),
            held: Labels::default().with(Label::SubstanceUse),
        },
        false => Bears { labels, held: Labels::default() },
    }
}

/// What staff want to change of an item's labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark<'a> {
    /// The label, and whether it is put or taken; none: no choice was made.
    pub change: Option<(Label, bool)>,
    /// Why; for [`Label::Litigation`] the matter.
    pub reason: &'a str,
}

/// The labels that may be put on an item (true) or taken from it, on this ground: by staff in a look, as
/// far as the role reaches. In an emergency nothing that protects is taken away.
pub(super) async fn open_to(
    tx: &mut Tx,
    basis: &Basis,
    (rid, resource): (Rid, &Value),
) -> Result<Vec<(Label, bool)>> {
    let Basis::Staff { role, purpose, .. } = basis else { return Ok(Vec::new()) };
    let bears = bears(tx, rid).await?;
    let all = Label::ALL.into_iter().map(|label| (label, !bears.labels.has(label)));
    let open = |(label, put): &(Label, bool)| {
        may(*role, (*label, *put))
            && if *put { sensitivity::fits(*label, resource) } else { !bears.held.has(*label) }
            && !(opens((*label, *put)) && *purpose == staff::Purpose::Emergency)
    };
    Ok(all.filter(open).collect())
}

/// Whether a role may put this label, or take it.
fn may(role: Role, (label, put): (Label, bool)) -> bool {
    let reach = if put { staff::markable(role) } else { staff::unmarkable(role) };
    reach.has(label)
}

/// Whether a change takes protection away: others may see the item from then on.
fn opens((label, put): (Label, bool)) -> bool {
    !put && label.protects()
}

/// A note that is marked as a psychotherapy note, as far as staff see it: nothing of what it tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteApart {
    /// What stands for it in addresses.
    pub address: ItemAddress,
    /// The message id of what kind of thing it is.
    pub kind: String,
    /// When it was written, as the source writes it.
    pub when: Option<String>,
    /// FHIR type and id and version, for the log.
    pub(super) reference: (String, String, i64),
}

/// The notes of a record from which staff in a look may take the mark of a psychotherapy note.
pub(super) async fn notes_apart(tx: &mut Tx, keys: &Keys, permit: &Permit) -> Result<Vec<NoteApart>> {
    let change = (Label::PsychotherapyNotes, false);
    let mut notes = Vec::new();
    match permit.basis() {
        Basis::Staff { role, purpose, .. } if may(*role, change) && *purpose != staff::Purpose::Emergency => {
        }
        _ => return Ok(notes),
    }
    let sight = permit.sight();
    for marked in store::marked(tx, sight.patient, change.0).await? {
        // A file follows the document that it belongs to.
        if !marked.itself {
            continue;
        }
        let found = reading::line((&mut *tx, keys), to_take(sight.lens, change), marked.rid).await?;
        let Some(one) = found else { continue };
        let line = one.line;
        notes.push(NoteApart {
            address: line.address,
            kind: line.kind,
            when: line.when,
            reference: line.reference,
        });
    }
    Ok(notes)
}

/// Through what an item is found on which a change is made: who may take the mark of a psychotherapy note away finds the
/// note, and is shown nothing of it (45 CFR 164.508(a)(2)).
fn to_take(lens: Lens, change: (Label, bool)) -> Lens {
    match change {
        (Label::PsychotherapyNotes, false) => {
            let notes = Labels::default().with(Label::PsychotherapyNotes).hidden();
            Lens { hidden: lens.hidden.but(notes), ..lens }
        }
        _ => lens,
    }
}

/// Whom a change of an item's labels reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The person themselves, too: by law they do not see what bears the label (45 CFR 164.524(a)(1)).
    Person,
    /// Those who look for them, or for the clinic, and see more from then on: nobody takes that back.
    Opened,
    /// The same people: who see less, or more of what a rule had put aside until somebody reviewed it.
    Others,
}

impl Reach {
    /// Whether it takes a fresh sign-in, and the person is told.
    pub fn is_grave(self) -> bool {
        self != Self::Others
    }
}

/// Whom a change reaches, where it can be made. Changes nothing.
///
/// # Errors
/// As of [`mark`].
pub async fn reach(
    app: &App,
    actor: &Actor,
    (patient, address): (PatientNo, ItemAddress),
    mark: Mark<'_>,
) -> Result<Reach> {
    let mut tx = app.db.read().await?;
    let (_, _, change) = ready(app, &mut tx, actor, ((patient, address), mark)).await?;
    Ok(reach_of(app, change))
}

fn reach_of(app: &App, (label, put): (Label, bool)) -> Reach {
    let hides = Labels::default().with(label).hidden().0;
    match representation::own_lens(app).hidden.0 & hides {
        0 if opens((label, put)) => Reach::Opened,
        0 => Reach::Others,
        _ => Reach::Person,
    }
}

/// Staff who look at an item put a label on it or take one away. The person finds it in the log, and the reason at the
/// item, or where it tells what is not here.
///
/// # Errors
/// `NotFound` for whoever is not staff in a look; `Refused` with `refused-not-your-role`, or with `refused-mark-emergency`
/// for what takes protection away in an emergency; `Invalid` as of [`change`].
pub async fn mark(
    app: &App,
    actor: &Actor,
    (patient, address): (PatientNo, ItemAddress),
    mark: Mark<'_>,
) -> Result<()> {
    let mut tx = app.db.read().await?;
    let (permit, kept, (label, put)) = ready(app, &mut tx, actor, ((patient, address), mark)).await?;
    drop(tx);
    // The entry comes first: nothing changes that stands in no log.
    let named = (kept.kind.as_str(), kept.id.as_str(), kept.version);
    let what = What::page("label").within(kept.category.slug()).of([named]).marking(Marked { label, put });
    release(app, permit, Channel::Portal, (what, Held::new(()))).await?;
    change(app, (Some(actor.account), &actor.name), (patient, address), (label, put, mark.reason)).await
}

/// A change that may be made, with the item as it is.
async fn ready(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    ((patient, address), mark): ((PatientNo, ItemAddress), Mark<'_>),
) -> Result<(Permit, Kept, (Label, bool))> {
    let permit = visibility::check(app, tx, actor, (patient, Purpose::OwnView)).await?;
    let Basis::Staff { role, purpose, .. } = permit.basis() else { return Err(Error::NotFound) };
    let (role, purpose) = (*role, *purpose);
    let rid = app.keys.item_at(patient, address).ok_or(Error::NotFound)?;
    let change = mark.change.filter(|change| may(role, *change));
    let lens = change.map_or(permit.lens(), |change| to_take(permit.lens(), change));
    let kept = reading::kept(tx, lens, rid).await?.ok_or(Error::NotFound)?;
    let never = staff::markable(role).and(staff::unmarkable(role)).is_empty();
    if never || mark.change.is_some_and(|change| !may(role, change)) {
        return Err(Error::refused("refused-not-your-role"));
    }
    if purpose == staff::Purpose::Emergency && mark.change.is_some_and(opens) {
        return Err(Error::refused("refused-mark-emergency"));
    }
    let problems = problems(mark, &serde_json::from_slice(&kept.bytes)?, bears(tx, rid).await?);
    match mark.change.filter(|_| problems.0.is_empty()) {
        Some(change) => Ok((permit, kept, change)),
        None => Err(Error::Invalid(problems)),
    }
}

/// What is wrong with a change of an item that bears this.
fn problems(mark: Mark<'_>, resource: &Value, bears: Bears) -> Problems {
    let mut problems = Problems::default();
    let litigation = mark.change.is_some_and(|(label, _)| label == Label::Litigation);
    match mark.change {
        None => problems.0.push(Problem { field: "label", code: "problem-choose" }),
        Some((label, true)) if !sensitivity::fits(label, resource) => {
            problems.0.push(Problem { field: "label", code: "problem-label-kind" });
        }
        Some((label, put)) if bears.labels.has(label) == put => {
            problems.0.push(Problem { field: "label", code: "problem-label-same" });
        }
        Some((label, false)) if bears.held.has(label) => {
            problems.0.push(Problem { field: "label", code: "problem-label-source" });
        }
        Some(_) => {}
    }
    let reason = mark.reason.trim();
    match reason.chars().count() {
        0 if litigation => problems.0.push(Problem { field: "reason", code: "problem-label-matter" }),
        0 => problems.0.push(Problem { field: "reason", code: "problem-empty" }),
        n if n > REASON => problems.0.push(Problem { field: "reason", code: "problem-reason-long" }),
        _ if !says_why(reason) => problems.0.push(Problem { field: "reason", code: "problem-reason" }),
        _ => problems.0.extend(unseen("reason", mark.reason)),
    }
    problems
}

/// Staff put a label on an item, or take one away. It holds for newer versions of the item too. Where it changes what the
/// person themselves sees, or takes protection away, they are told that there is something to read.
///
/// # Errors
/// `NotFound` for no such item; `Invalid` where the reason is missing, or says too little;
/// where the label has no place on such an item ([`sensitivity::fits`]); where nothing would change; where only the
/// source can take it away.
pub async fn change(
    app: &App,
    (account, by): (Option<AccountId>, &str),
    (patient, address): (PatientNo, ItemAddress),
    (label, put, reason): (Label, bool, &str),
) -> Result<()> {
    let rid = app.keys.item_at(patient, address).ok_or(Error::NotFound)?;
    let mut tx = app.db.write().await?;
    let resource = store::resource(&mut tx, rid).await?.ok_or(Error::NotFound)?;
    let bears = bears(&mut tx, rid).await?;
    let problems = problems(Mark { change: Some((label, put)), reason }, &resource, bears);
    let reason = reason.trim();
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let change = Change { label, put, reason: reason.to_owned(), at: app.clock.now(), by: by.to_owned() };
    store::add_change(&mut tx, &app.keys, rid, (&change, account)).await?;
    settle(&mut tx, vec![rid]).await?;
    if !put {
        disinherit(&mut tx, rid, label).await?;
    }
    spread(&mut tx, &[patient]).await?;
    let told = match reach_of(app, (label, put)) {
        Reach::Person => Some(notify::Kind::SeenChanged),
        Reach::Opened => Some(notify::Kind::MarkTaken),
        Reach::Others => None,
    };
    if let Some(kind) = told {
        representation::tell_person(app, &mut tx, (patient, kind)).await?;
    }
    tx.commit().await
}

/// Why staff keep items from the person themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withholding {
    /// The label that allows it.
    pub label: Label,
    /// Why, as staff wrote it.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// How many items.
    pub items: i64,
}

/// What staff keep from the person by one of these labels, the newest first; what bears it for the same reason is told
/// once.
pub(super) async fn withholdings(
    tx: &mut Tx,
    keys: &Keys,
    (patient, hidden): (PatientNo, Labels),
) -> Result<Vec<Withholding>> {
    let mut told: Vec<Withholding> = Vec::new();
    for rid in store::put_by_staff(tx, patient, hidden).await? {
        let changes = store::explained(tx, keys, rid).await?;
        for label in hidden.iter() {
            let last = changes.iter().rev().find(|change| change.label == label);
            let Some(last) = last.filter(|last| last.put) else { continue };
            let same = told.iter_mut().find(|one| one.label == label && one.reason == last.reason);
            match same {
                Some(one) => (one.items, one.at) = (one.items + 1, one.at.max(last.at)),
                None => told.push(Withholding { label, reason: last.reason.clone(), at: last.at, items: 1 }),
            }
        }
    }
    told.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(told)
}

/// Whether anything is kept from who sees so much of a record, in a category or at all.
pub(super) async fn withheld(tx: &mut Tx, sight: Sight, category: Option<Category>) -> Result<bool> {
    store::withheld(tx, (sight.patient, sight.lens.hidden), category).await
}

/// Applies what staff decided to items whose bytes are new, and what these say now to what took labels over from them.
pub(super) async fn reapply(tx: &mut Tx, rids: &[Rid]) -> Result<()> {
    let decided = store::decided_among(tx, rids).await?;
    settle(tx, decided).await?;
    let heirs = store::heirs(tx, rids).await?;
    settle(tx, heirs).await
}

/// Settles the labels of items anew, and of what took labels over from those that changed.
pub(super) async fn settle(tx: &mut Tx, mut rids: Vec<Rid>) -> Result<()> {
    while let Some(rid) = rids.pop() {
        if recompute(tx, rid).await? {
            rids.extend(store::heirs(tx, &[rid]).await?);
        }
    }
    Ok(())
}

/// Takes a label that an item has no more from what took it over from there.
pub(super) async fn disinherit(tx: &mut Tx, rid: Rid, label: Label) -> Result<()> {
    let mut from = vec![rid];
    while let Some(rid) = from.pop() {
        let heirs = store::disinherit(tx, rid, label).await?;
        settle(tx, heirs.clone()).await?;
        for heir in heirs {
            // A document that had it from its visit gave it to its file.
            if !store::bits(tx, heir).await?.unwrap_or_default().has(label) {
                from.push(heir);
            }
        }
    }
    Ok(())
}

/// An item, the labels that it takes over, and from where.
type Taken = (Rid, Labels, Rid);

/// Items that take over the labels of others.
pub(super) async fn inherit(tx: &mut Tx, rows: &[Taken]) -> Result<()> {
    let mut new = BTreeSet::new();
    for (rid, labels, from) in rows {
        for label in labels.iter().filter(|label| *label != Label::Unreviewed) {
            if store::add_inherited(tx, *rid, (label, *from)).await? {
                new.insert(*rid);
            }
        }
    }
    settle(tx, new.into_iter().collect()).await
}

/// What belongs to labelled items of these people takes their labels over, whichever came first: what was done at a
/// visit or for an order that a minor consented to alone (45 CFR 164.502(g)(3)(i)), and the file of a labelled document.
/// A minor's mark that was taken over from something that bears it no more goes again.
pub(super) async fn spread(tx: &mut Tx, patients: &[PatientNo]) -> Result<()> {
    for patient in store::with_labels(tx, patients).await? {
        // What lets go of one may have handed it on.
        for _ in 0..ROUNDS {
            // First the visits: a document takes over from its visit what its file takes over from it.
            let mut wanted = of_orders(tx, patient).await?;
            inherit(tx, &wanted).await?;
            let of_files = in_files(tx, patient).await?;
            inherit(tx, &of_files).await?;
            let of_targets = of_targets(tx, patient).await?;
            inherit(tx, &of_targets).await?;
            wanted.extend(of_files.into_iter().chain(of_targets));
            if !let_go(tx, patient, &wanted).await? {
                break;
            }
        }
    }
    Ok(())
}

/// How often a record is looked through at once for what outlived its reason: as deep as marks go, and their files.
const ROUNDS: usize = 8;

/// Takes a minor's mark from what took it over from items that bear it no more, unless it is taken over from there now;
/// whether there was any. Of something that is in no list any more nobody knows whether it would bear it: that stays. What
/// is protected for what it tells stays so, too: a file tells the same when the document that named it is another.
async fn let_go(tx: &mut Tx, patient: PatientNo, wanted: &[Taken]) -> Result<bool> {
    let label = Label::Minor;
    let bearing: BTreeSet<Rid> =
        store::marked(tx, patient, label).await?.into_iter().map(|one| one.rid).collect();
    let mut gone = BTreeSet::new();
    for (rid, from) in store::inherited(tx, patient, label).await? {
        let is_wanted = |(to, labels, of): &Taken| (*to, *of) == (rid, from) && labels.has(label);
        if bearing.contains(&from) || wanted.iter().any(is_wanted) {
            continue;
        }
        if store::bits(tx, from).await?.is_some_and(|bits| !bits.has(label)) {
            store::take_inherited(tx, rid, (label, from)).await?;
            gone.insert(rid);
        }
    }
    let any = !gone.is_empty();
    settle(tx, gone.into_iter().collect()).await?;
    Ok(any)
}

/// What tells who recorded things takes over the labels that all of them bear: it says that there are such things. Where
/// one is without a label it stays, and does not name the others to who must not see them.
async fn of_targets(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Taken>> {
    let labelled = store::labelled(tx, patient).await?;
    if labelled.is_empty() {
        return Ok(Vec::new());
    }
    let mut written = store::of_targets(tx, patient).await?;
    // One that tells of a whole file names more than is labelled: nothing of it has to be looked up.
    written.retain(|_, targets| targets.len() <= labelled.len());
    let names: BTreeSet<&str> = written.values().flatten().map(String::as_str).collect();
    let keys: Vec<Key> = names.into_iter().map(Key::read).collect();
    let led = reading::targets(tx, Sight::whole(patient), &keys).await?;
    let led: HashMap<&str, Rid> = led.iter().map(|to| (to.reference.as_str(), Rid(to.rid))).collect();
    let mut wanted = Vec::new();
    for (rid, targets) in &written {
        let labels = |target: &String| {
            let to = led.get(target.as_str())?;
            Some((*to, *labelled.get(to)?))
        };
        let Some(all) = targets.iter().map(labels).collect::<Option<Vec<_>>>() else { continue };
        let both = all.iter().fold(Labels(-1), |both, (_, labels)| Labels(both.0 & labels.0));
        wanted.extend(all.into_iter().map(|(from, _)| (*rid, both, from)));
    }
    Ok(wanted)
}

/// What was done for a visit or an order that a minor consented to alone takes its mark over, by whatever says so: the
/// visit that it names, the order that it is based on, the report that names it, the claim that it answers (see
/// `handing`).
async fn of_orders(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Taken>> {
    let marked = store::marked(tx, patient, Label::Minor).await?;
    if marked.is_empty() {
        return Ok(Vec::new());
    }
    let mut written = store::members(tx, patient).await?;
    written.extend(store::at_visits(tx, patient).await?.into_iter().map(|(rid, to)| (rid, Way::To, to)));
    let keys: BTreeSet<&str> = written.iter().map(|(_, _, to)| to.as_str()).collect();
    let keys: Vec<Key> = keys.into_iter().map(Key::read).collect();
    let mut led: HashMap<String, Vec<Rid>> = HashMap::new();
    for target in reading::targets(tx, Sight::whole(patient), &keys).await? {
        led.entry(target.reference).or_default().push(Rid(target.rid));
    }
    let mut belongs = BTreeSet::new();
    for (rid, way, to) in &written {
        // What two records share stands in the directory: a mark is of one person.
        let own = led.get(to).into_iter().flatten().filter(|to| to.patient() == patient && *to != rid);
        belongs.extend(own.map(|to| match way {
            Way::To => (*to, *rid),
            Way::From => (*rid, *to),
        }));
    }
    let origins = marked.iter().filter(|one| one.itself).map(|one| (one.rid, handing::origin(&one.kind)));
    let bearers = marked.iter().map(|one| one.rid).collect();
    let rows = handing::handed_on(&origins.collect(), &bearers, &belongs);
    let minor = Labels::default().with(Label::Minor);
    Ok(rows.into_iter().map(|(from, rid)| (rid, minor, from)).collect())
}

async fn in_files(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Taken>> {
    let mut wanted = Vec::new();
    for bearer in store::bearers(tx, patient, store::DOCUMENTS).await? {
        let bytes = bearer.bytes.as_deref();
        let body = String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let ids: Vec<&str> = files::binaries(&body).collect();
        let mut files = store::files(tx, patient, &ids).await?;
        if whole(bytes).is_none() {
            // Nobody knows its files: any that nothing else names may be one. What took its labels over keeps them.
            files.extend(unnamed(tx, patient).await?);
        }
        wanted.extend(files.into_iter().map(|rid| (rid, bearer.labels, bearer.rid)));
    }
    // By whatever words a labelled item of any type names a file: what it is put among is found so (see `placing`).
    let labels = store::labelled(tx, patient).await?;
    let rids: Vec<Rid> = labels.keys().copied().collect();
    for (rid, name) in store::names_of_files(tx, patient, &rids).await? {
        let files = placing::files(tx, &[(patient, name)]).await?;
        let labels = labels.get(&rid).copied().unwrap_or_default();
        wanted.extend(files.into_iter().map(|file| (file, labels, rid)));
    }
    Ok(wanted)
}

/// The text of a resource that can be read to its end: half a text names half of the files.
fn whole(bytes: Option<&[u8]>) -> Option<&str> {
    let bytes = bytes.filter(|bytes| serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok());
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok())
}

/// The files of a record that no document, report or picture names which can be read.
async fn unnamed(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Rid>> {
    let documents = store::documents(tx, patient).await?;
    let read = documents.iter().filter_map(|bytes| whole(bytes.as_deref()));
    let named: BTreeSet<&str> = read.flat_map(files::binaries).collect();
    let files = store::all_files(tx, patient).await?;
    Ok(files.into_iter().filter(|(_, id)| !named.contains(id.as_str())).map(|(rid, _)| rid).collect())
}

/// Writes what the rows of an item's labels come to, and moves it to its shelf; whether anything changed.
async fn recompute(tx: &mut Tx, rid: Rid) -> Result<bool> {
    let (found, changes) = (store::found(tx, rid).await?, store::changes(tx, rid).await?);
    let from = taken_over(tx, &found).await?;
    let borne = borne(&found, &from, &changes);
    let labels = if borne.held.is_empty() { borne.labels } else { borne.labels.of_program() };
    let visits = from.iter().filter(|(label, _)| *label == Label::Minor);
    let labels = labels.kept_beside(visits.fold(Labels::default(), |all, (_, bits)| all.and(*bits)));
    let labels = labels.opened_to(&seats(labels, &store::openings(tx, rid).await?));
    match store::bits(tx, rid).await? {
        // Nothing stands in a list: a resource that is no item.
        None => return Ok(false),
        Some(before) => {
            // Where a file stands follows from no label.
            let labels = labels.and(Labels(before.0 & Labels::PLACED.0));
            if before == labels {
                return Ok(false);
            }
            ingest_store::take_from_shelf(tx, rid).await?;
            store::set_bits(tx, rid, labels).await?;
        }
    }
    store::count_change(tx, rid.patient()).await?;
    ingest_store::put_on_shelf(tx, rid, rid.patient()).await?;
    Ok(true)
}

/// To whom an item is opened: a clinician decided about the services that they saw, and about no other that it shows
/// since.
fn seats(labels: Labels, openings: &[(Seat, Labels)]) -> Vec<Seat> {
    let seen = |decided: Labels| labels.services().but(decided) == Labels::default();
    openings.iter().filter(|(_, decided)| seen(*decided)).map(|(seat, _)| *seat).collect()
}

/// The labels that an item took over, each with all that is kept of where it took it from.
async fn taken_over(tx: &mut Tx, found: &[Labelled]) -> Result<Vec<(Label, Labels)>> {
    let mut from = Vec::new();
    for one in found.iter().filter(|one| one.rule == "inherited") {
        if let Ok(rid) = one.why.parse()
            && let Some(bits) = store::bits(tx, Rid(rid)).await?
        {
            from.push((one.label, bits));
        }
    }
    Ok(from)
}

/// Whether a program under 42 CFR Part 2 recorded an item, or what it took its label over from.
fn of_program(found: &[Labelled], from: &[(Label, Labels)]) -> bool {
    let taken =
        |(label, bits): &(Label, Labels)| *label == Label::SubstanceUse && bits.0 & Labels::PROGRAM.0 != 0;
    found.iter().any(|one| sensitivity::is_program(one.label, &one.rule, &one.why)) || from.iter().any(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    #[test]
    fn the_last_change_of_a_label_counts() {
        let change = |label, put| Change { label, put, reason: "x".into(), at: Instant(0), by: "x".into() };
        let (hiv, minor) = (Label::Hiv, Label::Minor);
        let (notes, mental) = (Label::PsychotherapyNotes, Label::MentalHealth);
        for (found, changes, wanted) in [
            (vec![], vec![], vec![]),
            (vec![hiv], vec![], vec![hiv]),
            (vec![hiv], vec![change(hiv, false)], vec![]),
            (vec![], vec![change(minor, true)], vec![minor]),
            (vec![hiv], vec![change(hiv, false), change(hiv, true)], vec![hiv]),
            (vec![hiv], vec![change(hiv, true), change(hiv, false), change(minor, true)], vec![minor]),
            // A note that is no psychotherapy note is one on mental health, until somebody takes that away as well.
            (vec![notes], vec![change(notes, false)], vec![mental]),
            (vec![notes, hiv], vec![change(notes, false)], vec![mental, hiv]),
            (vec![notes], vec![change(notes, false), change(mental, false)], vec![]),
            (vec![hiv], vec![change(notes, false)], vec![hiv]),
        ] {
            let labels: Vec<_> = result(found.iter().copied(), &changes).iter().collect();
            assert_eq!(labels, wanted, "{found:?} {changes:?}");
        }
    }

    /// Label × put × reason → what is wrong: a reason says something, and what the source says of a program stays.
    #[test]
    fn no_label_changes_with_a_word() {
        use Label::{Hiv, Litigation, Minor, SubstanceUse, Unreviewed};
        let note = serde_json::json!({"resourceType": "DocumentReference"});
        let all: Labels = [Hiv, Litigation, Minor, SubstanceUse, Unreviewed].into_iter().collect();
        let program = Labels::default().with(SubstanceUse);
        let (none, why) = (Labels::default(), "The test was of somebody else");
        for (label, put, (labels, held), reason, wanted) in [
            (Hiv, true, (none, none), "x", vec!["problem-reason"]),
            (Hiv, true, (none, none), why, vec![]),
            (Hiv, true, (none, none), " ", vec!["problem-empty"]),
            (Hiv, false, (all, none), "not needed", vec!["problem-reason"]),
            (Hiv, false, (all, none), "x", vec!["problem-reason"]),
            (Hiv, false, (all, none), why, vec![]),
            (Hiv, false, (none, none), why, vec!["problem-label-same"]),
            (Minor, false, (all, none), "..............", vec!["problem-reason"]),
            (Minor, false, (all, none), why, vec![]),
            (Unreviewed, false, (all, none), "read", vec!["problem-reason"]),
            (Litigation, false, (all, none), " ", vec!["problem-label-matter"]),
            // The person reads it: it is the reason why they do not see the item.
            (Litigation, true, (none, none), "x", vec!["problem-reason"]),
            (Litigation, true, (none, none), "Case 26-123 (synthetic)", vec![]),
            (SubstanceUse, false, (all, none), why, vec![]),
            (SubstanceUse, false, (all, program), why, vec!["problem-label-source"]),
            (Hiv, false, (all, program), why, vec![]),
            (SubstanceUse, true, (none, program), why, vec![]),
        ] {
            let mark = Mark { change: Some((label, put)), reason };
            let found = problems(mark, &note, Bears { labels, held });
            let found: Vec<_> = found.0.iter().map(|problem| problem.code).collect();
            assert_eq!(found, wanted, "{label:?} {put} {reason}");
        }
    }

    /// What a clinician decided about the services that they saw does not reach another that came later.
    #[test]
    fn an_opening_reaches_what_was_seen() {
        use Label::{Hiv, MentalHealth, Minor};
        let of = |labels: &[Label]| labels.iter().copied().collect::<Labels>().kept();
        let [one, two] = [0, 1].map(|number| Seat::new(number).unwrap());
        let mental = of(&[Minor, MentalHealth]);
        let both = of(&[Minor, MentalHealth, Hiv]);
        for (item, openings, wanted) in [
            (mental, vec![], vec![]),
            (mental, vec![(one, mental.services())], vec![one]),
            (both, vec![(one, mental.services())], vec![]),
            (both, vec![(one, mental.services()), (two, both.services())], vec![two]),
            (mental, vec![(one, both.services())], vec![one]),
        ] {
            assert_eq!(seats(item, &openings), wanted, "{item:?} {openings:?}");
        }
    }
}
