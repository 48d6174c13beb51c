//! The figures of docs/performance.md: `cargo bench -p tests`, or some of them: `cargo bench -p tests -- fhir pages`.
//! Runs the real program on the records beside the project (skips what needs them where they are missing) and prints a
//! table. CPU is that of the server's process and of PostgreSQL, read from /proc, so that the client on the same machine
//! does not count. A benchmark never fails a test.
//!
//! What takes minutes runs only where it is named, each in a database of its own, and with other sizes where they stand
//! behind it: `cargo bench -p tests -- growth record=10000,100000 accounting=1000000 bulk=1000,20000
//! memory=30,300,1000`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod accounting;
mod bulk;
mod decision;
mod fhir;
mod generated;
mod growth;
#[path = "../../src/harness/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the bench needs only a part of what the tests stand on"
)]
mod harness;
mod memory;
mod meter;
mod pages;
mod record;
mod source;
#[path = "../../src/bulk/system.rs"]
#[expect(dead_code, reason = "the bench needs only a part of what a system can do")]
mod system;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;

use api::app::Waiting;
use api::base::PatientNo;
use harness::client::Browser;
use harness::database::run;
use harness::{House, Kind, binary};
use meter::{Server, watch};

fn main() {
    let wanted = match Wanted::read(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(fault) => return println!("{fault}"),
    };
    println!("| workload | database | figure |\n| --- | --- | --- |");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if kind == Kind::Postgres && harness::setting("RECORDRIGHT_TEST_POSTGRES").is_none() {
            println!("| all | PostgreSQL | skipped: RECORDRIGHT_TEST_POSTGRES names no server |");
            continue;
        }
        let name = if kind == Kind::Sqlite { "SQLite" } else { "PostgreSQL" };
        let tell = |what: &str, figure: String| println!("| {what} | {name} | {figure} |");
        // Each with its own databases, which are gone before the next makes more.
        match data() {
            None if wanted.any(&PARTS) || wanted.sizes("growth").is_some() => {
                tell("all on records of others", "skipped: there are none beside the project".into());
            }
            None => {}
            Some(data) => {
                if wanted.any(&PARTS) {
                    run(kind, |kind| measure(kind, &data, |part| wanted.any(&[part]), &tell));
                }
                if let Some(sizes) = wanted.sizes("growth") {
                    run(kind, |kind| growth::people(kind, &data, &sizes, &tell));
                }
            }
        }
        if let Some(sizes) = wanted.sizes("record") {
            run(kind, |kind| record::records(kind, &sizes, &tell));
        }
        if let Some(sizes) = wanted.sizes("accounting") {
            run(kind, |kind| accounting::accounting(kind, &sizes, &tell));
        }
        if let Some(sizes) = wanted.sizes("bulk") {
            run(kind, |kind| bulk::groups(kind, &sizes, &tell));
        }
        if let Some(sizes) = wanted.sizes("memory") {
            run(kind, |kind| memory::memory(kind, &sizes, &tell));
        }
    }
}

/// What is measured on the records beside the project, and where nothing is named. The import comes first always.
const PARTS: [&str; 8] = ["decision", "ledger", "gather", "verify", "export", "fhir", "pages", "copies"];

/// What takes minutes, with its sizes: people, resources of a record, entries of the ledger, people of a group, MB of a
/// file.
const LONG: [(&str, &[usize]); 5] = [
    ("growth", &[1_000, 100_000]),
    ("record", &[10_000, 100_000]),
    ("accounting", &[1_000_000]),
    ("bulk", &[1_000, 20_000]),
    ("memory", &[30, 300]),
];

/// The parts that were asked for, those of [`LONG`] with their sizes.
struct Wanted(Vec<(String, Vec<usize>)>);

