//! Who connected an app: what `fhirUser` names (SMART App Launch 2.2, 3.0.5). For the person it is their Patient, of which an
//! app that may not read it gets the name only; for somebody who acts for the person a RelatedPerson of the record (FHIR R4),
//! made of the authority, which is no item of it.

use serde_json::{Value, json};

use super::grant_store;
use super::model::Access;
use super::scopes::{Allowed, Interaction, Level};
use crate::app::App;
use crate::base::{Instant, Result};
use crate::db::Tx;
use crate::representation::Kind;

/// The resource of this type and id that stands for who connected the app, with when it came to be, if it does and the app
/// may know; none where it is an item of the record that the app may read as any other.
pub(super) async fn read(
    app: &App,
    tx: &mut Tx,
    (access, kind, id): (&Access, &str, &str),
) -> Result<Option<(Value, Instant)>> {
    let allowed = access.scopes.of_type((Level::Patient, Interaction::Read), kind);
    let knows = access.scopes.know_user();
    let may = match kind {
        "Patient" => knows && allowed == Allowed::No && id == access.patient_id,
        "RelatedPerson" => knows || allowed == Allowed::All,
        _ => false,
    };
    if !may {
        return Ok(None);
    }
    let Some(grant) = grant_store::find(tx, access.grant, app.clock.now()).await? else { return Ok(None) };
    let resource = match grant.under {
        None if kind == "Patient" => json!({
            "resourceType": "Patient",
            "id": id,
            "meta": {"versionId": "1", "lastUpdated": grant.created.rfc3339(), "tag": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
                "code": "SUBSETTED",
            }]},
            "name": [{"text": access.actor.name}],
        }),
        Some((authority, held)) if kind == "RelatedPerson" && authority.to_string() == id => json!({
            "resourceType": "RelatedPerson",
            "id": authority,
            "meta": {"versionId": "1", "lastUpdated": grant.created.rfc3339()},
            "active": true,
            "patient": {"reference": format!("Patient/{}", access.patient_id)},
            "relationship": [{"coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
                "code": role(held),
            }]}],
            "name": [{"text": access.actor.name}],
        }),
        _ => return Ok(None),
    };
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
