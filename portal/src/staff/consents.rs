//! Limits that people asked for, and their permissions, at the desk: answering, recording a paper, holding one back.

use std::collections::BTreeSet;

use actix_web::web::Path;
use api::base::{ConsentId, Error, PatientNo, Problem, Problems, RestrictionId};
use api::consents::{
    self, About, Answer, Change, Consent, Ender, History, Kind, Purpose, Restriction, Shown, State,
    Statement, Terms, Way, Writing,
};
use api::disclosures::looks::{self, Desk};
use api::fhir::present::Category;
use api::fhir::sensitivity::{Label, Service};
use api::staff::{self, Card, Role};
use askama::Template;

use super::parts::{self, Area};
use crate::authority::Pick;
use crate::components::{Choice, Pager, Select, Text};
use crate::error::{Failure, Reply};
use crate::form::{self, Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::law;
use crate::page::Page;
use crate::patient::history::{self, Became};
use crate::patient::privacy::{
    answer_words, limit_words, recipient, recorded_words, short, standing_words, way_name,
};
use crate::patient::privacy_limits::about;
use crate::patient::privacy_new;
use crate::send;

/// The fields of a permission's forms.
pub const FIELDS: &[(&str, &str)] = &[
    ("received", "office-received"),
    ("way", "office-way"),
    ("reason", "office-revoked-reason"),
    ("why", "office-why"),
];

/// The limits that wait for an answer.
#[derive(Template)]
#[template(path = "staff/limits.html")]
pub struct Limits {
    /// The frame.
    pub page: Page,
    /// The oldest first, each with the person's name.
    pub waiting: Vec<(Restriction, String)>,
    /// Links to the pages before and after.
    pub pager: Pager,
    /// Whether the reader answers them, and so opens them from here.
    pub decides: bool,
}

impl Limits {
    fn since(&self, limit: &Restriction) -> String {
        answer_words(self.page.w.of_another(), limit)
    }

    fn recorded(&self, limit: &Restriction) -> Option<String> {
        recorded_words(self.page.w, limit)
    }
}

/// Shows them.
pub async fn limits(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let (total, mut waiting) = consents::waiting(&who.visit.app, u32::try_from(number).unwrap_or(1)).await?;
    let near = parts::near(&who, &waiting.iter().map(|row| row.0.patient).collect::<Vec<_>>()).await?;
    waiting.retain(|row| !near.contains(&row.0.patient));
    let page = Page::new(&who.visit, "office-limits-title").desk(&who.roles);
    page.ok(|page| limits_page(page, (waiting, &who.roles), (number, total > number * consents::WAITING)))
}

/// The page from what waits. What is asked, and against whom, stands on the page of each, which is noted.
pub fn limits_page(
    page: Page,
    (waiting, roles): (Vec<(Restriction, String)>, &[Role]),
    place: (i64, bool),
) -> Limits {
    let pager = parts::pager(page.w, "/staff/limits", place);
    Limits { page, waiting, pager, decides: roles.contains(&Role::PrivacyOfficer) }
}

/// One limit.
#[derive(Template)]
#[template(path = "staff/limit.html")]
pub struct LimitPage {
    /// The frame.
    pub page: Page,
    /// The request.
    pub limit: Restriction,
    /// Whose.
    pub name: String,
    /// What became of it.
    pub became: Became,
    /// What was done before the form came that the reader sent.
    pub before: Option<String>,
    /// The words of the answer.
    pub text: Area,
    /// Why it ends, or which fact is not so.
    pub why: Area,
    /// Whether the reader decides.
    pub decides: bool,
    /// Whom it names and does not bind, since they act for the person by law.
    pub unbound: Vec<String>,
}

impl LimitPage {
    fn unbound(&self) -> Option<String> {
        let names = api::words::list(self.page.w.language, &self.unbound);
        (!self.unbound.is_empty()).then(|| self.page.w.t1("office-limit-unbound", "names", names))
    }

    fn words(&self) -> String {
        limit_words(self.page.w, &self.limit)
    }

    fn answer(&self) -> String {
        answer_words(self.page.w.of_another(), &self.limit)
    }

    fn recorded(&self) -> Option<String> {
        recorded_words(self.page.w, &self.limit)
    }

    fn about(&self) -> String {
        about(self.page.w, &self.limit.ask)
    }

    fn open(&self) -> bool {
        self.limit.answer == Answer::Asked && self.limit.ended.is_none()
    }

    fn may_end(&self, ender: Ender) -> bool {
        !self.open() && consents::may_end(&self.limit, ender).is_ok()
    }

    fn by_word(&self) -> bool {
        self.may_end(Ender::Oral)
    }

    fn by_notice(&self) -> bool {
        self.may_end(Ender::Notice)
    }
}

/// Shows it.
pub async fn limit(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let id = found(&who, &id).await?;
    let typed = parts::typed(&who, &query).await?;
    again(&who, id, (&query, &typed, Problems::default())).await
}

/// One of a person who is no family of the reader. Who does not answer it has found the person first.
async fn found(who: &Staff, id: &str) -> Result<(RestrictionId, PatientNo), Failure> {
    let id: RestrictionId = id.parse().map_err(|_| Error::NotFound)?;
    let (limit, ..) = consents::restriction_for_office(&who.visit.app, id, None).await?;
    if !who.roles.contains(&Role::PrivacyOfficer) {
        staff::card(&who.visit.app, who.actor(), limit.patient).await?;
    }
    parts::not_near(who, limit.patient).await?;
    Ok((id, limit.patient))
}

/// That somebody of the staff reads permissions or limits of a person stands in the person's log and in the history of each,
/// before it is shown to them.
async fn looks(who: &Staff, patient: PatientNo, about: &[About]) -> Result<(), Failure> {
    let app = &who.visit.app;
    looks::at_desk(app, (who.actor(), &who.roles), (patient, Desk::Permissions)).await?;
    Ok(consents::looked_at(app, about, by(who)).await?)
}

/// Only the privacy officer decides, having signed in just now.
async fn deciding(who: &Staff, form: (&str, &Fields)) -> Result<(), Failure> {
    match who.roles.contains(&Role::PrivacyOfficer) {
        true => parts::just_signed_in(who, form).await,
        false => Err(Error::refused("refused-not-your-role").into()),
    }
}

async fn again(
    who: &Staff,
    (id, patient): (RestrictionId, PatientNo),
    (query, fields, problems): (&Fields, &Fields, Problems),
) -> Reply {
    looks(who, patient, &[About::Restriction(id)]).await?;
    let found = consents::restriction_for_office(&who.visit.app, id, history::before(query)).await?;
    let limit = &found.0;
    let page = Page::new(&who.visit, "office-limit-title").desk(&who.roles).with_problems(problems);
    let page = page.sure(parts::proved(who, limit.account).await?);
    let decides = who.roles.contains(&Role::PrivacyOfficer);
    let unbound = consents::unbound_for_office(&who.visit.app, (limit.patient, &limit.ask)).await?;
    let fields = (query, fields);
    page.under("/staff/limits", "office-limits-title")
        .ok(|page| limit_page(page, found, (fields, decides, unbound)))
}

/// The page from what is known and typed.
pub fn limit_page(
    page: Page,
    (limit, name, history): (Restriction, String, History),
    ((query, fields), decides, unbound): ((&Fields, &Fields), bool, Vec<String>),
) -> LimitPage {
    let path = format!("/staff/limits/{}", limit.id);
    let became = Became::of(page.w, (&path, history::before(query)), &history);
    let before = parts::too_late(&page).then(|| history::done_before(page.w, &history)).flatten();
    let text = Area::new(&page, ("text", "office-text", "office-text-hint"), fields);
    let why = Area::new(&page, ("why", "office-why", "office-why-hint"), fields);
    LimitPage { page, limit, name, became, before, text, why, decides, unbound }
}

/// Answers.
pub async fn answer(who: Staff, path: Path<String>, Form(fields): Form) -> Reply {
    let of = found(&who, &path).await?;
    let id = of.0;
    deciding(&who, (&format!("/staff/limits/{id}"), &fields)).await?;
    let Some(answer) = Answer::from_slug(fields.get("answer")).filter(|answer| *answer != Answer::Asked)
    else {
        return back(&who, of, (Err(Error::invalid("text", "problem-choose")), &fields)).await;
    };
    let done = consents::answer(&who.visit.app, (id, answer, fields.get("text")), by(&who)).await;
    back(&who, of, (done, &fields)).await
}

/// Writes down that a fact is not so.
pub async fn facts(who: Staff, path: Path<String>, Form(fields): Form) -> Reply {
    let of = found(&who, &path).await?;
    let id = of.0;
    deciding(&who, (&format!("/staff/limits/{id}"), &fields)).await?;
    let done = consents::confirm_not_so(&who.visit.app, (id, fields.get("why")), by(&who)).await;
    back(&who, of, (done, &fields)).await
}

/// Ends it: the person said so, or the clinic gives notice.
pub async fn ending(who: Staff, path: Path<String>, Form(fields): Form) -> Reply {
    let of = found(&who, &path).await?;
    let id = of.0;
    deciding(&who, (&format!("/staff/limits/{id}"), &fields)).await?;
    let ender = match fields.get("ender") {
        "oral" => Ender::Oral,
        "notice" => Ender::Notice,
        _ => return back(&who, of, (Err(Error::invalid("ender", "problem-choose")), &fields)).await,
    };
    let done = consents::end_for_person(&who.visit.app, (id, ender, fields.get("why")), by(&who)).await;
    back(&who, of, (done, &fields)).await
}

pub(super) fn by(who: &Staff) -> (Option<api::base::AccountId>, &str) {
    (Some(who.actor().account), who.actor().name.as_str())
}

async fn back(
    who: &Staff,
    of: (RestrictionId, PatientNo),
    (done, fields): (Result<(), Error>, &Fields),
) -> Reply {
    let id = of.0;
    match done {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/limits/{id}"))),
        Err(Error::Conflict("conflict-limit-answered" | "conflict-limit-ended")) => {
            Ok(parts::late(&format!("/staff/limits/{id}")))
        }
        Err(error) => again(who, of, (&Fields::default(), fields, mendable(error)?)).await,
    }
}

/// The permissions of a person.
#[derive(Template)]
#[template(path = "staff/consents.html")]
pub struct Consents {
    /// The frame.
    pub page: Page,
    /// Whose.
    pub patient: PatientNo,
    /// The newest first.
    pub all: Vec<(Consent, State)>,
    /// What they asked the clinic not to do.
    pub limits: Vec<Restriction>,
}

impl Consents {
    fn title(&self, consent: &Consent) -> String {
        self.page.w.t(consent.terms.kind.name())
    }

    fn standing(&self, (consent, standing): &(Consent, State)) -> String {
        standing_words(self.page.w.of_another(), consent, *standing)
    }

    fn recipient(&self, consent: &Consent) -> String {
        recipient(self.page.w.of_another(), consent)
    }

    fn limit(&self, limit: &Restriction) -> String {
        limit_words(self.page.w, limit)
    }

    fn answer(&self, limit: &Restriction) -> String {
        answer_words(self.page.w.of_another(), limit)
    }

    fn recorded(&self, limit: &Restriction) -> Option<String> {
        recorded_words(self.page.w, limit)
    }
}

/// Shows those of a person who was found. That they were shown stands in their log, and in the history of each.
pub async fn of_person(who: Staff, patient: Path<PatientNo>) -> Reply {
    let app = &who.visit.app;
    let card = staff::card(app, who.actor(), *patient).await?;
    parts::not_near(&who, *patient).await?;
    looks::at_desk(app, (who.actor(), &who.roles), (*patient, Desk::Permissions)).await?;
    let (all, limits) = consents::of_person(app, *patient, by(&who)).await?;
    frame(&who, "office-consents-title", &card).ok(|page| Consents { page, patient: *patient, all, limits })
}

pub(super) fn frame(who: &Staff, title: &str, card: &Card) -> Page {
    Page::new(&who.visit, title)
        .desk(&who.roles)
        .under("/staff/people", "desk-people-title")
        .of_named(&card.person.name, card.person.birth_date.as_deref())
}

/// One permission.
#[derive(Template)]
#[template(path = "staff/consent.html")]
pub struct ConsentPage {
    /// The frame.
    pub page: Page,
    /// The permission.
    pub shown: Shown,
    /// What became of it.
    pub became: Became,
    /// What was done before the form came that the reader sent.
    pub before: Option<String>,
    /// Whose.
    pub name: String,
    /// Why it changes.
    pub why: Area,
    /// What can be done now, if the reader may: value and words.
    pub changes: Vec<(&'static str, String)>,
    /// The form with which a writing is recorded that takes it back; none where it is over.
    pub writing: Option<(Text, Pick, Area)>,
}

impl ConsentPage {
    fn standing(&self) -> String {
        standing_words(self.page.w.of_another(), &self.shown.consent, self.shown.standing)
    }
}

const CHANGES: [(&str, Change, &str); 4] = [
    ("suspend", Change::Suspend, "office-suspend"),
    ("resume", Change::Resume, "office-resume"),
    ("defective", Change::FindDefective, "office-defective"),
    ("event", Change::ConfirmEvent, "office-event"),
];

/// Shows it.
pub async fn consent(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let id = found_consent(&who, &id).await?;
    let typed = parts::typed(&who, &query).await?;
    one(&who, id, (&query, &typed, Problems::default())).await
}

/// One of a person whom the reader found, and who is no family of theirs.
async fn found_consent(who: &Staff, id: &str) -> Result<(ConsentId, PatientNo), Failure> {
    let id: ConsentId = id.parse().map_err(|_| Error::NotFound)?;
    let (shown, _) = consents::one_for_office(&who.visit.app, id, None).await?;
    staff::card(&who.visit.app, who.actor(), shown.consent.patient).await?;
    parts::not_near(who, shown.consent.patient).await?;
    Ok((id, shown.consent.patient))
}

async fn one(
    who: &Staff,
    (id, patient): (ConsentId, PatientNo),
    (query, fields, problems): (&Fields, &Fields, Problems),
) -> Reply {
    looks(who, patient, &[About::Consent(id)]).await?;
    let found = consents::one_for_office(&who.visit.app, id, history::before(query)).await?;
    let page = Page::new(&who.visit, "office-consent-title").desk(&who.roles);
    let page = page.with_problems(problems).naming(FIELDS);
    let now = who.visit.app.clock.now();
    let decides = who.roles.contains(&Role::PrivacyOfficer);
    page.ok(|page| consent_page(page, found, (query, fields, decides.then_some(now))))
}

/// The page from what is known and typed.
pub fn consent_page(
    page: Page,
    (shown, name): (Shown, String),
    (query, fields, now): (&Fields, &Fields, Option<api::base::Instant>),
) -> ConsentPage {
    let path = format!("/staff/consents/{}", shown.consent.id);
    let became = Became::of(page.w, (&path, history::before(query)), &shown.history);
    let before = parts::too_late(&page).then(|| before(page.w, &shown));
    let (terms, state) = (&shown.consent.terms, shown.consent.state);
    let possible =
        |change: &Change| now.is_some_and(|now| consents::after(terms, state, (*change, now)).is_some());
    let changes = CHANGES.iter().filter(|(_, change, _)| possible(change));
    let changes = changes.map(|(value, _, words)| (*value, page.w.t(words))).collect();
    let why = Area::new(&page, ("why", "office-why", "office-why-hint"), fields);
    let live = matches!(shown.standing, State::Active | State::Suspended);
    let writing = live.then(|| writing_form(&page, fields));
    ConsentPage { page, shown, became, before, name, why, changes, writing }
}

/// What was done before a form came: by somebody, or its last day has passed.
fn before(w: Words, shown: &Shown) -> String {
    let done = (shown.standing == shown.consent.state).then(|| history::done_before(w, &shown.history));
    done.flatten().unwrap_or_else(|| w.t("conflict-consent-over"))
}

fn writing_form(page: &Page, typed: &Fields) -> (Text, Pick, Area) {
    let w = page.w;
    let received = Text::new(page, "received", "office-received").kind("date").value(typed.get("received"));
    let first = (String::new(), w.t("office-way-choose"));
    let ways = Way::ALL.into_iter().map(|way| (way.slug().to_owned(), w.t(way_name(way))));
    let way = Pick::new(page, ("way", "office-way"), typed).of(std::iter::once(first).chain(ways));
    (received, way, Area::new(page, ("reason", "office-revoked-reason", "office-revoked-hint"), typed))
}

/// Records that the person took it back in writing.
pub async fn revocation(who: Staff, path: Path<String>, Form(fields): Form) -> Reply {
    let of = found_consent(&who, &path).await?;
    let id = of.0;
    parts::just_signed_in(&who, (&format!("/staff/consents/{id}"), &fields)).await?;
    let way = Way::from_slug(fields.get("way"));
    let unread = way.is_none().then_some(Problem { field: "way", code: "problem-choose" });
    let unread = Problems(unread.into_iter().collect());
    // As long as nothing says how it came, the rest is looked at all the same.
    let way = way.unwrap_or(Way::Post);
    let (received, reason) = (fields.get("received").to_owned(), fields.get("reason").trim().to_owned());
    let writing = Writing { received, way, reason };
    match consents::record_revocation(&who.visit.app, (id, writing, unread), by(&who)).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/consents/{id}"))),
        Err(Error::Conflict("conflict-consent-over")) => Ok(parts::late(&format!("/staff/consents/{id}"))),
        Err(error) => one(&who, of, (&Fields::default(), &fields, mendable(error)?)).await,
    }
}

/// Holds it back, settles the doubt, or confirms its end.
pub async fn change(who: Staff, path: Path<String>, Form(fields): Form) -> Reply {
    let of = found_consent(&who, &path).await?;
    let id = of.0;
    deciding(&who, (&format!("/staff/consents/{id}"), &fields)).await?;
    let what = CHANGES.iter().find(|(value, ..)| *value == fields.get("change"));
    let Some((_, what, _)) = what else {
        let problems = Problems(vec![Problem { field: "why", code: "problem-choose" }]);
        return one(&who, of, (&Fields::default(), &fields, problems)).await;
    };
    match consents::change(&who.visit.app, (id, *what, fields.get("why")), by(&who)).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/consents/{id}"))),
        Err(Error::Conflict("conflict-consent-over")) => Ok(parts::late(&format!("/staff/consents/{id}"))),
        Err(error) => one(&who, of, (&Fields::default(), &fields, mendable(error)?)).await,
    }
}

