//! The SQL of what staff look at.

use std::collections::BTreeSet;

use serde_json::json;

use crate::base::{Instant, PatientNo, Result};
use crate::db::{Tx, query, row};
use crate::fhir::present::Category;

row! {
    /// A piece that could not be taken, without its bytes.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Refused {
        /// Its id.
        pub id: uuid::Uuid,
        /// The source it came from.
        pub source: String,
        /// Microseconds since the epoch.
        pub received_at: i64,
        /// The file, or the address it was gathered from.
        pub file: String,
        /// Line, column and entry, in words.
        pub place: String,
        /// The resource type, as far as it could be read.
        pub kind: Option<String>,
        /// The FHIR id, as far as it could be read.
        pub fhir_id: Option<String>,
        /// The path within the resource.
        pub path: String,
        /// The reason's stable name.
        pub reason: String,
        /// The reason in words.
        pub detail: String,
        /// Bytes.
        pub size: i64,
    }
}

impl Refused {
    /// When it came.
    pub fn received(&self) -> Instant {
        Instant(self.received_at)
    }
}

row! {
    /// One finding in a resource that was kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Noted {
        /// Where to go on after it.
        pub rid: i64,
        /// Its place among the findings of this resource.
        pub n: i64,
        /// `Observation/17`.
        pub resource: String,
        /// `error` or `warning`.
        pub severity: String,
        /// The finding's stable name.
        pub code: String,
        /// The path within the resource.
        pub path: String,
        /// What was expected there.
        pub detail: String,
    }
}

/// What lies in quarantine, of one person or of all, the newest first.
pub async fn refused(tx: &mut Tx, patient: Option<PatientNo>) -> Result<Vec<Refused>> {
    let sql = match patient {
        None => {
            "SELECT q.id, s.name AS source, q.received_at, q.file, q.place, q.type AS kind, q.fhir_id, q.path, \
             q.reason, q.detail, q.size FROM quarantine q JOIN source s ON s.source_no = q.source_no \
             ORDER BY q.received_at DESC, q.id DESC"
        }
        Some(_) => {
            "SELECT q.id, s.name AS source, q.received_at, q.file, q.place, q.type AS kind, q.fhir_id, q.path, \
             q.reason, q.detail, q.size FROM quarantine q JOIN source s ON s.source_no = q.source_no \
             WHERE q.patient_no = $1 ORDER BY q.received_at DESC, q.id DESC"
        }
    };
    let query = query(sql);
    match patient {
        None => query.all(tx).await,
        Some(patient) => query.bind(patient).all(tx).await,
    }
}

/// One piece in quarantine.
pub async fn refused_one(tx: &mut Tx, id: uuid::Uuid) -> Result<Option<Refused>> {
    query(
        "SELECT q.id, s.name AS source, q.received_at, q.file, q.place, q.type AS kind, q.fhir_id, q.path, \
         q.reason, q.detail, q.size FROM quarantine q JOIN source s ON s.source_no = q.source_no WHERE q.id = $1",
    )
    .bind(id)
    .optional(tx)
    .await
}

/// Its bytes.
pub async fn refused_bytes(tx: &mut Tx, id: uuid::Uuid) -> Result<Vec<u8>> {
    let (body,): (Vec<u8>,) = query("SELECT body FROM quarantine WHERE id = $1").bind(id).one(tx).await?;
    Ok(body)
}

/// A thousand findings after a place, up to a resource.
pub async fn noted(tx: &mut Tx, (rid, n): (i64, i64), high: i64) -> Result<Vec<Noted>> {
    query(
        "SELECT f.rid, CAST(f.n AS BIGINT) AS n, r.type || '/' || r.id AS resource, f.severity, f.code, f.path, \
         f.detail FROM finding f JOIN resource r ON r.rid = f.rid \
         WHERE f.rid >= $1 AND f.rid <= $3 AND (f.rid > $1 OR f.n > $2) ORDER BY f.rid, f.n LIMIT 1000",
    )
    .bind(rid)
    .bind(n)
    .bind(high)
    .all(tx)
    .await
}

/// The Patient resources of these records.
pub async fn patient_bodies(
    tx: &mut Tx,
    patients: &BTreeSet<PatientNo>,
) -> Result<Vec<(PatientNo, Vec<u8>)>> {
    let rows: Vec<(i64, i64, i64, Vec<u8>)> = query(
        "SELECT i.patient_no, r.codec, r.size, r.body FROM json_each($1) a CROSS JOIN item i CROSS JOIN resource r \
         WHERE i.patient_no = CAST(CAST(a.value AS TEXT) AS BIGINT) AND i.category = $2 \
         AND r.rid = i.rid AND r.type = 'Patient' ORDER BY r.rid",
    )
    .bind(json!(patients).to_string())
    .bind(i64::from(Category::Demographics.code()))
    .all(tx)
    .await?;
    let unpack = |(patient, codec, size, bytes): (i64, i64, i64, Vec<u8>)| {
        let body = super::body::unpack(codec, &bytes, usize::try_from(size).unwrap_or(0))?;
        Ok((PatientNo(patient), body))
    };
    rows.into_iter().map(unpack).collect()
}
