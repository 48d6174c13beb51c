//! A person at the desk: who they are, who sees their record, and opening it for a purpose.

use actix_web::web::Path;
use api::base::{Error, PatientNo, ViewId};
use api::disclosures::codes;
use api::identity::OpenCode;
use api::records;
use api::representation;
use api::staff::{self, Action, Card, EmergencyAsk, LinkedAccount, Looked, Opening, Purpose, Role};
use askama::Template;

use super::parts::{self, Area};
use super::words;
use crate::components::{Choice, Text};
use crate::error::Reply;
use crate::form::{Fields, Form, mendable};
use crate::guard::Staff;
use crate::i18n::{self, Words};
use crate::page::Page;
use crate::send;

/// What the form of a code meets that was sent before: the page of the person says it.
pub const GIVEN: &str = "conflict-code-given";

/// The form that ends a link, as an address says that it came too late.
pub const LINK: &str = "link";
/// The form that stops a code, as an address says that it came too late.
pub const STOP: &str = "stop";

/// The page.
#[derive(Template)]
#[template(path = "staff/person.html")]
pub struct Person {
    /// The frame.
    pub page: Page,
    /// Who.
    pub card: Card,
    /// What for, for the roles of the reader.
    pub purposes: Vec<Choice>,
    /// Why.
    pub reason: Area,
    /// Whether the reader may use emergency access.
    pub emergency: bool,
    /// Whether the reader handles permissions.
    pub consents: bool,
    /// Whether the reader records requests for limits.
    pub limits: bool,
    /// Whether the reader sees how the person wants to be reached.
    pub reach: bool,
    /// Whether the reader sees who acts for whom.
    pub acting: bool,
    /// Whether the reader decides who somebody is: ends a link, stops a code, appoints by a paper.
    pub ends: bool,
    /// Whether the reader may give out a code.
    pub gives: bool,
    /// The activation code that nobody used yet, for who may stop it; or why none can be given.
    pub code: Result<Option<OpenCode>, &'static str>,
    /// That the form which led here had been sent before.
    pub before: Option<String>,
}

impl Person {
    fn link(&self, link: &LinkedAccount) -> String {
        link_words(self.page.w, link)
    }

    /// Who gave the code that is out, when and how.
    fn given(&self, code: &OpenCode) -> String {
        let w = self.page.w;
        let said = w.t2("desk-code-open", ("name", code.by.as_str()), ("date", w.moment(&code.made)));
        let how = match &code.proof {
            Some(seen) => w.t1("desk-code-open-handed", "seen", seen.as_str()),
            None => w.t("desk-code-open-sent"),
        };
        format!("{said} {how} {}", w.t1("desk-code-open-until", "date", w.day(&code.until)))
    }

    fn look(&self, looked: &Looked) -> String {
        let w = self.page.w;
        let role = w.t(words::role(&looked.view.role));
        w.t2("desk-look", ("name", looked.by.as_str()), ("role", role))
    }
}

/// What proved that a record is an account's, and since when.
pub fn link_words(w: Words, link: &LinkedAccount) -> String {
    let id = format!("ground-{}", link.ground);
    let ground = w.t(if i18n::exists(api::words::Language::English, &id) { &id } else { "ground-other" });
    w.t2("account-link-words", ("ground", ground), ("date", w.day(&link.since)))
}

/// Shows it.
pub async fn show(who: Staff, patient: Path<PatientNo>) -> Reply {
    let card = staff::card(&who.visit.app, who.actor(), *patient).await?;
    parts::not_near(&who, *patient).await?;
    let (listed, code) = (may_break(&who).await?, code(&who, *patient).await?);
    frame(&who, "desk-person-title", &card)
        .ok(|page| person(page, (card, code), (&who.roles, listed, &Fields::default())))
}

/// The activation code that is out, for those who may stop it; or why none can be given.
async fn code(who: &Staff, patient: PatientNo) -> Result<Result<Option<OpenCode>, &'static str>, Error> {
    if !who.right(Action::VerifyIdentity).any() {
        return Ok(Ok(None));
    }
    match codes::may_give(&who.visit.app, patient).await {
        Ok(()) => codes::open(&who.visit.app, patient).await.map(Ok),
        Err(Error::Conflict(why)) => Ok(Err(why)),
        Err(error) => Err(error),
    }
}

async fn may_break(who: &Staff) -> Result<bool, Error> {
    Ok(who.right(Action::BreakGlass).any() && staff::listed(&who.visit.app, who.actor()).await?)
}

/// The frame of a page about a person.
pub fn frame(who: &Staff, title: &str, card: &Card) -> Page {
    Page::new(&who.visit, title)
        .desk(&who.roles)
        .under("/staff/people", "desk-people-title")
        .of_named(&card.person.name, card.person.birth_date.as_deref())
}