/// The form of a signed paper.
#[derive(Template)]
#[template(path = "staff/paper.html")]
pub struct Paper {
    /// The frame.
    pub page: Page,
    /// Whose.
    pub patient: PatientNo,
    /// The form's own id.
    pub once: ConsentId,
    /// Which sort.
    pub kind: Select,
    /// Discloser, recipient, address.
    pub parties: Vec<Text>,
    /// Permissions in force beside which this one cannot be recorded.
    pub others: Vec<Consent>,
    /// The categories; none ticked means that the paper names none.
    pub categories: Vec<Choice>,
    /// Whether it names all.
    pub all: Choice,
    /// Protected kinds of information.
    pub labels: Vec<Choice>,
    /// What for.
    pub purposes: Vec<Choice>,
    /// How it ends.
    pub until: Vec<Choice>,
    /// The last day, and the event.
    pub ends: [Text; 2],
    /// The statements in its text.
    pub statements: Vec<Choice>,
    /// Paid, conditioned, about what a minor asked for alone.
    pub facts: [Choice; 3],
    /// Name, day, authority.
    pub signer: Vec<Text>,
}

impl Paper {
    fn other(&self, other: &Consent) -> String {
        short(self.page.w.of_another(), other)
    }
}

/// Only the clerk takes papers and requests in.
pub(super) async fn intake(who: &Staff, patient: PatientNo) -> Result<Card, Failure> {
    let card = staff::card(&who.visit.app, who.actor(), patient).await?;
    parts::not_near(who, patient).await?;
    match who.roles.contains(&Role::RecordsClerk) {
        true => Ok(card),
        false => Err(Error::refused("refused-not-your-role").into()),
    }
}

