//! "Test my keys": what a token request would find wrong with an app's keys, before there is one.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::smart::{self, Client, ClientId, KeyTest};
use askama::Template;

use crate::error::Reply;
use crate::form::{Fields, Form};
use crate::guard::SignedIn;
use crate::page::Page;
use crate::staff::parts::Area;

/// The page.
#[derive(Template)]
#[template(path = "developer/keys.html")]
pub struct Keys {
    /// The frame.
    pub page: Page,
    /// The app.
    pub client: Client,
    /// A JWT to look at.
    pub assertion: Area,
    /// What was found.
    pub found: Option<KeyTest>,
}

/// Shows it.
pub async fn show(who: SignedIn, id: Path<String>) -> Reply {
    let client = smart::client(&who.visit.app, who.actor(), &ClientId(id.into_inner())).await?;
    frame(&who, &client).ok(|page| keys_page(page, (client, None), &Fields::default()))
}

fn frame(who: &SignedIn, client: &Client) -> Page {
    super::apps::of(who, client, "dev-test-title")
}

/// The page from what is known and typed.
pub fn keys_page(page: Page, (client, found): (Client, Option<KeyTest>), typed: &Fields) -> Keys {
    let assertion = Area::new(&page, ("assertion", "dev-assertion", "dev-assertion-hint"), typed).most(8_192);
    Keys { page, client, assertion, found }
}

/// Looks at them. It changes nothing, so the page answers at once.
pub async fn test(who: SignedIn, id: Path<String>, Form(typed): Form) -> Reply {
    let id = ClientId(id.into_inner());
    let client = smart::client(&who.visit.app, who.actor(), &id).await?;
    let assertion = typed.some("assertion");
    let found = smart::test_keys(&who.visit.app, who.actor(), (&id, assertion.as_deref())).await?;
    frame(&who, &client).reply(StatusCode::OK, |page| keys_page(page, (client, Some(found)), &typed))
}
