//! Writing the tables of a record. Many rows go in with one statement, as a JSON array that both databases
//! take apart (`json_each`): row by row the wait for each statement would be most of the time.

use serde::Serialize;

use super::ingest::{Indexed, Prepared};
use crate::base::{Instant, ItemNo, PatientNo, Result, Rid, uuid};
use crate::db::{Tx, query};
use crate::fhir::check::Severity;

/// The number of a source by its name, made if missing.
pub(crate) async fn add_source(
    tx: &mut Tx,
    (name, kind): (&str, &str),
    (url, now): (Option<&str>, Instant),
) -> Result<i64> {
    let known: Option<(i64,)> =
        query("SELECT source_no FROM source WHERE name = $1").bind(name).optional(tx).await?;
    if let Some((source_no,)) = known {
        return Ok(source_no);
    }
    query(
        "INSERT INTO source (source_no, name, kind, url, created_at) \
         SELECT COALESCE(MAX(source_no), 0) + 1, $1, $2, $3, $4 FROM source",
    )
    .bind(name)
    .bind(kind)
    .bind(url)
    .bind(now)
    .run_one(tx)
    .await?;
    let (source_no,) = query("SELECT source_no FROM source WHERE name = $1").bind(name).one(tx).await?;
    Ok(source_no)
}

/// A resource that is stored already.
#[derive(Debug, Clone)]
pub struct Existing {
    pub patient: PatientNo,
    /// None while it is only in the batch.
    pub rid: Option<Rid>,
    pub hash: [u8; 32],
}

/// The stored ones among these (type, id).
pub async fn existing(
    tx: &mut Tx,
    source_no: i64,
    keys: &[(&str, &str)],
) -> Result<Vec<((String, String), Existing)>> {
    let rows: Vec<(String, String, i64, Vec<u8>)> = query(
        "SELECT r.type, r.id, r.rid, r.hash FROM json_each($1) a \
         JOIN resource r ON r.type = a.value ->> 0 AND r.id = a.value ->> 1 AND r.source_no = $2",
    )
    .bind(serde_json::to_string(keys)?)
    .bind(source_no)
    .all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, id, rid, hash)| {
            let hash = <[u8; 32]>::try_from(hash.as_slice()).unwrap_or([0; 32]);
            ((kind, id), Existing { patient: Rid(rid).patient(), rid: Some(Rid(rid)), hash })
        })
        .collect())
}

/// Takes the next `count` item numbers of a person; returns the first.
pub async fn take_items(tx: &mut Tx, patient: PatientNo, count: i64) -> Result<i64> {
    let (next,): (i64,) =
        query("UPDATE patient SET next_item = next_item + $2 WHERE patient_no = $1 RETURNING next_item")
            .bind(patient)
            .bind(count)
            .one(tx)
            .await?;
    debug_assert!(patient.rid(ItemNo(next)).patient() == patient);
    Ok(next - count)
}

/// Puts a new version in the place of the one before, which is kept.
pub async fn replace(tx: &mut Tx, rid: Rid, (prepared, now): (&Prepared, Instant)) -> Result<()> {
    query(
        "INSERT INTO resource_version (rid, version, hash, codec, size, received_at, replaced_at, body) \
         SELECT rid, version, hash, codec, size, received_at, $2, body FROM resource WHERE rid = $1",
    )
    .bind(rid)
    .bind(now)
    .run_one(tx)
    .await?;
    query(
        "UPDATE resource SET version = version + 1, hash = $2, codec = $3, size = $4, received_at = $5, body = $6 \
         WHERE rid = $1",
    )
    .bind(rid)
    .bind(prepared.hash.as_slice())
    .bind(prepared.codec)
    .bind(prepared.raw.len() as i64)
    .bind(now)
    .bind(prepared.packed.as_slice())
    .run_one(tx)
    .await?;
    for sql in [
        "DELETE FROM item WHERE rid = $1",
        "DELETE FROM item_words WHERE rid = $1",
        "DELETE FROM finding WHERE rid = $1",
    ] {
        query(sql).bind(rid).run(tx).await?;
    }
    for sql in [
        "DELETE FROM index_token WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_date WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_text WHERE patient_no = $1 AND type = $2 AND rid = $3",
        "DELETE FROM index_reference WHERE patient_no = $1 AND type = $2 AND rid = $3",
    ] {
        query(sql).bind(rid.patient()).bind(prepared.kind.as_str()).bind(rid).run(tx).await?;
    }
    Ok(())
}

