//! The form of a reference and the type it points to.

use super::primitive::{is_id, is_uuid};
use super::tables::Tables;

/// What a reference text is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// `#id` of a contained resource; empty for the container itself.
    Contained(&'a str),
    /// Points to a resource of this type.
    Typed(&'a str),
    /// Sound, but tells no type: `urn:uuid:…`, or an address that is not of a FHIR server.
    Untyped,
    /// No reference that R4 knows.
    Bad,
}

/// Reads a reference.
pub(super) fn form<'a>(tables: &Tables, text: &'a str) -> Form<'a> {
    if let Some(id) = text.strip_prefix('#') {
        return if id.is_empty() || is_id(id.as_bytes()) { Form::Contained(id) } else { Form::Bad };
    }
    if text.is_empty() || text.bytes().any(|b| b.is_ascii_whitespace() || b < 0x20) {
        return Form::Bad;
    }
    if let Some(id) = text.strip_prefix("urn:uuid:") {
        return if is_uuid(id.as_bytes()) { Form::Untyped } else { Form::Bad };
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return absolute(tables, text);
    }
    if let Some((name, query)) = text.split_once('?') {
        // A conditional reference, which a transaction may hold (R4 http.html, transaction rules).
        return if tables.resource(name).is_some() && !query.is_empty() {
            Form::Typed(name)
        } else {
            Form::Bad
        };
    }
    if let Some((scheme, rest)) = text.split_once(':')
        && !scheme.contains('/')
    {
        return if scheme.is_empty() || rest.is_empty() { Form::Bad } else { Form::Untyped };
    }
    relative(tables, text)
}

fn relative<'a>(tables: &Tables, text: &'a str) -> Form<'a> {
    let mut parts = text.split('/');
    let (Some(name), Some(id)) = (parts.next(), parts.next()) else { return Form::Bad };
    let history = match (parts.next(), parts.next()) {
        (None, _) => true,
        (Some("_history"), Some(version)) => is_id(version.as_bytes()) && parts.next().is_none(),
        _ => false,
    };
    let id = id.split('#').next().unwrap_or_default();
    if tables.resource(name).is_some() && is_id(id.as_bytes()) && history {
        Form::Typed(name)
    } else {
        Form::Bad
    }
}

fn absolute<'a>(tables: &Tables, text: &'a str) -> Form<'a> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let mut parts = path.rsplit('/');
    let (Some(mut last), Some(mut before)) = (parts.next(), parts.next()) else { return Form::Bad };
    if before == "_history" {
        (last, before) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    }
    if is_id(last.as_bytes()) && tables.resource(before).is_some() {
        Form::Typed(before)
    } else {
        Form::Untyped
    }
}
