//! The tables of consents, restrictions and forms being filled in.

use uuid::Uuid;

use super::model::{
    About, Answer, Ask, Begun, Consent, Ender, Event, History, Kind, Restriction, Signature, State, Terms,
    Writing,
};
use crate::base::{
    AccountId, ConsentId, DraftId, Error, Hash, Instant, PatientNo, RestrictionId, Result, SessionId,
    back_from,
};
use crate::db::{Tx, query, row};
use crate::keys::Keys;

/// What seals what people wrote.
const WORDS: &[u8] = b"consent";

row! {
    /// What the text and the resource name a person by.
    #[derive(Debug, Clone)]
    pub struct Person {
        pub fhir_id: String,
        pub name: String,
        pub birth_date: Option<String>,
    }
}

/// The person of a record.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<Option<Person>> {
    let row = query("SELECT fhir_id, name, birth_date FROM patient WHERE patient_no = $1")
        .bind(patient)
        .optional(tx)
        .await?;
    Ok(row.filter(|_| patient != PatientNo::DIRECTORY))
}

row! {
    struct ConsentRow {
        id: Uuid,
        patient_no: i64,
        state: String,
        state_at: i64,
        terms: String,
        text: String,
        text_hash: Vec<u8>,
        language: String,
        wording: i64,
        account_id: Option<Uuid>,
        session_id: Option<Uuid>,
        acr: Option<String>,
        auth_time: Option<i64>,
        signed_at: i64,
        entered_by: Option<String>,
        received: Option<String>,
    }
}

/// A consent that is not over, but for one whose last day has passed.
macro_rules! live {
    () => {
        "state IN ('active', 'suspended')"
    };
}

/// A restriction that can stand against a disclosure.
macro_rules! binding {
    () => {
        "(answer IN ('agreed', 'must-agree') OR (answer = 'asked' AND must_agree = 1)) \
         AND (ended_at IS NULL OR ended_how = 'notice')"
    };
}

macro_rules! columns {
    () => {
        "SELECT id, patient_no, state, state_at, terms, text, text_hash, language, wording, account_id, session_id, \
         acr, auth_time, signed_at, entered_by, received FROM consent "
    };
}

fn unsealed(keys: &Keys, sealed: &[u8]) -> Result<String> {
    String::from_utf8(keys.unseal(WORDS, sealed)?).map_err(|_| odd("a text"))
}

fn odd(what: &'static str) -> Error {
    Error::internal(anyhow::anyhow!("{what} is kept that is not known"))
}

fn consent(row: ConsentRow) -> Result<Consent> {
    let terms: Terms = serde_json::from_str(&row.terms)?;
    let text_hash: Hash = row.text_hash.try_into().map_err(|_| odd("a hash of a text"))?;
    Ok(Consent {
        id: ConsentId(row.id),
        patient: PatientNo(row.patient_no),
        terms,
        state: State::from_slug(&row.state).ok_or_else(|| odd("a state of a consent"))?,
        state_at: Instant(row.state_at),
        received: row.received,
        signature: Signature {
            at: Instant(row.signed_at),
            account: row.account_id.map(AccountId),
            session: row.session_id.map(SessionId),
            acr: row.acr,
            auth_time: row.auth_time.map(Instant),
            text_hash,
            language: row.language,
            wording: row.wording,
            entered_by: row.entered_by,
        },
        text: row.text,
    })
}

/// A consent to be kept, with the bytes of its FHIR resource.
pub struct New<'a> {
    pub consent: &'a Consent,
    pub body: &'a [u8],
    pub body_hash: Hash,
}

