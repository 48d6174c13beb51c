//! The apps that are connected to a record: what each may read, until when, and what it took.

use std::collections::BTreeSet;

use api::disclosures::{self, Taken, Took};
use api::representation::{self, Held};
use api::smart::{self, Grant, Standing};
use askama::Template;

use super::words;
use crate::error::{Failure, Reply};
use crate::guard::Patient;
use crate::page::Page;

/// The list.
#[derive(Template)]
#[template(path = "apps.html")]
pub struct Connected {
    /// The frame.
    pub page: Page,
    /// Those in force or paused, newest first.
    pub live: Vec<(Grant, Took)>,
    /// Those that are over.
    pub over: Vec<(Grant, Took)>,
    /// Those for whom the reader may connect apps, on the page about their own.
    pub others: Vec<Held>,
}

impl Connected {
    /// Whether the visitor may connect apps to this record.
    fn connects(&self) -> bool {
        self.page.acting().is_none_or(|acting| acting.apps)
    }

    fn standing(&self, grant: &Grant) -> String {
        words::standing(self.page.w, grant)
    }

    fn reads(&self, grant: &Grant) -> String {
        words::reads(self.page.w, grant)
    }

    fn since(&self, grant: &Grant) -> String {
        words::since(&self.page, grant)
    }

    fn took(&self, (grant, took): &(Grant, Took)) -> String {
        took_words(&self.page, (grant, took))
    }
}

/// How often an app read, and when last.
pub fn took_words(page: &Page, (grant, took): (&Grant, &Took)) -> String {
    use crate::i18n::Say;
    let w = page.w;
    let Some(last) = took.last else {
        let over = matches!(grant.standing, Standing::Ended { .. });
        return w.t(if over { "apps-took-never" } else { "apps-took-none" });
    };
    let count = i64::try_from(took.times).unwrap_or(i64::MAX);
    let (number, date) = (w.number(count), w.day(&last));
    let values = [("count", count.fluent()), ("number", number.fluent()), ("date", date.fluent())];
    w.with("apps-took", &values)
}

/// Shows it.
pub async fn list(who: Patient) -> Reply {
    let app = &who.visit.app;
    let grants = smart::grants(app, who.actor(), who.patient).await?;
    let ids: BTreeSet<_> = grants.iter().map(|grant| grant.id).collect();
    let taken = disclosures::taken(app, who.actor(), (who.patient, &ids)).await?;
    let others = match who.visit.acting.get() {
        None => for_others(&who).await?,
        Some(_) => Vec::new(),
    };
    let page = Page::new(&who.visit, "apps-title").of_named(&taken.whose.0, taken.whose.1.as_deref());
    page.under("/home", "nav-home").ok(|page| connected(page, (grants, taken), others))
}

/// The people for whom somebody may connect apps: these stand on pages of their own.
async fn for_others(who: &Patient) -> Result<Vec<Held>, Failure> {
    let mut all = representation::held_by(&who.visit.app, who.actor()).await?;
    all.retain(|held| smart::may_connect(held.authority.kind));
    Ok(all)
}

/// The page from what is known.
pub fn connected(page: Page, (grants, mut taken): (Vec<Grant>, Taken), others: Vec<Held>) -> Connected {
    let with = |grant: Grant| {
        let took = taken.by.remove(&grant.id).unwrap_or_default();
        (grant, took)
    };
    let over = |(grant, _): &(Grant, Took)| matches!(grant.standing, Standing::Ended { .. });
    let (over, live) = grants.into_iter().map(with).partition(over);
    Connected { page, live, over, others }
}
