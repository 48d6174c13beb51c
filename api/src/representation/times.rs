//! What time does to authorities: they come into force, end, and are looked at again. Whether somebody may look is
//! decided anew at each request; the job only writes down what has become so, and tells those concerned.

use chrono::{Days, NaiveDate};

use super::model::{Authority, End, PersonFacts, Standing};
use super::{claims, found, noted, rules, store, tell_about};
use crate::app::App;
use crate::base::{AccountId, AuthorityId, Error, Instant, Result};
use crate::db::Tx;
use crate::notify;

/// Keeps an authority that was changed, with the next moment at which it changes by itself. Where it has come into
/// force, the person is told.
///
/// # Errors
/// `Conflict` with `conflict-changed` where somebody else changed it meanwhile.
pub(super) async fn settled(
    app: &App,
    tx: &mut Tx,
    (mut authority, facts): (Authority, &PersonFacts),
) -> Result<Authority> {
    let (now, zone) = (app.clock.now(), app.config.clinic.zone());
    if authority.active.is_none() && rules::standing(&authority, facts, (now, zone)).in_force() {
        authority.active = Some(now);
        noted(app, tx, (&authority, "active", None), (None, "")).await?;
        tell_about(app, tx, (&authority, notify::Kind::SomeoneActs)).await?;
    }
    kept(app, tx, (&authority, rules::due(&authority, facts, (now, zone)))).await?;
    authority.changes += 1;
    Ok(authority)
}

/// Ends an authority, and tells the person and the one who held it. An invitation that nobody took tells nobody.
pub(super) async fn ended(
    app: &App,
    tx: &mut Tx,
    (mut authority, end, why): (Authority, End, Option<&str>),
    by: (Option<AccountId>, &str),
) -> Result<()> {
    let now = app.clock.now();
    authority.ended = Some((now, end));
    noted(app, tx, (&authority, "ended", why), by).await?;
    kept(app, tx, (&authority, None)).await?;
    store::unflag(tx, authority.id).await?;
    if let Some(holder) = authority.account {
        tell_about(app, tx, (&authority, notify::Kind::SomeoneEnded)).await?;
        notify::tell(tx, holder, (notify::Kind::ActingEnded, now)).await?;
    }
    Ok(())
}

async fn kept(app: &App, tx: &mut Tx, (authority, due): (&Authority, Option<Instant>)) -> Result<()> {
    match store::save(tx, &app.keys, (authority, due)).await? {
        true => Ok(()),
        false => Err(Error::Conflict("conflict-changed")),
    }
}

/// The job, every minute: writes down what has begun and what is over, reminds staff of reviews, and erases papers
/// that no claim knows. Tells how many authorities changed.
pub async fn tidy(app: &App) -> Result<u64> {
    let mut tx = app.db.read().await?;
    let due = store::due(&mut tx, app.clock.now()).await?;
    drop(tx);
    let mut changed = 0;
    for id in due {
        match tidied(app, id).await {
            Ok(()) => changed += 1,
            // Another process, or a person, was first.
            Err(Error::Conflict(_)) => {}
            // One that cannot be read holds up no other: it is in force for nobody, and is tried again.
            Err(error) => {
                let error = format!("{:#}", anyhow::Error::from(error));
                tracing::error!(authority.id = %id, error, "an authority is not brought up to date");
            }
        }
    }
    remind(app).await?;
    claims::retire(app).await?;
    claims::sweep(app).await?;
    Ok(changed)
}

async fn tidied(app: &App, id: AuthorityId) -> Result<()> {
    let mut tx = app.db.write().await?;
    let (held, facts) = found(app, &mut tx, id).await?;
    match held.standing {
        Standing::Ended(_) if held.authority.ended.is_some() => {}
        Standing::Ended(end) => ended(app, &mut tx, (held.authority, end, None), (None, "")).await?,
        _ => settled(app, &mut tx, (held.authority, &facts)).await.map(|_| ())?,
    }
    tx.commit().await
}

/// One message to the records office for all reviews whose day has come since the last.
async fn remind(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if store::remind(&mut tx, now).await? > 0 {
        notify::tell_office(app, &mut tx, (notify::Kind::ReviewDue, now)).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The end of a day at the clinic, so many days from today: someone who may look for a week sees the whole last day.
pub fn days_from_now(app: &App, days: u64) -> Option<Instant> {
    let zone = app.config.clinic.zone();
    let today = app.clock.now().utc().with_timezone(&zone).date_naive();
    end_of_day(app, today.checked_add_days(Days::new(days))?)
}

/// The moment at which a day is over at the clinic; none where the calendar ends.
pub fn end_of_day(app: &App, day: NaiveDate) -> Option<Instant> {
    rules::midnight(day.checked_add_days(Days::new(1))?, app.config.clinic.zone())
}

/// The moment at which a day begins at the clinic.
pub fn day_at(app: &App, day: NaiveDate) -> Option<Instant> {
    rules::midnight(day, app.config.clinic.zone())
}
