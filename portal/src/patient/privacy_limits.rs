//! Asking the clinic not to share something, what would be kept back, the answer, and ending it.

use std::collections::BTreeSet;

use api::base::{Error, Problem, Problems, RestrictionId};
use api::consents::{self, Against, Answer, Ask, Event, Restriction};
use api::fhir::present::Category;
use api::fhir::sensitivity::{Label, Labels};
use api::records::{self, Preview};
use api::representation::Lens;
use askama::Template;

use crate::authority::preview_words;
use crate::components::{Choice, Text};
use crate::error::Reply;
use crate::form::{self, At, Fields, Form, Query, mendable};
use crate::guard::Patient;
use crate::page::Page;
use crate::patient::privacy::{answer_words, event_words, limit_words};
use crate::patient::step_up;
use crate::send;

/// Whom a limit against all of the family does not reach.
const FAMILY: &str = "privacy-against-family-hint";

/// The form.
#[derive(Template)]
#[template(path = "privacy_limit_new.html")]
pub struct LimitNew {
    /// The frame.
    pub page: Page,
    /// The form's own id.
    pub once: RestrictionId,
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
    answer(&who, &fields, Problems(form::parts_fault(&fields).into_iter().collect())).await
}

/// Asks.
pub async fn ask(who: Patient, Form(mut fields): Form) -> Reply {
    fields.replace("looked", "yes");
    let once = fields.get("once").parse().map_err(|_| Error::invalid("once", "problem-required"))?;
    let Some(ask) = read(&fields) else {
        let problems = Problems(vec![Problem { field: "against", code: "problem-limit-against" }]);
        return answer(&who, &fields, problems).await;
    };
    if let Some(problem) = form::parts_fault(&fields) {
        return answer(&who, &fields, Problems(vec![problem])).await;
    }
    match consents::ask(&who.visit.app, who.actor(), (who.patient, once, ask)).await {
        Ok(id) => Ok(send::elsewhere(&who.visit.href(&format!("/privacy/limits/{id}")))),
        Err(error) => answer(&who, &fields, mendable(error)?).await,
    }
}

fn read(fields: &Fields) -> Option<Ask> {
    let categories = (fields.get("what") == "some")
        .then(|| fields.all("categories").iter().filter_map(|slug| Category::from_slug(slug)).collect());
    Some(Ask {
        against: Against::from_slug(fields.get("against"))?,
        party: fields.get("party").to_owned(),
        categories,
        labels: fields.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect(),
        what: fields.get("charge").to_owned(),
        why: fields.get("why").to_owned(),
        paid_in_full: fields.get("paid") == "yes",
    })
}

/// What they would see who see all but this.
fn lens(fields: &Fields) -> Lens {
    let labels: Labels = fields.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect();
    if fields.get("what") != "some" {
        // Everything, or everything with these labels.
        let categories = if labels.is_empty() && fields.get("looked") == "yes" { 0 } else { -1 };
        return Lens { categories, hidden: labels, ..Lens::WHOLE };
    }
    let kept: BTreeSet<Category> =
        fields.all("categories").iter().filter_map(|slug| Category::from_slug(slug)).collect();
    Lens { categories: !consents::category_bits(&kept), hidden: labels, ..Lens::WHOLE }
}

async fn answer(who: &Patient, fields: &Fields, problems: Problems) -> Reply {
    let app = &who.visit.app;
    consents::may_ask(app, who.actor(), who.patient).await?;
    let preview = records::preview(app, who.actor(), (who.patient, lens(fields))).await?;
    let once = fields.get("once").parse().unwrap_or_else(|_| consents::once(app));
    let page = Page::new(&who.visit, "privacy-limit-new-title").of(&preview.person).with_problems(problems);
    let page = page.under("/privacy", "privacy-title");
    page.ok(|page| limit_new(page, once, (&preview, fields)))
}

/// The form from what is known and what was typed.
pub fn limit_new(page: Page, once: RestrictionId, (preview, typed): (&Preview, &Fields)) -> LimitNew {
    let w = page.w;
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
    let text = |name, label: &str| Text::new(&page, name, label).value(typed.get(name));
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
    let words = match typed.get("looked") {
        "yes" => preview_words(w, (typed.get("party"), preview)),
        _ => vec![w.t("privacy-preview-none")],
    };
    LimitNew {
        once,
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
        preview: words,
        page,
    }
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
    pub events: Vec<Event>,
}

impl Limit {
    /// Whom it does not reach, where it may seem to.
    fn bounds(&self) -> Option<String> {
        let all = self.limit.ask.against == Against::Family && self.limit.ask.party.trim().is_empty();
        all.then(|| self.page.w.t(FAMILY))
    }

    fn words(&self) -> String {
        limit_words(self.page.w, &self.limit)
    }

    fn answer(&self) -> String {
        answer_words(self.page.w, &self.limit)
    }

    fn about(&self) -> String {
        about(self.page.w, &self.limit.ask)
    }

    fn event(&self, event: &Event) -> String {
        event_words(self.page.w, event)
    }

    fn may_end(&self) -> bool {
        consents::may_end(&self.limit, consents::Ender::InWriting).is_ok()
    }

    fn kept(&self) -> bool {
        self.limit.in_force() && matches!(self.limit.answer, Answer::Agreed | Answer::MustAgree)
    }
}

/// What part of the record a request is about, in words.
pub fn about(w: crate::i18n::Words, ask: &Ask) -> String {
    let names = ask.categories.iter().flatten().map(|category| w.t(category.name()));
    let names: Vec<String> = names.chain(ask.labels.iter().map(|label| w.t(label.name()))).collect();
    match names.as_slice() {
        // Which items belong to a visit that is told in words nobody here knows: all are kept back.
        [] if ask.categories.is_none() && !ask.what.trim().is_empty() => w.t("privacy-about-visit"),
        [] if ask.categories.is_none() => w.t("privacy-about-all"),
        [] => w.t("privacy-about-charge"),
        names => w.t1("privacy-about", "list", api::words::list(w.language, names)),
    }
}

/// Shows one.
pub async fn show(who: Patient, At((id,)): At<(String,)>) -> Reply {
    let app = &who.visit.app;
    let id = id.parse().map_err(|_| Error::NotFound)?;
    let (limit, events) = consents::restriction(app, who.actor(), (who.patient, id)).await?;
    let page = Page::new(&who.visit, "privacy-limit-title").under("/privacy", "privacy-title");
    page.ok(|page| Limit { page, limit, events })
}

/// Ends one, or takes the request back.
pub async fn end(who: Patient, At((id,)): At<(String,)>, _form: Form) -> Reply {
    let id: RestrictionId = id.parse().map_err(|_| Error::NotFound)?;
    consents::end_restriction(&who.visit.app, who.actor(), (who.patient, id)).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/privacy/limits/{id}"))))
}
