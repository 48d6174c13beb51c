//! Somebody says that they may act for a person, and sends the papers that prove it (45 CFR 164.514(h)). Nothing is
//! looked up here: the answer is the same whether or not there is such a person. Staff find out in [`super::desk`].

use std::io::Write;
use std::time::Duration;

use super::claims_store::{self as store, KeptClaim};
use super::{Event, Kind, claims_rules as rules};
use crate::app::App;
use crate::base::{self, AccountId, AuthorityId, ClaimId, Error, Instant, Result};
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::notify;

pub use super::claims_rules::{Difference, LARGEST, MOST_PAPERS, Statement, differences};

/// What seals a statement and the answer to it.
const STATEMENT: &[u8] = b"claim";
/// How the files of papers begin; the rest is an id that tells when it was made.
const BLOBS: &str = "paper-";
const DAY: Duration = Duration::from_secs(86_400);
/// How often files are compared with claims.
const SWEEP: Duration = Duration::from_secs(6 * 3600);
/// The most claims whose papers are erased in one go.
const RETIRED: i64 = 100;
/// The most claims of one account in a day.
const MOST_A_DAY: i64 = 10;

/// A claim.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// Who made it.
    pub account: AccountId,
    /// The name and the e-mail address of the account, as the identity provider gave them.
    pub who: (String, Option<String>),
    /// What they say they are.
    pub kind: Kind,
    /// When.
    pub made: Instant,
    /// How many papers go with it.
    pub papers: i64,
    /// What became of it.
    pub state: State,
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Staff have not decided.
    Open,
    /// Verified: it became an authority.
    Verified(Instant, AuthorityId),
    /// Turned down, with the answer to the one who made it.
    Rejected(Instant, String),
    /// Taken back.
    Withdrawn(Instant),
}

/// A paper of a claim.
#[derive(Debug, Clone)]
pub struct Paper {
    /// Its number, from 1.
    pub n: i64,
    /// `application/pdf`, `image/png` or `image/jpeg`, by its content.
    pub media: String,
    /// Its size in bytes.
    pub size: i64,
    /// When it came.
    pub added: Instant,
}

/// A claim with all that was stated.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The claim.
    pub claim: Claim,
    /// The statement.
    pub statement: Statement,
    /// The papers.
    pub papers: Vec<Paper>,
    /// What became of it, the newest last; for staff only.
    pub events: Vec<Event>,
}

/// A new id for the form of a claim.
pub fn once(app: &App) -> ClaimId {
    ClaimId(base::uuid(app.clock.now()))
}

/// Makes a claim. What it says is sealed, and compared with nothing. `id` is the form's own id: the same form sent twice is
/// one claim.
///
/// # Errors
/// `Invalid`; `Refused` with `refused-too-many-claims`.
pub async fn make(app: &App, actor: &Actor, (id, statement): (ClaimId, Statement)) -> Result<ClaimId> {
    let now = app.clock.now();
    let today = now.utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let statement = rules::check(statement, today).map_err(Error::Invalid)?;
    let id = ClaimId(app.keys.once(b"claim.once", &(actor.account, id, &statement))?);
    let sealed = app.keys.seal(STATEMENT, &serde_json::to_vec(&statement)?)?;
    let mut tx = app.db.write().await?;
    // Held, so that one account's claims are counted one after the other.
    if !identity::hold(&mut tx, (actor, now)).await? {
        return Err(Error::NotFound);
    }
    if store::find(&mut tx, id).await?.is_some() {
        return Ok(id);
    }
    let (open, today) = store::counts(&mut tx, actor.account, now.minus(DAY)).await?;
    if open >= rules::MOST_OPEN || today >= MOST_A_DAY {
        return Err(Error::refused("refused-too-many-claims"));
    }
    store::add(&mut tx, (id, actor.account), (statement.kind.slug(), &sealed), now).await?;
    noted(app, &mut tx, (id, "claimed"), (Some(actor.account), &actor.name)).await?;
    notify::tell_office(app, &mut tx, (notify::Kind::ClaimOpened, now)).await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds a paper to one's own open claim: PDF, PNG or JPEG by its content.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-claim-decided`; `Invalid` on the field `paper`.
pub async fn add_paper(app: &App, actor: &Actor, (id, bytes): (ClaimId, Vec<u8>)) -> Result<()> {
    let mut tx = app.db.read().await?;
    let there = mine(&mut tx, actor, id).await?;
    drop(tx);
    let media = fit(&there, &bytes)?;
    let now = app.clock.now();
    let blob = format!("{BLOBS}{}", base::uuid(now));
    let (size, sha256) = (bytes.len() as i64, base::sha256([bytes.as_slice()]).to_vec());
    write(app, (blob.clone(), bytes)).await?;
    let kept = async {
        let mut tx = app.db.write().await?;
        if !identity::hold(&mut tx, (actor, now)).await? {
            return Err(Error::NotFound);
        }
        let there = mine(&mut tx, actor, id).await?;
        // A number is not given twice: the one of a paper that was taken out stays its own in what became of the claim.
        let n = store::papers_ever(&mut tx, id).await? + 1;
        if there.papers >= MOST_PAPERS as i64 || n > rules::MOST_SENT {
            return Err(Error::invalid("paper", "problem-papers-many"));
        }
        let paper =
            store::Paper { n, blob: blob.clone(), media: media.into(), size, sha256, added_at: now.0 };
        store::add_paper(&mut tx, id, &paper).await?;
        noted(app, &mut tx, (id, "paper"), (Some(actor.account), &actor.name)).await?;
        tx.commit().await
    };
    let kept = kept.await;
    if kept.is_err() {
        app.blobs.erase(&blob)?;
    }
    kept
}

/// Takes a paper out of one's own open claim and erases it: it was the wrong one, or somebody else's.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-claim-decided`.
pub async fn remove_paper(app: &App, actor: &Actor, (id, n): (ClaimId, i64)) -> Result<()> {
    let mut tx = app.db.write().await?;
    if !identity::hold(&mut tx, (actor, app.clock.now())).await? {
        return Err(Error::NotFound);
    }
    mine(&mut tx, actor, id).await?;
    let blob = store::drop_paper(&mut tx, (id, n)).await?.ok_or(Error::NotFound)?;
    noted(app, &mut tx, (id, "paper-removed"), (Some(actor.account), &actor.name)).await?;
    tx.commit().await?;
    app.blobs.erase(&blob)
}

fn fit(claim: &KeptClaim, bytes: &[u8]) -> Result<&'static str> {
    let there = usize::try_from(claim.papers).unwrap_or(usize::MAX);
    rules::paper(bytes, there).map_err(|code| Error::invalid("paper", code))
}

