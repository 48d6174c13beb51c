//! Apps and systems that prove themselves with a key: assertions by the specification and against it, keys by value and
//! by address.

use std::sync::{Arc, Mutex};

use actix_web::{App as Web, HttpResponse, HttpServer, web};
use api::base::Error;
use api::smart::{self, ClientId, ClientKind, KeySource, Registration, Use};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair};
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Apps, Got, about, actor, register};
use crate::bulk::system::group;
use crate::harness::{Kind, on_both_databases};

on_both_databases!(
    each_wrong_assertion_is_refused,
    a_system_reads_what_was_agreed,
    an_app_with_a_key_redeems_its_code,
    keys_are_asked_for_at_their_address,
    keys_are_tested_in_words
);

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A key pair of an app.
struct Pair {
    key: EncodingKey,
    algorithm: Algorithm,
    public: Value,
}

fn pem(der: &[u8]) -> String {
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der))
}

fn pair(algorithm: Algorithm, kid: &str) -> Pair {
    let key = match algorithm {
        Algorithm::RS384 => {
            let der: Pkcs8V1Der<'_> = KeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
            EncodingKey::from_rsa_pem(pem(der.as_ref()).as_bytes()).unwrap()
        }
        other => {
            let curve = if other == Algorithm::ES384 {
                &ECDSA_P384_SHA384_FIXED_SIGNING
            } else {
                &ECDSA_P256_SHA256_FIXED_SIGNING
            };
            let der = EcdsaKeyPair::generate(curve).unwrap().to_pkcs8v1().unwrap();
            EncodingKey::from_ec_der(der.as_ref())
        }
    };
    let mut public = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm).unwrap()).unwrap();
    public["kid"] = json!(kid);
    Pair { key, algorithm, public }
}

impl Pair {
    fn signed(&self, kid: &str, claims: &impl Serialize) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(kid.to_owned());
        jsonwebtoken::encode(&header, claims, &self.key).unwrap()
    }
}

/// Claims with one that stands there twice.
#[derive(Serialize)]
struct Twice<'a> {
    #[serde(flatten)]
    claims: &'a Value,
    aud: &'a Value,
}

/// A system that was registered by the operator.
fn system(keys: KeySource) -> Registration {
    Registration {
        used_by: Use::System,
        redirect_uris: vec![],
        launch_uri: None,
        scope: Some("system/Patient.rs system/Observation.rs".into()),
        keys: Some(keys),
        groups: vec!["all".into()],
        ..about("The system", ClientKind::Keys)
    }
}

fn claims(apps: &Apps, client: &str) -> Value {
    let now = apps.house.app.clock.now().micros() / 1_000_000;
    json!({
        "iss": client,
        "sub": client,
        "aud": format!("{}/oauth/token", apps.house.url),
        "exp": now + 240,
        "jti": hex::encode(api::base::bytes::<16>()),
    })
}

async fn asks(apps: &Apps, (assertion, scope): (&str, &str)) -> Got {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
        ("scope", scope),
    ];
    apps.post("token", &form).await
}

