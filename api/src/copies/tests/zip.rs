//! What is in the ZIP, read with tools that are not ours.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use super::home::{HOSTILE, Home, databases, lines};
use crate::base::{Error, Result};
use crate::copies::{self, Report, Scope, check_zip, check_zip_with};
use crate::words::Language;

fn files(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().into_owned(), bytes);
    }
    files
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_record_is_in_the_zip_byte_for_byte() {
    for database in databases() {
        let home = Home::new(database).await;
        let path = home.copy(Home::ask("a")).await;
        let files = files(&path);
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "READ-ME.txt",
                "documents/0001-document.txt",
                "documents/0002-document.html.txt",
                "documents/0003-document.pdf",
                "fhir/AllergyIntolerance.ndjson",
                "fhir/Binary.ndjson",
                "fhir/Condition.ndjson",
                "fhir/DocumentReference.ndjson",
                "fhir/Encounter.ndjson",
                "fhir/Goal.ndjson",
                "fhir/Observation.ndjson",
                "fhir/Organization.ndjson",
                "fhir/Patient.ndjson",
                "fhir/Practitioner.ndjson",
                "fhir/Provenance.ndjson",
                "index.html",
                "manifest.json",
                "manifest.json.sig",
                "public-key.pem",
                "record.pdf",
                "tables/about-me.csv",
                "tables/allergies.csv",
                "tables/care-plans.csv",
                "tables/conditions.csv",
                "tables/documents.csv",
                "tables/labs.csv",
                "tables/other.csv",
                "tables/visits.csv",
            ]
        );
        let mut got: Vec<String> = files
            .iter()
            .filter(|(name, _)| name.ends_with(".ndjson"))
            .flat_map(|(_, bytes)| {
                std::str::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        // A practitioner that nothing names does not come along; a resource over several lines loses its line ends only.
        let mut expected: Vec<String> = lines().into_iter().filter(|line| !line.contains("\"d2\"")).collect();
        expected.push(r#"{"resourceType":"Goal","id":"g1","lifecycleStatus":"active","subject":{"reference":"Patient/p1"},"description":{"text":"Walk  more\n every day"}}"#.into());
        got.sort();
        expected.sort();
        assert_eq!(got, expected);
        assert_eq!(text(&files, "documents/0001-document.txt"), "Nota de egreso: todo bien, señora.");
        assert!(files["documents/0003-document.pdf"].starts_with(b"%PDF-1.4 synthetic"));
        assert!(files["record.pdf"].starts_with(b"%PDF-"));
        let readme = text(&files, "READ-ME.txt");
        assert!(readme.contains("555-0100") && readme.contains("index.html"), "{readme}");
        assert!(readme.contains("1 file in the record is damaged"), "{readme}");
        assert!(readme.contains("1 file is only named in the record"), "{readme}");
        assert!(readme.lines().all(|line| line.chars().count() < 120));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_runs_nothing_but_our_script() {
    let home = Home::new(None).await;
    for language in Language::ALL {
        let ask = copies::Ask { language, ..Home::ask(language.tag()) };
        let page = text(&files(&home.copy(ask).await), "index.html");
        assert!(page.starts_with("<!DOCTYPE html>"));
        assert!(page.contains(&format!("<html lang={}>", language.tag())));
        let lower = page.to_lowercase();
        assert_eq!(lower.matches("<script").count(), 1);
        assert_eq!(lower.matches("<style").count(), 1);
        for tag in
            ["<img", "<iframe", "<object", "<embed", "<link", "<base", "<form", "javascript:", "style="]
        {
            assert!(!lower.contains(tag), "{tag}");
        }
        // Handlers would have to stand in a tag of ours.
        let tags = page.split('<').skip(1).filter_map(|part| part.split('>').next());
        assert!(tags.filter(|tag| tag.len() < 2000).all(|tag| !tag.contains(" on")), "a handler");
        assert!(!page.contains(HOSTILE) && page.contains("&lt;script&gt;alert(1)"));
        for address in page.split("href=").skip(1) {
            let address = address.trim_start_matches('"');
            assert!(address.starts_with('#') || address.starts_with("documents/"), "{}", &address[..40]);
        }
        assert!(page.contains("Content-Security-Policy content=\"default-src 'none'; style-src 'sha256-"));
        assert!(page.contains("<figure class=chart>"), "three results make a chart");
        assert!(page.contains("href=\"documents/000"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_read_back_and_hold_no_formulas() {
    let home = Home::new(None).await;
    let files = files(&home.copy(Home::ask("a")).await);
    for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with("tables/")) {
        let plain = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or_else(|| panic!("{name} has no mark"));
        let mut rows = csv::Reader::from_reader(plain);
        assert_eq!(rows.headers().unwrap().get(1), Some("Name"));
        for row in rows.records() {
            for cell in &row.unwrap() {
                assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{name}: {cell}");
            }
        }
    }
    let labs = text(&files, "tables/labs.csv");
    assert!(labs.contains("2022-03-03,Hemoglobin A1c,7.25 %,7.25,%"), "{labs}");
    assert!(text(&files, "tables/allergies.csv").contains("'=HYPERLINK"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_takes_along_what_belongs_to_it() {
    for database in databases() {
        let home = Home::new(database).await;
        let scope = Scope {
            categories: vec!["labs".into(), "documents".into()],
            from: Some("2020-01-01".into()),
            to: Some("2021-12-31".into()),
            formats: vec!["fhir".into(), "documents".into()],
        };
        let count = copies::count(&home.app, &home.actor, (home.patient, scope.clone())).await.unwrap();
        assert_eq!(count.items, 3, "the person and two results; a file that a document names is no item");
        let files = files(&home.copy(copies::Ask { scope, ..Home::ask("a") }).await);
        let ids = |name: &str| text(&files, name).lines().count();
        assert_eq!((ids("fhir/Observation.ndjson"), ids("fhir/Patient.ndjson")), (2, 1));
        assert!(text(&files, "fhir/Provenance.ndjson").contains("\"v1\""));
        assert!(!text(&files, "fhir/Provenance.ndjson").contains("\"v2\""));
        assert!(text(&files, "fhir/Practitioner.ndjson").contains("\"d1\""));
        let names: Vec<&String> = files.keys().filter(|n| n.starts_with("fhir/")).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        assert!(names.iter().all(|name| !name.contains("Binary")), "the file of a letter of another year");
        assert!(!files.contains_key("index.html") && !files.contains_key("record.pdf"));
        assert!(text(&files, "READ-ME.txt").contains("Only a part of the record was chosen"));
    }
}

fn fault(result: Result<Report>) -> String {
    match result {
        Ok(report) => report.faults.into_iter().map(|(name, fault)| format!("{fault} {name}")).collect(),
        Err(Error::Conflict(code)) => code.into(),
        Err(other) => panic!("{other:?}"),
    }
}

/// Writes the ZIP anew with some files changed, as a forger would.
fn forged(
    path: &Path,
    change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>,
    add: Option<&str>,
) -> std::path::PathBuf {
    use std::io::Write as _;
    let to = path.with_extension("forged.zip");
    let mut out = zip::ZipWriter::new(std::fs::File::create(&to).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in files(path) {
        if let Some(bytes) = change(&name, bytes) {
            out.start_file(&name, options).unwrap();
            out.write_all(&bytes).unwrap();
        }
    }
    if let Some(name) = add {
        out.start_file(name, options).unwrap();
    }
    out.finish().unwrap();
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_named() {
    let home = Home::new(None).await;
    let path = home.copy(Home::ask("a")).await;
    let key = home.app.keys.public_key();
    assert_eq!(fault(check_zip(&path, None)), "");
    let report = check_zip(&path, Some(&key)).unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(report.manifest.resources["Observation"], 3);
    assert_eq!(report.manifest.person.name, "Rosa (synthetic) Muster");
    assert_eq!(fault(check_zip(&path, Some(&[7; 32]))), "copies-check-signature");
    let flip = |wanted: &'static str| {
        move |name: &str, mut bytes: Vec<u8>| {
            if name == wanted {
                let n = bytes.len() / 2;
                bytes[n] ^= 1;
            }
            Some(bytes)
        }
    };
    for name in ["fhir/Observation.ndjson", "index.html", "record.pdf", "READ-ME.txt", "public-key.pem"] {
        assert_eq!(
            fault(check_zip(&forged(&path, flip(name), None), None)),
            format!("copies-check-changed {name}")
        );
    }
    assert_eq!(
        fault(check_zip(&forged(&path, flip("manifest.json.sig"), None), None)),
        "copies-check-signature"
    );
    let gone = forged(&path, |name, bytes| (name != "tables/labs.csv").then_some(bytes), None);
    assert_eq!(fault(check_zip(&gone, None)), "copies-check-gone tables/labs.csv");
    let added = forged(&path, |_, bytes| Some(bytes), Some("x.exe"));
    assert_eq!(fault(check_zip(&added, None)), "copies-check-added x.exe");
    std::fs::write(&added, "no zip").unwrap();
    assert_eq!(fault(check_zip(&added, None)), "copies-check-zip");

    // The signature also verifies with OpenSSL, as READ-ME.txt says.
    let folder = home.folder.path();
    for (name, bytes) in files(&path).into_iter().filter(|(name, _)| !name.contains('/')) {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let arguments =
        "pkeyutl -verify -pubin -inkey public-key.pem -rawin -in manifest.json -sigfile manifest.json.sig";
    match Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output() {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) => eprintln!("OpenSSL is skipped: {error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_tools_open_it_and_a_password_protects_it() {
    let home = Home::new(None).await;
    let path = home.copy(Home::ask("a")).await;
    let script = "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(len(z.namelist()))";
    match Command::new("python3").args(["-c", script]).arg(&path).output() {
        Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "28", "{output:?}"),
        Err(error) => eprintln!("Python is skipped: {error}"),
    }
    let ask = copies::Ask { password: Some("clavé de prueba".to_owned().into()), ..Home::ask("b") };
    let locked = home.copy(ask).await;
    assert_eq!(fault(check_zip(&locked, None)), "copies-check-password");
    assert_eq!(fault(check_zip_with(&locked, None, Some("wrong"))), "copies-check-password");
    assert_eq!(fault(check_zip_with(&locked, None, Some("clavé de prueba"))), "");
    for (file, password, good) in [
        (&path, "-p", true),
        (&locked, "-pclavé de prueba", true),
        (&locked, "-pwrong", false),
        (&locked, "-p", false),
    ] {
        match Command::new("7z").args(["t", password]).arg(file).output() {
            Ok(output) => assert_eq!(output.status.success(), good, "{password}: {output:?}"),
            Err(error) => eprintln!("7z is skipped: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_record_at_the_same_moment_gives_the_same_bytes() {
    let home = Home::new(None).await;
    let first = std::fs::read(home.copy(Home::ask("a")).await).unwrap();
    let second = std::fs::read(home.copy(Home::ask("b")).await).unwrap();
    assert!(first == second);
}
