//! One role given to one person: asking for it, and its page, where a second person approves it and others end it.

use actix_web::web::Path;
use api::app::App;
use api::base::{AccountId, Error, GrantId, Instant, Problem, Problems};
use api::staff::{self, APPROVE, Action, Ask, Grant, Power, Right, Standing};
use api::{identity, representation};
use askama::Template;
use chrono::NaiveDate;

use super::parts::{self, Area};
use super::words;
use crate::authority::last_day;
use crate::components::{Choice, Text};
use crate::error::{Failure, Reply};
use crate::form::{self, Fields, Form, Query, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::send;

/// The form to ask for a role.
#[derive(Template)]
#[template(path = "staff/grant_new.html")]
pub struct GrantNew {
    /// The frame.
    pub page: Page,
    /// For whom: their e-mail address.
    pub account: Text,
    /// What.
    pub powers: Vec<Choice>,
    /// Why.
    pub reason: Area,
    /// From when, and until when.
    pub span: [Text; 2],
}

/// Shows it.
pub async fn form(who: Staff, Query(query): Query) -> Reply {
    let typed = parts::typed(&who, &query).await?;
    frame(&who, "desk-grant-new").ok(|page| grant_new(page, &typed))
}

fn frame(who: &Staff, title: &str) -> Page {
    Page::new(&who.visit, title).desk(&who.roles).under("/staff/roles", "desk-roles-title")
}

/// The form with what was typed.
pub fn grant_new(page: Page, typed: &Fields) -> GrantNew {
    let w = page.w;
    let powers = Power::ALL.map(|power| Choice {
        kind: "radio",
        name: "power",
        value: power.slug().into(),
        label: w.t(words::power(&power)),
        hint: None,
        ticked: typed.get("power") == power.slug(),
    });
    let account = Text::new(&page, "account", "desk-grant-account")
        .hint(w.t("desk-grant-account-hint"))
        .value(typed.get("account"));
    let reason = Area::new(&page, ("reason", "desk-reason", "desk-grant-reason-hint"), typed);
    let day = |name, label: &str, hint: &str| {
        Text::new(&page, name, label).hint(w.t(hint)).kind("date").value(typed.get(name))
    };
    let span = [
        day("starts", "desk-grant-first", "desk-grant-first-hint"),
        day("ends", "desk-grant-ends", "desk-grant-ends-hint"),
    ];
    GrantNew { page, account, powers: powers.into(), reason, span }
}

/// Takes it.
pub async fn ask(who: Staff, Form(fields): Form) -> Reply {
    parts::just_signed_in(&who, ("/staff/roles/new", &fields)).await?;
    match asked(&who, &fields).await {
        Ok(id) => Ok(send::elsewhere(&format!("/staff/roles/grants/{id}"))),
        Err(Failure::Error(Error::Invalid(problems))) => {
            frame(&who, "desk-grant-new").with_problems(problems).ok(|page| grant_new(page, &fields))
        }
        Err(other) => Err(other),
    }
}

async fn asked(who: &Staff, fields: &Fields) -> Result<GrantId, Failure> {
    let app = &who.visit.app;
    let mut problems = Problems::default();
    let account = account(app, fields.get("account"), &mut problems).await?;
    let power = Power::from_slug(fields.get("power"));
    if power.is_none() {
        problems.0.push(Problem { field: "power", code: "problem-choose" });
    }
    let starts = moment((app, fields), "starts", representation::day_at, &mut problems);
    let ends = moment((app, fields), "ends", representation::end_of_day, &mut problems);
    let (Some(account), Some(power), true) = (account, power, problems.0.is_empty()) else {
        return Err(Error::Invalid(problems).into());
    };
    let ask = Ask { account, power, reason: fields.get("reason").into(), starts, ends };
    match staff::ask(app, who.actor(), ask).await {
        // What was typed is not lost because somebody asked before.
        Err(Error::Conflict(code)) => Err(Error::invalid("account", code).into()),
        other => Ok(other?),
    }
}

/// The moment that a typed day means. What is typed and means none is a problem: an end left out would never come.
fn moment(
    (app, fields): (&App, &Fields),
    name: &'static str,
    of: fn(&App, NaiveDate) -> Option<Instant>,
    problems: &mut Problems,
) -> Option<Instant> {
    let day = form::day(fields, name, problems)?;
    let at = day.parse().ok().and_then(|day| of(app, day));
    if at.is_none() {
        problems.0.push(Problem { field: name, code: "problem-date" });
    }
    at
}

/// The one account of an e-mail address or id.
async fn account(app: &App, typed: &str, problems: &mut Problems) -> Result<Option<AccountId>, Error> {
    let found = if typed.is_empty() { Vec::new() } else { identity::accounts_by(app, typed).await? };
    let code = match found.as_slice() {
        [one] => return Ok(Some(one.account)),
        _ if typed.is_empty() => "problem-required",
        [] => "problem-no-account",
        _ => "problem-several-accounts",
    };
    problems.0.push(Problem { field: "account", code });
    Ok(None)
}

/// One grant.
#[derive(Template)]
#[template(path = "staff/grant.html")]
pub struct GrantPage {
    /// The frame.
    pub page: Page,
    /// The grant.
    pub grant: Grant,
    /// Where it stands.
    pub standing: Standing,
    /// Whether the reader may approve it.
    pub approves: bool,
    /// Why it is ended, for those who may end it.
    pub reason: Option<Area>,
}

impl GrantPage {
    fn power(&self) -> String {
        self.page.w.t(words::power(&self.grant.power))
    }

    fn state(&self) -> String {
        self.page.w.t(words::standing(&self.standing))
    }

    fn starts(&self) -> String {
        words::bound(self.page.w, self.grant.starts, |w, at| w.day(&at))
    }

    fn ends(&self, ends: &Instant) -> String {
        words::bound(self.page.w, *ends, last_day)
    }

    fn by(&self, by: &staff::By) -> String {
        words::by(self.page.w, by)
    }

    fn approve(&self) -> String {
        let values = (("name", self.grant.holder.as_str()), ("power", self.power()));
        self.page.w.t2("desk-grant-approve-button", values.0, values.1)
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let grant = found(&who, &id).await?;
    let typed = parts::typed(&who, &query).await?;
    let me = (who.actor().account, who.right(Action::ManageRoles));
    frame(&who, "desk-grant-title").ok(|page| grant_page(page, grant, (me, &typed)))
}

async fn found(who: &Staff, id: &str) -> Result<Grant, Error> {
    let id: GrantId = id.parse().map_err(|_| Error::NotFound)?;
    staff::grant(&who.visit.app, who.actor(), id).await
}

/// The page from what is known and typed.
pub fn grant_page(
    page: Page,
    grant: Grant,
    ((me, right), typed): ((AccountId, Right), &Fields),
) -> GrantPage {
    let standing = staff::standing(&grant, page.visit.app.clock.now());
    let decides = right.whole() || right.only(APPROVE);
    let apart = grant.account != me && grant.asked.account != Some(me);
    let approves = decides && apart && standing == Standing::Asked;
    let ends = is_live(standing) && (decides || grant.account == me);
    let reason =
        ends.then(|| Area::new(&page, ("reason", "desk-grant-end-why", "desk-grant-end-hint"), typed));
    GrantPage { page, grant, standing, approves, reason }
}

fn is_live(standing: Standing) -> bool {
    matches!(standing, Standing::Asked | Standing::Waiting | Standing::InForce)
}

/// What a form meets that comes after the decision.
const DECIDED: &str = "conflict-grant-decided";

/// Approves it.
pub async fn approve(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let grant = found(&who, &id).await?;
    parts::just_signed_in(&who, (&format!("/staff/roles/grants/{}", grant.id), &fields)).await?;
    let path = format!("/staff/roles/grants/{}", grant.id);
    match staff::approve(&who.visit.app, who.actor(), grant.id).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        Err(error) => parts::or_late(error, (DECIDED, &path)),
    }
}

/// Ends or refuses it.
pub async fn end(who: Staff, id: Path<String>, Form(fields): Form) -> Reply {
    let grant = found(&who, &id).await?;
    let path = format!("/staff/roles/grants/{}", grant.id);
    parts::just_signed_in(&who, (&path, &fields)).await?;
    // On the page of one that is over there is no form to mend.
    if !is_live(staff::standing(&grant, who.visit.app.clock.now())) {
        return Ok(parts::late(&path));
    }
    match staff::end(&who.visit.app, who.actor(), (grant.id, fields.get("reason"))).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        Err(error @ Error::Conflict(_)) => parts::or_late(error, (DECIDED, &path)),
        Err(error) => {
            let problems = mendable(error)?;
            let me = (who.actor().account, who.right(Action::ManageRoles));
            frame(&who, "desk-grant-title")
                .with_problems(problems)
                .ok(|page| grant_page(page, grant, (me, &fields)))
        }
    }
}
