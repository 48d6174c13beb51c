//! The tables of exports: what was asked, how far it is, its files.

use serde_json::json;
use uuid::Uuid;

use super::model::{Ask, ExportKept, FileEntry, FileKind, Stage};
use crate::base::{AccountId, Error, ExportId, Instant, PatientNo, Result, Rid};
use crate::db::{Bulk, Tx, Value, query, row};
use crate::smart::ClientId;

/// Keeps other requests of this system waiting until the transaction ends, so that its exports can be counted.
pub async fn hold_client(tx: &mut Tx, client: &ClientId) -> Result<()> {
    query("UPDATE app_client SET changed_at = changed_at WHERE id = $1")
        .bind(client.0.as_str())
        .run_one(tx)
        .await
}

/// How many exports of a system are under way.
pub async fn under_way(tx: &mut Tx, client: &ClientId) -> Result<i64> {
    let (n,): (i64,) = query(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM bulk_export WHERE client_id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(client.0.as_str())
    .one(tx)
    .await?;
    Ok(n)
}

/// The exports under way and those that are ready, each with its system and its groups.
pub async fn live(tx: &mut Tx) -> Result<Vec<(ExportId, ClientId, Vec<String>)>> {
    let rows: Vec<(Uuid, String, String)> = query(
        "SELECT id, client_id, ask FROM bulk_export WHERE state IN ('waiting', 'running', 'ready') \
         ORDER BY client_id, id",
    )
    .all(tx)
    .await?;
    let one = |(id, client, ask): (Uuid, String, String)| {
        let ask: Ask = serde_json::from_str(&ask)?;
        Ok((ExportId(id), ClientId(client), ask.groups))
    };
    rows.into_iter().map(one).collect()
}

/// Adds an export.
pub async fn add(
    tx: &mut Tx,
    (id, client): (ExportId, &ClientId),
    (ask, now): (&Ask, Instant),
) -> Result<()> {
    query(
        "INSERT INTO bulk_export (id, client_id, ask, state, total, done, after_no, part, left_out, created_at) \
         VALUES ($1, $2, $3, 'waiting', 0, 0, 0, 0, 0, $4)",
    )
    .bind(id)
    .bind(client.0.as_str())
    .bind(serde_json::to_string(ask)?)
    .bind(now)
    .run_one(tx)
    .await
}

/// Where an export stands, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Running,
    Ready,
    Failed,
    /// It was ready when a group of it was taken from its system: also where that has the group again, its files are gone.
    Taken,
    Erased,
}

/// An export as it is kept.
#[derive(Debug, Clone)]
pub struct Known {
    pub client: ClientId,
    pub ask: Ask,
    pub state: State,
    pub total: i64,
    pub done: i64,
    pub after: PatientNo,
    pub part: i64,
    pub left_out: i64,
    pub created: Instant,
    pub begun: Option<Instant>,
    pub expires: Option<Instant>,
}

row! {
    struct ExportRow {
        client_id: String,
        ask: String,
        state: String,
        total: i64,
        done: i64,
        after_no: i64,
        part: i64,
        left_out: i64,
        created_at: i64,
        begun_at: Option<i64>,
        expires_at: Option<i64>,
    }
}

/// An export, if there is one.
pub async fn find(tx: &mut Tx, id: ExportId) -> Result<Option<Known>> {
    let row: Option<ExportRow> = query(
        "SELECT client_id, ask, state, total, done, after_no, part, left_out, created_at, begun_at, expires_at \
         FROM bulk_export WHERE id = $1",
    )
    .bind(id)
    .optional(tx)
    .await?;
    row.map(known).transpose()
}

