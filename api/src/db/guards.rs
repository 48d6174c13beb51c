//! Whether tables are there, and whether the triggers that refuse a change of them are in force; the two databases
//! keep that in catalogs of their own.

use super::{Tx, TxInner, query};
use crate::base::Result;

/// A change that the database must refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The table.
    pub table: String,
    /// `UPDATE`, `DELETE` or `TRUNCATE`.
    pub change: &'static str,
}

/// What a database can do to rows: SQLite knows no `TRUNCATE`.
const CHANGES: [(&str, i64); 3] = [("DELETE", 8), ("UPDATE", 16), ("TRUNCATE", 32)];

/// The changes of these tables that no trigger refuses. One that is switched off, that looks at a condition first,
/// or that does something else than refuse, is none.
pub async fn unguarded(tx: &mut Tx, tables: &[&str]) -> Result<Vec<Guard>> {
    let wanted: &[(&str, i64)] = match tx.inner {
        TxInner::Sqlite(_) => &CHANGES[..2],
        TxInner::Postgres(_) => &CHANGES,
    };
    let found = match tx.inner {
        TxInner::Sqlite(_) => in_sqlite(tx).await?,
        TxInner::Postgres(_) => in_postgres(tx).await?,
    };
    let all = tables.iter().flat_map(|table| wanted.iter().map(move |(change, _)| (*table, *change)));
    let all = all.map(|(table, change)| Guard { table: table.into(), change });
    Ok(all.filter(|guard| !found.contains(guard)).collect())
}

/// Those of these tables that are not there.
pub async fn missing(tx: &mut Tx, tables: &[&'static str]) -> Result<Vec<&'static str>> {
    let sql = match tx.inner {
        TxInner::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        TxInner::Postgres(_) => {
            "SELECT CAST(relname AS TEXT) FROM pg_class WHERE pg_table_is_visible(oid) AND relkind IN ('r', 'p')"
        }
    };
    let there: Vec<(String,)> = query(sql).all(tx).await?;
    Ok(tables.iter().copied().filter(|table| !there.iter().any(|(name,)| name == table)).collect())
}

/// The text of a trigger is kept as it was written.
async fn in_sqlite(tx: &mut Tx) -> Result<Vec<Guard>> {
    let rows: Vec<(String, String)> =
        query("SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'").all(tx).await?;
    let mut found = Vec::new();
    for (table, sql) in rows {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let ["CREATE", "TRIGGER", _, "BEFORE", change, "ON", _, "BEGIN", "SELECT", rest @ ..] =
            words.as_slice()
        else {
            continue;
        };
        let known = CHANGES.iter().find(|(name, _)| name == change);
        if let Some((change, _)) = known.filter(|_| rest.concat().starts_with("RAISE(ABORT,")) {
            found.push(Guard { table, change });
        }
    }
    Ok(found)
}

/// `tgtype` has a bit each for what fires it, for BEFORE (2) and for each row (1).
async fn in_postgres(tx: &mut Tx) -> Result<Vec<Guard>> {
    let rows: Vec<(String, i64)> = query(
        "SELECT CAST(c.relname AS TEXT), CAST(t.tgtype AS BIGINT) FROM pg_trigger t \
         JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid \
         WHERE pg_table_is_visible(c.oid) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') \
         AND t.tgqual IS NULL AND t.tgnargs = 0 AND p.prosrc LIKE ' BEGIN RAISE EXCEPTION %'",
    )
    .all(tx)
    .await?;
    let mut found = Vec::new();
    for (table, bits) in rows.into_iter().filter(|(_, bits)| bits & 3 == 2) {
        let fired = CHANGES.iter().filter(|(_, bit)| bits & bit != 0);
        found.extend(fired.map(|(change, _)| Guard { table: table.clone(), change }));
    }
    Ok(found)
}
