//! Files that must not lie open on the disk: encrypted in chunks, so that a range can be read without
//! the rest and a file of any size needs one chunk of memory.
//!
//! Form: 8 bytes magic, 16 bytes salt, then chunks of 64 KiB, each AES-256-GCM with its 16-byte tag. The
//! key is derived from the salt; the nonce is the chunk's number, with the top bit set on the last chunk,
//! so that chunks can be neither exchanged nor cut off (the STREAM construction).

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use uuid::Uuid;

use crate::base::{self, Error, Instant, Result};
use crate::keys::Keys;

const MAGIC: &[u8; 8] = b"RRBLOB1\n";
const HEAD: u64 = 24;
const CHUNK: usize = 65_536;
const TAG: usize = 16;

/// Files younger than this may be of something that is being written: no row knows of them yet.
pub const YOUNG: Duration = Duration::from_secs(86_400);

/// The folder of encrypted files.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
}

impl Blobs {
    /// Opens the folder, made if missing.
    pub fn open(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder).with_context(|| format!("making the folder {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The folder as it is, not made.
    pub fn existing(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Starts a file. It appears under its name only when [`Writer::finish`] is done; dropped before, it
    /// leaves nothing. Blocking: call it from a blocking thread.
    pub fn create(&self, keys: &Keys, name: &str) -> Result<Writer> {
        let path = self.path(name)?;
        let beside = path.with_extension("part");
        let mut file = File::create(&beside)?;
        let salt = base::bytes::<16>();
        file.write_all(MAGIC)?;
        file.write_all(&salt)?;
        Ok(Writer {
            file,
            beside,
            path,
            key: key(keys, &salt)?,
            chunk: Vec::with_capacity(CHUNK + TAG),
            n: 0,
            size: 0,
            done: false,
        })
    }

    /// Opens a finished file.
    pub fn read(&self, keys: &Keys, name: &str) -> Result<Reader> {
        let mut file = match File::open(self.path(name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Error::NotFound),
            other => other?,
        };
        let mut head = [0; 24];
        file.read_exact(&mut head)?;
        let (magic, salt) = head.split_at(8);
        if magic != MAGIC {
            return Err(Error::internal(anyhow::anyhow!("a file among the blobs is not one")));
        }
        let stored = file.metadata()?.len().saturating_sub(HEAD);
        if stored < TAG as u64 {
            return Err(Error::internal(anyhow::anyhow!("a stored file was cut off")));
        }
        let full = (CHUNK + TAG) as u64;
        let chunks = stored.div_ceil(full).max(1);
        let size = stored.saturating_sub(chunks * TAG as u64);
        Ok(Reader { file, key: key(keys, salt)?, size, chunks })
    }

    /// Erases a file; one that is not there is fine.
    pub fn erase(&self, name: &str) -> Result<()> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Removes forgotten files, left by a crash: those whose names begin with one of `prefixes` and go on with an id, which
    /// tells when they were made, that are older than [`YOUNG`] and that no row knows. `known` was read before.
    pub fn sweep(
        &self,
        keys: &Keys,
        (prefixes, known): (&[&str], &HashSet<String>),
        now: Instant,
    ) -> Result<()> {
        for name in self.names()? {
            let whole = name.strip_suffix(".part").unwrap_or(&name);
            let young = made(whole, prefixes).is_none_or(|made| made > now.minus(YOUNG));
            if young || known.contains(whole) {
                continue;
            }
            if whole.len() == name.len() {
                self.erase(whole)?;
            } else {
                // A half-written file goes by beginning it anew and leaving it unfinished.
                drop(self.create(keys, whole)?);
            }
        }
        Ok(())
    }

    /// The names of all finished files, for the job that erases what no row knows of any more.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    /// Names are ids that we made; anything else is a fault, so that no name ever leaves the folder.
    fn path(&self, name: &str) -> Result<PathBuf> {
        let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !plain {
            return Err(Error::internal(anyhow::anyhow!("a blob's name must be letters, digits and dashes")));
        }
        Ok(self.folder.join(name))
    }
}

/// When a file of one of these kinds was made; none for a name that is not of them.
fn made(name: &str, prefixes: &[&str]) -> Option<Instant> {
    let id = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    let (seconds, nanos) = id.parse::<Uuid>().ok()?.get_timestamp()?.to_unix();
    Some(Instant(i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos) / 1000)?))
}

fn key(keys: &Keys, salt: &[u8]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, &keys.derive(b"blob", salt))
        .map_err(|_| Error::internal(anyhow::anyhow!("no blob key")))?;
    Ok(LessSafeKey::new(key))
}

/// Whether more chunks follow.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Inner,
    Last,
}

fn nonce(n: u64, place: Place) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&n.to_be_bytes());
    bytes[0] = if place == Place::Last { 0x80 } else { 0 };
    Nonce::assume_unique_for_key(bytes)
}

/// A file being written.
pub struct Writer {
    file: File,
    beside: PathBuf,
    path: PathBuf,
    key: LessSafeKey,
    chunk: Vec<u8>,
    n: u64,
    size: u64,
    done: bool,
}

