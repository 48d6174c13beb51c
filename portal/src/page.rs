//! The frame of every page: language, title, whose record it is, where it stands, and the token of its forms.

use std::rc::Rc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use api::base::Problems;
use api::config::{Act, Clinic};
use api::records::Person;
use api::representation::Told;
use api::smart::UNNAMED;
use api::staff::Role;
use askama::Template;

use crate::assets;
use crate::error::{Failure, Reply};
use crate::i18n::Words;
use crate::law;
use crate::patient::step_up;
use crate::staff;
use crate::visit::{Acting, Visit};

/// The fields of all forms with their labels.
const FIELDS: &[(&str, &str)] = &[
    ("code", "link-code"),
    ("name", "link-help-name"),
    ("birth_date", "link-help-birth"),
    ("contact", "link-help-contact"),
    ("note", "link-help-note"),
    ("from", "filter-from"),
    ("to", "filter-to"),
    ("what", "copy-what"),
    ("categories", "copy-categories"),
    ("formats", "copy-formats"),
    ("password", "copy-password"),
    ("password_again", "copy-password-again"),
    ("recipient", "privacy-recipient"),
    ("address", "privacy-address"),
    ("labels", "privacy-labels"),
    ("purposes", "privacy-purpose"),
    ("until", "privacy-until"),
    ("typed", "privacy-typed"),
    ("kind", "privacy-kind"),
    ("against", "privacy-against"),
    ("party", "privacy-party"),
    ("charge", "privacy-charge"),
    ("paid", "privacy-paid"),
    ("why", "privacy-why"),
    ("channel", "privacy-channel"),
    ("email", "privacy-email"),
    ("postal", "privacy-postal"),
    ("phone", "privacy-phone"),
    ("contact_code", "privacy-contact-code"),
    ("day", "office-day"),
    ("authority", "office-authority"),
    ("beside", "office-beside"),
    ("witness", "office-witness"),
    ("statements", "office-statements"),
    ("discloser", "office-discloser"),
    ("conditioned", "office-conditioned"),
    ("text", "office-text"),
];

/// A step of the way to a page.
#[derive(Debug, Clone)]
pub struct Crumb {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub words: String,
}

/// Whose record a page shows.
#[derive(Debug, Clone)]
pub struct Whose {
    /// The name as the source writes it.
    pub name: String,
    /// The birth date in words.
    pub born: Option<String>,
}

/// The frame.
pub struct Page {
    /// The reader's words.
    pub w: Words,
    /// The visitor.
    pub visit: Rc<Visit>,
    /// Heading and title in one. Never names a person or an illness.
    pub title: String,
    /// Whose record the page shows, if it shows one.
    pub whose: Option<Whose>,
    /// The way to the page.
    pub crumbs: Vec<Crumb>,
    /// What must be mended in the page's form.
    pub problems: Problems,
    /// Whether the page asks for itself again after some seconds where no script runs.
    pub again: Option<u32>,
    /// The token of the page's forms.
    pub csrf: String,
    /// The labels of the page's fields, where they are its own.
    pub fields: &'static [(&'static str, &'static str)],
    /// The reader's roles, on a page of the desk.
    pub desk: Option<Vec<Role>>,
    /// How well it was checked who asks for what the page is about, in words.
    pub sure: Option<String>,
}

impl Page {
    /// A page whose title is the sentence of this id.
    pub fn new(visit: &Rc<Visit>, title: &str) -> Self {
        Self::titled(visit, visit.w.t(title))
    }

    /// A page with this title.
    pub fn titled(visit: &Rc<Visit>, title: String) -> Self {
        Self {
            w: visit.w,
            visit: Rc::clone(visit),
            title,
            whose: None,
            crumbs: Vec::new(),
            problems: Problems::default(),
            again: None,
            csrf: visit.token.masked(),
            fields: &[],
            desk: None,
            sure: None,
        }
    }

    /// Shows whose record it is.
    pub fn of(self, person: &Person) -> Self {
        self.of_named(&person.name, person.birth_date.as_deref())
    }

    /// Shows whose record it is, by name and birth date as the source writes them.
    pub fn of_named(mut self, name: &str, birth_date: Option<&str>) -> Self {
        let born = birth_date.map(|date| self.w.date(date));
        self.whose = Some(Whose { name: name.into(), born });
        self
    }

    /// Adds a step of the way to the page, within the record that is open.
    pub fn under(self, path: &str, id: &str) -> Self {
        // Through another's eyes there are only the pages of the record.
        if self.through().is_some() && !path.starts_with("/record") {
            return self;
        }
        let (href, words) = (self.href(path), self.w.t(id));
        self.under_words(&href, words)
    }

    /// An address of the record that is open.
    pub fn href(&self, path: &str) -> String {
        self.visit.href(path)
    }

