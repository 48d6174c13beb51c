//! What comes in and finds its person, or is told: resources that name nobody, what two people share, somebody else
//! under a known id, names of medicines, Bundles within Bundles, files that are empty or not there. On both databases.

use std::io::Read;
use std::path::PathBuf;

use api::app::App;
use api::base::{Clock, PatientNo};
use api::config::Config;
use api::copies::{self, Ask, Scope};
use api::sources::{Import, RefusalLine, Report};
use api::words::Language;
use futures::StreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::database::Raw;
use crate::harness::{Database, House, Kind, binary, on_both_databases};
use crate::sets::linked;

on_both_databases!(
    what_names_nobody_is_told,
    two_people_share_a_medication,
    what_is_shared_is_nobodys_to_replace,
    the_same_drug_in_two_peoples_bytes,
    a_stranger_behind_other_files_is_noticed,
    a_prescription_twice_in_one_batch,
    a_record_without_a_number_left_says_so,
    a_gather_brings_what_another_has,
    somebody_else_under_a_known_id_is_refused,
    a_gather_that_goes_on_asks_who_it_is_about,
    a_prescription_bears_the_name_of_its_medicine,
    bundles_within_bundles_are_unpacked,
    what_cannot_be_read_is_told,
);

/// A service without pages, and a folder of files for it.
struct Desk {
    app: App,
    raw: Raw,
    database: Database,
    folder: TempDir,
}

impl Desk {
    async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(kind, folder.path()).await;
        let config = Config::for_testing(folder.path(), &database.url);
        let app = api::app::open(config, Clock::System).await.unwrap();
        let raw = database.raw().await;
        Self { app, raw, database, folder }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    async fn import(&self, name: &str, text: &str) -> Report {
        let ask = Import { source: "ehr".into(), paths: vec![self.file(name, text)] };
        api::sources::import(&self.app, ask, |_| {}).await.unwrap()
    }

    async fn patient(&self, id: &str) -> PatientNo {
        let sql = format!("SELECT CAST(patient_no AS BIGINT) FROM patient WHERE fhir_id = '{id}'");
        PatientNo(self.raw.number(&sql).await)
    }

    /// The FHIR id of whose record a resource is in; empty for the directory.
    async fn whose(&self, kind: &str, id: &str) -> Vec<String> {
        let sql = format!(
            "SELECT p.fhir_id FROM resource r JOIN patient p ON p.patient_no = r.rid >> 24 \
             JOIN item i ON i.rid = r.rid AND i.patient_no = p.patient_no \
             WHERE r.type = '{kind}' AND r.id = '{id}'"
        );
        self.raw.texts(&sql).await
    }

    /// The title of an item, and its words.
    async fn title(&self, id: &str) -> (String, String) {
        let sql = format!(
            "SELECT COALESCE(i.title, '') || '|' || w.words FROM resource r JOIN item i ON i.rid = r.rid \
             JOIN item_words w ON w.rid = r.rid WHERE r.id = '{id}'"
        );
        let found = self.raw.texts(&sql).await;
        let (title, words) = found[0].split_once('|').unwrap();
        (title.to_owned(), words.to_owned())
    }

    async fn close(self) {
        self.app.db.close().await;
    }
}

fn patient(id: &str, family: &str, birth: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": family, "given": ["Ana"]}], "birthDate": birth})
}

fn of(kind: &str, id: &str, patient: &str) -> Value {
    json!({"resourceType": kind, "id": id, "subject": {"reference": format!("Patient/{patient}")}})
}

fn prescription(id: &str, patient: &str, medication: &str) -> Value {
    let mut resource = of("MedicationRequest", id, patient);
    resource["medicationReference"] = json!({"reference": medication});
    resource
}

fn medication(id: &str, name: &str) -> Value {
    json!({"resourceType": "Medication", "id": id, "code": {"text": name}})
}

fn bundle(kind: &str, resources: &[Value]) -> Value {
    let entries: Vec<Value> = resources.iter().map(|resource| json!({"resource": resource})).collect();
    json!({"resourceType": "Bundle", "type": kind, "entry": entries})
}

fn ndjson(resources: &[Value]) -> String {
    resources.iter().map(|resource| format!("{resource}\n")).collect()
}

#[track_caller]
fn only(report: &Report) -> &RefusalLine {
    let [line] = report.refusals.as_slice() else { panic!("{report:?}") };
    line
}

