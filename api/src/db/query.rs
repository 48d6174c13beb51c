//! One statement: its text, its binds, and the ways to run it in a transaction.

use sqlx::{AssertSqlSafe, FromRow, Postgres, Row as _, postgres::PgRow};
use uuid::Uuid;

use super::readers::Local;
use super::{On, Tx};
use crate::base::{
    AccountId, AppGrantId, AskId, AuthorityId, CaseId, ClaimId, ConsentId, CopyId, DraftId, Error, ExportId,
    GrantId, Instant, ItemNo, JobId, PatientNo, ProposalId, RestrictionId, Result, ReviewId, Rid, SessionId,
    ViewId, WishId,
};

/// A row type that both databases can fill: a struct in `row!` with fields of `i64`, `f64`, `String`, `Vec<u8>`,
/// `Uuid` and `Option`s of them, or a tuple of those.
pub trait Row: Local + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: Local + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// A bound value. A missing one keeps its type, because PostgreSQL asks for it.
#[derive(Debug, Clone)]
pub enum Value {
    /// A whole number or a time in microseconds.
    Int(Option<i64>),
    /// A floating number.
    Float(Option<f64>),
    /// Text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
    /// A UUID: 16 bytes on SQLite, `UUID` on PostgreSQL.
    Uuid(Option<Uuid>),
}

macro_rules! into_value {
    ($($type:ty => |$v:ident| $variant:ident($e:expr)),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from($v: $type) -> Self { Self::$variant(Some($e)) }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self { Self::$variant(value.map(|$v| $e)) }
        }
    )*};
}

into_value! {
    i64 => |v| Int(v),
    f64 => |v| Float(v),
    String => |v| Text(v),
    &str => |v| Text(v.to_owned()),
    Vec<u8> => |v| Bytes(v),
    &[u8] => |v| Bytes(v.to_vec()),
    Uuid => |v| Uuid(v),
    Instant => |v| Int(v.0),
    PatientNo => |v| Int(v.0),
    ItemNo => |v| Int(v.0),
    Rid => |v| Int(v.0),
    AccountId => |v| Uuid(v.0),
    SessionId => |v| Uuid(v.0),
    CopyId => |v| Uuid(v.0),
    JobId => |v| Uuid(v.0),
    CaseId => |v| Uuid(v.0),
    AuthorityId => |v| Uuid(v.0),
    ConsentId => |v| Uuid(v.0),
    RestrictionId => |v| Uuid(v.0),
    DraftId => |v| Uuid(v.0),
    ClaimId => |v| Uuid(v.0),
    GrantId => |v| Uuid(v.0),
    ViewId => |v| Uuid(v.0),
    ReviewId => |v| Uuid(v.0),
    AskId => |v| Uuid(v.0),
    ProposalId => |v| Uuid(v.0),
    AppGrantId => |v| Uuid(v.0),
    ExportId => |v| Uuid(v.0),
    WishId => |v| Uuid(v.0),
}

/// A statement with its binds.
#[derive(Debug, Clone)]
pub struct Query {
    sql: &'static str,
    values: Vec<Value>,
}

/// A statement. Only text known when the program is built: no SQL is ever put together from input.
pub fn query(sql: &'static str) -> Query {
    Query { sql, values: Vec::new() }
}

