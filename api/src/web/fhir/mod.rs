//! The FHIR interface over HTTP (FHIR R4, http.html; US Core 6.1): what an address and a method ask for, who asks, and
//! the answer. What may be seen is decided in `records::api`.

mod answer;
mod asked;
mod headers;
mod lines;
mod metadata;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures::StreamExt;

use crate::app::App;
use crate::base::Instant;
use crate::fhir::outcome::Issue;
use crate::fhir::outgoing::Cut;
use crate::fhir::search::{Handling, Query, decode};
use crate::fhir::xml::MOST_JSON;
use crate::records::api::{self, Everything, Fault, Read};
use crate::smart::{self, Access, Denied};
use crate::web::authorization::{self, Twice, authorization};
use crate::web::caller;

use answer::issue;
use asked::Way;
use headers::Form;

pub(super) use answer::{Refusal, bundle, file, in_form, packed, refused};
pub(super) use headers::{ALLOWED, dressed, is_packed, name_as_asked, preflight, trace};
pub use metadata::Statement;

/// Bytes of a form or of the parameters of an operation.
const LONGEST_BODY: usize = 64 * 1024;

/// Everything under `/fhir`.
pub async fn serve(request: HttpRequest, app: Data<App>, body: Payload) -> HttpResponse {
    let trace = headers::trace(&request, app.clock.now());
    if request.method() == Method::OPTIONS {
        return headers::preflight("GET, HEAD, POST, OPTIONS", &trace);
    }
    let (answer, why) = match answered(&request, &app, body).await {
        Ok(answer) => (answer, ""),
        Err(refusal) => {
            let why = refusal.reason();
            (answer::refused(&app, refusal, &trace), why)
        }
    };
    let mut answer = headers::dressed(told(&request, answer).await, &trace);
    headers::name_as_asked(&request, &mut answer);
    caller::because(&mut answer, why);
    caller::told(&app, &request, &mut answer, &trace);
    answer
}

/// What is refused is told in the form that was asked for, as far as that can be told from the address.
pub(super) async fn told(request: &HttpRequest, answer: HttpResponse) -> HttpResponse {
    if answer.status().is_success() {
        return answer;
    }
    let query = decode(request.query_string()).unwrap_or_default();
    let form = headers::format(request, &query).unwrap_or(Form::Json);
    answer::in_form(answer, form).await.unwrap_or_else(|_| HttpResponse::InternalServerError().finish())
}

async fn answered(request: &HttpRequest, app: &Data<App>, body: Payload) -> Result<HttpResponse, Refusal> {
    let path = request.match_info().get("rest").unwrap_or("").to_owned();
    let way = match asked::way(request.method(), &path) {
        Ok(way) => way,
        // What there is not needs no token to be told; it counts, and the app's developer reads of it.
        Err(refusal) => match counted(request, app).await {
            Err(too_many @ Refusal::TooMany(_)) => return Err(too_many),
            _ => return Err(refusal),
        },
    };
    let query = decode(request.query_string()).map_err(|issues| Refusal::from(Fault::Issues(issues)));
    if way == Way::Metadata {
        caller::of_nobody(app, request, None).await.map_err(Refusal::TooMany)?;
        let query = query.unwrap_or_default();
        let form = headers::format(request, &query)?;
        return answer::in_form(metadata::metadata(request, app, &query)?, form).await;
    }
    // Without a token nothing else is told, not even what is wrong with a query.
    let access = counted(request, app).await?;
    let answer = given(request, app, (&access, way), (query?, body)).await;
    match answer {
        // A token by which nobody may see anything any more is not in force (RFC 6750, 3.1), whatever it asks for.
        Err(Refusal::Fault(fault))
            if matches!(*fault, Fault::NotFound | Fault::Scope | Fault::ScopeOf(_) | Fault::OtherPatient) =>
        {
            let stands = smart::stands(app, &access).await.map_err(Fault::from)?;
            Err(if stands { Refusal::Fault(fault) } else { Refusal::BadToken })
        }
        Ok(answer) => {
            // The entry of the release is durable already; the next read tells the person where this fails.
            if answer.status() == StatusCode::OK
                && let Err(error) = smart::note_read(app, &access).await
            {
                let chain = anyhow::Error::from(error);
                tracing::warn!(error = format!("{chain:#}"), "that an app has read could not be noted");
            }
            Ok(answer)
        }
        Err(refusal) => Err(refusal),
    }
}

