//! Erasing: copies whose time is up, and files that no copy knows of, left by a crash.

use std::collections::HashSet;
use std::time::Duration;

use uuid::Uuid;

use super::store;
use super::{BLOBS, render};
use crate::app::App;
use crate::base::{Instant, Result};

/// Files younger than this may be of a copy that is being built.
const YOUNG: Duration = Duration::from_secs(86_400);

/// Erases every copy whose time is up, gives up on those that were never finished, and removes files older than a
/// day that no copy knows. Tells how many copies were erased.
pub async fn erase_expired(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let unfinished = now.minus(app.config.copies.keep().max(YOUNG));
    let mut tx = app.db.write().await?;
    let due = store::due(&mut tx, (now, unfinished)).await?;
    let mut blobs = Vec::new();
    for id in &due {
        blobs.extend(store::find(&mut tx, *id).await?.and_then(|known| known.blob));
        store::erase(&mut tx, *id, now).await?;
    }
    tx.commit().await?;
    for blob in blobs {
        app.blobs.erase(&blob)?;
    }
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
    let id = name.strip_prefix(BLOBS).or_else(|| name.strip_prefix(render::SPOOLS))?;
    let (seconds, nanos) = id.parse::<Uuid>().ok()?.get_timestamp()?.to_unix();
    Some(Instant(i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos) / 1000)?))
}