impl Wanted {
    fn read(given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parts = Vec::new();
        for one in given.filter(|given| !given.starts_with("--")) {
            let (part, sizes) = one.split_once('=').map_or((one.as_str(), None), |(p, s)| (p, Some(s)));
            let own = LONG.iter().find(|(name, _)| *name == part).map(|(_, sizes)| sizes.to_vec());
            let sizes = match (own, sizes) {
                (Some(own), None) => own,
                (Some(_), Some(sizes)) => sizes
                    .split(',')
                    .map(|size| size.parse().ok().filter(|size| *size > 0))
                    .collect::<Option<Vec<usize>>>()
                    .ok_or_else(|| format!("{sizes} are no sizes"))?,
                (None, None) if PARTS.contains(&part) => vec![],
                (None, _) => {
                    let long: Vec<&str> = LONG.iter().map(|(name, _)| *name).collect();
                    let (parts, long) = (PARTS.join(" "), long.join(" "));
                    return Err(format!(
                        "{one} is no part; there are: {parts} {long} (these with =SIZE,SIZE)"
                    ));
                }
            };
            parts.push((part.to_owned(), sizes));
        }
        Ok(Self(parts))
    }

    /// Whether any of these is wanted; where nothing is named, all are but the long ones.
    fn any(&self, parts: &[&str]) -> bool {
        self.0.is_empty() || self.0.iter().any(|(part, _)| parts.contains(&part.as_str()))
    }

    fn sizes(&self, long: &str) -> Option<Vec<usize>> {
        self.0.iter().find(|(part, _)| part == long).map(|(_, sizes)| sizes.clone())
    }
}

/// The records that others made, where they lie beside the project.
fn data() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().map(|folder| folder.join("shared/data")).find(|folder| folder.is_dir())
}

/// Links every account that has no record to this one. By hand: a code does not link an account to somebody born on
/// another day.
async fn link(house: &House, patient: PatientNo) {
    let link = format!(
        "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
         SELECT id, {patient}, 0, 'code', 'bench' FROM account \
         WHERE id NOT IN (SELECT account_id FROM account_link)"
    );
    house.raw.run(&link).await.unwrap();
}

async fn measure(kind: Kind, data: &Path, wants: impl Fn(&str) -> bool, tell: &impl Fn(&str, String)) {
    let house = House::start(kind).await;
    let mut browser = house.signed_in("sam").await;

    import(&house, data, tell).await;
    let found = api::identity::patients_by(&house.app, LARGEST).await.unwrap();
    link(&house, found[0].patient).await;
    if wants("decision") {
        decision::decision(&house, found[0].patient, tell).await;
    }
    if wants("ledger") {
        ledger(&house, tell).await;
    }
    fhir::register(&house).await;
    let app_token = fhir::app_token(&house, (&browser, found[0].patient), &fhir::scopes()).await;
    let system = fhir::system(&house).await;
    if wants("gather") {
        gather(&house, tell).await;
    }

    let postgres = meter::postgres(&house).await;
    // A system's token lives for five minutes.
    let system_token = system.token("system/*.rs").await;
    let kept = house.leave().await;
    if wants("verify") {
        verify(&kept, tell).await;
    }
    let started = Instant::now();
    let served = kept.serve(&mut browser).await;
    tell(
        "start on the filled database, until it answers (polled each 20 ms)",
        format!("{:.2} s", started.elapsed().as_secs_f64()),
    );
    let server = Server { program: served.0.id(), postgres };
    let at = (address(&mut browser).await, server);
    if wants("export") {
        fhir::export(&kept, (&at.0, at.1), &system_token, tell).await;
    }
    if wants("fhir") {
        fhir::reads((&at.0, at.1), (&app_token, LARGEST), tell).await;
    }
    if wants("pages") {
        pages::pages(&mut browser, at.1, tell).await;
    }
    if wants("copies") {
        pages::copies(&mut browser, &kept, tell).await;
    }
    served.stop();
}

/// Where what a browser looks at is served.
async fn address(browser: &mut Browser) -> String {
    browser.get("/health/live").await.url.origin().ascii_serialization()
}

/// The largest record of the set: 3,177 resources.
const LARGEST: &str = "4b86befa-fa7e-9285-615f-e081dab3f93c";

