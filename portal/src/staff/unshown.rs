//! Questions of those who act for a minor about what is not shown: the list and the question at the desk, and in a look at
//! the record what the law leaves to a clinician (45 CFR 164.502(g)(3)(ii)(C)).

use std::collections::BTreeSet;

use actix_web::web::Path;
use api::base::{CaseId, Error, ItemNo, Problems};
use api::config::Act;
use api::fhir::sensitivity::{Label, Service};
use api::records::unshown::{self, Answer, Case, Decision, Desk, Question, Then};
use api::records::{self, ItemLine};
use api::staff::{self, Opening, Purpose, Role};
use askama::Template;

use super::parts::{self, Area};
use crate::components::{Choice, Pager};
use crate::error::{Failure, Reply};
use crate::form::{At, Fields, Form, Query, mendable};
use crate::guard::{Patient, Staff};
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::{lines, step_up};
use crate::send;

/// The fields of the forms.
pub const FIELDS: &[(&str, &str)] = &[("reason", "unshown-reason")];

/// The list.
#[derive(Template)]
#[template(path = "staff/unshown_list.html")]
pub struct List {
    /// The frame.
    pub page: Page,
    /// Those that wait first, with the person's name.
    pub questions: Vec<(Question, String)>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl List {
    fn state(&self, question: &Question) -> String {
        state(self.page.w, question)
    }
}

fn state(w: Words, question: &Question) -> String {
    match question.answered {
        Some(at) => w.t1("desk-unshown-answered", "date", w.day(&at)),
        None => w.t1("desk-unshown-asked", "date", w.day(&question.asked)),
    }
}

/// Shows it. What concerns the reader or their family stands in no list.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let (all, more) = unshown::list(&who.visit.app, number).await?;
    let mut questions = Vec::new();
    for (question, name) in all {
        if parts::listed(apart(&who, &question).await)? {
            questions.push((question, name));
        }
    }
    let page = Page::new(&who.visit, "desk-unshown-title").desk(&who.roles);
    page.ok(|page| list_page(page, (questions, more), number))
}

async fn apart(who: &Staff, question: &Question) -> Result<(), Error> {
    let app = &who.visit.app;
    let near = records::household(app, who.actor(), question.patient).await?;
    staff::keep_apart(app, who.actor(), (question.account, &near)).await
}

/// The page of the list.
pub fn list_page(page: Page, (questions, more): (Vec<(Question, String)>, bool), number: i64) -> List {
    let pager = parts::pager(page.w, "/staff/unshown", (number, more));
    List { page, questions, pager }
}

/// One question.
#[derive(Template)]
#[template(path = "staff/unshown_case.html")]
pub struct CasePage {
    /// The frame.
    pub page: Page,
    /// The question.
    pub case: Case,
    /// Why the record is opened.
    pub reason: Area,
}

impl CasePage {
    fn state(&self) -> String {
        state(self.page.w, &self.case.question)
    }

    fn kind(&self) -> &'static str {
        kind_name(self.case.asker.1)
    }

    fn decision(&self, decision: &Decision) -> String {
        decision_words(self.page.w, decision)
    }
}

fn decision_words(w: Words, decision: &Decision) -> String {
    let values = [
        ("name", decision.by.as_str().into()),
        ("date", w.moment(&decision.at).into()),
        ("opened", w.number(decision.opened).into()),
        ("closed", w.number(decision.closed).into()),
    ];
    w.with("desk-unshown-decision", &values)
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>) -> Reply {
    let case = found(&who, &id).await?;
    case_of(&who, case, (&Fields::default(), Problems::default())).await
}

async fn found(who: &Staff, id: &str) -> Result<Case, Failure> {
    let id: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let case = unshown::case(&who.visit.app, who.actor(), id).await?;
    apart(who, &case.question).await?;
    Ok(case)
}

async fn case_of(who: &Staff, case: Case, (typed, problems): (&Fields, Problems)) -> Reply {
    let page = Page::new(&who.visit, "desk-unshown-case").desk(&who.roles);
    let page = page.under("/staff/unshown", "desk-unshown-title").with_problems(problems);
    page.of_named(&case.whose.0, case.whose.1.as_deref()).ok(|page| case_page(page, case, typed))
}

/// The page from what is known and typed.
pub fn case_page(page: Page, case: Case, typed: &Fields) -> CasePage {
    let reason = Area::new(&page, ("reason", "desk-reason", "desk-unshown-open-hint"), typed);
    CasePage { page, case, reason }
}

/// Opens the record for the question.
pub async fn open(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let case = found(&who, &id).await?;
    let patient = case.question.patient;
    let near = records::household(app, who.actor(), patient).await?;
    let reason = fields.get("reason").to_owned();
    let opening = Opening { patient, role: Role::Clinician, purpose: Purpose::CaseReview, reason };
    match staff::open_in_case(app, who.actor(), (opening, near)).await {
        Ok(view) => Ok(send::elsewhere(&format!("/for/{}/unshown/{}", view.id, case.question.id))),
        Err(error) => case_of(&who, case, (&fields, mendable(error)?)).await,
    }
}

