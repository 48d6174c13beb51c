//! What apps took: the entries of the ledger, told by grant.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Channel, Held, Line, What};
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
    /// Of each type of resource how many, each time it was read, and when last.
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

/// Adds a line to what was counted; lines come newest first.
fn add(app: &App, took: &mut Took, line: &Line) {
    let count = line.entry.what.counts.values().sum::<u64>();
    took.times += 1;
    took.last = took.last.max(Some(line.at));
    for (kind, count) in &line.entry.what.counts {
        let (all, last) = took.kinds.entry(kind.clone()).or_insert((0, line.at));
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
