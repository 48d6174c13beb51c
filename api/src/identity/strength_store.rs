//! The tables of proofs of who somebody is, and of forms whose senders sign in again.

use super::{Proof, Proofing, sessions};
use crate::base::{AccountId, Instant, Result, SessionId};
use crate::db::{Tx, query, row};

/// How the provider says that it authenticated the account in this session.
pub async fn amr(tx: &mut Tx, account: AccountId, session: SessionId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> = query("SELECT amr FROM session WHERE id = $1 AND account_id = $2")
        .bind(session)
        .bind(account)
        .optional(tx)
        .await?;
    Ok(row.and_then(|(amr,)| amr))
}

/// The highest level to which it was proved who the person of an account is; 0 where it never was.
pub async fn proved(tx: &mut Tx, account: AccountId) -> Result<u8> {
    let row: Option<(i64,)> =
        query("SELECT ial FROM account WHERE id = $1").bind(account).optional(tx).await?;
    Ok(sessions::level(row.map(|(ial,)| ial)))
}

/// Each proof of who the person of an account is, newest first.
pub async fn proofings(tx: &mut Tx, account: AccountId) -> Result<Vec<Proofing>> {
    let rows: Vec<(i64, String, i64, String, String)> = query(
        "SELECT at, how, ial, by_name, evidence FROM proofing WHERE account_id = $1 ORDER BY at DESC, how LIMIT 100",
    )
    .bind(account)
    .all(tx)
    .await?;
    let proofing = |(at, how, ial, by, evidence): (i64, String, i64, String, String)| {
        let how = Proof::ALL.into_iter().find(|proof| proof.slug() == how)?;
        Some(Proofing { how, at: Instant(at), ial: sessions::level(Some(ial)), by, evidence })
    };
    Ok(rows.into_iter().filter_map(proofing).collect())
}

/// Whether the same was proved before in the same way.
pub async fn is_proved(tx: &mut Tx, account: AccountId, proofing: &Proofing) -> Result<bool> {
    let (count,): (i64,) = query(
        "SELECT COUNT(*) FROM proofing \
         WHERE account_id = $1 AND how = $2 AND ial = $3 AND by_name = $4 AND evidence = $5",
    )
    .bind(account)
    .bind(proofing.how.slug())
    .bind(i64::from(proofing.ial))
    .bind(proofing.by.as_str())
    .bind(proofing.evidence.as_str())
    .one(tx)
    .await?;
    Ok(count > 0)
}

/// Keeps a proof; the account's level rises with it and never falls.
pub async fn prove(tx: &mut Tx, account: AccountId, proofing: &Proofing) -> Result<()> {
    query(
        "INSERT INTO proofing (account_id, at, how, ial, by_name, evidence) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (account_id, at, how) DO NOTHING",
    )
    .bind(account)
    .bind(proofing.at)
    .bind(proofing.how.slug())
    .bind(i64::from(proofing.ial))
    .bind(proofing.by.as_str())
    .bind(proofing.evidence.as_str())
    .run(tx)
    .await?;
    query("UPDATE account SET ial = $2 WHERE id = $1 AND ial < $2")
        .bind(account)
        .bind(i64::from(proofing.ial))
        .run(tx)
        .await?;
    Ok(())
}

row! {
    /// A kept form as it is kept, its fields sealed.
    pub struct KeptRow {
        pub act: String,
        pub path: String,
        pub fields: Vec<u8>,
    }
}

/// Whose session it was that ran out by itself.
pub async fn ran_out(tx: &mut Tx, secret_hash: [u8; 32], now: Instant) -> Result<Option<AccountId>> {
    let row: Option<(uuid::Uuid,)> = query(
        "SELECT account_id FROM session WHERE secret_hash = $1 \
         AND (end_reason IN ('sign-in-ended-idle', 'sign-in-ended-absolute') \
         OR (ended_at IS NULL AND (idle_until <= $2 OR absolute_until <= $2)))",
    )
    .bind(secret_hash.as_slice())
    .bind(now)
    .optional(tx)
    .await?;
    Ok(row.map(|(account,)| AccountId(account)))
}

/// Keeps a form.
pub async fn keep_form(
    tx: &mut Tx,
    (token_hash, account): ([u8; 32], AccountId),
    row: KeptRow,
    (now, expires): (Instant, Instant),
) -> Result<()> {
    query(
        "INSERT INTO kept_form (token_hash, account_id, act, path, fields, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token_hash.as_slice())
    .bind(account)
    .bind(row.act)
    .bind(row.path)
    .bind(row.fields)
    .bind(now)
    .bind(expires)
    .run_one(tx)
    .await
}

/// Leaves an account only so many of its newest forms.
pub async fn drop_oldest_forms(tx: &mut Tx, account: AccountId, most: i64) -> Result<u64> {
    query(
        "DELETE FROM kept_form WHERE account_id = $1 AND token_hash NOT IN \
         (SELECT token_hash FROM kept_form WHERE account_id = $1 ORDER BY created_at DESC, token_hash LIMIT $2)",
    )
    .bind(account)
    .bind(most)
    .run(tx)
    .await
}

/// The form of this name that the account keeps.
pub async fn kept_form(
    tx: &mut Tx,
    (token_hash, account): ([u8; 32], AccountId),
    now: Instant,
) -> Result<Option<KeptRow>> {
    query(
        "SELECT act, path, fields FROM kept_form WHERE token_hash = $1 AND account_id = $2 AND expires_at > $3",
    )
    .bind(token_hash.as_slice())
    .bind(account)
    .bind(now)
    .optional(tx)
    .await
}

/// Forgets a form.
pub async fn forget_form(tx: &mut Tx, (token_hash, account): ([u8; 32], AccountId)) -> Result<u64> {
    query("DELETE FROM kept_form WHERE token_hash = $1 AND account_id = $2")
        .bind(token_hash.as_slice())
        .bind(account)
        .run(tx)
        .await
}