/// The page from what is known and typed.
pub fn person(
    page: Page,
    (card, code): (Card, Result<Option<OpenCode>, &'static str>),
    (roles, emergency, typed): (&[Role], bool, &Fields),
) -> Person {
    let pairs =
        roles.iter().flat_map(|role| staff::purposes(*role).iter().map(move |purpose| (*role, *purpose)));
    let w = page.w;
    let choice = |(role, purpose): (Role, Purpose)| {
        let value = format!("{}.{}", role.slug(), purpose.slug());
        Choice {
            kind: "radio",
            name: "purpose",
            ticked: typed.get("purpose") == value,
            value,
            label: w.t(words::purpose(&purpose)),
            hint: Some(w.t1("desk-purpose-as", "role", w.t(words::role(&role)))),
        }
    };
    let purposes = pairs.map(choice).collect();
    let reason = Area::new(&page, ("reason", "desk-reason", "desk-reason-hint"), typed);
    let consents = staff::best(roles, Action::HandleConsent).any();
    let limits = consents && roles.contains(&Role::RecordsClerk);
    let reach = staff::best(roles, Action::HandleRestriction).any();
    let acting = staff::best(roles, Action::DeclineRepresentative).any();
    let verifies = staff::best(roles, Action::VerifyIdentity);
    let (ends, gives) = (verifies.any(), verifies.whole());
    let before = match parts::what_late(&page).as_str() {
        "" => None,
        LINK => Some("conflict-link-over"),
        STOP => Some("conflict-code-over"),
        _ => Some(GIVEN),
    };
    let before = before.map(|id| w.t(id));
    Person {
        page,
        card,
        purposes,
        reason,
        emergency,
        consents,
        limits,
        reach,
        acting,
        ends,
        gives,
        code,
        before,
    }
}

/// Opens the record for a purpose.
pub async fn open(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let near = records::household(app, who.actor(), *patient).await?;
    let opened = match chosen(fields.get("purpose")) {
        Some((role, purpose)) => {
            let opening = Opening { patient: *patient, role, purpose, reason: fields.get("reason").into() };
            staff::open(app, who.actor(), (opening, near)).await
        }
        None => Err(Error::invalid("purpose", "problem-choose")),
    };
    match opened {
        Ok(view) => Ok(send::elsewhere(&format!("/for/{}/record", view.id))),
        Err(error) => {
            let problems = mendable(error)?;
            let card = staff::card(app, who.actor(), *patient).await?;
            let (listed, code) = (may_break(&who).await?, code(&who, *patient).await?);
            frame(&who, "desk-person-title", &card)
                .with_problems(problems)
                .ok(|page| person(page, (card, code), (&who.roles, listed, &fields)))
        }
    }
}

fn chosen(value: &str) -> Option<(Role, Purpose)> {
    let (role, purpose) = value.split_once('.')?;
    Role::from_slug(role).zip(Purpose::from_slug(purpose).filter(|purpose| *purpose != Purpose::Emergency))
}

/// The page before emergency access.
#[derive(Template)]
#[template(path = "staff/emergency_new.html")]
pub struct EmergencyNew {
    /// The frame.
    pub page: Page,
    /// Whose record.
    pub card: Card,
    /// Why.
    pub reason: Area,
    /// Where the reader works, for records under 42 CFR Part 2.
    pub affiliation: Text,
    /// What the medical emergency is, for the same.
    pub nature: Area,
    /// How long it lasts, in minutes.
    pub minutes: i64,
}

/// Shows what emergency access means, and asks why.
pub async fn emergency(who: Staff, patient: Path<PatientNo>) -> Reply {
    if !may_break(&who).await? {
        return Err(Error::refused("refused-not-listed").into());
    }
    let card = staff::card(&who.visit.app, who.actor(), *patient).await?;
    parts::not_near(&who, *patient).await?;
    frame(&who, "desk-emergency-title", &card).ok(|page| emergency_page(page, card, &Fields::default()))
}

/// The page from what was typed.
pub fn emergency_page(page: Page, card: Card, typed: &Fields) -> EmergencyNew {
    let reason = Area::new(&page, ("reason", "desk-reason", "desk-emergency-hint"), typed);
    let minutes = i64::try_from(page.visit.app.config.sessions.emergency_minutes).unwrap_or(i64::MAX);
    let affiliation = Text::new(&page, "affiliation", "desk-affiliation").value(typed.get("affiliation"));
    let nature = Area::new(&page, ("nature", "desk-nature", "desk-nature-hint"), typed);
    EmergencyNew { page, card, reason, affiliation, nature, minutes }
}

/// Opens the record in an emergency.
pub async fn open_emergency(who: Staff, patient: Path<PatientNo>, Form(fields): Form) -> Reply {
    let app = &who.visit.app;
    let near = records::household(app, who.actor(), *patient).await?;
    let asked = EmergencyAsk {
        patient: *patient,
        reason: fields.get("reason"),
        affiliation: fields.get("affiliation"),
        nature: fields.get("nature"),
        acting: representation::acting_whole(app, *patient).await?,
    };
    match staff::open_emergency(app, who.actor(), (asked, near)).await {
        Ok(view) => Ok(send::elsewhere(&format!("/for/{}/record", view.id))),
        Err(error) => {
            let problems = mendable(error)?;
            let card = staff::card(app, who.actor(), *patient).await?;
            frame(&who, "desk-emergency-title", &card)
                .with_problems(problems)
                .ok(|page| emergency_page(page, card, &fields))
        }
    }
}

/// Ends one's own look.
pub async fn end(who: Staff, id: Path<String>, _: Form) -> Reply {
    let id: ViewId = id.parse().map_err(|_| Error::NotFound)?;
    staff::end_view(&who.visit.app, who.actor(), id).await?;
    Ok(send::elsewhere("/staff"))
}
