//! Kill -9 while an export is built: it goes on behind the last whole part, nothing is missing or there twice, and each
//! person whose record is in it has an entry.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::bulk::{self, Form, Handling, KickOff, Level, Standing};
use futures::StreamExt as _;
use serde_json::Value;

use super::ALL;
use super::attachments::fetchable;
use super::system::{System, group};
use crate::harness::house::House;
use crate::harness::{Kind, binary, on_both_databases, setting};

on_both_databases!(an_export_that_is_killed_goes_on);

fn kills() -> u64 {
    setting("RECORDRIGHT_TEST_KILLS").and_then(|n| n.parse().ok()).unwrap_or(10)
}

async fn an_export_that_is_killed_goes_on(kind: Kind) {
    let house = House::with(kind, |config| {
        config.server.work = false;
        // Parts of about one person each.
        config.bulk.part_mib = 1;
    })
    .await;
    let keys: Vec<String> = house.people.iter().map(|person| person.key.to_string()).collect();
    for key in &keys {
        house.gather(key).await;
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    group(&house, "all", &keys).await;
    let system = System::register(&house, ("lake", ALL), &["all"]).await;
    let access = system.access(ALL, &["all"]);
    let kick_off = || KickOff {
        level: Level::Patient,
        params: vec![],
        form: Form::Query,
        handling: Handling::Strict,
        url: "x".into(),
    };
    // The gathers of the worker would take its time.
    house.raw.run("DELETE FROM job").await.unwrap();
    let whole = bulk::kick_off(&house.app, &access, kick_off()).await.unwrap();
    let begun = std::time::Instant::now();
    bulk::build(&house.app, whole).await.unwrap();
    let takes = begun.elapsed().max(Duration::from_millis(200));
    let wanted = fetched(&house, &access, whole).await;
    assert!(wanted.len() > 100);

    house.raw.run("DELETE FROM job").await.unwrap();
    let id = bulk::kick_off(&house.app, &access, kick_off()).await.unwrap();
    let url = Some(house.database.url.as_str());
    for n in 0..kills() {
        let mut command = binary::settled(binary::command(house.folder.path(), url, &["work"]));
        command.env("RECORDRIGHT__BULK__PART_MIB", "1");
        let mut child = binary::start(command);
        // A start and half a second of looking come before the build.
        tokio::time::sleep(Duration::from_millis(150) + takes * u32::try_from(n % 5).unwrap() / 4).await;
        child.kill().unwrap();
        child.wait().unwrap();
        house.raw.run("UPDATE job SET lease_until = NULL, attempts = 0").await.unwrap();
    }
    while !matches!(bulk::status(&house.app, &access, id).await.unwrap(), Standing::Ready(_)) {
        bulk::build(&house.app, id).await.unwrap();
    }
    let found = fetched(&house, &access, id).await;
    assert_eq!(found, wanted, "each resource once, none missing");
    for person in &keys {
        let number = crate::acting::patient(&house, person).await;
        let sql = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {number}");
        assert!(house.raw.number(&sql).await >= 2, "{person}: an entry for each export");
    }
    let rows: BTreeSet<String> = house.raw.texts("SELECT blob FROM bulk_file").await.into_iter().collect();
    for blob in &rows {
        assert!(house.app.blobs.read(&house.app.keys, blob).is_ok(), "each row has its file");
    }
    house.close().await;
}

/// How often each resource is in the files.
async fn fetched(
    house: &House,
    access: &api::smart::SystemAccess,
    id: api::base::ExportId,
) -> BTreeMap<String, usize> {
    let Standing::Ready(manifest) = bulk::status(&house.app, access, id).await.unwrap() else {
        panic!("not ready")
    };
    let mut all = BTreeMap::new();
    for file in &manifest.files {
        let opened =
            bulk::open(&house.app, access, (id, file.n)).await.map_err(|no| format!("{no:?}")).unwrap();
        let parts: Vec<_> = opened.stream.map(|part| part.unwrap()).collect().await;
        for line in parts.concat().split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
            let one: Value = serde_json::from_slice(line).unwrap();
            let name = format!("{}/{}", one["resourceType"].as_str().unwrap(), one["id"].as_str().unwrap());
            for address in fetchable(std::slice::from_ref(&one)) {
                let (_, sealed) = address.rsplit_once('/').unwrap();
                let opened = bulk::attachment(&house.app, access, (id, sealed)).await;
                assert!(opened.is_ok(), "{name} leads to its content: {opened:?}");
            }
            *all.entry(name).or_default() += 1;
        }
    }
    assert!(all.values().all(|n| *n == 1), "nothing is there twice");
    all
}