async fn write(app: &App, (name, bytes): (String, Vec<u8>)) -> Result<()> {
    let app = app.clone();
    let written = tokio::task::spawn_blocking(move || -> Result<()> {
        let mut writer = app.blobs.create(&app.keys, &name)?;
        writer.write_all(&bytes)?;
        writer.finish()?;
        Ok(())
    });
    written.await.map_err(Error::internal)?
}

/// The account's own claim, while it can be changed.
async fn mine(tx: &mut Tx, actor: &Actor, id: ClaimId) -> Result<KeptClaim> {
    let kept = store::find(tx, id).await?.filter(|kept| kept.account_id == actor.account.0);
    let kept = kept.ok_or(Error::NotFound)?;
    match kept.state.as_str() {
        "open" => Ok(kept),
        _ => Err(Error::Conflict("conflict-claim-decided")),
    }
}

/// Takes one's own open claim back.
///
/// # Errors
/// `NotFound`; `Conflict` with `conflict-claim-decided`.
pub async fn withdraw(app: &App, actor: &Actor, id: ClaimId) -> Result<()> {
    let at = app.clock.now();
    let mut tx = app.db.write().await?;
    mine(&mut tx, actor, id).await?;
    let decision = store::Decision { state: "withdrawn", at, by: &actor.name, answer: None, authority: None };
    if !store::decide(&mut tx, id, decision).await? {
        return Err(Error::Conflict("conflict-claim-decided"));
    }
    noted(app, &mut tx, (id, "withdrawn"), (Some(actor.account), &actor.name)).await?;
    tx.commit().await
}

/// One's own claims, the newest first, each with the name of whom it is about, as it was stated.
pub async fn of(app: &App, actor: &Actor) -> Result<Vec<(Claim, String)>> {
    let mut tx = app.db.read().await?;
    let kept = store::of_account(&mut tx, actor.account).await?;
    let named = |kept: KeptClaim| {
        let person = statement(app, &kept)?.person;
        Ok((claim(app, kept)?, person))
    };
    kept.into_iter().map(named).collect()
}

/// One of one's own claims, without what staff did on the way.
///
/// # Errors
/// `NotFound` for anybody else's, and for none.
pub async fn one(app: &App, actor: &Actor, id: ClaimId) -> Result<Whole> {
    let mut tx = app.db.read().await?;
    let kept = store::find(&mut tx, id).await?.filter(|kept| kept.account_id == actor.account.0);
    whole(app, &mut tx, kept.ok_or(Error::NotFound)?).await
}

