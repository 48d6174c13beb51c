//! A copy taken by a plain client: asked for, built, downloaded whole and in parts, logged, erased.

use std::io::{Cursor, Read};
use std::time::{Duration, Instant};

use reqwest::Method;

use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, PATIENCE, on_both_databases};

on_both_databases!(
    a_copy_is_taken_home,
    a_broken_download_goes_on,
    an_erased_copy_is_gone,
    a_head_hands_nothing_out,
    what_was_typed_comes_back,
);

/// Asks for a copy of everything and waits until it can be downloaded.
pub async fn ready(browser: &mut Browser) -> Page {
    ready_of(browser, "").await
}

/// The same of the record at an address.
pub async fn ready_of(browser: &mut Browser, base: &str) -> Page {
    let form = browser.get(&format!("{base}/copies/new")).await;
    let mut page = browser.submit(&form, "#copy-form", &[]).await;
    assert!(page.path.starts_with(&format!("{base}/copies/")), "{}: {}", page.path, page.text);
    let begun = Instant::now();
    while page.attributes("a[href$='/file']", "href").is_empty() {
        assert!(begun.elapsed() < PATIENCE, "the copy was not built: {}", page.text);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let path = page.path.clone();
        page = browser.get(&path).await;
    }
    page
}

async fn a_copy_is_taken_home(kind: Kind) {
    let house = House::start(kind).await;
    let mut elena = house.linked("elena").await;
    let items = items_everywhere(&mut elena).await;
    let page = ready(&mut elena).await;
    let before = house.entries().await;
    let file = elena.get(&format!("{}/file", page.path)).await;
    assert_eq!(file.status, 200);
    assert_eq!(house.entries().await, before + 1, "the download is in the log");
    let header =
        |name: &str| file.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("content-disposition").starts_with("attachment; filename="));
    assert!(!header("content-disposition").to_lowercase().contains("elena"));
    let mut zip = zip::ZipArchive::new(Cursor::new(&file.bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let has = |end: &str| names.iter().any(|name| name.ends_with(end));
    for part in ["index.html", "record.pdf", "Patient.ndjson", ".csv", "manifest.json", ".txt"] {
        assert!(has(part), "{part} is in {names:?}");
    }
    // Every byte that the EHR sent comes home as it was.
    let mut lines = Vec::new();
    for n in 0..zip.len() {
        let mut entry = zip.by_index(n).unwrap();
        if entry.name().unwrap().ends_with(".ndjson") {
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    for resource in &house.person("elena").resources {
        assert!(lines.contains(&resource.to_string()), "{} {}", resource["resourceType"], resource["id"]);
    }
    let bodies = house.raw.blobs("SELECT body FROM ledger_entry ORDER BY seq").await;
    let last: serde_json::Value = serde_json::from_slice(bodies.last().unwrap()).unwrap();
    assert_eq!((&last["channel"], &last["purpose"]), (&"download".into(), &"own-copy".into()), "{last}");
    let named = last["what"]["copy"].as_str().unwrap_or_default();
    assert!(named.contains(page.path.trim_start_matches("/copies/")), "the entry names the copy: {last}");
    let log = elena.get("/access-log").await.all("ol.log > li > .value");
    assert!(log.iter().any(|line| line.contains(&format!("({items} items"))), "{items}: {log:?}");
    house.close().await;
}

/// How many items the record has: the form of a copy, the lists, and the page of what is not here say the same.
async fn items_everywhere(browser: &mut Browser) -> String {
    let count = browser.get("/copies/new").await.all("#count").concat();
    let items = count.strip_prefix("This holds ").and_then(|rest| rest.split(' ').next()).unwrap();
    let sum = |told: Vec<String>| {
        let number = |text: &String| text.split(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap();
        told.iter().map(number).sum::<u64>().to_string()
    };
    let shelves = sum(browser.get("/record").await.all(".shelves .meta"));
    let sources = sum(browser.get("/record/not-here").await.all(".source dl div:first-child dd"));
    let plain = items.replace(',', "");
    assert_eq!((shelves.as_str(), sources.as_str()), (plain.as_str(), plain.as_str()), "{count}");
    items.to_owned()
}

async fn a_broken_download_goes_on(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    let page = ready(&mut sam).await;
    let path = format!("{}/file", page.path);
    let whole = sam.get(&path).await;
    let etag = whole.headers["etag"].to_str().unwrap().to_owned();
    let half = whole.bytes.len() / 2;
    let first = sam.ask(Method::GET, &path, &[("range", &format!("bytes=0-{}", half - 1))]).await;
    let rest =
        sam.ask(Method::GET, &path, &[("range", &format!("bytes={half}-")), ("if-range", &etag)]).await;
    assert_eq!((first.status, rest.status), (206, 206));
    assert_eq!(
        rest.headers["content-range"],
        format!("bytes {half}-{}/{}", whole.bytes.len() - 1, whole.bytes.len())
    );
    assert_eq!([first.bytes, rest.bytes].concat(), whole.bytes);
    let end = sam.ask(Method::GET, &path, &[("range", "bytes=-10")]).await;
    assert_eq!((end.status, &end.bytes[..]), (206, &whole.bytes[whole.bytes.len() - 10..]));
    let beyond = sam.ask(Method::GET, &path, &[("range", &format!("bytes={}-", whole.bytes.len()))]).await;
    assert_eq!(beyond.status, 416);
    let other = sam.ask(Method::GET, &path, &[("range", "bytes=5-"), ("if-range", "\"another\"")]).await;
    assert_eq!((other.status, other.bytes.len()), (200, whole.bytes.len()), "another file: the whole");
    // What is compressed on the way could not be asked for in parts.
    let packed = sam.ask(Method::GET, &path, &[("accept-encoding", "gzip")]).await;
    assert!(packed.headers.get("content-encoding").is_none_or(|value| value == "identity"));
    assert_eq!(packed.bytes, whole.bytes);
    house.close().await;
}

async fn an_erased_copy_is_gone(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    let page = ready(&mut sam).await;
    let blobs = || walk(&house.folder.path().join("blobs"));
    assert_eq!(blobs(), 1);
    let form = format!("form[action='{}/erasure']", page.path);
    sam.submit(&page, &form, &[]).await;
    let file = sam.get(&format!("{}/file", page.path)).await;
    assert!(matches!(file.status, 404 | 409 | 410), "{}", file.status);
    assert_eq!(blobs(), 0, "the encrypted file is off the disk");
    house.close().await;
}

/// HEAD on a copy tells its headers; on every other address of a record it is refused. Neither is a line of the log.
async fn a_head_hands_nothing_out(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    let page = ready(&mut sam).await;
    let path = format!("{}/file", page.path);
    let whole = sam.ask(Method::GET, &path, &[]).await;
    let before = house.entries().await;
    for headers in [&[][..], &[("range", "bytes=0-9")], &[("accept-encoding", "gzip")]] {
        let head = sam.ask(Method::HEAD, &path, headers).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{headers:?}");
        for name in ["content-length", "etag", "content-type", "content-disposition", "accept-ranges"] {
            assert_eq!(head.headers.get(name), whole.headers.get(name), "{name} {headers:?}");
        }
    }
    assert_eq!(whole.headers["content-length"], whole.bytes.len().to_string());
    for row in portal::routes::ROUTES.iter().filter(|row| !row.knows_head()) {
        let id = page.path.rsplit('/').next().unwrap();
        let path = row.path.replace("{category}", "labs").replace("{item}", "1").replace("{n}", "0");
        let path = path.replace("{id}", id).replace("{provider}", "demo");
        let both = portal::routes::ROUTES.iter().any(|other| other.path == row.path && other.knows_head());
        if !both {
            let head = sam.ask(Method::HEAD, &path, &[]).await;
            assert_eq!((head.status, head.bytes.len()), (405, 0), "{path}");
            assert!(!head.headers["allow"].to_str().unwrap().contains("HEAD"), "{path}");
        }
    }
    assert_eq!(house.entries().await, before, "nothing left, nothing is told");
    let mut elena = house.linked("elena").await;
    assert_eq!(elena.ask(Method::HEAD, &path, &[]).await.status, 404, "another person's copy");
    assert_eq!(house.browser().ask(Method::HEAD, &path, &[]).await.status, 303);
    let form = format!("form[action='{}/erasure']", page.path);
    sam.submit(&page, &form, &[]).await;
    assert_eq!(sam.ask(Method::HEAD, &path, &[]).await.status, 409);
    house.close().await;
}

/// What cannot be taken comes back as it was typed, with what is wrong at its field and no count.
async fn what_was_typed_comes_back(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    let form = sam.get("/copies/new").await;
    assert_eq!(form.all(".whose").len(), 1);
    let token = form.attributes("#copy-form input[name='csrf']", "value").remove(0);
    let once = form.attributes("#copy-form input[name='once']", "value").remove(0);
    let dates = [("from", "2024-02-02"), ("to", "2024-01-01")];
    for (fields, field) in [
        ([&[("what", "some"), ("categories", "labs")][..], &dates[..]].concat(), "to"),
        ([&[("what", "all")][..], &dates[..]].concat(), "what"),
        (vec![("what", "all"), ("categories", "labs")], "what"),
        (vec![("what", "some")], "categories"),
    ] {
        let fields = [vec![("csrf", token.as_str()), ("once", &once), ("formats", "pdf")], fields].concat();
        for path in ["/copies", "/copies/count"] {
            let page = sam.plain_post(path, &fields).await;
            let what = format!("{path} {fields:?}");
            assert_eq!(page.status, 422, "{what}");
            assert_eq!(page.attributes("#summary a", "href"), [format!("#{field}")], "{what}");
            assert_eq!(page.all(&format!("#{field}-problem")).len(), 1, "{what}");
            assert!(page.all("#count")[0].starts_with("We cannot count this yet."), "{what}");
            for (name, value) in fields.iter().filter(|(name, _)| *name != "csrf") {
                let kept =
                    page.attributes(&format!("#copy-form input[name='{name}'][value='{value}']"), "value");
                assert_eq!(kept.len(), 1, "{what}: {name} comes back");
                let ticks = ["what", "categories", "formats"].contains(name);
                let ticked = format!("#copy-form input[name='{name}'][value='{value}'][checked]");
                assert_eq!(page.attributes(&ticked, "value").len(), usize::from(ticks), "{what}: {name}");
            }
        }
        let json = sam.count(&fields).await;
        assert_eq!(json.status, 200);
        assert!(json.text.contains("We cannot count this yet. "), "{}", json.text);
    }
    let good = [("csrf", token.as_str()), ("what", "all"), ("formats", "pdf")];
    assert!(sam.count(&good).await.text.contains("This holds "));
    assert!(sam.get("/copies").await.all("main").concat().contains("not asked for a copy yet"));
    house.close().await;
}

fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|e| e.unwrap().path()).map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}
