//! A person's record: its items with versions, lists, search, trends. Reads give [`Held`] and leave only
//! through the ledger.

pub mod api;
pub mod body;
mod claims;
mod endings;
mod files;
mod handing;
mod household;
mod ingest;
mod ingest_store;
pub mod label_asks;
mod label_asks_store;
mod labelling;
mod labels;
mod labels_store;
mod masking;
mod medicines;
mod medicines_store;
mod model;
mod people_store;
mod placing;
mod placing_store;
mod reference;
mod rules;
pub mod staff;
mod staff_store;
mod store;
pub mod unshown;
mod unshown_decide;
mod unshown_rules;
mod unshown_store;

use serde_json::Value;

use std::time::Duration;

use crate::app::App;
use crate::base::{Error, Instant, ItemAddress, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::disclosures::{self, Channel, Held, What, release};
use crate::fhir::present::{self, AttachmentPlace, Category};
use crate::fhir::sensitivity::Labels;
use crate::identity::Actor;
use crate::keys::Keys;
use crate::representation::{Lens, Scope, Sight};
use crate::visibility::{self, Basis, Helper, Permit, Purpose};

pub(crate) use endings::ending;
pub(crate) use handing::members;
pub use household::{household, households, households_of};
pub(crate) use ingest::{
    Indexed, Owner, PersonFacts, Prepared, Quarantined, Stored, Visit, add_source, add_to_quarantine,
    store as keep,
};
pub(crate) use labelling::JOB as LABEL_JOB;
pub use labelling::{Anew, label_anew, label_before_serving};
pub use labels::{
    Change, Labelled, Mark, NoteApart, Reach, Withholding, change as change_label, mark, reach,
};
pub(crate) use labels_store::changes_of as label_changes;
pub(crate) use masking::{Masking, is_plain, name_hidden};
pub use model::*;
pub(crate) use placing::named_files;
pub(crate) use reference::Key;
pub(crate) use rules::Nature;
pub(crate) use store::{bind_lens, seen, targets as lead};

/// Lines on one page of a list.
pub const PAGE: i64 = 50;
const MINUTE: Duration = Duration::from_secs(60);

/// The home page, the first page of the record, and the form for a copy, which shows the categories.
pub async fn overview(app: &App, actor: &Actor, (patient, page): (PatientNo, Front)) -> Result<Overview> {
    let mut tx = app.db.read().await?;
    // Who may take no copies is shown no page about them, so none stands in the log.
    if page == Front::Copies {
        visibility::check(app, &mut tx, actor, (patient, Purpose::OwnCopy)).await?;
    }
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let sight = permit.sight();
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let shelves = store::shelves(&mut tx, sight).await?;
    let updated = store::updated(&mut tx, sight).await?;
    let last_visit = store::last_visit(&mut tx, actor.account, actor.session).await?;
    // A visit before the record was theirs to see was no look at it. Use is written down once a minute, so that a visit
    // may have gone on for that long.
    let last_visit = last_visit
        .filter(|at| permit.basis().since().is_some_and(|since| since <= at.plus(MINUTE).rfc3339().as_str()));
    let (new_count, mut new_items) = match last_visit {
        Some(since) => store::new_since((&mut tx, &app.keys), sight, since).await?,
        None => (0, Vec::new()),
    };
    files::name((&mut tx, &app.keys), sight, &mut new_items).await?;
    let mut visits = store::newest((&mut tx, &app.keys), sight, (Category::Visits, 12)).await?;
    masking::quiet((&mut tx, &app.keys), sight, &mut new_items).await?;
    masking::quiet((&mut tx, &app.keys), sight, &mut visits).await?;
    let accesses = disclosures::recent(&mut tx, &permit, 5).await?;
    let withheld = withheld(&mut tx, &permit, None).await?;
    drop(tx);
    let been_here = last_visit.is_some();
    let overview =
        Overview { person, shelves, updated, been_here, new_count, new_items, visits, accesses, withheld };
    release(app, permit, Channel::Portal, (What::page(page.kind()), Held::new(overview))).await
}

/// Whether the law keeps something from the person themselves who asks, in a category or at all. Nobody else learns it.
async fn withheld(tx: &mut Tx, permit: &Permit, category: Option<Category>) -> Result<bool> {
    let sight = permit.sight();
    match permit.is_own() && !sight.lens.is_part() {
        true => labels::withheld(tx, sight, category).await,
        false => Ok(false),
    }
}

/// What somebody would see of a record through a lens, in numbers: before a permission or a limit is
/// decided about: a page of the privacy choices.
pub async fn preview(app: &App, actor: &Actor, (patient, lens): (PatientNo, Lens)) -> Result<Preview> {
    let tx = app.db.read().await?;
    preview_on(app, tx, actor, (patient, [Lens::WHOLE, lens], ("consents", false))).await
}

/// The same, before they decide about an app: of what lies within the dates of the lens.
pub async fn preview_for_app(
    app: &App,
    actor: &Actor,
    (patient, lens): (PatientNo, Lens),
) -> Result<Preview> {
    let tx = app.db.read().await?;
    let of = Lens { from: lens.from, to: lens.to, ..Lens::WHOLE };
    preview_on(app, tx, actor, (patient, [of, lens], ("apps", false))).await
}

/// The same, before they let a helper in, or change what a helper sees: as the helper would be shown it now, under the
/// law of the place, restrictions and consents.
///
/// # Errors
/// `NotFound` as of `visibility::check`, and for an authority over another record.
pub async fn preview_for_helper(
    app: &App,
    actor: &Actor,
    (patient, helper, scope): (PatientNo, Helper<'_>, &Scope),
) -> Result<Preview> {
    let mut tx = app.db.read().await?;
    let (lens, limited) = visibility::foresee(app, &mut tx, (patient, helper, scope)).await?;
    preview_on(app, tx, actor, (patient, [Lens::WHOLE, lens], ("people", limited))).await
}

/// How much of what the first lens shows the second one does.
async fn preview_on(
    app: &App,
    mut tx: Tx,
    actor: &Actor,
    (patient, [of, lens], (page, limited)): (PatientNo, [Lens; 2], (&str, bool)),
) -> Result<Preview> {
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let sight = permit.sight();
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let through = Sight { patient, lens: sight.lens.and(lens) };
    let seen = store::shelves(&mut tx, through).await?;
    let count =
        |category| seen.iter().find(|shelf| shelf.category == category).map_or(0, |shelf| shelf.count);
    let shelves = store::shelves(&mut tx, Sight { patient, lens: sight.lens.and(of) }).await?;
    let shelves = shelves.iter().map(|shelf| (shelf.category, shelf.count, count(shelf.category))).collect();
    // Of what the reader does not see themselves, no number and no kind: it would tell that there is something.
    let hidden = Labels(lens.veils().0 & !sight.lens.hidden.0);
    let hidden = labels::left_out(&mut tx, (sight, through), hidden).await?;
    drop(tx);
    // Who acts for the person does not learn what the person asked the clinic for.
    let limited = limited && permit.is_own();
    let preview = Preview { person, shelves, hidden, limited };
    release(app, permit, Channel::Portal, (What::page(page), Held::new(preview))).await
}

/// Whose record it is, for pages that show nothing else of it: those about copies.
pub async fn person(app: &App, actor: &Actor, patient: PatientNo) -> Result<Person> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    drop(tx);
    release(app, permit, Channel::Portal, (What::page(Front::Copies.kind()), Held::new(person))).await
}

/// A list: one category, or a search over the whole record.
pub async fn list(app: &App, actor: &Actor, (patient, filter): (PatientNo, Filter)) -> Result<List> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let sight = permit.sight();
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let mut page = i64::from(filter.page.clamp(1, 100_000));
    let (mut total, mut lines) = paged((&mut tx, &app.keys), sight, &filter, page).await?;
    let pages = ((total + PAGE - 1) / PAGE).max(1);
    // Past the end is the last page: an empty one would look as if there were nothing.
    if page > pages {
        page = pages;
        (total, lines) = paged((&mut tx, &app.keys), sight, &filter, page).await?;
    }
    files::name((&mut tx, &app.keys), sight, &mut lines).await?;
    masking::quiet((&mut tx, &app.keys), sight, &mut lines).await?;
    let category = filter.category.map_or(-1, |category| i64::from(category.code()));
    let (sources, places) = store::choices(&mut tx, sight, category).await?;
    let withheld = withheld(&mut tx, &permit, filter.category).await?;
    drop(tx);
    let kind = if filter.words.is_some() { "search" } else { "list" };
    let mut what = What::page(kind).of(lines
        .iter()
        .map(|line| (line.reference.0.as_str(), line.reference.1.as_str(), line.reference.2)));
    if let Some(category) = filter.category {
        what = what.within(category.slug());
    }
    let pages = u32::try_from(pages).unwrap_or(u32::MAX);
    let page = u32::try_from(page).unwrap_or(1);
    let list = List { person, lines, total, page, pages, sources, places, withheld };
    release(app, permit, Channel::Portal, (what, Held::new(list))).await
}

