//! Asking the clinic not to share something, what would be kept back, the answer, and ending it.

use api::base::{Error, Problem, Problems, RestrictionId};
use api::consents::{self, Against, Answer, Ask, Restriction};
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::records::{self, Preview};
use askama::Template;

use crate::authority::preview_words;
use crate::components::{Choice, Text};
use crate::error::Reply;
use crate::form::{self, At, Fields, Form, Query, mendable};
use crate::guard::Patient;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::history::{self, Became};
use crate::patient::privacy::{answer_words, limit_words, recorded_words};
use crate::patient::step_up;
use crate::send;

/// Whom a limit against all of the family does not reach.
const FAMILY: &str = "privacy-against-family-hint";

/// The fields that say what is asked for, on the person's own form and on the one of the desk.
pub struct Asking {
    /// Whom to keep it from.
    pub against: Vec<Choice>,
    /// Their name.
    pub party: Text,
    /// Everything, or chosen parts.
    pub what: [Choice; 2],
    /// The categories.
    pub categories: Vec<Choice>,
    /// Protected kinds of information.
    pub labels: Vec<Choice>,
    /// Which visit or charge.
    pub charge: Text,
    /// Whether it was paid in full.
    pub paid: Choice,
    /// Why; nobody has to say.
    pub why: Text,
}

/// The form.
#[derive(Template)]
#[template(path = "privacy_limit_new.html")]
pub struct LimitNew {
    /// The frame.
    pub page: Page,
    /// The form's own id.
    pub once: RestrictionId,
    /// What is asked for.
    pub asking: Asking,
    /// What would be kept back.
    pub preview: Vec<String>,
}

/// Shows the form.
pub async fn form(who: Patient, Query(query): Query) -> Reply {
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    answer(&who, &typed.unwrap_or_default(), Problems::default()).await
}

/// Shows the form again with what would be kept back.
pub async fn look(who: Patient, Form(mut fields): Form) -> Reply {
    fields.replace("looked", "yes");
    let (_, problems) = read(&fields);
    answer(&who, &fields, problems).await
}

/// Asks.
pub async fn ask(who: Patient, Form(mut fields): Form) -> Reply {
    fields.replace("looked", "yes");
    let once = fields.get("once").parse().map_err(|_| Error::invalid("once", "problem-required"))?;
    let (ask, problems) = read_whole(&fields);
    if !problems.0.is_empty() {
        return answer(&who, &fields, problems).await;
    }
    match consents::ask(&who.visit.app, who.actor(), (who.patient, once, ask)).await {
        Ok(id) => Ok(send::elsewhere(&who.visit.href(&format!("/privacy/limits/{id}")))),
        Err(error) => answer(&who, &fields, mendable(error)?).await,
    }
}

/// What a form asks for, and what in it nobody can take for one thing. As long as nothing says whom it is kept from, it is
/// somebody they name.
fn read(fields: &Fields) -> (Ask, Problems) {
    let mut problems = Problems(form::parts_fault(fields).into_iter().collect());
    let categories = (fields.get("what") == "some")
        .then(|| form::ticked(fields, ("categories", Category::from_slug), &mut problems));
    let ask = Ask {
        against: Against::from_slug(fields.get("against")).unwrap_or(Against::Named),
        party: fields.get("party").to_owned(),
        categories,
        labels: form::ticked(fields, ("labels", Label::from_slug), &mut problems),
        what: fields.get("charge").to_owned(),
        why: fields.get("why").to_owned(),
        paid_in_full: fields.get("paid") == "yes",
    };
    (ask, problems)
}

/// The fields in the order in which the form has them.
const FIELDS: [&str; 7] = ["against", "party", "categories", "labels", "charge", "paid", "why"];

/// The same of a form that is sent, with all that the clinic would refuse in it.
pub fn read_whole(fields: &Fields) -> (Ask, Problems) {
    let (ask, Problems(mut all)) = read(fields);
    let named = Against::from_slug(fields.get("against")).is_some();
    if !named {
        all.push(Problem { field: "against", code: "problem-limit-against" });
    }
    let refused = consents::ask_problems(&ask).0.into_iter().filter(|problem| {
        // What hangs on whom it is kept from is seen once that is said; what cannot be read is no empty field.
        let known = named || !matches!(problem.code, "problem-limit-party" | "problem-limit-paid");
        known && all.iter().all(|one| one.field != problem.field)
    });
    let refused: Vec<_> = refused.collect();
    all.extend(refused);
    all.sort_by_key(|problem| FIELDS.iter().position(|field| *field == problem.field));
    (ask, Problems(all))
}

