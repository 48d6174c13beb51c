//! Finding the Medications of prescriptions and the prescriptions of Medications, and writing their lines.

use serde::Serialize;
use serde_json::json;

use super::body;
use super::medicines::Renamed;
use super::reference::Key;
use crate::base::{PatientNo, Result, Rid};
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::Labels;

/// A prescription and the Medication it points to.
#[derive(Debug, Serialize)]
pub struct Sought {
    pub rid: Rid,
    pub key: Key,
}

/// A prescription with what its Medication is called and found by.
#[derive(Debug)]
pub struct Named {
    pub rid: Rid,
    pub title: Option<String>,
    pub words: String,
    /// Of the Medication: they go over to the prescription.
    pub labels: Labels,
    /// The Medication.
    pub medication: Rid,
}

/// Whether a prescription may be named by a Medication: one of the same record, or one that is nobody's.
fn reaches(prescription: Rid, medication: Rid) -> bool {
    [prescription.patient(), PatientNo::DIRECTORY].contains(&medication.patient())
}

/// The Medications that these prescriptions point to, as far as they are known. One of the own record goes before one
/// of the directory.
pub async fn medicines(tx: &mut Tx, source_no: i64, sought: &[Sought]) -> Result<Vec<Named>> {
    let rows: Vec<(i64, i64, Option<String>, String, i64)> = query(
        "SELECT v.rid, v.medication, i.title, w.words, i.labels FROM ( \
           SELECT CAST(a.value ->> 'rid' AS BIGINT) AS rid, r.rid AS medication FROM json_each($1) a \
             CROSS JOIN resource r WHERE r.type = 'Medication' AND r.id = a.value -> 'key' ->> 'id' \
               AND r.source_no = $2 AND a.value -> 'key' ->> 'kind' = 'Medication' \
           UNION \
           SELECT CAST(a.value ->> 'rid' AS BIGINT) AS rid, l.rid AS medication FROM json_each($1) a \
             CROSS JOIN alias l WHERE l.full_url = a.value -> 'key' ->> 'written' AND l.source_no = $2 \
         ) v CROSS JOIN resource r CROSS JOIN item i CROSS JOIN item_words w \
         WHERE r.rid = v.medication AND r.type = 'Medication' AND i.rid = v.medication AND w.rid = v.medication \
         ORDER BY v.rid, v.medication DESC",
    )
    .bind(serde_json::to_string(sought)?)
    .bind(source_no)
    .all(tx)
    .await?;
    let mut named: Vec<Named> = rows
        .into_iter()
        .filter(|(rid, medication, ..)| reaches(Rid(*rid), Rid(*medication)))
        .map(|(rid, medication, title, words, labels)| Named {
            rid: Rid(rid),
            title,
            words,
            labels: Labels(labels),
            medication: Rid(medication),
        })
        .collect();
    // A statement that updates one row from two takes any of them.
    named.dedup_by_key(|named| named.rid);
    Ok(named)
}

row! {
    struct PrescriptionRow {
        rid: i64,
        title: Option<String>,
        words: String,
        labels: i64,
        medication: i64,
        codec: i64,
        size: i64,
        body: Vec<u8>,
    }
}

/// The prescriptions with their bytes that point to these Medications by any of these names, in order of key. As
/// above, those of the Medication's own record, or of all where it is nobody's.
pub async fn prescriptions(
    tx: &mut Tx,
    (source_no, medications): (i64, &[(Rid, Vec<String>)]),
    (after, limit): (Rid, i64),
) -> Result<Vec<(Named, Vec<u8>)>> {
    let names: Vec<(Rid, &String, PatientNo)> = medications
        .iter()
        .flat_map(|(rid, names)| names.iter().map(|name| (*rid, name, rid.patient())))
        .collect();
    let mut rows: Vec<PrescriptionRow> = query(
        "SELECT r.rid, i.title, w.words, i.labels, v.medication, r.codec, r.size, r.body FROM ( \
           SELECT DISTINCT x.rid, CAST(a.value ->> 0 AS BIGINT) AS medication FROM json_each($1) a \
             CROSS JOIN index_reference x WHERE x.param = 'medication' AND x.target = a.value ->> 1 \
               AND x.rid > $3 AND (CAST(a.value ->> 2 AS BIGINT) = 0 OR CAST(a.value ->> 2 AS BIGINT) = x.patient_no) \
         ) v CROSS JOIN resource r CROSS JOIN item i CROSS JOIN item_words w \
         WHERE r.rid = v.rid AND r.source_no = $2 AND i.rid = v.medication AND w.rid = v.medication \
         ORDER BY r.rid, v.medication DESC LIMIT $4",
    )
    .bind(json!(names).to_string())
    .bind(source_no)
    .bind(after)
    .bind(limit)
    .all(tx)
    .await?;
    rows.dedup_by_key(|row| row.rid);
    rows.into_iter()
        .map(|row| {
            let size = usize::try_from(row.size).unwrap_or(0);
            let bytes = body::unpack(row.codec, &row.body, size)?;
            let labels = Labels(row.labels);
            let medication = Rid(row.medication);
            Ok((Named { rid: Rid(row.rid), title: row.title, words: row.words, labels, medication }, bytes))
        })
        .collect()
}

/// Writes titles, where they are borrowed, and words.
pub async fn rename(tx: &mut Tx, lines: &[Renamed]) -> Result<()> {
    let titles: Vec<(Rid, &Option<String>)> =
        lines.iter().filter(|line| line.borrows).map(|line| (line.rid, &line.title)).collect();
    let words: Vec<(Rid, &String)> = lines.iter().map(|line| (line.rid, &line.words)).collect();
    query(
        "UPDATE item SET title = v.title FROM ( \
           SELECT CAST(value ->> 0 AS BIGINT) AS rid, value ->> 1 AS title FROM json_each($1) \
         ) v WHERE item.rid = v.rid",
    )
    .bind(json!(titles).to_string())
    .run(tx)
    .await?;
    query(
        "UPDATE item_words SET words = v.words FROM ( \
           SELECT CAST(value ->> 0 AS BIGINT) AS rid, value ->> 1 AS words FROM json_each($1) \
         ) v WHERE item_words.rid = v.rid",
    )
    .bind(json!(words).to_string())
    .run(tx)
    .await?;
    Ok(())
}
