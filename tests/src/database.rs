//! The seam to the databases under what requests do to it: they are given up at any moment.

use std::pin::pin;

use api::db::{Db, query};

use crate::harness::{Database, Kind, on_both_databases};

on_both_databases!(a_request_that_is_given_up_leaves_no_transaction);

async fn a_request_that_is_given_up_leaves_no_transaction(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::new(kind, folder.path()).await;
    let db = Db::open(&database.url).await.unwrap();
    db.migrate().await.unwrap();
    let mut given_up = 0;
    for n in 0..400_u64 {
        given_up += u32::from(!finishes(db.read(), n % 20).await);
        given_up += u32::from(!finishes(db.write(), n % 20).await);
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
    db.close().await;
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
