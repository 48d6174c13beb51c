//! Apps that can be opened from here with a record (SMART App Launch 2.2, EHR launch).

use actix_web::HttpResponse;
use api::smart::{self, Client, ClientId, Origin};
use askama::Template;

use crate::error::Reply;
use crate::form::Form;
use crate::guard::Patient;
use crate::page::Page;
use crate::send;

/// The list.
#[derive(Template)]
#[template(path = "apps_find.html")]
pub struct Find {
    /// The frame.
    pub page: Page,
    /// The apps: those that the clinic added first.
    pub apps: Vec<Client>,
}

impl Find {
    fn known(&self, client: &Client) -> String {
        let w = self.page.w;
        match client.origin {
            _ if client.marked.is_some() => w.t("apps-known-marked"),
            Origin::Clinic | Origin::Settings => w.t("apps-known-clinic"),
            Origin::Developer { .. } => w.t1("apps-known-developer", "date", w.day(&client.created)),
            Origin::Dynamic => w.t1("apps-known-dynamic", "date", w.day(&client.created)),
            Origin::Demo => w.t("apps-known-demo"),
        }
    }
}

/// Shows it.
pub async fn list(who: Patient) -> Reply {
    smart::may_launch(&who.visit.app, who.actor(), who.patient).await?;
    let mut apps = smart::launchable(&who.visit.app).await?;
    apps.sort_by_key(|client| {
        client.marked.is_none() && !matches!(client.origin, Origin::Clinic | Origin::Settings)
    });
    let page = Page::new(&who.visit, "apps-find-title").under("/home", "nav-home");
    let reply = page.under("/apps", "apps-title").ok(|page| Find { page, apps });
    Ok(send::forms_anywhere(reply?))
}

/// Opens an app with the record that is open here.
pub async fn open(who: Patient, Form(fields): Form) -> Reply {
    let client = ClientId(fields.get("client").to_owned());
    let url = smart::mint_launch(&who.visit.app, who.actor(), (&client, who.patient)).await?;
    Ok(HttpResponse::SeeOther().insert_header(("location", url)).finish())
}
