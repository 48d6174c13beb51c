//! Reading what was agreed with a system, and which of its groups there are.

use super::model::ClientId;
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

/// Keeps others who would change what is told about an app waiting until the transaction ends.
pub async fn hold(tx: &mut Tx, id: &ClientId) -> Result<()> {
    query("UPDATE app_client SET changed_at = changed_at WHERE id = $1").bind(id.0.as_str()).run(tx).await?;
    Ok(())
}

/// Of these groups, those that are not there or are over.
pub async fn unknown_groups(tx: &mut Tx, groups: &[String]) -> Result<Vec<String>> {
    let asked: Vec<(&str,)> = groups.iter().map(|group| (group.as_str(),)).collect();
    let rows: Vec<(String,)> = query(
        "SELECT a.value ->> 0 FROM json_each($1) a WHERE NOT EXISTS \
         (SELECT 1 FROM patient_group g WHERE g.id = a.value ->> 0 AND g.ended_at IS NULL)",
    )
    .bind(serde_json::to_string(&asked)?)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(group,)| group).collect())
}
