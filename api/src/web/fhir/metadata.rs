//! `GET /fhir/metadata`: what this FHIR server can do (FHIR R4, CapabilityStatement). Open without a token.

use std::sync::OnceLock;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};

use super::answer::{Refusal, issue};
use crate::app::App;
use crate::fhir::capability::{About, statement};
use crate::fhir::search::Query;
use crate::records::api::base;

/// The statement once it was made: while the program runs nothing changes it.
#[derive(Debug, Default)]
pub struct Statement(OnceLock<Bytes>);

/// The capability statement, made from the tables by which the server works.
///
/// # Errors
/// 400 for a `mode` that asks for something else (http.html#capabilities).
pub(super) fn metadata(request: &HttpRequest, app: &App, query: &Query) -> Result<HttpResponse, Refusal> {
    for (_, mode) in query.iter().filter(|(name, _)| name == "mode") {
        fits(mode)?;
    }
    let bytes = match request.app_data::<Data<Statement>>() {
        Some(kept) => kept.0.get_or_init(|| made(app)).clone(),
        None => made(app),
    };
    Ok(HttpResponse::Ok()
        .content_type("application/fhir+json; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=300"))
        .body(bytes))
}

/// All of it is told for the normative part too: what each parameter and type is worth stands in the standard.
fn fits(mode: &str) -> Result<(), Refusal> {
    let (code, text) = match mode {
        "full" | "normative" => return Ok(()),
        "terminology" => (
            "not-supported",
            "There is no terminology service here, so there are no TerminologyCapabilities: codes are compared as they are \
             written, value sets are not looked up. mode=full and mode=normative give the CapabilityStatement.",
        ),
        _ => ("invalid", "The modes are full and normative, which give the CapabilityStatement."),
    };
    Err(issue(400, code, text).about("mode"))
}

fn made(app: &App) -> Bytes {
    let public = app.config.server.public_url.trim_end_matches('/');
    let made = statement(&About {
        base: &base(app),
        oauth: &format!("{public}/oauth"),
        apps: &format!("{public}/apps"),
        clinic: &app.config.clinic.name,
        version: env!("CARGO_PKG_VERSION"),
    });
    made.to_string().into()
}
