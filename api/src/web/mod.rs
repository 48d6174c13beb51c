//! Endpoints for machines: the FHIR interface, OAuth and health. No pages.

mod address;
mod authorization;
mod bulk;
mod caller;
mod challenge;
mod fhir;
mod health;
mod oauth;
mod patience;
pub mod routes;

use actix_web::web::{Data, ServiceConfig};

pub use address::address;
pub use patience::hurry;

/// Mounts the endpoints. The application data must hold `web::Data<App>`. Whoever serves wraps all in [`hurry`].
pub fn configure(config: &mut ServiceConfig) {
    config.app_data(Data::new(fhir::Statement::default()));
    routes::configure(config);
}
