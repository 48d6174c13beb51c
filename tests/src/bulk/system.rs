//! A system as the clinic registers it: it signs its assertions with its own key, gets tokens and exports.

use std::time::Duration;

use api::base::Instant;
use api::bulk::{self, Group, Operator, Recipient};
use api::consents::Purpose;
use api::fhir::sensitivity::Label;
use api::smart::{self, ClientId, ClientKind, KeySource, Origin, Registration, Scopes, SystemAccess, Use};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

use crate::harness::client::http;
use crate::harness::{House, PATIENCE};

/// A registered system with its key.
pub struct System {
    pub id: ClientId,
    pub http: Client,
    url: String,
    key: EcdsaKeyPair,
}

impl System {
    /// Registers one that may export these groups.
    pub async fn register(house: &House, (id, scopes): (&str, &str), groups: &[&str]) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let jwk = public(&key);
        let about = Registration {
            name: format!("System {id} (synthetic)"),
            kind: ClientKind::Keys,
            used_by: Use::System,
            redirect_uris: vec![],
            launch_uri: None,
            logo_uri: None,
            client_uri: None,
            policy_uri: None,
            tos_uri: None,
            contacts: vec!["mailto:it@system.example".into()],
            scope: Some(scopes.into()),
            keys: Some(KeySource::Value(json!({"keys": [jwk]}))),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            software: None,
            made_by: None,
        };
        let id = ClientId(id.to_owned());
        smart::register_by_operator(&house.app, (id.clone(), Origin::Clinic), about).await.unwrap();
        Self { id, http: http(), url: house.url.clone(), key }
    }

    /// Its public key.
    pub fn jwk(&self) -> Value {
        public(&self.key)
    }

    /// An assertion that proves who it is, once.
    pub fn assertion(&self) -> String {
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let now = api::base::Clock::System.now().0 / 1_000_000;
        let header = part(json!({"alg": "ES384", "typ": "JWT", "kid": "one"}));
        let claims =
            part(json!({"iss": self.id.0, "sub": self.id.0, "aud": format!("{}/oauth/token", self.url),
            "exp": now + 240, "iat": now, "jti": api::base::token()}));
        let signed = format!("{header}.{claims}");
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// Asks for a token.
    pub async fn ask_token(&self, scope: &str) -> Response {
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", scope),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", &self.assertion()),
        ];
        self.http.post(format!("{}/oauth/token", self.url)).form(&fields).send().await.unwrap()
    }

    /// A token.
    pub async fn token(&self, scope: &str) -> String {
        let answer = self.ask_token(scope).await;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// Calls with a token and what every export needs.
    pub async fn call(&self, (method, path): (Method, &str), token: &str) -> Response {
        self.http
            .request(method, self.at(path))
            .bearer_auth(token)
            .header("accept", "application/fhir+json")
            .header("prefer", "respond-async")
            .send()
            .await
            .unwrap()
    }

    /// The whole address of a path; one that is whole already stays.
    pub fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) }
    }

    /// Kicks off and waits: where the status stands, and the manifest.
    pub async fn export(&self, path: &str, token: &str) -> (String, Value) {
        let begun = self.call((Method::GET, path), token).await;
        assert_eq!(begun.status(), 202, "{path}: {}", begun.text().await.unwrap());
        let place = begun.headers()["content-location"].to_str().unwrap().to_owned();
        (place.clone(), self.wait(&place, token).await)
    }

    /// Polls until the export is done.
    pub async fn wait(&self, place: &str, token: &str) -> Value {
        let begun = std::time::Instant::now();
        loop {
            let answer = self.call((Method::GET, place), token).await;
            match answer.status().as_u16() {
                200 => {
                    assert_eq!(answer.headers()["content-type"], "application/json");
                    assert!(answer.headers().contains_key("expires"));
                    return answer.json().await.unwrap();
                }
                202 => {
                    assert!(answer.headers().contains_key("retry-after"), "when to ask again");
                    assert!(answer.headers()["x-progress"].to_str().unwrap().len() <= 100);
                }
                status => panic!("{status}: {}", answer.text().await.unwrap()),
            }
            assert!(begun.elapsed() < PATIENCE, "the export does not end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The resources of all files of a kind, in their order, each file of one type.
    pub async fn files(&self, (manifest, kind): (&Value, &str), token: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for file in manifest[kind].as_array().unwrap() {
            let answer = self.call((Method::GET, file["url"].as_str().unwrap()), token).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "application/fhir+ndjson");
            let text = answer.text().await.unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(file["count"], lines.len(), "{file}");
            assert!(lines.iter().all(|line| line["resourceType"] == file["type"]), "{file}");
            all.extend(lines);
        }
        all
    }

    /// What a token of it would open, for calls past HTTP.
    pub fn access(&self, scopes: &str, groups: &[&str]) -> SystemAccess {
        SystemAccess {
            client: self.id.clone(),
            app_name: "System (synthetic)".into(),
            scopes: Scopes::parse(scopes).unwrap(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            expires: Instant(i64::MAX),
        }
    }
}

fn public(key: &EcdsaKeyPair) -> Value {
    let point = key.public_key().as_ref();
    let (x, y) = point[1..].split_at(48);
    let of = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    json!({"kty": "EC", "crv": "P-384", "x": of(x), "y": of(y), "kid": "one", "alg": "ES384", "use": "sig",
        "key_ops": ["verify"]})
}

/// Makes a group of people of the house, for treatment.
pub async fn group(house: &House, id: &str, people: &[&str]) {
    let recipient = Recipient::Other("Lakeside Care (synthetic)".into());
    make(house, (id, Purpose::Treatment, recipient, vec![Label::Unreviewed]), people).await;
}

/// Makes a group.
pub async fn make(
    house: &House,
    (id, purpose, recipient, shown): (&str, Purpose, Recipient, Vec<Label>),
    people: &[&str],
) {
    let group = Group { id: id.into(), name: format!("Group {id} (synthetic)"), purpose, recipient, shown };
    bulk::add_group(&house.app, Operator("tests"), &group).await.unwrap();
    set(house, id, people).await;
}

/// Puts exactly these people into a group.
pub async fn set(house: &House, id: &str, people: &[&str]) {
    let named: Vec<String> =
        people.iter().map(|key| format!("Patient/{}", house.person(key).patient_id)).collect();
    let moved = bulk::set_members(&house.app, Operator("tests"), (id, &named)).await.unwrap();
    assert_eq!(moved.unknown, Vec::<String>::new());
}
