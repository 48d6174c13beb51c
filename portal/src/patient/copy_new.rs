//! Asking for a copy: everything in one tick, or chosen categories and dates, forms, and a password.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use api::base::{self, Problem, Problems};
use api::config::Act;
use api::copies::{self, Ask, Count, Scope};
use api::fhir::present::Category;
use api::records::{self, Front, Overview};
use askama::Template;
use secrecy::SecretString;
use serde::Serialize;

use crate::components::{Choice, Text};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, days, mendable};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::step_up;
use crate::send;

/// The forms that a copy can have, as `Scope::formats` names them.
pub const FORMATS: [&str; 5] = ["web", "pdf", "fhir", "tables", "documents"];

/// The form.
#[derive(Template)]
#[template(path = "copy_new.html")]
pub struct CopyNew {
    /// The frame.
    pub page: Page,
    /// Everything, or chosen parts.
    pub what: [Choice; 2],
    /// The categories of this record.
    pub categories: Vec<Choice>,
    /// From and to.
    pub dates: [Text; 2],
    /// The forms.
    pub formats: Vec<Choice>,
    /// The password, twice.
    pub passwords: [Text; 2],
    /// The one-time key, so that sending the form twice makes one copy.
    pub once: String,
    /// How much the choice holds, in words; or why it cannot be counted yet.
    pub count: String,
    /// The name of the kept form, where the person signed in again for it.
    pub kept: Option<String>,
    /// Whether they did sign in again.
    pub again: bool,
}

/// Shows the form with everything ticked; or as it was when its sender went to sign in again.
pub async fn form(who: Patient, Query(query): Query) -> Reply {
    if let Some(typed) = step_up::typed(&who.visit, who.actor(), &query).await? {
        let again = Problem { field: "password", code: "problem-password-again" };
        let problems = Problems(if typed.password { vec![again] } else { vec![] });
        let (page, shown) = page(&who, &typed.fields, problems).await?;
        // Nothing is wrong with what was sent, though a field must be filled in again.
        return page
            .reply(StatusCode::OK, |page| copy_new(page, &shown.overview, (&shown.ticked, &shown.count)));
    }
    let mut fields = Fields::default();
    fields.set("what", "all");
    answer(&who, &fields, Problems::default()).await
}

/// Counts what a choice holds: JSON for the script, else the form again with the count in it, and with what must
/// be mended before it can be counted.
pub async fn count(request: HttpRequest, who: Patient, Form(fields): Form) -> Reply {
    if send::wants_json(&request) {
        let counted = tally(&who, &fields).await?;
        return Ok(HttpResponse::Ok().json(Counted { words: count_words(who.visit.w, &counted) }));
    }
    let mut problems = Problems::default();
    scope(&fields, &mut problems);
    answer(&who, &fields, problems).await
}

#[derive(Serialize)]
struct Counted {
    words: String,
}

/// Asks for the copy and goes to its page.
pub async fn request(who: Patient, Form(fields): Form) -> Reply {
    let mut problems = Problems::default();
    let scope = scope(&fields, &mut problems);
    let password = password(&fields, &mut problems);
    if !problems.0.is_empty() {
        return answer(&who, &fields, problems).await;
    }
    step_up::before(&who.visit, who.actor(), Act::Copy, (&who.visit.href("/copies/new"), &fields)).await?;
    let ask = Ask { scope, language: who.visit.w.language, password, once: fields.get("once").into() };
    match copies::request(&who.visit.app, who.actor(), (who.patient, ask)).await {
        Ok(id) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&who.visit.href(&format!("/copies/{id}"))))
        }
        Err(error) => answer(&who, &fields, mendable(error)?).await,
    }
}

