//! Who acts for a patient, at the desk: the list of a patient whom the reader found, and what waits for the reader.

use api::base::{Error, PatientNo};
use api::representation::{Act, Held, desk};
use api::staff::{self, Found};
use askama::Template;

use super::authorities::may;
use super::parts::{self, Whom};
use crate::authority::standing_words;
use crate::error::Reply;
use crate::form::{Fields, Query};
use crate::guard::Staff;
use crate::page::Page;
use crate::patient::acting::kind_name;

/// What the form of an appointment meets that was sent before: the list says it.
pub const APPOINTED: &str = "conflict-appointed";

/// A list: that of a patient, of those that a colleague flagged, of those that wait until incapacity is certified, or of
/// those to be looked at again.
pub struct List {
    /// Where links lead to it.
    id: &'static str,
    title: &'static str,
    /// What is said where there are none.
    none: &'static str,
    all: Vec<Held>,
}

/// The page of them.
#[derive(Template)]
#[template(path = "staff/authorities.html")]
pub struct Authorities {
    /// The frame.
    pub page: Page,
    /// Whose.
    pub whom: Whom,
    /// Those that are for the reader.
    pub lists: Vec<List>,
    /// That the form which led here had been sent before.
    pub before: Option<String>,
}

impl Authorities {
    fn kind(&self, held: &Held) -> String {
        self.page.w.t(kind_name(held.authority.kind))
    }

    fn standing(&self, held: &Held) -> String {
        standing_words(self.page.w, held)
    }
}

/// Shows it: for a person whom the reader found, or those alone that wait for the reader.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let app = &who.visit.app;
    let found = match query.some(Whom::FIELD.0) {
        None => None,
        Some(number) => {
            let patient = PatientNo(number.parse().map_err(|_| Error::NotFound)?);
            staff::card(app, who.actor(), patient).await?;
            parts::apart(&who, (None, patient)).await?;
            Some(listed(&who, desk::over(app, patient).await?).await?)
        }
    };
    // Those for whom it is no turn find it through the person.
    let all = if may(&who, Act::Review) { desk::to_review(app).await? } else { Vec::new() };
    let review = listed(&who, all).await?;
    let flagged = match may(&who, Act::AnswerFlag) {
        true => Some(listed(&who, desk::flagged(app).await?).await?),
        false => None,
    };
    let to_certify = match may(&who, Act::Certify) {
        true => Some(listed(&who, desk::to_certify(app).await?).await?),
        false => None,
    };
    let people = parts::found(&who).await?;
    let page = Page::new(&who.visit, "desk-authorities-title").desk(&who.roles);
    page.ok(|page| authorities(page, (found, flagged, to_certify, review), (&people, &query)))
}

/// Without those that are the reader's own, or of their family.
async fn listed(who: &Staff, all: Vec<Held>) -> Result<Vec<Held>, Error> {
    let mut listed = Vec::new();
    for held in all {
        if parts::listed(parts::apart(who, (held.authority.account, held.authority.patient)).await)? {
            listed.push(held);
        }
    }
    Ok(listed)
}

/// A list, if it is for the reader.
type Listed = Option<Vec<Held>>;

/// The page from what is known: everybody who acts or acted for the patient, those that were flagged, those that wait until
/// incapacity is certified, and those to be looked at again; and whom the reader found and chose.
pub fn authorities(
    page: Page,
    (found, flagged, to_certify, review): (Listed, Listed, Listed, Vec<Held>),
    (people, chosen): (&[Found], &Fields),
) -> Authorities {
    let whom = Whom::new(&page, people, chosen);
    let before = parts::too_late(&page).then(|| page.w.t(APPOINTED));
    let list = |id, title, none, all: Listed| all.map(|all| List { id, title, none, all });
    let waiting = |id, title, all| list(id, title, "desk-authorities-review-none", all);
    let lists = [
        list("found", "desk-authorities-found", "desk-authorities-none", found),
        waiting("flagged", "desk-authorities-flagged", flagged),
        waiting("to-certify", "desk-authorities-to-certify", to_certify),
        waiting("review", "desk-authorities-review", Some(review)),
    ];
    Authorities { page, whom, lists: lists.into_iter().flatten().collect(), before }
}
