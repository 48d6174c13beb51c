//! Where an account can be written to, and how it wants to be.

use serde::{Deserialize, Serialize};

use super::Channel;
use crate::base::{AccountId, Instant, Result};
use crate::db::{Tx, query};
use crate::keys::Keys;

/// The e-mail address of an account: what the person chose stands before what the identity provider said, and who
/// chose no mail has none.
pub async fn address(tx: &mut Tx, keys: &Keys, account: AccountId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        query("SELECT email FROM account WHERE id = $1").bind(account).optional(tx).await?;
    let usual = row.and_then(|(email,)| email);
    Ok(match preferences(tx, keys, account).await? {
        Some(kept) if kept.channel == Channel::None.slug() => None,
        Some(kept) => kept.words.email.or(usual),
        None => usual,
    })
}

/// Whether the record that is linked to an account says that its person died.
pub async fn has_died(tx: &mut Tx, account: AccountId) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT l.patient_no FROM account_link l JOIN patient p ON p.patient_no = l.patient_no \
         WHERE l.account_id = $1 AND l.until IS NULL AND p.deceased IS NOT NULL AND p.deceased <> 'false' LIMIT 1",
    )
    .bind(account)
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// The language of an account.
pub async fn language(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        query("SELECT language FROM account WHERE id = $1").bind(account).optional(tx).await?;
    Ok(row.and_then(|(language,)| language))
}

/// What an account chose, as it is kept.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    pub channel: String,
    pub words: Words,
    pub since: i64,
    pub new_until: Option<i64>,
    pub tries: i64,
}

/// What the person wrote; kept sealed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Words {
    pub email: Option<String>,
    pub postal: String,
    pub phone: String,
    pub new_email: Option<String>,
}

/// Sealed for the account, so that a row that is moved to another one cannot be opened.
fn words_of(account: AccountId) -> Vec<u8> {
    format!("contact/{account}").into_bytes()
}

/// What an account chose.
pub async fn preferences(tx: &mut Tx, keys: &Keys, account: AccountId) -> Result<Option<Kept>> {
    type Row = (String, Vec<u8>, i64, Option<i64>, i64);
    let row: Option<Row> =
        query("SELECT channel, words, since, new_until, tries FROM contact_preference WHERE account_id = $1")
            .bind(account)
            .optional(tx)
            .await?;
    row.map(|(channel, words, since, new_until, tries)| {
        let words = serde_json::from_slice(&keys.unseal(&words_of(account), &words)?)?;
        Ok(Kept { channel, words, since, new_until, tries })
    })
    .transpose()
}

/// Keeps it.
pub async fn prefer(tx: &mut Tx, keys: &Keys, (account, kept): (AccountId, &Kept)) -> Result<()> {
    query(
        "INSERT INTO contact_preference (account_id, channel, words, since, new_until, tries) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET \
         channel = excluded.channel, words = excluded.words, since = excluded.since, \
         new_until = excluded.new_until, tries = excluded.tries",
    )
    .bind(account)
    .bind(kept.channel.as_str())
    .bind(keys.seal(&words_of(account), &serde_json::to_vec(&kept.words)?)?)
    .bind(kept.since)
    .bind(kept.new_until)
    .bind(kept.tries)
    .run_one(tx)
    .await
}

/// Holds an account until the transaction ends, so that what it asks for is counted one after the other.
pub async fn hold(tx: &mut Tx, account: AccountId) -> Result<()> {
    query("UPDATE account SET last_seen_at = last_seen_at WHERE id = $1").bind(account).run_one(tx).await
}

/// How often something was written down since a moment.
pub async fn noted_since(tx: &mut Tx, account: AccountId, (what, since): (&str, Instant)) -> Result<i64> {
    let (count,): (i64,) = query(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM contact_event WHERE account_id = $1 AND what = $2 AND at > $3",
    )
    .bind(account)
    .bind(what)
    .bind(since)
    .one(tx)
    .await?;
    Ok(count)
}

/// Writes down that it was changed, and when.
pub async fn note(tx: &mut Tx, account: AccountId, (what, at): (&str, Instant)) -> Result<()> {
    query(
        "INSERT INTO contact_event (account_id, at, what) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id, at, what) DO NOTHING",
    )
    .bind(account)
    .bind(at)
    .bind(what)
    .run(tx)
    .await?;
    Ok(())
}
