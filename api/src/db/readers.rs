//! The connections that read a SQLite file, in the thread that asks: sqlx gives each connection a thread of its own, and
//! going there and back costs several times what a statement does that finds a row by its key.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{FromSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement, ToSql};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::query::Value;
use crate::base::{Error, Result};

/// Connections at most.
const MOST: u32 = 8;

/// As long as somebody waits for one.
const PATIENCE: Duration = Duration::from_secs(30);

/// As long as a statement waits for another process that holds the whole file, which it does when it closes it.
const BUSY: Duration = Duration::from_secs(2);

/// Steps of SQLite's machine that a statement may take, in leaps: it holds the thread that asked, and with it whoever
/// waits there. By a machine of 2026 it is half a minute; PostgreSQL has a limit of a minute.
const LEAP: i32 = 1_000_000;
const LEAPS: u32 = 3_000;

/// Statements that a connection keeps prepared.
pub(super) const PREPARED: usize = 256;

/// The connections: those that are idle wait here. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Limited>>,
}

/// A connection whose statements are ended that take too long, and how many leaps the one has taken that runs.
#[derive(Debug)]
pub(super) struct Limited {
    connection: Connection,
    leaps: Arc<AtomicU32>,
}

impl Limited {
    /// This connection, limited.
    pub fn new(connection: Connection) -> rusqlite::Result<Self> {
        let leaps = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&leaps);
        connection.progress_handler(LEAP, Some(move || counted.fetch_add(1, Relaxed) >= LEAPS))?;
        Ok(Self { connection, leaps })
    }

    /// Lets a statement run.
    pub fn with<T>(&self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        self.leaps.store(0, Relaxed);
        act(&self.connection)
    }
}

impl Readers {
    /// Of the file at `path`, which is there.
    pub fn new(path: PathBuf) -> Self {
        let places = Arc::new(Semaphore::new(MOST as usize));
        Self(Arc::new(Shared { path, places, idle: Mutex::default() }))
    }

    /// A transaction that sees one state.
    pub async fn begin(&self) -> Result<Reading> {
        let mut reading = self.lone().await?;
        reading.run("BEGIN")?;
        Ok(reading)
    }

    /// A connection for one statement, which sees one state in any case.
    pub async fn lone(&self) -> Result<Reading> {
        let place = tokio::time::timeout(PATIENCE, Arc::clone(&self.0.places).acquire_owned()).await;
        let place = place.map_err(|_| Error::Unavailable("error-database-away"))?.map_err(Error::internal)?;
        let idle = self.0.idle().pop();
        let reader = idle.map_or_else(|| open(&self.0.path), Ok)?;
        let home = Arc::clone(&self.0);
        Ok(Reading { reader: Some(reader), failed: false, home, _place: place })
    }

    /// Waits for those that are lent, and closes all.
    pub async fn close(&self) {
        let all = self.0.places.acquire_many(MOST).await;
        self.0.places.close();
        drop(all);
        self.0.idle().clear();
    }
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Limited>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> Result<Limited> {
    // Not opened for reading only: whoever reads first after a crash repairs the file's log of changes.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    for (name, value) in super::open::PRAGMAS {
        connection.pragma_update(None, name, value)?;
    }
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(Limited::new(connection)?)
}

/// A connection on loan. It goes back when this is dropped, after the end of its transaction; not where a statement
/// failed, after which SQLite may have ended the transaction or not.
#[derive(Debug)]
pub(super) struct Reading {
    reader: Option<Limited>,
    failed: bool,
    home: Arc<Shared>,
    _place: OwnedSemaphorePermit,
}

impl Reading {
    /// Runs a statement that gives no rows.
    pub fn run(&mut self, sql: &str) -> Result<()> {
        self.with(|connection| connection.prepare_cached(sql)?.raw_execute().map(drop))
    }

    /// At most so many rows.
    pub fn rows<T: Local>(&mut self, asked: (&str, &[Value]), most: usize) -> Result<Vec<T>> {
        self.with(|connection| rows(connection, asked, most))
    }

    fn with<T>(&mut self, act: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let Some(reader) = &self.reader else { unreachable!("a connection is there until the loan ends") };
        let result = reader.with(act);
        self.failed |= result.is_err();
        Ok(result?)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let lent = self.reader.take().filter(|_| !self.failed);
        let Some(reader) = lent else { return };
        let end = || reader.connection.prepare_cached("ROLLBACK").and_then(|mut end| end.raw_execute());
        if reader.connection.is_autocommit() || end().is_ok() {
            self.home.idle().push(reader);
        }
    }
}

/// At most so many rows of a statement.
pub(super) fn rows<T: Local>(
    connection: &Connection,
    asked: (&str, &[Value]),
    most: usize,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = prepared(connection, asked)?;
    let places = T::places(&statement)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while found.len() < most {
        let Some(row) = rows.next()? else { break };
        found.push(T::local(row, &places)?);
    }
    Ok(found)
}

