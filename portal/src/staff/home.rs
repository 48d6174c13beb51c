//! The first page of the desk: what waits for this person, and which records they have open.

use api::bulk;
use api::staff::{Concern, Role, Waiting};
use askama::Template;

use super::{parts, words};
use crate::error::Reply;
use crate::guard::Staff;
use crate::page::Page;

/// The page.
#[derive(Template)]
#[template(path = "staff/home.html")]
pub struct Home {
    /// The frame.
    pub page: Page,
    /// The reader's roles.
    pub roles: Vec<Role>,
    /// What waits.
    pub waiting: Waiting,
    /// Proposals about groups that wait for the reader to agree, for those who handle groups.
    pub groups: Option<i64>,
}

impl Home {
    /// "You work here as records clerk and clinician."
    fn you(&self) -> String {
        let names: Vec<String> = self.roles.iter().map(|role| self.page.w.t(words::role(role))).collect();
        self.page.w.t1("desk-you", "roles", api::words::list(self.page.w.language, &names))
    }

    /// Whether any list can wait for the reader's roles.
    fn tasks(&self) -> bool {
        self.counts().iter().any(Option::is_some) || self.waiting.reviewed.is_some()
    }

    fn nothing(&self) -> bool {
        self.counts().iter().all(|count| count.unwrap_or(0) == 0) && self.waiting.views.is_empty()
    }

    /// How many there are of a list that can wait for the reader.
    fn count(&self, list: &Option<Vec<Concern>>) -> Option<i64> {
        list.as_ref().map(|list| i64::try_from(list.len()).unwrap_or(i64::MAX))
    }

    fn counts(&self) -> [Option<i64>; 12] {
        let waiting = &self.waiting;
        let lists = [
            &waiting.claims,
            &waiting.limits,
            &waiting.authorities,
            &waiting.flagged,
            &waiting.to_certify,
            &waiting.emergencies,
            &waiting.questions,
            &waiting.unshown,
            &waiting.label_asks,
        ];
        let [claims, limits, authorities, flagged, to_certify, emergencies, questions, unshown, label_asks] =
            lists.map(|list| self.count(list));
        [
            waiting.cases,
            claims,
            limits,
            authorities,
            flagged,
            to_certify,
            waiting.grants,
            emergencies,
            questions,
            unshown,
            label_asks,
            self.groups,
        ]
    }
}

/// Shows it.
pub async fn show(who: Staff) -> Reply {
    let waiting = parts::waiting(&who).await?;
    let groups = bulk::waiting(&who.visit.app, who.actor()).await?;
    let page = Page::new(&who.visit, "desk-title").desk(&who.roles);
    page.ok(|page| Home { page, roles: who.roles.clone(), waiting, groups })
}
