//! What is kept about a record and not in it: the log as `AuditEvent`, what the person allowed and asked for as
//! `Consent`. They come before what a source wrote in these types, whose pages follow theirs.

use serde_json::Value;

use super::cursor::Cursor;
use super::find::Reader;
use super::find_store as store;
use super::{
    Fault, Known, MOST, PAGE, Read, Resource, base, head, history_link, notes, page_link, self_link,
};
use crate::app::App;
use crate::base::{Error, Instant};
use crate::db::Tx;
use crate::disclosures::{self, Wanted};
use crate::fhir::index::{self, IndexValue};
use crate::fhir::outcome::Issue;
use crate::fhir::outgoing::Cut;
use crate::fhir::outgoing::bundle::{self, Entry, Version};
use crate::fhir::present::Category;
use crate::fhir::search::{Criterion, Query, Search, Summary, Target, Test, Token, Total, Way};
use crate::smart::{Access, Allowed, Interaction, Level};
use crate::visibility;

/// The place of a page from which on all of it comes from sources.
const FROM_SOURCES: i64 = 0;

/// Whether there are resources of a type that stand in no record.
pub(super) fn has(kind: &str) -> bool {
    matches!(kind, "AuditEvent" | "Consent")
}

/// Whether a page begins with what sources wrote.
pub(super) fn is_over(cursor: Option<&Cursor>) -> bool {
    cursor.is_some_and(|cursor| cursor.own.is_none_or(|place| place == FROM_SOURCES))
}

/// Whether a grant lets search what is ours of a type.
pub(super) fn may_search(access: &Access, kind: &str) -> bool {
    access.scopes.of_type((Level::Patient, Interaction::Search), kind) != Allowed::No
}

/// All consents that changed after a moment, before they are released: in an order in which new ones come last.
pub(super) async fn consents(
    app: &App,
    access: &Access,
    since: Option<Instant>,
) -> Result<Vec<Value>, Fault> {
    let mut all = disclosures::whole::all_consents(app, access).await?;
    all.retain(|one| since.is_none_or(|since| stamp(one).1 > since));
    all.sort_by_cached_key(|one| (stamp_of(one), text(one, "id")));
    Ok(all)
}

/// One of them by its id.
///
/// # Errors
/// `NotFound` where none of ours has this id; `Scope`.
pub(super) async fn read(
    app: &App,
    access: &Access,
    (kind, id, version): (&str, &str, Option<i64>),
    known: &Known,
) -> Result<Read, Fault> {
    if access.scopes.of_type((Level::Patient, Interaction::Read), kind) == Allowed::No {
        return Err(Fault::Scope);
    }
    let value = match kind {
        "AuditEvent" => disclosures::audit_event(app, access, id).await?,
        _ => disclosures::consent(app, access, id).await?,
    };
    let (own, received) = stamp(&value);
    if version.is_some_and(|version| version != own) {
        return Err(Fault::NotFound);
    }
    if known.has(own, received) {
        return Ok(Read::Unchanged(own, received));
    }
    let bytes = value.to_string().into_bytes();
    let (kind, id, category) = (kind.to_owned(), id.to_owned(), Category::Other);
    Ok(Read::Whole(Resource { kind, id, version: own, received, category, bytes }))
}

/// The history of one: its state of now is all that is kept as a resource.
///
/// # Errors
/// As of [`read`].
pub(super) async fn history(
    app: &App,
    access: &Access,
    (kind, id): (&str, &str),
    (since, query): (Option<Instant>, &Query),
) -> Result<Vec<u8>, Fault> {
    let Read::Whole(one) = read(app, access, (kind, id, None), &Known::Nothing).await? else {
        return Err(Fault::NotFound);
    };
    let mut versions = vec![Version { version: one.version, at: one.received.rfc3339(), bytes: one.bytes }];
    versions.retain(|_| since.is_none_or(|since| one.received >= since));
    let base = base(app);
    let own = history_link(&base, (kind, id), query);
    let head = head(app, ("history", Some(versions.len())), vec![("self", own)]);
    Ok(bundle::history(&head, (&base, kind, id), &versions))
}

