//! The tables of groups of patients.

use serde_json::json;

use super::model::{Group, GroupChange, GroupEvent, GroupKept, Recipient};
use crate::base::{Error, Instant, PatientNo, Result};
use crate::consents::Purpose;
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::{Label, Labels};

/// Adds a group; false where there is one of this id, also one that is over.
pub async fn add(tx: &mut Tx, group: &Group, now: Instant) -> Result<bool> {
    let shown: Labels = group.shown.iter().copied().collect();
    let added = query(
        "INSERT INTO patient_group (id, name, purpose, recipient, plan, shown, created_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (id) DO NOTHING",
    )
    .bind(group.id.as_str())
    .bind(group.name.trim())
    .bind(group.purpose.slug())
    .bind(group.recipient.name().trim())
    .bind(group.recipient.plan())
    .bind(shown.0)
    .bind(now)
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// Holds a group that goes on until the transaction ends, and notes that it changed; false where there is none.
pub async fn hold(tx: &mut Tx, group: &str, now: Instant) -> Result<bool> {
    let held = query("UPDATE patient_group SET changed_at = $2 WHERE id = $1 AND ended_at IS NULL")
        .bind(group)
        .bind(now)
        .run(tx)
        .await?;
    Ok(held == 1)
}

/// The same of one that may be over; false where there was none.
pub async fn hold_any(tx: &mut Tx, group: &str, now: Instant) -> Result<bool> {
    let held =
        query("UPDATE patient_group SET changed_at = $2 WHERE id = $1").bind(group).bind(now).run(tx).await?;
    Ok(held == 1)
}

/// Ends a group; false where none goes on.
pub async fn end(tx: &mut Tx, group: &str, now: Instant) -> Result<bool> {
    let ended =
        query("UPDATE patient_group SET changed_at = $2, ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
            .bind(group)
            .bind(now)
            .run(tx)
            .await?;
    Ok(ended == 1)
}

/// Takes everybody else out; how many went.
pub async fn keep_only(tx: &mut Tx, group: &str, people: &[PatientNo]) -> Result<i64> {
    let gone = query(
        "DELETE FROM patient_group_member WHERE group_id = $1 AND patient_no NOT IN \
         (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM json_each($2))",
    )
    .bind(group)
    .bind(json!(people).to_string())
    .run(tx)
    .await?;
    i64::try_from(gone).map_err(Error::internal)
}

/// Puts those in who are not; how many came.
pub async fn put(tx: &mut Tx, group: &str, (people, now): (&[PatientNo], Instant)) -> Result<i64> {
    let come = query(
        "INSERT INTO patient_group_member (group_id, patient_no, since) \
         SELECT $1, CAST(CAST(value AS TEXT) AS BIGINT), $3 FROM json_each($2) WHERE true \
         ON CONFLICT (group_id, patient_no) DO NOTHING",
    )
    .bind(group)
    .bind(json!(people).to_string())
    .bind(now)
    .run(tx)
    .await?;
    i64::try_from(come).map_err(Error::internal)
}

/// Notes what became of a group. The caller holds it.
pub async fn note(
    tx: &mut Tx,
    group: &str,
    (what, at): (&str, Instant),
    (by, (added, removed)): (&str, (i64, i64)),
) -> Result<()> {
    query(
        "INSERT INTO patient_group_event (group_id, n, at, what, by_name, added, removed) \
         SELECT $1, CAST(COALESCE(MAX(n), 0) + 1 AS BIGINT), $2, $3, $4, $5, $6 FROM patient_group_event WHERE group_id = $1",
    )
    .bind(group)
    .bind(at)
    .bind(what)
    .bind(by)
    .bind(added)
    .bind(removed)
    .run_one(tx)
    .await
}

row! {
    struct Row {
        id: String,
        name: String,
        purpose: String,
        recipient: String,
        plan: i64,
        shown: i64,
        changed_at: i64,
        ended_at: Option<i64>,
        members: i64,
    }
}

macro_rules! groups {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.name, g.purpose, g.recipient, g.plan, g.shown, g.changed_at, g.ended_at, \
             (SELECT CAST(COUNT(*) AS BIGINT) FROM patient_group_member m WHERE m.group_id = g.id) AS members \
             FROM patient_group g ",
            $rest
        )
    };
}

/// All groups with how many are in each, by id.
pub async fn all(tx: &mut Tx) -> Result<Vec<GroupKept>> {
    let rows: Vec<Row> = query(groups!("ORDER BY g.id")).all(tx).await?;
    rows.into_iter().map(kept).collect()
}

/// The same, so many from this place on.
pub async fn page(tx: &mut Tx, (skip, most): (i64, i64)) -> Result<Vec<GroupKept>> {
    let rows: Vec<Row> =
        query(groups!("ORDER BY g.id LIMIT $1 OFFSET $2")).bind(most).bind(skip).all(tx).await?;
    rows.into_iter().map(kept).collect()
}

/// One of them.
pub async fn one(tx: &mut Tx, group: &str) -> Result<Option<GroupKept>> {
    let row: Option<Row> = query(groups!("WHERE g.id = $1")).bind(group).optional(tx).await?;
    row.map(kept).transpose()
}

/// What became of a group, the newest first: the newest hundred. Systems go by their ids.
pub async fn events(tx: &mut Tx, group: &str) -> Result<Vec<GroupEvent>> {
    let rows: Vec<(i64, String, String, i64, i64)> = query(
        "SELECT at, what, by_name, added, removed FROM patient_group_event WHERE group_id = $1 ORDER BY n DESC LIMIT 100",
    )
    .bind(group)
    .all(tx)
    .await?;
    let event = |(at, what, by, added, removed): (i64, String, String, i64, i64)| {
        let what = match (what.as_str(), what.split_once(':')) {
            ("made", _) => GroupChange::Made,
            ("set", _) => GroupChange::Set { added, removed },
            ("agreed", _) => GroupChange::Agreed,
            ("ended", _) => GroupChange::Ended,
            (_, Some(("given", system))) => GroupChange::Given(system.to_owned()),
            (_, Some(("taken", system))) => GroupChange::Taken(system.to_owned()),
            (other, _) => return Err(Error::internal(anyhow::anyhow!("a group became the unknown {other}"))),
        };
        Ok(GroupEvent { at: Instant(at), by, what })
    };
    rows.into_iter().map(event).collect()
}

fn kept(row: Row) -> Result<GroupKept> {
    let purpose = Purpose::from_slug(&row.purpose).ok_or_else(|| {
        Error::internal(anyhow::anyhow!("a group is for the unknown purpose {}", row.purpose))
    })?;
    let shown = Label::ALL.into_iter().filter(|label| Labels(row.shown).has(*label)).collect();
    let recipient = Recipient::of(row.recipient, row.plan);
    Ok(GroupKept {
        group: Group { id: row.id, name: row.name, purpose, recipient, shown },
        members: row.members,
        changed: Instant(row.changed_at),
        ended: row.ended_at.map(Instant),
    })
}
