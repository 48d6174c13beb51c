//! What staff look at when a record came in with faults: what was refused, and what the checks at the door found
//! in what was kept. For the command line, which stands beside the database and its keys; no page shows it.

use super::staff_store as store;
use crate::app::App;
use crate::base::{Error, PatientNo, Result};

pub use super::staff_store::{Noted, Refused};

/// What lies in quarantine, of one person or of all, the newest first.
pub async fn refused(app: &App, patient: Option<PatientNo>) -> Result<Vec<Refused>> {
    let mut tx = app.db.read().await?;
    store::refused(&mut tx, patient).await
}

/// One piece in quarantine with its bytes, as they came.
///
/// # Errors
/// `NotFound` if there is none of this id.
pub async fn refused_piece(app: &App, id: uuid::Uuid) -> Result<(Refused, Vec<u8>)> {
    let mut tx = app.db.read().await?;
    let piece = store::refused_one(&mut tx, id).await?.ok_or(Error::NotFound)?;
    Ok((piece, store::refused_bytes(&mut tx, id).await?))
}

/// The findings of one person's record or of all, in the order of the resources; at most a thousand after the
/// one named by `after` (its `rid` and `n`).
pub async fn noted(app: &App, patient: Option<PatientNo>, after: Option<(i64, i64)>) -> Result<Vec<Noted>> {
    let (low, high) = patient.map_or((i64::MIN, i64::MAX), |patient| {
        let (low, high) = patient.range();
        (low.0, high.0)
    });
    let mut tx = app.db.read().await?;
    store::noted(&mut tx, after.unwrap_or((low, i64::MIN)), high).await
}
