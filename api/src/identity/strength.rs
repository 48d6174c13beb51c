//! How sure we are who somebody is, and signing in again before what matters (45 CFR 164.514(h)(1), 164.312(d); NIST
//! SP 800-63). The levels of a sign-in are worked out once, when it ends, and kept with the session, so that a change
//! of the settings does not change what was true then.

use std::time::Duration;

use super::rules;
use super::strength_store::{self as store, KeptRow};
use super::{Actor, Assurance, KeptForm, Need, Proof, Proofing, providers, sessions};
use crate::app::App;
use crate::base::{self, AccountId, Instant, Result};
use crate::config::{Act, Level};
use crate::db::Tx;

/// For how long a form is kept while its sender signs in again.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// More forms than this are kept for nobody; the oldest go.
const FORMS: i64 = 10;

/// Whether the actor signed in with two factors. A provider that is gone from the settings proves nothing any more.
pub(super) fn second_factor(app: &App, actor: &Actor) -> bool {
    actor.level.aal >= 2 && providers::find(app, &actor.provider).is_some()
}

/// Whether the provider authenticated the actor just now, as far as this act needs it. The provider's own `auth_time`
/// counts, never the moment at which it answered: it may have answered from a session of hours ago.
fn fresh(app: &App, actor: &Actor, act: Act) -> bool {
    let skew = providers::find(app, &actor.provider).map_or(0, |provider| provider.clock_skew_seconds);
    let spans = (app.config.sessions.fresh(act), Duration::from_secs(skew));
    rules::is_fresh(actor.auth_time, app.clock.now(), spans)
}

/// What the actor must do before this, if anything.
pub(super) fn need(app: &App, actor: &Actor, act: Act) -> Option<Need> {
    let sessions = &app.config.sessions;
    if sessions.two_factors_for.contains(&act) && !second_factor(app, actor) {
        return Some(Need::TwoFactors);
    }
    (sessions.fresh_for.contains(&act) && !fresh(app, actor, act)).then_some(Need::Fresh)
}

/// All that is known of who the actor is.
pub(super) async fn assurance(app: &App, actor: &Actor) -> Result<Assurance> {
    let mut tx = app.db.read().await?;
    let amr = store::amr(&mut tx, actor.account, actor.session).await?;
    let proofings = store::proofings(&mut tx, actor.account).await?;
    Ok(Assurance {
        level: actor.level,
        second_factor: second_factor(app, actor),
        amr: amr.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        proofings,
    })
}

/// Keeps what a provider said about how it knows the person; the same is kept once.
pub(super) async fn said_by_provider(
    tx: &mut Tx,
    (account, at): (AccountId, Instant),
    (provider, acr): (&str, Option<&str>),
    level: Level,
) -> Result<()> {
    let proofing = Proofing {
        how: Proof::Provider,
        at,
        ial: level.ial,
        by: provider.to_owned(),
        evidence: acr.unwrap_or_default().to_owned(),
    };
    if !store::is_proved(tx, account, &proofing).await? {
        store::prove(tx, account, &proofing).await?;
    }
    Ok(())
}

/// Keeps a form whose sender must sign in again; what names it in an address, once.
pub(super) async fn keep(app: &App, actor: &Actor, form: KeptForm) -> Result<String> {
    keep_for(app, actor.account, form).await
}

/// The same for who sent it in a session that had run out. One that was ended on purpose keeps nothing.
pub(super) async fn keep_late(app: &App, secret: &str, form: KeptForm) -> Result<Option<String>> {
    match whose(app, secret).await? {
        Some(account) => keep_for(app, account, form).await.map(Some),
        None => Ok(None),
    }
}

/// Whether the session of a secret ran out by itself.
pub(super) async fn ran_out(app: &App, secret: &str) -> Result<bool> {
    Ok(whose(app, secret).await?.is_some())
}

/// Whose session it was that ran out by itself.
async fn whose(app: &App, secret: &str) -> Result<Option<AccountId>> {
    let mut tx = app.db.lone().await?;
    store::ran_out(&mut tx, sessions::hash(app, secret), app.clock.now()).await
}

async fn keep_for(app: &App, account: AccountId, form: KeptForm) -> Result<String> {
    let (now, token) = (app.clock.now(), base::token());
    let row = KeptRow {
        act: form.act.slug().into(),
        path: rules::return_to(&form.path),
        fields: app.keys.seal(&sealed_for(account), &form.fields)?,
    };
    let mut tx = app.db.write().await?;
    store::keep_form(&mut tx, (hash(app, &token), account), row, (now, now.plus(KEPT))).await?;
    store::drop_oldest_forms(&mut tx, account, FORMS).await?;
    tx.commit().await?;
    Ok(token)
}

/// The form of this name, if the account kept it and its time has not run out.
pub(super) async fn kept(app: &App, actor: &Actor, token: &str) -> Result<Option<KeptForm>> {
    let mut tx = app.db.read().await?;
    let row = store::kept_form(&mut tx, (hash(app, token), actor.account), app.clock.now()).await?;
    let Some(row) = row else { return Ok(None) };
    let Some(act) = Act::from_slug(&row.act) else { return Ok(None) };
    let fields = app.keys.unseal(&sealed_for(actor.account), &row.fields)?;
    Ok(Some(KeptForm { act, path: row.path, fields }))
}

/// Forgets a form, because what it asked for is done.
pub(super) async fn forget(app: &App, actor: &Actor, token: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::forget_form(&mut tx, (hash(app, token), actor.account)).await?;
    tx.commit().await
}

fn hash(app: &App, token: &str) -> [u8; 32] {
    app.keys.mac(b"kept-form", token.as_bytes())
}

/// Sealed for the account, so that a row that is moved to another one cannot be opened.
fn sealed_for(account: AccountId) -> Vec<u8> {
    format!("kept-form/{account}").into_bytes()
}
