//! People who say that they may act for a patient: what they say, their papers, and the decision.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use api::base::{ClaimId, Error, Instant, PatientNo, Problems, fold};
use api::representation::claims::{Claim, Difference, Paper, State, Whole};
use api::representation::desk::{self, Compared};
use api::representation::{Ask, By, Held, Office};
use api::staff::{self, Found, Role};
use askama::Template;

use super::parts::{self, Area, Whom};
use super::right::{self, Earlier, Facts, Known, RightForm};
use crate::authority::{self, event_words};
use crate::components::Pager;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query};
use crate::guard::Staff;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::claim::{media_name, state_words};
use crate::send;

/// The labels of the fields of these pages, and of those that appoint somebody.
pub const FIELDS: &[(&str, &str)] = &[
    Whom::FIELD,
    ("kind", "desk-claim-kind"),
    ("proof", "desk-claim-proof"),
    ("note", "desk-claim-seen"),
    ("name", "desk-claim-name"),
    ("starts", "desk-claim-starts"),
    ("until", "desk-claim-until"),
    ("review", "desk-claim-review"),
    ("incapacity", "desk-claim-springing"),
    ("labels", "scope-hidden"),
    ("from", "scope-from"),
    ("to", "scope-to"),
    ("answer", "desk-claim-answer"),
    ("differs", "desk-claim-differs"),
    ("knowing", "desk-already-legend"),
    ("despite", "desk-claim-despite"),
];

/// As what somebody of the staff decides: the first of these offices that is theirs.
pub fn by<'a>(who: &'a Staff, offices: &[Office]) -> Result<By<'a>, Error> {
    let theirs = |office: &Office| who.roles.iter().any(|role| office_of(*role) == Some(*office));
    let office = offices.iter().copied().find(theirs);
    let office = office.ok_or_else(|| Error::refused("refused-not-your-office"))?;
    Ok(By { account: Some(who.actor().account), name: &who.actor().name, office })
}

/// The office that a role is, where it is one.
pub fn office_of(role: Role) -> Option<Office> {
    match role {
        Role::RecordsClerk => Some(Office::Records),
        Role::Clinician => Some(Office::Clinician),
        Role::PrivacyOfficer => Some(Office::PrivacyOfficer),
        _ => None,
    }
}

/// The offices that check who may act for a patient, the one that may more first.
pub const CHECKS: [Office; 2] = [Office::PrivacyOfficer, Office::Records];

/// The list.
#[derive(Template)]
#[template(path = "staff/claims.html")]
pub struct Claims {
    /// The frame.
    pub page: Page,
    /// Those that wait, the oldest first.
    pub claims: Vec<Claim>,
    /// How many wait.
    pub total: i64,
    /// Links to the pages before and after.
    pub pager: Pager,
}

impl Claims {
    fn kind(&self, claim: &Claim) -> String {
        self.page.w.t(kind_name(claim.kind))
    }
}

/// Shows them.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let (all, total) = desk::waiting(&who.visit.app, &by(&who, &CHECKS)?, number).await?;
    let mut claims = Vec::new();
    for claim in all {
        if parts::listed(parts::not_of_family(&who, claim.account).await)? {
            claims.push(claim);
        }
    }
    let listed = parts::waiting(&who).await?.claims.map_or(0, |claims| claims.len());
    let listed = i64::try_from(listed).unwrap_or(i64::MAX);
    let page = Page::new(&who.visit, "desk-claims-title").desk(&who.roles);
    page.ok(|page| claims_page(page, (claims, listed), (number, total > number * desk::PAGE)))
}

/// The page from what waits, and how many there are for the reader.
pub fn claims_page(page: Page, (claims, total): (Vec<Claim>, i64), place: (i64, bool)) -> Claims {
    let pager = parts::pager(page.w, "/staff/claims", place);
    Claims { page, claims, total, pager }
}

