//! The tables of grants, of people found, of looks and of reviews. One function for one question.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::model::{
    Ask, By, Concern, Found, Grant, LinkedAccount, Looked, MedicalEmergency, Power, Purpose, Review, Role,
    Told, View, Whole,
};
use crate::base::{AccountId, Error, GrantId, Instant, PatientNo, Result, ReviewId, SessionId, ViewId};
use crate::db::{Query, Tx, query, row};
use crate::fhir::sensitivity::Labels;
use crate::keys::Keys;

/// The roles that the claims of a session's sign-in gave, by their names; none where it is over.
pub async fn claimed(tx: &mut Tx, session: SessionId) -> Result<Option<String>> {
    let row: Option<(String,)> = query("SELECT roles FROM session WHERE id = $1 AND ended_at IS NULL")
        .bind(session)
        .optional(tx)
        .await?;
    Ok(row.map(|(roles,)| roles))
}

row! {
    struct GrantRow {
        id: Uuid,
        account_id: Uuid,
        holder: String,
        email: Option<String>,
        power: String,
        reason: String,
        asked_at: i64,
        asked_by: Option<Uuid>,
        asked_name: String,
        starts_at: i64,
        ends_at: Option<i64>,
        approved_at: Option<i64>,
        approved_by: Option<Uuid>,
        approved_name: Option<String>,
        ended_at: Option<i64>,
        ended_by: Option<Uuid>,
        ended_name: Option<String>,
        ended_why: Option<String>,
    }
}

macro_rules! grants {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.account_id, a.name AS holder, a.email, g.power, g.reason, g.asked_at, g.asked_by, \
             g.asked_name, g.starts_at, g.ends_at, g.approved_at, g.approved_by, g.approved_name, g.ended_at, \
             g.ended_by, g.ended_name, g.ended_why FROM staff_grant g JOIN account a ON a.id = g.account_id ",
            $rest
        )
    };
}

fn grant(row: GrantRow) -> Result<Grant> {
    let power = Power::from_slug(&row.power)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a grant is of a power that is not known")))?;
    let by = |at: Option<i64>, account: Option<Uuid>, name: Option<String>| {
        at.map(|at| By { account: account.map(AccountId), name: name.unwrap_or_default(), at: Instant(at) })
    };
    Ok(Grant {
        id: GrantId(row.id),
        account: AccountId(row.account_id),
        holder: row.holder,
        email: row.email,
        power,
        reason: row.reason,
        asked: By { account: row.asked_by.map(AccountId), name: row.asked_name, at: Instant(row.asked_at) },
        starts: Instant(row.starts_at),
        ends: row.ends_at.map(Instant),
        approved: by(row.approved_at, row.approved_by, row.approved_name),
        ended: by(row.ended_at, row.ended_by, row.ended_name).zip(Some(row.ended_why.unwrap_or_default())),
    })
}

/// Keeps what was asked for.
pub async fn add_grant(tx: &mut Tx, id: GrantId, (ask, by): (&Ask, &By)) -> Result<()> {
    query(
        "INSERT INTO staff_grant (id, account_id, power, reason, asked_at, asked_by, asked_name, starts_at, \
         ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(ask.account)
    .bind(ask.power.slug())
    .bind(ask.reason.as_str())
    .bind(by.at)
    .bind(by.account)
    .bind(by.name.as_str())
    .bind(ask.starts.unwrap_or(by.at))
    .bind(ask.ends)
    .run_one(tx)
    .await
}

/// Holds an account until the transaction ends, so that of two things decided about it at once one comes first; false
/// where there is none.
pub async fn hold_account(tx: &mut Tx, account: AccountId) -> Result<bool> {
    let held = query("UPDATE account SET last_seen_at = last_seen_at WHERE id = $1").bind(account).run(tx);
    Ok(held.await? == 1)
}

/// One grant.
pub async fn find_grant(tx: &mut Tx, id: GrantId) -> Result<Option<Grant>> {
    let row: Option<GrantRow> = query(grants!("WHERE g.id = $1")).bind(id).optional(tx).await?;
    row.map(grant).transpose()
}

/// All grants of an account, newest first.
pub async fn grants_of(tx: &mut Tx, account: AccountId) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = query(grants!("WHERE g.account_id = $1 ORDER BY g.asked_at DESC, g.id DESC"))
        .bind(account)
        .all(tx)
        .await?;
    rows.into_iter().map(grant).collect()
}

