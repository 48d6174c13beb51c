//! The tables of codes and tokens. Only keyed hashes are kept.

use uuid::Uuid;

use super::grant_store::{end, odd};
use super::model::{Access, ClientId, Stay, SystemAccess, Use};
use super::scopes::{Level, Scopes};
use super::{Registration, rules};
use crate::base::{AccountId, AppGrantId, AuthorityId, Instant, PatientNo, Result, SessionId};
use crate::config;
use crate::db::{Tx, query, row};
use crate::identity::Actor;
use crate::representation::{Kind, Lens};

/// What a code or token was asked for with, so that answers can repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Access,
    Refresh,
}

impl Kept {
    fn slug(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// A code.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub grant: AppGrantId,
    pub client: ClientId,
    pub redirect_uri: String,
    pub challenge: String,
    pub nonce: Option<String>,
    pub created: Instant,
    pub expires: Instant,
    pub used: Option<Instant>,
}

/// Keeps a code.
pub async fn add_code(tx: &mut Tx, hash: [u8; 32], code: &Code) -> Result<()> {
    query(
        "INSERT INTO app_code (code_hash, grant_id, client_id, redirect_uri, challenge, nonce, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(hash.as_slice())
    .bind(code.grant)
    .bind(code.client.0.as_str())
    .bind(code.redirect_uri.as_str())
    .bind(code.challenge.as_str())
    .bind(code.nonce.as_deref())
    .bind(code.created)
    .bind(code.expires)
    .run_one(tx)
    .await
}

/// The code of this hash.
pub async fn code(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Code>> {
    type Row = (Uuid, String, String, String, Option<String>, i64, i64, Option<i64>);
    let row: Option<Row> = query(
        "SELECT grant_id, client_id, redirect_uri, challenge, nonce, created_at, expires_at, used_at \
         FROM app_code WHERE code_hash = $1",
    )
    .bind(hash.as_slice())
    .optional(tx)
    .await?;
    Ok(row.map(|(grant, client, redirect_uri, challenge, nonce, created, expires, used)| Code {
        grant: AppGrantId(grant),
        client: ClientId(client),
        redirect_uri,
        challenge,
        nonce,
        created: Instant(created),
        expires: Instant(expires),
        used: used.map(Instant),
    }))
}

/// Uses a code up; false where somebody did before.
pub async fn use_code(tx: &mut Tx, hash: [u8; 32], now: Instant) -> Result<bool> {
    let changed = query("UPDATE app_code SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL")
        .bind(hash.as_slice())
        .bind(now)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// A token that is being issued.
pub(super) struct NewToken<'a> {
    pub hash: [u8; 32],
    pub kind: Kept,
    pub grant: Option<AppGrantId>,
    pub client: &'a ClientId,
    pub scopes: &'a Scopes,
    /// The refresh token it came from.
    pub parent: Option<[u8; 32]>,
    pub now: Instant,
    pub expires: Instant,
}

/// Keeps it, unless it is kept: what follows a refresh token is the same each time.
pub async fn add(tx: &mut Tx, new: &NewToken<'_>) -> Result<()> {
    query(
        "INSERT INTO app_token (token_hash, kind, grant_id, client_id, scopes, parent_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (token_hash) DO NOTHING",
    )
    .bind(new.hash.as_slice())
    .bind(new.kind.slug())
    .bind(new.grant)
    .bind(new.client.0.as_str())
    .bind(new.scopes.kept())
    .bind(new.parent.map(|hash| hash.to_vec()))
    .bind(new.now)
    .bind(new.expires)
    .run(tx)
    .await?;
    Ok(())
}

/// A token as it is kept.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kept,
    pub grant: Option<AppGrantId>,
    pub client: ClientId,
    pub scopes: Scopes,
    pub created: Instant,
    pub expires: Instant,
    pub used: Option<Instant>,
    pub revoked: Option<Instant>,
}

/// The token of this hash.
pub async fn token(tx: &mut Tx, hash: [u8; 32]) -> Result<Option<Token>> {
    type Row = (String, Option<Uuid>, String, String, i64, i64, Option<i64>, Option<i64>);
    let row: Option<Row> = query(
        "SELECT kind, grant_id, client_id, scopes, created_at, expires_at, used_at, revoked_at \
         FROM app_token WHERE token_hash = $1",
    )
    .bind(hash.as_slice())
    .optional(tx)
    .await?;
    let Some((kind, grant, client, scopes, created, expires, used, revoked)) = row else { return Ok(None) };
    Ok(Some(Token {
        kind: if kind == Kept::Refresh.slug() { Kept::Refresh } else { Kept::Access },
        grant: grant.map(AppGrantId),
        client: ClientId(client),
        scopes: Scopes::from_kept(&scopes).ok_or_else(odd)?,
        created: Instant(created),
        expires: Instant(expires),
        used: used.map(Instant),
        revoked: revoked.map(Instant),
    }))
}

/// Uses a refresh token; false where somebody did before.
pub async fn use_token(tx: &mut Tx, hash: [u8; 32], now: Instant) -> Result<bool> {
    let changed = query(
        "UPDATE app_token SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL",
    )
    .bind(hash.as_slice())
    .bind(now)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Whether the refresh token that followed this one, if any did, was neither used nor taken back.
pub async fn is_last(tx: &mut Tx, parent: [u8; 32]) -> Result<bool> {
    let gone: Option<(i64,)> = query(
        "SELECT CAST(1 AS BIGINT) FROM app_token WHERE parent_hash = $1 AND kind = 'refresh' \
         AND (used_at IS NOT NULL OR revoked_at IS NOT NULL) LIMIT 1",
    )
    .bind(parent.as_slice())
    .optional(tx)
    .await?;
    Ok(gone.is_none())
}

/// Revokes one token.
pub async fn revoke(tx: &mut Tx, hash: [u8; 32], now: Instant) -> Result<()> {
    query("UPDATE app_token SET revoked_at = $2 WHERE token_hash = $1 AND revoked_at IS NULL")
        .bind(hash.as_slice())
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Revokes all tokens of a grant.
pub async fn revoke_all(tx: &mut Tx, grant: AppGrantId, now: Instant) -> Result<()> {
    query("UPDATE app_token SET revoked_at = $2 WHERE grant_id = $1 AND revoked_at IS NULL")
        .bind(grant)
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

/// Revokes all tokens of an app.
pub async fn revoke_of(tx: &mut Tx, client: &ClientId, now: Instant) -> Result<()> {
    query("UPDATE app_token SET revoked_at = $2 WHERE client_id = $1 AND revoked_at IS NULL")
        .bind(client.0.as_str())
        .bind(now)
        .run(tx)
        .await?;
    Ok(())
}

row! {
    /// All that decides about an access token, in one row.
    struct AccessRow {
        client_id: String,
        scopes: String,
        expires_at: i64,
        about: String,
        grant_id: Option<Uuid>,
        account_id: Option<Uuid>,
        name: Option<String>,
        session_id: Option<Uuid>,
        provider: Option<String>,
        acr: Option<String>,
        auth_time: Option<i64>,
        ial: Option<i64>,
        aal: Option<i64>,
        patient_no: Option<i64>,
        fhir_id: Option<String>,
        authority_id: Option<Uuid>,
        acting: Option<String>,
        granted: Option<String>,
        lens: Option<String>,
        stay: Option<String>,
        created_at: Option<i64>,
        until: Option<i64>,
        paused_at: Option<i64>,
        ended_at: Option<i64>,
        end_reason: Option<String>,
        last_read: Option<i64>,
        session_until: Option<i64>,
    }
}

/// What a token opens.
pub(super) enum Opens {
    /// A record, for a person's app.
    Record(Box<Opened>),
    /// What was agreed with a system.
    System(SystemAccess),
}

/// A record that a token opens.
pub(super) struct Opened {
    pub access: Access,
    /// The authority under which it was granted.
    pub under: Option<(AuthorityId, Kind)>,
}

/// What an access token opens now, in one query: token, app and grant must all be in force, and for `online_access` the
/// session too.
pub async fn opens(tx: &mut Tx, hash: [u8; 32], now: Instant) -> Result<Option<Opens>> {
    let row: Option<AccessRow> = query(
        "SELECT t.client_id, t.scopes, t.expires_at, c.about, t.grant_id, g.account_id, a.name, g.session_id, \
         g.provider, g.acr, g.auth_time, g.ial, g.aal, g.patient_no, p.fhir_id, g.authority_id, g.acting, \
         g.scopes AS granted, g.lens, g.stay, g.created_at, g.until, g.paused_at, g.ended_at, g.end_reason, \
         g.last_read, CASE WHEN s.ended_at IS NULL AND s.idle_until > $2 THEN s.absolute_until END AS session_until \
         FROM app_token t JOIN app_client c ON c.id = t.client_id \
         LEFT JOIN app_grant g ON g.id = t.grant_id LEFT JOIN account a ON a.id = g.account_id \
         LEFT JOIN patient p ON p.patient_no = g.patient_no LEFT JOIN session s ON s.id = g.session_id \
         WHERE t.token_hash = $1 AND t.kind = 'access' AND t.revoked_at IS NULL AND t.expires_at > $2 \
         AND c.removed_at IS NULL AND c.suspended_at IS NULL AND c.waiting_by IS NULL",
    )
    .bind(hash.as_slice())
    .bind(now)
    .optional(tx)
    .await?;
    row.map_or(Ok(None), |row| opened(row, now))
}

fn opened(row: AccessRow, now: Instant) -> Result<Option<Opens>> {
    let about: Registration = serde_json::from_str(&row.about)?;
    let (client, expires) = (ClientId(row.client_id), Instant(row.expires_at));
    let scopes = Scopes::from_kept(&row.scopes).ok_or_else(odd)?;
    let Some(grant) = row.grant_id.map(AppGrantId) else {
        // What was agreed may have become less since.
        let agreed = Scopes::parse(about.scope.as_deref().unwrap_or_default()).map_err(|_| odd())?;
        let scopes = scopes.within(&agreed.for_level(Level::System));
        let system = SystemAccess { client, app_name: about.name, scopes, groups: about.groups, expires };
        return Ok((about.used_by == Use::System).then_some(Opens::System(system)));
    };
    let stay = row.stay.as_deref().and_then(Stay::from_slug).ok_or_else(odd)?;
    let ended = end(row.ended_at, row.end_reason.as_deref())?;
    let until = Instant(row.until.ok_or_else(odd)?);
    let standing = rules::standing((until, row.paused_at.map(Instant), ended), now);
    let online = stay != Stay::Online || row.session_until.is_some_and(|until| Instant(until) > now);
    if standing != super::Standing::Active || !online {
        return Ok(None);
    }
    let lens: Lens = serde_json::from_str(row.lens.as_deref().ok_or_else(odd)?)?;
    let granted = row.granted.as_deref().unwrap_or_default();
    // A token mostly has all that was granted, and each read asks.
    let scopes = if granted == row.scopes {
        scopes
    } else {
        scopes.meet(&Scopes::from_kept(granted).ok_or_else(odd)?)
    };
    let acting = row.acting.as_deref().map(|slug| Kind::from_slug(slug).ok_or_else(odd)).transpose()?;
    let level = |level: Option<i64>| level.and_then(|level| u8::try_from(level).ok()).unwrap_or(0);
    let actor = Actor {
        account: AccountId(row.account_id.ok_or_else(odd)?),
        session: SessionId(row.session_id.ok_or_else(odd)?),
        name: row.name.unwrap_or_default(),
        provider: row.provider.unwrap_or_default(),
        acr: row.acr,
        amr: Vec::new(),
        auth_time: row.auth_time.map(Instant),
        level: config::Level { ial: level(row.ial), aal: level(row.aal) },
        through: None,
    };
    let access = Access {
        client,
        app_name: about.name,
        grant,
        since: Instant(row.created_at.ok_or_else(odd)?),
        actor,
        patient: PatientNo(row.patient_no.ok_or_else(odd)?),
        patient_id: row.fhir_id.ok_or_else(odd)?,
        scopes,
        lens,
        expires: expires.min(until),
        last_read: row.last_read.map(Instant),
    };
    let under = row.authority_id.map(AuthorityId).zip(acting);
    Ok(Some(Opens::Record(Box::new(Opened { access, under }))))
}

/// Who gave a grant, as they were signed in then.
pub async fn giver(tx: &mut Tx, grant: AppGrantId) -> Result<Actor> {
    type Row = (Uuid, String, Uuid, String, Option<String>, Option<i64>, i64, i64);
    let row: Row = query(
        "SELECT g.account_id, a.name, g.session_id, g.provider, g.acr, g.auth_time, g.ial, g.aal \
         FROM app_grant g JOIN account a ON a.id = g.account_id WHERE g.id = $1",
    )
    .bind(grant)
    .one(tx)
    .await?;
    let (account, name, session, provider, acr, auth_time, ial, aal) = row;
    let level = |level: i64| u8::try_from(level).unwrap_or(0);
    Ok(Actor {
        account: AccountId(account),
        session: SessionId(session),
        name,
        provider,
        acr,
        amr: Vec::new(),
        auth_time: auth_time.map(Instant),
        level: config::Level { ial: level(ial), aal: level(aal) },
        through: None,
    })
}

/// Whether a session is in force, and until when at most.
pub async fn session_until(tx: &mut Tx, session: SessionId, now: Instant) -> Result<Option<Instant>> {
    let row: Option<(i64,)> = query(
        "SELECT absolute_until FROM session WHERE id = $1 AND ended_at IS NULL AND idle_until > $2 AND absolute_until > $2",
    )
    .bind(session)
    .bind(now)
    .optional(tx)
    .await?;
    Ok(row.map(|(until,)| Instant(until)))
}
