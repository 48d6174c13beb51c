//! Attachments of an export lead to their content (Bulk Data Access 2.0, Attachments): for the system of the export, with
//! its token, as long as it may fetch the file that names them, and for nobody else.

use std::collections::{BTreeMap, BTreeSet};

use api::disclosures::{self, Filter};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::system::{System, group, set};
use super::{ALL, of};
use crate::acting::{actor, patient};
use crate::harness::{House, Kind, binary, on_both_databases};

on_both_databases!(attachments_lead_to_their_content);

const PATH: &str = "/fhir/Group/one/$export?_type=DocumentReference,DiagnosticReport";

/// What the attachments of these resources say of where their content is, with the name of each resource.
fn addresses(all: &[Value]) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    for one in all {
        let name = format!("{}/{}", one["resourceType"].as_str().unwrap(), one["id"].as_str().unwrap());
        let contents = one["content"].as_array().into_iter().flatten().map(|content| &content["attachment"]);
        let forms = one["presentedForm"].as_array().into_iter().flatten();
        let with_address = contents.chain(forms).filter(|attachment| attachment["url"].is_string());
        found.extend(with_address.map(|attachment| (name.clone(), attachment)));
    }
    found
}

/// The addresses of an export's own in these resources.
pub fn fetchable(all: &[Value]) -> Vec<String> {
    let urls = addresses(all).into_iter().filter_map(|(_, attachment)| attachment["url"].as_str());
    urls.filter(|url| url.contains("/attachment/")).map(str::to_owned).collect()
}

/// A document of Rosa's whose files are elsewhere, or nowhere.
async fn led_away(house: &House) {
    let rosa = house.person("rosa").resources.iter().find(|one| one["resourceType"] == "Patient").unwrap();
    let content = |url: &str| json!({"attachment": {"contentType": "text/plain", "url": url, "title": "x"}});
    let document = json!({
        "resourceType": "DocumentReference", "id": "led-away", "status": "current",
        "subject": {"reference": format!("Patient/{}", rosa["id"].as_str().unwrap())},
        "content": [content("https://elsewhere.example/x.txt"), content("file:///etc/passwd"), content("Binary/not-here")],
    });
    let entry: Vec<Value> = [rosa, &document].map(|resource| json!({"resource": resource})).into();
    let file = house.folder.path().join("document.json");
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entry});
    std::fs::write(&file, bundle.to_string()).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

async fn attachments_lead_to_their_content(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    led_away(&house).await;
    group(&house, "one", &["rosa"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let other = System::register(&house, ("other", ALL), &["one"]).await;
    let (token, others) = (system.token(ALL).await, other.token(ALL).await);
    let (place, manifest) = system.export(PATH, &token).await;
    let all = system.files((&manifest, "output"), &token).await;
    assert_eq!(of(&all, "Binary").count(), 0, "it was not asked for");

    // What the source says, by the name of the resource: each file once or more.
    let whole = &house.person("rosa").resources;
    let source: BTreeMap<String, &Value> = addresses(whole).into_iter().collect();
    let mut files = BTreeSet::new();
    for (name, attachment) in addresses(&all).into_iter().filter(|(name, _)| !name.ends_with("/led-away")) {
        let (_, id) = source[&name]["url"].as_str().unwrap().rsplit_once("Binary/").unwrap();
        let file = of(whole, "Binary").find(|one| one["id"] == id).unwrap();
        let url = attachment["url"].as_str().unwrap();
        assert!(url.starts_with(&format!("{place}/attachment/")), "{url}");
        // As the reference client asks, and as one that asks for everything as FHIR.
        for accept in [attachment["contentType"].as_str().unwrap(), "application/fhir+json"] {
            let asked = system.http.get(url).bearer_auth(&token).header("accept", accept);
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), 200, "{name}");
            assert_eq!(answer.headers()["content-type"], file["contentType"].as_str().unwrap(), "{name}");
            assert_eq!(answer.headers()["cache-control"], "no-store");
            let bytes = answer.bytes().await.unwrap();
            assert_eq!(BASE64_STANDARD.encode(&bytes), file["data"].as_str().unwrap(), "{name}");
        }
        files.insert(id);
    }
    assert!(files.len() > 2, "{files:?}");

    // On the web an address stays; one that nobody could follow is not told as one.
    let away = of(&all, "DocumentReference").find(|one| one["id"] == "led-away").unwrap();
    let urls: Vec<&Value> = (0..3).map(|n| &away["content"][n]["attachment"]["url"]).collect();
    assert_eq!(urls, [&"https://elsewhere.example/x.txt".into(), &Value::Null, &Value::Null]);
    for n in [1, 2] {
        let attachment = &away["content"][n]["attachment"];
        assert_eq!(attachment["_url"]["extension"][0]["valueCode"], "unknown");
        assert_eq!(attachment["title"], "x");
    }
    assert_eq!(api::fhir::check::check(away), vec![]);

    // The line of the export tells of the files that came with it.
    let (rosa, number) = (actor(&house, "rosa").await, patient(&house, "rosa").await);
    let log = disclosures::log(&house.app, &rosa, (number, Filter::default())).await.unwrap();
    let line = log.lines.iter().find(|line| line.entry.what.kind == "export").unwrap();
    let told = line.entry.what.counts.get("Binary").copied();
    assert_eq!(told, Some(files.len() as u64), "{:?}", line.entry.what);

    // For nobody else, and for nothing else.
    let url = fetchable(&all).remove(0);
    assert_eq!(Client::new().get(&url).send().await.unwrap().status(), 401);
    let (second, manifest) = system.export(PATH, &token).await;
    let (_, sealed) = url.rsplit_once('/').unwrap();
    let narrow = system.token("system/Goal.rs").await;
    for (status, token, url) in [
        (404, &others, url.clone()),
        (403, &narrow, url.clone()),
        (404, &token, format!("{second}/attachment/{sealed}")),
        (404, &token, format!("{url}A")),
        (404, &token, format!("{place}/attachment/x")),
        (404, &token, format!("{place}/attachment/{}", "A".repeat(4_000))),
        (200, &token, url.clone()),
    ] {
        assert_eq!(system.call((Method::GET, &url), token).await.status().as_u16(), status, "{url}");
    }
    assert_eq!(system.call((Method::DELETE, &url), &token).await.status(), 405);
    assert_eq!(system.call((Method::HEAD, &url), &token).await.status(), 200);

    // As long as the export is there, and as it may go out.
    system.call((Method::DELETE, &place), &token).await;
    assert_eq!(system.call((Method::GET, &url), &token).await.status(), 404, "it was deleted");
    let url = fetchable(&system.files((&manifest, "output"), &token).await).remove(0);
    assert_eq!(system.call((Method::GET, &url), &token).await.status(), 200);
    set(&house, "one", &[]).await;
    assert_eq!(system.call((Method::GET, &url), &token).await.status(), 410, "she left the group");

    // Where files are asked for they are resources as well.
    set(&house, "one", &["rosa"]).await;
    let (_, manifest) = system.export("/fhir/Group/one/$export?_type=Binary", &token).await;
    let all = system.files((&manifest, "output"), &token).await;
    let binaries: BTreeSet<&str> = of(&all, "Binary").filter_map(|one| one["id"].as_str()).collect();
    assert!(files.is_subset(&binaries) && all.len() == binaries.len(), "{binaries:?}");
    house.close().await;
}
