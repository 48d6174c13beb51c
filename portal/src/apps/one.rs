//! One connected app: what it may read, what it took, and how to narrow, pause or stop it.

use std::collections::BTreeSet;

use api::base::{AppGrantId, Error, Instant, Problem, Problems};
use api::config::Act;
use api::disclosures::{self, Taken, Took};
use api::fhir::present::{self, Category};
use api::fhir::sensitivity::{Label, Labels};
use api::representation::{self, Lens};
use api::smart::{self, Grant, GrantEvent, Scopes, Standing, Stay, groups};
use askama::Template;
use chrono::NaiveDate;

use super::connected::took_words;
use super::words::{self, Shelf};
use crate::authority::last_day;
use crate::components::{Choice, Text};
use crate::error::{Failure, Reply};
use crate::form::{At, Fields, Form, Query, day, mendable};
use crate::guard::Patient;
use crate::page::Page;
use crate::patient::step_up;
use crate::send;

/// The labels of the fields of the page.
pub const FIELDS: &[(&str, &str)] = &[("groups", "apps-groups"), ("until", "apps-change-until")];

/// The page of one app.
#[derive(Template)]
#[template(path = "app_one.html")]
pub struct AppOne {
    /// The frame.
    pub page: Page,
    /// What was allowed.
    pub grant: Grant,
    /// What became of it, oldest first.
    pub events: Vec<GrantEvent>,
    /// What it took.
    pub took: Took,
    /// What it may read now, to be narrowed.
    pub shelves: Vec<Shelf>,
    /// The very private parts among it.
    pub labels: Vec<Choice>,
    /// The last day.
    pub until: Text,
    /// Whether it was just changed.
    pub saved: bool,
    /// The name of what was typed before signing in again.
    pub kept: Option<String>,
}

impl AppOne {
    fn standing(&self) -> String {
        words::standing(self.page.w, &self.grant)
    }

    fn reads(&self) -> String {
        words::reads(self.page.w, &self.grant)
    }

    fn took(&self) -> String {
        took_words(&self.page, (&self.grant, &self.took))
    }

    /// Until when it may read, or could.
    fn until(&self) -> String {
        let w = self.page.w;
        match (self.grant.standing, self.grant.stay) {
            (Standing::Ended { at, .. }, _) => w.moment(&at),
            (_, Stay::Offline) => last_day(w, self.grant.until),
            (_, Stay::Once | Stay::Online) => w.moment(&self.grant.until),
        }
    }

    /// What it may do when the person is away, or could.
    fn away(&self) -> String {
        self.page.w.t(match (self.is_live(), self.grant.stay == Stay::Offline) {
            (true, true) => "apps-one-away-yes",
            (true, false) => "apps-one-away-no",
            (false, true) => "apps-one-away-could",
            (false, false) => "apps-one-away-could-not",
        })
    }

    fn is_live(&self) -> bool {
        !matches!(self.grant.standing, Standing::Ended { .. })
    }

    fn is_paused(&self) -> bool {
        matches!(self.grant.standing, Standing::Paused { .. })
    }

    /// Who connected it, where it was somebody else.
    fn by(&self) -> Option<&str> {
        let own = self.page.visit.session.as_ref().is_some_and(|s| s.actor.account == self.grant.account);
        (!own).then_some(self.grant.by.as_str())
    }

    /// Each kind of item in words, how many, and when last.
    fn kinds(&self) -> Vec<(String, String, String)> {
        let w = self.page.w;
        let row = |(kind, (count, at)): (&String, &(u64, Instant))| {
            let known = Category::from_slug(kind).map(Category::name).or_else(|| present::kind_of_type(kind));
            let words = known.map_or_else(|| kind.clone(), |id| w.t(id));
            (words, w.number(i64::try_from(*count).unwrap_or(i64::MAX)), w.moment(at))
        };
        self.took.kinds.iter().map(row).collect()
    }

    fn days(&self) -> Vec<String> {
        use crate::i18n::Say;
        let w = self.page.w;
        let line = |(at, count): &(Instant, u64)| {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            let (number, date) = (w.number(count), w.day(at));
            let values = [("count", count.fluent()), ("number", number.fluent()), ("date", date.fluent())];
            w.with("apps-took-day", &values)
        };
        self.took.days.iter().map(line).collect()
    }

