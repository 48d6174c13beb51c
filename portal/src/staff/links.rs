//! The end of a link: an account that sees a record as its own and should not.

use actix_web::web::Path;
use api::base::{AccountId, Error, PatientNo, Problems};
use api::disclosures::links::{self, Decider};
use api::staff::{self, Action, Card, LinkedAccount, Right};
use askama::Template;

use super::parts::{self, Area};
use super::person;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::send;

/// The labels of the fields of this page.
pub const FIELDS: &[(&str, &str)] = &[("reason", "desk-link-end-why")];

/// What a form meets that comes after the end.
const OVER: &str = "conflict-link-over";

/// The page.
#[derive(Template)]
#[template(path = "staff/link_end.html")]
pub struct LinkEnd {
    /// The frame.
    pub page: Page,
    /// Whose record.
    pub patient: PatientNo,
    /// The account that sees it.
    pub link: LinkedAccount,
    /// Why it ends.
    pub reason: Area,
    /// Whether the reader sees who acts for whom.
    pub acting: bool,
}

impl LinkEnd {
    fn said(&self) -> String {
        person::link_words(self.page.w, &self.link)
    }
}

/// As whom somebody decides about links: in the first of their roles that may.
pub fn decider(who: &Staff) -> Result<Decider<'_>, Error> {
    deciding(who, Right::any)
}

/// As whom somebody decides for which the right to verify identity must go so far.
pub fn deciding(who: &Staff, far: fn(Right) -> bool) -> Result<Decider<'_>, Error> {
    let role = who.roles.iter().copied().find(|role| far(staff::may(*role, Action::VerifyIdentity)));
    let role = role.ok_or_else(|| Error::refused("refused-not-your-role"))?;
    Ok(Decider::Staff(who.actor(), role))
}

/// Shows the link, and asks why it ends.
pub async fn show(who: Staff, path: Path<(PatientNo, String)>, Query(query): Query) -> Reply {
    let (patient, account) = of(&path)?;
    let card = apart(&who, (account, patient)).await?;
    let typed = parts::typed(&who, &query).await?;
    asking(&who, (card, account), (&typed, Problems::default())).await
}

fn of(path: &(PatientNo, String)) -> Result<(PatientNo, AccountId), Error> {
    Ok((path.0, path.1.parse().map_err(|_| Error::NotFound)?))
}

/// The person, where neither the record nor the account is one's own or one's family's.
async fn apart(who: &Staff, (account, patient): (AccountId, PatientNo)) -> Result<Card, Failure> {
    let app = &who.visit.app;
    let card = staff::card(app, who.actor(), patient).await?;
    parts::apart(who, (account, patient)).await?;
    Ok(card)
}

async fn asking(
    who: &Staff,
    (card, account): (Card, AccountId),
    (fields, problems): (&Fields, Problems),
) -> Reply {
    let patient = card.person.patient;
    let link = card.links.iter().find(|link| link.account == account).cloned();
    let Some(link) = link else { return Ok(links::gone(&who.visit.app, (account, patient)).await?) };
    let acting = staff::best(&who.roles, Action::DeclineRepresentative).any();
    let page = person::frame(who, "desk-link-end-title", &card).with_problems(problems).naming(FIELDS);
    let page = page.under(&format!("/staff/people/{patient}"), "desk-person-title");
    page.ok(|page| link_end(page, (patient, link), (fields, acting)))
}

/// The page from what is known and typed.
pub fn link_end(
    page: Page,
    (patient, link): (PatientNo, LinkedAccount),
    (typed, acting): (&Fields, bool),
) -> LinkEnd {
    let reason = Area::new(&page, ("reason", "desk-link-end-why", "desk-link-end-hint"), typed);
    LinkEnd { page, patient, link, reason, acting }
}

/// Ends it.
pub async fn end(who: Staff, path: Path<(PatientNo, String)>, Form(fields): Form) -> Reply {
    let (patient, account) = of(&path)?;
    let card = apart(&who, (account, patient)).await?;
    let (person, page) =
        (format!("/staff/people/{patient}"), format!("/staff/people/{patient}/links/{account}"));
    parts::just_signed_in(&who, (&page, &fields)).await?;
    let late = || Ok(parts::late_for(&person, person::LINK));
    // Of one that was ended there is no form to mend.
    if !card.links.iter().any(|link| link.account == account) {
        return match links::gone(&who.visit.app, (account, patient)).await {
            Err(Error::Conflict(OVER)) => late(),
            other => Ok(other?),
        };
    }
    match links::end(&who.visit.app, decider(&who)?, (account, patient), fields.get("reason")).await {
        Ok(()) => Ok(send::elsewhere(&person)),
        Err(Error::Conflict(OVER)) => late(),
        Err(error) => asking(&who, (card, account), (&fields, mendable(error)?)).await,
    }
}
