//! The OAuth endpoints for machines and what the server publishes about itself. `/oauth/authorize`, where a person comes
//! along, is a page of the portal.

use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use actix_web::web::{self, Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::StatusCode};
use serde_json::{Value, json};

use super::address::address;
use super::authorization::{self, TWICE, Twice, authorization};
use super::fhir::{ALLOWED, is_packed};
use crate::app::App;
use crate::base::Error;
use crate::smart::{self, Call, ClientId, Fault, Left, NoAnswer};

/// The largest form and the largest registration, in bytes.
const FORM: usize = 16 * 1024;
const REGISTRATION: usize = 32 * 1024;

/// The token endpoint.
pub(super) async fn token(app: Data<App>, request: HttpRequest, body: Payload) -> HttpResponse {
    match called(&app, &request, body).await {
        Ok((call, left)) => answered(smart::token(&app, &call).await.map(|answer| (200, answer)), Some(left)),
        Err(response) => response,
    }
}

pub(super) async fn introspect(app: Data<App>, request: HttpRequest, body: Payload) -> HttpResponse {
    match called(&app, &request, body).await {
        Ok((call, left)) => {
            answered(smart::introspect(&app, &call).await.map(|answer| (200, answer)), Some(left))
        }
        Err(response) => response,
    }
}

pub(super) async fn revoke(app: Data<App>, request: HttpRequest, body: Payload) -> HttpResponse {
    match called(&app, &request, body).await {
        Ok((call, left)) => match smart::revoke(&app, &call).await {
            Ok(()) => begun(200, Some(left)).finish(),
            Err(no) => answered(Err(no), Some(left)),
        },
        Err(response) => response,
    }
}

pub(super) async fn userinfo(app: Data<App>, request: HttpRequest) -> HttpResponse {
    let (left, bearer) = match counted(&app, &request).await {
        Ok(counted) => counted,
        Err(response) => return response,
    };
    let said = smart::userinfo(&app, bearer).await;
    answered(said.map(|said| (200, said)), Some(left))
}

pub(super) async fn register(app: Data<App>, request: HttpRequest, body: Payload) -> HttpResponse {
    let from = address(&app, &request);
    let left = match smart::count(&app, &from).await {
        Ok(left) => left,
        Err(no) => return answered(Err(no), None),
    };
    let body = match json_body(&request, body).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let made = smart::register_dynamically(&app, (&body, &from)).await;
    answered(made.map(|answer| (201, answer)), Some(left))
}

pub(super) async fn registered(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let id = ClientId(id.into_inner());
    let bearer = match counted(&app, &request).await {
        Ok((_, bearer)) => bearer,
        Err(response) => return response,
    };
    answered(smart::registered(&app, (&id, bearer)).await.map(|answer| (200, answer)), None)
}

pub(super) async fn replace(
    app: Data<App>,
    request: HttpRequest,
    (id, body): (Path<String>, Payload),
) -> HttpResponse {
    let id = ClientId(id.into_inner());
    let bearer = match counted(&app, &request).await {
        Ok((_, bearer)) => bearer,
        Err(response) => return response,
    };
    let body = match json_body(&request, body).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let replaced = smart::replace_registration(&app, (&id, bearer), &body).await;
    answered(replaced.map(|answer| (200, answer)), None)
}

pub(super) async fn unregister(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let id = ClientId(id.into_inner());
    let bearer = match counted(&app, &request).await {
        Ok((_, bearer)) => bearer,
        Err(response) => return response,
    };
    match smart::unregister(&app, (&id, bearer)).await {
        Ok(()) => begun(204, None).finish(),
        Err(no) => answered(Err(no), None),
    }
}

/// The log of an app that registered itself.
pub(super) async fn calls(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let id = ClientId(id.into_inner());
    let (left, bearer) = match counted(&app, &request).await {
        Ok(counted) => counted,
        Err(response) => return response,
    };
    let mut pairs = url::form_urlencoded::parse(request.query_string().as_bytes());
    let page = pairs.find(|(name, _)| name == "page").map_or(Ok(1), |(_, page)| page.parse::<u32>());
    let Ok(page @ 1..) = page else {
        return bad((400, "invalid_request", "page must be a number from 1 on"));
    };
    let told = smart::registered_calls(&app, (&id, bearer), page.into()).await;
    answered(told.map(|answer| (200, answer)), Some(left))
}

pub(super) async fn jwks(app: Data<App>) -> HttpResponse {
    match smart::jwks(&app).await {
        Ok(keys) => public(&keys, "public, max-age=3600"),
        Err(error) => answered(Err(error.into()), None),
    }
}

pub(super) async fn style() -> HttpResponse {
    public(&smart::style(), "public, max-age=3600")
}

pub(super) async fn smart_configuration(app: Data<App>) -> HttpResponse {
    public(&smart::smart_configuration(&app), "public, max-age=300")
}

pub(super) async fn discovery(app: Data<App>) -> HttpResponse {
    public(&smart::discovery(&app), "public, max-age=300")
}

