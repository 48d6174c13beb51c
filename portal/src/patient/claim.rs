//! Saying that one may act for somebody, and the papers that prove it. The answer is the same whether or not there is
//! such a person.

use actix_web::web::Path;
use api::base::{ClaimId, Error, Problems};
use api::representation::Kind;
use api::representation::claims::{self, Claim, Paper, State, Statement, Whole};
use askama::Template;

use crate::authority::Pick;
use crate::components::Text;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::SignedIn;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::step_up;
use crate::send;
use crate::upload::Upload;

/// The labels of the fields of these pages.
pub const FIELDS: &[(&str, &str)] = &[
    ("kind", "claim-kind"),
    ("name", "claim-name"),
    ("person", "claim-person"),
    ("birth_date", "claim-birth"),
    ("identifies", "claim-identifies"),
    ("contact", "claim-contact"),
    ("note", "claim-note"),
    ("paper", "claim-paper"),
];

/// What became of a claim, in words.
pub fn state_words(w: Words, claim: &Claim) -> String {
    match &claim.state {
        State::Open => w.t1("claim-open", "date", w.day(&claim.made)),
        State::Verified(at, _) => w.t1("claim-verified", "date", w.day(at)),
        State::Rejected(at, _) => w.t1("claim-rejected", "date", w.day(at)),
        State::Withdrawn(at) => w.t1("claim-withdrawn", "date", w.day(at)),
    }
}

/// The form of a claim.
#[derive(Template)]
#[template(path = "claim_new.html")]
pub struct ClaimNew {
    /// The frame.
    pub page: Page,
    /// The form's own id.
    pub once: ClaimId,
    /// What they are.
    pub kind: Pick,
    /// About themselves.
    pub own: [Text; 2],
    /// About the person.
    pub person: [Text; 3],
    /// Anything else.
    pub note: Text,
}

/// Shows the form.
pub async fn form(who: SignedIn, Query(query): Query) -> Reply {
    if let Some(typed) = step_up::typed(&who.visit, who.actor(), &query).await? {
        return answer(&who, &typed.fields, Problems::default());
    }
    let mut fields = Fields::default();
    fields.set("name", &who.actor().name);
    fields.set("contact", who.session.email.as_deref().unwrap_or_default());
    answer(&who, &fields, Problems::default())
}

/// Makes the claim, and goes on to its papers.
pub async fn make(who: SignedIn, Form(fields): Form) -> Reply {
    let text = |name| fields.get(name).to_owned();
    // Without a choice the room says that there is none.
    let kind = Kind::from_slug(fields.get("kind")).unwrap_or(Kind::Delegate);
    let statement = Statement {
        kind,
        name: text("name"),
        person: text("person"),
        birth_date: text("birth_date"),
        identifies: text("identifies"),
        contact: text("contact"),
        note: text("note"),
    };
    let once = once(&who, &fields);
    match claims::make(&who.visit.app, who.actor(), (once, statement)).await {
        Ok(id) => Ok(send::elsewhere(&format!("/people/claims/{id}"))),
        Err(error) => answer(&who, &fields, mendable(error)?),
    }
}

fn once(who: &SignedIn, fields: &Fields) -> ClaimId {
    fields.get("once").parse().unwrap_or_else(|_| claims::once(&who.visit.app))
}

fn answer(who: &SignedIn, typed: &Fields, problems: Problems) -> Reply {
    let once = once(who, typed);
    let page = Page::new(&who.visit, "claim-new-title").under("/people", "nav-people");
    page.with_problems(problems).naming(FIELDS).ok(|page| claim_new(page, once, typed))
}

