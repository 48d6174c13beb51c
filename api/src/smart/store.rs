//! The tables of apps, of what they ask, of launches, and of what their developers read.

use uuid::Uuid;

use super::model::{Attempt, Client, ClientId, ClientState, Kept, Origin, Registration};
use super::request_rules::Wants;
use crate::base::{AccountId, AskId, Error, Instant, PatientNo, Result};
use crate::db::{Tx, query, row};

row! {
    pub(super) struct ClientRow {
        id: String,
        origin: String,
        account_id: Option<Uuid>,
        about: String,
        secret_hash: Option<Vec<u8>>,
        manage_hash: Option<Vec<u8>>,
        suspended_at: Option<i64>,
        suspended_by: Option<String>,
        suspended_why: Option<String>,
        waiting_by: Option<Uuid>,
        marked_at: Option<i64>,
        created_at: i64,
        changed_at: i64,
        used_at: Option<i64>,
        removed_at: Option<i64>,
    }
}

macro_rules! client_columns {
    () => {
        "SELECT id, origin, account_id, about, secret_hash, manage_hash, suspended_at, suspended_by, suspended_why, \
         waiting_by, marked_at, created_at, changed_at, used_at, removed_at FROM app_client "
    };
}

/// An app with the hashes of its secrets.
pub(super) struct Stored {
    pub client: Client,
    pub secret: Option<Vec<u8>>,
    pub manage: Option<Vec<u8>>,
    pub removed: Option<Instant>,
}

fn stored(row: ClientRow) -> Result<Stored> {
    let odd = || Error::internal(anyhow::anyhow!("an app holds a word that is not known"));
    let origin = match (row.origin.as_str(), row.account_id) {
        ("clinic", _) => Origin::Clinic,
        ("developer", Some(account)) => Origin::Developer { account: AccountId(account) },
        ("dynamic", _) => Origin::Dynamic,
        ("demo", _) => Origin::Demo,
        ("settings", _) => Origin::Settings,
        _ => return Err(odd()),
    };
    let state = match (row.suspended_at, row.waiting_by) {
        (Some(at), _) => ClientState::Suspended {
            at: Instant(at),
            by: row.suspended_by.unwrap_or_default(),
            why: row.suspended_why.unwrap_or_default(),
        },
        (None, Some(by)) => ClientState::Waiting { by: AccountId(by) },
        (None, None) => ClientState::Active,
    };
    let client = Client {
        id: ClientId(row.id),
        about: serde_json::from_str(&row.about)?,
        origin,
        state,
        created: Instant(row.created_at),
        changed: Instant(row.changed_at),
        used: row.used_at.map(Instant),
        marked: row.marked_at.map(Instant),
    };
    let removed = row.removed_at.map(Instant);
    Ok(Stored { client, secret: row.secret_hash, manage: row.manage_hash, removed })
}

