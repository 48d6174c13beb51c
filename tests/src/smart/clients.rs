//! Apps come here: by their developers, by themselves, and by the clinic.

use api::base::Error;
use api::smart::{self, ClientId, ClientKind, KeySource, Origin, Registration, Stay, Use};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Apps, BACK, Got, about, actor, got, parameter};
use crate::harness::{Kind, on_both_databases};

on_both_databases!(
    a_developer_registers_an_app,
    an_app_registers_itself,
    each_wrong_registration_gets_its_error,
    an_error_names_the_field_and_the_reason,
    a_refused_registration_is_not_counted,
    no_app_takes_the_name_of_one_the_clinic_stands_behind,
    a_registration_is_managed_with_its_token,
    what_is_taken_out_of_a_registration_counts_at_once
);

async fn a_developer_registers_an_app(kind: Kind) {
    let apps = Apps::start(kind).await;
    let (app, rosa) = (&apps.house.app, &apps.rosa);
    let good = || about("My app", ClientKind::Secret);
    let long = "x".repeat(81);
    for (wrong, field) in [
        (Registration { name: " ".into(), ..good() }, "name"),
        (Registration { name: long.clone(), ..good() }, "name"),
        (Registration { name: "App\u{202e}evil".into(), ..good() }, "name"),
        (Registration { made_by: Some(long), ..good() }, "made_by"),
        (Registration { redirect_uris: vec![], ..good() }, "redirect_uris"),
        (Registration { redirect_uris: vec!["http://app.example.org/".into()], ..good() }, "redirect_uris"),
        (
            Registration { redirect_uris: vec!["https://app.example.org/#x".into()], ..good() },
            "redirect_uris",
        ),
        (Registration { redirect_uris: vec!["https://*.example.org/".into()], ..good() }, "redirect_uris"),
        (Registration { redirect_uris: vec!["https://a:b@example.org/".into()], ..good() }, "redirect_uris"),
        (Registration { redirect_uris: vec!["myapp:/back".into()], ..good() }, "redirect_uris"),
        (Registration { redirect_uris: vec!["javascript:alert(1)".into()], ..good() }, "redirect_uris"),
        (Registration { redirect_uris: vec!["/back".into()], ..good() }, "redirect_uris"),
        (Registration { redirect_uris: vec![BACK.into(); 21], ..good() }, "redirect_uris"),
        (Registration { launch_uri: Some("http://app.example.org".into()), ..good() }, "launch_uri"),
        (Registration { policy_uri: Some("policy".into()), ..good() }, "policy_uri"),
        (Registration { logo_uri: Some("data:image/png;base64,AA".into()), ..good() }, "logo_uri"),
        (Registration { scope: Some("system/*.rs".into()), ..good() }, "scope"),
        (Registration { kind: ClientKind::Keys, ..good() }, "keys"),
        (Registration { keys: Some(KeySource::Value(json!({"keys": []}))), ..good() }, "keys"),
        (Registration { keys: Some(KeySource::Url("http://example.org/keys".into())), ..good() }, "jwks_uri"),
        (Registration { used_by: Use::System, ..good() }, "kind"),
    ] {
        let refused = smart::register(app, rosa, (smart::once(app), wrong)).await;
        let Err(Error::Invalid(problems)) = refused else { panic!("{field}: {refused:?}") };
        assert_eq!(problems.0[0].field, field, "{problems}");
    }
    let own = Registration {
        redirect_uris: vec!["org.example.app:/back".into(), "http://[::1]/x".into()],
        ..good()
    };
    let made = smart::register(app, rosa, (smart::once(app), own)).await.unwrap();
    assert_eq!(
        (made.client.origin.clone(), made.client.is_active()),
        (Origin::Developer { account: rosa.account }, true)
    );
    let (id, secret) = (made.client.id, made.secret.expect("a secret, once"));

    // Nobody else's: not seen, not changed.
    let elena = actor(&apps.house, &apps.house.signed_in("elena").await).await;
    assert!(smart::clients_of(app, &elena).await.unwrap().is_empty());
    for refused in [
        smart::client(app, &elena, &id).await.map(|_| ()),
        smart::edit(app, &elena, (&id, good())).await.map(|_| ()),
        smart::new_secret(app, &elena, &id).await.map(|_| ()),
        smart::remove(app, &elena, &id).await,
        smart::attempts_of(app, &elena, (&id, 1)).await.map(|_| ()),
        smart::client(app, rosa, &ClientId("pub".into())).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }
    let edited =
        smart::edit(app, rosa, (&id, Registration { kind: ClientKind::Public, ..good() })).await.unwrap();
    assert_eq!((edited.about.kind, edited.about.redirect_uris[0].as_str()), (ClientKind::Secret, BACK));

    // Its log tells the true reasons, and a new secret ends the old one.
    let newer = smart::new_secret(app, rosa, &id).await.unwrap().secret.unwrap();
    let basic = |secret: &str| {
        use base64::{Engine, prelude::BASE64_STANDARD};
        format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
    };
    let form = [("grant_type", "refresh_token"), ("refresh_token", "none")];
    let old = apps.post_as("token", (&form, Some(&basic(&secret)))).await;
    let new = apps.post_as("token", (&form, Some(&basic(&newer)))).await;
    assert_eq!((old.word("error"), new.word("error")), ("invalid_client", "invalid_grant"));
    let (lines, more) = smart::attempts_of(app, rosa, (&id, 1)).await.unwrap();
    assert_eq!((lines.len(), more), (2, false));
    assert_eq!(
        (lines[0].trace.as_str(), lines[0].error.as_deref()),
        (new.word("trace"), Some("invalid_grant"))
    );
    assert_eq!((lines[1].reason.as_str(), lines[1].status), ("the secret is not right", 401));

    smart::remove(app, rosa, &id).await.unwrap();
    assert!(smart::clients_of(app, rosa).await.unwrap().is_empty());
    assert_eq!(apps.post_as("token", (&form, Some(&basic(&newer)))).await.word("error"), "invalid_client");
    apps.house.close().await;
}

