//! People who ask to be linked to their record: what they say, and the decision in two steps.

use actix_web::web::Path;
use api::base::{self, CaseId, Error, Problem, Problems};
use api::identity::{self, Case, CaseState, Statement};
use api::records;
use api::staff::{self, Evidence, Found};
use askama::Template;

use super::parts::{self, Area, Whom};
use super::words;
use crate::components::{Choice, Pager};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;

/// How many cases stand on a page.
const LINES: i64 = 25;
/// The most letters of what is written about the evidence or the reason.
const LETTERS: usize = 1000;

/// The list.
#[derive(Template)]
#[template(path = "staff/cases.html")]
pub struct Cases {
    /// The frame.
    pub page: Page,
    /// The open ones first.
    pub cases: Vec<Case>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl Cases {
    fn state(&self, case: &Case) -> String {
        state(self.page.w, case)
    }
}

fn state(w: Words, case: &Case) -> String {
    match &case.state {
        CaseState::Open => w.t("desk-case-open"),
        CaseState::Linked(how) => w.t1("desk-case-linked", "date", w.day(&how.at)),
        CaseState::Closed(how) => w.t1("desk-case-closed", "date", w.day(&how.at)),
    }
}

/// Shows them.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let before = number.saturating_sub(1).saturating_mul(LINES);
    let cases = identity::cases(&who.visit.app, (before, LINES + 1)).await?;
    let page = Page::new(&who.visit, "desk-cases-title").desk(&who.roles);
    page.ok(|page| cases_page(page, cases, number))
}

/// The page from the cases on it, and one more where there is another page.
pub fn cases_page(page: Page, mut cases: Vec<Case>, number: i64) -> Cases {
    let lines = usize::try_from(LINES).unwrap_or(usize::MAX);
    let more = cases.len() > lines;
    cases.truncate(lines);
    let pager = parts::pager(page.w, "/staff/cases", (number, more));
    Cases { page, cases, pager }
}

/// One case.
#[derive(Template)]
#[template(path = "staff/case.html")]
pub struct CasePage {
    /// The frame.
    pub page: Page,
    /// The case.
    pub case: Case,
    /// What the person states.
    pub statement: Statement,
    /// Which record.
    pub whom: Whom,
    /// How it was checked who the person is.
    pub evidence: Vec<Choice>,
    /// More about the evidence.
    pub detail: Area,
    /// Why it is closed without a link.
    pub reason: Area,
}

impl CasePage {
    fn state(&self) -> String {
        state(self.page.w, &self.case)
    }

    /// Who decided and why, once somebody did.
    fn decided(&self) -> Option<(String, String)> {
        let w = self.page.w;
        let (how, why) = match &self.case.state {
            CaseState::Open => return None,
            CaseState::Linked(how) => (how, words::checked(w, &how.why)),
            CaseState::Closed(how) => (how, how.why.clone()),
        };
        Some((how.by.clone().unwrap_or_else(|| w.t("desk-case-by-person")), why))
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let (case, statement) = found(&who, &id).await?;
    let typed = parts::typed(&who, &query).await?;
    asking(&who, (case, statement), (&typed, Problems::default())).await
}

async fn found(who: &Staff, id: &str) -> Result<(Case, Statement), Error> {
    let id: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    identity::case(&who.visit.app, id).await
}

fn frame(who: &Staff, title: &str) -> Page {
    Page::new(&who.visit, title).desk(&who.roles).under("/staff/cases", "desk-cases-title")
}

/// The page from what is known and typed, with whom the reader found and what the reader may take as evidence.
pub fn case_page(
    page: Page,
    (case, statement): (Case, Statement),
    (people, evidence, typed): (&[Found], &[Evidence], &Fields),
) -> CasePage {
    let w = page.w;
    let choice = |one: &Evidence| Choice {
        kind: "radio",
        name: "evidence",
        value: one.slug().into(),
        label: w.t(words::evidence(one)),
        hint: None,
        ticked: typed.get("evidence") == one.slug(),
    };
    let whom = Whom::new(&page, people, typed);
    let detail = Area::new(&page, ("detail", "desk-evidence-detail", "desk-evidence-hint"), typed);
    let reason = Area::new(&page, ("reason", "desk-case-reason", "desk-case-reason-hint"), typed);
    let evidence = evidence.iter().map(choice).collect();
    CasePage { page, case, statement, whom, evidence, detail, reason }
}

/// The second step: the name and birth date once more, before anything is done.
#[derive(Template)]
#[template(path = "staff/case_confirm.html")]
pub struct Confirm {
    /// The frame.
    pub page: Page,
    /// The case.
    pub case: Case,
    /// What the person states.
    pub statement: Statement,
    /// The record that would be linked; none: the case would be closed.
    pub patient: Option<Found>,
    /// What was typed, to be sent again.
    pub typed: Fields,
}

impl Confirm {
    fn field(&self, name: &str) -> &str {
        self.typed.get(name)
    }

    /// Whether the record says another birth date than the person.
    fn differs(&self, patient: &Found) -> bool {
        patient.birth_date.as_deref() != Some(self.statement.birth_date.as_str())
    }

