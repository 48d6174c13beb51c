//! Answers as XML, and the log and permissions of a person over HTTP with a real token.

use reqwest::StatusCode;
use roxmltree::Document;
use serde_json::Value;

use super::{entries, link};
use crate::harness::{Kind, on_both_databases};
use crate::smart::Apps;

on_both_databases!(every_answer_can_be_xml, the_log_and_permissions_are_read_over_http);

struct Reader<'a> {
    apps: &'a Apps,
    token: String,
}

impl Reader<'_> {
    /// The status, the type and the text of an answer.
    async fn ask(&self, path: &str, accept: &str) -> (StatusCode, String, String) {
        let address = match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("{}/fhir/{path}", self.apps.house.url),
        };
        let asked = self.apps.http.get(address).bearer_auth(&self.token).header("Accept", accept);
        let answer = asked.send().await.unwrap();
        let kind = answer.headers().get("content-type").map_or("", |kind| kind.to_str().unwrap()).to_owned();
        (answer.status(), kind, answer.text().await.unwrap())
    }

    async fn json(&self, path: &str) -> Value {
        let (status, _, text) = self.ask(path, "application/fhir+json").await;
        assert_eq!(status, 200, "{path} {text}");
        serde_json::from_str(&text).unwrap()
    }
}

async fn every_answer_can_be_xml(kind: Kind) {
    let apps = Apps::start(kind).await;
    let own = apps.house.person("rosa").patient_id.to_string();
    let token = apps.tokens("launch/patient patient/*.rs").await.word("access_token").to_owned();
    let app = Reader { apps: &apps, token };
    let search = format!("Observation?patient={own}&category=laboratory&_count=5");
    for (path, root, status) in [
        (format!("Patient/{own}"), "Patient", 200),
        (format!("Patient/{own}/_history"), "Bundle", 200),
        (search.clone(), "Bundle", 200),
        (format!("Patient/{own}/$everything"), "Bundle", 200),
        (format!("DocumentReference/$docref?patient={own}"), "Bundle", 200),
        ("metadata".into(), "CapabilityStatement", 200),
        ("Patient/nobody".into(), "OperationOutcome", 404),
        ("Observation?date=soon".into(), "OperationOutcome", 400),
        ("Nothing".into(), "OperationOutcome", 404),
        ("AuditEvent?_count=2".into(), "Bundle", 200),
        ("Consent".into(), "Bundle", 200),
    ] {
        let (found, kind, text) = app.ask(&path, "application/fhir+xml").await;
        assert_eq!(
            (found.as_u16(), kind.as_str()),
            (status, "application/fhir+xml; charset=utf-8"),
            "{path} {text}"
        );
        let document = Document::parse(&text).unwrap();
        let name = document.root_element().tag_name();
        assert_eq!((name.name(), name.namespace()), (root, Some("http://hl7.org/fhir")), "{path}");
    }
    // The same resources as in JSON.
    let json = app.json(&search).await;
    let (_, _, text) = app.ask(&format!("{search}&_format=xml"), "*/*").await;
    let document = Document::parse(&text).unwrap();
    let ids: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("Observation"))
        .filter_map(|node| node.children().find(|child| child.has_tag_name("id"))?.attribute("value"))
        .collect();
    let expected: Vec<&str> = entries(&json, "match").iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, expected);
    assert!(!ids.is_empty());
    let (found, kind, _) = app.ask(&format!("Patient/{own}"), "text/turtle").await;
    assert_eq!((found.as_u16(), kind.as_str()), (406, "application/fhir+json; charset=utf-8"));
    apps.house.close().await;
}

