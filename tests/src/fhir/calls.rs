//! How often an app may call, which every answer tells, and what its developer reads about its calls.

use api::smart::{self, Attempt, ClientKind};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::bulk::system::{System, group};
use crate::harness::{Kind, on_both_databases};
use crate::smart::{Apps, about};

on_both_databases!(
    what_is_left_is_told,
    too_many_calls_wait,
    a_developer_reads_of_calls,
    exports_are_dressed_as_everything_else
);

async fn called(apps: &Apps, path: &str, token: Option<&str>) -> Response {
    let request = apps.http.get(format!("{}/fhir/{path}", apps.house.url));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.unwrap()
}

/// What is told of the limit: of how many, how many are left, and in how many seconds it begins anew.
fn left(answer: &Response) -> Option<(i64, i64, i64)> {
    let number = |name: &str| answer.headers().get(name)?.to_str().ok()?.parse().ok();
    Some((number("ratelimit-limit")?, number("ratelimit-remaining")?, number("ratelimit-reset")?))
}

async fn what_is_left_is_told(kind: Kind) {
    let apps = Apps::with(kind, |config| config.apps.reads_per_minute = 1000).await;
    let token = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    let other = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    let mut last = None;
    for (path, status) in
        [("Patient", 200), ("Observation?date=soon", 400), ("Observation/nobody", 404), ("Nothing", 404)]
    {
        let answer = called(&apps, path, Some(&token)).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let (most, now, reset) = left(&answer).unwrap_or_else(|| panic!("{path}: no limit is told"));
        assert!(most == 1000 && (1..=60).contains(&reset), "{path}");
        // A minute may end in between.
        assert!(last.is_none_or(|last| now == last - 1) || now == 999, "{path}: {now} after {last:?}");
        last = Some(now);
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("RateLimit-Remaining"), "{exposed}");
    }
    // Each connection counts for itself, and so does who has no token.
    for (path, token) in [("Patient", Some(other.as_str())), ("metadata", None)] {
        let answer = called(&apps, path, token).await;
        assert_eq!((answer.status().as_u16(), left(&answer).unwrap().1), (200, 999), "{path}");
    }
    for token in [None, Some("nonsense")] {
        let answer = called(&apps, "Patient", token).await;
        assert_eq!(answer.status(), 401);
        assert!(left(&answer).unwrap().1 >= 997);
    }
    apps.house.close().await;

    let apps = Apps::with(kind, |config| config.apps.reads_per_minute = 0).await;
    let answer = called(&apps, "metadata", None).await;
    assert!(left(&answer).is_none(), "where there is no limit, none is told");
    apps.house.close().await;
}