/// The version and the moment that a resource of ours tells of itself.
fn stamp(value: &Value) -> (i64, Instant) {
    let version = value.pointer("/meta/versionId").and_then(Value::as_str).and_then(|text| text.parse().ok());
    let updated = value.pointer("/meta/lastUpdated").and_then(Value::as_str).and_then(index::interval);
    (version.unwrap_or(1), Instant(updated.map_or(0, |span| span.low)))
}

/// One page of a search.
///
/// # Errors
/// `Scope`; `OtherPatient`; `Issues` for an order that cannot be had.
pub(super) async fn page(
    app: &App,
    access: &Access,
    (search, now, after): (&Search, Instant, Option<&Cursor>),
) -> Result<Vec<u8>, Fault> {
    let oldest_first = oldest_first(search)?;
    let kind = search.resource_type;
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let reader = Reader { access, sight: permit.sight() };
    // It also refuses what is about somebody else.
    let from_sources = reader.find(&mut tx, (kind, &search.criteria)).await?.len();
    let chains = chains(&mut tx, reader, &search.criteria).await?;
    drop(tx);
    let only_count = search.count == Some(0) || search.summary == Summary::Count;
    let limit = if only_count { 0 } else { search.count.unwrap_or(PAGE).min(MOST) };
    let counted = (search.total != Total::None || only_count) && after.is_none();
    let place = after.and_then(|cursor| cursor.own);
    let fits = |resource: &Value| {
        search.criteria.iter().all(|criterion| holds(criterion, resource, (access, &chains)))
    };
    let base = base(app);
    let asked = self_link(&base, search, None).split_off(base.len() + 1);
    let found = match kind {
        "AuditEvent" => {
            let total = if counted { disclosures::Total::Wanted } else { disclosures::Total::Unwanted };
            let from = earliest(&search.criteria);
            let wanted = Wanted { before: place, from, limit, total, fits: &fits, query: &asked };
            disclosures::audit_events(app, access, wanted).await?
        }
        _ => {
            let mut all = disclosures::consents(app, access, &fits, &asked).await?;
            all.sort_by_cached_key(|one| std::cmp::Reverse(stamp_of(one)));
            if oldest_first {
                all.reverse();
            }
            portion(all, (usize::try_from(place.unwrap_or(0)).unwrap_or(0), limit))
        }
    };
    let mut links = vec![("self", self_link(&base, search, after))];
    let next = found.next.or((from_sources > 0).then_some(FROM_SOURCES)).filter(|_| !only_count);
    if let Some(place) = next {
        let mut cursor = Cursor::after(access, (kind, &search.used, now), (Vec::new(), 0), app.clock.now());
        cursor.own = Some(place);
        links.push(("next", page_link(&format!("{base}/{kind}"), &search.used, &cursor.seal(app)?)));
    }
    let total = found.total.filter(|_| counted).and_then(|own| usize::try_from(own).ok());
    let wanted = Cut { summary: search.summary, elements: search.elements.clone() };
    let mut entries: Vec<Entry> = found.resources.iter().map(|one| entry(one, &wanted)).collect();
    entries.extend(notes::entry(search, after, &[]));
    let head = head(app, ("searchset", total.map(|own| own + from_sources)), links);
    Ok(bundle::bundle(&head, &base, &entries))
}

fn entry(resource: &Value, wanted: &Cut) -> Entry {
    let entry = whole(resource);
    Entry { bytes: wanted.of(entry.bytes), ..entry }
}

/// One of ours as it stands in a Bundle.
pub(super) fn whole(resource: &Value) -> Entry {
    let bytes = resource.to_string().into_bytes();
    Entry { kind: text(resource, "resourceType"), id: text(resource, "id"), bytes, mode: "match" }
}

