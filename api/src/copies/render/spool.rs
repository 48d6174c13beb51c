//! Text that can only go into the ZIP when something else is finished: in memory while it is small, beyond that in an
//! encrypted file, so that a large record needs no more memory than a small one.

use std::io::{self, Write};

use crate::base::{Instant, Result, uuid};
use crate::blobs::{Blobs, Writer};
use crate::keys::Keys;

/// Bytes kept in memory.
const MEMORY: usize = 8 * 1024 * 1024;

/// Where spools that grow go to.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The encrypted files.
    pub blobs: &'a Blobs,
    /// Their keys.
    pub keys: &'a Keys,
    /// The time, for the file's name, by which forgotten files are found.
    pub now: Instant,
}

/// A text being set aside.
pub struct Spool<'a> {
    place: Place<'a>,
    memory: Vec<u8>,
    file: Option<(String, Writer)>,
    bytes: u64,
}

impl<'a> Spool<'a> {
    /// An empty one.
    pub fn new(place: Place<'a>) -> Self {
        Self { place, memory: Vec::new(), file: None, bytes: 0 }
    }

    /// How many bytes it holds.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Hands everything on, and forgets it.
    pub fn drain(mut self, out: &mut impl Write) -> Result<()> {
        let Some((name, mut writer)) = self.file.take() else {
            return Ok(out.write_all(&self.memory)?);
        };
        writer.write_all(&self.memory)?;
        self.memory = Vec::new();
        let written = writer.finish().and_then(|size| self.copy(&name, (size, out)));
        self.place.blobs.erase(&name)?;
        written
    }

    fn copy(&self, name: &str, (size, out): (u64, &mut impl Write)) -> Result<()> {
        let mut reader = self.place.blobs.read(self.place.keys, name)?;
        let mut at = 0;
        while at < size {
            let chunk = reader.chunk_at(at)?;
            out.write_all(&chunk)?;
            at += chunk.len() as u64;
        }
        Ok(())
    }
}

impl Write for Spool<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.memory.extend_from_slice(data);
        self.bytes += data.len() as u64;
        if self.memory.len() > MEMORY {
            if self.file.is_none() {
                let name = format!("{}{}", super::SPOOLS, uuid(self.place.now));
                let writer = self.place.blobs.create(self.place.keys, &name).map_err(io::Error::other)?;
                self.file = Some((name, writer));
            }
            if let Some((_, writer)) = &mut self.file {
                writer.write_all(&self.memory)?;
                self.memory.clear();
            }
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_texts_come_back_and_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
        let place = Place { blobs: &blobs, keys: &keys, now: Instant(1) };
        for size in [0, 10, MEMORY, MEMORY + 1, 2 * MEMORY + 77_777] {
            let text: Vec<u8> = (0..size).map(|n| (n % 253) as u8).collect();
            let mut spool = Spool::new(place);
            for part in text.chunks(100_000) {
                spool.write_all(part).unwrap();
            }
            assert_eq!(spool.len(), size as u64);
            let mut back = Vec::new();
            spool.drain(&mut back).unwrap();
            assert!(back == text, "{size} bytes came back changed");
            assert_eq!(blobs.names().unwrap(), Vec::<String>::new());
        }
    }
}
