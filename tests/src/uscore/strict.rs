//! An independent app, written with the Python package fhirclient, from the first question to the refresh: its own
//! request to authorize, the pages of the portal, its own change of the code, and a record read over HTTP with models
//! that refuse whatever is not FHIR R4. `RECORDRIGHT_TEST_PYTHON` names a Python that has it; `check` prepares one.

use std::collections::BTreeMap;
use std::process::Stdio;

use api::smart::ClientKind;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::SUITE;
use crate::harness::client::Browser;
use crate::harness::{House, Kind, setting, skip, tree};
use crate::smart::{about, register};

/// Where the app is sent back to: nobody listens there, the browser of the test tells it.
const BACK: &str = "http://127.0.0.1:9/back";

#[test]
fn a_strict_client_reads_it_all() {
    let Some(python) = setting("RECORDRIGHT_TEST_PYTHON") else {
        return skip("RECORDRIGHT_TEST_PYTHON names no Python with fhirclient");
    };
    actix_web::rt::System::new().block_on(read_all(python));
}

/// What the app tells in the end.
#[derive(Debug, Deserialize)]
struct Told {
    patient: String,
    counts: BTreeMap<String, usize>,
}

async fn read_all(python: String) {
    let house = House::start(Kind::Sqlite).await;
    register(&house, "strict", about("Strict reader (synthetic)", ClientKind::Public)).await;
    for key in [SUITE, "otis"] {
        let mut person = house.linked(key).await;
        let told = connected(&house, &python, &mut person).await;
        assert_eq!(told.patient, house.person(key).patient_id);
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for resource in &house.person(key).resources {
            *own.entry(resource["resourceType"].as_str().unwrap()).or_default() += 1;
        }
        for (kind, came) in told.counts.iter().filter(|(kind, _)| own.contains_key(kind.as_str())) {
            assert_eq!(*came, own[kind.as_str()], "{key}: {kind}");
        }
        assert!(told.counts.len() > 12 && told.counts["Practitioner"] > 0, "{:?}", told.counts);
    }
    house.close().await;
}

/// The app asks, the person shares everything on the portal's pages, the app goes on from where they came back.
async fn connected(house: &House, python: &str, person: &mut Browser) -> Told {
    let mut app = tokio::process::Command::new(python)
        .arg(tree::root().join("tests/clients/strict.py"))
        .args([&format!("{}/fhir", house.url), "strict", BACK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(app.stdout.take().unwrap()).lines();
    let asking = said.next_line().await.unwrap();
    if let Some(asking) = asking {
        let back = shared(person, &asking).await;
        app.stdin.take().unwrap().write_all(format!("{back}\n").as_bytes()).await.unwrap();
    }
    let last = said.next_line().await.unwrap().unwrap_or_default();
    let output = app.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&last).unwrap_or_else(|error| panic!("{error}: {last}"))
}

/// Shares all that is asked for, the very private parts too; where the browser is sent with the code.
async fn shared(person: &mut Browser, asking: &str) -> String {
    let page = person.get(asking).await;
    let (_, url, mut fields) = page.form("#ask-form");
    let private = page.attributes("#ask-form input[name='labels']", "value");
    fields.extend(private.into_iter().map(|label| ("labels".to_owned(), label)));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = person.plain_post(url.as_str(), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let back = answer.headers["location"].to_str().unwrap();
    assert!(back.starts_with(BACK), "{back}");
    back.to_owned()
}