async fn each_wrong_assertion_is_refused(kind: Kind) {
    let apps = Apps::start(kind).await;
    let (rsa, ec) = (pair(Algorithm::RS384, "r"), pair(Algorithm::ES384, "e"));
    let (other, short) = (pair(Algorithm::ES384, "e"), pair(Algorithm::ES256, "s"));
    let keys = json!({"keys": [rsa.public, ec.public, short.public]});
    register(&apps.house, "sys", system(KeySource::Value(keys))).await;
    let now = apps.house.app.clock.now().micros() / 1_000_000;
    let with = |name: &str, value: Value| {
        let mut claims = claims(&apps, "sys");
        match value {
            Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
            value => claims[name] = value,
        }
        claims
    };
    // Each key of the two kinds works, also with the issuer as the audience.
    for (pair, kid) in [(&rsa, "r"), (&ec, "e")] {
        for aud in [json!(format!("{}/oauth/token", apps.house.url)), json!([apps.house.url.as_str(), "x"])] {
            let got = asks(&apps, (&pair.signed(kid, &with("aud", aud)), "system/Patient.rs")).await;
            assert_eq!((got.status, got.word("scope")), (200, "system/Patient.rs"), "{}", got.json);
        }
    }
    let mut wrong: Vec<(String, String)> = [
        ("iss", Value::Null),
        ("iss", json!("pub")),
        ("sub", Value::Null),
        ("sub", json!("another")),
        ("aud", Value::Null),
        ("aud", json!("https://elsewhere.example.org/token")),
        ("aud", json!([])),
        ("aud", json!(format!("{}/oauth/token/", apps.house.url))),
        ("exp", Value::Null),
        ("exp", json!(now - 1)),
        ("exp", json!(now + 3600)),
        ("exp", json!("soon")),
        ("exp", json!(1e300)),
        ("exp", json!(-5)),
        ("nbf", json!(now + 600)),
        ("iat", json!(now + 600)),
        ("jti", Value::Null),
        ("jti", json!("")),
        ("jti", json!("x".repeat(256))),
        ("jti", json!(7)),
    ]
    .into_iter()
    .map(|(name, value)| {
        (format!("{name} {value}").chars().take(60).collect(), ec.signed("e", &with(name, value)))
    })
    .collect();
    let good = || claims(&apps, "sys");
    let forged = |header: Value, claims: &Value, signature: &str| {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{signature}", part(&header), part(claims))
    };
    let signed = ec.signed("e", &good());
    let (front, signature) = signed.rsplit_once('.').unwrap();
    let hs = EncodingKey::from_secret(ec.public.to_string().as_bytes());
    let mut shared = Header::new(Algorithm::HS384);
    shared.kid = Some("e".into());
    wrong.extend([
        ("alg none".into(), forged(json!({"alg": "none", "kid": "e"}), &good(), "")),
        ("alg none with a signature".into(), forged(json!({"alg": "none", "kid": "e"}), &good(), signature)),
        ("alg None".into(), forged(json!({"alg": "None", "kid": "e"}), &good(), "")),
        ("no alg".into(), forged(json!({"kid": "e"}), &good(), signature)),
        ("the public key as a shared secret".into(), jsonwebtoken::encode(&shared, &good(), &hs).unwrap()),
        ("ES256".into(), short.signed("s", &good())),
        ("another's key".into(), other.signed("e", &good())),
        ("an unknown kid".into(), ec.signed("unknown", &good())),
        ("a kid of another kind".into(), ec.signed("r", &good())),
        ("no kid".into(), jsonwebtoken::encode(&Header::new(Algorithm::ES384), &good(), &ec.key).unwrap()),
        ("no signature".into(), format!("{front}.")),
        ("a signature cut short".into(), format!("{front}.{}", &signature[..signature.len() - 8])),
        ("changed claims".into(), forged(json!({"alg": "ES384", "kid": "e"}), &good(), signature)),
        ("crit".into(), forged(json!({"alg": "ES384", "kid": "e", "crit": ["exp"]}), &good(), signature)),
        ("typ".into(), forged(json!({"alg": "ES384", "kid": "e", "typ": "at+jwt"}), &good(), signature)),
        ("four parts".into(), format!("{signed}.x")),
        ("two parts".into(), front.to_owned()),
        ("a header that is no JSON".into(), format!("e30x.{}", front.split_once('.').unwrap().1)),
    ]);
    for (what, assertion) in &wrong {
        let got = asks(&apps, (assertion, "system/Patient.rs")).await;
        assert!(
            (got.status, got.word("error")) == (401, "invalid_client"),
            "{what}: {} {}",
            got.status,
            got.json
        );
    }
    let huge = asks(&apps, (&ec.signed("e", &with("x", json!("x".repeat(7000)))), "system/Patient.rs")).await;
    assert_eq!((huge.status, huge.word("error")), (400, "invalid_request"), "longer than any assertion");
    // Once only.
    let once = ec.signed("e", &good());
    assert_eq!(asks(&apps, (&once, "system/Patient.rs")).await.status, 200);
    let twice = asks(&apps, (&once, "system/Patient.rs")).await;
    assert_eq!((twice.status, twice.word("error")), (401, "invalid_client"));
    assert!(twice.word("error_description").contains("used before"));
    // A claim that stands there twice is told of, and is no fault of the signature.
    let doubled = good();
    let doubled = ec.signed("e", &Twice { claims: &doubled, aud: &doubled["aud"] });
    let got = asks(&apps, (&doubled, "system/Patient.rs")).await;
    assert_eq!((got.status, got.word("error")), (401, "invalid_client"));
    assert!(got.word("error_description").contains("a claim comes twice"), "{}", got.json);
    // An assertion and a client_id that differ.
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", TYPE),
        ("client_assertion", &ec.signed("e", &good())),
        ("client_id", "pub"),
        ("scope", "system/Patient.rs"),
    ];
    assert_eq!(apps.post("token", &form).await.status, 401);
    apps.house.close().await;
}

