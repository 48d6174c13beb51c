//! What apps read of a record: by id, by search, everything. Each answer is released by the ledger with the grant it
//! stands on; each statement sees no more than the permit's lens, and each type no more than the grant's scopes.

mod cursor;
mod dressed;
mod earlier;
mod earlier_rules;
mod everything;
mod find;
mod find_store;
mod included;
mod notes;
mod own;
mod recorded;
mod values;

use std::collections::{HashMap, HashSet};

use crate::app::App;
use crate::base::{Error, Instant, PatientNo, Result};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::outcome::Issue;
use crate::fhir::outgoing::Cut;
use crate::fhir::outgoing::bundle::{self, Entry, Head, Version};
use crate::fhir::present::Category;
use crate::fhir::search::{self, DOCREF, Given, Handling, Query, Search, Summary, Total};
use crate::records::store::Kept;
use crate::representation::Sight;
use crate::smart::{self, Access, Condition, Interaction};
use crate::visibility;

use cursor::Cursor;
pub(crate) use dressed::Leads;
use dressed::dressed;
use earlier::{Newest, Tell, Versions};
pub use everything::{Everything, Portion, everything, portion};
use find::{Leave, Reader};
use included::included;
pub use notes::unknown_told;

/// Resources on a page, if nothing was asked.
pub const PAGE: usize = 100;
/// … and at most.
pub const MOST: usize = 1000;

/// Why an app got no resource.
#[derive(Debug)]
pub enum Fault {
    /// There is nothing of this id that the app may know of.
    NotFound,
    /// The person did not allow the app this type.
    Scope,
    /// The person did not allow the app these types, each of which it named: what is told of each.
    ScopeOf(Vec<Issue>),
    /// The search is about another patient, or about nobody here: the same answer.
    OtherPatient,
    /// The link to a page is too old, broken, or of another search.
    Page,
    /// The request cannot be followed.
    Issues(Vec<Issue>),
    /// Anything else.
    Other(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            error => Self::Other(error),
        }
    }
}

/// The address of the FHIR server, without a slash at the end.
pub fn base(app: &App) -> String {
    format!("{}/fhir", app.config.server.public_url.trim_end_matches('/'))
}

/// One resource as an app gets it.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its type.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version here.
    pub version: i64,
    /// When that came.
    pub received: Instant,
    /// Where it stands in the record.
    pub category: Category,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// What an app has already (RFC 9110, 13.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Known {
    /// Nothing that it tells.
    #[default]
    Nothing,
    /// These versions (`If-None-Match`).
    Versions(Vec<i64>),
    /// Any version (`If-None-Match: *`).
    Any,
    /// What came up to this second (`If-Modified-Since`), in seconds since 1970.
    Since(i64),
}

impl Known {
    fn has(&self, version: i64, received: Instant) -> bool {
        match self {
            Self::Nothing => false,
            Self::Versions(known) => known.contains(&version),
            Self::Any => true,
            Self::Since(second) => received.0.div_euclid(1_000_000) <= *second,
        }
    }
}

/// What a read gives.
#[derive(Debug)]
pub enum Read {
    /// The resource.
    Whole(Resource),
    /// The app has it already: version and when it came. Nothing leaves.
    Unchanged(i64, Instant),
}

/// Which part of a resource a read by its id asks for (search.html#summary: both parameters can be used on a read). Other
/// parameters say nothing here.
///
/// # Errors
/// `Issues` for a value that says nothing.
pub fn part(kind: &'static str, query: &Query) -> Result<Cut, Fault> {
    let of_answer = |name: &str| matches!(name, "_summary" | "_elements");
    let asked: Query = query.iter().filter(|(name, _)| of_answer(name)).cloned().collect();
    let given = Given { base: "", now: Instant(0), handling: Handling::Strict };
    let asked = search::parse(kind, &asked, given).map_err(Fault::Issues)?;
    if asked.summary == Summary::Count {
        let mut issue =
            Issue::error("invalid", "One resource is not counted: _summary=count is for searches.");
        issue.expression.push("http._summary".into());
        return Err(Fault::Issues(vec![issue]));
    }
    Ok(Cut { summary: asked.summary, elements: asked.elements })
}