async fn send(apps: &Apps, body: &Value) -> Got {
    got(apps.http.post(format!("{}/oauth/register", apps.house.url)).json(body)).await
}

async fn an_app_registers_itself(kind: Kind) {
    let apps = Apps::start(kind).await;
    let body = json!({
        "client_name": "Self",
        "redirect_uris": ["http://127.0.0.1/back", BACK],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "openid patient/*.rs offline_access",
        "contacts": ["dev@example.org"],
        "client_uri": "https://app.example.org",
        "software_id": "self-1",
        "something_else": {"is": "left out"},
    });
    let made = send(&apps, &body).await;
    assert_eq!((made.status, &made.headers["cache-control"]), (201, &"no-store".parse().unwrap()));
    for name in
        ["client_name", "redirect_uris", "token_endpoint_auth_method", "scope", "contacts", "client_uri"]
    {
        assert_eq!(made.json[name], body[name], "{name}");
    }
    assert!(made.json.get("client_secret").is_none() && made.json.get("something_else").is_none());
    assert!(made.json["client_id_issued_at"].is_i64() && made.word("registration_access_token").len() > 40);

    // It works at once.
    let code = apps.code(made.word("client_id"), "openid patient/*.rs").await;
    let got = apps.post("token", &apps.redeeming(made.word("client_id"), &code)).await;
    assert_eq!((got.status, got.word("scope")), (200, "openid patient/*.rs"), "{}", got.json);

    // With a secret, which is the default.
    let made = send(&apps, &json!({"redirect_uris": [BACK]})).await;
    assert_eq!(
        (made.word("token_endpoint_auth_method"), made.word("client_secret").len()),
        ("client_secret_basic", 43)
    );
    assert_eq!(made.json["client_secret_expires_at"], 0);
    apps.house.close().await;

    // Where the clinic does not want that, and too often.
    let apps = Apps::with(kind, |config| config.apps.registration = false).await;
    let refused = send(&apps, &body).await;
    assert_eq!((refused.status, refused.word("error")), (403, "access_denied"));
    let metadata = got_json(&apps, "/.well-known/smart-configuration").await;
    assert!(metadata.get("registration_endpoint").is_none());
    apps.house.close().await;
    let apps = Apps::with(kind, |config| config.apps.registrations_per_hour = 1).await;
    // An hour may end in between: of three two are in the same one.
    let statuses =
        [send(&apps, &body).await.status, send(&apps, &body).await.status, send(&apps, &body).await.status];
    assert!(statuses[0] == 201 && statuses.contains(&429), "{statuses:?}");
    apps.house.close().await;
}

