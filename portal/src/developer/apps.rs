//! A developer's own apps: signing one up, its id and secret, changing and removing it, and the log of its calls.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::app::App;
use api::base::{Error, Problems};
use api::identity::Actor;
use api::smart::{self, Attempt, Client, ClientId, ClientKind, ClientState, Registered, Use};
use askama::Template;
use uuid::Uuid;

use super::forms::{self, AppFields};
use crate::components::Pager;
use crate::error::Reply;
use crate::form::{Fields, Form, Query, kept_with, mendable};
use crate::guard::SignedIn;
use crate::page::Page;
use crate::send;
use crate::staff::parts;
use crate::visit::Visit;

/// The list.
#[derive(Template)]
#[template(path = "developer/apps.html")]
pub struct Apps {
    /// The frame.
    pub page: Page,
    /// The apps, newest first.
    pub apps: Vec<Client>,
}

impl Apps {
    fn state(&self, client: &Client) -> String {
        state(&self.page, client)
    }
}

/// Whether an app may be used, and when it last was.
pub fn state(page: &Page, client: &Client) -> String {
    let w = page.w;
    match (&client.state, &client.used) {
        (ClientState::Suspended { at, .. }, _) => w.t1("dev-state-suspended", "date", w.moment(at)),
        (ClientState::Waiting { .. }, _) => w.t("dev-state-waiting"),
        (ClientState::Active, Some(at)) => w.t1("dev-state-used", "date", w.moment(at)),
        (ClientState::Active, None) => w.t("dev-state-unused"),
    }
}

fn frame(who: &SignedIn, title: &str) -> Page {
    Page::new(&who.visit, title).under("/developers", "dev-title").naming(forms::FIELDS)
}

fn below(who: &SignedIn, title: &str) -> Page {
    frame(who, title).under("/developers/apps", "dev-apps-title")
}

/// A page about one app.
pub(super) fn of(who: &SignedIn, client: &Client, title: &str) -> Page {
    let one = who.visit.w.t("dev-one-title");
    below(who, title).under_words(&format!("/developers/apps/{}", client.id), one)
}

/// Shows it.
pub async fn list(who: SignedIn) -> Reply {
    let apps = smart::clients_of(&who.visit.app, who.actor()).await?;
    frame(&who, "dev-apps-title").ok(|page| Apps { page, apps })
}

/// The form for a new app.
#[derive(Template)]
#[template(path = "developer/new.html")]
pub struct New {
    /// The frame.
    pub page: Page,
    /// Its own id.
    pub once: Uuid,
    /// The fields.
    pub fields: AppFields,
}

/// Shows it.
pub async fn form(who: SignedIn) -> Reply {
    let once = smart::once(&who.visit.app);
    below(&who, "dev-new-title").ok(|page| new_page(page, once, &Fields::default()))
}

/// The form from what was typed.
pub fn new_page(page: Page, once: Uuid, typed: &Fields) -> New {
    New { fields: AppFields::new(&page, forms::Form::New(Use::Person), typed), once, page }
}

/// What a form meets that made an app before.
pub const KNOWN: &str = "conflict-app-known";
/// What the address of an app's page says where its form was sent again.
const MADE: &str = "made";

/// The id of a form as it was sent.
pub fn once(app: &App, typed: &Fields) -> Uuid {
    typed.get("once").parse().unwrap_or_else(|_| smart::once(app))
}

