//! Groups of patients that systems take out, at the desk: what was agreed and what was taken, in numbers. How they come to
//! be and change stands in [`super::proposals`].

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{Error, Problems};
use api::bulk::{self, ExportKept, Group, GroupChange, GroupEvent, GroupStory, Overview, Stage};
use api::consents::Purpose;
use api::smart::{self, Client, Origin};
use api::staff::Action;
use askama::Template;

use super::parts;
use crate::authority::Pick;
use crate::components::Pager;
use crate::developer::apps::state;
use crate::error::Reply;
use crate::form::{Fields, Form, Query};
use crate::guard::Staff;
use crate::i18n::Words;
use crate::page::Page;
use crate::send;

/// The fields of the page's form.
const FIELDS: &[(&str, &str)] = &[("system", "desk-group-system")];

/// The list.
#[derive(Template)]
#[template(path = "staff/groups.html")]
pub struct Groups {
    /// The frame.
    pub page: Page,
    /// By id.
    pub groups: Vec<Overview>,
    /// Links to the pages before and after.
    pub pager: Pager,
    /// Whether the reader proposes groups.
    pub reader: Reader,
}

/// Whether the reader of these pages handles groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// They propose, agree and end.
    Handles,
    /// They look only.
    Looks,
}

fn reader(who: &Staff) -> Reader {
    if who.right(Action::HandleGroup).any() { Reader::Handles } else { Reader::Looks }
}

impl Groups {
    fn last(&self, one: &Overview) -> String {
        match &one.last {
            None => self.page.w.t("desk-group-exports-none"),
            Some(last) => [asked(self.page.w, &one.systems, last), stage(self.page.w, last)].join(" "),
        }
    }

    fn purpose(&self, group: &Group) -> String {
        self.page.w.t(purpose(group.purpose))
    }
}

/// Shows it.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let found = bulk::groups_for_desk(&who.visit.app, who.actor(), number).await?;
    let page = frame(&who, "desk-groups-title");
    page.ok(|page| groups_page(page, (number, found), reader(&who)))
}

fn frame(who: &Staff, title: &str) -> Page {
    Page::new(&who.visit, title).desk(&who.roles)
}

/// The page from what is known.
pub fn groups_page(
    page: Page,
    (number, (groups, more)): (i64, (Vec<Overview>, bool)),
    reader: Reader,
) -> Groups {
    let pager = parts::pager(page.w, "/staff/groups", (number, more));
    Groups { page, groups, pager, reader }
}

/// One group.
#[derive(Template)]
#[template(path = "staff/group.html")]
pub struct OneGroup {
    /// The frame.
    pub page: Page,
    /// The group with its exports.
    pub story: GroupStory,
    /// Links to the pages of exports before and after.
    pub pager: Pager,
    /// Whether the reader changes it.
    pub reader: Reader,
    /// The system that is to have it as well; none where the reader proposes none, or there is none.
    pub system: Option<Pick>,
}

impl OneGroup {
    /// Whether the reader can take it from a system.
    fn takes(&self, system: &Client) -> bool {
        self.reader == Reader::Handles && smart::is_given_groups(system)
    }

    /// Whether it stands in the settings what a system may take out.
    fn is_of_settings(&self, system: &Client) -> bool {
        self.reader == Reader::Handles && system.origin == Origin::Settings
    }

    fn purpose(&self) -> String {
        self.page.w.t(purpose(self.story.kept.group.purpose))
    }

    fn shown(&self) -> String {
        shown(self.page.w, &self.story.kept.group)
    }

    fn is_plan(&self) -> bool {
        matches!(self.story.kept.group.recipient, bulk::Recipient::HealthPlan(_))
    }

    fn state(&self, system: &Client) -> String {
        state(&self.page, system)
    }

    fn asked(&self, export: &ExportKept) -> String {
        asked(self.page.w, &self.story.systems, export)
    }

    fn stage(&self, export: &ExportKept) -> String {
        stage(self.page.w, export)
    }