async fn got_json(apps: &Apps, path: &str) -> Value {
    got(apps.http.get(format!("{}{path}", apps.house.url))).await.json
}

async fn each_wrong_registration_gets_its_error(kind: Kind) {
    let apps = Apps::start(kind).await;
    let private =
        json!({"keys": [{"kty": "EC", "crv": "P-384", "kid": "a", "x": "AA", "y": "AA", "d": "AA"}]});
    let named = json!({"keys": [{"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}]});
    let weak = json!({"keys": [{"kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB"}]});
    for (body, error) in [
        (json!({}), "invalid_redirect_uri"),
        (json!({"redirect_uris": []}), "invalid_redirect_uri"),
        (json!({"redirect_uris": "https://app.example.org"}), "invalid_client_metadata"),
        (json!({"redirect_uris": [7]}), "invalid_client_metadata"),
        (json!({"redirect_uris": ["http://app.example.org/"]}), "invalid_redirect_uri"),
        (json!({"redirect_uris": ["https://app.example.org/#f"]}), "invalid_redirect_uri"),
        (json!({"redirect_uris": ["https://app.example.org/*"]}), "invalid_redirect_uri"),
        (json!({"redirect_uris": ["javascript:alert(1)"]}), "invalid_redirect_uri"),
        (
            json!({"redirect_uris": [BACK], "token_endpoint_auth_method": "client_secret_post"}),
            "invalid_client_metadata",
        ),
        (
            json!({"redirect_uris": [BACK], "token_endpoint_auth_method": "private_key_jwt"}),
            "invalid_client_metadata",
        ),
        (json!({"redirect_uris": [BACK], "grant_types": ["client_credentials"]}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "grant_types": ["implicit"]}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "response_types": ["token"]}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "software_statement": "a.b.c"}), "unapproved_software_statement"),
        (json!({"redirect_uris": [BACK], "scope": "system/*.rs"}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "scope": 7}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "client_name": ["x"]}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "client_name": "x".repeat(81)}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "client_uri": "ftp://x"}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "jwks": private}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "jwks": named}), "invalid_client_metadata"),
        (json!({"redirect_uris": [BACK], "jwks": weak}), "invalid_client_metadata"),
        (
            json!({"redirect_uris": [BACK], "jwks": {}, "jwks_uri": "https://x.example"}),
            "invalid_client_metadata",
        ),
        (json!({"redirect_uris": [BACK], "jwks_uri": "http://x.example"}), "invalid_client_metadata"),
        (json!(["x"]), "invalid_client_metadata"),
    ] {
        let got = send(&apps, &body).await;
        assert_eq!((got.status, got.word("error")), (400, error), "{body}: {}", got.json);
    }
    for (kind, body, status) in [
        ("text/plain", "{}".to_owned(), 400),
        ("application/json", "{".into(), 400),
        ("application/json", format!("{{\"x\": \"{}\"}}", "x".repeat(40_000)), 413),
    ] {
        let request = apps.http.post(format!("{}/oauth/register", apps.house.url));
        assert_eq!(got(request.header("content-type", kind).body(body)).await.status, status);
    }
    assert_eq!(apps.house.raw.number("SELECT count(*) FROM app_client").await, 2, "nothing was registered");
    apps.house.close().await;
}

