//! Every address for machines is tried by who may not: nobody, a token of no one, the app of another patient, of a
//! representative who was ended, of a parent whose child is emancipated, and a system that was agreed with for others.
//! A new row of the table is tried without a word from here.

use api::base::PatientNo;
use api::identity::Actor;
use api::representation::{By, Kind as Authority, Office, desk};
use api::smart::{self, Stay};
use api::web::routes::{Guard, REST, ROUTES, Row};
use reqwest::Method;
use serde_json::{Value, json};

use crate::acting::{self, appointed, everything, patient};
use crate::bulk::system::{System, group};
use crate::harness::{Kind, on_both_databases};
use crate::smart::{Apps, BACK, actor, got, parameter};

on_both_databases!(every_address_of_machines_is_tried);

const SCOPES: &str = "launch/patient patient/*.rs offline_access";

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stranger {
    Nobody,
    WrongToken,
    OtherPatient,
    EndedRepresentative,
    EndedParent,
    OtherSystem,
}

/// Words of Rosa's record, and the group that she is in.
const ROSAS: [&str; 3] = ["Delgado", "metformin", "Group program"];

/// What stands in place of what an address leaves open.
struct Places {
    client: String,
    export: String,
    rosa: String,
    types: Vec<String>,
}

impl Places {
    fn fill(&self, row: &Row) -> Vec<String> {
        if row.path == REST {
            let of = |name: &String| format!("/fhir/{name}/{}", self.rosa);
            let own = ["$everything", "_history"].map(|end| format!("/fhir/Patient/{}/{end}", self.rosa));
            let all = ["Observation", "Condition"].map(|name| format!("/fhir/{name}?patient={}", self.rosa));
            return self.types.iter().map(of).chain(own).chain(all).collect();
        }
        let id = if row.path.contains("/bulk/") { self.export.as_str() } else { "program" };
        let path = row.path.replace("{id}", id).replace("{n}", "1").replace("{file}", "x");
        let path = path.replace("{client_id}", &self.client);
        assert!(!path.contains('{'), "{path}: this test does not know what to put there");
        vec![path]
    }
}

/// The token of an app that somebody connects to a record.
async fn token(apps: &Apps, who: &Actor, patient: PatientNo) -> String {
    let app = &apps.house.app;
    let ask = apps.begin(&apps.asking("pub", SCOPES)).await.unwrap();
    let asked = smart::asked(app, who, ask).await.unwrap();
    let choice = smart::Choice { patient, ..apps.all(&asked.scopes, Stay::Offline) };
    let back = smart::approve(app, who, (ask, choice)).await.unwrap();
    let told = apps.post("token", &apps.redeeming("pub", &parameter(&back, "code").unwrap())).await;
    told.word("access_token").to_owned()
}

async fn every_address_of_machines_is_tried(kind: Kind) {
    let apps = Apps::start(kind).await;
    let (house, app) = (&apps.house, &apps.house.app);
    house.gather("jordan").await;
    let own = token(&apps, &apps.rosa, apps.patient).await;
    let sam = actor(house, &house.linked("sam").await).await;
    let of_sam = token(&apps, &sam, patient(house, "sam").await).await;
    let newton = actor(house, &house.signed_in("newton").await).await;
    let agent = appointed(house, ("newton", Authority::HealthCareAgent), "rosa", everything()).await;
    let of_agent = token(&apps, &newton, apps.patient).await;
    let elena = actor(house, &house.signed_in("elena").await).await;
    let jordan = patient(house, "jordan").await;
    appointed(house, ("elena", Authority::Parent), "jordan", everything()).await;
    let of_parent = token(&apps, &elena, jordan).await;
    acting::ended(house, agent).await;
    let officer = By { account: None, name: "Desk (synthetic)", office: Office::PrivacyOfficer };
    let order = (jordan, api::config::Emancipation::CourtOrder, "an order of a court (synthetic)");
    desk::emancipate(app, &officer, order).await.unwrap();

    group(house, "program", &["rosa"]).await;
    group(house, "others", &["sam"]).await;
    let lake = System::register(house, ("lake", "system/*.rs"), &["program"]).await;
    let of_lake = lake.token("system/*.rs").await;
    let (place, _) = lake.export("/fhir/Group/program/$export", &of_lake).await;
    let other = System::register(house, ("other", "system/*.rs"), &["others"]).await;
    let of_other = other.token("system/*.rs").await;

    let body = json!({"redirect_uris": [BACK], "client_name": "Self", "token_endpoint_auth_method": "none"});
    let made = got(apps.http.post(format!("{}/oauth/register", house.url)).json(&body)).await;
    let statement = got(apps.http.get(format!("{}/fhir/metadata", house.url))).await;
    let types = statement.json["rest"][0]["resource"].as_array().unwrap();
    let types = types.iter().map(|one| one["type"].as_str().unwrap().to_owned());
    let places = Places {
        client: made.word("client_id").into(),
        export: place.rsplit('/').next().unwrap().into(),
        rosa: house.person("rosa").patient_id.clone(),
        // Groups have rows of their own.
        types: types.filter(|name| name != "Group").collect(),
    };
    assert!(places.types.len() > 20, "{:?}", places.types);
    let strangers = [
        (Stranger::Nobody, None),
        (Stranger::WrongToken, Some("x")),
        (Stranger::OtherPatient, Some(of_sam.as_str())),
        (Stranger::EndedRepresentative, Some(&of_agent)),
        (Stranger::EndedParent, Some(&of_parent)),
        (Stranger::OtherSystem, Some(&of_other)),
    ];
    let of_rosa = format!("SELECT count(*) FROM ledger_entry WHERE patient_no = {}", apps.patient.0);
    let before = house.raw.number(&of_rosa).await;
    for row in ROUTES {
        let known: Vec<&str> = row.methods.split(", ").collect();
        for path in places.fill(row) {
            let options = known.contains(&"OPTIONS");
            let preflight = ask(&apps, ("OPTIONS", &path), (None, &own)).await;
            assert_eq!(preflight.0, if options { 204 } else { 405 }, "{path}");
            let unknown = ask(&apps, ("PATCH", &path), (None, &own)).await;
            assert_eq!(unknown.0, 405, "{path}");
            for method in known.iter().filter(|method| **method != "OPTIONS") {
                // A search by a form has an address of its own.
                if row.path == REST && *method == "POST" {
                    continue;
                }
                for (stranger, token) in strangers {
                    let (status, text) = ask(&apps, (method, &path), (token, &own)).await;
                    let name = format!("{method} {path} by {stranger:?}: {status} {text}");
                    check(row, stranger, (status, &text), &name);
                    assert!(ROSAS.iter().all(|word| !text.contains(word)), "{name}");
                }
            }
        }
    }
    assert_eq!(house.raw.number(&of_rosa).await, before, "nothing of hers left");
    assert!(apps.opens(&own).await, "her own app goes on");
    let still = lake.call((Method::GET, &place), &of_lake).await;
    assert_eq!(still.status(), 200, "the export is still there");
    let read = apps.http.get(made.word("registration_client_uri"));
    let read = got(read.bearer_auth(made.word("registration_access_token"))).await;
    assert_eq!((read.status, read.word("client_name")), (200, "Self"));
    apps.house.close().await;
}