/// Shows the form.
pub async fn paper(who: Staff, patient: Path<PatientNo>, Query(query): Query) -> Reply {
    let card = intake(&who, *patient).await?;
    let mut typed = parts::typed(&who, &query).await?;
    let once = typed.get("once").parse().unwrap_or_else(|_| ConsentId(consents::once(&who.visit.app).0));
    let page = frame(&who, "office-paper-title", &card);
    // Most papers let this clinic share.
    if typed.pairs().next().is_none() {
        typed.set("discloser", &who.visit.app.config.clinic.name);
    }
    page.ok(|page| paper_page(page, (*patient, once, vec![]), &typed))
}

/// Records a paper; a defective one is refused with what is missing.
pub async fn record(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let (app, patient) = (&who.visit.app, *patient);
    let card = intake(&who, patient).await?;
    parts::just_signed_in(&who, (&format!("/staff/people/{patient}/consents/new"), &fields)).await?;
    let once = fields.get("once").parse().unwrap_or_else(|_| ConsentId(consents::once(app).0));
    let mut others = Vec::new();
    let done = match Kind::from_slug(fields.get("kind")).filter(|kind| *kind != Kind::AppGrant) {
        Some(kind) => {
            let (terms, problems) = read(app, (kind, &card.person.name), &fields);
            match problems.0.is_empty() {
                true => {
                    others = consents::in_the_way_of_paper(app, (patient, &terms)).await?;
                    consents::record_paper(app, (patient, once, terms), by(&who)).await
                }
                false => Err(Error::Invalid(problems)),
            }
        }
        None => Err(Error::invalid("kind", "problem-consent-kind")),
    };
    match done {
        Ok(id) => Ok(send::elsewhere(&format!("/staff/consents/{id}"))),
        Err(error) => {
            // The form names permissions that stand in its way.
            if !others.is_empty() {
                let about: Vec<About> = others.iter().map(|other| About::Consent(other.id)).collect();
                looks(&who, patient, &about).await?;
            }
            let page = frame(&who, "office-paper-title", &card).with_problems(mendable(error)?);
            page.ok(|page| paper_page(page, (patient, once, others), &fields))
        }
    }
}

