//! Files that are broken, hostile or not FHIR at all, each beside a good one: every refusal says what and where,
//! the good are taken, nothing is half written, and memory does not grow with what a file claims to be.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::harness::{Database, Kind, binary, on_both_databases};

on_both_databases!(each_hostile_file_is_refused_with_its_place);

/// A file, and what of it is accepted and for what reasons the rest is refused, in order.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    accepted: u64,
    refused: &'static [&'static str],
}

fn case(
    name: &'static str,
    bytes: impl Into<Vec<u8>>,
    (accepted, refused): (u64, &'static [&'static str]),
) -> Case {
    Case { name, bytes: bytes.into(), accepted, refused }
}

/// A mebibyte.
const MIB: usize = 1024 * 1024;

fn person(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Synthetic"}], "birthDate": "1980-01-01"})
}

fn observation(id: &str, patient: &str) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"text": "Test"},
           "subject": {"reference": format!("Patient/{patient}")}})
}

fn bundle(kind: &str, entries: &[Value]) -> Vec<u8> {
    let entries: Vec<Value> = entries.iter().map(|resource| json!({"resource": resource})).collect();
    json!({"resourceType": "Bundle", "type": kind, "entry": entries}).to_string().into_bytes()
}

fn lines(all: &[Value]) -> String {
    all.iter().map(|one| format!("{one}\n")).collect()
}

