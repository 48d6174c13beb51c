//! The tables of authorities and of what became of them.

use uuid::Uuid;

use super::minor_rules::Closed;
use super::model::{Authority, Evidence, Incapacity, Kind, PersonFacts, Proof, Scope, Signature};
use crate::base::{AccountId, AuthorityId, ClaimId, Error, Instant, PatientNo, Result};
use crate::config::Emancipation;
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::Seat;
use crate::keys::Keys;

/// What seals what people wrote.
const WORDS: &[u8] = b"authority";

/// When an item `i` first came here: whatever came of it later, its first version tells.
macro_rules! first_came {
    () => {
        "COALESCE((SELECT early.received_at FROM resource_version early WHERE early.rid = i.rid \
         AND early.version = 1), i.received_at)"
    };
}
pub(crate) use first_came;

row! {
    struct AuthorityRow {
        id: Uuid,
        patient_no: i64,
        account_id: Option<Uuid>,
        kind: String,
        name: String,
        person: String,
        proof: String,
        note: Vec<u8>,
        scope: String,
        limits: Vec<u8>,
        suspension: Option<Vec<u8>>,
        incapacity: String,
        code_until: Option<i64>,
        created_at: i64,
        since: Option<i64>,
        starts: Option<i64>,
        active_at: Option<i64>,
        until: Option<i64>,
        review_at: Option<i64>,
        changes: i64,
        ended_at: Option<i64>,
        end_reason: Option<String>,
        seat: Option<i64>,
        flag: Option<Vec<u8>>,
    }
}

macro_rules! columns {
    () => {
        "SELECT id, patient_no, account_id, kind, name, person, proof, note, scope, limits, suspension, incapacity, \
         code_until, created_at, since, starts, active_at, until, review_at, changes, ended_at, end_reason, seat, \
         flag FROM authority "
    };
}

fn authority(keys: &Keys, row: AuthorityRow) -> Result<(Authority, String)> {
    let odd = || Error::internal(anyhow::anyhow!("an authority holds a word that is not known"));
    let ended = match (row.ended_at, row.end_reason) {
        (Some(at), Some(reason)) => {
            let end = serde_json::from_value(reason.into()).map_err(|_| odd())?;
            Some((Instant(at), end))
        }
        _ => None,
    };
    let granted: Scope = serde_json::from_str(&row.scope)?;
    let suspension = match row.suspension {
        Some(sealed) => Some(serde_json::from_slice(&keys.unseal(WORDS, &sealed)?)?),
        None => None,
    };
    let flag = match row.flag {
        Some(sealed) => Some(serde_json::from_slice(&keys.unseal(WORDS, &sealed)?)?),
        None => None,
    };
    let authority = Authority {
        id: AuthorityId(row.id),
        patient: PatientNo(row.patient_no),
        account: row.account_id.map(AccountId),
        kind: Kind::from_slug(&row.kind).ok_or_else(odd)?,
        name: row.name,
        evidence: Evidence {
            proof: Proof::from_slug(&row.proof).ok_or_else(odd)?,
            note: unsealed(keys, &row.note)?,
        },
        scope: granted.clone(),
        granted,
        limits: serde_json::from_slice(&keys.unseal(WORDS, &row.limits)?)?,
        suspension,
        flag,
        incapacity: Incapacity::from_slug(&row.incapacity).ok_or_else(odd)?,
        since: row.since.map(Instant),
        starts: row.starts.map(Instant),
        active: row.active_at.map(Instant),
        until: row.until.map(Instant),
        review: row.review_at.map(Instant),
        code_until: row.code_until.map(Instant),
        created: Instant(row.created_at),
        changes: row.changes,
        ended,
        seat: row.seat.and_then(Seat::new),
        closed: Closed::default(),
    };
    Ok((authority, row.person))
}

fn unsealed(keys: &Keys, sealed: &[u8]) -> Result<String> {
    Ok(String::from_utf8_lossy(&keys.unseal(WORDS, sealed)?).into_owned())
}

