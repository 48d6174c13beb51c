//! Which accounts see a record as their own, and what staff decide about it: to link one, or to end a link. Each such
//! decision stands in the log of the record, written in the transaction of what it tells (45 CFR 164.312(b)).

use super::model::{Entry, Linked, What};
use super::{append, store};
use crate::app::App;
use crate::base::{AccountId, CaseId, Error, PatientNo, Result};
use crate::db::Tx;
use crate::identity::{self, Actor, Link, Linking};
use crate::representation;
use crate::smart;
use crate::staff::{self, Role};

/// Who of the clinic decides.
#[derive(Debug, Clone, Copy)]
pub enum Decider<'a> {
    /// Somebody of the staff who is signed in, and in which role.
    Staff(&'a Actor, Role),
    /// Who says that they are so called, at the command line.
    Operator(&'a str),
}

impl Decider<'_> {
    /// The name that is kept with the decision.
    pub fn name(&self) -> &str {
        match self {
            Self::Staff(actor, _) => &actor.name,
            Self::Operator(name) => name,
        }
    }

    /// The account of who is signed in.
    pub(super) fn account(&self) -> Option<AccountId> {
        match self {
            Self::Staff(actor, _) => Some(actor.account),
            Self::Operator(_) => None,
        }
    }
}

/// Links the account of an open case to a record, closes the case, mails the account, and writes a line into the log of
/// the record. `seen` is what the line says of why: how it was checked who the person is.
///
/// # Errors
/// `NotFound`; `Invalid` on `differs`, with `problem-case-differs` or `problem-case-linked` where words are missing that
/// [`identity::Compared::wants_words`] asks for; `Conflict` with `conflict-case-decided`, `conflict-already-linked` or
/// `conflict-deceased`.
pub async fn link_case(
    app: &App,
    by: Decider<'_>,
    (case, patient): (CaseId, PatientNo),
    (evidence, seen, differs): (&str, &str, &str),
) -> Result<Link> {
    let mut tx = app.db.write().await?;
    let linking = Linking { by: by.name(), evidence, differs };
    let (account, link) = identity::link_case(app, &mut tx, (case, patient), linking).await?;
    let what = of_account(&mut tx, account, "linked").await?;
    note(app, &mut tx, by, (patient, what), seen).await?;
    tx.commit().await?;
    Ok(link)
}

/// Ends a link that should not be. It holds with the next request of the account: the record, downloads that are running,
/// copies, and what apps read for it. Apps that were connected from the link end for good. The account is told by mail,
/// and the log of the record has a line.
///
/// # Errors
/// `NotFound` where there was no such link; `Conflict` with `conflict-link-over`; `Invalid` on `reason`.
pub async fn end(
    app: &App,
    by: Decider<'_>,
    (account, patient): (AccountId, PatientNo),
    reason: &str,
) -> Result<()> {
    let reason = staff::reason("reason", reason)?;
    let mut tx = app.db.write().await?;
    identity::end_link(app, &mut tx, (account, patient), (by.name(), &reason)).await?;
    smart::end_own_of(app, &mut tx, (account, patient), (by.account(), by.name())).await?;
    representation::void_invitations(&mut tx, patient, app.clock.now()).await?;
    let what = of_account(&mut tx, account, "unlinked").await?;
    note(app, &mut tx, by, (patient, what), &reason).await?;
    tx.commit().await
}

/// Why staff find no link of an account to a record.
///
/// # Errors
/// Always: `Conflict` with `conflict-link-over` where there was one, else `NotFound`.
pub async fn gone<T>(app: &App, (account, patient): (AccountId, PatientNo)) -> Result<T> {
    let mut tx = app.db.read().await?;
    Err(identity::no_link(&mut tx, (account, patient)).await?)
}

/// What was decided about an account.
async fn of_account(tx: &mut Tx, account: AccountId, kind: &str) -> Result<What> {
    let name = identity::account_name(tx, account).await?.ok_or(Error::NotFound)?;
    Ok(What::page(kind).of_account(Linked { account, name }))
}

/// Writes the line, in the transaction of what it tells.
pub(super) async fn note(
    app: &App,
    tx: &mut Tx,
    by: Decider<'_>,
    (patient, what): (PatientNo, What),
    reason: &str,
) -> Result<()> {
    append(app, tx, patient, &Entry::decided(by, what, reason)).await
}

/// An account that sees a record as its own, as the person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seer {
    /// The account.
    pub account: AccountId,
    /// The name that the identity provider gave.
    pub name: String,
    /// Since when, and what proved it.
    pub link: Link,
}

/// The accounts that see the record of whom it belongs to, the first linked first; empty for an account that has none.
pub async fn seers(app: &App, actor: &Actor) -> Result<Vec<Seer>> {
    let mut tx = app.db.read().await?;
    let mut found = Vec::new();
    for own in identity::links(&mut tx, actor.account).await? {
        for (account, name, link) in identity::linked_to(&mut tx, own.patient).await? {
            found.push(Seer { account, name, link });
        }
    }
    Ok(found)
}

/// How many entries are read at a time, and at most, to find one about an account.
const PIECE: i64 = 200;
const MOST: usize = 20_000;

/// The line of a person's log that tells most of another account that sees the record: that staff linked it, or else the
/// newest of what it opened. Whoever does not know the account asks about this line. None where it did nothing yet.
///
/// # Errors
/// `NotFound` for whoever is not the person, and for an account that does not see the record, or is their own.
pub async fn line_about(
    app: &App,
    actor: &Actor,
    (patient, account): (PatientNo, AccountId),
) -> Result<Option<i64>> {
    let mut tx = app.db.read().await?;
    let accounts = identity::accounts_of(&mut tx, patient).await?;
    if actor.account == account || ![actor.account, account].iter().all(|one| accounts.contains(one)) {
        return Err(Error::NotFound);
    }
    let (mut newest, mut before, mut read) = (None, i64::MAX, 0);
    while read < MOST {
        let piece = store::read_before(&mut tx, patient, before, PIECE).await?;
        let Some(last) = piece.last() else { break };
        (before, read) = (last.seq, read + piece.len());
        for line in piece {
            let entry = &line.entry;
            let linked = entry.what.linked.as_ref().is_some_and(|linked| linked.account == account);
            if linked && entry.what.kind == "linked" {
                return Ok(Some(line.seq));
            }
            if entry.who.account == account && newest.is_none() {
                newest = Some(line.seq);
            }
        }
    }
    Ok(newest)
}
