//! Reading what was agreed with a system.

use crate::base::Result;
use crate::db::{Tx, query};

/// What was told about an app that may be used, as JSON.
pub async fn in_force(tx: &mut Tx, client: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = query(
        "SELECT about FROM app_client WHERE id = $1 AND suspended_at IS NULL AND waiting_by IS NULL AND removed_at IS NULL",
    )
    .bind(client)
    .optional(tx)
    .await?;
    Ok(row.map(|(about,)| about))
}