async fn a_system_reads_what_was_agreed(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let key = pair(Algorithm::ES384, "e");
    let keys = KeySource::Value(json!({"keys": [key.public]}));
    let admin = actor(&apps.house, &apps.house.desk("admin").await).await;
    let clerk = actor(&apps.house, &apps.house.desk("clerk").await).await;
    let officer = actor(&apps.house, &apps.house.desk("privacy").await).await;
    let refused = smart::register_for_clinic(app, &clerk, (smart::once(app), system(keys.clone()))).await;
    assert!(matches!(refused, Err(Error::Refused(no)) if no.0 == "refused-not-your-role"));
    // The group that it exports must be there.
    let refused = smart::register_for_clinic(app, &admin, (smart::once(app), system(keys.clone()))).await;
    let Err(Error::Invalid(problems)) = refused else { panic!("{refused:?}") };
    assert_eq!((problems.0[0].field, problems.0[0].code), ("groups", "problem-app-groups"));
    group(&apps.house, "all", &[]).await;
    let made =
        smart::register_for_clinic(app, &admin, (smart::once(app), system(keys))).await.unwrap().client;
    let assertion = || key.signed("e", &claims(&apps, &made.id.0));
    let waits = asks(&apps, (&assertion(), "system/*.rs")).await;
    assert_eq!((waits.status, waits.word("error")), (401, "invalid_client"), "it waits for a second person");
    assert!(matches!(smart::agree(app, &admin, &made.id).await, Err(Error::Refused(_))));
    assert!(matches!(smart::agree(app, &clerk, &made.id).await, Err(Error::Refused(_))));
    smart::agree(app, &officer, &made.id).await.unwrap();
    for (scope, status, granted) in [
        ("system/Patient.rs", 200, "system/Patient.rs"),
        ("system/Patient.r system/Goal.rs", 200, "system/Patient.r"),
        ("system/Observation.rs system/Patient.read", 200, "system/Observation.rs system/Patient.read"),
        ("system/*.rs", 200, "system/Patient.rs system/Observation.rs"),
        ("system/Goal.rs", 400, "invalid_scope"),
        ("patient/Patient.rs", 400, "invalid_scope"),
        ("system/Patient.cud", 400, "invalid_scope"),
        ("openid", 400, "invalid_scope"),
        ("", 400, "invalid_scope"),
    ] {
        let got = asks(&apps, (&assertion(), scope)).await;
        let said = if status == 200 { got.word("scope") } else { got.word("error") };
        assert_eq!((got.status, said), (status, granted), "{scope}: {}", got.json);
    }
    let got = asks(&apps, (&assertion(), "system/Patient.rs")).await;
    assert_eq!((got.word("token_type"), &got.json["expires_in"]), ("bearer", &json!(300)));
    assert!(got.json.get("refresh_token").is_none());
    let token = got.word("access_token");
    assert!(!apps.opens(token).await, "it is no token of a person's app");
    let access = smart::system_access(app, token).await.unwrap();
    assert_eq!((access.client.clone(), access.groups.clone()), (made.id.clone(), vec!["all".to_owned()]));
    let person = apps.tokens("patient/*.rs offline_access").await;
    assert!(smart::system_access(app, person.word("access_token")).await.is_err(), "nor the other way round");

    // A system of the clinic may ask about any token; codes are not for systems.
    let form = [
        ("client_assertion_type", TYPE),
        ("client_assertion", &assertion()),
        ("token", person.word("access_token")),
    ];
    let told = apps.post("introspect", &form).await;
    assert_eq!((&told.json["active"], told.word("client_id")), (&json!(true), "pub"));
    // … however it proves itself.
    let bearer = format!("Bearer {token}");
    let form = [("token", person.word("access_token"))];
    let by_token = apps.post_as("introspect", (&form, Some(&bearer))).await;
    assert_eq!((by_token.status, by_token.json), (200, told.json));
    // What belongs to an app that was stopped is not in force.
    let stopped = ClientId("pub".into());
    for active in [true, false] {
        if !active {
            smart::suspend(app, &admin, (&stopped, "It asks for more than it says.")).await.unwrap();
        }
        for name in ["access_token", "refresh_token"] {
            let told = apps.post_as("introspect", (&[("token", person.word(name))], Some(&bearer))).await;
            assert_eq!(told.json["active"], json!(active), "{name}");
        }
    }
    let form = [
        ("client_assertion_type", TYPE),
        ("client_assertion", &assertion()),
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
    ];
    let got = apps.post("token", &form).await;
    assert_eq!((got.status, got.word("error")), (400, "unauthorized_client"));
    // What was agreed by two is not widened by one; suspended, its token is dead.
    let wider = Registration { scope: Some("system/*.rs".into()), ..made.about.clone() };
    assert!(matches!(smart::edit(app, &admin, (&made.id, wider)).await, Err(Error::Invalid(_))));
    smart::suspend(app, &admin, (&made.id, "Its contract is over.")).await.unwrap();
    assert!(smart::system_access(app, token).await.is_err());
    let (all, _) = smart::all_clients(app, &officer, 1).await.unwrap();
    assert!(all.iter().any(|kept| kept.client.id == made.id));
    apps.house.close().await;
}

