//! Does what stands in the queue, and what has to be done from time to time. Any number of processes may
//! work at once; what one has claimed the others leave alone.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::base::{CopyId, Error, ExportId, Result};
use crate::jobs::{self, Fate, Job};
use crate::{bulk, consents, copies, disclosures, identity, notify, records, representation, smart, sources};

/// How often an idle worker looks into the queue.
const LOOK: Duration = Duration::from_millis(500);
/// How often the periodic work is done.
const TICK: Duration = Duration::from_secs(60);

/// Works until `stop` turns true; a job that is being done is finished first.
pub async fn work(app: App, mut stop: watch::Receiver<bool>) {
    let ticks = tokio::spawn(tick(app.clone(), stop.clone()));
    while !*stop.borrow() {
        // Never given up half-way: a job that is being done is also noted as done.
        match next(&app).await {
            Ok(true) => {}
            Ok(false) => pause(&mut stop).await,
            Err(error) => {
                report("the queue cannot be read", error);
                pause(&mut stop).await;
            }
        }
    }
    let _ = ticks.await;
}

async fn tick(app: App, mut stop: watch::Receiver<bool>) {
    let mut tick = tokio::time::interval(TICK);
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => {}
            _ = tick.tick() => periodic(&app).await,
        }
    }
}

/// Does the next job that is due, if there is one. Tests call it to work the queue off.
pub async fn next(app: &App) -> Result<bool> {
    let Some(job) = jobs::claim(app).await? else { return Ok(false) };
    // The job is spawned so that a stop, or a panic in it, leaves the queue right.
    let (inner, claimed) = (app.clone(), job.clone());
    let mut task = tokio::spawn(async move { perform(&inner, &claimed).await });
    let mut keep = tokio::time::interval(jobs::LEASE / 3);
    keep.tick().await;
    let done = loop {
        tokio::select! {
            done = &mut task => break done,
            _ = keep.tick() => if let Err(error) = jobs::extend(app, &job).await {
                report("a job's lease was not extended", error);
            },
        }
    };
    match done.unwrap_or_else(|panic| Err(Error::internal(panic))) {
        Ok(()) => jobs::done(app, &job).await?,
        Err(error) => {
            let class = class(&error);
            tracing::warn!(job.id = %job.id, job.kind = job.kind, job.attempt = job.attempt, class, "a job failed");
            if let Error::Internal(_) = error {
                report("a job failed", error);
            }
            failed(app, &job, class).await?;
        }
    }
    Ok(true)
}

/// Notes that a job failed; after its last try, whoever waits for what it would have made is told.
async fn failed(app: &App, job: &Job, class: &str) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    if jobs::failed(&mut tx, job, (class, now)).await? == Fate::LaidAside {
        if job.kind == copies::BUILD_JOB
            && let Ok(copy) = copy_id(job)
        {
            copies::give_up(&mut tx, copy, now).await?;
        }
        if job.kind == bulk::EXPORT_JOB
            && let Ok(export) = export_id(job)
        {
            bulk::give_up(&mut tx, export, now).await?;
        }
    }
    tx.commit().await
}

/// What each kind of job does.
async fn perform(app: &App, job: &Job) -> Result<()> {
    match job.kind.as_str() {
        copies::BUILD_JOB => copies::build(app, copy_id(job)?).await,
        bulk::EXPORT_JOB => bulk::build(app, export_id(job)?).await,
        "mail.send" => notify::send(app, &job.payload).await,
        records::LABEL_JOB => records::label_anew(app, &job.payload).await.map(|_| ()),
        "source.gather" => sources::perform_gather(app, &job.payload).await,
        _ => Err(Error::Unavailable("job-of-a-newer-version")),
    }
}

fn copy_id(job: &Job) -> Result<CopyId> {
    job.payload["copy"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a copy job names no copy")))
}

fn export_id(job: &Job) -> Result<ExportId> {
    job.payload["export"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Error::internal(anyhow::anyhow!("an export job names no export")))
}

/// Each of these does nothing where another process has just done it.
pub async fn periodic(app: &App) {
    if let Err(error) = disclosures::checkpoint(app).await {
        report("no checkpoint of the ledger", error);
    }
    if let Err(error) = sources::schedule(app).await {
        report("no schedule of gathers", error);
    }
    if let Err(error) = identity::tidy(app).await {
        report("sign-in rows are not tidied", error);
    }
    if let Err(error) = representation::tidy(app).await {
        report("authorities that began or ended are not written down", error);
    }
    if let Err(error) = records::unshown::tidy(app).await {
        report("what clinicians opened is not looked at again", error);
    }
    if let Err(error) = consents::tidy(app).await {
        report("forms of permissions that are over are not deleted", error);
    }
    if let Err(error) = smart::tidy(app).await {
        report("what apps were allowed is not tidied", error);
    }
    if let Err(error) = copies::erase_expired(app).await {
        report("expired copies are not erased", error);
    }
    if let Err(error) = bulk::erase_expired(app).await {
        report("expired exports are not erased", error);
    }
    if let Err(error) = bulk::end_overdue(app).await {
        report("proposals about groups that are over are not ended", error);
    }
}

fn class(error: &Error) -> &'static str {
    match error {
        Error::NotFound => "not-found",
        Error::Refused(refusal) => refusal.0,
        Error::Invalid(_) => "invalid",
        Error::Conflict(id) | Error::Unavailable(id) => id,
        Error::Internal(_) => "internal",
    }
}

async fn pause(stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(LOOK) => {}
        _ = stop.changed() => {}
    }
}

fn report(what: &str, error: Error) {
    tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "{what}");
}
