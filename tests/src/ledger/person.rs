//! A few made-up people with accounts, put past the import straight into the tables, so that the ledger is
//! tested by itself.

use api::app::App;
use api::base::{AccountId, Clock, Instant, PatientNo, SessionId};
use api::config::Config;
use api::disclosures::{self, Filter};
use api::identity::Actor;
use tempfile::TempDir;
use uuid::Uuid;

use crate::harness::database::Raw;
use crate::harness::{Database, Kind};

/// The service without its pages.
pub struct House {
    pub app: App,
    pub raw: Raw,
    pub folder: TempDir,
    pub database: Database,
}

/// Three people, 1, 2 and 3, each linked to an account of the same number.
pub async fn house(kind: Kind) -> House {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let config = Config::for_testing(folder.path(), &database.url);
    let app = api::app::open(config, Clock::System).await.unwrap();
    drop(disclosures::start(&app).expect("the writer starts"));
    let raw = database.raw().await;
    for n in 1..=3 {
        let account = raw.bytes_of_uuid(account(n).0);
        raw.run(&format!(
            "INSERT INTO patient (patient_no, source_no, fhir_id, name, family, given, next_item, created_at, updated_at) \
             VALUES ({n}, 0, 'p{n}', 'Person {n} (synthetic)', 'person', 'test', 1, 0, 0); \
             INSERT INTO account (id, name, created_at, last_seen_at) VALUES ({account}, 'Person {n}', 0, 0); \
             INSERT INTO account_link (account_id, patient_no, since, ground, evidence) \
             VALUES ({account}, {n}, 0, 'code', '')"
        ))
        .await
        .unwrap();
    }
    House { app, raw, folder, database }
}

fn account(n: i64) -> AccountId {
    AccountId(Uuid::from_u128(n.unsigned_abs().into()))
}

pub fn actor(n: i64) -> Actor {
    Actor {
        account: account(n),
        session: SessionId(Uuid::nil()),
        name: format!("Person {n} (synthetic)"),
        provider: "demo".into(),
        acr: None,
        amr: vec![],
        auth_time: Some(Instant(0)),
        level: api::config::Level::default(),
        through: None,
    }
}

impl House {
    /// Person `n` looks at their log once, which is an entry.
    pub async fn look(&self, n: i64) -> api::base::Result<disclosures::Page> {
        disclosures::log(&self.app, &actor(n), (PatientNo(n), Filter::default())).await
    }

    pub async fn entries(&self) -> i64 {
        self.raw.number("SELECT count(*) FROM ledger_entry").await
    }
}

impl Raw {
    fn bytes_of_uuid(&self, id: Uuid) -> String {
        match self {
            Self::Sqlite(_) => self.bytes(id.as_bytes()),
            Self::Postgres(_) => format!("'{id}'::uuid"),
        }
    }
}
