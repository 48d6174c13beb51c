//! Groups of patients: made by the clinic, and read by the systems that they were agreed with.

use super::groups_store as store;
use super::model::{Group, GroupKept, Moved, Recipient};
use super::{rules, store as exports};
use crate::app::App;
use crate::base::{Error, PatientNo, Problem, Problems, Result};
use crate::config::Role;
use crate::consents;
use crate::db::Tx;
use crate::fhir::sensitivity::Label;
use crate::identity::{self, Actor};
use crate::smart::{self, ClientId, SystemAccess};
use crate::staff::{self, Action};

/// Who changes groups alone: somebody at the command line, by name. Staff propose ([`super::propose`]).
#[derive(Debug, Clone, Copy)]
pub struct Operator<'a>(pub &'a str);

/// Who ends a group, after which nothing more goes out: for that one person is enough.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Somebody at the desk who handles groups.
    Staff(&'a Actor),
    /// Somebody at the command line.
    Operator(Operator<'a>),
}

impl By<'_> {
    /// Their name, if they may.
    async fn name(self, app: &App) -> Result<String> {
        match self {
            Self::Operator(Operator(name)) => Ok(name.to_owned()),
            Self::Staff(actor) => {
                handles(app, actor).await?;
                Ok(actor.name.clone())
            }
        }
    }
}

/// The roles of somebody who handles groups.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub(super) async fn handles(app: &App, actor: &Actor) -> Result<Vec<Role>> {
    let roles = staff::roles(app, actor).await?;
    let may = staff::best(&roles, Action::HandleGroup).any();
    if may { Ok(roles) } else { Err(Error::refused("refused-not-your-role")) }
}

/// Makes a group, with nobody in it.
///
/// # Errors
/// `Invalid` with the fields `id`, `name`, `purpose`, `recipient`, `shown`; `Conflict` with `conflict-group-known`.
pub async fn add_group(app: &App, Operator(name): Operator<'_>, group: &Group) -> Result<()> {
    let problems = problems(group);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !store::add(&mut tx, group, now).await? {
        return Err(Error::Conflict("conflict-group-known"));
    }
    store::note(&mut tx, &group.id, ("made", now), (name, (0, 0))).await?;
    tx.commit().await
}

pub(super) fn problems(group: &Group) -> Problems {
    let length = |text: &str| text.trim().chars().count();
    let never = [Label::PsychotherapyNotes, Label::Litigation];
    let rows = [
        (!rules::is_id(&group.id), "id", "problem-group-id"),
        (!(1..=200).contains(&length(&group.name)), "name", "problem-group-name"),
        (!(1..=200).contains(&length(group.recipient.name())), "recipient", "problem-group-name"),
        (!consents::is_for_groups(group.purpose), "purpose", "problem-choice"),
        (group.shown.iter().any(|label| never.contains(label)), "shown", "problem-group-shown"),
    ];
    let wrong = rows.into_iter().filter(|(is, ..)| *is);
    Problems(wrong.map(|(_, field, code)| Problem { field, code }).collect())
}

/// Puts exactly these people into a group, each named by a FHIR id or an identifier. Where one name means nobody here, or
/// several, nothing is changed and those names are told.
///
/// # Errors
/// `NotFound` for a group that is over or was never there.
pub async fn set_members(
    app: &App,
    Operator(name): Operator<'_>,
    (group, named): (&str, &[String]),
) -> Result<Moved> {
    let (people, unknown) = people(app, named).await?;
    if !unknown.is_empty() {
        let unknown = unknown.into_iter().map(|n| named[n].clone()).collect();
        return Ok(Moved { unknown, ..Moved::default() });
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !store::hold(&mut tx, group, now).await? {
        return Err(Error::NotFound);
    }
    let removed = store::keep_only(&mut tx, group, &people).await?;
    let added = store::put(&mut tx, group, (&people, now)).await?;
    store::note(&mut tx, group, ("set", now), (name, (added, removed))).await?;
    tx.commit().await?;
    Ok(Moved { added, removed, unknown: Vec::new() })
}

/// Who is named, each once; and at which places of the list stands what means nobody here, or several.
pub(super) async fn people(app: &App, named: &[String]) -> Result<(Vec<PatientNo>, Vec<usize>)> {
    let mut people: Vec<PatientNo> = Vec::with_capacity(named.len());
    let mut unknown = Vec::new();
    for (n, reference) in named.iter().enumerate() {
        match identity::patients_by(app, reference).await?.as_slice() {
            [one] => people.push(one.patient),
            _ => unknown.push(n),
        }
    }
    people.sort_unstable();
    people.dedup();
    Ok((people, unknown))
}

/// Ends a group: nothing of it is exported from now on, and what was exported is not handed out any more.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn end_group(app: &App, by: By<'_>, group: &str) -> Result<()> {
    let name = by.name(app).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if !store::end(&mut tx, group, now).await? {
        return Err(Error::NotFound);
    }
    store::note(&mut tx, group, ("ended", now), (&name, (0, 0))).await?;
    tx.commit().await
}

