//! Registered apps and systems at the desk: who brought them, their use, stopping them, and registering for the clinic.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{Error, Problems};
use api::smart::{self, Client, ClientId, ClientKind, ClientState, Kept, KeySource, Marked, Origin, Use};
use api::staff::{APPROVE, Action};
use askama::Template;
use uuid::Uuid;

use super::parts::{self, Area};
use crate::components::Pager;
use crate::developer::apps::{self as developer, made_page, state};
use crate::developer::forms::{self, AppFields};
use crate::error::{Failure, Reply};
use crate::form::{Fields, Form, Query, kept_with, mendable};
use crate::guard::Staff;
use crate::page::Page;
use crate::send;

/// The list.
#[derive(Template)]
#[template(path = "staff/apps.html")]
pub struct Apps {
    /// The frame.
    pub page: Page,
    /// Newest first.
    pub apps: Vec<Kept>,
    /// Links to the pages before and after.
    pub pager: Pager,
    /// Whether the reader registers apps.
    pub registers: bool,
}

impl Apps {
    fn state(&self, client: &Client) -> String {
        state(&self.page, client)
    }

    fn origin(&self, kept: &Kept) -> String {
        origin(&self.page, kept)
    }
}

/// Who registered it.
fn origin(page: &Page, kept: &Kept) -> String {
    let w = page.w;
    match (&kept.client.origin, &kept.owner) {
        (Origin::Developer { .. }, Some(owner)) => w.t1("desk-app-developer-named", "name", owner.as_str()),
        (Origin::Clinic, Some(owner)) => w.t1("desk-app-clinic-named", "name", owner.as_str()),
        (origin, _) => w.t(origin_name(origin)),
    }
}

fn origin_name(origin: &Origin) -> &'static str {
    match origin {
        Origin::Clinic => "desk-app-clinic",
        Origin::Developer { .. } => "desk-app-developer",
        Origin::Dynamic => "desk-app-dynamic",
        Origin::Demo => "desk-app-demo",
        Origin::Settings => "desk-app-settings",
    }
}

/// Shows it.
pub async fn list(who: Staff, Query(query): Query) -> Reply {
    let number = parts::number(&query);
    let found = smart::all_clients(&who.visit.app, who.actor(), number).await?;
    let registers = who.right(Action::ManageRoles).whole();
    let reader = if registers { Reader::Registers } else { Reader::Looks };
    let page = Page::new(&who.visit, "desk-apps-title").desk(&who.roles);
    page.ok(|page| apps_page(page, (number, found), reader))
}

/// Whether somebody registers apps for the clinic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// They do.
    Registers,
    /// They look only.
    Looks,
}

/// The page from what is known.
pub fn apps_page(page: Page, (number, (apps, more)): (i64, (Vec<Kept>, bool)), reader: Reader) -> Apps {
    let pager = parts::pager(page.w, "/staff/apps", (number, more));
    Apps { page, apps, pager, registers: reader == Reader::Registers }
}

/// One app.
#[derive(Template)]
#[template(path = "staff/app.html")]
pub struct OneApp {
    /// The frame.
    pub page: Page,
    /// The app.
    pub client: Client,
    /// Who registered it.
    pub origin: String,
    /// Who agreed to it, and when.
    pub agreed: Option<String>,
    /// How many people have it connected now; none of a system, which nobody connects.
    pub people: Option<i64>,
    /// Why it is stopped, for those who may.
    pub why: Option<Area>,
    /// Whether the reader can agree to it as the second person.
    pub agrees: bool,
    /// That the form that made it was sent again.
    pub made: Option<String>,
}

impl OneApp {
    fn state(&self) -> String {
        state(&self.page, &self.client)
    }

    fn kind(&self) -> String {
        self.page.w.t(forms::kind_name(self.client.about.kind))
    }