    fn evidence(&self) -> String {
        let one = Evidence::ALL.into_iter().find(|one| one.slug() == self.typed.get("evidence"));
        one.map(|one| self.page.w.t(words::evidence(&one))).unwrap_or_default()
    }
}

/// What is decided, once it was checked.
enum Decided {
    Link(Found, String),
    Close(String),
}

/// Checks what was typed, and asks once more. Changes nothing.
pub async fn check(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let (case, statement) = found(&who, &id).await?;
    just_signed_in(&who, &case, &fields).await?;
    let closes = fields.get("decision") == "close";
    let decided =
        if closes { closing(&who, &case, &fields).await } else { linking(&who, &case, &fields).await };
    match decided {
        Ok(decided) => {
            let patient = match decided {
                Decided::Link(patient, _) => Some(patient),
                Decided::Close(_) => None,
            };
            frame(&who, "desk-case-confirm-title").ok(|page| Confirm {
                page,
                case,
                statement,
                patient,
                typed: fields,
            })
        }
        Err(failure) => again(&who, (case, statement), (failure, &fields)).await,
    }
}

async fn just_signed_in(who: &Staff, case: &Case, fields: &Fields) -> Result<(), Failure> {
    parts::just_signed_in(who, (&format!("/staff/cases/{}", case.id), fields)).await
}

/// The case's page with what must be mended.
async fn again(who: &Staff, about: (Case, Statement), (failure, fields): (Failure, &Fields)) -> Reply {
    let Failure::Error(Error::Invalid(problems)) = failure else { return Err(failure) };
    asking(who, about, (fields, problems)).await
}

async fn asking(who: &Staff, about: (Case, Statement), (fields, problems): (&Fields, Problems)) -> Reply {
    let people = staff::found(&who.visit.app, who.actor()).await?;
    frame(who, "desk-case-title")
        .with_problems(problems)
        .ok(|page| case_page(page, about, (&people, staff::evidence(&who.roles), fields)))
}

/// The record and the evidence of a link, if both are there and it is neither one's own case nor a near record.
async fn linking(who: &Staff, case: &Case, fields: &Fields) -> Result<Decided, Failure> {
    let app = &who.visit.app;
    let mut problems = Problems::default();
    let patient = Whom::chosen(&staff::found(app, who.actor()).await?, fields, &mut problems);
    let kind = staff::evidence(&who.roles).iter().find(|one| one.slug() == fields.get("evidence"));
    if kind.is_none() {
        problems.0.push(Problem { field: "evidence", code: "problem-choose" });
    }
    problems.0.extend(text_problem("detail", fields.get("detail")));
    match (patient, kind) {
        (Some(patient), Some(kind)) if problems.0.is_empty() => {
            let near = records::household(app, who.actor(), patient.patient).await?;
            staff::keep_apart(app, who.actor(), (case.account, &near)).await?;
            let words = format!("{}: {}", kind.slug(), fields.get("detail"));
            Ok(Decided::Link(patient, words))
        }
        _ => Err(Error::Invalid(problems).into()),
    }
}

async fn closing(who: &Staff, case: &Case, fields: &Fields) -> Result<Decided, Failure> {
    if who.actor().account == case.account {
        return Err(Error::refused("refused-own-request").into());
    }
    match text_problem("reason", fields.get("reason")) {
        None => Ok(Decided::Close(fields.get("reason").to_owned())),
        Some(problem) => Err(Error::Invalid(Problems(vec![problem])).into()),
    }
}

fn text_problem(field: &'static str, text: &str) -> Option<Problem> {
    let code = match text.chars().count() {
        0 => "problem-required",
        count if count > LETTERS => "problem-too-long",
        _ => return base::unseen(field, text),
    };
    Some(Problem { field, code })
}

/// Links the account to the record and closes the case.
pub async fn link(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let (case, statement) = found(&who, &id).await?;
    just_signed_in(&who, &case, &fields).await?;
    let decided = linking(&who, &case, &fields).await;
    decide(&who, (case, statement), (decided, &fields)).await
}

/// Closes the case without a link.
pub async fn close(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let (case, statement) = found(&who, &id).await?;
    just_signed_in(&who, &case, &fields).await?;
    let decided = closing(&who, &case, &fields).await;
    decide(&who, (case, statement), (decided, &fields)).await
}

async fn decide(
    who: &Staff,
    about: (Case, Statement),
    (decided, fields): (Result<Decided, Failure>, &Fields),
) -> Reply {
    let (app, id, by) = (&who.visit.app, about.0.id, who.actor().name.as_str());
    match decided {
        Ok(Decided::Link(patient, evidence)) => {
            identity::link_case(app, (id, patient.patient), (by, &evidence)).await?;
        }
        Ok(Decided::Close(reason)) => identity::close_case(app, id, (by, &reason)).await?,
        Err(failure) => return again(who, about, (failure, fields)).await,
    }
    Ok(send::elsewhere(&format!("/staff/cases/{id}")))
}