impl Writer {
    /// Writes the last chunk, makes the file durable and gives it its name. Returns the plain size.
    pub fn finish(mut self) -> Result<u64> {
        self.put(Place::Last)?;
        self.file.sync_all()?;
        fs::rename(&self.beside, &self.path)?;
        if let Some(folder) = self.path.parent() {
            File::open(folder)?.sync_all()?;
        }
        self.done = true;
        Ok(self.size)
    }

    fn put(&mut self, place: Place) -> io::Result<()> {
        self.size += self.chunk.len() as u64;
        self.key
            .seal_in_place_append_tag(nonce(self.n, place), Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("sealing failed"))?;
        self.file.write_all(&self.chunk)?;
        self.chunk.clear();
        self.n += 1;
        Ok(())
    }
}

impl Write for Writer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        // A full chunk is only written when more follows, because the last one is marked.
        if self.chunk.len() == CHUNK {
            self.put(Place::Inner)?;
        }
        let n = data.len().min(CHUNK - self.chunk.len());
        self.chunk.extend_from_slice(&data[..n]);
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// A finished file.
pub struct Reader {
    file: File,
    key: LessSafeKey,
    size: u64,
    chunks: u64,
}

impl Reader {
    /// The size of what was written, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The bytes from `offset` to the end of the chunk it lies in, checked; empty at the end. Blocking.
    pub fn chunk_at(&mut self, offset: u64) -> Result<Vec<u8>> {
        if offset >= self.size {
            return Ok(Vec::new());
        }
        let n = offset / CHUNK as u64;
        let place = if n + 1 == self.chunks { Place::Last } else { Place::Inner };
        self.file.seek(SeekFrom::Start(HEAD + n * (CHUNK + TAG) as u64))?;
        let mut data = Vec::with_capacity(CHUNK + TAG);
        (&mut self.file).take((CHUNK + TAG) as u64).read_to_end(&mut data)?;
        let len = self
            .key
            .open_in_place(nonce(n, place), Aad::empty(), &mut data)
            .map_err(|_| Error::internal(anyhow::anyhow!("a stored file was changed")))?
            .len();
        data.truncate(len);
        data.drain(..usize::try_from(offset % CHUNK as u64).unwrap_or(0));
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_at_any_offset_and_changes_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_000] {
            let data: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let mut writer = blobs.create(&keys, "a-1").unwrap();
            writer.write_all(&data).unwrap();
            assert_eq!(writer.finish().unwrap(), size as u64);
            let mut reader = blobs.read(&keys, "a-1").unwrap();
            assert_eq!(reader.size(), size as u64);
            let mut back = Vec::new();
            while back.len() < size {
                back.extend(reader.chunk_at(back.len() as u64).unwrap());
            }
            assert_eq!(back, data);
            assert_eq!(reader.chunk_at(size as u64).unwrap(), b"");

            let path = folder.path().join("blobs/a-1");
            let stored = fs::read(&path).unwrap();
            assert!(size < 8 || !stored.windows(8).any(|w| w == &data[..8]), "plain bytes on the disk");
            if size > CHUNK {
                fs::write(&path, &stored[..24 + CHUNK + TAG]).unwrap();
                assert!(blobs.read(&keys, "a-1").unwrap().chunk_at(0).is_err(), "a cut file must not read");
            }
        }
    }

    #[test]
    fn names_stay_in_the_folder_and_unfinished_files_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
        for name in ["", "../x", "a/b", "a.b", ".."] {
            assert!(blobs.create(&keys, name).is_err());
        }
        drop(blobs.create(&keys, "x").unwrap());
        assert_eq!(blobs.names().unwrap(), Vec::<String>::new());
        assert!(matches!(blobs.read(&keys, "x"), Err(Error::NotFound)));
        blobs.erase("x").unwrap();
    }

    #[test]
    fn what_is_swept_is_old_forgotten_and_of_the_kind() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
        let now = Instant(1_800_000_000_000_000);
        let (old, young) = (base::uuid(now.minus(YOUNG * 2)), base::uuid(now));
        let kept = format!("copy-{old}");
        let left = [kept.clone(), format!("copy-{young}"), format!("paper-{old}"), "copy-x".to_owned()];
        let gone = [format!("copy-{}", base::uuid(now.minus(YOUNG * 3))), format!("spool-{old}")];
        for name in left.iter().chain(&gone) {
            blobs.create(&keys, name).unwrap().finish().unwrap();
        }
        let half = format!("copy-{}.part", base::uuid(now.minus(YOUNG * 4)));
        fs::write(folder.path().join("blobs").join(half), b"x").unwrap();
        blobs.sweep(&keys, (&["copy-", "spool-"], &HashSet::from([kept])), now).unwrap();
        let mut names = blobs.names().unwrap();
        names.sort_unstable();
        let mut left = left.to_vec();
        left.sort_unstable();
        assert_eq!(names, left);
    }
}
