//! The figures of docs/performance.md: `cargo bench -p tests`, or some of them: `cargo bench -p tests -- fhir pages`. Runs the real program on the records beside the
//! project (skips where they are missing) and prints a table. CPU is that of the server's process alone, read
//! from /proc, so that the client on the same machine does not count. A benchmark never fails a test.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod fhir;
#[path = "../../src/harness/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the bench needs only a part of what the tests stand on"
)]
mod harness;
mod meter;
#[path = "../../src/bulk/system.rs"]
#[expect(dead_code, reason = "the bench needs only a part of what a system can do")]
mod system;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use api::app::Waiting;
use api::base::PatientNo;
use api::identity::Actor;
use api::records::api::{everything, portion};
use api::representation::{
    self, Ask, By, Evidence, Incapacity, Kind as Authority, Lens, Office, Proof, Scope,
};
use harness::client::Browser;
use harness::{House, Kind, binary};
use meter::{Server, Spread, cpu, resident, watch};

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !data.is_dir() {
        return println!("skipped: no records beside the project");
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|given| !given.starts_with("--")).collect();
    if let Some(odd) = wanted.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return println!("{odd} is no part; there are: {}", PARTS.join(" "));
    }
    println!("| workload | database | figure |\n| --- | --- | --- |");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if kind == Kind::Postgres && harness::setting("RECORDRIGHT_TEST_POSTGRES").is_none() {
            println!("| all | PostgreSQL | skipped: RECORDRIGHT_TEST_POSTGRES names no server |");
            continue;
        }
        let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|one| one == part);
        actix_web::rt::System::new().block_on(measure(kind, &data, wants));
    }
}

/// What can be asked for alone. The import comes first always.
const PARTS: [&str; 8] = ["decision", "ledger", "gather", "verify", "export", "fhir", "pages", "copies"];