    fn suspended(&self) -> Option<String> {
        match &self.client.state {
            state if smart::is_gone_from_settings(state) => Some(self.page.w.t("desk-app-settings-gone")),
            ClientState::Suspended { why, .. } => Some(why.clone()),
            ClientState::Active | ClientState::Waiting { .. } => None,
        }
    }

    fn is_gone(&self) -> bool {
        smart::is_gone_from_settings(&self.client.state)
    }

    /// The ids of its keys, or where they are.
    fn keys(&self) -> Option<String> {
        if self.client.about.kind != ClientKind::Keys {
            return None;
        }
        Some(match &self.client.about.keys {
            Some(KeySource::Url(url)) => url.clone(),
            Some(KeySource::Value(set)) => {
                let keys = set["keys"].as_array().into_iter().flatten();
                let name = |key: &serde_json::Value| {
                    let text = |field: &str| key[field].as_str().unwrap_or("?").to_owned();
                    format!("{} ({})", text("kid"), text("kty"))
                };
                keys.map(name).collect::<Vec<_>>().join(", ")
            }
            None => String::new(),
        })
    }
}

/// Shows it.
pub async fn show(who: Staff, id: Path<String>) -> Reply {
    let kept = smart::kept(&who.visit.app, who.actor(), &ClientId(id.into_inner())).await?;
    one(&who, kept, (&Fields::default(), Problems::default()))
}

fn one(who: &Staff, kept: Kept, (typed, problems): (&Fields, Problems)) -> Reply {
    let stops = who.right(Action::HandleApp).any();
    let right = who.right(Action::ManageRoles);
    let account = who.actor().account;
    let second = matches!(kept.client.state, ClientState::Waiting { by } if by != account)
        && (right.whole() || right.only(APPROVE));
    let second = if second { Second::Agrees } else { Second::No };
    let page = Page::new(&who.visit, "desk-app-title").desk(&who.roles);
    let page = page.under("/staff/apps", "desk-apps-title").with_problems(problems).naming(forms::FIELDS);
    page.ok(|page| one_page(page, (kept, second), stops.then_some(typed)))
}

/// Whether a reader can agree to a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// They are the second person.
    Agrees,
    /// Nothing waits for them.
    No,
}

/// The page from what is known, and typed by those who may stop an app.
pub fn one_page(page: Page, (kept, second): (Kept, Second), typed: Option<&Fields>) -> OneApp {
    let origin = origin(&page, &kept);
    let Kept { client, people, agreed, .. } = kept;
    let agreed = agreed.map(|(name, at)| {
        page.w.t2("desk-app-agreed", ("name", name.as_str()), ("date", page.w.moment(&at)))
    });
    let people = (!client.is_system()).then_some(people);
    let why = typed.map(|typed| Area::new(&page, ("why", "desk-why", "desk-app-why-hint"), typed));
    let made = developer::said_before(&page, &client);
    OneApp { page, client, origin, agreed, people, why, agrees: second == Second::Agrees, made }
}

/// Stops it: none of its tokens works from now on.
pub async fn suspend(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let id = ClientId(id.into_inner());
    let kept = smart::kept(&who.visit.app, who.actor(), &id).await?;
    match smart::suspend(&who.visit.app, who.actor(), (&id, typed.get("why"))).await {
        Ok(()) => Ok(send::elsewhere(&format!("/staff/apps/{id}"))),
        Err(error) => one(&who, kept, (&typed, mendable(error)?)),
    }
}

/// Lets it go on.
pub async fn unsuspend(who: Staff, id: Path<String>, _: Form) -> Reply {
    let id = ClientId(id.into_inner());
    smart::unsuspend(&who.visit.app, who.actor(), &id).await?;
    Ok(send::elsewhere(&format!("/staff/apps/{id}")))
}