async fn too_many_calls_wait(kind: Kind) {
    let apps = Apps::with(kind, |config| config.apps.reads_per_minute = 3).await;
    let token = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    for token in [Some(token.as_str()), None] {
        let mut refused = None;
        // A minute may end in between, once.
        for _ in 0..8 {
            let before = apps.house.entries().await;
            let answer = called(&apps, "Patient", token).await;
            if answer.status() == 429 {
                assert_eq!(apps.house.entries().await, before, "nothing was read");
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("one too many");
        let wait: i64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        assert_eq!(left(&refused).map(|(most, left, _)| (most, left)), Some((3, 0)));
        assert!(refused.headers().contains_key("x-request-id"));
        let outcome: Value = serde_json::from_slice(&refused.bytes().await.unwrap()).unwrap();
        assert_eq!(
            (&outcome["resourceType"], &outcome["issue"][0]["code"]),
            (&"OperationOutcome".into(), &"throttled".into())
        );
    }
    apps.house.close().await;
}

fn told(lines: &[Attempt]) -> Vec<(u16, &str)> {
    lines.iter().filter(|line| line.endpoint == "fhir").map(|line| (line.status, &*line.reason)).collect()
}

async fn a_developer_reads_of_calls(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let own = smart::register(app, &apps.rosa, (smart::once(app), about("Steps", ClientKind::Public)))
        .await
        .unwrap()
        .client
        .id;
    let code = apps.code(&own.0, "launch/patient patient/Patient.rs patient/Observation.rs").await;
    let token = apps.post("token", &apps.redeeming(&own.0, &code)).await.word("access_token").to_owned();
    let patient = apps.house.person("rosa").patient_id.to_string();
    let lines = "SELECT count(*) FROM app_attempt WHERE endpoint = 'fhir'";
    let mut trace = String::new();
    for (path, status) in [
        (format!("Patient/{patient}"), 200),
        ("Observation?category=laboratory&code=718-7".into(), 200),
        ("Observation/zebra".into(), 404),
        ("Condition".into(), 403),
        ("Nothing/zebra".into(), 404),
        ("Observation?date=zebra".into(), 400),
        ("metadata".into(), 200),
    ] {
        let answer = called(&apps, &path, Some(&token)).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        if path == "Observation/zebra" {
            trace = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        }
    }
    let named = apps.http.get(format!("{}/fhir/Patient/{patient}", apps.house.url)).bearer_auth(&token);
    let named = named.header("x-request-id", "Maria-Rossi").send().await.unwrap();
    assert_eq!(
        (named.status().as_u16(), named.headers()["x-request-id"].to_str().unwrap()),
        (200, "Maria-Rossi")
    );
    assert_eq!(apps.house.raw.number(lines).await, 0, "no read waits for its line");

    // When the token has ended, its developer still learns that it was used.
    let form = [("token", token.as_str()), ("client_id", &own.0)];
    assert_eq!(apps.post("revoke", &form).await.status, 200);
    assert_eq!(called(&apps, "Patient", Some(&token)).await.status(), 401);
    let (log, _) = smart::attempts_of(app, &apps.rosa, (&own, 1)).await.unwrap();
    assert_eq!(
        told(&log),
        [
            (401, "GET search-type Patient: the access token was taken back"),
            (200, "GET read Patient"),
            (400, "GET search-type Observation: a parameter has a value that cannot be followed"),
            (404, "GET read: there is no such address, type or operation here"),
            (403, "GET search-type Condition: the scopes of the token do not allow this type"),
            (404, "GET read Observation: there is nothing here that this app may read"),
            (200, "GET search-type Observation"),
            (200, "GET read Patient"),
        ],
        "newest first"
    );
    assert_eq!(apps.house.raw.number(lines).await, 8);
    let missing = log.iter().rfind(|line| line.status == 404).unwrap();
    assert_eq!((missing.trace.as_str(), missing.error.as_deref()), (trace.as_str(), Some("not-found")));
    let all = format!("{log:?}");
    for word in [patient.as_str(), "laboratory", "718-7", "zebra", "Maria", &token] {
        assert!(!all.contains(word), "{word}");
    }

    // An app that calls and calls is told how often.
    let code = apps.code(&own.0, "launch/patient patient/Patient.rs").await;
    let token = apps.post("token", &apps.redeeming(&own.0, &code)).await.word("access_token").to_owned();
    for _ in 0..60 {
        called(&apps, "Patient?_summary=count", Some(&token)).await;
    }
    let (log, _) = smart::attempts_of(app, &apps.rosa, (&own, 1)).await.unwrap();
    let of_calls = apps.house.raw.number(lines).await;
    assert!(
        log.iter().any(|line| line.reason == "10 more calls in the same seconds are not listed")
            && of_calls == 8 + 51
            // Lines are written every ten seconds, and a slow machine may need longer.
            || of_calls > 8 + 51,
        "{of_calls}"
    );
    apps.house.close().await;
}

async fn exports_are_dressed_as_everything_else(kind: Kind) {
    let apps = Apps::start(kind).await;
    let house = &apps.house;
    group(house, "program", &["rosa"]).await;
    let system = System::register(house, ("lake", "system/*.rs"), &["program"]).await;
    let token = system.token("system/*.rs").await;
    let (place, manifest) = system.export("/fhir/Group/program/$export", &token).await;
    let file = manifest["output"][0]["url"].as_str().unwrap().to_owned();
    for (method, path, token, status) in [
        (Method::GET, "/fhir/Group", Some(&token), 200),
        (Method::GET, "/fhir/Group/program", Some(&token), 200),
        (Method::HEAD, "/fhir/Group", Some(&token), 200),
        (Method::HEAD, "/fhir/Group/program", Some(&token), 200),
        (Method::HEAD, "/fhir/Group/program/$export", Some(&token), 405),
        (Method::POST, "/fhir/Group/_search", Some(&token), 200),
        (Method::GET, "/fhir/Group/none", Some(&token), 404),
        (Method::GET, "/fhir/Group", None, 401),
        (Method::GET, "/fhir/Group/program/$export?_type=Nose", Some(&token), 400),
        (Method::GET, "/fhir/Group/program/$export", Some(&token), 202),
        (Method::GET, &place, Some(&token), 200),
        (Method::GET, &file, Some(&token), 200),
        (Method::HEAD, &place, Some(&token), 200),
        (Method::HEAD, &file, Some(&token), 200),
        (Method::HEAD, &file, None, 401),
        (Method::PUT, &place, Some(&token), 405),
        (Method::GET, "/fhir/$export", None, 401),
        (Method::GET, "/fhir/$export", Some(&token), 404),
        (Method::DELETE, &place, Some(&token), 202),
        (Method::GET, &place, Some(&token), 404),
    ] {
        let mut request =
            apps.http.request(method.clone(), system.at(path)).header("prefer", "respond-async");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        for (name, value) in [("access-control-allow-origin", "*"), ("x-content-type-options", "nosniff")] {
            assert_eq!(answer.headers()[name], value, "{method} {path}");
        }
        assert!(answer.headers().contains_key("x-request-id"), "{method} {path}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{method} {path}");
        let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("Content-Location") && exposed.contains("X-Progress"));
        assert_eq!(left(&answer).is_some(), status != 405, "{method} {path}");
    }
    for (path, methods) in [
        ("/fhir/Group", "GET, HEAD, OPTIONS"),
        ("/fhir/Group/_search", "POST, OPTIONS"),
        ("/fhir/Group/program", "GET, HEAD, OPTIONS"),
        ("/fhir/Group/program/$export", "GET, POST, OPTIONS"),
        ("/fhir/Patient/$export", "GET, POST, OPTIONS"),
        ("/fhir/$export", "GET, POST, OPTIONS"),
        (place.as_str(), "GET, HEAD, DELETE, OPTIONS"),
        (file.as_str(), "GET, HEAD, OPTIONS"),
    ] {
        let asked =
            apps.http.request(Method::OPTIONS, system.at(path)).header("origin", "https://app.example");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.status(), 204, "{path}");
        assert_eq!(answer.headers()["access-control-allow-methods"], methods, "{path}");
        let headers = answer.headers()["access-control-allow-headers"].to_str().unwrap();
        assert!(headers.contains("Authorization") && headers.contains("Prefer"), "{path}");
    }
    // The developer of a system is staff.
    let admin = crate::smart::actor(house, &house.desk("admin").await).await;
    let (log, _) = smart::attempts_of(&house.app, &admin, (&system.id, 1)).await.unwrap();
    let lines = told(&log);
    for line in [(202, "DELETE bulk-delete"), (200, "GET bulk-file"), (202, "GET $export Group")] {
        assert!(lines.contains(&line), "{line:?} in {lines:?}");
    }
    apps.house.close().await;
}