async fn an_error_names_the_field_and_the_reason(kind: Kind) {
    let apps = Apps::start(kind).await;
    for (field, value, why) in [
        (
            "redirect_uris",
            json!(["http://app.example.org/"]),
            "redirect_uris: http://app.example.org/ starts",
        ),
        ("redirect_uris", json!([]), "redirect_uris: is missing"),
        ("redirect_uris", json!(vec![BACK; 21]), "redirect_uris: has too many values"),
        ("client_name", json!("x".repeat(81)), "client_name: is too long"),
        ("client_name", json!("App\u{202e}evil"), "client_name: must be one line"),
        ("client_name", json!("N\u{43e}tebook"), "client_name: mixes letters of different scripts"),
        (
            "client_name",
            json!(apps.house.app.config.clinic.name),
            "client_name: is or looks like the name of",
        ),
        ("made_by", json!("N\u{43e}tebook"), "made_by: mixes letters"),
        ("client_uri", json!("ftp://x"), "client_uri: must be a whole https address"),
        ("contacts", json!(["x".repeat(201)]), "contacts: is too long"),
        ("token_endpoint_auth_method", json!("private_key_jwt"), "jwks_uri or jwks: is missing"),
        ("token_endpoint_auth_method", json!("client_secret_jwt"), "token_endpoint_auth_method can be"),
        ("jwks_uri", json!("http://app.example.org/keys"), "jwks_uri: must be an https address"),
        ("jwks_uri", json!("https://127.0.0.1/keys"), "jwks_uri: names a host that is not on the public"),
        ("jwks_uri", json!("https://192.168.0.7/keys"), "jwks_uri: names a host that is not on the public"),
        ("jwks", json!({"keys": []}), "jwks: has no key"),
        ("scope", json!("system/*.rs"), "scope: none of the scopes"),
        ("software_id", json!("x".repeat(201)), "software_id: is too long"),
    ] {
        let mut body = json!({"redirect_uris": [BACK], "token_endpoint_auth_method": "none"});
        body[field] = value;
        let got = send(&apps, &body).await;
        let said = got.word("error_description");
        assert_eq!((got.status, got.word("trace").len()), (400, 16), "{body}");
        assert!(said.contains(why), "{body}: {said}");
    }
    // What is left empty counts as left out.
    let empty = json!({"redirect_uris": [BACK], "token_endpoint_auth_method": "none", "client_name": "", "jwks_uri": "",
        "jwks": null, "logo_uri": " ", "scope": "", "software_id": "", "software_statement": ""});
    let got = send(&apps, &empty).await;
    assert_eq!((got.status, got.word("client_name")), (201, "An app without a name"), "{}", got.json);
    assert!(
        ["jwks", "jwks_uri", "logo_uri", "scope", "software_id"]
            .iter()
            .all(|name| got.json.get(name).is_none())
    );
    // Several at once are all told.
    let all = json!({"redirect_uris": ["http://app.example.org/"], "client_name": "x".repeat(81), "tos_uri": "x",
        "scope": "system/*.rs", "contacts": "x"});
    let got = send(&apps, &all).await;
    let said = got.word("error_description");
    assert_eq!(got.word("error"), "invalid_redirect_uri", "{said}");
    for field in ["redirect_uris: ", "client_name: ", "tos_uri: ", "scope: ", "contacts must be"] {
        assert_eq!(said.matches(field).count(), 1, "{said}");
    }
    apps.house.close().await;
}