/// Keeps a signed consent; false where one of this id is kept already.
pub async fn add(tx: &mut Tx, new: &New<'_>) -> Result<bool> {
    let (consent, signature) = (new.consent, &new.consent.signature);
    let added = query(
        "INSERT INTO consent (id, patient_no, kind, state, state_at, terms, body, body_hash, text, text_hash, language, \
         wording, account_id, session_id, acr, auth_time, signed_at, entered_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
         ON CONFLICT (id) DO NOTHING",
    )
    .bind(consent.id)
    .bind(consent.patient)
    .bind(consent.terms.kind.slug())
    .bind(consent.state.slug())
    .bind(consent.state_at)
    .bind(serde_json::to_string(&consent.terms)?)
    .bind(new.body)
    .bind(new.body_hash.as_slice())
    .bind(consent.text.as_str())
    .bind(signature.text_hash.as_slice())
    .bind(signature.language.as_str())
    .bind(signature.wording)
    .bind(signature.account)
    .bind(signature.session)
    .bind(signature.acr.clone())
    .bind(signature.auth_time)
    .bind(signature.at)
    .bind(signature.entered_by.clone())
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// The bytes of the FHIR resource, as they were signed for.
pub async fn body(tx: &mut Tx, id: ConsentId) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> =
        query("SELECT body FROM consent WHERE id = $1").bind(id).optional(tx).await?;
    Ok(row.map(|(body,)| body))
}

/// One consent of a person.
pub async fn find(tx: &mut Tx, (patient, id): (PatientNo, ConsentId)) -> Result<Option<Consent>> {
    let row: Option<ConsentRow> = query(concat!(columns!(), "WHERE id = $1 AND patient_no = $2"))
        .bind(id)
        .bind(patient)
        .optional(tx)
        .await?;
    row.map(consent).transpose()
}

/// One consent, whoever's it is: for staff.
pub async fn any(tx: &mut Tx, id: ConsentId) -> Result<Option<Consent>> {
    let row: Option<ConsentRow> = query(concat!(columns!(), "WHERE id = $1")).bind(id).optional(tx).await?;
    row.map(consent).transpose()
}

/// All of a person that are not over, but those whose last day has passed: what decides.
pub async fn live(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Consent>> {
    let rows: Vec<ConsentRow> = query(concat!(
        columns!(),
        "WHERE patient_no = $1 AND ",
        live!(),
        " ORDER BY signed_at DESC, id DESC"
    ))
    .bind(patient)
    .all(tx)
    .await?;
    rows.into_iter().map(consent).collect()
}

/// Those of a person for a page, what is not over first and then the newest; at most 500.
pub async fn of(tx: &mut Tx, patient: PatientNo) -> Result<Vec<Consent>> {
    let rows: Vec<ConsentRow> = query(concat!(
        columns!(),
        "WHERE patient_no = $1 ORDER BY CASE WHEN state IN ('active', 'suspended') THEN 0 ELSE 1 END, \
             signed_at DESC, id DESC LIMIT 500"
    ))
    .bind(patient)
    .all(tx)
    .await?;
    rows.into_iter().map(consent).collect()
}

/// Moves a consent from one state to another; false where it stands elsewhere by now.
pub async fn move_to(tx: &mut Tx, id: ConsentId, (from, to, at): (State, State, Instant)) -> Result<bool> {
    let moved = query("UPDATE consent SET state = $3, state_at = $4 WHERE id = $1 AND state = $2")
        .bind(id)
        .bind(from.slug())
        .bind(to.slug())
        .bind(at)
        .run(tx)
        .await?;
    Ok(moved == 1)
}

/// Who did something: the account, if it has one, and the name.
pub type By<'a> = (Option<AccountId>, &'a str);

