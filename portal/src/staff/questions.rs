//! Questions of people about lines of their log: what was asked, and the answer.

use actix_web::web::Path;
use api::base::{CaseId, Error, Problems};
use api::disclosures::questions::{self, Case, Question, State};
use askama::Template;

use super::parts::{self, Area};
use crate::authority::Pick;
use crate::components::Pager;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::{log, question};
use crate::send;

/// The fields of the form.
pub const FIELDS: &[(&str, &str)] = &[("outcome", "question-outcome"), ("text", "question-text")];

/// The list.
#[derive(Template)]
#[template(path = "staff/questions.html")]
pub struct Questions {
    /// The frame.
    pub page: Page,
    /// Those that wait first, with the person's name.
    pub questions: Vec<(Question, String)>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl Questions {
    fn state(&self, question: &Question) -> String {
        in_short(self.page.w, question)
    }
}

/// What became of a question, in a line of a list.
fn in_short(w: Words, question: &Question) -> String {
    match question.state {
        State::Open => w.t1("question-asked", "date", w.day(&question.asked)),
        State::InOrder => w.t("question-outcome-in-order"),
        State::Wrong => w.t("question-outcome-wrong"),
    }
}

/// Shows them. What concerns the reader or their family, or what the reader did, stands in no list.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let (all, more) = questions::list(&who.visit.app, number).await?;
    let mut found = Vec::new();
    for (question, name) in all {
        if parts::listed(of_others(&who, question.id).await.map(drop))? {
            found.push((question, name));
        }
    }
    let page = Page::new(&who.visit, "desk-questions-title").desk(&who.roles);
    page.ok(|page| questions_page(page, (found, more), number))
}

/// The page of the list.
pub fn questions_page(
    page: Page,
    (questions, more): (Vec<(Question, String)>, bool),
    number: i64,
) -> Questions {
    let pager = parts::pager(page.w, "/staff/questions", (number, more));
    Questions { page, questions, pager }
}

/// One question.
#[derive(Template)]
#[template(path = "staff/question.html")]
pub struct QuestionPage {
    /// The frame.
    pub page: Page,
    /// The question.
    pub case: Case,
    /// That somebody answered before the form came that the reader sent.
    pub before: Option<String>,
    /// What became of it.
    pub outcome: Pick,
    /// The answer.
    pub text: Area,
}

impl QuestionPage {
    fn said(&self) -> String {
        log::sentence(self.page.w.of_another(), &self.case.line, None)
    }

    fn state(&self) -> String {
        // Said as it is said to who asked.
        let asker = self.case.question.account;
        question::state(self.page.w, &self.case.question, Some(asker))
    }

    fn state_of(&self, question: &Question) -> String {
        in_short(self.page.w, question)
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>) -> Reply {
    page_of(&who, &id, (&Fields::default(), Problems::default())).await
}

async fn page_of(who: &Staff, id: &str, (typed, problems): (&Fields, Problems)) -> Reply {
    let case = found(who, id).await?;
    let page = Page::new(&who.visit, "desk-question-title").desk(&who.roles);
    let page = page.sure(parts::proved(who, Some(case.question.account)).await?);
    let page = page.under("/staff/questions", "desk-questions-title").with_problems(problems).naming(FIELDS);
    page.of_named(&case.whose.0, case.whose.1.as_deref()).ok(|page| question_page(page, case, typed))
}

async fn found(who: &Staff, id: &str) -> Result<Case, Error> {
    of_others(who, id.parse().map_err(|_| Error::NotFound)?).await
}

/// One that is about neither the reader nor their family.
async fn of_others(who: &Staff, id: CaseId) -> Result<Case, Error> {
    let app = &who.visit.app;
    let case = questions::one(app, who.actor(), id).await?;
    parts::apart(who, (case.question.account, case.question.patient)).await?;
    Ok(case)
}

/// The page from what is known and typed.
pub fn question_page(page: Page, case: Case, typed: &Fields) -> QuestionPage {
    let w = page.w;
    let before = parts::too_late(&page).then(|| w.t("conflict-question-answered"));
    let mut outcome = Pick::new(&page, ("outcome", "question-outcome"), typed);
    outcome.options = vec![
        (String::new(), w.t("question-outcome-none")),
        (State::InOrder.slug().into(), w.t("question-outcome-in-order")),
        (State::Wrong.slug().into(), w.t("question-outcome-wrong")),
    ];
    let text = Area::new(&page, ("text", "question-text", "question-text-hint"), typed);
    QuestionPage { page, case, before, outcome, text }
}

/// Answers.
pub async fn answer(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let case = found(&who, &id).await?;
    let state = State::from_slug(fields.get("outcome"));
    let answer = (case.question.id, state, fields.get("text"));
    match questions::answer(&who.visit.app, who.actor(), answer).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/questions/{}", case.question.id))),
        Err(Error::Conflict("conflict-question-answered")) => {
            Ok(parts::late(&format!("/staff/questions/{}", case.question.id)))
        }
        Err(error) => page_of(&who, &id, (&fields, mendable(error)?)).await,
    }
}