async fn a_refused_registration_is_not_counted(kind: Kind) {
    let apps = Apps::with(kind, |config| config.apps.registrations_per_hour = 1).await;
    let good = json!({"redirect_uris": [BACK], "client_name": "Steps"});
    for bad in [json!({}), json!({"redirect_uris": [BACK], "client_name": "x".repeat(81)})] {
        for _ in 0..3 {
            assert_eq!(send(&apps, &bad).await.status, 400);
        }
    }
    assert_eq!(send(&apps, &good).await.status, 201);
    apps.house.close().await;

    // What bounds refused tries is the limit of calls of the address.
    let apps = Apps::with(kind, |config| config.apps.calls_per_minute = 3).await;
    let mut statuses = Vec::new();
    // A minute may end in between: of seven calls four are in the same one.
    for _ in 0..7 {
        let got = send(&apps, &json!({})).await;
        assert_eq!(got.headers.contains_key("retry-after"), got.status == 429);
        statuses.push(got.status);
    }
    assert!(statuses[0] == 400 && statuses.contains(&429), "{statuses:?}");
    apps.house.close().await;
}

async fn no_app_takes_the_name_of_one_the_clinic_stands_behind(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let admin = actor(&apps.house, &apps.house.desk("admin").await).await;
    let elena = actor(&apps.house, &apps.house.signed_in("elena").await).await;
    let own = smart::register(app, &apps.rosa, (smart::once(app), about("Steps", ClientKind::Public)))
        .await
        .unwrap()
        .client
        .id;
    // Whom nobody stands behind may share a name.
    smart::register(app, &elena, (smart::once(app), about("Steps", ClientKind::Public))).await.unwrap();
    smart::mark(app, &admin, (&own, smart::Marked::Yes)).await.unwrap();
    smart::register_for_clinic(app, &admin, (smart::once(app), about("Clinic Diary", ClientKind::Public)))
        .await
        .unwrap();
    for name in ["Steps", "STEPS!", "\u{FF33}teps", "Clinic-Diary"] {
        let refused = smart::register(app, &elena, (smart::once(app), about(name, ClientKind::Public))).await;
        let Err(Error::Invalid(problems)) = refused else { panic!("{name}: {refused:?}") };
        assert_eq!((problems.0[0].field, problems.0[0].code), ("name", "problem-app-taken"), "{name}");
        let got = send(&apps, &json!({"redirect_uris": [BACK], "client_name": name})).await;
        assert_eq!((got.status, got.word("error")), (400, "invalid_client_metadata"), "{name}");
    }
    // Its own developer changes it, and brings it for other devices too.
    smart::edit(app, &apps.rosa, (&own, about("Steps", ClientKind::Public))).await.unwrap();
    smart::register(app, &apps.rosa, (smart::once(app), about("Steps", ClientKind::Secret))).await.unwrap();
    apps.house.close().await;
}