/// Writes down what became of a consent or of a restriction. Many may look at one at the same moment, and hold nothing
/// for it: whose number was taken meanwhile takes the next one. Who notes several does so in their order, so that no two
/// wait for each other.
pub async fn note(
    tx: &mut Tx,
    keys: &Keys,
    about: About,
    (what, at): (&str, Instant),
    ((account, by), why): (By<'_>, &str),
) -> Result<()> {
    let why = keys.seal(WORDS, why.as_bytes())?;
    loop {
        let into = match about {
            About::Consent(id) => query(
                "INSERT INTO consent_event (consent_id, n, at, what, account_id, by_name, why) \
                 SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4, $5, $6 FROM consent_event WHERE consent_id = $1 \
                 ON CONFLICT (consent_id, n) DO NOTHING",
            )
            .bind(id),
            About::Restriction(id) => query(
                "INSERT INTO restriction_event (restriction_id, n, at, what, account_id, by_name, why) \
                 SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4, $5, $6 FROM restriction_event \
                 WHERE restriction_id = $1 ON CONFLICT (restriction_id, n) DO NOTHING",
            )
            .bind(id),
        };
        if into.bind(at).bind(what).bind(account).bind(by).bind(why.as_slice()).run(tx).await? == 1 {
            return Ok(());
        }
    }
}

/// What a revocation is called that came on paper.
const IN_WRITING: &str = "revoked-in-writing";

/// Notes that the person took a consent back in writing past this service, and on which day that came.
pub async fn note_writing(
    tx: &mut Tx,
    keys: &Keys,
    (id, writing, at): (ConsentId, &Writing, Instant),
    by: By<'_>,
) -> Result<()> {
    query("UPDATE consent SET received = $2 WHERE id = $1")
        .bind(id)
        .bind(writing.received.as_str())
        .run_one(tx)
        .await?;
    let kept = serde_json::to_string(writing)?;
    note(tx, keys, About::Consent(id), (IN_WRITING, at), (by, &kept)).await
}

/// Looks on one page.
const LOOKS: i64 = 50;

/// A statement over the events of a consent or of a restriction: their tables are alike.
macro_rules! events {
    ($about:expr, $what:literal, $which:literal) => {
        match $about {
            About::Consent(id) => {
                query(concat!("SELECT ", $what, " FROM consent_event WHERE consent_id = $1 AND ", $which))
                    .bind(id)
            }
            About::Restriction(id) => query(concat!(
                "SELECT ",
                $what,
                " FROM restriction_event WHERE restriction_id = $1 AND ",
                $which
            ))
            .bind(id),
        }
    };
}

/// What became of a consent or of a restriction, with a page of the looks of staff: the newest, or those before a number.
pub async fn history(tx: &mut Tx, keys: &Keys, about: About, before: Option<i64>) -> Result<History> {
    let rows = events!(about, "at, what, by_name, why", "what <> 'viewed' ORDER BY n").all(tx).await?;
    let events = rows.into_iter().map(|row| event(keys, row)).collect::<Result<_>>()?;
    let (looks,): (i64,) = events!(about, "CAST(COUNT(*) AS BIGINT)", "what = 'viewed'").one(tx).await?;
    let rows: Vec<(i64, i64, String, String, Vec<u8>)> =
        events!(about, "n, at, what, by_name, why", "what = 'viewed' AND n < $2 ORDER BY n DESC LIMIT $3")
            .bind(before.unwrap_or(i64::MAX))
            .bind(LOOKS + 1)
            .all(tx)
            .await?;
    let (rows, next) = back_from(rows, LOOKS, |row| row.0);
    let looked = rows.into_iter().map(|(_, at, what, by, why)| event(keys, (at, what, by, why)));
    Ok(History { events, looks, looked: looked.collect::<Result<_>>()?, next })
}

fn event(keys: &Keys, (at, what, by, why): (i64, String, String, Vec<u8>)) -> Result<Event> {
    let why = unsealed(keys, &why)?;
    let writing: Option<Writing> = match what.as_str() {
        IN_WRITING => Some(serde_json::from_str(&why)?),
        _ => None,
    };
    let why = writing.as_ref().map_or(why, |writing| writing.reason.clone());
    Ok(Event { at: Instant(at), what, by, why, writing })
}

/// A form being filled in.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: DraftId,
    pub account: AccountId,
    pub patient: PatientNo,
    pub kind: Kind,
    pub fields: String,
}

