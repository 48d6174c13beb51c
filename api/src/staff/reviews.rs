//! Who has access, and what was done with it: lists to look at and sign (45 CFR 164.308(a)(1)(ii)(D), (a)(4)(ii)(C)).

use std::collections::BTreeMap;

use serde_json::json;

use super::rules::{self, APPROVE, Action, DECIDE, METADATA, UNUSED};
use super::{
    AccountId, App, Holder, LINES, Looked, Origin, Power, Review, Role, Standing, Waiting, finding, grants,
    standing, store, views,
};
use crate::base::{Error, Instant, PatientNo, Result, ReviewId, ViewId, page_of, span};
use crate::db::Tx;
use crate::identity::Actor;

pub(super) async fn holders(app: &App, tx: &mut Tx) -> Result<Vec<Holder>> {
    let now = app.clock.now();
    let mut all: BTreeMap<AccountId, Holder> = BTreeMap::new();
    for (id, name, email, seen, provider, roles) in store::claimants(tx).await? {
        let holder = all.entry(AccountId(id)).or_insert_with(|| person((id, name, email, seen), now));
        let roles = roles.split(' ').filter_map(Role::from_slug);
        holder.powers.extend(roles.map(|role| (Power::Role(role), Origin::Provider(provider.clone()))));
    }
    for grant in store::live_grants(tx, now).await? {
        if standing(&grant, now) != Standing::InForce {
            continue;
        }
        if !all.contains_key(&grant.account)
            && let Some(row) = store::account(tx, grant.account).await?
        {
            all.insert(grant.account, person(row, now));
        }
        if let Some(holder) = all.get_mut(&grant.account) {
            holder.powers.push((grant.power, Origin::Grant(grant.id)));
        }
    }
    let mut holders: Vec<Holder> = all.into_values().collect();
    holders.sort_by(|a, b| (&a.name, a.account).cmp(&(&b.name, b.account)));
    Ok(holders)
}

fn person((id, name, email, seen): store::Person, now: Instant) -> Holder {
    let seen = Instant(seen);
    let unused = now.since(seen) > UNUSED;
    Holder { account: AccountId(id), name, email, powers: Vec::new(), seen, unused }
}

/// The accounts of privacy officers.
pub(super) async fn privacy_officers(app: &App, tx: &mut Tx) -> Result<Vec<AccountId>> {
    let officer =
        |holder: &Holder| holder.powers.iter().any(|(power, _)| *power == Power::Role(Role::PrivacyOfficer));
    Ok(holders(app, tx).await?.iter().filter(|holder| officer(holder)).map(|holder| holder.account).collect())
}

pub(super) async fn waiting(app: &App, actor: &Actor, roles: &[Role]) -> Result<Waiting> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let manage = rules::best(roles, Action::ManageRoles);
    let mut waiting = Waiting::default();
    if rules::best(roles, Action::VerifyIdentity).any() {
        waiting.cases = Some(store::open_cases(&mut tx).await?);
        waiting.claims = Some(store::open_claims(&mut tx).await?);
    }
    if roles.iter().any(|role| rules::may(*role, Action::HandleRestriction).only(DECIDE)) {
        waiting.limits = Some(store::open_limits(&mut tx).await?);
    }
    // Who looks again whether an authority holds: the offices of `representation::Act::Review`.
    if roles.iter().any(|role| matches!(role, Role::RecordsClerk | Role::PrivacyOfficer)) {
        waiting.authorities = Some(store::to_review(&mut tx, now).await?);
    }
    // Who answers a flag and certifies incapacity: the offices of `representation::Act::AnswerFlag` and `Certify`.
    if roles.iter().any(|role| matches!(role, Role::Clinician | Role::PrivacyOfficer)) {
        waiting.flagged = Some(store::flagged(&mut tx).await?);
        waiting.to_certify = Some(store::to_certify(&mut tx).await?);
    }
    if rules::best(roles, Action::TagItem).whole() {
        waiting.unshown = Some(store::open_unshown(&mut tx).await?);
    }
    if let Some(labels) = rules::answers(roles) {
        waiting.label_asks = Some(store::open_label_asks(&mut tx, labels).await?);
    }
    if manage.whole() || manage.only(APPROVE) {
        let live = store::live_grants(&mut tx, now).await?;
        let mine = live.iter().filter(|grant| {
            standing(grant, now) == Standing::Asked && rules::may_approve(roles, actor.account, grant).is_ok()
        });
        waiting.grants = Some(i64::try_from(mine.count()).unwrap_or(i64::MAX));
    }
    if roles.contains(&Role::PrivacyOfficer) {
        waiting.questions = Some(store::open_questions(&mut tx).await?);
        waiting.emergencies = Some(store::unreviewed(&mut tx).await?);
        let last = store::reviews(&mut tx, (0, 1)).await?;
        waiting.reviewed = Some(last.first().map(|review| review.by.at));
    }
    for looked in store::open_views(&mut tx, &app.keys, (actor.account, now)).await? {
        if views::holds(app, &mut tx, &looked.view).await? {
            waiting.views.push((looked.view, looked.person.unwrap_or_default()));
        }
    }
    Ok(waiting)
}