/// What an app gets.
async fn given(
    request: &HttpRequest,
    app: &Data<App>,
    (access, way): (&Access, Way),
    (mut query, body): (Query, Payload),
) -> Result<HttpResponse, Refusal> {
    if request.method() == Method::POST {
        query.extend(sent(request, &way, body).await?);
    }
    asked::known(&way, &query, headers::handling(request))?;
    if let Way::Read { kind: "Binary", id, version } = &way {
        return binary(request, app, access, (id, *version, &query)).await;
    }
    let form = headers::format(request, &query)?;
    let answer = match way {
        Way::Metadata => metadata::metadata(request, app, &query)?,
        Way::Read { kind, id, version } => {
            let (known, part) = (headers::known(request), api::part(kind, &query)?);
            let read = api::read(app, access, (kind, &id, version), &known).await?;
            match read {
                Read::Whole(mut resource) => {
                    resource.bytes = part.of(resource.bytes);
                    answer::resource(&resource)
                }
                Read::Unchanged(version, received) => answer::unchanged(version, received),
            }
        }
        Way::History { kind, id } => {
            let (since, count) = asked::history(&api::asked_for_history(app, access, (kind, &id), &query)?)?;
            answer::bundle(api::history(app, access, (kind, &id), (since, count, &query)).await?)
        }
        Way::Search { kind } => match query.iter().find(|(name, _)| name == "_page") {
            Some((_, link)) => answer::bundle(api::next(app, access, (kind, link)).await?),
            None => {
                let handling = headers::handling(request);
                answer::bundle(api::search(app, access, (kind, query, handling)).await?)
            }
        },
        Way::Documents => answer::bundle(api::documents(app, access, query).await?),
        Way::Everything { id } => {
            let id = id.unwrap_or_else(|| access.patient_id.clone());
            let all = api::everything(app, access, (&id, query)).await?;
            match form {
                Form::Json | Form::Lines => everything(request, app, all).await?,
                Form::Xml => answer::bundle(gathered(request, app, all).await?),
            }
        }
    };
    answer::in_form(answer, form).await
}

/// How one resource of what stands in no record is asked for: which part of it, in which form.
///
/// # Errors
/// 400 and 406.
pub(super) fn asked_one(request: &HttpRequest, kind: &'static str) -> Result<(Cut, Form), Refusal> {
    let query = decode(request.query_string())?;
    let way = Way::Read { kind, id: String::new(), version: None };
    asked::known(&way, &query, headers::handling(request))?;
    Ok((api::part(kind, &query)?, headers::format(request, &query)?))
}

/// How such resources are searched: by what, what becomes of unknown parameters, in which form.
///
/// # Errors
/// 400, 406, and of a form 413 and 415.
pub(super) async fn asked_many(
    request: &HttpRequest,
    kind: &'static str,
    body: Payload,
) -> Result<(Query, Handling, Form), Refusal> {
    let mut query = decode(request.query_string())?;
    if request.method() == Method::POST {
        query.extend(sent(request, &Way::Search { kind }, body).await?);
    }
    let form = headers::format(request, &query)?;
    Ok((query, headers::handling(request), form))
}

/// Who asks, counted.
async fn counted(request: &HttpRequest, app: &App) -> Result<Access, Refusal> {
    match access(request, app).await {
        Ok(access) => {
            caller::of_app(app, request, &access).map_err(Refusal::TooMany)?;
            Ok(access)
        }
        Err(refusal @ (Refusal::NoToken | Refusal::Twice | Refusal::BadToken | Refusal::OfSystem)) => {
            let known = matches!(refusal, Refusal::BadToken | Refusal::OfSystem);
            let bearer = bearer(request).filter(|_| known);
            caller::of_nobody(app, request, bearer).await.map_err(Refusal::TooMany)?;
            Err(refusal)
        }
        Err(refusal) => Err(refusal),
    }
}

/// The token that was sent, if it can be one.
fn bearer(request: &HttpRequest) -> Option<&str> {
    let sound = |token: &&str| {
        !token.is_empty() && token.len() <= 4096 && token.bytes().all(|b| b.is_ascii_graphic())
    };
    authorization::bearer(request).ok().flatten().filter(sound)
}

/// Who asks (RFC 6750).
async fn access(request: &HttpRequest, app: &App) -> Result<Access, Refusal> {
    let header = authorization(request).map_err(|Twice| Refusal::Twice)?;
    let Some(header) = header.and_then(|value| value.to_str().ok()) else { return Err(Refusal::NoToken) };
    let scheme = header.split(' ').next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Refusal::NoToken);
    }
    let Some(token) = bearer(request) else { return Err(Refusal::BadToken) };
    match smart::access(app, token).await {
        Ok(access) => Ok(access),
        Err(Denied::Token) => Err(Refusal::BadToken),
        Err(Denied::OtherKind) => Err(Refusal::OfSystem),
        Err(Denied::Fault(error)) => Err(Fault::from(error).into()),
    }
}