async fn what_names_nobody_is_told(kind: Kind) {
    let desk = Desk::new(kind).await;
    let nameless = json!({"resourceType": "Observation", "id": "n"});
    let two = [patient("a", "Diaz", "1970-01-01"), patient("b", "Kim", "1980-01-01"), nameless.clone()];
    let report = desk.import("two.json", &bundle("batch", &two).to_string()).await;
    assert_eq!((report.accepted, report.refused), (2, 1));
    let line = only(&report);
    assert_eq!(
        (line.reason.as_str(), line.path.as_str(), line.resource.as_str()),
        ("no-person", "Observation.subject", "Observation/n")
    );
    assert!(line.file.ends_with("two.json") && line.place.ends_with("entry 3"), "{line:?}");
    let kept = desk.raw.texts("SELECT reason || ' ' || path || ' ' || place FROM quarantine").await;
    assert!(kept[0].starts_with("no-person Observation.subject line 1"), "{kept:?}");
    assert!(desk.whose("Observation", "n").await.is_empty());
    // A list of many files, each of one type, tells nobody either.
    let report = desk.import("all.ndjson", &ndjson(&[nameless.clone(), medication("m", "Aspirin")])).await;
    assert_eq!((report.accepted, report.refused), (1, 1));
    assert_eq!(desk.whose("Medication", "m").await, [""]);
    // In a file of one person it is theirs.
    let one = [patient("a", "Diaz", "1970-01-01"), nameless, medication("m2", "Aspirin")];
    let report = desk.import("one.json", &bundle("batch", &one).to_string()).await;
    assert_eq!((report.accepted, report.unchanged, report.refused), (2, 1, 0));
    assert_eq!(desk.whose("Observation", "n").await, ["a"]);
    assert_eq!(desk.whose("Medication", "m2").await, ["a"]);
    desk.close().await;
}