/// The choice that a form holds, with what must be mended in it.
fn scope(fields: &Fields, problems: &mut Problems) -> Scope {
    let mut scope = Scope::default();
    let mut categories = fields.all("categories");
    categories.retain(|slug| Category::from_slug(slug).is_some());
    let dated = ["from", "to"].into_iter().any(|name| !fields.get(name).is_empty());
    if fields.get("what") != "some" && (dated || !categories.is_empty()) {
        // Without script both can be filled in; which one is meant only the person knows.
        problems.0.push(Problem { field: "what", code: "problem-what" });
    }
    if fields.get("what") == "some" {
        scope.categories = categories;
        if scope.categories.is_empty() {
            problems.0.push(Problem { field: "categories", code: "problem-categories" });
        }
        [scope.from, scope.to] = days(fields, problems);
    }
    let ticked = fields.all("formats");
    let formats = FORMATS.iter().filter(|format| ticked.iter().any(|one| one == *format));
    scope.formats = formats.map(|format| (*format).to_owned()).collect();
    if scope.formats.is_empty() {
        problems.0.push(Problem { field: "formats", code: "problem-formats" });
    } else if scope.formats.len() == FORMATS.len() {
        scope.formats.clear();
    }
    scope
}

fn password(fields: &Fields, problems: &mut Problems) -> Option<SecretString> {
    let (first, second) = (fields.raw("password"), fields.raw("password_again"));
    if first.is_empty() && second.is_empty() {
        return None;
    }
    if first.chars().count() < 8 {
        problems.0.push(Problem { field: "password", code: "problem-password-short" });
    } else if first.len() > 200 {
        problems.0.push(Problem { field: "password", code: "problem-password-long" });
    } else if first != second {
        problems.0.push(Problem { field: "password_again", code: "problem-password-other" });
    }
    Some(SecretString::from(first.to_owned()))
}

async fn answer(who: &Patient, fields: &Fields, problems: Problems) -> Reply {
    let (page, shown) = page(who, fields, problems).await?;
    page.ok(|page| copy_new(page, &shown.overview, (&shown.ticked, &shown.count)))
}

/// What the form is filled with.
struct Filling {
    overview: Overview,
    ticked: Fields,
    count: Result<Count, Problems>,
}

async fn page(who: &Patient, fields: &Fields, problems: Problems) -> Result<(Page, Filling), Failure> {
    let overview = records::overview(&who.visit.app, who.actor(), (who.patient, Front::Copies)).await?;
    let mut ticked = fields.clone();
    if ticked.all("formats").is_empty() && fields.get("once").is_empty() {
        ticked.extend("formats", &FORMATS);
    }
    let count = tally(who, &ticked).await?;
    let page = Page::new(&who.visit, "copy-new-title").of(&overview.person).with_problems(problems);
    let page = page.under("/home", "nav-home").under("/copies", "nav-copies");
    Ok((page, Filling { overview, ticked, count }))
}

/// How much a choice holds, or what must be mended before it can be counted.
async fn tally(who: &Patient, fields: &Fields) -> Result<Result<Count, Problems>, Failure> {
    let mut problems = Problems::default();
    let scope = scope(fields, &mut problems);
    if !problems.0.is_empty() {
        return Ok(Err(problems));
    }
    match copies::count(&who.visit.app, who.actor(), (who.patient, scope)).await {
        Ok(count) => Ok(Ok(count)),
        Err(error) => Ok(Err(mendable(error)?)),
    }
}

/// The line under the form.
fn count_words(w: Words, counted_or_not: &Result<Count, Problems>) -> String {
    match counted_or_not {
        Ok(count) => counted(w, count),
        // This is a count, and not something that keeps us from counting.
        Err(problems) if problems.0.iter().any(|problem| problem.code == "copies-invalid-nothing") => {
            w.t("copies-invalid-nothing")
        }
        Err(problems) => {
            let first = problems.0.first().map(|problem| w.t(problem.code)).unwrap_or_default();
            w.t1("copy-count-not", "problem", first)
        }
    }
}

/// How much a choice holds, in words.
fn counted(w: Words, count: &Count) -> String {
    let minutes = (count.about_seconds + 59) / 60;
    let items = w.n("copy-count-items", count.items);
    let rest = w.t2(
        "copy-count-size",
        ("size", w.size(count.about_bytes)),
        ("time", w.n("copy-count-minutes", minutes.max(1))),
    );
    format!("{items} {rest}")
}