    fn event(&self, event: &GroupEvent) -> String {
        let w = self.page.w;
        let said = |id| w.t2(id, ("name", event.by.as_str()), ("date", w.moment(&event.at)));
        let with = |id, system: &String| {
            let values = [
                ("name", event.by.as_str().into()),
                ("system", system.into()),
                ("date", w.moment(&event.at).into()),
            ];
            w.with(id, &values)
        };
        match &event.what {
            GroupChange::Given(system) => with("desk-group-given", system),
            GroupChange::Taken(system) => with("desk-group-taken", system),
            GroupChange::Made => said("desk-group-made"),
            GroupChange::Agreed => said("desk-group-agreed"),
            GroupChange::Ended => said("desk-group-ended"),
            GroupChange::Set { added, removed } => {
                [said("desk-group-set"), w.n("desk-group-came", *added), w.n("desk-group-went", *removed)]
                    .join(" ")
            }
        }
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>, Query(query): Query) -> Reply {
    let typed = parts::typed(&who, &query).await?;
    let shown = (parts::number(&query), &typed, (StatusCode::OK, Problems::default()));
    again(&who, &id, shown).await
}

/// The same with what was chosen and must be mended.
pub(super) async fn again(
    who: &Staff,
    id: &str,
    (number, typed, (status, problems)): (i64, &Fields, (StatusCode, Problems)),
) -> Reply {
    let story = bulk::group_for_desk(&who.visit.app, who.actor(), (id, number)).await?;
    let page = frame(who, "desk-group-title").under("/staff/groups", "desk-groups-title");
    let page = page.with_problems(problems).naming(FIELDS);
    page.reply(status, |page| group_page(page, (number, story, typed), reader(who)))
}

/// Takes it from a system.
pub async fn take(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let path = format!("/staff/groups/{id}");
    let story = bulk::group_for_desk(&who.visit.app, who.actor(), (&id, 1)).await?;
    let system = story.systems.iter().find(|system| system.id.0 == typed.get("system"));
    // Another took it away first, or it was never there: the page tells.
    let Some(system) = system else { return Ok(parts::late(&path)) };
    parts::just_signed_in(&who, (&path, &typed)).await?;
    match bulk::take_from(&who.visit.app, who.actor(), (&id, &system.id)).await {
        // It was taken away in the same moment.
        Err(Error::NotFound) => Ok(parts::late(&path)),
        taken => {
            taken?;
            Ok(send::elsewhere(&path))
        }
    }
}

/// The page from what is known.
pub fn group_page(
    page: Page,
    (number, story, typed): (i64, GroupStory, &Fields),
    reader: Reader,
) -> OneGroup {
    let path = format!("/staff/groups/{}", story.kept.group.id);
    let pager = parts::pager(page.w, &path, (number, story.more));
    let proposes = reader == Reader::Handles && story.kept.ended.is_none() && !story.others.is_empty();
    let first = (String::new(), page.w.t("desk-group-system-choose"));
    let others = story.others.iter().map(|system| (system.id.0.clone(), system.about.name.clone()));
    let options = std::iter::once(first).chain(others);
    let system = proposes.then(|| Pick::new(&page, ("system", "desk-group-system"), typed).of(options));
    OneGroup { page, story, pager, reader, system }
}

/// The protected kinds of information that go out with a group.
pub(super) fn shown(w: Words, group: &Group) -> String {
    let shown: Vec<String> = group.shown.iter().map(|label| w.t(label.name())).collect();
    if shown.is_empty() { w.t("desk-group-shown-none") } else { shown.join("; ") }
}

pub(super) fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Treatment => "desk-group-for-treatment",
        Purpose::Payment => "desk-group-for-payment",
        _ => "desk-group-for-operations",
    }
}

/// Who asked for an export, and when. A system that is not registered any more, or lost the group, goes by its id.
fn asked(w: Words, systems: &[Client], export: &ExportKept) -> String {
    let known = systems.iter().find(|system| system.id == export.client);
    let name = known.map_or(export.client.0.as_str(), |system| system.about.name.as_str());
    w.t2("desk-export-asked", ("system", name), ("date", w.moment(&export.asked)))
}

fn stage(w: Words, export: &ExportKept) -> String {
    match export.stage {
        Stage::Waiting => w.t("desk-export-waiting"),
        Stage::Working { done, total } => {
            w.t2("desk-export-working", ("done", w.number(done)), ("total", w.number(total)))
        }
        Stage::Ready { at, until } => {
            w.t2("desk-export-ready", ("date", w.moment(&at)), ("until", w.moment(&until)))
        }
        Stage::Failed { at } => w.t1("desk-export-failed", "date", w.moment(&at)),
        Stage::Erased { at } => w.t1("desk-export-erased", "date", w.moment(&at)),
    }
}
