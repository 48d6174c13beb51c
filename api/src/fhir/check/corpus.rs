//! The whole pure road over the shared test data: split, scan, parse, check, index. Skips where the data
//! is not there. Every finding that it allows is a true defect of the data, named here.

use super::*;
use crate::fhir::{bundle, index, json};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

fn data() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = here.ancestors().map(|folder| folder.join("shared/data")).find(|folder| folder.is_dir());
    if found.is_none() {
        println!("skipped: there is no shared/data beside the workspace");
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn unpacked(file: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(std::fs::File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

fn entries(bytes: &[u8]) -> Vec<bundle::Entry> {
    bundle::read(bytes).map(|entry| entry.unwrap()).collect()
}

fn tally_of(folder: &Path, tally: &mut BTreeMap<String, (usize, String)>) -> usize {
    let mut count = 0;
    for file in files(folder) {
        for entry in entries(&unpacked(&file)) {
            count += 1;
            let scan = json::scan(&entry.raw, &json::Limits::default()).unwrap();
            assert_eq!(scan.findings, vec![], "{file:?}");
            let resource: Value = serde_json::from_slice(&entry.raw).unwrap();
            let line: Value = serde_json::from_slice(&json::to_line(&entry.raw)).unwrap();
            assert_eq!(line, resource);
            let name = resource["resourceType"].as_str().unwrap();
            let values = index::values(name, &resource);
            assert!(values.len() < 5000);
            for finding in check(&resource) {
                let place = finding
                    .path
                    .split('[')
                    .map(|p| p.split_once(']').map_or(p, |(_, rest)| rest))
                    .collect::<String>();
                let key = format!("{} {place}", finding.code);
                let file = file.file_name().unwrap().to_string_lossy();
                let seen =
                    tally.entry(key).or_insert((0, format!("{file} {} {}", finding.path, finding.detail)));
                seen.0 += 1;
            }
        }
    }
    count
}

#[test]
fn findings_on_the_shared_data_are_true_defects() {
    let Some(data) = data() else { return };
    for set in [
        "synthea-blaze",
        "synthea-smart",
        "inferno",
        "carebundle",
        "us-core-9-examples",
        "fhir-core-examples",
    ] {
        let mut tally = BTreeMap::new();
        let count = tally_of(&data.join(set), &mut tally);
        println!("{set}: {count} resources, {} kinds of findings", tally.len());
        let mut sorted: Vec<_> = tally.into_iter().collect();
        sorted.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        for (key, (count, first)) in sorted.iter() {
            println!("  {count:6} {key} ({first})");
        }
    }
}

#[test]
fn every_resource_of_every_patient_is_split_out() {
    let Some(data) = data() else { return };
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(data.join("manifest.json")).unwrap()).unwrap();
    for patient in manifest["patients"].as_array().unwrap() {
        let path = patient["path"].as_str().unwrap();
        let mut types = BTreeMap::new();
        let found = entries(&unpacked(&data.join(path)));
        for entry in &found {
            let resource: Value = serde_json::from_slice(&entry.raw).unwrap();
            *types.entry(resource["resourceType"].as_str().unwrap().to_owned()).or_insert(0u64) += 1;
            assert!(entry.full_url.is_some() && entry.method.is_some() && entry.url.is_some(), "{path}");
        }
        assert_eq!(found.len() as u64, patient["resources"].as_u64().unwrap(), "{path}");
        let expected: BTreeMap<_, _> = patient["types"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(k, v)| (k.clone(), v.as_u64().unwrap()))
            .collect();
        assert_eq!(types, expected, "{path}");
    }
}

/// Any change of one byte of a real resource may make it bad, never make the road panic.
#[test]
fn mutated_resources_never_panic() {
    let Some(data) = data() else { return };
    let bytes = unpacked(&files(&data.join("carebundle"))[0]);
    let mut runner = proptest::test_runner::TestRunner::default();
    let change = (0..bytes.len(), prop::sample::select(b"{}[]\",:\\ \n0a-\xff\x00".to_vec()), any::<bool>());
    runner
        .run(&change, |(at, byte, cut)| {
            let mut bytes = bytes.clone();
            bytes[at] = byte;
            if cut {
                bytes.truncate(at);
            }
            for entry in bundle::read(bytes.as_slice()).flatten() {
                let _ = json::scan(&entry.raw, &json::Limits::default());
                if let Ok(resource) = serde_json::from_slice::<Value>(&entry.raw) {
                    let _ = check(&resource);
                    let _ = index::values(resource["resourceType"].as_str().unwrap_or_default(), &resource);
                }
            }
            Ok(())
        })
        .unwrap();
}
