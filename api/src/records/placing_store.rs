//! What names the files of a record, and moving them to their shelves.

use serde_json::json;

use super::ingest_store;
use crate::base::{PatientNo, Result, Rid};
use crate::db::{Tx, query};
use crate::fhir::sensitivity::Labels;

fn listing(rids: &[Rid]) -> String {
    json!(rids.iter().map(|rid| [rid]).collect::<Vec<_>>()).to_string()
}

/// The files that people's own records have under these names.
pub async fn files(tx: &mut Tx, names: &[(PatientNo, String)]) -> Result<Vec<Rid>> {
    let within = |(patient, name): &(PatientNo, String)| {
        let (low, high) = patient.range();
        json!([low, high, patient, name, name.strip_prefix("Binary/").unwrap_or_default()])
    };
    let rows: Vec<(i64,)> = query(
        "SELECT r.rid FROM json_each($1) a CROSS JOIN resource r WHERE r.type = 'Binary' AND r.id = a.value ->> 4 \
           AND r.rid BETWEEN CAST(a.value ->> 0 AS BIGINT) AND CAST(a.value ->> 1 AS BIGINT) \
         UNION SELECT r.rid FROM json_each($1) a CROSS JOIN alias l CROSS JOIN resource r \
         WHERE l.full_url = a.value ->> 3 \
           AND l.source_no = (SELECT p.source_no FROM patient p WHERE p.patient_no = CAST(a.value ->> 2 AS BIGINT)) \
           AND r.rid = l.rid AND r.type = 'Binary' \
           AND r.rid BETWEEN CAST(a.value ->> 0 AS BIGINT) AND CAST(a.value ->> 1 AS BIGINT)",
    )
    .bind(json!(names.iter().map(within).collect::<Vec<_>>()).to_string())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}

/// For each of these files of a record, the categories (by code) of what names it.
pub async fn naming(tx: &mut Tx, patient: PatientNo, files: &[Rid]) -> Result<Vec<(Rid, i64)>> {
    let rows: Vec<(i64, i64)> = query(
        "SELECT DISTINCT f.rid, i.category FROM ( \
           SELECT r.rid AS rid, 'Binary/' || r.id AS name FROM json_each($1) a \
             CROSS JOIN resource r WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) \
           UNION ALL \
           SELECT l.rid AS rid, l.full_url AS name FROM json_each($1) a \
             CROSS JOIN alias l WHERE l.rid = CAST(a.value ->> 0 AS BIGINT) \
         ) f CROSS JOIN index_reference n CROSS JOIN item i \
         WHERE n.patient_no = $2 AND n.type = 'Binary' AND n.param = '_named' AND n.target = f.name \
           AND i.rid = n.rid",
    )
    .bind(listing(files))
    .bind(patient)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid, category)| (Rid(rid), category)).collect())
}

/// Where these files stand: category (by code), and labels.
pub async fn places(tx: &mut Tx, files: &[Rid]) -> Result<Vec<(Rid, i64, Labels)>> {
    let rows: Vec<(i64, i64, i64)> = query(
        "SELECT i.rid, i.category, i.labels FROM json_each($1) a CROSS JOIN item i \
         WHERE i.rid = CAST(a.value ->> 0 AS BIGINT)",
    )
    .bind(listing(files))
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(rid, category, labels)| (Rid(rid), category, Labels(labels))).collect())
}

/// Puts a file into a category, with these labels.
pub async fn put(tx: &mut Tx, rid: Rid, (category, labels): (i64, Labels)) -> Result<()> {
    ingest_store::take_from_shelf(tx, rid).await?;
    query("UPDATE item SET category = $2, labels = $3 WHERE rid = $1")
        .bind(rid)
        .bind(category)
        .bind(labels.0)
        .run_one(tx)
        .await?;
    ingest_store::put_on_shelf(tx, rid, rid.patient()).await
}

/// What a resource is replaced by may name other files: the names that are taken from the index.
pub async fn take_names(tx: &mut Tx, rid: Rid) -> Result<Vec<(PatientNo, String)>> {
    let rows: Vec<(String,)> = query(
        "DELETE FROM index_reference WHERE patient_no = $1 AND type = 'Binary' AND param = '_named' AND rid = $2 \
         RETURNING target",
    )
    .bind(rid.patient())
    .bind(rid)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(name,)| (rid.patient(), name)).collect())
}

/// Adds a name to the index.
pub async fn add_name(tx: &mut Tx, rid: Rid, name: &str) -> Result<()> {
    query(
        "INSERT INTO index_reference (patient_no, type, param, target, rid) \
         VALUES ($1, 'Binary', '_named', $2, $3) ON CONFLICT DO NOTHING",
    )
    .bind(rid.patient())
    .bind(name)
    .bind(rid)
    .run(tx)
    .await?;
    Ok(())
}
