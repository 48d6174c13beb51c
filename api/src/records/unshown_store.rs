//! Questions about what is not shown to who acts for a minor, what was decided, and to whom items are opened.

use uuid::Uuid;

use super::store::{bind_lens, seen};
use super::unshown::{Decision, Question};
use crate::base::{AccountId, AuthorityId, CaseId, Instant, PatientNo, Result, Rid};
use crate::db::{Tx, query, row};
use crate::fhir::sensitivity::{Labels, Seat};
use crate::keys::Keys;
use crate::representation::Sight;

/// What seals what people wrote.
const WORDS: &[u8] = b"unshown";

row! {
    struct Row {
        id: Uuid,
        authority_id: Uuid,
        account_id: Uuid,
        patient_no: i64,
        asked_at: i64,
        decided_at: Option<i64>,
        decisions: i64,
    }
}

impl From<Row> for Question {
    fn from(row: Row) -> Self {
        Self {
            id: CaseId(row.id),
            authority: AuthorityId(row.authority_id),
            account: AccountId(row.account_id),
            patient: PatientNo(row.patient_no),
            asked: Instant(row.asked_at),
            answered: row.decided_at.map(Instant),
            decisions: row.decisions,
        }
    }
}

macro_rules! columns {
    () => {
        "SELECT id, authority_id, account_id, patient_no, asked_at, decided_at, decisions FROM unshown_question "
    };
}

