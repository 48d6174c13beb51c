//! What every answer passes on its way out: error pages, security headers, cookies; and files with ranges.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use api::app::App;
use api::copies::{ByteRange, Download, ReadyFile};

use crate::error::{self, Failure, Told};
use crate::patient::step_up;
use crate::visit::{Jar, Visit, app_of};

/// Wraps a page: turns a failure into a page in the visitor's language, and puts the headers on.
pub async fn envelope(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if let Some(late) = step_up::late(&mut request).await {
        let response = not_handled(request.request(), &late).await;
        return Ok(request.into_response(response));
    }
    let answer = next.call(request).await?.map_into_boxed_body();
    let told = told(&answer);
    let (request, response) = answer.into_parts();
    let mut response = match told {
        Some(told) => with_headers_of(error::respond(&request, told).await, &response),
        None => response,
    };
    dress(&request, &mut response);
    Ok(ServiceResponse::new(request, response))
}

/// The answer to a form that no handler gets.
async fn not_handled(request: &HttpRequest, failure: &Failure) -> HttpResponse {
    let mut response = match failure {
        Failure::Elsewhere(_) => failure.error_response(),
        _ => error::respond(request, Told::of(failure)).await,
    };
    dress(request, &mut response);
    response
}

/// The page for an address that nothing answers.
pub async fn nothing_here(request: HttpRequest) -> HttpResponse {
    let mut response = error::respond(&request, Told::of_status(StatusCode::NOT_FOUND)).await;
    dress(&request, &mut response);
    response
}

/// The page for a method that an address does not know.
pub async fn no_such_method(request: HttpRequest) -> HttpResponse {
    let mut response = error::respond(&request, Told::of_status(StatusCode::METHOD_NOT_ALLOWED)).await;
    let allowed = crate::routes::allowed(request.path());
    if let Ok(value) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// What the error page must say; none where the answer is a page already, or sends the browser on.
fn told(answer: &ServiceResponse<BoxBody>) -> Option<Told> {
    let cause = answer.response().error()?;
    let route = answer.request().match_pattern().unwrap_or_default();
    match cause.as_error::<Failure>() {
        Some(Failure::Elsewhere(_)) => None,
        Some(failure) => {
            error::log(&route, failure);
            Some(Told::of(failure))
        }
        None => Some(Told::of_status(answer.status())),
    }
}

fn with_headers_of(mut page: HttpResponse, bare: &HttpResponse) -> HttpResponse {
    for name in [header::ALLOW, header::CONTENT_RANGE, header::SET_COOKIE] {
        for value in bare.headers().get_all(&name) {
            page.headers_mut().append(name.clone(), value.clone());
        }
    }
    page
}

/// Headers of every answer, and a stranger's form cookie. A header that a handler has set stays.
fn dress(request: &HttpRequest, response: &mut HttpResponse) {
    let Ok(app) = app_of(request) else { return };
    let cookie = request
        .extensions()
        .get::<std::rc::Rc<Visit>>()
        .and_then(|visit| visit.new_cookie.clone())
        .map(|value| Jar::Form.set(&app, value));
    if let Some(cookie) = cookie
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
    {
        set_cookie(response, &cookie);
    }
    secure(&app, response.headers_mut());
}

fn secure(app: &App, headers: &mut HeaderMap) {
    let mut put = |name: HeaderName, value: &str| {
        if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_SECURITY_POLICY, &policy());
    put(header::CACHE_CONTROL, "no-store");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // With no-referrer browsers would send `Origin: null` with our own forms, and we could not tell them from others.
    put(header::REFERRER_POLICY, "same-origin");
    put(header::X_FRAME_OPTIONS, "DENY");
    let features = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";
    put(header::PERMISSIONS_POLICY, features);
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if app.config.server.secure() {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains");
    }
}

/// Where somebody is taken who leaves quickly: a page that says nothing of health.
pub const AWAY: &str = "https://www.weather.gov/";

/// Nothing but our own files. Forms may lead to [`AWAY`], because Chrome applies `form-action` to where a form's answer
/// redirects to.
fn policy() -> String {
    format!("{OURS}; form-action 'self' {}", AWAY.trim_end_matches('/'))
}

/// What a page may load, and who may show it in a frame.
const OURS: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                    base-uri 'none'; frame-ancestors 'none'";

/// Lets the forms of a page end anywhere: where the answer to a form sends the browser to an app or to an identity
/// provider. Chrome applies `form-action` to each step of the way. An app's own address may lead on to one that nobody here
/// knows, such as that of a program on a phone, and a provider to that of the employer or the state at which people sign in;
/// the answer would be given, and the browser would stay where it is.
pub fn forms_anywhere(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(OURS));
    response
}

