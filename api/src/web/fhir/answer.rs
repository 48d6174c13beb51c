//! Answers: resources, Bundles, documents, and OperationOutcomes where there is none of them.

use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures::Stream;
use serde_json::Value;

use super::headers::{Form, accepts_content, http_date};
use super::lines::in_lines;
use crate::app::App;
use crate::base::{Error, Instant};
use crate::fhir::json::Unsafe;
use crate::fhir::outcome::{Issue, outcome};
use crate::fhir::present::attachment_bytes;
use crate::fhir::xml;
use crate::records::api::{Fault, Resource};
use crate::smart::Left;
use crate::web::authorization::TWICE;
use crate::web::caller::reason;
use crate::web::challenge::{Lack, challenge};

/// What every answer in JSON is.
pub(super) const TYPE: &str = "application/fhir+json; charset=utf-8";

/// Why there is no answer.
#[derive(Debug)]
pub(in crate::web) enum Refusal {
    /// No token was sent.
    NoToken,
    /// More than one header was sent that might bear one.
    Twice,
    /// It is not in force.
    BadToken,
    /// It is that of a system, which reads no single record here.
    OfSystem,
    /// It called too often.
    TooMany(Left),
    /// Something about HTTP.
    Http {
        status: u16,
        issue: Box<Issue>,
        /// What would fit: the methods (405), the codings of a body (415).
        header: Option<(&'static str, &'static str)>,
    },
    /// Something about the record or the search.
    Fault(Box<Fault>),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

/// An HTTP status with an issue.
pub(super) fn issue(status: u16, code: &'static str, text: &str) -> Refusal {
    Refusal::Http { status, issue: Box::new(Issue::error(code, text)), header: None }
}

pub(super) use issue as refuse;

impl Refusal {
    /// With the methods that fit.
    pub fn allow(self, methods: &'static str) -> Self {
        self.with(("Allow", methods))
    }

    /// With a header that says what would fit.
    pub fn with(self, header: (&'static str, &'static str)) -> Self {
        match self {
            Self::Http { status, issue, .. } => Self::Http { status, issue, header: Some(header) },
            other => other,
        }
    }

    /// About this parameter.
    pub fn about(self, name: &str) -> Self {
        match self {
            Self::Http { status, mut issue, header } => {
                issue.expression = vec![format!("http.{}", name.chars().take(40).collect::<String>())];
                Self::Http { status, issue, header }
            }
            other => other,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoToken | Self::BadToken => 401,
            Self::Twice => 400,
            Self::OfSystem => 403,
            Self::TooMany(_) => 429,
            Self::Http { status, .. } => *status,
            Self::Fault(fault) => match fault.as_ref() {
                Fault::NotFound => 404,
                Fault::Scope | Fault::ScopeOf(_) | Fault::OtherPatient | Fault::Other(Error::Refused(_)) => {
                    403
                }
                Fault::Page | Fault::Issues(_) | Fault::Other(Error::Invalid(_)) => 400,
                Fault::Other(Error::NotFound) => 404,
                Fault::Other(Error::Conflict(_)) => 409,
                Fault::Other(Error::Unavailable(_)) => 503,
                Fault::Other(Error::Internal(_)) => 500,
            },
        }
    }

    /// What the token lacks, where that is why.
    fn lack(&self) -> Option<Lack> {
        match self {
            Self::NoToken => Some(Lack::None),
            Self::Twice => Some(Lack::Twice),
            Self::BadToken => Some(Lack::Invalid),
            Self::OfSystem => Some(Lack::Scope),
            Self::Fault(fault) => {
                matches!(fault.as_ref(), Fault::Scope | Fault::ScopeOf(_)).then_some(Lack::Scope)
            }
            Self::TooMany(_) | Self::Http { .. } => None,
        }
    }