/// Keeps a question.
pub async fn add(tx: &mut Tx, keys: &Keys, (new, note): (&Question, &str)) -> Result<()> {
    query(
        "INSERT INTO unshown_question (id, authority_id, account_id, patient_no, note, asked_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new.id)
    .bind(new.authority)
    .bind(new.account)
    .bind(new.patient)
    .bind(keys.seal(WORDS, note.as_bytes())?)
    .bind(new.asked)
    .run_one(tx)
    .await
}

/// The newest question by an authority.
pub async fn newest(tx: &mut Tx, authority: AuthorityId) -> Result<Option<Question>> {
    let row: Option<Row> =
        query(concat!(columns!(), "WHERE authority_id = $1 ORDER BY asked_at DESC LIMIT 1"))
            .bind(authority)
            .optional(tx)
            .await?;
    Ok(row.map(Into::into))
}

/// How many questions came by an authority since a moment.
pub async fn since(tx: &mut Tx, authority: AuthorityId, since: Instant) -> Result<i64> {
    let (count,): (i64,) = query(
        "SELECT CAST(count(*) AS BIGINT) FROM unshown_question WHERE authority_id = $1 AND asked_at > $2",
    )
    .bind(authority)
    .bind(since)
    .one(tx)
    .await?;
    Ok(count)
}

/// Some of them, those that wait first, the oldest first; then those that were answered, the newest first.
pub async fn all(tx: &mut Tx, (before, limit): (i64, i64)) -> Result<Vec<Question>> {
    let rows: Vec<Row> = query(concat!(
        columns!(),
        "ORDER BY CASE WHEN decided_at IS NULL THEN 0 ELSE 1 END, COALESCE(-decided_at, asked_at), id \
         LIMIT $1 OFFSET $2"
    ))
    .bind(limit)
    .bind(before)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Counts one more decision about a question, and keeps others from deciding about it until the transaction ends: its
/// number; none where there is no such question.
pub async fn take(tx: &mut Tx, id: CaseId) -> Result<Option<i64>> {
    let row: Option<(i64,)> =
        query("UPDATE unshown_question SET decisions = decisions + 1 WHERE id = $1 RETURNING decisions")
            .bind(id)
            .optional(tx)
            .await?;
    Ok(row.map(|(number,)| number))
}

/// Keeps others from deciding about a question until the transaction ends.
pub async fn hold(tx: &mut Tx, id: CaseId) -> Result<()> {
    query("UPDATE unshown_question SET decisions = decisions WHERE id = $1").bind(id).run_one(tx).await
}

/// One of them.
pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<Question>> {
    let row: Option<Row> = query(concat!(columns!(), "WHERE id = $1")).bind(id).optional(tx).await?;
    Ok(row.map(Into::into))
}

/// What was written with it.
pub async fn words(tx: &mut Tx, keys: &Keys, id: CaseId) -> Result<String> {
    let (note,): (Vec<u8>,) =
        query("SELECT note FROM unshown_question WHERE id = $1").bind(id).one(tx).await?;
    Ok(String::from_utf8_lossy(&keys.unseal(WORDS, &note)?).into_owned())
}

/// A clinician has answered; nothing changes where one has before.
pub async fn answered(tx: &mut Tx, id: CaseId, (by, at): (AccountId, Instant)) -> Result<bool> {
    let n = query(
        "UPDATE unshown_question SET decided_at = $2, decided_by = $3 WHERE id = $1 AND decided_at IS NULL",
    )
    .bind(id)
    .bind(at)
    .bind(by)
    .run(tx)
    .await?;
    Ok(n == 1)
}

/// Keeps what was decided, by the number that was taken last. The caller holds the question.
pub async fn note(
    tx: &mut Tx,
    keys: &Keys,
    id: CaseId,
    (decision, account): (&Decision, AccountId),
) -> Result<()> {
    query(
        "INSERT INTO unshown_decision (question_id, number, at, account_id, by_name, opened, closed, reason) \
         SELECT id, decisions, $2, $3, $4, $5, $6, $7 FROM unshown_question WHERE id = $1",
    )
    .bind(id)
    .bind(decision.at)
    .bind(account)
    .bind(decision.by.as_str())
    .bind(decision.opened)
    .bind(decision.closed)
    .bind(keys.seal(WORDS, decision.reason.as_bytes())?)
    .run_one(tx)
    .await
}

/// What was decided about a question, the newest first.
pub async fn decisions(tx: &mut Tx, keys: &Keys, id: CaseId) -> Result<Vec<Decision>> {
    let rows: Vec<(i64, String, i64, i64, Vec<u8>)> = query(
        "SELECT at, by_name, opened, closed, reason FROM unshown_decision WHERE question_id = $1 \
         ORDER BY number DESC LIMIT 100",
    )
    .bind(id)
    .all(tx)
    .await?;
    rows.into_iter()
        .map(|(at, by, opened, closed, reason)| {
            let reason = String::from_utf8_lossy(&keys.unseal(WORDS, &reason)?).into_owned();
            Ok(Decision { at: Instant(at), by, opened, closed, reason })
        })
        .collect()
}

/// An item by its key, its labels, and what it is called in the ledger.
pub struct Item {
    pub rid: Rid,
    pub labels: Labels,
    pub reference: (String, String, i64),
}

/// What is seen through a lens and has one of some bits, the newest first.
pub async fn items(tx: &mut Tx, sight: Sight, (bits, most): (Labels, i64)) -> Result<Vec<Item>> {
    let sql = query(concat!(
        "SELECT i.rid, i.labels, r.type, r.id, r.version FROM item i JOIN resource r ON r.rid = i.rid \
         WHERE i.patient_no = $1",
        seen!(2),
        "AND (i.labels & $9) <> 0 ORDER BY i.sort_at DESC, i.rid DESC LIMIT $10"
    ));
    let rows: Vec<(i64, i64, String, String, i64)> =
        bind_lens(sql.bind(sight.patient), sight.lens).bind(bits.0).bind(most).all(tx).await?;
    let item = |(rid, labels, kind, id, version)| Item {
        rid: Rid(rid),
        labels: Labels(labels),
        reference: (kind, id, version),
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Opens an item to a seat, for the services of which it is now.
pub async fn open(
    tx: &mut Tx,
    (rid, seat): (Rid, Seat),
    (services, question, at): (Labels, CaseId, Instant),
) -> Result<()> {
    query(
        "INSERT INTO item_opening (rid, seat, services, question_id, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (rid, seat) DO UPDATE SET services = excluded.services, question_id = excluded.question_id, \
         at = excluded.at",
    )
    .bind(rid)
    .bind(seat.number())
    .bind(services.0)
    .bind(question)
    .bind(at)
    .run_one(tx)
    .await
}

/// Closes it again.
pub async fn close(tx: &mut Tx, (rid, seat): (Rid, Seat)) -> Result<()> {
    query("DELETE FROM item_opening WHERE rid = $1 AND seat = $2")
        .bind(rid)
        .bind(seat.number())
        .run(tx)
        .await?;
    Ok(())
}

/// The services of which items were opened.
pub async fn opened_services(tx: &mut Tx) -> Result<Vec<Labels>> {
    let rows: Vec<(i64,)> = query("SELECT DISTINCT services FROM item_opening").all(tx).await?;
    Ok(rows.into_iter().map(|(services,)| Labels(services)).collect())
}

/// Ends all openings of items that were of just these services; which items they are.
pub async fn end_openings(tx: &mut Tx, services: Labels) -> Result<Vec<Rid>> {
    let rows: Vec<(i64,)> =
        query("DELETE FROM item_opening WHERE services = $1 RETURNING rid").bind(services.0).all(tx).await?;
    Ok(rows.into_iter().map(|(rid,)| Rid(rid)).collect())
}
