//! Somebody who acts for a patient, at the desk: one authority with all that became of it, and what is decided about it.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{AuthorityId, Error, Instant, Problem, Problems};
use api::config::Emancipation;
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::representation::desk::{self, Form as Decision};
use api::representation::{
    self, Act as RuleAct, By, End, Event, Ground, Held, Incapacity, Kind, Limit, Office, PersonFacts,
    Suspension,
};
use api::staff::{self, Role};
use askama::Template;

use super::claims::{by, office_of};
use super::parts::{self, Area};
use super::right::day;
use super::words;
use crate::authority::{self, Pick, event_words, ground_name, proof_name, scope_words, standing_words};
use crate::components::{Choice, Text};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, kept_with};
use crate::guard::Staff;
use crate::law;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::send;

/// The labels of the fields of this page.
pub const FIELDS: &[(&str, &str)] = &[
    ("act", "desk-act"),
    ("why", "desk-act-why"),
    ("day", "desk-act-day"),
    ("emancipation", "desk-act-emancipation"),
    ("limit", "desk-act-limit"),
];

/// One authority.
#[derive(Template)]
#[template(path = "staff/authority.html")]
pub struct AuthorityPage {
    /// The frame.
    pub page: Page,
    /// The authority.
    pub held: Held,
    /// What became of it, with reasons.
    pub events: Vec<Event>,
    /// Since when the law treats the person as an adult though they are not of age, and by what.
    pub emancipated: Option<String>,
    /// What the reader can decide, if it is not over.
    pub decide: Option<Decide>,
    /// What others can decide, and who.
    pub others: Vec<String>,
    /// Whether the reader may read why: what a clinician or the privacy officer believed is theirs alone.
    pub reasons: bool,
}

/// The form of a decision.
pub struct Decide {
    act: Pick,
    why: Area,
    day: Text,
    /// What makes the minor count as an adult, where the reader may record it.
    emancipation: Option<Pick>,
    categories: Vec<Choice>,
    labels: Vec<Choice>,
    all: Choice,
    /// Whether the reader may set a limit.
    limits: bool,
}

impl AuthorityPage {
    fn kind(&self) -> String {
        self.page.w.t(kind_name(self.held.authority.kind))
    }

    fn standing(&self) -> String {
        standing_words(self.page.w, &self.held)
    }

    fn scope(&self) -> String {
        scope_words(self.page.w, (self.held.authority.kind, &self.held.authority.scope))
    }

    fn proof(&self) -> String {
        self.page.w.t(proof_name(self.held.authority.evidence.proof))
    }

    fn events(&self) -> Vec<(Instant, String, Option<&str>)> {
        let words = |event| event_words(self.page.w, event);
        let lines = self.events.iter();
        lines.map(|event| (event.at, words(event), event.why.as_deref().filter(|_| self.reasons))).collect()
    }

    fn signed<'a>(&self, suspension: &'a Suspension) -> Vec<&'a str> {
        // What waits because of an earlier one was signed by who gave it.
        let signed = suspension.signed.iter();
        let given = suspension.lifting.iter().filter(|_| suspension.ground == Ground::Earlier);
        signed.chain(given).map(|signature| signature.name.as_str()).collect()
    }

    fn ground(&self, suspension: &Suspension) -> String {
        self.page.w.t(ground_name(suspension.ground))
    }

    /// Who flagged it and when; and why, for those who may read it.
    fn flagged(&self) -> Option<(String, Option<&str>)> {
        let flag = self.held.authority.flag.as_ref().filter(|_| desk::is_flagged(&self.held))?;
        let (name, date) = (("name", flag.name.as_str()), ("date", self.page.w.day(&flag.at)));
        let event = self.events.iter().rfind(|event| event.what == "flagged" && self.reasons);
        Some((self.page.w.t2("desk-flagged-by", name, date), event.and_then(|event| event.why.as_deref())))
    }
}

/// What staff can decide about an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Limit,
    Unlimit,
    Safety,
    Dispute,
    Decline,
    Flag,
    AnswerFlag,
    Resume,
    Certify,
    Review,
    End(End),
    Emancipate,
}

impl Act {
    const ALL: [Self; 14] = [
        Self::Limit,
        Self::Unlimit,
        Self::Safety,
        Self::Dispute,
        Self::Decline,
        Self::Flag,
        Self::AnswerFlag,
        Self::Resume,
        Self::Certify,
        Self::Review,
        Self::End(End::ByClinic),
        Self::End(End::Court),
        Self::End(End::Recovered),
        Self::Emancipate,
    ];

