//! `recordright quarantine` and `recordright findings`: what staff look at when a record came in with faults.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::bail;
use api::app::App;
use api::base::{Error, PatientNo};
use api::records::staff::{self, Refused};
use clap::{Args, Subcommand};

use super::{Place, moment, one_patient, plain};

/// What could not be imported or gathered: unreadable, unsafe, or another person's. It is kept whole.
///
/// Examples:
///   recordright quarantine list --patient MRN-0001
///   recordright quarantine show 0199b1c2-…
///   recordright quarantine show 0199b1c2-… --bytes > refused.json
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
pub enum Quarantine {
    #[command(about = "List what lies in quarantine, the newest first")]
    List(List),
    #[command(about = "Show one piece: where it came from, why it was refused, its bytes")]
    Show(Show),
}

impl Quarantine {
    /// Runs the subcommand.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run().await,
            Self::Show(show) => show.run().await,
        }
    }
}

/// List what lies in quarantine, the newest first: id, resource, reason, path, and where it came from.
///
/// Example: recordright quarantine list --patient MRN-0001
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct List {
    #[command(flatten)]
    place: Place,
    /// Only of one patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: Option<String>,
}

impl List {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let patient = patient(&app, self.patient.as_deref()).await?;
        let pieces = staff::refused(&app, patient).await.map_err(plain)?;
        for piece in &pieces {
            let at = if piece.path.is_empty() { String::new() } else { format!(" at {}", piece.path) };
            println!(
                "{}  {}  {}{at}  {} ({})",
                piece.id,
                piece.reason,
                resource(piece),
                piece.file,
                piece.place
            );
        }
        if pieces.is_empty() {
            println!("Nothing lies in quarantine.");
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn resource(piece: &Refused) -> String {
    match (&piece.kind, &piece.fhir_id) {
        (Some(kind), Some(id)) => format!("{kind}/{id}"),
        (Some(kind), None) => kind.clone(),
        _ => "(not readable)".into(),
    }
}

/// Show one piece in quarantine: where it came from, why it was refused, and with --bytes only its bytes as they
/// came.
///
/// Examples:
///   recordright quarantine show 0199b1c2-…
///   recordright quarantine show 0199b1c2-… --bytes > refused.json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Show {
    #[command(flatten)]
    place: Place,
    /// The id, as `quarantine list` prints it.
    #[arg(value_name = "ID")]
    id: uuid::Uuid,
    /// Write the bytes to standard output, and nothing else. They can hold health information.
    #[arg(long)]
    bytes: bool,
}

impl Show {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let (piece, bytes) = match staff::refused_piece(&app, self.id).await {
            Err(Error::NotFound) => {
                bail!("nothing of this id is in quarantine; see recordright quarantine list")
            }
            other => other.map_err(plain)?,
        };
        if self.bytes {
            std::io::stdout().write_all(&bytes)?;
        } else {
            println!("resource  {}", resource(&piece));
            println!("reason    {}", piece.reason);
            println!("detail    {}", piece.detail);
            println!("path      {}", piece.path);
            println!("source    {}", piece.source);
            println!("file      {}", piece.file);
            println!("place     {}", piece.place);
            println!("received  {}", moment(&app, piece.received()));
            println!("size      {} bytes; print them with --bytes", piece.size);
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// See what the checks at the door found in resources that were kept: resource, path, code. Findings never keep
/// data from the patient.
///
/// Example: recordright findings --patient MRN-0001
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Findings {
    #[command(flatten)]
    place: Place,
    /// Only of one patient: a medical record number or another identifier, or the FHIR id.
    #[arg(long, value_name = "REF")]
    patient: Option<String>,
}

impl Findings {
    /// Prints one line for each.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let app = self.place.existing().await?;
        let patient = patient(&app, self.patient.as_deref()).await?;
        let mut after = None;
        loop {
            let page = staff::noted(&app, patient, after).await.map_err(plain)?;
            let Some(last) = page.last() else { break };
            after = Some((last.rid, last.n));
            for one in &page {
                println!(
                    "{}  {}  {} ({}): expected {}",
                    one.resource, one.path, one.code, one.severity, one.detail
                );
            }
        }
        if after.is_none() {
            println!("There are no findings.");
        }
        app.db.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

async fn patient(app: &App, reference: Option<&str>) -> anyhow::Result<Option<PatientNo>> {
    let Some(reference) = reference else { return Ok(None) };
    match one_patient(app, reference).await? {
        Ok(one) => Ok(Some(one.patient)),
        Err(words) => bail!(words),
    }
}
