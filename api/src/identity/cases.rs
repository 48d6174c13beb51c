//! Cases for the records office: somebody signed in, has no code, and stated who they are. Staff look at the
//! statement, check who it is (45 CFR 164.514(h)) and decide. Each decision is kept with who made it and why.

use serde::{Deserialize, Serialize};

use super::claims::Claims;
use super::compare_rules::differences;
use super::store::{self, KeptCase};
use super::{
    Actor, Case, CaseState, Compared, Decision, Link, Linking, Proof, Proofing, Stand, Statement, linking,
    strength_store,
};
use crate::app::App;
use crate::base::{self, AccountId, CaseId, Error, Instant, PatientNo, Result};
use crate::db::Tx;

/// What seals a statement.
const STATEMENT: &[u8] = b"identity-case";
/// The most characters of the words about what differs.
const WORDS: usize = 1_000;

/// A statement as it is kept, with what the sign-in service said of the account that day: the session that heard it may
/// be over when staff decide.
#[derive(Serialize, Deserialize)]
struct Stated {
    #[serde(flatten)]
    statement: Statement,
    // Statements of earlier versions have none.
    #[serde(default)]
    said: Stand,
}

/// A statement with what the sign-in service said, sealed.
pub(super) fn sealed(app: &App, statement: Statement, claims: &Claims) -> Result<Vec<u8>> {
    let said = Stand { name: claims.own_name(), birth_date: claims.birth_date.clone() };
    app.keys.seal(STATEMENT, &serde_json::to_vec(&Stated { statement, said })?)
}

async fn stated(app: &App, tx: &mut Tx, id: CaseId) -> Result<Stated> {
    let sealed = store::case_statement(tx, id).await?;
    Ok(serde_json::from_slice(&app.keys.unseal(STATEMENT, &sealed)?)?)
}

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
    Ok((case(kept), stated(app, &mut tx, id).await?.statement))
}

/// The three sides of a case beside each other.
pub(super) async fn compared(app: &App, tx: &mut Tx, (id, patient): (CaseId, PatientNo)) -> Result<Compared> {
    let account = AccountId(store::case(tx, id).await?.ok_or(Error::NotFound)?.account_id);
    let Stated { statement, said } = stated(app, tx, id).await?;
    let (name, birth_date) = store::person(tx, patient).await?.ok_or(Error::NotFound)?;
    let record = Stand { name: Some(name), birth_date };
    let own = Stand { name: Some(statement.name), birth_date: Some(statement.birth_date) };
    let found = differences(&own, &said, &record);
    let others = store::accounts_of(tx, patient).await?.into_iter().filter(|other| *other != account);
    Ok(Compared { said, record, found, others: others.count() })
}

/// Links the account of an open case to a record and closes the case, in one transaction with the mail.
pub(super) async fn link(
    app: &App,
    tx: &mut Tx,
    (id, patient): (CaseId, PatientNo),
    Linking { by, evidence, differs }: Linking<'_>,
) -> Result<(AccountId, Link)> {
    let now = app.clock.now();
    let account = hold(tx, id).await?;
    if !store::links(tx, account).await?.is_empty() {
        return Err(Error::Conflict("conflict-already-linked"));
    }
    // Held, so that no other account is linked to the record between the look and the link.
    store::hold_record(tx, patient).await?;
    if store::has_died(tx, patient).await? {
        return Err(Error::Conflict("conflict-deceased"));
    }
    let compared = compared(app, tx, (id, patient)).await?;
    let differs = words(&compared, differs)?;
    let link = Link { patient, since: now, ground: "staff".into() };
    store::link(tx, account, &link, &format!("{by}: {evidence}")).await?;
    // However they were checked, it was not before the eyes of whoever decides here: the lowest level.
    let proofing = Proofing { how: Proof::Staff, at: now, ial: 1, by: by.into(), evidence: evidence.into() };
    strength_store::prove(tx, account, &proofing).await?;
    decide(tx, (id, "linked"), (now, by, evidence), differs).await?;
    linking::told(tx, (account, &link)).await?;
    Ok((account, link))
}

/// The words about what differs, where they are wanted. One wrong choice opens the record of a stranger.
fn words<'a>(compared: &Compared, differs: &'a str) -> Result<Option<&'a str>> {
    if !compared.wants_words() {
        return Ok(None);
    }
    match differs.trim() {
        "" if compared.found.is_empty() => Err(Error::invalid("differs", "problem-case-linked")),
        "" => Err(Error::invalid("differs", "problem-case-differs")),
        words if words.chars().count() > WORDS => Err(Error::invalid("differs", "problem-too-long")),
        words => match base::unseen("differs", words) {
            Some(problem) => Err(Error::Invalid(base::Problems(vec![problem]))),
            None => Ok(Some(words)),
        },
    }
}

/// Closes an open case without a link.
pub(super) async fn close(app: &App, id: CaseId, (by, why): (&str, &str)) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    hold(&mut tx, id).await?;
    decide(&mut tx, (id, "closed"), (now, by, why), None).await?;
    tx.commit().await
}

/// When the office closed the account's last case without a link.
pub(super) async fn refused(app: &App, actor: &Actor) -> Result<Option<Instant>> {
    let mut tx = app.db.read().await?;
    store::case_refused(&mut tx, actor.account).await
}

/// Whose case this is, if nobody decided it. The account is held first, as where a code links it, so that the two never
/// wait for each other in a circle.
async fn hold(tx: &mut Tx, id: CaseId) -> Result<AccountId> {
    let kept = store::case(tx, id).await?.ok_or(Error::NotFound)?;
    let account = AccountId(kept.account_id);
    store::lock_account(tx, account).await?;
    let kept = store::case(tx, id).await?.ok_or(Error::NotFound)?;
    match kept.state.as_str() {
        "open" => Ok(account),
        _ => Err(Error::Conflict("conflict-case-decided")),
    }
}

async fn decide(
    tx: &mut Tx,
    case: (CaseId, &'static str),
    how: (Instant, &str, &str),
    differs: Option<&str>,
) -> Result<()> {
    match store::decide_case(tx, case, how, differs).await? {
        0 => Err(Error::Conflict("conflict-case-decided")),
        _ => Ok(()),
    }
}

fn case(kept: KeptCase) -> Case {
    let decision = Decision {
        at: Instant(kept.decided_at.unwrap_or_default()),
        by: kept.decided_by,
        why: kept.decided_why.unwrap_or_default(),
        differs: kept.decided_differs,
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
