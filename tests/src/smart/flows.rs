//! What is right, from end to end: codes, tokens, ID tokens, refreshes, launches, and what people do about their grants.

use api::base::Error;
use api::fhir::present::Category;
use api::fhir::sensitivity::Label;
use api::representation::Lens;
use api::smart::{self, ClientId, Earlier, GrantEnd, Scopes, Standing, Stay, Ticked};
use api::visibility;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::{Apps, BACK, actor, parameter};
use crate::acting;
use crate::harness::{Kind, on_both_databases};

on_both_databases!(
    a_public_app_from_end_to_end,
    an_app_with_a_secret,
    a_code_works_once,
    a_refresh_token_works_once,
    how_long_an_app_goes_on,
    what_people_do_counts_at_once,
    an_app_never_sees_more_than_its_giver,
    the_portal_launches_an_app,
    who_only_helps_connects_nothing,
    who_signed_in_is_read_by_name,
    a_refresh_token_names_its_app,
    a_parent_connects_an_app
);

const ALL: &str = "openid fhirUser launch/patient patient/*.rs offline_access";

/// The claims of an ID token, verified with the published keys.
async fn claims(apps: &Apps, token: &str) -> Value {
    let keys: JwkSet =
        apps.http.get(format!("{}/oauth/jwks", apps.house.url)).send().await.unwrap().json().await.unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.alg, Algorithm::RS256);
    let key = keys.find(header.kid.as_deref().unwrap()).expect("the key is published");
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_audience(&["pub"]);
    rules.set_issuer(&[&apps.house.url]);
    jsonwebtoken::decode(token, &DecodingKey::from_jwk(key).unwrap(), &rules).unwrap().claims
}

