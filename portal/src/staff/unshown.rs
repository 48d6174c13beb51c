//! Questions of those who act for a minor about what is not shown: the list and the question at the desk, and in a look at
//! the record what the law leaves to a clinician (45 CFR 164.502(g)(3)(ii)(C)).

use std::collections::BTreeSet;

use actix_web::FromRequest as _;
use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{CaseId, Error, ItemAddress, Problem, Problems};
use api::config::Act;
use api::fhir::sensitivity::{Label, Service};
use api::identity;
use api::records::unshown::{self, Answer, Case, Decision, Desk, Opens, Question, Then};
use api::records::{self, ItemLine};
use api::staff::{self, Role};
use askama::Template;

use super::parts::{self, Area};
use crate::components::{Choice, Pager};
use crate::error::{Failure, Reply};
use crate::form::{At, Fields, Form, Query, address, mendable};
use crate::guard::{Patient, SignedIn, Staff};
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::{lines, step_up};
use crate::send;

/// The fields of the forms.
pub const FIELDS: &[(&str, &str)] = &[("reason", "unshown-reason"), ("items", "unshown-items-legend")];

/// The list.
#[derive(Template)]
#[template(path = "staff/unshown_list.html")]
pub struct List {
    /// The frame.
    pub page: Page,
    /// Those that wait first. Whom they are about does not stand here.
    pub questions: Vec<Question>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl List {
    fn number(&self, question: &Question) -> String {
        self.page.w.t1("desk-unshown-number", "number", number(question))
    }

    fn state(&self, question: &Question) -> String {
        state(self.page.w, question)
    }
}

/// By what staff call a question among themselves: the end of its id, which tells of nobody.
fn number(question: &Question) -> String {
    let id = question.id.to_string();
    id.get(id.len().saturating_sub(6)..).unwrap_or_default().to_uppercase()
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
    for question in all {
        if parts::listed(parts::apart(&who, (question.account, question.patient)).await)? {
            questions.push(question);
        }
    }
    let page = Page::new(&who.visit, "desk-unshown-title").desk(&who.roles);
    page.ok(|page| list_page(page, (questions, more), number))
}

/// The page of the list.
pub fn list_page(page: Page, (questions, more): (Vec<Question>, bool), number: i64) -> List {
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
    /// The name of what was typed in a look that is over.
    pub kept: Option<String>,
}

impl CasePage {
    fn state(&self) -> String {
        state(self.page.w, &self.case.question)
    }

    fn number(&self) -> String {
        self.page.w.t1("desk-unshown-number", "number", number(&self.case.question))
    }

    fn opens(&self) -> bool {
        self.case.opens == Opens::Yes
    }

