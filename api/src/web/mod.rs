//! Endpoints for machines: the FHIR capability statement, OAuth and health. No pages.

mod address;
mod health;
mod metadata;
mod oauth;

use actix_web::web::{self, ServiceConfig};

pub use address::address;

/// Mounts the endpoints. The application data must hold `web::Data<App>`.
pub fn configure(config: &mut ServiceConfig) {
    oauth::configure(config);
    config
        .route("/fhir/metadata", web::get().to(metadata::metadata))
        .route("/fhir{rest:(/.*)?}", web::route().to(metadata::not_offered))
        .route("/health/live", web::get().to(health::live))
        .route("/health/ready", web::get().to(health::ready));
}