/// Agrees to a system, as the second person.
pub async fn agree(who: Staff, id: Path<String>, _: Form) -> Reply {
    let id = ClientId(id.into_inner());
    smart::client(&who.visit.app, who.actor(), &id).await?;
    let path = format!("/staff/apps/{id}");
    match smart::agree(&who.visit.app, who.actor(), &id).await {
        Ok(()) => Ok(send::elsewhere(&path)),
        Err(error) => parts::or_late(error, ("conflict-grant-decided", &path)),
    }
}

/// Recommends it, or no longer.
pub async fn mark(who: Staff, id: Path<String>, Form(typed): Form) -> Reply {
    let id = ClientId(id.into_inner());
    let marked = match typed.get("marked") {
        "yes" => Marked::Yes,
        "no" => Marked::No,
        _ => return Err(Error::NotFound.into()),
    };
    smart::mark(&who.visit.app, who.actor(), (&id, marked)).await?;
    Ok(send::elsewhere(&format!("/staff/apps/{id}")))
}

/// The form for an app or a system of the clinic.
#[derive(Template)]
#[template(path = "staff/app_new.html")]
pub struct NewApp {
    /// The frame.
    pub page: Page,
    /// Its own id.
    pub once: Uuid,
    /// Who uses it, in the form.
    pub used_by: &'static str,
    /// The fields.
    pub fields: AppFields,
}

impl NewApp {
    fn system(&self) -> bool {
        self.used_by == "systems"
    }
}

/// Who is to use it; no form of ours asks for anybody else.
fn used_by(fields: &Fields) -> Result<Use, Failure> {
    match fields.get("for") {
        "people" => Ok(Use::Person),
        "systems" | "" => Ok(Use::System),
        _ => Err(Error::NotFound.into()),
    }
}

/// Shows it.
pub async fn form(who: Staff, Query(query): Query) -> Reply {
    let (once, used_by) = (smart::once(&who.visit.app), used_by(&query)?);
    frame(&who, used_by).ok(|page| new_page(page, (once, used_by), &Fields::default()))
}

fn frame(who: &Staff, used_by: Use) -> Page {
    let title = if used_by == Use::System { "desk-system-new-title" } else { "desk-app-new-title" };
    let page = Page::new(&who.visit, title).desk(&who.roles).under("/staff/apps", "desk-apps-title");
    page.naming(forms::FIELDS)
}

/// The form from what was typed.
pub fn new_page(page: Page, (once, used_by): (Uuid, Use), typed: &Fields) -> NewApp {
    let fields = AppFields::new(&page, forms::Form::New(used_by), typed);
    NewApp { once, used_by: if used_by == Use::System { "systems" } else { "people" }, fields, page }
}

/// Registers it.
pub async fn register(who: Staff, Form(typed): Form) -> Reply {
    let app = &who.visit.app;
    let (once, used_by) = (developer::once(app, &typed), used_by(&typed)?);
    let again = |once, (status, problems)| {
        let page = frame(&who, used_by).with_problems(problems);
        page.reply(status, |page| new_page(page, (once, used_by), &typed))
    };
    let about = match forms::read(&typed, used_by, None) {
        Ok(about) => about,
        Err(problems) => return again(once, (StatusCode::UNPROCESSABLE_ENTITY, problems)),
    };
    let id = smart::id_of_form(app, who.actor(), (once, &about))?;
    match smart::register_for_clinic(app, who.actor(), (once, about)).await {
        Ok(registered) => {
            let page = Page::new(&who.visit, "desk-app-made-title").desk(&who.roles);
            let page = page.under("/staff/apps", "desk-apps-title");
            page.reply(StatusCode::CREATED, |page| made_page(page, registered, "/staff/apps"))
        }
        Err(error @ Error::Conflict(developer::KNOWN)) => {
            let before = developer::made_before(&who.visit, who.actor(), (&id, "/staff/apps")).await?;
            before.map_or_else(|| again(smart::once(app), kept_with(error, "name")?), Ok)
        }
        Err(error) => again(once, kept_with(error, "name")?),
    }
}
