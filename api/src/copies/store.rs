//! The copy table, and the light and the heavy reads that building one needs.

use std::collections::HashMap;

use serde_json::json;
use uuid::Uuid;

use super::model::{Copy, Run, State, Stored};
use super::rules::Row;
use crate::base::{AccountId, CopyId, Error, Instant, PatientNo, Result, Rid};
use crate::db::{Tx, query, row};
use crate::fhir::present::Category;
use crate::fhir::sensitivity::Labels;
use crate::records::{bind_lens, body, seen};
use crate::representation::Sight;
use crate::words::Language;

/// A resource with its bytes.
#[derive(Debug, Clone)]
pub struct Kept {
    pub rid: Rid,
    pub kind: String,
    pub id: String,
    pub version: i64,
    pub source: String,
    pub received: Instant,
    /// The title of its line in lists: a prescription may bear the name of its Medication.
    pub title: Option<String>,
    /// What protects it, and whether it is a file that something names.
    pub labels: Labels,
    pub bytes: Vec<u8>,
}

/// What is known of the resources that are seen, without their bytes, in order of key, after `after`.
pub async fn rows(tx: &mut Tx, sight: Sight, (after, limit): (Rid, i64)) -> Result<Vec<Row>> {
    type Light = (i64, String, String, i64, i64, i64, i64, Option<String>, i64);
    let rows = query(concat!(
        "SELECT r.rid, r.type, r.id, r.version, r.size, i.category, i.sort_at, i.when_text, i.labels \
         FROM resource r JOIN item i ON i.rid = r.rid WHERE r.rid > $1 AND r.rid <= $9",
        seen!(2),
        "ORDER BY r.rid LIMIT $10"
    ));
    let rows: Vec<Light> =
        bind_lens(rows.bind(after), sight.lens).bind(sight.patient.range().1).bind(limit).all(tx).await?;
    Ok(rows
        .into_iter()
        .map(|(rid, kind, id, version, size, category, sort_at, when, labels)| Row {
            rid: Rid(rid),
            kind,
            id,
            version,
            size,
            category: i16::try_from(category).ok().and_then(Category::from_code).unwrap_or(Category::Other),
            sort_at,
            when,
            listed: labels & Labels::NAMED.0 == 0,
            labels: Labels(labels),
        })
        .collect())
}

row! {
    struct KeptRow {
        rid: i64,
        r#type: String,
        id: String,
        version: i64,
        name: String,
        received_at: i64,
        title: Option<String>,
        labels: Option<i64>,
        codec: i64,
        size: i64,
        body: Vec<u8>,
    }
}

/// These resources with their bytes, in the order asked for; one that is gone is left out.
pub async fn kept(tx: &mut Tx, rids: &[Rid]) -> Result<Vec<Kept>> {
    let rows: Vec<KeptRow> = query(
        "SELECT r.rid, r.type, r.id, r.version, s.name, r.received_at, i.title, i.labels, r.codec, r.size, r.body \
         FROM resource r JOIN source s ON s.source_no = r.source_no LEFT JOIN item i ON i.rid = r.rid \
         WHERE r.rid IN (SELECT CAST(CAST(value AS TEXT) AS BIGINT) FROM json_each($1))",
    )
    .bind(json!(rids).to_string())
    .all(tx)
    .await?;
    let places: HashMap<i64, usize> = rids.iter().enumerate().map(|(n, rid)| (rid.0, n)).collect();
    let mut kept = rows.into_iter().map(unpack).collect::<Result<Vec<_>>>()?;
    kept.sort_by_key(|one| places.get(&one.rid.0).copied());
    Ok(kept)
}

fn unpack(row: KeptRow) -> Result<Kept> {
    let size = usize::try_from(row.size).map_err(Error::internal)?;
    Ok(Kept {
        rid: Rid(row.rid),
        kind: row.r#type,
        id: row.id,
        version: row.version,
        source: row.name,
        received: Instant(row.received_at),
        title: row.title,
        labels: Labels(row.labels.unwrap_or_default()),
        bytes: body::unpack(row.codec, &row.body, size)?,
    })
}

