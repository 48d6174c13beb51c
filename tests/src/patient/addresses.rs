//! What stands for an item in addresses: of one person's item, and of nothing else.

use std::collections::BTreeSet;

use api::base::{PatientNo, Rid};
use api::sources::Import;
use serde_json::json;

use crate::acting::patient;
use crate::harness::client::Browser;
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(an_address_is_of_one_persons_item, what_pages_lead_to_is_there);

/// The numbers of a person's items that nothing is kept back of.
async fn numbers(house: &House, of: PatientNo) -> BTreeSet<i64> {
    let rids = format!("SELECT CAST(rid AS TEXT) FROM item WHERE patient_no = {of} AND labels = 0");
    let rids = house.raw.texts(&rids).await;
    rids.iter().map(|rid| rid.parse::<i64>().unwrap() - of.range().0.0).collect()
}

async fn an_address_is_of_one_persons_item(kind: Kind) {
    let house = House::start(kind).await;
    let (mut rosa, mut sam) = (house.linked("rosa").await, house.linked("sam").await);
    let (hers, his) = (patient(&house, "rosa").await, patient(&house, "sam").await);
    let both = &numbers(&house, hers).await & &numbers(&house, his).await;
    let address = |of: PatientNo, n: i64| house.app.keys.address(Rid(of.range().0.0 + n)).to_string();
    let letters = |n: &i64| address(hers, *n).contains(|c: char| c.is_ascii_alphabetic());
    let number = *both.iter().find(|n| letters(n)).expect("an item of the same number in both records");
    let (own, other) = (address(hers, number), address(his, number));
    assert_ne!(own, other, "the same item of two people");
    assert_eq!(own.len(), 32, "{own}");

    let rid = hers.range().0.0 + number;
    for (address, to_her, to_him) in [(&own, 200, 404), (&other, 404, 200)] {
        let path = format!("/record/labs/{address}");
        assert_eq!(rosa.get(&path).await.status, to_her, "{path} in her record");
        assert_eq!(sam.get(&path).await.status, to_him, "{path} in his record");
    }
    let mut cases = vec![
        number.to_string(),
        rid.to_string(),
        format!("{number:032}"),
        format!("{number:032x}"),
        format!("{:016x}{number:016x}", hers.0),
        "0".repeat(32),
        own.to_uppercase(),
        own[1..].to_owned(),
        format!("{own}0"),
        "x".repeat(32),
    ];
    for at in 0..own.len() {
        let mut changed = own.clone();
        let letter = if changed[at..].starts_with('0') { "1" } else { "0" };
        changed.replace_range(at..=at, letter);
        cases.push(changed);
    }
    let before = house.entries().await;
    for address in cases {
        for path in [format!("/record/labs/{address}"), format!("/record/labs/{address}/document/0")] {
            assert_eq!(rosa.get(&path).await.status, 404, "{path} in her record");
            assert_eq!(sam.get(&path).await.status, 404, "{path} in his record");
        }
    }
    assert_eq!(house.entries().await, before, "nothing was handed out");
    house.close().await;
}

/// The last part that stands for an item in an address of a record, if there is one.
fn item_of(path: &str) -> Option<&str> {
    path.strip_prefix("/record/")?.split('/').nth(1)
}

/// Lists, what belongs to an item, and its files lead to what is there, by addresses of this record alone.
async fn what_pages_lead_to_is_there(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let own = patient(&house, "rosa").await;
    let (mut related, mut files) = (0, 0);
    for shelf in ["visits", "labs", "notes", "medicines"] {
        let list = rosa.get(&format!("/record/{shelf}")).await;
        for item in list.attributes("main .lines a.title", "href").iter().take(5) {
            let page = rosa.get(item).await;
            assert_eq!((page.status, page.path.as_str()), (200, item.as_str()));
            let ways = page.attributes("main a[href^='/record/']", "href");
            for way in ways.iter().filter(|way| item_of(way).is_some()).take(4) {
                let address = item_of(way).unwrap().parse().unwrap_or_else(|_| panic!("{item}: {way}"));
                assert!(house.app.keys.item_at(own, address).is_some(), "{item}: {way}");
                assert_eq!(rosa.get(way).await.status, 200, "{item}: {way}");
                match way.contains("/document/") {
                    true => files += 1,
                    false => related += 1,
                }
            }
        }
    }
    assert!(related > 0 && files > 0, "{related} {files}");
    on_the_wrong_shelf(&mut rosa).await;
    a_file_that_cannot_be_opened(&house, &mut rosa).await;
    house.close().await;
}

/// A file that another system keeps: the page says so, and whom to ask; to try again would not help.
async fn a_file_that_cannot_be_opened(house: &House, rosa: &mut Browser) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.ndjson");
    let note = json!({
        "resourceType": "DocumentReference", "id": "away", "status": "current", "date": "2026-11-01T10:00:00Z",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}], "text": "Note from away (synthetic)"},
        "description": "Note from away (synthetic)",
        "subject": {"reference": format!("Patient/{}", house.person("rosa").patient_id)},
        "content": [
            {"attachment": {"contentType": "application/pdf", "url": "https://elsewhere.example/fhir/Binary/x"}},
        ],
    });
    std::fs::write(&path, format!("{note}\n")).unwrap();
    let ask = Import { source: "demo-ehr".into(), paths: vec![path] };
    let report = api::sources::import(&house.app, ask, |_| {}).await.unwrap();
    assert_eq!((report.accepted, report.refused), (1, 0), "{report:?}");
    let found = rosa.search("", "away").await;
    let item = found.attributes("main .lines a.title", "href").remove(0);
    let entries = house.entries().await;
    let page = rosa.get(&format!("{item}/document/0")).await;
    assert_eq!(page.status, 422, "{}", page.text);
    for words in ["This file cannot be opened", "is kept in another system", "555-0100"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert_eq!(house.entries().await, entries, "nothing was handed out");
}

/// An address with another category leads to the right one.
async fn on_the_wrong_shelf(rosa: &mut Browser) {
    let list = rosa.get("/record/labs").await;
    let item = list.attributes("main .lines a.title", "href").remove(0);
    let wrong = item.replace("/labs/", "/visits/");
    let page = rosa.get(&wrong).await;
    assert_eq!((page.status, page.path), (200, item));
}
