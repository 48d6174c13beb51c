//! A clinician decides what who acts for a minor sees where the law says nothing (45 CFR 164.502(g)(3)(ii)(C)): about what
//! their page showed, and nothing else.

use std::collections::BTreeSet;

use super::unshown::{self, Answer, Decision, Question, Then};
use super::unshown_rules::{self as rules, Ticked};
use super::{labels, unshown_store as store};
use crate::app::App;
use crate::base::{CaseId, Error, ItemAddress, PatientNo, Result, Rid};
use crate::db::Tx;
use crate::disclosures::{Channel, Held, What, Whom, release};
use crate::fhir::sensitivity::Labels;
use crate::identity::Actor;
use crate::notify;
use crate::representation;
use crate::visibility::Permit;

/// A clinician decides. The log of the record names what was opened or closed, and to whom, before it is; the person and
/// who asked are told that there is something to read. What changes nothing stands in no log, and where it fails behind
/// the line, a second one says that it was not done.
///
/// # Errors
/// As of [`unshown::desk`]; `Invalid`, also for what stands on no page (`items`, `problem-unshown-strange`) and for what changes
/// nothing (`items`, `problem-unshown-same`); `Conflict` with `conflict-unshown-changed` where there is something else to
/// decide about than the page showed, or with `conflict-unshown-look` where the look ended meanwhile; `Refused` with
/// `refused-too-many-people`.
pub async fn decide(app: &App, actor: &Actor, about: (PatientNo, CaseId), answer: Answer<'_>) -> Result<()> {
    // Taken before a line is written: of two who decide at once, one learns of the other and says nothing.
    let mut tx = app.db.write().await?;
    let number = store::take(&mut tx, about.1).await?.ok_or(Error::NotFound)?;
    let (permit, weighed) = weigh(app, &mut tx, (actor, about), (&answer, number)).await?;
    if weighed.chosen.is_empty() {
        tx.commit().await?;
        return write(app, (actor, about), (&answer, number)).await;
    }
    // So is the seat, which may be refused, and the leave to say that it was not done: there may be none any more then.
    representation::seat(app, &mut tx, weighed.question.authority).await?;
    let second = unshown::deciding(app, &mut tx, (actor, about.0)).await?;
    tx.commit().await?;
    // The entry comes first: nothing is opened that stands in no log.
    release(app, permit, Channel::Portal, (weighed.line("opened"), Held::new(()))).await?;
    let done = write(app, (actor, about), (&answer, number)).await;
    if done.is_err() {
        release(app, second, Channel::Portal, (weighed.line("unopened"), Held::new(()))).await?;
    }
    done
}

/// What an answer comes to.
struct Weighed {
    question: Question,
    whom: Whom,
    chosen: rules::Chosen,
    named: Vec<(String, String, i64)>,
}

impl Weighed {
    /// What the log says: of which items, and about whom.
    fn line(&self, kind: &str) -> What {
        let named = self.named.iter().map(|(kind, id, version)| (kind.as_str(), id.as_str(), *version));
        What::page(kind).naming(named).seen_by(self.whom.clone())
    }
}

/// Whether somebody may decide so, with the number that they took, and what changes by it.
async fn weigh(
    app: &App,
    tx: &mut Tx,
    (actor, (patient, id)): (&Actor, (PatientNo, CaseId)),
    (answer, number): (&Answer<'_>, i64),
) -> Result<(Permit, Weighed)> {
    let permit = unshown::deciding(app, tx, (actor, patient)).await?;
    let question = unshown::about(tx, (actor, patient, id)).await?;
    let problems = rules::reason_problems(answer.reason.trim());
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let found = unshown::candidates(app, tx, (&permit, &question)).await?;
    // What is the address of nothing here stood on no page of ours.
    let rids = |items: &BTreeSet<ItemAddress>| -> Result<BTreeSet<Rid>> {
        let rid = |address: &ItemAddress| app.keys.item_at(patient, *address);
        let rids: Option<_> = items.iter().map(rid).collect();
        rids.ok_or_else(|| Error::invalid("items", "problem-unshown-strange"))
    };
    let services = answer.services.iter().fold(Labels::default(), |bits, one| bits.and(one.bit()));
    let (shown, open) = (rids(&answer.shown)?, rids(&answer.open)?);
    let ticked = Ticked { seen: answer.seen.to_owned(), shown, open, services };
    if question.decisions != number {
        return Err(Error::Conflict("conflict-unshown-changed"));
    }
    let chosen =
        rules::chosen((number - 1, &unshown::bare(&found)), &ticked).map_err(|fault| match fault {
            rules::Fault::Changed => Error::Conflict("conflict-unshown-changed"),
            rules::Fault::Strange => Error::invalid("items", "problem-unshown-strange"),
        })?;
    // To say that all stays as it is, is an answer. Once it was given, it is none.
    let answers = answer.then == Then::Answered && question.answered.is_none();
    if chosen.is_empty() && !answers {
        return Err(Error::invalid("items", "problem-unshown-same"));
    }
    let changes = |item: &store::Item| {
        chosen.close.contains(&item.rid) || chosen.open.iter().any(|one| one.rid == item.rid)
    };
    let changed = found.into_iter().map(|(_, item)| item).filter(changes);
    let named = changed.map(|item| item.reference).collect();
    let (name, kind) = unshown::asker(app, tx, &question).await?;
    let (opened, closed) = (chosen.open.len() as u64, chosen.close.len() as u64);
    let whom = Whom { name, kind, authority: question.authority, opened, closed };
    Ok((permit, Weighed { question, whom, chosen, named }))
}

async fn write(
    app: &App,
    (actor, (patient, id)): (&Actor, (PatientNo, CaseId)),
    (answer, number): (&Answer<'_>, i64),
) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::hold(&mut tx, id).await?;
    // What was looked at may be over: the look, the authority, or a colleague decided. Now nobody else can.
    let weighed =
        weigh(app, &mut tx, (actor, (patient, id)), (answer, number)).await.map_err(|error| match error {
            Error::NotFound => Error::Conflict("conflict-unshown-look"),
            error => error,
        })?;
    let (_, Weighed { question, chosen, .. }) = weighed;
    let mut rids: Vec<Rid> = chosen.close.clone();
    if !chosen.is_empty() {
        let seat = representation::seat(app, &mut tx, question.authority).await?;
        for rid in &chosen.close {
            store::close(&mut tx, (*rid, seat)).await?;
        }
        for one in &chosen.open {
            store::open(&mut tx, (one.rid, seat), (one.services, question.id, now)).await?;
            rids.push(one.rid);
        }
        representation::tell_person(app, &mut tx, (patient, notify::Kind::UnshownDecided)).await?;
    }
    labels::settle(&mut tx, rids).await?;
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (opened, closed) = (count(chosen.open.len()), count(chosen.close.len()));
    let reason = answer.reason.trim().to_owned();
    let decision = Decision { at: now, by: actor.name.clone(), opened, closed, reason };
    store::note(&mut tx, &app.keys, question.id, (&decision, actor.account)).await?;
    if answer.then == Then::Answered && store::answered(&mut tx, question.id, (actor.account, now)).await? {
        let asker = (question.account, question.authority);
        notify::tell_acting(&mut tx, asker, (notify::Kind::UnshownAnswered, now)).await?;
    }
    tx.commit().await
}
