//! A stored copy as a stream of bytes, read and decrypted in pieces on blocking threads. Whether it may still be seen is
//! asked again while it runs: who ends an authority ends a download too.

use std::io;
use std::pin::Pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::Stream;

use super::model::Built;
use crate::app::App;
use crate::base::{AccountId, PatientNo};
use crate::blobs::Reader;
use crate::visibility::{self, Permit, Purpose};

/// Longest time that a download runs on after its right has ended. Pieces are small: to ask before each would be most of
/// the work.
const BETWEEN: Duration = Duration::from_millis(100);

/// Who takes it, and what it holds.
pub struct Watch {
    app: App,
    account: AccountId,
    patient: PatientNo,
    purpose: Purpose,
    /// What its asker saw, and what it holds.
    built: Built,
    asked: Instant,
}

impl Watch {
    /// For a download that was allowed just now.
    pub fn new(app: &App, permit: &Permit, built: Built) -> Self {
        Self {
            app: App::clone(app),
            account: permit.actor().account,
            patient: permit.patient(),
            purpose: permit.purpose(),
            built,
            asked: Instant::now(),
        }
    }

    /// Whether it may still be seen.
    async fn ask(&mut self) -> io::Result<()> {
        if self.asked.elapsed() < BETWEEN {
            return Ok(());
        }
        self.asked = Instant::now();
        let mut tx = self.app.db.read().await.map_err(io::Error::other)?;
        let who = (self.account, self.patient, self.purpose);
        let (sight, _) = visibility::sight(&self.app, &mut tx, who).await.map_err(io::Error::other)?;
        if super::still_seen(&mut tx, sight, &mut self.built).await.map_err(io::Error::other)? {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "the right to this copy has ended"))
    }
}

/// What is left to send.
struct Rest {
    reader: Reader,
    at: u64,
    left: u64,
}

/// `length` bytes of the file from `first` on.
pub fn stream(
    watch: Watch,
    reader: Reader,
    (first, length): (u64, u64),
) -> Pin<Box<dyn Stream<Item = io::Result<Bytes>>>> {
    let rest = Rest { reader, at: first, left: length };
    Box::pin(futures::stream::try_unfold((watch, rest), |(mut watch, rest)| async move {
        if rest.left == 0 {
            return Ok(None);
        }
        watch.ask().await?;
        let piece = tokio::task::spawn_blocking(move || piece(rest)).await.map_err(io::Error::other)??;
        Ok(Some((piece.0, (watch, piece.1))))
    }))
}

fn piece(mut rest: Rest) -> io::Result<(Bytes, Rest)> {
    let mut chunk = rest.reader.chunk_at(rest.at).map_err(io::Error::other)?;
    if chunk.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a stored copy is shorter than it was"));
    }
    chunk.truncate(usize::try_from(rest.left).unwrap_or(usize::MAX));
    let length = chunk.len() as u64;
    rest.at += length;
    rest.left -= length;
    Ok((Bytes::from(chunk), rest))
}
