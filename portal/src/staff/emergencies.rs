//! Emergency access: each use, and the sign-off of a privacy officer.

use actix_web::web::Path;
use api::base::{Error, ViewId};
use api::staff::{self, By, Looked, Role};
use askama::Template;

use super::parts::{self, Area};
use super::words;
use crate::components::Pager;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::send;

/// The list.
#[derive(Template)]
#[template(path = "staff/emergencies.html")]
pub struct Emergencies {
    /// The frame.
    pub page: Page,
    /// Those that nobody reviewed first.
    pub looks: Vec<Looked>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

/// Shows it.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let found = staff::emergencies(&who.visit.app, (&who.roles, number)).await?;
    let page = Page::new(&who.visit, "desk-emergencies-title").desk(&who.roles);
    page.ok(|page| emergencies(page, number, found))
}

/// The page from what is known.
pub fn emergencies(page: Page, number: i64, (looks, more): (Vec<Looked>, bool)) -> Emergencies {
    let pager = parts::pager(page.w, "/staff/emergencies", (number, more));
    Emergencies { page, looks, pager }
}

/// One use.
#[derive(Template)]
#[template(path = "staff/emergency.html")]
pub struct Emergency {
    /// The frame.
    pub page: Page,
    /// The use.
    pub looked: Looked,
    /// The note of the sign-off, for those who may sign.
    pub remark: Option<Area>,
}

impl Emergency {
    fn signed(&self, by: &By) -> String {
        words::by(self.page.w, by)
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>) -> Reply {
    let looked = found(&who, &id).await?;
    frame(&who).ok(|page| emergency(page, looked, (&who, &Fields::default()).into()))
}

async fn found(who: &Staff, id: &str) -> Result<Looked, Error> {
    let id: ViewId = id.parse().map_err(|_| Error::NotFound)?;
    staff::emergency(&who.visit.app, (&who.roles, id)).await
}

fn frame(who: &Staff) -> Page {
    Page::new(&who.visit, "desk-emergency-one")
        .desk(&who.roles)
        .under("/staff/emergencies", "desk-emergencies-title")
}

/// Who reads, and what they typed.
pub struct Reader<'a> {
    /// Their account.
    pub account: api::base::AccountId,
    /// Their roles.
    pub roles: &'a [Role],
    /// What they typed.
    pub typed: &'a Fields,
}

impl<'a> From<(&'a Staff, &'a Fields)> for Reader<'a> {
    fn from((who, typed): (&'a Staff, &'a Fields)) -> Self {
        Self { account: who.actor().account, roles: &who.roles, typed }
    }
}

/// The page from what is known and typed.
pub fn emergency(page: Page, looked: Looked, reader: Reader<'_>) -> Emergency {
    let signs = reader.roles.contains(&Role::PrivacyOfficer)
        && looked.reviewed.is_none()
        && looked.view.account != reader.account;
    let remark = signs.then(|| Area::new(&page, ("remark", "desk-remark", "desk-remark-hint"), reader.typed));
    Emergency { page, looked, remark }
}

/// Signs it off.
pub async fn review(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let looked = found(&who, &id).await?;
    match staff::review_emergency(&who.visit.app, who.actor(), (looked.view.id, fields.get("remark"))).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/emergencies/{}", looked.view.id))),
        Err(error) => {
            let problems = mendable(error)?;
            frame(&who).with_problems(problems).ok(|page| emergency(page, looked, (&who, &fields).into()))
        }
    }
}
