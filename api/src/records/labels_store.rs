//! The tables of labels.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::body;
use super::handing::Way;
use super::labels::Labelled;
use super::store::{bind_lens, seen, seen_shelf};
use crate::base::{AccountId, Instant, PatientNo, Result, Rid};
use crate::db::{Tx, query, row};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::{Found, Label, Labels, Rule, Seat};
use crate::keys::Keys;
use crate::representation::Sight;

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
    let rows: Vec<(String, String, String)> = query(
        "SELECT label, rule, code FROM item_label WHERE rid = $1 \
             ORDER BY label, CASE WHEN rule = 'inherited' THEN 1 ELSE 0 END, code",
    )
    .bind(rid)
    .all(tx)
    .await?;
    let known = |(label, rule, why): (String, String, String)| {
        Some(Labelled { label: Label::from_slug(&label)?, rule, why, by: None })
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

/// Those of these items of which staff decided something: a label, or to whom it is opened.
pub async fn decided_among(tx: &mut Tx, rids: &[Rid]) -> Result<Vec<Rid>> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64,)> = query(
        "SELECT c.rid FROM json_each($1) a \
         CROSS JOIN label_change c WHERE c.rid = CAST(CAST(a.value AS TEXT) AS BIGINT) \
         UNION SELECT o.rid FROM json_each($1) a \
         CROSS JOIN item_opening o WHERE o.rid = CAST(CAST(a.value AS TEXT) AS BIGINT)",
    )
    .bind(json!(rids).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// To which seats a clinician opened an item, each with the services about which they decided.
pub async fn openings(tx: &mut Tx, rid: Rid) -> Result<Vec<(Seat, Labels)>> {
    let rows: Vec<(i64, i64)> = query("SELECT seat, services FROM item_opening WHERE rid = $1 ORDER BY seat")
        .bind(rid)
        .all(tx)
        .await?;
    Ok(rows.into_iter().filter_map(|(seat, services)| Some((Seat::new(seat)?, Labels(services)))).collect())
}

/// What took labels over from these items.
pub async fn heirs(tx: &mut Tx, rids: &[Rid]) -> Result<Vec<Rid>> {
    if rids.is_empty() {
        return Ok(Vec::new());
    }
    let within = |rid: &Rid| {
        let (low, high) = rid.patient().range();
        json!([low, high, rid.0.to_string()])
    };
    let rows: Vec<(i64,)> = query(
        "SELECT DISTINCT l.rid FROM json_each($1) a CROSS JOIN item_label l \
         WHERE l.rid BETWEEN CAST(a.value ->> 0 AS BIGINT) AND CAST(a.value ->> 1 AS BIGINT) \
         AND l.rule = 'inherited' AND l.code = a.value ->> 2",
    )
    .bind(json!(rids.iter().map(within).collect::<Vec<_>>()).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// The resource of an item; of one that cannot be read its type alone.
pub async fn resource(tx: &mut Tx, rid: Rid) -> Result<Option<Value>> {
    let row: Option<(String, i64, i64, Vec<u8>)> =
        query("SELECT type, codec, size, body FROM resource WHERE rid = $1").bind(rid).optional(tx).await?;
    let read = |(kind, codec, size, packed): (String, i64, i64, Vec<u8>)| {
        let bytes = body::unpack(codec, &packed, usize::try_from(size).unwrap_or(0)).ok();
        let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        read.unwrap_or_else(|| json!({ "resourceType": kind }))
    };
    Ok(row.map(read))
}

/// The items of a record on which staff put one of these labels, and which bear one now.
pub async fn put_by_staff(tx: &mut Tx, patient: PatientNo, labels: Labels) -> Result<Vec<Rid>> {
    let (low, high) = patient.range();
    let rows: Vec<(i64,)> = query(
        "SELECT DISTINCT c.rid FROM label_change c JOIN item i ON i.rid = c.rid \
         WHERE c.rid BETWEEN $1 AND $2 AND c.put = 1 AND (i.labels & $3) <> 0 ORDER BY c.rid",
    )
    .bind(low)
    .bind(high)
    .bind(labels.0)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// Whether anything in a record, or in a category of it, bears one of these bits. Files that something names stand in no
/// list.
pub async fn withheld(
    tx: &mut Tx,
    (patient, hidden): (PatientNo, Labels),
    category: Option<Category>,
) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT CAST(1 AS BIGINT) FROM shelf WHERE patient_no = $1 AND items > 0 AND (labels & $2) <> 0 \
         AND (labels & 32768) = 0 AND ($3 < 0 OR category = $3) LIMIT 1",
    )
    .bind(patient)
    .bind(hidden.0)
    .bind(category.map_or(-1, |category| i64::from(category.code())))
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// The labels of an item as its lists have them.
pub async fn bits(tx: &mut Tx, rid: Rid) -> Result<Option<Labels>> {
    let row: Option<(i64,)> = query("SELECT labels FROM item WHERE rid = $1").bind(rid).optional(tx).await?;
    Ok(row.map(|(bits,)| Labels(bits)))
}

/// The name of the source of a resource.
pub async fn source(tx: &mut Tx, rid: Rid) -> Result<Option<String>> {
    let sql = "SELECT s.name FROM resource r JOIN source s ON s.source_no = r.source_no WHERE r.rid = $1";
    let row: Option<(String,)> = query(sql).bind(rid).optional(tx).await?;
    Ok(row.map(|(name,)| name))
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

/// A label that an item takes over; false where it took it over from there already.
pub async fn add_inherited(tx: &mut Tx, rid: Rid, (label, from): (Label, Rid)) -> Result<bool> {
    let n = query(
        "INSERT INTO item_label (rid, label, rule, code) VALUES ($1, $2, 'inherited', $3) \
         ON CONFLICT (rid, label, rule, code) DO NOTHING",
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

/// Which items of a record took a label over, and from where.
pub async fn inherited(tx: &mut Tx, patient: PatientNo, label: Label) -> Result<Vec<(Rid, Rid)>> {
    let (low, high) = patient.range();
    let rows: Vec<(i64, String)> = query(
        "SELECT rid, code FROM item_label WHERE rid BETWEEN $1 AND $2 AND rule = 'inherited' AND label = $3 \
         ORDER BY rid, code",
    )
    .bind(low)
    .bind(high)
    .bind(label.slug())
    .all(tx)
    .await?;
    Ok(rows.into_iter().filter_map(|(rid, code)| Some((Rid(rid), Rid(code.parse().ok()?)))).collect())
}

/// Takes a label away that an item took over from another.
pub async fn take_inherited(tx: &mut Tx, rid: Rid, (label, from): (Label, Rid)) -> Result<()> {
    query("DELETE FROM item_label WHERE rid = $1 AND label = $2 AND rule = 'inherited' AND code = $3")
        .bind(rid)
        .bind(label.slug())
        .bind(from.0.to_string())
        .run_one(tx)
        .await
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

/// A labelled item whose labels go over to others. No bytes: what is stored cannot be unpacked.
pub struct Bearer {
    pub rid: Rid,
    pub labels: Labels,
    pub bytes: Option<Vec<u8>>,
}

row! {
    struct BearerRow {
        rid: i64,
        labels: i64,
        codec: i64,
        size: i64,
        body: Vec<u8>,
    }
}

/// The labelled documents, reports and pictures.
pub const DOCUMENTS: (&[&str], Labels) =
    (&["DocumentReference", "DiagnosticReport", "Media"], Labels(Labels::ALL.0 & !Label::Unreviewed.bit()));

/// What goes over to others: resources of some types that bear one of some labels.
pub async fn bearers(
    tx: &mut Tx,
    patient: PatientNo,
    (kinds, labels): (&[&str], Labels),
) -> Result<Vec<Bearer>> {
    let (low, high) = patient.range();
    let kinds = json!(kinds.iter().map(|kind| [kind]).collect::<Vec<_>>()).to_string();
    // What has a label is found by the rows that say so, which are few, and not among all items.
    let rows: Vec<BearerRow> = query(
        "SELECT i.rid, i.labels, r.codec, r.size, r.body FROM ( \
           SELECT rid FROM item_label WHERE rid BETWEEN $1 AND $2 AND label <> $4 \
           UNION SELECT rid FROM label_change WHERE rid BETWEEN $1 AND $2 \
         ) l CROSS JOIN item i CROSS JOIN resource r WHERE i.rid = l.rid AND r.rid = l.rid \
         AND (i.labels & $3) <> 0 AND r.type IN (SELECT value ->> 0 FROM json_each($5)) ORDER BY i.rid",
    )
    .bind(low)
    .bind(high)
    .bind(labels.0)
    .bind(Label::Unreviewed.slug())
    .bind(kinds)
    .all(tx)
    .await?;
    let bearer = |row: BearerRow| {
        let size = usize::try_from(row.size).unwrap_or(0);
        let bytes = body::unpack(row.codec, &row.body, size).ok();
        Bearer { rid: Rid(row.rid), labels: Labels(row.labels), bytes }
    };
    Ok(rows.into_iter().map(bearer).collect())
}

/// Whether anything in a record bears one of these bits.
pub async fn has_any(tx: &mut Tx, patient: PatientNo, labels: Labels) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT CAST(1 AS BIGINT) FROM shelf WHERE patient_no = $1 AND items > 0 AND (labels & $2) <> 0 LIMIT 1",
    )
    .bind(patient)
    .bind(labels.0)
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Names of files that these items of a record have, as written.
pub async fn names_of_files(tx: &mut Tx, patient: PatientNo, rids: &[Rid]) -> Result<Vec<(Rid, String)>> {
    let rows: Vec<(i64, String)> = query(
        "SELECT n.rid, n.target FROM index_reference n WHERE n.patient_no = $1 AND n.type = 'Binary' \
         AND n.param = '_named' AND n.rid IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM json_each($2))",
    )
    .bind(patient)
    .bind(json!(rids).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid, target)| (Rid(rid), target)).collect())
}

/// What bears a label that others take over, with its labels.
pub async fn labelled(tx: &mut Tx, patient: PatientNo) -> Result<HashMap<Rid, Labels>> {
    let (low, high) = patient.range();
    let handed_on: Labels = Label::ALL.into_iter().filter(|label| *label != Label::Unreviewed).collect();
    let rows: Vec<(i64, i64)> =
        query("SELECT i.rid, i.labels FROM item i WHERE i.rid BETWEEN $1 AND $2 AND (i.labels & $3) <> 0")
            .bind(low)
            .bind(high)
            .bind(handed_on.0)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(rid, labels)| (Rid(rid), Labels(labels))).collect())
}

/// All that each Provenance of a record names, as written.
pub async fn of_targets(tx: &mut Tx, patient: PatientNo) -> Result<BTreeMap<Rid, Vec<String>>> {
    let rows: Vec<(i64, String)> = query(
        "SELECT p.rid, p.target FROM index_reference p WHERE p.patient_no = $1 AND p.type = 'Provenance' \
         AND p.param = 'target'",
    )
    .bind(patient)
    .all(tx)
    .await?;
    let mut all: BTreeMap<Rid, Vec<String>> = BTreeMap::new();
    for (rid, target) in rows {
        all.entry(Rid(rid)).or_default().push(target);
    }
    Ok(all)
}

/// An item that bears a label now.
pub struct Marked {
    pub rid: Rid,
    pub kind: String,
    /// Whether it was found or put there, and not only taken over.
    pub itself: bool,
}

/// What bears a label, found by the rows that say so, which are few.
pub async fn marked(tx: &mut Tx, patient: PatientNo, label: Label) -> Result<Vec<Marked>> {
    let (low, high) = patient.range();
    let rows: Vec<(i64, String, i64)> = query(
        "SELECT l.rid, r.type, CAST(MAX(l.own) AS BIGINT) FROM ( \
           SELECT rid, CAST(CASE WHEN rule = 'inherited' THEN 0 ELSE 1 END AS BIGINT) AS own FROM item_label \
             WHERE rid BETWEEN $1 AND $2 AND label = $3 \
           UNION ALL SELECT rid, CAST(put AS BIGINT) AS own FROM label_change \
             WHERE rid BETWEEN $1 AND $2 AND label = $3 \
         ) l CROSS JOIN item i CROSS JOIN resource r WHERE i.rid = l.rid AND r.rid = l.rid \
         AND (i.labels & $4) <> 0 GROUP BY l.rid, r.type ORDER BY l.rid",
    )
    .bind(low)
    .bind(high)
    .bind(label.slug())
    .bind(label.bit())
    .all(tx)
    .await?;
    let marked = |(rid, kind, own)| Marked { rid: Rid(rid), kind, itself: own != 0 };
    Ok(rows.into_iter().map(marked).collect())
}

/// What names a visit, and the reference with which it does: medicines that are given call it their context.
pub async fn at_visits(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(Rid, String)>> {
    let rows: Vec<(i64, String)> = query(
        "SELECT rid, target FROM index_reference WHERE patient_no = $1 AND param IN ('encounter', 'context')",
    )
    .bind(patient)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid, target)| (Rid(rid), target)).collect())
}