pub(super) fn statement(app: &App, kept: &KeptClaim) -> Result<Statement> {
    Ok(serde_json::from_slice(&app.keys.unseal(STATEMENT, &kept.statement)?)?)
}

/// A claim, opened.
pub(super) async fn whole(app: &App, tx: &mut Tx, kept: KeptClaim) -> Result<Whole> {
    let statement = statement(app, &kept)?;
    let papers = store::papers(tx, ClaimId(kept.id)).await?;
    let paper = |paper: store::Paper| Paper {
        n: paper.n,
        media: paper.media,
        size: paper.size,
        added: Instant(paper.added_at),
    };
    let papers = papers.into_iter().map(paper).collect();
    Ok(Whole { claim: claim(app, kept)?, statement, papers, events: Vec::new() })
}

pub(super) fn claim(app: &App, kept: KeptClaim) -> Result<Claim> {
    let at = Instant(kept.decided_at.unwrap_or_default());
    let answer = match kept.answer {
        Some(sealed) => String::from_utf8_lossy(&app.keys.unseal(STATEMENT, &sealed)?).into_owned(),
        None => String::new(),
    };
    let state = match (kept.state.as_str(), kept.authority_id) {
        ("verified", Some(authority)) => State::Verified(at, AuthorityId(authority)),
        ("rejected", _) => State::Rejected(at, answer),
        ("withdrawn", _) => State::Withdrawn(at),
        _ => State::Open,
    };
    let kind = Kind::from_slug(&kept.kind)
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a claim is of a kind that is not known")))?;
    Ok(Claim {
        id: ClaimId(kept.id),
        account: AccountId(kept.account_id),
        who: (kept.account_name, kept.email),
        kind,
        made: Instant(kept.created_at),
        papers: kept.papers,
        state,
    })
}

/// Seals the answer to a claim.
pub(super) fn sealed(app: &App, answer: &str) -> Result<Vec<u8>> {
    app.keys.seal(STATEMENT, answer.as_bytes())
}

/// The bytes of a paper, read back and checked against the hash of what came.
pub(super) async fn bytes(app: &App, paper: store::Paper) -> Result<Vec<u8>> {
    let inner = app.clone();
    let read = tokio::task::spawn_blocking(move || -> Result<Vec<u8>> {
        let mut reader = inner.blobs.read(&inner.keys, &paper.blob)?;
        let mut bytes = Vec::new();
        loop {
            let chunk = reader.chunk_at(bytes.len() as u64)?;
            if chunk.is_empty() {
                break;
            }
            bytes.extend(chunk);
        }
        if base::sha256([bytes.as_slice()]).as_slice() != paper.sha256 {
            return Err(Error::internal(anyhow::anyhow!("a paper is not what came")));
        }
        Ok(bytes)
    });
    read.await.map_err(Error::internal)?
}

/// Writes down what became of a claim.
pub(super) async fn noted(
    app: &App,
    tx: &mut Tx,
    (claim, what): (ClaimId, &str),
    (account, by): (Option<AccountId>, &str),
) -> Result<()> {
    let at = app.clock.now();
    let (id, claim) = (base::uuid(at), Some(claim));
    let event = super::store::NewEvent { id, authority: None, claim, at, what, account, by, why: None };
    super::store::note(tx, &app.keys, event).await
}

/// Papers of a claim that was turned down or taken back prove nothing any more: some time after it is closed they are
/// erased, and it is written down that they were. What was stated and what was answered stays.
pub(super) async fn retire(app: &App) -> Result<()> {
    let before = app.clock.now().minus(app.config.claims.keep_papers());
    let mut tx = app.db.read().await?;
    let old = store::closed_with_papers(&mut tx, (before, RETIRED)).await?;
    drop(tx);
    for id in old {
        let mut tx = app.db.write().await?;
        let blobs = store::drop_papers(&mut tx, id).await?;
        if blobs.is_empty() {
            // Another process was first.
            continue;
        }
        noted(app, &mut tx, (id, "papers-erased"), (None, "")).await?;
        tx.commit().await?;
        for blob in blobs {
            app.blobs.erase(&blob)?;
        }
    }
    Ok(())
}

/// Once in a while, whichever process is first: erases papers older than a day that no claim knows: left by a crash
/// between the file and its row, or between a row that went and its file.
pub(super) async fn sweep(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (times, _) = identity::count(app, &mut tx, ("sweep of papers", SWEEP)).await?;
    if times > 1 {
        return Ok(());
    }
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    let known = store::blobs(&mut tx).await?.into_iter().collect();
    drop(tx);
    app.blobs.sweep(&app.keys, (&[BLOBS], &known), app.clock.now())
}