pub(super) async fn emergencies(app: &App, (roles, page): (&[Role], i64)) -> Result<(Vec<Looked>, bool)> {
    let mut tx = app.db.read().await?;
    let (all, more) = page_of(store::emergencies(&mut tx, &app.keys, span(page, LINES)).await?, LINES);
    let all: Result<Vec<Looked>> = all.into_iter().map(|looked| masked(roles, looked)).collect();
    Ok((all?, more))
}

pub(super) async fn emergency(app: &App, (roles, id): (&[Role], ViewId)) -> Result<Looked> {
    let mut tx = app.db.read().await?;
    let found = store::find_view(&mut tx, &app.keys, id).await?.filter(|looked| looked.view.emergency);
    masked(roles, found.ok_or(Error::NotFound)?)
}

/// Whose record it was is health information: auditors read numbers only, administrators not even those.
fn masked(roles: &[Role], mut looked: Looked) -> Result<Looked> {
    let right = rules::best(roles, Action::ReadAuditLog);
    if !right.any() {
        return Err(Error::refused("refused-not-your-role"));
    }
    if !roles.contains(&Role::PrivacyOfficer) {
        looked.person = None;
        looked.view.reason = String::new();
        looked.view.medical = None;
        looked.view.told = None;
        looked.reviewed = looked.reviewed.take().map(|(by, _)| (by, String::new()));
    }
    if right.only(METADATA) {
        looked.view.patient = PatientNo::DIRECTORY;
    }
    Ok(looked)
}

pub(super) async fn review_emergency(app: &App, actor: &Actor, (id, note): (ViewId, &str)) -> Result<()> {
    let mut tx = app.db.write().await?;
    officer(app, &mut tx, actor).await?;
    let looked = store::find_view(&mut tx, &app.keys, id).await?.filter(|looked| looked.view.emergency);
    let looked = looked.ok_or(Error::NotFound)?;
    if looked.view.account == actor.account {
        return Err(Error::refused("refused-own-request"));
    }
    views::not_theirs(&mut tx, (actor, looked.view.patient)).await?;
    // What is signed off is whole: nothing comes to it afterwards.
    if views::holds(app, &mut tx, &looked.view).await? {
        return Err(Error::Conflict("conflict-still-open"));
    }
    let note = finding::reason("remark", note)?;
    store::end_view(&mut tx, (looked.view.account, id), app.clock.now()).await?;
    if store::review_view(&mut tx, id, (&grants::me(app, actor), &note)).await? == 0 {
        return Err(Error::Conflict("conflict-reviewed"));
    }
    tx.commit().await
}

pub(super) async fn sign_off(app: &App, actor: &Actor, (id, note): (ReviewId, &str)) -> Result<()> {
    let mut tx = app.db.write().await?;
    officer(app, &mut tx, actor).await?;
    let note = finding::reason("remark", note)?;
    let holders = holders(app, &mut tx).await?;
    let line = |holder: &Holder| {
        let powers: Vec<_> = holder.powers.iter().map(|(power, _)| power.slug()).collect();
        json!({"account": holder.account, "powers": powers, "seen": holder.seen.rfc3339()})
    };
    let seen = json!(holders.iter().map(line).collect::<Vec<_>>()).to_string();
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let by = grants::me(app, actor);
    let review = Review {
        id: ReviewId(app.keys.once(b"review.once", &(actor.account, id, &note))?),
        by,
        note,
        holders: count(holders.len()),
        unused: count(holders.iter().filter(|holder| holder.unused).count()),
    };
    store::add_review(&mut tx, &review, &seen).await?;
    tx.commit().await
}

/// Only a privacy officer signs: those who give out roles do not review themselves.
async fn officer(app: &App, tx: &mut Tx, actor: &Actor) -> Result<()> {
    let roles = grants::roles(app, tx, (actor.account, actor.session)).await?;
    let may = roles.contains(&Role::PrivacyOfficer);
    may.then_some(()).ok_or_else(|| Error::refused("refused-not-your-role"))
}

pub(super) async fn sign_offs(app: &App, page: i64) -> Result<(Vec<Review>, bool)> {
    let mut tx = app.db.read().await?;
    Ok(page_of(store::reviews(&mut tx, span(page, LINES)).await?, LINES))
}
