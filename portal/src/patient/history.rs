//! What became of a permission or of a limit, for the pages of the person and of the desk: what was decided, and apart from
//! it the looks of staff, page by page.

use api::base::Instant;
use api::consents::{Event, History};
use api::notify::{self, Noted, Told};
use askama::Template;
use askama::filters::HtmlSafe;

use super::privacy::{came_name, event_words};
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
        let events = history.events.iter().map(|event| (event_words(w, event), why(event))).collect();
        let looked = history.looked.iter().map(|event| event_words(w, event)).collect();
        Self::new(w, (path, before), (events, looked), (history.looks, history.next))
    }

    /// The same of how a person is reached.
    pub fn of_reach(w: Words, place: (&str, Option<i64>), history: &notify::History) -> Self {
        let how = |told: &Told| match &told.what {
            Noted::Recorded(intake) | Noted::Ended(intake) => intake.known.clone(),
            Noted::Chosen => String::new(),
        };
        let events = history.told.iter().map(|told| (told_words(w, told), how(told))).collect();
        let looks = &history.looks;
        let look = |(at, by): &(Instant, String)| {
            w.t2("privacy-event-viewed", ("name", by.as_str()), ("date", w.moment(at)))
        };
        Self::new(w, place, (events, looks.page.iter().map(look).collect()), (looks.count, looks.next))
    }

    fn new(
        w: Words,
        (path, before): (&str, Option<i64>),
        (events, looked): (Vec<(String, String)>, Vec<String>),
        (looks, next): (i64, Option<i64>),
    ) -> Self {
        let older = |next: i64| format!("{}#looks", address(path, &[("before", &next.to_string())]));
        let pager = Pager {
            name: w.t("pager-name"),
            before: before.map(|_| (format!("{path}#looks"), w.t("pager-newest"))),
            after: next.map(|next| (older(next), w.t("pager-older"))),
        };
        Self {
            w,
            events,
            looks: (looks > 0).then(|| w.n("privacy-looks", looks)),
            looked,
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

/// What was said of how a person is reached, in words.
pub fn told_words(w: Words, told: &Told) -> String {
    let (id, intake) = match &told.what {
        Noted::Recorded(intake) => ("privacy-reach-recorded", Some(intake)),
        Noted::Ended(intake) => ("privacy-reach-ended", Some(intake)),
        Noted::Chosen => ("privacy-reach-chosen", None),
    };
    let said = w.t2(id, ("name", told.by.as_str()), ("date", w.moment(&told.at)));
    match intake {
        Some(intake) => {
            let came = ("way", w.t(came_name(intake.came)));
            format!("{said} ({})", w.t2("privacy-event-came", came, ("date", w.date(&intake.day))))
        }
        None => said,
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
