//! The connection that writes a SQLite file, in the thread that asks, as those that read it (`readers.rs`). What waits is
//! done elsewhere: opening it, the beginning of a transaction where another process is writing, and the end, which waits
//! for the disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::Value;
use super::readers::{Limited, Local, PREPARED, prepared};
use crate::base::{Error, Result};

/// As long as somebody waits for the connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// As long as a transaction waits to begin while another process writes.
const BUSY: Duration = Duration::from_secs(10);

/// How each connection that writes is set, beside what is so for all.
const PRAGMAS: [(&str, &str); 4] = [
    ("journal_mode", "WAL"),
    // A commit is durable when it is told.
    ("synchronous", "FULL"),
    ("foreign_keys", "ON"),
    ("wal_autocheckpoint", "4000"),
];

/// The one connection: who writes waits in line here and not in SQLite's busy loop. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Writer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    place: Arc<Semaphore>,
    idle: Mutex<Option<Limited>>,
}

impl Writer {
    /// Of the file at `path`, which is made if it is missing.
    ///
    /// # Errors
    /// `Internal` where it cannot be opened.
    pub fn open(path: PathBuf) -> Result<Self> {
        let idle = Mutex::new(Some(open(&path)?));
        Ok(Self(Arc::new(Shared { path, place: Arc::new(Semaphore::new(1)), idle })))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// A transaction that holds the lock for writing from its beginning on (`BEGIN IMMEDIATE`): a lock for reading that
    /// grows fails without waiting.
    pub async fn begin(&self) -> Result<Writing> {
        let away = Error::Unavailable("error-database-away");
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.place).acquire_owned()).await;
        let place = place.map_err(|_| away)?.map_err(Error::internal)?;
        let home = Arc::clone(&self.0);
        let idle = home.idle().take();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let path = home.path.clone();
                spawn_blocking(move || open(&path)).await.map_err(Error::internal)??
            }
        };
        let writing = Writing { connection: Some(connection), failed: false, home, _place: place };
        match writing.begin() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
            begun => return begun.map(|()| writing).map_err(Error::from),
        }
        // Another process writes: the wait for it is not for the thread that asks.
        let waited = spawn_blocking(move || {
            writing.patience(BUSY)?;
            let begun = writing.begin();
            writing.patience(Duration::ZERO)?;
            begun?;
            Ok(writing)
        });
        waited.await.map_err(Error::internal)?
    }

    /// Waits for who writes, and closes the connection.
    pub async fn close(&self) {
        let last = self.0.place.acquire().await;
        self.0.place.close();
        drop(last);
        drop(self.0.idle().take());
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Option<Limited>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> Result<Limited> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    for (name, value) in PRAGMAS.into_iter().chain(super::open::PRAGMAS) {
        connection.pragma_update(None, name, value)?;
    }
    connection.busy_timeout(Duration::ZERO)?;
    Ok(Limited::new(connection)?)
}