async fn two_people_share_a_medication(kind: Kind) {
    let desk = Desk::new(kind).await;
    let binary = json!({"resourceType": "Binary", "id": "x", "contentType": "text/plain", "data": "YQ=="});
    let mut text = Vec::new();
    for id in ["a", "b"] {
        let own = [
            patient(id, "Diaz", "1970-01-01"),
            medication("m", "Amoxicillin 500 mg"),
            binary.clone(),
            prescription(&format!("p{id}"), id, "Medication/m"),
        ];
        text.push(bundle("collection", &own).to_string());
    }
    let first = desk.import("a.json", &text[0]).await;
    assert_eq!((first.accepted, first.refused), (4, 0));
    assert_eq!(desk.whose("Medication", "m").await, ["a"]);
    // Somebody who only names it is not led into the first person's record.
    let mut stranger = vec![patient("c", "Lee", "1960-01-01")];
    stranger.push(prescription("pc", "c", "Medication/m"));
    desk.import("c.json", &bundle("collection", &stranger).to_string()).await;
    assert_eq!(desk.title("pc").await.0, "");

    // What somebody asked about it goes with it, and they are told.
    let id = match kind {
        Kind::Sqlite => desk.raw.bytes(&[1; 16]),
        Kind::Postgres => "'01010101-0101-0101-0101-010101010101'::uuid".to_owned(),
    };
    let note = desk.raw.bytes(&[0]);
    for sql in [
        format!(
            "INSERT INTO account (id, name, created_at, last_seen_at) VALUES ({id}, 'Ana (synthetic)', 0, 0)"
        ),
        format!(
            "INSERT INTO label_ask (id, rid, account_id, note, asked_at) \
             SELECT {id}, rid, {id}, {note}, 0 FROM resource WHERE type = 'Medication' AND id = 'm'"
        ),
    ] {
        desk.raw.run(&sql).await.unwrap();
    }
    let told = "SELECT count(*) FROM job WHERE kind = 'mail.send' AND payload LIKE '%privacy-changed%'";
    assert_eq!(desk.raw.number(told).await, 0);

    let second = desk.import("b.json", &text[1]).await;
    assert_eq!((second.accepted, second.unchanged, second.refused), (2, 2, 0), "{second:?}");
    assert_eq!(
        (desk.raw.number(told).await, desk.raw.number("SELECT count(*) FROM label_ask").await),
        (1, 0)
    );
    for kind in ["Medication", "Binary"] {
        let id = if kind == "Medication" { "m" } else { "x" };
        assert_eq!(desk.whose(kind, id).await, [""], "{kind} is in the directory, once");
    }
    for id in ["pa", "pb", "pc"] {
        assert_eq!(desk.title(id).await.0, "Amoxicillin 500 mg", "{id}");
    }
    // Nothing moves again, and what one of them brings in other words does not stand on the other's prescription.
    for text in &text {
        let again = desk.import("again.json", text).await;
        assert_eq!((again.accepted, again.unchanged, again.refused), (0, 4, 0));
    }
    let mended = [patient("b", "Diaz", "1970-01-01"), medication("m", "Amoxicillin 250 mg")];
    let report = desk.import("mended.json", &bundle("collection", &mended).to_string()).await;
    assert_eq!((report.changed, report.refused), (0, 1));
    assert!(only(&report).detail.contains("directory"), "{report:?}");
    for id in ["pa", "pb"] {
        assert_eq!(desk.title(id).await.0, "Amoxicillin 500 mg");
    }
    // A file of many mends it for both.
    let report = desk.import("all.ndjson", &ndjson(&[medication("m", "Amoxicillin 250 mg")])).await;
    assert_eq!((report.changed, report.refused), (1, 0));
    for id in ["pa", "pb"] {
        assert_eq!(desk.title(id).await.0, "Amoxicillin 250 mg");
    }
    // Other bytes of a document are another document: the first person's is not replaced.
    let mut other = binary.clone();
    (other["id"], other["data"]) = (json!("y"), json!("Yg=="));
    for (id, data, refused) in [("a", "Yg==", 0), ("b", "Yw==", 1)] {
        other["data"] = json!(data);
        let own = [patient(id, "Diaz", "1970-01-01"), other.clone()];
        let report = desk.import("y.json", &bundle("collection", &own).to_string()).await;
        assert_eq!(report.refused, refused, "{report:?}");
    }
    assert_eq!(desk.whose("Binary", "y").await, ["a"]);

    let writer = api::disclosures::start(&desk.app).unwrap();
    for id in ["a", "b"] {
        let files = copy(&desk, desk.patient(id).await).await;
        let named = |end: &str| -> String {
            files.iter().filter(|(name, _)| name.ends_with(end)).map(|(_, text)| text.as_str()).collect()
        };
        assert!(
            named("Medication.ndjson").contains("Amoxicillin 250 mg"),
            "{id}: the medicine is in the copy"
        );
        let requests = named("MedicationRequest.ndjson");
        assert!(
            requests.contains(&format!("\"p{id}\"")) && requests.trim().lines().count() == 1,
            "{requests}"
        );
        assert!(named(".csv").contains("Amoxicillin 250 mg"), "{id}: the spreadsheets name it");
    }
    writer.abort();
    desk.close().await;
}

async fn what_is_shared_is_nobodys_to_replace(kind: Kind) {
    let desk = Desk::new(kind).await;
    let letter =
        |data: &str| json!({"resourceType": "Binary", "id": "x", "contentType": "text/plain", "data": data});
    let pump = |note: &str| json!({"resourceType": "Device", "id": "d", "lotNumber": note});
    let of_person = |id: &str, note: &str| {
        let mut used = of("Procedure", &format!("u{id}"), id);
        used["focalDevice"] = json!([{"manipulated": {"reference": "Device/d"}}]);
        bundle("collection", &[patient(id, "Diaz", "1970-01-01"), letter(note), pump(note), used]).to_string()
    };
    for (id, note, refused) in [("a", "YQ==", 0), ("b", "YQ==", 0), ("c", "Yw==", 2), ("a", "Yw==", 2)] {
        let report = desk.import("one.json", &of_person(id, note)).await;
        assert_eq!((report.refused, report.changed), (refused, 0), "{id} {report:?}");
    }
    for kind in ["Binary", "Device"] {
        let sql = format!("SELECT CAST(version AS TEXT) FROM resource WHERE type = '{kind}'");
        assert_eq!(desk.raw.texts(&sql).await, ["1"], "{kind}");
    }
    // Both copies have what both procedures were done with.
    let writer = api::disclosures::start(&desk.app).unwrap();
    for id in ["a", "b"] {
        let files = copy(&desk, desk.patient(id).await).await;
        let devices: Vec<_> = files.iter().filter(|(name, _)| name.ends_with("Device.ndjson")).collect();
        assert!(devices.len() == 1 && devices[0].1.contains("YQ=="), "{id}: {devices:?}");
    }
    writer.abort();
    desk.close().await;
}

