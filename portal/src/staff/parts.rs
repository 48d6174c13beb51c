//! Parts of the desk's pages: a field of several lines, and the links between pages of a list.

use api::base::{AccountId, Error, PatientNo};
use api::{records, staff};
use askama::Template;
use askama::filters::HtmlSafe;

use crate::components::Pager;
use crate::form::Fields;
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;

/// A field of several lines with its label, a hint, and how to mend it.
#[derive(Template)]
#[template(path = "staff/area.html")]
pub struct Area {
    /// Name and id.
    pub name: &'static str,
    /// The label.
    pub label: String,
    /// More about it.
    pub hint: String,
    /// How to mend it.
    pub problem: Option<String>,
    /// What was typed.
    pub value: String,
    /// The most letters.
    pub most: usize,
}

impl HtmlSafe for Area {}

impl Area {
    /// A field of a page, with the page's problem for it and what was typed.
    pub fn new(page: &Page, (name, label, hint): (&'static str, &str, &str), typed: &Fields) -> Self {
        Self {
            name,
            label: page.w.t(label),
            hint: page.w.t(hint),
            problem: page.problem(name),
            value: typed.get(name).to_owned(),
            most: 1_000,
        }
    }

    /// For longer texts.
    pub fn most(mut self, letters: usize) -> Self {
        self.most = letters;
        self
    }
}

/// The page of a list that an address asks for, from 1.
pub fn number(fields: &Fields) -> i64 {
    fields.get("page").parse().unwrap_or(1).clamp(1, 1_000)
}

/// Links to the pages before and after.
pub fn pager(w: Words, path: &str, (page, more): (i64, bool)) -> Pager {
    let link = |page: i64| {
        let join = if path.contains('?') { '&' } else { '?' };
        format!("{path}{join}page={page}")
    };
    Pager {
        name: w.t("pager-name"),
        before: (page > 1).then(|| (link(page - 1), w.t("desk-page-before"))),
        after: more.then(|| (link(page + 1), w.t("desk-page-after"))),
    }
}

/// Keeps staff out of what is about themselves or their family.
///
/// # Errors
/// `Refused` with `refused-own-record` or `refused-family-record`.
pub async fn not_near(who: &Staff, patient: PatientNo) -> Result<(), Error> {
    let near = records::household(&who.visit.app, who.actor(), patient).await?;
    staff::keep_out(&who.visit.app, who.actor(), &near).await
}

/// Keeps staff out of claims that they, or their family, made.
///
/// # Errors
/// `Refused` with `refused-own-claim` or `refused-family-record`.
pub async fn not_of_family(who: &Staff, claimant: AccountId) -> Result<(), Error> {
    if who.actor().account == claimant {
        return Err(Error::refused("refused-own-claim"));
    }
    for near in records::households(&who.visit.app, who.actor(), claimant).await? {
        staff::keep_out(&who.visit.app, who.actor(), &near).await?;
    }
    Ok(())
}

/// Whether a row of a list is for the reader's eyes: what is refused on its own page stands in no list.
pub fn listed(checked: Result<(), Error>) -> Result<bool, Error> {
    match checked {
        Ok(()) => Ok(true),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
