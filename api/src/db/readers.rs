//! The connections that read a SQLite file. sqlx's own pool asks each connection that comes back whether it lives,
//! from a task of its own; a connection to a file does not die by itself, and each question wakes a thread as a statement does.
//! One on which a statement failed is not lent again.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteTransactionManager};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at most.
const MOST: u32 = 8;

/// As long as somebody waits for one.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connections: those that are idle wait here. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    options: SqliteConnectOptions,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    pub fn new(options: SqliteConnectOptions) -> Self {
        let places = Arc::new(Semaphore::new(MOST as usize));
        Self(Arc::new(Shared { options, places, idle: Mutex::default() }))
    }

    /// A transaction that sees one state.
    pub async fn begin(&self) -> sqlx::Result<Reading> {
        let mut reading = self.lone().await?;
        reading.health = Health::Busy;
        let begun = SqliteTransactionManager::begin(&mut reading, None).await;
        // One within another: the end of the one before could not be had, and it still sees what was then.
        let within = SqliteTransactionManager::get_transaction_depth(&reading) > 1;
        reading.health = if begun.is_err() || within { Health::Broken } else { Health::Good };
        begun?;
        if within { Err(sqlx::Error::WorkerCrashed) } else { Ok(reading) }
    }

    /// A connection for one statement, which sees one state in any case.
    pub async fn lone(&self) -> sqlx::Result<Reading> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.places).acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let idle = self.0.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.0.options.connect().await?,
        };
        let home = Arc::clone(&self.0);
        Ok(Reading { connection: Some(connection), health: Health::Good, home, _place: place })
    }

    /// Waits for those that are lent, and closes all.
    pub async fn close(&self) {
        let all = self.0.places.acquire_many(MOST).await;
        self.0.places.close();
        drop(all);
        let idle = std::mem::take(&mut *self.0.idle());
        for connection in idle {
            // The file is consistent whether or not this succeeds.
            let _ = connection.close().await;
        }
    }
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan. It goes back when this is dropped, after the end of its transaction.
#[derive(Debug)]
pub(super) struct Reading {
    connection: Option<SqliteConnection>,
    health: Health,
    home: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

/// What is known of a lent connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// Its last statement ended well.
    Good,
    /// A statement runs, or was given up while it ran.
    Busy,
    /// A statement failed. After some failures SQLite has ended the transaction, and its thread does not know.
    Broken,
}

impl Reading {
    /// A statement is about to run.
    pub fn runs(&mut self) -> &mut SqliteConnection {
        self.health = Health::Busy;
        self
    }

    /// It ended.
    pub fn ran<T>(&mut self, result: &sqlx::Result<T>) {
        self.health = if result.is_ok() { Health::Good } else { Health::Broken };
    }
}