/// A statement with its binds. SQLite numbers `$2` by where it first stands and not by its digits.
pub(super) fn prepared<'a>(
    connection: &'a Connection,
    (sql, values): (&str, &[Value]),
) -> rusqlite::Result<CachedStatement<'a>> {
    let mut statement = connection.prepare_cached(sql)?;
    for at in 1..=statement.parameter_count() {
        let number = statement.parameter_name(at).and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let value = values.get(number.unwrap_or(at) - 1);
        statement
            .raw_bind_parameter(at, value.ok_or(rusqlite::Error::InvalidParameterCount(at, values.len()))?)?;
    }
    Ok(statement)
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Int(value) => value.map(ValueRef::Integer),
            Self::Float(value) => value.map(ValueRef::Real),
            Self::Text(value) => value.as_ref().map(|text| ValueRef::Text(text.as_bytes())),
            Self::Bytes(value) => value.as_deref().map(ValueRef::Blob),
            Self::Uuid(value) => value.as_ref().map(|id| ValueRef::Blob(id.as_bytes())),
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}

/// What is made of a row of these connections: tuples by order, structs of `row!` by the names of their
/// columns.
pub trait Local: Sized {
    /// Where the columns are, asked once for each run of a statement.
    fn places(_: &Statement<'_>) -> rusqlite::Result<Vec<usize>> {
        Ok(Vec::new())
    }

    /// From one row.
    fn local(row: &rusqlite::Row<'_>, places: &[usize]) -> rusqlite::Result<Self>;
}

impl<const N: usize> Local for [i64; N] {
    fn places(statement: &Statement<'_>) -> rusqlite::Result<Vec<usize>> {
        match statement.column_count() {
            n if n == N => Ok(Vec::new()),
            n => Err(rusqlite::Error::InvalidColumnIndex(n)),
        }
    }