/// Who holds the authorities over a record: the name and the e-mail address of each account.
pub async fn holders(
    tx: &mut Tx,
    patient: PatientNo,
) -> Result<Vec<(AuthorityId, (String, Option<String>))>> {
    let rows: Vec<(Uuid, String, Option<String>)> = query(
        "SELECT h.id, a.name, a.email FROM authority h JOIN account a ON a.id = h.account_id WHERE h.patient_no = $1",
    )
    .bind(patient)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id, name, email)| (AuthorityId(id), (name, email))).collect())
}

/// The person's name, and what the rules need to know of them.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<(String, PersonFacts)>> {
    type Row = (String, Option<String>, Option<String>, Option<i64>, Option<String>);
    let row: Option<Row> = query(
        "SELECT p.name, p.birth_date, p.deceased, e.at, e.ground FROM patient p \
         LEFT JOIN emancipation e ON e.patient_no = p.patient_no WHERE p.patient_no = $1",
    )
    .bind(patient)
    .optional(tx)
    .await?;
    let found = |(name, birth_date, died, emancipated, ground): Row| {
        let died = died.filter(|died| died != "false");
        let emancipated_by = ground.as_deref().and_then(Emancipation::from_slug);
        let emancipated = emancipated.map(Instant);
        (name, PersonFacts { birth_date, died, emancipated, emancipated_by, ..PersonFacts::default() })
    };
    Ok(row.filter(|_| patient != PatientNo::DIRECTORY).map(found))
}

/// Adds an authority; `code_hash` is that of its invitation, if it is one.
pub async fn add(
    tx: &mut Tx,
    keys: &Keys,
    (new, person): (&Authority, &str),
    (code_hash, due): (Option<[u8; 32]>, Option<Instant>),
) -> Result<()> {
    query(
        "INSERT INTO authority (id, patient_no, account_id, kind, name, person, proof, note, scope, limits, \
         suspension, incapacity, code_hash, code_until, created_at, since, starts, active_at, until, review_at, \
         due_at, changes) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 0)",
    )
    .bind(new.id)
    .bind(new.patient)
    .bind(new.account)
    .bind(new.kind.slug())
    .bind(new.name.as_str())
    .bind(person)
    .bind(new.evidence.proof.slug())
    .bind(keys.seal(WORDS, new.evidence.note.as_bytes())?)
    .bind(serde_json::to_string(&new.granted)?)
    .bind(keys.seal(WORDS, &serde_json::to_vec(&new.limits)?)?)
    .bind(suspension(keys, new)?)
    .bind(new.incapacity.slug())
    .bind(code_hash.map(|hash| hash.to_vec()))
    .bind(new.code_until)
    .bind(new.created)
    .bind(new.since)
    .bind(new.starts)
    .bind(new.active)
    .bind(new.until)
    .bind(new.review)
    .bind(due)
    .run_one(tx)
    .await
}

/// The suspension, sealed.
fn suspension(keys: &Keys, of: &Authority) -> Result<Option<Vec<u8>>> {
    let sealed = |suspension| keys.seal(WORDS, &serde_json::to_vec(suspension)?);
    of.suspension.as_ref().map(sealed).transpose()
}

