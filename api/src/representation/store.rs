//! The tables of authorities and of what became of them.

use uuid::Uuid;

use super::model::{Authority, End, Kind, PersonFacts, Scope};
use super::rules::Ask;
use crate::base::{AccountId, AuthorityId, Error, Instant, PatientNo, Result};
use crate::db::{Tx, query};
use crate::identity::Actor;

/// An authority to be kept.
pub struct New<'a> {
    pub id: AuthorityId,
    pub patient: PatientNo,
    pub ask: &'a Ask,
    pub person: &'a str,
    pub code_hash: [u8; 32],
    pub until: Instant,
    pub now: Instant,
}

#[derive(sqlx::FromRow)]
struct AuthorityRow {
    id: Uuid,
    patient_no: i64,
    account_id: Option<Uuid>,
    kind: String,
    name: String,
    person: String,
    evidence: String,
    scope: String,
    code_until: i64,
    created_at: i64,
    since: Option<i64>,
    until: Option<i64>,
    ended_at: Option<i64>,
    end_reason: Option<String>,
}

macro_rules! columns {
    () => {
        "SELECT id, patient_no, account_id, kind, name, person, evidence, scope, code_until, created_at, since, \
         until, ended_at, end_reason FROM authority "
    };
}

fn authority(row: AuthorityRow) -> Result<(Authority, String)> {
    let odd = || Error::internal(anyhow::anyhow!("an authority is of a kind or an end that is not known"));
    let ended = match (row.ended_at, row.end_reason) {
        (Some(at), Some(reason)) => {
            let end = serde_json::from_value(reason.into()).map_err(|_| odd())?;
            Some((Instant(at), end))
        }
        _ => None,
    };
    let scope: Scope = serde_json::from_str(&row.scope)?;
    let authority = Authority {
        id: AuthorityId(row.id),
        patient: PatientNo(row.patient_no),
        account: row.account_id.map(AccountId),
        kind: Kind::from_slug(&row.kind).ok_or_else(odd)?,
        name: row.name,
        evidence: row.evidence,
        scope,
        since: row.since.map(Instant),
        until: row.until.map(Instant),
        code_until: Instant(row.code_until),
        created: Instant(row.created_at),
        ended,
    };
    Ok((authority, row.person))
}

/// The person's name, and what the rules need to know of them.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<(String, PersonFacts)>> {
    type Row = (String, Option<String>, Option<String>);
    let row: Option<Row> = query("SELECT name, birth_date, deceased FROM patient WHERE patient_no = $1")
        .bind(patient)
        .optional(tx)
        .await?;
    let found = |(name, birth_date, deceased): Row| {
        let deceased = deceased.is_some_and(|deceased| deceased != "false");
        (name, PersonFacts { birth_date, deceased })
    };
    Ok(row.filter(|_| patient != PatientNo::DIRECTORY).map(found))
}

/// Adds an invitation.
pub async fn add(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    query(
        "INSERT INTO authority (id, patient_no, kind, name, person, evidence, scope, code_hash, code_until, \
         created_at, until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(new.id)
    .bind(new.patient)
    .bind(new.ask.kind.slug())
    .bind(new.ask.name.as_str())
    .bind(new.person)
    .bind(new.ask.evidence.as_str())
    .bind(serde_json::to_string(&new.ask.scope)?)
    .bind(new.code_hash.as_slice())
    .bind(new.until)
    .bind(new.now)
    .bind(new.ask.until)
    .run_one(tx)
    .await
}

/// Writes down what became of an authority, and who did it.
pub async fn note(
    tx: &mut Tx,
    id: AuthorityId,
    (what, at): (&str, Instant),
    (account, by): (Option<AccountId>, &str),
) -> Result<()> {
    query(
        "INSERT INTO authority_event (authority_id, at, what, account_id, by_name) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (authority_id, at, what) DO NOTHING",
    )
    .bind(id)
    .bind(at)
    .bind(what)
    .bind(account)
    .bind(by)
    .run(tx)
    .await?;
    Ok(())
}

/// How many over a record have not ended and can still be taken or are held.
pub async fn live(tx: &mut Tx, patient: PatientNo, now: Instant) -> Result<i64> {
    let (n,): (i64,) = query(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM authority WHERE patient_no = $1 AND ended_at IS NULL \
         AND (until IS NULL OR until > $2) AND (account_id IS NOT NULL OR code_until > $2)",
    )
    .bind(patient)
    .bind(now)
    .one(tx)
    .await?;
    Ok(n)
}

/// The authority of a code.
pub async fn by_code(tx: &mut Tx, code_hash: [u8; 32]) -> Result<Option<(Authority, String)>> {
    let row: Option<AuthorityRow> =
        query(concat!(columns!(), "WHERE code_hash = $1")).bind(code_hash.as_slice()).optional(tx).await?;
    row.map(authority).transpose()
}

/// One authority.
pub async fn find(tx: &mut Tx, id: AuthorityId) -> Result<Option<(Authority, String)>> {
    let row: Option<AuthorityRow> = query(concat!(columns!(), "WHERE id = $1")).bind(id).optional(tx).await?;
    row.map(authority).transpose()
}

/// The invited account takes it.
pub async fn take(tx: &mut Tx, id: AuthorityId, (actor, now): (&Actor, Instant)) -> Result<()> {
    query(
        "UPDATE authority SET account_id = $2, since = $3, code_hash = NULL \
         WHERE id = $1 AND account_id IS NULL AND ended_at IS NULL",
    )
    .bind(id)
    .bind(actor.account)
    .bind(now)
    .run_one(tx)
    .await
}

/// All over a record, newest first.
pub async fn over(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> =
        query(concat!(columns!(), "WHERE patient_no = $1 ORDER BY created_at DESC, id LIMIT 500"))
            .bind(patient)
            .all(tx)
            .await?;
    rows.into_iter().map(authority).collect()
}

/// All that an account holds and nobody ended, by name of the person.
pub async fn held_by(tx: &mut Tx, account: AccountId) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> = query(concat!(
        columns!(),
        "WHERE account_id = $1 AND ended_at IS NULL ORDER BY person, created_at, id LIMIT 500"
    ))
    .bind(account)
    .all(tx)
    .await?;
    rows.into_iter().map(authority).collect()
}

/// The one that an account holds over a record and nobody ended.
pub async fn held_over(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<Option<Authority>> {
    let row: Option<AuthorityRow> = query(concat!(
        columns!(),
        "WHERE account_id = $1 AND patient_no = $2 AND ended_at IS NULL ORDER BY since DESC LIMIT 1"
    ))
    .bind(account)
    .bind(patient)
    .optional(tx)
    .await?;
    row.map(|row| authority(row).map(|(authority, _)| authority)).transpose()
}

/// Ends it; false where it had ended.
pub async fn end(tx: &mut Tx, id: AuthorityId, (at, end): (Instant, End)) -> Result<bool> {
    let reason = serde_json::to_value(end)?;
    let changed = query(
        "UPDATE authority SET ended_at = $2, end_reason = $3, code_hash = NULL WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(at)
    .bind(reason.as_str())
    .run(tx)
    .await?;
    Ok(changed == 1)
}
