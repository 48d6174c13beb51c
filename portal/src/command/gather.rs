//! `recordright gather`.

use std::process::ExitCode;

use api::base::Error;
use api::sources::{self, Gathered};
use clap::Args;

use super::{Place, import, logging};

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
            Some(id) => sources::gather(&app, &self.source, id).await.map(|gathered| vec![(id.clone(), gathered)]),
            None => sources::gather_all(&app, &self.source).await,
        };
        app.db.close().await;
        let gathered = match gathered {
            Err(Error::NotFound) => anyhow::bail!("the settings name no source {:?} (key sources)", self.source),
            Err(Error::Invalid(_)) => anyhow::bail!("--patient is not a FHIR id: letters, digits, - and . only, at most 64"),
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
        Ok(code)
    }
}

fn tell(id: &str, gathered: &Gathered) {
    println!("Patient {id}:");
    import::tell(&gathered.report);
    if let Some(failure) = gathered.failure {
        let parts = if gathered.failed_parts.is_empty() { "the whole".into() } else { gathered.failed_parts.join(", ") };
        println!("could not be had: {parts} ({failure})");
    }
}