/// Leads on from a page by itself, without a redirect: a step that no `form-action` is asked about. The page has the same
/// way as a link.
pub fn leading(response: &mut HttpResponse, address: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("0;url={address}")) {
        response.headers_mut().insert(header::REFRESH, value);
    }
}

/// Adds a cookie to an answer.
pub fn set_cookie(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.encoded().to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Sends the browser on to another page (303).
pub fn elsewhere(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// Whether the script asked, which wants JSON.
pub fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("application/json"))
}

/// The part of a file that is asked for (RFC 9110 section 14): none where the whole is, where the header cannot
/// be read or asks for several parts, and where `If-Range` names another version of the file.
pub fn range(request: &HttpRequest, etag: &str) -> Option<ByteRange> {
    let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|named| named != etag) {
        return None;
    }
    parse_range(text(header::RANGE)?)
}

fn parse_range(header: &str) -> Option<ByteRange> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", count) => number(count).map(ByteRange::Suffix),
        (first, "") => Some(ByteRange::From { first: number(first)?, last: None }),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::From { first, last: Some(last) })
        }
    }
}

/// The strong entity tag of a file, from the hash of its content.
pub fn etag(hash: &str) -> String {
    format!("\"{}\"", hash.trim_matches('"'))
}

/// Sends a file, whole or in part, never compressed (the stated encoding keeps compressing layers away), to be kept under its neutral name.
pub fn download(file: Download) -> HttpResponse {
    let whole = file.first == 0 && file.length == file.size;
    let mut response = if whole { HttpResponse::Ok() } else { HttpResponse::PartialContent() };
    if !whole {
        let last = (file.first + file.length).saturating_sub(1);
        response.insert_header((header::CONTENT_RANGE, format!("bytes {}-{last}/{}", file.first, file.size)));
    }
    describe(&mut response, &file.file_name, &file.etag);
    response.no_chunking(file.length).streaming(file.stream)
}

/// The headers that [`download`] would send with the whole file (RFC 9110, 9.3.2).
pub fn headers_of(file: &ReadyFile) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    describe(&mut response, &file.name, &file.etag);
    response.body(Untold(file.size))
}

/// A body whose length is told and of which nothing is sent.
struct Untold(u64);

impl MessageBody for Untold {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

fn describe(response: &mut HttpResponseBuilder, name: &str, hash: &str) {
    let disposition = format!("attachment; filename=\"{}\"", neutral(name));
    response
        .insert_header((header::CONTENT_TYPE, "application/zip"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header((header::ETAG, etag(hash)));
}

/// A file name of plain characters only, so that it can stand in a header.
pub fn neutral(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let name: String = name.chars().map(plain).take(100).collect();
    if name.trim_matches(['.', '-']).is_empty() { "file".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        let from = |first, last| Some(ByteRange::From { first, last });
        for (header, range) in [
            ("bytes=0-499", from(0, Some(499))),
            ("bytes=500-", from(500, None)),
            ("bytes=-500", Some(ByteRange::Suffix(500))),
            ("bytes=5-4", None),
            ("bytes=0-1,3-4", None),
            ("bytes=a-b", None),
            ("bytes=", None),
            ("items=0-1", None),
            ("bytes=99999999999999999999-", None),
        ] {
            assert_eq!(parse_range(header), range, "{header}");
        }
    }

    #[test]
    fn names_are_neutral() {
        for (name, neutral_name) in
            [("record.zip", "record.zip"), ("a\"b\r\nc.pdf", "a-b--c.pdf"), ("..", "file"), ("", "file")]
        {
            assert_eq!(neutral(name), neutral_name);
        }
    }
}
