//! People who can act for me, and people I act for: inviting a delegate, what they would see, changing and ending it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{AuthorityId, Error, Instant, Problem, Problems};
use api::config::Act;
use api::fhir::present::Category;
use api::records::{self, Preview};
use api::representation::claims::{self, Claim};
use api::representation::{
    self, Ask, End, Evidence, Held, Incapacity, Invitation, Kind, One, Proof, Side, Standing,
};
use api::visibility::Helper;
use askama::Template;
use chrono::NaiveDate;

use crate::authority::{
    self, ScopeForm, event_words, fields_of, holder_warning, holder_words, preview_words, proof_name,
    scope_words, standing_words,
};
use crate::components::{Code, Select, Text};
use crate::error::{Failure, Reply};
use crate::form::{self, Fields, Form, Query, mendable};
use crate::guard::{Own, SignedIn};
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::claim::state_words;
use crate::patient::step_up;
use crate::send;

/// How long a delegate may look, in days; 0 has no end.
const SPANS: [(&str, u64); 5] = [("week", 7), ("month", 30), ("quarter", 90), ("year", 365), ("open", 0)];
/// The labels of the fields of these pages.
pub const FIELDS: &[(&str, &str)] = &[
    ("name", "people-name"),
    ("labels", "scope-labels"),
    ("from", "scope-from"),
    ("to", "scope-to"),
    ("span", "people-span"),
    ("until", "people-until"),
];

/// The two lists, and the claims of the account.
#[derive(Template)]
#[template(path = "people.html")]
pub struct People {
    /// The frame.
    pub page: Page,
    /// Who may act for me, if a record is mine.
    pub mine: Option<Vec<Held>>,
    /// Why nobody can be invited to it, as where its person is a minor.
    pub closed: Option<&'static str>,
    /// For whom I act.
    pub others: Vec<Held>,
    /// Whether a code that I typed waits: of what it opens nothing is shown until the clinic knows who I am.
    pub waits: bool,
    /// What I said that I may do, and for whom.
    pub claims: Vec<(Claim, String)>,
    /// Whether one of them was just ended.
    pub ended: bool,
}

impl People {
    fn standing(&self, held: &Held) -> String {
        standing_words(self.page.w, held)
    }

    fn scope(&self, held: &Held) -> String {
        scope_words(self.page.w, (held.authority.kind, &held.authority.scope))
    }

    fn kind(&self, held: &Held) -> String {
        self.page.w.t(kind_name(held.authority.kind))
    }

    fn holder(&self, held: &Held) -> Option<String> {
        holder_words(self.page.w, held)
    }

    fn warning(&self, held: &Held) -> Option<String> {
        holder_warning(self.page.w, held)
    }

    fn state(&self, claim: &Claim) -> String {
        state_words(self.page.w, claim)
    }

    fn live<'a>(&self, all: &'a [Held]) -> Vec<&'a Held> {
        all.iter().filter(|held| held.standing.is_live()).collect()
    }

    fn over<'a>(&self, all: &'a [Held]) -> Vec<&'a Held> {
        all.iter().filter(|held| !held.standing.is_live()).collect()
    }
}

/// Shows them.
pub async fn list(who: SignedIn, Query(query): Query) -> Reply {
    let app = &who.visit.app;
    let mine = match &who.session.link {
        Some(link) => Some(representation::over(app, who.actor(), link.patient).await?),
        None => None,
    };
    let closed = match &who.session.link {
        Some(link) => closed(representation::may_invite(app, who.actor(), link.patient).await)?,
        None => None,
    };
    let others = representation::holdings(app, who.actor()).await?;
    let waits = representation::code_waits(app, who.actor()).await?;
    let claims = claims::of(app, who.actor()).await?;
    Page::new(&who.visit, "people-title").ok(|page| People {
        page,
        mine,
        closed,
        others,
        waits,
        claims,
        ended: query.get("ended") == "yes",
    })
}

