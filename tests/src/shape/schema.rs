//! Both databases hold the same tables, columns and indexes after migrating, and migrating twice does no harm.

use std::collections::BTreeSet;

use crate::harness::database::Raw;
use crate::harness::{Database, Kind, setting, skip};

#[test]
fn both_databases_hold_the_same_tables() {
    if setting("RECORDRIGHT_TEST_POSTGRES").is_none() {
        return skip("RECORDRIGHT_TEST_POSTGRES names no server");
    }
    actix_web::rt::System::new().block_on(async {
        let (sqlite, postgres) = (shape(Kind::Sqlite).await, shape(Kind::Postgres).await);
        assert!(sqlite.len() > 100, "the columns were read");
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
        assert_eq!(
            (only(&sqlite, &postgres), only(&postgres, &sqlite)),
            (vec![], vec![]),
            "only SQLite, only PostgreSQL"
        );
    });
}

async fn shape(kind: Kind) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let db = api::db::Db::open(&database.url).await.unwrap();
    db.migrate().await.unwrap();
    db.migrate().await.unwrap();
    let raw = database.raw().await;
    let mut found: BTreeSet<String> = raw.texts(columns(&raw)).await.into_iter().collect();
    found.extend(raw.texts(indexes(&raw)).await);
    db.close().await;
    found
}

/// `table.column` and ` not null` where it is; a key column never is null.
fn columns(raw: &Raw) -> &'static str {
    match raw {
        Raw::Sqlite(_) => {
            "SELECT t.name || '.' || c.name || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN ' not null' ELSE '' END \
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name NOT LIKE '\\_%' ESCAPE '\\'"
        }
        Raw::Postgres(_) => {
            "SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END \
             FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'"
        }
    }
}

/// The indexes that the migrations name.
fn indexes(raw: &Raw) -> &'static str {
    match raw {
        Raw::Sqlite(_) => {
            "SELECT 'index ' || name || ' on ' || tbl_name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        }
        Raw::Postgres(_) => {
            "SELECT 'index ' || indexname || ' on ' || tablename FROM pg_indexes \
             WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' \
             AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'"
        }
    }
}

#[test]
fn migrations_have_the_same_names() {
    let names = |kind: &str| {
        let folder = crate::harness::tree::root().join("migrations").join(kind);
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        entries.collect::<BTreeSet<_>>()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