/// Keeps a new form, and forgets all but the ten newest of the account.
pub async fn add_draft(
    tx: &mut Tx,
    keys: &Keys,
    draft: &Draft,
    (now, until): (Instant, Instant),
) -> Result<()> {
    query(
        "DELETE FROM consent_draft WHERE account_id = $1 AND id NOT IN \
         (SELECT id FROM consent_draft WHERE account_id = $1 ORDER BY created_at DESC, id DESC LIMIT 9)",
    )
    .bind(draft.account)
    .run(tx)
    .await?;
    query(
        "INSERT INTO consent_draft (id, account_id, patient_no, kind, fields, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(draft.id)
    .bind(draft.account)
    .bind(draft.patient)
    .bind(draft.kind.slug())
    .bind(keys.seal(&draft_of(draft.account), draft.fields.as_bytes())?)
    .bind(now)
    .bind(until)
    .run_one(tx)
    .await
}

/// Sealed for the account, so that a row that is moved to another one cannot be opened.
fn draft_of(account: AccountId) -> Vec<u8> {
    format!("consent-draft/{account}").into_bytes()
}

/// Deletes the forms that are over.
pub async fn sweep_drafts(tx: &mut Tx, now: Instant) -> Result<()> {
    query("DELETE FROM consent_draft WHERE expires_at <= $1").bind(now).run(tx).await?;
    Ok(())
}

/// The forms of an account about a record that are not over, the newest first: each with its kind, and when it was begun
/// and is forgotten.
pub async fn drafts(
    tx: &mut Tx,
    (account, patient, now): (AccountId, PatientNo, Instant),
) -> Result<Vec<Begun>> {
    let rows: Vec<(Uuid, String, i64, i64)> = query(
        "SELECT id, kind, created_at, expires_at FROM consent_draft WHERE account_id = $1 AND patient_no = $2 \
         AND expires_at > $3 ORDER BY created_at DESC, id DESC",
    )
    .bind(account)
    .bind(patient)
    .bind(now)
    .all(tx)
    .await?;
    let begun = |(id, kind, at, until): (Uuid, String, i64, i64)| {
        let kind = Kind::from_slug(&kind).ok_or_else(|| odd("a kind of consent"))?;
        Ok(Begun { id: DraftId(id), kind, at: Instant(at), until: Instant(until) })
    };
    rows.into_iter().map(begun).collect()
}

/// An account's form about a record, if it is not over.
pub async fn draft(
    tx: &mut Tx,
    keys: &Keys,
    id: DraftId,
    (account, patient, now): (AccountId, PatientNo, Instant),
) -> Result<Option<Draft>> {
    let row: Option<(String, Vec<u8>)> = query(
        "SELECT kind, fields FROM consent_draft WHERE id = $1 AND account_id = $2 AND patient_no = $3 \
         AND expires_at > $4",
    )
    .bind(id)
    .bind(account)
    .bind(patient)
    .bind(now)
    .optional(tx)
    .await?;
    row.map(|(kind, fields)| {
        let kind = Kind::from_slug(&kind).ok_or_else(|| odd("a kind of consent"))?;
        let fields = keys.unseal(&draft_of(account), &fields)?;
        let fields = String::from_utf8(fields).map_err(|_| odd("a form"))?;
        Ok(Draft { id, account, patient, kind, fields })
    })
    .transpose()
}

/// Keeps what was typed.
pub async fn keep_draft(
    tx: &mut Tx,
    keys: &Keys,
    (id, account): (DraftId, AccountId),
    fields: &str,
) -> Result<()> {
    let sealed = keys.seal(&draft_of(account), fields.as_bytes())?;
    query("UPDATE consent_draft SET fields = $2 WHERE id = $1").bind(id).bind(sealed).run_one(tx).await
}

/// Forgets a form.
pub async fn drop_draft(tx: &mut Tx, id: DraftId) -> Result<()> {
    query("DELETE FROM consent_draft WHERE id = $1").bind(id).run(tx).await?;
    Ok(())
}

row! {
    struct RestrictionRow {
        id: Uuid,
        patient_no: i64,
        account_id: Option<Uuid>,
        ask: Vec<u8>,
        must_agree: i64,
        answer: String,
        answer_text: Vec<u8>,
        asked_at: i64,
        answered_at: Option<i64>,
        ended_at: Option<i64>,
        ended_how: Option<String>,
        intake: Option<Vec<u8>>,
    }
}

macro_rules! restriction_columns {
    () => {
        "SELECT id, patient_no, account_id, ask, must_agree, answer, answer_text, asked_at, answered_at, ended_at, \
         ended_how, intake FROM restriction "
    };
}

fn restriction(keys: &Keys, row: RestrictionRow) -> Result<Restriction> {
    let ended = match (row.ended_at, row.ended_how) {
        (Some(at), Some(how)) => {
            let how = Ender::from_slug(&how).ok_or_else(|| odd("an end of a restriction"))?;
            Some((Instant(at), how))
        }
        _ => None,
    };
    let intake = match &row.intake {
        Some(sealed) => Some(serde_json::from_slice(&keys.unseal(WORDS, sealed)?)?),
        None => None,
    };
    let ask: Ask = serde_json::from_slice(&keys.unseal(WORDS, &row.ask)?)?;
    Ok(Restriction {
        id: RestrictionId(row.id),
        patient: PatientNo(row.patient_no),
        account: row.account_id.map(AccountId),
        ask,
        must_agree: row.must_agree != 0,
        answer: Answer::from_slug(&row.answer).ok_or_else(|| odd("an answer to a restriction"))?,
        answer_text: unsealed(keys, &row.answer_text)?,
        asked: Instant(row.asked_at),
        answered: row.answered_at.map(Instant),
        ended,
        intake,
    })
}

/// Keeps a request for a restriction; false where one of this id is kept already.
pub async fn add_restriction(tx: &mut Tx, keys: &Keys, restriction: &Restriction) -> Result<bool> {
    let intake = match &restriction.intake {
        Some(intake) => Some(keys.seal(WORDS, &serde_json::to_vec(intake)?)?),
        None => None,
    };
    let added = query(
        "INSERT INTO restriction (id, patient_no, account_id, ask, must_agree, answer, answer_text, asked_at, intake) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
    )
    .bind(restriction.id)
    .bind(restriction.patient)
    .bind(restriction.account)
    .bind(keys.seal(WORDS, &serde_json::to_vec(&restriction.ask)?)?)
    .bind(i64::from(restriction.must_agree))
    .bind(restriction.answer.slug())
    .bind(keys.seal(WORDS, restriction.answer_text.as_bytes())?)
    .bind(restriction.asked)
    .bind(intake)
    .run(tx)
    .await?;
    Ok(added == 1)
}

/// One restriction of a person.
pub async fn find_restriction(
    tx: &mut Tx,
    keys: &Keys,
    (patient, id): (PatientNo, RestrictionId),
) -> Result<Option<Restriction>> {
    let row: Option<RestrictionRow> =
        query(concat!(restriction_columns!(), "WHERE id = $1 AND patient_no = $2"))
            .bind(id)
            .bind(patient)
            .optional(tx)
            .await?;
    row.map(|row| restriction(keys, row)).transpose()
}

/// One restriction, whoever's it is: for staff.
pub async fn any_restriction(tx: &mut Tx, keys: &Keys, id: RestrictionId) -> Result<Option<Restriction>> {
    let row: Option<RestrictionRow> =
        query(concat!(restriction_columns!(), "WHERE id = $1")).bind(id).optional(tx).await?;
    row.map(|row| restriction(keys, row)).transpose()
}

/// All of a person that can stand against a disclosure: what the clinic agreed to and what it may have to agree to,
/// until the person ends it, and for what is older also after a notice of the clinic.
pub async fn binding(tx: &mut Tx, keys: &Keys, patient: PatientNo) -> Result<Vec<Restriction>> {
    let rows: Vec<RestrictionRow> = query(concat!(
        restriction_columns!(),
        "WHERE patient_no = $1 AND ",
        binding!(),
        " ORDER BY asked_at DESC, id DESC"
    ))
    .bind(patient)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| restriction(keys, row)).collect()
}

