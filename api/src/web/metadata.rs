//! `GET /fhir/metadata`: what this FHIR server can do (FHIR R4, CapabilityStatement). Open without a token.

use actix_web::{HttpResponse, web::Data};
use serde_json::{Value, json};

use super::bulk;
use crate::app::App;
use crate::fhir::outcome::{Issue, outcome};

/// The capability statement: it names what is there, and nothing that is not.
pub async fn metadata(app: Data<App>) -> HttpResponse {
    let resource = |(kind, definition): (&str, &str)| {
        json!({"type": kind, "operation": [{"name": "export", "definition": definition}]})
    };
    let resources: Vec<Value> = bulk::OPERATIONS.into_iter().map(resource).collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "instantiates": [bulk::INSTANTIATES],
        "software": {"name": "Recordright", "version": env!("CARGO_PKG_VERSION")},
        "implementation": {
            "description": format!("Records of {}", app.config.clinic.name),
            "url": format!("{}/fhir", app.config.server.public_url),
        },
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "documentation": "Patients see and download their records in the portal. Systems that were agreed with the clinic export groups of patients. Reading by apps is not offered yet.",
            "resource": resources,
            "security": {"cors": true, "description": "No resource can be read without authorization."},
        }],
    });
    HttpResponse::Ok()
        .content_type("application/fhir+json; charset=utf-8")
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Cache-Control", "public, max-age=300"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(statement.to_string())
}

/// Anything else under `/fhir`: 404 in the form that an app understands (FHIR R4, http.html#status-codes).
pub async fn not_offered() -> HttpResponse {
    let issue =
        Issue::error("not-supported", "Only GET /fhir/metadata is offered; it says what this server can do.");
    HttpResponse::NotFound()
        .content_type("application/fhir+json; charset=utf-8")
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(outcome(&[issue]).to_string())
}
