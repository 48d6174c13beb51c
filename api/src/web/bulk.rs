//! Exports to systems over HTTP: FHIR Bulk Data Access 2.0, and the groups that a system may export. Each request needs
//! an access token of SMART Backend Services.

pub(super) mod groups;
mod parameters;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Resource};
use futures::stream;
use serde_json::{Value, json};

use crate::app::App;
use crate::base::{Error, ExportId};
use crate::bulk::{self, FileKind, Form, Handling, KickOff, Level, Manifest, No, Standing, Wrong};
use crate::consents::Purpose;
use crate::fhir::outcome::{Issue, outcome};
use crate::records::api::Fault;
use crate::smart::{self, Denied, Left, SystemAccess};

use super::authorization::{TWICE, Twice, bearer};
use super::challenge::{Lack, challenge};
use super::{caller, fhir};

/// Bytes of a Parameters resource at most.
const LARGEST: usize = 1024 * 1024;

/// The handlers of a kick-off.
pub(super) fn export(resource: Resource, level: fn(&HttpRequest) -> Level) -> Resource {
    let get = move |app: Data<App>, request: HttpRequest| async move {
        let level = level(&request);
        begin(&app, &request, (level, None)).await
    };
    let post = move |app: Data<App>, request: HttpRequest, body: Bytes| async move {
        let level = level(&request);
        begin(&app, &request, (level, Some(body))).await
    };
    let resource = resource.app_data(web::PayloadConfig::new(LARGEST));
    resource.route(web::get().to(get)).route(web::post().to(post))
}

/// What each of these answers has as the rest of `/fhir`: an id to find it by, what lets pages of other sites read it,
/// and what is left of the limit.
pub(super) async fn dressed(
    methods: &'static str,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let app = app.ok_or_else(|| ErrorInternalServerError("the application data is missing"))?;
    let trace = fhir::trace(request.request(), app.clock.now());
    if request.method() == Method::OPTIONS {
        return Ok(request.into_response(fhir::preflight(methods, &trace)));
    }
    if fhir::is_packed(request.request()) {
        let answer = fhir::dressed(fhir::refused(&app, fhir::packed(), &trace), &trace);
        return Ok(request.into_response(answer));
    }
    let (request, answer) = next.call(request).await?.into_parts();
    let mut answer = fhir::dressed(answer, &trace);
    fhir::name_as_asked(&request, &mut answer);
    caller::told(&app, &request, &mut answer, &trace);
    Ok(ServiceResponse::new(request, answer))
}

/// Whose token it is.
async fn access(app: &App, request: &HttpRequest) -> Result<SystemAccess, HttpResponse> {
    let bearer = bearer(request);
    let lack = match bearer {
        Err(Twice) => Lack::Twice,
        Ok(None) => Lack::None,
        Ok(Some(bearer)) => match smart::system_access(app, bearer).await {
            Ok(access) => {
                caller::of_system(app, request, &access).map_err(too_often)?;
                return Ok(access);
            }
            Err(Denied::Token) => Lack::Invalid,
            Err(Denied::OtherKind) => Lack::Scope,
            Err(Denied::Fault(error)) => return Err(fault(error)),
        },
    };
    caller::of_nobody(app, request, bearer.ok().flatten()).await.map_err(too_often)?;
    Err(denied(app, lack))
}

fn too_often(left: Left) -> HttpResponse {
    let text =
        format!("at most {} calls are answered in a minute; wait as long as Retry-After says", left.most);
    let mut answer = plain(StatusCode::TOO_MANY_REQUESTS)
        .insert_header((header::RETRY_AFTER, left.reset.as_secs().max(1)))
        .content_type(FHIR)
        .body(outcome(&[Issue::error("throttled", text)]).to_string());
    caller::because(&mut answer, caller::reason("throttled"));
    answer
}

