//! Headers of requests and answers: formats, what an app has already, CORS, caching.

use std::cmp::Reverse;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use chrono::DateTime;

use super::answer::{Refusal, TYPE, refuse};
use crate::base::{Instant, uuid};
use crate::fhir::search::{Handling, decode};
use crate::records::api::Known;

/// What FHIR's JSON is called.
const JSON: [&str; 5] =
    ["application/fhir+json", "application/json", "application/json+fhir", "text/json", "json"];

/// What FHIR's XML is called.
const XML: [&str; 5] = ["application/fhir+xml", "application/xml", "application/xml+fhir", "text/xml", "xml"];

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Form {
    Json,
    /// JSON in lines (`_pretty`).
    Lines,
    Xml,
}

/// The form that is wanted (http.html#mime-type). `_format` outweighs `Accept`; where both would do it is JSON.
///
/// # Errors
/// 406 where neither is.
pub(super) fn format(request: &HttpRequest, query: &[(String, String)]) -> Result<Form, Refusal> {
    let form = match asked_format(query) {
        Some(format) => named(&format),
        None => match accepts(request) {
            None => Some(Form::Json),
            Some(ranges) => {
                let liked = |form| liked(&ranges, form);
                match (liked(Form::Json), liked(Form::Xml)) {
                    (0, 0) => None,
                    (json, xml) if xml > json => Some(Form::Xml),
                    _ => Some(Form::Json),
                }
            }
        },
    };
    let text = "The formats are application/fhir+json and application/fhir+xml, FHIR version 4.0.";
    form.map(|form| laid_out(form, query)).ok_or_else(|| refuse(406, "not-supported", text))
}

/// How much a form is liked, in thousandths: of each range that has it the most specific counts (RFC 9110, 12.5.1), and of
/// several names of a form the best liked.
fn liked(ranges: &[Range], form: Form) -> u32 {
    let fitting = || ranges.iter().filter(|range| range.allows(form));
    let first = fitting().map(Range::breadth).min();
    fitting().filter(|range| Some(range.breadth()) == first).map(|range| range.weight).max().unwrap_or(0)
}

/// JSON in lines where `_pretty=true` asks for it (http.html#parameters); any other value is as good as none.
fn laid_out(form: Form, query: &[(String, String)]) -> Form {
    let pretty = query.iter().any(|(name, value)| name == "_pretty" && value == "true");
    if pretty && form == Form::Json { Form::Lines } else { form }
}

/// The form in which a Binary is wanted as a resource: where an app names one.
pub(super) fn wants_resource(request: &HttpRequest, query: &[(String, String)]) -> Option<Form> {
    let form = match asked_format(query) {
        Some(format) => named(&format),
        None => {
            let ranges = accepts(request)?;
            let mut named_best = None;
            for range in ranges.iter().filter(|range| range.weight > 0 && !range.is_star()) {
                if named_best.is_none_or(|best: &Range| best.weight <= range.weight) {
                    named_best = Some(range);
                }
            }
            named(&named_best?.kind)
                .filter(|_| !named_best.is_some_and(|best| PLAIN.contains(&best.kind.as_str())))
        }
    };
    form.map(|form| laid_out(form, query))
}

/// Types that documents have as well: who accepts them wants the document.
const PLAIN: [&str; 2] = ["application/xml", "text/xml"];

/// Whether content of this type may be sent as it is.
pub(super) fn accepts_content(request: &HttpRequest, kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase();
    let Some(ranges) = accepts(request) else { return true };
    let fits = |range: &&Range| {
        let group = range.kind.strip_suffix("/*").map(|group| format!("{group}/"));
        range.is_star() || range.kind == kind || group.is_some_and(|group| kind.starts_with(&group))
    };
    let best = ranges.iter().filter(fits).min_by_key(|range| (range.breadth(), Reverse(range.weight)));
    best.is_some_and(|range| range.weight > 0)
}

