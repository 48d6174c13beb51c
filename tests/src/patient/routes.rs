//! Every address of the portal is tried by those who may not: nobody, somebody without a record, another
//! patient; and every form without its token or from elsewhere. A new row is tried without a word from here.

use portal::routes::{Guard, Method, ROUTES, Row};

use super::copy;
use crate::harness::client::{Browser, Page};
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(every_address_is_tried_by_strangers, an_app_is_answered_in_fhir);

/// What is not offered is told in the form that an app reads; the statement of what is offered needs no token.
async fn an_app_is_answered_in_fhir(kind: Kind) {
    let house = House::start(kind).await;
    let mut app = house.browser();
    for (path, status, kind) in [
        ("/fhir/metadata", 200, "CapabilityStatement"),
        ("/fhir", 404, "OperationOutcome"),
        ("/fhir/Nothing/1", 404, "OperationOutcome"),
        ("/fhir/Patient/1", 401, "OperationOutcome"),
        ("/fhir/Observation?patient=1", 401, "OperationOutcome"),
    ] {
        let answer = app.ask(reqwest::Method::GET, path, &[]).await;
        assert_eq!(answer.status, status, "{path}");
        let body: serde_json::Value = serde_json::from_slice(&answer.bytes).unwrap();
        assert_eq!(body["resourceType"], kind, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with("application/fhir+json"));
    }
    house.close().await;
}

/// What Rosa's addresses are, for the places in the table.
struct Places {
    category: String,
    item: String,
    copy: String,
    device: String,
}

impl Places {
    fn fill(&self, path: &str) -> String {
        let id = if path.contains("/devices/") { &self.device } else { &self.copy };
        let path = path
            .replace("{category}", &self.category)
            .replace("{item}", &self.item)
            .replace("{n}", "0")
            .replace("{id}", id)
            .replace("{provider}", "demo")
            .replace("{name}", portal::assets::style());
        assert!(!path.contains('{'), "{path}: this test does not know what to put there");
        path
    }
}

/// Words of Rosa's record that stand on no page of anybody else.
const ROSAS: [&str; 2] = ["Delgado", "metformin"];

async fn every_address_is_tried_by_strangers(kind: Kind) {
    let house = House::start(kind).await;
    let mut rosa = house.linked("rosa").await;
    let ready = copy::ready(&mut rosa).await;
    let list = rosa.get("/record/medicines").await;
    assert!(
        ROSAS.iter().all(|word| list.text.to_lowercase().contains(&word.to_lowercase())),
        "the words are hers"
    );
    let item = list.attributes("main .lines a.title", "href").remove(0);
    let account = rosa.get("/account").await;
    let end = account.attributes("form[action^='/account/devices/']", "action").remove(0);
    let places = Places {
        category: "medicines".into(),
        item: item.rsplit('/').next().unwrap().into(),
        copy: ready.path.rsplit('/').next().unwrap().into(),
        device: end.split('/').nth(3).unwrap().into(),
    };
    // Rosa's record is the only one here, so the only chain is hers.
    let chain = house.raw.number("SELECT CAST(min(patient_no) AS BIGINT) FROM ledger_head").await;
    let of_rosa = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {chain}");

    let mut unlinked = house.signed_in("newton").await;
    let mut other = house.linked("sam").await;
    for row in ROUTES {
        let path = places.fill(row.path);
        let name = format!("{:?} {path}", row.method);
        let before = house.raw.number(&of_rosa).await;
        let answer = knock(&mut house.browser(), row, &path).await;
        check_nobody(row, &name, &answer);
        let answer = knock(&mut unlinked, row, &path).await;
        check_unlinked(row, &name, &answer);
        let answer = knock(&mut other, row, &path).await;
        check_other(row, &name, &answer);
        assert_eq!(house.raw.number(&of_rosa).await, before, "{name}: nothing was handed out");
        if row.method == Method::Post && !matches!(row.guard, Guard::Server | Guard::Staff(_)) {
            let answer = rosa.ask(reqwest::Method::POST, &path, &[("content-type", FORM)]).await;
            assert_eq!(answer.status, 403, "{name} without the token of a page");
            if row.path == "/sign-out" || row.path.ends_with("/end") {
                assert_eq!(rosa.get("/home").await.path, "/home", "{name} did nothing");
            }
        }
        // Signing out and ending sessions may have worked on the stranger's own session.
        if row.path == "/sign-out" {
            unlinked = house.signed_in("newton").await;
            other = house.signed_in("sam").await;
        }
    }
    assert_eq!(rosa.get(&format!("/copies/{}", places.copy)).await.status, 200, "the copy is still there");
    house.close().await;
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Asks for it, or sends a form with the right token of a page the visitor can see.
async fn knock(who: &mut Browser, row: &Row, path: &str) -> Page {
    match row.method {
        Method::Get => who.ask(reqwest::Method::GET, path, &[]).await,
        Method::Post => {
            let page = who.get("/help").await;
            let token = page.attributes("input[name='csrf']", "value").into_iter().next().unwrap_or_default();
            who.plain_post(path, &[("csrf", &token), ("to", "en"), ("back", "/"), ("code", "x")]).await
        }
    }
}

fn location(page: &Page) -> &str {
    page.headers.get("location").map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn check_nobody(row: &Row, name: &str, answer: &Page) {
    match (row.guard, row.method) {
        (Guard::Anyone, _) => {
            assert!(answer.status < 500 && answer.status != 404, "{name}: {}", answer.status)
        }
        (Guard::SignedIn | Guard::Patient | Guard::Own | Guard::Staff(_), Method::Get) => {
            assert_eq!(answer.status, 303, "{name}");
            assert!(location(answer).starts_with("/sign-in"), "{name} leads to {}", location(answer));
        }
        (Guard::SignedIn | Guard::Patient | Guard::Own | Guard::Staff(_), Method::Post) => {
            assert_eq!(answer.status, 401, "{name}");
        }
        (Guard::Server, _) => assert_eq!(answer.status, 400, "{name}"),
    }
    assert_nothing_of_rosa(name, answer);
}

fn check_unlinked(row: &Row, name: &str, answer: &Page) {
    if matches!(row.guard, Guard::Staff(_)) {
        assert_eq!(answer.status, 404, "{name}: for people without a role there is no such page");
    } else if matches!(row.guard, Guard::Patient | Guard::Own) {
        assert_eq!((answer.status, location(answer)), (303, "/link"), "{name}");
    } else {
        assert!(answer.status < 500, "{name}: {}", answer.status);
    }
    assert_nothing_of_rosa(name, answer);
}

/// Numbers of items count within a person's own record, so another patient finds their own item or none. A
/// copy or a device of somebody else is not there at all.
fn check_other(row: &Row, name: &str, answer: &Page) {
    if row.path.contains("{id}") || matches!(row.guard, Guard::Staff(_)) {
        assert_eq!(answer.status, 404, "{name}");
    } else {
        assert!(answer.status < 500, "{name}: {}", answer.status);
    }
    assert_nothing_of_rosa(name, answer);
}

fn assert_nothing_of_rosa(name: &str, answer: &Page) {
    let text = answer.text.to_lowercase();
    for word in ROSAS {
        assert!(!text.contains(&word.to_lowercase()), "{name} shows {word}");
    }
}
