//! What a method and an address ask for.

use actix_web::http::Method;
use serde_json::Value;

use super::answer::{Refusal, issue, refuse};
use super::moment;
use crate::base::Instant;
use crate::fhir::check::{is_id, known_type};
use crate::fhir::search::{Handling, Query, searchable, served};

/// What is asked for, from whomever.
pub(super) type Asked<T> = Result<T, Refusal>;

/// One of the ways to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// The capability statement.
    Metadata,
    /// A resource, or a version of it.
    Read { kind: &'static str, id: String, version: Option<i64> },
    /// All versions of one.
    History { kind: &'static str, id: String },
    /// A search in a type.
    Search { kind: &'static str },
    /// `DocumentReference/$docref`.
    Documents,
    /// `Patient/$everything`; without an id, of the patient of the token.
    Everything { id: Option<String> },
}

impl Way {
    /// The parameters that are followed, where nothing else reads them.
    fn takes(&self) -> Option<&'static [&'static str]> {
        match self {
            Self::Read { kind: "Binary", .. } => Some(&[]),
            Self::Read { .. } => Some(&["_summary", "_elements"]),
            Self::History { .. } => Some(&["_since", "_count", "_page"]),
            Self::Metadata | Self::Search { .. } | Self::Documents | Self::Everything { .. } => None,
        }
    }
}

/// Whether each parameter is one that is followed, where the client wants to be told (`Prefer: handling=strict`). A
/// search and an operation look at theirs themselves.
///
/// # Errors
/// 400 about the first that is not.
pub(super) fn known(way: &Way, query: &Query, handling: Handling) -> Asked<()> {
    let Some(taken) = way.takes().filter(|_| handling == Handling::Strict) else { return Ok(()) };
    let is_taken = |name: &str| taken.contains(&name) || matches!(name, "_format" | "_pretty");
    match query.iter().find(|(name, _)| !is_taken(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let all: Vec<&str> = taken.iter().copied().chain(["_format", "_pretty"]).collect();
            let text = format!("The parameters that are followed here are {}.", all.join(", "));
            Err(issue(400, "not-supported", &text).about(name))
        }
    }
}

/// Reads the address below `/fhir`.
///
/// # Errors
/// 404 with `not-supported` for what this server does not keep or do; 405 for a method that does not fit.
pub(super) fn way(method: &Method, path: &str) -> Asked<Way> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let parts = match parts.as_slice() {
        [before @ .., ""] => before,
        all => all,
    };
    let get = || only(method, "GET, HEAD, OPTIONS");
    let both = || if method == Method::POST { Ok(()) } else { only(method, "GET, HEAD, POST, OPTIONS") };
    match parts {
        ["metadata"] => get().map(|()| Way::Metadata),
        [] | ["_search" | "_history"] => {
            Err(unknown("Batches, and searches and history over all types, are not offered."))
        }
        ["Patient", "$everything"] => both().map(|()| Way::Everything { id: None }),
        ["Patient", id, "$everything"] => both().map(|()| Way::Everything { id: Some((*id).to_owned()) }),
        ["DocumentReference", "$docref"] => both().map(|()| Way::Documents),
        [.., operation] if operation.starts_with('$') => Err(unknown(
            "The operations are Patient/$everything and DocumentReference/$docref, and for systems Patient/$export and Group/[id]/$export.",
        )),
        [kind, rest @ ..] => of_type(method, kind_of(kind)?, rest),
    }
}

fn of_type(method: &Method, kind: &'static str, rest: &[&str]) -> Asked<Way> {
    let get = || only(method, "GET, HEAD, OPTIONS");
    match rest {
        [] => {
            get()?;
            if searchable(kind) {
                Ok(Way::Search { kind })
            } else {
                Err(unknown("This type is read by its id only."))
            }
        }
        ["_search"] if searchable(kind) => {
            if method == Method::POST {
                Ok(Way::Search { kind })
            } else {
                Err(refuse(405, "not-supported", "Send the search as a form with POST.")
                    .allow("POST, OPTIONS"))
            }
        }
        ["_history"] => Err(unknown("History is offered of single resources: Type/id/_history.")),
        [id] => {
            get()?;
            Ok(Way::Read { kind, id: sound(id)?, version: None })
        }
        [id, "_history"] => {
            get()?;
            Ok(Way::History { kind, id: sound(id)? })
        }
        [id, "_history", version] => {
            get()?;
            let digits = version.bytes().all(|b| b.is_ascii_digit()) && version.len() <= 18;
            // A version has one name, as an id has.
            let fits = digits && !version.starts_with('0');
            let version = version.parse().ok().filter(|_| fits).ok_or_else(nothing)?;
            Ok(Way::Read { kind, id: sound(id)?, version: Some(version) })
        }
        _ => Err(unknown("There is no such address; GET /fhir/metadata tells what is offered.")),
    }
}

