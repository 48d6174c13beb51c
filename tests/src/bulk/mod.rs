//! Systems export the records of groups: over HTTP as the specification wants it, with each person's entry before a byte
//! leaves, no more than their wishes leave over, and whole after a crash.

mod attachments;
mod consents;
mod desk;
mod kills;
mod proposals;
mod refusals;
pub mod system;
mod wishes;

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;

use crate::acting::patient;
use crate::harness::{House, Kind, on_both_databases};
use system::{System, group};

on_both_databases!(
    a_group_is_exported,
    each_level_and_parameter_is_followed,
    naming_types_only_leaves_out_others,
    what_is_not_followed_is_told,
    groups_are_read
);

/// Every type that is exported.
const ALL: &str = "system/*.rs";

async fn a_group_is_exported(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    house.gather("walter").await;
    house.gather("lucia").await;
    group(&house, "program", &["rosa", "walter"]).await;
    let system = System::register(&house, ("lake", ALL), &["program"]).await;
    let token = system.token(ALL).await;
    let before = house.entries().await;
    let (place, manifest) = system.export("/fhir/Group/program/$export", &token).await;
    for (name, value) in [
        ("request", Value::from(system.at("/fhir/Group/program/$export"))),
        ("requiresAccessToken", true.into()),
        ("deleted", Value::Array(vec![])),
        ("error", Value::Array(vec![])),
    ] {
        assert_eq!(manifest[name], value, "{name}");
    }
    assert!(manifest["transactionTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(house.entries().await, before + 2, "an entry for each member before anything is fetched");

    let resources = system.files((&manifest, "output"), &token).await;
    let patients: BTreeSet<&str> = of(&resources, "Patient").map(|one| one["id"].as_str().unwrap()).collect();
    let members = ["rosa", "walter"].map(|key| house.person(key).patient_id.clone());
    assert_eq!(patients, members.iter().map(|id| &**id).collect(), "exactly the members");
    assert!(of(&resources, "Observation").count() > 1 && of(&resources, "Practitioner").count() > 0);
    let pointed = of(&resources, "Encounter")
        .filter_map(|one| one["participant"][0]["individual"]["reference"].as_str());
    let there: BTreeSet<String> = of(&resources, "Practitioner")
        .map(|one| format!("Practitioner/{}", one["id"].as_str().unwrap()))
        .collect();
    for reference in pointed.filter(|reference| reference.starts_with("Practitioner/")) {
        assert!(there.contains(reference), "{reference} comes with what points to it");
    }
    let log = rosa.get("/access-log").await;
    assert!(log.text.contains("The computer system System lake (synthetic)"), "{}", log.text);
    assert!(log.text.contains("Lakeside Care (synthetic)"), "who received it");
    let lucia = patient(&house, "lucia").await;
    let about_lucia = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {lucia}");
    assert_eq!(house.raw.number(&about_lucia).await, 0, "nothing is told of somebody who is in no group");
    let whole = what_is_kept(&house, &["rosa", "walter"]).await;
    let mut found = BTreeMap::new();
    for one in &resources {
        let name = format!("{}/{}", one["resourceType"].as_str().unwrap(), one["id"].as_str().unwrap());
        assert!(found.insert(name.clone(), ()).is_none(), "{name} is there once");
    }
    for name in &whole {
        assert!(found.contains_key(name), "{name} is missing");
    }
    for target in of(&resources, "Provenance").flat_map(|one| one["target"].as_array().unwrap()) {
        let name = target["reference"].as_str().unwrap_or_default();
        assert!(!name.contains("Consent/"), "{name} is named, and does not go out");
    }

    let deleted = system.call((Method::DELETE, &place), &token).await;
    assert_eq!(deleted.status(), 202);
    let gone = system.call((Method::GET, &place), &token).await;
    assert_eq!(gone.status(), 404);
    let outcome: Value = gone.json().await.unwrap();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    let file = manifest["output"][0]["url"].as_str().unwrap();
    assert_eq!(system.call((Method::GET, file), &token).await.status(), 404, "its files are gone as well");
    assert_eq!(house.raw.number("SELECT count(*) FROM bulk_file").await, 0);
    assert_eq!(blobs(&house), Vec::<String>::new());
    house.close().await;
}

fn of<'a>(all: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    all.iter().filter(move |one| one["resourceType"] == kind)
}

/// Names of what these people's records hold without protected labels.
async fn what_is_kept(house: &House, keys: &[&str]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for key in keys {
        let number = patient(house, key).await;
        let sql = format!(
            "SELECT r.type || '/' || r.id FROM resource r JOIN item i ON i.rid = r.rid \
             WHERE i.patient_no = {number} AND (i.labels & 1023) = 0"
        );
        all.extend(house.raw.texts(&sql).await);
    }
    let exported = api::smart::TYPES;
    let goes = |kind: &str| exported.contains(&kind) && !["AuditEvent", "Consent"].contains(&kind);
    all.retain(|name| name.split('/').next().is_some_and(goes));
    all
}

fn blobs(house: &House) -> Vec<String> {
    let names = house.app.blobs.names().unwrap();
    names.into_iter().filter(|name| name.starts_with("bulk-")).collect()
}

async fn each_level_and_parameter_is_followed(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["rosa", "walter", "lucia"] {
        house.gather(key).await;
    }
    group(&house, "one", &["rosa"]).await;
    group(&house, "two", &["rosa", "walter"]).await;
    group(&house, "three", &["lucia"]).await;
    let system = System::register(&house, ("lake", ALL), &["one", "two"]).await;
    let token = system.token(ALL).await;
    let ids = |all: &[Value]| -> BTreeSet<String> {
        of(all, "Patient").map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let of_keys = |keys: &[&str]| -> BTreeSet<String> {
        keys.iter().map(|key| house.person(key).patient_id.to_string()).collect()
    };
    for format in ["application/fhir%2Bndjson", "application/fhir+ndjson", "application/ndjson", "ndjson"] {
        let path = format!("/fhir/Patient/$export?_type=Patient&_outputFormat={format}");
        let (place, manifest) = system.export(&path, &token).await;
        let all = system.files((&manifest, "output"), &token).await;
        assert_eq!(ids(&all), of_keys(&["rosa", "walter"]), "all groups that were agreed, each person once");
        assert_eq!(all.len(), 2, "only the type that was asked for");
        system.call((Method::DELETE, &place), &token).await;
    }
    let (_, manifest) = system.export("/fhir/Group/one/$export?_type=Patient,Goal", &token).await;
    assert_eq!(ids(&system.files((&manifest, "output"), &token).await), of_keys(&["rosa"]));

    // What came before is left out; of what is new, all is there.
    let since = manifest["transactionTime"].as_str().unwrap();
    let path = format!("/fhir/Group/two/$export?_since={since}");
    let entries = house.entries().await;
    let (_, later) = system.export(&path, &token).await;
    assert_eq!(later["output"], Value::Array(vec![]), "nothing came since");
    assert_eq!(house.entries().await, entries, "of whom nothing left, nothing is told");
    let (_, all) = system
        .export("/fhir/Group/two/$export?_since=2000-01-01T00:00:00%2B01:00&_type=Patient", &token)
        .await;
    assert_eq!(ids(&system.files((&all, "output"), &token).await), of_keys(&["rosa", "walter"]));

    // A search narrows its type and no other.
    let path =
        "/fhir/Group/one/$export?_type=Patient,Observation&_typeFilter=Observation%3Fcategory%3Dlaboratory";
    let (place, manifest) = system.export(path, &token).await;
    let all = system.files((&manifest, "output"), &token).await;
    assert!(of(&all, "Observation").count() > 0 && of(&all, "Patient").count() == 1);
    assert!(of(&all, "Observation").all(|one| one["category"].to_string().contains("\"laboratory\"")));
    system.call((Method::DELETE, &place), &token).await;

    // By POST, only these people.
    let body = serde_json::json!({"resourceType": "Parameters", "parameter": [
        {"name": "_type", "valueString": "Patient"},
        {"name": "patient", "valueReference": {"reference": format!("Patient/{}", house.person("walter").patient_id)}},
    ]});
    let begun = system
        .http
        .post(system.at("/fhir/Group/two/$export"))
        .bearer_auth(&token)
        .header("accept", "application/fhir+json")
        .header("prefer", "respond-async, handling=lenient")
        .header("content-type", "application/fhir+json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(begun.status(), 202, "{}", begun.text().await.unwrap());
    let place = begun.headers()["content-location"].to_str().unwrap().to_owned();
    let manifest = system.wait(&place, &token).await;
    assert_eq!(ids(&system.files((&manifest, "output"), &token).await), of_keys(&["walter"]));

    // An empty body has no parameters, whatever it is said to be.
    for kind in [None, Some("application/fhir+json")] {
        let mut asked = system.http.post(system.at("/fhir/Group/one/$export")).bearer_auth(&token);
        asked = asked.header("accept", "application/fhir+json").header("prefer", "respond-async");
        if let Some(kind) = kind {
            asked = asked.header("content-type", kind);
        }
        let begun = asked.body("").send().await.unwrap();
        assert_eq!(begun.status(), 202, "{kind:?}: {}", begun.text().await.unwrap());
        let place = begun.headers()["content-location"].to_str().unwrap().to_owned();
        let manifest = system.wait(&place, &token).await;
        assert_eq!(ids(&system.files((&manifest, "output"), &token).await), of_keys(&["rosa"]));
        system.call((Method::DELETE, &place), &token).await;
    }

    // A token for one category of observations gives these and no others.
    let labs = "system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
    let narrow = System::register(&house, ("narrow", labs), &["one"]).await;
    let token = narrow.token(labs).await;
    let (_, manifest) = narrow.export("/fhir/Patient/$export", &token).await;
    let all = narrow.files((&manifest, "output"), &token).await;
    assert!(!all.is_empty());
    for one in &all {
        let coded = one["category"].to_string();
        assert!(one["resourceType"] == "Observation" && coded.contains("\"laboratory\""), "{one}");
    }
    house.close().await;
}

/// Types that stand in no record come where records lead to them, whichever types are named beside them.
async fn naming_types_only_leaves_out_others(kind: Kind) {
    let house = House::start(kind).await;
    for key in ["rosa", "walter"] {
        house.gather(key).await;
    }
    group(&house, "one", &["rosa", "walter"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let token = system.token(ALL).await;
    let exported = async |types: &str, token: &str| -> BTreeMap<String, BTreeSet<String>> {
        let (place, manifest) = system.export(&format!("/fhir/Group/one/$export{types}"), token).await;
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in system.files((&manifest, "output"), token).await {
            let kind = one["resourceType"].as_str().unwrap().to_owned();
            found.entry(kind).or_default().insert(one["id"].as_str().unwrap().to_owned());
        }
        system.call((Method::DELETE, &place), token).await;
        found
    };
    let whole = exported("", &token).await;
    assert!(whole["Organization"].len() > 1 && whole["Practitioner"].len() > 1, "{whole:?}");
    for types in ["Organization", "Practitioner", "Location", "Medication", "Organization,Encounter"] {
        let entries = house.entries().await;
        let found = exported(&format!("?_type={types}"), &token).await;
        let wanted: BTreeMap<String, BTreeSet<String>> =
            whole.clone().into_iter().filter(|(kind, _)| types.split(',').any(|own| own == kind)).collect();
        assert_eq!(found, wanted, "{types}");
        let told = house.entries().await - entries;
        assert!(told <= 2 && (told == 0) == wanted.is_empty(), "{types}: whose record led there is told it");
    }

    // Only what the token may read leads somewhere; where that is nothing, it is said.
    let by_visits = system.token("system/Organization.rs system/Encounter.rs").await;
    let found = exported("?_type=Organization", &by_visits).await;
    assert!(found["Organization"].is_subset(&whole["Organization"]) && found.len() == 1, "{found:?}");
    let alone = system.token("system/Organization.rs").await;
    for path in ["/fhir/Group/one/$export?_type=Organization", "/fhir/Patient/$export"] {
        let answer = system.call((Method::GET, path), &alone).await;
        assert_eq!(answer.status(), 400, "{path}");
        let outcome: Value = answer.json().await.unwrap();
        assert_eq!(outcome["issue"][0]["code"], "not-supported");
        assert!(outcome.to_string().contains("Organization stands in no person's record"), "{outcome}");
    }
    house.close().await;
}

/// A client that takes what cannot be followed sees in the manifest what that was.
async fn what_is_not_followed_is_told(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let token = system.token(ALL).await;
    let path = "/fhir/Group/one/$export?_type=Patient,Nose&_typeFilter=Patient%3Fnose%3Dx&_elements=id\
        &includeAssociatedData=LatestProvenanceResources&ear=1";
    assert_eq!(
        system.call((Method::GET, path), &token).await.status(),
        400,
        "who does not say so is refused"
    );
    let begun = system
        .http
        .get(system.at(path))
        .bearer_auth(&token)
        .header("accept", "application/fhir+json")
        .header("prefer", "respond-async, handling=lenient")
        .send()
        .await
        .unwrap();
    assert_eq!(begun.status(), 202, "{}", begun.text().await.unwrap());
    let place = begun.headers()["content-location"].to_str().unwrap().to_owned();
    let manifest = system.wait(&place, &token).await;
    assert_eq!(of(&system.files((&manifest, "output"), &token).await, "Patient").count(), 1);
    let told = system.files((&manifest, "error"), &token).await;
    let params: Vec<&str> =
        told.iter().map(|one| one["issue"][0]["expression"][0].as_str().unwrap()).collect();
    let wanted =
        ["http._type", "http._typeFilter", "http._elements", "http.includeAssociatedData", "http.ear"];
    assert_eq!(params, wanted, "one for each");
    for one in &told {
        assert_eq!(
            (&one["issue"][0]["severity"], one["issue"].as_array().unwrap().len()),
            (&"warning".into(), 1)
        );
        assert_eq!(api::fhir::check::check(one), vec![]);
    }
    house.close().await;
}

async fn groups_are_read(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    group(&house, "two", &[]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let token = system.token(ALL).await;
    let read = async |path: &str| {
        let answer = system.call((Method::GET, path), &token).await;
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, one) = read("/fhir/Group/one").await;
    assert_eq!((status, &one["id"], &one["quantity"]), (200, &"one".into(), &1.into()));
    assert_eq!(one.get("member"), None, "who is in it comes with an export");
    assert_eq!(api::fhir::check::check(&one), vec![]);
    assert_eq!(read("/fhir/Group/two").await.0, 404, "a group of others");
    for (path, total) in [("/fhir/Group", 1), ("/fhir/Group?_id=one", 1), ("/fhir/Group?_id=two,three", 0)] {
        let (status, bundle) = read(path).await;
        assert_eq!((status, &bundle["total"]), (200, &total.into()), "{path}");
        assert_eq!(api::fhir::check::check(&bundle), vec![], "{path}");
    }
    // As every other type: a number only, what is not known is told, by form and as XML.
    let (_, counted) = read("/fhir/Group?_summary=count").await;
    assert_eq!((&counted["total"], counted.get("entry")), (&1.into(), None));
    let (_, told) = read("/fhir/Group?name=x").await;
    assert_eq!((&told["total"], &told["entry"][1]["search"]["mode"]), (&1.into(), &"outcome".into()));
    assert_eq!(api::fhir::check::check(&told), vec![]);
    let by_form = system.http.post(system.at("/fhir/Group/_search")).bearer_auth(&token);
    let by_form: Value =
        by_form.form(&[("_id", "one"), ("_pretty", "true")]).send().await.unwrap().json().await.unwrap();
    assert_eq!((&by_form["total"], &by_form["entry"][0]["resource"]["id"]), (&1.into(), &"one".into()));
    for (path, accept, begins) in [
        ("/fhir/Group", "application/fhir+xml", "<Bundle "),
        ("/fhir/Group?_format=xml", "application/fhir+json", "<Bundle "),
        ("/fhir/Group/one", "application/fhir+xml", "<Group "),
        ("/fhir/Group/two", "application/fhir+xml", "<OperationOutcome "),
    ] {
        let asked = system.http.get(system.at(path)).bearer_auth(&token).header("accept", accept);
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/fhir+xml; charset=utf-8", "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(begins), "{path}: {text}");
    }
    let (_, statement) = read("/fhir/metadata").await;
    assert!(statement["instantiates"].to_string().contains("uv/bulkdata/CapabilityStatement/bulk-data"));
    for kind in ["Group", "Patient"] {
        let resources = statement["rest"][0]["resource"].as_array().unwrap();
        let one = resources.iter().find(|one| one["type"] == kind).unwrap();
        let operations = one["operation"].as_array().unwrap();
        assert!(operations.iter().any(|operation| operation["name"] == "export"), "{kind}");
    }
    house.close().await;
}