/// The grants that nobody ended and whose time is not over, asked for or in force, oldest first.
pub async fn live_grants(tx: &mut Tx, now: Instant) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = query(grants!(
        "WHERE g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > $1) ORDER BY g.asked_at, g.id"
    ))
    .bind(now)
    .all(tx)
    .await?;
    rows.into_iter().map(grant).collect()
}

/// Grants that are not over and not in force yet, the oldest first: those after so many, and at most so many.
pub async fn waiting_grants(tx: &mut Tx, now: Instant, (after, most): (i64, i64)) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = query(grants!(
        "WHERE g.ended_at IS NULL AND (g.ends_at IS NULL OR g.ends_at > $1) \
         AND (g.approved_at IS NULL OR g.starts_at > $1) ORDER BY g.asked_at, g.id LIMIT $3 OFFSET $2"
    ))
    .bind(now)
    .bind(after)
    .bind(most)
    .all(tx)
    .await?;
    rows.into_iter().map(grant).collect()
}

/// Grants of the past, newest first: those after so many, and at most so many.
pub async fn past_grants(tx: &mut Tx, now: Instant, (after, most): (i64, i64)) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = query(grants!(
        "WHERE g.ended_at IS NOT NULL OR g.ends_at <= $1 ORDER BY g.asked_at DESC, g.id DESC LIMIT $3 OFFSET $2"
    ))
    .bind(now)
    .bind(after)
    .bind(most)
    .all(tx)
    .await?;
    rows.into_iter().map(grant).collect()
}

/// Approves what waits for it: how many rows changed.
pub async fn approve(tx: &mut Tx, id: GrantId, by: &By) -> Result<u64> {
    query(
        "UPDATE staff_grant SET approved_at = $2, approved_by = $3, approved_name = $4, \
         starts_at = CASE WHEN starts_at < $2 THEN $2 ELSE starts_at END \
         WHERE id = $1 AND approved_at IS NULL AND ended_at IS NULL AND (ends_at IS NULL OR ends_at > $2)",
    )
    .bind(id)
    .bind(by.at)
    .bind(by.account)
    .bind(by.name.as_str())
    .run(tx)
    .await
}

/// Ends or refuses a grant: how many rows changed.
pub async fn end_grant(tx: &mut Tx, id: GrantId, (by, why): (&By, &str)) -> Result<u64> {
    query(
        "UPDATE staff_grant SET ended_at = $2, ended_by = $3, ended_name = $4, ended_why = $5 \
         WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(by.at)
    .bind(by.account)
    .bind(by.name.as_str())
    .bind(why)
    .run(tx)
    .await
}

/// Ends the open looks of an account in a role, because the role ended: how many.
pub async fn end_views_of(tx: &mut Tx, account: AccountId, now: Instant) -> Result<u64> {
    query("UPDATE staff_view SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL AND until > $2")
        .bind(account)
        .bind(now)
        .run(tx)
        .await
}

/// Somebody with an account: id, name, address, last seen.
pub type Person = (Uuid, String, Option<String>, i64);

/// Accounts whose last sign-in gave roles by claims: who, the provider, the roles by their names.
pub async fn claimants(tx: &mut Tx) -> Result<Vec<(Uuid, String, Option<String>, i64, String, String)>> {
    query(
        "SELECT a.id, a.name, a.email, a.last_seen_at, s.provider, s.roles FROM session s \
         JOIN account a ON a.id = s.account_id WHERE s.roles <> '' AND s.id = (SELECT l.id FROM session l \
         WHERE l.account_id = s.account_id ORDER BY l.created_at DESC, l.id DESC LIMIT 1) ORDER BY a.name, a.id",
    )
    .all(tx)
    .await
}

/// An account.
pub async fn account(tx: &mut Tx, account: AccountId) -> Result<Option<Person>> {
    query("SELECT id, name, email, last_seen_at FROM account WHERE id = $1").bind(account).optional(tx).await
}

/// People whose record has this number, and this name and birth date where they are given (folded; empty: any).
pub async fn by_number(
    tx: &mut Tx,
    wanted: &[String; 4],
    (after, most): (i64, i64),
) -> Result<Vec<(Found, Whole)>> {
    let rows: Vec<NamedRow> = query(
        "SELECT DISTINCT p.patient_no, p.name, p.birth_date, s.name, \
         CASE WHEN p.given = $2 THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS whole FROM patient_identifier i \
         JOIN patient p ON p.patient_no = i.patient_no JOIN source s ON s.source_no = p.source_no \
         WHERE i.value IN ($4, $7, $8) AND i.system <> 'mailto:' \
         AND p.patient_no <> 0 AND ($1 = '' OR p.family = $1) AND ($2 = '' OR p.given = $2 OR p.given LIKE $2 || ' %') \
         AND ($3 = '' OR p.birth_date = $3) ORDER BY whole DESC, p.name, p.patient_no LIMIT $6 OFFSET $5",
    )
    .bind(wanted[0].as_str())
    .bind(wanted[1].as_str())
    .bind(wanted[2].as_str())
    .bind(wanted[3].as_str())
    .bind(after)
    .bind(most)
    // Letters of a number are read to somebody on the telephone.
    .bind(wanted[3].to_uppercase())
    .bind(wanted[3].to_lowercase())
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(named).collect())
}

