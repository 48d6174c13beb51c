//! Whether tables are there, and whether the triggers that refuse a change of them are in force; the two databases
//! keep that in catalogs of their own.

use super::{Kind, Tx, query};
use crate::base::Result;

/// A change that the database must refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The table.
    pub table: String,
    /// `UPDATE`, `DELETE`, `TRUNCATE` or `REPLACE`.
    pub change: &'static str,
}

/// What a database can do to rows, with its bit in PostgreSQL's `tgtype`.
const IN_POSTGRES: [(&str, i64); 3] = [("DELETE", 8), ("UPDATE", 16), ("TRUNCATE", 32)];
/// SQLite knows no `TRUNCATE`, but `REPLACE INTO`, which passes triggers on `DELETE` (lang_conflict.html).
const IN_SQLITE: [&str; 3] = ["DELETE", "UPDATE", "REPLACE"];

/// What a table is guarded for: what its triggers say, and the columns that may not change where others may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    words: &'static str,
    columns: &'static str,
}

impl Kept {
    /// The ledger: nothing changes.
    pub const LEDGER: Self = Self { words: "the ledger is only ever appended to", columns: "" };
    /// What became of consents and restrictions: nothing changes.
    pub const EVENTS: Self = Self { words: SIGNED, columns: "" };
    /// A consent: all of what was signed stays; only where it stands moves on.
    pub const CONSENT: Self = Self {
        words: SIGNED,
        columns: "id, patient_no, kind, terms, body, body_hash, text, text_hash, language, wording, account_id, \
                  session_id, acr, auth_time, signed_at, entered_by",
    };
}

const SIGNED: &str = "a signed consent does not change";

/// The changes of these tables that no trigger refuses. One that is switched off, that looks at a condition first,
/// or that does something else than refuse, is none: its text must be the migration's.
pub async fn unguarded(tx: &mut Tx, tables: &[&str], kept: Kept) -> Result<Vec<Guard>> {
    let (wanted, found) = match tx.kind() {
        Kind::Sqlite => (IN_SQLITE, in_sqlite(tx, kept).await?),
        Kind::Postgres => (IN_POSTGRES.map(|(change, _)| change), in_postgres(tx, kept).await?),
    };
    let all = tables.iter().flat_map(|table| wanted.iter().map(move |change| (*table, *change)));
    let all = all.map(|(table, change)| Guard { table: table.into(), change });
    Ok(all.filter(|guard| !found.contains(guard)).collect())
}

/// Those of these tables that are not there.
pub async fn missing(tx: &mut Tx, tables: &[&'static str]) -> Result<Vec<&'static str>> {
    let sql = match tx.kind() {
        Kind::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        Kind::Postgres => {
            "SELECT CAST(relname AS TEXT) FROM pg_class WHERE pg_table_is_visible(oid) AND relkind IN ('r', 'p')"
        }
    };
    let there: Vec<(String,)> = query(sql).all(tx).await?;
    Ok(tables.iter().copied().filter(|table| !there.iter().any(|(name,)| name == table)).collect())
}

/// The text of a trigger is kept as it was written.
async fn in_sqlite(tx: &mut Tx, kept: Kept) -> Result<Vec<Guard>> {
    let rows: Vec<(String, String)> =
        query("SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'").all(tx).await?;
    let refuses = format!("SELECT RAISE(ABORT, '{}'); END", kept.words);
    let part = format!("UPDATE OF {}", kept.columns);
    let mut found = Vec::new();
    for (table, sql) in rows {
        let text = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some((head, body)) = text.split_once(" BEGIN ") else { continue };
        let Some((_, head)) = head.split_once(" BEFORE ").filter(|_| body == refuses) else { continue };
        let change =
            if head.starts_with(&format!("INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE ")) {
                Some("REPLACE")
            } else if !kept.columns.is_empty() && head == format!("{part} ON {table}") {
                Some("UPDATE")
            } else {
                IN_SQLITE.into_iter().find(|change| head == format!("{change} ON {table}"))
            };
        found.extend(change.map(|change| Guard { table, change }));
    }
    Ok(found)
}

/// `tgtype` has a bit each for what fires it, for BEFORE (2) and for each row (1).
async fn in_postgres(tx: &mut Tx, kept: Kept) -> Result<Vec<Guard>> {
    let rows: Vec<(String, i64, String, String)> = query(
        "SELECT CAST(c.relname AS TEXT), CAST(t.tgtype AS BIGINT), p.prosrc, \
         COALESCE((SELECT string_agg(CAST(a.attname AS TEXT), ', ' ORDER BY n.place) \
           FROM unnest(t.tgattr) WITH ORDINALITY AS n (attnum, place) \
           JOIN pg_attribute a ON a.attrelid = t.tgrelid AND a.attnum = n.attnum), '') FROM pg_trigger t \
         JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid \
         WHERE pg_table_is_visible(c.oid) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') \
         AND t.tgqual IS NULL AND t.tgnargs = 0",
    )
    .all(tx)
    .await?;
    let mut found = Vec::new();
    let refuses = format!("BEGIN RAISE EXCEPTION '{}'; END", kept.words);
    let known = |columns: &str| columns.is_empty() || columns == kept.columns;
    let rows = rows
        .into_iter()
        .filter(|(_, bits, body, columns)| bits & 3 == 2 && body.trim() == refuses && known(columns));
    for (table, bits, ..) in rows {
        let fired = IN_POSTGRES.iter().filter(|(_, bit)| bits & bit != 0);
        found.extend(fired.map(|(change, _)| Guard { table: table.clone(), change }));
    }
    Ok(found)
}
