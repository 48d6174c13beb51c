//! The first sign-in: linking an account to a record, by a code or with the help of the records office.
//! Nothing here tells whether a given person is a patient.

use api::base::{Error, Problem, Problems};
use api::identity::{self, Statement};
use api::representation::{self, Kind, Proof};
use askama::Template;

use crate::authority::proof_name;
use crate::components::Text;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable, own_path};
use crate::guard::SignedIn;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::people;
use crate::send;

/// The page that asks for a code.
#[derive(Template)]
#[template(path = "link.html")]
pub struct Link {
    /// The frame.
    pub page: Page,
    /// The field for the code.
    pub code: Text,
    /// The question of an app to come back to, if one waits.
    pub return_to: String,
    /// The day on which staff were asked, in words.
    pub asked: Option<String>,
    /// The day on which staff closed the request without linking, in words.
    pub closed: Option<String>,
    /// The day on which the clinic ended the link to a record, in words.
    pub ended: Option<String>,
}

impl Link {
    /// Who may act for somebody by law, each with the papers that prove it.
    fn acting(&self) -> Vec<(String, String)> {
        let w = self.page.w;
        let told = |kind: &Kind| {
            let list = |proofs: &[Proof]| {
                let papers: Vec<String> = proofs.iter().map(|proof| w.t(proof_name(*proof))).collect();
                api::words::list(w.language, &papers)
            };
            let papers = match kind.beside() {
                [] => list(kind.proofs()),
                beside => {
                    w.t2("link-papers-beside", ("papers", list(kind.proofs())), ("beside", list(beside)))
                }
            };
            (w.t(kind_name(*kind)), papers)
        };
        Kind::ALL.iter().filter(|kind| **kind != Kind::Delegate).map(told).collect()
    }
}

/// Shows it; a linked account goes on.
pub async fn show(who: SignedIn, Query(query): Query) -> Reply {
    if who.session.link.is_some() {
        return Ok(send::elsewhere(onwards(&query)));
    }
    page(&who, &query, Problems::default()).await
}

/// Links by a code. Every code that does not work gives the same answer.
pub async fn by_code(who: SignedIn, Form(fields): Form) -> Reply {
    let code = fields.get("code");
    if code.is_empty() {
        return page(&who, &fields, one("code", "problem-code-missing")).await;
    }
    // A code of 16 letters lets them act for somebody; one of 12 links their own record.
    if representation::is_invitation(code) {
        return match people::taken(&who, code).await? {
            Ok(()) => Ok(send::elsewhere("/people")),
            Err(problems) => page(&who, &fields, problems).await,
        };
    }
    match identity::link_by_code(&who.visit.app, who.actor(), code).await {
        Ok(_) => Ok(send::elsewhere(onwards(&fields))),
        Err(Error::Refused(refusal)) if refusal.0 == "refused-code" => {
            page(&who, &fields, one("code", "refused-code")).await
        }
        Err(Error::Conflict("conflict-already-linked")) => Ok(send::elsewhere("/home")),
        Err(error) => {
            let problems = mendable(error)?;
            page(&who, &fields, problems).await
        }
    }
}

/// The question of an app that waits for an answer, or the home page.
fn onwards(fields: &Fields) -> &str {
    let wanted = fields.get("return_to");
    if wanted.starts_with("/apps/ask/") && own_path(wanted) == wanted { wanted } else { "/home" }
}

fn one(field: &'static str, code: &'static str) -> Problems {
    Problems(vec![Problem { field, code }])
}

async fn page(who: &SignedIn, typed: &Fields, problems: Problems) -> Reply {
    let case = identity::open_case(&who.visit.app, who.actor()).await?;
    let refused = identity::refused_case(&who.visit.app, who.actor()).await?;
    let ended = identity::ended_link(&who.visit.app, who.actor()).await?;
    let day = |at| who.visit.w.day(&at);
    let page = Page::new(&who.visit, "link-title").with_problems(problems);
    page.ok(|page| link(page, typed, [case, refused, ended].map(|at| at.map(day))))
}

/// The page from what is known: when staff were asked, when they closed the request, and when they ended a link.
pub fn link(page: Page, typed: &Fields, [asked, closed, ended]: [Option<String>; 3]) -> Link {
    let hint = page.w.t("link-code-hint");
    let code = Text::new(&page, "code", "link-code").hint(hint).value(typed.get("code"));
    let return_to = Some(onwards(typed)).filter(|path| *path != "/home").unwrap_or_default().to_owned();
    Link { page, code, return_to, asked, closed, ended }
}

/// The page on which a person asks staff to find their record.
#[derive(Template)]
#[template(path = "link_help.html")]
pub struct LinkHelp {
    /// The frame.
    pub page: Page,
    /// The fields.
    pub fields: [Text; 4],
}

/// Shows the form for the records office.
pub async fn help(who: SignedIn) -> Reply {
    if who.session.link.is_some() {
        return Ok(send::elsewhere("/home"));
    }
    let mut fields = Fields::default();
    fields.set("name", &who.actor().name);
    fields.set("contact", who.session.email.as_deref().unwrap_or_default());
    help_page(&who, &fields, Problems::default())
}

/// Hands the statement to the records office.
pub async fn ask_staff(who: SignedIn, Form(fields): Form) -> Reply {
    let text = |name| fields.get(name).to_owned();
    let statement = Statement {
        name: text("name"),
        birth_date: text("birth_date"),
        contact: text("contact"),
        note: text("note"),
    };
    match identity::ask_staff(&who.visit.app, who.actor(), statement).await {
        Ok(()) => Ok(send::elsewhere("/link")),
        Err(error) => help_page(&who, &fields, mendable(error)?),
    }
}

fn help_page(who: &SignedIn, typed: &Fields, problems: Problems) -> Reply {
    let page = Page::new(&who.visit, "link-help-title").under("/link", "nav-link").with_problems(problems);
    page.ok(|page| link_help(page, typed))
}

/// The page from what was typed.
pub fn link_help(page: Page, typed: &Fields) -> LinkHelp {
    let w = page.w;
    let field = |name, label, hint: &str, kind, fill| {
        Text::new(&page, name, label).hint(w.t(hint)).kind(kind).fill(fill).value(typed.get(name))
    };
    let fields = [
        field("name", "link-help-name", "link-help-name-hint", "text", "name"),
        field("birth_date", "link-help-birth", "link-help-birth-hint", "date", "bday"),
        field("contact", "link-help-contact", "link-help-contact-hint", "text", "email"),
        field("note", "link-help-note", "link-help-note-hint", "text", "off"),
    ];
    LinkHelp { page, fields }
}
