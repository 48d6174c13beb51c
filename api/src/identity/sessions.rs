//! Sessions: an opaque secret in a cookie, of which only a keyed hash is kept; an idle and an absolute end
//! (45 CFR 164.312(a)(2)(iii), automatic logoff).

use std::time::Duration;

use super::claims::Kept;
use super::store::{self, Ended, InForce, NewEvent};
use super::{Actor, Contact, Device, Devices, Link, Session};
use crate::app::App;
use crate::base::{self, AccountId, Error, Instant, PatientNo, Result, SessionId};
use crate::config::Level;
use crate::db::Tx;
use crate::words::Language;

/// What the columns are sealed for.
pub(super) const ID_TOKEN: &[u8] = b"session-id-token";
pub(super) const CLAIMS: &[u8] = b"session-claims";

/// Why a session ended, as message ids for the history.
pub(super) const REPLACED: &str = "sign-in-ended-replaced";
pub(super) const SIGNED_OUT: &str = "sign-in-ended-signed-out";
pub(super) const BY_DEVICE: &str = "sign-in-ended-device";
const UNUSED: &str = "sign-in-ended-idle";
const LASTED: &str = "sign-in-ended-absolute";
pub(super) const BY_PROVIDER: &str = "sign-in-ended-provider";

/// How many sessions of an account are looked through for the one of a form.
const MARKS: i64 = 50;

/// The hash under which a secret is kept.
pub(super) fn hash(app: &App, secret: &str) -> [u8; 32] {
    app.keys.mac(b"session", secret.as_bytes())
}

/// What the forms of a session's pages are known by.
pub(super) fn mark(app: &App, secret: &str) -> [u8; 32] {
    mark_of(app, &hash(app, secret))
}

fn mark_of(app: &App, hash: &[u8]) -> [u8; 32] {
    app.keys.mac(b"session-forms", hash)
}

/// The marks of the newest sessions of an account.
pub(super) async fn marks(app: &App, account: AccountId) -> Result<Vec<[u8; 32]>> {
    let mut tx = app.db.lone().await?;
    let hashes = store::newest_sessions(&mut tx, account, MARKS).await?;
    Ok(hashes.iter().map(|hash| mark_of(app, hash)).collect())
}

/// The session of a secret; its idle end is moved on at most once a minute, so that most pages only read.
pub(super) async fn session(app: &App, secret: &str) -> Result<Option<Session>> {
    let now = app.clock.now();
    let mut tx = app.db.lone().await?;
    let row = store::in_force(&mut tx, hash(app, secret), now).await?;
    drop(tx);
    let Some(mut row) = row.filter(|row| now < ends(app, row)) else { return Ok(None) };
    let idle = idle(app, &row);
    if now.since(Instant(row.seen_at)) >= (idle / 10).min(Duration::from_secs(60)) {
        let idle_until = now.plus(idle);
        let mut tx = app.db.write().await?;
        let moved = store::move_on(&mut tx, SessionId(row.id), (now, idle_until)).await?;
        tx.commit().await?;
        if moved == 0 {
            return Ok(None);
        }
        row.idle_until = idle_until.micros();
        row.seen_at = now.micros();
    }
    Ok(Some(read(app, row)))
}

/// How long this session may stand without use: staff, whose screens stand in offices, less long.
fn idle(app: &App, row: &InForce) -> Duration {
    if row.staff != 0 { app.config.sessions.staff_idle() } else { app.config.sessions.idle() }
}

/// When it ends without use. A role that was given since the session was last used shortens it.
fn ends(app: &App, row: &InForce) -> Instant {
    let idle_until = Instant(row.idle_until.min(row.absolute_until));
    idle_until.min(Instant(row.seen_at).plus(idle(app, row)))
}

/// When it ends: the earlier of its two ends.
pub(super) async fn peek(app: &App, secret: &str) -> Result<Option<Instant>> {
    let mut tx = app.db.lone().await?;
    let row = store::in_force(&mut tx, hash(app, secret), app.clock.now()).await?;
    Ok(row.map(|row| ends(app, &row)).filter(|ends| app.clock.now() < *ends))
}

/// So near its end a session ends where a page says that its time is over: between that page's look and its going lies a
/// moment.
const NEARLY: Duration = Duration::from_secs(5);

/// Ends the session of a secret where it is about to run out, and moves its end on for nobody. Whether one goes on.
pub(super) async fn goes_on(app: &App, secret: &str) -> Result<bool> {
    let (now, hash) = (app.clock.now(), hash(app, secret));
    let mut tx = app.db.lone().await?;
    let row = store::in_force(&mut tx, hash, now).await?;
    drop(tx);
    let Some(row) = row.filter(|row| now < ends(app, row)) else { return Ok(false) };
    let end = ends(app, &row);
    if now.plus(NEARLY) < end {
        return Ok(true);
    }
    let mut tx = app.db.write().await?;
    let lasted = store::why_over(&mut tx, hash, end).await?.as_deref() == Some(LASTED);
    let why = if lasted { LASTED } else { UNUSED };
    let ended = store::end_unused(&mut tx, (hash, Instant(row.seen_at)), (now, why)).await?;
    let over = ended.is_some();
    note_end(app, &mut tx, ended, why).await?;
    tx.commit().await?;
    // Another page may have moved its end on meanwhile.
    Ok(!over && peek(app, secret).await?.is_some())
}