/// People of this name and birth date (the name folded).
pub async fn by_name(
    tx: &mut Tx,
    wanted: &[String; 4],
    (after, most): (i64, i64),
) -> Result<Vec<(Found, Whole)>> {
    let rows: Vec<NamedRow> = query(
        "SELECT p.patient_no, p.name, p.birth_date, s.name, \
         CASE WHEN p.given = $2 THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS whole FROM patient p \
         JOIN source s ON s.source_no = p.source_no WHERE p.family = $1 AND p.birth_date = $3 \
         AND (p.given = $2 OR p.given LIKE $2 || ' %') AND p.patient_no <> 0 \
         ORDER BY whole DESC, p.name, p.patient_no LIMIT $5 OFFSET $4",
    )
    .bind(wanted[0].as_str())
    .bind(wanted[1].as_str())
    .bind(wanted[2].as_str())
    .bind(after)
    .bind(most)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(named).collect())
}

/// As of [`FoundRow`], and 1 where the given name is the one that was asked for.
type NamedRow = (i64, String, Option<String>, String, i64);

fn named((patient, name, birth_date, source, whole): NamedRow) -> (Found, Whole) {
    let whole = if whole == 1 { Whole::Name } else { Whole::Part };
    (found((patient, name, birth_date, source)), whole)
}

/// Number, name, birth date, source.
type FoundRow = (i64, String, Option<String>, String);

fn found((patient, name, birth_date, source): FoundRow) -> Found {
    Found { patient: PatientNo(patient), name, birth_date, source }
}

/// Writes down that somebody was found.
pub async fn note_find(tx: &mut Tx, account: AccountId, (patient, at): (PatientNo, Instant)) -> Result<()> {
    query(
        "INSERT INTO staff_find (account_id, patient_no, at) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id, patient_no) DO UPDATE SET at = excluded.at",
    )
    .bind(account)
    .bind(patient)
    .bind(at)
    .run_one(tx)
    .await
}

/// Whether this account found this person since then.
pub async fn was_found(
    tx: &mut Tx,
    account: AccountId,
    (patient, since): (PatientNo, Instant),
) -> Result<bool> {
    let (count,): (i64,) =
        query("SELECT COUNT(*) FROM staff_find WHERE account_id = $1 AND patient_no = $2 AND at > $3")
            .bind(account)
            .bind(patient)
            .bind(since)
            .one(tx)
            .await?;
    Ok(count > 0)
}