/// Asks with all that the address could want, but for the right token: about Rosa's own, where something is asked about.
async fn ask(apps: &Apps, (method, path): (&str, &str), (token, own): (Option<&str>, &str)) -> (u16, String) {
    let url = format!("{}{path}", apps.house.url);
    let mut request = apps.http.request(method.parse().unwrap(), url).header("prefer", "respond-async");
    request = match method {
        "POST" if path == "/oauth/register" => request.json(&json!({"redirect_uris": "none"})),
        "POST" if path.starts_with("/oauth/") => request.form(&[("token", own)]),
        "POST" if path.ends_with("_search") => request.form(&[("_count", "1")]),
        "POST" => {
            let parameters = json!({"resourceType": "Parameters"}).to_string();
            request.header("content-type", "application/fhir+json").body(parameters)
        }
        "PUT" => request.json(&json!({})),
        _ => request,
    };
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[track_caller]
fn check(row: &Row, stranger: Stranger, (status, text): (u16, &str), name: &str) {
    use Stranger::{EndedParent, EndedRepresentative, Nobody, OtherPatient, OtherSystem, WrongToken};
    match (row.guard, stranger) {
        (Guard::Anyone, _) => assert_eq!(status, 200, "{name}"),
        (Guard::Registration, _) => assert_eq!(status, 401, "{name}"),
        // With a token an app is told of its own tokens whether they are in force, and a system of the clinic of any.
        (Guard::Client, OtherPatient | OtherSystem) if row.path.ends_with("introspect") => {
            assert_eq!(status, 200, "{name}");
            assert!(serde_json::from_str::<Value>(text).unwrap()["active"].is_boolean(), "{name}");
        }
        (Guard::Client, EndedRepresentative | EndedParent) if row.path.ends_with("introspect") => {
            assert!([200, 401].contains(&status), "{name}");
        }
        (Guard::Client, _) => assert!([400, 401].contains(&status), "{name}"),
        (Guard::App | Guard::System, Nobody | WrongToken) => assert_eq!(status, 401, "{name}"),
        // Their apps ended with the authority.
        (Guard::App, EndedRepresentative | EndedParent) => assert_eq!(status, 401, "{name}"),
        (Guard::App, OtherPatient) => assert!([403, 404].contains(&status), "{name}"),
        (Guard::App, OtherSystem) | (Guard::System, OtherPatient) => assert_eq!(status, 403, "{name}"),
        (Guard::System, EndedRepresentative | EndedParent) => {
            assert!([401, 403].contains(&status), "{name}");
        }
        (Guard::System, OtherSystem) if row.path.contains("{id}") => {
            assert!([400, 403, 404].contains(&status), "{name}");
        }
        (Guard::System, OtherSystem) => assert!(status < 500, "{name}"),
    }
}
