//! Erasing: copies whose time is up, and files that no copy knows of, left by a crash.

use super::store;
use super::{BLOBS, render};
use crate::app::App;
use crate::base::Result;
use crate::blobs::YOUNG;

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
    let mut tx = app.db.read().await?;
    let known = store::blobs(&mut tx).await?.into_iter().collect();
    drop(tx);
    app.blobs.sweep(&app.keys, (&[BLOBS, render::SPOOLS], &known), now)?;
    Ok(due.len() as u64)
}
