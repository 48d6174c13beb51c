//! Whole sets of synthetic records that others made, where they lie beside the project (`../shared/data`):
//! imported by the real program, counted, and taken home byte for byte.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use api::base::{AccountId, Clock, PatientNo, SessionId};
use api::config::Config;
use api::copies::{self, Ask, Scope};
use api::identity::Actor;
use api::words::Language;
use futures::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::harness::database::Raw;
use crate::harness::{Database, Kind, binary, on_both_databases, skip, tree};

on_both_databases!(everything_is_imported_and_the_largest_record_comes_home);

/// The folder of the sets, if it is there.
fn shared() -> Option<PathBuf> {
    let folder = tree::root().parent()?.join("shared/data");
    if !folder.join("manifest.json").is_file() {
        skip("../shared/data is not there");
        return None;
    }
    Some(folder)
}

#[derive(Deserialize)]
struct Manifest {
    patients: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    path: String,
    patient: String,
    resources: u64,
    types: BTreeMap<String, u64>,
}

/// Types that are about nobody and stand once, however many records name them.
const DIRECTORY: [&str; 4] = ["Organization", "Practitioner", "PractitionerRole", "Location"];

async fn everything_is_imported_and_the_largest_record_comes_home(kind: Kind) {
    let Some(shared) = shared() else { return };
    let manifest: Manifest =
        serde_json::from_str(&std::fs::read_to_string(shared.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest.patients.len(), 102);
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let raw = {
        let first = import(folder.path(), &database, &shared).await;
        let refused = count(&first, "refused");
        assert_eq!(refused, 0, "{first}");
        let again = import(folder.path(), &database, &shared).await;
        // Files of `carebundle` give one organization or practitioner several faces under one id: whichever file
        // comes last is the newest version, so going through them again makes versions, but no new resource.
        assert_eq!(
            count(&again["carebundle"], "accepted"),
            count(&again["carebundle"], "changed"),
            "{again}"
        );
        let accepted = count(&again, "accepted") - count(&again["carebundle"], "accepted");
        assert_eq!((accepted, count(&again, "refused")), (0, 0), "{again}");
        let all = |report| count(report, "accepted") + count(report, "unchanged");
        assert_eq!(all(&again), all(&first));
        database.raw().await
    };
    compare(&raw, &manifest).await;
    let largest = manifest.patients.iter().max_by_key(|listed| listed.resources).unwrap();
    comes_home(folder.path(), (&database, &raw), (largest, &shared)).await;
}

/// Imports each set as the source that it is; sums the reports.
async fn import(data: &Path, database: &Database, shared: &Path) -> Value {
    let mut sum = serde_json::json!({"accepted": 0, "unchanged": 0, "refused": 0});
    for set in ["synthea-blaze", "synthea-smart", "inferno", "carebundle", "us-core-9-examples"] {
        let path = shared.join(set);
        let output = binary::run(
            data,
            Some(&database.url),
            &["import", "--json", "--source", set, path.to_str().unwrap()],
        )
        .await;
        assert!(output.status.success(), "{set}: {}", String::from_utf8_lossy(&output.stderr));
        let report = binary::json(&output);
        for name in ["accepted", "unchanged", "refused"] {
            sum[name] = (count(&sum, name) + count(&report, name)).into();
        }
        sum[set] = report;
    }
    sum
}

fn count(report: &Value, name: &str) -> u64 {
    report[name].as_u64().unwrap_or_else(|| panic!("{name} in {report}"))
}

/// Each person has of each type what the manifest says.
async fn compare(raw: &Raw, manifest: &Manifest) {
    let rows = raw
        .texts(
            "SELECT p.fhir_id || ' ' || r.type || ' ' || CAST(count(*) AS TEXT) FROM resource r \
             JOIN patient p ON p.patient_no = r.rid >> 24 JOIN source s ON s.source_no = p.source_no \
             WHERE s.name LIKE 'synthea%' GROUP BY p.fhir_id, r.type",
        )
        .await;
    let stored: BTreeMap<(String, String), u64> = rows
        .iter()
        .map(|row| {
            let parts: Vec<&str> = row.split(' ').collect();
            ((parts[0].to_owned(), parts[1].to_owned()), parts[2].parse().unwrap())
        })
        .collect();
    let mut wanted = BTreeMap::new();
    for listed in &manifest.patients {
        for (kind, n) in listed.types.iter().filter(|(kind, _)| !DIRECTORY.contains(&kind.as_str())) {
            *wanted.entry((listed.patient.clone(), kind.clone())).or_default() += n;
        }
    }
    let differ: Vec<String> = wanted
        .keys()
        .chain(stored.keys())
        .filter(|key| wanted.get(*key) != stored.get(*key))
        .map(|key| format!("{key:?}: wanted {:?}, stored {:?}", wanted.get(key), stored.get(key)))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert_eq!(wanted.len(), stored.len());
}

#[derive(Deserialize)]
struct Bundle {
    entry: Vec<BundleEntry>,
}

#[derive(Deserialize)]
struct BundleEntry {
    resource: Box<RawValue>,
}

/// The copy of a record has every resource of its file, byte for byte.
async fn comes_home(data: &Path, (database, raw): (&Database, &Raw), (listed, shared): (&Listed, &Path)) {
    let mut text = String::new();
    let file = std::fs::File::open(shared.join(&listed.path)).unwrap();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).unwrap();
    let bundle: Bundle = serde_json::from_str(&text).unwrap();
    assert_eq!(bundle.entry.len() as u64, listed.resources);

    let app = api::app::open(Config::for_testing(data, &database.url), Clock::System).await.unwrap();
    let writer = api::disclosures::start(&app).unwrap();
    let patient = PatientNo(
        raw.number(&format!(
            "SELECT CAST(patient_no AS BIGINT) FROM patient WHERE fhir_id = '{}'",
            listed.patient
        ))
        .await,
    );
    let actor = linked(raw, patient).await;
    let ask = Ask {
        scope: Scope { formats: vec!["fhir".into()], ..Scope::default() },
        language: Language::English,
        password: None,
        once: "once".into(),
    };
    let copy = copies::request(&app, &actor, (patient, ask)).await.unwrap();
    while api::worker::next(&app).await.unwrap() {}
    let download = copies::open(&app, &actor, (patient, copy, None)).await.unwrap();
    let mut bytes = Vec::new();
    let mut stream = download.stream;
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part.unwrap());
    }
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut home: BTreeMap<String, u64> = BTreeMap::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        if entry.name().unwrap().ends_with(".ndjson") {
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            for line in text.lines() {
                *home.entry(line.to_owned()).or_default() += 1;
            }
        }
    }
    for entry in &bundle.entry {
        let line = one_line(entry.resource.get());
        let left =
            home.get_mut(&line).unwrap_or_else(|| panic!("not home: {}", &line[..line.len().min(200)]));
        *left = left.checked_sub(1).expect("each as often as it came");
    }
    writer.abort();
    app.db.close().await;
}

