//! The interface as an app meets it: methods, headers, formats, and what is told when there is no token.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{entries, link, name, names};
use crate::harness::client::http;
use crate::harness::{House, Kind, on_both_databases};
use crate::smart::Apps;

on_both_databases!(
    what_is_wrong_with_a_request_is_told,
    an_app_is_answered_over_http,
    links_keep_how_an_answer_is_written
);

/// Method, path, headers, status, the code of the issue, and a header that must be there.
type Case =
    (&'static str, &'static str, &'static [(&'static str, &'static str)], u16, &'static str, &'static str);

const CASES: &[Case] = &[
    ("GET", "/fhir/metadata", &[], 200, "", "x-request-id"),
    ("GET", "/fhir/metadata?_format=json", &[("Accept", "text/html")], 200, "", "cache-control"),
    ("GET", "/fhir/metadata", &[("Accept", "application/fhir+json; fhirVersion=4.0")], 200, "", ""),
    ("GET", "/fhir/metadata", &[("Accept", "text/turtle")], 406, "not-supported", ""),
    ("GET", "/fhir/metadata?_format=ttl", &[], 406, "not-supported", ""),
    ("GET", "/fhir/metadata?mode=full", &[], 200, "", "cache-control"),
    ("GET", "/fhir/metadata?mode=normative&_pretty=true", &[], 200, "", "cache-control"),
    ("GET", "/fhir/metadata?mode=terminology", &[], 400, "not-supported", ""),
    ("GET", "/fhir/metadata?mode=all", &[], 400, "invalid", ""),
    ("POST", "/fhir/metadata", &[], 405, "not-supported", "allow"),
    ("GET", "/fhir/Patient/a", &[], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "Bearer nonsense")], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "Bearer ")], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "Basic YTpi")], 401, "login", "www-authenticate"),
    ("GET", "/fhir/Patient/a", &[("Authorization", "nonsense")], 401, "login", "www-authenticate"),
    (
        "GET",
        "/fhir/Patient/a",
        &[("Authorization", "Bearer a"), ("Authorization", "Bearer b")],
        400,
        "invalid",
        "www-authenticate",
    ),
    (
        "GET",
        "/fhir/Group",
        &[("Authorization", "Bearer a"), ("Authorization", "Bearer a")],
        400,
        "invalid",
        "www-authenticate",
    ),
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
    let (client, before) = (http(), house.entries().await);
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

/// An app with its token.
struct Reader<'a> {
    apps: &'a Apps,
    token: String,
}

