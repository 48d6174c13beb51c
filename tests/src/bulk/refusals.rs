//! What is wrong with a request to export, and what another system, an old token or a file that may not go out any more
//! is answered.

use api::base::Clock;
use api::bulk::{self, By, Operator};
use api::{config, smart};
use reqwest::{Client, Method};
use serde_json::Value;

use super::system::{System, group, set};
use super::{ALL, blobs};
use crate::acting::patient;
use crate::harness::{House, Kind, on_both_databases};
use crate::smart::Apps;

on_both_databases!(
    what_is_wrong_is_told,
    nobody_else_fetches,
    a_token_of_the_other_kind_lacks_scope,
    what_may_not_go_out_any_more_is_not_handed_out,
    what_the_settings_take_away_is_not_handed_out,
    too_many_at_once_wait,
    expired_exports_are_erased
);

/// Method, path, headers besides the token, body, status, the code of the issue.
type Case =
    (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str, u16, &'static str);

const ASYNC: (&str, &str) = ("prefer", "respond-async");
const LENIENT: (&str, &str) = ("prefer", "respond-async; handling=lenient");
const JSON: (&str, &str) = ("content-type", "application/fhir+json");

const CASES: &[Case] = &[
    ("GET", "/fhir/Group/one/$export", &[], "", 400, "invalid"),
    ("GET", "/fhir/Group/one/$export", &[("prefer", "return=minimal")], "", 400, "invalid"),
    ("GET", "/fhir/Group/one/$export", &[ASYNC, ("accept", "text/html")], "", 406, "not-supported"),
    ("GET", "/fhir/Group/two/$export", &[ASYNC], "", 404, "not-found"),
    ("GET", "/fhir/Group/two/$export/", &[ASYNC], "", 404, "not-found"),
    ("GET", "/fhir/Group/one/$export/", &[ASYNC, ("accept", "text/html")], "", 406, "not-supported"),
    ("GET", "/fhir/Patient/one/$export", &[ASYNC], "", 404, "not-supported"),
    ("GET", "/fhir/Group/none/$export", &[ASYNC], "", 404, "not-found"),
    ("GET", "/fhir/$export", &[ASYNC], "", 404, "not-supported"),
    ("POST", "/fhir/$export", &[ASYNC], "", 404, "not-supported"),
    ("PUT", "/fhir/$export", &[ASYNC], "", 405, "not-supported"),
    ("PUT", "/fhir/Group/one/$export", &[ASYNC], "", 405, "not-supported"),
    ("DELETE", "/fhir/Patient/$export", &[ASYNC], "", 405, "not-supported"),
    ("GET", "/fhir/Group/one/$export?_outputFormat=csv", &[ASYNC], "", 400, "not-supported"),
    ("GET", "/fhir/Group/one/$export?_outputFormat=application/fhir+xml", &[ASYNC], "", 400, "not-supported"),
    ("GET", "/fhir/Group/one/$export?_since=yesterday", &[ASYNC], "", 400, "value"),
    ("GET", "/fhir/Group/one/$export?_since=2026-01-01", &[LENIENT], "", 400, "value"),
    ("GET", "/fhir/Group/one/$export?_type=Nose", &[ASYNC], "", 400, "not-supported"),
    ("GET", "/fhir/Group/one/$export?_type=Nose", &[LENIENT], "", 400, "not-supported"),
    ("GET", "/fhir/Group/one/$export?_type=Goal", &[ASYNC], "", 403, "forbidden"),
    ("GET", "/fhir/Group/one/$export?_elements=id", &[ASYNC], "", 400, "not-supported"),
    ("GET", "/fhir/Group/one/$export?_typeFilter=Patient%3Fnose%3Dx", &[ASYNC], "", 400, "not-supported"),
    (
        "GET",
        "/fhir/Group/one/$export?includeAssociatedData=LatestProvenanceResources",
        &[ASYNC],
        "",
        400,
        "not-supported",
    ),
    ("GET", "/fhir/Group/one/$export?nose=1", &[ASYNC], "", 400, "not-supported"),
    ("GET", "/fhir/Group/one/$export?patient=Patient/1", &[LENIENT], "", 400, "not-supported"),
    ("POST", "/fhir/Group/one/$export?_type=Patient", &[ASYNC, JSON], "{}", 400, "invalid"),
    ("POST", "/fhir/Group/one/$export", &[ASYNC, JSON], "{", 400, "structure"),
    ("POST", "/fhir/Group/one/$export", &[ASYNC, JSON], r#"{"resourceType":"Patient"}"#, 400, "structure"),
    (
        "POST",
        "/fhir/Group/one/$export",
        &[ASYNC, JSON],
        r#"{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/nobody"}}]}"#,
        400,
        "not-found",
    ),
    (
        "POST",
        "/fhir/Group/one/$export",
        &[ASYNC, JSON],
        r#"{"resourceType":"Parameters","parameter":[{"name":"patient","valueString":"nobody"}]}"#,
        400,
        "value",
    ),
    ("POST", "/fhir/Group/one/$export", &[ASYNC, ("content-type", "text/plain")], "x", 415, "not-supported"),
    (
        "POST",
        "/fhir/Group/one/$export",
        &[ASYNC, JSON, ("content-encoding", "gzip")],
        "notgzip",
        415,
        "not-supported",
    ),
    ("GET", "/fhir/bulk/nonsense", &[], "", 404, "not-found"),
    ("GET", "/fhir/bulk/00000000-0000-0000-0000-000000000000", &[], "", 404, "not-found"),
    ("DELETE", "/fhir/bulk/00000000-0000-0000-0000-000000000000", &[], "", 404, "not-found"),
    ("POST", "/fhir/bulk/00000000-0000-0000-0000-000000000000", &[], "", 405, "not-supported"),
    ("GET", "/fhir/bulk/00000000-0000-0000-0000-000000000000/1.ndjson", &[], "", 404, "not-found"),
    ("GET", "/fhir/bulk/00000000-0000-0000-0000-000000000000/x.ndjson", &[], "", 404, "not-found"),
    ("DELETE", "/fhir/bulk/00000000-0000-0000-0000-000000000000/1.ndjson", &[], "", 405, "not-supported"),
    ("GET", "/fhir/bulk/00000000-0000-0000-0000-000000000000/attachment/x", &[], "", 404, "not-found"),
    ("GET", "/fhir/Group?name=x", &[("prefer", "handling=strict")], "", 400, "not-supported"),
    ("GET", "/fhir/Group?_count=some", &[], "", 400, "invalid"),
    ("GET", "/fhir/Group?_page=none", &[], "", 400, "invalid"),
    ("GET", "/fhir/Group", &[("accept", "text/html")], "", 406, "not-supported"),
    ("GET", "/fhir/Group/one?_format=html", &[], "", 406, "not-supported"),
    ("GET", "/fhir/Group/one?foo=1", &[("prefer", "handling=strict")], "", 400, "not-supported"),
    ("POST", "/fhir/Group/_search", &[("content-type", "text/plain")], "x", 415, "not-supported"),
    ("GET", "/fhir/Group/_search", &[], "", 405, "not-supported"),
    ("POST", "/fhir/Group", &[], "", 405, "not-supported"),
    ("DELETE", "/fhir/Group/one", &[], "", 405, "not-supported"),
];

async fn what_is_wrong_is_told(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    group(&house, "two", &["rosa"]).await;
    let system = System::register(&house, ("lake", "system/Patient.rs"), &["one"]).await;
    let token = system.token("system/Patient.rs").await;
    let before = house.entries().await;
    for (method, path, headers, body, status, code) in CASES {
        let mut request =
            system.http.request(method.parse::<Method>().unwrap(), system.at(path)).bearer_auth(&token);
        for (name, value) in *headers {
            request = request.header(*name, *value);
        }
        let answer = request.body(*body).send().await.unwrap();
        let found = answer.status().as_u16();
        assert!(found != 405 || answer.headers().contains_key("allow"), "{method} {path}");
        let outcome: Value = answer.json().await.unwrap();
        assert_eq!(
            (found, &outcome["issue"][0]["code"]),
            (*status, &(*code).into()),
            "{method} {path} {outcome}"
        );
        assert_eq!(api::fhir::check::check(&outcome), vec![], "{method} {path}");
    }
    let large = format!(r#"{{"resourceType":"Parameters","x":"{}"}}"#, "x".repeat(2 * 1024 * 1024));
    let answer = system.http.post(system.at("/fhir/Group/one/$export")).bearer_auth(&token);
    let answer = answer.header("prefer", "respond-async").header("content-type", "application/fhir+json");
    assert_eq!(answer.body(large).send().await.unwrap().status(), 413);
    assert_eq!(house.raw.number("SELECT count(*) FROM bulk_export").await, 0, "nothing was begun");
    assert_eq!(house.entries().await, before);
    house.close().await;
}

async fn nobody_else_fetches(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let other = System::register(&house, ("other", ALL), &["one"]).await;
    let (token, others) = (system.token(ALL).await, other.token(ALL).await);
    let (place, manifest) = system.export("/fhir/Group/one/$export?_type=Patient", &token).await;
    let file = manifest["output"][0]["url"].as_str().unwrap().to_owned();
    for path in [
        &place,
        &file,
        &system.at("/fhir/Group/one/$export"),
        &system.at("/fhir/$export"),
        &system.at("/fhir/Group"),
        &system.at("/fhir/Group/one"),
    ] {
        for wrong in ["", "nonsense"] {
            let mut request = Client::new().get(path).header("prefer", "respond-async");
            if !wrong.is_empty() {
                request = request.bearer_auth(wrong);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status(), 401, "{path}");
            let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
            assert!(challenge.starts_with("Bearer ") && challenge.contains("error=") != wrong.is_empty());
        }
    }
    for (method, path) in [(Method::GET, &place), (Method::GET, &file), (Method::DELETE, &place)] {
        let answer = other.call((method, path), &others).await;
        assert_eq!(answer.status(), 404, "what another system asked for is not there: {path}");
    }
    assert_eq!(system.call((Method::GET, &file), &token).await.status(), 200, "it is there still");
    let narrow = system.token("system/Goal.rs").await;
    assert_eq!(
        system.call((Method::GET, &file), &narrow).await.status(),
        403,
        "this token does not reach it"
    );
    house.close().await;
}

/// A token that is in force, and for something else: 403 `insufficient_scope`. One that is not in force: 401
/// `invalid_token` (RFC 6750, 3.1). Both interfaces are one protection space.
async fn a_token_of_the_other_kind_lacks_scope(kind: Kind) {
    let apps = Apps::start(kind).await;
    let house = &apps.house;
    group(house, "one", &["rosa"]).await;
    let system = System::register(house, ("lake", ALL), &["one"]).await;
    let of_system = system.token(ALL).await;
    let of_person = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    let (place, manifest) = system.export("/fhir/Group/one/$export?_type=Patient", &of_system).await;
    let file = manifest["output"][0]["url"].as_str().unwrap().to_owned();
    let patient = format!("/fhir/Patient/{}", house.person("rosa").patient_id);
    let for_systems = [
        (Method::GET, "/fhir/Group"),
        (Method::GET, "/fhir/Group/one"),
        (Method::GET, "/fhir/Group/one/$export"),
        (Method::POST, "/fhir/Group/one/$export"),
        (Method::GET, "/fhir/Group/none/$export"),
        (Method::GET, "/fhir/Patient/$export"),
        (Method::GET, "/fhir/$export"),
        (Method::POST, "/fhir/$export"),
        (Method::GET, place.as_str()),
        (Method::DELETE, place.as_str()),
        (Method::GET, file.as_str()),
        (Method::GET, "/fhir/bulk/nonsense"),
        (Method::GET, "/fhir/bulk/nonsense/attachment/x"),
    ];
    let everything = format!("{patient}/$everything");
    let history = format!("{patient}/_history");
    let for_people = [
        (Method::GET, patient.as_str()),
        (Method::GET, "/fhir/Patient/nobody"),
        (Method::GET, "/fhir/Observation"),
        (Method::GET, "/fhir/Observation?date=soon"),
        (Method::POST, "/fhir/Observation/_search"),
        (Method::GET, "/fhir/AuditEvent"),
        (Method::GET, "/fhir/Binary/nothing"),
        (Method::GET, "/fhir/DocumentReference/$docref"),
        (Method::GET, everything.as_str()),
        (Method::GET, history.as_str()),
    ];
    let before = house.entries().await;
    let realm = format!("Bearer realm=\"{}/fhir\"", house.url);
    let calls = for_systems.iter().map(|call| (&of_person, call));
    let calls = calls.chain(for_people.iter().map(|call| (&of_system, call)));
    for (token, (method, path)) in calls {
        for (token, status, code, error) in [
            (token.as_str(), 403, "forbidden", "insufficient_scope"),
            ("nonsense", 401, "login", "invalid_token"),
        ] {
            let answer = system.call((method.clone(), path), token).await;
            assert_eq!(answer.status().as_u16(), status, "{method} {path}");
            let challenge = answer.headers()["www-authenticate"].to_str().unwrap().to_owned();
            assert_eq!(challenge, format!("{realm}, error=\"{error}\""), "{method} {path}");
            let outcome: Value = answer.json().await.unwrap();
            assert_eq!(outcome["issue"][0]["code"], code, "{method} {path}");
            assert_eq!(api::fhir::check::check(&outcome), vec![], "{method} {path}");
        }
        let answer = Client::new().request(method.clone(), system.at(path)).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["www-authenticate"].to_str().unwrap()),
            (401, realm.as_str()),
            "{method} {path}: none was sent, so no error is named"
        );
    }
    assert_eq!(house.entries().await, before, "nothing left");
    assert_eq!(system.call((Method::GET, &file), &of_system).await.status(), 200, "it is there still");
    // What a token of the right kind lacks is told the same way.
    let narrow = system.token("system/Goal.rs").await;
    let answer = system.call((Method::GET, "/fhir/Group/one/$export?_type=Patient"), &narrow).await;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["www-authenticate"].to_str().unwrap()),
        (403, format!("{realm}, error=\"insufficient_scope\"").as_str())
    );
    // Taken back, a token is none of either kind.
    for grant in api::smart::grants(&house.app, &apps.rosa, apps.patient).await.unwrap() {
        api::smart::stop(&house.app, &apps.rosa, grant.id).await.unwrap();
    }
    assert_eq!(system.call((Method::GET, "/fhir/Group"), &of_person).await.status(), 401);
    apps.house.close().await;
}

