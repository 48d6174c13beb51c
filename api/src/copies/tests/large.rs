//! The largest real-sized record: every line of its NDJSON is what came in, and what it costs is printed.

use std::path::{Path, PathBuf};

use super::home::Home;
use crate::copies::{Ask, Scope, check_zip};

/// 3,177 resources of one synthetic person.
const LARGEST: &str = "synthea-blaze/4b86befa-fa7e-9285-615f-e081dab3f93c.json.gz";

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_record_is_whole() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let data = if data.exists() { data } else { Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data") };
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
    let home = Home::with(tempfile::tempdir().unwrap(), None, paths).await;
    for (name, formats) in [("all", vec![]), ("without-pdf", vec!["web", "fhir", "tables", "documents"])] {
        let formats: Vec<String> = formats.into_iter().map(str::to_owned).collect();
        let before = cpu();
        let ask = Ask { scope: Scope { formats, ..Scope::default() }, ..Home::ask(name) };
        let path = home.copy(ask).await;
        let report = check_zip(&path, None).unwrap();
        assert_eq!(report.faults, []);
        println!("{name}: {:.2} s of processor time, {} bytes of ZIP", cpu() - before, path.metadata().unwrap().len());
        let total = |start: &str| -> u64 {
            report.manifest.files.iter().filter(|f| f.path.starts_with(start)).map(|f| f.bytes).sum()
        };
        println!("index.html {}, tables {}, fhir {}, pdf {}", total("index"), total("tables"), total("fhir"), total("record"));
        let own: u64 = report.manifest.resources.values().sum();
        assert!(own >= 3_177, "{:?}", report.manifest.resources);
    }
}

/// Processor time of this process so far, in seconds; 0 where the system does not tell.
fn cpu() -> f64 {
    let Ok(text) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let after = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    after.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
