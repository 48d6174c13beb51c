//! An app asks for a record: what it asks for, and who it is.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use api::base::{AskId, Error, Problems};
use api::config::Act;
use api::fhir::present::Category;
use api::fhir::sensitivity::Labels;
use api::records::{self, Preview};
use api::representation::{self, Lens};
use api::smart::{self, Asked, Client, Origin, Record, Scope, Scopes, Stay, groups};
use askama::Template;

use super::words::{self, Shelf};
use crate::authority::{Dates, last_day};
use crate::components::Choice;
use crate::error::{Failure, Reply};
use crate::form::{Fields, Query, days};
use crate::guard::SignedIn;
use crate::i18n::Words;
use crate::page::Page;
use crate::patient::acting::kind_name;
use crate::patient::step_up;
use crate::send;

/// How long an app may read, in days. Refresh tokens last at least three months (45 CFR 170.315(g)(10)(v)(A)(1)(iii)),
/// and no three months have more than 92 days.
pub(super) const SPANS: [(&str, u64); 3] = [("day", 1), ("quarter", 92), ("year", 365)];
/// The labels of the fields of the page.
pub const FIELDS: &[(&str, &str)] = &[
    ("groups", "apps-groups"),
    ("from", "scope-from"),
    ("to", "scope-to"),
    ("span", "apps-span"),
    ("away", "apps-away"),
    ("answer", "apps-answer"),
];
/// The field that says that somebody read that the chosen day does not count.
pub(super) const SHORT: &str = "short";

/// The page for a question that is answered or too old. Whose it was does not matter.
#[derive(Template)]
#[template(path = "app_over.html")]
pub struct Over {
    /// The frame.
    pub page: Page,
}

pub(super) fn over(who: &SignedIn) -> Reply {
    Page::new(&who.visit, "apps-over-title").reply(StatusCode::NOT_FOUND, |page| Over { page })
}

/// The page that asks for another sign-in, because the app wants one.
#[derive(Template)]
#[template(path = "app_again.html")]
pub struct AskAgain {
    /// The frame.
    pub page: Page,
    /// The identity provider.
    pub provider: String,
    /// The page to come back to.
    pub back: String,
}

/// The choice of a record, or the page for those who have none to share.
#[derive(Template)]
#[template(path = "app_whose.html")]
pub struct Whose {
    /// The frame.
    pub page: Page,
    /// The app's name.
    pub app: String,
    /// Where the answer goes.
    pub action: String,
    /// One for each record.
    pub records: Vec<Choice>,
    /// Whether they help somebody but may not share.
    pub helper: bool,
}

/// The question itself.
#[derive(Template)]
#[template(path = "app_ask.html")]
pub struct Ask {
    /// The frame.
    pub page: Page,
    /// Who is asked.
    pub name: String,
    /// The app.
    pub client: Client,
    /// Where the answer goes: what somebody who knows the app may recognize.
    pub goes_to: String,
    /// How long it wants to go on.
    pub stay: Stay,
    /// Where the answer is sent.
    pub action: String,
    /// Which of the records, in the form.
    pub of: String,
    /// Whether there is another record to choose.
    pub several: bool,
    /// What it asks for.
    pub shelves: Vec<Shelf>,
    /// Whether that is names of doctors and places only: then there is nothing to tick.
    pub names_only: bool,
    /// Whether it asks for all there is, so that the log goes with it.
    pub asks_all: bool,
    /// Whether it learns who signed in, whatever is ticked.
    pub learns_name: bool,
    /// Single kinds of items, which can be left out of all parts.
    pub kinds: Vec<Choice>,
    /// Whether names of doctors and places go along.
    pub names_go: bool,
    /// From when to when.
    pub dates: Dates,
    /// Very private parts that this record has.
    pub labels: Vec<Choice>,
    /// For how long.
    pub spans: Vec<Choice>,
    /// Whether it may read when the person is away.
    pub away: Option<Choice>,
    /// Whether they were told that the day they chose does not count without that.
    pub told_short: bool,
    /// What becomes of what it has already.
    pub earlier: Option<Choice>,
    /// The name of the kept form, where the person signed in again for it.
    pub kept: Option<String>,
    /// Whether they did sign in again.
    pub again: bool,
}