async fn answer(who: &Patient, fields: &Fields, problems: Problems) -> Reply {
    let app = &who.visit.app;
    consents::may_ask(app, who.actor(), who.patient).await?;
    let (ask, _) = read(fields);
    let preview = records::preview(app, who.actor(), (who.patient, consents::left(&ask))).await?;
    let unbound = consents::unbound(app, who.actor(), (who.patient, &ask)).await?;
    let once = fields.get("once").parse().unwrap_or_else(|_| consents::once(app));
    let page = Page::new(&who.visit, "privacy-limit-new-title").of(&preview.person).with_problems(problems);
    let page = page.under("/privacy", "privacy-title");
    page.ok(|page| limit_new(page, once, (&preview, &unbound, fields)))
}

/// The form from what is known and what was typed.
pub fn limit_new(
    page: Page,
    once: RestrictionId,
    (preview, unbound, typed): (&Preview, &[String], &Fields),
) -> LimitNew {
    let w = page.w;
    let words = match (typed.get("looked"), unbound) {
        ("yes", []) => kept_words(w, (preview, typed)),
        ("yes", names) => vec![unbound_words(w, names)],
        _ => vec![w.t("privacy-preview-none")],
    };
    LimitNew { once, asking: asking(&page, w, typed), preview: words, page }
}

/// The fields from what was typed; the words are for the person, or of another.
pub fn asking(page: &Page, w: Words, typed: &Fields) -> Asking {
    let radio = |name: &'static str, (value, label): (&str, String), ticked: bool| Choice {
        kind: "radio",
        name,
        value: value.into(),
        label,
        hint: None,
        ticked,
    };
    let tick = |name: &'static str, value: &str, label: String| Choice {
        kind: "checkbox",
        ..radio(name, (value, label), typed.all(name).iter().any(|ticked| ticked == value))
    };
    let text = |name, label: &str| Text::new(page, name, label).value(typed.get(name));
    let some = typed.get("what") == "some";
    let against = Against::ALL.map(|against| {
        let label = match against {
            Against::HealthPlan => "privacy-against-plan",
            Against::Family => "privacy-against-family",
            Against::Named => "privacy-against-named",
        };
        let choice = radio("against", (against.slug(), w.t(label)), typed.get("against") == against.slug());
        let hint = (against == Against::Family).then(|| w.t(FAMILY));
        Choice { hint, ..choice }
    });
    let mut paid = tick("paid", "yes", w.t("privacy-paid"));
    paid.hint = Some(w.t("privacy-paid-hint"));
    Asking {
        against: against.into(),
        party: text("party", "privacy-party").hint(w.t("privacy-party-hint")),
        what: [
            radio("what", ("all", w.t("privacy-what-all")), !some),
            radio("what", ("some", w.t("privacy-what-some")), some),
        ],
        categories: Category::ALL
            .into_iter()
            .map(|category| tick("categories", category.slug(), w.t(category.name())))
            .collect(),
        labels: Label::ALL.into_iter().map(|label| tick("labels", label.slug(), w.t(label.name()))).collect(),
        charge: text("charge", "privacy-charge").hint(w.t("privacy-charge-hint")),
        paid,
        why: text("why", "privacy-why").hint(w.t("privacy-why-hint")),
    }
}

/// What they would see from whom it is kept; where words tell what is meant, also what is made of them.
fn kept_words(w: Words, (preview, typed): (&Preview, &Fields)) -> Vec<String> {
    let mut words = preview_words(w, (typed.get("party"), preview));
    let (ask, _) = read(typed);
    if !ask.what.trim().is_empty() {
        words.push(about(w, &ask));
    }
    words
}

/// That a limit binds none of these, who act for the person by law, and what there is against danger.
fn unbound_words(w: Words, names: &[String]) -> String {
    w.t1("privacy-limit-unbound", "names", api::words::list(w.language, names))
}

/// One request with its answer.
#[derive(Template)]
#[template(path = "privacy_limit.html")]
pub struct Limit {
    /// The frame.
    pub page: Page,
    /// The request.
    pub limit: Restriction,
    /// What became of it.
    pub became: Became,
    /// Whom it names and does not bind.
    pub unbound: Vec<String>,
}