/// Back to the app that a form made that was sent again, if it is there still; `path` is that of the list.
pub async fn made_before(
    visit: &Visit,
    actor: &Actor,
    (id, path): (&ClientId, &str),
) -> Result<Option<HttpResponse>, Error> {
    match smart::client(&visit.app, actor, id).await {
        Ok(_) => Ok(Some(parts::late_for(&format!("{path}/{id}"), MADE))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What to say on the page of an app whose form was sent again; nothing where it was not.
pub fn said_before(page: &Page, client: &Client) -> Option<String> {
    let w = page.w;
    let said = (parts::what_late(page) == MADE).then(|| w.t("dev-made-before"))?;
    Some(match client.about.kind {
        ClientKind::Secret => format!("{said} {}", w.t("dev-made-before-secret")),
        ClientKind::Public | ClientKind::Keys => said,
    })
}

/// Signs an app up. Nobody has to agree (45 CFR 171: a patient's app meets no needless barrier).
pub async fn register(who: SignedIn, Form(typed): Form) -> Reply {
    let app = &who.visit.app;
    let once = once(app, &typed);
    let again = |once, (status, problems)| {
        let page = below(&who, "dev-new-title").with_problems(problems);
        page.reply(status, |page| new_page(page, once, &typed))
    };
    let about = match forms::read(&typed, Use::Person, None) {
        Ok(about) => about,
        Err(problems) => return again(once, (StatusCode::UNPROCESSABLE_ENTITY, problems)),
    };
    let id = smart::id_of_form(app, who.actor(), (once, &about))?;
    match smart::register(app, who.actor(), (once, about)).await {
        Ok(registered) => made(below(&who, "dev-made-title"), registered),
        Err(error @ Error::Conflict(KNOWN)) => {
            let before = made_before(&who.visit, who.actor(), (&id, "/developers/apps")).await?;
            // What it made was removed: sent once more it makes another.
            before.map_or_else(|| again(smart::once(app), kept_with(error, "name")?), Ok)
        }
        Err(error) => again(once, kept_with(error, "name")?),
    }
}

/// The id of a new app, and its secret, which is shown once.
#[derive(Template)]
#[template(path = "developer/made.html")]
pub struct Made {
    /// The frame.
    pub page: Page,
    /// The app.
    pub client: Client,
    /// The secret.
    pub secret: Option<String>,
    /// Where the app's page is.
    pub onwards: String,
}

fn made(page: Page, registered: Registered) -> Reply {
    page.reply(StatusCode::CREATED, |page| made_page(page, registered, "/developers/apps"))
}

/// The page from what was made.
pub fn made_page(page: Page, registered: Registered, base: &str) -> Made {
    let onwards = format!("{base}/{}", registered.client.id);
    Made { page, client: registered.client, secret: registered.secret, onwards }
}

/// One app.
#[derive(Template)]
#[template(path = "developer/one.html")]
pub struct One {
    /// The frame.
    pub page: Page,
    /// The app.
    pub client: Client,
    /// What can be changed.
    pub fields: AppFields,
    /// Whether it was just changed.
    pub saved: bool,
    /// That the form that made it was sent again.
    pub before: Option<String>,
}

impl One {
    fn state(&self) -> String {
        state(&self.page, &self.client)
    }

    fn kind(&self) -> String {
        self.page.w.t(forms::kind_name(self.client.about.kind))
    }

    fn suspended(&self) -> Option<&str> {
        match &self.client.state {
            ClientState::Suspended { why, .. } => Some(why),
            ClientState::Active | ClientState::Waiting { .. } => None,
        }
    }

    fn secret(&self) -> bool {
        self.client.about.kind == ClientKind::Secret
    }

    fn keys(&self) -> bool {
        self.client.about.kind == ClientKind::Keys
    }
}

/// Shows it.
pub async fn show(who: SignedIn, id: Path<String>, Query(query): Query) -> Reply {
    let client = smart::client(&who.visit.app, who.actor(), &ClientId(id.into_inner())).await?;
    let mut fields = forms::fields_of(&client);
    fields.set("saved", query.get("saved"));
    one(&who, client, (&fields, Problems::default()))
}

fn one(who: &SignedIn, client: Client, (typed, problems): (&Fields, Problems)) -> Reply {
    below(who, "dev-one-title").with_problems(problems).ok(|page| one_page(page, client, typed))
}

/// The page from what is known and typed.
pub fn one_page(page: Page, client: Client, typed: &Fields) -> One {
    let form = forms::Form::Change(client.about.used_by, client.about.kind);
    let before = said_before(&page, &client);
    One {
        fields: AppFields::new(&page, form, typed),
        client,
        saved: typed.get("saved") == "yes",
        before,
        page,
    }
}

/// Changes what is told about it.
pub async fn change(who: SignedIn, id: Path<String>, Form(typed): Form) -> Reply {
    let id = ClientId(id.into_inner());
    let client = smart::client(&who.visit.app, who.actor(), &id).await?;
    let about = match forms::read(&typed, client.about.used_by, Some(client.about.kind)) {
        Ok(about) => about,
        Err(problems) => return one(&who, client, (&typed, problems)),
    };
    // What the form does not show stays as it is.
    let about = smart::Registration {
        logo_uri: client.about.logo_uri.clone(),
        scope: client.about.scope.clone(),
        software: client.about.software.clone(),
        ..about
    };
    match smart::edit(&who.visit.app, who.actor(), (&id, about)).await {
        Ok(_) => Ok(send::elsewhere(&format!("/developers/apps/{id}?saved=yes"))),
        Err(error) => one(&who, client, (&typed, mendable(error)?)),
    }
}

/// Gives it a new secret; the earlier one is dead.
pub async fn new_secret(who: SignedIn, id: Path<String>, _: Form) -> Reply {
    let registered = smart::new_secret(&who.visit.app, who.actor(), &ClientId(id.into_inner())).await?;
    made(below(&who, "dev-secret-title"), registered)
}

/// The page that says what removing means.
#[derive(Template)]
#[template(path = "developer/removal.html")]
pub struct Removal {
    /// The frame.
    pub page: Page,
    /// The app.
    pub client: Client,
}

/// Shows it.
pub async fn removal(who: SignedIn, id: Path<String>) -> Reply {
    let client = smart::client(&who.visit.app, who.actor(), &ClientId(id.into_inner())).await?;
    of(&who, &client, "dev-remove-title").ok(|page| Removal { page, client })
}

/// Removes it, and ends all that people allowed it.
pub async fn remove(who: SignedIn, id: Path<String>, _: Form) -> Reply {
    smart::remove(&who.visit.app, who.actor(), &ClientId(id.into_inner())).await?;
    Ok(send::elsewhere("/developers/apps"))
}

/// The log of an app's calls.
#[derive(Template)]
#[template(path = "developer/log.html")]
pub struct Log {
    /// The frame.
    pub page: Page,
    /// The app.
    pub client: Client,
    /// The calls, newest first.
    pub attempts: Vec<Attempt>,
    /// Links to the pages before and after.
    pub pager: Pager,
}

/// Shows it.
pub async fn log(who: SignedIn, id: Path<String>, Query(query): Query) -> Reply {
    let id = ClientId(id.into_inner());
    let client = smart::client(&who.visit.app, who.actor(), &id).await?;
    let number = parts::number(&query);
    let found = smart::attempts_of(&who.visit.app, who.actor(), (&id, number)).await?;
    of(&who, &client, "dev-log-title").ok(|page| log_page(page, client, (number, found)))
}

/// The page from what is known.
pub fn log_page(page: Page, client: Client, (number, found): (i64, (Vec<Attempt>, bool))) -> Log {
    let (attempts, more) = found;
    let pager = parts::pager(page.w, &format!("/developers/apps/{}/log", client.id), (number, more));
    Log { page, client, attempts, pager }
}
