//! What conformance suites ask of an authorization server and no flow shows: the documents about it are complete, and
//! introspection says what the token response said.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{Apps, got};
use crate::harness::{Kind, on_both_databases};

on_both_databases!(what_is_published_is_complete, introspection_says_what_the_token_said);

async fn what_is_published_is_complete(kind: Kind) {
    let apps = Apps::start(kind).await;
    let read = async |path: &str| {
        let request = apps.http.get(format!("{}{path}", apps.house.url));
        let got = got(request.header("origin", "https://app.example.org")).await;
        assert_eq!((got.status, &got.headers["access-control-allow-origin"]), (200, &"*".parse().unwrap()));
        assert_eq!(got.headers["content-type"], "application/json");
        got.json
    };
    let has = |document: &Value, list: &str, word: &str| {
        document[list].as_array().unwrap_or_else(|| panic!("{list}")).contains(&json!(word))
    };
    let smart = read("/fhir/.well-known/smart-configuration").await;
    let openid = read("/.well-known/openid-configuration").await;
    for (document, endpoints) in [
        (
            &smart,
            &["authorization_endpoint", "token_endpoint", "introspection_endpoint", "management_endpoint"][..],
        ),
        (&smart, &["revocation_endpoint", "registration_endpoint", "jwks_uri"][..]),
        (&openid, &["authorization_endpoint", "token_endpoint", "jwks_uri"][..]),
    ] {
        for name in endpoints {
            let address = document[*name].as_str().unwrap_or_else(|| panic!("{name}"));
            assert!(address.starts_with(&format!("{}/", apps.house.url)), "{name} {address}");
        }
        assert_eq!(document["issuer"], json!(apps.house.url));
    }
    for (document, list, word) in [
        (&smart, "grant_types_supported", "authorization_code"),
        (&smart, "grant_types_supported", "refresh_token"),
        (&smart, "grant_types_supported", "client_credentials"),
        (&smart, "code_challenge_methods_supported", "S256"),
        (&smart, "response_types_supported", "code"),
        (&smart, "capabilities", "context-banner"),
        (&smart, "capabilities", "context-style"),
        (&smart, "capabilities", "permission-user"),
        (&openid, "response_types_supported", "code"),
        (&openid, "subject_types_supported", "public"),
        (&openid, "id_token_signing_alg_values_supported", "RS256"),
    ] {
        assert!(has(document, list, word), "{list} {word}");
    }
    // What is not offered is not promised: a staff member's launch has no visit to tell of here.
    for (list, word) in [
        ("code_challenge_methods_supported", "plain"),
        ("capabilities", "context-ehr-encounter"),
        ("capabilities", "context-standalone-encounter"),
    ] {
        assert!(!has(&smart, list, word), "{list} {word}");
    }
    assert!(smart["capabilities"].as_array().unwrap().iter().all(Value::is_string));
    apps.house.close().await;
}

async fn introspection_says_what_the_token_said(kind: Kind) {
    let apps = Apps::start(kind).await;
    let code = apps.code("sec", "openid fhirUser launch/patient patient/Patient.rs offline_access").await;
    let header = apps.basic();
    let said = apps.post_as("token", (&apps.redeeming("sec", &code), Some(&header))).await;
    assert_eq!(said.status, 200, "{}", said.json);
    assert!(said.json.get("fhirContext").is_none(), "nothing but the patient is in context");
    let claims = said.word("id_token").split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let told = apps.post_as("introspect", (&[("token", said.word("access_token"))], Some(&header))).await;
    assert_eq!((told.status, &told.json["active"]), (200, &json!(true)));
    assert_eq!((told.word("client_id"), told.json["exp"].is_i64()), ("sec", true));
    for (name, source) in [
        ("scope", &said.json),
        ("patient", &said.json),
        ("iss", &claims),
        ("sub", &claims),
        ("fhirUser", &claims),
    ] {
        assert!(source[name].is_string(), "{name}");
        assert_eq!(told.json[name], source[name], "{name}");
    }
    apps.house.close().await;
}