/// Keeps an authority as it is now, if nobody changed it since it was read; false where somebody did. A code is
/// gone with it unless it is still an invitation, and a review that was moved will be reminded of anew.
pub async fn save(tx: &mut Tx, keys: &Keys, (now, due): (&Authority, Option<Instant>)) -> Result<bool> {
    let reason = now.ended.map(|(_, end)| end.slug());
    let changed = query(
        "UPDATE authority SET account_id = $3, scope = $4, limits = $5, suspension = $6, incapacity = $7, \
         since = $8, active_at = $9, until = $10, \
         reminded_at = CASE WHEN review_at = $11 THEN reminded_at END, review_at = $11, due_at = $12, \
         ended_at = $13, end_reason = $14, \
         code_hash = CASE WHEN $3 IS NULL AND $13 IS NULL THEN code_hash END, changes = changes + 1 \
         WHERE id = $1 AND changes = $2",
    )
    .bind(now.id)
    .bind(now.changes)
    .bind(now.account)
    .bind(serde_json::to_string(&now.granted)?)
    .bind(keys.seal(WORDS, &serde_json::to_vec(&now.limits)?)?)
    .bind(suspension(keys, now)?)
    .bind(now.incapacity.slug())
    .bind(now.since)
    .bind(now.active)
    .bind(now.until)
    .bind(now.review)
    .bind(due)
    .bind(now.ended.map(|(at, _)| at))
    .bind(reason.map(str::to_owned))
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// How many seats of a record were given.
pub async fn seats(tx: &mut Tx, patient: PatientNo) -> Result<i64> {
    let (next,): (i64,) =
        query("SELECT CAST(COALESCE(MAX(seat) + 1, 0) AS BIGINT) FROM authority WHERE patient_no = $1")
            .bind(patient)
            .one(tx)
            .await?;
    Ok(next)
}

/// Gives an authority a seat. Nobody's form is refused for it: it changes nothing that people decided.
pub async fn take_seat(tx: &mut Tx, id: AuthorityId, seat: Seat) -> Result<()> {
    query("UPDATE authority SET seat = $2 WHERE id = $1").bind(id).bind(seat.number()).run_one(tx).await
}

/// Flags an authority, unless it is flagged already. Nobody's form is refused for it: it changes nothing that people decided.
pub async fn flag(tx: &mut Tx, keys: &Keys, (id, by): (AuthorityId, &Signature)) -> Result<bool> {
    let changed = query("UPDATE authority SET flag = $2 WHERE id = $1 AND flag IS NULL")
        .bind(id)
        .bind(keys.seal(WORDS, &serde_json::to_vec(by)?)?)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Takes the flag of an authority away, if it has one.
pub async fn unflag(tx: &mut Tx, id: AuthorityId) -> Result<()> {
    query("UPDATE authority SET flag = NULL WHERE id = $1").bind(id).run_one(tx).await
}

/// Those that are flagged, of any age.
pub async fn flagged(tx: &mut Tx, keys: &Keys) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> = query(concat!(
        columns!(),
        "WHERE ended_at IS NULL AND flag IS NOT NULL ORDER BY created_at, id LIMIT 100"
    ))
    .all(tx)
    .await?;
    rows.into_iter().map(|row| authority(keys, row)).collect()
}

/// Those that somebody holds and that wait for nothing but that incapacity is certified, the longest waiting first.
pub async fn to_certify(tx: &mut Tx, keys: &Keys) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> = query(concat!(
        columns!(),
        "WHERE ended_at IS NULL AND account_id IS NOT NULL AND incapacity = 'awaited' AND suspension IS NULL \
         ORDER BY since, id LIMIT 100"
    ))
    .all(tx)
    .await?;
    rows.into_iter().map(|row| authority(keys, row)).collect()
}

/// Something that became of an authority, a claim, or both.
pub struct NewEvent<'a> {
    pub id: Uuid,
    pub authority: Option<AuthorityId>,
    pub claim: Option<ClaimId>,
    pub at: Instant,
    pub what: &'a str,
    pub account: Option<AccountId>,
    pub by: &'a str,
    pub why: Option<&'a str>,
}

/// Writes it down.
pub async fn note(tx: &mut Tx, keys: &Keys, event: NewEvent<'_>) -> Result<()> {
    let why = match event.why {
        Some(why) => Some(keys.seal(WORDS, why.as_bytes())?),
        None => None,
    };
    query(
        "INSERT INTO authority_event (id, authority_id, claim_id, n, at, what, account_id, by_name, why) \
         VALUES ($1, $2, $3, 1 + COALESCE((SELECT MAX(n) FROM authority_event WHERE authority_id = $2), 0) \
         + COALESCE((SELECT MAX(n) FROM authority_event WHERE claim_id = $3), 0), $4, $5, $6, $7, $8)",
    )
    .bind(event.id)
    .bind(event.authority)
    .bind(event.claim)
    .bind(event.at)
    .bind(event.what)
    .bind(event.account)
    .bind(event.by)
    .bind(why)
    .run_one(tx)
    .await
}

