//! The most memory that `recordright import` needs for files of several sizes, each in a database of its own.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use crate::generated;
use crate::harness::{Database, Kind, binary};
use crate::meter::watch;

const MB: u64 = 1_000_000;

/// Imports one NDJSON file of each size in MB.
pub async fn memory(kind: Kind, sizes: &[usize], tell: &impl Fn(&str, String)) {
    let mut peaks = Vec::new();
    for size in sizes {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(kind, folder.path()).await;
        let file = folder.path().join("records.ndjson");
        let resources = write(&file, *size as u64 * MB);
        let mut command = binary::command(folder.path(), Some(&database.url), &["import", "--json"]);
        let report = folder.path().join("report");
        command.arg(&file).stdout(std::fs::File::create(&report).unwrap()).stderr(Stdio::null());
        let started = Instant::now();
        let used = watch(command.spawn().unwrap()).await;
        let wall = started.elapsed().as_secs_f64();
        assert_eq!(accepted(&report), resources, "all is imported");
        tell(
            &format!("import of one NDJSON file of {size} MB, {resources} resources"),
            format!(
                "peak {} MB, {:.0} resources/s, {:.1} s CPU",
                used.peak / 1024,
                resources as f64 / wall,
                used.cpu
            ),
        );
        peaks.push(used.peak);
    }
    let told: Vec<String> =
        sizes.iter().zip(&peaks).map(|(size, peak)| format!("{} MB for {size} MB", peak / 1024)).collect();
    let (first, last) = (peaks[0], peaks[peaks.len() - 1]);
    tell(
        "memory of an import by the size of its file",
        format!("{}: {:.2} times", told.join(", "), last as f64 / first as f64),
    );
}

/// Writes small records, each with a note, until the file has so many bytes; how many resources.
fn write(path: &Path, most: u64) -> u64 {
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let (mut bytes, mut resources) = (0, 0);
    for person in 0.. {
        if bytes >= most {
            break;
        }
        for place in 0..generated::SMALL {
            bytes += generated::line(&mut file, &generated::resource(person, place));
        }
        bytes += generated::line(&mut file, &generated::note(person));
        resources += generated::SMALL as u64 + 1;
    }
    file.flush().unwrap();
    resources
}

/// How many resources a report of an import says were accepted.
pub fn accepted(report: &Path) -> u64 {
    let text = std::fs::read_to_string(report).unwrap();
    let last: serde_json::Value = serde_json::from_str(text.lines().last().expect("a report")).unwrap();
    last["accepted"].as_u64().unwrap()
}
