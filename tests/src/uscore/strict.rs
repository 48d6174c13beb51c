//! An independent client reads a record over HTTP with a token: the Python package fhirclient, whose models refuse
//! whatever is not FHIR R4. `RECORDRIGHT_TEST_PYTHON` names a Python that has it; `check` prepares one where it can.

use std::collections::BTreeMap;
use std::process::Command;

use super::notebook::token;
use crate::harness::{House, Kind, binary, setting, skip, tree};

#[test]
fn a_strict_client_reads_it_all() {
    let Some(python) = setting("RECORDRIGHT_TEST_PYTHON") else {
        return skip("RECORDRIGHT_TEST_PYTHON names no Python with fhirclient");
    };
    actix_web::rt::System::new().block_on(read_all(python));
}

async fn read_all(python: String) {
    let house = House::start(Kind::Sqlite).await;
    for key in ["odette", "otis"] {
        drop(house.linked(key).await);
        let token = token(&house, key, "launch/patient patient/*.rs").await;
        let script = tree::root().join("tests/clients/strict.py");
        let base = format!("{}/fhir", house.url);
        let bearer = token["access_token"].as_str().unwrap().to_owned();
        let mut client = Command::new(&python);
        client.arg(script).args([base.as_str(), &bearer, key]);
        let output = binary::output(client).await;
        assert!(output.status.success(), "{key}: {}", String::from_utf8_lossy(&output.stderr));
        let counts: BTreeMap<String, usize> = serde_json::from_slice(&output.stdout).unwrap();
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for resource in &house.person(key).resources {
            *own.entry(resource["resourceType"].as_str().unwrap()).or_default() += 1;
        }
        for (kind, came) in counts.iter().filter(|(kind, _)| own.contains_key(kind.as_str())) {
            assert_eq!(*came, own[kind.as_str()], "{key}: {kind}");
        }
        assert!(counts.len() > 12 && counts["Practitioner"] > 0, "{counts:?}");
    }
    house.close().await;
}
