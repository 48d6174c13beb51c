//! Endpoints for machines: the FHIR interface, OAuth and health. No pages.

mod address;
mod bulk;
mod caller;
mod challenge;
mod fhir;
mod health;
mod oauth;
mod patience;

use actix_web::web::{self, Data, ServiceConfig};

pub use address::address;
pub use patience::hurry;

/// Mounts the endpoints. The application data must hold `web::Data<App>`. Whoever serves wraps all in [`hurry`].
pub fn configure(config: &mut ServiceConfig) {
    oauth::configure(config);
    config
        .configure(bulk::configure)
        .app_data(Data::new(fhir::Statement::default()))
        .route("/fhir{rest:(/.*)?}", web::route().to(fhir::serve))
        .route("/health/live", web::get().to(health::live))
        .route("/health/ready", web::get().to(health::ready));
}
