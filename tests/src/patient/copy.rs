//! A copy taken by a plain client: asked for, built, downloaded whole and in parts, logged, erased.

use std::io::{Cursor, Read};
use std::time::Duration;

use reqwest::Method;

use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(a_copy_is_taken_home, a_broken_download_goes_on, an_erased_copy_is_gone);

/// Asks for a copy of everything and waits until it can be downloaded.
pub async fn ready(browser: &mut Browser) -> Page {
    let form = browser.get("/copies/new").await;
    let mut page = browser.submit(&form, "#copy-form", &[]).await;
    assert!(page.path.starts_with("/copies/"), "{}: {}", page.path, page.text);
    for _ in 0..600 {
        if !page.attributes("a[href$='/file']", "href").is_empty() {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let path = page.path.clone();
        page = browser.get(&path).await;
    }
    panic!("the copy was not built: {}", page.text);
}

async fn a_copy_is_taken_home(kind: Kind) {
    let house = House::start(kind).await;
    let mut elena = house.linked("elena").await;
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
    assert_eq!(elena.get("/access-log").await.status, 200);
    house.close().await;
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

fn walk(folder: &std::path::Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|e| e.unwrap().path()).map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}
