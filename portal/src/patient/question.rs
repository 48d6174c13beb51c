//! "I do not recognise this": a question about one line of one's own log, or of that of somebody for whom one acts, and
//! what became of it.

use api::base::{AccountId, Problems};
use api::disclosures::questions::{self, Asked, Question, State};
use askama::Template;

use super::log;
use crate::error::Reply;
use crate::form::{At, Fields, Form, Query, mendable};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::step_up;
use crate::send;
use crate::staff::parts::Area;

/// The fields of the form.
pub const FIELDS: &[(&str, &str)] = &[("note", "question-note")];

/// The page.
#[derive(Template)]
#[template(path = "question.html")]
pub struct QuestionPage {
    /// The frame.
    pub page: Page,
    /// The line, and what was asked about it.
    pub asked: Asked,
    /// What is wrong with it.
    pub note: Area,
}

impl QuestionPage {
    fn own(&self) -> Option<AccountId> {
        self.page.visit.session.as_ref().map(|session| session.actor.account)
    }

    fn said(&self) -> String {
        log::sentence(self.page.w, &self.asked.line, self.own())
    }

    fn state(&self, question: &Question) -> String {
        state(self.page.w, question, self.own())
    }
}

/// What became of a question, in a sentence for who asked it, or for who reads what another asked.
pub fn state(w: Words, question: &Question, reader: Option<AccountId>) -> String {
    let own = reader == Some(question.account);
    let id = match (question.state, own) {
        (State::Open, true) => "question-open",
        (State::InOrder, true) => "question-in-order",
        (State::Wrong, true) => "question-wrong",
        (State::Open, false) => "question-open-another",
        (State::InOrder, false) => "question-in-order-another",
        (State::Wrong, false) => "question-wrong-another",
    };
    let at = question.answer.as_ref().map_or(question.asked, |answer| answer.at);
    w.t1(id, "date", w.day(&at))
}

/// Shows the line with the form, or with what was asked about it.
pub async fn show(who: Patient, At((seq,)): At<(i64,)>, Query(query): Query) -> Reply {
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    page_of(&who, seq, (&typed.unwrap_or_default(), Problems::default())).await
}

async fn page_of(who: &Patient, seq: i64, (typed, problems): (&Fields, Problems)) -> Reply {
    let asked = questions::line(&who.visit.app, who.actor(), (who.patient, seq)).await?;
    let page = Page::new(&who.visit, "question-title").of_named(&asked.whose.0, asked.whose.1.as_deref());
    let page = page.under("/home", "nav-home").under("/access-log", "log-title");
    page.with_problems(problems).naming(FIELDS).ok(|page| question_page(page, asked, typed))
}

/// The page from what is known and typed.
pub fn question_page(page: Page, asked: Asked, typed: &Fields) -> QuestionPage {
    let note = Area::new(&page, ("note", "question-note", "question-note-hint"), typed);
    QuestionPage { page, asked, note }
}

/// Asks.
pub async fn ask(who: Patient, At((seq,)): At<(i64,)>, Form(fields): Form) -> Reply {
    match questions::ask(&who.visit.app, who.actor(), (who.patient, seq), fields.get("note")).await {
        Ok(()) => Ok(send::elsewhere(&who.visit.href(&format!("/access-log/{seq}/question")))),
        Err(error) => page_of(&who, seq, (&fields, mendable(error)?)).await,
    }
}
