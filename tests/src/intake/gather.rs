//! Gathering from a source that fails in every way the demo EHR knows: what can be had is had, what cannot is
//! named, and once the source is well again the record is whole.

use std::collections::BTreeMap;

use fixtures::ehr::{Fault, FaultKind, Faults, RetryAfter, When};
use reqwest::Method;

use crate::harness::database::Raw;
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(
    each_fault_of_a_source_is_survived,
    what_is_missing_is_said,
    a_patient_that_cannot_be_read_alone_costs_no_page,
    what_is_refused_names_its_page,
    a_source_that_is_a_program_marks_what_it_gives,
);

/// A fault, what the gather says of it, and whether the record is whole all the same.
fn cases() -> Vec<(Faults, Option<&'static str>, bool)> {
    let first = |kind| Faults::on(kind, When::First(2));
    let always = Faults::always;
    vec![
        (first(FaultKind::ServerError), None, true),
        (first(FaultKind::TooManyRequests { retry_after: RetryAfter::Seconds(1) }), None, true),
        (first(FaultKind::TooManyRequests { retry_after: RetryAfter::DateIn(1) }), None, true),
        (first(FaultKind::TooManyRequests { retry_after: RetryAfter::Absent }), None, true),
        (first(FaultKind::BrokenPage), None, true),
        (first(FaultKind::Reset), None, true),
        (always(FaultKind::Slow { millis: 30 }), None, true),
        (always(FaultKind::Duplicate), None, true),
        (always(FaultKind::NoEverything { status: 404 }), None, true),
        (always(FaultKind::NoEverything { status: 501 }), None, true),
        (Faults::on(FaultKind::Stranger, When::Nth(1)), None, true),
        // One that asks for more patience than a gather has is left for the next run.
        (
            always(FaultKind::TooManyRequests { retry_after: RetryAfter::Seconds(3600) }),
            Some("gather-busy"),
            false,
        ),
        (always(FaultKind::Html), Some("gather-html"), false),
        (always(FaultKind::GzipBomb { mebibytes: 300 }), Some("gather-too-large"), false),
        (always(FaultKind::NextLoop), Some("gather-loop"), false),
        (
            always(FaultKind::ForeignNext { origin: "http://127.0.0.1:1".into() }),
            Some("gather-elsewhere"),
            false,
        ),
    ]
}

async fn each_fault_of_a_source_is_survived(kind: Kind) {
    for (faults, failure, whole) in cases() {
        let name = format!("{faults:?}");
        // Small pages, so that there is a next one.
        let house = House::with(kind, |config| config.sources[0].page_size = 20).await;
        let sam = house.person("sam");
        let wanted: BTreeMap<String, i64> =
            counts(sam.resources.iter().map(|one| one["resourceType"].as_str().unwrap()));
        house.ehr.set_faults(faults);
        let gathered = api::sources::gather(&house.app, "demo-ehr", &sam.patient_id).await.unwrap();
        assert_eq!(gathered.failure, failure, "{name}: {gathered:?}");
        let stored = async || {
            let sql = "SELECT type || ' ' || id FROM resource WHERE rid >= 16777216 ORDER BY 1";
            let names = house.raw.texts(sql).await;
            counts(names.iter().map(|name| name.split(' ').next().unwrap()))
        };
        if whole {
            assert_eq!(stored().await, wanted, "{name}");
        }
        let others = house.raw.number("SELECT count(*) FROM patient WHERE patient_no > 1").await;
        assert_eq!(others, 0, "{name}: another patient's data opens no record");
        // The source is well again.
        house.ehr.set_faults(Faults::none());
        let again = api::sources::gather(&house.app, "demo-ehr", &sam.patient_id).await.unwrap();
        assert_eq!(again.failure, None, "{name}");
        assert_eq!(stored().await, wanted, "{name}: whole in the end");
        house.close().await;
    }
}

fn counts<'a>(kinds: impl Iterator<Item = &'a str>) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for kind in kinds {
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    counts
}

async fn what_is_missing_is_said(kind: Kind) {
    let house = House::start(kind).await;
    let mut sam = house.linked("sam").await;
    house.ehr.set_faults(Faults::always(FaultKind::Html));
    let id = &house.person("sam").patient_id;
    assert!(api::sources::gather(&house.app, "demo-ehr", id).await.unwrap().failure.is_some());
    let page = sam.get("/record/not-here").await;
    let said = page.all("main").concat();
    assert!(said.contains("Records of the tests"), "the source is named: {said}");
    // What was there before stays.
    assert_eq!(sam.ask(Method::GET, "/record/conditions", &[]).await.status, 200);
    house.close().await;
}

