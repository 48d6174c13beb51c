//! What records say of where people live: so that staff are kept out of those of their family.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::staff_store as store;
use crate::app::App;
use crate::base::{AccountId, Error, PatientNo, Result};
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::staff::{Contacts, Household, Place};

/// What the records say of a patient, and of the actor who is a patient here too.
pub async fn household(app: &App, actor: &Actor, patient: PatientNo) -> Result<Household> {
    households_of(app, actor, &[patient]).await?.pop().ok_or(Error::NotFound)
}

/// The same of several patients, in their order.
pub async fn households_of(app: &App, actor: &Actor, patients: &[PatientNo]) -> Result<Vec<Household>> {
    let mut tx = app.db.read().await?;
    let own = identity::links(&mut tx, actor.account).await?.into_iter().map(|link| link.patient);
    let own: Vec<PatientNo> = own.collect();
    let said = contacts(&mut tx, &own.iter().chain(patients).copied().collect()).await?;
    let of = |patient: &PatientNo| said.get(patient).cloned().unwrap_or_default();
    let own: Vec<Contacts> = own.iter().map(of).collect();
    let household = |patient: &PatientNo| Household {
        account: actor.account,
        patient: *patient,
        theirs: of(patient),
        own: own.clone(),
    };
    Ok(patients.iter().map(household).collect())
}

/// The same of each record that is an account's own: who claims to act for somebody may be family of the actor.
pub async fn households(app: &App, actor: &Actor, account: AccountId) -> Result<Vec<Household>> {
    let mut tx = app.db.read().await?;
    let links = identity::links(&mut tx, account).await?;
    drop(tx);
    let patients: Vec<PatientNo> = links.iter().map(|link| link.patient).collect();
    households_of(app, actor, &patients).await
}

/// Names, telephone numbers and addresses of the Patient resources of records, whatever their use and period: who
/// moved out last year is family still.
async fn contacts(tx: &mut Tx, patients: &BTreeSet<PatientNo>) -> Result<BTreeMap<PatientNo, Contacts>> {
    let mut all = BTreeMap::<PatientNo, Contacts>::new();
    for (patient, body) in store::patient_bodies(tx, patients).await? {
        let Ok(value) = serde_json::from_slice::<Value>(&body) else { continue };
        read(&value, all.entry(patient).or_default());
    }
    Ok(all)
}

fn read(value: &Value, all: &mut Contacts) {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.families.extend(list(value, "name").iter().map(|name| text(&name["family"])));
    let phones = list(value, "telecom");
    all.phones.extend(phones.iter().filter(|one| one["system"] != "email").map(|one| text(&one["value"])));
    for address in list(value, "address") {
        let lines: Vec<String> = list(&address, "line").iter().map(text).collect();
        all.places.push(match address["text"].as_str() {
            Some(line) if lines.is_empty() => Place::Line(line.to_owned()),
            _ => Place::Parts {
                street: lines.join(" "),
                city: text(&address["city"]),
                postal: text(&address["postalCode"]),
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn contacts_are_read_from_a_patient() {
        let patient = json!({"resourceType": "Patient",
            "name": [{"family": "Núñez"}, {"use": "maiden", "family": "García"}, {"text": "x"}],
            "telecom": [{"system": "phone", "value": "520-555-0101"}, {"system": "email", "value": "a@b.example"}],
            "address": [{"line": ["1 River Rd", "Apt 2"], "city": "Tucson", "postalCode": "85701"}, {"text": "2 Hill St, Mesa"}]});
        let mut all = Contacts::default();
        read(&patient, &mut all);
        assert_eq!(all.families, ["Núñez", "García", ""]);
        assert_eq!(all.phones, ["520-555-0101"]);
        let street =
            Place::Parts { street: "1 River Rd Apt 2".into(), city: "Tucson".into(), postal: "85701".into() };
        assert_eq!(all.places, [street, Place::Line("2 Hill St, Mesa".into())]);
        for odd in [json!({}), json!({"name": 1, "telecom": {}, "address": [1, null]}), json!([])] {
            read(&odd, &mut Contacts::default());
        }
    }
}
