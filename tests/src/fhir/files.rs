//! A file is seen with what names it, on every road: reads, everything, pages and copies.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use api::fhir::present::Category;
use api::records::api::{self as fhir, Fault, Known, Read};
use api::records::{self, Filter};
use api::representation::{Kind as Authority, Lens, Scope};
use api::smart::{Scopes, groups};
use serde_json::{Value, json};

use super::{ALL, access, entries, everything, found, names};
use crate::acting::{actor, appointed, patient};
use crate::harness::database::MISCOUNTED;
use crate::harness::{House, Kind, binary, on_both_databases};
use crate::patient::copy::ready_of;

on_both_databases!(
    an_app_gets_the_files_of_what_it_sees,
    an_app_gets_no_files_of_what_it_does_not_ask_for,
    a_helper_gets_the_files_of_what_they_see,
);

/// Rosa's files, by id, with the categories of what names each.
fn files(house: &House) -> BTreeMap<String, BTreeSet<Category>> {
    let all = &house.person("rosa").resources;
    let ids = all.iter().filter(|one| one["resourceType"] == "Binary").map(|one| one["id"].as_str().unwrap());
    let bearers = |id: &str| {
        let named = format!("\"Binary/{id}\"");
        let names = |one: &&Value| {
            ["DocumentReference", "DiagnosticReport", "Media"]
                .contains(&one["resourceType"].as_str().unwrap())
                && one.to_string().contains(&named)
        };
        all.iter().filter(names).map(Category::of).collect::<BTreeSet<_>>()
    };
    let files: BTreeMap<String, BTreeSet<Category>> = ids.map(|id| (id.to_owned(), bearers(id))).collect();
    assert!(files.len() >= 5 && files.values().all(|of| !of.is_empty()), "{files:?}");
    files
}

/// Those that are named from this category only.
fn only(files: &BTreeMap<String, BTreeSet<Category>>, category: Category) -> BTreeSet<String> {
    let of_it = files.iter().filter(|(_, of)| **of == BTreeSet::from([category]));
    of_it.map(|(id, _)| id.clone()).collect()
}

async fn an_app_gets_the_files_of_what_it_sees(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let files = files(&house);
    let mut access = access(&house, "rosa", ALL).await;
    for category in [Category::Documents, Category::Notes, Category::Imaging, Category::Labs] {
        let bits = [category, Category::Demographics].map(|one| 1_i64 << one.code());
        access.lens = Lens { categories: bits[0] | bits[1], ..Lens::WHOLE };
        let wanted = only(&files, category);
        assert_eq!(wanted.is_empty(), category == Category::Documents, "{category:?}: {files:?}");
        let mut opened = BTreeSet::new();
        for id in files.keys() {
            match fhir::read(&house.app, &access, ("Binary", id, None), &Known::Nothing).await {
                Ok(Read::Whole(_)) => drop(opened.insert(id.clone())),
                Err(Fault::NotFound) => {}
                other => panic!("{id}: {other:?}"),
            }
            let history = fhir::history(&house.app, &access, ("Binary", id), (None, 10, &vec![])).await;
            assert_eq!(history.is_ok(), opened.contains(id), "{category:?} {id}");
        }
        assert_eq!(opened, wanted, "{category:?}");
        let (_, all) = everything(&house, &access, "").await;
        let came = all.iter().filter_map(|name| name.strip_prefix("Binary/")).map(str::to_owned);
        assert_eq!(came.collect::<BTreeSet<_>>(), wanted, "{category:?}");
        // What a document that is found names can be fetched (US Core).
        let documents = found(&house, &access, "DocumentReference?_count=1000").await;
        assert_eq!(names(&documents).is_empty(), category == Category::Documents, "{category:?}");
        for document in entries(&documents, "match") {
            let url = document["content"][0]["attachment"]["url"].as_str().unwrap_or_default();
            if let Some((_, id)) = url.rsplit_once("Binary/") {
                assert!(opened.contains(id), "{category:?} {url}");
            }
        }
    }
    // With all categories every file is there; with all but one those of the others.
    for (categories, wanted) in [
        (-1, files.keys().cloned().collect::<BTreeSet<_>>()),
        (
            !(1 << Category::Notes.code()),
            files.iter().filter(|(_, of)| !of.contains(&Category::Notes)).map(|(id, _)| id.clone()).collect(),
        ),
    ] {
        access.lens = Lens { categories, ..Lens::WHOLE };
        let (_, all) = everything(&house, &access, "").await;
        let came = all.iter().filter_map(|name| name.strip_prefix("Binary/")).map(str::to_owned);
        assert_eq!(came.collect::<BTreeSet<_>>(), wanted, "{categories}");
    }
    assert_eq!(house.raw.number(MISCOUNTED).await, 0, "the counts of lists are right");
    house.close().await;
}