/// The text of a field.
pub(super) fn text(resource: &Value, name: &str) -> String {
    resource.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A page of a list that is whole.
fn portion(mut all: Vec<Value>, (from, limit): (usize, usize)) -> disclosures::Events {
    let total = i64::try_from(all.len()).ok();
    let end = from.saturating_add(limit);
    let next = i64::try_from(end).ok().filter(|_| limit > 0 && end < all.len());
    let resources = all.drain(from.min(all.len())..end.min(all.len())).collect();
    disclosures::Events { resources, next, total }
}

fn stamp_of(resource: &Value) -> i64 {
    let date = resource.get("dateTime").and_then(Value::as_str).and_then(index::interval);
    date.map_or(0, |span| span.low)
}

/// The log is read from its newest line; permissions both ways.
fn oldest_first(search: &Search) -> Result<bool, Fault> {
    let refused = || {
        let text = match search.resource_type {
            "AuditEvent" => "AuditEvent comes newest first: the order is -date.",
            _ => "The order of Consent is date or -date.",
        };
        let mut issue = Issue::error("not-supported", text);
        issue.expression.push("http._sort".into());
        Fault::Issues(vec![issue])
    };
    match search.sort.as_slice() {
        [] => Ok(false),
        [by] if by.param == "date" || by.param == "_lastUpdated" => match (by.way, search.resource_type) {
            (Way::Down, _) => Ok(false),
            (Way::Up, "AuditEvent") => Err(refused()),
            (Way::Up, _) => Ok(true),
        },
        _ => Err(refused()),
    }
}

/// The moment before which no line fits.
fn earliest(criteria: &[Criterion]) -> Option<Instant> {
    let lows = criteria.iter().filter_map(|criterion| match &criterion.test {
        Test::Date(tests) if matches!(criterion.param, "date" | "_lastUpdated") => {
            tests.iter().map(|test| test.reach().0).min()
        }
        _ => None,
    });
    lows.max().map(Instant)
}

/// Whether a resource of ours fulfils a criterion.
fn holds(criterion: &Criterion, resource: &Value, (access, chains): (&Access, &Chains)) -> bool {
    let id = || resource.get("id").and_then(Value::as_str).unwrap_or_default();
    let named = |tokens: &[Token]| tokens.iter().any(|token| token.is(None, id()));
    match (criterion.param, &criterion.test) {
        ("_id", Test::Token(tokens)) => named(tokens),
        ("_id", Test::NotToken(tokens)) => !named(tokens),
        ("_id", test) => *test == Test::Present,
        ("_lastUpdated", Test::Date(tests)) => {
            let Instant(at) = stamp(resource).1;
            tests.iter().any(|test| test.holds(at, at + 1))
        }
        (param, Test::Reference(targets)) => {
            let values = index::values(criterion.resource_type, resource);
            targets.iter().any(|target| points(target, (param, &values), access))
        }
        (param, Test::Chain(inner)) => {
            let values = index::values(criterion.resource_type, resource);
            let met = chains.iter().filter(|(chained, _)| *chained == **inner).flat_map(|(_, met)| met);
            met.into_iter().any(|target| points(target, (param, &values), access))
        }
        _ => criterion.matches(resource),
    }
}

/// What chained criteria are met by: of the record and its directory, as far as the app may search them.
type Chains = Vec<(Criterion, Vec<Target>)>;

async fn chains(tx: &mut Tx, reader: Reader<'_>, criteria: &[Criterion]) -> Result<Chains, Fault> {
    let mut all = Chains::new();
    for criterion in criteria {
        let Test::Chain(inner) = &criterion.test else { continue };
        let met = reader.find(tx, (inner.resource_type, std::slice::from_ref(inner))).await?;
        let kept = store::kept(tx, reader.sight, &met).await?;
        let targets = kept.into_iter().map(|(_, one)| Target { kind: Some(one.kind), id: one.id }).collect();
        all.push((inner.as_ref().clone(), targets));
    }
    Ok(all)
}

fn points(target: &Target, (param, values): (&str, &[IndexValue<'_>]), access: &Access) -> bool {
    let is_own =
        target.id == access.patient_id && target.kind.as_deref().is_none_or(|kind| kind == "Patient");
    (param == "patient" && is_own)
        || values.iter().any(|value| match value {
            IndexValue::Reference { param: own, target_type, target: id } => {
                *own == param
                    && *id == target.id
                    && target.kind.as_deref().is_none_or(|kind| target_type.is_none_or(|own| own == kind))
            }
            _ => false,
        })
}

/// Nothing of ours, so that what a source wrote is looked for.
pub(super) fn is_elsewhere<T>(found: &Result<T, Fault>) -> bool {
    matches!(found, Err(Fault::NotFound | Fault::Other(Error::NotFound)))
}
