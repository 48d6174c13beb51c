//! The tables of grants: what somebody allowed an app, and what became of it.

use uuid::Uuid;

use super::model::{ClientId, Grant, GrantEnd, GrantEvent, Stay};
use super::scopes::Scopes;
use super::{rules, store};
use crate::base::{AccountId, AppGrantId, AuthorityId, Error, Instant, PatientNo, Result};
use crate::db::{Tx, query, row};
use crate::identity::Actor;
use crate::representation::{Kind, Lens};

/// A grant that is being given.
pub(super) struct New<'a> {
    pub id: AppGrantId,
    pub client: &'a ClientId,
    pub app_name: &'a str,
    pub actor: &'a Actor,
    pub patient: PatientNo,
    pub under: Option<(AuthorityId, Kind)>,
    pub scopes: &'a Scopes,
    pub lens: Lens,
    pub stay: Stay,
    pub now: Instant,
    pub until: Instant,
}

/// Adds it.
pub async fn add(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    query(
        "INSERT INTO app_grant (id, client_id, app_name, account_id, patient_no, authority_id, acting, scopes, lens, \
         stay, session_id, provider, acr, auth_time, ial, aal, created_at, until, changes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0)",
    )
    .bind(new.id)
    .bind(new.client.0.as_str())
    .bind(new.app_name)
    .bind(new.actor.account)
    .bind(new.patient)
    .bind(new.under.map(|(authority, _)| authority))
    .bind(new.under.map(|(_, kind)| kind.slug()))
    .bind(new.scopes.kept())
    .bind(serde_json::to_string(&new.lens)?)
    .bind(new.stay.slug())
    .bind(new.actor.session)
    .bind(new.actor.provider.as_str())
    .bind(new.actor.acr.as_deref())
    .bind(new.actor.auth_time)
    .bind(i64::from(new.actor.level.ial))
    .bind(i64::from(new.actor.level.aal))
    .bind(new.now)
    .bind(new.until)
    .run_one(tx)
    .await
}

row! {
    /// A grant as it is kept, without the app.
    struct GrantRow {
        id: Uuid,
        client_id: String,
        app_name: String,
        account_id: Uuid,
        by_name: String,
        patient_no: i64,
        authority_id: Option<Uuid>,
        acting: Option<String>,
        scopes: String,
        lens: String,
        stay: String,
        created_at: i64,
        until: i64,
        paused_at: Option<i64>,
        ended_at: Option<i64>,
        end_reason: Option<String>,
        first_read: Option<i64>,
        last_read: Option<i64>,
        changes: i64,
    }
}

macro_rules! grant_columns {
    () => {
        "SELECT g.id, g.client_id, g.app_name, g.account_id, a.name AS by_name, g.patient_no, g.authority_id, \
         g.acting, g.scopes, g.lens, g.stay, g.created_at, g.until, g.paused_at, g.ended_at, g.end_reason, \
         g.first_read, g.last_read, g.changes FROM app_grant g JOIN account a ON a.id = g.account_id "
    };
}

pub(super) fn odd() -> Error {
    Error::internal(anyhow::anyhow!("a grant holds a word that is not known"))
}

/// Why it ended and when, as it is kept.
pub(super) fn end(at: Option<i64>, reason: Option<&str>) -> Result<Option<(Instant, GrantEnd)>> {
    let Some((at, reason)) = at.zip(reason) else { return Ok(None) };
    Ok(Some((Instant(at), GrantEnd::from_slug(reason).ok_or_else(odd)?)))
}

async fn read(tx: &mut Tx, row: GrantRow, now: Instant) -> Result<Grant> {
    let client = ClientId(row.client_id);
    let app = store::any_client(tx, &client).await?.ok_or_else(odd)?.client;
    let ended = end(row.ended_at, row.end_reason.as_deref())?;
    let standing = rules::standing((Instant(row.until), row.paused_at.map(Instant), ended), now);
    let acting = row.acting.as_deref().map(|slug| Kind::from_slug(slug).ok_or_else(odd)).transpose()?;
    let lens = serde_json::from_str(&row.lens)?;
    Ok(Grant {
        id: AppGrantId(row.id),
        client,
        app_name: row.app_name,
        app,
        account: AccountId(row.account_id),
        by: row.by_name,
        under: row.authority_id.map(AuthorityId).zip(acting),
        patient: PatientNo(row.patient_no),
        scopes: Scopes::from_kept(&row.scopes).ok_or_else(odd)?,
        lens,
        sees: lens,
        stay: Stay::from_slug(&row.stay).ok_or_else(odd)?,
        created: Instant(row.created_at),
        until: Instant(row.until),
        standing,
        read: row.first_read.zip(row.last_read).map(|(first, last)| (Instant(first), Instant(last))),
        changes: row.changes,
    })
}

async fn all(tx: &mut Tx, rows: Vec<GrantRow>, now: Instant) -> Result<Vec<Grant>> {
    let mut grants = Vec::new();
    for row in rows {
        grants.push(read(tx, row, now).await?);
    }
    Ok(grants)
}

/// One grant.
pub async fn find(tx: &mut Tx, id: AppGrantId, now: Instant) -> Result<Option<Grant>> {
    let row: Option<GrantRow> =
        query(concat!(grant_columns!(), "WHERE g.id = $1")).bind(id).optional(tx).await?;
    match row {
        Some(row) => Ok(Some(read(tx, row, now).await?)),
        None => Ok(None),
    }
}

