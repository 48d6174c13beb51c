//! `recordright ledger`.

use std::process::ExitCode;

use api::keys::Keys;
use clap::{Args, Subcommand};

use super::{Place, plain};

/// The ledger of disclosures, and the key that signs it and the copies.
///
/// Examples:
///   recordright ledger verify
///   recordright ledger key
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Ledger {
    #[command(about = "Prove that no entry was changed, moved, added or removed")]
    Verify(Verify),
    #[command(about = "Sign a checkpoint now, instead of waiting for the next minute")]
    Checkpoint(Checkpoint),
    #[command(about = "Print the fingerprint of the signing key, for the clinic to publish")]
    Key(Key),
}

impl Ledger {
    /// Runs the subcommand.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Verify(verify) => verify.run().await,
            Self::Checkpoint(checkpoint) => checkpoint.run().await,
            Self::Key(key) => key.run(),
        }
    }
}

/// Follow every chain of the ledger and compare it with the signed checkpoints. Exit code 0 if nothing was
/// altered; else 1, and each place is named. Makes nothing: a folder without a database is an error.
///
/// Example: recordright ledger verify --data /var/lib/recordright
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let report = api::disclosures::verify(&app).await;
        app.db.close().await;
        let report = report.map_err(plain)?;
        if self.json {
            println!("{}", serde_json::to_string(&report)?);
        } else {
            for fault in &report.faults {
                println!("{}: {}", fault.place, fault.words);
            }
            println!(
                "{} entries of {} people and {} signed checkpoints checked; {} entries are newer than the last checkpoint.",
                report.entries, report.patients, report.checkpoints, report.since_last_checkpoint
            );
            if report.faults.is_empty() && report.entries == 0 && report.checkpoints == 0 {
                println!("There is nothing to check yet.");
            } else if report.faults.is_empty() {
                println!("The ledger was not altered.");
            } else {
                println!("The ledger WAS ALTERED at {} place(s).", report.faults.len());
            }
        }
        Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Sign a checkpoint of the ledger now.
///
/// Example: recordright ledger checkpoint --data /var/lib/recordright
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Checkpoint {
    #[command(flatten)]
    place: Place,
}

impl Checkpoint {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let made = api::disclosures::checkpoint(&app).await.map_err(plain)?;
        app.db.close().await;
        match made {
            Some(number) => println!("Checkpoint {number} is signed."),
            None => println!("Nothing has changed since the last checkpoint."),
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Print the SHA-256 of the public key that signs copies and checkpoints. Publish it, on your web site and on
/// paper: whoever has a copy compares it, or gives it to `recordright copy verify --key`.
///
/// Example: recordright ledger key --data /var/lib/recordright
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Key {
    #[command(flatten)]
    place: Place,
}

impl Key {
    /// The fingerprint alone goes to standard output.
    fn run(self) -> anyhow::Result<ExitCode> {
        let keys = Keys::existing(&self.place.config()?.data.join("keys")).map_err(plain)?;
        println!("{}", keys.fingerprint());
        eprintln!("This is the SHA-256 of the public key {}.", hex::encode(keys.public_key()));
        Ok(ExitCode::SUCCESS)
    }
}
