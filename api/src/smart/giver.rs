//! Who connected an app, where that is somebody who acts for the person: what `fhirUser` names is a RelatedPerson of the
//! record (FHIR R4; SMART App Launch 2.2, 3.0.5), made of the authority. It is no item of the record.

use serde_json::{Value, json};

use super::grant_store;
use super::model::Access;
use super::scopes::{Allowed, Interaction, Level, Scope};
use crate::app::App;
use crate::base::{Instant, Result};
use crate::db::Tx;
use crate::representation::Kind;

/// The RelatedPerson of this id, with when it came to be, if it is the one who connected the app, and the app may know.
pub(super) async fn read(
    app: &App,
    tx: &mut Tx,
    (access, id): (&Access, &str),
) -> Result<Option<(Value, Instant)>> {
    let readable =
        access.scopes.of_type((Level::Patient, Interaction::Read), "RelatedPerson") == Allowed::All;
    if !readable && !access.scopes.has(&Scope::FhirUser) {
        return Ok(None);
    }
    let Some(grant) = grant_store::find(tx, access.grant, app.clock.now()).await? else { return Ok(None) };
    let Some((authority, kind)) = grant.under.filter(|(authority, _)| authority.to_string() == id) else {
        return Ok(None);
    };
    let resource = json!({
        "resourceType": "RelatedPerson",
        "id": authority,
        "meta": {"versionId": "1", "lastUpdated": grant.created.rfc3339()},
        "active": true,
        "patient": {"reference": format!("Patient/{}", access.patient_id)},
        "relationship": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
            "code": role(kind),
        }]}],
        "name": [{"text": access.actor.name}],
    });
    Ok(Some((resource, grant.created)))
}

/// What somebody is to the person, by HL7 v3 RoleCode.
fn role(kind: Kind) -> &'static str {
    match kind {
        Kind::Parent => "PRN",
        Kind::Guardian | Kind::AdultGuardian => "GUARD",
        Kind::HealthCareAgent => "HPOWATT",
        Kind::LocoParentis | Kind::Surrogate | Kind::Estate | Kind::Delegate => "RESPRSN",
    }
}