/// One page of a list or of what a search finds, from 1, and how much there is in all.
async fn paged(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    filter: &Filter,
    page: i64,
) -> Result<(i64, Vec<model::ItemLine>)> {
    let on_page = (PAGE, (page - 1) * PAGE);
    match (&filter.words, filter.category) {
        (None, Some(_)) => store::page((tx, keys), sight, filter, on_page).await,
        _ => found((tx, keys), sight, filter, on_page).await,
    }
}

/// One page of what a search finds, and how much it finds in all: it is found once, and counted and cut into pages here.
async fn found(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    filter: &Filter,
    (limit, offset): (i64, i64),
) -> Result<(i64, Vec<model::ItemLine>)> {
    let found = store::found(tx, sight, filter).await?;
    let all = masking::found_openly(tx, sight, found).await?;
    let place = |n: i64| usize::try_from(n).unwrap_or(usize::MAX).min(all.len());
    let shown = &all[place(offset)..place(offset.saturating_add(limit))];
    Ok((all.len() as i64, store::lines((tx, keys), shown).await?))
}

/// One item with everything in it.
///
/// # Errors
/// `NotFound` as of `visibility::check`, for what is not seen, and for the address of an item of another record.
pub async fn item(app: &App, actor: &Actor, (patient, address): (PatientNo, ItemAddress)) -> Result<Item> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let sight = permit.sight();
    let rid = app.keys.item_at(patient, address).ok_or(Error::NotFound)?;
    let person = store::person(&mut tx, patient).await?.ok_or(Error::NotFound)?;
    let mut one = store::line((&mut tx, &app.keys), sight.lens, rid).await?.ok_or(Error::NotFound)?;
    files::name((&mut tx, &app.keys), sight, std::slice::from_mut(&mut one.line)).await?;
    masking::quiet((&mut tx, &app.keys), sight, std::slice::from_mut(&mut one.line)).await?;
    let mut kept = store::kept(&mut tx, sight.lens, rid).await?.ok_or(Error::NotFound)?;
    Masking::default().mask(&mut tx, sight, std::iter::once(&mut kept.bytes)).await?;
    let value: Value = serde_json::from_slice(&kept.bytes)?;
    let view = present::view(&value);
    let trend = trend(&mut tx, sight, &one).await?;
    let related = related((&mut tx, &app.keys), sight, &view).await?;
    let (results, related) = results((&mut tx, &app.keys), sight, related).await?;
    let earlier_versions = store::earlier_versions(&mut tx, rid).await?;
    let labelled = labels::of(&mut tx, &app.keys, rid).await?;
    // Their words may be about who acts for the person.
    let taken = match permit.is_own() || matches!(permit.basis(), Basis::Staff { .. }) {
        true => labels::taken(&mut tx, &app.keys, rid).await?,
        false => Vec::new(),
    };
    let marks = labels::open_to(&mut tx, permit.basis(), (rid, &value)).await?;
    let asks = label_asks::of_item(app, &mut tx, (&permit, rid)).await?;
    let own = (kept.kind.as_str(), kept.id.as_str(), kept.version);
    let listed = results.iter().map(|line| &line.reference);
    let listed = listed.map(|(kind, id, version)| (kind.as_str(), id.as_str(), *version));
    let page = What::page(if results.is_empty() { "item" } else { "report" });
    let what = page.within(one.line.category.slug()).of(std::iter::once(own).chain(listed));
    let item = Item {
        person,
        line: one.line,
        view,
        trend,
        results,
        related,
        raw: String::from_utf8_lossy(&kept.bytes).into_owned(),
        received: kept.received,
        earlier_versions,
        labels: labelled,
        taken,
        marks,
        asks,
    };
    drop(tx);
    release(app, permit, Channel::Portal, (what, Held::new(item))).await
}

