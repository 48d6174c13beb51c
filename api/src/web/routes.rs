//! The one table of the addresses for machines: address, methods, what opens it, handlers. It mounts them, and tests read it.

use actix_web::http::{Method, header};
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route, guard};

use super::{bulk, fhir, health, oauth};
use crate::bulk::Level;

/// What opens an address. The handler looks; tests compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing is asked: what is published, and whether the service is well.
    Anyone,
    /// Anyone may ask, and what the body says and proves decides (OAuth 2.0).
    Client,
    /// The token of the app's own registration (RFC 7592).
    Registration,
    /// A token that a person gave an app.
    App,
    /// A token of a system (SMART Backend Services).
    System,
}

/// An address.
pub struct Row {
    /// The address, as it is mounted.
    pub path: &'static str,
    /// The methods that it knows, as `Allow` tells them.
    pub methods: &'static str,
    /// What opens it.
    pub guard: Guard,
    handlers: fn(Resource) -> Resource,
}

const fn row(
    path: &'static str,
    (methods, guard): (&'static str, Guard),
    handlers: fn(Resource) -> Resource,
) -> Row {
    Row { path, methods, guard, handlers }
}

use Guard::{Anyone, App, Client, Registration, System};

const READ: &str = "GET, HEAD, OPTIONS";
const SEND: &str = "POST, OPTIONS";
/// A kick-off knows no HEAD: to ask for one is to begin an export.
const BEGIN: &str = "GET, POST, OPTIONS";

/// All addresses. The first that fits counts: what has an address of its own stands before the types of FHIR.
pub const ROUTES: &[Row] = &[
    row("/oauth/token", (SEND, Client), |r| r.route(web::post().to(oauth::token))),
    row("/oauth/introspect", (SEND, Client), |r| r.route(web::post().to(oauth::introspect))),
    row("/oauth/revoke", (SEND, Client), |r| r.route(web::post().to(oauth::revoke))),
    row("/oauth/userinfo", ("GET, HEAD, POST, OPTIONS", App), |r| {
        r.route(reading().to(oauth::userinfo)).route(web::post().to(oauth::userinfo))
    }),
    row("/oauth/register", (SEND, Client), |r| r.route(web::post().to(oauth::register))),
    row("/oauth/register/{client_id}", ("GET, HEAD, PUT, DELETE, OPTIONS", Registration), |r| {
        let r = r.route(reading().to(oauth::registered)).route(web::put().to(oauth::replace));
        r.route(web::delete().to(oauth::unregister))
    }),
    row("/oauth/register/{client_id}/calls", (READ, Registration), |r| r.route(reading().to(oauth::calls))),
    row("/oauth/jwks", (READ, Anyone), |r| r.route(reading().to(oauth::jwks))),
    row("/oauth/smart-style.json", (READ, Anyone), |r| r.route(reading().to(oauth::style))),
    row("/.well-known/smart-configuration", (READ, Anyone), |r| {
        r.route(reading().to(oauth::smart_configuration))
    }),
    row("/.well-known/openid-configuration", (READ, Anyone), |r| r.route(reading().to(oauth::discovery))),
    row("/.well-known/oauth-authorization-server", (READ, Anyone), |r| {
        r.route(reading().to(oauth::discovery))
    }),
    row("/fhir/.well-known/smart-configuration", (READ, Anyone), |r| {
        r.route(reading().to(oauth::smart_configuration))
    }),
    row("/fhir/Group/{id}/$export", (BEGIN, System), |r| {
        bulk::export(r, |request| Level::Group(request.match_info().query("id").to_owned()))
    }),
    row("/fhir/Patient/$export", (BEGIN, System), |r| bulk::export(r, |_| Level::Patient)),
    row("/fhir/$export", (BEGIN, System), |r| {
        r.route(web::get().to(bulk::no_system_level)).route(web::post().to(bulk::no_system_level))
    }),
    row("/fhir/bulk/{id}", ("GET, HEAD, DELETE, OPTIONS", System), |r| {
        r.route(reading().to(bulk::status)).route(web::delete().to(bulk::delete))
    }),
    row("/fhir/bulk/{id}/{n}.ndjson", (READ, System), |r| r.route(reading().to(bulk::file))),
    row("/fhir/bulk/{id}/attachment/{file}", (READ, System), |r| r.route(reading().to(bulk::attachment))),
    row("/fhir/Group", (READ, System), |r| r.route(reading().to(bulk::groups::groups))),
    row("/fhir/Group/_search", (SEND, System), |r| r.route(web::post().to(bulk::groups::groups))),
    row("/fhir/Group/{id}", (READ, System), |r| r.route(reading().to(bulk::groups::group))),
    row(REST, ("GET, HEAD, POST, OPTIONS", App), |r| r.route(web::route().to(fhir::serve))),
    row("/health/live", ("GET", Anyone), |r| r.route(web::get().to(health::live))),
    row("/health/ready", ("GET", Anyone), |r| r.route(web::get().to(health::ready))),
];

/// Everything else below `/fhir`, which tells itself what each address there knows.
pub const REST: &str = "/fhir{rest:(/.*)?}";

/// Mounts every address.
pub(super) fn configure(config: &mut ServiceConfig) {
    for row in ROUTES {
        mount(config, row);
    }
}

fn mount(config: &mut ServiceConfig, row: &'static Row) {
    let methods = row.methods;
    match row.guard {
        System => {
            // A slash at the end is taken as everywhere below `/fhir`.
            let resource = web::resource([row.path.to_owned(), format!("{}/", row.path)]);
            let resource =
                resource.default_service(web::to(move || async move { bulk::no_such_method(methods) }));
            let dressed = from_fn(move |request, next| bulk::dressed(methods, request, next));
            config.service((row.handlers)(resource).wrap(dressed));
        }
        App if row.path == REST => {
            config.service((row.handlers)(web::resource(row.path)));
        }
        Anyone if row.path.starts_with("/health") => {
            let resource = web::resource(row.path).default_service(web::to(move || async move {
                HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, methods)).finish()
            }));
            config.service((row.handlers)(resource));
        }
        Anyone | App | Client | Registration => {
            let resource =
                web::resource(row.path).default_service(web::to(move || oauth::other_method(methods)));
            let asked = web::method(Method::OPTIONS).to(move || oauth::preflight(methods));
            config.service((row.handlers)(resource.route(asked)));
        }
    }
}

/// GET, and HEAD wherever GET is (RFC 9110, 9.1); the server leaves the body out.
fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
