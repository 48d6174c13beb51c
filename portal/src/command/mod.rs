//! The command line.

mod cases;
mod check;
mod code;
mod copy;
mod demo;
mod gather;
mod group;
mod import;
mod law;
mod ledger;
mod logging;
mod quarantine;
mod representative;
mod serve;
mod staff;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use api::app::App;
use api::base::{Clock, Error, Instant};
use api::config::{Config, Unread};
use api::identity::FoundPatient;
use api::words::Language;
use clap::{Args, Parser, Subcommand};
use portal::i18n::Words;

/// The self-hosted service with which a clinic honours its patients' right to their records.
#[derive(Debug, Parser)]
#[command(
    name = "recordright",
    version,
    arg_required_else_help = true,
    after_help = "Example: recordright demo"
)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

// The line of each in the list of all. No doc comments here: they would take the place of the long help with its
// examples, which stands at the arguments of each.
#[derive(Debug, Subcommand)]
enum Command {
    #[command(about = "Run everything on this machine with synthetic people: portal, sign-in, EHR, mail")]
    Demo(demo::Demo),
    #[command(about = "Run the service: pages, interfaces and, unless switched off, jobs")]
    Serve(serve::Serve),
    #[command(about = "Work off jobs only, beside one or more `serve`")]
    Work(serve::Work),
    #[command(about = "Bring the tables of the database up to date and stop")]
    Migrate(serve::Migrate),
    #[command(about = "Tell in plain words what is wrong with the settings")]
    Check(check::Check),
    #[command(about = "Print the rules of federal law, your state and your policy that are in force")]
    Law(law::Law),
    #[command(
        about = "Take in FHIR R4 files: Bundles, NDJSON, single resources, gzipped or not, or folders of them"
    )]
    Import(import::Import),
    #[command(about = "Gather records from a FHIR server named in the settings")]
    Gather(gather::Gather),
    #[command(about = "Make an activation code with which a patient links their account to their record")]
    ActivationCode(code::ActivationCode),
    #[command(subcommand, about = "People who ask the records office to be linked: see, link, close")]
    Cases(cases::Cases),
    #[command(subcommand, about = "People who act for a patient: list, appoint, end")]
    Representative(representative::Representative),
    #[command(subcommand, about = "Staff roles: give the first ones, see them, end them")]
    Staff(staff::Staff),
    #[command(subcommand, about = "Groups of patients that systems may export: make, fill, list, end")]
    Group(group::Group),
    #[command(subcommand, about = "See what could not be imported or gathered")]
    Quarantine(quarantine::Quarantine),
    #[command(about = "See what the checks found in records that were kept")]
    Findings(quarantine::Findings),
    #[command(
        subcommand,
        about = "Prove that the ledger was not altered, sign a checkpoint of it, print its key"
    )]
    Ledger(ledger::Ledger),
    #[command(subcommand, about = "Check a downloaded copy against its signed manifest")]
    Copy(copy::Copy),
}

/// Where the settings and the data are.
#[derive(Debug, Clone, Args)]
struct Place {
    /// The settings file (TOML). Default: recordright.toml in the data folder.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder. Default: the setting `data`, else ./data.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Place {
    fn config(&self) -> anyhow::Result<Config> {
        Ok(self.read()??)
    }

    /// The settings, or what stands in the way of reading them.
    fn read(&self) -> anyhow::Result<Result<Config, Unread>> {
        if let Some(file) = self.config.as_deref().filter(|file| !file.is_file()) {
            bail!("there is no settings file {}; check the spelling of --config", file.display());
        }
        Ok(Config::read(self.config.as_deref(), self.data.as_deref()))
    }

    /// Opens the data folder. Commands other than `demo`, `serve` and `work` do not start the ledger's writer:
    /// they release nothing.
    async fn open(&self) -> anyhow::Result<App> {
        open(self.config()?).await
    }

    /// Opens what is there and makes nothing, neither folder nor database nor key.
    async fn existing(&self) -> anyhow::Result<App> {
        api::app::open_existing(self.config()?, Clock::System).await.map_err(plain)
    }
}

/// A fault of ours as its cause: `internal error` tells the person at the command line nothing.
fn plain(error: Error) -> anyhow::Error {
    match error {
        Error::Internal(cause) => cause,
        other => other.into(),
    }
}

/// The one person whom a reference means, or words that say why there is not one.
async fn one_patient(app: &App, reference: &str) -> anyhow::Result<Result<FoundPatient, String>> {
    let found = api::identity::patients_by(app, reference).await.map_err(plain)?;
    let line = |one: &FoundPatient| format!("{}, born {}", one.name, born(one));
    Ok(match found.as_slice() {
        [] => Err("Nobody here has this identifier.".into()),
        [one] => Ok(one.clone()),
        several => {
            let lines: Vec<String> = several.iter().map(|one| format!("\n  {}", line(one))).collect();
            Err(format!(
                "{} people fit; use an identifier that only one has:{}",
                several.len(),
                lines.concat()
            ))
        }
    })
}

fn born(patient: &FoundPatient) -> &str {
    patient.birth_date.as_deref().unwrap_or("unknown")
}

/// A moment in the clinic's time zone, in words: "November 22, 2026, 2:05 PM (America/Chicago)".
fn moment(app: &App, at: Instant) -> String {
    let zone = app.config.clinic.zone();
    let words = Words { language: Language::English, zone, acting: false };
    format!("{} ({zone})", words.moment(&at))
}

async fn open(config: Config) -> anyhow::Result<App> {
    let url = config.database.url.clone();
    let kind = url.split(':').next().unwrap_or("").to_owned();
    api::app::open(config, Clock::System)
        .await
        .with_context(|| format!("opening the {kind} database and the data folder"))
}

/// Reads the command line and does what it says. Exit codes: 0 done, 1 not done or not in order, 2 a wrong
/// command line.
pub fn main() -> ExitCode {
    let line = Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("recordright: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = match line.command {
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
        other => runtime.block_on(run(other)),
    };
    done.unwrap_or_else(|error| {
        eprintln!("recordright: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Work(work) => work.run().await,
        Command::Migrate(migrate) => migrate.run().await,
        Command::Check(check) => check.run().await,
        Command::Law(law) => law.run(),
        Command::Import(import) => import.run().await,
        Command::Gather(gather) => gather.run().await,
        Command::ActivationCode(code) => code.run().await,
        Command::Cases(cases) => cases.run().await,
        Command::Representative(representative) => representative.run().await,
        Command::Staff(staff) => staff.run().await,
        Command::Group(group) => group.run().await,
        Command::Quarantine(quarantine) => quarantine.run().await,
        Command::Findings(findings) => findings.run().await,
        Command::Ledger(ledger) => ledger.run().await,
        Command::Copy(copy) => copy.run(),
        // These two start a runtime of their own, because the server spreads over the cores.
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
    }
}
