//! What became of a permission or of a limit, for the pages of the person and of the desk: what was decided, and apart from
//! it the looks of staff, page by page.

use api::consents::{Event, History};
use askama::Template;
use askama::filters::HtmlSafe;

use super::privacy::event_words;
use crate::components::Pager;
use crate::form::{Fields, address};
use crate::i18n::Words;

/// What became of it.
#[derive(Template)]
#[template(path = "parts/history.html")]
pub struct Became {
    w: Words,
    /// What changed it and why, the oldest first.
    events: Vec<(String, String)>,
    /// How often staff looked at it; none where nobody did.
    looks: Option<String>,
    /// A page of their looks, the newest first.
    looked: Vec<String>,
    /// Whether they were asked for.
    open: bool,
    /// Links to the other pages of looks.
    pager: Pager,
}

impl HtmlSafe for Became {}

impl Became {
    /// For the page at this address, and of the looks those before a number.
    pub fn of(w: Words, (path, before): (&str, Option<i64>), history: &History) -> Self {
        let why = |event: &Event| if event.why == "paper" { String::new() } else { event.why.clone() };
        let events = history.events.iter().map(|event| (event_words(w, event), why(event)));
        let older = |next: i64| format!("{}#looks", address(path, &[("before", &next.to_string())]));
        let pager = Pager {
            name: w.t("pager-name"),
            before: before.map(|_| (format!("{path}#looks"), w.t("pager-newest"))),
            after: history.next.map(|next| (older(next), w.t("pager-older"))),
        };
        Self {
            w,
            events: events.collect(),
            looks: (history.looks > 0).then(|| w.n("privacy-looks", history.looks)),
            looked: history.looked.iter().map(|event| event_words(w, event)).collect(),
            open: before.is_some(),
            pager,
        }
    }

    /// The same without a reason that stands elsewhere on the page.
    pub fn without_reason(mut self, said: &str) -> Self {
        self.events.iter_mut().filter(|(_, why)| why == said).for_each(|(_, why)| why.clear());
        self
    }
}

/// Where a page of the looks begins, as an address says it.
pub fn before(query: &Fields) -> Option<i64> {
    query.get("before").parse().ok()
}

/// What was done before a form of the desk came that would have done it, or something else that cannot be any more.
pub fn done_before(w: Words, history: &History) -> Option<String> {
    let done = history.events.iter().rfind(|event| event.what != "signed" && event.what != "asked")?;
    Some(w.t1("office-done-before", "event", event_words(w, done)))
}
