//! `recordright copy`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

/// Copies of a record.
#[derive(Debug, Subcommand)]
pub enum Copy {
    /// Check that a downloaded copy is as it was made.
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
/// Example: recordright copy verify my-record.zip
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Verify {
    /// The ZIP file.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}
