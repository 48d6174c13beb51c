//! One request's visitor: who they are, if anyone, their language, and what their forms must carry.

use std::cell::OnceCell;
use std::rc::Rc;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::Method;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::web::Data;
use actix_web::{HttpMessage, HttpRequest};
use api::app::App;
use api::base::{self, AuthorityId, Error, Instant, Result};
use api::identity::{self, Session};
use api::representation::Told;
use api::words::Language;

use crate::csrf::Token;
use crate::i18n::Words;

/// The cookies we set, by what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    /// The session's secret.
    Session,
    /// Ties a started sign-in to this browser.
    SignIn,
    /// A stranger's form token.
    Form,
    /// The language a person chose before they signed in.
    Language,
}

impl Jar {
    /// The cookie's name. Under TLS the `__Host-` prefix keeps other hosts of the domain from setting it
    /// (RFC 6265bis 4.1.3.2); plain HTTP exists on loopback only, where no browser takes the prefix.
    pub fn name(self, app: &App) -> &'static str {
        match (self, app.config.server.secure()) {
            (Self::Session, true) => "__Host-recordright",
            (Self::Session, false) => "recordright",
            (Self::SignIn, true) => "__Host-recordright-sign-in",
            (Self::SignIn, false) => "recordright-sign-in",
            (Self::Form, true) => "__Host-recordright-form",
            (Self::Form, false) => "recordright-form",
            (Self::Language, true) => "__Host-recordright-language",
            (Self::Language, false) => "recordright-language",
        }
    }

    /// The cookie with a value.
    pub fn set(self, app: &App, value: String) -> Cookie<'static> {
        let lives = match self {
            Self::Session | Self::Form => None,
            Self::SignIn => Some(Duration::minutes(10)),
            Self::Language => Some(Duration::days(365)),
        };
        let mut cookie = self.bare(app, value);
        if let Some(lives) = lives {
            cookie.set_max_age(lives);
        }
        cookie
    }

    /// The cookie that takes itself away.
    pub fn removal(self, app: &App) -> Cookie<'static> {
        let mut cookie = self.bare(app, String::new());
        cookie.make_removal();
        cookie
    }

    /// What the browser sent.
    pub fn read(self, app: &App, request: &HttpRequest) -> Option<String> {
        request.cookie(self.name(app)).map(|c| c.value().to_owned()).filter(|v| !v.is_empty())
    }

    fn bare(self, app: &App, value: String) -> Cookie<'static> {
        Cookie::build(self.name(app), value)
            .path("/")
            .http_only(true)
            .secure(app.config.server.secure())
            .same_site(SameSite::Lax)
            .finish()
    }
}

/// For whom a visitor acts.
#[derive(Debug, Clone)]
pub struct Acting {
    /// Their name as the record has it.
    pub name: String,
    /// Their birth date, as the source writes it.
    pub birth_date: Option<String>,
    /// The message id of what the visitor is to them.
    pub kind: &'static str,
    /// Where they see less than the person would: what is said of it, as message ids.
    pub part: Vec<&'static str>,
    /// Whether they may take copies.
    pub copies: bool,
    /// Whether they stand in the person's place (45 CFR 164.502(g)) and see and sign their permissions.
    pub signs: bool,
    /// Whether they may connect apps.
    pub apps: bool,
    /// Where they change the person: their own people, or the desk.
    pub back: &'static str,
    /// Where staff look for the clinic: the message id of what for, and until when.
    pub look: Option<(&'static str, Instant)>,
    /// What is said of what 42 CFR Part 2 protects, as a message id: why a look leaves it out, or the notice that goes with
    /// it (2.32). It says nothing of whether there is any.
    pub program: Option<&'static str>,
    /// Through whose eyes a person looks at their own record, if they do.
    pub through: Option<AuthorityId>,
    /// What the law says of services of minors, to who acts for one.
    pub law: Option<Told>,
}

/// The visitor.
pub struct Visit {
    /// The service.
    pub app: App,
    /// Their language.
    pub w: Words,
    /// Their session, if one is in force.
    pub session: Option<Rc<Session>>,
    /// Whether the browser came with a session that has ended.
    pub ended: bool,
    /// The address of this page with its query, to come back to.
    pub here: String,
    /// Whether it answers a form, so that nobody comes back to it by its address.
    pub answers: bool,
    /// What stands before the addresses of the record: nothing, `/for/{authority}` where it is somebody else's, or
    /// `/as/{authority}` where a person sees their own as somebody else does. It comes from the address alone, so that no tab, no going back and no old form can lead into another record.
    pub base: String,
    /// For whom the visitor acts, once the guard has found out.
    pub acting: OnceCell<Acting>,
    /// What their forms must carry.
    pub token: Token,
    /// A form cookie to be set with the answer.
    pub new_cookie: Option<String>,
}

impl Visit {
    /// The visitor of a request; looked up once per request.
    pub async fn of(request: &HttpRequest) -> Result<Rc<Self>> {
        if let Some(visit) = request.extensions().get::<Rc<Self>>() {
            return Ok(Rc::clone(visit));
        }
        let app = app_of(request)?;
        let secret = Jar::Session.read(&app, request);
        let session = match &secret {
            Some(secret) => identity::session(&app, secret).await?,
            None => None,
        };
        Ok(Self::keep(request, &app, secret.zip(session)))
    }

