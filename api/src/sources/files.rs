//! Files on the way in: folders are walked, gzip is unpacked with a watch for bombs, and each file is split
//! into entries; none is held as a whole but a small one. Blocking.

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
    /// How much in folders was passed over: files of other names, links to folders.
    pub passed_over: u64,
    /// Named folders without a file to import.
    pub empty_folders: Vec<PathBuf>,
}

/// Files and folders that cannot be read, each with what the system says. Their paths are the caller's own words.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", .0.join("; cannot read "))]
pub struct Unreadable(Vec<String>);

/// All files under the paths in order of name, those of Patient resources before all others: whether a FHIR id stands
/// for somebody else now must be known before the rest comes under it. A path named outright is taken whatever its
/// name. Links to files are followed, links to folders are not: they may lead in a circle.
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
    search.files.sort_by_key(|file| !is_of_patients(&file.path));
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
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        match std::fs::metadata(&path) {
            Ok(about) if about.is_dir() && !is_link => walk(&path, search, faults),
            Ok(about) if about.is_file() && has_a_name_of_ours(&path) => {
                search.files.push(Found { path, bytes: about.len() });
            }
            Ok(_) => search.passed_over += 1,
            // A link that leads nowhere.
            Err(_) if is_link && !has_a_name_of_ours(&path) => search.passed_over += 1,
            Err(fault) => faults.push(told(&path, &fault)),
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}

/// Bulk exports name files by type: `Patient.ndjson`, `Patient.0001.ndjson.gz`.
fn is_of_patients(path: &Path) -> bool {
    name(path).starts_with("patient")
}

fn has_a_name_of_ours(path: &Path) -> bool {
    let name = name(path);
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".json", ".ndjson", ".jsonl"].iter().any(|end| name.ends_with(end))
}

/// The entries of one file, and what is known of the people in it.
pub struct Opened {
    pub context: Arc<Context>,
    pub entries: Entries,
}

type Item = Result<Entry, BadEntry>;
type Reader = bundle::Reader<Box<dyn Read + Send>>;

/// The entries of one file.
pub enum Entries {
    /// Of a small Bundle, which was read already.
    Held {
        items: std::vec::IntoIter<Item>,
        /// Whether there was nothing but white space.
        blank: bool,
    },
    /// Of any other.
    Read(Reader),
}

impl Iterator for Entries {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        match self {
            Self::Held { items, .. } => items.next(),
            Self::Read(reader) => reader.next(),
        }
    }
}

impl Entries {
    /// Whether there was nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Held { blank, .. } => *blank,
            Self::Read(reader) => reader.is_blank(),
        }
    }
}

/// Most bytes of a Bundle that are held, so that it need not be unpacked and split twice.
const MOST_HELD: usize = 8 * 1024 * 1024;
/// What an entry weighs besides its bytes.
const ENTRY: usize = 512;

/// Opens a file. A Bundle is first looked through for the people in it, because an entry may point to a person that
/// stands further on. What is too large to be held meanwhile is read again.
pub fn open(file: &Found, read: &Arc<AtomicU64>) -> io::Result<Opened> {
    open_holding(MOST_HELD, (file, read))
}

fn open_holding(most: usize, (file, read): (&Found, &Arc<AtomicU64>)) -> io::Result<Opened> {
    let name = file.path.display().to_string();
    let passed = Arc::new(AtomicU64::new(0));
    let mut reader = entries(file, passed.clone())?;
    let (mut items, mut held) = (Vec::new(), 0);
    while let Some(item) = reader.next() {
        held += ENTRY + weight(&item);
        let fits = held <= most && is_in_a_bundle(&item);
        items.push(item);
        if !fits {
            let context = Context::of_file(&name, in_a_bundle(items.into_iter().chain(reader)));
            let entries = Entries::Read(entries(file, read.clone())?);
            return Ok(Opened { context: Arc::new(context), entries });
        }
    }
    read.fetch_add(passed.load(Ordering::Relaxed), Ordering::Relaxed);
    let context = Context::of_file(&name, items.iter().filter_map(|item| item.as_ref().ok()));
    let entries = Entries::Held { items: items.into_iter(), blank: reader.is_blank() };
    Ok(Opened { context: Arc::new(context), entries })
}

fn weight(item: &Item) -> usize {
    match item {
        Ok(entry) => entry.raw.len(),
        Err(bad) => bad.raw.len(),
    }
}

fn is_in_a_bundle(item: &Item) -> bool {
    match item {
        Ok(entry) => entry.place.entry.is_some(),
        Err(bad) => bad.place.entry.is_some(),
    }
}

/// The entries of a Bundle; nothing as soon as the file turns out to be none.
fn in_a_bundle(items: impl Iterator<Item = Item>) -> impl Iterator<Item = Entry> {
    items.take_while(is_in_a_bundle).filter_map(Result::ok)
}

fn entries(file: &Found, read: Arc<AtomicU64>) -> io::Result<Reader> {
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
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_what_would_be_read() {
        let observation = r#"{"resource":{"resourceType":"Observation","id":"o"}}"#;
        let patient = r#"{"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p"}}"#;
        let bundle = format!(r#"{{"resourceType":"Bundle","entry":[{observation}, 5, {patient}]}}"#);
        let lines =
            "{\"resourceType\":\"Patient\",\"id\":\"p\"}\n{\"resourceType\":\"Basic\",\"id\":\"b\"}\n";
        let folder = tempfile::tempdir().unwrap();
        for (text, held, items, sole) in [
            (bundle.as_str(), true, 3, true),
            (&bundle[..bundle.len() - 2], true, 4, true),
            (&format!("{bundle}\n{lines}"), false, 5, true),
            (lines, false, 2, false),
            (" \n", true, 0, false),
            ("", true, 0, false),
        ] {
            let path = folder.path().join("one.json");
            std::fs::write(&path, text).unwrap();
            let file = Found { path, bytes: text.len() as u64 };
            let opened = |most| {
                let read = Arc::new(AtomicU64::new(0));
                let mut opened = open_holding(most, (&file, &read)).unwrap();
                let is_held = matches!(opened.entries, Entries::Held { .. });
                let items: Vec<Item> = opened.entries.by_ref().collect();
                let known = format!("{:?}", opened.context);
                (is_held, (items, opened.entries.is_blank(), known, read.load(Ordering::Relaxed)))
            };
            let (was_held, small) = opened(MOST_HELD);
            let (_, large) = opened(0);
            assert_eq!(small, large, "{text}");
            assert_eq!((was_held, small.0.len()), (held, items), "{text}");
            assert_eq!(small.2.contains("sole: Some(\"p\")"), sole, "{text}");
            assert_eq!(small.3, text.len() as u64);
        }
    }
}