impl Reader<'_> {
    async fn send(
        &self,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<(&str, String)>,
    ) -> Response {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}/fhir/{path}", self.apps.house.url)
        };
        let mut request = self.apps.http.request(method.parse().unwrap(), url).bearer_auth(&self.token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some((kind, body)) = body {
            request = request.header("Content-Type", kind).body(body);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.send(("GET", path), &[], None).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/fhir+json; charset=utf-8");
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Status and the code of the issue.
    async fn refused(
        &self,
        asked: (&str, &str),
        headers: &[(&str, &str)],
        body: Option<(&str, String)>,
    ) -> (u16, String) {
        let answer = self.send(asked, headers, body).await;
        let status = answer.status().as_u16();
        let outcome: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        assert_eq!(outcome["resourceType"], "OperationOutcome");
        (status, outcome["issue"][0]["code"].as_str().unwrap().to_owned())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn an_app_is_answered_over_http(kind: Kind) {
    let apps = Apps::start(kind).await;
    let own = apps.house.person("rosa").patient_id.to_string();
    let token = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    let app = Reader { apps: &apps, token };

    // By id, with what an app keeps.
    let patient = format!("Patient/{own}");
    let answer = app.send(("GET", &patient), &[("Accept", "application/fhir+json")], None).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap()), (200, "W/\"1\""));
    let modified = answer.headers()["last-modified"].to_str().unwrap().to_owned();
    for header in [("If-None-Match", "W/\"1\""), ("If-None-Match", "*"), ("If-Modified-Since", &modified)] {
        let answer = app.send(("GET", &patient), &[header], None).await;
        assert_eq!(answer.status(), 304, "{header:?}");
        assert!(answer.bytes().await.unwrap().is_empty());
    }
    assert_eq!(app.send(("GET", &patient), &[("If-None-Match", "W/\"9\"")], None).await.status(), 200);
    assert_eq!(app.get(&format!("{patient}/_history")).await["total"], 1);
    assert_eq!(app.get(&format!("{patient}/_history/1")).await["id"], own.as_str());
    let head = app.send(("HEAD", &patient), &[], None).await;
    assert_eq!((head.status().as_u16(), head.bytes().await.unwrap().len()), (200, 0));

    // A part of it (search.html#summary), with what a resource must have and the tag that says so.
    for (part, kept, gone) in
        [("_elements=birthDate", "birthDate", "name"), ("_summary=text", "id", "birthDate")]
    {
        let cut = app.get(&format!("{patient}?{part}")).await;
        assert!(cut[kept].is_string() && cut.get(gone).is_none(), "{cut}");
        let tags = cut["meta"]["tag"].as_array().unwrap();
        assert!(tags.iter().any(|tag| tag["code"] == "SUBSETTED"), "{cut}");
    }
    assert!(app.get(&format!("{patient}?_summary=false")).await["name"].is_array());

    // By search: with GET, with POST, by pages.
    let asked = format!("patient={own}&category=laboratory&_count=40");
    let by_get = app.get(&format!("Observation?{asked}")).await;
    let answer = app.send(("POST", "Observation/_search"), &[], Some((FORM, asked.clone()))).await;
    assert_eq!(answer.status(), 200);
    let by_post: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((names(&by_get), &by_get["total"]), (names(&by_post), &by_post["total"]));
    let (mut bundle, mut all) = (by_get.clone(), names(&by_get));
    while let Some(next) = link(&bundle, "next") {
        bundle = app.get(next).await;
        all.extend(names(&bundle));
    }
    assert_eq!(by_get["total"], all.len());
    let zone = app
        .get(&format!("Observation?patient={own}&date=gt1900-01-01T00:00:00%2B00:00&_summary=count"))
        .await;
    assert!(zone["total"].as_u64().unwrap() > 0);

    // What is wrong.
    let long = "a".repeat(70_000);
    for (asked, headers, body, expected) in [
        (("GET", "Observation?date=soon"), vec![], None, (400, "invalid")),
        (("GET", "Observation?code=%zz"), vec![], None, (400, "invalid")),
        (("GET", "Observation?foo=1"), vec![("Prefer", "handling=strict")], None, (400, "not-supported")),
        (("GET", "Observation?_page=x"), vec![], None, (400, "invalid")),
        (
            ("GET", &*format!("{patient}/_history?foo=1&_at=2020")),
            vec![("Prefer", "handling=strict")],
            None,
            (400, "not-supported"),
        ),
        (
            ("GET", &*format!("{patient}?foo=1")),
            vec![("Prefer", "handling=strict")],
            None,
            (400, "not-supported"),
        ),
        (
            ("POST", "Observation/_search"),
            vec![("Content-Encoding", "gzip")],
            Some((FORM, "notgzip".to_owned())),
            (415, "not-supported"),
        ),
        (("GET", "Observation?patient=nobody"), vec![], None, (403, "forbidden")),
        (("GET", "Observation/nobody"), vec![], None, (404, "not-found")),
        (("GET", &*format!("{patient}?_summary=count")), vec![], None, (400, "invalid")),
        (("GET", &*format!("{patient}?_summary=some")), vec![], None, (400, "invalid")),
        (("GET", &*format!("{patient}?_elements=Name.x")), vec![], None, (400, "invalid")),
        (("GET", "Patient/nobody/$everything"), vec![], None, (404, "not-found")),
        (("GET", "DocumentReference/$docref"), vec![], None, (400, "required")),
        (("GET", "Patient"), vec![("Accept", "text/turtle")], None, (406, "not-supported")),
        (("GET", "Patient?_format=ttl"), vec![], None, (406, "not-supported")),
        (("POST", "Patient/_search"), vec![], Some(("text/plain", "a=b".to_owned())), (415, "not-supported")),
        (("POST", "Patient/_search"), vec![], Some((FORM, long)), (413, "too-long")),
        (("POST", "Patient/_search"), vec![], Some((FORM, "name=".to_owned())), (400, "invalid")),
        (
            ("POST", "DocumentReference/$docref"),
            vec![],
            Some(("application/fhir+json", "{}".to_owned())),
            (400, "structure"),
        ),
    ] {
        let found = app.refused(asked, &headers, body).await;
        assert_eq!((found.0, found.1.as_str()), expected, "{asked:?}");
    }

    let answer = app.send(("GET", "Condition?code:in=http://x.example/ValueSet/a"), &[], None).await;
    assert_eq!(answer.status(), 400);
    let outcome: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let text = outcome["issue"][0]["details"]["text"].as_str().unwrap();
    assert!(text.starts_with("code:in: is not offered") && text.contains("code=system|code"), "{text}");

    // In lines, what is said is the same.
    let text = async |path: &str| app.send(("GET", path), &[], None).await.text().await.unwrap();
    for path in [
        "metadata".to_owned(),
        patient.clone(),
        format!("Observation?patient={own}&_count=40"),
        format!("{patient}/_history"),
        // Without the log, which each reading makes longer.
        format!("{patient}/$everything?_type=Patient,Observation"),
        format!("DocumentReference/$docref?patient={own}"),
        "Observation?date=soon".to_owned(),
    ] {
        let and = if path.contains('?') { '&' } else { '?' };
        let plain = text(&format!("{path}{and}_pretty=perhaps")).await;
        let lines = text(&format!("{path}{and}_pretty=true")).await;
        assert!(lines.starts_with("{\n  \"resourceType\": \"") && lines.ends_with("\n}"), "{path}");
        let mut bundles = [plain, lines].map(|text| serde_json::from_str::<Value>(&text).unwrap());
        // Each Bundle has an id and a moment of its own.
        for bundle in bundles.iter_mut().filter(|one| one["resourceType"] == "Bundle") {
            (bundle["id"], bundle["meta"], bundle["link"]) = (Value::Null, Value::Null, Value::Null);
        }
        assert_eq!(bundles[0], bundles[1], "{path}");
    }
    let answer = app.send(("POST", "Patient/_search"), &[], Some((FORM, "_pretty=true".to_owned()))).await;
    assert!(answer.text().await.unwrap().starts_with("{\n"));
    let answer = app.send(("GET", "Patient?_pretty=true"), &[("Accept", "application/fhir+xml")], None).await;
    assert_eq!(answer.headers()["content-type"], "application/fhir+xml; charset=utf-8");

    // Everything, and documents.
    let everything = app.get(&format!("{patient}/$everything")).await;
    assert!(names(&everything).len() > 1000 && entries(&everything, "match")[0]["id"] == own.as_str());
    let body =
        json!({"resourceType": "Parameters", "parameter": [{"name": "patient", "valueId": own}]}).to_string();
    let answer =
        app.send(("POST", "DocumentReference/$docref"), &[], Some(("application/fhir+json", body))).await;
    let documents: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(names(&documents), names(&app.get(&format!("DocumentReference/$docref?patient={own}")).await));
    let binary =
        entries(&everything, "match").into_iter().find(|one| one["resourceType"] == "Binary").unwrap();
    let as_resource = app.send(("GET", &name(binary)), &[("Accept", "application/fhir+json")], None).await;
    assert_eq!(as_resource.headers()["content-type"], "application/fhir+json; charset=utf-8");
    let as_it_is = app.send(("GET", &name(binary)), &[], None).await;
    assert_eq!(as_it_is.headers()["content-type"].to_str().ok(), binary["contentType"].as_str());
    assert_eq!(as_it_is.headers()["content-disposition"], "attachment");

    // Less was allowed; then nothing.
    let token = apps.tokens("launch/patient patient/Patient.rs").await.word("access_token").to_owned();
    let narrow = Reader { apps: &apps, token };
    for path in ["Observation", &format!("{patient}/$everything?_type=Patient,Observation")] {
        let answer = narrow.send(("GET", path), &[], None).await;
        assert_eq!(answer.status(), 403, "{path}");
        let challenge = answer.headers()["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("insufficient_scope"), "{path}: {challenge}");
    }
    for grant in api::smart::grants(&apps.house.app, &apps.rosa, apps.patient).await.unwrap() {
        api::smart::stop(&apps.house.app, &apps.rosa, grant.id).await.unwrap();
    }
    for app in [&app, &narrow] {
        assert_eq!(app.refused(("GET", &patient), &[], None).await, (401, "login".to_owned()));
    }
    apps.house.close().await;
}

/// The parameters of a link.
fn told(bundle: &Value, relation: &str) -> Vec<(String, String)> {
    let link = link(bundle, relation).unwrap_or_else(|| panic!("no {relation}"));
    url::Url::parse(link).unwrap().query_pairs().into_owned().collect()
}

async fn links_keep_how_an_answer_is_written(kind: Kind) {
    let apps = Apps::start(kind).await;
    let own = apps.house.person("rosa").patient_id.to_string();
    let token = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    let app = Reader { apps: &apps, token };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    for path in [
        "Observation?_count=5&_elements=code&_pretty=true&_format=json".to_owned(),
        "Observation?_count=5&_summary=data&_pretty=true&_format=application/fhir%2Bjson".into(),
        "AuditEvent?_count=1&_pretty=true&_format=json".into(),
        "Consent?_count=1&_pretty=true&_format=json".into(),
        format!("Patient/{own}/$everything?_type=Patient,Observation&_count=5&_pretty=true&_format=json"),
    ] {
        let first = app.get(&path).await;
        let asked: Vec<(String, String)> =
            url::form_urlencoded::parse(path.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        assert_eq!(told(&first, "self"), asked, "{path}");
        let next = told(&first, "next");
        let kept: Vec<_> =
            asked.iter().filter(|(name, _)| matches!(name.as_str(), "_pretty" | "_format")).collect();
        assert_eq!(next[0].0, "_page", "{path}");
        assert_eq!(next[1..].iter().collect::<Vec<_>>(), kept, "{path}");
        let answer = app.send(("GET", link(&first, "next").unwrap()), &[], None).await;
        let text = answer.text().await.unwrap();
        assert!(text.starts_with("{\n  \"resourceType\""), "{path}: the second page is in lines too");
        let second: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(told(&second, "self"), next, "{path}");
        if path.contains("_elements") {
            for bundle in [&first, &second] {
                let tags = entries(bundle, "match")[0]["meta"]["tag"].to_string();
                assert!(tags.contains("\"SUBSETTED\""), "{path}: {tags}");
            }
        }
    }
    // As XML the next page is XML, whatever `Accept` says.
    let xml = app.send(("GET", "Observation?_count=5&_format=xml"), &[], None).await.text().await.unwrap();
    assert!(xml.contains("_format=xml"), "{xml}");
    // What changes nothing is not repeated.
    let plain = app.get("Observation?_count=5&_pretty=perhaps").await;
    assert_eq!(told(&plain, "self"), [pair("_count", "5")]);
    let history = app.get(&format!("Patient/{own}/_history?_count=3&_pretty=true&nose=1")).await;
    assert_eq!(told(&history, "self"), [pair("_count", "3"), pair("_pretty", "true")]);
    apps.house.close().await;
}
