//! The seam to SQLite and PostgreSQL: one SQL text with `$1` markers runs on both.
//! The only room that names a driver. It carries text, binds and rows; it knows no table.

mod bulk;
mod guards;
mod open;
mod query;
mod readers;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

pub use bulk::Bulk;
pub use guards::{Guard, Kept, missing, unguarded};
pub use query::{Query, Row, Value, query};
pub use readers::Local;
pub(crate) use readers::row;
use readers::{Readers, Reading};
use writer::{Writer, Writing};

use crate::base::{Error, Result};

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
    fault: Fault,
}

#[derive(Debug, Clone)]
enum Pools {
    /// Many readers and exactly one writer.
    Sqlite {
        read: Readers,
        write: Writer,
    },
    Postgres(PgPool),
}

/// A transaction. Dropped without [`Tx::commit`] it leaves nothing behind.
#[derive(Debug)]
pub struct Tx {
    inner: TxInner,
    fault: Fault,
}

#[derive(Debug)]
enum TxInner {
    SqliteWriting(Writing),
    SqliteReading(Reading),
    Postgres(Transaction<'static, Postgres>),
    PostgresLone(PoolConnection<Postgres>),
}

/// The connection of a transaction.
enum On<'a> {
    Postgres(&'a mut PgConnection),
    Reading(&'a mut Reading),
    Writing(&'a mut Writing),
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Db {
    /// Starts a transaction that writes.
    pub async fn write(&self) -> Result<Tx> {
        self.fault.step()?;
        let inner = match &self.pools {
            Pools::Sqlite { write, .. } => TxInner::SqliteWriting(write.begin().await?),
            Pools::Postgres(pool) => TxInner::Postgres(begin(pool, "BEGIN").await?),
        };
        Ok(Tx { inner, fault: self.fault.clone() })
    }

    /// Starts a transaction that reads one consistent state.
    pub async fn read(&self) -> Result<Tx> {
        self.fault.step()?;
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => TxInner::SqliteReading(read.begin().await?),
            Pools::Postgres(pool) => {
                let sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                TxInner::Postgres(begin(pool, sql).await?)
            }
        };
        Ok(Tx { inner, fault: self.fault.clone() })
    }

    /// For one statement that reads: it sees one state without a transaction around it, which would be two steps more.
    pub async fn lone(&self) -> Result<Tx> {
        self.fault.step()?;
        let inner = match &self.pools {
            Pools::Sqlite { read, .. } => TxInner::SqliteReading(read.lone().await?),
            Pools::Postgres(pool) => TxInner::PostgresLone(pool.acquire().await?),
        };
        Ok(Tx { inner, fault: self.fault.clone() })
    }

    /// Brings up to date what PostgreSQL's planner knows of the tables, after much was written: it else plans for some
    /// minutes as if they were empty. SQLite keeps no such knowledge here: what it would learn of a clinic with one
    /// patient stays until somebody looks again, and it then reads the whole table of patients for each of the next
    /// 100,000. Without it, it goes by the keys and the written order, which is the same in each clinic.
    pub async fn look_at_tables(&self) -> Result<()> {
        if let Pools::Postgres(pool) = &self.pools {
            sqlx::query("ANALYZE").execute(pool).await?;
        }
        Ok(())
    }

    /// Answers when the database does.
    pub async fn ping(&self) -> Result<()> {
        let mut tx = self.lone().await?;
        query("SELECT CAST(1 AS BIGINT)").one::<(i64,)>(&mut tx).await?;
        Ok(())
    }

    /// For tests: lets `n` further steps (begin, statement, commit) pass and fails each later one,
    /// as a full disk would. A negative number switches it off.
    pub fn fail_after(&self, n: i64) {
        self.fault.0.store(n, Ordering::SeqCst);
    }

    /// Which kind of database this is: "sqlite" or "postgres".
    pub fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "sqlite",
            Pools::Postgres(_) => "postgres",
        }
    }
}

/// Begins on PostgreSQL in a task of its own. A request that is given up while `BEGIN` is on its way would
/// leave the connection inside a transaction that the pool knows nothing of: read-only, or with an old state,
/// for whoever gets it next. A task is not given up; its transaction is rolled back.
async fn begin(pool: &PgPool, sql: &'static str) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(sql).await });
    Ok(begun.await.map_err(Error::internal)??)
}

/// Ends on PostgreSQL in a task of its own, as it began. A request that is given up while `COMMIT` is on its way would drop
/// a transaction that the driver takes for open: it would roll back what has ended.
async fn commit(tx: Transaction<'static, Postgres>) -> Result<()> {
    let done = tokio::spawn(async move { tx.commit().await });
    Ok(done.await.map_err(Error::internal)??)
}

impl Tx {
    /// Makes all that was written durable.
    pub async fn commit(self) -> Result<()> {
        self.fault.step()?;
        match self.inner {
            TxInner::SqliteWriting(writing) => writing.commit().await?,
            TxInner::Postgres(tx) => commit(tx).await?,
            TxInner::SqliteReading(_) | TxInner::PostgresLone(_) => {}
        }
        Ok(())
    }

    /// Before each statement. One that is run in the thread that asks gives others there their turn from time to time.
    async fn step(&mut self) -> Result<()> {
        if matches!(self.inner, TxInner::SqliteWriting(_)) {
            tokio::task::coop::consume_budget().await;
        }
        self.fault.step()
    }

    fn on(&mut self) -> On<'_> {
        match &mut self.inner {
            TxInner::SqliteWriting(writing) => On::Writing(writing),
            TxInner::SqliteReading(reading) => On::Reading(reading),
            TxInner::Postgres(tx) => On::Postgres(tx),
            TxInner::PostgresLone(connection) => On::Postgres(connection),
        }
    }

    fn kind(&self) -> Kind {
        match self.inner {
            TxInner::SqliteWriting(_) | TxInner::SqliteReading(_) => Kind::Sqlite,
            TxInner::Postgres(_) | TxInner::PostgresLone(_) => Kind::Postgres,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(
                rusqlite::ErrorCode::DatabaseBusy
                | rusqlite::ErrorCode::CannotOpen
                | rusqlite::ErrorCode::OperationInterrupted,
            ) => Self::Unavailable("error-database-away"),
            _ => Self::internal(error),
        }
    }
}

/// Counts steps down to a failure ordered by a test; switched off at −1, where it costs one load.
#[derive(Debug, Clone)]
struct Fault(Arc<AtomicI64>);

impl Fault {
    fn none() -> Self {
        Self(Arc::new(AtomicI64::new(-1)))
    }

    fn step(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) < 0 {
            return Ok(());
        }
        // In one go: two that counted down the same last step together would switch it off.
        let count = |left| if left > 0 { Some(left - 1) } else { None };
        match self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, count) {
            Err(0) => {
                Err(Error::internal(anyhow::anyhow!("a step of the database failed, as a test ordered")))
            }
            _ => Ok(()),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => Self::Unavailable("error-database-away"),
            error => Self::internal(error),
        }
    }
}