/// Why the session of a secret is over, where it is not in force any more.
pub(super) async fn why_over(app: &App, secret: &str) -> Result<Option<String>> {
    let mut tx = app.db.lone().await?;
    store::why_over(&mut tx, hash(app, secret), app.clock.now()).await
}

/// A session as the other rooms know it. The idle end never lies after the absolute one.
pub(super) fn read(app: &App, row: InForce) -> Session {
    let idle_until = ends(app, &row);
    let link = match (row.patient_no, row.since, row.ground) {
        (Some(patient), Some(since), Some(ground)) => {
            Some(Link { patient: PatientNo(patient), since: Instant(since), ground })
        }
        _ => None,
    };
    Session {
        actor: Actor {
            account: AccountId(row.account_id),
            session: SessionId(row.id),
            name: row.name,
            provider: row.provider,
            acr: row.acr,
            amr: row.amr.iter().flat_map(|amr| amr.split(' ')).map(str::to_owned).collect(),
            auth_time: row.auth_time.map(Instant),
            level: Level { ial: level(row.ial.max(Some(row.proved))), aal: level(row.aal) },
            through: None,
        },
        link,
        language: row.language.as_deref().and_then(Language::from_tag),
        idle_until,
        absolute_until: Instant(row.absolute_until),
        email: row.email,
        staff: row.staff != 0,
    }
}

/// A level as it is kept; 0 where nothing was told.
pub(super) fn level(kept: Option<i64>) -> u8 {
    kept.and_then(|level| u8::try_from(level).ok()).unwrap_or(0)
}

/// Devices and history for the account page.
pub(super) async fn devices(app: &App, actor: &Actor) -> Result<Devices> {
    let mut tx = app.db.read().await?;
    let rows = store::devices(&mut tx, actor.account, app.clock.now()).await?;
    let events = store::events(&mut tx, actor.account, 20).await?;
    let mut devices: Vec<Device> = rows
        .into_iter()
        .map(|row| Device {
            session: SessionId(row.id),
            name: row.device,
            provider: row.provider,
            created: Instant(row.created_at),
            seen: Instant(row.seen_at),
            current: SessionId(row.id) == actor.session,
        })
        .collect();
    devices.sort_by_key(|device| !device.current);
    Ok(Devices { devices, events })
}

/// Ends a session of the account. What is not the account's is not found.
pub(super) async fn end(app: &App, actor: &Actor, session: SessionId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let now = app.clock.now();
    let ended = store::end(&mut tx, (actor.account, session), (now, BY_DEVICE)).await?;
    if ended.is_none() {
        return Err(Error::NotFound);
    }
    note_end(app, &mut tx, ended, BY_DEVICE).await?;
    tx.commit().await
}

/// What the provider said about the person at this sign-in.
pub(super) async fn kept(app: &App, tx: &mut Tx, actor: &Actor) -> Result<Kept> {
    let (_, claims) = store::sealed(tx, actor.account, actor.session).await?.ok_or(Error::NotFound)?;
    Ok(match claims {
        Some(sealed) => serde_json::from_slice(&app.keys.unseal(CLAIMS, &sealed)?)?,
        None => Kept::default(),
    })
}

/// Contact details for the account page.
pub(super) async fn contact(app: &App, actor: &Actor) -> Result<Contact> {
    let mut tx = app.db.read().await?;
    let claims = kept(app, &mut tx, actor).await?.claims;
    Ok(Contact {
        name: claims.display_name(),
        birth_date: claims.birth_date,
        email: claims.email,
        email_verified: claims.email_verified,
        phone: claims.phone,
        address: claims.address,
    })
}

/// Writes a line of the history.
pub(super) async fn note(
    app: &App,
    tx: &mut Tx,
    (account, provider, device): (AccountId, String, String),
    outcome: &str,
) -> Result<()> {
    let at = app.clock.now();
    let event = NewEvent { id: base::uuid(at), account, provider, device, outcome: outcome.to_owned(), at };
    store::note(tx, event).await
}

/// Writes the end of a session into the history, if one ended.
pub(super) async fn note_end(
    app: &App,
    tx: &mut Tx,
    ended: impl IntoIterator<Item = Ended>,
    outcome: &'static str,
) -> Result<()> {
    for ended in ended {
        note(app, tx, (AccountId(ended.account_id), ended.provider, ended.device), outcome).await?;
    }
    Ok(())
}

/// Sessions that ran out are ended in small transactions, so that nobody waits long for the writer.
const AT_ONCE: i64 = 200;
/// How long counts are kept, and ended sessions and codes never used.
const COUNTS: Duration = Duration::from_secs(3 * 86_400);
const SESSIONS: Duration = Duration::from_secs(90 * 86_400);

/// Ends what ran out and deletes what is not needed any more.
pub(super) async fn tidy(app: &App) -> Result<()> {
    let now = app.clock.now();
    loop {
        let mut tx = app.db.write().await?;
        let ended = store::end_run_out(&mut tx, now, AT_ONCE).await?;
        let more = ended.len() as i64 >= AT_ONCE;
        for (account, provider, device, at, outcome) in ended {
            let at = Instant(at);
            let account = AccountId(account);
            store::note(&mut tx, NewEvent { id: base::uuid(at), account, provider, device, outcome, at })
                .await?;
        }
        tx.commit().await?;
        if !more {
            break;
        }
    }
    let mut tx = app.db.write().await?;
    store::sweep(&mut tx, now, (now.minus(COUNTS), now.minus(SESSIONS))).await?;
    tx.commit().await
}