async fn the_log_and_permissions_are_read_over_http(kind: Kind) {
    let apps = Apps::start(kind).await;
    let own = apps.house.person("rosa").patient_id.to_string();
    let scope = "launch/patient patient/Observation.rs patient/AuditEvent.rs patient/Consent.rs";
    let token = apps.tokens(scope).await.word("access_token").to_owned();
    let app = Reader { apps: &apps, token };
    let labs = app.json(&format!("Observation?patient={own}&category=laboratory&_count=1")).await;
    let id = entries(&labs, "match")[0]["id"].as_str().unwrap().to_owned();
    app.json(&format!("Observation/{id}")).await;

    // What the app just did stands in the log, with its grant.
    let log = app.json("AuditEvent").await;
    let events = entries(&log, "match");
    assert_eq!(log["total"], events.len());
    let read = events[0];
    assert_eq!((&read["action"], &read["subtype"][0]["code"]), (&"R".into(), &"read".into()));
    let seen = |one: &Value, reference: &str| {
        one["entity"].as_array().unwrap().iter().any(|entity| entity["what"]["reference"] == reference)
    };
    assert!(seen(read, &format!("Observation/{id}/_history/1")), "{read:#}");
    let query = events[1]["entity"][1]["description"].as_str().unwrap();
    assert!(query.starts_with("Observation?") && query.contains("category=laboratory"), "{query}");
    let consents = app.json("Consent?status=active").await;
    let grant = entries(&consents, "match")[0]["id"].as_str().unwrap().to_owned();
    assert!(seen(read, &format!("Consent/{grant}")));
    assert_eq!(app.json(&format!("Consent/{grant}")).await, *entries(&consents, "match")[0]);
    assert_eq!(app.json("Consent?status=inactive").await["total"], 0);

    // By id, by version, by search, by pages.
    let event = read["id"].as_str().unwrap();
    assert_eq!(app.json(&format!("AuditEvent/{event}")).await, *read);
    assert_eq!(app.json(&format!("AuditEvent/{event}/_history/1")).await, *read);
    assert_eq!(app.json(&format!("AuditEvent/{event}/_history")).await["total"], 1);
    for (search, fits) in [
        (format!("AuditEvent?_id={event}"), true),
        (format!("AuditEvent?patient={own}&action=R&_id={event}"), true),
        (format!("AuditEvent?entity=Observation/{id}&action=R"), true),
        (
            format!(
                "AuditEvent?entity-type=http://terminology.hl7.org/CodeSystem/audit-entity-type|1&_id={event}"
            ),
            true,
        ),
        (format!("AuditEvent?subtype=read&type=rest&outcome=0&_id={event}"), true),
        (format!("AuditEvent?agent=Patient/{own}&_id={event}"), true),
        (format!("AuditEvent?date=ge2020-01-01&_sort=-date&_id={event}"), true),
        (format!("AuditEvent?date=ge2099-01-01&_id={event}"), false),
        (format!("AuditEvent?action=E&_id={event}"), false),
        (format!("AuditEvent?entity=Observation/nobody&_id={event}"), false),
        (format!("AuditEvent?_lastUpdated=lt2020-01-01&_id={event}"), false),
    ] {
        let found = app.json(&search).await;
        assert_eq!(found["total"], i32::from(fits), "{search}");
        let same = entries(&found, "match").iter().any(|one| one["id"] == event);
        assert_eq!(same, fits, "{search}");
    }
    let first = app.json("AuditEvent?_count=3").await;
    let mut seen = entries(&first, "match").len();
    let (total, mut page) = (first["total"].as_u64().unwrap(), first);
    while let Some(next) = link(&page, "next") {
        page = app.json(next).await;
        seen += entries(&page, "match").len();
    }
    assert_eq!(seen as u64, total);
    for (path, status) in [
        ("AuditEvent?_sort=date", 400),
        ("AuditEvent?_sort=agent", 400),
        ("AuditEvent?patient=nobody", 403),
        ("Consent?patient=nobody", 403),
        ("AuditEvent/nobody", 404),
        ("Consent/nobody", 404),
        ("Condition", 403),
    ] {
        assert_eq!(app.ask(path, "*/*").await.0.as_u16(), status, "{path}");
    }

    // Without the scope there is none.
    let token = apps.tokens("launch/patient patient/Observation.rs").await.word("access_token").to_owned();
    let other = Reader { apps: &apps, token };
    for path in
        ["AuditEvent".to_owned(), "Consent".into(), format!("AuditEvent/{event}"), format!("Consent/{grant}")]
    {
        assert_eq!(other.ask(&path, "*/*").await.0, 403, "{path}");
    }
    apps.house.close().await;
}
