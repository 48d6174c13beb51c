//! Endpoints for machines: the FHIR capability statement and health. No pages.

mod bulk;
mod health;
mod metadata;

use actix_web::web::{self, ServiceConfig};

/// Mounts the endpoints. The application data must hold `web::Data<App>`.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/fhir/metadata", web::get().to(metadata::metadata))
        .configure(bulk::configure)
        .route("/fhir{rest:(/.*)?}", web::route().to(metadata::not_offered))
        .route("/health/live", web::get().to(health::live))
        .route("/health/ready", web::get().to(health::ready));
}
