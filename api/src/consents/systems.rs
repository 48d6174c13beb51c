//! What people allowed and asked for, where the clinic lets a system export the records of a group.

use super::cover_rules::{Choice, Disclosure};
use super::model::Party;
use super::store;
use super::system_rules::{self, Going};
use crate::app::App;
use crate::base::{PatientNo, Result};
use crate::db::Tx;
use crate::fhir::sensitivity::{Label, Labels};
use crate::representation::Lens;

/// How much of a record goes to a system: protected kinds of information only where that was settled, records of
/// treatment of substance use only where the person consented as well (42 CFR 2.31, 2.33), and nothing that the person
/// asked to keep from this recipient (45 CFR 164.522(a)). Where the law of the place asks for a consent to send anything for
/// treatment, payment or operations (`consent.tpo_required`), only what one covers. `None`: none of it.
pub(crate) async fn for_system(
    app: &App,
    tx: &mut Tx,
    (patient, going): (PatientNo, &Going),
) -> Result<Option<Lens>> {
    let restrictions = store::binding(tx, &app.keys, patient).await?;
    let mut going = going.clone();
    if going.shown.has(Label::SubstanceUse) && !substance_use(app, tx, (patient, &going)).await? {
        going.shown = going.shown.without(Label::SubstanceUse);
    }
    let lens = system_rules::left(&restrictions, &going);
    let today = app.clock.now().utc().with_timezone(&app.config.clinic.zone()).date_naive();
    let Some(lens) = lens.filter(|_| app.config.law.consent_needed_to_send(today)) else { return Ok(lens) };
    let consents = store::live(tx, patient).await?;
    let clinic = app.config.clinic.name.as_str();
    Ok(system_rules::consented(&consents, (lens, &going), (clinic, app.clock.now())))
}

/// Whether a consent in force lets the records of treatment of substance use go there.
async fn substance_use(app: &App, tx: &mut Tx, (patient, going): (PatientNo, &Going)) -> Result<bool> {
    let disclosure = Disclosure {
        discloser: app.config.clinic.name.clone(),
        recipient: Party {
            name: going.recipient.clone(),
            address: String::new(),
            classes: system_rules::class(going).into_iter().collect(),
        },
        purpose: going.purpose,
        categories: -1,
        labels: vec![Labels::default().with(Label::SubstanceUse)],
        days: None,
    };
    Ok(matches!(super::decide(app, tx, (patient, &disclosure)).await?, Choice::Covered(_)))
}
