//! What reading the record of one person costs where few and where many others are in the same database. The others are
//! made up, small, and come by `recordright import`.

use std::ops::Range;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use reqwest::Client;

use crate::harness::client::Browser;
use crate::harness::house::Kept;
use crate::harness::{Database, House, Kind, binary};
use crate::meter::{self, Server, Spent, watch};
use crate::{address, fhir, generated, memory, pages};

/// A record of the middle: 1,319 resources.
const MIDDLE: &str = "9fe7994a-5fec-874c-8452-e45786bcfb0a";
/// What its references lead to.
const DIRECTORY: [&str; 2] = ["0-hospitalInformation1625911868739", "0-practitionerInformation1625911868739"];
/// People in one file.
const FILE: usize = 10_000;

/// Measures the same at each number of people, and how it has grown since the first.
pub async fn people(kind: Kind, data: &Path, sizes: &[usize], tell: &impl Fn(&str, String)) {
    assert!(sizes.is_sorted(), "people are added, none is taken away");
    let house = House::start(kind).await;
    let mut browser = house.signed_in("sam").await;
    let files = DIRECTORY.into_iter().chain([MIDDLE]).map(|name| format!("synthea-blaze/{name}.json.gz"));
    let files: Vec<_> = files.map(|file| data.join(file)).collect();
    let mut command = binary::command(house.folder.path(), Some(&house.database.url), &["import", "--json"]);
    assert!(command.args(files).stdout(Stdio::null()).status().unwrap().success());
    let patient = api::identity::patients_by(&house.app, MIDDLE).await.unwrap()[0].patient;
    crate::link(&house, patient).await;
    fhir::register(&house).await;
    let token = fhir::app_token(&house, (&browser, patient), &fhir::scopes()).await;
    let postgres = meter::postgres(&house).await;
    let kept = house.leave().await;

    let mut stages: Vec<Vec<(&str, Spent)>> = Vec::new();
    // The person who is measured is one of them.
    let mut there = 1;
    for size in sizes {
        import((kept.folder.path(), &kept.database), there..*size, tell).await;
        there = *size;
        settle(&kept).await;
        let served = kept.serve(&mut browser).await;
        let server = Server { program: served.0.id(), postgres };
        stages.push(stage((&mut browser, server), (&token, *size), tell).await);
        served.stop();
    }
    for (size, stage) in sizes.iter().zip(&stages).skip(1) {
        for ((what, few), (_, many)) in stages[0].iter().zip(stage) {
            tell(
                &format!("growth of {what}, {} to {size} people", sizes[0]),
                format!(
                    "{:.3} to {:.3} ms CPU, {:.2} times",
                    few.whole(),
                    many.whole(),
                    many.whole() / few.whole()
                ),
            );
        }
    }
}

/// Adds people, some at a time, so that no file is larger than a few MB.
async fn import((folder, database): (&Path, &Database), people: Range<usize>, tell: &impl Fn(&str, String)) {
    let (mut cpu, mut wall, mut bytes, mut peak) = (0.0, 0.0, 0, 0);
    for from in people.clone().step_by(FILE) {
        let part = from..people.end.min(from + FILE);
        let (file, report) = (folder.join("people.ndjson"), folder.join("report"));
        bytes += generated::write(&file, part.clone());
        let mut command = binary::command(folder, Some(&database.url), &["import", "--json"]);
        command.arg(&file).stdout(std::fs::File::create(&report).unwrap()).stderr(Stdio::null());
        let started = Instant::now();
        let used = watch(command.spawn().unwrap()).await;
        wall += started.elapsed().as_secs_f64();
        assert_eq!(memory::accepted(&report), (part.len() * generated::SMALL) as u64, "all is imported");
        (cpu, peak) = (cpu + used.cpu, peak.max(used.peak));
        std::fs::remove_file(file).unwrap();
    }
    let resources = people.len() * generated::SMALL;
    tell(
        &format!(
            "import of {resources} small resources of {} people, {} MB",
            people.len(),
            bytes / 1_000_000
        ),
        format!(
            "{:.0} resources/s, {:.3} ms CPU each without the server's, peak {} MB",
            resources as f64 / wall,
            cpu * 1000.0 / resources as f64,
            peak / 1024
        ),
    );
}

/// What PostgreSQL does by itself some time after much was added, it does now: it would be in the CPU of what is read.
pub async fn settle(kept: &Kept) {
    if kept.database.kind == Kind::Postgres {
        let raw = kept.database.raw().await;
        raw.run("VACUUM ANALYZE").await.unwrap();
        // Not every server lets one.
        let _ = raw.run("CHECKPOINT").await;
    }
}

async fn stage(
    (browser, server): (&mut Browser, Server),
    (token, size): (&str, usize),
    tell: &impl Fn(&str, String),
) -> Vec<(&'static str, Spent)> {
    let (http, url) = (Client::new(), address(browser).await);
    let labs = format!("Observation?patient={MIDDLE}&category=laboratory&_count=50");
    let mut spent = Vec::new();
    for (what, paths, times) in [
        // Needs no database: what it grows by is the machine's.
        ("metadata, as a yardstick", vec!["metadata".to_owned()], 8_000),
        ("read of 200 Observations in turn", fhir::observations((&http, &url), (token, MIDDLE)).await, 8_000),
        ("labs, 50 of them", vec![labs], 2_000),
    ] {
        let told = format!("{what}, {size} people");
        let one = fhir::repeat((&http, &url, server), (token, &told, &paths, times), tell).await;
        spent.push((what, one));
    }
    for (what, path) in [
        ("page /home", "/home"),
        ("page /record/labs", "/record/labs"),
        ("page /record/search", "/record/search?q=glucose"),
    ] {
        let told = format!("{what}, {size} people");
        spent.push((what, pages::timed((&mut *browser, server), (&told, path, 600), tell).await));
    }
    spent
}