    fn local(row: &rusqlite::Row<'_>, _: &[usize]) -> rusqlite::Result<Self> {
        let mut numbers = [0; N];
        for (at, slot) in numbers.iter_mut().enumerate() {
            *slot = row.get(at)?;
        }
        Ok(numbers)
    }
}

macro_rules! tuples {
    ($($first:ident $($rest:ident)*;)*) => {$(
        impl<$first: FromSql $(, $rest: FromSql)*> Local for ($first, $($rest,)*) {
            #[expect(non_snake_case, reason = "a tuple's types name its values")]
            fn local(row: &rusqlite::Row<'_>, _: &[usize]) -> rusqlite::Result<Self> {
                let mut at = 0..;
                let mut next = || at.next().unwrap_or_default();
                let $first = row.get(next())?;
                $(let $rest = row.get(next())?;)*
                Ok(($first, $($rest,)*))
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
}

/// A struct that a row fills, column by column of the same name, on both databases:
///
/// ```text
/// row! {
///     struct NameRow {
///         name: String,
///         since: Option<i64>,
///     }
/// }
/// ```
macro_rules! row {
    (
        $(#[$about:meta])*
        $sight:vis struct $name:ident {
            $($(#[$doc:meta])* $seen:vis $field:ident: $type:ty),* $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(sqlx::FromRow)]
        $sight struct $name {
            $($(#[$doc])* $seen $field: $type),*
        }

        impl $crate::db::Local for $name {
            fn places(statement: &rusqlite::Statement<'_>) -> rusqlite::Result<Vec<usize>> {
                let names = [$(stringify!($field)),*];
                let place = |(at, name): (usize, &&str)| {
                    let name = name.trim_start_matches("r#");
                    // Mostly they stand in the order of the fields.
                    let here = statement.column_name(at).is_ok_and(|here| here == name);
                    if here { Ok(at) } else { statement.column_index(name) }
                };
                names.iter().enumerate().map(place).collect()
            }

            fn local(row: &rusqlite::Row<'_>, places: &[usize]) -> rusqlite::Result<Self> {
                let mut at = places.iter();
                Ok(Self { $($field: row.get(at.next().copied().unwrap_or(usize::MAX))?),* })
            }
        }
    };
}
pub(crate) use row;

#[cfg(test)]
mod tests {
    use super::*;

    fn readers(folder: &std::path::Path) -> (Readers, Connection) {
        let path = folder.join("test.db");
        let writer = Connection::open(&path).unwrap();
        writer.pragma_update(None, "journal_mode", "WAL").unwrap();
        writer.execute_batch("CREATE TABLE t (n INTEGER NOT NULL)").unwrap();
        (Readers::new(path), writer)
    }

    fn add(writer: &Connection) {
        writer.execute("INSERT INTO t VALUES (1)", []).unwrap();
    }

    fn count(reading: &mut Reading) -> i64 {
        reading.rows::<(i64,)>(("SELECT COUNT(*) FROM t", &[]), 1).unwrap()[0].0
    }

    #[tokio::test]
    async fn a_loan_sees_one_state_and_the_next_one_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, writer) = readers(folder.path());
        for before in 0..5 {
            let mut reading = readers.begin().await.unwrap();
            assert_eq!(count(&mut reading), before);
            add(&writer);
            assert_eq!(count(&mut reading), before, "a transaction sees one state");
            drop(reading);
            let mut lone = readers.lone().await.unwrap();
            assert_eq!(count(&mut lone), before + 1);
        }
        assert_eq!(readers.0.idle().len(), 1, "the same connection each time");
        readers.close().await;
        assert!(readers.begin().await.is_err());
    }

    #[tokio::test]
    async fn what_was_begun_is_ended_before_the_next_loan() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, writer) = readers(folder.path());
        let mut reading = readers.begin().await.unwrap();
        assert_eq!(count(&mut reading), 0);
        // Only a few of many rows are taken: the statement is reset, else its state would be seen further.
        add(&writer);
        add(&writer);
        drop(reading);
        let mut lone = readers.lone().await.unwrap();
        assert_eq!(lone.rows::<(i64,)>(("SELECT n FROM t", &[]), 1).unwrap(), [(1,)]);
        drop(lone);
        add(&writer);
        assert_eq!(count(&mut readers.begin().await.unwrap()), 3);
        assert_eq!(readers.0.idle().len(), 1);
    }

    #[tokio::test]
    async fn what_failed_is_not_lent_again() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path());
        let mut reading = readers.begin().await.unwrap();
        assert!(reading.rows::<(i64,)>(("SELECT * FROM nowhere", &[]), 1).is_err());
        drop(reading);
        assert!(readers.0.idle().is_empty());
        // A row that does not fit is a failure too.
        let mut lone = readers.lone().await.unwrap();
        assert!(lone.rows::<(i64,)>(("SELECT 'one'", &[]), 1).is_err());
        drop(lone);
        assert!(readers.0.idle().is_empty());
        assert_eq!(count(&mut readers.begin().await.unwrap()), 0, "a new one");
    }

    #[tokio::test]
    async fn a_statement_without_end_is_ended() {
        const ENDLESS: &str =
            "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT COUNT(*) FROM c";
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path());
        let mut reading = readers.begin().await.unwrap();
        reading.reader.as_ref().unwrap().connection.progress_handler(100, Some(|| true)).unwrap();
        let ended = reading.rows::<(i64,)>((ENDLESS, &[]), 1).unwrap_err();
        assert!(matches!(ended, Error::Unavailable(_)), "{ended:?}");
        drop(reading);
        assert!(readers.0.idle().is_empty());
        // As it is set for all: it counts each statement from the beginning.
        let mut reading = readers.begin().await.unwrap();
        let leaps = Arc::clone(&reading.reader.as_ref().unwrap().leaps);
        leaps.store(LEAPS, Relaxed);
        assert_eq!(count(&mut reading), 0);
        assert_eq!(leaps.load(Relaxed), 0);
    }

    #[tokio::test]
    async fn nothing_is_written_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path());
        let mut lone = readers.lone().await.unwrap();
        assert!(lone.run("INSERT INTO t VALUES (1)").is_err());
    }

    #[tokio::test]
    async fn binds_are_numbered_by_their_digits() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path());
        let mut lone = readers.lone().await.unwrap();
        let id = uuid::Uuid::from_u128(7);
        let values: Vec<Value> = vec![
            "one".into(),
            2.into(),
            id.into(),
            Value::Float(Some(0.5)),
            vec![1_u8, 2].into(),
            Value::Text(None),
        ];
        type Row = (i64, String, i64, uuid::Uuid, f64, Vec<u8>, Option<String>);
        let found: Vec<Row> = lone.rows(("SELECT $2, $1, $2, $3, $4, $5, $6", &values), 9).unwrap();
        assert_eq!(found, [(2, "one".into(), 2, id, 0.5, vec![1, 2], None)]);
        assert!(lone.rows::<(i64,)>(("SELECT $7", &values), 1).is_err(), "one that is missing is no NULL");
    }

    #[tokio::test]
    async fn whoever_comes_when_all_are_lent_waits() {
        let folder = tempfile::tempdir().unwrap();
        let (readers, _writer) = readers(folder.path());
        let mut lent = Vec::new();
        for _ in 0..MOST {
            lent.push(readers.begin().await.unwrap());
        }
        let waits = tokio::time::timeout(Duration::from_millis(20), readers.lone()).await;
        assert!(waits.is_err());
        lent.pop();
        let mut lone = readers.lone().await.unwrap();
        assert_eq!(count(&mut lone), 0);
        drop((lone, lent));
        readers.close().await;
    }
}
