//! Splits what a source system hands over into single resources, one at a time, from any reader: Bundles of
//! every kind, NDJSON, single resources, arrays, objects one after another. It holds one entry at a time, so
//! a file of any size needs the memory of its largest entry; it splits by bytes and builds no tree.
//! A bad entry is an item of its own and reading goes on behind it. A Bundle that is itself an entry is split
//! as well where it only carries others; a document or a message is one thing and stays whole.

mod entry;
mod reader;
mod scan;
mod source;
#[cfg(test)]
mod tests;

use std::io::{ErrorKind, Read};

pub use reader::Reader;

/// One resource as it stood in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The exact bytes of the resource; empty for an entry that only requests (a DELETE).
    pub raw: Vec<u8>,
    /// `Bundle.entry.fullUrl`.
    pub full_url: Option<String>,
    /// `Bundle.entry.request.method`, for instance `PUT`.
    pub method: Option<String>,
    /// `Bundle.entry.request.url`, for instance `Patient/1`.
    pub url: Option<String>,
    /// `Bundle.entry.request.ifNoneExist`, the condition of a conditional create.
    pub if_none_exist: Option<String>,
    /// Where it began.
    pub place: Place,
    /// Where the resource itself begins, in the source that it was read from.
    start: Place,
}

/// Where something begins in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The line, from 1.
    pub line: u64,
    /// The byte within the line, from 1.
    pub column: u64,
    /// The number of the entry in its Bundle, from 0; where Bundles lie in one another, in the outermost.
    pub entry: Option<u64>,
    /// The byte within the source, from 0.
    pub offset: u64,
}

impl Place {
    /// The place behind these bytes.
    fn further(self, passed: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        let column = match memchr::memrchr(b'\n', passed) {
            Some(last) => (passed.len() - last) as u64,
            None => self.column + passed.len() as u64,
        };
        Self { line: self.line + lines, column, entry: self.entry, offset: self.offset + passed.len() as u64 }
    }
}

/// Something in the source that is no resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (line {}, byte {})", place.line, place.offset)]
pub struct BadEntry {
    /// Where it began.
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
    /// Its bytes, as far as the limit let them be kept; empty if it was too large.
    pub raw: Vec<u8>,
}

/// Why something is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Larger than the limit; it was passed over.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Nested beyond what is even counted.
    #[error("nested too deep")]
    TooDeep,
    /// Not JSON.
    #[error("not JSON: expected {expected}")]
    NotJson {
        /// What would have been right.
        expected: &'static str,
    },
    /// The source ends in the middle.
    #[error("ends in the middle")]
    Truncated,
    /// A Bundle entry with neither resource nor request.
    #[error("an entry without a resource")]
    NoResource,
    /// Nothing at all: no byte, or only white space.
    #[error("the file is empty")]
    Empty,
    /// Something other than an object where a resource or an entry belongs.
    #[error("not an object")]
    NotAnObject,
    /// Has entries as a Bundle has them, but says it is another type.
    #[error("entries in something that is not a Bundle")]
    NotABundle,
    /// The source could not be read on.
    #[error("could not be read: {0}")]
    Io(ErrorKind),
}

/// What a source gives: a resource, or what is none.
type Item = Result<Entry, BadEntry>;

/// Reads entries, each at most 50 MiB large.
pub fn read<R: Read>(source: R) -> Reader<R> {
    read_limited(source, 50 * 1024 * 1024)
}

/// Reads entries, each at most `limit` bytes large.
pub fn read_limited<R: Read>(source: R, limit: usize) -> Reader<R> {
    Reader::new(source, limit)
}

/// How deep Bundles within Bundles are split; one that lies deeper is given out whole.
pub const DEEPEST_BUNDLE: u8 = 3;

/// Whether a resource is a Bundle that only carries others (R4 2.36, `Bundle.type`), so that its entries count
/// and not it.
pub fn is_carrier(raw: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Head<'a> {
        #[serde(borrow, rename = "resourceType")]
        resource_type: Option<std::borrow::Cow<'a, str>>,
        #[serde(borrow, rename = "type")]
        kind: Option<std::borrow::Cow<'a, str>>,
    }
    // Most entries are no Bundles; a look at the bytes spares reading them twice.
    memchr::memmem::find(raw, b"\"Bundle\"").is_some()
        && serde_json::from_slice::<Head<'_>>(raw).is_ok_and(|head| {
            head.resource_type.as_deref() == Some("Bundle")
                && matches!(head.kind.as_deref(), Some("collection" | "searchset" | "batch" | "transaction"))
        })
}
