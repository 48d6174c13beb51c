//! Lines about calls of the FHIR interface, many at once.

use super::model::Attempt;
use crate::base::{self, Instant, Result};
use crate::db::{Bulk, Tx, Value, query};

static LINES: Bulk =
    Bulk::new("INSERT INTO app_attempt (id, client_id, at, endpoint, status, error, reason, trace)", 8, "");

/// Writes lines, each with the id of its app.
pub async fn note(tx: &mut Tx, lines: &[(String, Attempt)]) -> Result<()> {
    let rows = lines.iter().flat_map(|(client, line)| -> [Value; 8] {
        [
            base::uuid(line.at).into(),
            client.as_str().into(),
            line.at.into(),
            line.endpoint.as_str().into(),
            i64::from(line.status).into(),
            line.error.as_deref().into(),
            line.reason.as_str().into(),
            line.trace.as_str().into(),
        ]
    });
    LINES.run(tx, rows.collect()).await?;
    Ok(())
}

/// Deletes lines from before a moment.
pub async fn sweep(tx: &mut Tx, before: Instant) -> Result<()> {
    query("DELETE FROM app_attempt WHERE at < $1 AND endpoint = 'fhir'").bind(before).run(tx).await?;
    Ok(())
}