/// `head`, then `filler` as often as makes `mebibytes`, then `tail`, packed.
fn packed(head: &str, (filler, mebibytes): (u8, usize), tail: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(head.as_bytes()).unwrap();
    let chunk = vec![filler; MIB];
    for _ in 0..mebibytes {
        gzip.write_all(&chunk).unwrap();
    }
    gzip.write_all(tail.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

fn cases() -> Vec<Case> {
    let note = r#"{"resourceType":"Basic","id":"large","extension":[{"url":"http://x","valueString":""#;
    let mut odd = observation("dates", "dates");
    odd["effectiveDateTime"] = "9999-99-99".into();
    odd["issued"] = "0000-00-00T00:00:00Z".into();
    let mut unborn = person("dates");
    unborn["birthDate"] = "3021-02-30".into();
    let mut script = observation("script", "script");
    script["code"]["text"] = "<script>alert(1)</script>\u{202e}".into();
    let two = json!({"resourceType": "Encounter", "id": "two", "status": "finished",
                     "class": {"code": "AMB"},
                     "subject": {"reference": "Patient/one"}, "patient": {"reference": "Patient/other"}});
    vec![
        case("words.json", "hello", (0, &["not-json"])),
        case("cut.json", r#"{"resourceType":"Patient","id":"#, (0, &["cut-off"])),
        case("array-of-numbers.json", "[1, 2]", (0, &["not-an-object", "not-an-object"])),
        case("no-type.json", r#"{"a": 1}"#, (0, &["no-type"])),
        case("number-as-type.json", r#"{"resourceType": 5}"#, (0, &["no-type"])),
        // DSTU2 and R5 have types that R4 does not know.
        case("dstu2.json", r#"{"resourceType":"MedicationOrder","id":"a"}"#, (0, &["unknown-type"])),
        case("r5.json", r#"{"resourceType":"InventoryItem","id":"a"}"#, (0, &["unknown-type"])),
        case(
            "long-type.json",
            format!(r#"{{"resourceType":"{}"}}"#, "X".repeat(5000)),
            (0, &["unknown-type"]),
        ),
        case("text.pdf.json", b"%PDF-1.7\n\xff\xfe\x00".to_vec(), (0, &["not-json"])),
        case("not-gzip.json.gz", "plain", (0, &["not-json"])),
        case(
            "not-utf8.json",
            b"{\"resourceType\":\"Patient\",\"id\":\"u\",\"language\":\"\xc3\x28\"}".to_vec(),
            (0, &["not-utf8"]),
        ),
        case(
            "deep.json",
            format!(
                r#"{{"resourceType":"Basic","extension":{}1{}}}"#,
                "[".repeat(100_000),
                "]".repeat(100_000)
            ),
            (0, &["too-deep"]),
        ),
        case("zero-entry.json", bundle("collection", &[]), (0, &[])),
        case(
            "entry-without.json",
            r#"{"resourceType":"Bundle","type":"batch","entry":[{"fullUrl":"urn:uuid:1"},{"request":{"method":"DELETE","url":"Patient/1"}}]}"#,
            (0, &["no-resource", "no-resource"]),
        ),
        case(
            "unnamed.json",
            bundle(
                "transaction",
                &[
                    person("n1"),
                    json!({"resourceType": "Observation", "id": "n2", "status": "final", "code": {"text": "x"}, "subject": {"reference": "Patient?identifier=urn:x|nobody"}}),
                ],
            ),
            (1, &["unknown-person"]),
        ),
        // The rest of a file is taken where one line is bad.
        case(
            "middle.ndjson",
            format!("{}{{\"resourceType\":\n{}", lines(&[person("m1")]), lines(&[observation("m2", "m1")])),
            (2, &["cut-off"]),
        ),
        // Absurd dates are findings: the person still sees what the clinic has.
        case("dates.ndjson", lines(&[unborn, odd]), (2, &[])),
        case("script.ndjson", lines(&[person("script"), script]), (2, &[])),
        case("two-people.json", bundle("collection", &[person("one"), person("other"), two]), (3, &[])),
        // 60 and 100 MiB in one resource, as it is and packed; and packed space without an end.
        case("large.json", [note.as_bytes(), &vec![b'a'; 60 * MIB], b"\"}]}"].concat(), (0, &["too-large"])),
        case("bomb.json.gz", packed(note, (b'a', 100), "\"}]}"), (0, &["too-large"])),
        case("empty-bomb.ndjson.gz", packed("", (b' ', 64), ""), (0, &["empty-file"])),
        case("rows-bomb.ndjson.gz", packed("", (b'[', 64), ""), (0, &["too-deep"])),
    ]
}

/// Runs it to its end, and the most memory it took, in MiB.
fn watched(data: &Path, url: &str, args: &[&str]) -> (Output, u64) {
    let mut command = binary::command(data, Some(url), args);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let ended = std::thread::spawn(move || child.wait_with_output().unwrap());
    let mut most = 0;
    while !ended.is_finished() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
        most = most.max(kib.unwrap_or(0u64));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    (ended.join().unwrap(), most / 1024)
}

async fn each_hostile_file_is_refused_with_its_place(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let mut quarantined = 0;
    let mut accepted = 0;
    for case in cases() {
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join(case.name), &case.bytes).unwrap();
        let good = format!("good-{}", accepted + quarantined);
        std::fs::write(files.path().join("zz-good.ndjson"), lines(&[person(&good)])).unwrap();
        let args = ["import", "--json", files.path().to_str().unwrap()];
        let (output, most) = watched(folder.path(), &database.url, &args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("panicked"), "{}: {said}", case.name);
        let report = binary::json(&output);
        assert_eq!(report["accepted"], case.accepted + 1, "{}: {report}", case.name);
        let refusals = report["refusals"].as_array().unwrap();
        let reasons: Vec<_> = refusals.iter().map(|line| line["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, case.refused, "{}: {report}", case.name);
        for line in refusals {
            assert!(line["file"].as_str().unwrap().contains(case.name), "{}: {line}", case.name);
            assert_ne!(line["place"], "", "{}: {line}", case.name);
            assert!(line["detail"].as_str().unwrap().len() > 8, "{}: {line}", case.name);
        }
        // Two batches of entries at their largest, the caches, and what a debug build adds.
        assert!(most < 250, "{}: {most} MiB", case.name);
        assert!(most > 0 || !case.name.contains("bomb"), "{}: its memory was watched", case.name);
        accepted += case.accepted + 1;
        quarantined += refusals.len() as u64;

        // The same again changes nothing. The bombs take long enough once.
        if !case.name.contains("bomb") {
            let again = binary::json(&binary::run(folder.path(), Some(&database.url), &args).await);
            assert_eq!(again["accepted"], 0, "{}: {again}", case.name);
        }
        let raw = database.raw().await;
        let sql = |table| format!("SELECT count(*) FROM {table}");
        assert_eq!(raw.number(&sql("resource")).await as u64, accepted, "{}", case.name);
        assert_eq!(raw.number(&sql("quarantine")).await as u64, quarantined, "{}", case.name);
    }
}