/// The refusal, for the page that says it.
fn closed(may: Result<(), Error>) -> Result<Option<&'static str>, Error> {
    match may {
        Ok(()) => Ok(None),
        Err(Error::Refused(refusal)) => Ok(Some(refusal.0)),
        Err(error) => Err(error),
    }
}

/// The form of an invitation.
#[derive(Template)]
#[template(path = "people_new.html")]
pub struct PeopleNew {
    /// The frame.
    pub page: Page,
    /// The form's own id.
    pub once: AuthorityId,
    /// Who.
    pub name: Text,
    /// What they may see.
    pub scope: ScopeForm,
    /// How long.
    pub span: Select,
    /// What they would see.
    pub preview: Vec<String>,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
}

/// Shows the form; nothing protected is ticked.
pub async fn form(who: Own, Query(query): Query) -> Reply {
    // Who may not is told before they fill it in.
    representation::may_invite(&who.visit.app, who.actor(), who.patient).await?;
    if let Some(typed) = step_up::typed(&who.visit, who.actor(), &query).await? {
        return answer(&who, &typed.fields, Problems::default()).await;
    }
    let mut fields = Fields::default();
    fields.set("what", "all");
    fields.set("span", "quarter");
    answer(&who, &fields, Problems::default()).await
}

/// Shows the form again with what the invited would see.
pub async fn preview(who: Own, Form(fields): Form) -> Reply {
    answer(&who, &fields, odd(&fields)).await
}

/// What is said twice, or is not known, in a form about a part of the record.
fn odd(fields: &Fields) -> Problems {
    let mut problems = authority::unknown(fields);
    problems.extend(form::parts_fault(fields));
    Problems(problems)
}

/// Makes the invitation and shows its code, which the same form sent again shows again.
pub async fn invite(who: Own, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let days = SPANS.iter().find(|(name, _)| *name == fields.get("span")).map(|(_, days)| *days);
    let Some(days) = days else {
        let problems = Problems(vec![Problem { field: "span", code: "problem-required" }]);
        return answer(&who, &fields, problems).await;
    };
    let problems = odd(&fields);
    if !problems.0.is_empty() {
        return answer(&who, &fields, problems).await;
    }
    let ask = Ask {
        name: fields.get("name").to_owned(),
        kind: Kind::Delegate,
        evidence: Evidence { proof: Proof::Chosen, note: String::new() },
        scope: authority::scope(Kind::Delegate, &fields),
        starts: None,
        until: if days > 0 { representation::days_from_now(app, days) } else { None },
        incapacity: Incapacity::NotNeeded,
        review: None,
    };
    let nothing = authority::shows_nothing(&foreseen(&who, &fields).await?, &fields);
    if let Some(problem) = nothing.filter(|_| sound_days(&fields)) {
        return answer(&who, &fields, Problems(vec![problem])).await;
    }
    let name = ask.name.clone();
    step_up::before(&who.visit, who.actor(), Act::Grant, ("/people/new", &fields)).await?;
    let once = once(&who, &fields);
    match representation::invite(app, who.actor(), (who.patient, once, ask)).await {
        Ok(invitation) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            let page = Page::new(&who.visit, "people-code-title").under("/people", "nav-people");
            page.reply(StatusCode::CREATED, |page| PeopleCode { page, name, invitation })
        }
        // The same form sent again once the invitation was taken or ended: it leads to what became of it.
        Err(Error::Conflict("conflict-over")) => Ok(send::elsewhere("/people")),
        Err(error) => answer(&who, &fields, mendable(error)?).await,
    }
}

/// Whether the days are days and in their order. Where they are not, that is what must be mended.
fn sound_days(fields: &Fields) -> bool {
    let mut problems = Problems::default();
    form::days(fields, &mut problems);
    problems.0.is_empty()
}

fn once(who: &Own, fields: &Fields) -> AuthorityId {
    fields.get("once").parse().unwrap_or_else(|_| representation::once(&who.visit.app))
}

