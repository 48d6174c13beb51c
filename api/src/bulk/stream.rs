//! A file of an export as a stream of bytes, read and decrypted in pieces on blocking threads. Whether it is still there
//! for this system is asked again while it runs.

use std::io;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::Stream;

use super::store::{self, State};
use crate::app::App;
use crate::base::ExportId;
use crate::blobs::Reader;

/// Longest time that a download runs on after its right has ended.
const BETWEEN: Duration = Duration::from_millis(250);

/// Which part of which export is sent.
pub struct Watch {
    app: App,
    export: ExportId,
    part: i64,
    asked: Instant,
}

impl Watch {
    /// For a download that was allowed just now.
    pub fn new(app: &App, (export, part): (ExportId, i64)) -> Self {
        Self { app: app.clone(), export, part, asked: Instant::now() }
    }

    async fn ask(&mut self) -> io::Result<()> {
        if self.asked.elapsed() < BETWEEN {
            return Ok(());
        }
        self.asked = Instant::now();
        let mut tx = self.app.db.read().await.map_err(io::Error::other)?;
        let known = store::find(&mut tx, self.export).await.map_err(io::Error::other)?;
        if let Some(known) = known.filter(|known| known.state == State::Ready)
            && super::still_agreed(&mut tx, &known).await.map_err(io::Error::other)?.is_some()
            && !store::has_changed(&mut tx, (self.export, self.part)).await.map_err(io::Error::other)?
        {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "the right to this export has ended"))
    }
}

/// The whole file.
pub fn stream(watch: Watch, reader: Reader) -> Pin<Box<dyn Stream<Item = io::Result<Bytes>>>> {
    Box::pin(futures::stream::try_unfold((watch, reader, 0_u64), |(mut watch, reader, at)| async move {
        if at >= reader.size() {
            return Ok(None);
        }
        watch.ask().await?;
        let (chunk, reader) = tokio::task::spawn_blocking(move || {
            let mut reader = reader;
            let chunk = reader.chunk_at(at);
            (chunk, reader)
        })
        .await
        .map_err(io::Error::other)?;
        let chunk = Bytes::from(chunk.map_err(io::Error::other)?);
        if chunk.is_empty() {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a stored file is shorter than it was"));
        }
        let at = at + chunk.len() as u64;
        Ok(Some((chunk, (watch, reader, at))))
    }))
}