/// A transaction that writes. The connection goes back when this is dropped, after the end of its transaction; not where
/// a statement failed, after which SQLite may have ended the transaction or not.
#[derive(Debug)]
pub(super) struct Writing {
    connection: Option<Limited>,
    failed: bool,
    home: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Writing {
    /// Runs a statement and tells how many rows changed.
    pub fn run(&mut self, (sql, values): (&str, &[Value])) -> Result<u64> {
        let changed = self.with(|connection| prepared(connection, (sql, values))?.raw_execute())?;
        Ok(changed as u64)
    }

    /// At most so many rows.
    pub fn rows<T: Local>(&mut self, asked: (&str, &[Value]), most: usize) -> Result<Vec<T>> {
        Ok(self.with(|connection| super::readers::rows(connection, asked, most))?)
    }

    /// Makes all that was written durable. It is done also where nobody waits for it any more.
    pub async fn commit(mut self) -> Result<()> {
        let committed = spawn_blocking(move || {
            let done = self.with(|connection| ordered(connection, "COMMIT"));
            (self, done)
        });
        // The connection is given back here and not there: else whoever waits for it is woken first, and writes all of
        // theirs before this one hears that it is done.
        let (lent, done) = committed.await.map_err(Error::internal)?;
        drop(lent);
        Ok(done?)
    }

    fn begin(&self) -> rusqlite::Result<()> {
        self.connection().with(|connection| ordered(connection, "BEGIN IMMEDIATE"))
    }

    fn patience(&self, wait: Duration) -> rusqlite::Result<()> {
        self.connection().with(|connection| connection.busy_timeout(wait))
    }

    fn connection(&self) -> &Limited {
        let Some(connection) = &self.connection else { unreachable!("it is there until the loan ends") };
        connection
    }

    fn with<T>(&mut self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let result = self.connection().with(act);
        self.failed |= result.is_err();
        result
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let end = |connection: &Connection| match connection.is_autocommit() {
            true => Ok(()),
            false => ordered(connection, "ROLLBACK"),
        };
        if connection.with(end).is_ok() && !self.failed {
            *self.home.idle() = Some(connection);
        }
    }
}

fn ordered(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(folder: &Path) -> Writer {
        let writer = Writer::open(folder.join("test.db")).unwrap();
        let idle = writer.0.idle();
        let made =
            |connection: &Connection| connection.execute_batch("CREATE TABLE t (n INTEGER NOT NULL UNIQUE)");
        idle.as_ref().unwrap().with(made).unwrap();
        drop(idle);
        writer
    }

    fn add(writing: &mut Writing, n: i64) -> Result<u64> {
        writing.run(("INSERT INTO t VALUES ($1)", &[n.into()]))
    }

    async fn count(writer: &Writer) -> i64 {
        let mut writing = writer.begin().await.unwrap();
        writing.rows::<(i64,)>(("SELECT COUNT(*) FROM t", &[]), 1).unwrap()[0].0
    }

    #[tokio::test]
    async fn only_what_was_committed_stays() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let mut writing = writer.begin().await.unwrap();
        assert_eq!(add(&mut writing, 1).unwrap(), 1);
        drop(writing);
        assert_eq!(count(&writer).await, 0, "what is dropped leaves nothing");
        let mut writing = writer.begin().await.unwrap();
        add(&mut writing, 1).unwrap();
        writing.commit().await.unwrap();
        assert_eq!(count(&writer).await, 1);
        writer.close().await;
        assert!(writer.begin().await.is_err());
    }

    #[tokio::test]
    async fn a_commit_goes_on_without_who_asked_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let mut writing = writer.begin().await.unwrap();
        add(&mut writing, 1).unwrap();
        let mut commit = Box::pin(writing.commit());
        // Begun, and given up.
        let _ = futures::poll!(&mut commit);
        drop(commit);
        assert_eq!(count(&writer).await, 1, "the next one waits for it");
    }

    #[tokio::test]
    async fn a_connection_on_which_something_failed_is_not_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let mut writing = writer.begin().await.unwrap();
        add(&mut writing, 1).unwrap();
        assert!(add(&mut writing, 1).is_err(), "twice the same");
        drop(writing);
        assert!(writer.0.idle().is_none());
        assert_eq!(count(&writer).await, 0, "on a new one, without what failed");
    }

    #[tokio::test]
    async fn who_writes_waits_for_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, other) = (writer(folder.path()), Writer::open(folder.path().join("test.db")).unwrap());
        let mut first = writer.begin().await.unwrap();
        add(&mut first, 1).unwrap();
        let second = tokio::spawn({
            let other = other.clone();
            async move { other.begin().await.map(drop) }
        });
        // This thread is free while the other one waits.
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!second.is_finished());
        first.commit().await.unwrap();
        second.await.unwrap().unwrap();
        assert_eq!(count(&other).await, 1);
    }

    #[tokio::test]
    async fn the_connection_is_set_as_it_must_be() {
        let folder = tempfile::tempdir().unwrap();
        let writer = writer(folder.path());
        let mut writing = writer.begin().await.unwrap();
        let numbers = [
            ("PRAGMA synchronous", 2),
            ("PRAGMA foreign_keys", 1),
            ("PRAGMA wal_autocheckpoint", 4000),
            ("PRAGMA trusted_schema", 0),
        ];
        for (sql, expected) in numbers {
            assert_eq!(writing.rows::<(i64,)>((sql, &[]), 1).unwrap(), [(expected,)], "{sql}");
        }
        let mode = writing.rows::<(String,)>(("PRAGMA journal_mode", &[]), 1).unwrap();
        assert_eq!(mode, [("wal".to_owned(),)]);
    }
}
