//! `recordright ledger`.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Place;

/// The ledger of disclosures.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Prove that no entry was changed, moved, added or removed.
    Verify(Verify),
    /// Sign a checkpoint now, instead of waiting for the next minute.
    Checkpoint(Checkpoint),
}

impl Ledger {
    /// Runs the subcommand.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Verify(verify) => verify.run().await,
            Self::Checkpoint(checkpoint) => checkpoint.run().await,
        }
    }
}

/// Follow every chain of the ledger and compare it with the signed checkpoints. Exit code 0 if nothing was
/// altered; else 1, and each place is named.
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
        let app = self.place.open().await?;
        let report = api::disclosures::verify(&app).await;
        app.db.close().await;
        let report = report.map_err(anyhow::Error::from)?;
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
            if report.faults.is_empty() {
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
        let app = self.place.open().await?;
        let made = api::disclosures::checkpoint(&app).await.map_err(anyhow::Error::from)?;
        app.db.close().await;
        match made {
            Some(number) => println!("Checkpoint {number} is signed."),
            None => println!("Nothing has changed since the last checkpoint."),
        }
        Ok(ExitCode::SUCCESS)
    }
}