/// Per-person files of one source that use the same id, once for two drugs and once for one drug that was written
/// at two times: importing both twice changes nothing.
async fn the_same_drug_in_two_peoples_bytes(kind: Kind) {
    let desk = Desk::new(kind).await;
    let own = |id: &str, drug: &str| {
        let mut same = medication("m2", "Zymbalor 20 mg");
        same["meta"] = json!({"lastUpdated": format!("2024-01-01T00:00:00.00{}Z", id.len() + drug.len())});
        let all = [
            patient(id, "Diaz", "1970-01-01"),
            medication("m1", drug),
            same,
            prescription(&format!("p1{id}"), id, "Medication/m1"),
            prescription(&format!("p2{id}"), id, "Medication/m2"),
        ];
        bundle("collection", &all).to_string()
    };
    let files = [("a.json", own("a", "Aspirin")), ("b.json", own("b", "Warfarin"))];
    let mut reports = Vec::new();
    for (name, text) in files.iter().chain(&files) {
        let report = desk.import(name, text).await;
        reports.push((report.accepted, report.changed, report.unchanged, report.refused));
        assert_eq!(desk.title("p1a").await.0, "Aspirin", "after {name}");
    }
    assert_eq!(reports, [(5, 0, 0, 0), (4, 1, 0, 1), (0, 0, 5, 0), (0, 0, 4, 1)]);
    assert_eq!(desk.title("p1b").await.0, "", "its own drug was refused, and it must not bear another's");
    assert_eq!(
        (desk.whose("Medication", "m1").await, desk.whose("Medication", "m2").await),
        (vec!["a".to_owned()], vec![String::new()])
    );
    for id in ["p2a", "p2b"] {
        assert_eq!(desk.title(id).await.0, "Zymbalor 20 mg");
    }
    // The same within one batch.
    let folder = desk.folder.path().join("both");
    std::fs::create_dir(&folder).unwrap();
    for (name, text) in &files {
        std::fs::write(folder.join(name), text.replace("Zymbalor", "Other").replace("m2", "m3")).unwrap();
    }
    for (accepted, changed, unchanged) in [(4, 3, 5), (0, 0, 9)] {
        let ask = Import { source: "ehr".into(), paths: vec![folder.clone()] };
        let report = api::sources::import(&desk.app, ask, |_| {}).await.unwrap();
        assert_eq!(
            (report.accepted, report.changed, report.unchanged, report.refused),
            (accepted, changed, unchanged, 1)
        );
    }
    desk.close().await;
}

/// A folder of files by type, in which somebody else comes under a known id.
async fn a_stranger_behind_other_files_is_noticed(kind: Kind) {
    let desk = Desk::new(kind).await;
    let folder = |name: &str, person: Value, allergy: &str| {
        let folder = desk.folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        let mut resource = json!({"resourceType": "AllergyIntolerance", "id": allergy});
        resource["patient"] = json!({"reference": "Patient/a"});
        std::fs::write(folder.join("AllergyIntolerance.ndjson"), ndjson(&[resource])).unwrap();
        std::fs::write(folder.join("Condition.ndjson"), ndjson(&[of("Condition", "c", "a")])).unwrap();
        std::fs::write(folder.join("Patient.0001.ndjson"), ndjson(&[person])).unwrap();
        Import { source: "ehr".into(), paths: vec![folder] }
    };
    let ask = folder("first", patient("a", "Diaz", "1970-01-01"), "y1");
    assert_eq!(api::sources::import(&desk.app, ask, |_| {}).await.unwrap().accepted, 3);
    let ask = folder("second", patient("a", "Novak", "1950-05-05"), "y2");
    // Far more than one batch stands before the Patient by name.
    let many: Vec<Value> = (0..1500).map(|n| of("Condition", &format!("n{n}"), "a")).collect();
    std::fs::write(ask.paths[0].join("Aaa.ndjson"), ndjson(&many)).unwrap();
    // Links to files are followed, those to folders are not: this one would never end.
    std::os::unix::fs::symlink(ask.paths[0].join("Condition.ndjson"), ask.paths[0].join("Link.ndjson"))
        .unwrap();
    std::os::unix::fs::symlink(&ask.paths[0], ask.paths[0].join("Circle.ndjson")).unwrap();
    let report = api::sources::import(&desk.app, ask, |_| {}).await.unwrap();
    assert_eq!((report.accepted, report.unchanged, report.refused), (0, 0, 1504), "{report:?}");
    assert_eq!((report.files, report.passed_over), (5, 1));
    assert_eq!(desk.raw.number("SELECT count(*) FROM resource").await, 3);
    // The words are true of each piece, and the known person is not told that they are about them.
    for line in &report.refusals {
        let is_person = line.resource == "Patient/a";
        assert_eq!(line.path, if is_person { "Patient.name" } else { "" }, "{line:?}");
        assert_eq!(line.detail.starts_with("names another person"), is_person, "{line:?}");
    }
    assert_eq!(desk.raw.number("SELECT count(*) FROM quarantine WHERE patient_no IS NOT NULL").await, 0);
    desk.close().await;
}

