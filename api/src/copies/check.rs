//! Checking a copy that was taken home: the signature over the list of its files, and each file against the list.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use aws_lc_rs::digest::{Context, SHA256};
use zip::ZipArchive;

use super::render::manifest::{self, Manifest, verify_manifest};
use crate::base::{Error, Result};
use crate::keys;

/// What checking a copy found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The list, if its signature is right.
    pub manifest: Manifest,
    /// Files that are not as the list says, each with a message id.
    pub faults: Vec<(String, &'static str)>,
    /// Whether the key was given by the caller, not taken from the copy.
    pub key: KeyFrom,
}

impl Report {
    /// The SHA-256 of the copy's own public key, as READ-ME.txt and `recordright ledger key` print it.
    pub fn fingerprint(&self) -> String {
        // The list was read, so its key is hexadecimal.
        keys::fingerprint(&hex::decode(&self.manifest.public_key).unwrap_or_default())
    }
}

/// Where the public key came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFrom {
    /// Given by whoever checks: the copy is of the holder of that key.
    Caller,
    /// Taken from the copy itself: it was not changed after signing, but anybody may have signed it.
    Copy,
}

/// Largest manifest that is read: 64 MiB.
const MOST: u64 = 64 * 1024 * 1024;

/// Checks the ZIP at `path`: the signature, then each file's size and hash, missing and added files. Blocks.
///
/// # Errors
/// `Conflict` with `copies-check-zip` (not a ZIP, or damaged), `copies-check-manifest`, `copies-check-signature`, or
/// `copies-check-password` where a password is needed.
pub fn check_zip(path: &Path, public_key: Option<&[u8]>) -> Result<Report> {
    check_zip_with(path, public_key, None)
}

/// The same for a copy with a password.
pub fn check_zip_with(path: &Path, public_key: Option<&[u8]>, password: Option<&str>) -> Result<Report> {
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let mut zip = ZipArchive::new(file).map_err(|_| Error::Conflict("copies-check-zip"))?;
    let list = small(&mut zip, manifest::MANIFEST, password)?;
    let signature = small(&mut zip, manifest::SIGNATURE, password)?;
    let manifest = verify_manifest(&list, &signature, public_key)?;
    let mut faults = Vec::new();
    let mut names: BTreeSet<String> = zip.file_names().flatten().map(Cow::into_owned).collect();
    names.remove(manifest::MANIFEST);
    names.remove(manifest::SIGNATURE);
    for file in &manifest.files {
        if !names.remove(&file.path) {
            faults.push((file.path.clone(), "copies-check-gone"));
            continue;
        }
        match hashed(&mut zip, &file.path, password) {
            Ok((bytes, hash)) if bytes == file.bytes && hash == file.sha256 => {}
            _ => faults.push((file.path.clone(), "copies-check-changed")),
        }
    }
    faults.extend(names.into_iter().map(|name| (name, "copies-check-added")));
    let key = if public_key.is_some() { KeyFrom::Caller } else { KeyFrom::Copy };
    Ok(Report { manifest, faults, key })
}

fn small(zip: &mut ZipArchive<File>, name: &str, password: Option<&str>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(zip, name, password)?
        .take(MOST)
        .read_to_end(&mut bytes)
        .map_err(|_| Error::Conflict("copies-check-zip"))?;
    Ok(bytes)
}

fn hashed(zip: &mut ZipArchive<File>, name: &str, password: Option<&str>) -> Result<(u64, String)> {
    let mut file = open(zip, name, password)?;
    let mut hash = Context::new(&SHA256);
    let mut bytes = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((bytes, hex::encode(hash.finish())));
        }
        hash.update(&buffer[..n]);
        bytes += n as u64;
    }
}

fn open<'z>(zip: &'z mut ZipArchive<File>, name: &str, password: Option<&str>) -> Result<impl Read + 'z> {
    use zip::result::ZipError;
    let file = match password {
        Some(password) => zip.by_name_decrypt(name, password.as_bytes()),
        None => zip.by_name(name),
    };
    file.map_err(|error| match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            Error::Conflict("copies-check-password")
        }
        ZipError::FileNotFound => Error::Conflict("copies-check-manifest"),
        _ => Error::Conflict("copies-check-zip"),
    })
}
