//! What apps took: the entries of the ledger, told by grant.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Channel, Held, Line, What, is_directory};
use super::{release, store};
use crate::app::App;
use crate::base::{AppGrantId, Instant, PatientNo, Result};
use crate::identity::Actor;
use crate::visibility::{self, Basis, Purpose};

/// How many days are told one by one.
const DAYS: usize = 31;

/// What one app took under one grant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Took {
    /// How often it read.
    pub times: u64,
    /// When last.
    pub last: Option<Instant>,
    /// How many, each time they were read, and when last: by the slug of the category of the record; of the directory,
    /// and of what has no category, by the type of resource.
    pub kinds: BTreeMap<String, (u64, Instant)>,
    /// The last moment of each day on which it read, with how many resources; newest first, at most 31 days.
    pub days: Vec<(Instant, u64)>,
    /// Whether there are earlier days.
    pub more_days: bool,
}

/// What apps took of one record.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Whose record: the name and the birth date as the source writes them.
    pub whose: (String, Option<String>),
    /// By grant; those under which nothing was read are missing.
    pub by: BTreeMap<AppGrantId, Took>,
}

/// What apps took under these grants, for a person who may see the grants. Looking at it is logged.
pub async fn taken(
    app: &App,
    actor: &Actor,
    (patient, grants): (PatientNo, &BTreeSet<AppGrantId>),
) -> Result<Taken> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let whose = store::whose(&mut tx, patient).await?;
    let mut by: BTreeMap<AppGrantId, Took> = BTreeMap::new();
    let mut before = i64::MAX;
    // Without a grant there is nothing to look for.
    while !grants.is_empty() {
        let lines = store::before(&mut tx, patient, (before, 500)).await?;
        let Some(last) = lines.last() else { break };
        before = last.seq;
        for line in &lines {
            if let Basis::App { grant, .. } = line.entry.basis
                && grants.contains(&grant)
            {
                add(app, by.entry(grant).or_default(), line);
            }
        }
    }
    drop(tx);
    release(app, permit, Channel::Portal, (What::page("apps"), Held::new(Taken { whose, by }))).await
}

/// What an entry tells, by category where it says that, else by type.
fn told(what: &What) -> Vec<(&str, u64)> {
    let counts = || what.counts.iter().map(|(kind, count)| (kind.as_str(), *count));
    if !what.shelves.is_empty() {
        let shelves = what.shelves.iter().map(|(slug, count)| (slug.as_str(), *count));
        return shelves.chain(counts().filter(|(kind, _)| is_directory(kind))).collect();
    }
    let within = |kind| what.category.as_deref().filter(|_| !is_directory(kind)).unwrap_or(kind);
    counts().map(|(kind, count)| (within(kind), count)).collect()
}

/// Adds a line to what was counted; lines come newest first.
fn add(app: &App, took: &mut Took, line: &Line) {
    let count = line.entry.what.counts.values().sum::<u64>();
    took.times += 1;
    took.last = took.last.max(Some(line.at));
    for (kind, count) in told(&line.entry.what) {
        let (all, last) = took.kinds.entry(kind.to_owned()).or_insert((0, line.at));
        *all += count;
        *last = (*last).max(line.at);
    }
    let zone = app.config.clinic.zone();
    let day = |at: Instant| at.utc().with_timezone(&zone).date_naive();
    let full = took.days.len() == DAYS;
    match took.days.last_mut() {
        Some((at, all)) if day(*at) == day(line.at) => *all += count,
        _ if full => took.more_days = true,
        _ => took.days.push((line.at, count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::present::Category;

    #[test]
    fn what_was_taken_is_told_by_category() {
        let named = [("Observation", "a", 1), ("Observation", "b", 1), ("Practitioner", "c", 1)];
        let places = [
            ("Observation", Category::Labs),
            ("Observation", Category::Vitals),
            ("Practitioner", Category::Other),
        ];
        for (what, expected) in [
            (
                What::page("search").of(named).shelved(places),
                vec![("labs", 1), ("vitals", 1), ("Practitioner", 1)],
            ),
            (What::page("item").within("labs").of([named[0]]), vec![("labs", 1)]),
            (What::page("item").within("other").of([named[2]]), vec![("Practitioner", 1)]),
            (What::page("log").of([("AuditEvent", "a", 1)]), vec![("AuditEvent", 1)]),
            (What::page("search").of(named), vec![("Observation", 2), ("Practitioner", 1)]),
            (What::page("search"), vec![]),
            (
                What::page("copy").of([named[0]]).shelved([places[0]]).and("AuditEvent", 5),
                vec![("AuditEvent", 5), ("labs", 1)],
            ),
            (What::page("copy").and("AuditEvent", 5), vec![("AuditEvent", 5)]),
        ] {
            assert_eq!(told(&what), expected, "{what:?}");
        }
    }
}
