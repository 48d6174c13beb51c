//! The n-th step of the database fails, for every n, while a page is asked for through the real server: not a
//! word of the record is in the answer unless its entry is durable.

use reqwest::Method;

use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(no_page_of_the_record_without_an_entry, no_file_without_an_entry);

async fn no_page_of_the_record_without_an_entry(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let list = rosa.get("/record/medicines").await;
    let item = list.attributes("main .lines a.title", "href").remove(0);
    let found = rosa.search("", "tablet").await.address();
    for path in [
        "/home",
        "/record",
        "/record/medicines",
        item.as_str(),
        found.as_str(),
        "/record/not-here",
        "/access-log",
    ] {
        let mut failed = 0;
        loop {
            let before = house.entries().await;
            house.app.db.fail_after(failed);
            let answer = rosa.ask(Method::GET, path, &[]).await;
            house.app.db.fail_after(-1);
            let written = house.entries().await - before;
            let shows = answer.text.contains("Delgado") || answer.text.to_lowercase().contains("metformin");
            if answer.status == 200 {
                assert!(shows, "{path}");
                assert!(written >= 1, "{path}, step {failed}: shown without an entry");
                break;
            }
            assert!(!shows, "{path}, step {failed}: an answer of {} shows the record", answer.status);
            assert!(answer.status >= 500, "{path}, step {failed}: {}", answer.status);
            failed += 1;
            assert!(failed < 200, "{path} never worked");
        }
        assert!(failed >= 8, "{path}: only {failed} steps could fail");
    }
    assert_eq!(api::disclosures::verify(&house.app).await.unwrap().faults, []);
    house.close().await;
}

async fn no_file_without_an_entry(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    let page = crate::patient::ready_copy(&mut sam).await;
    let path = format!("{}/file", page.path);
    for failed in 0..200 {
        let before = house.entries().await;
        house.app.db.fail_after(failed);
        let answer = sam.ask(Method::GET, &path, &[]).await;
        house.app.db.fail_after(-1);
        let written = house.entries().await - before;
        if answer.status == 200 {
            assert!(answer.bytes.starts_with(b"PK") && written == 1, "step {failed}");
            house.close().await;
            return;
        }
        assert!(!answer.bytes.starts_with(b"PK"), "step {failed}");
    }
    panic!("the file was never handed out");
}