macro_rules! bound {
    ($self:ident, $query:expr) => {{
        let mut query = $query;
        for value in $self.values {
            query = match value {
                Value::Int(v) => query.bind(v),
                Value::Float(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
                Value::Uuid(v) => query.bind(v),
            };
        }
        query
    }};
}

impl Query {
    pub(super) fn of(sql: &'static str, values: Vec<Value>) -> Self {
        Self { sql, values }
    }

    /// Binds the next marker.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it and tells how many rows changed.
    pub async fn run(self, tx: &mut Tx) -> Result<u64> {
        tx.step().await?;
        match tx.on() {
            On::Writing(on) => on.run((self.sql, &self.values)),
            On::Postgres(on) => {
                let done = bound!(self, sqlx::query::<Postgres>(self.sql)).execute(on).await?;
                Ok(done.rows_affected())
            }
            On::Reading(_) => Err(Error::internal(anyhow::anyhow!("a transaction that reads was to write"))),
        }
    }

    /// Runs it where exactly one row must change; anything else is a fault of ours.
    pub async fn run_one(self, tx: &mut Tx) -> Result<()> {
        let sql = self.sql;
        match self.run(tx).await? {
            1 => Ok(()),
            n => Err(Error::internal(anyhow::anyhow!("{n} rows changed where one should: {sql}"))),
        }
    }

    /// All rows.
    pub async fn all<T: Row>(self, tx: &mut Tx) -> Result<Vec<T>> {
        tx.step().await?;
        Ok(match tx.on() {
            On::Postgres(on) => bound!(self, sqlx::query_as::<Postgres, T>(self.sql)).fetch_all(on).await?,
            On::Reading(on) => on.rows((self.sql, &self.values), usize::MAX)?,
            On::Writing(on) => on.rows((self.sql, &self.values), usize::MAX)?,
        })
    }

    /// All rows of a statement that gives `N` whole numbers a row, none of them missing; in no order. PostgreSQL puts them
    /// together into one array a column, because each row that travels costs more than finding it.
    pub async fn numbers<const N: usize>(self, tx: &mut Tx) -> Result<Vec<[i64; N]>> {
        tx.step().await?;
        match tx.on() {
            On::Reading(on) => on.rows((self.sql, &self.values), usize::MAX),
            On::Writing(on) => on.rows((self.sql, &self.values), usize::MAX),
            On::Postgres(on) => {
                let names: [String; N] = std::array::from_fn(|n| format!("c{n}"));
                let arrays =
                    names.each_ref().map(|name| format!("array_agg(CAST({name} AS BIGINT))")).join(", ");
                let sql =
                    AssertSqlSafe(format!("SELECT {arrays} FROM ({}) q ({})", self.sql, names.join(", ")));
                let row = bound!(self, sqlx::query(sql)).fetch_one(on).await?;
                let mut columns = Vec::with_capacity(N);
                for n in 0..N {
                    columns.push(row.try_get::<Option<Vec<i64>>, _>(n)?.unwrap_or_default());
                }
                beside(&columns)
            }
        }
    }

    /// The first row, if there is one.
    pub async fn optional<T: Row>(self, tx: &mut Tx) -> Result<Option<T>> {
        tx.step().await?;
        Ok(match tx.on() {
            On::Postgres(on) => {
                bound!(self, sqlx::query_as::<Postgres, T>(self.sql)).fetch_optional(on).await?
            }
            On::Reading(on) => on.rows((self.sql, &self.values), 1)?.pop(),
            On::Writing(on) => on.rows((self.sql, &self.values), 1)?.pop(),
        })
    }

    /// The one row there must be.
    pub async fn one<T: Row>(self, tx: &mut Tx) -> Result<T> {
        let sql = self.sql;
        self.optional(tx)
            .await?
            .ok_or_else(|| Error::internal(anyhow::anyhow!("no row where one should be: {sql}")))
    }
}

/// An array of what stands in each column.
fn array<const N: usize, E>(mut column: impl FnMut(usize) -> Result<i64, E>) -> Result<[i64; N], E> {
    let mut row = [0; N];
    for (at, slot) in row.iter_mut().enumerate() {
        *slot = column(at)?;
    }
    Ok(row)
}

/// Rows of columns that stand beside each other.
fn beside<const N: usize>(columns: &[Vec<i64>]) -> Result<Vec<[i64; N]>> {
    let row = |at: usize| array(|n| columns.get(n).and_then(|column| column.get(at)).copied().ok_or(()));
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    let odd = |()| Error::internal(anyhow::anyhow!("a row is not of {N} numbers"));
    (0..rows).map(|at| row(at).map_err(odd)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_from_columns() {
        assert_eq!(beside::<1>(&[vec![]]).unwrap(), [[0; 1]; 0]);
        assert_eq!(beside(&[vec![1, -22, 333]]).unwrap(), [[1], [-22], [333]]);
        assert_eq!(beside(&[vec![1, -3], vec![2, i64::MAX]]).unwrap(), [[1, 2], [-3, i64::MAX]]);
        for odd in [&[vec![1], vec![]][..], &[vec![], vec![1]], &[vec![1, 2], vec![1]], &[vec![1]]] {
            assert!(beside::<2>(odd).is_err(), "{odd:?}");
        }
    }
}
