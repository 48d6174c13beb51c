//! Who calls the FHIR interface: how many calls they have left, which every answer tells, and the line that the app's
//! developer reads of it.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};

use crate::app::{App, CallLine};
use crate::fhir::search::served;
use crate::smart::{self, Access, Caller, Left, SystemAccess};

use super::address;

/// What is known of a caller when the answer leaves. It travels with the request.
struct Known {
    caller: Caller,
    left: Left,
    /// Why the token is not in force, where that is known.
    why: &'static str,
}

/// Why an answer is a refusal, in words that are ours: nothing that was sent, and nothing of a record. It travels with the
/// answer.
struct Because(&'static str);

/// Tells the developer's log why this answer is a refusal.
pub(super) fn because(answer: &mut HttpResponse, why: &'static str) {
    answer.extensions_mut().insert(Because(why));
}

/// What a code of an OperationOutcome says of a request (FHIR R4, issue-type).
pub(super) fn reason(code: &str) -> &'static str {
    match code {
        "required" => "something that is needed is missing",
        "value" | "code-invalid" | "invalid" => "a value, or the request, cannot be followed",
        "structure" => "the body is not what is read here",
        "incomplete" => "the body broke off",
        "not-supported" => "this is not offered",
        "too-long" | "too-costly" => "more is asked for than is read or made at once",
        "login" => "an access token is needed that is in force here",
        "forbidden" => "the token does not allow this",
        "not-found" => "there is nothing here that this app may read",
        "deleted" => "what may be exported has changed since this was made",
        "throttled" => "called too often, or too much is under way",
        "conflict" => "this cannot be done now",
        "transient" => "something is away for a moment",
        "exception" => "a fault of this server",
        _ => "",
    }
}

/// Counts a call of an app.
///
/// # Errors
/// What is left of the limit, where it was one too many.
pub(super) fn of_app(app: &App, request: &HttpRequest, access: &Access) -> Result<(), Left> {
    counted(app, request, (Caller::of(access), ""))
}

/// Counts a call of a system.
///
/// # Errors
/// As of [`of_app`].
pub(super) fn of_system(app: &App, request: &HttpRequest, access: &SystemAccess) -> Result<(), Left> {
    counted(app, request, (Caller::of_system(access), ""))
}

/// Counts a call without a token in force, by the address it comes from. Whose token it was tells only the log of that
/// app's developer.
///
/// # Errors
/// As of [`of_app`].
pub(super) async fn of_nobody(app: &App, request: &HttpRequest, bearer: Option<&str>) -> Result<(), Left> {
    let owner = match bearer {
        // A fault is told by what follows, and this line can be missing.
        Some(bearer) => smart::owner(app, bearer).await.ok().flatten(),
        None => None,
    };
    let (client, why) = owner.unzip();
    counted(app, request, (Caller::unknown(&address(app, request), client), why.unwrap_or_default()))
}

fn counted(app: &App, request: &HttpRequest, (caller, why): (Caller, &'static str)) -> Result<(), Left> {
    let left = smart::count_call(app, &caller);
    request.extensions_mut().insert(Known { caller, left, why });
    if left.is_over() { Err(left) } else { Ok(()) }
}

/// Tells an answer what is left, and the developer of the app that there was a call.
pub(super) fn told(app: &App, request: &HttpRequest, answer: &mut HttpResponse, trace: &str) {
    let extensions = request.extensions();
    let Some(Known { caller, left, why }) = extensions.get::<Known>() else { return };
    for (name, value) in left.headers() {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    if let Some(client) = caller.client() {
        let because = answer.extensions().get::<Because>().map_or("", |because| because.0);
        // What an app calls a request may be anything, so it is not kept.
        let is_ours = !request.headers().contains_key("x-request-id");
        let line = CallLine {
            client: client.0.clone(),
            at: app.clock.now(),
            status: answer.status().as_u16(),
            what: what(request.method(), request.path()),
            why: if answer.status() == StatusCode::UNAUTHORIZED && !why.is_empty() { why } else { because },
            trace: if is_ours { trace.to_owned() } else { String::new() },
        };
        smart::note_call(app, line);
    }
}

/// The method, the kind of interaction (FHIR R4, http.html) and the type of resource: no id, and nothing that was
/// searched for.
fn what(method: &Method, path: &str) -> [&'static str; 3] {
    let verb = match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "DELETE" => "DELETE",
        _ => "",
    };
    let parts: Vec<&str> =
        path.strip_prefix("/fhir").unwrap_or(path).split('/').filter(|part| !part.is_empty()).collect();
    let kind = parts.first().and_then(|kind| if *kind == "Group" { Some("Group") } else { served(kind) });
    let interaction = match parts[..] {
        ["metadata"] => "capabilities",
        ["bulk", _] if verb == "DELETE" => "bulk-delete",
        ["bulk", _] => "bulk-status",
        ["bulk", _, _] => "bulk-file",
        ["bulk", _, "attachment", _] => "bulk-attachment",
        [.., "$export"] => "$export",
        [_] | [_, "_search"] => "search-type",
        [.., "$everything"] => "$everything",
        [.., "$docref"] => "$docref",
        [_, _] => "read",
        [_, _, "_history"] => "history-instance",
        [_, _, "_history", _] => "vread",
        _ => "other",
    };
    [verb, interaction, kind.unwrap_or("")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_id_and_no_value() {
        for (method, path, expected) in [
            ("GET", "/fhir/Patient/a", ["GET", "read", "Patient"]),
            ("HEAD", "/fhir/Patient/a", ["HEAD", "read", "Patient"]),
            ("GET", "/fhir/Observation", ["GET", "search-type", "Observation"]),
            ("POST", "/fhir/Observation/_search", ["POST", "search-type", "Observation"]),
            ("GET", "/fhir/Patient/a/_history", ["GET", "history-instance", "Patient"]),
            ("GET", "/fhir/Patient/a/_history/2", ["GET", "vread", "Patient"]),
            ("GET", "/fhir/Patient/a/$everything", ["GET", "$everything", "Patient"]),
            ("POST", "/fhir/DocumentReference/$docref", ["POST", "$docref", "DocumentReference"]),
            ("GET", "/fhir/Group/a/$export", ["GET", "$export", "Group"]),
            ("GET", "/fhir/Patient/$export", ["GET", "$export", "Patient"]),
            ("GET", "/fhir/$export", ["GET", "$export", ""]),
            ("GET", "/fhir/Group", ["GET", "search-type", "Group"]),
            ("GET", "/fhir/bulk/a", ["GET", "bulk-status", ""]),
            ("DELETE", "/fhir/bulk/a", ["DELETE", "bulk-delete", ""]),
            ("GET", "/fhir/bulk/a/1.ndjson", ["GET", "bulk-file", ""]),
            ("GET", "/fhir/bulk/a/attachment/x", ["GET", "bulk-attachment", ""]),
            ("GET", "/fhir/Maria/Rossi", ["GET", "read", ""]),
            ("GET", "/fhir/a/b/c/d/e", ["GET", "other", ""]),
            ("MARIA", "/fhir", ["", "other", ""]),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(what(&method, path), expected, "{method} {path}");
        }
    }
}
