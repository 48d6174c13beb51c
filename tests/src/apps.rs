//! Apps through the pages: a developer signs one up, a person lets it read a part, sees what it took, narrows, pauses
//! and stops it; who cannot share; what is published.

use std::collections::BTreeMap;

use api::fhir::sensitivity::Label;
use api::representation::Kind as Authority;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::acting;
use crate::bulk::system::group;
use crate::harness::client::{Browser, Page, selector};
use crate::harness::{House, Kind, binary, on_both_databases};

on_both_databases!(
    an_app_is_connected_and_stopped,
    names_of_doctors_can_be_shared_alone,
    names_of_doctors_can_be_kept_out,
    times_and_single_kinds_are_kept_out,
    everything_else_goes_with_its_tick,
    a_day_that_does_not_count_is_not_dropped_without_a_word,
    connections_of_one_app_are_told_apart,
    the_log_shows_only_apps,
    what_was_asked_survives_signing_in_and_linking,
    a_parent_chooses_whose_record,
    a_parent_is_asked_about_what_they_see,
    what_cannot_be_answered_to_the_app_is_a_page,
    a_developer_looks_after_their_app,
    the_clinic_stops_an_app_and_two_people_agree_to_a_system,
    what_is_published_is_open_to_all,
);

const BACK: &str = "https://app.example/back";
/// PKCE: a verifier and its challenge (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const EVERYTHING: &str = "launch/patient openid fhirUser offline_access patient/*.rs";

/// Signs an app up on the pages; its id, and its secret.
async fn sign_up(house: &House, kind: &str) -> (Browser, String, Option<String>) {
    let mut developer = house.signed_in("newton").await;
    let form = developer.get("/developers/apps/new").await;
    let fill = [
        ("name", "My notebook (synthetic)"),
        ("kind", kind),
        ("redirect_uris", BACK),
        ("launch_uri", "https://app.example/launch"),
        ("policy_uri", "https://app.example/privacy"),
        ("made_by", "Notebook Makers (synthetic)"),
    ];
    let made = developer.submit(&form, "#app-form", &fill).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.all("#client-id").concat();
    let secret = made.all("#client-secret").into_iter().next();
    assert_eq!(secret.is_some(), kind == "secret");
    (developer, id, secret)
}

