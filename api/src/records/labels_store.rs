//! The tables of labels.

use serde_json::json;

use super::body;
use super::labels::Labelled;
use crate::base::{AccountId, Instant, PatientNo, Result, Rid};
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::{Label, Labels};
use crate::keys::Keys;

/// The key's purpose for what staff wrote.
const SEALED: &[u8] = b"label-change";

/// What staff changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The label.
    pub label: Label,
    /// Put on, or taken away.
    pub put: bool,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Instant,
    /// Who.
    pub by: String,
}

/// What the rules found in an item.
pub async fn found(tx: &mut Tx, rid: Rid) -> Result<Vec<Labelled>> {
    let rows: Vec<(String, String, String)> =
        query("SELECT label, rule, code FROM item_label WHERE rid = $1 ORDER BY label")
            .bind(rid)
            .all(tx)
            .await?;
    let known = |(label, rule, why): (String, String, String)| {
        Some(Labelled { label: Label::from_slug(&label)?, rule, why })
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// What staff changed, oldest first, without the reasons.
pub async fn changes(tx: &mut Tx, rid: Rid) -> Result<Vec<Change>> {
    Ok(kept(tx, rid).await?.into_iter().map(|(change, _)| change).collect())
}

/// The same with the reasons.
pub async fn explained(tx: &mut Tx, keys: &Keys, rid: Rid) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (mut change, sealed) in kept(tx, rid).await? {
        if let Some(sealed) = sealed {
            change.reason = String::from_utf8_lossy(&keys.unseal(SEALED, &sealed)?).into_owned();
        }
        changes.push(change);
    }
    Ok(changes)
}

/// Changes with their sealed reasons; one of before reasons were sealed has it as it was written.
async fn kept(tx: &mut Tx, rid: Rid) -> Result<Vec<(Change, Option<Vec<u8>>)>> {
    type Row = (String, i64, String, Option<Vec<u8>>, i64, String);
    let rows: Vec<Row> = query(
        "SELECT label, put, reason, words, at, by_name FROM label_change WHERE rid = $1 ORDER BY at, label",
    )
    .bind(rid)
    .all(tx)
    .await?;
    let known = |(label, put, reason, words, at, by): Row| {
        let change = Change { label: Label::from_slug(&label)?, put: put != 0, reason, at: Instant(at), by };
        Some((change, words))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Keeps a change.
pub async fn add_change(
    tx: &mut Tx,
    keys: &Keys,
    rid: Rid,
    (change, account): (&Change, Option<AccountId>),
) -> Result<()> {
    query(
        "INSERT INTO label_change (rid, label, at, put, account_id, by_name, reason, words) \
         VALUES ($1, $2, $3, $4, $5, $6, '', $7)",
    )
    .bind(rid)
    .bind(change.label.slug())
    .bind(change.at)
    .bind(i64::from(change.put))
    .bind(account)
    .bind(change.by.as_str())
    .bind(keys.seal(SEALED, change.reason.as_bytes())?)
    .run_one(tx)
    .await
}

/// Those of these items that staff changed.
pub async fn changed_among(tx: &mut Tx, rids: &[Rid]) -> Result<Vec<Rid>> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> = query(
        "SELECT DISTINCT c.rid FROM json_each($1) a \
         CROSS JOIN label_change c WHERE c.rid = CAST(CAST(a.value AS TEXT) AS BIGINT)",
    )
    .bind(json!(rids).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// The FHIR type of an item.
pub async fn kind(tx: &mut Tx, rid: Rid) -> Result<Option<String>> {
    let row: Option<(String,)> =
        query("SELECT type FROM resource WHERE rid = $1").bind(rid).optional(tx).await?;
    Ok(row.map(|(kind,)| kind))
}

/// The labels of an item as its lists have them.
pub async fn bits(tx: &mut Tx, rid: Rid) -> Result<Option<Labels>> {
    let row: Option<(i64,)> = query("SELECT labels FROM item WHERE rid = $1").bind(rid).optional(tx).await?;
    Ok(row.map(|(bits,)| Labels(bits)))
}

/// Sets them. The caller moves the item to its shelf.
pub async fn set_bits(tx: &mut Tx, rid: Rid, labels: Labels) -> Result<()> {
    query("UPDATE item SET labels = $2 WHERE rid = $1").bind(rid).bind(labels.0).run_one(tx).await
}

/// Counts a change of labels in a record.
pub async fn count_change(tx: &mut Tx, patient: PatientNo) -> Result<()> {
    query("UPDATE patient SET labels_no = labels_no + 1 WHERE patient_no = $1")
        .bind(patient)
        .run_one(tx)
        .await
}

/// How often labels changed of what was in a record already: what was taken from it before may hold what is hidden now.
pub async fn changes_of(tx: &mut Tx, patient: PatientNo) -> Result<i64> {
    let (n,): (i64,) =
        query("SELECT labels_no FROM patient WHERE patient_no = $1").bind(patient).one(tx).await?;
    Ok(n)
}

/// A label that an item takes over; false where it bears it already.
pub async fn add_inherited(tx: &mut Tx, rid: Rid, (label, from): (Label, Rid)) -> Result<bool> {
    let n = query(
        "INSERT INTO item_label (rid, label, rule, code) VALUES ($1, $2, 'inherited', $3) \
         ON CONFLICT (rid, label) DO NOTHING",
    )
    .bind(rid)
    .bind(label.slug())
    .bind(from.0.to_string())
    .run(tx)
    .await?;
    Ok(n == 1)
}

/// Takes a label from what took it over from an item; which they are.
pub async fn disinherit(tx: &mut Tx, rid: Rid, label: Label) -> Result<Vec<Rid>> {
    let (low, high) = rid.patient().range();
    let rows: Vec<(i64,)> = query(
        "DELETE FROM item_label WHERE rid BETWEEN $1 AND $2 AND rule = 'inherited' AND label = $3 \
         AND code = $4 RETURNING rid",
    )
    .bind(low)
    .bind(high)
    .bind(label.slug())
    .bind(rid.0.to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// Those of these people who have labelled items other than unreviewed texts.
pub async fn with_labels(tx: &mut Tx, patients: &[PatientNo]) -> Result<Vec<PatientNo>> {
    let rows: Vec<(i64,)> = query(
        "SELECT DISTINCT s.patient_no FROM json_each($1) a \
         CROSS JOIN shelf s WHERE s.patient_no = CAST(CAST(a.value AS TEXT) AS BIGINT) \
         AND (s.labels & $2) <> 0 AND s.items > 0",
    )
    .bind(json!(patients).to_string())
    .bind(Labels::ALL.without(Label::Unreviewed).0)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(patient,)| PatientNo(patient)).collect())
}

/// A labelled item whose labels go over to others.
pub struct Bearer {
    pub rid: Rid,
    pub kind: String,
    pub labels: Labels,
    pub bytes: Vec<u8>,
}

row! {
    struct BearerRow {
        rid: i64,
        r#type: String,
        labels: i64,
        codec: i64,
        size: i64,
        body: Vec<u8>,
    }
}

/// The visits that a minor consented to alone, and the labelled documents, reports and pictures.
pub async fn bearers(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Bearer>> {
    let (low, high) = patient.range();
    // What has a label is found by the rows that say so, which are few, and not among all items.
    let rows: Vec<BearerRow> = query(
        "SELECT i.rid, r.type, i.labels, r.codec, r.size, r.body FROM ( \
           SELECT rid FROM item_label WHERE rid BETWEEN $1 AND $2 AND label <> $5 \
           UNION SELECT rid FROM label_change WHERE rid BETWEEN $1 AND $2 \
         ) l CROSS JOIN item i CROSS JOIN resource r WHERE i.rid = l.rid AND r.rid = l.rid \
         AND (i.labels & $3) <> 0 \
         AND (r.type IN ('DocumentReference', 'DiagnosticReport', 'Media') \
              OR (r.type = 'Encounter' AND (i.labels & $4) <> 0)) ORDER BY i.rid",
    )
    .bind(low)
    .bind(high)
    .bind(Labels::ALL.without(Label::Unreviewed).0)
    .bind(Label::Minor.bit())
    .bind(Label::Unreviewed.slug())
    .all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let size = usize::try_from(row.size).unwrap_or(0);
            let bytes = body::unpack(row.codec, &row.body, size)?;
            Ok(Bearer { rid: Rid(row.rid), kind: row.r#type, labels: Labels(row.labels), bytes })
        })
        .collect()
}

/// What names a visit, and the reference with which it does.
pub async fn at_visits(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(Rid, String)>> {
    let rows: Vec<(i64, String)> =
        query("SELECT rid, target FROM index_reference WHERE patient_no = $1 AND param = 'encounter'")
            .bind(patient)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(rid, target)| (Rid(rid), target)).collect())
}

/// The person's own files of these ids.
pub async fn files(tx: &mut Tx, patient: PatientNo, ids: &[&str]) -> Result<Vec<Rid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (low, high) = patient.range();
    let rows: Vec<(i64,)> = query(
        "SELECT r.rid FROM json_each($1) a CROSS JOIN resource r WHERE r.type = 'Binary' \
         AND r.id = a.value ->> 0 AND r.rid BETWEEN $2 AND $3",
    )
    .bind(json!(ids.iter().map(|id| [id]).collect::<Vec<_>>()).to_string())
    .bind(low)
    .bind(high)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// How many items bear each of these labels.
pub async fn counts(tx: &mut Tx, patient: PatientNo, labels: Labels) -> Result<Vec<(Label, i64)>> {
    let rows: Vec<(i64, i64)> = query(
        "SELECT labels, CAST(SUM(items) AS BIGINT) FROM shelf WHERE patient_no = $1 AND (labels & $2) <> 0 \
         AND items > 0 GROUP BY labels",
    )
    .bind(patient)
    .bind(labels.0)
    .all(tx)
    .await?;
    let count = |label: Label| {
        let of_it = rows.iter().filter(|(bits, _)| Labels(*bits).has(label));
        of_it.map(|(_, items)| items).sum::<i64>()
    };
    Ok(labels.iter().map(|label| (label, count(label))).filter(|(_, n)| *n > 0).collect())
}