impl Ask {
    fn known(&self) -> String {
        let w = self.page.w;
        match self.client.origin {
            _ if self.client.marked.is_some() => w.t("apps-known-marked"),
            Origin::Clinic | Origin::Settings => w.t("apps-known-clinic"),
            Origin::Developer { .. } => w.t1("apps-known-developer", "date", w.day(&self.client.created)),
            Origin::Dynamic => w.t1("apps-known-dynamic", "date", w.day(&self.client.created)),
            Origin::Demo => w.t("apps-known-demo"),
        }
    }

    fn wants(&self) -> String {
        wants(&self.page, &self.client.about.name)
    }

    fn name(&self) -> String {
        self.page.app(&self.client.about.name)
    }

    /// Whether a kind was taken away, which must not lie hidden.
    fn lacks_a_kind(&self) -> bool {
        self.kinds.iter().any(|choice| !choice.ticked)
    }

    /// How long an app reads that does not stay.
    fn once(&self) -> String {
        let w = self.page.w;
        w.t1("apps-away-no", "minutes", minutes(&self.page))
    }
}

/// For how many minutes an access token is good.
fn minutes(page: &Page) -> String {
    page.w.number(i64::try_from(page.visit.app.config.apps.access_minutes).unwrap_or(i64::MAX))
}

/// How long an app goes on that asked to stay and may not when the person is away.
pub(super) fn without_away(scopes: &Scopes) -> Stay {
    if scopes.has(&Scope::Online) { Stay::Online } else { Stay::Once }
}

impl Whose {
    fn wants(&self) -> String {
        wants(&self.page, &self.app)
    }
}

fn wants(page: &Page, app: &str) -> String {
    page.w.t2("apps-wants", ("app", page.app(app).as_str()), ("clinic", page.clinic().name.as_str()))
}

/// Shows the question, or what must come before it.
pub async fn show(who: SignedIn, id: Path<String>, Query(query): Query) -> Reply {
    let Some((id, asked)) = find(&who, &id).await? else { return over(&who) };
    let action = format!("/apps/ask/{id}");
    if let Some(first) = first_sign_in(&who, (&asked, &action)) {
        return first;
    }
    let typed = step_up::typed(&who.visit, who.actor(), &query).await?.map(|typed| typed.fields);
    let of = typed.as_ref().map_or(query.get("of"), |typed| typed.get("of"));
    let Some(record) = record(&asked, of) else { return choose(&who, asked, action).await };
    let fields = typed.unwrap_or_else(|| as_asked(&asked, record));
    question(&who, (&asked, record), (fields, Problems::default())).await
}

pub(super) async fn find(who: &SignedIn, id: &str) -> Result<Option<(AskId, Asked)>, Failure> {
    let id: AskId = id.parse().map_err(|_| Error::NotFound)?;
    match smart::asked(&who.visit.app, who.actor(), id).await {
        Ok(asked) => Ok(Some((id, asked))),
        Err(Error::NotFound | Error::Conflict("conflict-ask-used")) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The page to sign in again, where the app wants a sign-in that is newer than this one (OpenID Connect Core 1.0,
/// 3.1.2.1: `prompt`, `max_age`).
pub(super) fn first_sign_in(who: &SignedIn, (asked, back): (&Asked, &str)) -> Option<Reply> {
    if !asked.wants_newer(who.actor()) {
        return None;
    }
    let (provider, back) = (who.actor().provider.clone(), back.to_owned());
    let page = Page::new(&who.visit, "apps-again-title");
    Some(page.ok(|page| AskAgain { page, provider, back }).map(send::forms_anywhere))
}

/// The record that was chosen, or the only one there is.
pub(super) fn record<'a>(asked: &'a Asked, of: &str) -> Option<&'a Record> {
    match asked.records.as_slice() {
        // Another record than the one that the page named is not taken in its place.
        [one] => Some(one).filter(|one| of.is_empty() || name_of(one) == of),
        several => several.iter().find(|record| !of.is_empty() && name_of(record) == of),
    }
}

/// A record in forms and addresses, without its number.
pub(super) fn name_of(record: &Record) -> String {
    record.under.map_or_else(|| "own".to_owned(), |(authority, _)| authority.to_string())
}

pub(super) async fn choose(who: &SignedIn, asked: Asked, action: String) -> Reply {
    let held = representation::held_by(&who.visit.app, who.actor()).await?;
    let helps = who.session.link.is_none() && !held.is_empty();
    let without = if helps { Without::Helper } else { Without::Unlinked };
    let title = if asked.records.is_empty() { "apps-ask-title" } else { "apps-whose-title" };
    let reply = Page::new(&who.visit, title).ok(|page| whose(page, (&asked, action), without));
    Ok(send::forms_anywhere(reply?))
}

/// What somebody without a record to share is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// A chosen helper, or somebody else who may not share.
    Helper,
    /// Somebody whose record is not linked yet.
    Unlinked,
}

