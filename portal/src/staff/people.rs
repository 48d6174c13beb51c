//! Finding a person by what a request says of them. Nothing of it stands in an address: the search goes there sealed.

use api::base::{PatientNo, Problems};
use api::staff::{self, FoundPage, Wanted, Whole};
use askama::Template;

use super::parts;
use crate::components::{Pager, Text};
use crate::error::Reply;
use crate::form::{Fields, Form, Query, address, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::{sealed, send};

/// What a search is sealed for, and how long its address can be used.
const SEALED: &[u8] = b"search for a person";
const LIVES: std::time::Duration = std::time::Duration::from_secs(30 * 60);

/// The form, and whom it found.
#[derive(Template)]
#[template(path = "staff/people.html")]
pub struct People {
    /// The frame.
    pub page: Page,
    /// Given name, family name, birth date, record number.
    pub fields: [Text; 4],
    /// Who was found, once somebody was looked for.
    pub found: Option<FoundPage>,
    /// Whether somebody else was found with whom a colleague must help: the reader, or one of their family.
    pub near: bool,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl People {
    /// Whether somebody's given name is the whole one that was typed, among others who only begin with it.
    fn is_marked(&self, whole: &Whole) -> bool {
        let mut found = self.found.iter().flat_map(|found| &found.people);
        *whole == Whole::Name && found.any(|(_, whole)| *whole == Whole::Part)
    }
}

/// Shows the form; and whom a search found, if the address has one.
pub async fn show(who: Staff, Query(query): Query) -> Reply {
    let app = &who.visit.app;
    let page = Page::new(&who.visit, "desk-people-title").desk(&who.roles);
    let Some(wanted) = looked_for(&who, &query) else {
        return page.ok(|page| people(page, &Wanted::default(), (None, "")));
    };
    let mut found = staff::find(app, who.actor(), (&wanted, parts::number(&query))).await?;
    let all: Vec<PatientNo> = found.people.iter().map(|(one, _)| one.patient).collect();
    let hidden = parts::near(&who, &all).await?;
    found.people.retain(|(one, _)| !hidden.contains(&one.patient));
    let path = address("/staff/people", &[(sealed::FIELD, query.get(sealed::FIELD))]);
    page.ok(|page| People { near: !hidden.is_empty(), ..people(page, &wanted, (Some(found), &path)) })
}

/// Takes the form.
pub async fn search(who: Staff, Form(fields): Form) -> Reply {
    let wanted = wanted(&fields);
    let app = &who.visit.app;
    match staff::count_search(app, who.actor(), &wanted).await {
        Ok(()) => {
            let sealed = sealed::seal(app, who.actor(), (SEALED, &wanted))?;
            Ok(send::elsewhere(&address("/staff/people", &[(sealed::FIELD, &sealed)])))
        }
        Err(error) => {
            let problems: Problems = mendable(error)?;
            let page = Page::new(&who.visit, "desk-people-title").desk(&who.roles).with_problems(problems);
            page.ok(|page| people(page, &wanted, (None, "")))
        }
    }
}

fn wanted(fields: &Fields) -> Wanted {
    let field = |name| fields.get(name).to_owned();
    Wanted {
        given: field("given"),
        family: field("family"),
        birth_date: field("birth_date"),
        number: field("number"),
    }
}

/// The search of an address, if this person made it not long ago.
fn looked_for(who: &Staff, query: &Fields) -> Option<Wanted> {
    let app = &who.visit.app;
    let (wanted, at) = sealed::unseal(app, who.actor(), (SEALED, query.get(sealed::FIELD)))?;
    (app.clock.now().since(at) < LIVES).then_some(wanted)
}

/// The page from what was typed and found.
pub fn people(page: Page, wanted: &Wanted, (found, path): (Option<FoundPage>, &str)) -> People {
    let fields = [
        Text::new(&page, "given", "desk-given").value(&wanted.given),
        Text::new(&page, "family", "desk-family").value(&wanted.family),
        Text::new(&page, "birth_date", "account-birth").kind("date").value(&wanted.birth_date),
        Text::new(&page, "number", "desk-number").value(&wanted.number),
    ];
    let at = found.as_ref().map_or((1, false), |found| (found.page, found.more));
    let pager = parts::pager(page.w, path, at);
    People { page, fields, found, near: false, pager }
}