    /// What staff look at the record for, and until when.
    pub fn looking(&self) -> Option<String> {
        let (purpose, until) = self.acting()?.look?;
        let w = self.w;
        Some(w.t2("acting-look-until", ("purpose", w.t(purpose)), ("time", w.moment(&until))))
    }

    /// Whether staff look at a record on this page.
    pub fn is_look(&self) -> bool {
        self.acting().is_some_and(|acting| acting.look.is_some())
    }

    /// The look of staff that stands in the address.
    pub fn look_id(&self) -> &str {
        self.visit.base.trim_start_matches("/for/")
    }

    /// The address of the person's page about who would see what this page shows, where they look through their eyes.
    pub fn through(&self) -> Option<String> {
        self.acting()?.through.map(|id| format!("/people/{id}"))
    }

    /// The services of minors of which less may be shown, with the law.
    pub fn law(&self) -> Vec<(String, String)> {
        let told = self.acting().and_then(|acting| acting.law.as_ref());
        told.map(|told| told.services.iter().map(|one| law::of_minors(self.w, one)).collect())
            .unwrap_or_default()
    }

    /// Whether they stand on the first page of the record.
    pub fn law_in_front(&self) -> bool {
        self.acting().and_then(|acting| acting.law.as_ref()).is_some_and(Told::in_front)
    }

    /// For whom the visitor acts on this page.
    pub fn acting(&self) -> Option<&Acting> {
        self.visit.acting.get()
    }

    /// Adds a step with words that are known already.
    pub fn under_words(mut self, href: &str, words: String) -> Self {
        self.crumbs.push(Crumb { href: href.into(), words });
        self
    }

    /// Makes it a page of the desk, for staff with these roles.
    pub fn desk(mut self, roles: &[Role]) -> Self {
        self.desk = Some(roles.to_vec());
        self
    }

    /// Tells how well it was checked who asks for what the page is about (NIST SP 800-63A).
    pub fn sure(mut self, level: Option<u8>) -> Self {
        let words = |level| match level {
            0 => "desk-sure-untold",
            1 => "desk-sure-said",
            2 => "desk-sure-checked",
            _ => "desk-sure-in-person",
        };
        self.sure = level.map(|level| self.w.t(words(level)));
        self
    }

    /// Puts what must be mended into the page.
    pub fn with_problems(mut self, problems: Problems) -> Self {
        self.problems = problems;
        self
    }

    /// Names the fields of the page's form in the summary of what must be mended.
    pub fn naming(mut self, fields: &'static [(&'static str, &'static str)]) -> Self {
        self.fields = fields;
        self
    }

    /// Asks for itself again, where no script runs.
    pub fn again_after(mut self, seconds: u32) -> Self {
        self.again = Some(seconds);
        self
    }

    /// The answer with this page in it (200; 422 where its form must be mended).
    pub fn ok<T: Template>(self, fill: impl FnOnce(Self) -> T) -> Reply {
        let mend = !self.problems.0.is_empty();
        self.reply(if mend { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, fill)
    }

    /// The answer with this page in it.
    pub fn reply<T: Template>(self, status: StatusCode, fill: impl FnOnce(Self) -> T) -> Reply {
        let html = fill(self).render().map_err(Failure::from)?;
        Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
    }

    /// The sentence that says how to mend a field, if it must be mended.
    pub fn problem(&self, field: &str) -> Option<String> {
        let problem = self.problems.0.iter().find(|problem| problem.field == field)?;
        Some(self.w.t(problem.code))
    }

    /// The label of a field, for the summary of what must be mended.
    pub fn field(&self, name: &str) -> Option<String> {
        let mut labels = self.fields.iter().chain(FIELDS).chain(&staff::FIELDS);
        let label = labels.find(|(field, _)| *field == name)?.1;
        Some(self.w.t(label))
    }

    /// An app by its name; one without has words of the page's language.
    pub fn app(&self, name: &str) -> String {
        if name == UNNAMED { self.w.t("apps-unnamed") } else { name.to_owned() }
    }

    /// The name that people know a source by.
    pub fn source<'a>(&'a self, name: &'a str) -> &'a str {
        let sources = &self.visit.app.config.sources;
        let title = sources.iter().find(|source| source.name == name).map(|source| source.title.as_str());
        title.filter(|title| !title.is_empty()).unwrap_or(name)
    }

    /// The clinic.
    pub fn clinic(&self) -> &Clinic {
        &self.visit.app.config.clinic
    }

    /// Whether somebody of the staff comes back to a form from signing in again.
    pub fn is_back(&self) -> bool {
        let kept = self.visit.here.split_once('?').is_some_and(|(_, query)| query.contains("kept="));
        let decides = self.desk.is_some() && step_up::is_done(&self.visit, Act::Decide);
        let path = self.visit.here.split('?').next().unwrap_or_default();
        kept && (decides || step_up::is_quiet(path))
    }

    /// Whether someone is signed in.
    pub fn signed_in(&self) -> bool {
        self.visit.session.is_some()
    }

    /// Whether their account is linked to a record.
    pub fn linked(&self) -> bool {
        self.visit.session.as_ref().is_some_and(|session| session.link.is_some())
    }

    /// The main pages: address, message id.
    pub fn main_pages(&self) -> Vec<(String, &'static str)> {
        let own = |pages: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
            pages.iter().map(|(path, id)| ((*path).to_owned(), *id)).collect()
        };
        if let Some(roles) = &self.desk {
            return own(&staff::main_pages(roles));
        }
        if self.through().is_some() {
            let record = (self.href("/record"), "nav-record");
            let back = own(&[("/people", "nav-people"), ("/account", "nav-account"), ("/help", "nav-help")]);
            return [record].into_iter().chain(back).collect();
        }
        if let Some(acting) = self.acting() {
            let (copies, apps, privacy) =
                (("/copies", "nav-copies"), ("/apps", "nav-apps"), ("/privacy", "privacy-title"));
            let log = ("/access-log", "nav-log");
            let pages = [("/home", "nav-home"), ("/record", "nav-record"), copies, apps, log, privacy];
            let open = pages.into_iter().filter(|page| {
                (*page != copies || acting.copies)
                    && (*page != apps || acting.apps)
                    && (*page != privacy || acting.signs)
            });
            let mut pages: Vec<_> = open.map(|(path, id)| (self.href(path), id)).collect();
            pages.extend(own(&[
                (acting.back, if acting.back == "/staff" { "nav-staff" } else { "nav-people" }),
                ("/account", "nav-account"),
                ("/help", "nav-help"),
            ]));
            return pages;
        }
        let mut pages = own(self.pages_of_all());
        if self.visit.session.as_ref().is_some_and(|session| session.staff) {
            pages.extend(own(&[("/staff", "nav-staff")]));
        }
        pages
    }

