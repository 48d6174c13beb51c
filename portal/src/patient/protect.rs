//! Questions about how an item is protected, on its page: a minor's wish that it be kept private, what a clerk asks of a
//! colleague, and what became of it.

use actix_web::http::StatusCode;
use api::base::{CaseId, Error, ItemAddress};
use api::fhir::present::Category;
use api::records::Item;
use api::records::label_asks::{self, LabelAsk, Outcome, Side};

use crate::authority::Pick;
use crate::error::Reply;
use crate::form::{At, Fields, Form, kept_with, mendable};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::{item, step_up};
use crate::send;
use crate::staff::parts::{self, Area};

/// What an answer meets that comes second.
const ANSWERED: &str = "conflict-question-answered";

/// What the page of an item has about it.
pub struct Protect {
    /// That an answer came too late: somebody was first.
    pub before: Option<String>,
    /// What the reader asked, the oldest first: their words, what became of it, and the words of the answer.
    pub own: Vec<(Option<String>, String, Option<String>)>,
    /// The form to ask, under which title and with which words before it.
    pub ask: Option<(String, String, Area)>,
    /// The question that waits, who asked, and the form to answer.
    pub waiting: Option<(LabelAsk, String, Pick, Area)>,
}

/// What the page of an item has about it, with what was typed.
pub fn of(page: &Page, item: &Item, typed: &Fields) -> Protect {
    let w = page.w;
    let own = item.asks.own.iter().map(|ask| {
        let note = Some(ask.note.clone()).filter(|note| !note.is_empty());
        (note, state(w, ask), words(ask))
    });
    let ask = item.asks.may.map(|side| {
        let [title, lead, label, hint] = match side {
            Side::Minor => ["protect-title", "protect-lead", "protect-note", "protect-note-hint"],
            Side::Staff => {
                ["desk-protect-ask", "desk-protect-ask-lead", "desk-protect-note", "desk-protect-note-hint"]
            }
        };
        (w.t(title), w.t(lead), Area::new(page, ("ask", label, hint), typed))
    });
    let waiting = item.asks.waiting.first().cloned().map(|ask| {
        let mut outcome = Pick::new(page, ("outcome", "desk-protect-outcome"), typed);
        let first = (String::new(), w.t("desk-protect-outcome-none"));
        let all = Outcome::ALL.map(|one| (one.slug().to_owned(), w.t(outcome_name(one))));
        outcome.options = std::iter::once(first).chain(all).collect();
        let who = asker(w, &ask);
        let text = Area::new(page, ("text", "desk-protect-text", "desk-protect-text-hint"), typed);
        (ask, who, outcome, text)
    });
    let before = parts::too_late(page).then(|| w.t(ANSWERED));
    Protect { before, own: own.collect(), ask, waiting }
}

fn words(ask: &LabelAsk) -> Option<String> {
    ask.answered.as_ref().map(|answered| answered.text.clone())
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Protected => "desk-protect-outcome-protected",
        Outcome::Kept => "desk-protect-outcome-kept",
    }
}

/// Who asked, and when.
pub fn asker(w: Words, ask: &LabelAsk) -> String {
    let date = ("date", w.day(&ask.asked));
    match &ask.by {
        Some(name) => w.t2("desk-protect-by-staff", ("name", name.as_str()), date),
        None => w.t1("desk-protect-by-person", date.0, date.1),
    }
}

/// What became of a question, for who asked it.
fn state(w: Words, ask: &LabelAsk) -> String {
    match &ask.answered {
        None => w.t1("protect-asked", "date", w.day(&ask.asked)),
        Some(answered) => {
            let id = match answered.outcome {
                Outcome::Protected => "protect-done",
                Outcome::Kept => "protect-kept",
            };
            w.t1(id, "date", w.day(&answered.at))
        }
    }
}

/// Asks.
pub async fn ask(who: Patient, At((slug, address)): At<(String, ItemAddress)>, Form(fields): Form) -> Reply {
    Category::from_slug(&slug).ok_or(Error::NotFound)?;
    let place = (who.patient, address);
    match label_asks::ask(&who.visit.app, who.actor(), place, fields.get("ask")).await {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&who.visit.href(&format!("/record/{slug}/{address}"))))
        }
        Err(error) => item::page_of(&who, (&slug, address), (&fields, kept_with(error, "ask")?)).await,
    }
}

/// Says what became of a question.
pub async fn answer(
    who: Patient,
    At((slug, address, id)): At<(String, ItemAddress, String)>,
    Form(fields): Form,
) -> Reply {
    Category::from_slug(&slug).ok_or(Error::NotFound)?;
    let id: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let outcome = Outcome::from_slug(fields.get("outcome"));
    let (place, said) = ((who.patient, address, id), (outcome, fields.get("text")));
    let path = who.visit.href(&format!("/record/{slug}/{address}"));
    match label_asks::answer(&who.visit.app, who.actor(), place, said).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        Err(Error::Conflict(ANSWERED)) => Ok(parts::late(&path)),
        Err(error) => {
            let mend = (StatusCode::UNPROCESSABLE_ENTITY, mendable(error)?);
            item::page_of(&who, (&slug, address), (&fields, mend)).await
        }
    }
}