fn kind_of(name: &str) -> Asked<&'static str> {
    served(name).ok_or_else(|| {
        if known_type(name) {
            unknown("This server keeps no resources of this type; GET /fhir/metadata lists those it keeps.")
        } else {
            unknown("There is no such type in FHIR R4.")
        }
    })
}

/// What cannot be an id is of nothing.
fn sound(id: &str) -> Asked<String> {
    if is_id(id) { Ok(id.to_owned()) } else { Err(nothing()) }
}

fn nothing() -> Refusal {
    crate::records::api::Fault::NotFound.into()
}

fn unknown(text: &str) -> Refusal {
    refuse(404, "not-supported", text)
}

fn only(method: &Method, allow: &'static str) -> Asked<()> {
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let text = "Apps read here; nothing is written, changed or deleted.";
    Err(refuse(405, "not-supported", text).allow(allow))
}

/// `_since` and `_count` of a history.
pub(super) fn history(query: &Query) -> Asked<(Option<Instant>, usize)> {
    let (mut since, mut count) = (None, 100);
    for (name, value) in query {
        let sound = match name.as_str() {
            "_since" => {
                since = value.contains('T').then(|| moment(value)).flatten();
                since.is_some()
            }
            "_count" => {
                let read = value.parse().ok().filter(|count| (1..=500).contains(count));
                count = read.unwrap_or(count);
                read.is_some()
            }
            _ => true,
        };
        if !sound {
            return Err(issue(
                400,
                "invalid",
                "expected an instant for _since and a number from 1 to 500 for _count.",
            )
            .about(name));
        }
    }
    Ok((since, count))
}

