//! The sample app's way in, step by step as its script goes: registered, asked, allowed, token, and the reads it shows.

use std::time::Duration;

use api::base::Instant;
use api::identity::Actor;
use api::smart::{
    self, AuthorizeParams, Choice, ClientId, ClientKind, Earlier, Origin, Registration, Stopped, Use,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::acting::actor;
use crate::harness::{House, Kind, on_both_databases};

on_both_databases!(the_sample_app_gets_what_it_shows);

const REDIRECT: &str = "http://127.0.0.1:9/callback";
const VERIFIER: &str = "synthetic-synthetic-synthetic-synthetic-synthetic";
/// What the script reads, after the address of the FHIR interface; `ID` is the patient.
const READS: [(&str, &str); 3] = [
    ("Patient/ID", "Patient"),
    ("Observation?patient=ID&category=laboratory&_sort=-date&_count=10", "Observation"),
    (
        "MedicationRequest?patient=ID&intent=order&status=active&_include=MedicationRequest:medication",
        "MedicationRequest",
    ),
];

async fn the_sample_app_gets_what_it_shows(kind: Kind) {
    let house = House::start(kind).await;
    drop(house.linked("rosa").await);
    let base = format!("{}/fhir", house.url);
    let token = token(&house, "rosa", &format!("launch/patient {}", fixtures::app::SCOPES)).await;
    assert_eq!(token["patient"], "rosa");
    let bearer = token["access_token"].as_str().unwrap();
    let client = reqwest::Client::new();
    for (read, kind) in READS {
        let url = format!("{base}/{}", read.replace("ID", "rosa"));
        let answer = client.get(&url).bearer_auth(bearer).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        let body: Value = answer.json().await.unwrap();
        let first = if body["resourceType"] == "Bundle" { &body["entry"][0]["resource"] } else { &body };
        assert_eq!(first["resourceType"], kind, "{url}");
    }
    let refused =
        client.get(format!("{base}/Condition?patient=rosa")).bearer_auth(bearer).send().await.unwrap();
    assert_eq!(refused.status(), 403, "it asked for no conditions");
    house.close().await;
}

/// The token response for what a person allowed in full, by code and PKCE over HTTP.
async fn token(house: &House, key: &str, scopes: &str) -> Value {
    let id = registered(house).await;
    let now = house.app.clock.now();
    let actor = Actor { auth_time: Some(now), ..actor(house, key).await };
    let challenge =
        URL_SAFE_NO_PAD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes()));
    let question = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", &id.0),
            ("redirect_uri", REDIRECT),
            ("scope", scopes),
            ("state", "synthetic-state-of-more-than-thirty-two-letters"),
            ("aud", &format!("{}/fhir", house.url)),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let ask = match smart::begin(&house.app, AuthorizeParams::of(question.as_bytes(), "127.0.0.1")).await {
        Ok(ask) => ask,
        Err(Stopped::Redirect(url)) => panic!("{url}"),
        Err(stopped) => panic!("{stopped:?}"),
    };
    let asked = smart::asked(&house.app, &actor, ask).await.unwrap();
    let record = asked.records.first().unwrap();
    let choice = Choice {
        patient: record.patient,
        scopes: asked.scopes.clone(),
        lens: record.lens,
        stay: asked.stay,
        until: until(now),
        earlier: Earlier::Keep,
    };
    let answer = smart::approve(&house.app, &actor, (ask, choice)).await.unwrap();
    let answer: url::Url = answer.parse().unwrap();
    let code = answer.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", REDIRECT),
        ("client_id", id.0.as_str()),
        ("code_verifier", VERIFIER),
    ];
    let address = format!("{}/oauth/token", house.url);
    let answer = reqwest::Client::new().post(address).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

fn until(now: Instant) -> Instant {
    now.plus(Duration::from_secs(30 * 86_400))
}

async fn registered(house: &House) -> ClientId {
    let about = Registration {
        name: fixtures::app::NAME.into(),
        made_by: None,
        kind: ClientKind::Public,
        used_by: Use::Person,
        redirect_uris: vec![REDIRECT.into()],
        launch_uri: None,
        logo_uri: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
        contacts: vec!["notebook@apps.example".into()],
        scope: None,
        keys: None,
        groups: vec![],
        software: None,
    };
    let id = ClientId("health-notebook".into());
    smart::register_by_operator(&house.app, (id, Origin::Demo), about).await.unwrap().client.id
}

#[test]
fn the_script_reads_what_is_tried_here() {
    let script = include_str!("../../../fixtures/src/app/notebook.js").replace("${patient}", "ID");
    for (read, _) in READS {
        assert!(script.contains(&format!("`{read}`")), "{read}");
    }
}
