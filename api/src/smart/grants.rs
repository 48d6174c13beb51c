//! What people allowed apps, and what they do about it later.

use super::grant_store as store;
use super::model::{Access, Grant, GrantEnd, GrantEvent, Record, Standing};
use super::scopes::Scopes;
use super::{rules, token_store};
use crate::app::App;
use crate::base::{AccountId, AppGrantId, AuthorityId, Error, Instant, PatientNo, Result};
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::notify;
use crate::representation::{self, Authority, Kind, Lens};

/// By whom something is done: an account and its name, or nobody.
pub(super) type By<'a> = (Option<AccountId>, &'a str);

/// What somebody may share of a record now, and under which authority: their own, or of whom they stand in the place.
///
/// # Errors
/// `NotFound` for a record that they do not see; `Refused` with `refused-no-apps` for one that they see as a helper.
pub(super) async fn ground(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<(Option<(AuthorityId, Kind)>, Lens)> {
    let Some(authority) = held(app, tx, (account, patient)).await? else {
        return Ok((None, representation::own_lens(app)));
    };
    // What the law closes today, what a clinician opened and who consented is asked again with each read
    // (`visibility::check_app`): an app sees no more than its giver at that moment, and no less of what was opened to them.
    let lens = authority.lens_if_opened_with_consent();
    Ok((Some((authority.id, authority.kind)), lens))
}

/// Under which authority somebody may share a record now; none where it is their own. Errors are those of [`ground`].
async fn held(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<Authority>> {
    if patient != PatientNo::DIRECTORY && identity::owns(tx, account, patient).await? {
        return Ok(None);
    }
    let authority = representation::in_force(app, tx, (account, patient)).await?.ok_or(Error::NotFound)?;
    if !rules::may_connect(authority.kind) || !authority.scope.copies {
        return Err(Error::refused("refused-no-apps"));
    }
    Ok(Some(authority))
}

/// The records that somebody could let an app read: their own first.
pub(super) async fn records(app: &App, actor: &Actor) -> Result<Vec<Record>> {
    let held = representation::held_by(app, actor).await?;
    let mut tx = app.db.read().await?;
    let mut patients: Vec<PatientNo> = Vec::new();
    for patient in identity::links(&mut tx, actor.account).await?.into_iter().map(|link| link.patient) {
        patients.push(patient);
    }
    patients.extend(held.iter().map(|held| held.authority.patient));
    let mut records: Vec<Record> = Vec::new();
    for patient in patients {
        if records.iter().any(|record| record.patient == patient) {
            continue;
        }
        if let Some(record) = record(app, &mut tx, (actor.account, patient)).await? {
            records.push(record);
        }
    }
    Ok(records)
}

/// One of them, if they may share it.
pub(super) async fn record(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
) -> Result<Option<Record>> {
    let (under, lens) = match ground(app, tx, (account, patient)).await {
        Ok(ground) => ground,
        Err(Error::NotFound | Error::Refused(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let person = store::person(tx, patient).await?;
    Ok(person.map(|(name, birth_date, _)| Record { patient, name, birth_date, under, lens }))
}

/// About a record: to the person all, to others their own.
pub(super) async fn about(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Grant>> {
    let mut tx = app.db.read().await?;
    let own = identity::owns(&mut tx, actor.account, patient).await?;
    if !own {
        representation::in_force(app, &mut tx, (actor.account, patient)).await?.ok_or(Error::NotFound)?;
    }
    let giver = (!own).then_some(actor.account);
    let mut grants = store::about(&mut tx, (patient, giver), app.clock.now()).await?;
    for grant in &mut grants {
        settle(app, &mut tx, grant).await?;
    }
    Ok(grants)
}

/// One of them, for its giver and for the person.
pub(super) async fn one(app: &App, tx: &mut Tx, (actor, id): (&Actor, AppGrantId)) -> Result<Grant> {
    let mut grant = store::find(tx, id, app.clock.now()).await?.ok_or(Error::NotFound)?;
    let own = identity::owns(tx, actor.account, grant.patient).await?;
    if !own && grant.account != actor.account {
        return Err(Error::NotFound);
    }
    settle(app, tx, &mut grant).await?;
    Ok(grant)
}

/// A grant whose giver lost the right is over, although nobody ended it. Of one that is not, what the law closes to its
/// giver now is told as closed: what was opened item by item stands in no grant, and whether somebody consented under
/// 42 CFR 2.31, or asked for a limit, is not told to who connected it.
async fn settle(app: &App, tx: &mut Tx, grant: &mut Grant) -> Result<()> {
    if matches!(grant.standing, Standing::Ended { .. }) {
        return Ok(());
    }
    match held(app, tx, (grant.account, grant.patient)).await {
        Ok(authority) => {
            let now = authority.map_or_else(|| representation::own_lens(app), |authority| authority.lens());
            grant.sees = grant.lens.and(now);
            Ok(())
        }
        Err(Error::NotFound | Error::Refused(_)) => {
            grant.standing = Standing::Ended { at: app.clock.now(), why: GrantEnd::NoRight };
            Ok(())
        }
        Err(error) => Err(error),
    }
}

pub(super) async fn with_events(
    app: &App,
    actor: &Actor,
    id: AppGrantId,
) -> Result<(Grant, Vec<GrantEvent>)> {
    let mut tx = app.db.read().await?;
    let grant = one(app, &mut tx, (actor, id)).await?;
    Ok((grant, store::events(&mut tx, id).await?))
}

pub(super) async fn pause(app: &App, actor: &Actor, (id, at): (AppGrantId, Option<Instant>)) -> Result<()> {
    let mut tx = app.db.write().await?;
    let grant = one(app, &mut tx, (actor, id)).await?;
    if matches!(grant.standing, Standing::Ended { .. }) {
        return Err(Error::Conflict("conflict-over"));
    }
    let paused = matches!(grant.standing, Standing::Paused { .. });
    if paused == at.is_some() {
        return Ok(());
    }
    store::pause(&mut tx, id, at).await?;
    let what = if at.is_some() { "paused" } else { "resumed" };
    noted(
        app,
        &mut tx,
        (id, what),
        (&grant.scopes, grant.lens, grant.until),
        (Some(actor.account), &actor.name),
    )
    .await?;
    tx.commit().await
}

pub(super) async fn stop(app: &App, actor: &Actor, id: AppGrantId) -> Result<()> {
    let mut tx = app.db.write().await?;
    one(app, &mut tx, (actor, id)).await?;
    end(app, &mut tx, (id, GrantEnd::Stopped), (Some(actor.account), &actor.name)).await?;
    tx.commit().await
}

/// Ends a grant with all its tokens, if it is not over.
pub(super) async fn end(app: &App, tx: &mut Tx, (id, why): (AppGrantId, GrantEnd), by: By<'_>) -> Result<()> {
    let now = app.clock.now();
    if store::stop(tx, id, (now, why)).await? {
        let terms = serde_json::json!({"why": why.slug()}).to_string();
        store::note(tx, id, (now, "ended", &terms), by).await?;
    }
    token_store::revoke_all(tx, id, now).await
}

/// Ends what an account let apps read of a record as its own.
pub(super) async fn end_own_of(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
    by: By<'_>,
) -> Result<()> {
    for id in store::own_of(tx, account, patient).await? {
        end(app, tx, (id, GrantEnd::NoRight), by).await?;
    }
    Ok(())
}

pub(super) async fn change(
    app: &App,
    actor: &Actor,
    (id, seen): (AppGrantId, i64),
    (scopes, lens, until): (Scopes, Lens, Instant),
) -> Result<()> {
    let mut tx = app.db.write().await?;
    let grant = one(app, &mut tx, (actor, id)).await?;
    if matches!(grant.standing, Standing::Ended { .. }) {
        return Err(Error::Conflict("conflict-over"));
    }
    let own = (&grant.scopes, grant.lens, grant.until);
    let problems = rules::change_problems((&scopes, lens, until), own, app.clock.now());
    if !problems.0.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if !store::narrow(&mut tx, (id, seen), (&scopes, lens, until)).await? {
        return Err(Error::Conflict("conflict-changed"));
    }
    noted(app, &mut tx, (id, "changed"), (&scopes, lens, until), (Some(actor.account), &actor.name)).await?;
    tx.commit().await
}

/// Writes down what became of a grant, with what it allows from then on.
pub(super) async fn noted(
    app: &App,
    tx: &mut Tx,
    (id, what): (AppGrantId, &str),
    (scopes, lens, until): (&Scopes, Lens, Instant),
    by: By<'_>,
) -> Result<()> {
    let terms = serde_json::json!({"scopes": scopes.kept(), "lens": lens, "until": until});
    store::note(tx, id, (app.clock.now(), what, &terms.to_string()), by).await
}

/// Tells whoever gave a grant, and the person where that is somebody else.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    (account, patient): (AccountId, PatientNo),
    kind: notify::Kind,
) -> Result<()> {
    let mut told = identity::accounts_of(tx, patient).await?;
    if !told.contains(&account) {
        told.push(account);
    }
    for account in told {
        notify::tell(tx, account, (kind, app.clock.now())).await?;
    }
    Ok(())
}

/// Notes that an app has read, at most once a minute; the first time the person is told.
pub(super) async fn note_read(app: &App, access: &Access) -> Result<()> {
    let now = app.clock.now();
    let before = now.minus(std::time::Duration::from_secs(60));
    if access.last_read.is_some_and(|last| last >= before) {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    if store::note_read(&mut tx, access.grant, (now, before)).await? == Some(store::First::Yes) {
        store::note(&mut tx, access.grant, (now, "first-read", "{}"), (None, "")).await?;
        tell(app, &mut tx, (access.actor.account, access.patient), notify::Kind::AppReads).await?;
    }
    tx.commit().await
}

/// Writes down the end of grants whose day has come, in small transactions.
pub(super) async fn tidy(app: &App) -> Result<()> {
    loop {
        let mut tx = app.db.write().await?;
        let over = store::run_out(&mut tx, app.clock.now()).await?;
        for (id, until) in &over {
            if store::stop(&mut tx, *id, (*until, GrantEnd::Expired)).await? {
                store::note(&mut tx, *id, (*until, "ended", r#"{"why":"expired"}"#), (None, "")).await?;
            }
        }
        tx.commit().await?;
        if over.len() < 200 {
            return Ok(());
        }
    }
}