/// A person by the number.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<Found>> {
    let row: Option<FoundRow> = query(
        "SELECT p.patient_no, p.name, p.birth_date, s.name FROM patient p \
         JOIN source s ON s.source_no = p.source_no WHERE p.patient_no = $1 AND p.patient_no <> 0",
    )
    .bind(patient)
    .optional(tx)
    .await?;
    Ok(row.map(found))
}

/// Whom this account found since then, newest first.
pub async fn found_since(
    tx: &mut Tx,
    account: AccountId,
    (since, most): (Instant, i64),
) -> Result<Vec<Found>> {
    let rows: Vec<FoundRow> = query(
        "SELECT p.patient_no, p.name, p.birth_date, s.name FROM staff_find f \
         JOIN patient p ON p.patient_no = f.patient_no JOIN source s ON s.source_no = p.source_no \
         WHERE f.account_id = $1 AND f.at > $2 ORDER BY f.at DESC, p.patient_no LIMIT $3",
    )
    .bind(account)
    .bind(since)
    .bind(most)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(found).collect())
}

/// The accounts that see a record now.
pub async fn linked(tx: &mut Tx, patient: PatientNo) -> Result<Vec<LinkedAccount>> {
    let rows: Vec<(Uuid, String, i64, String, i64)> = query(
        "SELECT a.id, a.name, l.since, l.ground, a.last_seen_at FROM account_link l JOIN account a ON a.id = l.account_id \
         WHERE l.patient_no = $1 AND l.until IS NULL ORDER BY l.since, a.id",
    )
    .bind(patient)
    .all(tx)
    .await?;
    let one = |(account, name, since, ground, seen)| LinkedAccount {
        account: AccountId(account),
        name,
        since: Instant(since),
        ground,
        seen: Instant(seen),
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Which of these records are an account's own.
pub async fn own_among(tx: &mut Tx, account: AccountId, people: &[PatientNo]) -> Result<BTreeSet<PatientNo>> {
    let rows: Vec<(i64,)> = query(
        "SELECT l.patient_no FROM json_each($1) a CROSS JOIN account_link l \
         WHERE l.patient_no = CAST(CAST(a.value AS TEXT) AS BIGINT) AND l.account_id = $2",
    )
    .bind(json!(people).to_string())
    .bind(account)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(patient,)| PatientNo(patient)).collect())
}

/// For which of these people the account acts or acted, or who of them for the account's own.
pub async fn acts_among(
    tx: &mut Tx,
    account: AccountId,
    people: &[PatientNo],
) -> Result<BTreeSet<PatientNo>> {
    let rows: Vec<(i64,)> = query(
        "SELECT t.patient_no FROM json_each($1) a CROSS JOIN authority t \
         WHERE t.patient_no = CAST(CAST(a.value AS TEXT) AS BIGINT) AND t.account_id = $2 \
         UNION SELECT l.patient_no FROM json_each($1) a CROSS JOIN account_link l CROSS JOIN authority t \
         WHERE l.patient_no = CAST(CAST(a.value AS TEXT) AS BIGINT) AND t.account_id = l.account_id \
         AND t.patient_no IN (SELECT patient_no FROM account_link WHERE account_id = $2)",
    )
    .bind(json!(people).to_string())
    .bind(account)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(patient,)| PatientNo(patient)).collect())
}

/// Begins a look.
pub async fn add_view(tx: &mut Tx, keys: &Keys, view: &View) -> Result<()> {
    let words = Words { reason: view.reason.clone(), medical: view.medical.clone(), told: view.told };
    query(
        "INSERT INTO staff_view (id, account_id, session_id, patient_no, role, purpose, reason, words, emergency, \
         since, until) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10)",
    )
    .bind(view.id)
    .bind(view.account)
    .bind(view.session)
    .bind(view.patient)
    .bind(view.role.slug())
    .bind(view.purpose.slug())
    .bind(keys.seal(SEALED, &serde_json::to_vec(&words)?)?)
    .bind(i64::from(view.emergency))
    .bind(view.since)
    .bind(view.until)
    .run_one(tx)
    .await
}

