//! The body of a kick-off by POST: a Parameters resource (FHIR R4, parameters.html).

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde_json::Value;

use super::wrong;
use crate::bulk::Wrong;
use crate::fhir::json::{Limits, scan};

/// Names and values, in their order. An empty body has none.
pub fn read(request: &HttpRequest, body: &[u8]) -> Result<Vec<(String, String)>, Box<HttpResponse>> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    if !["application/fhir+json", "application/json"].contains(&kind.as_str()) {
        let text = "the body must be a Parameters resource, with Content-Type: application/fhir+json";
        return Err(Box::new(wrong(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            &[Wrong::with("", "not-supported", text)],
        )));
    }
    parameters(body)
        .map_err(|text| Box::new(wrong(StatusCode::BAD_REQUEST, &[Wrong::with("", "structure", text)])))
}

fn parameters(body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let limits = Limits { max_depth: 16, ..Limits::default() };
    scan(body, &limits).map_err(|fault| format!("the body cannot be read: {fault}"))?;
    let body: Value = serde_json::from_slice(body).map_err(|_| "the body is not JSON".to_owned())?;
    if body["resourceType"] != "Parameters" {
        return Err("the body must be a Parameters resource".into());
    }
    let none = Vec::new();
    let all = match &body["parameter"] {
        Value::Null => &none,
        Value::Array(all) => all,
        _ => return Err("Parameters.parameter must be a list".into()),
    };
    all.iter().enumerate().map(|(n, one)| parameter(one).ok_or_else(|| said(n))).collect()
}

fn said(n: usize) -> String {
    format!(
        "Parameters.parameter[{n}] must have a name and valueString, valueInstant, valueCode, valueUri or \
         valueReference.reference"
    )
}

fn parameter(one: &Value) -> Option<(String, String)> {
    let name = one["name"].as_str()?;
    let simple = ["valueString", "valueInstant", "valueCode", "valueUri", "valueDateTime"];
    let value = simple
        .iter()
        .find_map(|kind| one[*kind].as_str())
        .or_else(|| one["valueReference"]["reference"].as_str());
    Some((name.to_owned(), value?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_or_refused() {
        for (body, expected) in [
            (r#"{"resourceType":"Parameters"}"#, Some(vec![])),
            (r#"{"resourceType":"Parameters","parameter":[]}"#, Some(vec![])),
            (
                r#"{"resourceType":"Parameters","parameter":[{"name":"_since","valueInstant":"2026"},{"name":"patient","valueReference":{"reference":"Patient/1"}}]}"#,
                Some(vec![("_since", "2026"), ("patient", "Patient/1")]),
            ),
            (r#"{"resourceType":"Patient"}"#, None),
            (r#"{"resourceType":"Parameters","parameter":{}}"#, None),
            (r#"{"resourceType":"Parameters","parameter":[{"name":"_type"}]}"#, None),
            (r#"{"resourceType":"Parameters","parameter":[{"valueString":"x"}]}"#, None),
            (r#"{"resourceType":"Parameters","parameter":[{"name":"_type","valueString":7}]}"#, None),
            (r#"{"resourceType":"Parameters","parameter":[7]}"#, None),
            ("[]", None),
            ("{", None),
            ("\u{0}", None),
        ] {
            let found = parameters(body.as_bytes()).ok();
            let expected = expected.map(|all| {
                all.into_iter().map(|(n, v): (&str, &str)| (n.to_owned(), v.to_owned())).collect::<Vec<_>>()
            });
            assert_eq!(found, expected, "{body}");
        }
        assert!(parameters("[".repeat(1_000).as_bytes()).is_err());
    }
}
