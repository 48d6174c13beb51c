//! What the decision needs from the database.

use super::rules::{InGroup, Life};
use crate::base::{AccountId, Error, Instant, PatientNo, Result};
use crate::consents::Purpose;
use crate::db::{Tx, query};
use crate::fhir::sensitivity::Labels;
use crate::identity::Link;

/// The link in force between an account and a record, and whether the record's person lives.
pub async fn link(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<Option<(Link, Life)>> {
    let row: Option<(i64, String, Option<String>)> = query(
        "SELECT l.since, l.ground, p.deceased FROM account_link l \
         LEFT JOIN patient p ON p.patient_no = l.patient_no \
         WHERE l.account_id = $1 AND l.patient_no = $2 AND l.until IS NULL",
    )
    .bind(account)
    .bind(patient)
    .optional(tx)
    .await?;
    Ok(row.map(|(since, ground, deceased)| {
        let life = if deceased.is_none_or(|said| said == "false") { Life::Lives } else { Life::Died };
        (Link { patient, since: Instant(since), ground }, life)
    }))
}

/// Whether somebody is in a group of patients that goes on.
pub async fn member(tx: &mut Tx, (group, patient): (&str, PatientNo)) -> Result<Option<InGroup>> {
    let row: Option<(String, String, i64, i64, i64)> = query(
        "SELECT g.purpose, g.recipient, g.plan, g.shown, m.since FROM patient_group_member m \
         JOIN patient_group g ON g.id = m.group_id \
         WHERE m.group_id = $1 AND m.patient_no = $2 AND g.ended_at IS NULL",
    )
    .bind(group)
    .bind(patient)
    .optional(tx)
    .await?;
    row.map(|(purpose, recipient, plan, shown, since)| {
        let purpose = Purpose::from_slug(&purpose).ok_or_else(|| {
            Error::internal(anyhow::anyhow!("a group is for the unknown purpose {purpose}"))
        })?;
        Ok(InGroup {
            group: group.to_owned(),
            recipient,
            to_health_plan: plan != 0,
            purpose,
            shown: Labels(shown),
            since: Instant(since),
        })
    })
    .transpose()
}
