//! `GET /fhir/metadata`: what this FHIR server can do (FHIR R4, CapabilityStatement). Open without a token.

use actix_web::HttpResponse;

use crate::app::App;
use crate::fhir::capability::{About, statement};
use crate::records::api::base;

/// The capability statement, made from the tables by which the server works.
pub(super) fn metadata(app: &App) -> HttpResponse {
    let public = app.config.server.public_url.trim_end_matches('/');
    let made = statement(&About {
        base: &base(app),
        oauth: &format!("{public}/oauth"),
        clinic: &app.config.clinic.name,
        version: env!("CARGO_PKG_VERSION"),
    });
    HttpResponse::Ok()
        .content_type("application/fhir+json; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=300"))
        .body(made.to_string())
}