/// What the invited would see with what was typed.
async fn foreseen(who: &Own, fields: &Fields) -> Result<Preview, Failure> {
    let scope = authority::scope(Kind::Delegate, fields);
    let about = (who.patient, Helper::New(fields.get("name")), &scope);
    Ok(records::preview_for_helper(&who.visit.app, who.actor(), about).await?)
}

async fn answer(who: &Own, fields: &Fields, problems: Problems) -> Reply {
    let preview = foreseen(who, fields).await?;
    let page = Page::new(&who.visit, "people-new-title").of(&preview.person).with_problems(problems);
    let page = page.under("/people", "nav-people").naming(FIELDS);
    let once = once(who, fields);
    page.ok(|page| people_new(page, once, (&preview, fields)))
}

/// The form from what is known and what was typed.
pub fn people_new(page: Page, once: AuthorityId, (preview, typed): (&Preview, &Fields)) -> PeopleNew {
    let w = page.w;
    let name = Text::new(&page, "name", "people-name").hint(w.t("people-name-hint")).value(typed.get("name"));
    let spans = SPANS.iter().map(|(name, _)| ((*name).to_owned(), w.t(span_name(name))));
    let span = Select {
        name: "span",
        label: w.t("people-span"),
        options: spans.collect(),
        chosen: typed.get("span").into(),
    };
    PeopleNew {
        once,
        name,
        scope: ScopeForm::new(&page, (Kind::Delegate, &categories(preview)), typed).warning(preview),
        span,
        preview: preview_words(w, (typed.get("name"), preview)),
        kept: typed.some(step_up::KEPT),
        page,
    }
}

fn categories(preview: &Preview) -> Vec<Category> {
    preview.shelves.iter().map(|(category, ..)| *category).collect()
}

fn span_name(span: &str) -> &'static str {
    match span {
        "week" => "people-span-week",
        "month" => "people-span-month",
        "quarter" => "people-span-quarter",
        "year" => "people-span-year",
        _ => "people-span-open",
    }
}

/// The code of an invitation.
#[derive(Template)]
#[template(path = "people_code.html")]
pub struct PeopleCode {
    /// The frame.
    pub page: Page,
    /// For whom.
    pub name: String,
    /// The code.
    pub invitation: Invitation,
}

impl PeopleCode {
    fn code(&self) -> Code {
        Code::new(self.page.w, "invitation-code", &self.invitation.code)
    }
}

/// The page on which somebody enters the code of an invitation.
#[derive(Template)]
#[template(path = "people_enter.html")]
pub struct Enter {
    /// The frame.
    pub page: Page,
    /// The field.
    pub code: Text,
}

/// Shows it.
pub async fn code_form(who: SignedIn) -> Reply {
    enter_page(&who, "", Problems::default())
}

/// Takes the invitation. Every code that does not work gives the same answer.
pub async fn enter(who: SignedIn, Form(fields): Form) -> Reply {
    let code = fields.get("code");
    match taken(&who, code).await? {
        Ok(()) => Ok(send::elsewhere("/people")),
        Err(problems) => enter_page(&who, code, problems),
    }
}

/// Takes an invitation by its code, or says what is wrong with it.
pub async fn taken(who: &SignedIn, code: &str) -> Result<Result<(), Problems>, Failure> {
    let wrong = |code| Ok(Err(Problems(vec![Problem { field: "code", code }])));
    if code.is_empty() {
        return wrong("problem-code-missing");
    }
    match representation::accept(&who.visit.app, who.actor(), code).await {
        Ok(_) => Ok(Ok(())),
        Err(Error::Refused(refusal)) if refusal.0 == "refused-code" => wrong("refused-code"),
        Err(Error::Conflict(code)) => wrong(code),
        Err(error) => Err(error.into()),
    }
}

fn enter_page(who: &SignedIn, typed: &str, problems: Problems) -> Reply {
    let page = Page::new(&who.visit, "people-enter-title").under("/people", "nav-people");
    // Here the code is that of a person who invited somebody, and they can make another.
    let said = |problem: Problem| match problem.code {
        "refused-code" | "problem-code-missing" => Problem { code: "problem-invitation-code", ..problem },
        _ => problem,
    };
    let problems = Problems(problems.0.into_iter().map(said).collect());
    page.with_problems(problems).naming(&[("code", "people-enter-code")]).ok(|page| enter_form(page, typed))
}

