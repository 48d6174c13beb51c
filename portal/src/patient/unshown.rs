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
    /// The last question, with their words.
    pub question: Option<(Question, String)>,
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
        self.question.as_ref().is_none_or(|(question, _)| question.answered.is_some())
    }

    /// By when an answer comes, where the clinic says.
    fn until(&self, question: &Question) -> Option<String> {
        let days = self.page.clinic().answer_days();
        let until = question.asked.plus(days?);
        Some(self.page.w.t1("unshown-until", "date", self.page.w.day(&until)))
    }

    /// Within how many days an answer comes.
    fn within(&self) -> Option<String> {
        let days = self.page.clinic().answer_days;
        (days > 0).then(|| self.page.w.n("unshown-within", u32::from(days)))
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
pub fn unshown_page(page: Page, question: Option<(Question, String)>, typed: &Fields) -> Unshown {
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