/// Takes a group from a system of the clinic, for which one person is enough: on its next request it is none of its groups.
/// Exports with the group that are under way are stopped; those that are ready are not handed out any more, and their files
/// are erased: also a system that gets the group again starts anew.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn take_from(app: &App, actor: &Actor, (group, system): (&str, &ClientId)) -> Result<()> {
    handles(app, actor).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    // One that is over can be taken away all the same.
    if !store::hold_any(&mut tx, group, now).await? {
        return Err(Error::NotFound);
    }
    smart::take(&mut tx, (system, group), now).await?;
    store::note(&mut tx, group, (&format!("taken:{system}"), now), (&actor.name, (0, 0))).await?;
    let has = |of: &ClientId, groups: &[String]| of == system && groups.iter().any(|own| own == group);
    let mut blobs = Vec::new();
    for (export, ..) in exports::live(&mut tx).await?.iter().filter(|(_, of, groups)| has(of, groups)) {
        blobs.extend(exports::take(&mut tx, *export, now).await?);
    }
    tx.commit().await?;
    blobs.iter().try_for_each(|blob| app.blobs.erase(blob))
}

/// Does the same for groups that systems have no more because the settings do not name them any longer: at the start, after
/// [`smart::bring_clients`] and before anything is served.
///
/// # Errors
/// Faults of the database and of the files only.
pub async fn take_gone(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let mut blobs = Vec::new();
    for (export, system, groups) in exports::live(&mut tx).await? {
        let has = smart::groups_of(&mut tx, &system).await?;
        if groups.iter().any(|group| !has.contains(group)) {
            blobs.extend(exports::take(&mut tx, export, now).await?);
        }
    }
    tx.commit().await?;
    blobs.iter().try_for_each(|blob| app.blobs.erase(blob))
}

/// All groups, for staff and operators: by id.
///
/// # Errors
/// Faults of the database only.
pub async fn all_groups(app: &App) -> Result<Vec<GroupKept>> {
    let mut tx = app.db.read().await?;
    store::all(&mut tx).await
}

/// The groups that were agreed with a system and go on, by id. Who is in them comes with an export only, where each
/// person's part is a line of their log.
///
/// # Errors
/// Faults of the database only.
pub async fn groups(app: &App, access: &SystemAccess) -> Result<Vec<GroupKept>> {
    let mut tx = app.db.read().await?;
    agreed(&mut tx, access).await
}

/// The same, in a transaction.
pub(super) async fn agreed(tx: &mut Tx, access: &SystemAccess) -> Result<Vec<GroupKept>> {
    let mut all = store::all(tx).await?;
    all.retain(|kept| kept.ended.is_none() && access.groups.contains(&kept.group.id));
    Ok(all)
}

/// One of them.
///
/// # Errors
/// `NotFound`.
pub async fn group(app: &App, (access, id): (&SystemAccess, &str)) -> Result<GroupKept> {
    let all = groups(app, access).await?;
    all.into_iter().find(|kept| kept.group.id == id).ok_or(Error::NotFound)
}

impl Recipient {
    pub(super) fn of(name: String, plan: i64) -> Self {
        if plan == 0 { Self::Other(name) } else { Self::HealthPlan(name) }
    }

    pub(super) fn plan(&self) -> i64 {
        i64::from(matches!(self, Self::HealthPlan(_)))
    }
}
