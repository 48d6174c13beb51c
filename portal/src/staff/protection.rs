//! Items that somebody asks to be protected, at the desk: the list, and one of them, for which the record is opened. What
//! it is about stands in the record.

use actix_web::web::Path;
use api::base::{CaseId, Error, Problems, ViewId};
use api::records;
use api::records::label_asks::{self, LabelAsk};
use askama::Template;

use super::parts::{self, Area};
use crate::components::Pager;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;

/// The list.
#[derive(Template)]
#[template(path = "staff/protection.html")]
pub struct List {
    /// The frame.
    pub page: Page,
    /// Those that wait first. Whom they are about does not stand here.
    pub asks: Vec<LabelAsk>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl List {
    fn number(&self, ask: &LabelAsk) -> String {
        number(self.page.w, ask)
    }

    fn state(&self, ask: &LabelAsk) -> String {
        state(self.page.w, ask)
    }
}

/// By what staff call a question among themselves: the end of its id, which tells of nobody.
fn number(w: Words, ask: &LabelAsk) -> String {
    let id = ask.id.to_string();
    let end = id.get(id.len().saturating_sub(6)..).unwrap_or_default().to_uppercase();
    w.t1("desk-protect-number", "number", end)
}

fn state(w: Words, ask: &LabelAsk) -> String {
    match &ask.answered {
        Some(answered) => w.t1("desk-protect-answered", "date", w.day(&answered.at)),
        None => w.t1("desk-protect-waits", "date", w.day(&ask.asked)),
    }
}

/// Shows it. What concerns the reader or their family, or what they asked, stands in no list.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let (all, more) = label_asks::list(&who.visit.app, &who.roles, number).await?;
    let mut asks = Vec::new();
    for ask in all {
        if parts::listed(parts::apart(&who, (ask.account, ask.patient)).await)? {
            asks.push(ask);
        }
    }
    let page = Page::new(&who.visit, "desk-protect-title").desk(&who.roles);
    page.ok(|page| list_page(page, (asks, more), number))
}

/// The page of the list.
pub fn list_page(page: Page, (asks, more): (Vec<LabelAsk>, bool), number: i64) -> List {
    let pager = parts::pager(page.w, "/staff/protection", (number, more));
    List { page, asks, pager }
}

/// One of them.
#[derive(Template)]
#[template(path = "staff/protection_one.html")]
pub struct One {
    /// The frame.
    pub page: Page,
    /// What was asked.
    pub ask: LabelAsk,
    /// The reader's own look at the record, if one is open.
    pub look: Option<ViewId>,
    /// Why the record is opened.
    pub reason: Area,
}

impl One {
    fn number(&self) -> String {
        number(self.page.w, &self.ask)
    }

    fn state(&self) -> String {
        state(self.page.w, &self.ask)
    }

    /// The item, in the look that is open.
    fn item(&self) -> Option<String> {
        self.look.map(|view| item_at(&view.to_string(), &self.ask))
    }
}

fn item_at(view: &str, ask: &LabelAsk) -> String {
    format!("/for/{view}/record/{}/{}", ask.category.slug(), ask.address)
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>) -> Reply {
    one(&who, found(&who, &id).await?, (&Fields::default(), Problems::default()))
}

async fn found(who: &Staff, id: &str) -> Result<(LabelAsk, Option<ViewId>), Failure> {
    let id: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let (ask, look) = label_asks::case(&who.visit.app, (who.actor(), &who.roles), id).await?;
    parts::apart(who, (ask.account, ask.patient)).await?;
    Ok((ask, look))
}

fn one(who: &Staff, found: (LabelAsk, Option<ViewId>), (typed, problems): (&Fields, Problems)) -> Reply {
    let page = Page::new(&who.visit, "desk-protect-one").desk(&who.roles);
    let page = page.under("/staff/protection", "desk-protect-title").with_problems(problems);
    page.ok(|page| one_page(page, found, typed))
}

/// The page from what is known and typed.
pub fn one_page(page: Page, (ask, look): (LabelAsk, Option<ViewId>), typed: &Fields) -> One {
    let reason = Area::new(&page, ("reason", "desk-reason", "desk-unshown-open-hint"), typed);
    One { page, ask, look, reason }
}

/// Opens the record for it, at the item.
pub async fn open(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let (ask, look) = found(&who, &id).await?;
    let near = records::household(app, who.actor(), ask.patient).await?;
    let (by, of) = ((who.actor(), who.roles.as_slice()), (ask.id, near));
    match label_asks::open(app, by, of, fields.get("reason")).await {
        Ok(view) => Ok(send::elsewhere(&item_at(&view.id.to_string(), &ask))),
        Err(error) => one(&who, (ask, look), (&fields, mendable(error)?)),
    }
}
