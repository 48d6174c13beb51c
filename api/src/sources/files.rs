//! Files on the way in: folders are walked, gzip is unpacked with a watch for bombs, and each file is split
//! into entries without ever being held as a whole. Blocking.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::prepare::Context;
use crate::fhir::bundle::{self, BadEntry, Entry};

/// A file to read.
#[derive(Debug, Clone)]
pub struct Found {
    pub path: PathBuf,
    pub bytes: u64,
}

/// What is to be read.
#[derive(Debug, Default)]
pub struct Search {
    pub files: Vec<Found>,
    /// How many files in folders were passed over for their names.
    pub passed_over: u64,
    /// Named folders without a file to import.
    pub empty_folders: Vec<PathBuf>,
}

/// Files and folders that cannot be read, each with what the system says. Their paths are the caller's own words.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", .0.join("; cannot read "))]
pub struct Unreadable(Vec<String>);

/// All files under the paths in order of name. A path named outright is taken whatever its name. Links to folders
/// are not followed.
///
/// # Errors
/// Names every file and folder that cannot be opened: half an export looks like a whole one, so that none of it is
/// begun.
pub fn find(paths: &[PathBuf]) -> Result<Search, Unreadable> {
    let (mut search, mut faults) = (Search::default(), Vec::new());
    for path in paths {
        let before = search.files.len();
        match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => {
                walk(path, &mut search, &mut faults);
                if search.files.len() == before {
                    search.empty_folders.push(path.clone());
                }
            }
            Ok(about) => search.files.push(Found { path: path.clone(), bytes: about.len() }),
            Err(fault) => faults.push(told(path, &fault)),
        }
    }
    for file in &search.files {
        faults.extend(File::open(&file.path).err().map(|fault| told(&file.path, &fault)));
    }
    if faults.is_empty() { Ok(search) } else { Err(Unreadable(faults)) }
}

fn told(path: &Path, fault: &io::Error) -> String {
    format!("{}: {fault}", path.display())
}

fn walk(folder: &Path, search: &mut Search, faults: &mut Vec<String>) {
    let read = std::fs::read_dir(folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
    let mut entries = match read {
        Ok(entries) => entries,
        Err(fault) => return faults.push(told(folder, &fault)),
    };
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        match entry.metadata() {
            Ok(about) if about.is_dir() => walk(&path, search, faults),
            Ok(about) if about.is_file() && has_a_name_of_ours(&path) => {
                search.files.push(Found { path, bytes: about.len() });
            }
            Ok(_) => search.passed_over += 1,
            Err(fault) => faults.push(told(&path, &fault)),
        }
    }
}

fn has_a_name_of_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".json", ".ndjson", ".jsonl"].iter().any(|end| name.ends_with(end))
}

/// The entries of one file, and what is known of the people in it.
pub struct Opened {
    pub context: Arc<Context>,
    pub entries: bundle::Reader<Box<dyn Read + Send>>,
}

/// Opens a file. A Bundle is read twice, first for the people in it, because an entry may point to a person
/// that stands further on.
pub fn open(file: &Found, read: &Arc<AtomicU64>) -> io::Result<Opened> {
    let context = Context::of_file(&file.path.display().to_string(), in_a_bundle(entries(file, None)?));
    Ok(Opened { context: Arc::new(context), entries: entries(file, Some(read.clone()))? })
}

/// The entries of a Bundle; nothing as soon as the file turns out to be none.
fn in_a_bundle(entries: impl Iterator<Item = Result<Entry, BadEntry>>) -> impl Iterator<Item = Entry> {
    entries
        .take_while(|entry| match entry {
            Ok(entry) => entry.place.entry.is_some(),
            Err(bad) => bad.place.entry.is_some(),
        })
        .filter_map(Result::ok)
}

fn entries(file: &Found, read: Option<Arc<AtomicU64>>) -> io::Result<bundle::Reader<Box<dyn Read + Send>>> {
    let mut source = BufReader::with_capacity(128 * 1024, Counted { inner: File::open(&file.path)?, read });
    let packed = source.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let source: Box<dyn Read + Send> = if packed {
        Box::new(Watched { inner: MultiGzDecoder::new(source), packed: file.bytes, unpacked: 0 })
    } else {
        Box::new(source)
    };
    Ok(bundle::read(source))
}

/// Counts what is read, for the progress bar.
struct Counted {
    inner: File,
    read: Option<Arc<AtomicU64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if let Some(read) = &self.read {
            read.fetch_add(n as u64, Ordering::Relaxed);
        }
        Ok(n)
    }
}

/// Stops a file that unpacks to far more than records ever do.
struct Watched<R> {
    inner: R,
    packed: u64,
    unpacked: u64,
}

/// Real records pack 5 to 40 times smaller.
const MOST_TIMES: u64 = 250;
/// Below this no one is harmed.
const HARMLESS: u64 = 256 * 1024 * 1024;

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.unpacked += n as u64;
        if self.unpacked > HARMLESS && self.unpacked / MOST_TIMES > self.packed {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "unpacks to far more than records do"));
        }
        Ok(n)
    }
}
