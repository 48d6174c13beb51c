//! Kill -9 at random moments, during import, while a copy is built, and while pages are handed out: nothing is
//! lost, nothing is half written, and nothing was shown without an entry.
//!
//! The moments come from a seed; `RECORDRIGHT_TEST_KILLS` says how many kills each test does.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;

use crate::harness::binary;
use crate::harness::client::Browser;
use crate::harness::database::MISCOUNTED;
use crate::harness::database::Raw;
use crate::harness::house::{House, Kept};
use crate::harness::{Database, Kind, PATIENCE, on_both_databases, setting};

on_both_databases!(
    an_import_that_is_killed_goes_on,
    a_copy_that_is_killed_is_built_anew,
    nothing_is_shown_without_an_entry
);

fn kills() -> u32 {
    setting("RECORDRIGHT_TEST_KILLS").and_then(|n| n.parse().ok()).unwrap_or(10)
}

/// Numbers that look random and are the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_micros(self.0 % u64::try_from(limit.as_micros()).unwrap().max(1))
    }
}

/// Starts it, and kills it without a warning after a while. True if it was still running.
async fn kill_after(command: Command, wait: Duration) -> bool {
    let mut child = binary::start(command);
    tokio::time::sleep(wait).await;
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

async fn ledger_is_clean(data: &Path, url: &str, when: &str) {
    let verified = binary::run(data, Some(url), &["ledger", "verify", "--json"]).await;
    let report = binary::json(&verified);
    assert!(verified.status.success(), "{when}: {report}");
    assert_eq!(report["faults"], serde_json::json!([]), "{when}");
}

async fn an_import_that_is_killed_goes_on(kind: Kind) {
    let files = tempfile::tempdir().unwrap();
    let mut wanted = 0;
    for person in fixtures::people::people(1) {
        std::fs::write(files.path().join(format!("{}.ndjson", person.key)), person.ndjson()).unwrap();
        wanted += person.resources.len() as i64;
    }
    let path = files.path().to_str().unwrap();
    let import = ["import", "--json", path];

    // How long it takes when nobody disturbs it, and what it gives. A kill that came too late shortens it: the
    // machine may have been busier then than it is now.
    let whole = tempfile::tempdir().unwrap();
    let database = Database::new(kind, whole.path()).await;
    let begun = Instant::now();
    let report = binary::json(&binary::run(whole.path(), Some(&database.url), &import).await);
    let mut takes = begun.elapsed();
    assert_eq!(
        (report["accepted"].as_i64(), report["refused"].as_i64()),
        (Some(wanted), Some(0)),
        "{report}"
    );

    let mut chance = Chance(0x5eed_0001);
    let (mut left, mut tries) = (kills(), 0);
    while left > 0 {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::new(kind, folder.path()).await;
        for _ in 0..5 {
            let command = binary::command(folder.path(), Some(&database.url), &import);
            let wait = chance.below(takes);
            if kill_after(command, wait).await {
                left = left.saturating_sub(1);
            } else {
                takes = takes.min(wait);
            }
            tries += 1;
        }
        assert!(tries < 10 * kills().max(5), "kills meet a running import: {left} of {tries} are left");
        let report = binary::json(&binary::run(folder.path(), Some(&database.url), &import).await);
        let count = |name: &str| report[name].as_i64().unwrap();
        assert_eq!((count("accepted") + count("unchanged"), count("refused")), (wanted, 0), "{report}");
        let again = binary::json(&binary::run(folder.path(), Some(&database.url), &import).await);
        assert_eq!(
            (again["accepted"].as_i64(), again["unchanged"].as_i64()),
            (Some(0), Some(wanted)),
            "{again}"
        );
        let raw = database.raw().await;
        assert_eq!(raw.number("SELECT count(*) FROM resource").await, wanted, "each resource once");
        assert_eq!(
            raw.number("SELECT count(*) FROM resource r WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.rid = r.rid) AND r.rid >= 16777216").await,
            0,
            "no resource of a person without its line"
        );
        assert_eq!(raw.number(MISCOUNTED).await, 0, "the counts of lists are right");
        ledger_is_clean(folder.path(), &database.url, "after killed imports").await;
    }
}

/// A house whose folder is left behind, with `people` linked; their cookies are still good.
async fn left_behind(kind: Kind, key: &str) -> (Kept, Browser) {
    let house = House::with(kind, |config| config.server.work = false).await;
    let browser = house.linked(key).await;
    (house.leave().await, browser)
}

async fn a_copy_that_is_killed_is_built_anew(kind: Kind) {
    let (kept, mut browser) = left_behind(kind, "sam").await;
    let data = kept.folder.path();
    let raw = kept.database.raw().await;
    // Each copy is asked for through a page, and then built by a worker of its own that is killed.
    let server = kept.serve(&mut browser).await;
    let ask = async |browser: &mut Browser| {
        let form = browser.get("/copies/new").await;
        let page = browser.submit(&form, "#copy-form", &[]).await;
        assert!(page.path.starts_with("/copies/") && page.path != "/copies/new", "{}", page.text);
        page.path
    };
    let first = ask(&mut browser).await;
    let work = || binary::settled(binary::command(data, Some(&kept.database.url), &["work"]));
    let begun = Instant::now();
    let mut worker = binary::start(work());
    while !is_ready(&mut browser, &first).await {
        assert!(begun.elapsed() < PATIENCE, "a copy is built: {:?}", queue(&raw).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let takes = begun.elapsed();
    worker.kill().unwrap();
    worker.wait().unwrap();

    let mut chance = Chance(0x5eed_0002);
    let mut copies = vec![first];
    let mut going = ask(&mut browser).await;
    for _ in 0..kills() {
        kill_after(work(), chance.below(takes)).await;
        // As if the lease of the killed worker had run out.
        raw.run("UPDATE job SET lease_until = NULL, run_at = 0, attempts = 0, dead_at = NULL").await.unwrap();
        if is_ready(&mut browser, &going).await {
            copies.push(std::mem::replace(&mut going, ask(&mut browser).await));
        }
    }
    let mut worker = binary::start(work());
    let begun = Instant::now();
    while !is_ready(&mut browser, &going).await {
        assert!(begun.elapsed() < PATIENCE, "the last copy is built after all: {:?}", queue(&raw).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    copies.push(going);
    // Whatever is said to be ready is whole.
    for path in &copies {
        let file = browser.get(&format!("{path}/file")).await;
        assert_eq!(file.status, 200, "{path}");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes)).unwrap();
        for n in 0..zip.len() {
            std::io::copy(&mut zip.by_index(n).unwrap(), &mut std::io::sink()).unwrap();
        }
    }
    server.stop();
    ledger_is_clean(data, &kept.database.url, "after killed copies").await;
}

/// What stands in the queue, for a message.
async fn queue(raw: &Raw) -> Vec<String> {
    let sql = "SELECT kind || ', tried ' || CAST(attempts AS TEXT) || ', ' || COALESCE(failure, 'no failure') FROM job";
    raw.texts(sql).await
}

async fn is_ready(browser: &mut Browser, path: &str) -> bool {
    !browser.get(path).await.attributes("a[href$='/file']", "href").is_empty()
}

async fn nothing_is_shown_without_an_entry(kind: Kind) {
    let (kept, browser) = left_behind(kind, "sam").await;
    let raw = kept.database.raw().await;
    let mut chance = Chance(0x5eed_0003);
    let mut shown_in_all = 0;
    for round in 0..kills() {
        let before = raw.number("SELECT count(*) FROM ledger_entry").await;
        let mut asking = browser.clone();
        let server = kept.serve(&mut asking).await;
        let shown = Arc::new(AtomicI64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let askers: Vec<_> = (0..4)
            .map(|_| {
                let (mut browser, shown, stop) = (asking.clone(), shown.clone(), stop.clone());
                tokio::spawn(async move {
                    while !stop.load(Ordering::SeqCst) {
                        let answer = browser.try_ask(Method::GET, "/record").await;
                        // Even a part of a page counts as shown.
                        if answer.is_some_and(|page| page.text.contains("Whitfield")) {
                            shown.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                })
            })
            .collect();
        // Every other time not before a page was shown, however slow the machine is.
        let begun = Instant::now();
        while round % 2 == 1 && shown.load(Ordering::SeqCst) == 0 {
            assert!(begun.elapsed() < PATIENCE, "a page is shown");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(chance.below(Duration::from_millis(300))).await;
        server.kill();
        stop.store(true, Ordering::SeqCst);
        futures::future::join_all(askers).await;
        let entries = raw.number("SELECT count(*) FROM ledger_entry").await - before;
        let shown = shown.load(Ordering::SeqCst);
        assert!(shown <= entries, "round {round}: {shown} pages were shown and {entries} entries written");
        shown_in_all += shown;
    }
    assert!(shown_in_all >= i64::from(kills() / 2), "pages were shown: {shown_in_all}");
    ledger_is_clean(kept.folder.path(), &kept.database.url, "after killed releases").await;
}
