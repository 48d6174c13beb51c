//! `recordright copy`.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use api::base::Error;
use api::copies::{self, KeyFrom};
use api::words::{self, Language};
use clap::{Args, Subcommand};

/// Copies of a record that were taken home.
///
/// Example: recordright copy verify my-record.zip
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Copy {
    #[command(about = "Check that a downloaded copy is as it was made")]
    Verify(Verify),
}

impl Copy {
    /// Runs the subcommand.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Verify(verify) = self;
        verify.run()
    }
}

/// Check each file of a downloaded copy (ZIP) against its signed manifest. Needs no database and no network.
///
/// Examples:
///   recordright copy verify my-record.zip
///   recordright copy verify --key 3b6a27bc… my-record.zip
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Verify {
    /// The clinic's key as the clinic publishes it (`recordright ledger key`): its SHA-256, or the public key
    /// itself, in hexadecimal. Without it the key in the copy is used: then a change after signing is noticed, but not a forgery with another key.
    #[arg(long, value_name = "HEX")]
    key: Option<String>,
    /// A file whose first line is the copy's password.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The ZIP file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Verify {
    /// Exit code 0 if nothing was changed.
    fn run(self) -> anyhow::Result<ExitCode> {
        let key = self.key.map(hex::decode).transpose().context("--key is not hexadecimal")?;
        let password = self
            .password_file
            .map(std::fs::read_to_string)
            .transpose()
            .context("reading the password file")?;
        let password = password.as_deref().and_then(|text| text.lines().next());
        if let Err(error) = File::open(&self.file) {
            match error.kind() {
                ErrorKind::NotFound => bail!("there is no file {}", self.file.display()),
                _ => bail!("{} cannot be read: {error}", self.file.display()),
            }
        }
        let report = match copies::check_zip_with(&self.file, key.as_deref(), password) {
            Err(Error::Conflict("copies-check-password")) if password.is_some() => {
                bail!("the password is wrong")
            }
            Err(Error::Conflict(id)) => bail!("{}", words::say(Language::English, id)),
            other => other?,
        };
        for (file, id) in &report.faults {
            println!("{file}: {}", words::say(Language::English, id));
        }
        if !report.faults.is_empty() {
            println!("{} file(s) are not as they were signed.", report.faults.len());
            return Ok(ExitCode::FAILURE);
        }
        println!(
            "All {} files are as {} signed them on {}.",
            report.manifest.files.len(),
            report.manifest.clinic,
            report.manifest.made
        );
        if report.key == KeyFrom::Copy {
            println!(
                "The key was taken from the copy. Its SHA-256 is {}. Compare it with the one the clinic publishes.",
                report.fingerprint()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
