//! Group commit: releases that change nothing else stand in line, and one task writes all that wait in one
//! durable transaction. Durability before the first byte, without a disk sync for each page.

use std::collections::BTreeMap;

use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;

use super::chain::Head;
use super::store::{self, New};
use crate::app::{App, Waiting};
use crate::base::{PatientNo, Result};

/// As many entries as are committed together. Waiting entries beyond it form the next group.
const GROUP: usize = 512;

/// Starts the task that works the line off, once for each `App`. It ends when the line is closed.
pub fn start(app: &App) -> Option<JoinHandle<()>> {
    let receiver = app.ledger.receiver.lock().ok()?.take()?;
    Some(tokio::spawn(work(app.clone(), receiver)))
}

async fn work(app: App, mut line: Receiver<Waiting>) {
    let mut group = Vec::with_capacity(GROUP);
    while line.recv_many(&mut group, GROUP).await > 0 {
        match commit(&app, &group).await {
            Ok(numbers) => {
                for (waiting, seq) in group.drain(..).zip(numbers) {
                    // Whoever waited may have gone away; the entry stands all the same.
                    let _ = waiting.done.send(seq);
                }
            }
            Err(error) => {
                let chain = anyhow::Error::from(error);
                tracing::error!(
                    entries = group.len(),
                    error = format!("{chain:#}"),
                    "ledger entries could not be written; nothing was released"
                );
                group.clear();
            }
        }
    }
}

/// Writes the entries and returns each one's number in its chain, in the same order.
async fn commit(app: &App, group: &[Waiting]) -> Result<Vec<i64>> {
    let mut patients: Vec<PatientNo> = group.iter().map(|w| w.patient).collect();
    patients.sort_unstable();
    patients.dedup();

    let mut tx = app.db.write().await?;
    let mut heads: BTreeMap<PatientNo, Head> =
        store::lock_heads(&mut tx, &patients).await?.into_iter().collect();
    let at = app.clock.now();
    let (mut entries, mut numbers) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
    for waiting in group {
        let head = heads.get(&waiting.patient).copied().unwrap_or(Head::EMPTY).append(
            waiting.patient,
            at,
            &waiting.body,
        );
        heads.insert(waiting.patient, head);
        numbers.push(head.seq);
        entries.push(New { patient: waiting.patient, head, at, body: waiting.body.clone() });
    }
    store::append(&mut tx, entries).await?;
    store::move_heads(&mut tx, heads).await?;
    tx.commit().await?;
    Ok(numbers)
}