/// JSON on one line: white space outside strings is dropped if it holds a line break.
fn one_line(json: &str) -> String {
    if !json.contains('\n') {
        return json.to_owned();
    }
    let (mut in_text, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let keep = in_text || !c.is_ascii_whitespace();
            if in_text {
                in_text = escaped || *c != '"';
                escaped = !escaped && *c == '\\';
            } else {
                in_text = *c == '"';
            }
            keep
        })
        .collect()
}

/// An account that is linked to this record, put past the sign-in.
pub(crate) async fn linked(raw: &Raw, patient: PatientNo) -> Actor {
    let id = uuid::Uuid::from_u128(7 + u128::try_from(patient.0).unwrap());
    let account = match raw {
        Raw::Sqlite(_) => raw.bytes(id.as_bytes()),
        Raw::Postgres(_) => format!("'{id}'::uuid"),
    };
    raw.run(&format!(
        "INSERT INTO account (id, name, created_at, last_seen_at) VALUES ({account}, 'Test', 0, 0); \
         INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
         VALUES ({account}, {}, 0, 'code', '')",
        patient.0
    ))
    .await
    .unwrap();
    Actor {
        account: AccountId(id),
        session: SessionId(uuid::Uuid::nil()),
        name: "Test".into(),
        provider: "demo".into(),
        acr: None,
        amr: vec![],
        auth_time: None,
        level: api::config::Level::default(),
        through: None,
    }
}