/// Adds an app; false where there is one of this id, also one that was removed.
pub async fn add_client(
    tx: &mut Tx,
    client: &Client,
    (secret, manage): (Option<[u8; 32]>, Option<[u8; 32]>),
) -> Result<bool> {
    let account = match client.origin {
        Origin::Developer { account } => Some(account),
        _ => None,
    };
    let waiting = match client.state {
        ClientState::Waiting { by } => Some(by),
        _ => None,
    };
    let added = query(
        "INSERT INTO app_client (id, origin, account_id, about, secret_hash, manage_hash, waiting_by, created_at, \
         changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
    )
    .bind(client.id.0.as_str())
    .bind(client.origin.slug())
    .bind(account)
    .bind(serde_json::to_string(&client.about)?)
    .bind(secret.map(|hash| hash.to_vec()))
    .bind(manage.map(|hash| hash.to_vec()))
    .bind(waiting)
    .bind(client.created)
    .bind(client.changed)
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// An app, also one that was removed.
pub async fn any_client(tx: &mut Tx, id: &ClientId) -> Result<Option<Stored>> {
    let row: Option<ClientRow> =
        query(concat!(client_columns!(), "WHERE id = $1")).bind(id.0.as_str()).optional(tx).await?;
    row.map(stored).transpose()
}

/// An app that was not removed.
pub async fn client(tx: &mut Tx, id: &ClientId) -> Result<Option<Stored>> {
    Ok(any_client(tx, id).await?.filter(|stored| stored.removed.is_none()))
}

/// Changes what is told about an app.
pub async fn describe(tx: &mut Tx, id: &ClientId, (about, now): (&Registration, Instant)) -> Result<()> {
    query("UPDATE app_client SET about = $2, changed_at = $3 WHERE id = $1 AND removed_at IS NULL")
        .bind(id.0.as_str())
        .bind(serde_json::to_string(about)?)
        .bind(now)
        .run_one(tx)
        .await
}

/// Gives an app another secret.
pub async fn set_secret(tx: &mut Tx, id: &ClientId, (hash, now): ([u8; 32], Instant)) -> Result<()> {
    query("UPDATE app_client SET secret_hash = $2, changed_at = $3 WHERE id = $1 AND removed_at IS NULL")
        .bind(id.0.as_str())
        .bind(hash.as_slice())
        .bind(now)
        .run_one(tx)
        .await
}

/// Removes an app; its row stays for the log of those who used it.
pub async fn remove_client(tx: &mut Tx, id: &ClientId, now: Instant) -> Result<()> {
    query("UPDATE app_client SET removed_at = $2, secret_hash = NULL, manage_hash = NULL WHERE id = $1 AND removed_at IS NULL")
        .bind(id.0.as_str())
        .bind(now)
        .run_one(tx)
        .await
}

/// Suspends an app, or lets it go on (`None`).
pub async fn suspend(tx: &mut Tx, id: &ClientId, suspended: Option<(Instant, &str, &str)>) -> Result<()> {
    query(
        "UPDATE app_client SET suspended_at = $2, suspended_by = $3, suspended_why = $4 \
         WHERE id = $1 AND removed_at IS NULL",
    )
    .bind(id.0.as_str())
    .bind(suspended.map(|(at, _, _)| at))
    .bind(suspended.map(|(_, by, _)| by))
    .bind(suspended.map(|(_, _, why)| why))
    .run_one(tx)
    .await
}

/// Notes who registered an app for the clinic.
pub async fn registered_by(tx: &mut Tx, id: &ClientId, account: AccountId) -> Result<()> {
    query("UPDATE app_client SET registered_by = $2 WHERE id = $1 AND removed_at IS NULL")
        .bind(id.0.as_str())
        .bind(account)
        .run_one(tx)
        .await
}

/// The second person agreed to a system.
pub async fn agree(tx: &mut Tx, id: &ClientId, (account, now): (AccountId, Instant)) -> Result<()> {
    query(
        "UPDATE app_client SET waiting_by = NULL, agreed_by = $2, agreed_at = $3 \
         WHERE id = $1 AND removed_at IS NULL",
    )
    .bind(id.0.as_str())
    .bind(account)
    .bind(now)
    .run_one(tx)
    .await
}

/// Marks an app as one that the clinic recommends, or not any more (`None`).
pub async fn mark(tx: &mut Tx, id: &ClientId, at: Option<Instant>) -> Result<()> {
    query("UPDATE app_client SET marked_at = $2 WHERE id = $1 AND removed_at IS NULL")
        .bind(id.0.as_str())
        .bind(at)
        .run_one(tx)
        .await
}

/// Notes that an app got a token, at most once a minute.
pub async fn used(tx: &mut Tx, id: &ClientId, (now, before): (Instant, Instant)) -> Result<()> {
    query("UPDATE app_client SET used_at = $2 WHERE id = $1 AND (used_at IS NULL OR used_at < $3)")
        .bind(id.0.as_str())
        .bind(now)
        .bind(before)
        .run(tx)
        .await?;
    Ok(())
}

/// The apps of a developer, newest first.
pub async fn clients_of(tx: &mut Tx, account: AccountId) -> Result<Vec<Client>> {
    let rows: Vec<ClientRow> = query(concat!(
        client_columns!(),
        "WHERE account_id = $1 AND removed_at IS NULL ORDER BY created_at DESC, id LIMIT 200"
    ))
    .bind(account)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.client)).collect()
}

