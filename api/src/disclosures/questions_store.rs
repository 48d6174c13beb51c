//! Questions about lines of the log, as they are kept.

use super::questions::{Answer, Question, State};
use crate::base::{AccountId, CaseId, Error, Instant, PatientNo, Result};
use crate::db::{Tx, query, row};

row! {
    /// A question with its words, sealed.
    #[derive(Debug)]
    pub struct Row {
        id: uuid::Uuid,
        account_id: uuid::Uuid,
        patient_no: i64,
        seq: i64,
        pub note: Vec<u8>,
        state: String,
        asked_at: i64,
        decided_at: Option<i64>,
        pub answer: Option<Vec<u8>>,
    }
}

impl Row {
    /// Who asked.
    pub fn account(&self) -> AccountId {
        AccountId(self.account_id)
    }

    /// The question, with the words of its answer.
    pub fn question(&self, answer: Option<String>) -> Result<Question> {
        let state = State::from_slug(&self.state);
        let state = state.ok_or_else(|| Error::internal(anyhow::anyhow!("a question has no known state")))?;
        let answer = self.decided_at.zip(answer).map(|(at, text)| Answer { at: Instant(at), text });
        Ok(Question {
            id: CaseId(self.id),
            account: self.account(),
            patient: PatientNo(self.patient_no),
            seq: self.seq,
            asked: Instant(self.asked_at),
            state,
            answer,
        })
    }
}

/// Keeps a question; false where the account asked about the line before.
pub async fn add(
    tx: &mut Tx,
    id: CaseId,
    (account, patient, seq): (AccountId, PatientNo, i64),
    (note, now): (&[u8], Instant),
) -> Result<bool> {
    let n = query(
        "INSERT INTO log_case (id, account_id, patient_no, seq, note, state, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (patient_no, seq, account_id) DO NOTHING",
    )
    .bind(id)
    .bind(account)
    .bind(patient)
    .bind(seq)
    .bind(note)
    .bind(State::Open.slug())
    .bind(now)
    .run(tx)
    .await?;
    Ok(n == 1)
}

/// How many questions of an account about a record came since a moment.
pub async fn since(tx: &mut Tx, (account, patient): (AccountId, PatientNo), since: Instant) -> Result<i64> {
    let (count,): (i64,) = query(
        "SELECT CAST(count(*) AS BIGINT) FROM log_case WHERE patient_no = $1 AND account_id = $2 AND asked_at > $3",
    )
    .bind(patient)
    .bind(account)
    .bind(since)
    .one(tx)
    .await?;
    Ok(count)
}

/// Those about lines of a record, from one number to another; those about one line in the order in which they came.
pub async fn about(tx: &mut Tx, patient: PatientNo, (first, last): (i64, i64)) -> Result<Vec<Row>> {
    query(
        "SELECT id, account_id, patient_no, seq, note, state, asked_at, decided_at, answer FROM log_case \
         WHERE patient_no = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq, asked_at, id",
    )
    .bind(patient)
    .bind(first)
    .bind(last)
    .all(tx)
    .await
}

/// One of them.
pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<Row>> {
    query(
        "SELECT id, account_id, patient_no, seq, note, state, asked_at, decided_at, answer FROM log_case \
         WHERE id = $1",
    )
    .bind(id)
    .optional(tx)
    .await
}

/// Some of them, those that wait first, then the newest.
pub async fn all(tx: &mut Tx, (before, limit): (i64, i64)) -> Result<Vec<Row>> {
    query(
        "SELECT id, account_id, patient_no, seq, note, state, asked_at, decided_at, answer FROM log_case \
         ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, asked_at DESC, id LIMIT $1 OFFSET $2",
    )
    .bind(limit)
    .bind(before)
    .all(tx)
    .await
}

/// Keeps an answer; false where there is one.
pub async fn answer(
    tx: &mut Tx,
    id: CaseId,
    (state, text, by): (State, &[u8], AccountId),
    now: Instant,
) -> Result<bool> {
    let n = query(
        "UPDATE log_case SET state = $2, answer = $3, decided_by = $4, decided_at = $5 \
         WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(state.slug())
    .bind(text)
    .bind(by)
    .bind(now)
    .run(tx)
    .await?;
    Ok(n == 1)
}

/// The name and birth date of a person.
pub async fn person(tx: &mut Tx, patient: PatientNo) -> Result<(String, Option<String>)> {
    query("SELECT name, birth_date FROM patient WHERE patient_no = $1").bind(patient).one(tx).await
}