/// The scan of a bill is a file, and no group of files is called bills: it goes only where bills were ticked.
async fn an_app_gets_no_files_of_what_it_does_not_ask_for(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let files = files(&house);
    let mut access = access(&house, "rosa", ALL).await;
    let rosa = house.person("rosa").resources.iter().find(|one| one["resourceType"] == "Patient").unwrap();
    let subject = json!({"reference": format!("Patient/{}", access.patient_id)});
    let scan = json!({"resourceType": "Binary", "id": "scan-of-a-bill", "contentType": "text/plain", "data": "YQ==",
        "securityContext": subject});
    let bill = json!({
        "resourceType": "Claim", "id": "scanned", "status": "active", "use": "claim", "patient": subject,
        "type": {"text": "Bill"}, "created": "2026-01-01", "priority": {"text": "normal"},
        "provider": {"display": "Clinic (synthetic)"}, "insurance": [{"sequence": 1, "focal": true, "coverage": {"display": "Plan"}}],
        "supportingInfo": [{"sequence": 1, "category": {"text": "scan"},
            "valueAttachment": {"url": "Binary/scan-of-a-bill"}}],
    });
    let entry: Vec<Value> =
        [rosa, &scan, &bill].into_iter().map(|resource| json!({"resource": resource})).collect();
    let file = house.folder.path().join("bill.json");
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entry});
    std::fs::write(&file, bundle.to_string()).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    for (asked, ticked, bills, notes) in [
        ("patient/Patient.rs patient/Binary.rs", "labs notes imaging documents", false, true),
        (
            "patient/Patient.rs patient/Binary.rs patient/Claim.rs",
            "labs notes imaging documents",
            false,
            true,
        ),
        ("patient/Patient.rs patient/Binary.rs patient/Claim.rs", "labs notes documents bills", true, true),
        ("patient/Patient.rs patient/Binary.rs patient/Claim.rs", "documents bills", true, false),
    ] {
        let asked = Scopes::parse(asked).unwrap();
        let slugs: Vec<String> = ticked.split(' ').chain(["about-me"]).map(str::to_owned).collect();
        let meaning = groups::meaning(&asked, &slugs);
        access.scopes = asked.narrowed(&meaning.ticked);
        access.lens = Lens { categories: meaning.categories, files: meaning.files, ..Lens::WHOLE };
        let (_, all) = everything(&house, &access, "").await;
        let came: BTreeSet<&str> = all.iter().filter_map(|name| name.strip_prefix("Binary/")).collect();
        assert_eq!(came.contains("scan-of-a-bill"), bills, "{asked}: {ticked}");
        let of_notes = only(&files, Category::Notes);
        assert_eq!(of_notes.iter().all(|id| came.contains(id.as_str())), notes, "{asked}: {ticked}");
        let read = ("Binary", "scan-of-a-bill", None);
        let read = fhir::read(&house.app, &access, read, &Known::Nothing).await;
        assert_eq!(read.is_ok(), bills, "{asked}: {ticked}");
    }
    house.close().await;
}

async fn a_helper_gets_the_files_of_what_they_see(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let (files, over) = (files(&house), patient(&house, "rosa").await);
    for (key, category) in [("elena", Category::Notes), ("sam", Category::Documents)] {
        let mut browser = house.signed_in(key).await;
        let scope = Scope { categories: Some(vec![category]), ..Scope::WHOLE };
        let id = appointed(&house, (key, Authority::HealthCareAgent), "rosa", scope).await;
        let (helper, wanted) = (actor(&house, key).await, only(&files, category));

        // A search finds the files; lists leave them to their documents.
        let (mut seen, mut opened) = (BTreeSet::new(), 0);
        for page in 1.. {
            let filter = Filter { page, ..Filter::default() };
            let list = records::list(&house.app, &helper, (over, filter)).await.unwrap();
            for line in list.lines {
                let (kind, fhir_id, _) = line.reference;
                match kind.as_str() {
                    "Binary" => drop(seen.insert(fhir_id)),
                    "DocumentReference" => {
                        let place = (over, line.address, 0);
                        records::document(&house.app, &helper, place).await.unwrap();
                        opened += 1;
                    }
                    _ => {}
                }
            }
            if page >= list.pages {
                break;
            }
        }
        assert_eq!((&seen, opened > 0), (&wanted, category == Category::Notes), "{key}");
        let filter = Filter { category: Some(category), page: 1, ..Filter::default() };
        let list = records::list(&house.app, &helper, (over, filter)).await.unwrap();
        assert!(list.lines.iter().all(|line| line.reference.0 != "Binary"), "{key}");
        assert!(list.pages > 1 || list.total == list.lines.len() as i64, "{key}: {}", list.total);

        // A copy has the same files.
        let page = ready_of(&mut browser, &format!("/for/{id}")).await;
        let copy = browser.get(&format!("{}/file", page.path)).await;
        let mut zip = zip::ZipArchive::new(Cursor::new(&copy.bytes)).unwrap();
        let mut taken = BTreeSet::new();
        for n in 0..zip.len() {
            let mut file = zip.by_index(n).unwrap();
            if file.name().unwrap() == "fhir/Binary.ndjson" {
                let mut text = String::new();
                file.read_to_string(&mut text).unwrap();
                let of = |line: &str| {
                    serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned()
                };
                taken.extend(text.lines().map(of));
            }
        }
        assert_eq!(taken, wanted, "{key}");
    }
    house.close().await;
}