    /// Where it is decided, in the look that is open.
    fn desk(&self) -> Option<String> {
        self.case.look.map(|view| desk_at(&view.to_string(), self.case.question.id, self.kept.as_deref()))
    }
}

/// The address at which a question is decided in a look, with what was typed in an earlier one.
fn desk_at(view: &str, case: CaseId, kept: Option<&str>) -> String {
    let kept: Vec<_> = kept.map(|kept| (step_up::KEPT, kept)).into_iter().collect();
    address(&format!("/for/{view}/unshown/{case}"), &kept)
}

/// Whether a path is that of this question, in whatever look: a question is about one person.
fn is_desk_of(path: &str, case: CaseId) -> bool {
    path.starts_with("/for/") && path.ends_with(&format!("/unshown/{case}"))
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let case = found(&who, &id).await?;
    // Of what was typed in a look that is over, the name alone goes on: why the record is opened is another reason.
    let mut fields = Fields::default();
    fields.set(step_up::KEPT, query.get(step_up::KEPT));
    case_of(&who, case, (&fields, Problems::default())).await
}

async fn found(who: &Staff, id: &str) -> Result<Case, Failure> {
    let id: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let case = unshown::case(&who.visit.app, who.actor(), id).await?;
    parts::apart(who, (case.question.account, case.question.patient)).await?;
    Ok(case)
}

async fn case_of(who: &Staff, case: Case, (typed, problems): (&Fields, Problems)) -> Reply {
    let page = Page::new(&who.visit, "desk-unshown-case").desk(&who.roles);
    let page = page.under("/staff/unshown", "desk-unshown-title").with_problems(problems);
    page.ok(|page| case_page(page, case, typed))
}

/// The page from what is known and typed.
pub fn case_page(page: Page, case: Case, typed: &Fields) -> CasePage {
    let reason = Area::new(&page, ("reason", "desk-reason", "desk-unshown-open-hint"), typed);
    CasePage { page, case, reason, kept: typed.some(step_up::KEPT) }
}

/// Opens the record for the question.
pub async fn open(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let case = found(&who, &id).await?;
    let patient = case.question.patient;
    let near = records::household(app, who.actor(), patient).await?;
    let id = case.question.id;
    match unshown::open(app, who.actor(), (id, near), fields.get("reason")).await {
        Ok(view) => {
            let kept = fields.some(step_up::KEPT);
            Ok(send::elsewhere(&desk_at(&view.id.to_string(), id, kept.as_deref())))
        }
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
    pub items: Vec<(Choice, String, ItemAddress)>,
    /// A box for each service.
    pub services: Vec<Choice>,
    /// How to mend the ticks.
    pub problem: Option<String>,
    /// Why.
    pub reason: Area,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl Items {
    /// That the answer was sent, and when; or that the question waits.
    fn state(&self) -> String {
        let (w, question) = (self.page.w, &self.desk.question);
        match question.answered {
            Some(at) => w.t1("unshown-sent", "date", w.moment(&at)),
            None => state(w, question),
        }
    }

    fn answered(&self) -> bool {
        self.desk.question.answered.is_some()
    }

    fn lead(&self) -> String {
        let (name, kind) = &self.desk.asker;
        let kind = ("kind", self.page.w.t(kind_name(*kind)));
        self.page.w.t2("unshown-items-lead", ("name", name.as_str()), kind)
    }

    fn decision(&self, decision: &Decision) -> String {
        let w = self.page.w;
        let values = [
            ("name", decision.by.as_str().into()),
            ("date", w.moment(&decision.at).into()),
            ("opened", w.number(decision.opened).into()),
            ("closed", w.number(decision.closed).into()),
        ];
        w.with("desk-unshown-decision", &values)
    }

    /// Whether everything stands on this page.
    fn whole(&self) -> bool {
        self.desk.page == (1, false)
    }
}

/// Shows it, with what was typed in this look, or in one that is over. Who comes back from a sign-in to a look that ended
/// meanwhile is told so.
pub async fn items(
    request: HttpRequest,
    who: Result<Patient, Failure>,
    At((id,)): At<(String,)>,
    Query(query): Query,
) -> Reply {
    let who = match who {
        Err(Failure::Error(Error::NotFound)) => return back_too_late(&request, &id, &query).await,
        who => who?,
    };
    let case: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let typed = step_up::typed_at(&who.visit, (who.actor(), &query), |path| is_desk_of(path, case)).await?;
    let typed = typed.map(|typed| typed.fields);
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
    // What was ticked was ticked on another page than there is now: it is shown, and nothing was decided.
    let seen = typed.and_then(|typed| typed.some("seen"));
    let changed = problems.0.is_empty() && seen.is_some_and(|seen| seen != desk.seen);
    let problems = match changed {
        true => Problems(vec![Problem { field: "items", code: "conflict-unshown-changed" }]),
        false => problems,
    };
    let status = match (changed, problems.0.is_empty()) {
        (true, _) => StatusCode::CONFLICT,
        (_, false) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    let page = Page::new(&who.visit, "unshown-items-title").under("/record", "nav-record");
    let page = page.with_problems(problems).naming(FIELDS);
    page.reply(status, |page| items_page(page, desk, typed))
}

/// The page from what is known and typed; nothing was typed yet: as it stands now.
pub fn items_page(page: Page, desk: Desk, typed: Option<&Fields>) -> Items {
    let w = page.w;
    let none = Fields::default();
    let fields = typed.unwrap_or(&none);
    let (open, whole) = (fields.all("open"), fields.all("services"));
    let items = desk.items.iter().map(|one| {
        let value = one.line.address.to_string();
        let ticked = typed.map_or(one.open, |_| open.contains(&value));
        let names: Vec<String> = one.services.iter().map(|service| w.t(service_name(*service))).collect();
        let hint = Some(format!("{} · {}", when(w, &one.line), api::words::list(w.language, &names)));
        let label = lines::title(w, &one.line);
        let choice = Choice { kind: "checkbox", name: "open", value, label, hint, ticked };
        (choice, lines::href(&one.line), one.line.address)
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
    let path = page.visit.href(&format!("/unshown/{}", desk.question.id));
    let pager = parts::pager(w, &path, (i64::try_from(desk.page.0).unwrap_or(1), desk.page.1));
    let kept = fields.some(step_up::KEPT);
    let problem = page.problem("items");
    Items { page, desk, items, services, problem, reason, kept, pager }
}

/// When, where in the record, and what it is: a prescription and the dose that was given have the same title.
fn when(w: Words, line: &ItemLine) -> String {
    let when = line.when.as_ref().map_or_else(|| w.t("line-no-date"), |when| w.date(when));
    let (place, kind) = (w.t(line.category.name()), w.t(lines::kind(line)));
    if place == kind { format!("{when} · {place}") } else { format!("{when} · {place} · {kind}") }
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

/// Decides. Where the look is over, its clinician is told so and has what they wrote.
pub async fn decide(
    request: HttpRequest,
    who: Result<Patient, Failure>,
    At((id,)): At<(String,)>,
    Form(fields): Form,
) -> Reply {
    let case: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let who = match who {
        Err(Failure::Error(Error::NotFound)) => return over(&request, case, (&fields, None)).await,
        who => who?,
    };
    let path = who.visit.href(&format!("/unshown/{case}"));
    let number = parts::number(&fields);
    // Who may not decide learns it before they are asked to sign in again.
    unshown::may_decide(&who.visit.app, who.actor(), (who.patient, case)).await?;
    step_up::before(&who.visit, who.actor(), Act::Decide, (&path, &fields)).await?;
    let decided = match answer(&fields) {
        Some(answer) => unshown::decide(&who.visit.app, who.actor(), (who.patient, case), answer).await,
        None => Err(Error::invalid("items", "problem-unshown-strange")),
    };
    match decided {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&format!("{path}?page={number}")))
        }
        Err(Error::Conflict("conflict-unshown-changed")) => {
            page_of(&who, (&id, number), (Some(&fields), Problems::default())).await
        }
        Err(Error::Conflict("conflict-unshown-look")) => over(&request, case, (&fields, None)).await,
        Err(error) => page_of(&who, (&id, number), (Some(&fields), mendable(error)?)).await,
    }
}

/// What the form says; none where it names what no page of ours has.
fn answer(fields: &Fields) -> Option<Answer<'_>> {
    let items = |name: &str| -> Option<BTreeSet<ItemAddress>> {
        fields.all(name).iter().map(|address| address.parse().ok()).collect()
    };
    let service = |name: &String| Service::ALL.into_iter().find(|one| slug(*one) == name);
    Some(Answer {
        seen: fields.get("seen"),
        shown: items("shown")?,
        open: items("open")?,
        services: fields.all("services").iter().map(service).collect::<Option<_>>()?,
        reason: fields.get("reason"),
        then: match fields.get("then") {
            "save" => Then::Open,
            "answer" => Then::Answered,
            _ => return None,
        },
    })
}

/// The look is over, and nothing was decided.
#[derive(Template)]
#[template(path = "staff/unshown_over.html")]
pub struct Over {
    /// The frame.
    pub page: Page,
    /// The question.
    pub case: CaseId,
    /// What was written as the reason.
    pub reason: String,
    /// The name of all that was typed and ticked.
    pub kept: String,
}

impl Over {
    fn again(&self) -> String {
        address(&format!("/staff/unshown/{}", self.case), &[(step_up::KEPT, &self.kept)])
    }
}

/// The look ended while its clinician signed in again. Without what they had typed there is no such page.
async fn back_too_late(request: &HttpRequest, id: &str, query: &Fields) -> Reply {
    let who = SignedIn::extract(request).await?;
    let case: CaseId = id.parse().map_err(|_| Error::NotFound)?;
    let fits = |path: &str| is_desk_of(path, case);
    let typed = step_up::typed_at(&who.visit, (who.actor(), query), fits).await?.ok_or(Error::NotFound)?;
    let kept = typed.fields.some(step_up::KEPT);
    over(request, case, (&typed.fields, kept)).await
}

/// Says so to a clinician who may open the record again, and keeps what they typed and ticked; for anybody else there is
/// no such page.
async fn over(request: &HttpRequest, case: CaseId, (fields, kept): (&Fields, Option<String>)) -> Reply {
    let who = SignedIn::extract(request).await?;
    let app = &who.visit.app;
    let roles = if who.session.staff { staff::roles(app, who.actor()).await? } else { Vec::new() };
    if !roles.contains(&Role::Clinician) || !identity::second_factor(app, who.actor()) {
        return Err(Error::NotFound.into());
    }
    unshown::case(app, who.actor(), case).await?;
    let page = Page::new(&who.visit, "unshown-over-title").desk(&roles);
    let page = page.under("/staff/unshown", "desk-unshown-title");
    let reason = fields.get("reason").to_owned();
    let kept = match kept {
        Some(kept) => kept,
        None => step_up::keep(&who.visit, who.actor(), Act::Decide, (request.path(), fields)).await?,
    };
    page.reply(StatusCode::CONFLICT, |page| Over { page, case, reason, kept })
}