/// Gives a resource another key, with everything that hangs on it: it moves to another record.
pub async fn relocate(tx: &mut Tx, (from, to): (Rid, Rid)) -> Result<()> {
    // Type and id are unique, and what hangs on a resource must never hang on nothing: so the new row stands under
    // a name that no id has until the old one is gone.
    query(
        "INSERT INTO resource (rid, source_no, type, id, version, hash, codec, size, received_at, body) \
         SELECT $2, source_no, type, id || ' (moves)', version, hash, codec, size, received_at, body \
         FROM resource WHERE rid = $1",
    )
    .bind(from)
    .bind(to)
    .run_one(tx)
    .await?;
    for sql in [
        "UPDATE resource_version SET rid = $2 WHERE rid = $1",
        "UPDATE alias SET rid = $2 WHERE rid = $1",
        "UPDATE item_words SET rid = $2 WHERE rid = $1",
        "UPDATE finding SET rid = $2 WHERE rid = $1",
    ] {
        query(sql).bind(from).bind(to).run(tx).await?;
    }
    for sql in [
        "UPDATE item SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_token SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_date SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_text SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
        "UPDATE index_reference SET rid = $2, patient_no = $4 WHERE rid = $1 AND patient_no = $3",
    ] {
        query(sql).bind(from).bind(to).bind(from.patient()).bind(to.patient()).run(tx).await?;
    }
    let (id,): (String,) = query("SELECT id FROM resource WHERE rid = $1").bind(from).one(tx).await?;
    query("DELETE FROM resource WHERE rid = $1").bind(from).run_one(tx).await?;
    query("UPDATE resource SET id = $2 WHERE rid = $1").bind(to).bind(id).run_one(tx).await
}

/// Rows that wait to be written, by table, each as a JSON array.
#[derive(Default)]
pub struct Rows {
    resources: Table,
    items: Table,
    words: Table,
    tokens: Table,
    dates: Table,
    texts: Table,
    references: Table,
    findings: Table,
    aliases: Table,
}

/// The rows of one table.
#[derive(Default)]
struct Table(String);

impl Table {
    fn add(&mut self, row: &impl Serialize) {
        self.0.push(if self.0.is_empty() { '[' } else { ',' });
        // Tuples of numbers and text can always be written.
        self.0.push_str(&serde_json::to_string(row).unwrap_or_default());
    }

    async fn flush(&mut self, tx: &mut Tx, sql: &'static str) -> Result<()> {
        if !self.0.is_empty() {
            self.0.push(']');
            query(sql).bind(std::mem::take(&mut self.0)).run(tx).await?;
        }
        Ok(())
    }
}

impl Rows {
    /// A resource that was not known.
    pub fn add_new(&mut self, rid: Rid, (source_no, now): (i64, Instant), prepared: &Prepared) {
        self.resources.add(&(
            rid,
            source_no,
            &prepared.kind,
            &prepared.id,
            hex::encode(prepared.hash),
            prepared.codec,
            prepared.raw.len(),
            now,
            hex::encode(&prepared.packed),
        ));
        self.add_index(rid, source_no, prepared);
    }

    /// Everything that is derived from a resource.
    pub fn add_index(&mut self, rid: Rid, source_no: i64, prepared: &Prepared) {
        let patient = rid.patient();
        let line = &prepared.line;
        let when = line.when.as_ref();
        let number = line.number.as_ref().filter(|number| number.value.is_finite());
        self.items.add(&(
            (rid, patient, line.category.code(), when.map_or(UNDATED, |when| when.micros), line.kind),
            (
                line.named.then_some(&line.title),
                when.map(|when| &when.text),
                &line.value,
                line.word,
                &line.range,
            ),
            (
                line.flag.map(|flag| flag.name()),
                line.status,
                line.code.as_ref().map(|(system, code)| format!("{system}|{code}")),
            ),
            (
                number.map(|number| number.value),
                line.second,
                number.map(|number| &number.unit),
                line.bounds.0,
                line.bounds.1,
            ),
            (&line.author, &line.place, i64::from(line.entered_in_error)),
        ));
        self.words.add(&(rid, &line.words));
        for value in &prepared.index {
            self.add_value(rid, &prepared.kind, value);
        }
        for (n, finding) in prepared.findings.iter().enumerate() {
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            self.findings.add(&(rid, n, severity, finding.code, &finding.path, &finding.detail));
        }
        self.add_alias(Some(rid), source_no, prepared);
    }

    /// The fullUrl of a Bundle entry, under which other entries may point to a resource.
    pub fn add_alias(&mut self, rid: Option<Rid>, source_no: i64, prepared: &Prepared) {
        if let (Some(rid), Some(full_url)) = (rid, &prepared.full_url) {
            self.aliases.add(&(source_no, full_url, rid));
        }
    }

    fn add_value(&mut self, rid: Rid, kind: &str, value: &Indexed) {
        let patient = rid.patient();
        match value {
            Indexed::Token { param, system, code } => {
                self.tokens.add(&(patient, kind, param, code, system, rid))
            }
            Indexed::Date { param, low, high } => self.dates.add(&(patient, kind, param, low, high, rid)),
            Indexed::Text { param, text } => self.texts.add(&(patient, kind, param, text, rid)),
            Indexed::Reference { param, target } => self.references.add(&(patient, kind, param, target, rid)),
        }
    }

