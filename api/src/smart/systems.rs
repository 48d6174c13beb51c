//! What was agreed with a system: for work that goes on after its token has ended.

use super::model::{ClientId, Registration, Use};
use super::systems_store as store;
use crate::base::Result;
use crate::db::Tx;

/// What is agreed with a system at this moment; none where it was suspended or removed, or is no system.
pub(crate) async fn agreed(tx: &mut Tx, client: &ClientId) -> Result<Option<Registration>> {
    let Some(about) = store::in_force(tx, &client.0).await? else { return Ok(None) };
    let about: Registration = serde_json::from_str(&about)?;
    Ok(Some(about).filter(|about| about.used_by == Use::System))
}
