//! A service of its own for each test, with one synthetic person whose record holds what is hard to copy.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use futures::StreamExt as _;
use tempfile::TempDir;

use crate::app::{self, App};
use crate::base::{AccountId, Clock, CopyId, Instant, PatientNo, SessionId, uuid};
use crate::config::Config;
use crate::copies::{self, Ask, ByteRange, Scope};
use crate::db::query;
use crate::identity::Actor;
use crate::words::Language;
use crate::{disclosures, sources};

/// 2026-11-22T04:00:00Z.
pub const NOW: Instant = Instant(1_795_320_000_000_000);

/// A running service with one person who may copy one record.
pub struct Home {
    pub folder: TempDir,
    pub app: App,
    pub actor: Actor,
    pub patient: PatientNo,
}

/// The databases to test on, each empty.
pub fn databases() -> Vec<Option<String>> {
    let mut all = vec![None];
    all.extend(postgres().map(Some));
    all
}

#[expect(clippy::disallowed_methods, reason = "only a test asks where a PostgreSQL server is")]
fn postgres() -> Option<String> {
    let Ok(server) = std::env::var("RECORDRIGHT_TEST_POSTGRES") else {
        eprintln!("PostgreSQL is skipped: RECORDRIGHT_TEST_POSTGRES is not set");
        return None;
    };
    let name = format!("copies_{}", hex::encode(crate::base::bytes::<8>()));
    let made =
        Command::new("psql").args([&server, "-qc", &format!("CREATE DATABASE {name}")]).status().unwrap();
    assert!(made.success(), "making a database");
    let (base, _) = server.rsplit_once('/').unwrap();
    Some(format!("{base}/{name}"))
}

/// Text that would do harm where it is not escaped.
pub const HOSTILE: &str = "</dl></details><script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt;";

