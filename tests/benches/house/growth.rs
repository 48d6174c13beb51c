//! What reading the record of one person costs where few and where many others are in the same database: a database for
//! each number of people, all served, and asked in turns. The others are made up, small, and come by `recordright import`.

use std::ops::Range;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use reqwest::Client;

use crate::harness::client::Browser;
use crate::harness::house::{Kept, Served};
use crate::harness::{Database, House, Kind, binary};
use crate::meter::{self, Server, Spent, watch};
use crate::{address, fhir, generated, memory, pages};

/// A record of the middle: 1,319 resources.
const MIDDLE: &str = "9fe7994a-5fec-874c-8452-e45786bcfb0a";
/// What its references lead to.
const DIRECTORY: [&str; 2] = ["0-hospitalInformation1625911868739", "0-practitionerInformation1625911868739"];
/// People in one file.
const FILE: usize = 10_000;

/// How often each is measured in each database, in turns: the machine is slower in some minutes than in others.
const ROUNDS: usize = 2;

/// What is measured: addresses of the FHIR interface in turn, so many times in all, or a page.
enum Work {
    Api(Vec<String>, usize),
    Page(&'static str),
}

/// Measures the same among each number of people, and by how much it is more than among the fewest.
pub async fn people(kind: Kind, data: &Path, sizes: &[usize], tell: &impl Fn(&str, String)) {
    let mut places = Vec::new();
    for size in sizes {
        places.push(Place::filled((kind, data), *size, tell).await);
    }
    // The same versions of the same record are in each.
    let http = Client::new();
    let ids = fhir::observations((&http, &places[0].url), (&places[0].token, MIDDLE)).await;
    let labs = format!("Observation?patient={MIDDLE}&category=laboratory&_count=50");
    for (what, work) in [
        // Needs no database: where this differs, the machine does.
        ("metadata, as a yardstick", Work::Api(vec!["metadata".into()], 8_000)),
        ("read of 200 Observations in turn", Work::Api(ids, 4_000)),
        ("labs, 50 of them", Work::Api(vec![labs], 1_000)),
        ("page /home", Work::Page("/home")),
        ("page /record/labs", Work::Page("/record/labs")),
        ("page /record/search", Work::Page("/record/search")),
    ] {
        let mut spent = vec![0.0; places.len()];
        for _ in 0..ROUNDS {
            for (sum, place) in spent.iter_mut().zip(&mut places) {
                *sum += place.measure((&http, what), &work, tell).await.whole() / ROUNDS as f64;
            }
        }
        for (size, many) in sizes.iter().zip(&spent).skip(1) {
            tell(
                &format!("growth of {what}, {} to {size} people", sizes[0]),
                format!("{:.3} to {many:.3} ms CPU, {:.2} times", spent[0], many / spent[0]),
            );
        }
    }
}

/// A served database with so many people, one of whom is measured.
struct Place {
    size: usize,
    browser: Browser,
    token: String,
    url: String,
    server: Server,
    _served: Served,
    _kept: Kept,
}

impl Place {
    async fn filled((kind, data): (Kind, &Path), size: usize, tell: &impl Fn(&str, String)) -> Self {
        let house = House::start(kind).await;
        let mut browser = house.signed_in("sam").await;
        let files = DIRECTORY.into_iter().chain([MIDDLE]);
        let files = files.map(|name| data.join(format!("synthea-blaze/{name}.json.gz")));
        let mut command =
            binary::command(house.folder.path(), Some(&house.database.url), &["import", "--json"]);
        assert!(command.args(files).stdout(Stdio::null()).status().unwrap().success());
        let patient = api::identity::patients_by(&house.app, MIDDLE).await.unwrap()[0].patient;
        crate::link(&house, patient).await;
        fhir::register(&house).await;
        let token = fhir::app_token(&house, (&browser, patient), &fhir::scopes()).await;
        let postgres = meter::postgres(&house).await;
        let kept = house.leave().await;
        // The person who is measured is one of them.
        import((kept.folder.path(), &kept.database), 1..size, tell).await;
        settle(&kept).await;
        let served = kept.serve(&mut browser).await;
        let server = Server { program: served.0.id(), postgres };
        let url = address(&mut browser).await;
        Self { size, browser, token, url, server, _served: served, _kept: kept }
    }

    async fn measure(
        &mut self,
        (http, what): (&Client, &str),
        work: &Work,
        tell: &impl Fn(&str, String),
    ) -> Spent {
        let what = format!("{what}, {} people", self.size);
        match work {
            Work::Api(paths, times) => {
                let at = (http, self.url.as_str(), self.server);
                fhir::repeat(at, (&self.token, &what, paths, *times), tell).await
            }
            Work::Page(path) => {
                pages::timed((&mut self.browser, self.server), (&what, path, 300), tell).await
            }
        }
    }
}

/// Adds people, some at a time, so that no file is larger than a few MB.
pub async fn import(
    (folder, database): (&Path, &Database),
    people: Range<usize>,
    tell: &impl Fn(&str, String),
) {
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
