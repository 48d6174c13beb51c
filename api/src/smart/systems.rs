//! What was agreed with a system: for work that goes on after its token has ended; and whether it can be agreed.

use super::model::{ClientId, Registration, Use};
use super::systems_store as store;
use crate::base::{Error, Result};
use crate::db::Tx;

/// What is agreed with a system at this moment; none where it was suspended or removed, or is no system.
pub(crate) async fn agreed(tx: &mut Tx, client: &ClientId) -> Result<Option<Registration>> {
    let Some(about) = store::in_force(tx, &client.0).await? else { return Ok(None) };
    let about: Registration = serde_json::from_str(&about)?;
    Ok(Some(about).filter(|about| about.used_by == Use::System))
}

/// Whether the groups of a system are there: a slip would show only when it exports, and groups are not added later to
/// what two people agreed to.
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
