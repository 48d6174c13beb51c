//! How often something may be done, and that the answer says when it may be done again.

use std::time::Instant;

use reqwest::Method;

use crate::harness::client::Page;
use crate::harness::{House, Kind, binary, on_both_databases};

on_both_databases!(starts_of_an_address_are_limited, copies_of_a_day_are_limited);

/// Starts are counted, nothing else: who has started comes back, who is signed in stays so.
async fn starts_of_an_address_are_limited(kind: Kind) {
    let house = House::with(kind, |config| config.sessions.starts_per_address = 3).await;
    let mut sam = house.signed_in("sam").await;
    let mut browser = house.browser();
    browser.language = "es";
    let page = browser.get("/sign-in").await;
    // The first start was Sam's. Counts begin anew each ten minutes: of seven starts four are in the same span.
    let mut answers = Vec::new();
    while answers.len() < 6 && answers.last().is_none_or(|last: &Page| last.status != 429) {
        answers.push(browser.submit(&page, "form[action='/sign-in/demo']", &[]).await);
    }
    assert!(answers.len() >= 3, "three starts are let through");
    let refused = answers.last().unwrap();
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=601).contains(&wait), "{wait}");
    let words = refused.all("main").concat();
    assert!(words.contains("Demasiadas personas empezaron a iniciar sesión desde su red"), "{words}");
    assert!(words.contains("minuto"), "{words}");
    assert_eq!(sam.get("/account").await.status, 200);
    assert_eq!(
        browser.ask(Method::GET, "/sign-in", &[]).await.status,
        200,
        "looking at the choice is no start"
    );
    house.close().await;

    let house = House::with(kind, |config| config.sessions.starts_per_address = 0).await;
    for _ in 0..5 {
        assert_eq!(house.signed_in("sam").await.get("/account").await.status, 200);
    }
    house.close().await;
}

async fn copies_of_a_day_are_limited(kind: Kind) {
    let house = House::with(kind, |config| {
        config.copies.per_day = 1;
        config.server.work = false;
    })
    .await;
    let mut sam = house.linked("sam").await;
    let form = sam.get("/copies/new").await;
    let begun = Instant::now();
    assert_eq!(sam.submit(&form, "#copy-form", &[]).await.status, 200);
    let form = sam.get("/copies/new").await;
    let refused = sam.submit(&form, "#copy-form", &[]).await;
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    let gone = begun.elapsed().as_secs() + 1;
    assert!((86_400 - gone..=86_401).contains(&wait), "{wait}");
    assert!(refused.all("main").concat().contains("Wait about 24 hours"), "{}", refused.text);
    house.close().await;
}

/// What `recordright check` finds wrong keeps `work` from starting as it keeps `serve`.
#[test]
fn nothing_starts_with_faults_in_the_settings() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["serve", "work"] {
        let output = binary::command(folder.path(), None, &[command]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{command}: {said}");
        assert!(said.contains("oidc is empty") && said.contains("nothing was started"), "{command}: {said}");
        assert!(!folder.path().join("recordright.db").exists(), "{command} opened the data folder");
    }
}