/// The page from what was typed.
pub fn enter_form(page: Page, typed: &str) -> Enter {
    Enter { code: Text::new(&page, "code", "people-enter-code").value(typed), page }
}

/// One authority.
#[derive(Template)]
#[template(path = "people_one.html")]
pub struct PeopleOne {
    /// The frame.
    pub page: Page,
    /// The authority with what became of it.
    pub one: One,
    /// What the person may change, and what would be seen then.
    pub change: Option<Change>,
}

/// What the person may change of a delegate.
pub struct Change {
    /// What they may see.
    pub scope: ScopeForm,
    /// Until when.
    pub until: Text,
    /// What they would see.
    pub preview: Vec<String>,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
}

impl PeopleOne {
    fn standing(&self) -> String {
        standing_words(self.page.w, &self.one.held)
    }

    fn scope(&self) -> String {
        scope_words(self.page.w, (self.one.held.authority.kind, &self.one.held.authority.scope))
    }

    fn kind(&self) -> String {
        self.page.w.t(kind_name(self.one.held.authority.kind))
    }

    fn holder(&self) -> Option<String> {
        holder_words(self.page.w, &self.one.held)
    }

    fn warning(&self) -> Option<String> {
        holder_warning(self.page.w, &self.one.held)
    }

    fn lead(&self) -> String {
        let (w, held, kind) = (self.page.w, &self.one.held, ("kind", self.kind()));
        match self.one.side {
            Side::Person => w.t2("people-one-mine", ("name", &held.authority.name), kind),
            Side::Holder => w.t2("people-one-other", ("name", &held.person), kind),
        }
    }

    fn proof(&self) -> String {
        self.page.w.t(proof_name(self.one.held.authority.evidence.proof))
    }

    fn events(&self) -> Vec<(Instant, String)> {
        self.one.events.iter().map(|event| (event.at, event_words(self.page.w, event))).collect()
    }

    /// Whether the clinic ended what the reader held: then they are told whom to ask.
    fn ended_by_office(&self) -> bool {
        let by_office = |end| End::BY_STAFF.contains(&end) || end == End::Emancipation;
        self.one.side == Side::Holder
            && matches!(self.one.held.standing, Standing::Ended(end) if by_office(end))
    }

    fn mine(&self) -> bool {
        self.one.side == Side::Person
    }

    fn delegate(&self) -> bool {
        self.one.held.authority.kind == Kind::Delegate
    }
}

/// Shows it.
pub async fn one(who: SignedIn, id: Path<String>, Query(query): Query) -> Reply {
    let one = representation::one(&who.visit.app, who.actor(), read(&id)?).await?;
    let fields = match step_up::typed(&who.visit, who.actor(), &query).await? {
        Some(typed) => typed.fields,
        None => shown(&who, &one),
    };
    one_page(&who, one, (&fields, Problems::default())).await
}

/// The fields of the form that changes it, as it stands.
fn shown(who: &SignedIn, one: &One) -> Fields {
    let mut fields = fields_of(&one.held.authority);
    let zone = who.visit.w.zone;
    let last = |until: Instant| until.minus(std::time::Duration::from_micros(1)).utc().with_timezone(&zone);
    let until = one.held.authority.until.map(|until| last(until).date_naive().to_string());
    fields.set("until", &until.unwrap_or_default());
    fields.set("seen", &one.held.authority.changes.to_string());
    fields
}

/// Shows it again with what would be seen.
pub async fn preview_one(who: SignedIn, id: Path<String>, Form(fields): Form) -> Reply {
    let one = representation::one(&who.visit.app, who.actor(), read(&id)?).await?;
    one_page(&who, one, (&fields, odd(&fields))).await
}

