//! Opening a database by its URL, and bringing its tables up to date.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Context;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgPool};

use super::readers::Readers;
use super::writer::Writer;
use super::{Db, Fault, Pools, missing};
use crate::base::{Error, Result};

/// As long as the step to newer tables waits for another process that takes it too.
const PATIENCE: Duration = Duration::from_secs(10);

static SQLITE: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/postgres");

impl Db {
    /// Opens `sqlite:PATH` (made if missing) or `postgres://…`. Does not touch the tables.
    pub async fn open(url: &str) -> Result<Self> {
        let pools = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Pools::Postgres(open_postgres(url).await?)
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            open_sqlite(Path::new(path))?
        } else {
            return Err(Error::internal(anyhow::anyhow!(
                "database.url must start with sqlite: or postgres://"
            )));
        };
        Ok(Self { pools, fault: Fault::none() })
    }

    /// Whether there is something to open: a SQLite file. A server is asked when it is opened.
    pub fn is_there(url: &str) -> bool {
        url.strip_prefix("sqlite:").is_none_or(|path| Path::new(path).is_file())
    }

    /// Whether the tables were ever made here.
    pub async fn has_tables(&self) -> Result<bool> {
        let mut tx = self.read().await?;
        Ok(missing(&mut tx, &["_sqlx_migrations"]).await?.is_empty())
    }

    /// Brings the tables up to date; each step is one transaction. Two processes that start at once wait
    /// for each other.
    pub async fn migrate(&self) -> Result<()> {
        match &self.pools {
            Pools::Sqlite { write, .. } => migrate_sqlite(write.path()).await,
            Pools::Postgres(pool) => {
                // On a connection without a limit for a statement: a large table takes its time, and so does the wait
                // for another process that is at it.
                let options = PgConnectOptions::clone(&pool.connect_options());
                let mut connection = options.options([("statement_timeout", "0")]).connect().await?;
                let done = POSTGRES.run(&mut connection).await;
                // What was done is done, whether or not the server hears that we leave.
                let _ = connection.close().await;
                done
            }
        }
        .context("bringing the tables up to date")?;
        Ok(())
    }

    /// Lets go of all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Brings a SQLite file up to date, on a connection of its own: sqlx keeps count of the steps for both databases.
async fn migrate_sqlite(path: &Path) -> Result<(), MigrateError> {
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(PATIENCE).foreign_keys(true);
    let mut connection = options.disable_statement_logging().connect().await?;
    SQLITE.run(&mut connection).await?;
    // What SQLite was once told of its tables ([`Db::look_at_tables`]), by an earlier version or by hand.
    for forget in ["DROP TABLE IF EXISTS sqlite_stat1", "DROP TABLE IF EXISTS sqlite_stat4"] {
        sqlx::query(forget).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}

/// How each connection to a SQLite file is set.
pub(super) const PRAGMAS: [(&str, &str); 4] = [
    ("cache_size", "-16384"),
    // No part of the file is mapped into memory: SQLite lets go of the whole map at each reading that follows a
    // writing, and here each page is a writing, of its entry in the ledger.
    ("mmap_size", "0"),
    ("temp_store", "MEMORY"),
    ("trusted_schema", "OFF"),
];

fn open_sqlite(path: &Path) -> Result<Pools> {
    let write = Writer::open(path.to_owned())?;
    Ok(Pools::Sqlite { read: Readers::new(path.to_owned()), write })
}

/// After so long a connection is asked whether it lives.
const RESTED: Duration = Duration::from_secs(2);

async fn open_postgres(url: &str) -> Result<PgPool> {
    // synchronous_commit is set here because the ledger's promise must not hang on a server's settings.
    let options = PgConnectOptions::from_str(url)?
        // Statements are planned once and not for each run, and not compiled: both cost more than running them.
        .options([
            ("synchronous_commit", "on"),
            ("statement_timeout", "60s"),
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
        ])
        .disable_statement_logging();
    Ok(PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(10))
        // Whether the server is still there is asked of a connection that has rested, not before each use.
        .test_before_acquire(false)
        .before_acquire(|connection, about| {
            Box::pin(async move {
                if about.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await?)
}
