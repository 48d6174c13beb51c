//! Which resources go into an export. Their bytes are read by `records`, as apps get them.

use serde_json::json;

use crate::base::{Instant, PatientNo, Result, Rid};
use crate::db::{Tx, query, row};
use crate::records::{bind_lens, seen};
use crate::representation::Sight;

row! {
    /// A resource without its bytes.
    #[derive(Debug, Clone)]
    pub struct Light {
        pub rid: i64,
        pub r#type: String,
        pub id: String,
        pub version: i64,
        pub size: i64,
    }
}

/// What is seen of a record and came within a span, as it was at its end, in order of key, after `after`. What was
/// replaced since is there in the version of then.
pub async fn light(
    tx: &mut Tx,
    sight: Sight,
    (since, until): (Instant, Instant),
    (after, limit): (Rid, i64),
) -> Result<Vec<Light>> {
    let rows = query(concat!(
        "SELECT r.rid, r.type, r.id, COALESCE(v.version, r.version) AS version, COALESCE(v.size, r.size) AS size \
         FROM resource r JOIN item i ON i.rid = r.rid \
         LEFT JOIN resource_version v ON v.rid = r.rid AND r.received_at > $11 \
             AND v.received_at <= $11 AND v.replaced_at > $11 \
         WHERE r.rid > $1 AND r.rid <= $9 AND COALESCE(v.received_at, r.received_at) > $10 \
         AND COALESCE(v.received_at, r.received_at) <= $11",
        seen!(2),
        "ORDER BY r.rid LIMIT $12"
    ));
    bind_lens(rows.bind(after), sight.lens)
        .bind(sight.patient.range().1)
        .bind(since)
        .bind(until)
        .bind(limit)
        .all(tx)
        .await
}

/// What of these keys is seen, as it was at a moment; what came later, as it is. In the directory nothing stands in a
/// category, and only labels hide.
pub async fn named(tx: &mut Tx, sight: Sight, (rids, until): (&[i64], Instant)) -> Result<Vec<Light>> {
    let (low, high) = sight.patient.range();
    let rows = query(concat!(
        "SELECT r.rid, r.type, r.id, COALESCE(v.version, r.version) AS version, COALESCE(v.size, r.size) AS size \
         FROM json_each($1) a CROSS JOIN resource r JOIN item i ON i.rid = r.rid \
         LEFT JOIN resource_version v ON v.rid = r.rid AND r.received_at > $9 \
             AND v.received_at <= $9 AND v.replaced_at > $9 \
         WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) \
         AND (r.rid BETWEEN $10 AND $11 AND (i.labels & $12) = 0 OR r.rid BETWEEN $13 AND $14",
        seen!(2),
        ")"
    ));
    let (shared_low, shared_high) = PatientNo::DIRECTORY.range();
    let listed = json!(rids.iter().map(|rid| [rid]).collect::<Vec<_>>());
    bind_lens(rows.bind(listed.to_string()), sight.lens)
        .bind(until)
        .bind(shared_low)
        .bind(shared_high)
        .bind(sight.lens.hidden.0)
        .bind(low)
        .bind(high)
        .all(tx)
        .await
}

/// For each of these resources of the directory its version, and somebody whose record came from the same source; in order
/// of key.
pub async fn sources(tx: &mut Tx, rids: &[i64]) -> Result<Vec<(i64, i64, PatientNo)>> {
    let rows: Vec<(i64, i64, i64)> = query(
        "SELECT r.rid, r.version, s.patient_no FROM json_each($1) a CROSS JOIN resource r \
         JOIN (SELECT source_no, CAST(MIN(patient_no) AS BIGINT) AS patient_no FROM patient WHERE patient_no > 0 \
               GROUP BY source_no) s ON s.source_no = r.source_no \
         WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) ORDER BY r.rid",
    )
    .bind(json!(rids.iter().map(|rid| [rid]).collect::<Vec<_>>()).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid, version, patient)| (rid, version, PatientNo(patient))).collect())
}