/// The Parameters of an operation as names and values (operations.html). An empty body has none.
pub(super) fn parameters(bytes: &[u8]) -> Asked<Query> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Query::new());
    }
    let bad =
        || issue(400, "structure", "Expected a Parameters resource, each parameter with a name and a value.");
    crate::fhir::json::scan(bytes, &crate::fhir::json::Limits::default()).map_err(|_| bad())?;
    let value: Value = serde_json::from_slice(bytes).map_err(|_| bad())?;
    if value["resourceType"] != "Parameters" {
        return Err(bad());
    }
    let mut query = Query::new();
    for one in value["parameter"].as_array().into_iter().flatten() {
        let name = one["name"].as_str().ok_or_else(bad)?;
        let found = one.as_object().and_then(|all| all.iter().find(|(key, _)| key.starts_with("value")));
        let (_, value) = found.ok_or_else(bad)?;
        let coding = value.pointer("/coding/0").unwrap_or(value);
        let code = coding["code"].as_str().map(|code| match coding["system"].as_str() {
            Some(system) => format!("{system}|{code}"),
            None => code.to_owned(),
        });
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            _ => code.ok_or_else(bad)?,
        };
        query.push((name.to_owned(), text));
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let read = |kind, id: &str, version| Ok(Way::Read { kind, id: id.into(), version });
        for (method, path, expected) in [
            ("GET", "/metadata", Ok(Way::Metadata)),
            ("GET", "/Patient/p", read("Patient", "p", None)),
            ("HEAD", "/Patient/p", read("Patient", "p", None)),
            ("GET", "/Patient/p/", read("Patient", "p", None)),
            ("GET", "/Binary/b", read("Binary", "b", None)),
            ("GET", "/Patient/p/_history/3", read("Patient", "p", Some(3))),
            ("GET", "/Patient/p/_history", Ok(Way::History { kind: "Patient", id: "p".into() })),
            ("GET", "/Observation", Ok(Way::Search { kind: "Observation" })),
            ("POST", "/Observation/_search", Ok(Way::Search { kind: "Observation" })),
            ("GET", "/Patient/p/$everything", Ok(Way::Everything { id: Some("p".into()) })),
            ("POST", "/Patient/p/$everything", Ok(Way::Everything { id: Some("p".into()) })),
            ("GET", "/Patient/$everything", Ok(Way::Everything { id: None })),
            ("GET", "/DocumentReference/$docref", Ok(Way::Documents)),
            ("POST", "/DocumentReference/$docref", Ok(Way::Documents)),
            ("GET", "", Err(404)),
            ("GET", "/", Err(404)),
            ("POST", "/", Err(404)),
            ("GET", "/_history", Err(404)),
            ("GET", "/Nothing", Err(404)),
            ("GET", "/Nothing/1", Err(404)),
            ("GET", "/patient/p", Err(404)),
            ("GET", "/StructureDefinition", Err(404)),
            ("GET", "/Binary", Err(404)),
            ("GET", "/Patient/_history", Err(404)),
            ("GET", "/Patient/p/_history/x", Err(404)),
            ("GET", "/Patient/p/_history/-1", Err(404)),
            ("GET", "/Patient/p/_history/03", Err(404)),
            ("GET", "/Patient/p/_history/0", Err(404)),
            ("GET", "/Patient/p/_history/1/2", Err(404)),
            ("GET", "/Patient/a b", Err(404)),
            ("GET", "/Patient/a'--", Err(404)),
            ("GET", "/Patient/$match", Err(404)),
            ("GET", "/$export", Err(404)),
            ("GET", "/Patient/p/$export", Err(404)),
            ("GET", "/Patient/p/Observation", Err(404)),
            ("GET", "//Patient/p", Err(404)),
            ("GET", "/Observation/_search", Err(405)),
            ("POST", "/Observation", Err(405)),
            ("PUT", "/Observation/o", Err(405)),
            ("PATCH", "/Observation/o", Err(405)),
            ("DELETE", "/Observation/o", Err(405)),
            ("POST", "/metadata", Err(405)),
            ("DELETE", "/Patient/p/$everything", Err(405)),
        ] {
            let method: Method = method.parse().unwrap();
            let found = way(&method, path).map_err(|refusal| refusal.status());
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn a_strict_client_is_told_of_what_is_not_followed() {
        let read = |kind| Way::Read { kind, id: "a".into(), version: None };
        let history = Way::History { kind: "Patient", id: "a".into() };
        for (way, query, fits) in [
            (&history, "_since=2020-01-01T00:00:00Z&_count=3&_pretty=true", true),
            (&history, "foo=1&_at=2020", false),
            (&history, "_at=2020", false),
            (&read("Patient"), "_summary=true&_format=json", true),
            (&read("Patient"), "_since=2020-01-01T00:00:00Z", false),
            (&read("Binary"), "_format=json", true),
            (&read("Binary"), "_summary=true", false),
            (&Way::Search { kind: "Patient" }, "foo=1", true),
        ] {
            let query = crate::fhir::search::decode(query).unwrap();
            let strict = known(way, &query, Handling::Strict).map_err(|refusal| refusal.status());
            assert_eq!(strict, if fits { Ok(()) } else { Err(400) }, "{way:?} {query:?}");
            assert!(known(way, &query, Handling::Lenient).is_ok(), "{way:?} {query:?}");
        }
    }

    #[test]
    fn parameters_are_read() {
        let body = br#"{"resourceType":"Parameters","parameter":[{"name":"patient","valueId":"p"},
            {"name":"type","valueCodeableConcept":{"coding":[{"system":"http://loinc.org","code":"34133-9"}]}},
            {"name":"on-demand","valueBoolean":false}]}"#;
        let read = parameters(body).map_err(|r| r.status()).unwrap();
        let pairs: Vec<(&str, &str)> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("patient", "p"), ("type", "http://loinc.org|34133-9"), ("on-demand", "false")]);
        assert_eq!(parameters(b" \n").map_err(|r| r.status()), Ok(Query::new()));
        for bad in [
            "{}",
            "[]",
            "{\"resourceType\":\"Patient\"}",
            "{\"resourceType\":\"Parameters\",\"parameter\":[{}]}",
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"a\"}]}",
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"a\",\"valueRange\":{}}]}",
        ] {
            assert_eq!(parameters(bad.as_bytes()).map_err(|r| r.status()), Err(400), "{bad}");
        }
    }
}
