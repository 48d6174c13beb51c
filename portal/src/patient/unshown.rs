//! Asking the clinic about what is not shown of a minor's record. The page is the same whether or not there is anything.

use api::base::Problems;
use api::records::unshown::{self, Question};
use askama::Template;

use crate::error::Reply;
use crate::form::{Fields, Form, mendable};
use crate::guard::Patient;
use crate::page::Page;
use crate::send;
use crate::staff::parts::Area;

/// The fields of the form.
pub const FIELDS: &[(&str, &str)] = &[("note", "unshown-note")];

/// The page.
#[derive(Template)]
#[template(path = "unshown.html")]
pub struct Unshown {
    /// The frame.
    pub page: Page,
    /// The last question.
    pub question: Option<Question>,
    /// What they want to ask.
    pub note: Area,
}

impl Unshown {
    fn state(&self, question: &Question) -> String {
        let w = self.page.w;
        match question.answered {
            Some(at) => w.t1("unshown-answered", "date", w.day(&at)),
            None => w.t1("unshown-waits", "date", w.day(&question.asked)),
        }
    }

    /// Whether another question may be asked.
    fn free(&self) -> bool {
        self.question.as_ref().is_none_or(|question| question.answered.is_some())
    }
}

/// Shows what became of the last question, and the form for another.
pub async fn show(who: Patient) -> Reply {
    page_of(&who, (&Fields::default(), Problems::default())).await
}

async fn page_of(who: &Patient, (typed, problems): (&Fields, Problems)) -> Reply {
    let question = unshown::mine(&who.visit.app, who.actor(), who.patient).await?;
    let page =
        Page::new(&who.visit, "unshown-title").under("/home", "nav-home").under("/record", "nav-record");
    let page = page.under("/record/not-here", "not-here-title").with_problems(problems).naming(FIELDS);
    page.ok(|page| unshown_page(page, question, typed))
}

/// The page from what is known and typed.
pub fn unshown_page(page: Page, question: Option<Question>, typed: &Fields) -> Unshown {
    let note = Area::new(&page, ("note", "unshown-note", "unshown-note-hint"), typed);
    Unshown { page, question, note }
}

/// Asks.
pub async fn ask(who: Patient, Form(fields): Form) -> Reply {
    match unshown::ask(&who.visit.app, who.actor(), who.patient, fields.get("note")).await {
        Ok(()) => Ok(send::elsewhere(&who.visit.href("/unshown"))),
        Err(error) => page_of(&who, (&fields, mendable(error)?)).await,
    }
}
