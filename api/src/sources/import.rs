//! Importing files: one thread reads and splits, others check and pack, and whole batches are committed one
//! after the other. Memory does not grow with the size of a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use tokio::sync::mpsc;

use super::files::{self, Found, Search, Unreadable};
use super::model::{Import, Progress, RefusalLine, Report};
use super::prepare::{self, Context, Refusal};
use super::store;
use crate::app::App;
use crate::base::{Error, Result, sha256};
use crate::fhir::bundle::{BadEntry, Entry};
use crate::fhir::sensitivity::Own;
use crate::records::{self, Prepared, Quarantined, Stored, Visit};

/// Entries of one batch; each batch is one transaction.
const BATCH: usize = 512;
/// Bytes after which a batch is full.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// What of these files and folders cannot be read; nothing where an import may begin. Blocking.
pub fn unreadable(paths: &[PathBuf]) -> Option<Unreadable> {
    files::find(paths).err()
}

/// After so many new resources the planner of PostgreSQL looks at the tables anew.
const MUCH: u64 = 1000;

/// Imports files and folders. A bad entry never stops the rest. `progress` is called after each batch.
///
/// # Errors
/// `Internal`, with nothing begun, if a path cannot be read (ask [`unreadable`] before); `Internal` or `Unavailable`
/// if the database fails: whole batches before that are stored, and importing again goes on from there.
pub async fn import(app: &App, ask: Import, progress: impl Fn(Progress) + Send) -> Result<Report> {
    let Search { files: found, passed_over, empty_folders } = find(ask.paths).await?;
    let mut tx = app.db.write().await?;
    let at = (None, app.clock.now());
    let source_no = records::add_source(&mut tx, (&ask.source, "import"), at, &app.config).await?;
    tx.commit().await?;

    let total = found.iter().map(|file| file.bytes).sum();
    let empty_folders = empty_folders.iter().map(|path| path.display().to_string()).collect();
    let mut report = Report { files: found.len() as u64, passed_over, empty_folders, ..Report::default() };
    let mut visit = Visit::new(app, (source_no, &ask.source));
    let read = Arc::new(AtomicU64::new(0));
    let (sender, receiver) = mpsc::channel(2);
    let counter = read.clone();
    let reader = tokio::task::spawn_blocking(move || read_files(&found, &counter, &sender));

    let mut receiver = receiver;
    let own = visit.own();
    let batches = futures::stream::poll_fn(move |context| receiver.poll_recv(context));
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(1, 8);
    let look = |batch: Batch| {
        let own = own.clone();
        tokio::task::spawn_blocking(move || check(batch, &own))
    };
    let mut ready = batches.map(look).buffered(threads);
    while let Some(checked) = ready.next().await {
        let checked = checked.map_err(Error::internal)?;
        keep(app, &mut visit, (checked, &mut report)).await?;
        let resources = report.accepted + report.unchanged + report.refused;
        progress(Progress { bytes: read.load(Ordering::Relaxed), total, resources });
    }
    reader.await.map_err(Error::internal)?;
    if report.accepted >= MUCH
        && let Err(error) = app.db.look_at_tables().await
    {
        let error = format!("{:#}", anyhow::Error::from(error));
        tracing::warn!(error, "all is stored, but the database's planner was not told of it");
    }
    Ok(report)
}

async fn find(paths: Vec<PathBuf>) -> Result<Search> {
    tokio::task::spawn_blocking(move || files::find(&paths))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}

/// One entry, or what stands where one should be, with what is known of its file.
pub(super) type Item = (Arc<Context>, std::result::Result<Entry, BadEntry>);
pub(super) type Batch = Vec<Item>;

/// Reads all files into batches; a batch may hold the end of one file and the beginning of the next.
fn read_files(found: &[Found], read: &Arc<AtomicU64>, sender: &mpsc::Sender<Batch>) {
    let (mut batch, mut bytes) = (Vec::with_capacity(BATCH), 0);
    for file in found {
        let opened = match files::open(file, read) {
            Ok(opened) => opened,
            Err(error) => {
                let name = file.path.display().to_string();
                batch.push((Arc::new(Context::named(&name)), Err(store::unreadable(error.kind()))));
                continue;
            }
        };
        let (mut entries, mut some) = (opened.entries, false);
        loop {
            let entry = match entries.next() {
                Some(entry) => entry,
                None if !some && entries.is_blank() => Err(store::empty()),
                None => break,
            };
            some = true;
            bytes += entry.as_ref().map_or(0, |entry| entry.raw.len());
            batch.push((opened.context.clone(), entry));
            if batch.len() >= BATCH || bytes >= BATCH_BYTES {
                bytes = 0;
                if sender.blocking_send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_err() {
                    return;
                }
            }
        }
    }
    if !batch.is_empty() {
        // A closed channel means that the import has already failed and says why.
        let _ = sender.blocking_send(batch);
    }
}

