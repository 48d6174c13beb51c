//! Erasing: exports whose time is up, and files that no export knows of, left by a crash.

use std::collections::HashSet;
use std::time::Duration;

use uuid::Uuid;

use super::{BLOBS, store};
use crate::app::App;
use crate::base::{Instant, Result};

/// Files younger than this may be of an export that is being built.
const YOUNG: Duration = Duration::from_secs(86_400);

/// How long an export may be under way, or tell that it failed.
const UNFINISHED: Duration = Duration::from_secs(7 * 86_400);

/// Erases every export whose time is up, gives up on those that were never finished, and removes files older than a day
/// that no export knows. Tells how many exports were erased.
pub async fn erase_expired(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let due = store::due(&mut tx, (now, now.minus(UNFINISHED))).await?;
    let mut blobs = Vec::new();
    for id in &due {
        blobs.extend(store::erase(&mut tx, *id, now).await?);
    }
    tx.commit().await?;
    blobs.iter().try_for_each(|blob| app.blobs.erase(blob))?;
    sweep(app, now).await?;
    Ok(due.len() as u64)
}

/// Removes forgotten files. Their names tell when they were made.
async fn sweep(app: &App, now: Instant) -> Result<()> {
    let mut tx = app.db.read().await?;
    let known: HashSet<String> = store::blobs(&mut tx).await?.into_iter().collect();
    drop(tx);
    for name in app.blobs.names()? {
        let whole = name.strip_suffix(".part").unwrap_or(&name);
        if known.contains(whole) || made(whole).is_none_or(|made| made > now.minus(YOUNG)) {
            continue;
        }
        if whole.len() == name.len() {
            app.blobs.erase(whole)?;
        } else {
            // A half-written file goes by beginning it anew and leaving it unfinished.
            drop(app.blobs.create(&app.keys, whole)?);
        }
    }
    Ok(())
}

/// When a file of ours was made; none for a name that is not ours.
fn made(name: &str) -> Option<Instant> {
    let (seconds, nanos) = name.strip_prefix(BLOBS)?.parse::<Uuid>().ok()?.get_timestamp()?.to_unix();
    Some(Instant(i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos) / 1000)?))
}