/// The n-th attachment of an item, from 0.
///
/// # Errors
/// As of [`item`]; `NotFound` where it has fewer, and `Invalid` where the file is damaged or not here: to try
/// again does not help.
pub async fn document(
    app: &App,
    actor: &Actor,
    (patient, address, n): (PatientNo, ItemAddress, usize),
) -> Result<Document> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let sight = permit.sight();
    let rid = app.keys.item_at(patient, address).ok_or(Error::NotFound)?;
    let mut kept = store::kept(&mut tx, sight.lens, rid).await?.ok_or(Error::NotFound)?;
    Masking::default().mask(&mut tx, sight, std::iter::once(&mut kept.bytes)).await?;
    let value: Value = serde_json::from_slice(&kept.bytes)?;
    let view = present::view(&value);
    let attachment = view.attachments.into_iter().nth(n).ok_or(Error::NotFound)?;
    let bytes = match &attachment.place {
        AttachmentPlace::Inline { pointer } => present::attachment_bytes(&value, pointer)
            .map_err(|_| Error::invalid("document", "error-document-damaged"))?,
        AttachmentPlace::Url(url) => linked_document(&mut tx, sight, url).await?,
    };
    drop(tx);
    let what = What::page("document").within(kept.category.slug()).of([(
        kept.kind.as_str(),
        kept.id.as_str(),
        kept.version,
    )]);
    let document = Document {
        ending: ending(&attachment.content_type, &bytes),
        content_type: attachment.content_type,
        kind: view.line.kind,
        when: view.line.when.map(|when| when.text),
        bytes,
    };
    release(app, permit, Channel::Portal, (what, Held::new(document))).await
}