/// What says what belongs to what, and the references with which it does (see `handing`).
pub async fn members(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(Rid, Way, String)>> {
    let rows: Vec<(i64, String, String)> = query(
        "SELECT rid, param, target FROM index_reference WHERE patient_no = $1 AND param IN ('_of', '_has')",
    )
    .bind(patient)
    .all(tx)
    .await?;
    let known =
        |(rid, param, target): (i64, String, String)| Some((Rid(rid), Way::of_param(&param)?, target));
    Ok(rows.into_iter().filter_map(known).collect())
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

/// All the person's own files, with their ids.
pub async fn all_files(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(Rid, String)>> {
    let (low, high) = patient.range();
    let rows: Vec<(i64, String)> =
        query("SELECT rid, id FROM resource WHERE type = 'Binary' AND rid BETWEEN $1 AND $2")
            .bind(low)
            .bind(high)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(rid, id)| (Rid(rid), id)).collect())
}

/// The bodies of all that may name files in a record; none of what cannot be unpacked.
pub async fn documents(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Option<Vec<u8>>>> {
    let (low, high) = patient.range();
    let rows: Vec<(i64, i64, Vec<u8>)> = query(
        "SELECT codec, size, body FROM resource WHERE rid BETWEEN $1 AND $2 \
         AND type IN ('DocumentReference', 'DiagnosticReport', 'Media')",
    )
    .bind(low)
    .bind(high)
    .all(tx)
    .await?;
    let bytes = |(codec, size, body): (i64, i64, Vec<u8>)| {
        body::unpack(codec, &body, usize::try_from(size).unwrap_or(0))
    };
    Ok(rows.into_iter().map(|row| bytes(row).ok()).collect())
}

/// How many items of each label are left out where all with one of these bits are, of those that are seen.
pub async fn counts(tx: &mut Tx, sight: Sight, hidden: Labels) -> Result<Vec<(Label, i64)>> {
    // Files that something names stand in no list, and are counted in none.
    let counted = if sight.lens.is_timed() {
        concat!(
            "SELECT i.labels, CAST(COUNT(*) AS BIGINT) FROM item i WHERE i.patient_no = $1 AND (i.labels & $9) <> 0 \
             AND (i.labels & 32768) = 0",
            seen!(2),
            "GROUP BY i.labels"
        )
    } else {
        concat!(
            "SELECT s.labels, CAST(SUM(s.items) AS BIGINT) FROM shelf s \
             WHERE s.patient_no = $1 AND s.items > 0 AND (s.labels & $9) <> 0 \
             AND (s.labels & 32768) = 0",
            seen_shelf!(),
            "GROUP BY s.labels"
        )
    };
    let rows: Vec<(i64, i64)> =
        bind_lens(query(counted).bind(sight.patient), sight.lens).bind(hidden.0).all(tx).await?;
    // A label leaves an item out by its own bit, or by one that follows from it.
    let count = |label: Label| {
        let by_it = hidden.0 & Labels::default().with(label).hidden().0;
        let of_it = rows.iter().filter(|(bits, _)| Labels(*bits).has(label) && bits & by_it != 0);
        of_it.map(|(_, items)| items).sum::<i64>()
    };
    Ok(Label::ALL.into_iter().map(|label| (label, count(label))).filter(|(_, n)| *n > 0).collect())
}

/// The sources: number, name, and by which rules their items have their labels.
pub async fn sources(tx: &mut Tx) -> Result<Vec<(i64, String, Option<String>)>> {
    query("SELECT source_no, name, labelled_by FROM source ORDER BY source_no").all(tx).await
}

/// Something is stored by these rules: where the items of its source have their labels by others, it is not known any
/// more by which they all have them. That it was a program stays known: its protection goes by the job only.
pub async fn differ(tx: &mut Tx, (source_no, rules): (i64, &str)) -> Result<()> {
    query(
        "UPDATE source SET labelled_by = CASE WHEN labelled_by LIKE '% program' THEN ' program' END, \
         labelling = NULL, labelled_to = NULL WHERE source_no = $1 AND labelled_by <> $2",
    )
    .bind(source_no)
    .bind(rules)
    .run(tx)
    .await?;
    Ok(())
}

/// Begins, or goes on, to label the items of a source by new rules, and keeps others from doing it at the same time: by
/// which rules they have their labels, and up to which item the new ones are done.
pub async fn begin_labelling(
    tx: &mut Tx,
    (source_no, rules): (i64, &str),
) -> Result<(Option<String>, Option<i64>)> {
    query(
        "UPDATE source SET labelled_to = CASE WHEN labelling = $2 THEN labelled_to END, labelling = $2 \
         WHERE source_no = $1 RETURNING labelled_by, labelled_to",
    )
    .bind(source_no)
    .bind(rules)
    .one(tx)
    .await
}

/// Notes up to which item it is done.
pub async fn go_on_labelling(tx: &mut Tx, (source_no, last): (i64, Rid)) -> Result<()> {
    query("UPDATE source SET labelled_to = $2 WHERE source_no = $1")
        .bind(source_no)
        .bind(last)
        .run_one(tx)
        .await
}

/// All items of a source have their labels by these rules.
pub async fn end_labelling(tx: &mut Tx, (source_no, rules): (i64, &str)) -> Result<()> {
    query("UPDATE source SET labelled_by = $2, labelling = NULL, labelled_to = NULL WHERE source_no = $1")
        .bind(source_no)
        .bind(rules)
        .run_one(tx)
        .await
}

/// A resource with its bytes; none where what is stored cannot be unpacked.
pub struct Stored {
    pub rid: Rid,
    pub kind: String,
    pub bytes: Option<Vec<u8>>,
}

/// The next resources of a source, by their keys.
pub async fn to_label(tx: &mut Tx, (source_no, after): (i64, i64), limit: i64) -> Result<Vec<Stored>> {
    let rows: Vec<(i64, String, i64, i64, Vec<u8>)> = query(
        "SELECT rid, type, codec, size, body FROM resource WHERE source_no = $1 AND rid > $2 ORDER BY rid LIMIT $3",
    )
    .bind(source_no)
    .bind(after)
    .bind(limit)
    .all(tx)
    .await?;
    let stored = |(rid, kind, codec, size, body): (i64, String, i64, i64, Vec<u8>)| {
        let bytes = body::unpack(codec, &body, usize::try_from(size).unwrap_or(0)).ok();
        Stored { rid: Rid(rid), kind, bytes }
    };
    Ok(rows.into_iter().map(stored).collect())
}

/// What the rules found in the items from one to another, without what they took over.
pub async fn found_between(tx: &mut Tx, (first, last): (Rid, Rid)) -> Result<BTreeMap<Rid, Vec<Found>>> {
    let rows: Vec<(i64, String, String, String)> = query(
        "SELECT rid, label, rule, code FROM item_label WHERE rid BETWEEN $1 AND $2 AND rule <> 'inherited'",
    )
    .bind(first)
    .bind(last)
    .all(tx)
    .await?;
    let mut found: BTreeMap<Rid, Vec<Found>> = BTreeMap::new();
    for (rid, label, rule, code) in rows {
        if let (Some(label), Some(rule)) = (Label::from_slug(&label), Rule::from_slug(&rule)) {
            found.entry(Rid(rid)).or_default().push(Found { label, rule, code });
        }
    }
    Ok(found)
}

/// Writes what the rules find in an item now. What it took over stays.
pub async fn replace_found(tx: &mut Tx, rid: Rid, found: &[Found]) -> Result<()> {
    query("DELETE FROM item_label WHERE rid = $1 AND rule <> 'inherited'").bind(rid).run(tx).await?;
    for one in found {
        query("INSERT INTO item_label (rid, label, rule, code) VALUES ($1, $2, $3, $4)")
            .bind(rid)
            .bind(one.label.slug())
            .bind(one.rule.slug())
            .bind(one.code.as_str())
            .run_one(tx)
            .await?;
    }
    Ok(())
}
