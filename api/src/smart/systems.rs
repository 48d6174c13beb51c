//! What was agreed with a system: for work that goes on after its token has ended; and whether it can be agreed.

use super::model::{Client, ClientId, ClientState, Origin, Registration, Use};
use super::{rules, store as clients, systems_store as store};
use crate::base::{Error, Instant, Result};
use crate::db::Tx;

/// What is agreed with a system at this moment; none where it was suspended or removed, or is no system.
pub(crate) async fn agreed(tx: &mut Tx, client: &ClientId) -> Result<Option<Registration>> {
    let Some(about) = store::in_force(tx, &client.0).await? else { return Ok(None) };
    let about: Registration = serde_json::from_str(&about)?;
    Ok(Some(about).filter(|about| about.used_by == Use::System))
}

/// Whether groups are given to a system and taken from it one by one: it was agreed with by two people. One of the settings
/// is changed there.
pub fn is_given_groups(client: &Client) -> bool {
    client.is_system()
        && client.origin == Origin::Clinic
        && !matches!(client.state, ClientState::Waiting { .. })
}

/// What an app or a system is called, also one that was removed.
pub(crate) async fn called(tx: &mut Tx, id: &ClientId) -> Result<Option<String>> {
    Ok(clients::any_client(tx, id).await?.map(|stored| stored.client.about.name))
}

/// The groups of a system, also while it is stopped; none where it is there no more.
pub(crate) async fn groups_of(tx: &mut Tx, id: &ClientId) -> Result<Vec<String>> {
    Ok(clients::client(tx, id).await?.map(|stored| stored.client.about.groups).unwrap_or_default())
}

/// A system that could be given a group: it has it not, and has room for one more.
///
/// # Errors
/// `Conflict` with `conflict-system-group`.
pub(crate) async fn without(tx: &mut Tx, (id, group): (&ClientId, &str)) -> Result<Client> {
    let client = clients::client(tx, id).await?.map(|stored| stored.client).filter(is_given_groups);
    let fits = |client: &Client| {
        let groups = &client.about.groups;
        groups.len() < rules::MOST && !groups.iter().any(|own| own == group)
    };
    client.filter(fits).ok_or(Error::Conflict("conflict-system-group"))
}

/// Gives a group to a system: from now on it can export it.
///
/// # Errors
/// As of [`without`].
pub(crate) async fn give(tx: &mut Tx, (id, group): (&ClientId, &str), now: Instant) -> Result<()> {
    store::hold(tx, id).await?;
    let mut about = without(tx, (id, group)).await?.about;
    about.groups.push(group.to_owned());
    clients::describe(tx, id, (&about, now)).await
}

/// Takes a group from a system: on its next request it is none of its groups.
///
/// # Errors
/// `NotFound` where it has it not, or groups are not taken from it here.
pub(crate) async fn take(tx: &mut Tx, (id, group): (&ClientId, &str), now: Instant) -> Result<()> {
    store::hold(tx, id).await?;
    let client = clients::client(tx, id).await?.map(|stored| stored.client).filter(is_given_groups);
    let mut about = client.ok_or(Error::NotFound)?.about;
    let before = about.groups.len();
    about.groups.retain(|own| own != group);
    if about.groups.len() == before {
        return Err(Error::NotFound);
    }
    clients::describe(tx, id, (&about, now)).await
}

/// Whether the groups of a system are there: a slip would show only when it exports.
///
/// # Errors
/// `Invalid`.
pub(super) async fn sound(tx: &mut Tx, about: &Registration) -> Result<()> {
    match store::unknown_groups(tx, &about.groups).await?.is_empty() {
        true => Ok(()),
        false => Err(Error::invalid("groups", "problem-app-groups")),
    }
}

/// Tells the operator of groups that a system of the settings names and that are not there. The service starts all the
/// same: a group can be made after it.
pub(super) async fn remark(tx: &mut Tx, (id, about): (&ClientId, &Registration)) -> Result<()> {
    for group in store::unknown_groups(tx, &about.groups).await? {
        tracing::warn!(client = %id, group, "a system of the settings names a group that is not there");
    }
    if about.used_by == Use::System && about.groups.is_empty() {
        tracing::warn!(client = %id, "a system of the settings names no group, so it can export nothing");
    }
    Ok(())
}
