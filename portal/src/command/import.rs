//! `recordright import`.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use api::sources::{self, Report};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::Place;

/// Take in FHIR R4 files: transaction, batch and collection Bundles, NDJSON, single resources, each also
/// gzipped, or whole folders. Importing the same again changes nothing. What cannot be taken is kept in
/// quarantine and told; it never stops the rest. Where a file or folder cannot be read, nothing is begun, and the
/// exit code is 1.
///
/// Examples:
///   recordright import --data ./data export/
///   recordright import --json Patient.ndjson.gz Observation.ndjson.gz
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// The name of the source system that the files come from.
    #[arg(long, default_value = "import", value_name = "NAME")]
    source: String,
    /// Print the report as JSON; the last line is {"accepted":n,"unchanged":n,"refused":n,…}.
    #[arg(long)]
    json: bool,
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Import {
    /// Exit code 0 if everything could be read, even where single resources were refused; they are in the report.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        if let Some(unreadable) = sources::unreadable(&self.paths) {
            anyhow::bail!(
                "nothing was imported: {unreadable}. Check the spelling and that you may read it, and import again"
            );
        }
        let app = self.place.open().await?;
        let bar = if !self.json && std::io::stderr().is_terminal() { bar() } else { ProgressBar::hidden() };
        let ask = sources::Import { source: self.source, paths: self.paths };
        let report = sources::import(&app, ask, |progress| {
            bar.set_length(progress.total);
            bar.set_position(progress.bytes);
            bar.set_message(format!("{} resources", progress.resources));
        })
        .await;
        bar.finish_and_clear();
        app.db.close().await;
        let report = report.map_err(anyhow::Error::from)?;
        if self.json {
            println!("{}", serde_json::to_string(&report)?)
        } else {
            tell(&report)
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {msg}, {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// The report for people.
pub fn tell(report: &Report) {
    for line in &report.refusals {
        let path = if line.path.is_empty() { String::new() } else { format!(" at {}", line.path) };
        let resource = if line.resource.is_empty() { String::new() } else { format!(" {}", line.resource) };
        println!(
            "refused: {} ({}){resource}{path}: {} [{}]",
            line.file, line.place, line.detail, line.reason
        );
    }
    let more = report.refused.saturating_sub(report.refusals.len() as u64);
    if more > 0 {
        println!("… and {more} more refused");
    }
    if !report.findings.is_empty() {
        let told: Vec<String> = report.findings.iter().map(|(code, n)| format!("{code} {n}")).collect();
        println!(
            "{} accepted resources have findings ({}); they are kept as they came",
            report.with_findings,
            told.join(", ")
        );
    }
    for folder in &report.empty_folders {
        println!(
            "nothing to import in {folder}: no file in it ends in .json, .ndjson or .jsonl, with or without .gz"
        );
    }
    if report.passed_over > 0 {
        println!(
            "{} files with other names (not .json, .ndjson, .jsonl, .gz) were passed over",
            report.passed_over
        );
    }
    println!(
        "{} accepted ({} of them new versions), {} unchanged, {} refused, from {} files",
        report.accepted, report.changed, report.unchanged, report.refused, report.files
    );
}
