//! Endpoints for machines: the FHIR interface and health. No pages.

mod fhir;
mod health;

use actix_web::web::{self, ServiceConfig};

/// Mounts the endpoints. The application data must hold `web::Data<App>`.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/fhir{rest:(/.*)?}", web::route().to(fhir::serve))
        .route("/health/live", web::get().to(health::live))
        .route("/health/ready", web::get().to(health::ready));
}
