//! What an import or a gather is asked for and what it reports.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

/// What to import.
#[derive(Debug, Clone)]
pub struct Import {
    /// The name of the source that the files come from.
    pub source: String,
    /// Files and folders.
    pub paths: Vec<PathBuf>,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of the files, as they lie on the disk.
    pub bytes: u64,
    /// Bytes of all files.
    pub total: u64,
    /// Resources dealt with.
    pub resources: u64,
}

/// One thing that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusalLine {
    /// The file, or the address it was gathered from.
    pub file: String,
    /// The line and column, and the number of the Bundle entry.
    pub place: String,
    /// Type and id, as far as they could be read.
    pub resource: String,
    /// The path within the resource.
    pub path: String,
    /// The reason's stable name.
    pub reason: String,
    /// The reason in words, without anything from the resource.
    pub detail: String,
}

/// What became of everything that was read, counted in resources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Stored: new ones and new versions.
    pub accepted: u64,
    /// Known with the same bytes.
    pub unchanged: u64,
    /// In quarantine.
    pub refused: u64,
    /// Of the accepted: new versions of known resources.
    pub changed: u64,
    /// Accepted resources that have findings.
    pub with_findings: u64,
    /// Files read.
    pub files: u64,
    /// Files in folders that have another kind of name and were passed over.
    pub passed_over: u64,
    /// Named folders in which no file has a name to import.
    pub empty_folders: Vec<String>,
    /// Accepted and unchanged by type.
    pub types: BTreeMap<String, u64>,
    /// Findings of accepted resources by code.
    pub findings: BTreeMap<String, u64>,
    /// The first thousand refusals.
    pub refusals: Vec<RefusalLine>,
}

impl Report {
    /// Refusals that are told one by one; the rest are in quarantine and counted.
    pub const TOLD: usize = 1000;
}

/// What a gather brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Gathered {
    /// What became of the resources.
    pub report: Report,
    /// Resource types that could not be had.
    pub failed_parts: Vec<String>,
    /// The class of the failure, if it failed as a whole or in part.
    pub failure: Option<&'static str>,
}