/// What became of an authority, the newest last, without that staff looked at it: there can be many looks.
pub async fn became(tx: &mut Tx, keys: &Keys, id: AuthorityId) -> Result<Vec<super::Event>> {
    let rows: Vec<EventRow> = query(
        "SELECT at, what, by_name, why FROM authority_event WHERE authority_id = $1 AND what <> 'viewed' ORDER BY n",
    )
    .bind(id)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| event(keys, row)).collect()
}

/// What became of an authority with the looks of staff, the newest last: the newest thousand.
pub async fn events(tx: &mut Tx, keys: &Keys, id: AuthorityId) -> Result<Vec<super::Event>> {
    let rows: Vec<EventRow> = query(
        "SELECT at, what, by_name, why FROM authority_event WHERE authority_id = $1 ORDER BY n DESC LIMIT 1000",
    )
    .bind(id)
    .all(tx)
    .await?;
    rows.into_iter().rev().map(|row| event(keys, row)).collect()
}

/// Who made an authority that is taken with a code: their account, if they had one, and their name.
pub async fn made_by(tx: &mut Tx, id: AuthorityId) -> Result<Option<(Option<AccountId>, String)>> {
    let sql = "SELECT account_id, by_name FROM authority_event WHERE authority_id = $1 AND what = 'invited' \
               ORDER BY n LIMIT 1";
    let row: Option<(Option<Uuid>, String)> = query(sql).bind(id).optional(tx).await?;
    Ok(row.map(|(account, name)| (account.map(AccountId), name)))
}

/// What became of a claim, the newest last: the newest thousand, since each look adds one.
pub async fn claim_events(tx: &mut Tx, keys: &Keys, id: ClaimId) -> Result<Vec<super::Event>> {
    let rows: Vec<EventRow> = query(
        "SELECT at, what, by_name, why FROM authority_event WHERE claim_id = $1 ORDER BY n DESC LIMIT 1000",
    )
    .bind(id)
    .all(tx)
    .await?;
    rows.into_iter().rev().map(|row| event(keys, row)).collect()
}

type EventRow = (i64, String, String, Option<Vec<u8>>);

fn event(keys: &Keys, (at, what, by, why): EventRow) -> Result<super::Event> {
    let why = match why {
        Some(sealed) => Some(unsealed(keys, &sealed)?),
        None => None,
    };
    Ok(super::Event { at: Instant(at), what, by, why })
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
pub async fn by_code(tx: &mut Tx, keys: &Keys, code_hash: [u8; 32]) -> Result<Option<(Authority, String)>> {
    let row: Option<AuthorityRow> =
        query(concat!(columns!(), "WHERE code_hash = $1")).bind(code_hash.as_slice()).optional(tx).await?;
    row.map(|row| authority(keys, row)).transpose()
}

/// Lets the codes of delegates over a record that nobody took run out.
pub async fn void_invitations(tx: &mut Tx, patient: PatientNo, now: Instant) -> Result<()> {
    query(
        "UPDATE authority SET code_until = $2, due_at = $2 WHERE patient_no = $1 AND kind = 'delegate' \
         AND account_id IS NULL AND ended_at IS NULL AND code_until > $2",
    )
    .bind(patient)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// One authority, and the person's name as it was when it was given.
pub async fn find(tx: &mut Tx, keys: &Keys, id: AuthorityId) -> Result<Option<(Authority, String)>> {
    let row: Option<AuthorityRow> = query(concat!(columns!(), "WHERE id = $1")).bind(id).optional(tx).await?;
    row.map(|row| authority(keys, row)).transpose()
}

/// All over a record, newest first.
pub async fn over(tx: &mut Tx, keys: &Keys, patient: PatientNo) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> =
        query(concat!(columns!(), "WHERE patient_no = $1 ORDER BY created_at DESC, id LIMIT 500"))
            .bind(patient)
            .all(tx)
            .await?;
    rows.into_iter().map(|row| authority(keys, row)).collect()
}

/// All that an account holds or held, newest first.
pub async fn held_by(tx: &mut Tx, keys: &Keys, account: AccountId) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> =
        query(concat!(columns!(), "WHERE account_id = $1 ORDER BY created_at DESC, id LIMIT 500"))
            .bind(account)
            .all(tx)
            .await?;
    rows.into_iter().map(|row| authority(keys, row)).collect()
}