/// Looks of one session that are not over go on in another of the same account.
pub async fn carry_views(
    tx: &mut Tx,
    (account, before, after): (AccountId, SessionId, SessionId),
    now: Instant,
) -> Result<u64> {
    query(
        "UPDATE staff_view SET session_id = $1 WHERE account_id = $2 AND session_id = $3 AND ended_at IS NULL \
         AND until > $4",
    )
    .bind(after)
    .bind(account)
    .bind(before)
    .bind(now)
    .run(tx)
    .await
}

row! {
    struct ViewRow {
        id: Uuid,
        account_id: Uuid,
        session_id: Uuid,
        patient_no: i64,
        role: String,
        purpose: String,
        reason: String,
        words: Option<Vec<u8>>,
        emergency: i64,
        since: i64,
        until: i64,
        ended_at: Option<i64>,
        by_name: String,
        person: String,
        reviewed_at: Option<i64>,
        reviewed_by: Option<Uuid>,
        reviewed_name: Option<String>,
        review_note: Option<String>,
    }
}

macro_rules! views {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.account_id, v.session_id, v.patient_no, v.role, v.purpose, v.reason, v.words, v.emergency, \
             v.since, v.until, v.ended_at, a.name AS by_name, p.name AS person, v.reviewed_at, v.reviewed_by, \
             v.reviewed_name, v.review_note FROM staff_view v JOIN account a ON a.id = v.account_id \
             JOIN patient p ON p.patient_no = v.patient_no ",
            $rest
        )
    };
}

/// What staff wrote about a look: it tells of the person's health, so it is sealed.
#[derive(Serialize, Deserialize)]
struct Words {
    reason: String,
    medical: Option<MedicalEmergency>,
    #[serde(default)]
    told: Option<Told>,
}

/// The key's purpose for what staff wrote.
const SEALED: &[u8] = b"staff-view";

fn looked(keys: &Keys, row: ViewRow) -> Result<Looked> {
    let odd = || Error::internal(anyhow::anyhow!("a look is of a role or purpose that is not known"));
    // A look of before words were sealed has them as they were written.
    let words = match row.words {
        Some(sealed) => serde_json::from_slice(&keys.unseal(SEALED, &sealed)?)?,
        None => Words { reason: row.reason, medical: None, told: None },
    };
    let view = View {
        id: ViewId(row.id),
        account: AccountId(row.account_id),
        session: SessionId(row.session_id),
        patient: PatientNo(row.patient_no),
        role: Role::from_slug(&row.role).ok_or_else(odd)?,
        purpose: Purpose::from_slug(&row.purpose).ok_or_else(odd)?,
        reason: words.reason,
        medical: words.medical,
        told: words.told,
        emergency: row.emergency != 0,
        since: Instant(row.since),
        until: Instant(row.until),
        ended: row.ended_at.map(Instant),
    };
    let reviewed = row.reviewed_at.map(|at| {
        let name = row.reviewed_name.unwrap_or_default();
        (
            By { account: row.reviewed_by.map(AccountId), name, at: Instant(at) },
            row.review_note.unwrap_or_default(),
        )
    });
    Ok(Looked { view, by: row.by_name, person: Some(row.person), reviewed })
}

fn all_looked(keys: &Keys, rows: Vec<ViewRow>) -> Result<Vec<Looked>> {
    rows.into_iter().map(|row| looked(keys, row)).collect()
}

/// One look.
pub async fn find_view(tx: &mut Tx, keys: &Keys, id: ViewId) -> Result<Option<Looked>> {
    let row: Option<ViewRow> = query(views!("WHERE v.id = $1")).bind(id).optional(tx).await?;
    row.map(|row| looked(keys, row)).transpose()
}

/// The looks of an account that nobody ended and whose time is not over, newest first.
pub async fn open_views(
    tx: &mut Tx,
    keys: &Keys,
    (account, now): (AccountId, Instant),
) -> Result<Vec<Looked>> {
    let rows = query(views!(
        "WHERE v.account_id = $1 AND v.ended_at IS NULL AND v.until > $2 ORDER BY v.since DESC, v.id DESC LIMIT 50"
    ))
    .bind(account)
    .bind(now)
    .all(tx)
    .await?;
    all_looked(keys, rows)
}

