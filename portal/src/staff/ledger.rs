//! The ledger for those who check it: numbers, times and grounds, without names and without what a record holds.

use actix_web::web::Path;
use api::base::{Error, PatientNo};
use api::disclosures::audit::{self, Audited, Chain};
use api::representation::Kind;
use api::staff::Role;
use askama::Template;

use super::words;
use crate::components::Pager;
use crate::error::Reply;
use crate::form::Query;
use crate::guard::Staff;
use crate::i18n;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;

/// The chains.
#[derive(Template)]
#[template(path = "staff/ledger.html")]
pub struct Ledger {
    /// The frame.
    pub page: Page,
    /// Number and entries.
    pub chains: Vec<Chain>,
    /// A link to the next page.
    pub pager: Pager,
}

/// Shows them.
pub async fn chains(who: Staff, Query(query): Query) -> Reply {
    let found = audit::chains(&who.visit.app, query.get("after").parse().unwrap_or(0)).await?;
    let page = Page::new(&who.visit, "desk-ledger-title").desk(&who.roles);
    page.ok(|page| ledger(page, found))
}

/// The page from what is known.
pub fn ledger(page: Page, (chains, next): (Vec<Chain>, Option<i64>)) -> Ledger {
    let pager = pager(page.w, next.map(|next| format!("/staff/ledger?after={next}")));
    Ledger { page, chains, pager }
}

fn pager(w: Words, next: Option<String>) -> Pager {
    let after = next.map(|next| (next, w.t("desk-page-after")));
    Pager { name: w.t("pager-name"), before: None, after }
}

/// One chain.
#[derive(Template)]
#[template(path = "staff/ledger_chain.html")]
pub struct OneChain {
    /// The frame.
    pub page: Page,
    /// Its entries, the newest first.
    pub lines: Vec<Audited>,
    /// A link to the next page.
    pub pager: Pager,
}

impl OneChain {
    fn what(&self, line: &Audited) -> String {
        let id = format!("log-kind-{}", line.what);
        let known = i18n::exists(api::words::Language::English, &id);
        self.page.w.of_another().t(if known { &id } else { "log-kind-other" })
    }

    /// As what somebody acted.
    fn kind(&self, line: &Audited) -> String {
        let role = Role::from_slug(&line.kind).map(|role| words::role(&role));
        let known = role.or_else(|| Kind::from_slug(&line.kind).map(kind_name));
        self.page.w.t(known.unwrap_or("desk-ledger-person"))
    }

    /// On what ground and by which account.
    fn who(&self, line: &Audited) -> String {
        let ground = self.page.w.t(ground(line.ground));
        self.page.w.t2("desk-ledger-who", ("ground", ground), ("account", line.account.to_string()))
    }

    fn hash(&self, line: &Audited) -> String {
        line.hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn ground(kind: &str) -> &'static str {
    match kind {
        "right-of-access" => "desk-ledger-ground-right-of-access",
        "representative" => "desk-ledger-ground-representative",
        "delegate" => "desk-ledger-ground-delegate",
        "emergency" => "desk-ledger-ground-emergency",
        "staff" => "desk-ledger-ground-staff",
        "consent" => "desk-ledger-ground-consent",
        "app" => "desk-ledger-ground-app",
        "system" => "desk-ledger-ground-system",
        _ => "desk-ledger-ground-other",
    }
}

/// Shows it.
pub async fn chain(who: Staff, number: Path<String>, Query(query): Query) -> Reply {
    let number: i64 = number.parse().map_err(|_| Error::NotFound)?;
    let before = query.get("before").parse().ok();
    let found = audit::lines(&who.visit.app, (PatientNo(number), before)).await?;
    let page = Page::new(&who.visit, "desk-ledger-chain").desk(&who.roles);
    let page = page.under("/staff/ledger", "desk-ledger-title");
    page.ok(|page| one_chain(page, number, found))
}

/// The page from what is known.
pub fn one_chain(page: Page, number: i64, (lines, next): (Vec<Audited>, Option<i64>)) -> OneChain {
    let pager = pager(page.w, next.map(|next| format!("/staff/ledger/{number}?before={next}")));
    OneChain { page, lines, pager }
}
