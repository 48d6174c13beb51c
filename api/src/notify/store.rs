//! Where an account can be written to, and how it wants to be.

use serde::{Deserialize, Serialize};

use super::{Looks, Noted, Told};
use crate::base::{AccountId, Instant, Intake, PatientNo, Result, WishId, back_from};
use crate::db::{Tx, query};
use crate::keys::Keys;

/// The e-mail address that the identity provider said.
pub async fn usual_address(tx: &mut Tx, account: AccountId) -> Result<Option<String>> {
    let row: Option<(Option<String>,)> =
        query("SELECT email FROM account WHERE id = $1").bind(account).optional(tx).await?;
    Ok(row.and_then(|(email,)| email))
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
    /// Which way is to hold with the new address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_channel: Option<String>,
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

/// A record that is an account's own, or was.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    pub patient: PatientNo,
    /// Since their first link.
    pub since: Instant,
    /// When the last link ended; none where one is in force.
    pub until: Option<Instant>,
}

/// The records that are an account's own, or were.
pub async fn records(tx: &mut Tx, account: AccountId) -> Result<Vec<Record>> {
    let rows: Vec<(i64, i64, Option<i64>)> = query(
        "SELECT patient_no, MIN(since), CASE WHEN COUNT(until) = COUNT(*) THEN MAX(until) END \
         FROM account_link WHERE account_id = $1 GROUP BY patient_no ORDER BY patient_no",
    )
    .bind(account)
    .all(tx)
    .await?;
    let record = |(patient, since, until): (i64, i64, Option<i64>)| Record {
        patient: PatientNo(patient),
        since: Instant(since),
        until: until.map(Instant),
    };
    Ok(rows.into_iter().map(record).collect())
}

/// The birth date of a person whose record is here; none where there is no such person.
pub async fn born(tx: &mut Tx, patient: PatientNo) -> Result<Option<Option<String>>> {
    let row: Option<(Option<String>,)> =
        query("SELECT birth_date FROM patient WHERE patient_no = $1").bind(patient).optional(tx).await?;
    Ok(row.map(|(born,)| born))
}

/// Holds a person until the transaction ends, so that what is said of them is written down one after the other.
pub async fn hold_person(tx: &mut Tx, patient: PatientNo) -> Result<()> {
    query("UPDATE patient SET name = name WHERE patient_no = $1").bind(patient).run_one(tx).await
}

/// What staff wrote down, as it is kept: a way, or none where the person took it back; and how it came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Heard {
    pub way: Option<Way>,
    pub intake: Intake,
}

/// By which way somebody is reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Way {
    pub channel: String,
    pub email: Option<String>,
    pub postal: String,
    pub phone: String,
}

/// Sealed for the person, so that a row that is moved to another one cannot be opened.
fn heard_of(patient: PatientNo) -> Vec<u8> {
    format!("wish/{}", patient.0).into_bytes()
}

/// What staff wrote down of a person, when, and who did; the first of it first.
pub async fn heard(tx: &mut Tx, keys: &Keys, patient: PatientNo) -> Result<Vec<(Heard, Instant, String)>> {
    let rows: Vec<(i64, String, Vec<u8>)> = query(
        "SELECT at, by_name, words FROM contact_wish WHERE patient_no = $1 AND what <> 'viewed' ORDER BY n",
    )
    .bind(patient)
    .all(tx)
    .await?;
    let one = |(at, by, words): (i64, String, Vec<u8>)| {
        Ok((serde_json::from_slice(&keys.unseal(&heard_of(patient), &words)?)?, Instant(at), by))
    };
    rows.into_iter().map(one).collect()
}

/// Whether a form was kept already.
pub async fn is_heard(tx: &mut Tx, id: WishId) -> Result<bool> {
    let row: Option<(i64,)> = query("SELECT n FROM contact_wish WHERE id = $1").bind(id).optional(tx).await?;
    Ok(row.is_some())
}

/// Keeps what staff wrote down. Whose number was taken meanwhile takes the next one.
pub async fn hear(
    tx: &mut Tx,
    keys: &Keys,
    (patient, id, heard): (PatientNo, WishId, &Heard),
    (by, at): ((AccountId, &str), Instant),
) -> Result<()> {
    let what = if heard.way.is_some() { "recorded" } else { "ended" };
    let words = keys.seal(&heard_of(patient), &serde_json::to_vec(heard)?)?;
    insert(tx, (patient, Some(id), what), (by, at), Some(words)).await
}

