//! "I don't know this account": it leads to the question about what the log says of it, or to the office.

use api::base::{AccountId, Error};
use api::disclosures::links::{self, Seer};
use askama::Template;

use crate::error::Reply;
use crate::form::At;
use crate::guard::Own;
use crate::i18n::{self, Words};
use crate::page::Page;
use crate::send;

/// The page about an account that did nothing yet, about which no line of the log can be asked.
#[derive(Template)]
#[template(path = "account_unknown.html")]
pub struct Unknown {
    /// The frame.
    pub page: Page,
    /// The account.
    pub seer: Seer,
}

impl Unknown {
    fn linked(&self) -> String {
        linked(self.page.w, &self.seer.link)
    }
}

/// What proved that a record is an account's, and since when.
pub fn linked(w: Words, link: &api::identity::Link) -> String {
    let id = format!("ground-{}", link.ground);
    let ground = w.t(if i18n::exists(api::words::Language::English, &id) { &id } else { "ground-other" });
    w.t2("account-link-words", ("ground", ground), ("date", w.day(&link.since)))
}

/// Leads to the question about the line that tells most of the account; whom to call where there is none.
pub async fn unknown(who: Own, At((id,)): At<(String,)>) -> Reply {
    let account: AccountId = id.parse().map_err(|_| Error::NotFound)?;
    let app = &who.visit.app;
    if let Some(seq) = links::line_about(app, who.actor(), (who.patient, account)).await? {
        return Ok(send::elsewhere(&format!("/access-log/{seq}/question")));
    }
    let seers = links::seers(app, who.actor()).await?;
    let seer = seers.into_iter().find(|seer| seer.account == account).ok_or(Error::NotFound)?;
    let page = Page::new(&who.visit, "account-unknown-title").under("/", "nav-home");
    page.under("/account", "account-title").ok(|page| Unknown { page, seer })
}
