//! What a person allowed and what they asked the clinic not to do, as an app that they connected reads it.

use serde_json::Value;

use super::side_rules::{self, Speaks, Stand};
use super::{resource, sides, state_rules, store};
use crate::app::App;
use crate::base::{Error, PatientNo, Result};
use crate::db::Tx;
use crate::identity::Actor;
use crate::representation::{Age, Lens};

/// The consents and the requests of a person that both somebody and the app of theirs may know of, as FHIR resources,
/// those that are not over first. An app that sees a part of the record learns of no consent that reaches further, and
/// of no request: its words may be about anything.
pub(crate) async fn resources(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    (patient, lens): (PatientNo, Lens),
) -> Result<Vec<Value>> {
    let stand = match sides::side(app, tx, actor, patient).await {
        Ok(side) => side.stand(),
        // Who only looks knows of none.
        Err(Error::NotFound) => return Ok(Vec::new()),
        Err(fault) => return Err(fault),
    };
    let Some(person) = store::person(tx, patient).await? else { return Ok(Vec::new()) };
    let (now, whole) = (app.clock.now(), !lens.is_part());
    // What the app sees is all that is asked of it: who gives consents is asked of its giver.
    let through = Stand::For { age: Age::OfAge, speaks: Speaks::Yes, lens };
    let mut found = Vec::new();
    for consent in store::of(tx, patient).await? {
        let reaches = |stand| side_rules::reaches(stand, &consent.terms);
        if reaches(stand) && (whole || reaches(through)) {
            let standing = state_rules::standing(&consent.terms, consent.state, now);
            found.push(resource::consent_now(&consent, standing, &person));
        }
    }
    if whole {
        let all = store::restrictions_of(tx, &app.keys, patient).await?;
        let known = all.iter().filter(|kept| side_rules::knows(stand, kept, actor.account));
        found.extend(known.map(|kept| resource::restriction(kept, &app.config.clinic.name, &person)));
    }
    Ok(found)
}