/// An app that a person uses proves itself with a key as a system does.
async fn an_app_with_a_key_redeems_its_code(kind: Kind) {
    let apps = Apps::start(kind).await;
    for (id, algorithm) in [("rsa", Algorithm::RS384), ("ec", Algorithm::ES384)] {
        let own = pair(algorithm, "k");
        let keys = Some(KeySource::Value(json!({"keys": [own.public]})));
        register(&apps.house, id, Registration { keys, ..about(&format!("Keyed {id}"), ClientKind::Keys) })
            .await;
        let code = apps.code(id, "patient/Patient.rs").await;
        let bare = apps.post("token", &apps.redeeming(id, &code)).await;
        assert_eq!((bare.status, bare.word("error")), (401, "invalid_client"), "{id}");
        let assertion = own.signed("k", &claims(&apps, id));
        let mut form = apps.redeeming(id, &code);
        form.extend([("client_assertion_type", TYPE), ("client_assertion", assertion.as_str())]);
        let got = apps.post("token", &form).await;
        assert_eq!((got.status, got.word("scope")), (200, "patient/Patient.rs"), "{id}: {}", got.json);
        assert!(apps.opens(got.word("access_token")).await);
    }
    apps.house.close().await;
}

/// A page with keys that counts how often it is read.
async fn published(keys: Arc<Mutex<(String, u32)>>) -> (String, actix_web::dev::ServerHandle) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let server = HttpServer::new(move || {
        let keys = keys.clone();
        let page = move || {
            let mut keys = keys.lock().unwrap();
            keys.1 += 1;
            let body = keys.0.clone();
            async move { HttpResponse::Ok().content_type("application/json").body(body) }
        };
        Web::new().route("/keys", web::get().to(page)).route(
            "/elsewhere",
            web::get().to(|| async { HttpResponse::Found().insert_header(("Location", "/keys")).finish() }),
        )
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    tokio::spawn(server);
    (url, handle)
}

/// A system whose keys lie elsewhere than when it was registered, as a name may stand for another machine later.
async fn lying(apps: &Apps, (id, address): (&str, &str)) {
    const PUBLIC: &str = "https://keys.example.org/keys";
    register(&apps.house, id, system(KeySource::Url(PUBLIC.into()))).await;
    let sql =
        format!("UPDATE app_client SET about = replace(about, '{PUBLIC}', '{address}') WHERE id = '{id}'");
    apps.house.raw.run(&sql).await.unwrap();
}

async fn keys_are_asked_for_at_their_address(kind: Kind) {
    let apps = Apps::with(kind, |config| config.apps.loopback_keys = true).await;
    let (first, second) = (pair(Algorithm::ES384, "one"), pair(Algorithm::RS384, "two"));
    let keys = Arc::new(Mutex::new((json!({"keys": [first.public]}).to_string(), 0)));
    let (url, handle) = published(keys.clone()).await;
    register(&apps.house, "sys", system(KeySource::Url(url.clone()))).await;
    let good = |pair: &Pair, kid: &str| pair.signed(kid, &claims(&apps, "sys"));
    for _ in 0..3 {
        assert_eq!(asks(&apps, (&good(&first, "one"), "system/Patient.rs")).await.status, 200);
    }
    assert_eq!(keys.lock().unwrap().1, 1, "keys are remembered");
    // A new key is found although keys are remembered; unknown ones do not make us ask without end.
    keys.lock().unwrap().0 = json!({"keys": [first.public, second.public]}).to_string();
    assert_eq!(asks(&apps, (&good(&second, "two"), "system/Patient.rs")).await.status, 200);
    for _ in 0..20 {
        assert_eq!(asks(&apps, (&good(&second, "three"), "system/Patient.rs")).await.status, 401);
    }
    assert_eq!(keys.lock().unwrap().1, 6, "so often in a minute");
    assert_eq!(asks(&apps, (&good(&first, "one"), "system/Patient.rs")).await.status, 200);

    // What such a page may answer with, and where it may not lie.
    for (id, body) in [
        ("a", "not json".to_owned()),
        ("b", "{}".into()),
        ("c", json!({"keys": []}).to_string()),
        ("d", format!("{}{}", " ".repeat(70_000), json!({"keys": [first.public]}))),
        ("e", json!({"keys": [{"kty": "RSA", "kid": "one", "n": "AQ", "e": "AQAB", "d": "AQ"}]}).to_string()),
    ] {
        let page = Arc::new(Mutex::new((body, 0)));
        let (other, handle) = published(page.clone()).await;
        register(&apps.house, id, system(KeySource::Url(other))).await;
        for _ in 0..10 {
            let got = asks(&apps, (&first.signed("one", &claims(&apps, id)), "system/Patient.rs")).await;
            assert_eq!((got.status, got.word("error")), (401, "invalid_client"), "{id}");
            assert!(got.word("error_description").contains("jwks_uri"), "{}", got.json);
        }
        assert_eq!(page.lock().unwrap().1, 6, "{id}: what fails is not asked without end");
        handle.stop(false).await;
    }
    let redirected = url.replace("/keys", "/elsewhere");
    for (id, address) in
        [("f", redirected.as_str()), ("g", "https://10.1.2.3/keys"), ("h", "https://169.254.169.254/keys")]
    {
        lying(&apps, (id, address)).await;
        let got = asks(&apps, (&first.signed("one", &claims(&apps, id)), "system/Patient.rs")).await;
        assert_eq!(got.status, 401, "{id}");
        let said = got.word("error_description");
        assert!(
            said.contains("redirects are not followed") || said.contains("not on the public internet"),
            "{said}"
        );
    }
    handle.stop(false).await;
    apps.house.close().await;

    // Without the setting for trying things out, this machine itself is not asked either.
    let apps = Apps::start(kind).await;
    let here = url.replace("http:", "https:");
    for private in [here.as_str(), "https://localhost/keys", "https://10.1.2.3/keys"] {
        let keys = Some(KeySource::Url(private.into()));
        let about = Registration { keys, ..about("My app", ClientKind::Keys) };
        let refused =
            smart::register(&apps.house.app, &apps.rosa, (smart::once(&apps.house.app), about)).await;
        let Err(Error::Invalid(problems)) = refused else { panic!("{private}: {refused:?}") };
        assert_eq!((problems.0[0].field, problems.0[0].code), ("jwks_uri", "problem-app-keys-private"));
    }
    lying(&apps, ("sys", &here)).await;
    let got = asks(&apps, (&first.signed("one", &claims(&apps, "sys")), "system/Patient.rs")).await;
    assert!(got.word("error_description").contains("not on the public internet"), "{}", got.json);
    apps.house.close().await;
}

async fn keys_are_tested_in_words(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let (good, other) = (pair(Algorithm::ES384, "e"), pair(Algorithm::ES384, "e"));
    let keys = KeySource::Value(json!({"keys": [good.public]}));
    let mine = Registration { keys: Some(keys), ..about("My app", ClientKind::Keys) };
    let id = smart::register(app, &apps.rosa, (smart::once(app), mine)).await.unwrap().client.id;
    let assertion = |pair: &Pair| pair.signed("e", &claims(&apps, &id.0));
    let right = assertion(&good);
    for (assertion, is_good) in [
        (None, true),
        (Some(right.as_str()), true),
        (Some(assertion(&other).as_str()), false),
        (Some(good.signed("x", &claims(&apps, &id.0)).as_str()), false),
        (Some(good.signed("e", &claims(&apps, "pub")).as_str()), false),
        (Some("nonsense"), false),
    ] {
        let test = smart::test_keys(app, &apps.rosa, (&id, assertion)).await.unwrap();
        assert_eq!(test.is_good(), is_good, "{assertion:?} {test:?}");
        assert!(test.steps.len() >= 2);
    }
    // The test used nothing up.
    let code = {
        let ask = apps.begin(&apps.asking(&id.0, "patient/*.rs")).await.unwrap();
        let asked = smart::asked(app, &apps.rosa, ask).await.unwrap();
        let choice = apps.all(&asked.scopes, asked.stay);
        let back = smart::approve(app, &apps.rosa, (ask, choice)).await.unwrap();
        super::parameter(&back, "code").unwrap()
    };
    let mut form = apps.redeeming(&id.0, &code);
    form.extend([("client_assertion_type", TYPE), ("client_assertion", right.as_str())]);
    let got = apps.post("token", &form).await;
    assert_eq!(got.status, 200, "an app with keys: {}", got.json);
    let elena = actor(&apps.house, &apps.house.signed_in("elena").await).await;
    assert!(matches!(smart::test_keys(app, &elena, (&id, None)).await, Err(Error::NotFound)));
    assert!(matches!(
        smart::test_keys(app, &apps.rosa, (&ClientId("pub".into()), None)).await,
        Err(Error::NotFound)
    ));
    apps.house.close().await;
}