async fn a_prescription_twice_in_one_batch(kind: Kind) {
    let desk = Desk::new(kind).await;
    let twice = [
        patient("a", "Diaz", "1970-01-01"),
        medication("m1", "Alpha"),
        medication("m2", "Beta"),
        prescription("p", "a", "Medication/m1"),
        prescription("q", "a", "Medication/m2"),
        prescription("p", "a", "Medication/m2"),
        prescription("q", "a", "Medication/m1"),
        prescription("r", "a", "Medication/m1"),
        of("MedicationRequest", "r", "a"),
    ];
    for n in 0..2 {
        desk.import("twice.json", &bundle("collection", &twice).to_string()).await;
        for (id, title, word) in [("p", "Beta", "alpha"), ("q", "Alpha", "beta"), ("r", "", "alpha")] {
            let (found, words) = desk.title(id).await;
            assert_eq!(found, title, "{id}, import {n}");
            assert!(!words.contains(word), "{id}, import {n}: {words}");
        }
    }
    desk.close().await;
}

/// The key of an item has room for 2^24 in each record; one more would bear the key of another.
async fn a_record_without_a_number_left_says_so(kind: Kind) {
    let desk = Desk::new(kind).await;
    desk.import("a.ndjson", &ndjson(&[patient("a", "Diaz", "1970-01-01")])).await;
    desk.raw.run("UPDATE patient SET next_item = 16777215 WHERE fhir_id = 'a'").await.unwrap();
    let one = |id: &str| Import {
        source: "ehr".into(),
        paths: vec![desk.file("c.ndjson", &ndjson(&[of("Condition", id, "a")]))],
    };
    assert_eq!(api::sources::import(&desk.app, one("last"), |_| {}).await.unwrap().accepted, 1);
    assert!(api::sources::import(&desk.app, one("beyond"), |_| {}).await.is_err());
    assert_eq!(desk.raw.number("SELECT count(*) FROM resource").await, 2);
    desk.close().await;
}