fn asked_format(query: &[(String, String)]) -> Option<String> {
    let (_, format) = query.iter().find(|(name, _)| name == "_format")?;
    // The plus sign of application/fhir+json arrives as a space where it was not encoded.
    Some(format.trim().to_ascii_lowercase().replace(' ', "+"))
}

/// The form of a name.
fn named(format: &str) -> Option<Form> {
    let mut parts = format.split(';').map(str::trim);
    let version =
        |part: &str| part.strip_prefix("fhirversion=").is_none_or(|v| v.trim_matches('"').starts_with("4.0"));
    let kind = parts.next()?;
    let form = [(Form::Json, JSON), (Form::Xml, XML)].into_iter().find(|(_, names)| names.contains(&kind));
    form.map(|(form, _)| form).filter(|_| parts.all(version))
}

/// Names an answer in FHIR's JSON `application/json` where an app asks for that and not for the name that FHIR has for it
/// (http.html#mime-type: a server should answer with the type that was asked for).
pub(in crate::web) fn name_as_asked(request: &HttpRequest, answer: &mut HttpResponse) {
    if answer.headers().get("content-type").is_some_and(|kind| kind == TYPE) && asks_plain(request) {
        set(answer.headers_mut(), "content-type", "application/json; charset=utf-8");
    }
}

/// Whether `application/json` is accepted by its name, and nothing else that says JSON of FHIR is liked as much.
fn asks_plain(request: &HttpRequest) -> bool {
    let ranges = accepts(request).unwrap_or_default();
    let best = |plain: bool| {
        let same = ranges.iter().filter(|range| range.weight > 0 && named(&range.kind) == Some(Form::Json));
        same.filter(|range| (range.kind == JSON[1]) == plain).map(|range| range.weight).max()
    };
    best(true) > best(false) && asked_format(&decoded(request)).is_none()
}

fn decoded(request: &HttpRequest) -> Vec<(String, String)> {
    decode(request.query_string()).unwrap_or_default()
}

/// One range of `Accept`.
struct Range {
    kind: String,
    fits: bool,
    /// In thousandths.
    weight: u32,
}

impl Range {
    fn is_star(&self) -> bool {
        self.kind == "*/*" || self.kind == "*"
    }

    /// How much it spans: one name, a group, all.
    fn breadth(&self) -> u8 {
        match self.kind.as_str() {
            "*/*" | "*" => 2,
            kind if kind.ends_with("/*") => 1,
            _ => 0,
        }
    }

    fn allows(&self, form: Form) -> bool {
        let any = self.is_star() || self.kind == "application/*";
        self.fits && (any || named(&self.kind) == Some(form))
    }
}

/// The ranges, with those that rule out; none where nothing is said.
fn accepts(request: &HttpRequest) -> Option<Vec<Range>> {
    let mut said = request.headers().get_all("Accept").filter_map(|value| value.to_str().ok()).peekable();
    said.peek()?;
    let ranges = said.flat_map(|value| value.split(',')).filter(|range| !range.trim().is_empty());
    let ranges: Vec<Range> = ranges.map(|range| read_range(&range.trim().to_ascii_lowercase())).collect();
    if ranges.is_empty() {
        return None;
    }
    Some(ranges)
}

fn read_range(range: &str) -> Range {
    let mut parts = range.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_owned();
    let (mut fits, mut weight) = (true, 1000);
    for part in parts {
        if let Some(q) = part.strip_prefix("q=") {
            let q: f64 = q.parse().unwrap_or(1.0);
            weight = (0..=1000).rev().find(|w| f64::from(*w) <= q * 1000.0).unwrap_or(0);
        } else if let Some(version) = part.strip_prefix("fhirversion=") {
            fits = version.trim_matches('"').starts_with("4.0");
        }
    }
    Range { kind, fits, weight }
}