fn known(row: ExportRow) -> Result<Known> {
    let state = match row.state.as_str() {
        "waiting" => State::Waiting,
        "running" => State::Running,
        "ready" => State::Ready,
        "failed" => State::Failed,
        "taken" => State::Taken,
        "erased" => State::Erased,
        other => return Err(Error::internal(anyhow::anyhow!("an export is in the unknown state {other}"))),
    };
    Ok(Known {
        client: ClientId(row.client_id),
        ask: serde_json::from_str(&row.ask)?,
        state,
        total: row.total,
        done: row.done,
        after: PatientNo(row.after_no),
        part: row.part,
        left_out: row.left_out,
        created: Instant(row.created_at),
        begun: row.begun_at.map(Instant),
        expires: row.expires_at.map(Instant),
    })
}

row! {
    struct StageRow {
        client_id: String,
        ask: String,
        state: String,
        total: i64,
        done: i64,
        created_at: i64,
        ready_at: Option<i64>,
        expires_at: Option<i64>,
        ended_at: Option<i64>,
    }
}

/// The exports that a group is in, the newest first: so many from this place on.
pub async fn of_group(tx: &mut Tx, group: &str, (skip, most): (i64, i64)) -> Result<Vec<ExportKept>> {
    // As `Ask` is written: quotes within its texts are escaped, so this is found in its list of groups only. Nothing in
    // an id means something to LIKE.
    let listed = format!(r#"%"groups":[%"{group}"%],"scopes":%"#);
    let rows: Vec<StageRow> = query(
        "SELECT client_id, ask, state, total, done, created_at, ready_at, expires_at, ended_at FROM bulk_export \
         WHERE ask LIKE $1 AND replace(ask, $4, '') <> ask ORDER BY created_at DESC, id LIMIT $2 OFFSET $3",
    )
    .bind(listed)
    .bind(most)
    .bind(skip)
    // LIKE minds case on one database and not on the other.
    .bind(format!("\"{group}\""))
    .all(tx)
    .await?;
    rows.into_iter().map(export_kept).collect()
}

fn export_kept(row: StageRow) -> Result<ExportKept> {
    let asked = Instant(row.created_at);
    let at = |at: Option<i64>| at.map_or(asked, Instant);
    let stage = match row.state.as_str() {
        "waiting" => Stage::Waiting,
        "running" => Stage::Working { done: row.done, total: row.total },
        "ready" => Stage::Ready { at: at(row.ready_at), until: at(row.expires_at) },
        "failed" => Stage::Failed { at: at(row.ended_at) },
        "erased" | "taken" => Stage::Erased { at: at(row.ended_at) },
        other => return Err(Error::internal(anyhow::anyhow!("an export is in the unknown state {other}"))),
    };
    let ask: Ask = serde_json::from_str(&row.ask)?;
    Ok(ExportKept { client: ClientId(row.client_id), asked, groups: ask.groups.len(), stage })
}

/// Begins to build, or goes on; false where there is nothing to build any more. What came after the first beginning is
/// not in the export.
pub async fn begin(tx: &mut Tx, id: ExportId, (total, now): (i64, Instant)) -> Result<bool> {
    let begun = query(
        "UPDATE bulk_export SET state = 'running', total = $2, begun_at = COALESCE(begun_at, $3) \
         WHERE id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(id)
    .bind(total)
    .bind(now)
    .run(tx)
    .await?;
    Ok(begun == 1)
}

/// One part of the way.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub id: ExportId,
    /// The part that it was at: another process that took over has moved it on.
    pub part: i64,
    /// The last person who is through.
    pub after: PatientNo,
    /// How many more people are through, and how many of them are not in it by their own wish.
    pub done: i64,
    pub left_out: i64,
}

/// Notes that a part is whole; false where the export was erased, or another process took it over.
pub async fn advance(tx: &mut Tx, step: Step) -> Result<bool> {
    let moved = query(
        "UPDATE bulk_export SET part = part + 1, after_no = $3, done = done + $4, left_out = left_out + $5 \
         WHERE id = $1 AND part = $2 AND state = 'running'",
    )
    .bind(step.id)
    .bind(step.part)
    .bind(step.after)
    .bind(step.done)
    .bind(step.left_out)
    .run(tx)
    .await?;
    Ok(moved == 1)
}

/// The export can be fetched.
pub async fn finish(tx: &mut Tx, id: ExportId, (ready, expires): (Instant, Instant)) -> Result<()> {
    query("UPDATE bulk_export SET state = 'ready', ready_at = $2, expires_at = $3 WHERE id = $1 AND state = 'running'")
        .bind(id)
        .bind(ready)
        .bind(expires)
        .run_one(tx)
        .await
}

/// Nobody tries any more.
pub async fn fail(tx: &mut Tx, id: ExportId, now: Instant) -> Result<()> {
    query(
        "UPDATE bulk_export SET state = 'failed', ended_at = $2 WHERE id = $1 AND state IN ('waiting', 'running')",
    )
    .bind(id)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// A file that was closed.
#[derive(Debug, Clone)]
pub struct NewFile {
    pub kind: FileKind,
    pub r#type: String,
    pub lines: i64,
    pub size: i64,
    pub blob: String,
}

/// Adds the files of a part, numbered on from those there are.
pub async fn add_files(tx: &mut Tx, (id, part): (ExportId, i64), files: &[NewFile]) -> Result<()> {
    let (mut n,): (i64,) =
        query("SELECT CAST(COALESCE(MAX(n), 0) AS BIGINT) FROM bulk_file WHERE export_id = $1")
            .bind(id)
            .one(tx)
            .await?;
    for file in files {
        n += 1;
        query(
            "INSERT INTO bulk_file (export_id, n, part, kind, type, lines, size, blob) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id)
        .bind(n)
        .bind(part)
        .bind(file.kind.slug())
        .bind(file.r#type.as_str())
        .bind(file.lines)
        .bind(file.size)
        .bind(file.blob.as_str())
        .run_one(tx)
        .await?;
    }
    Ok(())
}

static PEOPLE: Bulk =
    Bulk::new("INSERT INTO bulk_patient (export_id, patient_no, part, group_id, labels_no, at)", 6, "");

/// Somebody whose record is in a part.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub patient: PatientNo,
    pub group: String,
    pub labels_no: i64,
    pub at: Instant,
}

/// Notes whose records are in a part.
pub async fn add_people(tx: &mut Tx, (id, part): (ExportId, i64), people: Vec<NewPerson>) -> Result<()> {
    let rows = people.into_iter().flat_map(|one| -> [Value; 6] {
        [id.into(), one.patient.into(), part.into(), one.group.into(), one.labels_no.into(), one.at.into()]
    });
    PEOPLE.run(tx, rows.collect()).await?;
    Ok(())
}

/// Notes that a system reads these records; the accounts of those that it had never read before.
pub async fn first_read(
    tx: &mut Tx,
    client: &ClientId,
    (patients, now): (&[PatientNo], Instant),
) -> Result<Vec<AccountId>> {
    let rows: Vec<(i64,)> = query(
        "INSERT INTO system_reader (client_id, patient_no, since) \
         SELECT $1, CAST(CAST(value AS TEXT) AS BIGINT), $3 FROM json_each($2) WHERE true ORDER BY 2 \
         ON CONFLICT (client_id, patient_no) DO NOTHING RETURNING patient_no",
    )
    .bind(client.0.as_str())
    .bind(json!(patients).to_string())
    .bind(now)
    .all(tx)
    .await?;
    let new: Vec<[i64; 1]> = rows.into_iter().map(|(patient,)| [patient]).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(Uuid,)> = query(
        "SELECT DISTINCT l.account_id FROM json_each($1) a CROSS JOIN account_link l \
         WHERE l.patient_no = CAST(a.value ->> 0 AS BIGINT) AND l.until IS NULL ORDER BY l.account_id",
    )
    .bind(json!(new).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(account,)| AccountId(account)).collect())
}

/// Notes what exported records point to in the directory.
pub async fn add_references(tx: &mut Tx, id: ExportId, rids: &[i64]) -> Result<()> {
    query(
        "INSERT INTO bulk_reference (export_id, rid) \
         SELECT $1, CAST(CAST(value AS TEXT) AS BIGINT) FROM json_each($2) WHERE true \
         ON CONFLICT (export_id, rid) DO NOTHING",
    )
    .bind(id)
    .bind(json!(rids).to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// What exported records point to in the directory, in order of key.
pub async fn references(tx: &mut Tx, id: ExportId) -> Result<Vec<Rid>> {
    let rows: Vec<(i64,)> =
        query("SELECT rid FROM bulk_reference WHERE export_id = $1 ORDER BY rid").bind(id).all(tx).await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

type FileRow = (i64, String, String, i64, i64);

fn file_entry((n, kind, r#type, lines, size): FileRow) -> FileEntry {
    let kind = if kind == FileKind::Error.slug() { FileKind::Error } else { FileKind::Output };
    FileEntry { n, kind, r#type, lines, size }
}

/// The files of an export, in order.
pub async fn files(tx: &mut Tx, id: ExportId) -> Result<Vec<FileEntry>> {
    let rows: Vec<FileRow> =
        query("SELECT n, kind, type, lines, size FROM bulk_file WHERE export_id = $1 ORDER BY n")
            .bind(id)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(file_entry).collect())
}

row! {
    /// Where a file is kept.
    #[derive(Debug, Clone)]
    pub struct Place {
        pub part: i64,
        pub r#type: String,
        pub kind: String,
        pub blob: String,
    }
}

/// One file.
pub async fn file(tx: &mut Tx, (id, n): (ExportId, i64)) -> Result<Option<Place>> {
    query("SELECT part, type, kind, blob FROM bulk_file WHERE export_id = $1 AND n = $2")
        .bind(id)
        .bind(n)
        .optional(tx)
        .await
}

/// Whether anybody whose record is in a part left the group since, or had something labelled, or limited or took back what
/// may be sent: then the part may hold what does not go out any more. A part of nobody, the directory, holds what the
/// records of all in the export point to: of up to 2,000 people, each counts; among more it tells of none of them.
pub async fn has_changed(tx: &mut Tx, (id, part): (ExportId, i64)) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT CAST(1 AS BIGINT) FROM bulk_patient b JOIN patient p ON p.patient_no = b.patient_no \
         WHERE b.export_id = $1 AND (b.part = $2 \
             OR NOT EXISTS (SELECT 1 FROM bulk_patient o WHERE o.export_id = $1 AND o.part = $2) \
                 AND NOT EXISTS (SELECT 1 FROM bulk_patient o WHERE o.export_id = $1 LIMIT 1 OFFSET 2000)) \
         AND (p.labels_no <> b.labels_no \
         OR NOT EXISTS (SELECT 1 FROM patient_group_member m JOIN patient_group g ON g.id = m.group_id \
             WHERE m.group_id = b.group_id AND m.patient_no = b.patient_no AND m.since <= b.at AND g.ended_at IS NULL) \
         OR EXISTS (SELECT 1 FROM restriction r WHERE r.patient_no = b.patient_no \
             AND ((r.must_agree = 1 AND r.asked_at >= b.at) \
                 OR (r.answer IN ('agreed', 'must-agree') AND r.answered_at >= b.at))) \
         OR EXISTS (SELECT 1 FROM consent c WHERE c.patient_no = b.patient_no AND c.state <> 'active' \
             AND c.state_at >= b.at)) LIMIT 1",
    )
    .bind(id)
    .bind(part)
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// How many people are in these groups.
pub async fn count_members(tx: &mut Tx, groups: &[String]) -> Result<i64> {
    let (n,): (i64,) = query(
        "SELECT CAST(COUNT(DISTINCT m.patient_no) AS BIGINT) FROM json_each($1) g \
         CROSS JOIN patient_group_member m WHERE m.group_id = g.value ->> 0",
    )
    .bind(listed(groups))
    .one(tx)
    .await?;
    Ok(n)
}

/// The next people who are in any of these groups, in order.
pub async fn members(
    tx: &mut Tx,
    groups: &[String],
    (after, limit): (PatientNo, i64),
) -> Result<Vec<PatientNo>> {
    let rows: Vec<(i64,)> = query(
        "SELECT DISTINCT m.patient_no FROM json_each($1) g CROSS JOIN patient_group_member m \
         WHERE m.group_id = g.value ->> 0 AND m.patient_no > $2 ORDER BY m.patient_no LIMIT $3",
    )
    .bind(listed(groups))
    .bind(after)
    .bind(limit)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(patient,)| PatientNo(patient)).collect())
}

/// Those of these people, by FHIR id, who are in any of these groups.
pub async fn named_members(
    tx: &mut Tx,
    groups: &[String],
    ids: &[String],
) -> Result<Vec<(String, PatientNo)>> {
    let rows: Vec<(String, i64)> = query(
        "SELECT DISTINCT p.fhir_id, p.patient_no FROM json_each($1) a CROSS JOIN source s CROSS JOIN patient p \
         WHERE p.source_no = s.source_no AND p.fhir_id = a.value ->> 0 \
         AND EXISTS (SELECT 1 FROM patient_group_member m WHERE m.patient_no = p.patient_no \
             AND m.group_id IN (SELECT value ->> 0 FROM json_each($2)))",
    )
    .bind(listed(ids))
    .bind(listed(groups))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, patient)| (id, PatientNo(patient))).collect())
}

