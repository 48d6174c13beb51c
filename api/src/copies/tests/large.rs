//! The largest real-sized record: every line of its NDJSON is what came in, and what it costs is printed.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::home::Home;
use crate::copies::{Ask, Scope, check_zip};
use crate::fhir::json::to_line;

/// 3,177 resources of one synthetic person.
const LARGEST: &str = "synthea-blaze/4b86befa-fa7e-9285-615f-e081dab3f93c.json.gz";

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_record_is_whole() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data =
        if data.exists() { data } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data") };
    let file = data.join(LARGEST);
    if !file.exists() {
        eprintln!("skipped: {} is missing", file.display());
        return;
    }
    let mut paths: Vec<PathBuf> = std::fs::read_dir(file.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("0-"))
        .collect();
    paths.push(file.clone());
    let came = came_in(&file);
    assert_eq!(came.len(), 3_177);
    let home = Home::with(tempfile::tempdir().unwrap(), None, paths).await;
    for (name, formats) in [("all", vec![]), ("without-pdf", vec!["web", "fhir", "tables", "documents"])] {
        let formats: Vec<String> = formats.into_iter().map(str::to_owned).collect();
        let before = cpu();
        let ask = Ask { scope: Scope { formats, ..Scope::default() }, ..Home::ask(name) };
        let path = home.copy(ask).await;
        let spent = cpu() - before;
        let report = check_zip(&path, None).unwrap();
        assert_eq!(report.faults, []);
        println!("{name}: {:.2} s of processor time, {} bytes of ZIP", spent, path.metadata().unwrap().len());
        let total = |start: &str| -> u64 {
            report.manifest.files.iter().filter(|f| f.path.starts_with(start)).map(|f| f.bytes).sum()
        };
        println!(
            "index.html {}, tables {}, fhir {}, pdf {}",
            total("index"),
            total("tables"),
            total("fhir"),
            total("record")
        );
        assert_eq!(own_lines(&path), came);
    }
}

/// Types that the other files bring: they are nobody's own.
const SHARED: [&str; 4] = ["Location", "Organization", "Practitioner", "PractitionerRole"];

/// The resources of a Bundle, each on one line, sorted.
fn came_in(file: &Path) -> Vec<Vec<u8>> {
    #[derive(serde::Deserialize)]
    struct Bundle {
        entry: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        resource: Box<serde_json::value::RawValue>,
    }
    let packed = flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap());
    let bundle: Bundle = serde_json::from_reader(packed).unwrap();
    let line = |entry: &Entry| to_line(entry.resource.get().as_bytes()).into_owned();
    let mut lines: Vec<Vec<u8>> = bundle.entry.iter().map(line).collect();
    lines.sort();
    lines
}

/// The lines of the exact data in a ZIP but the shared ones, sorted.
fn own_lines(path: &Path) -> Vec<Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut lines = Vec::new();
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).unwrap();
        let name = file.name().unwrap().into_owned();
        let Some(kind) = name.strip_prefix("fhir/").and_then(|name| name.strip_suffix(".ndjson")) else {
            continue;
        };
        if !SHARED.contains(&kind) {
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            lines.extend(text.split(|b| *b == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec));
        }
    }
    lines.sort();
    lines
}

/// Processor time of this process so far, in seconds; 0 where the system does not tell.
fn cpu() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let after = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    after.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