/// The type of a body, without what follows it.
pub(super) fn content_type(request: &HttpRequest) -> String {
    let header = request.headers().get("Content-Type").and_then(|value| value.to_str().ok()).unwrap_or("");
    header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether the body is not as it is written (RFC 9110, 8.4).
pub(in crate::web) fn is_packed(request: &HttpRequest) -> bool {
    let said = request.headers().get_all("Content-Encoding");
    let mut all = said.flat_map(|value| value.as_bytes().split(|b| *b == b',')).map(<[u8]>::trim_ascii);
    all.any(|how| !how.is_empty() && !how.eq_ignore_ascii_case(b"identity"))
}

/// `Prefer: handling=strict`; around the sign of equality there may be spaces (RFC 7240, 2).
pub(super) fn handling(request: &HttpRequest) -> Handling {
    let said = request.headers().get_all("Prefer").filter_map(|value| value.to_str().ok());
    let strict = said.flat_map(|value| value.split([',', ';'])).any(|part| {
        let Some((name, how)) = part.split_once('=') else { return false };
        name.trim().eq_ignore_ascii_case("handling")
            && how.trim().trim_matches('"').eq_ignore_ascii_case("strict")
    });
    if strict { Handling::Strict } else { Handling::Lenient }
}

/// What the app has already (RFC 9110, 13.1.2 and 13.1.3: a date counts only where no version is told).
pub(super) fn known(request: &HttpRequest) -> Known {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(tags) = header("If-None-Match") {
        if tags.trim() == "*" {
            return Known::Any;
        }
        let version = |tag: &str| {
            let tag = tag.trim();
            tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?.parse().ok()
        };
        return Known::Versions(tags.split(',').filter_map(version).collect());
    }
    let since = header("If-Modified-Since").and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    since.map_or(Known::Nothing, |since| Known::Since(since.timestamp()))
}

/// An HTTP date (RFC 9110, 5.6.7).
pub(super) fn http_date(at: Instant) -> String {
    at.utc().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// By what an answer is found again: the app's own id where it sent a fit one.
pub(in crate::web) fn trace(request: &HttpRequest, now: Instant) -> String {
    let own = request.headers().get("X-Request-Id").and_then(|value| value.to_str().ok());
    let fit = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    own.filter(fit).map_or_else(|| uuid(now).to_string(), str::to_owned)
}

/// Headers that an app in a browser may read.
const EXPOSED: &str = "ETag, Last-Modified, Location, Content-Location, Expires, X-Progress, WWW-Authenticate, \
    Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id";

/// What every answer has.
pub(in crate::web) fn dressed(mut answer: HttpResponse, trace: &str) -> HttpResponse {
    let headers = answer.headers_mut();
    set(headers, "access-control-allow-origin", "*");
    set(headers, "access-control-expose-headers", EXPOSED);
    set(headers, "x-content-type-options", "nosniff");
    set(headers, "referrer-policy", "no-referrer");
    set(headers, "vary", "Accept, Authorization");
    set(headers, "x-request-id", trace);
    if !headers.contains_key("cache-control") {
        set(headers, "cache-control", "no-store");
    }
    answer
}

/// Headers that an app of another site may send: any. `*` does not cover `Authorization`, and older browsers do not know it
/// (Fetch standard, CORS-preflight fetch).
pub(in crate::web) const ALLOWED: &str =
    "Authorization, Accept, Content-Type, Prefer, If-None-Match, If-Modified-Since, X-Request-Id, *";

/// What a browser asks before an app of another site may ask (Fetch standard, CORS-preflight fetch). Tokens are in a
/// header and never in a cookie, so any site may.
pub(in crate::web) fn preflight(methods: &'static str, trace: &str) -> HttpResponse {
    let mut answer = dressed(HttpResponse::NoContent().finish(), trace);
    let headers = answer.headers_mut();
    set(headers, "access-control-allow-methods", methods);
    set(headers, "access-control-allow-headers", ALLOWED);
    set(headers, "access-control-max-age", "86400");
    set(headers, "allow", methods);
    answer
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn formats_are_agreed_on() {
        let (json, xml) = (Ok(Form::Json), Ok(Form::Xml));
        for (accept, query, expected) in [
            (None, "", json),
            (Some("application/fhir+json"), "", json),
            (Some("application/json"), "", json),
            (Some("*/*"), "", json),
            (Some("application/*"), "", json),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), "", json),
            (Some("application/fhir+json; fhirVersion=4.0"), "", json),
            (Some("application/fhir+json;fhirVersion=5.0"), "", Err(406)),
            (Some("application/fhir+xml, application/fhir+json;q=0.5"), "", xml),
            (Some("application/fhir+xml;q=0.5, application/fhir+json"), "", json),
            (Some("application/fhir+xml, application/fhir+json"), "", json),
            (Some("application/fhir+xml, */*;q=0.1"), "", xml),
            (Some("application/fhir+xml"), "", xml),
            (Some("application/xml"), "", xml),
            (Some("text/xml; q=0.3"), "", xml),
            (Some("application/fhir+xml; fhirVersion=4.0"), "", xml),
            (Some("application/fhir+xml; fhirVersion=3.0"), "", Err(406)),
            (Some("text/html"), "", Err(406)),
            (Some("application/fhir+json;q=0"), "", Err(406)),
            (Some("application/fhir+xml;q=0"), "", Err(406)),
            // What is named outweighs what spans it (RFC 9110, 12.5.1).
            (Some("application/fhir+json;q=0, */*"), "", xml),
            (Some("application/fhir+json;q=0.1, application/*;q=0.9"), "", xml),
            (Some("application/*;q=0, */*"), "", Err(406)),
            (Some("application/fhir+json;q=0.5, application/json;q=0.7, */*;q=0.6"), "", json),
            (Some("application/fhir+xml;q=0.5, */*;q=0.1"), "", xml),
            (Some("application/fhir+json;q=0, application/json"), "", json),
            (Some("*/*;q=0"), "", Err(406)),
            (Some(""), "", json),
            (Some("text/html"), "json", json),
            (Some("application/fhir+json"), "xml", xml),
            (Some("application/fhir+xml"), "json", json),
            (None, "application/fhir json", json),
            (None, "application/fhir+json", json),
            (None, "application/fhir xml", xml),
            (None, "text/xml", xml),
            (None, "ttl", Err(406)),
        ] {
            let request = accepting(accept);
            let query: Vec<(String, String)> = Some(query)
                .filter(|q| !q.is_empty())
                .map(|q| ("_format".into(), q.into()))
                .into_iter()
                .collect();
            let found = format(&request, &query).map_err(|refusal| refusal.status());
            assert_eq!(found, expected, "{accept:?} {query:?}");
        }
    }

    fn accepting(accept: Option<&str>) -> HttpRequest {
        let mut request = TestRequest::get();
        if let Some(accept) = accept {
            request = request.insert_header(("Accept", accept));
        }
        request.to_http_request()
    }

    #[test]
    fn an_answer_is_named_as_it_was_asked_for() {
        for (accept, query, plain) in [
            (None, "", false),
            (Some("*/*"), "", false),
            (Some("application/*"), "", false),
            (Some("application/json"), "", true),
            (Some("application/json, text/plain, */*"), "", true),
            (Some("application/fhir+json"), "", false),
            (Some("application/fhir+json, application/json"), "", false),
            (Some("application/json, application/fhir+json;q=0.9"), "", true),
            (Some("application/json;q=0.9, application/fhir+json"), "", false),
            (Some("application/json;q=0"), "", false),
            (Some("application/json"), "?_format=json", false),
        ] {
            let request = TestRequest::with_uri(&format!("/fhir/Patient{query}"));
            let request =
                accept.into_iter().fold(request, |request, said| request.insert_header(("Accept", said)));
            let mut answer = HttpResponse::Ok().content_type(TYPE).body("{}");
            name_as_asked(&request.to_http_request(), &mut answer);
            let kind = answer.headers().get("content-type").unwrap().to_str().unwrap();
            assert_eq!(kind.starts_with("application/json"), plain, "{accept:?} {query}");
        }
    }

    #[test]
    fn a_document_is_a_resource_only_where_one_is_named() {
        for (accept, expected) in [
            (None, None),
            (Some("*/*"), None),
            (Some("application/pdf"), None),
            (Some("application/xml"), None),
            (Some("text/xml"), None),
            (Some("application/fhir+json"), Some(Form::Json)),
            (Some("application/fhir+xml"), Some(Form::Xml)),
            (Some("application/pdf, application/fhir+xml;q=0.5"), None),
            (Some("application/pdf;q=0.5, application/fhir+json"), Some(Form::Json)),
        ] {
            assert_eq!(wants_resource(&accepting(accept), &[]), expected, "{accept:?}");
        }
        let asked = [("_format".to_owned(), "xml".to_owned())];
        assert_eq!(wants_resource(&accepting(None), &asked), Some(Form::Xml));
    }

    #[test]
    fn lines_are_of_json_only() {
        for (accept, query, expected) in [
            (None, "_pretty=true", Form::Lines),
            (None, "_pretty=false", Form::Json),
            (None, "_pretty=perhaps", Form::Json),
            (None, "_pretty", Form::Json),
            (Some("application/fhir+xml"), "_pretty=true", Form::Xml),
            (Some("application/fhir+xml"), "_pretty=true&_format=json", Form::Lines),
        ] {
            let query = crate::fhir::search::decode(query).unwrap();
            let found = format(&accepting(accept), &query).map_err(|refusal| refusal.status());
            assert_eq!(found, Ok(expected), "{accept:?} {query:?}");
            let as_resource = wants_resource(&accepting(Some("application/fhir+json")), &query);
            assert_eq!(as_resource == Some(Form::Lines), query[0].1 == "true", "{query:?}");
        }
    }

    #[test]
    fn what_an_app_has_is_read() {
        for (name, value, expected) in [
            ("If-None-Match", "W/\"3\"", Known::Versions(vec![3])),
            ("If-None-Match", "\"3\", W/\"4\"", Known::Versions(vec![3, 4])),
            ("If-None-Match", "*", Known::Any),
            ("If-None-Match", "nonsense", Known::Versions(vec![])),
            ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:10 GMT", Known::Since(10)),
            ("If-Modified-Since", "yesterday", Known::Nothing),
            ("X-Other", "1", Known::Nothing),
        ] {
            let request = TestRequest::get().insert_header((name, value)).to_http_request();
            assert_eq!(known(&request), expected, "{name}: {value}");
        }
        assert_eq!(http_date(Instant(10_000_000)), "Thu, 01 Jan 1970 00:00:10 GMT");
    }

    #[test]
    fn strictness_is_read() {
        for (prefer, strict) in [
            ("handling=strict", true),
            ("return=minimal; handling=\"strict\"", true),
            ("Handling = strict", true),
            ("handling=lenient", false),
            ("strict", false),
        ] {
            let request = TestRequest::get().insert_header(("Prefer", prefer)).to_http_request();
            assert_eq!(handling(&request) == Handling::Strict, strict, "{prefer}");
        }
    }

    #[test]
    fn what_is_packed_is_told() {
        for (encoding, is_so) in [
            ("gzip", true),
            ("identity", false),
            ("Identity", false),
            ("", false),
            ("identity, br", true),
            ("nonsense", true),
        ] {
            let request = TestRequest::post().insert_header(("Content-Encoding", encoding)).to_http_request();
            assert_eq!(is_packed(&request), is_so, "{encoding}");
        }
        assert!(!is_packed(&TestRequest::post().to_http_request()));
    }

    #[test]
    fn a_foreign_trace_is_taken_only_if_it_is_harmless() {
        for (sent, taken) in [("abc-1", true), ("", false), ("a b", false), (&"a".repeat(65), false)] {
            let request = TestRequest::get().insert_header(("X-Request-Id", sent)).to_http_request();
            assert_eq!(trace(&request, Instant(0)) == sent, taken, "{sent}");
        }
    }
}
