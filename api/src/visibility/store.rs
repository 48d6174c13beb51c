//! What the decision needs from the database.

use crate::base::{AccountId, Instant, PatientNo, Result};
use crate::db::{Tx, query};
use crate::identity::Link;

/// The link in force between an account and a record.
pub async fn link(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<Option<Link>> {
    let row: Option<(i64, String)> = query(
        "SELECT since, ground FROM account_link WHERE account_id = $1 AND patient_no = $2 AND until IS NULL",
    )
    .bind(account)
    .bind(patient)
    .optional(tx)
    .await?;
    Ok(row.map(|(since, ground)| Link { patient, since: Instant(since), ground }))
}