/// How many apps a developer has.
pub async fn count_of(tx: &mut Tx, account: AccountId) -> Result<i64> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM app_client WHERE account_id = $1 AND removed_at IS NULL";
    let (n,): (i64,) = query(sql).bind(account).one(tx).await?;
    Ok(n)
}

/// Apps in use, newest first, as many as any list has.
pub async fn active(tx: &mut Tx) -> Result<Vec<Client>> {
    let rows: Vec<ClientRow> = query(concat!(
        client_columns!(),
        "WHERE removed_at IS NULL AND suspended_at IS NULL AND waiting_by IS NULL \
         ORDER BY created_at DESC, id LIMIT 1000"
    ))
    .all(tx)
    .await?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.client)).collect()
}

/// Systems, the oldest first.
pub async fn systems(tx: &mut Tx) -> Result<Vec<Client>> {
    let rows: Vec<ClientRow> = query(concat!(
        client_columns!(),
        r#"WHERE removed_at IS NULL AND about LIKE '%"used_by":"system"%' ORDER BY created_at, id"#
    ))
    .all(tx)
    .await?;
    let all: Result<Vec<Client>> =
        rows.into_iter().map(|row| stored(row).map(|stored| stored.client)).collect();
    Ok(all?.into_iter().filter(Client::is_system).collect())
}

/// The apps of the settings, also those that are no longer there.
pub async fn of_settings(tx: &mut Tx) -> Result<Vec<Client>> {
    let rows: Vec<ClientRow> = query(concat!(
        client_columns!(),
        "WHERE removed_at IS NULL AND origin = 'settings' ORDER BY created_at, id"
    ))
    .all(tx)
    .await?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.client)).collect()
}

/// The names of apps that the clinic added or recommends, but for this one and those of this account.
pub async fn stood_behind(tx: &mut Tx, (id, account): (&ClientId, Option<AccountId>)) -> Result<Vec<String>> {
    let rows: Vec<ClientRow> = query(concat!(
        client_columns!(),
        "WHERE removed_at IS NULL AND (origin IN ('clinic', 'settings') OR marked_at IS NOT NULL) AND id <> $1 \
         AND (account_id IS NULL OR $2 IS NULL OR account_id <> $2) ORDER BY created_at DESC, id LIMIT 1000"
    ))
    .bind(id.0.as_str())
    .bind(account)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| stored(row).map(|stored| stored.client.about.name)).collect()
}

/// All apps, newest first: so many from this place on.
pub async fn all_clients(tx: &mut Tx, now: Instant, (skip, most): (i64, i64)) -> Result<Vec<Kept>> {
    let rows: Vec<ClientRow> = query(concat!(
        client_columns!(),
        "WHERE removed_at IS NULL ORDER BY created_at DESC, id LIMIT $1 OFFSET $2"
    ))
    .bind(most)
    .bind(skip)
    .all(tx)
    .await?;
    let mut all = Vec::new();
    for row in rows {
        all.push(kept(tx, now, stored(row)?.client).await?);
    }
    Ok(all)
}

/// An app with how many people have it connected now, and who registered it, where that is known.
pub async fn kept(tx: &mut Tx, now: Instant, client: Client) -> Result<Kept> {
    let (people,): (i64,) = query(
        "SELECT CAST(COUNT(DISTINCT account_id) AS BIGINT) FROM app_grant \
         WHERE client_id = $1 AND ended_at IS NULL AND until > $2",
    )
    .bind(client.id.0.as_str())
    .bind(now)
    .one(tx)
    .await?;
    type Hands = (Option<Uuid>, Option<Uuid>, Option<i64>);
    let (registered, agreed, at): Hands =
        query("SELECT registered_by, agreed_by, agreed_at FROM app_client WHERE id = $1")
            .bind(client.id.0.as_str())
            .one(tx)
            .await?;
    let owner = match &client.origin {
        Origin::Developer { account } => Some(*account),
        _ => registered.map(AccountId),
    };
    let owner = match owner {
        Some(account) => name_of(tx, account).await?,
        None => None,
    };
    let agreed = match agreed.zip(at) {
        Some((account, at)) => name_of(tx, AccountId(account)).await?.map(|name| (name, Instant(at))),
        None => None,
    };
    Ok(Kept { client, owner, agreed, people })
}

