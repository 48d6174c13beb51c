//! Every way in which a request can fail, and the page that says so in words, with what to do next.

use std::fmt;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use api::base::{Error, Refusal};
use askama::Template;

use crate::form::address;
use crate::i18n;
use crate::page::Page;
use crate::visit::Visit;

/// What a page handler answers.
pub type Reply = Result<HttpResponse, Failure>;

/// Why there is no page.
#[derive(Debug)]
pub enum Failure {
    /// A room said no, or failed.
    Error(Error),
    /// Not here: the browser is sent on (303).
    Elsewhere(String),
    /// The form's sender is not signed in, or no longer.
    SignInFirst,
    /// The form was not sent by a page of ours.
    Forged,
    /// More was sent than a form can hold.
    TooLarge,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        Self::Error(Error::internal(error))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Elsewhere(_) => f.write_str("elsewhere"),
            Self::SignInFirst => f.write_str("not signed in"),
            Self::Forged => f.write_str("forged form"),
            Self::TooLarge => f.write_str("too large"),
        }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::SignInFirst => StatusCode::UNAUTHORIZED,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Error(error) => status(error),
        }
    }

    /// The bare answer; `send` puts the page into it, because only there the visitor is known.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        if let Self::Elsewhere(path) = self {
            response.insert_header((header::LOCATION, path.as_str()));
        }
        response.finish()
    }
}

/// The status of the answer to an error.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Refused(refusal) if refusal.0.starts_with("refused-too-many") => StatusCode::TOO_MANY_REQUESTS,
        Error::Refused(_) => StatusCode::FORBIDDEN,
        Error::Invalid(problems) if problems.0.iter().any(|p| p.code == "range-not-satisfiable") => {
            StatusCode::RANGE_NOT_SATISFIABLE
        }
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What an error page says, by message ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The status of the answer.
    pub status: StatusCode,
    /// The heading.
    pub title: &'static str,
    /// What happened.
    pub words: &'static str,
    /// What to do next, where what happened does not say it.
    pub next: Option<&'static str>,
    /// Where that can be done, and the words of the link.
    pub link: (&'static str, &'static str),
    /// How long it stays so, where only time must pass.
    pub wait: Option<Duration>,
}

/// The wait where nothing better is known.
const QUARTER: Duration = Duration::from_secs(15 * 60);

/// The refusal of staff who signed in with one factor only: they can mend it at once.
const SECOND_FACTOR: &str = "refused-second-factor";

const HOME: (&str, &str) = ("/", "error-link-start");
const SIGN_IN: (&str, &str) = ("/sign-in", "error-link-sign-in");
const HELP: (&str, &str) = ("/help", "error-link-help");
const DESK: (&str, &str) = ("/staff", "desk-link");

impl Told {
    /// The page of a failure.
    pub fn of(failure: &Failure) -> Self {
        let status = failure.status_code();
        match failure {
            Failure::SignInFirst => Self {
                status,
                title: "error-signed-out-title",
                words: "error-signed-out",
                next: Some("error-signed-out-next"),
                link: SIGN_IN,
                wait: None,
            },
            Failure::Forged => Self {
                status,
                title: "error-forged-title",
                words: "error-forged",
                next: Some("error-forged-next"),
                link: HOME,
                wait: None,
            },
            Failure::Error(Error::Refused(refusal)) => Self::refusal(status, *refusal),
            Failure::Error(Error::Conflict(code)) => Self {
                status,
                title: "error-conflict-title",
                words: known(code, "error-conflict"),
                next: Some("error-conflict-next"),
                link: HOME,
                wait: None,
            },
            Failure::Error(Error::Unavailable(code)) => Self {
                status,
                title: "error-unavailable-title",
                words: known(code, "error-unavailable"),
                next: Some("error-unavailable-next"),
                link: HOME,
                wait: None,
            },
            Failure::Error(Error::Invalid(problems)) if problems.0.iter().any(|p| p.field == "document") => {
                Self {
                    status,
                    title: "error-document-title",
                    words: problems.0.first().map_or("error-invalid", |p| known(p.code, "error-invalid")),
                    next: Some("error-document-next"),
                    link: HELP,
                    wait: None,
                }
            }
            Failure::Error(Error::Invalid(problems)) => Self {
                status,
                title: "error-invalid-title",
                words: problems.0.first().map_or("error-invalid", |p| known(p.code, "error-invalid")),
                next: Some("error-invalid-next"),
                link: HOME,
                wait: None,
            },
            _ => Self::of_status(status),
        }
    }

    /// The page of a status that has no failure of ours behind it.
    pub fn of_status(status: StatusCode) -> Self {
        let (title, words, next) = match status.as_u16() {
            404 => ("error-missing-title", "error-missing", "error-missing-next"),
            405 => ("error-method-title", "error-method", "error-method-next"),
            413 => ("error-large-title", "error-large", "error-large-next"),
            429 => ("error-too-many-title", "error-too-many", "error-too-many-next"),
            400..=499 => ("error-invalid-title", "error-invalid", "error-invalid-next"),
            503 => ("error-unavailable-title", "error-unavailable", "error-unavailable-next"),
            _ => ("error-internal-title", "error-internal", "error-internal-next"),
        };
        let wait = (status == StatusCode::TOO_MANY_REQUESTS).then_some(QUARTER);
        Self { status, title, words, next: Some(next), link: HOME, wait }
    }