    /// Why, in fixed words, for the log of the app's developer.
    pub(super) fn reason(&self) -> &'static str {
        match self {
            Self::NoToken => "no access token was sent",
            Self::Twice => TWICE,
            Self::BadToken => "the access token is not in force",
            Self::OfSystem => "the token is that of a system, which reads no single record here",
            Self::TooMany(_) => "more calls than are answered in a minute",
            Self::Http { status: 404, .. } => "there is no such address, type or operation here",
            Self::Http { status: 405, .. } => "this address does not know this method",
            Self::Http { status: 406, .. } => "no form that is accepted can be made of this",
            Self::Http { status: 413, .. } => "the body is longer than is read",
            Self::Http { status: 415, .. } => "the body is of a kind that is not read here",
            Self::Http { issue, .. } => reason(issue.code),
            Self::Fault(fault) => match fault.as_ref() {
                Fault::Scope | Fault::ScopeOf(_) => "the scopes of the token do not allow this type",
                Fault::OtherPatient => "the token is about another patient",
                Fault::Page => "the link leads to no page: it is too old, or not of this app",
                Fault::Other(Error::Refused(_)) => "the person who connected this app may not let it read",
                Fault::Issues(issues) => match issues.first().map(|issue| issue.code) {
                    Some("not-supported") => "a parameter, or its modifier or value, is not offered",
                    Some("invalid" | "value") => "a parameter has a value that cannot be followed",
                    Some("required") => "a parameter is missing",
                    other => reason(other.unwrap_or_default()),
                },
                Fault::NotFound | Fault::Other(Error::NotFound) => reason("not-found"),
                Fault::Other(Error::Invalid(_)) => reason("invalid"),
                Fault::Other(Error::Conflict(_)) => reason("conflict"),
                Fault::Other(Error::Unavailable(_)) => reason("transient"),
                Fault::Other(Error::Internal(_)) => reason("exception"),
            },
        }
    }

    fn issues(&self) -> Vec<Issue> {
        let one = |code, text: &str| vec![Issue::error(code, text)];
        match self {
            Self::NoToken => one(
                "login",
                "An access token is needed: Authorization: Bearer …; .well-known/smart-configuration tells where to get one.",
            ),
            Self::Twice => one("invalid", "The header Authorization comes twice: send it once."),
            Self::BadToken => one(
                "login",
                "The access token is not in force: it ended, was taken back, or is none of this server.",
            ),
            Self::OfSystem => one(
                "forbidden",
                "This token is that of a system: it reads Group and exports records. A record is read with a token that a \
                 person gave an app.",
            ),
            Self::TooMany(left) => {
                let text = format!(
                    "At most {} calls are answered in a minute; wait as long as Retry-After says.",
                    left.most
                );
                one("throttled", &text)
            }
            Self::Http { issue, .. } => vec![issue.as_ref().clone()],
            Self::Fault(fault) => match fault.as_ref() {
                Fault::NotFound | Fault::Other(Error::NotFound) => {
                    one("not-found", "There is nothing here that this app may read.")
                }
                Fault::Scope => one("forbidden", "The scopes of the token do not allow this type."),
                Fault::OtherPatient => one(
                    "forbidden",
                    "The token is about one patient: search without a patient, or with the id that came with the token.",
                ),
                Fault::Page => one(
                    "invalid",
                    "This link leads to no page: it is too old or not of this app. Search again.",
                ),
                Fault::Issues(issues) | Fault::ScopeOf(issues) => issues.clone(),
                Fault::Other(Error::Refused(_)) => {
                    one("forbidden", "The person who connected this app may not let it read.")
                }
                Fault::Other(Error::Invalid(_)) => one("invalid", "The request cannot be followed."),
                Fault::Other(Error::Conflict(_)) => one("conflict", "This cannot be done now."),
                Fault::Other(Error::Unavailable(_)) => {
                    one("transient", "Something is away for a moment. Try again in a few seconds.")
                }
                Fault::Other(Error::Internal(_)) => {
                    one("exception", "A fault of this server. It was logged under the request id.")
                }
            },
        }
    }
}

/// A body is read as it is: taken for plain, a packed one would ask for something else.
pub(in crate::web) fn packed() -> Refusal {
    let text = "The body must be sent as it is, without Content-Encoding.";
    issue(415, "not-supported", text).with(("Accept-Encoding", "identity"))
}

/// The answer to what is refused.
pub(in crate::web) fn refused(app: &App, refusal: Refusal, trace: &str) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    answer.content_type(TYPE);
    if let Some(lack) = refusal.lack() {
        answer.insert_header(("WWW-Authenticate", challenge(app, lack)));
    }
    match &refusal {
        Refusal::TooMany(left) => {
            answer.insert_header(("Retry-After", left.reset.as_secs().max(1).to_string()));
        }
        Refusal::Http { header: Some(header), .. } => {
            answer.insert_header(*header);
        }
        Refusal::Fault(fault) if matches!(fault.as_ref(), Fault::Other(Error::Unavailable(_))) => {
            answer.insert_header(("Retry-After", "5"));
        }
        _ => {}
    }
    let body = outcome(&refusal.issues()).to_string();
    if let Refusal::Fault(fault) = refusal
        && let Fault::Other(Error::Internal(error)) = *fault
    {
        tracing::error!(request.id = trace, error = format!("{error:#}"), "a FHIR request failed");
    }
    answer.body(body)
}