    fn history(&self) -> Vec<(String, String)> {
        let w = self.page.w;
        self.events.iter().map(|event| (w.t(words::event(&event.what)), w.moment(&event.at))).collect()
    }
}

/// Shows it.
pub async fn show(who: Patient, At((id,)): At<(AppGrantId,)>, Query(query): Query) -> Reply {
    let found = find(&who, id).await?;
    let mut fields = match step_up::typed(&who.visit, who.actor(), &query).await? {
        Some(typed) => typed.fields,
        None => as_granted(&who, &found.0),
    };
    fields.set("saved", query.get("saved"));
    answer(&who, found, (&fields, Problems::default())).await
}

/// The grant, where it is about the record that is open.
async fn find(who: &Patient, id: AppGrantId) -> Result<(Grant, Vec<GrantEvent>), Failure> {
    let found = smart::grant(&who.visit.app, who.actor(), id).await?;
    if found.0.patient == who.patient { Ok(found) } else { Err(Error::NotFound.into()) }
}

fn as_granted(who: &Patient, grant: &Grant) -> Fields {
    let mut fields = Fields::default();
    let groups = words::groups_of(&grant.scopes, grant.lens.categories);
    fields.extend("groups", &groups.iter().map(|group| group.slug).collect::<Vec<_>>());
    fields.extend("labels", &words::labels_of(grant).map(Label::slug).collect::<Vec<_>>());
    fields.set("until", &last(who, grant).to_string());
    fields
}

/// The last day on which a grant holds: an end at midnight is the day before.
fn last(who: &Patient, grant: &Grant) -> NaiveDate {
    let last = grant.until.minus(std::time::Duration::from_micros(1));
    last.utc().with_timezone(&who.visit.w.zone).date_naive()
}

async fn answer(
    who: &Patient,
    (grant, events): (Grant, Vec<GrantEvent>),
    (typed, problems): (&Fields, Problems),
) -> Reply {
    let ids = BTreeSet::from([grant.id]);
    let taken = disclosures::taken(&who.visit.app, who.actor(), (who.patient, &ids)).await?;
    let title = match grant.standing {
        Standing::Ended { .. } => "apps-one-ended-title",
        Standing::Active | Standing::Paused { .. } => "apps-one-title",
    };
    let page = Page::new(&who.visit, title).of_named(&taken.whose.0, taken.whose.1.as_deref());
    let page = page.under("/home", "nav-home").under("/apps", "apps-title");
    page.with_problems(problems).naming(FIELDS).ok(|page| app_one(page, (grant, events, taken), typed))
}

/// The page from what is known and typed.
pub fn app_one(
    page: Page,
    (grant, events, mut taken): (Grant, Vec<GrantEvent>, Taken),
    typed: &Fields,
) -> AppOne {
    let w = page.w;
    let groups = words::groups_of(&grant.scopes, grant.lens.categories);
    let no_count = |_: Category| String::new();
    let shelves = words::shelves(w, (&grant.scopes, &groups), (&typed.all("groups"), no_count));
    let labels = words::label_boxes(w, words::labels_of(&grant), &typed.all("labels"));
    let until = Text::new(&page, "until", "apps-change-until")
        .kind("date")
        .hint(w.t1("apps-change-until-hint", "date", last_day(w, grant.until)))
        .value(typed.get("until"));
    let took = taken.by.remove(&grant.id).unwrap_or_default();
    let saved = typed.get("saved") == "yes";
    let kept = typed.some(step_up::KEPT);
    AppOne { page, grant, events, took, shelves, labels, until, saved, kept }
}

/// Lets it see less, or end earlier.
pub async fn change(who: Patient, At((id,)): At<(AppGrantId,)>, Form(fields): Form) -> Reply {
    let found = find(&who, id).await?;
    let chosen = match narrowed(&who, &found.0, &fields) {
        Ok(chosen) => chosen,
        Err(problems) => return answer(&who, found, (&fields, problems)).await,
    };
    let seen = fields.get("seen").parse().unwrap_or(-1);
    match smart::change(&who.visit.app, who.actor(), (id, seen), chosen).await {
        Ok(()) => Ok(send::elsewhere(&format!("{}?saved=yes", who.visit.href(&format!("/apps/{id}"))))),
        Err(error) => {
            let problems = mendable(error)?.0.into_iter().map(|problem| Problem {
                field: if problem.field == "until" { "until" } else { "groups" },
                ..problem
            });
            answer(&who, found, (&fields, Problems(problems.collect()))).await
        }
    }
}