/// What of these runs of keys is not seen now.
pub async fn hidden_among(tx: &mut Tx, sight: Sight, runs: &[Run]) -> Result<Vec<Rid>> {
    let hidden = query(concat!(
        "SELECT i.rid FROM json_each($1) a CROSS JOIN item i \
         WHERE i.rid BETWEEN CAST(a.value ->> 0 AS BIGINT) AND CAST(a.value ->> 1 AS BIGINT) \
         AND NOT (1 = 1",
        seen!(2),
        ") ORDER BY i.rid"
    ));
    let rows: Vec<(i64,)> = bind_lens(hidden.bind(json!(runs).to_string()), sight.lens).all(tx).await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// What of a record lies in these runs of keys.
pub async fn among(tx: &mut Tx, patient: PatientNo, runs: &[Run]) -> Result<Vec<(i64,)>> {
    query(
        "SELECT i.rid FROM json_each($1) a CROSS JOIN item i WHERE i.patient_no = $2 \
         AND i.rid BETWEEN CAST(a.value ->> 0 AS BIGINT) AND CAST(a.value ->> 1 AS BIGINT) ORDER BY i.rid",
    )
    .bind(json!(runs).to_string())
    .bind(patient)
    .all(tx)
    .await
}

/// A copy to be kept.
pub struct New<'a> {
    pub id: CopyId,
    pub patient: PatientNo,
    pub account: AccountId,
    pub language: &'a str,
    pub scope: &'a Stored,
    pub total: i64,
    pub password: Option<Vec<u8>>,
    pub at: Instant,
}