impl Limit {
    /// Whom it does not reach, where it may seem to.
    fn bounds(&self) -> Vec<String> {
        let w = self.page.w;
        let all = self.limit.ask.against == Against::Family && self.limit.ask.party.trim().is_empty();
        let family = all.then(|| w.t(FAMILY));
        family
            .into_iter()
            .chain((!self.unbound.is_empty()).then(|| unbound_words(w, &self.unbound)))
            .collect()
    }

    fn words(&self) -> String {
        limit_words(self.page.w, &self.limit)
    }

    fn answer(&self) -> String {
        answer_words(self.page.w, &self.limit)
    }

    fn recorded(&self) -> Option<String> {
        recorded_words(self.page.w, &self.limit)
    }

    fn about(&self) -> String {
        about(self.page.w, &self.limit.ask)
    }

    fn may_end(&self) -> bool {
        consents::may_end(&self.limit, consents::Ender::InWriting).is_ok()
    }

    fn kept(&self) -> bool {
        self.limit.in_force() && matches!(self.limit.answer, Answer::Agreed | Answer::MustAgree)
    }
}

/// What part of the record a request is about, in words: what [`consents::left`] makes of it.
pub fn about(w: Words, ask: &Ask) -> String {
    let list = |names: Vec<String>| api::words::list(w.language, &names);
    let parts: Vec<String> = ask.categories.iter().flatten().map(|category| w.t(category.name())).collect();
    let labels: Vec<String> = ask.labels.iter().map(|label| w.t(label.name())).collect();
    let told = !ask.what.trim().is_empty();
    let mut words = Vec::new();
    if !parts.is_empty() {
        words.push(w.t1("privacy-about", "list", list(parts)));
    }
    if !labels.is_empty() {
        words.push(w.t1("privacy-about-labels", "list", list(labels)));
    }
    match (words.is_empty(), told) {
        // Which items belong to a visit that is told in words nobody here knows: all are kept back.
        (true, true) => words.push(w.t("privacy-about-visit")),
        (true, false) => words.push(w.t("privacy-about-all")),
        (false, true) => words.push(w.t("privacy-about-words")),
        (false, false) => {}
    }
    words.join(" ")
}

/// Shows one.
pub async fn show(who: Patient, At((id,)): At<(String,)>, Query(query): Query) -> Reply {
    let app = &who.visit.app;
    let id: RestrictionId = id.parse().map_err(|_| Error::NotFound)?;
    let before = history::before(&query);
    let (limit, history) = consents::restriction(app, who.actor(), (who.patient, id), before).await?;
    let page = Page::new(&who.visit, "privacy-limit-title").under("/privacy", "privacy-title");
    let unbound = consents::unbound(app, who.actor(), (who.patient, &limit.ask)).await?;
    page.ok(|page| {
        let path = page.href(&format!("/privacy/limits/{id}"));
        // Why the clinic answered so is said above.
        let became = Became::of(page.w, (&path, before), &history).without_reason(&limit.answer_text);
        Limit { page, limit, became, unbound }
    })
}

/// Ends one, or takes the request back.
pub async fn end(who: Patient, At((id,)): At<(String,)>, _form: Form) -> Reply {
    let id: RestrictionId = id.parse().map_err(|_| Error::NotFound)?;
    consents::end_restriction(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/privacy/limits/{id}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        for (form, wanted) in [
            ("against=family&what=all", vec![]),
            ("", vec!["against"]),
            // Whether it was paid to a plan, and who is named, is asked for once it is said whom it is kept from.
            ("paid=yes", vec!["against"]),
            ("what=some", vec!["against", "categories"]),
            ("against=named&what=some", vec!["party", "categories"]),
            ("against=named&what=some&categories=labz", vec!["party", "categories"]),
            (
                "against=health-plan&what=all&categories=labs&labels=no&paid=yes",
                vec!["categories", "labels", "charge"],
            ),
            ("against=family&what=some&paid=yes", vec!["categories", "paid"]),
        ] {
            let (_, problems) = read_whole(&Fields::parse(form.as_bytes()));
            let fields: Vec<_> = problems.0.iter().map(|problem| problem.field).collect();
            assert_eq!(fields, wanted, "{form}");
        }
    }
}