/// The last looks at a record, newest first.
pub async fn looks_at(tx: &mut Tx, keys: &Keys, (patient, most): (PatientNo, i64)) -> Result<Vec<Looked>> {
    let rows = query(views!("WHERE v.patient_no = $1 ORDER BY v.since DESC, v.id DESC LIMIT $2"))
        .bind(patient)
        .bind(most)
        .all(tx)
        .await?;
    all_looked(keys, rows)
}

/// Emergency accesses, those that nobody reviewed first, then the newest first.
pub async fn emergencies(tx: &mut Tx, keys: &Keys, (after, most): (i64, i64)) -> Result<Vec<Looked>> {
    let rows = query(views!(
        "WHERE v.emergency = 1 ORDER BY CASE WHEN v.reviewed_at IS NULL THEN 0 ELSE 1 END, v.since DESC, v.id DESC \
         LIMIT $2 OFFSET $1"
    ))
    .bind(after)
    .bind(most)
    .all(tx)
    .await?;
    all_looked(keys, rows)
}

/// Ends an open look of an account: how many rows changed.
pub async fn end_view(tx: &mut Tx, (account, id): (AccountId, ViewId), now: Instant) -> Result<u64> {
    query(
        "UPDATE staff_view SET ended_at = $3 WHERE id = $1 AND account_id = $2 AND ended_at IS NULL AND until > $3",
    )
    .bind(id)
    .bind(account)
    .bind(now)
    .run(tx)
    .await
}

/// Signs an emergency access off: how many rows changed.
pub async fn review_view(tx: &mut Tx, id: ViewId, (by, note): (&By, &str)) -> Result<u64> {
    query(
        "UPDATE staff_view SET reviewed_at = $2, reviewed_by = $3, reviewed_name = $4, review_note = $5 \
         WHERE id = $1 AND emergency = 1 AND reviewed_at IS NULL",
    )
    .bind(id)
    .bind(by.at)
    .bind(by.account)
    .bind(by.name.as_str())
    .bind(note)
    .run(tx)
    .await
}

/// What rows of an id, an account and a person concern; several rows of one id are one thing.
async fn concerns(tx: &mut Tx, rows: Query) -> Result<Vec<Concern>> {
    let rows: Vec<(Uuid, Option<Uuid>, Option<i64>)> = rows.all(tx).await?;
    let mut all: Vec<Concern> = Vec::new();
    let mut last = None;
    for (id, account, patient) in rows {
        if last.replace(id) != Some(id) {
            all.push(Concern { account: account.map(AccountId), patients: Vec::new() });
        }
        if let Some(one) = all.last_mut() {
            one.patients.extend(patient.map(PatientNo));
        }
    }
    Ok(all)
}

/// Whom emergency access concerns that nobody has reviewed.
pub async fn unreviewed(tx: &mut Tx) -> Result<Vec<Concern>> {
    concerns(tx, query("SELECT id, NULL, patient_no FROM staff_view WHERE emergency = 1 AND reviewed_at IS NULL ORDER BY id")).await
}

/// How many identity cases are open.
pub async fn open_cases(tx: &mut Tx) -> Result<i64> {
    let (count,): (i64,) = query("SELECT COUNT(*) FROM identity_case WHERE state = 'open'").one(tx).await?;
    Ok(count)
}

/// Whom questions about lines of logs concern that have no answer.
pub async fn open_questions(tx: &mut Tx) -> Result<Vec<Concern>> {
    concerns(tx, query("SELECT id, account_id, patient_no FROM log_case WHERE state = 'open' ORDER BY id"))
        .await
}

/// Whom questions about what is not shown concern that wait for a decision.
pub async fn open_unshown(tx: &mut Tx) -> Result<Vec<Concern>> {
    let sql = "SELECT id, account_id, patient_no FROM unshown_question WHERE decided_at IS NULL ORDER BY id";
    concerns(tx, query(sql)).await
}

/// Whom open claims concern: who claims, with the records that are their own.
pub async fn open_claims(tx: &mut Tx) -> Result<Vec<Concern>> {
    let sql = "SELECT c.id, c.account_id, l.patient_no FROM claim c \
               LEFT JOIN account_link l ON l.account_id = c.account_id AND l.until IS NULL \
               WHERE c.state = 'open' ORDER BY c.id, l.patient_no";
    concerns(tx, query(sql)).await
}