async fn a_public_app_from_end_to_end(kind: Kind) {
    let apps = Apps::start(kind).await;
    let mut pairs = apps.asking("pub", ALL);
    pairs.push(("nonce", "n-1".into()));
    let ask = apps.begin(&pairs).await.unwrap();
    let asked = smart::asked(&apps.house.app, &apps.rosa, ask).await.unwrap();
    let choice = apps.all(&asked.scopes, Stay::Offline);
    let back = smart::approve(&apps.house.app, &apps.rosa, (ask, choice.clone())).await.unwrap();
    assert!(back.starts_with(&format!("{BACK}?code=")), "{back}");
    assert_eq!(parameter(&back, "state").as_deref(), Some("a-state"));
    assert_eq!(parameter(&back, "iss").as_deref(), Some(apps.house.url.as_str()));
    let again = smart::approve(&apps.house.app, &apps.rosa, (ask, choice)).await;
    assert!(matches!(again, Err(Error::Conflict("conflict-ask-used"))));

    let code = parameter(&back, "code").unwrap();
    let got = apps.post("token", &apps.redeeming("pub", &code)).await;
    assert_eq!(got.status, 200, "{}", got.json);
    for (name, value) in [
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("content-type", "application/json"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(got.headers[name], value);
    }
    let id = apps.house.person("rosa").patient_id.clone();
    assert_eq!(
        (got.word("token_type"), got.word("scope"), got.word("patient")),
        ("Bearer", ALL, id.as_str())
    );
    assert_eq!(got.json["expires_in"], 3600);
    assert_eq!(got.json["need_patient_banner"], true);
    let style = apps.http.get(got.word("smart_style_url")).send().await.unwrap();
    assert!(style.json::<Value>().await.unwrap()["color_text"].is_string());

    let said = claims(&apps, got.word("id_token")).await;
    assert_eq!((&said["nonce"], &said["aud"]), (&json!("n-1"), &json!("pub")));
    assert_eq!(said["fhirUser"], json!(format!("{}/fhir/Patient/{id}", apps.house.url)));
    assert!(said["sub"].as_str().is_some_and(|sub| sub.len() < 256) && said["auth_time"].is_i64());

    // Who it is can be asked for as well (OpenID Connect Core 1.0, 5.3), with this token and no other.
    let address = format!("{}/oauth/userinfo", apps.house.url);
    let told = apps.http.post(&address).bearer_auth(got.word("access_token")).send().await.unwrap();
    assert_eq!(
        (told.status(), &told.headers()["cache-control"]),
        (200.try_into().unwrap(), &"no-store".parse().unwrap())
    );
    let told: Value = told.json().await.unwrap();
    let same = ["sub", "fhirUser", "profile"].map(|name| (&told[name], &said[name]));
    assert!(same.iter().all(|(told, said)| told.is_string() && told == said), "{told} {said}");
    for (header, challenge) in [
        (None, "Bearer"),
        (Some(got.word("refresh_token")), r#"Bearer error="invalid_token""#),
        (Some("nonsense"), r#"Bearer error="invalid_token""#),
    ] {
        let asked = apps.http.get(&address);
        let refused =
            header.iter().fold(asked, |asked, token| asked.bearer_auth(token)).send().await.unwrap();
        assert_eq!(
            (refused.status().as_u16(), refused.headers()["www-authenticate"].to_str().unwrap()),
            (401, challenge)
        );
    }

    let access = smart::access(&apps.house.app, got.word("access_token")).await.unwrap();
    assert_eq!(
        (access.patient, access.patient_id.as_str(), access.actor.account),
        (apps.patient, id.as_str(), apps.rosa.account)
    );
    assert_eq!(access.scopes.to_string(), ALL);
    assert!(smart::access(&apps.house.app, got.word("refresh_token")).await.is_err(), "no access token");
    let kept = apps.house.raw.texts("SELECT about FROM app_client").await.concat();
    assert!(!kept.contains(&apps.secret), "secrets are kept as hashes");

    // A refresh, also with fewer scopes; the refresh token keeps its own.
    let second = apps.refresh(got.word("refresh_token")).await;
    assert_eq!((second.status, second.word("scope"), second.word("patient")), (200, ALL, id.as_str()));
    assert_eq!(
        (&second.headers["cache-control"], &second.headers["pragma"]),
        (&"no-store".parse().unwrap(), &"no-cache".parse().unwrap())
    );
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", second.word("refresh_token")),
        ("client_id", "pub"),
        ("scope", "patient/Goal.rs"),
    ];
    let third = apps.post("token", &form).await;
    assert_eq!((third.status, third.word("scope")), (200, "patient/Goal.rs"));
    let fourth = apps.refresh(third.word("refresh_token")).await;
    assert_eq!(fourth.word("scope"), ALL);

    // The person is told when it is connected and when it first reads, and only then: what was refused is no reading.
    for (path, status, expected) in [
        ("Condition?patient=somebody", 403, ["given"].as_slice()),
        ("Condition/nothing", 404, &["given"]),
        ("Condition?onset-date=never", 400, &["given"]),
        (&format!("Patient/{id}"), 200, &["given", "first-read"]),
        (&format!("Patient/{id}"), 200, &["given", "first-read"]),
    ] {
        let request = apps.http.get(format!("{}/fhir/{path}", apps.house.url));
        let request = request.bearer_auth(fourth.word("access_token"));
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
        let (grant, events) = grant(&apps).await;
        let happened: Vec<&str> = events.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(happened, expected, "{path}");
        assert_eq!(grant.read.is_some(), expected.len() == 2, "{path}");
        assert!(grant.standing == Standing::Active);
    }
    apps.house.close().await;
}

/// Rosa's newest grant, with what became of it.
async fn grant(apps: &Apps) -> (smart::Grant, Vec<smart::GrantEvent>) {
    let all = smart::grants(&apps.house.app, &apps.rosa, apps.patient).await.unwrap();
    smart::grant(&apps.house.app, &apps.rosa, all[0].id).await.unwrap()
}

async fn an_app_with_a_secret(kind: Kind) {
    let apps = Apps::start(kind).await;
    let code = apps.code("sec", "patient/*.read launch/patient").await;
    let form = apps.redeeming("sec", &code);
    let header = apps.basic();
    let got = apps.post_as("token", (&form, Some(&header))).await;
    assert_eq!(
        (got.status, got.word("scope")),
        (200, "patient/*.read launch/patient"),
        "version 1 is answered in version 1"
    );
    assert!(got.json.get("refresh_token").is_none() && got.json.get("id_token").is_none());
    let token = got.word("access_token");

    // It may ask about its own token (RFC 7662), by its secret or by the token itself.
    for header in [header.clone(), format!("Bearer {token}")] {
        let told = apps.post_as("introspect", (&[("token", token)], Some(&header))).await;
        assert_eq!((told.status, &told.json["active"]), (200, &json!(true)));
        assert_eq!((told.word("client_id"), told.word("scope")), ("sec", got.word("scope")));
        assert_eq!(told.word("patient"), got.word("patient"));
        assert!(
            told.json["exp"].is_i64() && told.word("iss") == apps.house.url && told.json["sub"].is_string()
        );
    }
    // About others' and about none it learns nothing.
    let other = apps.tokens("patient/*.rs").await;
    for foreign in [other.word("access_token"), "unknown"] {
        let told = apps.post_as("introspect", (&[("token", foreign)], Some(&header))).await;
        assert_eq!((told.status, told.json), (200, json!({"active": false})));
    }
    // Nor who the user is, as it was not given the scope openid.
    let address = format!("{}/oauth/userinfo", apps.house.url);
    assert_eq!(apps.http.get(address).bearer_auth(token).send().await.unwrap().status(), 403);
    // It gives it up (RFC 7009), also twice; another's it cannot.
    for _ in 0..2 {
        assert_eq!(apps.post_as("revoke", (&[("token", token)], Some(&header))).await.status, 200);
        assert!(!apps.opens(token).await);
    }
    let foreign = apps.post_as("revoke", (&[("token", other.word("access_token"))], Some(&header))).await;
    assert_eq!((foreign.status, foreign.word("error")), (400, "invalid_grant"));
    assert!(apps.opens(other.word("access_token")).await);
    assert_eq!(apps.post_as("revoke", (&[("token", "none")], Some(&header))).await.status, 200);
    let told = apps.post_as("introspect", (&[("token", token)], Some(&header))).await;
    assert_eq!(told.json, json!({"active": false}));
    apps.house.close().await;
}

async fn a_code_works_once(kind: Kind) {
    let apps = Apps::start(kind).await;
    let code = apps.code("pub", ALL).await;
    let form = apps.redeeming("pub", &code);
    let first = apps.post("token", &form).await;
    assert!(apps.opens(first.word("access_token")).await);
    let second = apps.post("token", &form).await;
    assert_eq!((second.status, second.word("error")), (400, "invalid_grant"));
    assert!(!apps.opens(first.word("access_token")).await, "what came from it has ended");
    assert_eq!(apps.refresh(first.word("refresh_token")).await.status, 400);
    let (grant, _) = grant(&apps).await;
    assert!(matches!(grant.standing, Standing::Ended { why: GrantEnd::Misused, .. }));

    // Two at once: one of them gets tokens at most, and at most one line of tokens lives.
    let code = apps.code("pub", ALL).await;
    let form = apps.redeeming("pub", &code);
    let both = futures::future::join(apps.post("token", &form), apps.post("token", &form)).await;
    let served = [both.0.status, both.1.status].iter().filter(|status| **status == 200).count();
    assert_eq!(served, 1, "{} {}", both.0.json, both.1.json);

    // A code that is a minute old.
    let code = apps.code("pub", ALL).await;
    apps.house.raw.run("UPDATE app_code SET expires_at = 1").await.unwrap();
    let late = apps.post("token", &apps.redeeming("pub", &code)).await;
    assert_eq!((late.status, late.word("error")), (400, "invalid_grant"));
    apps.house.close().await;
}

async fn a_refresh_token_works_once(kind: Kind) {
    let apps = Apps::start(kind).await;
    let first = apps.tokens(ALL).await;
    let refresh = first.word("refresh_token");
    // The answer got lost: at once it can be asked again, and the same refresh token follows. At once are ten seconds,
    // which begin here, however slow the machine is.
    let lost = apps.refresh(refresh).await;
    let now = apps.house.app.clock.now().micros();
    let used = format!("UPDATE app_token SET used_at = {now} WHERE used_at IS NOT NULL");
    apps.house.raw.run(&used).await.unwrap();
    let second = apps.refresh(refresh).await;
    assert_eq!((lost.status, second.status), (200, 200));
    assert_eq!(lost.word("refresh_token"), second.word("refresh_token"));
    assert_ne!(second.word("refresh_token"), refresh);
    assert!(apps.opens(lost.word("access_token")).await && apps.opens(second.word("access_token")).await);
    let third = apps.refresh(second.word("refresh_token")).await;
    assert_eq!(third.status, 200);
    // Once what came of it was used, it is somebody else's: everything ends.
    let stolen = apps.refresh(refresh).await;
    assert_eq!((stolen.status, stolen.word("error")), (400, "invalid_grant"));
    for answer in [&lost, &second, &third] {
        assert!(!apps.opens(answer.word("access_token")).await);
    }
    assert_eq!(apps.refresh(third.word("refresh_token")).await.status, 400);

    // Somebody else has it at once and gets what the app got: when both go on they are two, and both end.
    let late = "UPDATE app_token SET used_at = used_at - 11000000 WHERE used_at IS NOT NULL";
    let first = apps.tokens(ALL).await;
    let own = apps.refresh(first.word("refresh_token")).await;
    let other = apps.refresh(first.word("refresh_token")).await;
    let other = apps.refresh(other.word("refresh_token")).await;
    assert_eq!(other.status, 200);
    apps.house.raw.run(late).await.unwrap();
    let own = apps.refresh(own.word("refresh_token")).await;
    assert_eq!((own.status, own.word("error")), (400, "invalid_grant"));
    assert!(!apps.opens(other.word("access_token")).await);
    assert_eq!(apps.refresh(other.word("refresh_token")).await.status, 400);

    // After ten seconds there is no second time.
    let first = apps.tokens(ALL).await;
    let second = apps.refresh(first.word("refresh_token")).await;
    apps.house.raw.run(late).await.unwrap();
    assert_eq!(apps.refresh(first.word("refresh_token")).await.status, 400);
    assert!(!apps.opens(second.word("access_token")).await);

    // Several at once, as from two windows of an app: each goes on, in one line of tokens.
    for _ in 0..6 {
        let first = apps.tokens(ALL).await;
        let refresh = || apps.refresh(first.word("refresh_token"));
        let (one, two, three, four) = tokio::join!(refresh(), refresh(), refresh(), refresh());
        for answer in [&one, &two, &three, &four] {
            assert_eq!((answer.status, answer.word("refresh_token")), (200, one.word("refresh_token")));
            assert!(apps.opens(answer.word("access_token")).await);
        }
        let next = apps.refresh(one.word("refresh_token")).await;
        assert!(next.status == 200 && apps.opens(next.word("access_token")).await);
    }
    apps.house.close().await;
}

async fn how_long_an_app_goes_on(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    // Not at all without a scope for it; and not where the person does not want it.
    let ask = apps.begin(&apps.asking("pub", ALL)).await.unwrap();
    let asked = smart::asked(app, &apps.rosa, ask).await.unwrap();
    let choice = apps.all(&asked.scopes, Stay::Once);
    let back = smart::approve(app, &apps.rosa, (ask, choice)).await.unwrap();
    let once = apps.post("token", &apps.redeeming("pub", &parameter(&back, "code").unwrap())).await;
    assert_eq!(once.word("scope"), "openid fhirUser launch/patient patient/*.rs");
    assert!(once.json.get("refresh_token").is_none());

    // While the person is signed in.
    let online = apps.tokens("patient/*.rs online_access").await;
    let next = apps.refresh(online.word("refresh_token")).await;
    assert_eq!(next.status, 200);
    assert!(apps.opens(next.word("access_token")).await);
    let code = apps.code("sec", "patient/*.rs online_access").await;
    let told = apps.post_as("token", (&apps.redeeming("sec", &code), Some(&apps.basic()))).await;
    let both = [told.word("access_token"), told.word("refresh_token")];
    for token in both {
        assert!(apps.is_active(token).await, "{}", told.json);
    }
    let offline = apps.tokens(ALL).await;
    apps.house.raw.run("UPDATE session SET ended_at = 1").await.unwrap();
    for token in both {
        assert!(!apps.is_active(token).await, "who asks is told what who uses it finds");
    }
    assert!(!apps.opens(next.word("access_token")).await, "the person signed out");
    let over = apps.refresh(next.word("refresh_token")).await;
    assert_eq!((over.status, over.word("error")), (400, "invalid_grant"));
    assert!(apps.opens(offline.word("access_token")).await, "offline access goes on");

    // Until the day that the person chose; an access token is good for an hour at most.
    let (grant, _) = grant(&apps).await;
    assert_eq!(grant.until, grant.until.min(apps.later(90)));
    assert!(grant.until > apps.later(89), "at least three months can be chosen");
    apps.house.raw.run("UPDATE app_token SET expires_at = 1 WHERE kind = 'access'").await.unwrap();
    assert!(!apps.opens(offline.word("access_token")).await);
    let again = apps.refresh(offline.word("refresh_token")).await;
    assert!(apps.opens(again.word("access_token")).await);
    apps.house.raw.run("UPDATE app_grant SET until = 1").await.unwrap();
    assert!(!apps.opens(again.word("access_token")).await);
    assert_eq!(apps.refresh(again.word("refresh_token")).await.status, 400);
    smart::tidy(app).await.unwrap();
    let all = smart::grants(app, &apps.rosa, apps.patient).await.unwrap();
    assert!(all.iter().all(|grant| matches!(grant.standing, Standing::Ended { why: GrantEnd::Expired, .. })));
    apps.house.close().await;
}

async fn what_people_do_counts_at_once(kind: Kind) {
    let apps = Apps::start(kind).await;
    let (app, rosa) = (&apps.house.app, &apps.rosa);
    let tokens = apps.tokens(ALL).await;
    let access = tokens.word("access_token");
    let (one, _) = grant(&apps).await;
    let somebody = actor(&apps.house, &apps.house.linked("elena").await).await;
    for refused in [
        smart::stop(app, &somebody, one.id).await,
        smart::pause(app, &somebody, one.id).await,
        smart::grant(app, &somebody, one.id).await.map(|_| ()),
        smart::grants(app, &somebody, apps.patient).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    }

    smart::pause(app, rosa, one.id).await.unwrap();
    assert!(!apps.opens(access).await);
    let paused = apps.refresh(tokens.word("refresh_token")).await;
    assert_eq!((paused.status, paused.word("error")), (400, "invalid_grant"));
    smart::resume(app, rosa, one.id).await.unwrap();
    assert!(apps.opens(access).await, "a refresh that was refused did not use the token up");
    let tokens = apps.refresh(tokens.word("refresh_token")).await;
    assert_eq!(tokens.status, 200);

    // Less: one category of one type, and without a group of labels; never more.
    let (now, _) = grant(&apps).await;
    let only = Scopes::parse("patient/Observation.rs?category=http://x.example|laboratory").unwrap();
    let condition = only.resources().next().unwrap().only.clone().unwrap();
    let ticked = [Ticked { only: vec![condition], ..Ticked::whole("Observation") }, Ticked::whole("Patient")];
    let less = now.scopes.narrowed(&ticked);
    let lens = Lens { categories: 1 << Category::Labs.code(), ..now.lens };
    smart::change(app, rosa, (one.id, now.changes), (less.clone(), lens, now.until)).await.unwrap();
    let access = smart::access(app, tokens.word("access_token")).await.unwrap();
    let left = "openid fhirUser launch/patient patient/Observation.rs?category=http://x.example|laboratory \
                patient/Patient.rs offline_access";
    let words = |text: &str| {
        let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        words.sort_unstable();
        words
    };
    assert_eq!(
        (words(&access.scopes.to_string()), access.lens),
        (words(left), lens),
        "it counts for tokens that are there"
    );
    let stale = smart::change(app, rosa, (one.id, now.changes), (less.clone(), lens, now.until)).await;
    assert!(matches!(stale, Err(Error::Conflict("conflict-changed"))));
    let seen = now.changes + 1;
    for (scopes, lens, until) in [
        (now.scopes.clone(), lens, now.until),
        (less.clone(), now.lens, now.until),
        (less.clone(), lens, apps.later(100)),
        (Scopes::default(), lens, now.until),
    ] {
        let more = smart::change(app, rosa, (one.id, seen), (scopes, lens, until)).await;
        assert!(matches!(more, Err(Error::Invalid(_))), "{more:?}");
    }

    // A second time, beside the first or in its place.
    let second = apps.tokens(ALL).await;
    assert!(apps.opens(tokens.word("access_token")).await, "beside it");
    let ask = apps.begin(&apps.asking("pub", ALL)).await.unwrap();
    let asked = smart::asked(app, rosa, ask).await.unwrap();
    assert_eq!(asked.earlier.len(), 2);
    let choice = smart::Choice { earlier: Earlier::Stop, ..apps.all(&asked.scopes, Stay::Offline) };
    smart::approve(app, rosa, (ask, choice)).await.unwrap();
    assert!(!apps.opens(second.word("access_token")).await && !apps.opens(tokens.word("access_token")).await);

    // Stopped: everything is dead; again is no error.
    let tokens = apps.tokens(ALL).await;
    let (last, _) = grant(&apps).await;
    smart::stop(app, rosa, last.id).await.unwrap();
    smart::stop(app, rosa, last.id).await.unwrap();
    assert!(!apps.opens(tokens.word("access_token")).await);
    let dead = apps.refresh(tokens.word("refresh_token")).await;
    assert_eq!((dead.status, dead.word("error")), (400, "invalid_grant"));
    assert!(matches!(smart::resume(app, rosa, last.id).await, Err(Error::Conflict("conflict-over"))));
    let (_, events) = smart::grant(app, rosa, last.id).await.unwrap();
    assert_eq!(events.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["given", "ended"]);
    assert!(
        apps.house.raw.run("UPDATE app_grant_event SET what = 'x'").await.is_err(),
        "what became of it stands"
    );
    assert!(apps.house.raw.run("DELETE FROM app_grant_event").await.is_err());
    apps.house.close().await;
}

async fn an_app_never_sees_more_than_its_giver(kind: Kind) {
    let apps = Apps::start(kind).await;
    let (app, rosa) = (&apps.house.app, &apps.rosa);
    let ask =
        apps.begin(&apps.asking("pub", "patient/Goal.rs patient/Patient.r offline_access")).await.unwrap();
    let asked = smart::asked(app, rosa, ask).await.unwrap();
    let good = apps.all(&asked.scopes, Stay::Offline);
    let now = app.clock.now();
    for (wrong, field) in [
        (smart::Choice { scopes: Scopes::parse("patient/*.rs").unwrap(), ..good.clone() }, "scopes"),
        (smart::Choice { scopes: Scopes::parse("patient/Patient.rs").unwrap(), ..good.clone() }, "scopes"),
        (smart::Choice { scopes: Scopes::parse("system/Goal.rs").unwrap(), ..good.clone() }, "scopes"),
        (smart::Choice { scopes: Scopes::parse("offline_access").unwrap(), ..good.clone() }, "scopes"),
        (smart::Choice { until: now, ..good.clone() }, "until"),
        (smart::Choice { until: apps.later(400), ..good.clone() }, "until"),
    ] {
        let refused = smart::approve(app, rosa, (ask, wrong)).await;
        let Err(Error::Invalid(problems)) = refused else { panic!("{field}: {refused:?}") };
        assert_eq!(problems.0[0].field, field);
    }
    // Another's record, and the directory, are not there.
    for patient in [apps.patient.0 + 1000, 0] {
        let choice = smart::Choice { patient: api::base::PatientNo(patient), ..good.clone() };
        assert!(matches!(smart::approve(app, rosa, (ask, choice)).await, Err(Error::NotFound)));
    }
    let back = smart::approve(app, rosa, (ask, good)).await.unwrap();
    let got = apps.post("token", &apps.redeeming("pub", &parameter(&back, "code").unwrap())).await;
    let access = smart::access(app, got.word("access_token")).await.unwrap();
    assert!(Lens::OWN.covers(access.lens), "what no right of access reaches, no app reads");
    let mut tx = app.db.read().await.unwrap();
    let permit = visibility::check_app(app, &mut tx, &access).await.unwrap();
    assert_eq!((permit.patient(), permit.lens()), (apps.patient, access.lens));
    drop(tx);

    // The link to the record ends: so does everything, with the next request.
    apps.house.raw.run("UPDATE account_link SET until = 1").await.unwrap();
    let mut tx = app.db.read().await.unwrap();
    assert!(matches!(visibility::check_app(app, &mut tx, &access).await, Err(Error::NotFound)));
    drop(tx);
    let over = apps.refresh(got.word("refresh_token")).await;
    assert_eq!((over.status, over.word("error")), (400, "invalid_grant"));
    apps.house.close().await;
}

async fn the_portal_launches_an_app(kind: Kind) {
    let apps = Apps::start(kind).await;
    let (app, rosa) = (&apps.house.app, &apps.rosa);
    let client = ClientId("pub".into());
    let found = smart::launchable(app).await.unwrap();
    assert!(found.iter().any(|found| found.id == client));
    let to = smart::mint_launch(app, rosa, (&client, apps.patient)).await.unwrap();
    assert!(to.starts_with("https://app.example.org/launch?"), "{to}");
    assert_eq!(parameter(&to, "iss").unwrap(), format!("{}/fhir", apps.house.url));
    let launch = parameter(&to, "launch").unwrap();
    let with = |client: &'static str, launch: &str| {
        let mut pairs = apps.asking(client, "launch patient/*.rs");
        pairs.push(("launch", launch.to_owned()));
        pairs
    };
    assert!(apps.begin(&with("sec", &launch)).await.is_err(), "for another app it is none");
    let ask = apps.begin(&with("pub", &launch)).await.unwrap();
    assert!(apps.begin(&with("pub", &launch)).await.is_err(), "it works once");
    let elena = actor(&apps.house, &apps.house.linked("elena").await).await;
    assert!(matches!(smart::asked(app, &elena, ask).await, Err(Error::NotFound)), "it is for who began it");
    let asked = smart::asked(app, rosa, ask).await.unwrap();
    assert_eq!(asked.records.len(), 1);
    let back = smart::approve(app, rosa, (ask, apps.all(&asked.scopes, Stay::Once))).await.unwrap();
    let got = apps.post("token", &apps.redeeming("pub", &parameter(&back, "code").unwrap())).await;
    assert_eq!(
        (got.word("scope"), got.word("patient")),
        ("launch patient/*.rs", apps.house.person("rosa").patient_id.as_str())
    );

    let late =
        parameter(&smart::mint_launch(app, rosa, (&client, apps.patient)).await.unwrap(), "launch").unwrap();
    apps.house.raw.run("UPDATE app_launch SET expires_at = 1").await.unwrap();
    assert!(apps.begin(&with("pub", &late)).await.is_err(), "after five minutes it is over");
    let foreign = smart::mint_launch(app, &elena, (&client, apps.patient)).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    let unknown = smart::mint_launch(app, rosa, (&ClientId("none".into()), apps.patient)).await;
    assert!(matches!(unknown, Err(Error::NotFound)));
    apps.house.close().await;
}

async fn who_only_helps_connects_nothing(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    let ask = api::representation::Ask {
        kind: api::representation::Kind::Delegate,
        name: "Sam".into(),
        scope: api::representation::Scope::WHOLE,
        evidence: api::representation::Evidence {
            proof: api::representation::Proof::Chosen,
            note: String::new(),
        },
        incapacity: api::representation::Incapacity::NotNeeded,
        starts: None,
        until: None,
        review: None,
    };
    let invited =
        api::representation::invite(app, &apps.rosa, (apps.patient, api::representation::once(app), ask))
            .await
            .unwrap();
    let sam = actor(&apps.house, &apps.house.signed_in("sam").await).await;
    api::representation::accept(app, &sam, &invited.code).await.unwrap();
    let ask = apps.begin(&apps.asking("pub", ALL)).await.unwrap();
    let asked = smart::asked(app, &sam, ask).await.unwrap();
    assert!(asked.records.is_empty(), "{:?}", asked.records);
    let refused = smart::approve(app, &sam, (ask, apps.all(&asked.scopes, Stay::Offline))).await;
    assert!(matches!(refused, Err(Error::Refused(no)) if no.0 == "refused-no-apps"));
    let launch = smart::mint_launch(app, &sam, (&ClientId("pub".into()), apps.patient)).await;
    assert!(matches!(launch, Err(Error::Refused(no)) if no.0 == "refused-no-apps"));
    assert_eq!(
        smart::grants(app, &sam, apps.patient).await.unwrap().len(),
        0,
        "they see their own, which are none"
    );
    apps.house.close().await;
}

/// The scopes by which suites try kinds of items one by one: without `Patient`, and yet the token reads who signed in.
async fn who_signed_in_is_read_by_name(kind: Kind) {
    let apps = Apps::start(kind).await;
    let got = apps.tokens("openid fhirUser launch/patient patient/Condition.rs offline_access").await;
    let user = claims(&apps, got.word("id_token")).await["fhirUser"].as_str().unwrap().to_owned();
    let asks = |address: String, token: &str| super::got(apps.http.get(address).bearer_auth(token));
    let entries = apps.house.entries().await;
    let read = asks(user.clone(), got.word("access_token")).await;
    assert_eq!(
        (read.status, read.word("resourceType"), read.word("id")),
        (200, "Patient", got.word("patient"))
    );
    let mut names: Vec<&str> = read.json.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["id", "meta", "name", "resourceType"], "no birth date, no address");
    assert_eq!(read.json["meta"]["tag"][0]["code"], json!("SUBSETTED"));
    assert_eq!(apps.house.entries().await, entries + 1, "it stands in the log");
    for (address, status) in [
        (format!("{user}/_history/1"), 200),
        (format!("{user}/_history/2"), 404),
        (format!("{user}/_history"), 403),
        (format!("{}/fhir/Patient?_id={}", apps.house.url, got.word("patient")), 403),
        (format!("{}/fhir/Patient/{}", apps.house.url, apps.house.person("sam").patient_id), 403),
    ] {
        assert_eq!(asks(address.clone(), got.word("access_token")).await.status, status, "{address}");
    }
    // Without the scope nothing, and with `Patient` all of it.
    let without = apps.tokens("launch/patient patient/Condition.rs").await;
    assert_eq!(asks(user.clone(), without.word("access_token")).await.status, 403);
    let whole = apps.tokens("openid fhirUser launch/patient patient/Patient.r").await;
    assert!(asks(user, whole.word("access_token")).await.json["birthDate"].is_string());
    apps.house.close().await;
}

