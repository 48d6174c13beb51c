//! What is published for machines: the service's address as User-access Brands (SMART App Launch 2.2, section 8), and
//! OpenAPI of the endpoints that are not FHIR.

use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use api::app::App;
use api::base::{Error, Instant, sha256};
use serde_json::{Value, json};

use crate::error::Reply;
use crate::guard::Anyone;

/// When this process first told its brand: what it tells comes from settings, which change with a new start only.
static SINCE: OnceLock<Instant> = OnceLock::new();

/// The clinic as a brand with its endpoint: public, free of charge, for every app (45 CFR 170.404(b)(2)).
pub async fn brands(request: HttpRequest, Anyone(visit): Anyone) -> Reply {
    let since = *SINCE.get_or_init(|| visit.app.clock.now());
    Ok(public(&request, ("application/fhir+json; charset=utf-8", &bundle(&visit.app, since))))
}

/// The endpoints that are not FHIR, in OpenAPI 3.1.
pub async fn openapi(request: HttpRequest, Anyone(visit): Anyone) -> Reply {
    let mut document: Value = serde_json::from_str(include_str!("openapi.json")).map_err(Error::internal)?;
    document["servers"] = json!([{"url": visit.app.config.server.public_url}]);
    document["info"]["version"] = json!(env!("CARGO_PKG_VERSION"));
    Ok(public(&request, ("application/json; charset=utf-8", &document)))
}

/// What a browser asks before an app of another site may ask with headers of its own.
pub async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("access-control-allow-origin", "*"))
        .insert_header(("access-control-allow-methods", "GET, HEAD, OPTIONS"))
        .insert_header(("access-control-allow-headers", "Accept, If-None-Match"))
        .insert_header(("access-control-max-age", "86400"))
        .insert_header((header::ALLOW, "GET, HEAD, OPTIONS"))
        .finish()
}

/// For every site, with a tag by which whoever has it already is told so. It is weak: what is compressed has it too.
fn public(request: &HttpRequest, (kind, body): (&str, &Value)) -> HttpResponse {
    let body = body.to_string();
    let tag = hex::encode(sha256([body.as_bytes()]));
    let is_known = knows(request.headers().get_all(header::IF_NONE_MATCH), &tag);
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, format!("W/\"{tag}\"")))
        .insert_header(("access-control-allow-origin", "*"))
        .insert_header(("access-control-expose-headers", "ETag"))
        .insert_header(("cache-control", "public, max-age=3600"));
    if is_known { answer.finish() } else { answer.content_type(kind).body(body) }
}

/// Whether a tag is among those that were sent, or any will do (RFC 9110, 13.1.2).
fn knows<'a>(sent: impl Iterator<Item = &'a header::HeaderValue>, tag: &str) -> bool {
    let mut all =
        sent.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).map(str::trim);
    all.any(|one| one == "*" || one.trim_start_matches("W/").trim_matches('"') == tag)
}

/// The Bundle: one organization, one endpoint.
pub fn bundle(app: &App, since: Instant) -> Value {
    let url = &app.config.server.public_url;
    let at = since.rfc3339();
    let entry = |resource: Value| {
        let path = format!("{}/{}", text(&resource["resourceType"]), text(&resource["id"]));
        json!({"fullUrl": format!("{url}/developers/brands/{path}"), "resource": resource})
    };
    json!({
        "resourceType": "Bundle",
        "id": "brands",
        "meta": {"lastUpdated": at, "profile": [profile("user-access-brands-bundle")]},
        "type": "collection",
        "timestamp": at,
        "entry": [entry(organization(app, &at)), entry(endpoint(app, &at))],
    })
}

fn profile(name: &str) -> String {
    format!("http://hl7.org/fhir/smart-app-launch/StructureDefinition/{name}")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn organization(app: &App, at: &str) -> Value {
    let (clinic, url) = (&app.config.clinic, &app.config.server.public_url);
    let mut telecom = vec![json!({"system": "url", "value": url})];
    for (system, value) in [("phone", &clinic.phone), ("email", &clinic.email)] {
        if !value.is_empty() {
            telecom.push(json!({"system": system, "value": value}));
        }
    }
    // Nobody but us knows it by the address of the portal; everybody can look that up.
    let own = ("urn:ietf:rfc:3986", url.as_str());
    let identifiers: Vec<Value> = clinic
        .identifiers()
        .chain([own])
        .map(|(system, value)| json!({"system": system, "value": value}))
        .collect();
    let mut organization = json!({
        "resourceType": "Organization",
        "id": "clinic",
        "meta": {"lastUpdated": at, "profile": [profile("user-access-brand")]},
        "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/organization-portal",
            "extension": [
                {"url": "portalName", "valueString": clinic.name},
                {"url": "portalUrl", "valueUrl": url},
                {"url": "portalEndpoint", "valueReference": {"reference": "Endpoint/fhir"}},
            ],
        }],
        "identifier": identifiers,
        "active": true,
        "type": [{"coding": [{
            "system": "http://hl7.org/fhir/smart-app-launch/CodeSystem/user-access-category",
            "code": "clinical",
        }]}],
        "name": clinic.name,
        "telecom": telecom,
        "endpoint": [{"reference": "Endpoint/fhir"}],
    });
    if !clinic.address.is_empty() {
        organization["address"] = json!([address(&clinic.address)]);
    }
    organization
}

