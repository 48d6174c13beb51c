//! The tables of this room. One function for one question; no rule is decided here.

use uuid::Uuid;

use super::{Link, SignInEvent};
use crate::base::{AccountId, CaseId, Instant, PatientNo, Result, SessionId};
use crate::config::Level;
use crate::db::{Tx, query, row};

/// A sign-in that has begun.
pub struct Flow {
    pub state_hash: [u8; 32],
    pub browser_hash: [u8; 32],
    pub provider: String,
    pub nonce: String,
    pub verifier: String,
    pub return_to: String,
    pub language: &'static str,
    pub account: Option<AccountId>,
    pub created: Instant,
    pub expires: Instant,
}

/// Keeps a sign-in that has begun.
pub async fn begin_flow(tx: &mut Tx, flow: Flow) -> Result<()> {
    query(
        "INSERT INTO sign_in_flow (state_hash, browser_hash, provider, nonce, verifier, return_to, language, \
         account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(flow.state_hash.as_slice())
    .bind(flow.browser_hash.as_slice())
    .bind(flow.provider)
    .bind(flow.nonce)
    .bind(flow.verifier)
    .bind(flow.return_to)
    .bind(flow.language)
    .bind(flow.account)
    .bind(flow.created)
    .bind(flow.expires)
    .run_one(tx)
    .await
}

row! {
    /// A begun sign-in as it was kept.
    pub struct BegunFlow {
        pub browser_hash: Vec<u8>,
        pub provider: String,
        pub nonce: String,
        pub verifier: String,
        pub return_to: String,
        pub account_id: Option<Uuid>,
        pub created_at: i64,
        pub expires_at: i64,
    }
}

/// Takes a begun sign-in out: it can be ended only once.
pub async fn take_flow(tx: &mut Tx, state_hash: [u8; 32]) -> Result<Option<BegunFlow>> {
    query(
        "DELETE FROM sign_in_flow WHERE state_hash = $1 \
         RETURNING browser_hash, provider, nonce, verifier, return_to, account_id, created_at, expires_at",
    )
    .bind(state_hash.as_slice())
    .optional(tx)
    .await
}

/// The account of a person at an issuer.
pub async fn account_of(tx: &mut Tx, issuer: &str, subject: &str) -> Result<Option<AccountId>> {
    let row: Option<(Uuid,)> =
        query("SELECT account_id FROM account_identity WHERE issuer = $1 AND subject = $2")
            .bind(issuer)
            .bind(subject)
            .optional(tx)
            .await?;
    Ok(row.map(|(id,)| AccountId(id)))
}

/// Makes an account.
pub async fn make_account(tx: &mut Tx, id: AccountId, now: Instant) -> Result<()> {
    query("INSERT INTO account (id, name, created_at, last_seen_at) VALUES ($1, '', $2, $2)")
        .bind(id)
        .bind(now)
        .run_one(tx)
        .await
}

/// Makes the account that of a person at an issuer; false if another has just become it.
pub async fn claim_identity(
    tx: &mut Tx,
    account: AccountId,
    (issuer, subject): (&str, &str),
    now: Instant,
) -> Result<bool> {
    let changed = query(
        "INSERT INTO account_identity (issuer, subject, account_id, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (issuer, subject) DO NOTHING",
    )
    .bind(issuer)
    .bind(subject)
    .bind(account)
    .bind(now)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Removes an account that came too late to be anybody's.
pub async fn unmake_account(tx: &mut Tx, id: AccountId) -> Result<()> {
    query("DELETE FROM account WHERE id = $1").bind(id).run_one(tx).await
}

/// Takes over the name and address the provider gives now.
pub async fn renew_account(
    tx: &mut Tx,
    id: AccountId,
    (name, email): (String, Option<String>),
    now: Instant,
) -> Result<()> {
    query("UPDATE account SET name = $2, email = $3, last_seen_at = $4 WHERE id = $1")
        .bind(id)
        .bind(name)
        .bind(email)
        .bind(now)
        .run_one(tx)
        .await
}

/// Notes that the account was seen, and holds its row until the transaction ends, so that two requests of
/// one account come one after the other. False where there is no such account.
pub async fn hold_account(tx: &mut Tx, id: AccountId, now: Instant) -> Result<bool> {
    let changed =
        query("UPDATE account SET last_seen_at = $2 WHERE id = $1").bind(id).bind(now).run(tx).await?;
    Ok(changed == 1)
}

/// Keeps the choice of language.
pub async fn set_language(tx: &mut Tx, id: AccountId, language: &'static str) -> Result<u64> {
    query("UPDATE account SET language = $2 WHERE id = $1").bind(id).bind(language).run(tx).await
}

/// A session to be kept.
pub struct NewSession {
    pub id: SessionId,
    pub secret_hash: [u8; 32],
    pub account: AccountId,
    pub provider: String,
    pub issuer: String,
    pub subject: String,
    pub provider_sid: Option<String>,
    pub id_token: Vec<u8>,
    pub acr: Option<String>,
    pub amr: Option<String>,
    /// The staff roles that the provider's claims gave, by their names, separated by spaces.
    pub roles: String,
    pub auth_time: Option<Instant>,
    pub level: Level,
    pub claims: Vec<u8>,
    pub device: String,
    pub now: Instant,
    pub idle_until: Instant,
    pub absolute_until: Instant,
}

/// Begins a session.
pub async fn begin_session(tx: &mut Tx, new: NewSession) -> Result<()> {
    query(
        "INSERT INTO session (id, secret_hash, account_id, provider, issuer, subject, provider_sid, id_token, \
         acr, amr, auth_time, claims, device, created_at, seen_at, idle_until, absolute_until, roles, ial, aal) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16, $17, $18, $19)",
    )
    .bind(new.id)
    .bind(new.secret_hash.as_slice())
    .bind(new.account)
    .bind(new.provider)
    .bind(new.issuer)
    .bind(new.subject)
    .bind(new.provider_sid)
    .bind(new.id_token)
    .bind(new.acr)
    .bind(new.amr)
    .bind(new.auth_time)
    .bind(new.claims)
    .bind(new.device)
    .bind(new.now)
    .bind(new.idle_until)
    .bind(new.absolute_until)
    .bind(new.roles)
    .bind(i64::from(new.level.ial))
    .bind(i64::from(new.level.aal))
    .run_one(tx)
    .await
}

row! {
    /// A session in force with its account and link, one row.
    pub struct InForce {
        pub id: Uuid,
        pub account_id: Uuid,
        pub name: String,
        pub email: Option<String>,
        pub language: Option<String>,
        pub provider: String,
        pub acr: Option<String>,
        pub amr: Option<String>,
        pub staff: i64,
        pub auth_time: Option<i64>,
        pub ial: Option<i64>,
        pub aal: Option<i64>,
        pub proved: i64,
        pub seen_at: i64,
        pub idle_until: i64,
        pub absolute_until: i64,
        pub patient_no: Option<i64>,
        pub since: Option<i64>,
        pub ground: Option<String>,
    }
}

/// The hashes of the newest sessions of an account, also of those that ended.
pub async fn newest_sessions(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<Vec<u8>>> {
    let rows: Vec<(Vec<u8>,)> = query(
        "SELECT secret_hash FROM session WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
    )
    .bind(account)
    .bind(limit)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}

/// The session of a secret, if it is in force.
pub async fn in_force(tx: &mut Tx, secret_hash: [u8; 32], now: Instant) -> Result<Option<InForce>> {
    query(
        "SELECT s.id, s.account_id, a.name, a.email, a.language, s.provider, s.acr, s.amr, s.auth_time, s.ial, s.aal, \
         a.ial AS proved, s.seen_at, s.idle_until, s.absolute_until, l.patient_no, l.since, l.ground, \
         CAST(CASE WHEN s.roles <> '' OR EXISTS (SELECT 1 FROM staff_grant g WHERE g.account_id = s.account_id \
         AND g.power <> 'emergency-access' AND g.approved_at IS NOT NULL AND g.ended_at IS NULL AND g.starts_at <= $2 \
         AND (g.ends_at IS NULL OR g.ends_at > $2)) THEN 1 ELSE 0 END AS BIGINT) AS staff \
         FROM session s JOIN account a ON a.id = s.account_id \
         LEFT JOIN account_link l ON l.account_id = a.id AND l.until IS NULL \
         WHERE s.secret_hash = $1 AND s.ended_at IS NULL AND s.idle_until > $2 AND s.absolute_until > $2 \
         ORDER BY l.since LIMIT 1",
    )
    .bind(secret_hash.as_slice())
    .bind(now)
    .optional(tx)
    .await
}

/// Why the session of a secret is over, as the history says it: as it was ended, or by which of its ends it ran out.
pub async fn why_over(tx: &mut Tx, secret_hash: [u8; 32], now: Instant) -> Result<Option<String>> {
    let row: Option<(String,)> = query(
        "SELECT COALESCE(end_reason, CASE WHEN absolute_until <= $2 THEN 'sign-in-ended-absolute' \
         ELSE 'sign-in-ended-idle' END) FROM session WHERE secret_hash = $1",
    )
    .bind(secret_hash.as_slice())
    .bind(now)
    .optional(tx)
    .await?;
    Ok(row.map(|(why,)| why))
}

/// Moves the idle end on, if the session is still in force.
pub async fn move_on(tx: &mut Tx, id: SessionId, (now, idle_until): (Instant, Instant)) -> Result<u64> {
    query(
        "UPDATE session SET seen_at = $2, idle_until = $3 \
         WHERE id = $1 AND ended_at IS NULL AND idle_until > $2 AND absolute_until > $2",
    )
    .bind(id)
    .bind(now)
    .bind(idle_until)
    .run(tx)
    .await
}

/// What is sealed with a session: the ID token and the claims.
pub async fn sealed(
    tx: &mut Tx,
    account: AccountId,
    id: SessionId,
) -> Result<Option<(Option<Vec<u8>>, Option<Vec<u8>>)>> {
    query("SELECT id_token, claims FROM session WHERE id = $1 AND account_id = $2 AND ended_at IS NULL")
        .bind(id)
        .bind(account)
        .optional(tx)
        .await
}

row! {
    /// A session that has just ended.
    pub struct Ended {
        pub id: Uuid,
        pub account_id: Uuid,
        pub provider: String,
        pub device: String,
    }
}

/// Ends one session of an account.
pub async fn end(
    tx: &mut Tx,
    (account, id): (AccountId, SessionId),
    (now, reason): (Instant, &'static str),
) -> Result<Option<Ended>> {
    query(
        "UPDATE session SET ended_at = $3, end_reason = $4, id_token = NULL, claims = NULL \
         WHERE id = $1 AND account_id = $2 AND ended_at IS NULL RETURNING id, account_id, provider, device",
    )
    .bind(id)
    .bind(account)
    .bind(now)
    .bind(reason)
    .optional(tx)
    .await
}

/// Ends the session of a secret, whoever's it is.
pub async fn end_by_secret(
    tx: &mut Tx,
    secret_hash: [u8; 32],
    (now, reason): (Instant, &'static str),
) -> Result<Option<Ended>> {
    query(
        "UPDATE session SET ended_at = $2, end_reason = $3, id_token = NULL, claims = NULL \
         WHERE secret_hash = $1 AND ended_at IS NULL RETURNING id, account_id, provider, device",
    )
    .bind(secret_hash.as_slice())
    .bind(now)
    .bind(reason)
    .optional(tx)
    .await
}

/// The same, unless it was used since it was last looked at.
pub async fn end_unused(
    tx: &mut Tx,
    (secret_hash, seen): ([u8; 32], Instant),
    (now, reason): (Instant, &'static str),
) -> Result<Option<Ended>> {
    query(
        "UPDATE session SET ended_at = $3, end_reason = $4, id_token = NULL, claims = NULL \
         WHERE secret_hash = $1 AND seen_at = $2 AND ended_at IS NULL RETURNING id, account_id, provider, device",
    )
    .bind(secret_hash.as_slice())
    .bind(seen)
    .bind(now)
    .bind(reason)
    .optional(tx)
    .await
}

/// Whom a provider's logout token names; what it does not name is not compared.
pub struct Named<'a> {
    pub provider: &'a str,
    pub issuer: &'a str,
    pub subject: Option<&'a str>,
    pub sid: Option<&'a str>,
}

/// Ends the sessions that a logout token names.
pub async fn end_named(tx: &mut Tx, named: Named<'_>, now: Instant) -> Result<Vec<Ended>> {
    query(
        "UPDATE session SET ended_at = $5, end_reason = 'sign-in-ended-provider', id_token = NULL, claims = NULL \
         WHERE provider = $1 AND issuer = $2 AND subject = COALESCE($3, subject) \
         AND ($4 IS NULL OR provider_sid = $4) AND ended_at IS NULL RETURNING id, account_id, provider, device",
    )
    .bind(named.provider)
    .bind(named.issuer)
    .bind(named.subject.map(str::to_owned))
    .bind(named.sid.map(str::to_owned))
    .bind(now)
    .all(tx)
    .await
}

/// Ends the sessions that ran out, at most so many at once: by the absolute end or, before that, by disuse.
pub async fn end_run_out(
    tx: &mut Tx,
    now: Instant,
    limit: i64,
) -> Result<Vec<(Uuid, String, String, i64, String)>> {
    query(
        "UPDATE session SET ended_at = CASE WHEN absolute_until <= idle_until THEN absolute_until ELSE idle_until END, \
         end_reason = CASE WHEN absolute_until <= idle_until THEN 'sign-in-ended-absolute' ELSE 'sign-in-ended-idle' END, \
         id_token = NULL, claims = NULL \
         WHERE id IN (SELECT id FROM session WHERE ended_at IS NULL AND (idle_until <= $1 OR absolute_until <= $1) \
                      ORDER BY id LIMIT $2) AND ended_at IS NULL \
         RETURNING account_id, provider, device, ended_at, end_reason",
    )
    .bind(now)
    .bind(limit)
    .all(tx)
    .await
}

row! {
    /// A session as a device.
    pub struct DeviceRow {
        pub id: Uuid,
        pub device: String,
        pub provider: String,
        pub created_at: i64,
        pub seen_at: i64,
    }
}

/// The account's sessions in force, the last used first.
pub async fn devices(tx: &mut Tx, account: AccountId, now: Instant) -> Result<Vec<DeviceRow>> {
    query(
        "SELECT id, device, provider, created_at, seen_at FROM session \
         WHERE account_id = $1 AND ended_at IS NULL AND idle_until > $2 AND absolute_until > $2 \
         ORDER BY seen_at DESC, id DESC LIMIT 100",
    )
    .bind(account)
    .bind(now)
    .all(tx)
    .await
}

/// A line of the sign-in history.
pub struct NewEvent {
    pub id: Uuid,
    pub account: AccountId,
    pub provider: String,
    pub device: String,
    pub outcome: String,
    pub at: Instant,
}

/// Writes a line of the sign-in history.
pub async fn note(tx: &mut Tx, event: NewEvent) -> Result<()> {
    query(
        "INSERT INTO sign_in_event (id, account_id, provider, outcome, device, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(event.id)
    .bind(event.account)
    .bind(event.provider)
    .bind(event.outcome)
    .bind(event.device)
    .bind(event.at)
    .run_one(tx)
    .await
}

/// The last lines of the account's history, newest first.
pub async fn events(tx: &mut Tx, account: AccountId, limit: i64) -> Result<Vec<SignInEvent>> {
    let rows: Vec<(i64, String, String, String)> = query(
        "SELECT at, provider, device, outcome FROM sign_in_event WHERE account_id = $1 \
         ORDER BY at DESC, id DESC LIMIT $2",
    )
    .bind(account)
    .bind(limit)
    .all(tx)
    .await?;
    let event = |(at, provider, device, outcome)| SignInEvent { at: Instant(at), provider, device, outcome };
    Ok(rows.into_iter().map(event).collect())
}

/// Keeps a logout token's id; false if it was used before.
pub async fn use_logout_token(tx: &mut Tx, (issuer, jti): (&str, &str), expires: Instant) -> Result<bool> {
    let changed = query(
        "INSERT INTO logout_token (issuer, jti, expires_at) VALUES ($1, $2, $3) ON CONFLICT (issuer, jti) DO NOTHING",
    )
    .bind(issuer)
    .bind(jti)
    .bind(expires)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// The name of an account.
pub async fn account_name(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let row: Option<(String,)> =
        query("SELECT name FROM account WHERE id = $1").bind(account).optional(tx).await?;
    Ok(row.map(|(name,)| name))
}

/// The records linked to an account now, the first linked first.
pub async fn links(tx: &mut Tx, account: AccountId) -> Result<Vec<Link>> {
    let rows: Vec<(i64, i64, String)> = query(
        "SELECT patient_no, since, ground FROM account_link WHERE account_id = $1 AND until IS NULL \
         ORDER BY since, patient_no",
    )
    .bind(account)
    .all(tx)
    .await?;
    let link = |(patient, since, ground)| Link { patient: PatientNo(patient), since: Instant(since), ground };
    Ok(rows.into_iter().map(link).collect())
}

/// Links an account to a record.
pub async fn link(tx: &mut Tx, account: AccountId, link: &Link, evidence: &str) -> Result<()> {
    query(
        "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(account)
    .bind(link.patient)
    .bind(link.since)
    .bind(link.ground.as_str())
    .bind(evidence)
    .run_one(tx)
    .await
}

/// Ends the link in force of an account to a record, with who decided and why: how many rows changed.
pub async fn end_link(
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
    (now, by, why): (Instant, &str, &str),
) -> Result<u64> {
    query(
        "UPDATE account_link SET until = $3, ended_by = $4, ended_why = $5 \
         WHERE account_id = $1 AND patient_no = $2 AND until IS NULL",
    )
    .bind(account)
    .bind(patient)
    .bind(now)
    .bind(by)
    .bind(why)
    .run(tx)
    .await
}

/// Whether an account is, or ever was, linked to a record.
pub async fn was_linked(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<bool> {
    let row: Option<(i64,)> =
        query("SELECT since FROM account_link WHERE account_id = $1 AND patient_no = $2 LIMIT 1")
            .bind(account)
            .bind(patient)
            .optional(tx)
            .await?;
    Ok(row.is_some())
}

/// Whether the record says that its person died.
pub async fn has_died(tx: &mut Tx, patient: PatientNo) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT patient_no FROM patient WHERE patient_no = $1 AND deceased IS NOT NULL AND deceased <> 'false'",
    )
    .bind(patient)
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Whether staff ever ended a link of an account to a record.
pub async fn was_ended(tx: &mut Tx, account: AccountId, patient: PatientNo) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT since FROM account_link WHERE account_id = $1 AND patient_no = $2 AND ended_by IS NOT NULL LIMIT 1",
    )
    .bind(account)
    .bind(patient)
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// When staff last ended a link of an account, whatever the record.
pub async fn last_ended(tx: &mut Tx, account: AccountId) -> Result<Option<Instant>> {
    let row: Option<(Option<i64>,)> = query(
        "SELECT until FROM account_link WHERE account_id = $1 AND ended_by IS NOT NULL ORDER BY until DESC LIMIT 1",
    )
    .bind(account)
    .optional(tx)
    .await?;
    Ok(row.and_then(|(at,)| at).map(Instant))
}

/// Counts one more try and gives the count of its window.
pub async fn count_try(tx: &mut Tx, key_hash: [u8; 32], window: Instant) -> Result<i64> {
    let (count,): (i64,) = query(
        "INSERT INTO rate_count (key_hash, window_at, count) VALUES ($1, $2, 1) \
         ON CONFLICT (key_hash, window_at) DO UPDATE SET count = rate_count.count + 1 RETURNING count",
    )
    .bind(key_hash.as_slice())
    .bind(window)
    .one(tx)
    .await?;
    Ok(count)
}

/// Uses an activation code up; whose it was, who issued it, and what they saw of the person, if it could be used. Who gave
/// it cannot. One statement for all cases, so that an unknown, a used and an expired code cost the same.
pub async fn use_code(
    tx: &mut Tx,
    code_hash: [u8; 32],
    (account, now): (AccountId, Instant),
) -> Result<Option<(PatientNo, String, Option<String>)>> {
    let row: Option<(i64, String, Option<String>)> = query(
        "UPDATE activation_code SET used_at = $2, used_by = $3 \
         WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 AND (given_by IS NULL OR given_by <> $3) \
         RETURNING patient_no, issued_by, proof",
    )
    .bind(code_hash.as_slice())
    .bind(now)
    .bind(account)
    .optional(tx)
    .await?;
    Ok(row.map(|(patient, by, proof)| (PatientNo(patient), by, proof)))
}

/// Whose record a usable code leads to, and the birth date in it, if it has one.
pub async fn born_of_code(
    tx: &mut Tx,
    code_hash: [u8; 32],
    now: Instant,
) -> Result<Option<(PatientNo, Option<String>)>> {
    let row: Option<(i64, Option<String>)> = query(
        "SELECT p.patient_no, p.birth_date FROM activation_code c \
         JOIN patient p ON p.patient_no = c.patient_no \
         WHERE c.code_hash = $1 AND c.used_at IS NULL AND c.expires_at > $2",
    )
    .bind(code_hash.as_slice())
    .bind(now)
    .optional(tx)
    .await?;
    Ok(row.map(|(patient, born)| (PatientNo(patient), born)))
}

/// The accounts to which a record is linked now.
pub async fn accounts_of(tx: &mut Tx, patient: PatientNo) -> Result<Vec<AccountId>> {
    let rows: Vec<(Uuid,)> =
        query("SELECT account_id FROM account_link WHERE patient_no = $1 AND until IS NULL")
            .bind(patient)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(id,)| AccountId(id)).collect())
}

/// The accounts to which a record is linked now, the first linked first: account, name, link.
pub async fn linked_to(tx: &mut Tx, patient: PatientNo) -> Result<Vec<(AccountId, String, Link)>> {
    let rows: Vec<(Uuid, String, i64, String)> = query(
        "SELECT a.id, a.name, l.since, l.ground FROM account_link l JOIN account a ON a.id = l.account_id \
         WHERE l.patient_no = $1 AND l.until IS NULL ORDER BY l.since, a.id",
    )
    .bind(patient)
    .all(tx)
    .await?;
    let one =
        |(id, name, since, ground)| (AccountId(id), name, Link { patient, since: Instant(since), ground });
    Ok(rows.into_iter().map(one).collect())
}

/// Ends the unused codes of a person but for this one.
pub async fn end_codes(
    tx: &mut Tx,
    (patient, code_hash): (PatientNo, [u8; 32]),
    now: Instant,
) -> Result<u64> {
    query(
        "UPDATE activation_code SET expires_at = $2 \
         WHERE patient_no = $1 AND used_at IS NULL AND expires_at > $2 AND code_hash <> $3",
    )
    .bind(patient)
    .bind(now)
    .bind(code_hash.as_slice())
    .run(tx)
    .await
}

/// Ends the unused code of a person that was made at this moment; 0 where there is none.
pub async fn stop_code(tx: &mut Tx, (patient, made): (PatientNo, Instant), now: Instant) -> Result<u64> {
    query(
        "UPDATE activation_code SET expires_at = $3 \
         WHERE patient_no = $1 AND created_at = $2 AND used_at IS NULL AND expires_at > $3",
    )
    .bind(patient)
    .bind(made)
    .bind(now)
    .run(tx)
    .await
}

/// The unused code of a person that still works: since when, until when, who gave it, what they saw.
pub async fn open_code(
    tx: &mut Tx,
    patient: PatientNo,
    now: Instant,
) -> Result<Option<(i64, i64, String, Option<String>)>> {
    query(
        "SELECT created_at, expires_at, issued_by, proof FROM activation_code \
         WHERE patient_no = $1 AND used_at IS NULL AND expires_at > $2 ORDER BY created_at DESC LIMIT 1",
    )
    .bind(patient)
    .bind(now)
    .optional(tx)
    .await
}

/// Who gives out a code: their account, if they have one, and their name.
pub type Giver<'a> = (Option<AccountId>, &'a str);

/// Keeps a new code of a person; false where the same code was made before.
pub async fn keep_code(
    tx: &mut Tx,
    code_hash: [u8; 32],
    (patient, (account, issued_by), proof): (PatientNo, Giver<'_>, Option<&str>),
    (now, expires): (Instant, Instant),
) -> Result<bool> {
    let changed = query(
        "INSERT INTO activation_code (code_hash, patient_no, issued_by, created_at, expires_at, proof, given_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code_hash) DO NOTHING",
    )
    .bind(code_hash.as_slice())
    .bind(patient)
    .bind(issued_by)
    .bind(now)
    .bind(expires)
    .bind(proof.map(str::to_owned))
    .bind(account)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Whom to look for by claims, folded where names are folded.
pub struct Wanted {
    pub family: String,
    pub birth_date: String,
    pub identifier: String,
}

/// People of this family name and birth date with this record number: number and given names.
pub async fn by_record_number(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(i64, String)>> {
    query(
        "SELECT DISTINCT p.patient_no, p.given FROM patient p \
         JOIN patient_identifier i ON i.patient_no = p.patient_no AND i.value = $3 AND i.system <> 'mailto:' \
         WHERE p.family = $1 AND p.birth_date = $2 AND p.patient_no <> 0 ORDER BY p.patient_no LIMIT 20",
    )
    .bind(wanted.family.as_str())
    .bind(wanted.birth_date.as_str())
    .bind(wanted.identifier.as_str())
    .all(tx)
    .await
}

/// People of this family name and birth date with this e-mail address: number and given names.
pub async fn by_email(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<(i64, String)>> {
    query(
        "SELECT DISTINCT p.patient_no, p.given FROM patient p \
         JOIN patient_identifier i ON i.patient_no = p.patient_no AND i.value = $3 AND i.system = 'mailto:' \
         WHERE p.family = $1 AND p.birth_date = $2 AND p.patient_no <> 0 ORDER BY p.patient_no LIMIT 20",
    )
    .bind(wanted.family.as_str())
    .bind(wanted.birth_date.as_str())
    .bind(wanted.identifier.as_str())
    .all(tx)
    .await
}

/// People whose FHIR id or identifier this is: number, name, birth date.
pub async fn patients_by(tx: &mut Tx, reference: &str) -> Result<Vec<(i64, String, Option<String>)>> {
    query(
        "SELECT p.patient_no, p.name, p.birth_date FROM patient p WHERE p.patient_no <> 0 AND (p.fhir_id = $1 \
         OR p.patient_no IN (SELECT patient_no FROM patient_identifier WHERE value = $1)) \
         ORDER BY p.patient_no LIMIT 50",
    )
    .bind(reference)
    .all(tx)
    .await
}

/// Keeps a statement in the account's open case, if it has one: how many rows changed.
pub async fn restate(tx: &mut Tx, account: AccountId, statement: &[u8]) -> Result<u64> {
    query("UPDATE identity_case SET statement = $2 WHERE account_id = $1 AND state = 'open'")
        .bind(account)
        .bind(statement)
        .run(tx)
        .await
}

/// Opens a case.
pub async fn open_case(
    tx: &mut Tx,
    (id, account): (CaseId, AccountId),
    statement: &[u8],
    now: Instant,
) -> Result<()> {
    query(
        "INSERT INTO identity_case (id, account_id, state, statement, created_at) VALUES ($1, $2, 'open', $3, $4)",
    )
    .bind(id)
    .bind(account)
    .bind(statement)
    .bind(now)
    .run_one(tx)
    .await
}

/// When the account's open case was opened.
pub async fn case_since(tx: &mut Tx, account: AccountId) -> Result<Option<Instant>> {
    let row: Option<(i64,)> = query(
        "SELECT created_at FROM identity_case WHERE account_id = $1 AND state = 'open' ORDER BY created_at LIMIT 1",
    )
    .bind(account)
    .optional(tx)
    .await?;
    Ok(row.map(|(at,)| Instant(at)))
}

/// When the account's last case was closed without a link, if none was opened after it.
pub async fn case_refused(tx: &mut Tx, account: AccountId) -> Result<Option<Instant>> {
    let row: Option<(String, Option<i64>)> = query(
        "SELECT state, decided_at FROM identity_case WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .bind(account)
    .optional(tx)
    .await?;
    Ok(row.filter(|(state, _)| state == "closed").and_then(|(_, at)| at.map(Instant)))
}

/// Closes the account's open case, because the record was linked without it.
pub async fn end_case(tx: &mut Tx, account: AccountId, (now, why): (Instant, &str)) -> Result<u64> {
    query(
        "UPDATE identity_case SET state = 'linked', decided_at = $2, decided_why = $3 \
         WHERE account_id = $1 AND state = 'open'",
    )
    .bind(account)
    .bind(now)
    .bind(why)
    .run(tx)
    .await
}

row! {
    /// A case as it is kept, with the account that opened it.
    #[derive(Debug)]
    pub struct KeptCase {
        pub id: Uuid,
        pub account_id: Uuid,
        pub name: String,
        pub email: Option<String>,
        pub state: String,
        pub created_at: i64,
        pub decided_at: Option<i64>,
        pub decided_by: Option<String>,
        pub decided_why: Option<String>,
        pub decided_differs: Option<String>,
    }
}

/// All cases, the open ones first, each group in the order in which they were opened.
pub async fn cases(tx: &mut Tx, (after, most): (i64, i64)) -> Result<Vec<KeptCase>> {
    query(
        "SELECT c.id, c.account_id, a.name, a.email, c.state, c.created_at, c.decided_at, c.decided_by, \
         c.decided_why, c.decided_differs FROM identity_case c JOIN account a ON a.id = c.account_id \
         ORDER BY CASE c.state WHEN 'open' THEN 0 ELSE 1 END, c.created_at, c.id LIMIT $2 OFFSET $1",
    )
    .bind(after)
    .bind(most)
    .all(tx)
    .await
}

/// One case.
pub async fn case(tx: &mut Tx, id: CaseId) -> Result<Option<KeptCase>> {
    query(
        "SELECT c.id, c.account_id, a.name, a.email, c.state, c.created_at, c.decided_at, c.decided_by, \
         c.decided_why, c.decided_differs FROM identity_case c JOIN account a ON a.id = c.account_id WHERE c.id = $1",
    )
    .bind(id)
    .optional(tx)
    .await
}

/// The sealed statement of a case.
pub async fn case_statement(tx: &mut Tx, id: CaseId) -> Result<Vec<u8>> {
    let (statement,): (Vec<u8>,) =
        query("SELECT statement FROM identity_case WHERE id = $1").bind(id).one(tx).await?;
    Ok(statement)
}

/// Decides an open case: `linked` or `closed`; how many rows changed.
pub async fn decide_case(
    tx: &mut Tx,
    (id, state): (CaseId, &'static str),
    (now, by, why): (Instant, &str, &str),
    differs: Option<&str>,
) -> Result<u64> {
    query(
        "UPDATE identity_case SET state = $2, decided_at = $3, decided_by = $4, decided_why = $5, \
         decided_differs = $6 WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(state)
    .bind(now)
    .bind(by)
    .bind(why)
    .bind(differs.map(str::to_owned))
    .run(tx)
    .await
}

/// The name and the birth date of a record.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<(String, Option<String>)>> {
    query("SELECT name, birth_date FROM patient WHERE patient_no = $1 AND patient_no <> 0")
        .bind(patient)
        .optional(tx)
        .await
}

/// Holds an account's row until the transaction ends, for somebody else than the account: it was not seen.
pub async fn lock_account(tx: &mut Tx, id: AccountId) -> Result<()> {
    query("UPDATE account SET last_seen_at = last_seen_at WHERE id = $1").bind(id).run_one(tx).await
}

/// Holds a record's row until the transaction ends.
pub async fn hold_record(tx: &mut Tx, patient: PatientNo) -> Result<()> {
    query("UPDATE patient SET name = name WHERE patient_no = $1").bind(patient).run_one(tx).await
}

/// The same for a person who may not be there; false where there is none.
pub async fn hold_person(tx: &mut Tx, patient: PatientNo) -> Result<bool> {
    let sql = "UPDATE patient SET name = name WHERE patient_no = $1 AND patient_no <> 0";
    Ok(query(sql).bind(patient).run(tx).await? == 1)
}

/// Deletes what is not needed any more: begun sign-ins, kept forms and logout tokens that expired, counts and ended
/// sessions and unused codes from before these moments.
pub async fn sweep(tx: &mut Tx, now: Instant, (counts, sessions): (Instant, Instant)) -> Result<()> {
    query("DELETE FROM sign_in_flow WHERE expires_at <= $1").bind(now).run(tx).await?;
    query("DELETE FROM kept_form WHERE expires_at <= $1").bind(now).run(tx).await?;
    query("DELETE FROM logout_token WHERE expires_at <= $1").bind(now).run(tx).await?;
    query("DELETE FROM rate_count WHERE window_at < $1").bind(counts).run(tx).await?;
    query("DELETE FROM session WHERE ended_at < $1").bind(sessions).run(tx).await?;
    query("DELETE FROM activation_code WHERE used_at IS NULL AND expires_at < $1")
        .bind(sessions)
        .run(tx)
        .await?;
    Ok(())
}

/// Accounts of this id or e-mail address, in whatever case it is written: id, name, address, last seen.
pub async fn accounts_by(
    tx: &mut Tx,
    (id, email): (Option<AccountId>, &str),
) -> Result<Vec<(Uuid, String, Option<String>, i64)>> {
    query(
        "SELECT id, name, email, last_seen_at FROM account WHERE id = $1 OR (LOWER(email) = $2 AND $2 <> '') \
         ORDER BY created_at, id LIMIT 20",
    )
    .bind(id)
    .bind(email)
    .all(tx)
    .await
}
