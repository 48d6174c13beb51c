//! The whole pure road over the shared test data: split, scan, parse, check, index. Skips where the data
//! is not there. Every finding that it allows is a true defect of the data, named here.

use super::*;
use crate::fhir::{bundle, index, json};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

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

/// What a set came to: resources, findings as `file code path`, and the time that each step took.
#[derive(Default)]
struct Tally {
    count: usize,
    bytes: usize,
    findings: BTreeSet<String>,
    split: Duration,
    check: Duration,
    index: Duration,
}

fn timed<T>(total: &mut Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    *total += start.elapsed();
    made
}

fn tally_of(folder: &Path) -> Tally {
    let mut tally = Tally::default();
    for file in files(folder) {
        let bytes = unpacked(&file);
        tally.bytes += bytes.len();
        for entry in timed(&mut tally.split, || entries(&bytes)) {
            tally.count += 1;
            let scan = json::scan(&entry.raw, &json::Limits::default()).unwrap();
            assert_eq!(scan.findings, vec![], "{file:?}");
            let resource: Value = serde_json::from_slice(&entry.raw).unwrap();
            let line: Value = serde_json::from_slice(&json::to_line(&entry.raw)).unwrap();
            assert_eq!(line, resource);
            let name = resource["resourceType"].as_str().unwrap();
            for value in timed(&mut tally.index, || index::values(name, &resource)) {
                let backwards = matches!(value, index::IndexValue::Date { low, high, .. } if low >= high);
                assert!(!backwards, "{file:?} {value:?}");
            }
            let file = file.file_name().unwrap().to_string_lossy();
            let findings = timed(&mut tally.check, || check(&resource));
            tally.findings.extend(findings.iter().map(|f| format!("{file} {} {}", f.code, f.path)));
        }
    }
    tally
}

/// The number of resources per set and each of their defects: `Period` has no `stop`; a narrative needs
/// its `div`; an Encounter performs no observation.
const EXPECTED: [(&str, usize, &[&str]); 6] = [
    ("synthea-blaze", 62_217, &[]),
    ("synthea-smart", 5_621, &[]),
    ("inferno", 813, &["uscore_bundle_patient_355.json.gz unknown-element Observation.effectivePeriod.stop"]),
    ("carebundle", 614, &[]),
    ("us-core-9-examples", 236, &["diagnosticreport-cbc.json.gz required-missing DiagnosticReport.text.div"]),
    (
        "fhir-core-examples",
        964,
        &["observation-example-clinical-gender.json.gz reference-target Observation.performer[0].reference"],
    ),
];

/// Prints the speed too; only a release build tells anything by it.
#[test]
fn findings_on_the_shared_data_are_true_defects() {
    let Some(data) = data() else { return };
    for (set, count, defects) in EXPECTED {
        let tally = tally_of(&data.join(set));
        let per = |time: Duration| time.as_secs_f64() * 1e6 / tally.count as f64;
        let speed = tally.bytes as f64 / 1e6 / tally.split.as_secs_f64();
        let (check, index) = (per(tally.check), per(tally.index));
        println!(
            "{set}: {count} resources; split {speed:.0} MB/s, check {check:.1} µs, index {index:.1} µs each"
        );
        assert_eq!(tally.findings.iter().map(String::as_str).collect::<Vec<_>>(), defects, "{set}");
        assert_eq!(tally.count, count, "{set}");
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
