//! What a copy is, what can be chosen, and how it is handed over.

use std::collections::BTreeMap;
use std::pin::Pin;

use bytes::Bytes;
use futures::Stream;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::base::{CopyId, Instant};
use crate::disclosures::Parts;
use crate::representation::Lens;
use crate::words::Language;

/// What a copy holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Scope {
    /// Slugs of categories; empty is everything.
    pub categories: Vec<String>,
    /// Not before this day (`2020-01-31`). Items without a date are always in.
    pub from: Option<String>,
    /// Not after this day.
    pub to: Option<String>,
    /// Which forms the ZIP has: `web`, `pdf`, `fhir`, `tables`, `documents`; empty is all.
    pub formats: Vec<String>,
}

/// What is kept of a copy as JSON: the choice, whether a password protects it, and, once it is ready, what the
/// ledger is told about its contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Stored {
    /// The choice.
    #[serde(flatten)]
    pub scope: Scope,
    /// Whether a password protects it.
    #[serde(default)]
    pub password: bool,
    /// How many resources of each type.
    #[serde(default)]
    pub counts: BTreeMap<String, u64>,
    /// The resources with their versions, where they are few.
    #[serde(default)]
    pub items: Vec<String>,
    /// SHA-256 over the sorted list of them, where they are many.
    #[serde(default)]
    pub digest: Option<String>,
    /// How many of them are the chosen items, and how many belong to them; none for a copy of before that was told.
    #[serde(default)]
    pub parts: Option<Parts>,
    /// What its asker could see when it was built.
    #[serde(flatten)]
    pub built: Built,
}

/// What the asker of a copy could see when it was built, and what of it the copy holds. Keys stand as runs, from the first
/// to the last: most of a record is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Built {
    /// How much of the record.
    pub lens: Lens,
    /// How often labels of the record had changed then.
    pub labels_no: i64,
    /// The items that were seen; none for a copy of before they were kept.
    pub seen: Vec<Run>,
    /// Those of them that the copy holds.
    pub held: Vec<Run>,
}

/// Keys from the first to the last.
pub(super) type Run = (i64, i64);

/// A request for a copy.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What it holds.
    pub scope: Scope,
    /// The language of its pages.
    pub language: Language,
    /// A password for AES-256, if wanted: at least 8 characters.
    pub password: Option<SecretString>,
    /// The form's one-time key, so that a double submit makes one copy.
    pub once: String,
}

/// How much a choice holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Items.
    pub items: i64,
    /// About how many bytes the ZIP will have.
    pub about_bytes: i64,
    /// About how many seconds building takes.
    pub about_seconds: i64,
}

/// Where a copy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In the queue.
    Waiting,
    /// Being built.
    Building,
    /// Can be downloaded.
    Ready,
    /// Could not be built; staff are told, and it can be asked for again.
    Failed,
    /// Erased: its time was up, or the person asked.
    Erased,
}

/// A copy, as pages show it.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Its id.
    pub id: CopyId,
    /// What it holds.
    pub scope: Scope,
    /// The language of its pages.
    pub language: Language,
    /// Where it stands.
    pub state: State,
    /// Items in all.
    pub total: i64,
    /// Items done.
    pub done: i64,
    /// Bytes, when ready.
    pub size: Option<i64>,
    /// SHA-256 in hexadecimal, when ready.
    pub sha256: Option<String>,
    /// Whether a password protects it.
    pub has_password: bool,
    /// When it was asked for.
    pub created: Instant,
    /// When it was ready.
    pub ready: Option<Instant>,
    /// When it is erased.
    pub expires: Option<Instant>,
    /// Whether its asker could see less than the person when it was built.
    pub part: bool,
    /// Whether it is ready, but holds what its asker may not see any more.
    pub shut: bool,
}

/// A part of a file, by bytes; `last` is inclusive, none is the end. `suffix` counts from the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From `first` to `last`.
    From {
        /// The first byte.
        first: u64,
        /// The last byte, inclusive.
        last: Option<u64>,
    },
    /// The last so many bytes.
    Suffix(u64),
}

/// What is known of a file before it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyFile {
    /// The file's neutral name.
    pub name: String,
    /// A strong entity tag: the hash of the whole file.
    pub etag: String,
    /// Its bytes.
    pub size: u64,
}

/// A file on its way out; its release is already in the ledger.
pub struct Download {
    /// The file's neutral name.
    pub file_name: String,
    /// A strong entity tag: the hash of the whole file.
    pub etag: String,
    /// The whole size.
    pub size: u64,
    /// The first byte of this part.
    pub first: u64,
    /// How many bytes this part has.
    pub length: u64,
    /// The bytes.
    pub stream: Pin<Box<dyn Stream<Item = std::io::Result<Bytes>>>>,
}