/// What a form says, or the Parameters of an operation.
async fn sent(request: &HttpRequest, way: &Way, mut body: Payload) -> Result<Query, Refusal> {
    if headers::is_packed(request) {
        return Err(answer::packed());
    }
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(part) = body.next().await {
        let part = part.map_err(|_| issue(400, "incomplete", "The body broke off."))?;
        if bytes.len() + part.len() > LONGEST_BODY {
            return Err(issue(413, "too-long", "A body of at most 65,536 bytes is read."));
        }
        bytes.extend_from_slice(&part);
    }
    let kind = headers::content_type(request);
    let operation = matches!(way, Way::Documents | Way::Everything { .. });
    match kind.as_str() {
        "application/x-www-form-urlencoded" => {
            let text =
                String::from_utf8(bytes).map_err(|_| issue(400, "invalid", "The form is not UTF-8."))?;
            Ok(decode(&text).map_err(Fault::Issues)?)
        }
        "" if bytes.is_empty() => Ok(Query::new()),
        "application/fhir+json" | "application/json" if operation => asked::parameters(&bytes),
        _ => {
            let text = if operation {
                "Send Parameters as application/fhir+json, or a form as application/x-www-form-urlencoded."
            } else {
                "Send the search as application/x-www-form-urlencoded."
            };
            Err(issue(415, "not-supported", text))
        }
    }
}

/// A document's bytes: as a resource where JSON of FHIR is asked for, else as they are (http.html#binary).
async fn binary(
    request: &HttpRequest,
    app: &App,
    access: &Access,
    (id, version, query): (&str, Option<i64>, &Query),
) -> Result<HttpResponse, Refusal> {
    let read = api::read(app, access, ("Binary", id, version), &headers::known(request)).await?;
    let resource = match read {
        Read::Unchanged(version, received) => return Ok(answer::unchanged(version, received)),
        Read::Whole(resource) => resource,
    };
    if let Some(form) = headers::wants_resource(request, query) {
        return answer::in_form(answer::resource(&resource), form).await;
    }
    answer::content(request, &resource)
}

/// A record as a whole, for XML. Before each portion the token is asked for anew.
async fn gathered(request: &HttpRequest, app: &Data<App>, mut all: Everything) -> Result<Vec<u8>, Refusal> {
    let mut whole = Vec::new();
    while let Some(portion) = api::portion(&mut all).await? {
        access(request, app).await?;
        whole.extend_from_slice(&portion.0);
        if whole.len() > MOST_JSON {
            return Err(answer::too_large());
        }
    }
    Ok(whole)
}

/// A record as a stream: the first portion is ready before the first header leaves, so that what is refused is told.
/// Before each other the token is asked for anew: who stops an app stops what it is reading.
async fn everything(
    request: &HttpRequest,
    app: &Data<App>,
    mut all: Everything,
) -> Result<HttpResponse, Refusal> {
    let first = api::portion(&mut all).await?.map_or_else(Vec::new, |portion| portion.0);
    let (app, request) = (app.clone(), request.clone());
    let rest = futures::stream::try_unfold(all, move |mut all| {
        let (app, request) = (app.clone(), request.clone());
        async move {
            access(&request, &app).await.map_err(|_| std::io::Error::other("the right to this has ended"))?;
            match api::portion(&mut all).await {
                Ok(portion) => Ok(portion.map(|portion| (Bytes::from(portion.0), all))),
                // The answer has begun; it breaks off, so that nobody takes it for the whole.
                Err(fault) => {
                    tracing::info!(fault = answer::short(&fault), "a record on its way broke off");
                    Err(std::io::Error::other("broken off"))
                }
            }
        }
    });
    let first = futures::stream::once(async move { Ok::<_, std::io::Error>(Bytes::from(first)) });
    Ok(answer::streamed(Box::pin(first.chain(rest))))
}

impl From<Vec<Issue>> for Refusal {
    fn from(issues: Vec<Issue>) -> Self {
        Fault::Issues(issues).into()
    }
}

/// A moment in a query.
fn moment(text: &str) -> Option<Instant> {
    let read = crate::fhir::search::date(text, Instant(0)).ok()?;
    (read.prefix == crate::fhir::search::Prefix::Eq).then_some(Instant(read.low))
}
