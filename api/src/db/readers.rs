//! The connections that read a SQLite file. sqlx's own pool asks each connection that comes back whether it lives,
//! from a task of its own; a connection to a file does not die, and each question wakes a thread as a statement does.

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
        if let Err(error) = SqliteTransactionManager::begin(&mut reading, None).await {
            // Whatever is the matter with this connection, nobody gets it again.
            reading.connection = None;
            return Err(error);
        }
        Ok(reading)
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
        Ok(Reading { connection: Some(connection), home: Arc::clone(&self.0), _place: place })
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
    home: Arc<Shared>,
    _place: OwnedSemaphorePermit,
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
            // The connection's thread works in order: whoever is next comes after the end of this transaction. Where a
            // statement was given up half way, the thread notices and stops.
            SqliteTransactionManager::start_rollback(&mut connection);
            self.home.idle().push(connection);
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
            let all = sqlx::query_scalar::<_, i64>(LONG).fetch_all(&mut *reading);
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
