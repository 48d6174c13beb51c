//! The job table.

use serde_json::Value;
use uuid::Uuid;

use super::Job;
use crate::base::{Instant, JobId, Result};
use crate::db::{Tx, query};

/// A job to add.
pub struct New {
    pub id: JobId,
    pub kind: &'static str,
    pub payload: Value,
    pub run_at: Instant,
    pub once_key: Option<String>,
}

/// Adds a job, unless one of the same key is there.
pub async fn add(tx: &mut Tx, new: &New) -> Result<()> {
    query(
        "INSERT INTO job (id, kind, payload, once_key, run_at, attempts, created_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $5) ON CONFLICT (once_key) DO NOTHING",
    )
    .bind(new.id)
    .bind(new.kind)
    .bind(new.payload.to_string())
    .bind(new.once_key.clone())
    .bind(new.run_at)
    .run(tx)
    .await?;
    Ok(())
}

/// Whether a job could be claimed now. A read, so that idle workers take no write lock.
pub async fn is_due(tx: &mut Tx, now: Instant) -> Result<bool> {
    let row: Option<(i64,)> = query(
        "SELECT CAST(1 AS BIGINT) FROM job WHERE dead_at IS NULL AND run_at <= $1 \
         AND (lease_until IS NULL OR lease_until < $1) LIMIT 1",
    )
    .bind(now)
    .optional(tx)
    .await?;
    Ok(row.is_some())
}

/// Claims the job that has been due longest. The condition stands twice because PostgreSQL checks only the
/// outer one again after waiting for another worker's claim.
pub async fn claim(tx: &mut Tx, now: Instant, lease_until: Instant) -> Result<Option<Job>> {
    let row: Option<(Uuid, String, String, i64)> = query(
        "UPDATE job SET lease_until = $2, attempts = attempts + 1 \
         WHERE id = (SELECT id FROM job WHERE dead_at IS NULL AND run_at <= $1 \
                     AND (lease_until IS NULL OR lease_until < $1) ORDER BY run_at, id LIMIT 1) \
         AND (lease_until IS NULL OR lease_until < $1) \
         RETURNING id, kind, payload, attempts",
    )
    .bind(now)
    .bind(lease_until)
    .optional(tx)
    .await?;
    row.map(|(id, kind, payload, attempt)| {
        Ok(Job { id: JobId(id), kind, payload: serde_json::from_str(&payload)?, attempt })
    })
    .transpose()
}

/// Moves the end of the lease. Here and below: a claim that another process has taken over is left alone.
pub async fn extend(tx: &mut Tx, job: &Job, lease_until: Instant) -> Result<()> {
    query("UPDATE job SET lease_until = $2 WHERE id = $1 AND attempts = $3")
        .bind(job.id)
        .bind(lease_until)
        .bind(job.attempt)
        .run(tx)
        .await?;
    Ok(())
}

/// Takes a job out of the queue.
pub async fn remove(tx: &mut Tx, job: &Job) -> Result<()> {
    query("DELETE FROM job WHERE id = $1 AND attempts = $2").bind(job.id).bind(job.attempt).run(tx).await?;
    Ok(())
}

/// Gives a job back, to be tried again.
pub async fn retry(tx: &mut Tx, job: &Job, (class, run_at): (&str, Instant)) -> Result<()> {
    query("UPDATE job SET lease_until = NULL, failure = $2, run_at = $3 WHERE id = $1 AND attempts = $4")
        .bind(job.id)
        .bind(class)
        .bind(run_at)
        .bind(job.attempt)
        .run(tx)
        .await?;
    Ok(())
}

/// Lays a job aside; its key is free again. False where another process has taken it over.
pub async fn lay_aside(tx: &mut Tx, job: &Job, (class, at): (&str, Instant)) -> Result<bool> {
    let changed = query("UPDATE job SET lease_until = NULL, once_key = NULL, failure = $2, dead_at = $3 WHERE id = $1 AND attempts = $4")
        .bind(job.id)
        .bind(class)
        .bind(at)
        .bind(job.attempt)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Waiting and laid aside.
pub async fn counts(tx: &mut Tx) -> Result<(i64, i64)> {
    query(
        "SELECT CAST(COUNT(*) FILTER (WHERE dead_at IS NULL) AS BIGINT), \
                CAST(COUNT(*) FILTER (WHERE dead_at IS NOT NULL) AS BIGINT) FROM job",
    )
    .one(tx)
    .await
}