/// What the paper says; nothing is taken for granted.
fn read(app: &api::app::App, (kind, person): (Kind, &str), fields: &Fields) -> (Terms, Problems) {
    let mut unknown = Problems::default();
    let statements = form::ticked(fields, ("statements", Statement::from_slug), &mut unknown);
    let purposes = form::ticked(fields, ("purposes", Purpose::from_slug), &mut unknown);
    let own = fields.get("own_service") == "yes";
    let blank = Terms {
        kind,
        person: person.into(),
        discloser: fields.get("discloser").into(),
        recipient: consents::Party::default(),
        scope: own.then(|| consents::Scope { alone: Service::ALL.into(), ..consents::Scope::default() }),
        purposes: BTreeSet::new(),
        expiry: None,
        statements,
        paid: fields.get("paid_for") == "yes",
        conditioned: fields.get("conditioned") == "yes",
        signer: consents::Signer {
            typed: fields.get("typed").into(),
            day: fields.get("day").into(),
            authority: fields.some("authority"),
            witness: fields.some("witness"),
            beside: fields.some("beside"),
        },
    };
    let mut fields = fields.clone();
    let all = fields.get("all") == "yes";
    // Notes that need a paper of their own are no part of it: nothing is ticked on theirs, and what is ticked is more.
    let whole = all || kind.is_of_notes() && fields.all("categories").is_empty();
    fields.replace("what", if whole { "all" } else { "some" });
    let (mut terms, mut problems) = privacy_new::read(app, blank, &fields);
    if let Some(scope) = terms.scope.as_mut().filter(|_| all && kind.is_of_notes()) {
        scope.categories = Some(Category::ALL.into());
    }
    for problem in unknown.0 {
        if !problems.0.contains(&problem) {
            problems.0.push(problem);
        }
    }
    // A paper has the purposes and the kinds of information that stand on it, and no others.
    if kind != Kind::Directive {
        terms.purposes = purposes;
    }
    let ticked = fields.all("labels");
    if let Some(scope) = &mut terms.scope {
        let of_own = |label: Label| label == Label::Minor && !scope.alone.is_empty();
        scope.labels.retain(|label| of_own(*label) || ticked.iter().any(|slug| slug == label.slug()));
        if own && scope.alone.is_empty() {
            problems.0.push(Problem { field: "labels", code: "problem-consent-own-service" });
        }
    }
    (terms, problems)
}

