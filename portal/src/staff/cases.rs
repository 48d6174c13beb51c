//! People who ask to be linked to their record: what they say, and the decision in two steps.

use actix_web::web::Path;
use api::base::{self, CaseId, Error, Problem, Problems};
use api::disclosures::links::link_case;
use api::identity::{self, Case, CaseState, Compared, Difference, Statement};
use api::staff::{self, Evidence, Found};
use askama::Template;

use super::links;
use super::parts::{self, Area, Whom};
use super::words;
use crate::components::{Choice, Pager};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;

/// The labels of the fields of these pages.
pub const FIELDS: &[(&str, &str)] = &[
    Whom::FIELD,
    ("evidence", "desk-evidence"),
    ("detail", "desk-evidence-detail"),
    ("reason", "desk-case-reason"),
    ("differs", "desk-case-differs"),
];

/// How many cases stand on a page.
const LINES: i64 = 25;
/// The most letters of what is written about the evidence or the reason.
const LETTERS: usize = 1000;
/// What is said where somebody decided before.
const DECIDED: &str = "conflict-case-decided";

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
    /// That somebody decided before the form came that the reader sent.
    pub before: Option<String>,
}

impl CasePage {
    fn state(&self) -> String {
        state(self.page.w, &self.case)
    }

    /// Who decided, why, and why although something differed, once somebody did.
    fn decided(&self) -> Option<(String, String, Option<&str>)> {
        let w = self.page.w;
        let (how, why) = match &self.case.state {
            CaseState::Open => return None,
            CaseState::Linked(how) => (how, words::checked(w, &how.why)),
            CaseState::Closed(how) => (how, how.why.clone()),
        };
        let by = how.by.clone().unwrap_or_else(|| w.t("desk-case-by-person"));
        Some((by, why, how.differs.as_deref()))
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
    let before = parts::too_late(&page).then(|| w.t(DECIDED));
    CasePage { page, case, statement, whom, evidence, detail, reason, before }
}

/// The second step: what was stated, what the sign-in service says and what the record says, side by side, before
/// anything is done.
#[derive(Template)]
#[template(path = "staff/case_confirm.html")]
pub struct Confirm {
    /// The frame.
    pub page: Page,
    /// The case.
    pub case: Case,
    /// What the person states.
    pub statement: Statement,
    /// The record that would be linked, compared with what is known; none: the case would be closed.
    pub record: Option<(Found, Compared)>,
    /// Why it is this record although something differs.
    pub differs: Area,
    /// What was typed, to be sent again.
    pub typed: Fields,
}

impl Confirm {
    fn field(&self, name: &str) -> &str {
        self.typed.get(name)
    }

    fn name_compared(&self) -> String {
        self.compared(Difference::Name)
    }

    fn birth_compared(&self) -> String {
        self.compared(Difference::Birth)
    }

    fn compared(&self, difference: Difference) -> String {
        let differs = self.record.as_ref().is_some_and(|(_, compared)| compared.found.contains(&difference));
        self.page.w.t(if differs { "desk-differs" } else { "desk-same" })
    }

    /// The name that the account has, where the sign-in service gave one of a person or not.
    fn said_name<'a>(&'a self, compared: &'a Compared) -> &'a str {
        compared.said.name.as_deref().unwrap_or(&self.case.name)
    }

    /// A birth date as the sign-in service said it: it may leave parts out, and is then no day.
    fn said_birth(&self, compared: &Compared) -> String {
        let w = self.page.w;
        match compared.said.birth_date.as_deref() {
            Some(born) if born.starts_with("0000") => born.to_owned(),
            Some(born) => w.date(born),
            None => w.t("desk-said-nothing"),
        }
    }

