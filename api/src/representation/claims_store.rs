//! The tables of claims and their papers.

use uuid::Uuid;

use crate::base::{AccountId, AuthorityId, ClaimId, Instant, Result};
use crate::db::{Tx, query, row};

row! {
    /// A claim as it is kept, with the account that made it.
    #[derive(Debug, Clone)]
    pub struct KeptClaim {
        pub id: Uuid,
        pub account_id: Uuid,
        pub account_name: String,
        pub email: Option<String>,
        pub state: String,
        pub kind: String,
        pub statement: Vec<u8>,
        pub created_at: i64,
        pub decided_at: Option<i64>,
        pub answer: Option<Vec<u8>>,
        pub authority_id: Option<Uuid>,
        pub papers: i64,
    }
}

macro_rules! claims {
    () => {
        "SELECT c.id, c.account_id, a.name AS account_name, a.email, c.state, c.kind, c.statement, c.created_at, \
         c.decided_at, c.answer, c.authority_id, \
         (SELECT CAST(COUNT(*) AS BIGINT) FROM claim_document d WHERE d.claim_id = c.id) AS papers \
         FROM claim c JOIN account a ON a.id = c.account_id "
    };
}

/// Adds a claim.
pub async fn add(
    tx: &mut Tx,
    (id, account): (ClaimId, AccountId),
    (kind, statement): (&str, &[u8]),
    now: Instant,
) -> Result<()> {
    query(
        "INSERT INTO claim (id, account_id, state, kind, statement, created_at) VALUES ($1, $2, 'open', $3, $4, $5)",
    )
    .bind(id)
    .bind(account)
    .bind(kind)
    .bind(statement)
    .bind(now)
    .run_one(tx)
    .await
}

/// How many claims of an account wait, and how many it made since a moment.
pub async fn counts(tx: &mut Tx, account: AccountId, since: Instant) -> Result<(i64, i64)> {
    query(
        "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN created_at > $2 THEN 1 ELSE 0 END), 0) AS BIGINT) \
         FROM claim WHERE account_id = $1",
    )
    .bind(account)
    .bind(since)
    .one(tx)
    .await
}

/// One claim.
pub async fn find(tx: &mut Tx, id: ClaimId) -> Result<Option<KeptClaim>> {
    query(concat!(claims!(), "WHERE c.id = $1")).bind(id).optional(tx).await
}

/// The claims of an account, the newest first.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<KeptClaim>> {
    query(concat!(claims!(), "WHERE c.account_id = $1 ORDER BY c.created_at DESC, c.id DESC LIMIT 100"))
        .bind(account)
        .all(tx)
        .await
}

/// The claims in a state, the oldest first.
pub async fn in_state(tx: &mut Tx, state: &str, (limit, offset): (i64, i64)) -> Result<Vec<KeptClaim>> {
    query(concat!(claims!(), "WHERE c.state = $1 ORDER BY c.created_at, c.id LIMIT $2 OFFSET $3"))
        .bind(state)
        .bind(limit)
        .bind(offset)
        .all(tx)
        .await
}

/// How many claims are in a state.
pub async fn count(tx: &mut Tx, state: &str) -> Result<i64> {
    let (n,): (i64,) =
        query("SELECT CAST(COUNT(*) AS BIGINT) FROM claim WHERE state = $1").bind(state).one(tx).await?;
    Ok(n)
}

/// What becomes of an open claim.
pub struct Decision<'a> {
    pub state: &'static str,
    pub at: Instant,
    pub by: &'a str,
    pub answer: Option<Vec<u8>>,
    pub authority: Option<AuthorityId>,
}

/// Decides an open claim; false where it was decided already.
pub async fn decide(tx: &mut Tx, id: ClaimId, decision: Decision<'_>) -> Result<bool> {
    let changed = query(
        "UPDATE claim SET state = $2, decided_at = $3, decided_by = $4, answer = $5, authority_id = $6 \
         WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(decision.state)
    .bind(decision.at)
    .bind(decision.by)
    .bind(decision.answer)
    .bind(decision.authority)
    .run(tx)
    .await?;
    Ok(changed == 1)
}

row! {
    /// A paper as it is kept.
    #[derive(Debug, Clone)]
    pub struct Paper {
        pub n: i64,
        pub blob: String,
        pub media: String,
        pub size: i64,
        pub sha256: Vec<u8>,
        pub added_at: i64,
    }
}

/// Adds a paper to a claim.
pub async fn add_paper(tx: &mut Tx, claim: ClaimId, paper: &Paper) -> Result<()> {
    query(
        "INSERT INTO claim_document (claim_id, n, blob, media, size, sha256, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(claim)
    .bind(paper.n)
    .bind(paper.blob.as_str())
    .bind(paper.media.as_str())
    .bind(paper.size)
    .bind(paper.sha256.as_slice())
    .bind(paper.added_at)
    .run_one(tx)
    .await
}

/// The papers of a claim.
pub async fn papers(tx: &mut Tx, claim: ClaimId) -> Result<Vec<Paper>> {
    query("SELECT n, blob, media, size, sha256, added_at FROM claim_document WHERE claim_id = $1 ORDER BY n")
        .bind(claim)
        .all(tx)
        .await
}

/// The files of all papers.
pub async fn blobs(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = query("SELECT blob FROM claim_document").all(tx).await?;
    Ok(rows.into_iter().map(|(blob,)| blob).collect())
}

/// How many papers were ever added to a claim, also those that were taken out.
pub async fn papers_ever(tx: &mut Tx, claim: ClaimId) -> Result<i64> {
    let (count,): (i64,) =
        query("SELECT COUNT(*) FROM authority_event WHERE claim_id = $1 AND what = 'paper'")
            .bind(claim)
            .one(tx)
            .await?;
    Ok(count)
}

/// Takes a paper out; the name of its file.
pub async fn drop_paper(tx: &mut Tx, (claim, n): (ClaimId, i64)) -> Result<Option<String>> {
    let row: Option<(String,)> =
        query("DELETE FROM claim_document WHERE claim_id = $1 AND n = $2 RETURNING blob")
            .bind(claim)
            .bind(n)
            .optional(tx)
            .await?;
    Ok(row.map(|(blob,)| blob))
}

/// Takes all papers of a claim out; the names of their files.
pub async fn drop_papers(tx: &mut Tx, claim: ClaimId) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        query("DELETE FROM claim_document WHERE claim_id = $1 RETURNING blob").bind(claim).all(tx).await?;
    Ok(rows.into_iter().map(|(blob,)| blob).collect())
}

/// Claims that were closed without effect before a moment and still have papers.
pub async fn closed_with_papers(tx: &mut Tx, (before, most): (Instant, i64)) -> Result<Vec<ClaimId>> {
    let rows: Vec<(Uuid,)> = query(
        "SELECT c.id FROM claim c WHERE c.state IN ('rejected', 'withdrawn') AND c.decided_at <= $1 \
         AND EXISTS (SELECT 1 FROM claim_document d WHERE d.claim_id = c.id) ORDER BY c.decided_at, c.id LIMIT $2",
    )
    .bind(before)
    .bind(most)
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(|(id,)| ClaimId(id)).collect())
}
