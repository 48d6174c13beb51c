//! Activation codes that the clinic gives out for a record, and takes back. Each stands in the log of the record with who
//! gave it, in which role, and what they saw, written in the transaction of what it tells (45 CFR 164.312(b), 164.514(h)).
//! The code itself is kept nowhere.

use super::links::{Decider, note};
use super::model::What;
use crate::app::App;
use crate::base::{AccountId, CodeId, Error, Instant, PatientNo, Result};
use crate::identity::{self, IssuedCode, OpenCode, Way};

/// Gives a person an activation code: single use, valid for the days of the settings. Earlier unused ones of theirs end.
///
/// # Errors
/// `NotFound`; `Invalid` on `proof`; `Conflict` with `conflict-deceased`.
pub async fn give(app: &App, by: Decider<'_>, (patient, way): (PatientNo, Way<'_>)) -> Result<IssuedCode> {
    kept(app, by, (patient, &identity::new_code()), way).await
}

/// The same by a form of the desk, whose one-time key is `once`. Sent twice it is one code, which only the first answer
/// shows.
///
/// # Errors
/// As [`give`], and `Conflict` with `conflict-code-given` where the form was sent before.
pub async fn give_once(
    app: &App,
    by: Decider<'_>,
    (patient, way, once): (PatientNo, Way<'_>, CodeId),
) -> Result<IssuedCode> {
    let account = by.account().unwrap_or(AccountId(uuid::Uuid::nil()));
    let code = identity::code_of_form(app, (account, patient, once), way)?;
    kept(app, by, (patient, &code), way).await
}

async fn kept(
    app: &App,
    by: Decider<'_>,
    (patient, code): (PatientNo, &str),
    way: Way<'_>,
) -> Result<IssuedCode> {
    let mut tx = app.db.write().await?;
    let issued = identity::give_code(app, &mut tx, (patient, code), ((by.account(), by.name()), way)).await?;
    let (kind, seen) = match way {
        Way::Handed(seen) => ("code-given", seen.trim()),
        Way::Sent => ("code-sent", ""),
    };
    note(app, &mut tx, by, (patient, What::page(kind)), seen).await?;
    tx.commit().await?;
    Ok(issued)
}

/// Stops the unused code of a person that was given at this moment: from then on it is answered as a wrong one.
///
/// # Errors
/// `Conflict` with `conflict-code-over` where it was used, has run out, or was stopped.
pub async fn stop(app: &App, by: Decider<'_>, (patient, made): (PatientNo, Instant)) -> Result<()> {
    let mut tx = app.db.write().await?;
    identity::stop_code(app, &mut tx, (patient, made)).await?;
    note(app, &mut tx, by, (patient, What::page("code-stopped")), "").await?;
    tx.commit().await
}

/// The code of a person that is out, for staff.
pub async fn open(app: &App, patient: PatientNo) -> Result<Option<OpenCode>> {
    let mut tx = app.db.read().await?;
    identity::open_code(app, &mut tx, patient).await
}

/// Whether a code can be given for a person at all.
///
/// # Errors
/// `Conflict` with `conflict-deceased`.
pub async fn may_give(app: &App, patient: PatientNo) -> Result<()> {
    let mut tx = app.db.read().await?;
    match identity::has_died(&mut tx, patient).await? {
        true => Err(Error::Conflict("conflict-deceased")),
        false => Ok(()),
    }
}

/// A new one-time key for the form that gives a code.
pub fn once(app: &App) -> CodeId {
    CodeId(crate::base::uuid(app.clock.now()))
}