/// The address at which an app asks.
fn asking(house: &House, client: &str, scope: &str) -> String {
    let aud = format!("{}/fhir", house.url);
    let query = [
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", BACK),
        ("scope", scope),
        ("state", "a-state-of-the-app"),
        ("aud", &aud),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("/oauth/authorize?{query}")
}

/// Sends the form of a question with exactly these fields, and with the single kinds that the page ticks where none is
/// named; where the browser is sent.
async fn answer(person: &mut Browser, page: &Page, fields: &[(&str, &str)]) -> Page {
    let token = page.attributes("#ask-form input[name='csrf']", "value").remove(0);
    let of = page.attributes("#ask-form input[name='of']", "value").into_iter().next().unwrap_or_default();
    let own = [("csrf", token.as_str()), ("of", of.as_str())];
    let mut kinds = page.attributes("#ask-form input[name='kinds'][checked]", "value");
    kinds.retain(|_| fields.iter().all(|(name, _)| *name != "kinds"));
    let fields = fields.iter().copied().chain(kinds.iter().map(|kind| ("kinds", kind.as_str())));
    let fields: Vec<_> = own.into_iter().chain(fields).collect();
    person.plain_post(page.url.path(), &fields).await
}

fn back_with(answer: &Page) -> Url {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let to: Url = answer.headers["location"].to_str().unwrap().parse().unwrap();
    assert!(to.as_str().starts_with(BACK), "{to}");
    to
}

fn value(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Changes a code for a token.
async fn token(house: &House, client: &str, back: &Url) -> Value {
    let code = value(back, "code").expect("a code came back");
    assert_eq!(value(back, "state").as_deref(), Some("a-state-of-the-app"));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", BACK),
        ("client_id", client),
        ("code_verifier", VERIFIER),
    ];
    let answer =
        reqwest::Client::new().post(format!("{}/oauth/token", house.url)).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json().await.unwrap()
}

async fn read(house: &House, token: &Value, path: &str) -> (StatusCode, Value) {
    let bearer = token["access_token"].as_str().unwrap();
    let request = reqwest::Client::new().get(format!("{}/fhir/{path}", house.url)).bearer_auth(bearer);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

async fn names_of_doctors_can_be_shared_alone(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    let names = "launch/patient patient/Practitioner.rs patient/Organization.rs";
    let page = rosa.get(&asking(&house, &client, names)).await;
    assert!(page.path.starts_with("/apps/ask/"), "{} {}", page.path, page.text);
    assert!(page.text.contains("It asks for the names of doctors"), "{}", page.text);
    assert!(page.attributes("input[name='groups']", "value").is_empty());
    let back = back_with(&answer(&mut rosa, &page, &[("answer", "share")]).await);
    let token = token(&house, &client, &back).await;
    assert_eq!(token["scope"], names);
    assert_eq!(read(&house, &token, "Practitioner").await.0, StatusCode::OK);
    for path in ["Observation".to_owned(), format!("Patient/{}", token["patient"].as_str().unwrap())] {
        assert_eq!(read(&house, &token, &path).await.0, StatusCode::FORBIDDEN, "{path}");
    }
    house.close().await;
}

async fn names_of_doctors_can_be_kept_out(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    let page = rosa.get(&asking(&house, &client, "launch/patient patient/*.rs")).await;
    let parts = page.attributes("input[name='groups']", "value");
    let parts: Vec<(&str, &str)> = parts.iter().map(|part| ("groups", part.as_str())).collect();
    let kinds = [("answer", "share"), ("kinds", "Patient"), ("kinds", "Condition"), ("kinds", "Encounter")];
    let back = back_with(&answer(&mut rosa, &page, &[&kinds[..], &parts].concat()).await);
    let token = token(&house, &client, &back).await;
    let scope = token["scope"].as_str().unwrap();
    assert!(scope.contains("patient/Condition.rs") && scope.contains("patient/Provenance.rs"), "{scope}");
    let patient = token["patient"].as_str().unwrap();
    for name in
        ["Endpoint", "HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole"]
    {
        assert!(!scope.contains(&format!("patient/{name}.")), "{scope}");
        assert_eq!(read(&house, &token, name).await.0, StatusCode::FORBIDDEN, "{name}");
    }
    // What the visits name stays named, and does not come along.
    let everything = format!("Patient/{patient}/$everything");
    for path in ["Encounter?_include=Encounter:location", &everything] {
        let (status, found) = read(&house, &token, path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {found}");
        let kinds: Vec<&str> = found["entry"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| entry["resource"]["resourceType"].as_str())
            .collect();
        assert!(kinds.contains(&"Encounter"), "{path}: {kinds:?}");
        assert!(
            !kinds.iter().any(|kind| ["Location", "Practitioner", "Organization"].contains(kind)),
            "{path}"
        );
        assert!(found.to_string().contains("\"Practitioner/"), "{path}: references stay");
    }
    house.close().await;
}

/// What of a type a token finds: the id of each resource, and itself.
async fn all_of(house: &House, token: &Value, kind: &str) -> BTreeMap<String, Value> {
    let path = format!("{kind}?patient={}&_count=1000", token["patient"].as_str().unwrap());
    let (status, found) = read(house, token, &path).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    let all = found["entry"].as_array().into_iter().flatten().map(|entry| entry["resource"].clone());
    let all = all.filter(|one| one["resourceType"] == kind);
    all.map(|one| (one["id"].as_str().unwrap().to_owned(), one)).collect()
}

/// Sends the form that narrows a connection with these groups only.
async fn narrow(person: &mut Browser, page: &Page, groups: &[String]) -> Page {
    let hidden =
        |name: &str| page.attributes(&format!("#change-form input[name='{name}']"), "value").remove(0);
    let own = ["csrf", "seen", "until"].map(|name| (name, hidden(name)));
    let own = own.iter().map(|(name, value)| (*name, value.as_str()));
    let fields: Vec<_> = own.chain(groups.iter().map(|group| ("groups", group.as_str()))).collect();
    let answer = person.plain_post(page.url.path(), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    person.get(page.url.path()).await
}

async fn times_and_single_kinds_are_kept_out(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    let asked = "launch/patient patient/Patient.rs patient/Encounter.rs patient/CarePlan.rs patient/CareTeam.rs \
                 patient/Goal.rs";
    let page = rosa.get(&asking(&house, &client, asked)).await;
    let ticked = |page: &Page| page.attributes("input[name='kinds'][checked]", "value");
    assert_eq!(
        page.attributes("input[name='kinds']", "value"),
        ["Encounter", "CarePlan", "CareTeam", "Goal", "Patient"]
    );
    assert_eq!(ticked(&page).len(), 5);
    assert!(page.all("details[open] #kinds").is_empty() && page.all("details #kinds").len() == 1);

    // What is wrong is said at its field, and all that was typed is kept.
    let parts = [("answer", "share"), ("groups", "visits"), ("groups", "care-plans"), ("groups", "about-me")];
    let kinds = [("kinds", "Encounter"), ("kinds", "CarePlan"), ("kinds", "CareTeam"), ("kinds", "Patient")];
    for (from, to, field) in [("2024-01-02", "2024-01-01", "to"), ("2024-02-30", "2024-03-01", "from")] {
        let typed = [&parts[..], &kinds, &[("from", from), ("to", to)]].concat();
        let told = answer(&mut rosa, &page, &typed).await;
        assert_eq!((told.status, told.all(&format!("#{field}-problem")).len()), (422, 1), "{}", told.text);
        assert_eq!(told.attributes("#from, #to", "value"), [from, to]);
        assert_eq!(ticked(&told), kinds.map(|(_, kind)| kind));
        assert_eq!(told.all("details[open] #kinds").len(), 1, "what was taken away does not lie hidden");
    }
    let nothing = [("answer", "share"), ("from", "1900-01-01"), ("to", "1900-12-31")];
    let told = answer(&mut rosa, &page, &nothing).await;
    assert!(told.all("#groups").concat().contains("Nothing from these dates."), "{}", told.text);
    // No kind is nothing, and so is a kind of which no part has a tick.
    for kind in ["", "Goal"] {
        let told =
            answer(&mut rosa, &page, &[("answer", "share"), ("groups", "visits"), ("kinds", kind)]).await;
        assert_eq!((told.status, told.all("#groups-problem").len()), (422, 1), "{kind}: {}", told.text);
    }

    let whole = token(&house, &client, &back_with(&answer(&mut rosa, &page, &parts).await)).await;
    let visits = all_of(&house, &whole, "Encounter").await;
    let start = |visit: &Value| visit["period"]["start"].as_str().unwrap()[..10].to_owned();
    let mut days: Vec<String> = visits.values().map(start).collect();
    days.sort();
    let from = days[days.len() / 2].as_str();
    let page = rosa.get(&asking(&house, &client, asked)).await;
    let chosen = [&parts[..], &kinds, &[("from", from)]].concat();
    let part = token(&house, &client, &back_with(&answer(&mut rosa, &page, &chosen).await)).await;
    let scope = part["scope"].as_str().unwrap();
    assert!(scope.contains("CarePlan") && !scope.contains("Goal"), "{scope}");
    let patient = part["patient"].as_str().unwrap();
    for (path, status) in [
        (format!("Goal?patient={patient}"), StatusCode::FORBIDDEN),
        (format!("CarePlan?patient={patient}"), StatusCode::OK),
        // Who the person is has no date.
        (format!("Patient/{patient}"), StatusCode::OK),
    ] {
        assert_eq!(read(&house, &part, &path).await.0, status, "{path}");
    }
    assert!(!all_of(&house, &whole, "Goal").await.is_empty());
    let later = all_of(&house, &part, "Encounter").await;
    assert!(!later.is_empty() && later.len() < visits.len(), "{} of {}", later.len(), visits.len());
    assert!(later.values().all(|visit| start(visit).as_str() >= from), "{from}: {later:?}");
    let earlier = visits.keys().find(|id| !later.contains_key(*id)).unwrap();
    assert_eq!(read(&house, &part, &format!("Encounter/{earlier}")).await.0, StatusCode::NOT_FOUND);

    // The page says so, and a change keeps it.
    let list = rosa.get("/apps").await;
    let newest = list.all("#live > li").remove(0);
    assert!(newest.contains("But not: Goal. Only from "), "{newest}");
    let one = list.attributes("#live a.title", "href").remove(0);
    let page = rosa.get(&one).await;
    let page = narrow(&mut rosa, &page, &["visits".to_owned(), "about-me".to_owned()]).await;
    let words = page.all("main dl").concat();
    assert!(words.contains("Only from ") && !words.contains("But not"), "{words}");
    assert_eq!(all_of(&house, &part, "Encounter").await.len(), later.len());

    // Of a part whose name says more than the app may read, the kinds are told: on the question, and afterwards.
    let page = rosa.get(&asking(&house, &client, "launch/patient patient/Observation.rs")).await;
    let told = page.all("#groups").concat();
    assert_eq!(told.matches("Of this only: Result or measurement.").count(), 4, "{told}");
    let parts = [("answer", "share"), ("groups", "labs"), ("groups", "procedures")];
    back_with(&answer(&mut rosa, &page, &parts).await);
    let newest = rosa.get("/apps").await.all("#live > li").remove(0);
    let words = "May read: Lab results. Of Procedures it may read only: Result or measurement.";
    assert!(newest.contains(words), "{newest}");
    house.close().await;
}

/// A resource: its type, its id, its categories by system and code, and whether it goes.
type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], bool);

/// What is of no category, or of one that only its source knows, is of "everything else", and of the list of problems.
async fn everything_else_goes_with_its_tick(kind: Kind) {
    const OBSERVATION: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
    const CONDITION: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
    const CORE: &str = "http://hl7.org/fhir/us/core/CodeSystem/condition-category";
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    let own = ("urn:own", "steps");
    let social = (OBSERVATION, "social-history");
    let concern = (CORE, "health-concern");
    let cases: [Case<'_>; 10] = [
        ("Observation", "steps-plain", &[], true),
        ("Observation", "steps-own", &[own], true),
        ("Observation", "steps-exam", &[(OBSERVATION, "exam")], true),
        ("Observation", "steps-social", &[social], false),
        ("Observation", "steps-both", &[own, social], false),
        // As older versions of FHIR named it.
        (
            "Observation",
            "steps-old",
            &[("http://hl7.org/fhir/observation-category", "social-history")],
            false,
        ),
        ("Condition", "asthma-plain", &[], true),
        ("Condition", "asthma-own", &[own], true),
        ("Condition", "asthma-concern", &[concern], false),
        ("Condition", "asthma-both", &[(CONDITION, "problem-list-item"), concern], false),
    ];
    let person = house.person("rosa");
    let subject = json!({"reference": format!("Patient/{}", person.patient_id)});
    let made = cases.iter().map(|(kind, id, categories, _)| {
        let mut one = match *kind {
            "Observation" => json!({
                "status": "final", "effectiveDateTime": "2026-01-05",
                "code": {"coding": [{"system": "http://loinc.org", "code": "55423-8", "display": "Steps"}]},
                "valueQuantity": {"value": 1200, "unit": "steps"},
            }),
            _ => json!({
                "recordedDate": "2026-01-05",
                "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "195967001", "display": "Asthma"}]},
            }),
        };
        one["resourceType"] = json!(kind);
        one["id"] = json!(id);
        one["subject"] = subject.clone();
        let concept = |(system, code): &(&str, &str)| json!({"coding": [{"system": system, "code": code}]});
        if !categories.is_empty() {
            one["category"] = categories.iter().map(concept).collect();
        }
        one
    });
    let patient = person.resources.iter().find(|one| one["resourceType"] == "Patient").unwrap().clone();
    let entry: Vec<Value> =
        std::iter::once(patient).chain(made).map(|one| json!({"resource": one})).collect();
    let file = house.folder.path().join("steps.json");
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entry});
    std::fs::write(&file, bundle.to_string()).unwrap();
    let import = ["import", "--source", "demo-ehr", file.to_str().unwrap()];
    let done = binary::run(house.folder.path(), Some(&house.database.url), &import).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let asked =
        "launch/patient offline_access patient/Patient.rs patient/Observation.rs patient/Condition.rs";
    let page = rosa.get(&asking(&house, &client, asked)).await;
    let out = ["vitals", "daily-life", "concerns"];
    let mut groups = page.attributes("input[name='groups']", "value");
    groups.retain(|group| !out.contains(&group.as_str()));
    let mut ticks = vec![("answer", "share"), ("span", "quarter"), ("away", "yes")];
    ticks.push(("labels", Label::Unreviewed.slug()));
    ticks.extend(groups.iter().map(|group| ("groups", group.as_str())));
    let first = token(&house, &client, &back_with(&answer(&mut rosa, &page, &ticks).await)).await;
    let told = first["scope"].as_str().unwrap().to_owned();
    assert!(
        !told.contains(['+', '!']) && !told.contains("Observation.rs "),
        "scopes are told by category: {told}"
    );
    // A refresh keeps it, also where the app repeats what it was told; with less there is less.
    let again = refreshed(&house, (&client, &first), None).await;
    let repeated = refreshed(&house, (&client, &again), Some(&told)).await;
    for token in [&first, &again, &repeated] {
        let found = [all_of(&house, token, "Observation").await, all_of(&house, token, "Condition").await];
        for (kind, id, _, goes) in cases {
            let (status, _) = read(&house, token, &format!("{kind}/{id}")).await;
            assert_eq!(status, if goes { StatusCode::OK } else { StatusCode::NOT_FOUND }, "{id}");
            assert_eq!(found.iter().any(|all| all.contains_key(id)), goes, "{id}");
        }
    }
    let less = format!("patient/Observation.rs?category={OBSERVATION}|exam");
    let less = refreshed(&house, (&client, &repeated), Some(&less)).await;
    for (id, status) in [("steps-exam", StatusCode::OK), ("steps-plain", StatusCode::NOT_FOUND)] {
        assert_eq!(read(&house, &less, &format!("Observation/{id}")).await.0, status, "{id}");
    }

    // Taken away later it is gone at once.
    let one = rosa.get("/apps").await.attributes("#live a.title", "href").remove(0);
    let page = rosa.get(&one).await;
    let mut left = page.attributes("#change-form input[name='groups'][checked]", "value");
    assert_eq!(left, groups);
    left.retain(|group| group != "rest" && group != "problems");
    narrow(&mut rosa, &page, &left).await;
    for (kind, id, ..) in cases {
        assert_eq!(read(&house, &repeated, &format!("{kind}/{id}")).await.0, StatusCode::NOT_FOUND, "{id}");
    }
    house.close().await;
}