/// Which of the two there are: most people have neither, and then nothing else is asked.
pub struct Governing {
    /// What `binding` would give.
    pub restrictions: bool,
    /// What `live` would give.
    pub consents: bool,
}

/// What governs a record besides grounds, in one question.
pub async fn governing(tx: &mut Tx, patient: PatientNo) -> Result<Governing> {
    let sql = concat!(
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM restriction WHERE patient_no = $1 AND ",
        binding!(),
        ") THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END, \
         CASE WHEN EXISTS (SELECT 1 FROM consent WHERE patient_no = $1 AND ",
        live!(),
        ") THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END"
    );
    let (restrictions, consents): (i64, i64) = query(sql).bind(patient).one(tx).await?;
    Ok(Governing { restrictions: restrictions != 0, consents: consents != 0 })
}

/// How many of a person did not end.
pub async fn open_restrictions(tx: &mut Tx, patient: PatientNo) -> Result<usize> {
    let (count,): (i64,) =
        query("SELECT CAST(COUNT(*) AS BIGINT) FROM restriction WHERE patient_no = $1 AND ended_at IS NULL")
            .bind(patient)
            .one(tx)
            .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Those of a person for a page, what did not end first and then the newest; at most 500.
pub async fn restrictions_of(tx: &mut Tx, keys: &Keys, patient: PatientNo) -> Result<Vec<Restriction>> {
    let rows: Vec<RestrictionRow> = query(concat!(
        restriction_columns!(),
        "WHERE patient_no = $1 ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, asked_at DESC, id DESC \
         LIMIT 500"
    ))
    .bind(patient)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| restriction(keys, row)).collect()
}