/// The page from what was typed.
pub fn claim_new(page: Page, once: ClaimId, typed: &Fields) -> ClaimNew {
    let w = page.w;
    let first = std::iter::once((String::new(), w.t("claim-kind-choose")));
    let kinds = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Delegate);
    let kinds = kinds.map(|kind| (kind.slug().to_owned(), w.t(kind_name(kind))));
    let kind = Pick::new(&page, ("kind", "claim-kind"), typed).of(first.chain(kinds));
    let field = |name, label| Text::new(&page, name, label).value(typed.get(name));
    ClaimNew {
        once,
        kind,
        own: [field("name", "claim-name").fill("name"), field("contact", "claim-contact").fill("email")],
        person: [
            field("person", "claim-person"),
            field("birth_date", "claim-birth").kind("date"),
            field("identifies", "claim-identifies").hint(w.t("claim-identifies-hint")),
        ],
        note: field("note", "claim-note").hint(w.t("claim-note-hint")),
        page,
    }
}

/// One's own claim.
#[derive(Template)]
#[template(path = "claim.html")]
pub struct ClaimPage {
    /// The frame.
    pub page: Page,
    /// The claim with what was stated.
    pub whole: Whole,
}

impl ClaimPage {
    fn state(&self) -> String {
        state_words(self.page.w, &self.whole.claim)
    }

    fn kind(&self) -> String {
        self.page.w.t(kind_name(self.whole.claim.kind))
    }

    fn open(&self) -> bool {
        self.whole.claim.state == State::Open
    }

    fn answer(&self) -> Option<&str> {
        match &self.whole.claim.state {
            State::Rejected(_, answer) => Some(answer),
            _ => None,
        }
    }

    fn room(&self) -> bool {
        self.whole.papers.len() < claims::MOST_PAPERS
    }

    fn paper(&self, paper: &Paper) -> String {
        let w = self.page.w;
        w.t2("claim-paper-line", ("kind", w.t(media_name(&paper.media))), ("size", w.size(paper.size)))
    }
}

/// The words for a kind of file.
pub fn media_name(media: &str) -> &'static str {
    match media {
        "application/pdf" => "media-pdf",
        "image/png" => "media-png",
        _ => "media-jpeg",
    }
}

/// Shows it.
pub async fn show(who: SignedIn, id: Path<String>) -> Reply {
    page(&who, read(&id)?, Problems::default()).await
}

async fn page(who: &SignedIn, id: ClaimId, problems: Problems) -> Reply {
    let whole = claims::one(&who.visit.app, who.actor(), id).await?;
    let page = Page::new(&who.visit, "claim-title").under("/people", "nav-people");
    page.with_problems(problems).naming(FIELDS).ok(|page| ClaimPage { page, whole })
}

/// Takes a paper. One that cannot be taken is told beside the field.
pub async fn add_paper(who: SignedIn, id: Path<String>, upload: Result<Upload, Failure>) -> Reply {
    let id = read(&id)?;
    let taken = match upload {
        Ok(upload) => claims::add_paper(&who.visit.app, who.actor(), (id, upload.file)).await,
        Err(Failure::TooLarge) => Err(Error::invalid("paper", "problem-paper-large")),
        Err(other) => return Err(other),
    };
    match taken {
        Ok(()) => Ok(send::elsewhere(&format!("/people/claims/{id}"))),
        Err(error) => page(&who, id, mendable(error)?).await,
    }
}

/// Takes a paper out that was the wrong one.
pub async fn remove_paper(who: SignedIn, path: Path<(String, i64)>, _form: Form) -> Reply {
    let (id, n) = path.into_inner();
    let id = read(&id)?;
    claims::remove_paper(&who.visit.app, who.actor(), (id, n)).await?;
    Ok(send::elsewhere(&format!("/people/claims/{id}")))
}

/// Takes the claim back.
pub async fn withdraw(who: SignedIn, id: Path<String>, _form: Form) -> Reply {
    let id = read(&id)?;
    claims::withdraw(&who.visit.app, who.actor(), id).await?;
    Ok(send::elsewhere(&format!("/people/claims/{id}")))
}

fn read(id: &str) -> Result<ClaimId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}