/// What a clinician decides about, in a look at the record.
#[derive(Template)]
#[template(path = "staff/unshown_items.html")]
pub struct Items {
    /// The frame.
    pub page: Page,
    /// The question and its items.
    pub desk: Desk,
    /// A box for each item of this page: what the record says, and where.
    pub items: Vec<(Choice, String, ItemNo)>,
    /// A box for each service.
    pub services: Vec<Choice>,
    /// Why.
    pub reason: Area,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl Items {
    fn state(&self) -> String {
        state(self.page.w, &self.desk.case.question)
    }

    fn lead(&self) -> String {
        let case = &self.desk.case;
        let kind = ("kind", self.page.w.t(kind_name(case.asker.1)));
        self.page.w.t2("unshown-items-lead", ("name", case.asker.0.as_str()), kind)
    }

    fn decision(&self, decision: &Decision) -> String {
        decision_words(self.page.w, decision)
    }

    /// Whether everything stands on this page.
    fn whole(&self) -> bool {
        self.desk.page == (1, false)
    }
}

/// Shows it.
pub async fn items(who: Patient, At((id,)): At<(String,)>, Query(query): Query) -> Reply {
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    let number = parts::number(typed.as_ref().unwrap_or(&query));
    page_of(&who, (&id, number), (typed.as_ref(), Problems::default())).await
}

async fn page_of(
    who: &Patient,
    (id, number): (&str, i64),
    (typed, problems): (Option<&Fields>, Problems),
) -> Reply {
    let id: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let number = usize::try_from(number).unwrap_or(1);
    let desk = unshown::desk(&who.visit.app, who.actor(), (who.patient, id), number).await?;
    let page = Page::new(&who.visit, "unshown-items-title").under("/record", "nav-record");
    let page = page.with_problems(problems).naming(FIELDS);
    page.ok(|page| items_page(page, desk, typed))
}

/// The page from what is known and typed; nothing was typed yet: as it stands now.
pub fn items_page(page: Page, desk: Desk, typed: Option<&Fields>) -> Items {
    let w = page.w;
    let none = Fields::default();
    let fields = typed.unwrap_or(&none);
    let (open, whole) = (fields.all("open"), fields.all("services"));
    let items = desk.items.iter().map(|one| {
        let value = one.line.item.to_string();
        let ticked = typed.map_or(one.open, |_| open.contains(&value));
        let names: Vec<String> = one.services.iter().map(|service| w.t(service_name(*service))).collect();
        let hint = Some(format!("{} · {}", when(w, &one.line), api::words::list(w.language, &names)));
        let label = lines::title(w, &one.line);
        let choice = Choice { kind: "checkbox", name: "open", value, label, hint, ticked };
        (choice, lines::href(&one.line), one.line.item)
    });
    let items = items.collect();
    let services = desk.services.iter().map(|(service, count)| {
        let value = slug(*service).to_owned();
        let label = w.t2(
            "unshown-all-of",
            ("service", w.t(service_name(*service))),
            ("items", w.n("record-items", *count)),
        );
        let ticked = whole.contains(&value);
        Choice { kind: "checkbox", name: "services", value, label, hint: None, ticked }
    });
    let services = services.collect();
    let reason = Area::new(&page, ("reason", "unshown-reason", "unshown-reason-hint"), fields);
    let path = page.visit.href(&format!("/unshown/{}", desk.case.question.id));
    let pager = parts::pager(w, &path, (i64::try_from(desk.page.0).unwrap_or(1), desk.page.1));
    let kept = fields.some(step_up::KEPT);
    Items { page, desk, items, services, reason, kept, pager }
}

fn when(w: Words, line: &ItemLine) -> String {
    let when = line.when.as_ref().map_or_else(|| w.t("line-no-date"), |when| w.date(when));
    format!("{when} · {}", w.t(line.category.name()))
}

/// The words for a service, as far as labels tell it.
fn service_name(service: Service) -> &'static str {
    match service {
        Service::SubstanceUse => Label::SubstanceUse.name(),
        Service::MentalHealth => Label::MentalHealth.name(),
        Service::Hiv => Label::Hiv.name(),
        Service::Reproductive => Label::Reproductive.name(),
        Service::Violence => Label::Violence.name(),
        Service::Untold => "unshown-service-untold",
    }
}

/// Its name in the form.
fn slug(service: Service) -> &'static str {
    match service {
        Service::SubstanceUse => Label::SubstanceUse.slug(),
        Service::MentalHealth => Label::MentalHealth.slug(),
        Service::Hiv => Label::Hiv.slug(),
        Service::Reproductive => Label::Reproductive.slug(),
        Service::Violence => Label::Violence.slug(),
        Service::Untold => "untold",
    }
}

/// Decides.
pub async fn decide(who: Patient, At((id,)): At<(String,)>, Form(fields): Form) -> Reply {
    let case: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let path = who.visit.href(&format!("/unshown/{case}"));
    let number = parts::number(&fields);
    let items = |name: &str| -> BTreeSet<ItemNo> {
        fields.all(name).iter().filter_map(|number| number.parse().ok()).collect()
    };
    let ticked = fields.all("services");
    let answer = Answer {
        shown: items("shown"),
        open: items("open"),
        services: Service::ALL
            .into_iter()
            .filter(|one| ticked.iter().any(|name| name == slug(*one)))
            .collect(),
        reason: fields.get("reason"),
        then: if fields.get("then") == "save" { Then::Open } else { Then::Answered },
    };
    // Who may not decide learns it before they are asked to sign in again.
    unshown::may_decide(&who.visit.app, who.actor(), (who.patient, case)).await?;
    step_up::before(&who.visit, who.actor(), Act::Decide, (&path, &fields)).await?;
    match unshown::decide(&who.visit.app, who.actor(), (who.patient, case), answer).await {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&format!("{path}?page={number}")))
        }
        Err(error) => page_of(&who, (&id, number), (Some(&fields), mendable(error)?)).await,
    }
}
