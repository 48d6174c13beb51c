//! Where an account can be written to, and how it wants to be.

use crate::base::{AccountId, Instant, Result};
use crate::db::{Tx, query};

/// The e-mail address of an account: what the person chose stands before what the identity provider said, and who
/// chose no mail has none.
pub async fn address(tx: &mut Tx, account: AccountId) -> Result<Option<Option<String>>> {
    let row: Option<(Option<String>,)> = query(
        "SELECT CASE WHEN p.channel = 'none' THEN NULL ELSE COALESCE(p.email, a.email) END \
         FROM account a LEFT JOIN contact_preference p ON p.account_id = a.id WHERE a.id = $1",
    )
    .bind(account)
    .optional(tx)
    .await?;
    Ok(row.map(|(address,)| address))
}

/// The language of an account.
pub async fn language(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        query("SELECT language FROM account WHERE id = $1").bind(account).optional(tx).await?;
    Ok(row.and_then(|(language,)| language))
}

/// What an account chose, as it is kept.
#[derive(Debug, Clone, Default, sqlx::FromRow)]
pub struct Kept {
    pub channel: String,
    pub email: Option<String>,
    pub postal: String,
    pub phone: String,
    pub since: i64,
    pub new_email: Option<String>,
    pub new_until: Option<i64>,
    pub tries: i64,
}

/// What an account chose.
pub async fn preferences(tx: &mut Tx, account: AccountId) -> Result<Option<Kept>> {
    query(
        "SELECT channel, email, postal, phone, since, new_email, new_until, tries FROM contact_preference \
         WHERE account_id = $1",
    )
    .bind(account)
    .optional(tx)
    .await
}

/// Keeps it.
pub async fn prefer(tx: &mut Tx, account: AccountId, kept: &Kept) -> Result<()> {
    query(
        "INSERT INTO contact_preference (account_id, channel, email, postal, phone, since, new_email, new_until, tries) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (account_id) DO UPDATE SET \
         channel = excluded.channel, email = excluded.email, postal = excluded.postal, phone = excluded.phone, \
         since = excluded.since, new_email = excluded.new_email, new_until = excluded.new_until, \
         tries = excluded.tries",
    )
    .bind(account)
    .bind(kept.channel.as_str())
    .bind(kept.email.clone())
    .bind(kept.postal.as_str())
    .bind(kept.phone.as_str())
    .bind(kept.since)
    .bind(kept.new_email.clone())
    .bind(kept.new_until)
    .bind(kept.tries)
    .run_one(tx)
    .await
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
