//! How gathering a record, reading the whole of it and making a copy of it grow with the record: time, CPU and memory.

use std::process::Stdio;
use std::time::Instant;

use reqwest::Client;

use crate::fhir::Entries;
use crate::growth::settle;
use crate::harness::client::Browser;
use crate::harness::house::Kept;
use crate::harness::{House, Kind, binary};
use crate::meter::{self, Server, Spread, resident, watch};
use crate::{address, fhir, generated, pages, source};

/// Who signs in to look at the records, one each.
const WHO: [&str; 4] = ["sam", "lucia", "elena", "rosa"];
/// How often a whole record is read.
const TIMES: usize = 3;

/// What something took for one size of the record.
#[derive(Clone, Copy)]
struct Cost {
    /// Seconds of CPU of the program.
    program: f64,
    /// Seconds of CPU of PostgreSQL.
    postgres: f64,
    wall: f64,
    /// The most resident memory, in MB.
    peak: u64,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { program, postgres, wall, peak } = self;
        write!(
            f,
            "{wall:.2} s, {:.2} s CPU ({program:.2} + {postgres:.2} PostgreSQL), peak {peak} MB",
            self.cpu()
        )
    }
}

impl Cost {
    fn cpu(&self) -> f64 {
        self.program + self.postgres
    }
}

/// A record with who may look at it.
struct Owner {
    size: usize,
    browser: Browser,
    token: String,
    gathered: Cost,
}

/// Measures records of so many resources each, and how each has grown since the first.
pub async fn records(kind: Kind, sizes: &[usize], tell: &impl Fn(&str, String)) {
    assert!(sizes.len() <= WHO.len(), "at most {} records", WHO.len());
    let house = House::start(kind).await;
    fhir::register(&house).await;
    let postgres = meter::postgres(&house).await;
    let (source, url) = source::start();
    let mut owners = Vec::new();
    for (size, who) in sizes.iter().zip(WHO) {
        owners.push(owner((&house, &url, postgres), (*size, who)).await);
    }
    source.stop(false).await;
    let kept = house.leave().await;
    settle(&kept).await;

    let mut all: Vec<[(&str, Cost); 3]> = Vec::new();
    for owner in &mut owners {
        // Anew for each, so that the most memory is that of this record.
        let served = kept.serve(&mut owner.browser).await;
        let server = Server { program: served.0.id(), postgres };
        let read = everything(owner, server, tell).await;
        let copied = copy(owner, &kept, postgres).await;
        served.stop();
        let costs = [("gather", owner.gathered), ("$everything", read), ("copy without PDF", copied)];
        for (what, cost) in &costs {
            tell(&format!("{what}, record of {} resources", owner.size), cost.to_string());
        }
        all.push(costs);
    }
    for (size, costs) in sizes.iter().zip(&all).skip(1) {
        for ((what, small), (_, large)) in all[0].iter().zip(costs) {
            tell(
                &format!("growth of {what}, {} to {size} resources", sizes[0]),
                format!(
                    "{:.1} times the CPU, {:.1} times the time, peak {} to {} MB",
                    large.cpu() / small.cpu(),
                    large.wall / small.wall,
                    small.peak,
                    large.peak
                ),
            );
        }
    }
}

/// Gathers a record with the real program, and lets somebody and their app look at it.
async fn owner((house, url, postgres): (&House, &str, Option<u32>), (size, who): (usize, &str)) -> Owner {
    let (browser, id) = (house.signed_in(who).await, generated::id(size));
    let args = ["gather", "--source", "bench", "--patient", &id, "--json"];
    let mut command = binary::command(house.folder.path(), Some(&house.database.url), &args);
    command.env("RECORDRIGHT__SOURCES", format!(r#"[{{name="bench",url="{url}"}}]"#));
    let (before, started) = (database(postgres), Instant::now());
    let used = watch(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()).await;
    let wall = started.elapsed().as_secs_f64();
    let gathered =
        Cost { program: used.cpu, postgres: database(postgres) - before, wall, peak: used.peak / 1024 };
    let patient = api::identity::patients_by(&house.app, &id).await.unwrap()[0].patient;
    let (low, high) = patient.range();
    let kept = format!("SELECT count(*) FROM resource WHERE rid BETWEEN {low} AND {high}");
    assert_eq!(house.raw.number(&kept).await, size as i64, "all is gathered");
    crate::link(house, patient).await;
    let token = fhir::app_token(house, (&browser, patient), &fhir::scopes()).await;
    Owner { size, browser, token, gathered }
}

fn database(postgres: Option<u32>) -> f64 {
    postgres.map_or(0.0, meter::family)
}

/// The whole record over FHIR, after it was read once.
async fn everything(owner: &mut Owner, server: Server, tell: &impl Fn(&str, String)) -> Cost {
    let (http, url) = (Client::new(), address(&mut owner.browser).await);
    let address = format!("{url}/fhir/Patient/{}/$everything", generated::id(owner.size));
    let mut entries = Entries::default();
    fhir::stream((&http, &address), &owner.token, |piece| entries.see(piece)).await;
    assert_eq!(entries.count(), owner.size, "the whole record comes");
    let (before, mut reads) = (server.cpu(), Vec::new());
    for _ in 0..TIMES {
        reads.push(fhir::stream((&http, &address), &owner.token, |_| ()).await);
    }
    let spent = server.each(before, TIMES);
    let bytes = reads[0].bytes;
    let first = Spread::of(reads.iter().map(|read| read.first).collect()).at(50);
    let whole = Spread::of(reads.iter().map(|read| read.whole).collect()).at(50);
    tell(
        &format!("$everything, record of {} resources", owner.size),
        format!(
            "{first:.1} ms to the first byte, {} MB, {:.0} resources/s",
            bytes / 1_000_000,
            owner.size as f64 / whole * 1000.0
        ),
    );
    Cost {
        program: spent.program / 1000.0,
        postgres: spent.postgres.unwrap_or(0.0) / 1000.0,
        wall: whole / 1000.0,
        peak: resident(server.program, "VmHWM:") / 1024,
    }
}

/// A copy in all forms but PDF. PostgreSQL's part has the page in it on which one waits for it.
async fn copy(owner: &mut Owner, kept: &Kept, postgres: Option<u32>) -> Cost {
    let before = database(postgres);
    let copied = pages::copy(&mut owner.browser, kept, "pdf").await;
    Cost {
        program: copied.cpu,
        postgres: database(postgres) - before,
        wall: copied.wall,
        peak: copied.peak / 1024,
    }
}