/// Texts in the form in which both databases take lists.
fn listed(texts: &[String]) -> String {
    json!(texts.iter().map(|text| [text]).collect::<Vec<_>>()).to_string()
}

/// Takes an export away with what it had; its row stays to tell that there was one. The names of its files: none where it
/// was erased before.
pub async fn erase(tx: &mut Tx, id: ExportId, now: Instant) -> Result<Vec<String>> {
    let erased =
        query("UPDATE bulk_export SET state = 'erased', ended_at = $2 WHERE id = $1 AND state <> 'erased'")
            .bind(id)
            .bind(now)
            .run(tx)
            .await?;
    if erased == 0 { Ok(Vec::new()) } else { emptied(tx, id).await }
}

/// The same where a group of it was taken from its system: of one that was ready it stays to be told that it cannot be
/// fetched any more.
pub async fn take(tx: &mut Tx, id: ExportId, now: Instant) -> Result<Vec<String>> {
    query(
        "UPDATE bulk_export SET state = CASE WHEN state = 'ready' THEN 'taken' ELSE 'erased' END, ended_at = $2 \
         WHERE id = $1 AND state IN ('waiting', 'running', 'ready')",
    )
    .bind(id)
    .bind(now)
    .run(tx)
    .await?;
    emptied(tx, id).await
}

