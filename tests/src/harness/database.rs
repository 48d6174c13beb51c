//! A database of its own for each test, on SQLite always and on PostgreSQL where a server is named by
//! `RECORDRIGHT_TEST_POSTGRES`; and a way to look into it and to spoil it past the service.

use std::cell::RefCell;
use std::path::Path;
use std::str::FromStr;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool, SqlitePool};

use super::{PATIENCE, setting, skip};

/// Which kind of database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// Makes of each named `async fn(Kind)` two tests, `sqlite::NAME` and `postgres::NAME`.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() {
                $crate::harness::database::run($crate::harness::Kind::Sqlite, super::$name);
            })+
        }
        mod postgres {
            $(#[test] fn $name() {
                $crate::harness::database::run($crate::harness::Kind::Postgres, super::$name);
            })+
        }
    };
}
pub(crate) use on_both_databases;

/// Runs a test in a runtime of its own, or says that it is skipped.
pub fn run<F: Future<Output = ()>>(kind: Kind, test: impl FnOnce(Kind) -> F) {
    if kind == Kind::Postgres && server().is_none() {
        return skip("RECORDRIGHT_TEST_POSTGRES names no server");
    }
    let _swept = Sweep;
    actix_web::rt::System::new().block_on(test(kind));
}

thread_local! {
    /// The databases that this thread's test has made on the server.
    static MADE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Drops what a test has made on the server when it ends, well or not: a run makes several hundred databases of
/// more than ten megabytes, and not every machine has room for them all.
struct Sweep;

impl Drop for Sweep {
    fn drop(&mut self) {
        let made = MADE.with(RefCell::take);
        let Some(server) = server().filter(|_| !made.is_empty()) else { return };
        actix_web::rt::System::new().block_on(async {
            let Ok(mut connection) = PgConnection::connect(&server).await else { return };
            for name in made {
                // What is left of a connection that a test has dropped is ended; a fault here is none of the test's.
                let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                let _ = connection.execute(AssertSqlSafe(drop)).await;
            }
        });
    }
}

fn server() -> Option<String> {
    setting("RECORDRIGHT_TEST_POSTGRES")
}

/// An empty database: a SQLite file goes with its folder, a PostgreSQL one when the test has ended.
pub struct Database {
    pub kind: Kind,
    pub url: String,
}

impl Database {
    /// A new one; a SQLite file lies in `folder`.
    pub async fn new(kind: Kind, folder: &Path) -> Self {
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}", folder.join("recordright.db").display()),
            Kind::Postgres => new_on_server().await,
        };
        Self { kind, url }
    }

    /// A connection past the service.
    pub async fn raw(&self) -> Raw {
        match self.kind {
            // It waits for the writer of the service, however long that one takes.
            Kind::Sqlite => {
                let options = SqliteConnectOptions::from_str(&self.url).unwrap().busy_timeout(PATIENCE);
                Raw::Sqlite(SqlitePool::connect_with(options).await.unwrap())
            }
            Kind::Postgres => Raw::Postgres(PgPool::connect(&self.url).await.unwrap()),
        }
    }
}

async fn new_on_server() -> String {
    let server = server().expect("a server");
    let name = format!("test_{}", api::base::uuid(api::base::Clock::System.now()).simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).await.unwrap();
    connection.close().await.unwrap();
    MADE.with_borrow_mut(|made| made.push(name.clone()));
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    url.into()
}

/// A connection past the service.
pub enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// How many kept counts of lists are not what stands in the lists.
pub const MISCOUNTED: &str = "SELECT count(*) FROM (SELECT patient_no, category, source_no, COALESCE(place, '') AS place, labels, count(*) AS n \
     FROM item GROUP BY patient_no, category, source_no, COALESCE(place, ''), labels) AS i FULL JOIN shelf s \
     ON s.patient_no = i.patient_no AND s.category = i.category AND s.source_no = i.source_no AND s.place = i.place AND s.labels = i.labels \
     WHERE COALESCE(s.items, 0) <> COALESCE(i.n, 0)";

impl Raw {
    /// Runs statements as they are.
    pub async fn run(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(pool) => pool.execute(sql).await.map(|_| ()),
            Self::Postgres(pool) => pool.execute(sql).await.map(|_| ()),
        }
    }

    /// The rows of one text column.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        let rows: Vec<(String,)> = match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// One number.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        let (number,): (i64,) = match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_one(pool).await.unwrap(),
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_one(pool).await.unwrap(),
        };
        number
    }

    /// Bytes as this database writes them in SQL.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        match self {
            Self::Sqlite(_) => format!("x'{}'", hex::encode(bytes)),
            Self::Postgres(_) => format!("'\\x{}'::bytea", hex::encode(bytes)),
        }
    }

    /// The rows of one column of bytes.
    pub async fn blobs(&self, sql: &str) -> Vec<Vec<u8>> {
        let sql = AssertSqlSafe(sql.to_owned());
        let rows: Vec<(Vec<u8>,)> = match self {
            Self::Sqlite(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
            Self::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(bytes,)| bytes).collect()
    }
}
