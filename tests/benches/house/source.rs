//! A source system that makes up what it is asked for: the person `bench-N` has N resources, in pages. It needs the same
//! for each page however long the record is, so that only gathering it is measured.

use std::collections::HashMap;
use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::generated;

/// Starts it; its FHIR address.
pub fn start() -> (ServerHandle, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/fhir", listener.local_addr().unwrap());
    let base = web::Data::new(url.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(base.clone())
            .route("/fhir/metadata", web::get().to(metadata))
            .route("/fhir/Patient/{id}", web::get().to(person))
            .route("/fhir/Patient/{id}/$everything", web::get().to(page))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .listen(listener)
    .unwrap()
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    (handle, url)
}

async fn metadata() -> HttpResponse {
    json(&json!({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}))
}

async fn person(id: web::Path<String>) -> HttpResponse {
    match number(&id) {
        Some(person) => json(&generated::resource(person, 0)),
        None => HttpResponse::NotFound().finish(),
    }
}

async fn page(
    base: web::Data<String>,
    id: web::Path<String>,
    query: web::Query<HashMap<String, usize>>,
) -> HttpResponse {
    let Some(person) = number(&id) else { return HttpResponse::NotFound().finish() };
    let asked = |name: &str| query.get(name).copied();
    let (from, count) = (asked("_offset").unwrap_or(0), asked("_count").unwrap_or(100));
    let until = (from + count).min(person);
    let entries: Vec<Value> = (from..until)
        .map(|place| {
            let resource = generated::resource(person, place);
            let url = format!(
                "{}/{}/{}",
                **base,
                resource["resourceType"].as_str().unwrap(),
                resource["id"].as_str().unwrap()
            );
            json!({"fullUrl": url, "resource": resource, "search": {"mode": "match"}})
        })
        .collect();
    let next = format!("{}/Patient/{id}/$everything?_count={count}&_offset={until}", **base);
    let links: Vec<Value> =
        (until < person).then(|| json!({"relation": "next", "url": next})).into_iter().collect();
    json(&json!({
        "resourceType": "Bundle", "type": "searchset", "total": person, "link": links, "entry": entries,
    }))
}

/// How many resources a person has, which is also their number.
fn number(id: &str) -> Option<usize> {
    id.strip_prefix("bench-")?.parse().ok()
}

fn json(body: &Value) -> HttpResponse {
    HttpResponse::Ok().content_type("application/fhir+json").body(body.to_string())
}