    fn refusal(status: StatusCode, Refusal(code, wait): Refusal) -> Self {
        let words = known(code, "refused-other");
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Self {
                status,
                title: "error-too-many-title",
                words,
                next: Some("error-too-many-next"),
                link: HELP,
                wait: Some(wait.unwrap_or(QUARTER)),
            };
        }
        if code == SECOND_FACTOR {
            let (title, next) = ("second-factor-title", Some("second-factor-next"));
            return Self { status, title, words, next, link: HELP, wait: None };
        }
        if code == "refused-not-your-role" {
            let (title, words) = (code, "desk-refused-next");
            return Self { status, title, words, next: None, link: DESK, wait: None };
        }
        if matches!(code, "refused-own-record" | "refused-family-record") {
            return Self { status, title: "error-refused-title", words, next: None, link: DESK, wait: None };
        }
        if code == "refused-deceased" {
            let (title, next) = ("refused-deceased-title", Some("refused-deceased-next"));
            return Self { status, title, words, next, link: ("/people/claim", "people-claim"), wait: None };
        }
        if code == "sign-in-other-person" {
            // Whoever was signed in before still is.
            let (title, next) = ("error-refused-title", Some("step-up-same-person"));
            return Self { status, title, words, next, link: HOME, wait: None };
        }
        if code.starts_with("sign-in-") {
            let next = Some("error-sign-in-next");
            let title = "error-sign-in-title";
            return Self { status, title, words, next, link: SIGN_IN, wait: None };
        }
        let (title, next) = ("error-refused-title", Some("error-refused-next"));
        Self { status, title, words, next, link: HELP, wait: None }
    }
}

/// The id itself if there is a sentence for it; a room may know a code that the pages do not know yet.
fn known(code: &'static str, otherwise: &'static str) -> &'static str {
    if i18n::exists(api::words::Language::English, code) { code } else { otherwise }
}

/// An error page.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub page: Page,
    /// What it says.
    pub told: Told,
}

impl ErrorPage {
    /// The provider at which staff sign in again, with a second factor.
    fn again(&self) -> Option<&str> {
        let session = self.page.visit.session.as_ref().filter(|_| self.told.words == SECOND_FACTOR)?;
        Some(&session.actor.provider)
    }

    /// Where it goes on. Who was signed out comes back from signing in to where they were.
    fn way(&self) -> String {
        match self.told.status {
            StatusCode::UNAUTHORIZED => address(self.told.link.0, &[("return_to", &self.page.visit.here)]),
            _ => self.told.link.0.to_owned(),
        }
    }

    /// "Wait about 12 minutes": rounded up, so that who waits so long has waited long enough.
    fn wait(&self) -> Option<String> {
        let seconds = i64::try_from(self.told.wait?.as_secs()).unwrap_or(i64::MAX);
        let (id, unit) =
            if seconds <= 5_400 { ("error-wait-minutes", 60) } else { ("error-wait-hours", 3_600) };
        Some(self.page.w.n(id, (seconds / unit + 1).max(1)))
    }
}

/// The page of a failure for this request's visitor; without the database where that is away.
pub async fn respond(request: &HttpRequest, told: Told) -> HttpResponse {
    let visit = match Visit::of(request).await {
        Ok(visit) => Ok(visit),
        Err(_) => Visit::stranger(request),
    };
    let (status, wait) = (told.status, told.wait);
    let mut response = match visit {
        Ok(visit) => {
            let page = Page::new(&visit, told.title);
            let again = told.words == SECOND_FACTOR;
            let page = page.reply(status, |page| ErrorPage { page, told }).unwrap_or_else(|_| bare(status));
            if again { crate::send::forms_anywhere(page) } else { page }
        }
        Err(_) => bare(status),
    };
    if let Some(wait) = wait {
        // Whole seconds (RFC 9110, 10.2.3).
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(wait.as_secs() + 1));
    }
    response
}

fn bare(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(status.canonical_reason().unwrap_or_default())
}

/// Logs a fault of ours, once, with its chain; a refusal as information, by its code.
pub fn log(route: &str, failure: &Failure) {
    match failure {
        Failure::Error(Error::Internal(cause)) => {
            tracing::error!(route, cause = format!("{cause:#}"), "a page failed");
        }
        Failure::Error(Error::Unavailable(code)) => tracing::warn!(route, code, "a page was not available"),
        Failure::Error(Error::Refused(refusal)) => tracing::info!(route, code = refusal.0, "refused"),
        Failure::Forged => tracing::info!(route, code = "forged-form", "refused"),
        _ => {}
    }
}