async fn emptied(tx: &mut Tx, id: ExportId) -> Result<Vec<String>> {
    let blobs: Vec<(String,)> =
        query("DELETE FROM bulk_file WHERE export_id = $1 RETURNING blob").bind(id).all(tx).await?;
    query("DELETE FROM bulk_patient WHERE export_id = $1").bind(id).run(tx).await?;
    query("DELETE FROM bulk_reference WHERE export_id = $1").bind(id).run(tx).await?;
    Ok(blobs.into_iter().map(|(blob,)| blob).collect())
}

/// Exports whose time is up, and those that were never finished and were asked for before `unfinished`.
pub async fn due(tx: &mut Tx, (now, unfinished): (Instant, Instant)) -> Result<Vec<ExportId>> {
    let rows: Vec<(Uuid,)> = query(
        "SELECT id FROM bulk_export WHERE (state = 'ready' AND expires_at <= $1) \
         OR (state IN ('waiting', 'running', 'failed') AND created_at <= $2) LIMIT 1000",
    )
    .bind(now)
    .bind(unfinished)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| ExportId(id)).collect())
}

/// Every file that a row knows.
pub async fn blobs(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = query("SELECT blob FROM bulk_file").all(tx).await?;
    Ok(rows.into_iter().map(|(blob,)| blob).collect())
}