/// Changes what a delegate may see, and until when.
pub async fn change(who: SignedIn, id: Path<String>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let id = read(&id)?;
    let one = representation::one(app, who.actor(), id).await?;
    let until = match until(&who, &fields) {
        Ok(until) => until,
        Err(problems) => return one_page(&who, one, (&fields, problems)).await,
    };
    let problems = odd(&fields);
    if !problems.0.is_empty() {
        return one_page(&who, one, (&fields, problems)).await;
    }
    let changes = fields.get("seen").parse().unwrap_or(-1);
    let scope = authority::scope(Kind::Delegate, &fields);
    let about = (one.held.authority.patient, Helper::Known(id), &scope);
    let seen = match may_change(&one) {
        true => Some(records::preview_for_helper(app, who.actor(), about).await?),
        false => None,
    };
    let nothing = seen.and_then(|preview| authority::shows_nothing(&preview, &fields));
    if let Some(problem) = nothing.filter(|_| sound_days(&fields)) {
        return one_page(&who, one, (&fields, Problems(vec![problem]))).await;
    }
    let page = format!("/people/{id}");
    step_up::before(&who.visit, who.actor(), Act::Grant, (&page, &fields)).await?;
    match representation::change(app, who.actor(), (id, changes), (scope, until)).await {
        Ok(()) => {
            step_up::done(&who.visit, who.actor(), &fields).await?;
            Ok(send::elsewhere(&page))
        }
        Err(error) => one_page(&who, one, (&fields, mendable(error)?)).await,
    }
}

/// The end of the last day that was typed; none where there is no end.
fn until(who: &SignedIn, fields: &Fields) -> Result<Option<Instant>, Problems> {
    let mut problems = Problems::default();
    let day = form::day(fields, "until", &mut problems);
    if !problems.0.is_empty() {
        return Err(problems);
    }
    let day = day.and_then(|day| day.parse::<NaiveDate>().ok());
    Ok(day.and_then(|day| representation::end_of_day(&who.visit.app, day)))
}

/// Whether it is the reader's own gift, and not over.
fn may_change(one: &One) -> bool {
    let held = &one.held;
    held.standing.is_live() && one.side == Side::Person && held.authority.kind == Kind::Delegate
}

async fn one_page(who: &SignedIn, one: One, (fields, problems): (&Fields, Problems)) -> Reply {
    let app = &who.visit.app;
    let authority = &one.held.authority;
    let preview = match may_change(&one) {
        true => {
            let scope = authority::scope(authority.kind, fields);
            let about = (authority.patient, Helper::Known(authority.id), &scope);
            Some(records::preview_for_helper(app, who.actor(), about).await?)
        }
        false => None,
    };
    let page = Page::new(&who.visit, "people-one-title").under("/people", "nav-people");
    let mut page = page.with_problems(problems).naming(FIELDS);
    if let Some(preview) = &preview {
        page = page.of(&preview.person);
    }
    page.ok(|page| people_one(page, one, (preview.as_ref(), fields)))
}

/// The page from what is known and what was typed.
pub fn people_one(page: Page, one: One, (preview, typed): (Option<&Preview>, &Fields)) -> PeopleOne {
    let w = page.w;
    let change = preview.map(|preview| Change {
        scope: ScopeForm::new(&page, (Kind::Delegate, &categories(preview)), typed).warning(preview),
        until: Text::new(&page, "until", "people-until")
            .kind("date")
            .hint(w.t("people-until-hint"))
            .value(typed.get("until")),
        preview: preview_words(w, (&one.held.authority.name, preview)),
        kept: typed.some(step_up::KEPT),
    });
    PeopleOne { page, one, change }
}

/// Ends an authority: one's own gift, or what one holds.
pub async fn end(who: SignedIn, id: Path<String>, _form: Form) -> Reply {
    representation::end(&who.visit.app, who.actor(), read(&id)?).await?;
    Ok(send::elsewhere("/people?ended=yes"))
}

fn read(id: &str) -> Result<AuthorityId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}
