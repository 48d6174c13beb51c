//! The n-th step of the database fails, for every n: nothing is handed out unless its entry is durable.

use std::time::Duration;

use super::person::house;
use crate::harness::{Kind, on_both_databases};

on_both_databases!(nothing_without_an_entry_whatever_step_fails, many_at_once_get_one_entry_each);

async fn nothing_without_an_entry_whatever_step_fails(kind: Kind) {
    let house = house(kind).await;
    for n in 0..100 {
        let before = house.entries().await;
        house.app.db.fail_after(n);
        let answer = house.look(1).await;
        house.app.db.fail_after(-1);
        let after = house.entries().await;
        match answer {
            Ok(_) => {
                assert_eq!(after, before + 1, "step {n} failed, and something was handed out");
                assert!(n >= 6, "begin, check, read, begin, lock, append, move, commit: {n}");
                assert_eq!(api::disclosures::verify(&house.app).await.unwrap().faults, []);
                return;
            }
            Err(_) => {
                assert_eq!(after, before, "step {n} failed, and an entry tells of what was not handed out")
            }
        }
    }
    panic!("it never worked");
}

async fn many_at_once_get_one_entry_each(kind: Kind) {
    let house = house(kind).await;
    let looks = (0..60).map(|k| house.look(k % 3 + 1));
    let answers =
        tokio::time::timeout(Duration::from_secs(60), futures::future::join_all(looks)).await.unwrap();
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(house.entries().await, 60);
    assert_eq!(house.raw.number("SELECT CAST(sum(seq) AS BIGINT) FROM ledger_head").await, 60);
    assert_eq!(api::disclosures::verify(&house.app).await.unwrap().faults, []);
}