/// The choice of a record from what is known.
pub fn whose(page: Page, (asked, action): (&Asked, String), without: Without) -> Whose {
    let w = page.w;
    let choice = |(n, record): (usize, &Record)| Choice {
        kind: "radio",
        name: "of",
        value: name_of(record),
        label: match record.under {
            None => w.t("apps-whose-own"),
            Some((_, kind)) => {
                w.t2("apps-whose-other", ("name", record.name.as_str()), ("kind", w.t(kind_name(kind))))
            }
        },
        hint: record.birth_date.as_deref().map(|born| w.t1("whose-born", "date", w.date(born))),
        ticked: n == 0,
    };
    let records = asked.records.iter().enumerate().map(choice).collect();
    Whose { app: asked.client.about.name.clone(), action, records, helper: without == Without::Helper, page }
}

/// The form with what the app asks for, and nothing else, ticked.
pub fn as_asked(asked: &Asked, record: &Record) -> Fields {
    let mut fields = Fields::default();
    let slugs: Vec<_> = groups::offered(&asked.scopes).iter().map(|group| group.slug).collect();
    fields.extend("groups", &slugs);
    fields.extend("kinds", &words::all_kinds(&asked.scopes));
    fields.set("of", &name_of(record));
    fields.set("span", if asked.stay == Stay::Offline { "quarter" } else { "day" });
    fields.set("away", if asked.stay == Stay::Offline { "yes" } else { "" });
    fields
}

pub(super) async fn question(
    who: &SignedIn,
    (asked, record): (&Asked, &Record),
    (fields, problems): (Fields, Problems),
) -> Reply {
    let app = &who.visit.app;
    let lens = Lens { hidden: choosable(), ..dated(&fields) };
    let preview = records::preview_for_app(app, who.actor(), (record.patient, lens)).await?;
    let mut page = Page::new(&who.visit, "apps-ask-title");
    page.w.acting = record.under.is_some();
    page.title = page.w.t("apps-ask-title");
    let page = page.of(&preview.person).with_problems(problems).naming(FIELDS);
    let again = step_up::is_done(&who.visit, Act::Grant);
    let reply = page.ok(|page| ask(page, (asked, record), (&preview, &fields, again)));
    Ok(send::forms_anywhere(reply?))
}

fn choosable() -> Labels {
    representation::choosable().collect()
}

/// The time that was chosen; all of it where that must be mended.
fn dated(typed: &Fields) -> Lens {
    let [from, to] = days(typed, &mut Problems::default());
    Lens::dated(from.as_deref(), to.as_deref())
}