/// Libraries for browsers refresh without `client_id`, which RFC 6749 does not ask of them.
async fn a_refresh_token_names_its_app(kind: Kind) {
    let apps = Apps::start(kind).await;
    let form = |token: &str| {
        [("grant_type", "refresh_token"), ("refresh_token", token)].map(|(n, v)| (n, v.to_owned()))
    };
    let ask = async |form: &[(&str, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        apps.post("token", &form).await
    };
    let tokens = apps.tokens(ALL).await;
    let next = ask(&form(tokens.word("refresh_token"))).await;
    assert_eq!(next.status, 200, "{}", next.json);
    assert!(apps.opens(next.word("access_token")).await);
    // An app with a secret must prove itself all the same; an access token and one of nobody name nobody.
    let code = apps.code("sec", ALL).await;
    let secret = apps.post_as("token", (&apps.redeeming("sec", &code), Some(&apps.basic()))).await;
    for token in [secret.word("refresh_token"), "nobody's"] {
        let refused = ask(&form(token)).await;
        assert_eq!((refused.status, refused.word("error")), (401, "invalid_client"), "{token}");
    }
    let access = ask(&form(next.word("access_token"))).await;
    assert_eq!((access.status, access.word("error")), (400, "invalid_grant"));
    let other = [form(next.word("refresh_token")).to_vec(), vec![("client_id", "sec".to_owned())]].concat();
    assert_eq!(ask(&other).await.status, 401, "who names another is no longer unnamed");
    assert!(apps.opens(next.word("access_token")).await, "none of that used the token up");
    apps.house.close().await;
}

async fn a_parent_connects_an_app(kind: Kind) {
    let apps = Apps::start(kind).await;
    let app = &apps.house.app;
    apps.house.gather("jordan").await;
    let elena = actor(&apps.house, &apps.house.signed_in("elena").await).await;
    let parent = api::representation::Kind::Parent;
    let over = ("elena", parent);
    let authority = acting::appointed(&apps.house, over, "jordan", api::representation::Scope::WHOLE).await;
    let ask = apps.begin(&apps.asking("pub", ALL)).await.unwrap();
    let asked = smart::asked(app, &elena, ask).await.unwrap();
    let [record] = &asked.records[..] else { panic!("{:?}", asked.records) };
    assert_eq!(record.under, Some((authority, parent)));
    let choice = smart::Choice { patient: record.patient, ..apps.all(&asked.scopes, Stay::Offline) };
    let back = smart::approve(app, &elena, (ask, choice)).await.unwrap();
    let got = apps.post("token", &apps.redeeming("pub", &parameter(&back, "code").unwrap())).await;
    assert_eq!(got.word("patient"), apps.house.person("jordan").patient_id);

    // Who the user is can be read with the token, by the one road.
    let said = claims(&apps, got.word("id_token")).await;
    let user = said["fhirUser"].as_str().unwrap().to_owned();
    assert_eq!(user, format!("{}/fhir/RelatedPerson/{authority}", apps.house.url));
    let entries = apps.house.entries().await;
    let read = super::got(apps.http.get(&user).bearer_auth(got.word("access_token"))).await;
    assert_eq!(
        (read.status, read.word("resourceType"), read.word("id")),
        (200, "RelatedPerson", &*authority.to_string())
    );
    assert_eq!(read.json["patient"]["reference"], json!(format!("Patient/{}", got.word("patient"))));
    assert_eq!(apps.house.entries().await, entries + 1);

    // What a parent does not see, the app does not see; and the end of the authority ends it.
    let access = smart::access(app, got.word("access_token")).await.unwrap();
    let mut tx = app.db.read().await.unwrap();
    let permit = visibility::check_app(app, &mut tx, &access).await.unwrap();
    drop(tx);
    assert!(permit.lens().hidden.has(Label::Minor), "the confidential service stays with the minor");
    let theirs = smart::grants(app, &elena, access.patient).await.unwrap();
    assert_eq!(theirs.len(), 1);
    let ask = apps.begin(&apps.asking("sec", "patient/*.rs offline_access")).await.unwrap();
    let asked = smart::asked(app, &elena, ask).await.unwrap();
    let choice = smart::Choice { patient: access.patient, ..apps.all(&asked.scopes, Stay::Offline) };
    let back = smart::approve(app, &elena, (ask, choice)).await.unwrap();
    let code = parameter(&back, "code").unwrap();
    let told = apps.post_as("token", (&apps.redeeming("sec", &code), Some(&apps.basic()))).await;
    let both = [told.word("access_token"), told.word("refresh_token")];
    for token in both {
        assert!(apps.is_active(token).await, "{}", told.json);
    }
    acting::ended(&apps.house, authority).await;
    for token in both {
        assert!(!apps.is_active(token).await, "the authority is over");
    }
    let mut tx = app.db.read().await.unwrap();
    assert!(matches!(visibility::check_app(app, &mut tx, &access).await, Err(Error::NotFound)));
    drop(tx);
    let fhir = |path: &str| format!("{}/fhir/{path}", apps.house.url);
    let id = got.word("patient");
    for path in [
        user.clone(),
        fhir(&format!("Patient/{id}")),
        fhir("AllergyIntolerance/nothing"),
        fhir("AllergyIntolerance"),
        fhir(&format!("Patient/{id}/$everything")),
    ] {
        let read = super::got(apps.http.get(&path).bearer_auth(got.word("access_token"))).await;
        assert_eq!(read.status, 401, "{path}: {}", read.json);
        let challenge = read.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.contains("error=\"invalid_token\""), "{path}: {challenge}");
    }
    let over = apps.refresh(got.word("refresh_token")).await;
    assert_eq!((over.status, over.word("error")), (400, "invalid_grant"));
    apps.house.close().await;
}
