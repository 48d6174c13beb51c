//! What an app reads over FHIR: each search of US Core over real records, pages, scopes, the lens, everything, and
//! that each answer has its line in the ledger.

mod calls;
mod files;
mod forms;
mod http;
mod log;
mod reads;
mod searches;
mod versions;

use api::base::{AppGrantId, Instant};
use api::fhir::search::{Handling, Query, decode, served};
use api::records::api::{self as fhir, Fault};
use api::representation::Lens;
use api::smart::{Access, ClientId, Scopes};
use serde_json::{Value, json};

use crate::acting::{actor, patient};
use crate::harness::{House, binary};

/// Imports resources of a person at the source of the house.
pub async fn imported(house: &House, key: &str, all: &[Value]) {
    let own = house.person(key).resources.iter().find(|one| one["resourceType"] == "Patient").unwrap();
    let entries: Vec<Value> = [own].into_iter().chain(all).map(|one| json!({"resource": one})).collect();
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
    let file = house.folder.path().join("imported.json");
    std::fs::write(&file, bundle.to_string()).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// What a person of the house let an app read.
pub async fn access(house: &House, key: &str, scopes: &str) -> Access {
    Access {
        client: ClientId("app".into()),
        app_name: "App (synthetic)".into(),
        grant: AppGrantId(uuid::Uuid::from_u128(7)),
        since: Instant(0),
        actor: actor(house, key).await,
        patient: patient(house, key).await,
        patient_id: house.person(key).patient_id.to_string(),
        scopes: Scopes::parse(scopes).unwrap(),
        lens: Lens::WHOLE,
        expires: Instant(i64::MAX),
        last_read: None,
    }
}

/// Everything of the patient.
pub const ALL: &str = "patient/*.rs";

pub fn query(text: &str) -> Query {
    decode(text).unwrap()
}

/// The Bundle of a search: `Observation?code=1`.
pub async fn search(house: &House, access: &Access, asked: &str) -> Result<Value, Fault> {
    let (kind, text) = asked.split_once('?').unwrap_or((asked, ""));
    let kind = served(kind).unwrap();
    let bytes = fhir::search(&house.app, access, (kind, query(text), Handling::Strict)).await?;
    Ok(serde_json::from_slice(&bytes).unwrap())
}

/// The same where it must succeed.
pub async fn found(house: &House, access: &Access, asked: &str) -> Value {
    search(house, access, asked).await.unwrap_or_else(|fault| panic!("{asked}: {fault:?}"))
}

/// The resources of a Bundle that were put in for this reason.
pub fn entries<'a>(bundle: &'a Value, mode: &str) -> Vec<&'a Value> {
    let all = bundle["entry"].as_array().into_iter().flatten();
    all.filter(|entry| entry["search"]["mode"] == mode).map(|entry| &entry["resource"]).collect()
}

/// `Type/id` of each match.
pub fn names(bundle: &Value) -> Vec<String> {
    entries(bundle, "match").into_iter().map(name).collect()
}

pub fn name(resource: &Value) -> String {
    format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap())
}

/// The address of a link.
pub fn link<'a>(bundle: &'a Value, relation: &str) -> Option<&'a str> {
    let links = bundle["link"].as_array().into_iter().flatten();
    links.filter(|link| link["relation"] == relation).find_map(|link| link["url"].as_str())
}

/// What stands behind `_page=` in the link to the next page.
pub fn cursor(bundle: &Value) -> Option<String> {
    link(bundle, "next")?.split_once("_page=").map(|(_, cursor)| cursor.to_owned())
}

/// The Bundle of `$everything` and the names of what is in it.
pub async fn everything(house: &House, access: &Access, asked: &str) -> (Value, Vec<String>) {
    let id = access.patient_id.clone();
    let mut all = fhir::everything(&house.app, access, (&id, query(asked))).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(portion) = fhir::portion(&mut all).await.unwrap() {
        assert!(!portion.0.is_empty(), "an empty piece ends an answer");
        bytes.extend(portion.0);
    }
    let bundle: Value = serde_json::from_slice(&bytes).unwrap();
    let mut all = names(&bundle);
    // Whom and where it leads to comes as included.
    all.extend(entries(&bundle, "include").into_iter().map(name));
    (bundle, all)
}

/// The Bundle of a page that was linked.
pub async fn page(house: &House, access: &Access, (kind, cursor): (&str, &str)) -> Result<Value, Fault> {
    let bytes = fhir::next(&house.app, access, (served(kind).unwrap(), cursor)).await?;
    Ok(serde_json::from_slice(&bytes).unwrap())
}