/// What is left of a grant; or what must be mended.
fn narrowed(who: &Patient, grant: &Grant, typed: &Fields) -> Result<(Scopes, Lens, Instant), Problems> {
    let mut problems = Problems::default();
    let slugs = typed.all("groups");
    let groups = words::groups_of(&grant.scopes, grant.lens.categories);
    if !words::any_ticked(&grant.scopes, (&groups, &slugs)) {
        problems.0.push(Problem { field: "groups", code: "apps-change-none" });
    }
    let typed_day = day(typed, "until", &mut problems).and_then(|day| day.parse::<NaiveDate>().ok());
    let until = match typed_day {
        Some(day) if day == last(who, grant) => Some(grant.until),
        Some(day) => representation::end_of_day(&who.visit.app, day),
        None => Some(grant.until),
    };
    let past = until.is_none_or(|until| until <= who.visit.app.clock.now());
    if past {
        problems.0.push(Problem { field: "until", code: "problem-past" });
    } else if until > Some(grant.until) {
        problems.0.push(Problem { field: "until", code: "problem-app-more" });
    }
    let (Some(until), true) = (until, problems.0.is_empty()) else { return Err(problems) };
    let meaning = groups::meaning(&grant.scopes, &slugs);
    let shown: Vec<Label> = typed.all("labels").iter().filter_map(|slug| Label::from_slug(slug)).collect();
    let more: Labels = words::labels_of(grant).filter(|label| !shown.contains(label)).collect();
    let lens = Lens {
        categories: grant.lens.categories & meaning.categories,
        files: grant.lens.files & meaning.files,
        hidden: grant.lens.hidden.and(more),
        ..grant.lens
    };
    Ok((grant.scopes.narrowed(&meaning.ticked), lens, until))
}

/// Keeps it out for a while.
pub async fn pause(who: Patient, At((id,)): At<(AppGrantId,)>, _: Form) -> Reply {
    find(&who, id).await?;
    smart::pause(&who.visit.app, who.actor(), id).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/apps/{id}"))))
}

/// Lets it in again.
pub async fn resume(who: Patient, At((id,)): At<(AppGrantId,)>, Form(fields): Form) -> Reply {
    let (grant, _) = find(&who, id).await?;
    let page = who.visit.href(&format!("/apps/{id}"));
    // What stands in the form that changes it is not touched.
    let mut kept = as_granted(&who, &grant);
    kept.set(step_up::KEPT, fields.get(step_up::KEPT));
    step_up::before(&who.visit, who.actor(), Act::Grant, (&page, &kept)).await?;
    smart::resume(&who.visit.app, who.actor(), id).await?;
    step_up::done(&who.visit, who.actor(), &fields).await?;
    Ok(send::elsewhere(&page))
}

/// The page that says what stopping means.
#[derive(Template)]
#[template(path = "app_end.html")]
pub struct AppEnd {
    /// The frame.
    pub page: Page,
    /// What was allowed.
    pub grant: Grant,
}

impl AppEnd {
    fn since(&self) -> String {
        words::since(&self.page, &self.grant)
    }

    fn reads(&self) -> String {
        words::reads(self.page.w, &self.grant)
    }
}

/// Shows it.
pub async fn end_form(who: Patient, At((id,)): At<(AppGrantId,)>) -> Reply {
    let (grant, _) = find(&who, id).await?;
    if matches!(grant.standing, Standing::Ended { .. }) {
        return Ok(send::elsewhere(&who.visit.href(&format!("/apps/{id}"))));
    }
    let page = Page::new(&who.visit, "apps-end-title").under("/apps", "apps-title");
    page.ok(|page| AppEnd { page, grant })
}

/// Stops it: its tokens are dead with its next request.
pub async fn end(who: Patient, At((id,)): At<(AppGrantId,)>, _: Form) -> Reply {
    find(&who, id).await?;
    smart::stop(&who.visit.app, who.actor(), id).await?;
    Ok(send::elsewhere(&who.visit.href(&format!("/apps/{id}"))))
}
