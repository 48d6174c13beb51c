//! The seam to the databases under what requests do to it: they are given up at any moment.

use std::fmt::Debug;
use std::pin::pin;
use std::sync::{Arc, Mutex};

use api::db::{Db, query};
use tracing::field::Field;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::{Database, Kind, on_both_databases};

on_both_databases!(
    a_request_that_is_given_up_leaves_no_transaction,
    numbers_are_read_in_every_transaction,
    what_the_planner_learns_of_few_rows_does_not_stay,
);

async fn a_request_that_is_given_up_leaves_no_transaction(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let db = Db::open(&database.url).await.unwrap();
    db.migrate().await.unwrap();
    let elsewhere = Db::open(&database.url).await.unwrap();
    let remarks = Remarks::default();
    let listening = tracing::subscriber::set_default(remarks.clone());
    let mut given_up = 0;
    for n in 0..400_u64 {
        given_up += u32::from(!finishes(db.read(), n % 20).await);
        // On SQLite nobody waits for a beginning but while another process writes.
        let writes = if n % 7 == 0 { Some(elsewhere.write().await.unwrap()) } else { None };
        given_up += u32::from(!finishes(db.write(), n % 20).await);
        drop(writes);
        // What was about to become durable when it was given up does, and nothing is rolled back after it.
        let mut tx = db.write().await.unwrap();
        let changed = query("UPDATE patient SET updated_at = -1 WHERE patient_no = 0").run(&mut tx);
        assert_eq!(changed.await.unwrap(), 1, "round {n}");
        given_up += u32::from(!finishes(tx.commit(), n % 20).await);
        let mut tx = db.write().await.unwrap();
        let changed =
            query("UPDATE patient SET updated_at = $1 WHERE patient_no = 0").bind(n as i64).run(&mut tx);
        assert_eq!(changed.await.unwrap(), 1, "round {n}");
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (seen,): (i64,) =
            query("SELECT updated_at FROM patient WHERE patient_no = 0").one(&mut tx).await.unwrap();
        assert_eq!(seen, n as i64, "no old state is seen");
    }
    assert!(given_up > 20, "some were given up: {given_up}");
    elsewhere.close().await;
    db.close().await;
    drop(listening);
    assert_eq!(*remarks.0.lock().unwrap(), Vec::<String>::new(), "the server finds nothing odd");
}

/// What PostgreSQL remarks on, as the driver tells it.
#[derive(Clone, Default)]
struct Remarks(Arc<Mutex<Vec<String>>>);

impl Subscriber for Remarks {
    fn enabled(&self, about: &Metadata<'_>) -> bool {
        about.target() == "sqlx::postgres::notice"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut |_: &Field, said: &dyn Debug| self.0.lock().unwrap().push(format!("{said:?}")));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

async fn numbers_are_read_in_every_transaction(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let db = Db::open(&database.url).await.unwrap();
    let pairs = || {
        query("SELECT CAST(v.a AS BIGINT), CAST(v.b AS BIGINT) FROM (SELECT 7 AS a, $1 AS b UNION ALL SELECT -2, 3) v")
            .bind(i64::MAX)
    };
    for writes in [false, true] {
        let mut tx = if writes { db.write().await.unwrap() } else { db.read().await.unwrap() };
        let mut found = pairs().numbers(&mut tx).await.unwrap();
        found.sort_unstable();
        assert_eq!(found, [[-2, 3], [7, i64::MAX]], "writes: {writes}");
        let none = query("SELECT CAST(v.a AS BIGINT) FROM (SELECT 1 AS a) v WHERE v.a > 1");
        assert_eq!(none.numbers(&mut tx).await.unwrap(), [[0; 1]; 0]);
        assert!(pairs().numbers::<3>(&mut tx).await.is_err(), "a third column is nowhere");
        assert!(pairs().numbers::<1>(&mut tx).await.is_err(), "a second column is one too many");
        drop(tx);
    }
    db.close().await;
}

/// A clinic begins with one patient: by what SQLite then knows of the table it would read the whole of it for each of the
/// next 100,000.
async fn what_the_planner_learns_of_few_rows_does_not_stay(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let db = Db::open(&database.url).await.unwrap();
    db.migrate().await.unwrap();
    db.look_at_tables().await.unwrap();
    db.close().await;
    let raw = database.raw().await;
    if kind == Kind::Sqlite {
        // As an earlier version left it.
        raw.run("ANALYZE").await.unwrap();
        let db = Db::open(&database.url).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
    }
    if kind == Kind::Sqlite {
        let known = "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%'";
        assert_eq!(raw.number(known).await, 0);
    } else {
        // −1 as long as nobody looked.
        let looked =
            "SELECT CAST(COUNT(*) AS BIGINT) FROM pg_class WHERE relname = 'patient' AND reltuples >= 0";
        assert_eq!(raw.number(looked).await, 1);
    }
}

/// Gives the work up after so many looks; true if it was done before.
async fn finishes(work: impl Future, looks: u64) -> bool {
    let mut work = pin!(work);
    for _ in 0..=looks {
        if futures::poll!(&mut work).is_ready() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}
