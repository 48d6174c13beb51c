//! A stored copy as a stream of bytes, read and decrypted in pieces on blocking threads.

use std::io;
use std::pin::Pin;

use bytes::Bytes;
use futures::Stream;

use crate::blobs::Reader;

/// What is left to send.
struct Rest {
    reader: Reader,
    at: u64,
    left: u64,
}

/// `length` bytes of the file from `first` on.
pub fn stream(reader: Reader, (first, length): (u64, u64)) -> Pin<Box<dyn Stream<Item = io::Result<Bytes>>>> {
    let rest = Rest { reader, at: first, left: length };
    Box::pin(futures::stream::try_unfold(rest, |rest| async move {
        if rest.left == 0 {
            return Ok(None);
        }
        tokio::task::spawn_blocking(move || piece(rest)).await.map_err(io::Error::other)?
    }))
}

fn piece(mut rest: Rest) -> io::Result<Option<(Bytes, Rest)>> {
    let mut chunk = rest.reader.chunk_at(rest.at).map_err(io::Error::other)?;
    if chunk.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "a stored copy is shorter than it was"));
    }
    chunk.truncate(usize::try_from(rest.left).unwrap_or(usize::MAX));
    let length = chunk.len() as u64;
    rest.at += length;
    rest.left -= length;
    Ok(Some((Bytes::from(chunk), rest)))
}