impl Deref for Reading {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().unwrap_or_else(|| unreachable!("a connection is there until the loan ends"))
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().unwrap_or_else(|| unreachable!("a connection is there until the loan ends"))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // The connection's thread works in order: whoever is next comes after the end of this transaction.
            SqliteTransactionManager::start_rollback(&mut connection);
            let mut idle = self.home.idle();
            match self.health {
                Health::Good => idle.push(connection),
                // A statement that gives no rows is not stopped half way, so others go before.
                Health::Busy => idle.insert(0, connection),
                // Nobody gets it again.
                Health::Broken => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    async fn readers(folder: &std::path::Path) -> (Readers, SqliteConnection) {
        let path = format!("sqlite:{}", folder.join("test.db").display());
        let options = SqliteConnectOptions::from_str(&path)
            .unwrap()
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let mut writer = options.connect().await.unwrap();
        sqlx::query("CREATE TABLE t (n INTEGER NOT NULL)").execute(&mut writer).await.unwrap();
        (Readers::new(options), writer)
    }

    async fn rows(reading: &mut Reading) -> i64 {
        sqlx::query_scalar("SELECT COUNT(*) FROM t").fetch_one(&mut **reading).await.unwrap()
    }

    #[tokio::test]
    async fn a_loan_sees_one_state_and_the_next_one_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, mut writer) = readers(folder.path()).await;
        for before in 0..5 {
            let mut reading = readers.begin().await.unwrap();
            assert_eq!(rows(&mut reading).await, before);
            sqlx::query("INSERT INTO t VALUES (1)").execute(&mut writer).await.unwrap();
            assert_eq!(rows(&mut reading).await, before, "a transaction sees one state");
        }
        let idle = readers.0.idle().len();
        assert_eq!(idle, 1, "the same connection each time");
        readers.close().await;
        assert!(matches!(readers.begin().await, Err(sqlx::Error::PoolClosed)));
    }

    #[tokio::test]
    async fn what_is_given_up_half_way_leaves_nothing_behind() {
        const LONG: &str = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300000) \
                            SELECT n FROM c";
        let folder = tempfile::tempdir().unwrap();
        let (readers, mut writer) = readers(folder.path()).await;
        for before in 0..4 {
            let mut reading = readers.begin().await.unwrap();
            let all = sqlx::query_scalar::<_, i64>(LONG).fetch_all(reading.runs());
            assert!(tokio::time::timeout(Duration::from_millis(2), all).await.is_err(), "given up");
            drop(reading);
            // Given up while it begins.
            let _ = tokio::time::timeout(Duration::ZERO, readers.begin()).await;
            let mut reading = readers.begin().await.unwrap();
            assert_eq!(rows(&mut reading).await, before);
            drop(reading);
            sqlx::query("INSERT INTO t VALUES (1)").execute(&mut writer).await.unwrap();
        }
        readers.close().await;
    }

    #[tokio::test]
    async fn whoever_comes_next_does_not_wait_for_what_was_given_up() {
        const LONG: &str = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) \
                            SELECT COUNT(*) FROM c";
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path()).await;
        let (one, mut other) = (readers.begin().await.unwrap(), readers.begin().await.unwrap());
        // The two are told apart by a setting of the connection, which nothing else uses.
        sqlx::query("PRAGMA cache_spill = 4711").execute(&mut *other).await.unwrap();
        let long = sqlx::query_scalar::<_, i64>(LONG).fetch_one(other.runs());
        // Looked at once: how long it has run by then does not matter.
        assert!(tokio::time::timeout(Duration::ZERO, long).await.is_err(), "given up");
        drop(one);
        drop(other);
        assert_eq!(readers.0.idle().len(), 2);
        let mut lent = Vec::new();
        for _ in 0..2 {
            let mut reading = readers.begin().await.unwrap();
            let mark: i64 = sqlx::query_scalar("PRAGMA cache_spill").fetch_one(&mut *reading).await.unwrap();
            assert_eq!(rows(&mut reading).await, 0);
            lent.push((mark == 4711, reading));
        }
        let busy: Vec<bool> = lent.iter().map(|(busy, _)| *busy).collect();
        assert_eq!(busy, [false, true], "the busy one is lent last");
    }

    #[tokio::test]
    async fn what_failed_is_not_lent_again() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path()).await;
        let mut reading = readers.begin().await.unwrap();
        let failed = sqlx::query("SELECT * FROM nowhere").fetch_all(reading.runs()).await;
        reading.ran(&failed);
        drop(reading);
        assert!(readers.0.idle().is_empty());
        // A transaction that could not be ended: the next one would stand within it.
        let mut left = readers.lone().await.unwrap();
        SqliteTransactionManager::begin(&mut left, None).await.unwrap();
        let connection = left.connection.take().unwrap();
        readers.0.idle().push(connection);
        drop(left);
        assert!(readers.begin().await.is_err());
        assert_eq!(rows(&mut readers.begin().await.unwrap()).await, 0, "a new one");
    }

    #[tokio::test]
    async fn whoever_comes_when_all_are_lent_waits() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path()).await;
        let mut lent = Vec::new();
        for _ in 0..MOST {
            lent.push(readers.begin().await.unwrap());
        }
        let waits = tokio::time::timeout(Duration::from_millis(20), readers.lone()).await;
        assert!(waits.is_err());
        lent.pop();
        let mut lone = readers.lone().await.unwrap();
        assert_eq!(rows(&mut lone).await, 0);
        drop((lone, lent));
        readers.close().await;
    }
}