/// A gather that was cut off on its way through `$everything`, at a source that now denies the Patient by itself.
async fn a_patient_that_cannot_be_read_alone_costs_no_page(kind: Kind) {
    for with_everything in [true, false] {
        let house = House::with(kind, |config| config.sources[0].page_size = 20).await;
        let sam = house.person("sam");
        let id = &sam.patient_id;
        house
            .raw
            .run("INSERT INTO source (source_no, name, kind, created_at) VALUES (7, 'demo-ehr', 'fhir', 0)")
            .await
            .unwrap();
        let run = uuid::Uuid::from_u128(1);
        let run = match &house.raw {
            Raw::Sqlite(_) => house.raw.bytes(run.as_bytes()),
            Raw::Postgres(_) => format!("'{run}'::uuid"),
        };
        let rest = format!(
            "{}/Patient/{id}/$everything?_count=20&_offset=20",
            house.ehr.url().trim_end_matches('/')
        );
        house
            .raw
            .run(&format!(
                "INSERT INTO gather_run (id, source_no, fhir_id, state, way, cursor, accepted, unchanged, refused, \
                   parts, started_at) \
                 VALUES ({run}, 7, '{id}', 'running', 'everything', '[\"{rest}\"]', 0, 0, 0, '[]', 0)"
            ))
            .await
            .unwrap();
        let denied = |only: String, when| Fault {
            kind: FaultKind::NoEverything { status: 404 },
            when,
            only: Some(only),
        };
        let mut faults = vec![denied(format!("Patient/{id}"), When::First(1))];
        if !with_everything {
            faults.push(denied("$everything".into(), When::Always));
        }
        house.ehr.set_faults(Faults { faults });
        let gathered = api::sources::gather(&house.app, "demo-ehr", id).await.unwrap();
        assert_eq!(gathered.failure, None, "{gathered:?}");
        let stored = house.raw.number("SELECT count(*) FROM resource WHERE rid >= 16777216").await;
        assert_eq!(stored as usize, sam.resources.len());
        house.close().await;
    }
}

async fn what_is_refused_names_its_page(kind: Kind) {
    let house = House::with(kind, |config| config.sources[0].page_size = 20).await;
    let id = &house.person("sam").patient_id;
    // The Patient, the first page, the second.
    house.ehr.set_faults(Faults::on(FaultKind::Stranger, When::Nth(3)));
    let report = api::sources::gather(&house.app, "demo-ehr", id).await.unwrap().report;
    let base = house.ehr.url();
    let files: Vec<&str> = report.refusals.iter().map(|line| line.file.as_str()).collect();
    let page = format!("{}/Patient/{id}/$everything?_count=20, page 2", base.trim_end_matches('/'));
    assert_eq!(files, [page.as_str()]);
    assert_eq!(house.raw.texts("SELECT file FROM quarantine").await, [page]);
    house.close().await;
}

/// 42 CFR 2.11 and 2.12: what a program recorded is protected whether or not a code says so.
async fn a_source_that_is_a_program_marks_what_it_gives(kind: Kind) {
    const PROGRAM: i64 = api::fhir::sensitivity::Labels::PROGRAM.0;
    let house = House::with(kind, |config| config.program.sources.push("demo-ehr".into())).await;
    let mut rosa = house.linked("rosa").await;
    let without = format!(
        "SELECT DISTINCT r.type FROM item i JOIN resource r ON r.rid = i.rid \
         WHERE i.patient_no = {} AND (i.labels & {PROGRAM}) = 0",
        crate::acting::patient(&house, "rosa").await
    );
    assert_eq!(house.raw.texts(&without).await, ["Patient"], "all but who it is");
    let shared = format!("SELECT COUNT(*) FROM item WHERE patient_no = 0 AND (labels & {PROGRAM}) <> 0");
    assert_eq!(house.raw.number(&shared).await, 0, "the directory is nobody's");
    let list = rosa.get("/record/labs").await;
    let item = list.attributes("main a[href^='/record/labs/']", "href").into_iter().next().unwrap();
    let item = rosa.get(&item).await;
    assert!(item.text.contains("marked it"), "they see their own, and what protects it: {}", item.text);
    house.close().await;
}
