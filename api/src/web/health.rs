//! Health for load balancers: alive, and ready to serve.

use actix_web::{HttpResponse, web::Data};

use crate::app::App;

/// The process answers.
pub async fn live() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).content_type("text/plain").body("alive\n")
}

/// The database answers too; 503 if not, so that a balancer sends people elsewhere.
pub async fn ready(app: Data<App>) -> HttpResponse {
    match app.db.ping().await {
        Ok(()) => HttpResponse::Ok()
            .insert_header(("Cache-Control", "no-store"))
            .content_type("text/plain")
            .body("ready\n"),
        Err(error) => {
            tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "not ready");
            HttpResponse::ServiceUnavailable()
                .insert_header(("Cache-Control", "no-store"))
                .content_type("text/plain")
                .body("the database does not answer\n")
        }
    }
}