/// One claim.
#[derive(Template)]
#[template(path = "staff/claim.html")]
pub struct ClaimPage {
    /// The frame.
    pub page: Page,
    /// The claim with what was stated.
    pub whole: Whole,
    /// What the clinic declined or limited of the same account or name.
    pub earlier: Vec<Held>,
    /// The form that verifies it.
    pub verify: RightForm,
    /// Whom it is about.
    pub whom: Whom,
    /// Why it is turned down.
    pub answer: Area,
}

impl ClaimPage {
    fn state(&self) -> String {
        state_words(self.page.w, &self.whole.claim)
    }

    fn kind(&self) -> String {
        self.page.w.t(kind_name(self.whole.claim.kind))
    }

    fn open(&self) -> bool {
        self.whole.claim.state == State::Open
    }

    fn earlier(&self, held: &Held) -> String {
        authority::earlier_words(self.page.w, held)
    }

    fn paper(&self, paper: &Paper) -> String {
        let w = self.page.w;
        w.t2("claim-paper-line", ("kind", w.t(media_name(&paper.media))), ("size", w.size(paper.size)))
    }

    fn events(&self) -> Vec<(Instant, String)> {
        self.whole.events.iter().map(|event| (event.at, event_words(self.page.w, event))).collect()
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let id = apart_from(&who, &id).await?;
    let whole = desk::open(&who.visit.app, &by(&who, &CHECKS)?, id).await?;
    let mut fields = parts::typed(&who, &query).await?;
    // A form that comes back is as it was sent: a box that was not ticked stays so.
    if fields.some("kind").is_none() {
        fields.set("kind", whole.claim.kind.slug());
        fields.set("name", &whole.statement.name);
        fields.set("what", "all");
        fields.set("copies", "yes");
    }
    page(&who, whole, (&fields, (StatusCode::OK, Problems::default()))).await
}

async fn page(
    who: &Staff,
    whole: Whole,
    (typed, (status, problems)): (&Fields, (StatusCode, Problems)),
) -> Reply {
    let people = parts::found(who).await?;
    let earlier = earlier(who, &whole, &people).await?;
    let page = Page::new(&who.visit, "desk-claim-title").desk(&who.roles);
    let page = page.under("/staff/claims", "desk-claims-title").with_problems(problems);
    let page = page.naming(FIELDS).sure(parts::proved(who, Some(whole.claim.account)).await?);
    page.reply(status, |page| claim_page(page, (whole, earlier), (&people, typed)))
}

/// What the clinic declined or limited of the account that claims, and of its name over a record that the reader found
/// and that has the name which was stated; but for what is none of the reader's business.
async fn earlier(who: &Staff, whole: &Whole, people: &[Found]) -> Result<Vec<Held>, Error> {
    let stated = fold(&whole.statement.person);
    let named = people.iter().filter(|found| fold(&found.name) == stated).map(|found| found.patient);
    let named: Vec<PatientNo> = named.collect();
    let about = (whole.claim.account, whole.statement.name.as_str());
    let mut earlier = Vec::new();
    for held in desk::known_of(&who.visit.app, about, &named).await? {
        if parts::listed(parts::apart(who, (held.authority.account, held.authority.patient)).await)? {
            earlier.push(held);
        }
    }
    Ok(earlier)
}

/// The page from what is known and typed, with whom the reader found.
pub fn claim_page(
    page: Page,
    (whole, earlier): (Whole, Vec<Held>),
    (people, typed): (&[Found], &Fields),
) -> ClaimPage {
    let verify = RightForm::new(&page, Some(whole.claim.kind), typed);
    let whom = Whom::new(&page, people, typed);
    let answer = Area::new(&page, ("answer", "desk-claim-answer", "desk-claim-answer-hint"), typed);
    ClaimPage { page, whole, earlier, verify, whom, answer }
}

/// The second step: what was stated and what the record says, side by side, before anything is done.
#[derive(Template)]
#[template(path = "staff/claim_confirm.html")]
pub struct ClaimConfirm {
    /// The frame.
    pub page: Page,
    /// The claim with what was stated.
    pub whole: Whole,
    /// The record that was found.
    pub patient: Found,
    /// Where the two differ.
    pub found: Vec<Difference>,
    /// What stands in the way.
    pub earlier: Earlier,
    /// What is there already under the same name.
    pub known: Known,
    /// What is about to be accepted.
    pub facts: Facts,
    /// Why it is this person although the birth dates differ.
    pub differs: Area,
    /// What was typed, to be sent again.
    pub typed: Fields,
}

impl ClaimConfirm {
    fn compared(&self, difference: Difference) -> String {
        self.page.w.t(if self.found.contains(&difference) { "desk-differs" } else { "desk-same" })
    }

