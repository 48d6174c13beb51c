//! The figures of docs/performance.md: `cargo bench -p tests`. Runs the real program on the records beside the
//! project (skips where they are missing) and prints a table. CPU is that of the server's process alone, read
//! from /proc, so that the client on the same machine does not count. A benchmark never fails a test.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

#[path = "../src/harness/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "the bench needs only a part of what the tests stand on"
)]
mod harness;

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use api::app::Waiting;
use api::base::PatientNo;
use harness::client::Browser;
use harness::{House, Kind, binary};

fn main() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    if !data.is_dir() {
        return println!("skipped: no records beside the project");
    }
    println!("| workload | database | figure |\n| --- | --- | --- |");
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if kind == Kind::Postgres && harness::setting("RECORDRIGHT_TEST_POSTGRES").is_none() {
            println!("| all | PostgreSQL | skipped: RECORDRIGHT_TEST_POSTGRES names no server |");
            continue;
        }
        actix_web::rt::System::new().block_on(measure(kind, &data));
    }
}

async fn measure(kind: Kind, data: &Path) {
    let name = if kind == Kind::Sqlite { "SQLite" } else { "PostgreSQL" };
    let tell = |what: &str, figure: String| println!("| {what} | {name} | {figure} |");
    let house = House::start(kind).await;
    let mut browser = house.signed_in("sam").await;

    import(&house, data, &tell).await;
    let found = api::identity::patients_by(&house.app, LARGEST).await.unwrap();
    let code = api::identity::issue_code(&house.app, found[0].patient, "bench").await.unwrap().code;
    let page = browser.get("/link").await;
    browser.submit(&page, "form[action='/link']", &[("code", &code)]).await;
    ledger(&house, &tell).await;

    let kept = house.leave().await;
    let started = Instant::now();
    let served = kept.serve(&mut browser).await;
    tell(
        "start on the filled database, until it answers (polled each 20 ms)",
        format!("{:.2} s", started.elapsed().as_secs_f64()),
    );
    pages(&mut browser, served.0.id(), &tell).await;
    copy(&mut browser, (served.0.id(), &kept), &tell).await;
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

/// Group commit: 64 clients that each wait for their entry to be durable.
async fn ledger(house: &House, tell: &impl Fn(&str, String)) {
    const EACH: i64 = 1500;
    let body = serde_json::to_vec(&serde_json::json!({"what": "x".repeat(400)})).unwrap();
    let started = Instant::now();
    let clients = (0..64).map(|client| {
        let (sender, body) = (house.app.ledger.sender.clone(), body.clone());
        tokio::spawn(async move {
            for _ in 0..EACH {
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
        format!("{:.0} entries/s", 64.0 * EACH as f64 / wall),
    );
    let started = Instant::now();
    let report = api::disclosures::verify(&house.app).await.unwrap();
    let wall = started.elapsed().as_secs_f64();
    tell("ledger verify", format!("{:.0} entries/s", report.entries as f64 / wall));
}

async fn pages(browser: &mut Browser, pid: u32, tell: &impl Fn(&str, String)) {
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
        let before = cpu(pid);
        let mut times = Vec::new();
        for _ in 0..300 {
            let started = Instant::now();
            browser.get(path).await;
            times.push(started.elapsed());
        }
        times.sort_unstable();
        let used = (cpu(pid) - before) * 1000.0 / 300.0;
        let shown = if path == item { "/record/labs/ITEM" } else { path };
        tell(
            &format!("page {shown}, 3,177-resource record, logged before the first byte"),
            format!("{used:.2} ms CPU, p50 {:.1} ms, p99 {:.1} ms", ms(times[150]), ms(times[297])),
        );
    }
    tell("memory after the pages", format!("{} MB", resident(pid, "VmRSS:") / 1024));
}

async fn copy(
    browser: &mut Browser,
    (pid, kept): (u32, &harness::house::Kept),
    tell: &impl Fn(&str, String),
) {
    // The served process does not work jobs, so that a worker of its own shows what a copy costs.
    let page = browser.get("/copies/new").await;
    let asked = browser.submit(&page, "form[action='/copies']", &[]).await.path;
    let mut command =
        binary::settled(binary::command(kept.folder.path(), Some(&kept.database.url), &["work"]));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let worker: Child = command.spawn().unwrap();
    let started = Instant::now();
    while browser.get(&asked).await.attributes("main a[href$='/file']", "href").is_empty() {
        assert!(started.elapsed() < Duration::from_secs(120), "the copy is not ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let wall = started.elapsed().as_secs_f64();
    let (used, peak) = (cpu(worker.id()), resident(worker.id(), "VmHWM:") / 1024);
    tell(
        "copy of 3,177 resources, all forms, ZIP (with the worker's start)",
        format!("{wall:.1} s, {used:.2} s CPU, peak {peak} MB"),
    );
    let mut worker = worker;
    worker.kill().unwrap();
    worker.wait().unwrap();
    let _ = pid;
}

struct Used {
    cpu: f64,
    peak: u64,
}

/// Waits for a process and watches what it uses.
async fn watch(mut child: Child) -> Used {
    let mut used = Used { cpu: 0.0, peak: 0 };
    while child.try_wait().unwrap().is_none() {
        used =
            Used { cpu: cpu(child.id()).max(used.cpu), peak: resident(child.id(), "VmHWM:").max(used.peak) };
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    used
}

/// Seconds of CPU that a process has used: fields 14 and 15 of /proc/PID/stat, in ticks of 10 ms.
fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let fields: Vec<f64> = after.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // The state letter is no number, so the fields after it begin at index 0 with field 4.
    fields.get(10).zip(fields.get(11)).map_or(0.0, |(user, system)| (user + system) / 100.0)
}

/// A line of /proc/PID/status in kB.
fn resident(pid: u32, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(key)?.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