    fn evidence(&self) -> String {
        let one = Evidence::ALL.into_iter().find(|one| one.slug() == self.typed.get("evidence"));
        one.map(|one| self.page.w.t(words::evidence(&one))).unwrap_or_default()
    }
}

/// Checks what was typed, and asks once more. Changes nothing. With `back` it leads to the form once more, as it was.
pub async fn check(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let about = found(&who, &id).await?;
    if fields.get("back") == "yes" {
        return asking(&who, about, (&fields, Problems::default())).await;
    }
    just_signed_in(&who, &about.0, &fields).await?;
    let decided = match fields.get("decision") {
        "close" => closing(&who, &about.0, &fields).await.map(|_| None),
        "link" => linking(&who, &about.0, &fields).await.map(|(patient, _)| Some(patient)),
        _ => return Err(Error::NotFound.into()),
    };
    match decided {
        Ok(patient) => confirm(&who, about, (patient, &fields, Problems::default())).await,
        Err(failure) => again(&who, about, (failure, &fields)).await,
    }
}

async fn confirm(
    who: &Staff,
    about: (Case, Statement),
    (patient, fields, problems): (Option<Found>, &Fields, Problems),
) -> Reply {
    let record = match patient {
        Some(patient) => {
            let compared = identity::compare_case(&who.visit.app, (about.0.id, patient.patient)).await?;
            Some((patient, compared))
        }
        None => None,
    };
    let page = frame(who, "desk-case-confirm-title").with_problems(problems).naming(FIELDS);
    page.ok(|page| confirm_page(page, about, (record, fields)))
}

/// The page from what is known and typed.
pub fn confirm_page(
    page: Page,
    (case, statement): (Case, Statement),
    (record, typed): (Option<(Found, Compared)>, &Fields),
) -> Confirm {
    let differs = Area::new(&page, ("differs", "desk-case-differs", "desk-case-differs-hint"), typed);
    Confirm { page, case, statement, record, differs, typed: typed.clone() }
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
    let people = parts::found(who).await?;
    frame(who, "desk-case-title")
        .sure(parts::proved(who, Some(about.0.account)).await?)
        .with_problems(problems)
        .ok(|page| case_page(page, about, (&people, staff::evidence(&who.roles), fields)))
}

/// The record and the evidence of a link, if both are there and it is neither one's own case nor a near record.
async fn linking(who: &Staff, case: &Case, fields: &Fields) -> Result<(Found, String), Failure> {
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
            parts::apart(who, (case.account, patient.patient)).await?;
            let words = format!("{}: {}", kind.slug(), fields.get("detail"));
            Ok((patient, words))
        }
        _ => Err(Error::Invalid(problems).into()),
    }
}

/// Why the case is closed, if it is not one's own.
async fn closing(who: &Staff, case: &Case, fields: &Fields) -> Result<String, Failure> {
    if who.actor().account == case.account {
        return Err(Error::refused("refused-own-request").into());
    }
    match text_problem("reason", fields.get("reason")) {
        None => Ok(fields.get("reason").to_owned()),
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

/// Links the account to the record and closes the case, once the record was shown beside what was stated.
pub async fn link(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let about = found(&who, &id).await?;
    just_signed_in(&who, &about.0, &fields).await?;
    let (patient, evidence) = match linking(&who, &about.0, &fields).await {
        Ok(found) => found,
        Err(failure) => return again(&who, about, (failure, &fields)).await,
    };
    // Another record than the one that was shown: it is shown first.
    if fields.get("confirmed") != patient.patient.to_string() {
        return confirm(&who, about, (Some(patient), &fields, Problems::default())).await;
    }
    let words = (evidence.as_str(), fields.get("detail"), fields.get("differs"));
    let (app, by) = (&who.visit.app, links::decider(&who)?);
    match link_case(app, by, (about.0.id, patient.patient), words).await {
        Ok(_) => Ok(send::elsewhere(&format!("/staff/cases/{id}"))),
        Err(Error::Invalid(problems)) => confirm(&who, about, (Some(patient), &fields, problems)).await,
        Err(error) => late(&id, error),
    }
}

/// Closes the case without a link.
pub async fn close(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let about = found(&who, &id).await?;
    just_signed_in(&who, &about.0, &fields).await?;
    match closing(&who, &about.0, &fields).await {
        Ok(reason) => {
            match identity::close_case(&who.visit.app, about.0.id, (&who.actor().name, &reason)).await {
                Ok(()) => Ok(send::elsewhere(&format!("/staff/cases/{id}"))),
                Err(error) => late(&id, error),
            }
        }
        Err(failure) => again(&who, about, (failure, &fields)).await,
    }
}

/// Where somebody decided before, or it is a second click, the case says what was decided.
fn late(id: &str, error: Error) -> Reply {
    parts::or_late(error, (DECIDED, &format!("/staff/cases/{id}")))
}
