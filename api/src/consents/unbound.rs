//! Whom a limit does not bind although it names them: who stands in the person's place is treated as the person (45 CFR
//! 164.502(g)(1)). Where that is a danger, the clinic declines them (164.502(g)(5)).

use super::model::{Against, Ask};
use super::name_rules::named;
use super::sides::{Side, side};
use crate::app::App;
use crate::base::{PatientNo, Result};
use crate::db::Tx;
use crate::identity::Actor;
use crate::representation;

/// Those in the person's place whom a limit names, by name. Only the person is told: who acts for somebody need not know
/// who else does.
///
/// # Errors
/// `NotFound` for whoever may not ask for a limit.
pub async fn unbound(app: &App, actor: &Actor, (patient, ask): (PatientNo, &Ask)) -> Result<Vec<String>> {
    let mut tx = app.db.read().await?;
    match side(app, &mut tx, actor, patient).await? {
        Side::Own { .. } => found(app, &mut tx, (patient, ask)).await,
        Side::For(..) => Ok(Vec::new()),
    }
}

/// The same for staff, who answer.
pub async fn unbound_for_office(app: &App, (patient, ask): (PatientNo, &Ask)) -> Result<Vec<String>> {
    let mut tx = app.db.read().await?;
    found(app, &mut tx, (patient, ask)).await
}

async fn found(app: &App, tx: &mut Tx, (patient, ask): (PatientNo, &Ask)) -> Result<Vec<String>> {
    if ask.against == Against::HealthPlan {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for held in representation::representatives(app, tx, patient).await? {
        let mut names = vec![held.authority.name];
        names.extend(held.holder.map(|(name, _)| name));
        if named(&ask.party, &names) {
            all.extend(names.into_iter().next());
        }
    }
    Ok(all)
}
