//! The copies of a record that a person asked for: the list, one copy with its progress, and its erasure.

use actix_web::HttpResponse;
use api::base::CopyId;
use api::copies::{self, Copy, State};
use api::fhir::present::Category;
use api::records;
use askama::Template;
use serde::Serialize;

use crate::error::Reply;
use crate::form::{At, Form};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;

/// The list.
#[derive(Template)]
#[template(path = "copies.html")]
pub struct Copies {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub copies: Vec<Copy>,
}

impl Copies {
    fn state(&self, copy: &Copy) -> String {
        self.page.w.t(state_id(copy))
    }

    fn content(&self, copy: &Copy) -> String {
        content(&self.page, copy)
    }
}

/// Every copy of this record that the account asked for.
pub async fn list(who: Patient) -> Reply {
    let copies = copies::list(&who.visit.app, who.actor(), who.patient).await?;
    let person = records::person(&who.visit.app, who.actor(), who.patient).await?;
    let page = Page::new(&who.visit, "copies-title").of(&person).under("/home", "nav-home");
    page.ok(|page| Copies { page, copies })
}

/// One copy.
#[derive(Template)]
#[template(path = "copy.html")]
pub struct CopyPage {
    /// The frame.
    pub page: Page,
    /// The copy.
    pub copy: Copy,
}

impl CopyPage {
    /// Whether it can be downloaded.
    fn open(&self) -> bool {
        self.copy.state == State::Ready && !self.copy.shut
    }

    fn going(&self) -> bool {
        is_going(self.copy.state)
    }

    fn state(&self) -> &'static str {
        state_id(&self.copy)
    }

    fn content(&self) -> String {
        content(&self.page, &self.copy)
    }

    fn progress(&self) -> String {
        progress_words(self.page.w, &self.copy)
    }

    /// At least one, as the bar needs.
    fn total(&self) -> i64 {
        self.copy.total.max(1)
    }

    fn formats(&self) -> String {
        let w = self.page.w;
        let scope = &self.copy.scope.formats;
        let chosen =
            super::copy_new::FORMATS.iter().filter(|id| scope.is_empty() || scope.iter().any(|f| f == *id));
        chosen.map(|id| w.t(&format!("format-{id}"))).collect::<Vec<_>>().join(", ")
    }
}

fn is_going(state: State) -> bool {
    matches!(state, State::Waiting | State::Building)
}

fn state_id(copy: &Copy) -> &'static str {
    match copy.state {
        State::Ready if copy.shut => "copy-shut",
        State::Waiting => "copy-waiting",
        State::Building => "copy-building",
        State::Ready => "copy-ready",
        State::Failed => "copy-failed",
        State::Erased => "copy-erased",
    }
}

/// What a copy holds, in words: everything, or its categories, and its dates.
fn content(page: &Page, copy: &Copy) -> String {
    let w = page.w;
    let part = copy.part || page.acting().is_some_and(|acting| !acting.part.is_empty());
    let names = copy.scope.categories.iter().filter_map(|slug| Category::from_slug(slug));
    let mut words = match copy.scope.categories.is_empty() {
        true if part => w.t("copy-all-seen"),
        true => w.t("copy-everything"),
        false => names.map(|category| w.t(category.name())).collect::<Vec<_>>().join(", "),
    };
    let dates = match (&copy.scope.from, &copy.scope.to) {
        (Some(from), Some(to)) => Some(w.t2("copy-between", ("from", w.date(from)), ("to", w.date(to)))),
        (Some(from), None) => Some(w.t1("copy-from", "date", w.date(from))),
        (None, Some(to)) => Some(w.t1("copy-to", "date", w.date(to))),
        (None, None) => None,
    };
    if let Some(dates) = dates {
        words.push_str(", ");
        words.push_str(&dates);
    }
    words
}

/// Shows a copy; asks for itself again while it is being built.
pub async fn show(who: Patient, At((id,)): At<(CopyId,)>) -> Reply {
    let copy = copies::find(&who.visit.app, who.actor(), (who.patient, id)).await?;
    let person = records::person(&who.visit.app, who.actor(), who.patient).await?;
    let page = Page::new(&who.visit, "copy-title").of(&person);
    let mut page = page.under("/home", "nav-home").under("/copies", "nav-copies");
    if is_going(copy.state) {
        // Not oftener: each look is a line of the log.
        page = page.again_after(10);
    }
    page.ok(|page| CopyPage { page, copy })
}

/// Where a copy stands, for the script.
#[derive(Debug, Serialize)]
pub struct Progress {
    done: i64,
    total: i64,
    going: bool,
    words: String,
}

/// Tells the script where a copy stands.
pub async fn progress(who: Patient, At((id,)): At<(CopyId,)>) -> Reply {
    let copy = copies::find(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok(HttpResponse::Ok().json(Progress {
        done: copy.done,
        total: copy.total,
        going: is_going(copy.state),
        words: progress_words(who.visit.w, &copy),
    }))
}

/// "120 of 3,177 items are done".
pub fn progress_words(w: Words, copy: &Copy) -> String {
    w.t2("copy-progress", ("done", w.number(copy.done)), ("total", w.number(copy.total)))
}

/// Erases a copy, or stops one that is being built.
pub async fn erase(who: Patient, At((id,)): At<(CopyId,)>, _: Form) -> Reply {
    copies::erase(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok(send::elsewhere(&who.visit.href("/copies")))
}
