//! What staff propose about groups of patients, and what a second person decides. Until then there is no such group, or
//! it stays as it is: no system can export what only one person wanted.

use std::time::Duration;

use super::groups::{handles, people, problems};
use super::model::{Change, Decision, Group, Proposal, ProposalSeen, Proposed, Unknown};
use super::proposal_rules as rules;
use super::{groups_store, proposals_store as store};
use crate::app::App;
use crate::base::{self, AccountId, Error, Instant, Problem, Problems, ProposalId, Result, page_of, span};
use crate::config::Role;
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::smart::{self, ClientId};
use crate::staff::{self, Action};

/// Proposals on one page.
const PAGE: i64 = 20;
/// The most people that are named in one form.
const MOST: usize = 2000;

/// How many lists one account sends: each tells something about who is here.
const TRIES: [(Duration, i64); 2] = [(Duration::from_secs(3600), 10), (Duration::from_secs(86_400), 40)];

/// Proposes a new group with these people, each named by a FHIR id or an identifier. What the same account proposed in
/// the same way, and what waits still, is the same proposal; so for the others.
///
/// # Errors
/// `Invalid` with the fields of [`Group`] and `members`; `Refused` with `refused-not-your-role` or
/// `refused-too-many-lists`.
pub async fn propose(app: &App, actor: &Actor, (group, named): (&Group, &[String])) -> Result<Proposed> {
    let roles = handles(app, actor).await?;
    let wrong = faults((group, named));
    if !wrong.0.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let mut tx = app.db.read().await?;
    if groups_store::one(&mut tx, &group.id).await?.is_some() {
        return Err(Error::invalid("id", "conflict-group-known"));
    }
    drop(tx);
    kept(app, (actor, &roles), (Change::New(group.clone()), named)).await
}

/// What is wrong with a new group and the list of its people, as far as that can be seen without looking at what is here.
pub fn faults((group, named): (&Group, &[String])) -> Problems {
    let mut wrong = problems(group);
    wrong.0.extend(of_members(named));
    wrong
}

/// Proposes who is to be in a group: exactly these people.
///
/// # Errors
/// `NotFound` for a group that is over or was never there; `Invalid` with the field `members`; `Refused` with
/// `refused-not-your-role` or `refused-too-many-lists`.
pub async fn propose_members(
    app: &App,
    actor: &Actor,
    (group, named): (&str, &[String]),
) -> Result<Proposed> {
    let roles = handles(app, actor).await?;
    let mut tx = app.db.read().await?;
    let known = groups_store::one(&mut tx, group).await?.filter(|kept| kept.ended.is_none());
    let known = known.ok_or(Error::NotFound)?;
    drop(tx);
    if let Some(problem) = of_members(named) {
        return Err(Error::Invalid(Problems(vec![problem])));
    }
    kept(app, (actor, &roles), (Change::Members(known.group), named)).await
}

/// Proposes that a system of the clinic may take out a group as well.
///
/// # Errors
/// `NotFound` for a group that is over or was never there; `Refused` with `refused-not-your-role`; `Conflict` with
/// `conflict-system-group` or `conflict-group-proposed`.
pub async fn propose_system(
    app: &App,
    actor: &Actor,
    (group, system): (&str, &ClientId),
) -> Result<ProposalId> {
    let roles = handles(app, actor).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let known = groups_store::one(&mut tx, group).await?.filter(|kept| kept.ended.is_none());
    let group = known.ok_or(Error::NotFound)?.group;
    let name = smart::without(&mut tx, (system, &group.id)).await?.about.name;
    let id = ProposalId(base::uuid(now));
    let change = Change::System(group, system.clone(), name);
    store::lapse(&mut tx, (now, rules::over(now))).await?;
    if !store::add(&mut tx, (id, now), (&change, &[]), (actor, rules::office(&roles))).await? {
        // The same form sent again leads to what it made.
        let same = store::same(&mut tx, (&change, &[]), actor.account).await?;
        return same.ok_or(Error::Conflict("conflict-group-proposed"));
    }
    tx.commit().await?;
    Ok(id)
}

fn of_members(named: &[String]) -> Option<Problem> {
    let code = match named.len() {
        0 => "problem-required",
        count if count > MOST => "problem-group-many",
        _ => return None,
    };
    Some(Problem { field: "members", code })
}