/// What every answer in XML is.
const XML_TYPE: &str = "application/fhir+xml; charset=utf-8";
/// Larger answers are turned into XML beside the threads that serve.
const LARGE: usize = 256 * 1024;

/// An answer in the form that is wanted. What is no resource of FHIR, and what has no body, stays as it is.
///
/// # Errors
/// 406 where XML has no place for what is in it.
pub(in crate::web) async fn in_form(answer: HttpResponse, form: Form) -> Result<HttpResponse, Refusal> {
    let is_json = answer.headers().get("content-type").is_some_and(|kind| kind.as_bytes() == TYPE.as_bytes());
    match form {
        Form::Xml if is_json => {}
        Form::Lines if is_json => return Ok(in_lines(answer)),
        _ => return Ok(answer),
    }
    let (mut head, body) = answer.into_parts();
    let bytes = body.try_into_bytes().map_err(|_| too_large())?;
    let made = if bytes.len() > LARGE {
        let work = actix_web::web::block(move || xml::from_json(&bytes)).await;
        work.map_err(|error| Fault::Other(Error::internal(error)))?
    } else {
        xml::from_json(&bytes)
    };
    let made = made.map_err(|fault| match fault {
        xml::Fault::TooLarge | xml::Fault::Json(Unsafe::TooLarge { .. }) => too_large(),
        fault => issue(
            406,
            "not-supported",
            &format!("{fault}. Ask for application/fhir+json, which gives it as it came."),
        ),
    })?;
    head.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(XML_TYPE));
    Ok(head.set_body(BoxBody::new(made)))
}

/// As XML it would be larger than is made.
pub(super) fn too_large() -> Refusal {
    let text =
        "As XML an answer is made of at most 32 MiB of JSON: ask for less, or for application/fhir+json.";
    issue(406, "too-long", text)
}

/// A name for a fault in the log.
pub(super) fn short(fault: &Fault) -> &'static str {
    match fault {
        Fault::NotFound => "not found",
        Fault::Scope | Fault::ScopeOf(_) => "scope",
        Fault::OtherPatient => "other patient",
        Fault::Page => "page",
        Fault::Issues(_) => "issues",
        Fault::Other(_) => "other",
    }
}

/// One resource.
pub(super) fn resource(resource: &Resource) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(TYPE)
        .insert_header(("ETag", format!("W/\"{}\"", resource.version)))
        .insert_header(("Last-Modified", http_date(resource.received)))
        .body(resource.bytes.clone())
}

/// The app has it already.
pub(super) fn unchanged(version: i64, received: Instant) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header(("ETag", format!("W/\"{version}\"")))
        .insert_header(("Last-Modified", http_date(received)))
        .finish()
}

/// A Bundle, or a resource that has no versions here.
pub(in crate::web) fn bundle(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().content_type(TYPE).body(bytes)
}

/// A Bundle that is being made.
pub(super) fn streamed(pieces: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>>>>) -> HttpResponse {
    HttpResponse::Ok().content_type(TYPE).streaming(pieces)
}

/// The content of a Binary, as a file.
///
/// # Errors
/// 406 where another type is wanted; 404 where there are no bytes.
pub(super) fn content(request: &HttpRequest, resource: &Resource) -> Result<HttpResponse, Refusal> {
    let answer = file(resource)?;
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !accepts_content(request, kind) {
        let text =
            "The content is of another type than is accepted; application/fhir+json gives it as a resource.";
        return Err(issue(406, "not-supported", text));
    }
    Ok(answer)
}

/// The same whatever is accepted: a browser opens nothing of it within this site.
///
/// # Errors
/// `NotFound` where there are no bytes.
pub(in crate::web) fn file(resource: &Resource) -> Result<HttpResponse, Fault> {
    let value: Value =
        serde_json::from_slice(&resource.bytes).map_err(|error| Fault::Other(Error::internal(error)))?;
    let said = value.get("contentType").and_then(Value::as_str).unwrap_or("application/octet-stream");
    let fit =
        said.len() <= 100 && said.contains('/') && said.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
    let kind = if fit { said } else { "application/octet-stream" };
    let bytes = attachment_bytes(&value, "/data").map_err(|_| Fault::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header(("Content-Type", kind))
        .insert_header(("Content-Disposition", "attachment"))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .insert_header(("ETag", format!("W/\"{}\"", resource.version)))
        .insert_header(("Last-Modified", http_date(resource.received)))
        .body(bytes))
}