    /// The value in the form, and its words.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Limit => ("limit", "desk-act-set-limit"),
            Self::Unlimit => ("unlimit", "desk-act-unlimit"),
            Self::Safety => ("safety", "desk-act-safety"),
            Self::Dispute => ("dispute", "desk-act-dispute"),
            Self::Decline => ("decline", "desk-act-decline"),
            Self::Flag => ("flag", "desk-act-flag"),
            Self::AnswerFlag => ("answer-flag", "desk-act-answer-flag"),
            Self::Resume => ("resume", "desk-act-resume"),
            Self::Certify => ("certify", "desk-act-certify"),
            Self::Review => ("review", "desk-act-review"),
            Self::End(End::Court) => ("end-court", "desk-act-end-court"),
            Self::End(End::Recovered) => ("end-recovered", "desk-act-end-recovered"),
            Self::End(_) => ("end", "desk-act-end"),
            Self::Emancipate => ("emancipate", "desk-act-emancipate"),
        }
    }

    /// What it is to the rules.
    fn rule(self, suspension: Option<&Suspension>) -> RuleAct {
        use RuleAct as Rule;
        match self {
            Self::Limit | Self::Unlimit => Rule::Limit,
            Self::Safety | Self::Dispute => Rule::Suspend,
            Self::Decline => Rule::Decline,
            Self::Flag => Rule::Flag,
            Self::AnswerFlag => Rule::AnswerFlag,
            Self::Resume => suspension.map_or(Rule::Resume, |of| representation::resuming(of.ground)),
            Self::Certify => Rule::Certify,
            Self::Review => Rule::Review,
            Self::End(end) => representation::ending(end, suspension),
            Self::Emancipate => Rule::Emancipate,
        }
    }

    /// Whether it comes next for an authority as it stands.
    fn is_next(self, held: &Held, facts: &PersonFacts) -> bool {
        let authority = &held.authority;
        let suspended = authority.suspension.is_some();
        let declined = authority.suspension.as_ref().is_some_and(|suspension| suspension.signed.len() > 1);
        match self {
            Self::Limit | Self::Review | Self::End(End::ByClinic | End::Court) => true,
            Self::Unlimit => !authority.limits.is_empty(),
            Self::Safety | Self::Dispute => !suspended || representation::waits_for_name(authority),
            Self::Decline => !declined && authority.kind != Kind::Delegate,
            Self::Flag => authority.flag.is_none() && !declined,
            Self::AnswerFlag => authority.flag.is_some(),
            Self::Resume => suspended,
            Self::Certify => authority.incapacity == Incapacity::Awaited,
            Self::End(_) => authority.kind.of_an_adult(),
            Self::Emancipate => authority.kind.of_a_minor() && facts.emancipated.is_none(),
        }
    }
}

/// Whether the reader has an office that may do it.
pub fn may(who: &Staff, act: RuleAct) -> bool {
    by(who, representation::offices(act)).is_ok()
}

/// The authority, for who found the person within the working day, or whose turn it is to look at it again, at what a
/// colleague flagged, or whether the person cannot decide. For anybody else there is no such page.
async fn found(who: &Staff, id: AuthorityId) -> Result<(Held, Vec<Event>, PersonFacts), Error> {
    let app = &who.visit.app;
    let (held, events, facts) = desk::one(app, id).await?;
    let waits = may(who, RuleAct::Review) && desk::waits(app, &held)
        || may(who, RuleAct::AnswerFlag) && desk::is_flagged(&held)
        || may(who, RuleAct::Certify) && desk::is_to_certify(&held);
    if !waits {
        staff::card(app, who.actor(), held.authority.patient).await?;
    }
    parts::apart(who, (held.authority.account, held.authority.patient)).await?;
    Ok((held, events, facts))
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let (held, events, facts) = found(&who, read(&id)?).await?;
    let by = (who.actor().account, who.actor().name.as_str());
    desk::viewed(&who.visit.app, by, &held.authority).await?;
    let typed = parts::typed(&who, &query).await?;
    shown(&who, (held, events, facts), (&typed, (StatusCode::OK, Problems::default())))
}

/// The page with what was typed and must be mended; what can no longer be decided at all has no form to mend.
async fn page(who: &Staff, id: AuthorityId, (typed, error): (&Fields, Error)) -> Reply {
    let (held, events, facts) = found(who, id).await?;
    if is_ended_so(who, (&held, &events), typed) {
        return Ok(send::elsewhere(&format!("/staff/authorities/{id}")));
    }
    if !held.standing.is_live() {
        return Err(error.into());
    }
    let (status, problems) = kept_with(error, "act")?;
    shown(who, (held, events, facts), (typed, (status, at_their_fields(problems))))
}

