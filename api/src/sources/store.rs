//! What the door and the gathering keep: gather runs, and the words for places and refusals.

use serde_json::json;

use super::prepare::Refusal;
use crate::base::{Instant, PatientNo, Result, uuid};
use crate::db::{Tx, query};
use crate::fhir::bundle::{BadEntry, Place, Reason};
use crate::records::{Prepared, Stored};

/// The number of the person with this FHIR id at a source, if known.
pub async fn patient(tx: &mut Tx, source_no: i64, fhir_id: &str) -> Result<Option<PatientNo>> {
    let row: Option<(i64,)> = query("SELECT patient_no FROM patient WHERE source_no = $1 AND fhir_id = $2")
        .bind(source_no)
        .bind(fhir_id)
        .optional(tx)
        .await?;
    Ok(row.map(|(patient,)| PatientNo(patient)))
}

/// FHIR ids of all people known from a source.
pub async fn people(tx: &mut Tx, source_no: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        query("SELECT fhir_id FROM patient WHERE source_no = $1 AND patient_no > 0 ORDER BY patient_no")
            .bind(source_no)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// People with an account whose last finished or running gather from this source began before a moment.
pub async fn due(tx: &mut Tx, (source, before): (&str, Instant)) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = query(
        "SELECT DISTINCT p.fhir_id FROM patient p JOIN source s ON s.source_no = p.source_no \
         JOIN account_link l ON l.patient_no = p.patient_no AND l.until IS NULL \
         WHERE s.name = $1 AND NOT EXISTS (SELECT 1 FROM gather_run g WHERE g.source_no = p.source_no \
           AND g.fhir_id = p.fhir_id AND g.started_at >= $2)",
    )
    .bind(source)
    .bind(before)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A gather that was begun: its id and what is still to be fetched.
#[derive(Debug, Clone)]
pub struct Run {
    pub id: uuid::Uuid,
    pub queue: Vec<String>,
    pub failed_parts: Vec<String>,
    pub way: String,
}

/// The unfinished gather of a person, to be gone on with after a crash.
pub async fn unfinished(tx: &mut Tx, source_no: i64, fhir_id: &str) -> Result<Option<Run>> {
    let row: Option<(uuid::Uuid, Option<String>, String, Option<String>)> = query(
        "SELECT id, cursor, parts, way FROM gather_run WHERE source_no = $1 AND fhir_id = $2 AND state = 'running' \
         ORDER BY started_at DESC LIMIT 1",
    )
    .bind(source_no)
    .bind(fhir_id)
    .optional(tx)
    .await?;
    Ok(row.map(|(id, cursor, parts, way)| Run {
        id,
        queue: cursor.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        failed_parts: serde_json::from_str(&parts).unwrap_or_default(),
        way: way.unwrap_or_default(),
    }))
}

/// Begins a gather.
pub async fn begin(
    tx: &mut Tx,
    source_no: i64,
    (fhir_id, now): (&str, Instant),
    queue: Vec<String>,
) -> Result<Run> {
    let id = uuid(now);
    query(
        "INSERT INTO gather_run (id, source_no, patient_no, fhir_id, state, way, cursor, accepted, unchanged, refused, \
           parts, started_at) \
         VALUES ($1, $2, (SELECT patient_no FROM patient WHERE source_no = $2 AND fhir_id = $3), $3, 'running', \
           'everything', $4, 0, 0, 0, '[]', $5)",
    )
    .bind(id)
    .bind(source_no)
    .bind(fhir_id)
    .bind(json!(queue).to_string())
    .bind(now)
    .run_one(tx)
    .await?;
    Ok(Run { id, queue, failed_parts: Vec::new(), way: "everything".into() })
}

/// What a page brought.
#[derive(Debug, Clone, Copy, Default)]
pub struct Brought {
    pub accepted: i64,
    pub unchanged: i64,
    pub refused: i64,
}

/// Keeps how far a gather is.
pub async fn advance(tx: &mut Tx, run: &Run, brought: Brought) -> Result<()> {
    query(
        "UPDATE gather_run SET cursor = $2, parts = $3, way = $4, accepted = accepted + $5, \
         unchanged = unchanged + $6, refused = refused + $7 WHERE id = $1",
    )
    .bind(run.id)
    .bind(json!(run.queue).to_string())
    .bind(json!(run.failed_parts).to_string())
    .bind(run.way.as_str())
    .bind(brought.accepted)
    .bind(brought.unchanged)
    .bind(brought.refused)
    .run_one(tx)
    .await
}

/// Ends a gather: `done`, `partial` or `failed`.
pub async fn finish(
    tx: &mut Tx,
    run: &Run,
    (state, failure): (&str, Option<&str>),
    (source_no, fhir_id, now): (i64, &str, Instant),
) -> Result<()> {
    query(
        "UPDATE gather_run SET state = $2, failure = $3, parts = $4, finished_at = $5, cursor = NULL, \
         patient_no = (SELECT patient_no FROM patient WHERE source_no = $6 AND fhir_id = $7) WHERE id = $1",
    )
    .bind(run.id)
    .bind(state)
    .bind(failure)
    .bind(json!(run.failed_parts).to_string())
    .bind(now)
    .bind(source_no)
    .bind(fhir_id)
    .run_one(tx)
    .await
}

/// A place in words: `line 3, column 1, entry 17`. Entries are counted from 1 for people.
pub fn place(place: &Place) -> String {
    let entry = place.entry.map_or_else(String::new, |entry| format!(", entry {}", entry + 1));
    format!("line {}, column {}{entry}", place.line, place.column)
}

/// A file that could not be opened, as an entry that could not be read.
pub fn unreadable(kind: std::io::ErrorKind) -> BadEntry {
    BadEntry { place: START, reason: Reason::Io(kind), raw: Vec::new() }
}

/// A file without a byte, as an entry that could not be read: an export that was cut off before it began looks
/// like this.
pub fn empty() -> BadEntry {
    BadEntry { place: START, reason: Reason::Empty, raw: Vec::new() }
}

const START: Place = Place { line: 1, column: 1, entry: None, offset: 0 };

/// Why something that is no entry was refused.
pub fn bad_entry(bad: &BadEntry) -> Refusal {
    let reason = match bad.reason {
        Reason::TooLarge { .. } => "too-large",
        Reason::TooDeep => "too-deep",
        Reason::NotJson { .. } => "not-json",
        Reason::Truncated => "cut-off",
        Reason::NoResource => "no-resource",
        Reason::NotAnObject => "not-an-object",
        Reason::NotABundle => "not-a-bundle",
        Reason::Empty => "empty-file",
        Reason::Io(std::io::ErrorKind::QuotaExceeded) => "unpacks-too-far",
        Reason::Io(_) => "unreadable",
    };
    Refusal {
        reason,
        path: String::new(),
        detail: bad.reason.to_string(),
        kind: None,
        id: None,
        person: None,
    }
}

/// Why a readable resource was not stored.
pub fn not_theirs(fate: Stored, prepared: &Prepared) -> Refusal {
    let (reason, path, detail) = if fate == Stored::OtherIdentity {
        (
            "other-identity",
            "Patient.name",
            "has neither the family name nor the birth date of the person known under this id",
        )
    } else {
        ("other-record", "", "the same type and id belong to another person's record")
    };
    let person = match &prepared.owner {
        crate::records::Owner::Patient(id) => Some(id.clone()),
        crate::records::Owner::Directory => None,
    };
    Refusal {
        reason,
        path: path.into(),
        detail: detail.into(),
        kind: Some(prepared.kind.clone()),
        id: Some(prepared.id.clone()),
        person,
    }
}
