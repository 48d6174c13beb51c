//! What pages cost, and a copy that is asked for on one.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::harness::binary;
use crate::harness::client::Browser;
use crate::harness::house::Kept;
use crate::meter::{Server, Spent, Spread, cpu, resident};

/// Where words are searched for, which stand in no address: the page of what is found has one of its own.
const SEARCH: &str = "/record/search";

/// The pages of the largest record.
pub async fn pages(browser: &mut Browser, server: Server, tell: &impl Fn(&str, String)) {
    let labs = browser.get("/record/labs").await;
    let item = labs.attributes("main a[href^='/record/labs/']", "href").into_iter().next().unwrap();
    for path in ["/home", "/record", "/record/labs", &item, SEARCH, "/access-log", "/fhir/metadata"] {
        let shown = if path == item { "/record/labs/ITEM" } else { path };
        let what = format!("page {shown}, 3,177-resource record, logged before the first byte");
        timed((browser, server), (&what, path, 300), tell).await;
    }
    tell("memory after the pages", format!("{} MB", resident(server.program, "VmRSS:") / 1024));
}

/// Asks for a page so many times, after a fifteenth of it to warm up, and says what one needed.
pub async fn timed(
    (browser, server): (&mut Browser, Server),
    (what, path, times): (&str, &str, usize),
    tell: &impl Fn(&str, String),
) -> Spent {
    let found = if path == SEARCH { browser.search("", "glucose").await.address() } else { path.to_owned() };
    let path = found.as_str();
    for _ in 0..times.div_ceil(15) {
        // Who is no longer signed in would measure the page that says so.
        let page = browser.get(path).await;
        assert_eq!((page.status, page.path.as_str()), (200, path.split('?').next().unwrap()));
    }
    let before = server.cpu();
    let mut times_of = Vec::with_capacity(times);
    for _ in 0..times {
        let started = Instant::now();
        browser.get(path).await;
        times_of.push(started.elapsed());
    }
    let spent = server.each(before, times);
    tell(what, format!("{spent}, {}", Spread::of(times_of)));
    spent
}

/// Copies of the largest record.
pub async fn copies(browser: &mut Browser, kept: &Kept, tell: &impl Fn(&str, String)) {
    for (what, left_out) in [("all forms", ""), ("all forms but PDF", "pdf")] {
        let copied = copy(browser, kept, left_out).await;
        tell(
            &format!("copy of 3,177 resources, {what}, ZIP"),
            format!(
                "{:.2} s CPU, grows by {} MB to {} MB",
                copied.cpu,
                (copied.peak - copied.before) / 1024,
                copied.peak / 1024
            ),
        );
    }
}

/// What making a copy took of the worker that made it.
pub struct Copied {
    /// Seconds of CPU.
    pub cpu: f64,
    /// Seconds from the request until it is ready.
    pub wall: f64,
    /// Resident memory before it, in kB.
    pub before: u64,
    /// The most resident memory, in kB.
    pub peak: u64,
}

/// Asks for a copy in all forms but one, as the form stands, and waits for it.
pub async fn copy(browser: &mut Browser, kept: &Kept, left_out: &str) -> Copied {
    // The served process does not work jobs, so that a worker of its own shows what a copy costs.
    let mut command =
        binary::settled(binary::command(kept.folder.path(), Some(&kept.database.url), &["work"]));
    let mut worker = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let before = (cpu(worker.id()), resident(worker.id(), "VmRSS:"));
    let page = browser.get("/copies/new").await;
    let (_, _, mut fields) = page.form("form[action='/copies']");
    fields.retain(|(_, value)| left_out.is_empty() || value != left_out);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let asked = browser.plain_post("/copies", &fields).await.headers["location"].to_str().unwrap().to_owned();
    let started = Instant::now();
    while browser.get(&asked).await.attributes("main a[href$='/file']", "href").is_empty() {
        assert!(started.elapsed() < Duration::from_secs(300), "the copy is not ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let copied = Copied {
        cpu: cpu(worker.id()) - before.0,
        wall: started.elapsed().as_secs_f64(),
        before: before.1,
        peak: resident(worker.id(), "VmHWM:"),
    };
    worker.kill().unwrap();
    worker.wait().unwrap();
    copied
}
