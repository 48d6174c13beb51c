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
