//! Cases for the records office: somebody signed in, has no code, and stated who they are. Staff look at the
//! statement, check who it is (45 CFR 164.514(h)) and decide. Each decision is kept with who made it and why.

use super::store::{self, KeptCase};
use super::{Actor, Case, CaseState, Decision, Link, Proof, Proofing, Statement, strength_store};
use crate::app::App;
use crate::base::{AccountId, CaseId, Error, Instant, PatientNo, Result};
use crate::db::Tx;
use crate::notify;

/// What seals a statement.
pub(super) const STATEMENT: &[u8] = b"identity-case";

/// All cases, the open ones first.
pub(super) async fn all(app: &App) -> Result<Vec<Case>> {
    let mut tx = app.db.read().await?;
    Ok(store::cases(&mut tx, (0, i64::MAX)).await?.into_iter().map(case).collect())
}

/// A part of them.
pub(super) async fn some(app: &App, span: (i64, i64)) -> Result<Vec<Case>> {
    let mut tx = app.db.read().await?;
    Ok(store::cases(&mut tx, span).await?.into_iter().map(case).collect())
}

/// One case with its statement, opened.
pub(super) async fn one(app: &App, id: CaseId) -> Result<(Case, Statement)> {
    let mut tx = app.db.read().await?;
    let kept = store::case(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let sealed = store::case_statement(&mut tx, id).await?;
    Ok((case(kept), serde_json::from_slice(&app.keys.unseal(STATEMENT, &sealed)?)?))
}

/// Links the account of an open case to a record and closes the case, in one transaction with the mail.
pub(super) async fn link(
    app: &App,
    (id, patient): (CaseId, PatientNo),
    (by, why): (&str, &str),
) -> Result<Link> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let account = hold(&mut tx, id).await?;
    if !store::links(&mut tx, account).await?.is_empty() {
        return Err(Error::Conflict("conflict-already-linked"));
    }
    let link = Link { patient, since: now, ground: "staff".into() };
    store::link(&mut tx, account, &link, &format!("{by}: {why}")).await?;
    // However they were checked, it was not before the eyes of whoever decides here: the lowest level.
    let proofing = Proofing { how: Proof::Staff, at: now, ial: 1, by: by.into(), evidence: why.into() };
    strength_store::prove(&mut tx, account, &proofing).await?;
    decide(&mut tx, (id, "linked"), (now, by, why)).await?;
    notify::tell(&mut tx, account, (notify::Kind::Linked, now)).await?;
    tx.commit().await?;
    Ok(link)
}

/// Closes an open case without a link.
pub(super) async fn close(app: &App, id: CaseId, (by, why): (&str, &str)) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    hold(&mut tx, id).await?;
    decide(&mut tx, (id, "closed"), (now, by, why)).await?;
    tx.commit().await
}

/// When the office closed the account's last case without a link.
pub(super) async fn refused(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    let mut tx = app.db.read().await?;
    store::case_refused(&mut tx, actor.account).await
}

/// Whose case this is. The account is held first, as where a code links it, so that the two never wait for
/// each other in a circle.
async fn hold(tx: &mut Tx, id: CaseId) -> Result<AccountId> {
    let kept = store::case(tx, id).await?.ok_or(Error::NotFound)?;
    let account = AccountId(kept.account_id);
    store::lock_account(tx, account).await?;
    Ok(account)
}

async fn decide(tx: &mut Tx, case: (CaseId, &'static str), how: (Instant, &str, &str)) -> Result<()> {
    match store::decide_case(tx, case, how).await? {
        0 => Err(Error::Conflict("conflict-case-decided")),
        _ => Ok(()),
    }
}

fn case(kept: KeptCase) -> Case {
    let decision = Decision {
        at: Instant(kept.decided_at.unwrap_or_default()),
        by: kept.decided_by,
        why: kept.decided_why.unwrap_or_default(),
    };
    let state = match kept.state.as_str() {
        "linked" => CaseState::Linked(decision),
        "closed" => CaseState::Closed(decision),
        _ => CaseState::Open,
    };
    Case {
        id: CaseId(kept.id),
        account: AccountId(kept.account_id),
        opened: Instant(kept.created_at),
        name: kept.name,
        email: kept.email,
        state,
    }
}
