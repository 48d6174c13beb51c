//! What apps and systems read over FHIR: single resources, searches, whole records and exports, each with the check of
//! its token, the decision, and its durable entry in the ledger.

use std::process::Stdio;
use std::time::{Duration, Instant};

use api::app::App;
use api::base::{AppGrantId, Instant as Moment, PatientNo};
use api::bulk::{self, Group, Operator, Recipient};
use api::consents::Purpose;
use api::identity::Actor;
use api::representation::Lens;
use api::smart::{
    self, Access, AuthorizeParams, Choice, ClientId, ClientKind, Earlier, Origin, Registration, Scopes, Stay,
    TYPES, Ticked, Use,
};
use futures::StreamExt;
use reqwest::{Client, Method};
use serde_json::Value;

use crate::harness::client::Browser;
use crate::harness::house::Kept;
use crate::harness::{House, binary};
use crate::meter::{Server, Spent, Spread, cpu, resident};
use crate::system::System;

/// Connections at once.
const CLIENTS: usize = 8;
const BACK: &str = "https://app.example.org/back";
const VERIFIER: &str = "a-verifier-of-the-bench-with-enough-characters-in-it";

/// Makes the app known that people let read.
pub async fn register(house: &House) {
    let about = Registration {
        name: "Bench (synthetic)".into(),
        made_by: None,
        kind: ClientKind::Public,
        used_by: Use::Person,
        redirect_uris: vec![BACK.into()],
        launch_uri: None,
        logo_uri: None,
        client_uri: None,
        policy_uri: None,
        tos_uri: None,
        contacts: vec![],
        scope: None,
        keys: None,
        groups: vec![],
        software: None,
    };
    smart::register_by_operator(&house.app, (ClientId("bench".into()), Origin::Demo), about).await.unwrap();
}

/// The access token of the app that a person lets read in these scopes.
pub async fn app_token(house: &House, (browser, patient): (&Browser, PatientNo), scopes: &str) -> String {
    let code = allowed(house, (browser, patient), scopes).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
        ("client_id", "bench"),
    ];
    let sent = Client::new().post(format!("{}/oauth/token", house.url)).form(&form).send().await.unwrap();
    let answer: Value = sent.json().await.unwrap();
    answer["access_token"].as_str().expect("a token").to_owned()
}

/// Who is signed in in a browser.
pub async fn actor(app: &App, browser: &Browser) -> Actor {
    let session = browser.cookie("recordright").expect("a session");
    api::identity::session(app, session).await.unwrap().unwrap().actor
}

async fn allowed(house: &House, (browser, patient): (&Browser, PatientNo), scopes: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let app = &house.app;
    let actor = actor(app, browser).await;
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(api::base::sha256([VERIFIER.as_bytes()]));
    let aud = format!("{}/fhir", house.url);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", "bench"),
            ("redirect_uri", BACK),
            ("scope", &format!("launch/patient {scopes}")),
            ("state", "a-state"),
            ("aud", &aud),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let asked = smart::begin(app, AuthorizeParams::of(query.as_bytes(), "127.0.0.1")).await;
    let Ok(ask) = asked else { panic!("the request to authorize was refused") };
    let asked = smart::asked(app, &actor, ask).await.unwrap();
    let ticked: Vec<Ticked> = TYPES.into_iter().map(Ticked::whole).collect();
    let choice = Choice {
        patient,
        scopes: asked.scopes.narrowed(&ticked),
        lens: Lens::WHOLE,
        stay: Stay::Once,
        until: app.clock.now().plus(Duration::from_secs(86_400)),
        earlier: Earlier::Keep,
    };
    let back = smart::approve(app, &actor, (ask, choice)).await.unwrap();
    let back = url::Url::parse(&back).unwrap();
    back.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned()
}

/// Everything but the log and the permissions: the log grows with each read of a benchmark.
pub fn scopes() -> String {
    let read = TYPES.iter().filter(|kind| !["AuditEvent", "Consent"].contains(kind));
    read.map(|kind| format!("patient/{kind}.rs")).collect::<Vec<_>>().join(" ")
}

/// What an app may read for who connected it, past its token.
pub fn access(actor: &Actor, (patient, id): (PatientNo, &str)) -> Access {
    Access {
        client: ClientId("bench".into()),
        app_name: "Bench (synthetic)".into(),
        grant: AppGrantId(uuid::Uuid::from_u128(7)),
        since: Moment(0),
        actor: actor.clone(),
        patient,
        patient_id: id.to_owned(),
        scopes: Scopes::parse(&scopes()).unwrap(),
        lens: Lens::WHOLE,
        expires: Moment(i64::MAX),
        last_read: None,
    }
}