/// A form that was sent, and what is left of the limit of its address.
async fn called(app: &Data<App>, request: &HttpRequest, body: Payload) -> Result<(Call, Left), HttpResponse> {
    let from = address(app, request);
    let left = smart::count(app, &from).await.map_err(|no| answered(Err(no), None))?;
    let form = is_of(request, "application/x-www-form-urlencoded");
    if !form || request.uri().query().is_some() {
        let words = if form {
            "parameters belong into the body, not into the address"
        } else {
            "the body must be a form: application/x-www-form-urlencoded"
        };
        return Err(bad((400, "invalid_request", words)));
    }
    if let Some(refused) = packed(request) {
        return Err(refused);
    }
    let body = read(body, FORM).await?;
    let pairs = url::form_urlencoded::parse(&body).into_owned().collect();
    let authorization = authorization(request).map_err(|Twice| bad((400, "invalid_request", TWICE)))?;
    let authorization = authorization.map(|value| value.to_str().unwrap_or("unreadable").to_owned());
    Ok((Call { pairs, authorization, address: from }, left))
}

async fn json_body(request: &HttpRequest, body: Payload) -> Result<web::Bytes, HttpResponse> {
    if let Some(refused) = packed(request) {
        return Err(refused);
    }
    if !is_of(request, "application/json") {
        return Err(bad((400, "invalid_client_metadata", "the body must be application/json")));
    }
    read(body, REGISTRATION).await
}

fn is_of(request: &HttpRequest, wanted: &str) -> bool {
    let header = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = header.and_then(|header| header.split(';').next()).map(str::trim);
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(wanted))
}

/// The refusal of a packed body: it is read as it is, and taken for plain it would be no form.
fn packed(request: &HttpRequest) -> Option<HttpResponse> {
    let words = "the body must be sent as it is, without Content-Encoding";
    is_packed(request).then(|| bad((400, "invalid_request", words)))
}

async fn read(body: Payload, most: usize) -> Result<web::Bytes, HttpResponse> {
    match body.to_bytes_limited(most).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(bad((400, "invalid_request", "the body breaks off"))),
        Err(_) => Err(bad((413, "invalid_request", "the body is too large"))),
    }
}

/// Counts a call; how many are left, and the token of whoever calls. What is answered where there are too many, or two
/// tokens (RFC 6750, 3.1).
async fn counted<'a>(app: &App, request: &'a HttpRequest) -> Result<(Left, Option<&'a str>), HttpResponse> {
    let left = smart::count(app, &address(app, request)).await.map_err(|no| answered(Err(no), None))?;
    let bearer = authorization::bearer(request).map_err(|Twice| {
        let mut answer = bad((400, "invalid_request", TWICE));
        let challenge = HeaderValue::from_static(r#"Bearer error="invalid_request""#);
        answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        answer
    })?;
    Ok((left, bearer))
}

/// The beginning of every answer: nobody keeps it, and pages of other sites may read it.
fn begun(status: u16, left: Option<Left>) -> HttpResponseBuilder {
    let mut answer =
        HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    answer
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("Pragma", "no-cache"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header((
            "Access-Control-Expose-Headers",
            "WWW-Authenticate, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset",
        ));
    for header in left.iter().flat_map(Left::headers) {
        answer.insert_header(header);
    }
    answer
}

/// An answer in JSON, or the refusal of the specification.
fn answered(answer: Result<(u16, Value), NoAnswer>, left: Option<Left>) -> HttpResponse {
    match answer {
        Ok((status, answer)) => begun(status, left).content_type("application/json").body(answer.to_string()),
        Err(NoAnswer::Fault(fault)) => refused(&fault, left),
        Err(NoAnswer::Ours(Error::Unavailable(_))) => {
            bad((503, "temporarily_unavailable", "the service cannot answer now; try again later"))
        }
        Err(NoAnswer::Ours(error)) => {
            let trace = smart::trace();
            tracing::error!(
                trace,
                error = format!("{:#}", anyhow::Error::from(error)),
                "an OAuth call failed"
            );
            refused(&fault((500, "server_error", "a fault of this server"), trace), None)
        }
    }
}

fn refused(fault: &Fault, left: Option<Left>) -> HttpResponse {
    let mut answer = begun(fault.status, left);
    if let Some(challenge) = fault.challenge {
        answer.insert_header(("WWW-Authenticate", challenge));
    }
    if let Some(wait) = fault.wait {
        answer.insert_header(("Retry-After", wait.as_secs().max(1).to_string()));
    }
    let body = json!({
        "error": fault.error,
        "error_description": fault.description,
        "trace": fault.trace,
    });
    answer.content_type("application/json").body(body.to_string())
}

/// The refusal of a call that was not read as far as to know whose it is: only our own log has its trace.
fn bad((status, error, description): (u16, &'static str, &str)) -> HttpResponse {
    let trace = smart::trace();
    tracing::info!(trace, status, error, "an OAuth call was refused");
    refused(&fault((status, error, description), trace), None)
}

fn fault((status, error, description): (u16, &'static str, &str), trace: String) -> Fault {
    Fault { status, error, description: description.into(), trace, challenge: None, wait: None }
}

/// What anybody may read and keep for a while.
fn public(document: &Value, keep: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", keep))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .content_type("application/json")
        .body(document.to_string())
}

/// What a browser asks before it lets a page of another site call (Fetch, 3.2.2).
pub(super) async fn preflight(methods: &'static str) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("Access-Control-Allow-Origin", "*"))
        .insert_header(("Access-Control-Allow-Methods", methods))
        .insert_header(("Access-Control-Allow-Headers", ALLOWED))
        .insert_header(("Access-Control-Max-Age", "86400"))
        .finish()
}

pub(super) async fn other_method(methods: &'static str) -> HttpResponse {
    let mut answer = bad((405, "invalid_request", &format!("use {methods}")));
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    answer
}
