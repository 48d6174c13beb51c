//! `Patient/$everything`: first what there is, without its bytes, which is what the ledger is told; then portions of
//! bytes, each read when the one before is on its way. Whether it may still be seen is asked again for each; where a
//! reference leads is looked up once, as long as as much is seen. After the record and what it leads to come the person's
//! permissions and the log, which ends where this reading began.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use super::earlier::Newest;
use super::find::{Leave, Reader};
use super::find_store::{self as store, Listed};
use super::values::sorted;
use super::{Fault, base, cursor::Cursor, dressed::Leads, head, notes, own, page_link, with_query};
use crate::app::App;
use crate::base::{Instant, Result};
use crate::db::Tx;
use crate::disclosures::whole::{self, Span, Stretch};
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::index::interval;
use crate::fhir::outcome::Issue;
use crate::fhir::outgoing::bundle::{self, Entry};
use crate::fhir::outgoing::references;
use crate::fhir::present::Category;
use crate::fhir::search::{Query, date, is_followed};
use crate::records::reference::Key;
use crate::records::store::targets as lead;
use crate::smart::{Access, Interaction, Level};
use crate::visibility::{self, Permit};

/// Resources in the first portion: a reader sees soon that something comes.
const FIRST: usize = 100;

/// … and in each other. Before each it is decided anew whether the reader may go on, which costs as much as some
/// resources.
const PORTION: usize = 800;

/// The bytes after which a portion ends all the same: documents lie within some resources, and a portion is in memory.
const BYTES: i64 = 4 << 20;

/// A record on its way.
pub struct Everything {
    app: App,
    access: Access,
    /// What is still to come of the record.
    rest: std::vec::IntoIter<Listed>,
    leads: Leads,
    /// Where references lead that were sent, of what nobody looked up: as they were sent.
    led: HashSet<String>,
    /// What of the directory those led to that were looked up: key and type.
    shared: BTreeSet<(i64, String)>,
    /// The ids of the consents that are still to come.
    consents: std::vec::IntoIter<String>,
    /// What is still to come of the log.
    log: Option<Stretch>,
    sent: usize,
    /// Types that are wanted; all if empty.
    types: Vec<String>,
    state: State,
    start: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Record,
    Directory,
    Consents,
    Log,
    End,
    Over,
}

/// A piece of the answer.
#[derive(Debug)]
pub struct Portion(pub Vec<u8>);

/// Begins: everything about the person, with what it leads to of practitioners and places. `start`, `end`, `_since`,
/// `_type` and `_count` narrow it (FHIR R4, patient-operation-everything.html).
///
/// # Errors
/// `NotFound` for any id but the person's own; `Scope` where the grant has no `Patient`, or nothing that can be searched;
/// `ScopeOf` where it has not what `_type` names; `Issues`; `Page`.
pub async fn everything(app: &App, access: &Access, (id, query): (&str, Query)) -> Result<Everything, Fault> {
    if id != access.patient_id {
        return Err(Fault::NotFound);
    }
    let (query, after) = match query.iter().find(|(name, _)| name == "_page") {
        None => (query, None),
        Some((_, link)) => {
            let cursor = Cursor::open(app, access, ("$everything", link))?;
            (cursor.query.clone(), Some(cursor))
        }
    };
    let asked = Asked::read(&query)?;
    let reach = asked.reach(access)?;
    let consents = consents(app, access, &asked).await?;
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let mut leads = Leads::default();
    let listed = listed(&mut tx, Reader { access, sight: permit.sight() }, (&asked, &mut leads)).await?;
    let page = Page::of(&mut tx, (access, &permit), (&asked, after.as_ref()), (listed, consents)).await?;
    drop(tx);
    let base = base(app);
    let address = format!("{base}/Patient/{id}/$everything");
    let own = match &after {
        Some(after) => page_link(&address, &query, &after.text),
        None => with_query(address.clone(), query.iter().filter(|(name, value)| is_told(name, value))),
    };
    let mut links = vec![("self", own)];
    if let Some(next) = &page.next {
        let now = app.clock.now();
        let mut cursor = Cursor::after(access, ("$everything", &query, now), (Vec::new(), next.rid), now);
        (cursor.own, cursor.log) = (next.consents, Some(next.log));
        links.push(("next", page_link(&address, &query, &cursor.seal(app)?)));
    }
    let what = What::page("copy")
        .of(page.listed.iter().map(|one| (one.kind.as_str(), one.id.as_str(), one.version)))
        .shelved(page.listed.iter().map(|one| (one.kind.as_str(), one.category)))
        .and("Consent", page.consents.len())
        .and("AuditEvent", page.log.as_ref().map_or(0, |log| log.count));
    // With pages the total is without what the record leads to, which is not counted before it is known.
    let start = bundle::open(&head(app, ("searchset", page.total.filter(|_| asked.count.is_some())), links));
    let mut everything = Everything {
        app: App::clone(app),
        access: access.clone(),
        rest: page.listed.into_iter(),
        leads,
        led: HashSet::new(),
        shared: BTreeSet::new(),
        consents: page.consents.into_iter(),
        log: page.log,
        sent: 0,
        types: asked.types,
        state: State::Record,
        start,
    };
    if reach == Reach::Person && after.is_none() {
        let mut start = std::mem::take(&mut everything.start);
        everything.put(&mut start, &notes::person_only());
        everything.start = start;
    }
    Ok(release(app, permit, Channel::Api, (what, Held::new(everything))).await?)
}

