//! Apps: the authorization server through its real interfaces, by the specification and against it.

mod authorize;
mod clients;
mod configured;
mod demands;
mod flows;
mod keys;
mod refused;

use api::base::{Instant, PatientNo};
use api::config::Config;
use api::identity::Actor;
use api::representation::Lens;
use api::smart::{
    self, AuthorizeParams, Choice, ClientId, ClientKind, Earlier, Origin, Registration, Scopes, Stay,
    Stopped, TYPES, Ticked, Use,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::harness::client::http;
use crate::harness::{House, Kind};

/// Where the apps of the tests are sent back to.
pub const BACK: &str = "https://app.example.org/back";
/// A verifier of PKCE.
pub const VERIFIER: &str = "a-verifier-of-the-tests-with-enough-characters-in-it";

/// A house with rosa in it, and an app of each kind.
pub struct Apps {
    pub house: House,
    pub rosa: Actor,
    pub patient: PatientNo,
    pub secret: String,
    pub http: reqwest::Client,
}

/// What came from an endpoint.
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub json: Value,
}

impl Got {
    /// A word of the answer.
    pub fn word(&self, name: &str) -> &str {
        self.json[name].as_str().unwrap_or_else(|| panic!("{name} in {}", self.json))
    }
}

/// What an app tells about itself.
pub fn about(name: &str, kind: ClientKind) -> Registration {
    Registration {
        name: name.into(),
        made_by: None,
        kind,
        used_by: Use::Person,
        redirect_uris: vec![BACK.into(), "http://127.0.0.1/back".into()],
        launch_uri: Some("https://app.example.org/launch".into()),
        logo_uri: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
        contacts: vec![],
        scope: None,
        keys: None,
        groups: vec![],
        software: None,
    }
}

impl Apps {
    pub async fn start(kind: Kind) -> Self {
        Self::with(kind, |_| {}).await
    }

    pub async fn with(kind: Kind, change: impl FnOnce(&mut Config)) -> Self {
        let house = House::with(kind, |config| {
            config.apps.calls_per_minute = 0;
            config.apps.registrations_per_hour = 0;
            change(config);
        })
        .await;
        let browser = house.linked("rosa").await;
        let rosa = actor(&house, &browser).await;
        let found = api::identity::patients_by(&house.app, &house.person("rosa").patient_id).await.unwrap();
        let patient = found[0].patient;
        let mut secret = None;
        for (id, kind) in [("pub", ClientKind::Public), ("sec", ClientKind::Secret)] {
            let registered = register(&house, id, about(&format!("App {id}"), kind)).await;
            secret = registered.secret.or(secret);
        }
        Self { house, rosa, patient, secret: secret.unwrap(), http: http() }
    }

    /// The parameters of a request that is right.
    pub fn asking<'a>(&'a self, client: &'a str, scope: &'a str) -> Vec<(&'a str, String)> {
        vec![
            ("response_type", "code".into()),
            ("client_id", client.into()),
            ("redirect_uri", BACK.into()),
            ("scope", scope.into()),
            ("state", "a-state".into()),
            ("aud", format!("{}/fhir", self.house.url)),
            ("code_challenge", challenge(VERIFIER)),
            ("code_challenge_method", "S256".into()),
        ]
    }

    /// Sends a request to authorize.
    pub async fn begin(&self, pairs: &[(&str, String)]) -> Result<api::base::AskId, Stopped> {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        smart::begin(&self.house.app, AuthorizeParams::of(query.as_bytes(), "192.0.2.1")).await
    }

    /// A choice of everything that was asked, about rosa's record.
    pub fn all(&self, scopes: &Scopes, stay: Stay) -> Choice {
        let ticked: Vec<Ticked> = TYPES.into_iter().map(Ticked::whole).collect();
        Choice {
            patient: self.patient,
            scopes: scopes.narrowed(&ticked),
            lens: Lens::WHOLE,
            stay,
            until: self.later(90),
            earlier: Earlier::Keep,
        }
    }

    /// A moment some days from now.
    pub fn later(&self, days: u64) -> Instant {
        self.house.app.clock.now().plus(std::time::Duration::from_secs(days * 86_400))
    }

    /// Asks and allows everything; the code.
    pub async fn code(&self, client: &str, scope: &str) -> String {
        let ask = self.begin(&self.asking(client, scope)).await.unwrap();
        let asked = smart::asked(&self.house.app, &self.rosa, ask).await.unwrap();
        let choice = self.all(&asked.scopes, asked.stay);
        let back = smart::approve(&self.house.app, &self.rosa, (ask, choice)).await.unwrap();
        parameter(&back, "code").expect("a code")
    }

    /// The form that redeems a code.
    pub fn redeeming<'a>(&self, client: &'a str, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
            ("client_id", client),
        ]
    }

    /// Posts a form to an endpoint.
    pub async fn post(&self, endpoint: &str, form: &[(&str, &str)]) -> Got {
        self.post_as(endpoint, (form, None)).await
    }

    /// The same with a header that authenticates.
    pub async fn post_as(&self, endpoint: &str, (form, header): (&[(&str, &str)], Option<&str>)) -> Got {
        let mut request = self.http.post(format!("{}/oauth/{endpoint}", self.house.url)).form(form);
        if let Some(header) = header {
            request = request.header("Authorization", header);
        }
        got(request).await
    }

    /// Redeems a code of the public app.
    pub async fn tokens(&self, scope: &str) -> Got {
        let code = self.code("pub", scope).await;
        let got = self.post("token", &self.redeeming("pub", &code)).await;
        assert_eq!(got.status, 200, "{}", got.json);
        got
    }

    /// HTTP Basic of the app with a secret.
    pub fn basic(&self) -> String {
        use base64::prelude::BASE64_STANDARD;
        format!("Basic {}", BASE64_STANDARD.encode(format!("sec:{}", self.secret)))
    }

    /// Whether the app with a secret is told that a token of its own is in force (RFC 7662).
    pub async fn is_active(&self, token: &str) -> bool {
        let told = self.post_as("introspect", (&[("token", token)], Some(&self.basic()))).await;
        assert_eq!(told.status, 200, "{}", told.json);
        told.json["active"] == true
    }

    /// Whether an access token opens something now.
    pub async fn opens(&self, token: &str) -> bool {
        smart::access(&self.house.app, token).await.is_ok()
    }

    /// Refreshes as the public app.
    pub async fn refresh(&self, token: &str) -> Got {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", "pub")];
        self.post("token", &form).await
    }
}

/// Sends a request and reads the answer.
pub async fn got(request: reqwest::RequestBuilder) -> Got {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let bytes = answer.bytes().await.unwrap();
    let json = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    Got { status, headers, json }
}

/// Registers an app with an id of its own.
pub async fn register(house: &House, id: &str, about: Registration) -> smart::Registered {
    smart::register_by_operator(&house.app, (ClientId(id.into()), Origin::Demo), about).await.unwrap()
}

/// Who is signed in in a browser.
pub async fn actor(house: &House, browser: &crate::harness::client::Browser) -> Actor {
    let secret = browser.cookie("recordright").expect("a session");
    api::identity::session(&house.app, secret).await.unwrap().unwrap().actor
}

/// The challenge of a verifier.
pub fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(api::base::sha256([verifier.as_bytes()]))
}

/// A parameter of an address.
pub fn parameter(address: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(address).unwrap();
    url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
}
