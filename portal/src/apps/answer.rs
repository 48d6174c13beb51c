//! The answer of a person to an app's question.

use actix_web::HttpResponse;
use actix_web::web::Path;
use api::base::{Instant, PatientNo, Problem, Problems};
use api::config::Act;
use api::fhir::sensitivity::Label;
use api::representation::{self, Lens};
use api::smart::{self, Asked, Choice, Earlier, Scope, Stay, groups};

use super::ask::{SHORT, SPANS, choose, find, first_sign_in, over, question, record, without_away};
use super::words;
use crate::error::Reply;
use crate::form::{Fields, Form, days, mendable};
use crate::guard::SignedIn;
use crate::patient::step_up;
use crate::send;
use crate::visit::Visit;

/// Takes the answer and sends the browser back to the app.
pub async fn take(who: SignedIn, id: Path<String>, Form(fields): Form) -> Reply {
    let (app, actor) = (&who.visit.app, who.actor());
    let Some((id, asked)) = find(&who, &id).await? else { return over(&who) };
    if fields.get("answer") == "deny" {
        return Ok(send::elsewhere(&smart::deny(app, actor, id).await?));
    }
    let action = format!("/apps/ask/{id}");
    if let Some(first) = first_sign_in(&who, (&asked, &action)) {
        return first;
    }
    let Some(record) = record(&asked, fields.get("of")) else { return choose(&who, asked, action).await };
    if fields.get("answer") != "share" {
        let problems = unanswered(&fields);
        return question(&who, (&asked, record), (fields, problems)).await;
    }
    let choice = match chosen(&who.visit, (&asked, record.patient), &fields) {
        Ok(choice) => choice,
        Err(problems) => return question(&who, (&asked, record), (fields, problems)).await,
    };
    step_up::before(&who.visit, actor, Act::Grant, (&action, &fields)).await?;
    match smart::approve(app, actor, (id, choice)).await {
        Ok(url) => {
            step_up::done(&who.visit, actor, &fields).await?;
            Ok(HttpResponse::SeeOther().insert_header(("location", url)).finish())
        }
        Err(error) => {
            let problems = mendable(error)?;
            question(&who, (&asked, record), (fields, on_the_page(problems))).await
        }
    }
}

/// What a form says that was sent without an answer, as Enter in a field sends it: nothing is shared or declined.
fn unanswered(typed: &Fields) -> Problems {
    let mut problems = Problems::default();
    days(typed, &mut problems);
    problems.0.push(Problem { field: "answer", code: "apps-unanswered" });
    problems
}

/// What a person ticked, for the room; or what must be mended.
fn chosen(visit: &Visit, (asked, patient): (&Asked, PatientNo), typed: &Fields) -> Result<Choice, Problems> {
    let mut problems = Problems::default();
    let slugs = typed.all("groups");
    let offered = groups::offered(&asked.scopes);
    let wanted = asked.scopes.but(&words::unticked_kinds(&asked.scopes, &typed.all("kinds")));
    // An app may only want to know who somebody is.
    if !offered.is_empty() && !words::any_ticked(&wanted, (&offered, &slugs)) {
        problems.0.push(Problem { field: "groups", code: "apps-groups-none" });
    }
    let [from, to] = days(typed, &mut problems);
    let away = asked.stay == Stay::Offline && typed.get("away") == "yes";
    // A day that was chosen and does not count is not dropped without a word: they are asked once whether they mean it.
    if asked.stay == Stay::Offline && !away && typed.get(SHORT) != "yes" {
        problems.0.push(Problem { field: "away", code: "apps-away-short" });
    }
    let span = if asked.stay == Stay::Offline { typed.get("span") } else { "day" };
    let until = until(visit, span);
    if until.is_none() {
        problems.0.push(Problem { field: "span", code: "problem-required" });
    }
    let (Some(until), true) = (until, problems.0.is_empty()) else { return Err(problems) };
    let meaning = groups::meaning(&wanted, &slugs);
    let mut scopes = wanted.narrowed(&meaning.ticked);
    let stay = match asked.stay {
        Stay::Offline if !away => without_away(&scopes),
        other => other,
    };
    if stay != Stay::Offline {
        scopes = scopes.without(&Scope::Offline);
    }
    let shown: Vec<Label> = typed.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect();
    let hidden = representation::choosable().filter(|label| !shown.contains(label)).collect();
    let dated = Lens::dated(from.as_deref(), to.as_deref());
    let lens = Lens { categories: meaning.categories, files: meaning.files, hidden, ..dated };
    let earlier = if typed.get("earlier") == "stop" { Earlier::Stop } else { Earlier::Keep };
    Ok(Choice { patient, scopes, lens, stay, until, earlier })
}

fn until(visit: &Visit, span: &str) -> Option<Instant> {
    let (_, days) = SPANS.iter().find(|(name, _)| *name == span)?;
    representation::days_from_now(&visit.app, *days)
}

/// What the room finds wrong with a choice, at the fields of the page.
fn on_the_page(problems: Problems) -> Problems {
    let moved = |problem: Problem| Problem {
        field: if matches!(problem.field, "until" | "stay") { "span" } else { "groups" },
        code: problem.code,
    };
    Problems(problems.0.into_iter().map(moved).collect())
}
