//! The interface as an app meets it: methods, headers, formats, and what is told when there is no token.

use reqwest::{Client, Method};
use serde_json::Value;

use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(what_is_wrong_with_a_request_is_told);

/// Method, path, headers, status, the code of the issue, and a header that must be there.
type Case =
    (&'static str, &'static str, &'static [(&'static str, &'static str)], u16, &'static str, &'static str);

const CASES: &[Case] = &[
    ("GET", "/fhir/metadata", &[], 200, "", "x-request-id"),
    ("GET", "/fhir/metadata?_format=json", &[("Accept", "text/html")], 200, "", "cache-control"),
    ("GET", "/fhir/metadata", &[("Accept", "application/fhir+json; fhirVersion=4.0")], 200, "", ""),
    ("GET", "/fhir/metadata", &[("Accept", "text/turtle")], 406, "not-supported", ""),
    ("GET", "/fhir/metadata?_format=ttl", &[], 406, "not-supported", ""),
    ("POST", "/fhir/metadata", &[], 405, "not-supported", "allow"),
    ("GET", "/fhir/Patient/a", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "Bearer nonsense")], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "Bearer ")], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "Basic YTpi")], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "nonsense")], 401, "login", "www-authenticate"),
    ("HEAD", "/fhir/Patient/a", &[], 401, "", "www-authenticate"),
    ("GET", "/fhir/Observation?code=%zz", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Observation?date=nonsense", &[], 401, "login", "www-authenticate"),
    (
        "POST",
        "/fhir/Observation/_search",
        &[("Content-Type", "text/plain")],
        401,
        "login",
        "www-authenticate",
    ),
    ("GET", "/fhir/Patient/a/$everything", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/DocumentReference/$docref", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Binary/a", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a/_history", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a/_history/1", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir", &[], 404, "not-supported", ""),
    ("POST", "/fhir", &[], 404, "not-supported", ""),
    ("GET", "/fhir/", &[], 404, "not-supported", ""),
    ("GET", "/fhir/Nothing", &[], 404, "not-supported", ""),
    ("GET", "/fhir/patient/a", &[], 404, "not-supported", ""),
    ("GET", "/fhir/ValueSet", &[], 404, "not-supported", ""),
    ("GET", "/fhir/Patient/a/$nothing", &[], 404, "not-supported", ""),
    ("GET", "/fhir/Patient/a_b", &[], 404, "not-found", ""),
    ("GET", "/fhir/Patient/a%00b", &[], 404, "not-found", ""),
    ("POST", "/fhir/Patient", &[], 405, "not-supported", "allow"),
    ("PUT", "/fhir/Patient/a", &[], 405, "not-supported", "allow"),
    ("PATCH", "/fhir/Patient/a", &[], 405, "not-supported", "allow"),
    ("DELETE", "/fhir/Patient/a", &[], 405, "not-supported", "allow"),
    ("GET", "/fhir/Patient/_search", &[], 405, "not-supported", "allow"),
    (
        "OPTIONS",
        "/fhir/Patient/a",
        &[("Origin", "https://app.example")],
        204,
        "",
        "access-control-allow-headers",
    ),
    (
        "OPTIONS",
        "/fhir/metadata",
        &[("Origin", "https://app.example")],
        204,
        "",
        "access-control-allow-methods",
    ),
];

async fn what_is_wrong_with_a_request_is_told(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let (client, before) = (Client::new(), house.entries().await);
    for (method, path, headers, status, code, header) in CASES {
        let mut request = client.request(method.parse::<Method>().unwrap(), format!("{}{path}", house.url));
        for (name, value) in *headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        let told = answer.headers().clone();
        assert_eq!(answer.status().as_u16(), *status, "{method} {path}");
        assert_eq!(told["access-control-allow-origin"], "*", "{path}");
        assert!(header.is_empty() || told.contains_key(*header), "{method} {path}: {header}");
        let cached = told["cache-control"].to_str().unwrap();
        assert!(cached == "no-store" || path.contains("metadata"), "{path}: {cached}");
        let body = answer.bytes().await.unwrap();
        if !code.is_empty() {
            let body: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(
                (&body["resourceType"], &body["issue"][0]["code"]),
                (&"OperationOutcome".into(), &(*code).into()),
                "{path}"
            );
            assert_eq!(api::fhir::check::check(&body), vec![], "{path}");
        }
    }
    assert_eq!(house.entries().await, before, "nothing left");
    let answer = client
        .get(format!("{}/fhir/Patient/a", house.url))
        .header("X-Request-Id", "mine-1")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["x-request-id"], "mine-1");
    assert!(!answer.headers()["www-authenticate"].to_str().unwrap().contains("error"));
    let answer = client.get(format!("{}/fhir/Patient/a", house.url)).bearer_auth("x").send().await.unwrap();
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
    house.close().await;
}