/// Whether the reader ended it before as the form says, in the same words: it was a second click.
fn is_ended_so(who: &Staff, (held, events): (&Held, &[Event]), typed: &Fields) -> bool {
    let ended = held.authority.ended.map(|(_, end)| Act::End(end).names().0);
    ended == Some(typed.get("act"))
        && events.iter().any(|event| {
            event.what == "ended"
                && event.by == who.actor().name
                && event.why.as_deref() == Some(typed.get("why").trim())
        })
}

fn shown(
    who: &Staff,
    (held, events, facts): (Held, Vec<Event>, PersonFacts),
    (typed, (status, problems)): (&Fields, (StatusCode, Problems)),
) -> Reply {
    let page = Page::new(&who.visit, "desk-authority-title").desk(&who.roles);
    let page = page.under("/staff/authorities", "desk-authorities-title");
    let page = page.of_named(&held.person, held.birth_date.as_deref());
    let offices: Vec<Office> = who.roles.iter().filter_map(|role| office_of(*role)).collect();
    page.with_problems(problems)
        .naming(FIELDS)
        .reply(status, |page| authority(page, (held, events, facts), (typed, &offices)))
}

/// The page from what is known and typed.
pub fn authority(
    page: Page,
    (held, events, facts): (Held, Vec<Event>, PersonFacts),
    (typed, offices): (&Fields, &[Office]),
) -> AuthorityPage {
    let w = page.w;
    let reasons = offices.iter().any(|office| *office != Office::Records);
    let choice = |name, value: &str, label: &str| Choice {
        kind: "checkbox",
        name,
        value: value.into(),
        label: w.t(label),
        hint: None,
        ticked: typed.all(name).iter().any(|typed| typed == value),
    };
    let first = std::iter::once((String::new(), w.t("claim-kind-choose")));
    let live = held.standing.is_live();
    let next = Act::ALL.into_iter().filter(|act| live && act.is_next(&held, &facts));
    let signers = |act: Act| representation::offices(act.rule(held.authority.suspension.as_ref()));
    let (own, others): (Vec<Act>, Vec<Act>) =
        next.partition(|act| signers(*act).iter().any(|office| offices.contains(office)));
    // Those who decide need nobody to flag it for them.
    let others = others.into_iter().filter(|act| *act != Act::Flag).map(|act| {
        let who: Vec<String> = signers(act).iter().map(|office| w.t(office_name(*office))).collect();
        w.t2("desk-act-others", ("act", w.t(act.names().1)), ("who", who.join(" / ")))
    });
    let others = others.collect();
    let acts = own.iter().map(|act| act.names());
    let acts = acts.map(|(value, words)| (value.to_owned(), w.t(words)));
    let decide = (!own.is_empty()).then(|| Decide {
        act: Pick::new(&page, ("act", "desk-act"), typed).of(first.chain(acts)),
        why: Area::new(&page, ("why", "desk-act-why", "desk-act-why-hint"), typed),
        day: Text::new(&page, "day", "desk-act-day")
            .kind("date")
            .hint(w.t("desk-act-day-hint"))
            .value(typed.get("day")),
        emancipation: own.contains(&Act::Emancipate).then(|| {
            law::emancipation(&page, Pick::new(&page, ("emancipation", "desk-act-emancipation"), typed))
        }),
        categories: Category::ALL.iter().map(|one| choice("categories", one.slug(), one.name())).collect(),
        labels: Label::ALL.iter().map(|one| choice("labels", one.slug(), one.name())).collect(),
        all: choice("all", "yes", "desk-act-limit-all"),
        limits: own.contains(&Act::Limit),
    });
    let emancipated = law::emancipated(w, &facts);
    AuthorityPage { page, held, events, emancipated, decide, others, reasons }
}

/// The words for an office: the role that is it.
fn office_name(office: Office) -> &'static str {
    words::role(&match office {
        Office::Records => Role::RecordsClerk,
        Office::Clinician => Role::Clinician,
        Office::PrivacyOfficer => Role::PrivacyOfficer,
    })
}

/// Decides.
pub async fn decide(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let id = read(&id)?;
    found(&who, id).await?;
    parts::just_signed_in(&who, (&format!("/staff/authorities/{id}"), &fields)).await?;
    match decided(&who, id, &fields).await {
        Ok(()) => Ok(send::elsewhere(&after(&who, id).await?)),
        Err(Failure::Error(error)) => page(&who, id, (&fields, error)).await,
        Err(failure) => Err(failure),
    }
}

/// Where a decision leads: to the authority; or to the list, where it was open only because it waited and waits no more.
async fn after(who: &Staff, id: AuthorityId) -> Result<String, Error> {
    match found(who, id).await {
        Ok(_) => Ok(format!("/staff/authorities/{id}")),
        Err(Error::NotFound) => Ok("/staff/authorities".into()),
        Err(error) => Err(error),
    }
}