async fn import(house: &House, data: &Path, tell: &impl Fn(&str, String)) {
    let folder = house.folder.path().to_owned();
    let url = house.database.url.clone();
    for (what, times) in [
        ("import of 62,217 resources, 154 MB (checked, indexed, durable)", 1),
        ("the same again, nothing changes", 1),
    ] {
        for _ in 0..times {
            let mut command = binary::command(&folder, Some(&url), &["import", "--json"]);
            command.arg(data.join("synthea-blaze")).stdout(Stdio::null()).stderr(Stdio::null());
            let started = Instant::now();
            let child = command.spawn().unwrap();
            let used = watch(child).await;
            let wall = started.elapsed().as_secs_f64();
            tell(
                what,
                format!(
                    "{:.0} resources/s, {:.1} s CPU, peak {} MB",
                    62_217.0 / wall,
                    used.cpu,
                    used.peak / 1024
                ),
            );
        }
    }
    if house.database.kind == Kind::Sqlite {
        let size = std::fs::metadata(folder.join("recordright.db")).unwrap().len();
        tell("size of the database", format!("{} MB for 154 MB of JSON", size / 1_000_000));
    }
}

/// Group commit: 64 clients that each wait for their entry to be durable.
async fn ledger(house: &House, tell: &impl Fn(&str, String)) {
    let body = serde_json::to_vec(&entry()).unwrap();
    let started = Instant::now();
    let clients = (0..64).map(|client| {
        let (sender, body) = (house.app.ledger.sender.clone(), body.clone());
        tokio::spawn(async move {
            for _ in 0..ENTRIES / 64 {
                let (done, durable) = tokio::sync::oneshot::channel();
                let waiting = Waiting { patient: PatientNo(1_000_000 + client), body: body.clone(), done };
                assert!(sender.send(waiting).await.is_ok());
                durable.await.unwrap();
            }
        })
    });
    futures::future::join_all(clients).await;
    let wall = started.elapsed().as_secs_f64();
    tell(
        "ledger append, 64 clients, each waits for durability",
        format!("{:.0} entries/s", ENTRIES as f64 / wall),
    );
}

const ENTRIES: i64 = 256_000;

/// An entry as a page with a list makes it.
fn entry() -> serde_json::Value {
    serde_json::json!({
        "who": {
            "kind": "patient", "account": "0192f0c1-2f7b-7c57-8c8f-7c1a9a3b5d21", "name": "Rosa Alvarez",
            "session": "0192f0c1-2f7b-7c57-8c8f-7c1a9a3b5d22", "provider": "demo",
        },
        "recipient": {"name": "Rosa Alvarez"},
        "purpose": "own-view",
        "basis": {"kind": "right-of-access", "ground": "code", "since": "2026-11-22T00:00:00Z"},
        "channel": "portal",
        "what": {
            "kind": "list", "category": "labs", "counts": {"Observation": 50}, "digest": "0f".repeat(32),
        },
    })
}

/// The whole command, with opening and closing the database.
async fn verify(kept: &harness::house::Kept, tell: &impl Fn(&str, String)) {
    let mut command =
        binary::command(kept.folder.path(), Some(&kept.database.url), &["ledger", "verify", "--json"]);
    let started = Instant::now();
    let used = watch(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()).await;
    let wall = started.elapsed().as_secs_f64();
    tell(
        "ledger verify, the whole command",
        format!(
            "{:.0} entries/s, {:.2} s CPU, peak {} MB",
            ENTRIES as f64 / wall,
            used.cpu,
            used.peak / 1024
        ),
    );
}

/// The demo EHR answers from the bench's own process.
async fn gather(house: &House, tell: &impl Fn(&str, String)) {
    let started = Instant::now();
    let mut resources = 0;
    for person in &house.people {
        let gathered = api::sources::gather(&house.app, "demo-ehr", &person.patient_id).await.unwrap();
        resources += gathered.report.accepted;
    }
    let wall = started.elapsed().as_secs_f64();
    tell(
        "gather of all people of the demo EHR, one after the other",
        format!("{:.0} resources/s ({resources} resources)", resources as f64 / wall),
    );
}
