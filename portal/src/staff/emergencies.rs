//! Emergency access: each use, and the sign-off of a privacy officer.

use actix_web::web::Path;
use api::base::{Error, PatientNo, Problems, ViewId};
use api::disclosures::{self, Line};
use api::staff::{self, By, Looked, Role, Told};
use askama::Template;

use super::parts::{self, Area};
use super::words;
use crate::components::Pager;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::patient::log::sentence;
use crate::send;

/// What is said where somebody signed it off before.
const REVIEWED: &str = "conflict-reviewed";

/// The list.
#[derive(Template)]
#[template(path = "staff/emergencies.html")]
pub struct Emergencies {
    /// The frame.
    pub page: Page,
    /// Those that nobody reviewed first.
    pub looks: Vec<Looked>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

/// Shows it.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let (mut looks, more) = staff::emergencies(&who.visit.app, (&who.roles, number)).await?;
    let known = looks.iter().map(|looked| looked.view.patient).filter(|one| *one != PatientNo::DIRECTORY);
    let near = parts::near(&who, &known.collect::<Vec<_>>()).await?;
    looks.retain(|looked| !near.contains(&looked.view.patient));
    let page = Page::new(&who.visit, "desk-emergencies-title").desk(&who.roles);
    page.ok(|page| emergencies(page, number, (looks, more)))
}

/// The page from what is known.
pub fn emergencies(page: Page, number: i64, (looks, more): (Vec<Looked>, bool)) -> Emergencies {
    let pager = parts::pager(page.w, "/staff/emergencies", (number, more));
    Emergencies { page, looks, pager }
}

/// One use.
#[derive(Template)]
#[template(path = "staff/emergency.html")]
pub struct Emergency {
    /// The frame.
    pub page: Page,
    /// The use.
    pub looked: Looked,
    /// What was opened, for those who review it.
    pub opened: Option<Opened>,
    /// Whether it can still be used.
    pub open: bool,
    /// Whether the reader may end it.
    pub ends: bool,
    /// The note of the sign-off, for those who may sign.
    pub remark: Option<Area>,
    /// That somebody signed it off before the form came that the reader sent.
    pub before: Option<String>,
}

/// What was opened in a look.
pub struct Opened {
    /// The lines of the log, newest first.
    pub lines: Vec<Line>,
    /// How many there are in all.
    pub total: i64,
    /// Links to other pages of it.
    pub pager: Pager,
}

impl Emergency {
    fn line(&self, line: &Line) -> String {
        sentence(self.page.w.of_another(), line, None)
    }

    /// Whom a message reached, for those who review it.
    fn told(&self) -> Option<String> {
        let id = match self.looked.view.told? {
            Told::Person => "desk-emergency-told-person",
            Told::Acting => "desk-emergency-told-acting",
            Told::Nobody => "desk-emergency-told-nobody",
        };
        Some(self.page.w.t(id))
    }

    fn signed(&self, by: &By) -> String {
        words::by(self.page.w, by)
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let looked = found(&who, &id).await?;
    let typed = parts::typed(&who, &query).await?;
    shown(&who, looked, (&typed, Problems::default()), query.get("before")).await
}

async fn shown(who: &Staff, looked: Looked, (typed, problems): (&Fields, Problems), before: &str) -> Reply {
    let app = &who.visit.app;
    let open = staff::is_open(app, &looked.view).await?;
    let opened = match who.roles.contains(&Role::PrivacyOfficer) {
        true => Some(disclosures::opened(app, &who.roles, (looked.view.id, before.parse().ok())).await?),
        false => None,
    };
    frame(who).with_problems(problems).ok(|page| {
        let reader = Reader { account: who.actor().account, roles: &who.roles, typed, before };
        emergency(page, (looked, opened, open), reader)
    })
}

async fn found(who: &Staff, id: &str) -> Result<Looked, Error> {
    let id: ViewId = id.parse().map_err(|_| Error::NotFound)?;
    let looked = staff::emergency(&who.visit.app, (&who.roles, id)).await?;
    not_near(who, &looked).await?;
    Ok(looked)
}

/// Keeps staff out of what is about themselves, their family, or somebody for whom they act. Whoever may not know whose
/// record it was reads nothing of it.
async fn not_near(who: &Staff, looked: &Looked) -> Result<(), Error> {
    match looked.view.patient {
        PatientNo::DIRECTORY => Ok(()),
        patient => parts::not_near(who, patient).await,
    }
}

fn frame(who: &Staff) -> Page {
    Page::new(&who.visit, "desk-emergency-one")
        .desk(&who.roles)
        .under("/staff/emergencies", "desk-emergencies-title")
}

/// Who reads, and what they typed.
pub struct Reader<'a> {
    /// Their account.
    pub account: api::base::AccountId,
    /// Their roles.
    pub roles: &'a [Role],
    /// What they typed.
    pub typed: &'a Fields,
    /// Where the page of what was opened begins; empty: with the newest.
    pub before: &'a str,
}

/// The page from what is known and typed.
pub fn emergency(
    page: Page,
    (looked, opened, open): (Looked, Option<disclosures::Page>, bool),
    reader: Reader<'_>,
) -> Emergency {
    let own = looked.view.account == reader.account;
    let officer = reader.roles.contains(&Role::PrivacyOfficer);
    let signs = officer && looked.reviewed.is_none() && !own && !open;
    let remark = signs.then(|| Area::new(&page, ("remark", "desk-remark", "desk-remark-hint"), reader.typed));
    let path = format!("/staff/emergencies/{}", looked.view.id);
    let opened = opened.map(|found| Opened {
        total: found.total,
        pager: Pager {
            name: page.w.t("pager-name"),
            before: (!reader.before.is_empty()).then(|| (path.clone(), page.w.t("pager-newest"))),
            after: found.next.map(|next| (format!("{path}?before={next}"), page.w.t("pager-older"))),
        },
        lines: found.lines,
    });
    let before = parts::too_late(&page).then(|| page.w.t(REVIEWED));
    Emergency { page, looked, opened, open, ends: open && (own || officer), remark, before }
}

/// Signs it off.
pub async fn review(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let looked = found(&who, &id).await?;
    let (app, path) = (&who.visit.app, format!("/staff/emergencies/{}", looked.view.id));
    parts::just_signed_in(&who, (&path, &fields)).await?;
    match staff::review_emergency(app, who.actor(), (looked.view.id, fields.get("remark"))).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        Err(Error::Conflict(REVIEWED)) => Ok(parts::late(&path)),
        Err(error) => shown(&who, looked, (&fields, mendable(error)?), "").await,
    }
}