/// An address as far as its parts can be told: the last two parts of `1 River Road, Springfield, MA 01103`, where they
/// look so, are the city and the state with the postal code.
fn address(text: &str) -> Value {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut address = json!({"text": text, "country": "US"});
    let state = parts.last().and_then(|last| last.split_once(' ')).filter(|(state, code)| {
        state.len() == 2
            && state.bytes().all(|b| b.is_ascii_uppercase())
            && code.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    });
    match (parts.as_slice(), state) {
        ([line @ .., city, _], Some((state, code))) if !line.is_empty() => {
            address["line"] = json!(line);
            address["city"] = json!(city);
            address["state"] = json!(state);
            address["postalCode"] = json!(code);
        }
        ([line @ .., city], _) if !line.is_empty() => {
            address["line"] = json!(line);
            address["city"] = json!(city);
        }
        _ => address["line"] = json!([text]),
    }
    address
}

fn endpoint(app: &App, at: &str) -> Value {
    let url = &app.config.server.public_url;
    json!({
        "resourceType": "Endpoint",
        "id": "fhir",
        "meta": {"lastUpdated": at, "profile": [profile("user-access-endpoint")]},
        "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/endpoint-fhir-version",
            "valueCode": "4.0.1",
        }],
        "status": "active",
        "connectionType": {
            "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type",
            "code": "hl7-fhir-rest",
        },
        "name": format!("FHIR R4: {}", app.config.clinic.name),
        "managingOrganization": {"reference": "Organization/clinic"},
        "contact": [{"system": "url", "value": format!("{url}/developers")}],
        "payloadType": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/endpoint-payload-type",
            "code": "none",
        }]}],
        "address": format!("{url}/fhir"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_in_parts() {
        for (text, expected) in [
            (
                "1 River Road, Springfield, MA 01103",
                json!({"line": ["1 River Road"], "city": "Springfield", "state": "MA", "postalCode": "01103"}),
            ),
            ("1 Cedar Street, Springfield", json!({"line": ["1 Cedar Street"], "city": "Springfield"})),
            (
                "Suite 4, 2 Hill, Lee, NY 10001-1234",
                json!({"line": ["Suite 4", "2 Hill"], "city": "Lee", "state": "NY", "postalCode": "10001-1234"}),
            ),
            ("Springfield", json!({"line": ["Springfield"]})),
        ] {
            let mut found = address(text);
            assert_eq!(found["text"], text);
            let object = found.as_object_mut().unwrap();
            object.remove("text");
            object.remove("country");
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_there_already_is_known_by_its_tag() {
        for (sent, is_known) in [
            (vec![], false),
            (vec!["\"abc\""], true),
            (vec!["W/\"abc\""], true),
            (vec!["\"x\", W/\"abc\""], true),
            (vec!["\"x\"", "*"], true),
            (vec!["\"ab\""], false),
        ] {
            let sent: Vec<header::HeaderValue> =
                sent.into_iter().map(header::HeaderValue::from_static).collect();
            assert_eq!(knows(sent.iter(), "abc"), is_known, "{sent:?}");
        }
    }

    #[test]
    fn what_openapi_points_to_is_there() {
        let document: Value = serde_json::from_str(include_str!("openapi.json")).unwrap();
        fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
            match value {
                Value::Object(fields) => {
                    found.extend(fields.get("$ref").and_then(Value::as_str));
                    fields.values().for_each(|value| walk(value, found));
                }
                Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        walk(&document, &mut found);
        assert!(found.len() > 10);
        for reference in found {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
        }
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in
                item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters")
            {
                assert!(
                    operation["summary"].is_string() && operation["responses"].is_object(),
                    "{method} {path}"
                );
            }
        }
    }
}