async fn measure(kind: Kind, data: &Path, wants: impl Fn(&str) -> bool) {
    let name = if kind == Kind::Sqlite { "SQLite" } else { "PostgreSQL" };
    let tell = |what: &str, figure: String| println!("| {what} | {name} | {figure} |");
    let house = House::start(kind).await;
    let mut browser = house.signed_in("sam").await;

    import(&house, data, &tell).await;
    let found = api::identity::patients_by(&house.app, LARGEST).await.unwrap();
    // By hand: a code does not link an account to somebody born on another day.
    let link = "INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
                SELECT id, {}, 0, 'code', 'bench' FROM account";
    house.raw.run(&link.replace("{}", &found[0].patient.to_string())).await.unwrap();
    if wants("decision") {
        visibility(&house, found[0].patient, &tell).await;
    }
    if wants("ledger") {
        ledger(&house, &tell).await;
    }
    let app_token = fhir::app_token(&house, &browser, found[0].patient).await;
    let system = fhir::system(&house).await;
    if wants("gather") {
        gather(&house, &tell).await;
    }

    let postgres = match kind {
        Kind::Sqlite => None,
        Kind::Postgres => meter::parent(
            house.raw.number("SELECT CAST(pg_backend_pid() AS BIGINT)").await.try_into().unwrap(),
        ),
    };
    // A system's token lives for five minutes.
    let system_token = system.token("system/*.rs").await;
    let kept = house.leave().await;
    if wants("verify") {
        verify(&kept, &tell).await;
    }
    let started = Instant::now();
    let served = kept.serve(&mut browser).await;
    tell(
        "start on the filled database, until it answers (polled each 20 ms)",
        format!("{:.2} s", started.elapsed().as_secs_f64()),
    );
    let at = (
        browser.get("/health/live").await.url.origin().ascii_serialization(),
        Server { program: served.0.id(), postgres },
    );
    if wants("export") {
        fhir::export(&kept, (&at.0, at.1), &system_token, &tell).await;
    }
    if wants("fhir") {
        fhir::reads((&at.0, at.1), (&app_token, LARGEST), &tell).await;
    }
    if wants("pages") {
        pages(&mut browser, at.1, &tell).await;
    }
    if wants("copies") {
        copy(&mut browser, &kept, &tell).await;
    }
    served.stop();
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

/// What decisions and the lens cost of reading a whole record, in one run and in turns: its bytes read as they are, and
/// with what the lens adds to each statement; the decision about somebody who acts for the person; and the whole record
/// as their app gets it, which is decided about before each portion.
async fn visibility(house: &House, patient: PatientNo, tell: &impl Fn(&str, String)) {
    const ROUNDS: usize = 40;
    let actor = agent(house, patient).await;
    let access = fhir::access(&actor, (patient, LARGEST));
    let (low, high) = patient.range();
    let rids = house
        .raw
        .texts(&format!("SELECT CAST(rid AS TEXT) FROM item WHERE rid BETWEEN {low} AND {high} ORDER BY rid"))
        .await;
    // As the service reads: by a list of keys, in the order of the list.
    let plain = format!(
        "SELECT r.body FROM json_each('[[{}]]') a CROSS JOIN resource r CROSS JOIN item i \
         WHERE r.rid = CAST(a.value ->> 0 AS BIGINT) AND i.rid = r.rid",
        rids.join("],[")
    );
    let hidden = Lens::OWN.hidden.0;
    let seen = format!(
        "{plain} AND (i.labels & {hidden}) = 0 AND ((CAST(1 AS BIGINT) << CAST(i.category AS INTEGER)) & -1) <> 0 \
         AND (i.sort_at + 0 BETWEEN {} AND {} OR i.category = 15)",
        i64::MIN + 1,
        i64::MAX
    );
    let (mut plains, mut seens, mut checks, mut wholes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut portions = 0;
    for round in 0..ROUNDS + 5 {
        let started = Instant::now();
        let rows = house.raw.blobs(&plain).await.len();
        let first = started.elapsed();
        let started = Instant::now();
        let through = house.raw.blobs(&seen).await.len();
        let second = started.elapsed();
        assert!(rows > 3_000 && through > 3_000);
        // What a first one finds in no cache belongs to the reading before it.
        decide(house, &access).await;
        let started = Instant::now();
        for _ in 0..10 {
            decide(house, &access).await;
        }
        let decided = started.elapsed() / 10;
        let started = Instant::now();
        let mut all = everything(&house.app, &access, (LARGEST, vec![])).await.unwrap();
        portions = 1;
        while portion(&mut all).await.unwrap().is_some() {
            portions += 1;
        }
        let whole = started.elapsed();
        // What warms up does so for all.
        if round >= 5 {
            plains.push(first);
            seens.push(second);
            checks.push(decided);
            wholes.push(whole);
        }
    }
    let middle = |times| Spread::of(times).at(50);
    let (plain, seen, check, whole) = (middle(plains), middle(seens), middle(checks), middle(wholes));
    let share = (check * f64::from(portions) + seen - plain) / whole * 100.0;
    tell(
        "decisions and lens, in reading a record of 3,177 resources for an app",
        format!(
            "{share:.1} % of {whole:.1} ms: {portions} decisions of {check:.2} ms, and {:.2} ms that the lens adds",
            seen - plain
        ),
    );
}

async fn decide(house: &House, access: &api::smart::Access) {
    let mut tx = house.app.db.read().await.unwrap();
    let permit = api::visibility::check_app(&house.app, &mut tx, access).await.unwrap();
    assert!(!permit.lens().is_part());
}

/// Somebody who holds a health-care power of attorney over a record.
async fn agent(house: &House, patient: PatientNo) -> Actor {
    let browser = house.signed_in("walter").await;
    let actor = fhir::actor(&house.app, &browser).await;
    let ask = Ask {
        name: "Agent (synthetic)".into(),
        kind: Authority::HealthCareAgent,
        evidence: Evidence { proof: Proof::PowerOfAttorney, note: "seen (synthetic)".into() },
        scope: Scope::WHOLE,
        starts: None,
        until: None,
        incapacity: Incapacity::NotNeeded,
        review: None,
    };
    let by = By { account: None, name: "Desk (synthetic)", office: Office::PrivacyOfficer };
    let code = representation::desk::appoint(&house.app, &by, (patient, ask)).await.unwrap().code;
    representation::accept(&house.app, &actor, &code).await.unwrap();
    actor
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

async fn pages(browser: &mut Browser, server: Server, tell: &impl Fn(&str, String)) {
    let labs = browser.get("/record/labs").await;
    let item = labs.attributes("main a[href^='/record/labs/']", "href").into_iter().next().unwrap();
    for path in [
        "/home",
        "/record",
        "/record/labs",
        &item,
        "/record/search?q=glucose",
        "/access-log",
        "/fhir/metadata",
    ] {
        for _ in 0..20 {
            browser.get(path).await;
        }
        let before = server.cpu();
        let mut times = Vec::new();
        for _ in 0..300 {
            let started = Instant::now();
            browser.get(path).await;
            times.push(started.elapsed());
        }
        let used = server.each(before, 300);
        let shown = if path == item { "/record/labs/ITEM" } else { path };
        tell(
            &format!("page {shown}, 3,177-resource record, logged before the first byte"),
            format!("{used}, {}", Spread::of(times)),
        );
    }
    tell("memory after the pages", format!("{} MB", resident(server.program, "VmRSS:") / 1024));
}

async fn copy(browser: &mut Browser, kept: &harness::house::Kept, tell: &impl Fn(&str, String)) {
    // The served process does not work jobs, so that a worker of its own shows what a copy costs.
    let mut command =
        binary::settled(binary::command(kept.folder.path(), Some(&kept.database.url), &["work"]));
    for (what, left_out) in [("all forms", ""), ("all forms but PDF", "pdf")] {
        let mut worker = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
        let before = (cpu(worker.id()), resident(worker.id(), "VmRSS:"));
        let page = browser.get("/copies/new").await;
        let (_, _, mut fields) = page.form("form[action='/copies']");
        fields.retain(|(_, value)| left_out.is_empty() || value != left_out);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let asked =
            browser.plain_post("/copies", &fields).await.headers["location"].to_str().unwrap().to_owned();
        let started = Instant::now();
        while browser.get(&asked).await.attributes("main a[href$='/file']", "href").is_empty() {
            assert!(started.elapsed() < Duration::from_secs(120), "the copy is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (used, peak) = (cpu(worker.id()), resident(worker.id(), "VmHWM:"));
        tell(
            &format!("copy of 3,177 resources, {what}, ZIP"),
            format!(
                "{:.2} s CPU, grows by {} MB to {} MB",
                used - before.0,
                (peak - before.1) / 1024,
                peak / 1024
            ),
        );
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
}
