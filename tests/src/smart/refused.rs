//! Calls that are not as they must be: the exact error, its status and its headers.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::Method;
use serde_json::json;

use super::{Apps, BACK, Got, VERIFIER, challenge, got};
use crate::harness::{Kind, on_both_databases};

on_both_databases!(
    each_wrong_call_gets_its_error,
    what_is_no_form_is_refused,
    suspended_apps_get_nothing,
    too_many_calls_wait,
    pages_of_other_sites_may_call
);

/// Who proves what by a header.
#[derive(Debug, Clone, Copy)]
enum By {
    Nothing,
    Secret,
    Raw(&'static str),
}

type Form = &'static [(&'static str, &'static str)];

async fn each_wrong_call_gets_its_error(kind: Kind) {
    let apps = Apps::start(kind).await;
    let of_sec = apps.basic();
    let wrong_secret = format!("Basic {}", BASE64_STANDARD.encode("sec:not-the-secret"));
    let no_colon = format!("Basic {}", BASE64_STANDARD.encode("sec"));
    let nobody = format!("Basic {}", BASE64_STANDARD.encode("nobody:x"));
    let of_pub = format!("Basic {}", BASE64_STANDARD.encode("pub:x"));
    let empty = format!("Basic {}", BASE64_STANDARD.encode("sec:"));
    let [wrong_secret, no_colon, nobody, of_pub, empty]: [&'static str; 5] =
        [wrong_secret, no_colon, nobody, of_pub, empty].map(|text| &*text.leak());
    const CODE: (&str, &str) = ("grant_type", "authorization_code");
    const REFRESH: (&str, &str) = ("grant_type", "refresh_token");
    const SYSTEM: (&str, &str) = ("grant_type", "client_credentials");
    const PUB: (&str, &str) = ("client_id", "pub");
    const TYPE: (&str, &str) =
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let table: [(&str, By, Form, u16, &str); 47] = [
        ("token", By::Nothing, &[], 400, "invalid_request"),
        ("token", By::Nothing, &[PUB], 400, "invalid_request"),
        ("token", By::Nothing, &[("grant_type", ""), PUB], 400, "invalid_request"),
        ("token", By::Nothing, &[("grant_type", "password"), PUB], 400, "unsupported_grant_type"),
        ("token", By::Nothing, &[("grant_type", "implicit"), PUB], 400, "unsupported_grant_type"),
        ("token", By::Nothing, &[("grant_type", "Authorization_Code"), PUB], 400, "unsupported_grant_type"),
        (
            "token",
            By::Nothing,
            &[("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), PUB],
            400,
            "unsupported_grant_type",
        ),
        ("token", By::Nothing, &[CODE, CODE, PUB], 400, "invalid_request"),
        ("token", By::Nothing, &[CODE], 401, "invalid_client"),
        ("token", By::Nothing, &[CODE, ("client_id", "nobody")], 401, "invalid_client"),
        ("token", By::Nothing, &[CODE, ("client_id", "sec")], 401, "invalid_client"),
        ("token", By::Nothing, &[CODE, ("client_id", "sec"), ("client_secret", "x")], 401, "invalid_client"),
        ("token", By::Nothing, &[CODE, PUB, ("client_secret", "x")], 401, "invalid_client"),
        ("token", By::Secret, &[CODE, PUB], 400, "invalid_request"),
        ("token", By::Secret, &[CODE, ("client_secret", "x")], 400, "invalid_request"),
        ("token", By::Raw(wrong_secret), &[CODE], 401, "invalid_client"),
        ("token", By::Raw(empty), &[CODE], 401, "invalid_client"),
        ("token", By::Raw(no_colon), &[CODE], 401, "invalid_client"),
        ("token", By::Raw(nobody), &[CODE], 401, "invalid_client"),
        ("token", By::Raw(of_pub), &[CODE], 401, "invalid_client"),
        ("token", By::Raw("Basic ***"), &[CODE], 401, "invalid_client"),
        ("token", By::Raw("Basic"), &[CODE], 401, "invalid_client"),
        ("token", By::Raw("Bearer abc"), &[CODE], 401, "invalid_client"),
        ("token", By::Raw("Digest abc"), &[CODE], 401, "invalid_client"),
        ("token", By::Secret, &[CODE, TYPE, ("client_assertion", "a.b.c")], 400, "invalid_request"),
        ("token", By::Nothing, &[CODE, TYPE], 401, "invalid_client"),
        ("token", By::Nothing, &[CODE, TYPE, ("client_assertion", "not-a-jwt")], 401, "invalid_client"),
        ("token", By::Nothing, &[CODE, TYPE, ("client_assertion", "e30.e30.e30")], 401, "invalid_client"),
        (
            "token",
            By::Nothing,
            &[CODE, ("client_assertion", "a.b.c"), ("client_assertion_type", "saml")],
            401,
            "invalid_client",
        ),
        ("token", By::Nothing, &[CODE, PUB], 400, "invalid_request"),
        ("token", By::Nothing, &[CODE, PUB, ("code", "x")], 400, "invalid_request"),
        ("token", By::Nothing, &[CODE, PUB, ("code", "x"), ("redirect_uri", BACK)], 400, "invalid_request"),
        (
            "token",
            By::Nothing,
            &[CODE, PUB, ("code", "x"), ("redirect_uri", BACK), ("code_verifier", "")],
            400,
            "invalid_request",
        ),
        (
            "token",
            By::Nothing,
            &[CODE, PUB, ("code", "x"), ("redirect_uri", BACK), ("code_verifier", VERIFIER)],
            400,
            "invalid_grant",
        ),
        ("token", By::Nothing, &[REFRESH, PUB], 400, "invalid_request"),
        ("token", By::Nothing, &[REFRESH, PUB, ("refresh_token", "x")], 400, "invalid_grant"),
        ("token", By::Nothing, &[SYSTEM, PUB, ("scope", "system/*.rs")], 400, "unauthorized_client"),
        ("token", By::Secret, &[SYSTEM, ("scope", "system/*.rs")], 400, "unauthorized_client"),
        ("introspect", By::Nothing, &[("token", "x")], 401, "invalid_client"),
        ("introspect", By::Nothing, &[("token", "x"), PUB], 401, "invalid_client"),
        ("introspect", By::Raw("Bearer x"), &[("token", "x")], 401, "invalid_token"),
        ("introspect", By::Raw(wrong_secret), &[("token", "x")], 401, "invalid_client"),
        ("introspect", By::Secret, &[], 400, "invalid_request"),
        ("introspect", By::Secret, &[("token", "x"), ("token", "y")], 400, "invalid_request"),
        ("revoke", By::Nothing, &[("token", "x")], 401, "invalid_client"),
        ("revoke", By::Secret, &[], 400, "invalid_request"),
        ("revoke", By::Raw(wrong_secret), &[("token", "x")], 401, "invalid_client"),
    ];
    for (endpoint, by, form, status, error) in table {
        let header = match by {
            By::Nothing => None,
            By::Secret => Some(of_sec.as_str()),
            By::Raw(header) => Some(header),
        };
        let got = apps.post_as(endpoint, (form, header)).await;
        assert_eq!(
            (got.status, got.json["error"].as_str()),
            (status, Some(error)),
            "{endpoint} {by:?} {form:?} {}",
            got.json
        );
        assert!(got.word("error_description").len() > 10 && got.word("trace").len() == 16, "{}", got.json);
        assert_eq!(
            (&got.headers["cache-control"], &got.headers["pragma"]),
            (&"no-store".parse().unwrap(), &"no-cache".parse().unwrap())
        );
        assert_eq!(got.headers["content-type"], "application/json");
        assert_eq!(got.headers.contains_key("www-authenticate"), status == 401, "{endpoint} {form:?}");
        assert!(!got.json.to_string().contains("not-the-secret"), "nothing secret comes back");
    }

    // A code that is right, with something else that is not: it stays usable, but not by others.
    let code = apps.code("pub", "patient/*.rs").await;
    let (verifier, plain) = ("x".repeat(43), challenge(VERIFIER));
    for (name, value, status, error) in [
        ("code_verifier", verifier.as_str(), 400, "invalid_grant"),
        ("code_verifier", plain.as_str(), 400, "invalid_grant"),
        ("code_verifier", "short", 400, "invalid_grant"),
        ("redirect_uri", "http://127.0.0.1/back", 400, "invalid_grant"),
        ("redirect_uri", "https://evil.example.org", 400, "invalid_grant"),
    ] {
        let mut form = apps.redeeming("pub", &code);
        form.retain(|(own, _)| *own != name);
        form.push((name, value));
        let got = apps.post("token", &form).await;
        assert_eq!((got.status, got.word("error")), (status, error), "{name} {value}");
    }
    let foreign = apps.post_as("token", (&apps.redeeming("sec", &code), Some(&of_sec))).await;
    assert_eq!((foreign.status, foreign.word("error")), (400, "invalid_grant"), "another app's code");
    let right = apps.post("token", &apps.redeeming("pub", &code)).await;
    assert_eq!(right.status, 200);

    // A refresh by another app, and for more than was granted.
    let tokens = apps.tokens("openid patient/Goal.rs offline_access").await;
    let refresh = tokens.word("refresh_token");
    let foreign = [REFRESH, ("refresh_token", refresh)];
    let foreign = apps.post_as("token", (&foreign, Some(&of_sec))).await;
    assert_eq!((foreign.status, foreign.word("error")), (400, "invalid_grant"));
    for more in [
        "patient/*.rs",
        "patient/Goal.rs patient/Patient.rs",
        "email",
        "patient/Goal.cruds system/*.rs",
        "a\"b",
    ] {
        let got = apps.post("token", &[REFRESH, PUB, ("refresh_token", refresh), ("scope", more)]).await;
        assert_eq!((got.status, got.word("error")), (400, "invalid_scope"), "{more}: {}", got.json);
    }
    assert_eq!(apps.refresh(refresh).await.status, 200, "what was refused used nothing up");
    let access = apps.post("token", &[REFRESH, PUB, ("refresh_token", tokens.word("access_token"))]).await;
    assert_eq!(access.word("error"), "invalid_grant", "an access token is no refresh token");

    // What opens nothing, whatever it looks like.
    for token in ["", "x", &"x".repeat(100_000), "'; DROP TABLE app_token; --", "\u{0}"] {
        assert!(!apps.opens(token).await);
    }
    apps.house.close().await;
}

async fn what_is_no_form_is_refused(kind: Kind) {
    let apps = Apps::start(kind).await;
    let at = |path: &str| format!("{}{path}", apps.house.url);
    let big = format!("grant_type=refresh_token&client_id=pub&refresh_token={}", "x".repeat(20_000));
    let long = format!("grant_type=refresh_token&client_id=pub&refresh_token={}", "x".repeat(9_000));
    for (kind, body, status) in [
        ("application/json", r#"{"grant_type":"refresh_token"}"#, 400),
        ("text/plain", "grant_type=refresh_token", 400),
        ("", "grant_type=refresh_token", 400),
        ("application/x-www-form-urlencoded", &big, 413),
        ("application/x-www-form-urlencoded", &long, 400),
        ("application/x-www-form-urlencoded", "%ff%fe=%00&grant_type", 400),
        ("application/x-www-form-urlencoded", "&&&===", 400),
    ] {
        let mut request = apps.http.post(at("/oauth/token")).body(body.to_owned());
        if !kind.is_empty() {
            request = request.header("content-type", kind);
        }
        let got = got(request).await;
        assert_eq!((got.status, got.word("error")), (status, "invalid_request"), "{kind}");
        assert_eq!(got.word("trace").len(), 16, "{kind}");
    }
    let packed = apps.http.post(at("/oauth/token")).form(&[("client_id", "pub")]);
    let packed = got(packed.header("content-encoding", "gzip")).await;
    assert_eq!((packed.status, packed.word("error")), (400, "invalid_request"));
    assert!(packed.word("error_description").contains("without Content-Encoding"), "{}", packed.json);
    let query = apps.http.post(at("/oauth/token?grant_type=refresh_token")).form(&[("client_id", "pub")]);
    assert_eq!(got(query).await.status, 400, "parameters in the address are refused");
    let twice = apps.http.post(at("/oauth/token")).form(&[("client_id", "pub")]);
    let twice = twice.header("authorization", apps.basic()).header("authorization", apps.basic());
    assert_eq!(got(twice).await.status, 400);
    for (method, path) in [
        (Method::GET, "/oauth/userinfo"),
        (Method::GET, "/oauth/register/x"),
        (Method::PUT, "/oauth/register/x"),
        (Method::DELETE, "/oauth/register/x"),
        (Method::GET, "/oauth/register/x/calls"),
        (Method::GET, "/fhir/Patient"),
        (Method::GET, "/fhir/Group"),
    ] {
        let twice = apps.http.request(method.clone(), at(path));
        let twice = got(twice.header("authorization", "Bearer a").header("authorization", "Bearer b")).await;
        let challenge = twice.headers["www-authenticate"].to_str().unwrap();
        assert!(twice.status == 400 && challenge.contains("invalid_request"), "{method} {path}: {challenge}");
    }
    for (method, path, allow) in [
        (Method::GET, "/oauth/token", "POST"),
        (Method::PUT, "/oauth/introspect", "POST"),
        (Method::DELETE, "/oauth/revoke", "POST"),
        (Method::GET, "/oauth/register", "POST"),
        (Method::POST, "/oauth/register/x/calls", "GET"),
        (Method::POST, "/oauth/jwks", "GET, HEAD"),
        (Method::POST, "/.well-known/smart-configuration", "GET, HEAD"),
    ] {
        let got = got(apps.http.request(method, at(path))).await;
        assert_eq!(got.status, 405, "{path}");
        assert!(got.headers["allow"].to_str().unwrap().contains(allow), "{path}");
        assert_eq!((got.word("error"), got.word("trace").len()), ("invalid_request", 16), "{path}");
    }
    apps.house.close().await;
}

async fn suspended_apps_get_nothing(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let tokens = apps.tokens("patient/*.rs offline_access").await;
    let ask = apps.begin(&apps.asking("pub", "patient/*.rs")).await.unwrap();
    let id = api::smart::ClientId("pub".into());
    // Only who handles apps at the clinic stops one.
    let refused = api::smart::suspend(app, &apps.rosa, (&id, "because")).await;
    assert!(matches!(refused, Err(api::base::Error::Refused(no)) if no.0 == "refused-not-your-role"));
    let admin = super::actor(&apps.house, &apps.house.desk("admin").await).await;
    assert!(matches!(api::smart::suspend(app, &admin, (&id, " ")).await, Err(api::base::Error::Invalid(_))));
    api::smart::suspend(app, &admin, (&id, "It asks for more than it says.")).await.unwrap();

    assert!(!apps.opens(tokens.word("access_token")).await);
    let refresh = apps.refresh(tokens.word("refresh_token")).await;
    assert_eq!((refresh.status, refresh.word("error")), (401, "invalid_client"));
    assert!(api::smart::asked(app, &apps.rosa, ask).await.is_err(), "what it asked cannot be answered");
    let asking = apps.begin(&apps.asking("pub", "patient/*.rs")).await;
    assert!(
        matches!(asking, Err(api::smart::Stopped::Page(page)) if page.why == api::smart::StopWhy::Suspended)
    );

    api::smart::unsuspend(app, &admin, &id).await.unwrap();
    assert!(apps.opens(tokens.word("access_token")).await, "what people allowed stands");
    apps.house.close().await;
}

async fn too_many_calls_wait(kind: Kind) {
    let apps = Apps::with(kind, |config| config.apps.calls_per_minute = 3).await;
    let mut statuses = Vec::new();
    // A minute may end in between: of seven calls four are in the same one.
    for _ in 0..7 {
        let got = apps.refresh("x").await;
        statuses.push(got.status);
        assert_eq!(got.headers.contains_key("retry-after"), got.status == 429);
        if got.status == 429 {
            assert_eq!(got.word("error"), "temporarily_unavailable");
        } else {
            assert_eq!(got.headers["ratelimit-limit"], "3");
            assert!(
                got.headers.contains_key("ratelimit-remaining")
                    && got.headers.contains_key("ratelimit-reset")
            );
        }
    }
    assert!(statuses.contains(&429) && statuses[0] == 400, "{statuses:?}");
    apps.house.close().await;
}

async fn pages_of_other_sites_may_call(kind: Kind) {
    let apps = Apps::start(kind).await;
    for (path, methods) in [
        ("/oauth/token", "POST"),
        ("/oauth/introspect", "POST"),
        ("/oauth/revoke", "POST"),
        ("/oauth/register", "POST"),
        ("/oauth/register/x", "PUT"),
        ("/oauth/jwks", "GET"),
        ("/.well-known/smart-configuration", "GET"),
        ("/fhir/.well-known/smart-configuration", "GET"),
        ("/.well-known/openid-configuration", "GET"),
        ("/.well-known/oauth-authorization-server", "GET"),
    ] {
        let request = apps.http.request(Method::OPTIONS, format!("{}{path}", apps.house.url));
        let request = request.header("origin", "https://app.example.org");
        let request = request.header("access-control-request-method", methods);
        let got = got(request.header("access-control-request-headers", "authorization,content-type")).await;
        assert_eq!(
            (got.status, &got.headers["access-control-allow-origin"]),
            (204, &"*".parse().unwrap()),
            "{path}"
        );
        assert!(got.headers["access-control-allow-methods"].to_str().unwrap().contains(methods));
        assert!(got.headers["access-control-allow-headers"].to_str().unwrap().contains("Authorization"));
    }
    // HEAD is answered wherever GET is, without the body (RFC 9110, 9.1).
    for path in [
        "/oauth/jwks",
        "/oauth/smart-style.json",
        "/oauth/register/x",
        "/oauth/register/x/calls",
        "/.well-known/smart-configuration",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/fhir/.well-known/smart-configuration",
    ] {
        let at = format!("{}{path}", apps.house.url);
        let read = got(apps.http.get(&at)).await;
        let head = got(apps.http.head(&at)).await;
        let kind = |got: &Got| (got.status, got.headers["content-type"].clone());
        assert_eq!(kind(&head), kind(&read), "{path}");
        assert!(head.json.is_null() && !read.json.is_null(), "{path}");
        let options = apps.http.request(Method::OPTIONS, &at).header("origin", "https://app.example.org");
        let allowed = got(options).await.headers["access-control-allow-methods"].clone();
        assert!(allowed.to_str().unwrap().contains("HEAD"), "{path}");
    }
    // What is published needs no token, and says what there is.
    for path in ["/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration"] {
        let got = got(apps.http.get(format!("{}{path}", apps.house.url))).await;
        assert_eq!((got.status, &got.headers["content-type"]), (200, &"application/json".parse().unwrap()));
        assert_eq!(got.headers["access-control-allow-origin"], "*");
        assert_eq!(got.json["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(got.word("issuer"), apps.house.url);
        for capability in [
            "launch-ehr",
            "launch-standalone",
            "authorize-post",
            "client-public",
            "client-confidential-symmetric",
            "client-confidential-asymmetric",
            "sso-openid-connect",
            "context-standalone-patient",
            "context-ehr-patient",
            "permission-offline",
            "permission-patient",
            "permission-v1",
            "permission-v2",
        ] {
            assert!(
                got.json["capabilities"].as_array().unwrap().contains(&json!(capability)),
                "{capability}"
            );
        }
    }
    let oidc = got(apps.http.get(format!("{}/.well-known/openid-configuration", apps.house.url))).await;
    assert_eq!(oidc.json["id_token_signing_alg_values_supported"], json!(["RS256"]));
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "introspection_endpoint",
        "revocation_endpoint",
        "registration_endpoint",
    ] {
        assert!(oidc.word(name).starts_with(&apps.house.url), "{name}");
    }
    let keys = got(apps.http.get(oidc.word("jwks_uri"))).await;
    let key = &keys.json["keys"][0];
    assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&json!("RSA"), &json!("RS256"), &json!("sig")));
    assert!(key.get("d").is_none() && key["kid"].is_string());
    apps.house.close().await;
}
