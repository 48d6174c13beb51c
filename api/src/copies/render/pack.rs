//! The ZIP as it is written: one file after the other into any writer, with size and hash of each for the manifest.

use std::io::{self, Write};

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{Datelike, Timelike};
use serde::{Deserialize, Serialize};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{AesMode, CompressionMethod, DateTime, System, ZipWriter};

use crate::base::{Error, Instant, Result};

/// A file of the copy, as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its path in the ZIP.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// Files of more bytes than this get the ZIP64 form from the start, well below the 4 GiB where it must be.
const LARGE: u64 = 1 << 31;

/// A ZIP being written.
pub struct Pack<W: Write> {
    zip: ZipWriter<StreamWriter<Hashed<W>>>,
    time: DateTime,
    password: Option<String>,
    files: Vec<FileEntry>,
    open: Option<Open>,
}

struct Open {
    path: String,
    bytes: u64,
    hash: Context,
}

impl<W: Write> Pack<W> {
    /// Starts a ZIP. With a password every file in it is encrypted (AES-256, AE-2); the names are not.
    pub fn new(out: W, (made, zone): (Instant, chrono_tz::Tz), password: Option<String>) -> Self {
        let local = made.utc().with_timezone(&zone);
        let part = |n: u32| u8::try_from(n).unwrap_or(0);
        // ZIP has no time zones; readers take its times as local ones.
        let time = DateTime::from_date_and_time(
            u16::try_from(local.year()).unwrap_or(1980),
            part(local.month()),
            part(local.day()),
            part(local.hour()),
            part(local.minute()),
            part(local.second()),
        )
        .unwrap_or_default();
        let hashed = Hashed { out, hash: Context::new(&SHA256), bytes: 0 };
        let zip = ZipWriter::new_stream(hashed).set_auto_large_file();
        Self { zip, time, password, files: Vec::new(), open: None }
    }

    /// Begins a file. `about` is its size as far as it is known.
    pub fn begin(&mut self, path: &str, about: u64) -> Result<()> {
        self.close();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(4))
            .last_modified_time(self.time)
            .unix_permissions(0o644)
            .system(System::Unix)
            .large_file(about > LARGE);
        match &self.password {
            Some(password) => {
                self.zip.start_file(path, options.with_aes_encryption(AesMode::Aes256, password))
            }
            None => self.zip.start_file(path, options),
        }
        .map_err(Error::internal)?;
        self.open = Some(Open { path: path.to_owned(), bytes: 0, hash: Context::new(&SHA256) });
        Ok(())
    }

    /// Writes a whole file.
    pub fn file(&mut self, path: &str, content: &[u8]) -> Result<()> {
        self.begin(path, content.len() as u64)?;
        self.write_all(content)?;
        self.close();
        Ok(())
    }

    /// The files so far.
    pub fn files(&mut self) -> &[FileEntry] {
        self.close();
        &self.files
    }

    /// Ends the ZIP: the writer below, the SHA-256 of all that went through it, and its size in bytes.
    pub fn finish(mut self) -> Result<(W, Vec<u8>, u64)> {
        self.close();
        let hashed = self.zip.finish().map_err(Error::internal)?.into_inner();
        Ok((hashed.out, hashed.hash.finish().as_ref().to_vec(), hashed.bytes))
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let sha256 = hex::encode(open.hash.finish());
            self.files.push(FileEntry { path: open.path, bytes: open.bytes, sha256 });
        }
    }
}

impl<W: Write> Write for Pack<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let n = self.zip.write(data)?;
        if let Some(open) = &mut self.open {
            open.bytes += n as u64;
            open.hash.update(&data[..n]);
        }
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that hashes what passes through.
struct Hashed<W> {
    out: W,
    hash: Context,
    bytes: u64,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let n = self.out.write(data)?;
        self.hash.update(&data[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