/// The problems of the rooms, at the fields of this form.
fn at_their_fields(problems: Problems) -> Problems {
    let place = |problem: Problem| Problem {
        field: match problem.field {
            "limit_until" | "review" => "day",
            "ground" | "end" => "act",
            field => field,
        },
        ..problem
    };
    Problems(problems.0.into_iter().map(place).collect())
}

async fn decided(who: &Staff, id: AuthorityId, fields: &Fields) -> Result<(), Failure> {
    let app = &who.visit.app;
    let (held, _, facts) = found(who, id).await?;
    let mut problems = Problems::default();
    let act = Act::ALL.into_iter().find(|act| act.names().0 == fields.get("act"));
    if act.is_none() {
        problems.0.push(Problem { field: "act", code: "problem-choice" });
    }
    if !authority::unknown(fields).is_empty() {
        problems.0.push(Problem { field: "limit", code: "problem-choice" });
    }
    let day = day(fields, "day", &mut problems);
    let (Some(act), true) = (act, problems.0.is_empty()) else { return Err(Error::Invalid(problems).into()) };
    if held.standing.is_live() && !act.is_next(&held, &facts) {
        let twice = act == Act::Flag && held.authority.flag.is_some();
        return Err(Error::Conflict(if twice { "conflict-flagged" } else { "conflict-changed" }).into());
    }
    let why = fields.get("why");
    let form = Decision { id, seen: fields.get("seen").parse().unwrap_or(-1), why };
    let by = signing(who, (act, &held))?;
    let end_of = |day| representation::end_of_day(app, day);
    match act {
        Act::Limit => desk::limit(app, &by, form, limit(fields, day.and_then(end_of))).await?,
        Act::Unlimit => desk::unlimit(app, &by, form).await?,
        Act::Safety => desk::suspend(app, &by, form, Ground::Safety).await?,
        Act::Dispute => desk::suspend(app, &by, form, Ground::Dispute).await?,
        Act::Decline => desk::decline(app, &by, form).await.map(|_| ())?,
        Act::Flag => desk::flag(app, &by, form).await?,
        Act::AnswerFlag => desk::answer_flag(app, &by, form).await?,
        Act::Resume => desk::resume(app, &by, form).await.map(|_| ())?,
        Act::Certify => desk::certify(app, &by, form).await?,
        Act::Review => {
            let next = day.and_then(|day| representation::day_at(app, day));
            desk::reviewed(app, &by, form, next).await?;
        }
        Act::End(end) => desk::end(app, &by, form, end).await?,
        Act::Emancipate => {
            let ground = emancipation(fields)?;
            desk::emancipate(app, &by, (held.authority.patient, ground, why)).await?;
        }
    }
    Ok(())
}

/// As what they sign: in an office that may do it. Who holds two offices signs as the one that is missing.
fn signing<'a>(who: &'a Staff, (act, held): (Act, &Held)) -> Result<By<'a>, Error> {
    let suspension = held.authority.suspension.as_ref();
    let officer = |signed: &[representation::Signature]| {
        signed.iter().any(|signature| signature.office == Office::PrivacyOfficer)
    };
    let signed = match act {
        Act::Decline => suspension.is_some_and(|suspension| officer(&suspension.signed)),
        Act::Resume => suspension.is_some_and(|suspension| officer(&suspension.lifting)),
        _ => false,
    };
    let order = match signed {
        true => [Office::Clinician, Office::PrivacyOfficer, Office::Records],
        false => [Office::PrivacyOfficer, Office::Clinician, Office::Records],
    };
    let may = representation::offices(act.rule(suspension));
    let order: Vec<Office> = order.into_iter().filter(|office| may.contains(office)).collect();
    by(who, &order)
}

/// What makes the minor count as an adult.
fn emancipation(fields: &Fields) -> Result<Emancipation, Error> {
    let typed = fields.get("emancipation");
    let code = if typed.is_empty() { "problem-choose" } else { "problem-choice" };
    Emancipation::from_slug(typed).ok_or_else(|| Error::invalid("emancipation", code))
}

fn limit(fields: &Fields, until: Option<Instant>) -> Limit {
    Limit {
        categories: fields.all("categories").iter().filter_map(|slug| Category::from_slug(slug)).collect(),
        labels: fields.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect(),
        all: fields.get("all") == "yes",
        order: String::new(),
        until,
        at: Instant(0),
        by: String::new(),
    }
}

fn read(id: &str) -> Result<AuthorityId, Error> {
    id.parse().map_err(|_| Error::NotFound)
}