/// A resource by its id; of an earlier version by its number, from 1.
///
/// # Errors
/// `NotFound`, alike for what is not here, what is another person's and what the lens hides; `Scope`.
pub async fn read(
    app: &App,
    access: &Access,
    (kind, id, version): (&'static str, &str, Option<i64>),
    known: &Known,
) -> Result<Read, Fault> {
    if own::has(kind) {
        let found = own::read(app, access, (kind, id, version), known).await;
        if !own::is_elsewhere(&found) {
            return found;
        }
    }
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let reader = Reader { access, sight: permit.sight() };
    if let Some((person, received)) = smart::signed_in(app, &mut tx, (access, kind, id)).await? {
        drop(tx);
        if version.is_some_and(|version| version != 1) {
            return Err(Fault::NotFound);
        }
        let (kind, id, bytes) = (kind.to_owned(), id.to_owned(), person.to_string().into_bytes());
        let what = What::page("item").of([(kind.as_str(), id.as_str(), 1)]);
        let category = Category::Demographics;
        let resource = Resource { kind, id, version: 1, received, category, bytes };
        return Ok(Read::Whole(release(app, permit, Channel::Api, (what, Held::new(resource))).await?));
    }
    let (rid, mut kept) = readable(&mut tx, reader, (kind, id)).await?;
    if let Some(version) = version.filter(|version| *version != kept.version) {
        let newest = Newest::of(app, &mut tx, (rid, kept)).await?;
        let earlier = reader.earlier(&mut tx, &newest, (version, Interaction::Read)).await?;
        kept = earlier.ok_or(Fault::NotFound)?;
    }
    if known.has(kept.version, kept.received) {
        return Ok(Read::Unchanged(kept.version, kept.received));
    }
    let what = What::page(if kind == "Binary" { "document" } else { "item" }).within(kept.category.slug());
    let what = what.of([(kept.kind.as_str(), kept.id.as_str(), kept.version)]);
    let mut resources = reader.dressed(app, &mut tx, vec![kept], &mut Leads::default()).await?;
    let resource = resources.pop().ok_or(Fault::NotFound)?;
    drop(tx);
    Ok(Read::Whole(release(app, permit, Channel::Api, (what, Held::new(resource))).await?))
}

/// How a history was asked for that a link leads on in; else how it is asked for.
///
/// # Errors
/// `Page`.
pub fn asked_for_history(
    app: &App,
    access: &Access,
    (kind, id): (&str, &str),
    query: &Query,
) -> Result<Query, Fault> {
    let after = history_page(app, access, (kind, id), query)?;
    Ok(after.map_or_else(|| query.clone(), |after| after.query))
}

fn history_page(
    app: &App,
    access: &Access,
    (kind, id): (&str, &str),
    query: &Query,
) -> Result<Option<Cursor>, Fault> {
    let link = query.iter().find(|(name, _)| name == "_page");
    link.map(|(_, link)| Cursor::open(app, access, (&format!("{kind}/{id}/_history"), link))).transpose()
}

/// The versions of a resource that are open to the app, newest first, as a Bundle, in pages; those that came at a moment or
/// after it, if one is given (http.html#history). The first page tells how many they are, where they are few; one of very
/// many may have fewer than were asked for, and leads on.
///
/// # Errors
/// As of [`read`]; `Page`.
pub async fn history(
    app: &App,
    access: &Access,
    (kind, id): (&'static str, &str),
    (since, count, query): (Option<Instant>, usize, &Query),
) -> Result<Vec<u8>, Fault> {
    if own::has(kind) {
        let found = own::history(app, access, (kind, id), (since, query)).await;
        if !own::is_elsewhere(&found) {
            return found;
        }
    }
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let reader = Reader { access, sight: permit.sight() };
    let after = history_page(app, access, (kind, id), query)?;
    let (rid, current) = readable(&mut tx, reader, (kind, id)).await?;
    let mut numbers = vec![(current.version, current.received.0)];
    numbers.extend(find_store::versions(&mut tx, rid).await?);
    numbers.retain(|(_, at)| since.is_none_or(|since| Instant(*at) >= since));
    // The first page told the number of all.
    let tell = if after.is_none() { Tell::Total } else { Tell::Nothing };
    let left = |version: &i64| after.as_ref().is_none_or(|after| *version < after.rid);
    let numbers: Vec<i64> = numbers.into_iter().map(|(version, _)| version).filter(left).collect();
    let newest = Newest::of(app, &mut tx, (rid, current)).await?;
    let Versions { shown, total, last } = reader.versions(&mut tx, &newest, (&numbers, count, tell)).await?;
    let base = base(app);
    let asked = after.as_ref().map_or(query, |after| &after.query);
    let (at, now) = (format!("{kind}/{id}/_history"), app.clock.now());
    let address = format!("{base}/{at}");
    let own = match &after {
        Some(after) => page_link(&address, asked, &after.text),
        None => history_link(&base, (kind, id), query),
    };
    let mut links = vec![("self", own)];
    if let Some(last) = last {
        let cursor = Cursor::after(access, (&at, asked, now), (Vec::new(), last), now);
        links.push(("next", page_link(&address, asked, &cursor.seal(app)?)));
    }
    let what =
        What::page("item").of(shown.iter().map(|one| (one.kind.as_str(), one.id.as_str(), one.version)));
    // Each stood where its version says.
    let what = match shown.first().filter(|first| shown.iter().all(|one| one.category == first.category)) {
        Some(first) => what.within(first.category.slug()),
        None => what.shelved(shown.iter().map(|one| (one.kind.as_str(), one.category))),
    };
    let versions: Vec<Version> = reader
        .dressed(app, &mut tx, shown, &mut Leads::default())
        .await?
        .into_iter()
        .map(|one| Version { version: one.version, at: one.received.rfc3339(), bytes: one.bytes })
        .collect();
    drop(tx);
    let head = head(app, ("history", total), links);
    let bytes = bundle::history(&head, (&base, kind, id), &versions);
    Ok(release(app, permit, Channel::Api, (what, Held::new(bytes))).await?)
}

/// The resource of this id, if this app may read it.
async fn readable(tx: &mut Tx, reader: Reader<'_>, (kind, id): (&str, &str)) -> Result<(i64, Kept), Fault> {
    let leave = match reader.leave(tx, (kind, Interaction::Read)).await {
        // Who may read documents may read what they consist of, unless the person left files out.
        Err(Fault::Scope) if kind == "Binary" && !reader.access.scopes.denies(kind) => {
            match reader.leave(tx, ("DocumentReference", Interaction::Read)).await? {
                Leave::All => Leave::All,
                Leave::Only(_) => return Err(Fault::Scope),
            }
        }
        leave => leave?,
    };
    let found = find_store::one(tx, reader.sight, (kind, id)).await?;
    let (rid, kept) = found.filter(|(rid, _)| leave.has(*rid)).ok_or(Fault::NotFound)?;
    let of_what_is_seen = kind != "Provenance" || !reader.in_sight(tx, kind, vec![rid]).await?.is_empty();
    if !of_what_is_seen || !reader.may_read(tx, (kind, id, rid)).await? {
        return Err(Fault::NotFound);
    }
    Ok((rid, kept))
}

/// A search as it was asked for; the first page.
///
/// # Errors
/// `Issues` for what cannot be followed; `Scope`; `OtherPatient`.
pub async fn search(
    app: &App,
    access: &Access,
    (kind, query, handling): (&'static str, Query, Handling),
) -> Result<Vec<u8>, Fault> {
    let (base, now) = (base(app), app.clock.now());
    let asked = search::parse(kind, &query, Given { base: &base, now, handling }).map_err(Fault::Issues)?;
    page(app, access, (asked, now, None)).await
}

/// The page that a link of an earlier page leads to.
///
/// # Errors
/// `Page`; as of [`search()`].
pub async fn next(app: &App, access: &Access, (kind, link): (&'static str, &str)) -> Result<Vec<u8>, Fault> {
    let cursor = Cursor::open(app, access, (kind, link))?;
    let now = Instant(cursor.now);
    let base = base(app);
    let given = Given { base: &base, now, handling: Handling::Lenient };
    let asked = search::parse(kind, &cursor.query, given).map_err(|_| Fault::Page)?;
    page(app, access, (asked, now, Some(cursor))).await
}

/// Documents of a person: those of care within a span, of a type, or the newest summary (US Core, `$docref`); a page of
/// them, where the query is that of a link. Of anybody but the patient of the token there are none.
///
/// # Errors
/// As of [`search()`], but for `OtherPatient`; `Page`.
pub async fn documents(app: &App, access: &Access, query: Query) -> Result<Vec<u8>, Fault> {
    let base = base(app);
    let given = |now| Given { base: &base, now, handling: Handling::Strict };
    if let Some((_, link)) = query.iter().find(|(name, _)| name == "_page") {
        let cursor = Cursor::open(app, access, (&format!("DocumentReference{DOCREF}"), link))?;
        let now = Instant(cursor.now);
        let asked = search::documents(&cursor.query, given(now)).map_err(|_| Fault::Page)?;
        let asked = search::of_patient(asked, &access.patient_id);
        return page(app, access, (asked, now, Some(cursor))).await;
    }
    let now = app.clock.now();
    let asked = search::documents(&query, given(now)).map_err(Fault::Issues)?;
    let asked = search::of_patient(asked, &access.patient_id);
    page(app, access, (asked, now, None)).await
}

/// One page of a search.
async fn page(
    app: &App,
    access: &Access,
    (search, now, after): (Search, Instant, Option<Cursor>),
) -> Result<Vec<u8>, Fault> {
    if own::has(search.resource_type) && !own::is_over(after.as_ref()) {
        return own::page(app, access, (&search, now, after.as_ref())).await;
    }
    let base = base(app);
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let reader = Reader { access, sight: permit.sight() };
    let kind = search.resource_type;
    let found = reader.find(&mut tx, (kind, &search.criteria)).await?;
    let found = reader.newest(&mut tx, (kind, &search.newest), found).await?;
    let only_count = search.count == Some(0) || search.summary == Summary::Count;
    // Who asks for the number only is told it, whatever else they say.
    let total = (search.total != Total::None || only_count).then_some(found.len());
    // The first page told the number of all.
    let total = total.filter(|_| !own::has(kind));
    let mut links = vec![("self", self_link(&base, &search, after.as_ref()))];
    let mut entries = Vec::new();
    let mut named = Vec::new();
    let mut left_out = Vec::new();
    if !only_count {
        let mut rest = reader.ranked(&mut tx, (kind, &search.sort, found)).await?;
        if let Some(cursor) = &after {
            let last = (cursor.ranks.clone(), cursor.rid);
            rest.retain(|one| find::compare(&search.sort, one, &last) == std::cmp::Ordering::Greater);
        }
        let count = search.count.unwrap_or(PAGE).min(MOST);
        let is_over = rest.len() <= count;
        let shown = find::first(&search.sort, rest, count);
        if let Some((ranks, rid)) = shown.last().filter(|_| !is_over) {
            let at = format!("{kind}{}", search.operation);
            let cursor =
                Cursor::after(access, (&at, &search.used, now), (ranks.clone(), *rid), app.clock.now());
            links.push(("next", page_link(&format!("{base}/{at}"), &search.used, &cursor.seal(app)?)));
        }
        let rids: Vec<i64> = shown.iter().map(|(_, rid)| *rid).collect();
        let matches = find_store::kept(&mut tx, reader.sight, &rids).await?;
        let included = included(&mut tx, reader, (&search, &matches)).await?;
        left_out = included.left_out;
        let wanted = Cut { summary: search.summary, elements: search.elements.clone() };
        let (first, all) = (matches.len(), matches.into_iter().chain(included.resources));
        let all = all.map(|(_, kept)| kept).collect();
        let resources = reader.dressed(app, &mut tx, all, &mut Leads::default()).await?;
        for (nth, resource) in resources.into_iter().enumerate() {
            named.push((resource.kind.clone(), resource.id.clone(), resource.version, resource.category));
            let mode = if nth < first { "match" } else { "include" };
            let bytes = wanted.of(resource.bytes);
            entries.push(Entry { kind: resource.kind, id: resource.id, bytes, mode });
        }
    }
    drop(tx);
    entries.extend(notes::entry(&search, after.as_ref(), &left_out));
    let bytes = bundle::bundle(&head(app, ("searchset", total), links), &base, &entries);
    let asked = self_link("", &search, None);
    let what = What::page("search")
        .asking(asked.trim_start_matches('/'))
        .of(named.iter().map(|(kind, id, version, _)| (kind.as_str(), id.as_str(), *version)))
        .shelved(named.iter().map(|(kind, .., category)| (kind.as_str(), *category)));
    Ok(release(app, permit, Channel::Api, (what, Held::new(bytes))).await?)
}

/// What of a type in a record is of one of these categories, by the index, for exports.
pub(crate) async fn of_categories(
    tx: &mut Tx,
    (patient, kind): (PatientNo, &str),
    conditions: &[Condition],
) -> Result<HashSet<i64>> {
    let place = find_store::Place { patient, also: patient, kind, param: find::CATEGORY };
    Ok(find::of_categories(tx, place, conditions).await?.into_iter().collect())
}

/// What of these keys is seen, in these versions and as an app gets it, for exports; what a version that was replaced
/// since says may be closed where the newest is not: the caller has the permit and tells
/// the ledger.
pub(crate) async fn resources(
    app: &App,
    tx: &mut Tx,
    (sight, wanted): (Sight, &[(i64, i64)]),
    leads: &mut Leads,
) -> Result<Vec<(i64, Resource)>> {
    let versions: HashMap<i64, i64> = wanted.iter().copied().collect();
    let keys: Vec<i64> = wanted.iter().map(|(rid, _)| *rid).collect();
    let (mut rids, mut kept) = (Vec::with_capacity(keys.len()), Vec::with_capacity(keys.len()));
    for (rid, newest) in find_store::kept(tx, sight, &keys).await? {
        let version = versions.get(&rid).copied().unwrap_or(newest.version);
        if version == newest.version {
            rids.push(rid);
            kept.push(newest);
        } else if let Some((earlier, _)) =
            Newest::of(app, tx, (rid, newest)).await?.version(tx, sight, version).await?
        {
            rids.push(rid);
            kept.push(earlier);
        }
    }
    let resources = dressed(app, tx, (sight, kept), leads).await?;
    Ok(rids.into_iter().zip(resources).collect())
}

fn head(app: &App, (kind, total): (&'static str, Option<usize>), links: Vec<(&'static str, String)>) -> Head {
    let now = app.clock.now();
    Head { id: crate::base::uuid(now).to_string(), at: now.rfc3339(), kind, total, links }
}

fn self_link(base: &str, search: &Search, page: Option<&Cursor>) -> String {
    let address = format!("{base}/{}{}", search.resource_type, search.operation);
    match page {
        Some(page) => page_link(&address, &search.used, &page.text),
        None => with_query(address, search.used.iter()),
    }
}

/// The link to a page. How it is written stands beside the cursor: it is read before the cursor is.
fn page_link(address: &str, used: &Query, cursor: &str) -> String {
    let page = [("_page".to_owned(), cursor.to_owned())];
    with_query(address.to_owned(), page.iter().chain(written(used)))
}

fn history_link(base: &str, (kind, id): (&str, &str), query: &Query) -> String {
    let narrowed = query.iter().filter(|(name, _)| matches!(name.as_str(), "_since" | "_count"));
    with_query(format!("{base}/{kind}/{id}/_history"), narrowed.chain(written(query)))
}

/// The parameters that say how an answer is written.
fn written(query: &Query) -> impl Iterator<Item = &(String, String)> {
    query.iter().filter(|(name, value)| search::is_followed(name, value))
}

fn with_query<'a>(address: String, pairs: impl Iterator<Item = &'a (String, String)>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { address } else { format!("{address}?{query}") }
}
