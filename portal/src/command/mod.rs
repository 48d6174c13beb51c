//! The command line.

mod check;
mod code;
mod copy;
mod demo;
mod gather;
mod import;
mod ledger;
mod logging;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use api::app::App;
use api::base::Clock;
use api::config::Config;
use clap::{Args, Parser, Subcommand};

/// The self-hosted service with which a clinic honours its patients' right to their records.
#[derive(Debug, Parser)]
#[command(name = "recordright", version, about, arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run everything on this machine with synthetic people: portal, sign-in, EHR, mail.
    Demo(demo::Demo),
    /// Run the service: pages, interfaces and, unless switched off, jobs.
    Serve(serve::Serve),
    /// Work off jobs only, beside one or more `serve`.
    Work(serve::Work),
    /// Bring the tables of the database up to date and stop.
    Migrate(serve::Migrate),
    /// Tell in plain words what is wrong with the settings.
    Check(check::Check),
    /// Take in FHIR R4 files: Bundles, NDJSON, single resources, gzipped or not, or folders of them.
    Import(import::Import),
    /// Gather records from a FHIR server named in the settings.
    Gather(gather::Gather),
    /// Make an activation code with which a patient links their account to their record.
    ActivationCode(code::ActivationCode),
    /// Prove that the ledger was not altered, or sign a checkpoint of it.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Check a downloaded copy against its signed manifest.
    #[command(subcommand)]
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
        Ok(Config::read(self.config.as_deref(), self.data.as_deref()).map_err(Box::new)?)
    }

    /// Opens the data folder. Commands other than `demo`, `serve` and `work` do not start the ledger's writer:
    /// they release nothing.
    async fn open(&self) -> anyhow::Result<App> {
        open(self.config()?).await
    }
}

async fn open(config: Config) -> anyhow::Result<App> {
    let url = config.database.url.clone();
    let kind = url.split(':').next().unwrap_or("").to_owned();
    api::app::open(config, Clock::System).await.with_context(|| format!("opening the {kind} database and the data folder"))
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
        Command::Import(import) => import.run().await,
        Command::Gather(gather) => gather.run().await,
        Command::ActivationCode(code) => code.run().await,
        Command::Ledger(ledger) => ledger.run().await,
        Command::Copy(copy) => copy.run(),
        // These two start a runtime of their own, because the server spreads over the cores.
        Command::Demo(demo) => demo.run(),
        Command::Serve(serve) => serve.run(),
    }
}