/// Writes down that staff looked at it.
pub async fn look(tx: &mut Tx, patient: PatientNo, by: ((AccountId, &str), Instant)) -> Result<()> {
    insert(tx, (patient, None, "viewed"), by, None).await
}

async fn insert(
    tx: &mut Tx,
    (patient, id, what): (PatientNo, Option<WishId>, &str),
    ((account, by), at): ((AccountId, &str), Instant),
    words: Option<Vec<u8>>,
) -> Result<()> {
    loop {
        let into = query(
            "INSERT INTO contact_wish (patient_no, n, id, at, what, account_id, by_name, words) \
             SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $4, $5, $6, $7 FROM contact_wish \
             WHERE patient_no = $1 ON CONFLICT (patient_no, n) DO NOTHING",
        );
        let into = into.bind(patient).bind(id).bind(at).bind(what).bind(account).bind(by);
        if into.bind(words.clone()).run(tx).await? == 1 {
            return Ok(());
        }
    }
}

/// The accounts of a person.
pub async fn accounts(tx: &mut Tx, patient: PatientNo) -> Result<Vec<AccountId>> {
    let rows: Vec<(uuid::Uuid,)> =
        query("SELECT DISTINCT account_id FROM account_link WHERE patient_no = $1 AND until IS NULL ORDER BY account_id")
            .bind(patient)
            .all(tx)
            .await?;
    Ok(rows.into_iter().map(|(id,)| AccountId(id)).collect())
}

/// When one of the accounts of a person chose something last; none where none did.
pub async fn chosen_last(tx: &mut Tx, patient: PatientNo) -> Result<Option<i64>> {
    let (last,): (Option<i64>,) = query(
        "SELECT MAX(e.at) FROM account_link l JOIN contact_event e ON e.account_id = l.account_id \
         WHERE l.patient_no = $1 AND l.until IS NULL AND e.what IN ('changed', 'address-confirmed')",
    )
    .bind(patient)
    .one(tx)
    .await?;
    Ok(last)
}

/// What became of how a person is reached: what staff wrote down and what their accounts chose, the oldest first.
pub async fn told(tx: &mut Tx, keys: &Keys, patient: PatientNo) -> Result<Vec<Told>> {
    let mut all = Vec::new();
    for (Heard { way, intake }, at, by) in heard(tx, keys, patient).await? {
        let what = if way.is_some() { Noted::Recorded(intake) } else { Noted::Ended(intake) };
        all.push(Told { at, by, what });
    }
    let rows: Vec<(i64, String)> = query(
        "SELECT e.at, a.name FROM account_link l JOIN contact_event e ON e.account_id = l.account_id \
         JOIN account a ON a.id = l.account_id \
         WHERE l.patient_no = $1 AND l.until IS NULL AND e.what IN ('changed', 'address-confirmed')",
    )
    .bind(patient)
    .all(tx)
    .await?;
    all.extend(rows.into_iter().map(|(at, by)| Told { at: Instant(at), by, what: Noted::Chosen }));
    all.sort_by_key(|told| told.at);
    Ok(all)
}

/// Looks on one page.
const LOOKS: i64 = 20;

/// A page of the looks of staff: the newest, or those before a number.
pub async fn looks(tx: &mut Tx, patient: PatientNo, before: Option<i64>) -> Result<Looks> {
    let (count,): (i64,) =
        query("SELECT CAST(COUNT(*) AS BIGINT) FROM contact_wish WHERE patient_no = $1 AND what = 'viewed'")
            .bind(patient)
            .one(tx)
            .await?;
    let rows: Vec<(i64, i64, String)> = query(
        "SELECT n, at, by_name FROM contact_wish WHERE patient_no = $1 AND what = 'viewed' AND n < $2 \
         ORDER BY n DESC LIMIT $3",
    )
    .bind(patient)
    .bind(before.unwrap_or(i64::MAX))
    .bind(LOOKS + 1)
    .all(tx)
    .await?;
    let (rows, next) = back_from(rows, LOOKS, |row| row.0);
    Ok(Looks { count, page: rows.into_iter().map(|(_, at, by)| (Instant(at), by)).collect(), next })
}
