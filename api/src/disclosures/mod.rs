//! The ledger: what left, to whom, on what ground. Health information is carried as [`Held`]; only
//! [`release`] opens it, and only after the entry that tells of it is durable.

pub mod audit;
mod chain;
mod checkpoints;
pub mod codes;
mod fhir;
pub mod links;
pub mod looks;
mod model;
pub mod questions;
mod questions_rules;
mod questions_store;
mod shared;
mod store;
mod taken;
mod verify;
pub(crate) mod whole;
mod writer;

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{App, Waiting};
use crate::base::{ConsentId, Error, PatientNo, Result, ViewId};
use crate::consents;
use crate::db::Tx;
use crate::identity::Actor;
use crate::staff::{self, Role};
use crate::visibility::{self, Basis, Permit, Purpose};

pub use checkpoints::checkpoint;
pub use model::{
    By, Channel, Entry, Filter, Held, Line, Linked, Marked, Numbers, Others, Page, Parts, Place, Recipient,
    What, Who, Whom, is_directory,
};
pub use shared::{Events, Total, Wanted, audit_event, audit_events, consent, consents};
pub use taken::{Taken, Took, taken};
pub use verify::{Fault, Report, verify};
pub use writer::start;

/// Hands out what is held, once the ledger entry is durable. If the entry cannot be written nothing is
/// handed out (`Unavailable`). Uses the permit up: one permit, one release.
pub async fn release<T>(
    app: &App,
    permit: Permit,
    channel: Channel,
    (what, held): (What, Held<T>),
) -> Result<T> {
    let patient = permit.patient();
    stand(app, patient, &Entry::new(&permit, channel, what)).await?;
    Ok(held.open())
}

/// Writes the line of what the holder of a permit does, in the transaction that does it: both stand, or neither.
pub(crate) async fn done(app: &App, tx: &mut Tx, permit: &Permit, what: What) -> Result<()> {
    append(app, tx, permit.patient(), &Entry::new(permit, Channel::Portal, what)).await
}

/// Appends an entry in a transaction. The chain is locked last, as the writer of the ledger locks nothing but chains.
async fn append(app: &App, tx: &mut Tx, patient: PatientNo, entry: &Entry) -> Result<()> {
    let body = serde_json::to_vec(entry)?;
    let heads = store::lock_heads(tx, &[patient]).await?;
    let head = heads.first().map(|(_, head)| *head).ok_or(Error::NotFound)?;
    let at = app.clock.now();
    let head = head.append(patient, at, &body);
    store::append(tx, vec![store::New { patient, head, at, body }]).await?;
    store::move_heads(tx, [(patient, head)]).await
}

/// Waits until an entry is durable.
pub(super) async fn stand(app: &App, patient: PatientNo, entry: &Entry) -> Result<()> {
    let (done, durable) = tokio::sync::oneshot::channel();
    let waiting = Waiting { patient, body: serde_json::to_vec(entry)?, done };
    app.ledger.sender.send(waiting).await.map_err(|_| Error::Unavailable("error-ledger-away"))?;
    durable.await.map_err(|_| Error::Unavailable("error-ledger-away"))?;
    Ok(())
}

/// One page of a person's log, newest first; looking at it is logged as well. Who was let look by the person sees only
/// what they did themselves.
pub async fn log(app: &App, actor: &Actor, (patient, mut filter): (PatientNo, Filter)) -> Result<Page> {
    let mut tx = app.db.read().await?;
    let permit = visibility::check(app, &mut tx, actor, (patient, Purpose::OwnView)).await?;
    let told = told_of(&permit);
    (filter.sees, filter.of_others, filter.without) = (told.sees, told.of_others, told.without);
    let mut page = store::page(&mut tx, patient, &filter).await?;
    if permit.may_question() {
        page.asked = Some(questions::of_page(app, &mut tx, (&permit, &page)).await?);
    }
    if permit.is_own() {
        let decided = page.lines.iter().filter(|line| line.entry.what.is_about_items());
        let items: Vec<&str> = decided.flat_map(|line| &line.entry.what.items).map(String::as_str).collect();
        page.places = store::places((&mut tx, &app.keys), permit.sight(), &items).await?;
    }
    drop(tx);
    if permit.is_own() {
        page.permissions = permissions(app, actor, (patient, &page.lines)).await?;
    }
    page.lines.iter_mut().for_each(|line| veil(&permit, line));
    release(app, permit, Channel::Portal, (What::page("log"), Held::new(page))).await
}

/// Of what sort the consents are that opened something to these lines, as far as the reader may know of them.
async fn permissions(
    app: &App,
    actor: &Actor,
    (patient, lines): (PatientNo, &[Line]),
) -> Result<BTreeMap<ConsentId, consents::Kind>> {
    let named: BTreeSet<ConsentId> = lines.iter().filter_map(|line| line.entry.basis.consent()).collect();
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let known = consents::list(app, actor, patient).await?;
    let named = known.into_iter().filter(|(one, _)| named.contains(&one.id));
    Ok(named.map(|(one, _)| (one.id, one.terms.kind)).collect())
}

/// What was opened in an emergency, newest first, for the privacy officer who reviews it (45 CFR 164.308(a)(1)(ii)(D)):
/// when, which part of the record, how many items. Which items, they see in the log of the record, in a look of their
/// own that is written down. `before` begins a later page.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role` for anybody else.
pub async fn opened(app: &App, roles: &[Role], (view, before): (ViewId, Option<i64>)) -> Result<Page> {
    if !roles.contains(&Role::PrivacyOfficer) {
        return Err(Error::refused("refused-not-your-role"));
    }
    let view = staff::emergency(app, (roles, view)).await?.view;
    let filter = Filter { before, from: Some(view.since), view: Some(view.id), ..Filter::default() };
    let mut tx = app.db.read().await?;
    let mut page = store::page(&mut tx, view.patient, &filter).await?;
    page.lines.iter_mut().for_each(Line::in_outline);
    Ok(page)
}

/// Which lines of a log a permit lets see.
fn told_of(permit: &Permit) -> Filter {
    let of_others = if permit.hears_of_emergencies() { Others::Emergencies } else { Others::Nothing };
    Filter { sees: permit.log_of(), of_others, without: untold(permit), ..Filter::default() }
}

/// Takes out of a line what the reader may not know. Why staff looked is told to the person; their words may be about who
/// acts for them.
fn veil(permit: &Permit, line: &mut Line) {
    if !permit.is_own() {
        line.without_reason();
    }
    if permit.log_of().is_some_and(|own| own != line.entry.who.account) {
        line.in_passing();
    }
}

/// What kinds of lines are not told to who acts for the person: what staff marked and decided can be about them, and is
/// for the person and the staff; and that staff read permissions or how the person is reached tells that there are some.
fn untold(permit: &Permit) -> &'static [&'static str] {
    let acts = match permit.basis() {
        Basis::Representative { .. } => true,
        Basis::App { acting, .. } => acting.is_some(),
        _ => false,
    };
    if acts {
        &[
            "label",
            "protect-asked",
            "protect-answered",
            "unshown",
            "opened",
            "unopened",
            "permissions",
            "reach",
        ]
    } else {
        &[]
    }
}

/// The newest looks that a permit lets see, for a page that is released as a whole with its own entry.
pub(crate) async fn recent(tx: &mut Tx, permit: &Permit, limit: usize) -> Result<Vec<Line>> {
    let mut lines = store::recent(tx, permit.patient(), (&told_of(permit), limit)).await?;
    lines.iter_mut().for_each(|line| veil(permit, line));
    Ok(lines)
}
