//! The whole accounting of a person whose log goes over six years, in a ledger of many people: until its first byte, and
//! entries a second, as `AuditEvent` by `Patient/$everything`, which is the road that yields all of it at once; and what
//! pages of the log cost there.
//!
//! The entries are written by the service's own writer into its own chains, in the order of their times: a second instance
//! of it on the same database has a clock that stands still and is moved on after each group. Made up are the times and
//! what the entries say.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use api::app::Waiting;
use api::base::{Clock, PatientNo};
use api::config::Config;
use reqwest::Client;
use serde_json::{Value, json};

use crate::fhir::{self, Entries};
use crate::growth::settle;
use crate::harness::{Database, House, Kind, binary};
use crate::meter::{self, Server, Spread, resident, watch};
use crate::{address, entry, generated, link, pages};

/// One of so many entries is the person's.
const SHARE: usize = 10;
/// Entries that one of the others leaves in one go.
const VISIT: usize = 9;
/// How many others there are.
const OTHERS: i64 = 1_000;
/// The number of the first of them: nobody whose record is here.
const OTHER: i64 = 1_000_000;
/// Entries of one moment, committed together.
const GROUP: usize = 500;
/// Six years before the request (45 CFR 164.528(a)(1)).
const SPAN: Duration = Duration::from_secs(6 * 365 * 86_400);
/// How often the whole is read.
const TIMES: usize = 5;

/// Measures ledgers of so many entries.
pub async fn accounting(kind: Kind, sizes: &[usize], tell: &impl Fn(&str, String)) {
    for size in sizes {
        one(kind, *size, tell).await;
    }
}

async fn one(kind: Kind, size: usize, tell: &impl Fn(&str, String)) {
    let house = House::start(kind).await;
    let mut browser = house.signed_in("sam").await;
    let patient = person(&house).await;
    link(&house, patient).await;
    fhir::register(&house).await;
    let scopes = "patient/Patient.rs patient/AuditEvent.rs";
    let token = fhir::app_token(&house, (&browser, patient), scopes).await;
    let postgres = meter::postgres(&house).await;
    fill((house.folder.path(), &house.database), (patient, size), tell).await;
    let lines = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {patient}");
    let lines = usize::try_from(house.raw.number(&lines).await).unwrap();
    let kept = house.leave().await;
    settle(&kept).await;

    let served = kept.serve(&mut browser).await;
    let server = Server { program: served.0.id(), postgres };
    let (http, url) = (Client::new(), address(&mut browser).await);
    let before = resident(server.program, "VmRSS:");
    let address = format!("{url}/fhir/Patient/{}/$everything?_type=AuditEvent", generated::id(0));
    let mut entries = Entries::default();
    fhir::stream((&http, &address), &token, |piece| entries.see(piece)).await;
    assert_eq!(entries.count(), lines, "each line of the log comes");
    let (used, mut reads) = (server.cpu(), Vec::new());
    for _ in 0..TIMES {
        reads.push(fhir::stream((&http, &address), &token, |_| ()).await);
    }
    let spent = server.each(used, TIMES);
    let first = Spread::of(reads.iter().map(|read| read.first).collect());
    let whole = Spread::of(reads.iter().map(|read| read.whole).collect());
    tell(
        &format!("accounting of {lines} entries over six years, in a ledger of {size}"),
        format!(
            "{:.1} ms to the first byte (slowest of {TIMES}: {:.1}), whole in {:.2} s, {:.0} entries/s, {} MB, {spent}, \
             the service grows by {} MB",
            first.at(50),
            first.at(100),
            whole.at(50) / 1000.0,
            lines as f64 / whole.at(50) * 1000.0,
            reads[0].bytes / 1_000_000,
            resident(server.program, "VmHWM:").saturating_sub(before) / 1024
        ),
    );
    for (what, path, times) in [
        ("its newest page", "/access-log", 300),
        ("its oldest page", "/access-log?before=50", 300),
        ("page of one kind, which looks at all and counts", "/access-log?what=item", 5),
    ] {
        let what = format!("log of {lines} entries, {what}");
        pages::timed((&mut browser, server), (&what, path, times), tell).await;
    }
    served.stop();
}

/// One small record.
async fn person(house: &House) -> PatientNo {
    let file = house.folder.path().join("people.ndjson");
    generated::write(&file, 0..1);
    let mut command = binary::command(house.folder.path(), Some(&house.database.url), &["import"]);
    watch(command.arg(&file).stdout(Stdio::null()).spawn().unwrap()).await;
    api::identity::patients_by(&house.app, &generated::id(0)).await.unwrap()[0].patient
}

/// Fills the ledger: each tenth entry is the person's, the others come from visits of many others.
async fn fill(
    (folder, database): (&Path, &Database),
    (patient, size): (PatientNo, usize),
    tell: &impl Fn(&str, String),
) {
    let clock = Clock::fixed(Clock::System.now().minus(SPAN));
    let app = api::app::open(Config::for_testing(folder, &database.url), clock).await.unwrap();
    let writer = api::disclosures::start(&app).unwrap();
    let bodies: Vec<Vec<u8>> = shown().iter().map(body).collect();
    let step = SPAN / u32::try_from(size.div_ceil(GROUP)).unwrap();
    let started = Instant::now();
    for group in (0..size).step_by(GROUP) {
        let mut waited = Vec::with_capacity(GROUP);
        for number in group..size.min(group + GROUP) {
            let whose = match number % SHARE {
                0 => patient,
                other => {
                    PatientNo(OTHER + (number / (SHARE * VISIT) * (SHARE - 1) + other - 1) as i64 % OTHERS)
                }
            };
            let (done, durable) = tokio::sync::oneshot::channel();
            let body = bodies[number / SHARE % bodies.len()].clone();
            assert!(app.ledger.sender.try_send(Waiting { patient: whose, body, done }).is_ok());
            waited.push(durable);
        }
        for durable in waited {
            durable.await.unwrap();
        }
        app.clock.advance(step);
    }
    tell(
        &format!("filling a ledger with {size} entries of {} people", OTHERS + 1),
        format!("{:.0} entries/s", size as f64 / started.elapsed().as_secs_f64()),
    );
    writer.abort();
    app.db.close().await;
}

fn body(what: &Value) -> Vec<u8> {
    let mut entry = entry();
    entry["what"] = what.clone();
    serde_json::to_vec(&entry).unwrap()
}

/// What people look at in a portal.
fn shown() -> [Value; 4] {
    [
        json!({"kind": "home", "counts": {"Observation": 5, "Encounter": 2, "Condition": 3}, "digest": "0e".repeat(32)}),
        json!({"kind": "list", "category": "labs", "counts": {"Observation": 50}, "digest": "0f".repeat(32)}),
        json!({"kind": "item", "category": "labs", "counts": {"Observation": 1},
            "items": ["Observation/bench-0-4/_history/1"]}),
        json!({"kind": "search", "counts": {"Observation": 12, "Condition": 1}, "digest": "1f".repeat(32)}),
    ]
}