/// A page of those that wait for an answer, the oldest first, each with the person's name; and how many wait.
pub async fn waiting(
    tx: &mut Tx,
    keys: &Keys,
    (limit, offset): (i64, i64),
) -> Result<(i64, Vec<(Restriction, String)>)> {
    let (total,): (i64,) =
        query("SELECT CAST(COUNT(*) AS BIGINT) FROM restriction WHERE answer = 'asked' AND ended_at IS NULL")
            .one(tx)
            .await?;
    let rows: Vec<RestrictionRow> = query(concat!(
        restriction_columns!(),
        "WHERE answer = 'asked' AND ended_at IS NULL ORDER BY asked_at, id LIMIT $1 OFFSET $2"
    ))
    .bind(limit)
    .bind(offset)
    .all(tx)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let restriction = restriction(keys, row)?;
        let name = person(tx, restriction.patient).await?.map(|person| person.name).unwrap_or_default();
        found.push((restriction, name));
    }
    Ok((total, found))
}

/// Answers; false where it was answered or ended meanwhile.
pub async fn answer(
    tx: &mut Tx,
    keys: &Keys,
    id: RestrictionId,
    (answer, text, at): (Answer, &str, Instant),
) -> Result<bool> {
    let answered = query(
        "UPDATE restriction SET answer = $2, answer_text = $3, answered_at = $4 \
         WHERE id = $1 AND answer = 'asked' AND ended_at IS NULL",
    )
    .bind(id)
    .bind(answer.slug())
    .bind(keys.seal(WORDS, text.as_bytes())?)
    .bind(at)
    .run(tx)
    .await?;
    Ok(answered == 1)
}

/// A fact that would make the clinic agree is not so.
pub async fn not_so(tx: &mut Tx, id: RestrictionId) -> Result<bool> {
    let changed = query(
        "UPDATE restriction SET must_agree = 0 WHERE id = $1 AND must_agree = 1 AND answer = 'asked' \
         AND ended_at IS NULL",
    )
    .bind(id)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

/// Ends it; false where it had ended. What a notice of the clinic left of it the person can end.
pub async fn end_restriction(tx: &mut Tx, id: RestrictionId, (at, how): (Instant, Ender)) -> Result<bool> {
    let ended = query(
        "UPDATE restriction SET ended_at = $2, ended_how = $3 WHERE id = $1 \
               AND (ended_at IS NULL OR ended_how = 'notice' AND $3 <> 'notice')",
    )
    .bind(id)
    .bind(at)
    .bind(how.slug())
    .run(tx)
    .await?;
    Ok(ended == 1)
}