/// A system that may export a group of everybody who was imported.
pub async fn system(house: &House) -> System {
    let everybody = house.raw.texts("SELECT 'Patient/' || id FROM resource WHERE type = 'Patient'").await;
    let group = Group {
        id: "all".into(),
        name: "Everybody (synthetic)".into(),
        purpose: Purpose::Treatment,
        recipient: Recipient::Other("Lakeside Care (synthetic)".into()),
        shown: vec![],
    };
    bulk::add_group(&house.app, Operator("bench"), &group).await.unwrap();
    bulk::set_members(&house.app, Operator("bench"), ("all", &everybody)).await.unwrap();
    System::register(house, ("lake", "system/*.rs"), &["all"]).await
}

/// Exports a group with a worker of its own, and fetches every file.
pub async fn export(kept: &Kept, (url, server): (&str, Server), token: &str, tell: &impl Fn(&str, String)) {
    let http = Client::new();
    let call = |path: String| {
        let asked = http.request(Method::GET, path).bearer_auth(token);
        asked.header("accept", "application/fhir+json").header("prefer", "respond-async").send()
    };
    let mut command =
        binary::settled(binary::command(kept.folder.path(), Some(&kept.database.url), &["work"]));
    let mut worker = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(700)).await;
    let before = (server.cpu(), cpu(worker.id()), resident(worker.id(), "VmRSS:"));
    let started = Instant::now();
    let begun = call(format!("{url}/fhir/Group/all/$export")).await.unwrap();
    assert_eq!(begun.status(), 202);
    let place = local(url, begun.headers()["content-location"].to_str().unwrap());
    let manifest: Value = loop {
        let answer = call(place.clone()).await.unwrap();
        if answer.status() == 200 {
            break answer.json().await.unwrap();
        }
        assert_eq!(answer.status(), 202, "the export goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let made = started.elapsed().as_secs_f64();
    let (mut resources, mut bytes) = (0, 0);
    for file in manifest["output"].as_array().unwrap() {
        let mut body = call(local(url, file["url"].as_str().unwrap())).await.unwrap().bytes_stream();
        while let Some(chunk) = body.next().await {
            bytes += chunk.unwrap().len();
        }
        resources += file["count"].as_u64().unwrap();
    }
    let whole = started.elapsed().as_secs_f64();
    let (program, postgres) = server.cpu();
    let used = program - before.0.0 + postgres - before.0.1 + cpu(worker.id()) - before.1;
    let grown = resident(worker.id(), "VmHWM:").saturating_sub(before.2) / 1024;
    tell(
        "export of a group: made, and fetched",
        format!(
            "{:.0} resources/s made in {made:.2} s, {:.0}/s with fetching {} MB, {used:.2} s CPU, the worker grows by {grown} MB",
            resources as f64 / made,
            resources as f64 / whole,
            bytes / 1_000_000
        ),
    );
    worker.kill().unwrap();
    worker.wait().unwrap();
}

/// The same path at the address that is served now.
fn local(url: &str, address: &str) -> String {
    format!("{url}{}", url::Url::parse(address).unwrap().path())
}

/// Reads, searches and whole records of one person.
pub async fn reads(
    (url, server): (&str, Server),
    (token, patient): (&str, &str),
    tell: &impl Fn(&str, String),
) {
    let http = Client::new();
    let ids = observations((&http, url), (token, patient)).await;
    let one = |path: String| vec![path];
    for (what, paths, times) in [
        ("read of Patient", one(format!("Patient/{patient}")), 4_000),
        ("read of 200 Observations in turn", ids, 8_000),
        (
            "labs: Observation?patient&category=laboratory&_count=50",
            one(format!("Observation?patient={patient}&category=laboratory&_count=50")),
            2_000,
        ),
        (
            "Observation?patient&_lastUpdated&_count=50",
            one(format!("Observation?patient={patient}&_lastUpdated=gt2020-01-01T00:00:00Z&_count=50")),
            2_000,
        ),
        (
            "Observation?patient&_sort=-date&_count=50",
            one(format!("Observation?patient={patient}&_sort=-date&_count=50")),
            2_000,
        ),
    ] {
        repeat((&http, url, server), (token, what, &paths, times), tell).await;
    }
    everything((&http, url, server), (token, patient), tell).await;
    tell("memory after the FHIR reads", format!("{} MB", resident(server.program, "VmRSS:") / 1024));
}

/// Where 200 Observations of a person are read, one by one.
pub async fn observations((http, url): (&Client, &str), (token, patient): (&str, &str)) -> Vec<String> {
    let listed = format!("{url}/fhir/Observation?patient={patient}&_count=200");
    let found: Value = http.get(listed).bearer_auth(token).send().await.unwrap().json().await.unwrap();
    found["entry"].as_array().unwrap()[..200]
        .iter()
        .map(|entry| format!("Observation/{}", entry["resource"]["id"].as_str().unwrap()))
        .collect()
}

/// Asks for addresses in turn, so many times in all, and says what one of them needed.
pub async fn repeat(
    (http, url, server): (&Client, &str, Server),
    (token, what, paths, times): (&str, &str, &[String], usize),
    tell: &impl Fn(&str, String),
) -> Spent {
    let ask = |number: usize| {
        let path = format!("{url}/fhir/{}", paths[number % paths.len()]);
        async move {
            let started = Instant::now();
            // As they are: what packing costs is the network's matter.
            let asked = http.get(path).bearer_auth(token).header("accept-encoding", "identity").send().await;
            let good = match asked {
                Ok(answer) => answer.status() == 200 && answer.bytes().await.is_ok(),
                Err(_) => false,
            };
            (started.elapsed(), good)
        }
    };
    futures::stream::iter((0..200).map(ask)).buffer_unordered(CLIENTS).collect::<Vec<_>>().await;
    let (before, started) = (server.cpu(), Instant::now());
    let asked: Vec<(Duration, bool)> =
        futures::stream::iter((0..times).map(ask)).buffer_unordered(CLIENTS).collect().await;
    let wall = started.elapsed().as_secs_f64();
    let spent = server.each(before, times);
    let errors = asked.iter().filter(|(_, good)| !good).count();
    tell(
        what,
        format!(
            "{spent}, {:.0}/s with the client beside, {}, {errors} errors",
            times as f64 / wall,
            Spread::of(asked.into_iter().map(|(time, _)| time).collect())
        ),
    );
    spent
}

/// A long answer, read to its end.
pub struct Streamed {
    /// Until the first bytes of the body were there.
    pub first: Duration,
    pub whole: Duration,
    pub bytes: usize,
}

/// Reads a long answer as it comes, and shows each piece.
pub async fn stream((http, address): (&Client, &str), token: &str, mut shown: impl FnMut(&[u8])) -> Streamed {
    let started = Instant::now();
    let asked = http.get(address).bearer_auth(token).header("accept-encoding", "identity");
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut body = answer.bytes_stream();
    let (mut first, mut bytes) = (None, 0);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.unwrap();
        first.get_or_insert_with(|| started.elapsed());
        bytes += chunk.len();
        shown(&chunk);
    }
    Streamed { first: first.expect("a body"), whole: started.elapsed(), bytes }
}