async fn a_registration_is_managed_with_its_token(kind: Kind) {
    let apps = Apps::start(kind).await;
    let made = send(
        &apps,
        &json!({"redirect_uris": [BACK], "client_name": "Self", "token_endpoint_auth_method": "none"}),
    )
    .await;
    let (id, token) = (made.word("client_id"), made.word("registration_access_token"));
    let at = made.word("registration_client_uri").to_owned();
    let call = async |method: Method, address: &str, token: &str, body: Option<Value>| {
        let mut request =
            apps.http.request(method, address).header("authorization", format!("Bearer {token}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        got(request).await
    };
    let read = call(Method::GET, &at, token, None).await;
    assert_eq!((read.status, read.word("client_name")), (200, "Self"));
    let other = format!("{}/oauth/register/pub", apps.house.url);
    let none = format!("{}/oauth/register/none", apps.house.url);
    let log = made.word("registration_calls_uri").to_owned();
    assert_eq!(log, format!("{at}/calls"));
    let of_other = format!("{other}/calls");
    for (address, token, methods) in [
        (&at, "wrong", &[Method::GET, Method::DELETE][..]),
        (&at, "", &[Method::GET, Method::DELETE]),
        (&other, token, &[Method::GET, Method::DELETE]),
        (&none, token, &[Method::GET, Method::DELETE]),
        (&log, "wrong", &[Method::GET]),
        (&log, "", &[Method::GET]),
        (&of_other, token, &[Method::GET]),
    ] {
        for method in methods.iter().cloned() {
            let refused = call(method, address, token, None).await;
            assert_eq!((refused.status, refused.word("error")), (401, "invalid_token"));
            assert!(refused.headers.contains_key("www-authenticate"));
        }
    }
    // Who sends no token at all is told no more than that one is needed.
    for (token, challenge) in [(None, "Bearer"), (Some("wrong"), r#"Bearer error="invalid_token""#)] {
        let asked = apps.http.get(&at);
        let asked = token.into_iter().fold(asked, |asked, token| asked.bearer_auth(token));
        assert_eq!(got(asked).await.headers["www-authenticate"], challenge);
    }
    let bare = json!({"client_id": id, "redirect_uris": [BACK], "client_name": "Renamed", "token_endpoint_auth_method": "none"});
    let with = |name: &str, value: Value| {
        let mut body = bare.clone();
        body[name] = value;
        body
    };
    for (body, error) in [
        (with("client_id", json!("pub")), "invalid_request"),
        (with("registration_access_token", json!(token)), "invalid_request"),
        (with("token_endpoint_auth_method", json!("client_secret_basic")), "invalid_client_metadata"),
        (with("redirect_uris", json!(["http://x.example"])), "invalid_redirect_uri"),
        // It has none.
        (with("client_secret", json!("a secret of its own")), "invalid_client_metadata"),
    ] {
        let refused = call(Method::PUT, &at, token, Some(body)).await;
        assert_eq!((refused.status, refused.word("error")), (400, error), "{}", refused.json);
    }
    // Its log tells of each why, with what the answer carried.
    let slip = apps.post("token", &apps.redeeming(id, "none")).await;
    let told = call(Method::GET, &log, token, None).await;
    let lines = told.json["calls"].as_array().unwrap();
    assert_eq!((told.status, lines.len(), told.json.get("next")), (200, 6, None), "{}", told.json);
    for (name, value) in [
        ("endpoint", json!("token")),
        ("status", json!(400)),
        ("error", json!("invalid_grant")),
        ("reason", slip.json["error_description"].clone()),
        ("trace", slip.json["trace"].clone()),
    ] {
        assert_eq!(lines[0][name], value, "{name}");
    }
    assert!(lines[1..].iter().all(|line| line["endpoint"] == "register" && line["trace"].is_string()));
    // A page at a time.
    for _ in 0..50 {
        apps.post("token", &apps.redeeming(id, "none")).await;
    }
    let first = call(Method::GET, &log, token, None).await;
    let second = call(Method::GET, first.word("next"), token, None).await;
    let count = |page: &Got| page.json["calls"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second), second.json.get("next")), (50, 6, None));
    assert_eq!(second.json["calls"][0]["trace"], slip.json["trace"]);
    for page in ["0", "-1", "x", "99999999999"] {
        let refused = call(Method::GET, &format!("{log}?page={page}"), token, None).await;
        assert_eq!((refused.status, refused.word("error")), (400, "invalid_request"), "{page}");
    }
    let changed = call(Method::PUT, &at, token, Some(bare.clone())).await;
    assert_eq!((changed.status, changed.word("client_name")), (200, "Renamed"));

    // A secret that is sent along must be the current one (RFC 7592, 2.2).
    let secret = send(&apps, &json!({"redirect_uris": [BACK], "client_name": "Keeps"})).await;
    let (own, place) = (secret.word("registration_access_token"), secret.word("registration_client_uri"));
    for (sent, status, name) in [
        (json!("a secret of its own"), 400, "Keeps"),
        (json!(""), 200, "Blank"),
        (json!(["x"]), 400, "Blank"),
        (secret.json["client_secret"].clone(), 200, "First"),
        (json!(null), 200, "Second"),
    ] {
        let new = if status == 200 { name } else { "Other" };
        let body = json!({"client_id": secret.word("client_id"), "redirect_uris": [BACK], "client_name": new, "client_secret": sent});
        let put = call(Method::PUT, place, own, Some(body)).await;
        assert_eq!(put.status, status, "{sent}: {}", put.json);
        if status == 400 {
            assert_eq!(put.word("error"), "invalid_client_metadata", "{sent}");
        }
        assert_eq!(call(Method::GET, place, own, None).await.word("client_name"), name, "{sent}");
    }

    // Removed: its tokens are dead, and the token manages nothing.
    let code = apps.code(id, "patient/*.rs offline_access").await;
    let tokens = apps.post("token", &apps.redeeming(id, &code)).await;
    assert!(apps.opens(tokens.word("access_token")).await);
    assert_eq!(call(Method::DELETE, &at, token, None).await.status, 204);
    assert!(!apps.opens(tokens.word("access_token")).await);
    for address in [&at, &log] {
        assert_eq!(call(Method::GET, address, token, None).await.status, 401);
    }
    apps.house.close().await;
}

async fn what_is_taken_out_of_a_registration_counts_at_once(kind: Kind) {
    const OLD: &str = "https://old.example.org/back";
    let apps = Apps::start(kind).await;
    let (app, rosa) = (&apps.house.app, &apps.rosa);
    let two = "patient/Patient.rs patient/Observation.rs";
    let mut about = json!({
        "redirect_uris": [BACK, OLD],
        "client_name": "Self",
        "token_endpoint_auth_method": "none",
    });
    let made = send(&apps, &about).await;
    let (id, token) = (made.word("client_id"), made.word("registration_access_token"));
    let asked = async |to: &str, scope: &str| {
        let mut pairs = apps.asking(id, scope);
        pairs.iter_mut().find(|(name, _)| *name == "redirect_uri").unwrap().1 = to.to_owned();
        apps.begin(&pairs).await.unwrap()
    };
    let allowed = async |ask| {
        let asked = smart::asked(app, rosa, ask).await.unwrap();
        smart::approve(app, rosa, (ask, apps.all(&asked.scopes, Stay::Once))).await.unwrap()
    };
    let (open, less, none) =
        (asked(OLD, two).await, asked(BACK, two).await, asked(BACK, "patient/Observation.rs").await);
    let whole = smart::asked(app, rosa, less).await.unwrap().scopes;
    let sent = allowed(asked(OLD, two).await).await;

    about["client_id"] = json!(id);
    about["redirect_uris"] = json!([BACK]);
    about["scope"] = json!("patient/Patient.rs");
    let put = apps.http.put(made.word("registration_client_uri")).bearer_auth(token).json(&about);
    assert_eq!(got(put).await.status, 200);

    // Nothing goes to the old address any more: no code, no refusal, and no token for a code that went there.
    // Nor is anything answered of which nothing is left.
    for ask in [open, none] {
        assert!(matches!(smart::asked(app, rosa, ask).await, Err(Error::NotFound)));
        let choice = apps.all(&whole, Stay::Once);
        assert!(matches!(smart::approve(app, rosa, (ask, choice)).await, Err(Error::NotFound)));
        assert!(matches!(smart::deny(app, rosa, ask).await, Err(Error::NotFound)));
    }
    let code = parameter(&sent, "code").unwrap();
    let mut form = apps.redeeming(id, &code);
    form.iter_mut().find(|(name, _)| *name == "redirect_uri").unwrap().1 = OLD;
    let refused = apps.post("token", &form).await;
    assert_eq!((refused.status, refused.word("error")), (400, "invalid_grant"), "{}", refused.json);

    // Of the scopes those are left that it may still ask for.
    let left = smart::asked(app, rosa, less).await.unwrap().scopes;
    assert_eq!(left.to_string(), "patient/Patient.rs");
    let more = smart::approve(app, rosa, (less, apps.all(&whole, Stay::Once))).await;
    assert!(matches!(more, Err(Error::Invalid(_))), "{more:?}");
    let code = parameter(&allowed(less).await, "code").unwrap();
    let tokens = apps.post("token", &apps.redeeming(id, &code)).await;
    assert_eq!((tokens.status, tokens.word("scope")), (200, "patient/Patient.rs"), "{}", tokens.json);
    apps.house.close().await;
}