/// That a question `a` about an item `i` is for whom [`super::answers`] gives these labels: it has one of them, or
/// staff put or took what only a privacy officer changes.
macro_rules! are_answered_by {
    ($labels:literal) => {
        concat!(
            "(",
            $labels,
            " = 0 OR (i.labels & ",
            $labels,
            ") <> 0 OR EXISTS (SELECT 1 FROM label_change c WHERE c.rid = a.rid \
             AND c.label IN ('litigation', 'psychotherapy-notes')))"
        )
    };
}
pub(crate) use are_answered_by;

/// Whom questions about how items are protected concern that have no answer, as [`super::answers`] says of which items.
pub async fn open_label_asks(tx: &mut Tx, labels: Labels) -> Result<Vec<Concern>> {
    let sql = concat!(
        "SELECT a.id, a.account_id, i.patient_no FROM label_ask a JOIN item i ON i.rid = a.rid \
         WHERE a.decided_at IS NULL AND ",
        are_answered_by!("$1"),
        " ORDER BY a.id"
    );
    concerns(tx, query(sql).bind(labels.0)).await
}

/// Whom limits concern that wait for an answer.
pub async fn open_limits(tx: &mut Tx) -> Result<Vec<Concern>> {
    let sql = "SELECT id, NULL, patient_no FROM restriction WHERE answer = 'asked' AND ended_at IS NULL ORDER BY id";
    concerns(tx, query(sql)).await
}

/// Whom authorities concern whose day to be looked at again has come.
pub async fn to_review(tx: &mut Tx, now: Instant) -> Result<Vec<Concern>> {
    let sql = "SELECT id, account_id, patient_no FROM authority \
               WHERE ended_at IS NULL AND account_id IS NOT NULL AND review_at <= $1 ORDER BY id";
    concerns(tx, query(sql).bind(now)).await
}

/// Whom authorities concern that the records office flagged.
pub async fn flagged(tx: &mut Tx) -> Result<Vec<Concern>> {
    let sql = "SELECT id, account_id, patient_no FROM authority WHERE ended_at IS NULL AND flag IS NOT NULL ORDER BY id";
    concerns(tx, query(sql)).await
}

/// Whom authorities concern that somebody holds and that wait until incapacity is certified.
pub async fn to_certify(tx: &mut Tx) -> Result<Vec<Concern>> {
    let sql = "SELECT id, account_id, patient_no FROM authority WHERE ended_at IS NULL AND account_id IS NOT NULL \
               AND incapacity = 'awaited' AND suspension IS NULL ORDER BY id";
    concerns(tx, query(sql)).await
}

/// Keeps a sign-off, with what was there to see as JSON.
pub async fn add_review(tx: &mut Tx, review: &Review, seen: &str) -> Result<()> {
    query(
        "INSERT INTO staff_review (id, at, account_id, name, note, holders, unused, seen) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(review.id)
    .bind(review.by.at)
    .bind(review.by.account)
    .bind(review.by.name.as_str())
    .bind(review.note.as_str())
    .bind(review.holders)
    .bind(review.unused)
    .bind(seen)
    .run(tx)
    .await?;
    Ok(())
}

/// Sign-offs, newest first.
pub async fn reviews(tx: &mut Tx, (after, most): (i64, i64)) -> Result<Vec<Review>> {
    let rows: Vec<(Uuid, i64, Uuid, String, String, i64, i64)> = query(
        "SELECT id, at, account_id, name, note, holders, unused FROM staff_review \
         ORDER BY at DESC, id DESC LIMIT $2 OFFSET $1",
    )
    .bind(after)
    .bind(most)
    .all(tx)
    .await?;
    let review = |(id, at, account, name, note, holders, unused)| Review {
        id: ReviewId(id),
        by: By { account: Some(AccountId(account)), name, at: Instant(at) },
        note,
        holders,
        unused,
    };
    Ok(rows.into_iter().map(review).collect())
}