/// The form from what is known and what was typed.
pub fn copy_new(
    page: Page,
    overview: &Overview,
    (typed, count): (&Fields, &Result<Count, Problems>),
) -> CopyNew {
    let w = page.w;
    let some = typed.get("what") == "some";
    let what =
        [("all", "copy-what-all", !some), ("some", "copy-what-some", some)].map(|(value, label, ticked)| {
            let hint = Some(w.t(&format!("{label}-hint")));
            Choice { kind: "radio", name: "what", value: value.into(), label: w.t(label), hint, ticked }
        });
    let chosen = typed.all("categories");
    let categories = overview.shelves.iter().map(|shelf| {
        let slug = shelf.category.slug();
        Choice {
            kind: "checkbox",
            name: "categories",
            value: slug.into(),
            label: w.t2(
                "copy-category",
                ("name", w.t(shelf.category.name())),
                ("count", w.number(shelf.count)),
            ),
            hint: None,
            ticked: chosen.iter().any(|c| c == slug),
        }
    });
    let forms = typed.all("formats");
    let formats = FORMATS.map(|format| Choice {
        kind: "checkbox",
        name: "formats",
        value: format.into(),
        label: w.t(&format!("format-{format}")),
        hint: Some(w.t(&format!("format-{format}-hint"))),
        ticked: forms.iter().any(|f| f == format),
    });
    let dates = [("from", "filter-from"), ("to", "filter-to")]
        .map(|(name, label)| Text::new(&page, name, label).kind("date").value(typed.get(name)));
    let [first, again] = [("password", "copy-password"), ("password_again", "copy-password-again")]
        .map(|(name, label)| Text::new(&page, name, label).kind("password").fill("new-password"));
    let passwords = [first.hint(w.t("copy-password-hint")), again];
    CopyNew {
        what,
        categories: categories.collect(),
        dates,
        formats: formats.into(),
        passwords,
        once: typed.some("once").unwrap_or_else(base::token),
        count: count_words(w, count),
        again: typed.some(step_up::KEPT).is_some() && step_up::is_done(&page.visit, Act::Copy),
        kept: typed.some(step_up::KEPT),
        page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read() {
        let all = "formats=web&formats=pdf&formats=fhir&formats=tables&formats=documents";
        for (form, categories, formats, problems) in [
            (format!("what=all&{all}"), 0, 0, vec![]),
            (format!("what=all&categories=nope&from=&{all}"), 0, 0, vec![]),
            (format!("what=all&categories=labs&{all}"), 0, 0, vec!["problem-what"]),
            (format!("what=all&to=2024-01-01&{all}"), 0, 0, vec!["problem-what"]),
            (format!("from=x&{all}"), 0, 0, vec!["problem-what"]),
            ("what=all&formats=pdf&formats=pdf&formats=pdf&formats=pdf&formats=pdf".into(), 0, 1, vec![]),
            (format!("what=some&categories=labs&categories=nope&{all}"), 1, 0, vec![]),
            (format!("what=some&{all}"), 0, 0, vec!["problem-categories"]),
            ("what=all".into(), 0, 0, vec!["problem-formats"]),
            ("what=all&formats=pdf&formats=exe".into(), 0, 1, vec![]),
            (format!("what=some&categories=labs&from=2024-13-01&{all}"), 1, 0, vec!["problem-date"]),
            (
                format!("what=some&categories=labs&from=2024-02-01&to=2024-01-01&{all}"),
                1,
                0,
                vec!["problem-order"],
            ),
        ] {
            let mut found = Problems::default();
            let scope = scope(&Fields::parse(form.as_bytes()), &mut found);
            let codes: Vec<_> = found.0.iter().map(|p| p.code).collect();
            assert_eq!(
                (scope.categories.len(), scope.formats.len(), codes),
                (categories, formats, problems),
                "{form}"
            );
        }
    }

    #[test]
    fn passwords_are_read() {
        let long = "x".repeat(201);
        for (first, second, set, problem) in [
            ("", "", false, None),
            ("12345678", "12345678", true, None),
            (" 234567 ", " 234567 ", true, None),
            ("1234567", "1234567", true, Some("problem-password-short")),
            ("12345678", "12345679", true, Some("problem-password-other")),
            ("", "12345678", true, Some("problem-password-short")),
            (&long, &long, true, Some("problem-password-long")),
        ] {
            let mut problems = Problems::default();
            let mut fields = Fields::default();
            fields.set("password", first);
            fields.set("password_again", second);
            let password = password(&fields, &mut problems);
            let code = problems.0.first().map(|p| p.code);
            assert_eq!((password.is_some(), code), (set, problem), "{first} {second}");
        }
    }
}