async fn what_may_not_go_out_any_more_is_not_handed_out(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    house.gather("walter").await;
    group(&house, "one", &["rosa", "walter"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let token = system.token(ALL).await;
    let path = "/fhir/Group/one/$export?_type=Patient";
    let exported = async |path: &str| {
        let (place, manifest) = system.export(path, &token).await;
        let file = manifest["output"][0]["url"].as_str().unwrap().to_owned();
        let answer = system.call((Method::GET, &file), &token).await;
        assert_eq!(answer.status(), 200);
        (place, file)
    };
    let made = async || exported(path).await;
    let fetched = async |file: &str| system.call((Method::GET, file), &token).await.status().as_u16();

    let (place, file) = made().await;
    set(&house, "one", &["rosa"]).await;
    assert_eq!(fetched(&file).await, 410, "somebody left the group");
    system.call((Method::DELETE, &place), &token).await;

    let (place, file) = made().await;
    let rosa = patient(&house, "rosa").await;
    let labelled = format!("UPDATE patient SET labels_no = labels_no + 1 WHERE patient_no = {rosa}");
    house.raw.run(&labelled).await.unwrap();
    assert_eq!(fetched(&file).await, 410, "something was labelled");
    system.call((Method::DELETE, &place), &token).await;

    let (_, file) = made().await;
    // What the directory holds stands in a part of nobody, and tells where they were.
    let (_, directory) = exported("/fhir/Group/one/$export?_type=Organization").await;
    house.raw.run(&labelled).await.unwrap();
    assert_eq!(fetched(&directory).await, 410, "something was labelled");
    assert_eq!(fetched(&file).await, 410, "something was labelled");
    let (_, file) = made().await;
    bulk::end_group(&house.app, By::Operator(Operator("tests")), "one").await.unwrap();
    assert_eq!(fetched(&file).await, 410, "the group is over");
    assert_eq!(system.call((Method::GET, path), &token).await.status(), 404, "and cannot be exported");
    house.close().await;
}

/// A system of the settings whose group is taken from them: its exports stop and are gone, also once it has the group again.
async fn what_the_settings_take_away_is_not_handed_out(kind: Kind) {
    let house = House::start(kind).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    group(&house, "two", &["rosa"]).await;
    let system = System::register(&house, ("lake", ALL), &["one", "two"]).await;
    house.raw.run("UPDATE app_client SET origin = 'settings' WHERE id = 'lake'").await.unwrap();
    let keys = serde_json::json!({ "keys": [system.jwk()] }).to_string();
    // The service, started with these groups of the system in its settings.
    let started = async |groups: &[&str]| {
        let client = config::Client {
            id: "lake".into(),
            name: "Lake (synthetic)".into(),
            system: true,
            scope: Some(ALL.into()),
            jwks: Some(keys.clone()),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            ..config::Client::default()
        };
        let config = config::Config { clients: vec![client], ..house.app.config.clone() };
        let app = api::app::open(config, Clock::System).await.unwrap();
        smart::bring_clients(&app).await.unwrap();
        bulk::take_gone(&app).await.unwrap();
        app.db.close().await;
    };
    started(&["one", "two"]).await;
    let token = system.token(ALL).await;
    let standing = async |path: &str| system.call((Method::GET, path), &token).await.status().as_u16();
    let exported = async |path: &str| {
        let (place, manifest) = system.export(path, &token).await;
        (place, manifest["output"][0]["url"].as_str().unwrap().to_owned())
    };
    let (one, two) = ("/fhir/Group/one/$export?_type=Patient", "/fhir/Group/two/$export?_type=Patient");
    let ((place, file), (kept, kept_file)) = (exported(one).await, exported(two).await);
    started(&["one", "two"]).await;
    for path in [&place, &file, &kept, &kept_file] {
        assert_eq!(standing(path).await, 200, "nothing was taken: {path}");
    }
    let files = "SELECT count(*) FROM bulk_file";
    let before = house.raw.number(files).await;

    started(&["two"]).await;
    for (path, status) in [(&place, 410), (&file, 410), (&kept, 200), (&kept_file, 200)] {
        assert_eq!(standing(path).await, status, "{path}");
    }
    let left = house.raw.number(files).await;
    assert!(left < before && left > 0, "the files of what was taken are gone: {left} of {before}");

    // Named again it begins anew.
    started(&["one", "two"]).await;
    for (path, status) in [(&place, 410), (&file, 410), (&kept_file, 200)] {
        assert_eq!(standing(path).await, status, "{path}");
    }
    assert_eq!(standing(&exported(one).await.1).await, 200);
    house.close().await;
}

async fn too_many_at_once_wait(kind: Kind) {
    let house = House::with(kind, |config| config.server.work = false).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let token = system.token(ALL).await;
    let begin = async || system.call((Method::GET, "/fhir/Group/one/$export"), &token).await;
    let first = begin().await.headers()["content-location"].to_str().unwrap().to_owned();
    assert_eq!(begin().await.status(), 202);
    let refused = begin().await;
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (429, true));
    assert_eq!(
        system.call((Method::DELETE, &first), &token).await.status(),
        202,
        "one that waits is stopped"
    );
    assert_eq!(begin().await.status(), 202, "another has room");
    house.close().await;
}

async fn expired_exports_are_erased(kind: Kind) {
    // Each job is done here and not by a worker, who might erase first.
    let house = House::with(kind, |config| config.server.work = false).await;
    house.gather("rosa").await;
    group(&house, "one", &["rosa"]).await;
    let system = System::register(&house, ("lake", ALL), &["one"]).await;
    let token = system.token(ALL).await;
    let begun = system.call((Method::GET, "/fhir/Group/one/$export"), &token).await;
    let place = begun.headers()["content-location"].to_str().unwrap().to_owned();
    while api::worker::next(&house.app).await.unwrap() {}
    system.wait(&place, &token).await;
    assert_ne!(blobs(&house), Vec::<String>::new());
    house.raw.run("UPDATE bulk_export SET expires_at = 1").await.unwrap();
    assert_eq!(system.call((Method::GET, &place), &token).await.status(), 404, "its time is up");
    assert_eq!(bulk::erase_expired(&house.app).await.unwrap(), 1);
    assert_eq!(blobs(&house), Vec::<String>::new());
    assert_eq!(bulk::erase_expired(&house.app).await.unwrap(), 0);
    house.close().await;
}
