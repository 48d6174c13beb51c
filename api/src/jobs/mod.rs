//! The queue in the database: what must be done later, once, and again if it fails. A job is claimed with a
//! lease, so that another process takes it over when this one dies. `worker` says what each kind does.

mod store;

use std::time::Duration;

use serde_json::Value;

use crate::app::App;
use crate::base::{Instant, JobId, Result, uuid};
use crate::db::Tx;

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do: `copy.build`, `source.gather` and so on.
    pub kind: String,
    /// With what. Ids only, never health information.
    pub payload: Value,
    /// Which try this is, from 1.
    pub attempt: i64,
}

/// How long a claimed job is left to the process that claimed it. Longer work extends it by [`extend`].
pub const LEASE: Duration = Duration::from_secs(120);

/// After so many failed tries a job is laid aside for staff.
const MOST_ATTEMPTS: i64 = 8;

/// Puts a job into the queue, in the caller's transaction. With a `once_key`, a second job of the same key is
/// not added while the first is there.
pub async fn enqueue(
    tx: &mut Tx,
    kind: &'static str,
    payload: Value,
    run_at: Instant,
    once_key: Option<String>,
) -> Result<()> {
    store::add(tx, &store::New { id: JobId(uuid(run_at)), kind, payload, run_at, once_key }).await
}

/// Claims the next job that is due, if there is one.
pub async fn claim(app: &App) -> Result<Option<Job>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let due = store::is_due(&mut tx, now).await?;
    drop(tx);
    if !due {
        return Ok(None);
    }
    let mut tx = app.db.write().await?;
    let job = store::claim(&mut tx, now, now.plus(LEASE)).await?;
    tx.commit().await?;
    Ok(job)
}

/// Keeps a claimed job for another [`LEASE`].
pub async fn extend(app: &App, job: &Job) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::extend(&mut tx, job, app.clock.now().plus(LEASE)).await?;
    tx.commit().await
}

/// The job is done.
pub async fn done(app: &App, job: &Job) -> Result<()> {
    let mut tx = app.db.write().await?;
    store::remove(&mut tx, job).await?;
    tx.commit().await
}

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is tried again; or another process has taken it over.
    GoesOn,
    /// That was the last try: it is laid aside for staff.
    LaidAside,
}

/// The job failed. It is tried again after a wait that doubles, and laid aside after the last try; in the caller's
/// transaction, so that whoever waits for it can be told in the same one.
/// `class` names the failure without telling anything about a patient.
pub async fn failed(tx: &mut Tx, job: &Job, (class, now): (&str, Instant)) -> Result<Fate> {
    if job.attempt < MOST_ATTEMPTS {
        store::retry(tx, job, (class, now.plus(wait(job.attempt)))).await?;
        return Ok(Fate::GoesOn);
    }
    let laid_aside = store::lay_aside(tx, job, (class, now)).await?;
    Ok(if laid_aside { Fate::LaidAside } else { Fate::GoesOn })
}

/// How many jobs wait and how many are laid aside.
pub async fn counts(app: &App) -> Result<(i64, i64)> {
    let mut tx = app.db.read().await?;
    store::counts(&mut tx).await
}

/// 5 s, 10 s, 20 s … at most an hour.
fn wait(attempt: i64) -> Duration {
    Duration::from_secs((5u64 << attempt.clamp(1, 10).saturating_sub(1)).min(3600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        for (attempt, seconds) in [(1, 5), (2, 10), (3, 20), (7, 320), (10, 2560), (11, 2560), (99, 2560)] {
            assert_eq!(wait(attempt), Duration::from_secs(seconds), "attempt {attempt}");
        }
    }
}