async fn kept(
    app: &App,
    (actor, roles): (&Actor, &[Role]),
    (change, named): (Change, &[String]),
) -> Result<Proposed> {
    count(app, actor).await?;
    let (people, unknown) = people(app, named).await?;
    if !unknown.is_empty() {
        let count = unknown.len();
        let told = unknown.into_iter().filter(|_| rules::searches(roles));
        return Ok(Proposed::Unknown(Unknown { count, lines: told.map(|n| n + 1).collect() }));
    }
    let now = app.clock.now();
    let id = ProposalId(base::uuid(now));
    let office = rules::office(roles);
    let mut tx = app.db.write().await?;
    store::lapse(&mut tx, (now, rules::over(now))).await?;
    if !store::add(&mut tx, (id, now), (&change, &people), (actor, office)).await? {
        // The same form sent again leads to what it made.
        if let Some(id) = store::same(&mut tx, (&change, &people), actor.account).await? {
            return Ok(Proposed::Waits(id));
        }
        let field = if matches!(change, Change::New(_)) { "id" } else { "members" };
        return Err(Error::invalid(field, "conflict-group-proposed"));
    }
    tx.commit().await?;
    Ok(Proposed::Waits(id))
}

/// Counts a list against the limits of the account, before it is looked at.
async fn count(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.db.write().await?;
    for (n, (span, most)) in TRIES.into_iter().enumerate() {
        let what = format!("group-list/{n}/{}", actor.account);
        let (count, left) = identity::count(app, &mut tx, (&what, span)).await?;
        if count > most {
            return Err(Error::refused("refused-too-many-lists").for_the_next(left));
        }
    }
    tx.commit().await
}

/// What was proposed, newest first, so many on a page (from 1); whether there is another page. For staff who see groups.
///
/// # Errors
/// `Refused` with `refused-not-your-role`.
pub async fn proposals(app: &App, actor: &Actor, page: i64) -> Result<(Vec<Proposal>, bool)> {
    smart::systems(app, actor).await?;
    let mut tx = app.db.read().await?;
    let (all, more) = page_of(store::page(&mut tx, span(page, PAGE)).await?, PAGE);
    let now = app.clock.now();
    Ok((all.into_iter().map(|kept| seen(kept.proposal, now)).collect(), more))
}

/// How many proposals wait for the actor to agree; none where they do not handle groups.
///
/// # Errors
/// Faults of the database only.
pub async fn waiting(app: &App, actor: &Actor) -> Result<Option<i64>> {
    let roles = staff::roles(app, actor).await?;
    if !staff::best(&roles, Action::HandleGroup).any() {
        return Ok(None);
    }
    let mut tx = app.db.read().await?;
    let mut waiting = 0;
    for (asked_by, then, count) in store::open(&mut tx, rules::over(app.clock.now())).await? {
        let office = still(app, &mut tx, (asked_by, then)).await?;
        if rules::refusal((asked_by, office), (actor.account, &roles)).is_none() {
            waiting += count;
        }
    }
    Ok(Some(waiting))
}

/// As it is at this moment, also before it is written down that it is over.
fn seen(proposal: Proposal, now: Instant) -> Proposal {
    let is_over = proposal.decided.is_none() && proposal.at <= rules::over(now);
    let lapsed = is_over.then(|| (Decision::Lapsed, String::new(), now));
    Proposal { decided: proposal.decided.or(lapsed), ..proposal }
}

/// The people of a larger change are counted and not named.
const NAMED: usize = 200;

/// One proposal as the actor sees it.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`.
pub async fn proposal(app: &App, actor: &Actor, id: ProposalId) -> Result<ProposalSeen> {
    smart::systems(app, actor).await?;
    let roles = staff::roles(app, actor).await?;
    let mut tx = app.db.read().await?;
    let kept = store::one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let office = office(app, &mut tx, &kept).await?;
    let refusal = rules::refusal((kept.asked_by, office), (actor.account, &roles));
    let proposal = seen(kept.proposal, app.clock.now());
    let group = proposal.change.group().id.as_str();
    let members = groups_store::one(&mut tx, group).await?.map_or(0, |group| group.members);
    let stay = store::among(&mut tx, group, &kept.people).await?;
    let moving = proposal.decided.is_none() && !matches!(proposal.change, Change::System(..));
    let moves = moving.then_some((proposal.many - stay, members - stay));
    // Who agrees knows to whom; but for those who may look for nobody, and are told how many they are, as for a group that
    // nobody reads through. Whom they read of, they found.
    let named = refusal.is_none()
        && proposal.decided.is_none()
        && rules::searches(&roles)
        && kept.people.len() <= NAMED;
    let people = if named { store::named(&mut tx, &kept.people).await? } else { Vec::new() };
    drop(tx);
    if named {
        staff::note_found(app, actor, &kept.people).await?;
    }
    Ok(ProposalSeen { proposal, members, moves, people, refusal })
}