    /// Writes everything that waits, one statement for each table.
    pub async fn flush(&mut self, tx: &mut Tx) -> Result<()> {
        self.resources
            .flush(
                tx,
                "INSERT INTO resource (rid, source_no, type, id, version, hash, codec, size, received_at, body) \
                 SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), value ->> 2, value ->> 3, 1, \
                   unhex(value ->> 4), CAST(value ->> 5 AS BIGINT), CAST(value ->> 6 AS BIGINT), \
                   CAST(value ->> 7 AS BIGINT), unhex(value ->> 8) FROM json_each($1)",
            )
            .await?;
        self.items
            .flush(
                tx,
                "INSERT INTO item (rid, patient_no, category, sort_at, kind, title, when_text, value, word, range_text, \
                   flag, status, code, number, second, unit, low, high, author, place, mistake) \
                 SELECT CAST(value -> 0 ->> 0 AS BIGINT), CAST(value -> 0 ->> 1 AS BIGINT), CAST(value -> 0 ->> 2 AS BIGINT), \
                   CAST(value -> 0 ->> 3 AS BIGINT), value -> 0 ->> 4, \
                   value -> 1 ->> 0, value -> 1 ->> 1, value -> 1 ->> 2, value -> 1 ->> 3, value -> 1 ->> 4, \
                   value -> 2 ->> 0, value -> 2 ->> 1, value -> 2 ->> 2, \
                   CAST(value -> 3 ->> 0 AS DOUBLE PRECISION), CAST(value -> 3 ->> 1 AS DOUBLE PRECISION), \
                   value -> 3 ->> 2, CAST(value -> 3 ->> 3 AS DOUBLE PRECISION), CAST(value -> 3 ->> 4 AS DOUBLE PRECISION), \
                   value -> 4 ->> 0, value -> 4 ->> 1, CAST(value -> 4 ->> 2 AS BIGINT) FROM json_each($1)",
            )
            .await?;
        self.words
            .flush(
                tx,
                "INSERT INTO item_words (rid, words) SELECT CAST(value ->> 0 AS BIGINT), value ->> 1 FROM json_each($1)",
            )
            .await?;
        self.tokens
            .flush(
                tx,
                "INSERT INTO index_token (patient_no, type, param, code, system, rid) \
                 SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2, value ->> 3, value ->> 4, \
                   CAST(value ->> 5 AS BIGINT) FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
            )
            .await?;
        self.dates
            .flush(
                tx,
                "INSERT INTO index_date (patient_no, type, param, low, high, rid) \
                 SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2, CAST(value ->> 3 AS BIGINT), \
                   CAST(value ->> 4 AS BIGINT), CAST(value ->> 5 AS BIGINT) FROM json_each($1) \
                 WHERE true ON CONFLICT DO NOTHING",
            )
            .await?;
        self.texts
            .flush(
                tx,
                "INSERT INTO index_text (patient_no, type, param, folded, rid) \
                 SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2, value ->> 3, \
                   CAST(value ->> 4 AS BIGINT) FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
            )
            .await?;
        self.references
            .flush(
                tx,
                "INSERT INTO index_reference (patient_no, type, param, target, rid) \
                 SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, value ->> 2, value ->> 3, \
                   CAST(value ->> 4 AS BIGINT) FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
            )
            .await?;
        self.findings
            .flush(
                tx,
                "INSERT INTO finding (rid, n, severity, code, path, detail) \
                 SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), value ->> 2, value ->> 3, \
                   value ->> 4, value ->> 5 FROM json_each($1)",
            )
            .await?;
        self.aliases
            .flush(
                tx,
                "INSERT INTO alias (source_no, full_url, rid) \
                 SELECT CAST(value ->> 0 AS BIGINT), value ->> 1, CAST(value ->> 2 AS BIGINT) FROM json_each($1) \
                 WHERE true ON CONFLICT DO NOTHING",
            )
            .await
    }
}

/// What an item without a date sorts by: after all others in a list that has the newest first.
pub const UNDATED: i64 = -9_000_000_000_000_000_000;

/// Something that could not be taken, kept whole for staff.
#[derive(Debug)]
pub(crate) struct Quarantined {
    pub source_no: i64,
    pub patient: Option<PatientNo>,
    pub file: String,
    pub place: String,
    pub kind: Option<String>,
    pub fhir_id: Option<String>,
    pub path: String,
    pub reason: &'static str,
    pub detail: String,
    pub hash: [u8; 32],
    pub size: i64,
    pub body: Vec<u8>,
}

/// Keeps what was refused; false if the same bytes were refused for the same reason before.
pub(crate) async fn add_to_quarantine(tx: &mut Tx, (row, now): (&Quarantined, Instant)) -> Result<bool> {
    let n = query(
        "INSERT INTO quarantine (id, source_no, patient_no, file, place, type, fhir_id, path, reason, detail, hash, \
           received_at, size, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (source_no, hash, reason) DO NOTHING",
    )
    .bind(uuid(now))
    .bind(row.source_no)
    .bind(row.patient)
    .bind(row.file.as_str())
    .bind(row.place.as_str())
    .bind(row.kind.clone())
    .bind(row.fhir_id.clone())
    .bind(row.path.as_str())
    .bind(row.reason)
    .bind(row.detail.as_str())
    .bind(row.hash.as_slice())
    .bind(now)
    .bind(row.size)
    .bind(row.body.as_slice())
    .run(tx)
    .await?;
    Ok(n == 1)
}