/// The one that an account holds over a record and nobody ended.
pub async fn held_over(
    tx: &mut Tx,
    keys: &Keys,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<Authority>> {
    let row: Option<AuthorityRow> =
        query(concat!(columns!(), "WHERE account_id = $1 AND patient_no = $2 AND ended_at IS NULL"))
            .bind(account)
            .bind(patient)
            .optional(tx)
            .await?;
    row.map(|row| authority(keys, row).map(|(authority, _)| authority)).transpose()
}

/// Authorities that may have changed by themselves: their moment has come, or the person died. The first of them.
pub async fn due(tx: &mut Tx, now: Instant) -> Result<Vec<AuthorityId>> {
    let rows: Vec<(Uuid,)> = query(
        "SELECT id FROM authority WHERE ended_at IS NULL AND due_at <= $1 UNION \
         SELECT a.id FROM authority a JOIN patient p ON p.patient_no = a.patient_no \
         WHERE a.ended_at IS NULL AND a.kind <> 'estate' AND p.deceased IS NOT NULL AND p.deceased <> 'false' LIMIT 200",
    )
    .bind(now)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| AuthorityId(id)).collect())
}

/// Has the job look at the authorities over a record again.
pub async fn look_again(tx: &mut Tx, patient: PatientNo, now: Instant) -> Result<()> {
    query("UPDATE authority SET due_at = $2 WHERE patient_no = $1 AND ended_at IS NULL")
        .bind(patient)
        .bind(now)
        .run(tx)
        .await
        .map(|_| ())
}

/// Authorities whose day to be looked at again has come, the longest waiting first.
pub async fn to_review(tx: &mut Tx, keys: &Keys, now: Instant) -> Result<Vec<(Authority, String)>> {
    let rows: Vec<AuthorityRow> = query(concat!(
        columns!(),
        "WHERE ended_at IS NULL AND account_id IS NOT NULL AND review_at <= $1 ORDER BY review_at, id LIMIT 100"
    ))
    .bind(now)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| authority(keys, row)).collect()
}

/// Notes that staff were reminded of every review whose day has come; how many there were.
pub async fn remind(tx: &mut Tx, now: Instant) -> Result<u64> {
    query(
        "UPDATE authority SET reminded_at = $1 \
         WHERE ended_at IS NULL AND account_id IS NOT NULL AND review_at <= $1 AND reminded_at IS NULL",
    )
    .bind(now)
    .run(tx)
    .await
}

/// Records that the law treats a minor as an adult; false where that is recorded already.
pub async fn emancipate(
    tx: &mut Tx,
    keys: &Keys,
    (patient, at, ground): (PatientNo, Instant, Emancipation),
    (by, why): (&str, &str),
) -> Result<bool> {
    let changed = query(
        "INSERT INTO emancipation (patient_no, at, by_name, why, ground) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (patient_no) DO NOTHING",
    )
    .bind(patient)
    .bind(at)
    .bind(by)
    .bind(keys.seal(WORDS, why.as_bytes())?)
    .bind(ground.slug())
    .run(tx)
    .await?;
    Ok(changed == 1)
}