/// New tokens for a refresh token, for these scopes if any are named.
async fn refreshed(house: &House, (client, token): (&str, &Value), scope: Option<&str>) -> Value {
    let given = token["refresh_token"].as_str().unwrap();
    let mut form = vec![("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", given)];
    form.extend(scope.map(|scope| ("scope", scope)));
    let request = reqwest::Client::new().post(format!("{}/oauth/token", house.url)).form(&form);
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let mut token: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{token}");
    // `all_of` asks by the person, whom an answer names only where the app asked for that.
    token["patient"] = house.person("rosa").patient_id.to_string().into();
    token
}

async fn an_app_is_connected_and_stopped(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    assert!(rosa.get("/apps").await.text.contains("No app may read your record"));

    let page = rosa.get(&asking(&house, &client, EVERYTHING)).await;
    assert!(page.path.starts_with("/apps/ask/"), "{} {}", page.path, page.text);
    let words = page.all("main").concat();
    for word in [
        "Hi, Rosa",
        "My notebook (synthetic)",
        "Notebook Makers (synthetic)",
        "The clinic has not checked it",
        "app.example",
        "may not protect the copy",
        "you can stop it",
    ] {
        assert!(words.contains(word), "{word}: {words}");
    }
    // What is asked for is ticked, what is very private is not.
    let groups = page.attributes("input[name='groups'][checked]", "value");
    assert_eq!(groups, page.attributes("input[name='groups']", "value"));
    assert!(groups.len() > 20, "{groups:?}");
    assert!(page.attributes("input[name='labels'][checked]", "value").is_empty());
    assert_eq!(page.attributes("input[name='span'][checked]", "value"), ["quarter"]);
    // Where an app's address leads on to nobody here knows, and Chrome asks `form-action` at each step.
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("form-action"), "{policy}");

    // Enter in a field presses the first button, which says nothing: the page comes again with what was typed, nothing
    // is shared, and the question stays open.
    let first = page
        .html()
        .select(&selector("#ask-form button"))
        .next()
        .and_then(|one| one.attr("name").map(str::to_owned));
    assert_eq!(first, None, "{}", page.text);
    for said in ["", "zzz"] {
        let typed = [("answer", said), ("groups", "labs"), ("from", "2024-02-03"), ("span", "year")];
        let told = answer(&mut rosa, &page, &typed).await;
        assert_eq!((told.status, told.all("#answer-problem").len()), (422, 1), "{said}: {}", told.text);
        assert_eq!(told.attributes("input[name='groups'][checked]", "value"), ["labs"]);
        assert_eq!(told.attributes("#from", "value"), ["2024-02-03"]);
        assert_eq!(told.attributes("input[name='span'][checked]", "value"), ["year"]);
    }
    let told = answer(&mut rosa, &page, &[("groups", "labs")]).await;
    assert_eq!(told.status, 422, "no answer at all: {}", told.text);

    // Nothing ticked: the page says so, and keeps what was typed.
    let nothing = answer(&mut rosa, &page, &[("answer", "share"), ("span", "year")]).await;
    assert_eq!(nothing.status, 422);
    assert_eq!(nothing.all("#groups-problem").len(), 1, "{}", nothing.text);
    assert_eq!(nothing.attributes("input[name='span'][checked]", "value"), ["year"]);

    let chosen = [
        ("answer", "share"),
        ("groups", "labs"),
        ("groups", "allergies"),
        ("groups", "about-me"),
        ("span", "quarter"),
        ("away", "yes"),
    ];
    let back = back_with(&answer(&mut rosa, &page, &chosen).await);
    assert_eq!(value(&back, "iss").as_deref(), Some(house.url.as_str()));
    // Answered once is answered.
    let again = answer(&mut rosa, &page, &chosen).await;
    assert_eq!(again.status, 404, "{}", again.text);
    let token = token(&house, &client, &back).await;
    let scope = token["scope"].as_str().unwrap();
    for (part, granted) in [
        ("patient/AllergyIntolerance.rs", true),
        ("patient/Patient.rs", true),
        ("observation-category|laboratory", true),
        ("patient/Practitioner.rs", true),
        ("offline_access", true),
        ("patient/*", false),
        ("patient/Observation.rs ", false),
        ("patient/MedicationRequest", false),
        ("vital-signs", false),
    ] {
        assert_eq!(scope.contains(part), granted, "{part}: {scope}");
    }
    let patient = token["patient"].as_str().unwrap();
    let labs = format!("Observation?patient={patient}&category=laboratory&_count=5");
    let (status, found) = read(&house, &token, &labs).await;
    assert_eq!(status, StatusCode::OK, "{found}");
    assert!(found["entry"].as_array().is_some_and(|entries| !entries.is_empty()), "{found}");
    let (status, _) = read(&house, &token, &format!("MedicationRequest?patient={patient}")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    // The page says what it may see and what it took; the log tells each reading.
    let list = rosa.get("/apps").await;
    let words = list.all("main").concat();
    assert!(words.contains("It read 1 time"), "{words}");
    assert!(words.contains("Lab results") && words.contains("No very private parts"), "{words}");
    let one = list.attributes("#live a.title", "href").remove(0);
    let page = rosa.get(&one).await;
    let table = page.all("main table").concat();
    assert!(table.contains("Lab results") && !table.contains("Finding"), "{table}");
    let log = page.attributes("main a[href*='grant=']", "href").remove(0);
    let log = rosa.get(&log).await;
    assert_eq!(log.all("ol.log > li").len(), 1, "{}", log.text);
    let line = log.all("ol.log > li").concat();
    assert!(line.contains("The app My notebook (synthetic), connected by you:"), "{line}");
    assert_eq!(log.attributes("ol.log dd a", "href"), std::slice::from_ref(&one));

    // Narrowed: the same token sees less at once.
    let until = page.attributes("#until", "value").remove(0);
    let seen = page.attributes("#change-form input[name='seen']", "value").remove(0);
    let csrf = page.attributes("#change-form input[name='csrf']", "value").remove(0);
    let fields = [("csrf", csrf.as_str()), ("seen", &seen), ("groups", "allergies"), ("until", &until)];
    let more = [&fields[..], &[("groups", "medicines")]].concat();
    assert_eq!(rosa.plain_post(&one, &fields[..2]).await.status, 422, "nothing is left");
    assert_eq!(rosa.plain_post(&one, &more).await.status, 303, "what was never allowed cannot be ticked");
    let (status, _) = read(&house, &token, &labs).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = read(&house, &token, &format!("AllergyIntolerance?patient={patient}")).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = read(&house, &token, &format!("MedicationRequest?patient={patient}")).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let stale = rosa.plain_post(&one, &fields).await;
    assert_eq!(stale.status, 409, "the form saw an earlier state");

    // Paused and let go on.
    let page = rosa.get(&one).await;
    let page = rosa.submit(&page, "#pause-form", &[]).await;
    assert!(page.text.contains("Paused since"), "{}", page.text);
    let allergies = format!("AllergyIntolerance?patient={patient}");
    assert_eq!(read(&house, &token, &allergies).await.0, StatusCode::UNAUTHORIZED);
    let page = rosa.submit(&page, "#resume-form", &[]).await;
    assert_eq!(page.path, one);
    assert_eq!(read(&house, &token, &allergies).await.0, StatusCode::OK);

    // Stopped: a page says what that means, and the tokens are dead with the next request.
    let confirm = page.attributes("main a.danger", "href").remove(0);
    let confirm = rosa.get(&confirm).await;
    assert!(confirm.text.contains("What it already took stays with the app"), "{}", confirm.text);
    let page = rosa.submit(&confirm, "#end-form", &[]).await;
    assert!(page.text.contains("Stopped on"), "{}", page.text);
    assert_eq!(read(&house, &token, &allergies).await.0, StatusCode::UNAUTHORIZED);
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", client.as_str()),
        ("refresh_token", token["refresh_token"].as_str().unwrap()),
    ];
    let answer = reqwest::Client::new()
        .post(format!("{}/oauth/token", house.url))
        .form(&refresh)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    // Its page speaks of what was.
    let words = page.all("main").concat();
    assert_eq!(page.all("h1"), ["An app that was connected"]);
    for word in ["What it could read", "It could read: Allergies.", "can read nothing here any more"] {
        assert!(words.contains(word), "{word}: {words}");
    }
    for word in ["What it may read", "May read", "It may"] {
        assert!(!words.contains(word), "{word}: {words}");
    }
    let list = rosa.get("/apps").await;
    assert_eq!((list.all("#live > li").len(), list.all("#over > li").len()), (0, 1));
    assert!(list.all("#over > li").concat().contains("It could read: Allergies."), "{}", list.text);

    // Declined: the app learns only that.
    let page = rosa.get(&asking(&house, &client, "patient/Patient.rs")).await;
    let back = back_with(&self::answer(&mut rosa, &page, &[("answer", "deny")]).await);
    assert_eq!(value(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(value(&back, "code"), None);

    // Nobody else finds it.
    let mut sam = house.linked("sam").await;
    assert_eq!(sam.get(&one).await.status, 404);
    assert_eq!(sam.get(&format!("{one}/end")).await.status, 404);
    assert_eq!(api::disclosures::verify(&house.app).await.unwrap().faults, []);
    house.close().await;
}

async fn a_day_that_does_not_count_is_not_dropped_without_a_word(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    for (scope, before, after) in [
        (
            "patient/Patient.rs offline_access",
            "the app can read for 60 minutes from now",
            "It may not go on by itself",
        ),
        (
            "patient/Patient.rs offline_access online_access",
            "only while you are signed in here",
            "while the sign-in lasts",
        ),
    ] {
        let page = rosa.get(&asking(&house, &client, scope)).await;
        assert!(page.all("#away").concat().contains(before), "{}", page.text);
        assert!(page.all("#away-problem").is_empty());
        let chosen = [("answer", "share"), ("groups", "about-me"), ("span", "year")];
        let told = answer(&mut rosa, &page, &chosen).await;
        assert_eq!(told.status, 422, "{scope}");
        assert_eq!(told.all("#away-problem").len(), 1, "{}", told.text);
        assert!(told.all("#away").concat().contains(before), "{}", told.text);
        assert_eq!(told.attributes("input[name='span'][checked]", "value"), ["year"]);
        assert!(told.attributes("input[name='away'][checked]", "value").is_empty());
        assert_eq!(told.attributes("#ask-form input[name='short']", "value"), ["yes"]);
        let chosen = [&chosen[..], &[("short", "yes")]].concat();
        back_with(&answer(&mut rosa, &told, &chosen).await);
        let list = rosa.get("/apps").await;
        let newest = list.all("#live > li").remove(0);
        assert!(newest.contains(after), "{scope}: {newest}");
        let one = list.attributes("#live a.title", "href").remove(0);
        assert!(rosa.get(&one).await.all("main").concat().contains(after), "{scope}");
    }
    // With the tick the day stands.
    let page = rosa.get(&asking(&house, &client, "patient/Patient.rs offline_access")).await;
    let chosen = [("answer", "share"), ("groups", "about-me"), ("span", "year"), ("away", "yes")];
    back_with(&answer(&mut rosa, &page, &chosen).await);
    let newest = rosa.get("/apps").await.all("#live > li").remove(0);
    assert!(newest.contains("May read until") && !newest.contains("by itself"), "{newest}");
    house.close().await;
}

async fn connections_of_one_app_are_told_apart(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut child = house.linked("mia").await;
    let mut elena = house.linked("elena").await;
    let mia = acting::appointed(&house, ("elena", Authority::Parent), "mia", acting::everything()).await;
    for (of, group) in [("own", "about-me"), ("own", "allergies"), (&*mia.to_string(), "about-me")] {
        let page = elena.get(&asking(&house, &client, "launch/patient patient/*.rs")).await;
        let page = elena.submit(&page, "#whose-form", &[("of", of)]).await;
        back_with(
            &answer(&mut elena, &page, &[("answer", "share"), ("groups", group), ("span", "day")]).await,
        );
    }
    let list = elena.get("/apps").await;
    let lines = list.all("#live > li");
    assert_eq!(lines.len(), 2, "{}", list.text);
    for (line, group) in lines.iter().zip(["Allergies", "Personal details"]) {
        assert!(line.contains("Connected on") && line.contains("For the record of Elena"), "{line}");
        assert!(line.contains(group), "{line}");
    }
    let list = elena.get(&format!("/for/{mia}/apps")).await;
    let lines = list.all("#live > li");
    assert!(lines.len() == 1 && lines[0].contains("For the record of Mia"), "{lines:?}");
    // Who is asked whether to stop one reads which it is.
    let one = list.attributes("#live a.title", "href").remove(0);
    let confirm = elena.get(&format!("{one}/end")).await.all("main").concat();
    assert!(confirm.contains("Connected on") && confirm.contains("May read: Personal"), "{confirm}");
    // The person sees who connected it.
    let line = child.get("/apps").await.all("#live > li").concat();
    assert!(line.contains(" by Elena"), "{line}");
    house.close().await;
}

async fn the_log_shows_only_apps(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    let only = "/access-log?who=apps";
    let empty = rosa.get(only).await;
    assert!(empty.text.contains("No app has read anything of your record here yet."), "{}", empty.text);
    let page = rosa.get(&asking(&house, &client, "patient/Patient.rs")).await;
    let back = back_with(&answer(&mut rosa, &page, &[("answer", "share"), ("groups", "about-me")]).await);
    let token = token(&house, &client, &back).await;
    let own = format!("Patient/{}", token["patient"].as_str().unwrap());
    for _ in 0..51 {
        assert_eq!(read(&house, &token, &own).await.0, StatusCode::OK);
    }
    // Other filters go with it, and it stays on the next page.
    for (query, words) in [("", "51 lines"), ("&what=item", "51 lines"), ("&what=list", "No line fits")] {
        let page = rosa.get(&format!("{only}{query}")).await;
        assert!(page.all("main").concat().contains(words), "{query}: {}", page.text);
        assert_eq!(page.attributes("select[name='who'] option[selected]", "value"), ["apps"]);
    }
    let first = rosa.get(only).await;
    let lines = first.all("ol.log > li .value");
    assert_eq!(lines.len(), 50);
    assert!(lines.iter().all(|line| line.contains("The app My notebook")), "{lines:?}");
    let older = first.attributes("nav.pager a", "href").remove(0);
    assert!(older.contains("who=apps"), "{older}");
    let second = rosa.get(&older).await;
    assert_eq!(second.all("ol.log > li").len(), 1, "{}", second.text);
    assert_eq!(rosa.get("/access-log?who=nobody").await.all("#summary li").len(), 1);
    house.close().await;
}

async fn what_was_asked_survives_signing_in_and_linking(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    house.gather("rosa").await;
    let code = house.code("rosa").await;
    let mut rosa = house.browser();
    let sign_in = rosa.get(&asking(&house, &client, "patient/AllergyIntolerance.rs offline_access")).await;
    assert_eq!(sign_in.path, "/sign-in");
    let asked = rosa.submit(&sign_in, "form[action='/sign-in/demo']", &[]).await;
    let form = "form:has(input[name='person'][value='demo-rosa'])";
    let page = rosa.submit(&asked, form, &[]).await;
    assert!(page.text.contains("You have no record here yet"), "{} {}", page.path, page.text);
    let link = page.attributes("main a.button", "href").remove(0);
    let link = rosa.get(&link).await;
    let page = rosa.submit(&link, "form[action='/link']", &[("code", &code)]).await;
    assert!(page.path.starts_with("/apps/ask/"), "{}", page.path);
    assert_eq!(page.attributes("input[name='groups'][checked]", "value"), ["allergies"]);

    // A sign-in that is too old is renewed, and the choice is still there.
    house.raw.run("UPDATE session SET auth_time = auth_time - 3600000000").await.unwrap();
    let days = [("from", "2020-01-01"), ("to", "2025-12-31")];
    let chosen = [("answer", "share"), ("groups", "allergies"), ("span", "year"), ("short", "yes")];
    let chosen = [&chosen[..], &days].concat();
    let sent = answer(&mut rosa, &page, &chosen).await;
    let why = rosa.get(sent.headers["location"].to_str().unwrap()).await;
    assert_eq!(why.path, "/sign-in-again");
    let asked = rosa.submit(&why, "form[action='/sign-in-again']", &[]).await;
    let page = rosa.submit(&asked, form, &[]).await;
    assert!(page.path.starts_with("/apps/ask/"), "{} {}", page.path, page.text);
    assert_eq!(page.attributes("input[name='span'][checked]", "value"), ["year"]);
    assert_eq!(page.attributes("#from, #to", "value"), days.map(|(_, day)| day));
    assert!(page.attributes("input[name='away'][checked]", "value").is_empty(), "it was taken away");
    let back = back_with(&answer(&mut rosa, &page, &chosen).await);
    let token = token(&house, &client, &back).await;
    assert!(!token["scope"].as_str().unwrap().contains("offline_access"), "{token}");
    assert!(token["refresh_token"].is_null(), "{token}");
    house.close().await;
}

async fn a_parent_chooses_whose_record(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    house.gather("mia").await;
    let mut elena = house.linked("elena").await;
    let mia = acting::appointed(&house, ("elena", Authority::Parent), "mia", acting::everything()).await;
    let base = format!("/for/{mia}");
    let page = elena.get(&asking(&house, &client, "launch/patient patient/*.rs")).await;
    assert_eq!(page.attributes("#whose-form input[name='of']", "value"), ["own".to_owned(), mia.to_string()]);
    let page = elena.submit(&page, "#whose-form", &[("of", &mia.to_string())]).await;
    assert!(page.all(".whose strong").concat().contains("Mia"), "{}", page.text);
    assert_eq!(page.attributes("#ask-form input[name='of']", "value"), [mia.to_string()]);
    let words = page.all("#ask-form").concat();
    assert!(words.contains("open “People”, and there the record of Mia"), "{words}");
    let back = back_with(
        &answer(&mut elena, &page, &[("answer", "share"), ("groups", "allergies"), ("span", "day")]).await,
    );
    let token = token(&house, &client, &back).await;
    assert!(token["patient"].is_string());
    let list = elena.get(&format!("{base}/apps")).await;
    assert_eq!(list.all("#live > li").len(), 1, "{}", list.text);
    let own = elena.get("/apps").await;
    assert!(own.all("#live > li").is_empty(), "her own record is another");
    assert_eq!(own.attributes("#others a", "href"), [format!("{base}/apps")], "{}", own.text);
    assert!(own.all("#others a").concat().starts_with("Apps that you connected for Mia"), "{}", own.text);
    assert!(list.all("#others").is_empty(), "{}", list.text);
    let one = list.attributes("#live a.title", "href").remove(0);
    assert!(one.starts_with(&format!("{base}/apps/")), "{one}");
    assert_eq!(elena.get(one.strip_prefix(&base).unwrap()).await.status, 404, "{one} under her own record");
    house.close().await;
}

/// The page names no very private part that the parent does not see, and who ticks one all the same shares none of it.
async fn a_parent_is_asked_about_what_they_see(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut jordan = house.linked("jordan").await;
    let mut elena = house.signed_in("elena").await;
    acting::appointed(&house, ("elena", Authority::Parent), "jordan", acting::everything()).await;
    let asked = asking(&house, &client, "launch/patient patient/*.rs");
    let mut named = Vec::new();
    let mut shared = Vec::new();
    for who in [&mut jordan, &mut elena] {
        let page = who.get(&asked).await;
        assert!(page.all("#ask-form").len() == 1, "{}", page.text);
        named.push(page.attributes("#labels input[name='labels']", "value"));
        let mut ticks = vec![("answer", "share"), ("groups", "labs"), ("span", "day")];
        ticks.extend(Label::ALL.map(|label| ("labels", label.slug())));
        let token = token(&house, &client, &back_with(&answer(who, &page, &ticks).await)).await;
        let labs = format!("Observation?patient={}&category=laboratory", token["patient"].as_str().unwrap());
        let (status, found) = read(&house, &token, &labs).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        shared.push(found.to_string().to_lowercase());
    }
    for label in ["minor", "reproductive"] {
        let names = |all: &Vec<String>| all.iter().any(|one| one == label);
        assert!(names(&named[0]) && !names(&named[1]), "{label}: {named:?}");
    }
    assert!(shared[0].contains("chlamydia"), "Jordan shares what Jordan sees");
    assert!(!shared[1].contains("chlamydia"), "a tick reaches no further than the parent sees");
    house.close().await;
}

async fn what_cannot_be_answered_to_the_app_is_a_page(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut anyone = house.browser();
    let good = asking(&house, &client, "patient/Patient.rs");
    for (bad, words) in [
        (good.replace(&client, "nobody"), "is not known to us"),
        (good.replace("app.example%2Fback", "evil.example%2Fback"), "address that it did not sign up"),
        (format!("{good}&client_id={client}"), "did not ask in the right way"),
        ("/oauth/authorize".into(), ""),
    ] {
        let page = anyone.ask(Method::GET, &bad, &[]).await;
        assert_eq!(page.status, 400, "{bad}");
        assert!(!page.headers.contains_key("location"));
        let main = page.all("main").concat();
        assert!(main.contains(words) && main.contains("Nothing was shared"), "{bad}: {main}");
        assert_eq!(page.all("main details dd").len(), 2, "reason and trace: {}", page.text);
    }
    // The same as a form from the app's page, without a token of ours.
    let query = good.split_once('?').unwrap().1;
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = anyone.plain_post("/oauth/authorize", &fields).await;
    assert_eq!(page.status, 303);
    assert!(page.headers["location"].to_str().unwrap().starts_with("/apps/ask/"));
    // Nobody vouches for the app: whoever is not signed in decides whether to go where it leads.
    for page in [
        anyone.plain_post("/oauth/authorize", &fields[1..]).await,
        anyone.ask(Method::GET, &format!("{good}&prompt=none"), &[]).await,
    ] {
        assert_eq!((page.status, page.headers.contains_key("location")), (400, false));
        let main = page.all("main").concat();
        assert!(main.contains("The app “My notebook (synthetic)” did not ask in the right way."), "{main}");
        assert!(main.contains("Going on leads you away from here, to app.example."), "{main}");
        let to: Url = page.attributes("main a#onward", "href").remove(0).parse().unwrap();
        assert!(to.as_str().starts_with(BACK) && value(&to, "error").is_some(), "{to}");
        assert_eq!(value(&to, "state").as_deref(), Some("a-state-of-the-app"));
    }
    let mut sam = house.signed_in("sam").await;
    for page in [
        sam.plain_post("/oauth/authorize", &fields[1..]).await,
        sam.ask(Method::GET, &format!("{good}&prompt=none"), &[]).await,
    ] {
        assert!(value(&back_with(&page), "error").is_some(), "what is wrong is told to the app");
    }
    house.close().await;
}

async fn a_developer_looks_after_their_app(kind: Kind) {
    let house = House::start(kind).await;
    let (mut developer, client, secret) = sign_up(&house, "secret").await;
    let path = format!("/developers/apps/{client}");
    let page = developer.get(&path).await;
    assert!(!page.text.contains(&secret.unwrap()), "the secret is shown once");
    let renewed = developer.submit(&page, "#secret-form", &[]).await;
    assert_eq!((renewed.status, renewed.all("#client-secret").len()), (201, 1));
    let page = developer.get(&path).await;
    let wrong = developer.submit(&page, "#app-form", &[("redirect_uris", "http://app.example/back")]).await;
    assert_eq!((wrong.status, wrong.all("#redirect_uris-problem").len()), (422, 1));
    assert!(wrong.text.contains("http://app.example/back"));
    let saved = developer.submit(&page, "#app-form", &[("name", "Other notebook (synthetic)")]).await;
    assert!(saved.text.contains("Other notebook (synthetic)") && saved.text.contains("Saved."));
    // What is refused stands in its log with the true reason.
    let bad = asking(&house, &client, "patient/Patient.rs").replace("S256", "plain");
    assert_eq!(house.browser().ask(Method::GET, &bad, &[]).await.status, 400);
    let log = developer.get(&format!("{path}/log")).await;
    assert!(log.all("ol.lines > li").concat().contains("authorize"), "{}", log.text);
    // It is nobody else's.
    let mut other = house.signed_in("sam").await;
    for page in [path.clone(), format!("{path}/log"), format!("{path}/removal")] {
        assert_eq!(other.get(&page).await.status, 404, "{page}");
    }
    // A form sent again, as by a second click, makes nothing anew and says so; with something else in it it does.
    let form = developer.get("/developers/apps/new").await;
    let fill = [("name", "Twice (synthetic)"), ("kind", "secret"), ("redirect_uris", BACK)];
    let made = developer.submit(&form, "#app-form", &fill).await;
    let id = made.all("#client-id").concat();
    let again = developer.submit(&form, "#app-form", &fill).await;
    assert_eq!((again.status, again.path.clone()), (200, format!("/developers/apps/{id}")), "{}", again.text);
    let said = again.all("#before").concat();
    assert!(said.contains("sent before") && said.contains("secret was shown then"), "{said}");
    let other = developer.submit(&form, "#app-form", &[("name", "Once (synthetic)"), fill[1], fill[2]]).await;
    assert_eq!(other.status, 201, "{}", other.text);
    let list = developer.get("/developers/apps").await;
    assert_eq!(list.all("main .lines > li").len(), 3, "{}", list.text);
    // What it made is removed: the form is there as it was typed, and makes another.
    for id in [id, other.all("#client-id").concat()] {
        let removal = developer.get(&format!("/developers/apps/{id}/removal")).await;
        developer.submit(&removal, "#removal-form", &[]).await;
    }
    let over = developer.submit(&form, "#app-form", &fill).await;
    assert_eq!((over.status, over.attributes("#name", "value").concat()), (409, fill[0].1.to_owned()));
    let anew = developer.submit(&over, "#app-form", &fill).await;
    assert_eq!(anew.status, 201, "{}", anew.text);
    let removal = format!("/developers/apps/{}/removal", anew.all("#client-id").concat());
    let removal = developer.get(&removal).await;
    developer.submit(&removal, "#removal-form", &[]).await;

    let removal = developer.get(&format!("{path}/removal")).await;
    let list = developer.submit(&removal, "#removal-form", &[]).await;
    assert!(list.text.contains("You have signed up no app yet"), "{}", list.text);
    assert_eq!(developer.get(&path).await.status, 404);

    // Keys that are not right are named by the field, and the test says what is found.
    let form = developer.get("/developers/apps/new").await;
    let fill =
        [("name", "Keys (synthetic)"), ("kind", "keys"), ("redirect_uris", BACK), ("keys", "{\"keys\": []}")];
    let wrong = developer.submit(&form, "#app-form", &fill).await;
    assert_eq!((wrong.status, wrong.all("#keys-problem").len()), (422, 1), "{}", wrong.text);
    house.close().await;
}

async fn the_clinic_stops_an_app_and_two_people_agree_to_a_system(kind: Kind) {
    let house = House::start(kind).await;
    let (_, client, _) = sign_up(&house, "public").await;
    let mut rosa = house.linked("rosa").await;
    let page = rosa.get(&asking(&house, &client, "patient/Patient.rs")).await;
    let chosen = [("answer", "share"), ("groups", "about-me")];
    let token = token(&house, &client, &back_with(&answer(&mut rosa, &page, &chosen).await)).await;
    let own = format!("Patient/{}", token["patient"].as_str().unwrap());
    assert_eq!(read(&house, &token, &own).await.0, StatusCode::OK);

    let mut admin = house.desk("admin").await;
    let list = admin.get("/staff/apps").await;
    assert!(list.all("main").concat().contains("1 person has it connected"), "{}", list.text);
    let path = format!("/staff/apps/{client}");
    // People are counted, not what they allowed, and nobody is named but who registered it.
    let again = rosa.get(&asking(&house, &client, "patient/Patient.rs")).await;
    back_with(&answer(&mut rosa, &again, &chosen).await);
    let page = admin.get(&path).await;
    let facts = page.all("main dl").concat();
    assert!(facts.contains("1 person has it connected") && facts.contains("its developer, "), "{facts}");
    assert!(!page.all("main").concat().contains("Rosa"), "{}", page.text);
    let missing = admin.submit(&page, "#suspend-form", &[]).await;
    assert_eq!((missing.status, missing.all("#why-problem").len()), (422, 1), "{}", missing.text);
    let page = admin.submit(&page, "#suspend-form", &[("why", "Its keys were stolen (synthetic)")]).await;
    assert_eq!(page.path, path);
    assert_eq!(read(&house, &token, &own).await.0, StatusCode::UNAUTHORIZED);
    assert!(rosa.get("/apps").await.text.contains("Stopped by the clinic for now"));
    let page = admin.submit(&page, "#resume-form", &[]).await;
    assert_eq!(read(&house, &token, &own).await.0, StatusCode::OK);
    let page = admin.submit(&page, "#mark-form", &[]).await;
    assert!(page.text.contains("The clinic recommends it"), "{}", page.text);
    assert!(rosa.get("/apps/find").await.text.contains("The clinic recommends this app"));

    // A system: its keys, what it may read, and a second person.
    let key = r#"{"keys":[{"kty":"EC","crv":"P-384","kid":"a","use":"sig","alg":"ES384","x":"vQBxChmVAtDBaJRX0DUjhCbe5RW3EGOV-TQecIdcjsCM1EJzjTkEjqUW1p-SJgaE","y":"r41__pOlPjdgQ-UokSgN7SLtQyPkVKCcBChs_-O4R0D-HQBjhrOaAm7mGT5J599b"}]}"#;
    let form = admin.get("/staff/apps/new").await;
    let fill = [
        ("name", "Nightly export (synthetic)"),
        ("keys", key),
        ("scope", "system/Patient.rs"),
        ("groups", "all"),
    ];
    let unknown = admin.submit(&form, "#app-form", &fill).await;
    assert_eq!((unknown.status, unknown.all("#groups-problem").len()), (422, 1), "{}", unknown.text);
    // What is wrong with keys is said at their field, and truly.
    for (field, value, words) in [
        ("keys", r#"{"kty":"EC","crv":"P-384","kid":"a"}"#, "is not a JWK Set"),
        ("keys", r#"{"keys":[{"kty":"EC","crv":"P-384","kid":"a","d":"AA"}]}"#, "private or shared key"),
        ("keys", r#"{"keys":[{"kty":"EC","crv":"P-384"}]}"#, "has no kid"),
        ("jwks_uri", "http://lake.example.org/keys", "begins with https"),
    ] {
        let empty = if field == "keys" { ("jwks_uri", "") } else { ("keys", "") };
        let wrong = admin.submit(&form, "#app-form", &[fill[0], fill[2], empty, (field, value)]).await;
        let said = wrong.all(&format!("#{field}-problem")).concat();
        assert!(wrong.status == 422 && said.contains(words), "{field}: {said}");
    }
    // One without a group is told what follows.
    let alone = admin.submit(&form, "#app-form", &fill[..3]).await;
    assert!(alone.status == 201 && alone.text.contains("It names no group"), "{}", alone.text);
    group(&house, "all", &[]).await;
    let made = admin.submit(&form, "#app-form", &fill).await;
    assert!(made.status == 201 && !made.text.contains("It names no group"), "{}", made.text);
    let system = made.attributes("main a.button", "href").remove(0);
    let again = admin.submit(&form, "#app-form", &fill).await;
    assert_eq!((again.path.as_str(), again.all("#before").len()), (system.as_str(), 1), "{}", again.text);
    let page = admin.get(&system).await;
    assert!(page.all("#agree-form").is_empty(), "nobody agrees to their own");
    let mut officer = house.desk("privacy").await;
    let page = officer.get(&system).await;
    assert!(page.all("main dl").concat().contains("the clinic, "), "who asks is told: {}", page.text);
    assert!(!page.text.contains("has it connected"), "{}", page.text);
    assert!(page.text.contains("Waits until a second person"), "{}", page.text);
    assert!(page.all("#suspend-form").is_empty(), "{}", page.text);
    let stale = page;
    let page = officer.submit(&stale, "#agree-form", &[]).await;
    assert!(!page.text.contains("Waits until a second person"), "{}", page.text);
    assert_eq!(officer.submit(&stale, "#agree-form", &[]).await.all("#before").len(), 1, "a second click");
    // Who registered it and who agreed to it stay known.
    let told = page.all("main dl").concat();
    assert!(told.contains("the clinic, ") && told.contains("Second person"), "{told}");
    assert!(told.contains(" agreed, "), "{told}");
    house.close().await;
}

async fn what_is_published_is_open_to_all(kind: Kind) {
    let npi = |config: &mut api::config::Config| config.clinic.identifiers = vec!["npi|1234567893".into()];
    let house = House::with(kind, npi).await;
    let mut anyone = house.browser();
    let page = anyone.get("/developers").await;
    assert!(page.all("#example-js").concat().contains(&format!("{}/fhir", house.url)));
    // What the example makes of a verifier is what the server makes of it (RFC 7636, 4.2).
    let html = page.html();
    let example = html.select(&selector("#example-sh")).flat_map(|one| one.text()).collect::<String>();
    let made = example.lines().filter(|line| line.starts_with("VERIFIER=") || line.starts_with("CHALLENGE="));
    let script =
        format!("{}\nprintf '%s %s' \"$VERIFIER\" \"$CHALLENGE\"", made.collect::<Vec<_>>().join("\n"));
    match std::process::Command::new("openssl").arg("version").output() {
        Err(_) => println!("skipped: there is no openssl here"),
        Ok(_) => {
            let ran = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
            let words = String::from_utf8(ran.stdout).unwrap();
            let (verifier, challenge) = words.split_once(' ').unwrap();
            assert!(verifier.len() == 64, "{verifier}");
            assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(api::base::sha256([verifier.as_bytes()])), challenge);
        }
    }
    let systems = anyone.get("/developers/systems").await;
    assert_eq!(
        (systems.path.as_str(), systems.all("#systems").len()),
        ("/developers", 1),
        "{}",
        systems.text
    );
    let brands = anyone.ask(Method::GET, "/developers/brands", &[("origin", "https://app.example")]).await;
    assert_eq!(brands.headers["access-control-allow-origin"], "*");
    let bundle: Value = serde_json::from_slice(&brands.bytes).unwrap();
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&"Bundle".into(), &"collection".into()));
    assert!(bundle["timestamp"].is_string());
    let names: Vec<_> =
        bundle["entry"].as_array().unwrap().iter().map(|e| e["fullUrl"].as_str().unwrap()).collect();
    assert!(names.iter().all(|name| name.starts_with(&house.url)), "{names:?}");
    let of = |kind: &str| {
        let entries = bundle["entry"].as_array().unwrap();
        &entries.iter().find(|entry| entry["resource"]["resourceType"] == kind).unwrap()["resource"]
    };
    assert_eq!(of("Endpoint")["address"], format!("{}/fhir", house.url));
    assert_eq!(of("Endpoint")["managingOrganization"]["reference"], "Organization/clinic");
    assert_eq!(of("Organization")["name"], house.app.config.clinic.name);
    let identifier = &of("Organization")["identifier"][0];
    assert_eq!(identifier["system"], "http://hl7.org/fhir/sid/us-npi");
    assert_eq!(identifier["value"], "1234567893");
    for resource in [of("Endpoint"), of("Organization")] {
        let found = api::fhir::check::check(resource);
        assert!(found.is_empty(), "{found:?}");
    }
    let tag = brands.headers["etag"].to_str().unwrap().to_owned();
    let again = anyone.ask(Method::GET, "/developers/brands", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let asked = anyone.ask(Method::OPTIONS, "/developers/brands", &[("origin", "https://app.example")]).await;
    assert_eq!(asked.status, 204);
    assert!(asked.headers["access-control-allow-headers"].to_str().unwrap().contains("If-None-Match"));
    let openapi = anyone.ask(Method::GET, "/developers/openapi.json", &[]).await;
    let document: Value = serde_json::from_slice(&openapi.bytes).unwrap();
    // What can be told about an app is named, each thing by its name in the RFC.
    let read = include_str!("../../api/src/smart/registration.rs").split("fn read(").nth(1).unwrap();
    let read = read.split("\n}\n").next().unwrap();
    for part in read.split("text(\"").skip(1).chain(read.split("texts(\"").skip(1)) {
        let name = part.split('"').next().unwrap();
        let named = &document["components"]["schemas"]["Registration"]["properties"][name];
        assert!(named.is_object(), "{name}");
    }
    // What it names is there, and answers as it says, also what is malformed.
    let plain = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let large = "a=".to_owned() + &"b".repeat(40_000);
    let mut given = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(key, _)| *key != "parameters") {
            let method: Method = method.to_uppercase().parse().unwrap();
            for (kind, body) in [
                ("", ""),
                ("application/x-www-form-urlencoded", "token=a"),
                ("application/x-www-form-urlencoded", "client_id=a&token=a&grant_type=refresh_token"),
                ("application/x-www-form-urlencoded", large.as_str()),
                ("application/json", "{"),
                ("application/json", large.as_str()),
            ] {
                let address = format!("{}{}", house.url, path.replace("{client_id}", "x"));
                let asked = plain.request(method.clone(), address).body(body.to_owned());
                let asked = if kind.is_empty() { asked } else { asked.header("content-type", kind) };
                let status = asked.bearer_auth("none").send().await.unwrap().status().as_u16();
                let named = &operation["responses"][status.to_string()];
                assert!(named.is_object(), "{method} {path} with {kind} answers {status}");
                given.insert(status);
            }
        }
    }
    assert!([200, 400, 401, 413].iter().all(|status| given.contains(status)), "{given:?}");
    // What there is for apps is named.
    let served = include_str!("../../api/src/web/routes.rs").split('"');
    let served: Vec<&str> =
        served.filter(|word| word.starts_with("/oauth/") || word.contains("/.well-known/")).collect();
    assert!(served.len() > 10, "{served:?}");
    for path in served {
        assert!(document["paths"].get(path).is_some(), "{path}");
    }
    house.close().await;
}
