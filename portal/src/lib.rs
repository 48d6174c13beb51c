//! Pages for patients and staff.

/// Mounts the pages.
pub fn configure(_config: &mut actix_web::web::ServiceConfig) {}