/// What is not here.
pub async fn missing(app: &App, actor: &Actor, patient: PatientNo) -> Result<Missing> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let sight = permit.sight();
    let mut missing = what_is_missing(app, &mut tx, sight).await?;
    // Why, as staff wrote it to the person, is for the person.
    if permit.is_own() && !missing.part {
        let hidden = (patient, sight.lens.hidden);
        missing.reasons = labels::withholdings(&mut tx, &app.keys, hidden).await?;
    }
    missing.apart = labels::notes_apart(&mut tx, &app.keys, &permit).await?;
    let named: Vec<_> = missing.apart.iter().map(|note| note.reference.clone()).collect();
    let what = What::page("missing").of(named.iter().map(|(kind, id, n)| (kind.as_str(), id.as_str(), *n)));
    drop(tx);
    release(app, permit, Channel::Portal, (what, Held::new(missing))).await
}

/// What is not here, for rooms that put it into something they release.
pub(crate) async fn what_is_missing(app: &App, tx: &mut Tx, sight: Sight) -> Result<Missing> {
    let patient = sight.patient;
    let person = store::person(tx, patient).await?.ok_or(Error::NotFound)?;
    let runs = store::last_runs(tx, patient).await?;
    let mut sources = Vec::new();
    for (name, kind, count, last) in store::sources(tx, sight).await? {
        let run = runs.iter().find(|run| run.name == name);
        let setting = app.config.sources.iter().find(|source| source.name == name);
        // A source this person was never asked for at, and that gave nothing, says nothing about them.
        // Nor to somebody who sees a part, what lies in the other.
        if count == 0 && (run.is_none() || sight.lens.is_part()) {
            continue;
        }
        let every = setting.map_or(0, |source| source.every_hours);
        let next = run
            .and_then(|run| run.finished_at)
            .filter(|_| every > 0)
            .map(|at| Instant(at).plus(std::time::Duration::from_secs(every * 3600)));
        sources.push(SourceState {
            title: setting.map(|s| s.title.clone()).filter(|t| !t.is_empty()).unwrap_or_else(|| name.clone()),
            name,
            kind,
            count,
            last: last.map(Instant),
            state: run.map(|run| run.state.clone()),
            failure: run.and_then(|run| run.failure.clone()),
            failed_parts: run
                .map(|run| serde_json::from_str(&run.parts).unwrap_or_default())
                .unwrap_or_default(),
            next,
        });
    }
    let shelves = store::shelves(tx, sight).await?;
    let empty = Category::ALL
        .iter()
        .copied()
        .filter(|category| {
            !sight.lens.is_part()
                && *category != Category::Other
                && !shelves.iter().any(|shelf| shelf.category == *category)
        })
        .collect();
    // Who sees less than the person must not learn how much less.
    let (quarantined, withheld) = if sight.lens.is_part() {
        (0, Vec::new())
    } else {
        (
            store::quarantined(tx, patient).await?,
            labels::counts(tx, Sight::whole(patient), sight.lens.hidden).await?,
        )
    };
    let part = sight.lens.is_part();
    let (reasons, apart) = (Vec::new(), Vec::new());
    Ok(Missing { person, sources, quarantined, withheld, reasons, apart, part, empty })
}