/// The question from what is known and typed.
pub fn ask(
    page: Page,
    (asked, record): (&Asked, &Record),
    (preview, typed, again): (&Preview, &Fields, bool),
) -> Ask {
    let w = page.w;
    let name = page.visit.session.as_ref().map_or_else(String::new, |session| session.actor.name.clone());
    let offered = groups::offered(&asked.scopes);
    let ticked = typed.all("groups");
    let none = if dated(typed).is_dated() { "apps-count-none-dates" } else { "apps-count-none" };
    let shelves = words::shelves(
        w,
        (&asked.scopes, &offered),
        (&ticked, |category| count(w, preview, (category, none))),
    );
    let kinds = words::kind_boxes(w, &asked.scopes, &typed.all("kinds"));
    let dates = Dates::new(&page, ["apps-dates", "apps-dates-hint"], typed);
    let seen = preview.hidden.iter().filter(|(_, count)| *count > 0).map(|(label, _)| *label);
    let labels = words::label_boxes(w, seen, &typed.all("labels"));
    let spans = match asked.stay {
        Stay::Once | Stay::Online => Vec::new(),
        Stay::Offline => SPANS.iter().map(|span| span_box(&page, *span, typed.get("span"))).collect(),
    };
    let away = (asked.stay == Stay::Offline).then(|| Choice {
        kind: "checkbox",
        name: "away",
        value: "yes".into(),
        label: w.t("apps-away-choice"),
        hint: Some(match without_away(&asked.scopes) {
            Stay::Online => w.t("apps-away-hint-online"),
            _ => w.t1("apps-away-hint-once", "minutes", minutes(&page)),
        }),
        ticked: typed.get("away") == "yes",
    });
    let told_short = page.problem("away").is_some() || typed.get(SHORT) == "yes";
    let before = asked.earlier.iter().find(|grant| grant.patient == record.patient);
    let earlier = before.map(|grant| Choice {
        kind: "checkbox",
        name: "earlier",
        value: "stop".into(),
        label: w.t1("apps-earlier", "date", w.day(&grant.created)),
        hint: Some(w.t("apps-earlier-hint")),
        ticked: typed.get("earlier") == "stop",
    });
    Ask {
        name,
        client: asked.client.clone(),
        goes_to: host(&asked.redirect_uri),
        stay: asked.stay,
        action: format!("/apps/ask/{}", asked.id),
        of: name_of(record),
        several: asked.records.len() > 1,
        asks_all: asked.scopes.cover_all(),
        learns_name: asked.scopes.know_user(),
        names_only: shelves.is_empty() && asked.scopes.any_resource(),
        shelves,
        names_go: words::names_go(&asked.scopes, &typed.all("kinds")),
        kinds,
        dates,
        labels,
        spans,
        away,
        told_short,
        earlier,
        kept: typed.some(step_up::KEPT),
        again,
        page,
    }
}

/// The host of an address, or its scheme where it leads into an app on the same device.
pub(super) fn host(uri: &str) -> String {
    let url = url::Url::parse(uri).ok();
    let host = url.as_ref().and_then(|url| url.host_str().map(str::to_owned));
    host.or_else(|| url.map(|url| format!("{}:", url.scheme()))).unwrap_or_default()
}

/// "412 items", and how many of them only with what is ticked further down; or the words for none.
fn count(w: Words, preview: &Preview, (category, none): (Category, &str)) -> String {
    let shelf = preview.shelves.iter().find(|(own, ..)| *own == category);
    let Some((_, total, shown)) = shelf.filter(|(_, total, _)| *total > 0) else {
        return w.t(none);
    };
    let items = w.n("record-items", *shown);
    if total == shown {
        return items;
    }
    if *shown == 0 {
        return w.t1("apps-count-only", "hidden", w.n("record-items", *total));
    }
    w.t2("apps-count-protected", ("items", items), ("hidden", w.number(total - shown)))
}

fn span_box(page: &Page, (span, days): (&'static str, u64), chosen: &str) -> Choice {
    let w = page.w;
    let id = match span {
        "day" => "apps-span-day",
        "quarter" => "apps-span-quarter",
        _ => "apps-span-year",
    };
    let date = representation::days_from_now(&page.visit.app, days).map(|until| last_day(w, until));
    Choice {
        kind: "radio",
        name: "span",
        value: span.into(),
        label: w.t1(id, "date", date.unwrap_or_default()),
        hint: None,
        ticked: chosen == span,
    }
}
