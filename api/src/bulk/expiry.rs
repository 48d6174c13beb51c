//! Erasing: exports whose time is up, and files that no export knows of, left by a crash.

use std::time::Duration;

use super::{BLOBS, store};
use crate::app::App;
use crate::base::Result;

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
    let mut tx = app.db.read().await?;
    let known = store::blobs(&mut tx).await?.into_iter().collect();
    drop(tx);
    app.blobs.sweep(&app.keys, (&[BLOBS], &known), now)?;
    Ok(due.len() as u64)
}