/// A copy of a record, as its files.
async fn copy(desk: &Desk, patient: PatientNo) -> Vec<(String, String)> {
    let actor = linked(&desk.raw, patient).await;
    let scope = Scope { formats: vec!["fhir".into(), "tables".into()], ..Scope::default() };
    let ask = Ask { scope, language: Language::English, password: None, once: format!("once-{patient}") };
    let copy = copies::request(&desk.app, &actor, (patient, ask)).await.unwrap();
    while api::worker::next(&desk.app).await.unwrap() {}
    let download = copies::open(&desk.app, &actor, (patient, copy, None)).await.unwrap();
    let (mut bytes, mut stream) = (Vec::new(), download.stream);
    while let Some(part) = stream.next().await {
        bytes.extend_from_slice(&part.unwrap());
    }
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = Vec::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push((entry.name().unwrap().into_owned(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    files
}

async fn a_gather_brings_what_another_has(kind: Kind) {
    let house = House::start(kind).await;
    house.ehr.put(medication("shared-1", "Zymbalor 20 mg")).unwrap();
    for key in ["sam", "elena"] {
        let id = house.person(key).patient_id.clone();
        house.ehr.put(prescription(&format!("rx-{key}"), &id, "Medication/shared-1")).unwrap();
    }
    for key in ["sam", "elena"] {
        let mut browser = house.linked(key).await;
        let found = browser.search("", "zymbalor").await;
        let lines = found.all("main .lines a.title").concat();
        assert!(lines.contains("Zymbalor 20 mg"), "{key}: {lines}");
        let item = found.attributes("main .lines a.title", "href").into_iter().next().unwrap();
        let page = browser.get(&item).await;
        assert_eq!(page.status, 200);
        assert!(page.all("main").concat().contains("Zymbalor 20 mg"));
    }
    let refused = house.raw.number("SELECT count(*) FROM quarantine").await;
    assert_eq!(refused, 0);
    // The first person's prescription still leads to it, now that it moved.
    let id = house.person("sam").patient_id.clone();
    let again = api::sources::gather(&house.app, "demo-ehr", &id).await.unwrap();
    assert_eq!((again.report.accepted, again.report.refused), (0, 0));
    let whose =
        house.raw.number("SELECT CAST(rid >> 24 AS BIGINT) FROM resource WHERE id = 'shared-1'").await;
    assert_eq!(whose, 0);
    house.close().await;
}

async fn somebody_else_under_a_known_id_is_refused(kind: Kind) {
    let desk = Desk::new(kind).await;
    let numbered = |mut person: Value, number: &str| {
        person["identifier"] = json!([{"system": "urn:mrn", "value": number}]);
        person
    };
    let first = numbered(patient("a", "Diaz", "1970-01-01"), "1");
    assert_eq!(
        desk.import("1.ndjson", &ndjson(&[first.clone(), of("Condition", "c1", "a")])).await.refused,
        0
    );
    // A new name, a mended birth date, both with the clinic's number.
    for (n, update) in [
        numbered(patient("a", "Kim", "1970-01-01"), "2"),
        numbered(patient("a", "Kim", "1970-10-01"), "3"),
        numbered(patient("a", "Diaz", "1970-01-01"), "3"),
    ]
    .into_iter()
    .enumerate()
    {
        let report = desk.import("update.ndjson", &ndjson(&[update])).await;
        assert_eq!((report.changed, report.refused), (1, 0), "{n}");
    }
    // Somebody else, and so much behind them that it comes in batches of its own.
    let mut lines =
        vec![numbered(patient("a", "Novak", "1950-05-05"), "9"), patient("b", "Lee", "1960-01-01")];
    lines.extend((0..1200).map(|n| of("Condition", &format!("n{n}"), "a")));
    lines.push(of("Condition", "cb", "b"));
    let report = desk.import("other.ndjson", &ndjson(&lines)).await;
    assert_eq!((report.accepted, report.refused), (2, 1201));
    assert!(report.refusals.iter().all(|line| line.reason == "other-identity"));
    assert_eq!(
        desk.raw.number("SELECT count(*) FROM quarantine WHERE reason = 'other-identity'").await,
        1201
    );
    let name = desk.raw.texts("SELECT name FROM patient WHERE fhir_id = 'a'").await;
    assert_eq!(name, ["Ana Diaz"]);
    let (low, high) = desk.patient("a").await.range();
    let count = format!("SELECT count(*) FROM resource WHERE rid BETWEEN {} AND {}", low.0, high.0);
    assert_eq!(desk.raw.number(&count).await, 2, "the Patient and the first Condition");
    desk.close().await;
}

/// A gather that was cut off behind the page with the Patient goes on without it, and must know all the same that
/// it is about somebody else now.
async fn a_gather_that_goes_on_asks_who_it_is_about(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    let id = house.person("sam").patient_id.clone();
    house.ehr.put(patient(&id, "Somebody", "1901-01-01")).unwrap();
    house.ehr.put(of("Condition", "not-sams", &id)).unwrap();
    let run = uuid::Uuid::from_u128(1);
    let run = match &house.raw {
        Raw::Sqlite(_) => house.raw.bytes(run.as_bytes()),
        Raw::Postgres(_) => format!("'{run}'::uuid"),
    };
    house
        .raw
        .run(&format!(
            "INSERT INTO gather_run (id, source_no, fhir_id, state, way, cursor, accepted, unchanged, refused, parts, \
               started_at) \
             SELECT {run}, source_no, '{id}', 'running', 'search', '[\"{}/Condition?patient={id}\"]', 0, 0, 0, '[]', \
               (SELECT MAX(started_at) + 1 FROM gather_run) FROM source WHERE name = 'demo-ehr'",
            house.ehr.url()
        ))
        .await
        .unwrap();
    let gathered = api::sources::gather(&house.app, "demo-ehr", &id).await.unwrap();
    let report = gathered.report;
    assert_eq!((report.accepted, report.unchanged), (0, 0), "{report:?}");
    // Nothing more of a stranger is asked for, and staff and the person are told why nothing came.
    assert_eq!(only(&report).reason, "other-identity");
    assert_eq!(only(&report).file, format!("{}/Patient/{id}", house.ehr.url().trim_end_matches('/')));
    assert_eq!(gathered.failure, Some("gather-somebody-else"));
    let said = sam.get("/record/not-here").await.all("main").concat();
    assert!(said.contains("somebody else under this number"), "{said}");
    let taken = house.raw.number("SELECT count(*) FROM resource WHERE id = 'not-sams'").await;
    assert_eq!(taken, 0);
    house.close().await;
}

async fn a_prescription_bears_the_name_of_its_medicine(kind: Kind) {
    let desk = Desk::new(kind).await;
    let url = "https://ehr.example/fhir/Medication/m3";
    let urn = "urn:uuid:6f1f6c0e-0000-4000-8000-000000000004";
    let mut named = prescription("p5", "a", "Medication/m1");
    named["medicationReference"]["display"] = json!("As the doctor calls it");
    let mut contained = prescription("p6", "a", "#inside");
    contained["contained"] =
        json!([{"resourceType": "Medication", "id": "inside", "code": {"text": "Gamma cream"}}]);
    // Before, behind, by a whole address, by the fullUrl of an entry.
    let mut entries = bundle(
        "collection",
        &[
            patient("a", "Diaz", "1970-01-01"),
            prescription("p1", "a", "Medication/m1"),
            medication("m1", "Älpha tablets"),
            prescription("p2", "a", "Medication/m1"),
            prescription("p3", "a", url),
            prescription("p4", "a", urn),
            named,
            contained,
        ],
    );
    // The base of the entry's own address is that of the source.
    entries["entry"][4]["fullUrl"] = json!("https://ehr.example/fhir/MedicationRequest/p3");
    let mut last = json!({"fullUrl": urn, "resource": medication("m4", "Delta drops")});
    entries["entry"].as_array_mut().unwrap().push(last.take());
    desk.import("a.json", &entries.to_string()).await;
    for (id, title, word) in [
        ("p1", "Älpha tablets", "alpha"),
        ("p2", "Älpha tablets", "alpha"),
        ("p3", "", ""),
        ("p4", "Delta drops", "delta"),
        ("p5", "As the doctor calls it", "alpha"),
        ("p6", "Gamma cream", "gamma"),
    ] {
        let (found, words) = desk.title(id).await;
        assert_eq!(found, title, "{id}");
        assert!(words.contains(word), "{id}: {words}");
    }
    // It comes later, in an import of its own, and to the directory.
    desk.import("m3.ndjson", &ndjson(&[medication("m3", "Beta spray")])).await;
    assert_eq!(desk.whose("Medication", "m3").await, [""]);
    let (title, words) = desk.title("p3").await;
    assert_eq!((title.as_str(), words.contains("beta spray")), ("Beta spray", true));
    // It is called otherwise now; a name of the prescription's own stays.
    let again = [patient("a", "Diaz", "1970-01-01"), medication("m1", "Omega tablets")];
    desk.import("m1.json", &bundle("collection", &again).to_string()).await;
    let (title, words) = desk.title("p1").await;
    assert_eq!(
        (title.as_str(), words.contains("omega"), words.contains("alpha")),
        ("Omega tablets", true, false)
    );
    let (title, words) = desk.title("p5").await;
    assert_eq!((title.as_str(), words.contains("omega")), ("As the doctor calls it", true));
    // A new version of the prescription, without the medicine beside it.
    let mut newer = prescription("p2", "a", "Medication/m1");
    newer["status"] = json!("completed");
    desk.import("p2.ndjson", &ndjson(&[newer])).await;
    assert_eq!(desk.title("p2").await.0, "Omega tablets");
    // More prescriptions than are named at once.
    let many: Vec<Value> =
        (0..1100).map(|n| prescription(&format!("q{n}"), "a", "Medication/late")).collect();
    desk.import("many.ndjson", &ndjson(&many)).await;
    desk.import("late.ndjson", &ndjson(&[medication("late", "Late syrup")])).await;
    assert_eq!(
        desk.raw.number("SELECT count(*) FROM item WHERE title = 'Late syrup' AND patient_no > 0").await,
        1100
    );
    // The same id at another source is another medicine.
    let ask = Import {
        source: "elsewhere".into(),
        paths: vec![desk.file("x.ndjson", &ndjson(&[medication("m1", "Poison")]))],
    };
    api::sources::import(&desk.app, ask, |_| {}).await.unwrap();
    assert_eq!(desk.title("p1").await.0, "Omega tablets");
    // So it is at another server.
    let far = [
        patient("a", "Diaz", "1970-01-01"),
        prescription("far", "a", "https://other.example/fhir/Medication/m1"),
    ];
    desk.import("far.json", &bundle("collection", &far).to_string()).await;
    assert_eq!(desk.title("far").await.0, "");
    desk.import("m1.json", &bundle("collection", &again).to_string()).await;
    assert_eq!(desk.title("far").await.0, "");
    desk.close().await;
}

async fn bundles_within_bundles_are_unpacked(kind: Kind) {
    let desk = Desk::new(kind).await;
    let one = |id: &str| {
        bundle("collection", &[patient(id, "Diaz", "1970-01-01"), of("Condition", &format!("c{id}"), id)])
    };
    let mut document = bundle("document", &[patient("z", "Diaz", "1970-01-01")]);
    document["id"] = json!("letter");
    let report = desk.import("b.json", &bundle("batch", &[one("a"), one("b"), document]).to_string()).await;
    assert_eq!((report.accepted, report.refused), (5, 0), "{report:?}");
    assert_eq!(report.types.get("Bundle"), Some(&1));
    assert_eq!(desk.whose("Condition", "ca").await, ["a"]);
    assert_eq!(desk.whose("Condition", "cb").await, ["b"]);
    assert_eq!(desk.whose("Bundle", "letter").await, [""]);
    let mut deep = one("d");
    for _ in 0..4 {
        deep = bundle("collection", &[deep]);
    }
    let report = desk.import("deep.json", &deep.to_string()).await;
    assert_eq!(report.types.get("Bundle"), Some(&1));
    assert_eq!(report.findings.get("bundle-too-deep"), Some(&1), "{report:?}");
    desk.close().await;
}

async fn what_cannot_be_read_is_told(kind: Kind) {
    let desk = Desk::new(kind).await;
    let folder = desk.folder.path();
    let empty = desk.file("empty.ndjson", "");
    let blank = desk.file("blank.json", " \r\n");
    let good = desk.file("good.ndjson", &ndjson(&[patient("a", "Diaz", "1970-01-01")]));
    let nothing = folder.join("nothing");
    std::fs::create_dir(&nothing).unwrap();
    std::fs::write(nothing.join("notes.txt"), "x").unwrap();
    let gone = folder.join("gone.ndjson");
    let run = |json: bool, paths: &[&PathBuf]| {
        let mut line = vec!["import"];
        line.extend(json.then_some("--json"));
        line.extend(paths.iter().map(|path| path.to_str().unwrap()));
        binary::run(folder, Some(&desk.database.url), &line)
    };
    // A path that is not there: nothing is begun, and the path is named.
    let output = run(true, &[&good, &gone]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains(gone.to_str().unwrap()) && said.contains("nothing was imported"), "{said}");
    assert!(!said.contains("internal error"), "{said}");
    assert_eq!(desk.raw.number("SELECT count(*) FROM resource").await, 0);
    // Empty files are refused, the rest is taken.
    let output = run(true, &[&empty, &blank, &good, &nothing]).await;
    let report = binary::json(&output);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        (&report["accepted"], &report["unchanged"], &report["refused"]),
        (&json!(1), &json!(0), &json!(2))
    );
    let reasons: Vec<&Value> =
        report["refusals"].as_array().unwrap().iter().map(|line| &line["reason"]).collect();
    assert_eq!(reasons, [&json!("empty-file"); 2]);
    assert_eq!(report["empty_folders"], json!([nothing.to_str().unwrap()]));
    let output = run(false, &[&empty, &nothing]).await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("empty.ndjson") && said.contains("the file is empty"), "{said}");
    assert!(said.contains(&format!("nothing to import in {}", nothing.display())), "{said}");
    desk.close().await;
}
