//! The law of the place in words: what is told to who acts for a minor, and to staff who decide who may act.

use api::config::{Binding, Candidate, Emancipation, OfMinors, Value};
use api::representation::{Kind, PersonFacts};
use api::words;
use chrono::NaiveDate;

use crate::authority::Pick;
use crate::components::Text;
use crate::i18n::Words;
use crate::page::Page;

/// A service that minors may consent to alone: what it is, and what the law says with its citation.
pub fn of_minors(w: Words, one: &OfMinors) -> (String, String) {
    let alone = one.alone_from.as_ref().and_then(|binding| Some((binding, binding.value.whole()?)));
    let alone =
        alone.map(|(binding, age)| w.t2("law-alone-from", ("age", w.number(age)), ("cite", cite(binding))));
    let word = one.parents.value.to_string();
    let parents = w.t2("law-parents", ("rule", w.t(parents_name(&word))), ("cite", cite(&one.parents)));
    let said = alone.into_iter().chain([parents]).collect::<Vec<_>>().join(" ");
    (w.t(service_name(one.service)), said)
}

/// Where a rule stands, and whose law it is.
fn cite(binding: &Binding) -> String {
    place(&binding.by)
}

fn place(by: &Candidate) -> String {
    match by.jurisdiction.as_str() {
        "" | "US" => by.cite.clone(),
        whose => format!("{}, {whose}", by.cite),
    }
}

/// The field of a permission's last day, with the last that the law of the place allows where it sets one.
pub fn at_latest(page: &Page, field: Text) -> Text {
    match page.visit.app.config.law.consent_days_most(today(page)) {
        Some(due) => {
            let last = page.w.date(&due.day.to_string());
            field.hint(page.w.t2("law-at-latest", ("date", last), ("cite", place(&due.by))))
        }
        None => field,
    }
}

fn today(page: &Page) -> NaiveDate {
    page.visit.app.clock.now().utc().with_timezone(&page.w.zone).date_naive()
}

/// The list of what makes a minor count as an adult: what the settings name, or all that a state may name.
pub fn emancipation(page: &Page, field: Pick) -> Pick {
    let w = page.w;
    let (counts, binding) = page.visit.app.config.law.emancipation(today(page));
    let hint = match &binding {
        Some(binding) => w.t1("desk-act-emancipation-law", "cite", cite(binding)),
        None => w.t("desk-act-emancipation-unset"),
    };
    let first = std::iter::once((String::new(), w.t("claim-kind-choose")));
    let counts = counts.into_iter().map(|one| (one.slug().to_owned(), w.t(emancipation_name(one))));
    field.hint(hint).of(first.chain(counts))
}

/// Since when the law treats somebody as an adult though they are not of age, and by what where that was recorded.
pub fn emancipated(w: Words, facts: &PersonFacts) -> Option<String> {
    let date = w.day(&facts.emancipated?);
    Some(match facts.emancipated_by {
        Some(ground) => {
            w.t2("desk-emancipated-by", ("date", date), ("ground", w.t(emancipation_name(ground))))
        }
        None => date,
    })
}

/// What the settings say of those who act as this, for staff who check it by hand; nothing where they say nothing.
pub fn of_acting(page: &Page, kind: Kind) -> Option<String> {
    let (w, law, today) = (page.w, &page.visit.app.config.law, today(page));
    let said = |id, binding: Binding, names: &[String]| {
        w.t2(id, ("list", words::list(w.language, names)), ("cite", cite(&binding)))
    };
    match kind {
        Kind::Parent => {
            let binding = law.noncustodial_by_order(today)?;
            Some(w.t1("law-noncustodial", "cite", cite(&binding)))
        }
        Kind::Surrogate => {
            let binding = law.surrogate_order(today)?;
            let names = listed(&binding);
            Some(said("law-surrogates", binding, &names))
        }
        Kind::Estate => {
            let binding = law.estate_without_probate(today)?;
            let name = |word: String| estate_name(&word).map_or(word, |id| w.t(id));
            let names: Vec<String> = listed(&binding).into_iter().map(name).collect();
            Some(said("law-estates", binding, &names))
        }
        _ => None,
    }
}

fn listed(binding: &Binding) -> Vec<String> {
    match &binding.value {
        Value::Words(words) => words.clone(),
        other => vec![other.to_string()],
    }
}

fn estate_name(word: &str) -> Option<&'static str> {
    Some(match word {
        "spouse" => "law-estate-spouse",
        "domestic-partner" => "law-estate-partner",
        "adult-child" => "law-estate-child",
        "parent" => "law-estate-parent",
        "sibling" => "law-estate-sibling",
        "next-of-kin" => "law-estate-kin",
        _ => return None,
    })
}

fn emancipation_name(ground: Emancipation) -> &'static str {
    match ground {
        Emancipation::CourtOrder => "emancipation-court-order",
        Emancipation::Marriage => "emancipation-marriage",
        Emancipation::Military => "emancipation-military",
        Emancipation::Parenthood => "emancipation-parenthood",
        Emancipation::LivingApart => "emancipation-living-apart",
    }
}

fn service_name(service: &str) -> &'static str {
    match service {
        "sti" => "law-service-sti",
        "hiv" => "law-service-hiv",
        "contraception" => "law-service-contraception",
        "pregnancy" => "law-service-pregnancy",
        "abortion" => "law-service-abortion",
        "substance-use" => "law-service-substance-use",
        "mental-health" => "law-service-mental-health",
        "sexual-assault" => "law-service-sexual-assault",
        "vaccination" => "law-service-vaccination",
        _ => "law-service-other",
    }
}

fn parents_name(rule: &str) -> &'static str {
    match rule {
        "requires" => "law-parents-requires",
        "permits" => "law-parents-permits",
        "prohibits" => "law-parents-prohibits",
        _ => "law-parents-silent",
    }
}