    fn name_compared(&self) -> String {
        self.compared(Difference::Name)
    }

    fn birth_compared(&self) -> String {
        self.compared(Difference::Birth)
    }

    fn birth_differs(&self) -> bool {
        self.found.contains(&Difference::Birth)
    }

    fn is_awaited(&self) -> bool {
        right::is_awaited(&self.typed)
    }

    /// What was typed before, to be sent once more.
    fn again(&self) -> Vec<(&str, &str)> {
        right::again(&self.typed)
    }
}

/// Checks what was typed and shows the record that was found beside what was stated. Changes nothing. With `back` it
/// leads to the form once more, as it was.
pub async fn check(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let id = apart_from(&who, &id).await?;
    if fields.get("back") == "yes" {
        let whole = desk::open(&who.visit.app, &by(&who, &CHECKS)?, id).await?;
        return page(&who, whole, (&fields, (StatusCode::OK, Problems::default()))).await;
    }
    parts::just_signed_in(&who, (&format!("/staff/claims/{id}"), &fields)).await?;
    match confirm(&who, id, (&fields, Problems::default())).await {
        Ok(reply) => Ok(reply),
        Err(failure) => again(&who, id, (failure, &fields)).await,
    }
}

async fn confirm(who: &Staff, id: ClaimId, (fields, problems): (&Fields, Problems)) -> Reply {
    let (app, by) = (&who.visit.app, by(who, &CHECKS)?);
    let whole = desk::open(app, &by, id).await?;
    let (patient, ask) = asked(who, &whole, fields).await?;
    let claims = right::claimed(who, &by, (patient.patient, &ask)).await?;
    let compared = desk::compared(app, &by, (id, patient.patient, ask), &claims).await?;
    let page = Page::new(&who.visit, "desk-claim-confirm-title").desk(&who.roles);
    let page = page.under("/staff/claims", "desk-claims-title");
    let page = page.under(&format!("/staff/claims/{id}"), "desk-claim-title");
    let page = page.with_problems(problems).naming(FIELDS);
    page.ok(|page| confirm_page(page, whole, (patient, compared), (by.office, fields)))
}

/// The page from what is known and typed.
pub fn confirm_page(
    page: Page,
    whole: Whole,
    (patient, compared): (Found, Compared),
    (office, typed): (Office, &Fields),
) -> ClaimConfirm {
    let differs = Area::new(&page, ("differs", "desk-claim-differs", "desk-claim-differs-hint"), typed);
    let earlier = Earlier::new(&page, (&compared.earlier, office), typed);
    let known = Known::new(page.w, &compared.already);
    let account = whole.claim.who.0.clone();
    let facts = Facts::new(&page, (whole.claim.kind, Some(account)), typed);
    let found = compared.found;
    ClaimConfirm { page, whole, patient, found, earlier, known, facts, differs, typed: typed.clone() }
}

/// Verifies it, once the record was shown: it becomes an authority.
pub async fn verify(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let id = apart_from(&who, &id).await?;
    parts::just_signed_in(&who, (&format!("/staff/claims/{id}"), &fields)).await?;
    match verified(&who, id, &fields).await {
        Ok(Some(authority)) => Ok(send::elsewhere(&format!("/staff/authorities/{authority}"))),
        // Another record than the one that was shown: it is shown first.
        Ok(None) => confirm(&who, id, (&fields, Problems::default())).await,
        Err(Failure::Error(Error::Invalid(problems))) if of_confirm(&problems) => {
            confirm(&who, id, (&fields, problems)).await
        }
        Err(failure) => again(&who, id, (failure, &fields)).await,
    }
}

fn of_confirm(problems: &Problems) -> bool {
    problems.0.iter().all(|problem| ["differs", "despite"].contains(&problem.field))
}

/// Verifies it; nothing where the record was not shown before.
async fn verified(
    who: &Staff,
    id: ClaimId,
    fields: &Fields,
) -> Result<Option<api::base::AuthorityId>, Failure> {
    let (app, by) = (&who.visit.app, by(who, &CHECKS)?);
    let whole = desk::open(app, &by, id).await?;
    let (patient, ask) = asked(who, &whole, fields).await?;
    let patient = patient.patient;
    if fields.get("confirmed") != patient.to_string() {
        return Ok(None);
    }
    let (differs, despite) = (fields.get("differs"), fields.get("despite"));
    let accepted = desk::Accepted { patient, ask, differs, despite };
    Ok(Some(desk::verify(app, &by, (id, accepted)).await?))
}

/// The record and the authority that a form names, if both can be and it is not that of a near person.
async fn asked(who: &Staff, whole: &Whole, fields: &Fields) -> Result<(Found, Ask), Failure> {
    let app = &who.visit.app;
    let mut problems = Problems::default();
    let patient = Whom::chosen(&staff::found(app, who.actor()).await?, fields, &mut problems);
    let ask = right::asked(app, Some(whole.claim.kind), fields, &mut problems);
    let (Some(patient), Some(ask)) = (patient, ask) else {
        return Err(Error::Invalid(problems).into());
    };
    parts::apart(who, (Some(whole.claim.account), patient.patient)).await?;
    Ok((patient, ask))
}

/// The claim's page with what must be mended.
async fn again(who: &Staff, id: ClaimId, (failure, fields): (Failure, &Fields)) -> Reply {
    let Failure::Error(error) = failure else { return Err(failure) };
    let whole = desk::open(&who.visit.app, &by(who, &CHECKS)?, id).await?;
    // What was decided or taken back meanwhile has no form: the page says what was done.
    if whole.claim.state != State::Open {
        return Ok(parts::late(&format!("/staff/claims/{id}")));
    }
    let mend = right::mend(error)?;
    page(who, whole, (fields, mend)).await
}

/// Turns it down, with words to the one who made it.
pub async fn reject(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let id = apart_from(&who, &id).await?;
    parts::just_signed_in(&who, (&format!("/staff/claims/{id}"), &fields)).await?;
    match desk::reject(&who.visit.app, &by(&who, &CHECKS)?, (id, fields.get("answer"))).await {
        Ok(()) => Ok(send::elsewhere("/staff/claims")),
        Err(error) => again(&who, id, (error.into(), &fields)).await,
    }
}

/// A paper, shown by the browser and never run: its type is what it is by its content.
pub async fn paper(who: Staff, path: Path<(String, i64)>) -> Reply {
    let (id, n) = path.into_inner();
    let id = apart_from(&who, &id).await?;
    let (media, bytes) = desk::paper(&who.visit.app, &by(&who, &CHECKS)?, (id, n)).await?;
    let ending = match media.as_str() {
        "application/pdf" => "pdf",
        "image/png" => "png",
        _ => "jpg",
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, media))
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"paper-{n}.{ending}\"")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .body(bytes))
}

/// A claim that neither the reader nor their family made.
async fn apart_from(who: &Staff, id: &str) -> Result<ClaimId, Error> {
    let id: ClaimId = id.parse().map_err(|_| Error::NotFound)?;
    parts::not_of_family(who, desk::claimant(&who.visit.app, id).await?).await?;
    Ok(id)
}