async fn begin(app: &App, request: &HttpRequest, (level, body): (Level, Option<Bytes>)) -> HttpResponse {
    let access = match access(app, request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    let ask = match kick_off(app, request, (level, body)) {
        Ok(ask) => ask,
        Err(answer) => return *answer,
    };
    match bulk::kick_off(app, &access, ask).await {
        Ok(id) => {
            plain(StatusCode::ACCEPTED).insert_header((header::CONTENT_LOCATION, address(app, id))).finish()
        }
        Err(no) => refused(app, no),
    }
}

/// The request as the room takes it. `Prefer: respond-async` is needed (Bulk Data Access 2.0, headers).
fn kick_off(
    app: &App,
    request: &HttpRequest,
    (level, body): (Level, Option<Bytes>),
) -> Result<KickOff, Box<HttpResponse>> {
    let prefers = preferences(request);
    if !prefers.iter().any(|one| one == "respond-async") {
        let text = "an export is answered later only; send the header Prefer: respond-async";
        return Err(Box::new(wrong(StatusCode::BAD_REQUEST, &[Wrong::with("", "invalid", text)])));
    }
    if !takes_fhir(request) {
        let text = "answers are application/fhir+json; send the header Accept: application/fhir+json";
        return Err(Box::new(wrong(StatusCode::NOT_ACCEPTABLE, &[Wrong::with("", "not-supported", text)])));
    }
    let handling = match prefers.iter().any(|one| one == "handling=lenient") {
        true => Handling::Lenient,
        false => Handling::Strict,
    };
    let query = request.query_string().as_bytes();
    let mut params: Vec<(String, String)> = url::form_urlencoded::parse(query).into_owned().collect();
    let form = match &body {
        Some(_) if !params.is_empty() => {
            let text = "the parameters of a POST stand in its body, as a Parameters resource";
            return Err(Box::new(wrong(StatusCode::BAD_REQUEST, &[Wrong::with("", "invalid", text)])));
        }
        Some(body) => {
            params = parameters::read(request, body)?;
            Form::Parameters
        }
        None => Form::Query,
    };
    let url = format!("{}{}", app.config.server.public_url, request.uri());
    Ok(KickOff { level, params, form, handling, url })
}

/// What the client prefers (RFC 7240), in lower case.
fn preferences(request: &HttpRequest) -> Vec<String> {
    let values = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
    let pieces = values.flat_map(|value| value.split([',', ';']));
    pieces.map(|piece| piece.replace([' ', '"'], "").to_ascii_lowercase()).collect()
}

/// Whether FHIR as JSON can be answered with; a client that does not say takes it.
fn takes_fhir(request: &HttpRequest) -> bool {
    let mut values = request.headers().get_all(header::ACCEPT).peekable();
    if values.peek().is_none() {
        return true;
    }
    let known = ["application/fhir+json", "application/json", "application/*", "*/*"];
    let pieces = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    pieces
        .map(|piece| piece.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .any(|kind| known.contains(&kind.as_str()))
}

pub(super) async fn status(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    let Ok(id) = id.parse::<ExportId>() else { return fault(Error::NotFound) };
    match bulk::status(&app, &access, id).await {
        Ok(Standing::Working { done, total, again }) => plain(StatusCode::ACCEPTED)
            .insert_header(("X-Progress", format!("{done} of {total} people")))
            .insert_header((header::RETRY_AFTER, again.as_secs()))
            .finish(),
        Ok(Standing::Ready(manifest)) => {
            let expires = manifest.expires.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
            plain(StatusCode::OK)
                .insert_header((header::EXPIRES, expires))
                .content_type("application/json")
                .body(described(&app, id, &manifest).to_string())
        }
        Ok(Standing::Failed) => {
            let text = "the export could not be made; the clinic can see why. Start a new one, and tell the clinic if that fails too";
            wrong(StatusCode::INTERNAL_SERVER_ERROR, &[Wrong::with("", "exception", text)])
        }
        Err(no) => refused(&app, no),
    }
}

fn described(app: &App, id: ExportId, manifest: &Manifest) -> Value {
    let of = |kind: FileKind| -> Vec<Value> {
        let files = manifest.files.iter().filter(|file| file.kind == kind);
        let url = |n: i64| format!("{}/{n}.ndjson", address(app, id));
        files.map(|file| json!({"type": file.r#type, "url": url(file.n), "count": file.lines})).collect()
    };
    let mut told = json!({
        "transactionTime": manifest.at.rfc3339(),
        "request": manifest.request,
        "requiresAccessToken": true,
        "output": of(FileKind::Output),
        "deleted": [],
        "error": of(FileKind::Error),
    });
    if !manifest.program.is_empty() {
        told["extension"] = json!({NOTICE: program_notice(&app.config.clinic.name, &manifest.program)});
    }
    told
}

/// Where the notice stands that goes with records of a substance use program.
const NOTICE: &str = "https://www.ecfr.gov/current/title-42/section-2.32";

/// The short notice of 42 CFR 2.32(a)(2), and what the consents cover (2.32(b)): to whom, and what for.
fn program_notice(clinic: &str, to: &[(String, Purpose)]) -> String {
    let scope = |(recipient, purpose): &(String, Purpose)| format!("to {recipient} for {}", purpose.slug());
    format!(
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records. Each patient whose records of a substance \
         use disorder program are in these files consented in writing that {clinic} discloses them {}. What the consent of \
         a patient does not cover is not in these files.",
        to.iter().map(scope).collect::<Vec<_>>().join(", and "),
    )
}

fn address(app: &App, id: ExportId) -> String {
    format!("{}/fhir/bulk/{id}", app.config.server.public_url)
}

pub(super) async fn delete(app: Data<App>, request: HttpRequest, id: Path<String>) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    let Ok(id) = id.parse::<ExportId>() else { return fault(Error::NotFound) };
    match bulk::delete(&app, &access, id).await {
        Ok(()) => plain(StatusCode::ACCEPTED).finish(),
        Err(error) => fault(error),
    }
}

pub(super) async fn file(
    app: Data<App>,
    request: HttpRequest,
    place: Path<(String, String)>,
) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    let (Ok(id), Ok(n)) = (place.0.parse::<ExportId>(), place.1.parse::<i64>()) else {
        return fault(Error::NotFound);
    };
    match bulk::open(&app, &access, (id, n)).await {
        Ok(file) => {
            let mut answer = plain(StatusCode::OK);
            answer.content_type("application/fhir+ndjson");
            match file.size {
                0 => answer.finish(),
                // Nobody reads it, so nothing is decrypted.
                _ if request.method() == Method::HEAD => {
                    answer.streaming(stream::empty::<std::io::Result<Bytes>>())
                }
                _ => answer.streaming(file.stream),
            }
        }
        Err(no) => refused(&app, no),
    }
}

/// The content of what an attachment of an export leads to, as it is.
pub(super) async fn attachment(
    app: Data<App>,
    request: HttpRequest,
    place: Path<(String, String)>,
) -> HttpResponse {
    let access = match access(&app, &request).await {
        Ok(access) => access,
        Err(answer) => return answer,
    };
    let Ok(id) = place.0.parse::<ExportId>() else { return fault(Error::NotFound) };
    match bulk::attachment(&app, &access, (id, &place.1)).await.map(|binary| fhir::file(&binary)) {
        Ok(Ok(answer)) => answer,
        Ok(Err(Fault::Other(error))) => fault(error),
        Ok(Err(_)) => fault(Error::NotFound),
        Err(no) => refused(&app, no),
    }
}

pub(super) async fn no_system_level(app: Data<App>, request: HttpRequest) -> HttpResponse {
    if let Err(answer) = access(&app, &request).await {
        return answer;
    }
    let text = "the whole system cannot be exported; use Group/[id]/$export for one group of patients that was agreed with \
                this system, or Patient/$export for all of them";
    wrong(StatusCode::NOT_FOUND, &[Wrong::with("", "not-supported", text)])
}

pub(super) fn no_such_method(allow: &'static str) -> HttpResponse {
    let text = format!("this address knows {allow}");
    let issue = Issue::error("not-supported", text);
    plain(StatusCode::METHOD_NOT_ALLOWED)
        .insert_header((header::ALLOW, allow))
        .content_type(FHIR)
        .body(outcome(&[issue]).to_string())
}

const FHIR: &str = "application/fhir+json; charset=utf-8";

fn plain(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer
}

fn wrong(status: StatusCode, all: &[Wrong]) -> HttpResponse {
    let issues: Vec<Issue> = all.iter().map(issue).collect();
    let mut answer = plain(status).content_type(FHIR).body(outcome(&issues).to_string());
    caller::because(&mut answer, caller::reason(all.first().map_or("", |wrong| wrong.code)));
    answer
}

fn issue(wrong: &Wrong) -> Issue {
    let mut issue = Issue::error(wrong.code, wrong.text.clone());
    if !wrong.param.is_empty() {
        issue.expression = vec![format!("http.{}", wrong.param)];
    }
    issue
}

/// What is answered to whom a token opens nothing here.
fn denied(app: &App, lack: Lack) -> HttpResponse {
    match lack {
        Lack::Twice => challenged((StatusCode::BAD_REQUEST, app, lack), Issue::error("invalid", TWICE)),
        Lack::None | Lack::Invalid => {
            let text = "an access token of a system is needed (SMART Backend Services)";
            challenged((StatusCode::UNAUTHORIZED, app, lack), Issue::error("login", text))
        }
        Lack::Scope => {
            let text = "this token lets an app read the record of one person; groups and exports need a token of a \
                system (SMART Backend Services)";
            challenged((StatusCode::FORBIDDEN, app, lack), Issue::error("forbidden", text))
        }
    }
}

fn challenged((status, app, lack): (StatusCode, &App, Lack), issue: Issue) -> HttpResponse {
    let why = caller::reason(issue.code);
    let mut answer = plain(status)
        .insert_header((header::WWW_AUTHENTICATE, challenge(app, lack)))
        .content_type(FHIR)
        .body(outcome(&[issue]).to_string());
    caller::because(&mut answer, why);
    answer
}

fn refused(app: &App, no: No) -> HttpResponse {
    match no {
        No::Wrong(all) => wrong(StatusCode::BAD_REQUEST, &all),
        No::Scope(one) => challenged((StatusCode::FORBIDDEN, app, Lack::Scope), issue(&one)),
        No::TooMany(wait) => {
            let text = "too many exports of this system are under way; delete one, or wait until one is done";
            let issue = Issue::error("throttled", text);
            let mut answer = plain(StatusCode::TOO_MANY_REQUESTS)
                .insert_header((header::RETRY_AFTER, wait.as_secs()))
                .content_type(FHIR)
                .body(outcome(&[issue]).to_string());
            caller::because(&mut answer, caller::reason("throttled"));
            answer
        }
        No::Changed => {
            let text = "what may be exported has changed since this was made; start a new export";
            wrong(StatusCode::GONE, &[Wrong::with("", "deleted", text)])
        }
        No::Fault(error) => fault(error),
    }
}

/// What one may not know of, and what is not there, are answered alike.
fn fault(error: Error) -> HttpResponse {
    match error {
        Error::NotFound => {
            let text = "there is nothing here, or nothing that this system may know of";
            wrong(StatusCode::NOT_FOUND, &[Wrong::with("", "not-found", text)])
        }
        Error::Unavailable(_) => {
            let text = "this cannot be answered now; try again later";
            wrong(StatusCode::SERVICE_UNAVAILABLE, &[Wrong::with("", "transient", text)])
        }
        error => {
            tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "an export request failed");
            wrong(
                StatusCode::INTERNAL_SERVER_ERROR,
                &[Wrong::with("", "exception", "a fault of this server")],
            )
        }
    }
}
