//! Roles: asked for by one, approved by a second person, ended by any of those at once.

use super::rules::{self, Action};
use super::store;
use super::{Ask, By, Grant, LINES, Role, Standing, standing};
use crate::app::App;
use crate::base::{self, AccountId, Error, GrantId, Problems, Result, SessionId, page_of, span};
use crate::db::Tx;
use crate::identity::Actor;

/// The roles that an account has in a session: none once that is over.
pub(super) async fn roles(
    app: &App,
    tx: &mut Tx,
    (account, session): (AccountId, SessionId),
) -> Result<Vec<Role>> {
    let Some(claimed) = store::claimed(tx, session).await? else { return Ok(Vec::new()) };
    let now = app.clock.now();
    let given = store::grants_of(tx, account).await?;
    let given = rules::given(&given, now);
    let mut roles: Vec<Role> = claimed.split(' ').filter_map(Role::from_slug).chain(given).collect();
    roles.sort_unstable();
    roles.dedup();
    Ok(roles)
}

pub(super) async fn ask(app: &App, actor: &Actor, ask: Ask) -> Result<GrantId> {
    let by = me(app, actor);
    let mut tx = app.db.write().await?;
    let roles = roles(app, &mut tx, (actor.account, actor.session)).await?;
    rules::may_ask(&roles, actor.account, &ask).map_err(Error::refused)?;
    let id = keep(&mut tx, (ask, &by)).await?;
    tx.commit().await?;
    tracing::info!(grant.id = %id, "a staff role was asked for");
    Ok(id)
}

/// Keeps what was asked for, unless it is there already: a second one would outlive the end of the first.
async fn keep(tx: &mut Tx, (mut ask, by): (Ask, &By)) -> Result<GrantId> {
    ask.reason = ask.reason.trim().to_owned();
    let problems = rules::ask_problems(&ask, by.at);
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !store::hold_account(tx, ask.account).await? {
        return Err(Error::NotFound);
    }
    let live = |grant: &Grant| {
        let standing = standing(grant, by.at);
        grant.power == ask.power
            && matches!(standing, Standing::Asked | Standing::Waiting | Standing::InForce)
    };
    if store::grants_of(tx, ask.account).await?.iter().any(live) {
        return Err(Error::Conflict("conflict-has-role"));
    }
    let id = GrantId(base::uuid(by.at));
    store::add_grant(tx, id, (&ask, by)).await?;
    Ok(id)
}

pub(super) async fn approve(app: &App, actor: &Actor, id: GrantId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let roles = roles(app, &mut tx, (actor.account, actor.session)).await?;
    let grant = store::find_grant(&mut tx, id).await?.ok_or(Error::NotFound)?;
    rules::may_approve(&roles, actor.account, &grant).map_err(Error::refused)?;
    changed(store::approve(&mut tx, id, &me(app, actor)).await?)?;
    tx.commit().await?;
    tracing::info!(grant.id = %id, "a staff role was approved");
    Ok(())
}

pub(super) async fn end(app: &App, actor: &Actor, (id, why): (GrantId, &str)) -> Result<()> {
    let mut tx = app.db.write().await?;
    let roles = roles(app, &mut tx, (actor.account, actor.session)).await?;
    let grant = store::find_grant(&mut tx, id).await?.ok_or(Error::NotFound)?;
    rules::may_end(&roles, actor.account, &grant).map_err(Error::refused)?;
    if let Some(problem) = rules::reason_problem("reason", why.trim()) {
        return Err(Error::Invalid(Problems(vec![problem])));
    }
    end_now(&mut tx, &grant, (me(app, actor), why)).await?;
    tx.commit().await?;
    tracing::info!(grant.id = %id, "a staff role was ended");
    Ok(())
}

async fn end_now(tx: &mut Tx, grant: &Grant, (by, why): (By, &str)) -> Result<()> {
    changed(store::end_grant(tx, grant.id, (&by, why.trim())).await?)?;
    store::end_views_of(tx, grant.account, by.at).await?;
    Ok(())
}

fn changed(rows: u64) -> Result<()> {
    if rows == 0 { Err(Error::Conflict("conflict-grant-decided")) } else { Ok(()) }
}

/// Whoever may see who has which role sees any; a holder sees their own.
pub(super) async fn one(app: &App, actor: &Actor, id: GrantId) -> Result<Grant> {
    let mut tx = app.db.read().await?;
    let roles = roles(app, &mut tx, (actor.account, actor.session)).await?;
    let grant = store::find_grant(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let sees = rules::best(&roles, Action::ManageRoles).any() || grant.account == actor.account;
    sees.then_some(grant).ok_or(Error::NotFound)
}

pub(super) async fn past(app: &App, page: i64) -> Result<(Vec<Grant>, bool)> {
    let mut tx = app.db.read().await?;
    Ok(page_of(store::past_grants(&mut tx, app.clock.now(), span(page, LINES)).await?, LINES))
}

pub(super) async fn by_operator(app: &App, ask: Ask, by: &str) -> Result<GrantId> {
    let by = By { account: None, name: by.to_owned(), at: app.clock.now() };
    let mut tx = app.db.write().await?;
    let id = keep(&mut tx, (ask, &by)).await?;
    changed(store::approve(&mut tx, id, &by).await?)?;
    tx.commit().await?;
    tracing::info!(grant.id = %id, "a staff role was given at the command line");
    Ok(id)
}

pub(super) async fn end_by_operator(app: &App, id: GrantId, (by, why): (&str, &str)) -> Result<()> {
    let by = By { account: None, name: by.to_owned(), at: app.clock.now() };
    let mut tx = app.db.write().await?;
    let grant = store::find_grant(&mut tx, id).await?.ok_or(Error::NotFound)?;
    end_now(&mut tx, &grant, (by, why)).await?;
    tx.commit().await?;
    tracing::info!(grant.id = %id, "a staff role was ended at the command line");
    Ok(())
}

/// The actor as the one who does it now.
pub(super) fn me(app: &App, actor: &Actor) -> By {
    By { account: Some(actor.account), name: actor.name.clone(), at: app.clock.now() }
}