/// What was refused: why, from which file, from which place in it, its bytes.
type Refused = (Refusal, Arc<Context>, String, Vec<u8>);

/// A batch after the door.
#[derive(Default)]
pub(super) struct Checked {
    prepared: Vec<(Prepared, Arc<Context>, String)>,
    refused: Vec<Refused>,
}

pub(super) fn check(batch: Batch, own: &Own) -> Checked {
    let mut checked = Checked::default();
    for (context, item) in batch {
        match item {
            Err(bad) => {
                let place = store::place(&bad.place);
                let person = prepare::seems_about(&bad.raw, &context);
                let refusal = Refusal { person, ..store::bad_entry(&bad) };
                checked.refused.push((refusal, context, place, bad.raw));
            }
            Ok(entry) => {
                let place = store::place(&entry.place);
                match prepare::prepare(entry, (&context, own)) {
                    Ok(prepared) => checked.prepared.push((prepared, context, place)),
                    Err(refused) => checked.refused.push((refused.0, context, place, refused.1.raw)),
                }
            }
        }
    }
    checked
}

/// Stores a checked batch and counts what became of it.
pub(super) async fn keep(
    app: &App,
    visit: &mut Visit,
    (checked, report): (Checked, &mut Report),
) -> Result<()> {
    let Checked { prepared, mut refused } = checked;
    let (mut prepared, places): (Vec<Prepared>, Vec<_>) =
        prepared.into_iter().map(|(prepared, context, place)| (prepared, (context, place))).unzip();
    prepared.iter_mut().for_each(|one| visit.mark(one));
    let fates = records::keep(app, visit, &prepared).await?;
    for ((prepared, (context, place)), fate) in prepared.into_iter().zip(places).zip(fates) {
        match fate {
            Stored::New | Stored::Changed => {
                report.accepted += 1;
                report.changed += u64::from(fate == Stored::Changed);
                report.with_findings += u64::from(!prepared.findings.is_empty());
                for finding in &prepared.findings {
                    *report.findings.entry(finding.code.to_owned()).or_default() += 1;
                }
                *report.types.entry(prepared.kind).or_default() += 1;
            }
            Stored::Unchanged => {
                report.unchanged += 1;
                *report.types.entry(prepared.kind).or_default() += 1;
            }
            Stored::OtherPerson | Stored::OtherShared | Stored::OtherIdentity => {
                refused.push((store::not_theirs(fate, &prepared), context, place, prepared.raw));
            }
        }
    }
    set_aside(app, visit.source_no, (refused, report)).await
}

async fn set_aside(app: &App, source_no: i64, (refused, report): (Vec<Refused>, &mut Report)) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    for (refusal, context, place, raw) in refused {
        let patient = match &refusal.person {
            Some(id) => store::patient(&mut tx, source_no, id).await?,
            None => None,
        };
        report.refused += 1;
        if report.refusals.len() < Report::TOLD {
            report.refusals.push(RefusalLine {
                file: context.name.clone(),
                place: place.clone(),
                resource: [refusal.kind.as_deref(), refusal.id.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("/"),
                path: refusal.path.clone(),
                reason: refusal.reason.to_owned(),
                detail: refusal.detail.clone(),
            });
        }
        // What was not kept is known by where it was; else two large resources were one.
        let hash = match raw.as_slice() {
            [] => sha256([context.name.as_bytes(), b"\n", place.as_bytes()]),
            raw => sha256([raw]),
        };
        let row = Quarantined {
            source_no,
            patient,
            file: context.name.clone(),
            place,
            kind: refusal.kind,
            fhir_id: refusal.id,
            path: refusal.path,
            reason: refusal.reason,
            detail: refusal.detail,
            hash,
            size: raw.len() as i64,
            body: raw,
        };
        records::add_to_quarantine(&mut tx, (&row, now)).await?;
    }
    tx.commit().await
}
