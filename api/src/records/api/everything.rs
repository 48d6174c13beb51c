//! `Patient/$everything`: first what there is, without its bytes, which is what the ledger is told; then portions of
//! bytes, each read when the one before is on its way. Whether it may still be seen is asked again for each.

use std::collections::HashSet;

use super::find::{Leave, Reader};
use super::find_store::{self as store, Listed};
use super::values::sorted;
use super::{Fault, base, cursor::Cursor, dressed::dressed, head};
use crate::app::App;
use crate::base::{Instant, Result};
use crate::disclosures::{Channel, Held, What, release};
use crate::fhir::outgoing::bundle::{self, Entry};
use crate::fhir::outgoing::references;
use crate::fhir::search::{Query, date};
use crate::records::reference::Key;
use crate::records::store::targets as lead;
use crate::smart::{Access, Interaction};
use crate::visibility;

/// Resources in one portion.
const PORTION: usize = 100;

/// A record on its way.
pub struct Everything {
    app: App,
    access: Access,
    /// What is still to come.
    rest: std::vec::IntoIter<Listed>,
    /// Where references led that were sent, out of the record.
    led: HashSet<String>,
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
    Over,
}

/// A piece of the answer.
#[derive(Debug)]
pub struct Portion(pub Vec<u8>);

/// Begins: everything about the person, with what it leads to of practitioners and places. `_since`, `_type` and
/// `_count` narrow it.
///
/// # Errors
/// `NotFound` for any id but the person's own; `Scope` where the grant has no `Patient`; `Issues`; `Page`.
pub async fn everything(app: &App, access: &Access, (id, query): (&str, Query)) -> Result<Everything, Fault> {
    if id != access.patient_id {
        return Err(Fault::NotFound);
    }
    let (query, after) = match query.iter().find(|(name, _)| name == "_page") {
        None => (query, None),
        Some((_, link)) => {
            let cursor = Cursor::open(app, access, ("$everything", link))?;
            (cursor.query.clone(), Some(cursor.rid))
        }
    };
    let asked = Asked::read(&query)?;
    let mut tx = app.db.read().await?;
    let permit = visibility::check_app(app, &mut tx, access).await?;
    let reader = Reader { access, sight: permit.sight() };
    reader.leave(&mut tx, ("Patient", Interaction::Read)).await?;
    let all = store::listed(&mut tx, reader.sight).await?;
    let mut kinds: Vec<&str> = all.iter().map(|one| one.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut leaves = std::collections::HashMap::new();
    for kind in kinds {
        match reader.leave(&mut tx, (kind, Interaction::Search)).await {
            Ok(leave) => leaves.insert(kind.to_owned(), leave),
            Err(Fault::Scope) => None,
            Err(fault) => return Err(fault),
        };
    }
    let about = all.iter().filter(|one| one.kind == "Provenance").map(|one| one.rid).collect();
    let about = reader.in_sight(&mut tx, "Provenance", about).await?;
    drop(tx);
    let allowed = |one: &Listed| leaves.get(&one.kind).is_some_and(|leave: &Leave| leave.has(one.rid));
    let mut listed: Vec<Listed> = all.into_iter().filter(|one| allowed(one) && asked.wants(one)).collect();
    listed.retain(|one| one.kind != "Provenance" || about.binary_search(&one.rid).is_ok());
    // The person first.
    listed.sort_by_key(|one| (one.kind != "Patient", one.rid));
    let total = listed.len();
    if let Some(after) = after {
        let at = listed.iter().position(|one| one.rid == after).ok_or(Fault::Page)?;
        listed.drain(..=at);
    }
    let base = base(app);
    let mut links = vec![("self", format!("{base}/Patient/{id}/$everything"))];
    if let Some(last) = asked.count.filter(|count| *count < listed.len()).map(|count| {
        listed.truncate(count);
        listed.last().map_or(0, |one| one.rid)
    }) {
        let now = app.clock.now();
        let cursor = Cursor::after(access, ("$everything", &query, now), (Vec::new(), last), now);
        links.push(("next", format!("{base}/Patient/{id}/$everything?_page={}", cursor.seal(app)?)));
    }
    let what =
        What::page("copy").of(listed.iter().map(|one| (one.kind.as_str(), one.id.as_str(), one.version)));
    let what = what.shelved(listed.iter().map(|one| (one.kind.as_str(), one.category)));
    // With pages the total is that of the record; what it leads to is not counted before it is known.
    let start = bundle::open(&head(app, ("searchset", asked.count.map(|_| total)), links));
    let everything = Everything {
        app: App::clone(app),
        access: access.clone(),
        rest: listed.into_iter(),
        led: HashSet::new(),
        sent: 0,
        types: asked.types,
        state: State::Record,
        start,
    };
    Ok(release(app, permit, Channel::Api, (what, Held::new(everything))).await?)
}

/// The next piece; none at the end.
///
/// # Errors
/// `NotFound` where the person who connected the app may not see the record any more.
pub async fn portion(all: &mut Everything) -> Result<Option<Portion>, Fault> {
    let mut out = std::mem::take(&mut all.start);
    match all.state {
        State::Over if out.is_empty() => return Ok(None),
        State::Over => bundle::close(&mut out, all.sent),
        State::Record => {
            let some: Vec<Listed> = all.rest.by_ref().take(PORTION).collect();
            if some.len() < PORTION {
                all.state = State::Directory;
            }
            let app = App::clone(&all.app);
            let mut tx = app.db.read().await?;
            let permit = visibility::check_app(&app, &mut tx, &all.access).await?;
            let reader = Reader { access: &all.access, sight: permit.sight() };
            let rids: Vec<i64> = some.iter().map(|one| one.rid).collect();
            let mut kept: Vec<_> = store::kept(&mut tx, reader.sight, &rids).await?.into_iter().collect();
            // What was changed since the ledger was told goes out as it was then.
            for (rid, kept) in &mut kept {
                let told = some.iter().find(|one| one.rid == *rid).map_or(kept.version, |one| one.version);
                if told != kept.version
                    && let Some((received, bytes)) = store::version(&mut tx, *rid, told).await?
                {
                    (kept.version, kept.received, kept.bytes) = (told, received, bytes);
                }
            }
            let kept = kept.into_iter().map(|(_, kept)| kept).collect();
            let resources = dressed(&app, &mut tx, (reader.sight, kept)).await?;
            drop(tx);
            let base = base(&app);
            for resource in resources {
                for written in references(&resource.bytes) {
                    if !all.led.contains(written) {
                        all.led.insert(written.to_owned());
                    }
                }
                let entry =
                    Entry { kind: resource.kind, id: resource.id, bytes: resource.bytes, mode: "match" };
                bundle::put(&mut out, &base, &entry, all.sent);
                all.sent += 1;
            }
        }
        State::Directory => {
            all.state = State::Over;
            directory(all, &mut out).await?;
            bundle::close(&mut out, all.sent);
        }
    }
    Ok(Some(Portion(out)))
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
    for target in lead(&mut tx, reader.sight, &keys).await?.into_iter().filter(|target| target.rid < low.0) {
        if !all.types.is_empty() && !all.types.contains(&target.r#type) {
            continue;
        }
        if !leaves.contains_key(&target.r#type) {
            let leave = reader.leave(&mut tx, (&target.r#type, Interaction::Search)).await;
            leaves.insert(target.r#type.clone(), leave.is_ok());
        }
        if leaves.get(&target.r#type) == Some(&true) {
            rids.push(target.rid);
        }
    }
    let rids = sorted(rids);
    if rids.is_empty() {
        return Ok(());
    }
    let kept = store::kept(&mut tx, reader.sight, &rids).await?.into_iter().map(|(_, kept)| kept).collect();
    let resources = dressed(&app, &mut tx, (reader.sight, kept)).await?;
    drop(tx);
    let what =
        What::page("copy").of(resources.iter().map(|one| (one.kind.as_str(), one.id.as_str(), one.version)));
    let resources = release(&app, permit, Channel::Api, (what, Held::new(resources))).await?;
    let base = base(&app);
    for resource in resources {
        let entry = Entry { kind: resource.kind, id: resource.id, bytes: resource.bytes, mode: "match" };
        bundle::put(out, &base, &entry, all.sent);
        all.sent += 1;
    }
    Ok(())
}

/// What `$everything` was narrowed to.
struct Asked {
    since: Option<i64>,
    types: Vec<String>,
    count: Option<usize>,
}

impl Asked {
    fn read(query: &Query) -> Result<Self, Fault> {
        let mut asked = Self { since: None, types: Vec::new(), count: None };
        for (name, value) in query {
            let sound = match name.as_str() {
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
                // Dates of care would leave out what has none: `_since` and `_type` narrow without a guess.
                _ => {
                    return Err(refuse(name, "not-supported", "$everything takes _since, _type and _count."));
                }
            };
            if !sound {
                let text = "expected an instant for _since, names of types for _type, a number from 1 to 10,000 for _count.";
                return Err(refuse(name, "invalid", text));
            }
        }
        Ok(asked)
    }

    fn wants(&self, one: &Listed) -> bool {
        self.since.is_none_or(|since| one.received > since)
            && (self.types.is_empty() || self.types.contains(&one.kind))
    }
}

fn refuse(name: &str, code: &'static str, text: &str) -> Fault {
    let mut issue = crate::fhir::outcome::Issue::error(code, text);
    issue.expression.push(format!("http.{}", name.chars().take(40).collect::<String>()));
    Fault::Issues(vec![issue])
}
