//! What an app gets over the FHIR interface with the one token that a suite has: all that must be supported is among it,
//! every reference leads to something that is served too, and what claims a profile still fits it.

use std::collections::{BTreeSet, HashMap};

use api::fhir::search::served;
use api::records::api::{self as fhir, Known, Read};
use api::smart::Access;
use serde_json::Value;

use super::facts::Facts;
use super::walk::{Walk, name_of};
use super::{SUITE, claims, each, facts, missing};
use crate::fhir::{ALL, access, cursor, entries, found, page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(what_is_served_shows_it_all);

async fn what_is_served_shows_it_all(kind: Kind) {
    let house = House::start(kind).await;
    let facts = facts();
    drop(house.linked(SUITE).await);
    let access = access(&house, SUITE, ALL).await;
    let store = served_to(&house, &access, &facts).await;
    let walk = Walk::new(&facts, &store);
    let mut faults = Vec::new();
    for resource in store.values() {
        for profile in claims(resource) {
            faults.extend(walk.faults(resource, profile));
        }
    }
    assert!(faults.is_empty(), "{} faults: {:#?}", faults.len(), &faults[..faults.len().min(20)]);
    let missing = missing(&facts, &walk);
    assert!(missing.is_empty(), "{missing:#?}");
    // A suite looks for this form of the death, and for what was once so by its use or its end.
    let patient = &store[&format!("Patient/{SUITE}")];
    assert!(patient["deceasedDateTime"].is_string());
    for field in ["name", "address"] {
        let once = patient[field].as_array().unwrap().iter().find(|one| one["use"] == "old").unwrap();
        assert!(once["period"]["end"].is_string(), "{once}");
    }
    house.close().await;
}

/// Everything of a person that has a profile, by search, and whatever that refers to, by reading it.
async fn served_to(house: &House, access: &Access, facts: &Facts) -> HashMap<String, Value> {
    let mut store = HashMap::new();
    let kinds: BTreeSet<&str> = facts.profiles.values().map(|profile| profile.kind.as_str()).collect();
    let mut wanted = Vec::new();
    for kind in kinds.into_iter().filter(|kind| *kind != "Extension") {
        let mut bundle = found(house, access, &format!("{kind}?_count=500")).await;
        loop {
            for resource in entries(&bundle, "match") {
                each(resource, &mut |value| wanted.extend(value["reference"].as_str().map(str::to_owned)));
                store.insert(name_of(resource), resource.clone());
            }
            let Some(next) = cursor(&bundle) else { break };
            bundle = page(house, access, (kind, &next)).await.unwrap();
        }
    }
    while let Some(name) = wanted.pop() {
        if store.contains_key(&name) {
            continue;
        }
        let (kind, id) = name.split_once('/').unwrap();
        let known = served(kind).unwrap_or_else(|| panic!("{name} is referred to and {kind} is not served"));
        let read = fhir::read(&house.app, access, (known, id, None), &Known::Nothing).await;
        let Ok(Read::Whole(resource)) = read else { panic!("{name} is referred to: {read:?}") };
        let resource: Value = serde_json::from_slice(&resource.bytes).unwrap();
        each(&resource, &mut |value| wanted.extend(value["reference"].as_str().map(str::to_owned)));
        store.insert(name, resource);
    }
    store
}