async fn trend(tx: &mut Tx, sight: Sight, one: &store::One) -> Result<Option<Trend>> {
    let (Some(code), Some(unit)) = (&one.code, &one.unit) else { return Ok(None) };
    let (points, low, high) = store::points(tx, sight, (code, unit)).await?;
    Ok((points.len() > 1).then(|| Trend { unit: unit.clone(), low, high, points }))
}

/// Related items: those of this record are linked, those of the directory are named.
async fn related((tx, keys): (&mut Tx, &Keys), sight: Sight, view: &present::View) -> Result<Vec<Related>> {
    let asked: Vec<_> = view.links.iter().take(200).map(|link| Key::read(&link.reference)).collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let found = store::targets(tx, sight, &asked).await?;
    let mut related = Vec::new();
    for link in view.links.iter().take(200) {
        let target = found.iter().find(|target| target.reference == link.reference);
        let own = target.filter(|target| Rid(target.rid).patient() == sight.patient);
        let category = own.and_then(|own| i16::try_from(own.category).ok()).and_then(Category::from_code);
        related.push(Related {
            label: link.label,
            target: own.zip(category).map(|(own, category)| (category, keys.address(Rid(own.rid)))),
            title: target.and_then(|target| target.title.clone()).or_else(|| link.display.clone()),
            known: target.and_then(|target| store::known_as(target.code.as_deref())),
            kind: target.map(|target| target.kind.clone()),
        });
    }
    Ok(related)
}

/// The results that a report lists, as lines, and what else it leads to. One that the reader does not see stays with
/// the rest, as far as the report itself names it.
async fn results(
    (tx, keys): (&mut Tx, &Keys),
    sight: Sight,
    related: Vec<Related>,
) -> Result<(Vec<ItemLine>, Vec<Related>)> {
    let is_result = |one: &Related| one.label == "label-results" && one.target.is_some();
    let (listed, rest): (Vec<_>, Vec<_>) = related.into_iter().partition(is_result);
    if listed.is_empty() {
        return Ok((Vec::new(), rest));
    }
    let order: Vec<_> = listed.iter().filter_map(|one| Some(one.target?.1)).collect();
    let rids = order.iter().filter_map(|address| keys.item_at(sight.patient, *address));
    let rids: Vec<(i64,)> = rids.map(|rid| (rid.0,)).collect();
    let mut lines = store::lines((&mut *tx, keys), &rids).await?;
    masking::quiet((tx, keys), sight, &mut lines).await?;
    lines.sort_by_key(|line| order.iter().position(|address| *address == line.address));
    Ok((lines, rest))
}

/// The content of a Binary of the same record, or of the directory, that an attachment's address names.
async fn linked_document(tx: &mut Tx, sight: Sight, url: &str) -> Result<Vec<u8>> {
    let gone = Error::invalid("document", "error-document-elsewhere");
    let Some(target) = store::targets(tx, sight, &[Key::read(url)]).await?.into_iter().next() else {
        return Err(gone);
    };
    let rid = Rid(target.rid);
    // In the directory nothing stands in a category: what led there is seen.
    let shared = rid.patient() == PatientNo::DIRECTORY;
    let lens = if shared { sight.lens.by_labels() } else { sight.lens };
    let kept = store::kept(tx, lens, rid).await?.ok_or(Error::NotFound)?;
    if kept.kind != "Binary" {
        return Err(gone);
    }
    let value: Value = serde_json::from_slice(&kept.bytes)?;
    present::attachment_bytes(&value, "/data")
        .map_err(|_| Error::invalid("document", "error-document-damaged"))
}