/// All about a record, newest first: the newest 200. `account` narrows it to those of one giver.
pub async fn about(
    tx: &mut Tx,
    (patient, account): (PatientNo, Option<AccountId>),
    now: Instant,
) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = query(concat!(
        grant_columns!(),
        "WHERE g.patient_no = $1 AND ($2 IS NULL OR g.account_id = $2) \
         ORDER BY g.created_at DESC, g.id DESC LIMIT 200"
    ))
    .bind(patient)
    .bind(account)
    .all(tx)
    .await?;
    all(tx, rows, now).await
}

/// Those of one giver to one app that are not over, newest first.
pub async fn live(
    tx: &mut Tx,
    (account, client): (AccountId, &ClientId),
    now: Instant,
) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = query(concat!(
        grant_columns!(),
        "WHERE g.account_id = $1 AND g.client_id = $2 AND g.ended_at IS NULL AND g.until > $3 \
         ORDER BY g.created_at DESC, g.id DESC LIMIT 200"
    ))
    .bind(account)
    .bind(client.0.as_str())
    .bind(now)
    .all(tx)
    .await?;
    all(tx, rows, now).await
}

/// Pauses a grant, or resumes it (`None`), if it is not over; false where it is.
pub async fn pause(tx: &mut Tx, id: AppGrantId, at: Option<Instant>) -> Result<bool> {
    let changed = query(
        "UPDATE app_grant SET paused_at = $2, changes = changes + 1 WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(at)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Ends a grant; false where it was over.
pub async fn stop(tx: &mut Tx, id: AppGrantId, (at, why): (Instant, GrantEnd)) -> Result<bool> {
    let changed =
        query("UPDATE app_grant SET ended_at = $2, end_reason = $3 WHERE id = $1 AND ended_at IS NULL")
            .bind(id)
            .bind(at)
            .bind(why.slug())
            .run(tx)
            .await?;
    Ok(changed == 1)
}

/// Narrows a grant, if it is as it was seen; false where it is not.
pub async fn narrow(
    tx: &mut Tx,
    (id, seen): (AppGrantId, i64),
    (scopes, lens, until): (&Scopes, Lens, Instant),
) -> Result<bool> {
    let changed = query(
        "UPDATE app_grant SET scopes = $3, lens = $4, until = $5, changes = changes + 1 \
         WHERE id = $1 AND changes = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(seen)
    .bind(scopes.kept())
    .bind(serde_json::to_string(&lens)?)
    .bind(until)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Notes that the app read, if the last note is older than `before`; whether it was the first time.
pub async fn note_read(
    tx: &mut Tx,
    id: AppGrantId,
    (now, before): (Instant, Instant),
) -> Result<Option<First>> {
    let row: Option<(i64,)> = query(
        "UPDATE app_grant SET first_read = COALESCE(first_read, $2), last_read = $2 \
         WHERE id = $1 AND (last_read IS NULL OR last_read < $3) RETURNING first_read",
    )
    .bind(id)
    .bind(now)
    .bind(before)
    .optional(tx)
    .await?;
    Ok(row.map(|(first,)| if Instant(first) == now { First::Yes } else { First::No }))
}

/// Whether it was the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Yes,
    No,
}

/// Writes down what became of a grant; `terms` is what it allows from then on, as JSON.
pub async fn note(
    tx: &mut Tx,
    id: AppGrantId,
    (at, what, terms): (Instant, &str, &str),
    (account, by): (Option<AccountId>, &str),
) -> Result<()> {
    query(
        "INSERT INTO app_grant_event (grant_id, n, at, what, account_id, by_name, terms) \
         VALUES ($1, 1 + COALESCE((SELECT MAX(n) FROM app_grant_event WHERE grant_id = $1), 0), $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(at)
    .bind(what)
    .bind(account)
    .bind(by)
    .bind(terms)
    .run_one(tx)
    .await
}

/// What became of a grant, oldest first: the newest 200.
pub async fn events(tx: &mut Tx, id: AppGrantId) -> Result<Vec<GrantEvent>> {
    let rows: Vec<(i64, String, String)> =
        query("SELECT at, what, by_name FROM app_grant_event WHERE grant_id = $1 ORDER BY n DESC LIMIT 200")
            .bind(id)
            .all(tx)
            .await?;
    let event = |(at, what, by)| GrantEvent { at: Instant(at), what, by };
    Ok(rows.into_iter().rev().map(event).collect())
}

/// The grants of an app that are not over.
pub async fn of_client(tx: &mut Tx, client: &ClientId) -> Result<Vec<AppGrantId>> {
    let rows: Vec<(Uuid,)> = query("SELECT id FROM app_grant WHERE client_id = $1 AND ended_at IS NULL")
        .bind(client.0.as_str())
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|(id,)| AppGrantId(id)).collect())
}

/// The grants of an account for its own record that are not over: those that rest on no authority.
pub async fn own_of(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<Vec<AppGrantId>> {
    let rows: Vec<(Uuid,)> = query(
        "SELECT id FROM app_grant \
         WHERE account_id = $1 AND patient_no = $2 AND authority_id IS NULL AND ended_at IS NULL",
    )
    .bind(account)
    .bind(patient)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| AppGrantId(id)).collect())
}

/// Grants whose time is over and nobody wrote it down yet: the first of them.
pub async fn run_out(tx: &mut Tx, now: Instant) -> Result<Vec<(AppGrantId, Instant)>> {
    let rows: Vec<(Uuid, i64)> =
        query("SELECT id, until FROM app_grant WHERE ended_at IS NULL AND until <= $1 LIMIT 200")
            .bind(now)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(id, until)| (AppGrantId(id), Instant(until))).collect())
}

/// The person's name, birth date and FHIR id.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<(String, Option<String>, String)>> {
    query("SELECT name, birth_date, fhir_id FROM patient WHERE patient_no = $1")
        .bind(patient)
        .optional(tx)
        .await
}
