//! Requests to authorize that are not as they must be: the exact error, and who may be sent back with it.

use api::smart::{self, AuthorizeParams, ClientKind, StopWhy, Stopped, Visitor};
use serde_json::json;

use super::{Apps, BACK, VERIFIER, about, actor, challenge, got, parameter};
use crate::harness::{Kind, on_both_databases};

on_both_databases!(
    each_wrong_request_gets_its_error,
    nobody_is_sent_to_an_uncertain_address,
    a_stranger_is_not_sent_to_an_app_that_nobody_vouches_for,
    what_is_right_is_kept
);

/// What to change in a request that is right: a parameter gets this value, or none.
type Change = (&'static str, Option<&'static str>);

async fn each_wrong_request_gets_its_error(kind: Kind) {
    let apps = Apps::start(kind).await;
    let long = "x".repeat(1025);
    let long: &'static str = long.leak();
    let many: &'static str = "openid ".repeat(101).leak();
    let plain: &'static str = VERIFIER;
    let table: [(&[Change], &str); 42] = [
        (&[("response_type", None)], "invalid_request"),
        (&[("response_type", Some(""))], "invalid_request"),
        (&[("response_type", Some("token"))], "unsupported_response_type"),
        (&[("response_type", Some("id_token"))], "unsupported_response_type"),
        (&[("response_type", Some("code token"))], "unsupported_response_type"),
        (&[("response_type", Some("CODE"))], "unsupported_response_type"),
        (&[("response_mode", Some("fragment"))], "invalid_request"),
        (&[("response_mode", Some("form_post"))], "invalid_request"),
        (&[("state", None)], "invalid_request"),
        (&[("state", Some(""))], "invalid_request"),
        (&[("state", Some(long))], "invalid_request"),
        (&[("nonce", Some(long))], "invalid_request"),
        (&[("code_challenge", None)], "invalid_request"),
        (&[("code_challenge", Some("too-short"))], "invalid_request"),
        (&[("code_challenge", Some(plain))], "invalid_request"),
        (&[("code_challenge", Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="))], "invalid_request"),
        (&[("code_challenge_method", None)], "invalid_request"),
        (&[("code_challenge_method", Some("plain"))], "invalid_request"),
        (&[("code_challenge_method", Some("s256"))], "invalid_request"),
        (&[("aud", None)], "invalid_request"),
        (&[("aud", Some("https://elsewhere.example.org/fhir"))], "invalid_request"),
        (&[("aud", Some("http://127.0.0.1/fhir"))], "invalid_request"),
        (&[("aud", Some("fhir"))], "invalid_request"),
        (&[("resource", Some("https://elsewhere.example.org"))], "invalid_target"),
        (&[("scope", None)], "invalid_scope"),
        (&[("scope", Some(""))], "invalid_scope"),
        (&[("scope", Some("email"))], "invalid_scope"),
        (&[("scope", Some("launch/encounter"))], "invalid_scope"),
        (&[("scope", Some("patient/Patient.write"))], "invalid_scope"),
        (&[("scope", Some("patient/Patient.cud"))], "invalid_scope"),
        (&[("scope", Some("system/*.rs"))], "invalid_scope"),
        (&[("scope", Some("patient/\"x\".rs"))], "invalid_scope"),
        (&[("scope", Some("launch/patient offline_access"))], "invalid_scope"),
        (&[("scope", Some(many))], "invalid_scope"),
        (&[("prompt", Some("none"))], "interaction_required"),
        (&[("prompt", Some("none login"))], "invalid_request"),
        (&[("prompt", Some("create"))], "invalid_request"),
        (&[("max_age", Some("soon"))], "invalid_request"),
        (&[("max_age", Some("-1"))], "invalid_request"),
        (&[("request", Some("e30.e30."))], "request_not_supported"),
        (&[("request_uri", Some("https://app.example.org/r"))], "request_uri_not_supported"),
        (&[("launch", Some("made-up")), ("scope", Some("launch patient/*.rs"))], "invalid_request"),
    ];
    for (changes, error) in table {
        let mut pairs = apps.asking("pub", "openid patient/*.rs");
        for (name, value) in changes {
            pairs.retain(|(own, _)| own != name);
            pairs.extend(value.map(|value| (*name, value.to_owned())));
        }
        let stopped = apps.begin(&pairs).await.expect_err("is refused");
        let Stopped::Redirect(to) = stopped else { panic!("{changes:?}: {stopped:?}") };
        assert!(to.starts_with(&format!("{BACK}?")), "{to}");
        assert_eq!(parameter(&to, "error").as_deref(), Some(error), "{changes:?}: {to}");
        assert!(parameter(&to, "error_description").unwrap().len() > 20, "{to}");
        assert_eq!(parameter(&to, "iss").as_deref(), Some(apps.house.url.as_str()), "RFC 9207");
        assert!(parameter(&to, "code").is_none());
        let sent = pairs.iter().find(|(name, value)| *name == "state" && !value.is_empty());
        assert_eq!(parameter(&to, "state"), sent.map(|(_, value)| value.clone()), "the state comes back");
    }
    // A parameter that comes twice is refused as well (RFC 6749, 3.1).
    let mut pairs = apps.asking("pub", "patient/*.rs");
    pairs.push(("state", "another".into()));
    let Err(Stopped::Redirect(to)) = apps.begin(&pairs).await else { panic!("refused") };
    assert_eq!(
        (parameter(&to, "error").as_deref(), parameter(&to, "state")),
        (Some("invalid_request"), None)
    );
    assert_eq!(apps.house.raw.number("SELECT count(*) FROM app_ask").await, 0, "nothing was asked");
    let lines = apps
        .house
        .raw
        .number("SELECT count(*) FROM app_attempt WHERE client_id = 'pub' AND status = 303")
        .await;
    assert_eq!(lines, 43, "each stands in the developer's log");
    apps.house.close().await;
}

async fn nobody_is_sent_to_an_uncertain_address(kind: Kind) {
    let apps = Apps::start(kind).await;
    let table: [(&[Change], StopWhy); 13] = [
        (&[("client_id", None)], StopWhy::UnknownApp),
        (&[("client_id", Some(""))], StopWhy::UnknownApp),
        (&[("client_id", Some("nobody"))], StopWhy::UnknownApp),
        (&[("client_id", Some("' OR 1=1 --"))], StopWhy::UnknownApp),
        (&[("redirect_uri", None)], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("https://app.example.org/back/"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("https://app.example.org/back?x=1"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("https://app.example.org/BACK"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("https://app.example.org:8443/back"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("https://app.example.org/x/../back"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("https://evil.example.org/back"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("http://127.0.0.1:4711/other"))], StopWhy::WrongAddress),
        (&[("redirect_uri", Some("javascript:alert(1)"))], StopWhy::WrongAddress),
    ];
    for (changes, why) in table {
        let mut pairs = apps.asking("pub", "patient/*.rs");
        for (name, value) in changes {
            pairs.retain(|(own, _)| own != name);
            pairs.extend(value.map(|value| (*name, value.to_owned())));
        }
        let Err(Stopped::Page(page)) = apps.begin(&pairs).await else { panic!("{changes:?}") };
        assert_eq!(page.why, why, "{changes:?}");
        assert!(!page.trace.is_empty() && !page.reason.is_empty());
    }
    for twice in ["client_id", "redirect_uri"] {
        let mut pairs = apps.asking("pub", "patient/*.rs");
        let again = pairs.iter().find(|(name, _)| *name == twice).unwrap().clone();
        pairs.push(again);
        assert!(matches!(apps.begin(&pairs).await, Err(Stopped::Page(_))), "{twice} twice");
    }
    let mut pairs = apps.asking("pub", "patient/*.rs");
    pairs.push(("login_hint", "x".repeat(9000)));
    assert!(matches!(apps.begin(&pairs).await, Err(Stopped::Page(page)) if page.why == StopWhy::Unreadable));
    apps.house.close().await;
}

async fn a_stranger_is_not_sent_to_an_app_that_nobody_vouches_for(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let admin = actor(&apps.house, &apps.house.desk("admin").await).await;
    let developed =
        |name| smart::register(app, &apps.rosa, (smart::once(app), about(name, ClientKind::Public)));
    let (plain, marked) = (developed("Steps").await.unwrap(), developed("Walks").await.unwrap());
    smart::mark(app, &admin, (&marked.client.id, smart::Marked::Yes)).await.unwrap();
    let added =
        smart::register_for_clinic(app, &admin, (smart::once(app), about("Diary", ClientKind::Public)))
            .await
            .unwrap();
    let body = json!({"redirect_uris": [BACK], "client_name": "Self", "token_endpoint_auth_method": "none"});
    let made = got(apps.http.post(format!("{}/oauth/register", apps.house.url)).json(&body)).await;
    let begin = async |pairs: &[(&str, String)], visitor| {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        smart::begin(app, AuthorizeParams::of(query.as_bytes(), "192.0.2.1").by(visitor)).await
    };
    let wrong = [
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "email", "invalid_scope"),
        ("aud", "https://elsewhere.example.org/fhir", "invalid_request"),
        ("state", "", "invalid_request"),
        ("launch", "made-up", "invalid_request"),
        // What must not show a page to sign in shows none; it is not sent on for that either.
        ("prompt", "none", "interaction_required"),
    ];
    for (id, name, vouched) in [
        ("pub", "App pub", true),
        (added.client.id.0.as_str(), "Diary", true),
        (marked.client.id.0.as_str(), "Walks", true),
        (plain.client.id.0.as_str(), "Steps", false),
        (made.word("client_id"), "Self", false),
    ] {
        for (parameter_name, value, error) in wrong {
            let mut pairs = apps.asking(id, "patient/*.rs");
            pairs.retain(|(own, _)| *own != parameter_name);
            pairs.push((parameter_name, value.to_owned()));
            for visitor in [Visitor::Stranger, Visitor::SignedIn] {
                let to = match begin(&pairs, visitor).await {
                    Err(Stopped::Redirect(to)) if vouched || visitor == Visitor::SignedIn => to,
                    Err(Stopped::Page(page)) if !vouched && visitor == Visitor::Stranger => {
                        assert!(!page.trace.is_empty() && !page.reason.is_empty());
                        let StopWhy::AskedWrongly { app, to } = page.why else { panic!("{:?}", page.why) };
                        assert_eq!(app, name);
                        to
                    }
                    other => panic!("{name} {parameter_name} {visitor:?}: {other:?}"),
                };
                assert!(to.starts_with(&format!("{BACK}?")), "{to}");
                assert_eq!(parameter(&to, "error").as_deref(), Some(error), "{to}");
                assert_eq!(parameter(&to, "iss").as_deref(), Some(apps.house.url.as_str()));
            }
        }
        // What is right is asked of everybody.
        assert!(begin(&apps.asking(id, "patient/*.rs"), Visitor::Stranger).await.is_ok(), "{name}");
        let told = async |status| {
            let sql =
                format!("SELECT count(*) FROM app_attempt WHERE client_id = '{id}' AND status = {status}");
            apps.house.raw.number(&sql).await
        };
        let lines = if vouched { [12, 0] } else { [6, 6] };
        assert_eq!([told(303).await, told(400).await], lines, "{name}: each stands in the developer's log");
    }
    apps.house.close().await;
}

async fn what_is_right_is_kept(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let mut pairs =
        apps.asking("pub", "launch openid fhirUser email patient/*.rs offline_access patient/Goal.cud");
    for (name, value) in
        [("redirect_uri", "http://127.0.0.1:4711/back"), ("login_hint", "rosa"), ("max_age", "60")]
    {
        pairs.retain(|(own, _)| *own != name);
        pairs.push((name, value.to_owned()));
    }
    pairs.retain(|(own, _)| *own != "aud");
    pairs.push(("aud", format!("{}/fhir/", apps.house.url)));
    let ask = apps.begin(&pairs).await.unwrap();
    let asked = smart::asked(app, &apps.rosa, ask).await.unwrap();
    assert_eq!(asked.scopes.to_string(), "openid fhirUser patient/*.rs offline_access");
    assert_eq!(asked.redirect_uri, "http://127.0.0.1:4711/back", "on the device itself any port");
    assert_eq!((asked.hint.as_deref(), asked.signed_in_since.is_some()), (Some("rosa"), true));
    let [record] = &asked.records[..] else { panic!("{:?}", asked.records) };
    assert_eq!((record.patient, record.under), (apps.patient, None));
    assert!(asked.earlier.is_empty());

    // Declined: told to the app, and not to be answered again.
    let to = smart::deny(app, &apps.rosa, ask).await.unwrap();
    assert_eq!(parameter(&to, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&to, "state").as_deref(), Some("a-state"));
    assert!(smart::asked(app, &apps.rosa, ask).await.is_err(), "it is answered");

    // The challenge of RFC 7636, appendix B.
    assert_eq!(
        challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
    apps.house.close().await;
}