    fn pages_of_all(&self) -> &'static [(&'static str, &'static str)] {
        if self.linked() {
            &[
                ("/home", "nav-home"),
                ("/record", "nav-record"),
                ("/copies", "nav-copies"),
                ("/apps", "nav-apps"),
                ("/access-log", "nav-log"),
                ("/people", "nav-people"),
                ("/privacy", "privacy-title"),
                ("/account", "nav-account"),
                ("/help", "nav-help"),
            ]
        } else if self.signed_in() {
            &[
                ("/link", "nav-link"),
                ("/people", "nav-people"),
                ("/account", "nav-account"),
                ("/help", "nav-help"),
            ]
        } else {
            &[("/", "nav-start"), ("/sign-in", "nav-sign-in"), ("/help", "nav-help")]
        }
    }

    /// Whether a main page is the one shown, or one above it: by the address, and at the desk, whose pages are found from
    /// several others, by the way that the page shows.
    pub fn at(&self, href: &str) -> bool {
        let by_way = || {
            let first = self.crumbs.first().filter(|_| self.desk.is_some());
            first.is_some_and(|crumb| crumb.href == href)
                && !self.main_pages().iter().any(|(href, _)| self.leads_here(href))
        };
        self.leads_here(href) || (href != "/staff" && by_way())
    }

    /// The words of the main page that is shown, or under which the one that is shown stands: for the folded menu.
    pub fn current(&self) -> Option<String> {
        let mut pages = self.main_pages().into_iter();
        pages.find(|(href, _)| self.at(href)).map(|(_, id)| self.w.t(id))
    }

    fn leads_here(&self, href: &str) -> bool {
        let path = self.visit.here.split('?').next().unwrap_or_default();
        let below = || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        path == href || (!matches!(href, "/" | "/staff") && below())
    }

    /// Minutes without use after which people are signed out.
    pub fn idle_minutes(&self) -> i64 {
        let sessions = &self.visit.app.config.sessions;
        let staff = self.visit.session.as_ref().is_some_and(|session| session.staff);
        let idle = if staff { sessions.staff_idle() } else { sessions.idle() };
        i64::try_from(idle.as_secs() / 60).unwrap_or(i64::MAX)
    }

    /// The style sheet's file name.
    pub fn style(&self) -> &'static str {
        assets::style()
    }

    /// The script's file name.
    pub fn script(&self) -> &'static str {
        assets::script()
    }

    /// The icon's file name.
    pub fn mark(&self) -> &'static str {
        assets::mark()
    }

    /// The other language, its tag and own name.
    pub fn other_language(&self) -> (&'static str, &'static str) {
        let other = api::words::Language::ALL.into_iter().find(|l| *l != self.w.language);
        other.map_or(("en", "English"), |l| (l.tag(), l.own_name()))
    }
}