/// The office that counts for who proposed it.
async fn office(app: &App, tx: &mut Tx, kept: &store::Kept) -> Result<rules::Office> {
    still(app, tx, (kept.asked_by, kept.office)).await
}

async fn still(
    app: &App,
    tx: &mut Tx,
    (asked_by, then): (AccountId, rules::Office),
) -> Result<rules::Office> {
    let given = staff::given(app, tx, asked_by).await?;
    Ok(rules::still(then, &given))
}

/// Agrees to it, as the second person: from now on it counts.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`, `refused-own-request` or `refused-group-officer`; `Conflict` with
/// `conflict-grant-decided`, `conflict-group-known`, `conflict-system-group` or `conflict-over`.
pub async fn agree(app: &App, actor: &Actor, id: ProposalId) -> Result<()> {
    let roles = handles(app, actor).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let kept = store::one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let office = office(app, &mut tx, &kept).await?;
    if let Some(code) = rules::refusal((kept.asked_by, office), (actor.account, &roles)) {
        return Err(Error::refused(code));
    }
    decided(&mut tx, app, (id, actor, Decision::Agreed)).await?;
    let (group, asked) = (kept.proposal.change.group(), kept.proposal.by.as_str());
    if let Change::New(group) = &kept.proposal.change {
        if !groups_store::add(&mut tx, group, now).await? {
            return Err(Error::Conflict("conflict-group-known"));
        }
        groups_store::note(&mut tx, &group.id, ("made", now), (asked, (0, 0))).await?;
    } else if !groups_store::hold(&mut tx, &group.id, now).await? {
        return Err(Error::Conflict("conflict-over"));
    }
    if let Change::System(_, system, _) = &kept.proposal.change {
        smart::give(&mut tx, (system, &group.id), now).await?;
        let given = format!("given:{system}");
        groups_store::note(&mut tx, &group.id, (&given, now), (asked, (0, 0))).await?;
    } else {
        let removed = groups_store::keep_only(&mut tx, &group.id, &kept.people).await?;
        let added = groups_store::put(&mut tx, &group.id, (&kept.people, now)).await?;
        groups_store::note(&mut tx, &group.id, ("set", now), (asked, (added, removed))).await?;
    }
    groups_store::note(&mut tx, &group.id, ("agreed", now), (&actor.name, (0, 0))).await?;
    tx.commit().await
}

/// Declines it; or takes it back, if the actor proposed it.
///
/// # Errors
/// `NotFound`; `Refused` with `refused-not-your-role`; `Conflict` with `conflict-grant-decided`, also where it is over.
pub async fn decline(app: &App, actor: &Actor, id: ProposalId) -> Result<()> {
    handles(app, actor).await?;
    let mut tx = app.db.write().await?;
    let kept = store::one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let decision = match kept.asked_by == actor.account {
        true => Decision::TakenBack,
        false => Decision::Declined,
    };
    decided(&mut tx, app, (id, actor, decision)).await?;
    tx.commit().await
}

async fn decided(
    tx: &mut Tx,
    app: &App,
    (id, actor, decision): (ProposalId, &Actor, Decision),
) -> Result<()> {
    let now = app.clock.now();
    store::lapse(tx, (now, rules::over(now))).await?;
    let first = store::decide(tx, (id, decision), (actor, now)).await?;
    if first { Ok(()) } else { Err(Error::Conflict("conflict-grant-decided")) }
}

/// Ends proposals that nobody decided in time, and forgets who was meant. Tells how many.
///
/// # Errors
/// Faults of the database only.
pub async fn end_overdue(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let ended = store::lapse(&mut tx, (now, rules::over(now))).await?;
    tx.commit().await?;
    Ok(ended)
}