/// What of the record is wanted and may be seen, the person first.
async fn listed(
    tx: &mut Tx,
    reader: Reader<'_>,
    (asked, leads): (&Asked, &mut Leads),
) -> Result<Vec<Listed>, Fault> {
    reader.leave(tx, ("Patient", Interaction::Read)).await?;
    let all = store::listed(tx, reader.sight).await?;
    let mut kinds: Vec<&str> = all.iter().map(|one| one.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut leaves = std::collections::HashMap::new();
    for kind in kinds {
        match reader.leave(tx, (kind, Interaction::Search)).await {
            Ok(leave) => leaves.insert(kind.to_owned(), leave),
            Err(Fault::Scope) => None,
            Err(fault) => return Err(fault),
        };
    }
    let allowed = |one: &Listed| leaves.get(&one.kind).is_some_and(|leave: &Leave| leave.has(one.rid));
    let about: Vec<i64> = all.iter().filter(|one| one.kind == "Provenance").map(|one| one.rid).collect();
    // What is found here need not be looked up where it is named.
    leads.look(reader.sight);
    if reader.sight.lens.is_part() {
        let found = all.iter().filter(|one| allowed(one)).map(|one| format!("{}/{}", one.kind, one.id));
        leads.readable.extend(found.map(|name| (name, true)));
    }
    let about = reader.of_something_readable(tx, (about, leads)).await?;
    let mut listed: Vec<Listed> = all.into_iter().filter(|one| allowed(one) && asked.wants(one)).collect();
    listed.retain(|one| one.kind != "Provenance" || about.binary_search(&one.rid).is_ok());
    listed.sort_by_key(|one| (one.kind != "Patient", one.rid));
    Ok(listed)
}

/// The ids of the consents that are wanted.
async fn consents(app: &App, access: &Access, asked: &Asked) -> Result<Vec<String>, Fault> {
    if !asked.is_for("Consent", access) {
        return Ok(Vec::new());
    }
    let all = own::consents(app, access, asked.since()).await?;
    Ok(all.iter().map(|one| own::text(one, "id")).collect())
}

/// What one page has, or all where there are no pages.
struct Page {
    listed: Vec<Listed>,
    consents: Vec<String>,
    log: Option<Stretch>,
    /// How many there are on all pages, where that can be told.
    total: Option<usize>,
    next: Option<Next>,
}

/// Where the next page begins: behind a resource of the record or, when the record is over, behind so many consents; and
/// before which line of the log, with where the log ended when the first page was read.
struct Next {
    rid: i64,
    consents: Option<i64>,
    log: (i64, i64),
}

impl Page {
    async fn of(
        tx: &mut Tx,
        (access, permit): (&Access, &Permit),
        (asked, after): (&Asked, Option<&Cursor>),
        (mut listed, mut consents): (Vec<Listed>, Vec<String>),
    ) -> Result<Self, Fault> {
        let (before, end) = match after.and_then(|after| after.log) {
            Some(place) => place,
            // What this reading writes into the log is none of what it reads.
            None => whole::end_of_log(tx, permit).await.map(|end| (end, end))?,
        };
        let in_log = asked.is_for("AuditEvent", access);
        let span = |before| Span { before, since: asked.since() };
        let mut total = Some(listed.len() + consents.len());
        if in_log && asked.count.is_some() {
            let lines = whole::count(tx, (access, permit), span(end)).await?;
            total = total.zip(lines).map(|(rest, lines)| rest + lines);
        }
        let told = after.and_then(|after| after.own);
        if let Some(told) = told {
            listed.clear();
            consents.drain(..usize::try_from(told).unwrap_or(0).min(consents.len()));
        } else if let Some(after) = after {
            let at = listed.iter().position(|one| one.rid == after.rid).ok_or(Fault::Page)?;
            listed.drain(..=at);
        }
        let whole_page = (listed.len(), consents.len());
        if let Some(most) = asked.count {
            listed.truncate(most);
            consents.truncate(most - listed.len());
        }
        let is_cut = whole_page != (listed.len(), consents.len());
        let room = asked.count.map(|most| most - listed.len() - consents.len());
        let log = match in_log && !is_cut {
            true => Some(whole::stretch(tx, (access, permit), (span(before), room)).await?),
            false => None,
        };
        let later = log.as_ref().and_then(|log| log.next);
        let next = (is_cut || later.is_some()).then(|| Next {
            rid: listed.last().map_or(0, |one| one.rid),
            consents: (listed.len() == whole_page.0)
                .then(|| told.unwrap_or(0) + i64::try_from(consents.len()).unwrap_or(0)),
            log: (later.unwrap_or(before), end),
        });
        Ok(Self { listed, consents, log, total, next })
    }
}

/// The next piece; none at the end.
///
/// # Errors
/// `NotFound` where the person who connected the app may not see the record any more.
pub async fn portion(all: &mut Everything) -> Result<Option<Portion>, Fault> {
    let mut out = std::mem::take(&mut all.start);
    loop {
        match all.state {
            State::Record => record(all, &mut out).await?,
            State::Directory => {
                all.state = State::Consents;
                directory(all, &mut out).await?;
            }
            State::Consents => permissions(all, &mut out).await?,
            State::Log => lines(all, &mut out).await?,
            State::End => {
                all.state = State::Over;
                bundle::close(&mut out, all.sent);
            }
            State::Over => return Ok(None),
        }
        // An empty piece would end the answer.
        if !out.is_empty() {
            return Ok(Some(Portion(out)));
        }
    }
}

impl Everything {
    fn put(&mut self, out: &mut Vec<u8>, entry: &Entry) {
        bundle::put(out, &base(&self.app), entry, self.sent);
        self.sent += 1;
    }
}

/// The next resources of the record.
async fn record(all: &mut Everything, out: &mut Vec<u8>) -> Result<(), Fault> {
    let most = if all.sent == 0 { FIRST } else { PORTION };
    let (mut some, mut bytes) = (Vec::new(), 0);
    while let Some(next) = all.rest.as_slice().first() {
        bytes += next.size;
        if some.len() == most || (bytes > BYTES && !some.is_empty()) {
            break;
        }
        some.extend(all.rest.next());
    }
    if all.rest.as_slice().is_empty() {
        all.state = State::Directory;
    }
    let app = App::clone(&all.app);
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(&app, &mut tx, &all.access).await?;
    let sight = permit.sight();
    let rids: Vec<i64> = some.iter().map(|one| one.rid).collect();
    let reader = Reader { access: &all.access, sight };
    // What was changed since the ledger was told goes out as it was then.
    let mut kept = Vec::with_capacity(rids.len());
    for (rid, newest) in store::kept(&mut tx, sight, &rids).await? {
        let told = some.iter().find(|one| one.rid == rid).map_or(newest.version, |one| one.version);
        if told == newest.version {
            kept.push(newest);
        } else {
            let newest = Newest::of(&app, &mut tx, (rid, newest)).await?;
            kept.extend(reader.earlier(&mut tx, &newest, (told, Interaction::Search)).await?);
        }
    }
    let resources = reader.dressed(&app, &mut tx, kept, &mut all.leads).await?;
    drop(tx);
    let (low, _) = sight.patient.range();
    for resource in resources {
        for written in references(&resource.bytes) {
            match all.leads.rid(written) {
                Some(rid) if rid < low.0 => {
                    let kind = written.split('/').next().unwrap_or_default();
                    all.shared.insert((rid, kind.to_owned()));
                }
                None if !all.led.contains(written) => {
                    all.led.insert(written.to_owned());
                }
                _ => {}
            }
        }
        all.put(out, &Entry { kind: resource.kind, id: resource.id, bytes: resource.bytes, mode: "match" });
    }
    Ok(())
}

/// The next of what the person allowed and asked for, as it stands now.
async fn permissions(all: &mut Everything, out: &mut Vec<u8>) -> Result<(), Fault> {
    let some: HashSet<String> = all.consents.by_ref().take(PORTION).collect();
    if some.is_empty() {
        all.state = State::Log;
        return Ok(());
    }
    for one in own::consents(&all.app, &all.access, None).await? {
        if some.contains(&own::text(&one, "id")) {
            all.put(out, &own::whole(&one));
        }
    }
    Ok(())
}

/// The next lines of the log.
async fn lines(all: &mut Everything, out: &mut Vec<u8>) -> Result<(), Fault> {
    let Some(log) = &mut all.log else {
        all.state = State::End;
        return Ok(());
    };
    let mut tx = all.app.db.read().await?;
    let permit = visibility::check_app(&all.app, &mut tx, &all.access).await?;
    let some = whole::lines(&all.app, &mut tx, (&all.access, &permit), log).await?;
    drop(tx);
    if some.is_empty() {
        all.log = None;
    }
    for one in some {
        all.put(out, &own::whole(&one));
    }
    Ok(())
}

/// What the record leads to of practitioners, organizations and places: with an entry of the ledger of its own.
async fn directory(all: &mut Everything, out: &mut Vec<u8>) -> Result<(), Fault> {
    let app = App::clone(&all.app);
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(&app, &mut tx, &all.access).await?;
    let reader = Reader { access: &all.access, sight: permit.sight() };
    let keys: Vec<Key> = all.led.iter().map(|written| Key::read(written)).collect();
    let (low, _) = reader.sight.patient.range();
    let mut leaves = std::collections::HashMap::new();
    let mut rids = Vec::new();
    let mut shared = std::mem::take(&mut all.shared);
    let led = lead(&mut tx, reader.sight, &keys).await?.into_iter().filter(|target| target.rid < low.0);
    shared.extend(led.map(|target| (target.rid, target.r#type)));
    for (rid, kind) in shared {
        if !all.types.is_empty() && !all.types.contains(&kind) {
            continue;
        }
        if !leaves.contains_key(&kind) {
            let leave = reader.leave(&mut tx, (&kind, Interaction::Search)).await;
            leaves.insert(kind.clone(), leave.is_ok());
        }
        if leaves.get(&kind) == Some(&true) {
            rids.push(rid);
        }
    }
    let rids = sorted(rids);
    if rids.is_empty() {
        return Ok(());
    }
    let kept = store::kept(&mut tx, reader.sight, &rids).await?.into_iter().map(|(_, kept)| kept).collect();
    let resources = reader.dressed(&app, &mut tx, kept, &mut all.leads).await?;
    drop(tx);
    let what =
        What::page("copy").of(resources.iter().map(|one| (one.kind.as_str(), one.id.as_str(), one.version)));
    for resource in release(&app, permit, Channel::Api, (what, Held::new(resources))).await? {
        // Not of the person, and on each page that leads there.
        all.put(out, &Entry { kind: resource.kind, id: resource.id, bytes: resource.bytes, mode: "include" });
    }
    Ok(())
}

/// How far the scopes reach in what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The person is all that they allow, and nothing less was asked for.
    Person,
    /// They allow each type that was named, or several where none was.
    Types,
}

/// What `$everything` was narrowed to.
struct Asked {
    /// Dates of care that are wanted: from this microsecond until before that. What has no date is none that a span leaves
    /// out, and neither is the person.
    care: Range<i64>,
    since: Option<i64>,
    types: Vec<String>,
    count: Option<usize>,
}

impl Asked {
    fn read(query: &Query) -> Result<Self, Fault> {
        let mut asked = Self { care: i64::MIN..i64::MAX, since: None, types: Vec::new(), count: None };
        for (name, value) in query {
            let sound = match name.as_str() {
                "start" | "end" => {
                    let once = query.iter().filter(|(given, _)| given == name).count() == 1;
                    let day = interval(value).filter(|_| once);
                    match (name.as_str(), &day) {
                        ("start", Some(day)) => asked.care.start = day.low,
                        (_, Some(day)) => asked.care.end = day.high,
                        (_, None) => {}
                    }
                    day.is_some()
                }
                "_since" => {
                    let moment = value.contains('T').then(|| date(value, Instant(0)).ok()).flatten();
                    asked.since = moment.map(|moment| moment.low);
                    asked.since.is_some()
                }
                "_type" => {
                    asked.types.extend(value.split(',').map(|kind| kind.trim().to_owned()));
                    asked.types.iter().all(|kind| crate::fhir::check::known_type(kind))
                }
                "_count" => {
                    asked.count = value.parse().ok().filter(|count| (1..=10_000).contains(count));
                    asked.count.is_some()
                }
                "_format" | "_pretty" => true,
                _ => {
                    let text = "$everything takes start, end, _since, _type and _count.";
                    return Err(refuse(name, "not-supported", text));
                }
            };
            if !sound {
                let text = "expected one date for start and one for end, an instant for _since, names of types for _type, a number from 1 to \
                            10,000 for _count.";
                return Err(refuse(name, "invalid", text));
            }
        }
        if asked.care.is_empty() {
            return Err(refuse("end", "invalid", "end lies before start."));
        }
        Ok(asked)
    }

    /// A type that was named and not granted is refused, as a search of it is: left out in silence, it would be read as
    /// that there is none of it.
    fn reach(&self, access: &Access) -> Result<Reach, Fault> {
        let denied: BTreeSet<&str> =
            self.types.iter().map(String::as_str).filter(|kind| !own::may_search(access, kind)).collect();
        if !denied.is_empty() {
            return Err(Fault::ScopeOf(denied.into_iter().map(not_granted).collect()));
        }
        let mut granted = access.scopes.types(Level::Patient);
        granted.retain(|kind| own::may_search(access, kind));
        match granted.as_slice() {
            [] => Err(Fault::Scope),
            ["Patient"] if self.types.is_empty() => Ok(Reach::Person),
            _ => Ok(Reach::Types),
        }
    }

    fn wants(&self, one: &Listed) -> bool {
        let is_within =
            one.category == Category::Demographics || one.dated == i64::MIN || self.care.contains(&one.dated);
        is_within && self.since.is_none_or(|since| one.received > since) && self.is_of(&one.kind)
    }

    /// Whether a type is wanted.
    fn is_of(&self, kind: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|wanted| wanted == kind)
    }

    /// Whether a type of what is ours is wanted, and granted.
    fn is_for(&self, kind: &str, access: &Access) -> bool {
        self.is_of(kind) && own::may_search(access, kind)
    }

    fn since(&self) -> Option<Instant> {
        self.since.map(Instant)
    }
}

/// Whether a parameter belongs into the link to the answer.
fn is_told(name: &str, value: &str) -> bool {
    matches!(name, "start" | "end" | "_since" | "_type" | "_count") || is_followed(name, value)
}

fn not_granted(kind: &str) -> Issue {
    let text = format!(
        "_type={kind}: the scopes of the token do not allow the app to search this type; ask without it."
    );
    Issue { expression: vec!["http._type".to_owned()], ..Issue::error("forbidden", text) }
}

fn refuse(name: &str, code: &'static str, text: &str) -> Fault {
    let mut issue = Issue::error(code, text);
    issue.expression.push(format!("http.{}", name.chars().take(40).collect::<String>()));
    Fault::Issues(vec![issue])
}