/// Adds a copy; false where one of this id is there.
pub async fn add(tx: &mut Tx, new: New<'_>) -> Result<bool> {
    let changed = query(
        "INSERT INTO copy (id, patient_no, account_id, language, scope, state, total, done, password, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(new.id)
    .bind(new.patient)
    .bind(new.account)
    .bind(new.language)
    .bind(serde_json::to_string(new.scope)?)
    .bind(new.total)
    .bind(new.password)
    .bind(new.at)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Keeps other requests of this account waiting until the transaction ends, so that its copies can be counted.
pub async fn lock_account(tx: &mut Tx, account: AccountId) -> Result<()> {
    query("UPDATE account SET last_seen_at = last_seen_at WHERE id = $1").bind(account).run_one(tx).await
}

/// Whether the account has a copy of this id.
pub async fn exists(tx: &mut Tx, id: CopyId) -> Result<bool> {
    let row: Option<(i64,)> =
        query("SELECT CAST(1 AS BIGINT) FROM copy WHERE id = $1").bind(id).optional(tx).await?;
    Ok(row.is_some())
}

/// How many copies the account asked for since a moment.
pub async fn asked_since(tx: &mut Tx, account: AccountId, since: Instant) -> Result<i64> {
    let (n,): (i64,) =
        query("SELECT CAST(COUNT(*) AS BIGINT) FROM copy WHERE account_id = $1 AND created_at > $2")
            .bind(account)
            .bind(since)
            .one(tx)
            .await?;
    Ok(n)
}

/// When the account asked for the copy before which it has asked for `n - 1` newer ones.
pub async fn nth_newest(tx: &mut Tx, account: AccountId, n: i64) -> Result<Option<Instant>> {
    let row: Option<(i64,)> =
        query("SELECT created_at FROM copy WHERE account_id = $1 ORDER BY created_at DESC LIMIT 1 OFFSET $2")
            .bind(account)
            .bind((n - 1).max(0))
            .optional(tx)
            .await?;
    Ok(row.map(|(at,)| Instant(at)))
}

row! {
    struct CopyRow {
        id: Uuid,
        patient_no: i64,
        account_id: Uuid,
        language: String,
        scope: String,
        state: String,
        total: i64,
        done: i64,
        size: Option<i64>,
        sha256: Option<Vec<u8>>,
        blob: Option<String>,
        password: Option<Vec<u8>>,
        created_at: i64,
        ready_at: Option<i64>,
        expires_at: Option<i64>,
    }
}

/// A copy with what only this room may know of it.
pub struct Known {
    pub copy: Copy,
    pub patient: PatientNo,
    pub account: AccountId,
    pub stored: Stored,
    pub blob: Option<String>,
    pub password: Option<Vec<u8>>,
}

macro_rules! columns {
    () => {
        "SELECT id, patient_no, account_id, language, scope, state, total, done, size, sha256, blob, password, \
         created_at, ready_at, expires_at FROM copy "
    };
}

/// The account's copies of a record, newest first, at most 200.
pub async fn of_account(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<Vec<Known>> {
    let rows: Vec<CopyRow> = query(concat!(
        columns!(),
        "WHERE account_id = $1 AND patient_no = $2 ORDER BY created_at DESC, id LIMIT 200"
    ))
    .bind(account)
    .bind(patient)
    .all(tx)
    .await?;
    rows.into_iter().map(known).collect()
}

/// A copy, if there is one.
pub async fn find(tx: &mut Tx, id: CopyId) -> Result<Option<Known>> {
    let row: Option<CopyRow> = query(concat!(columns!(), "WHERE id = $1")).bind(id).optional(tx).await?;
    row.map(known).transpose()
}

fn known(row: CopyRow) -> Result<Known> {
    let stored: Stored = serde_json::from_str(&row.scope)?;
    let created = Instant(row.created_at);
    let copy = Copy {
        id: CopyId(row.id),
        scope: stored.scope.clone(),
        language: Language::from_tag(&row.language).unwrap_or_default(),
        state: state(&row.state)?,
        total: row.total,
        done: row.done,
        size: row.size,
        sha256: row.sha256.map(hex::encode),
        has_password: stored.password,
        created,
        ready: row.ready_at.map(Instant),
        expires: row.expires_at.map(Instant),
        part: stored.built.lens.is_part(),
        shut: false,
    };
    Ok(Known {
        copy,
        patient: PatientNo(row.patient_no),
        account: AccountId(row.account_id),
        stored,
        blob: row.blob,
        password: row.password,
    })
}

fn state(text: &str) -> Result<State> {
    Ok(match text {
        "waiting" => State::Waiting,
        "building" => State::Building,
        "ready" => State::Ready,
        "failed" => State::Failed,
        "erased" => State::Erased,
        other => return Err(Error::internal(anyhow::anyhow!("a copy is in the unknown state {other}"))),
    })
}

/// Begins building, from the start; false where the copy is ready or erased.
pub async fn begin(tx: &mut Tx, id: CopyId, total: i64) -> Result<bool> {
    let changed = query(
        "UPDATE copy SET state = 'building', total = $2, done = 0, failure = NULL \
         WHERE id = $1 AND state IN ('waiting', 'building', 'failed')",
    )
    .bind(id)
    .bind(total)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Tells how far building is; false where the copy was erased meanwhile.
pub async fn progress(tx: &mut Tx, id: CopyId, done: i64) -> Result<bool> {
    let changed = query("UPDATE copy SET done = $2 WHERE id = $1 AND state = 'building'")
        .bind(id)
        .bind(done)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// What a finished copy is kept with.
pub struct Finished<'a> {
    pub id: CopyId,
    pub stored: &'a Stored,
    pub size: i64,
    pub sha256: Vec<u8>,
    pub blob: &'a str,
    pub ready: Instant,
    pub expires: Instant,
}

/// The copy is ready and its password forgotten; false where it was erased or finished meanwhile.
pub async fn finish(tx: &mut Tx, f: Finished<'_>) -> Result<bool> {
    let changed = query(
        "UPDATE copy SET state = 'ready', done = total, scope = $2, size = $3, sha256 = $4, blob = $5, \
         ready_at = $6, expires_at = $7, password = NULL, failure = NULL WHERE id = $1 AND state = 'building'",
    )
    .bind(f.id)
    .bind(serde_json::to_string(f.stored)?)
    .bind(f.size)
    .bind(f.sha256)
    .bind(f.blob)
    .bind(f.ready)
    .bind(f.expires)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Building failed. The password is kept for the next try.
pub async fn fail(tx: &mut Tx, id: CopyId, class: &str) -> Result<()> {
    query("UPDATE copy SET state = 'failed', failure = $2 WHERE id = $1 AND state = 'building'")
        .bind(id)
        .bind(class)
        .run(tx)
        .await?;
    Ok(())
}

/// Nobody tries any more; whose copy it is. None where it is ready or erased. A build that ended without a word, as in
/// a crash, leaves it in another state than failed.
pub async fn give_up(tx: &mut Tx, id: CopyId) -> Result<Option<AccountId>> {
    let row: Option<(Uuid,)> = query(
        "UPDATE copy SET state = 'failed', failure = 'copies-failed' \
         WHERE id = $1 AND state IN ('waiting', 'building', 'failed') RETURNING account_id",
    )
    .bind(id)
    .optional(tx)
    .await?;
    Ok(row.map(|(account,)| AccountId(account)))
}

/// Takes the copy away; its row stays to tell that there was one. False where it was erased before.
pub async fn erase(tx: &mut Tx, id: CopyId, at: Instant) -> Result<bool> {
    let changed = query(
        "UPDATE copy SET state = 'erased', blob = NULL, password = NULL, erased_at = $2 \
         WHERE id = $1 AND state <> 'erased'",
    )
    .bind(id)
    .bind(at)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Copies whose time is up, and those that were never finished and were asked for before `unfinished`.
pub async fn due(tx: &mut Tx, (now, unfinished): (Instant, Instant)) -> Result<Vec<CopyId>> {
    let rows: Vec<(Uuid,)> = query(
        "SELECT id FROM copy WHERE (state = 'ready' AND expires_at <= $1) \
         OR (state IN ('waiting', 'building', 'failed') AND created_at <= $2) LIMIT 1000",
    )
    .bind(now)
    .bind(unfinished)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| CopyId(id)).collect())
}

/// Every file that a row knows.
pub async fn blobs(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = query("SELECT blob FROM copy WHERE blob IS NOT NULL").all(tx).await?;
    Ok(rows.into_iter().map(|(blob,)| blob).collect())
}