/// The form from what was typed.
pub fn paper_page(
    page: Page,
    (patient, once, others): (PatientNo, ConsentId, Vec<Consent>),
    typed: &Fields,
) -> Paper {
    let w = page.w;
    let choice = |kind, name: &'static str, (value, label): (&str, String)| Choice {
        kind,
        name,
        value: value.into(),
        label,
        hint: None,
        ticked: typed.all(name).iter().any(|ticked| ticked == value),
    };
    let tick = |name, value: &str, label: String| choice("checkbox", name, (value, label));
    let text = |name, label: &str| Text::new(&page, name, label).value(typed.get(name));
    let none = (String::new(), w.t("claim-kind-choose"));
    let kinds =
        std::iter::once(none).chain(Kind::signable().map(|kind| (kind.slug().to_owned(), w.t(kind.name()))));
    let untils =
        [("day", "privacy-until-day"), ("event", "privacy-until-event"), ("never", "privacy-until-never")];
    let statements = Statement::ALL.into_iter().map(|statement| {
        let label = match statement {
            Statement::Revocation => "office-has-revocation",
            Statement::Conditioning => "office-has-conditioning",
            Statement::Redisclosure => "office-has-redisclosure",
            Statement::RedisclosureHipaa => "office-has-redisclosure-hipaa",
            Statement::Refusal => "office-has-refusal",
            Statement::Remuneration => "office-has-remuneration",
        };
        tick("statements", statement.slug(), w.t(label))
    });
    Paper {
        patient,
        once,
        kind: Select {
            name: "kind",
            label: w.t("privacy-kind"),
            options: kinds.collect(),
            chosen: typed.get("kind").into(),
        },
        others,
        parties: vec![
            text("discloser", "office-discloser").hint(w.t("office-discloser-hint")),
            text("recipient", "privacy-recipient"),
            text("address", "privacy-address"),
        ],
        categories: Category::ALL
            .into_iter()
            .map(|category| tick("categories", category.slug(), w.t(category.name())))
            .collect(),
        all: tick("all", "yes", w.t("privacy-what-all")),
        labels: Label::ALL.into_iter().map(|label| tick("labels", label.slug(), w.t(label.name()))).collect(),
        purposes: Purpose::ALL
            .into_iter()
            .map(|purpose| tick("purposes", purpose.slug(), w.t(purpose.name())))
            .collect(),
        until: untils.map(|(value, label)| choice("radio", "until", (value, w.t(label)))).into(),
        ends: [
            law::at_latest(&page, text("until_day", "privacy-until-last").kind("date")),
            text("until_event", "privacy-until-what"),
        ],
        statements: statements.collect(),
        facts: [
            tick("paid_for", "yes", w.t("office-paid-for")),
            tick("conditioned", "yes", w.t("office-conditioned")),
            tick("own_service", "yes", w.t("office-own-service")),
        ],
        signer: vec![
            text("typed", "office-signer"),
            text("day", "office-day").kind("date"),
            text("authority", "office-authority").hint(w.t("office-authority-hint")),
            text("beside", "office-beside").hint(w.t("office-beside-hint")),
            text("witness", "office-witness").hint(w.t("office-witness-hint")),
        ],
        page,
    }
}