/// The record as NDJSON lines, in the order in which they are imported.
pub fn lines() -> Vec<String> {
    let b64 = |bytes: &[u8]| {
        use base64::{Engine, prelude::BASE64_STANDARD};
        BASE64_STANDARD.encode(bytes)
    };
    let mut lines = vec![
        r#"{"resourceType":"Organization","id":"o1","name":"Clinic of examples (synthetic)"}"#.to_owned(),
        r#"{"resourceType":"Practitioner","id":"d1","name":[{"text":"Dr. Example (synthetic)"}]}"#.to_owned(),
        r#"{"resourceType":"Practitioner","id":"d2","name":[{"text":"Dr. Unnamed (synthetic)"}]}"#.to_owned(),
        r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Muster","given":["Rosa (synthetic)"]}],"birthDate":"1968-03-04","gender":"female","managingOrganization":{"reference":"Organization/o1"}}"#.to_owned(),
        r#"{"resourceType":"Encounter","id":"e1","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p1"},"participant":[{"individual":{"reference":"Practitioner/d1"}}],"period":{"start":"2020-01-31T23:30:00-05:00","end":"2020-01-31T23:45:00-05:00"}}"#.to_owned(),
    ];
    for (n, value) in [5.4, 6.10, 7.25].iter().enumerate() {
        lines.push(format!(
            r#"{{"resourceType":"Observation","id":"l{n}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"4548-4"}}],"text":"Hemoglobin A1c"}},"subject":{{"reference":"Patient/p1"}},"effectiveDateTime":"202{n}-03-0{}","valueQuantity":{{"value":{value:.2},"unit":"%"}},"referenceRange":[{{"high":{{"value":5.7,"unit":"%"}}}}]}}"#,
            n + 1
        ));
    }
    lines.push(format!(
        r#"{{"resourceType":"Condition","id":"c1","subject":{{"reference":"Patient/p1"}},"code":{{"text":{}}},"note":[{{"text":{}}}]}}"#,
        serde_json::json!(HOSTILE),
        serde_json::json!(format!("=1+1 {HOSTILE}"))
    ));
    lines.push(r#"{"resourceType":"AllergyIntolerance","id":"a1","patient":{"reference":"Patient/p1"},"code":{"text":"=HYPERLINK(\"x\")"},"recordedDate":"2021"}"#.to_owned());
    for (id, kind, place) in [
        ("r1", "text/plain", format!(r#""data":"{}""#, b64("Nota de egreso: todo bien, señora.".as_bytes()))),
        ("r2", "text/html", format!(r#""data":"{}""#, b64(b"<p>x<script>alert(3)</script></p>"))),
        ("r3", "application/pdf", r#""url":"Binary/b1""#.to_owned()),
        ("r4", "application/pdf", r#""url":"https://elsewhere.example/x.pdf""#.to_owned()),
        ("r5", "image/png", r#""data":"not base64 !""#.to_owned()),
    ] {
        lines.push(format!(
            r#"{{"resourceType":"DocumentReference","id":"{id}","status":"current","type":{{"text":"Letter {id}"}},"subject":{{"reference":"Patient/p1"}},"date":"2022-05-0{}T10:00:00Z","content":[{{"attachment":{{"contentType":"{kind}",{place}}}}}]}}"#,
            &id[1..]
        ));
    }
    lines.push(format!(
        r#"{{"resourceType":"Binary","id":"b1","contentType":"application/pdf","securityContext":{{"reference":"Patient/p1"}},"data":"{}"}}"#,
        b64(b"%PDF-1.4 synthetic")
    ));
    for (id, target) in [("v1", "Observation/l0"), ("v2", "Condition/c1")] {
        lines.push(format!(
            r#"{{"resourceType":"Provenance","id":"{id}","target":[{{"reference":"{target}"}},{{"reference":"Patient/p1"}}],"recorded":"2022-01-01T00:00:00Z","agent":[{{"who":{{"reference":"Practitioner/d1"}}}}]}}"#
        ));
    }
    lines
}

impl Home {
    /// A service with the record of [`lines`].
    pub async fn new(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.ndjson");
        std::fs::write(&file, lines().join("\n")).unwrap();
        // A resource over several lines, as single files have them.
        let pretty = folder.path().join("goal.json");
        let goal = "{\n  \"resourceType\": \"Goal\",\n  \"id\": \"g1\",\n  \"lifecycleStatus\": \"active\",\n  \"subject\": {\"reference\": \"Patient/p1\"},\n  \"description\": {\"text\": \"Walk  more\\n every day\"}\n}\n";
        std::fs::write(&pretty, goal).unwrap();
        Self::with(folder, database, vec![file, pretty]).await
    }

    /// A service with the first person of these files.
    pub async fn with(folder: TempDir, database: Option<String>, paths: Vec<PathBuf>) -> Self {
        let url = database.unwrap_or_else(|| format!("sqlite:{}", folder.path().join("x.db").display()));
        let mut config = Config::for_testing(folder.path(), &url);
        config.clinic.phone = "555-0100".into();
        let app = app::open(config, Clock::fixed(NOW)).await.unwrap();
        disclosures::start(&app);
        let ask = sources::Import { source: "example".into(), paths };
        sources::import(&app, ask, |_| {}).await.unwrap();
        let patient = PatientNo(1);
        let account = AccountId(uuid(NOW));
        let mut tx = app.db.write().await.unwrap();
        query(
            "INSERT INTO account (id, name, created_at, last_seen_at) VALUES ($1, 'Rosa (synthetic)', 0, 0)",
        )
        .bind(account)
        .run_one(&mut tx)
        .await
        .unwrap();
        query("INSERT INTO account_link (account_id, patient_no, since, ground, evidence) VALUES ($1, $2, 0, 'code', '{}')")
            .bind(account)
            .bind(patient)
            .run_one(&mut tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let actor = Actor {
            account,
            session: SessionId(uuid(NOW)),
            name: "Rosa (synthetic)".into(),
            provider: "demo".into(),
            acr: None,
            amr: vec![],
            auth_time: None,
            level: crate::config::Level::default(),
            through: None,
        };
        Self { folder, app, actor, patient }
    }

    /// A request for everything.
    pub fn ask(once: &str) -> Ask {
        Ask { scope: Scope::default(), language: Language::English, password: None, once: once.into() }
    }

    /// Asks for a copy, builds it, and writes it into the test's folder.
    pub async fn copy(&self, ask: Ask) -> PathBuf {
        let id = copies::request(&self.app, &self.actor, (self.patient, ask)).await.unwrap();
        copies::build(&self.app, id).await.unwrap();
        let path = self.folder.path().join(format!("{id}.zip"));
        let bytes = self.taken(id, None).await;
        std::fs::File::create(&path).unwrap().write_all(&bytes).unwrap();
        path
    }

    /// Downloads a copy or a part of it.
    pub async fn taken(&self, id: CopyId, range: Option<ByteRange>) -> Vec<u8> {
        let download = copies::open(&self.app, &self.actor, (self.patient, id, range)).await.unwrap();
        let parts: Vec<_> = download.stream.map(|part| part.unwrap()).collect().await;
        let bytes = parts.concat();
        assert_eq!(bytes.len() as u64, download.length);
        bytes
    }
}
