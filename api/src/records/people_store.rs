//! Who is known from a source: the tables of people and of their identifiers.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;

use super::ingest::PersonFacts;
use super::rules::Identity;
use crate::base::{Instant, PatientNo, Result};
use crate::db::{Tx, query};

/// The known people among these FHIR ids, without their identifiers.
pub async fn people(tx: &mut Tx, source_no: i64, ids: &[&str]) -> Result<Vec<(PatientNo, Identity)>> {
    let rows: Vec<(String, i64, String, String, Option<String>)> = query(
        "SELECT p.fhir_id, p.patient_no, p.family, p.given, p.birth_date FROM json_each($1) a \
         CROSS JOIN patient p WHERE p.source_no = $2 AND p.fhir_id = a.value ->> 0",
    )
    .bind(json!(ids.iter().map(|id| [id]).collect::<Vec<_>>()).to_string())
    .bind(source_no)
    .all(tx)
    .await?;
    let person = |(id, patient, family, given, birth_date)| {
        (PatientNo(patient), Identity { id, family, given, birth_date, identifiers: BTreeSet::new() })
    };
    Ok(rows.into_iter().map(person).collect())
}

/// The identifiers of these people.
pub async fn identifiers(
    tx: &mut Tx,
    patients: &[PatientNo],
) -> Result<HashMap<PatientNo, BTreeSet<(String, String)>>> {
    let mut all: HashMap<PatientNo, BTreeSet<(String, String)>> = HashMap::new();
    if patients.is_empty() {
        return Ok(all);
    }
    let rows: Vec<(i64, String, String)> = query(
        "SELECT i.patient_no, i.system, i.value FROM json_each($1) a \
         CROSS JOIN patient_identifier i WHERE i.patient_no = CAST(a.value ->> 0 AS BIGINT)",
    )
    .bind(json!(patients.iter().map(|patient| [patient]).collect::<Vec<_>>()).to_string())
    .all(tx)
    .await?;
    for (patient, system, value) in rows {
        all.entry(PatientNo(patient)).or_default().insert((system, value));
    }
    Ok(all)
}

/// A new person, known so far by the FHIR id only.
pub async fn add_person(tx: &mut Tx, source_no: i64, (id, now): (&str, Instant)) -> Result<PatientNo> {
    let (patient,) = query(
        "INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, next_item, created_at, updated_at) \
         SELECT MAX(patient_no) + 1, $1, $2, '', '', '', 1, $3, $3 FROM patient RETURNING patient_no",
    )
    .bind(source_no)
    .bind(id)
    .bind(now)
    .one(tx)
    .await?;
    Ok(PatientNo(patient))
}

/// The birth date of a person as it is kept.
pub async fn birth_date(tx: &mut Tx, patient: PatientNo) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        query("SELECT birth_date FROM patient WHERE patient_no = $1").bind(patient).optional(tx).await?;
    Ok(row.and_then(|(birth_date,)| birth_date))
}

/// Keeps what the Patient resource says about the person.
pub async fn set_person(
    tx: &mut Tx,
    patient: PatientNo,
    (facts, now): (&PersonFacts, Instant),
) -> Result<()> {
    query(
        "UPDATE patient SET name = $2, family = $3, given = $4, birth_date = $5, sex = $6, deceased = $7, \
         updated_at = $8 WHERE patient_no = $1",
    )
    .bind(patient)
    .bind(facts.name.as_str())
    .bind(facts.family.as_str())
    .bind(facts.given.as_str())
    .bind(facts.birth_date.clone())
    .bind(facts.sex.clone())
    .bind(facts.deceased.clone())
    .bind(now)
    .run_one(tx)
    .await?;
    query("DELETE FROM patient_identifier WHERE patient_no = $1").bind(patient).run(tx).await?;
    query(
        "INSERT INTO patient_identifier (patient_no, system, value) \
         SELECT DISTINCT CAST($1 AS BIGINT), value ->> 0, value ->> 1 FROM json_each($2)",
    )
    .bind(patient)
    .bind(json!(facts.identifiers).to_string())
    .run(tx)
    .await?;
    Ok(())
}
