//! A copy of a record: chosen, built by a job, taken home, erased.

mod model;

use crate::app::App;
use crate::base::{CopyId, Error, PatientNo, Result};
use crate::identity::Actor;

pub use model::*;

/// How many items a choice holds and about how large the copy gets. Shows only numbers, to the person's own page.
pub async fn count(app: &App, actor: &Actor, (patient, scope): (PatientNo, Scope)) -> Result<Count> {
    let _ = (app, actor, patient, scope);
    Err(Error::NotFound)
}

/// Asks for a copy; a job builds it. `once` is the form's one-time key: the same key twice gives the same copy.
pub async fn request(app: &App, actor: &Actor, (patient, ask): (PatientNo, Ask)) -> Result<CopyId> {
    let _ = (app, actor, patient, ask);
    Err(Error::NotFound)
}

/// The account's copies of this record, newest first.
pub async fn list(app: &App, actor: &Actor, patient: PatientNo) -> Result<Vec<Copy>> {
    let _ = (app, actor, patient);
    Err(Error::NotFound)
}

/// One of them.
pub async fn find(app: &App, actor: &Actor, (patient, id): (PatientNo, CopyId)) -> Result<Copy> {
    let _ = (app, actor, patient, id);
    Err(Error::NotFound)
}

/// Opens a ready copy for download, whole or from a byte on (RFC 9110 section 14). Logged before the first byte.
pub async fn open(
    app: &App,
    actor: &Actor,
    (patient, id, range): (PatientNo, CopyId, Option<ByteRange>),
) -> Result<Download> {
    let _ = (app, actor, patient, id, range);
    Err(Error::NotFound)
}

/// Erases a copy before its time, or stops one that is being built.
pub async fn erase(app: &App, actor: &Actor, (patient, id): (PatientNo, CopyId)) -> Result<()> {
    let _ = (app, actor, patient, id);
    Err(Error::NotFound)
}

/// Builds a copy: the body of its job.
pub async fn build(app: &App, id: CopyId) -> Result<()> {
    let _ = (app, id);
    Err(Error::NotFound)
}

/// Erases what has expired.
pub async fn erase_expired(app: &App) -> Result<u64> {
    let _ = app;
    Ok(0)
}
