//! What was asked about how items are protected, as it is kept. An item that went from the record takes its questions out
//! of the lists.

use uuid::Uuid;

use super::label_asks::{LabelAsk, Outcome, Outcomes};
use super::store::category;
use crate::base::{AccountId, CaseId, Instant, Result, Rid};
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::Labels;
use crate::keys::Keys;
use crate::staff::are_answered_by;

/// What seals what people wrote.
const WORDS: &[u8] = b"label-ask";

row! {
    struct Row {
        id: Uuid,
        rid: i64,
        category: i64,
        account_id: Uuid,
        by_name: Option<String>,
        note: Vec<u8>,
        asked_at: i64,
        outcome: Option<String>,
        answer: Option<Vec<u8>>,
        decided_at: Option<i64>,
    }
}

impl Row {
    fn read(self, keys: &Keys) -> Result<LabelAsk> {
        let rid = Rid(self.rid);
        let words = |sealed: &[u8]| -> Result<String> {
            Ok(String::from_utf8_lossy(&keys.unseal(WORDS, sealed)?).into_owned())
        };
        let outcome = self.outcome.as_deref().and_then(Outcome::from_slug);
        let answered = match (outcome, &self.answer, self.decided_at) {
            (Some(outcome), Some(answer), Some(at)) => {
                Some(Outcomes { outcome, text: words(answer)?, at: Instant(at) })
            }
            _ => None,
        };
        Ok(LabelAsk {
            id: CaseId(self.id),
            patient: rid.patient(),
            address: keys.address(rid),
            category: category(self.category),
            account: AccountId(self.account_id),
            by: self.by_name,
            note: words(&self.note)?,
            asked: Instant(self.asked_at),
            answered,
        })
    }
}

macro_rules! columns {
    () => {
        "SELECT a.id, a.rid, i.category, a.account_id, a.by_name, a.note, a.asked_at, a.outcome, a.answer, a.decided_at \
         FROM label_ask a JOIN item i ON i.rid = a.rid "
    };
}

/// Keeps a question.
pub async fn add(
    tx: &mut Tx,
    keys: &Keys,
    (id, rid, now): (CaseId, Rid, Instant),
    (account, by, note): (AccountId, Option<&str>, &str),
) -> Result<()> {
    query(
        "INSERT INTO label_ask (id, rid, account_id, by_name, note, asked_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(rid)
    .bind(account)
    .bind(by.map(str::to_owned))
    .bind(keys.seal(WORDS, note.as_bytes())?)
    .bind(now)
    .run_one(tx)
    .await
}

/// How many questions of an account came since a moment.
pub async fn since(tx: &mut Tx, account: AccountId, since: Instant) -> Result<i64> {
    let (count,): (i64,) =
        query("SELECT CAST(count(*) AS BIGINT) FROM label_ask WHERE account_id = $1 AND asked_at > $2")
            .bind(account)
            .bind(since)
            .one(tx)
            .await?;
    Ok(count)
}

/// Those about an item, the oldest first.
pub async fn about(tx: &mut Tx, keys: &Keys, rid: Rid) -> Result<Vec<LabelAsk>> {
    let rows: Vec<Row> =
        query(concat!(columns!(), "WHERE a.rid = $1 ORDER BY a.asked_at, a.id")).bind(rid).all(tx).await?;
    rows.into_iter().map(|row| row.read(keys)).collect()
}

/// Who asked about an item and has no answer yet, with the name of who asked for the clinic.
pub async fn waiting(tx: &mut Tx, rid: Rid) -> Result<Vec<(AccountId, Option<String>)>> {
    let rows: Vec<(Uuid, Option<String>)> = query(
        "SELECT account_id, by_name FROM label_ask WHERE rid = $1 AND decided_at IS NULL ORDER BY asked_at, id",
    )
    .bind(rid)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(account, by)| (AccountId(account), by)).collect())
}

/// Some of them, those that wait first, the oldest first; then those that were answered, the newest first. Of which items
/// says [`crate::staff::answers`].
pub async fn all(
    tx: &mut Tx,
    keys: &Keys,
    (labels, (before, limit)): (Labels, (i64, i64)),
) -> Result<Vec<LabelAsk>> {
    let rows: Vec<Row> = query(concat!(
        columns!(),
        "WHERE ",
        are_answered_by!("$3"),
        " ORDER BY CASE WHEN a.decided_at IS NULL THEN 0 ELSE 1 END, COALESCE(-a.decided_at, a.asked_at), a.id \
         LIMIT $1 OFFSET $2"
    ))
    .bind(limit)
    .bind(before)
    .bind(labels.0)
    .all(tx)
    .await?;
    rows.into_iter().map(|row| row.read(keys)).collect()
}

/// One of them.
pub async fn find(tx: &mut Tx, keys: &Keys, id: CaseId) -> Result<Option<LabelAsk>> {
    let row: Option<Row> = query(concat!(columns!(), "WHERE a.id = $1")).bind(id).optional(tx).await?;
    row.map(|row| row.read(keys)).transpose()
}

/// Keeps an answer; false where there is one.
pub async fn answer(
    tx: &mut Tx,
    keys: &Keys,
    (id, by, now): (CaseId, AccountId, Instant),
    (outcome, text): (Outcome, &str),
) -> Result<bool> {
    let n = query(
        "UPDATE label_ask SET outcome = $2, answer = $3, decided_at = $4, decided_by = $5 \
         WHERE id = $1 AND decided_at IS NULL",
    )
    .bind(id)
    .bind(outcome.slug())
    .bind(keys.seal(WORDS, text.as_bytes())?)
    .bind(now)
    .bind(by)
    .run(tx)
    .await?;
    Ok(n == 1)
}