    /// An address of the record that is open: one's own, or that of the person for whom the visitor acts.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The visitor as a stranger, without asking the database: for pages that must work when it is away.
    pub fn stranger(request: &HttpRequest) -> Result<Rc<Self>> {
        Ok(Self::keep(request, &app_of(request)?, None))
    }

    /// The visitor of a page that nobody may be looking at: to ask for it is no use of their session. One that goes on opens
    /// nothing here, only the forms are its own.
    pub async fn unattended(request: &HttpRequest) -> Result<Rc<Self>> {
        let app = app_of(request)?;
        let mut visit = Self::new(request, &app, None);
        if let Some(secret) = Jar::Session.read(&app, request)
            && identity::goes_on(&app, &secret).await?
        {
            visit.token = Token::of_session(identity::form_mark(&app, &secret));
            visit.ended = false;
        }
        let visit = Rc::new(visit);
        request.extensions_mut().insert(Rc::clone(&visit));
        Ok(visit)
    }

    fn keep(request: &HttpRequest, app: &App, signed_in: Option<(String, Session)>) -> Rc<Self> {
        let visit = Rc::new(Self::new(request, app, signed_in));
        request.extensions_mut().insert(Rc::clone(&visit));
        visit
    }

    /// A stranger's visit, for tests that make a person of it.
    #[cfg(test)]
    pub fn made(request: &HttpRequest, app: &App) -> Rc<Self> {
        Rc::new(Self::new(request, app, None))
    }

    fn new(request: &HttpRequest, app: &App, signed_in: Option<(String, Session)>) -> Self {
        let mut new_cookie = None;
        let token = match &signed_in {
            Some((secret, _)) => Token::of_session(identity::form_mark(app, secret)),
            None => {
                let cookie = Jar::Form.read(app, request);
                let value = cookie.unwrap_or_else(|| new_cookie.insert(base::token()).clone());
                Token::of_cookie(&app.keys, &value)
            }
        };
        let session = signed_in.map(|(_, session)| Rc::new(session));
        let language = language(request, app, session.as_deref());
        let base = crate::routes::apart(request.path()).0.to_owned();
        Self {
            app: App::clone(app),
            w: Words { language, zone: app.config.clinic.zone(), acting: !base.is_empty() },
            base,
            acting: OnceCell::new(),
            ended: session.is_none() && Jar::Session.read(app, request).is_some(),
            session,
            here: here(request),
            answers: request.method() == Method::POST,
            token,
            new_cookie,
        }
    }
}

/// The page to come back to: this one, or after a form the nearest page above it.
fn here(request: &HttpRequest) -> String {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return request.uri().path_and_query().map_or("/", |p| p.as_str()).to_owned();
    }
    crate::routes::nearest_page(request.path()).to_owned()
}

/// The service that a request belongs to.
pub fn app_of(request: &HttpRequest) -> Result<App> {
    let app = request.app_data::<Data<App>>();
    app.map(|app| App::clone(app)).ok_or_else(|| Error::internal(anyhow::anyhow!("the state is not mounted")))
}

/// What the account chose, then what this browser chose, then what the browser asks for.
fn language(request: &HttpRequest, app: &App, session: Option<&Session>) -> Language {
    session
        .and_then(|session| session.language)
        .or_else(|| Jar::Language.read(app, request).and_then(|tag| Language::from_tag(&tag)))
        .unwrap_or_else(|| {
            let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            Language::negotiate(header.unwrap_or_default())
        })
}