async fn everything(
    (http, url, server): (&Client, &str, Server),
    (token, patient): (&str, &str),
    tell: &impl Fn(&str, String),
) {
    const TIMES: usize = 40;
    let (mut firsts, mut wholes, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut before = server.cpu();
    let path = format!("{url}/fhir/Patient/{patient}/$everything");
    for time in 0..TIMES + 2 {
        if time == 2 {
            (before, bytes) = (server.cpu(), 0);
            firsts.clear();
            wholes.clear();
        }
        let read = stream((http, &path), token, |_| ()).await;
        bytes += read.bytes;
        firsts.push(read.first);
        wholes.push(read.whole);
    }
    let (first, whole) = (Spread::of(firsts), Spread::of(wholes));
    let size = bytes as f64 / TIMES as f64 / 1_000_000.0;
    tell(
        "$everything of 3,177 resources",
        format!(
            "first byte {first}; whole {whole}; {size:.1} MB, {:.0} MB/s, {}",
            size / whole.at(50) * 1000.0,
            server.each(before, TIMES)
        ),
    );
}

/// Counts the entries of a Bundle that comes in pieces.
#[derive(Default)]
pub struct Entries {
    count: usize,
    /// The end of what came before: what begins an entry may be cut.
    rest: Vec<u8>,
}

impl Entries {
    const START: &'static [u8] = b"{\"fullUrl\":\"";

    /// Takes in the next piece.
    pub fn see(&mut self, piece: &[u8]) {
        self.rest.extend_from_slice(piece);
        self.count += self.rest.windows(Self::START.len()).filter(|part| *part == Self::START).count();
        let kept = self.rest.len().min(Self::START.len() - 1);
        self.rest.drain(..self.rest.len() - kept);
    }

    /// How many there were.
    pub fn count(&self) -> usize {
        self.count
    }
}
