//! `recordright gather`.

use std::process::ExitCode;

use api::app::App;
use api::base::Error;
use api::config::Source;
use api::sources::{self, Gathered};
use clap::Args;

use super::{Place, check, import, logging};

/// Gather records from a FHIR server that the settings name.
///
/// Examples:
///   recordright gather --source ehr --patient 12345
///   recordright gather --source ehr
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Gather {
    #[command(flatten)]
    place: Place,
    /// The source, by its name in the settings.
    #[arg(long, value_name = "NAME")]
    source: String,
    /// The FHIR id of one patient there. Without it everybody known from this source is gathered.
    #[arg(long, value_name = "ID")]
    patient: Option<String>,
    /// Print the report as JSON, one line for each patient.
    #[arg(long)]
    json: bool,
}

impl Gather {
    /// Exit code 1 if a part could not be had.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        logging::start();
        let app = self.place.open().await?;
        let gathered = match &self.patient {
            Some(id) => {
                sources::gather(&app, &self.source, id).await.map(|gathered| vec![(id.clone(), gathered)])
            }
            None => sources::gather_all(&app, &self.source).await,
        };
        let source = app.config.sources.iter().find(|source| source.name == self.source).cloned();
        app.db.close().await;
        let gathered = match gathered {
            Err(Error::NotFound) => {
                anyhow::bail!("the settings name no source {:?} (key sources)", self.source)
            }
            Err(Error::Invalid(_)) => {
                anyhow::bail!("--patient is not a FHIR id: letters, digits, - and . only, at most 64")
            }
            other => other.map_err(anyhow::Error::from)?,
        };
        let mut code = ExitCode::SUCCESS;
        if gathered.is_empty() && !self.json {
            println!("Nobody is known from this source yet. Name one person with --patient ID.");
        }
        for (id, one) in &gathered {
            if one.failure.is_some() {
                code = ExitCode::FAILURE;
            }
            if self.json {
                println!("{}", serde_json::to_string(one)?);
            } else {
                tell(id, one);
            }
        }
        let failure = gathered.iter().find_map(|(_, one)| one.failure);
        if let (Some(failure), Some(source)) = (failure, source) {
            eprintln!("{}", why(&app, &source, failure).await);
        }
        Ok(code)
    }
}

/// Why a source gave less than it should, with its address and without our key to it.
async fn why(app: &App, source: &Source, failure: &str) -> String {
    let cause = match failure {
        // Asked once more, because only now it is known what to look for.
        "gather-away" => match check::ask_source(&app.http, source).await {
            Ok(()) => "broke off, and answers again now; gather again".into(),
            Err(words) => return format!("The source {} {words}.", source.name),
        },
        "gather-time-out" => format!("did not answer within {} seconds", source.timeout_seconds),
        "gather-unauthorized" => "does not take our key (401 or 403); see the setting token".into(),
        "gather-not-found" => "knows no such patient, or the address is wrong (404)".into(),
        "gather-not-supported" => "does not support this way of asking (400, 405 or 501)".into(),
        "gather-busy" => "asks for patience (429); gather again later".into(),
        "gather-server-error" => "fails again and again with an error of its own (5xx)".into(),
        "gather-html" => "answers with a web page; is this the address of the FHIR interface?".into(),
        "gather-broken" => "sent something that cannot be read as FHIR JSON, or broke off".into(),
        "gather-too-large" => "sent more than is taken in one answer".into(),
        "gather-loop" => "leads in a circle from page to page".into(),
        "gather-elsewhere" => "leads to another server, where our key must not go".into(),
        "gather-wrong-version" => "does not speak FHIR R4".into(),
        other => format!("failed ({other})"),
    };
    format!("The source {} at {} {cause}.", source.name, check::address(&source.url))
}

fn tell(id: &str, gathered: &Gathered) {
    println!("Patient {id}:");
    import::tell(&gathered.report);
    if let Some(failure) = gathered.failure {
        let parts = if gathered.failed_parts.is_empty() {
            "the whole record".into()
        } else {
            gathered.failed_parts.join(", ")
        };
        println!("could not be had: {parts} ({failure})");
    }
}