/// The name of an account.
pub async fn name_of(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let row: Option<(String,)> =
        query("SELECT name FROM account WHERE id = $1").bind(account).optional(tx).await?;
    Ok(row.map(|(name,)| name))
}

/// What an app asks, as it is kept.
pub(super) struct Ask {
    pub id: AskId,
    pub client: ClientId,
    pub wants: Wants,
    /// Who must answer and about whom, where the portal launched the app.
    pub launched: Option<(AccountId, PatientNo)>,
    pub created: Instant,
    pub expires: Instant,
    pub done: Option<Instant>,
}

/// Keeps it.
pub async fn add_ask(tx: &mut Tx, ask: &Ask) -> Result<()> {
    query(
        "INSERT INTO app_ask (id, client_id, wants, account_id, patient_no, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(ask.id)
    .bind(ask.client.0.as_str())
    .bind(serde_json::to_string(&ask.wants)?)
    .bind(ask.launched.map(|(account, _)| account))
    .bind(ask.launched.map(|(_, patient)| patient))
    .bind(ask.created)
    .bind(ask.expires)
    .run_one(tx)
    .await
}

/// Reads it.
pub async fn ask(tx: &mut Tx, id: AskId) -> Result<Option<Ask>> {
    type Row = (String, String, Option<Uuid>, Option<i64>, i64, i64, Option<i64>);
    let row: Option<Row> = query(
        "SELECT client_id, wants, account_id, patient_no, created_at, expires_at, done_at FROM app_ask WHERE id = $1",
    )
    .bind(id)
    .optional(tx)
    .await?;
    let Some((client, wants, account, patient, created, expires, done)) = row else { return Ok(None) };
    Ok(Some(Ask {
        id,
        client: ClientId(client),
        wants: serde_json::from_str(&wants)?,
        launched: account.zip(patient).map(|(account, patient)| (AccountId(account), PatientNo(patient))),
        created: Instant(created),
        expires: Instant(expires),
        done: done.map(Instant),
    }))
}

/// Notes that it was answered; false where it was before.
pub async fn answered(tx: &mut Tx, id: AskId, now: Instant) -> Result<bool> {
    let changed = query("UPDATE app_ask SET done_at = $2 WHERE id = $1 AND done_at IS NULL")
        .bind(id)
        .bind(now)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Keeps a launch.
pub async fn add_launch(
    tx: &mut Tx,
    (hash, client): ([u8; 32], &ClientId),
    (account, patient): (AccountId, PatientNo),
    (now, until): (Instant, Instant),
) -> Result<()> {
    query(
        "INSERT INTO app_launch (secret_hash, client_id, account_id, patient_no, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(hash.as_slice())
    .bind(client.0.as_str())
    .bind(account)
    .bind(patient)
    .bind(now)
    .bind(until)
    .run_one(tx)
    .await
}

/// Uses a launch up: whose it was and about whom, if it could be used.
pub async fn use_launch(
    tx: &mut Tx,
    (hash, client): ([u8; 32], &ClientId),
    now: Instant,
) -> Result<Option<(AccountId, PatientNo)>> {
    let row: Option<(Uuid, i64)> = query(
        "UPDATE app_launch SET used_at = $3 WHERE secret_hash = $1 AND client_id = $2 AND used_at IS NULL \
         AND expires_at > $3 RETURNING account_id, patient_no",
    )
    .bind(hash.as_slice())
    .bind(client.0.as_str())
    .bind(now)
    .optional(tx)
    .await?;
    Ok(row.map(|(account, patient)| (AccountId(account), PatientNo(patient))))
}

/// Notes an assertion; false where it was used before.
pub async fn use_assertion(
    tx: &mut Tx,
    (client, jti_hash): (&ClientId, [u8; 32]),
    expires: Instant,
) -> Result<bool> {
    let changed = query(
        "INSERT INTO app_assertion (client_id, jti_hash, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (client_id, jti_hash) DO NOTHING",
    )
    .bind(client.0.as_str())
    .bind(jti_hash.as_slice())
    .bind(expires)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Writes a line of the developer's log.
pub async fn note_attempt(tx: &mut Tx, id: Uuid, (client, attempt): (&ClientId, &Attempt)) -> Result<()> {
    query(
        "INSERT INTO app_attempt (id, client_id, at, endpoint, status, error, reason, trace) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(client.0.as_str())
    .bind(attempt.at)
    .bind(attempt.endpoint.as_str())
    .bind(i64::from(attempt.status))
    .bind(attempt.error.as_deref())
    .bind(attempt.reason.as_str())
    .bind(attempt.trace.as_str())
    .run_one(tx)
    .await
}

/// Lines of the developer's log, newest first: so many from this place on.
pub async fn attempts(tx: &mut Tx, client: &ClientId, (skip, most): (i64, i64)) -> Result<Vec<Attempt>> {
    type Row = (i64, String, i64, Option<String>, String, String);
    let rows: Vec<Row> = query(
        "SELECT at, endpoint, status, error, reason, trace FROM app_attempt WHERE client_id = $1 \
         ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3",
    )
    .bind(client.0.as_str())
    .bind(most)
    .bind(skip)
    .all(tx)
    .await?;
    let attempt = |(at, endpoint, status, error, reason, trace)| Attempt {
        at: Instant(at),
        endpoint,
        status: u16::try_from(status).unwrap_or(0),
        error,
        reason,
        trace,
    };
    Ok(rows.into_iter().map(attempt).collect())
}

/// Keys that sign ID tokens: name, sealed private key, public half (JSON), when made.
pub async fn signing_keys(tx: &mut Tx) -> Result<Vec<(String, Vec<u8>, String, Instant)>> {
    let rows: Vec<(String, Vec<u8>, String, i64)> =
        query("SELECT kid, sealed, public, created_at FROM signing_key ORDER BY created_at, kid")
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(kid, sealed, public, at)| (kid, sealed, public, Instant(at))).collect())
}

/// Keeps a key.
pub async fn add_signing_key(
    tx: &mut Tx,
    (kid, sealed, public): (&str, &[u8], &str),
    now: Instant,
) -> Result<()> {
    query("INSERT INTO signing_key (kid, sealed, public, created_at) VALUES ($1, $2, $3, $4)")
        .bind(kid)
        .bind(sealed)
        .bind(public)
        .bind(now)
        .run_one(tx)
        .await
}

/// Deletes keys whose tokens are over.
pub async fn forget_signing_keys(tx: &mut Tx, made: Instant) -> Result<()> {
    query("DELETE FROM signing_key WHERE created_at <= $1").bind(made).run(tx).await?;
    Ok(())
}

/// Deletes what is over: asks, launches, codes, assertions and tokens at these moments, log lines from before.
pub async fn sweep(tx: &mut Tx, (now, logs): (Instant, Instant)) -> Result<()> {
    query("DELETE FROM app_ask WHERE expires_at < $1").bind(now).run(tx).await?;
    query("DELETE FROM app_launch WHERE expires_at < $1").bind(now).run(tx).await?;
    query("DELETE FROM app_code WHERE expires_at < $1").bind(logs).run(tx).await?;
    query("DELETE FROM app_assertion WHERE expires_at < $1").bind(now).run(tx).await?;
    query("DELETE FROM app_token WHERE expires_at < $1").bind(logs).run(tx).await?;
    query("DELETE FROM app_attempt WHERE at < $1").bind(logs).run(tx).await?;
    Ok(())
}
