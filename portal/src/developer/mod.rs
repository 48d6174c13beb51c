//! What developers of apps need: documentation that anyone can read, and the pages on which they sign up their apps.

pub mod apps;
pub mod forms;
pub mod keys;
pub mod published;

use api::smart::{self, Origin, TYPES};
use askama::Template;

use crate::error::Reply;
use crate::guard::Anyone;
use crate::page::Page;
use crate::send;

/// The documentation.
#[derive(Template)]
#[template(path = "developer/docs.html")]
pub struct Docs {
    /// The frame.
    pub page: Page,
    /// Whether this is a demonstration with made-up people.
    pub demo: bool,
}

/// The endpoints: method and address, and the sentence that says what for.
const ENDPOINTS: [(&str, &str); 13] = [
    ("GET /fhir/metadata", "dev-end-metadata"),
    ("GET /fhir/.well-known/smart-configuration", "dev-end-smart"),
    ("GET, POST /oauth/authorize", "dev-end-authorize"),
    ("POST /oauth/token", "dev-end-token"),
    ("POST /oauth/revoke", "dev-end-revoke"),
    ("POST /oauth/introspect", "dev-end-introspect"),
    ("GET /oauth/userinfo", "dev-end-userinfo"),
    ("GET /oauth/jwks", "dev-end-jwks"),
    ("POST /oauth/register", "dev-end-register"),
    ("GET /.well-known/openid-configuration", "dev-end-openid"),
    ("GET /.well-known/oauth-authorization-server", "dev-end-server"),
    ("GET /developers/openapi.json", "dev-end-openapi"),
    ("GET /developers/brands", "dev-end-brands"),
];

/// The scopes that are not about types of resources, and what each gives.
const SCOPES: [(&str, &str); 8] = [
    ("launch/patient", "dev-scope-launch-patient"),
    ("launch", "dev-scope-launch"),
    ("openid fhirUser", "dev-scope-user"),
    ("offline_access", "dev-scope-offline"),
    ("online_access", "dev-scope-online"),
    ("patient/*.rs", "dev-scope-all"),
    ("patient/Observation.rs", "dev-scope-type"),
    (
        "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory",
        "dev-scope-category",
    ),
];

impl Docs {
    fn base(&self) -> &str {
        &self.page.visit.app.config.server.public_url
    }

    fn javascript(&self) -> String {
        include_str!("example.js").replace("BASE", self.base())
    }

    fn shell(&self) -> String {
        include_str!("example.sh").replace("BASE", self.base())
    }

    fn endpoints(&self) -> Vec<(&'static str, String)> {
        ENDPOINTS.iter().map(|(address, id)| (*address, self.page.w.t(id))).collect()
    }

    fn scopes(&self) -> Vec<(&'static str, String)> {
        SCOPES.iter().map(|(scope, id)| (*scope, self.page.w.t(id))).collect()
    }

    fn types(&self) -> String {
        TYPES.join(", ")
    }
}

/// Shows it, to anyone (45 CFR 170.315(g)(10)(viii): published without preconditions).
pub async fn docs(Anyone(visit): Anyone) -> Reply {
    let demo = smart::launchable(&visit.app).await?.iter().any(|client| client.origin == Origin::Demo);
    Page::new(&visit, "dev-title").ok(|page| Docs { page, demo })
}

/// Leads to what it says of systems: they are agreed with the clinic, so they have no pages of their own here.
pub async fn systems(_: Anyone) -> Reply {
    Ok(send::elsewhere("/developers#systems"))
}
